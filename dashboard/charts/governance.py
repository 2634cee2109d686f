"""Charts of governance: who decides on AI inside each company, how that changed, and how sure we are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.rows import (
    by_model,
    days,
    lone_top,
    members,
    of_model,
    ordered,
)
from dashboard.charts.spec import Chart, on
from dashboard.data import cells
from dashboard.data.cut import Chosen, once_each, once_for_frames, origin, places
from dashboard.data.overlay import added_companies
from dashboard.data.selection import Selection, kept, names_by_id
from dashboard.data.store import Tables
from dashboard.facts import followers, landscape, over_time
from dashboard.facts.freshness import SHELF_LIFE_MONTHS
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import MODEL_ORDER, format_day, is_missing, join_words, model_short, plural

DIMENSIONS = {
    "decision_authority": "Decision authority",
    "base_model_strategy": "Base model",
    "compute_allocation": "Compute",
    "data_access": "Data access",
    "innovation_locus": "Innovation locus",
    "tooling": "Tooling",
}


# --- How many companies follow each model now ---
GOVERNANCE_NOW = col.Frame(
    "governance models that at least one organisation follows, in legend order",
    **col.LABEL,
    **col.members("who follows the model"),
    not_seen_lately=col.names("those whose label no document has spoken for within its shelf life"),
)


def governance_now(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by governance model in force."""
    names = names_by_id(tables)
    cited = landscape.shown(tables, selection.basis)["source_ids"].to_dict()
    held = landscape.spoken_for(tables, selection.basis, selection.as_of)
    old = set(held.index[held["is_stale"]])
    labels = landscape.labels_in_force(tables, selection.basis)
    return GOVERNANCE_NOW.of(
        {
            **of_model(model),
            **members(ids, names, cited),
            "not_seen_lately": ", ".join(sorted(names[c] for c in ids if c in old)),
        }
        for model, ids in by_model(labels).items()
    )


def governance_now_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the model most companies with units follow."""
    top = lone_top(frame.loc[frame["governance_model_id"] != landscape.UNDETERMINED, "companies"])
    if top is None:
        return ""
    row = frame.loc[top]
    return f"{row['governance_model']} is the most common model: {row['companies']:,} of {frame['companies'].sum():,}"


# --- The lanes: every company's model over time ---
GOVERNANCE_LANES = col.Frame(
    "periods of governance and dated events; companies with the newest change of model first, periods before events, days ascending",
    "confidence caveat",
    company_name=col.company(),
    kind=col.key("period or event"),
    **col.LABEL,
    first_day=col.day("the day a period begins, or of an event"),
    last_day=col.day("the day a period ends, the day shown where it is open; empty for events"),
    label=col.text("who reports a period and in which words, or what happened", "In words"),
    last_seen_date=col.LAST_SEEN,
    event_id=col.key("id of the event; empty for periods"),
)


def governance_lanes(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Periods of governance and dated events of companies that have at least one event; a reader's own need none."""
    lanes, names = _lane_rows(tables, selection.basis, selection.as_of), names_by_id(tables)
    called = [names[c] for c in lanes.company[lanes.at].tolist()]
    rank = np.empty(len(called), dtype="int64")
    rank[sorted(range(len(called)), key=called.__getitem__)] = np.arange(len(called))
    order = np.lexsort((rank, -lanes.newest[lanes.at], ~lanes.is_changed[lanes.at]))
    rows, count = lanes.taken(order)
    name = np.array(called, dtype=object)[order].repeat(count)
    return GOVERNANCE_LANES.of(rows.assign(company_name=name))


