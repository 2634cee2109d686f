"""What lies under text on a template: strokes, words, edges of bands, pictures; text moves off them or stands on a panel."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odd_templates as odd
import pptx
import pytest
from deck_data import data, opened
from lxml import etree
from own_templates import A, P, saved
from pptx.util import Inches

from dashboard.deck import decks
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket, Slide
from dashboard.deck.boxes import calm, crosses
from dashboard.deck.template import Template
from dashboard.draw.slide.ooxml import Box

RED = '<a:solidFill><a:srgbClr val="C00000"/></a:solidFill>'
COVER, CHART = 0, 1


def drawn(
    box: tuple[float, float, float, float],
    kind: str,
    layouts: tuple[int, ...] = (COVER, CHART),
    words: str = "",
) -> bytes:
    """A drawing on layouts of python-pptx's own file: a line, a thin bar, a filled shape, or words."""
    deck = pptx.Presentation()
    x, y, w, h = (Inches(v) for v in box)
    fill = "<a:noFill/>" if kind in ("line", "words") else RED
    line = f'<a:ln w="38100">{RED}</a:ln>' if kind == "line" else ""
    text = (
        f'<p:txBody><a:bodyPr/><a:p><a:r><a:rPr lang="en-GB">{RED}</a:rPr><a:t>{words}</a:t></a:r></a:p></p:txBody>'
        if words
        else ""
    )
    for n in layouts:
        deck.slide_layouts[n].shapes._spTree.insert(
            2,
            etree.fromstring(
                f'<p:sp {odd.NS}><p:nvSpPr><p:cNvPr id="900" name="Drawing"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
                f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="'
                f'{"line" if kind == "line" else "rect"}"><a:avLst/></a:prstGeom>{fill}{line}</p:spPr>{text}</p:sp>'
            ),
        )
    return saved(deck)


def panelled(one: Template, use: str, role: str) -> bool:
    return any(r == role for _, _, r in one.layouts[use].panels)


# Title of the cover: 0.75, 2.33, 8.5 x 1.61 inches, its subtitle 1.5, 4.25, 7 x 1.92; title of charts: 0.5, 0.3, 9 x 1.25.
@pytest.mark.parametrize(
    ("use", "role", "box", "kind", "moves"),
    [
        ("cover", "subtitle", (0.0, 4.6, 10.0, 0.0), "line", True),
        ("cover", "subtitle", (0.0, 5.2, 10.0, 0.0), "line", True),
        ("cover", "title", (8.6, 2.0, 0.0, 3.0), "line", True),
        ("cover", "title", (0.0, 3.1, 10.0, 0.04), "bar", True),
        ("cover", "title", (0.0, 2.0, 10.0, 0.9), "bar", True),
        ("cover", "title", (3.0, 2.6, 3.0, 0.9), "bar", False),
        ("chart", "title", (0.0, 0.0, 10.0, 1.2), "bar", True),
        ("chart", "title", (0.0, 0.9, 10.0, 0.0), "line", True),
        ("chart", "title", (0.2, 0.3, 9.5, 0.5), "words", True),
        ("chart", "title", (2.0, 0.7, 6.0, 0.5), "words", False),
    ],
)  # fmt: skip
def test_text_moves_off_what_lies_under_it_or_stands_on_a_panel(
    use: str, role: str, box: tuple[float, float, float, float], kind: str, moves: bool
) -> None:
    plain = templates.read(saved(pptx.Presentation())).layouts[use].places[role]
    one = templates.read(drawn(box, kind, words="DRAFT" if kind == "words" else ""))
    place = one.layouts[use].places[role]
    under = Box(*box[:2], max(box[2], 0.01), max(box[3], 0.01))
    if moves:
        assert place.written and not panelled(one, use, role)
        # Inside the template's own place, and no text from one ground to another.
        assert place.box.w >= 0.59 * plain.box.w and place.box.y >= plain.box.y - 0.01
        inside = place.box.y >= under.y - 0.01 and place.box.y + place.box.h <= under.y + under.h + 0.06
        assert not crosses(place.box, under, 0.08) or (kind == "bar" and inside)
    else:
        assert panelled(one, use, role)
        assert any("would disturb it" in w for w in one.warnings)
    # The other text stays where it was.
    assert not panelled(one, "section", "page")


@pytest.mark.parametrize(
    ("box", "kind"), [((0.0, 6.9, 10.0, 0.0), "line"), ((0.0, 2.2, 10.0, 0.0), "line"), ((0.2, 0.1, 0.3, 7.0), "bar")]
)  # fmt: skip
def test_what_lies_beside_the_text_moves_nothing(box: tuple[float, float, float, float], kind: str) -> None:
    plain, one = templates.read(saved(pptx.Presentation())), templates.read(drawn(box, kind, (COVER,)))
    assert one.layouts["cover"].places == plain.layouts["cover"].places and not one.layouts["cover"].panels


