"""The landscape on one day: which label, leader, model and lever each company has in the tables given.

Every function expects tables already narrowed to a day by `selection.as_of`: what is in force has no `valid_to`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells, citations
from dashboard.data.cut import (
    Cut,
    columns,
    has_rows,
    once,
    once_each,
    once_for_frames,
    origin,
    owners,
    places_of,
)
from dashboard.data.selection import Selection, as_of, is_home, kept, named
from dashboard.data.store import Tables
from dashboard.facts.freshness import SHELF_LIFE_MONTHS, is_stale
from dashboard.look.theme import format_day, is_missing, join_words, model_short

UNDETERMINED = "undetermined"

#: Kinds of events that change who steers; a product, a listing or a round of money alone does not.
REORGANISATION_TYPES = ("restructure", "leadership", "new_unit", "strategy", "acquisition")


@once_for_frames
def best_first(assessments: pd.DataFrame, sources: pd.DataFrame) -> dict[str, np.ndarray]:
    """Places of the assessments of a build by basis: the best documented first, of those as good the newest."""
    # Tables as of a day bring the rank along, as documents that appeared later are gone from them.
    is_told = "source_rank" in assessments
    rank = assessments["source_rank"] if is_told else citations.source_rank(assessments, sources)
    by = pd.DataFrame({"rank": rank.to_numpy(), "valid_from": assessments["valid_from"].to_numpy()})
    best = by.sort_values(["rank", "valid_from"], ascending=[True, False], kind="stable").index.to_numpy()
    bases = assessments["basis"].to_numpy()[best]
    return {basis: best[bases == basis] for basis in ("reported", "coded")}


@once_each
def ranked(tables: Tables, basis: str, *wanted: str) -> pd.DataFrame:
    """All assessments of one basis in that order, which no day changes; some columns."""
    name, every = "governance_assessments", origin(tables, "governance_assessments")
    best = best_first(every, origin(tables, "sources"))[basis]
    return columns(tables, name, *wanted, at=every.index[best[has_rows(tables, name)[best]]])


@once_each
def assessments_in_force(tables: Tables, basis: str, *wanted: str) -> pd.DataFrame:
    """Assessments of one basis which hold, or those of some columns that there are, the shown one of each company first.

    Where several reporters differ, the better-sourced is first (primary over press over analysis), then the newer.
    """
    name, rows = "governance_assessments", ranked(tables, basis, *OF_SPAN)
    held = rows.index[rows["valid_to"].isna().to_numpy()]
    every = origin(tables, name).columns
    read = [c for c in wanted if c in every] or every.drop("source_rank", errors="ignore")
    return columns(tables, name, *read, at=held)


@once_each
def shown(tables: Tables, basis: str) -> pd.DataFrame:
    """The assessment shown of each company, by company_id."""
    return assessments_in_force(tables, basis).drop_duplicates("company_id").set_index("company_id")


@once_each
def _reported(tables: Tables, basis: str) -> dict[str, list[str]]:
    """The labels in force of each company, the shown one first, a report each."""
    held = assessments_in_force(tables, basis)
    found: dict[str, list[str]] = {}
    for cid, label in zip(held["company_id"].tolist(), held["governance_model_id"].tolist(), strict=True):
        found.setdefault(cid, []).append(label)
    return found


def agreement(tables: Tables, basis: str, company_id: str) -> str:
    """How many documents hold to the label in force of a company, and what others say; "" where one alone speaks.

    "3 reports agree", or "2 of 3 reports say so; 1 says federated".
    """
    said = _reported(tables, basis).get(company_id, [])
    if len(said) < 2:
        return ""
    others = Counter(said)
    mine = others.pop(said[0])
    if not others:
        return f"{mine} reports agree"
    words = [
        f"{n} {'says' if n == 1 else 'say'} {(w := model_short(m))[0].lower() + w[1:]}"
        for m, n in others.items()
    ]
    return f"{mine} of {len(said):,} reports {'says' if mine == 1 else 'say'} so; {join_words(words)}"


@once_each
def spoken_for(tables: Tables, basis: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """When a document last spoke for the label in force of each company, and how firmly.

    Returns:
        last_seen_date (null where only documents of later days speak for it), is_stale (past the shelf life of a label), is_weak (nothing stronger than
        analysis or an aggregator, or low confidence), seen ("last seen 3 May 2026"; "" for null), doubt (stale, weak, or both, in
        words; "" for neither); one row a company, by company_id.
    """
    told, build = reports(tables, basis), origin(tables, "governance_assessments")
    company, place = told.shown()
    best = np.argsort(place)
    # A build of older code has neither column.
    read = [c for c in ("last_seen_date", "is_weak") if c in build]
    ids = pd.Index([told.companies[c] for c in company[best].tolist()], dtype="str", name="company_id")
    held = build[read].take(told.row[place[best]]).set_axis(ids)
    held = held.assign(**{c: None for c in ("last_seen_date", "is_weak") if c not in held})
    seen = pd.to_datetime(held["last_seen_date"])
    seen = seen.where(seen <= as_of)
    # Many labels, few days: what a day says is found once.
    days, of = np.unique(seen.to_numpy(), return_inverse=True)
    each = [pd.Timestamp(day) for day in days]
    stale = np.array([is_stale("governance_assessments", day, as_of) for day in each], dtype=bool)[of]
    words = np.array(["" if pd.isna(d) else f"last seen {format_day(d)}" for d in each], dtype=object)[of]
    weak = held["is_weak"].eq(True).fillna(False).to_numpy(dtype=bool)
    doubts = np.array(["", STALE_LABEL, WEAK_LABEL, f"{STALE_LABEL}; {WEAK_LABEL}"], dtype=object)
    return pd.DataFrame(
        {
            "last_seen_date": seen,
            "is_stale": stale,
            "is_weak": weak,
            "seen": pd.Series(words, index=held.index, dtype="str"),
            "doubt": pd.Series(doubts[stale + 2 * weak], index=held.index, dtype="str"),
        }
    )


#: Said beside a label that no document has spoken for within its shelf life, and beside one with `is_weak`.
STALE_LABEL = "stale"
WEAK_LABEL = "weakly sourced"
DOUBT = (
    f"stale where no document has spoken for it within {SHELF_LIFE_MONTHS['governance_assessments']} months, weakly "
    "sourced where nothing stronger than analysis or an aggregator does"
)


@once_each
def labels_in_force(tables: Tables, basis: str) -> dict[str, str]:
    """Company id to the governance model in force; a company without an assessment is undetermined."""
    told = reports(tables, basis)
    shown = zip(*(places.tolist() for places in told.shown()), strict=True)
    labels = {told.companies[c]: told.models[n] for c, n in shown}
    return {c: labels.get(c, UNDETERMINED) for c in tables["companies"]["company_id"].tolist()}


class Reports(NamedTuple):
    """Every assessment of one basis, as columns, the best first; days are numbers as `cells.numbers` gives them.

    `row` is its place in the table of the build, `company` that of its company in `companies`.
    """

    row: np.ndarray
    company: np.ndarray
    begun: np.ndarray
    ended: np.ndarray
    companies: list[str]
    models: list[str]
    cited: list[str]

    def held(self) -> np.ndarray:
        """Places of those in force."""
        return np.flatnonzero(self.ended == NEVER)

    def shown(self, day: pd.Timestamp | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Places of the companies of which a report holds on a day, and of the shown one of each; without a day of those in force."""
        held = self.held()
        if day is not None:
            on = day.value // 1000
            held = np.flatnonzero((self.begun <= on) & (self.ended > on))
        first = np.full(len(self.companies), -1)
        # Of places given to one company the last stays: in reverse that is the first.
        first[self.company[held[::-1]]] = held[::-1]
        company = np.flatnonzero(first >= 0)
        return company, first[company]


