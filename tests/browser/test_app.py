"""The running app in a real browser: every page, size and theme; filters and the address; keyboard and server."""

from __future__ import annotations

import gzip
import json
import re
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from look import mute_charts, overflow, paths_of, settle
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.data import store
from dashboard.deck import basket
from dashboard.deck.basket import Slide
from dashboard.screen import plotly_js

Visit = Callable[..., Any]
NewPage = Callable[..., Any]

SIZES = [(1440, 900), (390, 844)]


def asked_of(address: str) -> dict[str, list[str]]:
    """Parameters of an address."""
    return parse_qs(urlsplit(address).query)


def asked(page: Any) -> dict[str, list[str]]:
    """Parameters in the browser's address."""
    return asked_of(page.url)


def shown(page: Any) -> str:
    """The words of the page's main part, as a reader sees them."""
    return str(page.locator("[data-testid='stMainBlockContainer']").inner_text())


def charts(page: Any) -> list[str]:
    """What every chart on the page says to a screen reader."""
    return list(page.locator("[role='figure'][aria-label]").evaluate_all("all => all.map(e => e.ariaLabel)"))


@pytest.fixture(scope="session")
def paths(browser: Any, app_url: str) -> list[str]:
    """Addresses of every page, one company's and one model's among them, which no menu lists, and a deck with slides."""
    found = paths_of(browser, app_url)
    assert len(found) >= 6
    slides = (
        Slide(kind="section", title="A"),
        Slide(chart="governance-mix"),
        Slide(chart="licences", layout="half"),
    )
    deck = f"/deck?{basket.PARAMETER}={basket.encode(basket.Basket('Board', slides))}"
    return [*found, "/company?company.id=alibaba", "/model?model.id=deepseek/deepseek-r1", deck]


# --- Every page, size and theme ---


GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 21, 28)"}


@pytest.mark.parametrize(("width", "height"), SIZES, ids=[f"{w}px" for w, _ in SIZES])
def test_every_page_is_sound(
    new_page: NewPage,
    visit: Visit,
    turn: Visit,
    paths: list[str],
    axe_findings: Callable[[Any], list[str]],
    width: int,
    height: int,
) -> None:
    """No exception, sideways overflow or mute chart, and nothing that axe-core calls serious or critical.

    One page is opened in the light, the next in the dark, and each seen in the other, too, as the evening turns it.
    On a desk each is loaded anew; on a phone the reader turns from one to the next.
    Console errors and requests to other hosts fail the test when its pages close.
    """
    page = new_page(width, height)
    faults = []
    for n, path in enumerate(paths):
        themes = list(GROUNDS) if n % 2 == 0 else list(GROUNDS)[::-1]
        page.emulate_media(color_scheme=themes[0])
        (turn if n and width < 700 else visit)(page, path)
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            settle(page)
            where = f"{path}, {theme}"
            broken = page.locator("[data-testid='stException']").all_inner_texts()
            faults += [f"{where}: exception: {e}" for e in broken]
            if (beyond := overflow(page)) > 0:
                faults.append(f"{where}: {beyond} px wider than the window")
            if mute := mute_charts(page):
                faults.append(f"{where}: {mute} charts without a text alternative")
            if len(shown(page)) < 200:
                faults.append(f"{where}: hardly a word on the page")
            ground = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
            if ground != GROUNDS[theme]:
                faults.append(f"{where}: its ground is {ground}")
            # Colours and names are the same at either width: what axe-core finds, it finds at the wider one.
            if width > 700:
                faults += [f"{where}: axe: {f}" for f in axe_findings(page)]
    assert not faults, "\n".join(faults)


#: What a page says that was asked for something it does not have.
NOT_HAD = ("which does not exist here", "The link asks")


