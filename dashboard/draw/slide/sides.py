"""Two sides as a native bar chart of PowerPoint: what went is below zero, written without its sign."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.charts.columns import Frame
from dashboard.charts.kinds.marks import Piece
from dashboard.charts.kinds.sides import CAME, WENT, Pair, Sides, state
from dashboard.draw.slide import native
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run
from dashboard.draw.slide.text import key_line
from dashboard.look.room import Room

Draw = Callable[[Slide, str], None]

ROWS_A_SLIDE = 18
KEY_HEIGHT = 0.34
#: Inches of a row at most: a few fill a slide without being slabs.
ROW = 0.5
#: A number and its opposite are written alike.
UNSIGNED = "0;0"


def pages(card: Card, kind: Sides, columns: Frame, body: Box) -> list[Draw]:
    """One function a slide: rows are split over as few slides as possible, evenly, on one scale."""
    pair = state(kind, card.frame, columns, Room(body.w * 72, native.LABEL, body.h * 72, paged=True))
    count = len(pair.names)
    slides = max(-(-count // ROWS_A_SLIDE), 1)
    each = max(-(-count // slides), 1)
    parts = [range(i, min(i + each, count)) for i in range(0, count, each)]
    heading = columns.heading(kind.row)
    return [partial(_draw, card, pair, heading, body, part) for part in parts]


def _draw(card: Card, pair: Pair, heading: str, body: Box, part: range, one: Slide, name: str) -> None:
    keyed = [(h, v.fill(LOOK)) for h, v in zip(pair.heads, (WENT, CAME), strict=True)]
    key_line(one, Box(body.x, body.y - 0.03, body.w, 0.25), keyed, name)
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
                labels={k: [_run(p, n) for n, p in enumerate(b.words)] for k, b in mine.items()},
                caveats={k: b.caveats for k, b in mine.items() if b.caveats},
            )
        )
    native.bars(
        one,
        Box(body.x - 0.1, body.y + KEY_HEIGHT, body.w + 0.1, tall),
        [pair.names[i] for i in part],
        series,
        heading=heading,
        grouping="clustered",
        horizontal=True,
        low=pair.low,
        high=pair.high,
        code=UNSIGNED,
        name=name,
        alt=card.alt,
        created=card.as_of_date.to_pydatetime(),
    )


def _run(piece: Piece, place: int) -> Run:
    tint = GREY if piece.weight == "grey" else INK
    return Run(("  " if place else "") + piece.text, native.LABEL, piece.weight == "strong", tint)
