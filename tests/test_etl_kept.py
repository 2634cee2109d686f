"""A build that does again only what looks at a change writes the bytes, and tells the faults, of one from nothing."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_set import write_small

import etl
from etl.registry import register
from etl.tables import TABLES

Make = Callable[..., Path]
RAW = [t.name for t in TABLES if t.is_raw]
#: Cells that are right in some columns and wrong in others.
CELLS = (
    "",
    "1",
    "4",
    "3000",
    "2026-03-16",
    "high",
    "low",
    "USD",
    "alpha",
    "sources-1",
    "Other words",
    "Words  apart",
    "=1",
)


def outcome(raw: Path, out: Path) -> object:
    """Files and result of a build, or all its problems."""
    try:
        result = etl.build(raw, out)
    except etl.BuildFailed as failed:
        return failed.problems
    return result, {p.name: p.read_bytes() for p in out.iterdir()}


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def change(raw: Path, table: str, how: str, row: int, column: int, cell: str) -> None:
    """One change of one table, as an editor may make it."""
    path = raw / f"{table}.csv"
    rows = read(path)
    at = 1 + row % max(1, len(rows) - 1)
    if how == "remove" or len(rows) == 1:
        del rows[at:]
    elif how == "add":
        rows.append([f"{rows[at][0]}-more", *rows[at][1:]])
    elif how == "turn":
        rows[1:] = rows[:0:-1]
    else:
        rows[at][column % len(rows[0])] = cell
    write(path, rows)


CHANGES = st.tuples(
    st.sampled_from(RAW),
    st.sampled_from(["cell", "cell", "cell", "add", "remove", "turn"]),
    st.integers(0, 9),
    st.integers(0, 30),
    st.sampled_from(CELLS),
)


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(st.lists(CHANGES, min_size=2, max_size=3))
def test_step_by_step_is_as_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, int, int, str]]
) -> None:
    to = tmp_path_factory.mktemp("kept")
    raw = write_small(to / "raw")
    etl.build(raw, to / "out")
    before = {name: (raw / f"{name}.csv").read_bytes() for name in RAW}
    for n, one in enumerate(changes):
        change(raw, *one)
        found = outcome(raw, to / "out")
        assert found == outcome(raw, to / f"new-{n}" / "out"), one
        if isinstance(found, list):
            # A fault in between is mended before the next change.
            (raw / f"{one[0]}.csv").write_bytes(before[one[0]])
        before[one[0]] = (raw / f"{one[0]}.csv").read_bytes()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tables whose cells were judged, whose rules were asked, and which were written from rows."""
    done: list[str] = []
    module = etl.build.__globals__

    def noted(name: str, place: dict[str, object], word: str) -> None:
        real = place[name]

        def note(table: object, *args: object) -> object:
            done.append(f"{word} {table.name}")  # type: ignore[attr-defined]
            return real(table, *args)  # type: ignore[operator]

        monkeypatch.setitem(place, name, note)

    noted("cell_problems", module, "cells of")
    noted("rule_problems", module, "rules of")
    noted("arrow_table", module["write_known"].__globals__, "rows of")
    return done


def test_real_data_with_one_table_changed(raw_folder: Path, tmp_path: Path, asked: list[str]) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(raw_folder, raw)
    first = etl.build(raw, tmp_path / "out")
    assert {f"cells of {name}" for name in RAW} <= set(asked)
    asked.clear()
    assert etl.build(raw, tmp_path / "out") == first and asked == []
    rows = read(raw / "governance_observations.csv")
    rows[1][rows[0].index("evidence")] = "Words that were not there."
    write(raw / "governance_observations.csv", rows)
    found = outcome(raw, tmp_path / "out")
    assert [a for a in asked if a.startswith(("cells", "rows"))] == [
        "cells of governance_observations",
        "rows of governance_observations",
        "rows of governance_index",
        "rows of governance_assessments",
        "rows of reading_agreement",
    ]
    assert "rules of benchmark_scores" not in asked and "rules of governance_observations" in asked
    assert found == outcome(raw, tmp_path / "new" / "out")


@pytest.mark.parametrize("what", ["cut", "of other code", "of another day", "another folder", "no file"])
def test_a_memory_that_is_not_of_this_build_is_none(
    small_raw: Make, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    raw = small_raw()
    etl.build(raw, tmp_path / "out")
    memory = tmp_path / ".out.builds" / "kept"
    if what == "cut":
        memory.write_bytes(memory.read_bytes()[:-400])
    elif what == "no file":
        memory.unlink()
        memory.mkdir()
    elif what == "another folder":
        raw = raw.rename(raw.with_name("elsewhere"))
    else:
        place = etl.build.__globals__
        other = {"of other code": ("LOADED", "other"), "of another day": ("_today", lambda: "2020-01-01")}
        monkeypatch.setitem(place, *other[what])
    asked.clear()
    found = outcome(raw, tmp_path / "out")
    assert {f"cells of {name}" for name in RAW} <= set(asked)
    assert found == outcome(raw, tmp_path / "new" / "out")


def test_a_file_of_the_last_build_that_was_touched_is_made_anew(small_raw: Make, tmp_path: Path) -> None:
    raw, out = small_raw(), tmp_path / "out"
    etl.build(raw, out)
    (out / "models.parquet").write_bytes(b"PAR1")
    (out / "companies.parquet").unlink()
    assert outcome(raw, out) == outcome(raw, tmp_path / "new" / "out")


def test_the_memory_is_small_and_stays_one_file(small_raw: Make, tmp_path: Path) -> None:
    raw = small_raw()
    for _n in range(3):
        etl.build(raw, tmp_path / "out")
    (memory,) = [p for p in (tmp_path / ".out.builds").iterdir() if not p.is_dir()]
    assert memory.stat().st_size < 100_000


def test_what_was_changed_since_it_was_read_is_told_each_time(small_raw: Make, tmp_path: Path) -> None:
    raw = small_raw()
    register(tuple(t for t in TABLES if t.is_raw), raw, "Ann", "2026-11-20")
    etl.build(raw, tmp_path / "out")
    change(raw, "companies", "cell", 0, read(raw / "companies.csv")[0].index("hq_city"), "Atlantis")
    said = [etl.build(raw, tmp_path / "out").review for _ in range(3)]
    assert said[0] is not None and [p.column for p in said[0].changed] == ["hq_city"]
    assert said[1] == said[0] == said[2] == etl.review(raw)
    change(raw, "claims", "remove", 0, 0, "")
    with pytest.raises(etl.BuildFailed, match="1 problem in 1 file"):
        etl.build(raw, tmp_path / "out")
