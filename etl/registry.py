"""Which raw rows were read, by whom, and whether they still say what was read.

`raw/registry/TABLE.tsv` has one line per row, sorted by key, so that an edit is one line of a diff and edits of two people
meet in no line: key, who read it last, on which day, a hash of the row, and two signs for each cell, which name the column
that changed. A row that was taken out with a reason keeps its line: ids are never used again. Nothing here says that a row
is right; it says that a change of it is seen.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from etl import words
from etl.problem import Problem
from etl.schema import Table

if TYPE_CHECKING:
    from etl.kept import Kept

FOLDER = "registry"
#: The reader of rows that were there before anybody was asked to sign.
TAKEN_IN = "taken-in"
GONE = "gone"
HEAD = ("#key", "read_by", "read_on", "hash")
#: Changed cells of a table that a build remembers to tell again; a table with more is held against its registry each time.
REMEMBERED = 1000
COMMAND = "python -m etl registry --by NAME"


@dataclass(frozen=True)
class Entry:
    """What is known of one row: `cells` are two signs for each column; of a row taken out `hash` is GONE and they say why."""

    read_by: str
    read_on: str
    hash: str
    cells: str


@dataclass
class Review:
    """How the raw rows stand to the registry.

    Attributes:
        changed: One for each cell that is other than what was read.
        lost: Rows that were read and are gone without a reason; a build is refused.
        rows: Raw rows in all.
        changed_rows: Rows with a changed cell.
        new_rows: Rows that nobody has read.
        by: Rows as they were read, by reader.
    """

    changed: list[Problem] = field(default_factory=list)
    lost: list[Problem] = field(default_factory=list)
    rows: int = 0
    changed_rows: int = 0
    new_rows: int = 0
    by: Counter[str] = field(default_factory=Counter)

    def add(self, other: Review) -> None:
        """Takes in those of another table."""
        self.changed += other.changed
        self.lost += other.lost
        self.rows += other.rows
        self.changed_rows += other.changed_rows
        self.new_rows += other.new_rows
        self.by.update(other.by)

    def sentence(self) -> str:
        """What the build prints; "" where every row is as it was read."""
        said = []
        if self.changed_rows:
            said.append(
                f"{self.changed_rows:,} row{'s' if self.changed_rows > 1 else ''} changed since review"
            )
        if self.new_rows:
            said.append(f"{self.new_rows:,} new row{'s' if self.new_rows > 1 else ''} not reviewed yet")
        return f"{' and '.join(said)}: read them, then {COMMAND}" if said else ""

    def facts(self) -> dict[str, object]:
        """For the descriptor of a build."""
        return {
            "rows": self.rows,
            "changed": self.changed_rows,
            "new": self.new_rows,
            "by": dict(sorted(self.by.items())),
        }


_BACK = "take the file back from the history"
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _cell_signs(cell: str) -> str:
    n = zlib.crc32(cell.encode()) & 0xFFF
    return _SIGNS[n >> 6] + _SIGNS[n & 63]


def _row_hash(cells: list[str]) -> str:
    return hashlib.blake2b("\x1f".join(cells).encode(), digest_size=5).hexdigest()


def raw_rows(table: Table, path: Path) -> list[tuple[int, dict[str, str]]] | None:
    """Rows as cells by column, with the line each starts on; None where the file cannot be read so."""
    if not path.is_file():
        return None
    try:
        content = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        reader = csv.reader(io.StringIO(content, newline=""), strict=True)
        header: list[str] = []
        rows, start = [], 1
        for row in reader:
            if row and not header:
                header = row
                if set(header) != set(table.raw_columns):
                    return None
            elif row and len(row) == len(header):
                rows.append((start, dict(zip(header, row, strict=True))))
            start = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    return rows if header else None


def read(table: Table, raw: Path) -> tuple[list[str], dict[str, list[Entry]]]:
    """Columns and entries by key of one table's registry; two entries of a key come from a merge, and either counts."""
    path = raw / FOLDER / f"{table.name}.tsv"
    columns: list[str] = []
    entries: dict[str, list[Entry]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError):
        return [], {}
    for line in lines:
        parts = line.split("\t")
        if line.startswith(HEAD[0]):
            columns = parts[len(HEAD) :]
        elif len(parts) == 5:
            entries.setdefault(parts[0], []).append(Entry(*parts[1:]))
    return columns, entries


