"""CSV to typed frames indexed by line number; everything that cannot be read becomes a problem."""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pya

from etl import words
from etl.columns import odd_first_cells, plain_columns, typed
from etl.problem import Problem
from etl.schema import Table, empty

# Up to the digits of a 64-bit integer; ASCII only, as int() and float() take the digits of every script.
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
#: Numbers from which an exponent is how people write them.
_LONG = 1e15
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ROW = re.compile(r'(?:"(?:[^"]|"")*"|[^",\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\n]*))*\n?')
# A cell that is far too long is told as one, with its column, and is no unreadable row.
csv.field_size_limit(2**26)

#: How a workbook begins.
_PACKED = b"PK\x03\x04"
_AS_CSV = "“CSV UTF-8 (comma delimited)”, as Excel calls it"
#: First cells of a line that a spreadsheet added up.
_TOTALS = ("total", "totals", "sum", "grand total", "summe", "gesamt", "合计", "总计", "小计")
#: Marks that git leaves between two versions of lines.
_MARKS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
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
_WRITTEN = {
    "integer": " in plain digits, such as 1200000",
    "number": " in plain digits with a point, such as 1234.5",
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
    header, lines, texts, problems = _cells(table, raw, shown)
    if not header:
        return empty(table), problems
    values: dict[str, Any] = {}
    for column in header:
        # Most columns hold few different cells: each is read once.
        values[column], told = typed(table.meta(column), texts.pop(column), _value)
        problems += [Problem(shown, int(lines[at]), column, what) for at, what in told]
    # As a person meets them who goes through the file: by line, and in a line from left to right.
    places = {c: i for i, c in enumerate(["", *header])}
    problems.sort(key=lambda p: (p.line, places[p.column]))
    frame = pd.DataFrame(
        {c: values[c] for c in table.raw_columns}, index=pd.Index(lines, dtype="int64"), copy=False
    )
    return frame, problems


def _cells(
    table: Table, raw: bytes, shown: str
) -> tuple[list[str], np.ndarray, dict[str, pya.DictionaryArray], list[Problem]]:
    """Header, the line on which each row starts, cells by column, and problems; no header where nothing can be read."""
    if (columns := plain_columns(table, raw)) is None:
        return _row_by_row(table, raw, shown)
    header = list(columns)
    lines = np.arange(2, 2 + len(columns[header[0]]))
    problems, gone = [], []
    for n in odd_first_cells(columns[header[0]], header, _TOTALS, _MARKS):
        if said := _row_fault([columns[c][n].as_py() for c in header], header, breaks_off=False):
            problems.append(Problem(shown, int(lines[n]), "", said))
            gone.append(n)
    if gone:
        left = np.delete(np.arange(len(lines)), gone)
        lines, columns = lines[left], {c: cells.take(pya.array(left)) for c, cells in columns.items()}
    return header, lines, columns, problems


def _row_by_row(
    table: Table, raw: bytes, shown: str
) -> tuple[list[str], np.ndarray, dict[str, pya.DictionaryArray], list[Problem]]:
    """The same for any file, which finds what is wrong with its form."""

    def told(
        problems: list[Problem],
    ) -> tuple[list[str], np.ndarray, dict[str, pya.DictionaryArray], list[Problem]]:
        return [], np.zeros(0, "int64"), {}, problems

    if raw.startswith(_PACKED):
        what = (
            "no CSV: got the start of a workbook or archive ('PK'), expected text; save the sheet as "
            + _AS_CSV
        )
        return told([Problem(shown, 0, "", what)])
    try:
        content = raw.decode("utf-8-sig")
        wide = raw.find(b"\0") if 3 * raw[:400].count(b"\0") > len(raw[:400]) else -1
    except UnicodeDecodeError as error:
        content, wide = "", error.start
    if wide >= 0:
        what = f"not UTF-8: got byte 0x{raw[wide]:02x}, expected the file saved as UTF-8; "
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[wide] == 0:
            what += "it is UTF-16, which Excel calls “Unicode text”; "
        line = raw[:wide].count(b"\n") + 1
        return told([Problem(shown, line, "", f"{what}save it as {_AS_CSV}")])
    if not content.strip():
        return told(
            [
                Problem(
                    shown,
                    0,
                    "",
                    f"the file is empty: got nothing, expected the header {', '.join(table.raw_columns)}",
                )
            ]
        )
    problems = _form_problems(table, content, shown)
    if problems:
        return told(problems)
    rows, problems = _rows(content, shown)
    if problems:
        return told(problems)
    header = rows[0][1]
    beyond = len(header) - len("\0".join(header).rstrip("\0").split("\0"))
    if beyond and all(not any(row[len(header) - beyond :]) for _, row in rows):
        what = (
            f"{_counted(beyond, 'empty column')} at the end: got '{header[-beyond - 1]}' and {beyond} separators, "
            f"expected nothing after '{header[-beyond - 1]}'; delete the empty columns right of the table"
        )
        return told([Problem(shown, 1, "", what)])
    problems = _header_problems(table, rows, shown)
    if problems:
        return told(problems)
    breaks_off = rows[-1][0] if not content.endswith(("\n", "\r")) else 0
    sound: list[tuple[int, list[str]]] = []
    for line, row in rows[1:]:
        if said := _row_fault(row, header, line == breaks_off):
            problems.append(Problem(shown, line, "", said))
        else:
            sound.append((line, row))
    lines = np.array([line for line, _ in sound], dtype="int64")
    columns = zip(*(row for _, row in sound), strict=True) if sound else ((),) * len(header)
    return (
        header,
        lines,
        {
            c: pya.array(cells, pya.string()).dictionary_encode()
            for c, cells in zip(header, columns, strict=True)
        },
        problems,
    )


def _row_fault(row: list[str], header: list[str], breaks_off: bool) -> str:
    """What is wrong with a row as a whole."""
    if not any(row):
        return "an empty row: got nothing but separators, expected a row; delete the line"
    if row == header:
        return "the header again: got a second line of names, expected a row; delete the line"
    if row[0].strip().casefold() in _TOTALS and not any(re.search(r"[^\W\d]", c) for c in row[1:]):
        return f"a line of totals: got {words.shown(row[0])}, expected a row; delete the line"
    if row[0].startswith(_MARKS):
        return (
            f"a mark of git between two versions: got {words.shown(row[0][:40])}, expected a row; keep one version "
            "and delete the marks"
        )
    more = len(row) - len(header)
    if not more:
        return ""
    said = f"got {len(row)} cells, expected {len(header)}"
    if len(row) == 1:
        said = f"got one cell, {words.shown(row[0][:40])}, expected {len(header)}"
    if more > 0 and any(sign in cell for cell in row for sign in "“”„"):
        said += '; a cell with a comma stands between “ and ”: only " keeps a comma inside a cell'
    elif more > 0 and not any(row[len(header) :]):
        said += f"; {_counted(more, 'empty cell')} at the end: delete the separators at the end of the line"
    elif more < 0 and breaks_off and row[0].isprintable():
        said += "; the file breaks off in this line: save or copy it again"
    return said


def _no_header(table: Table, lines: list[str]) -> str:
    """What is said of a first line in which hardly a column's name stands: once, not for every column."""
    names = {_plain_name(c) for c in table.raw_columns}

    def share(line: str) -> float:
        return len(names & {_plain_name(c) for c in line.split(",")}) / len(names)

    if share(lines[0]) >= 0.25:
        return ""
    what = (
        f"no header: got {words.shown(lines[0][:60])}, expected {', '.join(list(table.raw_columns)[:3])}, …"
    )
    below = next((n for n, line in enumerate(lines[1:20], 2) if share(line) > 0.5), 0)
    return what + (f"; delete what stands above line {below}" if below else " as the first line")


def _plain_name(cell: str) -> str:
    """A column's name without what programs and people change of it: case, blanks, a mark at the start."""
    return re.sub(r"[\s_\ufeff-]+", "_", cell.strip("\ufeff\u200b \t\xa0'\"")).strip("_").casefold()


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
    what = _no_header(table, content.lstrip("\r\n").splitlines())
    return [Problem(shown, 1, "", what)] if what else []


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


def _header_problems(table: Table, rows: list[tuple[int, list[str]]], shown: str) -> list[Problem]:
    expected, header = table.raw_columns, rows[0][1]
    missing = [c for c in expected if c not in header]
    extra = [c for c in dict.fromkeys(header) if c not in expected]
    problems = []
    for column in dict.fromkeys(c for c in header if c and header.count(c) > 1):
        problems.append(
            Problem(shown, 1, column, f"stands {header.count(column)} times in the header, expected once")
        )
    meant = {_plain_name(c): c for c in missing}
    if spelled := {c: meant[_plain_name(c)] for c in extra if _plain_name(c) in meant}:
        pairs = [f"got {words.shown(c)}, expected '{of}'" for c, of in spelled.items()]
        rest = f"; and {_counted(len(pairs) - 3, 'more')}" if len(pairs) > 3 else ""
        what = f"names of columns spelled otherwise: {'; '.join(pairs[:3])}{rest.removesuffix('s')}"
        problems.append(Problem(shown, 1, "", what))
        extra = [c for c in extra if c not in spelled]
        missing = [c for c in missing if c not in spelled.values()]
    for column in extra:
        if not column:
            line, cell = next(
                (
                    (n, row[i])
                    for n, row in rows[1:]
                    for i, c in enumerate(header)
                    if not c and row[i : i + 1] > [""]
                ),
                (0, ""),
            )
            under = f" and {words.shown(cell[:40])} under it in line {line}" if line else ""
            what = f"a column without a name: got ''{under}, expected no column beside those of the table; delete it"
            problems.append(Problem(shown, 1, "", what))
            continue
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


def _value(meta: Mapping[str, Any], cell: str) -> tuple[object, str]:
    """A cell's value by its column's declaration and, where it has none, what is wrong with it."""
    kind = meta["kind"]
    null = pd.NaT if kind == "day" else None
    if cell == "":
        return null, ""
    if cell != cell.strip():
        odd = words.named(_OTHER.sub("", cell[: len(cell) - len(cell.lstrip())] + cell[len(cell.rstrip()) :]))
        return (
            null,
            f"blanks around the value{odd}: got {words.shown(cell)}, expected {words.shown(cell.strip())}",
        )
    if kind == "text" and not meta["reference"] and not meta["choices"]:
        what = FORMS[meta["form"]](cell) if meta["form"] else ""
        return (
            (null, what)
            if (what := what or words.fault(cell, meta["longest"], meta["any_script"]))
            else (cell, "")
        )
    # Words may be of any script; ids, choices, numbers and the separators of a list are plain.
    is_plain = cell.isascii() and cell.isprintable()
    if not is_plain and (odd := words.named(_OTHER.sub("", cell))):
        listed = " and '; ' between the values of a list" if meta["is_list"] else ""
        plain = _EXPECTED.get(kind, "plain letters and digits") + _WRITTEN.get(kind, "")
        return null, f"signs of another script{odd}: got {words.shown(cell)}, expected {plain}{listed}"
    if kind == "text":
        return cell, ""
    wrong = (
        f"not {_EXPECTED[kind]}: got {words.shown(cell)}, expected {_EXPECTED[kind]}{_WRITTEN.get(kind, '')}"
    )
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
    if "E" in cell.upper() and abs(float(cell)) < _LONG:
        # Spreadsheets show long numbers so, and save what they show.
        said = f"an exponent, behind which digits may be lost: got {words.shown(cell)}, expected every digit"
        return null, said
    return float(cell), ""
