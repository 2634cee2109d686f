"""The printed rule of governance: every clause, the index, and ten companies worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.governance_rule import (
    DIMENSIONS,
    LEVELS,
    RULE,
    UNDETERMINED,
    centralisation_index,
    label,
)

DA, BM, CA, DX, IL, TO = DIMENSIONS
PRODUCT, CAPITAL = "product_units", "outside_capital"

some_scores = st.dictionaries(st.sampled_from(DIMENSIONS), st.integers(0, 4))
enough_scores = st.fixed_dictionaries(
    {DA: st.integers(0, 4), BM: st.integers(0, 4), IL: st.integers(0, 4)},
    optional={d: st.integers(0, 4) for d in (CA, DX, TO)},
)
qualified_scores = st.dictionaries(st.sampled_from([*DIMENSIONS, PRODUCT, CAPITAL]), st.integers(0, 4))
weights = st.dictionaries(st.sampled_from(DIMENSIONS), st.floats(0, 1e6))


def test_five_words_for_each_dimension() -> None:
    assert tuple(LEVELS) == DIMENSIONS
    for words in LEVELS.values():
        assert len(set(words)) == 5


def test_rule_is_printed_in_its_order() -> None:
    assert [model for model, _ in RULE] == [
        "state_institute",
        "lab_led",
        "founder_led",
        UNDETERMINED,
        "portfolio",
        "centralised_ceo",
        "centralised_function",
        "hub_and_spoke",
        "product_driven",
        "federated",
        UNDETERMINED,
    ]
    assert all(sentence.endswith(".") for _, sentence in RULE)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        # Portfolio comes before all others; a qualifier counts at 4 only.
        ({CAPITAL: 4, DA: 4, BM: 4, IL: 4}, "portfolio"),
        ({CAPITAL: 4}, "portfolio"),
        ({CAPITAL: 0, DA: 4, BM: 4, IL: 4}, "centralised_ceo"),
        # Centralised: authority 4 or 3, base 3 or more, no score that puts innovation elsewhere.
        ({DA: 4, BM: 3}, "centralised_ceo"),
        ({DA: 4, BM: 3, IL: 3}, "centralised_ceo"),
        ({DA: 3, BM: 4, IL: 4}, "centralised_function"),
        ({DA: 3, BM: 3}, "centralised_function"),
        ({DA: 2, BM: 3}, UNDETERMINED),
        # Hub and spoke: a hub needs a real lab beside the applications, 2 or 3.
        ({DA: 4, BM: 3, IL: 2}, "hub_and_spoke"),
        ({DA: 4, BM: 2, IL: 3}, "hub_and_spoke"),
        ({DA: 2, BM: 2, IL: 2}, "hub_and_spoke"),
        ({DA: 4, BM: 2, IL: 4}, UNDETERMINED),
        ({DA: 4, BM: 2, IL: 1}, UNDETERMINED),
        ({DA: 4, BM: 2}, UNDETERMINED),
        ({DA: 1, BM: 3, IL: 2}, UNDETERMINED),
        # Product-driven comes before federated, and only with units of end products.
        ({PRODUCT: 4, DA: 1, BM: 1, IL: 1}, "product_driven"),
        ({PRODUCT: 4, BM: 2, IL: 0}, "product_driven"),
        ({PRODUCT: 4, DA: 3, BM: 2, IL: 1}, "product_driven"),
        ({PRODUCT: 0, DA: 1, BM: 1, IL: 1}, "federated"),
        ({PRODUCT: 4, DA: 1, BM: 1, IL: 2}, "federated"),
        ({PRODUCT: 4, DA: 1, BM: 3, IL: 1}, UNDETERMINED),
        ({PRODUCT: 4, IL: 1}, UNDETERMINED),
        # Federated: units decide alone or in council, and no family is the default.
        ({DA: 0, BM: 0}, "federated"),
        ({DA: 1, BM: 2, IL: 2}, "federated"),
        ({DA: 2, BM: 2, IL: 1}, "federated"),
        ({DA: 2, BM: 2}, "federated"),
        ({DA: 1, BM: 3}, UNDETERMINED),
        ({DA: 3, BM: 2}, UNDETERMINED),
        # Never a guess.
        ({DA: 4}, UNDETERMINED),
        ({BM: 0}, UNDETERMINED),
        ({}, UNDETERMINED),
    ],
)
def test_clauses_of_groups(scores: Mapping[str, int], expected: str) -> None:
    assert label(scores, "giant") == expected
    assert label(scores, "giant", "commercial") == expected


@pytest.mark.parametrize("kind", ["lab", "startup"])
@pytest.mark.parametrize(
    ("agenda", "expected"),
    [
        ("public", "state_institute"),
        ("research", "lab_led"),
        ("commercial", "founder_led"),
        (None, UNDETERMINED),
    ],
)
def test_clauses_of_labs_look_at_the_agenda_alone(kind: str, agenda: str | None, expected: str) -> None:
    assert label({}, kind, agenda) == expected
    assert label({CAPITAL: 4, DA: 4, BM: 4}, kind, agenda) == expected


@given(qualified_scores, st.sampled_from(["giant", "startup", "lab"]), st.sampled_from([None, "public"]))
def test_every_company_gets_a_printed_label(scores: dict[str, int], kind: str, agenda: str | None) -> None:
    assert label(scores, kind, agenda) in {model for model, _ in RULE}


@given(st.dictionaries(st.sampled_from([CA, DX, TO]), st.integers(0, 4)), enough_scores)
def test_label_rests_on_authority_base_and_locus(other: dict[str, int], scores: dict[str, int]) -> None:
    assert label({**scores, **other}, "giant") == label({d: scores[d] for d in (DA, BM, IL)}, "giant")


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({DA: 0, BM: 0, IL: 0}, 0.0),
        ({DA: 4, BM: 4, IL: 4}, 100.0),
        ({DA: 4, BM: 3, IL: 3, TO: 3}, 81.25),
        ({DA: 4, BM: 3, IL: 2, PRODUCT: 0, CAPITAL: 0}, 75.0),
        ({DA: 4, BM: 4}, None),
        ({DA: 4, IL: 4, TO: 4}, None),
        ({BM: 4, IL: 4, TO: 4, CA: 4}, None),
        ({}, None),
    ],
)
def test_index(scores: Mapping[str, int], expected: float | None) -> None:
    assert centralisation_index(scores) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("given_weights", "expected"),
    [
        ({}, 50.0),
        ({DA: 2}, 62.5),
        ({DA: 1, BM: 0, IL: 0}, 100.0),
        ({BM: 3, IL: 0}, 25.0),
        # What is not scored weighs nothing, and all weights together may weigh nothing.
        ({CA: 1000}, 50.0),
        ({DA: 0, BM: 0, IL: 0}, None),
    ],
)
def test_index_with_weights(given_weights: Mapping[str, float], expected: float | None) -> None:
    assert centralisation_index({DA: 4, BM: 0, IL: 2}, given_weights) == pytest.approx(expected)


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 0 or more each"):
        centralisation_index({DA: 4, BM: 0, IL: 2}, {DA: -1})


@given(some_scores, weights)
def test_index_stays_on_its_scale(scores: dict[str, int], given_weights: dict[str, float]) -> None:
    index = centralisation_index(scores, given_weights)
    assert index is None or 0 <= index <= 100


@given(enough_scores)
def test_equal_weights_are_no_weights(scores: dict[str, int]) -> None:
    assert centralisation_index(scores, dict.fromkeys(DIMENSIONS, 7.0)) == pytest.approx(
        centralisation_index(scores)
    )


@given(enough_scores, st.sampled_from(DIMENSIONS))
def test_a_higher_score_never_lowers_the_index(scores: dict[str, int], dimension: str) -> None:
    before = centralisation_index(scores)
    after = centralisation_index({**scores, dimension: min(4, scores.get(dimension, 4) + 1)})
    assert before is not None and after is not None
    assert after >= before - 1e-9


# Company, day, the scores that the readings give, and what the printed rule makes of them: worked out by hand
# from governance_observations.csv, not taken from the build.
BY_HAND = [
    ("alibaba", "2023-06-30", {DA: 0, BM: 2, CA: 0, DX: 0, IL: 1, TO: 0}, "federated", 12.5),
    ("alibaba", "2026-06-30", {DA: 4, BM: 3, CA: 4, DX: 1, IL: 3, TO: 3}, "centralised_ceo", 75.0),
    ("tencent", "2024-06-30", {DA: 2, BM: 2, CA: 3, DX: 0, IL: 1, TO: 3}, "federated", 45.8),
    ("tencent", "2026-06-30", {DA: 3, BM: 2, CA: 3, IL: 3, TO: 3}, "hub_and_spoke", 70.0),
    ("baidu", "2025-11-24", {DA: 3, BM: 3, IL: 3, TO: 3}, "centralised_function", 75.0),
    ("baidu", "2025-11-25", {DA: 4, BM: 3, IL: 3, TO: 3}, "centralised_ceo", 81.2),
    ("bytedance", "2024-06-30", {DA: 3, BM: 2, CA: 2, DX: 2, IL: 1, TO: 3}, "product_driven", 54.2),
    ("bytedance", "2026-06-30", {DA: 3, BM: 3, CA: 2, DX: 1, IL: 2, TO: 0}, "hub_and_spoke", 45.8),
    ("meta", "2023-06-30", {DA: 0, BM: 0, IL: 1}, "federated", 8.3),
    ("meta", "2025-12-31", {DA: 3, BM: 3, CA: 3, IL: 3}, "centralised_function", 75.0),
    ("huawei", "2025-12-31", {DA: 3, BM: 3, DX: 3, IL: 3, TO: 3}, "centralised_function", 75.0),
    ("sensetime", "2025-12-31", {DA: 3, BM: 3, CA: 3, IL: 3, TO: 3}, "portfolio", 75.0),
    ("jd", "2025-12-31", {DA: 4, BM: 2, DX: 4, IL: 2, TO: 3}, "hub_and_spoke", 75.0),
    ("netease", "2025-06-30", {DA: 1, BM: 1, DX: 0, IL: 1, TO: 0}, "federated", 15.0),
    ("xiaomi", "2026-03-31", {DA: 4, BM: 3, CA: 3, DX: 3, IL: 3, TO: 3}, "centralised_ceo", 79.2),
    ("kuaishou", "2025-06-30", {DA: 3, BM: 1, CA: 3, DX: 3, IL: 2}, UNDETERMINED, 60.0),
    # The document of the day ends what was read before and carries no new score.
    ("kuaishou", "2026-09-30", {DA: 1, BM: 1, CA: 3, DX: 3}, "portfolio", 50.0),
    ("deepseek", "2026-06-30", {}, "lab_led", None),
]


@pytest.mark.parametrize(("company", "day", "scores", "expected", "index"), BY_HAND)
def test_ten_companies_by_hand(
    tables: dict[str, pd.DataFrame],
    company: str,
    day: str,
    scores: dict[str, int],
    expected: str,
    index: float | None,
) -> None:
    when = pd.Timestamp(day)

    def in_force(rows: pd.DataFrame) -> pd.Series:
        held = (rows["valid_from"] <= when) & (rows["valid_to"].isna() | (rows["valid_to"] > when))
        found = rows[held & (rows["company_id"] == company)]
        assert len(found) == 1
        return found.iloc[0]

    period = in_force(tables["governance_index"])
    assert {d: int(period[d]) for d in DIMENSIONS if pd.notna(period[d])} == scores
    assert period["governance_model_id"] == expected
    assert (None if pd.isna(period["centralisation_index"]) else period["centralisation_index"]) == index
    assessed = tables["governance_assessments"]
    assert in_force(assessed[assessed["basis"] == "coded"])["governance_model_id"] == expected


def test_ten_companies_are_ten() -> None:
    assert len({company for company, *_ in BY_HAND}) >= 10
