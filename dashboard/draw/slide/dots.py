"""Dots on lanes as a native scatter of PowerPoint, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.charts.columns import Frame, heading
from dashboard.charts.kinds.dots import Dot, Dots, Lane, Rows, state, tiers
from dashboard.charts.kinds.marks import SLACK, name_line
from dashboard.draw.slide import native, xy
from dashboard.draw.slide.native import Axis
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run, mix
from dashboard.draw.slide.page import Draw, Page, room_in
from dashboard.draw.slide.scales import axis_of, share
from dashboard.draw.slide.text import key_line
from dashboard.draw.slide.workbook import plain
from dashboard.draw.slide.xy import Point
from dashboard.look.measure import shorten, width
from dashboard.look.place import FOUR, Wish, place
from dashboard.look.scales import Value

SIDES = {"right": "r", "left": "l", "above": "t", "below": "b"}
#: Lanes a slide; inches of a lane at most, of a line of names over dots, and of a lane without them.
LANES_A_SLIDE, LANE, LINE, BARE = 16, 0.42, 0.19, 0.34
#: Inches of the scale under the lanes, and of names at the left at most.
FOOT, NAMES = 0.62, 3.4
#: Names of names over dots, in points.
SMALL = 10.0
#: Parts of a lane by which two lines of words stand above and under its middle.
UP = 0.2
#: Share of the width that lanes with a field take, and where the words at the right begin, behind the names.
LANES_WIDE, COLUMNS = 0.28, (0.295, 0.375, 0.585, 0.795)


@dataclass(frozen=True)
class _Page(Page[Dots, Rows]):
    left: float


def pages(card: Card, kind: Dots, columns: Frame, body: Box) -> list[Draw]:
    """Lanes split over as few slides as they need; none where no row has a value."""
    room = room_in(body)
    rows = state(kind, card.frame, columns, room)
    if not rows.dots:
        return []
    left = max(_name_wide(one, kind) for one in rows.lanes) / 72 + 0.2
    page = _Page(card, kind, columns, rows, body, min(left, NAMES, body.w * 0.4))
    return [partial(_draw, page, part) for part in _parts(page)]


def _name_wide(one: Lane, kind: Dots) -> float:
    under = f"  {one.under}" if one.under else ""
    if kind.field is not None:
        return max(width(one.name, native.LABEL, True), width(one.under, SMALL) * SLACK) + 12
    return 12 + width(one.name, native.LABEL, one.strong) + width(under, native.LABEL)


def _parts(page: _Page) -> list[range]:
    count = len(page.marks.lanes)
    if not page.kind.all_named:
        slides = max(-(-count // LANES_A_SLIDE), 1)
        each = -(-count // slides)
        return [range(i, min(i + each, count)) for i in range(0, count, each)]
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
    found = _tiers(page, lane)
    return BARE + LINE * (1 + max((t for t, _ in found), default=0))


def _mine(page: _Page, lane: int) -> list[Dot]:
    return sorted((d for d in page.marks.dots if d.lane == lane), key=lambda d: d.x)


def _tiers(page: _Page, lane: int) -> list[tuple[int, float]]:
    wide = (page.body.w - page.left - 0.2) * 72
    axis = _x_axis(page)
    wanted = [(share(d.x, axis) * wide, width(d.words, SMALL) * 1.1 + 6) for d in _mine(page, lane)]
    return tiers(wanted, wide)


def _x_axis(page: _Page) -> Axis:
    rows, kind = page.marks, page.kind
    if kind.field is not None:
        return Axis(-0.03, 1.0 / LANES_WIDE, 1.0, hidden=True, grid=False)
    own = axis_of(rows.x, kind.value, page.columns, page.card.frame, measured=bool(kind.measures))
    if own.log or own.high is None or own.low is None or not own.step:
        return own
    # Words behind dots need a scale that goes on.
    plot = (page.body.w - page.left - 0.2) * 72
    high = own.high
    for d in rows.dots:
        pieces = rows.lanes[d.lane].behind
        if pieces:
            taken = sum(width(p.text, native.LABEL, p.weight == "strong") + 7 for p in pieces) * 1.08 + 16
            high = max(high, own.low + (d.x - own.low) * plot / max(plot - taken, plot * 0.3))
    while own.high < high and own.step:
        own = replace(own, high=own.high + own.step)
    if rows.x.end:
        # Beyond what there can be, the scale has no words.
        code = own.code.replace("[<1]", "")
        own = replace(own, code=f'[>{rows.x.end:g}]"";{code.split(";")[-1]}')
    return own


def _draw(page: _Page, lanes: range, one: Slide, name: str) -> None:
    kind, rows, body = page.kind, page.marks, page.body
    top = 0.0
    if entries := _key(page):
        top = key_line(one, Box(body.x, body.y - 0.03, body.w, 0.25), entries, name)
    tall = [_tall(page, n) if kind.all_named else 1.0 for n in lanes]
    free = body.h - top - (FOOT if kind.field is None else 0.1)
    scale = 1.0 if kind.all_named else min(free / (len(lanes) + (0.8 if kind.field else 0)), _lane_tall(kind))
    head = 0.8 if kind.field is not None else 0.0
    total = sum(tall) + head
    foot = FOOT if kind.field is None else 0.1
    box = Box(body.x - 0.1, body.y + top, body.w + 0.1, total * scale + foot + 0.02)
    plot = Box(body.x + page.left, box.y + 0.02, body.w - page.left - 0.2, total * scale)
    at: dict[int, float] = {}
    y = total - head
    for n, each in zip(lanes, tall, strict=True):
        # Names stand over their dots; without them dots stand in the middle of the lane.
        at[n] = y - each + (0.16 if kind.all_named else 0.5)
        y -= each
    title = "" if kind.field else rows.x.title(plot.w * 72, native.LABEL)
    x_axis = _x_axis(page)
    right = (plot.x + plot.w - width(title, native.LABEL) / 72 - 0.15 - box.x) / box.w
    x_axis = replace(x_axis, title=title, title_at=(max(right, 0.0), 1 - 0.27 / box.h))
    xy.scatter(
        one,
        box,
        _series(page, lanes, at, x_axis, plot, total),
        x_axis=x_axis,
        y_axis=Axis(0.0, total, total, hidden=True, grid=False),
        headings=(heading(kind.name or kind.lane), heading(kind.value)),
        plot=plot,
        name=name,
        card=page.card,
        undrawn=_block(page, lanes),
    )


def _lane_tall(kind: Dots) -> float:
    return 0.9 if kind.strong else 0.56 if kind.field is not None else LANE


def _key(page: _Page) -> list[tuple[str, str, str]]:
    rows = page.marks
    if page.kind.field is None:
        return [(v.word, v.fill(LOOK), v.slide_marker) for v in rows.values if v.word]
    value = rows.dots[0].value
    strokes = [(w, c, "stroke") for w, c in zip(rows.strokes, (LOOK.ink, LOOK.rule), strict=False)]
    return [
        (rows.owner, value.fill(LOOK), value.slide_marker),
        *strokes,
        ("Other companies", LOOK.pale, "circle"),
    ]


def _series(
    page: _Page, lanes: range, at: dict[int, float], x_axis: Axis, plot: Box, total: float
) -> list[xy.Points]:
    kind, rows = page.kind, page.marks
    mine = [d for d in rows.dots if d.lane in at]
    sides = _sides(page, mine, at, x_axis, plot, total) if kind.strong else {}
    series: list[xy.Points] = []
    lines = [
        ("Range", _ranges(rows, at), LOOK.rule, 1.75),
        ("Median", _medians(rows, at, total, plot), LOOK.ink, 2.0),
    ]
    for n, words in enumerate(rows.strokes):
        lines.append((words, _strokes(rows, at, n, plot, total), (LOOK.ink, LOOK.rule)[min(n, 1)], 2.5))
    series += [
        xy.Points(title, points, tint, "none", line=thick) for title, points, tint, thick in lines if points
    ]
    others = [Point("", x, at[n]) for n in lanes for x in rows.lanes[n].others]
    if others:
        series.append(xy.Points("Field", others, LOOK.pale, "circle", 6))
    for value in dict.fromkeys(d.value for d in mine):
        for strong in (False, True):
            part = [d for d in mine if d.value == value and d.strong == strong]
            if part:
                series.append(_dots(page, value, part, strong, at, sides))
    low = x_axis.low or 0.0
    names = [_lane_label(page, n, at[n] + (UP if kind.field else 0), low) for n in lanes]
    if kind.field is not None:
        room = page.left * 72 - 10
        names += [
            Point(
                "", low, at[n] - UP, side="l", runs=(_small(rows.lanes[n].under, room, "\u00a0\u00a0\u00a0"),)
            )
            for n in lanes
        ]
    series.append(xy.Points("Lane", names, LOOK.ink, "none"))
    if kind.all_named:
        series.append(_names(page, lanes, at, x_axis, plot, total))
    if kind.field is not None:
        series.append(_cells(page, lanes, at, total))
    return series


def _dots(
    page: _Page, value: Value, part: Sequence[Dot], strong: bool, at: dict[int, float], sides: dict[Any, str]
) -> xy.Points:
    kind = page.kind
    unmarked = value.slide_marker == "none"
    tint = value.fill(LOOK)
    title = value.word or heading(kind.value)
    points = []
    for d in part:
        runs: tuple[Run, ...] = ()
        behind = page.marks.lanes[d.lane].behind
        if behind:
            runs = tuple(
                Run(
                    ("  " if n else "") + p.text,
                    native.LABEL,
                    p.weight == "strong",
                    GREY if p.weight == "grey" else INK,
                )
                for n, p in enumerate(behind)
            )
        elif d.row in sides:
            runs = (Run(d.words, native.LABEL, True, INK),)
        points.append(
            Point(d.name, d.x, at[d.lane], side=sides.get(d.row, "r"), caveats=d.caveats, runs=runs)
        )
    return xy.Points(
        title if strong or not kind.strong else f"{title}, others",
        points,
        tint if strong or not kind.strong else mix(tint, 0.45),
        "circle" if unmarked else value.slide_marker,
        (11 if strong else 6) if kind.strong else 9,
        ringed=unmarked,
    )


def _sides(
    page: _Page, mine: Sequence[Dot], at: dict[int, float], x_axis: Axis, plot: Box, total: float
) -> dict[Any, str]:
    def spot(d: Dot) -> tuple[float, float]:
        return share(d.x, x_axis) * plot.w * 72, (1 - at[d.lane] / total) * plot.h * 72

    wishes = [Wish(d.row, *spot(d), d.words, True, ("above", "below", "left")) for d in mine if d.strong]
    room = (plot.w * 72, plot.h * 72)
    dots = [spot(d) for d in mine]
    placed = place(wishes, [], room, native.LABEL, most=len(wishes), sides=FOUR, beyond=10, firm=dots)
    return {p.wish.key: SIDES[p.side] for p in placed}


def _lane_label(page: _Page, n: int, y: float, low: float) -> Point:
    one, room = page.marks.lanes[n], page.left * 72 - 10
    tint = one.value.name_colour(LOOK) if one.value is not None else INK if one.strong else GREY
    said = name_line(one.name, room, native.LABEL, one.strong)
    runs = [Run(said, native.LABEL, one.strong, tint)]
    free = room - width(said, native.LABEL, one.strong) - 8
    if one.under and free > 40 and page.kind.field is None:
        runs.append(Run("  " + shorten(one.under, free, native.LABEL), native.LABEL, False, GREY))
    # Clear of a dot at the foot of the scale.
    runs.append(Run("\u00a0\u00a0\u00a0", native.LABEL, False, GREY))
    return Point("", low, y, side="l", runs=tuple(runs))


def _ranges(rows: Rows, at: dict[int, float]) -> list[Point]:
    """Rules from the lowest to the highest dot of each lane, with gaps between them."""
    points: list[Point] = []
    for n, y in at.items():
        span = rows.lanes[n].span
        if span is not None:
            points += [Point("", span[0], y), Point("", span[1], y), Point("", span[1], None)]
    return points


def _upright(x: float, y: float, half: float) -> list[Point]:
    return [Point("", x, y - half), Point("", x, y + half), Point("", x, None)]


def _medians(rows: Rows, at: dict[int, float], total: float, plot: Box) -> list[Point]:
    half = 0.1 / plot.h * total
    found = [(rows.lanes[n].median, y) for n, y in at.items()]
    return [p for x, y in found if x is not None for p in _upright(x, y, half)]


def _strokes(rows: Rows, at: dict[int, float], which: int, plot: Box, total: float) -> list[Point]:
    half = 0.12 / plot.h * total
    found = [(rows.lanes[n].strokes[which], y) for n, y in at.items()]
    return [p for x, y in found if x is not None for p in _upright(x, y, half)]


def _names(
    page: _Page, lanes: range, at: dict[int, float], x_axis: Axis, plot: Box, total: float
) -> xy.Points:
    """Names over the dots of a lane, in as many lines as they need; a thin line leads to those further up."""
    points: list[Point] = []
    inch = total / plot.h
    low, high = x_axis.low or 0.0, x_axis.high or 1.0
    for n in lanes:
        for d, (tier, middle) in zip(_mine(page, n), _tiers(page, n), strict=True):
            part = middle / (plot.w * 72)
            x = low * (high / low) ** part if x_axis.log else low + (high - low) * part
            y = at[n] + (0.19 + tier * LINE) * inch
            if tier:
                points += [
                    Point("", d.x, at[n] + 0.1 * inch),
                    Point("", d.x, y - 0.08 * inch),
                    Point("", d.x, None),
                ]
            points += [
                Point("", x, y, side="ctr", runs=(Run(d.words, SMALL, False, INK),)),
                Point("", x, None),
            ]
    return xy.Points("Names", points, LOOK.grid, "none", line=0.75)


def _cells(page: _Page, lanes: range, at: dict[int, float], total: float) -> xy.Points:
    """Words at the right of lanes with a field, under their headings."""
    rows = page.marks
    points: list[Point] = []
    edge = 1.0 / LANES_WIDE
    room = page.body.w - page.left
    wide = [(b - a) * room * 72 - 12 for a, b in zip(COLUMNS, (*COLUMNS[1:], 1.0), strict=True)]
    for k, head in enumerate(rows.heads):
        x = COLUMNS[k] * edge
        said = shorten(head, wide[k], native.LABEL)
        points.append(Point("", x, total - 0.4, runs=(Run(said, native.LABEL, False, GREY),)))
        for n in lanes:
            strong, grey = rows.lanes[n].cells[k]
            if not strong:
                tint = GREY if grey == "none scored" else INK
                points.append(Point("", x, at[n], runs=(Run(grey, native.LABEL, False, tint),)))
                continue
            points.append(Point("", x, at[n] + UP, runs=(Run(strong, native.LABEL, True, INK),)))
            if grey:
                points.append(Point("", x, at[n] - UP, runs=(_small(grey, wide[k]),)))
    return xy.Points("Cells", points, LOOK.ink, "none")


def _small(words: str, room: float, behind: str = "") -> Run:
    return Run(shorten(words, room / SLACK, SMALL) + behind, SMALL, False, GREY)


def _block(page: _Page, lanes: range) -> native.Cells:
    """The rows of lanes with a field as the frame has them: their places on a scale of their own are no values."""
    kind, frame = page.kind, page.card.frame
    if kind.field is None:
        return []
    names = [kind.lane, *kind.under, kind.value]
    names += [c for part in kind.field.cells for c in part[1:] if c and c not in names]
    shown = {page.marks.lanes[n].name for n in lanes}
    records = [r for r in frame.to_dict("records") if str(r[kind.lane]) in shown]
    return [[heading(c) for c in names], *([plain(r[c]) for c in names] for r in records)]
