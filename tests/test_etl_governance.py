"""Governance in time: periods without gap or overlap, dissent, reported and coded labels, events that agree."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.governance_rule import UNDETERMINED
from etl.schema import PANDAS
from etl.tables.governance import (
    ASSESSMENTS,
    EVENTS,
    OBSERVATIONS,
    coded_leaves_no_gap,
    derive_assessments,
    derive_index,
    events_agree,
    gaps_are_explained,
    ranked,
    scores_on,
    source_order,
)

Frames = dict[str, pd.DataFrame]

SOURCES = pd.DataFrame(
    [
        ("paper", "analysis", "2026-04-14"),
        ("news-old", "press", "2026-03-01"),
        ("news-new", "press", "2026-03-20"),
        ("letter", "primary", None),
    ],
    columns=["source_id", "kind", "published_date"],
).astype({"published_date": "datetime64[us]"})
SOURCES = SOURCES.assign(
    url=[f"https://example.org/{i}" for i in SOURCES["source_id"]],
    publisher=SOURCES["source_id"],
    accessed_date=pd.Timestamp("2026-11-20"),
)


def typed(table: object, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows as frame of a table; cells left out are null."""
    columns = table.raw_columns  # type: ignore[attr-defined]
    frame = pd.DataFrame([{c: row.get(c) for c in columns} for row in rows], columns=list(columns))
    return frame.astype({c: PANDAS[table.kind(c)] for c in columns})  # type: ignore[attr-defined]


def reading(
    dimension: str, score: int, day: str, sources: str = "news-old", **own: object
) -> dict[str, object]:
    return {
        "observation_id": f"{dimension}-{day}-{sources.replace('; ', '-')}",
        "company_id": "alpha",
        "dimension": dimension,
        "score": score,
        "valid_from": day,
        "valid_from_precision": "day",
        "confidence": "high",
        "source_ids": sources,
        **own,
    }


def frames(
    readings: list[dict[str, object]],
    reported: list[dict[str, object]] | None = None,
    events: list[dict[str, object]] | None = None,
    kind: str = "giant",
    agenda: str | None = None,
    founded: int | None = 1999,
) -> Frames:
    """One company, alpha, with index and coded labels derived."""
    made: Frames = {
        "sources": SOURCES,
        "companies": pd.DataFrame(
            {
                "company_id": ["alpha"],
                "company_type": [kind],
                "lab_agenda": pd.Series([agenda], dtype="str"),
                "founded_year": pd.Series([founded], dtype="Int64"),
                "confidence": ["high"],
                "source_ids": ["letter"],
            }
        ),
        "governance_observations": typed(OBSERVATIONS, readings),
        "governance_assessments": typed(ASSESSMENTS, reported or []),
        "governance_events": typed(EVENTS, events or []),
    }
    made["governance_index"] = derive_index(made)
    made["governance_assessments"] = derive_assessments(made)
    return made


CENTRAL = [
    reading("decision_authority", 1, "2023-03-28"),
    reading("base_model_strategy", 1, "2023-03-28"),
    reading("tooling", 0, "2024-01-01"),
    reading("decision_authority", 4, "2026-03-16"),
    reading("base_model_strategy", 3, "2026-03-16", "news-new", confidence="medium"),
]


def coded(made: Frames) -> pd.DataFrame:
    rows = made["governance_assessments"]
    return rows[rows["basis"] == "coded"].sort_values("valid_from")


def test_scores_hold_until_the_next_reading() -> None:
    index = frames(CENTRAL)["governance_index"]
    assert list(index["valid_from"].dt.strftime("%Y-%m-%d")) == ["2023-03-28", "2024-01-01", "2026-03-16"]
    assert list(index["valid_to"].dt.strftime("%Y-%m-%d"))[:2] == ["2024-01-01", "2026-03-16"]
    assert pd.isna(index["valid_to"].iloc[-1])
    assert list(index["governance_model_id"]) == ["federated", "federated", "centralised_ceo"]
    assert list(index["tooling"].fillna(-1)) == [-1, 0, 0]
    # Two scored dimensions are too few for an index, three suffice: (1 + 1 + 0) / 3 x 25.
    assert pd.isna(index["centralisation_index"].iloc[0])
    assert list(index["centralisation_index"].iloc[1:]) == [16.7, 58.3]


def test_equal_labels_are_one_period() -> None:
    rows = coded(frames(CENTRAL))
    assert list(rows["governance_model_id"]) == ["federated", "centralised_ceo"]
    assert rows["valid_to"].iloc[0] == rows["valid_from"].iloc[1] == pd.Timestamp("2026-03-16")
    assert rows["confidence"].iloc[1] == "medium"
    assert rows["source_ids"].iloc[1] == "news-new; news-old"
    assert (
        rows["note"].iloc[0] == "on its first day decision authority 1, base-model strategy 1; 2 of 6 scored"
    )


