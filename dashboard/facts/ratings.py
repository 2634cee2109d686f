"""How models are rated by third parties: which measures count, and the newest snapshot of those that drift."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import Cut, columns, everyone, once, once_for_all, once_for_frames, origin, places_of
from dashboard.data.store import Tables
from dashboard.look.theme import format_day, is_missing

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
    told = _read(tables, benchmark_id)
    if not told.label:
        return None
    if drifts(benchmark_id):
        newest = pd.Timestamp(told.day[0], unit="us")
    else:
        cited = {i for cell in told.cell for i in cell.split("; ")}
        sources = tables["sources"]
        held = sources[sources["source_id"].isin(cited)]
        newest = held["published_date"].fillna(held["accessed_date"]).max()
    return None if pd.isna(newest) else newest


#: Scales whose numbers belong to an edition, in the words of charts; RATES are the exchange rates of converted prices.
RATES = "rates"
SCALES = {
    "epoch-eci": "Epoch Capabilities Index",
    "lmarena-text": "Arena text ratings",
    "lmarena-text-style-control": "Arena text ratings with style control",
    RATES: "Prices in another currency",
}
#: What the rating that most models have is called where it is one measure among others.
ARENA_NAME = "Arena text rating"


def editions(tables: Tables, scales: Collection[object]) -> str:
    """Which edition of each scale numbers rest on, in sentences; "" where none of them is in the tables.

    Args:
        tables: Tables as of a day; all companies count, whoever is shown.
        scales: RATES, ids or names of benchmarks; those without editions, and what is none, say nothing.
    """
    whole, told = everyone(tables), []
    about = whole["benchmarks"]
    names = cells.by(about, "benchmark_id", "benchmark_name")
    ids = {name: i for i, name in names.items()} | {ARENA_NAME: ARENA, RATES: RATES} | {i: i for i in names}
    asked = {ids[s] for s in map(str, scales) if s in ids}
    for scale in sorted(asked, key=[*SCALES, *sorted(asked - set(SCALES))].index):
        if scale == RATES:
            month = whole["exchange_rates"]["rate_month"].max()
            if pd.notna(month):
                told.append(
                    f"{SCALES[RATES]}: the average rate of the month of each, known to {format_day(month, 'month')}."
                )
            continue
        if not refits(scale):
            continue
        word = SCALES.get(scale) or str(names[scale])
        found = version(whole, scale)
        if found is not None:
            told.append(f"{word}: {'snapshot' if drifts(scale) else 'edition'} of {format_day(found)}.")
        elif whole["benchmark_scores"]["benchmark_id"].eq(scale).any():
            told.append(f"{word}: an edition later than the day shown.")
    return " ".join(told)


@once
def scores(tables: Tables, benchmark_id: str, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Third-party scores of known models by one measure, one row per model (its best entry), best first.

    Of a measure that drifts only one snapshot is read: that of `day`, else the newest. The Epoch index is one scale
    for all of time, so each model keeps its own day.

    Returns:
        Rows of benchmark_scores.
    """
    return tables["benchmark_scores"].loc[_best(tables, benchmark_id, day)]


def _best(tables: Tables, benchmark_id: str, day: pd.Timestamp | None) -> list[Hashable]:
    told = _read(tables, benchmark_id, day)
    # The first that is put in last is the best.
    best = dict(zip(reversed(told.model), reversed(told.label), strict=True))
    return [best[model] for model in dict.fromkeys(told.model)]


class _Scores(NamedTuple):
    """Scores as columns, best first; days are numbers as `cells.numbers` gives them."""

    label: Any
    model: Any
    company: Any
    day: Any
    score: Any
    cell: Any

    def kept(self, wanted: np.ndarray) -> _Scores:
        """Of arrays those that are wanted, in order."""
        return _Scores(*(column[wanted] for column in self))


