"""Chart of outcomes by governance model: every organisation named, with median and range, and nothing claimed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log10
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.change import in_text
from dashboard.charts.marks import joined_sources
from dashboard.charts.pieces import counted, text_width, unit_below
from dashboard.charts.spec import Chart, Choice, Native
from dashboard.data.selection import HOME_COUNTRY, Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape, prices, ratings, windows
from dashboard.look.theme import (
    MODEL_ORDER,
    Look,
    annotation,
    escape,
    format_day,
    format_money,
    format_percent,
    layout,
    model_short,
    plural,
    symbol,
)

METRIC = "outcomes.metric"
#: A share of fewer models than this is an accident of a few releases.
FEWEST_MODELS = 3
_DAY = pd.Timedelta(days=1)


def year_before(selection: Selection, years: int = 1) -> pd.Timestamp:
    """First day of the months that end on the day shown."""
    return selection.as_of.normalize() - pd.DateOffset(years=years) + _DAY


def at_home(tables: Tables, selection: Selection) -> list[str]:
    """Companies that the reader has selected, in tables that hold those outside China as context, too."""
    companies = tables["companies"]
    wanted = (
        (companies["country"] == HOME_COUNTRY)
        | selection.outside
        | companies["company_id"].isin(selection.companies)
    )
    return companies.loc[wanted, "company_id"].tolist()


# --- Measures of every company ---

Measures = dict[str, windows.Measure]


def cadence(tables: Tables, selection: Selection) -> Measures:
    """Models released in twelve months; a company of which no model is known is not at zero but unknown."""
    found = windows.releases(tables, year_before(selection), selection.as_of)
    newest = tables["models"].sort_values("release_date", kind="stable")
    newest = newest.drop_duplicates("company_id", keep="last")
    # That nothing came is known from the documents on what came last.
    none = zip(newest["company_id"], newest["source_ids"], strict=True)
    return {str(c): windows.Measure(0.0, 0, str(cell)) for c, cell in none} | found


def openness(tables: Tables, selection: Selection) -> Measures:
    """Share of models released in 24 months whose weights are open, in per cent; of too few it is unknown."""
    found = windows.openness(tables, year_before(selection, 2), selection.as_of)
    return {c: m for c, m in found.items() if m.count >= FEWEST_MODELS}


def best_score(tables: Tables, selection: Selection) -> Measures:
    """Best Arena text rating in the newest snapshot."""
    rows = ratings.arena(tables)
    counts = rows["company_id"].value_counts()
    return {
        str(r.company_id): windows.Measure(
            float(r.arena_rating), int(counts[r.company_id]), str(r.rating_source_ids), str(r.model_label)
        )
        for r in rows.drop_duplicates("company_id").itertuples()
    }


def turnover(tables: Tables, selection: Selection) -> Measures:
    """People who began or ceased to lead the company's AI in 24 months."""
    first = year_before(selection, 2)
    ids = map(str, tables["companies"]["company_id"])
    found = {cid: windows.leader_changes(tables, cid, first, selection.as_of) for cid in ids}
    return {c: m for c, m in found.items() if m.value is not None}


def price_times(tables: Tables, selection: Selection) -> Measures:
    """Output price of the best-rated priced model, as a multiple of the median of models rated alike."""
    rows = prices.price_for_capability(tables, selection.currency)
    return {
        str(r.Index): windows.Measure(
            float(r.times),
            int(r.peers),
            str(r.source_ids),
            f"{r.model_name}, {format_money(r.output_price, selection.currency)} of output, rated {r.rating:,.0f}",
        )
        for r in rows.itertuples()
    }


@dataclass(frozen=True)
class Metric:
    """One outcome.

    Attributes:
        label: As the reader picks it.
        unit: What is counted, under the axis.
        counted: Noun of the rows behind a value.
        of: Value of each company that has one, by company id.
        words: A value in words.
        log: Drawn on a logarithmic axis.
        months: Length of the window; 0 for a value of one day.
        about: What a reader must know of it.
    """

    label: str
    unit: str
    counted: str
    of: Callable[[Tables, Selection], Measures]
    words: Callable[[float], str]
    log: bool = False
    months: int = 0
    about: str = ""


