"""Lines: values over time, one line a series, named at its end, in panels with scales of their own where units differ."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.axes import Axis, Measure, axis, day_axis, number, tick_words, titles
from dashboard.charts.kinds.marks import Told, caveats_of, hover, named, records, value_of
from dashboard.look.room import Room
from dashboard.look.scales import Scale, Value
from dashboard.look.theme import is_missing

#: Lines of a panel that are named; the others are pale, and hover and table name them.
NAMED_IN_PANEL = 7


@dataclass(frozen=True)
class Lines:
    """Lines through rows in order of time, with a mark a row.

    Attributes:
        x: Day; or a number, such as weeks from an event.
        y: Value.
        series: One line each, named at its end with its newest value.
        colour: Column of a vocabulary. A line has the colour of its last row.
        steps: A value holds until the next; a last row that repeats it only says until when, and has no mark.
        apart: Lines are told apart by dash and shade, and each mark has the colour of its own row: where few series of
            one colour each change it on the way.
        panel: Column each of whose values has a panel with a scale of its own, and titles it.
        ends: Column whose words follow the newest value.
        measure: How values are shown, where their column alone does not say it.
    """

    x: str
    y: str
    series: str
    colour: str
    steps: bool = False
    apart: bool = False
    panel: str = ""
    ends: str = ""
    measure: Measure | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return named(self.series, self.y, self.x, self.panel, self.ends)


@dataclass(frozen=True)
class Mark(Told):
    """One row: where it stands, how it looks; a bare one only says until when the value before it held."""

    x: float
    y: float
    value: Value
    bare: bool = False


@dataclass(frozen=True)
class Line:
    """One series of a panel.

    Attributes:
        name: Its whole name.
        marks: Rows in order of time.
        path: Places that the line joins: of several rows of a day the last.
        value: How the line looks.
        newest: Its newest value in words.
        ends: What follows that; "" for nothing.
        named: It is named at its end.
        rank: Place among the panel's lines.
    """

    name: str
    marks: tuple[Mark, ...]
    path: tuple[tuple[float, float], ...]
    value: Value
    newest: str
    ends: str
    named: bool
    rank: int


@dataclass(frozen=True)
class Panel:
    """Lines over one scale."""

    y: Axis
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Strands:
    """The marks of lines: panels from the top, over one scale of time."""

    panels: tuple[Panel, ...]
    x: Axis


def state(kind: Lines, frame: pd.DataFrame, columns: Frame, room: Room) -> Strands:
    """The marks of a frame in a room; no panel for an empty frame.

    One row a value; series in the order of their names, days ascending.
    """
    scale = columns[kind.colour].scale
    weak = dict(zip(frame.index, caveats_of(frame), strict=True))
    rows = [(i, r) for i, r in records(frame) if not is_missing(r[kind.x]) and not is_missing(r[kind.y])]
    groups: dict[str, dict[str, list[tuple[Hashable, dict[str, Any]]]]] = {}
    for i, r in rows:
        of_panel = groups.setdefault(str(r[kind.panel]) if kind.panel else "", {})
        of_panel.setdefault(str(r[kind.series]), []).append((i, r))
    panels = []
    for title, series in groups.items():
        first = next(iter(series.values()))[0][1]
        says = _says(kind, columns, first)
        lines = tuple(
            _line(kind, columns, name, mine, weak, scale, says, rank)
            for rank, (name, mine) in enumerate(series.items())
        )
        values = [m.y for one in lines for m in one.marks]
        named = (title,) if kind.panel else titles(columns, kind.y, first, log=False)
        end = float(columns[kind.y].of)
        panels.append(Panel(axis(values, named, says, room, measure=kind.measure, end=end), lines))
    along = [d for _, r in rows if (d := number(r[kind.x])) is not None]
    if columns[kind.x].form == "day":
        return Strands(tuple(panels), day_axis(along, room, pad=0.005))
    unit = columns[kind.x].unit
    return Strands(
        tuple(panels),
        axis(along, (columns.heading(kind.x),), lambda v: f"{v:+,.0f} {unit}" if v else "0", room),
    )


def _says(kind: Lines, columns: Frame, row: dict[str, Any]) -> Callable[[float], str]:
    measure = kind.measure
    if measure is None:
        return tick_words(columns[kind.y], row)
    return lambda value: measure.says(value, row) if value else "0"


def _line(
    kind: Lines,
    columns: Frame,
    name: str,
    rows: list[tuple[Hashable, dict[str, Any]]],
    weak: dict[Hashable, frozenset[str]],
    scale: Scale | None,
    says: Callable[[float], str],
    rank: int,
) -> Line:
    marks: list[Mark] = []
    for n, (i, r) in enumerate(rows):
        x, y = number(r[kind.x]), number(r[kind.y])
        assert x is not None and y is not None
        repeats = kind.steps and 0 < n == len(rows) - 1 and y == marks[-1].y
        said = f"{name}: {says(y) if kind.measure else f'{y:,.0f}'}"
        without = (kind.series, kind.y, kind.panel)
        marks.append(
            Mark(i, hover(columns, r, said, without), weak[i], x, y, value_of(r, kind.colour, scale), repeats)
        )
    last = rows[-1][1]
    y = marks[-1].y
    if not kind.apart:
        marks = [replace(m, value=marks[-1].value) for m in marks]
    path = tuple({m.x: (m.x, m.y) for m in marks}.values())
    return Line(
        name,
        tuple(marks),
        path,
        marks[-1].value,
        says(y) if kind.measure else f"{y:,.0f}",
        columns[kind.ends].words(last[kind.ends], last) if kind.ends else "",
        not kind.panel or rank < NAMED_IN_PANEL,
        rank,
    )
