"""Every chart, as declared: on the real data, on one company, on nothing and on other days, in every look."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from plotly.io.json import to_json_plotly
from together import together

from dashboard import charts
from dashboard.charts import CHARTS, Chart, marks
from dashboard.charts.brief import BRIEF
from dashboard.data.citations import cited, split_ids
from dashboard.data.selection import Selection, as_of
from dashboard.data.store import Tables
from dashboard.draw import plotly
from dashboard.facts.landscape import apply, narrow
from dashboard.look import theme
from dashboard.look.theme import MODEL, MODELS, Look

DASHBOARD = Path(charts.__file__).parents[1]
#: All that is asked of a chart is asked by one worker, one after the other: it makes each frame once.
EVERY = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS, scope="module")


def in_every_view(test: Callable[..., None]) -> Callable[..., None]:
    """Asks a test of every chart, once for all views."""
    return EVERY(together("view", VIEWS)(test))


LOOKS = {
    "light": Look(),
    "dark": Look(mode="dark"),
    "export": Look(export=True),
    "phone": Look(compact=True),
}
#: Charts of what feeds alone count: without one they are empty here, and drawn on made rows in test_use.
OF_FEEDS = {"use-own-derivatives", "tokens-by-band", "site-ranks"}
TOPICS = {"overview", "governance", "companies", "models", "claims", "data"}

#: What the reader may have chosen; None stands for the newest day of the data.
VIEWS: dict[str, tuple[str | None, dict[str, Any]]] = {
    "today": (None, {}),
    "the world": (None, {"outside": True, "basis": "coded", "names": "both", "currency": "CNY"}),
    "one company": (None, {"companies": ("alibaba",)}),
    "one lab": (None, {"companies": ("deepseek",), "names": "zh"}),
    "nothing": (None, {"companies": ("nobody",)}),
    "mid 2023": ("2023-06-30", {}),
    "the first days": ("2021-02-01", {"basis": "coded"}),
}

Show = Callable[[Chart, str], tuple[pd.DataFrame, Selection, Tables]]


def first_picks(chart: Chart, selected: Tables, selection: Selection) -> Selection:
    """What a card picks where the reader has picked nothing."""
    for choice in chart.choices:
        options = choice.options(selected, selection)
        if options:
            selection = selection.picking(choice.name, next(iter(options)))
    return selection


@pytest.fixture(scope="session")
def show(tables: Tables) -> Show:
    """Frame, selection and selected tables of a chart under one of VIEWS; each is made once."""
    newest = tables["sources"]["accessed_date"].max()

    @cache
    def stood(day: pd.Timestamp) -> Tables:
        return as_of(tables, Selection(day, newest))

    @cache
    def selected(view: str, outside: bool) -> tuple[Tables, Selection]:
        day, own = VIEWS[view]
        selection = Selection(newest if day is None else pd.Timestamp(day), newest, **own)
        return narrow(stood(selection.as_of), selection, keep_outside=outside), selection

    @cache
    def made(chart_id: str, view: str) -> tuple[pd.DataFrame, Selection, Tables]:
        chart = CHARTS[chart_id]
        there, selection = selected(view, chart.outside)
        selection = first_picks(chart, selected(view, False)[0], selection)
        return chart.data(there, selection), selection, there

    return lambda chart, view: made(chart.id, view)


def figure_of(chart: Chart, frame: pd.DataFrame, look: Look) -> go.Figure:
    """The figure as drawn, read by Plotly itself: a property that it does not know fails here."""
    return go.Figure(plotly.draw(chart, frame, look))


# --- The declaration ---


def test_ids_are_stable_slugs() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", i) for i in CHARTS)
    # The key and the chart's own id must not come apart.
    assert [c.id for c in CHARTS.values()] == list(CHARTS)
    assert len(CHARTS) >= 12


@EVERY
def test_declarations_are_complete(chart: Chart) -> None:
    assert chart.topic in TOPICS
    assert chart.question.endswith("?") and chart.question[0].isupper()
    assert chart.title[0].isupper() and not chart.title.endswith((".", "?"))
    words = chart.title.split()[1:]
    assert sum(w[0].isupper() for w in words) <= len(words) / 2, "titles are in sentence case"
    assert "source_ids" in chart.columns.names, "every row names its documents"
    assert chart.note == "" or chart.note.endswith(".")
    for choice in chart.choices:
        assert re.fullmatch(r"[a-z-]+\.[a-z-]+", choice.name) and choice.label


def test_questions_and_titles_are_each_ones_own() -> None:
    assert len({c.question for c in CHARTS.values()}) == len(CHARTS)
    assert len({c.title for c in CHARTS.values()}) == len(CHARTS)


def test_every_chart_of_a_module_is_found() -> None:
    """A module whose charts are in no list would be a page's card that nobody sees."""
    there = {
        chart.id
        for one in pkgutil.iter_modules(charts.__path__, f"{charts.__name__}.")
        for chart in getattr(importlib.import_module(one.name), "CHARTS", ())
        if one.name != charts.__name__ and isinstance(chart, Chart)
    }
    missing = sorted(there - set(CHARTS))
    assert not missing, (
        f"MODULES in dashboard/charts/__init__.py: no line for the module of {', '.join(missing)}"
    )