def _count(value: float) -> str:
    """A number of things, or the median of several: 8, 8.5."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


METRICS = {
    "cadence": Metric(
        "Release cadence",
        "models released in 12 months, every size counts",
        "model",
        cadence,
        _count,
        months=12,
    ),
    "openness": Metric(
        "Share of open weights",
        "% of models released in 24 months whose weights are open",
        "model",
        openness,
        format_percent,
        months=24,
        about=f"at least {FEWEST_MODELS} models",
    ),
    "score": Metric(
        "Best score",
        "Arena text rating of the best model (axis does not start at zero)",
        "rated model",
        best_score,
        lambda v: f"{v:,.0f}",
    ),
    "price": Metric(
        "Price for capability",
        "output price of the best-rated model, times the median of models rated alike (log scale)",
        "model rated alike",
        price_times,
        lambda v: f"{v:.1f}×" if v >= 1 else f"{v:.2f}×",
        log=True,
        about=f"models within {prices.ALIKE} Arena points count as rated alike",
    ),
    "turnover": Metric(
        "Leadership turnover",
        "people who came to or left the lead of AI in 24 months",
        "known leader",
        turnover,
        _count,
        months=24,
    ),
}


def metric_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """The outcomes on offer."""
    return {i: m.label for i, m in METRICS.items()}


def picked_metric(selection: Selection) -> tuple[str, Metric]:
    """The outcome picked; the first where none, or one that does not exist, is."""
    name = selection.pick(METRIC)
    name = name if name in METRICS else next(iter(METRICS))
    return name, METRICS[name]


# --- Frame and figure ---


def outcomes(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One outcome of each company beside its governance model in force.

    Returns:
        company_name, governance_model, governance_model_id, metric (its name), value (in the unit of the subtitle),
        value_words, counted (rows behind the value, in words), is_changed (its label changed within the months counted),
        group_count (companies of the model with a value), group_median, group_low, group_high, source_ids; models in
        legend order, the highest value first.
    """
    _, metric = picked_metric(selection)
    ids = at_home(tables, selection)
    labels = landscape.labels_in_force(tables, selection.basis)
    names = tables["companies"].set_index("company_id")["company_name"]
    shown = landscape.assessments_in_force(tables, selection.basis).drop_duplicates("company_id")
    cited = shown.set_index("company_id")["source_ids"]
    changed = _changed_since(tables, selection, metric.months)
    values = metric.of(tables, selection)
    rows = []
    for cid in ids:
        found = values.get(cid, windows.NOTHING)
        if found.value is None:
            continue
        counted_words = plural(found.count, metric.counted, _many(metric.counted))
        rows.append(
            {
                "company_name": names[cid],
                "governance_model": model_short(labels[cid]),
                "governance_model_id": labels[cid],
                "metric": metric.label,
                "value": found.value,
                "value_words": metric.words(found.value),
                "counted": f"{counted_words}: {found.what}" if found.what else counted_words,
                "is_changed": cid in changed,
                "source_ids": joined_sources(found.source_ids, cited.get(cid)),
            }
        )
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "metric",
        "value",
        "value_words",
        "counted",
        "is_changed",
        "source_ids",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame["value"] = frame["value"].astype("float64")
    frame["is_changed"] = frame["is_changed"].astype(bool)
    groups = frame.groupby("governance_model_id")["value"]
    for column, how in (("count", "size"), ("median", "median"), ("low", "min"), ("high", "max")):
        frame.insert(len(frame.columns) - 1, f"group_{column}", groups.transform(how))
    frame["group_count"] = frame["group_count"].astype("int64")
    order = frame.assign(_m=frame["governance_model_id"].map(MODEL_ORDER))
    keys = order.sort_values(["_m", "value", "company_name"], ascending=[True, False, True], kind="stable")
    return counted(frame.loc[keys.index], len(ids))


def _many(noun: str) -> str:
    return f"{noun.removesuffix(' rated alike')}s rated alike" if noun.endswith("alike") else f"{noun}s"


def _changed_since(tables: Tables, selection: Selection, months: int) -> set[str]:
    """Companies whose label began within the months, after another known one."""
    if not months:
        return set()
    first = selection.as_of - pd.DateOffset(months=months)
    spans = landscape.history(tables, selection.basis)
    spans = spans[spans["governance_model_id"] != landscape.UNDETERMINED]
    later = spans[spans.duplicated("company_id")]
    return set(later.loc[later["valid_from"] > first, "company_id"])


