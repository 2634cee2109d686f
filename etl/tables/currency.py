"""Exchange rates, and list prices converted with them: the only place where a currency is changed."""

from __future__ import annotations

import pandas as pd

from etl import schema as col
from etl.schema import Frames, Near, Table
from etl.vocabulary import CONVERTED as MAY_BE_CONVERTED
from etl.vocabulary import CURRENCIES, PER_DOLLAR


def rates_are_per_dollar(frames: Frames) -> list[tuple[int, str, str]]:
    """A rate lies where its currency has lain since 2015, and never upside down; the dollar has no rate to itself."""
    rows, found = frames["exchange_rates"], []
    for line, currency, rate in zip(rows.index, rows["currency"], rows["units_per_usd"], strict=True):
        if pd.isna(rate) or currency not in CURRENCIES:
            continue
        if currency not in PER_DOLLAR:
            what = f"no currency that has a rate: got '{currency}', expected one of {', '.join(PER_DOLLAR)}"
            found.append((int(line), "currency", what))
            continue
        low, high = PER_DOLLAR[currency]
        if not low <= rate <= high:
            turned = ": it is upside down" if rate and low <= 1 / rate <= high else ""
            what = (
                f"no rate of {currency}: got {rate:g}, expected {low:g} to {high:g} for one US dollar{turned}"
            )
            found.append((int(line), "units_per_usd", what))
    return found


RATES = Table(
    "exchange_rates",
    "Average market rates by month, by which list prices alone are converted. One row per currency and month.",
    {
        "rate_id": col.key("Currency and month."),
        "currency": col.one_of(CURRENCIES, "Currency that is set against the US dollar."),
        **col.dated("rate_month", "First day of the month.", earliest="2015-01-01", in_key=0, told=True),
        "units_per_usd": col.number(
            "Units of the currency for one US dollar, averaged over the month.",
            ge=0.01,
            near=(Near(1.08, ("currency",)),),
        ),
        **col.evidence(),
    },
    rules=(rates_are_per_dollar,),
)

COLUMNS = {
    "price_id": col.reference("model_prices.price_id", "Price as listed."),
    "model_id": col.reference("models.model_id", "Model."),
    "company_id": col.reference("companies.company_id", "Developer of the model."),
    "provider": col.text("Who serves it at the price."),
    "price_date": col.day("Day on which the price was listed."),
    "tier": col.text("Which offer."),
    "currency": col.one_of(CURRENCIES, "Currency as stated."),
    "input_price_usd_per_mtok": col.number(
        "Price of input.", unit="US dollars per million tokens", ge=0, nullable=True
    ),
    "output_price_usd_per_mtok": col.number(
        "Price of output.", unit="US dollars per million tokens", ge=0, nullable=True
    ),
    "input_price_cny_per_mtok": col.number(
        "Price of input.", unit="yuan per million tokens", ge=0, nullable=True
    ),
    "output_price_cny_per_mtok": col.number(
        "Price of output.", unit="yuan per million tokens", ge=0, nullable=True
    ),
    "cny_per_usd": col.number(
        "Rate used for the other currency: the month of the price, else the last before it.",
        nullable=True,
    ),
    "rate_month": col.day("Month of that rate.", nullable=True),
    **col.evidence(),
}


def derive_prices(frames: Frames) -> pd.DataFrame:
    """Every price listed in US dollars or yuan, in both.

    The rate is the average of the price's month, or of the last month before it that has one; where the price is
    older than all rates, of the first. Without any rate a price stands in its own currency alone.

    Returns:
        The columns of model_prices_converted, one row per price, by price.
    """
    rates = frames["exchange_rates"]
    rates = rates[rates["currency"] == "CNY"].sort_values("rate_month", kind="stable")
    rates = rates[["rate_month", "units_per_usd", "source_ids"]].rename(
        columns={"units_per_usd": "cny_per_usd", "source_ids": "rate_sources"}
    )
    prices = frames["model_prices"]
    prices = prices[prices["currency"].isin(MAY_BE_CONVERTED)]
    frame = pd.merge_asof(
        prices.sort_values("price_date", kind="stable"), rates, left_on="price_date", right_on="rate_month"
    )
    if len(rates):
        first = rates.iloc[0]
        frame = frame.fillna({c: first[c] for c in rates.columns})
    in_dollars = frame["currency"] == "USD"
    for side in ("input", "output"):
        listed = frame[f"{side}_price_per_mtok"]
        frame[f"{side}_price_usd_per_mtok"] = listed.where(in_dollars, listed / frame["cny_per_usd"]).round(6)
        frame[f"{side}_price_cny_per_mtok"] = listed.where(~in_dollars, listed * frame["cny_per_usd"]).round(
            6
        )
    joined = [
        "; ".join(dict.fromkeys([*mine.split("; "), *rate.split("; ")])) if isinstance(rate, str) else mine
        for mine, rate in zip(frame["source_ids"], frame["rate_sources"], strict=True)
    ]
    # Without rows a list would make a column of numbers.
    frame["source_ids"] = pd.Series(joined, index=frame.index, dtype="str")
    frame["rate_month"] = frame["rate_month"].astype("datetime64[us]")
    return frame[list(COLUMNS)].sort_values("price_id", kind="stable").reset_index(drop=True)


CONVERTED = Table(
    "model_prices_converted",
    "Derived: list prices in US dollars or yuan, in both, with the dated rate; nothing else is converted. One row per price.",
    COLUMNS,
    derive=derive_prices,
    is_raw=False,
)

TABLES = (RATES, CONVERTED)
