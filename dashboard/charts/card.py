"""One chart as it was seen, with all that must leave with it: title, unit, filters, sources, snapshot, link."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.spec import Chart, Kind, Native
from dashboard.data import citations
from dashboard.data.selection import Selection, words
from dashboard.data.store import Snapshot, Tables
from dashboard.facts.landscape import apply
from dashboard.look.theme import PRODUCT, format_day, plural

LICENCE = "Data CC BY 4.0; terms of single sources stand beside their citations"


class ExportRefusedError(Exception):
    """A file that would say less than it must is not made; the text says why."""


@dataclass(frozen=True)
class Card:
    """Everything an export needs to know about a chart, as plain values.

    Attributes:
        chart_id: Slug of the chart; names its shapes, so that a later deck refresh finds them.
        title: One sentence: the finding, else what is measured.
        subtitle: Unit and scope, how many of how many.
        filter_line: The selection in words.
        source_line: Publishers, product, day of the data, snapshot, and what a reader must know of the marks.
        question: The question that the chart answers.
        frame: The rows shown; what they mean is in `definitions`.
        native: How PowerPoint draws them; None is a table.
        sources: The documents behind the rows, as in the sources table.
        snapshot_id: Hash of the data's content.
        as_of_date: The day shown.
        definitions: Column and its meaning, one pair each; "Rows" says what one row is and their order.
        takeaway: What the reader added; "" for none.
        alt: What the chart shows, in words with numbers.
        kind: Which kind of chart it is; None for one that `native` describes.
        columns: What the frame's columns mean.
        permalink: Address of the same view; "" where the app's address is not known.
    """

    chart_id: str
    title: str
    subtitle: str
    filter_line: str
    source_line: str
    question: str
    frame: pd.DataFrame
    native: Native | None
    sources: pd.DataFrame
    snapshot_id: str
    as_of_date: pd.Timestamp
    definitions: tuple[tuple[str, str], ...] = ()
    takeaway: str = ""
    alt: str = ""
    permalink: str = ""
    kind: Kind | None = None
    columns: Frame | None = None

    def require_sources(self) -> None:
        """Refuses a card without sources.

        Raises:
            ExportRefusedError: the source line is empty.
        """
        if not self.source_line.strip():
            raise ExportRefusedError(
                f"“{self.title}” is not exported: no document stands behind these rows, so its source line would be "
                "empty."
            )


def make(
    chart: Chart,
    tables: Tables,
    selection: Selection,
    snapshot: Snapshot,
    *,
    frame: pd.DataFrame | None = None,
    dictionary: pd.DataFrame | None = None,
    address: str = "",
    applied: Callable[..., Tables] = apply,
) -> Card:
    """The card of a chart under a selection, the same for a click, a link and the command line.

    Args:
        chart: Which chart.
        tables: All tables, as loaded.
        selection: What is shown.
        snapshot: The build that the tables come from.
        frame: The chart's frame where it is at hand; made here when None.
        dictionary: Describes columns, as `store.dictionary` reads it; without it only what the chart says of them.
        address: Full address of the same view.
        applied: Narrows tables to a selection as `apply` does; a deck remembers what it gave.

    Returns:
        The card; for a frame without rows one whose subtitle says so.
    """
    chart = chart.picked(selection)
    selected = applied(tables, selection)
    if frame is None:
        frame = chart.data(applied(tables, selection, keep_outside=chart.outside), selection)
    used = citations.sources_used(chart.tables, frame, selected, tables)
    if frame.empty:
        used = used.iloc[:0]
        subtitle, finding = "No data under these filters", ""
        source_line = f"{PRODUCT}, data to {format_day(snapshot.as_of)}, snapshot {snapshot.id}."
    else:
        subtitle = chart.subtitle(frame, selection)
        finding = chart.finding(frame, selection)
        source_line = citations.short_line(used, snapshot, chart.note_on(frame))
    return Card(
        chart_id=chart.id,
        title=finding or chart.title,
        subtitle=subtitle,
        filter_line=words(tables, selected, selection).replace("**", ""),
        source_line=source_line,
        question=chart.question,
        frame=frame,
        native=chart.native,
        sources=used,
        snapshot_id=snapshot.id,
        as_of_date=selection.as_of,
        definitions=definitions(chart, frame, dictionary),
        alt=alt_text(chart, frame, selection, finding),
        permalink=address,
        kind=chart.kind,
        columns=chart.columns,
    )


def card_table(card: Card) -> Table:
    """The card's own table; of another chart, the columns that it names."""
    if isinstance(card.kind, Table):
        return card.kind
    wanted = card.native.columns if card.native else ()
    shown = wanted or tuple(c for c in card.frame if not str(c).endswith(("_id", "_ids")))
    # A Chinese name follows the other.
    zh = {c for c in shown if c.endswith("_zh") and c.removesuffix("_zh") in shown}
    return Table(tuple(Cell(c, f"{c}_zh" if f"{c}_zh" in zh else "") for c in shown if c not in zh))