@dataclass(frozen=True)
class _Lanes:
    """Periods and events as lanes show them, those of a company behind each other: filters take companies, not rows.

    Attributes:
        frame: GOVERNANCE_LANES without names; periods of a company before events, days ascending.
        company: Id of each company.
        begins: Where its rows begin, and where those of the last end.
        newest: First day of its newest period, as `cells.days` gives it.
        is_changed: It had more than one model.
        at: Those that are chosen.
    """

    frame: pd.DataFrame
    company: np.ndarray
    begins: np.ndarray
    newest: np.ndarray
    is_changed: np.ndarray
    at: np.ndarray

    def chosen(self, mine: Chosen) -> _Lanes:
        """The same, of those chosen."""
        return replace(self, at=self.at[mine(pd.Series(self.company[self.at])).to_numpy()])

    def taken(self, order: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
        """The rows of those chosen in an order, and how many each has."""
        places, begins = cells.runs(self.begins, self.at[order])
        return self.frame.take(places), np.diff(begins)


#: Stands for a day that is not known, behind all others.
_LAST = np.iinfo("int64").max


@once_each
def _lane_rows(tables: Tables, basis: str, day: pd.Timestamp) -> _Lanes:
    """Periods and events of companies that have a period and an event, and of a reader's own that have a period."""
    # No day changes what is told of an event.
    told = _event_rows(origin(tables, "governance_events")).take(places(tables, "governance_events"))
    shown = frozenset(told["company_id"].tolist()) | added_companies(tables)
    spans = over_time.history(tables, basis)
    spans = kept(spans, np.fromiter(map(shown.__contains__, spans["company_id"].tolist()), bool, len(spans)))
    is_open = spans["valid_to"].isna()
    spoken = landscape.spoken_for(tables, basis, day)[["last_seen_date", "is_weak", "is_stale"]]
    # What is over needs no later word for it.
    spoken = spoken.reindex(spans["company_id"].where(is_open).to_numpy())
    weak, stale = (spoken[c].eq(True).to_numpy() for c in ("is_weak", "is_stale"))
    found = {
        "company_id": spans["company_id"],
        "kind": "period",
        "governance_model": [model_short(model) for model in spans["governance_model_id"].tolist()],
        "governance_model_id": spans["governance_model_id"],
        "first_day": spans["valid_from"],
        "last_day": spans["valid_to"].where(~is_open, day),
        "label": _in_words(spans, basis),
        "last_seen_date": spoken["last_seen_date"].to_numpy(),
        "confidence": spans["confidence"],
        "caveat": [
            marks.caveats(estimated=is_low or is_weak, disputed=is_disputed, stale=is_stale)
            for is_low, is_weak, is_disputed, is_stale in zip(
                (spans["confidence"] == "low").tolist(),
                weak.tolist(),
                spans["is_disputed"].tolist(),
                stale.tolist(),
                strict=True,
            )
        ],
        "source_ids": spans["source_ids"],
    }
    frame = pd.concat([pd.DataFrame(found), told], ignore_index=True)
    company, ids = pd.factorize(frame["company_id"].to_numpy(dtype=object))
    begun, is_event = cells.days(frame["first_day"]), (frame["kind"] == "event").to_numpy()
    newest = np.full(len(ids), cells.NO_DAY)
    np.maximum.at(newest, company[~is_event], begun[~is_event])
    models, model = np.unique(spans["governance_model_id"].tolist(), return_inverse=True)
    different = np.unique(company[~is_event] * len(models) + model)
    is_changed = np.bincount(different // max(len(models), 1), minlength=len(ids)) > 1
    order = np.lexsort((np.where(begun == cells.NO_DAY, _LAST, begun), is_event, company))
    rows = frame.reindex(columns=GOVERNANCE_LANES.names[1:]).take(order)
    begins = np.cumsum([0, *np.bincount(company, minlength=len(ids))])
    return _Lanes(rows, ids, begins, newest, is_changed, np.flatnonzero(newest != cells.NO_DAY))


@once_for_frames
def _event_rows(events: pd.DataFrame) -> pd.DataFrame:
    """All events of a build as lanes show them, under their labels."""
    found = {
        "company_id": events["company_id"],
        "kind": "event",
        "governance_model": "",
        "first_day": events["event_date"],
        "label": events["title"],
        "event_id": events["event_id"],
        "confidence": events["confidence"],
        "caveat": marks.caveat_cells(events),
        "source_ids": events["source_ids"],
    }
    return pd.DataFrame(found, index=events.index)


def _in_words(spans: pd.DataFrame, basis: str) -> list[str]:
    """Who reports each span, and in which words."""
    said = []
    for stated, reporter, note, is_disputed in cells.rows(
        spans, "stated_as", "reported_by", "note", "is_disputed"
    ):
        words = [] if is_missing(stated) else [f"{stated}."]
        if basis == "reported":
            words.append(f"Reported by {reporter}.")
        elif not is_missing(note) and note:
            words.append(note)
        if is_disputed:
            words.append("Other reports differ.")
        said.append(" ".join(words))
    return said


def governance_lanes_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts and names the companies with another known model than on the day of comparison."""
    since, shown = selection.then, selection.as_of.to_datetime64()
    # An event has no last day: what reaches a day is a period.
    first, last = (frame[c].to_numpy() for c in ("first_day", "last_day"))
    then = (first <= since.to_datetime64()) & (last > since.to_datetime64())
    both = [frame[c].to_numpy(dtype="object") for c in ("company_name", "governance_model_id")]
    of_days = (zip(*(column[day].tolist() for column in both), strict=True) for day in (then, last >= shown))
    was, held = ({name: model for name, model in one if model != landscape.UNDETERMINED} for one in of_days)
    changed = [name for name, model in held.items() if was.get(name, model) != model]
    if not changed:
        return ""
    many = len(changed) > 4
    who = f"{len(changed):,} organisations" if many else join_words(changed)
    return f"{who} changed {'their ' if many else ''}governance model since {format_day(since)}"


# --- The mix over time ---
GOVERNANCE_MIX = col.Frame(
    "days and governance models, days ascending, models in legend order; combinations without an organisation left out",
    day=col.day("the half-year end, last the day shown"),
    period="month of the day",
    **col.LABEL,
    **col.members("who follows the model on the day"),
)


def governance_mix(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by governance model at each half-year end and on the as-of day."""
    told = followers.first_told(tables, selection.basis)
    if told is None:
        return GOVERNANCE_MIX.of()
    first = max(told, pd.Timestamp("2021-12-01"))
    days = [d for d in pd.date_range(first, selection.as_of, freq="2QE-DEC") if d < selection.as_of]
    days = [d for d in days if (selection.as_of - d).days > 45][-11:]
    days.append(selection.as_of)
    found, cited = followers.followers_on(tables, selection.basis, days)
    frame = GOVERNANCE_MIX.of(
        {
            "day": one.day,
            "period": f"{one.day:%b %Y}",
            **of_model(one.model_id),
            "companies": len(one.names),
            "company_names": ", ".join(one.names),
        }
        for one in found
    )
    return frame.assign(source_ids=cited)


def governance_mix_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Says which model gained most companies since the first day shown."""
    days, models = frame["day"].tolist(), frame["governance_model_id"].tolist()
    # Labs and start-ups keep one label from their founding: their growth is not a change of governance.
    grown = sorted(set(models) - {landscape.UNDETERMINED, "founder_led", "lab_led", "state_institute"})
    if not grown:
        return ""
    begun, counts = min(days), Counter[tuple[str, pd.Timestamp]]()
    for model, day, companies in zip(models, days, frame["companies"].tolist(), strict=True):
        counts[model, day] += companies
    model = max(grown, key=lambda m: counts[m, max(days)] - counts[m, begun])
    first, last = counts[model, begun], counts[model, max(days)]
    if last <= first:
        return ""
    since = format_day(begun, "month")
    return f"{model_short(model)} grew from {first} to {plural(last, 'organisation')} since {since}"


# --- Reported against coded ---
def _told(basis: str) -> dict[str, col.Column]:
    """Columns of what one basis says of a model: which, since when, and how surely."""
    return {
        f"{basis}_model_id": col.key(f"id of the model {basis}"),
        f"{basis}_since": col.day("first day of it", "since", exact=f"{basis}_since_precision"),
        f"{basis}_since_precision": col.KNOWN,
        f"{basis}_seen": col.text("day on which a document last spoke for it", f"{basis.title()}, last seen"),
        f"{basis}_doubt": col.text(landscape.DOUBT, f"{basis.title()}, in doubt"),
    }


REPORTED_CODED = col.Frame(
    "organisations; those on which the two sides differ first",
    "reported_source_ids other_source_ids coded_source_ids",
    company_name=col.company(),
    reported=col.of_scale(GOVERNANCE, "model that the source shown first reports", "Reported"),
    reported_by="that source",
    **_told("reported"),
    other_reports="what other sources report, with the day it holds from",
    coded=col.of_scale(GOVERNANCE, "model that the printed rule gives", "Coded"),
    **_told("coded"),
    coded_note="scores behind it",
    agreement="same, rule differs, reports differ, both differ, one side only",
)


def reported_coded(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What named sources call each company's model beside what the printed rule gives."""
    reports = landscape.assessments_in_force(tables, "reported")
    sides = [_side(tables, selection, basis) for basis in ("reported", "coded")]
    frame = tables["companies"].set_index("company_id")[["company_name"]].join(sides)
    frame = frame[frame["reported"].notna() | frame["coded"].notna()]
    others = reports[reports["governance_model_id"].ne(reports["company_id"].map(frame["reported_model_id"]))]
    each = zip(
        *(others[c] for c in ("governance_model_id", "reported_by")), days(others, "valid_from"), strict=True
    )
    said = [f"{model_short(model)} ({by}, since {since})" for model, by, since in each]
    told = others.assign(said=said).groupby("company_id")[["said", "source_ids"]].agg("; ".join).to_dict()
    cited = reports.groupby("company_id")["source_ids"].agg("; ".join).to_dict()
    sources = zip(map(cited.get, frame.index), frame["coded_source_ids"], strict=True)
    models = zip(frame["reported_model_id"], frame["coded_model_id"], strict=True)
    frame = frame.assign(
        other_reports=[told["said"].get(cid, "") for cid in frame.index],
        other_source_ids=[told["source_ids"].get(cid) for cid in frame.index],
        source_ids=["; ".join(cell for cell in both if not is_missing(cell)) for both in sources],
        agreement=[
            _agreement(*both, cid in told["said"]) for cid, both in zip(frame.index, models, strict=True)
        ],
    ).reset_index(drop=True)
    order = {"both differ": 0, "rule differs": 0, "reports differ": 0, "same": 1, "one side only": 2}
    ranks = {"_a": frame["agreement"].map(order), "_m": frame["reported_model_id"].map(MODEL_ORDER)}
    frame = ordered(frame, *ranks, "company_name", **ranks)[REPORTED_CODED.names]
    if among := int(frame["agreement"].isin(["reports differ", "both differ"]).sum()):
        frame.attrs["among"] = f"; reports differ among themselves on {plural(among, 'organisation')}"
    return frame


def _side(tables: Tables, selection: Selection, basis: str) -> pd.DataFrame:
    """What one basis says of each organisation: the columns of REPORTED_CODED that begin with its name, by company_id."""
    shown = landscape.shown(tables, basis)
    held = landscape.spoken_for(tables, basis, selection.as_of)
    known = landscape.index_in_force(tables).dropna(subset=["centralisation_index"])
    known = known[["centralisation_index", "scored_count"]].itertuples(name=None)
    index = {cid: f"index {value:.0f}, {count} of 6 scored" for cid, value, count in known}
    side = {
        "": shown["governance_model_id"].map(model_short),
        "_by": shown["reported_by"],
        "_model_id": shown["governance_model_id"],
        "_since": shown["valid_from"],
        "_since_precision": shown["valid_from_precision"],
        "_seen": held["seen"],
        "_doubt": held["doubt"],
        "_note": pd.Series(index, dtype="str").combine_first(shown["note"]),
        "_source_ids": shown["source_ids"],
    }
    return pd.DataFrame(side).add_prefix(basis)


def _agreement(reported: object, coded: object, others_differ: bool) -> str:
    """Whether the models reported and coded are one, and whether other reports differ from the one shown."""
    if is_missing(reported) or is_missing(coded) or coded == landscape.UNDETERMINED:
        return "reports differ" if others_differ else "one side only"
    if reported == coded:
        return "reports differ" if others_differ else "same"
    return "both differ" if others_differ else "rule differs"


def reported_coded_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts and names the companies whose reported and coded model differ."""
    both = frame[frame["reported_model_id"].notna() & frame["coded_model_id"].notna()]
    both = both[both["coded_model_id"] != landscape.UNDETERMINED]
    differing = both.loc[both["agreement"].isin(["rule differs", "both differ"]), "company_name"].tolist()
    if not len(both):
        return ""
    if not differing:
        few = {1: "the one organisation", 2: "both organisations"}
        which = few.get(len(both), f"all {len(both):,} organisations")
        return f"Reports and the printed rule agree on {which} that both describe"
    named = len(differing) <= 3
    on = join_words(differing) if named else f"{len(differing):,} of {len(both):,} organisations"
    return f"Reports and the printed rule differ on {on}"


# --- Reorganisations a quarter ---
EVENTS_BY_QUARTER = col.Frame(
    "quarters, ascending; those between the first and the last without an event hold zero",
    quarter="quarter of the event",
    quarter_start=col.day("first day of the quarter"),
    events=col.count("event", "dated governance events"),
    titles=col.names("what happened, and at whom"),
)


def events_by_quarter(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Dated governance events a quarter."""
    events = tables["governance_events"]
    events = events[events["event_date_precision"] != "year"]
    if events.empty:
        return EVENTS_BY_QUARTER.of()
    names = names_by_id(tables)
    quarters = events["event_date"].dt.to_period("Q")
    titles = [f"{names[c]}: {t}" for c, t in zip(events["company_id"], events["title"], strict=True)]
    each = events.assign(events=1, titles=titles).groupby(quarters)
    told = each.agg({"events": "sum", "titles": "; ".join, "source_ids": "; ".join})
    span = pd.period_range(max(quarters.min(), pd.Period("2021Q1")), quarters.max(), freq="Q")
    told = (
        told.reindex(span).fillna({"events": 0, "titles": "", "source_ids": ""}).astype({"events": "int64"})
    )
    return EVENTS_BY_QUARTER.of(told.assign(quarter=span.strftime("%Y Q%q"), quarter_start=span.start_time))


def events_by_quarter_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the quarter with the most events, when one stands out."""
    top = lone_top(frame["events"], fewest=4)
    if top is None:
        return ""
    year, quarter = frame.loc[top, "quarter"].split()
    return f"{quarter} {year} brought the most reorganisations: {frame.loc[top, 'events']:,}"


CHARTS = on(
    "governance",
    Chart(
        title="Governance model over time",
        question="Who changed how AI is governed, and when?",
        subtitle="Governance model in force, {basis}; {organisations}, {as_of}. Ticks below a lane: dated reorganisations.",
        shows=GOVERNANCE_LANES.by(governance_lanes, governance_lanes_finding),
        kind=Lanes("company_name", "first_day", "last_day", words="label"),
        note=f"Grey hatching: no assessment, or undetermined. A label in force fades when no document has spoken for it within {SHELF_LIFE_MONTHS['governance_assessments']} months.",
    ),
    Chart(
        title="Governance mix over time",
        question="Which way of governing AI is spreading?",
        subtitle="Organisations by governance model at each half-year end, {basis}, to {day}",
        shows=GOVERNANCE_MIX.by(governance_mix, governance_mix_finding),
        kind=Columns("period", "companies", stack="governance_model", names="end", tick="month", total=False),
        note="Earlier years hold fewer organisations because fewer existed or were described.",
    ),
    Chart(
        title="Organisations by governance model",
        question="How many organisations follow each governance model?",
        subtitle="Number of organisations, {basis}; {total.companies} {as_of}",
        shows=GOVERNANCE_NOW.by(governance_now, governance_now_finding),
        kind=Bars("governance_model", "companies", "governance_model", listed="company_names"),
        topic="overview",
    ),
    Chart(
        title="Reported against coded",
        question="Do sources and the printed rule agree?",
        subtitle="Model that named sources report, and model that the rule derives from scores{noted[among]}; {organisations}, {as_of}",
        shows=REPORTED_CODED.by(reported_coded, reported_coded_finding),
        kind=Table(
            (
                "company_name",
                Cell("reported", "reported_doubt", none="no report"),
                Cell(
                    "reported_by",
                    also=("reported_since", "reported_seen"),
                    sources="reported_source_ids",
                    none="–",
                ),
                Cell(
                    "coded",
                    "coded_doubt",
                    also=("coded_since", "coded_seen", "coded_note"),
                    sources="coded_source_ids",
                    none="not coded",
                ),
                Cell("other_reports", sources="other_source_ids", none="–"),
                "agreement",
            ),
            shown=12,
        ),
        note="Of several reports the better-sourced is shown first: primary over press over analysis, then the newer.",
    ),
    Chart(
        title="Dated governance events a quarter",
        question="When was AI reorganised most?",
        subtitle="{total.events} dated events a quarter, to {day}; events known only by year left out",
        shows=EVENTS_BY_QUARTER.by(events_by_quarter, events_by_quarter_finding),
        kind=Columns("quarter", "events"),
        note="Earlier years hold fewer events because fewer were collected.",
    ),
)
