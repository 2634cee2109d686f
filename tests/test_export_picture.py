"""The figure that becomes a picture: every word inside it, nothing over anything else, colours that are ours."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from export_cards import CASES, card
from test_export_table import tiny_card

from dashboard.charts import CHARTS
from dashboard.charts.card import ExportRefusedError
from dashboard.data.selection import Selection
from dashboard.deck import basket, builds, decks
from dashboard.draw import plotly
from dashboard.export import picture, server_picture
from dashboard.look import measure
from dashboard.look.theme import Look, format_day

LIGHT = Look(mode="light", export=True)
PLACEHOLDER = re.compile(r"#0000[0-9]{2}", re.IGNORECASE)


def plain(text: str) -> str:
    text = re.sub(r"<[^>]+>", " ", text)
    return " ".join(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split())


def boxes(figure: go.Figure) -> list[tuple[str, float, float, float, float]]:
    """Text and pixel box (left, top, right, bottom) of the three blocks of words around a figure."""
    margin = figure.layout.margin
    out = []
    for a in figure.layout.annotations[-3:]:
        lines = a.text.split("<br>")
        left, top = margin.l + a.xshift, margin.t - a.yshift
        wide = max(measure.width(plain(t), a.font.size, "<b>" in t) for t in lines)
        out.append((plain(a.text), left, top, left + wide, top + len(lines) * a.font.size * picture.LEADING))
    return out


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("chart_id", "view"), [c for c in CASES if c[1] != "nothing"])
def test_every_chart_as_a_picture(built: Path, chart_id: str, view: str) -> None:
    shown = card(built, chart_id, view)
    if shown.frame.empty:
        return
    drawn = go.Figure(plotly.draw(CHARTS[chart_id], shown.frame, LIGHT))
    before = drawn.to_json()
    figure = picture.export_figure(drawn, shown)
    assert drawn.to_json() == before, "the figure on screen is another object"
    layout = figure.layout
    assert (layout.width, layout.height) == (1600, 900)
    assert layout.paper_bgcolor == "#FFFFFF"
    # What the chart draws is all there, but for what is said on hover.
    assert [a.text for a in layout.annotations[:-3]] == [a.text for a in drawn.layout.annotations]
    assert [(t.type, t.name, t.x, t.y) for t in figure.data] == [
        (t.type, t.name, t.x, t.y) for t in drawn.data
    ]
    assert all(
        t.hoverinfo == "skip" and t.hovertemplate is None and t.customdata is None for t in figure.data
    )
    title, scope, foot = boxes(figure)
    assert measure.shorten(shown.title, 1536, 32, True, 2) == title[0] or shown.title == title[0]
    assert shown.snapshot_id in foot[0] and format_day(shown.as_of_date) in foot[0]
    for words, left, top, right, bottom in (title, scope, foot):
        assert left >= 32 and right <= 1600 - 31 and top >= 0 and bottom <= 900, words
    own = drawn.layout.margin
    assert title[4] <= scope[2] + 1
    # The chart's own margins, where its axes and names stand, stay free of words.
    assert scope[4] <= layout.margin.t - (own.t or 0)
    assert foot[2] >= 900 - layout.margin.b + (own.b or 0)
    assert 900 - layout.margin.t - layout.margin.b >= 200
    assert 1600 - layout.margin.l - layout.margin.r >= 500


@pytest.mark.parametrize("chart_id", CHARTS)
def test_colours_are_ours_and_words_can_be_read(built: Path, chart_id: str) -> None:
    shown = card(built, chart_id, "everything")
    figure = picture.export_figure(go.Figure(plotly.draw(CHARTS[chart_id], shown.frame, LIGHT)), shown)
    text = json.dumps(figure.to_plotly_json(), default=str)
    assert not PLACEHOLDER.findall(text)
    for a in figure.layout.annotations[-3:]:
        assert 1.05 / (luminance(a.font.color) + 0.05) >= 4.5
    assert "Arial" in figure.layout.font.family and "Noto Sans CJK" in figure.layout.font.family


def half(built: Path, chart_id: str, **preset: Any) -> go.Figure:
    return picture.drawn(
        CHARTS[chart_id], card(built, chart_id, "everything"), picture.Preset("half", **preset)
    )


HALVES = [c.id for c in CHARTS.values() if c.screen != "table"]


def test_half_a_slide_is_readable_or_refused(built: Path) -> None:
    """Type of 10 points and more where the picture is set half a slide wide, or a sentence that says what to do."""
    refused, wide = [], picture.SIZES["half"].drawn
    point = 13.333 / 2 * 72 / wide
    for chart_id in HALVES:
        try:
            figure = half(built, chart_id)
        except picture.PictureError as error:
            assert "take the full slide" in str(error)
            refused.append(chart_id)
            continue
        layout = figure.layout
        assert (layout.width, layout.height) == picture.SIZES["half"].drawing
        smallest = min([a.font.size for a in layout.annotations[:-3] if a.font.size and a.text] or [12])
        assert smallest * point >= 9.99, f"{chart_id}: labels of {smallest * point:.1f} points"
        assert layout.annotations[-1].font.size * point >= 8, "the source line"
        assert layout.height - layout.margin.t - layout.margin.b >= 150, chart_id
        title, scope, foot = boxes(figure)
        for words, left, top, right, bottom in (title, scope, foot):
            assert left >= 11 and right <= wide - 10 and top >= 0 and bottom <= layout.height, (
                chart_id,
                words,
            )
    assert len(refused) < len(HALVES) / 2, refused


def test_tables_and_unknown_presets_are_refused_in_words(built: Path) -> None:
    with pytest.raises(picture.PictureError, match="A table needs the width of a slide"):
        half(built, "landscape-matrix")
    with pytest.raises(ValueError, match="expected a size of full, half, square, a4"):
        picture.Preset("poster")


def test_grounds_are_chosen_and_not_inherited(built: Path) -> None:
    shown = card(built, "governance-mix", "everything")
    chart = CHARTS["governance-mix"]
    dark = picture.drawn(chart, shown, picture.Preset(ground="dark")).layout
    assert dark.paper_bgcolor == Look(mode="dark").ground
    assert (luminance(dark.annotations[-1].font.color) + 0.05) / (luminance(dark.paper_bgcolor) + 0.05) >= 4.5
    clear = picture.drawn(chart, shown, picture.Preset(ground="transparent")).layout
    assert clear.paper_bgcolor == "rgba(0,0,0,0)" and clear.annotations[-1].font.color == Look().grey


def test_a_long_title_is_set_in_two_lines_and_never_runs_out() -> None:
    long = replace(tiny_card(), title="阿里巴巴 and " + "a very long statement about many companies " * 8)
    figure = picture.export_figure(go.Figure(layout={"margin": {"l": 40, "t": 20}}), long)
    title = figure.layout.annotations[-3].text
    assert title.count("<br>") == 1 and plain(title).endswith("…")
    assert all(right <= 1568.5 for _, _, _, right, _ in boxes(figure))


def test_a_few_lanes_stay_bars_and_do_not_become_slabs() -> None:
    figure = go.Figure({"type": "bar", "orientation": "h", "y": [0, 1], "x": [1, 2]})
    figure.update_layout(yaxis={"range": [1.5, -0.5]}, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    out = picture.export_figure(figure, tiny_card()).layout
    assert 900 - out.margin.t - out.margin.b == picture.LEAST_PLOT


def test_no_picture_without_sources() -> None:
    with pytest.raises(ExportRefusedError, match="source line would be empty"):
        picture.export_figure(go.Figure(), tiny_card(source_line=""))


def test_measured_widths_are_those_of_the_font() -> None:
    assert measure.width("Hub and spoke", 20) == pytest.approx(134.5, rel=0.001)
    assert measure.width("阿里巴巴", 20, bold=True) == 80
    assert measure.wrap("阿里巴巴集团", 60, 20) == ["阿里巴", "巴集团"]
    assert measure.wrap("a\u00a0b c", 30, 20) == ["a\u00a0b", "c"]
    assert measure.wrap("rose to 49 % in all", 75, 20) == ["rose to", "49 % in", "all"]


def test_hatched_bars_are_lines_in_a_printed_page(built: Path) -> None:
    """A browser prints a hatched fill as a picture of its sheet, once a bar: a deck had 36 MB."""
    if not server_picture.browser():
        pytest.skip("no Chromium or Chrome here: no page was printed")
    now = builds.load(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    slides = tuple(basket.frozen(c, view, now.snapshot.id) for c in ("governance-lanes", "governance-mix"))
    made = decks.html(basket.Basket(slides=slides, cover=False, appendix=False), now)
    printed = server_picture.pdf_of_page(made)
    wide = [int(w) for w in re.findall(rb"/Subtype /Image\s/Width (\d+)", printed)]
    assert not [w for w in wide if w > 100] and len(printed) < 400_000
    assert b"/Type /Page" in printed
