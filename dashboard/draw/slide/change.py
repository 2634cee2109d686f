"""Changes as native scatters of PowerPoint: lines from an earlier value to a later one; a chart a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pptx.slide import Slide

from dashboard.charts.columns import heading
from dashboard.charts.kinds.change import ACROSS, ACROSS_SMALL, Change, Dumbbell, Dumbbells, Panel
from dashboard.charts.kinds.marks import name_line
from dashboard.draw.slide import native, xy
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.text import text_box
from dashboard.draw.slide.workbook import plain
from dashboard.draw.slide.xy import BARE, Point, Points, in_look, strokes
from dashboard.look.measure import shorten, width
from dashboard.look.scales import Value

ROWS_A_SLIDE = 16
#: Inches of a row; of one with a scale of its own; of a panel at least, and of a line over it.
ROW, TALL_ROW, PANEL, LINE = 0.36, 0.85, 1.5, 0.19
#: The least that a row may have, and room of the scale and of the key beside the rows.
LEAST, SCALE, KEY = 0.27, 0.62, 0.44
SMALL = 10.0
#: Behind a name at the left: clear of a mark at the foot of the scale.
CLEAR = "\u00a0\u00a0"


_Page = Page[Change, Dumbbells]


def pages(page: _Page) -> list[Draw]:
    """One function a slide: rows or panels, evenly many."""
    kind, marks, body = page.kind, page.marks, page.body
    if kind.panel:
        return page.split(_panels, len(marks.panels), _across(body) * max(int((body.h + 0.05) / PANEL), 1))
    least = TALL_ROW * 0.7 if kind.scale is None else LEAST
    over = (SCALE if kind.scale else 0.0) + (KEY if marks.key else 0.06)
    return page.split(_rows, len(marks.lanes), min(ROWS_A_SLIDE, max(int((body.h - over) / least), 1)))


def _across(body: Box) -> int:
    """Panels beside each other."""
    return ACROSS if body.w >= native.NARROW else ACROSS_SMALL


def _rows(page: _Page, rows: range, one: Slide, name: str) -> None:
    kind, marks, body = page.kind, page.marks, page.body
    own = kind.scale is None
    names = [marks.lanes[row].name for row in rows]
    left = min(max((width(n, native.LABEL, True) for n in names), default=0) / 72 + 0.2, 3.7)
    foot = 0.0 if own else SCALE
    top = KEY if marks.key else 0.06
    # What a value rests on stands in a column of its own, where a chart cannot set it.
    aside = min(body.w * 0.36, 4.2) if kind.note else 0.0
    tall = min(body.h, (TALL_ROW if own else ROW) * len(rows) + foot + top)
    box = Box(body.x - 0.1, body.y, body.w + 0.1 - aside, tall)
    plot = Box(box.x + left, box.y + top, box.w - left - 0.1, box.h - top - foot)
    room = plot.w * 72 - marks.before_width - marks.after_width
    per = (marks.high - marks.low) / max(room, 72)
    low, high = marks.low - marks.before_width * per, marks.high + marks.after_width * per
    axis = native.unseen(low, high)
    if kind.scale is not None:
        step = kind.scale[2]
        # Marks fall on whole steps of the scale: its drawn begin is one, too.
        low = marks.low - step if marks.before_width > 2 * native.LABEL else marks.low
        title = kind.title[0] if body.w >= native.NARROW else kind.title[1]
        begin = plot.x + plot.w - width(title, native.LABEL) / 72 - 0.15
        at_end = ((begin - box.x) / box.w, 1 - 0.27 / box.h)
        # An axis that is longer than its scale: values beyond the scale's ends stay blank.
        code = f'[<{marks.low:g}]"";[>{marks.high:g}]"";0'
        axis = native.Axis(low, high, step, code, title, title_at=at_end, top=True)
    mine = [m for m in marks.marks if m.lane in rows]
    _scatter(page, native.Spot(one, name, page.card, box), plot, axis, mine, rows, low)
    each = plot.h / len(rows)
    for k, (row, who) in enumerate(zip(rows, names, strict=True)):
        if kind.note:
            place = Box(box.x + box.w + 0.1, plot.y + k * each + each / 2 - 0.2, aside - 0.1, 0.4)
            text = shorten(str(page.card.frame[kind.note].iloc[row]), place.w * 66, 10, False, 2)
            text_box(one, place, [[Run(text, 10, False, GREY)]], f"{name}:name:{who}", anchor="ctr")


def _scatter(
    page: _Page,
    spot: native.Spot,
    plot: Box,
    x_axis: native.Axis,
    mine: Sequence[Dumbbell],
    lanes: range,
    low: float,
    named: bool = True,
) -> None:
    """Marks over a scale drawn from `low` on, a lane a row, with the rows as the frame has them in the workbook."""
    xy.scatter(
        spot,
        plot,
        _series(page, mine, lanes, low, named),
        x_axis,
        native.lane_axis(len(lanes)),
        headings=(heading(page.kind.row), heading(page.kind.after)),
        undrawn=_table(page, mine),
    )


def _series(page: _Page, marks: Sequence[Dumbbell], lanes: range, low: float, named: bool) -> list[Points]:
    """Lines, earlier and later values as series; names of rows as labels of one without marks, which moves with the chart."""
    kind, rows = page.kind, page.marks.lanes
    size, label = (7, SMALL) if kind.panel else (10, native.LABEL)

    def point(m: Dumbbell, x: float | None, words: str = "", side: str = "r", **own: Any) -> Point:
        return Point(
            rows[m.lane].name, float(x or 0), m.lane - lanes.start + 1.0, words, side=side, size=label, **own
        )

    lines: list[Point] = []
    for m in marks:
        if m.has_moved:
            lines += [point(m, m.before, look=BARE), point(m, m.after), Point("", float(m.after or 0), None)]
    early = [
        point(m, m.before, m.before_words, "l" if m.rises else "r", caveats=m.caveats)
        for m in marks
        if m.before is not None and (m.has_moved or m.after is None)
    ]
    out = [
        strokes("Change", lines, LOOK.rule, 2.5),
        Points(heading(kind.before), early, LOOK.levels[2], size=max(size - 3, 4)),
    ]
    groups: dict[tuple[Value, bool], list[Point]] = {}
    for m in marks:
        if m.after is not None:
            is_unmoved = not m.has_moved and m.before is not None
            pale = is_unmoved and kind.scale is not None and not kind.panel
            side = "r" if m.rises else "l"
            later = point(m, m.after, m.after_words, side, strong=not pale, caveats=m.caveats)
            groups.setdefault((m.value, pale), []).append(later)
    for (value, pale), points in groups.items():
        title = (value.word or heading(kind.after)) + (", unmoved" if pale else "")
        one = in_look(value, title, points, size, 0.5 if pale else 1.0)
        is_keyed = bool(page.marks.key) and (not pale or (value, False) not in groups)
        out.append(replace(one, in_key=is_keyed, marker=one.marker if value.id else "circle"))
    unknown = [(m, m.before_words if m.before is None else m.after_words) for m in marks]
    gone = [point(m, low, words) for m, words in unknown if words and (m.before is None or m.after is None)]
    out.append(Points("Not known", gone, LOOK.ink, "none"))
    names = [rows[lane].name for lane in lanes]
    lane = [
        Point(
            n, low, k + 1.0, (n + (CLEAR if kind.panel else "")) if named else "", not kind.panel, "l", label
        )
        for k, n in enumerate(names)
    ]
    return [*out, Points("Lane", lane, LOOK.ink, "none")]


def _table(page: _Page, marks: Sequence[Dumbbell]) -> native.Cells:
    """The rows shown as the frame has them: a second block of the workbook's sheet."""
    kind, columns = page.kind, page.columns
    held = page.card.frame.loc[[m.row for m in marks]]
    told = [c for c in columns.own if c in held and columns[c].is_told and c not in (kind.row, kind.panel)]
    out: native.Cells = [[heading(kind.row), *(heading(c) for c in told)]]
    for r in held.to_dict("records"):
        name = ": ".join(str(r[c]) for c in (kind.panel, kind.row) if c)
        out.append([name, *(plain(r[c]) for c in told)])
    return out


