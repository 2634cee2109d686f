"""Two sides in Plotly: a line in the middle, what went at its left, what came at its right."""

from __future__ import annotations

from typing import Any

from dashboard.charts.kinds.sides import Bar, Pair, Sides
from dashboard.draw.plotly.parts import bar_marker, hovers, pieces
from dashboard.look.room import Room
from dashboard.look.theme import Look, annotation, escape, layout

#: Height of a lane and of the headings, pixels in type of 12.
LANE, HEAD = 30, 30


def sides(pair: Pair, kind: Sides, room: Room, look: Look) -> dict[str, Any]:
    """Headings on top, a lane a name; a bar's number and names stand outside it."""
    count = max(len(pair.names), 1)
    labels = []
    for y, lines in enumerate(pair.lines):
        name = "<br>".join(f"<b>{escape(t)}</b>" for t in lines)
        at_left = annotation(
            0, y, name, look, xref="paper", xanchor="right", align="right", xshift=-8 * look.scale
        )
        at_left["font"] = {"size": look.size + (0 if look.export else 1), "color": look.ink}
        labels.append(at_left)
    for is_right, head in enumerate(pair.heads):
        labels.append(
            annotation(
                0,
                1,
                f"<b>{escape(head)}</b>",
                look,
                yref="paper",
                yanchor="bottom",
                xanchor="left" if is_right else "right",
                xshift=(8 if is_right else -8) * look.scale,
            )
        )
    for bar in pair.bars:
        labels.append(
            annotation(
                _end(bar),
                bar.lane,
                pieces(bar.words, look),
                look,
                xanchor="left" if bar.is_right else "right",
                xshift=(6 if bar.is_right else -6) * look.scale,
            )
        )
    if pair.more:
        labels.append(
            annotation(1, 0, pair.more, look, xref="paper", yref="paper", xanchor="right", yanchor="bottom")
            | {"font": {"size": look.size, "color": look.grey}}
        )
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": escape(head),
            "showlegend": False,
            "width": 0.62,
            "y": [b.lane for b in mine],
            "x": [_end(b) for b in mine],
            "marker": bar_marker(mine, [b.value for b in mine], look),
            **hovers(mine),
        }
        for is_right, head in enumerate(pair.heads)
        if (mine := [b for b in pair.bars if b.is_right == bool(is_right)])
    ]
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(HEAD + LANE * count + 14),
            barmode="overlay",
            margin={"l": int(pair.names_width), "r": 8, "t": int(HEAD * look.scale), "b": 6},
            xaxis={"visible": False, "range": [pair.low, pair.high]},
            yaxis={"visible": False, "range": [count - 0.5, -0.5]},
            shapes=[
                {
                    "type": "line",
                    "x0": 0,
                    "x1": 0,
                    "y0": -0.5,
                    "y1": count - 0.5,
                    "line": {"color": look.rule, "width": look.scale},
                }
            ],
            annotations=labels,
        ),
    }


def _end(bar: Bar) -> float:
    return bar.size if bar.is_right else -bar.size
