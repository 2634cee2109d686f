"""Whether a value was found again in a copy of a document that it cites: one rule, wherever a value stands."""

from __future__ import annotations

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
    "not_readable": "copy not readable",
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
    rows = _looked_up(tables)
    rows = rows[
        rows["source_id"].isin(source_ids) & rows["finding"].isin(("found", "found_in_picture", "not_found"))
    ]
    by: dict[str, list[tuple[bool, pd.Timestamp]]] = {}
    for source, finding, day in zip(rows["source_id"], rows["finding"], rows["verified_date"], strict=True):
        by.setdefault(source, []).append((finding != "not_found", day))
    said = {
        source: f"{sum(found for found, _ in mine):,} of {plural(len(mine), 'value')} looked up found again on "
        f"{format_day(max(day for _, day in mine))}"
        for source, mine in by.items()
    }
    return pd.Series([said.get(i, "") for i in source_ids], index=source_ids.index, dtype="str")
