"""Two sides as a native bar chart of PowerPoint: what went is below zero, written without its sign."""

from __future__ import annotations

from pptx.slide import Slide

from dashboard.charts.kinds.sides import CAME, WENT, Pair, Sides
from dashboard.draw.slide import native
from dashboard.draw.slide.ooxml import LOOK, Box
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.text import key_over, runs

ROWS_A_SLIDE = 18
KEY_HEIGHT = 0.34
#: Inches of a row at most: a few fill a slide without being slabs.
ROW = 0.5
#: A number and its opposite are written alike.
UNSIGNED = "0;0"

_Page = Page[Sides, Pair]


def pages(page: _Page) -> list[Draw]:
    """One function a slide: rows are split over as few slides as possible, evenly, on one scale."""
    return page.split(_draw, len(page.marks.lanes), ROWS_A_SLIDE)


def _draw(page: _Page, part: range, one: Slide, name: str) -> None:
    pair, body = page.marks, page.body
    keyed = [(h, v.fill(LOOK)) for h, v in zip(pair.heads, (WENT, CAME), strict=True)]
    key_over(one, body, keyed, name)
    tall = min(body.h - KEY_HEIGHT, ROW * len(part) + 0.2)
    series = []
    for is_right, (head, tint) in enumerate(keyed):
        mine = {b.lane - part.start: b for b in pair.bars if b.lane in part and b.is_right == bool(is_right)}
        sign = 1 if is_right else -1
        series.append(
            native.Bars(
                head,
                [sign * mine[k].size if k in mine else None for k in range(len(part))],
                tint,
                colours={k: b.value.fill(LOOK) for k, b in mine.items() if b.value not in (WENT, CAME)},
                labels={k: runs(b.words) for k, b in mine.items()},
                caveats={k: b.caveats for k, b in mine.items() if b.caveats},
            )
        )
    native.bars(
        native.Spot(one, name, page.card, Box(body.x - 0.1, body.y + KEY_HEIGHT, body.w + 0.1, tall)),
        [pair.lanes[i].name for i in part],
        series,
        heading=page.columns.heading(page.kind.row),
        stacked=False,
        horizontal=True,
        low=pair.low,
        high=pair.high,
        code=UNSIGNED,
    )
