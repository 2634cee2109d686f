"""Points: two measures against each other, with names, a line along the best, threads and a band for rows without one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.axes import UNPICKED, Axis, Picked, day_axis, number, reading
from dashboard.charts.kinds.marks import Row, Seen, held, legend, named
from dashboard.look.place import Side, Wish
from dashboard.look.room import Room
from dashboard.look.scales import OUTSIDE, OWN, PLAIN, Value
from dashboard.look.theme import OWN_SIGN, short_name

#: Names beside points where some are strong; where none is, a point without its name would say nothing.
NAMED, NAMED_SMALL, NAMED_ALL = 12, 6, 40
#: Own points whose names always stand, and the key of the words on a stretch.
NEEDED_OWN, GAP = 5, "gap"
#: Names that are tried: where hundreds of the first found no room, those of lower rank find none either.
TRIED = 400
#: Points that a screen draws, of more the first by rank; where charts share a screen and each wants its name, fewer. And
#: those of a band, which is one column.
MOST, MOST_SHARED, MOST_APART = 500, 120, 60


@dataclass(frozen=True)
class Along:
    """A step line along the best: what it says, and the column each of whose values has one, named at its end.

    Of several lines that of the field counts, and that of what stands outside China is context.
    """

    says: str
    by: str = ""


@dataclass(frozen=True)
class Points:
    """Points over two scales, named where there is room, the strong ones first.

    Attributes:
        x: Across: a number or a day.
        y: Upwards.
        name: What a point is.
        colour: Column of a vocabulary.
        picked: The measures of which one stands upwards.
        strong: Column of flags: drawn large and named first; the others are faint.
        said: Column whose words follow the name.
        one_name_per: Of points that are not strong, the highest of each value of this column is named; "" names none.
        join: The step line that joins the strong points.
        thread: Column of a second value upwards, to which a thread leads from strong points.
        log: Which scales are logarithmic.
        trim: Shares of points that may lie before the beginning of each scale where there are many.
        size: Column of counts that sizes the marks in three steps, and counts up to which one is small, and middle-sized.
        apart: What a band at the right says of rows without x; "" has none.
        level: What is said of the best row outside China, which is a line across and no point, and the column that
            names it; none draws points.
        gap: Says of a frame from which row to which a stretch is drawn, at the height of the second, and its words. The
            lag between two frontiers is a finding of that one chart, with a method of its own.
    """

    x: str
    y: str
    name: str
    colour: str = "governance_model"
    picked: Picked = UNPICKED
    strong: str = ""
    said: str = ""
    one_name_per: str = ""
    join: Along | None = None
    thread: str = ""
    log: Literal["", "x", "y", "xy"] = ""
    trim: tuple[float, float] = (0.0, 0.0)
    size: tuple[str, int, int] | None = None
    apart: str = ""
    level: tuple[str, str] | None = None
    gap: Callable[[pd.DataFrame], tuple[Hashable, Hashable, str] | None] | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        line_of = self.join.by if self.join is not None else ""
        return named(self.name, line_of or self.colour, self.y, self.x)


@dataclass(frozen=True)
class Spot(Seen):
    """One point: where it stands, how it looks, its whole name and what is written beside it.

    `x` is 0 for a point in the band, which has no place across. `size` is 0 to 2.
    """

    x: float
    y: float
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
class Stretch:
    """A level line from one place to another, with its words."""

    y: float
    x0: float
    x1: float
    words: str

    @property
    def middle(self) -> tuple[float, float]:
        """Where its words stand."""
        return (self.x0 + self.x1) / 2, self.y


Place = Callable[[float, float], tuple[float, float]]


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
        gap: The stretch.
        needed: Rows whose names always stand: the ends of the stretch, and a reader's own.
        more: Points that are not drawn, and how many of them belong to the band.
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
    gap: Stretch | None = None
    needed: tuple[Hashable, ...] = ()
    more: tuple[int, int] = (0, 0)

    @property
    def threads(self) -> list[tuple[Spot, float, float]]:
        """Points with a thread, their places across, and where the threads end."""
        return [(s, s.x, s.thread) for s in self.spots if s.thread is not None]

    def wishes(self, at: Place) -> list[Wish]:
        """The names asked for, that of the stretch under GAP; `at` turns values into places from the top left of the plot."""
        of_row = {s.row: s for s in self.spots}

        def wish(s: Spot, must: bool) -> Wish:
            sides: tuple[Side, ...] = ("right", "below-right", "above")
            if s.strong and not self.joins:
                sides = ("above", "left", "above-left", "right")
            elif s.strong:
                # Of two lines the one that counts runs below the other: its names stand on its own side.
                lower = len(self.joins) > 1 and s.value != OUTSIDE
                sides = ("below-right", "right", "below") if lower else ("above-left", "above", "left")
            return Wish(s.row, *at(s.x, s.y), s.words, s.strong or must, sides, must)

        out = [wish(of_row[r], True) for r in self.needed]
        if self.gap is not None:
            level: tuple[Side, ...] = ("below", "above")
            out.append(Wish(GAP, *at(*self.gap.middle), self.gap.words, True, level, only=level))
        return out + [wish(of_row[r], False) for r in self.named[:TRIED] if r not in self.needed]

    def places(self, at: Place) -> tuple[list[tuple[float, float]], ...]:
        """Where the strong marks stand, which no other's name may touch, and where the faint ones do."""
        return tuple([at(s.x, s.y) for s in self.spots if s.strong == strong] for strong in (True, False))


