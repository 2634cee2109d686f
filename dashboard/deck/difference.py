"""What two charts or tables say differently, cell by cell."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from lxml import etree

from dashboard.deck.merge import A_, heads, text_of
from dashboard.deck.unpack import MEGABYTE, UnpackError, unpacked
from dashboard.draw.slide.native import EPOCH
from dashboard.draw.slide.ooxml import C
from dashboard.draw.slide.xy import HOLLOW, RINGS

C_ = f"{{{C}}}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Spot:
    """Where a value stands.

    Attributes:
        page: Which of the things it stands in, from 0.
        row: Name of its row, numbered where several share it.
        column: Heading of its column; "" for the whole row.
    """

    page: int
    row: str
    column: str


@dataclass(frozen=True)
class Cell(Spot):
    """One value: where it stands and what it says.

    Attributes:
        text: What it says.
        name: Name of its row as it stands there.
    """

    text: str
    name: str


@dataclass(frozen=True)
class Difference(Spot):
    """One value that differs, or a row that came or went.

    Attributes:
        what: "value", "row added" or "row removed".
        before: What stood there, a row in words; "" for nothing.
        after: What stands there now, likewise.
    """

    what: str
    before: str = ""
    after: str = ""


def has_workbooks(things: Sequence[Any]) -> bool:
    """True where every chart among them still has its workbook."""
    return all(t.chart_workbook.xlsx_part is not None for t in things if hasattr(t, "chart_workbook"))


def cells(things: Sequence[Any], workbooks: bool = True) -> list[Cell]:
    """Every value of tables (elements) and charts (parts), one thing a page; rows that share a name are numbered.

    Both sides of a comparison read charts alike: from their workbooks, or, where one has lost it, from what is drawn.

    Args:
        things: Elements and parts.
        workbooks: Whether workbooks are read.
    """
    return numbered(
        (page, row, values)
        for page, thing in enumerate(things)
        for row, values in (
            _chart_cells(thing, workbooks) if hasattr(thing, "chart_workbook") else _table_cells(thing)
        )
    )


def numbered(rows: Iterable[tuple[int, str, Sequence[tuple[str, str]]]]) -> list[Cell]:
    """The cells of rows, each a page, a name and its values by heading."""
    out: list[Cell] = []
    seen: dict[str, int] = {}
    for page, row, values in rows:
        seen[row] = seen.get(row, 0) + 1
        name = row if seen[row] == 1 else f"{row} ({seen[row]})"
        out += [Cell(page, name, column, text, row) for column, text in values]
    return out


def bars_as_dots(before: Sequence[Cell], after: Sequence[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Both sides of a comparison, where bars of one series are dots now: their values under one heading."""
    measured = next((c.column for c in after if c.column != GROUP), "")
    if len({c.column for c in before}) != 1 or not any(c.column == GROUP for c in after):
        return list(before), list(after)
    return [replace(c, column=measured) for c in before], [c for c in after if c.column == measured]


def difference(
    before: Sequence[Cell], after: Sequence[Cell], same: Callable[[str, str], bool] = operator.eq
) -> list[Difference]:
    """What differs, in the order of the newer.

    Rows that share a name are paired by what they say: one that comes between others is one row added.

    Args:
        before: Cells of the older.
        after: Cells of the newer.
        same: Whether two cells say the same.
    """
    old, new = _by_row(before), _by_row(after)
    pairs = _paired(old, new, same)
    out: list[Difference] = []
    for row, mine in new.items():
        page = next(iter(mine.values())).page
        if row not in pairs:
            out.append(Difference(page, row, "", "row added", after=_in_words(mine)))
            continue
        was = old[pairs[row]]
        for column, c in mine.items():
            text = was[column].text if column in was else ""
            if not same(text, c.text):
                out.append(Difference(c.page, row, column, "value", text, c.text))
        out += [
            Difference(page, row, column, "value", c.text)
            for column, c in was.items()
            if column not in mine and c.text
        ]
    paired = set(pairs.values())
    out += [
        Difference(next(iter(gone.values())).page, row, "", "row removed", before=_in_words(gone))
        for row, gone in old.items()
        if row not in paired
    ]
    return out


