"""Skeletons of rows: what a new document, list of claims or company needs, written into the CSV files and then listed.

    python -m etl new source --set url=https://example.org/page --set publisher="Example News"
    python -m etl new claim-list --set document_id=example-1a2b3c4d --rows 12
    python -m etl new company --set company_name="Example AI" --set company_name_zh=示例 --set company_type=startup

Each cell that is known is filled, the rest stays empty; every column is listed with its meaning, the values allowed, and
whether it must still be filled. `python -m etl check` then names what is missing, file, line and column.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from etl.governance_rule import LABS
from etl.read import read_table
from etl.schema import SLUG, Table
from etl.source_strength import kind_and_strength
from etl.tables import TABLES

BY_NAME = {table.name: table for table in TABLES}
Cells = dict[str, str]


class NotWrittenError(Exception):
    """Nothing was written; the text says why."""


@dataclass(frozen=True)
class Row:
    """A row to be: its table and the cells that are known."""

    table: Table
    cells: Cells


@dataclass(frozen=True)
class Given:
    """What the author has said: cells by column, how many rows, the day the documents were read, the files as they are."""

    cells: Mapping[str, str]
    rows: int
    today: str
    raw: Path

    def cell(self, column: str, otherwise: str = "") -> str:
        """A cell as given."""
        return self.cells.get(column, otherwise)

    def needed(self, column: str, example: str) -> str:
        """A cell without which no skeleton can be made.

        Raises:
            NotWrittenError: it was not given.
        """
        if not self.cells.get(column):
            raise NotWrittenError(
                f"--set {column}=… is needed: got nothing, expected for instance {column}={example}"
            )
        return self.cells[column]


def slug(words: str) -> str:
    """Words as an id: "Example AI (Z.ai)" is example-ai-z.ai; "" where no letter or digit of ASCII is in them."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")


def source(given: Given) -> list[Row]:
    """One document: its id is made of its publisher, or host, and a hash of its address."""
    url = given.needed("url", "https://www.example.org/page")
    if not url.startswith(("https://", "http://", "urn:")):
        raise NotWrittenError(
            f"sources: url: got '{url}', expected an address with its scheme, https://{url}"
        )
    host = (urlsplit(url).hostname or "").removeprefix("www.").split(".")[0]
    name = slug(given.cell("publisher")).replace(".", "-") or slug(host) or "document"
    made = f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
    known = kind_and_strength(url)
    kind = {"kind": known[0]} if known else {}
    return [Row(BY_NAME["sources"], {"source_id": made, "accessed_date": given.today, **kind, **given.cells})]


def claim_list(given: Given) -> list[Row]:
    """The claims of one article, numbered; each is a fact that has not been checked until the author says otherwise."""
    document = given.needed("document_id", "example-1a2b3c4d")
    taken = _ids(BY_NAME["claims"], given.raw)
    numbers = [int(n) for i in taken if (n := i.removeprefix(f"{document}-")).isdigit()]
    first = max(numbers, default=0) + 1
    common = {
        "claim_kind": "fact",
        "verdict": "pending",
        "confidence": "reported",
        "checked_date": given.today,
    }
    return [
        Row(
            BY_NAME["claims"],
            {**common, "source_ids": document, **given.cells, "claim_id": f"{document}-{n:03}"},
        )
        for n in range(first, first + given.rows)
    ]


def company(given: Given) -> list[Row]:
    """A company and the names that must lead to it, in each script; what else the app can show is listed after it."""
    name = given.needed("company_name", "Example AI")
    made = given.cell("company_id") or slug(name)
    if not made:
        raise NotWrittenError(
            f"--set company_id=… is needed: no id can be made of '{name}', expected a slug such as example-ai"
        )
    rows = [
        Row(
            BY_NAME["companies"],
            {"confidence": "reported", "country": "CN", **given.cells, "company_id": made},
        )
    ]
    for column, language in (("company_name", "en"), ("company_name_zh", "zh")):
        if given.cell(column):
            cells = {
                "alias": given.cell(column),
                "alias_kind": "name",
                "company_id": made,
                "language": language,
                "confidence": given.cell("confidence", "reported"),
                "source_ids": given.cell("source_ids"),
            }
            rows.append(Row(BY_NAME["company_aliases"], cells))
    return rows


