"""What marks of all kinds share: words on hover, caveats, names in the lines they have room for."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Any, Generic, Literal, TypeVar

import numpy as np
import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.data import cells
from dashboard.look.measure import shorten, width, wrap
from dashboard.look.scales import GOVERNANCE, OUTSIDE, OWN, PLAIN, Scale, Value
from dashboard.look.theme import OWN_SIGN, is_blank, is_missing, short_name

#: Names of a list that a hover text tells; the table has the rest.
LISTED = 8
#: Characters of a line of hover text.
HOVER_LINE = 70
WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
#: Fonts that stand in for ours run wider.
SLACK = 1.06

Weight = Literal["strong", "ink", "grey"]


@dataclass(frozen=True)
class Piece:
    """Words in one weight: strong is the number, grey what qualifies it."""

    text: str
    weight: Weight = "ink"


@dataclass(frozen=True)
class Told:
    """What every mark carries.

    Attributes:
        row: Label of the frame's row that it stands for.
        hover: Lines of plain text; the first is its title.
        caveats: Words of `charts.marks.CAVEATS` that hold for the row and tell it from others.
    """

    row: Hashable
    hover: tuple[str, ...]
    caveats: frozenset[str]


@dataclass(frozen=True)
class Seen(Told):
    """A mark in the look of one value."""

    value: Value


@dataclass(frozen=True)
class Lane:
    """One lane of a chart that has names at its left.

    Attributes:
        name: Its whole name.
        lines: The name as it is written, in the lines it has room for.
        strong: Of the field, not of its context.
        behind: Words behind its end, or on top of a column.
    """

    name: str
    lines: tuple[str, ...]
    strong: bool = True
    behind: tuple[Piece, ...] = ()


L = TypeVar("L", bound=Lane)


@dataclass(frozen=True)
class OnLanes(Generic[L]):
    """Marks on lanes.

    Attributes:
        lanes: From the top.
        names_width: Room that names at the left take, in the room's unit.
        more: Says how many lanes are left out; "" for none.
    """

    lanes: tuple[L, ...]
    names_width: float
    more: str

    @property
    def count(self) -> int:
        """Lanes that are drawn: an empty chart has room for one."""
        return max(len(self.lanes), 1)


def named(*columns: str) -> tuple[str, ...]:
    """The columns that are named, each once."""
    return tuple(dict.fromkeys(c for c in columns if c))


def caveats_of(frame: pd.DataFrame, at: Sequence[int] | None = None) -> list[frozenset[str]]:
    """Caveats of each row, or of those at some places; where every row is stale that tells none apart and is left to the note."""
    if "caveat" not in frame:
        return [frozenset()] * len(frame if at is None else at)
    cells = frame["caveat"].tolist()
    words = {c: frozenset[str]() if is_missing(c) else frozenset(str(c).split("; ")) for c in set(cells)}
    if words and all("stale" in w for w in words.values()):
        words = {c: w - {"stale"} for c, w in words.items()}
    return [words[c] for c in (cells if at is None else map(cells.__getitem__, at))]


class Row(dict[str, Any]):
    """A row of a frame: its cells by column, and what they say.

    Attributes:
        label: Of the row in the frame.
        caveats: What holds for it and tells it from others.
        columns: What the columns mean.
    """

    label: Hashable
    caveats: frozenset[str]
    columns: Frame

    @property
    def is_outside(self) -> bool:
        """Whether it is context: of an organisation outside China."""
        return bool(self.get("is_outside"))

    @property
    def is_own(self) -> bool:
        """Whether it tells of an organisation that the reader put in."""
        return str(self.get("company_name", "")).endswith(OWN_SIGN)

    def words(self, column: str) -> str:
        """A cell as readers see it."""
        return self.columns[column].words(self[column], self)

    def counted(self, column: str) -> str:
        """The same with its noun where it is a count."""
        return self.columns[column].counted(self[column], self)

    def text(self, column: str) -> str:
        """A cell as it stands; "" where there is no column, or nothing in it."""
        return "" if not column or is_missing(self[column]) else str(self[column])

    def value(self, column: str, *, own: bool = True) -> Value:
        """Look of a cell; a reader's own organisations have theirs where `own`, those outside China are context."""
        scale = self.columns[column].scale
        if own and self.is_own:
            return OWN
        if scale is None:
            return PLAIN
        return OUTSIDE if scale is GOVERNANCE and self.get("is_outside") else scale.of(self[column])

    def told(
        self, title: str, *without: str, second: str = ""
    ) -> tuple[Hashable, tuple[str, ...], frozenset[str]]:
        """What every mark of it carries: see `Told`.

        On hover stand the title, a second line, and each declared column but some, "Heading: words", lists cut after their
        first names.
        """
        lines = [title, second] if second else [title]
        for column, declared, head in self.columns.told_of(without):
            cell = self.get(column, "")
            if is_blank(cell):
                continue
            words = declared.words(cell, self)
            if declared.form == "names":
                # A line of thousands is not taken apart.
                listed = words.split(", ", LISTED)
                if len(listed) > LISTED:
                    more = listed.pop().count(", ") + 1
                    words = f"{', '.join(listed)} and {more:,} more"
            said = " ".join(f"{head}: {words}".split())
            # Most are short, and asking takes a hundred times as long as seeing that.
            lines += [said] if len(said) <= HOVER_LINE else textwrap.wrap(said, HOVER_LINE, **WHOLE_WORDS)
        return self.label, tuple(lines), self.caveats


