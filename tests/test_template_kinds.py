"""Templates as people have them: text that can be read, places that hold, refusals only for what is kept."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import odd_templates as odd
import pptx
import pytest
from deck_data import data, opened, wanted
from own_templates import A
from test_decks import check, said

from dashboard.data.selection import Selection
from dashboard.deck import decks
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket, frozen
from dashboard.deck.colours import colour
from dashboard.deck.layouts import layouts_of
from dashboard.deck.package import FileRefusedError
from dashboard.deck.restyle import contrast, is_dark
from dashboard.deck.template import Template
from dashboard.draw.slide.ooxml import EMU, Box, parse


def few(built: Path) -> Basket:
    """A section, a chart, a table and two halves."""
    return Basket("Board 董事会", (*wanted(built).slides[:3], *wanted(built).slides[6:]))


@cache
def read_of(make: Callable[[], bytes]) -> Template:
    """An odd template as it is read, once for all that is asked of it."""
    return templates.read(make())


@cache
def made(built: Path, name: str) -> bytes:
    return decks.build(few(built), data(built), template=read_of({**odd.DARK, **odd.ODD}[name]))


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ('<a:srgbClr val="336699"/>', "#336699"),
        ('<a:schemeClr val="accent1"><a:lumMod val="50000"/></a:schemeClr>', "#7F0000"),
        (
            '<a:schemeClr val="accent1"><a:lumMod val="40000"/><a:lumOff val="60000"/></a:schemeClr>',
            "#FF9999",
        ),
        ('<a:schemeClr val="accent1"><a:shade val="50000"/></a:schemeClr>', "#BC0000"),
        ('<a:schemeClr val="accent1"><a:tint val="50000"/></a:schemeClr>', "#FFBCBC"),
        ('<a:sysClr val="windowText" lastClr="101010"/>', "#101010"),
        ('<a:prstClr val="ltGray"/>', "#D3D3D3"),
        ('<a:schemeClr val="phClr"><a:inv/></a:schemeClr>', "#00FFFF"),
        ('<a:hslClr hue="7200000" sat="100000" lum="25000"/>', "#008000"),
        ('<a:scrgbClr r="100000" g="0" b="0"/>', "#FF0000"),
    ],
)
def test_colours_come_out_as_powerpoint_shows_them(xml: str, expected: str) -> None:
    found = colour(parse(xml), {"accent1": "#FF0000"}, ("#FF0000", 1.0))
    assert found is not None
    near = [abs(int(found[0][i : i + 2], 16) - int(expected[i : i + 2], 16)) for i in (1, 3, 5)]
    assert max(near) <= 1, found


def inks(one: Any, deck: Any, names: dict[str, str]) -> dict[str, str]:
    """Colour of the title and of our own lines on a slide, as they say themselves."""
    out = {}
    for s in one.shapes:
        role = s.name.rpartition(":")[2]
        if not s.has_text_frame or role not in ("title", "subtitle", "source"):
            continue
        own = next(iter(s._element.iter(f"{A}rPr")), None)
        fill = own.find(f"{A}solidFill") if own is not None else None
        found = colour(fill[0], names) if fill is not None else None
        out[role] = found[0] if found else ""
    return out


@pytest.mark.parametrize("name", odd.DARK)
def test_on_a_dark_ground_of_any_make_text_and_charts_are_light(built: Path, name: str) -> None:
    one = read_of(odd.DARK[name])
    assert is_dark(one.ground) and one.style.dark, one.ground
    deck = opened(made(built, name))
    for slide in list(deck.slides)[2:4]:
        found = inks(slide, deck, one.colours)
        assert set(found) == {"title", "subtitle", "source"}
        assert all(contrast(ink, one.ground) >= 4.5 for ink in found.values()), found
    for slide in deck.slides:
        for s in slide.shapes:
            if s.has_chart:
                fills = set(re.findall(r'srgbClr val="([0-9A-F]{6})"', s.chart._chartSpace.xml))
                assert "24356A" not in fills, "colours are those for a dark ground"


def test_hollow_marks_show_a_dark_ground_through_them(built: Path) -> None:
    one = read_of(odd.DARK[next(iter(odd.DARK))])
    now = data(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    basket = Basket(slides=(frozen("positioning", view, now.snapshot.id),), cover=False, appendix=False)
    fills = [
        [
            m.get("val")
            for s in opened(decks.build(basket, now, template=t)).slides[0].shapes
            if s.has_chart
            for m in s.chart._chartSpace.xpath(".//c:marker/c:spPr/a:solidFill/a:srgbClr")
        ]
        for t in (None, one)
    ]
    assert fills[0].count("FFFFFF") == fills[1].count(one.ground.lstrip("#").upper()) > 3
    assert "FFFFFF" not in fills[1]


def test_a_title_on_a_band_of_its_own_and_one_made_for_a_sample_picture() -> None:
    band = read_of(odd.band_behind_the_title)
    assert band.ground == "#FFFFFF" and not band.style.dark
    assert band.layouts["chart"].inks["title"] == "lt1" and band.layouts["chart"].inks["subtitle"] == "dk2"
    white = read_of(odd.white_titles)
    assert white.layouts["chart"].inks["title"] == "dk1"
    assert any("title" in w and "hard to read, #FFFFFF on #FFFFFF" in w for w in white.warnings)


def test_large_text_in_the_brands_own_colour_stays() -> None:
    one = read_of(odd.brand_titles)
    assert "title" not in one.layouts["chart"].inks and "title" not in one.layouts["cover"].inks
    assert not any("2E86C1" in w for w in one.warnings)
    assert not any("unit and scope on “Title Slide”" in w for w in one.warnings), "a cover has a subtitle"


def test_a_ground_that_cannot_be_known_is_said() -> None:
    one = read_of(odd.unreadable_picture)
    assert any("check that text stands out on it" in w for w in one.warnings)
    assert not any("check that" in w for w in read_of(odd.DARK["picture"]).warnings)


#: One of each part of a template that is read otherwise: in the fast part, too.
SOONEST = {"cover places", "bare placeholders", "titles on content", "two masters", "dark full shape"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in SOONEST else pytest.mark.slow) for n in odd.ODD]
)
def test_a_deck_on_every_odd_template_is_sound(built: Path, name: str) -> None:
    presentation = opened(made(built, name))
    check(presentation, data(built).snapshot.id)
    cover = presentation.slides[0]
    assert cover.shapes.title.text_frame.text == "Board 董事会"
    assert not any("sample" in s.shapes.title.text_frame.text for s in presentation.slides)
    with zipfile.ZipFile(io.BytesIO(made(built, name))) as package:
        names = [n.lower() for n in package.namelist()]
    assert len(names) == len(set(names))


def test_placeholders_without_numbers_are_told_by_their_type() -> None:
    one = read_of(odd.bare_placeholders)
    assert one.layouts["cover"].name == "Titelfolie" and not one.layouts["cover"].borrowed
    deck = one.new()
    for layout in layouts_of(deck):
        numbers = [p.placeholder_format.idx for p in layout.placeholders]
        assert len(numbers) == len(set(numbers)), layout.name
        assert all(p._element.find(f".//{A}xfrm") is not None for p in layout.placeholders)


def test_titles_that_stand_on_content_are_set_at_the_top() -> None:
    one = read_of(odd.titles_on_content)
    places = one.layouts["chart"].places
    assert places["title"].written and places["title"].box.y < 1
    assert places["subtitle"].box.y >= places["title"].box.y + places["title"].box.h
    cover = one.layouts["cover"].places
    assert cover["subtitle"].box.y >= cover["title"].box.y + cover["title"].box.h
    assert any("titles are set at the top" in w for w in one.warnings)


def test_titles_in_a_column_beside_content_are_set_at_the_top() -> None:
    one = read_of(odd.upright_titles)
    for use in ("chart", "cover", "section"):
        title = one.layouts[use].places["title"]
        assert title.written and title.box.w > 0.8 * one.width, use
    body = one.layouts["chart"].places["body"].box
    assert body.w > 0.8 * one.width, "the chart takes the room that the title left"
    cover = one.layouts["cover"].places
    assert cover["subtitle"].box.y >= cover["title"].box.y + cover["title"].box.h


def test_where_no_layout_has_room_the_chart_takes_what_is_free() -> None:
    one = read_of(odd.cover_places)
    places = one.layouts["chart"].places
    assert places["title"].written and places["title"].box.w > 0.8 * one.width
    assert places["body"].box.h / one.scale >= 3.6 and places["body"].box.y > places["title"].box.y + 0.5
    assert any("titles are set at the top" in w for w in one.warnings)


def apart(a: Box, b: tuple[float, float, float, float]) -> bool:
    return a.x >= b[0] + b[2] or a.x + a.w <= b[0] or a.y >= b[1] + b[3] or a.y + a.h <= b[1]


def test_titles_charts_and_lines_keep_clear_of_logos() -> None:
    one = read_of(odd.logos)
    places = one.layouts["chart"].places
    for role in ("title", "subtitle", "body", "source"):
        for logo in ((8.2, 0.4, 1.3, 0.7), (7.9, 5.2, 1.9, 1.9)):
            assert apart(places[role].box, logo), (role, places[role].box, logo)
    assert places["title"].written and not any("titles are set at the top" in w for w in one.warnings)


@pytest.mark.parametrize("name", odd.NO_GROUND)
def test_where_charts_cannot_be_read_a_panel_is_set_behind_them(built: Path, name: str) -> None:
    one = read_of(odd.NO_GROUND[name])
    assert any("a plain panel is set behind charts" in w for w in one.warnings) and one.ground == "#FFFFFF"
    deck = opened(made(built, name))
    for slide in list(deck.slides)[2:]:
        first = slide.shapes[0]
        assert first.name == "Panel 1"
        held = Box(*(v / EMU for v in (first.left, first.top, first.width, first.height)))
        for s in slide.shapes:
            role = s.name.rpartition(":")[2]
            if s.has_chart or s.has_table or role in ("subtitle", "source"):
                x, y, w = (v / EMU for v in (s.left, s.top, s.width))
                assert held.x <= x + 0.01 and held.y <= y + 0.05 and x + w <= held.x + held.w + 0.01, s.name
        found = inks(slide, deck, one.colours)
        assert all(contrast(found[r], "#FFFFFF") >= 4.5 for r in ("subtitle", "source") if r in found), found


def test_a_title_that_no_ink_serves_has_a_panel_of_its_own() -> None:
    one = read_of(odd.half_dark)
    chart = one.layouts["chart"]
    assert any("behind the title" in w and "a plain panel is set behind it" in w for w in one.warnings)
    assert (chart.places["title"].box, "#FFFFFF", "title") in chart.panels


def test_a_fill_of_the_masters_place_and_a_stroke_that_fills_nothing_are_read_as_shown() -> None:
    one = read_of(odd.filled_titles)
    assert "title" not in one.layouts["chart"].inks, "white on its own dark fill can be read"
    assert is_dark(read_of(odd.bare_strokes).ground)


def test_four_inches_are_enough_and_the_source_line_crosses_nothing() -> None:
    one = read_of(odd.low_content)
    places = one.layouts["chart"].places
    assert one.layouts["chart"].name == "Title and Content" and places["body"].box.h >= 3
    source = places["source"].box
    for box in ((0.7, 6.35, 5.5, 0.5), (11.5, 6.5, 1.1, 0.5)):
        apart_x = source.x >= box[0] + box[2] or source.x + source.w <= box[0]
        apart_y = source.y >= box[1] + box[3] or source.y + source.h <= box[1]
        assert apart_x or apart_y, (source, box)


def test_a_layout_with_its_title_below_is_none_for_charts() -> None:
    one = read_of(odd.title_below)
    assert one.layouts["chart"].name == "Title Only" and list(one.choices.values()) == ["Title Only"]


def test_a_cover_is_told_by_its_centred_title() -> None:
    one = read_of(odd.cover_by_its_title)
    assert one.layouts["cover"].name == "Omslag" and one.layouts["chart"].name == "Innehåll"


def test_every_master_is_offered_the_one_in_use_first() -> None:
    one = read_of(odd.two_masters)
    assert is_dark(one.ground) and one.layouts["chart"].index >= 11
    assert next(iter(one.choices)) >= 11 and any(i < 11 for i in one.choices)
    assert {n.rpartition(" · ")[2] for n in one.choices.values()} == {"master 1", "master 2"}
    other = templates.read(odd.two_masters(), {"chart": 1})
    assert other.layouts["chart"].index == 1 and not is_dark(other.ground)
    assert other.layouts["cover"].index < 11, "front and content are of one master"


def test_turned_decoration_takes_the_room_it_takes() -> None:
    one = read_of(odd.turned_bar)
    places = one.layouts["chart"].places
    assert places["body"].box.h > 4 and places["source"].box.y + places["source"].box.h <= 7.15


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("oleObject", "file:///C:/x/book.xlsx"),
        ("hyperlink", "file://server/share"),
        ("video", "https://example.org/a.mp4"),
        ("chart", "file:///C:/a.xlsx"),
    ],
)
def test_what_sample_slides_lead_to_does_not_matter(kind: str, target: str) -> None:
    one = templates.read(odd.with_slide_relationship(kind, target))
    with zipfile.ZipFile(io.BytesIO(one.data)) as package:
        assert not any(target.encode() in package.read(n) for n in package.namelist())


def linked_layout(target: str) -> bytes:
    """A link on an object of a layout."""
    import pptx
    from own_templates import saved

    deck = pptx.Presentation()
    layout = deck.slide_layouts[1]
    key = layout.part.relate_to(target, f"{R}/hyperlink", is_external=True)
    for p in layout.placeholders:
        if p.placeholder_format.type == 1:
            p._element.xpath(".//p:cNvPr")[0].append(parse(f'<a:hlinkClick r:id="{key}"/>'))
    return saved(deck)


R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize(
    "target",
    ["www.example.com", "example.com/brand?x=1", "brand.example.co.uk", "HTTPS://EXAMPLE.COM", "tel:123", ""],
)
def test_web_addresses_without_scheme_are_web_addresses(target: str) -> None:
    assert templates.read(linked_layout(target)).layouts


@pytest.mark.parametrize(
    "target", ["book.xlsx", "file:///c:/a.docx", "\\\\server\\share", "javascript:alert(1)"]
)
def test_a_refusal_names_layout_and_object(target: str) -> None:
    with pytest.raises(FileRefusedError, match="on layout “Title and Content”, object “Title 1”"):
        templates.read(linked_layout(target))


def test_defaults_of_other_programs_do_not_reach_our_text(built: Path) -> None:
    deck = opened(made(built, "capitals"))
    for one in list(deck.slides)[2:]:
        for s in one.shapes:
            if s.is_placeholder or not (s.has_text_frame or s.has_table):
                continue
            for run in s._element.iter(f"{A}rPr"):
                assert (run.get("cap"), run.get("spc"), run.get("baseline")) == ("none", "0", "0"), s.name
    assert 'baseline="4000"' not in deck.part._element.xml


def test_a_sample_footer_is_named_and_can_be_left_out(built: Path) -> None:
    one = read_of(odd.sample_footer)
    assert any("“Your Footer Here”" in w for w in one.warnings)
    kept = opened(decks.build(few(built), data(built), template=one))
    assert all("Your Footer Here" in said(s) for s in kept.slides)
    without = templates.read(odd.sample_footer(), footer=False)
    assert not any("Footer" in w for w in without.warnings)
    gone = opened(decks.build(few(built), data(built), template=without))
    assert not any("Your Footer Here" in said(s) for s in gone.slides)


@pytest.mark.parametrize("words", ["Footer", "<footer>", "页脚", "  "])
def test_a_footer_that_only_names_itself_stands_on_no_slide(built: Path, words: str) -> None:
    """LibreOffice writes its own word for a footer into files whose footer nobody filled in."""
    deck = pptx.Presentation()
    for layout in deck.slide_layouts:
        for p in layout.placeholders:
            if p.placeholder_format.type == 15:
                p.text_frame.text = words
    one = templates.read(odd.saved(deck))
    assert not any("footer" in w.lower() for w in one.warnings)
    made = opened(decks.build(few(built), data(built), template=one))
    assert not any(s.name == "Footer" for slide in made.slides for s in slide.shapes)
