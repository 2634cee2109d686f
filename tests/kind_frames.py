"""Frames, looks and readers of slides that the property tests of kinds share."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pptx
from examples import tries
from hypothesis import settings
from hypothesis import strategies as st
from test_charts import check_figure
from test_export_table import tiny_card

from dashboard.charts.columns import Frame
from dashboard.export import slides
from dashboard.look.room import Room, room_of
from dashboard.look.theme import MODELS, Look

LOOKS = (Look(), Look(compact=True), Look(export=True), Look(mode="dark"))
FAST = settings(max_examples=tries(25), deadline=None)
SLOW = settings(max_examples=tries(8), deadline=None)
START = pd.Timestamp("2023-02-01")
NAMES = st.sampled_from(
    (
        "Alpha",
        "北京智源人工智能研究院 Beijing Academy of Artificial Intelligence (BAAI)",
        "Qwen3-235B-A22B-Thinking-2507",
        "Tencent",
        "智谱",
        "A & B <Lab>",
        "360 Security Technology",
    )
)
CAVEATS = st.sampled_from([None, None, "estimated", "disputed", "stale", "estimated; disputed"])
MODEL = st.sampled_from([m.short for m in MODELS])
DAYS = st.integers(0, 1400).map(lambda n: START + pd.Timedelta(days=n))
#: Ties, zero, and values far apart.
VALUES = st.sampled_from([0.0, 0.5, 7.0, 7.0, 40.0, 99.5, 100.0])


def frame_of(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """Rows with labels that are no positions; the columns are there without rows, too."""
    frame = pd.DataFrame(rows, columns=columns)
    frame["source_ids"] = "a"
    frame.index = pd.Index([7 * n + 3 for n in range(len(frame))])
    return frame


def seen(
    state: Callable[..., Any], kind: Any, frame: pd.DataFrame, columns: Frame, looks: Sequence[Look] = LOOKS
) -> Iterator[tuple[Look, Room, Any]]:
    """The marks of a frame in each look: the look, its room, what `state` made in it."""
    for look in looks:
        room = room_of(look)
        yield look, room, state(kind, frame, columns, room)


def checked(figure: dict[str, Any], look: Look) -> list[Any]:
    """The traces of a figure whose marks stand for rows, after a look at its colours and words."""
    drawn = go.Figure(figure)
    check_figure(drawn, look)
    return [t for t in drawn.data if t.customdata is not None]


def drawn_rows(traces: list[Any]) -> list[Any]:
    """Labels of the rows that marks stand for."""
    return [r for t in traces for r in t.customdata]


def hollow_rows(traces: list[Any]) -> set[Any]:
    """Labels of rows whose marks are hollow."""
    return {
        r for t in traces for r, s in zip(t.customdata, t.marker.symbol or [], strict=False) if "open" in s
    }


def rings(figure: dict[str, Any], look: Look) -> int:
    """How many circles stand around marks."""
    return sum(
        len(t["x"])
        for t in figure["data"]
        if t.get("hoverinfo") == "skip"
        and t.get("marker", {}).get("symbol") == "circle-open"
        and t["marker"]["color"] == look.ink
    )


def deck_of(kind: Any, columns: Frame, frame: pd.DataFrame) -> Any:
    """The slides of a frame, reopened."""
    shown = replace(tiny_card(frame), kind=kind, columns=columns)
    return pptx.Presentation(io.BytesIO(slides.slide(shown)))


def charts(deck: Any) -> list[Any]:
    """Charts of a deck."""
    return [s.chart for one in deck.slides for s in one.shapes if s.has_chart]


def sheet(chart: Any) -> list[list[Any]]:
    """The first sheet of the workbook behind a chart."""
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob), data_only=True)
    return [list(r) for r in book.worksheets[0].iter_rows(values_only=True)]


def column_of(chart: Any, head: str) -> int:
    """How many cells a column of the workbook holds; 0 where there is none of that heading."""
    lines = sheet(chart)
    if head not in lines[0]:
        return 0
    k = lines[0].index(head)
    return sum(len(r) > k and r[k] is not None for r in lines[1:])
