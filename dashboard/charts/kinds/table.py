"""Tables: rows of a frame in words, values of vocabularies as chips; the same columns on a page, in pictures, on slides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from dashboard.charts.columns import Column, Frame
from dashboard.charts.kinds.marks import SLACK, Told, and_more, held
from dashboard.look.measure import share_out, shorten, width, wrap
from dashboard.look.room import PICTURE, Room
from dashboard.look.scales import GOVERNANCE, Scale, Value
from dashboard.look.theme import NOT_DISCLOSED, format_count, format_day, format_score, is_blank, is_missing

#: Stands for every column of the frame that is not declared: a comparison has one a company.
OTHERS = "*"
#: Rows of a figure that is no picture, and those that a picture could at most hold.
MOST_SCREEN, MOST_PICTURE = 40, 24
#: Type of a picture, as shares of its own, largest first; below the last its rows are left out instead.
SIZES = (1.0, 0.9, 0.8, 0.75)
#: Lines of a cell where all rows fit; where they do not, rows come before words.
MOST_LINES, FEW_LINES = 4, 2
#: Height of a line and room around the words of a cell, in type sizes.
LEADING, PAD_X, PAD_Y = 1.3, 0.45, 0.35

Place = Literal["paper", "screen", "front"]


@dataclass(frozen=True)
class Cell:
    """One column of a table.

    Attributes:
        column: Whose words stand in it; `OTHERS` for every column that is not declared.
        beneath: Column whose words follow in grey, in every medium: a Chinese name, a day.
        also: Columns whose words follow in grey where there is room for them: on a page.
        dissent: Column of what other sources say, which follows in grey, too.
        sources: Column with the documents of this cell, which it leads to on a page.
        none: What stands in it where nothing is known.
        begins: Vocabulary that the words of an undeclared column may begin with.
        head: Column, the same in every row, whose word stands beside the heading on a page.
        named: Column, the same in every row, whose word is the heading.
        ordered: Column that a table which can be sorted shows and sorts by instead.
    """

    column: str
    beneath: str = ""
    also: tuple[str, ...] = ()
    dissent: str = ""
    sources: str = ""
    none: str = NOT_DISCLOSED
    begins: Scale | None = None
    head: str = ""
    named: str = ""
    ordered: str = ""


@dataclass(frozen=True)
class Table:
    """Rows in the frame's order, the first column naming them.

    Attributes:
        cells: Columns, from the left.
        more: Columns that only a page has room for.
        front: Columns where it shares a screen with others, one line a row.
        shown: Rows of a page before the rest is folded away; 0 shows all.
        sortable: On a page its rows can be sorted and searched, as long lists want to be.
    """

    cells: tuple[Cell | str, ...]
    more: tuple[Cell | str, ...] = ()
    front: tuple[str, ...] = ()
    shown: int = 0
    sortable: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that stand on paper, the first naming a row; it alone where the others depend on who is compared."""
        found = tuple(c.column for c in map(_cell, self.cells))
        return found[:1] if OTHERS in found else found


@dataclass(frozen=True)
class Entry:
    """What one cell says.

    Attributes:
        words: Its words, or what stands for them.
        is_known: Whether the frame holds anything.
        value: Value of a vocabulary, drawn as a chip.
        beneath: Words that follow in grey.
        also: More of them, for a page.
        dissent: Whether the last of these is what other sources say.
        sources: The cell of documents; None where it has none of its own.
        strong: Names the row.
        lines: Words and, grey, what follows them, in the lines they have room for.
    """

    words: str
    is_known: bool = True
    value: Value | None = None
    beneath: str = ""
    also: tuple[str, ...] = ()
    dissent: bool = False
    sources: object = None
    strong: bool = False
    lines: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Line(Told):
    """One row: its cells, and where it stands from the top of the table, in the room's unit."""

    entries: tuple[Entry, ...] = ()
    top: float = 0.0
    tall: float = 0.0


@dataclass(frozen=True)
class Lines:
    """A table in words.

    Attributes:
        columns: Columns shown, from the left.
        heads: Their headings.
        lines: Rows.
        widths: Of the columns, in the room's unit; none where no room was asked for.
        head_tall: Height of the headings.
        size: Size of its type.
        more: Says how many rows are left out; "" for none.
    """

    columns: tuple[Cell, ...]
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    widths: tuple[float, ...] = ()
    head_tall: float = 0.0
    size: float = 0.0
    more: str = ""

    @property
    def tall(self) -> float:
        """Height in all."""
        return self.lines[-1].top + self.lines[-1].tall if self.lines else self.head_tall


