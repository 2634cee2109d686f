"""Scales of value and time as PowerPoint's axes have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import floor, log10

import pandas as pd

from dashboard.charts.columns import Column, Frame
from dashboard.charts.kinds.axes import Axis, day_of, day_span
from dashboard.draw.slide import native
from dashboard.draw.slide.ooxml import Box
from dashboard.look.measure import width
from dashboard.look.theme import money_sign


def axis_of(
    axis: Axis,
    column: str,
    columns: Frame,
    frame: pd.DataFrame,
    *,
    measured: bool = False,
    title: str = "",
    marks: int = 5,
) -> native.Axis:
    """PowerPoint's axis for a scale: its ends are round, as its marks are counted from the lower one.

    Args:
        axis: The scale.
        column: Column of its values.
        columns: What the frame's columns mean.
        frame: The rows.
        measured: The values' words are the scale's own, not the column's.
        title: What it measures; "" where that stands elsewhere.
        marks: Steps at most, or so.
    """
    if axis.days:
        return native.day_axis(*day_span(*map(day_of, axis.seen)), title="")
    code = code_of(axis) if measured else number_format(columns[column], axis.seen, frame)
    if axis.log:
        low, high = axis.seen
        # Marks are counted from the foot, a power of ten; the end may lie between two: a decade without a value is a
        # fifth of a chart.
        over = 10.0 ** floor(log10(high) + 0.03)
        top = next(over * m for m in (1, 2, 5, 10) if over * m >= high * 1.07)
        return native.Axis(
            10.0 ** floor(log10(low) - 0.03),
            top,
            10.0,
            code="[<1]0.0##;#,##0" if code == "#,##0.0" else code,
            title=title,
            log=True,
        )
    if axis.end:
        low, high, step = 0.0, axis.end, axis.end / 4
    elif axis.zero:
        low, high, step = native.nice_axis([0.0, axis.seen[1]], marks, zero=True)
    else:
        low, high, step = native.nice_axis(list(axis.seen), marks)
        low = max(low, 0.0) if axis.seen[0] >= 0 else low
    if measured or code not in ("#,##0", "#,##0.0"):
        return native.Axis(low, high, step, code=code, title=title)
    return native.Axis(low, high, step, code="#,##0" if step >= 1 else "#,##0.0", title=title)


def number_format(declared: Column, values: Sequence[float], frame: pd.DataFrame | None = None) -> str:
    """Excel's number format for a column of values; amounts in the currency of the frame's first row."""
    if declared.form == "percent" or declared.unit == "percent":
        return '0.0" %"'
    if declared.form == "tokens":
        return '[>=1000000]0,,"M";[>=1000]0,"K";0'
    sign, unit = "", declared.unit
    if declared.form in ("money", "price"):
        if frame is not None and len(frame) and declared.beside in frame:
            unit = str(frame[declared.beside].iloc[0])
        sign = f'"{money_sign(unit)}"'
    if max((abs(v) for v in values), default=0) >= 1e6:
        return f'[>=1000000000000]{sign}0.#,,,,"T";[>=1000000000]{sign}0,,,"B";{sign}0,,"M"'
    if sign:
        return f"[<1]{sign}0.00;{sign}#,##0"
    return "#,##0" if all(float(v).is_integer() for v in values) else "#,##0.0"


def code_of(axis: Axis) -> str:
    """Excel's number format that writes numbers as a scale's own words do."""
    said = axis.says(5.0)
    before = said.partition("5")[0]
    behind = said.rpartition("5")[2].lstrip(".0")
    if axis.seen[1] >= 1e6:
        sign = f'"{before}"' if before else ""
        if axis.seen[1] >= 1e12:
            return f'[>=1000000000000]{sign}0.0,,,,"T";[>=1000000000]{sign}0,,,"B";{sign}0'
        return f'[>=1000000000]{sign}0,,,"B";[>=1000000]{sign}0,,"M";{sign}0'
    digits = "[<1]{}0.00{};{}#,##0{}" if axis.log else "{}#,##0{}"
    return digits.replace("{}", "%s") % tuple(
        f'"{part}"' if part else "" for part in (before, behind) * (2 if axis.log else 1)
    )


def titled(axis: native.Axis, title: str, box: Box, plot: Box) -> native.Axis:
    """The axis across with its title under the right end of the plot, where LibreOffice sets it, too."""
    begin = (plot.x + plot.w - width(title, native.LABEL) / 72 - 0.15 - box.x) / box.w
    return replace(axis, title=title, title_at=(max(begin, 0.0), 1 - 0.27 / box.h))
