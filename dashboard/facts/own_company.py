"""A company that a reader puts in: what is known of it, as rows of the same tables; the label follows from the printed rule."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from dashboard.data import overlay
from dashboard.data.overlay import Overlay
from dashboard.data.store import Tables
from dashboard.facts.what_if import QUALIFIERS
from etl.governance_rule import DIMENSIONS, LEVELS, UNDETERMINED, has_units, label

#: What the form offers: word of the table and its words.
AGENDAS = {"commercial": "What founders mean to sell", "research": "Research", "public": "Public funding"}
WEIGHTS = {"": "not known", "open": "open", "restricted": "restricted", "closed": "closed"}
LEVERS = {
    "cloud": "Cloud",
    "commerce": "Commerce",
    "advertising": "Advertising",
    "subscription": "Subscription",
    "api": "API",
    "distribution": "Distribution",
    "devices": "Devices",
    "chips": "Chips",
    "data": "Data",
    "open_source_ecosystem": "Open-source ecosystem",
    "enterprise": "Enterprise",
    "autonomous_driving": "Autonomous driving",
}
#: Money that the form asks for: metric and its words.
SPENDING = {
    "capex": "Capital expenditure",
    "ai_capex": "AI capital expenditure",
    "r_d_spend": "Research and development",
    "revenue": "Revenue",
}
INFRASTRUCTURE = {
    "chip": "Chip",
    "cloud": "Cloud",
    "framework": "Framework",
    "platform": "Platform",
    "model_hub": "Model hub",
    "data_centre": "Data centre",
}
#: Currencies in which list prices are compared; one in another would be in no chart.
PRICED_IN = ("USD", "CNY")
REPORTED_BY = "Own scores"
#: Entries of a list that the form takes.
MOST = 12


@dataclass(frozen=True)
class OwnCompany:
    """What a reader knows of a company; what is empty is not known.

    Attributes:
        name: English name.
        name_zh: Chinese name.
        company_type: A word of companies.company_type.
        lab_agenda: Who sets a lab's agenda.
        country: Two capital letters.
        scores: Dimension to 0..4, qualifier to 0 or 4.
        since: First day of the scores.
        lead: Name of who leads AI.
        lead_role: That person's role.
        models: Name, weights ("open", "restricted", "closed" or "") and ISO day of release of each.
        levers: Kind and headline of each; the first is the headline.
        spending: Metric, year, amount in whole units, currency.
        infrastructure: Kind and name of each.
        prices: Name of a model of its own, list price of a million tokens of input and of output, currency.
    """

    name: str
    company_type: str = "giant"
    name_zh: str = ""
    lab_agenda: str = ""
    country: str = "DE"
    scores: Mapping[str, int] = field(default_factory=dict)
    since: str = ""
    lead: str = ""
    lead_role: str = ""
    models: tuple[tuple[str, str, str], ...] = ()
    levers: tuple[tuple[str, str], ...] = ()
    spending: tuple[tuple[str, int, float, str], ...] = ()
    infrastructure: tuple[tuple[str, str], ...] = ()
    prices: tuple[tuple[str, float, float, str], ...] = ()

    @property
    def model_id(self) -> str:
        """Label by the printed rule."""
        return label(self.scores, self.company_type, self.lab_agenda or None)

    @property
    def company_id(self) -> str:
        """Slug, apart from all served ones."""
        return f"own-{slug(self.name)}"


def slug(words: str) -> str:
    """Words as a part of an id: letters and digits of Latin, else a hash."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return found or hashlib.sha256(words.encode()).hexdigest()[:8]


