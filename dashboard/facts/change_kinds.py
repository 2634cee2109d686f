"""One rule a kind of change: how all changes of it are found between two states, and how some of them are told."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells, citations
from dashboard.data.cut import columns, has_rows, once, once_for_frames, origin, places, places_of
from dashboard.data.store import Tables
from dashboard.facts import flagships, landscape, over_time, prices, ratings, windows
from dashboard.look.theme import (
    format_count,
    format_day,
    format_money,
    format_percent,
    format_score,
    is_missing,
    model_short,
    money_sign,
    period_words,
)

#: An announced change takes weeks to work: an event this near to a new label is taken for its reason.
NEAR = pd.Timedelta(days=62)
Row = dict[str, Any]
#: Changes as lists by the columns of `changes.FOUND`; days are numbers as `cells.numbers` gives them.
Found = dict[str, list[Any]]


class Rule(NamedTuple):
    """How one kind of change is found between two states, by basis and measures, and how rows of it are told in words."""

    find: Callable[[Tables, Tables, str, Collection[str]], Found]
    tell: Callable[[Tables, Tables, str, list[Row]], list[Row]]


def _columns(rows: list[tuple[Any, ...]], *names: str) -> Found:
    """Rows as lists by column."""
    return {c: [row[n] for row in rows] for n, c in enumerate(names)}


def _told(tables: Tables, name: str, labels: Sequence[Hashable], *read: str) -> dict[Any, Row]:
    """What no day changes of some rows of a table, by their labels."""
    build = origin(tables, name)
    return cells.by_label(build[list(read)].take(places_of(build.index, np.array(labels))))


def _of(frame: pd.DataFrame, column: str, values: Collection[Any]) -> pd.DataFrame:
    """Rows of a frame by some values of a column."""
    return frame[frame[column].isin(list(values))]


# --- Governance models ---


def _began(held: list[tuple[Any, ...]], model_id: str) -> tuple[int, object]:
    """First day since which a label has been the one shown without a break, and how exactly it is known.

    It may be older than the report shown for the label; where another label was shown in between, it is the day of the
    return: no change since a day began before it.

    Args:
        held: Periods of a company, by day: model, first and last day, how exactly the first is known.
        model_id: The label.
    """
    first, exact = cells.NO_DAY, None
    for model, begun, ended, known in reversed(held):
        if model != model_id or (first != cells.NO_DAY and ended != first):
            break
        first, exact = begun, known
    return first, exact


def _relabelled(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Found:
    before = landscape.labels_in_force(then, basis)
    moves = {
        cid: (before[cid], new)
        for cid, new in landscape.labels_in_force(now, basis).items()
        if cid in before and before[cid] != new
    }
    held: dict[str, list[tuple[Any, ...]]] = {}
    if moves:
        periods = _of(over_time.periods(now, basis), "company_id", moves)
        days = (cells.numbers(periods[c]) for c in ("valid_from", "valid_to"))
        ids, models, exact = (periods[c].tolist() for c in ("company_id", *_OF_PERIOD))
        for cid, *one in zip(ids, models, *days, exact, strict=True):
            held.setdefault(cid, []).append(tuple(one))
    found = [(c, old, new, *_began(held.get(c, []), new), new, old) for c, (old, new) in moves.items()]
    of = ("company_id", "before_model_id", "after_model_id", *_DAY, "subject_id", "before_id")
    return _columns(found, *of)


_OF_PERIOD = ("governance_model_id", "valid_from_precision")
_DAY = ("change_date", "change_date_precision")


def _around(events: list[Row], day: pd.Timestamp | None, model_id: str) -> list[Row]:
    """Reorganisations near the first day of a label, at most four: one that names the label first, then the nearest."""
    if is_missing(day):
        return []
    near = [
        (
            n,
            "" if is_missing(e["governance_after"]) else e["governance_after"],
            e["event_type"] not in ("restructure", "new_unit"),
            abs(e["event_date"] - day),
        )
        for n, e in enumerate(events)
        if not is_missing(e["event_date"]) and abs(e["event_date"] - day) <= NEAR
    ]
    first = sorted(near, key=lambda one: (one[1] != model_id, one[3]))[:1]
    rest = sorted((one for one in near if one not in first), key=lambda one: (one[1] == "", *one[2:]))[:3]
    return [events[one[0]] for one in (*first, *rest)]


def _events_of(tables: Tables, ids: Collection[str]) -> dict[str, list[Row]]:
    """Reorganisations of some companies, as the table has them."""
    build, is_known = origin(tables, "governance_events"), has_rows(tables, "governance_events")
    of = _reorganisations(build)
    mine = {c: [n for n in of.get(c, ()) if is_known[n]] for c in ids}
    rows = iter(cells.records(build[_OF_EVENT].take([n for places in mine.values() for n in places])))
    return {c: list(itertools.islice(rows, len(places))) for c, places in mine.items()}


@once_for_frames
def _reorganisations(events: pd.DataFrame) -> dict[str, list[int]]:
    """Places of the reorganisations of each company."""
    found: dict[str, list[int]] = {}
    is_one, company = events["event_type"].isin(landscape.REORGANISATION_TYPES), events["company_id"].tolist()
    for n in np.flatnonzero(is_one.to_numpy()).tolist():
        found.setdefault(company[n], []).append(n)
    return found


#: What is read of an event near a change of label.
_OF_EVENT = [
    "event_type",
    "event_date",
    "event_date_precision",
    "governance_after",
    "title",
    "what_changed",
    "source_ids",
]


def _say_labels(then: Tables, now: Tables, basis: str, rows: list[Row]) -> list[Row]:
    ids = {r["company_id"] for r in rows}
    shown: dict[str, Any] = {}
    for tables in (then, now):
        # A label that nobody repeats is known from the documents on the one before.
        shown |= {c: cell for c, (cell,) in landscape.shown_of(tables, basis, ids, "source_ids").items()}
    events = _events_of(now, ids)
    said = []
    for r in rows:
        around = _around(events.get(r["company_id"], []), r["change_date"], r["after_model_id"])
        nearest = around[0] if around else {}
        said.append(
            {
                "before": r["before_model_id"],
                "after": r["after_model_id"],
                "reason": nearest.get("title"),
                "reason_detail": nearest.get("what_changed"),
                "reason_date": nearest.get("event_date"),
                "also": "; ".join(
                    f"{e['title']} ({format_day(e['event_date'], e['event_date_precision'])})"
                    for e in sorted(around[1:], key=lambda e: e["event_date"])
                )
                or None,
                "source_ids": citations.joined_sources(
                    shown.get(r["company_id"]), *(e["source_ids"] for e in around)
                ),
            }
        )
    return said


# --- Leads of AI ---


def _leads(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Found:
    new = landscape.leads_in_force(now, "person_id", *_SINCE)
    before = cells.by(landscape.leads_in_force(then, "person_id").reset_index(), "company_id", "person_id")
    ids, days = new.index.tolist(), cells.numbers(new["valid_from"])
    people, exact = (new[c].tolist() for c in ("person_id", "valid_from_precision"))
    found = []
    for cid, person, day, known in zip(ids, people, days, exact, strict=True):
        if before.get(cid, person) != person:
            came = _arrival(then, now, cid, person)
            since = (day, known) if came is None else (came.begun, came.valid_from_precision)
            found.append((cid, person, before[cid], *since))
    return _columns(found, "company_id", "subject_id", "before_id", *_DAY)


_SINCE = ("valid_from", "valid_from_precision")


def _arrival(then: Tables, now: Tables, company_id: str, person_id: str) -> windows.Role | None:
    """The role with which a person came to lead, not that of a title since; None for whoever led beside another before."""
    return None if (company_id, person_id) in _who_led(then) else windows.arrival(now, company_id, person_id)


@once
def _who_led(tables: Tables) -> frozenset[tuple[str, str]]:
    """Companies and those who lead their AI."""
    held, build = landscape.leading(tables), origin(tables, "people")
    people = build["person_id"].take(places_of(build.index, held.index.to_numpy()))
    return frozenset(zip(held["company_id"].tolist(), people.tolist(), strict=True))


def _lead_of(tables: Tables, ids: Sequence[str]) -> dict[str, Row]:
    """Who leads the AI of some companies that have one who does."""
    held, wanted = landscape.leading(tables), set(ids)
    # Of several the first.
    of = {
        c: n
        for c, n in zip(held["company_id"].tolist()[::-1], held.index.tolist()[::-1], strict=True)
        if c in wanted
    }
    told = _told(tables, "people", list(of.values()), "person_name", "role", "source_ids")
    return {company: told[label] for company, label in of.items()}


def _say_leads(then: Tables, now: Tables, basis: str, rows: list[Row]) -> list[Row]:
    new, old = (_lead_of(t, [r["company_id"] for r in rows]) for t in (now, then))
    said = []
    for r in rows:
        came = _arrival(then, now, r["company_id"], r["subject_id"])
        one = new[r["company_id"]] if came is None else came._asdict()
        before = old[r["company_id"]]["person_name"]
        cited = {"reason": one["role"], "source_ids": one["source_ids"]}
        said.append({"before": before, "after": one["person_name"], **cited})
    return said


# --- Reorganisations ---


def _reorganised(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Found:
    events = now["governance_events"]
    is_new = ~events["event_id"].isin(then["governance_events"]["event_id"]) & events["event_date"].notna()
    events = events[is_new & events["event_type"].isin(landscape.REORGANISATION_TYPES)]
    found = {c: events[c].tolist() for c in ("company_id",)}
    found |= {"subject_id": events["event_id"].tolist(), "change_date": cells.numbers(events["event_date"])}
    return found | {"change_date_precision": events["event_date_precision"].tolist()}


def _say_events(then: Tables, now: Tables, basis: str, rows: list[Row]) -> list[Row]:
    events = _by(now["governance_events"], "event_id", [r["subject_id"] for r in rows])
    said = []
    for e in (events[r["subject_id"]] for r in rows):
        before, after = (
            None if is_missing(m) else model_short(m) for m in (e["governance_before"], e["governance_after"])
        )
        said.append(
            {
                "before": before,
                "after": after,
                "reason": e["title"],
                "reason_detail": e["what_changed"],
                "reason_date": e["event_date"],
                "also": None if is_missing(e["people"]) else e["people"],
                "source_ids": e["source_ids"],
            }
        )
    return said


def _by(frame: pd.DataFrame, key: str, ids: Collection[Any]) -> dict[str, Row]:
    """Rows by an id, of some ids."""
    return cells.by_label(_of(frame, key, ids).set_index(key))


# --- Flagships ---


def _flagships(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Found:
    old, new = flagships.picked(then), flagships.picked(now)
    of_then = dict(zip(old.company.tolist(), old.model_id.tolist(), strict=True))
    before = np.array(list(map(of_then.get, new.company.tolist())), dtype=object)
    at = np.flatnonzero(before != new.model_id)
    build = origin(now, "models")
    models = build[_RELEASED].take(places_of(build.index, new.label[at]))
    return {
        "company_id": new.company[at].tolist(),
        "subject_id": new.model_id[at].tolist(),
        "before_id": before[at].tolist(),
        "change_date": cells.numbers(models["release_date"]),
        "change_date_precision": models["release_date_precision"].tolist(),
    }


_RELEASED = ["release_date", "release_date_precision"]


def _say_flagships(then: Tables, now: Tables, basis: str, rows: list[Row]) -> list[Row]:
    flags, old_flags = flagships.picked(now), flagships.picked(then)
    mine = [flags[r["company_id"]] for r in rows]
    theirs = [old_flags[r["company_id"]] for r in rows if not is_missing(r["before_id"])]
    # What is told of a model no day changes.
    new, old = (
        _told(t, "models", [one.label for one in some], "model_name", "source_ids")
        for t, some in ((now, mine), (then, theirs))
    )
    said = []
    for r, flag in zip(rows, mine, strict=True):
        model = new[flag.label]
        before = None if is_missing(r["before_id"]) else old[old_flags[r["company_id"]].label]
        said.append(
            {
                "before": None if before is None else before["model_name"],
                "after": model["model_name"],
                "reason": flag.why,
                "source_ids": citations.joined_sources(model["source_ids"], flag.cell),
            }
        )
    return said


# --- Prices ---


def _prices(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Found:
    """What a list asks now and asked before, as listed: another seller's list, or a rate that moved, is no new price."""
    moved = [(c, *one) for c in ("USD", "CNY") for one in _moved_prices(then, now, c).items()]
    models = columns(now, "models", "model_id", "company_id")
    companies = cells.by(_of(models, "model_id", {model for _, model, _ in moved}), "model_id", "company_id")
    found = [
        (companies[model], model, model, currency, one.day, one.exact)
        for currency, model, one in moved
        if model in companies
    ]
    return _columns(found, "company_id", "subject_id", "before_id", "currency", *_DAY)


