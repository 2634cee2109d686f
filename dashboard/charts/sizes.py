"""How large models are: parameters and context windows."""

from __future__ import annotations

from math import log2, log10
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import marks
from dashboard.charts.pieces import (
    NAMES_SHOWN,
    Name,
    counted,
    date_ticks,
    governance_entries,
    iso,
    key,
    n_of,
    place_names,
    plot_size,
    points,
    span,
    unit_above,
    with_company,
)
from dashboard.charts.spec import Chart, Native
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.models import released
from dashboard.look.theme import Look, escape, format_count, format_day, format_tokens, is_missing, layout


def _caveats(rows: pd.DataFrame, disputed: str) -> pd.Series:
    """Caveat of each model: low confidence, or other documents that give another value of the kind named."""
    return pd.Series(
        [
            marks.caveats(
                estimated=c == "low", disputed=not is_missing(other) and disputed in str(other).lower()
            )
            for c, other in zip(rows["confidence"], rows["alternatives"], strict=True)
        ],
        index=rows.index,
        dtype="str",
    )


# --- Size over time ---


def parameters(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with a release date and a stated number of parameters.

    Returns:
        model_name, company_name, governance_model, governance_model_id, release_date, parameters_total,
        parameters_active (null where not stated), architecture (dense, mixture, not stated), is_largest (of its
        company), is_outside, confidence, caveat ("estimated" where confidence is low, "disputed" where documents give
        another number), source_ids; release days ascending.
    """
    columns = [
        "model_name",
        "company_name",
        "governance_model",
        "governance_model_id",
        "release_date",
        "parameters_total",
        "parameters_active",
        "architecture",
        "is_largest",
        "is_outside",
        "confidence",
        "caveat",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    models = released(models)
    rows = models[models["release_date"].notna() & (models["parameters_total"] > 0)].copy()
    if rows.empty:
        return counted(pd.DataFrame(columns=columns), len(models))
    rows["architecture"] = rows["architecture"].fillna("not stated")
    rows["caveat"] = _caveats(rows, "parameter")
    largest = rows.sort_values(["parameters_total", "release_date"], ascending=[False, True], kind="stable")
    rows["is_largest"] = rows["model_id"].isin(largest.drop_duplicates("company_id")["model_id"])
    rows = rows.sort_values(["release_date", "parameters_total"], kind="stable")
    return counted(rows[columns], len(models))


PARAMETER_TICKS = tuple(float(10**i) for i in range(7, 15))


def _architecture_colour(look: Look) -> dict[str, str]:
    return {
        "mixture": look.ink,
        "dense": look.levels[2] if look.mode == "light" else look.levels[3],
        "not stated": look.levels[1] if look.mode == "light" else look.levels[2],
    }


ARCHITECTURE_SYMBOL = {"mixture": "circle", "dense": "square", "not stated": "diamond-tall"}


def parameters_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Parameters over release day on a log axis; colour and mark tell the architecture, a thread the active part."""
    height = 430 if not look.compact else 400
    left = 46 if not look.export else 76
    colours = _architecture_colour(look)
    words = {"mixture": "Mixture of experts", "dense": "Dense", "not stated": "Architecture not stated"}
    present = set(frame["architecture"])
    entries = [(words[a], colours[a], ARCHITECTURE_SYMBOL[a]) for a in words if a in present]
    if frame["parameters_active"].notna().any():
        entries.append(("Active per token", look.ink, "line-ew"))
    keys, legend, top, side = key(entries, look, height)
    margin = {"l": left, "r": 12 + side, "t": top + 34 * look.scale, "b": 34 * look.scale}
    width, tall = plot_size(look, height, margin)
    total = frame["parameters_total"].astype("float64")
    first, last = span(frame["release_date"], 0.03)
    if len(frame) > 20:
        # The few models of the years before would press the rest together; they are still in the table.
        first = max(first, pd.Timestamp(frame["release_date"].quantile(0.02)) - pd.Timedelta(days=60))
    low, high = (log10(total.min()) - 0.15, log10(total.max()) + 0.25) if len(frame) else (8.0, 12.5)
    if len(frame) > 20:
        low = max(low, log10(total.quantile(0.02)) - 0.3)
    days = max((last - first).days, 1)
    px = [(d - first).days / days * width for d in frame["release_date"]]
    py = [(log10(v) - low) / (high - low) * tall for v in total]
    taken = list(zip(px, py, strict=True))
    traces: list[dict[str, Any]] = [*keys]
    large = frame[frame["is_largest"].astype(bool) & frame["parameters_active"].notna()]
    thread_x: list[Any] = []
    thread_y: list[Any] = []
    for row in large.itertuples(index=False):
        day = row.release_date.strftime("%Y-%m-%d")
        thread_x += [day, day, None]
        thread_y += [float(row.parameters_total), float(row.parameters_active), None]
        x = (row.release_date - first).days / days * width
        y0, y1 = (
            (log10(float(v)) - low) / (high - low) * tall
            for v in (row.parameters_active, row.parameters_total)
        )
        taken += [(x, y0 + (y1 - y0) * i / 8) for i in range(8)]
    if thread_x:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": thread_x,
                "y": thread_y,
                "hoverinfo": "skip",
                "showlegend": False,
                "line": {"color": look.rule, "width": 1.2 * look.scale},
            }
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "showlegend": False,
                "x": iso(large["release_date"]),
                "y": large["parameters_active"].astype("float64").tolist(),
                "marker": {
                    "symbol": "line-ew",
                    "size": 9 * look.scale,
                    "color": look.ink,
                    "line": {"color": look.ink, "width": 2 * look.scale},
                },
                "customdata": large.index.tolist(),
                "hovertext": [
                    f"<b>{escape(r.model_name)}</b>: {format_count(r.parameters_active)} active per token"
                    for r in large.itertuples(index=False)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    for strong in (False, True):
        for kind in ("not stated", "dense", "mixture"):
            part = frame[(frame["architecture"] == kind) & (frame["is_largest"].astype(bool) == strong)]
            if part.empty:
                continue
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "showlegend": False,
                    "x": iso(part["release_date"]),
                    "y": part["parameters_total"].astype("float64").tolist(),
                    "marker": {
                        "symbol": ARCHITECTURE_SYMBOL[kind],
                        "color": colours[kind],
                        "size": (12 if strong else 8) * look.scale,
                        "opacity": 1 if strong else 0.6,
                        "line": {"width": 0},
                    },
                    "customdata": part.index.tolist(),
                    "hovertext": [
                        f"<b>{escape(r.model_name)}</b> {escape(r.company_name)}<br>{format_count(r.parameters_total)} "
                        f"parameters, {'active: ' + format_count(r.parameters_active) + ', ' if kind == 'mixture' else ''}"
                        f"{words[kind].lower()}<br>Released {format_day(r.release_date)}"
                        for r in part.itertuples(index=False)
                    ],
                    "hovertemplate": "%{hovertext}<extra></extra>",
                }
            )
    names = []
    wanted = [i for i in range(len(frame)) if frame["is_largest"].iloc[i] and px[i] >= 0 and py[i] >= 0]
    for rank, i in enumerate(sorted(wanted, key=lambda i: -total.iloc[i])):
        row = frame.iloc[i]
        names.append(
            Name(
                px[i],
                py[i],
                f"{row['model_name']} {format_count(row['parameters_total'])}",
                rank < 4,
                (iso(frame["release_date"].iloc[[i]])[0], log10(total.iloc[i])),
                ("above", "left", "above-left", "right"),
            )
        )
    labels = place_names(names, taken, width, tall, look, 6 if look.compact else NAMES_SHOWN)
    ticks = [t for t in PARAMETER_TICKS if low <= log10(t) <= high]
    values, texts = date_ticks(first, last, look)
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=height,
            margin=margin,
            **legend,
            xaxis={
                "type": "date",
                "range": [first.isoformat(), last.isoformat()],
                "tickvals": values,
                "ticktext": texts,
            },
            yaxis={
                "type": "log",
                "range": [low, high],
                "tickvals": ticks,
                "ticktext": [format_count(t) for t in ticks],
            },
            annotations=[*labels, unit_above("Parameters, all experts (log scale)", look, left)],
        )
    )
    return figure


