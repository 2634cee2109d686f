"""Charts of what a reorganisation changed: scores and labels before and after, the months around it, all changes of model."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.kinds.change import MOST_PANELS, Change
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import cited, joined_sources
from dashboard.charts.rows import days, names_of, of_model, ordered
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data import cells
from dashboard.data.cut import everyone
from dashboard.data.selection import Selection, names_by_id
from dashboard.data.store import Tables
from dashboard.facts import landscape, over_time, windows
from dashboard.facts.change_kinds import NEAR
from dashboard.look.theme import format_day, format_percent, model_inside, plural, span_words
from etl.governance_rule import LEVELS

COMPANY, EVENT = "before-after.company", "before-after.event"
#: Below this a window says more about chance than about a reorganisation.
FEWEST_DAYS = 120
A_DAY = pd.Timedelta(days=1)


# --- What the reader picks ---
def company_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Companies with a dated event; first the one whose newest change of model rests on most readings."""
    both = (tables[t]["company_id"].tolist() for t in ("governance_events", "governance_observations"))
    events, read = (Counter[str](ids) for ids in both)
    changed = over_time.newest_changes(tables, selection.basis)
    named = [(name, cid) for cid, name in names_of(tables).items() if cid in events]
    names = {str(cid): name for name, cid in sorted(named, key=lambda one: one[0].casefold())}
    first = max(names, key=lambda c: (c in changed, read[c], events[c], c), default="")
    return {first: names[first]} | names if names else {}


CHOOSE_COMPANY = Choice(COMPANY, "Company", company_options)


def event_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Events of the company picked; first the one nearest to its newest change of model, then newest first."""
    cid = CHOOSE_COMPANY.picked(tables, selection)
    events = tables["governance_events"]
    events = ordered(events[events["company_id"] == cid], "-event_date")
    told = zip(events["event_id"], days(events, "event_date"), events["title"], strict=True)
    labels = {str(i): f"{day}: {title}" for i, day, title in told}
    change = over_time.newest_changes(tables, selection.basis).get(cid)
    near = events[events["event_type"].isin(landscape.REORGANISATION_TYPES)]
    if change is not None:
        day, _, new = change
        gap, other = (events["event_date"] - day).abs(), events["governance_after"].fillna("").ne(new)
        near = ordered(events.assign(gap=gap), "other", "gap", other=other)
        near = near[near["gap"] <= NEAR]
    first = next(iter([*near["event_id"], *labels]), "")
    return {first: labels[first]} | labels if labels else {}


def picked_event(tables: Tables, selection: Selection) -> Any | None:
    """The event picked, a row of governance_events; None where no company has one."""
    events = tables["governance_events"]
    picked = events[events["event_id"] == CHOOSE_EVENT.picked(tables, selection)]
    return next(picked.itertuples(index=False), None)


CHOOSE_EVENT = Choice(EVENT, "Event", event_options)


def _about(tables: Tables, event: Any) -> dict[str, object]:
    """What each row says of the event: whose, what and when."""
    return {
        "company_name": names_of(tables)[event.company_id],
        "event_title": event.title,
        "event_date": event.event_date,
        "event_date_precision": event.event_date_precision,
    }


# --- Before and after one event ---
INDEX = "Centralisation index"


def _event(day: str) -> dict[str, col.Column]:
    """Whose event it is, and which; what its day means."""
    return {
        "company_name": col.company(),
        "event_title": col.text("the event"),
        "event_date": col.day(day, exact="event_date_precision"),
        "event_date_precision": col.KNOWN,
    }


def _reading(side: str, when: str) -> dict[str, col.Column]:
    """What was read of a dimension on one side of an event, in columns that begin with it."""
    return {
        f"{side}_score": col.number(f"score {when}, 0 to 4; of the index 0 to 100"),
        f"{side}_level": col.text("that score in words"),
        f"{side}_evidence": col.text("evidence for it"),
        f"{side}_other": col.text("what sources ranked lower say", "another source:"),
        side: col.text(f"score, level and evidence {when}"),
    }


BEFORE_AFTER = col.Frame(
    "dimensions, the index last",
    "before_source_ids after_source_ids",
    **_event("its day"),
    dimension="what is scored",
    **_reading("before", "on the day before"),
    **_reading("after", "afterwards"),
    change="difference of the scores, in words where there is none",
    before_day=col.day("the day before the event"),
    after_day=col.day("the day twelve months on, or the day shown"),
    model_before_id=col.label_id("id of the label in force on the day before", "Label before"),
    model_after_id=col.label_id("id of the label in force afterwards", "Label after"),
    events_between=col.count("event", "other reorganisations between the two days"),
)


def before_after(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The six dimensions and the index on the day before an event, and twelve months on or on the day shown."""
    event = picked_event(tables, selection)
    if event is None:
        return BEFORE_AFTER.of()
    cid, day = event.company_id, event.event_date
    eve, end = day - A_DAY, windows.year_from(day, selection.as_of)
    old = windows.readings(tables, cid, day, before=True)
    new = windows.readings(tables, cid, end)
    events = landscape.reorganisations(tables)
    is_between = (events["event_date"] > day) & (events["event_date"] <= end)
    labels = (landscape.labels_on(tables, selection.basis, d) for d in (eve, end))
    was, now = (side.get(cid, landscape.UNDETERMINED) for side in labels)
    shared = {
        **_about(tables, event),
        "before_day": eve,
        "after_day": end,
        "model_before_id": was,
        "model_after_id": now,
        "events_between": int((is_between & (events["company_id"] == cid)).sum()),
    }
    sides = {"before": old, "after": new}
    rows = []
    for dimension, title in DIMENSIONS.items():
        row = {"dimension": title, "change": _moved(old, new, dimension)}
        rows.append(
            shared
            | row
            | {k: v for s in sides for k, v in _side(tables, cid, dimension, s, sides[s]).items()}
        )
    index: dict[str, object] = {"dimension": INDEX, "change": windows.index_moved(old, new)}
    for side, found in sides.items():
        index |= {f"{side}_score": windows.index_of(found), side: _index_words(found)}
    frame = BEFORE_AFTER.typed([*rows, shared | index])
    cells = cited(frame, "before_source_ids", "after_source_ids")
    # The event's own documents stand behind the whole table.
    frame = frame.assign(source_ids=[*cells[:-1], event.source_ids])
    if between := shared["events_between"]:
        frame.attrs["between"] = f"; {plural(between, 'other reorganisation')} in between"
    return frame


