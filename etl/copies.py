"""Saved copies of documents, and where in them a value of a row may stand.

A copy is one file or several, named after its document: `<source_id>.md` (also .txt, .html, .json, .toml, .yaml) is read
whole; `<source_id>.csv` is a table and `<source_id>.log` the days and titles of a repository's changes, of which only
the lines that name the row count; `<source_id>.pictures.md` is what somebody read off the pictures of the document.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path

import pandas as pd

from etl.notations import is_in, plain

ENDINGS = (".md", ".txt", ".html", ".htm", ".csv", ".json", ".toml", ".yaml", ".log")
#: Columns of tables in which a row, or its model, is named.
NAMES = ("model_id", "model_name", "model_label", "hf_repo", "product_name", "company_label")
PICTURES = ".pictures"
#: A cell longer than this is no name; a name no longer than that stands in too many titles by chance.
LONGEST_NAME, SHORTEST_NAME = 80, 4


def text_of(path: Path) -> str | None:
    """The text of a saved copy, tags left out; None where there is none to read."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return None
    if "\x00" in text:
        return None
    if path.suffix.lower() in (".html", ".htm"):
        text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->", " ", text)
        text = unescape(re.sub(r"<[^>]+>", " ", text))
    return plain(text) if re.search(r"\w", text) else None


def folded(name: str) -> str:
    """A name as it is compared: letters and digits alone."""
    return re.sub(r"[^\w.]|_", "", name).lower()


def names_of(row: dict[str, object], model: dict[str, object] | None) -> set[str]:
    """What a row, and the model that it is of, may be called in a table: a run with its effort, too."""
    told = [str(r[c]) for r in (row, model or {}) for c in NAMES if c in r and not pd.isna(r[c])]  # type: ignore[call-overload]
    run, label = row.get("variant"), row.get("model_label")
    if isinstance(run, str):
        # Tables write model_effort; here the effort is a column, before what else is told of the run.
        told += [run, *([f"{label}_{run.partition(';')[0]}"] if isinstance(label, str) else [])]
    names = {folded(n) for name in told for n in (name, name.rsplit("/", 1)[-1])}
    return names | {name + ending for name in names for ending in ("instruct", "chat")}


class File:
    """One file of a copy, read once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_of_pictures = PICTURES in path.suffixes

    @cached_property
    def text(self) -> str | None:
        """What can be read of it; None where nothing can."""
        return text_of(self.path)

    def names(self, names: set[str]) -> bool:
        """True where it can tell of a row with these names: a text of any, a table of those that it has a line for."""
        return self.path.suffix.lower() != ".csv" or any(n in self._records for n in names)

    def has(self, value: object, names: set[str]) -> bool:
        """True where it carries a value of a row with these names."""
        if self.path.suffix.lower() == ".csv":
            return any(_in_record(value, record) for n in names for record in self._records.get(n, ()))
        if self.path.suffix.lower() == ".log":
            return any(is_in(value, line) for line in self._changes(names))
        return is_in(value, self.text or "")

    @cached_property
    def _records(self) -> dict[str, list[dict[str, str]]]:
        """The lines of a table, by what stands whole in one of their cells."""
        by_name: dict[str, list[dict[str, str]]] = {}
        for record in csv.DictReader(io.StringIO(self.text or "")):
            cells = [v for v in record.values() if isinstance(v, str) and 0 < len(v) < LONGEST_NAME]
            for name in {folded(n) for c in cells for n in (c, c.rsplit("/", 1)[-1])}:
                by_name.setdefault(name, []).append(record)
        return by_name

    def _changes(self, names: set[str]) -> list[str]:
        """The first line of a repository's log, which is its first day, and every line that names the row."""
        first, *others = [line for line in (self.text or "").splitlines() if line.strip()]
        # A title names the line of models, Qwen2.5-Coder, and seldom each size.
        long = [
            n for name in names for n in (name, re.sub(r"[\d.]+[bm]$", "", name)) if len(n) > SHORTEST_NAME
        ]
        return [first, *(line for line in others if any(n in folded(line) for n in long))]


@dataclass(frozen=True)
class Copy:
    """What is at hand of one document."""

    files: tuple[File, ...]

    def finding(self, value: object, names: set[str]) -> str:
        """found, found_in_picture, not_found, not_named or unreadable, of a value of a row with these names."""
        readable = [f for f in self.files if f.text is not None]
        if readable and not any(f.names(names) for f in readable):
            return "not_named"
        for file in sorted(readable, key=lambda f: f.is_of_pictures):
            if file.has(value, names):
                return "found_in_picture" if file.is_of_pictures else "found"
        return "not_found" if len(readable) == len(self.files) else "unreadable"


def copies_in(folder: Path) -> dict[str, Copy]:
    """The copies in a folder, by the document that they are of."""
    files: dict[str, list[File]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in ENDINGS:
            files.setdefault(path.name.split(".", 1)[0], []).append(File(path))
    return {source: Copy(tuple(found)) for source, found in files.items()}


def _in_record(value: object, record: dict[str, str]) -> bool:
    """True where a cell carries the value as the row rounds it: itself, a share of one, or billions by its header."""
    cells = {str(k): v for k, v in record.items() if isinstance(v, str) and v}
    if isinstance(value, pd.Timestamp):
        return any(is_in(value, v) for v in cells.values())
    number = float(value)  # type: ignore[arg-type]
    step = 0.5 * 10.0 ** -len(repr(number).partition(".")[2].removesuffix("0") or "")
    for header, cell in cells.items():
        try:
            stated = float(cell)
        except ValueError:
            if is_in(value, cell):
                return True
            continue
        scales = [1.0, 100.0] if 0 < abs(stated) <= 1 else [1.0]
        if header.lower().endswith(("_b", "(b)")):
            scales = [1e9]
        if any(abs(stated * s - number) <= max(step, 1e-9 * abs(number)) for s in scales):
            return True
    return False
