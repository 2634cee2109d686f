"""What does not need a question: the dictionary, the coding rule, what is covered, which snapshot answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.data import permalink
from dashboard.data.overlay import added_companies
from dashboard.door.answers import cell
from dashboard.door.build import Build
from dashboard.facts import freshness
from etl.governance_rule import DIMENSIONS, INDEX_SENTENCE, LEVELS, RULE


def dictionary(build: Build) -> dict[str, Any]:
    """Every table and column: description, type, unit, and in how many rows it is filled."""
    tables: dict[str, Any] = {}
    for r in build.dictionary.itertuples():
        table = tables.setdefault(
            str(r.table), {"description": r.table_description, "rows": int(r.rows), "columns": {}}
        )
        table["columns"][str(r.column)] = {
            "type": r.type,
            "description": r.description,
            "unit": r.unit or None,
            "filled": int(r.filled),
        }
    return {"snapshot": build.snapshot.id, "tables": tables}


def coding_rule(build: Build) -> dict[str, Any]:
    """The printed rule: what each score means, how the index is made, and which clause gives which label, in order."""
    return {
        "snapshot": build.snapshot.id,
        "dimensions": {d: dict(enumerate(LEVELS[d])) for d in DIMENSIONS},
        "index": INDEX_SENTENCE,
        "clauses": [{"governance_model_id": model, "when": sentence} for model, sentence in RULE],
    }


def coverage(build: Build) -> dict[str, Any]:
    """First and last day, and how fresh each table is; outside of it nothing is recorded."""
    own = added_companies(build.tables)
    return {
        "snapshot": build.snapshot.id,
        "covered_from": f"{permalink.EARLIEST:%Y-%m-%d}",
        "covered_to": f"{build.newest:%Y-%m-%d}",
        "organisations": len(build.tables["companies"]) - len(own),
        **({"of_your_own": len(own)} if own else {}),
        "tables": [
            {str(k): cell(v) for k, v in row.items()}
            for row in freshness.freshness(build.tables, build.newest).to_dict("records")
        ],
        "permalink": build.link("data", None, data__part="freshness"),
    }


def snapshot(build: Build) -> dict[str, Any]:
    """The build that answers: its id, the newest day a source was read, rows by table, licence."""
    return {
        "id": build.snapshot.id,
        "as_of": f"{build.newest:%Y-%m-%d}",
        "rows": {name: len(frame) for name, frame in sorted(build.tables.items())},
        "licence": "CC BY 4.0; terms of single sources stand beside their citations",
        "permalink": build.link("data"),
    }


RESOURCES: dict[str, Callable[[Build], dict[str, Any]]] = {
    "dictionary": dictionary,
    "coding-rule": coding_rule,
    "coverage": coverage,
    "snapshot": snapshot,
}