def _side(tables: Tables, cid: str, dimension: str, side: str, found: pd.DataFrame) -> dict[str, object]:
    """The score of a dimension among readings: columns of BEFORE_AFTER that begin with the side, "before" or "after"."""
    if dimension not in found.index:
        return {}
    one = found.loc[dimension]
    score, evidence = int(one["score"]), one["evidence"]
    other = windows.dissent(tables, one, cid, dimension)
    said = "; ".join(f"{r.score}: {r.evidence}" for r in other.itertuples())
    return {
        f"{side}_score": score,
        f"{side}_level": LEVELS[dimension][score],
        f"{side}_evidence": evidence,
        f"{side}_other": said or None,
        side: f"{score}, {LEVELS[dimension][score]}: {evidence}",
        f"{side}_source_ids": joined_sources(one["source_ids"], *other["source_ids"]),
    }


def _moved(old: pd.DataFrame, new: pd.DataFrame, dimension: str) -> str:
    """What became of the score of a dimension between two sets of readings."""
    was, now = (side.loc[dimension] if dimension in side.index else None for side in (old, new))
    if was is None or now is None:
        return "not known after" if was is not None else "no source" if now is None else "first known after"
    if was["observation_id"] == now["observation_id"]:
        return "no newer reading"
    gap = int(now["score"]) - int(was["score"])
    return f"{gap:+d}" if gap else "unchanged"


def _index_words(found: pd.DataFrame) -> str | None:
    value, count = windows.index_of(found), windows.scored(found)
    if value is None:
        return f"too few scored: {count} of 6" if count else None
    return f"{value:.0f}, {count} of 6 scored"


