"""A chart as a basket wants it on slides: full width, beside a takeaway or another chart, as a picture or as a table."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Emu

from dashboard.charts.card import Card, ExportRefusedError, card_table
from dashboard.deck import record
from dashboard.deck.front import front_slide
from dashboard.deck.placing import finish, frame, style_words, titled
from dashboard.deck.record import Record
from dashboard.deck.template import Template, shrunk
from dashboard.draw.slide import drawings, native
from dashboard.draw.slide.ooxml import EMU, GREY, INK, Box, Run, paragraph, parse
from dashboard.draw.slide.text import text_box
from dashboard.export import master, slides, table
from dashboard.export.master import BODY, HEIGHT, SOURCE, SOURCE_SIZES, SUBTITLE
from dashboard.look.measure import fit, shorten
from dashboard.look.theme import OWN_SIGN

#: Draws a chart as PNG at a size in inches, with the record that makes it again; only where a browser is at hand.
Draws = Callable[[Card, Record, Box], bytes]

#: Share of the body that a chart keeps beside a takeaway.
BESIDE = 0.72
#: Inches between the halves of a slide, and for heading and scope over each.
GAP, HEADING, SCOPE = 0.4, 0.46, 0.42
HEADING_SIZES = (13, 12, 11)
#: Points of an inch that text is fitted to: type that is drawn to the scale of a template is rounded.
POINTS = 70
#: Rows that the notes of a slide of first rows name.
MOST_REST = 120
#: Slides of one chart at most, by layout: more than any chart of our own rows takes; of one that is to stand beside another
#: and has not the room there, two.
MOST_SLIDES, MOST_SLIDES_OF = 16, {"table": 30, "half": 2}
#: Rows that a slide holds at least.
FEWEST_ROWS = 5
#: Rows of a reader's own that stand among the first.
MOST_OWN = 3
#: Least height of half a slide for a chart, in inches.
LEAST_HALF = 2.6
#: Most lines of source and selection under half a slide: a column is narrow, and neither may be cut.
FOOT_LINES = 8


def body_of(template: Template | None, beside: bool = False) -> Box:
    """Where a chart goes, in the inches of a slide of usual size."""
    return template.body(beside) if template else BODY


def add(
    deck: Presentation,
    template: Template | None,
    card: Card,
    kept: Record,
    draws: Draws | None = None,
    room: Box | None = None,
) -> Record:
    """Adds the slides of one chart, in the layout that its record names; returns the record as it was kept.

    Args:
        deck: Where to.
        template: What the deck stands on; the neutral master when None.
        card: The chart, with the reader's title and takeaway.
        kept: How to make it again.
        draws: Draws pictures; without it the layout "picture" is a native chart, and the notes say so.
        room: Where the chart goes; the body of its layout when None.
    """
    layout = kept.layout
    has_takeaway = layout == "takeaways" and bool(card.takeaway.strip())
    body = body_of(template, has_takeaway)
    beside: Box | None = None
    room = room or body
    if has_takeaway:
        places = template.layouts["chart"].places if template else {}
        if template and "takeaways" in places:
            beside = template_box(template, "takeaways")
        else:
            gap = 0.3
            room = replace(body, w=body.w * BESIDE)
            beside = replace(body, x=body.x + room.w + gap, w=body.w - room.w - gap)
    kept = replace(kept, body=room if room != BODY else None, style=style_words(template))
    drawn = _draw(deck, template, card, kept, room, draws)
    for slide in drawn:
        if beside is not None:
            _takeaway(slide, card.takeaway, beside, f"{slides.MARK}{card.chart_id}:takeaway")
        if template:
            finish(template, slide)
        kept = replace(kept, scope=record.scope_hash(slide, card.chart_id))
        record.write(slide, kept)
    return kept


def add_pair(
    deck: Presentation,
    template: Template | None,
    pair: Sequence[tuple[Card, Record, str]],
) -> list[Record]:
    """Adds one slide with two charts side by side, for which `fits_half` holds.

    Args:
        deck: Where to.
        template: What the deck stands on; the neutral master when None.
        pair: Card, record and heading of the left and of the right half. The slide takes the left one's title.

    Returns:
        The records as they were kept.
    """
    cards = [card for card, _, _ in pair]
    rooms, feet, most = _halves(template, max(_lines(card, template) for card in cards))
    first = f"{slides.MARK}{cards[0].chart_id}"
    one = (
        titled(template, deck, cards[0].title, first)
        if template
        else slides.titled(deck, cards[0].title, first)
    )
    kept = []
    # Lines beside each other are of one size.
    largest = min(_foot_size(card, f.w * POINTS, most) for card, f in zip(cards, feet, strict=True))
    for slot, (card, old, heading), room, foot in zip(("1", "2"), pair, rooms, feet, strict=True):
        new = replace(old, slot=slot, body=room, style=style_words(template), foot=most)
        half(one, card, new.stem, room, foot, most, largest=largest)
        size, lines = fit(heading, room.w * POINTS, HEADING_SIZES, 2, bold=True)
        box = Box(room.x, room.y - HEADING - SCOPE, room.w, HEADING - 0.04)
        role = "title" if slot == "2" else "head"
        text = [[Run(" ".join(lines), size, True, INK)]]
        text_box(one, box, text, f"{slides.MARK}{new.stem}:{role}", anchor="b")
        kept.append(new)
    _raise_hairline(one)
    if template:
        finish(template, one)
    for n, (card, new) in enumerate(zip(cards, kept, strict=True)):
        kept[n] = replace(new, scope=record.scope_hash(one, new.stem))
        if n == 0:
            slides.write_notes(one, slides.notes(card))
        else:
            _append_notes(one, slides.notes(card))
        record.write(one, kept[n])
    return kept


def _raise_hairline(one: Slide) -> None:
    """Moves the line of our own masters above source lines that begin over it: it would cross their words."""
    rule: Any = next((s for s in one.slide_layout.shapes if s.name == master.HAIRLINE_NAME), None)
    foot = min(s.top for s in one.shapes if s.name.endswith(":source"))
    if rule is None or rule.top <= foot:
        return
    # A slide shows all of its master or nothing: of ours the line is all there is to see.
    one._element.set("showMasterSp", "0")
    own = copy.deepcopy(rule._element)
    own.nvCxnSpPr.cNvPr.set("id", str(max(s.shape_id for s in one.shapes) + 1))
    one.shapes._spTree.append(own)
    list(one.shapes)[-1].top = Emu(foot - round((master.SOURCE.y - master.RULE_Y) * EMU))


def fits_half(card: Card, template: Template | None = None) -> bool:
    """Whether a chart has rows and sources, and half a slide is room enough for it and for the whole of its source line."""
    # Its neighbour may need as many lines as there can be.
    room = _halves(template, FOOT_LINES)[0][0]
    if room.h < LEAST_HALF or card.frame.empty or not card.source_line.strip():
        return False
    return _lines(card, template) <= FOOT_LINES and drawings.fits(card, room)


def half(
    one: Slide,
    card: Card,
    stem: str,
    room: Box,
    foot: Box,
    most: int,
    page: int = 0,
    largest: float = max(SOURCE_SIZES),
) -> None:
    """Draws a chart with its scope above and its source line below on half a slide.

    Args:
        one: The slide.
        card: The chart.
        stem: What its shapes are named by.
        room: Of the chart.
        foot: Of the source line and the filters.
        most: Lines that both together may take.
        page: Which of its pages, from 0.
        largest: Type of the source line at most, in points: its neighbour's may need smaller.
    """
    name = f"{slides.MARK}{stem}"
    size, lines = fit(card.subtitle, room.w * POINTS, (11, 10.5, 10), 2)
    scope = Box(room.x, room.y - SCOPE, room.w, SCOPE - 0.04)
    text_box(one, scope, [[Run(" ".join(lines), size, False, GREY)]], f"{name}:subtitle")
    drawings.pages(card, room)[page](one, name)
    text = [[Run(words, size, False, GREY)] for words, size in _foot(card, foot.w * POINTS, most, largest)]
    text_box(one, foot, text, f"{name}:source")


def _foot_size(card: Card, room: float, most: int) -> float:
    """The largest type in which source line and selection stand in so many lines; the smallest where none lets both."""
    for size in SOURCE_SIZES:
        if sum(_foot_lines(card, room, size)) * size <= most * min(SOURCE_SIZES):
            return size
    return min(SOURCE_SIZES)


def _foot_lines(card: Card, room: float, size: float) -> list[int]:
    return [len(fit(t, room, [size], 99)[1]) for t in (card.source_line, card.filter_line)]


def _foot(card: Card, room: float, most: int, largest: float) -> list[tuple[str, float]]:
    """Source line and selection with their size, as large as lets both stand in so many lines."""
    size = min(_foot_size(card, room, most), largest)
    wanted = _foot_lines(card, room, size)
    if sum(wanted) * size <= most * min(SOURCE_SIZES):
        return [(card.source_line, size), (card.filter_line, size)]
    view = min(wanted[1], max(most - 1, 1))
    line = next(
        (t for t in slides.source_lines(card) if len(fit(t, room, [size], 99)[1]) <= most - view),
        slides.source_lines(card)[-1],
    )
    shares = ((line, max(most - view, 1)), (card.filter_line, view))
    return [(shorten(t, room, size, False, lines), size) for t, lines in shares]


def source_width(room: Box, slot: str) -> float:
    """Inches across of the source line under half a slide: the page number stands at the end of the right one."""
    return room.w * (0.87 if slot == "2" else 1)


def _lines(card: Card, template: Template | None) -> int:
    """Lines that source and selection of a card need under half a slide, in the smallest type."""
    _, feet, _ = _halves(template)
    size, wide = min(SOURCE_SIZES), min(f.w for f in feet) * POINTS
    return sum(len(fit(t, wide, [size], 99)[1]) for t in (card.source_line, card.filter_line))


def _halves(template: Template | None, lines: int = 0) -> tuple[list[Box], list[Box], int]:
    """Places of two charts side by side and of their source lines, in the inches of a slide of usual size.

    Args:
        template: What the deck stands on.
        lines: That source and selection need; the charts end higher where the foot of a slide holds fewer.

    Returns:
        Charts, source lines, lines of text that these hold.
    """
    body = body_of(template)
    top, foot, room = SUBTITLE.y, SOURCE.y, HEIGHT - SOURCE.y
    if template:
        scope, source = template_box(template, "subtitle"), template_box(template, "source")
        # Scopes stand over the halves: the line that a slide with one chart has for it is free.
        top, foot, room = min(scope.y, body.y), source.y, source.h
    y = top + HEADING + SCOPE
    wide = (body.w - GAP) / 2
    left = Box(body.x, y, wide, body.y + body.h - y)
    rooms = [left, replace(left, x=body.x + wide + GAP)]
    line = min(SOURCE_SIZES) * 1.2 / 72
    most = max(int(room / line), min(lines, FOOT_LINES), 2)
    higher = max(most * line - room, 0)
    rooms = [replace(r, h=r.h - higher) for r in rooms]
    foot, room = foot - higher, room + higher
    ends = SOURCE.x + SOURCE.w if template is None else source.x + source.w
    feet = [Box(r.x, foot, source_width(r, slot), room) for r, slot in zip(rooms, "12", strict=True)]
    # Where a logo or the page number cuts the line, the right half's ends there, too.
    feet = [replace(f, w=min(f.w, max(ends - f.x, 0.4 * f.w))) for f in feet]
    return rooms, feet, most


def template_box(one: Template, role: str) -> Box:
    """Where a role stands, in the inches of a slide of usual size."""
    return shrunk(one.layouts["chart"].places[role].box, 1 / one.scale)


def _draw(
    deck: Presentation, own: Template | None, card: Card, kept: Record, room: Box, draws: Draws | None
) -> list[Slide]:
    """The slides of a card in its record's layout, without what a reader added."""
    layout = kept.layout
    shown = in_layout(card, layout, room)

    def framed(part: tuple[int, int]) -> Slide:
        return frame(own, deck, shown, part) if own else slides.frame(deck, shown, None, part)

    try:
        if layout == "picture" and draws is not None and not card.frame.empty:
            shown.require_sources()
            one = framed((1, 1))
            _picture(one, draws(card, kept, room), room, f"{slides.MARK}{card.chart_id}", card.alt)
            _append_notes(one, _rows_in_words(card))
            return [one]
        found = slides.add(deck, shown, body=room, framed=framed)
    except ExportRefusedError as refused:
        return [
            front_slide(deck, own, "section", card.title, [str(refused)], f"{slides.MARK}{card.chart_id}")
        ]
    if layout == "picture":
        for one in found:
            _append_notes(one, ["Drawn as an editable chart: no browser was at hand to draw the picture."])
    return found


