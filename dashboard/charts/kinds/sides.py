"""Two sides: what went and what came, a bar to the left and one to the right of one line, one row a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds import marks
from dashboard.look.measure import width
from dashboard.look.room import Room
from dashboard.look.scales import OWN, Value, ramp
from dashboard.look.theme import is_missing

#: Rows that fit a picture, and a phone; a screen scrolls, slides go on to a further page.
MOST, MOST_SMALL, MOST_SCREEN = 16, 14, 24
#: Share of the width that names at the left may take, and of the plot that words outside the longest bar of a side may.
NAMES_AT_MOST, WORDS, WORDS_SMALL = 0.3, 0.25, 0.1
#: What went is pale, what came is dark: the side says it first.
WENT, CAME = Value("went", "", *ramp(1)), Value("came", "", *ramp(4))


@dataclass(frozen=True)
class Sides:
    """Two numbers a row on one scale from a common zero, in the frame's own order.

    Attributes:
        row: Names at the left; one row each.
        went: How many to the left.
        came: How many to the right.
        went_names: Column of names, as many of which stand outside the left bar as there is room for.
        came_names: The same at the right.
    """

    row: str
    went: str
    came: str
    went_names: str = ""
    came_names: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return marks.named(self.row, self.went, self.went_names, self.came, self.came_names)


@dataclass(frozen=True)
class Bar(marks.Seen):
    """One side of a row: its lane, whether it came, its length, its look, and its number with the names that fit."""

    lane: int
    is_right: bool
    size: float
    words: tuple[marks.Piece, ...]


@dataclass(frozen=True)
class Pair(marks.OnLanes[marks.Lane]):
    """The marks of two sides.

    Attributes:
        bars: By lane, left before right; none where a side is zero or unknown.
        heads: What the left and the right side are.
        low: Left end of the scale, zero or below.
        high: Right end.
    """

    bars: tuple[Bar, ...]
    heads: tuple[str, str]
    low: float
    high: float


def state(kind: Sides, frame: pd.DataFrame, columns: Frame, room: Room) -> Pair:
    """The marks of a frame in a room; none for an empty frame. One row a name."""
    size = room.type_size
    most = MOST if room.beside else MOST_SMALL if room.is_small else MOST_SCREEN
    shown = marks.held(frame, columns, at=range(len(frame) if room.paged else min(most, len(frame))))
    names = tuple(str(r[kind.row]) for r in shown)
    lines, names_width = marks.at_left(names, room.width * NAMES_AT_MOST, size)
    plot = max(room.width - names_width - size, size)
    sides = ((kind.went, kind.went_names), (kind.came, kind.came_names))
    longest = [max((_size(r[c]) for r in shown), default=0.0) or 1.0 for c, _ in sides]
    outside = max(plot * (WORDS_SMALL if room.is_small else WORDS), width("000", size, True) + 2 * size)
    unit = max(plot - 2 * outside, plot * 0.2) / sum(longest)
    bars = []
    for lane, r in enumerate(shown):
        for right, (column, listed) in enumerate(sides):
            count = _size(r[column])
            if not count:
                continue
            free = (longest[right] - count) * unit + outside - 1.5 * size
            words: tuple[marks.Piece, ...] = (marks.Piece(columns[column].words(count), "strong"),)
            those = text.split(", ") if (text := r.text(listed)) else []
            if those and (
                text := marks.fitting(
                    those, (free - marks.pieces_width(words, size)) / marks.SLACK - size, size
                )
            ):
                grey = marks.Piece(text, "grey")
                words = (*words, grey) if right else (grey, *words)
            said = f"{r[kind.row]}: {columns.heading(column).lower()} {columns[column].words(count)}"
            value = OWN if r.is_own else CAME if right else WENT
            bars.append(Bar(*r.told(said, kind.row, column), value, lane, bool(right), count, words))
    return Pair(
        tuple(map(marks.Lane, names, lines)),
        names_width,
        marks.and_more(len(frame) - len(shown)),
        tuple(bars),
        (columns.heading(kind.went), columns.heading(kind.came)),
        -(longest[0] + outside / unit),
        longest[1] + outside / unit,
    )


def _size(cell: Any) -> float:
    return 0.0 if is_missing(cell) else float(cell)
