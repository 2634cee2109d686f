"""A CSV as columns of text, read by Arrow, and their different cells judged once, most of them by a pattern for all.

Files in which a line is not a row (cells over several lines, blank lines, rows of another length, another header, misplaced
quotes) are none of these: `etl.read` goes through them row by row and tells what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pya
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from etl import words
from etl.cells import Cells
from etl.schema import PANDAS, Table

#: What stands before a cell's first quote and behind its last one.
_BESIDE_QUOTES = (b"", b",", b"\n", b'"')
#: Cells of ids, choices and lists: signs of the keyboard, blanks inside alone.
_PLAIN = r"^[!-~](?:[ -~]*[!-~])?$"
#: Numbers that both readers of digits take for the same; longer ones are asked one by one.
_NUMBERS = {
    "integer": (r"^-?(?:0|[1-9][0-9]{0,17})$", pya.int64()),
    "number": (r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?$", pya.float64()),
}

#: Cells as they are read: the different ones, and which of them each is.
_CODED = pya.dictionary(pya.int32(), pya.string())

#: A value of a cell and what is wrong with it, as `etl.read` finds them for one cell.
Judge = Callable[[Mapping[str, Any], str], tuple[object, str]]


def plain_columns(table: Table, raw: bytes) -> dict[str, pya.DictionaryArray] | None:
    """Cells by column in the order of the file; row n stands in line n + 2. None where a line is not a row.

    Args:
        table: Its declaration.
        raw: The file's bytes.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    header = raw[: raw.find(b"\n")].decode("utf-8", "replace").split(",")
    if sorted(header) != sorted(table.raw_columns) or b"\0" in raw:
        return None
    rows = raw.count(b"\n") - raw.endswith(b"\n")
    if rows < 1 or not _quotes_close(raw):
        return None
    read = pcsv.ReadOptions(block_size=max(1 << 20, min(len(raw), 1 << 23)))
    typed = pcsv.ConvertOptions(column_types=dict.fromkeys(header, _CODED), strings_can_be_null=False)
    try:
        cells = pcsv.read_csv(pya.py_buffer(raw), read_options=read, convert_options=typed)
    except pya.ArrowInvalid:
        return None
    if cells.num_rows != rows:
        return None
    return {c: column.combine_chunks() for c, column in zip(header, cells.unify_dictionaries(), strict=True)}


def _quotes_close(raw: bytes) -> bool:
    """Whether each quote begins or ends a cell of one line, or is one of two within it, as `etl.read` asks it of a row."""
    at = raw.find(b'"')
    while at >= 0:
        end = raw.find(b'"', at + 1)
        is_cell = raw[at - 1 : at] in _BESIDE_QUOTES and raw[end + 1 : end + 2] in _BESIDE_QUOTES
        if end < 0 or not is_cell or raw.find(b"\n", at, end) >= 0:
            return False
        at = raw.find(b'"', end + 1)
    return True


def typed(
    meta: Mapping[str, Any], cells: pya.DictionaryArray, judge: Judge
) -> tuple[Any, list[tuple[int, str]]]:
    """A column's values, null where there are none, and the places of cells that cannot be, with what is wrong.

    Args:
        meta: The column's declaration.
        cells: Its cells.
        judge: Judges one cell that no pattern knows to be sound.
    """
    different, places = cells.dictionary, cells.indices.to_numpy()
    kind = meta["kind"]
    is_sound, values = _sound(meta, different)
    wrong: dict[int, str] = {}
    gaps = []
    for n in np.flatnonzero(~is_sound).tolist():
        value, what = judge(meta, different[n].as_py())
        values[n] = value
        if value is None or value is pd.NaT:
            values[n] = np.nan
            gaps.append(n)
        if what:
            wrong[n] = what
    told: list[tuple[int, str]] = []
    if wrong:
        faulty = np.flatnonzero(np.isin(places, list(wrong)))
        told = [(at, wrong[n]) for at, n in zip(faulty.tolist(), places[faulty].tolist(), strict=True)]
    if kind == "text":
        if gaps:
            there = np.arange(len(different), dtype=places.dtype)
            there[gaps] = -1
            places = there[places]
        return Cells.of(different, places), told
    return pd.Series(values, dtype=PANDAS[kind]).take(places).array, told


def _sound(meta: Mapping[str, Any], cells: pya.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """Which cells are known to be sound without asking for each, and the values of those that are no texts, as objects."""
    kind = meta["kind"]
    values = np.empty(len(cells), dtype=object)
    if kind == "text":
        if meta["reference"] or meta["choices"]:
            is_sound = pc.match_substring_regex(cells, _PLAIN).to_numpy(zero_copy_only=False)
        else:
            is_sound = words.sound(cells, meta["longest"], meta["form"])
        return is_sound, values
    if kind not in _NUMBERS:
        return np.zeros(len(cells), dtype=bool), values
    pattern, of = _NUMBERS[kind]
    fits = pc.match_substring_regex(cells, pattern)
    is_sound = fits.to_numpy(zero_copy_only=False)
    values[is_sound] = cells.filter(fits).cast(of).to_numpy()
    return is_sound, values


def odd_first_cells(
    cells: pya.DictionaryArray, header: list[str], odd: tuple[str, ...], marks: tuple[str, ...]
) -> list[int]:
    """Rows whose first cell may begin a row that is none: empty, of another script, a word of `odd`, a mark, the header again."""
    start = "|".join([re.escape(m) for m in marks])
    pattern = rf"^(?i:\s*(?:{'|'.join(map(re.escape, (*odd, header[0])))})?\s*$|{start})"
    found = pc.match_substring_regex(cells.dictionary, pattern)
    found = pc.or_(found, pc.invert(pc.string_is_ascii(cells.dictionary)))
    return np.flatnonzero(found.to_numpy(zero_copy_only=False)[cells.indices.to_numpy()]).tolist()