def damaged(raw: Path, named: Callable[[str], str], kept: Kept | None = None) -> list[Problem]:
    """What of the registry cannot be read: rows would pass for new ones, and nothing would be held against it.

    Args:
        raw: Folder of the CSV files.
        named: A path below it as messages name it.
        kept: What the last build found, if it is to be heard.
    """
    folder = raw / FOLDER
    if not (folder.exists() or folder.is_symlink()):
        return []
    if not folder.is_dir():
        return [Problem(named(FOLDER), 0, "", "cannot be read: got no folder, expected that of the registry")]
    found: list[Problem] = []
    for path in sorted(folder.glob("*.tsv")):
        step, file = f"registry file {path.name}", f"{FOLDER}/{path.name}"
        if kept and kept.same(step):
            continue
        before = len(found)
        shown = named(f"{FOLDER}/{path.name}")
        if not path.is_file():
            found.append(Problem(shown, 0, "", "cannot be read: got no file, expected lines of the registry"))
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            found.append(Problem(shown, 0, "", f"cannot be read: {what}; {_BACK}"))
            continue
        for n, line in enumerate(lines, 1):
            if line and not line.startswith("#") and (line.count("\t") != 4 or "\0" in line):
                what = f"no line of the registry: got {words.shown(line[:80])}, expected five parts set apart by tabs; {_BACK}"
                found.append(Problem(shown, n, "", what))
        if kept and len(found) == before:
            kept.did(step, [file])
    return found


def review(
    tables: tuple[Table, ...], raw: Path, shown: dict[str, str], kept: Kept | None = None
) -> Review | None:
    """Holds the raw rows against the registry; None where the folder has none.

    Args:
        tables: Tables that have a CSV.
        raw: Folder of the CSV files.
        shown: A file's name in messages, by table.
        kept: What the last build found, if it is to be heard.
    """
    if not (raw / FOLDER).is_dir():
        return None
    found = Review()
    for table in tables:
        step = f"registry of {table.name}"
        if kept and (known := kept.same(step)):
            told = [Problem(shown[table.name], *p) for p in known["told"]]
            by = Counter(known["by"])
            found.add(Review(told, [], known["rows"], known["changed"], known["new"], by))
            continue
        columns, entries = read(table, raw)
        rows = raw_rows(table, raw / f"{table.name}.csv")
        if rows is None:
            continue
        mine = Review()
        _compare(table, columns, entries, rows, shown[table.name], mine)
        if kept and not mine.lost and len(mine.changed) <= REMEMBERED:
            told_again = [(p.line, p.column, p.what) for p in mine.changed]
            files = [f"{table.name}.csv", f"{FOLDER}/{table.name}.tsv"]
            kept.did(step, files, {**mine.facts(), "told": told_again})
        found.add(mine)
    return found


