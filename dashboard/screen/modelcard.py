"""Parts of the page of one model: what is known of it, what it costs, how it scores, and its kin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.card import Card
from dashboard.charts.marks import CONFIDENCE
from dashboard.data import citations, permalink
from dashboard.data.selection import words
from dashboard.facts import proof
from dashboard.facts.ratings import setting_words
from dashboard.look.markdown import plain
from dashboard.look.theme import (
    NOT_DISCLOSED,
    chip,
    format_count,
    format_day,
    format_score,
    format_tokens,
    is_missing,
    plural,
)
from dashboard.screen import chart_card, leads, sections, tables, ui, ui_assistant
from dashboard.screen.part import part

MODEL = permalink.PLACES["model"][1]
WEIGHTS_WORDS = {
    "open": "open weights",
    "restricted": "weights open under restrictions",
    "closed": "closed weights",
}
REPORTER_WORDS = {"third_party": "third party", "vendor": "the vendor itself"}


def pick_model(now: ui.View) -> tuple[ui.View, Any] | None:
    """Title and choice of a model among all released by the day.

    Returns:
        The view narrowed to the developer, and the model's row; None where the day knows no model.
    """
    models = ui.everything_as_of(now)["models"].sort_values(
        "release_date", ascending=False, na_position="last", kind="stable"
    )
    names = chart_card.named_companies(now).set_index("company_id")["company_name"]
    models = models[models["company_id"].isin(names.index)]
    if models.empty:
        st.title("Model", anchor=False)
        ui.nothing(now.selection, "model")
        return None
    options = {r.model_id: f"{r.model_name} · {names[r.company_id]}" for r in models.itertuples(index=False)}
    left, right = st.columns([3, 1], gap="small", vertical_alignment="bottom")
    with right:
        mid = ui.pick(MODEL, "Model", options, label_visibility="collapsed")
    row = next(models[models["model_id"] == mid].itertuples(index=False))
    only = replace(
        now.selection.picking(MODEL, mid),
        companies=(row.company_id,),
        governance_models=(),
        company_types=(),
        outside=True,
    )
    one = ui.narrowed(now, only)
    with left:
        st.title(plain(row.model_name), anchor=False)
        label = ui.labels(one).get(row.company_id)
        said = [f"**{plain(names[row.company_id])}** {chip(label, now.look)}"]
        said.append(f"released {format_day(row.release_date, row.release_date_precision)}")
        if not is_missing(row.weights):
            said.append(WEIGHTS_WORDS[row.weights])
        st.markdown(" · ".join(said))
    return one, row


#: Facts of the card whose values are looked up in copies of their documents.
LOOKED_UP = {
    "Released": "release_date",
    "Parameters, total": "parameters_total",
    "Parameters, active per token": "parameters_active",
    "Context": "context_tokens",
}


@part
def facts(one: ui.View, row: Any) -> None:
    """What is known of the model, each value a link to its document; what other documents say instead."""
    sources = one.tables["sources"]
    known = _known(one, row)

    def again(name: str) -> str:
        return proof.findings(one.tables, "models", LOOKED_UP.get(name, "")).get(row.model_id, "")

    with sections.table_card(
        "What is known", f"As of {format_day(one.selection.as_of)}; each value leads to its first document"
    ):
        st.table(
            {
                name: tables.link_cell(None if text == NOT_DISCLOSED else text, row.source_ids, sources)
                + (f" :gray[:small[{found}]]" if (found := again(name)) else "")
                for name, text in known.items()
            },
            border="horizontal",
        )
        if not is_missing(row.alternatives):
            st.markdown(f"**Disputed.** Other documents give: {plain(row.alternatives)}.")
        said = [f"Confidence {plain(row.confidence)}: {CONFIDENCE[row.confidence]}."]
        if not is_missing(row.note):
            said.append(f"{plain(row.note[:1].upper() + row.note[1:])}.")
        st.markdown(
            f":small[:gray[{' '.join(said)} Documents: {citations.links(row.source_ids, sources, 6)}]]"
        )


def _known(one: ui.View, row: Any) -> dict[str, str | None]:
    """What is known of the model, in the words of its page; None or "not disclosed" where it is not."""
    families = one.selected["model_families"].set_index("family_id")["family_name"]

    def listed(text: object) -> str | None:
        return None if is_missing(text) else str(text).replace("; ", ", ").replace("_", " ")

    return {
        "Family": None if is_missing(row.family_id) else families.get(row.family_id),
        "Released": format_day(row.release_date, row.release_date_precision),
        "Weights": None if is_missing(row.weights) else WEIGHTS_WORDS[row.weights],
        "Licence": listed(row.license),
        "Parameters, total": format_count(row.parameters_total),
        "Parameters, active per token": format_count(row.parameters_active),
        "Architecture": listed(row.architecture),
        "Context": None if is_missing(row.context_tokens) else f"{format_tokens(row.context_tokens)} tokens",
        "Longest output": None
        if is_missing(row.max_output_tokens)
        else f"{format_tokens(row.max_output_tokens)} tokens",
        "Inputs": listed(row.input_modalities) or listed(row.modality),
        "Outputs": listed(row.output_modalities),
        "Training compute": None
        if is_missing(row.training_compute_flop)
        else f"{row.training_compute_flop:.1e} floating-point operations",
    }


def copied(one: ui.View, row: Any) -> None:
    """Notes the model's facts, prices and scores as cards that the page's copy for an assistant is made of."""
    for name, question, make in (
        ("facts", "What is known of this model?", _facts_frame),
        ("prices", "What does it cost?", partial(_rows_frame, "model_prices", PRICE_COLUMNS)),
        ("scores", "How does it score?", partial(_rows_frame, "benchmark_scores", SCORE_COLUMNS)),
    ):
        ui_assistant.stands_here(f"model-{name}", partial(_card, one, row, name, question, make))


PRICE_COLUMNS = (
    "provider",
    "tier",
    "currency",
    "input_price_per_mtok",
    "output_price_per_mtok",
    "price_date",
)
SCORE_COLUMNS = ("benchmark_id", "score", "score_date", "reporter", "harness", "variant", "setting")


def _card(
    one: ui.View, row: Any, name: str, question: str, make: Callable[[ui.View, Any], pd.DataFrame]
) -> Card:
    frame = make(one, row)
    cells = frame["source_ids"] if len(frame) else pd.Series(dtype="str")
    used = citations.cited(cells, one.tables["sources"])
    return Card(
        chart_id=f"model-{name}",
        title=f"{row.model_name}: {name}",
        subtitle=f"As of {format_day(one.selection.as_of)}; prices per million tokens in the currency listed",
        filter_line=words(one.tables, one.selected, one.selection).replace("**", ""),
        source_line=citations.short_line(citations.behind(used), one.snapshot) if len(used) else "",
        question=question,
        frame=frame,
        sources=used,
        snapshot_id=one.snapshot.id,
        as_of_date=one.selection.as_of,
    )


def _facts_frame(one: ui.View, row: Any) -> pd.DataFrame:
    told = [{"fact": k, "value": None if v == NOT_DISCLOSED else v} for k, v in _known(one, row).items()]
    disputed = None if is_missing(row.alternatives) else f"disputed, other documents give: {row.alternatives}"
    return pd.DataFrame(told).assign(confidence=row.confidence, caveat=disputed, source_ids=row.source_ids)


def _rows_frame(table: str, columns: tuple[str, ...], one: ui.View, row: Any) -> pd.DataFrame:
    frame = one.selected[table]
    day = "price_date" if "price_date" in columns else "score_date"
    mine = frame[frame["model_id"] == row.model_id].sort_values(day, ascending=False, kind="stable")
    mine = mine[[*columns, "confidence", "source_ids"]].rename(columns={"benchmark_id": "benchmark"})
    return mine.reset_index(drop=True)


@part
def prices(one: ui.View, model_id: str) -> None:
    """Every list price of the model: who asks what since when, newest first."""
    rows = one.selected["model_prices"]
    rows = rows[rows["model_id"] == model_id].sort_values(
        ["price_date", "provider"], ascending=[False, True], kind="stable"
    )
    with sections.table_card("Prices", "Per million tokens, in the currency listed, newest first"):
        sections.data_table(
            rows.assign(
                tier=rows["tier"].str.replace("_", " "),
                checked=proof.checked(one.tables, "model_prices", rows["price_id"], "output_price_per_mtok"),
            ),
            one,
            {
                **sections.PRICES,
                "checked": st.column_config.TextColumn(proof.CHECKED, help=proof.MEANS),
            },
            key="model-prices",
            height="content" if len(rows) <= 8 else 320,
            none="No list price of this model was found.",
        )


@part
def scores(one: ui.View, model_id: str) -> None:
    """Every score of the model; each row names the way it was measured, for two ways do not compare."""
    rows = one.selected["benchmark_scores"]
    rows = rows[rows["model_id"] == model_id]
    about = one.tables["benchmarks"].set_index("benchmark_id")
    rows = rows.assign(
        benchmark=rows["benchmark_id"].map(about["benchmark_name"]),
        shown=[
            format_score(s, str(about["unit"][b]))
            for s, b in zip(rows["score"], rows["benchmark_id"], strict=True)
        ],
        reporter=rows["reporter"].map(REPORTER_WORDS),
        edition=rows["benchmark_id"].map(about["edition"]),
        setting=[
            setting_words(about["setting"][b], own)
            for b, own in zip(rows["benchmark_id"], rows["setting"], strict=True)
        ],
        checked=proof.checked(one.tables, "benchmark_scores", rows["score_id"], "score"),
    ).sort_values(["benchmark", "score_date"], ascending=[True, False], kind="stable")
    with sections.table_card(
        "Scores", f"{plural(len(rows), 'score')} on {plural(rows['benchmark_id'].nunique(), 'benchmark')}"
    ):
        sections.data_table(
            rows,
            one,
            {
                "benchmark": "Benchmark",
                "shown": "Score",
                "harness": st.column_config.TextColumn("Measured by", width="medium"),
                "score_date": "Day",
                "reporter": "Reported by",
                "variant": "Variant",
                "edition": "Edition",
                "setting": st.column_config.TextColumn("Setting", width="medium"),
                "checked": st.column_config.TextColumn(proof.CHECKED, help=proof.MEANS),
            },
            key="model-scores",
            height="content" if len(rows) <= 11 else 420,
            none="No benchmark score of this model was found.",
        )


def kin(one: ui.View, now: ui.View, row: Any) -> None:
    """A link to the company, and the newest models of the same family, each one click away."""
    models = one.selected["models"]
    same = models[(models["family_id"] == row.family_id) & (models["model_id"] != row.model_id)]
    same = same.sort_values("release_date", ascending=False, na_position="last", kind="stable").head(6)
    company = chart_card.named_companies(now).set_index("company_id")["company_name"][row.company_id]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        chart_card.lead_link(now, leads.Lead("company", row.company_id, str(company)))
        if len(same):
            st.markdown(":gray[Same family]")
        for r in same.itertuples(index=False):
            # A link to the page one is on would look like the current page: a button picks anew.
            st.button(
                plain(r.model_name),
                type="tertiary",
                key=f"kin-{r.model_id}",
                on_click=ui.repick,
                args=(MODEL, r.model_id),
            )


__all__ = ["facts", "kin", "pick_model", "prices", "scores"]
