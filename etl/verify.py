"""Proof that stays: looks up the values of rows in the documents that they cite, and keeps what was found.

Here in saved copies (what a copy is, says `etl.copies`); `etl.reread` reads the addresses again. That a number stands in a
text says that the document could carry it, not that it says it of this model or company: `not_found` is the stronger word.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from etl import registry
from etl.build import check
from etl.copies import Copy, copies_in, names_of
from etl.schema import Frames, Table
from etl.tables.benchmarks import TURNED_BACK
from etl.tables.verifications import (
    READINGS,
    TABLES,
    VALUES,
    VERIFICATIONS,
    stated,
    what_was_checked_still_stands,
)

#: A row of one of the two tables, as it stands in its CSV.
Row = dict[str, str]
#: Who signs what a run found, where rows are signed at all.
READER = "etl verify"
HOLDS = ("found", "found_in_picture")


class NothingToVerifyError(Exception):
    """No document that could be looked into; the message is for the person at the command line."""


@dataclass(frozen=True)
class Asked:
    """A value to be looked up in a document.

    Attributes:
        source_id: The document.
        table_name: Table of the row.
        row_id: Its key.
        column_name: Column of the value.
        value: Number or day.
        names: What the row may be called in a table.
        is_alone: True where the row cites no other document, which must hold the value then.
    """

    source_id: str
    table_name: str
    row_id: str
    column_name: str
    value: object
    names: frozenset[str]
    is_alone: bool

    @property
    def key(self) -> str:
        """The value in the document; what `verification_id` begins with."""
        made = f"{self.table_name}.{self.row_id}.{self.column_name}.{self.source_id}"
        return made.replace("/", ".").lower()

    def row(self, how: str, finding: str, day: str, seen: str, note: str = "") -> Row:
        """The finding as a row of `verifications`."""
        return {
            "verification_id": self.key if how == "stored_copy" else f"{self.key}.{how}",
            "source_id": self.source_id,
            "table_name": self.table_name,
            "row_id": self.row_id,
            "column_name": self.column_name,
            "stated": stated(self.value),
            "finding": finding,
            "verified_date": day,
            "how": how,
            "seen_date": seen,
            "note": note,
        }


def sound(raw: Path, table: str | None, source: str | None) -> dict[str, pd.DataFrame]:
    """The tables, whatever was found of them before.

    Raises:
        NothingToVerifyError: no such table or document.
        BuildFailed: the data has problems.
    """
    if table is not None and table not in VALUES:
        raise NothingToVerifyError(f"--table: got '{table}', expected one of {', '.join(VALUES)}")
    frames = check(raw, about_to_be_written=VERIFICATIONS.name)
    if source is not None and source not in set(frames["sources"]["source_id"]):
        raise NothingToVerifyError(f"--source: no document '{source}' in sources.csv")
    return frames


def asked(frames: Frames, table: str | None = None, source: str | None = None) -> dict[str, list[Asked]]:
    """Every number and day that rests on a document and stands in it, by document.

    Args:
        frames: The tables.
        table: Only rows of it.
        source: Only this document.
    """
    models = {m["model_id"]: m for m in frames["models"].to_dict("records")}
    found: dict[str, list[Asked]] = {}
    for name, columns in VALUES.items():
        if table not in (None, name):
            continue
        rows = frames[name]
        for row in rows.to_dict("records"):
            if row.get("score_field") == "performance" and row["benchmark_id"] in TURNED_BACK:
                continue
            names = frozenset(names_of(row, models.get(row.get("model_id"))))
            cited = row["source_ids"].split("; ")
            for one in cited:
                if source not in (None, one):
                    continue
                for column in columns:
                    if pd.isna(row[column]) or row.get(f"{column}_precision", "day") != "day":
                        continue
                    key = str(row[rows.columns[0]])
                    made = Asked(one, name, key, column, row[column], names, len(cited) == 1)
                    found.setdefault(one, []).append(made)
    return found


def verify(
    raw: Path, documents: Path, day: date, *, table: str | None = None, source: str | None = None
) -> Counter[str]:
    """Looks up every value whose document has a copy in a folder, and keeps the findings.

    Args:
        raw: Folder of the CSV files.
        documents: Folder of the copies.
        day: Day to be written down.
        table: Only rows of it.
        source: Only this document.

    Returns:
        How many values have which finding. Earlier findings of the same value in a copy are replaced, those of values
        that have changed or gone are taken out, others stay.

    Raises:
        NothingToVerifyError: no such folder, table or document, or no copy of a document that is cited.
        BuildFailed: the data has problems.
    """
    if not documents.is_dir():
        raise NothingToVerifyError(
            f"{documents}: no such folder, expected copies named <source_id>.md or .html"
        )
    frames = sound(raw, table, source)
    copies = copies_in(documents)
    today = f"{day:%Y-%m-%d}"
    findings: list[Row] = []
    readings: list[Row] = []
    looked = asked(frames, table, source)
    for document, values in looked.items():
        if document not in copies:
            continue
        copy = copies[document]
        mine = []
        for one in values:
            finding = copy.finding(one.value, set(one.names))
            mine.append(one.row("stored_copy", finding, today, today if finding in HOLDS else ""))
        findings += mine
        if table is None:
            readings.append(_of_copy(document, copy, mine, today))
    if table is None and source is None:
        # What rests on words alone has no value to look for: that it was read, and its hash, are told all the same.
        known = set(frames["sources"]["source_id"])
        readings += [
            _of_copy(document, copy, [], today)
            for document, copy in copies.items()
            if document in known and document not in looked
        ]
    if not findings:
        raise NothingToVerifyError(
            f"{documents}: no copy of a document that a value rests on, expected files such as "
            f"{frames['benchmark_scores']['source_ids'].iloc[0].split('; ')[0]}.md"
        )
    keep(raw, frames, findings, readings, today)
    return Counter(f["finding"] for f in findings)


def _of_copy(document: str, copy: Copy, mine: list[Row], today: str) -> Row:
    held = sum(r["finding"] in HOLDS for r in mine)
    texts = [f.text for f in copy.files]
    whole = "\n".join(t for t in texts if t is not None) if None not in texts else ""
    finding = "found" if held else "unreadable" if not whole else "not_found" if mine else "read"
    return reading(document, "stored_copy", finding, today, len(mine), held, text=whole)


def reading(
    document: str,
    how: str,
    finding: str,
    day: str,
    looked: int,
    found: int,
    *,
    reason: str = "",
    url: str = "",
    text: str = "",
) -> Row:
    """A row of `document_readings` for one day; "" for no text says that it was not read whole."""
    return {
        "reading_id": f"{document}.{how}.{day}",
        "source_id": document,
        "how": how,
        "since_date": day,
        "read_date": day,
        "finding": finding,
        "reason": reason,
        "values_looked": str(looked),
        "values_found": str(found),
        "read_url": url,
        "text_sha256": hashlib.sha256(" ".join(text.split()).encode()).hexdigest() if text else "",
    }


#: What two readings have in common where nothing has happened between them.
_SAME = ("finding", "reason", "values_looked", "values_found", "read_url")


def history(before: Iterable[Row], new: Iterable[Row]) -> list[Row]:
    """Readings with those of a later day: the same finding moves the last day, another one is a row of its own.

    A second reading of one day stands in the place of the first.
    """
    kept = {r["reading_id"]: r for r in before}
    newest: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(kept.values(), key=lambda r: r["since_date"]):
        newest.setdefault((row["source_id"], row["how"]), []).append(row)
    for row in new:
        earlier = newest.setdefault((row["source_id"], row["how"]), [])
        # Of this very day, another finding: it is taken back.
        while earlier and earlier[-1]["since_date"] >= row["since_date"]:
            kept.pop(earlier.pop()["reading_id"])
        last = earlier[-1] if earlier else None
        if last and all(last[c] == row[c] for c in _SAME):
            # Where the same words come back, the hash of the newest text stands for all.
            row = {**row, "reading_id": last["reading_id"], "since_date": last["since_date"]}
            earlier.pop()
        earlier.append(row)
        kept[row["reading_id"]] = row
    return [kept[i] for i in sorted(kept)]


def keep(raw: Path, frames: Frames, findings: list[Row], readings: list[Row], day: str) -> None:
    """Writes what was found beside what was found before, and signs it where rows are signed; each file whole or not at all.

    Args:
        raw: Folder of the CSV files.
        frames: The tables as they were read.
        findings: Rows of `verifications`.
        readings: Rows of `document_readings`.
        day: Day of the run.
    """
    earlier = {r["verification_id"]: r for r in rows_of(raw, VERIFICATIONS)}
    new = {r["verification_id"]: r for r in findings}
    # A page that cannot be read says nothing of what was found before: its reading tells that, the value keeps its day.
    silent = {
        i
        for i, r in new.items()
        if r["how"] == "fetched" and r["finding"] == "unreadable" and i in earlier
        if earlier[i]["stated"] == r["stated"]
    }
    merged = earlier | {i: r for i, r in new.items() if i not in silent}
    # The rows may have changed since a run that was killed began: what is no longer theirs goes.
    typed = pd.DataFrame(list(merged.values()), columns=VERIFICATIONS.raw_columns, dtype="str")
    over = {i for i, _, _ in what_was_checked_still_stands({**frames, VERIFICATIONS.name: typed})}
    kept = sorted(r["verification_id"] for i, r in enumerate(merged.values()) if i not in over)
    _write(raw, VERIFICATIONS, [merged[i] for i in kept])
    _write(raw, READINGS, history(rows_of(raw, READINGS), readings))
    if (raw / registry.FOLDER).is_dir():
        registry.register(
            TABLES, raw, READER, day, "Looked up again: the value, or what it cites, is another one."
        )


def rows_of(raw: Path, table: Table) -> list[Row]:
    """The rows of a CSV as cells by column."""
    path = raw / f"{table.name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{c: r.get(c) or "" for c in table.raw_columns} for r in csv.DictReader(file)]


def _write(raw: Path, table: Table, rows: list[Row]) -> None:
    path = raw / f"{table.name}.csv"
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table.raw_columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def seen_before(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[tuple[str, str], str]]:
    """(key of the value in its document, way) and the day on which it was last seen there, "" for never.

    A document that could not be read says neither.
    """
    for r in rows:
        key = f"{r['table_name']}.{r['row_id']}.{r['column_name']}.{r['source_id']}".replace("/", ".").lower()
        if r["finding"] != "unreadable":
            yield (key, r["how"]), r["seen_date"]


__all__ = ["Asked", "NothingToVerifyError", "asked", "history", "keep", "reading", "sound", "verify"]
