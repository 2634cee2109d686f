"""Numbers held against their neighbours, and days against keys and documents: what a slip of a digit gives away.

A column declares its neighbours and how far from the nearest of them a value may stand (`near`); a true exception is a line
of `raw/registry/explained.tsv`: table, key, column, the value and why, separated by tabs. It holds for that value alone.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from etl.problem import Problem
from etl.registry import FOLDER
from etl.rules import last_days, listed, once_for_same
from etl.schema import Frames, Near, Table
from etl.ties import tied

EXPLAINED = "explained.tsv"
#: A document tells of what happened by its day; clocks, time zones and monthly issues leave this much.
TELLING = pd.Timedelta(days=31)

_NO_SLUG = re.compile("[^a-z0-9]+")
_HYPHENS = {n: "-" for n in range(128) if not chr(n).isalnum() and chr(n) != "\n"}
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*|\d{4}-\d\d-\d\d")
#: Columns of words that keys name, beside references and closed lists.
NAMED_BY_KEYS = ("metric", "period", "table_name", "column_name", "row_id", "index_name")

Explained = dict[tuple[str, str, str], str]


def explained(raw: Path) -> Explained:
    """Values that are true although they stand apart, by table, key and column."""
    path = raw / FOLDER / EXPLAINED
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError):
        return {}
    parts = [line.split("\t") for line in lines if not line.startswith("#")]
    return {(p[0], p[1], p[2]): p[3] for p in parts if len(p) == 5 and p[4].strip()}


def neighbour_problems(table: Table, frames: Frames, shown: str, known: Explained) -> list[Problem]:
    """Values that stand apart from all their neighbours, and days at odds with the key or the documents of their row."""
    frame = frames[table.name]
    found: list[tuple[int, str, str]] = []
    slugs = _key_slugs(frame[table.key])
    for column in table.raw_columns:
        meta = table.meta(column)
        if meta["near"]:
            found += _apart(frame, frames, table, column, meta["near"])
        if column != table.key and not meta["is_list"]:
            found += _unlike_named(frame, table, column, slugs)
            found += _number_for_words(frame, table, column)
        if table.kind(column) in ("integer", "number"):
            found += _zeros(frame, column)
            found += _share_for_percent(frame, column, str(meta["unit"]))
        if table.kind(column) == "day":
            if meta["in_key"] is not None:
                found += _unlike_key(frame, table, column, meta["in_key"])
            if meta["told"] and "sources" in frames:
                found += _before_told(frame, frames["sources"], column)
    found += tied(table, frames)
    by_line = frame[table.key]
    problems = []
    for line, column, what in found:
        value = frame.at[line, column]
        same = known.get((table.name, str(by_line.at[line]), column))
        if isinstance(value, str):
            text = value
        else:
            text = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else f"{value:.15g}"
        if same != text:
            problems.append(Problem(shown, int(line), column, what))
    return problems


@functools.lru_cache(maxsize=100_000)
def _slug(value: object) -> str:
    said = str(value).casefold()
    if not said.isascii():
        return _NO_SLUG.sub("-", said).strip("-")
    # The same for plain letters, without a search at every hyphen.
    said = said.translate(_HYPHENS).replace("\n", "-")
    while "--" in said:
        said = said.replace("--", "-")
    return said.strip("-")


def _unlike_named(
    frame: pd.DataFrame, table: Table, column: str, slugs: list[str]
) -> list[tuple[int, str, str]]:
    """Where the keys of a table name a column (company, metric, currency, day), each key names that of its own row.

    Learned from the table itself, from its thirtieth row on: a convention is what all but one in a hundred keep to.
    """
    meta = table.meta(column)
    if len(frame) < 30 or not (meta["reference"] or meta["choices"] or column in NAMED_BY_KEYS):
        return []
    codes, values = pd.factorize(frame[column].to_numpy(dtype=object))
    there = np.flatnonzero((codes >= 0) & np.fromiter(map(bool, slugs), bool, len(slugs)))
    if len(there) < 30 or (codes[there] == codes[there[0]]).all():
        return []
    most = max(20, len(there) / 100)
    slug_of = functools.cache(lambda n: f"-{s}-" if (s := _slug(values[n])) else "\n")
    unlike: list[int] = []
    for start in range(0, len(there), 1000):
        part = there[start : start + 1000].tolist()
        unlike += [
            at for at, n in zip(part, codes[part].tolist(), strict=True) if slug_of(n) not in slugs[at]
        ]
        # Most columns are in no key, and a few rows tell.
        if len(unlike) > most:
            return []
    if len(there) - len(unlike) < 0.9 * len(there):
        return []
    keys, lines = frame[table.key], frame.index
    return [
        (
            int(lines[at]),
            column,
            f"not what its key names: got {values[codes[at]]} in {keys.iat[at]}, expected the {column} that stands in the "
            f"key; where the key is wrong, correct it, too",
        )
        for at in unlike
    ]


def _number_for_words(frame: pd.DataFrame, table: Table, column: str) -> list[tuple[int, str, str]]:
    """A number or a day where the other rows have words: learned from the column, from its thirtieth cell on."""
    if table.kind(column) != "text" or table.meta(column)["reference"]:
        return []
    if len(frame) < 30 or len(cells := frame[column].dropna()) < 30:
        return []
    different = pd.unique(cells.to_numpy(dtype=object)).tolist()
    numbers = [c for c in different if (c[0].isdecimal() or c[0] in "+-") and _NUMBER.fullmatch(c)]
    odd = cells[cells.isin(numbers)] if numbers else cells[:0]
    if len(odd) > max(3, len(cells) / 200):
        return []
    return [
        (
            int(line),
            column,
            f"a number for words: got {value}, expected words, as in the other {len(cells) - len(odd)} rows; a true one is a "
            f"line of registry/{EXPLAINED}",
        )
        for line, value in odd.items()
    ]


def _key_slugs(keys: pd.Series) -> list[str]:
    """Each key as its words between hyphens; "" where it is null or stood before."""
    gaps = (keys.isna() | keys.duplicated()).to_numpy(dtype=bool)
    said = listed(keys)
    for at in np.flatnonzero(gaps).tolist():
        said[at] = ""
    joined = "\n".join(said)
    if joined.isascii() and joined.count("\n") == len(said) - 1:
        # All at once: a table has as many keys as rows.
        joined = f"-{joined.lower().translate(_HYPHENS)}-".replace("\n", "-\n-")
        while "--" in joined:
            joined = joined.replace("--", "-")
        found = joined.split("\n")
    else:
        found = [f"-{_slug(key)}-" for key in said]
    for at in np.flatnonzero(gaps).tolist():
        found[at] = ""
    return found


def _zeros(frame: pd.DataFrame, column: str) -> list[tuple[int, str, str]]:
    """Zero in a column that has next to none: learned from the column, from its thirtieth number on."""
    values = frame[column].dropna().astype("float64")
    zeros = values.index[values == 0]
    if len(values) < 30 or len(zeros) > max(3, len(values) / 200):
        return []
    return [
        (
            int(line),
            column,
            f"zero: got 0, expected a number above it, as in the other {len(values) - len(zeros)} rows, or an empty cell; a "
            f"true one is a line of registry/{EXPLAINED}",
        )
        for line in zeros
    ]


def _share_for_percent(frame: pd.DataFrame, column: str, unit: str) -> list[tuple[int, str, str]]:
    """Percent below one looks like a share."""
    if unit.startswith("percent"):
        rows = frame[column]
    elif column == "value" and "unit" in frame:
        rows = frame.loc[frame["unit"].fillna("").str.startswith("percent"), column]
    else:
        return []
    values = rows.dropna().astype("float64").abs()
    return [
        (
            int(line),
            column,
            f"looks like a share: got {frame.at[line, column]:.15g}, expected percent, such as "
            f"{frame.at[line, column] * 100:.6g}; a true one is a line of registry/{EXPLAINED}",
        )
        for line in values.index[(values > 0) & (values < 1)]
    ]


def _groups(frame: pd.DataFrame, frames: Frames, of: tuple[str, ...]) -> pd.Series:
    """A name for the neighbours of each row; null where a part of it is unknown. "family_id" of a price is its model's."""
    parts = []
    for column in of:
        if column in frame:
            values = frame[column]
            # A unit without a currency is a unit of its own.
            parts.append(values.fillna("") if column == "currency" else values)
        elif "models" not in frames:
            parts.append(pd.Series(None, index=frame.index, dtype="object"))
        else:
            models = frames["models"].drop_duplicates("model_id").set_index("model_id")
            parts.append(frame["model_id"].map(models[column]))
    name = parts[0].astype("str")
    for part in parts[1:]:
        name = name + "\x1f" + part.astype("str")
    return name.where(pd.concat([p.notna() for p in parts], axis=1).all(axis=1))


