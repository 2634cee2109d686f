"""Flows as a native scatter of PowerPoint: bands and nodes are broad lines, their rows stand in the workbook."""

from __future__ import annotations

from functools import partial

from pptx.slide import Slide

from dashboard.charts.columns import heading
from dashboard.charts.kinds.flow import Band, Flow, Flows, Node
from dashboard.draw.slide import native, xy
from dashboard.draw.slide.ooxml import LOOK, Box, colour
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.xy import Point, Points

#: Points along a band.
STEPS = 16
#: Inches that a thing may take at most.
THING = 0.3
NODE = 9.0

_Page = Page[Flow, Flows]


def pages(page: _Page) -> list[Draw]:
    """One slide: a flow is read as a whole."""
    return [partial(_draw, page)]


def _draw(page: _Page, one: Slide, name: str) -> None:
    kind, marks, body = page.kind, page.marks, page.body
    tall = min(body.h, marks.tall * THING + 0.1)
    box = Box(body.x - 0.1, body.y, body.w + 0.1, tall)
    left, right = (s / 72 + 0.3 for s in marks.sides)
    plot = Box(box.x + left, box.y + 0.05, box.w - left - right, box.h - 0.1)
    per = plot.h * 72 / marks.tall
    series = [_band(b, per) for b in sorted(marks.bands, key=lambda b: b.has_moved)]
    for side, nodes in ((0.0, marks.before), (1.0, marks.after)):
        series += [_node(n, side, heading(kind.after if side else kind.before)) for n in nodes]
    names = [Point(text, 0.5, y, text, True) for text, y in marks.names]
    series.append(Points("Names", names, LOOK.ink, "none", on_plates=True))
    xy.scatter(
        native.Spot(one, name, page.card, box),
        plot,
        series,
        native.unseen(0.0, 1.0, 1.0),
        native.unseen(0.0, marks.tall, marks.tall, reverse=True),
        headings=(heading(kind.before), "Across"),
        undrawn=_table(kind, marks),
    )


def _band(b: Band, per: float) -> Points:
    """A band as a line as broad as its things: double where estimated, darker where disputed, faint where stale."""
    a, c = b.leaves + b.size / 2, b.arrives + b.size / 2
    title = f"{b.before.word} → {b.after.word}"
    points = []
    for t in (k / STEPS for k in range(STEPS + 1)):
        x, share = 1.5 * t * (1 - t) + t**3, t * t * (3 - 2 * t)
        points.append(Point(title, round(x, 4), round(a + (c - a) * share, 4)))
    tint = b.after.fill(LOOK) if b.has_moved else LOOK.levels[1]
    share = 0.85 if "disputed" in b.caveats else 0.25 if "stale" in b.caveats else 0.55
    double = ' cmpd="dbl"' if "estimated" in b.caveats else ""
    clear = colour(tint).replace("/>", f'><a:alpha val="{round(share * 100_000)}"/></a:srgbClr>')
    pen = (
        f'<a:ln w="{round(max(b.size * per, 1) * 12_700)}" cap="flat"{double}><a:solidFill>{clear}</a:solidFill>'
        "<a:round/></a:ln>"
    )
    return Points(title, points, tint, "none", pen=pen)


def _node(n: Node, side: float, day: str) -> Points:
    name = n.value.word
    # Clear of the node, whose line is broader than its point.
    gap = "\u00a0" * 3
    words = f"{gap}{n.count:,.0f}  {name}" if side else f"{name}  {n.count:,.0f}{gap}"
    middle = (n.top + n.bottom) / 2
    points = [
        Point(name, side, n.top),
        Point(name, side, middle, words, True, "r" if side else "l"),
        Point(name, side, n.bottom),
    ]
    return xy.strokes(f"{day}: {name}", points, n.value.fill(LOOK), NODE)


def _table(kind: Flow, marks: Flows) -> native.Cells:
    """How many went from each value to each: rows of the earlier day, columns of the later."""
    words = [n.value for n in marks.after]
    out: native.Cells = [[heading(kind.before), *(v.word for v in words), "Total"]]
    for n in marks.before:
        mine = {b.after: b.size for b in marks.bands if b.before == n.value}
        out.append([n.value.word, *(mine.get(v) for v in words), n.count])
    return out
