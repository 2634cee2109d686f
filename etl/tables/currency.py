"""Exchange rates, and list prices converted with them: the only place where a currency is changed."""

from __future__ import annotations

import pandas as pd

from etl.schema import Frames, Table, day, evidence, key, number, one_of, precision, reference, text
from etl.vocabulary import CURRENCIES

RATES = Table(
    "exchange_rates",
    "Average market rates by month. One row per currency and month.",
    {
        "rate_id": key("Currency and month."),
        "currency": one_of(CURRENCIES, "Currency that is set against the US dollar."),
        "rate_month": day("First day of the month."),
        "rate_month_precision": precision("rate_month"),
        "units_per_usd": number("Units of the currency for one US dollar, averaged over the month.", ge=0.01),
        **evidence(),
    },
)

COLUMNS = {
    "price_id": reference("model_prices.price_id", "Price as listed."),
    "model_id": reference("models.model_id", "Model."),
    "company_id": reference("companies.company_id", "Developer of the model."),
    "provider": text("Who serves it at the price."),
    "price_date": day("Day on which the price was listed."),
    "tier": text("Which offer."),
    "currency": one_of(CURRENCIES, "Currency as stated."),
    "input_price_usd_per_mtok": number("Price of input.", unit="US dollars per million tokens", ge=0),
    "output_price_usd_per_mtok": number("Price of output.", unit="US dollars per million tokens", ge=0),
    "input_price_cny_per_mtok": number("Price of input.", unit="yuan per million tokens", ge=0),
    "output_price_cny_per_mtok": number("Price of output.", unit="yuan per million tokens", ge=0),
    "cny_per_usd": number("Rate used for the other currency: the month of the price, else the last before it."),
    "rate_month": day("Month of that rate."),
    **evidence(),
}


def derive_prices(frames: Frames) -> pd.DataFrame:
    """Every price listed in US dollars or yuan, in both.

    The rate is the average of the price's month, or of the last month before it that has one; where the price is
    older than all rates, of the first.

    Returns:
        The columns of model_prices_converted, one row per price, by price. Without rates, no rows.
    """
    rates = frames["exchange_rates"]
    rates = rates[rates["currency"] == "CNY"].sort_values("rate_month", kind="stable")
    prices = frames["model_prices"]
    prices = prices[prices["currency"].isin(["USD", "CNY"])]
    rows = []
    for p in prices.itertuples(index=False):
        if rates.empty:
            break
        before = rates[rates["rate_month"] <= p.price_date]
        rate = (before if len(before) else rates.head(1)).iloc[-1]
        per_usd = float(rate["units_per_usd"])
        usd = 1.0 if p.currency == "USD" else 1 / per_usd
        rows.append(
            {
                "price_id": p.price_id,
                "model_id": p.model_id,
                "company_id": p.company_id,
                "provider": p.provider,
                "price_date": p.price_date,
                "tier": p.tier,
                "currency": p.currency,
                "input_price_usd_per_mtok": round(p.input_price_per_mtok * usd, 6),
                "output_price_usd_per_mtok": round(p.output_price_per_mtok * usd, 6),
                "input_price_cny_per_mtok": round(p.input_price_per_mtok * usd * per_usd, 6),
                "output_price_cny_per_mtok": round(p.output_price_per_mtok * usd * per_usd, 6),
                "cny_per_usd": per_usd,
                "rate_month": rate["rate_month"],
                "confidence": p.confidence,
                "source_ids": "; ".join(
                    dict.fromkeys([*p.source_ids.split("; "), *rate["source_ids"].split("; ")])
                ),
            }
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for column in COLUMNS:
        if column in ("price_date", "rate_month"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
        elif column.endswith("_per_mtok") or column == "cny_per_usd":
            frame[column] = frame[column].astype("float64")
        else:
            # Without rows a column of text has no type of its own.
            frame[column] = frame[column].astype("str")
    return frame


CONVERTED = Table(
    "model_prices_converted",
    "Derived: list prices in US dollars and yuan, with the dated rate. One row per price.",
    COLUMNS,
    derive=derive_prices,
    is_raw=False,
)

TABLES = (RATES, CONVERTED)
