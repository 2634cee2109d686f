"""Governance: vocabulary, scored observations, reported and derived labels, and dated events."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from etl import schema as col
from etl.governance_rule import DIMENSIONS, UNDETERMINED, centralisation_index, has_units, label
from etl.rules import confidence_is_carried, last_seen, listed, strengths
from etl.schema import Frames, Table
from etl.source_strength import RANK, WEAK
from etl.vocabulary import PRECISION, QUALIFIERS

CONFIDENCE_RANK = {"high": 0, "medium": 1, "low": 2, "reported": 3}
WORDS = {d: d.replace("_", " ").replace("base model", "base-model") for d in DIMENSIONS}
EVENT_TYPES = (
    "restructure",
    "leadership",
    "new_unit",
    "product",
    "listing",
    "funding",
    "policy",
    "partnership",
    "acquisition",
    "regulation",
    "strategy",
    "other",
)

MODELS = Table(
    "governance_models",
    "Ways in which a company steers its own AI work. One row per governance model.",
    {
        **col.named("governance_model", "Stable slug.", "Name."),
        "governance_model_short": col.text("Short name, as on chips."),
        "governance_model_name_zh": col.text("Chinese name."),
        "definition": col.text("What the model means."),
        "sort_order": col.integer("Order in legends, from one centre to many.", ge=1),
        "has_index": col.flag("True where a centralisation index makes sense: the company has units."),
        **col.evidence(),
    },
)


def qualifiers_are_yes_or_no(frames: Frames) -> list[tuple[int, str, str]]:
    """A qualifier holds, 4, or does not, 0."""
    rows = frames["governance_observations"]
    bad = rows[rows["dimension"].isin(QUALIFIERS) & rows["score"].isin([1, 2, 3])]
    return [
        (int(i), "score", f"{d} is no scale: got {s}, expected 0 or 4")
        for i, d, s in zip(bad.index, bad["dimension"], bad["score"], strict=True)
    ]


OBSERVATIONS = Table(
    "governance_observations",
    "Scored statements on who decides. One row per company, dimension, day and reading.",
    {
        **col.of_company("observation_id", "Company, dimension, day and reading."),
        "dimension": col.one_of(
            (*DIMENSIONS, *QUALIFIERS), "One of six dimensions, or a qualifier outside the index."
        ),
        "score": col.integer(
            "0 each unit decides .. 4 one group authority; a qualifier is 0 or 4. Null where the document shows that "
            "what held before is over and carries no new score.",
            nullable=True,
            ge=0,
            le=4,
        ),
        **col.dated(
            "valid_from",
            "First day on which it holds; holds until the next reading of the dimension.",
            ahead=6,
            earliest="2015-01-01",
            in_key=0,
        ),
        "evidence": col.text("What supports the score, in one sentence."),
        **col.evidence(),
    },
    rules=(qualifiers_are_yes_or_no, confidence_is_carried("governance_observations")),
)


def periods_do_not_overlap(frames: Frames) -> list[tuple[int, str, str]]:
    """One label at a time per company, basis and reporter; a period ends after it starts."""
    rows = frames["governance_assessments"]
    found = col.faults(
        rows[rows["valid_to"] <= rows["valid_from"]],
        "valid_to",
        "not after valid_from: got {valid_to:%Y-%m-%d}, expected a day after {valid_from:%Y-%m-%d}",
    )
    rows, before = _one_after_another(rows)
    is_next = before["valid_from"].notna()
    for i in rows.index[is_next & ~(before["valid_to"] <= rows["valid_from"])]:
        end = before.at[i, "valid_to"]
        found.append(
            (
                int(i),
                "valid_from",
                f"overlaps the period before it ({rows.at[i, 'company_id']}, {rows.at[i, 'reported_by']}): got "
                f"{rows.at[i, 'valid_from']:%Y-%m-%d}, expected a day from "
                f"{'an open end' if pd.isna(end) else f'{end:%Y-%m-%d}'} on",
            )
        )
    return found


def _one_after_another(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Periods of each company, basis and reporter by their first day, and the days of the one before each."""
    of = ["company_id", "basis", "reported_by"]
    # A period without its first day, or of nobody, is told as such and is before or after none.
    rows = rows.dropna(subset=[*of, "valid_from"]).sort_values("valid_from", kind="stable")
    return rows, rows.groupby(of, sort=False)[["valid_from", "valid_to"]].shift()


