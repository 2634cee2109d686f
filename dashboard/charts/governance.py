"""Charts of governance: who decides on AI inside each company, how that changed, and how sure we are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.spec import Chart
from dashboard.data.cut import once_each
from dashboard.data.overlay import added_companies
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.facts.freshness import SHELF_LIFE_MONTHS
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import MODEL_ORDER, MODELS, format_day, is_missing, join_words, model_short, plural

DIMENSIONS = {
    "decision_authority": "Decision authority",
    "base_model_strategy": "Base model",
    "compute_allocation": "Compute",
    "data_access": "Data access",
    "innovation_locus": "Innovation locus",
    "tooling": "Tooling",
}

MS_A_DAY = 86_400_000


def name_list(tables: Tables) -> dict[str, str]:
    """Names of organisations by id."""
    companies = tables["companies"]
    return dict(zip(companies["company_id"].tolist(), companies["company_name"].tolist(), strict=True))


def scope_words(frame: pd.DataFrame, selection: Selection) -> str:
    """How many organisations a frame shows, and the day."""
    count = frame["company_name"].nunique() if "company_name" in frame else 0
    return f"{plural(count, 'organisation')}, as of {format_day(selection.as_of)}"


def _basis_words(selection: Selection) -> str:
    return "as named sources report it" if selection.basis == "reported" else "as the printed rule codes it"


# --- How many companies follow each model now ---


GOVERNANCE_NOW = col.Frame(
    "governance models that at least one organisation follows, in legend order",
    governance_model=col.GOVERNANCE,
    governance_model_id=col.KNOWN,
    companies=col.count("organisation"),
    company_names=col.names("who follows the model"),
    not_seen_lately=col.names(
        "those whose label no document has spoken for within its shelf life", "Not seen lately"
    ),
)


def governance_now(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by governance model in force."""
    labels = landscape.labels_in_force(tables, selection.basis)
    names = name_list(tables)
    shown = landscape.assessments_in_force(tables, selection.basis).drop_duplicates("company_id")
    cited = shown.set_index("company_id")["source_ids"]
    held = landscape.spoken_for(tables, selection.basis, selection.as_of)
    old = set(held.index[held["is_stale"]])
    rows = []
    for model in MODELS:
        members = [c for c, m in labels.items() if m == model.id]
        if members:
            rows.append(
                {
                    "governance_model": model.short,
                    "governance_model_id": model.id,
                    "companies": len(members),
                    "company_names": ", ".join(sorted(names[c] for c in members)),
                    "not_seen_lately": ", ".join(sorted(names[c] for c in members if c in old)),
                    "source_ids": joined_sources(*(cited.get(c) for c in members)),
                }
            )
    return GOVERNANCE_NOW.of(rows)


def governance_now_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the model most companies with units follow."""
    known = frame[frame["governance_model_id"] != "undetermined"]
    if len(known) < 2:
        return ""
    top = known.sort_values("companies", ascending=False, kind="stable")
    if top["companies"].iloc[0] == top["companies"].iloc[1]:
        return ""
    row = top.iloc[0]
    return f"{row['governance_model']} is the most common model: {row['companies']} of {frame['companies'].sum()}"


def governance_now_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Basis, how many, which day."""
    return (
        f"Number of organisations, {_basis_words(selection)}; {int(frame['companies'].sum())} as of "
        f"{format_day(selection.as_of)}"
    )


#: A label that is no longer in force.
NOT_HELD: dict[str, Any] = {"last_seen_date": pd.NaT, "is_stale": False, "is_weak": False}


# --- The lanes: every company's model over time ---


GOVERNANCE_LANES = col.Frame(
    "periods of governance and dated events; companies with the newest change of model first, periods before events, days ascending",
    "confidence",
    "caveat",
    company_name=col.company(),
    kind=col.key("period or event"),
    governance_model=col.GOVERNANCE,
    governance_model_id=col.KNOWN,
    first_day=col.day("the day a period begins, or of an event"),
    last_day=col.day("the day a period ends, the day shown where it is open; empty for events"),
    label=col.text("who reports a period and in which words, or what happened", "In words"),
    last_seen_date=col.LAST_SEEN,
    event_id=col.key("id of the event; empty for periods"),
)