KINDS: dict[str, Callable[[Given], list[Row]]] = {
    "source": source,
    "claim-list": claim_list,
    "company": company,
}

#: Tables that say more of a company, in the order in which an author fills them, and what the app does without them.
MORE_OF_A_COMPANY = (
    ("people", "who leads its AI; without, “no source found”"),
    (
        "governance_assessments",
        "what a named source calls its governance; without, it is undetermined as reported",
    ),
    (
        "governance_observations",
        "scored statements; from three on, decision authority among them, the rule codes it",
    ),
    ("governance_events", "dated reorganisations; without, it has no change to show"),
    ("model_families", "names of its lines of models, each with a row in company_aliases"),
    ("models", "what it released"),
    ("commercial_levers", "how it earns"),
    ("infrastructure", "chips, clouds and platforms of its own"),
    ("company_metrics", "figures on money, staff and use"),
)


def _ids(table: Table, raw: Path) -> list[str]:
    frame, _ = read_table(table, raw / f"{table.name}.csv", table.name)
    return [str(i) for i in frame[table.key].dropna()]


def written(kind: str, given: Given, *, dry: bool = False) -> str:
    """Writes the skeleton into the CSV files, each row at its place by key, and says what is there and what is missing.

    Args:
        kind: A key of KINDS.
        given: What the author has said.
        dry: Say it and write nothing.

    Raises:
        NotWrittenError: something given is no column, no allowed value or already there; no file was touched.
    """
    rows = KINDS[kind](given)
    known = {c for row in rows for c in row.table.raw_columns}
    if wrong := sorted(set(given.cells) - known):
        raise NotWrittenError(
            f"no column '{wrong[0]}' in {' or '.join(dict.fromkeys(r.table.name for r in rows))}: expected one of "
            f"{', '.join(dict.fromkeys(c for r in rows for c in r.table.raw_columns))}"
        )
    by_table = {
        name: [r.cells for r in rows if r.table.name == name]
        for name in dict.fromkeys(row.table.name for row in rows)
    }
    insert(by_table, given.raw, dry=dry)
    return _said(kind, rows, given.raw, dry)


def insert(
    rows: Mapping[str, Sequence[Cells]], raw: Path, *, skip_known: Sequence[str] = (), dry: bool = False
) -> None:
    """Puts rows into the CSV files at their places by key, all or none.

    Args:
        rows: Cells of new rows by table.
        raw: Folder of the CSV files.
        skip_known: Tables of which a row whose key stands already is left as it is.
        dry: Check and write nothing.

    Raises:
        NotWrittenError: a row is none of its table or stands there already; no file was touched.
    """
    files = {}
    for name, cells in rows.items():
        table = BY_NAME[name]
        taken = _ids(table, raw) if name in skip_known else []
        fresh = [c for c in cells if c[table.key] not in taken]
        for c in fresh:
            _check(Row(table, c), raw)
        files[name] = _inserted(table, fresh, raw)
    if not dry:
        for name, text in files.items():
            half = raw / f".{name}.csv.part"
            half.write_text(text, encoding="utf-8", newline="")
            half.replace(raw / f"{name}.csv")


def _check(row: Row, raw: Path) -> None:
    table = row.table
    for column, cell in row.cells.items():
        choices = table.meta(column)["choices"]
        if cell and choices and cell not in choices:
            raise NotWrittenError(
                f"{table.name}: {column}: got '{cell}', expected one of {', '.join(choices)}"
            )
        if "\n" in cell or "\r" in cell:
            raise NotWrittenError(f"{table.name}: {column}: got a line break, expected one line")
    made = row.cells.get(table.key, "")
    if table.columns[table.key].unique and not re.fullmatch(SLUG, made):
        raise NotWrittenError(
            f"{table.name}: {table.key}: got '{made}', expected a slug of a-z, 0-9, '.', '_' and '-'"
        )
    if made.casefold() in {i.casefold() for i in _ids(table, raw)}:
        raise NotWrittenError(
            f"{table.name}: {table.key}: '{made}' stands there already; nothing was written"
        )