def test_every_link_leads_to_a_page_that_has_what_it_names(
    page: Any, visit: Visit, paths: list[str], app_url: str, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses within the app that its pages link to: of each kind (page and what it picks) the first six.

    The first of each kind is opened by the browser. What the others differ in is what the server makes of the address:
    they are run there.
    """
    found: dict[str, tuple[str, bool]] = {}
    kinds: Counter[tuple[str, ...]] = Counter()
    for path in paths:
        visit(page, path)
        for href in page.locator("a[href]").evaluate_all("all => all.map((a) => a.href)"):
            link = href.removeprefix(app_url)
            if link == href or "#" in link or link in found:
                continue
            kind = (urlsplit(href).path, *sorted(asked_of(href)))
            kinds[kind] += 1
            if kinds[kind] <= 6:
                found[link] = path, kinds[kind] == 1
    assert len(found) > 25 and len(kinds) > 10
    faults = []
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    for link, (source, is_first) in found.items():
        if is_first:
            visit(page, f"/{link}")
            said = shown(page)
            is_broken = page.locator("[data-testid='stException']").count() > 0
        else:
            said, is_broken = _served(link)
        if is_broken or len(said) < 200:
            faults.append(f"{source} -> {link}: no page")
        if any(words in said for words in NOT_HAD):
            faults.append(f"{source} -> {link}: {said[:200]}")
    assert not faults, "\n".join(faults)


def _served(link: str) -> tuple[str, bool]:
    """The words that the server sends for an address, and whether it broke."""
    app = AppTest.from_file(str(Path(dashboard.__file__).parent / "app.py"), default_timeout=120)
    for name, values in asked_of(link).items():
        app.query_params[name] = values
    app.switch_page(f"app_pages/{urlsplit(link).path.strip('/') or 'overview'}.py")
    app.run()
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    return " ".join(str(e.value) for kind in kinds for e in app.get(kind)), bool(app.exception)


def test_charts_are_drawn_and_described(page: Any, visit: Visit) -> None:
    visit(page, "governance")
    described = charts(page)
    assert len(described) >= 5 and len(set(described)) == len(described)
    assert all(re.search(r"\d+ rows? of data", one) for one in described)
    assert page.locator(".landscape-figure .main-svg").count() >= len(described)


# --- Filters and the address ---


def pill(page: Any, label: str) -> Any:
    return page.locator("[data-testid='stSidebar']").get_by_role("button", name=label, exact=True)


def test_filters_go_into_the_address_and_stay(page: Any, visit: Visit) -> None:
    visit(page)
    everyone = shown(page)
    pill(page, "Tech giants").click()
    page.wait_for_url(re.compile("type=giant"))
    settle(page)
    page.locator("[data-testid='stSidebar']").get_by_role("radio", name="Coded", exact=True).click()
    page.wait_for_url(re.compile("basis=coded"))
    settle(page)
    assert asked(page) == {"type": ["giant"], "basis": ["coded"]}
    narrowed = shown(page)
    assert "tech giants" in narrowed and "as coded by the printed rule" in narrowed and narrowed != everyone

    page.get_by_role("link", name="Governance", exact=True).first.click()
    page.wait_for_url(re.compile("/governance"))
    settle(page)
    assert asked(page) == {"type": ["giant"], "basis": ["coded"]}
    assert "tech giants" in shown(page)
    before = shown(page), charts(page)
    page.reload()
    settle(page)
    assert asked(page) == {"type": ["giant"], "basis": ["coded"]}
    assert (shown(page), charts(page)) == before

    page.get_by_role("button", name="Clear filters").click()
    page.wait_for_url(lambda url: "type=" not in url)
    settle(page)
    assert asked(page) == {} and "tech giants" not in shown(page)


def test_a_link_shows_the_same_in_another_browser(new_page: NewPage, visit: Visit) -> None:
    one = visit(new_page(), "governance")
    pill(one, "Federated").click()
    one.wait_for_url(re.compile("governance=federated"))
    settle(one)
    one.locator(".st-key-as_of [data-type='year']").click()
    one.keyboard.type("20240630")
    one.keyboard.press("Escape")
    one.keyboard.press("Tab")
    one.wait_for_url(re.compile("as_of=2024-06-30"))
    settle(one)
    other = new_page()
    other.goto(one.url)
    settle(other)
    assert "30 Jun 2024" in shown(other) and "Federated" in shown(other)
    assert (shown(other), charts(other)) == (shown(one), charts(one))
    assert asked(other) == asked(one)


def test_what_a_link_gets_wrong_is_said_and_dropped(page: Any, visit: Visit) -> None:
    visit(page, "?governance=federal&type=lab&as_of=1999-01-01")
    said = page.locator("[data-testid='stAlert']").all_inner_texts()
    assert any("“federal”, which does not exist here: ignored." in s for s in said)
    assert any("The link asks for 1 Jan 1999" in s for s in said)
    assert asked(page) == {"type": ["lab"]}
    assert " · labs · " in shown(page)


def test_nothing_that_matches_is_a_sentence(page: Any, visit: Visit) -> None:
    visit(page, "models?governance=state_institute&type=giant")
    said = page.locator("[data-testid='stAlert']").all_inner_texts()
    assert any(
        s.split("\n")[-1].startswith("No organisation matches. Widen Governance model") for s in said
    ), said
    assert charts(page) == []


def test_the_way_back_is_the_way_one_came(page: Any, visit: Visit) -> None:
    visit(page, "claims")
    first = shown(page)
    page.get_by_role("link", name="Models", exact=True).first.click()
    page.wait_for_url(re.compile("/models"))
    settle(page)
    page.go_back()
    page.wait_for_url(re.compile("/claims"))
    settle(page)
    assert shown(page) == first


# --- Keyboard ---


def test_the_save_menu_is_reached_and_opened_by_keyboard(page: Any, visit: Visit) -> None:
    visit(page, "claims")
    card = page.locator(".st-key-card-claims-by-verdict")
    button = card.locator(".st-key-save-claims-by-verdict button").first
    focused = "e => e.contains(document.activeElement)"
    for _ in range(90):
        page.keyboard.press("Tab")
        if button.evaluate(focused):
            break
    assert button.evaluate(focused), "not reached by the Tab key"
    assert (
        button.evaluate("e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow") != "nonenone"
    )
    page.keyboard.press("Enter")
    page.get_by_text("PowerPoint slide").first.wait_for()
    settle(page)
    items = page.locator("[data-testid='stPopoverBody'] button").all_inner_texts()
    assert any("PowerPoint" in i for i in items) and any(i.strip().endswith("CSV") for i in items)
    page.keyboard.press("Escape")
    page.locator("[data-testid='stPopoverBody']").wait_for(state="hidden")


# --- The server ---


def fetched(url: str, **headers: str) -> tuple[dict[str, str], bytes]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return {k.lower(): v for k, v in answer.headers.items()}, answer.read()


def test_the_chart_library_arrives_once_compressed_and_is_kept(page: Any, visit: Visit) -> None:
    asked_for: list[str] = []
    page.on("request", lambda r: asked_for.append(r.url))
    visit(page, "models")
    (library,) = {u for u in asked_for if re.search(r"plotly", u, re.I)}
    assert len([u for u in asked_for if u == library]) == 1
    headers, body = fetched(library, **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip" and "immutable" in headers["cache-control"]
    assert len(body) < 450_000 and gzip.decompress(body) == plotly_js.FILE.read_bytes()
    plain_headers, plain = fetched(library)
    assert plain == gzip.decompress(body) and "content-encoding" not in plain_headers


def test_monitors_are_told_which_snapshot_is_served(app_url: str, served_data: Any) -> None:
    headers, body = fetched(app_url + "healthz")
    now = store.snapshot(served_data)
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"status": "ok", "snapshot": now.id, "as_of": f"{now.as_of:%Y-%m-%d}"}
