"""Places on a slide, in inches: what crosses, holds or leaves room for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.draw.slide.ooxml import Box


def crosses(a: Box, b: Box, by: float = 0.02) -> bool:
    """Whether two places share more than a rim."""
    over_x = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    over_y = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return over_x > by and over_y > by


def beside(a: Box, b: Box) -> bool:
    """Whether one stands left of the other."""
    return a.x + a.w <= b.x + 0.05 or b.x + b.w <= a.x + 0.05


def run(box: Box, blocked: Sequence[Box]) -> Box:
    """The widest part of a line that nothing crosses."""
    edges = [(box.x, box.x + box.w)]
    for b in blocked:
        if not crosses(box, b):
            continue
        left, right = b.x - 0.05, b.x + b.w + 0.05
        edges = [
            piece
            for x0, x1 in edges
            for piece in ((x0, min(x1, left)), (max(x0, right), x1))
            if piece[1] > piece[0]
        ]
    x0, x1 = max(edges, key=lambda e: e[1] - e[0], default=(box.x, box.x))
    return replace(box, x=x0, w=x1 - x0)


def holds(one: Box, place: Box, by: float = 0.1) -> bool:
    """Whether a place stands on another, but for a rim."""
    return (
        one.x <= place.x + by
        and one.y <= place.y + by
        and one.x + one.w >= place.x + place.w - by
        and one.y + one.h >= place.y + place.h - by
    )


def meet(a: Box, b: Box) -> Box:
    """What two places have in common; they cross."""
    x, y = max(a.x, b.x), max(a.y, b.y)
    return Box(x, y, min(a.x + a.w, b.x + b.w) - x, min(a.y + a.h, b.y + b.h) - y)


def crosses_into(one: Box, place: Box) -> bool:
    """Whether a mark stands over a part of a place, and is not the card that the place stands on."""
    return not holds(one, place) and crosses(one, place, 0.08)


def clear_of(place: Box, blocked: Sequence[Box], least: float) -> Box:
    """The place without the sides on which logos stand; as it was where less than a share of it would be left.

    Each logo is cut away by the side that leaves most, or all of them by one side, whichever leaves more.
    """
    ways = [_cut(place, blocked, sides) for sides in ((0, 1, 2, 3), (0,), (1,), (2,), (3,))]
    fit = [
        w for w in ways if _area(w) >= least * _area(place) and not any(crosses_into(b, w) for b in blocked)
    ]
    if fit:
        return max(fit, key=_area)
    return ways[0] if _area(ways[0]) >= least * _area(place) else place


def _cut(place: Box, blocked: Sequence[Box], sides: Sequence[int]) -> Box:
    """The place less what stands on its left, right, upper or lower side, counted from 0."""
    for b in blocked:
        if not crosses_into(b, place):
            continue
        right, bottom = place.x + place.w, place.y + place.h
        cuts = (
            replace(place, x=b.x + b.w + 0.1, w=right - b.x - b.w - 0.1),
            replace(place, w=b.x - 0.1 - place.x),
            replace(place, y=b.y + b.h + 0.05, h=bottom - b.y - b.h - 0.05),
            replace(place, h=b.y - 0.05 - place.y),
        )
        place = max((cuts[n] for n in sides), key=_area)
    return place


def calm(place: Box, disturbed: Sequence[Sequence[bool]]) -> Box:
    """The largest part of a place none of whose fields is disturbed, its width and height kept where they can be.

    Args:
        place: The place.
        disturbed: Its rows from above, each with its fields from the left.

    Returns:
        The part; of no height where every field is disturbed.
    """
    rows, columns = len(disturbed), len(disturbed[0])
    best = (0, 0, 0, 0)
    for top in range(rows):
        clear = [True] * columns
        for bottom in range(top, rows):
            clear = [c and not d for c, d in zip(clear, disturbed[bottom], strict=True)]
            start = 0
            for end in range(columns + 1):
                if end < columns and clear[end]:
                    continue
                if (end - start) * (bottom + 1 - top) > (best[2] - best[0]) * (best[3] - best[1]):
                    best = (start, top, end, bottom + 1)
                start = end + 1
    w, h = place.w / columns, place.h / rows
    return Box(place.x + best[0] * w, place.y + best[1] * h, (best[2] - best[0]) * w, (best[3] - best[1]) * h)


def _area(place: Box) -> float:
    return max(place.w, 0.0) * max(place.h, 0.0)
