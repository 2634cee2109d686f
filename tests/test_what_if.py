"""A reader's what-if: the same rule, the reader's numbers, the address there and back, and nothing kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.facts.what_if import HEAVIEST, QUALIFIERS, Scenario, allowed, applied, outcome, parse, written
from etl.governance_rule import DIMENSIONS, RULE, centralisation_index, label

IDS = ("alibaba", "tencent", "360")
SCORED = st.dictionaries(st.sampled_from(DIMENSIONS), st.integers(0, 4))
WEIGHTED = st.dictionaries(st.sampled_from(DIMENSIONS), st.integers(0, HEAVIEST).filter(lambda w: w != 1))
OWN_SCORE = st.one_of(
    st.tuples(st.tuples(st.sampled_from(IDS), st.sampled_from(DIMENSIONS)), st.none() | st.integers(0, 4)),
    st.tuples(
        st.tuples(st.sampled_from(IDS), st.sampled_from(QUALIFIERS)), st.none() | st.sampled_from([0, 4])
    ),
)
SCENARIOS = st.builds(
    lambda weights, scores: Scenario(weights, dict(scores)), WEIGHTED, st.lists(OWN_SCORE, max_size=8)
)
#: Tencent as somebody might score it: one executive, one main family, a lab beside the applications.
STATED = {"decision_authority": 3, "base_model_strategy": 2, "innovation_locus": 3, "tooling": 1}


@given(SCENARIOS)
def test_a_scenario_survives_the_address(scenario: Scenario) -> None:
    assert parse(*written(scenario), set(IDS)) == (scenario, [])
    assert scenario.is_empty == (written(scenario) == ("", ""))


@given(SCORED)
def test_without_changes_it_is_what_the_data_says(stated: dict[str, int]) -> None:
    found = outcome(stated, "alibaba", "giant", None)
    assert found.index == centralisation_index(stated)
    assert found.model_id == label(stated, "giant")
    assert found.scored == len(stated)


@given(SCORED, SCENARIOS)
def test_it_follows_the_printed_rule_and_changes_nothing_it_was_given(
    stated: dict[str, int], scenario: Scenario
) -> None:
    before = dict(stated)
    mine = outcome(stated, "alibaba", "giant", None, scenario)
    assert stated == before
    assert mine.model_id in {model for model, _ in RULE}
    assert mine.index is None or 0 <= mine.index <= 100
    # The labels follow scores alone: no weight can move one.
    assert mine.model_id == outcome(stated, "alibaba", "giant", None, Scenario({}, scenario.scores)).model_id


@given(SCORED, SCENARIOS)
def test_changes_to_one_company_leave_the_others_alone(stated: dict[str, int], scenario: Scenario) -> None:
    mine = Scenario({}, {k: v for k, v in scenario.scores.items() if k[0] == "alibaba"})
    assert outcome(stated, "tencent", "giant", None, mine) == outcome(stated, "tencent", "giant", None)


@given(SCORED, st.sampled_from(DIMENSIONS), st.none() | st.integers(0, 4))
def test_putting_a_score_back_takes_the_change_back(
    stated: dict[str, int], dimension: str, score: int | None
) -> None:
    changed = Scenario().scoring("alibaba", dimension, score, stated.get(dimension))
    assert applied(stated, "alibaba", changed).get(dimension) == score
    assert changed.scoring("alibaba", dimension, stated.get(dimension), stated.get(dimension)).is_empty
    assert changed.is_empty == (score == stated.get(dimension))


def test_labels_move_with_scores() -> None:
    assert outcome(STATED, "tencent", "giant", None).model_id == "hub_and_spoke"
    ceo = Scenario(scores={("tencent", "decision_authority"): 4, ("tencent", "base_model_strategy"): 3})
    assert outcome(STATED, "tencent", "giant", None, ceo).model_id == "centralised_ceo"
    money = Scenario(scores={("tencent", "outside_capital"): 4})
    assert outcome(STATED, "tencent", "giant", None, money).model_id == "portfolio"
    gone = Scenario(scores={("tencent", "decision_authority"): None})
    unknown = outcome(STATED, "tencent", "giant", None, gone)
    assert (unknown.model_id, unknown.index, unknown.scored) == ("undetermined", None, 3)


def test_weights_move_the_index() -> None:
    assert outcome(STATED, "tencent", "giant", None).index == pytest.approx(56.25)
    heavy = Scenario(weights={"tooling": 5})
    assert outcome(STATED, "tencent", "giant", None, heavy).index == pytest.approx(25 * (3 + 2 + 3 + 5) / 8)
    assert Scenario(weights={"tooling": 5}).weighing("tooling", 1).is_empty


def test_a_lab_has_a_label_and_no_index() -> None:
    found = outcome({d: 4 for d in DIMENSIONS}, "deepseek", "lab", "research")
    assert (found.model_id, found.index) == ("lab_led", None)


@pytest.mark.parametrize(
    ("weights", "scores", "words"),
    [
        *((w, "", "six whole numbers") for w in ("2-1-1", "9-1-1-1-1-1", "1.5-1-1-1-1-1")),
        *(
            ("", s, "a company, a dimension")
            for s in ("nobody:tooling:2", "alibaba:mood:2", "alibaba:tooling:7")
        ),
        *(("", s, "a company, a dimension") for s in ("alibaba:outside_capital:2", "alibaba")),
    ],
)
def test_what_cannot_be_meant_is_said_and_ignored(weights: str, scores: str, words: str) -> None:
    found, said = parse(weights, scores, set(IDS))
    assert found.is_empty
    assert len(said) == 1 and words in said[0] and said[0].endswith(": ignored.")


def test_a_bad_part_leaves_the_good_ones() -> None:
    found, said = parse("1-1-1-1-1-3", "alibaba:tooling:2,alibaba:tooling:9", set(IDS))
    assert found == Scenario({"tooling": 3}, {("alibaba", "tooling"): 2})
    assert len(said) == 1


def test_every_level_can_be_asked_for() -> None:
    assert all(allowed(d) == ("0", "1", "2", "3", "4", "x") for d in DIMENSIONS)
    assert all(allowed(q) == ("0", "4", "x") for q in QUALIFIERS)
