"""Checks typed frames: pandera's lazy failures and rules across tables, as problems with file and line."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from etl import words
from etl.cells import coded, different, different_in_arrow, known
from etl.problem import Problem
from etl.rules import NEVER, documents_of, once_for_same
from etl.schema import PANDAS, TEXT, Column, Frames, Rule, Table


def column_problems(table: Table, frame: pd.DataFrame, shown: str) -> list[Problem]:
    """Types, nulls, choices, ranges and duplicate keys of one table."""
    mistyped = [
        Problem(shown, 0, c, f"of another type: got {frame[c].dtype}, expected {PANDAS[table.kind(c)]}")
        for c in table.columns
        if c in frame and frame[c].dtype != PANDAS[table.kind(c)]
    ]
    if mistyped:
        return mistyped
    # Before the tables are derived, computed columns are not there yet.
    is_whole = set(table.columns) <= set(frame.columns)
    if _is_sound({c: table.columns[c] for c in (table.columns if is_whole else table.raw_columns)}, frame):
        return []
    # Pandera takes longer to load than most builds: it is asked where something is wrong, and says what.
    from pandera.errors import SchemaErrors

    logging.getLogger("pandera").setLevel(logging.ERROR)
    schema = table.schema if is_whole else table.raw_schema
    try:
        schema.validate(frame, lazy=True, inplace=True)
    except SchemaErrors as failed:
        found = []
        for case in failed.failure_cases.to_dict("records"):
            column = str(case["column"]) if pd.notna(case["column"]) else ""
            line = int(case["index"]) if pd.notna(case["index"]) else 0
            found.append(
                Problem(shown, line, column, _said(str(case["check"]), case["failure_case"], frame, column))
            )
        return found
    return []


#: What each kind of check asks of a column's different cells, by pandera's own name for it and what it was declared with.
_MET: dict[str, Callable[[Any, dict[str, Any]], bool]] = {
    "isin": lambda cells, told: set(cells.to_pylist()) <= set(told["allowed_values"]),
    "str_matches": lambda cells, told: pc.all(pc.match_substring_regex(cells, told["pattern"])).as_py(),
    "greater_than_or_equal_to": lambda cells, told: bool(cells.min() >= told["min_value"]),
    "less_than_or_equal_to": lambda cells, told: bool(cells.max() <= told["max_value"]),
}


def _is_sound(columns: Mapping[str, Column], frame: pd.DataFrame) -> bool:
    """Whether pandera would find nothing, asked at a fifth of its cost; where in doubt, False, and pandera is asked.

    Nearly every table of nearly every build is sound, and pandera's way to say so is long.
    """
    if len(frame.columns) != len(columns) or set(frame.columns) != set(columns):
        return False
    for name, column in columns.items():
        cells = frame[name]
        has_gaps = cells.hasnans
        if (has_gaps and not column.nullable) or (column.unique and cells.duplicated().any()):
            return False
        if not column.checks:
            continue
        is_text = cells.dtype == TEXT
        each = different_in_arrow(cells) if is_text else (cells.dropna() if has_gaps else cells).to_numpy()
        for check in column.checks if len(each) else ():
            if not _MET[check.name](each, check.told):
                return False
    return True


def _said(check: str, got: object, frame: pd.DataFrame, column: str) -> str:
    """Pandera's check and failure case as one of our sentences."""
    if check == "not_nullable":
        return "empty: got '', expected a value"
    if check == "field_uniqueness":
        first = frame.index[frame[column] == got][0]
        return f"stands twice: got '{got}' as in line {first}, expected a value of its own"
    if check.startswith("not one of"):
        return f"{check}: got '{got}', expected one of these"
    if check.startswith("expected"):
        return f"out of range or form: got '{got}', {check}"
    return f"{check}: got '{got}'"


def unlisted_problems(table: Table, frame: pd.DataFrame, shown: str) -> list[Problem]:
    """Words of raw rows that stand in no list of `etl/vocabulary.py`, with the nearest that does."""
    found = []
    for column in table.raw_columns:
        listed = table.meta(column)["listed"]
        for line, cell in frame[column].dropna().items() if listed and column in frame else ():
            if cell not in listed:
                near = difflib.get_close_matches(cell, listed, 1, 0.6)
                expected = f"'{near[0]}'" if near else f"one of {', '.join(sorted(listed)[:12])}, …"
                what = (
                    f"no {column} that is known here: got {words.shown(cell)}, expected {expected}; a new one is a line of "
                    "etl/vocabulary.py"
                )
                found.append(Problem(shown, int(str(line)), column, what))
    return found


