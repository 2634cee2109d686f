"""Charts as Plotly figures: plain dicts, drawn from the marks of their kind. Nothing here is validated by Plotly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard.charts.columns import Frame
from dashboard.charts.kinds import bars as bar_marks
from dashboard.charts.kinds import change as change_marks
from dashboard.charts.kinds import dots as dot_marks
from dashboard.charts.kinds import flow as flow_marks
from dashboard.charts.kinds import lanes as lane_marks
from dashboard.charts.kinds import lines as line_marks
from dashboard.charts.kinds import matrix as matrices
from dashboard.charts.kinds import points as point_marks
from dashboard.charts.kinds import sides as side_marks
from dashboard.charts.kinds import table as tables
from dashboard.charts.spec import Chart
from dashboard.draw import drawer_of
from dashboard.draw.plotly import bars, change, dots, flow, lanes, lines, matrix, points, sides, table
from dashboard.look.room import Room, room_of
from dashboard.look.theme import Look

Figure = dict[str, Any]
#: Kind, frame, meaning of its columns, where it will be seen, and how: a figure.
Drawer = Callable[[Any, pd.DataFrame, Frame, Room, Look], Figure]


def _of_marks(state: Callable[..., Any], draw: Callable[..., Figure]) -> Drawer:
    """A drawer that reads the marks of a kind alone."""
    return lambda kind, frame, columns, room, look: draw(state(kind, frame, columns, room), kind, room, look)


#: The drawer of each kind; a new kind is a line here.
DRAWERS: dict[type, Drawer] = {
    bar_marks.Bars: _of_marks(bar_marks.state, bars.bars),
    bar_marks.Columns: bars.columns,
    tables.Table: _of_marks(tables.state, table.table),
    matrices.Matrix: _of_marks(matrices.state, matrix.matrix),
    point_marks.Points: _of_marks(point_marks.state, points.points),
    change_marks.Change: _of_marks(change_marks.state, change.change),
    flow_marks.Flow: flow.flow,
    lane_marks.Lanes: _of_marks(lane_marks.state, lanes.lanes),
    line_marks.Lines: _of_marks(line_marks.state, lines.lines),
    dot_marks.Dots: _of_marks(dot_marks.state, dots.dots),
    side_marks.Sides: _of_marks(side_marks.state, sides.sides),
}


def draw(chart: Chart, frame: pd.DataFrame, look: Look) -> Figure:
    """The figure of a chart as everybody sees it: {"data": [...], "layout": {...}}; marks on weak ground look so.

    Args:
        chart: Its declaration.
        frame: What its data function gave.
        look: Ground and size.

    Raises:
        TypeError: the chart's kind has no drawer.
    """
    whose = f"Chart {chart.id!r}"
    drawer = drawer_of(chart.kind, DRAWERS, whose, "Plotly cannot draw", "plotly/__init__.py")
    return drawer(chart.kind, frame, chart.columns, room_of(look), look)
