"""Changes as native scatters of PowerPoint: lines from an earlier value to a later one; a chart a panel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.charts.columns import Frame, heading
from dashboard.charts.kinds.change import ACROSS, ACROSS_SMALL, Change, Dumbbell, Dumbbells, state
from dashboard.charts.kinds.marks import name_line
from dashboard.draw.slide import native, xy
from dashboard.draw.slide.native import Axis, Cells
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run, mix
from dashboard.draw.slide.page import Draw, room_in
from dashboard.draw.slide.text import text_box
from dashboard.draw.slide.workbook import plain
from dashboard.draw.slide.xy import Point, Points
from dashboard.look.measure import shorten, width

ROWS_A_SLIDE = 16
#: Inches of a row; of one with a scale of its own; of a panel at least, and of a line over it.
ROW, TALL_ROW, PANEL, LINE = 0.36, 0.85, 1.5, 0.19
#: The least that a row may have, and room of the scale and of the key beside the rows.
LEAST, SCALE, KEY = 0.27, 0.62, 0.44
SMALL = 9.0


def pages(card: Card, kind: Change, columns: Frame, body: Box) -> list[Draw]:
    """One function a slide: rows or panels, evenly many."""
    marks = state(kind, card.frame, columns, room_in(body))
    if kind.panel:
        across = ACROSS if body.w >= native.NARROW else ACROSS_SMALL
        most = across * max(int((body.h + 0.05) / PANEL), 1)
        parts = _parts(len(marks.panels), most)
        return [partial(_panels, card, kind, columns, marks, body, part, across) for part in parts]
    least = TALL_ROW * 0.7 if kind.scale is None else LEAST
    over = (SCALE if kind.scale else 0.0) + (KEY if marks.key else 0.06)
    parts = _parts(len(marks.rows), min(ROWS_A_SLIDE, max(int((body.h - over) / least), 1)))
    return [partial(_rows, card, kind, columns, marks, body, part) for part in parts]


def _parts(count: int, most: int) -> list[range]:
    slides = max(-(-count // most), 1)
    each = max(-(-count // slides), 1)
    return [range(i, min(i + each, count)) for i in range(0, max(count, 1), each)]


def _rows(
    card: Card, kind: Change, columns: Frame, marks: Dumbbells, body: Box, rows: range, one: Slide, name: str
) -> None:
    own = kind.scale is None
    mine = [m for m in marks.marks if m.lane in rows]
    at = {row: float(k + 1) for k, row in enumerate(rows)}
    names = {row: marks.rows[row].name for row in rows}
    left = min(max((width(n, native.LABEL, True) for n in names.values()), default=0) / 72 + 0.2, 3.7)
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
    axis = Axis(low, high, hidden=own, grid=False, code="General")
    if kind.scale is not None:
        step = kind.scale[2]
        # Marks fall on whole steps of the scale: its drawn begin is one, too.
        low = marks.low - step if marks.before_width > 2 * native.LABEL else marks.low
        title = kind.title[0] if body.w >= native.NARROW else kind.title[1]
        begin = plot.x + plot.w - width(title, native.LABEL) / 72 - 0.15
        at_end = ((begin - box.x) / box.w, 1 - 0.27 / box.h)
        axis = Axis(low, high, step, _inside(marks), title, title_at=at_end, top=True)
    xy.scatter(
        one,
        box,
        _series(kind, mine, at, names, low, keyed=bool(marks.key), faint=not own),
        x_axis=axis,
        y_axis=Axis(0.5, len(rows) + 0.5, 1.0, hidden=True, reverse=True, grid=False),
        headings=(heading(kind.row), heading(kind.after)),
        plot=plot,
        name=name,
        card=card,
        undrawn=_table(card, kind, columns, mine),
    )
    if kind.note:
        each = plot.h / len(rows)
        for k, row in enumerate(rows):
            place = Box(box.x + box.w + 0.1, plot.y + k * each + each / 2 - 0.2, aside - 0.1, 0.4)
            words = card.frame[kind.note].iloc[row]
            text = shorten(str(words), place.w * 66, 10, False, 2)
            text_box(one, place, [[Run(text, 10, False, GREY)]], f"{name}:name:{names[row]}", anchor="ctr")


def _inside(marks: Dumbbells) -> str:
    """Number format of an axis that is longer than its scale: values beyond the scale's ends stay blank."""
    return f'[<{marks.low:g}]"";[>{marks.high:g}]"";0'