def outcomes_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """A band a model: a mark and a name for every organisation, a rule from lowest to highest, a tick at the median."""
    said = frame["metric"].iloc[0] if len(frame) else ""
    metric = next((m for m in METRICS.values() if m.label == said), next(iter(METRICS.values())))
    values = [log10(v) if metric.log else v for v in frame["value"]]
    frame = frame.assign(_x=values)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    zero = not metric.log and metric.label != METRICS["score"].label
    low = 0.0 if zero else low
    span = (high - low) or 1.0
    models = list(dict.fromkeys(frame["governance_model_id"]))
    small = look.size - (1 if not look.export else 3)
    heads = [model_short(m) for m in models]
    left = max((text_width(h, look.size, True) for h in heads), default=60) + 20 * look.scale
    if look.compact:
        left = 10
    width = look.across(1536, 760) - left - 20
    ends = (low - span * 0.04, high + span * 0.06)
    line: float = small + 4
    unit = look.scale
    if look.export:
        # A picture has one height: with many bands everything in it is set closer.
        names = len(frame) * 0.55 * line + len(models) * 34 * look.scale
        closer = min(1.0, 560 / max(names, 1))
        small, line, unit = round(small * max(closer, 0.75)), line * closer, unit * closer

    def pixels(x: float) -> float:
        return (x - ends[0]) / (ends[1] - ends[0]) * width

    traces, labels, shapes = [], [], []
    top = 0.0
    for model in models:
        part = frame[frame["governance_model_id"] == model].sort_values("_x", kind="stable")
        tiers: list[float] = []
        placed: list[tuple[Any, int, float]] = []
        for r in part.itertuples(index=False):
            words = r.company_name
            half = text_width(words, small) / 2 + 3
            middle = min(max(pixels(r[-1]), half), width - half)
            tier = next((i for i, end in enumerate(tiers) if middle - half > end), len(tiers))
            if tier == len(tiers):
                tiers.append(0.0)
            tiers[tier] = middle + half
            placed.append((r, tier, middle - pixels(r[-1])))
        head = 20 * unit if look.compact else 0
        tall = head + 14 * unit + len(tiers) * line + 14 * unit
        at = top + tall - 14 * unit
        first = part.iloc[0]
        n = int(first["group_count"])
        note = f"n = {n}" + (f", median {metric.words(float(first['group_median']))}" if n > 1 else "")
        labels.append(
            annotation(
                0,
                at if not look.compact else top + 8,
                f"<b>{escape(model_short(model))}</b>"
                + (f"  {escape(note)}" if look.compact else f"<br>{escape(note)}"),
                look,
                xref="paper",
                xanchor="left" if look.compact else "right",
                xshift=0 if look.compact else -10 * unit,
                yanchor="middle" if look.compact else "bottom",
                yshift=0 if look.compact else -12 * unit,
                align="left" if look.compact else "right",
                font={"size": look.size if not look.export else small + 1, "color": look.name_colour(model)},
            )
        )
        if n > 1:
            lowest, highest = float(part["_x"].iloc[0]), float(part["_x"].iloc[-1])
            shapes.append(_line(lowest, highest, at, at, look.rule, 2 * unit))
            middle_value = float(first["group_median"])
            x = log10(middle_value) if metric.log and middle_value > 0 else middle_value
            shapes.append(_line(x, x, at - 9 * unit, at + 9 * unit, look.ink, 2 * unit))
        for r, tier, shift in placed:
            up = 9 * unit + tier * line
            if tier:
                shapes.append(_line(r[-1], r[-1], at - 6 * unit, at - up + 1, look.grid, 1))
            labels.append(
                annotation(
                    r[-1],
                    at - up,
                    escape(r.company_name),
                    look,
                    xanchor="center",
                    xshift=round(shift, 1),
                    yanchor="bottom",
                    font={"size": small, "color": look.ink},
                )
            )
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": part["_x"].tolist(),
                "y": [at] * len(part),
                "marker": {
                    "size": 11 * unit,
                    "symbol": [
                        f"{symbol(model)}-open" if c and not symbol(model).endswith("dot") else symbol(model)
                        for c in part["is_changed"]
                    ],
                    "color": look.fill(model),
                    "line": {"width": 1.5 * unit, "color": look.fill(model)},
                },
                "customdata": part.index.tolist(),
                "hovertext": [
                    f"<b>{escape(r.company_name)}</b>, {escape(r.governance_model)}: {escape(r.value_words)}<br>"
                    f"{escape(r.counted)}"
                    + ("<br>changed model within the months counted" if r.is_changed else "")
                    for r in part.itertuples(index=False)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
        top += tall + 6 * unit
    figure = go.Figure(traces)
    ticks = _log_ticks(ends) if metric.log else {}
    bottom = 46 if not look.export else 70
    figure.update_layout(
        layout(
            look,
            height=int(max(top, 60) + 8 + bottom),
            margin={"l": int(left), "r": 16, "t": 6, "b": bottom},
            xaxis={
                "range": list(ends),
                "nticks": 6,
                "ticksuffix": " %" if metric.label == METRICS["openness"].label else "",
                **ticks,
            },
            yaxis={"visible": False, "range": [max(top, 60), 0]},
            shapes=shapes,
            annotations=[*labels, *([unit_below(_short_unit(metric, look), look)] if models else [])],
        )
    )
    return figure


def _short_unit(metric: Metric, look: Look) -> str:
    if not look.compact:
        return metric.unit[0].upper() + metric.unit[1:]
    return metric.label + (" (log scale)" if metric.log else "")


def _line(x0: float, x1: float, y0: float, y1: float, colour: str, width: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x0,
        "x1": x1,
        "y0": y0,
        "y1": y1,
        "layer": "below",
        "line": {"color": colour, "width": width},
    }


def _log_ticks(ends: tuple[float, float]) -> dict[str, Any]:
    found = [v for v in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if ends[0] <= log10(v) <= ends[1]]
    return {"tickvals": [log10(v) for v in found], "ticktext": [f"{v:g}" for v in found]}


def outcomes_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The highest and lowest median among models that two organisations or more have, and whether ranges overlap."""
    _, metric = picked_metric(selection)
    groups = frame.drop_duplicates("governance_model_id")
    groups = groups[(groups["group_count"] > 1) & (groups["governance_model_id"] != landscape.UNDETERMINED)]
    groups = groups.sort_values("group_median", ascending=False, kind="stable")
    if len(groups) < 2 or groups["group_median"].iloc[0] == groups["group_median"].iloc[-1]:
        return ""
    top, low = groups.iloc[0], groups.iloc[-1]
    overlap = "ranges overlap" if low["group_high"] >= top["group_low"] else "too few to tell"
    return (
        f"{metric.label}: median {metric.words(float(top['group_median']))} for {in_text(top['governance_model_id'])} "
        f"(n = {top['group_count']}), {metric.words(float(low['group_median']))} for "
        f"{in_text(low['governance_model_id'])} (n = {low['group_count']}); {overlap}"
    )


def outcomes_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, window, how many of how many."""
    _, metric = picked_metric(selection)
    total = frame.attrs.get("out_of")
    many = (
        plural(len(frame), "organisation")
        if total is None
        else f"{len(frame)} of {plural(total, 'organisation')}"
    )
    about = f" ({metric.about})" if metric.about else ""
    basis = "as reported" if selection.basis == "reported" else "as coded"
    return (
        f"{metric.unit[0].upper() + metric.unit[1:]}{about}, by governance model in force {basis}; {many}, as of "
        f"{format_day(selection.as_of)}"
    )


#: What a reader must hear beside every picture of outcomes.
SMALL_NUMBERS = (
    "So few organisations, alike in neither size, age nor business, can show what is there but not whether a governance "
    "model brings it about: the label may follow from success as well as lead to it."
)

CHARTS = (
    Chart(
        id="outcomes",
        topic="governance",
        title="Outcomes by governance model",
        question="Does the governance model go with outcomes?",
        subtitle=outcomes_subtitle,
        tables=(
            "companies",
            "governance_assessments",
            "models",
            "benchmark_scores",
            "model_prices",
            "model_families",
            "people",
        ),
        data=outcomes,
        figure=outcomes_figure,
        native=Native(
            "bar_clustered",
            category="company_name",
            value="value",
            colour_by="governance_model_id",
            unit="in the unit of the subtitle",
        ),
        finding=outcomes_finding,
        outside=True,
        note=f"Tick: median; rule: lowest to highest; hollow: changed model within the months counted. {SMALL_NUMBERS}",
        choices=(Choice(METRIC, "Outcome", metric_options),),
    ),
)
