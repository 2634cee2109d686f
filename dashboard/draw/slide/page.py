"""What all slides of one chart share: the card, its kind, the marks made for the body of a slide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.charts.columns import Frame
from dashboard.draw.slide.native import LABEL
from dashboard.draw.slide.ooxml import Box
from dashboard.look.room import Room

#: Draws on a slide what stands under the name of its chart.
Draw = Callable[[Slide, str], None]
Kind = TypeVar("Kind")
Marks = TypeVar("Marks")


@dataclass(frozen=True)
class Page(Generic[Kind, Marks]):
    """What every slide of a chart shares."""

    card: Card
    kind: Kind
    columns: Frame
    marks: Marks
    body: Box


def room_in(body: Box) -> Room:
    """The room that marks have in the body of a slide: inches are 72 points."""
    return Room(body.w * 72, LABEL, body.h * 72, paged=True)


def evenly(count: int, most: int) -> list[range]:
    """Places 0 to `count` split over as few slides as hold at most so many each, evenly; one slide for none."""
    slides = max(-(-count // most), 1)
    each = max(-(-count // slides), 1)
    return [range(i, min(i + each, count)) for i in range(0, max(count, 1), each)]
