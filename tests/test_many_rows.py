"""Pages over several times the data: none fails, and lists are sent a page at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_once import made_once
from many_rows import build
from streamlit.testing.v1 import AppTest
from visits import APP, served, visit

from dashboard.charts import CHARTS, card
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.deck.builds import Data, load
from dashboard.draw.plotly import draw
from dashboard.facts import headlines, landscape
from dashboard.look.theme import Look
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


#: A number past a thousand without its comma; days, ids and versions in names are none.
_BARE = re.compile(r"(?<![\w.,\-:#(“])\d{4,}(?![\w.\-:)”])")


def _bare(words: str) -> list[str]:
    return [
        n for n in _BARE.findall(re.sub(r"<[^>]*>", " ", words)) if not re.fullmatch(r"(19|20)\d\d|0\d{3}", n)
    ]


def _drawn(figure: object) -> Iterator[str]:
    """What a figure writes, but for hover texts, which name rows."""
    if isinstance(figure, dict):
        for key, value in figure.items():
            yield from [value] if key == "text" and isinstance(value, str) else _drawn(value)
    elif isinstance(figure, list | tuple):
        for value in figure:
            yield from _drawn(value)


@pytest.fixture(scope="module")
def thousands(tmp_path_factory: pytest.TempPathFactory) -> Data:
    folder = made_once(tmp_path_factory, "thousands", lambda folder: build(30, folder / "processed"))
    return load(folder / "processed")


@pytest.mark.slow
@pytest.mark.parametrize("basis", ["reported", "coded"])
def test_counts_past_a_thousand_have_their_comma(thousands: Data, basis: str) -> None:
    newest = thousands.snapshot.as_of
    selection = Selection(newest, newest, basis=basis)
    selected = landscape.apply(thousands.tables, selection)
    shown = said = 0
    for chart in CHARTS.values():
        found = card.make(chart, thousands.tables, selection, thousands.snapshot, address="https://a.example")
        words = [found.title, found.subtitle, found.alt, found.filter_line, found.source_line]
        if not found.frame.empty:
            words += _drawn(draw(chart.picked(selection), found.frame, Look()))
        assert not [(chart.id, w) for w in words if _bare(w)]
        shown += len(found.frame) > 1_000
        said += any(re.search(r"\d,\d{3}", w) for w in words)
    assert shown > 10 and said > 30
    words = [text for one in headlines.headlines(selected, selection) for text in (one.value, one.help)]
    assert any("," in w for w in words) and not [w for w in words if _bare(w)]
