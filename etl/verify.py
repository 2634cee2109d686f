"""Proof that stays: looks up the values of rows in saved copies of the documents that they cite.

No network is used; what a copy is, says `etl.copies`. That a number stands in a text says that the document could carry
it, not that it says it of this model or company: `not_found` is the stronger word.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd

from etl.build import check
from etl.copies import copies_in, names_of
from etl.tables.verifications import VALUES, VERIFICATIONS, stated, what_was_checked_still_stands


class NothingToVerifyError(Exception):
    """No copy of a document that could be looked into; the message is for the person at the command line."""


def verify(
    raw: Path, documents: Path, day: date, *, table: str | None = None, source: str | None = None
) -> Counter[str]:
    """Looks up every value whose document has a copy in a folder, and keeps the findings in verifications.csv.

    Args:
        raw: Folder of the CSV files.
        documents: Folder of the copies.
        day: Day to be written down.
        table: Only rows of it.
        source: Only this document.

    Returns:
        How many values have which finding. Earlier findings of the same value are replaced, those of values that
        have changed or gone are taken out, others stay.

    Raises:
        NothingToVerifyError: no such folder, table or document, or no copy of a document that is cited.
        BuildFailed: the data has problems.
    """
    if table is not None and table not in VALUES:
        raise NothingToVerifyError(f"--table: got '{table}', expected one of {', '.join(VALUES)}")
    if not documents.is_dir():
        raise NothingToVerifyError(
            f"{documents}: no such folder, expected copies named <source_id>.md or .html"
        )
    frames = check(raw, about_to_be_written=VERIFICATIONS.name)
    if source is not None and source not in set(frames["sources"]["source_id"]):
        raise NothingToVerifyError(f"--source: no document '{source}' in sources.csv")
    copies = copies_in(documents)
    models = {m["model_id"]: m for m in frames["models"].to_dict("records")}
    findings: dict[str, dict[str, str]] = {}
    for name, columns in VALUES.items():
        if table not in (None, name):
            continue
        rows = frames[name]
        for row in rows.to_dict("records"):
            names = names_of(row, models.get(row.get("model_id")))
            for cited in row["source_ids"].split("; "):
                if cited not in copies or source not in (None, cited):
                    continue
                for column in columns:
                    if pd.isna(row[column]) or row.get(f"{column}_precision", "day") != "day":
                        continue
                    key = str(row[rows.columns[0]])
                    made = f"{name}.{key}.{column}.{cited}".replace("/", ".").lower()
                    findings[made] = {
                        "verification_id": made,
                        "source_id": cited,
                        "table_name": name,
                        "row_id": key,
                        "column_name": column,
                        "stated": stated(row[column]),
                        "finding": copies[cited].finding(row[column], names),
                        "verified_date": f"{day:%Y-%m-%d}",
                    }
    if not findings:
        raise NothingToVerifyError(
            f"{documents}: no copy of a document that a value rests on, expected files such as "
            f"{frames['benchmark_scores']['source_ids'].iloc[0].split('; ')[0]}.md"
        )
    over = {
        frames[VERIFICATIONS.name].at[i, "verification_id"]
        for i, _, _ in what_was_checked_still_stands(frames)
    }
    _keep(raw / "verifications.csv", findings, over)
    return Counter(f["finding"] for f in findings.values())


def _keep(path: Path, findings: dict[str, dict[str, str]], over: set[str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        earlier = {r["verification_id"]: r for r in csv.DictReader(file)}
    kept = {i: r for i, r in earlier.items() if i not in over} | findings
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, VERIFICATIONS.raw_columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept[i] for i in sorted(kept))