def alt_text(chart: Chart, frame: pd.DataFrame, selection: Selection, finding: str) -> str:
    """What the chart shows, in words with numbers, for those who do not see it."""
    start = f"{chart.title}. {finding + '. ' if finding and finding != chart.title else ''}"
    if frame.empty:
        return f"{start}No data under these filters."
    return (
        f"{start}{chart.subtitle(frame, selection)}. {plural(len(frame), 'row')} of data; available as CSV."
    )


_COLUMN = re.compile(r"(\w+)\s*(?:\(((?:[^()]|\([^()]*\))*)\))?")


def definitions(
    chart: Chart, frame: pd.DataFrame, dictionary: pd.DataFrame | None = None
) -> tuple[tuple[str, str], ...]:
    """What each column of a frame means: in the words of the chart's own data function, else of the dictionary."""
    if chart.columns is not None:
        return chart.columns.definitions(frame)
    said = inspect.getdoc(chart.data) or ""
    returns = " ".join(said.partition("Returns:")[2].split())
    columns, _, rows = _split_outside(returns, ";")
    own = {name: meaning for name, meaning in _COLUMN.findall(columns) if meaning and name in frame}
    known: dict[str, str] = {}
    if dictionary is not None:
        mine = dictionary[dictionary["table"].isin(chart.tables)]
        for row in mine.itertuples(index=False):
            unit = f" ({row.unit})" if row.unit else ""
            known.setdefault(str(row.column), f"{row.description}{unit}")
    out = [("Rows", rows.strip().rstrip(".").replace("``", ""))] if rows.strip() else []
    out += [
        (c, own.get(c) or known.get(c) or _COMMON.get(c) or _by_ending(c)) for c in map(str, frame.columns)
    ]
    return tuple((c, meaning) for c, meaning in out if meaning)


_COMMON = {
    "company_name": "name of the organisation",
    "governance_model": "short name of the governance model in force",
    "governance_model_id": "id of the governance model in force; empty outside China",
    "is_outside": "true for organisations outside China",
    "source_ids": "documents behind the row; see Sources",
}


#: What the house words for columns say by themselves.
_ENDINGS = {
    "_source_ids": "documents behind the {}; see Sources",
    "_precision": "how exact the {} is: day, month, quarter, year or approximate",
    "_model_id": "id of the governance model {}",
    "_id": "id of the {}",
    "_zh": "the {} in Chinese",
    "_names": "names of the {}, in one cell",
    "_date": "day of the {}",
    "_day": "day {}",
}


def _by_ending(column: str) -> str:
    for ending, meaning in _ENDINGS.items():
        if column.endswith(ending):
            return meaning.format(column.removesuffix(ending).replace("_", " "))
    return ""


def _split_outside(text: str, mark: str) -> tuple[str, str, str]:
    """Partition at the first mark that no bracket encloses."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if c == mark and depth == 0:
            return text[:i], mark, text[i + 1 :]
    return text, "", ""
