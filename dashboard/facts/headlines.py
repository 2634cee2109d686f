"""Numbers and sentences that open the overview, each with its change and the documents it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from dashboard.data.citations import sole_author
from dashboard.data.cut import once, origin
from dashboard.data.selection import Selection, earlier, kept, of_field
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.facts.models import OPEN_WEIGHTS, came_out, open_counts, share_of
from dashboard.look.theme import format_count, format_day, format_percent, join_words, plural

#: Organisations that a sentence names one by one at most.
MOST_NAMED = 5
#: Labels that put one centre above the units, for the sentence on centralisation.
CENTRAL = ("centralised_ceo", "centralised_function")


@dataclass(frozen=True)
class Headline:
    """One number of the top row.

    Attributes:
        label: What is counted.
        value: The number as shown.
        delta: Change since the day of comparison, signed; None where there is nothing to compare with.
        since: What the change is counted from, at most twelve characters.
        against: The same in full; "" where there is no change.
        help: Definition and scope in a sentence.
        rows: What is behind the number; `source_ids` and `confidence` of each row.
        table: Of which table they are rows, by their labels.
    """

    label: str
    value: str
    delta: str | None
    since: str
    against: str
    help: str
    rows: pd.DataFrame
    table: str

    @property
    def source_ids(self) -> pd.Series:
        """List cells of the rows behind the number."""
        return self.rows["source_ids"]


@dataclass(frozen=True)
class Takeaway:
    """One sentence made by rule from what is shown, its lead in bold, and the documents behind it, by rows of a table."""

    lead: str
    text: str
    source_ids: pd.Series
    table: str


def signed(value: float, unit: str = "") -> str | None:
    """+3, -2 points; None for no change. ASCII signs: the metric draws its arrow from them."""
    rounded = round(value)
    return None if rounded == 0 else f"{rounded:+,d}{unit}"


def _window(frame: pd.DataFrame, column: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    days = frame[column].to_numpy()
    # No comparison with a missing day is true.
    return kept(frame, (days > first.to_datetime64()) & (days <= last.to_datetime64()))


def _before(selection: Selection) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The window of equal length that ends on the day of comparison."""
    return selection.since - (selection.as_of - selection.since), selection.since


#: What is read of the assessments behind a number.
_OF_LABEL = ("company_id", "assessment_id", "governance_model_id", "confidence", "source_ids")


@once
def headlines(selected: Tables, selection: Selection) -> list[Headline]:
    """The five numbers of the overview for tables that `landscape.apply` gave; fewer where a table is empty."""
    selected = of_field(selected, selection)
    found = [*_steered(selected, selection), *of_models(selected, selection), *_filed(selected, selection)]
    # Two of them may be of the same rows. The documents are the build's: their numbers are found once.
    sources = origin(selected, "sources")
    who = {id(one.rows): sole_author(one.source_ids, sources) for one in found}
    return [_told_by(one, who[id(one.rows)]) for one in found]


def _told_by(one: Headline, who: str) -> Headline:
    """A number that one publisher alone tells says so, and whose it is."""
    return replace(one, help=f"{one.help} Told by {who} alone.") if who else one


def _span(selection: Selection) -> str:
    days = (selection.as_of - selection.since).days
    return "12 months" if 364 <= days <= 366 else f"{days} days"


