"""Charts of what a reorganisation changed: scores and labels before and after, and the months around it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.spec import Chart, Choice
from dashboard.data.cut import once_each
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape, ratings, windows
from dashboard.facts.changes import NEAR
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import format_day, format_percent, is_missing, model_inside, model_short, plural
from etl.governance_rule import LEVELS

COMPANY, EVENT = "before-after.company", "before-after.event"
#: Below this a window says more about chance than about a reorganisation.
FEWEST_DAYS = 120


# --- What the reader picks ---


@once_each
def newest_changes(tables: Tables, basis: str) -> dict[str, tuple[pd.Timestamp, str, str]]:
    """Newest change from one known governance model to another of each company: day, model before, model after."""
    found: dict[str, tuple[pd.Timestamp, str, str]] = {}
    spans = landscape.history(tables, basis)
    for cid, group in spans.groupby("company_id", sort=False):
        rows = list(group.itertuples(index=False))
        for old, new in pairwise(rows):
            models = (old.governance_model_id, new.governance_model_id)
            if landscape.UNDETERMINED not in models and models[0] != models[1]:
                found[str(cid)] = (new.valid_from, *models)
    return found


def company_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Companies with a dated event; first the one whose newest change of model rests on most readings."""
    counts = tables["governance_events"]["company_id"].value_counts()
    companies = tables["companies"]
    companies = companies[companies["company_id"].isin(counts.index)]
    names = companies.sort_values("company_name", key=lambda s: s.str.casefold()).set_index("company_id")[
        "company_name"
    ]
    if names.empty:
        return {}
    changed = newest_changes(tables, selection.basis)
    read = tables["governance_observations"]["company_id"].value_counts()
    first = max(names.index, key=lambda c: (c in changed, read.get(c, 0), counts[c], c))
    return {first: str(names[first]), **{str(c): str(n) for c, n in names.items() if c != first}}


def _company(tables: Tables, selection: Selection) -> str | None:
    if (tables["governance_events"]["company_id"] == selection.pick(COMPANY)).any():
        return selection.pick(COMPANY)
    return next(iter(company_options(tables, selection)), None)


