"""What a reader can make charts of: kinds of rows, each with declared columns, as one frame a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.claims import VERDICTS
from dashboard.charts.columns import HOUSE, Column, Frame
from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.rows import of_companies, worded
from dashboard.data.cut import once
from dashboard.data.selection import COMPANY_TYPES
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.facts.metrics import METRIC_WORDS
from dashboard.facts.models import licence_class, released
from dashboard.look.scales import CLAIM_KINDS, steps
from dashboard.look.theme import plural

COMPANY_TYPE = steps("Company type", COMPANY_TYPES)
REPORTER = steps("Reported by", {"third_party": "Third party", "vendor": "Vendor"})


class Rows:
    """One kind of rows.

    Args:
        noun: What one row is, in the singular.
        table: Where they are from.
        made: Rows of the table, with who stands behind each, to rows that have the declared columns.
        one: Measures whose values compare only within one value of another column: measure to that column.
        columns: The declared columns: the first, `name`, names a row, the others follow, the most telling first; rows count
            from the one of days, `day` ("" for none).
    """

    def __init__(
        self,
        noun: str,
        table: str,
        made: Callable[[Tables, pd.DataFrame], pd.DataFrame] = lambda tables, rows: rows,
        one: Mapping[str, str] = MappingProxyType({}),
        /,
        **columns: Column | str,
    ) -> None:
        self.noun, self.table, self.made, self.one = noun, table, made, one
        self.nouns = plural(2, noun)[2:]
        self.columns = Frame(noun, **columns)
        self.declared = {c: self.columns[c] for c in columns}
        self.name = next(iter(columns))
        self.day = next((c for c, d in self.declared.items() if d.form == "day"), "")

    def read(self, tables: Tables, basis: str) -> pd.DataFrame:
        """The rows under a basis of labels; what is offered and what is drawn read the same.

        Returns:
            The declared columns among others, company_id where there is one, is_outside, confidence, source_ids.
        """
        return _read(tables, self, basis)


@once
def _read(tables: Tables, kind: Rows, basis: str) -> pd.DataFrame:
    declared = kind.declared
    if "company_name" in declared:
        rows = of_companies(tables, basis, kind.table)
        types = tables["companies"].set_index("company_id")["company_type"]
        rows = rows.assign(company_type=rows["company_id"].map(types))
    else:
        rows = tables[kind.table].assign(is_outside=False)
    rows = kind.made(tables, rows)
    # Values of a vocabulary are read by their words.
    named = {c: {v.id: v.word for v in d.scale.values} for c, d in declared.items() if d.scale is not None}
    rows = rows.assign(**{c: worded(rows[c], lambda v, w: w.get(v, v), w) for c, w in named.items()})
    kept = {*declared, *(d.beside for d in declared.values()), *HOUSE, "company_id"}
    return rows[[c for c in rows if c in kept]]


def _words(text: pd.Series) -> pd.Series:
    """Ids as words: "new_unit" reads "New unit"."""
    said = text.str.replace("_", " ")
    return said.str[:1].str.upper() + said.str[1:]


def _companies(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    counts = {
        "models": released(tables["models"]),
        "events": landscape.reorganisations(tables),
        "systems": tables["infrastructure"],
    }
    for column, table in counts.items():
        rows[column] = rows["company_id"].map(table["company_id"].value_counts()).fillna(0).astype("Int64")
    index = landscape.index_in_force(tables)["centralisation_index"]
    return rows.assign(centralisation_index=rows["company_id"].map(index))


def _models(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    rows = released(rows)
    return rows.assign(
        modality=_words(rows["modality"]),
        weights=rows["weights"].fillna("not disclosed"),
        licence=rows["license"].map({n: licence_class(n) for n in rows["license"].unique()}),
    )


def _metrics(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[rows["value"].notna()]
    unit = rows["currency"].fillna(rows["unit"])
    said = rows["metric"].map(lambda m: METRIC_WORDS.get(m, m.replace("_", " ")))
    # What is stated in two currencies is two measures.
    return rows.assign(measure=said.str[:1].str.upper() + said.str[1:] + ", " + unit, stated_in=unit)


def _observations(tables: Tables, rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.dropna(subset=["score"])
    return rows.assign(dimension=rows["dimension"].map(DIMENSIONS).fillna(_words(rows["dimension"])))


WHO = {
    "company_name": col.company(),
    "governance_model": col.GOVERNANCE,
    "company_type": col.of_scale(COMPANY_TYPE, "what kind of organisation it is"),
}


#: Column, meaning and heading.
Named = tuple[str, str, str]


def _dated(of: tuple[str, str], name: Named, kind: Named, day: Named, **more: Column | str) -> Rows:
    """Rows of organisations, `of` noun and table, that have a name, a kind whose ids are read as words, and a day."""
    first: dict[str, Column | str] = {name[0]: col.text(*name[1:]), **WHO, kind[0]: col.text(*kind[1:])}
    when = {day[0]: col.day(*day[1:], exact=f"{day[0]}_precision")}
    return Rows(*of, lambda _, rows: rows.assign(**{kind[0]: _words(rows[kind[0]])}), **(first | when | more))


ROWS: dict[str, Rows] = {
    "models": Rows(
        "model",
        "models",
        _models,
        model_name=col.model(),
        **WHO,
        weights=col.WEIGHTS,
        licence=col.LICENCE,
        modality="what the model takes in and gives out",
        release_date=col.day("first public availability", "Released", exact="release_date_precision"),
        parameters_total=col.number("all parameters, every expert", "parameters", "Parameters"),
        parameters_active=col.number("parameters used for one token", "parameters", "Active parameters"),
        context_tokens=col.tokens("longest input", "Context"),
        training_compute_flop=col.number("compute spent on training", "FLOP", "Training compute"),
    ),
    "companies": Rows(
        "organisation",
        "companies",
        _companies,
        **WHO,
        hq_city=col.text("city of its head office", "Head office"),
        founded_year=col.number("year of its founding", heading="Founded"),
        models=col.count("model", "models and sizes released so far"),
        events=col.count("reorganisation", "dated changes in who steers AI", "Reorganisations"),
        systems=col.count(
            "system", "chips, clouds, frameworks and hubs that it owns", "Infrastructure owned"
        ),
        centralisation_index=col.number("0 each unit decides, 100 one group authority"),
    ),
    "events": _dated(
        ("event", "governance_events"),
        ("title", "what happened", "Event"),
        ("event_type", "kind of event", "Kind of event"),
        ("event_date", "day of the event", "Date"),
        what_changed="what changed",
    ),
    "scores": Rows(
        "score",
        "benchmark_scores",
        lambda tables, rows: rows.join(
            tables["benchmarks"].set_index("benchmark_id")["benchmark_name"], on="benchmark_id"
        ),
        {"score": "benchmark_name"},
        model_label=col.text("model as the scorer names it", "Model"),
        benchmark_name=col.text("the test", "Benchmark"),
        **WHO,
        reporter=col.of_scale(REPORTER, "who ran or collected the score"),
        harness="who ran the test, and how",
        score=col.number("as the benchmark counts"),
        score_date=col.day("day of the score", "Date", exact="score_date_precision"),
    ),
    "people": Rows(
        "role",
        "people",
        lambda tables, rows: rows.assign(
            leads=rows["is_ai_lead"].map({True: "Leads AI", False: "Other role"})
        ),
        person_name=col.text("who", "Person"),
        **WHO,
        role="what they do",
        leads=col.text("whether the role leads the organisation's AI", "Leads AI"),
        valid_from=col.day("first day in the role", "From", exact="valid_from_precision"),
    ),
    "metrics": Rows(
        "stated value",
        "company_metrics",
        _metrics,
        {"value": "measure"},
        measure="what is measured, and in what",
        **WHO,
        period="period that the value is stated for",
        period_end_date=col.day("last day of the period", "Period ends"),
        value=col.money("as stated", "stated_in"),
    ),
    "observations": Rows(
        "observation",
        "governance_observations",
        _observations,
        evidence="what the document says",
        **WHO,
        dimension="what is decided",
        score=col.number("0 each unit decides, 4 one group authority"),
        valid_from=col.day("first day of the state described", "From", exact="valid_from_precision"),
    ),
    "infrastructure": _dated(
        ("system", "infrastructure"),
        ("infrastructure_name", "the system", "System"),
        ("infrastructure_kind", "kind of system", "Kind"),
        ("announced_date", "day of the announcement", "Announced"),
    ),
    "levers": _dated(
        ("lever", "commercial_levers"),
        ("lever_name", "how the organisation earns with AI", "Lever"),
        ("lever", "kind of lever", "Kind of lever"),
        ("since_date", "since when", "Since"),
    ),
    "claims": Rows(
        "claim",
        "claims",
        lambda tables, rows: rows.assign(verdict=rows["verdict"].map(VERDICTS)),
        claim="what an article says",
        verdict="what a check found",
        claim_kind=col.of_scale(CLAIM_KINDS),
        section="section of the article",
    ),
}
