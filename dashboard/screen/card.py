"""What a chart card shows, made once for a build, a chart and a view, and shared by every reader who looks at it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from dashboard.charts import Chart, marks
from dashboard.charts.card import alt_text, scope_and_finding
from dashboard.charts.own import framed
from dashboard.data import citations
from dashboard.data.cut import Cut
from dashboard.data.memory import Memory
from dashboard.data.selection import Selection, as_of
from dashboard.data.store import Snapshot, Tables
from dashboard.draw import plotly
from dashboard.facts.landscape import narrow
from dashboard.facts.views import narrowing
from dashboard.look.theme import Look
from dashboard.screen import figure

MB = 1_000_000


#: Bytes of a cell of the tables, on average; most are short texts.
CELL_BYTES = 20


def frame_bytes(frame: pd.DataFrame) -> int:
    """Bytes that a frame holds, about: to weigh every cell takes longer than to make some."""
    return frame.size * CELL_BYTES


def _tables_bytes(tables: Cut) -> int:
    """Bytes that tables under a view hold by now: what is cut and what is computed from it is made when asked for."""
    return tables.cells * CELL_BYTES // 2 + 500_000


@dataclass(frozen=True, slots=True)
class State:
    """A card's rows and words.

    Attributes:
        frame: The chart's frame; shared, never to be changed.
        finding: One sentence that the frame supports, "" without any.
        subtitle: Unit and scope.
        note: What a reader must know to read the marks.
        line: Publishers, product, day and snapshot, and the note.
        publishers: The most cited publisher and how many more.
        alt: What the chart shows, in words with numbers.
    """

    frame: pd.DataFrame
    finding: str
    subtitle: str
    note: str
    line: str
    publishers: str
    alt: str

    @property
    def has_sources(self) -> bool:
        """True where a document stands behind the rows."""
        return bool(self.publishers)


def _state_bytes(state: State) -> int:
    words = (state.finding, state.subtitle, state.note, state.line, state.publishers, state.alt)
    return frame_bytes(state.frame) + 2 * sum(map(len, words)) + 1000


#: Tables under a selection. A page asks for few, once for each of its cards: of large data those few stay, or every
#: card would cut all tables again.
_tables: Memory[Cut] = Memory("tables under a view", 192 * MB, _tables_bytes, least=6, grow=True)
_states: Memory[State] = Memory("rows and words of chart cards", 64 * MB, _state_bytes)
_figures: Memory[bytes] = Memory("drawn figures", 48 * MB, len)
_choices: Memory[dict[str, str]] = Memory(
    "what a chart lets pick", 8 * MB, lambda options: 200 * len(options) + 500
)


def stood(snapshot: Snapshot, tables: Tables, day: pd.Timestamp, newest: pd.Timestamp) -> Cut:
    """All tables of a build as they stood on a day, whatever the filters."""
    return _tables.get((snapshot.id, day, newest), lambda: as_of(tables, Selection(as_of=day, newest=newest)))


def applied(snapshot: Snapshot, tables: Tables, selection: Selection, *, keep_outside: bool = False) -> Cut:
    """The tables of a build narrowed to a selection, as `landscape.apply` does it."""
    asked = narrowing(selection)

    def narrowed() -> Cut:
        day = stood(snapshot, tables, selection.as_of, selection.newest)
        return narrow(day, selection, keep_outside=keep_outside)

    return _tables.get((snapshot.id, asked, keep_outside), narrowed)


def of_chart(chart: Chart, selection: Selection) -> Selection:
    """The selection without what was picked for other charts."""
    mine, own = {*chart.asks, *(c.name for c in chart.choices)}, f"{chart.id}."
    picked = tuple(p for p in selection.picked if p[0] in mine or p[0].startswith(own))
    return replace(selection, picked=picked)


def options(
    snapshot: Snapshot, tables: Tables, chart: Chart, selection: Selection, at: int
) -> dict[str, str]:
    """What a chart's choice number `at` offers under a selection; shared, never to be changed."""
    own = of_chart(chart, selection)
    return _choices.get(
        (snapshot.id, chart.id, at, own),
        lambda: chart.choices[at].options(applied(snapshot, tables, own, keep_outside=chart.outside), own),
    )


def state(snapshot: Snapshot, tables: Tables, chart: Chart, selection: Selection) -> State:
    """Rows and words of a chart under a selection."""
    own = of_chart(chart, selection)
    return _states.get((snapshot.id, chart.id, own), lambda: _made(snapshot, tables, chart, own))


def _made(snapshot: Snapshot, tables: Tables, chart: Chart, selection: Selection) -> State:
    found = framed(chart, applied(snapshot, tables, selection, keep_outside=chart.outside), selection)
    frame = found.shown
    stand = citations.behind_cells(frame["source_ids"], tables["sources"])
    subtitle, finding = "", ""
    if not frame.empty:
        subtitle, finding = scope_and_finding(chart, found.field, selection, found.and_own)
    note = chart.note_on(frame)
    return State(
        frame=frame,
        finding=finding,
        subtitle=subtitle,
        note=note,
        line=citations.short_line(stand, snapshot, f"{note} {chart.rule}.".strip() if chart.rule else note),
        publishers=citations.publishers_line(stand, 1),
        alt=alt_text(chart, frame, subtitle, finding),
    )


def drawn(snapshot: Snapshot, tables: Tables, chart: Chart, selection: Selection, look: Look) -> bytes:
    """A chart under a selection, drawn for a look, ready to be sent."""
    own = of_chart(chart, selection)

    def draw() -> bytes:
        one = state(snapshot, tables, chart, own)
        spec = marks.told(figure.plain(plotly.draw(chart, one.frame, look)), one.frame, tables["sources"])
        return figure.packed(spec, one.alt)

    return _figures.get((snapshot.id, chart.id, own, look), draw)
