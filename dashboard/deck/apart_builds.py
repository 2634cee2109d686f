"""Two kept builds set against each other as a card: the same rows as text, table and slide."""

from __future__ import annotations

from dashboard.charts import columns as col
from dashboard.charts.card import Card
from dashboard.charts.kinds.table import Cell, Table
from dashboard.data import citations
from dashboard.deck.builds import Builds, Data
from dashboard.facts import builds_apart
from dashboard.look.theme import format_day, join_words

COLUMNS = col.Frame(
    "changes, by organisation, then in the order of editions",
    company_name=col.company(),
    change=col.text("kind of change", "Change"),
    what=col.text("what is another than before", "What"),
    cause=col.text("; ".join(f"{c}: {words}" for c, words in builds_apart.CAUSES.items()), "Cause"),
    why=col.text(
        "reason of a decision, both snapshots of a refit, or why it matters; empty where nothing can be said",
        "Why",
    ),
    day=col.text("day of the change, as exactly as it is known", "Day"),
    company_id=col.key("id of the organisation"),
    kind=col.key("kind of change"),
)
KIND = Table(("company_name", "change", "what", "cause", Cell("why", none=""), "day"))
NOTE = "; ".join(f"{c}: {words}" for c, words in builds_apart.CAUSES.items())


class NotKeptError(Exception):
    """A build that was asked for is not at hand; the text says which are."""


def pair(builds: Builds, old: str = "", new: str = "") -> tuple[Data, Data]:
    """The two builds of these names; without names the one served and the one before it.

    Raises:
        NotKeptError: one of them is not kept here.
    """
    kept = list(builds.kept)
    served = builds.plain or builds.newest
    found = []
    for asked in (old or next((i for i in kept if i != served.snapshot.id), ""), new or served.snapshot.id):
        data, is_it = builds.at(asked or "none")
        if not is_it:
            said = f"snapshot {asked} is not kept here" if asked else "there is one snapshot so far"
            if asked in kept:
                said = f"snapshot {asked} was built by other code and cannot be read"
            raise NotKeptError(f"{said}; kept are {join_words(kept) if kept else 'none'}")
        found.append(data)
    return found[0], found[1]


def card(old: Data, new: Data, basis: str = "reported") -> Card:
    """What changed between two builds, as a table that leaves like any chart."""
    days = old.snapshot.as_of, new.snapshot.as_of
    frame = builds_apart.apart(old.tables, new.tables, *days, basis)
    said = builds_apart.summary(frame)
    used = citations.cited(frame["source_ids"], new.tables["sources"])
    line = citations.short_line(citations.behind(used), new.snapshot, f"{NOTE}.") if len(frame) else ""
    return Card(
        chart_id="builds-apart",
        title="What changed between two builds of the data",
        subtitle=f"{said}; snapshot {old.snapshot.id} of {format_day(days[0])} against {new.snapshot.id} of {format_day(days[1])}",
        filter_line="All organisations in China, "
        + ("as reported by named sources" if basis == "reported" else "as coded by the printed rule"),
        source_line=line,
        question="What does the data say otherwise than before, and why?",
        frame=frame,
        sources=used,
        snapshot_id=new.snapshot.id,
        as_of_date=days[1],
        definitions=COLUMNS.definitions(frame),
        alt=f"What changed between two builds of the data. {said}.",
        kind=KIND,
        columns=COLUMNS,
    )


def text(shown: Card) -> str:
    """The card as lines: a heading an organisation, a line a change with its cause."""
    lines = [f"{shown.subtitle}."]
    for name, rows in shown.frame.groupby("company_name", sort=False):
        lines += ["", str(name)]
        for r in rows.itertuples():
            why = f": {r.why}" if r.why else ""
            day = f", {r.day}" if r.day else ""
            lines.append(f"  {r.change} ({r.cause}{day}): {r.what}{why}")
    return "\n".join(lines)


__all__ = ["NotKeptError", "card", "pair", "text"]
