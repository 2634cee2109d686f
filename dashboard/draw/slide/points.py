"""Points as a native scatter of PowerPoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.charts.columns import Frame, heading
from dashboard.charts.kinds.points import GAP, Cloud, Points, Spot, state
from dashboard.draw.slide import native, xy
from dashboard.draw.slide.native import Axis
from dashboard.draw.slide.ooxml import INK, LOOK, Box, Run, mix
from dashboard.draw.slide.page import Draw, Page, room_in
from dashboard.draw.slide.scales import axis_of, share
from dashboard.draw.slide.text import UP, key_line, text_box, units
from dashboard.draw.slide.xy import Point
from dashboard.look.measure import shorten, width, wrap
from dashboard.look.place import FOUR, along, place, spread
from dashboard.look.scales import GOVERNANCE, OUTSIDE, OWN, Value
from dashboard.look.theme import short_name

SIDES = {"right": "r", "left": "l", "above": "t", "below": "b"}
#: Sizes of marks in points: in three steps; strong, and faint beside strong ones.
SIZES, STRONG, FAINT = (7, 9, 12), 11, 6
#: Inches of a band for rows without a place across.
BAND = 2.7


_Page = Page[Points, Cloud]


def pages(card: Card, kind: Points, columns: Frame, body: Box) -> list[Draw]:
    """One slide; none where no row has a place on both scales: its rows are then a table."""
    room = room_in(body)
    cloud = state(kind, card.frame, columns, room)
    return [partial(_draw, _Page(card, kind, columns, cloud, body))] if cloud.spots else []


def _draw(page: _Page, one: Slide, name: str) -> None:
    cloud, kind, body = page.marks, page.kind, page.body
    entries = [(v.word, v.fill(LOOK), v.slide_marker) for v in cloud.values]
    if any(s.thread is not None for s in cloud.spots):
        entries.append((heading(kind.thread), LOOK.rule, "dash"))
    entries += [(j.name, LOOK.ink if j.counts else LOOK.rule, "line") for j in cloud.joins]
    entries = [e for e in entries if e[0]]
    top = key_line(one, Box(body.x, body.y - 0.03, body.w, 0.25), entries, name) if entries else 0.0
    aside = min(BAND, body.w * 0.4) if cloud.apart else 0.0
    room = Box(body.x, body.y + top, body.w - aside, body.h - top)
    narrow = room.w < native.NARROW
    across, up = (
        cloud.x.title(room.w * 68, native.LABEL),
        cloud.y.title(room.w * 68 if narrow else UP, native.LABEL),
    )
    room, across, up = units(one, room, across, up, name)
    frame = page.card.frame
    measured = bool(kind.measures)
    x_axis = axis_of(cloud.x, kind.x, page.columns, frame, title=across)
    y_axis = axis_of(cloud.y, kind.y, page.columns, frame, title=up, measured=measured)
    box = Box(room.x - 0.1, room.y - 0.02, room.w + 0.1, room.h + 0.02)
    head, foot = 0.34 if up else 0.1, 0.62 if across else 0.34
    plot = Box(box.x + 0.72, box.y + head, box.w - 0.72 - 0.35, box.h - head - foot)
    x_axis = _titled(
        x_axis, (plot.x + plot.w - width(across, native.LABEL) / 72 - 0.15 - box.x) / box.w, 1 - 0.27 / box.h
    )
    y_axis = _titled(y_axis, 0.004, 0.02 / box.h)
    series = _series(page, x_axis, _names(page, x_axis, y_axis, plot))
    shown = {s.row for s in cloud.spots}
    unplaced = [
        (str(r[kind.name]), r[kind.y])
        for i, r in zip(frame.index, frame.to_dict("records"), strict=True)
        if i not in shown
    ]
    xy.scatter(
        one,
        box,
        series,
        x_axis=x_axis,
        y_axis=y_axis,
        headings=(heading(kind.name), heading(kind.x)),
        plot=plot,
        days=cloud.x.days,
        name=name,
        card=page.card,
        unplaced=unplaced,
    )
    if cloud.apart:
        beside = Box(body.x + body.w - aside, box.y, aside, plot.y + plot.h + 0.02 - box.y)
        _band(page, one, beside, plot, y_axis, name)


def _titled(axis: Axis, x: float, y: float) -> Axis:
    return replace(axis, title_at=(x, y))


def _names(page: _Page, x_axis: Axis, y_axis: Axis, plot: Box) -> dict[object, str]:
    """Side of each name that has room, by row."""

    def at(x: float, y: float) -> tuple[float, float]:
        return share(x, x_axis) * plot.w * 72, (1 - share(y, y_axis)) * plot.h * 72

    cloud = page.marks
    firm, taken = cloud.places(at)
    for join in cloud.joins:
        taken += along([at(*c) for c in corners(join.points, _end(x_axis, join.points, cloud))], 10)
    for s in cloud.spots:
        if s.thread is not None and s.x is not None:
            taken += along([at(s.x, s.y), at(s.x, s.thread)], 12)
    if cloud.level is not None:
        y = at(x_axis.low or 0, cloud.level[0])[1]
        taken += along([(0, y), (plot.w * 72, y)], 24) * 5
    wishes = cloud.wishes(at)
    room = (plot.w * 72, plot.h * 72)
    placed = place(wishes, taken, room, native.LABEL, most=cloud.most, sides=FOUR, beyond=20, firm=firm)
    return {p.wish.key: SIDES[p.side] for p in placed}


def corners(points: Sequence[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    """The corners of a step line up to an end."""
    out = [points[0]]
    for x, y in points[1:]:
        out += [(x, out[-1][1]), (x, y)]
    return [*out, (end, out[-1][1])]


def _end(x_axis: Axis, points: Sequence[tuple[float, float]], cloud: Cloud) -> float:
    high = x_axis.high or 0.0
    if x_axis.log:
        return min(high, points[-1][0] * 3)
    return min(high, cloud.x.high) if cloud.x.days else high


def _series(page: _Page, x_axis: Axis, sides: dict[object, str]) -> list[xy.Points]:
    cloud, kind = page.marks, page.kind
    weak: list[xy.Points] = []
    strong: list[xy.Points] = []
    # Later series lie on top: a reader's own over all others.
    order: list[Value] = sorted(cloud.values, key=lambda v: (v != OUTSIDE, v == OWN))
    for value in order:
        mine = [s for s in cloud.spots if s.value == value]
        both = bool(kind.strong) and any(s.strong for s in mine)
        for is_strong in (False, True):
            part = [s for s in mine if s.strong == is_strong]
            if not part:
                continue
            said = series_name(value, kind)
            faint = not is_strong and value not in (OUTSIDE, OWN)
            # The palette gives "undetermined" no mark of PowerPoint's; an invisible point would be a lost one.
            unmarked = value.slide_marker == "none"
            (strong if is_strong else weak).append(
                xy.Points(
                    said if is_strong or not both else f"{said}, others",
                    [_point(s, kind, sides) for s in part],
                    mix(value.fill(LOOK), 0.5) if faint else value.fill(LOOK),
                    "circle" if unmarked else value.slide_marker,
                    SIZES[1] if not kind.strong else STRONG if is_strong or value == OWN else FAINT,
                    ringed=unmarked,
                )
            )
    series = [*_threads(cloud, kind), *weak, *strong]
    for join in cloud.joins:
        ends = corners(join.points, _end(x_axis, join.points, cloud))
        tint = LOOK.ink if join.counts else LOOK.rule
        series.append(xy.Points(join.name, [Point("", x, y) for x, y in ends], tint, "none", line=2.0))
    return [*series, *_lines_across(cloud, x_axis, sides)]


def series_name(value: Value, kind: Points) -> str:
    """How a series is called in the workbook: as the frame says it."""
    in_words = value in GOVERNANCE.values or value == OUTSIDE
    return (value.word if in_words else value.id) or heading(kind.y)


def _point(spot: Spot, kind: Points, sides: dict[object, str]) -> Point:
    assert spot.x is not None
    words = spot.words if spot.row in sides else ""
    side = sides.get(spot.row, "r")
    size = SIZES[spot.size] if kind.size else 0
    return Point(spot.name, spot.x, spot.y, words, spot.strong, side, mark_size=size, caveats=spot.caveats)


def _threads(cloud: Cloud, kind: Points) -> list[xy.Points]:
    """Upright lines from strong points to their second value."""
    points: list[Point] = []
    for s in cloud.spots:
        if s.thread is not None and s.x is not None:
            points += [Point(s.name, s.x, s.y), Point(s.name, s.x, s.thread), Point("", s.x, None)]
    if not points:
        return []
    gaps = frozenset(i for i in range(len(points)) if i % 3 != 1)
    return [xy.Points(heading(kind.thread), points, LOOK.rule, "dash", 7, line=1.25, bare=gaps)]


def _lines_across(cloud: Cloud, x_axis: Axis, sides: dict[object, str]) -> list[xy.Points]:
    """The line of the best outside China, and the stretch between two frontiers, each with its words."""
    out = []
    if cloud.level is not None:
        y, words = cloud.level
        low, high = x_axis.low or 0.0, x_axis.high or 0.0
        points = [Point("", low, y), Point("", (low + high) / 2, y, words, side="t"), Point("", high, y)]
        out.append(("Level", points, LOOK.rule))
    if cloud.gap is not None:
        y, x0, x1, words = cloud.gap
        said = words if GAP in sides else ""
        middle = Point("", (x0 + x1) / 2, y, said, True, sides.get(GAP, "b"))
        points = [Point("", x0, y), middle, Point("", x1, y)]
        out.append(("Gap", points, LOOK.ink))
    return [xy.Points(title, points, tint, "none", line=1.25, dash="sysDot") for title, points, tint in out]


def _band(page: _Page, one: Slide, box: Box, plot: Box, y_axis: Axis, name: str) -> None:
    """Rows without a place across, over the same scale, in a chart of their own: names apart from each other."""
    cloud, kind = page.marks, page.kind
    inside = Box(box.x + 0.05, plot.y, box.w - 0.1, plot.h)
    lines = wrap(kind.apart, inside.w * 72 - 14, 10)
    step = 0.2 / plot.h
    shares = [share(s.y, y_axis) for s in cloud.apart]
    heights = spread(shares, step, 1.0, foot=step)
    low, high = y_axis.low or 0.0, y_axis.high or 0.0

    def value(part: float) -> float:
        return low * (high / low) ** part if y_axis.log else low + (high - low) * part

    leads: list[Point] = []
    for s, height in zip(cloud.apart, heights, strict=True):
        words = shorten(short_name(s.name), inside.w * 66 - 20, native.LABEL, True)
        leads += [
            Point("", 0.1, s.y),
            Point(s.name, 0.18, value(height), runs=(Run(words, native.LABEL, True, INK),)),
            Point("", 0.18, None),
        ]
    series = [xy.Points(NAMES, leads, LOOK.rule, "none", line=0.75)]
    for v in dict.fromkeys(s.value for s in cloud.apart):
        unmarked = v.slide_marker == "none"
        points = [
            Point(s.name, 0.1, s.y, mark_size=SIZES[s.size], caveats=s.caveats)
            for s in cloud.apart
            if s.value == v
        ]
        series.append(
            xy.Points(
                v.word,
                points,
                v.fill(LOOK),
                "circle" if unmarked else v.slide_marker,
                SIZES[1],
                ringed=unmarked,
            )
        )
    xy.scatter(
        one,
        box,
        series,
        x_axis=Axis(0.0, 1.0, 1.0, hidden=True, grid=False),
        y_axis=replace(y_axis, hidden=True, title="", grid=False),
        headings=(heading(kind.name), "Place"),
        plot=inside,
        name=f"{name}:band",
        alt=f"{kind.apart}: {', '.join(s.name for s in cloud.apart)}.",
        card=page.card,
        ground=LOOK.levels[0],
    )
    foot = 0.17 * len(lines)
    room = Box(inside.x, plot.y + plot.h + 0.04, inside.w, foot + 0.05)
    text_box(one, room, [[Run(t, 10, False, "tx2")] for t in lines], f"{name}:band-name")


#: Series of names set beside the marks of the band.
NAMES = "Names"
