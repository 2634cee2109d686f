"""Columns that a person added to a chart's workbook: found by the names of their rows, written beside today's numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from dashboard.deck.difference import column_of
from dashboard.look.markup import xml_text

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: Its heading.
        values: By the number of their row in the new sheet, from 1.
        lost: Names of rows that have a value and no place any more.
    """

    name: str
    values: Mapping[int, str]
    lost: tuple[str, ...] = field(default=())


def placed(name: str, values: Sequence[tuple[str, str]], names: Sequence[tuple[int, str]]) -> Column:
    """A column by the names of its rows; of rows that share one the first goes to the first.

    Args:
        name: Its heading.
        values: Name of its row and value, in order; "" for no value.
        names: Rows of the new sheet with their names, in order.
    """
    free: dict[str, list[int]] = {}
    for row, label in names:
        free.setdefault(label, []).append(row)
    out: dict[int, str] = {}
    lost: list[str] = []
    for label, value in values:
        rows = free.get(label, [])
        number = rows.pop(0) if rows else 0
        if not value.strip():
            continue
        if number:
            out[number] = value
        else:
            lost.append(label)
    return Column(name, out, tuple(lost))


def letters(place: int) -> str:
    """Name of a column by its place from 1: A, …, Z, AA."""
    out = ""
    while place:
        place, rest = divmod(place - 1, 26)
        out = chr(65 + rest) + out
    return out


def written(blob: bytes, columns: Sequence[Column]) -> tuple[bytes, list[str]]:
    """One of our workbooks with further columns at the right of its first sheet, and their letters.

    Args:
        blob: The workbook, as `draw.slide.workbook` made it.
        columns: In order.
    """
    with zipfile.ZipFile(io.BytesIO(blob)) as book:
        files = [(info, book.read(info)) for info in book.infolist()]
    root = etree.fromstring(next(data for info, data in files if info.filename == _SHEET))
    data = root.find(f"{_MAIN}sheetData")
    cells = [column_of(c.get("r") or "") for c in root.iter(f"{_MAIN}c")]
    first = max(cells, default=-1) + 2
    rows = {int(r.get("r") or 0): r for r in data}
    for n, one in enumerate(columns):
        at = letters(first + n)
        for number, value in sorted({1: one.name, **one.values}.items()):
            row = rows.get(number)
            if row is None:
                row = rows[number] = etree.Element(f"{_MAIN}row", r=str(number))
                after = sum(k < number for k in rows if k != number)
                data.insert(after, row)
            row.attrib.pop("spans", None)
            row.append(etree.fromstring(_cell(f"{at}{number}", value)))
    extent = root.find(f"{_MAIN}dimension")
    if extent is not None:
        extent.set("ref", f"A1:{letters(first + len(columns) - 1)}{max(rows, default=1)}")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for info, old in files:
            new = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            book.writestr(info, new if info.filename == _SHEET else old, zipfile.ZIP_DEFLATED)
    return out.getvalue(), [letters(first + n) for n in range(len(columns))]


def _cell(reference: str, value: str) -> str:
    try:
        float(value)
    except ValueError:
        return f'<c xmlns="{_MAIN[1:-1]}" r="{reference}" t="inlineStr"><is><t>{xml_text(value)}</t></is></c>'
    return f'<c xmlns="{_MAIN[1:-1]}" r="{reference}"><v>{float(value):.15g}</v></c>'
