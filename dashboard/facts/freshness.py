"""How old each table's newest fact is, and whether that is too old for its kind."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from dashboard.data.selection import DATED_BY
from dashboard.data.store import Tables
from dashboard.look.theme import is_missing

#: Months after which the newest fact of a table is stale, by how fast its subject moves: prices and scores change
#: within weeks, companies report by the quarter, state counts come every second month, an index once a year.
SHELF_LIFE_MONTHS = {
    "model_prices": 2,
    "benchmark_scores": 4,
    "models": 3,
    # A document's word on a flagship, and the flagship itself: rarely does a maker of models go a year without.
    "flagships": 9,
    "governance_events": 3,
    "governance_observations": 6,
    "governance_assessments": 6,
    "governance_index": 6,
    "people": 6,
    "company_metrics": 5,
    "adoption": 4,
    "filings": 4,
    "infrastructure": 9,
    "commercial_levers": 12,
    "transparency_scores": 14,
    "sources": 2,
}


def is_stale(table: str, day: object, as_of: pd.Timestamp) -> bool:
    """Whether a fact of a table, dated `day`, is past the shelf life of its kind; an undated one is not known to be."""
    life = SHELF_LIFE_MONTHS.get(table)
    if life is None or is_missing(day):
        return False
    return _ends(day, life) < as_of


@functools.lru_cache(maxsize=20_000)
def _ends(day: Any, life: int) -> pd.Timestamp:
    """Last day of a shelf life of months; charts ask it of each row, and a calendar's months are dear to add."""
    return pd.Timestamp(day) + pd.DateOffset(months=life)


def freshness(tables: Tables, day: pd.Timestamp) -> pd.DataFrame:
    """The newest fact of each dated table on a day.

    Returns:
        table, rows, newest_date (null where no row is dated), age_days, shelf_life_months, state ("fresh", "stale",
        "undated"), undated_rows; stale tables first, then by age.
    """
    rows = []
    for name, frame in tables.items():
        column = DATED_BY.get(name)
        life = SHELF_LIFE_MONTHS.get(name)
        if column not in frame or life is None:
            continue
        newest = frame.loc[frame[column] <= day, column].max()
        known = pd.notna(newest)
        stale = is_stale(name, newest, day)
        rows.append(
            {
                "table": name,
                "rows": len(frame),
                "newest_date": newest,
                "age_days": (day - newest).days if known else None,
                "shelf_life_months": life,
                "state": "undated" if not known else "stale" if stale else "fresh",
                "undated_rows": int(frame[column].isna().sum()),
            }
        )
    columns = ["table", "rows", "newest_date", "age_days", "shelf_life_months", "state", "undated_rows"]
    out = pd.DataFrame(rows, columns=columns)
    out["newest_date"] = pd.to_datetime(out["newest_date"])
    out["age_days"] = out["age_days"].astype("Int64")
    order = out["state"].map({"stale": 0, "undated": 1, "fresh": 2})
    return (
        out.assign(_order=order)
        .sort_values(["_order", "age_days"], ascending=[True, False], kind="stable")
        .drop(columns="_order")
        .reset_index(drop=True)
    )


def rows_by_document(tables: Tables) -> np.ndarray:
    """How many rows of all tables rest on each document, in the order of the sources table."""
    counts: Counter[str] = Counter()
    for name, frame in tables.items():
        if name != "sources" and "source_ids" in frame:
            # All cells are split as one text.
            counts.update("; ".join(map(str, frame["source_ids"].dropna().tolist())).split("; "))
    return np.array([counts.get(i, 0) for i in tables["sources"]["source_id"].tolist()], dtype="int64")


def resting_on(tables: Tables, source_id: str) -> pd.DataFrame:
    """Every row that cites a document.

    Returns:
        table, row_id, what (the row in a few words), company_id (null where the table has none), confidence; tables
        in their order, rows by id.
    """
    rows = []
    for name, frame in tables.items():
        if "source_ids" not in frame or name == "sources":
            continue
        # An id may stand inside another one: few cells are left to be split.
        mine = frame[frame["source_ids"].str.contains(source_id, regex=False).eq(True)]
        mine = mine[[source_id in cell.split("; ") for cell in mine["source_ids"].tolist()]]
        for r in mine.to_dict("records"):
            key = frame.columns[0]
            words = next((r[c] for c in WORDS if c in r and pd.notna(r[c])), r[key])
            rows.append(
                {
                    "table": name,
                    "row_id": r[key],
                    "what": str(words),
                    "company_id": r.get("company_id"),
                    "confidence": r.get("confidence"),
                }
            )
    return pd.DataFrame(rows, columns=["table", "row_id", "what", "company_id", "confidence"])


#: Columns that say what a row is, the most telling first.
WORDS = (
    "title",
    "claim",
    "evidence",
    "model_name",
    "model_label",
    "infrastructure_name",
    "lever_name",
    "role",
    "stated_as",
    "metric",
    "alias",
    "family_name",
    "company_name",
    "benchmark_name",
)
