"""What the build refuses: every rule by its message, and whole command runs on broken files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from row_faults import FAULTS, SOUND
from small_set import apart, merged, problems

import etl
from etl.__main__ import main
from etl.tables import TABLES
from etl.validate import column_problems, latest_work

ROOT = Path(__file__).resolve().parent.parent
Make = Callable[..., Path]
UNKNOWN_WORD = FAULTS["columns"].cases["unknown word"][1]


def test_the_small_set_is_sound(small_raw: Make) -> None:
    assert problems(small_raw()) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_tables_are_described(table: etl.schema.Table) -> None:
    assert "One row per " in table.description.split(". ")[-1]
    for name, column in table.columns.items():
        assert column.description and column.description.endswith("."), name
        if table.meta(name)["reference"]:
            other, key = table.meta(name)["reference"].split(".")
            assert key in next(t for t in TABLES if t.name == other).columns
    # What is about other rows rests on their documents; a decision is work on the data and no fact of a document.
    if table.name not in (
        "sources",
        "review_decisions",
        "second_readings",
        "reading_agreement",
        "verifications",
        "document_readings",
    ):
        assert list(table.columns)[-2:] == ["confidence", "source_ids"]


TOGETHER = [(kind, names) for kind, told in FAULTS.items() for names in apart(told.changes, alone=told.alone)]


@pytest.mark.parametrize(("kind", "names"), TOGETHER, ids=lambda n: n if isinstance(n, str) else ", ".join(n))
def test_each_fault_of_a_row_is_told(small_raw: Make, kind: str, names: list[str]) -> None:
    told = FAULTS[kind]
    said = problems(small_raw(**merged(told.changes, names)))
    wanted = sorted(told.cases[name][1] for name in names)
    assert said == wanted if told.nothing_else else set(wanted) <= set(said)


@pytest.mark.parametrize("names", apart(SOUND), ids=", ".join)
def test_what_only_looks_like_a_fault_is_sound(small_raw: Make, names: list[str]) -> None:
    assert problems(small_raw(**merged(SOUND, names))) == []


def test_one_fault_is_one_problem(small_raw: Make) -> None:
    assert problems(small_raw(models=[{"weights": "Open"}])) == [UNKNOWN_WORD]


def test_a_column_of_another_type_is_told(small_frames: dict[str, pd.DataFrame]) -> None:
    """What is read has the type of its column; what is derived has to be given it."""
    models = next(t for t in TABLES if t.name == "models")
    frame = small_frames["models"]
    assert column_problems(models, frame, "models (derived)") == []
    (said,) = column_problems(models, frame.assign(parameters_total="many"), "models (derived)")
    assert "parameters_total: of another type: got str, expected Int64" in str(said)


def test_an_unreadable_table_hides_no_other_problem(small_raw: Make) -> None:
    raw = small_raw(
        models=[{"weights": "Open"}], people=[{"person_name": "Bo"}], people_moves=[{"person_id": "bo"}]
    )
    (raw / "companies.csv").write_text("")
    said = problems(raw)
    assert len(said) == 3
    assert said[0].startswith("companies.csv: the file is empty")
    assert said[1] == UNKNOWN_WORD
    assert said[2].startswith("people.csv:2: person_name: does not resolve")


def test_a_file_without_a_table_is_told(small_raw: Make) -> None:
    raw = small_raw()
    (raw / "model.csv").write_text("model_id\n")
    assert problems(raw)[0].startswith("model.csv: no table of this name: expected one of sources, companies")


def test_equal_vague_days_of_a_role_are_sound(small_raw: Make) -> None:
    dates = {"valid_from": "2024-01-01", "valid_to": "2024-01-01"}
    vague = {"valid_from_precision": "year", "valid_to_precision": "year"}
    assert problems(small_raw(people=[dates | vague])) == []


def test_an_event_far_from_every_label_is_sound(small_raw: Make) -> None:
    assert problems(small_raw(governance_events=[{"governance_before": "", "governance_after": ""}])) == []


# --- Whole command runs ---


def edit(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    """Replaces bytes in one raw file, once."""

    def change(raw: Path) -> None:
        path = raw / name
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new, 1))

    return change


def of_cell(name: str, column: str, cell: str, words: str) -> tuple[Callable[[Path], None], str, str]:
    """Another cell in the first row of a file, whose other rows stay as they are: told at that line and column."""

    def change(raw: Path) -> None:
        import csv
        import io

        path = raw / name
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        rows[1][rows[0].index(column)] = cell
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return change, f"{name}:2: {column}:", words


def twice(name: str) -> Callable[[Path], None]:
    """Repeats the last row of a file."""

    def change(raw: Path) -> None:
        path = raw / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join([*lines, lines[-1]]), encoding="utf-8")

    return change


def overlap(raw: Path) -> None:
    """Adds a period of the same reporter that starts where another runs."""
    import csv

    path = raw / "governance_assessments.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, rows[0] | {"assessment_id": "zz-overlap"}])


#: What is broken, in the small set and in a copy of the real data: how, and where and in which words it must be said.
BROKEN: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "missing column": (edit("models.csv", b",weights,", b","), "models.csv:1: weights:", "missing column"),
    "extra column": (
        edit("sources.csv", b"publisher", b"publisher,colour"),
        "sources.csv:1: colour:",
        "unknown",
    ),
    "renamed column": (
        edit("people.csv", b"person_id", b"person_ids"),
        "people.csv:1: person_ids:",
        "renamed?",
    ),
    "wrong type": of_cell("models.csv", "context_tokens", "128k", "not a whole number"),
    "not finite": of_cell("benchmark_scores.csv", "score", "nan", "not a number"),
    "bad date": of_cell("sources.csv", "accessed_date", "31/12/2026", "not a day"),
    "no such day": of_cell("claims.csv", "checked_date", "2026-02-30", "not a day"),
    "duplicate key": (twice("companies.csv"), "companies.csv:", "stands twice"),
    "dangling reference": of_cell("models.csv", "company_id", "nobody", "no 'nobody' in"),
    "dangling source": of_cell("models.csv", "source_ids", "s9", "no 's9' in"),
    "unknown word": of_cell("models.csv", "weights", "Open", "not one of"),
    "overlap": (overlap, "governance_assessments.csv:", "overlaps the period before it"),
    "empty cell": of_cell("companies.csv", "company_name", "", "empty"),
    "blanks": of_cell("companies.csv", "country", "CN ", "blanks around"),
    "empty file": (
        lambda raw: (raw / "models.csv").write_bytes(b"") and None,
        "models.csv:",
        "file is empty",
    ),
    "missing file": (lambda raw: (raw / "claims.csv").unlink(), "claims.csv:", "file is missing"),
    "wrong encoding": (
        lambda raw: (
            (raw / "companies.csv").write_bytes(
                (raw / "companies.csv").read_text(encoding="utf-8").encode("gb18030", "replace")
            )
            and None
        ),
        "companies.csv:",
        "not UTF-8",
    ),
    "unbalanced quote": (edit("people.csv", b"\n", b'\n"'), "people.csv:2:", "quote"),
    "ragged row": (edit("filings.csv", b"\n", b"\nx,y\n"), "filings.csv:2:", "got 2 cells"),
    "repeated header": (edit("sources.csv", b"title", b"url"), "sources.csv:1: url:", "2 times"),
}


#: Of these files nothing more can be told.
UNREAD = (
    "missing column",
    "extra column",
    "renamed column",
    "empty file",
    "missing file",
    "wrong encoding",
    "unbalanced quote",
    "ragged row",
    "repeated header",
)


def together() -> list[list[str]]:
    """The faults in as few folders as show them all: a file that cannot be read shows no second one, of itself or of others."""
    rounds = [[name for name in BROKEN if name not in UNREAD]]
    for name in UNREAD:
        file = BROKEN[name][1].split(":")[0]
        for others in rounds[1:]:
            if file not in [BROKEN[o][1].split(":")[0] for o in others]:
                others.append(name)
                break
        else:
            rounds.append([name])
    return rounds


def refused(raw: Path, names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The command names each of the faults and writes nothing."""
    for name in names:
        BROKEN[name][0](raw)
    beside = sorted(p.name for p in raw.parent.iterdir())
    assert main(["--raw", str(raw), "--out", str(raw.parent / "out")]) == 1
    said = capsys.readouterr()
    lines = said.err.splitlines()
    for name in names:
        _, place, word = BROKEN[name]
        assert any(place in line and word in line and "expected" in line for line in lines[:-1]), (
            name,
            said.err[:2000],
        )
    assert lines[-1].startswith(f"{len(lines) - 1} problem")
    assert lines[-1].endswith("; nothing was written")
    assert said.out == ""
    assert sorted(p.name for p in raw.parent.iterdir()) == beside


