"""The landscape on one day: which label, leader, model and lever each company has in the tables given.

Every function expects tables already narrowed to a day by `selection.as_of`: what is in force has no `valid_to`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
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
def _best_first(assessments: pd.DataFrame, sources: pd.DataFrame) -> dict[str, np.ndarray]:
    """Places of the assessments of a build by basis: the best documented first, of those as good the newest."""
    # Tables as of a day bring the rank along, as documents that appeared later are gone from them.
    is_told = "source_rank" in assessments
    rank = assessments["source_rank"] if is_told else citations.source_rank(assessments, sources)
    by = pd.DataFrame({"rank": rank.to_numpy(), "valid_from": assessments["valid_from"].to_numpy()})
    best = by.sort_values(["rank", "valid_from"], ascending=[True, False], kind="stable").index.to_numpy()
    bases = assessments["basis"].to_numpy()[best]
    return {basis: best[bases == basis] for basis in ("reported", "coded")}


@once_each
def _ranked(tables: Tables, basis: str, *wanted: str) -> pd.DataFrame:
    """All assessments of one basis in that order, which no day changes; some columns."""
    name, every = "governance_assessments", origin(tables, "governance_assessments")
    best = _best_first(every, origin(tables, "sources"))[basis]
    return columns(tables, name, *wanted, at=every.index[best[has_rows(tables, name)[best]]])


@once_each
def assessments_in_force(tables: Tables, basis: str, *wanted: str) -> pd.DataFrame:
    """Assessments of one basis which hold, or those of some columns that there are, the shown one of each company first.

    Where several reporters differ, the better-sourced is first (primary over press over analysis), then the newer.
    """
    name, rows = "governance_assessments", _ranked(tables, basis, *_OF_SPAN)
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
        return np.flatnonzero(self.ended == _NEVER)

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
    rows = _ranked(tables, basis, *_OF_SPAN)
    company, companies = pd.factorize(rows["company_id"].to_numpy())
    begun, ended = (np.array(cells.numbers(rows[c], _NEVER)) for c in ("valid_from", "valid_to"))
    said = (rows[c].tolist() for c in ("governance_model_id", "source_ids"))
    row = places_of(origin(tables, "governance_assessments").index, rows.index.to_numpy())
    return Reports(row, company, begun, ended, list(companies), *said)


#: What is read of every report.
_OF_SPAN = ("company_id", "valid_from", "valid_to", "governance_model_id", "source_ids")
#: A day that has not come.
_NEVER = np.iinfo("int64").max


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


#: What a period takes from the report with which it begins.
_OF_REPORT = ("company_id", "governance_model_id", "reported_by", "stated_as", "note", "confidence")
PERIOD_COLUMNS = [
    "company_id",
    "governance_model_id",
    "valid_from",
    "valid_to",
    "valid_from_precision",
    "reported_by",
    "stated_as",
    "note",
    "others",
    "source_ids",
    "shown_source_ids",
    "confidence",
]
HISTORY_COLUMNS = [
    "company_id",
    "governance_model_id",
    "valid_from",
    "valid_to",
    "reported_by",
    "stated_as",
    "note",
    "is_disputed",
    "source_ids",
    "confidence",
]


class _Joined(NamedTuple):
    """Stretches joined to longer ones: the number of the one to which each belongs, and that one as far as it then reaches."""

    number: np.ndarray
    frame: pd.DataFrame


class _Stretches(NamedTuple):
    """Days of each company between two on which a report begins or ends, of one basis in a build, by company and day.

    On a day those hold that have begun by then, as they are here: what comes later changes none of them. Days are
    numbers as `cells.numbers` gives them, the last of one that goes on is _NEVER; `company` is a place in `companies`.
    """

    company: np.ndarray
    first: np.ndarray
    last: np.ndarray
    companies: pd.Index
    periods: _Joined
    history: _Joined


@once_for_frames
def _stretches(assessments: pd.DataFrame, sources: pd.DataFrame) -> dict[str, _Stretches]:
    read = [c for c in (*_OF_REPORT, "valid_from_precision", "source_ids") if c in assessments]
    best = _best_first(assessments, sources).items()
    return {basis: _parted(assessments.take(order), read) for basis, order in best}


def _parted(ranked: pd.DataFrame, read: list[str]) -> _Stretches:
    """The stretches of reports in order, with what periods and spans of one model read up to each."""
    spans = (cells.numbers(ranked[c], _NEVER) for c in ("valid_from", "valid_to"))
    by_company: dict[str, list[tuple[int, int, dict[str, Any]]]] = {}
    for begun, ended, report in zip(*spans, cells.records(ranked[read]), strict=True):
        by_company.setdefault(report["company_id"], []).append((begun, ended, report))
    places: list[tuple[int, int, int]] = []
    # Of each stretch the period and the span of one model that end with it so far.
    periods: list[dict[str, Any]] = []
    history: list[dict[str, Any]] = []
    numbers: tuple[list[int], list[int]] = ([], [])
    for n, reports in enumerate(by_company.values()):
        period: dict[str, Any] = {}
        before: dict[str, Any] = {}
        span: dict[str, Any] = {}
        days = sorted({day for begun, ended, _ in reports for day in (begun, ended)})
        for first, last in pairwise(days):
            held = [(begun, r) for begun, ended, r in reports if begun <= first and ended >= last]
            if not held:
                continue
            after = _period(held, first)
            goes_on = _continues(period, after) and period["others"] == after["others"]
            # What was told before the period, with the period as far as it reaches, is the span.
            before = before if goes_on else span
            period = _lengthened(period, after) if goes_on else after
            period["valid_to"] = last
            told = period | {"is_disputed": bool(period["others"]), "source_ids": period["shown_source_ids"]}
            is_same = _continues(before, told)
            if is_same:
                told = before | {
                    "valid_to": last,
                    "is_disputed": before["is_disputed"] or told["is_disputed"],
                    "source_ids": citations.joined_sources(before["source_ids"], told["source_ids"]),
                    "confidence": citations.weakest([before["confidence"], told["confidence"]]),
                }
            span = told
            for found, same in zip(numbers, (goes_on, goes_on or is_same), strict=True):
                found.append(found[-1] + (not same) if found else 0)
            places.append((n, first, last))
            periods.append(period)
            history.append(span)
    company, begun_on, ended_on = np.array(places, dtype="int64").reshape(-1, 3).T
    joined = (
        _Joined(np.array(number, dtype="int64"), _spans(found, columns))
        for number, found, columns in zip(
            numbers, (periods, history), (PERIOD_COLUMNS, HISTORY_COLUMNS), strict=True
        )
    )
    return _Stretches(company, begun_on, ended_on, pd.Index(list(by_company), dtype="str"), *joined)


def _period(held: list[tuple[int, dict[str, Any]]], first: int) -> dict[str, Any]:
    """What reports that hold from a day on say, the shown one first."""
    begun, top = held[0]
    others = ", ".join(
        f"{model_short(r['governance_model_id'])} ({r['reported_by']})"
        for _, r in held
        if r["governance_model_id"] != top["governance_model_id"]
    )
    return {c: top.get(c) for c in _OF_REPORT} | {
        "valid_from": first,
        "valid_from_precision": top["valid_from_precision"] if begun == first else "day",
        "others": others,
        "source_ids": citations.joined_sources(*(r["source_ids"] for _, r in held)),
        "shown_source_ids": top["source_ids"],
    }


def _continues(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether what is told of a company goes on with the same model; nothing goes on from nothing."""
    same = before and before["governance_model_id"] == after["governance_model_id"]
    return bool(same and before["valid_to"] == after["valid_from"])


