"""Slides on a company's template: titles, lines and footers in its own placeholders, else in text of ours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import floor
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.presentation import Presentation
from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.deck.inks import chain
from dashboard.deck.layouts import (
    FOOTER,
    PAGE,
    TITLES,
    Layout,
    footer,
    kind_of,
    layouts_of,
    placeholders,
)
from dashboard.deck.opening import said_of_damage
from dashboard.deck.restyle import PANEL, restyle
from dashboard.deck.template import MEASURED, UNMEASURED, Template, shrunk
from dashboard.draw.slide.ooxml import EMU, INK, A, Box, P, Run, fill, parse
from dashboard.draw.slide.text import text_box
from dashboard.export import master as decks
from dashboard.export import slides
from dashboard.look.markup import xml_text
from dashboard.look.measure import fit, is_chinese
from dashboard.look.theme import SLIDE_CHINESE

_A, _P = f"{{{A}}}", f"{{{P}}}"


def frame(template: Template, deck: Presentation, card: Card, part: tuple[int, int] = (1, 1)) -> Slide:
    """A slide of a chart with everything but the chart, on the template's layout."""
    layout = template.layouts["chart"]
    one = _begun(deck, layout)
    number, count = part
    more = f" ({number}/{count})" if count > 1 else ""
    mark = f"{slides.MARK}{card.chart_id}"
    _set(template, one, layout, "title", [card.title + more], f"{mark}:title")
    _set(template, one, layout, "subtitle", [card.subtitle], f"{mark}:subtitle")
    lines = [[line, card.filter_line] for line in slides.source_lines(card)]
    _set(template, one, layout, "source", lines[0], f"{mark}:source", lines[1:])
    _finish(template, deck, one, layout)
    slides.write_notes(one, slides.notes(card, more))
    return one


def titled(template: Template, deck: Presentation, title: str, mark: str) -> Slide:
    """A slide on the layout for charts with title, page number and footer alone."""
    layout = template.layouts["chart"]
    one = _begun(deck, layout)
    _set(template, one, layout, "title", [title], f"{mark}:title")
    _finish(template, deck, one, layout)
    return one


def front(
    template: Template, deck: Presentation, use: str, title: str, lines: Sequence[str], name: str
) -> Slide:
    """A cover or section slide on the template's own layout."""
    layout = template.layouts[use]
    one = _begun(deck, layout, () if lines else ("subtitle",))
    _set(template, one, layout, "title", [title], f"{name}:title")
    if lines and "subtitle" in layout.places:
        _set(template, one, layout, "subtitle", list(lines), f"{name}:subtitle")
    _finish(template, deck, one, layout)
    return one


def tried(template: Template) -> None:
    """Makes a slide of each use on the template, and forgets them: what cannot be used is told while it is handed in.

    Raises:
        FileRefusedError: what the file says of its layouts cannot be followed.
    """
    with said_of_damage():
        deck = template.new()
        for use in ("cover", "section"):
            front(template, deck, use, "A title", ["A line"], "trial")
        titled(template, deck, "A title", "trial")


def finish(template: Template, one: Slide) -> None:
    """Brings what was drawn on a slide into the template's size, faces and colours."""
    restyle(one, template.style)


def _begun(deck: Presentation, layout: Layout, empty: Sequence[str] = ()) -> Slide:
    """A slide on a layout, with the plain panels that its text and chart need; none for roles that stay `empty`."""
    one = deck.slides.add_slide(layouts_of(deck)[layout.index])
    needed = [(box, colour) for box, colour, role in layout.panels if role not in empty]
    for n, (box, colour) in enumerate(needed):
        panel = one.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.emu)
        panel.name = f"{PANEL}{n + 1}"
        panel.fill.solid()
        panel.fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#"))
        panel.line.fill.background()
        panel.shadow.inherit = False
        one.shapes._spTree.remove(panel._element)
        # Behind everything else: after the properties of the tree.
        one.shapes._spTree.insert(2 + n, panel._element)
    return one


