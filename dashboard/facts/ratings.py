"""How models are rated by third parties: which measures count, and the newest snapshot of those that drift."""

from __future__ import annotations

import pandas as pd

from dashboard.data.cut import once
from dashboard.data.store import Tables
from dashboard.look.theme import is_missing

#: The rating that most models of most companies have; never mixed with the style-controlled one.
ARENA = "lmarena-text"
ARENA_WORDS = "Arena text rating without style control, newest snapshot known"
#: Measures of general capability, in order of preference; each alone, none mixed with another.
GENERAL = ("epoch-eci", "lmarena-text", "lmarena-text-style-control")


def drifts(benchmark_id: str) -> bool:
    """Whether a measure moves from snapshot to snapshot, so that two of them never meet in one comparison."""
    return benchmark_id.startswith("lmarena")


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


def setting_words(of_test: object, of_score: object) -> str:
    """How a test was run: the setting that its benchmark stands for, and what the score adds; "" where neither is told."""
    return "; ".join(str(said) for said in (of_test, of_score) if not is_missing(said))
