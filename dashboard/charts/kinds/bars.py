"""Bars (ranked or stacked, along names) and columns (stacked or single, over periods): rectangles from zero."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds import marks
from dashboard.look.measure import width, wrap
from dashboard.look.room import Room
from dashboard.look.scales import PLAIN, Value
from dashboard.look.theme import format_count, is_blank, is_missing, short_name

#: Bars that fit a picture or one slide, and a phone; a screen scrolls.
MOST, MOST_SMALL, MOST_STACKED, MOST_SCREEN = 16, 20, 12, 24
#: What a row of a walk does, and the sign its number carries: it stands from zero, or begins where the column before ended.
STANDS, LEAVES, JOINS = "stands", "leaves", "joins"
SIGNS = {STANDS: "", LEAVES: "\u2212", JOINS: "+"}
#: Share of the width that names at the left may take.
NAMES_AT_MOST = 0.34


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, longest first or in the frame's own order.

    Attributes:
        category: Names at the left; one bar each.
        value: Length.
        colour: Column of a vocabulary that fills the bars, and whose word stands behind them in grey.
        stack: Column of a vocabulary: one part a value, in the vocabulary's order; the total stands behind the bar.
        behind: Columns whose words follow the value, the most telling first; left out where there is no room.
        listed: Column of names, as many of which follow the value as there is room for.
        mark: Column of a vocabulary whose mark stands before the name of a stacked bar.
        end: Length of the scale; 0 is that of the longest bar.
    """

    category: str
    value: str
    colour: str = ""
    stack: str = ""
    behind: tuple[str, ...] = ()
    listed: str = ""
    mark: str = ""
    end: float = 0.0

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return marks.named(self.category, self.stack, *self.behind[:1], self.value)


@dataclass(frozen=True)
class Columns:
    """Columns over periods, in the frame's order, from zero.

    Attributes:
        period: Periods along the axis.
        value: Height.
        stack: Column of a vocabulary: one part a value, in the vocabulary's order.
        names: Where the parts are named: in a key on top, or beside the last column.
        tick: What a period is: "month" ("Jun 2024"), "quarter" ("2026 Q1", gaps stay open), "year", or "name" of a
            step; "" is the first two for a column of that name, else years.
        until: Column with the last day that a year's column counts to; an unfinished year says so.
        total: A stacked column carries its sum on top.
        panel: Column whose values have a panel each, under each other on one scale.
        walk: Column that makes a waterfall of a stack: a row `STANDS` from zero, `LEAVES` the level that the column before
            ended at, or `JOINS` it; all rows of a period do the same, and values are never negative.
    """

    period: str
    value: str
    stack: str = ""
    names: Literal["key", "end"] = "key"
    tick: Literal["", "month", "quarter", "year", "name"] = ""
    until: str = ""
    total: bool = True
    panel: str = ""
    walk: str = ""

    def __post_init__(self) -> None:
        if not self.tick:
            named = self.period in ("month", "quarter")
            object.__setattr__(self, "tick", self.period if named else "year")

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return marks.named(self.period, self.stack, self.value, self.panel)


@dataclass(frozen=True)
class Rect(marks.Seen):
    """One rectangle: lane, where it starts and how long it is, fill, and the number inside where it fits."""

    lane: int = 0
    start: float = 0.0
    size: float = 0.0
    inside: str = ""


@dataclass(frozen=True)
class Lane(marks.Lane):
    """One bar or column.

    Attributes:
        total: Length in all.
        mark: Mark before the name, and the row it stands for.
        base: Where it begins: above zero in a walk alone.
        sign: Of its number, in a walk.
    """

    total: float = 0.0
    mark: tuple[Value, Hashable] | None = None
    base: float = 0.0
    sign: str = ""


@dataclass(frozen=True)
class Rects(marks.OnLanes[Lane]):
    """The marks of bars and columns.

    Attributes:
        rects: In drawing order; parts of one lane follow each other.
        stack: Values of the stack present, in legend order; one for single bars.
        key: Those of them that a key names.
        at_end: Those named beside the last column, and the height at which their part has its middle.
        end: End of the scale.
    """

    rects: tuple[Rect, ...]
    stack: tuple[Value, ...]
    key: tuple[Value, ...]
    at_end: tuple[tuple[Value, float], ...]
    end: float