def rows(one: OwnCompany, tables: Tables, today: pd.Timestamp) -> dict[str, list[dict[str, object]]]:
    """The company as rows of the tables of an overlay.

    Args:
        one: What is known.
        tables: The served tables: a person who stands there stays that person.
        today: The day on which the reader says so: the newest of the data.
    """
    cid, day = one.company_id, f"{today:%Y-%m-%d}"
    since, source = one.since or day, f"own-{slug(one.name)}"
    out: dict[str, list[dict[str, object]]] = {
        "companies": [
            {
                "company_name": one.name,
                "company_name_zh": one.name_zh,
                "country": one.country,
                "company_type": one.company_type,
                "lab_agenda": "" if has_units(one.company_type) else one.lab_agenda,
            }
        ],
        "company_aliases": [
            {"alias": name, "alias_kind": "name", "language": language}
            for name, language in ((one.name, ""), (one.name_zh, "zh"))
            if name and not (language and name.casefold() == one.name.casefold())
        ],
        "governance_observations": [
            {
                "observation_id": f"{cid}-{d.replace('_', '-')}-{since}",
                "dimension": d,
                "score": score,
                "valid_from": since,
                "valid_from_precision": "day",
                "evidence": f"Own reading: {LEVELS[d][score]}." if d in LEVELS else "Own reading.",
            }
            for d, score in one.scores.items()
            if d in (*DIMENSIONS, *QUALIFIERS)
        ],
    }
    if one.model_id != UNDETERMINED:
        out["governance_assessments"] = [
            {
                "assessment_id": f"{cid}-own-{since}",
                "governance_model_id": one.model_id,
                "basis": "reported",
                "reported_by": REPORTED_BY,
                "valid_from": since,
                "valid_from_precision": "day",
                "note": "Derived by the printed rule from scores that the reader gave.",
            }
        ]
    if one.lead:
        known = tables["people"].drop_duplicates("person_name").set_index("person_name")["person_id"]
        person = str(known.get(one.lead, f"own-{slug(one.lead)}"))
        out["people"] = [
            {
                "role_id": f"{cid}-lead",
                "person_id": person,
                "person_name": one.lead,
                "role": one.lead_role or "Leads AI",
                "is_ai_lead": True,
            }
        ]
        if one.lead not in known:
            out["company_aliases"].append({"alias": one.lead, "alias_kind": "person", "person_id": person})
    out["models"] = [
        {
            "model_id": f"{cid}/{slug(name)}",
            "model_name": name,
            "release_date": released or since,
            "release_date_precision": "day",
            "weights": weights,
            "weights_at": "as the reader says" if weights in ("open", "restricted") else "",
            "modality": "text",
            "is_rolling_alias": False,
            "note": "Put in by the reader; no licence was told.",
        }
        for name, weights, released in one.models[:MOST]
    ]
    out["model_prices"] = [
        {
            "price_id": f"{cid}.{slug(name)}-{currency.lower()}",
            "model_id": f"{cid}/{slug(name)}",
            "provider": one.name,
            "price_date": day,
            "price_date_precision": "day",
            "input_price_per_mtok": before,
            "output_price_per_mtok": after,
            "currency": currency,
            "tier": "standard",
        }
        for name, before, after, currency in one.prices[:MOST]
    ]
    out["commercial_levers"] = [
        {
            "lever_id": f"{cid}-{n}-{kind}",
            "lever": kind,
            "lever_name": words,
            "is_headline": n == 1,
        }
        for n, (kind, words) in enumerate(one.levers[:MOST], 1)
    ]
    out["company_metrics"] = [
        {
            "metric_id": f"{cid}-{metric.replace('_', '-')}-{year}",
            "metric": metric,
            "period": str(year),
            "period_end_date": f"{year}-12-31",
            "known_date": min(day, f"{year}-12-31"),
            "known_date_precision": "day",
            "value": amount,
            "unit": "currency",
            "currency": currency,
        }
        for metric, year, amount, currency in one.spending[:MOST]
    ]
    out["infrastructure"] = [
        {
            "infrastructure_id": f"{cid}-{slug(name)}",
            "infrastructure_kind": kind,
            "infrastructure_name": name,
        }
        for kind, name in one.infrastructure[:MOST]
    ]
    document: dict[str, object] = {
        "source_id": source,
        "publisher": f"{one.name[:60]} (own numbers)",
        "title": f"[Put in by the reader, {day}]",
        "url": f"urn:own:{slug(one.name)}",
        "accessed_date": day,
        "kind": "primary",
    }
    # Every row is about the company, rests on that one document, and is as sure as its word.
    own: dict[str, object] = {"company_id": cid, "confidence": "medium", "source_ids": source}
    return {"sources": [document]} | {name: [own | row for row in mine] for name, mine in out.items() if mine}


def as_overlay(one: OwnCompany, tables: Tables, today: pd.Timestamp) -> Overlay:
    """The company as an overlay.

    Raises:
        OverlayError: what was given cannot stand in the tables' form at all.
    """
    return overlay.of_rows(rows(one, tables, today), one.name, "the form")


def read(own: Overlay) -> OwnCompany | None:
    """The company back from rows as `rows` makes them, to be changed in the form; None where they are others."""
    found = overlay.as_rows(own)
    companies = found.get("companies", [])
    if len(companies) != 1 or not companies[0].get("company_id", "").startswith("own-"):
        return None
    mine = companies[0]
    try:
        people = found.get("people", [])
        called = {r["model_id"]: r["model_name"] for r in found.get("models", [])}
        scored = found.get("governance_observations", [])
        return OwnCompany(
            name=mine["company_name"],
            name_zh=mine.get("company_name_zh", ""),
            company_type=mine["company_type"],
            lab_agenda=mine.get("lab_agenda", ""),
            country=mine["country"],
            scores={r["dimension"]: int(r["score"]) for r in scored},
            since=scored[0]["valid_from"] if scored else "",
            lead=people[0]["person_name"] if people else "",
            lead_role=people[0]["role"] if people else "",
            models=tuple(
                (r["model_name"], r.get("weights", ""), r["release_date"]) for r in found.get("models", [])
            ),
            levers=tuple((r["lever"], r["lever_name"]) for r in found.get("commercial_levers", [])),
            spending=tuple(
                (r["metric"], int(r["period"]), float(r["value"]), r.get("currency", ""))
                for r in found.get("company_metrics", [])
            ),
            infrastructure=tuple(
                (r["infrastructure_kind"], r["infrastructure_name"]) for r in found.get("infrastructure", [])
            ),
            prices=tuple(
                (
                    called[r["model_id"]],
                    float(r["input_price_per_mtok"]),
                    float(r["output_price_per_mtok"]),
                    r["currency"],
                )
                for r in found.get("model_prices", [])
            ),
        )
    except (KeyError, ValueError):
        return None
