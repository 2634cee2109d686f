"""Pieces that charts share: companies on rows, keys, names beside points, bars, axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.data.selection import HOME_COUNTRY, Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.look.theme import (
    MODELS,
    Look,
    annotation,
    escape,
    is_missing,
    layout,
    model_short,
    plural,
    short_name,
    symbol,
)

OUTSIDE = "Outside China"
#: Names beside points on screen; more are read from the table.
NAMES_SHOWN = 12
WEIGHTS = {"open": "Open", "restricted": "Restricted", "closed": "Closed", "not disclosed": "Not disclosed"}


# --- Shared by the model charts: companies on rows, keys, names beside points ---


def with_company(tables: Tables, selection: Selection, rows: pd.DataFrame) -> pd.DataFrame:
    """Adds who stands behind each row.

    Returns:
        `rows` plus company_name, governance_model_id (in force; null outside China), governance_model (its short
        name, or "Outside China") and is_outside; rows of companies not in `tables["companies"]` are dropped.
    """
    companies = tables["companies"].set_index("company_id")
    rows = rows[rows["company_id"].isin(companies.index)]
    outside = rows["company_id"].map(companies["country"]).ne(HOME_COUNTRY)
    labels = landscape.labels_in_force(tables, selection.basis)
    model_ids = [None if o else labels[c] for c, o in zip(rows["company_id"], outside, strict=True)]
    return rows.assign(
        company_name=rows["company_id"].map(companies["company_name"]),
        governance_model_id=pd.Series(model_ids, index=rows.index, dtype="str"),
        governance_model=pd.Series(
            [OUTSIDE if is_missing(m) else model_short(m) for m in model_ids], index=rows.index, dtype="str"
        ),
        is_outside=outside.astype(bool),
    )


def counted(frame: pd.DataFrame, out_of: int) -> pd.DataFrame:
    """Notes on the frame out of how many rows it was taken, for "n of N" in a subtitle."""
    frame = frame.reset_index(drop=True)
    frame.attrs["out_of"] = int(out_of)
    return frame


def n_of(frame: pd.DataFrame, noun: str, verb: str) -> str:
    """How many of how many: 41 of 120 models state both; without the total where it was not noted."""
    total = frame.attrs.get("out_of")
    count = len(frame) if "is_outside" not in frame else int((~frame["is_outside"].astype(bool)).sum())
    if total is None:
        return plural(count, noun)
    return f"{count:,} of {plural(total, noun)} {verb}"


def iso(days: pd.Series) -> list[str]:
    """Days as text: Plotly reads them the same in every time zone."""
    return [pd.Timestamp(d).strftime("%Y-%m-%d") for d in days]


def text_width(text: str, size: float, strong: bool = False) -> float:
    """Width of a text in pixels, estimated for Arial; a Chinese character is a square."""
    return sum(1.0 if ord(c) > 0x2E7F else (0.58 if strong else 0.53) for c in text) * size


def fit(text: str, width: float, size: float, lines: int) -> list[str]:
    """Text in at most `lines` lines of `width` pixels; an ellipsis where words were left out."""
    out: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size) > width:
            out.append(line)
            line = word
        else:
            line = longer
    out.append(line)
    cut = out[:lines]
    if len(out) > lines:
        cut[-1] += " …"
    while text_width(cut[-1], size) > width and len(cut[-1]) > 4:
        cut[-1] = cut[-1].rstrip("… ")[:-1].rstrip(" ,;") + "…"
    return cut


def lane_label(name: str, width: float, look: Look, *, strong: bool = True) -> str:
    """A name beside its lane or bar, in at most two lines that fit a column of so many pixels on screen."""
    size = look.size + (0 if look.export else 1)
    room = width * look.share(1.66, 0.74) - 12 * look.scale
    # Measured plain: bold runs a tenth wider.
    lines = fit(name, room / (1.1 if strong else 1), size, 2)
    if lines[-1].endswith("…"):
        # Better the name it goes by than half of the full one.
        lines = fit(short_name(name), room / (1.1 if strong else 1), size, 2)
    return "<br>".join(f"<b>{escape(t)}</b>" if strong else escape(t) for t in lines)


def unit_above(text: str, look: Look, left: float) -> dict[str, Any]:
    """Unit of the vertical axis: horizontal, above its upper end, flush with the tick labels."""
    return annotation(
        0,
        1,
        escape(text),
        look,
        xref="paper",
        yref="paper",
        yanchor="bottom",
        xshift=-left + 4,
        yshift=8 * look.scale,
        font={"size": look.size, "color": look.grey},
    )


def unit_below(text: str, look: Look) -> dict[str, Any]:
    """Unit of the horizontal axis, under its right end."""
    return annotation(
        1,
        0,
        escape(text),
        look,
        xref="paper",
        yref="paper",
        xanchor="right",
        yanchor="top",
        yshift=-26 * look.scale,
        font={"size": look.size, "color": look.grey},
    )


#: Pixels from one row of a key to the next.
KEY_ROW = 22


def key_room(look: Look) -> float:
    """Pixels across that a key has in a compact figure."""
    return look.wide - 15


def key(
    entries: Sequence[tuple[str, str, str]], look: Look, plot_height: float, width: float = 600
) -> tuple[list, dict, float, float]:
    """A key: on top and left-aligned on screen, in a column of its own in a picture.

    Args:
        entries: Name, colour and Plotly symbol of each entry, in order.
        look: Where it will be seen.
        plot_height: Height of the plotting area in pixels, to set the key clear of the unit above the axis.
        width: Room on screen in pixels, less than the default for a chart that shares its row with another.

    Returns:
        Traces without data that carry the entries, layout keys, room needed on top, room needed at the right.
    """
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "name": escape(name),
            "showlegend": True,
            "hoverinfo": "skip",
            "marker": {
                "symbol": shape,
                "color": colour,
                "size": 9 * look.scale,
                "line": {"color": colour, "width": 3 * look.scale if shape.startswith("line") else 0},
            },
        }
        for name, colour, shape in entries
    ]
    legend: dict[str, Any] = {
        "bgcolor": "rgba(0,0,0,0)",
        "itemclick": False,
        "itemdoubleclick": False,
        "font": {"size": look.size, "color": look.ink},
        "traceorder": "normal",
    }
    if not entries:
        return [], {"showlegend": False}, 0, 0
    if look.export:
        legend |= {"orientation": "v", "x": 1.02, "xanchor": "left", "y": 1, "yanchor": "top"}
        room = max(text_width(name, look.size) for name, _, _ in entries) + 70
        return traces, {"showlegend": True, "legend": legend}, 0, room
    rows = key_rows([e[0] for e in entries], look, min(width, key_room(look)) if look.compact else width)
    legend |= {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "xref": "container",
        "yref": "container",
        "y": 1,
        "yanchor": "top",
    }
    return traces, {"showlegend": True, "legend": legend}, KEY_ROW * rows, 0


def key_rows(names: Sequence[str], look: Look, room: float) -> int:
    """Rows of a key on top: in one row entries stand close, in several in columns as wide as the widest."""
    # On screen type runs narrower than Arial: a key must not take the room of the plot for that.
    wide = [text_width(name, look.size) * (1 if look.export else 0.88) + 44 for name in names]
    return 1 if sum(wide) <= room else ceil(len(names) / max(int(room // max(wide)), 1))


@dataclass(frozen=True)
class Name:
    """A name wished for beside a point.

    Attributes:
        x: Pixels from the left of the plot.
        y: Pixels from its foot.
        text: What to write.
        strong: Bold: placed first and kept where it can be.
        at: Data coordinates as an annotation takes them (log10 on a log axis).
        prefer: Sides to try first.
    """

    x: float
    y: float
    text: str
    strong: bool
    at: tuple[Any, Any]
    prefer: tuple[str, ...] = ()


_SIDES = {
    "above": (0, 1),
    "right": (1, 0),
    "left": (-1, 0),
    "above-left": (-1, 1),
    "above-right": (1, 1),
    "below-right": (1, -1),
    "below": (0, -1),
    "below-left": (-1, -1),
}


def place_names(
    names: Sequence[Name],
    marks: Sequence[tuple[float, float]],
    width: float,
    height: float,
    look: Look,
    most: int = NAMES_SHOWN,
) -> list[dict[str, Any]]:
    """Annotations for the names that fit, most important first.

    A name is dropped where every side of its point is taken by another name, leaves the plot, or covers more than
    two marks; hover carries it. `marks` are pixel positions of everything drawn (points, points along lines).
    """
    size = look.size + (0 if look.export else 0.5)
    taken: list[tuple[float, float, float, float]] = []
    out: list[dict[str, Any]] = []
    for name in names:
        if len(out) >= most:
            break
        w, h = text_width(name.text, size, name.strong), size * 1.2
        gap = (8 if name.strong else 6) * look.scale
        best: tuple[float, float, float, float, str] | None = None
        sides = [*name.prefer, *(s for s in _SIDES if s not in name.prefer)]
        for rank, side in enumerate(sides):
            sx, sy = _SIDES[side]
            dy = 0.0 if sy == 0 else sy * (gap + h / 2 - 1) * (0.8 if sx else 1)
            dx = sx * gap * (0.5 if sy else 1.25)
            x0 = name.x + dx - (w / 2 if sx == 0 else w if sx < 0 else 0)
            y0 = name.y + dy - h / 2
            if x0 < 0 or x0 + w > width + 6 or y0 < 0 or y0 + h > height + h * 0.6:
                continue
            if any(x0 < b[2] + 4 and x0 + w > b[0] - 4 and y0 < b[3] and y0 + h > b[1] for b in taken):
                continue
            covered = sum(x0 - 4 < mx < x0 + w + 4 and y0 - 2 < my < y0 + h + 2 for mx, my in marks)
            cost = covered * 3 + rank
            if covered <= (4 if name.strong else 2) and (best is None or cost < best[0]):
                best = (cost, dx, dy, x0, "center" if sx == 0 else "right" if sx < 0 else "left")
        if best is None:
            continue
        _, dx, dy, x0, anchor = best
        y0 = name.y + dy - h / 2
        taken.append((x0, y0, x0 + w, y0 + h))
        text = f"<b>{escape(name.text)}</b>" if name.strong else escape(name.text)
        out.append(
            annotation(
                name.at[0],
                name.at[1],
                text,
                look,
                xanchor=anchor,
                xshift=round(dx, 1),
                yshift=round(dy, 1),
                font={"size": size, "color": look.ink if name.strong else look.grey},
            )
        )
    return out


def governance_entries(frame: pd.DataFrame, look: Look) -> list[tuple[str, str, str]]:
    """Name, colour and mark of each governance model that the frame holds, and of points outside China."""
    present = set(frame["governance_model_id"].dropna())
    entries = [(m.short, look.fill(m.id), m.symbol) for m in MODELS if m.id in present]
    if len(frame) and frame["is_outside"].any():
        entries.append((OUTSIDE, look.pale, "circle"))
    return entries


def points(
    frame: pd.DataFrame,
    look: Look,
    x: list[Any],
    y: list[float],
    strong: Sequence[bool],
    hover: list[str],
    weak_opacity: float = 0.45,
) -> list[dict[str, Any]]:
    """Marks of a scatter: context behind, ordinary ones faded, the strong ones large and on top."""
    traces = []
    ids = [None if is_missing(m) else m for m in frame["governance_model_id"]]
    for wanted, is_strong in ((None, False), ("", False), ("", True)):
        rows = [
            i
            for i in range(len(frame))
            if (ids[i] is None) == (wanted is None) and (wanted is None or bool(strong[i]) == is_strong)
        ]
        if not rows:
            continue
        size = (13 if is_strong else 9) * look.scale
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "showlegend": False,
                "x": [x[i] for i in rows],
                "y": [y[i] for i in rows],
                "marker": {
                    "symbol": ["circle" if ids[i] is None else symbol(ids[i]) for i in rows],
                    "color": [look.pale if ids[i] is None else look.fill(ids[i]) for i in rows],
                    "size": size,
                    "opacity": 1 if is_strong or wanted is None else weak_opacity,
                    "line": {"width": 0},
                },
                "customdata": [frame.index[i] for i in rows],
                "hovertext": [hover[i] for i in rows],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces


def date_ticks(first: pd.Timestamp, last: pd.Timestamp, look: Look) -> tuple[list[str], list[str]]:
    """Ticks of a time axis: years bold; quarters named too where the span is short."""
    days = (last - first).days
    step = 3 if days <= 900 and not look.compact else 6 if days <= 1600 and not look.compact else 12
    ticks = [
        d for d in pd.date_range(first.replace(day=1, month=1), last, freq="MS") if (d.month - 1) % step == 0
    ]
    ticks = [d for d in ticks if first <= d <= last]
    return [d.strftime("%Y-%m-%d") for d in ticks], [
        f"<b>{d.year}</b>" if d.month == 1 else f"{d:%b}" for d in ticks
    ]


def span(days: pd.Series, pad: float = 0.03) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a time axis, with room of `pad` of its length on both sides."""
    if days.empty:
        return pd.Timestamp("2024-01-01"), pd.Timestamp("2026-01-01")
    first, last = pd.Timestamp(days.min()), pd.Timestamp(days.max())
    room = max((last - first) * pad, pd.Timedelta(days=20))
    return first - room, last + room