def test_an_event_before_the_first_reading_gives_an_undetermined_period() -> None:
    event: dict[str, object] = {
        "event_id": "e",
        "company_id": "alpha",
        "event_date": "2022-12-01",
        "event_date_precision": "month",
        "confidence": "high",
        "source_ids": "letter",
    }
    made = frames(CENTRAL, events=[event])
    rows = coded(made)
    assert rows["governance_model_id"].iloc[0] == UNDETERMINED
    assert rows["valid_from"].iloc[0] == pd.Timestamp("2022-12-01")
    assert rows["valid_from_precision"].iloc[0] == "month"
    assert coded_leaves_no_gap(made) == []


def test_nothing_known_gives_no_period() -> None:
    made = frames([])
    assert made["governance_index"].empty
    assert made["governance_assessments"].empty
    assert coded_leaves_no_gap(made) == []


@pytest.mark.parametrize(
    ("agenda", "founded", "model", "start"),
    [("research", 2023, "lab_led", "2023-01-01"), ("commercial", None, "founder_led", "2023-03-28")],
)
def test_a_lab_has_one_period_without_scores(
    agenda: str, founded: int | None, model: str, start: str
) -> None:
    index = frames(CENTRAL, kind="startup", agenda=agenda, founded=founded)["governance_index"]
    assert list(index["governance_model_id"]) == [model]
    assert list(index["valid_from"]) == [pd.Timestamp(start)]
    assert index["scored_count"].iloc[0] == 0
    assert pd.isna(index["centralisation_index"].iloc[0])


@pytest.mark.parametrize(
    ("better", "worse"),
    [("letter", "news-new"), ("news-new", "news-old"), ("news-old", "paper"), ("paper; letter", "news-new")],
)
def test_of_two_readings_the_better_sourced_is_used(better: str, worse: str) -> None:
    day = "2026-03-16"
    rows = typed(OBSERVATIONS, [reading("tooling", 1, day, better), reading("tooling", 4, day, worse)])
    order = source_order(SOURCES)
    for both in (rows, rows.iloc[::-1]):
        assert [r["score"] for r in scores_on(ranked(both, order), pd.Timestamp(day))] == [1]


def test_a_newer_reading_replaces_a_better_sourced_one() -> None:
    rows = typed(
        OBSERVATIONS,
        [reading("tooling", 1, "2026-03-16", "letter"), reading("tooling", 4, "2026-04-08", "paper")],
    )
    readings = ranked(rows, source_order(SOURCES))
    assert [r["score"] for r in scores_on(readings, pd.Timestamp("2026-04-07"))] == [1]
    assert [r["score"] for r in scores_on(readings, pd.Timestamp("2026-04-08"))] == [4]


def test_a_period_starts_as_exactly_as_its_best_known_reading() -> None:
    vague = reading("tooling", 2, "2026-03-16", "paper", valid_from_precision="approx")
    index = frames([*CENTRAL, vague])["governance_index"]
    assert index["valid_from_precision"].iloc[-1] == "day"


def test_coded_periods_with_a_gap_are_told() -> None:
    made = frames(CENTRAL)
    rows = made["governance_assessments"]
    first, last = coded(made).index
    rows.loc[first, "valid_to"] = pd.Timestamp("2026-03-01")
    rows.loc[last, "valid_to"] = pd.Timestamp("2026-10-01")
    assert coded_leaves_no_gap(made) == [
        (
            0,
            "",
            "alpha: coded periods neither gap nor overlap: got 2026-03-01 before 2026-03-16, "
            "expected the same day",
        ),
        (0, "", "alpha: the last coded period ends: got 2026-10-01, expected an open end"),
    ]
    made["governance_assessments"] = rows.drop(index=first)
    assert coded_leaves_no_gap(made)[0] == (
        0,
        "",
        "alpha: coded periods start late: got 2026-03-16, expected 2023-03-28",
    )
    made["governance_assessments"] = rows.drop(index=[first, last])
    assert coded_leaves_no_gap(made) == [
        (0, "", "alpha: got no coded period, expected one from 2023-03-28 on")
    ]


def report(model: str, start: str, end: str | None = None, **own: object) -> dict[str, object]:
    return {
        "assessment_id": f"{model}-{start}",
        "company_id": "alpha",
        "governance_model_id": model,
        "basis": "reported",
        "reported_by": "Paper",
        "valid_from": start,
        "valid_from_precision": "day",
        "valid_to": end,
        "confidence": "high",
        "source_ids": "paper",
        **own,
    }