def _apart(
    frame: pd.DataFrame, frames: Frames, table: Table, column: str, nears: tuple[Near, ...]
) -> list[tuple[int, str, str]]:
    values = frame[column].astype("float64").abs()
    named = values[values > 0].index
    found = []
    for near in nears:
        if len(named) < 2:
            break
        some = frame.loc[named]
        each = pd.DataFrame(
            {"value": np.log(values[named]), "group": _groups(some, frames, near.of)}
        ).dropna()
        each = each.sort_values(["group", "value"], kind="stable")
        size = each.groupby("group")["value"].transform("size")
        each = each[size > near.least]
        same = each["group"] == each["group"].shift()
        below = (each["value"] - each["value"].shift()).where(same)
        above = (each["value"].shift(-1) - each["value"]).where(same.shift(-1, fill_value=False))
        gap = pd.concat([below, above], axis=1).min(axis=1)
        for line in gap.index[gap > np.log(near.within)]:
            closest = np.exp(
                each.at[line, "value"] - below[line]
                if not above[line] < below[line] and pd.notna(below[line])
                else each.at[line, "value"] + above[line]
            )
            what = (
                f"far from its neighbours (same {', '.join(near.of)}): got {frame.at[line, column]:.15g}, expected within "
                f"{near.within:g} times the nearest, {closest:.6g}; a true one is a line of registry/{EXPLAINED}"
            )
            found.append((int(line), column, what))
        # A row that has neighbours in a narrow circle is not measured by a wide one.
        named = named.difference(gap.index)
    return found


