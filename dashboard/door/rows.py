"""Rows of frames and cards as an answer has them: cells as in the page's own CSV, and numbers as the page writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.charts.card import Card
from dashboard.charts.columns import Frame
from dashboard.charts.kinds.table import words
from dashboard.data.citations import split_ids
from dashboard.door.answers import cell
from dashboard.draw.slide.workbook import plain
from dashboard.look.theme import is_missing

#: Columns that every row carries under a name of its own.
OWN = ("source_ids", "confidence", "caveat")
#: Of a row such as “Undetermined: 3” or a quarter without events.
NO_DOCUMENT = "no document stands behind this row: it counts where nothing is recorded"


def of_frame(frame: pd.DataFrame, columns: Frame | None = None) -> tuple[dict[str, Any], ...]:
    """Every row of a frame.

    Args:
        frame: With `source_ids`; `confidence` and `caveat` where it has them.
        columns: What its columns mean; without, nothing is written as on the page.

    Returns:
        Per row: each column's cell; `as_shown` (numbers and days as the page writes them), `confidence`, `caveat`,
        `sources`: the ids of all its documents.
    """
    out = []
    for record in frame.to_dict("records"):
        row = {str(k): v for k, v in record.items()}
        said: dict[str, Any] = {
            k: cell(plain(v)) for k, v in row.items() if k not in OWN and not k.endswith("_source_ids")
        }
        shown = {} if columns is None else _shown(row, columns)
        if shown:
            said["as_shown"] = shown
        said["confidence"] = cell(row.get("confidence"))
        ids = split_ids([row.get("source_ids")])
        said["caveat"] = cell(row.get("caveat")) or ("" if ids else NO_DOCUMENT)
        out.append(said | {"sources": ids})
    return tuple(out)


def of_card(card: Card) -> tuple[dict[str, Any], ...]:
    """The rows of a chart; those of a frame without sources of its own rest on all documents of the card."""
    found = of_frame(card.frame, card.columns)
    if "source_ids" in card.frame:
        return found
    behind = card.sources["source_id"].tolist()
    return tuple({**row, "caveat": "", "sources": behind} for row in found)


def _shown(row: Mapping[str, Any], columns: Frame) -> dict[str, str]:
    return {
        name: words(columns, dict(row), name)
        for name in columns.own
        if name in row
        and (columns[name].is_number or columns[name].form == "day")
        and not is_missing(row[name])
        and row[name] != ""
    }


def within(frame: pd.DataFrame, source_ids: object) -> pd.DataFrame:
    """Rows of a table whose documents all stand in a list cell: those that a value with that cell can rest on."""
    ids = set(split_ids([source_ids]))
    return kept(frame, [set(split_ids([c])) <= ids for c in frame["source_ids"]])


def kept(frame: pd.DataFrame, are: list[bool]) -> pd.DataFrame:
    """Rows that a list of flags keeps; pandas takes an empty list for a choice of columns."""
    return frame[pd.Series(are, index=frame.index, dtype="bool")]