def state(kind: Bars | Columns, frame: pd.DataFrame, columns: Frame, room: Room) -> Rects:
    """The marks of a frame in a room; none for an empty frame. One row a rectangle."""
    if isinstance(kind, Columns):
        return _columns(kind, frame, columns, room)
    return _bars(kind, frame, columns, room)


def panels(kind: Columns, frame: pd.DataFrame, columns: Frame, room: Room) -> list[tuple[str, str, Rects]]:
    """A panel for each value of the kind's panel column: its name, its sum in words, and its marks; all on one scale."""

    def total(part: pd.DataFrame) -> str:
        return f"{columns[kind.value].counted(part[kind.value].sum())} in all"

    found = frame.groupby(frame[kind.panel].astype(str), sort=False)
    return [(str(name), total(part), _columns(kind, part, columns, room, frame)) for name, part in found]


def _stacked(
    kind: Bars | Columns,
    columns: Frame,
    rows: Sequence[marks.Row],
    names: Sequence[str],
    whole: Sequence[marks.Row],
) -> tuple[tuple[Value, ...], dict[str, list[marks.Row]], dict[str, float]]:
    """Parts of a stack that the whole has, in legend order; the rows of each lane in theirs; what these come to."""
    parts = marks.legend((r.value(kind.stack, own=False) for r in whole), columns[kind.stack].scale)
    lanes: dict[str, list[marks.Row]] = {name: [] for name in names} | marks.grouped(rows, kind.reads[0])
    if parts:
        for mine in lanes.values():
            mine.sort(key=lambda r: parts.index(r.value(kind.stack, own=False)))
    return parts, lanes, {c: sum((float(r[kind.value]) for r in mine), 0.0) for c, mine in lanes.items()}


def _rects(
    kind: Bars | Columns,
    lanes: Mapping[str, Sequence[marks.Row]],
    parts: Sequence[Value],
    bases: Mapping[str, float],
    title: Callable[[marks.Row], str],
    has_room: Callable[[float, Value, str], bool],
) -> tuple[Rect, ...]:
    """A rectangle a row, those of a lane behind each other from its base, part by part.

    `title` says what a row is of, `has_room` whether a number fits into a part, from its size, its look and its lane.
    """
    column = kind.stack or (kind.colour if isinstance(kind, Bars) else "")
    more = (kind.panel, kind.walk) if isinstance(kind, Columns) else ()
    told = (kind.reads[0], kind.value, kind.stack, *more)
    rects = []
    for n, (lane, mine) in enumerate(lanes.items()):
        start = bases.get(lane, 0.0)
        for r in mine:
            size = float(r[kind.value])
            value = r.value(column, own=not kind.stack)
            words = f"{size:,.0f}" if kind.stack and has_room(size, value, lane) else ""
            said = f"{title(r)}: {r.counted(kind.value)}"
            rects.append(Rect(*r.told(said, *told), value, n, start, size, words))
            start += size
    return tuple(sorted(rects, key=lambda r: parts.index(r.value)) if parts else rects)