def gaps_are_explained(frames: Frames) -> list[tuple[int, str, str]]:
    """A reporter who is silent on a company for a while needs a note that says why."""
    rows, before = _one_after_another(frames["governance_assessments"])
    return col.faults(
        rows[(before["valid_to"] < rows["valid_from"]) & rows["note"].isna()],
        "note",
        "a gap before {valid_from:%Y-%m-%d} ({company_id}, {reported_by}): "
        "got '', expected a note that says why nothing is reported in between",
    )


def coded_leaves_no_gap(frames: Frames) -> list[tuple[int, str, str]]:
    """From the first thing known of its governance on, a company has one coded label on every day."""
    rows = frames["governance_assessments"]
    coded = {c: g.sort_values("valid_from") for c, g in rows[rows["basis"] == "coded"].groupby("company_id")}
    found = []
    mentions = _first_mentions(frames)
    for cid in frames["companies"]["company_id"]:
        first, periods = mentions.get(cid), coded.get(cid)
        if periods is None:
            if first:
                found.append(f"{cid}: got no coded period, expected one from {first[0]:%Y-%m-%d} on")
            continue
        starts, ends = list(periods["valid_from"]), list(periods["valid_to"])
        if first and first[0] < starts[0]:
            found.append(
                f"{cid}: coded periods start late: got {starts[0]:%Y-%m-%d}, expected {first[0]:%Y-%m-%d}"
            )
        for end, start in zip(ends, starts[1:], strict=False):
            if end != start:
                found.append(
                    f"{cid}: coded periods neither gap nor overlap: got {end:%Y-%m-%d} before "
                    f"{start:%Y-%m-%d}, expected the same day"
                )
        if pd.notna(ends[-1]):
            found.append(f"{cid}: the last coded period ends: got {ends[-1]:%Y-%m-%d}, expected an open end")
    return [(0, "", what) for what in found]


def raw_is_reported(frames: Frames) -> list[tuple[int, str, str]]:
    """Coded rows are derived: by hand they could contradict the printed rule."""
    rows = frames["governance_assessments"]
    return col.faults(
        rows[rows["basis"] == "coded"],
        "basis",
        "coded rows are derived by the build: got 'coded', expected reported",
    )


#: Days before the first that numpy counts.
EPOCH = date(1970, 1, 1).toordinal()


def source_order(sources: pd.DataFrame) -> dict[str, int]:
    """Source id to its place where sources disagree: by strength as printed, then the newer first."""
    day = sources["published_date"].to_numpy("datetime64[D]")
    older = np.where(np.isnat(day), 0, -day.astype("int64") - EPOCH)
    strong = strengths(sources)
    rank = np.array([RANK[strength] for strength in strong.values()], dtype="int64")
    # No day is so many days from the first.
    return dict(zip(strong, (rank * 10**9 + older).tolist(), strict=True))


#: What is asked of a reading.
_OF_READING = ("observation_id", "dimension", "valid_from", "score", "confidence", "source_ids")