#: Type sizes of our own text, for slides of usual size.
_OWN_SIZES = {
    "title": decks.TITLE_SIZES,
    "subtitle": decks.SUBTITLE_SIZES,
    "source": decks.SOURCE_SIZES,
}


def _set(
    template: Template,
    one: Slide,
    layout: Layout,
    role: str,
    texts: list[str],
    name: str,
    shorter: Sequence[list[str]] = (),
) -> None:
    """Text of a role into its place; the first of the `shorter` ones that is whole there where it would be cut."""
    place = layout.places[role]
    shape = (
        next((p for p in one.placeholders if p.placeholder_format.idx == place.idx), None)
        if place.idx is not None
        else None
    )
    if shape is None:
        box = shrunk(place.box, 1 / template.scale)
        sizes = _OWN_SIZES[role]
        front_page = layout.borrowed or (role == "subtitle" and "body" not in layout.places)
        if front_page:
            sizes = (18, 16, 14, 12, 11)
        lines: list[list[Run]] = []
        ink = layout.inks.get(role) or ("tx2" if role != "title" else INK)
        # Lines that the box holds: the first text says most and takes what the others leave.
        holds = floor(box.h * 72 / (20 if front_page else min(sizes) * 1.2))
        for told in (texts, *shorter):
            lines = []
            for n, text in enumerate(told):
                if front_page:
                    most = max(holds // max(len(told), 1), 1)
                else:
                    most = max(min(2, holds - len(told) + 1), 1) if n == 0 else 1
                third = 3 if role == "source" and n == 0 and holds - len(told) + 1 >= 3 else 0
                size, found = (
                    slides.fit_source(text, box.w * slides.POINTS, third)
                    if third
                    else fit(text, box.w * 72, sizes, most)
                )
                lines.append([Run(" ".join(found), size, False, ink)])
            if lines and lines[0][0].text == told[0]:
                break
        text_box(one, box, lines, name)
        return
    shape.name = name
    if place.written:
        shape.left, shape.top, shape.width, shape.height = place.box.emu
    smallest = 8 if role == "source" else 10
    wanted = [[t for t in each if t] for each in (texts, *shorter)]
    _write(template, one, shape, place.box, wanted, smallest, layout.inks.get(role, ""))


def _write(
    template: Template,
    one: Slide,
    shape: Any,
    box: Box,
    told: Sequence[list[str]],
    smallest: float,
    ink: str,
) -> None:
    """Text in a placeholder in the template's own style, made smaller only where it would not fit.

    Args:
        template: The template.
        one: The slide.
        shape: The placeholder.
        box: Its place.
        told: A paragraph each; then shorter ones, of which the first that is whole takes the place.
        smallest: Type in points that it does not go below.
        ink: Colour where the template's own cannot be read; "" keeps that.
    """
    size, is_named, bold, caps, insets = _type(one, shape)
    room = max(box.w - insets[0], 0.5) * 72 * (0.97 if not caps else 0.8)
    tall = max(box.h - insets[1], 0.2) * 72
    face = template.fonts[0 if kind_of(shape) in TITLES else 1]
    if face.lower() not in MEASURED:
        room *= UNMEASURED
    chosen = smallest
    lines: list[str] = []
    steps = sorted(
        {s for k in range(28) if (s := round(size * (1 - 0.035 * k) * 2) / 2) >= smallest}, reverse=True
    )
    for texts, step in product(told, steps or [smallest]):
        chosen = step
        found = [fit(t, room, [step], 99, bold)[1] for t in texts]
        if sum(map(len, found)) * step * 1.22 <= tall:
            lines = texts
            break
    if not lines:
        # The first says most: it takes what the others leave, who have a line each.
        first = max(floor(tall / (chosen * 1.22)) - len(texts) + 1, 1)
        lines = [
            " ".join(fit(t, room, [chosen], first if n == 0 else 1, bold)[1]) for n, t in enumerate(texts)
        ]
    attributes = "" if is_named and abs(chosen - size) < 0.3 else f' sz="{round(chosen * 100)}"'
    body = shape._element.xpath("p:txBody")[0]
    for old in body.xpath("a:p"):
        body.remove(old)
    for text in lines:
        chinese = ("+mj-ea" if kind_of(shape) in TITLES else "+mn-ea") if template.fonts[2] else SLIDE_CHINESE
        ea = f'<a:ea typeface="{chinese}"/>' if is_chinese(text) else ""
        body.append(
            parse(
                '<a:p><a:pPr marL="0" indent="0" rtl="0"><a:buNone/></a:pPr><a:r>'
                f'<a:rPr lang="en-GB" altLang="zh-CN"{attributes}>{fill(ink) if ink else ""}{ea}</a:rPr>'
                f"<a:t>{xml_text(text)}</a:t></a:r></a:p>"
            )
        )


def _type(one: Slide, shape: Any) -> tuple[float, bool, bool, bool, tuple[float, float]]:
    """Size, whether its styles name one, weight, capitals and insets (across, along) of a placeholder's text.

    Files of LibreOffice name no size in their styles: the one of the sample text is meant.
    """
    kind, idx = kind_of(shape), shape.placeholder_format.idx
    layout, master = one.slide_layout, one.slide_layout.slide_master
    own = next((p for p in placeholders(layout) if p.placeholder_format.idx == idx), shape)
    is_title = kind in TITLES
    properties = list(chain(layout, own))

    def first(name: str, default: str) -> str:
        return next((e.get(name) for e in properties if e.get(name)), default)

    above = [
        p for p in placeholders(master) if (kind_of(p) in TITLES) == is_title and kind_of(p) in (1, 3, 2)
    ]
    boxes = [e for p in (shape, own, *above[:1]) for e in p._element.findall(f"{_P}txBody/{_A}bodyPr")]

    def inset(name: str, default: int) -> float:
        return int(next((e.get(name) for e in boxes if e.get(name)), default)) / EMU

    samples = [e.get("sz") for p in (own, *above[:1]) for e in p._element.iter(f"{_A}rPr") if e.get("sz")]
    named = first("sz", "")
    return (
        int(named or next(iter(samples), "1800")) / 100,
        bool(named),
        first("b", "0") in ("1", "true"),
        first("cap", "none") == "all" or int(first("spc", "0")) > 50,
        (inset("lIns", 91_440) + inset("rIns", 91_440), inset("tIns", 45_720) + inset("bIns", 45_720)),
    )


def _finish(template: Template, deck: Presentation, one: Slide, layout: Layout) -> None:
    """Page number and footer as the layout has them; placeholders without text go."""
    source = layouts_of(deck)[layout.index]
    for p in [*one.placeholders]:
        if (p.has_text_frame and not p.text_frame.text.strip()) or not p.has_text_frame:
            p._element.getparent().remove(p._element)
    taken = {p.placeholder_format.idx for p in one.placeholders}
    for p in placeholders(source):
        kind, idx = kind_of(p), p.placeholder_format.idx
        if idx in taken or kind not in (PAGE, FOOTER):
            continue
        if kind == FOOTER and (not template.footer or not footer(p).strip()):
            continue
        ink = layout.inks.get("page", "")
        tint = fill(ink) if ink else ""
        number = max((s.shape_id for s in one.shapes), default=1) + 1
        text = (
            '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum">'
            f'<a:rPr lang="en-GB">{tint}</a:rPr>'
            f"<a:t>{len(deck.slides)}</a:t></a:fld>"
            if kind == PAGE
            else f'<a:r><a:rPr lang="en-GB">{tint}</a:rPr><a:t>{xml_text(footer(p))}</a:t></a:r>'
        )
        tag = "sldNum" if kind == PAGE else "ftr"
        one.shapes._spTree.append(
            parse(
                f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{"Page number" if kind == PAGE else "Footer"}"/>'
                f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{tag}" sz="quarter" idx="{idx}"/></p:nvPr>'
                f"</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p>{text}</a:p></p:txBody></p:sp>"
            )
        )


def style_words(one: Template | None) -> dict[str, str]:
    """What was done for a template, for the record: a refresh does it again."""
    return one.style.words if one else {}
