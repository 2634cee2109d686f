"""Changes as a kind, on any frame: dumbbells in rows and panels, caveats, the same in figure and slide."""

from __future__ import annotations

import io
from dataclasses import replace

import kind_frames as kit
import pandas as pd
import plotly.graph_objects as go
import pptx
import pytest
from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from test_charts import check_figure
from test_export_slides import check, rows_in_workbooks
from test_export_table import tiny_card

from dashboard.charts import columns as col
from dashboard.charts.kinds.change import MOST_PANELS, MOST_SCREEN, Change, state
from dashboard.draw.plotly.change import change
from dashboard.draw.slide.xy import HOLLOW, RINGS
from dashboard.export import slides
from dashboard.look.room import Room
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import MODELS, Look

COLUMNS = col.Frame(
    "pairs",
    name="whose",
    part="of what",
    was=col.number("before, 0 to 100"),
    now=col.number("after, 0 to 100"),
    was_words="before in words",
    now_words="after in words",
    unit=col.key("of the values"),
    note="what they rest on",
    model_was=col.of_scale(GOVERNANCE, "before", "Model was"),
    model_now=col.of_scale(GOVERNANCE, "after", "Model now"),
)
ROWS = Change("name", "was", "now", scale=(0, 100, 25), title=("0 to 100", "0-100"), fill="model_now")
KINDS = {
    "rows": ROWS,
    "own scales": Change("name", "was", "now", said=("was_words", "now_words"), unit="unit", note="note"),
    "panels": replace(
        ROWS, row="part", title=("", ""), panel="name", head=(("model_was", "model_now"), ("note",))
    ),
}
NAMES = (
    "Alpha",
    "北京智源人工智能研究院",
    "Beijing Academy of Artificial Intelligence (BAAI)",
    "Delta",
    "E & <F>",
)
PARTS = ("Decision authority", "Compute", "数据", "Tooling")
VALUE = st.one_of(st.none(), st.integers(0, 100))
CELL = st.fixed_dictionaries(
    {
        "was": VALUE,
        "now": VALUE,
        "unit": st.sampled_from(["count", "percent", "elo"]),
        "note": st.sampled_from(["short", "a long note " * 12, "很长的说明" * 9]),
        "model": st.integers(0, len(MODELS) - 1),
        "caveat": st.sampled_from([None, None, "estimated", "disputed", "stale", "estimated; disputed"]),
    }
)
CELLS = st.dictionaries(st.tuples(st.sampled_from(NAMES), st.sampled_from(PARTS)), CELL, max_size=20)
FAST = settings(max_examples=tries(25), deadline=None)
LOOKS = (Look(), Look(compact=True), Look(export=True), Look(mode="dark"))
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def frame_of(kind: Change, cells: dict[tuple[str, str], dict[str, object]]) -> pd.DataFrame:
    found = []
    for (name, part), c in sorted(
        cells.items(), key=lambda kc: (NAMES.index(kc[0][0]), PARTS.index(kc[0][1]))
    ):
        told = {f"{k}_words": "no source" if c[k] is None else f"{c[k]} %" for k in ("was", "now")}
        model = MODELS[int(str(c["model"]))].short
        own = name if kind.panel else f"{name} {part}"
        found.append(
            {**c, **told, "name": own, "part": part, "model_was": MODELS[0].short, "model_now": model}
        )
    frame = pd.DataFrame(found, columns=[*COLUMNS.own, "caveat"]).assign(source_ids="a")
    frame[["was", "now"]] = frame[["was", "now"]].astype("float64")
    frame.index = pd.Index([7 * n + 3 for n in range(len(frame))])
    return frame


def _held(frame: pd.DataFrame, row: object) -> set[str]:
    cell = frame["caveat"][row]
    return set() if pd.isna(cell) else set(str(cell).split("; "))


@EVERY
@given(cells=CELLS)
@FAST
def test_every_row_is_one_dumbbell_in_its_place(
    kind: Change, cells: dict[tuple[str, str], dict[str, object]]
) -> None:
    frame = frame_of(kind, cells)
    for _look, room, found in kit.seen(state, kind, frame, COLUMNS):
        left_out = 0 if not found.more else int(found.more.split()[1])
        assert len(found.marks) == len(frame) - left_out
        for m in found.marks:
            row = frame.loc[m.row]
            assert found.lanes[m.lane].name == row[kind.row]
            assert (m.before is None, m.after is None) == (pd.isna(row["was"]), pd.isna(row["now"]))
            assert kind.scale is None or m.after is None or m.after == row["now"]
            assert kind.scale or all(0 <= v <= 1 for v in (m.before, m.after) if v is not None)
            assert not m.has_moved or m.rises == (row["now"] > row["was"])
            if kind.panel:
                assert found.panels[m.panel].name == row["name"]
        assert found.names_width < room.width / 2


