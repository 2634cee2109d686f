"""What a company was coded as on a day, and what it shipped and who led it within a span of days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.data import citations
from dashboard.data.cut import once
from dashboard.data.store import Tables
from dashboard.facts import models, ratings
from dashboard.look.theme import is_missing
from etl.governance_rule import DIMENSIONS, centralisation_index

YEAR = pd.DateOffset(years=1)


def last_day(day: pd.Timestamp, precision: object) -> pd.Timestamp:
    """Last day of the period that a vague day stands for: "2026" is kept as 1 Jan 2026 and ends on 31 Dec."""
    if precision == "month":
        return day + pd.offsets.MonthEnd(0)
    if precision == "quarter":
        return day + pd.offsets.QuarterEnd(0, startingMonth=12)
    if precision == "year":
        return day + pd.offsets.YearEnd(0)
    return day


# --- Scores on a day ---


@once
def readings(tables: Tables, company_id: str, day: pd.Timestamp, *, before: bool = False) -> pd.DataFrame:
    """The reading of each dimension in force on a day, as the build picks it.

    Args:
        tables: Tables as of a day not before `day`.
        company_id: Whose readings.
        day: The day; with `before` the day of an event, which itself is left out.
        before: Only what held until that day. A reading known by month that may tell of the event itself is not
            counted as older than it.

    Returns:
        Rows of governance_observations, indexed by dimension, one each; qualifiers included. Where the newest
        reading carries no score, what held before is over: no row.
    """
    rows = tables["governance_observations"]
    rows = rows[(rows["company_id"] == company_id) & (rows["valid_from"] <= day)]
    if before:
        ends = [last_day(d, p) for d, p in zip(rows["valid_from"], rows["valid_from_precision"], strict=True)]
        # Of a year only the year is known: it is taken at its first day, else nothing would come before anything.
        vague = rows["valid_from_precision"].isin(["month", "quarter"])
        spans = pd.Series([e >= day for e in ends], index=rows.index, dtype=bool) & vague
        rows = rows[(rows["valid_from"] < day) & ~spans]
    if not rows.duplicated(["dimension", "valid_from"]).any():
        rows = rows.sort_values("valid_from", ascending=False, kind="stable")
        return rows.drop_duplicates("dimension").dropna(subset=["score"]).set_index("dimension")
    published = tables["sources"].set_index("source_id")["published_date"].dropna()
    newest = [
        max((published[i] for i in cell.split("; ") if i in published.index), default=pd.NaT)
        for cell in rows["source_ids"]
    ]
    rows = rows.assign(
        _rank=citations.source_rank(rows, tables["sources"]),
        _published=pd.Series(newest, index=rows.index, dtype="datetime64[us]"),
    )
    rows = rows.sort_values(
        ["valid_from", "_rank", "_published", "observation_id"],
        ascending=[False, True, False, True],
        kind="stable",
    )
    rows = rows.drop_duplicates("dimension").dropna(subset=["score"])
    return rows.drop(columns=["_rank", "_published"]).set_index("dimension")


def dissent(tables: Tables, reading: pd.Series, company_id: str, dimension: str) -> pd.DataFrame:
    """Readings of the same dimension and first day with another score, from sources that rank lower."""
    rows = tables["governance_observations"]
    return rows[
        (rows["company_id"] == company_id)
        & (rows["dimension"] == dimension)
        & (rows["valid_from"] == reading["valid_from"])
        & rows["score"].ne(reading["score"]).fillna(False)
    ]


def scores(found: pd.DataFrame) -> dict[str, int]:
    """Dimension to score, of what `readings` gave."""
    return {str(d): int(s) for d, s in found["score"].items()}


def index_of(found: pd.DataFrame) -> float | None:
    """Centralisation index of what `readings` gave; None where too little is scored."""
    return centralisation_index(scores(found)) if len(found) else None


def scored(found: pd.DataFrame) -> int:
    """How many of the six dimensions `readings` gave."""
    return sum(d in found.index for d in DIMENSIONS)


# --- What happened in a span of days ---


@dataclass(frozen=True)
class Measure:
    """One number about a company in a span, what it was counted from, and the documents.

    Attributes:
        value: None where nothing is known.
        count: Rows it rests on.
        source_ids: One list cell.
        what: What stands behind it, in words: the model of a score, the people of a change.
    """

    value: float | None
    count: int
    source_ids: str = ""
    what: str = ""


NOTHING = Measure(None, 0)


def _cell(*cells: object) -> str:
    return "; ".join(citations.split_ids(cells))


@once
def released(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Models that came out from the first to the last day, both included; endpoints that move left out."""
    rows = models.released(tables["models"])
    return rows[(rows["release_date"] >= first) & (rows["release_date"] <= last)]