def parameters_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the largest model stated."""
    if frame.empty:
        return ""
    top = frame.sort_values(["parameters_total", "release_date"], ascending=[False, True], kind="stable")
    if len(top) > 1 and top["parameters_total"].iloc[0] == top["parameters_total"].iloc[1]:
        return ""
    row = top.iloc[0]
    return (
        f"{row['model_name']} is the largest model whose size is stated: {format_count(row['parameters_total'])} "
        "parameters"
    )


def parameters_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit and how many disclose."""
    return (
        f"Total parameters by release day, largest model of each company named; "
        f"{n_of(frame, 'model', 'disclose size and date')}; as of {format_day(selection.as_of)}"
    )


# --- Context window over time ---


def context_window(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with a release date and a stated context window.

    Returns:
        model_name, company_name, governance_model, governance_model_id, release_date, context_tokens, is_record (longer
        than every model before), is_outside, source_ids; release days ascending.
    """
    columns = [
        "model_name",
        "company_name",
        "governance_model",
        "governance_model_id",
        "release_date",
        "context_tokens",
        "is_record",
        "is_outside",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    models = released(models)
    rows = models[models["release_date"].notna() & (models["context_tokens"] > 0)].copy()
    rows = rows.sort_values(["release_date", "context_tokens"], ascending=[True, False], kind="stable")
    tokens = rows["context_tokens"].astype("float64")
    # 1,000,000 and 1,048,576 are both sold as "1M": a record is a window a tenth longer than all before.
    rows["is_record"] = tokens > tokens.cummax().shift(fill_value=0.0) * 1.1
    return counted(rows[columns], len(models))


CONTEXT_TICKS = (*(1024 * 2**i for i in range(0, 16, 2)), 1_048_576 * 4, 1_048_576 * 16)


def context_window_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Context window over release day on a log axis; the longest so far is a step line with bold names."""
    height = 400 if not look.compact else 380
    left = 46 if not look.export else 76
    keys, legend, top, side = key(governance_entries(frame, look), look, height)
    margin = {"l": left, "r": 12 + side, "t": top + 34 * look.scale, "b": 34 * look.scale}
    width, tall = plot_size(look, height, margin)
    tokens = frame["context_tokens"].astype("float64")
    first, last = span(frame["release_date"], 0.03)
    low, high = (log10(tokens.min()) - 0.12, log10(tokens.max()) + 0.2) if len(frame) else (3.9, 6.1)
    days = max((last - first).days, 1)
    px = [(d - first).days / days * width for d in frame["release_date"]]
    py = [(log10(v) - low) / (high - low) * tall for v in tokens]
    taken = list(zip(px, py, strict=True))
    traces: list[dict[str, Any]] = [*keys]
    records = frame[frame["is_record"].astype(bool)]
    if len(records):
        line_y = [*records["context_tokens"].astype("float64"), float(records["context_tokens"].iloc[-1])]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "showlegend": False,
                "hoverinfo": "skip",
                "x": [*iso(records["release_date"]), last.strftime("%Y-%m-%d")],
                "y": line_y,
                "line": {"shape": "hv", "color": look.ink, "width": 1.8 * look.scale},
            }
        )
        stamps = [*records["release_date"], last]
        for d0, d1, y0 in zip(stamps, stamps[1:], line_y, strict=False):
            a, b = ((d - first).days / days * width for d in (d0, d1))
            y = (log10(y0) - low) / (high - low) * tall
            taken += [(a + (b - a) * i / 10, y) for i in range(1, 11)]
    hover = [
        f"<b>{escape(r.model_name)}</b> {escape(r.company_name)}<br>{escape(r.governance_model)}<br>"
        f"{format_tokens(r.context_tokens)} tokens ({int(r.context_tokens):,})<br>Released {format_day(r.release_date)}"
        for r in frame.itertuples(index=False)
    ]
    traces += points(
        frame, look, iso(frame["release_date"]), tokens.tolist(), frame["is_record"].tolist(), hover
    )
    names = []
    for i in sorted(
        (i for i in range(len(frame)) if frame["is_record"].iloc[i]), key=lambda i: -tokens.iloc[i]
    ):
        row = frame.iloc[i]
        names.append(
            Name(
                px[i],
                py[i],
                f"{row['model_name']} {format_tokens(row['context_tokens'])}",
                True,
                (iso(frame["release_date"].iloc[[i]])[0], log10(tokens.iloc[i])),
                ("above-left", "above", "above-right"),
            )
        )
    labels = place_names(names, taken, width, tall, look, 6 if look.compact else NAMES_SHOWN)
    ticks = sorted({t for t in CONTEXT_TICKS if low <= log10(t) <= high})
    values, texts = date_ticks(first, last, look)
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=height,
            margin=margin,
            **legend,
            xaxis={
                "type": "date",
                "range": [first.isoformat(), last.isoformat()],
                "tickvals": values,
                "ticktext": texts,
            },
            yaxis={
                "type": "log",
                "range": [low, high],
                "tickvals": ticks,
                "ticktext": [format_tokens(t) for t in ticks],
            },
            annotations=[*labels, unit_above("Context window, tokens (log scale)", look, left)],
        )
    )
    return figure