@pytest.mark.parametrize("name", BROKEN)
def test_broken_input_is_named_and_nothing_is_written(
    small_raw: Make, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    refused(small_raw(), [name], capsys)


@pytest.mark.parametrize("names", together(), ids=", ".join)
def test_all_faults_of_all_files_of_the_real_data_are_told_at_once(
    raw_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], names: list[str]
) -> None:
    refused(Path(shutil.copytree(raw_folder, tmp_path / "raw")), names, capsys)


def test_folders_that_cannot_be_used(
    small_raw: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = tmp_path / "none"
    assert main(["--raw", str(none), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].endswith("none: no such folder: expected the folder of the raw CSV files")
    assert said[1] == "1 problem in 1 file; nothing was written"

    file = tmp_path / "file"
    file.write_text("mine")
    for out in (file, file / "inside", Path("/proc/nowhere/out")):
        assert main(["--raw", str(small_raw()), "--out", str(out)]) == 1
        assert "cannot be written" in capsys.readouterr().err
    assert file.read_text() == "mine"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_folder_without_permission(
    small_raw: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert main(["--raw", str(small_raw()), "--out", str(locked / "out")]) == 1
    assert "cannot be written: Permission denied" in capsys.readouterr().err


def test_the_command_as_typed(small_raw: Make) -> None:
    raw = small_raw(models=[{"weights": "Open"}])
    run = subprocess.run(
        [sys.executable, "-m", "etl", "check", "--raw", raw.name],
        cwd=raw.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr == (
        "raw/models.csv:2: weights: not one of open, restricted, closed: got 'Open', expected one of these\n"
        "1 problem in 1 file; nothing was written\n"
    )


# --- Days that cannot be ---

DAYS = {t.name: [c for c in t.raw_columns if t.kind(c) == "day"] for t in TABLES if t.is_raw}


@pytest.mark.parametrize("day", ["2062-11-23", "1926-11-23"])
def test_every_column_of_days_has_a_range(small_raw: Make, day: str) -> None:
    """Each told once, at the cell itself; what hangs on it may be told, too."""
    wrong = {t: [dict.fromkeys(columns, day)] for t, columns in DAYS.items() if columns}
    # The documents apart: in a world of two or three they are the measure of all others.
    told = [p for p in problems(small_raw(sources=wrong.pop("sources"))) if p.startswith("sources.csv")]
    told += problems(small_raw(**wrong))
    for table, columns in DAYS.items():
        for column in columns:
            said = [p for p in told if p.startswith(f"{table}.csv:2: {column}: ")]
            assert len(said) == 1 and "not a day that can be" in said[0] and f"got '{day}'" in said[0]


def readings(*days: str) -> list[dict[str, str]]:
    return [{"source_id": f"sources-{n}", "url": f"https://example.org/{n}", "accessed_date": d, "published_date": "", "published_date_precision": ""}
            for n, d in enumerate(days, 1)]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        (["2062-11-23", "2026-11-23", "2026-11-24", "2026-11-25"], [2]),
        (["2026-11-23", "2027-11-23", "2026-11-24", "2026-11-25"], [3]),
        (["2062-11-23", "2062-11-24", "2026-11-24", "2026-11-25"], [2, 3]),
        # A month after all others a machine whose clock lags still takes it.
        (["2026-12-23", "2026-11-23", "2026-11-24", "2026-11-25"], []),
        # Years of work: the old days stay sound.
        (["2026-11-23", "2028-11-23", "2028-11-24", "2028-11-25"], []),
    ],
)
def test_one_slip_in_a_day_of_reading_moves_no_limit(
    small_raw: Make, days: list[str], wrong: list[int]
) -> None:
    said = problems(small_raw(sources=readings(*days)))
    assert [p.partition(": ")[0] for p in said] == [f"sources.csv:{n}" for n in wrong], said
    assert all("accessed_date: not a day that can be" in p for p in said)


@pytest.mark.parametrize(
    ("read", "today", "sound"),
    [
        # Half a year without work, then one document: an honest row, once the day has come.
        ("2027-06-01", "2027-06-01", True),
        ("2027-06-01", "2026-11-27", False),
        # An old document's year is a slip, whose day would not be later than a year's pause.
        ("2027-08-10", "2026-11-27", False),
        # A clock that is wrong itself lets nothing through that lies farther off.
        ("2062-11-23", "2099-01-01", False),
        ("2026-11-25", "1970-01-01", True),
    ],
)
def test_the_clock_widens_the_limit_after_a_pause_and_never_narrows_it(
    read: str, today: str, sound: bool
) -> None:
    days = pd.to_datetime(pd.Series([read, "2026-11-23", "2026-11-24", "2026-11-25"]))
    latest, why = latest_work(days.to_frame("accessed_date"), date.fromisoformat(today))
    assert (days.max() <= latest) is sound
    assert "all but 2 documents were read by 2026-11-2" in why


def test_a_wrong_reading_lets_no_fact_be_later(small_raw: Make) -> None:
    """The document's own day is a slip: the fact is held against the day of all others."""
    days = readings("2062-11-23", "2026-11-23", "2026-11-24", "2026-11-25")
    said = problems(small_raw(sources=days, governance_events=[{"event_date": "2061-01-01"}]))
    assert len([p for p in said if "not a day that can be" in p]) == 2


def test_a_wrong_day_is_told_once(small_raw: Make) -> None:
    days = ["2026-13-01", "30.06.2026", "20260630", "2026-06-31"]
    said = problems(
        small_raw(governance_events=[{"event_id": f"e{n}", "event_date": d} for n, d in enumerate(days)])
    )
    assert len(said) == len(days)
    for line, one in enumerate(said, 2):
        assert one.startswith(f"governance_events.csv:{line}: event_date: not a day"), said


def test_an_address_has_its_scheme(small_raw: Make) -> None:
    urls = ["www.example.org/a", "example.org/a", "http://", "https://x", "ftp://a.org", "mailto:a@b.org"]
    rows = [{"source_id": f"sources-{n}", "url": u} for n, u in enumerate(urls, 1)]
    said = problems(small_raw(sources=rows))
    assert len(said) == len(urls)
    for line, one in enumerate(said, 2):
        assert one.startswith(f"sources.csv:{line}: url: "), said
        assert "an address with its scheme, https://www.example.org/page" in one


def test_what_breaks_any_declared_check_of_any_column_is_told(small_frames: dict[str, pd.DataFrame]) -> None:
    """A table that is called sound is not looked at again: one cell that breaks one check is enough to look."""
    wrong: dict[str, Callable[[dict[str, Any]], object]] = {
        "isin": lambda told: "no such word",
        "str_matches": lambda told: "No Such Form!",
        "greater_than_or_equal_to": lambda told: told["min_value"] - max(1, abs(told["min_value"])),
        "less_than_or_equal_to": lambda told: told["max_value"] + max(1, abs(told["max_value"])),
    }
    told: Counter[str] = Counter()
    for table in (t for t in TABLES if len(small_frames[t.name])):
        frame = small_frames[table.name]
        assert column_problems(table, frame, "") == []
        for name, column in table.columns.items():
            spoilt: list[tuple[str, object]] = [(c.name, wrong[c.name](c.told)) for c in column.checks]
            spoilt += [("null", None)] * (not column.nullable and table.kind(name) != "flag")
            for kind, cell in spoilt:
                other = frame.copy()
                other.loc[other.index[-1], name] = cell
                if other[name].dtype == frame[name].dtype:
                    found = column_problems(table, other, "")
                    assert [p.column for p in found] == [name], (table.name, name, kind)
                    told[kind] += 1
            if column.unique:
                twice = pd.concat([frame, frame.iloc[:1]], ignore_index=True)
                assert {p.column for p in column_problems(table, twice, "")} >= {name}, (table.name, name)
                told["unique"] += 1
    assert min(told[k] for k in (*wrong, "null", "unique")) >= 5, told
