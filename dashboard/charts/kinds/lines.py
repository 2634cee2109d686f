"""Lines: values over time, one line a series, named at its end, in panels with scales of their own where units differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.axes import Axis, Measure, axis, day_axis, number, tick_words, titles
from dashboard.charts.kinds.marks import Row, Seen, and_more, grouped, held, named
from dashboard.look.room import Room
from dashboard.look.scales import Value
from dashboard.look.theme import OWN_SIGN, Look

#: Lines of a panel that are named; the others are pale, and hover and table name them.
NAMED_IN_PANEL = 7
#: Lines that a panel draws; a slide, whose workbook holds all, draws them all.
MOST = 40


@dataclass(frozen=True)
class Lines:
    """Lines through rows in order of time, with a mark a row.

    Attributes:
        x: Day; or a number, such as weeks from an event.
        y: Value.
        series: One line each, named at its end with its newest value.
        colour: Column of a vocabulary. A line has the colour of its last row.
        steps: A value holds until the next; a last row that repeats it only says until when, and has no mark. "apart"
            tells lines apart by dash and shade, and each mark has the colour of its own row: where few series of one
            colour each change it on the way.
        panel: Column each of whose values has a panel with a scale of its own, and titles it.
        ends: Column whose words follow the newest value.
        measure: How values are shown, where their column alone does not say it.
    """

    x: str
    y: str
    series: str = "company_name"
    colour: str = "governance_model"
    steps: Literal["", "plain", "apart"] = ""
    panel: str = ""
    ends: str = ""
    measure: Measure | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that it shows, in a reader's order; the first names a row."""
        return named(self.series, self.y, self.x, self.panel, self.ends)

    @property
    def apart(self) -> bool:
        """Whether lines are told apart by dash and shade."""
        return self.steps == "apart"


@dataclass(frozen=True)
class Mark(Seen):
    """One row: where it stands, how it looks; a bare one only says until when the value before it held."""

    x: float
    y: float
    bare: bool = False


@dataclass(frozen=True)
class Line:
    """One series of a panel.

    Attributes:
        name: Its whole name.
        marks: Rows in order of time.
        path: Places that the line joins: of several rows of a day the last.
        value: How the line looks.
        said: What stands behind its name: its newest value in words, and what follows that.
        named: It is named at its end.
        rank: Place among the panel's lines.
    """

    name: str
    marks: tuple[Mark, ...]
    path: tuple[tuple[float, float], ...]
    value: Value
    said: str
    named: bool
    rank: int

    def tint(self, look: Look, apart: bool) -> str:
        """Its colour on a ground; a shade of its own where lines are told apart by that."""
        shades = (look.ink, look.levels[3], look.grey, look.rule)
        return shades[self.rank % 4] if apart else self.value.fill(look)


@dataclass(frozen=True)
class Panel:
    """Lines over one scale.

    Attributes:
        y: The scale.
        lines: In the frame's order.
        more: Says how many lines are left out; "" for none.
    """

    y: Axis
    lines: tuple[Line, ...]
    more: str = ""


@dataclass(frozen=True)
class Strands:
    """The marks of lines: panels from the top, over one scale of time."""

    panels: tuple[Panel, ...]
    x: Axis


def state(kind: Lines, frame: pd.DataFrame, columns: Frame, room: Room) -> Strands:
    """The marks of a frame in a room; no panel for an empty frame.

    One row a value; series in the order of their names, days ascending.
    """
    drawn, left_out = _drawn(kind, frame, room)
    rows = held(frame, columns, kind.x, kind.y, at=drawn)
    panels = []
    for title, mine in grouped(rows, kind.panel).items():
        first = mine[0]
        says = tick_words(columns[kind.y], first, kind.measure)
        series = grouped(mine, kind.series)
        lines = tuple(_line(kind, rank, series[name], says, room) for rank, name in enumerate(series))
        values = [m.y for one in lines for m in one.marks]
        named = (title,) if kind.panel else titles(columns, kind.y, first, log=False)
        end = float(columns[kind.y].of)
        scale = axis(values, named, says, room, measure=kind.measure, end=end)
        panels.append(Panel(scale, lines, and_more(left_out.get(title, 0))))
    along = [m.x for panel in panels for one in panel.lines for m in one.marks]
    unit = columns[kind.x].unit
    x = (
        day_axis(along, room, pad=0.005)
        if columns[kind.x].form == "day"
        else axis(along, (columns.heading(kind.x),), lambda v: f"{v:+,.0f} {unit}" if v else "0", room)
    )
    return Strands(tuple(panels), x)


def _drawn(kind: Lines, frame: pd.DataFrame, room: Room) -> tuple[list[int], dict[str, int]]:
    """Places of the rows whose lines are drawn, and how many lines each panel leaves out.

    Panels are in the order of their ranks: the first are drawn. Else those that moved most are. A reader's own always are.
    """
    known = np.flatnonzero((frame[kind.x].notna() & frame[kind.y].notna()).to_numpy())
    (panel, panels), (series, names) = (_numbered(frame, c, known) for c in (kind.panel, kind.series))
    # Lines in order of their first rows.
    line, of = pd.factorize(panel * len(names) + series)
    values = frame[kind.y].iloc[known].to_numpy(dtype="float64")
    most, least = np.full(len(of), -np.inf), np.full(len(of), np.inf)
    np.maximum.at(most, line, values)
    np.minimum.at(least, line, values)
    moved = np.zeros(len(of)) if kind.panel else least - most
    is_own = np.array([name.endswith(OWN_SIGN) for name in names], dtype=bool)[of % max(len(names), 1)]
    is_drawn, left_out = np.ones(len(of), dtype=bool), dict[str, int]()
    for n, title in enumerate(panels):
        lines = np.flatnonzero(of // max(len(names), 1) == n)
        if len(lines) > MOST and not room.paged:
            left_out[title] = len(lines) - MOST
            is_drawn[lines[np.lexsort((moved[lines], ~is_own[lines]))[MOST:]]] = False
    return known[is_drawn[line]].tolist(), left_out


def _numbered(frame: pd.DataFrame, column: str, at: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The words of a column in some rows as numbers in order of appearance, and the words; all are "" where there is no column."""
    if not column:
        return np.zeros(len(at), dtype="int64"), [""] * bool(len(at))
    of, found = pd.factorize(frame[column].take(at), use_na_sentinel=False)
    return of, list(map(str, found.tolist()))


def _line(kind: Lines, rank: int, rows: list[Row], says: Callable[[float], str], room: Room) -> Line:
    """The line of a series, its rows in order of time; `rank` is its place in the panel."""
    name = str(rows[0][kind.series])
    last = rows[-1].value(kind.colour)
    marks: list[Mark] = []
    for n, r in enumerate(rows):
        x, y = number(r[kind.x]) or 0.0, number(r[kind.y]) or 0.0
        newest = says(y) if kind.measure else f"{y:,.0f}"
        repeats = bool(kind.steps) and 0 < n == len(rows) - 1 and y == marks[-1].y
        told = r.told(f"{name}: {newest}", kind.series, kind.y, kind.panel)
        value = r.value(kind.colour) if kind.apart else last
        marks.append(Mark(*told, value, x, y, repeats))
    has_room = kind.ends and (room.paged or not room.is_small)
    ends = r.words(kind.ends) if has_room else ""
    return Line(
        name,
        tuple(marks),
        tuple({m.x: (m.x, m.y) for m in marks}.values()),
        last,
        f"{newest} {ends}".strip(),
        not kind.panel or rank < NAMED_IN_PANEL,
        rank,
    )
