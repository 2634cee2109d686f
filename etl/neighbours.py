"""Numbers held against their neighbours, and days against keys and documents: what a slip of a digit gives away.

A column declares its neighbours and how far from the nearest of them a value may stand (`near`); a true exception is a line
of `raw/registry/explained.tsv`: table, key, column, the value and why, separated by tabs. It holds for that value alone.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pya
import pyarrow.compute as pc

from etl.cells import coded, in_arrow
from etl.problem import Problem
from etl.registry import FOLDER
from etl.rules import NEVER, by, documents_of, last_days, listed, once_for_same
from etl.schema import Frames, Near, Table
from etl.ties import tied

EXPLAINED = "explained.tsv"
#: A document tells of what happened by its day; clocks, time zones and monthly issues leave this much.
TELLING = pd.Timedelta(days=31)

_NO_SLUG = re.compile("[^a-z0-9]+")
#: Plain signs in small letters, and a hyphen for what is none and no digit.
_HYPHENS = bytes(ord(chr(n).lower() if chr(n).isalnum() else "-") for n in range(128)).ljust(256)
#: Rows that tell whether a column is in the keys, and that fit the memory next to the processor.
_FEW, _AT_ONCE = 1000, 10_000
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
    unlike = _unlike_named(frame, table)
    for column in table.raw_columns:
        meta = table.meta(column)
        if meta["near"]:
            found += _apart(frame, frames, table, column, meta["near"])
        if column != table.key and not meta["is_list"]:
            found += unlike.get(column, [])
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


def _unlike_named(frame: pd.DataFrame, table: Table) -> dict[str, list[tuple[int, str, str]]]:
    """Where the keys of a table name a column (company, metric, currency, day), each key names that of its own row.

    Learned from the table itself, from its thirtieth row on: a convention is what all but one in a hundred keep to.
    """
    keys, lines = frame[table.key], frame.index
    places, texts = in_arrow(keys)
    is_first = ~(keys.isna() | keys.duplicated()).to_numpy(dtype=bool)
    named, many, unlike = {}, {}, {}
    said: dict[str, np.ndarray] = {}
    for column in table.raw_columns:
        meta = table.meta(column)
        is_asked = meta["reference"] or meta["choices"] or column in NAMED_BY_KEYS
        if not is_asked or meta["is_list"] or column == table.key:
            continue
        codes, values = in_arrow(frame[column])
        there = codes[(codes >= 0) & is_first]
        if len(there) >= 30 and (there != there[0]).any():
            named[column], many[column], unlike[column] = (codes, values), len(there), there[:0]
    rows = np.flatnonzero(is_first)
    parts = [rows[:_FEW], *(rows[at : at + _AT_ONCE] for at in range(_FEW, len(rows), _AT_ONCE))]
    for n, part in enumerate(parts):
        # Most columns are in no key, and a few rows tell.
        if not unlike:
            break
        of_keys = _slugs(texts.take(pya.array(places[part])))
        for column in list(unlike):
            codes, values = named[column]
            if n == 0:
                of_rows = _named(values.take(pya.array(np.maximum(codes[part], 0))))
            else:
                said[column] = said[column] if column in said else _named(values)
                of_rows = said[column][codes[part]]
            is_named = np.strings.find(of_keys, of_rows) >= 0
            unlike[column] = np.append(unlike[column], part[~is_named & (codes[part] >= 0)])
            if len(unlike[column]) > max(20, many[column] / 100):
                del unlike[column]
    return {
        column: [
            (
                int(lines[at]),
                column,
                f"not what its key names: got {frame[column].iat[at]} in {keys.iat[at]}, expected the "
                f"{column} that stands in the key; where the key is wrong, correct it, too",
            )
            for at in odd.tolist()
        ]
        for column, odd in unlike.items()
        if many[column] - len(odd) >= 0.9 * many[column]
    }


def _named(texts: pya.StringArray) -> np.ndarray:
    """Texts as keys name them; what is no word is in no key."""
    said = _slugs(texts)
    return np.where(np.strings.str_len(said) > 2, said, b"\n")


def _slugs(texts: pya.StringArray) -> np.ndarray:
    """Texts as their words between hyphens, which stand before and behind, too; as bytes of one length."""
    said = pc.binary_join_element_wise("", texts, "", "-")
    if pc.all(pc.string_is_ascii(said)).as_py():
        _, ends, signs = said.buffers()
        hyphened = pya.py_buffer(signs.to_pybytes().translate(_HYPHENS))
        said = pya.StringArray.from_buffers(len(said), ends, hyphened)
    else:
        said = pya.array([_NO_SLUG.sub("-", text.casefold()) for text in said.to_pylist()])
    while (fewer := pc.replace_substring(said, "--", "-")).nbytes < said.nbytes:
        said = fewer
    longest = pc.max(pc.binary_length(said)).as_py()
    return np.frombuffer(pc.ascii_rpad(said, longest, "\0").buffers()[2], f"S{longest}")


def _number_for_words(frame: pd.DataFrame, table: Table, column: str) -> list[tuple[int, str, str]]:
    """A number or a day where the other rows have words: learned from the column, from its thirtieth cell on."""
    if table.kind(column) != "text" or table.meta(column)["reference"]:
        return []
    if len(frame) < 30:
        return []
    codes, different = coded(frame[column])
    if (there := int((codes >= 0).sum())) < 30:
        return []
    numbers = [
        n
        for n, c in enumerate(different.tolist())
        # Few words begin with a sign before the letters of the keyboard or behind them.
        if not ":" <= c < "\x7f" and (c[:1].isdecimal() or c[:1] in "+-") and _NUMBER.fullmatch(c)
    ]
    odd = np.flatnonzero(np.isin(codes, numbers)) if numbers else codes[:0]
    if len(odd) > max(3, there / 200):
        return []
    return [
        (
            int(frame.index[at]),
            column,
            f"a number for words: got {different[codes[at]]}, expected words, as in the other {there - len(odd)} rows; a true "
            f"one is a line of registry/{EXPLAINED}",
        )
        for at in odd.tolist()
    ]


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


def _groups(frame: pd.DataFrame, frames: Frames, of: tuple[str, ...]) -> np.ndarray:
    """A number for the neighbours of each row; -1 where a part of it is unknown. "family_id" of a price is its model's."""
    groups = np.zeros(len(frame), dtype="int64")
    for column in of:
        if column in frame:
            # A unit without a currency is a unit of its own.
            values = frame[column].fillna("") if column == "currency" else frame[column]
        elif "models" not in frames:
            return groups - 1
        else:
            values = frame["model_id"].map(by(frames["models"], "model_id")[column])
        codes, different = pd.factorize(values)
        whole = np.where((codes < 0) | (groups < 0), -1, groups * max(1, len(different)) + codes)
        groups = pd.factorize(np.append(-1, whole))[0][1:] - 1
    return groups


