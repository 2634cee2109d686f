"""What a chart is: one declaration that the page, the gallery, the exports and the tests all read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import marks
from dashboard.charts.columns import Frame
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.table import Table, names_of
from dashboard.data.permalink import not_here
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look.theme import Look

Kind = Bars | Change | Columns | Flow | Lanes | Matrix | Points | Table

NativeKind = Literal[
    "bar_clustered",
    "bar_stacked",
    "column_clustered",
    "column_stacked",
    "column_stacked_100",
    "line",
    "xy_scatter",
    "table",
    "heat_table",
    "timeline",
    "change",
    "flow",
]


@dataclass(frozen=True)
class Native:
    """How PowerPoint draws a chart's frame as an object of its own.

    Every field but `kind` and `unit` names a column of the frame.

    Attributes:
        kind: The PowerPoint form.
        category: Rows of a table, categories of an axis, lanes of a timeline.
        value: Length of a bar or height of a point; for a timeline the first day of a segment.
        x: Horizontal value of a scatter; for a timeline the last day of a segment.
        series: One series (or, in a heat table, one column) per value; None is a single series.
        colour_by: Column of governance model ids which colours marks, segments and cells.
        label: Text set beside a point or inside a segment.
        columns: Columns of a table, in order; empty means all that do not end in `_id`. Of a heat table: numbers of a
            row of their own, set behind its cells.
        named: Column of flags: points of a scatter which are drawn strong and named first; bars without it are faint.
        line_name: What the step line says that joins the named points; empty draws none. Where the series is not the
            colour, each series has its own.
        thread: Column of a second value to which a thread leads from the named points of a scatter.
        log_x: Horizontal axis is logarithmic.
        log_y: Vertical axis is logarithmic.
        unit: Unit of `value` in words, the title of its axis.
        x_unit: Unit of `x` in words.
    """

    kind: NativeKind
    category: str
    value: str = ""
    x: str | None = None
    series: str | None = None
    colour_by: str | None = None
    label: str | None = None
    columns: tuple[str, ...] = ()
    named: str | None = None
    line_name: str = ""
    thread: str | None = None
    log_x: bool = False
    log_y: bool = False
    unit: str = ""
    x_unit: str = ""


@dataclass(frozen=True)
class Choice:
    """Something the reader picks for one chart: an axis, a benchmark, a company and event.

    Attributes:
        name: Parameter in the address, "chart.option"; the data function asks `selection.pick(name)` for it.
        label: What the reader reads beside it.
        options: Option ids to labels, from the selected tables; the first is the default.
    """

    name: str
    label: str
    options: Callable[[Tables, Selection], dict[str, str]]


@dataclass(frozen=True)
class Chart:
    """One chart, declared once.

    Attributes:
        id: Stable slug; names files, slide shapes and links.
        topic: Page it belongs to: overview, governance, companies, models, claims or data.
        title: What is measured, in sentence case; shown when no finding holds.
        question: The question a reader brings, ending in "?".
        subtitle: Unit and scope in words, from the frame and the selection.
        tables: Tables the data function reads; sources are found from their selected rows.
        data: Selected tables to the frame: tidy, sorted as shown, labels ready, units in column names; `source_ids`,
            `confidence` and `caveat` say how firmly each row stands (see `marks`).
        columns: What the frame's columns mean, each declared once.
        kind: Which kind of chart it is, and which columns are its what; every medium draws the kind's marks.
        figure: For charts that are of no kind yet: frame to Plotly figure; draws marks only, text around it is the page's or the export's. Each mark names
            its row in `customdata`.
        native: How PowerPoint draws the same frame; None needs a comment saying why.
        finding: One sentence that the frame supports, or "" when it supports none.
        outside: True when companies outside China pass the company filters, as grey context.
        screen: "table" when the page shows the frame as a table with links instead of the figure.
        note: What a reader must know to read the marks; joins the source line.
        choices: What the reader picks for this chart alone, in the order shown.
        under: Of the reader's own chart alone, whose kind, columns and title follow from what is picked: the chart of a
            selection.
    """

    id: str
    topic: str
    title: str
    question: str
    subtitle: Callable[[pd.DataFrame, Selection], str]
    tables: tuple[str, ...]
    data: Callable[[Tables, Selection], pd.DataFrame]
    columns: Frame | None = None
    kind: Kind | None = None
    figure: Callable[[pd.DataFrame, Look], go.Figure] | None = None
    native: Native | None = None
    finding: Callable[[pd.DataFrame, Selection], str] = lambda frame, selection: ""
    outside: bool = False
    screen: Literal["figure", "table"] = "figure"
    note: str = ""
    choices: tuple[Choice, ...] = ()
    under: Callable[[Selection], Chart] | None = None

    def picked(self, selection: Selection) -> Chart:
        """The chart as a selection's picks make it: itself, but for the reader's own chart."""
        return self if self.under is None else self.under(selection)

    def __post_init__(self) -> None:
        if self.kind is not None:
            object.__setattr__(self, "native", native_of(self.kind))
        if isinstance(self.kind, Table):
            object.__setattr__(self, "screen", "table")

    def draw(self, frame: pd.DataFrame, look: Look) -> go.Figure:
        """The figure of a chart of no kind: marks drawn, and those on weak ground marked as such."""
        assert self.figure is not None
        return marks.flag(self.figure(frame, look), frame, look)

    def wrong_picks(self, tables: Tables, selection: Selection) -> list[str]:
        """One sentence for each thing picked for this chart that cannot be had; `tables` are the selected ones."""
        said = []
        for choice in self.choices:
            asked, options = selection.pick(choice.name), choice.options(tables, selection)
            if asked and options and asked not in options:
                said.append(not_here(choice.label.lower(), asked))
        return said

    def note_on(self, frame: pd.DataFrame) -> str:
        """The chart's note, and what its hollow, ringed and faded marks mean where it has some."""
        names = self.native.category if self.native else ""
        return f"{self.note} {marks.caveat_note(frame, names)}".strip()