def test_a_reporter_who_falls_silent_needs_a_reason() -> None:
    first, later = report("federated", "2022-01-01", "2023-01-01"), report("portfolio", "2024-01-01")
    other = report("federated", "2025-01-01", reported_by="Other")
    raw = {"governance_assessments": typed(ASSESSMENTS, [first, later, other])}
    assert gaps_are_explained(raw) == [
        (
            1,
            "note",
            "a gap before 2024-01-01 (alpha, Paper): got '', "
            "expected a note that says why nothing is reported in between",
        )
    ]
    raw["governance_assessments"] = typed(
        ASSESSMENTS, [first, later | {"note": "No report in between was found."}, other]
    )
    assert gaps_are_explained(raw) == []


def change(before: str | None, after: str | None, day: str = "2026-03-16") -> dict[str, object]:
    return {
        "event_id": "e",
        "company_id": "alpha",
        "event_date": day,
        "event_date_precision": "day",
        "governance_before": before,
        "governance_after": after,
        "confidence": "high",
        "source_ids": "letter",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("federated", "centralised_ceo"),
        (None, None),
        # What a named source says agrees as well as the coded label.
        ("federated", "product_driven"),
    ],
)
def test_an_event_agrees_with_either_basis(before: str | None, after: str | None) -> None:
    made = frames(CENTRAL, [report("product_driven", "2026-04-01")], [change(before, after)])
    assert events_agree(made) == []


def test_an_event_that_disagrees_is_told() -> None:
    made = frames(CENTRAL, events=[change("hub_and_spoke", "federated")])
    assert events_agree(made) == [
        (
            0,
            "governance_before",
            "no assessment of alpha around 2026-03-16 agrees: got 'hub_and_spoke', expected federated",
        ),
        (
            0,
            "governance_after",
            "no assessment of alpha around 2026-03-16 agrees: got 'federated', expected centralised_ceo",
        ),
    ]


# --- The real data ---


def test_every_day_of_every_company_has_one_coded_label(tables: Frames) -> None:
    assert coded_leaves_no_gap(tables) == []
    known = set(tables["governance_events"]["company_id"])
    rows = tables["governance_assessments"]
    assert known <= set(rows.loc[rows["basis"] == "coded", "company_id"])


def test_coverage(tables: Frames) -> None:
    observations, events = tables["governance_observations"], tables["governance_events"]
    assert len(observations) >= 190
    groups = tables["companies"].query("company_type == 'giant'")["company_id"]
    scored = observations.groupby("company_id")["dimension"].nunique().reindex(groups, fill_value=0)
    assert (scored >= 4).sum() >= 10
    since = events[events["event_date"] >= "2021-01-01"]
    assert len(since) >= 125
    assert len(tables["governance_assessments"]) >= 80


def labels(tables: Frames, company: str, basis: str, day: str) -> set[str]:
    rows = tables["governance_assessments"]
    when = pd.Timestamp(day)
    held = (rows["valid_from"] <= when) & (rows["valid_to"].isna() | (rows["valid_to"] > when))
    mine = rows[held & (rows["company_id"] == company) & (rows["basis"] == basis)]
    return set(mine["governance_model_id"])


@pytest.mark.parametrize(
    ("company", "basis", "day", "expected"),
    [
        ("alibaba", "coded", "2023-06-30", {"federated"}),
        ("alibaba", "reported", "2023-06-30", {"federated"}),
        ("alibaba", "coded", "2026-06-30", {"centralised_ceo"}),
        ("alibaba", "reported", "2026-06-30", {"centralised_ceo"}),
        ("tencent", "coded", "2026-06-30", {"hub_and_spoke"}),
        ("tencent", "reported", "2026-06-30", {"federated", "hub_and_spoke"}),
        ("baidu", "coded", "2025-11-24", {"centralised_function"}),
        ("baidu", "reported", "2025-11-24", {"centralised_function"}),
        ("baidu", "coded", "2025-11-25", {"centralised_ceo"}),
        ("baidu", "reported", "2025-11-25", {"centralised_ceo"}),
        ("bytedance", "coded", "2024-12-31", {"product_driven"}),
        ("bytedance", "coded", "2025-12-31", {"hub_and_spoke"}),
        ("meta", "coded", "2022-06-02", {"federated"}),
        ("meta", "coded", "2024-01-17", {"centralised_function"}),
    ],
)
def test_known_turning_points(tables: Frames, company: str, basis: str, day: str, expected: set[str]) -> None:
    assert labels(tables, company, basis, day) == expected


def test_both_readings_of_the_change_at_alibaba_stay(tables: Frames) -> None:
    rows = tables["governance_observations"].query("company_id == 'alibaba'")
    readings = rows.groupby(["valid_from", "dimension"]).size()
    assert readings[pd.Timestamp("2026-03-16")].max() == 2
    used = tables["governance_index"].query("company_id == 'alibaba'").set_index("valid_from")
    # The press found no group-wide access to data, the article expected it: the press is used.
    assert used.at[pd.Timestamp("2026-03-16"), "data_access"] == 1
