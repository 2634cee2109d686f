"""The figures that a chart shows, each with a document, the day it was read, and whether the value was found in it again."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds.table import words
from dashboard.data import cells
from dashboard.data.citations import naming_rank, split_ids
from dashboard.data.store import Tables
from dashboard.facts import proof
from dashboard.look.theme import format_day, is_blank, plural

#: Values of a row that one line tells.
MOST_VALUES = 3


class Read(NamedTuple):
    """A document as a figure names it: publisher, address, and the day on which it was read."""

    publisher: str = ""
    url: str = ""
    day: str = ""


class Figure(NamedTuple):
    """One figure.

    Attributes:
        row: Label of the frame's row; None for a chart's headline.
        name: What it is of; of a chart's headline what it says.
        value: Its value in words; of a headline on how much it rests.
        document: The one that it was found in again, else the strongest.
        found: Whether the value was found in it again, in words.
    """

    row: Hashable
    name: str
    value: str
    document: Read
    found: str = ""


def figures(
    headline: str,
    frame: pd.DataFrame,
    columns: Frame,
    reads: Sequence[str],
    sources: pd.DataFrame,
    tables: Tables,
) -> tuple[Figure, ...]:
    """The headline of a chart, then a figure for each row that names its documents; none for an empty frame.

    Args:
        headline: What the chart says.
        frame: Its rows.
        columns: What their columns mean.
        reads: Columns that it shows, the first naming a row.
        sources: The documents behind it.
        tables: With what was looked up in copies of documents.
    """
    if frame.empty:
        return ()
    found = proof.by_document(tables)
    none = [""] * len(sources)
    named = ("source_id", "publisher", "url", "accessed_date", "strength")
    read = (sources[c].tolist() if c in sources else none for c in named)
    known = {str(i): about for i, *about in zip(*read, strict=True)}
    shown = [c for c in reads if c in frame and not c.endswith(("_id", "_ids"))]
    out, all_looked = [], []
    for label, row in zip(frame.index.tolist(), cells.records(frame), strict=True):
        ids = [i for i in split_ids([row.get("source_ids")]) if i in known]
        if not ids or not shown:
            continue
        told = [c for c in shown[1:] if not is_blank(row[c])][:MOST_VALUES]
        # A number that is counted or computed stands in no document: only what is of one model may be looked up.
        numbers = [row[c] for c in told if isinstance(row[c], int | float | pd.Timestamp)]
        proved = proof.of_values(found, ids, numbers, _keys(row))
        all_looked.append(proved)
        first = proved.document or min(ids, key=lambda i: naming_rank(str(known[i][0]), str(known[i][-1])))
        publisher, url, day, _ = known[first]
        name, *values = (words(columns, row, c) for c in (shown[0], *told))
        document = Read(str(publisher), str(url), format_day(day))
        out.append(Figure(label, name, " · ".join(values), document, proved.words))
    rests = f"{plural(len(frame), 'row')}, {plural(len(sources), 'document')}"
    looked, again, lost = (sum(getattr(p, n) for p in all_looked) for n in ("looked", "holds", "lost"))
    proof_of_all = f"{again:,} of {plural(looked, 'value')} looked up found again" if looked else ""
    proof_of_all += f", {lost:,} on pages that have changed or gone" if lost else ""
    return (Figure(None, headline, rests, Read(), proof_of_all), *out)


def _keys(row: dict[str, Any]) -> list[str]:
    """Ids or names in a row of what is looked up in documents: models, their scores and prices, events, counts."""
    return [
        str(row[c]).rpartition("/")[2]
        for c in ("score_id", "price_id", "event_id", "metric_id", "filing_id", "model_id", "model_name")
        if c in row and not is_blank(row[c])
    ]
