"""Points: two measures against each other, with names, a line along the best, threads and a band for rows without one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.axes import Axis, Measure, axis, day_axis, number, tick_words, titles
from dashboard.charts.kinds.marks import Told, caveats_of, hover, legend, named, records, value_of
from dashboard.look.place import Side, Wish
from dashboard.look.room import Room
from dashboard.look.scales import OUTSIDE, OWN, PLAIN, Value
from dashboard.look.theme import is_missing, short_name

#: Names beside points where some are strong; where none is, a point without its name would say nothing.
NAMED, NAMED_SMALL, NAMED_ALL = 12, 6, 40
#: Own points whose names always stand, and the key of the words on a stretch.
NEEDED_OWN, GAP = 5, "gap"


@dataclass(frozen=True)
class Points:
    """Points over two scales, named where there is room, the strong ones first.

    Attributes:
        x: Across: a number or a day.
        y: Upwards.
        name: What a point is.
        colour: Column of a vocabulary.
        strong: Column of flags: drawn large and named first; the others are faint.
        said: Column whose words follow the name.
        one_name_per: Of points that are not strong, the highest of each value of this column is named; "" names none.
        join: What the step line says that joins the strong points; "" draws none.
        join_by: One such line for each value of this column, named at its end; the first value is the one that counts.
        thread: Column of a second value upwards, to which a thread leads from strong points.
        log: Which scales are logarithmic.
        trim: Shares of points that may lie before the beginning of each scale where there are many.
        titled: Column whose words are the title of the upright axis, where that depends on what is picked.
        measure: Column that says which of the measures stands upwards.
        measures: How each of them is shown.
        size: Column of counts that sizes the marks, in three steps.
        sizes: Counts up to which a mark is small, and middle-sized.
        apart: What a band at the right says of rows without x; "" has none.
        level: What is said of the best row outside China, which is a line across and no point; "" draws points.
        level_name: Column that names it.
        gap: Says of a frame from which row to which a stretch is drawn, at the height of the second, and its words. The
            lag between two frontiers is a finding of that one chart, with a method of its own.
    """

    x: str
    y: str
    name: str
    colour: str
    strong: str = ""
    said: str = ""
    one_name_per: str = ""
    join: str = ""
    join_by: str = ""
    thread: str = ""
    log: Literal["", "x", "y", "xy"] = ""
    trim: tuple[float, float] = (0.0, 0.0)
    titled: str = ""
    measure: str = ""
    measures: Mapping[str, Measure] = field(default_factory=dict)
    size: str = ""
    sizes: tuple[int, int] = (0, 0)
    apart: str = ""
    level: str = ""
    level_name: str = ""
    gap: Callable[[pd.DataFrame], tuple[Hashable, Hashable, str] | None] | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return named(self.name, self.join_by or self.colour, self.y, self.x)


@dataclass(frozen=True)
class Spot(Told):
    """One point: where it stands, how it looks, its whole name and what is written beside it.

    `x` is None for a point in the band. `size` is 0 to 2.
    """

    x: float | None
    y: float
    value: Value
    name: str
    words: str
    strong: bool
    size: int
    thread: float | None = None


@dataclass(frozen=True)
class Join:
    """A step line: what it joins, its corners' values in order, whether it is the one that counts, and where it ends."""

    name: str
    points: tuple[tuple[float, float], ...]
    counts: bool
    last: Spot

    def corners(self, end: float) -> list[tuple[float, float]]:
        """The corners of the line up to an end."""
        out = [self.points[0]]
        for x, y in self.points[1:]:
            out += [(x, out[-1][1]), (x, y)]
        return [*out, (end, out[-1][1])]


