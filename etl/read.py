"""CSV to typed frames indexed by line number; everything that cannot be read becomes a problem."""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from datetime import date
from pathlib import Path

import pandas as pd

from etl import words
from etl.problem import Problem
from etl.schema import PANDAS, Table, empty

# Up to the digits of a 64-bit integer; ASCII only, as int() and float() take the digits of every script.
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ROW = re.compile(r'(?:"(?:[^"]|"")*"|[^",\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\n]*))*\n?')
# A cell that is far too long is told as one, with its column, and is no unreadable row.
csv.field_size_limit(2**26)

#: Plain signs: what is left of a cell without them is told by name.
_OTHER = re.compile("[\x20-\x7e]")
#: Forms that a text may have to keep.
FORMS = {"address": words.address_fault, "repository": words.repository_fault}
_EXPECTED = {
    "integer": "a whole number",
    "number": "a number",
    "flag": "true or false",
    "day": "a day such as 2026-06-30",
}


def read_table(table: Table, path: Path, shown: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Reads one CSV.

    Args:
        table: Its declaration.
        path: The file.
        shown: The file's name in messages.

    Returns:
        A typed frame indexed by the line on which each row starts, and problems. A byte-order mark and CRLF
        line ends are accepted and change nothing. A cell that cannot be read is null and a problem.
    """
    if (path.exists() or path.is_symlink()) and not path.is_file():
        what = "a link that leads nowhere" if path.is_symlink() and not path.exists() else "no file"
        return empty(table), [
            Problem(shown, 0, "", f"cannot be read: got {what}, expected a CSV of this name")
        ]
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return empty(table), [
            Problem(
                shown,
                0,
                "",
                f"the file is missing; expected a CSV with {len(table.raw_columns)} "
                f"columns: {', '.join(table.raw_columns)}",
            )
        ]
    except OSError as error:
        return empty(table), [Problem(shown, 0, "", f"cannot be read: {error.strerror or error}")]
    return read_content(table, raw, shown)


def read_content(table: Table, raw: bytes, shown: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Reads the content of one CSV, as `read_table` does a file."""
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return empty(table), [
            Problem(
                shown,
                line,
                "",
                f"not UTF-8: got byte 0x{raw[error.start]:02x}, expected the file saved as UTF-8",
            )
        ]
    if not content.strip():
        return empty(table), [
            Problem(
                shown,
                0,
                "",
                f"the file is empty: got nothing, expected the header {', '.join(table.raw_columns)}",
            )
        ]
    problems = _form_problems(table, content, shown)
    if problems:
        return empty(table), problems
    rows, problems = _rows(content, shown)
    if problems:
        return empty(table), problems
    header = rows[0][1]
    beyond = len(header) - len("\0".join(header).rstrip("\0").split("\0"))
    if beyond and all(not any(row[len(header) - beyond :]) for _, row in rows):
        what = (
            f"{_counted(beyond, 'empty column')} at the end: got '{header[-beyond - 1]}' and {beyond} separators, "
            f"expected nothing after '{header[-beyond - 1]}'; delete the empty columns right of the table"
        )
        return empty(table), [Problem(shown, 1, "", what)]
    problems = _header_problems(table, header, shown)
    if problems:
        return empty(table), problems
    cells: dict[str, list[object]] = {c: [] for c in header}
    # Most columns hold few different cells: each is read once.
    known: dict[str, dict[str, tuple[object, str]]] = {c: {} for c in header}
    lines: list[int] = []
    for line, row in rows[1:]:
        if len(row) != len(header):
            more = len(row) - len(header)
            said = f"got {len(row)} cells, expected {len(header)}"
            if more > 0 and not any(row[len(header) :]):
                said += f"; {_counted(more, 'empty cell')} at the end: delete the separators at the end of the line"
            problems.append(Problem(shown, line, "", said))
            continue
        lines.append(line)
        for column, cell in zip(header, row, strict=True):
            if (read := known[column].get(cell)) is None:
                read = known[column][cell] = _value(table, column, cell)
            value, what = read
            cells[column].append(value)
            if what:
                problems.append(Problem(shown, line, column, what))
    frame = pd.DataFrame(
        {c: pd.Series(cells[c], index=lines, dtype=PANDAS[table.kind(c)]) for c in table.raw_columns},
        index=pd.Index(lines, dtype="int64"),
    )
    return frame, problems


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


#: Separators of other programs, by name.
_SEPARATORS = {
    ";": "a semicolon",
    "\t": "a tab",
    "|": "a vertical bar",
    "，": "a full-width comma",
    "；": "a full-width semicolon",
}


def _form_problems(table: Table, content: str, shown: str) -> list[Problem]:
    """A file that another program wrote in a form of its own: one problem that names it, not one for every line."""
    first = content.lstrip("\r\n").splitlines()[0]
    if hint := re.fullmatch(r'"?sep=(.)"?[,;\t|]*', first.strip(), re.IGNORECASE):
        what = (
            f"a line for Excel: got '{first.strip()}', expected the header "
            f"{', '.join(list(table.raw_columns)[:3])}, …; delete this line"
        )
        if hint[1] != ",":
            what += f" and save the file with commas, for '{hint[1]}' separates its columns"
        return [Problem(shown, 1, "", what)]
    for sign, name in _SEPARATORS.items():
        cells = [c.strip().strip('"') for c in first.split(sign)]
        if sum(c in table.raw_columns for c in cells) > max(1, len(table.raw_columns) // 2):
            what = (
                f"{name} between the columns: got '{first[:40]}…', expected commas; save the file as CSV with a comma as "
                "separator (Excel: “CSV UTF-8, comma delimited”; where Excel follows the country's list separator, any "
                "editor or LibreOffice can)"
            )
            return [Problem(shown, 1, "", what)]
    return []


def _rows(content: str, shown: str) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """Rows with the line they start on; blank lines are passed over."""
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    physical = content.split("\n")
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            if row:
                rows.append((start, row))
                # The csv module takes a quote inside an unquoted cell for a letter.
                if '"' in "".join(row) and not _ROW.fullmatch(
                    "\n".join(physical[start - 1 : reader.line_num])
                ):
                    raise csv.Error("a quote inside an unquoted cell")
            start = reader.line_num + 1
    except csv.Error as error:
        return [], [
            Problem(
                shown,
                start,
                "",
                f"the row cannot be read ({error}): got an unbalanced or misplaced quote, "
                'expected every " closed and doubled inside a quoted cell',
            )
        ]
    return rows, []


def _header_problems(table: Table, header: list[str], shown: str) -> list[Problem]:
    expected = table.raw_columns
    missing = [c for c in expected if c not in header]
    extra = [c for c in header if c not in expected]
    problems = []
    for column in dict.fromkeys(c for c in header if header.count(c) > 1):
        problems.append(
            Problem(shown, 1, column, f"stands {header.count(column)} times in the header, expected once")
        )
    for column in extra:
        near = difflib.get_close_matches(column, missing, n=1)
        hint = f"; was '{near[0]}' renamed?" if near else ""
        problems.append(
            Problem(
                shown,
                1,
                column,
                f"unknown column: got '{column}', expected one of {', '.join(missing or expected)}{hint}",
            )
        )
    for column in missing:
        problems.append(Problem(shown, 1, column, "missing column: got nothing, expected it in the header"))
    return problems


def _value(table: Table, column: str, cell: str) -> tuple[object, str]:
    """A cell's value and, where it has none, what is wrong with it."""
    kind = table.kind(column)
    null = pd.NaT if kind == "day" else None
    if cell == "":
        return null, ""
    if cell != cell.strip():
        odd = words.named(_OTHER.sub("", cell[: len(cell) - len(cell.lstrip())] + cell[len(cell.rstrip()) :]))
        return (
            null,
            f"blanks around the value{odd}: got {words.shown(cell)}, expected {words.shown(cell.strip())}",
        )
    meta = table.meta(column)
    if kind == "text" and not meta["reference"] and not meta["choices"]:
        what = FORMS[meta["form"]](cell) if meta["form"] else ""
        return (
            (null, what)
            if (what := what or words.fault(cell, meta["longest"], meta["any_script"]))
            else (cell, "")
        )
    # Words may be of any script; ids, choices, numbers and the separators of a list are plain.
    if odd := words.named(_OTHER.sub("", cell)):
        listed = " and '; ' between the values of a list" if meta["is_list"] else ""
        return null, (
            f"signs of another script{odd}: got {words.shown(cell)}, expected plain letters and digits{listed}"
        )
    if kind == "text":
        return cell, ""
    wrong = f"not {_EXPECTED[kind]}: got {words.shown(cell)}, expected {_EXPECTED[kind]}"
    if kind == "day":
        try:
            # Only the long form: fromisoformat alone would take 20260630 and week dates.
            return (pd.Timestamp(date.fromisoformat(cell)), "") if _DAY.fullmatch(cell) else (null, wrong)
        except ValueError:
            return null, wrong
    if kind == "flag":
        return (cell == "true", "") if cell in ("true", "false") else (null, wrong)
    if kind == "integer":
        if not _INTEGER.fullmatch(cell) or abs(int(cell)) >= 2**63:
            return null, wrong
        return int(cell), ""
    if not _NUMBER.fullmatch(cell) or not math.isfinite(float(cell)):
        return null, wrong
    return float(cell), ""
