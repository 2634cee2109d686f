"""What changed: two states of the tables set against each other, by one rule for pages, charts, answers and editions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import once, once_each
from dashboard.data.selection import Selection, earlier, names_by_id
from dashboard.data.store import Tables
from dashboard.facts import change_kinds, landscape, ratings

#: Kinds of change in the order in which they matter, each with the rule by which it is found.
KINDS = {
    "governance": "the governance model in force is another",
    "leader": "another person leads AI",
    "reorganisation": "a dated change in who steers AI was recorded",
    "flagship": "another model is the flagship",
    "price": "what one seller lists a model at is another, in the currency of its list",
    "score": "the company’s best model by a third-party measure is another, or scores otherwise on a scale that does not drift",
    "figure": "a newer stated figure of a metric is known",
    "claim": "a claim was checked, with another verdict than before",
}
#: Those that pages, the door and the tests of the landscape show.
STEERING = ("governance", "leader", "flagship")
#: The table in which a change is a row, and the column of its id.
TOLD_BY = {
    "governance": ("governance_assessments", "governance_model_id"),
    "leader": ("people", "person_id"),
    "reorganisation": ("governance_events", "event_id"),
    "flagship": ("models", "model_id"),
    "price": ("model_prices", "model_id"),
    "score": ("benchmark_scores", "model_id"),
    "figure": ("company_metrics", "metric_id"),
    "claim": ("claims", "claim_id"),
}
COLUMNS = [
    "kind",
    "company_id",
    "company_name",
    "before",
    "after",
    "before_model_id",
    "after_model_id",
    "change_date",
    "change_date_precision",
    "reason",
    "reason_detail",
    "reason_date",
    "also",
    "source_ids",
    "subject_id",
    "measure",
    "before_id",
]
#: What of a change is found of all of them; its words are put together for those that somebody is told of.
FOUND = [
    "kind",
    "company_id",
    "before_model_id",
    "after_model_id",
    "change_date",
    "change_date_precision",
    "subject_id",
    "measure",
    "before_id",
    "currency",
]
_DAYS = ("change_date", "reason_date")


def changes(selected: Tables, selection: Selection, kinds: tuple[str, ...] = STEERING) -> pd.DataFrame:
    """What changed in who steers between the day of comparison and the day shown.

    Args:
        selected: Tables as `landscape.apply` gave them.
        selection: The two days, and the basis of labels.
        kinds: Of which kinds.

    Returns:
        As `between`, without what only editions need.
    """
    found = since(selected, selection, kinds)
    return found.drop(columns=["subject_id", "measure", "before_id"])


def since(
    selected: Tables,
    selection: Selection,
    kinds: tuple[str, ...] = tuple(KINDS),
    measures: tuple[str, ...] = ratings.GENERAL,
) -> pd.DataFrame:
    """What changed between the day of comparison and the day shown, as `between` tells it."""
    return _told_since(selected, _earlier_day(selection), selection.basis, kinds, measures)


@once
def _told_since(
    now: Tables, day: Selection, basis: str, kinds: tuple[str, ...], measures: tuple[str, ...]
) -> pd.DataFrame:
    return told(_found_since(now, day, basis, kinds, measures), earlier(now, day), now, basis)


def found_since(
    selected: Tables,
    selection: Selection,
    kinds: tuple[str, ...],
    measures: tuple[str, ...] = ratings.GENERAL,
) -> pd.DataFrame:
    """What changed between the day of comparison and the day shown, as `found` has it."""
    return _found_since(selected, _earlier_day(selection), selection.basis, kinds, measures)


def _earlier_day(selection: Selection) -> Selection:
    return Selection(selection.then, selection.newest, compare=selection.then)


def _found_since(
    now: Tables, day: Selection, basis: str, kinds: tuple[str, ...], measures: tuple[str, ...]
) -> pd.DataFrame:
    # A claim may be of nobody here: all other changes are of one company each.
    parts = [(_of_each, tuple(k for k in kinds if k != "claim")), (_of_all, tuple({"claim"} & set(kinds)))]
    # Claims come last in KINDS, too.
    every = [find(now, day, basis, some, measures) for find, some in parts if some]
    return pd.concat(every, ignore_index=True)


def _found_between_days(
    now: Tables, day: Selection, basis: str, kinds: tuple[str, ...], measures: tuple[str, ...]
) -> pd.DataFrame:
    return found(earlier(now, day), now, basis, kinds, measures)


_of_all, _of_each = once(_found_between_days), once_each(_found_between_days)


def between(
    then: Tables,
    now: Tables,
    basis: str = "reported",
    kinds: Collection[str] = STEERING,
    measures: Collection[str] = ratings.GENERAL,
) -> pd.DataFrame:
    """What differs between two states of the same companies: two days of one build, or one day in two builds.

    Args:
        then: Tables as of a day.
        now: Tables as of the same day or a later one.
        basis: Of labels: "reported" or "coded".
        kinds: Which kinds of change; keys of KINDS.
        measures: Ids of the benchmarks whose leaders count as scores.

    Returns:
        kind, company_id, company_name, before, after (words; null where none), before_model_id, after_model_id
        (governance only), change_date (first day of what is in force now; may be null), change_date_precision, reason
        (the event nearest to the change, or null; of a leader the role, of a flagship how it was found), reason_detail
        (what that event changed), reason_date (its day), also (up to three other reorganisations near it, in words),
        source_ids, subject_id (person, event, model, metric or claim that is meant now), before_id (the one before),
        measure (benchmark, metric; else null); in the order of KINDS, then newest first.
    """
    return told(found(then, now, basis, kinds, measures), then, now, basis)


def found(
    then: Tables, now: Tables, basis: str, kinds: Collection[str], measures: Collection[str]
) -> pd.DataFrame:
    """What differs between two states, before it is told: arguments and order as of `between`.

    Returns:
        The columns FOUND, texts as objects, of which None is missing; currency is that of a price.
    """
    parts = []
    for kind in KINDS:
        if kind in kinds:
            columns = change_kinds.RULES[kind].find(then, now, basis, measures)
            days = np.array(columns.pop("change_date"), dtype="int64")
            # Newest first, those without a day last; equal ones as they stand.
            order = np.argsort(np.where(days == cells.NO_DAY, np.iinfo("int64").max, -days), kind="stable")
            texts = {c: _objects(columns.get(c), len(days))[order] for c in FOUND if c != "change_date"}
            texts["kind"] = np.full(len(days), kind, dtype="object")
            parts.append(texts | {"change_date": days[order].astype("datetime64[us]")})
    if not parts:
        parts = [dict.fromkeys(FOUND, np.array([], dtype="object"))]
        parts[0] |= {"change_date": np.array([], dtype="datetime64[us]")}
    return pd.DataFrame({c: np.concatenate([part[c] for part in parts]) for c in FOUND}, copy=False)


def _objects(column: list[Any] | None, length: int) -> np.ndarray:
    made = np.full(length, None, dtype="object")
    if column is not None:
        made[:] = column
    return made


def told(rows: pd.DataFrame, then: Tables, now: Tables, basis: str) -> pd.DataFrame:
    """Changes in words: rows of `found` between two states, in their order, with what `between` adds."""
    # Of their types however little the rows say.
    return pd.DataFrame(
        {
            c: pd.Series(cell, rows.index, dtype="datetime64[us]" if c in _DAYS else "str")
            for c, cell in in_words(rows, then, now, basis).items()
        }
    )


def in_words(rows: pd.DataFrame, then: Tables, now: Tables, basis: str) -> dict[str, list[Any]]:
    """The same as lists by column, None or NaT where nothing is said."""
    kinds, records = rows["kind"].tolist(), cells.records(rows)
    words: dict[str, list[Any]] = {c: [None] * len(rows) for c in COLUMNS if c not in rows}
    places: dict[str, list[int]] = {}
    for n, kind in enumerate(kinds):
        places.setdefault(kind, []).append(n)
    for kind, mine in places.items():
        said = change_kinds.RULES[kind].tell(then, now, basis, [records[n] for n in mine])
        for n, one in zip(mine, said, strict=True):
            for column, value in one.items():
                words[column][n] = value
    old, new = names_by_id(then), names_by_id(now)
    words["company_name"] = [new.get(c, old.get(c)) for c in rows["company_id"].tolist()]
    return {c: words[c] if c in words else rows[c].tolist() for c in COLUMNS}


def moved(before: object, after: object) -> str:
    """What became of a label: "moved", "first" (none was known before), or "lost" (none is known now)."""
    if before == landscape.UNDETERMINED:
        return "first"
    return "lost" if after == landscape.UNDETERMINED else "moved"


__all__ = [
    "KINDS",
    "STEERING",
    "TOLD_BY",
    "between",
    "changes",
    "found",
    "found_since",
    "in_words",
    "moved",
    "since",
    "told",
]
