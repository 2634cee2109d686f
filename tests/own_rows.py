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
#: Who led one after the other, and when: each under a label of its own.
LEADS = {"ada-own": "Ada Own", "ben-own": "Ben Own"}
PERIODS = (("2024-03-01", "2026-06-01"), ("2026-06-01", ""))
FIRM = {"confidence": "medium", "source_ids": "own-acme"}


def on(column: str, day: str) -> dict[str, str]:
    """The two cells of a day that is known exactly; "" for none."""
    return {column: day, f"{column}_precision": "day" if day else ""}


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


def many_rows() -> dict[str, list[dict[str, str]]]:
    """The same company in China with everything that the field is counted by: models, prices, scores, leads, moves."""
    rows = company_rows(country="CN")
    for o in rows["governance_observations"]:
        o["valid_from"] = "2024-03-01"
    rows["company_aliases"] += [
        {"alias": name, "alias_kind": "person", "company_id": "acme", "person_id": person} | FIRM
        for person, name in LEADS.items()
    ]
    more: dict[str, list[dict[str, str]]] = {}
    more["models"] = [
        {
            "model_id": f"acme/{n}",
            "model_name": f"Acme-{n}",
            **on("release_date", day),
            "modality": "text",
            "weights": weights,
            "is_rolling_alias": "false",
            "parameters_total": "70000000000",
            "context_tokens": "128000",
            "architecture": "dense",
            "license": "Own licence",
            "weights_at": "Our own servers",
        }
        for n, day, weights in (
            ("1", "2025-05-01", "closed"),
            ("2", "2026-05-01", "open"),
            ("3", "2026-10-10", "open"),
        )
    ]
    more["model_prices"] = [
        {
            "price_id": "acme.1",
            "model_id": "acme/3",
            "provider": "Acme",
            **on("price_date", "2026-11-01"),
            "input_price_per_mtok": "1",
            "output_price_per_mtok": "4",
            "currency": "USD",
            "tier": "standard",
        }
    ]
    more["people"] = [
        {
            "role_id": f"acme-{person}",
            "person_id": person,
            "person_name": name,
            "role": "Chief AI officer",
            "is_ai_lead": "true",
            **on("valid_from", first),
        }
        | (on("valid_to", last) if last else {})
        for (person, name), (first, last) in zip(LEADS.items(), PERIODS, strict=True)
    ]
    more["governance_assessments"] = [
        {
            "assessment_id": f"acme-{model}",
            "governance_model_id": model,
            "basis": "reported",
            "reported_by": "Acme (own numbers)",
            "stated_as": "Our own words",
            **on("valid_from", first),
            **on("valid_to", last),
        }
        for model, (first, last) in zip(("federated", "hub_and_spoke"), PERIODS, strict=True)
    ]
    more["governance_events"] = [
        {
            "event_id": "acme-2026-06-01-hub",
            **on("event_date", "2026-06-01"),
            "event_type": "restructure",
            "title": "A hub for all",
            "what_changed": "One platform group takes over from the units.",
        }
    ]
    more["company_metrics"] = [
        {
            "metric_id": "acme-rd-2025",
            "metric": "r_d_spend",
            "period": "2025",
            "period_end_date": "2025-12-31",
            **on("known_date", "2025-12-31"),
            "value": "1200000000",
            "unit": "currency",
            "currency": "CNY",
        }
    ]
    own = {"company_id": "acme"} | FIRM
    return rows | {table: [own | row for row in mine] for table, mine in more.items()}
