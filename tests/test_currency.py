"""Prices are converted with the dated rate, and only there."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import CHARTS
from dashboard.data.selection import Selection
from dashboard.draw import plotly
from dashboard.facts.landscape import apply
from dashboard.facts.prices import list_prices
from dashboard.look.theme import Look
from etl.tables.currency import COLUMNS, derive_prices

RATES = pd.DataFrame(
    {
        "rate_id": ["cny-2026-01", "cny-2026-03"],
        "currency": ["CNY", "CNY"],
        "rate_month": pd.to_datetime(["2026-01-01", "2026-03-01"]),
        "units_per_usd": [7.0, 6.9],
        "confidence": ["high", "high"],
        "source_ids": ["fed", "fed"],
    }
)


def prices(*rows: tuple[str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "price_id": f"p{n}",
                "model_id": "m",
                "company_id": "c",
                "provider": "c",
                "price_date": pd.Timestamp(day),
                "tier": "standard",
                "input_price_per_mtok": price,
                "output_price_per_mtok": price * 2,
                "currency": currency,
                "confidence": "high",
                "source_ids": "list",
            }
            for n, (day, price, currency) in enumerate(rows)
        ]
    )


def test_the_rate_of_the_month_or_the_last_before_it_is_used() -> None:
    frames = {
        "exchange_rates": RATES,
        "model_prices": prices(
            ("2026-01-20", 7.0, "CNY"),
            ("2026-02-10", 1.0, "USD"),
            ("2026-09-01", 6.9, "CNY"),
            ("2020-01-01", 7.0, "CNY"),
        ),
    }
    got = derive_prices(frames)
    assert got["input_price_usd_per_mtok"].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert got["input_price_cny_per_mtok"].tolist() == [7.0, 7.0, 6.9, 7.0]
    assert got["cny_per_usd"].tolist() == [7.0, 7.0, 6.9, 7.0]
    assert set(got["source_ids"]) == {"list; fed"}


def test_other_currencies_give_no_row_and_without_rates_nothing_is_converted() -> None:
    assert derive_prices({"exchange_rates": RATES, "model_prices": prices(("2026-01-20", 1.0, "EUR"))}).empty
    got = derive_prices(
        {"exchange_rates": RATES.iloc[:0], "model_prices": prices(("2026-01-20", 1.0, "USD"))}
    )
    assert list(got.columns) == list(COLUMNS)
    assert got["output_price_usd_per_mtok"].tolist() == [2.0]
    assert got[["output_price_cny_per_mtok", "cny_per_usd", "rate_month"]].isna().all(axis=None)
    assert got["source_ids"].tolist() == ["list"]


def test_real_prices_keep_what_was_listed(tables: dict[str, pd.DataFrame]) -> None:
    both = tables["model_prices_converted"].merge(
        tables["model_prices"], on="price_id", suffixes=("", "_listed")
    )
    assert len(both) == tables["model_prices"]["currency"].isin(["USD", "CNY"]).sum() > 300
    for currency in ("usd", "cny"):
        listed = both[both["currency"] == currency.upper()]
        gap = (listed[f"output_price_{currency}_per_mtok"] - listed["output_price_per_mtok"]).abs()
        assert (gap < 1e-5).all()


@pytest.mark.parametrize("currency", ["USD", "CNY"])
def test_charts_convert_what_is_listed_in_the_other_currency_and_say_so(
    tables: dict[str, pd.DataFrame], currency: str
) -> None:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(newest, newest, currency=currency, outside=True)
    shown = list_prices(apply(tables, selection), currency)
    listed = tables["model_prices"]
    listed = listed[(listed["tier"] == "standard") & (listed["output_price_per_mtok"] > 0)]
    own = set(listed.loc[listed["currency"] == currency, "model_id"])
    asked = shown.set_index("model_id")
    # Whoever lists in the currency shown is not converted; all others are, with amount, rate and month.
    assert asked["converted_from"].notna().sum() == len(set(asked.index) - own) > 0
    assert asked.loc[sorted(own & set(asked.index)), "converted_from"].isna().all()
    pattern = r"[¥$][\d.,]+ at [67]\.\d\d yuan a dollar, [A-Z][a-z]{2} \d{4}"
    assert asked["converted_from"].dropna().str.fullmatch(pattern).all()
    # An offer in either currency has a price in both: the same models are placed.
    other = list_prices(apply(tables, selection), "CNY" if currency == "USD" else "USD")
    assert set(other["model_id"]) == set(asked.index)
    chart = CHARTS["price-capability"]
    frame = chart.data(apply(tables, selection, keep_outside=True), selection)
    count = int(frame["converted_from"].notna().sum())
    assert (f"{count} prices converted" in chart.scope_line(frame, selection)) == (count > 1)
    hovers = [h for t in go.Figure(plotly.draw(chart, frame, Look())).data for h in (t.hovertext or ())]
    assert sum("Converted from" in h for h in hovers) == count