def plot_size(look: Look, height: int, margin: dict[str, float]) -> tuple[float, float]:
    """Plotting area in pixels: of the narrowest place a figure of this look is drawn in.

    Names placed without overlap there stay clear where the plot is wider.
    """
    if look.export:
        return 1536 - margin["l"] - margin["r"], 560
    return look.across(1536, 780) - margin["l"] - margin["r"], height - margin["t"] - margin["b"]


def bars_figure(
    look: Look,
    names: list[str],
    values: list[float],
    colours: list[str],
    texts: list[str],
    hover: list[str],
    rows: list[Any],
    *,
    bold: Sequence[bool] | None = None,
    scale_to: float | None = None,
    name_width: int = 150,
    room: float = 0.3,
) -> go.Figure:
    """Horizontal bars from zero, best on top: name at the left, value and a grey qualifier behind the bar.

    Args:
        look: Where it will be seen.
        names: Text at the left, one a bar.
        values: Lengths.
        colours: Fills.
        texts: Ready text behind each bar.
        hover: Ready hover text.
        rows: Label of the frame's row that each bar stands for.
        bold: Which names stand out; all when None.
        scale_to: Length of the axis before `room`; the longest bar when None.
        name_width: Width of the column of names on screen, pixels.
        room: Share of the plot kept free at the right for `texts`.
    """
    n = len(names)
    longest = scale_to or (max(values) if values else 1)
    labels = []
    for y, (name, value, text) in enumerate(zip(names, values, texts, strict=True)):
        strong = bold is None or bold[y]
        labels.append(
            annotation(
                0,
                y,
                lane_label(name, name_width, look, strong=strong),
                look,
                xanchor="right",
                align="right",
                xshift=-8 * look.scale,
                font={
                    "size": look.size + (0 if look.export else 1),
                    "color": look.ink if strong else look.grey,
                },
            )
        )
        labels.append(annotation(value, y, text, look, xshift=7 * look.scale))
    figure = go.Figure(
        {
            "type": "bar",
            "orientation": "h",
            "y": list(range(n)),
            "x": values,
            "width": 0.62,
            "marker": {"color": colours},
            "customdata": rows,
            "hovertext": hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    figure.update_layout(
        layout(
            look,
            height=24 + 34 * max(n, 1),
            margin={
                "l": int(name_width * look.share(1.72, 0.78)),
                "r": 8,
                "t": 6,
                "b": 6,
            },
            xaxis={
                "visible": False,
                "range": [0, longest / (1 - room if not look.compact else 0.62 - room / 4)],
            },
            yaxis={"visible": False, "range": [max(n, 1) - 0.5, -0.5]},
            annotations=labels,
        )
    )
    return figure


def bar_colours(frame: pd.DataFrame, look: Look) -> list[str]:
    """Fill of a company's bar: its governance model, or the context grey outside China."""
    return [
        look.pale if o else look.fill(m)
        for m, o in zip(frame["governance_model_id"], frame["is_outside"], strict=True)
    ]
