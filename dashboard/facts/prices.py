"""What models cost: one list price a model, and how dear that is for what the model can do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells, citations
from dashboard.data.cut import columns, has_rows, once, once_each, once_for_frames, origin, places_of
from dashboard.data.store import Tables
from dashboard.facts import ratings
from dashboard.look.theme import format_day, format_money, plural

LIST_PRICE = (
    "List price: the newest standard offer for a million tokens of output; one listed in the currency shown goes before "
    "one that must be converted, and of several providers on one day the dearest counts, since a reseller's discount is "
    "no list price"
)
CURRENCY_WORDS = {"USD": "US dollars", "CNY": "yuan", "HKD": "Hong Kong dollars", "EUR": "euros"}
#: Arena points within which models count as rated alike.
ALIKE = 40


@once
def list_prices(tables: Tables, currency: str = "USD") -> pd.DataFrame:
    """The list price of each model by the rule LIST_PRICE, in one currency; only prices above zero.

    An offer that must be converted is so at the average rate of the month of its listing.

    Returns:
        model_id, output_price_per_mtok (in `currency`), price_date, converted_from (amount, rate and its month in words;
        null where listed in `currency`), price_source_ids (those of the rate too where converted).
    """
    return told_prices(tables, best_offers(tables, currency), currency)


@once_each
def best_offers(tables: Tables, currency: str) -> pd.DataFrame:
    """The offer that is each model's list price by the rule LIST_PRICE, as numbers.

    Returns:
        company_id, model_id, output_price_per_mtok (in `currency`), price_date and is_converted, under the labels of
        model_prices_converted.
    """
    every = _best_first(origin(tables, "model_prices_converted"))[currency]
    known = np.flatnonzero(has_rows(tables, "model_prices_converted")[every.row])
    first = np.full(int(every.model.max(initial=-1)) + 1, -1)
    # Of places given to one model the last stays: in reverse that is the first.
    first[every.model[known[::-1]]] = known[::-1]
    return every.offers.take(np.sort(first[first >= 0]))


class _Offers(NamedTuple):
    """Offers of a build that can be list prices, the one that is before those that would be: as `best_offers` has them, by row and by model as a number."""

    row: np.ndarray
    model: np.ndarray
    offers: pd.DataFrame


@once_for_frames
def _best_first(rows: pd.DataFrame) -> dict[str, _Offers]:
    """Of each currency the offers of a build: which is best no day changes."""
    found = {}
    for currency in ("USD", "CNY"):
        price = rows[f"output_price_{currency.lower()}_per_mtok"]
        row = np.flatnonzero(((rows["tier"] == "standard") & (price > 0)).to_numpy())
        offers = rows[["company_id", "model_id", "price_date"]].take(row)
        is_converted = (rows["currency"] != currency).take(row)
        offers = offers.assign(output_price_per_mtok=price.take(row), is_converted=is_converted)
        by = ["is_converted", "price_date", "output_price_per_mtok"]
        order = (
            offers.reset_index(drop=True).sort_values(by, ascending=[True, False, False], kind="stable").index
        )
        offers = offers.take(order)
        found[currency] = _Offers(
            row[order], pd.factorize(offers["model_id"].to_numpy(dtype=object))[0], offers
        )
    return found


def told_prices(tables: Tables, offers: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Rows of `best_offers` with the words and documents of `list_prices`."""
    other = "CNY" if currency == "USD" else "USD"
    read = (f"output_price_{other.lower()}_per_mtok", "cny_per_usd", "rate_month")
    rows = columns(tables, "model_prices_converted", *read, at=offers.index)
    said = [
        f"{format_money(amount, other)} at {rate:.2f} yuan a dollar, {format_day(month, 'month')}"
        if is_converted
        else None
        for is_converted, (amount, rate, month) in zip(
            offers["is_converted"].tolist(), cells.rows(rows, *read), strict=True
        )
    ]
    cited = documents(tables, offers)
    return offers[["model_id", "output_price_per_mtok", "price_date"]].assign(
        converted_from=pd.Series(said, index=rows.index, dtype="str"),
        price_source_ids=pd.Series(cited, index=rows.index, dtype="str"),
    )