class _Moved(NamedTuple):
    """An offer that is another than before."""

    day: int
    exact: object
    provider: str
    before: float
    after: float
    cell: str


def _moved_prices(then: Tables, now: Tables, currency: str) -> dict[str, _Moved]:
    """Of each model whose list asks another price than on the earlier day the newest such offer."""
    read = ("model_id", "provider", "output_price_per_mtok", "price_date_precision", "source_ids")
    was = {
        (model, provider): price
        for model, provider, price in cells.rows(prices.offers(then, currency), *read[:3])
    }
    offers = prices.offers(now, currency)
    found: dict[str, _Moved] = {}
    for day, (model, provider, price, exact, cell) in zip(
        cells.numbers(offers["price_date"]), cells.rows(offers, *read), strict=True
    ):
        before = was.get((model, provider), price)
        if before != price and model not in found:
            found[model] = _Moved(day, exact, provider, before, price, cell)
    return found


def _say_prices(then: Tables, now: Tables, basis: str, rows: list[Row]) -> list[Row]:
    models = columns(now, "models", "model_id", "model_name")
    names = _by(models, "model_id", [r["subject_id"] for r in rows])
    said = []
    moved = {c: _moved_prices(then, now, c) for c in sorted({r["currency"] for r in rows})}
    for r in rows:
        one = moved[r["currency"]][r["subject_id"]]
        said.append(
            {
                "before": format_money(one.before, r["currency"]),
                "after": format_money(one.after, r["currency"]),
                "reason": names[r["subject_id"]]["model_name"],
                "reason_detail": one.provider,
                "source_ids": one.cell,
            }
        )
    return said