def _bars(kind: Bars, frame: pd.DataFrame, columns: Frame, room: Room) -> Rects:
    size = room.type_size
    categories = marks.words_in(frame, kind.category)
    small = MOST_STACKED if kind.stack else MOST_SMALL
    most = MOST if room.beside else small if room.is_small else MOST_SCREEN
    shown = categories if room.paged else marks.first_of(categories, most)
    rows = marks.held(frame, columns, kind.value, at=marks.rows_of(frame, kind.category, shown))
    parts, lanes, totals = _stacked(kind, columns, rows, shown, rows)
    strong = [not (mine and mine[0].is_outside) for mine in lanes.values()]
    lines, names_width = marks.at_left(shown, room.width * NAMES_AT_MOST, size, strong)
    plot = max(room.width - names_width - (1.6 * size if kind.mark else 0.0) - size, size)
    behind = {c: _behind(kind, mine[0], totals[c], plot, size) for c, mine in lanes.items() if mine}
    longest = kind.end or max(totals.values(), default=1.0) or 1.0
    end = longest * (1.02 if kind.end else 1.0)
    for c, pieces in behind.items():
        taken = marks.pieces_width(pieces, size) + size
        end = max(end, totals[c] * plot / max(plot - taken, plot * 0.3))
    if kind.listed:
        end = max(end, longest / (0.45 if room.is_small else 0.62))
        for c, pieces in behind.items():
            free = plot * (1 - totals[c] / end) - marks.pieces_width(pieces, size) - 2.2 * size
            listed = [short_name(n) for n in str(lanes[c][0][kind.listed]).split(", ")]
            text = marks.fitting(listed, free, size)
            behind[c] = (*pieces, *((marks.Piece(text, "grey"),) if text else ()))

    def title(r: marks.Row) -> str:
        part = f", {marks.in_sentence(r.words(kind.stack))}" if kind.stack else ""
        return f"{r[kind.category]}{part}"

    def has_room(length: float, value: Value, lane: str) -> bool:
        return length / end * plot >= width(f"{length:,.0f}", size) + 0.7 * size

    rects = _rects(kind, lanes, parts, {}, title, has_room)
    has_mark = columns[kind.mark].scale is not None
    firsts = [mine[0] if has_mark and mine else None for mine in lanes.values()]
    marked = [(r.value(kind.mark, own=False), r.label) if r is not None else None for r in firsts]
    return Rects(
        tuple(
            Lane(c, lines[n], strong[n], behind.get(c, ()), totals[c], marked[n]) for n, c in enumerate(shown)
        ),
        names_width,
        marks.and_more(len(categories) - len(shown)),
        rects,
        parts or (PLAIN,),
        parts,
        (),
        end,
    )


def _behind(kind: Bars, r: marks.Row, total: float, plot: float, size: float) -> tuple[marks.Piece, ...]:
    """Words behind a bar: its value or total, then what there is room for."""
    if kind.stack:
        return (marks.Piece(f"{total:,.0f}", "strong"),)
    pieces = [marks.Piece(r.words(kind.value), "strong")]
    pieces += [marks.Piece(r.words(c)) for c in kind.behind if not is_blank(r[c])]
    if kind.colour and kind.colour != kind.category and not r.is_outside:
        pieces.append(marks.Piece(r.words(kind.colour), "grey"))
    return marks.fitting_pieces(tuple(pieces), 0.58 * plot, size)


