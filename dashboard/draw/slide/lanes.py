"""Lanes as native charts of PowerPoint: periods as stacked bars over days, strokes as lines of a scatter."""

from __future__ import annotations

from collections.abc import Sequence

from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.charts.columns import heading
from dashboard.charts.kinds.lanes import SLACK, Event, Lanes, Span, Timeline
from dashboard.draw.slide import native, xy
from dashboard.draw.slide.native import LEGEND
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run, fill, hatch, line, mix, parse
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.text import key_over, text_box
from dashboard.draw.slide.workbook import plain
from dashboard.draw.slide.xy import Point, Points, segment
from dashboard.look.measure import width
from dashboard.look.theme import plural

LANES_A_SLIDE = 14
#: Inches of a lane; of one of few, whose events are told in words; of a row of these words, and above them.
LANE, TALL_LANE = 0.44, 0.62
TIER, ABOVE_FLAGS = 0.42, 0.22
#: Fonts that stand in for ours run wider: words behind lanes have no gap to spare.
WIDER = 1.15
#: Least height of a lane.
LEAST = 0.325
#: Height of the days above the lanes.
DAYS = 0.45

_Page = Page[Lanes, Timeline]


def pages(page: _Page) -> list[Draw]:
    """One function a slide, its lanes evenly many."""
    # A lane lower than its words is none.
    fits = max(int((page.body.h - 0.35 - DAYS) / LEAST), 1)
    draw = _periods if page.kind.last else _strokes
    return page.split(draw, len(page.marks.lanes), min(LANES_A_SLIDE, fits))


def _widest(words: Sequence[str], strong: bool = False) -> float:
    """Inches of the longest of some words."""
    return max((width(t, native.LABEL, strong) for t in words), default=0) / 72


# --- Periods ---


def _periods(page: _Page, lanes: range, one: Slide, name: str) -> None:
    kind, marks, body = page.kind, page.marks, page.body
    at = {lane: k for k, lane in enumerate(lanes)}
    drawn = {s.value for s in marks.spans if s.lane in at}
    entries = [(v.word, v.fill(LOOK)) for v in marks.key if v in drawn and not v.hatched]
    # A key on two lines stands a little lower.
    top = max(key_over(one, body, entries, name) - 0.03, 0.3)
    behind = {k: marks.lanes[lane] for lane, k in at.items() if marks.lanes[lane].behind}
    texts = {k: "".join(p.text for p in b.behind) for k, b in behind.items()}
    side = _widest([*texts.values()]) * WIDER + 0.1 * bool(texts)
    foot = ABOVE_FLAGS + TIER * marks.tiers if marks.tiers else 0.0
    tall = min(body.h - 0.05 - top - foot, (TALL_LANE if kind.flags else LANE) * len(lanes) + DAYS)
    box = Box(body.x - 0.1, body.y + top, body.w + 0.1 - side, tall)
    plot = _bars(page, lanes, one, box, name)
    each = plot.h / max(len(lanes), 1)
    for k, text in texts.items():
        value = behind[k].value
        place = Box(box.x + box.w + 0.05, plot.y + (k + 0.5) * each - 0.11, side, 0.22)
        run = Run(text, native.LABEL, False, value.name_colour(LOOK) if value else INK)
        text_box(one, place, [[run]], f"{name}:name:{behind[k].name}", anchor="ctr")
    events = [e for e in marks.events if e.lane in at]
    _ticks(one, plot, each, [(at[e.lane], marks.share(e.day), e) for e in events], name)
    if marks.flags:
        _flags(one, Box(plot.x, box.y + box.h, plot.w, 0), marks, name)


def _bars(page: _Page, lanes: range, one: Slide, box: Box, name: str) -> Box:
    """Periods as a stacked bar whose gaps are hatched; returns where the plot stands."""
    marks, kind = page.marks, page.kind
    names = [marks.lanes[i].name for i in lanes]
    left = min(_widest(names, True) + 0.16, 2.6)
    plot = Box(box.x + left, box.y + 0.34, box.w - left - 0.1, box.h - 0.4)
    begin: list[float | None] = [native.serial(marks.first)] * len(names)
    columns = [("Scale begins", begin)]
    clear = fill(None) + line(None)
    xml = [native.bar_series(0, "Scale begins", begin, names, clear, (), "", "General")]
    # Days without a source and days of a period take turns.
    steps: list[list[tuple[int, Span | None]]] = []
    for lane in lanes:
        steps.append([])
        at = marks.first
        for s in (s for s in marks.spans if s.lane == lane):
            steps[-1] += [((s.first - at).days, None), ((s.last - s.first).days, s)]
            at = s.last
    for k in range(max((len(m) for m in steps), default=0)):
        values: list[float | None] = [float(m[k][0]) or None if k < len(m) else None for m in steps]
        looks = [""] * len(names)
        labels: dict[int, list[Run]] = {}
        for n, (value, mine) in enumerate(zip(values, steps, strict=True)):
            if value is None:
                continue
            period = mine[k][1]
            looks[n] = _look(period)
            room = value / marks.days * plot.w * 72 - 0.16 * 72
            if period is not None and period.inside and width(period.inside, native.LABEL) <= room:
                # Words stand on a faded ground as on none.
                is_dark = period.value.hatched or "stale" in period.caveats
                tint = INK if is_dark else period.value.text(LOOK)
                labels[n] = [Run(period.inside, native.LABEL, False, tint)]
        title = f"{'Days of period' if k % 2 else 'Days without a source'} {k // 2 + 1}"
        columns.append((title, values))
        said = native.labels_xml(labels) if labels else ""
        xml.append(native.bar_series(k + 1, title, values, names, clear, looks, said, "0"))
    axes = native.category_axis("l", native.LABEL, reverse=True)
    days = native.day_axis(marks.first, marks.last)
    axes += native.value_axis(days, 1002, 1001, "t", between=True)
    chart = native.bar_chart(xml, "bar", "stacked", gap=90, over=True, axes=axes)
    cells: native.Cells = [[heading(kind.lane), *(c for c, _ in columns)]]
    cells += [[n, marks.first, *(v[i] for _, v in columns[1:])] for i, n in enumerate(names)]
    table = _table(page.card, kind, names)
    native.add_chart(native.Spot(one, name, page.card, box), plot, chart, [*cells, [], *table])
    return plot