def governance_lanes(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Periods of governance and dated events of companies that have at least one event; a reader's own need none."""
    names = name_list(tables)
    frame = _lane_rows(tables, selection.basis, selection.as_of)
    frame.insert(1, "company_name", [names[c] for c in frame["company_id"]])
    if frame.empty:
        return frame[GOVERNANCE_LANES.names]
    with_event = set(frame.loc[frame["kind"] == "event", "company_name"])
    with_event |= {names[c] for c in added_companies(tables) if c in names}
    frame = frame[frame["company_name"].isin(with_event)]
    periods = frame[frame["kind"] == "period"]
    changes = periods.groupby("company_name")["governance_model_id"].nunique()
    newest = periods.groupby("company_name")["first_day"].max()
    order = pd.DataFrame({"changes": changes.gt(1), "newest": newest}).sort_values(
        ["changes", "newest"], ascending=False, kind="stable"
    )
    rank = {name: i for i, name in enumerate(order.index)}
    frame = frame[frame["company_name"].isin(rank)]
    frame = frame.assign(_rank=frame["company_name"].map(rank), _kind=frame["kind"].eq("event"))
    frame = frame.sort_values(["_rank", "_kind", "first_day"], kind="stable", ignore_index=True)
    return frame[GOVERNANCE_LANES.names]


@once_each
def _lane_rows(tables: Tables, basis: str, day: pd.Timestamp) -> pd.DataFrame:
    """Periods and events as lanes show them, GOVERNANCE_LANES by company_id: periods first, each in the order of its table."""
    events = tables["governance_events"]
    assessed = tables["governance_assessments"]
    assessed = assessed[assessed["basis"] == basis]
    read = ["company_id", "governance_model_id", "valid_from", "valid_to", "confidence", "source_ids"]
    reports: dict[str, list[Any]] = {}
    for report in assessed[read].itertuples(index=False):
        reports.setdefault(report.company_id, []).append(report)
    held = landscape.spoken_for(tables, basis, day).to_dict("index")
    rows = []
    for row in landscape.history(tables, basis).itertuples(index=False):
        # The reports behind a span are those of its model whose documents it cites.
        cited = set(row.source_ids.split("; "))
        confidence = marks.weakest(
            r.confidence
            for r in reports[row.company_id]
            if r.governance_model_id == row.governance_model_id
            and (is_missing(row.valid_to) or r.valid_from < row.valid_to)
            and (is_missing(r.valid_to) or r.valid_to > row.valid_from)
            and cited.issuperset(r.source_ids.split("; "))
        )
        # What is over needs no later word for it.
        last = held.get(row.company_id, NOT_HELD) if is_missing(row.valid_to) else NOT_HELD
        rows.append(
            {
                "company_id": row.company_id,
                "kind": "period",
                "governance_model": model_short(row.governance_model_id),
                "governance_model_id": row.governance_model_id,
                "first_day": row.valid_from,
                "last_day": day if is_missing(row.valid_to) else row.valid_to,
                "label": " ".join(
                    str(part)
                    for part in (
                        "" if is_missing(row.stated_as) else f"{row.stated_as}.",
                        f"Reported by {row.reported_by}." if basis == "reported" else row.note,
                        "Other reports differ." if row.is_disputed else "",
                    )
                    if part and not is_missing(part)
                ),
                "last_seen_date": last["last_seen_date"],
                "event_id": None,
                "confidence": confidence,
                "caveat": marks.caveats(
                    estimated=confidence == "low" or last["is_weak"],
                    disputed=row.is_disputed,
                    stale=last["is_stale"],
                ),
                "source_ids": row.source_ids,
            }
        )
    for row in events.itertuples(index=False):
        rows.append(
            {
                "company_id": row.company_id,
                "kind": "event",
                "governance_model": "",
                "governance_model_id": None,
                "first_day": row.event_date,
                "last_day": pd.NaT,
                "label": row.title,
                "last_seen_date": pd.NaT,
                "event_id": row.event_id,
                "confidence": row.confidence,
                "caveat": marks.caveats(estimated=row.confidence == "low"),
                "source_ids": row.source_ids,
            }
        )
    frame = pd.DataFrame(rows, columns=["company_id", *GOVERNANCE_LANES.names[1:]])
    frame["last_seen_date"] = pd.to_datetime(frame["last_seen_date"])
    return frame


def governance_lanes_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts and names the companies with another known model than on the day of comparison."""
    since = min(selection.since, selection.as_of)
    periods = frame[(frame["kind"] == "period") & (frame["governance_model_id"] != landscape.UNDETERMINED)]
    then = periods[(periods["first_day"] <= since) & (periods["last_day"] > since)]
    now = periods[periods["last_day"] >= selection.as_of]
    was = then.drop_duplicates("company_name", keep="last").set_index("company_name")["governance_model_id"]
    held = now.drop_duplicates("company_name", keep="last").set_index("company_name")["governance_model_id"]
    changed = [str(n) for n in held.index if n in was.index and was[n] != held[n]]
    if not changed:
        return ""
    ago = f"since {format_day(since)}"
    if len(changed) > 4:
        return f"{len(changed)} organisations changed their governance model {ago}"
    return f"{join_words(changed)} changed governance model {ago}"


def governance_lanes_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Basis, scope, and what a tick is."""
    return (
        f"Governance model in force, {_basis_words(selection)}; "
        f"{scope_words(frame, selection)}. Ticks below a lane: dated reorganisations."
    )


# --- The mix over time ---


GOVERNANCE_MIX = col.Frame(
    "days and governance models, days ascending, models in legend order; combinations without an organisation left out",
    day=col.day("the half-year end, last the day shown"),
    period="month of the day",
    governance_model=col.GOVERNANCE,
    governance_model_id=col.KNOWN,
    companies=col.count("organisation"),
    company_names=col.names("who follows the model on the day"),
)


def governance_mix(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by governance model at each half-year end and on the as-of day."""
    names = name_list(tables)
    assessed = tables["governance_assessments"]
    assessed = assessed[assessed["basis"] == selection.basis]
    if assessed.empty:
        return GOVERNANCE_MIX.of()
    events = tables["governance_events"]["event_date"]
    first = max(events.min() if len(events) else assessed["valid_from"].min(), pd.Timestamp("2021-12-01"))
    days = [d for d in pd.date_range(first, selection.as_of, freq="2QE-DEC") if d < selection.as_of]
    days = [d for d in days if (selection.as_of - d).days > 45][-11:]
    rows = []
    for day in [*days, selection.as_of]:
        shown = landscape.shown_on(tables, selection.basis, day)
        labels = landscape.labels_of(tables, shown, day)
        for model in MODELS:
            ids = [c for c, m in labels.items() if m == model.id]
            members = sorted(names[c] for c in ids)
            if members:
                rows.append(
                    {
                        "day": day,
                        "period": f"{day:%b %Y}",
                        "governance_model": model.short,
                        "governance_model_id": model.id,
                        "companies": len(members),
                        "company_names": ", ".join(members),
                        "source_ids": joined_sources(*(shown[c][1] for c in ids if c in shown)),
                    }
                )
    return GOVERNANCE_MIX.of(rows)


def governance_mix_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Says which model gained most companies since the first day shown."""
    days = sorted(set(frame["day"].tolist()))
    if len(days) < 2:
        return ""
    first, last = days[0], days[-1]
    cells = (frame[c].tolist() for c in ("governance_model_id", "day", "companies"))
    counts = {(model, day): int(n) for model, day, n in zip(*cells, strict=True)}
    # Labs and start-ups keep one label from their founding: their growth is not a change of governance.
    known = sorted({m for m, _ in counts} - {"undetermined", "founder_led", "lab_led", "state_institute"})
    ends = {m: (counts.get((m, first), 0), counts.get((m, last), 0)) for m in known}
    model = max(known, key=lambda m: ends[m][1] - ends[m][0], default="")
    if not model or ends[model][1] <= ends[model][0]:
        return ""
    before, after = ends[model]
    return f"{model_short(model)} grew from {before} to {plural(after, 'organisation')} since {format_day(first, 'month')}"


def governance_mix_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Basis, and the last day."""
    return (
        f"Organisations by governance model at each half-year end, {_basis_words(selection)}, "
        f"to {format_day(selection.as_of)}"
    )


# --- Reported against coded ---


REPORTED_CODED = col.Frame(
    "organisations; those on which the two sides differ first",
    "reported_source_ids",
    "other_source_ids",
    "coded_source_ids",
    company_name=col.company(),
    reported=col.of_scale(GOVERNANCE, "model that the source shown first reports", "Reported"),
    reported_by="that source",
    reported_model_id=col.key("id of the model reported"),
    reported_since=col.day("first day of it", "since", exact="reported_since_precision"),
    reported_since_precision=col.KNOWN,
    reported_seen=col.text("day on which a document last spoke for it", "Reported, last seen"),
    reported_doubt=col.text(landscape.DOUBT, "Reported, in doubt"),
    other_reports="what other sources report, with the day it holds from",
    coded=col.of_scale(GOVERNANCE, "model that the printed rule gives", "Coded"),
    coded_model_id=col.key("id of the model coded"),
    coded_since=col.day("first day of it", "since", exact="coded_since_precision"),
    coded_since_precision=col.KNOWN,
    coded_seen=col.text("day on which a document last spoke for it", "Coded, last seen"),
    coded_doubt=col.text(landscape.DOUBT, "Coded, in doubt"),
    coded_note="scores behind it",
    agreement="same, rule differs, reports differ, both differ, one side only",
)


def reported_coded(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What named sources call each company's model beside what the printed rule gives."""
    names = name_list(tables)
    reported: dict[str, list[dict[str, Any]]] = {}
    for report in landscape.assessments_in_force(tables, "reported").to_dict("records"):
        reported.setdefault(report["company_id"], []).append(report)
    coded = landscape.assessments_in_force(tables, "coded").drop_duplicates("company_id")
    by_rule = {r["company_id"]: r for r in coded.to_dict("records")}
    index = landscape.index_in_force(tables).to_dict("index")
    held = {b: landscape.spoken_for(tables, b, selection.as_of) for b in ("reported", "coded")}
    rows = []
    for company_id, name in names.items():
        mine = reported.get(company_id, [])
        ours = by_rule.get(company_id)
        if not mine and ours is None:
            continue
        top = mine[0] if mine else None
        rest = [r for r in mine if top and r["governance_model_id"] != top["governance_model_id"]]
        reported_id = None if top is None else top["governance_model_id"]
        coded_id = None if ours is None else ours["governance_model_id"]
        if reported_id is None or coded_id in (None, "undetermined"):
            agreement = "reports differ" if len(rest) else "one side only"
        elif reported_id == coded_id:
            agreement = "reports differ" if len(rest) else "same"
        else:
            agreement = "both differ" if len(rest) else "rule differs"
        note = None if ours is None else ours["note"]
        known = index.get(company_id, {})
        if not is_missing(known.get("centralisation_index")):
            note = f"index {known['centralisation_index']:.0f}, {known['scored_count']} of 6 scored"
        rows.append(
            {
                "company_name": name,
                "reported": None if top is None else model_short(reported_id),
                "reported_by": None if top is None else top["reported_by"],
                "reported_model_id": reported_id,
                "reported_since": None if top is None else top["valid_from"],
                "reported_since_precision": None if top is None else top["valid_from_precision"],
                "reported_seen": held["reported"]["seen"].get(company_id),
                "reported_doubt": held["reported"]["doubt"].get(company_id),
                "other_reports": "; ".join(
                    f"{model_short(r['governance_model_id'])} ({r['reported_by']}, since "
                    f"{format_day(r['valid_from'], r['valid_from_precision'])})"
                    for r in rest
                ),
                "coded": None if ours is None else model_short(coded_id),
                "coded_model_id": coded_id,
                "coded_since": None if ours is None else ours["valid_from"],
                "coded_since_precision": None if ours is None else ours["valid_from_precision"],
                "coded_seen": held["coded"]["seen"].get(company_id),
                "coded_doubt": held["coded"]["doubt"].get(company_id),
                "coded_note": note,
                "agreement": agreement,
                "reported_source_ids": None if top is None else top["source_ids"],
                "other_source_ids": "; ".join(r["source_ids"] for r in rest) or None,
                "coded_source_ids": None if ours is None else ours["source_ids"],
                "source_ids": "; ".join(
                    [*(r["source_ids"] for r in mine), *([] if ours is None else [ours["source_ids"]])]
                ),
            }
        )
    frame = REPORTED_CODED.of(rows)
    for column in ("reported_since", "coded_since"):
        frame[column] = pd.to_datetime(frame[column])
    order = {"both differ": 0, "rule differs": 0, "reports differ": 0, "same": 1, "one side only": 2}
    keys = frame.assign(_a=frame["agreement"].map(order), _m=frame["reported_model_id"].map(MODEL_ORDER))
    return frame.loc[keys.sort_values(["_a", "_m", "company_name"], kind="stable").index]


def reported_coded_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts and names the companies whose reported and coded model differ."""
    both = frame[frame["reported_model_id"].notna() & frame["coded_model_id"].notna()]
    both = both[both["coded_model_id"] != "undetermined"]
    differing = both.loc[both["agreement"].isin(["rule differs", "both differ"]), "company_name"].tolist()
    if not len(both):
        return ""
    if not differing:
        count = len(both)
        which = f"all {count}" if count > 2 else "both" if count > 1 else "the one"
        which += " organisations" if count > 1 else " organisation"
        return f"Reports and the printed rule agree on {which} that both describe"
    if len(differing) <= 3:
        return f"Reports and the printed rule differ on {join_words(differing)}"
    return f"Reports and the printed rule differ on {len(differing)} of {len(both)} organisations"


def reported_coded_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What the two sides are, and how many companies have reports that differ among themselves."""
    among = int(frame["agreement"].isin(["reports differ", "both differ"]).sum())
    said = f"; reports differ among themselves on {plural(among, 'organisation')}" if among else ""
    return f"Model that named sources report, and model that the rule derives from scores{said}; {scope_words(frame, selection)}"


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
    names = name_list(tables)
    quarters = events["event_date"].dt.to_period("Q")
    told: dict[pd.Period, list[tuple[str, str]]] = {}
    for quarter, company, title, cell in zip(
        quarters, events["company_id"], events["title"], events["source_ids"], strict=True
    ):
        told.setdefault(quarter, []).append((f"{names[company]}: {title}", cell))
    rows = []
    for quarter in pd.period_range(max(quarters.min(), pd.Period("2021Q1")), quarters.max(), freq="Q"):
        part = told.get(quarter, [])
        rows.append(
            {
                "quarter": f"{quarter.year} Q{quarter.quarter}",
                "quarter_start": quarter.start_time,
                "events": len(part),
                "titles": "; ".join(title for title, _ in part),
                "source_ids": "; ".join(cell for _, cell in part),
            }
        )
    return EVENTS_BY_QUARTER.of(rows)


def events_by_quarter_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the quarter with the most events, when one stands out."""
    if len(frame) < 4:
        return ""
    top = frame.sort_values("events", ascending=False, kind="stable")
    if top["events"].iloc[0] == top["events"].iloc[1]:
        return ""
    quarter = top["quarter"].iloc[0]
    return f"{quarter[5:]} {quarter[:4]} brought the most reorganisations: {top['events'].iloc[0]}"


def events_by_quarter_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """How many, to which day, what is left out."""
    return (
        f"{int(frame['events'].sum()):,} dated events a quarter, to {format_day(selection.as_of)}; events "
        "known only by year left out"
    )


CHARTS = (
    Chart(
        id="governance-lanes",
        topic="governance",
        title="Governance model over time",
        question="Who changed how AI is governed, and when?",
        subtitle=governance_lanes_subtitle,
        data=governance_lanes,
        columns=GOVERNANCE_LANES,
        kind=Lanes("company_name", "first_day", "last_day", fill="governance_model", words="label"),
        finding=governance_lanes_finding,
        note="Grey hatching: no assessment, or undetermined. A label in force fades when no document has spoken for it "
        f"within {SHELF_LIFE_MONTHS['governance_assessments']} months.",
    ),
    Chart(
        id="governance-mix",
        topic="governance",
        title="Governance mix over time",
        question="Which way of governing AI is spreading?",
        subtitle=governance_mix_subtitle,
        data=governance_mix,
        columns=GOVERNANCE_MIX,
        kind=Columns("period", "companies", stack="governance_model", names="end", tick="month", total=False),
        finding=governance_mix_finding,
        note="Earlier years hold fewer organisations because fewer existed or were described.",
    ),
    Chart(
        id="governance-now",
        topic="overview",
        title="Organisations by governance model",
        question="How many organisations follow each governance model?",
        subtitle=governance_now_subtitle,
        data=governance_now,
        columns=GOVERNANCE_NOW,
        kind=Bars("governance_model", "companies", colour="governance_model", listed="company_names"),
        finding=governance_now_finding,
    ),
    Chart(
        id="reported-coded",
        topic="governance",
        title="Reported against coded",
        question="Do sources and the printed rule agree?",
        subtitle=reported_coded_subtitle,
        data=reported_coded,
        columns=REPORTED_CODED,
        kind=Table(
            (
                Cell("company_name"),
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
                Cell("agreement"),
            ),
            shown=12,
        ),
        finding=reported_coded_finding,
        note="Of several reports the better-sourced is shown first: primary over press over analysis, then the newer.",
    ),
    Chart(
        id="events-by-quarter",
        topic="governance",
        title="Dated governance events a quarter",
        question="When was AI reorganised most?",
        subtitle=events_by_quarter_subtitle,
        data=events_by_quarter,
        columns=EVENTS_BY_QUARTER,
        kind=Columns("quarter", "events", tick="quarter"),
        finding=events_by_quarter_finding,
        note="Earlier years hold fewer events because fewer were collected.",
    ),
)
