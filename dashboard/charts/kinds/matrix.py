"""Matrices: rows by columns of cells, darker for more, with words inside; on a phone numbers, or lists in words."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds import marks
from dashboard.look.measure import shorten, width, wrap
from dashboard.look.room import Room
from dashboard.look.scales import COUNTS, Scale, Value
from dashboard.look.theme import is_missing

#: Rows that fit a picture: of cells with words in them, and of others; a screen scrolls.
MOST_WORDS, MOST, MOST_SCREEN = 12, 14, 40
#: Share of the width that names at the left may take, and in a small room.
NAMES_AT_MOST, NAMES_SMALL = 0.17, 0.27
#: On screen type runs narrower than it is measured.
SCREEN_TYPE = 0.92
#: Cells narrower than this, in type sizes, cannot be headed: the row lists its columns in words instead.
LEAST_CELL = 2.4
#: Width that words in cells are set for on screen; where a window is narrower, Plotly leaves them out.
WORDS_WIDE = 980.0
#: Share of a cell's width that its fill takes, and of a lane's height.
FILL_X, FILL_Y = 0.94, 0.86


@dataclass(frozen=True)
class Matrix:
    """Cells in the frame's order of rows and columns; a pair without a row has an empty cell.

    Attributes:
        row: Names at the left.
        column: Headings.
        value: What shades a cell: a value of its column's vocabulary, or a count.
        words: Column whose words stand in a cell; "" leaves the shade to the key.
        listed: Column of names instead: whole ones stand in a cell, and how many more there are.
        number: The value stands before the words.
        behind: Column with a number of the whole row, set behind its cells.
        mark: Column of a vocabulary whose mark stands beside the name.
        none: What stands in an empty cell.
        noun: What a count counts, in the key.
    """

    row: str
    column: str
    value: str
    words: str = ""
    listed: str = ""
    number: bool = False
    behind: str = ""
    mark: str = ""
    none: str = ""
    noun: str = ""

    @property
    def said(self) -> str:
        """Column of what stands in a cell; "" for none."""
        return self.words or self.listed

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return marks.named(self.row, self.column, self.said, self.value, self.behind)


@dataclass(frozen=True)
class Square(marks.Seen):
    """One cell.

    Attributes:
        lane: Its row.
        at: Its column.
        number: Its value in words.
        words: Its words, whole.
        lines: Those of them that have room, in lines.
    """

    lane: int = 0
    at: int = 0
    number: str = ""
    words: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Name(marks.Lane):
    """One row, with its number behind its cells: the frame's row that it stands for, its mark and list."""

    row: Hashable = None
    mark: Value | None = None
    listed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Squares(marks.OnLanes[Name]):
    """The marks of a matrix.

    Attributes:
        columns: Columns, from the left.
        heads: Their headings in lines; with that of the numbers behind as the last where there are some.
        is_stepped: Every other heading stands higher: neighbours would run into each other.
        squares: Cells.
        key: Values present, in legend order.
        is_list: Rows list their columns in words instead of cells.
        most_lines: Of words in a cell on screen; a picture has two.
    """

    columns: tuple[str, ...]
    heads: tuple[tuple[str, ...], ...]
    is_stepped: bool
    squares: tuple[Square, ...]
    key: tuple[Value, ...]
    is_list: bool = False
    most_lines: int = 0


def in_order(groups: Sequence[Sequence[str]]) -> list[str]:
    """One order of names that respects the order within every group, new ones last where no group says else."""
    order: list[str] = []
    known: set[str] = set()
    for group in groups:
        # Place of the last of those that stand before in the group.
        last = -1
        for k, item in enumerate(group):
            if item in known:
                last = max(last, order.index(item))
                continue
            before = [order.index(g) for g in group[k + 1 :] if g in known] if last < 0 else []
            last = last + 1 if last >= 0 else min(before, default=len(order))
            order.insert(last, item)
            known.add(item)
    return order


