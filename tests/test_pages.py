"""Every page as Streamlit runs it: plain, narrowed, emptied and moved to other days."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data.selection import Selection
from dashboard.facts import landscape
from dashboard.facts.landscape import apply
from dashboard.look.markdown import plain
from dashboard.look.theme import MODELS, model_short
from dashboard.screen import figure, plotly_js

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"
FILES = sorted(p.name for p in (APP.parent / "app_pages").glob("*.py"))
EVERY = pytest.mark.parametrize("page", FILES)
#: Pages about companies that are named one by one, or about the data as a whole.
UNFILTERED = {"company.py", "model.py", "compare.py", "data.py", "gallery.py", "deck.py", "own.py"}
FILTERED = [p for p in FILES if p not in UNFILTERED]

Open = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def shown_data(built: Path) -> Iterator[None]:
    """The app reads the build of the tests, never the project's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDSCAPE_DATA", str(built))
        yield


@cache
def opened(page: str, query: tuple[tuple[str, tuple[str, ...]], ...]) -> AppTest:
    """A page opened by its address; each address is run once."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name, values in query:
        app.query_params[name] = list(values)
    app.switch_page(f"app_pages/{page}")
    return app.run()


def visit(page: str, **query: str | list[str]) -> AppTest:
    return opened(
        page, tuple(sorted((k, (v,) if isinstance(v, str) else tuple(v)) for k, v in query.items()))
    )


def texts(app: AppTest) -> list[str]:
    """Every text of the main part: titles, Markdown, messages, numbers and tables."""
    found: list[str] = []
    for kind in ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "code"):
        found += [str(e.value) for e in app.main.get(kind)]
    found += [f"{m.label} {m.value} {m.delta}" for m in app.main.get("metric")]
    for kind in ("table", "arrow_data_frame"):
        for element in app.main.get(kind):
            value = element.value
            found += [
                str(v) for v in (value.to_numpy().ravel() if isinstance(value, pd.DataFrame) else [value])
            ]
    return found


def figures(app: AppTest) -> list[dict[str, Any]]:
    """Every figure of the page as the browser reads it: alt, address, data and layout."""
    sent = [e.proto for e in app.main.get("bidi_component")]
    return [
        json.loads(gzip.decompress(p.bytes[1 : -figure.NAME]))
        for p in sent
        if p.component_name == "landscape_figure"
    ]


def check(app: AppTest) -> None:
    assert not app.exception, [e.value for e in app.exception]
    assert not app.error, [e.value for e in app.error]
    words = texts(app)
    assert len(app.title) == 1
    assert any("snapshot" in w for w in words), "every page names its snapshot"
    for word in words:
        assert not re.search(r"\b(nan|NaT|None(?! known))\b|<NA>", word), word
        # Two dollar signs would set what stands between them as a formula.
        assert len(re.findall(r"(?<!\\)\$", word)) < 2, word
    for chart in figures(app):
        assert len(chart["alt"]) > 40
        assert {trace["type"] for trace in chart["data"]} <= plotly_js.TRACES
        assert chart["layout"]["height"] > 40 and "template" not in chart["layout"]


@EVERY
def test_pages_open(page: str) -> None:
    app = visit(page)
    check(app)
    assert not app.warning, [w.value for w in app.warning]


@EVERY
def test_pages_open_under_a_selection(page: str) -> None:
    app = visit(
        page,
        type="giant",
        as_of="2026-06-30",
        basis="coded",
        names="both",
        compare="2023-06-30",
        outside="1",
        currency="CNY",
    )
    check(app)
    assert not app.warning, [w.value for w in app.warning]
    if page in FILTERED:
        assert any("tech giants" in w and "30 Jun 2026" in w and "30 Jun 2023" in w for w in texts(app))


@EVERY
def test_pages_go_back_to_the_first_days(page: str) -> None:
    app = visit(page, as_of="2021-02-01")
    check(app)
    # Facts and days of later years are nowhere; the years of our reading and of the snapshot are.
    for word in texts(app):
        if "snapshot" in word or page in ("claims.py", "data.py"):
            continue
        assert not re.search(r"\b\d{1,2} [A-Z][a-z]{2} 202[2-6]\b", word), word


@pytest.mark.parametrize("page", FILTERED)
def test_nothing_that_matches_is_a_sentence(page: str) -> None:
    app = visit(page, governance="state_institute", type="giant")
    check(app)
    (info,) = app.info
    assert re.fullmatch(
        r"No (organisation|claim) matches\. Widen Governance model \(State institute\) or "
        r"Company type \(Tech giants\) in the sidebar\.",
        info.value,
    )
    assert figures(app) == []
    assert any(w.removeprefix(":small[").startswith("**0 of ") for w in texts(app))


def test_unknown_values_are_said_and_ignored() -> None:
    app = visit("claims.py", governance=["federal"], as_of="tomorrow")
    check(app)
    assert [w.value for w in app.warning] == [
        plain(said)
        for said in (
            "The link asks for governance model “federal”, which does not exist here: ignored.",
            "The link asks for the date “tomorrow”, which is not a day such as 2026-06-30: ignored.",
        )
    ]
    assert [t for t in texts(app) if t not in {w.value for w in app.warning}] == texts(visit("claims.py"))


def test_what_cannot_be_picked_is_said_until_something_is_picked() -> None:
    """The page runs again by itself: what was said of one run alone was never read, and another company stood there unsaid."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["company.id"] = ["tencent)."]
    app.switch_page("app_pages/company.py")
    wanted = plain(
        "The link asks for company “tencent).”, which does not exist here: ignored. Perhaps “tencent” was meant."
    )
    for _ in range(3):
        check(app.run())
        assert wanted in texts(app)
    assert "company.id" not in app.query_params
    app.selectbox(key="pick-company.id").set_value("tencent").run()
    assert wanted not in texts(app) and "tencent" in app.query_params["company.id"]