def ranked(
    observations: pd.DataFrame, order: dict[str, int]
) -> list[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    """Dimension, place and cells of each reading, the one that is preferred first: newest, better source, later document."""
    found = []
    for row in observations[list(_OF_READING)].to_dict("records"):
        cited = min(order[i] for i in row["source_ids"].split("; "))
        found.append((row["dimension"], (-row["valid_from"].toordinal(), cited, row["observation_id"]), row))
    return sorted(found, key=lambda f: f[1])


def scores_on(
    readings: list[tuple[str, tuple[Any, ...], dict[str, Any]]], when: pd.Timestamp
) -> list[dict[str, Any]]:
    """The reading of each dimension in force on a day, dimensions by name.

    Two readings of one dimension with the same first day are dissent: the better-sourced is used (by the printed
    rule of strength, then the newer document); both stay in governance_observations. A reading without a score
    is in force, too: it ends the one before.

    Args:
        readings: As `ranked` gives them.
        when: The day.
    """
    first: dict[str, dict[str, Any]] = {}
    for dimension, _, row in readings:
        if row["valid_from"] <= when:
            first.setdefault(dimension, row)
    return [first[d] for d in sorted(first)]


def derive_index(frames: Frames) -> pd.DataFrame:
    """Scores, index and label of every company for each period between two changes of its readings.

    Returns:
        The columns of governance_index; companies by id, periods by day, the last one open. Labs and
        start-ups have one period without scores, from their founding year or first mention. A group that is
        mentioned before its first reading has a period without scores up to it. Nothing known, no rows.
    """
    observations = frames["governance_observations"]
    order = source_order(frames["sources"])
    mentions = _first_mentions(frames)
    of_company = dict(iter(observations.groupby("company_id")))
    nothing = observations.iloc[:0]
    rows = []
    for company in frames["companies"].sort_values("company_id").itertuples(index=False):
        cid, agenda = company.company_id, company.lab_agenda if pd.notna(company.lab_agenda) else None
        first = mentions.get(cid)
        if not has_units(company.company_type):
            model = label({}, company.company_type, agenda)
            if pd.notna(company.founded_year):
                start, exact = pd.Timestamp(int(company.founded_year), 1, 1), "year"
            elif first:
                start, exact = first[0], first[1]
            else:
                continue
            sure = _unscored(company.confidence)
            rows.append(_period(cid, (start, exact), None, {}, model, company.source_ids, sure))
            continue
        mine = of_company.get(cid, nothing)
        readings = ranked(mine, order)
        begun: dict[pd.Timestamp, list[str]] = {}
        for start, exact in zip(
            mine["valid_from"].tolist(), mine["valid_from_precision"].tolist(), strict=True
        ):
            begun.setdefault(start, []).append(exact)
        starts = sorted(begun)
        if first and (not starts or first[0] < starts[0]):
            end = starts[0] if starts else None
            rows.append(_period(cid, first[:2], end, {}, UNDETERMINED, first[2], _unscored(first[3])))
        for i, start in enumerate(starts):
            held = scores_on(readings, start)
            scores = {r["dimension"]: int(r["score"]) for r in held if pd.notna(r["score"])}
            end = starts[i + 1] if i + 1 < len(starts) else None
            used = "; ".join(dict.fromkeys("; ".join(r["source_ids"] for r in held).split("; ")))
            worst = max((r["confidence"] for r in held), key=lambda c: CONFIDENCE_RANK[c])
            # The period starts as exactly as the best known of the readings that start it.
            exact = min(begun[start], key=PRECISION.index)
            model = label(scores, company.company_type, agenda)
            rows.append(_period(cid, (start, exact), end, scores, model, used, worst))
    frame = pd.DataFrame(rows, columns=list(GOVERNANCE_INDEX_COLUMNS))
    for column in (*DIMENSIONS, "scored_count"):
        frame[column] = frame[column].astype("Int64")
    for column in ("valid_from", "valid_to"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    frame["centralisation_index"] = frame["centralisation_index"].astype("float64")
    return frame


def _unscored(confidence: str) -> str:
    """A label without a score is never sure."""
    return max("medium", confidence, key=lambda c: CONFIDENCE_RANK[c])


def _first_mentions(frames: Frames) -> dict[str, tuple[pd.Timestamp, str, str, str]]:
    """By company the day, its precision, sources and confidence of the first thing known of its governance."""
    first: dict[str, tuple[pd.Timestamp, str, str, str]] = {}
    for table, column in (
        ("governance_events", "event_date"),
        ("governance_assessments", "valid_from"),
        ("governance_observations", "valid_from"),
    ):
        rows = frames[table]
        told = rows[["company_id", column, f"{column}_precision", "source_ids", "confidence"]]
        for company, *mention in told.itertuples(index=False, name=None):
            if company not in first or mention[0] < first[company][0]:
                first[company] = (mention[0], mention[1], mention[2], mention[3])
    return first


def _period(
    cid: str,
    start: tuple[pd.Timestamp, str],
    end: pd.Timestamp | None,
    scores: dict[str, int],
    model: str,
    used: str,
    confidence: str,
) -> dict[str, object]:
    known = [d for d in DIMENSIONS if d in scores]
    index = centralisation_index(scores) if scores else None
    return {
        "index_id": f"{cid}-{start[0]:%Y-%m-%d}",
        "company_id": cid,
        "valid_from": start[0],
        "valid_from_precision": start[1],
        "valid_to": end,
        **{d: scores.get(d) for d in DIMENSIONS},
        "scored_count": len(known),
        "centralisation_index": None if index is None else round(index, 1),
        "governance_model_id": model,
        "confidence": confidence,
        "source_ids": used,
    }


def derive_assessments(frames: Frames) -> pd.DataFrame:
    """Reported rows as read, and below them the coded label of each company, equal neighbours joined.

    A joined row cites the documents of all its parts and has the lowest of their confidences; its note gives
    the scores of its first day.
    """
    index = frames["governance_index"]
    kinds = dict(zip(frames["companies"]["company_id"], frames["companies"]["company_type"], strict=True))
    rows = []
    by_day = index.sort_values(["company_id", "valid_from"], kind="stable").itertuples(index=False)
    for cid, periods in itertools.groupby(by_day, key=lambda r: r.company_id):
        run: dict[str, object] | None = None
        for r in periods:
            if run is not None and run["governance_model_id"] == r.governance_model_id:
                used = f"{run['source_ids']}; {r.source_ids}".split("; ")
                run["source_ids"] = "; ".join(dict.fromkeys(used))
                run["confidence"] = max(
                    str(run["confidence"]), r.confidence, key=lambda c: CONFIDENCE_RANK[c]
                )
                continue
            if run is not None:
                run["valid_to"], run["valid_to_precision"] = r.valid_from, r.valid_from_precision
            run = {
                "assessment_id": f"{cid}-coded-{r.valid_from:%Y-%m-%d}",
                "company_id": cid,
                "governance_model_id": r.governance_model_id,
                "basis": "coded",
                "reported_by": "Printed rule",
                "stated_as": None,
                "valid_from": r.valid_from,
                "valid_from_precision": r.valid_from_precision,
                "valid_to": pd.NaT,
                "valid_to_precision": None,
                "note": _note({d: getattr(r, d) for d in DIMENSIONS}, r, kinds[cid]),
                "confidence": r.confidence,
                "source_ids": r.source_ids,
            }
            rows.append(run)
    coded = pd.DataFrame(rows)
    every = frames["governance_assessments"]
    if not coded.empty:
        for column, kind in every.dtypes.items():
            coded[column] = coded[column].astype(kind)
        every = pd.concat([every, coded[list(every.columns)]], ignore_index=True)
    strong = strengths(frames["sources"])
    best = every["source_ids"].map(
        lambda cell: min((strong[i] for i in cell.split("; ")), key=RANK.__getitem__)
    )
    return every.assign(
        last_seen_date=last_seen(every, frames["sources"]).astype("datetime64[us]"),
        is_weak=(best.isin(WEAK) | (every["confidence"] == "low")).astype("boolean"),
    )


def _note(scores: dict[str, Any], period: Any, company_type: str) -> str:
    """Which scores the label rests on, in words: those of its first day, as later ones were not known then."""
    if not has_units(company_type):
        return "one lab: labelled by who sets its agenda"
    known = [f"{WORDS[d]} {s}" for d, s in scores.items() if pd.notna(s)]
    if not known:
        return "on its first day no scored statement"
    note = f"on its first day {', '.join(known)}; {period.scored_count} of 6 scored"
    if pd.notna(period.centralisation_index):
        note += f"; index {period.centralisation_index:.0f}"
    if period.governance_model_id == UNDETERMINED:
        missing = [WORDS[d] for d, s in scores.items() if pd.isna(s)]
        note += "; no clause of the rule fits" + (f"; not scored: {', '.join(missing)}" if missing else "")
    return note


ASSESSMENTS = Table(
    "governance_assessments",
    "Which governance model a company has, as named sources report it and as the printed rule codes it. "
    "One row per company, basis, reporter and period.",
    {
        **col.of_company("assessment_id", "Company, basis or reporter, and first day."),
        "governance_model_id": col.reference("governance_models.governance_model_id", "Governance model."),
        "basis": col.one_of(
            ("reported", "coded"), "reported by a named source, or coded by the printed rule."
        ),
        "reported_by": col.text("Who says so."),
        "stated_as": col.text("The source's own short label.", nullable=True),
        **col.dated("valid_from", "First day.", ahead=6, earliest="2015-01-01", in_key=0, told=True),
        **col.until("First day on which it no longer holds; open is null."),
        "note": col.text("Why, in one sentence.", nullable=True),
        "last_seen_date": col.day(
            "Computed: newest day on which a cited document spoke, or on which the label began.",
            nullable=True,
        ),
        "is_weak": col.flag(
            "Computed: true where nothing stronger than analysis or an aggregator speaks for it, or confidence is low."
        ),
        **col.evidence(),
    },
    rules=(
        raw_is_reported,
        periods_do_not_overlap,
        gaps_are_explained,
        confidence_is_carried("governance_assessments"),
    ),
    rules_after=(coded_leaves_no_gap,),
    derive=derive_assessments,
    computed=("last_seen_date", "is_weak"),
    derived_where=("basis", "coded"),
)

GOVERNANCE_INDEX_COLUMNS = {
    **col.of_company("index_id", "Company and first day."),
    **col.dated("valid_from", "First day on which the scores hold."),
    "valid_to": col.day("First day on which they no longer hold; open is null.", nullable=True),
    **{
        d: col.integer(f"Score of {WORDS[d]} in force; null where no source.", nullable=True, ge=0, le=4)
        for d in DIMENSIONS
    },
    "scored_count": col.integer("Dimensions scored, of six.", ge=0, le=6),
    "centralisation_index": col.number(
        "Mean of the scored dimensions x 25; needs three of them, "
        "decision authority and base-model strategy included.",
        unit="0 to 100",
        nullable=True,
        ge=0,
        le=100,
    ),
    "governance_model_id": col.reference(
        "governance_models.governance_model_id", "Label by the printed rule."
    ),
    **col.evidence(),
}

INDEX = Table(
    "governance_index",
    "Derived: the dimension scores in force, the index and the coded label. One row per company and period.",
    GOVERNANCE_INDEX_COLUMNS,
    derive=derive_index,
    is_raw=False,
)

#: How far from a stated day its label may start or end: an announced change takes weeks to work, and a vague
#: day stands for its whole period.
FOREVER = pd.Timestamp("2200-01-01")
SLACK_DAYS = {"day": 31, "month": 62, "quarter": 123, "year": 366, "approx": 366}


def events_agree(frames: Frames) -> list[tuple[int, str, str]]:
    """An event's models before and after are in force around it, on either basis, by any reporter.

    Where no label but "undetermined" is known around the day there is nothing to agree with.
    """
    labels = frames["governance_assessments"]
    labels = labels[labels["governance_model_id"] != UNDETERMINED]
    by_company: dict[str, list[tuple[str, float, float]]] = {}
    read = (
        listed(labels["company_id"]),
        listed(labels["governance_model_id"]),
        *map(_days, (labels["valid_from"], labels["valid_to"].fillna(FOREVER))),
    )
    for cid, model, first, last in zip(*read, strict=True):
        by_company.setdefault(cid, []).append((model, first, last))
    found = []
    events = frames["governance_events"]
    texts = (
        listed(events[c])
        for c in ("company_id", "event_date_precision", "governance_before", "governance_after")
    )
    for line, when, cid, exact, *of in zip(
        events.index.tolist(), _days(events["event_date"]), *texts, strict=True
    ):
        mine = by_company.get(cid)
        if mine is None:
            continue
        slack = SLACK_DAYS[exact]
        around_both = ((when - slack, when - 1), (when, when + slack))
        for column, got, (start, end) in zip(
            ("governance_before", "governance_after"), of, around_both, strict=True
        ):
            if not isinstance(got, str):
                continue
            around = {model for model, first, last in mine if first <= end and last > start}
            if around and got not in around:
                day = events.at[line, "event_date"]
                what = f"no assessment of {cid} around {day:%Y-%m-%d} agrees: got '{got}', expected {' or '.join(sorted(around))}"
                found.append((int(line), column, what))
    return found


def _days(column: pd.Series) -> list[float]:
    """Days by number, NaN where there is none."""
    day = column.to_numpy("datetime64[D]")
    return np.where(np.isnat(day), np.nan, day.astype("int64")).tolist()


EVENTS = Table(
    "governance_events",
    "Dated changes in who steers AI. One row per event.",
    {
        **col.of_company("event_id", "Company, day and short title."),
        **col.dated("event_date", "Day of the event.", ahead=6, earliest="2015-01-01", in_key=0),
        "event_type": col.one_of(EVENT_TYPES, "Kind of event."),
        "title": col.text("Headline."),
        "what_changed": col.text("What changed."),
        "governance_before": col.reference(
            "governance_models.governance_model_id", "Model before.", nullable=True
        ),
        "governance_after": col.reference(
            "governance_models.governance_model_id", "Model after.", nullable=True
        ),
        "people": col.text("People named, `; ` between them.", nullable=True),
        **col.evidence(),
    },
    rules=(confidence_is_carried("governance_events"),),
    rules_after=(events_agree,),
)

# The index is derived before the assessments: their coded rows come from it.
TABLES = (MODELS, OBSERVATIONS, EVENTS, INDEX, ASSESSMENTS)
