"""What readers come for: marks that lead somewhere, ten questions in three clicks, the same view in another browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from look import overflow, settle

from dashboard.charts import CHARTS

Visit = Callable[..., Any]
NewPage = Callable[..., Any]


def shown(page: Any) -> str:
    """The words of the page's main part, as a reader sees them."""
    return str(page.locator("[data-testid='stMainBlockContainer']").inner_text())


def charts(page: Any) -> list[str]:
    """What every chart on the page says to a screen reader."""
    return list(page.locator("[role='figure'][aria-label]").evaluate_all("all => all.map(e => e.ariaLabel)"))


# --- Marks ---


def click_mark(page: Any, chart_id: str, marks: str) -> Any:
    """Clicks the first mark of a chart that lies free, and returns the panel that opens."""
    card = page.locator(f".st-key-card-{chart_id}")
    # To the middle: the bar at the top would take the click.
    card.locator(".js-plotly-plot").first.evaluate("e => e.scrollIntoView({block: 'center'})")
    settle(page)
    found = card.locator(marks)
    assert found.count(), f"{chart_id} has no mark {marks}"
    panel = page.locator(f".st-key-mark-{chart_id}")
    # A chart draws marks of no row (hatching, shadows) first: from the last backwards.
    for at in reversed(range(found.count())):
        box = found.nth(at).bounding_box()
        if (
            box is None
            or box["width"] < 2
            or not BELOW_THE_BAR < box["y"] < page.viewport_size["height"] - 20
        ):
            continue
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        page.wait_for_timeout(250)
        page.mouse.click(x, y)
        settle(page)
        if panel.count():
            return panel
    raise AssertionError(f"{chart_id}: no click on a mark opened its row")


#: Height of the bar with the pages' names.
BELOW_THE_BAR = 60
BARS, POINTS, CELLS = ".barlayer .point path", ".scatterlayer .point", ".heatmaplayer image"


@pytest.mark.parametrize(
    ("path", "chart_id", "marks", "leads_to"),
    [
        ("models", "price-capability", POINTS, "model"),
        ("models?models.part=releases", "weights-by-year", BARS, ""),
        ("governance", "governance-lanes", BARS, "company"),
        ("infrastructure", "company-metrics", BARS, "company"),
        ("claims", "claims-by-verdict", BARS, ""),
    ],
    ids=lambda v: v if "-" in v else "",
)
def test_a_click_on_a_mark_opens_its_row_and_leads_on(
    page: Any, visit: Visit, path: str, chart_id: str, marks: str, leads_to: str
) -> None:
    visit(page, path)
    panel = click_mark(page, chart_id, marks)
    words = panel.inner_text()
    assert "Sources:" in words
    assert panel.locator("a[href^='http']").count(), "no document is named"
    if leads_to:
        link = panel.locator(f"[data-testid='stPageLink'] a[href*='{leads_to}?']").first
        name = link.inner_text().split("\n")[-1].strip()
        link.click()
        page.wait_for_url(re.compile(f"/{leads_to}"))
        settle(page)
        assert page.locator("h1").first.inner_text().startswith(name[:12])
    else:
        panel.get_by_role("button").first.click()
        settle(page)
        assert page.locator(f".st-key-mark-{chart_id}").count() == 0


def test_every_charts_marks_open_their_rows(page: Any, visit: Visit, turn: Visit) -> None:
    """Each chart of the gallery: a click on one of its marks opens a row that names its documents."""
    faults = []
    visit(page, "gallery")
    for one in CHARTS.values():
        if one.screen == "table":
            continue
        turn(page, f"gallery?gallery.chart={one.id}")
        card = page.locator(f".st-key-card-{one.id}")
        # What only feeds fill says so where none was read.
        if one.empty and card.locator("[data-testid='stAlert']").count():
            continue
        kinds = [k for k in (BARS, POINTS, CELLS) if card.locator(k).count()]
        opened = ""
        for kind in kinds:
            try:
                opened = click_mark(page, one.id, kind).inner_text()
                break
            except AssertionError:
                continue
        if "Sources:" not in opened:
            faults.append(f"{one.id}: {kinds or 'no marks'}: {opened[:80] or 'no click opened a row'}")
    assert not faults, "\n".join(faults)


# --- Ten questions of a newcomer, each answered within three clicks; what is typed counts as one ---


