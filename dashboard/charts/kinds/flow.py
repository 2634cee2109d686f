"""Flows: things by a vocabulary on two days, as bands from what they were to what they are."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.marks import Row, Told, fitting, held, legend, named
from dashboard.look.measure import width
from dashboard.look.place import spread
from dashboard.look.room import Room
from dashboard.look.scales import Value
from dashboard.look.theme import short_name

#: Gap between two nodes, in things.
GAP = 0.8
#: Share of the width that names in the middle may take.
MIDDLE = 0.34
#: Fonts that stand in for ours run wider.
SLACK = 1.1


@dataclass(frozen=True)
class Flow:
    """Bands between two days; those between different values are coloured by what they became, and named.

    Attributes:
        before: Column of a vocabulary: the value on the earlier day.
        after: The same on the later day.
        value: How many.
        listed: Column of names of those that moved.
    """

    before: str
    after: str
    value: str
    listed: str

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return named(self.before, self.after, self.value)


@dataclass(frozen=True)
class Node:
    """A value on one of the days: where it begins and ends from above, in things."""

    value: Value
    top: float
    bottom: float

    @property
    def count(self) -> float:
        """How many."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Band(Told):
    """Things that went from one value to another: where they leave and arrive, in things from above."""

    before: Value
    after: Value
    leaves: float
    arrives: float
    size: float

    @property
    def has_moved(self) -> bool:
        """Whether the value is another."""
        return self.before != self.after

    @property
    def middle(self) -> float:
        """Height of its middle, half way."""
        return (self.leaves + self.arrives + self.size) / 2


@dataclass(frozen=True)
class Flows:
    """The marks of flows.

    Attributes:
        before: Nodes of the earlier day, from above.
        after: Nodes of the later day.
        bands: In the frame's order.
        names: Names in the middle: words and height.
        tall: Height of all, in things.
        sides: Room of the nodes' names left and right.
    """

    before: tuple[Node, ...]
    after: tuple[Node, ...]
    bands: tuple[Band, ...]
    names: tuple[tuple[str, float], ...]
    tall: float
    sides: tuple[float, float]


def state(kind: Flow, frame: pd.DataFrame, columns: Frame, room: Room) -> Flows:
    """The marks of a frame in a room, whose height decides how close names may stand. One row a pair of values."""
    size = room.type_size
    ends = (kind.before, kind.after)
    rows = held(frame, columns)
    nodes = [_nodes(rows, c, kind.value) for c in ends]
    used = [{n.value: n.top for n in side} for side in nodes]
    tall = max([n.bottom for side in nodes for n in side], default=1.0)
    bands = []
    wanted: list[tuple[float, str]] = []
    for r in rows:
        before, after = (r.value(c, own=False) for c in ends)
        count = float(r[kind.value])
        told = r.told(f"{before.word} → {after.word}: {r.counted(kind.value)}", *ends, kind.value)
        band = Band(*told, before, after, used[0][before], used[1][after], count)
        bands.append(band)
        used[0][before] += count
        used[1][after] += count
        names = [short_name(n) for n in str(r[kind.listed]).split(", ")] if band.has_moved else []
        if text := fitting(names, room.width * MIDDLE / SLACK, size):
            wanted.append((band.middle, text))
    wanted.sort()
    line = (size * 1.5) / max(room.height, size) * tall
    # Where there are more names than lines the largest bands' names would have to go last; the first go.
    kept = wanted[: max(int(tall / line), 1)]
    heights = spread([tall - y for y, _ in kept], line, tall - line / 2)
    sides = [
        max((width(f"{n.value.word}  {n.count:.0f}", size, True) for n in side), default=0) * SLACK + size
        for side in nodes
    ]
    placed = tuple((text, tall - y) for (_, text), y in zip(kept, heights, strict=True))
    return Flows(nodes[0], nodes[1], tuple(bands), placed, tall, (sides[0], sides[1]))


def _nodes(rows: list[Row], column: str, value: str) -> tuple[Node, ...]:
    """Nodes of one day in the vocabulary's order."""
    sums: dict[Value, float] = {}
    for r in rows:
        one = r.value(column, own=False)
        sums[one] = sums.get(one, 0.0) + float(r[value])
    out, top = [], 0.0
    for one in legend(sums, rows[0].columns[column].scale if rows else None) or tuple(sums):
        out.append(Node(one, top, top + sums[one]))
        top += sums[one] + GAP
    return tuple(out)