def _inserted(table: Table, rows: Sequence[Cells], raw: Path) -> str:
    """The file with the rows at their places by key; every other line stays as it is, byte by byte."""
    path = raw / f"{table.name}.csv"
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotWrittenError(f"{path}: cannot be read: {error}") from error
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.removesuffix(end).split(end)
    header = next(csv.reader([lines[0].removeprefix("\ufeff")]))
    if set(header) != set(table.raw_columns):
        raise NotWrittenError(
            f"{path}: the header is not that of {table.name}: run `python -m etl check` first"
        )
    at = header.index(table.key)
    for cells in rows:
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow([cells.get(c, "") for c in header])
        key = cells[table.key]
        place = len(lines)
        for n, line in enumerate(lines[1:], 1):
            there = next(csv.reader([line]), [])
            if len(there) == len(header) and there[at] > key:
                place = n
                break
        lines.insert(place, out.getvalue())
    return end.join(lines) + end


def _said(kind: str, rows: Sequence[Row], raw: Path, dry: bool) -> str:
    """The rows, column by column: what stands there, what must still be filled, and what is allowed."""
    said = []
    needs_agenda = kind == "company" and rows[0].cells.get("company_type") in LABS
    for n, table in enumerate(dict.fromkeys(row.table.name for row in rows)):
        mine = [row for row in rows if row.table.name == table]
        first, declared = mine[0], BY_NAME[table]
        where = raw / f"{table}.csv"
        count = f"{len(mine)} row{'' if len(mine) == 1 else 's'}"
        said.append(f"{'' if not n else chr(10)}{where}: {count} {'to be written' if dry else 'written'}, "
                    f"{', '.join(r.cells[declared.key] for r in mine[:3])}{' …' if len(mine) > 3 else ''}")  # fmt: skip
        for column in declared.raw_columns:
            how = declared.columns[column]
            cell = first.cells.get(column, "")
            meta = declared.meta(column)
            is_needed = not how.nullable or (needs_agenda and column == "lab_agenda")
            state = f"= {cell}" if cell else ("MISSING" if is_needed else "may stay empty")
            allowed = f" One of: {', '.join(meta['choices'])}." if meta["choices"] else ""
            refers = (
                f" An id of {meta['reference']}{', or several with “; ” between' if meta['is_list'] else ''}."
                if meta["reference"]
                else ""
            )
            form = {"day": " A day, 2026-06-30.", "flag": " true or false."}.get(meta["kind"], "")
            said.append(f"  {column:24} {state:16} {how.description}{allowed}{refers}{form}")
    missing = sum(
        not row.cells.get(column, "") and not how.nullable
        for row in rows
        for column, how in row.table.raw_schema.columns.items()
    )
    if kind == "company":
        said.append(
            "\nWhat else the app can show of a company, each a table of its own; nothing of it must be there:"
        )
        said += [f"  {table:24} {words}" for table, words in MORE_OF_A_COMPANY]
        if needs_agenda and not rows[0].cells.get("lab_agenda"):
            missing += 1
            said.append("  A startup or lab needs lab_agenda, too: the printed rule labels it by that.")
    said.append(
        f"\n{missing} cell{' is' if missing == 1 else 's are'} missing. `python -m etl check` names each, file, line and column."
        if missing
        else "\nNothing is missing. `python -m etl` builds the data."
    )
    return "\n".join(said)


__all__ = ["BY_NAME", "KINDS", "Cells", "Given", "NotWrittenError", "insert", "slug", "written"]
