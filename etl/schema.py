"""How a table is declared: and from the same declaration pandera's schema and Arrow's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

import numpy as np
import pandas as pd
import pyarrow as pya

from etl.vocabulary import CONFIDENCE, PRECISION

if TYPE_CHECKING:
    import pandera.pandas as pa

SLUG = r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)?"

#: Frames by table name; a rule reads other tables, never files.
Frames = Mapping[str, pd.DataFrame]
Rule = Callable[[Frames], list[tuple[int, str, str]]]


def faults(rows: pd.DataFrame, column: str, what: str, **beside: pd.Series) -> list[tuple[int, str, str]]:
    """A fault of each row in one column.

    Args:
        rows: The faulty rows alone, by line.
        column: Where the fault stands.
        what: What is wrong and what was expected: a sentence with places for cells of the row, "got {weights}".
        beside: Further cells by line, of these rows and maybe others.
    """
    if rows.empty:
        return []
    cells = rows.assign(**beside).to_dict("records")
    return [(int(line), column, what.format_map(row)) for line, row in zip(rows.index, cells, strict=True)]


ARROW = {
    "text": pya.string(),
    "integer": pya.int64(),
    "number": pya.float64(),
    "flag": pya.bool_(),
    "day": pya.date32(),
}
# Texts as Python strings: at the size of these tables they cost half of what Arrow's do. Frames with `dtype="str"` follow.
pd.set_option("mode.string_storage", "python")
TEXT = pd.StringDtype("python", na_value=np.nan)

PANDAS: dict[str, Any] = {
    "text": TEXT,
    "integer": "Int64",
    "number": "float64",
    "flag": "boolean",
    "day": "datetime64[us]",
}


@dataclass(frozen=True)
class Check:
    """What a column asks of each cell: pandera's name for it, what it takes, and what is said where it is not met."""

    name: Literal["isin", "str_matches", "greater_than_or_equal_to", "less_than_or_equal_to"]
    told: dict[str, Any]
    error: str


@dataclass(frozen=True)
class Column:
    """How a column is declared; of it pandera's own is made where a cell is found wrong, which few builds need.

    Attributes:
        description: What it holds.
        nullable: Whether a cell may be empty.
        unique: Whether no two cells are the same.
        checks: What else is asked of a cell.
        metadata: kind, unit, reference and what else `_column` takes.
    """

    description: str
    nullable: bool
    unique: bool
    checks: tuple[Check, ...]
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Near:
    """How far a number may stand from the nearest of its neighbours.

    Attributes:
        within: Times the nearest value, or that part of it.
        of: Columns that neighbours share; those of a model where the table has none of that name.
        least: Fewest other rows that must share them.
    """

    within: float
    of: tuple[str, ...]
    least: int = 1


def _column(
    kind: str,
    description: str,
    *,
    nullable: bool = False,
    unit: str = "",
    reference: str = "",
    choices: Sequence[str] = (),
    is_list: bool = False,
    unique: bool = False,
    checks: Sequence[Check] = (),
    ahead: int = 0,
    is_work: bool = False,
    longest: int = 0,
    any_script: bool = False,
    form: str = "",
    near: Sequence[Near] = (),
    earliest: str = "",
    in_key: int | None = None,
    told: bool = False,
    listed: Sequence[str] = (),
) -> Column:
    meta = {
        "kind": kind,
        "unit": unit,
        "reference": reference,
        "choices": tuple(choices),
        "is_list": is_list,
        "ahead": ahead,
        "is_work": is_work,
        "longest": longest,
        "any_script": any_script,
        "form": form,
        "near": tuple(near),
        "earliest": earliest,
        "in_key": in_key,
        "told": told,
        "listed": tuple(listed),
    }
    return Column(description, nullable, unique, tuple(checks), meta)


def key(description: str) -> Column:
    """A stable slug that names the row; unique."""
    return _column("text", description, unique=True, checks=[_matches_slug()])


def _matches_slug() -> Check:
    return Check("str_matches", {"pattern": rf"^{SLUG}$"}, "expected a slug of a-z, 0-9, '.', '_' and '-'")


def reference(to: str, description: str, *, nullable: bool = False, is_list: bool = False) -> Column:
    """An id of another table, written "table.column"; a list cell is "a; b"."""
    return _column("text", description, nullable=nullable, reference=to, is_list=is_list)