def context_window_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many times the typical window grew from the first to the last full year shown."""
    if frame.empty:
        return ""
    years = frame["release_date"].dt.year
    typical = frame["context_tokens"].astype("float64").groupby(years).median()
    counts = years.value_counts()
    typical = typical[[y for y in typical.index if counts[y] >= 8]]
    if len(typical) < 2:
        return ""
    old, new = typical.iloc[0], typical.iloc[-1]
    if new <= old:
        return ""
    return (
        f"The median context window grew from {_about(old)} tokens in {typical.index[0]} to {_about(new)} in "
        f"{typical.index[-1]}"
    )


def _about(tokens: float) -> str:
    """A median may fall between two windows: the nearest power of two names it where one is within a tenth."""
    power = 2 ** round(log2(tokens))
    return format_tokens(power if abs(power / tokens - 1) < 0.1 else round(tokens))


def context_window_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit and how many disclose."""
    return (
        f"Context window by release day; the line is the longest so far; "
        f"{n_of(frame, 'model', 'disclose window and date')}; as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="parameters",
        topic="models",
        title="Model size over time",
        question="How large have models become?",
        subtitle=parameters_subtitle,
        tables=("companies", "models"),
        data=parameters,
        figure=parameters_figure,
        native=Native(
            "xy_scatter",
            category="model_name",
            series="architecture",
            x="release_date",
            value="parameters_total",
            label="model_name",
            named="is_largest",
            thread="parameters_active",
            log_y=True,
            unit="Parameters (log scale)",
            x_unit="Release date",
        ),
        finding=parameters_finding,
        note="A thread leads from the largest models to the parameters active per token, where stated.",
    ),
    Chart(
        id="context-window",
        topic="models",
        title="Context window over time",
        question="How much can a model read at once?",
        subtitle=context_window_subtitle,
        tables=("companies", "models", "governance_assessments"),
        data=context_window,
        figure=context_window_figure,
        native=Native(
            "xy_scatter",
            category="model_name",
            series="governance_model",
            x="release_date",
            value="context_tokens",
            colour_by="governance_model_id",
            label="model_name",
            named="is_record",
            line_name="longest so far",
            log_y=True,
            unit="Tokens (log scale)",
            x_unit="Release date",
        ),
        finding=context_window_finding,
        note="A record is a window at least a tenth longer than all before it.",
    ),
)
