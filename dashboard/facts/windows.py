"""What a company was coded as on a day, and what it shipped and who led it within a span of days."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells, citations
from dashboard.data.cut import columns, has_rows, once, once_each, once_for_frames, origin, places_of
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


def year_from(day: pd.Timestamp, as_of: pd.Timestamp) -> pd.Timestamp:
    """Last of the twelve months that begin on a day, as far as they have passed on another."""
    return min(day + YEAR - pd.Timedelta(days=1), as_of.normalize())


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
    held = [o.label for o in _held(tables, company_id, day, before=before)]
    every = origin(tables, "governance_observations").columns
    return columns(tables, "governance_observations", *every, at=pd.Index(held)).set_index("dimension")


def scores_on(tables: Tables, company_id: str, day: pd.Timestamp) -> dict[str, int]:
    """Dimension to score, of what `readings` would give of a day."""
    return scores_of(readings_on(tables, company_id, day))


def scores_of(held: Mapping[str, Reading]) -> dict[str, int]:
    """Dimension to score, of what `readings_on` gave."""
    return {dimension: int(o.score) for dimension, o in held.items()}


def readings_on(
    tables: Tables, company_id: str, day: pd.Timestamp, *, before: bool = False
) -> dict[str, Reading]:
    """What `readings` gives, by dimension and without what is read of a reading alone: of thousands of companies each is asked."""
    return {o.dimension: o for o in _held(tables, company_id, day, before=before)}


def _held(tables: Tables, company_id: str, day: pd.Timestamp, *, before: bool = False) -> list[Reading]:
    """The newest reading of each dimension by the rule of `readings`, those without a score left out."""
    on, is_known = day.value // 1000, has_rows(tables, "governance_observations")
    every = _observations(origin(tables, "governance_observations")).of(company_id)
    known = [o for o in every if o.first <= on and is_known[o.place]]
    if before:
        # Of a year only the year is known: it is taken at its first day, else nothing would come before anything.
        known = [o for o in known if o.first < on and _over(o) < day]
    known.sort(key=lambda o: o.first, reverse=True)
    if len({(o.dimension, o.first) for o in known}) < len(known):
        # Of each dimension the newest alone are compared.
        last: dict[str, int] = {}
        for o in known:
            last.setdefault(o.dimension, o.first)
        known = [o for o in known if o.first == last[o.dimension]]
        known.sort(key=lambda o: (-o.first, *_strength(o, tables), o.id))
    newest: dict[str, Reading] = {}
    for o in known:
        newest.setdefault(o.dimension, o)
    return [o for o in newest.values() if not is_missing(o.score)]


def _over(one: Reading) -> pd.Timestamp:
    """Last day of the month or quarter by which a reading is known, else its first day."""
    first = pd.Timestamp(one.first, unit="us")
    return last_day(first, one.exact) if one.exact in ("month", "quarter") else first


class Reading(NamedTuple):
    """A reading, by its place in the table of the build; its first day is a number as `cells.numbers` gives it."""

    place: int
    label: Hashable
    id: str
    dimension: str
    first: int
    exact: object
    score: Any
    cell: str


class _Observations(NamedTuple):
    """Readings as columns, and where those of each company stand: a page asks for few of many."""

    columns: tuple[list[Any], ...]
    places: dict[str, list[int]]

    def of(self, company_id: str) -> list[Reading]:
        """Every reading of a company, in order of rows."""
        return [Reading(n, *[c[n] for c in self.columns]) for n in self.places.get(company_id, ())]


@once_for_frames
def _observations(rows: pd.DataFrame) -> _Observations:
    first = cells.numbers(rows["valid_from"])
    before, after = ("observation_id", "dimension"), ("valid_from_precision", "score", "source_ids")
    ids, told = ([rows[c].tolist() for c in some] for some in (before, after))
    places: dict[str, list[int]] = {}
    for n, company in enumerate(rows["company_id"].tolist()):
        places.setdefault(company, []).append(n)
    return _Observations((rows.index.tolist(), *ids, first, *told), places)


@once_for_frames
def _documents(sources: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """How strong each document is and when it appeared, in microseconds: before all others where nobody knows."""
    rank = np.array([citations.SOURCE_RANK.get(s, 9) for s in sources["strength"].tolist()], dtype="int64")
    return rank, cells.days(sources["published_date"])


def _strength(one: Reading, tables: Tables) -> tuple[int, int]:
    """Sorts the better-sourced first, then the one whose newest document is newer."""
    sources = origin(tables, "sources")
    is_known, (rank, day) = has_rows(tables, "sources"), _documents(sources)
    cited = [n for n in citations.places(sources).rows(one.cell) if is_known[n]]
    best = min((int(rank[n]) for n in cited), default=9)
    return best, -max((int(day[n]) for n in cited), default=cells.NO_DAY)


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
    return index_of_scores(scores(found))


def index_of_scores(known: dict[str, int]) -> float | None:
    """Centralisation index of scores by dimension; None where too little is scored."""
    return centralisation_index(known) if known else None


def scored(found: pd.DataFrame) -> int:
    """How many of the six dimensions `readings` gave."""
    return sum(d in found.index for d in DIMENSIONS)


def index_moved(old: pd.DataFrame, new: pd.DataFrame) -> str:
    """Change of the index, and the change on the dimensions scored on both sides where these are not all."""
    before, after = index_of(old), index_of(new)
    if before is None or after is None:
        return "not known on both sides"
    text = f"{after - before:+.0f}"
    both = [d for d in DIMENSIONS if d in old.index and d in new.index]
    if len(both) != scored(new) or len(both) != scored(old):
        was, now = (index_of(side.loc[both]) for side in (old, new))
        if was is not None and now is not None:
            text += f"; {now - was:+.0f} on the {len(both)} scored on both sides"
    return text


# --- What happened in a span of days ---


@dataclass(frozen=True)
class Measure:
    """One number about a company in a span, what it was counted from, and the documents.

    Attributes:
        value: None where nothing is known.
        count: Rows it rests on.
        cells: List cells of the documents; many numbers are compared, of few the documents are named.
        what: What stands behind it, in words: the model of a score, the people of a change.
    """

    value: float | None
    count: int
    cells: tuple[str, ...] = ()
    what: str = ""

    @functools.cached_property
    def source_ids(self) -> str:
        """The documents as one list cell."""
        return citations.joined_sources(*self.cells)


NOTHING = Measure(None, 0)


class Measured(Mapping[str, Measure]):
    """A measure of many companies: their numbers at once, documents and words of those that somebody asks for.

    Attributes:
        ids: The companies that have a value, each once.
        value: The value of each.
        count: Rows that each rests on.
    """

    def __init__(
        self,
        ids: np.ndarray,
        value: np.ndarray,
        count: np.ndarray,
        cited: Callable[[int], tuple[str, ...]],
        what: Callable[[int], str] = lambda place: "",
    ) -> None:
        """A measure of which `cited` gives the list cells, and `what` the words, of the company at a place."""
        self.ids, self.value, self.count = ids, value, count
        self._cited, self._what = cited, what

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {i: n for n, i in enumerate(self.ids.tolist())}

    def cells(self, company_id: str) -> tuple[str, ...]:
        """List cells of the documents of a company that has a value."""
        return self._cited(self._places[company_id])

    def what(self, company_id: str) -> str:
        """What stands behind its value, in words."""
        return self._what(self._places[company_id])

    def __getitem__(self, company_id: str) -> Measure:
        n = self._places[company_id]
        return Measure(float(self.value[n]), int(self.count[n]), self._cited(n), self._what(n))

    def __contains__(self, company_id: object) -> bool:
        return company_id in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self.ids)

    def chosen(self, mine: Callable[[pd.Series], pd.Series]) -> Measured:
        """That of the companies that `mine` picks by their ids."""
        return self.kept(mine(pd.Series(self.ids, dtype="str")).to_numpy())

    def kept(self, wanted: np.ndarray) -> Measured:
        """That of the companies wanted, one flag a company."""
        at = np.flatnonzero(wanted)
        was = at.tolist()
        return Measured(
            self.ids[at],
            self.value[at],
            self.count[at],
            lambda n: self._cited(was[n]),
            lambda n: self._what(was[n]),
        )


@once
def releases(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> Measured:
    """How many models came out, every size counts; by company, those without any left out."""
    of = _ByCompany(tables, first, last)
    names = of.models.cells("model_name")
    return Measured(
        of.ids,
        of.count.astype("float64"),
        of.count,
        of.cited,
        lambda n: ", ".join(names[of.places(n)[-3:]].tolist()),
    )


@once_for_frames
def _makers(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The company of each model of a build, as a place among their ids, -1 where it has none."""
    return pd.factorize(rows["company_id"].to_numpy(dtype=object))


