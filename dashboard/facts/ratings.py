"""How models are rated by third parties: which measures count, and the newest snapshot of those that drift."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from dashboard.data.cut import everyone, once
from dashboard.data.store import Tables
from dashboard.look.theme import format_day

#: The rating that most models of most companies have; never mixed with the style-controlled one.
ARENA = "lmarena-text"
ARENA_WORDS = "Arena text rating without style control, newest snapshot known"
#: Measures of general capability, in order of preference; each alone, none mixed with another.
GENERAL = ("epoch-eci", "lmarena-text", "lmarena-text-style-control")


def drifts(benchmark_id: str) -> bool:
    """Whether a measure moves from snapshot to snapshot, so that two of them never meet in one comparison."""
    return benchmark_id.startswith("lmarena")


def refits(benchmark_id: str) -> bool:
    """Whether every edition of a measure fits all its scores anew: then a score belongs to its edition."""
    return drifts(benchmark_id) or benchmark_id == "epoch-eci"


def version(tables: Tables, benchmark_id: str) -> pd.Timestamp | None:
    """The edition that the scores of a measure rest on.

    Returns:
        Of a measure that drifts its newest snapshot, of another fitted one the day of the newest document that holds it;
        None where the tables hold no score of it, or not its document.
    """
    rows = tables["benchmark_scores"]
    rows = rows[(rows["benchmark_id"] == benchmark_id) & (rows["reporter"] == "third_party")]
    if rows.empty:
        return None
    if drifts(benchmark_id):
        newest = rows["score_date"].max()
    else:
        cited = {i for cell in rows["source_ids"].dropna() for i in str(cell).split("; ")}
        sources = tables["sources"]
        held = sources[sources["source_id"].isin(cited)]
        newest = held["published_date"].fillna(held["accessed_date"]).max()
    return None if pd.isna(newest) else newest


#: Scales whose numbers belong to an edition, in words; RATES are the exchange rates of converted prices.
RATES = "rates"
SCALES = {
    "epoch-eci": "Epoch Capabilities Index",
    "lmarena-text": "Arena text ratings",
    "lmarena-text-style-control": "Arena text ratings with style control",
    RATES: "Prices in another currency",
}


def editions(tables: Tables, scales: Collection[str]) -> str:
    """Which edition of each scale numbers rest on, in sentences; "" where none of them is in the tables.

    Args:
        tables: Tables as of a day; all companies count, whoever is shown.
        scales: Ids of SCALES; others are scales without editions.
    """
    whole, told = everyone(tables), []
    for scale in (s for s in SCALES if s in scales):
        if scale == RATES:
            month = whole["exchange_rates"]["rate_month"].max()
            if pd.notna(month):
                told.append(
                    f"{SCALES[RATES]}: the average rate of the month of each, known to {format_day(month, 'month')}."
                )
            continue
        found = version(whole, scale)
        if found is not None:
            word = "snapshot" if drifts(scale) else "edition"
            told.append(f"{SCALES[scale]}: {word} of {format_day(found)}.")
        elif whole["benchmark_scores"]["benchmark_id"].eq(scale).any():
            told.append(f"{SCALES[scale]}: an edition later than the day shown.")
    return " ".join(told)


def named(names: Iterable[object]) -> tuple[str, ...]:
    """Ids of the scales with editions among names of benchmarks."""
    ids = {"Epoch Capabilities Index": "epoch-eci", "LMArena text": "lmarena-text"}
    return tuple(dict.fromkeys(i for n in names for word, i in ids.items() if str(n).startswith(word)))


@once
def scores(tables: Tables, benchmark_id: str, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Third-party scores of known models by one measure, one row per model (its best entry), best first.

    Of a measure that drifts only one snapshot is read: that of `day`, else the newest. The Epoch index is one scale
    for all of time, so each model keeps its own day.

    Returns:
        Rows of benchmark_scores.
    """
    rows = tables["benchmark_scores"]
    rows = rows[
        (rows["benchmark_id"] == benchmark_id)
        & (rows["reporter"] == "third_party")
        & rows["model_id"].notna()
    ]
    if drifts(benchmark_id):
        rows = rows[rows["score_date"] == (rows["score_date"].max() if day is None else day)]
    return rows.sort_values("score", ascending=False, kind="stable").drop_duplicates("model_id")


@once
def arena(tables: Tables, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Arena text ratings by the rule ARENA_WORDS, one row per model, best first.

    Args:
        tables: Tables as of a day.
        day: Of which snapshot; None is the newest.

    Returns:
        model_id, company_id, model_label, arena_rating (points), rating_date, rating_source_ids.
    """
    rows = scores(tables, ARENA, day)
    rows = rows.rename(
        columns={"score": "arena_rating", "score_date": "rating_date", "source_ids": "rating_source_ids"}
    )
    return rows[
        [
            "model_id",
            "company_id",
            "model_label",
            "arena_rating",
            "rating_date",
            "rating_source_ids",
        ]
    ]