@dataclass(frozen=True)
class Cloud:
    """The marks of points.

    Attributes:
        spots: In drawing order: context first, then the faint, then the strong.
        apart: Points of the band, from the top.
        x: Scale across.
        y: Scale upwards.
        joins: Step lines.
        values: Looks that points have, in legend order.
        named: Rows in the order in which their names are placed.
        most: Names at most.
        level: Height and words of the line across.
        gap: Height, from where to where, and words of the stretch.
        needed: Rows whose names always stand: the ends of the stretch, and a reader's own.
    """

    spots: tuple[Spot, ...]
    apart: tuple[Spot, ...]
    x: Axis
    y: Axis
    joins: tuple[Join, ...]
    values: tuple[Value, ...]
    named: tuple[Hashable, ...]
    most: int
    level: tuple[float, str] | None = None
    gap: tuple[float, float, float, str] | None = None
    needed: tuple[Hashable, ...] = ()

    @property
    def threads(self) -> list[tuple[Spot, float, float]]:
        """Points with a thread, their places across, and where the threads end."""
        return [(s, s.x, s.thread) for s in self.spots if s.x is not None and s.thread is not None]

    def wishes(self, at: Callable[[float, float], tuple[float, float]]) -> list[Wish]:
        """The names asked for, that of the stretch under GAP; `at` turns values into places from the top left of the plot."""
        of_row = {s.row: s for s in self.spots}
        # The line that counts runs below the other: its names stand on its own side.
        lower = len(self.joins) > 1
        out: list[Wish] = []
        for n, s in enumerate(of_row[r] for r in (*self.needed, *self.named)):
            assert s.x is not None
            if self.gap is not None and n == len(self.needed):
                y, x0, x1, words = self.gap
                out.append(
                    Wish(GAP, *at((x0 + x1) / 2, y), words, True, ("below", "above"), only=("below", "above"))
                )
            if n >= len(self.needed) and s.row in self.needed:
                continue
            sides: tuple[Side, ...] = ("right", "below-right", "above")
            if s.strong and self.joins:
                sides = ("above-left", "above", "left")
                if lower and s.value != OUTSIDE:
                    sides = ("below-right", "right", "below")
            elif s.strong:
                sides = ("above", "left", "above-left", "right")
            is_needed = s.row in self.needed
            out.append(Wish(s.row, *at(s.x, s.y), s.words, s.strong or is_needed, sides, is_needed))
        return out

    def places(
        self, at: Callable[[float, float], tuple[float, float]]
    ) -> tuple[list[tuple[float, float]], ...]:
        """Where the strong marks stand, which no other's name may touch, and where the faint ones do."""
        found = [(s, at(s.x, s.y)) for s in self.spots if s.x is not None]
        return [p for s, p in found if s.strong], [p for s, p in found if not s.strong]


def state(kind: Points, frame: pd.DataFrame, columns: Frame, room: Room) -> Cloud:
    """The marks of a frame in a room; none for an empty frame. One row a point."""
    scale = columns[kind.colour].scale
    first: dict[str, Any] = frame.iloc[0].to_dict() if len(frame) else {}
    measure = kind.measures.get(str(first.get(kind.measure, "")))
    says = tick_words(columns[kind.y], first) if measure is None else _says(measure, first)
    log_y = "y" in kind.log or (measure is not None and measure.log)
    weak = dict(zip(frame.index, caveats_of(frame), strict=True))
    spots: list[Spot] = []
    apart: list[Spot] = []
    best: tuple[float, str] | None = None
    for i, r in records(frame):
        x, y = number(r[kind.x]), number(r[kind.y])
        if y is None or (log_y and y <= 0) or (x is not None and "x" in kind.log and x <= 0):
            continue
        if kind.level and r.get("is_outside"):
            words = f"{kind.level}: {r[kind.level_name]}, {says(y)}"
            best = (y, words) if best is None or y > best[0] else best
            continue
        if x is None and not kind.apart:
            continue
        name = str(r[kind.name])
        short = short_name(name) if columns[kind.name].heading == "Organisation" else name
        said = columns[kind.said].words(r[kind.said], r) if kind.said else ""
        words = short if said in short.split() else f"{short} {said}".strip()
        count = number(r[kind.size]) or 0 if kind.size else 0
        spot = Spot(
            i,
            hover(
                columns,
                r,
                f"{name}: {says(y) if measure is not None else columns[kind.y].words(r[kind.y], r)}",
                (kind.name, kind.y),
            ),
            weak[i],
            x,
            y,
            value_of(r, kind.colour, scale),
            name,
            words,
            bool(r[kind.strong]) if kind.strong else True,
            sum(count > s for s in kind.sizes) if kind.size else 1,
            number(r[kind.thread]) if kind.thread and r[kind.strong] else None,
        )
        (spots if x is not None else apart).append(spot)
    # A reader's own lie on top.
    spots.sort(key=lambda s: (s.value != OUTSIDE, s.value == OWN, s.strong))
    own = [s.row for s in spots if s.value == OWN][:NEEDED_OWN]
    stretch = _gap(kind, frame)
    placed = {s.row for s in spots}
    xs = [s.x for s in spots if s.x is not None]
    ys = [s.y for s in (*spots, *apart)] + ([best[0]] if best else [])
    return Cloud(
        tuple(spots),
        tuple(apart),
        _across(kind, frame, columns, room, xs, first),
        axis(
            ys,
            titles(columns, kind.y, first, log=log_y, titled=kind.titled),
            says,
            room,
            log=log_y,
            measure=measure,
            trim=kind.trim[1],
            tokens=columns[kind.y].form == "tokens",
        ),
        _joins(kind, frame, spots),
        legend((s.value for s in (*spots, *apart)), scale) or (PLAIN,),
        _order(kind, frame, spots),
        (NAMED_SMALL if room.is_small else NAMED) if kind.strong else NAMED_ALL,
        best,
        stretch[0] if stretch else None,
        (*own, *(r for r in (stretch[1] if stretch else ()) if r in placed and r not in own)),
    )


