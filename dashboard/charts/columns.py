"""Columns of a chart's frame, each declared once: heading, meaning, unit and form of its values.

Hover texts, click texts, headings of tables, definitions in workbooks and alternative texts are read from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import pandas as pd

from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look import scales, theme
from dashboard.look.scales import Scale

Form = Literal[
    "text",
    "names",
    "count",
    "number",
    "percent",
    "money",
    "price",
    "score",
    "tokens",
    "day",
    "flag",
    "id",
    "ids",
]


#: Forms whose words are told as they stand.
_AS_THEY_STAND = frozenset(("text", "names", "id", "ids"))


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        means: Definition, for the workbook and the dictionary of an export.
        heading: As tables head it; "" makes it from the column's name.
        form: What its values are.
        unit: Singular noun of a count ("model"), unit of a number, or of a score ("percent", "elo").
        scale: Vocabulary that its values come from.
        beside: Column that completes a value: the currency of an amount, the precision of a day, the unit of a score,
            the total of "n of N".
        of: Fixed total of "n of N".
        say: Turns a value into the words that readers see, where its form alone does not.
    """

    means: str = ""
    heading: str = ""
    form: Form = "text"
    unit: str = ""
    scale: Scale | None = None
    beside: str = ""
    of: int = 0
    say: Callable[[str], str] | None = None

    @property
    def is_told(self) -> bool:
        """Whether a reader meets its values as words: ids and flags only link rows and place marks."""
        return self.form not in ("id", "ids", "flag")

    @property
    def is_number(self) -> bool:
        """Whether its values can be compared as numbers."""
        return self.form in ("count", "number", "percent", "money", "price", "score", "tokens")

    def words(self, value: object, row: Mapping[str, Any] | None = None) -> str:
        """A value as readers see it; "not disclosed" where it is missing."""
        if theme.is_blank(value):
            return theme.NOT_DISCLOSED
        if self.say is not None:
            return self.say(str(value))
        if type(value) is str and self.form in _AS_THEY_STAND:
            return value
        other = (row or {}).get(self.beside) if self.beside else None
        other = None if theme.is_missing(other) else other
        match self.form:
            case "count":
                text = theme.format_count(value) if float(value) >= 1e6 else f"{int(value):,}"  # type: ignore[arg-type, call-overload]
                total = other if other is not None else self.of
                return f"{text} of {int(total):,}" if total else text  # type: ignore[call-overload]
            case "number":
                number = float(value)  # type: ignore[arg-type]
                if abs(number) >= 1e6:
                    return f"{theme.format_count(number)} {self.unit}".strip()
                text = f"{number:,.0f}" if number.is_integer() or abs(number) >= 1000 else f"{number:,.1f}"
                return f"{text} {self.unit}".strip()
            case "percent":
                return theme.format_percent(value, 0 if float(value).is_integer() else 1)  # type: ignore[arg-type]
            case "money":
                return theme.money_sign(str(other or self.unit)) + theme.format_count(value)
            case "price":
                return theme.format_money(value, str(other or self.unit))
            case "score":
                return theme.format_score(value, str(other or self.unit))
            case "tokens":
                return theme.format_tokens(value)
            case "day":
                return theme.format_day(value, other or "day")
            case "names":
                return str(value)
            case _:
                if isinstance(value, pd.Timestamp):
                    return theme.format_day(value)
                return str(value)

    def counted(self, value: object, row: Mapping[str, Any] | None = None) -> str:
        """A value with its noun where it is a count: "3 models"; else as `words`."""
        if (
            self.form == "count"
            and self.unit
            and not theme.is_missing(value)
            and not (self.of or self.beside)
        ):
            return theme.plural(int(value), self.unit)  # type: ignore[call-overload]
        return self.words(value, row)


# --- One a form ---
#: Words as they stand.
text = Column
#: Names in one cell, separated by commas.
names = partial(Column, form="names")
#: A share, 0 to 100.
percent = partial(Column, form="percent", unit="%")
#: A length in tokens.
tokens = partial(Column, form="tokens", unit="tokens")
#: True or false.
flag = partial(Column, form="flag")
#: An id that links the row to a table.
key = partial(Column, form="id")


def said(means: str, say: Callable[[str], str], heading: str = "") -> Column:
    """Words that `say` makes of the value."""
    return Column(means, heading, say=say)


def count(noun: str, means: str = "", heading: str = "", *, of: int = 0, out_of: str = "") -> Column:
    """A number of things; `of` or the column `out_of` says out of how many."""
    return Column(
        means or f"number of {theme.plural(2, noun)[2:]}", heading, "count", noun, beside=out_of, of=of
    )