class Clicks:
    """A reader who starts at the overview and counts."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def click(self, target: Any) -> None:
        self.count += 1
        target.click()
        settle(self.page)

    def go(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name, exact=True).first)

    def search(self, text: str) -> None:
        self.count += 1
        self.page.get_by_label("Search").fill(text)
        self.page.keyboard.press("Enter")
        self.page.locator(".st-key-search-results").wait_for()
        settle(self.page)

    def hit(self, words: str) -> None:
        results = self.page.locator(".st-key-search-results a")
        self.click(results.filter(has_text=words).first)


def _preset(words: str) -> Callable[[Clicks], None]:
    def ask(me: Clicks) -> None:
        me.click(me.page.get_by_role("button", name="Ready questions"))
        me.click(me.page.locator("[data-testid='stPopoverBody'] a").filter(has_text=words).first)

    return ask


def _found(typed: str, words: str) -> Callable[[Clicks], None]:
    def ask(me: Clicks) -> None:
        me.search(typed)
        me.hit(words)

    return ask


def _slide(me: Clicks) -> None:
    card = me.page.locator(".st-key-card-landscape-matrix")
    me.click(card.locator(".st-key-save-landscape-matrix button").first)


QUESTIONS: dict[str, tuple[Callable[[Clicks], None], str]] = {
    "Who centralised this year?": (_preset("Who centralised"), r"since 31 Dec 2025|31 Dec 2025"),
    "Who leads AI at Alibaba?": (_found("吴泳铭", "Wu"), r"Alibaba Group[\s\S]*(Wu Yongming|Eddie Wu)"),
    "What does Doubao cost?": (_found("Doubao Seed 1.6", "Doubao"), r"Prices[\s\S]*per million tokens"),
    "How far is China behind?": (lambda me: me.go("Models"), r"\bmonths?\b"),
    "Who steers 通义?": (_found("通义", "Alibaba"), r"Alibaba Group[\s\S]*Centralised"),
    "Who owns its chips?": (lambda me: me.go("Infrastructure"), r"[Cc]hips"),
    "How do two giants differ?": (lambda me: me.go("Compare"), r"Alibaba[\s\S]*differ|Governance"),
    "What falls due next?": (_preset("Which predictions"), r"[Dd]ue"),
    "Which documents is this built on?": (lambda me: me.go("Data"), r"[Ss]ources"),
    "Can I have this as a slide?": (_slide, r"Landscape|landscape"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_newcomer_has_the_answer_within_three_clicks(page: Any, visit: Visit, question: str) -> None:
    ask, answer = QUESTIONS[question]
    me = Clicks(visit(page))
    ask(me)
    assert me.count <= 3
    assert re.search(answer, shown(page), re.I), shown(page)[:1500]
    if question.startswith("Can I"):
        assert page.get_by_text("PowerPoint slide").first.is_visible()


def test_search_is_at_hand_on_every_page_and_knows_either_script(page: Any, visit: Visit) -> None:
    for path in ("claims", "deck", "gallery"):
        visit(page, path)
        me = Clicks(page)
        me.search("Eddie Wu")
        assert "Alibaba" in page.locator(".st-key-search-results").inner_text()
        me.search("no such thing at all")
        assert "Nothing found" in page.locator(".st-key-search-results").inner_text()


# --- The same view elsewhere ---


@pytest.mark.parametrize(
    "path",
    [
        "?type=giant&compare=2025-12-31",
        "governance?basis=coded&as_of=2025-06-30",
        "companies?type=lab",
        "company?company.id=tencent&names=both",
        "models?outside=1&currency=CNY",
        "infrastructure?governance=federated",
        "claims?as_of=2026-06-30",
        "data?type=startup",
    ],
)
def test_an_address_gives_the_same_view_chart_for_chart(new_page: NewPage, visit: Visit, path: str) -> None:
    one = visit(new_page(), path)
    assert not one.locator("[data-testid='stAlert']").filter(has_text="ignored").count()
    other = new_page()
    other.goto(one.url)
    settle(other)
    assert (shown(other), charts(other)) == (shown(one), charts(one))
    assert other.url == one.url


# --- Any screen ---


def test_nothing_is_wider_than_the_window(new_page: NewPage, visit: Visit, turn: Visit) -> None:
    """Each page as opened in one of the widths, then made wider and narrower as a reader drags its window."""
    page, widths, wide = new_page(), (1024, 1920, 2560), {}
    for n, path in enumerate(
        ("", "governance", "models", "company?company.id=alibaba", "compare", "deck", "data")
    ):
        first = n % len(widths)
        page.set_viewport_size({"width": widths[first], "height": 1080})
        (turn if n else visit)(page, path)
        for width in widths[first:] + widths[:first]:
            page.set_viewport_size({"width": width, "height": 1080})
            settle(page)
            if (beyond := overflow(page)) > 0:
                wide[path, width] = beyond
    assert not wide


def test_readers_who_want_no_motion_get_none(new_page: NewPage, visit: Visit) -> None:
    page = visit(new_page(reduced_motion="reduce"), "governance")
    # What fades while a page arrives has an end; what goes on never comes to rest.
    page.wait_for_function(
        """() => !document.getAnimations().some(a => a.playState === 'running'
              && a.effect.getComputedTiming().duration > 1)""",
        timeout=5000,
    )
