"""What a reader saves from a chart card, in a real browser: files that open, with the rows and words of the page."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pptx
import pytest
from look import PROJECT, end_process, free_port, new_context, settle
from PIL import Image

from dashboard.screen import plotly_js

CHART, PAGE = "claims-by-verdict", "claims"
LIBRARY = plotly_js.path()


#: How a button looks: size and colour of its words, of its edge and ground.
LOOKS = """button => {
  const box = getComputedStyle(button), words = getComputedStyle(button.querySelector("p") ?? button);
  const place = button.getBoundingClientRect();
  return {
    style: [words.fontSize, words.color, box.borderTopColor, box.borderTopLeftRadius],
    height: Math.round(place.height),
  };
}"""


def open_menu(page: Any, chart_id: str = CHART) -> None:
    page.locator(f".st-key-save-{chart_id} button").first.click()
    page.get_by_role("button", name="PNG picture").wait_for()


def saved(page: Any, button: str, folder: Path) -> Path:
    # The first file of several charts waits for a process to start, on a busy machine for a while.
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name=button, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def check_png(path: Path) -> None:
    with Image.open(path) as image:
        assert image.size == (3200, 1800)
        colours = image.convert("RGB").getcolors(10_000_000)
    assert max(colours)[1] == (255, 255, 255), "the ground is solid"
    assert len(colours) > 50


def test_every_file_of_a_card(
    new_page: Callable[..., Any], visit: Callable[..., Any], tmp_path: Path
) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, PAGE)
    title = page.locator(f".st-key-card-{CHART} h3").first.inner_text()
    open_menu(page)
    assert len([u for u in asked if LIBRARY in u]) == 1, "the library that drew the chart draws the picture"

    png = saved(page, "PNG picture", tmp_path)
    assert re.fullmatch(rf"{CHART}-\d{{4}}-\d\d-\d\d-[0-9a-f]{{8}}\.png", png.name)
    check_png(png)

    svg = ElementTree.parse(saved(page, "SVG drawing", tmp_path)).getroot()
    assert (svg.get("width"), svg.get("height")) == ("1600", "900")
    words = " ".join("".join(t.itertext()) for t in svg.iter("{http://www.w3.org/2000/svg}text"))
    assert (
        " ".join(title.split()[:3]) in words and "Source:" in words and png.stem.rpartition("-")[2] in words
    )

    page.get_by_role("button", name="Copy image").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.read().then((items) => items[0].types)") == ["image/png"]
    assert len([u for u in asked if LIBRARY in u]) == 1, "one library for all pictures"

    page.get_by_role("button", name="Copy for your assistant").click()
    page.get_by_text("Copied: finding, rows, definitions, sources and link.").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"# {title}") and "## Sources" in text and png.stem.rpartition("-")[2] in text
    assert page.url.partition("?")[0] in text

    lines = list(csv.reader(saved(page, "CSV", tmp_path).open(encoding="utf-8-sig", newline="")))
    assert lines[0][:3] == ["verdict", "claim_kind", "claims"] and len(lines) > 5

    book = openpyxl.load_workbook(saved(page, "Excel with sources", tmp_path))
    assert book.sheetnames == ["Data", "Sources", "About"]
    cells = list(book["Data"].iter_rows(values_only=True))
    assert [str(c[1]) for c in cells] == [line[1] for line in lines]

    deck = pptx.Presentation(str(saved(page, "PowerPoint slide, editable", tmp_path)))
    assert deck.slides[0].shapes.title.text_frame.text == title
    chart = next(s for s in deck.slides[0].shapes if s.has_chart)
    sheet = openpyxl.load_workbook(io.BytesIO(chart.chart.part.chart_workbook.xlsx_part.blob)).worksheets[0]
    head, *rows = list(sheet.iter_rows(values_only=True))
    inside = {
        (row[0], kind, str(count))
        for row in rows
        for kind, count in zip(head[1:-1], row[1:-1], strict=True)
        if count is not None
    }
    assert inside == {tuple(line[:3]) for line in lines[1:]}, "the slide's workbook equals the CSV"
    # Nothing of this ran the page again: what the reader had open is still open.
    assert page.get_by_role("button", name="PNG picture").is_visible()


def test_a_picture_in_the_size_and_on_the_ground_that_was_picked(
    new_page: Callable[..., Any], visit: Callable[..., Any], tmp_path: Path
) -> None:
    page = new_page()
    visit(page, PAGE)
    open_menu(page)

    def choose(label: str, option: str) -> None:
        page.get_by_role("combobox", name=label).click()
        page.get_by_role("option", name=option, exact=True).click()
        settle(page)

    choose("Picture", "Half slide")
    choose("Pixels", "4x")
    choose("Ground", "Dark")
    png = saved(page, "PNG picture", tmp_path)
    assert "-half-dark" in png.name
    with Image.open(png) as image:
        assert image.size == (3200, 3600)
        colours = image.convert("RGB").getcolors(10_000_000)
    assert max(colours)[1] == (0x12, 0x15, 0x1C)
    choose("Ground", "Transparent")
    with Image.open(saved(page, "PNG picture", tmp_path)) as image:
        assert image.mode == "RGBA" and image.getpixel((2, 2))[3] == 0
    svg = ElementTree.parse(saved(page, "SVG drawing", tmp_path)).getroot()
    assert float(svg.get("width")) / float(svg.get("height")) == pytest.approx(8 / 9, rel=0.01)
    pdf = saved(page, "PDF page", tmp_path).read_bytes()
    assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 1
    # The choice holds for the next chart.
    page.keyboard.press("Escape")
    page.locator(".st-key-save-predictions-due button").first.click()
    page.get_by_text("A table needs the width of a slide").wait_for()


def test_buttons_look_like_their_neighbours_and_take_the_keyboard(
    new_page: Callable[..., Any], visit: Callable[..., Any]
) -> None:
    for theme in ("light", "dark"):
        page = new_page(theme=theme)
        visit(page, PAGE)
        open_menu(page)
        ours, theirs = (
            page.get_by_role("button", name=n, exact=True).evaluate(LOOKS) for n in ("PNG picture", "CSV")
        )
        assert ours["style"] == theirs["style"]
        assert ours["height"] >= 40 and abs(ours["height"] - theirs["height"]) <= 3
        page.get_by_role("button", name="PNG picture").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") == "SVG drawing"


@pytest.fixture
def plain_url(served_data: Path) -> Iterator[str]:
    """The app as `streamlit run` serves it: without routes of its own."""
    port = free_port()
    command = ["-m", "streamlit", "run", "dashboard/app.py", "--server.port", str(port)]
    app = subprocess.Popen(
        [sys.executable, *command, "--server.address", "127.0.0.1"],
        cwd=PROJECT,
        env=os.environ | {"LANDSCAPE_DATA": str(served_data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                    break
            except OSError:
                assert app.poll() is None and time.monotonic() < end, "streamlit run did not start"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/"
    finally:
        assert end_process(app, 60) != -signal.SIGKILL


def test_pictures_without_the_route(browser: Any, plain_url: str, tmp_path: Path) -> None:
    context = new_context(browser, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    try:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(plain_url + PAGE)
        settle(page)
        open_menu(page)
        check_png(saved(page, "PNG picture", tmp_path))
        assert all(u.startswith((plain_url, "data:", "blob:", "ws:")) for u in asked)
    finally:
        context.close()


def test_a_company_brief_has_two_pages_on_either_paper(
    new_page: Callable[..., Any], visit: Callable[..., Any], tmp_path: Path
) -> None:
    page = visit(new_page(), "company?company.id=baidu")
    # Points, as PDF counts them.
    for paper, (wide, high) in {"A4": (595, 842), "Letter": (612, 791)}.items():
        brief = saved(page, f"Two-page brief, {paper}", tmp_path)
        assert brief.name.startswith("brief-baidu") and brief.suffix == ".pdf"
        printed = brief.read_bytes()
        assert printed.count(b"/Type /Page\n") == 2
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
        assert box and abs(float(box[1]) - wide) < 2 and abs(float(box[2]) - high) < 2


@pytest.mark.parametrize(("path", "stem"), [("", "china-ai-landscape")])
def test_a_brief_prints_on_one_sheet_of_either_paper(
    new_page: Callable[..., Any],
    browser: Any,
    visit: Callable[..., Any],
    tmp_path: Path,
    path: str,
    stem: str,
) -> None:
    page = visit(new_page(), path)
    # Points, as PDF counts them.
    for paper, (wide, high) in {"A4": (842, 595), "Letter": (791, 612)}.items():
        brief = saved(page, f"One-page brief, {paper}", tmp_path)
        assert brief.name.startswith(f"brief-{stem}")
        sheet = browser.new_page()
        sheet.goto(brief.as_uri())
        sheet.locator(".main-svg").first.wait_for()
        cut = sheet.evaluate(
            "() => { const s = document.querySelector('.sheet'); return [s.scrollHeight - s.clientHeight, s.scrollWidth - s.clientWidth]; }"
        )
        assert max(cut) <= 1, f"{paper}: {cut} px do not fit"
        printed = sheet.pdf(prefer_css_page_size=True, print_background=True)
        sheet.close()
        assert printed.count(b"/Type /Page\n") == 1
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
        assert box and abs(float(box[1]) - wide) < 2 and abs(float(box[2]) - high) < 2
