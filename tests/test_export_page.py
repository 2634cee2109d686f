"""The one-file web page and the one-page brief: self-contained, sourced, and one sheet when printed."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import plotly.graph_objects as go
import pytest
from export_cards import card

from dashboard.charts import CHARTS
from dashboard.charts.card import ExportRefusedError
from dashboard.draw import plotly
from dashboard.export import page
from dashboard.look.theme import Look


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href") and tag != "a"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(made: bytes) -> Outline:
    outline = Outline()
    outline.feed(made.decode())
    return outline


@pytest.fixture(scope="module")
def shown(built: Path) -> list[page.Shown]:
    cards = [card(built, i, "everything") for i in ("governance-mix", "weights-by-year")]
    return [page.Shown(c, plotly.draw(CHARTS[c.chart_id], c.frame, Look())) for c in cards]


def test_a_page_needs_no_other_file_and_names_its_sources(shown: list[page.Shown]) -> None:
    outline = read(page.page(shown, "Two charts"))
    assert outline.addresses == [] and outline.tags.count("section") == 2
    text = " ".join(outline.texts)
    for one in shown:
        assert one.card.title in text and one.card.source_line in text


def test_every_chart_stands_on_a_page_with_its_numbers(built: Path) -> None:
    """All charts on one page: figures as data that a reader parses, tables as rows."""
    cards = [card(built, i, "everything") for i in CHARTS]
    shown = [
        page.Shown(
            c,
            None
            if CHARTS[c.chart_id].screen == "table"
            else plotly.draw(CHARTS[c.chart_id], c.frame, Look()),
        )
        for c in cards
        if not c.frame.empty
    ]
    made = page.page(shown, "All")
    outline = read(made)
    text = " ".join(outline.texts)
    assert outline.addresses == [] and outline.tags.count("section") == len(shown) >= 40
    for one in shown:
        assert one.card.title in text and one.card.source_line in text, one.card.chart_id
    assert outline.tags.count("table") >= sum(one.figure is None for one in shown)


def test_a_brief_is_one_sheet_and_bounds_its_charts(shown: list[page.Shown]) -> None:
    made = page.brief("Title <b>", "Selection", shown, numbers=[("Number", "a & b")])
    assert read(made).tags.count("section") == 1
    assert b"Title &lt;b&gt;" in made and b"a &amp; b" in made
    with pytest.raises(ValueError, match="at most 4 charts"):
        page.brief("T", "S", shown * 3)


def test_data_cannot_end_the_script(shown: list[page.Shown]) -> None:
    figure = go.Figure(shown[0].figure).to_dict()
    figure["data"][0]["name"] = "</script><script>alert(1)</script>"
    hostile = page.Shown(shown[0].card, type(shown[0].figure)(figure))
    made = page.page([hostile], "T").decode()
    assert "</script><script>alert(1)" not in made


def test_without_sources_there_is_no_page(shown: list[page.Shown]) -> None:
    from dataclasses import replace

    bare = page.Shown(replace(shown[0].card, source_line=" "), None)
    with pytest.raises(ExportRefusedError, match="no document stands behind"):
        page.page([bare], "T")
