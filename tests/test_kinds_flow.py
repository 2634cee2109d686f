"""Flows as a kind, on any frame: bands that neither overlap nor leave gaps, caveats, the same in figure and slide."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go
import pptx
from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from test_charts import check_figure
from test_export_slides import chart_cells, check, rows_in_workbooks
from test_export_table import tiny_card

from dashboard.charts import columns as col
from dashboard.charts.kinds.flow import GAP, Flow, state
from dashboard.draw.plotly.flow import flow
from dashboard.export import slides
from dashboard.look.measure import width
from dashboard.look.room import Room, room_of
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import MODELS, Look

COLUMNS = col.Frame(
    "pairs",
    was=col.of_scale(GOVERNANCE, "before", "Was"),
    now=col.of_scale(GOVERNANCE, "after", "Now"),
    companies=col.count("organisation"),
    names=col.names("who"),
)
KIND = Flow("was", "now", "companies", "names")
WORDS = [m.short for m in MODELS]
NAME = st.sampled_from(
    ["Alpha", "北京智源人工智能研究院", "Beijing Academy of Artificial Intelligence (BAAI)", "E & <F>"]
)
CELL = st.tuples(
    st.lists(NAME, min_size=1, max_size=9),
    st.sampled_from([None, None, "estimated", "disputed", "stale", "estimated; disputed"]),
)
CELLS = st.dictionaries(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), CELL, max_size=40)
LOOKS = (Look(), Look(compact=True), Look(export=True), Look(mode="dark"))


def frame_of(cells: dict[tuple[str, str], tuple[list[str], str | None]]) -> pd.DataFrame:
    rows = [
        {"was": a, "now": b, "companies": len(who), "names": ", ".join(who), "caveat": caveat}
        for (a, b), (who, caveat) in sorted(cells.items(), key=lambda c: [WORDS.index(w) for w in c[0]])
    ]
    frame = pd.DataFrame(rows, columns=[*COLUMNS.own, "caveat"]).assign(source_ids="a")
    frame.index = pd.Index([7 * n + 3 for n in range(len(frame))])
    return frame


@given(frame=CELLS.map(frame_of))
@settings(max_examples=tries(25), deadline=None)
def test_every_row_is_one_band_and_bands_fill_their_nodes(frame: pd.DataFrame) -> None:
    for look in LOOKS:
        room = replace(room_of(look), height=400.0)
        found = state(KIND, frame, COLUMNS, room)
        assert [b.row for b in found.bands] == list(frame.index)
        for nodes, of, start in (
            (found.before, lambda b: b.before, lambda b: b.leaves),
            (found.after, lambda b: b.after, lambda b: b.arrives),
        ):
            for k, n in enumerate(nodes):
                mine = sorted((start(b), b.size) for b in found.bands if of(b) == n.value)
                at = n.top
                for begin, size in mine:
                    assert abs(begin - at) < 1e-9
                    at += size
                assert abs(at - n.bottom) < 1e-9
                assert k == 0 or abs(n.top - nodes[k - 1].bottom - GAP) < 1e-9
        heights = sorted(y for _, y in found.names)
        line = room.type_size / 400 * found.tall
        assert all(b - a >= line for a, b in pairwise(heights)), "names touch"
        assert all(width(t, room.type_size) <= room.width * 0.34 for t, _ in found.names)


@given(frame=CELLS.map(frame_of))
@settings(max_examples=tries(10), deadline=None)
def test_the_figure_has_house_colours_names_its_rows_and_marks_caveats(frame: pd.DataFrame) -> None:
    for look in LOOKS:
        room = room_of(look)
        figure = go.Figure(flow(KIND, frame, COLUMNS, room, look))
        check_figure(figure, look)
        assert list(figure.data[0].customdata) == list(frame.index)
        bands = [s for s in figure.layout.shapes if s.type == "path"]
        held = [set() if c is None or pd.isna(c) else set(c.split("; ")) for c in frame["caveat"]]
        assert [b.fillcolor == "rgba(0,0,0,0)" for b in bands] == ["estimated" in h for h in held]
        assert [b.line.color == look.ink for b in bands] == ["disputed" in h for h in held]


@given(frame=CELLS.filter(len).map(frame_of))
@settings(max_examples=tries(8), deadline=None)
def test_the_slide_is_a_native_chart_with_the_rows_and_caveats(frame: pd.DataFrame) -> None:
    shown = replace(tiny_card(frame), kind=KIND, columns=COLUMNS)
    deck = pptx.Presentation(io.BytesIO(slides.slide(shown)))
    check(deck, shown)
    [chart] = [s for one in deck.slides for s in one.shapes if s.has_chart]
    rows_in_workbooks(shown, [chart_cells(chart)])
    pens = chart.chart._chartSpace.xpath(".//c:ser/c:spPr/a:ln[@cap='flat']")
    assert len(pens) == len(frame)
    estimated = frame["caveat"].fillna("").str.contains("estimated").sum()
    assert len([p for p in pens if p.get("cmpd") == "dbl"]) == estimated


def test_an_empty_frame_has_no_marks() -> None:
    assert state(KIND, frame_of({}), COLUMNS, Room(780, 12, 300)).bands == ()