#: The last day or month in a key: year, month and, of a day, the day.
_DAY_IN_KEY = r"(?<![0-9])((?:19|20)[0-9]{2})-([0-9]{2})(?:-([0-9]{2}))?(?![0-9])(?!.*(?<![0-9])(?:19|20)[0-9]{2}-[0-9]{2})"
_DAY_AT_END = re.compile(r"[^0-9](?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")


def _days_named(keys: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The last day in each key, the first of a month where it names that alone, and whether it names the day itself."""
    # Most keys end in a day, and few ends differ.
    is_end = functools.cache(_DAY_AT_END.fullmatch)
    ends = [e if key.__class__ is str and is_end(e := key[-11:]) else key for key in listed(keys)]
    codes, different = pd.factorize(np.array(ends, dtype=object), use_na_sentinel=False)
    part = pd.Series(different, dtype=keys.dtype).str.extract(_DAY_IN_KEY)
    days = pd.to_datetime(
        part[0] + "-" + part[1] + "-" + part[2].fillna("01"), errors="coerce", format="%Y-%m-%d"
    )
    return days.take(codes).set_axis(keys.index), part[2].notna().take(codes).set_axis(keys.index)


def _unlike_key(frame: pd.DataFrame, table: Table, column: str, slack: int) -> list[tuple[int, str, str]]:
    """The last day in a row's key, or its month, is the day of the column, `slack` days apart at most."""
    if frame.empty:
        return []
    got = frame[column]
    days, whole = _days_named(frame[table.key])
    first = got.where(whole, got - pd.to_timedelta(got.dt.day - 1, unit="D"))
    off = (first - days).abs() > pd.Timedelta(days=slack)
    bare = days.isna() & got.notna()
    # A convention is what all others keep to: keys of models name a day only where two would be alike.
    is_kept = bool(days.notna().sum() >= 5) and bool(bare.sum() <= max(1, len(frame) / 100))
    without = [
        (
            int(i),
            table.key,
            f"no day in the key: got {frame.at[i, table.key]}, expected {got[i]:%Y-%m-%d} in it",
        )
        for i in (frame.index[bare] if is_kept else ())
        if pd.notna(frame.at[i, table.key])
    ]
    return without + [
        (
            int(i),
            column,
            f"not the day in the key: got {got[i]:%Y-%m-%d} in {frame.at[i, table.key]}, expected "
            f"{days[i]:{'%Y-%m-%d' if whole[i] else '%Y-%m'}}",
        )
        for i in frame.index[off]
    ]


@once_for_same
def _last_told(sources: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """The last day on which each document may have been published."""
    dated = sources.dropna(subset=["source_id"]).drop_duplicates("source_id")
    days = last_days(dated, "published_date").dropna()
    return dict(zip(listed(dated["source_id"][days.index]), days.tolist(), strict=True))


def _before_told(frame: pd.DataFrame, sources: pd.DataFrame, column: str) -> list[tuple[int, str, str]]:
    """No row happens after all the documents that tell of it were published; a vague day of a document counts to its end."""
    if frame.empty:
        return []
    last = _last_told(sources)
    cells = frame["source_ids"]
    codes, different = pd.factorize(cells.to_numpy(dtype=object))
    of_cell = []
    for cell in different.tolist():
        days: list[Any] = [last.get(i) for i in cell.split("; ")]
        of_cell.append(pd.NaT if None in days else max(days))
    told = pd.Series(
        pd.DatetimeIndex([*of_cell, pd.NaT], dtype="datetime64[us]").take(codes), index=cells.index
    )
    late = frame[column] > told + TELLING
    return [
        (
            int(i),
            column,
            f"after its documents were published: got {frame.at[i, column]:%Y-%m-%d}, expected "
            f"{told[i]:%Y-%m-%d} or earlier",
        )
        for i in frame.index[late]
    ]
