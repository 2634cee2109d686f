"""What a reader can make charts of: kinds of rows, each with declared columns, as one frame a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.claims import VERDICTS
from dashboard.charts.columns import Column
from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.openness import licence_class
from dashboard.charts.rows import of_companies, with_company
from dashboard.data.cut import once
from dashboard.data.selection import COMPANY_TYPES
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.facts.metrics import METRIC_WORDS
from dashboard.facts.models import released
from dashboard.look.scales import CLAIM_KINDS, steps

COMPANY_TYPE = steps("Company type", COMPANY_TYPES)
REPORTER = steps("Reported by", {"third_party": "Third party", "vendor": "Vendor"})


@dataclass(frozen=True)
class Rows:
    """One kind of rows.

    Attributes:
        noun: What one row is, in the singular.
        name: Column that names a row.
        columns: Declared columns by name, the most telling first; `name` among them.
        frame: Selected tables and the basis of labels to rows: declared columns, company_id where there is one, is_outside, confidence, source_ids.
        day: Column with the day that a row counts from; "" for none.
        one: Measures whose values compare only within one value of another column: measure to that column.
    """

    noun: str
    name: str
    columns: Mapping[str, Column]
    frame: Callable[[Tables, str], pd.DataFrame]
    day: str = ""
    one: Mapping[str, str] = field(default_factory=dict)

    def read(self, tables: Tables, basis: str) -> pd.DataFrame:
        """The rows of some tables; what is offered and what is drawn read the same."""
        return _read(tables, self.frame, basis)


@once
def _read(tables: Tables, frame: Callable[[Tables, str], pd.DataFrame], basis: str) -> pd.DataFrame:
    return frame(tables, basis)


def _words(text: pd.Series) -> pd.Series:
    """Ids as words: "new_unit" reads "New unit"."""
    said = text.str.replace("_", " ")
    return said.str[:1].str.upper() + said.str[1:]


def _owned(table: str) -> Callable[[Tables, str], pd.DataFrame]:
    """Rows of a table with who stands behind them."""
    return lambda tables, basis: _typed(tables, of_companies(tables, basis, table))


def _typed(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    types = tables["companies"].set_index("company_id")["company_type"]
    return rows.assign(company_type=rows["company_id"].map(types).map(COMPANY_TYPES))


def _companies(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _typed(tables, with_company(tables, basis, tables["companies"].drop(columns="company_name")))
    models = tables["models"]
    models = released(models)
    index = landscape.index_in_force(tables)
    counts = {
        "models": models,
        "events": landscape.reorganisations(tables),
        "systems": tables["infrastructure"],
    }
    for column, table in counts.items():
        rows[column] = rows["company_id"].map(table["company_id"].value_counts()).fillna(0).astype("Int64")
    rows["centralisation_index"] = rows["company_id"].map(index["centralisation_index"])
    return rows


def _models(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _owned("models")(tables, basis)
    rows = released(rows)
    return rows.assign(
        weights=rows["weights"].fillna("not disclosed").map({v.id: v.word for v in col.WEIGHTS.scale.values}),  # type: ignore[union-attr]
        licence=rows["license"].map({n: licence_class(n) for n in rows["license"].unique()}),
        modality=_words(rows["modality"]),
    )


def _events(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _owned("governance_events")(tables, basis)
    return rows.assign(event_type=_words(rows["event_type"]))


def _scores(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _owned("benchmark_scores")(tables, basis)
    names = tables["benchmarks"].set_index("benchmark_id")["benchmark_name"]
    return rows.assign(
        benchmark_name=rows["benchmark_id"].map(names),
        reporter=rows["reporter"].map({v.id: v.word for v in REPORTER.values}),
    )


def _people(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _owned("people")(tables, basis)
    return rows.assign(leads=rows["is_ai_lead"].map({True: "Leads AI", False: "Other role"}))


def _metrics(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _owned("company_metrics")(tables, basis)
    rows = rows[rows["value"].notna()]
    unit = rows["currency"].fillna(rows["unit"])
    said = [METRIC_WORDS.get(m, m.replace("_", " ")) for m in rows["metric"]]
    # What is stated in two currencies is two measures.
    measure = [f"{m[:1].upper()}{m[1:]}, {u}" for m, u in zip(said, unit, strict=True)]
    return rows.assign(measure=measure, stated_in=unit)


def _observations(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _owned("governance_observations")(tables, basis).dropna(subset=["score"])
    return rows.assign(dimension=rows["dimension"].map(DIMENSIONS).fillna(_words(rows["dimension"])))


def _infrastructure(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _owned("infrastructure")(tables, basis)
    return rows.assign(infrastructure_kind=_words(rows["infrastructure_kind"]))


def _levers(tables: Tables, basis: str) -> pd.DataFrame:
    rows = _owned("commercial_levers")(tables, basis)
    return rows.assign(lever=_words(rows["lever"]))


def _claims(tables: Tables, basis: str) -> pd.DataFrame:
    rows = tables["claims"]
    return rows.assign(
        verdict=rows["verdict"].map(VERDICTS),
        claim_kind=rows["claim_kind"].map({v.id: v.word for v in CLAIM_KINDS.values}),
        is_outside=False,
    )


WHO = {
    "company_name": col.company(),
    "governance_model": col.GOVERNANCE,
    "company_type": col.of_scale(COMPANY_TYPE, "what kind of organisation it is"),
}

ROWS: dict[str, Rows] = {
    "models": Rows(
        "model",
        "model_name",
        {
            "model_name": col.model(),
            **WHO,
            "weights": col.WEIGHTS,
            "licence": col.LICENCE,
            "modality": col.text("what the model takes in and gives out", "Modality"),
            "release_date": col.day("first public availability", "Released", exact="release_date_precision"),
            "parameters_total": col.number("all parameters, every expert", "parameters", "Parameters"),
            "parameters_active": col.number(
                "parameters used for one token", "parameters", "Active parameters"
            ),
            "context_tokens": col.tokens("longest input", "Context"),
            "training_compute_flop": col.number("compute spent on training", "FLOP", "Training compute"),
        },
        _models,
        day="release_date",
    ),
    "companies": Rows(
        "organisation",
        "company_name",
        {
            **WHO,
            "hq_city": col.text("city of its head office", "Head office"),
            "founded_year": col.number("year of its founding", "", "Founded"),
            "models": col.count("model", "models and sizes released so far", "Models"),
            "events": col.count("reorganisation", "dated changes in who steers AI", "Reorganisations"),
            "systems": col.count(
                "system", "chips, clouds, frameworks and hubs that it owns", "Infrastructure owned"
            ),
            "centralisation_index": col.number(
                "0 each unit decides, 100 one group authority", "", "Centralisation index"
            ),
        },
        _companies,
    ),
    "events": Rows(
        "event",
        "title",
        {
            "title": col.text("what happened", "Event"),
            **WHO,
            "event_type": col.text("kind of event", "Kind of event"),
            "event_date": col.day("day of the event", "Date", exact="event_date_precision"),
            "what_changed": col.text("what changed", "What changed"),
        },
        _events,
        day="event_date",
    ),
    "scores": Rows(
        "score",
        "model_label",
        {
            "model_label": col.text("model as the scorer names it", "Model"),
            "benchmark_name": col.text("the test", "Benchmark"),
            **WHO,
            "reporter": col.of_scale(REPORTER, "who ran or collected the score"),
            "harness": col.text("who ran the test, and how", "Harness"),
            "score": col.number("as the benchmark counts", "", "Score"),
            "score_date": col.day("day of the score", "Date", exact="score_date_precision"),
        },
        _scores,
        day="score_date",
        one={"score": "benchmark_name"},
    ),
    "people": Rows(
        "role",
        "person_name",
        {
            "person_name": col.text("who", "Person"),
            **WHO,
            "role": col.text("what they do", "Role"),
            "leads": col.text("whether the role leads the organisation's AI", "Leads AI"),
            "valid_from": col.day("first day in the role", "From", exact="valid_from_precision"),
        },
        _people,
        day="valid_from",
    ),
    "metrics": Rows(
        "stated value",
        "measure",
        {
            "measure": col.text("what is measured, and in what", "Measure"),
            **WHO,
            "period": col.text("period that the value is stated for", "Period"),
            "period_end_date": col.day("last day of the period", "Period ends"),
            "value": col.money("as stated", "stated_in", "Value"),
        },
        _metrics,
        day="period_end_date",
        one={"value": "measure"},
    ),
    "observations": Rows(
        "observation",
        "evidence",
        {
            "evidence": col.text("what the document says", "Evidence"),
            **WHO,
            "dimension": col.text("what is decided", "Dimension"),
            "score": col.number("0 each unit decides, 4 one group authority", "", "Score"),
            "valid_from": col.day("first day of the state described", "From", exact="valid_from_precision"),
        },
        _observations,
        day="valid_from",
    ),
    "infrastructure": Rows(
        "system",
        "infrastructure_name",
        {
            "infrastructure_name": col.text("the system", "System"),
            **WHO,
            "infrastructure_kind": col.text("kind of system", "Kind"),
            "announced_date": col.day(
                "day of the announcement", "Announced", exact="announced_date_precision"
            ),
        },
        _infrastructure,
        day="announced_date",
    ),
    "levers": Rows(
        "lever",
        "lever_name",
        {
            "lever_name": col.text("how the organisation earns with AI", "Lever"),
            **WHO,
            "lever": col.text("kind of lever", "Kind of lever"),
            "since_date": col.day("since when", "Since", exact="since_date_precision"),
        },
        _levers,
        day="since_date",
    ),
    "claims": Rows(
        "claim",
        "claim",
        {
            "claim": col.text("what an article says", "Claim"),
            "verdict": col.text("what a check found", "Verdict"),
            "claim_kind": col.of_scale(CLAIM_KINDS),
            "section": col.text("section of the article", "Section"),
        },
        _claims,
    ),
}
