"""Who follows which governance model on some days: of many companies in columns, what no filter changes found once a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import columns, everyone, once, once_for_all, places_of
from dashboard.data.named import joined_at
from dashboard.data.selection import Selection, earlier
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.look.theme import MODEL_ORDER

_MODELS = list(MODEL_ORDER)
#: Where a company has no model, as it did not exist yet; and where no report is.
_NONE = -1
_TABLE = "governance_assessments"


class Followers(NamedTuple):
    """Who follows a governance model on a day, by name."""

    day: pd.Timestamp
    model_id: str
    names: list[str]


class Movers(NamedTuple):
    """Who had one governance model on an earlier day and has one now, by name."""

    before: str
    after: str
    names: list[str]


def followers_on(
    tables: Tables, basis: str, days: Sequence[pd.Timestamp]
) -> tuple[list[Followers], pd.Series]:
    """Who follows which governance model on each of some days, as `landscape.labels_on` tells it.

    Returns:
        By day, and by model in legend order; models that nobody follows are left out. List cells of the documents of each.
    """
    mine = _places(tables)
    model, report = _shown_on(tables, basis, tuple(days))[:, :, mine]
    found, rows = [], []
    for day, models, of in zip(days, model, report, strict=True):
        for n, who, at in _grouped(tables, models, len(_MODELS)):
            found.append(Followers(day, _MODELS[n], who))
            rows.append(of[at][of[at] != _NONE])
    return found, joined_at(tables, _TABLE, rows)


def movers(tables: Tables, day: Selection, basis: str) -> tuple[list[Movers], pd.Series]:
    """Who had which governance model on an earlier day and has which now, of those that existed on both.

    Args:
        tables: Tables as of a day.
        day: The earlier day, as `selection.earlier` takes it.
        basis: "reported" or "coded".

    Returns:
        By model before and after in legend order; pairs of nobody are left out. List cells of the documents of each.
    """
    count, mine = len(_MODELS), _places(tables)
    both, held = _both(tables, day, basis)
    pair = both[mine]
    # The reports of those who are chosen, by the pair of their company.
    of_all = np.full(len(both), _NONE)
    of_all[mine] = pair
    of_report = of_all[held[0]]
    rows = held[1][np.argsort(of_report, kind="stable")]
    ends = np.cumsum(np.bincount(of_report + 1, minlength=count * count + 1))
    groups = list(_grouped(tables, pair, count * count))
    cited = joined_at(tables, _TABLE, (rows[ends[n] : ends[n + 1]] for n, _, _ in groups))
    return [Movers(_MODELS[n // count], _MODELS[n % count], who) for n, who, _ in groups], cited


def first_told(tables: Tables, basis: str) -> pd.Timestamp | None:
    """The day of the first event, without any that of the first assessment; None where nothing is assessed."""
    assessed, event = _first_of_each(tables, basis)[:, _places(tables)].min(axis=1, initial=_LAST).tolist()
    if assessed == _LAST:
        return None
    return pd.Timestamp(assessed if event == _LAST else event, unit="us")


#: Stands for a day that is not known, behind all others.
_LAST = np.iinfo("int64").max


@once_for_all
def _first_of_each(tables: Tables, basis: str) -> np.ndarray:
    """The first day that an assessment and that an event of each company tells of, in microseconds, _LAST for none."""
    ids, told = tables["companies"]["company_id"], landscape.reports(tables, basis)
    events = columns(tables, "governance_events", "company_id", "event_date")
    company, companies = pd.factorize(events["company_id"].to_numpy(dtype=object))
    begun = np.array(cells.numbers(events["event_date"], _LAST), dtype="int64")
    found = []
    for known, of, day in ((told.companies, told.company, told.begun), (companies, company, begun)):
        # Behind all stands the day of those of whom nothing is known.
        first = np.full(len(known) + 1, _LAST)
        np.minimum.at(first, of, day)
        found.append(first[pd.Index(known, dtype="str").get_indexer(ids)])
    return np.stack(found)


@once
def _places(tables: Tables) -> np.ndarray:
    """Where the companies stand among everyone."""
    return places_of(everyone(tables)["companies"].index, tables["companies"].index.to_numpy())


@once
def _by_name(tables: Tables) -> np.ndarray:
    """Places of the companies in the order of their names."""
    names = tables["companies"]["company_name"].tolist()
    return np.array(sorted(range(len(names)), key=names.__getitem__), dtype="int64")


def _grouped(tables: Tables, codes: np.ndarray, count: int) -> Iterator[tuple[int, list[str], np.ndarray]]:
    """The companies by a number below `count` that each has: the number, names by name, and places in order; _NONE is left out."""
    names, by_name = tables["companies"]["company_name"].to_numpy(dtype=object), _by_name(tables)
    ends = np.cumsum(np.bincount(codes + 1, minlength=count + 1))
    order = np.argsort(codes, kind="stable")
    called = names[by_name[np.argsort(codes[by_name], kind="stable")]].tolist()
    for n in np.flatnonzero(np.diff(ends)).tolist():
        yield n, called[ends[n] : ends[n + 1]], order[ends[n] : ends[n + 1]]


def _coded(told: landscape.Reports) -> np.ndarray:
    """The model of each report as its place in legend order; behind all of them that of nobody's report."""
    return np.array(list(map(MODEL_ORDER.__getitem__, (*told.models, landscape.UNDETERMINED))))


def _reports_of(told: landscape.Reports, companies: pd.DataFrame, day: pd.Timestamp | None) -> np.ndarray:
    """Place of the report shown of each company on a day, without a day of that in force; behind all of them for none."""
    report = np.full(len(told.companies) + 1, len(told.models))
    of, shown = told.shown(day)
    report[of] = shown
    return report[pd.Index(told.companies, dtype="str").get_indexer(companies["company_id"])]


@once_for_all
def _shown_on(tables: Tables, basis: str, days: tuple[pd.Timestamp, ...]) -> np.ndarray:
    """Of each day and company the model, as its place in legend order, and the row of the report shown, in the build."""
    companies, told = tables["companies"], landscape.reports(tables, basis)
    founded = companies["founded_year"].to_numpy(dtype="float64", na_value=-np.inf)
    coded, row = _coded(told), np.append(told.row, _NONE)
    found = np.empty((2, len(days), len(companies)), dtype="int32")
    for n, day in enumerate(days):
        report = _reports_of(told, companies, day)
        found[0, n] = np.where(founded <= day.year, coded[report], _NONE)
        found[1, n] = row[report]
    return found


@once_for_all
def _both(tables: Tables, day: Selection, basis: str) -> tuple[np.ndarray, np.ndarray]:
    """The number of the pair of models of each company, _NONE for one of a single day; and company and row of each report in force.

    Those of now come first, then those of the earlier day.
    """
    companies, then = tables["companies"], earlier(tables, day)
    told = [landscape.reports(t, basis) for t in (then, tables)]
    was, now = (_coded(one)[_reports_of(one, companies, None)] for one in told)
    existed = companies["company_id"].isin(then["companies"]["company_id"]).to_numpy()
    held = []
    for one in reversed(told):
        place = pd.Index(companies["company_id"]).get_indexer(pd.Index(one.companies, dtype="str"))
        at = one.held()
        company = place[one.company[at]]
        held.append(np.stack((company, one.row[at]))[:, company >= 0])
    return np.where(existed, was * len(_MODELS) + now, _NONE), np.concatenate(held, axis=1)
