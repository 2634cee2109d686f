"""Waterfalls, an option of columns, on any frame: levels that add up, caveats, the same in figure and slide, refreshed."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import kind_frames as kit
import openpyxl
import pandas as pd
import pptx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import CHARTS
from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import JOINS, LEAVES, STANDS, Columns, state
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.deck import decks
from dashboard.deck.basket import Basket, frozen
from dashboard.draw.plotly.bars import columns
from dashboard.facts import landscape
from dashboard.look.measure import width
from dashboard.look.room import room_of
from dashboard.look.scales import GOVERNANCE

COLUMNS = col.Frame(
    "steps",
    step="what was done",
    move=col.key("stands, leaves or joins"),
    model=col.of_scale(GOVERNANCE, "whose"),
    companies=col.count("organisation"),
)
KIND = Columns("step", "companies", stack="model", tick="name", walk="move")
PARTS = st.dictionaries(kit.MODEL, st.tuples(st.integers(1, 40), kit.CAVEATS), min_size=1, max_size=4)
STEP = st.tuples(kit.NAMES, st.sampled_from([JOINS, LEAVES, STANDS]), PARTS)


def walk_of(first: dict[str, Any], steps: list[Any]) -> pd.DataFrame:
    """A frame whose level never falls under zero: departures that would are arrivals."""
    level, rows = 0, []
    for n, (name, move, parts) in enumerate([("Then", STANDS, first), *steps]):
        size = sum(v for v, _ in parts.values())
        move = JOINS if move == LEAVES and size > level else move
        level = size if move == STANDS else level + size * (1 if move == JOINS else -1)
        rows += [
            {"step": f"{n} {name}", "move": move, "model": m, "companies": v, "caveat": c}
            for m, (v, c) in parts.items()
        ]
    return kit.frame_of(rows, [*COLUMNS.own, "caveat"])


def levels(frame: pd.DataFrame) -> list[tuple[float, float]]:
    """Where each column begins and how tall it is, added up by hand."""
    out, level = [], 0.0
    for _, part in frame.groupby("step", sort=False):
        size, move = float(part["companies"].sum()), part["move"].iloc[0]
        if move == STANDS:
            level = 0.0
        begin = level - size if move == LEAVES else level
        level = begin if move == LEAVES else begin + size
        out.append((begin, size))
    return out


@given(first=PARTS, steps=st.lists(STEP, max_size=12))
@kit.FAST
def test_each_column_begins_where_the_one_before_ended(first: dict[str, Any], steps: list[Any]) -> None:
    frame = walk_of(first, steps)
    for _look, room, found in kit.seen(state, KIND, frame, COLUMNS):
        assert [(lane.base, lane.total) for lane in found.lanes] == levels(frame)
        assert found.end >= max(lane.base + lane.total for lane in found.lanes)
        assert sorted(r.row for r in found.rects) == list(frame.index)
        for k, lane in enumerate(found.lanes):
            at = lane.base
            for r in (r for r in found.rects if r.lane == k):
                assert r.start == at
                at += r.size
            assert "".join(p.text for p in lane.behind) == f"{lane.sign}{lane.total:,.0f}"
            each = room.width / len(found.lanes)
            assert len(lane.lines) == 1 or all(width(t, room.type_size) <= each for t in lane.lines)


@given(first=PARTS, steps=st.lists(STEP, max_size=12))
@kit.SLOW
def test_the_figure_names_its_rows_and_marks_caveats(first: dict[str, Any], steps: list[Any]) -> None:
    frame = walk_of(first, steps)
    for look in kit.LOOKS:
        traces = kit.checked(columns(KIND, frame, COLUMNS, room_of(look), look), look)
        assert sorted(kit.drawn_rows(traces)) == list(frame.index)
        ringed = {
            row
            for t in traces
            if not isinstance(t.marker.line.color, str)
            for row, colour in zip(t.customdata, t.marker.line.color, strict=True)
            if colour == look.ink
        }
        assert ringed == set(frame.index[frame["caveat"].fillna("").str.contains("disputed")])


@given(first=PARTS, steps=st.lists(STEP, max_size=8))
@kit.SLOW
def test_the_slide_stands_on_an_unseen_series_that_its_workbook_works_out(
    first: dict[str, Any], steps: list[Any]
) -> None:
    frame = walk_of(first, steps)
    [chart] = kit.charts(kit.deck_of(KIND, COLUMNS, frame))
    base, *shown, total = chart.plots[0].series
    assert (base.name, total.name) == ("Base", "Total")
    for unseen in (base, total):
        assert unseen._element.xpath("c:spPr/a:noFill") and not unseen._element.xpath("c:spPr/a:solidFill")
    assert list(zip(base.values, total.values, strict=True)) == levels(frame)
    meant = {(r.step, r.model): r.companies for r in frame.itertuples()}
    cats = list(chart.plots[0].categories)
    drawn = {(c, s.name): v for s in shown for c, v in zip(cats, s.values, strict=True) if v is not None}
    assert drawn == meant
    # A reader who edits a number moves what follows: the sheet, worked out by hand, comes to what is drawn.
    blob = chart.part.chart_workbook.xlsx_part.blob
    sheet = openpyxl.load_workbook(io.BytesIO(blob)).active
    assert sheet is not None
    assert [(r[1], r[-1]) for r in worked_out(sheet)] == levels(frame)


def worked_out(sheet: Any) -> list[list[Any]]:
    """The rows of a sheet of sums and differences, worked out as a spreadsheet does."""
    cells = {c.coordinate: c.value for row in sheet.iter_rows() for c in row}

    def value(cell: str) -> float:
        held = cells[cell]
        if not isinstance(held, str) or not held.startswith("="):
            return float(held or 0)
        if held.startswith("=SUM("):
            return sum(value(c.coordinate) for c in sheet[held[5:-1]][0])
        terms = held[1:].replace("-", "+-").split("+")
        return sum(-value(t[1:]) if t.startswith("-") else value(t) for t in terms)

    return [
        [value(c.coordinate) if n else c.value for n, c in enumerate(row)]
        for row in sheet.iter_rows(min_row=2)
    ]


# --- The chart of the governance mix ---


@pytest.mark.parametrize("then", ["2022-06-30", "2023-06-30", "2025-11-27", "2026-06-30"])
@pytest.mark.parametrize("basis", ["reported", "coded"])
def test_the_mix_then_less_departures_plus_arrivals_is_the_mix_now(
    tables: Tables, then: str, basis: str
) -> None:
    newest = tables["sources"]["accessed_date"].max()
    view = Selection(pd.Timestamp("2026-06-30"), newest, compare=pd.Timestamp(then), basis=basis)
    selected = landscape.apply(tables, view)
    frame = CHARTS["governance-walk"].data(selected, view)
    counts: dict[str, pd.Series] = {
        move: part.groupby("governance_model_id")["companies"].sum()
        for move, part in frame[frame["move"] != STANDS].groupby("move")
    }
    ends = [part for _, part in frame[frame["move"] == STANDS].groupby("step", sort=False)]
    first = ends[0].set_index("governance_model_id")["companies"]
    last = ends[-1].set_index("governance_model_id")["companies"]
    empty = pd.Series(dtype="float64")
    came = first.sub(counts.get(LEAVES, empty), fill_value=0).add(counts.get(JOINS, empty), fill_value=0)
    assert came[came != 0].astype(int).to_dict() == last.to_dict()
    labels = landscape.labels_in_force(selected, basis)
    assert last.to_dict() == pd.Series(labels).value_counts().to_dict()
    flow = CHARTS["relabelling-flow"].data(selected, view)
    moved = flow.loc[flow["is_moved"].astype(bool), "companies"].sum()
    assert counts.get(LEAVES, empty).sum() == moved, "both charts tell of the same moves"


def test_to_the_same_day_it_is_one_column(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    day = pd.Timestamp("2026-06-30")
    view = Selection(day, newest, compare=day)
    chart = CHARTS["governance-walk"]
    frame = chart.data(landscape.apply(tables, view), view)
    assert set(frame["move"]) == {STANDS} and frame["step"].nunique() == 1
    assert chart.finding(frame, view) == ""


def test_without_companies_it_is_empty(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    view = Selection(newest, newest, companies=("no-such-company",))
    assert CHARTS["governance-walk"].data(landscape.apply(tables, view), view).empty


def test_a_refresh_to_other_days_walks_anew_and_keeps_the_look(built: Path) -> None:
    now = store.snapshot(built)
    newest = now.as_of
    first = Selection(newest, newest, compare=pd.Timestamp("2023-06-30"))
    deck = decks.build(Basket(slides=(frozen("governance-walk", first, now.id),), cover=False), built)
    again = decks.refresh(deck, built, view={"compare": ["2025-11-27"]})
    [chart] = kit.charts(pptx.Presentation(io.BytesIO(again.data)))
    second = replace(first, compare=pd.Timestamp("2025-11-27"))
    frame = CHARTS["governance-walk"].data(landscape.apply(store.load(built), second), second)
    base, *shown, total = chart.plots[0].series
    assert list(zip(base.values, total.values, strict=True)) == levels(frame)
    assert base._element.xpath("c:spPr/a:noFill") and total._element.xpath("c:spPr/a:noFill")
    cats = list(chart.plots[0].categories)
    drawn = {(c, s.name): v for s in shown for c, v in zip(cats, s.values, strict=True) if v is not None}
    assert drawn == {(r.step, r.governance_model): r.companies for r in frame.itertuples()}
    signs = total._element.xpath("c:dLbls/c:dLbl/c:numFmt/@formatCode")
    assert len(signs) == frame.loc[frame["move"] != STANDS, "step"].nunique()
    assert not [c for c in again.changes if "added by hand" in c.after]
