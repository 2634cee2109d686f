"""Lines as native scatters of PowerPoint, one a panel."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from pptx.slide import Slide

from dashboard.charts.columns import heading
from dashboard.charts.kinds.lines import Line, Lines, Panel, Strands
from dashboard.draw.slide import native, ooxml, xy
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run, mix
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.scales import axis_of
from dashboard.draw.slide.text import UP, text_box, units
from dashboard.draw.slide.xy import BARE, Point
from dashboard.look.measure import shorten, width
from dashboard.look.place import spread
from dashboard.look.scales import Value
from dashboard.look.theme import short_name

#: Office's names of the dashes that tell lines apart without colour.
DASHES = ("", "dash", "sysDot", "dashDot")
#: Height of a line of text, inches.
LINE = 0.21


_Page = Page[Lines, Strands]


def pages(page: _Page) -> list[Draw]:
    """One slide; none where no row has a value."""
    return [partial(_draw, page)] if page.marks.panels else []


def _draw(page: _Page, one: Slide, name: str) -> None:
    panels, body = page.marks.panels, page.body
    named = [line for p in panels for line in p.lines if line.named]
    side = max(width(f"{short_name(n.name)} {n.said}", native.LABEL, True) for n in named) / 72 + 0.2
    side = min(side, 4.0, body.w * 0.4)
    each = body.h / len(panels)
    for n, panel in enumerate(panels):
        place = Box(body.x, body.y + n * each, body.w, each - (0.05 if n + 1 < len(panels) else 0))
        _panel(page, one, panel, place, side, name, n)


def _panel(page: _Page, one: Slide, panel: Panel, body: Box, side: float, stem: str, n: int) -> None:
    kind, strands = page.kind, page.marks
    is_last = n + 1 == len(strands.panels)
    # Further panels are named as further pages are: a refresh finds them.
    name = native.part_name(stem, n)
    most = body.w * 68 if body.w < native.NARROW else UP
    inner, _, up = units(one, body, "", panel.y.title(most, native.LABEL), name)
    box = Box(inner.x - 0.1, inner.y - 0.05, inner.w + 0.1 - side, inner.h + 0.05)
    head, foot = 0.4 if up else 0.12, 0.36 if is_last else 0.1
    plot = Box(box.x + 0.6, box.y + head, box.w - 0.6, box.h - head - foot)
    frame = page.card.frame
    if kind.panel:
        frame = frame[frame[kind.panel].astype(str) == panel.y.titles[0]]
    x_axis = axis_of(strands.x, kind.x, page.columns, frame)
    said = f"{panel.y.titles[0]}: {', '.join(line.name for line in panel.lines)}."
    is_own, marks = kind.measure is not None, 5 if len(strands.panels) < 3 else 2
    y_axis = axis_of(panel.y, kind.y, page.columns, frame, measured=is_own, title=up, marks=marks)
    xy.scatter(
        native.Spot(one, name, page.card, box, said if n else ""),
        plot,
        [*(_series(line, kind) for line in panel.lines), *(_marks(panel) if kind.apart else ())],
        replace(x_axis, ticks=is_last),
        replace(y_axis, title_at=(0.004, 0.0)),
        headings=(heading(kind.series), heading(kind.x)),
        days=strands.x.days,
    )
    # More names than lines of text: the first of the frame are named, the workbook holds all.
    named = [line for line in panel.lines if line.named][: max(int(plot.h / LINE), 1)]
    wanted = [y_axis.share(line.path[-1][1]) * plot.h for line in named]
    heights = spread(wanted, LINE, plot.h)
    low = min(heights, default=0.0)
    for line, height in zip(named, heights, strict=True):
        said = f" {line.said}"
        words = shorten(short_name(line.name), side * 72 - width(said, native.LABEL) - 10, native.LABEL, True)
        tint = INK if kind.apart else line.value.name_colour(LOOK)
        runs = [Run(words, native.LABEL, True, tint), Run(said, native.LABEL, False, GREY)]
        at = plot.y + plot.h - height + min(low, 0.0)
        where = Box(plot.x + plot.w + 0.1, at - LINE / 2, side, LINE)
        text_box(one, where, [runs], f"{name}:name:{line.name}", anchor="ctr")


def _mark(value: Value) -> str:
    return "circle" if value.slide_marker == "none" else value.slide_marker


def _series(line: Line, kind: Lines) -> xy.Points:
    """A line's rows with the corners of its steps, which have no name and no mark."""
    tint = line.tint(LOOK, kind.apart)
    shade = tint if line.named else mix(tint, 0.5)
    points: list[Point] = []
    for m in line.marks:
        before = points[-1] if points else None
        if kind.steps and before is not None and before.y != m.y:
            points.append(Point("", m.x, before.y, look=BARE))
        weak = frozenset() if m.bare or kind.apart else m.caveats
        points.append(Point(line.name, m.x, m.y, look=BARE if m.bare else None, caveats=weak))
    return xy.Points(
        line.name,
        points,
        shade,
        "none" if kind.apart else _mark(line.value),
        6,
        pen=ooxml.line(shade, 2.25 if line.named else 1.0, DASHES[line.rank % 4] if kind.apart else ""),
    )


def _marks(panel: Panel) -> list[xy.Points]:
    """Marks in the colours of their own rows, where lines have a shade: a series a look."""
    found: dict[Value, list[Point]] = {}
    for line in panel.lines:
        for m in line.marks:
            if not m.bare:
                # Without a name: the row stands in the workbook already.
                found.setdefault(m.value, []).append(Point("", m.x, m.y, caveats=m.caveats))
    return [xy.in_look(v, v.word, points, 9) for v, points in found.items()]
