"""The deck as a reader builds it: slides added from pages, ordered and named, made, handed back, refreshed."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pptx
import pytest
from look import settle

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from deck_data import TAKEAWAY, data
from own_templates import TEMPLATES

from dashboard.data.selection import Selection
from dashboard.deck import basket, builds, decks

CHARTS = (("governance", "governance-mix", ""), ("models", "weights-by-year", "Releases and openness"))


def shown(page: Any) -> str:
    return str(page.locator("[data-testid='stMainBlockContainer']").inner_text())


def add(page: Any, visit: Callable[..., Any], path: str, chart_id: str, part: str = "") -> None:
    page.get_by_role("link", name=path.capitalize(), exact=True).first.click()
    page.wait_for_url(re.compile(path))
    settle(page)
    if part:
        page.get_by_role("tab", name=part).click()
        settle(page)
    page.locator(f".st-key-add-{chart_id} button").first.click()
    page.get_by_text(re.compile("In the deck: ")).first.wait_for()
    settle(page)


def made(page: Any, ending: str, folder: Path) -> Path:
    """Makes one form of the deck, and downloads it."""
    page.locator(f".st-key-make-{ending} button").click()
    ready = page.locator(f".st-key-deck-{ending} button")
    ready.wait_for(timeout=60_000)
    settle(page)
    with page.expect_download() as download:
        ready.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def titles(path: Path) -> list[str]:
    deck = pptx.Presentation(str(path))
    return [s.shapes.title.text_frame.text if s.shapes.title is not None else "" for s in deck.slides]


@pytest.fixture
def deck_page(page: Any, visit: Callable[..., Any]) -> Any:
    """The deck page with two charts in the deck."""
    visit(page, "claims")
    for path, chart_id, part in CHARTS:
        add(page, visit, path, chart_id, part)
    page.get_by_role("link", name="Deck", exact=True).first.click()
    page.wait_for_url(re.compile("/deck"))
    settle(page)
    return page


def test_slides_are_shown_in_small_and_two_may_share_one(deck_page: Any, tmp_path: Path) -> None:
    page = deck_page
    small = page.locator("[class*='st-key-small-'] img")
    assert small.count() == 2
    for n in range(2):
        small.nth(n).evaluate(
            "i => new Promise(go => { const t = () => i.src.startsWith('blob:') && i.complete ? go() : setTimeout(t, 100); t(); })"
        )
        assert small.nth(n).evaluate("i => [i.naturalWidth, i.naturalHeight]") == [400, 225]
        assert small.nth(n).get_attribute("alt")
    for n in range(2):
        page.get_by_role("combobox", name="Layout").nth(n).click()
        page.get_by_role("option", name="Half a slide", exact=True).click()
        settle(page)
    assert "Left half" in shown(page) and "Right half" in shown(page)
    page.get_by_role("radio", name="4:3").click()
    settle(page)
    deck = pptx.Presentation(str(made(page, "pptx", tmp_path)))
    assert deck.slide_width * 3 == deck.slide_height * 4
    names = [{s.name for s in one.shapes} for one in deck.slides]
    both = [n for n in names if {"landscape:governance-mix", "landscape:weights-by-year.2"} <= n]
    assert len(both) == 1 and sum(s.has_chart for one in deck.slides for s in one.shapes) == 2


def test_a_deck_from_a_link_is_that_from_clicking_its_filters(
    new_page: Callable[..., Any], visit: Callable[..., Any], tmp_path: Path
) -> None:
    files = []
    for way in ("clicked", "linked"):
        page = new_page()
        if way == "linked":
            visit(page, "governance?type=giant&basis=coded")
        else:
            visit(page, "governance")
            side = page.locator("[data-testid='stSidebar']")
            side.get_by_role("button", name="Tech giants", exact=True).click()
            page.wait_for_url(re.compile("type=giant"))
            settle(page)
            side.get_by_role("radio", name="Coded", exact=True).click()
            page.wait_for_url(re.compile("basis=coded"))
            settle(page)
        page.locator(".st-key-add-governance-lanes button").first.click()
        page.get_by_text(re.compile("In the deck: ")).first.wait_for()
        settle(page)
        page.get_by_role("link", name="Deck", exact=True).first.click()
        page.wait_for_url(re.compile("/deck"))
        settle(page)
        folder = tmp_path / way
        folder.mkdir()
        files.append(made(page, "pptx", folder).read_bytes())
    assert files[0] == files[1]


def test_a_deck_is_put_together_survives_and_comes_back_refreshed(
    deck_page: Any, new_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = deck_page
    assert "2 slides" in shown(page)
    inputs = page.get_by_label(re.compile(r"^Title of slide \d"))
    inputs.nth(1).fill("What our board should know")
    page.keyboard.press("Enter")
    settle(page)
    page.locator("[class*='st-key-Move-up-']").nth(1).locator("button:visible").first.click()
    settle(page)
    assert page.get_by_label("Title of slide 1").input_value() == "What our board should know"

    # It survives a reload, and travels as an address.
    address = page.url
    page.reload()
    settle(page)
    assert page.get_by_label("Title of slide 1").input_value() == "What our board should know"
    other = new_page()
    other.goto(address)
    settle(other)
    assert other.get_by_label("Title of slide 1").input_value() == "What our board should know"

    path = made(page, "pptx", tmp_path)
    said = titles(path)
    assert "What our board should know" in said and len(said) >= 4
    deck = pptx.Presentation(str(path))
    assert sum(shape.has_chart for slide in deck.slides for shape in slide.shapes) == 2

    pack = zipfile.ZipFile(made(page, "zip", tmp_path))
    manifest = json.loads(pack.read("manifest.json"))
    assert [s["chart"] for s in manifest["slides"]] == ["weights-by-year", "governance-mix"]
    assert pptx.Presentation(io.BytesIO(pack.read("deck.pptx")))

    # A change makes what was made out of date.
    page.locator("[class*='st-key-out-']").nth(1).locator("button:visible").first.click()
    settle(page)
    page.locator(".st-key-make-pptx button").wait_for()
    assert page.locator(".st-key-deck-pptx").count() == 0

    page.get_by_role("tab", name="Refresh an earlier deck").click()
    settle(page)
    page.locator(".st-key-refresh-file input[type=file]").set_input_files(str(path))
    page.locator(".st-key-refreshed-deck").wait_for(timeout=60_000)
    settle(page)
    words = shown(page)
    assert "Against snapshot" in words and "not read" not in words


def test_a_deck_being_made_says_what_is_at_work_and_can_be_stopped(
    page: Any, visit: Callable[..., Any]
) -> None:
    visit(page, "deck")
    page.get_by_role("button", name="Start from the board pack").click()
    settle(page)
    page.locator(".st-key-make-zip button").click()
    bar = page.locator(".st-key-deck-progress")
    bar.get_by_text(re.compile(r"Making ZIP: deck, data, sources, \d+ of \d+: ")).wait_for()
    bar.get_by_role("button", name="Stop").click()
    bar.wait_for(state="detached")
    settle(page)
    assert page.locator(".st-key-make-zip button").is_enabled()
    assert page.locator(".st-key-deck-zip").count() == 0


def test_a_template_is_shown_as_understood_and_a_hostile_one_refused_in_words(
    deck_page: Any, tmp_path: Path
) -> None:
    page = deck_page
    page.get_by_role("tab", name="Company template").click()
    settle(page)
    name, make = next(iter(TEMPLATES.items()))
    path = tmp_path / f"{name}.pptx"
    path.write_bytes(make())
    page.locator(".st-key-template-file input[type=file]").set_input_files(str(path))
    page.get_by_text("Layout for charts").wait_for()
    settle(page)
    assert page.locator("[data-testid='stImage'] img").count() >= 3
    page.get_by_role("tab", name="Slides").click()
    settle(page)
    assert path.name in page.locator(".st-key-deck-panel").inner_text().replace("\\", "")
    assert titles(made(page, "pptx", tmp_path))

    page.get_by_role("tab", name="Company template").click()
    settle(page)
    bad = tmp_path / "bad.pptx"
    bad.write_bytes(b"MZ this is no deck")
    page.locator(".st-key-template-file input[type=file]").set_input_files(str(bad))
    alert = page.locator("[data-testid='stAlert']").filter(has_text="cannot serve as a template")
    alert.wait_for()
    assert "The plain master is used instead." in alert.inner_text()


def test_every_sheet_of_a_deck_prints_on_its_page_and_sources_on_two(
    browser: Any, built: Path, tmp_path: Path
) -> None:
    now = data(built).snapshot
    view = Selection(as_of=now.as_of, newest=now.as_of)
    names = ("governance-lanes", "weights-by-year", "releases-by-company", "price-capability")
    slides = [basket.frozen(c, view, now.id) for c in names]
    slides[0] = replace(slides[0], layout="takeaways", takeaway=TAKEAWAY)
    asked = basket.Basket("Board", (basket.Slide(kind="section", title="Governance"), *slides))
    file = tmp_path / "deck.html"
    file.write_bytes(decks.html(asked, data(built)))
    sheet = browser.new_page()
    sheet.goto(file.as_uri())
    sheet.locator(".main-svg").nth(3).wait_for()
    assert sheet.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    printed = sheet.pdf(prefer_css_page_size=True, print_background=True)
    sheet.close()
    assert printed.count(b"/Type /Page\n") == 2 + len(names) + 2


#: Pairs of words in figures that run into each other, with the chart's place.
_TOUCHING = """() => [...document.querySelectorAll(".plot")].flatMap(plot => {
  const words = [...plot.querySelectorAll("svg text")].filter(t => t.textContent.trim())
    .map(t => [t.textContent, t.getBoundingClientRect()]).filter(([, r]) => r.width > 0);
  return words.flatMap(([a, r], n) => words.slice(n + 1).filter(([, s]) =>
    Math.min(r.right, s.right) - Math.max(r.left, s.left) > 1 && Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top) > 2)
    .map(([b]) => `${plot.id}: ${a} / ${b}`));
})"""


@pytest.mark.parametrize("name", ["Board pack", "Full pack"])
def test_a_printed_pack_is_as_long_as_its_slides_and_its_words_never_touch(
    browser: Any, built: Path, tmp_path: Path, name: str
) -> None:
    found = builds.load(built)
    chosen = Selection(as_of=found.snapshot.as_of, newest=found.snapshot.as_of)
    html = tmp_path / "pack.html"
    html.write_bytes(decks.html(basket.PRESETS[name](found.tables, chosen, found.snapshot.id), found))
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.goto(html.as_uri())
    page.wait_for_function("document.querySelectorAll('.plot .main-svg').length > 4")
    assert page.evaluate(_TOUCHING) == []
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    count = len(re.findall(rb"/Type\s*/Page\b", printed))
    # Cover, eleven charts, two sheets of figures and two of sources; the full pack has its long tables whole.
    assert count <= (16 if name == "Board pack" else 42), count