def before_after_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the company, both models and the event; says so where the label stays."""
    row = frame.iloc[0]
    name, old, new = row["company_name"], row["model_before_id"], row["model_after_id"]
    day = format_day(row["event_date"], row["event_date_precision"])
    if landscape.UNDETERMINED in (old, new):
        return ""
    if old == new:
        return f"{name} was {model_inside(old)} before {day} and after"
    return f"{name}: from {model_inside(old)} to {model_inside(new)} around {day}"


# --- The months around an event ---
EVENT_WINDOW = col.Frame(
    "measures",
    **_event("day of the event"),
    measure="what is measured",
    unit=col.key("count, percent or elo"),
    before="in the window before, in words",
    after="in the window after, in words",
    before_value=col.number("in the window before, in the unit; empty where unknown"),
    after_value=col.number("in the window after, in the unit; empty where unknown"),
    counted="what the numbers rest on",
    window_days=col.number("length of each window", "days"),
)


def event_window(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Releases, openness, best score and changes of leaders in equal spans before and after an event."""
    event = picked_event(tables, selection)
    if event is None:
        return EVENT_WINDOW.of()
    cid, day, about = event.company_id, event.event_date, _about(tables, event)
    # Equal on both sides: eight months after are compared with eight months before.
    length = windows.year_from(day, selection.as_of) - day + A_DAY
    spans = ((day - length, day - A_DAY), (day, day + length - A_DAY))
    snapshot, none = windows.snapshot_of(tables, cid, spans), windows.NOTHING
    shipped = [windows.releases(tables, *s).get(cid, windows.Measure(0.0, 0)) for s in spans]
    opened = [windows.openness(tables, *s).get(cid, none) for s in spans]
    best = [none if snapshot is None else windows.best_rated(tables, cid, *s, snapshot) for s in spans]
    leaders = [windows.leader_changes(tables, cid, *s) for s in spans]
    of_open = f"of {opened[0].count} and {opened[1].count} models with known weights"
    rated = " and ".join(b.what or "no rated model" for b in best)
    of_best = "no rated model" if snapshot is None else f"text, ratings of {format_day(snapshot)}: {rated}"
    unled = "none known" if leaders[0].value is not None else "no leader is recorded"
    of_leaders = "; ".join(m.what for m in leaders if m.what) or unled
    frame = EVENT_WINDOW.of(
        {
            **about,
            "measure": title,
            "unit": unit,
            "before": _value_words(before.value, unit),
            "after": _value_words(after.value, unit),
            "before_value": before.value,
            "after_value": after.value,
            "counted": counted,
            "window_days": length.days,
            "source_ids": joined_sources(event.source_ids, before.source_ids, after.source_ids),
        }
        for title, unit, (before, after), counted in (
            ("Models released", "count", shipped, "every size counts"),
            ("Share with open weights", "percent", opened, of_open),
            ("Best Arena rating of a new model", "elo", best, of_best),
            ("AI leaders who came or went", "count", leaders, of_leaders),
        )
    )
    so_far = "" if length.days >= 365 else ", as many as have passed since"
    event_day = format_day(day, event.event_date_precision)
    frame.attrs["span"] = f"{event_day}: {span_words(length.days)} before and after{so_far}"
    return frame.astype({"before_value": "float64", "after_value": "float64"})


def _value_words(value: float | None, unit: str) -> str:
    if value is None:
        return "no source"
    return format_percent(value) if unit == "percent" else f"{value:,.0f}"


def event_window_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """What the count of releases did; nothing where the time after is too short to say."""
    by = frame.set_index("measure")
    row, share = by.loc["Models released"], by.loc["Share with open weights"]
    before, after, length = (int(row[c]) for c in ("before_value", "after_value", "window_days"))
    if length < FEWEST_DAYS or not before + after:
        return ""
    counts = [int(n) for n in re.findall(r"\d+", share["counted"])]
    more = f"; {share['after']} of them open, against {share['before']}" if min(counts) >= 5 else ""
    released = f"{row['company_name']} released {plural(after, 'model')}"
    return f"{released} in the {span_words(length)} after, {before} before{more}"


# --- Every change of model ---
PRE_POST = col.Frame(
    "companies that changed model and dimensions scored on either side, newest change first",
    company_name=col.company(),
    change_day=col.month("month of the change", "Change"),
    **col.label_at("before", "model before the change"),
    **col.label_at("after", "model from the change on"),
    dimension="which of the six dimensions",
    before_score=col.number("score before the change, 0 to 4; empty where no source"),
    after_score=col.number("score twelve months on, 0 to 4; empty where no source"),
    step="both scores in words",
    index_before=col.number("centralisation index before; empty where too few are scored"),
    index_after=col.number("centralisation index twelve months on; empty where too few are scored"),
)