def native_of(kind: Kind) -> Native:
    """The columns that a kind names, as readers of `Native` expect them."""
    if isinstance(kind, Bars):
        form: NativeKind = "bar_stacked" if kind.stack else "bar_clustered"
        told = kind.behind[0] if kind.behind else None
        return Native(form, kind.category, kind.value, series=kind.stack or None, label=told)
    if isinstance(kind, Table):
        first = kind.cells[0]
        name = first if isinstance(first, str) else first.column
        return Native("table", name, columns=names_of(kind))
    if isinstance(kind, Matrix):
        behind = (kind.behind,) if kind.behind else ()
        return Native(
            "heat_table", kind.row, kind.value, series=kind.column, label=kind.words or None, columns=behind
        )
    if isinstance(kind, Points):
        return Native(
            "xy_scatter",
            kind.name,
            kind.y,
            kind.x,
            kind.join_by or kind.colour,
            label=kind.name,
            named=kind.strong or None,
        )
    if isinstance(kind, Change):
        # Read for the columns of a slide's table and of its notes.
        told_columns = (
            *(c for part in kind.head for c in part),
            kind.before,
            kind.fill,
            kind.after,
            *kind.said,
            kind.note,
        )
        own = tuple(dict.fromkeys(c for c in (kind.panel, kind.row, *told_columns) if c))
        return Native("change", kind.panel or kind.row, kind.after, columns=own)
    if isinstance(kind, Flow):
        return Native("flow", kind.before, kind.value, series=kind.after)
    if isinstance(kind, Lanes):
        told = kind.fill if kind.last else kind.words
        return Native("timeline", kind.lane, kind.first, kind.last or None, label=told or None, unit="date")
    form = "column_stacked" if kind.stack else "column_clustered"
    told_too = (kind.panel, kind.period, kind.stack, kind.value) if kind.panel else ()
    return Native(form, kind.period, kind.value, series=kind.stack or None, columns=told_too)
