"""`python -m etl new`: skeletons that, filled in, are sound rows; a newcomer of any type builds and is shown."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import etl
from etl.__main__ import main
from etl.new import slug

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"


@pytest.fixture
def raw(raw_folder: Path, tmp_path: Path) -> Path:
    """A copy of the real files."""
    return Path(shutil.copytree(raw_folder, tmp_path / "raw"))


def rows_of(raw: Path, table: str) -> list[dict[str, str]]:
    with (raw / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def new(raw: Path, what: str, /, *more: str, **cells: str) -> int:
    given = [f"--set={column}={value}" for column, value in cells.items()]
    return main(["new", what, *given, *more, "--raw", str(raw)])


def problems(raw: Path) -> list[str]:
    try:
        etl.check(raw)
    except etl.BuildFailed as failed:
        return [str(p) for p in failed.problems]
    return []


URL = "https://news.example.org/a,b?x=“1”"


def test_an_article_with_its_claims(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {name: (raw / f"{name}.csv").read_bytes() for name in ("sources", "claims", "companies")}
    assert (
        new(raw, "source", url=URL, publisher="Example News", title="An article", kind="press", language="en")
        == 0
    )
    (mine,) = [r for r in rows_of(raw, "sources") if r["url"] == URL]
    document = mine["source_id"]
    assert document.startswith("example-news-") and mine["accessed_date"]
    out = capsys.readouterr().out
    assert "One of: primary, press, analysis, dataset." in out and "Nothing is missing" in out
    # The kind follows from the address where that is known.
    assert new(raw, "source", "--dry-run", url="https://qwenlm.github.io/blog/x/", publisher="Qwen") == 0
    assert re.search(r"kind += primary", capsys.readouterr().out)
    assert new(raw, "claim-list", "--rows", "3", document_id=document, section="Outlook") == 0
    claims = [r for r in rows_of(raw, "claims") if r["document_id"] == document]
    assert [r["claim_id"] for r in claims] == [f"{document}-00{n}" for n in (1, 2, 3)]
    out = capsys.readouterr().out
    assert "3 cells are missing" in out and "MISSING" in out and "pending" in out
    # What is missing is what the check names, and nothing else.
    said = problems(raw)
    assert len(said) == 3 and all("claims.csv:" in p and ": claim: empty" in p for p in said)
    text = (raw / "claims.csv").read_text(encoding="utf-8")
    for n in (1, 2, 3):
        row = f"{document}-00{n},{document},Outlook,fact,"
        text = text.replace(row, f"{row}Statement {n} of the article")
    (raw / "claims.csv").write_text(text, encoding="utf-8")
    assert problems(raw) == []
    # Numbers go on, and every other line is as it was, byte by byte.
    assert new(raw, "claim-list", document_id=document, section="More", claim="Another") == 0
    assert rows_of(raw, "claims")[-1]["claim_id"] >= rows_of(raw, "claims")[0]["claim_id"]
    assert f"{document}-004" in (raw / "claims.csv").read_text(encoding="utf-8")
    for name, content in before.items():
        now = (raw / f"{name}.csv").read_bytes().splitlines()
        assert [line for line in now if document.encode() not in line] == content.splitlines()


def test_newcomers_of_any_type_build_and_are_shown(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rows and an alias alone: nothing is known of their years, people, models or governance."""
    cited = rows_of(raw, "companies")[0]["source_ids"]
    for kind in ("giant", "startup", "lab"):
        given = {
            "company_name": f"Newcomer {kind}",
            "company_name_zh": f"新来者{kind}",
            "company_type": kind,
            "source_ids": cited,
        } | ({} if kind == "giant" else {"lab_agenda": "commercial"})
        assert new(raw, "company", **given) == 0
        names = {r["alias"] for r in rows_of(raw, "company_aliases") if r["company_id"] == f"newcomer-{kind}"}
        assert names == {f"Newcomer {kind}", f"新来者{kind}"}
    built = tmp_path / "built"
    etl.build(raw, built)
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    for page, query in (
        ("company.py", {"company.id": "newcomer-giant"}),
        ("governance.py", {"company": "newcomer-startup"}),
        ("overview.py", {}),
    ):
        app = AppTest.from_file(str(APP), default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page(f"app_pages/{page}").run()
        assert not app.exception and not app.error, page


@pytest.mark.parametrize(
    ("kind", "cells", "words"),
    [
        ("source", {}, "--set url=… is needed"),
        ("source", {"url": URL, "kind": "blog"}, "expected one of primary, press, analysis, dataset"),
        (
            "source",
            {"url": "www.example.org/a"},
            "expected an address with its scheme, https://www.example.org/a",
        ),
        ("source", {"url": URL, "colour": "red"}, "no column 'colour'"),
        ("claim-list", {}, "--set document_id=… is needed"),
        ("company", {"company_name": "示例"}, "--set company_id=… is needed"),
        ("company", {"company_name": "Alibaba", "company_id": "alibaba"}, "'alibaba' stands there already"),
        (
            "company",
            {"company_name": "X", "company_type": "bank"},
            "expected one of giant, operator, device_maker",
        ),
    ],
)
def test_what_cannot_be_written_is_said_and_no_file_is_touched(
    raw: Path, capsys: pytest.CaptureFixture[str], kind: str, cells: dict[str, str], words: str
) -> None:
    before = {p.name: p.read_bytes() for p in raw.rglob("*") if p.is_file()}
    assert new(raw, kind, **cells) == 1
    assert words in capsys.readouterr().err
    assert {p.name: p.read_bytes() for p in raw.rglob("*") if p.is_file()} == before


def test_a_dry_run_lists_and_writes_nothing(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p.name: p.read_bytes() for p in raw.rglob("*") if p.is_file()}
    assert new(raw, "company", "--dry-run", company_name="Example AI", company_type="lab") == 0
    out = capsys.readouterr().out
    assert "lab_agenda" in out and "to be written" in out and "governance_observations" in out
    # The printed rule labels a lab by its agenda: the column is no free one here.
    assert re.search(r"lab_agenda +MISSING", out)
    assert {p.name: p.read_bytes() for p in raw.rglob("*") if p.is_file()} == before


def test_new_needs_a_kind_and_nothing_else_takes_one() -> None:
    for command in (["new"], ["check", "source"], ["new", "model"]):
        with pytest.raises(SystemExit) as stopped:
            main(command)
        assert stopped.value.code == 2


def test_ids_are_made_of_names() -> None:
    assert slug("Example AI (Z.ai)") == "example-ai-z.ai"
    assert slug("Société Générale") == "societe-generale"
    assert slug("示例") == ""
