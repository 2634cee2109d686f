"""The workbook behind a native chart, and cells as plain values."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import xlsxwriter

from dashboard.charts.card import Card
from dashboard.look.measure import width
from dashboard.look.theme import PRODUCT, is_missing


def plain(value: object) -> object:
    """A cell as a plain Python value: None, bool, int, float, `pd.Timestamp` or str."""
    if isinstance(value, (list, tuple, set)):
        return "; ".join(str(v) for v in value)
    if is_missing(value):
        return None
    if isinstance(value, (bool, str, pd.Timestamp)):
        return value
    if hasattr(value, "item"):
        value = value.item()  # numpy's own numbers
    if isinstance(value, (bool, int, float)):
        return value
    return str(value)


def as_text(value: object) -> str:
    """A plain value as text: days as ISO days, whole numbers without a point, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


@dataclass(frozen=True)
class Formula:
    """A cell that is worked out of others: how, and what it comes to now."""

    text: str
    value: float


def opened(out: io.BytesIO) -> xlsxwriter.Workbook:
    """A workbook in memory that takes texts as they stand: none becomes a formula, a link or a number."""
    return xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )


def made_on(card: Card) -> datetime:
    """The day that a card's workbooks note as their own."""
    return card.as_of_date.to_pydatetime()


def workbook(lines: list[list[object]], created: datetime, formats: dict[int, str] | None = None) -> bytes:
    """A sheet of plain values with fixed properties: what stands behind a chart on a slide.

    Args:
        lines: Rows of cells; None stays blank.
        created: Day that is noted as the file's own.
        formats: Number format of columns, by position.
    """
    out = io.BytesIO()
    book = opened(out)
    book.set_properties({"author": PRODUCT, "created": created})
    sheet = book.add_worksheet("Sheet1")
    styles = {x: book.add_format({"num_format": code}) for x, code in (formats or {}).items()}
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for y, row in enumerate(lines):
        for x, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, Formula):
                sheet.write_formula(y, x, value.text, styles.get(x), value.value)
            elif isinstance(value, pd.Timestamp):
                sheet.write_datetime(y, x, value.to_pydatetime(), day)
            elif isinstance(value, bool) or not isinstance(value, (int, float)):
                sheet.write_string(y, x, str(value))
            else:
                sheet.write_number(y, x, value, styles.get(x))
    for x in range(max((len(r) for r in lines), default=0)):
        cells = [as_text(r[x]) for r in lines if x < len(r)]
        sheet.set_column(x, x, min(max(max(width(c, 1.0) / 0.556 for c in cells) + 2, 8), 40))
    book.close()
    return out.getvalue()
