"""What changed: two states of the tables set against each other, by one rule for pages, charts, answers and editions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pandas as pd

from dashboard.data import cells, citations
from dashboard.data.cut import once, once_each
from dashboard.data.selection import Selection, earlier
from dashboard.data.store import Tables
from dashboard.facts import flagships, landscape, prices, ratings, windows
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
Row = dict[str, Any]


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
    day = selection.then
    # A claim may be of nobody here: all other changes are of one company each.
    earlier_day = Selection(day, selection.newest, compare=day)
    parts = [(_of_each, tuple(k for k in kinds if k != "claim")), (_since, tuple({"claim"} & set(kinds)))]
    found = [find(selected, earlier_day, selection.basis, some, measures) for find, some in parts if some]
    # Claims come last in KINDS, too; a frame without rows knows no types.
    told = [one for one in found if len(one)]
    every = pd.concat(told, ignore_index=True) if told else found[0]
    # In the names that were chosen.
    names = selected["companies"].drop_duplicates("company_id").set_index("company_id")["company_name"]
    return every.assign(company_name=every["company_id"].map(names)).reset_index(drop=True)


def _between_days(
    now: Tables, day: Selection, basis: str, kinds: tuple[str, ...], measures: tuple[str, ...]
) -> pd.DataFrame:
    return between(earlier(now, day), now, basis, kinds, measures)


_since, _of_each = once(_between_days), once_each(_between_days)


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
    names = pd.concat([then["companies"], now["companies"]]).drop_duplicates("company_id", keep="last")
    names = names.set_index("company_id")["company_name"]
    found: list[Row] = []
    for kind in KINDS:
        if kind in kinds:
            rule = _RULES[kind]
            found += [{"kind": kind, **r} for r in rule(then, now, basis, measures)]
    frame = pd.DataFrame(found, columns=[c for c in COLUMNS if c != "company_name"])
    frame.insert(2, "company_name", frame["company_id"].map(names))
    # Of their types however little the rows say.
    days = ("change_date", "reason_date")
    frame = frame.astype({c: "str" for c in frame if c not in days})
    for column in days:
        frame[column] = pd.to_datetime(frame[column])
    order = frame["kind"].map({k: n for n, k in enumerate(KINDS)})
    return (
        frame.assign(_order=order)
        .sort_values(["_order", "change_date"], ascending=[True, False], na_position="last", kind="stable")
        .drop(columns="_order")
        .reset_index(drop=True)
    )


def moved(before: object, after: object) -> str:
    """What became of a label: "moved", "first" (none was known before), or "lost" (none is known now)."""
    if before == landscape.UNDETERMINED:
        return "first"
    return "lost" if after == landscape.UNDETERMINED else "moved"


# --- One rule a kind ---


def _began(held: list[Row], model_id: str) -> tuple[pd.Timestamp | None, object]:
    """First day since which a label has been the one shown without a break, and how exactly it is known.

    It may be older than the report shown for the label; where another label was shown in between, it is the day of the
    return: no change since a day began before it.

    Args:
        held: Periods of a company, by day.
        model_id: The label.
    """
    first: pd.Timestamp | None = None
    exact: object = None
    for one in reversed(held):
        if one["governance_model_id"] != model_id or (first is not None and one["valid_to"] != first):
            break
        first, exact = one["valid_from"], one["valid_from_precision"]
    return first, exact


def _around(events: list[Row], day: pd.Timestamp | None, model_id: str) -> list[Row]:
    """Reorganisations near the first day of a label, at most four: one that names the label first, then the nearest."""
    if day is None:
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


def _relabelled(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Iterator[Row]:
    shown, shown_then = (
        dict(reversed(list(zip(rows["company_id"].tolist(), rows["source_ids"].tolist(), strict=True))))
        for rows in (landscape.assessments_in_force(t, basis) for t in (now, then))
    )
    old_labels = landscape.labels_in_force(then, basis)
    moves = [
        (cid, old_labels[cid], new)
        for cid, new in landscape.labels_in_force(now, basis).items()
        if cid in old_labels and old_labels[cid] != new
    ]
    if not moves:
        return
    moved_ids = [cid for cid, _, _ in moves]
    events: dict[str, list[Row]] = {}
    told = landscape.reorganisations(now).sort_index()
    for event in cells.records(told[told["company_id"].isin(moved_ids)]):
        events.setdefault(event["company_id"], []).append(event)
    read = ["company_id", "governance_model_id", "valid_from", "valid_to", "valid_from_precision"]
    held: dict[str, list[Row]] = {}
    periods = landscape.periods(now, basis)[read]
    for period in cells.records(periods[periods["company_id"].isin(moved_ids)]):
        held.setdefault(period["company_id"], []).append(period)
    for cid, old, new in moves:
        # A label that nobody repeats is known from the documents on the one before.
        here = shown.get(cid, shown_then.get(cid))
        when, exact = _began(held.get(cid, []), new)
        around = _around(events.get(cid, []), when, new)
        nearest = around[0] if around else {}
        yield {
            "company_id": cid,
            "before": old,
            "after": new,
            "before_model_id": old,
            "after_model_id": new,
            "change_date": when,
            "change_date_precision": exact,
            "reason": nearest.get("title"),
            "reason_detail": nearest.get("what_changed"),
            "reason_date": nearest.get("event_date"),
            "also": "; ".join(
                f"{e['title']} ({format_day(e['event_date'], e['event_date_precision'])})"
                for e in sorted(around[1:], key=lambda e: e["event_date"])
            )
            or None,
            "source_ids": citations.joined_sources(here, *(e["source_ids"] for e in around)),
            "subject_id": new,
            "before_id": old,
        }


def _leader(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Iterator[Row]:
    read = ["person_id", "person_name", "valid_from", "valid_from_precision", "role", "source_ids"]
    lead_now, lead_then = (landscape.leads_in_force(t)[read] for t in (now, then))
    lead_now, lead_then = _unlike(lead_now, lead_then, "person_id")
    # Whoever led beside another on the earlier day did not come since.
    people = then["people"]
    people = people[people["is_ai_lead"].astype(bool) & people["valid_to"].isna()]
    led = set(zip(people["company_id"], people["person_id"], strict=True))
    for cid, new in lead_now.items():
        old = lead_then.get(cid)
        if old is None:
            continue
        # The day on which the person came to lead, not that of a title since.
        came = None if (cid, new["person_id"]) in led else windows.arrival(now, cid, new["person_id"])
        if came is not None:
            new = came._asdict() | {"valid_from": pd.Timestamp(came.begun, unit="us")}
        yield {
            "company_id": cid,
            "before": old["person_name"],
            "after": new["person_name"],
            "change_date": new["valid_from"],
            "change_date_precision": new["valid_from_precision"],
            "reason": new["role"],
            "source_ids": new["source_ids"],
            "subject_id": new["person_id"],
            "before_id": old["person_id"],
        }


def _unlike(now: pd.DataFrame, then: pd.DataFrame, column: str) -> tuple[dict[str, Row], dict[str, Row]]:
    """Rows by company of two days, of those companies alone whose cell of a column is another one now."""
    before = then[column].reindex(now.index)
    changed = now.index[(now[column] != before).to_numpy(dtype=bool)]
    return cells.by_label(now.loc[changed]), cells.by_label(then[then.index.isin(changed)])


def _reorganised(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Iterator[Row]:
    events = landscape.reorganisations(now)
    is_new = ~events["event_id"].isin(then["governance_events"]["event_id"]) & events["event_date"].notna()
    for r in events[is_new].itertuples():
        before, after = (
            None if is_missing(m) else model_short(m) for m in (r.governance_before, r.governance_after)
        )
        yield {
            "company_id": r.company_id,
            "before": before,
            "after": after,
            "change_date": r.event_date,
            "change_date_precision": r.event_date_precision,
            "reason": r.title,
            "reason_detail": r.what_changed,
            "reason_date": r.event_date,
            "also": None if is_missing(r.people) else r.people,
            "source_ids": r.source_ids,
            "subject_id": r.event_id,
        }


def _flagship(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Iterator[Row]:
    read = ["model_id", "model_name", "release_date", "release_date_precision"]
    read += ["why", "why_sources", "source_ids"]
    flag_now, flag_then = (flagships.flagships(t)[read] for t in (now, then))
    flag_now, flag_then = _unlike(flag_now, flag_then, "model_id")
    for cid, model in flag_now.items():
        old = flag_then.get(cid)
        yield {
            "company_id": cid,
            "before": None if old is None else old["model_name"],
            "after": model["model_name"],
            "change_date": model["release_date"],
            "change_date_precision": model["release_date_precision"],
            "reason": model["why"],
            "source_ids": "; ".join(citations.split_ids([model["source_ids"], model["why_sources"]])),
            "subject_id": model["model_id"],
            "before_id": None if old is None else old["model_id"],
        }


def _priced(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Iterator[Row]:
    """What a list asks now and asked before, as listed: another seller's list, or a rate that moved, is no new price."""
    models = now["models"][["model_id", "company_id", "model_name"]]
    offer, price = ["model_id", "provider"], "output_price_per_mtok"
    for currency in ("USD", "CNY"):
        was = prices.offers(then, currency)[[*offer, price]].drop_duplicates(offer, keep="last")
        found = prices.offers(now, currency).merge(was, on=offer, suffixes=("", "_before"))
        found = found[found[price] != found[f"{price}_before"]].drop_duplicates("model_id")
        # Offers may bring a company of their own: the model's is meant.
        found = found.drop(columns=["company_id", "model_name"], errors="ignore").merge(models, on="model_id")
        for r in found.itertuples():
            yield {
                "company_id": r.company_id,
                "before": format_money(r.output_price_per_mtok_before, currency),
                "after": format_money(r.output_price_per_mtok, currency),
                "change_date": r.price_date,
                "change_date_precision": r.price_date_precision,
                "reason": r.model_name,
                "reason_detail": r.provider,
                "source_ids": r.source_ids,
                "subject_id": r.model_id,
                "before_id": r.model_id,
            }


