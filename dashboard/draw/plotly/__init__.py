"""Charts as Plotly figures: plain dicts, drawn from the marks of their kind. Nothing here is validated by Plotly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard.charts.kinds import bars as bar_marks
from dashboard.charts.kinds import change as change_marks
from dashboard.charts.kinds import dots as dot_marks
from dashboard.charts.kinds import lanes as lane_marks
from dashboard.charts.kinds import lines as line_marks
from dashboard.charts.kinds import matrix as matrix_marks
from dashboard.charts.kinds import points as point_marks
from dashboard.charts.kinds import table as table_marks
from dashboard.charts.kinds.bars import Bars, Columns
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
#: The module that makes a kind's marks, and what draws them.
DRAWN: dict[type, tuple[Any, Callable[..., Figure]]] = {
    Bars: (bar_marks, bars.bars),
    Matrix: (matrix_marks, matrix.matrix),
    Points: (point_marks, points.points),
    Change: (change_marks, change.change),
    Lanes: (lane_marks, lanes.lanes),
    Lines: (line_marks, lines.lines),
    Dots: (dot_marks, dots.dots),
}


def draw(chart: Chart, frame: pd.DataFrame, look: Look) -> Figure:
    """The figure of a chart as everybody sees it: {"data": [...], "layout": {...}}; marks on weak ground look so.

    Args:
        chart: Its declaration.
        frame: What its data function gave.
        look: Ground and size.
    """
    kind, columns, room = chart.kind, chart.columns, room_of(look)
    if isinstance(kind, Columns):
        return bars.columns(kind, frame, columns, room, look)
    if isinstance(kind, Flow):
        return flow.flow(kind, frame, columns, room, look)
    if isinstance(kind, Table):
        return table.table(table_marks.state(kind, frame, columns, room), room, look)
    marks, drawn = DRAWN[type(kind)]
    return drawn(marks.state(kind, frame, columns, room), kind, room, look)
