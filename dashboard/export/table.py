"""The rows of a chart as CSV and as a workbook with their sources and definitions."""

from __future__ import annotations

import csv as csv_module
import io
import re
from typing import Any

import pandas as pd

from dashboard.charts.card import LICENCE, Card
from dashboard.data import citations
from dashboard.draw.slide.workbook import as_text, opened, plain
from dashboard.look.measure import width
from dashboard.look.theme import PRODUCT, format_day

#: Excel reads a CSV without this mark in the machine's own code page, and Chinese names turn into noise.
BYTE_ORDER_MARK = "\ufeff"
#: Widest column of a sheet, in characters; longer text wraps.
WIDEST = 60


def rows(card: Card) -> list[list[object]]:
    """Heading and rows of the card's frame as plain values: what CSV, workbook and tests all read."""
    columns = [[plain(v) for v in card.frame.iloc[:, n].tolist()] for n in range(card.frame.shape[1])]
    return [[str(c) for c in card.frame.columns], *map(list, zip(*columns, strict=True))]


#: Text that a spreadsheet would take for a formula, behind apostrophes of its own or none, spaces that it passes over,
#: and in the wide signs that Chinese and Japanese ones read, too.
_FORMULA = re.compile(r"'*(?:[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n])")


def harmless(text: str) -> str:
    r"""Text as a spreadsheet shows it and never reckons with it: an apostrophe before what would begin a formula.

    What begins with apostrophes and such a sign gets one more, so that taking one off gives the very text back:
    `text.str.replace(r"^'(?='*(?:[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]))", "", regex=True)`.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def frame_csv(frame: pd.DataFrame) -> bytes:
    """A frame as `csv` writes a card, without its sources: rows of the data itself, a list of changes."""
    body = frame.itertuples(index=False, name=None)
    return _csv([[str(c) for c in frame.columns], *([plain(v) for v in row] for row in body)])


def csv(card: Card) -> bytes:
    """The rows as UTF-8 with a byte order mark, so that Excel shows Chinese; unknown is an empty cell.

    Text that would begin a formula stands behind an apostrophe (see `harmless`); numbers are numbers.

    Raises:
        ExportRefusedError: no source stands behind the rows.
    """
    card.require_sources()
    return _csv(rows(card))


def _csv(lines: list[list[object]]) -> bytes:
    out = io.StringIO()
    # The line end of two signs has a return inside a cell quoted, too.
    writer = csv_module.writer(out)
    for line in lines:
        writer.writerow([harmless(v) if isinstance(v, str) else as_text(v) for v in line])
    return (BYTE_ORDER_MARK + out.getvalue()).encode("utf-8")


def xlsx(card: Card) -> bytes:
    """A workbook: Data (the same rows, days as days), Sources (one document a row) and About.

    The same card gives the same bytes.

    Raises:
        ExportRefusedError: no source stands behind the rows.
    """
    card.require_sources()
    out = io.BytesIO()
    book = opened(out)
    book.set_properties(
        {
            "title": card.title,
            "subject": card.snapshot_id,
            "keywords": card.chart_id,
            "author": PRODUCT,
            "created": card.as_of_date.to_pydatetime(),
        }
    )
    styles = {
        "head": book.add_format(
            {"bold": True, "bg_color": "#F1F2F4", "bottom": 1, "bottom_color": "#AEB5C0", "valign": "top"}
        ),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        "number": book.add_format({"valign": "top"}),
        "count": book.add_format({"valign": "top", "num_format": "#,##0"}),
        "link": book.add_format({"font_color": "#24356A", "underline": 1, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
    }
    _sheet(book, "Data", rows(card), styles)
    _sheet(book, "Sources", _source_rows(card), styles)
    _about(book, card, styles)
    book.close()
    return out.getvalue()


def _source_rows(card: Card) -> list[list[object]]:
    return [
        [str(c) for c in card.sources.columns],
        *([plain(v) for v in row] for row in card.sources.itertuples(index=False, name=None)),
    ]


def _sheet(book: Any, name: str, lines: list[list[object]], styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    head, body = lines[0], lines[1:]
    for x, heading in enumerate(head):
        sheet.write_string(0, x, str(heading), styles["head"])
    for y, row in enumerate(body, 1):
        for x, value in enumerate(row):
            is_count = isinstance(value, (int, float)) and abs(value) >= 1000 and float(value).is_integer()
            # A year is a name, not a count: 2,026 would be odd.
            style = "count" if is_count and not str(head[x]).endswith("year") else "number"
            _write(sheet, y, x, value, styles, style)
    for x, heading in enumerate(head):
        cells = [str(heading), *(as_text(row[x]) for row in body)]
        # Excel counts a column's width in digits of its default type.
        widest = max(width(c, 1.0) / 0.556 for c in cells)
        sheet.set_column(x, x, min(max(widest + 2, 8), WIDEST))
    sheet.freeze_panes(1, 1)
    if body and head:
        sheet.autofilter(0, 0, len(body), len(head) - 1)


def _write(sheet: Any, y: int, x: int, value: object, styles: dict[str, Any], number: str = "number") -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(y, x, value, styles["text"])
    elif isinstance(value, pd.Timestamp):
        sheet.write_datetime(y, x, value.to_pydatetime(), styles["day"])
    elif isinstance(value, (int, float)):
        sheet.write_number(y, x, value, styles[number])
    elif isinstance(value, str) and value.startswith(("http://", "https://")) and len(value) < 2000:
        sheet.write_url(y, x, value, styles["link"], string=value)
    else:
        # Excel holds 32,767 characters in a cell.
        sheet.write_string(y, x, str(value)[:32_767], styles["text"])


def about(card: Card) -> list[tuple[str, str]]:
    """What a reader without the dashboard must know of these rows, as pairs of term and words."""
    found = [
        ("Title", card.title),
        ("Scope", card.subtitle),
        ("Question", card.question),
        ("Selection", card.filter_line),
        ("Source line", card.source_line),
        ("Day shown", format_day(card.as_of_date)),
        ("Snapshot", card.snapshot_id),
        ("Rows", f"{len(card.frame):,}"),
        ("Licence", LICENCE),
        ("Link to this view", card.permalink),
        ("Chart", card.chart_id),
        ("Note", card.takeaway),
    ]
    return [(term, text) for term, text in found if text]


def _about(book: Any, card: Card, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    y = 0
    for term, text in [*about(card), ("", "")]:
        sheet.write_string(y, 0, term, styles["bold"])
        _write(sheet, y, 1, text, styles)
        y += 1
    if card.definitions:
        sheet.write_string(y, 0, "Column", styles["head"])
        sheet.write_string(y, 1, "Meaning", styles["head"])
        for name, meaning in card.definitions:
            y += 1
            sheet.write_string(y, 0, name, styles["bold"])
            sheet.write_string(y, 1, meaning, styles["text"])
        y += 2
    lines = citations.full_lines(card.sources)
    if lines:
        sheet.write_string(y, 0, "Cited documents", styles["head"])
        sheet.write_string(y, 1, "", styles["head"])
        for line in lines:
            y += 1
            sheet.write_string(y, 1, line, styles["text"])
