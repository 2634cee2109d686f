"""What stands in the body of a slide: the marks of a card's kind, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pptx.slide import Slide

from dashboard.charts.card import Card, card_table
from dashboard.charts.columns import Frame
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.sides import Sides
from dashboard.charts.kinds.table import Table
from dashboard.draw import drawer_of
from dashboard.draw.slide import bars, change, dots, flow, lanes, lines, matrix, points, sides, table
from dashboard.draw.slide.grid import MOST_ROWS
from dashboard.draw.slide.ooxml import GREY, Box, Run
from dashboard.draw.slide.page import Draw
from dashboard.draw.slide.text import text_box

#: Pages of each kind, from card, kind, meaning of its columns and place; a new kind is a line here.
DRAWERS: dict[type, Callable[[Card, Any, Frame, Box], list[Draw]]] = {
    Bars: bars.pages,
    Columns: bars.pages,
    Matrix: matrix.pages,
    Points: points.pages,
    Dots: dots.pages,
    Lines: lines.pages,
    Change: change.pages,
    Flow: flow.pages,
    Lanes: lanes.pages,
    Sides: sides.pages,
    Table: table.pages,
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
        drawer = drawer_of(
            card.kind, DRAWERS, f"“{card.title}”", "PowerPoint cannot show", "slide/drawings.py"
        )
        drawn = drawer(card, card.kind, columns, body)
    return drawn or table.pages(card, card_table(card), columns, body)


def fits(card: Card, body: Box, slides: int = 1) -> bool:
    """Whether a card is drawn whole on so many slides."""
    if isinstance(card.kind, Table) and len(card.frame) > slides * MOST_ROWS:
        # A long table is not laid out to learn that.
        return False
    return len(pages(card, body)) <= slides


def _nothing(card: Card, one: Slide, body: Box, name: str) -> None:
    words = "No data under these filters: widen the selection that is named below."
    if card.nothing:
        words = "No document at hand tells of anything here."
    text_box(one, Box(body.x, body.y + 1.6, body.w, 0.5), [[Run(words, 16, False, GREY)]], name, align="ctr")
