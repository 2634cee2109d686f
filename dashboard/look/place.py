"""Names beside marks: where each finds room without covering another, in any unit and any medium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any, Literal

import numpy as np

from dashboard.look.measure import width as text_width

Side = Literal["above", "right", "left", "above-left", "above-right", "below-right", "below", "below-left"]
Sides = tuple[Side, ...]
#: Steps to the right and downwards of each side.
STEPS: dict[Side, tuple[int, int]] = {
    "above": (0, -1),
    "right": (1, 0),
    "left": (-1, 0),
    "above-left": (-1, -1),
    "above-right": (1, -1),
    "below-right": (1, 1),
    "below": (0, 1),
    "below-left": (-1, 1),
}
#: Half of a mark that no other's name may touch, in sizes of the type.
FIRM = 0.4
ROUND: Sides = tuple(STEPS)
#: The sides that PowerPoint knows.
FOUR: Sides = ("right", "left", "above", "below")


@dataclass(frozen=True)
class Wish:
    """A name wished for beside a mark.

    Attributes:
        key: What it names.
        x: From the left of the plot.
        y: From its top.
        text: What to write.
        strong: Bold: kept where it covers more.
        prefer: Sides to try first.
        must: Written wherever it covers least: the chart speaks of it. Another name it never touches.
        only: The sides that it may stand on; () is all.
    """

    key: Any
    x: float
    y: float
    text: str
    strong: bool = False
    prefer: Sides = ()
    must: bool = False
    only: Sides = ()


@dataclass(frozen=True)
class Placed:
    """A name that found room: its side, and the middle of its near edge as seen from the mark."""

    wish: Wish
    side: Side
    dx: float
    dy: float


def place(
    wishes: Sequence[Wish],
    marks: Sequence[tuple[float, float]],
    room: tuple[float, float],
    size: float,
    *,
    most: int,
    sides: tuple[Side, ...] = ROUND,
    beyond: float = 0.0,
    firm: Sequence[tuple[float, float]] = (),
) -> list[Placed]:
    """The names that fit, the first ones first.

    A name is dropped where every side of its mark is taken by another name, leaves the plot, touches a firm mark of
    another, or covers more than one of the rest (a strong name: two); one that must stand is dropped for the first two alone.

    Args:
        wishes: Names, the most important first.
        marks: Places of what a name may cover a little: faint marks, and points along lines.
        room: Width and height of the plot.
        size: Of type, in the unit of places.
        most: Names at most.
        sides: Those there are.
        beyond: How far a name may run over the right edge.
        firm: Places of marks that stay in sight.
    """
    wide, tall = room
    around = size * FIRM
    taken: list[tuple[float, float, float, float]] = []
    out: list[Placed] = []
    xs, ys = np.array(marks, dtype=float).reshape(-1, 2).T
    firm_xs, firm_ys = np.array(firm, dtype=float).reshape(-1, 2).T
    for wish in wishes:
        if len(out) >= most:
            break
        w, h = text_width(wish.text, size, wish.strong) * 1.04, size * 1.2
        gap = size * (0.66 if wish.strong else 0.55)
        best: tuple[float, Placed, tuple[float, float, float, float]] | None = None
        order = [s for s in (*wish.prefer, *sides) if s in sides and s in (wish.only or sides)]
        for rank, side in enumerate(dict.fromkeys(order)):
            across, down = STEPS[side]
            dy = 0.0 if not down else down * (gap + h / 2 - size * 0.08) * (0.8 if across else 1)
            dx = across * gap * (0.5 if down else 1.25)
            x0 = wish.x + dx - (w / 2 if not across else w if across < 0 else 0)
            y0 = wish.y + dy - h / 2
            spot = (x0, y0, x0 + w, y0 + h)
            if x0 < 0 or spot[2] > wide + beyond or y0 < -h * 0.6 or spot[3] > tall:
                continue
            apart = size / 3
            if any(
                x0 < t[2] + apart and spot[2] > t[0] - apart and y0 < t[3] and spot[3] > t[1] for t in taken
            ):
                continue
            hidden = (x0 - around < firm_xs) & (firm_xs < spot[2] + around)
            hidden &= (y0 - around < firm_ys) & (firm_ys < spot[3] + around)
            # Its own mark, and those at the same place, are what it names.
            others = int((hidden & ((firm_xs != wish.x) | (firm_ys != wish.y))).sum())
            if others and not wish.must:
                continue
            within = (x0 - apart < xs) & (xs < spot[2] + apart)
            covered = int((within & (y0 - size / 6 < ys) & (ys < spot[3] + size / 6)).sum())
            cost = others * 12 + covered * 3 + rank
            is_free = wish.must or covered <= (2 if wish.strong else 1)
            if is_free and (best is None or cost < best[0]):
                best = (cost, Placed(wish, side, dx, dy), spot)
        if best is not None:
            out.append(best[1])
            taken.append(best[2])
    return out


def along(points: Sequence[tuple[float, float]], step: float) -> list[tuple[float, float]]:
    """Points at every step along a line: what a name must not cover."""
    out = []
    for (x0, y0), (x1, y1) in pairwise(points):
        count = max(int(max(abs(x1 - x0), abs(y1 - y0)) / step), 1)
        out += [(x0 + (x1 - x0) * k / count, y0 + (y1 - y0) * k / count) for k in range(1, count + 1)]
    return out


def spread(wanted: Sequence[float], gap: float, top: float, foot: float = -inf) -> list[float]:
    """Heights at least `gap` apart, as near as can be to those wanted, none above `top`; in the order given.

    None begins below `foot`, and those wanted there keep their order above it: lines that lead to them do not cross.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    out = [max(one, foot) for one in wanted]
    for below, i in pairwise(order):
        out[i] = max(out[i], out[below] + gap)
    limit = top
    for i in reversed(order):
        out[i] = min(out[i], limit)
        limit = out[i] - gap
    return out
