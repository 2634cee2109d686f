"""Charts that are lists: the headline numbers, reorganisations, models."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.companies import METRIC_WORDS, PLAN_METRICS, money, period_words
from dashboard.charts.governance import cut_lines, table_figure
from dashboard.charts.marks import joined_sources
from dashboard.charts.spec import Chart, Choice, Native
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import headlines, landscape, ratings
from dashboard.facts.models import released
from dashboard.facts.prices import converted_note, list_prices
from dashboard.look.theme import (
    Look,
    annotation,
    escape,
    format_count,
    format_day,
    format_money,
    format_score,
    format_tokens,
    is_missing,
    layout,
    model_short,
    plural,
)

# --- Headline numbers ---


def headline_numbers(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The numbers that open the overview.

    Returns:
        number (what is counted), value and change (as shown, with their units; change is null where there is nothing to
        compare with), compared_with (what the change is counted from; null without one), definition, source_ids; in the overview's order.
        Empty where no company is selected.
    """
    found = [] if tables["companies"].empty else headlines.headlines(tables, selection)
    return pd.DataFrame(
        [
            {
                "number": h.label,
                "value": h.value,
                "change": h.delta,
                "compared_with": h.against if h.delta else None,
                "definition": h.help,
                "source_ids": joined_sources(*h.source_ids),
            }
            for h in found
        ],
        columns=["number", "value", "change", "compared_with", "definition", "source_ids"],
    ).astype("str")


