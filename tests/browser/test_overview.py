"""The overview as a front page: everything of it on one screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from look import settle

PARTS = (
    ".stMetric",
    ".st-key-card-landscape-matrix",
    ".st-key-card-positioning",
    ".st-key-latest-changes",
    ".st-key-takeaways",
)


@pytest.mark.parametrize("welcomed", [False, True], ids=["first visit", "later"])
def test_all_parts_are_on_one_screen(page: Any, visit: Callable[..., Any], welcomed: bool) -> None:
    """1440 x 900 pixels, sidebar open: nothing of the five parts has to be scrolled to."""
    visit(page)
    if welcomed:
        page.locator(".st-key-welcome-close button").click()
        page.locator(".st-key-welcome").wait_for(state="detached")
        settle(page)
    for part in PARTS:
        boxes = [b for e in page.locator(part).all() if (b := e.bounding_box())]
        assert boxes, part
        for box in boxes:
            assert box["y"] >= 0 and box["y"] + box["height"] <= 900, (part, box)
    assert page.locator(".stMetric").count() == 5
    # What a screen is too small for is one click away.
    page.locator(".st-key-full-positioning button").first.click()
    page.wait_for_url("**/gallery?gallery.chart=positioning")
    page.get_by_text("Upwards").first.wait_for()


def test_no_text_of_it_is_too_small_to_read(page: Any, visit: Callable[..., Any]) -> None:
    visit(page)
    sizes = page.locator("[data-testid='stMainBlockContainer']").evaluate(
        """main => {
          const found = {};
          const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const e = walk.currentNode.parentElement, words = walk.currentNode.textContent.trim();
            if (words && e.getClientRects().length) {
              found[parseFloat(getComputedStyle(e).fontSize)] = words;
            }
          }
          return found;
        }"""
    )
    small = {s: words for s, words in sizes.items() if float(s) < 11}
    assert not small


@pytest.mark.parametrize(
    "pair",
    [
        (".st-key-card-landscape-matrix", ".st-key-card-positioning"),
        (".st-key-latest-changes", ".st-key-takeaways"),
    ],
    ids=["cards of charts", "cards of words"],
)
def test_two_side_by_side_are_equally_tall(
    page: Any, visit: Callable[..., Any], pair: tuple[str, str]
) -> None:
    """Whatever one of them has to say, such as that it shows the first of many rows."""
    visit(page)
    for longer, _ in (pair, pair[::-1]):
        page.locator(longer).evaluate(
            "e => e.append(Object.assign(document.createElement('div'), {style: 'min-height: 90px'}))"
        )
        tall = [page.locator(one).bounding_box()["height"] for one in pair]
        assert abs(tall[0] - tall[1]) < 1, tall