def _columns(
    kind: Columns, frame: pd.DataFrame, columns: Frame, room: Room, whole: pd.DataFrame | None = None
) -> Rects:
    """The marks of a frame; of a panel on the periods, the scale and the parts of the whole."""
    whole = frame if whole is None else whole
    periods = _periods(kind, whole)
    every = marks.held(whole, columns)
    mine = every if whole is frame else marks.held(frame, columns)
    rows = [r for r in mine if not is_missing(r[kind.value])]
    parts, lanes, totals = _stacked(kind, columns, rows, periods, every)
    walk = {p: str(mine[-1][kind.walk]) for p, mine in lanes.items() if mine and kind.walk}
    signs = {p: SIGNS[move] for p, move in walk.items()}
    bases = _walked(walk, totals)
    sums = whole.groupby([c for c in (kind.panel, kind.period) if c])[kind.value].sum()
    most = (float(sums.max()) if len(sums) else 1.0) or 1.0
    most = max([most, *(b + totals[p] for p, b in bases.items())])
    end = most * (1.02 if kind.stack else 1.1)
    tall = room.height or 270.0

    def title(r: marks.Row) -> str:
        # The name of a step says whose it is.
        is_part = kind.stack and not signs.get(str(r[kind.period]))
        part = f", {r.words(kind.stack)}" if is_part else ""
        return f"{f'{r[kind.panel]}, ' if kind.panel else ''}{r[kind.period]}{part}"

    def has_room(height: float, value: Value, period: str) -> bool:
        # A segment too low for its number keeps it in the hover, and a number on hatching would be hard to read.
        is_read = not signs.get(period) and not (value.hatched and kind.names == "key")
        return is_read and height / end * tall >= room.type_size + 3

    rects = _rects(kind, lanes, parts, bases, title, has_room)
    last = len(periods) - 1 if kind.names == "end" else None
    at_end = tuple((r.value, r.start + r.size / 2) for r in rects if r.lane == last)

    def on_top(period: str) -> tuple[marks.Piece, ...]:
        total = totals[period]
        if not total or (kind.stack and not kind.total):
            return ()
        words = format_count(total) if total >= 1e6 else f"{total:,.0f}"
        return (marks.Piece(signs.get(period, "") + words, "strong" if kind.stack else "ink"),)

    ticks = _ticks(kind, whole, periods, room)
    ends = {v for v, _ in at_end}
    return Rects(
        tuple(
            Lane(p, ticks[p], True, on_top(p), totals[p], base=bases.get(p, 0.0), sign=signs.get(p, ""))
            for p in periods
        ),
        0.0,
        "",
        rects,
        parts or (PLAIN,),
        tuple(v for v in parts if kind.names == "key" or (room.beside and v not in ends)),
        at_end,
        end,
    )


def _walked(walk: dict[str, str], totals: dict[str, float]) -> dict[str, float]:
    """Where each column of a walk begins, from what each does; none for columns that all stand."""
    bases, level = {}, 0.0
    for period, move in walk.items():
        if move == LEAVES:
            level -= totals[period]
        bases[period] = 0.0 if move == STANDS else level
        if move != LEAVES:
            level = bases[period] + totals[period]
    return bases


def _periods(kind: Columns, frame: pd.DataFrame) -> list[str]:
    """Periods from first to last; quarters without a row between them are there, too."""
    found = list(dict.fromkeys(frame[kind.period].astype(str)))
    if kind.tick != "quarter" or not found:
        return found
    quarters = [pd.Period(p.replace(" ", ""), "Q") for p in found]
    return [f"{q.year} Q{q.quarter}" for q in pd.period_range(min(quarters), max(quarters), freq="Q")]


def _ticks(kind: Columns, frame: pd.DataFrame, periods: list[str], room: Room) -> dict[str, tuple[str, ...]]:
    """What stands under each column: the period, with its year once; a year that is not over says until when it counts."""
    out: dict[str, tuple[str, ...]] = {p: (p,) for p in periods}
    each = room.width / max(len(periods), 1)
    ems = each / room.type_size
    if kind.tick == "year" and kind.until and periods:
        day = frame.loc[frame[kind.period].astype(str) == periods[-1], kind.until].max()
        is_under_way = (day.month, day.day) < (12, 1)
        return out | ({periods[-1]: (periods[-1], f"to {day.day} {day:%b}")} if is_under_way else {})
    if kind.tick == "name":
        wide, size = each - 0.5 * room.type_size, room.type_size
        # A name with a word that is too long for its column stands upright, in one line.
        fits = all(width(t, size) <= wide for name in periods for t in name.split())
        return {p: tuple(wrap(p, wide, size)) for p in periods} if fits else out
    told = ("Q1", "Q2", "Q3", "Q4") if ems >= 2.4 else ("Q1", "Q3") if ems >= 1.6 else ()
    for before, period in zip(("", *periods), periods, strict=False):
        if kind.tick == "month":
            month, year = period.split()
            name = month if ems >= 2.6 else month[:1]
            is_new = not before or before.split()[1] != year
            out[period] = (name, f"'{year[2:]}" if room.is_small else year) if is_new else (name,)
        elif kind.tick == "quarter":
            year, quarter = period.split()
            is_new = quarter == "Q1" or (not before and quarter < "Q4")
            name = quarter if quarter in told else ""
            out[period] = (name, year) if is_new else (name,)
    return out
