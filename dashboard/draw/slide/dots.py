"""Dots on lanes as a native scatter of PowerPoint, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from pptx.slide import Slide

from dashboard.charts.columns import heading
from dashboard.charts.kinds.dots import Dot, Dots, Lane, Rows
from dashboard.charts.kinds.marks import SLACK, name_line
from dashboard.draw.slide import native, xy
from dashboard.draw.slide.native import LABEL, Axis
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run
from dashboard.draw.slide.page import Draw, Page, evenly
from dashboard.draw.slide.scales import axis_of, titled
from dashboard.draw.slide.text import key_over, runs
from dashboard.draw.slide.workbook import plain
from dashboard.draw.slide.xy import SIDES, Point, in_look, segment
from dashboard.look.measure import clause, shorten, width
from dashboard.look.place import FOUR, Wish, place

#: Lanes a slide; inches of a lane at most, of a line of names over dots, and of a lane without them.
LANES_A_SLIDE, LANE, LINE, BARE = 16, 0.42, 0.19, 0.34
#: Inches of a lane with names beside its strong dots at most, and of one with a field.
TALL, AGAINST = 0.9, 0.56
#: Inches of the scale under the lanes, and of names at the left at most; lanes' heights of headings over a field.
FOOT, NAMES, HEADS = 0.62, 3.4, 0.8
#: Names of names over dots, in points.
SMALL = 10.0
#: Parts of a lane by which two lines of words stand above and under its middle.
UP = 0.2
#: Share of the width that lanes with a field take, and where the words at the right begin, behind the names.
LANES_WIDE, COLUMNS = 0.28, (0.295, 0.375, 0.585, 0.795)
#: Behind a name at the left: clear of a dot at the foot of the scale.
CLEAR = "\u00a0\u00a0\u00a0"


@dataclass(frozen=True)
class _Page(Page[Dots, Rows]):
    @cached_property
    def left(self) -> float:
        """Inches of the names at the left."""
        wide = max(_name_wide(one, self.kind) for one in self.marks.lanes) / 72 + 0.2
        return min(wide, NAMES, self.body.w * 0.4)

    @property
    def wide(self) -> float:
        """Points across that dots have."""
        return (self.body.w - self.left - 0.2) * 72


@dataclass(frozen=True)
class _Plot:
    """Lanes of one slide over their scales: `at` is the height of each lane's dots, of `total` in all."""

    box: Box
    x: Axis
    total: float
    at: dict[int, float]

    @property
    def inch(self) -> float:
        """An inch of the slide on the upright scale."""
        return self.total / self.box.h


def pages(drawn: Page[Dots, Rows]) -> list[Draw]:
    """Lanes split over as few slides as they need; none where no row has a value."""
    page = _Page(drawn.card, drawn.kind, drawn.columns, drawn.body, drawn.state)
    return [partial(_draw, page, part) for part in _parts(page)] if page.marks.dots else []


def _name_wide(one: Lane, kind: Dots) -> float:
    if kind.field is not None:
        return max(width(one.name, LABEL, True), width(one.under, SMALL) * SLACK) + 12
    under = f"  {one.under}" if one.under else ""
    return 12 + width(one.name, LABEL, one.strong) + width(under, LABEL)


