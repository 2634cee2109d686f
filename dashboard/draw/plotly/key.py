"""Keys and units around a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from dashboard.draw.plotly.parts import label, markers
from dashboard.look.measure import width as measured
from dashboard.look.theme import Look, escape


def unit_above(text: str, look: Look, left: float) -> dict[str, Any]:
    """Unit of the vertical axis: horizontal, above its upper end, flush with the tick labels."""
    place = {"yanchor": "bottom", "xshift": -left + 4, "yshift": 8 * look.scale}
    return label(0, 1, escape(text), look, colour=look.grey, xref="paper", yref="paper") | place


def unit_below(text: str, look: Look) -> dict[str, Any]:
    """Unit of the horizontal axis, under its right end."""
    place = {"xanchor": "right", "yanchor": "top", "yshift": -26 * look.scale}
    return label(1, 0, escape(text), look, colour=look.grey, xref="paper", yref="paper") | place


#: Pixels from one row of a key to the next.
KEY_ROW = 22


def key_room(look: Look) -> float:
    """Pixels across that a key has in a compact figure."""
    return look.wide - 15


def key(
    entries: Sequence[tuple[str, str, str]], look: Look, width: float = 600
) -> tuple[list, dict, float, float]:
    """A key: on top and left-aligned on screen, in a column of its own in a picture.

    Args:
        entries: Name, colour and Plotly symbol of each entry, in order.
        look: Where it will be seen.
        width: Room on screen in pixels, less than the default for a chart that shares its row with another.

    Returns:
        Traces without data that carry the entries, layout keys, room needed on top, room needed at the right.
    """
    if not entries:
        return [], {"showlegend": False}, 0, 0
    traces = []
    for name, colour, shape in entries:
        line = {"color": colour, "width": 3 * look.scale if shape.startswith("line") else 0}
        marker = {"symbol": shape, "color": colour, "size": 9 * look.scale, "line": line}
        shown = {"name": escape(name), "showlegend": True, "hoverinfo": "skip"}
        traces.append(markers([None], [None], marker, **shown))
    legend: dict[str, Any] = {
        "bgcolor": "rgba(0,0,0,0)",
        "itemclick": False,
        "itemdoubleclick": False,
        "font": {"size": look.size, "color": look.ink},
        "traceorder": "normal",
        "xanchor": "left",
        "y": 1,
        "yanchor": "top",
    }
    if look.export:
        room = max(measured(name, look.size) for name, _, _ in entries) + 70
        return traces, {"showlegend": True, "legend": legend | {"orientation": "v", "x": 1.02}}, 0, room
    rows = key_rows([e[0] for e in entries], look, min(width, key_room(look)) if look.compact else width)
    legend |= {"orientation": "h", "x": 0, "xref": "container", "yref": "container"}
    return traces, {"showlegend": True, "legend": legend}, KEY_ROW * rows, 0


def key_above(
    entries: Sequence[tuple[str, str, str]], look: Look, width: float, y: float
) -> tuple[list, dict, float]:
    """A key on top, in a picture too, where words behind the marks take its right side.

    Args:
        entries: As of `key`.
        look: Where it will be seen.
        width: Room in pixels.
        y: Foot of the key in a picture, as a share of the plot's height.

    Returns:
        Traces without data that carry the entries, layout keys, room needed on top.
    """
    traces, found, top, _ = key(entries, replace(look, export=False), width)
    if look.export and entries:
        for one in traces:
            one["marker"]["size"] = 9 * look.scale
        font = {"size": look.size, "color": look.ink}
        found["legend"] |= {"font": font, "yref": "paper", "xref": "paper", "y": y, "yanchor": "bottom"}
        top = 56.0
    return traces, found, top


def key_rows(names: Sequence[str], look: Look, room: float) -> int:
    """Rows of a key on top: in one row entries stand close, in several in columns as wide as the widest."""
    # Plotly's mark and gaps are 40; where a key has a figure's whole width each column counts.
    wide = [measured(name, look.size) + (41 if look.compact else 44) for name in names]
    return 1 if sum(wide) <= room else ceil(len(names) / max(int(room // max(wide)), 1))