class _Build:
    """Third-party scores of known models of a build by measure, best first: no day changes that order."""

    def __init__(self, scores: pd.DataFrame) -> None:
        known = np.flatnonzero(
            ((scores["reporter"] == "third_party") & scores["model_id"].notna()).to_numpy()
        )
        self._scores = scores
        # Parted at once, since pages ask for dozens of benchmarks, and read when one of them is asked for.
        named = scores["benchmark_id"].take(known).reset_index(drop=True)
        self._places = {str(name): known[at] for name, at in named.groupby(named).indices.items()}
        self._read: dict[str, _Scores] = {}

    def of(self, benchmark_id: str) -> _Scores:
        """Those by one measure."""
        if benchmark_id not in self._read:
            rows = self._scores.take(self._places.get(benchmark_id, np.array([], dtype="int64")))
            rows = rows.sort_values("score", ascending=False, kind="stable", na_position="last")
            model, company, cell = (
                rows[c].to_numpy(dtype="object") for c in ("model_id", "company_id", "source_ids")
            )
            label, day = rows.index.to_numpy(), cells.days(rows["score_date"])
            self._read[benchmark_id] = _Scores(label, model, company, day, rows["score"].to_numpy(), cell)
        return self._read[benchmark_id]


_build = once_for_frames(_Build)


@once_for_all
def _of_everyone(tables: Tables, benchmark_id: str) -> _Scores:
    """Third-party scores of known models by a measure, best first."""
    told = _build(origin(tables, "benchmark_scores")).of(benchmark_id)
    rows = columns(tables, "benchmark_scores", "score_date")
    at = places_of(rows.index, told.label)
    is_known = at >= 0
    day = cells.days(rows["score_date"].take(at[is_known]))
    return told.kept(is_known)._replace(day=day)


@once
def _of_benchmark(tables: Tables, benchmark_id: str) -> _Scores:
    told = _of_everyone(tables, benchmark_id)
    if not isinstance(tables, Cut) or tables.mine is None or not len(told.label):
        return told
    return told.kept(tables.mine(pd.Series(told.company, dtype="str")).to_numpy())


@once
def _read(tables: Tables, benchmark_id: str, day: pd.Timestamp | None = None) -> _Scores:
    """The scores that are compared with each other, as lists: of a measure that drifts one snapshot alone."""
    told = _of_benchmark(tables, benchmark_id)
    if drifts(benchmark_id) and len(told.label):
        told = told.kept(told.day == (told.day.max() if day is None else day.value // 1000))
    return _Scores(*(column.tolist() for column in told))


@once
def best_of_models(tables: Tables, benchmark_id: str) -> dict[str, tuple[float, str]]:
    """Score of each model by a measure as `scores` reads it, and its list cell of sources, best first."""
    told = _read(tables, benchmark_id)
    best: dict[str, tuple[float, str]] = {}
    for model, score, cell in zip(told.model, told.score, told.cell, strict=True):
        if model not in best:
            best[model] = score, cell
    return best


@once
def best_of_companies(tables: Tables, benchmark_id: str) -> dict[str, Hashable]:
    """Which row of benchmark_scores holds the best score of each company by a measure as `scores` reads it, best first."""
    told = _read(tables, benchmark_id)
    best: dict[str, Hashable] = {}
    for company, label in zip(told.company, told.label, strict=True):
        if not is_missing(company):
            best.setdefault(company, label)
    return best


@once
def arena(tables: Tables, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Arena text ratings by the rule ARENA_WORDS, one row per model, best first.

    Args:
        tables: Tables as of a day.
        day: Of which snapshot; None is the newest.

    Returns:
        model_id, company_id, model_label, arena_rating (points), rating_date, rating_source_ids.
    """
    names = {
        "model_id": "model_id",
        "company_id": "company_id",
        "model_label": "model_label",
        "score": "arena_rating",
        "score_date": "rating_date",
        "source_ids": "rating_source_ids",
    }
    return tables["benchmark_scores"].loc[_best(tables, ARENA, day), list(names)].rename(columns=names)


def setting_words(of_test: object, of_score: object) -> str:
    """How a test was run: the setting that its benchmark stands for, and what the score adds; "" where neither is told."""
    return "; ".join(str(said) for said in (of_test, of_score) if not is_missing(said))
