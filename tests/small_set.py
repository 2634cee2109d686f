"""A small sound set of raw files, for tests to break."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import etl
from etl.schema import Table
from etl.tables import TABLES

Rows = list[dict[str, str]]

#: Models of governance that the scores of a giant lead to.
BY_SCORES = (
    "centralised_ceo",
    "centralised_function",
    "hub_and_spoke",
    "federated",
    "product_driven",
    "portfolio",
)
GOVERNANCE_MODELS = (
    *BY_SCORES,
    "lab_led",
    "founder_led",
    "state_institute",
    "undetermined",
)
SMALL = {
    "sources": [
        {
            "url": "https://example.org/1",
            "license": "",
            "accessed_date": "2026-11-20",
            "published_date": "2026-11-20",
        }
    ],
    "companies": [
        {"company_name": "Alpha", "company_name_zh": "阿尔法", "country": "CN", "founded_year": "1999"}
    ],
    "company_aliases": [
        {"alias": "Alpha", "alias_kind": "name", "family_id": "", "person_id": ""},
        {"alias": "阿尔法", "alias_kind": "name", "family_id": "", "person_id": "", "language": "zh"},
        {"alias": "Alpha One", "alias_kind": "model_family", "person_id": ""},
        {"alias": "Ann Lee", "alias_kind": "person", "family_id": "", "person_id": "ann-lee"},
    ],
    "governance_models": [
        {"governance_model_id": m, "sort_order": str(n)} for n, m in enumerate(GOVERNANCE_MODELS, 1)
    ],
    "governance_observations": [
        {"observation_id": f"alpha-{d}-{day}", "dimension": d, "score": str(s), "valid_from": day}
        for day, scores in (
            ("2023-03-28", {"decision_authority": 1, "base_model_strategy": 1, "tooling": 1}),
            ("2026-03-16", {"decision_authority": 4, "base_model_strategy": 3, "innovation_locus": 3}),
        )
        for d, s in scores.items()
    ],
    "verifications": [
        {
            "table_name": "transparency_scores",
            "row_id": "transparency_scores-1",
            "column_name": "score",
            "stated": "4",
            "finding": "found",
        }
    ],
    "document_readings": [
        {"finding": "found", "values_looked": "1", "values_found": "1", "read_url": "", "text_sha256": ""}
    ],
    "second_readings": [{"observation_id": "alpha-tooling-2023-03-28"}],
    "governance_assessments": [
        {"governance_model_id": "federated", "valid_from": "2023-01-01", "valid_to": "2026-03-16"}
    ],
    "governance_events": [
        {"event_date": "2026-03-16", "governance_before": "federated", "governance_after": "centralised_ceo"}
    ],
    "people": [
        {"person_id": "ann-lee", "person_name": "Ann Lee", "person_name_zh": "", "valid_to": "2026-06-01"}
    ],
    "people_moves": [
        {"person_id": "ann-lee", "person_name": "Ann Lee", "to_company_id": "", "to_name": "Beta"}
    ],
    "model_families": [{"family_name": "Alpha One", "family_name_zh": ""}],
    "models": [
        {
            "release_date": "2025-05-01",
            "hf_repo": "alpha/one",
            "training_compute_flop": "1e+22",
            "alternatives": "",
            "is_rolling_alias": "false",
        }
    ],
    "benchmarks": [
        {
            "score_min": "0",
            "score_max": "100",
            "unit": "percent",
            "setting": "",
            "score_field": "",
            "released_date": "",
            "released_date_precision": "",
        }
    ],
    "benchmark_scores": [{"harness": "vendor", "setting": "", "score_field": "", "date_reason": ""}],
    "model_prices": [{"date_reason": "", "input_price_per_mtok": "1.5", "output_price_per_mtok": "4"}],
    "company_metrics": [
        {
            "period": "2026-01-02",
            "metric": "revenue",
            "unit": "currency",
            "known_date": "",
            "known_date_precision": "",
        }
    ],
    "adoption": [{"metric": "monthly_users", "unit": "people"}],
    "exchange_rates": [{"currency": "CNY", "units_per_usd": "7"}],
}


#: Cells of columns whose words have a form.
OF_A_FORM = {
    "ticker": "AAA; 0001.HK",
    "input_modalities": "text; image",
    "output_modalities": "text",
    "language": "en",
}


def sample(table: Table, column: str, row: int) -> str:
    """A sound cell for a column, from its declaration."""
    if column == table.key:
        return f"{table.name}-{row}"
    if column == "company_id":
        return "companies-1"
    meta = table.meta(column)
    if meta["reference"]:
        return f"{meta['reference'].split('.')[0]}-1"
    if meta["choices"]:
        return str(meta["choices"][0])
    if column in OF_A_FORM:
        return OF_A_FORM[column]
    return {"text": "words", "integer": "4", "number": "50.5", "flag": "true", "day": "2026-01-02"}[
        meta["kind"]
    ]


def small_rows(table: Table) -> Rows:
    """One sound row, or the ones above; a cell that they leave out is made from its declaration."""
    rows = []
    for n, given in enumerate(SMALL.get(table.name, [{}]), 1):
        row = {c: sample(table, c, n) for c in table.raw_columns}
        if "valid_to" in row and "valid_to" not in given:
            row |= {"valid_to": "", "valid_to_precision": ""}
        rows.append(row | given)
    return rows


def write_csv(path: Path, rows: Rows, columns: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_small(folder: Path, **changes: Rows) -> Path:
    """Writes a small sound set of raw files; the rows given for a table take its place."""
    folder.mkdir(exist_ok=True)
    for table in TABLES:
        if not table.is_raw:
            continue
        rows = small_rows(table)
        if table.name in changes:
            rows = [rows[min(n, len(rows) - 1)] | given for n, given in enumerate(changes[table.name])]
        write_csv(folder / f"{table.name}.csv", rows, table.raw_columns)
    return folder


def problems(raw: Path) -> list[str]:
    """What a check says, files without their folder."""
    try:
        etl.check(raw)
    except etl.BuildFailed as failed:
        return [str(p).removeprefix(f"{raw.as_posix()}/") for p in failed.problems]
    return []


def apart(cases: Mapping[str, Mapping[str, Rows]], alone: tuple[str, ...] = ()) -> list[list[str]]:
    """Names of cases in as few groups as need be, those of one group changing different tables: one check tells of all.

    Args:
        cases: The tables that each changes.
        alone: Cases that show in what they leave of other tables.
    """
    groups: list[list[str]] = []
    for name, changes in cases.items():
        for group in groups:
            met = {table for other in group for table in cases[other]}
            if name not in alone and group[0] not in alone and not met & set(changes):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups


def merged(cases: Mapping[str, Mapping[str, Rows]], names: list[str]) -> dict[str, Rows]:
    """The changes of several cases at once."""
    return {table: rows for name in names for table, rows in cases[name].items()}