def test_a_faint_watermark_is_no_trouble() -> None:
    deck = pptx.Presentation(io.BytesIO(drawn((0.5, 0.4, 9, 0.6), "words", words="Draft")))
    for one in deck.slide_layouts:
        for c in one._element.iter(f"{A}srgbClr"):
            c.set("val", "F4F4F4")
    assert not panelled(templates.read(saved(deck)), "chart", "title")


def test_the_calm_part_of_a_place_is_its_largest_rectangle() -> None:
    fields = [[c == "#" for c in row] for row in ("....#", ".....", "..#..", ".....")]
    assert calm(Box(1, 1, 5, 4), fields) == Box(1, 1, 4, 2)
    assert calm(Box(0, 0, 2, 2), [[True, True], [True, True]]).h == 0


def charted(built: Path, template: bytes, title: str = "5 of 47 organisations moved 2026") -> Any:
    one = Slide(chart="governance-mix", title=title)
    made = decks.build(
        Basket("Board", (one,), appendix=False), data(built), template=templates.read(template)
    )
    return opened(made)


def right_to_left() -> bytes:
    """As files in Arabic or Hebrew: every default paragraph runs from the right."""
    deck = pptx.Presentation()
    roots = [deck.slide_master._element, deck.part._element]
    for root in roots:
        for level in root.iter(f"{A}lvl1pPr", f"{A}defPPr"):
            level.set("rtl", "1")
    return saved(deck)


def test_our_sentences_run_from_the_left_in_any_file(built: Path) -> None:
    for one in charted(built, right_to_left()).slides:
        written = [p for s in one.shapes if s.has_text_frame for p in s._element.iter(f"{A}p")]
        ours = [p for p in written if p.find(f"{A}r") is not None]
        assert ours and all(p.find(f"{A}pPr").get("rtl") == "0" for p in ours)


def test_titles_in_a_gradient_are_set_in_its_first_colour_which_every_program_shows(built: Path) -> None:
    deck = pptx.Presentation(io.BytesIO(odd.DARK["full shape"]()))
    stops = "".join(f'<a:gs pos="{p}"><a:srgbClr val="FFFFFF"/></a:gs>' for p in (0, 100_000))
    for properties in deck.slide_master._element.iterfind(f".//{P}titleStyle/{A}lvl1pPr/{A}defRPr"):
        properties.replace(
            properties.find(f"{A}solidFill"),
            etree.fromstring(f'<a:gradFill {odd.NS}><a:gsLst>{stops}</a:gsLst><a:lin ang="0"/></a:gradFill>'),
        )
    one = templates.read(saved(deck))
    assert one.layouts["chart"].inks["title"] == "#FFFFFF" and not any("title" in w for w in one.warnings)


def test_the_lines_of_a_cover_are_whole_where_its_place_is_small(built: Path) -> None:
    deck = pptx.Presentation()
    for p in deck.slide_layouts[COVER].placeholders:
        if p.placeholder_format.type == 4:
            p.left, p.top, p.width, p.height = (Inches(v) for v in (0.75, 4.2, 6, 0.3))
    cover = charted(built, saved(deck)).slides[0]
    (lines,) = (s for s in cover.shapes if s.name.endswith("cover:subtitle"))
    assert "…" not in lines.text_frame.text and "snapshot" in lines.text_frame.text
    assert lines.top + lines.height <= Inches(7.5)


@pytest.mark.parametrize(("colour", "strong"), [("FF8800", True), ("3E6B71", True), ("FFF7D6", False), ("F2F2F2", False), ("101820", False)])  # fmt: skip
def test_charts_stand_on_no_colour_that_changes_theirs(colour: str, strong: bool) -> None:
    fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    one = templates.read(odd._of_master(lambda d, m: odd.shape(m, (0, 0, 10, 7.5), fill))())
    assert panelled(one, "chart", "body") == strong


def _twice(parts: dict[str, bytes]) -> None:
    rels = parts["_rels/.rels"]
    parts["docProps/other.xml"] = parts["docProps/core.xml"]
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/docProps/other.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
    )
    parts["_rels/.rels"] = rels.replace(
        b"</Relationships>",
        b'<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" '
        b'Target="docProps/other.xml"/></Relationships>',
    )


def _nowhere(parts: dict[str, bytes]) -> None:
    del parts["docProps/core.xml"]


@pytest.mark.parametrize("change", [_twice, _nowhere])
def test_properties_that_are_there_twice_or_not_at_all_stop_nothing(
    built: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    parts = odd._parts(saved(pptx.Presentation()))
    change(parts)
    assert charted(built, odd._packed(parts)).core_properties.title == "Board"


def test_a_drawing_on_white_is_no_archive_made_to_fill_a_disk() -> None:
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5])
    parts = odd._parts(saved(deck))
    for name, is_taken in (("ppt/media/image1.emf", True), ("ppt/media/image1.dat", False)):
        whole = odd._packed(parts | {name: bytes(12_000_000), "ppt/media/noise.png": _noise()})
        if is_taken:
            assert templates.read(whole).layouts
        else:
            with pytest.raises(templates.FileRefusedError, match="next to nothing"):
                templates.read(whole)


def _noise() -> bytes:
    """What packs to nothing less, as photographs do."""
    return random.Random(1).randbytes(400_000)
