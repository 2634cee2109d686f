"""Single faults put into copies of the raw files: kinds, places and whether a check tells of them.

Run as a program it prints the share told by kind, with the registry and by the values alone:
`python tests/corruptions.py [--share 0.2] [--seed 1] [--slips] [--silent]`.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import shutil
import sys
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import corruption_kinds as more
import corruption_slips

from etl.build import BuildFailed, check, review
from etl.problem import Problem
from etl.registry import Review
from etl.schema import Table
from etl.tables import TABLES

RAW = Path(__file__).resolve().parent.parent / "datasets" / "raw"
Rows = list[list[str]]
Cell = Callable[[str], str | None]


@dataclass(frozen=True)
class Fault:
    """One fault: `cells` are the (row, column, new value) it writes; rows are counted from 0 below the header."""

    kind: str
    name: str
    table: str
    cells: tuple[tuple[int, int, str], ...]

    @property
    def is_of_key(self) -> bool:
        """Whether the row is another one by it."""
        return any(at == 0 for _, at, _ in self.cells)


def number(factor: float) -> Cell:
    def change(cell: str) -> str | None:
        if not cell or float(cell) == 0:
            return None
        is_whole = re.fullmatch(r"-?\d+", cell) is not None
        value = float(cell) * factor
        if is_whole and factor < 1 and value != int(value):
            return None
        return str(int(value)) if is_whole else repr(round(value, 12))

    return change


def inverted(cell: str) -> str | None:
    return repr(round(1 / float(cell), 6)) if cell and float(cell) not in (0.0, 1.0) else None


def minus(cell: str) -> str | None:
    return f"-{cell}" if cell and float(cell) > 0 else None


def digits_swapped(cell: str) -> str | None:
    """Two unlike digits beside each other change places, the first of the number."""
    for n in range(len(cell) - 1):
        a, b = cell[n : n + 2]
        if a.isdigit() and b.isdigit() and a != b and not (n == 0 and b == "0"):
            return cell[:n] + b + a + cell[n + 2 :]
    return None


def grouped(cell: str) -> str | None:
    return f"{int(cell):,}" if re.fullmatch(r"\d{4,}", cell) else None


def decimal_comma(cell: str) -> str | None:
    return cell.replace(".", ",") if "." in cell else None


def years(n: int) -> Cell:
    def change(cell: str) -> str | None:
        return f"{int(cell[:4]) + n}{cell[4:]}" if cell and not cell.endswith("02-29") else None

    return change


def day_and_month(cell: str) -> str | None:
    year, month, day = cell.split("-") if cell else ("", "0", "0")
    return f"{year}-{day}-{month}" if cell and int(day) <= 12 and month != day else None


def blanks(cell: str, sign: str) -> str | None:
    return cell.replace(" ", sign, 1) if " " in cell else None


def decomposed(cell: str) -> str | None:
    change = unicodedata.normalize("NFD", cell)
    return change if change != cell else cell.replace("e", "e\u0301", 1) if "e" in cell else None


def mojibake(cell: str) -> str | None:
    try:
        wrong = cell.encode().decode("cp1252" if cell.isascii() else "latin-1")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return None
    return wrong if wrong != cell else cell + " â€“ more" if len(cell) > 3 else None


NUMBERS: dict[str, Cell] = {
    **{f"× {f}": number(f) for f in (10, 100, 1000)},
    **{f"÷ {f}": number(1 / f) for f in (10, 100, 1000)},
    **{
        w: number(f)
        for w, f in (("in ten thousands", 1e-4), ("in 亿", 1e-8), ("in thousands and millions", 1e6))
    },
    "minus": minus,
    "digits swapped": digits_swapped,
    "grouped": grouped,
    "decimal comma": decimal_comma,
    **more.forms(
        {
            "percent sign": "%s%",
            "unit behind": "%s bn",
            "infinite": "inf",
            "not a number": "nan",
        }
    ),
}
DAYS: dict[str, Cell] = {
    **{f"year {n:+d}": years(n) for n in (1, -1, 10, -10, 100)},
    "1900": lambda c: f"1900{c[4:]}" if c else None,
    "day and month swapped": day_and_month,
    "two digits of year": lambda c: c[2:] if c else None,
    "dd/mm/yyyy": lambda c: "/".join(reversed(c.split("-"))) if c else None,
    "serial of a spreadsheet": lambda c: (
        str((date.fromisoformat(c) - date(1899, 12, 30)).days) if c else None
    ),
    "no such day": lambda c: f"{c[:4]}-02-30" if c else None,
    **more.forms(
        {
            "with a time": "%sT00:00:00",
            "1970": "1970-01-01",
            "9999": "9999-12-31",
        }
    ),
}
TEXTS: dict[str, Cell] = {
    "Cyrillic letter": more.letters(dict(zip("aeopcxyABEKMHOPCTX", "аеорсхуАВЕКМНОРСТХ", strict=True))),
    "Greek letter": more.letters(dict(zip("ovuABEZHIKMNOPTYX", "ονυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", strict=True))),
    "full-width letter": more.letters(
        {chr(n): chr(n + 0xFEE0) for n in range(0x41, 0x7B) if chr(n).isalpha()}
    ),
    **{
        name: more.inside(sign)
        for name, sign in {
            "word joiner": "\u2060",
            "soft hyphen": "\u00ad",
            "zero-width space": "\u200b",
            "right-to-left override": "\u202e",
            "isolate": "\u2067",
            "C1 control": "\u0085",
            "private use": "\ue000",
            "tag character": "\U000e0041",
            "variation selector": "\ufe0f",
            "non-character": "\ufffe",
            "replacement character": "\ufffd",
            "HTML entity": "&amp;",
            "numeric entity": "&#8217;",
            "Hangul filler": "\u3164",
            "lone combining mark": "\u0301",
            "zero-width joiner": "\u200d",
            "byte-order mark": "\ufeff",
            "bell": "\x07",
            "escape": "\x1b",
            "tab": "\t",
            "line separator": "\u2028",
            "line break": "\n",
            "thin space": "\u2009",
            "Ogham space": "\u1680",
            "object replacement": "\ufffc",
            "interlinear anchor": "\ufff9",
            "musical beam": "\U0001d173",
            "Arabic letter mark": "\u061c",
            "braille blank": "\u2800",
            "double-struck letter": "\U0001d552",
            "tag of HTML": "<b>",
            "comment of HTML": "<!--",
            "entity by number": "&#x41;",
        }.items()
    },
    "Armenian letter": more.letters({"o": "օ", "h": "հ", "n": "ո", "u": "ս"}),
    "Cherokee letter": more.letters(dict(zip("ADRTiYWMH", "ᎪᎠᎡᎢᎥᎩᎳᎷᎻ", strict=True))),
    "dotless i": more.letters({"i": "ı"}),
    "long s": more.letters({"s": "ſ"}),
    "small capital": more.letters({"a": "ᴀ", "e": "ᴇ", "o": "ᴏ"}),
    "mathematical letter": more.letters(
        {c: chr(0x1D400 + ord(c) - 65) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    ),
    "compatibility ideograph": more.letters({"金": "\uf90a", "不": "\uf967", "老": "\uf934"}),
    "ligature": lambda c: c.replace("fi", "ﬁ", 1) if "fi" in c else None,
    **more.forms(
        {
            "blank before": " %s",
            "blank behind": "%s ",
        }
    ),
    "mojibake twice": lambda c: mojibake(mojibake(c) or "") if not c.isascii() else None,
    "question marks": lambda c: re.sub(r"[^\x00-\x7f]", "?", c) if not c.isascii() else None,
    "GBK as UTF-8": lambda c: c.encode().decode("gbk", "replace") if not c.isascii() else None,
    **{
        name: more.inside(sign)
        for name, sign in {
            "supplementary variation selector": "\U000e0100",
        }.items()
    },
    "no-break space": lambda c: blanks(c, "\u00a0"),
    "ideographic space": lambda c: blanks(c, "\u3000"),
    "double space": lambda c: blanks(c, "  "),
    "decomposed": decomposed,
    "mojibake": mojibake,
    **more.instead(
        "#REF!",
        "#N/A",
        "#NAME?",
        "lorem ipsum",
        "TBD",
        "xxx",
        "null",
        "TODO",
        "N/A",
        "NaN",
        "None",
        "unknown",
        "#VALUE!",
        "#DIV/0!",
        "???",
        "-",
        "n.a.",
        "to be confirmed",
        "placeholder",
        "asdf",
        "undefined",
        "[object Object]",
        "=1+1",
        "test",
    ),
    "100,000 words": lambda c: " ".join(["word"] * 100_000) if c else None,
}
ADDRESSES: dict[str, Cell] = more.instead(
    "javascript:alert(1)",
    "data:text/html,hello",
    "file:///etc/passwd",
    "https://user:secret@example.org/page",
    "ftp://example.org/file",
    "example",
    "https://localhost/page",
    "https://127.0.0.1/page",
    "https://exаmple.org/page",
    "https://xn--exmple-4nf.org/page",
    "https://example/page",
    "https://example..org/page",
    "https://-example.org/",
    "https://example.org:99999/page",
    "HTTPS://example.org\\page",
    "https://example.org/a page",
    "//example.org/page",
    "https:/example.org/page",
    "https://example.org@evil.example/",
    "https://[::1]/",
    "https://10.0.0.1/",
    "https://0x7f000001/",
    "https://example.org/\u202egnp.exe",
    "blob:https://example.org/1",
    "vbscript:msgbox(1)",
    "https://ехample.org/page",
    "https://exampIe.local/",
    "https://example.org#\u0430",
    "https://",
    "mailto:someone@example.org",
    "https://example.org, https://example.com",
    "www.example.org",
)
REPOSITORIES: dict[str, Cell] = more.instead(
    "repo",
    "https://huggingface.co/a/b",
    "a/b/c",
    "javascript:alert(1)",
    "a b/c",
    "../x",
    "a/",
    "а/b",
    "Qwen/Qwen3 8B",
    "Qwen\\Qwen3-8B",
    "Qwen/Qwen3-8B/tree/main",
    "/Qwen3-8B",
    "Qwen//Qwen3-8B",
    "Qwen/Qwen3–8B",
    "Qwen/.",
)
#: Columns of words that others are counted or told apart by.
NAMED = (
    "unit",
    "metric",
    "country",
    "provider",
    "period",
    "tracker",
    "benchmark_version",
    "setting",
    "product",
)
#: Rows of each column that a fault is tried on: a wrong number may be seen in one row and not in another.
REPEATS = {"magnitude": 5, "days": 4, "links": 2, "addresses": 1, "text": 1}


def raw_tables() -> dict[str, Table]:
    return {t.name: t for t in TABLES if t.is_raw}


def read(folder: Path = RAW) -> dict[str, Rows]:
    """Cells of every raw file, the header first; one row is one line in all of them."""
    found = {}
    for name in raw_tables():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.reader(file))
    return found


def faults(tables: dict[str, Rows], share: float, seed: int) -> Iterator[Fault]:
    """Each kind on every column where it applies, on a row of chance; of them the share asked for."""
    chance, words = random.Random(seed), TEXTS | more.TEXTS
    for table in raw_tables().values():
        header, *rows = tables[table.name]
        for at, column in enumerate(header):
            meta = table.meta(column)
            kind = table.kind(column)
            kinds: list[tuple[str, dict[str, Cell]]] = []
            if kind in ("integer", "number"):
                turned: dict[str, Cell] = {"inverted": inverted} if kind == "number" else {}
                kinds.append(("magnitude", NUMBERS | more.NUMBERS | turned))
            elif kind == "day":
                kinds.append(("days", DAYS | more.DAYS))
            elif column == "url":
                kinds.append(("addresses", ADDRESSES | more.ADDRESSES))
            elif column == "hf_repo":
                kinds.append(("addresses", REPOSITORIES | more.REPOSITORIES))
            elif kind == "text" and not meta["reference"] and not meta["choices"] and column != table.key:
                kinds.append(("text", words))
            elif kind == "text":
                # A few: what is no word of the list is none, whatever it is.
                kinds.append(("text", {name: words[name] for name in chance.sample(sorted(words), 6)}))
            if column == table.key:
                kinds.append(("links", {"key typed anew": lambda c: c[:-1] + ("x" if c[-1] != "x" else "y")}))
            others = sorted({r[at] for r in rows} - {""})
            if kind in ("integer", "number", "day"):
                group = "days" if kind == "day" else "magnitude"
                kinds.append((group, {"value of another row": _another(others, chance)}))
            if column != table.key and len(others) > 1:
                # What was told is told no more.
                kinds.append(("links", {"emptied": lambda c: "" if c else None}))
            if meta["is_list"]:
                kinds.append(
                    (
                        "links",
                        more.LISTS
                        | {
                            "citation dropped": lambda c: c.rpartition("; ")[0] or None,
                            "citation swapped": _another(others, chance),
                            "citation added": lambda c, o=others: f"{c}; {chance.choice(o).split('; ')[0]}",
                        },
                    )
                )
            elif meta["reference"] or meta["choices"] or column in NAMED:
                choices = list(meta["choices"]) or others
                kinds.append(("links", {"moved to another valid value": _another(choices, chance)}))
            elif kind == "flag":
                kinds.append(("links", {"flag turned": lambda c: {"true": "false", "false": "true"}.get(c)}))
            for group, changes in kinds:
                for name, change in changes.items():
                    if chance.random() > share:
                        continue
                    made = 0
                    for row in chance.sample(range(len(rows)), len(rows)):
                        new = change(rows[row][at])
                        if new is not None and new != rows[row][at]:
                            yield Fault(group, name, table.name, ((row, at, new),))
                            made += 1
                        if made == REPEATS[group]:
                            break
        yield from _swaps(table, header, rows, share, chance)


def slips(tables: dict[str, Rows], share: float, seed: int) -> Iterator[Fault]:
    """The other set: what hands, spreadsheets and assistants leave, in one cell or in two rows; of them the share asked for."""
    chance = random.Random(seed)
    for table in raw_tables().values():
        header, *rows = tables[table.name]
        for at, column in enumerate(header):
            meta, kind = table.meta(column), table.kind(column)
            cells = [r[at] for r in rows]
            is_closed = bool(meta["reference"] or meta["choices"]) and not meta["is_list"]
            group = {"integer": "magnitude", "number": "magnitude", "day": "days"}.get(kind, "text")
            group = "links" if is_closed or meta["is_list"] else "addresses" if column == "url" else group
            for name, change in corruption_slips.of_cell(kind, column, bool(meta["is_list"])).items():
                if chance.random() > share or (column == table.key and name == "filled down"):
                    continue
                for row in chance.sample(range(len(rows)), len(rows)):
                    new = change(cells, row)
                    if new is not None and new != cells[row]:
                        where = "links" if name == "filled down" and group == "text" else group
                        yield Fault(where, name, table.name, ((row, at, new),))
                        break
            if len(rows) > 1 and column != table.key and chance.random() <= share:
                for changes in corruption_slips.exchanged(rows, at, chance):
                    yield Fault(
                        "links" if group == "text" else group, "exchanged by two rows", table.name, changes
                    )
                    break


def _another(choices: list[str], chance: random.Random) -> Cell:
    def change(cell: str) -> str | None:
        rest = [c for c in choices if c != cell]
        return chance.choice(rest) if cell and rest else None

    return change


def _swaps(
    table: Table, header: list[str], rows: Rows, share: float, chance: random.Random
) -> Iterator[Fault]:
    """Two cells of one row change places: numbers with numbers, days with days, words with words."""
    for kinds, group in ((("integer", "number"), "magnitude"), (("day",), "days"), (("text",), "text")):
        columns = [n for n, c in enumerate(header) if table.kind(c) in kinds and c != table.key]
        for a in columns:
            for b in columns:
                pairs = [n for n, r in enumerate(rows) if r[a] and r[b] and r[a] != r[b]]
                if a < b and pairs and chance.random() <= share:
                    for row in chance.sample(pairs, min(len(pairs), REPEATS[group])):
                        cells = ((row, a, rows[row][b]), (row, b, rows[row][a]))
                        yield Fault(group, f"{header[a]} and {header[b]} swapped", table.name, cells)


def batches(found: list[Fault], tables: dict[str, Rows], seed: int) -> list[list[Fault]]:
    """Faults that may stand in one copy: few to a table, each in a row of its own, keys apart from the rest."""
    chance = random.Random(seed)
    chance.shuffle(found)
    made: list[tuple[bool, list[Fault], Counter[str], set[tuple[str, int]]]] = []
    for fault in found:
        mine = {(fault.table, row) for row, _, _ in fault.cells}
        # A table of few rows takes many copies: half of its rows may be wrong in one.
        count_of_rows = len(tables[fault.table]) - 1
        most = 1 if fault.is_of_key else max(1, min(10, count_of_rows // 2), count_of_rows // 100)
        for is_of_key, batch, count, rows in made:  # noqa: B007
            if is_of_key == fault.is_of_key and count[fault.table] < most and not mine & rows:
                break
        else:
            batch, count, rows = [], Counter(), set()
            made.append((fault.is_of_key, batch, count, rows))
        batch.append(fault)
        count[fault.table] += 1
        rows |= mine
    return [batch for _, batch, _, _ in made]


def sorted_by_itself(rows: Rows) -> Rows:
    """One column sorted, the others as they were: the first one after the key that this changes."""
    for at in range(1, len(rows[0]) if rows else 0):
        column = sorted(r[at] for r in rows)
        if column != [r[at] for r in rows]:
            return [[*r[:at], new, *r[at + 1 :]] for r, new in zip(rows, column, strict=True)]
    return rows


def shifted(rows: Rows) -> Rows:
    """The second column one row lower, as after a cell was pushed in."""
    column = [rows[-1][1], *(r[1] for r in rows[:-1])]
    return [[r[0], new, *r[2:]] for r, new in zip(rows, column, strict=True)]


def days_turned(rows: Rows) -> Rows:
    return [[re.sub(r"^(\d{4})-(\d\d)-(\d\d)$", r"\3/\2/\1", c) for c in r] for r in rows]


#: Faults of a whole table: from its rows without the header to others.
OF_TABLES: dict[str, Callable[[Rows], Rows]] = {
    "cut to its header": lambda rows: [],
    "cut in half": lambda rows: rows[: len(rows) // 2],
    "last row gone": lambda rows: rows[:-1],
    "row in the middle gone": lambda rows: [*rows[: len(rows) // 2], *rows[len(rows) // 2 + 1 :]],
    "row twice": lambda rows: [*rows, rows[0]],
    "one column sorted": sorted_by_itself,
    "one column shifted": shifted,
    "days as dd/mm/yyyy": days_turned,
    "last cell of a row gone": lambda rows: [rows[0][:-1], *rows[1:]],
    "cell too many": lambda rows: [[*rows[0], "x"], *rows[1:]],
    "all keys numbered": lambda rows: [[str(n), *r[1:]] for n, r in enumerate(rows)],
    "cells emptied": lambda rows: [[r[0], *("" for _ in r[1:])] for r in rows],
}


def write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def copied(folder: Path, with_registry: bool = True) -> Path:
    """A copy of the raw folder."""
    left_out = None if with_registry else shutil.ignore_patterns("registry")
    return Path(shutil.copytree(RAW, folder, ignore=left_out))


def told(raw: Path, with_registry: bool = True) -> list[Problem]:
    """All that a check says of a folder, of cells in themselves and of rows that changed since they were read."""
    reviewed = review(raw) if with_registry else None
    changed = reviewed.changed if reviewed else []
    try:
        check(raw, reviewed=reviewed or Review())
    except BuildFailed as failed:
        return [*failed.problems, *changed]
    return changed


def untold(
    batch: list[Fault], tables: dict[str, Rows], found: list[Problem], among: list[Fault] | None = None
) -> list[Fault]:
    """The faults of a batch, or of some of it, that no problem names by file, line and column."""
    named = {(Path(p.file).stem, p.line, p.column) for p in found}
    # A cell with a line break moves the lines below it.
    breaks = [(f.table, row) for f in batch for row, _, new in f.cells if "\n" in new or "\r" in new]

    def line(table: str, row: int) -> int:
        return row + 2 + sum(t == table and r < row for t, r in breaks)

    return [
        f
        for f in (batch if among is None else among)
        if not named & {(f.table, line(f.table, row), tables[f.table][0][at]) for row, at, _ in f.cells}
    ]


def silent(batch: list[Fault], tables: dict[str, Rows], folder: Path) -> tuple[list[Fault], list[Fault]]:
    """The faults of a batch that a check does not name: with the registry, and by the values alone."""
    raw = copied(folder)
    for name in {f.table for f in batch}:
        rows = [list(r) for r in tables[name]]
        for fault in batch:
            for row, at, new in fault.cells if fault.table == name else ():
                rows[row + 1][at] = new
        write(raw / f"{name}.csv", rows)
    by_values = told(raw, with_registry=False)
    reviewed = review(raw)
    assert reviewed is not None
    shutil.rmtree(raw)
    missed = untold(batch, tables, by_values)
    return untold(batch, tables, [*reviewed.changed, *reviewed.lost], missed), missed


def silent_tables(tables: dict[str, Rows], folder: Path) -> list[tuple[str, str]]:
    """Faults of whole tables that no check tells of, as (fault, table); each is put into all tables of one copy."""
    found = []
    for name, change in OF_TABLES.items():
        raw = copied(folder)
        spoiled = {t: change([list(r) for r in rows[1:]]) for t, rows in tables.items() if rows[1:]}
        for table, rows in spoiled.items():
            write(raw / f"{table}.csv", [tables[table][0], *rows])
        named = {Path(p.file).stem for p in told(raw)}
        shutil.rmtree(raw)
        found += [(name, t) for t, rows in spoiled.items() if rows != tables[t][1:] and t not in named]
    return found


def silent_files(folder: Path) -> list[tuple[str, str]]:
    """Faults of whole files that no check tells of, as (fault, table); each is put into all tables of one copy.

    A table without rows is whole in any order of its columns, and twice nothing is nothing; two columns that say the same
    in each row may change their names.
    """
    found = []
    with_rows = {name for name, rows in read().items() if rows[1:]}
    for name, change in more.OF_FILES.items():
        raw = copied(folder)
        for table in raw_tables():
            path = raw / f"{table}.csv"
            new = change(path.read_text(encoding="utf-8"))
            path.write_bytes(new if isinstance(new, bytes) else new.encode())
        named = Counter(Path(p.file).stem for p in told(raw))
        same = {t for t in with_rows if not named[t] and _says_the_same(RAW / f"{t}.csv", raw / f"{t}.csv")}
        shutil.rmtree(raw)
        found += [(name, t) for t in with_rows - same if not named[t]]
    return found


def _says_the_same(one: Path, other: Path) -> bool:
    with one.open(encoding="utf-8", newline="") as a, other.open(encoding="utf-8", newline="") as b:
        return list(csv.DictReader(a)) == list(csv.DictReader(b))


def main() -> None:
    """Prints the share told by kind, and with --silent every fault that was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of all faults, 0 to 1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slips", action="store_true", help="the other set of kinds")
    parser.add_argument("--silent", action="store_true", help="list what was not told by the values alone")
    a = parser.parse_args()
    tables = read()
    every = list((slips if a.slips else faults)(tables, a.share, a.seed))
    missed: list[Fault] = []
    missed_by_values: list[Fault] = []
    with tempfile.TemporaryDirectory() as folder:
        for batch in batches(every, tables, a.seed):
            both = silent(batch, tables, Path(folder) / "raw")
            missed += both[0]
            missed_by_values += both[1]
        for f in sorted(missed_by_values if a.silent else missed, key=lambda f: (f.kind, f.name, f.table)):
            (row, at, new), *_ = f.cells
            old = tables[f.table][row + 1][at]
            print(
                f"{f.kind}: {f.name}: {f.table}:{row + 2}: {tables[f.table][0][at]}: {old[:40]!a} > {new[:40]!a}"
            )
        print("by the values alone")
        print_shares(every, missed_by_values)
        print("with the registry", flush=True)
        print_shares(every, missed)
        of_tables = silent_tables(tables, Path(folder) / "raw") + silent_files(Path(folder) / "raw")
    for name, table in of_tables:
        print(f"tables: {name}: {table}")
    print(
        f"{(len(OF_TABLES) + len(more.OF_FILES)) * len(tables)} faults of whole tables, {len(of_tables)} silent"
    )


def print_shares(every: list[Fault], missed: list[Fault]) -> dict[str, float]:
    """Prints and gives the share told, by kind and in all."""
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    silently = set(missed)
    for fault in every:
        for name in (fault.kind, "all"):
            count[name][0] += 1
            count[name][1] += fault not in silently
    for name, (n, seen) in sorted(count.items()):
        print(f"{name:12}{seen:6,} of {n:6,} told, {seen / n:6.1%}")
    return {name: seen / n for name, (n, seen) in count.items()}


if __name__ == "__main__":
    main()
