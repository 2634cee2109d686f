"""Matrices as a kind, on any frame: cells, words, marks of caveats and room, the same in figure and slide."""

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
from test_export_table import tiny_card

from dashboard.charts import columns as col
from dashboard.charts.kinds.matrix import Matrix, in_order, state
from dashboard.draw.plotly.matrix import matrix
from dashboard.export import slides
from dashboard.look.measure import width
from dashboard.look.room import Room
from dashboard.look.scales import LEVER_MARKS, SCORES
from dashboard.look.theme import MODELS, Look

COLUMNS = col.Frame(
    "cells",
    name="which",
    part="of what",
    score=col.Column("0 to 4", form="number", scale=SCORES),
    systems=col.count("system"),
    mark=col.of_scale(LEVER_MARKS, "headline or used"),
    words="in words",
    names=col.names("a list"),
    governance_model=col.GOVERNANCE,
    index=col.number("of the row"),
)
KINDS = {
    "scores": Matrix(
        "name", "part", "score", words="words", number=True, behind="index", mark="governance_model", none="·"
    ),
    "lists": Matrix("name", "part", "systems", listed="names", noun="systems"),
    "marks": Matrix("name", "part", "mark", mark="governance_model"),
}
NAMES = (
    "Alpha",
    "北京智源人工智能研究院",
    "Beijing Academy of Artificial Intelligence (BAAI)",
    "Delta",
    "E",
    "Tencent",
)
PARTS = (
    "Decision authority",
    "Compute",
    "开源生态系统",
    "Autonomous driving",
    "Innovation locus",
    "Data",
    "Cloud",
)
CELL = st.fixed_dictionaries(
    {
        "score": st.integers(0, 4),
        "systems": st.integers(1, 12),
        "mark": st.sampled_from(["headline", "used"]),
        "words": st.sampled_from(
            [None, "balanced", "one pool under whoever sets the roadmap", "很长的说明" * 9]
        ),
        "names": st.lists(
            st.sampled_from(["Ascend", "昇腾", "A very long name of a system"]), min_size=1, max_size=9
        ).map(", ".join),
        "caveat": st.sampled_from([None, None, "estimated", "disputed", "stale", "estimated; disputed"]),
    }
)
CELLS = st.dictionaries(st.tuples(st.sampled_from(NAMES), st.sampled_from(PARTS)), CELL, max_size=42)
FAST = settings(max_examples=tries(25), deadline=None)
LOOKS = (Look(), Look(compact=True), Look(export=True), Look(mode="dark"))


def frame_of(cells: dict[tuple[str, str], dict[str, object]]) -> pd.DataFrame:
    found = [{"name": n, "part": p, **cell} for (n, p), cell in cells.items()]
    frame = pd.DataFrame(
        found, columns=[c for c in (*COLUMNS.own, "caveat") if c not in ("governance_model", "index")]
    )
    of = {n: k for k, n in enumerate(NAMES)}
    frame["governance_model"] = [MODELS[of[n]].short for n in frame["name"]]
    frame["index"] = [None if of[n] % 2 else 25.0 * of[n] for n in frame["name"]]
    frame["source_ids"] = "a"
    frame.index = pd.Index([7 * n + 3 for n in range(len(frame))])
    return frame


FRAMES = CELLS.map(frame_of)
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@EVERY
@given(frame=FRAMES)
@FAST
def test_every_row_is_one_cell_in_its_place(kind: Matrix, frame: pd.DataFrame) -> None:
    for _look, room, found in kit.seen(state, kind, frame, COLUMNS):
        assert sorted(s.row for s in found.squares) == sorted(frame.index)
        for s in found.squares:
            row = frame.loc[s.row]
            assert (found.lanes[s.lane].name, found.columns[s.at]) == (row["name"], row["part"])
            size = room.type_size * (0.75 if room.beside else 0.84)
            assert len(s.lines) <= found.most_lines
            # In a picture the width is known; on screen Plotly leaves out words that a window has no room for.
            cell = (room.width - found.names_width) / len(found.heads)
            assert not room.beside or all(width(t, size) <= cell for t in s.lines)
        assert found.names_width < room.width / 2