def _says(measure: Measure, row: dict[str, Any]) -> Callable[[float], str]:
    return lambda value: measure.says(value, row)


def _across(
    kind: Points, frame: pd.DataFrame, columns: Frame, room: Room, xs: list[float], first: dict[str, Any]
) -> Axis:
    if columns[kind.x].form == "day":
        return day_axis(xs, room, trim=kind.trim[0])
    declared = columns[kind.x]
    return axis(
        xs,
        titles(columns, kind.x, first, log="x" in kind.log),
        tick_words(declared, first),
        room,
        log="x" in kind.log,
        end=float(declared.of),
    )


def _joins(kind: Points, frame: pd.DataFrame, spots: list[Spot]) -> tuple[Join, ...]:
    if not kind.join:
        return ()
    group = frame[kind.join_by].astype(str).to_dict() if kind.join_by else {}
    out = []
    # What stands outside is drawn first, under the line that counts.
    for key in sorted(set(group.values()) or {""}, key=lambda k: k != OUTSIDE.word):
        mine = sorted(
            (
                s
                for s in spots
                if s.strong and s.x is not None and (not kind.join_by or group[s.row] == key)  # type: ignore[index]
            ),
            key=lambda s: (s.x, s.y),
        )
        if mine:
            name = f"{key}: {kind.join}" if key else kind.join
            points = tuple((s.x, s.y) for s in mine if s.x is not None)
            out.append(Join(name, points, key != OUTSIDE.word, mine[-1]))
    return tuple(out)


def _order(kind: Points, frame: pd.DataFrame, spots: list[Spot]) -> tuple[Hashable, ...]:
    """Rows whose names are wished for: the strong ones, the highest first, then the best of each owner."""
    ranked = sorted(spots, key=lambda s: (not s.strong, -s.y))
    if not kind.one_name_per:
        return tuple(s.row for s in ranked if s.strong)
    owner = frame[kind.one_name_per].to_dict()
    out: list[Hashable] = []
    seen = set()
    for s in ranked:
        if s.strong or owner[s.row] not in seen:
            out.append(s.row)
        seen.add(owner[s.row])
    return tuple(out)


def _gap(
    kind: Points, frame: pd.DataFrame
) -> tuple[tuple[float, float, float, str], tuple[Hashable, Hashable]] | None:
    """The stretch, and the rows at its ends, the later first."""
    found = kind.gap(frame) if kind.gap is not None and len(frame) else None
    if found is None:
        return None
    before, after, words = found
    x0, x1 = (number(frame.at[r, kind.x]) for r in (before, after))
    y = number(frame.at[after, kind.y])
    if is_missing(x0) or is_missing(x1) or is_missing(y):
        return None
    assert x0 is not None and x1 is not None and y is not None
    return (y, x0, x1, words), (after, before)
