"""Whether a value was found again in a copy of a document that it cites: one rule, wherever a value stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard.data.cut import once_for_all
from dashboard.data.store import Tables
from dashboard.look.theme import format_day, plural

#: What a finding is called beside a value; of several documents the first that holds is told.
FOUND = {
    "found": "found again on {day}",
    "found_in_picture": "read off a picture of it on {day}",
    "not_found": "not in the copy at hand",
    "not_named": "not in the copy at hand",
    "unreadable": "copy not readable",
}
#: Heading of a column of these words, and what they mean.
CHECKED = "Checked"
MEANS = (
    "Found again: the value stands in a saved copy of a document that it cites. Not in the copy at hand: it does not, "
    "though another document of the row, which could not be read again, may hold it. Empty: no copy at hand."
)


def _looked_up(tables: Tables) -> pd.DataFrame:
    """The findings; none in a build of older code."""
    if "verifications" in tables:
        return tables["verifications"]
    return pd.DataFrame(
        columns=["source_id", "table_name", "row_id", "column_name", "finding", "verified_date"]
    )


@once_for_all
def findings(tables: Tables) -> dict[tuple[str, str, str], str]:
    """What became of each value looked up, in words, by table, key of the row and column."""
    rows = _looked_up(tables)
    order = {finding: place for place, finding in enumerate(FOUND)}
    rows = rows.assign(_at=rows["finding"].map(order)).sort_values("_at", kind="stable")
    best = rows.drop_duplicates(["table_name", "row_id", "column_name"])
    cells = (best[c].tolist() for c in ("table_name", "row_id", "column_name", "finding", "verified_date"))
    return {
        (table, row, column): FOUND[finding].format(day=format_day(day))
        for table, row, column, finding, day in zip(*cells, strict=True)
    }


def checked(tables: Tables, table: str, row_ids: pd.Series, column: str) -> pd.Series:
    """The words for one column of some rows, by their index; "" where nothing was looked up."""
    known = findings(tables)
    said = [known.get((table, str(i), column), "") for i in row_ids]
    return pd.Series(said, index=row_ids.index, dtype="str")


def of_documents(tables: Tables, source_ids: pd.Series) -> pd.Series:
    """How many of the values that each document was looked into for stand in it, in words; "" where nobody looked."""
    said = _of_each_document(tables)
    return pd.Series([said.get(i, "") for i in source_ids], index=source_ids.index, dtype="str")


@once_for_all
def _of_each_document(tables: Tables) -> dict[str, str]:
    rows = _looked_up(tables)
    rows = rows[rows["finding"].isin(("found", "found_in_picture", "not_found"))]
    by: dict[str, list[tuple[bool, pd.Timestamp]]] = {}
    cells = (rows[c].tolist() for c in ("source_id", "finding", "verified_date"))
    for source, finding, day in zip(*cells, strict=True):
        by.setdefault(source, []).append((finding != "not_found", day))
    return {
        source: f"{sum(found for found, _ in mine):,} of {plural(len(mine), 'value')} looked up found again on "
        f"{format_day(max(day for _, day in mine))}"
        for source, mine in by.items()
    }


#: Said of a value that nobody looked up: no copy of its documents is at hand, or those that are were read for others.
NO_COPY, NOT_ASKED = "in no copy at hand", "not looked up"


@dataclass(frozen=True)
class Looked:
    """What became of the values of a row.

    Attributes:
        words: In words.
        document: Id of the document that one was looked up in; "" where nobody looked.
        looked: How many were looked up in a copy that could be read.
        holds: How many of them were found again.
    """

    words: str
    document: str = ""
    looked: int = 0
    holds: int = 0


Stated = Mapping[str, Mapping[str, list[tuple[str, str, pd.Timestamp]]]]


@once_for_all
def by_document(tables: Tables) -> Stated:
    """What was looked up in each document, by the value stated: keys of the rows, finding and day."""
    out: dict[str, dict[str, list[tuple[str, str, pd.Timestamp]]]] = {}
    rows = _looked_up(tables)
    if "stated" not in rows:
        return out
    cells = (rows[c].tolist() for c in ("source_id", "stated", "row_id", "finding", "verified_date"))
    for source, stated, row, finding, day in zip(*cells, strict=True):
        out.setdefault(source, {}).setdefault(_plain(stated), []).append((_bare(row), finding, day))
    return out


def of_values(
    found: Stated, source_ids: Iterable[str], values: Iterable[object], keys: Iterable[str]
) -> Looked:
    """What became of the values of a row in the documents that it cites; of a value the finding that holds is told.

    Args:
        found: As `by_document` gives it.
        source_ids: The documents.
        values: Numbers and days that the row states.
        keys: Ids or names, one of which must be in the key of what was looked up: a value alone could be anyone's.
            Without any nothing was looked up.
    """
    ids, parts, order = list(source_ids), [k for k in map(_bare, keys) if k], list(FOUND)
    best = []
    for value in dict.fromkeys(map(_plain, values)):
        hits = [
            (order.index(finding), source, day)
            for source in ids
            for row, finding, day in found.get(source, {}).get(value, ())
            if any(p in row for p in parts)
        ]
        best += [min(hits, key=lambda one: one[0])] if hits else []
    if not best:
        return Looked(NOT_ASKED if any(i in found for i in ids) else NO_COPY)
    holding = [one for one in best if order[one[0]].startswith("found")]
    readable = [one for one in best if order[one[0]] != "unreadable"]
    place, source, day = holding[0] if holding else best[0]
    if len(best) == 1 or len(holding) in (0, len(best)):
        said = FOUND[order[place]].format(day=format_day(day))
    else:
        said = f"{len(holding)} of {len(best)} values found again on {format_day(day)}"
    return Looked(said, source, len(readable), len(holding))


def _plain(value: object) -> str:
    """A value as one word, whatever it was written as: numbers by their first nine digits, days in ISO order."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    try:
        return f"{float(str(value)):.9g}"
    except ValueError:
        return str(value).strip()


def _bare(name: str) -> str:
    """A name or key as its letters and digits: ids are made of names with other signs between."""
    return "".join(c for c in str(name).lower() if c.isalnum())
