"""Second readings: agreement by hand, and what a reading must tell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.build import BuildFailed, check
from etl.tables.readings import ALL, weighted_kappa

Tables = dict[str, pd.DataFrame]
SCORES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)


def test_kappa_by_hand() -> None:
    # Two of four pairs are a step apart: 2/4 seen. By chance: each first with each second, 18 steps in 16 pairs.
    assert weighted_kappa([0, 1, 2, 3], [0, 2, 2, 2]) == pytest.approx(1 - (2 / 4) / (18 / 16))
    assert weighted_kappa([0, 4], [4, 0]) == -1
    assert weighted_kappa([], []) is None and weighted_kappa([3, 3], [3, 3]) is None


@given(SCORES)
def test_kappa_is_one_only_where_all_are_alike(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    kappa = weighted_kappa(first, second)
    assert kappa == (None if kappa is None else pytest.approx(weighted_kappa(second, first)))
    assert kappa is None or kappa <= 1
    assert (kappa == 1) <= (first == second)


def test_agreement_counts_what_was_read(tables: Tables) -> None:
    agreement = tables["reading_agreement"].set_index("dimension")
    parts = agreement.drop(index=ALL)
    for column in ("observations", "read_twice", "without_score", "same", "one_step"):
        assert agreement.at[ALL, column] == parts[column].sum()
    assert agreement.at[ALL, "read_twice"] >= 240
    read = tables["second_readings"]
    assert read["reader"].str.contains("assistant").all(), "no reader is passed off as a person"
    assert (read["score"].ne(read["first_score"]) & read["note"].isna()).sum() == 0


def test_a_difference_without_a_note_is_refused(raw_folder: Path, tmp_path: Path) -> None:
    raw = Path(shutil.copytree(raw_folder, tmp_path / "raw"))
    path = raw / "second_readings.csv"
    rows = pd.read_csv(path, dtype="str")
    line = rows.index[rows["score"].notna() & rows["score"].ne(rows["first_score"])][0]
    rows.loc[line, "note"] = None
    rows.to_csv(path, index=False)
    with pytest.raises(BuildFailed) as failed:
        check(raw)
    assert [(p.line, p.column) for p in failed.value.problems] == [(line + 2, "note")]
