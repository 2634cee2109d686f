"""What a reader of Explore picks: each list offers only what fits the picks before it; the first stands where none is."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.charts.columns import Column, count
from dashboard.charts.columns import heading as column_heading
from dashboard.charts.explore_rows import ROWS, Rows
from dashboard.charts.spec import Choice
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look.theme import plural

KINDS = {
    "compare": "Compare",
    "time": "Over time",
    "against": "Two measures against each other",
    "cells": "Who has what",
    "list": "A list",
}
HOWS = {"median": "the median", "max": "the largest", "min": "the smallest", "sum": "the sum"}
ORDERS = {"value": "Largest first", "least": "Smallest first", "name": "By name"}
ORDERS_LIST = {"value": "Highest or newest first", "least": "Lowest or oldest first", "name": "By name"}
TOPS = {"15": "15", "10": "10", "5": "5", "30": "30", "all": "All"}
TOPS_AGAINST = {"all": "All", "60": "60", "30": "30", "15": "15"}
#: A longer list is no slide: the table that stands in the workbook of the Data page is whole.
TOPS_LIST = {"15": "15", "5": "5", "30": "30", "60": "60"}
STEPS = {"year": "Year", "quarter": "Quarter"}
COUNT, NO_COLOUR, EVERYTHING = "count", "none", "all"
#: Most different words in a column that a chart can compare.
MOST_WORDS = 60
#: Most columns of cells, and of a list, that can be headed.
MOST_CELLS, MOST_LISTED = 12, 7


@dataclass(frozen=True)
class Picked:
    """What is picked, with the first of each list where nothing is.

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

    rows: Rows
    kind: str
    by: str
    across: str
    measure: str
    how: str
    colour: str
    where: str
    order: str
    top: str
    step: str
    title: str

    @property
    def value(self) -> Column:
        """What is measured."""
        return count(self.rows.noun) if self.measure == COUNT else self.rows.columns[self.measure]

    @property
    def is_each(self) -> bool:
        """True where every row is a mark of its own."""
        return self.kind in ("against", "list")


def _of(selection: Selection, name: str, options: dict[str, str]) -> str:
    asked = selection.pick(f"explore.{name}")
    return asked if asked in options else next(iter(options))


def picked(selection: Selection) -> Picked:
    """Reads the picks; what does not exist among them is as if it had not been picked."""
    rows = ROWS[_of(selection, "rows", _rows())]
    kind = _of(selection, "kind", _kinds(rows))
    by = _of(selection, "by", _bys(rows))
    across = _of(selection, "across", _across(rows, kind, by))
    measure = _of(selection, "measure", _measures(rows, kind, across))
    return Picked(
        rows,
        kind,
        by,
        across,
        measure,
        _of(selection, "how", HOWS),
        _of(selection, "colour", _colours(rows, kind, by, measure)),
        selection.pick("explore.where", EVERYTHING),
        _of(selection, "order", _orders(kind)),
        _of(selection, "top", _tops(kind)),
        _of(selection, "step", STEPS),
        selection.pick("explore.title").strip(),
    )


# --- What is offered ---


def _rows() -> dict[str, str]:
    return {key: plural(2, rows.noun)[2:].capitalize() for key, rows in ROWS.items()}


def _kinds(rows: Rows) -> dict[str, str]:
    numbers = sum(d.is_number for d in rows.columns.values())
    fits = {
        "time": bool(rows.day),
        "against": numbers > 1 or bool(numbers and rows.day),
        "cells": bool(_across(rows, "cells", _cell_rows(rows))),
    }
    return {k: word for k, word in KINDS.items() if fits.get(k, True)}


def _cell_rows(rows: Rows) -> str:
    return next(iter(_bys(rows)))


def _orders(kind: str) -> dict[str, str]:
    return ORDERS_LIST if kind == "list" else ORDERS


def _tops(kind: str) -> dict[str, str]:
    return {"against": TOPS_AGAINST, "list": TOPS_LIST}.get(kind, TOPS)


def _across(rows: Rows, kind: str, by: str) -> dict[str, str]:
    """What can stand across: numbers and the day against a measure; words other than those of the rows, of cells."""
    if kind == "against":
        numbers = [c for c, d in rows.columns.items() if d.is_number]
        # The only number is the measure that stands against something.
        numbers = numbers if len(numbers) > 1 else []
        return {c: heading(rows, c) for c in ([rows.day] if rows.day else []) + numbers}
    if kind != "cells":
        return {"": ""}
    words = [c for c in _bys(rows) if c not in (by, rows.name, "company_name")]
    # Who the organisation is says little of what it has.
    words.sort(key=lambda c: c in ("governance_model", "company_type"))
    return {c: heading(rows, c) for c in words}


