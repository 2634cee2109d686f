"""Every model of the selection in one table."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboard.charts import profile
from dashboard.data import citations, permalink
from dashboard.data.selection import counted
from dashboard.facts import ratings
from dashboard.facts.prices import list_prices
from dashboard.look.theme import NOT_DISCLOSED
from dashboard.screen import chart_card, ui
from dashboard.screen.part import part
from dashboard.screen.profiles import card
from dashboard.screen.turning import Long, Turn

#: Columns of models that the table shows at first, in order; the rest waits in its column menu.
MODEL_COLUMNS = (
    "model_name",
    "company",
    "family",
    "release_date",
    "weights",
    "license",
    "modality",
    "parameters_total",
    "parameters_active",
    "context_tokens",
    "arena_rating",
    "output_price_per_mtok",
    "converted_from",
    "source",
)


#: Columns of large numbers, by heading.
SIZES = {
    "parameters_total": "Parameters, total",
    "parameters_active": "Parameters, active",
    "context_tokens": "Context, tokens",
    "max_output_tokens": "Longest output, tokens",
}


#: Headings; that of the price names the currency.
ABOUT: dict[str, Any] = {
    "model_name": st.column_config.TextColumn("Model", pinned=True),
    "company": st.column_config.LinkColumn(
        "Company", display_text=r"#(.+)$", help="Leads to the company's profile."
    ),
    "family": "Family",
    "release_date": st.column_config.DateColumn("Released", format="D MMM YYYY"),
    "release_date_precision": "Date exact to",
    "weights": "Weights",
    "license": "Licence",
    "modality": "Modality",
    "input_modalities": "Inputs",
    "output_modalities": "Outputs",
    "architecture": "Architecture",
    **{c: st.column_config.NumberColumn(words, format="compact") for c, words in SIZES.items()},
    "training_compute_flop": st.column_config.NumberColumn("Training compute, FLOP", format="scientific"),
    "arena_rating": st.column_config.NumberColumn(
        "Arena rating", format="%.0f", help="Text, without style control, newest snapshot known."
    ),
    "converted_from": st.column_config.TextColumn(
        "Price converted from",
        help="Where the offer is listed in the other currency: amount, rate, its month.",
    ),
    "is_reasoning": "Reasons",
    "hf_repo": "Hugging Face",
    "is_rolling_alias": "Model changes",
    "alternatives": st.column_config.TextColumn("Other values", help="What other sources give."),
    "note": "Note",
    "confidence": "Confidence",
    "source": st.column_config.LinkColumn(
        "Source", display_text=r"https?://(?:www\.)?([^/]+)", help="The first of the row's documents."
    ),
}


def models_table(now: ui.View) -> None:
    """Every model of the selection with every column; a company's name leads to its profile."""
    models = now.selected["models"]
    with card(
        "Every model",
        f"{counted(models, now.tables, now.selection, 'model')}, newest first; empty means not disclosed. Search, columns and "
        "download: top right of the table",
    ):
        chart_card.chart_tools("model-list", "The newest models in a list, as slide or file")
        _models_rows(now, _every(now).turned(ABOUT))


def _every(now: ui.View) -> Long:
    return Long(now, "models.list", "every model", now.selected["models"], "-release_date")


@part
def _models_rows(now: ui.View, turn: Turn) -> None:
    selected = now.selected
    companies = selected["companies"]
    profiles = {
        c: f"{permalink.link('company', now.selection.picking(profile.COMPANY, c))}#{quote(str(name))}"
        for c, name in zip(companies["company_id"].tolist(), companies["company_name"].tolist(), strict=True)
    }
    families = selected["model_families"].set_index("family_id")["family_name"]
    currency = now.selection.currency
    known = citations.places(now.tables["sources"])
    models = (
        _every(now)
        .rows(turn)
        .merge(ratings.arena(selected)[["model_id", "arena_rating"]], on="model_id", how="left")
    )
    models = models.merge(
        list_prices(selected, currency)[["model_id", "output_price_per_mtok", "converted_from"]],
        on="model_id",
        how="left",
    )
    first = [citations.strongest(c, known) for c in models["source_ids"].tolist()]
    models = models.assign(
        company=[profiles[c] for c in models["company_id"].tolist()],
        family=models["family_id"].map(families),
        source=[p.url if p and p.url.startswith("http") else None for p in first],
    )
    hidden = ("model_id", "company_id", "family_id", "source_ids")
    about = ABOUT | {
        "output_price_per_mtok": st.column_config.NumberColumn(
            f"Output price, {currency}",
            format="%.3g",
            help="Per million tokens; newest standard offer, one listed in this currency first.",
        )
    }
    st.dataframe(
        models[[*MODEL_COLUMNS, *(c for c in models if c not in MODEL_COLUMNS and c not in hidden)]],
        column_config=about,
        column_order=MODEL_COLUMNS,
        hide_index=True,
        height=560,
        key="models-table",
        placeholder=NOT_DISCLOSED,
    )