def _series(
    kind: Change,
    marks: Sequence[Dumbbell],
    at: dict[int, float],
    names: dict[int, str],
    low: float,
    *,
    keyed: bool,
    faint: bool = False,
    named: bool = True,
    size: int = 10,
    label: float = native.LABEL,
) -> list[Points]:
    """Lines, earlier and later values as series; names of rows as labels of one without marks, which moves with the chart."""
    lines: list[Point] = []
    for m in marks:
        if m.has_moved:
            y = at[m.lane]
            lines += [Point(names[m.lane], float(v or 0), y) for v in (m.before, m.after)]
            lines.append(Point("", float(m.after or 0), None))
    out = []
    if lines:
        gaps = frozenset(i for i in range(len(lines)) if i % 3 == 0)
        out.append(Points("Change", lines, LOOK.rule, "none", line=2.5, bare=gaps, in_key=False))
    early = [m for m in marks if m.before is not None and (m.has_moved or m.after is None)]
    if early:
        points = [
            Point(
                names[m.lane],
                float(m.before or 0),
                at[m.lane],
                m.before_words,
                False,
                "l" if m.rises else "r",
                label,
            )
            for m in early
        ]
        out.append(
            Points(
                heading(kind.before),
                points,
                LOOK.levels[2],
                size=max(size - 3, 4),
                in_key=False,
                caveats=_weak(early),
            )
        )
    groups: dict[tuple[str, bool], list[Dumbbell]] = {}
    for m in marks:
        if m.after is not None:
            pale = faint and not m.has_moved and m.before is not None
            groups.setdefault((m.value.word or heading(kind.after), pale), []).append(m)
    solid = {title for title, pale in groups if not pale}
    for (title, pale), mine in groups.items():
        value = mine[0].value
        unmarked = value.slide_marker == "none"
        marker = "circle" if unmarked or not value.id else value.slide_marker
        tint = value.fill(LOOK)
        points = [
            Point(
                names[m.lane],
                float(m.after or 0),
                at[m.lane],
                m.after_words,
                not pale,
                "r" if m.rises else "l",
                label,
            )
            for m in mine
        ]
        out.append(
            Points(
                f"{title}, unmoved" if pale else title,
                points,
                mix(tint, 0.5) if pale else tint,
                marker,
                size,
                in_key=keyed and (not pale or title not in solid),
                ringed=unmarked,
                caveats=_weak(mine),
            )
        )
    unknown = [
        (m, m.before_words if m.before is None else m.after_words)
        for m in marks
        if m.before is None or m.after is None
    ]
    gone = [Point(names[m.lane], low, at[m.lane], words, False, "r", label) for m, words in unknown if words]
    if gone:
        out.append(Points("Not known", gone, LOOK.ink, "none", in_key=False))
    lane = [Point(n, low, at[row], n if named else "", size > 7, "l", label) for row, n in names.items()]
    return [*out, Points("Lane", lane, LOOK.ink, "none", in_key=False)]


def _weak(marks: Sequence[Dumbbell]) -> dict[int, frozenset[str]]:
    return {k: m.caveats for k, m in enumerate(marks) if m.caveats}


def _table(card: Card, kind: Change, columns: Frame, marks: Sequence[Dumbbell]) -> Cells:
    """The rows shown as the frame has them: a second block of the workbook's sheet."""
    held = card.frame.loc[[m.row for m in marks]]
    told = [c for c in columns.own if c in held and columns[c].is_told and c not in (kind.row, kind.panel)]
    out: Cells = [[heading(kind.row), *(heading(c) for c in told)]]
    for r in held.to_dict("records"):
        name = ": ".join(str(r[c]) for c in (kind.panel, kind.row) if c)
        out.append([name, *(plain(r[c]) for c in told)])
    return out


def _panels(
    card: Card,
    kind: Change,
    columns: Frame,
    marks: Dumbbells,
    body: Box,
    panels: range,
    across: int,
    one: Slide,
    name: str,
) -> None:
    """A chart a panel, all of one size and scale; names of rows at the left of each line of panels."""
    down = -(-len(panels) // across)
    names = {k: r.name for k, r in enumerate(marks.rows)}
    left = max((width(n, SMALL) for n in names.values()), default=0) / 72 + 0.12
    gap = 0.45 if body.w >= native.NARROW else 0.25
    wide = (body.w - left - gap * (across - 1)) / across
    tall = min(body.h / down, 2.2)
    at = {row: float(row + 1) for row in names}
    for k, panel in enumerate(panels):
        x, y = body.x + left + (k % across) * (wide + gap), body.y + (k // across) * tall
        head = marks.panels[panel]
        runs: list[list[Run]] = [
            [Run(name_line(head.name, wide * 68, native.LABEL), native.LABEL, True, INK)]
        ]
        named = [(t, v) for t, v in head.head if v is not None]
        said = [t for t, v in head.head if v is None]
        if named:
            fits = width("  ".join(t for t, _ in named), SMALL) <= wide * 60
            parts = named if fits else named[-1:]
            runs.append(
                [
                    Run(("  " if n else "") + shorten(t, wide * 68, SMALL), SMALL, False, v.name_colour(LOOK))
                    for n, (t, v) in enumerate(parts)
                    if v
                ]
            )
        if said:
            runs.append([Run(shorten("  ".join(said), wide * 68, SMALL), SMALL, False, GREY)])
        over = LINE * len(runs)
        own = native.part_name(name, panel)
        text_box(one, Box(x, y, wide, over), runs, f"{own}:panel")
        named_left = left if k % across == 0 else 0.05
        box = Box(x - named_left, y + over, wide + named_left, tall - over - 0.12)
        plot = Box(x + 0.06, box.y + 0.02, wide - 0.12, box.h - 0.04)
        mine = [m for m in marks.marks if m.panel == panel]
        series = _series(
            kind, mine, at, names, marks.low, keyed=False, named=k % across == 0, size=7, label=SMALL
        )
        step = marks.ticks[1] - marks.ticks[0] if len(marks.ticks) > 1 else 1.0
        xy.scatter(
            one,
            box,
            series,
            x_axis=Axis(marks.low, marks.high, step, ticks=False),
            y_axis=Axis(0.5, len(names) + 0.5, 1.0, hidden=True, reverse=True, grid=False),
            headings=(heading(kind.row), heading(kind.after)),
            plot=plot,
            name=own,
            alt=f"{head.name}. {card.alt}",
            card=card,
            undrawn=_table(card, kind, columns, mine),
        )