@once
def releases(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Measure]:
    """How many models came out, every size counts; by company, those without any left out."""
    by = _by_company(released(tables, first, last), "source_ids", "model_name")
    return {
        cid: Measure(
            float(len(mine)), len(mine), _cell(*(s for s, _ in mine)), ", ".join(n for _, n in mine[-3:])
        )
        for cid, mine in by.items()
    }


def _by_company(rows: pd.DataFrame, *columns: str) -> dict[str, list[tuple[Any, ...]]]:
    """The cells of some columns by company, in order of rows; rows without a company left out."""
    by: dict[str, list[tuple[Any, ...]]] = {}
    for cid, *cells in zip(rows["company_id"], *(rows[c] for c in columns), strict=True):
        if not is_missing(cid):
            by.setdefault(str(cid), []).append(tuple(cells))
    return by


@once
def openness(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Measure]:
    """Percentage of the models that came out whose weights are open; by company, those without any known left out."""
    found = {}
    for cid, mine in _by_company(released(tables, first, last), "weights", "source_ids").items():
        known = [(weights, cell) for weights, cell in mine if not is_missing(weights)]
        if known:
            opened, of = models.counts_of(weights for weights, _ in known)
            found[cid] = Measure(opened / of * 100, of, _cell(*(cell for _, cell in known)))
    return found


@once
def best_rated(
    tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp, day: pd.Timestamp
) -> Measure:
    """Best Arena rating, in the snapshot of one day, among the models that came out in the span."""
    shipped = released(tables, first, last)
    rows = ratings.arena(tables, day)
    rows = rows[rows["model_id"].isin(shipped.loc[shipped["company_id"] == company_id, "model_id"])]
    if rows.empty:
        return NOTHING
    top = rows.iloc[0]
    return Measure(
        float(top["arena_rating"]), len(rows), str(top["rating_source_ids"]), str(top["model_label"])
    )


@once
def leader_changes(tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp) -> Measure:
    """People who began or ceased to lead the company's AI in the span; one who only changes the title does not count.

    The leader with whom the record of a company begins has replaced nobody known, so that beginning is not counted.
    """
    people = tables["people"]
    rows = people[(people["company_id"] == company_id) & people["is_ai_lead"].astype(bool)]
    if rows.empty:
        return NOTHING
    moved: dict[str, str] = {}
    far = pd.Timestamp.max.floor("D")
    begun = rows["valid_from"].min()
    for person, roles in rows.groupby("person_id", sort=False):
        # One spell from the first to the last day of roles that touch; a gap of two months ends it.
        spans = sorted(
            (r.valid_from, far if is_missing(r.valid_to) else r.valid_to)
            for r in roles.itertuples()
            if not is_missing(r.valid_from)
        )
        spells: list[list[pd.Timestamp]] = []
        for start, end in spans:
            if spells and start <= min(spells[-1][1], far - pd.Timedelta(days=62)) + pd.Timedelta(days=62):
                spells[-1][1] = max(spells[-1][1], end)
            else:
                spells.append([start, end])
        came = any(first <= s <= last and s != begun for s, _ in spells)
        went = any(first <= e <= last for _, e in spells)
        if came or went:
            verb = "came and went" if came and went else "came" if came else "went"
            moved[str(person)] = f"{roles['person_name'].iloc[0]} {verb}"
    sources = rows.loc[rows["person_id"].isin(moved), "source_ids"] if moved else rows["source_ids"]
    return Measure(float(len(moved)), len(rows), _cell(*sources), ", ".join(moved.values()))
