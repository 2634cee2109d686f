"""How models are rated by third parties: which measures count, and the newest snapshot of those that drift."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import Cut, columns, everyone, has_rows, once, once_for_all, once_for_frames, origin
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


@once
def version(tables: Tables, benchmark_id: str) -> pd.Timestamp | None:
    """The edition that the scores of a measure rest on.

    Returns:
        Of a measure that drifts its newest snapshot, of another fitted one the day of the newest document that holds it;
        None where the tables hold no score of it, or not its document.
    """
    told = _read(tables, benchmark_id)
    if not len(told.label):
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
    return everyone(tables)["benchmark_scores"].loc[_best(tables, benchmark_id, day)]


def _best(tables: Tables, benchmark_id: str, day: pd.Timestamp | None) -> list[Hashable]:
    told = _read(tables, benchmark_id, day)
    return told.label[_firsts(told.model)].tolist()


def _firsts(cells: np.ndarray) -> np.ndarray:
    """Where each cell stands first."""
    return np.flatnonzero(~pd.Series(cells).duplicated().to_numpy())


class Scores(NamedTuple):
    """Scores as columns, best first; days are numbers as `cells.numbers` gives them, `row` the place in the build's table."""

    row: np.ndarray
    label: np.ndarray
    model: np.ndarray
    company: np.ndarray
    day: np.ndarray
    score: np.ndarray
    cell: np.ndarray

    def kept(self, wanted: np.ndarray) -> Scores:
        """Those that are wanted, in order."""
        at = np.flatnonzero(wanted)
        return Scores(*(column[at] for column in self))


@once_for_frames
def _parted(scores: pd.DataFrame) -> dict[str, Scores]:
    """Third-party scores of known models of a build by benchmark: pages ask for dozens, and no day changes their order."""
    row = np.flatnonzero(((scores["reporter"] == "third_party") & scores["model_id"].notna()).to_numpy())
    read = ["benchmark_id", "model_id", "company_id", "score_date", "score", "source_ids"]
    rows = scores[read].iloc[row].assign(row=row)
    rows = rows.sort_values("score", ascending=False, kind="stable", na_position="last")
    model, company, cell = (rows[c].to_numpy(dtype=object) for c in ("model_id", "company_id", "source_ids"))
    days, score = np.array(cells.numbers(rows["score_date"])), rows["score"].to_numpy(dtype="float64")
    every = Scores(rows["row"].to_numpy(), rows.index.to_numpy(), model, company, days, score, cell)
    parts = rows.groupby("benchmark_id").indices.items()
    return {str(name): Scores(*(column[at] for column in every)) for name, at in parts}


@once_for_all
def _of_everyone(tables: Tables, benchmark_id: str) -> Scores | None:
    """Third-party scores of known models by a measure, best first."""
    told = _parted(origin(tables, "benchmark_scores")).get(benchmark_id)
    return None if told is None else told.kept(has_rows(tables, "benchmark_scores")[told.row])


def measured(tables: Tables, benchmark_ids: Iterable[str]) -> list[str]:
    """Those of some measures by which a model of the companies shown has a score."""
    shown = frozenset(tables["companies"]["company_id"].tolist())
    every = ((i, _of_everyone(tables, i)) for i in benchmark_ids)
    return [i for i, told in every if told is not None and not shown.isdisjoint(told.company.tolist())]


@once
def _of_benchmark(tables: Tables, benchmark_id: str) -> Scores:
    told = _of_everyone(tables, benchmark_id)
    if told is None:
        return Scores(*(np.array([], dtype=d) for d in ("int64", *"OOO", "int64", "float64", "O")))
    if not isinstance(tables, Cut) or tables.mine is None or not len(told.label):
        return told
    return told.kept(tables.mine(pd.Series(told.company, dtype="object")).to_numpy())


@once
def _read(tables: Tables, benchmark_id: str, day: pd.Timestamp | None = None) -> Scores:
    """The scores that are compared with each other: of a measure that drifts one snapshot alone."""
    told = _of_benchmark(tables, benchmark_id)
    if not drifts(benchmark_id):
        return told
    of = told.day.max(initial=cells.NO_DAY) if day is None else day.value // 1000
    return told.kept((told.day == of) & (told.day != cells.NO_DAY))


@once
def best_of_models(tables: Tables, benchmark_id: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Models with a score by a measure as `scores` reads it, best first: id, score, and list cell of its documents."""
    best = best_scores(tables, benchmark_id)
    return best.model, best.score, best.cell


@once
def best_scores(tables: Tables, benchmark_id: str) -> Scores:
    """The best score of each model by a measure as `scores` reads it, best first."""
    told = _read(tables, benchmark_id)
    at = _firsts(told.model)
    return Scores(*(column[at] for column in told))


class Best(NamedTuple):
    """A company's best score by a measure: its row of benchmark_scores by label, the model, and the score."""

    label: Hashable
    model_id: str
    score: float


@once
def leaders(tables: Tables, benchmark_id: str) -> dict[str, Best]:
    """The best score of each company by a measure as `scores` reads it, best first."""
    told = _read(tables, benchmark_id)
    at = _firsts(told.company)
    every = zip(*(c[at].tolist() for c in (told.company, told.label, told.model, told.score)), strict=True)
    return {company: Best(*best) for company, *best in every if not is_missing(company)}


@once
def best_of_companies(tables: Tables, benchmark_id: str) -> dict[str, Hashable]:
    """Which row of benchmark_scores holds the best score of each company by a measure as `scores` reads it, best first."""
    return {company: best.label for company, best in leaders(tables, benchmark_id).items()}


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
    every = columns(everyone(tables), "benchmark_scores", *names)
    return every.loc[_best(tables, ARENA, day)].rename(columns=names)


def setting_words(of_test: object, of_score: object) -> str:
    """How a test was run: the setting that its benchmark stands for, and what the score adds; "" where neither is told."""
    return "; ".join(str(said) for said in (of_test, of_score) if not is_missing(said))
