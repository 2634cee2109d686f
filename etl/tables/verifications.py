"""What became of documents and of the values taken from them when they were read again: in saved copies, or at their addresses."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from etl import schema as col
from etl.cells import coded, in_arrow, rows_of
from etl.rules import listed
from etl.schema import Frames, Table

#: Tables and columns whose values a document states as numbers or days.
VALUES = {
    "models": ("release_date", "parameters_total", "parameters_active", "context_tokens"),
    "benchmark_scores": ("score",),
    "model_prices": ("input_price_per_mtok", "output_price_per_mtok"),
    "company_metrics": ("value",),
    "adoption": ("value",),
    "filings": ("services_filed", "apps_registered"),
    "transparency_scores": ("score",),
    "governance_events": ("event_date",),
    "people_moves": ("move_date",),
}
FINDINGS = ("found", "found_in_picture", "not_found", "not_named", "unreadable", "changed", "gone")
#: How a document was read, and what became of one as a whole.
HOW = ("fetched", "stored_copy", "quoted_by")
OF_DOCUMENTS = ("found", "changed", "not_found", "gone", "unreadable", "read", "quoted")


def stated(value: object) -> str:
    """A cell as `stated` writes it; "" for none."""
    if isinstance(value, float):
        number = value
    elif pd.isna(value):
        return ""
    elif isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    else:
        number = float(value)  # type: ignore[arg-type]
    if math.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


def what_was_checked_still_stands(frames: Frames) -> list[tuple[int, str, str]]:
    """A finding is of a value that its row has now, from a document that the row cites."""
    rows = frames["verifications"][["table_name", "row_id", "column_name", "stated", "source_id"]]
    found: list[tuple[int, str, str]] = []
    places, names = coded(rows["table_name"])
    unknown = places < 0
    for n, name in enumerate(names.tolist()):
        if name in VALUES and (mine := places == n).any():
            found += _of_table(rows[mine], name, frames[name])
        else:
            unknown |= places == n
    found += _no_rows(rows[unknown])
    return sorted(found)


def _no_rows(rows: pd.DataFrame) -> list[tuple[int, str, str]]:
    return [
        (line, "row_id", f"no row '{row}' in {table}: run `verify` again")
        for line, row, table in zip(
            rows.index.tolist(), listed(rows["row_id"]), listed(rows["table_name"]), strict=True
        )
    ]


def _of_table(rows: pd.DataFrame, name: str, table: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Findings on values of one table that stand no more, or were looked for elsewhere."""
    places, texts = in_arrow(rows["row_id"])
    at = np.append(rows_of(texts, table[table.columns[0]]), -1)[places]
    found = _no_rows(rows[at < 0])
    if (at < 0).any():
        rows, at = rows[at >= 0], at[at >= 0]
    names = ", ".join(VALUES[name])
    odd = rows["column_name"][~rows["column_name"].isin(VALUES[name]).to_numpy()]
    found += [
        (line, "column_name", f"got '{column}', expected one of {names}")
        for line, column in zip(odd.index.tolist(), odd.tolist(), strict=True)
    ]
    cited = table["source_ids"].to_numpy(dtype=object)
    for column in VALUES[name]:
        is_of = (rows["column_name"] == column).to_numpy()
        mine, there = rows[is_of], at[is_of]
        codes, values = pd.factorize(table[column], use_na_sentinel=False)
        texts = np.array([stated(v) for v in values], dtype=object)
        now = texts[codes[there]]
        said = mine["stated"].to_numpy(dtype=object)
        moved = now != said
        found += [
            (line, "stated", f"the row has changed since: got '{old}', expected '{new}': run `verify` again")
            for line, old, new in zip(
                mine.index[moved].tolist(), said[moved].tolist(), now[moved].tolist(), strict=True
            )
        ]
        alone = mine["source_id"].to_numpy(dtype=object) == cited[there]
        mine, there = mine[~moved & ~alone], there[~moved & ~alone]
        read = (mine.index.tolist(), listed(mine["source_id"]), cited[there].tolist(), listed(mine["row_id"]))
        found += [
            (line, "source_id", f"'{row}' does not cite '{source}'")
            for line, source, cell, row in zip(*read, strict=True)
            if source not in cell.split("; ")
        ]
    return found


