"""The board of claims: articles, predictions with what is left of their time, risks with indicators, facts with verdicts."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.charts.claims import DOCUMENT, STATUS, claims_of, document_options, time_left
from dashboard.data import citations
from dashboard.facts.windows import last_day
from dashboard.look.markdown import plain
from dashboard.look.theme import format_day, is_missing, plural
from dashboard.screen import ui
from dashboard.screen.tables import rows_table

#: Claims of a kind on one page: each is sent whole, seen or not.
MOST_ROWS = 100
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
    claims = claims_of(now.selected, now.selection)
    sources = now.tables["sources"].set_index("source_id")
    for document, part in claims.groupby("document_id", sort=False):
        one = sources.loc[document]
        kinds = part["claim_kind"].value_counts()
        counts = ", ".join(plural(int(kinds[k]), k) for k in KIND_WORDS if k in kinds)
        title = "" if is_missing(one["title"]) else f" “{plain(one['title'])}”"
        st.markdown(
            f"**{citations.links(document, now.tables['sources'])}**{title}, "
            f"{format_day(one['published_date'], one['published_date_precision'])}: {counts}  \n"
            f":small[:gray[Checked by {format_day(part['checked_date'].max())}]]"
        )
    return now


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
            part = claims[claims["claim_kind"] == kind].sort_values("claim_id", kind="stable")
            with tab:
                if kind == "fact":
                    part = _of_verdict(part)
                shown = ui.window(f"claims.{kind}-page", len(part), MOST_ROWS)
                rows_table(now, _rows(now, part[shown], kind))


def _of_verdict(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts of the verdicts that the reader wants; all where none is picked."""
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
    return facts[facts["verdict"].isin(wanted)] if wanted else facts


def _rows(now: ui.View, part: pd.DataFrame, kind: str) -> list[dict[str, str]]:
    rows = []
    for r in part.itertuples():
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