def event_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Events of the company picked; first the one nearest to its newest change of model, then newest first."""
    cid = _company(tables, selection)
    events = tables["governance_events"]
    events = events[events["company_id"] == cid].sort_values("event_date", ascending=False, kind="stable")
    if events.empty:
        return {}
    labels = {
        str(r.event_id): f"{format_day(r.event_date, r.event_date_precision)}: {r.title}"
        for r in events.itertuples()
    }
    change = newest_changes(tables, selection.basis).get(str(cid))
    first = next(iter(labels))
    if change is not None:
        day, _, new = change
        near = events.assign(
            _gap=(events["event_date"] - day).abs(), _other=events["governance_after"].fillna("").ne(new)
        )
        near = near[near["_gap"] <= NEAR].sort_values(["_other", "_gap"], kind="stable")
        first = str(near["event_id"].iloc[0]) if len(near) else first
    else:
        changing = events[events["event_type"].isin(landscape.REORGANISATION_TYPES)]
        first = str(changing["event_id"].iloc[0]) if len(changing) else first
    return {first: labels[first], **{i: words for i, words in labels.items() if i != first}}


def picked_event(tables: Tables, selection: Selection) -> Any | None:
    """The event picked, a row of governance_events; None where no company has one."""
    options = event_options(tables, selection)
    asked = selection.pick(EVENT)
    event_id = asked if asked in options else next(iter(options), None)
    if event_id is None:
        return None
    events = tables["governance_events"]
    return next(events[events["event_id"] == event_id].itertuples(index=False))


CHOICES = (Choice(COMPANY, "Company", company_options), Choice(EVENT, "Event", event_options))


def window_end(selection: Selection, day: pd.Timestamp) -> pd.Timestamp:
    """Last of the twelve months that begin on a day, as far as they have passed."""
    return min(day + windows.YEAR - pd.Timedelta(days=1), selection.as_of.normalize())


def _label_on(tables: Tables, basis: str, cid: str, day: pd.Timestamp) -> str:
    return landscape.labels_on(tables, basis, day).get(cid, landscape.UNDETERMINED)


# --- Before and after one event ---

INDEX = "Centralisation index"


BEFORE_AFTER = col.Frame(
    "dimensions, the index last",
    "before_source_ids",
    "after_source_ids",
    company_name=col.company(),
    event_title="the event",
    event_date=col.day("its day", exact="event_date_precision"),
    event_date_precision=col.KNOWN,
    dimension="what is scored",
    before_score=col.number("score on the day before, 0 to 4; of the index 0 to 100"),
    before_level="that score in words",
    before_evidence="evidence for it",
    before_other=col.text("what sources ranked lower say", "another source:"),
    before="score, level and evidence on the day before",
    after_score=col.number("score afterwards, 0 to 4; of the index 0 to 100"),
    after_level="that score in words",
    after_evidence="evidence for it",
    after_other=col.text("what sources ranked lower say", "another source:"),
    after="score, level and evidence afterwards",
    change="difference of the scores, in words where there is none",
    before_day=col.day("the day before the event"),
    after_day=col.day("the day twelve months on, or the day shown"),
    model_before_id=col.Column(
        "id of the label in force on the day before",
        heading="Label before",
        scale=GOVERNANCE,
        say=model_short,
    ),
    model_after_id=col.Column(
        "id of the label in force afterwards", heading="Label after", scale=GOVERNANCE, say=model_short
    ),
    events_between=col.count("event", "other reorganisations between the two days"),
)


def before_after(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The six dimensions and the index on the day before an event, and twelve months on or on the day shown."""
    event = picked_event(tables, selection)
    if event is None:
        return BEFORE_AFTER.of()
    cid, day = event.company_id, event.event_date
    end = window_end(selection, day)
    old = windows.readings(tables, cid, day, before=True)
    new = windows.readings(tables, cid, end)
    events = tables["governance_events"]
    between = events[
        (events["company_id"] == cid)
        & (events["event_date"] > day)
        & (events["event_date"] <= end)
        & events["event_type"].isin(landscape.REORGANISATION_TYPES)
    ]
    names = tables["companies"].set_index("company_id")["company_name"]
    shared = {
        "company_name": names[cid],
        "event_title": event.title,
        "event_date": day,
        "event_date_precision": event.event_date_precision,
        "before_day": day - pd.Timedelta(days=1),
        "after_day": end,
        "model_before_id": _label_on(tables, selection.basis, cid, day - pd.Timedelta(days=1)),
        "model_after_id": _label_on(tables, selection.basis, cid, end),
        "events_between": len(between),
    }
    rows = []
    for dimension, title in DIMENSIONS.items():
        row: dict[str, object] = {**shared, "dimension": title}
        for side, found in (("before", old), ("after", new)):
            one = found.loc[dimension] if dimension in found.index else None
            level = None if one is None else LEVELS[dimension][int(one["score"])]
            other = None if one is None else windows.dissent(tables, one, cid, dimension)
            row |= {
                f"{side}_score": None if one is None else float(one["score"]),
                f"{side}_level": level,
                f"{side}_evidence": None if one is None else one["evidence"],
                side: None if one is None else f"{int(one['score'])}, {level}: {one['evidence']}",
                f"{side}_other": None
                if other is None or other.empty
                else "; ".join(f"{r.score}: {r.evidence}" for r in other.itertuples()),
                f"{side}_source_ids": None
                if one is None or other is None
                else joined_sources(one["source_ids"], *other["source_ids"]),
            }
        same = (
            dimension in old.index
            and dimension in new.index
            and old.loc[dimension, "observation_id"] == new.loc[dimension, "observation_id"]
        )
        row["change"] = _moved(row["before_score"], row["after_score"], same)
        rows.append(row)
    before, after = windows.index_of(old), windows.index_of(new)
    rows.append(
        {
            **shared,
            "dimension": INDEX,
            "before_score": before,
            "before": _index_words(before, old),
            "after_score": after,
            "after": _index_words(after, new),
            "change": _index_moved(old, new),
        }
    )
    frame = BEFORE_AFTER.of(rows)
    frame[["before_score", "after_score"]] = frame[["before_score", "after_score"]].astype("float64")
    cells = [
        joined_sources(b, a)
        for b, a in zip(frame["before_source_ids"], frame["after_source_ids"], strict=True)
    ]
    # The event's own documents stand behind the whole table.
    cells[-1] = event.source_ids
    return frame.assign(source_ids=cells)


