"""A chart as slides: an action title, the chart as PowerPoint's own object, its unit, filters and sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from lxml import etree
from pptx.presentation import Presentation
from pptx.slide import Slide, SlideLayout

from dashboard.charts import marks
from dashboard.charts.card import LICENCE, Card
from dashboard.data import citations
from dashboard.draw.slide import drawings
from dashboard.draw.slide.ooxml import GREY, INK, Box, Run, paragraph, parse
from dashboard.draw.slide.text import text_box, write
from dashboard.export import master as decks
from dashboard.export.master import BODY, SOURCE, SUBTITLE, TITLE
from dashboard.look.markup import xml_signs
from dashboard.look.measure import fit, width
from dashboard.look.theme import PRODUCT, format_day

#: Shapes whose name begins with this are ours; the chart's id follows.
MARK = "landscape:"
#: Points of an inch that a source line is fitted to: other renderers set small type wider than it is.
POINTS = 70
#: What each line of a reader's note begins with.
NOTE = "Note: "


def slide(card: Card) -> bytes:
    """One chart as a deck of its own: one slide, or as many as its rows need. Equal cards give equal bytes.

    Raises:
        ExportRefusedError: no source stands behind the rows.
    """
    deck = decks.new()
    add(deck, card)
    decks.describe(deck, card.title, card.snapshot_id, [card.chart_id], card.as_of_date, card.permalink)
    return decks.save(deck)


def add(
    deck: Presentation,
    card: Card,
    *,
    layout: SlideLayout | None = None,
    body: Box | None = None,
    framed: Callable[[tuple[int, int]], Slide] | None = None,
) -> list[Slide]:
    """Adds a chart to a deck.

    Args:
        deck: On the neutral master or any other template.
        card: The chart.
        layout: Layout of the slides; the deck's own for charts when None.
        body: Where the chart goes; the whole body when None.
        framed: Makes the slide of a page (which, of how many) in another way than `frame` does.

    Returns:
        The slides added, in order; several where rows do not fit on one.

    Raises:
        ExportRefusedError: no source stands behind the rows.
    """
    card.require_sources()
    pages = drawings.pages(card, body or BODY)
    out = []
    for number, draw in enumerate(pages, 1):
        part = (number, len(pages))
        one = frame(deck, card, layout, part) if framed is None else framed(part)
        draw(one, f"{MARK}{card.chart_id}" + (f":{number}" if number > 1 else ""))
        out.append(one)
    return out


def frame(
    deck: Presentation, card: Card, layout: SlideLayout | None = None, part: tuple[int, int] = (1, 1)
) -> Slide:
    """A slide with everything but the chart: title, scope, filters, source, page number and notes."""
    chosen = layout or chart_layout(deck)
    number, count = part
    more = f" ({number}/{count})" if count > 1 else ""
    mark = f"{MARK}{card.chart_id}"
    one = _titled(deck, chosen, card.title + more, mark)
    size, lines = fit(card.subtitle, SUBTITLE.w * 72, decks.SUBTITLE_SIZES, 2)
    _fill(one, "subtitle", SUBTITLE, [[Run(" ".join(lines), size, False, GREY)]], f"{mark}:subtitle")
    # What a reader must know of the marks stands at the end of the line: three lines of the smallest type hold it.
    for text in source_lines(card):
        size, lines = fit_source(text, SOURCE.w * POINTS, 3)
        if " ".join(lines) == text:
            break
    views = decks.SOURCE_SIZES if len(lines) < 3 else [s for s in decks.SOURCE_SIZES if s <= size]
    small, view = fit(card.filter_line, SOURCE.w * POINTS, views, 1)
    _fill(
        one,
        "source",
        SOURCE,
        [[Run(" ".join(lines), size, False, GREY)], [Run(" ".join(view), small, False, GREY)]],
        f"{mark}:source",
    )
    _number_page(one, chosen, len(deck.slides))
    _drop_empty_placeholders(one)
    write_notes(one, notes(card, more))
    return one


def fit_source(text: str, room: float, most: int) -> tuple[float, list[str]]:
    """Size and lines of a source line: two lines, else a further one before type goes below eight points."""
    size, lines = fit(text, room, decks.SOURCE_SIZES[:-1], 2, most=most)
    return (size, lines) if " ".join(lines) == text else fit(text, room, decks.SOURCE_SIZES, 2, most=most)


def source_lines(card: Card) -> list[str]:
    """The source line, then shorter ones: whole sentences give way, those on weak marks last; the notes have them all."""
    return citations.shorter_lines(card.source_line, tuple(marks.CAVEATS.values()))


def _titled(deck: Presentation, layout: SlideLayout, title: str, mark: str) -> Slide:
    one = deck.slides.add_slide(layout)
    size, lines = _fit_title(title)
    _fill(one, "title", TITLE, [[Run(" ".join(lines), size, True, INK)]], f"{mark}:title", "b")
    return one


def titled(deck: Presentation, title: str, mark: str) -> Slide:
    """A slide with a title and a page number alone, for what is put together by hand."""
    layout = chart_layout(deck)
    one = _titled(deck, layout, title, mark)
    _number_page(one, layout, len(deck.slides))
    _drop_empty_placeholders(one)
    return one


def _fit_title(text: str) -> tuple[float, list[str]]:
    """Size and lines of a title: two lines at most; a little smaller where the second would hold a word or two."""
    room = TITLE.w * 72
    size, lines = fit(text, room, decks.TITLE_SIZES, 2, bold=True)
    if len(lines) == 2 and width(lines[1], size, True) < room * 0.2:
        smaller, single = fit(text, room, [s for s in decks.TITLE_SIZES if s < size], 1, bold=True)
        if smaller >= 20 and single == [text]:
            return smaller, single
    return size, lines


def chart_layout(deck: Presentation) -> SlideLayout:
    """The layout for charts: by name on our master, else the one with a title and least else."""
    layouts = list(deck.slide_layouts)
    for layout in layouts:
        if layout.name == decks.CHART_LAYOUT:
            return layout
    titled = [
        (len(kinds), i)
        for i, layout in enumerate(layouts)
        if _TITLES & set(kinds := placeholder_kinds(layout))
    ]
    return layouts[min(titled)[1]] if titled else layouts[0]


# PP_PLACEHOLDER: title, centred title, slide number.
_TITLES = {1, 3}
_PAGE_NUMBER = 13


def placeholder_kinds(layout: SlideLayout) -> list[int]:
    """What the placeholders of a layout are for, as PowerPoint numbers it."""
    return [int(layout.placeholders[i].placeholder_format.type) for i in range(len(layout.placeholders))]


def _fill(
    one: Slide, role: str, box: Box, lines: Sequence[Sequence[Run]], name: str, anchor: str = "t"
) -> None:
    """Writes text into the placeholder of a role, or into a text box where the layout has none."""
    shape = None
    if role == "title":
        shape = one.shapes.title
    else:
        wanted = {"subtitle": decks.SUBTITLE_IDX, "source": decks.SOURCE_IDX}[role]
        shape = next(
            (
                p
                for p in one.placeholders
                if p.placeholder_format.idx == wanted and p.name.lower().startswith(role)
            ),
            None,
        )
    if shape is None:
        text_box(one, box, lines, name, anchor=anchor)
        return
    shape.name = xml_signs(name)
    write(shape, lines)


def _number_page(one: Slide, layout: SlideLayout, number: int) -> None:
    if any(p.placeholder_format.type == _PAGE_NUMBER for p in one.placeholders):
        return
    shape = parse(decks.page_number(max(s.shape_id for s in one.shapes) + 1, shown=str(number)))
    if layout.name != decks.CHART_LAYOUT:
        kinds = placeholder_kinds(layout)
        if _PAGE_NUMBER not in kinds:
            return
        own = layout.placeholders[kinds.index(_PAGE_NUMBER)]
        # Another template keeps its own place and style for the number.
        shape.xpath(".//p:ph")[0].set("idx", str(own.placeholder_format.idx))
        for tag in ("p:spPr/*", "p:txBody/a:lstStyle/*"):
            for child in shape.xpath(tag):
                child.getparent().remove(child)
    one.shapes._spTree.append(shape)


def _drop_empty_placeholders(one: Slide) -> None:
    for p in [*one.placeholders]:
        if p.has_text_frame and not p.text_frame.text.strip():
            p._element.getparent().remove(p._element)


# --- Notes ---


#: Documents that the notes of a slide list: more than any chart of our own rows cites.
MOST_CITED = 1_500


def notes(card: Card, more: str = "") -> list[str]:
    """What the speaker, and whoever checks the slide, needs: question, definitions, citations, address."""
    lines = [card.title + more]
    if card.takeaway:
        lines += ["", *(f" {t}" if t.startswith(MARK) else t for t in card.takeaway.splitlines())]
    if card.note:
        lines += ["", *(f"{NOTE}{t.strip()}" for t in card.note.splitlines() if t.strip())]
    lines += ["", f"Question: {card.question}", *(f"To say: {s}" for s in spoken(card))]
    lines += [f"Scope: {card.subtitle}", f"Selection: {card.filter_line}"]
    if card.source_line:
        lines.append(f"Source line: {card.source_line}")
    lines.append(f"Rows: {len(card.frame):,}; day shown {format_day(card.as_of_date)}")
    if card.reviewed:
        lines.append(card.reviewed)
    if card.definitions:
        lines += ["", "Definitions"]
        shown = _columns_used(card)
        lines += [
            f"{name}: {words}" for name, words in card.definitions if name in shown or name not in card.frame
        ]
    cited = citations.full_lines(card.sources.head(MOST_CITED))
    if cited:
        count = len(card.sources)
        lines += ["", f"Sources ({count})", *(f"[{i}] {line}" for i, line in enumerate(cited, 1))]
        if count > MOST_CITED:
            lines.append(f"and {count - MOST_CITED:,} more: the chart's own file of rows names them all")
    if card.rest:
        lines += ["", *card.rest]
    lines += ["", f"{PRODUCT}, snapshot {card.snapshot_id}. {LICENCE}."]
    if card.permalink:
        lines.append(f"Same view: {card.permalink}")
    return lines


def spoken(card: Card) -> list[str]:
    """Two sentences for the speaker, by rule: what the chart says, and how firmly it stands."""
    if card.frame.empty:
        return []
    said = card.finding.rstrip(".") or card.subtitle.rstrip(".")
    newest = card.sources["published_date"].max() if "published_date" in card.sources else None
    until = "" if newest is None or newest != newest else f", the newest of {format_day(newest)}"
    alone = marks.lonely(card.frame, card.sources)
    few = f"; {alone} of the rows on one publisher alone" if alone else ""
    return [f"{said}.", f"It rests on {marks.strength(card.frame)}{few}{until}."]


def _columns_used(card: Card) -> set[str]:
    return set(card.kind.reads) if card.kind is not None else {str(c) for c in card.frame.columns}


def write_notes(one: Slide, lines: Sequence[str]) -> None:
    """Replaces a slide's notes."""
    frame_ = one.notes_slide.notes_text_frame
    if frame_ is None:
        return
    body = frame_._txBody
    for old in body.p_lst:
        body.remove(old)
    body.extend(note_paragraphs(lines))


def note_paragraphs(lines: Sequence[str]) -> list[etree._Element]:
    """Lines of notes as paragraphs, in one parse: a list of sources has hundreds."""
    text = "".join([_note(line) for line in lines])
    return list(parse(f"<p:txBody>{text}</p:txBody>"))


@lru_cache(maxsize=4_000)
def _note(line: str) -> str:
    # The same documents stand in the notes of slide after slide.
    return paragraph([Run(line, 11, False, INK)] if line else [])