def text(
    description: str,
    *,
    nullable: bool = False,
    unique: bool = False,
    longest: int = 0,
    any_script: bool = False,
    listed: Sequence[str] = (),
) -> Column:
    """Words.

    Args:
        description: What they say.
        nullable: Whether they may be unknown.
        unique: Whether no two rows share them.
        longest: Most signs; 0 is the usual bound of `etl.words`.
        any_script: Whether they may be in other scripts than Latin, Chinese, Japanese or Korean.
        listed: The words that raw rows may use; a reader's own rows may bring others.
    """
    return _column(
        "text",
        description,
        nullable=nullable,
        unique=unique,
        longest=longest,
        any_script=any_script,
        listed=listed,
    )


def code(pattern: str, expected: str, description: str, *, nullable: bool = False) -> Column:
    """A short text of a fixed form, `expected` in words."""
    checks = [Check("str_matches", {"pattern": rf"^(?:{pattern})$"}, f"expected {expected}")]
    return _column("text", description, nullable=nullable, checks=checks)


def one_of(choices: Sequence[str], description: str, *, nullable: bool = False) -> Column:
    """A word from a closed list."""
    checks = [Check("isin", {"allowed_values": list(choices)}, f"not one of {', '.join(choices)}")]
    return _column("text", description, nullable=nullable, choices=choices, checks=checks)


def address(description: str, *, unique: bool = False, nullable: bool = False) -> Column:
    """An address of the web with its scheme and a real host, or a urn: where a document has none that is known."""
    return _column("text", description, unique=unique, nullable=nullable, form="address", longest=600)


def repository(description: str, *, nullable: bool = False) -> Column:
    """A repository of the Hugging Face Hub, owner/name."""
    return _column("text", description, nullable=nullable, form="repository")


class OfDay(TypedDict, total=False):
    """What a day may be; left out, it is as usual.

    Attributes:
        nullable: Whether it may be unknown.
        ahead: Months by which it may lie after the day on which the row's newest document was read; 0 for what a
            document tells as having happened.
        is_work: Whether it is a day on which this data was worked on, which no document tells.
        earliest: First day that can be, where it is later than that of all columns.
        in_key: Days by which it may differ from the day in the row's key; None where the key names another or none.
        told: Whether the row's documents tell of it as past: it is no later than the newest of them.
    """

    nullable: bool
    ahead: int
    is_work: bool
    earliest: str
    in_key: int | None
    told: bool


def day(description: str, **of_day: Unpack[OfDay]) -> Column:
    """A day, 2026-06-30; the first of the period where the source is vague.

    Args:
        description: What happened on it.
        of_day: As in `OfDay`.
    """
    return _column("day", description, **of_day)


def dated(name: str, description: str, **of_day: Unpack[OfDay]) -> dict[str, Column]:
    """The two columns of a day that a source may state vaguely: `name`, and `name`_precision, how exactly it does.

    Args:
        name: Column of the day.
        description: What happened on it.
        of_day: As in `OfDay`; where the day may be unknown, so may how exactly it is known.
    """
    words = f"How exactly {name} is known; the day is the first of its period."
    return {
        name: day(description, **of_day),
        f"{name}_precision": one_of(PRECISION, words, nullable=of_day.get("nullable", False)),
    }


def integer(description: str, **of_number: Any) -> Column:
    """A whole number; takes what `number` does."""
    return number(description, kind="integer", **of_number)


def number(
    description: str,
    *,
    unit: str = "",
    nullable: bool = False,
    ge: float | None = None,
    le: float | None = None,
    near: Sequence[Near] = (),
    kind: Literal["number", "integer"] = "number",
) -> Column:
    """A number, or a whole one."""
    return _column(kind, description, nullable=nullable, unit=unit, checks=_range(ge, le), near=near)


def _range(ge: float | None, le: float | None) -> list[Check]:
    checks = []
    if ge is not None:
        checks.append(Check("greater_than_or_equal_to", {"min_value": ge}, f"expected at least {ge}"))
    if le is not None:
        checks.append(Check("less_than_or_equal_to", {"max_value": le}, f"expected at most {le}"))
    return checks


def flag(description: str, *, nullable: bool = False) -> Column:
    """True or false."""
    return _column("flag", description, nullable=nullable)