def test_every_chart_stands_on_a_page_or_in_a_ready_deck() -> None:
    """Placed by its id: a chart that the Gallery alone has is found by nobody who does not look for it."""
    rooms = [p for room in ("app_pages", "screen") for p in (DASHBOARD / room).glob("*.py")]
    told = "".join(p.read_text(encoding="utf-8") for p in (*rooms, DASHBOARD / "deck" / "basket.py"))
    missing = [i for i in CHARTS if f'"{i}"' not in told and i not in BRIEF]
    assert not missing, (
        f"nothing shows {', '.join(missing)}: a line chart_card.chart(…) in dashboard/app_pages/"
    )


# --- The frame ---


@in_every_view
def test_frames_are_legal(chart: Chart, view: str, show: Show) -> None:
    frame, _, selected = show(chart, view)
    # A comparison has one column a company.
    names = set(selected["companies"]["company_name"])
    own = [c for c in frame if c not in names]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", c) for c in own), own
    assert frame.columns.is_unique and frame.index.is_unique
    assert set(chart.kind.reads) <= set(frame), list(frame)
    if "governance_model_id" in frame:
        assert set(frame["governance_model_id"].dropna()) <= set(MODEL)
    # No columns come or go with the rows: a saved slide or query finds what it knows.
    assert own == list(show(chart, "nothing")[0])
    for column in frame:
        cells = frame[column].dropna()
        assert not cells.astype(str).isin(["nan", "None", "NaT", "<NA>"]).any(), column
        if frame[column].dtype.kind == "f":
            assert not cells.isin([float("inf"), float("-inf")]).any(), column


def later_than(frame: pd.DataFrame, day: pd.Timestamp) -> Iterator[str]:
    """Cells of a frame that tell of a day after `day`; a prediction's due day may."""
    for column in frame:
        if column.startswith(("due", "days_left", "status")):
            continue
        cells = frame[column].dropna()
        if pd.api.types.is_datetime64_any_dtype(cells):
            late = cells[cells > day]
        elif column.endswith("_year"):
            late = cells[cells.astype(int) > day.year]
        elif column.endswith(("_date", "_day", "quarter", "period")):
            years = cells.astype(str).str.extract(r"(20\d\d)")[0].dropna().astype(int)
            late = years[years > day.year]
        else:
            continue
        yield from (f"{column}: {cell}" for cell in late.head(3))


@EVERY
@together("view", [v for v, (day, _) in VIEWS.items() if day])
def test_no_frame_knows_what_came_later(chart: Chart, view: str, show: Show) -> None:
    frame, selection, _ = show(chart, view)
    assert list(later_than(frame, selection.as_of)) == []


@EVERY
def test_charts_show_something_today_and_nothing_of_nobody(chart: Chart, show: Show) -> None:
    assert len(show(chart, "today")[0]) or (chart.id in OF_FEEDS and "counted by the feed" in chart.empty)
    about_companies = show(chart, "nothing")[0]
    assert about_companies.empty or chart.outside


@EVERY
def test_data_is_the_same_each_time_and_changes_no_table(chart: Chart, show: Show) -> None:
    frame, selection, selected = show(chart, "today")
    # pandas copies on write: what is changed in place leaves these as they were.
    before = {name: selected[name].copy(deep=False) for name in selected}
    pd.testing.assert_frame_equal(chart.data(selected, selection), frame)
    for name, table in before.items():
        assert selected[name].equals(table), name


# --- Words ---


