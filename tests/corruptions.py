"""Single faults put into copies of the raw files: kinds, places and whether a check tells of them.

Run as a program it prints the share told by kind: `python tests/corruptions.py [--share 0.2] [--seed 1] [--silent]`.
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
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from etl.build import BuildFailed, check, review
from etl.problem import Problem
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


def years(n: int) -> Cell:
    def change(cell: str) -> str | None:
        return f"{int(cell[:4]) + n}{cell[4:]}" if cell and not cell.endswith("02-29") else None

    return change


def day_and_month(cell: str) -> str | None:
    year, month, day = cell.split("-") if cell else ("", "0", "0")
    return f"{year}-{day}-{month}" if cell and int(day) <= 12 and month != day else None


def inside(sign: str) -> Cell:
    def change(cell: str) -> str | None:
        return cell[: len(cell) // 2] + sign + cell[len(cell) // 2 :] if len(cell) > 2 else None

    return change


def instead(word: str) -> Cell:
    return lambda cell: word if cell and cell != word else None


def letters(of: dict[str, str]) -> Cell:
    def change(cell: str) -> str | None:
        for n, sign in enumerate(cell):
            if sign in of:
                return cell[:n] + of[sign] + cell[n + 1 :]
        return None

    return change


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
}
DAYS: dict[str, Cell] = {
    **{f"year {n:+d}": years(n) for n in (1, -1, 10, -10, 100)},
    "1900": lambda c: f"1900{c[4:]}" if c else None,
    "day and month swapped": day_and_month,
}
TEXTS: dict[str, Cell] = {
    "Cyrillic letter": letters(dict(zip("aeopcxyABEKMHOPCTX", "аеорсхуАВЕКМНОРСТХ", strict=True))),
    "Greek letter": letters(dict(zip("ovuABEZHIKMNOPTYX", "ονυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", strict=True))),
    "full-width letter": letters({chr(n): chr(n + 0xFEE0) for n in range(0x41, 0x7B) if chr(n).isalpha()}),
    **{
        name: inside(sign)
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
        }.items()
    },
    "no-break space": lambda c: blanks(c, "\u00a0"),
    "ideographic space": lambda c: blanks(c, "\u3000"),
    "double space": lambda c: blanks(c, "  "),
    "decomposed": decomposed,
    "mojibake": mojibake,
    **{w: instead(w) for w in ("#REF!", "#N/A", "#NAME?", "lorem ipsum", "TBD", "xxx", "null", "TODO")},
    "100,000 words": lambda c: " ".join(["word"] * 100_000) if c else None,
}
ADDRESSES: dict[str, Cell] = {
    w: instead(w)
    for w in (
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
    )
}
REPOSITORIES: dict[str, Cell] = {
    w: instead(w)
    for w in (
        "repo",
        "https://huggingface.co/a/b",
        "a/b/c",
        "javascript:alert(1)",
        "a b/c",
        "../x",
        "a/",
        "а/b",
    )
}
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
    chance = random.Random(seed)
    for table in raw_tables().values():
        header, *rows = tables[table.name]
        for at, column in enumerate(header):
            meta = table.meta(column)
            kind = table.kind(column)
            kinds: list[tuple[str, dict[str, Cell]]] = []
            if kind in ("integer", "number"):
                more: dict[str, Cell] = {"inverted": inverted} if kind == "number" else {}
                kinds.append(("magnitude", NUMBERS | more))
            elif kind == "day":
                kinds.append(("days", DAYS))
            elif column == "url":
                kinds.append(("addresses", ADDRESSES))
            elif column == "hf_repo":
                kinds.append(("addresses", REPOSITORIES))
            elif kind == "text" and not meta["reference"] and not meta["choices"] and column != table.key:
                kinds.append(("text", TEXTS))
            if column == table.key:
                kinds.append(("links", {"key typed anew": lambda c: c[:-1] + ("x" if c[-1] != "x" else "y")}))
            others = sorted({r[at] for r in rows} - {""})
            if meta["is_list"]:
                kinds.append(
                    (
                        "links",
                        {
                            "citation dropped": lambda c: c.rpartition("; ")[0] or None,
                            "citation swapped": _another(others, chance),
                            "citation added": lambda c, o=others: f"{c}; {chance.choice(o).split('; ')[0]}",
                        },
                    )
                )
            elif meta["reference"] or meta["choices"] or column in ("unit", "metric", "country", "provider"):
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


def _another(choices: list[str], chance: random.Random) -> Cell:
    def change(cell: str) -> str | None:
        rest = [c for c in choices if c != cell]
        return chance.choice(rest) if cell and rest else None

    return change


def _swaps(
    table: Table, header: list[str], rows: Rows, share: float, chance: random.Random
) -> Iterator[Fault]:
    """Two cells of one row change places: numbers with numbers, days with days."""
    for kinds, group in ((("integer", "number"), "magnitude"), (("day",), "days")):
        columns = [n for n, c in enumerate(header) if table.kind(c) in kinds]
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
        row, is_key = (fault.table, fault.cells[0][0]), fault.name == "key typed anew"
        most = 1 if is_key else min(10, max(1, (len(tables[fault.table]) - 1) // 5))
        for keys, batch, count, rows in made:  # noqa: B007
            if keys == is_key and count[fault.table] < most and row not in rows:
                break
        else:
            batch, count, rows = [], Counter(), set()
            made.append((is_key, batch, count, rows))
        batch.append(fault)
        count[fault.table] += 1
        rows.add(row)
    return [batch for _, batch, _, _ in made]


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
        check(raw)
    except BuildFailed as failed:
        return [*failed.problems, *changed]
    return changed


def silent(
    batch: list[Fault], tables: dict[str, Rows], folder: Path, with_registry: bool = True
) -> list[Fault]:
    """The faults of a batch that a check does not name by file, line and column."""
    raw = copied(folder, with_registry)
    for name in {f.table for f in batch}:
        rows = [list(r) for r in tables[name]]
        for fault in batch:
            for row, at, new in fault.cells if fault.table == name else ():
                rows[row + 1][at] = new
        write(raw / f"{name}.csv", rows)
    named = {(Path(p.file).stem, p.line, p.column) for p in told(raw)}
    shutil.rmtree(raw)
    return [
        f for f in batch if not named & {(f.table, row + 2, tables[f.table][0][at]) for row, at, _ in f.cells}
    ]


def main() -> None:
    """Prints the share told by kind, and with --silent every fault that was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of all faults, 0 to 1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-registry", action="store_true", help="what the values alone give away")
    parser.add_argument("--silent", action="store_true", help="list what was not told")
    a = parser.parse_args()
    tables = read()
    every = list(faults(tables, a.share, a.seed))
    missed: list[Fault] = []
    with tempfile.TemporaryDirectory() as folder:
        for batch in batches(every, tables, a.seed):
            missed += silent(batch, tables, Path(folder) / "raw", not a.without_registry)
    if a.silent:
        for f in sorted(missed, key=lambda f: (f.kind, f.name, f.table)):
            (row, at, new), *_ = f.cells
            old = tables[f.table][row + 1][at]
            print(
                f"{f.kind}: {f.name}: {f.table}:{row + 2}: {tables[f.table][0][at]}: {old[:40]} > {new[:40]}"
            )
    print_shares(every, missed)


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
