"""What rows of charts share: who leads alone, groups in the order of a vocabulary, members of a model."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.charts.rows import by_model, lone_top, members, ordered, placed


@pytest.mark.parametrize(
    ("values", "fewest", "top"),
    [
        ({"a": 3, "b": 5, "c": 1}, 2, "b"),
        ({"a": 5, "b": 5, "c": 1}, 2, None),
        ({"a": 5, "b": 1, "c": 1}, 2, "a"),
        ({"a": 5}, 2, None),
        ({"a": 5}, 1, "a"),
        ({"a": 5, "b": 1}, 3, None),
        ({}, 1, None),
        ({"a": 1.0, "b": float("nan")}, 2, "a"),
    ],
)
def test_who_leads_leads_alone(values: dict[str, float], fewest: int, top: str | None) -> None:
    assert lone_top(pd.Series(values, dtype="float64"), fewest) == top


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_groups_come_in_the_order_of_their_vocabulary_in_frames_of_any_length(count: int) -> None:
    frame = pd.DataFrame({"kind": ["a", "b", "c"], "weights": ["closed", "open", "open"]}, dtype="str")
    frame = frame.head(count)
    keys = [placed(frame["weights"], ("open", "closed")), placed(frame["kind"], ("c", "b", "a"))]
    found = [key for key, _ in frame.groupby(keys, observed=True)]
    assert found == [("open", "c"), ("open", "b"), ("closed", "a")][3 - count :]


def test_members_stand_under_their_model_in_the_order_of_the_legend() -> None:
    labels = {"z": "undetermined", "b": "federated", "a": "federated", "c": "centralised_ceo"}
    found = by_model(labels)
    assert list(found) == ["centralised_ceo", "federated", "undetermined"]
    row = members(found["federated"], {"a": "Alpha", "b": "Beta"}, {"a": "s1; s2", "b": "s2; s3"})
    assert row == {"companies": 2, "company_names": "Alpha, Beta", "source_ids": "s2; s3; s1"}


def test_rows_are_ordered_by_columns_and_by_keys_that_they_do_not_keep() -> None:
    frame = pd.DataFrame({"name": ["a", "b", "c", "d"], "n": [1.0, 2.0, 2.0, None]})
    assert list(ordered(frame, "-n", "name")["name"]) == ["b", "c", "a", "d"]
    by_key = ordered(frame, "-_last", _last=[0, 1, 0, 1])
    assert list(by_key["name"]) == ["b", "d", "a", "c"] and list(by_key) == ["name", "n"]