def makers(tables: Tables) -> np.ndarray:
    """Ids of the companies that have a model, in the order in which they first come."""
    company, ids = _makers(origin(tables, "models"))
    mine = company[has_rows(tables, "models")]
    found, begins = np.unique(mine[mine >= 0], return_index=True)
    return ids[found[np.argsort(begins)]]


class _ByCompany:
    """Models that came out in a span: who has any, in the order in which they first come, how many, and where.

    Attributes:
        models: The models.
        ids: The companies.
        count: How many of the models are of each; those of no company are left out.
    """

    def __init__(self, tables: Tables, first: pd.Timestamp, last: pd.Timestamp, column: str = "") -> None:
        """Models of a span; of a column given those alone that have something in it."""
        self.models = models.came_out(tables, first, last)
        build = origin(tables, "models")
        every, ids = _makers(build)
        every = every[places_of(build.index, self.models.rows.index.to_numpy()[self.models.at])]
        is_counted = every >= 0
        if column:
            is_counted &= pd.notna(self.models.cells(column))
        self._at = np.flatnonzero(is_counted)
        found, begins, of = np.unique(every[self._at], return_index=True, return_inverse=True)
        order = np.argsort(begins, kind="stable")
        self._of, self.ids = np.argsort(order)[of], ids[found[order]]
        self.count = self.sums(np.ones(len(every), dtype=bool))

    def sums(self, counted: np.ndarray) -> np.ndarray:
        """How many models of each are counted, of a flag for each model."""
        return np.bincount(self._of[counted[self._at]], minlength=len(self.ids))

    @functools.cached_property
    def _order(self) -> tuple[np.ndarray, list[int]]:
        order = np.argsort(self._of, kind="stable")
        return self._at[order], np.searchsorted(self._of[order], np.arange(len(self.ids) + 1)).tolist()

    def places(self, n: int) -> np.ndarray:
        """Where the models of a company stand, in order."""
        order, begins = self._order
        return order[begins[n] : begins[n + 1]]

    @functools.cached_property
    def _cells(self) -> list[str]:
        cells: list[str] = self.models.cells("source_ids")[self._order[0]].tolist()
        return cells

    def cited(self, n: int) -> tuple[str, ...]:
        """List cells of the models of a company, in order."""
        _, begins = self._order
        return tuple(self._cells[begins[n] : begins[n + 1]])


