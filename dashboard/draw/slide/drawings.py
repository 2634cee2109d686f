"""What stands in the body of a slide: the marks of a card's kind, page by page."""

from __future__ import annotations

from collections.abc import Callable

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
from dashboard.charts.kinds.table import Table
from dashboard.draw.slide import bars, change, dots, flow, lanes, lines, matrix, points, table
from dashboard.draw.slide.grid import MOST_ROWS
from dashboard.draw.slide.ooxml import GREY, Box, Run
from dashboard.draw.slide.text import text_box

Draw = Callable[[Slide, str], None]


def pages(card: Card, body: Box) -> list[Draw]:
    """Draws a card's frame into a box: one function a slide, which takes the slide and the chart's name on it.

    Where no row has a place on a chart's scales its rows are a table.
    """
    if card.frame.empty:
        return [lambda one, name: _nothing(card, one, body, name)]
    columns = card.columns or Frame("")
    return _drawn(card, columns, body) or table.pages(card, card_table(card), columns, body)


def is_one(card: Card, body: Box) -> bool:
    """Whether a card is drawn whole on one slide."""
    if isinstance(card.kind, Table) and len(card.frame) > MOST_ROWS:
        # A long table is not laid out to learn that.
        return False
    return len(pages(card, body)) == 1


def _drawn(card: Card, columns: Frame, body: Box) -> list[Draw]:
    kind = card.kind
    if isinstance(kind, Bars | Columns):
        return bars.pages(card, kind, columns, body)
    if isinstance(kind, Matrix):
        return matrix.pages(card, kind, columns, body)
    if isinstance(kind, Points):
        return points.pages(card, kind, columns, body)
    if isinstance(kind, Dots):
        return dots.pages(card, kind, columns, body)
    if isinstance(kind, Lines):
        return lines.pages(card, kind, columns, body)
    if isinstance(kind, Change):
        return change.pages(card, kind, columns, body)
    if isinstance(kind, Flow):
        return flow.pages(card, kind, columns, body)
    if isinstance(kind, Lanes):
        return lanes.pages(card, kind, columns, body)
    return []


def _nothing(card: Card, one: Slide, body: Box, name: str) -> None:
    words = "No data under these filters: widen the selection that is named below."
    if card.nothing:
        words = "No document at hand tells of anything here."
    text_box(one, Box(body.x, body.y + 1.6, body.w, 0.5), [[Run(words, 16, False, GREY)]], name, align="ctr")
