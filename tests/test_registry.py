"""The registry of rows that were read: every change is seen, no row is lost in silence, an editor needs one command."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_set import problems

import etl
from etl.__main__ import main

Make = Callable[..., Path]


@pytest.fixture
def raw(small_raw: Make) -> Path:
    """A small sound set whose rows were all read by Ann."""
    folder = small_raw()
    assert main(["registry", "--by", "Ann", "--raw", str(folder)]) == 0
    return folder


def edit(path: Path, change: Callable[[list[list[str]]], None]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def said(raw: Path) -> list[str]:
    found = etl.review(raw)
    assert found is not None
    return [str(p).removeprefix(f"{raw.as_posix()}/") for p in [*found.changed, *found.lost]]


def set_cell(column: str, value: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[1][rows[0].index(column)] = value

    return change


def test_rows_as_they_were_read_are_nothing_to_tell(raw: Path, tmp_path: Path) -> None:
    assert said(raw) == []
    built = etl.build(raw, tmp_path / "out")
    assert built.review and (built.review.changed_rows, built.review.new_rows) == (0, 0)
    assert built.review.by["Ann"] == built.review.rows > 20


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("models", "parameters_total", "5"),
        ("models", "source_ids", "sources-1; sources-1"),
        ("companies", "hq_city", "Atlantis"),
        ("claims", "verdict", "contradicted"),
        ("exchange_rates", "units_per_usd", "0.2"),
    ],
)
def test_a_changed_cell_is_told_with_file_line_and_column(
    raw: Path, table: str, column: str, value: str
) -> None:
    edit(raw / f"{table}.csv", set_cell(column, value))
    (one,) = said(raw)
    assert one.startswith(f"{table}.csv:2: {column}: changed since it was read (Ann, ")
    assert f"got '{value}'" in one and "python -m etl registry --by NAME" in one


def test_the_build_goes_on_and_says_so_and_the_check_does_not_pass(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(raw / "companies.csv", set_cell("hq_city", "Atlantis"))
    capsys.readouterr()
    assert main(["--raw", str(raw), "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().err
    assert "companies.csv:2: hq_city: changed" in told and "1 row changed since review" in told
    assert main(["check", "--raw", str(raw)]) == 1
    assert main(["registry", "--by", "Bo", "--raw", str(raw)]) == 0
    assert main(["check", "--raw", str(raw)]) == 0
    readers = [line.split("\t")[1] for line in (raw / "registry/companies.tsv").read_text().splitlines()[1:]]
    assert readers == ["Bo"]
    assert "\tBo\t" not in (raw / "registry/models.tsv").read_text()


def test_rows_do_not_vanish(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(raw / "claims.csv", lambda rows: rows.__delitem__(slice(1, None)))
    with pytest.raises(etl.BuildFailed) as failed:
        etl.check(raw)
    (problem,) = failed.value.problems
    assert "1 row that was read is gone: got none with the key claims-1" in str(problem)
    assert main(["registry", "--by", "Bo", "--raw", str(raw)]) == 1
    assert "expected the row, or --gone WHY" in capsys.readouterr().err
    assert main(["registry", "--by", "Bo", "--gone", "told twice", "--raw", str(raw)]) == 0
    etl.check(raw)
    assert "claims-1\tBo\t" in (raw / "registry/claims.tsv").read_text()


def test_a_key_typed_anew_is_told_as_one(raw: Path) -> None:
    edit(raw / "claims.csv", set_cell("claim_id", "claims-7"))
    (one,) = said(raw)
    assert one.startswith(
        "claims.csv:2: claim_id: the key of a row that was read is another one: got 'claims-7'"
    )


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda lines: [*lines[:-1], lines[-1][:-12]], "the file breaks off in this line"),
        (lambda lines: [*lines[:-1], lines[-1] + ",,"], "2 empty cells at the end"),
        (lambda lines: [lines[0], lines[1].replace("2026-", "2062-", 1), *lines[2:]], "2062-"),
        (lambda lines: [lines[0], lines[1].replace("2026-", "2026/", 1), *lines[2:]], "2026/"),
    ],
    ids=["broken off", "cells too many", "a day that cannot be", "a day of another form"],
)
def test_what_cannot_be_right_is_told_once_and_is_neither_gone_nor_changed(
    raw: Path,
    damage: Callable[[list[str]], list[str]],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = raw / "claims.csv"
    path.write_text("\n".join(damage(path.read_text(encoding="utf-8").splitlines())), encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "--raw", str(raw)]) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if line]
    assert len(told) == 2 and words in told[0] and told[1].startswith("1 problem in 1 file"), told


def test_new_rows_are_counted_and_pass(raw: Path) -> None:
    edit(raw / "claims.csv", lambda rows: rows.append(["claims-7", *rows[1][1:]]))
    found = etl.review(raw)
    assert found and (found.new_rows, found.changed, found.lost) == (1, [], [])
    assert found.sentence().startswith("1 new row not reviewed yet")
    etl.check(raw)


def test_lines_of_two_editors_merge_in_any_order(raw: Path) -> None:
    """git joins the lines of both sides: a row signed twice counts as read where either line knows it."""
    path = raw / "registry/claims.tsv"
    old = path.read_text()
    edit(raw / "claims.csv", set_cell("verdict", "pending"))
    main(["registry", "--by", "Bo", "--raw", str(raw)])
    path.write_text(path.read_text() + old.splitlines()[1] + "\n")
    assert said(raw) == []
    main(["registry", "--by", "Cy", "--raw", str(raw)])
    assert len(path.read_text().splitlines()) == 2 and "\tBo\t" in path.read_text()


def test_a_folder_without_a_registry_is_as_good_as_before(small_raw: Make, tmp_path: Path) -> None:
    folder = small_raw()
    assert etl.review(folder) is None
    assert etl.build(folder, tmp_path / "out").review is None


def test_a_new_column_makes_no_row_unread(raw: Path) -> None:
    path = raw / "registry/claims.tsv"
    head, row = path.read_text().splitlines()
    # As it was before the last column came.
    columns, parts = head.split("\t"), row.split("\t")
    with (raw / "claims.csv").open(encoding="utf-8") as file:
        cells = next(csv.DictReader(file))
    from etl.registry import _row_hash

    parts[3] = _row_hash([cells[c] for c in columns[4:-1]])
    parts[4] = parts[4][:-2]
    path.write_text("\t".join(columns[:-1]) + "\n" + "\t".join(parts) + "\n")
    assert said(raw) == []


def test_who_signs_has_a_name(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["registry", "--raw", str(raw)]) == 1
    assert "--by: got '', expected the name of who read the rows" in capsys.readouterr().err
    assert main(["registry", "--by", "TBD", "--raw", str(raw)]) == 1


def test_the_projects_rows_are_registered(raw_folder: Path) -> None:
    """After an edit: read the rows, then `python -m etl registry --by NAME`."""
    found = etl.review(raw_folder)
    assert found is not None
    assert found.sentence() == "", [str(p) for p in [*found.changed, *found.lost]][:20]
    copy = shutil.which("git")
    assert copy is None or "merge=union" in (raw_folder.parents[1] / ".gitattributes").read_text()


def _header_alone(text: str) -> str:
    return text.splitlines(keepends=True)[0]


def _broken_off(text: str) -> str:
    first, row = text.splitlines(keepends=True)[:2]
    return first + row[: len(row.split(",")[0]) - 1]


@pytest.mark.parametrize("change", [_header_alone, _broken_off])
@pytest.mark.parametrize("table", ["companies", "sources", "models"])
def test_a_file_that_lost_its_rows_is_told_once_and_not_by_every_row_that_leads_to_them(
    raw: Path, table: str, change: Callable[[str], str]
) -> None:
    """A filter left on, a copy that broke off: thousands of rows of other files led nowhere, and were told first."""
    path = raw / f"{table}.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    found = problems(raw)
    assert found and all(p.startswith(f"{table}.csv") for p in found), found
    assert any("are gone" in p or "is gone" in p or "breaks off" in p for p in found)


def test_rows_that_nobody_read_are_missed_where_others_lead_to_them(small_raw: Make) -> None:
    folder = small_raw()
    path = folder / "companies.csv"
    path.write_text(_header_alone(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert any("companies.company_id" in p for p in problems(folder))
