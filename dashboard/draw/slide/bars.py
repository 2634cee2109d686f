"""Bars and columns as native charts of PowerPoint, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.charts.columns import Column, Frame, heading
from dashboard.charts.kinds.bars import Bars, Columns, Rect, Rects, panels, state
from dashboard.charts.kinds.marks import Piece
from dashboard.draw.slide import native
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run
from dashboard.draw.slide.page import Draw, Page, room_in
from dashboard.draw.slide.text import end_names, key_line, text_box
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


def pages(card: Card, kind: Bars | Columns, columns: Frame, body: Box) -> list[Draw]:
    """One function a slide: bars are split over as few slides as possible, evenly; columns stay together."""
    room = room_in(body)
    if isinstance(kind, Columns) and kind.panel:
        found = panels(kind, card.frame, columns, room)
        most = max(int((body.h - KEY_HEIGHT - PERIODS) / PANEL), 1)
        slides = -(-len(found) // most)
        each = -(-len(found) // slides)
        parts = [range(i, min(i + each, len(found))) for i in range(0, len(found), each)]
        return [partial(_panels, card, kind, columns, found, body, part) for part in parts]
    marks = state(kind, card.frame, columns, room)
    page = _Page(card, kind, columns, marks, body)
    count = len(marks.lanes)
    if isinstance(kind, Columns):
        return [partial(_draw, page, range(count))]
    slides = max(-(-count // BARS_A_SLIDE), 1)
    each = max(-(-count // slides), 1)
    return [partial(_draw, page, range(i, min(i + each, count))) for i in range(0, max(count, 1), each)]


def _draw(page: _Page, lanes: range, one: Slide, name: str) -> None:
    marks, kind, body = page.marks, page.kind, page.body
    is_bars = isinstance(kind, Bars)
    stacked = bool(kind.stack)
    keyed = stacked and bool(marks.key)
    top = KEY_HEIGHT if stacked else 0.0
    tall = body.h - top
    if is_bars:
        tall = min(tall, BAR * len(lanes) + 0.2)
    side = max((width(v.word, native.LABEL, True) for v, _ in marks.at_end), default=0) / 72
    side += 0.15 if side else 0
    box = Box(body.x - 0.1, body.y + top, body.w + 0.1 - side, tall)
    ends = {v for v, _ in marks.at_end}
    named = [v for v in marks.stack if v not in ends] if not is_bars else list(marks.key)
    if keyed or (stacked and named):
        key_line(one, Box(body.x, body.y - 0.03, body.w, 0.25), [(v.word, v.fill(LOOK)) for v in named], name)
    values = page.card.frame[kind.value]
    declared = page.columns[kind.value]
    rects: dict[int, list[Rect]] = {}
    for r in marks.rects:
        rects.setdefault(r.lane, []).append(r)
    position = {lane: k for k, lane in enumerate(lanes)}
    series = []
    for value in marks.stack:
        mine = {
            position[r.lane]: r
            for lane in lanes
            for r in rects.get(lane, ())
            if not stacked or r.value == value
        }
        series.append(
            native.Bars(
                value.word if stacked else series_name(kind.value, declared),
                [mine[k].size if k in mine else None for k in range(len(lanes))],
                value.fill(LOOK),
                value.text(LOOK),
                hatched=stacked and value.hatched,
                colours={}
                if stacked or not (getattr(kind, "colour", "") or any(r.value == OWN for r in mine.values()))
                else {k: None if r.value.hatched else r.value.fill(LOOK) for k, r in mine.items()},
                caveats={k: r.caveats for k, r in mine.items() if r.caveats},
                labels=_labels(marks, lanes) if is_bars and not stacked else {},
            )
        )
    is_walk = isinstance(kind, Columns) and bool(kind.walk)
    walk = [(marks.lanes[i].base, marks.lanes[i].sign) for i in lanes] if is_walk else []
    drawn = native.bars(
        one,
        box,
        [marks.lanes[i].name for i in lanes],
        series,
        heading=heading(kind.category if isinstance(kind, Bars) else kind.period),
        grouping="stacked" if stacked else "clustered",
        horizontal=is_bars,
        high=_end(marks, lanes, box) if is_bars and not stacked else marks.end * (1.07 if stacked else 1.0),
        code=number_format(kind.value, declared, [float(v) for v in values.dropna()], page.card.frame),
        name=name,
        card=page.card,
        totals=stacked and (len(marks.stack) > 1 or bool(walk)),
        walk=walk,
    )
    if marks.at_end:
        last = lanes[-1]
        end_names(
            one,
            Box(box.x + box.w + 0.05, drawn.plot.y, side, drawn.plot.h),
            [(r.value.word, r.size) for r in rects.get(last, ())],
            drawn.high,
            {v.word: v.name_colour(LOOK) for v, _ in marks.at_end},
            name,
        )


def _panels(
    card: Card,
    kind: Columns,
    columns: Frame,
    found: Sequence[tuple[str, str, Rects]],
    body: Box,
    part: range,
    one: Slide,
    name: str,
) -> None:
    """A chart a panel, under each other on one scale; periods under the last of a slide."""
    keyed = [(v.word, v.fill(LOOK)) for v in found[0][2].key]
    if keyed:
        key_line(one, Box(body.x, body.y - 0.03, body.w, 0.25), keyed, native.part_name(name, part[0]))
    tall = min((body.h - KEY_HEIGHT - PERIODS) / len(part), 1.9)
    high = max(m.end for _, _, m in found) * 1.12
    y = body.y + KEY_HEIGHT
    for i in part:
        title, total, marks = found[i]
        own = native.part_name(name, i)
        runs = [Run(title, native.LABEL, True, INK), Run(f"  {total}", native.LABEL, False, GREY)]
        text_box(one, Box(body.x, y, body.w, NAME), [runs], f"{own}:panel")
        last = i == part[-1]
        box = Box(body.x - 0.1, y + NAME, body.w + 0.1, tall - NAME + (PERIODS if last else 0.0))
        lanes = [lane.name for lane in marks.lanes]
        series = [
            native.Bars(
                value.word,
                [
                    next((r.size for r in marks.rects if r.lane == k and r.value == value), None)
                    for k in range(len(lanes))
                ],
                value.fill(LOOK),
                value.text(LOOK),
                hatched=value.hatched,
                caveats={r.lane: r.caveats for r in marks.rects if r.value == value and r.caveats},
            )
            for value in marks.stack
        ]
        native.bars(
            one,
            box,
            lanes,
            series,
            heading=heading(kind.period),
            grouping="stacked",
            horizontal=False,
            high=high,
            code=number_format(kind.value, columns[kind.value], [r.size for r in marks.rects]),
            name=own,
            alt=f"{title}: {total}. {card.alt}",
            card=card,
            totals=len(marks.stack) > 1,
            named=last,
        )
        y += tall


def _labels(marks: Rects, lanes: range) -> dict[int, Sequence[Run]]:
    """Words behind each bar; bars that only carry their number leave it to PowerPoint."""
    return {
        k: [_run(p, n) for n, p in enumerate(marks.lanes[i].behind)]
        for k, i in enumerate(lanes)
        if marks.lanes[i].behind
    }


def _run(piece: Piece, place: int) -> Run:
    tint = GREY if piece.weight == "grey" else INK
    return Run(("  " if place else "") + piece.text, native.LABEL, piece.weight == "strong", tint)


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


def number_format(column: str, declared: Column, values: Sequence[float], frame: object = None) -> str:
    """Excel's number format for a column of values."""
    most = max((abs(v) for v in values), default=0)
    sign = ""
    if declared.form in ("money", "price"):
        unit = declared.unit
        if declared.beside and frame is not None and len(frame) and declared.beside in frame:  # type: ignore[arg-type, operator]
            unit = str(frame[declared.beside].iloc[0])  # type: ignore[index]
        sign = {"CNY": "¥", "USD": "$"}.get(unit, f"{unit} ")
    quoted = f'"{sign}"' if sign else ""
    if declared.form == "percent" or declared.unit == "percent":
        return '0.0" %"'
    if declared.form == "tokens":
        return '[>=1000000]0,,"M";[>=1000]0,"K";0'
    if most >= 1e6:
        return f'[>=1000000000000]{quoted}0.#,,,,"T";[>=1000000000]{quoted}0,,,"B";{quoted}0,,"M"'
    if sign:
        return f"[<1]{quoted}0.00;{quoted}#,##0"
    return "#,##0" if all(float(v).is_integer() for v in values) else "#,##0.0"
