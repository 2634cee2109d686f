"""The command as typed: what it prints, where it writes, and what it returns."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.data import store
from etl import __main__
from etl.__main__ import main
from etl.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent
Make = Callable[..., Path]
Captured = pytest.CaptureFixture[str]


def typed(*arguments: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "etl", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_another_process_builds_the_real_data_to_the_same_bytes(
    raw_folder: Path, built: Path, tmp_path: Path
) -> None:
    """Nothing of a build hangs on the order of sets, the folder it runs in or the clock."""
    run = typed(
        "--raw", str(raw_folder), "--out", "out", cwd=tmp_path, PYTHONHASHSEED="4", TZ="Asia/Shanghai"
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert contents(tmp_path / "out") == contents(built)
    *rows, last = run.stdout.splitlines()
    loaded = store.load(built)
    assert [line.split() for line in rows] == [[t.name, f"{len(loaded[t.name]):,}"] for t in TABLES]
    snapshot = store.snapshot(built).id
    assert re.fullmatch(rf"snapshot {snapshot} written to out \(\d+\.\d s\)", last)


def test_check_says_what_is_sound_and_writes_nothing(
    small_raw: Make, tmp_path: Path, capsys: Captured
) -> None:
    raw = small_raw()
    before = contents(raw)
    out = tmp_path / "data" / "out"
    assert main(["check", "--raw", str(raw), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(rf"\d+ rows in {len(TABLES)} tables are sound \(\d+\.\d s\)\n", said.out)
    assert said.err == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["raw"] and contents(raw) == before


def test_a_problem_is_status_1_and_two_lines(small_raw: Make, tmp_path: Path, capsys: Captured) -> None:
    raw = small_raw(claims=[{"verdict": "true"}])
    for command in ("check", "build"):
        assert main([command, "--raw", str(raw), "--out", str(tmp_path / "out")]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        first, last = said.err.splitlines()
        assert first == (
            f"{raw.as_posix()}/claims.csv:2: verdict: not one of corroborated, partly_corroborated, out_of_date, "
            "contradicted, unverifiable, pending: got 'true', expected one of these"
        )
        assert last == "1 problem in 1 file; nothing was written"
        assert sorted(p.name for p in tmp_path.iterdir()) == ["raw"]


def test_files_are_named_from_where_the_command_was_typed(
    small_raw: Make, monkeypatch, capsys: Captured
) -> None:
    raw = small_raw(claims=[{"verdict": "true"}])
    monkeypatch.chdir(raw.parent)
    assert main(["check", "--raw", "raw"]) == 1
    assert capsys.readouterr().err.startswith("raw/claims.csv:2: verdict: ")


def test_a_missing_folder_is_status_1(tmp_path: Path, capsys: Captured) -> None:
    for command in ("check", "build"):
        assert main([command, "--raw", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 1
        said = capsys.readouterr().err.splitlines()
        assert said == [
            f"{(tmp_path / 'none').as_posix()}: no such folder: expected the folder of the raw CSV files",
            "1 problem in 1 file; nothing was written",
        ]
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_command_is_refused(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["republish"])
    assert stopped.value.code == 2
    assert "invalid choice: 'republish'" in capsys.readouterr().err


def test_help_names_the_command_and_its_options(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: python -m etl [-h]")
    for word in ("check", "new", "source", "claim-list", "company", "--set", "--dry-run", "--raw", "--out"):
        assert word in said


def test_without_options_it_works_on_the_projects_own_data(raw_folder: Path) -> None:
    assert raw_folder == __main__.DATASETS / "raw"
    assert __main__.DATASETS / "processed" == store.PROJECT / "datasets" / "processed"