def _apart(
    frame: pd.DataFrame, frames: Frames, table: Table, column: str, nears: tuple[Near, ...]
) -> list[tuple[int, str, str]]:
    values = frame[column].astype("float64").abs()
    named = values[values > 0].index
    found = []
    for near in nears:
        if len(named) < 2:
            break
        some = frame[[c for c in dict.fromkeys(("model_id", *near.of)) if c in frame]].loc[named]
        each = pd.DataFrame({"value": np.log(values[named]), "group": _groups(some, frames, near.of)})
        each = each[each["group"] >= 0].sort_values(["group", "value"], kind="stable")
        each = each[np.bincount(each["group"])[each["group"]] > near.least]
        same = each["group"].diff() == 0
        below = each["value"].diff().where(same)
        above = -each["value"].diff(-1).where(same.shift(-1, fill_value=False))
        gap = np.fmin(below, above)
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


def _days_named(keys: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The last day in each key, the first of a month where it names that alone, and whether it names the day itself.

    Looked for in all keys as one text: a year, 19 or 20 and two digits, which no digit comes before, a month and maybe a day.
    """
    # No key has a line break in it. At both ends of the text are enough signs that are none of a day.
    text = "\n".join([*listed(keys.fillna("")), ""]).encode()
    signs = np.pad(np.frombuffer(text, "u1"), 12)
    ends = np.flatnonzero(signs == ord("\n"))
    digits = signs - np.uint8(ord("0"))
    at = np.flatnonzero(signs == ord("-")) - 4
    for n in (3, 2, 5, 6):
        at = at[digits[at + n] < 10]
    century = 10 * digits[at] + digits[at + 1]
    at = at[((century == 19) | (century == 20)) & (digits[at - 1] > 9)]
    rows = np.searchsorted(ends, at, side="right")
    is_last = np.append(rows[1:] != rows[:-1], True)[: len(rows)] & (digits[at + 7] > 9)
    at, rows = at[is_last], rows[is_last]
    is_day = (
        (signs[at + 7] == ord("-")) & (digits[at + 8] < 10) & (digits[at + 9] < 10) & (digits[at + 10] > 9)
    )
    number = np.zeros(len(at), dtype="int64")
    for n in (0, 1, 2, 3, 5, 6):
        number = 10 * number + digits[at + n]
    number = 100 * number + np.where(is_day, 10 * digits[at + 8] + digits[at + 9], 1)
    codes, different = pd.factorize(number)
    days = np.full(len(keys), np.datetime64("NaT"), dtype="datetime64[us]")
    days[rows] = pd.to_datetime(different.astype("str"), errors="coerce", format="%Y%m%d").to_numpy()[codes]
    whole = np.zeros(len(keys), dtype=bool)
    whole[rows] = is_day
    return pd.Series(days, index=keys.index), pd.Series(whole, index=keys.index)


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
def _last_told(sources: pd.DataFrame) -> np.ndarray:
    """The last day on which each document may have been published."""
    return last_days(sources, "published_date").to_numpy("datetime64[us]")


def _before_told(frame: pd.DataFrame, sources: pd.DataFrame, column: str) -> list[tuple[int, str, str]]:
    """No row happens after all the documents that tell of it were published; a vague day of a document counts to its end."""
    if frame.empty:
        return []
    of, last = documents_of(frame, sources, "source_ids"), _last_told(sources)
    newest = of.of_cells(last, NEVER, np.maximum)
    # Where one document says no day, nothing is late.
    newest[np.isnat(of.of_cells(last, NEVER, np.minimum))] = NEVER
    told = pd.Series(of.of_rows(newest, NEVER), index=frame.index)
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