_Rows = dict[str, dict[str, Cell]]


def _by_row(cells_: Sequence[Cell]) -> _Rows:
    out: _Rows = {}
    for c in cells_:
        out.setdefault(c.row, {})[c.column] = c
    return out


def _in_words(row: dict[str, Cell]) -> str:
    return "; ".join(f"{c.column} {c.text}" for c in row.values() if c.text)


def _paired(old: _Rows, new: _Rows, same: Callable[[str, str], bool]) -> dict[str, str]:
    """Rows of the newer with those of the older that they are.

    Of rows that share a name first those that say the same, then those that share most, half at least; what is left is
    one row each as long as both sides have as many.
    """
    homes: dict[str, tuple[list[str], list[str]]] = {}
    for side, rows in ((0, old), (1, new)):
        for row, cells_ in rows.items():
            name = next(iter(cells_.values())).name
            homes.setdefault(name, ([], []))[side].append(row)
    pairs: dict[str, str] = {}
    for was, now in homes.values():
        if len(was) == len(now) == 1:
            pairs[now[0]] = was[0]
            continue
        said: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for row in was:
            said.setdefault(tuple((k, c.text) for k, c in old[row].items()), []).append(row)
        for row in now:
            twins = said.get(tuple((k, c.text) for k, c in new[row].items()))
            if twins:
                pairs[row] = twins.pop(0)
        was = [r for r in was if r not in pairs.values()]
        now = [r for r in now if r not in pairs]
        alike = [
            (-count, abs(i - j), row, other)
            for i, row in enumerate(now)
            for j, other in enumerate(was)
            if 2 * (count := _shared(new[row], old[other], same)) >= max(len(new[row]), len(old[other]))
        ]
        for *_, row, other in sorted(alike):
            if row not in pairs and other not in pairs.values():
                pairs[row] = other
        was = [r for r in was if r not in pairs.values()]
        now = [r for r in now if r not in pairs]
        if len(was) == len(now):
            pairs |= dict(zip(now, was, strict=True))
    return pairs


def _shared(a: dict[str, Cell], b: dict[str, Cell], same: Callable[[str, str], bool]) -> int:
    return sum(k in b and same(b[k].text, c.text) for k, c in a.items())


# --- Reading charts ---


def name_of(series: etree._Element) -> str:
    """Name of a series."""
    return "".join(v.text or "" for v in series.findall(f"{C_}tx//{C_}v"))


def points_of(reference: etree._Element | None) -> dict[int, str]:
    """Cached values of a reference, by position."""
    if reference is None:
        return {}
    found = {int(p.get("idx")): p.findtext(f"{C_}v") or "" for p in reference.iter(f"{C_}pt")}
    if found and not 0 <= min(found) <= max(found) < _MOST_CELLS:
        raise ValueError(f"point {max(found)} of a series; expected less than {_MOST_CELLS:,}")
    return found


def categories_of(series: etree._Element) -> dict[int, str]:
    """Categories of a series, by position."""
    found = points_of(series.find(f"{C_}cat"))
    return found or {}


def series_of(space: etree._Element) -> list[etree._Element]:
    """Series of a chart that are shown, in the order they stand in."""
    return list(space.iter(f"{C_}ser"))


Rows = Iterator[tuple[str, list[tuple[str, str]]]]


def _table_cells(frame: etree._Element) -> Rows:
    found = next(frame.iter(f"{A_}tbl"), None)
    if found is None:
        return
    lines = found.findall(f"{A_}tr")
    named = heads(found)
    for row in lines[1:]:
        texts = [text_of(c) for c in row.findall(f"{A_}tc")]
        yield texts[0], list(zip(named[1:], texts[1:], strict=False))