def _cell(one: Cell | str) -> Cell:
    return Cell(one) if isinstance(one, str) else one


def _columns(kind: Table, frame: pd.DataFrame, columns: Frame, place: Place) -> tuple[Cell, ...]:
    wanted = [_cell(c) for c in (*kind.cells, *(kind.more if place != "paper" else ()))]
    by_name = {c.column: c for c in wanted}
    if place == "front" and kind.front:
        return tuple(by_name[c] for c in kind.front)
    rest = [str(c) for c in frame.columns if c not in {*columns, *by_name}]
    others = [c for c in rest if not c.endswith(("_id", "_ids"))]
    return tuple(
        replace(one, column=c) for one in wanted for c in (others if one.column == OTHERS else [one.column])
    )


def rows(kind: Table, frame: pd.DataFrame, columns: Frame, place: Place = "paper") -> Lines:
    """Every row of a frame in words: on "paper" in pictures and slides, on a "screen", or at the "front" of one shared with others."""
    cells = _columns(kind, frame, columns, place)
    lines = []
    for row in held(frame, columns):
        entries = tuple(_entry(columns, one, row, n == 0) for n, one in enumerate(cells))
        told = row.told(entries[0].words, cells[0].column) if entries else row.told("")
        lines.append(Line(*told, entries))
    return Lines(cells, tuple(_heading(c, frame, columns) for c in cells), tuple(lines))


def _heading(cell: Cell, frame: pd.DataFrame, columns: Frame) -> str:
    """What stands over a column."""
    said = frame[cell.named].iloc[0] if cell.named and len(frame) else ""
    return columns.heading(cell.column) if is_blank(said) else str(said)


def _entry(columns: Frame, one: Cell, row: dict[str, Any], strong: bool) -> Entry:
    sources = row.get(one.sources) if one.sources else None
    value = row[one.column]
    also = tuple(_labelled(columns, c, row) for c in (*one.also, one.dissent) if _is_said(row, c))
    dissent = _is_said(row, one.dissent)
    if is_blank(value):
        return Entry(one.none, False, also=also, dissent=dissent, sources=sources)
    text = words(columns, row, one.column)
    found, rest = _of_vocabulary(columns[one.column], one, row, text)
    beneath = rest
    if one.beneath and _is_said(row, one.beneath):
        told, day = words(columns, row, one.beneath), row[one.beneath]
        is_year = isinstance(day, pd.Timestamp) and str(day.year) in text
        beneath = "" if is_year or told in text else told
    said = text[: len(text) - len(rest)].rstrip()
    return Entry(said, True, found, beneath, also, dissent, sources, strong)


def _is_said(row: dict[str, Any], column: str) -> bool:
    return column in row and not is_blank(row[column])


def _labelled(columns: Frame, column: str, row: dict[str, Any]) -> str:
    """Words that follow those of a cell, behind the column's heading where it was given one; what both say stands once.

    Words that begin with the heading stand alone; behind "Reported, last seen" follows "8 Apr 2026".
    """
    label, said = columns[column].heading, words(columns, row, column)
    if said.casefold().startswith(label.casefold()):
        return said
    parts = label.split(" ")
    ends = (" ".join(parts[n:]) for n in range(1, len(parts)))
    both = next((end for end in ends if said.casefold().startswith(f"{end.casefold()} ")), "")
    return f"{label} {said[len(both) :].lstrip()}".strip()


def _of_vocabulary(column: Column, one: Cell, row: dict[str, Any], text: str) -> tuple[Value | None, str]:
    """The value that words are or begin with, and the rest of them."""
    scale = column.scale or one.begins
    if scale is None:
        # Beside the short name of a governance model stands its id.
        ids = (row.get(f"{one.column}_id"), row.get(f"{one.column}_model_id"))
        known = next((GOVERNANCE.of(i) for i in ids if not is_missing(i)), None)
        return (known, "") if known is not None and known.word == text else (None, "")
    for value in scale.values:
        if text in (value.word, value.id):
            return value, ""
        if one.begins is not None and text.startswith(f"{value.word} "):
            return value, text[len(value.word) + 1 :]
    return None, ""