# --- Scores ---


def best_of_companies(tables: Tables, benchmark_id: str) -> pd.DataFrame:
    """The best model of each company by one third-party measure, best first, indexed by company_id."""
    best = ratings.best_of_companies(tables, benchmark_id)
    return tables["benchmark_scores"].loc[list(best.values())].set_index("company_id")


def _scores(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Found:
    found, labels = [], []
    for bid in [b for b in now["benchmarks"]["benchmark_id"].tolist() if b in measures]:
        old = ratings.leaders(then, bid)
        for cid, best in ratings.leaders(now, bid).items():
            was = old.get(cid)
            same = was is not None and was.model_id == best.model_id
            if was is not None and same and (ratings.drifts(bid) or was.score == best.score):
                continue
            found.append((cid, best.model_id, None if was is None else was.model_id, bid))
            labels.append(best.label)
    rows = origin(now, "benchmark_scores")
    # A score that stands under its model's release may be known later: it changed the field then.
    day = "known_date" if "known_date" in rows else "score_date"
    rows = rows[[day, "score_date_precision"]].loc[labels]
    days = dict(zip(_DAY, (cells.numbers(rows[day]), rows["score_date_precision"].tolist()), strict=True))
    return _columns(found, "company_id", "subject_id", "before_id", "measure") | days


def _say_scores(then: Tables, now: Tables, basis: str, rows: list[Row]) -> list[Row]:
    about = cells.by_label(now["benchmarks"].set_index("benchmark_id")[["benchmark_name", "unit"]])
    said = [{"reason": about[r["measure"]]["benchmark_name"]} for r in rows]
    read = ["model_label", "score", "source_ids"]
    # Of two builds each has rows of its own.
    for column, tables in (("before", then), ("after", now)):
        best = [ratings.leaders(tables, r["measure"]).get(r["company_id"]) for r in rows]
        labels = [one.label for one in best if one is not None]
        known = cells.by_label(origin(tables, "benchmark_scores")[read].loc[labels])
        for r, row, one in zip(rows, said, best, strict=True):
            if one is not None:
                score = known[one.label]
                unit = about[r["measure"]]["unit"]
                row[column] = f"{score['model_label']}, {format_score(score['score'], unit)}"
                row["source_ids"] = score["source_ids"]
    return said


# --- Stated figures ---


def stated(row: Any) -> str:
    """A stated figure as it was stated, in its unit."""
    if not is_missing(row["currency"]):
        return money_sign(str(row["currency"])) + format_count(row["value"])
    if str(row["unit"]).startswith("percent"):
        return format_percent(row["value"], 0 if float(row["value"]).is_integer() else 1)
    return f"{format_count(row['value'])} {row['unit']}"


@functools.lru_cache(maxsize=1_000)
def metric_words(metric: str) -> str:
    """A metric's name in words: abbreviations keep their capitals, those of accountants are written out."""
    words = metric.replace("r_d_spend", "r_d").replace("r_d", "research_and_development")
    words = words.replace("capex", "capital_expenditure")
    return " ".join(w.upper() if w in ("ai", "api", "ebita", "rd") else w for w in words.split("_"))


class _Figures(NamedTuple):
    """The figures of a build, as columns: `order` has places of those that are stated, the last known last."""

    order: np.ndarray
    group: np.ndarray
    company: np.ndarray
    metric: np.ndarray
    id: np.ndarray
    value: np.ndarray
    day: np.ndarray
    exact: np.ndarray


@once_for_frames
def _every_figure(metrics: pd.DataFrame) -> _Figures:
    rows = metrics.reset_index(drop=True)
    by = ["period_end_date", "known_date", "metric_id"]
    order = rows[rows["value"].notna()].sort_values(by, kind="stable").index.to_numpy()
    group = rows.groupby(["company_id", "metric"], dropna=False).ngroup().to_numpy()
    texts = ("company_id", "metric", "metric_id", "known_date_precision")
    company, metric, ids, exact = (rows[c].to_numpy(dtype="object") for c in texts)
    value, day = rows["value"].to_numpy(), cells.days(rows["known_date"])
    return _Figures(order, group, company, metric, ids, value, day, exact)


@once
def _newest_figures(tables: Tables) -> tuple[_Figures, list[int]]:
    """The newest figure of each company and metric, as places in the build, the last known last."""
    every = _every_figure(origin(tables, "company_metrics"))
    is_known = np.zeros(len(every.group), dtype=bool)
    is_known[places(tables, "company_metrics")] = True
    known = every.order[is_known[every.order]]
    newest = np.full(int(every.group.max(initial=-1)) + 1, -1)
    # Of several the last is kept.
    newest[every.group[known]] = np.arange(len(known))
    return every, known[np.sort(newest[newest >= 0])].tolist()


def _figures(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Found:
    (old, before), (new, after) = _newest_figures(then), _newest_figures(now)
    held = {(old.company[n], old.metric[n]): (old.id[n], old.value[n]) for n in before}
    found = []
    for n in after:
        was = held.get((new.company[n], new.metric[n]))
        if was is None or was != (new.id[n], new.value[n]):
            of = None if was is None else was[0]
            found.append((new.company[n], new.id[n], of, new.metric[n], new.day[n], new.exact[n]))
    return _columns(found, "company_id", "subject_id", "before_id", "measure", *_DAY)


def _say_figures(then: Tables, now: Tables, basis: str, rows: list[Row]) -> list[Row]:
    new = _by(now["company_metrics"], "metric_id", [r["subject_id"] for r in rows])
    old = _by(then["company_metrics"], "metric_id", [r["before_id"] for r in rows if r["before_id"]])
    said = []
    for r in rows:
        one, was = new[r["subject_id"]], old.get(r["before_id"])
        before, after = (
            None if s is None else f"{stated(s)}, {period_words(str(s['period']))}" for s in (was, one)
        )
        reason = metric_words(str(r["measure"]))
        said.append({"before": before, "after": after, "reason": reason, "source_ids": one["source_ids"]})
    return said


# --- Claims ---


def _checked(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Found:
    old = cells.by(then["claims"], "claim_id", "verdict")
    claims = now["claims"]
    read = cells.rows(claims, "claim_id", "verdict", "company_id")
    found = [
        (None if is_missing(company) else company, i, i, day, "day")
        for (i, verdict, company), day in zip(read, cells.numbers(claims["checked_date"]), strict=True)
        if verdict != "pending" and old.get(i) != verdict
    ]
    return _columns(found, "company_id", "subject_id", "before_id", *_DAY)


def _say_claims(then: Tables, now: Tables, basis: str, rows: list[Row]) -> list[Row]:
    ids = [r["subject_id"] for r in rows]
    new = _by(now["claims"], "claim_id", ids)
    old = cells.by(_of(then["claims"], "claim_id", ids), "claim_id", "verdict")
    said = []
    for i in ids:
        one, was = new[i], old.get(i)
        said.append(
            {
                "before": None if was is None else str(was).replace("_", " "),
                "after": str(one["verdict"]).replace("_", " "),
                "reason": one["claim"],
                "reason_detail": None if is_missing(one["evidence"]) else one["evidence"],
                "source_ids": one["source_ids"],
            }
        )
    return said


RULES = {
    "governance": Rule(_relabelled, _say_labels),
    "leader": Rule(_leads, _say_leads),
    "reorganisation": Rule(_reorganised, _say_events),
    "flagship": Rule(_flagships, _say_flagships),
    "price": Rule(_prices, _say_prices),
    "score": Rule(_scores, _say_scores),
    "figure": Rule(_figures, _say_figures),
    "claim": Rule(_checked, _say_claims),
}

__all__ = ["NEAR", "RULES", "best_of_companies", "metric_words", "stated"]
