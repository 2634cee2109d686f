"""What browser tests share: the served app, Chromium, and a page that fails on what no reader should meet."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from look import chromium, find_browser, new_context, serving, settle, watch

HERE = Path(__file__).parent
#: Where a browser must exist (the checks of a change), a test that skips has failed.
REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped where a browser is required (REQUIRE_BROWSER=1): {reason}"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium; tests skip, and say so, where there is none."""
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("playwright is not installed: pip install -r requirements-dev.txt")
    if find_browser() is None:
        pytest.skip("no Chromium or Chrome found: install one, or name it in CHROMIUM=/path/to/it")
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def served_data(built: Path) -> Path:
    """Folder of the data that is served: the build of all tests, which no test may change."""
    return built


@pytest.fixture(scope="session")
def app_url(served_data: Path) -> Iterator[str]:
    """Address of the app, served as `make run` serves it; ends in "/"."""
    with serving(served_data) as url:
        yield url


@pytest.fixture
def new_page(browser: Any, app_url: str) -> Iterator[Callable[..., Any]]:
    """Opens pages in contexts of their own: `new_page(width=390, theme="dark")`; `base` where not the app itself is opened.

    After the test every page it opened must have been free of console errors, uncaught exceptions, Streamlit
    exceptions and requests to other hosts.
    """
    opened: list[tuple[Any, Any, Any]] = []

    def make(
        width: int = 1440, height: int = 900, theme: str = "light", base: str = app_url, **options: Any
    ) -> Any:
        context = new_context(
            browser,
            viewport={"width": width, "height": height},
            color_scheme=theme,
            accept_downloads=True,
            **options,
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        opened.append((context, page, watch(page, base)))
        return page

    yield make
    complaints = []
    for context, page, seen in opened:
        broken = []
        if not page.is_closed():
            # A test may end while its page still goes elsewhere.
            page.wait_for_load_state("domcontentloaded")
            broken = page.locator("[data-testid='stException']").all_inner_texts()
        complaints += [f"{page.url}: {line}" for line in [*seen.complaints, *broken]]
        context.close()
    assert not complaints, "\n".join(dict.fromkeys(complaints))


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """One page of 1440 x 900, light."""
    return new_page()


@pytest.fixture
def visit(app_url: str) -> Callable[..., Any]:
    """Opens a path of the app and waits until it is at rest: `visit(page, "governance?basis=coded")`."""

    def go(page: Any, path: str = "") -> Any:
        page.goto(app_url + path.lstrip("/"))
        settle(page)
        return page

    return go


@pytest.fixture
def turn() -> Callable[..., Any]:
    """Moves an open page to another view of its own, as Back and Forward do, without loading the app again.

    `turn(page, "gallery?gallery.chart=parameters")`; what the address leaves out stays as it was.
    """

    def go(page: Any, path: str) -> Any:
        page.evaluate(
            "(to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate', { state: null })) }",
            "/" + path.lstrip("/"),
        )
        settle(page)
        return page

    return go


@pytest.fixture(scope="session")
def axe_findings() -> Callable[[Any], list[str]]:
    """Accessibility faults of a page that axe-core calls serious or critical, one line each."""

    def find(page: Any) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        violations = Axe().run(page).response["violations"]
        return [
            f"{v['id']} ({v['impact']}): {v['help']}: {node['target']}"
            for v in violations
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"]
        ]

    return find