def state(kind: Points, frame: pd.DataFrame, columns: Frame, room: Room) -> Cloud:
    """The marks of a frame in a room. One row a point."""
    up = reading(columns, kind.y, frame, kind.picked, log="y" in kind.log)
    across = reading(columns, kind.x, frame, log="x" in kind.log)
    spots: list[Spot] = []
    apart: list[Spot] = []
    best: list[tuple[float, str]] = []
    drawn, more = _drawn(kind, frame, room, (across.log, up.log))
    for r in held(frame, columns, kind.y, at=drawn):
        x, y = across.at(r), up.at(r)
        has_x = number(r[kind.x]) is not None
        if y is None or (has_x and x is None):
            continue
        if kind.level and r.is_outside:
            said, who = kind.level
            best.append((y, f"{said}: {r[who]}, {up.says(y)}"))
            continue
        if not has_x and not kind.apart:
            continue
        name, words = _words(kind, r)
        told = r.told(f"{name}: {up.told(r)}", kind.name, kind.y)
        strong = bool(r[kind.strong]) if kind.strong else True
        size = sum((number(r[kind.size[0]]) or 0) > s for s in kind.size[1:]) if kind.size else 1
        thread = number(r[kind.thread]) if kind.thread and strong else None
        spot = Spot(*told, r.value(kind.colour), x or 0.0, y, name, words, strong, size, thread)
        (spots if has_x else apart).append(spot)
    # A reader's own lie on top.
    spots.sort(key=lambda s: (s.value != OUTSIDE, s.value == OWN, s.strong))
    level = max(best, key=lambda b: b[0], default=None)
    gap, ends = _gap(kind, frame)
    own = [s.row for s in spots if s.value == OWN][:NEEDED_OWN]
    placed = {s.row for s in spots}
    xs, ys = [s.x for s in spots], [s.y for s in (*spots, *apart)]
    is_day, is_tokens = columns[kind.x].form == "day", columns[kind.y].form == "tokens"
    return Cloud(
        tuple(spots),
        tuple(apart),
        day_axis(xs, room, trim=kind.trim[0]) if is_day else across.scale(xs, room),
        up.scale([*ys, *([level[0]] if level else [])], room, trim=kind.trim[1], tokens=is_tokens),
        _joins(kind, frame, spots),
        legend((s.value for s in (*spots, *apart)), columns[kind.colour].scale) or (PLAIN,),
        _order(kind, frame, spots),
        (NAMED_SMALL if room.is_small else NAMED) if kind.strong else NAMED_ALL,
        level,
        gap,
        (*own, *(r for r in ends if r in placed and r not in own)),
        more,
    )