@once
def openness(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> Measured:
    """Percentage of the models that came out whose weights are open; by company, those without any known left out."""
    of = _ByCompany(tables, first, last, "weights")
    is_open = models.open_weights(pd.Series(of.models.cells("weights"))).to_numpy()
    return Measured(of.ids, of.sums(is_open) / of.count * 100, of.count, of.cited)


@once
def best_rated(
    tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp, day: pd.Timestamp
) -> Measure:
    """Best Arena rating, in the snapshot of one day, among the models that came out in the span."""
    shipped = models.came_out(tables, first, last).columns("company_id", "model_id")
    rows = ratings.arena(tables, day)
    rows = rows[rows["model_id"].isin(shipped.loc[shipped["company_id"] == company_id, "model_id"])]
    if rows.empty:
        return NOTHING
    top = rows.iloc[0]
    return Measure(
        float(top["arena_rating"]), len(rows), (str(top["rating_source_ids"]),), str(top["model_label"])
    )


def snapshot_of(
    tables: Tables, cid: str, spans: Sequence[tuple[pd.Timestamp, pd.Timestamp]]
) -> pd.Timestamp | None:
    """The newest day of ratings on which a model of both spans is rated; else of either; else None."""
    rows = columns(tables, "benchmark_scores", "benchmark_id", "score_date")
    known = sorted(rows.loc[rows["benchmark_id"] == ratings.ARENA, "score_date"].dropna().unique())
    rated = {d: sum(bool(best_rated(tables, cid, *s, d).count) for s in spans) for d in known}
    newest = max(rated, key=lambda d: (rated[d], d), default=None)
    return newest if newest is not None and rated[newest] else None


class Role(NamedTuple):
    """A role in which a person leads a company's AI: the cells of its row, and its days in microseconds since 1970."""

    label: Hashable
    begun: int
    ended: int
    company_id: str
    person_id: str
    person_name: str
    role: str
    valid_from_precision: str
    source_ids: str


#: Stands for the day of a role that is not known, and for the end of one that goes on.
_NEVER, _FAR = cells.NO_DAY, 2**62
#: Roles of one person with less between them are one spell.
_TOUCH = 62 * 24 * 3600 * 10**6


@once
def _roles(tables: Tables) -> dict[str, list[Role]]:
    """Roles of those who lead or led AI by company, in order of rows."""
    people = tables["people"]
    rows = people[people["is_ai_lead"].astype(bool) & people["company_id"].notna()]
    days = cells.numbers(rows["valid_from"]), cells.numbers(rows["valid_to"], _FAR)
    found: dict[str, list[Role]] = {}
    told = cells.rows(rows, *Role._fields[3:])
    for label, begun, ended, told_of in zip(rows.index.tolist(), *days, told, strict=True):
        one = Role(label, begun, ended, *told_of)
        found.setdefault(one.company_id, []).append(one)
    return found


def _by_person(roles: list[Role]) -> dict[str, list[Role]]:
    found: dict[str, list[Role]] = {}
    for one in roles:
        found.setdefault(one.person_id, []).append(one)
    return found


def _spells(roles: list[Role]) -> list[tuple[int, int]]:
    """First and last day of each spell of one person's roles: those that touch are one, a gap of two months ends it."""
    spells: list[tuple[int, int]] = []
    for start, end in sorted((r.begun, r.ended) for r in roles if r.begun != _NEVER):
        if spells and start <= spells[-1][1] + _TOUCH:
            spells[-1] = spells[-1][0], max(spells[-1][1], end)
        else:
            spells.append((start, end))
    return spells


def _began(roles: list[Role]) -> Role | None:
    """The role with which the spell of one person's roles began that goes on."""
    spells = _spells(roles)
    if not spells or spells[-1][1] != _FAR:
        return None
    return next(r for r in roles if r.begun == spells[-1][0])


@once_each
def arrivals(tables: Tables) -> pd.DataFrame:
    """The newest arrival of somebody who leads a company's AI to this day; a new title of the same person is none.

    Returns:
        Rows of people with the role of arrival, by day of arrival; one per company, by company_id. Those of whom
        neither day, month nor about when is known are left out: days cannot be counted from a year.
    """
    newest: list[Role] = []
    for every in _roles(tables).values():
        came = [r for roles in _by_person(every).values() if (r := _began(roles)) is not None]
        newest += [max(came, key=lambda r: r.begun)] if came else []
    rows = tables["people"].loc[[r.label for r in newest]]
    rows = rows[rows["valid_from_precision"].isin(["day", "month", "approx"])]
    return rows.sort_values(["valid_from", "company_id"], kind="stable").set_index("company_id")


def arrival(tables: Tables, company_id: str, person_id: str) -> Role | None:
    """The role with which a person came to lead a company's AI to this day; None where no day of it is known."""
    return _began([r for r in _roles(tables).get(company_id, []) if r.person_id == person_id])


@once
def leader_changes(tables: Tables, company_id: str, first: pd.Timestamp, last: pd.Timestamp) -> Measure:
    """People who began or ceased to lead the company's AI in the span; one who only changes the title does not count.

    The leader with whom the record of a company begins has replaced nobody known, so that beginning is not counted.
    """
    every = _roles(tables).get(company_id)
    if every is None:
        return NOTHING
    record = min((r.begun for r in every if r.begun != _NEVER), default=None)
    span = range(first.value // 1000, last.value // 1000 + 1)
    moved: dict[str, str] = {}
    for person, roles in _by_person(every).items():
        spells = _spells(roles)
        came = any(start in span and start != record for start, _ in spells)
        went = any(end in span for _, end in spells)
        if came or went:
            verb = "came and went" if came and went else "came" if came else "went"
            moved[person] = f"{roles[0].person_name} {verb}"
    told = [r.source_ids for r in every if not moved or r.person_id in moved]
    return Measure(float(len(moved)), len(every), tuple(told), ", ".join(moved.values()))
