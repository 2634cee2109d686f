"""Every chart in every size of picture, drawn as a reader's browser draws it: words inside the picture, none on another."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
import streamlit
from PIL import Image

from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.charts.card import Card
from dashboard.data.selection import Selection
from dashboard.deck import builds, decks
from dashboard.draw import plotly as figures
from dashboard.export import picture
from dashboard.export.picture import SIZES, Preset
from dashboard.look.theme import PHONE, Look
from dashboard.screen import plotly_js

#: Draws a figure as SVG into the page and measures its texts; as PNG where a scale is given.
DRAW = """async ([figure, width, height, scale]) => {
  const layout = { ...figure.layout, width, height, autosize: false };
  const whole = { data: figure.data, layout, config: { staticPlot: true } };
  const url = await Plotly.toImage(whole, { format: "svg", width, height });
  const svg = decodeURIComponent(url.slice(url.indexOf(",") + 1));
  const holder = document.createElement("div");
  holder.style.cssText = "position: absolute; left: 0; top: 0";
  holder.innerHTML = svg;
  document.body.appendChild(holder);
  const texts = [...holder.querySelectorAll("text")].map((e) => {
    const box = e.getBoundingClientRect();
    return [e.textContent.trim(), box.left, box.top, box.right, box.bottom];
  }).filter(([words, left, , right]) => words && right > left);
  holder.remove();
  const png = scale ? await Plotly.toImage(whole, { format: "png", width, height, scale }) : "";
  return { svg, texts, png: png.slice(png.indexOf(",") + 1) };
}"""


@pytest.fixture(scope="module")
def canvas(browser: Any) -> Iterator[Any]:
    """An empty page with the drawing library that the app serves."""
    page = browser.new_page(viewport={"width": 1700, "height": 1700})
    page.set_content("<html><body style='margin: 0'></body></html>")
    page.add_script_tag(path=str(plotly_js.FILE))
    yield page
    page.close()


@pytest.fixture(scope="module")
def data(served_data: Path) -> decks.Data:
    return builds.load(served_data)


def card(data: decks.Data, chart_id: str, names: str) -> Card:
    day = data.snapshot.as_of
    view = Selection(as_of=day, newest=day, compare=day - pd.DateOffset(years=1), names=names)  # type: ignore[arg-type]
    return cards.make(CHARTS[chart_id], data.tables, view, data.snapshot)


def faults(texts: list[list[Any]], width: float, height: float) -> list[str]:
    """Words that leave the picture, and words on other words."""
    found = [
        f"outside: {words}"
        for words, left, top, right, bottom in texts
        if left < -1 or top < -1 or right > width + 1 or bottom > height + 1
    ]
    for i, (words, left, top, right, bottom) in enumerate(texts):
        for other, left2, top2, right2, bottom2 in texts[i + 1 :]:
            across = min(right, right2) - max(left, left2)
            along = min(bottom, bottom2) - max(top, top2)
            if across > 3 and along > 0.35 * min(bottom - top, bottom2 - top2):
                found.append(f"over one another: {words} | {other}")
    return found


@pytest.mark.parametrize("names", ["both", "zh"])
def test_words_of_every_picture_stand_clear(canvas: Any, data: decks.Data, names: str) -> None:
    wrong, refused = [], []
    for one in CHARTS.values():
        shown = card(data, one.id, names)
        for size in SIZES:
            preset = Preset(size, 1, "dark" if size == "a4" else "light")
            try:
                figure = picture.drawn(one, shown, preset)
            except picture.PictureError as error:
                assert "take the full slide" in str(error)
                refused.append((one.id, size))
                continue
            wide, tall = SIZES[size].drawing
            made = canvas.evaluate(DRAW, [json.loads(figure.to_json()), wide, tall, 0])
            wrong += [f"{one.id}, {size}: {f}" for f in faults(made["texts"], wide, tall)]
            # A chart without rows cites nothing: those of feeds, where none was read.
            assert shown.snapshot_id in made["svg"]
            assert ("Source:" in made["svg"]) == (not shown.frame.empty)
            assert not re.search(r"#0000\d\d\b", made["svg"]), "a placeholder colour of Streamlit"
    assert not wrong, "\n".join(wrong)
    assert all(size in ("half", "square") for _, size in refused)


@pytest.mark.parametrize(
    ("look", "wide", "names"),
    [
        (Look(compact=True), PHONE, "en"),
        (Look(wide=640), 650, "both"),
        (Look(wide=960), 990, "zh"),
        (Look(wide=440, compact=True), 460, "en"),
    ],
    ids=["phone", "narrow window", "window", "pair"],
)
def test_words_stand_clear_on_screen(
    canvas: Any, data: decks.Data, look: Look, wide: int, names: str
) -> None:
    """Every chart as a page shows it, in the face that the app ships with."""
    face = next(Path(streamlit.__file__).parent.glob("static/static/media/SourceSansVF-Upright*"))
    source = base64.b64encode(face.read_bytes()).decode()
    style = f"@font-face {{ font-family: 'Source Sans'; src: url(data:font/woff2;base64,{source}); font-weight: 200 900 }}"
    canvas.add_style_tag(content=style)
    assert canvas.evaluate("document.fonts.load('12px \"Source Sans\"').then((found) => found.length)") == 1
    wrong = []
    for one in CHARTS.values():
        shown = card(data, one.id, names)
        if one.screen == "table" or shown.frame.empty:
            continue
        figure = go.Figure(figures.draw(one, shown.frame, look))
        tall = figure.layout.height or 450
        made = canvas.evaluate(DRAW, [json.loads(figure.to_json()), wide, tall, 0])
        wrong += [f"{one.id}: {f}" for f in faults(made["texts"], wide, tall)]
        if "scrollbar" in made["svg"] and 'class="scrollbar"' in made["svg"]:
            bars = re.findall(r'<rect class="scrollbar"[^>]*height="([\d.]+)"', made["svg"])
            wrong += [f"{one.id}: its key scrolls" for bar in bars if float(bar) > 1]
    assert not wrong, "\n".join(wrong)


def test_files_have_the_pixels_that_were_asked_for(canvas: Any, data: decks.Data) -> None:
    shown = card(data, "governance-mix", "en")
    for size in SIZES:
        for scale in (1, 2, 4) if size == "half" else (2,):
            preset = Preset(size, scale)
            figure = picture.drawn(CHARTS["governance-mix"], shown, preset)
            made = canvas.evaluate(DRAW, [json.loads(figure.to_json()), *SIZES[size].drawing, preset.factor])
            with Image.open(io.BytesIO(base64.b64decode(made["png"]))) as image:
                wanted = [v * scale for v in SIZES[size].file]
                assert all(abs(a - b) <= scale for a, b in zip(image.size, wanted, strict=True)), (
                    size,
                    scale,
                )
