"""Who holds which label, lead, model and lever on a day, against small tables worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.data import citations
from dashboard.data.selection import Selection
from dashboard.facts import landscape
from dashboard.facts.landscape import apply
from dashboard.look.theme import MODEL


def days(*values: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(values)), dtype="datetime64[us]")


def assessments(*rows: tuple[str, str, str, str, str | None, str]) -> pd.DataFrame:
    """Rows of (company, basis, model, first day, end, sources)."""
    frame = pd.DataFrame(
        rows, columns=["company_id", "basis", "governance_model_id", "valid_from", "valid_to", "source_ids"]
    )
    return frame.assign(valid_from=days(*frame["valid_from"]), valid_to=days(*frame["valid_to"]))


TABLES = {
    "companies": pd.DataFrame(
        {
            "company_id": ["a", "b", "c", "young"],
            "founded_year": pd.Series([1999, None, 2010, 2024], dtype="Int64"),
        }
    ),
    "sources": pd.DataFrame(
        {
            "source_id": ["own", "paper", "data", "essay"],
            "strength": ["primary", "reporting", "aggregator", "analysis"],
        }
    ),
    "governance_assessments": assessments(
        ("a", "reported", "federated", "2023-03-28", "2026-03-16", "own"),
        ("a", "reported", "centralised_ceo", "2026-03-16", None, "paper"),
        ("a", "coded", "hub_and_spoke", "2023-01-01", None, "paper"),
        # Two reporters of the same standing: the newer; a better one beats both.
        ("b", "reported", "federated", "2024-01-01", None, "essay"),
        ("b", "reported", "portfolio", "2025-01-01", None, "essay"),
        ("b", "reported", "product_driven", "2022-01-01", None, "essay; paper"),
        ("young", "reported", "lab_led", "2020-01-01", None, "own"),
    ),
}


def test_lists_in_cells() -> None:
    assert citations.split_ids(pd.Series(["b; a", None, "a;c", ""], dtype="str")) == ["b", "a", "c"]


def test_the_best_document_of_a_row_ranks_it() -> None:
    rows = pd.DataFrame({"source_ids": ["essay", "essay; paper", "data", "own; essay", "nowhere"]})
    assert citations.source_rank(rows, TABLES["sources"]).tolist() == [2, 1, 3, 0, 9]


def test_the_better_sourced_report_is_shown_then_the_newer() -> None:
    shown = landscape.assessments_in_force(TABLES, "reported")
    of_b = shown[shown["company_id"] == "b"]["governance_model_id"].tolist()
    assert of_b == ["product_driven", "portfolio", "federated"]
    assert "_rank" not in shown


def test_labels_in_force() -> None:
    assert landscape.labels_in_force(TABLES, "reported") == {
        "a": "centralised_ceo",
        "b": "product_driven",
        "c": "undetermined",
        "young": "lab_led",
    }
    assert landscape.labels_in_force(TABLES, "coded")["a"] == "hub_and_spoke"


@pytest.mark.parametrize(
    ("day", "labels"),
    [
        ("2021-12-31", {"a": "undetermined", "b": "undetermined", "c": "undetermined"}),
        ("2022-01-01", {"a": "undetermined", "b": "product_driven", "c": "undetermined"}),
        ("2023-03-28", {"a": "federated", "b": "product_driven", "c": "undetermined"}),
        (
            "2026-03-15",
            {"a": "federated", "b": "product_driven", "c": "undetermined", "young": "lab_led"},
        ),
        (
            "2026-03-16",
            {"a": "centralised_ceo", "b": "product_driven", "c": "undetermined", "young": "lab_led"},
        ),
    ],
)
def test_labels_on_a_day(day: str, labels: dict[str, str]) -> None:
    """The first day counts, the end day does not, and a company is there from its founding year on."""
    assert landscape.labels_on(TABLES, "reported", pd.Timestamp(day)) == labels


def test_index_in_force() -> None:
    index = pd.DataFrame(
        {
            "company_id": ["a", "a", "b"],
            "valid_to": days("2026-03-16", None, "2025-01-01"),
            "centralisation_index": [25.0, 81.2, 50.0],
        }
    )
    now = landscape.index_in_force({"governance_index": index})
    assert now["centralisation_index"].to_dict() == {"a": 81.2}


def test_leads_are_those_who_have_not_left_newest_first() -> None:
    people = pd.DataFrame(
        {
            "company_id": ["a", "a", "a", "b", "c"],
            "person_id": ["old", "new", "left", "undated", "no-lead"],
            "is_ai_lead": pd.Series([True, True, True, True, False], dtype="boolean"),
            "valid_from": days("2020-01-01", "2025-01-01", "2026-01-01", None, "2026-01-01"),
            "valid_to": days(None, None, "2026-02-01", None, None),
        }
    )
    assert landscape.leads_in_force({"people": people})["person_id"].to_dict() == {"a": "new", "b": "undated"}


def test_newest_events_levers_and_families() -> None:
    events = pd.DataFrame(
        {
            "company_id": ["a", "a", "a", "b"],
            "event_id": ["first", "last", "a product", "only"],
            "event_date": days("2023-03-28", "2026-03-16", "2026-04-01", "2024-01-01"),
            "event_type": ["restructure", "leadership", "product", "new_unit"],
        }
    )
    assert landscape.newest_events({"governance_events": events})["event_id"].to_dict() == {
        "a": "last",
        "b": "only",
    }
    for first, table, key, marked in (
        (landscape.headline_levers, "commercial_levers", "lever_id", "is_headline"),
        (landscape.primary_families, "model_families", "family_id", "is_primary"),
    ):
        marks = pd.Series([False, True, False], dtype="boolean")
        rows = pd.DataFrame({"company_id": ["a", "a", "b"], key: ["side", "main", "only"], marked: marks})
        assert first({table: rows})[key].to_dict() == {"a": "main", "b": "only"}


def test_empty_tables_give_empty_landscapes() -> None:
    empty = {name: frame.iloc[:0] for name, frame in TABLES.items()}
    assert landscape.labels_in_force(empty, "reported") == {}
    assert landscape.labels_on(empty, "coded", pd.Timestamp("2026-01-01")) == {}
    assert landscape.assessments_in_force(empty, "coded").empty


# --- On the real data ---


def test_every_company_has_one_known_label(tables: dict[str, pd.DataFrame]) -> None:
    newest = tables["sources"]["accessed_date"].max()
    shown = apply(tables, Selection(as_of=newest, newest=newest, outside=True))
    for basis in ("reported", "coded"):
        labels = landscape.labels_in_force(shown, basis)
        assert set(labels) == set(tables["companies"]["company_id"])
        assert set(labels.values()) <= set(MODEL)


def on(tables: dict[str, pd.DataFrame], day: str, basis: str) -> dict[str, str]:
    return landscape.labels_on(tables, basis, pd.Timestamp(day))


def test_the_reorganisations_that_everyone_knows(tables: dict[str, pd.DataFrame]) -> None:
    """Alibaba from federated to the chief executive, Baidu's on its day, Tencent differing by basis."""
    assert on(tables, "2023-06-30", "reported")["alibaba"] == "federated"
    assert on(tables, "2023-06-30", "coded")["alibaba"] == "federated"
    assert on(tables, "2026-06-30", "reported")["alibaba"] == "centralised_ceo"
    assert on(tables, "2026-06-30", "coded")["alibaba"] == "centralised_ceo"
    assert on(tables, "2025-11-24", "coded")["baidu"] != "centralised_ceo"
    assert on(tables, "2025-11-25", "coded")["baidu"] == "centralised_ceo"
    reported = tables["governance_assessments"]
    tencent = reported[(reported["company_id"] == "tencent") & (reported["basis"] == "reported")]
    assert "federated" in set(tencent["governance_model_id"])
    assert on(tables, "2026-06-30", "coded")["tencent"] != "federated"
