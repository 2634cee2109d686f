"""Feeds where readers and administrators meet them: the Data page in the words of the command, the workflow, the units."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from dashboard.data import feeds, store
from etl.__main__ import main
from etl.feeds.upstream import FEEDS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def root(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    monkeypatch.setenv("LANDSCAPE_FEEDS", str(tmp_path / "feeds"))
    yield tmp_path / "feeds"


def page() -> str:
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=120)
    app.query_params["data.part"] = "feeds"
    app.switch_page("app_pages/data.py")
    app.run()
    assert not app.exception
    frames = [d.value.to_csv() for d in app.dataframe]
    return "\n".join([m.value for m in app.markdown] + frames)


def test_without_feeds_the_page_says_what_to_run(root: Path) -> None:
    assert feeds.waiting() is None
    assert feeds.HOW in page()


def test_the_page_shows_the_queue_in_the_words_of_the_command(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "epoch"
    source.mkdir()
    head = "Model,Organization,Publication date,Parameters,Training compute (FLOP),Model accessibility,Link,Country (of organization)"
    (source / "notable_ai_models.csv").write_text(
        f"{head}\nWholly **Imagined** 9,Alibaba,2026-11-01,,,,,China\n", encoding="utf-8"
    )
    assert main(["refresh", "--from", str(source), "--feed", "epoch-models"]) == 0
    assert (root / "summary.md").read_text(encoding="utf-8").startswith("# Feeds of ")
    assert main(["review"]) == 0
    reason = "epoch-models names a model of Alibaba Group that is not here, of 2026-11-01"
    assert reason in capsys.readouterr().out
    seen = page()
    assert reason in seen and "Wholly **Imagined** 9" in seen and feeds.HOW not in seen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"day": "x"}',
        '{"day":"x","rule":"","unattended":[],"never":[],"accepted":0,"refused":0,"open":[]}',
        '{"day":"2026-11-21","rule":"","unattended":[],"never":[],"accepted":"x","refused":0,"open":[]}',
    ],
)
def test_a_damaged_queue_is_none(root: Path, text: str) -> None:
    root.mkdir()
    (root / "queue.json").write_text(text)
    assert feeds.waiting() is None


def test_the_workflow_runs_commands_that_exist() -> None:
    told = yaml.safe_load((ROOT / ".github/workflows/refresh.yml").read_text(encoding="utf-8"))
    steps = told["jobs"]["refresh"]["steps"]
    commands = [c for s in steps for c in re.findall(r"python -m etl (\w+)", s.get("run", ""))]
    assert commands == ["refresh", "review", "check"]
    for command in commands[:2]:
        with pytest.raises(SystemExit) as done:
            main([command, "--help"])
        assert done.value.code == 0
    named = {w for s in steps for w in re.findall(r"-r (\S+)", s.get("run", ""))}
    assert named and all((ROOT / n).is_file() for n in named)
    assert (
        told["jobs"]["refresh"]["timeout-minutes"] <= 60
        and told["concurrency"]["cancel-in-progress"] is False
    )
    for step in steps:
        if "run" in step:
            checked = subprocess.run(
                ["bash", "-n"],
                input=re.sub(r"\$\{\{.*?\}\}", "x", step["run"]),
                text=True,
                capture_output=True,
                check=False,
            )
            assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(("name", "says"), [("refresh", "SuccessExitStatus=1"), ("verify", "-m etl\n")])
def test_the_units_name_what_is_there(name: str, says: str) -> None:
    service = (ROOT / f"deploy/landscape-{name}.service").read_text(encoding="utf-8")
    assert f"-m etl {name}\n" in service and says in service
    folder = re.search(r"^WorkingDirectory=(.*)$", service, re.MULTILINE)
    assert folder and f"ReadWritePaths={folder[1]}/datasets" in service
    tool = shutil.which("systemd-analyze")
    if tool:
        done = subprocess.run(
            [tool, "verify", f"deploy/landscape-{name}.timer"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Unknown" not in done.stderr and "Failed to parse" not in done.stderr


def test_the_page_on_feeds_lists_each_of_them() -> None:
    text = (ROOT / "docs/feeds.md").read_text(encoding="utf-8")
    assert [f for f in FEEDS if f"`{f}`" not in text] == []
    assert store.PROJECT == ROOT
