"""Ages of tables, and what rests on a document."""

from __future__ import annotations

import pandas as pd

from dashboard.facts import freshness


def test_a_table_is_stale_after_its_shelf_life_and_not_before() -> None:
    prices = pd.DataFrame({"price_id": ["a"], "price_date": [pd.Timestamp("2026-01-10")]})
    life = freshness.SHELF_LIFE_MONTHS["model_prices"]
    last = pd.Timestamp("2026-01-10") + pd.DateOffset(months=life)
    for day, state in ((last, "fresh"), (last + pd.Timedelta(days=1), "stale")):
        got = freshness.freshness({"model_prices": prices}, day).iloc[0]
        assert (got["state"], got["age_days"]) == (state, (day - pd.Timestamp("2026-01-10")).days)


def test_undated_and_later_rows_do_not_make_a_table_fresh() -> None:
    prices = pd.DataFrame({"price_id": ["a", "b"], "price_date": pd.to_datetime([None, "2027-01-01"])})
    got = freshness.freshness({"model_prices": prices}, pd.Timestamp("2026-06-01")).iloc[0]
    assert (got["state"], got["undated_rows"]) == ("undated", 1) and pd.isna(got["age_days"])


def test_every_dated_real_table_has_a_shelf_life(tables: dict[str, pd.DataFrame]) -> None:
    got = freshness.freshness(tables, tables["sources"]["accessed_date"].max())
    assert {"models", "model_prices", "governance_events", "people"} <= set(got["table"])
    assert (got["state"] != "undated").all()


def test_what_rests_on_a_document_is_exactly_the_rows_that_cite_it(tables: dict[str, pd.DataFrame]) -> None:
    cell = tables["governance_events"]["source_ids"].iloc[0].split("; ")[0]
    got = freshness.resting_on(tables, cell)
    wanted = sum(
        sum(cell in c.split("; ") for c in frame["source_ids"].fillna(""))
        for name, frame in tables.items()
        if name != "sources" and "source_ids" in frame
    )
    assert len(got) == wanted > 0 and got["what"].str.len().gt(0).all()
    assert freshness.resting_on(tables, "no-such-document").empty