def _look(one: Span | None) -> str:
    """Fill and outline of a period, or of days without one."""
    edge = line("#FFFFFF", 1)
    if one is None:
        return hatch(LOOK.rule, "#FFFFFF") + edge
    mark = native.Bars("", [], one.value.fill(LOOK), hatched=one.value.hatched, caveats={0: one.caveats})
    return native.bar_shape(mark, 0, edge)


def _table(card: Card, kind: Lanes, names: Sequence[str]) -> native.Cells:
    """The rows shown, as a second block of the workbook's sheet: lane, words, first day, last day."""
    rows: native.Cells = [[heading(kind.lane), heading(kind.fill or kind.words), "First day", "Last day"]]
    for r in card.frame[card.frame[kind.lane].astype(str).isin(names)].to_dict("records"):
        words = next((w for c in (kind.fill, kind.words) if c and (w := plain(r[c])) not in (None, "")), None)
        rows.append([plain(r[kind.lane]), words, plain(r[kind.first]), plain(r[kind.last])])
    return rows


def _ticks(one: Slide, plot: Box, each: float, spots: Sequence[tuple[int, float, Event]], name: str) -> None:
    """Events as short strokes under their lane, as one shape; rounds where estimated; those on weak ground as shapes of their own."""
    groups: dict[str, list[tuple[float, float]]] = {}
    for lane, share, event in spots:
        # Bars take 1 / 1.9 of a lane: the stroke stands in the gap under it.
        spot = (plot.x + share * plot.w, plot.y + (lane + 0.78) * each)
        kind = next((c for c in ("estimated", "stale") if c in event.caveats), "")
        groups.setdefault(kind, []).append(spot)
        if "disputed" in event.caveats:
            groups.setdefault("disputed", []).append(spot)
    tall = 0.2 * each
    for kind, mine in groups.items():
        mark = {"estimated": "a hollow round", "disputed": "a ring"}.get(kind, "a tick")
        alt = f"{plural(len(mine), 'dated event')}, {mark} below its lane each."
        is_round = kind in ("estimated", "disputed")
        look = fill(mix(LOOK.ink, 0.45) if kind else INK) + line(None)
        boxes = [Box(x - 0.012, y, 0.024, tall) for x, y in mine]
        if is_round:
            look, wide = fill(None) + line(INK, 1), 0.08 if kind == "estimated" else 0.15
            boxes = [Box(x - wide / 2, y + tall / 2 - wide / 2, wide, wide) for x, y in mine]
        title = f"{name}:events{'-' + kind if kind else ''}"
        _shape(one, plot, boxes, look, title, alt, is_round=is_round)


def _flags(one: Slide, place: Box, marks: Timeline, name: str) -> None:
    """Words under the lanes, each on a line from the day of its event."""
    lines = []
    for n, flag in enumerate(sorted(marks.flags, key=lambda f: (f.event.day, f.tier)), 1):
        x = place.x + marks.share(flag.event.day) * place.w
        y = place.y + ABOVE_FLAGS + TIER * flag.tier
        lines.append(Box(x - 0.006, place.y + 0.02, 0.012, y + 0.33 - place.y))
        # As much as the kind left it: in more it would stand on its neighbour.
        wide = _widest(["".join(both) for both in flag.lines]) * SLACK + 0.05
        left = x + 0.06 if flag.is_left else x - 0.06 - wide
        runs = [
            [Run(t, native.LABEL, False, tint) for t, tint in zip(both, (INK, GREY), strict=True) if t]
            for both in flag.lines
        ]
        align = "l" if flag.is_left else "r"
        text_box(one, Box(max(left, 0.02), y, wide, 0.37), runs, f"{name}:name:event {n}", align=align)
    tall = max(b.y + b.h for b in lines) - place.y
    alt = f"Lines from {plural(len(lines), 'event')} to their words."
    ground = Box(place.x, place.y, place.w, tall)
    _shape(one, ground, lines, fill(LOOK.rule) + line(None), f"{name}:lines", alt)


