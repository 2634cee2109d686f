"""Bars and columns in Plotly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.bars import Bars, Columns, Lane, Rect, Rects, panels, state
from dashboard.draw.plotly import parts
from dashboard.draw.plotly.key import key
from dashboard.look.measure import width
from dashboard.look.place import spread
from dashboard.look.room import Room
from dashboard.look.theme import Look, annotation, escape

#: Height of a lane, pixels in type of 12: of plain bars, and of stacked ones.
LANE, STACKED_LANE = 34, 31
COLUMNS_TALL = 340


def bars(state: Rects, kind: Bars, room: Room, look: Look) -> dict[str, Any]:
    """Horizontal bars, first on top: name at the left, mark, bar, value and qualifiers behind it."""
    count = state.count
    traces, legend, top, side = key(parts.key_entries(state.key, look), look)
    marks = [(y, *one.mark) for y, one in enumerate(state.lanes) if one.mark is not None]
    gap = 8 * look.scale + (1.8 * look.size if marks else 0)
    labels = []
    for y, one in enumerate(state.lanes):
        labels.append(parts.lane_name(one, 0, y, look, gap))
        if one.behind:
            words = parts.pieces(one.behind, look)
            labels.append(annotation(one.total, y, words, look, xshift=7 * look.scale))
    begin = 0.0
    if marks:
        plot = max(room.width - state.names_width - side, 1)
        begin = -1.8 * look.size * state.end / plot
        traces.append(parts.name_marks(marks, begin / 2, look))
    traces += [_rects(list(part), look, bool(kind.stack), "h") for part in _series(state)]
    if state.more:
        labels.append(parts.more_there(state.more, 0, look))
    return parts.figure(
        look,
        traces,
        labels,
        24 + (STACKED_LANE if kind.stack else LANE) * count + top,
        (int(state.names_width), top + (8 * look.scale if top else 6), 8 + side, 6),
        barmode="overlay",
        **legend,
        xaxis=parts.unseen(begin, state.end),
        yaxis=parts.unseen(count - 0.5, -0.5),
    )


def _series(state: Rects) -> list[list[Rect]]:
    """The rectangles of each part of a stack; of single bars all."""
    is_stack = len(state.stack) > 1
    return [list(part) for _, part in groupby(state.rects, key=lambda r: r.value if is_stack else None)]


def _rects(rects: list[Rect], look: Look, stacked: bool, way: str, **own: Any) -> dict[str, Any]:
    along, across = ("x", "y") if way == "h" else ("y", "x")
    return parts.strips(rects, look, 1.5 if stacked else 0) | {
        "orientation": way,
        "name": escape(rects[0].value.word),
        "width": 0.62 if way == "h" else 0.72,
        across: [r.lane for r in rects],
        along: [r.size for r in rects],
        "base": [r.start for r in rects],
        **parts.inside([escape(r.inside) for r in rects], rects, look),
        **own,
    }


def _on_top(state: Rects, look: Look, **own: Any) -> list[dict[str, Any]]:
    """Numbers on top of columns."""
    own |= {"xanchor": "center", "yanchor": "bottom"}
    return [
        annotation(x, one.base + one.total, parts.pieces(one.behind, look), look, **own)
        for x, one in enumerate(state.lanes)
        if one.behind
    ]


def _periods(lanes: Sequence[Lane], kind: Columns, upright: bool = False) -> dict[str, Any]:
    """The axis of periods; years stand out, on an axis of years and where they stand under months and quarters."""
    ticks = [
        "<br>".join(
            parts.broken((t,), strong=kind.tick != "name" and (n == 0) == (kind.tick == "year"))
            for n, t in enumerate(one.lines)
        )
        for one in lanes
    ]
    return {
        "tickvals": list(range(len(lanes))),
        "ticktext": ticks,
        "tickangle": -90 if upright else 0,
        "showgrid": False,
        "range": [-0.5, max(len(lanes), 1) - 0.5],
    }


def columns(kind: Columns, frame: pd.DataFrame, declared: Frame, room: Room, look: Look) -> dict[str, Any]:
    """Columns over periods; numbers inside and on top, parts named in a key or beside the last column."""
    if kind.panel:
        return _panels(kind, frame, declared, room, look)
    plain = Room(room.width, room.type_size, 1.0, room.beside)
    first = state(kind, frame, declared, plain)
    height: float = room.height or (COLUMNS_TALL if kind.stack else 320)
    traces, legend, top, side = key(parts.key_entries(first.key, look), look, min(room.width, 440))
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
    over = top + (24 * look.scale if kind.total or not kind.stack else 10)
    tall = 630.0 - bottom if look.export else height - over - bottom
    marks = state(kind, frame, declared, Room(room.width, room.type_size, tall, room.beside))
    labels = _on_top(marks, look, yshift=2)
    line = (look.size + 4) * marks.end / tall
    heights = spread([y for _, y in marks.at_end], line, marks.end)
    for (value, _), y in zip(marks.at_end, heights, strict=True):
        name, tint = escape(value.word), value.name_colour(look)
        labels.append(parts.label(max(len(marks.lanes), 1) - 0.58, y, name, look, colour=tint))
    return parts.figure(
        look,
        traces + [_rects(part, look, bool(kind.stack), "v") for part in _series(marks)],
        labels,
        height,
        (8, over, 8 + max(side, names + 12 * look.scale if names else 0), bottom),
        barmode="overlay",
        **legend,
        xaxis=_periods(marks.lanes, kind, upright),
        yaxis=parts.unseen(0, marks.end),
    )


#: Height of a panel, and the share of it that columns take under its name.
PANEL, FILLED = 104, 0.66


def _panels(kind: Columns, frame: pd.DataFrame, declared: Frame, room: Room, look: Look) -> dict[str, Any]:
    """Panels under each other on one scale, named at their upper left; periods under the last."""
    count = max(frame[kind.panel].nunique(), 1)
    each = (600.0 if look.export else PANEL * count) / count
    found = panels(kind, frame, declared, Room(room.width, room.type_size, each * FILLED, room.beside))
    traces, legend, top, side = key(
        parts.key_entries(found[0][2].key if found else (), look), look, room.width
    )
    labels: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for i, (name, total, one) in enumerate(found):
        number = "" if i == 0 else str(i + 1)
        axis, low = f"y{number}", 1 - (i + 1) / count
        traces += [_rects(part, look, True, "v", yaxis=axis) for part in _series(one)]
        place = {"fixedrange": True, "domain": [low, low + 0.98 / count]}
        axes[f"yaxis{number}"] = parts.unseen(0, one.end / FILLED) | place
        words = f"{parts.broken((name,), strong=True)} {parts.tinted(escape(total), look.grey)}"
        paper = {"xref": "paper", "yref": "paper", "yanchor": "top"}
        labels += [annotation(0, low + 0.97 / count, words, look, **paper), *_on_top(one, look, yref=axis)]
    lanes = found[0][2].lanes if found else ()
    return parts.figure(
        look,
        traces,
        labels,
        PANEL * count + top + 60,
        (8, top + 8 * look.scale, 8 + side, 46 * look.scale),
        barmode="overlay",
        **legend,
        xaxis=_periods(lanes, kind) | {"anchor": f"y{count if count > 1 else ''}"},
        **axes,
    )
