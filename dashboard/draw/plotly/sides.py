"""Two sides in Plotly: a line in the middle, what went at its left, what came at its right."""

from __future__ import annotations

from typing import Any

from dashboard.charts.kinds.sides import Bar, Pair, Sides
from dashboard.draw.plotly.parts import broken, figure, lane_name, more_there, pieces, rule, strips, unseen
from dashboard.look.room import Room
from dashboard.look.theme import Look, annotation, escape

#: Height of a lane and of the headings, pixels in type of 12.
LANE, HEAD = 30, 30


def sides(pair: Pair, kind: Sides, room: Room, look: Look) -> dict[str, Any]:
    """Headings on top, a lane a name; a bar's number and names stand outside it."""
    count = pair.count
    labels = [lane_name(one, 0, y, look, 8 * look.scale, xref="paper") for y, one in enumerate(pair.lanes)]
    for is_right, head in enumerate(pair.heads):
        words = broken((head,), strong=True)
        labels.append(_outside(0, 1, words, bool(is_right), 8, look) | {"yref": "paper", "yanchor": "bottom"})
    for bar in pair.bars:
        labels.append(_outside(_end(bar), bar.lane, pieces(bar.words, look), bar.is_right, 6, look))
    if pair.more:
        labels.append(more_there(pair.more, 0, look))
    traces = []
    for is_right, head in enumerate(pair.heads):
        mine = [b for b in pair.bars if b.is_right == bool(is_right)]
        places = {"y": [b.lane for b in mine], "x": [_end(b) for b in mine], "width": 0.62}
        if mine:
            traces.append(strips(mine, look, name=escape(head)) | places)
    return figure(
        look,
        traces,
        labels,
        HEAD + LANE * count + 14,
        (int(pair.names_width), int(HEAD * look.scale), 8, 6),
        barmode="overlay",
        xaxis=unseen(pair.low, pair.high),
        yaxis=unseen(count - 0.5, -0.5),
        shapes=[rule(0, 0, -0.5, count - 0.5, look.rule, look.scale)],
    )


def _outside(x: float, y: float, words: str, is_right: bool, gap: float, look: Look) -> dict[str, Any]:
    """Words that begin or end a gap away from the middle."""
    anchor, shift = ("left", gap) if is_right else ("right", -gap)
    return annotation(x, y, words, look, xanchor=anchor, xshift=shift * look.scale)


def _end(bar: Bar) -> float:
    return bar.size if bar.is_right else -bar.size