def values_are_of_the_reading(frames: Frames) -> list[tuple[int, str, str]]:
    """Of a document no more values were found than looked for, and none in one that could not be read."""
    rows, found = frames["document_readings"], []
    looked, seen = (rows[c].astype("float64") for c in ("values_looked", "values_found"))
    silent = rows["finding"].isin(("gone", "unreadable", "read", "quoted", "not_found")) & (seen > 0)
    counted = looked.notna() & seen.notna()
    odd = counted & ((seen > looked) | silent | (rows["since_date"] > rows["read_date"]))
    for r in rows[odd].itertuples():
        if r.values_found > r.values_looked:
            what = f"more than were looked for: got {r.values_found}, expected at most {r.values_looked}"
            found.append((r.Index, "values_found", what))
        elif r.values_found and r.finding in ("gone", "unreadable", "read", "quoted", "not_found"):
            found.append((r.Index, "values_found", f"got {r.values_found}, expected 0 for '{r.finding}'"))
        if not pd.isna(r.since_date) and not pd.isna(r.read_date) and r.since_date > r.read_date:
            what = f"later than the reading: got '{r.since_date:%Y-%m-%d}', expected at most {r.read_date:%Y-%m-%d}"
            found.append((r.Index, "since_date", what))
    return found


VERIFICATIONS = Table(
    "verifications",
    "Values looked up again in the documents cited, in saved copies or at their addresses, by `python -m etl verify`; the "
    "newest look-up of each way that says something. One row per document, row, column and way of reading.",
    {
        "verification_id": col.key("Table, row, column, document and, for an address, fetched."),
        "source_id": col.reference("sources.source_id", "Document that was read again."),
        "table_name": col.one_of(tuple(VALUES), "Table of the row."),
        "row_id": col.text("Key of the row."),
        "column_name": col.text("Column of the value."),
        "stated": col.text("Value that was looked for."),
        "finding": col.one_of(
            FINDINGS,
            "found: it stands in the text, in some notation; found_in_picture: read off a picture of the document; "
            "not_found: in neither, nor before; not_named: it is a table without a line of that name; unreadable: no text, "
            "or none that tells; changed: it stood there before and does no more; gone: the address has no page any more.",
        ),
        "verified_date": col.day("Day of the look-up.", is_work=True),
        "how": col.one_of(HOW[:2], "Whether a saved copy was looked into or the address read again."),
        "seen_date": col.day(
            "Last day on which the value stood there: of the newest look-up of this way that found it, else of a copy that "
            "holds it, else the day on which the document was read for the row; null where no copy at hand held it.",
            nullable=True,
            is_work=True,
        ),
        "note": col.text("Why it could not be told, or what the address said.", nullable=True),
    },
    rules=(what_was_checked_still_stands,),
)

READINGS = Table(
    "document_readings",
    "How and when documents were read, and what became of them when they were read again; a finding that stays moves its "
    "last day, another one is a row of its own. One row per document, way of reading and finding that followed another.",
    {
        "reading_id": col.key("Document, way and first day of the finding."),
        "source_id": col.reference("sources.source_id", "Document that was read."),
        "how": col.one_of(
            HOW,
            "fetched: at its address; stored_copy: a copy that was saved when the row was written; quoted_by: only as others "
            "quote it, never opened.",
        ),
        "since_date": col.day("First day of the finding.", is_work=True),
        "read_date": col.day("Last day of the same finding.", is_work=True),
        "finding": col.one_of(
            OF_DOCUMENTS,
            "found: every value that could be told stands there, or all that ever did; changed: at least one does no more; "
            "not_found: none does, nor did in a copy; gone: the address has no page (HTTP 404 or 410); unreadable: something "
            "else came; read: no value to look for; quoted: not opened.",
        ),
        "reason": col.text("Why, in words; null where the finding says all.", nullable=True),
        "values_looked": col.integer("Values that were looked for.", unit="values", ge=0, nullable=True),
        "values_found": col.integer("Values that stand there.", unit="values", ge=0, nullable=True),
        "read_url": col.address(
            "Address that answered, where redirects led to another.",
            nullable=True,
        ),
        "text_sha256": col.code(
            "[0-9a-f]{64}",
            "a SHA-256 of 64 digits 0-9 and a-f",
            "SHA-256 of the text read, spaces aside; null where it was not read whole or not kept.",
            nullable=True,
        ),
    },
    rules=(values_are_of_the_reading,),
)

TABLES = (VERIFICATIONS, READINGS)
