"""Where a row of a chart leads: to the company, model, reorganisation or claim that it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.data.store import Tables
from dashboard.look.theme import MODEL, is_missing, model_short

#: Names of a list that are offered as links; a bar of eighty models is read in the table.
MOST = 6


@dataclass(frozen=True)
class Lead:
    """One thing that a row speaks of: its kind (a key of `permalink.PLACES`), the id to be picked on its page, how it is named."""

    kind: str
    id: str
    label: str


def of_row(row: Mapping[str, Any], tables: Tables) -> list[Lead]:
    """What a row of a chart's frame speaks of, nearest first: models, then companies, then a governance model.

    Args:
        row: One row of a frame; its columns name what it speaks of (`company_id`, `company_name`, `company_names`,
            `model_id`, `model_name`, `model_label`, `model_names`, `governance_model_id`, `claim_id`).
        tables: Tables with names as the reader chose them; what is not in them is not led to.
    """
    companies, models = tables["companies"], tables["models"]
    found: list[Lead] = []
    company = _one(row, "company_id", companies, "company_id", "company_name") or _by_name(
        row.get("company_name"), companies, "company_name", "company_id", "company"
    )
    mine = models if company is None else models[models["company_id"] == company.id]
    for column in ("model_name", "model_label", "model_names"):
        for name in _names(row.get(column)):
            lead = _by_name(name, mine, "model_name", "model_id", "model")
            found += [lead] if lead else []
    model = _one(row, "model_id", models, "model_id", "model_name", "model")
    found = [model] if model else found
    found += [company] if company else []
    for name in _names(row.get("company_names")):
        lead = _by_name(name, companies, "company_name", "company_id", "company")
        found += [lead] if lead else []
    if not found and (kind := row.get("governance_model_id")) in MODEL:
        found.append(Lead("governance", str(kind), f"Organisations: {model_short(str(kind))}"))
    if not is_missing(row.get("claim_id")):
        found.append(Lead("claim", str(row["claim_id"]), "All claims"))
    return list(dict.fromkeys(found))[:MOST]


def _names(cell: object) -> list[str]:
    return [] if is_missing(cell) else [n for n in str(cell).split(", ") if n]


def _one(
    row: Mapping[str, Any], column: str, table: pd.DataFrame, key: str, name: str, kind: str = "company"
) -> Lead | None:
    if is_missing(row.get(column)):
        return None
    mine = table.loc[table[key] == row[column], name]
    return Lead(kind, str(row[column]), str(mine.iloc[0])) if len(mine) else None


def _by_name(name: object, table: pd.DataFrame, column: str, key: str, kind: str) -> Lead | None:
    if is_missing(name):
        return None
    mine = table.loc[table[column] == name, key]
    # A name that two things share leads nowhere rather than to the wrong one.
    return Lead(kind, str(mine.iloc[0]), str(name)) if len(mine) == 1 else None


__all__ = ["MOST", "Lead", "of_row"]
