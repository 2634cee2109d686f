"""Flows in Plotly: nodes at both sides, bands between them as paths, an unseen mark on each for its hover."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.flow import Band, Flow, Node, state
from dashboard.draw.plotly.parts import FADED, figure, label, rect, targets, unseen
from dashboard.look.room import Room
from dashboard.look.theme import Look, annotation, escape

#: Width of a node, of 1.
NODE = 0.014


def flow(kind: Flow, frame: pd.DataFrame, declared: Frame, room: Room, look: Look) -> dict[str, Any]:
    """Things on the earlier day at the left, on the later at the right."""
    count = float(frame[kind.value].sum()) if len(frame) else 1.0
    height = room.height or int(min(max(34 * count**0.8, 240), 460))
    plot = 560.0 if look.export else height - 16.0
    marks = state(kind, frame, declared, Room(room.width, room.type_size, plot, room.beside))
    shapes = [_path(b, look) for b in marks.bands]
    labels: list[dict[str, Any]] = []
    # Names of two words take two lines where there is little room.
    is_broken = room.is_small
    line = look.size * 1.25 * (marks.tall + 0.6) / plot
    for side, nodes in ((0, marks.before), (1, marks.after)):
        x = side * (1 - NODE)
        shapes += [rect(x, x + NODE, n.top, n.bottom, fillcolor=n.value.fill(look)) for n in nodes]
        heights = _heights(nodes, is_broken, line, marks.tall)
        labels += [_label(n, y, side, is_broken, look) for n, y in zip(nodes, heights, strict=True)]
    for text, y in marks.names:
        labels.append(annotation(0.5, y, escape(text), look, xanchor="center", bgcolor=look.ground))
    left, right = (98.0, 98.0) if is_broken else marks.sides
    bands = marks.bands
    return figure(
        look,
        [targets(bands, [0.5] * len(bands), [b.middle for b in bands], look)],
        labels,
        height,
        (int(left + 8), 8, int(right + 8), 8),
        xaxis=unseen(0, 1),
        yaxis=unseen(marks.tall + 0.3, -0.3),
        shapes=shapes,
    )


def _path(b: Band, look: Look) -> dict[str, Any]:
    """A band: hollow where estimated, outlined where disputed, faded where stale."""
    x0, x1 = NODE, 1 - NODE
    a, c, d, e = b.leaves, b.arrives, b.leaves + b.size, b.arrives + b.size
    tint = b.after.fill(look) if b.has_moved else look.levels[1]
    hollow, disputed = "estimated" in b.caveats, "disputed" in b.caveats
    outlined = hollow or disputed
    opacity = 0.55 if b.has_moved else 0.45
    return {
        "type": "path",
        "path": f"M {x0},{a} C 0.5,{a} 0.5,{c} {x1},{c} L {x1},{e} C 0.5,{e} 0.5,{d} {x0},{d} Z",
        "layer": "below",
        "line": {"width": 1.6 * look.scale if outlined else 0, "color": look.ink if disputed else tint},
        "fillcolor": "rgba(0,0,0,0)" if hollow else tint,
        "opacity": opacity * (FADED if "stale" in b.caveats else 1.0),
    }


def _heights(nodes: tuple[Node, ...], broken: bool, line: float, tall: float) -> list[float]:
    """Where the names of one side stand, as near their nodes as their lines allow."""
    half = [line * (2 if broken and ", " in n.value.word else 1) / 2 for n in nodes]
    out: list[float] = []
    for i, n in enumerate(nodes):
        wanted = (n.top + n.bottom) / 2
        out.append(wanted if i == 0 else max(wanted, out[-1] + half[i - 1] + half[i]))
    floor = tall + 0.3
    for i in reversed(range(len(nodes))):
        out[i] = min(out[i], floor - half[i])
        floor = out[i] - half[i]
    return out


def _label(n: Node, y: float, side: int, broken: bool, look: Look) -> dict[str, Any]:
    name = escape(n.value.word)
    name = name.replace(", ", ",<br>") if broken else name
    count = f"<b>{n.count:,.0f}</b>"
    words, anchor, shift = (f"{count}  {name}", "left", 8) if side else (f"{name}  {count}", "right", -8)
    size, tint = look.size - (1 if broken else 0), n.value.name_colour(look)
    return label(side, y, words, look, size, tint, xanchor=anchor, xshift=shift * look.scale, align=anchor)
