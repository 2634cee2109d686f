"""Where each of two organisations leads, measure by measure, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import columns
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import flagships, prices, ratings, windows
from dashboard.look.theme import format_money, format_percent, format_score

LEVEL = f"Arena ratings within {prices.ALIKE} points, and values within 5 % of each other, count as level"


class Value(NamedTuple):
    """A value of one company: its confidence where it is one of a row, its documents, and how it was taken."""

    amount: float
    confidence: Any
    source_ids: str
    way: str = ""


class Measured(NamedTuple):
    """A measure, whether more of it is better, its values by company, and how one is written."""

    label: str
    higher: bool
    values: dict[str, Value]
    words: Callable[[float], str]


def measures(tables: Tables, selection: Selection, ids: list[str]) -> Iterator[Measured]:
    """Scores, models of the last twelve months, prices, transparency."""
    yield from _scores(tables, ids)
    year = selection.as_of - windows.YEAR + pd.Timedelta(days=1)
    for label, rule, words in (
        ("Models released in 12 months", windows.releases, lambda v: f"{v:.0f}"),
        ("With open weights in 12 months", windows.openness, format_percent),
    ):
        of = rule(tables, year, selection.as_of)
        known = {c: Value(m.value, None, m.source_ids) for c, m in of.items() if m.value is not None}
        yield Measured(label, True, known, words)
    price = "Output price of its best-rated priced model"
    listed = prices.price_for_capability(tables, selection.currency)
    # Where one of them is rated nowhere, the prices of what they put first are compared.
    first = flagships.listed(tables, selection.currency)
    if not set(ids) <= set(listed.index) and set(ids) <= set(first.index):
        price, listed = "Output list price of its flagship", first
    values = {str(r.Index): Value(float(r.output_price), None, r.source_ids) for r in listed.itertuples()}
    yield Measured(price, False, values, partial(format_money, currency=selection.currency))
    index = tables["transparency_scores"].sort_values("published_date", kind="stable")
    index = index.dropna(subset=["company_id"])
    scores = {r.company_id: Value(float(r.score), r.confidence, r.source_ids) for r in index.itertuples()}
    yield Measured("Transparency index", True, scores, lambda v: f"{v:.0f} of 100")


_OF_SCORE = ("score", "confidence", "source_ids", "harness", "setting")


def _scores(tables: Tables, ids: list[str]) -> Iterator[Measured]:
    """The benchmarks that all of `ids` have, the two general ones where any has them, and only their values."""
    about = tables["benchmarks"].set_index("benchmark_id")[["benchmark_name", "unit"]].to_dict("index")
    general = ratings.GENERAL[:2]
    for b in (*general, *(b for b in about if b not in ratings.GENERAL)):
        best = ratings.best_of_companies(tables, b) if b in about else {}
        of = {c: best[c] for c in ids if c in best}
        if len(of) < len(ids) and not (of and b in general):
            continue
        rows = columns(tables, "benchmark_scores", *_OF_SCORE, at=pd.Index(list(of.values())))
        # Scores meet only where they were taken in one way.
        values = {
            c: Value(float(score), firm, cited, f"{harness} {setting}")
            for c, (score, firm, cited, harness, setting) in zip(
                of, cells.rows(rows, *_OF_SCORE), strict=True
            )
        }
        name = ratings.ARENA_NAME if b == ratings.ARENA else about[b]["benchmark_name"]
        yield Measured(str(name), True, values, partial(format_score, unit=about[b]["unit"]))


def lead(measure: Measured, a: float, b: float, names: list[str]) -> tuple[str, str]:
    """Who of two leads, and by how much in words; "Level" where the gap is too small to tell."""
    gap, low, high = abs(a - b), min(a, b), max(a, b)
    # Elo points have no zero: a share of them says nothing.
    is_elo = "arena" in measure.label.casefold()
    if gap <= (prices.ALIKE if is_elo else 0.05 * max(abs(a), abs(b))):
        return "Level", "level"
    winner = names[0] if (a > b) == measure.higher else names[1]
    if is_elo:
        return winner, f"{gap:.0f} points"
    if low <= 0:
        # Nothing is a share of nought: the gap is told in the measure's own unit, of percentages in points.
        return winner, measure.words(gap).replace(" %", " points")
    times = high / low
    if times < 1.5:
        return winner, f"{(times - 1) * 100:.0f} %"
    return winner, f"{times:.{0 if times >= 10 else 1}f} times"
