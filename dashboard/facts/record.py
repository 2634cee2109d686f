"""What is on record of one company, fact by fact, in words with the documents behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.citations import joined_sources
from dashboard.data.cut import once
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import flagships, landscape, over_time, ratings
from dashboard.facts.metrics import PLAN_METRICS, metric_words, money
from dashboard.facts.models import counts_of, released
from dashboard.facts.prices import list_prices
from dashboard.look.theme import (
    format_day,
    format_money,
    format_percent,
    format_score,
    in_sentence,
    is_missing,
    model_short,
    period_words,
    plural,
)

Row = dict[str, Any]
#: A fact in words and its list cell of documents; "" for both where no source is known.
Fact = tuple[str, str]
NOTHING: Fact = ("", "")
#: Columns that facts are read from, by table.
_READ = {
    "companies": ("founded_year", "hq_city", "listing"),
    "models": ("model_id", "is_rolling_alias", "release_date", "weights"),
    "infrastructure": ("infrastructure_kind", "infrastructure_name"),
    "commercial_levers": ("is_headline", "lever_name"),
    "company_metrics": ("metric", "value", "currency", "known_date", "period_end_date", "period"),
    "transparency_scores": ("published_date", "score", "indicators"),
}


class _Field:
    """What is worked out once for all companies compared: rows of tables, of `landscape` and of `prices`, by company."""

    def __init__(self, tables: Tables, selection: Selection) -> None:
        read = {name: tables[name][["company_id", *columns, "source_ids"]] for name, columns in _READ.items()}
        read["models"] = released(read["models"])
        for basis in ("reported", "coded"):
            read[f"periods, {basis}"] = over_time.periods(tables, basis)
            read[f"held, {basis}"] = landscape.spoken_for(tables, basis, selection.as_of).reset_index()
        index = landscape.index_in_force(tables).dropna(subset=["centralisation_index"])
        read["index"] = index.reset_index()
        read["leads"] = landscape.leads_in_force(tables).reset_index()
        read["events"] = landscape.newest_events(tables).reset_index()
        read["flagships"] = flagships.flagships(tables).reset_index()
        read["ratings"] = ratings.arena(tables).rename(columns={"rating_source_ids": "source_ids"})
        self._rows = read
        self._places = {name: _by_company(frame) for name, frame in read.items()}
        self.prices = list_prices(tables, selection.currency)
        self.model_names = tables["models"].set_index("model_id")["model_name"]

    def of_company(self, name: str, company_id: str) -> list[Row]:
        """Rows of a company in their order; none where it has none."""
        places = self._places[name].get(company_id)
        return [] if places is None else cells.records(self._rows[name].take(places))


def _by_company(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Places of the rows of each company, in order."""
    of, ids = pd.factorize(frame["company_id"].to_numpy(dtype=object))
    order = np.argsort(of, kind="stable")
    # Rows of nobody are numbered -1: they stand before all others.
    begins = np.searchsorted(of[order], np.arange(len(ids) + 1)).tolist()
    return {cid: order[begins[n] : begins[n + 1]] for n, cid in enumerate(ids.tolist())}


@once
def _field(tables: Tables, selection: Selection) -> _Field:
    return _Field(tables, selection)


def facts_of(tables: Tables, selection: Selection, company_id: str) -> dict[str, Fact]:
    """Fact to its words and its list cell of sources, for one company; "" where no source is known."""
    field = _field(tables, selection)
    of = partial(field.of_company, company_id=company_id)
    models, rated, metrics = of("models"), of("ratings"), of("company_metrics")
    shipped, opened = _released(models, selection)
    owned = {
        kind: _listed(
            [r for r in of("infrastructure") if r["infrastructure_kind"] == kind], "infrastructure_name"
        )
        for kind in ("chip", "cloud", "framework")
    }
    headline = sorted(of("commercial_levers"), key=lambda r: not r["is_headline"])[:1]
    scores = sorted(of("transparency_scores"), key=lambda r: r["published_date"])[-1:]
    flagship = of("flagships")
    return {
        "Governance, reported": _in_force(field, company_id, "reported"),
        "Governance, coded": _in_force(field, company_id, "coded"),
        "Centralisation index": _first(
            of("index"),
            lambda r: f"{r['centralisation_index']:.0f} of 100, {int(r['scored_count'])} of 6 dimensions",
        ),
        "Leads AI": _first(of("leads"), lambda r: f"{r['person_name']}, {r['role']}"),
        "Last reorganisation": _first(
            of("events"), lambda r: f"{r['title']}, {format_day(r['event_date'], r['event_date_precision'])}"
        ),
        "Flagship": _flagship(flagship[0], selection) if flagship else NOTHING,
        "Best Arena rating": _first(
            rated, lambda r: f"{format_score(r['arena_rating'], 'elo')}, {field.model_names[r['model_id']]}"
        ),
        "Released in 12 months": shipped,
        "With open weights": opened,
        "Output price": _price(field, models, rated, selection),
        "Own chips": owned["chip"],
        "Own cloud": owned["cloud"],
        "Own framework": owned["framework"],
        "Commercial lever": _listed(headline, "lever_name"),
        "Revenue": _newest_metric(metrics, ("revenue", "total_revenue", "cloud_revenue")),
        "Announced plan": _newest_metric(metrics, PLAN_METRICS),
        "Investment": _newest_metric(metrics, ("capex", "ai_and_cloud_capex", "ai_capex", "r_d_spend")),
        "Transparency index": _first(
            scores, lambda r: f"{r['score']} of {r['indicators']}, {format_day(r['published_date'], 'month')}"
        ),
        "Founded, seat, listing": _first(
            of("companies"),
            lambda r: ", ".join(
                str(r[c]) for c in ("founded_year", "hq_city", "listing") if not is_missing(r[c])
            ),
        ),
    }