def words(columns: Frame, row: dict[str, Any], column: str) -> str:
    """A value as a table says it: as declared, else by what it is."""
    declared, value = columns[column], row[column]
    if declared.form != "text" or declared.say is not None or isinstance(value, str):
        return declared.words(value, row)
    if isinstance(value, pd.Timestamp):
        return format_day(value, row.get(f"{column}_precision") or "day")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if column.endswith("score") and row.get("unit"):
            return format_score(value, str(row["unit"]))
        number = float(value)
        if abs(number) >= 1e6:
            return format_count(number)
        return f"{number:,.0f}" if number.is_integer() else f"{number:,.1f}"
    return declared.words(value, row)


# --- In a room ---


def state(kind: Table, frame: pd.DataFrame, columns: Frame, room: Room) -> Lines:
    """The rows that fit a room, each cell in the lines it has room for; without a height a picture has its own."""
    most = MOST_PICTURE if room.beside else MOST_SCREEN
    found = rows(kind, frame if room.paged else frame.head(most), columns)
    height = room.height or (PICTURE[1] - room.type_size if room.beside else 0.0)
    sizes = [room.type_size * s for s in SIZES] if height else [room.type_size]
    for size in sizes:
        for lines in range(MOST_LINES, FEW_LINES - 1, -1) if size == sizes[-1] else (MOST_LINES,):
            laid, is_whole = _laid(found, room.width, size, lines)
            if not height or (laid.tall <= height and is_whole):
                return replace(laid, more=and_more(len(frame) - len(laid.lines)))
    fits = tuple(one for one in laid.lines if one.top + one.tall <= height) or laid.lines[:1]
    return replace(laid, lines=fits, more=and_more(len(frame) - len(fits)))


def _laid(found: Lines, across: float, size: float, most: int) -> tuple[Lines, bool]:
    """The rows in type of a size, and whether all words stand whole."""
    pad = 2 * PAD_X * size
    natural, least = [], []
    for x, head in enumerate(found.heads):
        entries = [line.entries[x] for line in found.lines]
        wide = [max(_wide(e.words, size, _is_bold(e)), _wide(e.beneath, size)) for e in entries]
        # A name on a coloured ground stays whole.
        whole = [w for e, w in zip(entries, wide, strict=True) if e.value is not None]
        single = [
            _wide(w, size, _is_bold(e)) for e in entries for w in (*e.words.split(), *e.beneath.split())
        ]
        natural.append(max([*wide, _wide(head, size)]) + pad)
        least.append(
            min(max([*whole, *single, *(_wide(w, size) for w in head.split())], default=0.0), 14 * size) + pad
        )
    widths = share_out(natural, least, across)
    heads = [wrap(h, (w - pad) / SLACK, size) for h, w in zip(found.heads, widths, strict=True)]
    head_tall = (max(map(len, heads), default=1) * LEADING + 2 * PAD_Y) * size
    top, is_whole, lines = head_tall, True, []
    for one in found.lines:
        entries_set = [
            _set(e, (w - pad) / SLACK, size, most) for e, w in zip(one.entries, widths, strict=True)
        ]
        is_whole = is_whole and all(whole for _, whole in entries_set)
        tall = (max((len(e.lines) for e, _ in entries_set), default=1) * LEADING + 2 * PAD_Y) * size
        tall = max(tall, 2.2 * size)
        lines.append(replace(one, entries=tuple(e for e, _ in entries_set), top=top, tall=tall))
        top += tall
    shown = tuple("\n".join(h) for h in heads)
    return Lines(found.columns, shown, tuple(lines), tuple(widths), head_tall, size), is_whole


def _wide(text: str, size: float, bold: bool = False) -> float:
    return width(text, size, bold) * SLACK


def _is_bold(one: Entry) -> bool:
    return one.strong or one.value is not None


def _set(one: Entry, room: float, size: float, most: int) -> tuple[Entry, bool]:
    """A cell in at most so many lines, and whether that is all of it."""
    bold = _is_bold(one)
    found = wrap(one.words, room, size, bold)
    is_whole = len(found) <= most
    if not is_whole:
        found = wrap(shorten(one.words, room, size, bold, most), room, size, bold)[:most]
    follows = wrap(one.beneath, room, size) if one.beneath else []
    lines = [*((t, False) for t in found), *((t, True) for t in follows)][:most]
    return replace(one, lines=tuple(lines)), is_whole