def _drawn(
    kind: Points, frame: pd.DataFrame, room: Room, log: tuple[bool, bool]
) -> tuple[list[int] | None, tuple[int, int]]:
    """Places of the rows that are drawn, None for all, and how many have a place and are not: on the plot, and in the band.

    A reader's own come first, then the strong ones, of these the highest.
    """
    most = MOST_SHARED if room.height and not kind.strong else MOST
    if room.paged or len(frame) <= most:
        return None, (0, 0)
    y = frame[kind.y].to_numpy(dtype="float64", na_value=np.nan)
    has_x = frame[kind.x].notna().to_numpy()
    has_place = ~np.isnan(y) & (has_x | bool(kind.apart))
    if log[0]:
        has_place &= ~has_x | (frame[kind.x] > 0).to_numpy(dtype=bool, na_value=False)
    if log[1]:
        has_place &= y > 0
    context = np.zeros(len(frame), dtype=bool)
    if kind.level and "is_outside" in frame:
        # Of these the best alone says anything: it is the line across.
        context = has_place & frame["is_outside"].to_numpy(dtype=bool)
    others = [True] * len(frame)
    if "company_name" in frame:
        others = [not str(name).endswith(OWN_SIGN) for name in frame["company_name"].tolist()]
    weak = ~frame[kind.strong].to_numpy(dtype=bool) if kind.strong else others
    ranked = np.lexsort((-y, weak, others))
    ranked = ranked[(has_place & ~context)[ranked]]
    inside, apart = ranked[has_x[ranked]], ranked[~has_x[ranked]]
    level = np.flatnonzero(context)[np.argsort(-y[context], kind="stable")]
    first = np.sort(np.concatenate([inside[:most], apart[:MOST_APART], level[:1]]))
    return first.tolist(), (max(len(inside) - most, 0), max(len(apart) - MOST_APART, 0))


def _words(kind: Points, r: Row) -> tuple[str, str]:
    """The name of a row, and what is written beside its point."""
    name = str(r[kind.name])
    short = short_name(name) if r.columns[kind.name].heading == "Organisation" else name
    said = r.words(kind.said) if kind.said else ""
    return name, short if said in short.split() else f"{short} {said}".strip()


def _joins(kind: Points, frame: pd.DataFrame, spots: list[Spot]) -> tuple[Join, ...]:
    if kind.join is None:
        return ()
    rows = [s.row for s in spots]
    group = frame.loc[rows, kind.join.by].astype(str).to_dict() if kind.join.by else {}
    out = []
    # What stands outside is drawn first, under the line that counts.
    for key in sorted(set(group.values()) or {""}, key=lambda k: k != OUTSIDE.word):
        mine = [s for s in spots if s.strong and group.get(s.row, "") == key]
        if mine:
            mine.sort(key=lambda s: (s.x, s.y))
            name = f"{key}: {kind.join.says}" if key else kind.join.says
            out.append(Join(name, tuple((s.x, s.y) for s in mine), key != OUTSIDE.word, mine[-1]))
    return tuple(out)


def _order(kind: Points, frame: pd.DataFrame, spots: list[Spot]) -> tuple[Hashable, ...]:
    """Rows whose names are wished for: the strong ones, the highest first, then the best of each owner."""
    ranked = sorted(spots, key=lambda s: (not s.strong, -s.y))
    if not kind.one_name_per:
        return tuple(s.row for s in ranked if s.strong)
    owner = frame.loc[[s.row for s in spots], kind.one_name_per].to_dict()
    best = {owner[s.row]: s.row for s in reversed(ranked)}
    return tuple(s.row for s in ranked if s.strong or best[owner[s.row]] == s.row)


def _gap(kind: Points, frame: pd.DataFrame) -> tuple[Stretch | None, tuple[Hashable, ...]]:
    """The stretch, and the rows at its ends, the later first; none where they have no place."""
    found = kind.gap(frame) if kind.gap is not None and len(frame) else None
    if found is None:
        return None, ()
    before, after, words = found
    y, x0, x1 = (number(frame.at[r, c]) for r, c in ((after, kind.y), (before, kind.x), (after, kind.x)))
    if y is None or x0 is None or x1 is None:
        return None, ()
    return Stretch(y, x0, x1, words), (after, before)