@in_every_view
def test_words_are_sentences(chart: Chart, view: str, show: Show) -> None:
    frame, selection, _ = show(chart, view)
    if frame.empty:
        return
    for said in (chart.scope_line(frame, selection), chart.finding(frame, selection)):
        assert not re.search(r"\b(nan|None|NaT|NA)\b|<NA>|  |_", said), said
        assert not re.search(r"\b1 (organisations|models|companies|documents|claims|events)\b", said), said
        assert said == said.strip() and not said.endswith((",", ";", ":")), said
    assert chart.scope_line(frame, selection)
    finding = chart.finding(frame, selection)
    assert not finding.endswith("."), "a finding stands as a title"
    assert len(finding) <= 150, finding


@in_every_view
def test_what_is_shown_has_its_documents(chart: Chart, view: str, show: Show, tables: Tables) -> None:
    frame = show(chart, view)[0]
    if frame.empty:
        return
    used = cited(frame["source_ids"], tables["sources"])
    assert len(used) and used["source_id"].is_unique
    for column in [c for c in frame if c.endswith("source_ids")]:
        assert set(split_ids(frame[column])) <= set(tables["sources"]["source_id"]), column
    assert set(used["source_id"]) == set(split_ids(frame["source_ids"]))


# --- The figure ---


def house_colours(look: Look) -> set[str]:
    own = {look.ink, look.grey, look.pale, look.grid, look.rule, look.ground, theme.INK, theme.WHITE}
    own |= {*look.levels, *look.weights.values(), *(look.on_level(s) for s in range(5))}
    for m in MODELS:
        own |= {look.fill(m.id), look.text_on(m.id), look.name_colour(m.id)}
    return {c.upper() for c in own}


