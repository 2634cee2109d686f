"""What frames of models and benchmarks share: who stands behind each row, and out of how many rows they were taken."""

from __future__ import annotations

import pandas as pd

from dashboard.data.selection import HOME_COUNTRY, Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.look.theme import is_missing, model_short, plural

OUTSIDE = "Outside China"
WEIGHTS = {"open": "Open", "restricted": "Restricted", "closed": "Closed", "not disclosed": "Not disclosed"}


def with_company(tables: Tables, selection: Selection, rows: pd.DataFrame) -> pd.DataFrame:
    """Adds who stands behind each row.

    Returns:
        `rows` plus company_name, governance_model_id (in force; null outside China), governance_model (its short
        name, or "Outside China") and is_outside; rows of companies not in `tables["companies"]` are dropped.
    """
    companies = tables["companies"].set_index("company_id")
    rows = rows[rows["company_id"].isin(companies.index)]
    outside = rows["company_id"].map(companies["country"]).ne(HOME_COUNTRY)
    labels = landscape.labels_in_force(tables, selection.basis)
    model_ids = [None if o else labels[c] for c, o in zip(rows["company_id"], outside, strict=True)]
    return rows.assign(
        company_name=rows["company_id"].map(companies["company_name"]),
        governance_model_id=pd.Series(model_ids, index=rows.index, dtype="str"),
        governance_model=pd.Series(
            [OUTSIDE if is_missing(m) else model_short(m) for m in model_ids], index=rows.index, dtype="str"
        ),
        is_outside=outside.astype(bool),
    )


def counted(frame: pd.DataFrame, out_of: int) -> pd.DataFrame:
    """Notes on the frame out of how many rows it was taken, for "n of N" in a subtitle."""
    frame = frame.reset_index(drop=True)
    frame.attrs["out_of"] = int(out_of)
    return frame


def n_of(frame: pd.DataFrame, noun: str, verb: str) -> str:
    """How many of how many: 41 of 120 models state both; without the total where it was not noted."""
    total = frame.attrs.get("out_of")
    count = len(frame) if "is_outside" not in frame else int((~frame["is_outside"].astype(bool)).sum())
    if total is None:
        return plural(count, noun)
    return f"{count:,} of {plural(total, noun)} {verb}"