def in_layout(card: Card, layout: str, room: Box = BODY, where: str = "the notes") -> Card:
    """The card as a layout shows it, in every form of a deck: as a table, or with its first rows alone.

    Args:
        card: The chart.
        layout: A key of the basket's LAYOUTS.
        room: Of the chart on a slide; what has no slides shows the rows that one on the neutral master has.
        where: What tells the rows that are left out.
    """
    if layout == "top":
        return topped(card, room, where)
    if layout == "table":
        card = replace(card, kind=card_table(card))
    most = MOST_SLIDES_OF.get(layout, MOST_SLIDES)
    # Each slide holds some rows: fewer than that cannot need too many.
    if len(card.frame) <= FEWEST_ROWS * most:
        return card
    return topped(card, room, where, lambda one: drawings.fits(one, room, most))


def topped(
    card: Card, room: Box, where: str = "the notes", fits: Callable[[Card], bool] | None = None
) -> Card:
    """The card with as many of its first rows as one slide holds; what is left is counted in its scope and told in `rest`.

    Args:
        card: The chart.
        room: Of the chart on a slide.
        where: What tells the rows that are left out.
        fits: Whether a card of first rows has room, where that is no slide. A chart of which not even one has stays whole.
    """
    holds = fits or (lambda one: drawings.fits(one, room))
    if card.frame.empty or holds(card):
        return card
    of_kind = (getattr(card.kind, role, "") for role in ("panel", "row", "lane", "category"))
    column = next((c for c in of_kind if c), "")
    names = card.frame[column] if column else pd.Series(range(len(card.frame)), index=card.frame.index)
    # A reader's own stand among the first, wherever their place is.
    own = list(dict.fromkeys(names[_is_own(card.frame)]))[:MOST_OWN]
    order = list(dict.fromkeys(names))
    order = [n for n in order if n not in own]

    def first(count: int) -> Card:
        frame_ = card.frame[names.isin([*order[:count], *own])]
        frame_.attrs = card.frame.attrs
        return replace(card, frame=frame_)

    if fits is not None and not holds(first(1)):
        return card
    shown, much = 1, len(order)
    # From few to many: laying out thousands of rows would cost more than the slide.
    while 2 * shown < len(order) and holds(first(2 * shown)):
        shown *= 2
    much = min(2 * shown, len(order))
    while much - shown > 1:
        half_way = (shown + much) // 2
        if holds(first(half_way)):
            shown = half_way
        else:
            much = half_way
    left = card.frame[~names.isin([*order[:shown], *own])]
    told = _rows_in_words(replace(card, frame=left), MOST_REST)
    if len(left) > MOST_REST:
        told.append(f"and {len(left) - MOST_REST:,} rows more, in the chart's own file of rows")
    top = first(shown)
    return replace(
        top,
        figures=tuple(f for f in card.figures if f.row is None or f.row in top.frame.index),
        subtitle=f"{card.subtitle.rstrip('.')}; the first {shown} of {len(order)}{' beside your own' if own else ''}, "
        f"and {len(order) - shown} more in {where}",
        rest=(f"And {len(order) - shown} more", *told[1:]),
    )


