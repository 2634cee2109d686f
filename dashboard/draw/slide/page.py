"""What all slides of one chart share: the card, its kind, the marks made for the body of a slide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Generic, TypeVar

import pandas as pd
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
    """What every slide of a chart shares; `state` makes the marks of its kind."""

    card: Card
    kind: Kind
    columns: Frame
    body: Box
    state: Callable[[Kind, pd.DataFrame, Frame, Room], Marks]

    @cached_property
    def room(self) -> Room:
        """The room that marks have in the body: inches are 72 points."""
        return Room(self.body.w * 72, LABEL, self.body.h * 72, paged=True)

    @cached_property
    def marks(self) -> Marks:
        """What is drawn."""
        return self.state(self.kind, self.card.frame, self.columns, self.room)

    def split(self, draw: Callable[[Any, range, Slide, str], None], count: int, most: int) -> list[Draw]:
        """One function a slide: `draw` with this page and its part of so many things, at most so many each."""
        return [partial(draw, self, part) for part in evenly(count, most)]


def evenly(count: int, most: int) -> list[range]:
    """Places 0 to `count` split over as few slides as hold at most so many each, evenly; one slide for none."""
    slides = max(-(-count // most), 1)
    each = max(-(-count // slides), 1)
    return [range(i, min(i + each, count)) for i in range(0, max(count, 1), each)]
