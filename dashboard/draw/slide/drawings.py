"""What stands in the body of a slide: the marks of a card's kind, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pptx.slide import Slide

from dashboard.charts.card import Card, card_table
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
from dashboard.draw import drawer_of
from dashboard.draw.slide import bars, change, dots, flow, lanes, lines, matrix, points, sides, table
from dashboard.draw.slide.grid import MOST_ROWS
from dashboard.draw.slide.ooxml import GREY, Box, Run
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.text import text_box

#: The marks of each kind, and the pages that show them; a new kind is a line here.
DRAWERS: dict[type, tuple[Callable[..., Any], Callable[[Any], list[Draw]]]] = {
    bar_marks.Bars: (bar_marks.state, bars.pages),
    bar_marks.Columns: (bar_marks.state, bars.pages),
    matrices.Matrix: (matrices.state, matrix.pages),
    point_marks.Points: (point_marks.state, points.pages),
    dot_marks.Dots: (dot_marks.state, dots.pages),
    line_marks.Lines: (line_marks.state, lines.pages),
    change_marks.Change: (change_marks.state, change.pages),
    flow_marks.Flow: (flow_marks.state, flow.pages),
    lane_marks.Lanes: (lane_marks.state, lanes.pages),
    side_marks.Sides: (side_marks.state, sides.pages),
    tables.Table: (tables.state, table.pages),
}


def pages(card: Card, body: Box) -> list[Draw]:
    """Draws a card's frame into a box: one function a slide, which takes the slide and the chart's name on it.

    Where no row has a place on a chart's scales its rows are a table.
    """
    if card.frame.empty:
        return [lambda one, name: _nothing(card, one, body, name)]
    columns = card.columns or Frame("")
    drawn: list[Draw] = []
    if card.kind is not None:
        whose = f"“{card.title}”"
        state, draw = drawer_of(card.kind, DRAWERS, whose, "PowerPoint cannot show", "slide/drawings.py")
        drawn = draw(Page(card, card.kind, columns, body, state))
    return drawn or table.pages(Page(card, card_table(card), columns, body, tables.state))


def fits(card: Card, body: Box, slides: int = 1) -> bool:
    """Whether a card is drawn whole on so many slides."""
    if isinstance(card.kind, tables.Table) and len(card.frame) > slides * MOST_ROWS:
        # A long table is not laid out to learn that.
        return False
    return len(pages(card, body)) <= slides


def _nothing(card: Card, one: Slide, body: Box, name: str) -> None:
    words = "No data under these filters: widen the selection that is named below."
    if card.nothing:
        words = "No document at hand tells of anything here."
    text_box(one, Box(body.x, body.y + 1.6, body.w, 0.5), [[Run(words, 16, False, GREY)]], name, align="ctr")