def _panels(page: _Page, panels: range, one: Slide, name: str) -> None:
    """A chart a panel, all of one size and scale; names of rows at the left of each line of panels."""
    marks, body = page.marks, page.body
    across = _across(body)
    down = -(-len(panels) // across)
    left = max((width(r.name + CLEAR, SMALL) for r in marks.lanes), default=0) / 72 + 0.12
    gap = 0.45 if body.w >= native.NARROW else 0.25
    wide = (body.w - left - gap * (across - 1)) / across
    tall = min(body.h / down, 2.2)
    step = marks.ticks[1] - marks.ticks[0] if len(marks.ticks) > 1 else 1.0
    lanes = range(len(marks.lanes))
    for k, panel in enumerate(panels):
        x, y = body.x + left + (k % across) * (wide + gap), body.y + (k // across) * tall
        head, own, is_first = marks.panels[panel], native.part_name(name, panel), k % across == 0
        words = _head(head, wide)
        over = LINE * len(words)
        text_box(one, Box(x, y, wide, over), words, f"{own}:panel")
        before = left if is_first else 0.05
        box = Box(x - before, y + over, wide + before, tall - over - 0.12)
        plot = Box(x + 0.06, box.y + 0.02, wide - 0.12, box.h - 0.04)
        mine = [m for m in marks.marks if m.panel == panel]
        axis = native.Axis(marks.low, marks.high, step, ticks=False)
        spot = native.Spot(one, own, page.card, box, f"{head.name}. {page.card.alt}")
        _scatter(page, spot, plot, axis, mine, lanes, marks.low, named=is_first)


def _head(panel: Panel, wide: float) -> list[list[Run]]:
    """A panel's name and the words under it, in lines of so many inches; the last of a pair alone where both do not fit."""
    lines = [[Run(name_line(panel.name, wide * 68, native.LABEL), native.LABEL, True, INK)]]
    named = [(t, v.name_colour(LOOK)) for t, v in panel.named]
    if width("  ".join(t for t, _ in named), SMALL) > wide * 60:
        named = named[-1:]
    if named:
        cut = [(shorten(t, wide * 68, SMALL), tint) for t, tint in named]
        lines.append([Run(("  " if n else "") + t, SMALL, False, tint) for n, (t, tint) in enumerate(cut)])
    if panel.plain:
        lines.append([Run(shorten("  ".join(panel.plain), wide * 68, SMALL), SMALL, False, GREY)])
    return lines