def _steered(selected: Tables, selection: Selection) -> list[Headline]:
    """How many the chief executive decides for, and how often it changed who does."""
    then = earlier(selected, selection)
    span = _span(selection)
    first, last = _before(selection)
    now_labels = landscape.labels_in_force(selected, selection.basis)
    then_labels = landscape.labels_in_force(then, selection.basis)
    ceo, ceo_then = (sum(m == "centralised_ceo" for m in x.values()) for x in (now_labels, then_labels))
    assessed = landscape.assessments_in_force(selected, selection.basis, *_OF_LABEL)
    found = [
        Headline(
            "Centralised, CEO",
            f"{ceo:,} of {len(now_labels):,}",
            signed(ceo - ceo_then),
            span,
            format_day(selection.since),
            "Organisations whose AI is decided by the chief executive or a body that the chief executive chairs, "
            f"{selection.basis_words}; "
            f"{ceo_then:,} of {len(then_labels):,} on {format_day(selection.since)}.",
            assessed[assessed["governance_model_id"] == "centralised_ceo"],
            "governance_assessments",
        )
    ]
    events = landscape.reorganisations(selected)
    recent = _window(events, "event_date", selection.since, selection.as_of)
    previous = _window(events, "event_date", first, last)
    found.append(
        Headline(
            "Reorganisations",
            f"{len(recent):,}",
            signed(len(recent) - len(previous)),
            "vs before",
            f"the {span} before",
            f"Dated changes in who steers AI, {format_day(selection.since)} to {format_day(selection.as_of)}; "
            f"{len(previous):,} in the {span} before. Earlier years hold fewer because fewer were collected.",
            recent,
            "governance_events",
        )
    )
    return found


class _Shipped(NamedTuple):
    """Models that came out since the day of comparison, how many did in the window before it, and of both `open_counts`."""

    since: pd.DataFrame
    before: int
    opened: tuple[int, int]
    opened_before: tuple[int, int]


@once
def _shipped(selected: Tables, selection: Selection) -> _Shipped:
    # The day of comparison itself is left out.
    after = pd.Timedelta(microseconds=1)
    spans = (selection.since, selection.as_of), _before(selection)
    since, before = (came_out(selected, first + after, last) for first, last in spans)
    shipped = since.columns("model_id", "release_date", "weights", "confidence", "source_ids")
    opened = (open_counts(one.columns("weights")) for one in (since, before))
    return _Shipped(shipped, len(before.at), *opened)


def of_models(selected: Tables, selection: Selection) -> list[Headline]:
    """Models released and the share with open weights; without the share where no weights are known."""
    span = _span(selection)
    shipped, count_before, counts, counts_before = _shipped(selected, selection)
    newest = shipped["release_date"].max()
    found = [
        Headline(
            "Models released",
            f"{len(shipped):,}",
            signed(len(shipped) - count_before),
            "vs before",
            f"the {span} before",
            f"Models and sizes first available from {format_day(selection.since)} to {format_day(selection.as_of)}; "
            f"{count_before:,} in the {span} before."
            + (f" Newest known release: {format_day(newest)}." if len(shipped) else ""),
            shipped,
            "models",
        )
    ]
    share, share_before = share_of(*counts), share_of(*counts_before)
    if share is not None:
        opened, known = counts
        found.append(
            Headline(
                "With open weights",
                format_percent(share),
                None if share_before is None else signed(share - share_before, " pts"),
                "vs before",
                f"the {span} before",
                f"{opened:,} of the {known:,} models released in the {span} whose weights are known"
                + (
                    f"; {format_percent(share_before)} in the {span} before. "
                    if share_before is not None
                    else ". "
                )
                + f"{OPEN_WEIGHTS}.",
                shipped,
                "models",
            )
        )
    return found


def _filed(selected: Tables, selection: Selection) -> list[Headline]:
    """Services filed, all companies; nothing where no count is known."""
    filings = selected["filings"].sort_values("as_of_date", kind="stable")
    if filings.empty:
        return []
    row, old = filings.iloc[-1], filings[filings["announced_date"] <= selection.since]
    return [
        Headline(
            "Services filed",
            format_count(row["services_filed"]),
            signed(row["services_filed"] - old.iloc[-1]["services_filed"]) if len(old) else None,
            f"to {row['as_of_date']:%b %Y}",
            format_day(old.iloc[-1]["as_of_date"]) if len(old) else "",
            "Generative-AI services filed with the Cyberspace Administration of China, all companies, as counted "
            f"on {format_day(row['as_of_date'])}"
            + (
                f"; {old.iloc[-1]['services_filed']:,} on {format_day(old.iloc[-1]['as_of_date'])}."
                if len(old)
                else "."
            ),
            filings.tail(1),
            "filings",
        )
    ]