def heading(rows: Rows, column: str) -> str:
    """A column as tables head it."""
    return (rows.columns[column].heading if column in rows.columns else "") or column_heading(column)


def _bys(rows: Rows) -> dict[str, str]:
    """Columns of words, the organisation first; what names a row where each row has numbers of its own."""
    words = [c for c, d in rows.columns.items() if not d.is_number and d.form == "text" and c != rows.name]
    words.sort(key=lambda c: c != "company_name")
    measured = any(d.is_number for d in rows.columns.values())
    named = [rows.name] if measured else []
    order = [*named, *words] if rows.name == "company_name" else [*words, *named]
    return {c: heading(rows, c) for c in order if c not in SENTENCES}


#: Columns of whole sentences: no chart compares them.
SENTENCES = frozenset(("what_changed", "evidence", "claim", "role"))


def _measures(rows: Rows, kind: str, across: str) -> dict[str, str]:
    numbers = {c: heading(rows, c) for c, d in rows.columns.items() if d.is_number}
    if kind == "against":
        return {c: w for c, w in numbers.items() if c != across}
    if kind == "list":
        day = {rows.day: heading(rows, rows.day)} if rows.day else {}
        return day | numbers or {rows.name: heading(rows, rows.name)}
    if kind == "cells":
        numbers = {}
    return {COUNT: f"Number of {plural(2, rows.noun)[2:]}"} | numbers


def _colours(rows: Rows, kind: str, by: str, measure: str) -> dict[str, str]:
    """Vocabularies; of a measure other than a count only those that say who the organisation is."""
    found = {c: heading(rows, c) for c, d in rows.columns.items() if d.scale is not None}
    if kind in ("cells", "list"):
        return {NO_COLOUR: "One colour"}
    if kind == "against":
        return found or {NO_COLOUR: "One colour"}
    found.pop(by, None)
    if measure != COUNT:
        own = by in ("company_name", rows.name)
        found = {
            c: w
            for c, w in found.items()
            if own and kind == "compare" and c in ("governance_model", "company_type")
        }
    return {NO_COLOUR: "One colour"} | found


def where_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Values of columns with few of them, as "Heading: value"."""
    rows = ROWS[_of(selection, "rows", _rows())]
    frame = rows.read(tables, selection.basis)
    out = {EVERYTHING: "Everything"}
    for column, declared in rows.columns.items():
        if declared.form != "text" or (column == rows.name and rows.name != "measure") or column in SENTENCES:
            continue
        values = frame[column].dropna().astype(str)
        most = values.value_counts()
        # One value of these must be chosen: all of them are offered.
        if len(most) >= 2 and (len(most) <= MOST_WORDS or column in rows.one.values()):
            out |= {f"{column}={v}": f"{heading(rows, column)}: {v}" for v in most.index}
    return out


def _choice(name: str, label: str, options: object) -> Choice:
    def offered(tables: Tables, selection: Selection) -> dict[str, str]:
        return options(tables, selection)  # type: ignore[operator]

    return Choice(f"explore.{name}", label, offered)


CHOICES = (
    _choice("rows", "Rows", lambda t, s: _rows()),
    _choice("kind", "Show", lambda t, s: _kinds(picked(s).rows)),
    _choice(
        "by", "Of each", lambda t, s: _bys(picked(s).rows) if picked(s).kind in ("compare", "cells") else {}
    ),
    _choice("step", "By", lambda t, s: STEPS if picked(s).kind == "time" else {}),
    _choice(
        "across",
        "Across",
        lambda t, s: (
            _across(picked(s).rows, picked(s).kind, picked(s).by)
            if picked(s).kind in ("against", "cells")
            else {}
        ),
    ),
    _choice("measure", "Measure", lambda t, s: _measures(picked(s).rows, picked(s).kind, picked(s).across)),
    _choice(
        "how",
        "Where there are several",
        lambda t, s: HOWS if picked(s).measure != COUNT and not picked(s).is_each else {},
    ),
    _choice(
        "colour",
        "Colour",
        lambda t, s: _colours(picked(s).rows, picked(s).kind, picked(s).by, picked(s).measure),
    ),
    _choice("where", "Only", where_options),
    _choice(
        "order",
        "Order",
        lambda t, s: _orders(picked(s).kind) if picked(s).kind not in ("time", "against") else {},
    ),
    _choice("top", "At most", lambda t, s: _tops(picked(s).kind) if picked(s).kind != "time" else {}),
)
