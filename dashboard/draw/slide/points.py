"""Points as a native scatter of PowerPoint."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from pptx.slide import Slide

from dashboard.charts.columns import heading
from dashboard.charts.kinds.points import GAP, Cloud, Join, Points, Spot
from dashboard.draw.slide import native, xy
from dashboard.draw.slide.native import Axis
from dashboard.draw.slide.ooxml import LOOK, Box, Run, line
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.scales import axis_of, titled
from dashboard.draw.slide.text import UP, key_over, text_box, units
from dashboard.draw.slide.xy import BARE, SIDES, Point, in_look, segment
from dashboard.look.measure import shorten, wrap
from dashboard.look.place import FOUR, along, place, spread
from dashboard.look.scales import GOVERNANCE, OUTSIDE, OWN, Value
from dashboard.look.theme import short_name

#: Sizes of marks in points: in three steps; strong, and faint beside strong ones.
SIZES, STRONG, FAINT = (7, 9, 12), 11, 6
#: Inches of a band for rows without a place across.
BAND = 2.7
#: Series of names set beside the marks of the band.
NAMES = "Names"

_Page = Page[Points, Cloud]


def pages(page: _Page) -> list[Draw]:
    """One slide; none where no row has a place on both scales: its rows are then a table."""
    return [partial(_draw, page)] if page.marks.spots else []


def _draw(page: _Page, one: Slide, name: str) -> None:
    cloud, kind, body, frame = page.marks, page.kind, page.body, page.card.frame
    entries = [(v.word, v.fill(LOOK), v.slide_marker) for v in cloud.values]
    if cloud.threads:
        entries.append((heading(kind.thread), LOOK.rule, "dash"))
    entries += [(j.name, LOOK.ink if j.counts else LOOK.rule, "line") for j in cloud.joins]
    top = key_over(one, body, [e for e in entries if e[0]], name)
    aside = min(BAND, body.w * 0.4) if cloud.apart else 0.0
    room = Box(body.x, body.y + top, body.w - aside, body.h - top)
    free = room.w * 68
    across = cloud.x.title(free, native.LABEL)
    up = cloud.y.title(free if room.w < native.NARROW else UP, native.LABEL)
    room, across, up = units(one, room, across, up, name)
    box = Box(room.x - 0.1, room.y - 0.02, room.w + 0.1, room.h + 0.02)
    head, foot = 0.34 if up else 0.1, 0.62 if across else 0.34
    plot = Box(box.x + 0.72, box.y + head, box.w - 0.72 - 0.35, box.h - head - foot)
    x_axis = titled(axis_of(cloud.x, kind.x, page.columns, frame), across, box, plot)
    y_axis = axis_of(cloud.y, kind.y, page.columns, frame, measured=bool(kind.picked.measures))
    y_axis = replace(y_axis, title=up, title_at=(0.004, 0.02 / box.h))
    shown = {s.row for s in cloud.spots}
    xy.scatter(
        native.Spot(one, name, page.card, box),
        plot,
        _series(page, x_axis, _names(page, x_axis, y_axis, plot)),
        x_axis,
        y_axis,
        headings=(heading(kind.name), heading(kind.x)),
        days=cloud.x.days,
        unplaced=[(str(r[kind.name]), r[kind.y]) for i, r in frame.iterrows() if i not in shown],
    )
    if cloud.apart:
        beside = Box(body.x + body.w - aside, box.y, aside, plot.y + plot.h + 0.02 - box.y)
        _band(page, one, beside, plot, y_axis, name)


def _names(page: _Page, x_axis: Axis, y_axis: Axis, plot: Box) -> dict[object, str]:
    """Side of each name that has room, by row."""
    wide, tall = plot.w * 72, plot.h * 72

    def at(x: float, y: float) -> tuple[float, float]:
        return x_axis.share(x) * wide, (1 - y_axis.share(y)) * tall

    cloud = page.marks
    firm, taken = cloud.places(at)
    for join in cloud.joins:
        taken += along([at(*c) for c in join.corners(_end(x_axis, join, cloud))], 10)
    for s, x, end in cloud.threads:
        taken += along([at(x, s.y), at(x, end)], 12)
    if cloud.level is not None:
        y = at(x_axis.low, cloud.level[0])[1]
        taken += along([(0, y), (wide, y)], 24) * 5
    wishes = cloud.wishes(at)
    placed = place(
        wishes, taken, (wide, tall), native.LABEL, most=cloud.most, sides=FOUR, beyond=20, firm=firm
    )
    return {p.wish.key: SIDES[p.side] for p in placed}


def _end(x_axis: Axis, join: Join, cloud: Cloud) -> float:
    """Where a step line ends."""
    high = x_axis.high
    if x_axis.log:
        return min(high, join.points[-1][0] * 3)
    return min(high, cloud.x.high) if cloud.x.days else high


def _series(page: _Page, x_axis: Axis, sides: dict[object, str]) -> list[xy.Points]:
    cloud, kind = page.marks, page.kind
    weak: list[xy.Points] = []
    strong: list[xy.Points] = []
    # Later series lie on top: a reader's own over all others.
    for value in sorted(cloud.values, key=lambda v: (v != OUTSIDE, v == OWN)):
        mine = [s for s in cloud.spots if s.value == value]
        both = bool(kind.strong) and any(s.strong for s in mine)
        for is_strong, series in ((False, weak), (True, strong)):
            points = [_point(s, kind, sides) for s in mine if s.strong == is_strong]
            said = _series_name(value, kind) + (", others" if both and not is_strong else "")
            size = SIZES[1] if not kind.strong else STRONG if is_strong or value == OWN else FAINT
            pale = 1.0 if is_strong or value in (OUTSIDE, OWN) else 0.5
            series.append(in_look(value, said, points, size, pale))
    out = [_threads(cloud, kind), *weak, *strong]
    for join in cloud.joins:
        tint = LOOK.ink if join.counts else LOOK.rule
        corners = [Point("", x, y) for x, y in join.corners(_end(x_axis, join, cloud))]
        out.append(xy.strokes(join.name, corners, tint, 2.0))
    return [*out, *_lines_across(cloud, x_axis, sides)]


def _series_name(value: Value, kind: Points) -> str:
    """How a series is called in the workbook: as the frame says it."""
    in_words = value in GOVERNANCE.values or value == OUTSIDE
    return (value.word if in_words else value.id) or heading(kind.y)


def _point(spot: Spot, kind: Points, sides: dict[object, str]) -> Point:
    words = spot.words if spot.row in sides else ""
    side = sides.get(spot.row, "r")
    size = SIZES[spot.size] if kind.size else 0
    return Point(spot.name, spot.x, spot.y, words, spot.strong, side, mark_size=size, caveats=spot.caveats)


def _threads(cloud: Cloud, kind: Points) -> xy.Points:
    """Upright lines from strong points to their second value."""
    points: list[Point] = []
    for s, x, end in cloud.threads:
        begin, mark, gap = segment((x, s.y), (x, end), s.name)
        points += [replace(begin, look=BARE), mark, replace(gap, look=BARE)]
    return xy.Points(heading(kind.thread), points, LOOK.rule, "dash", 7, pen=line(LOOK.rule, 1.25))


def _lines_across(cloud: Cloud, x_axis: Axis, sides: dict[object, str]) -> list[xy.Points]:
    """The line of the best outside China, and the stretch between two frontiers, each with its words."""
    found = []
    if cloud.level is not None:
        y, words = cloud.level
        found.append(("Level", y, x_axis.low, x_axis.high, words, False, "t", LOOK.rule))
    if cloud.gap is not None:
        gap, words = cloud.gap, cloud.gap.words if GAP in sides else ""
        found.append(("Gap", gap.y, gap.x0, gap.x1, words, True, sides.get(GAP, "b"), LOOK.ink))
    out = []
    for title, y, x0, x1, words, strong, side, tint in found:
        points = [Point("", x0, y), Point("", (x0 + x1) / 2, y, words, strong, side), Point("", x1, y)]
        out.append(xy.strokes(title, points, tint, 1.25, "sysDot"))
    return out


def _band(page: _Page, one: Slide, box: Box, plot: Box, y_axis: Axis, name: str) -> None:
    """Rows without a place across, over the same scale, in a chart of their own: names apart from each other."""
    cloud, kind = page.marks, page.kind
    inside = Box(box.x + 0.05, plot.y, box.w - 0.1, plot.h)
    step = 0.2 / plot.h
    heights = spread([y_axis.share(s.y) for s in cloud.apart], step, 1.0, foot=step)
    leads: list[Point] = []
    for s, height in zip(cloud.apart, heights, strict=True):
        words = shorten(short_name(s.name), inside.w * 66 - 20, native.LABEL, True)
        end = Point(s.name, 0.18, y_axis.at(height), words, True)
        leads += [Point("", 0.1, s.y), end, Point("", 0.18, None)]
    series = [xy.strokes(NAMES, leads, LOOK.rule, 0.75)]
    for v in dict.fromkeys(s.value for s in cloud.apart):
        mine = [s for s in cloud.apart if s.value == v]
        points = [Point(s.name, 0.1, s.y, mark_size=SIZES[s.size], caveats=s.caveats) for s in mine]
        series.append(in_look(v, v.word, points, SIZES[1]))
    alt = f"{kind.apart}: {', '.join(s.name for s in cloud.apart)}."
    xy.scatter(
        native.Spot(one, f"{name}:band", page.card, box, alt),
        inside,
        series,
        native.unseen(0.0, 1.0, 1.0),
        replace(y_axis, hidden=True, title="", grid=False),
        headings=(heading(kind.name), "Place"),
        ground=LOOK.levels[0],
    )
    lines = wrap(kind.apart, inside.w * 72 - 14, 10)
    room = Box(inside.x, plot.y + plot.h + 0.04, inside.w, 0.17 * len(lines) + 0.05)
    text_box(one, room, [[Run(t, 10, False, "tx2")] for t in lines], f"{name}:band-name")