def number(means: str, unit: str = "", heading: str = "", *, of: int = 0) -> Column:
    """A measure; on a scale from zero to `of` where that is given."""
    return Column(means, heading, "number", unit, of=of)


def money(means: str, currency: str, heading: str = "") -> Column:
    """A large amount, in whole units of the currency that the column `currency` names."""
    return Column(means, heading, "money", beside=currency)


def price(means: str, currency: str, heading: str = "", *, per: str = "") -> Column:
    """A price, in units of the currency that the column `currency` names: "per million tokens"."""
    return Column(means, heading, "price", per, beside=currency)


def score(means: str, unit: str = "", heading: str = "", *, unit_in: str = "") -> Column:
    """A score in a fixed unit ("percent", "elo", "points"), or in that which the column `unit_in` names."""
    return Column(means, heading, "score", unit, beside=unit_in)


def day(means: str = "", heading: str = "", *, exact: str = "") -> Column:
    """A day; the column `exact` says how exactly it is known."""
    return Column(means, heading, "day", "date", beside=exact)


def company(means: str = "name of the organisation") -> Column:
    """Who the row is about."""
    return Column(means, "Organisation")


def model(means: str = "name of the model") -> Column:
    """Which model the row is about."""
    return Column(means, "Model")


def month(means: str, heading: str = "") -> Column:
    """A day of which the month is told."""
    return Column(means, heading, "day", say=lambda day: theme.format_day(day, "month"))


def of_scale(scale: Scale, means: str = "", heading: str = "") -> Column:
    """A value of a vocabulary, as its word or its id."""
    return Column(means, heading or scale.name, scale=scale)


def label_id(means: str, heading: str) -> Column:
    """The id of a governance model where no column has its name."""
    return Column(means, heading, scale=scales.GOVERNANCE, say=theme.model_short)


def label_at(when: str, means: str) -> dict[str, Column]:
    """Short name and id of a governance model "before" or "after", in columns that end so (see `rows.of_model`)."""
    name = f"model_{when}"
    return {name: of_scale(scales.GOVERNANCE, means, f"Model {when}"), f"{name}_id": KNOWN}


def members(who: str, heading: str = "") -> dict[str, Column]:
    """How many organisations, and which, in the columns that `rows.members` fills."""
    return {"companies": count("organisation"), "company_names": names(who, heading)}


def rated(**strong: Column) -> dict[str, Column]:
    """A model's rating, which of the models a chart draws `strong`, and whether it is context."""
    rating = score("Arena text rating without style control", "elo", "Arena text rating")
    return {"arena_rating": rating, **strong, "is_outside": KNOWN}


def by_year(**kind: Column) -> dict[str, Column]:
    """How many models of one kind came in one year, in the columns that `rows.by_year` fills."""
    return {"release_year": text("year of the release"), **kind, "models": count("model")}


LAST_SEEN = day("newest day on which a document spoke for the label in force", "Last seen")
GOVERNANCE = of_scale(scales.GOVERNANCE, "short name of the governance model in force")
INDEX = number(
    "centralisation index: 0 each unit decides, 100 one authority", heading="Centralisation index", of=100
)
SCORED = count("dimension", "dimensions scored, of six", "Scored", of=6)
WEIGHTS = of_scale(scales.WEIGHTS, "what may be done with the weights")
LICENCE = of_scale(scales.LICENCES, "kind of licence")
ARCHITECTURE = of_scale(scales.ARCHITECTURES, "mixture of experts, dense, or not stated")


#: A column whose name says what it is: one of the house, an id, how exact a day is, documents behind a column.
KNOWN = Column()
#: Which governance model is in force.
LABEL = {"governance_model": GOVERNANCE, "governance_model_id": KNOWN}
#: Who the row is about, and under which label in force.
WHO = {"company_name": company(), **LABEL}


