"""What a reader of Explore picks: each list offers only what fits the picks before it; the first stands where none is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from dashboard.charts.columns import Column, count
from dashboard.charts.explore_rows import ROWS, Rows
from dashboard.charts.spec import Choice
from dashboard.data.selection import Selection
from dashboard.data.store import Tables

KINDS = {
    "compare": "Compare",
    "time": "Over time",
    "against": "Two measures against each other",
    "cells": "Who has what",
    "list": "A list",
}
HOWS = {"median": "the median", "max": "the largest", "min": "the smallest", "sum": "the sum"}
ORDERS = {"value": "Largest first", "least": "Smallest first", "name": "By name"}
ORDERS_OF = {
    "list": {"value": "Highest or newest first", "least": "Lowest or oldest first", "name": "By name"}
}
TOPS = {"15": "15", "10": "10", "5": "5", "30": "30", "all": "All"}
TOPS_OF = {
    "against": {"all": "All", "60": "60", "30": "30", "15": "15"},
    # A longer list is no slide: the table that stands in the workbook of the Data page is whole.
    "list": {"15": "15", "5": "5", "30": "30", "60": "60"},
}
STEPS = {"year": "Year", "quarter": "Quarter"}
COUNT, NO_COLOUR, EVERYTHING = "count", "none", "all"
#: Most different words in a column that a chart can compare.
MOST_WORDS = 60
#: Most columns of cells, and of a list, that can be headed.
MOST_CELLS, MOST_LISTED = 12, 7


@dataclass(frozen=True)
class Picked:
    """What is picked, with the first of each list where nothing is; what is not read yet counts everything in one colour.

    Attributes:
        rows: Kind of rows.
        kind: Key of KINDS.
        by: Column whose values are compared, or are the rows of cells.
        across: Column that stands across: a number or a day against the measure, or the columns of cells.
        measure: COUNT, or a number column; a list is sorted by it, or by a day, or by name.
        how: How several values of one thing become one: key of HOWS.
        colour: Column of a vocabulary, or NO_COLOUR.
        where: "column=value" to keep, or EVERYTHING.
        order: Key of ORDERS.
        top: Key of TOPS.
        step: Key of STEPS.
        title: The reader's own; "" writes one from the choices.
    """

    rows: Rows = ROWS["models"]
    kind: str = ""
    by: str = ""
    across: str = ""
    measure: str = COUNT
    how: str = ""
    colour: str = NO_COLOUR
    where: str = EVERYTHING
    order: str = ""
    top: str = ""
    step: str = ""
    title: str = ""

    @property
    def value(self) -> Column:
        """What is measured."""
        return count(self.rows.noun) if self.is_counted else self.rows.columns[self.measure]

    @property
    def is_counted(self) -> bool:
        """True where rows are counted, not measured."""
        return self.measure == COUNT

    @property
    def value_name(self) -> str:
        """Column of the values."""
        return self.rows.nouns.replace(" ", "_") if self.is_counted else self.measure

    @property
    def is_each(self) -> bool:
        """True where every row is a mark of its own."""
        return self.kind in ("against", "list")

    @property
    def most(self) -> int | None:
        """How many are shown at most; None for all."""
        return None if self.top == "all" else int(self.top)

    @property
    def groups(self) -> list[str]:
        """Columns whose values rows are put together by; the first names a bar, a column or a row of cells."""
        return {"time": ["period"], "cells": [self.by, self.across]}.get(self.kind, [self.by])

    @property
    def coloured(self) -> str:
        """Column of the colour; "" for one colour."""
        return "" if self.colour == NO_COLOUR else self.colour


@dataclass(frozen=True)
class Offer:
    """A list to pick from.

    Attributes:
        name: Attribute of `Picked`, and the parameter in the address behind "explore.".
        label: What the reader reads beside it.
        options: What fits the picks before it.
        kinds: Kinds of charts that it is asked of.
    """

    name: str
    label: str
    options: Callable[[Picked], dict[str, str]]
    kinds: tuple[str, ...] = tuple(KINDS)

    def offered(self, tables: Tables, selection: Selection) -> dict[str, str]:
        """What the reader's own chart offers of it."""
        now = picked(selection)
        is_asked = now.kind in self.kinds and (self.name != "how" or not now.is_counted)
        return self.options(now) if is_asked else {}

    @property
    def choice(self) -> Choice:
        """As the reader's own chart declares it."""
        return Choice(f"explore.{self.name}", self.label, self.offered)


def picked(selection: Selection) -> Picked:
    """Reads the picks: the first of what is offered where nothing is, or what does not exist."""
    title = selection.pick("explore.title").strip()
    now = Picked(where=selection.pick("explore.where", EVERYTHING), title=title)
    for offer in OFFERS:
        asked, options = selection.pick(f"explore.{offer.name}"), offer.options(now)
        option = asked if asked in options else next(iter(options))
        found: dict[str, Any] = {offer.name: ROWS[option] if offer.name == "rows" else option}
        now = replace(now, **found)
    return now