def best_of_companies(tables: Tables, benchmark_id: str) -> pd.DataFrame:
    """The best model of each company by one third-party measure, best first, indexed by company_id."""
    best = ratings.best_of_companies(tables, benchmark_id)
    return tables["benchmark_scores"].loc[list(best.values())].set_index("company_id")


#: What of a score is told.
_READ = ("model_id", "model_label", "score", "score_date", "score_date_precision", "known_date", "source_ids")


def _scored(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Iterator[Row]:
    benchmarks = cells.by_label(now["benchmarks"].set_index("benchmark_id")[["benchmark_name", "unit"]])
    for bid in [b for b in benchmarks if b in measures]:
        new, old = (best_of_companies(t, bid) for t in (now, then))
        new, old = (cells.by_label(best[[c for c in _READ if c in best]]) for best in (new, old))
        for cid, r in new.items():
            was = old.get(cid)
            same = was is not None and was["model_id"] == r["model_id"]
            if was is not None and same and (ratings.drifts(bid) or was["score"] == r["score"]):
                continue
            unit = benchmarks[bid]["unit"]
            yield {
                "company_id": cid,
                "before": None
                if was is None
                else f"{was['model_label']}, {format_score(was['score'], unit)}",
                "after": f"{r['model_label']}, {format_score(r['score'], unit)}",
                # A score that stands under its model's release may be known later: it changed the field then.
                "change_date": r["known_date"] if "known_date" in r else r["score_date"],
                "change_date_precision": r["score_date_precision"],
                "reason": benchmarks[bid]["benchmark_name"],
                "source_ids": r["source_ids"],
                "subject_id": r["model_id"],
                "before_id": None if was is None else was["model_id"],
                "measure": bid,
            }


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


#: What of a stated figure is told.
_OF_FIGURE = (
    "company_id",
    "metric",
    "metric_id",
    "value",
    "period",
    "currency",
    "unit",
    "known_date",
    "known_date_precision",
    "source_ids",
)


def _figures(tables: Tables) -> dict[tuple[str, str], Row]:
    """The newest figure of each company and metric, the last known last."""
    rows = tables["company_metrics"].dropna(subset=["value"])
    rows = rows.sort_values(["period_end_date", "known_date", "metric_id"], kind="stable")
    newest = rows[[c for c in _OF_FIGURE if c in rows]].drop_duplicates(["company_id", "metric"], keep="last")
    return {(r["company_id"], r["metric"]): r for r in cells.records(newest)}


def _stated(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Iterator[Row]:
    held = _figures(then)
    for (cid, metric), r in _figures(now).items():
        was = held.get((cid, metric))
        if was is not None and was["metric_id"] == r["metric_id"] and was["value"] == r["value"]:
            continue
        yield {
            "company_id": cid,
            "before": None if was is None else f"{stated(was)}, {period_words(str(was['period']))}",
            "after": f"{stated(r)}, {period_words(str(r['period']))}",
            "change_date": r["known_date"],
            "change_date_precision": r["known_date_precision"],
            "reason": metric_words(str(metric)),
            "source_ids": r["source_ids"],
            "subject_id": r["metric_id"],
            "before_id": None if was is None else was["metric_id"],
            "measure": metric,
        }


def _checked(then: Tables, now: Tables, basis: str, measures: Collection[str]) -> Iterator[Row]:
    old = then["claims"].set_index("claim_id")["verdict"]
    for r in now["claims"].itertuples():
        was = old.get(r.claim_id)
        if r.verdict == "pending" or was == r.verdict:
            continue
        yield {
            "company_id": None if is_missing(r.company_id) else r.company_id,
            "before": None if was is None else str(was).replace("_", " "),
            "after": str(r.verdict).replace("_", " "),
            "change_date": r.checked_date,
            "change_date_precision": "day",
            "reason": r.claim,
            "reason_detail": None if is_missing(r.evidence) else r.evidence,
            "source_ids": r.source_ids,
            "subject_id": r.claim_id,
            "before_id": r.claim_id,
        }


_RULES: dict[str, Callable[[Tables, Tables, str, Collection[str]], Iterator[Row]]] = {
    "governance": _relabelled,
    "leader": _leader,
    "reorganisation": _reorganised,
    "flagship": _flagship,
    "price": _priced,
    "score": _scored,
    "figure": _stated,
    "claim": _checked,
}

__all__ = [
    "KINDS",
    "STEERING",
    "TOLD_BY",
    "best_of_companies",
    "between",
    "changes",
    "moved",
    "since",
    "stated",
]