def _is_own(rows: pd.DataFrame) -> pd.Series:
    if "company_name" not in rows:
        return pd.Series(False, index=rows.index)
    return rows["company_name"].astype("str").str.endswith(OWN_SIGN).fillna(False)


def _picture(one: Slide, png: bytes, room: Box, name: str, alt: str) -> None:
    shape = one.shapes.add_picture(io.BytesIO(png), *room.emu)
    native.label(shape, name, alt)


def _rows_in_words(card: Card, most: int = 60) -> list[str]:
    lines = table.rows(card)
    keep = [i for i, c in enumerate(lines[0]) if not str(c).endswith(("_id", "_ids"))]
    words = [
        " | ".join("" if row[i] is None else str(row[i]).removesuffix(" 00:00:00") for i in keep)
        for row in lines[: most + 1]
    ]
    return ["Rows", *words]


def _append_notes(one: Slide, lines: Sequence[str]) -> None:
    frame = one.notes_slide.notes_text_frame
    if frame is not None:
        for text in ["", *lines]:
            frame._txBody.append(parse(paragraph([Run(text, 11, False, INK)] if text else [])))


def _takeaway(one: Slide, text: str, box: Box, name: str) -> None:
    """What the reader added, beside the chart: the first line larger where it is short."""
    parts = [p.strip() for p in text.splitlines() if p.strip()]
    for size in (16.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0):
        found = [fit(p, box.w * 72, [size], 99)[1] for p in parts]
        tall = sum(len(f) * size * 1.2 + size * 0.5 for f in found) / 72
        if tall <= box.h:
            break
    else:
        most = int(box.h * 72 / (size * 1.2)) - 1
        parts = [shorten(" ".join(parts), box.w * 72, size, False, most)]
    lines: list[list[Run]] = []
    for n, p in enumerate(parts):
        if n:
            lines.append([Run(" ", size * 0.4, False, INK)])
        lines.append([Run(p, size, n == 0 and len(parts) > 1, INK)])
    text_box(one, box, lines, name)
