"""What comes of AI at each company, by one measure each: releases, openness, ratings, prices, turnover, use.

A company of which a measure is not known has no value, never zero.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import columns, once, once_each
from dashboard.data.selection import Selection, is_home
from dashboard.data.store import Tables
from dashboard.facts import flagships, prices, ratings, use, windows
from dashboard.look.theme import format_money

#: Value of each company that has one, by company id.
Measures = Mapping[str, windows.Measure]
#: A share of fewer models than this is an accident of a few releases.
FEWEST_MODELS = 3


def year_before(selection: Selection, years: int = 1) -> pd.Timestamp:
    """First day of the months that end on the day shown."""
    return selection.as_of.normalize() - pd.DateOffset(years=years, days=-1)


@once
def at_home(tables: Tables, selection: Selection) -> list[str]:
    """Companies that the reader has selected, in tables that hold those outside China as context, too."""
    companies = tables["companies"]
    wanted = is_home(companies) | selection.outside | companies["company_id"].isin(selection.companies)
    return companies.loc[wanted, "company_id"].tolist()


def cadence(tables: Tables, selection: Selection) -> windows.Measured:
    """Models released in twelve months; a company of which no model is known is not at zero but unknown."""
    return _cadence(tables, year_before(selection), selection.as_of)


@once_each
def _cadence(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> windows.Measured:
    found = windows.releases(tables, first, last)
    ids = windows.makers(tables)
    place = pd.Index(found.ids).get_indexer(ids)
    count = np.where(place < 0, 0, np.append(found.count, 0)[place])

    @functools.cache
    def newest() -> dict[str, str]:
        # That nothing came is known from the documents on what came last.
        every = columns(tables, "models", "company_id", "release_date", "source_ids")
        rows = every[every["company_id"].isin(ids[place < 0])].sort_values("release_date", kind="stable")
        return cells.by(rows, "company_id", "source_ids")

    return windows.Measured(
        ids,
        count.astype("float64"),
        count,
        lambda n: found.cells(ids[n]) if count[n] else (str(newest()[ids[n]]),),
        lambda n: found.what(ids[n]) if count[n] else "",
    )


def openness(tables: Tables, selection: Selection) -> windows.Measured:
    """Share of models released in 24 months whose weights are open, in per cent; of too few it is unknown."""
    return _openness(tables, year_before(selection, 2), selection.as_of)


@once_each
def _openness(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> windows.Measured:
    found = windows.openness(tables, first, last)
    return found.kept(found.count >= FEWEST_MODELS)


@once
def best_score(tables: Tables, selection: Selection) -> windows.Measured:
    """Best Arena text rating in the newest snapshot."""
    rows = ratings.arena(tables)
    best = rows.drop_duplicates("company_id").dropna(subset=["company_id"])
    ids = best["company_id"].to_numpy(dtype=object)
    count = rows["company_id"].value_counts()[ids].to_numpy()
    told = cells.lists(best, "rating_source_ids", "model_label")
    return windows.Measured(
        ids,
        best["arena_rating"].to_numpy(dtype="float64"),
        count,
        lambda n: (str(told["rating_source_ids"][n]),),
        lambda n: str(told["model_label"][n]),
    )


@once
def turnover(tables: Tables, selection: Selection) -> Measures:
    """People who began or ceased to lead the company's AI in 24 months."""
    first = year_before(selection, 2)
    ids = tables["companies"]["company_id"].tolist()
    found = {cid: windows.leader_changes(tables, cid, first, selection.as_of) for cid in ids}
    return {c: m for c, m in found.items() if m.value is not None}


@once
def price_times(tables: Tables, selection: Selection) -> Measures:
    """Output price of the best-rated priced model, as a multiple of the median of models rated alike."""
    rows = prices.price_for_capability(tables, selection.currency)
    return {
        str(r.Index): windows.Measure(
            float(r.times),
            int(r.peers),
            (str(r.source_ids),),
            f"{r.model_name}, {format_money(r.output_price, selection.currency)} of output, rated {r.rating:,.0f}",
        )
        for r in rows.itertuples()
    }


@once
def monthly_users(tables: Tables, selection: Selection) -> Measures:
    """Monthly users of the most used product that is AI itself."""
    return use.users(tables, year_before(selection))


@once
def token_share(tables: Tables, selection: Selection) -> Measures:
    """Mean share of OpenRouter's tokens in thirty days, in per cent, as stated."""
    last = selection.as_of.normalize()
    return use.token_shares(tables, last - pd.Timedelta(days=29), last)


@once
def own_downloads(tables: Tables, selection: Selection) -> Measures:
    """Downloads of own repositories in thirty days."""
    found = use.newest_own(tables, "hf_downloads_30d", year_before(selection))
    return {c: m for c, m in found.items() if m.value}


def flagship_prices(tables: Tables, selection: Selection) -> windows.Measured:
    """List price of output of each company's flagship, in the currency of the selection per million tokens."""
    return _flagship_prices(tables, selection.currency)


@once_each
def _flagship_prices(tables: Tables, currency: str) -> windows.Measured:
    offers, found = flagships.priced(tables, currency)
    ids, names = (column.to_numpy(dtype=object) for column in (found.index, found["model_name"]))

    @functools.cache
    def cited() -> list[tuple[str, str]]:
        own = flagships.flagships(tables)["source_ids"][ids].tolist()
        of_price = prices.told_prices(tables, offers, currency)["price_source_ids"].tolist()
        return list(zip(of_price, own, strict=True))

    return windows.Measured(
        ids,
        found["output_price"].to_numpy(dtype="float64"),
        np.ones(len(found), dtype="int64"),
        lambda n: cited()[n],
        lambda n: str(names[n]),
    )