# --- What is offered ---


def _kinds(now: Picked) -> dict[str, str]:
    numbers = len(_numbers(now.rows))
    fits = {
        "time": bool(now.rows.day),
        "against": numbers > 1 or bool(numbers and now.rows.day),
        "cells": bool(_across(replace(now, kind="cells", by=next(iter(_bys(now)))))),
    }
    return {k: word for k, word in KINDS.items() if fits.get(k, True)}


def headed(rows: Rows, columns: Iterable[str]) -> dict[str, str]:
    """Columns with their headings."""
    return {c: rows.columns.heading(c) for c in columns if c}


def _numbers(rows: Rows) -> dict[str, str]:
    return headed(rows, [c for c, d in rows.declared.items() if d.is_number])


def _across(now: Picked) -> dict[str, str]:
    """What can stand across: numbers and the day against a measure; words other than those of the rows, of cells."""
    if now.kind == "against":
        numbers = _numbers(now.rows)
        # The only number is the measure that stands against something.
        return headed(now.rows, [now.rows.day]) | (numbers if len(numbers) > 1 else {})
    if now.kind != "cells":
        return {"": ""}
    words = [c for c in _bys(now) if c not in (now.by, now.rows.name, "company_name")]
    # Who the organisation is says little of what it has.
    return headed(now.rows, sorted(words, key=lambda c: c in OF_ORGANISATION))


#: Vocabularies that say what kind of organisation stands behind a row.
OF_ORGANISATION = ("governance_model", "company_type")


def _bys(now: Picked) -> dict[str, str]:
    """Columns of words, the organisation first; what names a row where each row has numbers of its own."""
    rows = now.rows
    words = [c for c, d in rows.declared.items() if d.form == "text" and c not in (rows.name, *SENTENCES)]
    words.sort(key=lambda c: c != "company_name")
    named = [rows.name] if _numbers(rows) and rows.name not in SENTENCES else []
    return headed(rows, [*named, *words] if rows.name == "company_name" else [*words, *named])


#: Columns of whole sentences: no chart compares them.
SENTENCES = frozenset(("what_changed", "evidence", "claim", "role"))


def _measures(now: Picked) -> dict[str, str]:
    numbers = _numbers(now.rows)
    if now.kind == "against":
        return {c: words for c, words in numbers.items() if c != now.across}
    if now.kind == "list":
        return headed(now.rows, [now.rows.day]) | numbers or headed(now.rows, [now.rows.name])
    return {COUNT: f"Number of {now.rows.nouns}"} | (numbers if now.kind != "cells" else {})


def _colours(now: Picked) -> dict[str, str]:
    """Vocabularies; of a measure other than a count only those that say who the organisation is."""
    one = {NO_COLOUR: "One colour"}
    found = headed(now.rows, [c for c, d in now.rows.declared.items() if d.scale is not None])
    if now.kind in ("cells", "list"):
        return one
    if now.kind == "against":
        return found or one
    is_own = now.kind == "compare" and now.by in ("company_name", now.rows.name)
    fits = [c for c in found if now.is_counted or (is_own and c in OF_ORGANISATION)]
    return one | {c: found[c] for c in fits if c != now.by}


def where_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Values of columns with few of them, as "Heading: value"."""
    rows = picked(selection).rows
    frame = rows.read(tables, selection.basis)
    out = {EVERYTHING: "Everything"}
    for column, declared in rows.declared.items():
        if declared.form != "text" or (column == rows.name and rows.name != "measure") or column in SENTENCES:
            continue
        values = frame[column].dropna().astype(str)
        most = values.value_counts()
        # One value of these must be chosen: all of them are offered.
        if len(most) >= 2 and (len(most) <= MOST_WORDS or column in rows.one.values()):
            out |= {f"{column}={v}": f"{rows.columns.heading(column)}: {v}" for v in most.index}
    return out


#: What is offered, in the order that it is picked in.
OFFERS = (
    Offer("rows", "Rows", lambda now: {key: rows.nouns.capitalize() for key, rows in ROWS.items()}),
    Offer("kind", "Show", _kinds),
    Offer("by", "Of each", _bys, ("compare", "cells")),
    Offer("step", "By", lambda now: STEPS, ("time",)),
    Offer("across", "Across", _across, ("against", "cells")),
    Offer("measure", "Measure", _measures),
    Offer("how", "Where there are several", lambda now: HOWS, ("compare", "time")),
    Offer("colour", "Colour", _colours),
    Offer("order", "Order", lambda now: ORDERS_OF.get(now.kind, ORDERS), ("compare", "cells", "list")),
    Offer("top", "At most", lambda now: TOPS_OF.get(now.kind, TOPS), ("compare", "against", "cells", "list")),
)
_CHOSEN = [offer.choice for offer in OFFERS]
CHOICES = (*_CHOSEN[:-2], Choice("explore.where", "Only", where_options), *_CHOSEN[-2:])