def _parts(page: _Page) -> list[range]:
    count = len(page.marks.lanes)
    if not page.kind.all_named:
        return evenly(count, LANES_A_SLIDE)
    tall = [_tall(page, n) for n in range(count)]
    free = page.body.h - FOOT
    # Evenly over as few slides as there must be.
    slides = max(-(-int(sum(tall) * 100) // int(free * 100)), 1)
    target = min(free, sum(tall) / slides + max(tall))
    parts, first, used = [], 0, 0.0
    for n, one in enumerate(tall):
        if n > first and used + one > target:
            parts.append(range(first, n))
            first, used = n, 0.0
        used += one
    return [*parts, range(first, count)]


def _tall(page: _Page, lane: int) -> float:
    return BARE + LINE * (1 + max((tier for _, tier, _ in _tiers(page, lane)), default=0))


def _tiers(page: _Page, lane: int) -> list[tuple[Dot, int, float]]:
    axis = _x_axis(page)
    return page.marks.names_over(lane, axis.share, page.wide, lambda words: width(words, SMALL) * 1.1 + 6)


def _x_axis(page: _Page) -> Axis:
    rows, kind = page.marks, page.kind
    if kind.field is not None:
        return native.unseen(-0.03, 1.0 / LANES_WIDE, 1.0)
    return axis_of(rows.x, kind.value, page.columns, page.card.frame, measured=bool(kind.picked.measures))


def _scale_share(page: _Page, x: Axis) -> float:
    """Share of the width that the scale takes: words behind dots stand in the rest, where it has ended."""
    if page.kind.field is not None or x.log:
        return 1.0
    high = x.high
    for d in page.marks.dots:
        if pieces := page.marks.lanes[d.lane].behind:
            taken = sum(width(p.text, LABEL, p.weight == "strong") + 7 for p in pieces) * 1.08 + 16
            high = max(high, x.low + (d.x - x.low) * page.wide / max(page.wide - taken, page.wide * 0.3))
    return (x.high - x.low) / (high - x.low)


def _draw(page: _Page, lanes: range, one: Slide, name: str) -> None:
    kind, rows, body = page.kind, page.marks, page.body
    top = key_over(one, body, _key(page), name)
    head, under = (HEADS, 0.1) if kind.field is not None else (0.0, FOOT)
    tall = [_tall(page, n) if kind.all_named else 1.0 for n in lanes]
    total = sum(tall) + head
    most = TALL if kind.strong else AGAINST if kind.field is not None else LANE
    scale = 1.0 if kind.all_named else min((body.h - top - under) / total, most)
    box = Box(body.x - 0.1, body.y + top, body.w + 0.1, total * scale + under + 0.02)
    axis = _x_axis(page)
    wide = (body.w - page.left - 0.2) * _scale_share(page, axis)
    inside = Box(body.x + page.left, box.y + 0.02, wide, total * scale)
    # Names stand over their dots; without them dots stand in the middle of the lane.
    up = 0.16 if kind.all_named else 0.5
    at, foot = {}, total - head
    for n, each in zip(lanes, tall, strict=True):
        foot -= each
        at[n] = foot + up
    title = "" if kind.field else rows.x.title(inside.w * 72, LABEL)
    plot = _Plot(inside, titled(axis, title, box, inside), total, at)
    xy.scatter(
        native.Spot(one, name, page.card, box),
        inside,
        _series(page, plot),
        plot.x,
        native.unseen(0.0, total, total),
        headings=(heading(kind.name or kind.lane), heading(kind.value)),
        undrawn=_block(page, lanes),
    )


def _key(page: _Page) -> list[tuple[str, str, str]]:
    rows = page.marks
    if page.kind.field is None:
        return [(v.word, v.fill(LOOK), v.slide_marker) for v in rows.values if v.word]
    value = rows.dots[0].value
    strokes = [(w, c, "stroke") for w, c in zip(rows.strokes, (LOOK.ink, LOOK.rule), strict=False)]
    others = ("Other companies", LOOK.pale, "circle")
    return [(rows.owner, value.fill(LOOK), value.slide_marker), *strokes, others]


def _series(page: _Page, plot: _Plot) -> list[xy.Points]:
    kind, at = page.kind, plot.at
    mine = [d for d in page.marks.dots if d.lane in at]
    sides = _sides(mine, plot) if kind.strong else {}
    series = _lines(page.marks, plot)
    others = [Point("", x, at[n]) for n in at for x in page.marks.lanes[n].others]
    series.append(xy.Points("Field", others, LOOK.pale, "circle", 6))
    for value in dict.fromkeys(d.value for d in mine):
        for strong in (False, True):
            points = [_point(d, page, plot, sides) for d in mine if d.value == value and d.strong == strong]
            faint = bool(kind.strong) and not strong
            title = (value.word or heading(kind.value)) + (", others" if faint else "")
            size = 6 if faint else 11 if kind.strong else 9
            series.append(in_look(value, title, points, size, 0.45 if faint else 1.0))
    series.append(xy.Points("Lane", _lane_names(page, plot), LOOK.ink, "none"))
    if kind.all_named:
        series.append(_names(page, plot))
    if kind.field is not None:
        series.append(_cells(page, plot))
    return series


def _lines(rows: Rows, plot: _Plot) -> list[xy.Points]:
    """Rules from the lowest to the highest dot of each lane, their medians, and the strokes of a field."""
    lanes = [(rows.lanes[n], y) for n, y in plot.at.items()]
    ranges = [p for one, y in lanes if one.span for p in segment((one.span[0], y), (one.span[1], y))]
    found = [("Range", ranges, LOOK.rule, 1.75)]

    def upright(xs: Sequence[float | None], half: float) -> list[Point]:
        tall = half / plot.box.h * plot.total
        spots = [(x, y) for x, (_, y) in zip(xs, lanes, strict=True) if x is not None]
        return [p for x, y in spots for p in segment((x, y - tall), (x, y + tall))]

    found.append(("Median", upright([one.median for one, _ in lanes], 0.1), LOOK.ink, 2.0))
    for k, words in enumerate(rows.strokes):
        strokes = upright([one.strokes[k] for one, _ in lanes], 0.12)
        found.append((words, strokes, LOOK.rule if k else LOOK.ink, 2.5))
    return [xy.strokes(*one) for one in found]


def _point(d: Dot, page: _Page, plot: _Plot, sides: dict[object, str]) -> Point:
    """A dot with the words behind it, or its name where there is room for that."""
    behind = tuple(runs(page.marks.lanes[d.lane].behind))
    words = d.words if d.row in sides and not behind else ""
    side = sides.get(d.row, "r")
    return Point(d.name, d.x, plot.at[d.lane], words, True, side, caveats=d.caveats, runs=behind)


def _sides(mine: Sequence[Dot], plot: _Plot) -> dict[object, str]:
    """Side of each strong dot's name that has room, by row."""
    wide, tall = plot.box.w * 72, plot.box.h * 72
    spots = {d.row: (plot.x.share(d.x) * wide, (1 - plot.at[d.lane] / plot.total) * tall) for d in mine}
    wishes = [Wish(d.row, *spots[d.row], d.words, True, ("above", "below", "left")) for d in mine if d.strong]
    firm = [*spots.values()]
    placed = place(wishes, [], (wide, tall), LABEL, most=len(wishes), sides=FOUR, beyond=10, firm=firm)
    return {p.wish.key: SIDES[p.side] for p in placed}


def _lane_names(page: _Page, plot: _Plot) -> list[Point]:
    """Names at the left, and words under them: in a line of their own where lanes have a field."""
    out, under = [], []
    low, room = plot.x.low, page.left * 72 - 10
    for n, y in plot.at.items():
        one = page.marks.lanes[n]
        tint = one.value.name_colour(LOOK) if one.value is not None else INK if one.strong else GREY
        said = name_line(one.name, room, LABEL, one.strong)
        name = [Run(said, LABEL, one.strong, tint)]
        free = room - width(said, LABEL, one.strong) - 8
        if page.kind.field is not None:
            words = clause(one.under, room / SLACK, SMALL) + CLEAR
            under.append(Point("", low, y - UP, words, side="l", size=SMALL))
            y += UP
        elif one.under and free > 40:
            name.append(Run("  " + shorten(one.under, free, LABEL), LABEL, False, GREY))
        out.append(Point("", low, y, side="l", runs=(*name, Run(CLEAR, LABEL, False, GREY))))
    return [*out, *under]


def _names(page: _Page, plot: _Plot) -> xy.Points:
    """Names over the dots of a lane, in as many lines as they need; a thin line leads to those further up."""
    points: list[Point] = []
    for n, foot in plot.at.items():
        for d, tier, middle in _tiers(page, n):
            x = plot.x.at(middle / (plot.box.w * 72))
            y = foot + (0.19 + tier * LINE) * plot.inch
            if tier:
                points += segment((d.x, foot + 0.1 * plot.inch), (d.x, y - 0.08 * plot.inch))
            name = Point("", x, y, side="ctr", runs=(Run(d.words, SMALL, False, INK),))
            points += [name, Point("", x, None)]
    return xy.strokes("Names", points, LOOK.grid, 0.75)


def _cells(page: _Page, plot: _Plot) -> xy.Points:
    """Words at the right of lanes with a field, under their headings."""
    rows = page.marks
    points: list[Point] = []
    edge, room = 1.0 / LANES_WIDE, (page.body.w - page.left) * 72
    ends = (*COLUMNS[1:], 1.0)
    for k, (head, begin, end) in enumerate(zip(rows.heads, COLUMNS, ends, strict=False)):
        x, free = begin * edge, (end - begin) * room - 12
        points.append(Point("", x, plot.total - 0.4, clause(head, free, LABEL)))
        for n, y in plot.at.items():
            strong, grey = rows.lanes[n].cells[k]
            if not strong:
                tint = GREY if grey == "none scored" else INK
                points.append(Point("", x, y, runs=(Run(grey, LABEL, False, tint),)))
                continue
            points.append(Point("", x, y + UP, strong, True))
            if grey:
                points.append(Point("", x, y - UP, clause(grey, free / SLACK, SMALL), size=SMALL))
    return xy.Points("Cells", points, LOOK.ink, "none")


def _block(page: _Page, lanes: range) -> native.Cells:
    """The rows of lanes with a field as the frame has them: their places on a scale of their own are no values."""
    kind, frame = page.kind, page.card.frame
    if kind.field is None:
        return []
    names = [kind.lane, *kind.under, kind.value]
    names += [c for part in kind.field.cells for c in part[1:] if c and c not in names]
    shown = frame[frame[kind.lane].astype(str).isin([page.marks.lanes[n].name for n in lanes])]
    return [[heading(c) for c in names], *([plain(r[c]) for c in names] for r in shown.to_dict("records"))]