def _lengthened(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return before | {
        "source_ids": citations.joined_sources(before["source_ids"], after["source_ids"]),
        "shown_source_ids": citations.joined_sources(before["shown_source_ids"], after["shown_source_ids"]),
        "confidence": citations.weakest([before["confidence"], after["confidence"]]),
    }


def _spans(found: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """A frame of spans whose two days are numbers."""
    frame = pd.DataFrame({c: [one[c] for one in found] for c in columns})
    days = {c: np.array(frame[c], dtype="int64").astype("datetime64[us]") for c in ("valid_from", "valid_to")}
    return frame.assign(**days)


def _by_then(tables: Tables, basis: str, joined: Callable[[_Stretches], _Joined]) -> pd.DataFrame:
    """What stretches had been joined to by the day of the tables, companies in order of appearance; open ends are null."""
    told = _stretches(origin(tables, "governance_assessments"), origin(tables, "sources"))[basis]
    ranked = _ranked(tables, basis, *_OF_SPAN)
    days = (cells.numbers(ranked[c]) for c in ("valid_from", "valid_to"))
    # Nothing begins or ends between the last day that the rows tell of and that of the tables.
    until = max(map(max, days), default=cells.NO_DAY) if len(ranked) else cells.NO_DAY
    place = np.full(len(told.companies), -1)
    appeared = told.companies.get_indexer(ranked["company_id"].unique())
    place[appeared] = np.arange(len(appeared))
    begun = np.flatnonzero((told.first <= until) & (place[told.company] >= 0))
    number, frame = joined(told)
    newest = begun[np.flatnonzero(np.diff(number[begun], append=-1))]
    newest = newest[np.argsort(place[told.company[newest]], kind="stable")]
    ends = np.where(told.last[newest] <= until, told.last[newest], cells.NO_DAY)
    found = frame.take(newest).reset_index(drop=True)
    return found.assign(valid_to=ends.astype("datetime64[us]"))


@once_each
def periods(tables: Tables, basis: str, company_id: str | None = None) -> pd.DataFrame:
    """Which governance model held when: on every day the report that would be shown on that day.

    The report is picked as in `assessments_in_force`: the better kind of document, then the newer. Where another
    report that holds on the same day names another model, the period is disputed.

    Args:
        tables: Tables as of a day.
        basis: "reported" or "coded".
        company_id: One company; None is all.

    Returns:
        company_id, governance_model_id, valid_from, valid_to (null while open), valid_from_precision, reported_by,
        stated_as, note (of the period's start), others (what other reports name: "Federated (36Kr)"; "" where nobody
        differs), source_ids (of all reports that hold), shown_source_ids and confidence (of those shown, the lowest); companies in order of
        appearance, periods by day, neighbours equal in model and others joined; gaps where nobody reports anything.
    """
    if company_id is None:
        return _by_then(tables, basis, lambda told: told.periods)
    every = periods(tables, basis)
    return every[every["company_id"] == company_id].reset_index(drop=True)


@once_each
def history(tables: Tables, basis: str) -> pd.DataFrame:
    """The governance model of each company over time: `periods`, with neighbours of one model joined.

    Returns:
        company_id, governance_model_id, valid_from, valid_to (null while open), reported_by (of the span's start),
        stated_as, note, is_disputed (another report of the span names another model), source_ids and confidence
        (of all reports shown in the span, the lowest); companies in order of appearance, spans by day; gaps where nobody reports anything.
    """
    return _by_then(tables, basis, lambda told: told.history)


@once_each
def newest_changes(tables: Tables, basis: str) -> dict[str, tuple[pd.Timestamp, str, str]]:
    """Newest change from one known governance model to another of each company: day, model before, model after."""
    spans = history(tables, basis)
    was, now = spans.groupby("company_id")["governance_model_id"].shift(), spans["governance_model_id"]
    known = was.notna() & was.ne(UNDETERMINED) & now.ne(UNDETERMINED)
    newest = spans.assign(was=was)[known & was.ne(now)].drop_duplicates("company_id", keep="last")
    read = ("company_id", "valid_from", "was", "governance_model_id")
    return {cid: (day, old, new) for cid, day, old, new in cells.rows(newest, *read)}


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