def _path(box: Box, plot: Box, is_round: bool) -> str:
    """An oval, or a rectangle that ends where the plot does."""
    left, up, w, _ = plot.emu
    x, y, wide, tall = box.emu
    if is_round:
        # An arc begins at the left end of its oval and goes all the way round.
        x0, y0 = x - left, y - up + tall // 2
        way = f'<a:arcTo wR="{wide // 2}" hR="{tall // 2}" stAng="10800000" swAng="21600000"/>'
    else:
        x0, x1, y0 = max(x - left, 0), min(x - left + wide, w), y - up
        corners = ((x1, y0), (x1, y0 + tall), (x0, y0 + tall))
        way = "".join(f'<a:lnTo><a:pt x="{a}" y="{b}"/></a:lnTo>' for a, b in corners)
    return f'<a:moveTo><a:pt x="{x0}" y="{y0}"/></a:moveTo>{way}<a:close/>'


def _shape(
    one: Slide, plot: Box, marks: Sequence[Box], look: str, name: str, alt: str, *, is_round: bool = False
) -> None:
    """Many small marks over a plot as one shape."""
    left, up, w, h = plot.emu
    # Without a style part: the theme's would add a shadow.
    shape = parse(
        f'<p:sp><p:nvSpPr><p:cNvPr id="{int(max(s.shape_id for s in one.shapes)) + 1}" name=""/><p:cNvSpPr/><p:nvPr/>'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{up}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:custGeom><a:avLst/>'
        f'<a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path w="{w}" h="{h}">'
        f"{''.join(_path(b, plot, is_round) for b in marks)}</a:path></a:pathLst></a:custGeom>{look}</p:spPr></p:sp>"
    )
    one.shapes._spTree.append(shape)
    native.label(shape, name, alt)


# --- Strokes alone ---


def _strokes(page: _Page, lanes: range, one: Slide, name: str) -> None:
    """One stroke an event; names of lanes and words behind them are labels of series without marks, so they move with the chart."""
    kind, marks, body = page.kind, page.marks, page.body
    at = {lane: float(k + 1) for k, lane in enumerate(lanes)}
    names = {lane: marks.lanes[lane].name for lane in lanes}
    ends = {lane: "  ".join(p.text for p in marks.lanes[lane].behind) for lane in lanes}
    ends = {lane: said for lane, said in ends.items() if said}
    left = min(_widest([*names.values()], True) + 0.15, 2.2)
    side = _widest([*ends.values()]) + 0.2
    box = Box(body.x - 0.1, body.y - 0.05, body.w + 0.1, min(body.h + 0.05, 0.45 * len(lanes) + 0.9))
    top = LEGEND + 0.4
    plot = Box(box.x + left + 0.1, box.y + top, box.w - left - side - 0.1, box.h - top - 0.05)
    series = []
    # What is not lit lies behind what is.
    for value in sorted(marks.key, key=lambda v: v.id != v.word):
        mine = [e for e in marks.events if e.value == value and e.lane in at]
        tint = LOOK.rule if value.id == value.word else LOOK.grey if value.hatched else value.fill(LOOK)
        for title, shade, stale in (
            (value.word or heading(kind.first), tint, frozenset()),
            (f"{value.word}, stale", mix(tint, 0.45), frozenset({"stale"})),
        ):
            # Two ends of a stroke and a gap: PowerPoint has no upright mark, LibreOffice caps every error bar.
            held = [(e.said, native.serial(e.day), at[e.lane]) for e in mine if e.caveats == stale]
            strokes = [p for said, x, y in held for p in segment((x, y - 0.26), (x, y + 0.26), said)]
            series.append(Points(title, strokes, shade, "none", pen=line(shade, 2.25), in_key=not stale))
        # A stroke cannot be hollow or ringed: an event on weak ground is a round.
        weak = [e for e in mine if {"estimated", "disputed"} & e.caveats]
        points = [Point(e.said, native.serial(e.day), at[e.lane], caveats=e.caveats) for e in weak]
        series.append(Points(f"{value.word}, weak", points, tint, size=8))
    start, end = native.serial(marks.first), native.serial(marks.last)
    lane_names = [Point(n, start, at[lane], n, True, "l") for lane, n in names.items()]
    series.append(Points("Lane", lane_names, LOOK.ink, "none"))
    latest = [Point(names[lane], end, at[lane], t, False, "r") for lane, t in ends.items()]
    series.append(Points("Latest", latest, LOOK.ink, "none"))
    xy.scatter(
        native.Spot(one, name, page.card, box),
        plot,
        series,
        native.day_axis(marks.first, marks.last, top=True),
        native.lane_axis(len(lanes)),
        headings=(heading(kind.words or kind.lane), heading(kind.first)),
        days=True,
    )
