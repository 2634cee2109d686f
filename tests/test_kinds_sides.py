"""Two sides, on frames of all shapes: every number is a bar on its side, words keep apart, caveats are drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from kind_frames import (
    CAVEATS,
    FAST,
    LOOKS,
    NAMES,
    SLOW,
    charts,
    checked,
    deck_of,
    drawn_rows,
    frame_of,
    sheet,
)

from dashboard.charts import columns as col
from dashboard.charts.kinds.marks import pieces_width
from dashboard.charts.kinds.sides import Sides, state
from dashboard.draw.plotly.sides import sides
from dashboard.look.room import Room, room_of
from dashboard.look.theme import Look

KIND = Sides("company_name", "went", "came", "went_names", "came_names")
COLUMNS = col.Frame(
    "names",
    company_name=col.company(),
    went=col.count("person"),
    came=col.count("person"),
    went_names="",
    came_names="",
)
HEADS = ["company_name", "went", "came", "went_names", "came_names", "caveat"]
LISTS = st.lists(NAMES, max_size=9)


def made(cells: list[tuple[str, list[str], list[str], str | None]]) -> pd.DataFrame:
    rows = [
        {
            "company_name": f"{n}. {name}",
            "went": len(went),
            "came": len(came),
            "went_names": ", ".join(went),
            "came_names": ", ".join(came),
            "caveat": caveat,
        }
        for n, (name, went, came, caveat) in enumerate(cells)
    ]
    return frame_of(rows, HEADS)


FRAMES = st.lists(st.tuples(NAMES, LISTS, LISTS, CAVEATS), max_size=30).map(made)


def wanted(frame: pd.DataFrame) -> list[tuple[Any, bool, int]]:
    return [
        (i, right, n)
        for i, *both in frame[["went", "came"]].itertuples()
        for right, n in zip((False, True), both, strict=True)
        if n
    ]


@given(FRAMES)
@FAST
def test_every_number_is_a_bar_on_its_side_and_its_words_stay_inside(frame: pd.DataFrame) -> None:
    for room in (Room(780, 12), Room(358, 12), Room(912, 11, 380, paged=True)):
        found = state(KIND, frame, COLUMNS, room)
        kept = wanted(frame if not found.more else frame.head(len(found.lanes)))
        assert [(b.row, b.is_right, int(b.size)) for b in found.bars] == kept
        assert room.paged <= (not found.more)
        plot = room.width - found.names_width - room.type_size
        unit = plot / (found.high - found.low)
        for bar in found.bars:
            free = ((found.high if bar.is_right else -found.low) - bar.size) * unit
            assert pieces_width(bar.words, room.type_size) <= free, "words leave the plot"


@given(FRAMES)
@SLOW
def test_the_figure_names_its_rows_and_the_slide_holds_them(frame: pd.DataFrame) -> None:
    for look in LOOKS:
        found = state(KIND, frame, COLUMNS, room_of(look))
        traces = checked(sides(found, KIND, room_of(look), look), look)
        assert sorted(drawn_rows(traces)) == sorted(b.row for b in found.bars)
        estimated = [b for b in found.bars if "estimated" in b.caveats]
        hatched = [s for t in traces if t.marker.pattern.shape for s in t.marker.pattern.shape if s]
        assert len(hatched) == len(estimated)
    lines = [r for one in charts(deck_of(KIND, COLUMNS, frame)) for r in sheet(one)[1:]]
    held = [(r[0], -(r[1] or 0), r[2] or 0) for r in lines]
    assert held == [tuple(r) for r in frame[["company_name", "went", "came"]].itertuples(index=False)]


def test_a_side_without_anybody_has_no_bar() -> None:
    frame = made([("Tencent", [], ["A", "B"], None), ("Alibaba", ["A"], [], None)])
    found = state(KIND, frame, COLUMNS, room_of(Look()))
    assert [(b.lane, b.is_right, b.size) for b in found.bars] == [(0, True, 2.0), (1, False, 1.0)]
    assert found.heads == ("Went", "Came") and found.low < -1 and found.high > 2
