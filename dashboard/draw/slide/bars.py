"""Bars and columns as native charts of PowerPoint, page by page."""

from __future__ import annotations

from pptx.slide import Slide

from dashboard.charts.columns import Column, Frame, heading
from dashboard.charts.kinds.bars import Bars, Columns, Rects, panels
from dashboard.draw.slide import native
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.scales import number_format
from dashboard.draw.slide.text import end_names, key_over, runs, text_box
from dashboard.look.measure import width
from dashboard.look.scales import OWN
from dashboard.look.theme import plural

BARS_A_SLIDE = 16
KEY_HEIGHT = 0.34
#: Inches of a bar with the gap to the next, at most: a few fill a slide without being slabs.
BAR = 0.62
#: Inches of a panel at least, of its name, and of the periods under the last.
PANEL, NAME, PERIODS = 0.95, 0.22, 0.44


_Page = Page[Bars | Columns, Rects]
_Panels = Page[Columns, list[tuple[str, str, Rects]]]


def pages(page: _Page) -> list[Draw]:
    """One function a slide: bars and panels are split over as few slides as possible, evenly; columns stay together."""
    if isinstance(page.kind, Columns) and page.kind.panel:
        found: _Panels = _Panels(page.card, page.kind, page.columns, page.body, panels)
        most = max(int((page.body.h - KEY_HEIGHT - PERIODS) / PANEL), 1)
        return found.split(_panels, len(found.marks), most)
    count = len(page.marks.lanes)
    return page.split(_draw, count, BARS_A_SLIDE if isinstance(page.kind, Bars) else max(count, 1))


def _series(kind: Bars | Columns, columns: Frame, marks: Rects, lanes: range) -> list[native.Bars]:
    """A series for each part of a stack, or one; words behind bars, those alone that carry more than their number."""
    out = []
    coloured = isinstance(kind, Bars) and kind.colour
    for value in marks.stack:
        mine = {
            r.lane - lanes.start: r
            for r in marks.rects
            if r.lane in lanes and (not kind.stack or r.value == value)
        }
        is_own = not kind.stack and (coloured or any(r.value == OWN for r in mine.values()))
        own = {k: None if r.value.hatched else r.value.fill(LOOK) for k, r in mine.items() if is_own}
        words = {k: runs(marks.lanes[i].behind) for k, i in enumerate(lanes) if marks.lanes[i].behind}
        out.append(
            native.Bars(
                value.word if kind.stack else series_name(kind.value, columns[kind.value]),
                [mine[k].size if k in mine else None for k in range(len(lanes))],
                value.fill(LOOK),
                value.text(LOOK),
                hatched=bool(kind.stack) and value.hatched,
                colours=own,
                caveats={k: r.caveats for k, r in mine.items() if r.caveats},
                labels=words if isinstance(kind, Bars) and not kind.stack else {},
            )
        )
    return out


def _draw(page: _Page, lanes: range, one: Slide, name: str) -> None:
    marks, kind, body, frame = page.marks, page.kind, page.body, page.card.frame
    is_bars, stacked = isinstance(kind, Bars), bool(kind.stack)
    top = KEY_HEIGHT if stacked else 0.0
    tall = min(body.h - top, BAR * len(lanes) + 0.2) if is_bars else body.h - top
    side = max((width(v.word, native.LABEL, True) for v, _ in marks.at_end), default=0) / 72
    side += 0.15 if side else 0
    box = Box(body.x - 0.1, body.y + top, body.w + 0.1 - side, tall)
    ends = {v: v.name_colour(LOOK) for v, _ in marks.at_end}
    entries = [(v.word, v.fill(LOOK)) for v in marks.stack if stacked and v not in ends]
    key_over(one, body, entries, name)
    is_walk = isinstance(kind, Columns) and bool(kind.walk)
    walk = [(marks.lanes[i].base, marks.lanes[i].sign) for i in lanes] if is_walk else []
    values = [float(v) for v in frame[kind.value].dropna()]
    high = _end(marks, lanes, box) if is_bars and not stacked else marks.end * (1.07 if stacked else 1.0)
    plot = native.bars(
        native.Spot(one, name, page.card, box),
        [marks.lanes[i].name for i in lanes],
        _series(kind, page.columns, marks, lanes),
        heading=heading(kind.reads[0]),
        stacked=stacked,
        horizontal=is_bars,
        high=high,
        code=number_format(page.columns[kind.value], values, frame),
        totals=stacked and (len(marks.stack) > 1 or is_walk),
        walk=walk,
    )
    if ends:
        last = [(r.value.word, r.size) for r in marks.rects if r.lane == lanes[-1]]
        beside = Box(box.x + box.w + 0.05, plot.y, side, plot.h)
        end_names(one, beside, last, high, {v.word: tint for v, tint in ends.items()}, name)


def _panels(page: _Panels, part: range, one: Slide, name: str) -> None:
    """A chart a panel, under each other on one scale; periods under the last of a slide."""
    kind, body, found = page.kind, page.body, page.marks
    keyed = [(v.word, v.fill(LOOK)) for v in found[0][2].key]
    key_over(one, body, keyed, native.part_name(name, part[0]))
    tall = min((body.h - KEY_HEIGHT - PERIODS) / len(part), 1.9)
    y = body.y + KEY_HEIGHT
    for i in part:
        title, total, marks = found[i]
        own, is_last = native.part_name(name, i), i == part[-1]
        head = [Run(title, native.LABEL, True, INK), Run(f"  {total}", native.LABEL, False, GREY)]
        text_box(one, Box(body.x, y, body.w, NAME), [head], f"{own}:panel")
        box = Box(body.x - 0.1, y + NAME, body.w + 0.1, tall - NAME + (PERIODS if is_last else 0.0))
        native.bars(
            native.Spot(one, own, page.card, box, f"{title}: {total}. {page.card.alt}"),
            [lane.name for lane in marks.lanes],
            _series(kind, page.columns, marks, range(len(marks.lanes))),
            heading=heading(kind.period),
            stacked=True,
            horizontal=False,
            high=max(m.end for _, _, m in found) * 1.12,
            code=number_format(page.columns[kind.value], [r.size for r in marks.rects]),
            totals=len(marks.stack) > 1,
            named=is_last,
        )
        y += tall


def _end(marks: Rects, lanes: range, box: Box) -> float:
    """End of the scale at which the words behind the longest bars of all pages fit."""
    left = min(max((width(marks.lanes[i].name, native.LABEL) for i in lanes), default=0) / 72 + 0.16, 3.7)
    room = box.w - left - 0.1
    end = max((one.total for one in marks.lanes), default=1.0) * 1.08 or 1.0
    for one in marks.lanes:
        text = sum(width(p.text, native.LABEL, p.weight == "strong") + 6 for p in one.behind) / 72 + 0.15
        end = max(end, one.total * room / max(room - text, room * 0.2))
    return end


def series_name(column: str, declared: Column) -> str:
    """Heading of a single series in the workbook: what is measured, and in what."""
    unit = {"money": "currency units", "count": ""}.get(declared.form, declared.unit.replace("%", "percent"))
    if declared.form == "count" and declared.unit:
        unit = plural(2, declared.unit)[2:]
    return f"{heading(column)} ({unit})" if unit else heading(column)