def strings(value: object) -> Iterator[str]:
    """Every text inside a figure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "template":
                yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)
    elif hasattr(value, "tolist"):
        yield from strings(value.tolist())


def colour_cells(value: object, key: str = "") -> Iterator[str]:
    """Every text that stands where Plotly expects a colour."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            if inner_key != "template":
                yield from colour_cells(inner, inner_key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from colour_cells(inner, key)
    elif isinstance(value, str) and (key.endswith("color") or key in ("bgcolor", "colorway")):
        yield value


def check_figure(figure: go.Figure, look: Look) -> None:
    assert figure.layout.template == theme.TEMPLATE
    made = figure.to_plotly_json()
    texts = list(strings(made))
    hexes = {h.upper() for t in texts for h in re.findall(r"#[0-9A-Fa-f]{6}\b", t)}
    # Streamlit's placeholders would come out black in every export.
    assert not [h for h in hexes if re.fullmatch(r"#0000\d\d", h)]
    assert hexes <= house_colours(look), hexes - house_colours(look)
    for colour in colour_cells(made):
        clear = re.fullmatch(r"rgba\(0, ?0, ?0, ?0\)|transparent", colour)
        assert clear or re.fullmatch(r"#[0-9A-Fa-f]{6}", colour), f"{colour} is not of the house"
    for trace in made["data"]:
        for part in ("marker", "line", "textfont"):
            if (
                trace.get("type") in ("scatter", "bar")
                and part == "marker"
                and "markers" in trace.get("mode", "bar")
            ):
                assert trace.get("marker", {}).get("color") is not None, (
                    f"no colour of its own: {trace.get('name')}"
                )
    for text in texts:
        assert not re.search(r"\b(nan|None|NaT)\b|<NA>", text), text
    ground = figure.layout.paper_bgcolor
    assert ground == (look.ground if look.export else "rgba(0,0,0,0)")
    assert figure.layout.font.size == look.size
    assert not figure.layout.title.text, "a title is the page's or the export's"


@EVERY
@together("name", LOOKS)
def test_figures_in_every_look(chart: Chart, name: str, show: Show) -> None:
    check_figure(figure_of(chart, show(chart, "today")[0], LOOKS[name]), LOOKS[name])


@EVERY
@together(
    "view, name",
    [
        ("one company", "export"),
        ("one lab", "phone"),
        ("the world", "dark"),
        ("nothing", "light"),
        ("the first days", "export"),
    ],
)
def test_figures_of_other_views(chart: Chart, view: str, name: str, show: Show) -> None:
    check_figure(figure_of(chart, show(chart, view)[0], LOOKS[name]), LOOKS[name])


@EVERY
def test_figures_draw_what_the_frame_holds(chart: Chart, show: Show) -> None:
    frame, _, _ = show(chart, "today")
    if chart.id in OF_FEEDS and frame.empty:
        return
    # A table that is drawn shows its first fourteen rows.
    half = frame.iloc[: min(len(frame) // 2, 7)]
    drawn = [to_json_plotly(plotly.draw(chart, f, LOOKS["light"])) for f in (frame, half, frame.iloc[:0])]
    assert drawn[0] != drawn[1] and len(drawn[0]) > len(drawn[2])


@EVERY
def test_every_choice_can_be_picked(chart: Chart, show: Show) -> None:
    if not chart.choices:
        return
    _, selection, selected = show(chart, "today")
    for choice in chart.choices:
        options = choice.options(selected, selection)
        if chart.under is not None and not options:
            continue  # what the reader's own chart lets pick depends on what was picked before
        assert options and all(isinstance(k, str) and k and v for k, v in options.items())
        assert len(set(options.values())) == len(options), "two options must not read alike"
        for option in list(options)[:3]:
            picked = selection.picking(choice.name, option)
            frame = chart.data(selected, picked)
            check_figure(figure_of(chart.picked(picked), frame, LOOKS["light"]), LOOKS["light"])
            if len(frame):
                assert chart.scope_line(frame, picked)
        nothing = chart.data(selected, selection.picking(choice.name, "no-such-thing"))
        plotly.draw(chart, nothing, LOOKS["light"])


# --- Marks and the rows they stand for ---

#: Figures whose marks stand for several rows of the frame at once, or for its cells.
CELLS = {"landscape-matrix", "compare-table"}


@in_every_view
def test_every_mark_names_its_row_and_every_row_its_documents(chart: Chart, view: str, show: Show) -> None:
    frame, _, _ = show(chart, view)
    if frame.empty:
        return
    if chart.screen == "figure":
        traces = plotly.draw(chart, frame, Look())["data"]
        named = [t for t in traces if t.get("customdata") is not None]
        for trace in named:
            assert set(trace["customdata"]) <= set(frame.index), (
                "customdata holds labels of the frame's index"
            )
            length = len(trace["y"] if trace.get("x") is None else trace["x"])
            assert len(trace["customdata"]) == length, "one row a mark"
        # What can be hovered over stands for a row, so that a click leads to it.
        speaking = [
            t
            for t in traces
            if t.get("hoverinfo") != "skip"
            and t.get("hovertemplate")
            and t.get("type", "scatter") in {"scatter", "bar"}
            and t.get("customdata") is None
        ]
        assert chart.id in CELLS or named or view != "today", "no mark names its row"
        assert not speaking, [t["hovertemplate"] for t in speaking]
    if "caveat" in frame:
        words = {w for cell in frame["caveat"].dropna() for w in cell.split("; ")}
        assert words <= set(marks.CAVEATS)
        assert bool(marks.caveat_note(frame)) == bool(words)
    if "confidence" in frame:
        assert set(frame["confidence"].dropna()) <= set(marks.CONFIDENCE)
    assert "source_ids" in frame


@pytest.mark.parametrize(
    ("chart_id", "said"),
    [
        ("landscape-matrix", r"Alibaba Group is steered from the chief executive’s desk now"),
        (
            "index-over-time",
            r"Alibaba Group moved towards the centre since first scored: from \d+ to \d+ of 100",
        ),
        ("reorganisations", r"Alibaba Group: \d+ dated changes in who steers AI, the newest “.+”, .*20\d\d"),
        ("releases-by-company", r"Alibaba Group released \d+ models in twelve months; \d+ with open weights"),
    ],
)
def test_of_one_organisation_a_title_names_it(tables: Tables, chart_id: str, said: str) -> None:
    newest = pd.Timestamp(tables["sources"]["accessed_date"].max())
    one = Selection(newest, newest, companies=("alibaba",))
    frame = CHARTS[chart_id].data(apply(tables, one), one)
    assert re.fullmatch(said, CHARTS[chart_id].finding(frame, one))


def test_the_largest_models_are_named_where_two_are_as_large() -> None:
    day = pd.Timestamp("2026-11-28")
    frame = pd.DataFrame({"model_name": ["A", "B", "C"], "parameters_total": [2e12, 2e12, 1e9]})
    found = CHARTS["parameters"].finding
    assert (
        found(frame, Selection(day, day))
        == "A and B are the largest models whose size is stated: 2T parameters"
    )
    assert found(frame.iloc[1:], Selection(day, day)).startswith("B is the largest model ")
    assert found(frame.assign(parameters_total=1e9), Selection(day, day)) == ""
