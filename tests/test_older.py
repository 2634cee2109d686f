"""Kept builds of other code: what that did not know yet is unknown, what cannot be read is one sentence, never an error."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made_once import made_once
from pyarrow import parquet
from streamlit.testing.v1 import AppTest

from dashboard.charts import CHARTS
from dashboard.data import permalink, store
from dashboard.deck import apart_builds, decks
from dashboard.deck.basket import Slide

APP = Path(store.__file__).resolve().parent.parent / "app.py"
#: What an older build lacks: a column that may be empty, whole tables, a column that never is.
LACKING: dict[str, Callable[[Path], object]] = {
    "unknown0": lambda folder: dropped(folder, "models", "license"),
    "untold00": lambda folder: taken(folder, "transparency_scores"),
    "othercod": lambda folder: dropped(folder, "companies", "country"),
}


def dropped(folder: Path, name: str, column: str) -> None:
    path = folder / f"{name}.parquet"
    parquet.write_table(parquet.read_table(path).drop_columns([column]), path)
    about = json.loads((folder / "datapackage.json").read_text())
    for one in about["resources"]:
        if one["path"] == path.name:
            one["hash"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
            one["schema"]["fields"] = [f for f in one["schema"]["fields"] if f["name"] != column]
    (folder / "datapackage.json").write_text(json.dumps(about))


def taken(folder: Path, name: str) -> None:
    (folder / f"{name}.parquet").unlink()
    about = json.loads((folder / "datapackage.json").read_text())
    about["resources"] = [r for r in about["resources"] if r["path"] != f"{name}.parquet"]
    (folder / "datapackage.json").write_text(json.dumps(about))


@pytest.fixture(scope="session")
def kept(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A served build, and beside it one for each of LACKING, named by it, and one that is torn."""

    def make(folder: Path) -> None:
        served = folder / ".processed.builds" / "now"
        shutil.copytree(built, served)
        for name, lack in LACKING.items():
            older = served.parent / name
            shutil.copytree(built, older)
            about = json.loads((older / "datapackage.json").read_text())
            about["snapshot"]["id"] = name
            (older / "datapackage.json").write_text(json.dumps(about))
            lack(older)
        torn = served.parent / "torn"
        torn.mkdir()
        (torn / "datapackage.json").write_text("{")
        (folder / "processed").symlink_to(served, target_is_directory=True)

    return made_once(tmp_path_factory, "older builds", make) / "processed"


def visit(kept: Path, monkeypatch: pytest.MonkeyPatch, page: str, **query: str) -> AppTest:
    monkeypatch.setenv("LANDSCAPE_DATA", str(kept))
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params.update(query)
    return app.switch_page(f"app_pages/{page}.py").run()


def words(app: AppTest) -> str:
    assert not app.exception, [e.value for e in app.exception]
    return "\n".join(str(e.value) for kind in ("markdown", "warning", "info") for e in app.main.get(kind))


@pytest.mark.parametrize("name", LACKING)
def test_snapshots_are_compared_where_they_can_be_read(
    kept: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    said = words(visit(kept, monkeypatch, "data", **{"data.part": "snapshots", "data.since": name}))
    assert ("this version cannot read: it is not compared" in said) is (name == "othercod")


@pytest.mark.parametrize("name", LACKING)
def test_a_frozen_link_is_shown_or_says_why_not(
    kept: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    said = words(visit(kept, monkeypatch, "models", snapshot=name))
    if name == "othercod":
        assert "which other code built and this version cannot read" in said
    else:
        assert f"Frozen link: snapshot {name}" in said


@pytest.mark.parametrize("name", LACKING)
@pytest.mark.parametrize("chart", ["releases-by-company", "landscape-matrix", "transparency"])
def test_a_frozen_slide_is_shown_or_says_why_not(kept: Path, name: str, chart: str) -> None:
    builds = decks.Builds.of(kept)
    now = builds.newest.snapshot
    found = decks.resolve(
        Slide(chart=chart, query={"as_of": [f"{now.as_of:%Y-%m-%d}"], permalink.SNAPSHOT: [name]}), builds
    )
    assert chart in CHARTS and found.card is not None
    if name == "othercod":
        assert "which other code built and this version cannot read" in found.said
        assert found.card.snapshot_id == now.id
    else:
        assert found.card.snapshot_id == name and not found.said


def test_what_changed_names_the_build_that_cannot_be_read(kept: Path) -> None:
    builds = decks.Builds.of(kept)
    with pytest.raises(
        apart_builds.NotKeptError, match="othercod was built by other code and cannot be read"
    ):
        apart_builds.pair(builds, "othercod")
    was, now = apart_builds.pair(builds, "unknown0")
    assert apart_builds.card(was, now).snapshot_id == now.snapshot.id
