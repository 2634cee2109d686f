"""The reader's own chart: whatever is picked is drawn alike everywhere, or refused in words."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pptx
import pytest
from deck_data import data
from examples import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.charts import explore, explore_picks, explore_rows
from dashboard.charts.card import make
from dashboard.charts.columns import Frame
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.table import Table
from dashboard.data import permalink
from dashboard.data.selection import Selection
from dashboard.data.store import Snapshot, Tables
from dashboard.deck import basket, decks
from dashboard.draw import plotly
from dashboard.draw.slide.drawings import pages
from dashboard.export import slides, table
from dashboard.facts.landscape import apply
from dashboard.look.markdown import plain
from dashboard.look.theme import Look

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"


@pytest.fixture(scope="module")
def today(tables: Tables) -> tuple[Tables, Selection]:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(newest, newest)
    return apply(tables, selection), selection


def begun(selection: Selection, picks: tuple[tuple[str, str], ...]) -> Selection:
    for name, option in picks:
        selection = selection.picking(name, option)
    return selection


@pytest.mark.parametrize("start", explore.STARTS, ids=lambda s: s.question)
def test_every_starting_point_is_a_chart_with_sources(
    start: explore.Start, today: tuple[Tables, Selection], tables: Tables
) -> None:
    selected, selection = today
    asked = begun(selection, start.picks)
    assert explore.refusal(selected, asked) == ""
    card = make(explore.EXPLORE, tables, asked, Snapshot("abc", selection.as_of))
    assert len(card.frame) and len(card.sources)
    assert isinstance(card.columns, Frame) and list(card.frame)[: len(card.columns.own)] == list(
        card.columns.own
    )
    for name, option in start.picks:
        choice = next(c for c in explore_picks.CHOICES if c.name == name)
        assert option in choice.options(selected, asked), f"{name}={option} is not offered"


def test_a_chart_of_ones_own_is_in_files_what_it_is_on_screen(
    today: tuple[Tables, Selection], tables: Tables
) -> None:
    _, selection = today
    asked = begun(selection, explore.STARTS[0].picks).picking("explore.title", "What we asked 我们的问题")
    card = make(explore.EXPLORE, tables, asked, Snapshot("abc", selection.as_of))
    chart = explore.EXPLORE.picked(asked)
    figure = go.Figure(plotly.draw(chart, card.frame, Look()))
    drawn = sum(sum(t.x) for t in figure.data if t.type == "bar")
    assert drawn == card.frame["models"].sum()
    deck = pptx.Presentation(io.BytesIO(slides.slide(card)))
    native = next(s.chart for s in deck.slides[0].shapes if s.has_chart)
    assert card.title == "What we asked 我们的问题"
    values = [v for p in native.plots for s in p.series if s.name != "Total" for v in s.values if v]
    assert sum(values) == card.frame["models"].sum()
    assert "What we asked" in "".join(s.text_frame.text for s in deck.slides[0].shapes if s.has_text_frame)
    assert b"models" in table.csv(card).splitlines()[0]


@settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picks=st.data())
def test_whatever_is_picked_is_drawn_or_refused_in_words(
    picks: Any, today: tuple[Tables, Selection], tables: Tables
) -> None:
    selected, selection = today
    for choice in explore_picks.CHOICES:
        options = list(choice.options(selected, selection))
        if len(options) > 1:
            selection = selection.picking(
                choice.name, picks.draw(st.sampled_from(options), label=choice.name)
            )
    chart = explore.EXPLORE.picked(selection)
    frame = chart.data(selected, selection)
    said = explore.refusal(selected, selection)
    if said:
        assert frame.empty and said.endswith(".")
        return
    assert chart.title and len(chart.title) < 200 and not chart.title.endswith(".")
    go.Figure(plotly.draw(chart, frame, Look(compact=True)))
    if len(frame):
        assert explore.subtitle(frame, selection)
        assert frame["source_ids"].notna().all()
        card = make(chart, tables, selection, Snapshot("abc", selection.as_of))
        assert pages(card, slides.BODY)


@pytest.mark.parametrize(
    ("picks", "kind"),
    [
        ((("explore.kind", "against"), ("explore.across", "parameters_total")), Points),
        ((("explore.kind", "cells"), ("explore.across", "modality")), Matrix),
        ((("explore.kind", "list"), ("explore.top", "60")), Table),
    ],
    ids=["two measures", "who has what", "list"],
)
def test_each_kind_shows_the_rows_of_its_table(
    picks: tuple[tuple[str, str], ...], kind: type, today: tuple[Tables, Selection]
) -> None:
    selected, selection = today
    asked = begun(selection, picks)
    chart = explore.EXPLORE.picked(asked)
    assert isinstance(chart.kind, kind) and chart.columns is not None
    frame = chart.data(selected, asked)
    models = explore_rows.ROWS["models"].read(selected, asked.basis)
    if kind is Points:
        both = models.dropna(subset=["parameters_total", "parameters_active"])
        now = explore_picks.picked(asked)
        assert (now.across, now.measure) == ("parameters_total", "parameters_active")
        assert set(frame["model_name"]) == set(both["model_name"])
        assert f"{len(both)} of {len(models)} models that state both" in explore.subtitle(frame, asked)
    elif kind is Matrix:
        assert frame["company_name"].nunique() == 15
        most = models["company_name"].value_counts().index[0]
        mine = frame[frame["company_name"] == most]
        counts = models[(models["company_name"] == most)]["modality"].value_counts()
        assert dict(zip(mine["modality"], mine["models"], strict=True)) == counts.to_dict()
    else:
        newest = models["release_date"].dropna().sort_values(ascending=False).head(60)
        assert list(frame["release_date"]) == list(newest)
        assert chart.screen == "table" and chart.title == "Models, newest first"


def test_nonsense_is_explained(today: tuple[Tables, Selection]) -> None:
    selected, selection = today
    mixed = begun(selection, (("explore.rows", "scores"), ("explore.measure", "score")))
    assert "choose one benchmark" in explore.refusal(selected, mixed)
    one = mixed.picking("explore.where", "benchmark_name=GPQA Diamond")
    assert explore.refusal(selected, one) == "" and len(explore.explore(selected, one))
    gone = selection.picking("explore.where", "company_name=Nobody")
    assert "Nobody" in explore.refusal(selected, gone)
    sums = begun(selection, (("explore.measure", "parameters_total"), ("explore.how", "sum")))
    assert "means nothing" in explore.refusal(selected, sums)
    itself = begun(
        selection,
        (
            ("explore.kind", "against"),
            ("explore.across", "context_tokens"),
            ("explore.measure", "context_tokens"),
        ),
    )
    assert explore_picks.picked(itself).measure != "context_tokens", "not offered, so not picked"
    # What no list offers is as if it had not been picked.
    assert (
        explore_picks.picked(selection.picking("explore.rows", "planets")).rows is explore_rows.ROWS["models"]
    )


def test_a_slide_of_ones_own_chart_is_refreshed(built: Path) -> None:
    now = data(built)
    view = begun(Selection(now.snapshot.as_of, now.snapshot.as_of), explore.STARTS[1].picks)
    deck = decks.build(
        basket.Basket("Own", (basket.frozen("explore", view, now.snapshot.id),)), now, address=""
    )
    models = now.tables["models"]
    fewer = decks.Data(
        dict(now.tables) | {"models": models.drop(models.index[models["release_date"].notna()][:40])},
        Snapshot("feedbeef", now.snapshot.as_of),
    )
    done = decks.refresh(deck, fewer, address="")
    assert (done.found, done.changed) == (1, 1)
    assert {c.chart for c in done.changes} == {"explore"}


def test_the_page_offers_only_what_fits_and_keeps_it_in_the_address() -> None:
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.switch_page("app_pages/explore.py")
    app.run()
    assert not app.exception
    next(b for b in app.button if b.label.startswith("How fast")).click()
    app.run()
    assert "By" in [s.label for s in app.selectbox] and "Of each" not in [s.label for s in app.selectbox]
    assert app.query_params["explore.kind"] in ("time", ["time"])
    app.text_input(key="text-explore.title").set_value("![x](http://tracker.test/a.png)").run()
    assert not app.exception
    assert app.subheader[0].value == plain("![x](http://tracker.test/a.png)"), "a title is plain text"


def test_picks_survive_an_address(today: tuple[Tables, Selection], tables: Tables) -> None:
    _, selection = today
    asked = begun(selection, explore.STARTS[2].picks)
    found, notices = permalink.values(permalink.query(asked), tables, asked.newest)
    assert permalink.selection(found, asked.newest) == asked and not notices
    assert isinstance(explore.explore(apply(tables, asked), asked), pd.DataFrame)