def headline_numbers_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """One tile a number, side by side: what is counted, the number, its change, its definition."""
    across = 1 if look.compact else max(len(frame), 1)
    down = -(-len(frame) // across) if len(frame) else 1
    size, scale = look.size, look.scale
    texts, rules = [], []
    for n, row in enumerate(frame.itertuples(index=False)):
        x, y = n % across, n // across
        change = "" if is_missing(row.change) else f"{arrow(row.change)} on {row.compared_with}"
        lines = cut_lines(row.definition, 30 if across > 1 else 60, 12)
        parts = (
            (0, escape(row.number), size, look.grey),
            (26 * scale, f"<b>{escape(row.value)}</b>", size * 2.3, look.ink),
            (74 * scale, escape(change), size, look.ink),
            (102 * scale, "<br>".join(map(escape, lines)), size - 1, look.grey),
        )
        texts += [
            annotation(x, y, text, look, yshift=-down_by, yanchor="top", align="left")
            | {"font": {"size": points, "color": colour}}
            for down_by, text, points, colour in parts
            if text
        ]
        rules.append(
            {
                "type": "line",
                "x0": x,
                "x1": x + 0.9,
                "y0": y,
                "y1": y,
                "yref": "y",
                "line": {"color": look.grid, "width": 1.5},
            }
        )
    figure = go.Figure()
    figure.update_layout(
        layout(
            look,
            height=round(260 * scale * down),
            margin={"l": 4, "r": 4, "t": 12, "b": 4},
            xaxis={"visible": False, "range": [0, across]},
            yaxis={"visible": False, "range": [down, -0.02]},
            annotations=texts,
            shapes=rules,
        )
    )
    return figure


def arrow(change: str) -> str:
    """A change with an arrow for its sign: "▲ 3 pts"."""
    return f"{'▼' if change.startswith('-') else '▲'} {change.lstrip('+-')}"


def headline_numbers_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The first number in words, with its change."""
    first = frame.iloc[0]
    if first["number"] != "Centralised, CEO" or first["value"].endswith(" of 1"):
        return ""
    said = f"{first['value']} organisations put AI under the chief executive"
    if is_missing(first["change"]):
        return said
    more = "more" if first["change"].startswith("+") else "fewer"
    return f"{said}, {first['change'].lstrip('+-')} {more} than on {first['compared_with']}"


def headline_numbers_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Day and day of comparison."""
    return f"On {format_day(selection.as_of)}, change since {format_day(selection.since)}"


# --- Reorganisations ---

WINDOW = "reorganisations.window"
CHOOSE_WINDOW = Choice(
    WINDOW,
    "Period",
    lambda tables, selection: {
        "all": "All years",
        "since": f"Since {format_day(selection.since)}",
    },
)


def reorganisations(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Dated changes in who steers AI, those of the picked period.

    Returns:
        event_date, day (as exactly as it is known, in words), company_name, title, what_changed, before, after (short
        names of governance models; null where not stated), people, confidence, source_ids; newest first.
    """
    events = landscape.reorganisations(tables)
    if selection.pick(WINDOW) == "since":
        events = events[events["event_date"] > selection.since]
    events = events.sort_values(["event_date", "event_id"], ascending=[False, True], kind="stable")
    names = tables["companies"].set_index("company_id")["company_name"]
    return pd.DataFrame(
        {
            "event_date": events["event_date"],
            "day": [
                format_day(d, p)
                for d, p in zip(events["event_date"], events["event_date_precision"], strict=True)
            ],
            "company_name": events["company_id"].map(names),
            "title": events["title"],
            "what_changed": events["what_changed"],
            "before": [None if is_missing(m) else model_short(m) for m in events["governance_before"]],
            "after": [None if is_missing(m) else model_short(m) for m in events["governance_after"]],
            "people": events["people"],
            "confidence": events["confidence"],
            "source_ids": events["source_ids"],
        }
    ).reset_index(drop=True)


def reorganisations_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """A table: day, company, what happened, what it changed."""
    return table_figure(
        frame,
        look,
        {
            "day": ("Date", 0.9),
            "company_name": ("Company", 1.1),
            "title": ("Reorganisation", 2.6),
            "what_changed": ("What changed", 4.6),
        },
        none="–",
    )


def reorganisations_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who reorganised most, where one company did."""
    counts = frame["company_name"].value_counts()
    if len(counts) < 2 or counts.iloc[0] == counts.iloc[1]:
        return ""
    return f"{counts.index[0]} reorganised its AI most often: {counts.iloc[0]} of {len(frame)} dated changes"


def reorganisations_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """How many, of how many companies, from when to when."""
    return (
        f"{plural(len(frame), 'dated change')} at {plural(frame['company_name'].nunique(), 'organisation')}, "
        f"{format_day(frame['event_date'].min(), 'month')} to {format_day(frame['event_date'].max(), 'month')}, newest first"
    )


# --- Plans ---


def investment_plans(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What companies have said they will spend, as stated; nothing is converted or added up.

    Returns:
        company_name, plan (what the money is for), period (in words), amount and a_year (sum in the currency stated, in
        short scale; a year of a plan of several is its equal share), announced (in words), is_over (the period has
        ended), value (whole currency units), currency, note, confidence, source_ids; running plans first, then by
        share of a year within a currency, largest first.
    """
    rows = tables["company_metrics"]
    rows = rows[rows["metric"].isin(PLAN_METRICS) & rows["value"].notna() & rows["currency"].notna()]
    names = tables["companies"].set_index("company_id")["company_name"]
    years = [_years(str(p)) for p in rows["period"]]
    rows = rows.assign(
        company_name=rows["company_id"].map(names),
        plan=[METRIC_WORDS[m] for m in rows["metric"]],
        period=[period_words(str(p)) for p in rows["period"]],
        amount=[money(v, c) for v, c in zip(rows["value"], rows["currency"], strict=True)],
        a_year=[money(v / n, c) for v, n, c in zip(rows["value"], years, rows["currency"], strict=True)],
        announced=[
            format_day(d, p) for d, p in zip(rows["known_date"], rows["known_date_precision"], strict=True)
        ],
        is_over=rows["period_end_date"] < selection.as_of,
        _share=rows["value"] / years,
    )
    rows = rows.sort_values(
        ["is_over", "currency", "_share", "metric_id"], ascending=[True, True, False, True], kind="stable"
    )
    return rows[
        [
            "company_name",
            "plan",
            "period",
            "amount",
            "a_year",
            "announced",
            "is_over",
            "value",
            "currency",
            "note",
            "confidence",
            "source_ids",
        ]
    ].reset_index(drop=True)


def _years(period: str) -> int:
    """Years of a period: three of "2025 to 2027", one of "2026"."""
    first, _, last = period.partition(" to ")
    return int(last) - int(first) + 1 if last else 1


def investment_plans_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """A table: company, plan, period, amount, share of a year, day of the announcement."""
    return table_figure(
        frame,
        look,
        {
            "company_name": ("Company", 1.4),
            "plan": ("Plan", 2.4),
            "period": ("Period", 1.2),
            "amount": ("Amount", 1),
            "a_year": ("A year", 1),
            "announced": ("Announced", 1.1),
        },
        none="–",
    )


def investment_plans_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest running plan, where all are of one currency."""
    running = frame[~frame["is_over"]]
    if len(running) < 2 or running["currency"].nunique() > 1:
        return ""
    first = running.iloc[0]
    return f"{first['company_name']} plans most a year: {first['a_year']}, announced {first['announced']}"


def investment_plans_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """How many plans, of how many, and how they stand."""
    return (
        f"{plural(len(frame), 'plan')} of {plural(frame['company_name'].nunique(), 'organisation')}, as stated; a year "
        "of several: the equal share"
    )


# --- Models ---

ORDER = "model-list.order"
CHOOSE_ORDER = Choice(
    ORDER, "Order", lambda tables, selection: {"newest": "Newest first", "best": "Best Arena rating first"}
)
#: Models of the list; all of them are in the table of the Models page.
MOST_MODELS = 24


def model_list(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The first models in the picked order; those without a release date or a rating, as the order needs, are left out.

    Returns:
        model_name, company_name, released (in words), weights, parameters (count in short scale), context (tokens in
        short scale), arena (rating, points), output_price (per million tokens, in the currency of the selection; all
        null where unknown), converted_from (listed amount, rate and its month; null where listed in that currency),
        order (newest or best), models (how many there are in all), model_id, confidence, source_ids; in that order.
    """
    models = tables["models"]
    models = released(models)
    models = models.merge(ratings.arena(tables).drop(columns="company_id"), on="model_id", how="left")
    models = models.merge(list_prices(tables, selection.currency), on="model_id", how="left")
    order = "best" if selection.pick(ORDER) == "best" else "newest"
    by = {"newest": "release_date", "best": "arena_rating"}[order]
    models = models.dropna(subset=[by]).sort_values([by, "model_id"], ascending=[False, True], kind="stable")
    count, models = len(models), models.head(MOST_MODELS)
    names = tables["companies"].set_index("company_id")["company_name"]

    def told(column: str, how: Callable[[object], str]) -> list[str | None]:
        return [None if is_missing(v) else how(v) for v in models[column]]

    return pd.DataFrame(
        {
            "model_name": models["model_name"],
            "company_name": models["company_id"].map(names),
            "released": [
                None if is_missing(d) else format_day(d, p)
                for d, p in zip(models["release_date"], models["release_date_precision"], strict=True)
            ],
            "weights": models["weights"],
            "parameters": told("parameters_total", format_count),
            "context": told("context_tokens", format_tokens),
            "arena": told("arena_rating", lambda v: format_score(v, "elo")),
            "output_price": told("output_price_per_mtok", lambda v: format_money(v, selection.currency)),
            "converted_from": models["converted_from"],
            "order": order,
            "models": count,
            "model_id": models["model_id"],
            "confidence": models["confidence"],
            "source_ids": [
                joined_sources(*cells)
                for cells in zip(
                    models["source_ids"],
                    models["rating_source_ids"],
                    models["price_source_ids"],
                    strict=True,
                )
            ],
        }
    ).reset_index(drop=True)


def model_list_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """A table: model, company, release, weights, size, context, rating, price."""
    return table_figure(
        frame,
        look,
        {
            "model_name": ("Model", 2.4),
            "company_name": ("Company", 1.6),
            "released": ("Released", 1.1),
            "weights": ("Weights", 1),
            "parameters": ("Parameters", 1.1),
            "context": ("Context, tokens", 1.3),
            "arena": ("Arena rating", 1.1),
            "output_price": ("Output price", 1.1),
        },
        none="–",
    )


def model_list_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """What stands first."""
    first = frame.iloc[0]
    if first["order"] == "best":
        return f"{first['company_name']} leads the Arena ratings shown, with {first['model_name']} at {first['arena']}"
    return f"Newest on record: {first['model_name']} of {first['company_name']}, {first['released']}"


def model_list_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """How many of how many, units, and how prices were converted."""
    order = "newest first" if frame["order"].iloc[0] == "newest" else "best rating first"
    converted = converted_note(frame["converted_from"])
    return (
        f"{len(frame)} of {plural(int(frame['models'].iloc[0]), 'model')}, {order}; list price of output per million "
        f"tokens{f', {converted}' if converted else ''}"
    )


CHARTS = (
    Chart(
        id="headline-numbers",
        topic="overview",
        title="The landscape in five numbers",
        question="What changed since the last board meeting?",
        subtitle=headline_numbers_subtitle,
        tables=("governance_assessments", "governance_events", "models", "filings"),
        data=headline_numbers,
        figure=headline_numbers_figure,
        finding=headline_numbers_finding,
        native=Native(
            "table", category="number", columns=("number", "value", "change", "compared_with", "definition")
        ),
        screen="table",
        note="Earlier periods hold fewer reorganisations because fewer were collected.",
    ),
    Chart(
        id="reorganisations",
        topic="governance",
        title="Reorganisations",
        question="Which reorganisations are on record?",
        subtitle=reorganisations_subtitle,
        tables=("governance_events", "companies"),
        data=reorganisations,
        figure=reorganisations_figure,
        native=Native("table", category="title", columns=("day", "company_name", "title", "what_changed")),
        finding=reorganisations_finding,
        screen="table",
        note="The day is that of the announcement where known; months and quarters stand as stated.",
        choices=(CHOOSE_WINDOW,),
    ),
    Chart(
        id="investment-plans",
        topic="companies",
        title="Announced plans of investment",
        question="Who plans to spend how much on AI?",
        subtitle=investment_plans_subtitle,
        tables=("company_metrics", "companies"),
        data=investment_plans,
        figure=investment_plans_figure,
        native=Native(
            "table",
            category="company_name",
            columns=("company_name", "plan", "period", "amount", "a_year", "announced"),
        ),
        finding=investment_plans_finding,
        screen="table",
        note="A plan is what a company or a report said would be spent, not what was; plans may overlap.",
    ),
    Chart(
        id="model-list",
        topic="models",
        title="Models in a list",
        question="Which models are newest, or best rated?",
        subtitle=model_list_subtitle,
        tables=("models", "benchmark_scores", "model_prices_converted", "companies"),
        data=model_list,
        figure=model_list_figure,
        native=Native(
            "table",
            category="model_name",
            columns=(
                "model_name",
                "company_name",
                "released",
                "weights",
                "parameters",
                "context",
                "arena",
                "output_price",
            ),
        ),
        finding=model_list_finding,
        screen="table",
        note="Arena: text ratings without style control, newest snapshot known.",
        choices=(CHOOSE_ORDER,),
    ),
)
