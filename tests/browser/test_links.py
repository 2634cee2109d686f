"""Links as people break them: nothing that an address says comes to life, and Back and Forward restore the view."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from look import settle

from dashboard.deck import basket

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from test_plain import HOSTILE, one_line

Visit = Callable[..., Any]

PAGES = ("", "governance", "companies", "company", "model", "compare", "infrastructure", "models", "claims", "gallery",
         "deck", "data")  # fmt: skip

#: What came to life of an address: links, pictures and frames to other hosts, formulas, icons and code in a notice.
ALIVE = """base => {
  const out = [];
  for (const e of document.querySelectorAll("[href],[src],[srcset],[action]"))
    for (const name of ["href", "src", "srcset", "action"]) {
      const to = e.getAttribute(name);
      if (!to) continue;
      const at = new URL(to, base);
      if (/[.]test$/i.test(at.hostname) || ["mailto:", "javascript:"].includes(at.protocol)) out.push(`<${e.tagName} ${name}=${to}>`);
    }
  for (const alert of document.querySelectorAll("[data-testid='stAlert'] [data-testid='stMarkdownContainer']"))
    for (const e of alert.querySelectorAll("a,img,em,strong,del,code,pre,table,h1,h2,h3,li,blockquote,hr,sup,.katex,"
                                           + "[role=img],[class*=stMarkdownColored],[class*=stMarkdownBadge]"))
      out.push(`${e.tagName} in a notice: ${e.textContent}`);
  return out;
}"""


def test_a_deck_in_a_link_that_cannot_be_read_is_said_and_stays_said(
    new_page: Callable[..., Any], visit: Visit
) -> None:
    """The page runs again by itself once its width is known: what was said must outlive that."""
    words = ("garbage", "eJyrVkrLL8pNLFGyUspJzEtP", "%25%25", "%E4%B8%AD")
    pages = [visit(new_page(), f"deck?deck={word}") for word in words]
    pages[-1].wait_for_timeout(3000)
    for word, page in zip(words, pages, strict=True):
        said = page.locator("[data-testid='stAlert']").inner_text()
        assert "The deck in this link was left out" in said, word


@pytest.mark.parametrize("n", range(len(PAGES)))
def test_nothing_that_an_address_says_comes_to_life(page: Any, visit: Visit, app_url: str, n: int) -> None:
    """Every hostile value is echoed by four pages in all; the page's own watch fails on any other host."""
    values = [v for i, v in enumerate(HOSTILE) if i % 3 == n % 3]
    query = [("company", v) for v in values] + [
        ("as_of", values[0]),
        ("snapshot", values[1]),
        ("gallery.chart", values[2]),
    ]
    query += [("company.id", values[3]), ("whatif.weights", values[4]), (values[5], "x")]
    visit(page, f"{PAGES[n]}?{urlencode(query)}")
    assert page.evaluate(ALIVE, app_url) == []
    said = "\n".join(page.locator("[data-testid='stAlert']").all_text_contents())
    missing = [v for v in values if len(v) < 60 and one_line(v) not in said]
    # Past a few values a notice counts the rest.
    rest = sum(int(n) for n in re.findall(r"(\d+) more values", said))
    assert len(missing) <= rest, said


# --- Back, Forward and the menu ---


def asked(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def scope(page: Any) -> str:
    """The selection in words, as the page says it."""
    return str(
        page.locator("[data-testid='stMainBlockContainer']").get_by_text("organisations").first.inner_text()
    )


def arrived(page: Any, path: str, query: dict[str, list[str]], words: str) -> None:
    """The page comes to stand for an address, says so, and stays there.

    A click or a step back is answered by the server some time later; until then the page lies still, too.
    """
    there = f"{path} {query}: {words}"
    end = time.monotonic() + 60
    while (now := f"{urlsplit(page.url).path} {asked(page)}: {scope(page)}") != there:
        assert time.monotonic() < end, f"{now} and not {there}"
        page.wait_for_timeout(100)
    settle(page)
    assert f"{urlsplit(page.url).path} {asked(page)}: {scope(page)}" == there


#: Browsers before 2026 may lack the Navigation API. What they say a second time can come when the first was answered.
OLDER = "Object.defineProperty(window, 'navigation', { value: undefined });"
LATE = """const send = WebSocket.prototype.send;
let last = -1000, waits = Promise.resolve();
WebSocket.prototype.send = function (...words) {
  const now = performance.now(), again = now - last < 20;
  last = now;
  if (again && window.isLate) waits = waits.then(() => new Promise((done) => setTimeout(done, 1500)));
  if (!window.isLate) return send.apply(this, words);
  waits = waits.then(() => send.apply(this, words));
};"""
LABS = {"type": ["lab"]}


@pytest.mark.parametrize("script", ["", OLDER, OLDER + LATE], ids=["today", "older", "late"])
def test_back_and_forward_restore_the_view_without_filters_too(page: Any, visit: Visit, script: str) -> None:
    page.add_init_script(script)
    visit(page)
    assert page.evaluate("Boolean(window.navigation)") is not bool(script)
    whole = scope(page)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Labs").click()
    page.wait_for_url("**/?type=lab")
    settle(page)
    labs = scope(page)
    assert labs != whole and asked(page) == LABS
    page.evaluate("window.isLate = true")
    for _ in range(2):
        page.go_back()
        arrived(page, "/", {}, whole)
        page.go_forward()
        arrived(page, "/", LABS, labs)


@pytest.mark.parametrize("script", ["", OLDER + LATE], ids=["today", "late"])
def test_back_to_a_view_with_nothing_but_a_deck_takes_the_filters_back(
    page: Any, visit: Visit, script: str
) -> None:
    page.add_init_script(script)
    deck = {basket.PARAMETER: [basket.encode(basket.Basket("Ours"))]}
    visit(page, f"?{urlencode(deck, doseq=True)}")
    whole = scope(page)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Labs").click()
    page.wait_for_url("**type=lab**")
    settle(page)
    labs = scope(page)
    page.evaluate("window.isLate = true")
    page.go_back()
    arrived(page, "/", deck, whole)
    page.go_forward()
    arrived(page, "/", {**deck, **LABS}, labs)


def test_the_menu_keeps_the_filters_and_back_undoes_one_step(page: Any, visit: Visit) -> None:
    visit(page, "?type=lab")
    labs = scope(page)
    page.get_by_role("link", name="Governance", exact=True).click()
    page.wait_for_url("**/governance?type=lab")
    settle(page)
    assert scope(page).startswith(labs.partition(" ·")[0])
    page.go_back()
    arrived(page, "/", LABS, labs)


def test_a_question_and_back_shows_the_whole_landscape(page: Any, visit: Visit) -> None:
    visit(page)
    whole = scope(page)
    page.get_by_role("link", name="Who leaves AI to its units?").first.click()
    page.wait_for_url("**/governance?governance=**")
    settle(page)
    assert scope(page) != whole
    page.go_back()
    arrived(page, "/", {}, whole)


def test_a_parameter_that_means_nothing_is_said_once_and_goes(page: Any, visit: Visit) -> None:
    visit(page, "claims?amp;as_of=2026-06-30&company[]=alibaba")
    said = page.locator("[data-testid='stAlert']").all_inner_texts()
    assert any("“amp;as_of”" in s and "“as_of” was meant" in s for s in said)
    assert any("“company[]”" in s and "“company” was meant" in s for s in said)
    assert asked(page) == {}