def _in_force(field: _Field, company_id: str, basis: str) -> Fact:
    row = next(iter(field.of_company(f"periods, {basis}", company_id)[-1:]), None)
    if row is None or not is_missing(row["valid_to"]):
        return NOTHING
    since = format_day(row["valid_from"], row["valid_from_precision"])
    said = [f"{model_short(row['governance_model_id'])} since {since}"]
    for held in field.of_company(f"held, {basis}", company_id):
        said += [words for words in (held["seen"], held["doubt"]) if words]
    return ", ".join(said), row["source_ids"]


def _newest_metric(rows: list[Row], metrics: Sequence[str]) -> Fact:
    """The newest of some metrics; of two of one day the metric named first, of equals the last of the table."""

    def order(row: Row) -> tuple[object, ...]:
        # What is stated counts by its period, however late it was told; a plan by its day.
        told = [d for d in (row["known_date"], row["period_end_date"]) if not is_missing(d)]
        days = (min(told, default=pd.NaT), row["period_end_date"])
        return *((is_missing(d), 0 if is_missing(d) else d.value) for d in days), -metrics.index(
            row["metric"]
        )

    stated = [
        r
        for r in rows
        if r["metric"] in metrics and not is_missing(r["value"]) and not is_missing(r["currency"])
    ]
    if not stated:
        return NOTHING
    row = max(reversed(stated), key=order)
    what = in_sentence(metric_words(row["metric"]))
    words = f"{money(float(row['value']), row['currency'])}, {what}, {period_words(str(row['period']))}"
    return words, row["source_ids"]


def _flagship(row: Row, selection: Selection) -> Fact:
    day = format_day(row["release_date"], row["release_date_precision"])
    weights = "" if is_missing(row["weights"]) else f", {row['weights']}"
    old = flagships.since_words(row, selection.as_of)
    words = f"{row['model_name']}, {day}{weights}{f'; {old}' if old else ''}"
    return words, joined_sources(row["source_ids"], row["why_sources"])


def _released(models: list[Row], selection: Selection) -> tuple[Fact, Fact]:
    """How many models came out in the twelve months to the day shown, and how many of those have open weights."""
    year = [r for r in models if r["release_date"] > selection.as_of - pd.DateOffset(years=1)]
    stated = [r for r in year if not is_missing(r["weights"])]
    if all(is_missing(r["release_date"]) for r in models):
        return NOTHING, NOTHING
    if not year:
        return (plural(0, "model"), ""), ("none released", _sources(models))
    opened, known = counts_of(r["weights"] for r in stated)
    share = (
        (f"{format_percent(opened / known * 100)}, {opened:,} of {known:,}", _sources(stated))
        if stated
        else NOTHING
    )
    return (plural(len(year), "model"), _sources(year)), share


def _price(field: _Field, models: list[Row], rated: list[Row], selection: Selection) -> Fact:
    """The price of what a company rates best with, else of what was priced last."""
    priced = field.prices[field.prices["model_id"].isin([r["model_id"] for r in models])]
    if priced.empty:
        return NOTHING
    rank = {r["model_id"]: r["arena_rating"] for r in rated}
    row = (
        priced.assign(rating=priced["model_id"].map(rank))
        .sort_values(["rating", "price_date"], ascending=False, kind="stable")
        .iloc[0]
    )
    amount = format_money(row["output_price_per_mtok"], selection.currency)
    converted = "" if is_missing(row["converted_from"]) else f" (from {row['converted_from']})"
    words = f"{amount} per million tokens, {field.model_names[row['model_id']]}{converted}"
    return words, row["price_source_ids"]


def _sources(rows: list[Row]) -> str:
    return joined_sources(*(r["source_ids"] for r in rows))


def _first(rows: list[Row], say: Callable[[Row], str]) -> Fact:
    """What the first of some rows says, and its documents."""
    return (say(rows[0]), rows[0]["source_ids"]) if rows else NOTHING


def _listed(rows: list[Row], column: str) -> Fact:
    """The cells of a column, and the documents of all rows."""
    return ", ".join(r[column] for r in rows), _sources(rows)