def documents(tables: Tables, offers: pd.DataFrame) -> list[str]:
    """List cells of the documents of rows of `best_offers`."""
    build = origin(tables, "model_prices_converted")
    rows = build[["price_id", "source_ids"]].take(places_of(build.index, offers.index.to_numpy()))
    # A price as listed rests on its list alone.
    listed = _of_lists(origin(tables, "model_prices"))
    both = zip(
        offers["is_converted"].tolist(), rows["price_id"].tolist(), rows["source_ids"].tolist(), strict=True
    )
    return [cell if is_converted else listed[price_id] for is_converted, price_id, cell in both]


@once_for_frames
def _of_lists(model_prices: pd.DataFrame) -> dict[str, str]:
    """Documents of each price as listed, which no day changes."""
    return cells.by(model_prices, "price_id", "source_ids")


@once
def offers(tables: Tables, currency: str) -> pd.DataFrame:
    """The newest standard offer of each list, as it stands there; lists that whoever read them converted are left out.

    Returns:
        model_id, provider, output_price_per_mtok (in `currency`, above zero), price_date, price_date_precision,
        source_ids; a row a model and provider; of each model the newest first, of one day the dearest.
    """
    every, rows = _lists(origin(tables, "model_prices")), origin(tables, "model_prices")
    at = every[currency]
    at = at.take(np.flatnonzero(has_rows(tables, "model_prices")[at.index])).drop_duplicates().index
    return rows[_OF_OFFER].take(at).reset_index(drop=True)


_OF_OFFER = [
    "model_id",
    "provider",
    "output_price_per_mtok",
    "price_date",
    "price_date_precision",
    "source_ids",
]


@once_for_frames
def _lists(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Of each currency the model and provider of each own offer, as a number, by its place; the newest first, then the dearest."""
    is_own = (rows["tier"] == "standard") & (rows["output_price_per_mtok"] > 0)
    is_own &= ~rows["provider"].str.contains("converted", case=False, na=False)
    rows = rows.reset_index(drop=True)[is_own.to_numpy()]
    rows = rows.sort_values(["price_date", "output_price_per_mtok"], ascending=False, kind="stable")
    of = rows.groupby(["model_id", "provider"], dropna=False).ngroup()
    return {currency: of[(rows["currency"] == currency).to_numpy()] for currency in ("USD", "CNY")}


def converted_note(converted_from: pd.Series, said: str = "{}") -> str:
    """How many prices were listed in another currency, in a clause, put into `said`; "" where none was."""
    count = int(converted_from.notna().sum())
    return said.format(f"{plural(count, 'price')} converted at the average rate of a month") if count else ""


@once
def price_for_capability(tables: Tables, currency: str = "USD") -> pd.DataFrame:
    """How dear each company's best-rated priced model is beside models rated alike.

    Ratings are no quantity to divide a price by: the price is set against the median of models within 40 Arena points.

    Returns:
        company_id (index), times (1 is as dear as the median of its likes), model_name, output_price (in `currency`, per
        million tokens), rating, peers (count of likes), source_ids; only models with at least three likes.
    """
    prices = list_prices(tables, currency).set_index("model_id")
    rated = ratings.arena(tables)
    rated = rated[rated["model_id"].isin(prices.index)]
    # Not map(): pandas 3.1 cannot map by a column of days without rows.
    rated = rated.assign(price=prices["output_price_per_mtok"].reindex(rated["model_id"]).to_numpy())
    rows = []
    order = np.argsort(rated["arena_rating"].to_numpy(), kind="stable")
    rating, price = (rated[c].to_numpy(dtype="float64")[order] for c in ("arena_rating", "price"))
    model = rated["model_id"].to_numpy(dtype=object)[order]
    for r in rated.drop_duplicates("company_id").itertuples():
        # Those rated alike stand together, with a little more on both sides.
        first, last = np.searchsorted(rating, [r.arena_rating - ALIKE - 1, r.arena_rating + ALIKE + 1])
        near = np.abs(rating[first:last] - r.arena_rating) <= ALIKE
        peers = price[first:last][near & (model[first:last] != r.model_id)]
        if len(peers) >= 3:
            rows.append(
                {
                    "company_id": r.company_id,
                    "times": float(r.price / np.median(peers)),
                    "model_name": r.model_label,
                    "output_price": float(r.price),
                    "rating": float(r.arena_rating),
                    "peers": len(peers),
                    "source_ids": "; ".join(
                        citations.split_ids([r.rating_source_ids, prices.loc[r.model_id, "price_source_ids"]])
                    ),
                }
            )
    columns = ["company_id", "times", "model_name", "output_price", "rating", "peers", "source_ids"]
    return pd.DataFrame(rows, columns=columns).set_index("company_id")