def test_every_page_is_in_the_navigation_and_reads_its_own_data(tables: dict[str, pd.DataFrame]) -> None:
    listed = re.findall(r'"([a-z_]+\.py)"', APP.read_text(encoding="utf-8"))
    assert sorted(set(listed)) == FILES
    at_home = int((tables["companies"]["country"] == "CN").sum())
    assert any(f"**{at_home} of {at_home} organisations**" in w for w in texts(visit("overview.py")))


def test_filtering_by_each_model_changes_the_page(tables: dict[str, pd.DataFrame]) -> None:
    """One visit, one model after the other: each gives its own companies and a page of its own."""
    newest = tables["sources"]["accessed_date"].max()
    labels = landscape.labels_in_force(apply(tables, Selection(newest, newest)), "reported")
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page("app_pages/claims.py").run()
    seen = {tuple(texts(app))}
    for model in MODELS:
        app.pills(key="governance").set_value([model.id]).run()
        assert not app.exception
        count = sum(m == model.id for m in labels.values())
        words = tuple(texts(app))
        assert any(
            w.startswith(f"**{count} of {len(labels)} organisations** · {model.short} ·") for w in words
        )
        assert words not in seen
        seen.add(words)


@pytest.mark.parametrize("page", FILTERED)
def test_filtering_changes_every_page(page: str, tables: dict[str, pd.DataFrame]) -> None:
    newest = tables["sources"]["accessed_date"].max()
    labels = landscape.labels_in_force(apply(tables, Selection(newest, newest)), "reported")
    common = pd.Series(labels.values()).value_counts().index[0]
    plain, one = visit(page), visit(page, governance=common)
    check(one)
    assert any(f"· {model_short(common)} ·" in w for w in texts(one))
    # Not the line alone that names the filter: the charts or, where there are none, the tables.
    assert figures(plain) != figures(one) or texts(plain)[4:] != texts(one)[4:]


def test_the_widgets_show_what_the_address_says() -> None:
    app = visit("overview.py", governance=["federated", "lab_led"], basis="coded", as_of="2025-12-31")
    assert app.pills(key="governance").value == ["federated", "lab_led"]
    assert app.segmented_control(key="basis").value == "coded"
    assert f"{app.date_input(key='as_of').value}" == "2025-12-31"


def test_clearing_takes_every_filter_back() -> None:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["type"] = ["lab"]
    app.query_params["as_of"] = ["2024-06-30"]
    app.run()
    before = texts(app)
    clear = next(b for b in app.sidebar.get("button") if b.label == "Clear filters")
    clear.click().run()
    assert not app.exception
    assert app.pills(key="type").value == []
    assert texts(app) != before
    assert texts(app)[:3] == texts(visit("overview.py"))[:3]


def test_without_data_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path / "none"))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception
    assert "There is no data to show." in app.error[0].value
    assert plain("run `python -m etl`") in app.error[0].value


def test_one_company_in_the_filter_is_the_company_of_the_profile() -> None:
    app = visit("company.py", company="alibaba")
    check(app)
    assert app.main.title[0].value.startswith("Alibaba")
    assert not any("data for this chart" in text for text in texts(app))
    # What is picked goes before what is filtered.
    other = visit("company.py", company="alibaba", **{"company.id": "tencent"})
    assert other.main.title[0].value.startswith("Tencent")


def tables_of(app: AppTest) -> list[list[str]]:
    return [list(t.value.columns) for t in app.main.get("table") if isinstance(t.value, pd.DataFrame)]


def test_the_overview_shows_the_four_columns_of_the_seed() -> None:
    assert ["Organisation", "Model", "Governance", "Commercial lever"] in tables_of(visit("overview.py"))


def test_a_table_looks_the_same_in_the_gallery_as_on_its_page() -> None:
    """The comparison with its signs, the reorganisations as a table that can be sorted."""
    compared = visit("gallery.py", **{"gallery.chart": "compare-table"})
    assert any(
        columns[0] == "Fact" and columns[-2:] == ["Compared", "Sources"] for columns in tables_of(compared)
    )
    changes = visit("gallery.py", **{"gallery.chart": "reorganisations"})
    assert any("what_changed" in e.value.columns for e in changes.main.dataframe)
    assert not tables_of(changes)


def test_the_models_page_opens_the_part_that_the_address_asks_for() -> None:
    def cards(**query: str) -> set[str]:
        app = visit("models.py", **query)
        check(app)
        return {one.value for one in app.main.subheader}

    first, sizes = cards(), cards(**{"models.part": "size"})
    # A link of before there were parts names a benchmark alone.
    tests = cards(**{"benchmark.reporter": "vendor"})
    assert len(first) == len(sizes) == len(tests) == 2 and len(first | sizes | tests) == 6
    assert "Every model" in cards(**{"models.part": "list"})


def test_of_the_tables_below_infrastructure_the_one_that_is_open_is_sent() -> None:
    def columns(**query: str) -> set[str]:
        app = visit("infrastructure.py", **query)
        check(app)
        assert len(app.main.dataframe) == 1
        return set(app.main.dataframe[0].value.columns)

    assert "person_name" in columns() and "person_name" in columns(**{"infrastructure.table": "nonsense"})
    assert {"lever_name", "company", "source"} <= columns(**{"infrastructure.table": "commercial_levers"})