@once
def reports(tables: Tables, basis: str) -> Reports:
    """Every assessment of one basis that the tables have."""
    rows = ranked(tables, basis, *OF_SPAN)
    company, companies = pd.factorize(rows["company_id"].to_numpy())
    begun, ended = (np.array(cells.numbers(rows[c], NEVER)) for c in ("valid_from", "valid_to"))
    said = (rows[c].tolist() for c in ("governance_model_id", "source_ids"))
    row = places_of(origin(tables, "governance_assessments").index, rows.index.to_numpy())
    return Reports(row, company, begun, ended, list(companies), *said)


#: What is read of every report.
OF_SPAN = ("company_id", "valid_from", "valid_to", "governance_model_id", "source_ids")
#: A day that has not come.
NEVER = np.iinfo("int64").max


@once
def _shown_reports(tables: Tables, basis: str) -> dict[str, int]:
    told = reports(tables, basis)
    shown = zip(*(places.tolist() for places in told.shown()), strict=True)
    return {told.companies[c]: n for c, n in shown}


def shown_of(tables: Tables, basis: str, ids: Iterable[str], *read: str) -> dict[str, tuple[Any, ...]]:
    """What no day changes of the assessment shown of some companies, by company id: some columns; those without one are left out."""
    told, known = reports(tables, basis), _shown_reports(tables, basis)
    mine = {c: known[c] for c in ids if c in known}
    build = origin(tables, "governance_assessments")
    rows = build[list(read)].take(told.row[list(mine.values())])
    return dict(zip(mine, cells.rows(rows, *read), strict=True))


