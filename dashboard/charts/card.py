"""One chart as it was seen, with all that must leave with it: title, unit, filters, sources, snapshot, link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.figures import Figure
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.own import Framed, framed
from dashboard.charts.spec import Chart, Kind
from dashboard.data import citations
from dashboard.data.overlay import OWN_ROWS
from dashboard.data.selection import Selection, words
from dashboard.data.store import Snapshot, Tables
from dashboard.facts import proof
from dashboard.facts.landscape import apply
from dashboard.look.markdown import shortened
from dashboard.look.theme import PRODUCT, format_day, plural

#: Characters of a text that stands for a picture.
MOST_ALT = 1_000
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
        sources: The documents behind the rows, as in the sources table, and `checked`: how many of the values looked up
            in a copy of each were found again, in words.
        snapshot_id: Hash of the data's content.
        as_of_date: The day shown.
        definitions: Column and its meaning, one pair each; "Rows" says what one row is and their order.
        takeaway: What the reader added; "" for none.
        note: What the reader noted for those who come after; "" for none.
        reviewed: Who has read it, on which day and data, as a line; "" for nobody.
        alt: What the chart shows, in words with numbers.
        kind: Which kind of chart it is; None is a table of all its columns.
        columns: What the frame's columns mean.
        permalink: Address of the same view; "" where the app's address is not known.
        finding: What the chart says by its rule, whatever title a reader gave it; "" where it says nothing.
        rest: Rows that a slide has no room for, as lines of its notes.
        nothing: What it means that it has no rows, where that is an answer; it is the title, too.
        figures: What it shows, each with a document and its proof; a deck asks for them.
    """

    chart_id: str
    title: str
    subtitle: str
    filter_line: str
    source_line: str
    question: str
    frame: pd.DataFrame
    sources: pd.DataFrame
    snapshot_id: str
    as_of_date: pd.Timestamp
    definitions: tuple[tuple[str, str], ...] = ()
    takeaway: str = ""
    note: str = ""
    reviewed: str = ""
    alt: str = ""
    permalink: str = ""
    kind: Kind | None = None
    columns: Frame | None = None
    rest: tuple[str, ...] = ()
    finding: str = ""
    nothing: str = ""
    figures: tuple[Figure, ...] = ()

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
        address: Full address of the same view.
        applied: Narrows tables to a selection as `apply` does; a deck remembers what it gave.

    Returns:
        The card; for a frame without rows one whose subtitle says so.
    """
    chart = chart.picked(selection)
    selected = applied(tables, selection)
    found = None if frame is None else Framed(frame, frame)
    if found is None or OWN_ROWS in tables:
        found = framed(chart, applied(tables, selection, keep_outside=chart.outside), selection)
    frame = found.shown
    used = citations.cited(frame["source_ids"], tables["sources"])
    used = used.assign(checked=proof.of_documents(tables, used["source_id"]))
    nothing = ""
    if frame.empty:
        used, finding = used.iloc[:0], ""
        nothing = "" if selected["companies"].empty else chart.nothing(selected, selection)
        subtitle = f"No data under these filters. {chart.empty}".rstrip(". ")
        if nothing:
            subtitle = f"{chart.title}, as of {format_day(selection.as_of)}"
        source_line = f"{PRODUCT}, data to {format_day(snapshot.as_of)}, snapshot {snapshot.id}."
    else:
        subtitle, finding = scope_and_finding(chart, found.field, selection, found.and_own)
        source_line = citations.short_line(citations.behind(used), snapshot, chart.note_on(frame))
    return Card(
        chart_id=chart.id,
        title=finding or nothing or chart.title,
        subtitle=subtitle,
        filter_line=words(tables, selected, selection).replace("**", ""),
        source_line=source_line,
        question=chart.question,
        frame=frame,
        sources=used,
        snapshot_id=snapshot.id,
        as_of_date=selection.as_of,
        definitions=(*chart.columns.definitions(frame), *rule_of(chart)),
        alt=alt_text(chart, frame, subtitle, finding),
        permalink=address,
        kind=chart.kind,
        columns=chart.columns,
        finding=finding,
        nothing=nothing,
    )


def rule_of(chart: Chart) -> tuple[tuple[str, str], ...]:
    """The rule behind a word of a chart, as definitions have it: the word and what it means; none for a chart without."""
    word, _, means = chart.rule.partition(": ")
    return ((word, means),) if means else ()


def rules(card: Card) -> list[str]:
    """Rules in full behind words of a card, a sentence each: definitions that are of no column."""
    known = {"Rows", *map(str, card.frame.columns)}
    return [f"{word}: {means}." for word, means in card.definitions if word not in known]


def card_table(card: Card) -> Table:
    """The card's own table; of another chart the columns that it reads, and the governance model where it has one."""
    if isinstance(card.kind, Table):
        return card.kind
    read = card.kind.reads if card.kind is not None else tuple(map(str, card.frame))
    shown = [c for c in read if not c.endswith(("_id", "_ids"))]
    if card.kind is not None and "governance_model" in card.frame and "governance_model" not in shown:
        shown.insert(1, "governance_model")
    # A Chinese name follows the other.
    zh = {c for c in shown if c.endswith("_zh") and c.removesuffix("_zh") in shown}
    return Table(tuple(Cell(c, f"{c}_zh" if f"{c}_zh" in zh else "") for c in shown if c not in zh))


def scope_and_finding(
    chart: Chart, field: pd.DataFrame, selection: Selection, and_own: str
) -> tuple[str, str]:
    """Unit and scope, and the finding: both of the field, with a word on a reader's own rows beside it."""
    if field.empty:
        return and_own.removeprefix(" · "), ""
    return chart.scope_line(field, selection) + and_own, chart.finding(field, selection)


def alt_text(chart: Chart, frame: pd.DataFrame, subtitle: str, finding: str) -> str:
    """What the chart shows, in words with numbers, for those who do not see it."""
    start = f"{chart.title}. {finding + '. ' if finding and finding != chart.title else ''}"
    if frame.empty:
        return f"{start}No data under these filters."
    end = f" {plural(len(frame), 'row')} of data; available as CSV."
    # Readers of screens speak all of it, and programs refuse what is longer.
    return f"{shortened(f'{start}{subtitle}.', MOST_ALT - len(end))}{end}"
