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
from etl.schema import PANDAS, TEXT, Table

#: A row that stands in one line: as `etl.read` asks it of a row with quotes.
_LINE = rb'(?:"(?:[^"]|"")*"|[^",\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\n]*))*'
#: Cells of ids, choices and lists: signs of the keyboard, blanks inside alone.
_PLAIN = r"^[!-~](?:[ -~]*[!-~])?$"
#: Numbers that both readers of digits take for the same; longer ones are asked one by one.
_NUMBERS = {
    "integer": (r"^-?(?:0|[1-9][0-9]{0,17})$", pya.int64()),
    "number": (r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?$", pya.float64()),
}

#: A value of a cell and what is wrong with it, as `etl.read` finds them for one cell.
Judge = Callable[[Mapping[str, Any], str], tuple[object, str]]


def plain_columns(table: Table, raw: bytes) -> dict[str, pya.StringArray] | None:
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
    ends = np.flatnonzero(np.frombuffer(raw, dtype="u1") == ord("\n"))
    rows = len(ends) - raw.endswith(b"\n")
    if rows < 1 or not _quotes_close(raw, ends):
        return None
    read = pcsv.ReadOptions(block_size=max(1 << 20, min(len(raw), 1 << 23)))
    typed = pcsv.ConvertOptions(column_types=dict.fromkeys(header, pya.string()), strings_can_be_null=False)
    try:
        cells = pcsv.read_csv(pya.py_buffer(raw), read_options=read, convert_options=typed)
    except pya.ArrowInvalid:
        return None
    if cells.num_rows != rows:
        return None
    return {c: cells.column(c).combine_chunks() for c in header}


def _quotes_close(raw: bytes, ends: np.ndarray) -> bool:
    """Whether each line that has quotes is a whole row by itself."""
    if b'"' not in raw:
        return True
    quotes = np.flatnonzero(np.frombuffer(raw, dtype="u1") == ord('"'))
    starts = np.concatenate([[0], ends + 1])
    stops = np.concatenate([ends, [len(raw)]])
    held = np.unique(np.searchsorted(ends, quotes))
    lines = pya.array([raw[a:b] for a, b in zip(starts[held].tolist(), stops[held].tolist(), strict=True)])
    try:
        lines = lines.cast(pya.string())
    except pya.ArrowInvalid:
        return False
    return bool(pc.all(pc.match_substring_regex(lines, f"^{_LINE.decode()}$")).as_py())


def typed(meta: Mapping[str, Any], cells: pya.StringArray, judge: Judge) -> tuple[Any, list[tuple[int, str]]]:
    """A column's values, null where there are none, and the places of cells that cannot be, with what is wrong.

    Args:
        meta: The column's declaration.
        cells: Its cells.
        judge: Judges one cell that no pattern knows to be sound.
    """
    coded = cells.dictionary_encode()
    different, places = coded.dictionary, coded.indices.to_numpy()
    # Where all differ, they stand in the order of the file.
    all_differ = len(different) == len(cells)
    kind = meta["kind"]
    is_sound, values = _sound(meta, different)
    wrong: dict[int, str] = {}
    for n in np.flatnonzero(~is_sound).tolist():
        value, what = judge(meta, different[n].as_py())
        values[n] = np.nan if value is None else value
        if what:
            wrong[n] = what
    told: list[tuple[int, str]] = []
    if wrong:
        faulty = np.flatnonzero(np.isin(places, list(wrong)))
        told = [(at, wrong[n]) for at, n in zip(faulty.tolist(), places[faulty].tolist(), strict=True)]
    if kind == "text":
        return pd.arrays.StringArray(values if all_differ else values[places], dtype=TEXT), told
    return pd.Series(values, dtype=PANDAS[kind]).take(places).array, told


def _sound(meta: Mapping[str, Any], cells: pya.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """Which cells are known to be sound without asking for each, and the values of those, as objects."""
    kind = meta["kind"]
    values = np.empty(len(cells), dtype=object)
    if kind == "text":
        if meta["reference"] or meta["choices"]:
            is_sound = pc.match_substring_regex(cells, _PLAIN).to_numpy(zero_copy_only=False)
        elif meta["form"] == "repository":
            is_sound = np.zeros(len(cells), dtype=bool)
        else:
            is_sound = words.sound(cells, meta["longest"], is_address=meta["form"] == "address")
        values[:] = cells.to_numpy(zero_copy_only=False)
        return is_sound, values
    if kind not in _NUMBERS:
        return np.zeros(len(cells), dtype=bool), values
    pattern, of = _NUMBERS[kind]
    fits = pc.match_substring_regex(cells, pattern)
    is_sound = fits.to_numpy(zero_copy_only=False)
    values[is_sound] = cells.filter(fits).cast(of).to_numpy()
    return is_sound, values


def odd_first_cells(
    cells: pya.StringArray, header: list[str], odd: tuple[str, ...], marks: tuple[str, ...]
) -> list[int]:
    """Rows whose first cell may begin a row that is none: empty, of another script, a word of `odd`, a mark, the header again."""
    start = "|".join([re.escape(m) for m in marks])
    pattern = rf"(?i)^\s*(?:{'|'.join(map(re.escape, (*odd, header[0])))})?\s*$|^(?:{start})|[^\x00-\x7f]"
    found = pc.match_substring_regex(cells, pattern)
    return np.flatnonzero(found.to_numpy(zero_copy_only=False)).tolist()