def shown_on(tables: Tables, basis: str, day: pd.Timestamp) -> dict[str, tuple[str, str]]:
    """Model and documents of the assessment shown of each company on a day; `tables` must reach back to that day.

    The shown report is picked as in `assessments_in_force`.
    """
    told = reports(tables, basis)
    shown = zip(*(places.tolist() for places in told.shown(day)), strict=True)
    return {told.companies[c]: (told.models[n], told.cited[n]) for c, n in shown}


@once_each
def labels_on(tables: Tables, basis: str, day: pd.Timestamp) -> dict[str, str]:
    """Company id to the governance model in force on a day; only companies founded by then.

    `tables` must reach back to that day; the shown report is picked as in `assessments_in_force`.
    """
    return labels_of(tables, shown_on(tables, basis, day), day)


def labels_of(tables: Tables, shown: dict[str, tuple[str, str]], day: pd.Timestamp) -> dict[str, str]:
    """What `shown_on` gave for a day as company id to governance model; undetermined where it has none."""
    companies = tables["companies"]
    cells = zip(companies["company_id"].tolist(), companies["founded_year"].tolist(), strict=True)
    alive = [c for c, founded in cells if is_missing(founded) or founded <= day.year]
    return {c: shown[c][0] if c in shown else UNDETERMINED for c in alive}


@once_each
def index_in_force(tables: Tables, *wanted: str) -> pd.DataFrame:
    """Centralisation index and dimension scores in force, or some of the columns; one row per company, indexed by company_id."""
    rows = columns(tables, "governance_index", "company_id", "valid_to")
    held = rows[rows["valid_to"].isna().to_numpy()]
    last = held.index[~held["company_id"].duplicated(keep="last").to_numpy()]
    read = wanted or origin(tables, "governance_index").columns
    read = dict.fromkeys(("company_id", *read))
    return columns(tables, "governance_index", *read, at=last).set_index("company_id")


@once_for_frames
def _leading(people: pd.DataFrame) -> np.ndarray:
    """Places of those who lead, or led, a company's AI."""
    return np.flatnonzero(people["is_ai_lead"].astype(bool).to_numpy())


@once_each
def leading(tables: Tables) -> pd.DataFrame:
    """Everyone who leads a company's AI and has not left, newest first: company_id, valid_from and valid_to, by label of people."""
    people = origin(tables, "people")
    places = _leading(people)
    known = people.index[places[has_rows(tables, "people")[places]]]
    held = columns(tables, "people", "company_id", "valid_from", "valid_to", at=known)
    held = held[held["valid_to"].isna().to_numpy()]
    return held.sort_values("valid_from", ascending=False, na_position="last", kind="stable")


@once_each
def leads_in_force(tables: Tables, *wanted: str) -> pd.DataFrame:
    """Of those who are `leading` the first of each company, all columns of people or some; by company_id."""
    return _first_of_each(tables, "people", leading(tables), wanted)