def held(frame: pd.DataFrame, columns: Frame, *needed: str, at: Sequence[int] | None = None) -> list[Row]:
    """Every row that has something in the columns needed, in order.

    Args:
        frame: The rows.
        columns: What they mean.
        needed: Columns that must not be empty.
        at: Places of the rows that are wanted: those that are drawn; None is all.
    """
    # Whether a caveat tells rows apart is a matter of all of them.
    caveats = caveats_of(frame, at)
    if at is not None and len(at) < len(frame):
        frame = frame.iloc[at]
    rows = []
    for label, found, told in zip(frame.index.tolist(), cells.records(frame), caveats, strict=True):
        if any(is_missing(found[c]) for c in needed):
            continue
        row = Row(found)
        row.label, row.caveats, row.columns = label, told, columns
        rows.append(row)
    return rows


def rows_of(frame: pd.DataFrame, column: str, words: Iterable[str]) -> list[int]:
    """Places of the rows that have one of some words in a column."""
    wanted = set(words)
    of, cells = pd.factorize(frame[column], use_na_sentinel=False)
    is_wanted = np.array([str(cell) in wanted for cell in cells.tolist()], dtype=bool)
    return np.flatnonzero(is_wanted[of]).tolist()


def words_in(frame: pd.DataFrame, column: str) -> list[str]:
    """The words of a column, each once, in order."""
    return list(dict.fromkeys(map(str, frame[column].unique().tolist())))


def first_of(names: Sequence[str], most: int) -> list[str]:
    """So many names, in order: a reader's own organisations, and the first of the others."""
    if len(names) <= most:
        return list(names)
    first = sorted(range(len(names)), key=lambda n: not names[n].endswith(OWN_SIGN))[:most]
    return [names[n] for n in sorted(first)]


def grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Rows by the words of a column, in order; all under "" where there is no column."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row[column]) if column else "", []).append(row)
    return groups


def name_lines(name: str, room: float, size: float, *, strong: bool = True) -> tuple[str, ...]:
    """A name in at most two lines; the short name where the full one does not fit, an ellipsis at the very last."""
    for candidate in (name, short_name(name)):
        found = wrap(candidate, room, size, strong)
        if len(found) <= 2 and all(width(t, size, strong) <= room for t in found):
            return tuple(found)
    return tuple(wrap(shorten(short_name(name), room, size, strong, 2), room, size, strong)[:2])


def at_left(
    names: Sequence[str], most: float, size: float, strong: Sequence[bool] = ()
) -> tuple[list[tuple[str, ...]], float]:
    """Names before lanes in their lines, and the width that they take with the gap behind them.

    Args:
        names: One a lane.
        most: Width that they may take.
        size: Size of the chart's type; names are set a size larger.
        strong: Which of them are bold; none given, all are.
    """
    weights = strong or [True] * len(names)
    lines = [name_lines(n, most / SLACK, size + 1, strong=w) for n, w in zip(names, weights, strict=True)]
    wide = [width(t, size + 1, w) for one, w in zip(lines, weights, strict=True) for t in one]
    return lines, max(wide, default=0.0) * SLACK + size


def and_more(left_out: int) -> str:
    """How many there are besides those shown; "" for none."""
    return f"and {left_out:,} more" if left_out > 0 else ""


def in_sentence(words: str) -> str:
    """Words as they stand inside a sentence: an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def name_line(name: str, room: float, size: float, strong: bool = True) -> str:
    """A name in one line; the short name where the full one does not fit, an ellipsis at the very last."""
    return name if width(name, size, strong) <= room else shorten(short_name(name), room, size, strong)


def fitting(names: list[str], room: float, size: float) -> str:
    """As many whole names as fit into one line, and how many more there are: "Ascend, Kunpeng +2"."""
    # A line of thousands is not measured whole: what names take without the commas between them says how many may fit.
    long = accumulate(width(name, size) for name in names)
    most = sum(1 for _ in takewhile(lambda taken: taken <= room, long))
    for kept in range(most, 0, -1):
        text = ", ".join(names[:kept]) + (f" +{len(names) - kept:,}" if kept < len(names) else "")
        if width(text, size) <= room:
            return text
    return ""


def fitting_pieces(pieces: tuple[Piece, ...], room: float, size: float) -> tuple[Piece, ...]:
    """The first pieces that fit, and the very first in any case."""
    while len(pieces) > 1 and pieces_width(pieces, size) > room:
        pieces = pieces[:-1]
    return pieces


def pieces_width(pieces: tuple[Piece, ...], size: float) -> float:
    """Width of pieces set behind each other, with a gap between them."""
    gap = 0.6 * size
    return sum(width(p.text, size, p.weight == "strong") for p in pieces) + gap * max(len(pieces) - 1, 0)


def legend(values: Iterable[Value], scale: Scale | None) -> tuple[Value, ...]:
    """The values that marks have, in legend order; those outside the vocabulary last."""
    if scale is None:
        return ()
    return tuple(sorted(set(values), key=lambda v: (scale.order(v.id) if v in scale.values else 99, v.id)))
