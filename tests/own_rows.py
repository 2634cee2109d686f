"""A reader's own rows, as tests put them over the real data."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from etl.overlay import ALLOWED

SOURCE = {
    "source_id": "own-acme",
    "publisher": "Acme (own numbers)",
    "url": "urn:own:acme",
    "accessed_date": "2026-11-20",
    "kind": "primary",
}
FIRM = {"confidence": "medium", "source_ids": "own-acme"}


def company_rows(scores: dict[str, int] | None = None, **company: str) -> dict[str, list[dict[str, str]]]:
    """A company of the reader's with its document, its name and its scores."""
    scored = {"decision_authority": 4, "base_model_strategy": 3, "tooling": 2} if scores is None else scores
    mine = {"company_id": "acme", "company_name": "Acme", "country": "DE", "company_type": "giant"} | company
    return {
        "sources": [SOURCE],
        "companies": [mine | FIRM],
        "company_aliases": [
            {"alias": mine["company_name"], "alias_kind": "name", "company_id": "acme", "language": "en"}
            | FIRM
        ],
        "governance_observations": [
            {
                "observation_id": f"acme-{d}",
                "company_id": "acme",
                "dimension": d,
                "score": str(s),
                "valid_from": "2026-11-01",
                "valid_from_precision": "month",
                "evidence": "Our own reading.",
            }
            | FIRM
            for d, s in scored.items()
        ],
    }


def as_csv(rows: dict[str, list[dict[str, str]]]) -> dict[str, bytes]:
    """Rows as the files of an overlay, every column of each table in its header."""
    out = {}
    for name, mine in rows.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, ALLOWED[name].raw_columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(mine)
        out[name] = text.getvalue().encode()
    return out


def folder(where: Path, rows: dict[str, list[dict[str, str]]]) -> Path:
    """Rows as a folder of CSV files."""
    where.mkdir(exist_ok=True)
    for name, content in as_csv(rows).items():
        (where / f"{name}.csv").write_bytes(content)
    return where