def _first_of_each(
    tables: Tables, name: str, rows: pd.DataFrame, wanted: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Columns of a table, all or those wanted, of the first of some of its rows for each company, by company_id."""
    first = rows.index[~rows["company_id"].duplicated().to_numpy()]
    read = dict.fromkeys(("company_id", *(wanted or origin(tables, name).columns)))
    return columns(tables, name, *read, at=first).set_index("company_id")


@once_each
def reorganisations(tables: Tables) -> pd.DataFrame:
    """Events that change who steers AI, newest first."""
    name = "governance_events"
    events = columns(tables, name, "event_type", "event_date")
    days = events["event_date"][events["event_type"].isin(REORGANISATION_TYPES).to_numpy()]
    newest_first = days.sort_values(ascending=False, kind="stable").index
    return columns(tables, name, *origin(tables, name).columns, at=newest_first)


@once_each
def newest_events(tables: Tables) -> pd.DataFrame:
    """The newest reorganisation of each company; one row per company, by company_id."""
    return reorganisations(tables).drop_duplicates("company_id").set_index("company_id")


@once_each
def headline_levers(tables: Tables) -> pd.DataFrame:
    """The headline commercial lever of each company; one row per company, by company_id."""
    levers = columns(tables, "commercial_levers", "company_id", "is_headline")
    levers = levers.sort_values("is_headline", ascending=False, kind="stable")
    return _first_of_each(tables, "commercial_levers", levers)


@once
def primary_families(tables: Tables) -> pd.DataFrame:
    """The primary model family of each company; one row per company, by company_id."""
    families = columns(tables, "model_families", "company_id", "is_primary")
    families = families.sort_values("is_primary", ascending=False, kind="stable")
    return _first_of_each(tables, "model_families", families)


def apply(tables: Tables, selection: Selection, *, keep_outside: bool = False) -> Tables:
    """Narrows every table to the selection; an emptied table stays a table.

    Args:
        tables: All tables, as loaded.
        selection: What the reader chose.
        keep_outside: Companies outside China pass the company filters, for charts that set China against
            the world.

    Returns:
        The same tables under the same names. Rows without a company stay only while no company filter is on.
    """
    return narrow(as_of(tables, selection), selection, keep_outside=keep_outside)


def narrow(tables: Tables, selection: Selection, *, keep_outside: bool = False) -> Cut:
    """Narrows tables that already stand on the selection's day, as `apply` does; the given ones stay as they are."""
    companies = tables["companies"]
    # A reader's own organisations are shown wherever they sit.
    home = is_home(companies)
    chosen = pd.Series(True, index=companies.index) if selection.outside else home.copy()
    if selection.companies:
        # A company named one by one is wanted wherever it sits.
        chosen = companies["company_id"].isin(selection.companies)
    if selection.company_types:
        chosen &= companies["company_type"].isin(selection.company_types)
    if selection.governance_models:
        labels = labels_in_force(tables, selection.basis)
        chosen &= companies["company_id"].map(labels).isin(selection.governance_models)
    if keep_outside:
        chosen |= ~home
    is_everyone = not selection.is_narrowed and selection.names == "en" and chosen.all()
    if isinstance(tables, Cut) and is_everyone and len(companies) == len(origin(tables, "companies")):
        # Nobody is left out, nobody yet to be founded, nobody called otherwise: the day's own, found once.
        return tables
    ids = frozenset(companies.loc[chosen, "company_id"].tolist())

    def mine(company_ids: pd.Series) -> pd.Series:
        # Three times as fast as isin, which builds its own table of ids at every call.
        found = np.fromiter(map(ids.__contains__, company_ids.to_numpy()), dtype=bool, count=len(company_ids))
        if not selection.is_narrowed:
            found |= company_ids.isna().to_numpy()
        return pd.Series(found, index=company_ids.index)

    every = origin(tables, "companies")
    # By the place of a row's company: behind all of them that of one which is not there, and of a row without a company.
    is_chosen = np.append(every["company_id"].isin(ids).to_numpy(), [False, not selection.is_narrowed])

    def of_mine(frame: pd.DataFrame, name: str) -> pd.DataFrame:
        owner = owners(tables, name)[places_of(origin(tables, name).index, frame.index.to_numpy())]
        return kept(frame, is_chosen[owner])

    def narrowed(name: str) -> pd.DataFrame:
        frame = tables[name]
        if "company_id" in frame:
            frame = of_mine(frame, name)
        column = NAMED.get(name)
        return named(frame, column, selection.names) if column else frame

    def some(name: str, wanted: tuple[str, ...], at: pd.Index | None) -> pd.DataFrame | None:
        if name in NAMED:
            return None
        if at is not None or "company_id" not in origin(tables, name):
            return columns(tables, name, *wanted, at=at)
        return of_mine(columns(tables, name, *wanted), name)

    if not isinstance(tables, Cut):
        return Cut(tables, narrowed, some=some)
    return Cut(tables, narrowed, tables, mine, some)


def called(tables: Tables, names: str) -> Tables:
    """The tables with names in the script the reader chose."""
    if names == "en":
        return tables
    other = {name: named(tables[name], column, names) for name, column in NAMED.items()}
    return tables | other if isinstance(tables, Cut) else {**tables, **other}


#: Columns whose names a reader may have in Chinese.
NAMED = {"companies": "company_name", "model_families": "family_name"}
