"""The board of claims: articles, predictions with what is left of their time, risks with indicators, facts with verdicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts.claims import DOCUMENT, STATUS, claims_of, document_options, time_left
from dashboard.data import cells, citations
from dashboard.data.selection import kept
from dashboard.facts.windows import last_day
from dashboard.look.markdown import plain
from dashboard.look.theme import format_day, is_missing, plural
from dashboard.screen import ui
from dashboard.screen.part import part
from dashboard.screen.tables import rows_table

#: Claims of a kind on one page: each is sent whole, seen or not.
MOST_ROWS = 100
#: Articles that stand before the charts; of more the others fold away.
MOST_ARTICLES = 6
VERDICT_WORDS = {
    "corroborated": "holds",
    "partly_corroborated": "holds in part",
    "out_of_date": "out of date",
    "contradicted": "does not hold",
    "unverifiable": "cannot be checked",
    "pending": "open",
}
KIND_WORDS = {
    "prediction": "Predictions",
    "risk": "Risks",
    "fact": "Facts",
    "recommendation": "Recommendations",
}


def documents(now: ui.View) -> ui.View:
    """Says which articles the claims come from, lets the reader pick one where there are several; the view of it."""
    # A claim about a company outside China is a claim of the article all the same.
    now = ui.narrowed(now, now.selection, keep_outside=True)
    options = document_options(now.selected, now.selection)
    if len(options) > 1:
        picked = ui.pick(DOCUMENT, "Article", options, width=520)
        selection = now.selection.picking(DOCUMENT, picked)
        now = replace(now, selection=selection)
    _articles(now)
    return now


@part
def _articles(now: ui.View) -> None:
    claims, sources = claims_of(now.selected, now.selection), now.tables["sources"]
    kinds: dict[str, Counter[str]] = {}
    for document, kind in cells.rows(claims, "document_id", "claim_kind"):
        kinds.setdefault(document, Counter())[kind] += 1
    checked = claims.groupby("document_id")["checked_date"].max()
    about = sources[sources["source_id"].isin(list(kinds))].set_index("source_id")
    read = ["title", "published_date", "published_date_precision"]
    known = cells.by_label(about[read])
    said = []
    for document, held in kinds.items():
        one = known[document]
        counts = ", ".join(plural(held[k], k) for k in KIND_WORDS if held[k])
        title = "" if is_missing(one["title"]) else f" “{plain(one['title'])}”"
        said.append(
            f"**{citations.links(document, sources)}**{title}, "
            f"{format_day(one['published_date'], one['published_date_precision'])}: {counts}  \n"
            f":small[:gray[Checked by {format_day(checked[document])}]]"
        )
    for words in said[:MOST_ARTICLES]:
        st.markdown(words)
    if rest := said[MOST_ARTICLES:]:
        with st.expander(f"{plural(len(rest), 'more article')}"):
            st.markdown("\n\n".join(rest))


def board(now: ui.View) -> None:
    """Every claim of the articles picked, by kind, with verdict and evidence."""
    claims = claims_of(now.selected, now.selection)
    kinds = [k for k in KIND_WORDS if (claims["claim_kind"] == k).any()]
    with st.container(border=True, gap="small", key="claims-board"):
        with st.container(gap=None):
            st.subheader("Claim by claim", anchor=False)
            st.markdown(
                f":small[:gray[{plural(len(claims), 'claim')} with verdict, evidence and date of the check]]"
            )
        for tab, kind in zip(st.tabs([KIND_WORDS[k] for k in kinds]), kinds, strict=True):
            with tab:
                wanted = _verdicts(claims[claims["claim_kind"] == kind]) if kind == "fact" else ()
                many = int(np.count_nonzero(_is_shown(claims, kind, wanted)))
                window = ui.window(f"claims.{kind}-page", many, MOST_ROWS)
                _claims(now, kind, wanted, window.start, window.stop)


def _is_shown(claims: pd.DataFrame, kind: str, verdicts: tuple[str, ...]) -> np.ndarray:
    is_one = (claims["claim_kind"] == kind).to_numpy()
    return is_one & claims["verdict"].isin(list(verdicts)).to_numpy() if verdicts else is_one


@part
def _claims(now: ui.View, kind: str, verdicts: tuple[str, ...], first: int, last: int) -> None:
    """Claims of a kind with some verdicts, or any, from one place to another."""
    claims = claims_of(now.selected, now.selection)
    mine = kept(claims, _is_shown(claims, kind, verdicts)).sort_values("claim_id", kind="stable")
    rows_table(now, _rows(now, mine.iloc[first:last], kind))


def _verdicts(facts: pd.DataFrame) -> tuple[str, ...]:
    """Verdicts of which the reader wants the facts; none where all are wanted."""
    there = [v for v in VERDICT_WORDS if (facts["verdict"] == v).any()]
    counts = facts["verdict"].value_counts()
    wanted = st.pills(
        "Verdict",
        there,
        selection_mode="multi",
        key="claims-verdict",
        format_func=lambda v: f"{VERDICT_WORDS[v].capitalize()} ({counts[v]:,})",
        label_visibility="collapsed",
    )
    return tuple(wanted)


def _rows(now: ui.View, claims: pd.DataFrame, kind: str) -> list[dict[str, str]]:
    rows = []
    for r in cells.tuples(claims):
        later = r.checked_date > now.selection.as_of
        words = STATUS if kind == "prediction" else VERDICT_WORDS
        verdict = words[r.verdict]
        # On an earlier day than that of the check nobody knew what it would find.
        checked = "not checked by this day" if later else f"checked {format_day(r.checked_date)}"
        row = {"Claim": plain(r.claim)}
        if kind == "prediction":
            row |= _due(r, now)
        row["Status" if kind == "prediction" else "Verdict"] = (
            f"**{verdict[:1].upper()}{verdict[1:]}**  \n:gray[{checked}]"
        )
        if kind == "risk":
            row["Would show in"] = ":gray[none named]" if is_missing(r.indicators) else plain(r.indicators)
        row["Evidence"] = "" if is_missing(r.evidence) else plain(r.evidence)
        if not is_missing(r.correct_value):
            row["Evidence"] += f"  \n:gray[Instead: {plain(r.correct_value)}]"
        row["Sources"] = citations.links(r.source_ids, now.tables["sources"])
        rows.append(row)
    return rows


def _due(r: object, now: ui.View) -> dict[str, str]:
    """When a prediction falls due, and how long is left."""
    day, precision = r.due_date, r.due_date_precision  # type: ignore[attr-defined]
    if is_missing(day):
        return {"Due": ":gray[no date given]"}
    left = (last_day(day, precision) - now.selection.as_of.normalize()).days
    return {"Due": f"**{format_day(day, precision)}**  \n:gray[{time_left(left)}]"}