def _moved(before: Any, after: Any, same: bool) -> str:
    if is_missing(before) and is_missing(after):
        return "no source"
    if is_missing(before):
        return "first known after"
    if is_missing(after):
        return "not known after"
    if same:
        return "no newer reading"
    return "unchanged" if before == after else f"{after - before:+.0f}"


def _index_words(value: float | None, found: pd.DataFrame) -> str | None:
    count = windows.scored(found)
    if value is None:
        return None if not count else f"too few scored: {count} of 6"
    return f"{value:.0f}, {count} of 6 scored"


def _index_moved(old: pd.DataFrame, new: pd.DataFrame) -> str:
    """Change of the index, and the change on the dimensions scored on both sides where these are not all."""
    before, after = windows.index_of(old), windows.index_of(new)
    if before is None or after is None:
        return "not known on both sides"
    text = f"{after - before:+.0f}"
    both = [d for d in DIMENSIONS if d in old.index and d in new.index]
    if len(both) != windows.scored(new) or len(both) != windows.scored(old):
        was, now = (windows.index_of(side.loc[both]) for side in (old, new))
        if was is not None and now is not None:
            text += f"; {now - was:+.0f} on the {len(both)} scored on both sides"
    return text


def before_after_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the company, both models and the event; says so where the label stays."""
    row = frame.iloc[0]
    old, new = row["model_before_id"], row["model_after_id"]
    day = format_day(row["event_date"], row["event_date_precision"])
    if landscape.UNDETERMINED in (old, new):
        return ""
    if old == new:
        return f"{row['company_name']} was {model_inside(old)} before {day} and after"
    return f"{row['company_name']}: from {model_inside(old)} to {model_inside(new)} around {day}"


def before_after_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Which event, which two days, what else happened in between."""
    row = frame.iloc[0]
    other = int(row["events_between"])
    between = f"; {plural(other, 'other reorganisation')} in between" if other else ""
    return (
        f"“{row['event_title']}”: level and score, 0 to 4, on {format_day(row['before_day'])} and on "
        f"{format_day(row['after_day'])}{between}"
    )


# --- The months around an event ---


EVENT_WINDOW = col.Frame(
    "measures",
    company_name=col.company(),
    event_title=col.text("the event"),
    event_date=col.day("day of the event", exact="event_date_precision"),
    event_date_precision=col.KNOWN,
    measure=col.text("what is measured"),
    unit=col.key("count, percent or elo"),
    before=col.text("in the window before, in words"),
    after=col.text("in the window after, in words"),
    before_value=col.number("in the window before, in the unit; empty where unknown"),
    after_value=col.number("in the window after, in the unit; empty where unknown"),
    counted=col.text("what the numbers rest on"),
    window_days=col.number("length of each window", "days"),
)