def table_rows(frame: etree._Element) -> Iterator[dict[str, str]]:
    """Rows of a table by its headings, the one that names them included."""
    found = next(frame.iter(f"{A_}tbl"), None)
    first = heads(found)[0] if found is not None else ""
    for name, values in _table_cells(frame):
        yield {first: name, **dict(values)}


def _chart_cells(part: Any, workbooks: bool) -> Rows:
    """A chart's values: of a chart with categories from its own cache, of others from the workbook where it is kept."""
    series = series_of(part._element)
    is_bar = bool(series) and series[0].find(f"{C_}cat") is not None
    sheet = sheet_of(part) if workbooks else []
    if sheet and [] in sheet:
        # A timeline keeps its periods in a block of their own: the bars above are only how they are drawn.
        block = sheet[sheet.index([]) + 1 :]
        if block and len(block[0]) >= 4 and block[0][2:4] == ["First day", "Last day"]:
            for row in block[1:]:
                cells_ = [*row, *[""] * 4][:4]
                first, last = (_day(v) for v in cells_[2:4])
                yield f"{cells_[0]}: {cells_[1]} from {first}", [("Last day", last)]
            return
        if block and len(block[0]) > 1 and all(block[0]) and not any(_is_number(h) for h in block[0]):
            # The frame's rows under what is drawn of them.
            for row in block[1:]:
                texts = [*row, *[""] * len(block[0])][: len(block[0])]
                yield texts[0], [(h, _read(h, v)) for h, v in zip(block[0][1:], texts[1:], strict=True)]
            return
    if is_bar:
        names = categories_of(series[0])
        for i, name in sorted(names.items()):
            values = [(name_of(s), _number(points_of(s.find(f"{C_}val")).get(i, ""))) for s in series]
            yield name, values
        return
    if sheet:
        yield from _points_of_sheet(sheet)
        return
    for s in series:
        xs, ys = points_of(s.find(f"{C_}xVal")), points_of(s.find(f"{C_}yVal"))
        for i, y in sorted(ys.items()):
            yield f"{name_of(s)} at {_number(xs.get(i, ''))}", [("value", _number(y))]


def _points_of_sheet(sheet: list[list[str]]) -> Rows:
    """Points by name; a stroke has two ends, which are one row here: what matters is its day and its group."""
    head = [str(v) for v in sheet[0]]
    on_lanes = "Lane" in head
    if on_lanes and [] in sheet:
        # Each lane has a scale of its own: the values stand in a block below.
        block = sheet[sheet.index([]) + 1 :]
        for row in block[1:]:
            yield row[0], [(h, _number(v)) for h, v in zip(block[0][1:], row[1:], strict=False)]
        return
    rows = [([*r, *[""] * len(head)])[: len(head)] for r in sheet[1:] if r and r[0] != ""]
    skip = False
    for n, row in enumerate(rows):
        if skip:
            skip = False
            continue
        values = [(h, v) for h, v in zip(head[2:], row[2:], strict=True) if v != ""]
        if values and values[0][0] in _SCAFFOLD:
            continue
        following = rows[n + 1] if n + 1 < len(rows) else []
        day = _day(row[1]) if _is_day(row[1]) else _number(row[1])
        if following[:2] == row[:2] and values and _filled(following, head) == [values[0][0]]:
            skip = True
            yield row[0], [(head[1], day), (GROUP, values[0][0])]
        elif on_lanes and values:
            # Which lane a dot stands on is only where it is drawn.
            yield row[0], [(head[1], day), (GROUP, values[0][0])]
        else:
            yield row[0], [(head[1], day), *((h, _number(v)) for h, v in values)]


#: Column of the series that a stroke or dot belongs to.
GROUP = "Group"
#: Series that carry names, rings and lines and no values of their own.
_SCAFFOLD = ("Lane", "Latest", "Names", RINGS, HOLLOW, "Level", "Gap")


def _filled(row: list[str], head: list[str]) -> list[str]:
    return [h for h, v in zip(head[2:], row[2:], strict=True) if v != ""]


