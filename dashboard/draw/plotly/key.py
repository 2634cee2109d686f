"""Keys and units around a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from dashboard.look.measure import width as measured
from dashboard.look.theme import Look, annotation, escape


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
        room = max(measured(name, look.size) for name, _, _ in entries) + 70
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
        found["legend"] |= {"font": {"size": look.size, "color": look.ink}, "yref": "paper", "xref": "paper"}
        found["legend"] |= {"y": y, "yanchor": "bottom"}
        top = 56.0
    return traces, found, top


def key_rows(names: Sequence[str], look: Look, room: float) -> int:
    """Rows of a key on top: in one row entries stand close, in several in columns as wide as the widest."""
    # Plotly's mark and gaps are 40; where a key has a figure's whole width each column counts.
    wide = [measured(name, look.size) + (41 if look.compact else 44) for name in names]
    return 1 if sum(wide) <= room else ceil(len(names) / max(int(room // max(wide)), 1))
