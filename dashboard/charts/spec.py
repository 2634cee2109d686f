"""What a chart is: one declaration that the page, the gallery, the exports and the tests all read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from dashboard.charts import marks, scope
from dashboard.charts.columns import Frame, Shown
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.sides import Sides
from dashboard.charts.kinds.table import Table
from dashboard.data.permalink import not_here
from dashboard.data.selection import Selection
from dashboard.data.store import Tables

#: Where a frame tells of which editions its numbers are.
EDITIONS = "editions"
Kind = Bars | Change | Columns | Dots | Flow | Lanes | Lines | Matrix | Points | Sides | Table


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

    def picked(self, tables: Tables, selection: Selection) -> str:
        """The option picked; the first on offer where none, or one that is not on offer, is; "" where nothing is."""
        offered = self.options(tables, selection)
        asked = selection.pick(self.name)
        return asked if asked in offered else next(iter(offered), "")


@dataclass(frozen=True)
class Chart:
    """One chart, declared once.

    Attributes:
        title: What is measured, in sentence case; shown when no finding holds.
        question: The question a reader brings, ending in "?".
        subtitle: Unit and scope: a sentence with places for words (see `scope`), or what makes it from the frame and the
            selection; like the finding asked of frames with rows alone, by `scope_line`.
        shows: Its columns, what makes its frame and what finds a sentence in it, which the chart has, too, as `columns`,
            `data` and `finding`.
        kind: Which kind of chart it is, and which columns are its what; every medium draws the kind's marks.
        outside: True when companies outside China pass the company filters, as grey context.
        topic: Page it belongs to: overview, governance, companies, models, claims or data; `on` says it of a module's charts.
        note: What a reader must know to read the marks; joins the source line.
        rule: Rule in full behind one of its words, "Word: the rule": after the line on the page, among the definitions of
            files and notes. The line under a slide has no room for it.
        choices: What the reader picks for this chart alone, in the order shown.
        scales: Ids of `ratings.SCALES` that the numbers of a frame rest on, or what finds them in it: the source line says
            of which edition they are.
        asks: Picks made elsewhere that the chart follows, too.
        empty: What is said where it has no row under any filters: which data it waits for.
        nothing: What it says where it has no row and that is an answer, from the selected tables; "" where it is none.
        under: Of the reader's own chart alone, whose kind, columns and title follow from what is picked: the chart of a
            selection.
        id: Stable slug, the name of its data function: names files, slide shapes and links.
    """

    title: str
    question: str
    subtitle: str | Callable[[pd.DataFrame, Selection], str]
    shows: Shown
    kind: Kind
    outside: bool = False
    topic: str = ""
    note: str = ""
    rule: str = ""
    choices: tuple[Choice, ...] = ()
    scales: tuple[str, ...] | Callable[[pd.DataFrame, Selection], tuple[str, ...]] = ()
    asks: tuple[str, ...] = ()
    empty: str = ""
    nothing: Callable[[Tables, Selection], str] = lambda tables, selection: ""
    under: Callable[[Selection], Chart] | None = None
    id: str = field(init=False)
    columns: Frame = field(init=False)
    data: Callable[[Tables, Selection], pd.DataFrame] = field(init=False)
    finding: Callable[[pd.DataFrame, Selection], str] = field(init=False)

    def __post_init__(self) -> None:
        # As plain attributes, not asked for again at every mark.
        for name in ("columns", "data", "finding"):
            object.__setattr__(self, name, getattr(self.shows, name))
        object.__setattr__(self, "id", self.data.__name__.replace("_", "-"))

    def picked(self, selection: Selection) -> Chart:
        """The chart as a selection's picks make it: itself, but for the reader's own chart."""
        return self if self.under is None else self.under(selection)

    @property
    def screen(self) -> Literal["figure", "table"]:
        """A "table" stands on the page with its links instead of a figure."""
        return "table" if isinstance(self.kind, Table) else "figure"

    def scope_line(self, frame: pd.DataFrame, selection: Selection) -> str:
        """Unit and scope of a frame with rows, in words."""
        said = self.subtitle
        return scope.said(said, frame, selection) if isinstance(said, str) else said(frame, selection)

    def rests_on(self, frame: pd.DataFrame, selection: Selection) -> tuple[str, ...]:
        """Ids of the scales that the numbers of a frame rest on."""
        return self.scales(frame, selection) if callable(self.scales) else self.scales

    def wrong_picks(self, tables: Tables, selection: Selection) -> list[str]:
        """One sentence for each thing picked for this chart that cannot be had; `tables` are the selected ones."""
        said = []
        for choice in self.choices:
            asked, options = selection.pick(choice.name), choice.options(tables, selection)
            if asked and options and asked not in options:
                said.append(not_here(choice.label.lower(), asked, options))
        return said

    def note_on(self, frame: pd.DataFrame) -> str:
        """The editions of scales it rests on, the chart's note, and what its hollow, ringed and faded marks mean."""
        # A slide cuts a long line at its end: which editions the numbers are of stands in front.
        parts = (str(frame.attrs.get(EDITIONS, "")), self.note, marks.caveat_note(frame, self.kind.reads[0]))
        return " ".join(p for p in parts if p)


def on(topic: str, *charts: Chart, choices: tuple[Choice, ...] = (), **same: Any) -> tuple[Chart, ...]:
    """The charts of a module, in the order of their page.

    Args:
        topic: Topic of those that name none of their own.
        charts: The charts.
        choices: What the reader picks for each of them, before what it asks itself.
        same: What holds of all of them, as their declarations would say it.
    """
    return tuple(replace(c, topic=c.topic or topic, choices=(*choices, *c.choices), **same) for c in charts)