def state(kind: Matrix, frame: pd.DataFrame, columns: Frame, room: Room) -> Squares:
    """The marks of a frame in a room; none for an empty frame. One row a cell."""
    all_heads: dict[str, list[str]] = {}
    for lane, head in zip(*(frame[c].tolist() for c in (kind.row, kind.column)), strict=True):
        all_heads.setdefault(str(lane), []).append(str(head))
    most = (MOST_WORDS if kind.said else MOST) if room.beside else MOST_SCREEN
    names = list(all_heads) if room.paged else marks.first_of(list(all_heads), most)
    found = marks.grouped(marks.held(frame, columns, at=marks.rows_of(frame, kind.row, names)), kind.row)
    heads = in_order(list(all_heads.values()))
    shown = {str(r[kind.column]) for n in names for r in found[n]}
    heads = [h for h in heads if h in shown]
    size = room.type_size
    lines, left = marks.at_left(names, room.width * (NAMES_SMALL if room.is_small else NAMES_AT_MOST), size)
    left += 1.8 * size if kind.mark else 0.0
    scale = columns[kind.value].scale or COUNTS
    side = max(width(v.word, size) for v in scale.values) + 70 if room.beside and not kind.said else 0.0
    across = max(room.width - left - side, size)
    count = max(len(heads) + (0.75 if kind.behind else 0), 1)
    cell = across / count
    is_list = room.is_small and not room.paged and cell < LEAST_CELL * size
    # A picture's width is known; words on screen are set for a window.
    is_known = room.beside or room.is_small
    wide = across if is_known else max(room.width, WORDS_WIDE * room.unit) - left - side
    slack = marks.SLACK if room.beside else SCREEN_TYPE
    inside = (wide / count * FILL_X - 0.8 * size) / slack
    skipped = (kind.row, kind.column, kind.value, kind.behind)
    squares = []
    for lane, name in enumerate(names):
        for r in found[name]:
            number, column = r.words(kind.value), str(r[kind.column])
            told = r.told(f"{name}, {marks.in_sentence(column)}: {number}", *skipped)
            at, value = heads.index(column), _value(scale, r[kind.value])
            squares.append(Square(*told, value, lane, at, number, *_inside(kind, r, number, inside, room)))
    titles = [*heads, *([columns.heading(kind.behind)] if kind.behind else [])]
    is_stepped = any(width(w, size) * slack > cell * 0.98 for h in titles for w in h.split())
    taken = cell * (1.9 if is_stepped else 0.98) / slack
    listed = (across - size) / marks.SLACK if is_list else 0.0
    return Squares(
        tuple(_name(kind, lines[k], found[n], listed, size) for k, n in enumerate(names)),
        left,
        marks.and_more(len(all_heads) - len(names)),
        tuple(heads),
        tuple(tuple(wrap(h, taken, size)) for h in titles),
        is_stepped,
        tuple(squares),
        tuple(v for v in scale.values if v in {s.value for s in squares}),
        is_list,
        _most_lines(kind),
    )


def _most_lines(kind: Matrix) -> int:
    return 0 if not kind.said else 2 if kind.listed else 3


def _value(scale: Scale, value: object) -> Value:
    """The look of a value; a count as high as the last of the scale, or higher, looks like it."""
    if is_missing(value) or isinstance(value, str):
        return scale.of(value)
    steps = [int(v.id) for v in scale.values]
    return scale.of(min(max(int(float(value)), steps[0]), steps[-1]))  # type: ignore[arg-type]


def _inside(
    kind: Matrix, r: marks.Row, number: str, room_in: float, room: Room
) -> tuple[str, tuple[str, ...]]:
    """The words of a cell, whole, and those of them that its width has room for, in lines."""
    words = r.words(kind.said) if kind.said and not is_missing(r[kind.said]) else ""
    if kind.number and room.beside:
        # In a picture the number stands among the words: two lines are all there is.
        words = f"{number}  {words}" if words else number
    if not words or room.is_small or room.paged:
        return words, ()
    size = room.type_size * (0.75 if room.beside else 0.84)
    room_in -= 1.6 * room.type_size if kind.number and not room.beside else 0
    if kind.listed:
        return words, _listed(words, room_in, size)
    return words, _wrapped(words, room_in, size, 2 if room.beside else _most_lines(kind))


def _wrapped(words: str, room: float, size: float, lines: int) -> tuple[str, ...]:
    """Words in lines that fit; a word wider than the room is cut, as is what has no line."""
    found = wrap(words, room, size)
    if len(found) > lines:
        found = wrap(shorten(words, room, size, False, lines), room, size)[:lines]
    return tuple(shorten(t, room, size) if width(t, size) > room else t for t in found)


def _listed(words: str, room: float, size: float) -> tuple[str, ...]:
    """As many whole names as fit in two lines, and how many more there are."""
    names = words.split(", ")
    for kept in range(len(names), 0, -1):
        more = f" +{len(names) - kept:,}" if kept < len(names) else ""
        found = wrap(", ".join(names[:kept]) + more, room, size)
        if len(found) <= 2 and all(width(t, size) <= room for t in found):
            return tuple(found)
    return _wrapped(words if len(names) == 1 else f"{names[0]} +{len(names) - 1:,}", room, size, 2)


def _name(kind: Matrix, lines: tuple[str, ...], mine: Sequence[marks.Row], room: float, size: float) -> Name:
    """A row's name with what stands beside it; where there is room for a list, its columns in words."""
    first = mine[0]
    of = first.columns[kind.mark].scale
    mark = of.of(first[kind.mark]) if of is not None and not is_missing(first[kind.mark]) else None
    behind: tuple[marks.Piece, ...] = ()
    if kind.behind:
        number = "–" if is_missing(first[kind.behind]) else f"{float(first[kind.behind]):.0f}"
        behind = (marks.Piece(number, "strong"),)
    scale = first.columns[kind.value].scale or COUNTS
    by_weight = sorted(mine, key=lambda r: _weight(scale, r[kind.value]))
    said = ", ".join(marks.in_sentence(str(r[kind.column])) for r in by_weight)
    listed = _listed(said, room, size) if room else ()
    return Name(str(first[kind.row]), lines, True, behind, first.label, mark, listed)


def _weight(scale: Scale, value: object) -> float:
    """What comes first in a list: the first of a vocabulary, the largest count."""
    return float(scale.order(value)) if is_missing(value) or isinstance(value, str) else -float(value)  # type: ignore[arg-type]