@once
def takeaways(selected: Tables, selection: Selection) -> list[Takeaway]:
    """At most three sentences on what the selection shows; each is withdrawn where it does not hold."""
    selected = of_field(selected, selection)
    then = earlier(selected, selection)
    names = selected["companies"].set_index("company_id")["company_name"]
    now_labels = landscape.labels_in_force(selected, selection.basis)
    then_labels = landscape.labels_in_force(then, selection.basis)
    # What a company left is known from the documents on its old label, what it became from those on its new one.
    both = (landscape.assessments_in_force(t, selection.basis, *_OF_LABEL) for t in (selected, then))
    assessed = pd.concat([held[["company_id", "source_ids"]] for held in both])
    found: list[Takeaway] = []

    def cells(ids: list[str]) -> pd.Series:
        return assessed.loc[assessed["company_id"].isin(ids), "source_ids"]

    # A company of which nothing was known before has not moved.
    unmoved = ("centralised_ceo", landscape.UNDETERMINED, None)
    joined = [
        c for c, m in now_labels.items() if m == "centralised_ceo" and then_labels.get(c) not in unmoved
    ]
    if joined:
        found.append(
            Takeaway(
                "Power moves to the top.",
                f"{join_words([names[c] for c in joined], MOST_NAMED)} put AI under the chief executive since "
                f"{format_day(selection.since)}.",
                cells(joined),
                "governance_assessments",
            )
        )
    federated = [c for c, m in then_labels.items() if m == "federated"]
    left = [c for c in federated if now_labels.get(c) != "federated"]
    if left and len(left) == len(federated):
        found.append(
            Takeaway(
                "Federation has gone.",
                f"{plural(len(left), 'organisation')} left AI to the units on {format_day(selection.since)}; none "
                f"does on {format_day(selection.as_of)}.",
                cells(left),
                "governance_assessments",
            )
        )
    elif left:
        found.append(
            Takeaway(
                "Federation recedes.",
                f"{len(federated):,} organisations left AI to the units on {format_day(selection.since)}; "
                f"{join_words([names[c] for c in left], MOST_NAMED)} no longer "
                f"{'does' if len(left) == 1 else 'do'}.",
                cells(left),
                "governance_assessments",
            )
        )
    events = _window(landscape.reorganisations(selected), "event_date", selection.since, selection.as_of)
    busiest = events["company_id"].value_counts()
    if len(busiest) > 1 and busiest.iloc[0] > busiest.iloc[1]:
        mine = events[events["company_id"] == busiest.index[0]]
        found.append(
            Takeaway(
                f"{names[busiest.index[0]]} reorganises most.",
                f"{plural(int(busiest.iloc[0]), 'dated change')} since {format_day(selection.since)}, of "
                f"{len(events):,} in all; the latest: "
                f"{format_day(mine['event_date'].max(), mine.sort_values('event_date')['event_date_precision'].iloc[-1])}.",
                mine["source_ids"],
                "governance_events",
            )
        )
    shipped, before, counts, counts_before = _shipped(selected, selection)
    share, share_before = share_of(*counts), share_of(*counts_before)
    if share is not None and share_before is not None and min(len(shipped), before) >= 10:
        move = share - share_before
        lead = (
            "Open weights hold." if abs(move) < 5 else "Openness grows." if move > 0 else "Openness shrinks."
        )
        found.append(
            Takeaway(
                lead,
                f"{format_percent(share)} of the {counts[1]:,} models released since "
                f"{format_day(selection.since)} come with open weights, against {format_percent(share_before)} of "
                f"{counts_before[1]:,} in the period before.",
                shipped["source_ids"],
                "models",
            )
        )
    return found[:3]


__all__ = ["Headline", "Takeaway", "headlines", "takeaways"]