def event_window(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Releases, openness, best score and changes of leaders in equal spans before and after an event."""
    event = picked_event(tables, selection)
    if event is None:
        return EVENT_WINDOW.of()
    cid, day = event.company_id, event.event_date
    # Equal on both sides: eight months after are compared with eight months before.
    length = window_end(selection, day) - day + pd.Timedelta(days=1)
    spans = ((day - length, day - pd.Timedelta(days=1)), (day, day + length - pd.Timedelta(days=1)))
    names = tables["companies"].set_index("company_id")["company_name"]
    snapshot = _snapshot(tables, cid, spans)
    measured: list[tuple[str, str, list[windows.Measure], str]] = []
    shipped = [windows.releases(tables, *s).get(cid, windows.Measure(0.0, 0)) for s in spans]
    measured.append(("Models released", "count", shipped, "every size counts"))
    open_ = [windows.openness(tables, *s).get(cid, windows.NOTHING) for s in spans]
    measured.append(
        (
            "Share with open weights",
            "percent",
            open_,
            f"of {open_[0].count} and {open_[1].count} models with known weights",
        )
    )
    best = [
        windows.NOTHING if snapshot is None else windows.best_rated(tables, cid, *s, snapshot) for s in spans
    ]
    measured.append(
        (
            "Best Arena rating of a new model",
            "elo",
            best,
            "no rated model"
            if snapshot is None
            else f"text, ratings of {format_day(snapshot)}: "
            + " and ".join(b.what or "no rated model" for b in best),
        )
    )
    leaders = [windows.leader_changes(tables, cid, *s) for s in spans]
    people = "; ".join(m.what for m in leaders if m.what)
    measured.append(
        (
            "AI leaders who came or went",
            "count",
            leaders,
            people or ("none known" if leaders[0].value is not None else "no leader is recorded"),
        )
    )
    rows = [
        {
            "company_name": names[cid],
            "event_title": event.title,
            "event_date": day,
            "event_date_precision": event.event_date_precision,
            "measure": title,
            "unit": unit,
            "before": _value_words(sides[0].value, unit),
            "after": _value_words(sides[1].value, unit),
            "before_value": sides[0].value,
            "after_value": sides[1].value,
            "counted": counted,
            "window_days": length.days,
            "source_ids": joined_sources(event.source_ids, *(s.source_ids for s in sides if s.source_ids)),
        }
        for title, unit, sides, counted in measured
    ]
    frame = EVENT_WINDOW.of(rows)
    values = ["before_value", "after_value"]
    frame[values] = frame[values].astype("float64")
    return frame


def _snapshot(
    tables: Tables, cid: str, spans: tuple[tuple[pd.Timestamp, pd.Timestamp], ...]
) -> pd.Timestamp | None:
    """The newest day of ratings on which a model of both spans is rated; else of either; else None."""
    rows = tables["benchmark_scores"]
    days = sorted(
        rows.loc[rows["benchmark_id"] == ratings.ARENA, "score_date"].dropna().unique(), reverse=True
    )
    known = [
        (pd.Timestamp(d), sum(bool(windows.best_rated(tables, cid, *s, d).count) for s in spans))
        for d in days
    ]
    return next((d for d, n in known if n == 2), next((d for d, n in known if n == 1), None))


def _value_words(value: float | None, unit: str) -> str:
    if value is None:
        return "no source"
    if unit == "percent":
        return format_percent(value)
    return f"{value:,.0f}"


def span_words(days: int) -> str:
    """A length in words: 12 months; 8 months; 40 days."""
    if days < 61:
        return plural(days, "day")
    return f"{round(days / 30.44)} months"


def event_window_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """What the count of releases did; nothing where the time after is too short to say."""
    if int(frame["window_days"].iloc[0]) < FEWEST_DAYS:
        return ""
    row = frame[frame["measure"] == "Models released"].iloc[0]
    before, after = int(row["before_value"]), int(row["after_value"])
    if not before + after:
        return ""
    length = span_words(int(row["window_days"]))
    share = frame[frame["measure"] == "Share with open weights"].iloc[0]
    counts = [int(w) for w in share["counted"].replace("of ", "").split(" models")[0].split(" and ")]
    more = ""
    if min(counts) >= 5:
        more = f"; {share['after']} of them open, against {share['before']}"
    return f"{row['company_name']} released {plural(after, 'model')} in the {length} after, {before} before{more}"


def event_window_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Which event, how long on either side."""
    row = frame.iloc[0]
    length = int(row["window_days"])
    so_far = "" if length >= 365 else ", as many as have passed since"
    return (
        f"“{row['event_title']}”, {format_day(row['event_date'], row['event_date_precision'])}: "
        f"{span_words(length)} before and after{so_far}; each measure on its own scale"
    )


CHARTS = (
    Chart(
        id="before-after",
        topic="governance",
        title="Before and after a reorganisation",
        question="What does a reorganisation change in practice?",
        subtitle=before_after_subtitle,
        data=before_after,
        columns=BEFORE_AFTER,
        kind=Table(
            (
                Cell("dimension"),
                Cell("before", dissent="before_other", sources="before_source_ids", head="model_before_id"),
                Cell("after", dissent="after_other", sources="after_source_ids", head="model_after_id"),
                Cell("change"),
            )
        ),
        finding=before_after_finding,
        note="A day announced is not the day it works: readings up to twelve months after count.",
        choices=CHOICES,
    ),
    Chart(
        id="event-window",
        topic="governance",
        title="The months around a reorganisation",
        question="What happened to releases, openness, scores and leaders around a reorganisation?",
        subtitle=event_window_subtitle,
        data=event_window,
        columns=EVENT_WINDOW,
        kind=Change(
            "measure", "before_value", "after_value", said=("before", "after"), unit="unit", note="counted"
        ),
        finding=event_window_finding,
        note="What comes after an event need not come from it. Ratings of one day only, as they drift.",
        choices=CHOICES,
    ),
)
