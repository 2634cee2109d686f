"""That a check from memory says what a check from nothing says, of every kind of fault, and of one after another."""

from __future__ import annotations

from pathlib import Path

import checked_once
import pytest
from row_faults import FAULTS
from small_set import Rows, problems, write_small

#: Of every third kind of faults one, and tables that others lean on: documents, companies, models and names.
ROUNDS: list[dict[str, Rows]] = [
    {},
    *[next(iter(told.changes.values())) for told in list(FAULTS.values())[::3]],
    {"sources": [{"accessed_date": "2062-11-23"}]},
    {"companies": [{"company_id": "other"}]},
    {"models": [{"model_id": "other", "company_id": "nobody"}]},
    {"company_aliases": [{"alias": "Alpha"}]},
    {},
]


def from_nothing(raw: Path) -> list[str]:
    """As `problems`, with the functions of `etl` as they are."""
    checked_once.forget()
    try:
        return problems(raw)
    finally:
        checked_once.remember()


@pytest.mark.slow
def test_a_check_says_the_same_whatever_was_checked_before(tmp_path: Path) -> None:
    before = checked_once.TAKEN.copy()
    for n, changes in enumerate(ROUNDS):
        # Of the sound set a file is gone for a round, too.
        raw = write_small(tmp_path / f"raw-{n % 2}", **changes)
        if n % 5 == 4:
            (raw / "people.csv").unlink()
        assert problems(raw) == from_nothing(raw), changes
    assert problems(write_small(tmp_path / "raw-0")) == []
    # Most of each check is what an earlier one said.
    taken = checked_once.TAKEN - before
    assert min(taken[name] for name in checked_once.OF_FRAMES) > 10 * len(ROUNDS)