@EVERY
@given(cells=CELLS)
@settings(max_examples=tries(6), deadline=None)
def test_the_figure_has_house_colours_names_its_rows_and_marks_caveats(
    kind: Change, cells: dict[tuple[str, str], dict[str, object]]
) -> None:
    frame = frame_of(kind, cells)
    for look, room, found in kit.seen(state, kind, frame, COLUMNS):
        figure = go.Figure(change(found, kind, room, look))
        check_figure(figure, look)
        drawn = [t for t in figure.data if t.customdata is not None]
        named = {r for t in drawn for r in t.customdata}
        assert named == {m.row for m in found.marks if m.before is not None or m.after is not None}
        for t in drawn:
            for symbol, row in zip(t.marker.symbol, t.customdata, strict=True):
                # The mark of what is undetermined is open by itself.
                if symbol != MODELS[-1].symbol:
                    assert ("open" in symbol) == ("estimated" in _held(frame, row))
        rings = [t for t in figure.data if t.marker.symbol == "circle-open" and t.customdata is None]
        late = [m for m in found.marks if m.after is not None and "disputed" in m.caveats]
        assert sum(len(t.x) for t in rings if t.x[0] is not None) == len(late)


@EVERY
@given(cells=CELLS.filter(len))
@settings(max_examples=tries(8), deadline=None)
def test_the_slide_is_a_native_chart_with_the_rows_and_caveats(
    kind: Change, cells: dict[tuple[str, str], dict[str, object]]
) -> None:
    frame = frame_of(kind, cells)
    shown = replace(tiny_card(frame), kind=kind, columns=COLUMNS)
    deck = pptx.Presentation(io.BytesIO(slides.slide(shown)))
    check(deck, shown)
    charts = [s for one in deck.slides for s in one.shapes if s.has_chart]
    assert not [s for one in deck.slides for s in one.shapes if s.has_table]
    names = [s.name.partition(":")[2].partition(":")[2] for s in charts]
    assert names == ["", *(str(n + 1) for n in range(1, len(charts)))], "one object after the other"
    assert len(charts) == frame["name"].nunique() if kind.panel else len(charts) == len(deck.slides)
    rows_in_workbooks(shown, [_sheet(s) for s in charts])
    found = state(kind, frame, COLUMNS, Room(800, 11, 400, paged=True))
    for series, caveat in ((RINGS, "disputed"), (HOLLOW, "estimated")):
        marks = sum(
            (m.after is not None) + (m.before is not None and (m.has_moved or m.after is None))
            for m in found.marks
            if caveat in m.caveats
        )
        points = f'.//c:ser[c:tx//c:v="{series}"]/c:yVal//c:pt'
        assert sum(len(s.chart._chartSpace.xpath(points)) for s in charts) == marks


def _sheet(shape: object) -> list[list[object]]:
    from test_export_slides import chart_cells

    return chart_cells(shape)


def test_more_panels_than_fit_go_on_to_a_further_slide_and_are_counted_on_a_screen() -> None:
    cell = {"was": 20, "now": 60, "unit": "count", "note": "x", "model": 0, "caveat": None}
    rows = [{**cell, "name": f"Company {n}", "part": "Compute"} for n in range(MOST_PANELS + 3)]
    frame = pd.DataFrame(rows).assign(model_was=MODELS[0].short, model_now=MODELS[1].short, source_ids="a")
    kind = KINDS["panels"]
    assert state(kind, frame, COLUMNS, Room(780, 12)).more == "and 3 more"
    shown = replace(tiny_card(frame), kind=kind, columns=COLUMNS)
    deck = pptx.Presentation(io.BytesIO(slides.slide(shown)))
    assert len(deck.slides) == 2
    names = [s.name for one in deck.slides for s in one.shapes if s.has_chart]
    assert len(names) == len(set(names)) == MOST_PANELS + 3


def test_a_screen_draws_the_rows_that_moved_most_and_counts_the_others() -> None:
    rows = [
        {"name": f"Company {n}", "was": 20, "now": 20 + n, "unit": "count", "note": "x", "part": "Compute"}
        for n in range(MOST_SCREEN + 5)
    ]
    frame = pd.DataFrame(rows).assign(model_was=MODELS[0].short, model_now=MODELS[1].short, source_ids="a")
    kind = next(k for k in KINDS.values() if not k.panel)
    found = state(kind, frame, COLUMNS, Room(780, 12))
    assert [m.row for m in found.marks] == list(range(5, MOST_SCREEN + 5)) and found.more == "and 5 more"
    assert len(state(kind, frame, COLUMNS, Room(800, 11, 400, paged=True)).marks) == MOST_SCREEN + 5
