"""Bars and columns in Plotly."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.bars import Bars, Columns, Rect, Rects, panels, state
from dashboard.draw.plotly.key import key
from dashboard.draw.plotly.parts import bar_marker, hovers, key_entries, more_there, pieces
from dashboard.look.measure import width
from dashboard.look.place import spread
from dashboard.look.room import Room
from dashboard.look.theme import Look, annotation, escape, layout

#: Height of a lane, pixels in type of 12: of plain bars, and of stacked ones.
LANE, STACKED_LANE = 34, 31
COLUMNS_TALL = 340


def bars(state: Rects, kind: Bars, room: Room, look: Look) -> dict[str, Any]:
    """Horizontal bars, first on top: name at the left, mark, bar, value and qualifiers behind it."""
    count = max(len(state.lanes), 1)
    lane = STACKED_LANE if kind.stack else LANE
    height = 24 + lane * count
    traces, legend, top, side = key(key_entries(state.key, look), look)
    left = state.names_width
    labels = []
    marks = [(y, one.mark) for y, one in enumerate(state.lanes) if one.mark is not None]
    gap = 8 * look.scale + (1.8 * look.size if marks else 0)
    for y, one in enumerate(state.lanes):
        weight = (lambda t: f"<b>{escape(t)}</b>") if one.strong else escape
        name = annotation(
            0, y, "<br>".join(map(weight, one.lines)), look, xanchor="right", align="right", xshift=-gap
        )
        name["font"] = {
            "size": look.size + (0 if look.export else 1),
            "color": look.ink if one.strong else look.grey,
        }
        labels.append(name)
        if one.behind:
            labels.append(annotation(one.total, y, pieces(one.behind, look), look, xshift=7 * look.scale))
    begin = 0.0
    if marks:
        plot = max(room.width - left - side, 1)
        begin = -1.8 * look.size * state.end / plot
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "showlegend": False,
                "x": [-0.9 * look.size * state.end / plot] * len(marks),
                "y": [y for y, _ in marks],
                "marker": {
                    "size": 9 * look.scale,
                    "symbol": [v.symbol for _, (v, _) in marks],
                    "color": [v.fill(look) for _, (v, _) in marks],
                    "line": {"width": 0},
                },
                "customdata": [row for _, (_, row) in marks],
                "hovertext": [escape(v.word) for _, (v, _) in marks],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    traces += [_rects(list(part), look, bool(kind.stack), "h") for part in _series(state)]
    if state.more:
        labels.append(more_there(state.more, 0, look))
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(height + top),
            barmode="overlay",
            **legend,
            margin={"l": int(left), "r": 8 + side, "t": top + (8 * look.scale if top else 6), "b": 6},
            xaxis={"visible": False, "range": [begin, state.end]},
            yaxis={"visible": False, "range": [count - 0.5, -0.5]},
            annotations=labels,
        ),
    }


def _series(state: Rects) -> list[list[Rect]]:
    return [
        list(part)
        for _, part in groupby(state.rects, key=lambda r: r.value if len(state.stack) > 1 else None)
    ]


def _rects(rects: list[Rect], look: Look, stacked: bool, way: str) -> dict[str, Any]:
    along, across = ("x", "y") if way == "h" else ("y", "x")
    first = rects[0].value
    return {
        "type": "bar",
        "orientation": way,
        "name": first.word,
        "showlegend": False,
        "width": 0.62 if way == "h" else 0.72,
        across: [r.lane for r in rects],
        along: [r.size for r in rects],
        "base": [r.start for r in rects],
        "marker": bar_marker(rects, [r.value for r in rects], look, 1.5 if stacked else 0),
        "text": [escape(r.inside) for r in rects],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {
            "size": look.size,
            "color": [look.ink if r.value.hatched else r.value.text(look) for r in rects],
        },
        **hovers(rects),
    }


def columns(kind: Columns, frame: pd.DataFrame, declared: Frame, room: Room, look: Look) -> dict[str, Any]:
    """Columns over periods; numbers inside and on top, parts named in a key or beside the last column."""
    if kind.panel:
        return _panels(kind, frame, declared, room, look)
    plain = Room(room.width, room.type_size, 1.0, room.beside)
    first = state(kind, frame, declared, plain)
    height: float = room.height or (COLUMNS_TALL if kind.stack else 320)
    traces, legend, top, side = key(key_entries(first.key, look), look, min(room.width, 440))
    names = max((width(v.word, look.size) for v, _ in first.at_end), default=0.0)
    bottom: float = 44 if not look.export else 70
    upright = False
    if kind.tick == "name":
        leading = look.size + 4
        longest = max((width(t, look.size) for one in first.lanes for t in one.lines), default=0.0)
        upright = longest > room.width / max(len(first.lanes), 1)
        lines = max((len(one.lines) for one in first.lanes), default=1)
        needed = max(bottom, longest + leading if upright else leading * (lines + 0.8))
        height += 0 if room.height else needed - bottom
        bottom = needed
    margin = {
        "l": 8,
        "r": 8 + max(side, names + 12 * look.scale if names else 0),
        "t": top + (24 * look.scale if kind.total or not kind.stack else 10),
        "b": bottom,
    }
    tall = 630.0 - bottom if look.export else height - margin["t"] - bottom
    marks = state(kind, frame, declared, Room(room.width, room.type_size, tall, room.beside))
    labels = [
        annotation(
            x,
            one.base + one.total,
            pieces(one.behind, look),
            look,
            xanchor="center",
            yanchor="bottom",
            yshift=2,
        )
        for x, one in enumerate(marks.lanes)
        if one.behind
    ]
    count = max(len(marks.lanes), 1)
    if marks.at_end:
        line = (look.size + 4) * marks.end / tall
        for (value, _), y in zip(
            marks.at_end, spread([y for _, y in marks.at_end], line, marks.end), strict=True
        ):
            label = annotation(count - 0.58, y, escape(value.word), look)
            labels.append(label | {"font": {"size": look.size, "color": value.name_colour(look)}})
    traces += [_rects(part, look, bool(kind.stack), "v") for part in _series(marks)]
    ticks = [
        "<br>".join((escape(one.lines[0]), *(f"<b>{escape(t)}</b>" for t in one.lines[1:])))
        for one in marks.lanes
    ]
    if kind.tick == "name":
        ticks = ["<br>".join(map(escape, one.lines)) for one in marks.lanes]
    if kind.tick == "year":
        ticks = [
            "<br>".join((f"<b>{escape(one.lines[0])}</b>", *map(escape, one.lines[1:])))
            for one in marks.lanes
        ]
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(height),
            barmode="overlay",
            **legend,
            margin=margin,
            xaxis={
                "tickvals": list(range(len(marks.lanes))),
                "ticktext": ticks,
                "tickangle": -90 if upright else 0,
                "showgrid": False,
                "range": [-0.5, count - 0.5],
            },
            yaxis={"visible": False, "range": [0, marks.end]},
            annotations=labels,
        ),
    }


#: Height of a panel, and the share of it that columns take under its name.
PANEL, FILLED = 104, 0.66


def _panels(kind: Columns, frame: pd.DataFrame, declared: Frame, room: Room, look: Look) -> dict[str, Any]:
    """Panels under each other on one scale, named at their upper left; periods under the last."""
    count = max(frame[kind.panel].nunique(), 1)
    each = (600.0 if look.export else PANEL * count) / count
    found = panels(kind, frame, declared, Room(room.width, room.type_size, each * FILLED, room.beside))
    marks = [m for _, _, m in found]
    entries = key_entries(marks[0].key, look) if marks else []
    traces, legend, top, side = key(entries, look, room.width)
    labels: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for i, (name, total, one) in enumerate(found):
        axis = "y" if i == 0 else f"y{i + 1}"
        traces += [_rects(part, look, True, "v") | {"yaxis": axis} for part in _series(one)]
        low = 1 - (i + 1) / count
        axes[f"yaxis{axis[1:]}"] = {
            "visible": False,
            "fixedrange": True,
            "range": [0, one.end / FILLED],
            "domain": [low, low + 0.98 / count],
        }
        words = f"<b>{escape(name)}</b> <span style='color:{look.grey}'>{escape(total)}</span>"
        labels.append(
            annotation(0, low + 0.97 / count, words, look, xref="paper", yref="paper", yanchor="top")
        )
        labels += [
            annotation(
                x, lane.total, pieces(lane.behind, look), look, yref=axis, xanchor="center", yanchor="bottom"
            )
            for x, lane in enumerate(one.lanes)
            if lane.behind
        ]
    lanes = marks[0].lanes if marks else ()
    ticks = [
        "<br>".join((escape(one.lines[0]), *(f"<b>{escape(t)}</b>" for t in one.lines[1:]))) for one in lanes
    ]
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(PANEL * count + top + 60),
            barmode="overlay",
            **legend,
            margin={"l": 8, "r": 8 + side, "t": top + 8 * look.scale, "b": 46 * look.scale},
            xaxis={
                "tickvals": list(range(len(lanes))),
                "ticktext": ticks,
                "showgrid": False,
                "range": [-0.5, max(len(lanes), 1) - 0.5],
                "anchor": f"y{count if count > 1 else ''}",
            },
            **axes,
            annotations=labels,
        ),
    }