@EVERY
@given(frame=FRAMES)
@settings(max_examples=tries(6), deadline=None)
def test_the_figure_has_house_colours_names_its_rows_and_marks_caveats(
    kind: Matrix, frame: pd.DataFrame
) -> None:
    for look, room, found in kit.seen(state, kind, frame, COLUMNS):
        figure = go.Figure(matrix(found, kind, room, look))
        check_figure(figure, look)
        if found.is_list or not found.squares:
            continue
        cells = next(t for t in figure.data if t.type == "bar" and t.customdata is not None)
        assert list(cells.customdata) == [s.row for s in found.squares]
        is_disputed = ["disputed" in s.caveats for s in found.squares]
        if any(is_disputed):
            assert [c == look.ink for c in cells.marker.line.color] == is_disputed
        is_estimated = ["estimated" in s.caveats for s in found.squares]
        has_text = cells.text is not None if room.is_small else bool(kind.said)
        if room.is_small and has_text:
            # Numbers that do not fit are left out: they were set in seven pixels.
            cell = (room.width - found.names_width) / len(found.heads)
            assert cells.textfont.size >= 10
            assert all(width(s.number, cells.textfont.size) <= cell for s in found.squares)
        if any(is_estimated) and not has_text:
            assert [bool(p) for p in cells.marker.pattern.shape] == is_estimated
        elif any(is_estimated):
            slanted = " ".join(str(t.text) for t in figure.data) + " ".join(
                a.text for a in figure.layout.annotations
            )
            assert "<i>" in slanted or not any(s.lines for s in found.squares if "estimated" in s.caveats)


@EVERY
@given(frame=FRAMES.filter(len))
@settings(max_examples=tries(8), deadline=None)
def test_the_slide_has_every_cell_and_marks_it_alike(kind: Matrix, frame: pd.DataFrame) -> None:
    shown = replace(tiny_card(frame), kind=kind, columns=COLUMNS)
    deck = pptx.Presentation(io.BytesIO(slides.slide(shown)))
    tables = [s.table for one in deck.slides for s in one.shapes if s.has_table]
    heads = [c.text_frame.text for c in tables[0].rows[0].cells]
    found = state(kind, frame, COLUMNS, Room(800, 11, 400, paged=True))
    by_place = {(found.lanes[s.lane].name, found.columns[s.at]): s for s in found.squares}
    lines = [row for t in tables for row in list(t.rows)[1:]]
    assert len(lines) == frame["name"].nunique() == len(found.lanes)
    for one, row in zip(found.lanes, lines, strict=True):
        for head, cell in list(zip(heads, row.cells, strict=True))[1:]:
            square = by_place.get((one.name, head))
            filled = cell._tc.xpath("a:tcPr/a:solidFill")
            assert bool(filled) == (square is not None)
            if square is not None:
                assert cell.text_frame.text[:3] in (square.words or square.number)
                assert bool(cell._tc.xpath(".//a:rPr[@i='1']")) == ("estimated" in square.caveats)
                outline = [e for s in "LRTB" for e in cell._tc.xpath(f"a:tcPr/a:ln{s}[@w='22225']")]
                assert (len(outline) == 4) or "disputed" not in square.caveats


def test_columns_keep_the_order_of_their_rows() -> None:
    assert in_order([["a", "c"], ["a", "b", "c"], ["d"]]) == ["a", "b", "c", "d"]


def test_narrow_cells_become_lists_with_the_strongest_first() -> None:
    cells = {("Alpha", p): {"mark": "used", "caveat": None} for p in PARTS} | {
        ("Alpha", "Cloud"): {"mark": "headline", "caveat": None}
    }
    found = state(KINDS["marks"], frame_of(cells), COLUMNS, Room(150, 12))
    assert found.is_list and " ".join(found.lanes[0].listed).startswith("cloud")