def pre_post(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The six dimensions before and after the newest change of model of each company that changed."""
    names, everyones = names_by_id(tables), everyone(tables)
    spans: dict[str, list[tuple[pd.Timestamp, pd.Timestamp, str]]] = {}
    read = ("company_id", "valid_from", "valid_to", "source_ids")
    for cid, *one in cells.rows(over_time.history(tables, selection.basis), *read):
        spans.setdefault(cid, []).append(tuple(one))
    rows = []
    for cid, (day, old_id, new_id) in over_time.newest_changes(tables, selection.basis).items():
        if cid not in names:
            continue
        sides = (
            windows.readings_on(everyones, cid, day, before=True),
            windows.readings_on(everyones, cid, windows.year_from(day, selection.as_of)),
        )
        index = [windows.index_of_scores(windows.scores_of(side)) for side in sides]
        labels = [cell for begun, ended, cell in spans[cid] if day in (begun, ended)]
        for dimension, title in DIMENSIONS.items():
            both = [side.get(dimension) for side in sides]
            before, after = (None if one is None else one.score for one in both)
            if before is None and after is None:
                continue
            cited = [one.cell for one in both if one is not None]
            rows.append(
                {
                    "company_name": names[cid],
                    "change_day": day,
                    **of_model(old_id, "_before"),
                    **of_model(new_id, "_after"),
                    "dimension": title,
                    "before_score": before,
                    "after_score": after,
                    "step": " → ".join("?" if s is None else str(int(s)) for s in (before, after)),
                    "index_before": index[0],
                    "index_after": index[1],
                    "source_ids": joined_sources(*cited, *labels),
                }
            )
    frame = ordered(PRE_POST.typed(rows), "-change_day", "company_name").reset_index(drop=True)
    if frame["company_name"].nunique() > MOST_PANELS:
        frame.attrs["shown"] = f", the newest {MOST_PANELS} drawn on a screen"
    return frame


def pre_post_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many of those that changed have a higher index after, of those where it is known on both sides."""
    first = frame.drop_duplicates("company_name").dropna(subset=["index_before", "index_after"])
    if len(first) < 2:
        return ""
    up, of = int((first["index_after"] > first["index_before"]).sum()), len(first)
    return f"The index is higher after the change in {up} of {of:,} organisations that can be compared"


CHARTS = on(
    "governance",
    Chart(
        title="Before and after a reorganisation",
        question="What does a reorganisation change in practice?",
        subtitle="“{first.event_title}”: level and score, 0 to 4, on {newest.before_day} and on {newest.after_day}{noted[between]}",
        shows=BEFORE_AFTER.by(before_after, before_after_finding),
        kind=Table(
            (
                "dimension",
                Cell("before", dissent="before_other", sources="before_source_ids", head="model_before_id"),
                Cell("after", dissent="after_other", sources="after_source_ids", head="model_after_id"),
                "change",
            )
        ),
        note="A day announced is not the day it works: readings up to twelve months after count.",
    ),
    Chart(
        title="The months around a reorganisation",
        question="What happened to releases, openness, scores and leaders around a reorganisation?",
        subtitle="“{first.event_title}”, {noted[span]}; each measure on its own scale",
        shows=EVENT_WINDOW.by(event_window, event_window_finding),
        kind=Change(
            "measure", "before_value", "after_value", said=("before", "after"), unit="unit", note="counted"
        ),
        note="What comes after an event need not come from it. Ratings of one day only, as they drift.",
    ),
    choices=(CHOOSE_COMPANY, CHOOSE_EVENT),
) + on(
    "governance",
    Chart(
        title="Six dimensions before and after each change of model",
        question="Which dimensions moved when organisations changed model?",
        subtitle="Score of each dimension, 0 each unit decides (left) to 4 one group authority (right), before the newest change of model and twelve months on; {different.company_name:organisation} that changed{noted[shown]}, {as_of}",
        shows=PRE_POST.by(pre_post, pre_post_finding),
        kind=Change(
            "dimension",
            "before_score",
            "after_score",
            scale=(0, 4, 1),
            fill="model_after",
            panel="company_name",
            head=(("model_before", "model_after"), ("change_day",), ("index_before", "index_after")),
        ),
        note="Grey dot: before; mark: after; one mark alone: unchanged or first known then.",
    ),
)
