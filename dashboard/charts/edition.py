"""Charts of an edition: what changed that matters to a watch list, and what no document says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.charts import before_after
from dashboard.charts import columns as col
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.money import METRIC
from dashboard.charts.rows import lone_top, names_of
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import edition, ratings, watch
from dashboard.facts.metrics import PLAN_METRICS
from dashboard.look.theme import is_missing, join_words

#: Charts that show a change, by its kind, the first that has rows and documents.
SHOWN_BY = {
    "governance": ("company-strip",),
    "leader": ("company-strip",),
    "reorganisation": ("before-after", "company-strip"),
    "flagship": ("company-scores", "company-releases"),
    "price": ("price-capability",),
    "score": ("company-scores", "capability-frontier"),
    "figure": ("metrics-over-time",),
    "claim": ("predictions-due", "claims-by-verdict"),
    "withdrawn": ("company-strip",),
}
#: Companies whose names a list of gaps gives.
NAMED = 8
#: Of a title: letters of a change that it opens with, kinds that it names of the others, and letters of all.
LONGEST, KINDS_NAMED, LONG_TITLE = 80, 3, 150


def shown_by(item: Any, selection: Selection) -> list[tuple[str, Selection]]:
    """The charts that show a change (a row of `edition.items`), each with its view, best first."""
    plain = selection
    for name in watch.PARAMETERS:
        plain = plain.picking(name, "")
    # Of one organisation, whatever else is chosen.
    own = replace(plain, governance_models=(), company_types=(), outside=False, count_own=False, picked=())
    own = plain if is_missing(item.company_id) else replace(own, companies=(str(item.company_id),))
    found = []
    for chart_id in SHOWN_BY[item.kind]:
        view = plain if chart_id in ("price-capability", "capability-frontier") else own
        if chart_id == "before-after":
            view = view.picking(before_after.COMPANY, str(item.company_id))
            view = view.picking(before_after.EVENT, str(item.subject_id))
        if chart_id == "metrics-over-time" and item.measure not in PLAN_METRICS:
            view = view.picking(METRIC, str(item.measure))
        found.append((chart_id, view))
    return found


WHAT_CHANGED = col.Frame(
    "changes, in the printed order of what matters",
    change="kind of change",
    company_name=col.company(),
    what="what is another than before",
    why=col.text("why it matters, by rule from the data; empty where nothing can be said", "Why it matters"),
    day="day of the change, as exactly as it is known",
    confidence=col.KNOWN,
    source_ids=col.KNOWN,
    company_id=col.key("id of the organisation"),
    kind=col.key("kind of change"),
    rank=col.count("change", "place in the order"),
)


def what_changed(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What changed between the two days that matters to the watch list of the selection, ranked."""
    found = edition.items(*_asked(tables, selection))
    ranks = pd.Series(range(1, len(found) + 1), dtype="int64")
    return found.assign(change=found["heading"], rank=ranks)[WHAT_CHANGED.names]


def _asked(tables: Tables, selection: Selection) -> tuple[edition.States, watch.Watch]:
    wanted, _ = watch.of_selection(selection, tables)
    if wanted.names_nothing and selection.is_narrowed:
        companies = tables["companies"]
        mine = companies["company_id"].isin(selection.companies)
        if not selection.companies:
            mine = companies["country"].eq("CN")
        # Filters are a list, too; the field of those who sit outside China is context.
        wanted = watch.Watch(companies=tuple(companies.loc[mine, "company_id"]) or ("",))
    return edition.states(tables, selection), wanted


def what_changed_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The first change, what the others are, and whose most of all are; without the first where that takes a sentence."""
    # A finding is one sentence: details after the first are in the table.
    first, kinds = str(frame.iloc[0]["what"]).split(". ")[0].split("; ")[0], frame["kind"].tolist()
    if len(kinds) == 1:
        return first
    counts = frame["company_name"].value_counts()
    whose, top = "", lone_top(counts)
    if top is not None:
        whose = f", most at {top} ({counts[top]:,})"
    if len(first) > LONGEST:
        return edition.by_kind(kinds, KINDS_NAMED) + (f" at {counts.index[0]}" if len(counts) == 1 else whose)
    ways = [f"{first}; also {edition.by_kind(kinds[1:], most)}{whose}" for most in range(KINDS_NAMED, 0, -1)]
    return next((said for said in ways if len(said) <= LONG_TITLE), ways[-1])


NOT_KNOWN = col.Frame(
    "gaps, as asked",
    gap=col.text("what no document at hand says", "Not known"),
    organisations="of how many, of how many",
    which="of which; beyond eight they are counted",
    count=col.count("organisation", "how many they are"),
)


def not_known(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What no document at hand says, and of which organisations."""
    companies = tables["companies"].set_index("company_id")
    rows = []
    for gap, missing, of in edition.gaps(*_asked(tables, selection)):
        mine, count = companies.loc[missing], len(missing)
        named = [*mine["company_name"][:NAMED], *([f"{count - NAMED:,} more"] if count > NAMED else [])]
        # No document says it: those that name the organisations are what was read.
        read = joined_sources(*mine["source_ids"])
        rows.append((gap, f"{count:,} of {of:,}", join_words(named), count, read))
    return NOT_KNOWN.of(rows)


def not_known_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The widest gap."""
    first = frame.loc[frame["count"].idxmax()]
    who = first["which"] if first["count"] <= 2 else f"{first['organisations']} organisations"
    return f"{first['gap']} is not known of {who}"


def _of_whom(tables: Tables, selection: Selection) -> str:
    """The companies of a watch list behind a sentence; "" for none or many."""
    names, (asked, _) = names_of(tables), watch.of_selection(selection, tables)
    watched = [str(names[c]) for c in asked.companies if c in names]
    return f" at {join_words(watched)}" if 0 < len(watched) <= 3 else ""


CHARTS = on(
    "overview",
    Chart(
        title="What changed that matters",
        question="What changed since the last edition, and why does it matter?",
        subtitle="{rows:change} from {days}{list}, ranked",
        shows=WHAT_CHANGED.by(what_changed, what_changed_finding),
        kind=Table(("change", "what", Cell("why", none=""), "day"), shown=12),
        note=f"{edition.RANK}.",
        scales=ratings.GENERAL,
        nothing=lambda tables, selection: (
            f"Nothing that matters changed from {selection.days_words}{_of_whom(tables, selection)}"
        ),
    ),
    Chart(
        title="What is not known",
        question="What do we not know?",
        subtitle="{rows:thing} that no document at hand says, {as_of}",
        shows=NOT_KNOWN.by(not_known, not_known_finding),
        kind=Table(("gap", "organisations", "which")),
        note="Not known is no zero: no document that was read says it.",
    ),
    asks=watch.PARAMETERS,
    outside=True,
)
