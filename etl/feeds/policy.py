"""The one place that says what feeds may do: classes of proposals, sizes of change, what goes in by itself and what never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: What is shown where a feed and a curated table differ.
SHOWN = "Curated beats feed: what a feed says is shown apart, with its name and day, until a person has put it in."

#: Shares of change from which a change is large or moderate; a smaller one is small.
LARGE, MODERATE = 0.15, 0.01
#: The same for days, in days.
LARGE_DAYS, MODERATE_DAYS = 30, 7
TIERS = ("large", "moderate", "small")


@dataclass(frozen=True)
class Class:
    """A class of proposals.

    Attributes:
        name: As given to `--all-of`.
        words: What a person reads.
        next_step: What acceptance asks of a person, where the row is not written by it.
        is_written: Whether acceptance writes the row.
        unattended: When it may go in without a person, in words; "" for never.
    """

    name: str
    words: str
    next_step: str
    is_written: bool = False
    unattended: str = ""


CLASSES: dict[str, Class] = {
    c.name: c
    for c in (
        Class("new_model", "New model of one of ours", "find the maker's own page, then enter the model with it"),
        Class(
            "changed_price", "Changed price", "", is_written=True,
            unattended="where two feeds that do not copy each other name the same price in US dollars for the developer's own shop",
        ),
        Class("new_score", "New score", "enter the score with the document that holds it and its setting"),
        Class("changed_date", "Changed date", "read which day the maker's own page gives, then change the cell or refuse"),
        Class("unresolved_name", "Name that leads nowhere", "add the name to company_aliases, or refuse"),
        Class("disagreement", "Disagreement", "read the documents; what stays open belongs into `alternatives`"),
    )
}  # fmt: skip

#: Feed tables that are shown as they come, beside the curated ones and never in them: nobody has to look at each row.
SHOWN_UNATTENDED = {
    "usage": "downloads, shares of tokens and ranks are shown as their feed states them, with its name and day",
    "registrations": "entries of the state’s register are counted as it lists them",
}
#: What no feed may put in by itself, whatever agrees.
NEVER = {
    "release_date": "days: feeds take the day of a paper, a repository or a listing for that of the release",
    "license": "licences: a class of weights is no licence",
    "weights": "weights: feeds have called open models closed",
    "parameters_total": "sizes: raw sums count prediction heads",
    "governance_label": "labels: they follow from the printed rule",
    "people": "people: names are mixed up",
}


def tier(share: float) -> str:
    """Size of a relative change."""
    return "large" if abs(share) >= LARGE else "moderate" if abs(share) >= MODERATE else "small"


def tier_days(days: int) -> str:
    """Size of a change of a day."""
    return "large" if abs(days) >= LARGE_DAYS else "moderate" if abs(days) >= MODERATE_DAYS else "small"


def is_day(text: str) -> bool:
    """Whether a text is one whole day."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


__all__ = ["CLASSES", "NEVER", "SHOWN", "SHOWN_UNATTENDED", "TIERS", "Class", "is_day", "tier", "tier_days"]
