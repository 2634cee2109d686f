"""Charts as marks on a ground: one drawer a medium."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Drawer = TypeVar("Drawer")


def drawer_of(kind: object, drawers: Mapping[type, Drawer], whose: str, lacks: str, place: str) -> Drawer:
    """The drawer that a medium has for a kind of chart.

    Raises:
        TypeError: it has none: `whose` chart it is, what the medium `lacks`, at which `place` a line is wanted.
    """
    if type(kind) not in drawers:
        name = type(kind).__name__
        raise TypeError(
            f"{whose} is of the kind {name}, which {lacks}: give {name} a line in DRAWERS of dashboard/draw/{place}."
        )
    return drawers[type(kind)]