def _compare(
    table: Table,
    columns: list[str],
    entries: dict[str, list[Entry]],
    rows: list[tuple[int, dict[str, str]]],
    shown: str,
    found: Review,
) -> None:
    known = [c for c in columns if c in table.raw_columns]
    place = {c: 2 * n for n, c in enumerate(columns)}
    seen: set[str] = set()
    fresh: list[tuple[int, dict[str, str]]] = []
    found.rows += len(rows)
    for line, row in rows:
        key = row[table.key]
        seen.add(key)
        mine = [e for e in entries.get(key, []) if e.hash != GONE]
        if not mine:
            fresh.append((line, row))
            continue
        digest = _row_hash([row.get(c, "") for c in columns])
        entry = next((e for e in mine if e.hash == digest), None)
        if entry:
            found.by[entry.read_by] += 1
            continue
        entry = max(mine, key=lambda e: e.read_on)
        found.changed_rows += 1
        other = [c for c in known if _cell_signs(row[c]) != entry.cells[place[c] : place[c] + 2]]
        found.changed += [
            Problem(
                shown,
                line,
                column,
                f"changed since it was read ({entry.read_by}, {entry.read_on}): got "
                f"{words.shown(row[column]) if column else 'another value'}, expected what was read; "
                f"if it is meant, {COMMAND}",
            )
            for column in other or [""]
        ]
    gone = {k: max(e, key=lambda x: x.read_on) for k, e in entries.items() if k not in seen}
    gone = {k: e for k, e in gone.items() if e.hash != GONE}
    by_rest = {e.cells[2:]: k for k, e in gone.items()}
    for line, row in fresh:
        rest = "".join(_cell_signs(row.get(c, "")) for c in columns[1:])
        if before := by_rest.pop(rest, None):
            gone.pop(before)
            what = (
                f"the key of a row that was read is another one: got {words.shown(row[table.key])}, expected "
                f"'{before}'; ids are kept. If it is meant, {COMMAND} --gone WHY"
            )
            found.lost.append(Problem(shown, line, table.key, what))
        else:
            found.new_rows += 1
    if gone:
        named = ", ".join(sorted(gone)[:5]) + (", …" if len(gone) > 5 else "")
        what = (
            f"{len(gone):,} row{'s that were' if len(gone) > 1 else ' that was'} read {'are' if len(gone) > 1 else 'is'} "
            f"gone: got none with the key {named}, expected every row; if it is meant, {COMMAND} --gone WHY"
        )
        found.lost.append(Problem(shown, 0, table.key, what))


class NotRegisteredError(Exception):
    """The registry was not written; the sentence says why."""


def register(
    tables: tuple[Table, ...], raw: Path, by: str, day: str, why_gone: str = "", only: str = ""
) -> str:
    """Signs every row that is new or changed, or was taken out with a reason; rows as they were read keep their reader.

    Args:
        tables: Tables that have a CSV.
        raw: Folder of the CSV files; its registry is made where there is none.
        by: Who read the rows.
        day: On which day.
        why_gone: Why rows were taken out.
        only: The one table to sign; "" for all.

    Returns:
        What was written, in one sentence.

    Raises:
        NotRegisteredError: a name is missing, a file cannot be read, or rows are gone without a reason.
    """
    for name, said in (("--by", by), ("--gone", why_gone)):
        if said and (what := words.fault(said)):
            raise NotRegisteredError(f"{name}: {what}")
    if not by:
        raise NotRegisteredError("--by: got '', expected the name of who read the rows")
    count: Counter[str] = Counter()
    made: dict[Path, str] = {}
    for table in tables:
        if only and table.name != only:
            continue
        rows = raw_rows(table, raw / f"{table.name}.csv")
        if rows is None:
            raise NotRegisteredError(f"{table.name}.csv cannot be read: python -m etl check says why")
        columns, entries = read(table, raw)
        lines: dict[str, Entry] = {}
        for _, row in rows:
            key = row[table.key]
            digest = _row_hash([row.get(c, "") for c in columns])
            kept = next((e for e in entries.get(key, []) if e.hash == digest), None)
            count["as read" if kept else "changed" if key in entries else "new"] += 1
            reader, when = (kept.read_by, kept.read_on) if kept else (by, day)
            cells = [row[c] for c in table.raw_columns]
            lines[key] = Entry(reader, when, _row_hash(cells), "".join(map(_cell_signs, cells)))
        for key, mine in entries.items():
            if key in lines:
                continue
            last = max(mine, key=lambda e: e.read_on)
            if last.hash != GONE:
                if not why_gone:
                    what = f"'{key}' of {table.name} is gone: got no row, expected the row, or --gone WHY"
                    raise NotRegisteredError(what)
                count["gone"] += 1
                last = Entry(by, day, GONE, why_gone)
            lines[key] = last
        text = "\t".join([*HEAD, *table.raw_columns]) + "\n"
        text += "".join(
            f"{key}\t{e.read_by}\t{e.read_on}\t{e.hash}\t{e.cells}\n" for key, e in sorted(lines.items())
        )
        made[raw / FOLDER / f"{table.name}.tsv"] = text
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return ", ".join(f"{n:,} rows {word}" for word, n in sorted(count.items())) + f"; signed by {by}, {day}"
