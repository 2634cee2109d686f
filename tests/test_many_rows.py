"""Pages over several times the data: none fails, and lists are sent a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_once import made_once
from many_rows import build
from streamlit.testing.v1 import AppTest
from visits import APP, served, visit

from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.facts import landscape
from dashboard.screen import claimboard, profiles

PAGES = sorted(p.stem for p in (APP.parent / "app_pages").glob("*.py"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "many", lambda folder: build(3, folder / "processed")) / "processed"


@pytest.fixture(autouse=True)
def shown(many: Path) -> Iterator[None]:
    with served(many):
        yield


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_no_page_fails(page: str) -> None:
    app = visit(page)
    assert not app.exception and app.main.get("title")


def profiles_shown(app: AppTest) -> list[str]:
    return [p.proto.label for p in app.main.get("page_link") if p.proto.label.startswith("Profile of")]


def test_the_directory_is_sent_a_page_at_a_time(many: Path) -> None:
    newest = store.snapshot(many).as_of
    number = len(landscape.apply(store.load(many), Selection(newest, newest))["companies"])
    seen: list[str] = []
    for n in range(1, -(-number // profiles.MOST_CARDS) + 1):
        found = profiles_shown(visit("companies", companies__page=str(n)))
        assert 0 < len(found) <= profiles.MOST_CARDS
        seen += found
    assert len(seen) == len(set(seen)) == number > profiles.MOST_CARDS
    beyond = visit("companies", companies__page="99")
    assert profiles_shown(beyond) == seen[: profiles.MOST_CARDS]
    assert any("“99”" in c.value for c in beyond.main.caption)


def test_claims_of_a_kind_are_sent_a_page_at_a_time(many: Path) -> None:
    facts = int((store.load(many)["claims"]["claim_kind"] == "fact").sum())
    for page, sent in (("1", claimboard.MOST_ROWS), ("2", facts - claimboard.MOST_ROWS)):
        shown = [len(t.value) for t in visit("claims", **{"claims__fact-page": page}).main.get("table")]
        assert sent in shown and max(shown) <= claimboard.MOST_ROWS
