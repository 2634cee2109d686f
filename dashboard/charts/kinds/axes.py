"""Scales of value and time that points, lines and dots share: their ends, ticks and titles, once for both media."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from math import ceil, floor, log10
from typing import Any

import pandas as pd

from dashboard.charts.columns import Column, Frame
from dashboard.look.measure import width
from dashboard.look.room import Room
from dashboard.look.theme import format_count, format_money, format_tokens, is_missing, money_sign

#: Day that days are counted from, as Excel does.
EPOCH = pd.Timestamp("1899-12-30")
_EPOCH_SECONDS = EPOCH.timestamp()
CURRENCIES = {"USD": "US dollars", "CNY": "yuan", "HKD": "Hong Kong dollars", "EUR": "euros"}


@dataclass(frozen=True)
class Measure:
    """How a scale shows one of the measures that a reader picks from.

    Attributes:
        says: A value of a row in words.
        log: Logarithmic.
        zero: Begins at zero.
        end: Where it ends; 0 ends it behind the largest value.
    """

    says: Callable[[float, Mapping[str, Any]], str]
    log: bool = False
    zero: bool = False
    end: float = 0.0


@dataclass(frozen=True)
class Picked:
    """The measures that a reader picks one of.

    Attributes:
        column: Column that says which it is; "" where the values' own column says all of them.
        measures: How each of them is shown, by what stands in that column.
        titled: Column whose words are the title of the scale, where that depends on what is picked.
    """

    column: str = ""
    measures: Mapping[str, Measure] = field(default_factory=dict)
    titled: str = ""


#: The column of the values says how they are shown.
UNPICKED = Picked()


class Ends:
    """What has a lower and an upper end, in any medium; logarithmic or not."""

    low: float
    high: float
    log: bool

    def share(self, value: float) -> float:
        """Where a value stands between the ends, 0 to 1."""
        if self.log:
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Axis(Ends):
    """A scale.

    Attributes:
        titles: What it measures, and in what; the fullest first.
        low: Its lower end, in units of the values; days are counted from `EPOCH`.
        high: Its upper end.
        ticks: Values with their words.
        seen: Smallest and largest value of all.
        log: Logarithmic.
        days: Values are days.
        says: Words of a value on it.
        zero: Begins at zero.
        end: Fixed upper end; 0 for none.
    """

    titles: tuple[str, ...]
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    seen: tuple[float, float]
    log: bool = False
    days: bool = False
    says: Callable[[float], str] = str
    zero: bool = False
    end: float = 0.0

    def title(self, room: float, size: float) -> str:
        """The fullest title that the room has place for; the shortest where none fits."""
        return next((t for t in self.titles if width(t, size) <= room), "".join(self.titles[-1:]))


def number(value: object) -> float | None:
    """A cell as a number on a scale; a day as days since `EPOCH`; None where it is missing."""
    if is_missing(value):
        return None
    if isinstance(value, pd.Timestamp):
        return (value.timestamp() - _EPOCH_SECONDS) / 86_400
    return float(value)  # type: ignore[arg-type]


def day_of(value: float) -> pd.Timestamp:
    """The day that a number on a scale stands for."""
    return EPOCH + pd.Timedelta(days=round(value))


@lru_cache(maxsize=20_000)
def iso_day(value: float) -> str:
    """The same day as ISO text."""
    return date.fromordinal(EPOCH.toordinal() + round(value)).isoformat()


def day_span(low: pd.Timestamp, high: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a scale that holds the days: it begins with a year, a short one with a quarter."""
    month = 1 if (high - low).days > 1000 else 3 * ((low.month - 1) // 3) + 1
    first = pd.Timestamp(low.year, month, 1)
    return first, max(high, first + pd.Timedelta(days=120))


def titles(
    columns: Frame, column: str, row: Mapping[str, Any], *, log: bool, titled: str = ""
) -> tuple[str, ...]:
    """What an axis may be called, the fullest first; the words of the column `titled` where that is given."""
    if titled:
        raw = str(row.get(titled, ""))
        words = columns[titled].words(raw, row) if raw else ""
        full = f"{words} (log scale)" if log and "(log scale)" not in words else words
        # An id is no title; the name of what is picked is.
        name = raw if raw[:1].isupper() else ""
        return tuple(t for t in dict.fromkeys((full, words, words.partition(" (")[0], name)) if t)
    declared = columns[column]
    name, unit = columns.heading(column), declared.unit
    if declared.form in ("price", "money"):
        money = str(row.get(declared.beside, ""))
        unit = f"{CURRENCIES.get(money, money)} {unit}".strip()
    elif declared.form == "number" and declared.of:
        unit = f"0 to {declared.of}"
    elif declared.form in ("count", "score"):
        unit = "%" if unit == "percent" else ""
    scale = " (log scale)" if log else ""
    measured = f", {unit}" if unit and unit.lower() not in name.lower() else ""
    return tuple(dict.fromkeys((f"{name}{measured}{scale}", f"{name}{scale}", name)))


def tick_words(
    column: Column, row: Mapping[str, Any], measure: Measure | None = None
) -> Callable[[float], str]:
    """How numbers on a column's axis are written: short, without a noun; as the picked measure says where there is one."""
    if measure is not None:
        return lambda v: measure.says(v, row) if v else "0"
    beside = row.get(column.beside) if column.beside else None
    unit = column.unit if is_missing(beside) else str(beside or column.unit)
    if column.form == "price":
        return lambda v: format_money(v, unit)
    if column.form == "money":
        return lambda v: money_sign(unit) + format_count(v) if v else "0"
    if column.form == "tokens":
        return format_tokens
    if column.form == "percent" or unit == "percent":
        return lambda v: f"{v:g} %"
    return lambda v: format_count(v) if abs(v) >= 1e6 else f"{v:,.0f}" if float(v).is_integer() else f"{v:,g}"


def axis(
    values: Sequence[float],
    candidates: Sequence[str],
    says: Callable[[float], str],
    room: Room,
    *,
    log: bool = False,
    measure: Measure | None = None,
    end: float = 0.0,
    trim: float = 0.0,
    tokens: bool = False,
) -> Axis:
    """A scale of numbers, with a little ground around them.

    Args:
        values: All that must find a place.
        candidates: Titles, the fullest first.
        says: Words of a tick.
        room: Where it will be seen.
        log: Logarithmic; values must be above zero.
        measure: How the picked measure is shown, where there is one.
        end: Fixed upper end, where the measure has none.
        trim: Share of the values that may lie below its foot where there are many: a few old, weak ones would press the
            rest together.
        tokens: Ticks at powers of two.
    """
    named = tuple(candidates)
    zero, end = (measure.zero, measure.end or end) if measure is not None else (False, end)
    seen = (min(values), max(values)) if values else (1.0, 10.0) if log else (0.0, 1.0)
    low, high = seen
    if trim and len(values) > 20:
        low = max(low, float(pd.Series(list(values)).quantile(trim)))
    if log:
        first, last = log10(low), log10(high)
        span = max(last - first, 0.3)
        first, last = first - span * 0.05, last + span * 0.1
        ticks = tuple((t, says(t)) for t in _log_ticks(first, last, tokens))
        return Axis(named, 10**first, 10**last, ticks, seen, log=True, says=says)
    if zero or end:
        low = min(low, 0.0)
    high = max(high, end)
    span = (high - low) or abs(high) * 0.2 or 1.0
    # Nothing that is never negative gets ticks below zero.
    bottom = low - span * (0.03 if low == 0 else 0.06)
    bottom = bottom if low <= 0 else max(bottom, 0.0)
    top = high + span * (0.03 if end else 0.1)
    step = end / 4 if end else nice_step(top - bottom, 4 if room.is_small else 5)
    first_tick = ceil(bottom / step - 1e-9)
    first_tick = max(first_tick, 0) if seen[0] >= 0 else first_tick
    marks = [float(f"{k * step:.10g}") for k in range(first_tick, floor(top / step + 1e-9) + 1)]
    ticks = tuple((t, says(t)) for t in marks)
    return Axis(named, bottom, top, ticks, seen, says=says, zero=bool(zero or end), end=end)


def nice_step(span: float, marks: int) -> float:
    """A round step that sets at most about so many marks on a span."""
    size = 10 ** floor(log10(span / marks)) if span > 0 else 1.0
    return float(next(size * k for k in (1, 2, 2.5, 5, 10) if span / (size * k) <= marks + 0.5))


def _log_ticks(first: float, last: float, tokens: bool) -> list[float]:
    """Marks between powers of ten: eight or fewer powers of two for tokens, else three decades or parts of them."""
    if tokens:
        powers = [1024.0 * 2**i for i in range(-6, 24)]
        for step in (1, 2, 4):
            found = [t for t in powers[::step] if first <= log10(t) <= last]
            if len(found) <= 8:
                break
        return found
    decades = range(floor(first), ceil(last) + 1)
    for marks in ((1,), (1, 3), (1, 2, 5)):
        found = [m * 10.0**d for d in decades for m in marks if first <= log10(m * 10.0**d) <= last]
        if len(found) >= 3:
            break
    return [float(f"{t:.6g}") for t in found]


@lru_cache(maxsize=1_000)
def month_ticks(first: pd.Timestamp, last: pd.Timestamp, step: int) -> tuple[tuple[pd.Timestamp, str], ...]:
    """First days of every so many months of a span, counted from a year's first; years by number, months by name."""
    days = pd.date_range(first.replace(day=1, month=1), last, freq="MS")
    days = [d for d in days if (d.month - 1) % step == 0 and first <= d <= last]
    return tuple((d, str(d.year) if d.month == 1 else f"{d:%b}") for d in days)


def day_axis(values: Sequence[float], room: Room, *, pad: float = 0.03, trim: float = 0.0) -> Axis:
    """A scale of days; years are ticks, and quarters or halves where the span is short.

    Args:
        values: Days as numbers.
        room: Where it will be seen.
        pad: Share of its length that stays free on both sides.
        trim: Share of the days that may lie before its beginning where there are many.
    """
    values = values or [number(pd.Timestamp(d)) or 0.0 for d in ("2024-01-01", "2026-01-01")]
    seen = (min(values), max(values))
    first, last = seen
    ground = max((last - first) * pad, 20.0)
    low, high = first - ground, last + ground
    if trim and len(values) > 20:
        low = max(low, float(pd.Series(list(values)).quantile(trim)) - 60)
    days = high - low
    step = 12 if room.is_small or days > 1600 else 3 if days <= 900 else 6
    ticks = tuple((number(d) or 0.0, words) for d, words in month_ticks(day_of(low), day_of(high), step))
    return Axis((), low, high, ticks, seen, days=True, says=lambda v: str(day_of(v).date()))


@dataclass(frozen=True)
class Reading:
    """How the values of a column are told and set on a scale.

    Attributes:
        columns: What the frame's columns mean.
        column: Column of the values.
        first: First row of the frame, which says what all of them have in common.
        measure: The measure that a reader picked; None where the column says all.
        log: The scale is logarithmic.
        titled: Column whose words are the title of the scale; "" for the column's own.
    """

    columns: Frame
    column: str
    first: Mapping[str, Any]
    measure: Measure | None = None
    log: bool = False
    titled: str = ""

    @cached_property
    def says(self) -> Callable[[float], str]:
        """Words of a value on the scale."""
        measure = self.measure
        if measure is None:
            return tick_words(self.columns[self.column], self.first)
        return lambda value: measure.says(value, self.first)

    def told(self, row: Mapping[str, Any]) -> str:
        """Words of a row's value."""
        value = row[self.column]
        return (
            self.columns[self.column].words(value, row) if self.measure is None else self.says(float(value))
        )

    def at(self, row: Mapping[str, Any]) -> float | None:
        """Where a row stands; None where it has no value, or none that a logarithmic scale has a place for."""
        found = number(row[self.column])
        return None if found is None or (self.log and found <= 0) else found

    def scale(self, values: Sequence[float], room: Room, *, trim: float = 0.0, tokens: bool = False) -> Axis:
        """The scale of all that must find a place; `trim` and `tokens` as of `axis`."""
        named = titles(self.columns, self.column, self.first, log=self.log, titled=self.titled)
        end, measure = float(self.columns[self.column].of), self.measure
        return axis(
            values, named, self.says, room, log=self.log, measure=measure, end=end, trim=trim, tokens=tokens
        )


def reading(
    columns: Frame, column: str, frame: pd.DataFrame, picked: Picked = UNPICKED, *, log: bool = False
) -> Reading:
    """How a column of a frame is read: by that of the measures which the first row names."""
    first: dict[str, Any] = frame.iloc[0].to_dict() if len(frame) else {}
    measure = picked.measures.get(str(first.get(picked.column, "")))
    log = log or (measure is not None and measure.log)
    return Reading(columns, column, first, measure, log, picked.titled)
