"""The governance model of each company over time: which one held when, and what changed last."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells, citations
from dashboard.data.cut import once_each, once_for_frames, origin
from dashboard.data.store import Tables
from dashboard.facts.landscape import NEVER, OF_SPAN, UNDETERMINED, best_first, ranked
from dashboard.look.theme import model_short

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
    numbers as `cells.numbers` gives them, the last of one that goes on is NEVER; `company` is a place in `companies`.
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
    best = best_first(assessments, sources).items()
    return {basis: _parted(assessments.take(order), read) for basis, order in best}


def _parted(reports: pd.DataFrame, read: list[str]) -> _Stretches:
    """The stretches of reports in order, with what periods and spans of one model read up to each."""
    spans = (cells.numbers(reports[c], NEVER) for c in ("valid_from", "valid_to"))
    by_company: dict[str, list[tuple[int, int, dict[str, Any]]]] = {}
    for begun, ended, report in zip(*spans, cells.records(reports[read]), strict=True):
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
    rows = ranked(tables, basis, *OF_SPAN)
    days = (cells.numbers(rows[c]) for c in ("valid_from", "valid_to"))
    # Nothing begins or ends between the last day that the rows tell of and that of the tables.
    until = max(map(max, days), default=cells.NO_DAY) if len(rows) else cells.NO_DAY
    place = np.full(len(told.companies), -1)
    appeared = told.companies.get_indexer(rows["company_id"].unique())
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
