"""Charts as Plotly figures: plain dicts, drawn from the marks of their kind. Nothing here is validated by Plotly."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts.kinds import change as change_marks
from dashboard.charts.kinds import dots as dot_marks
from dashboard.charts.kinds import lanes as lane_marks
from dashboard.charts.kinds import lines as line_marks
from dashboard.charts.kinds import matrix as matrices
from dashboard.charts.kinds import points as point_marks
from dashboard.charts.kinds import table as tables
from dashboard.charts.kinds.bars import Bars, Columns, state
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.table import Table
from dashboard.charts.spec import Chart
from dashboard.draw.plotly import bars, change, dots, flow, lanes, lines, matrix, points, table
from dashboard.look.room import room_of
from dashboard.look.theme import Look

Figure = dict[str, Any]


def draw(chart: Chart, frame: pd.DataFrame, look: Look) -> Figure:
    """The figure of a chart as everybody sees it: {"data": [...], "layout": {...}}; marks on weak ground look so.

    Args:
        chart: Its declaration.
        frame: What its data function gave.
        look: Ground and size.
    """
    kind = chart.kind
    room = room_of(look)
    if isinstance(kind, Bars):
        return bars.bars(state(kind, frame, chart.columns, room), kind, room, look)
    if isinstance(kind, Columns):
        return bars.columns(kind, frame, chart.columns, room, look)
    if isinstance(kind, Table):
        return table.table(tables.state(kind, frame, chart.columns, room), room, look)
    if isinstance(kind, Matrix):
        return matrix.matrix(matrices.state(kind, frame, chart.columns, room), kind, room, look)
    if isinstance(kind, Points):
        return points.points(point_marks.state(kind, frame, chart.columns, room), kind, room, look)
    if isinstance(kind, Change):
        return change.change(change_marks.state(kind, frame, chart.columns, room), kind, room, look)
    if isinstance(kind, Flow):
        return flow.flow(kind, frame, chart.columns, room, look)
    if isinstance(kind, Lanes):
        return lanes.lanes(lane_marks.state(kind, frame, chart.columns, room), kind, room, look)
    if isinstance(kind, Lines):
        return lines.lines(line_marks.state(kind, frame, chart.columns, room), kind, room, look)
    if isinstance(kind, Dots):
        return dots.dots(dot_marks.state(kind, frame, chart.columns, room), kind, room, look)
    raise TypeError(f"no drawer for {type(kind).__name__}")