FIRST_DAY: dict[str, Callable[[pd.Timestamp], pd.Timestamp]] = {
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=day.month - (day.month - 1) % 3, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


def cell_problems(
    table: Table, frame: pd.DataFrame, shown: str, read: Sequence[Problem], more: Sequence[Problem] = ()
) -> list[Problem]:
    """What is wrong with the cells of a table that was read, each told once.

    Args:
        table: Declaration of the table.
        frame: Its rows, typed.
        shown: What messages call its file.
        read: What reading told: such a cell is null, and neither empty nor a precision without its day.
        more: What else is wrong with cells, told behind what the columns say.
    """
    told = {(p.line, p.column) for p in read}
    vague = [
        p
        for p in precision_problems(table, frame, shown)
        if (p.line, p.column.removesuffix("_precision")) not in told
    ]
    found = [*column_problems(table, frame, shown), *more, *vague]
    return [p for p in found if (p.line, p.column) not in told]


class TableUnreadError(Exception):
    """A rule asked for a table whose file could not be read."""


class Readable(dict[str, pd.DataFrame]):
    """The frames whose files could be read; asking for another one says so."""

    def __missing__(self, name: str) -> pd.DataFrame:
        raise TableUnreadError(name)


def reference_problems(table: Table, frames: Frames, shown: str) -> list[Problem]:
    """Ids that no row of the table they name has; nothing where that table could not be read."""
    frame, found = frames[table.name], []
    for column in table.columns:
        to = table.meta(column)["reference"]
        if not to or column not in frame:
            continue
        other, key = to.split(".")
        if other not in frames:
            continue
        ids, is_list = known(frames[other][key]), table.meta(column)["is_list"]
        wrong: dict[str, list[str]] = {}
        if is_list and other == "sources":
            odd = coded(frame[column])[1][documents_of(frame, frames[other], column).are_odd()].tolist()
        else:
            odd = [c for c in different(frame[column]).tolist() if c not in ids]
        for cell in odd:
            parts = str(cell).split("; ") if is_list else [str(cell)]
            if len(parts) == len(set(parts)) and all(map(ids.__contains__, parts)):
                continue
            wrong[cell] = [
                f"'{part}' stands twice in the list: got '{cell}', expected each id once"
                for part in dict.fromkeys(p for p in parts if parts.count(p) > 1)
            ] + [
                f"no '{part}' in {to}: got '{cell}', expected an id that stands in {other}"
                for part in parts
                if part not in ids
            ]
        for cell, whats in wrong.items():
            for line in frame.index[frame[column] == cell]:
                found += [Problem(shown, int(line), column, what) for what in whats]
    return found


def precision_problems(table: Table, frame: pd.DataFrame, shown: str) -> list[Problem]:
    """A day has a precision and a precision has a day; a vague day is the first of its period."""
    found = []
    for column in table.columns:
        of = column.removesuffix("_precision")
        if of == column or of not in frame or column not in frame:
            continue
        days, precise = frame[of], frame[column]
        gaps = days.isna() != precise.isna()
        for line, is_day in zip(gaps.index[gaps], days[gaps].notna(), strict=True):
            got = "a day without" if is_day else "no day but"
            found.append(
                Problem(shown, int(line), column, f"got {got} a precision, expected both or neither")
            )
        for how, first_day in FIRST_DAY.items():
            vague = days[(precise == how) & days.notna()]
            inside = vague.dt.day != 1
            if how != "month":
                inside |= vague.dt.month % (3 if how == "quarter" else 12) != 1
            for line, day in vague[inside].items():
                what = (
                    f"not the first day of its {how}: got {day:%Y-%m-%d}, expected {first_day(day):%Y-%m-%d}"
                )
                found.append(Problem(shown, int(str(line)), of, what))
    return found


#: No row tells of an earlier day: what the landscape describes is of our time.
EARLIEST = pd.Timestamp("1980-01-01")
#: No document was read before the work began.
FIRST_READ = pd.Timestamp("2026-01-01")
#: Where two documents at most say when they were read, no day of theirs is held against another.
LATEST = pd.Timestamp("2049-12-31")
#: Documents that may be slips, all others aside: the limit is measured from the next one.
FEW = 2
#: By this much a document may be read after all but a few others, whatever the clock of this machine says.
SOON = pd.Timedelta(days=31)
#: And by this much where the clock has come so far: the first document after a pause.
PAUSE = pd.Timedelta(days=330)
#: Where documents are published it is a day later than elsewhere.
ELSEWHERE = pd.Timedelta(days=1)


#: Tables that a run writes with the day of its clock, and signs: no hand dates their rows.
MADE_BY_A_RUN = ("verifications", "document_readings")


@once_for_same
def latest_work(
    sources: pd.DataFrame, today: date, readings: pd.DataFrame | None = None
) -> tuple[pd.Timestamp, str]:
    """The last day on which a document can have been read, and why; no single row and no clock alone moves it.

    Args:
        sources: Documents, with the day on which each was read for its rows.
        today: Day of this machine's clock.
        readings: Days on which documents were read again: after a long pause they say that work has gone on.
    """
    days = sources["accessed_date"]
    if readings is not None and len(readings):
        days = pd.concat([days, readings.drop_duplicates("source_id", keep="last")["read_date"]])
    newest = days.dropna().sort_values(ascending=False)
    if len(newest) <= FEW:
        return LATEST, "no document is read later"
    told_by = newest.iloc[FEW]
    now = pd.Timestamp(today) + ELSEWHERE
    return max(told_by + SOON, min(told_by + PAUSE, now)), (
        f"all but {FEW} documents were read by {told_by:%Y-%m-%d}"
    )


@once_for_same
def _days_read(sources: pd.DataFrame, limit: pd.Timestamp) -> np.ndarray:
    """The day on which each document was read for its rows."""
    # A day of reading that cannot be is told once, in its own row, and not again in each that cites the document.
    days = sources["accessed_date"]
    return days.where(days.between(FIRST_READ, limit), limit).to_numpy("datetime64[us]")


def range_problems(
    table: Table, frames: Frames, shown: str, today: date, *, up_to_today: bool = False
) -> list[Problem]:
    """Days that cannot be: long past, or later than the documents that the row rests on could tell.

    The measure is the day on which a row's newest document was read. That day itself is held against the days of all
    other documents: one slip moves its own row and no limit. With `up_to_today`, and in tables that a run writes, a
    document may be read on any day up to today, however old the others are.
    """
    frame, sources = frames[table.name], frames["sources"]
    readings = frames.get("document_readings")
    limit, why_limit = latest_work(sources, today, readings)
    if (up_to_today or table.name in MADE_BY_A_RUN) and limit < (now := pd.Timestamp(today) + ELSEWHERE):
        limit, why_limit = now, "today"
    cited = "source_id" if table.name == "sources" else "source_ids"
    cells, days_of = np.full(len(frame), -1), np.empty(0, dtype="datetime64[us]")
    if cited in frame:
        of = documents_of(frame, sources, cited)
        cells, days_of = of.cells, of.of_cells(_days_read(sources, limit), NEVER, np.maximum)
    last = limit.to_datetime64().astype("datetime64[us]")
    newest = pd.DatetimeIndex(np.append(np.where(np.isnat(days_of), last, days_of), last))
    found = []
    for column in table.raw_columns:
        if table.kind(column) != "day":
            continue
        meta = table.meta(column)
        ahead, first = (
            pd.DateOffset(months=meta["ahead"]),
            (FIRST_READ if meta["is_work"] else pd.Timestamp(meta["earliest"] or EARLIEST)),
        )
        why = why_limit if meta["is_work"] else "its newest document was read by then"
        if meta["ahead"] and not meta["is_work"]:
            why = f"{meta['ahead']} months after its newest document was read"
        days = frame[column]
        latest = last if meta["is_work"] else (newest + ahead + ELSEWHERE).to_numpy()[cells]
        odd = ((days < first) | (days > latest)).to_numpy()
        latest = np.broadcast_to(latest, len(days))[odd].tolist()
        for line, day, most in zip(days.index[odd].tolist(), days[odd].tolist(), latest, strict=True):
            what = (
                f"not a day that can be: got '{day:%Y-%m-%d}', expected one from {first:%Y} to "
                f"{most:%Y-%m-%d} ({why})"
            )
            found.append(Problem(shown, int(line), column, what))
    return found


def rule_problems(
    table: Table, frames: Frames, shown: str, rules: Sequence[Rule] | None = None
) -> list[Problem]:
    """What the table's own rules find; a rule that needs a table which could not be read is left out."""
    found = []
    for rule in table.rules if rules is None else rules:
        try:
            found += [Problem(shown, line, column, what) for line, column, what in rule(frames)]
        except TableUnreadError:
            continue
        except Exception as error:
            # Rules look into other tables; what is missing there is told by name and is no traceback.
            what = (
                f"the rule “{getattr(rule, '__name__', 'rule').replace('_', ' ')}” could not be applied "
                f"({type(error).__name__}: {error}): expected cells that can be read in this table and those it refers to"
            )
            found.append(Problem(shown, 0, "", what))
    return found