class Frame(Mapping[str, Column]):
    """The columns of a chart's frame, in order: what they mean, and the frame that is made with them.

    A text stands for a column of words with that meaning, KNOWN for one that its name says enough of. Rows end in
    `source_ids`, the documents behind them; before these in what `tail` names: `confidence` and `caveat` (how firmly
    the row stands), `is_outside`, documents behind single columns.

    Args:
        rows: What one row is, and their order.
        tail: Names of columns after the declared ones, all KNOWN; one text may hold several.
        columns: Name to declaration.
    """

    def __init__(self, rows: str, /, *tail: str, **columns: Column | str) -> None:
        self.rows = rows
        declared = {
            c: text(d) if isinstance(d, str) else self._known(c) if d is KNOWN else d
            for c, d in columns.items()
        }
        self._columns = declared | {c: d for c, d in HOUSE.items() if c not in declared}
        self.own = tuple(declared)
        #: Columns of the frame that `of` makes.
        self.names = list(dict.fromkeys((*declared, *" ".join(tail).split(), "source_ids")))
        # Asked for each mark of a chart; a chart leaves out few sets of columns.
        self._told: dict[tuple[str, ...], tuple[tuple[str, Column, str], ...]] = {}

    def __getitem__(self, name: str) -> Column:
        return self._columns[name] if name in self._columns else self._known(name)

    @staticmethod
    def _known(name: str) -> Column:
        if name in HOUSE:
            return HOUSE[name]
        for ending, (means, form) in ENDINGS.items():
            if name.endswith(ending):
                return Column(means.format(name.removesuffix(ending).replace("_", " ")), form=form)
        return Column()

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def of(self, rows: pd.DataFrame | Iterable[Mapping[str, Any] | tuple[Any, ...]] = ()) -> pd.DataFrame:
        """The frame of these rows with the columns declared, in order and numbered anew; null where a row says nothing.

        A tuple has a cell for each column, `source_ids` last.
        """
        if isinstance(rows, pd.DataFrame) and len(rows):
            return rows[self.names].reset_index(drop=True)
        return pd.DataFrame(() if isinstance(rows, pd.DataFrame) else list(rows), columns=self.names)

    def typed(self, rows: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
        """As `of`; days, measures and flags are of their type however little the rows say."""
        frame = self.of(rows)
        for name in self.names:
            if self[name].form == "day":
                frame[name] = pd.to_datetime(frame[name])
            elif self[name].form in TYPES:
                frame[name] = frame[name].astype(TYPES[self[name].form])
        return frame

    def by(
        self,
        data: Callable[[Tables, Selection], pd.DataFrame],
        finding: Callable[[pd.DataFrame, Selection], str] = lambda frame, selection: "",
    ) -> Shown:
        """What a chart shows: frames of these columns, who makes them, and what is found in them."""
        return Shown(self, data, finding)

    def heading(self, name: str) -> str:
        """A column's heading: its own, else from its name."""
        return self[name].heading or heading(name)

    def among(self, table: pd.DataFrame, *more: str) -> list[str]:
        """The declared columns that a table has, and more of its own: what of a wide table is read."""
        return list(dict.fromkeys((*(c for c in self.names if c in table), *more)))

    def definitions(self, frame: pd.DataFrame) -> tuple[tuple[str, str], ...]:
        """Column and meaning of what a frame holds, in the frame's order; "Rows" first."""
        found = [(str(c), self[str(c)].means) for c in frame.columns]
        return (("Rows", self.rows), *((c, m) for c, m in found if m))

    def told_of(self, without: tuple[str, ...] = ()) -> tuple[tuple[str, Column, str], ...]:
        """Name, declaration and heading of each column that a reader is told, in declared order."""
        if without not in self._told:
            self._told[without] = tuple(
                (c, self[c], self.heading(c)) for c in self.own if c not in without and self[c].is_told
            )
        return self._told[without]


@dataclass(frozen=True)
class Shown:
    """What a chart shows, as `Frame.by` puts it together.

    Attributes:
        columns: What the frame's columns mean, each declared once.
        data: Selected tables to the frame: tidy, sorted as shown, labels ready, units in column names; `source_ids`,
            `confidence` and `caveat` say how firmly each row stands (see `marks`). Its name is the chart's id.
        finding: One sentence that a frame with rows supports, or "" when it supports none.
    """

    columns: Frame
    data: Callable[[Tables, Selection], pd.DataFrame]
    finding: Callable[[pd.DataFrame, Selection], str]


def heading(column: str) -> str:
    """A column's name as a heading: "last_event_date" reads "Last event date"."""
    words = column.removesuffix("_name").replace("_", " ").strip()
    # A column may be a company's name: only the first letter is changed.
    return (words[:1].upper() + words[1:]).replace("Ai ", "AI ")


#: What values of a form are in a frame.
TYPES = {"number": "float64", "percent": "float64", "score": "float64", "flag": "bool"}
#: What columns are by the end of their name: meaning, with what stands before it in place of {}, and form.
ENDINGS: dict[str, tuple[str, Form]] = {
    "_source_ids": ("documents behind the {}; see Sources", "ids"),
    "_precision": ("how exact the {} is: day, month, quarter, year or approximate", "id"),
    "_id": ("id of the {}", "id"),
    "_zh": ("the {} in Chinese", "text"),
}
#: Columns that any frame may have.
HOUSE = {
    "source_ids": Column("documents behind the row; see Sources", form="ids"),
    "confidence": key("how firmly the row stands: high, medium, reported (one source alone says so) or low"),
    "caveat": key("estimated, disputed or stale, where that holds"),
    "is_outside": flag("true for organisations outside China"),
    "governance_model_id": key("id of the governance model in force; empty outside China"),
}
