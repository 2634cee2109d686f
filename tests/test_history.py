"""The difference between two builds names every row and cell, and nothing else."""

from __future__ import annotations

import pandas as pd

from dashboard.data import history


def frame(**columns: list) -> pd.DataFrame:
    return pd.DataFrame(columns)


OLD = {
    "models": frame(model_id=["a", "b", "c"], company_id=["x", "x", "y"], weights=["open", None, "closed"])
}


def test_the_same_build_differs_in_nothing() -> None:
    assert history.difference(OLD, OLD).empty
    assert history.in_words(history.difference(OLD, OLD)) == "nothing has changed"


def test_added_removed_and_changed_cells_are_told() -> None:
    new = {
        "models": frame(
            model_id=["a", "b", "d"], company_id=["x", "x", "y"], weights=["closed", "open", None]
        )
    }
    got = history.difference(OLD, new)
    assert got[["row_id", "change", "column", "before", "after"]].fillna("").values.tolist() == [
        ["a", "changed", "weights", "open", "closed"],
        ["b", "changed", "weights", "", "open"],
        ["c", "removed", "", "", ""],
        ["d", "added", "", "", ""],
    ]
    assert got["company_id"].tolist() == ["x", "x", "y", "y"]
    assert history.in_words(got) == "rows 1 added, 2 changed, 1 removed in 1 table"


def test_a_table_that_is_new_or_gone_is_told_row_by_row() -> None:
    got = history.difference({}, OLD)
    assert got["change"].tolist() == ["added"] * 3
    assert history.difference(OLD, {})["change"].tolist() == ["removed"] * 3


def test_real_tables_differ_exactly_in_the_edited_cell(tables: dict[str, pd.DataFrame]) -> None:
    people = tables["people"].copy()
    people.loc[people.index[3], "role"] = "Another role"
    got = history.difference(tables, {**tables, "people": people})
    assert len(got) == 1
    assert got.iloc[0][["table", "change", "column", "after"]].tolist() == [
        "people",
        "changed",
        "role",
        "Another role",
    ]