def evidence() -> dict[str, Column]:
    """The two columns every table but sources ends in."""
    return {
        "confidence": one_of(
            CONFIDENCE, "How well the row is supported; reported: one source alone says so."
        ),
        "source_ids": reference(
            "sources.source_id", "Documents the row rests on, `; ` between them.", is_list=True
        ),
    }


def until(description: str) -> dict[str, Column]:
    """The first day on which what a row says no longer holds: it may be told half a year before, and open is null."""
    return dated("valid_to", description, nullable=True, ahead=6, earliest="2015-01-01")


def named(what: str, slug: str, name: str, name_zh: str = "") -> dict[str, Column]:
    """What a table of things with names begins with: `what`_id, `what`_name and, where they have one, `what`_name_zh."""
    chinese = {f"{what}_name_zh": text(name_zh, nullable=True)} if name_zh else {}
    return {f"{what}_id": key(slug), f"{what}_name": text(name)} | chinese


def of_company(row: str, slug: str, description: str = "Company.") -> dict[str, Column]:
    """What a table about companies begins with: the key `row` and whom the row is about."""
    return {row: key(slug), "company_id": reference("companies.company_id", description)}


def of_model(row: str, slug: str, developer: str) -> dict[str, Column]:
    """What a table about models begins with: the key `row`, the model and its developer."""
    return {
        row: key(slug),
        "model_id": reference("models.model_id", "Model."),
        "company_id": reference("companies.company_id", developer),
    }


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        name: File name without its ending.
        description: What it holds, ending in the grain: "One row per …".
        columns: Column name to its declaration, in file order.
        rules: Checks that a column cannot say; each gives (line, column, what).
        rules_after: The same, run on sound data once every table is derived.
        derive: Makes the table, or rows appended to it, from typed frames.
        is_raw: False for a table that has no CSV.
        computed: Columns that no CSV has: derive adds them.
        derived_where: Column and value of the rows that no CSV has: derive adds them.
    """

    name: str
    description: str
    columns: dict[str, Column]
    rules: tuple[Rule, ...] = ()
    rules_after: tuple[Rule, ...] = ()
    derive: Callable[[Frames], pd.DataFrame] | None = None
    is_raw: bool = True
    computed: tuple[str, ...] = ()
    derived_where: tuple[str, str] | None = None

    @cached_property
    def schema(self) -> pa.DataFrameSchema:
        """The same declaration for pandera."""
        return _for_pandera(self.columns)

    @cached_property
    def raw_schema(self) -> pa.DataFrameSchema:
        """The same of the columns that the CSV has."""
        return _for_pandera({c: self.columns[c] for c in self.raw_columns})

    @property
    def raw_columns(self) -> list[str]:
        """Columns of the CSV, in file order."""
        return [c for c in self.columns if c not in self.computed]

    @property
    def key(self) -> str:
        """The column that names a row: the first."""
        return next(iter(self.columns))

    def kind(self, column: str) -> str:
        """text, integer, number, flag or day."""
        return str(self.meta(column)["kind"])

    def meta(self, column: str) -> dict[str, Any]:
        """kind, unit, reference, choices and is_list of a column."""
        return self.columns[column].metadata or {}

    def arrow_schema(self) -> pya.Schema:
        """The same declaration for Parquet: type, nullability, and metadata description, unit, reference.

        What a frame holds as text with `; ` between is a list there, for whoever reads the file with another tool.
        """
        return pya.schema(
            [
                pya.field(
                    name,
                    pya.list_(pya.string()) if self.meta(name)["is_list"] else ARROW[self.kind(name)],
                    nullable=bool(column.nullable),
                    metadata={
                        "description": column.description or "",
                        "unit": self.meta(name)["unit"],
                        "reference": self.meta(name)["reference"],
                    },
                )
                for name, column in self.columns.items()
            ]
        )


def _for_pandera(columns: Mapping[str, Column]) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    # Without a type: pandera looks at it cell by cell. `column_problems` compares the column's.
    made = {
        name: pa.Column(
            checks=[getattr(pa.Check, c.name)(**c.told, error=c.error) for c in column.checks],
            nullable=column.nullable,
            unique=column.unique,
            report_duplicates="exclude_first",
        )
        for name, column in columns.items()
    }
    return pa.DataFrameSchema(made, strict=True, ordered=False)


def empty(table: Table) -> pd.DataFrame:
    """A typed frame of the table without rows."""
    return pd.DataFrame({c: pd.Series([], dtype=PANDAS[table.kind(c)]) for c in table.raw_columns})