def _is_day(value: str) -> bool:
    return value.replace(".", "", 1).isdigit() and 36_000 < float(value) < 60_000


def _is_number(value: str) -> bool:
    return _number(value) != value or value.isdigit()


def _read(head: str, value: str) -> str:
    """A value of a frame under what is drawn of it: a day where its heading names one."""
    return _day(value) if _DAYS.search(head) and _is_day(value) else _number(value)


_DAYS = re.compile(r"\b(day|date)s?$", re.IGNORECASE)


def _number(value: object) -> str:
    text = str(value)
    try:
        number = float(text)
    except ValueError:
        return text
    return f"{number:.10g}"


def _day(value: object) -> str:
    try:
        return f"{EPOCH + pd.Timedelta(days=float(value)):%Y-%m-%d}"  # type: ignore[arg-type]
    except ValueError:
        return str(value)


def sheet_of(part: Any) -> list[list[str]]:
    """The first sheet of a chart's workbook as text; [] where it is gone. A blank row is an empty list."""
    held = part.chart_workbook.xlsx_part
    if held is None:
        return []
    try:
        book = unpacked(held.blob, _MOST_BOOK, 500, wanted=_is_read)
        texts = []
        if _TEXTS in book:
            root = etree.fromstring(book[_TEXTS], _PARSER)
            texts = ["".join(t.text or "" for t in si.iter(f"{_MAIN}t")) for si in root.iter(f"{_MAIN}si")]
        first = min(n for n in book if n != _TEXTS)
        return _rows(etree.fromstring(book[first], _PARSER), texts)
    except (UnpackError, etree.XMLSyntaxError, IndexError, ValueError):
        return []


def sheets_of(part: Any) -> list[str]:
    """Names of the sheets of a chart's workbook; [] where it is gone."""
    held = part.chart_workbook.xlsx_part
    if held is None:
        return []
    try:
        book = unpacked(held.blob, _MOST_BOOK, 500, wanted=lambda name: name == _SHEETS)
        return [s.get("name") or "" for s in etree.fromstring(book[_SHEETS], _PARSER).iter(f"{_MAIN}sheet")]
    except (UnpackError, etree.XMLSyntaxError, KeyError, ValueError):
        return []


def _rows(root: etree._Element, texts: Sequence[str]) -> list[list[str]]:
    """A sheet's rows.

    Raises:
        ValueError: it is larger than any of ours: what a cell says of its own place is not believed.
    """
    rows: list[list[str]] = []
    count = 0
    for row in root.iter(f"{_MAIN}row"):
        number = int(row.get("r") or len(rows) + 1)
        if number > _MOST_ROWS:
            raise ValueError(f"row {number}")
        while len(rows) < number - 1:
            rows.append([])
        line: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            x = column_of(cell.get("r") or "")
            count += 1 + max(x - len(line), 0)
            if count > _MOST_CELLS:
                raise ValueError(f"cell {cell.get('r')}")
            line += [""] * (x - len(line))
            value = cell.findtext(f"{_MAIN}v") or "".join(t.text or "" for t in cell.iter(f"{_MAIN}t"))
            line.append(texts[int(value)] if cell.get("t") == "s" and value else value)
        rows.append(line)
    return rows


#: Bytes of a workbook once unpacked, rows and cells of its sheet, empty ones before others included: far more than a
#: chart draws.
_MOST_BOOK, _MOST_ROWS, _MOST_CELLS = 10 * MEGABYTE, 20_000, 200_000
_TEXTS, _SHEETS = "xl/sharedStrings.xml", "xl/workbook.xml"


def _is_read(name: str) -> bool:
    return name == _TEXTS or re.match(r"xl/worksheets/sheet\d+\.xml$", name) is not None


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def column_of(reference: str) -> int:
    """Place of a cell's column, from 0."""
    letters = re.match(r"[A-Z]+", reference[:20])
    x = 0
    for c in letters[0] if letters else "A":
        x = x * 26 + ord(c) - 64
    return x - 1
