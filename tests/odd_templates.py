"""Templates as people really have them, made small: dark grounds of every make, other programs' habits, sample slides."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pptx
from lxml import etree
from own_templates import A, P, _ground, saved
from PIL import Image
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches

NS = f'xmlns:p="{P[1:-1]}" xmlns:a="{A[1:-1]}"'
NAVY = '<a:solidFill><a:srgbClr val="101820"/></a:solidFill>'


def shape(
    part: Any, box: tuple[float, float, float, float], fill: str, rot: int = 0, first: bool = True
) -> None:
    """A plain shape on a master or layout, under everything else or over it."""
    x, y, w, h = (Inches(v) for v in box)
    tree = part.shapes._spTree
    one = etree.fromstring(
        f'<p:sp {NS}><p:nvSpPr><p:cNvPr id="900" name="Bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
        f'<a:xfrm rot="{rot}"><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect">'
        f"<a:avLst/></a:prstGeom>{fill}</p:spPr></p:sp>"
    )
    tree.insert(2, one) if first else tree.append(one)


def grouped(part: Any, fill: str) -> None:
    """A shape that fills the slide, in a group of another scale."""
    part.shapes._spTree.insert(
        2,
        etree.fromstring(
            f'<p:grpSp {NS}><p:nvGrpSpPr><p:cNvPr id="901" name="Ground"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
            '<p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="9144000" cy="6858000"/><a:chOff x="0" y="0"/>'
            f'<a:chExt cx="100" cy="100"/></a:xfrm>{fill}</p:grpSpPr><p:sp><p:nvSpPr><p:cNvPr id="902" name="Half"/>'
            '<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="100" cy="100"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:grpFill/></p:spPr></p:sp></p:grpSp>'
        ),
    )


def picture_of(colour: str, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, kind)
    return out.getvalue()


def _of_master(change: Callable[[Any, Any], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        deck = pptx.Presentation()
        change(deck, deck.slide_master)
        return saved(deck)

    return make


def _background(deck: Any, master: Any, fill: str) -> None:
    _ground(master, '<a:schemeClr val="bg1"/>')
    found = master._element.find(f".//{P}bgPr")
    found.replace(found[0], etree.fromstring(fill.replace(">", f" {NS}>", 1)))


def _gradient(deck: Any, master: Any) -> None:
    stops = "".join(
        f'<a:gs pos="{p}"><a:srgbClr val="{c}"/></a:gs>' for p, c in ((0, "102030"), (100_000, "203040"))
    )
    _background(deck, master, f'<a:gradFill><a:gsLst>{stops}</a:gsLst><a:lin ang="5400000"/></a:gradFill>')


def _picture(deck: Any, master: Any, blob: bytes, name: str) -> None:
    part = Part(PackURI(f"/ppt/media/{name}"), f"image/{name.rpartition('.')[2]}", deck.part.package, blob)
    key = master.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    fill = (
        f'<a:blipFill xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><a:blip r:embed="{key}"/>'
        "<a:stretch><a:fillRect/></a:stretch></a:blipFill>"
    )
    _background(deck, master, fill)


def _theme_ground(deck: Any, master: Any) -> None:
    """A reference to the theme's third ground, which shades the text colour."""
    part = next(r.target_part for r in master.part.rels.values() if r.reltype.endswith("/theme"))
    root = etree.fromstring(part.blob)
    listed = root.find(f".//{A}bgFillStyleLst")
    fill = '<a:schemeClr val="phClr"><a:lumMod val="20000"/></a:schemeClr>'
    listed.replace(listed[2], etree.fromstring(f"<a:solidFill {NS}>{fill}</a:solidFill>"))
    part._blob = etree.tostring(root)
    tree = master._element.find(f"{P}cSld")
    tree.remove(tree.find(f"{P}bg"))
    tree.insert(
        0, etree.fromstring(f'<p:bg {NS}><p:bgRef idx="1003"><a:schemeClr val="accent1"/></p:bgRef></p:bg>')
    )


def _shade(value: str) -> str:
    return f'<a:solidFill><a:schemeClr val="bg2">{value}</a:schemeClr></a:solidFill>'


#: Dark grounds of every make; on each of them text and charts must be light.
DARK: dict[str, Callable[[], bytes]] = {
    "lumMod": _of_master(lambda d, m: _background(d, m, _shade('<a:lumMod val="10000"/>'))),
    "shade": _of_master(lambda d, m: _background(d, m, _shade('<a:shade val="2000"/>'))),
    "lumOff": _of_master(
        lambda d, m: _background(d, m, _shade('<a:lumMod val="50000"/><a:lumOff val="-35000"/>'))
    ),
    "preset": _of_master(
        lambda d, m: _background(d, m, '<a:solidFill><a:prstClr val="dkBlue"/></a:solidFill>')
    ),
    "full shape": _of_master(lambda d, m: shape(m, (0, 0, 10, 7.5), NAVY)),
    "turned shape": _of_master(lambda d, m: shape(m, (1.25, -1.25, 7.5, 10), NAVY, rot=5_400_000)),
    "shape in a group": _of_master(lambda d, m: grouped(m, NAVY)),
    "shape of a layout": _of_master(
        lambda d, m: [shape(one, (0, 0, 10, 7.5), NAVY) for one in d.slide_layouts]
    ),  # type: ignore[func-returns-value]
    "gradient": _of_master(_gradient),
    "picture": _of_master(lambda d, m: _picture(d, m, picture_of("#181818"), "a.png")),
    "ground of the theme": _of_master(_theme_ground),
}


def unreadable_picture() -> bytes:
    """A ground that only PowerPoint can draw."""
    return _of_master(lambda d, m: _picture(d, m, b"\xd7\xcd\xc6\x9a" + b"\0" * 60, "a.wmf"))()


def half_dark() -> bytes:
    """A dark left half: no one colour of text reads on the whole."""
    return _of_master(lambda d, m: shape(m, (0, 0, 5, 7.5), NAVY))()


def band_behind_the_title() -> bytes:
    """White slides with a dark band at their top, and a title style in dark text."""
    return _of_master(lambda d, m: shape(m, (0, 0, 10, 1.6), NAVY))()


def white_titles() -> bytes:
    """Titles in white, made to be read on the picture of a sample slide."""
    deck = pptx.Presentation()
    properties = deck.slide_master._element.find(f".//{P}titleStyle/{A}lvl1pPr/{A}defRPr")
    properties[0][0].set("val", "bg1")
    one = deck.slides.add_slide(deck.slide_layouts[1])
    one.shapes.add_picture(io.BytesIO(picture_of("#202020")), 0, 0, Inches(10), Inches(7.5))
    return saved(deck)


def bare_placeholders() -> bytes:
    """As LibreOffice saves: placeholders without number, sizes of content and footers from the master alone."""
    deck = pptx.Presentation()
    for layout in deck.slide_layouts:
        for ph in layout._element.iter(f"{P}ph"):
            ph.attrib.pop("idx", None)
        for one in layout.placeholders:
            if int(one.placeholder_format.type or 7) in (13, 15, 16):
                xfrm = one._element.find(f"{P}spPr/{A}xfrm")
                if xfrm is not None:
                    xfrm.getparent().remove(xfrm)
    for layout in deck.slide_layouts:
        layout._element.attrib.pop("type", None)
    deck.slide_layouts[0].name = "Titelfolie"
    return saved(deck)


def titles_on_content() -> bytes:
    """As LibreOffice saves a file of one cover: every layout's title stands where the cover's did, on the content."""
    deck = pptx.Presentation()
    for layout in deck.slide_layouts:
        for one in layout.placeholders:
            if one.placeholder_format.type in (1, 3):
                one.left, one.top, one.width, one.height = (Inches(v) for v in (0.75, 2.33, 8.5, 1.61))
    return saved(deck)


def _only(deck: Any, *names: str) -> None:
    for layout in list(deck.slide_layouts):
        if layout.name not in names:
            deck.slide_layouts.remove(layout)


def low_content() -> bytes:
    """13.333 x 7.5 inches with a place for content of four inches, and a footer, a logo and a number below it."""
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    _only(deck, "Title Slide", "Title and Content")
    chart = deck.slide_layouts[1]
    for p in chart.placeholders:
        kind = int(p.placeholder_format.type or 7)
        found = {
            1: (0.7, 0.9, 11.9, 1.2),
            7: (0.7, 2.3, 11.9, 4.0),
            16: (9.0, 6.4, 1.5, 0.6),
            15: (0.7, 6.35, 5.5, 0.5),
            13: (11.5, 6.5, 1.1, 0.5),
        }.get(kind)
        if found:
            p.left, p.top, p.width, p.height = (Inches(v) for v in found)
        if kind == 15:
            p.text_frame.text = "Confidential"
    return saved(deck)


def title_below() -> bytes:
    """One layout with its title under the picture it is meant for, one with the title above."""
    deck = pptx.Presentation()
    _only(deck, "Title Slide", "Title and Content", "Title Only")
    one = deck.slide_layouts[1]
    for p in one.placeholders:
        if p.placeholder_format.type == 1:
            p.left, p.top, p.width, p.height = (Inches(v) for v in (0.5, 6.2, 9, 0.6))
        elif p.placeholder_format.type == 7:
            p.left, p.top, p.width, p.height = (Inches(v) for v in (0.5, 0.3, 9, 5.6))
    return saved(deck)


def upright_titles() -> bytes:
    """Every title in a narrow column beside its content: LibreOffice gives all layouts the places of the last one."""
    deck = pptx.Presentation()
    _only(deck, "Title Slide", "Title and Content", "Section Header")
    for layout in deck.slide_layouts:
        for p in layout.placeholders:
            if p.placeholder_format.type in (1, 3):
                p.left, p.top, p.width, p.height = (Inches(v) for v in (7.2, 0.3, 2.2, 6.4))
            elif p.placeholder_format.type in (2, 4, 7):
                p.left, p.top, p.width, p.height = (Inches(v) for v in (0.5, 0.3, 6.6, 6.4))
    return saved(deck)


def brand_titles() -> bytes:
    """Titles and text in a colour that only large text may have."""
    deck = pptx.Presentation()
    for style in ("titleStyle", "bodyStyle"):
        for fill in deck.slide_master._element.iterfind(f".//{P}{style}/{A}lvl1pPr/{A}defRPr/{A}solidFill"):
            fill[:] = [etree.fromstring(f'<a:srgbClr xmlns:a="{A[1:-1]}" val="2E86C1"/>')]
    return saved(deck)


def cover_by_its_title() -> bytes:
    """A cover that neither its type nor an English name tells."""
    deck = pptx.Presentation()
    _only(deck, "Title Slide", "Title and Content")
    cover, content = deck.slide_layouts
    cover._element.attrib.pop("type", None)
    cover.name, content.name = "Omslag", "Innehåll"
    return saved(deck)


def two_masters() -> bytes:
    """Two masters; the file's own slides stand on the second, which is dark."""
    deck = pptx.Presentation()
    one = deck.slides.add_slide(deck.slide_layouts[5])
    one.shapes.title.text = "A sample"
    parts = _parts(saved(deck))

    def second(text: bytes) -> bytes:
        return re.sub(rb"slideLayout(\d+)\.xml", rb"slideLayout1\1.xml", text).replace(
            b"slideMaster1.xml", b"slideMaster2.xml"
        )

    for name in [
        n for n in parts if re.search(r"slideLayouts/(_rels/)?slideLayout\d+\.xml|slideMaster1\.xml", n)
    ]:
        blob = second(parts[name]) if name.endswith(".rels") else parts[name]
        parts[second(name.encode()).decode()] = blob
    master = parts["ppt/slideMasters/slideMaster2.xml"].replace(
        b'<a:schemeClr val="bg1"/></p:bgRef>', b'<a:schemeClr val="tx1"/></p:bgRef>'
    )
    master = re.sub(
        rb'(<p:sldLayoutId [^>]*?)id="(\d+)"', lambda m: m[1] + b'id="%d"' % (int(m[2]) + 100), master
    )
    parts["ppt/slideMasters/slideMaster2.xml"] = master
    types = parts["[Content_Types].xml"]
    extra = b"".join(
        second(o)
        for o in re.findall(rb"<Override [^>]*?/>", types)
        if b"/slideLayouts/" in o or b"slideMaster1.xml" in o
    )
    parts["[Content_Types].xml"] = types.replace(b"</Types>", extra + b"</Types>")
    rels = parts["ppt/_rels/presentation.xml.rels"]
    parts["ppt/_rels/presentation.xml.rels"] = rels.replace(
        b"</Relationships>",
        b'<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/slideMaster" '
        b'Target="slideMasters/slideMaster2.xml"/></Relationships>',
    )
    parts["ppt/presentation.xml"] = parts["ppt/presentation.xml"].replace(
        b"</p:sldMasterIdLst>", b'<p:sldMasterId id="2147483900" r:id="rId90"/></p:sldMasterIdLst>'
    )
    slide_rels = "ppt/slides/_rels/slide1.xml.rels"
    parts[slide_rels] = second(parts[slide_rels])
    return _packed(parts)


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {n: package.read(n) for n in package.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, blob in parts.items():
            package.writestr(name, blob)
    return out.getvalue()


def with_slide_relationship(kind: str, target: str) -> bytes:
    """A sample slide that reaches outside the file."""
    deck = pptx.Presentation()
    one = deck.slides.add_slide(deck.slide_layouts[5])
    one.shapes.title.text = "A sample"
    parts = _parts(saved(deck))
    name = "ppt/slides/_rels/slide1.xml.rels"
    parts[name] = parts[name].replace(
        b"</Relationships>",
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'.encode(),
    )
    return _packed(parts)


def old_properties() -> bytes:
    """Document properties related in the words of an older LibreOffice."""
    parts = _parts(saved(pptx.Presentation()))
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(
        b"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
        b"http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties",
    )
    return _packed(parts)


def capitals() -> bytes:
    """Capitals, wide spacing and raised text by default, as files made by Keynote bring."""
    deck = pptx.Presentation()
    for properties in deck.part._element.iterfind(f"{P}defaultTextStyle//{A}defRPr"):
        properties.set("cap", "all"), properties.set("spc", "300"), properties.set("baseline", "4000")
    return saved(deck)


def sample_footer() -> bytes:
    """A footer that nobody has filled in."""
    deck = pptx.Presentation()
    for layout in deck.slide_layouts:
        for p in layout.placeholders:
            if p.placeholder_format.type == 15:
                p.text_frame.text = "Your Footer Here"
    return saved(deck)


def turned_bar() -> bytes:
    """A bar at the foot, drawn upright and turned: its frame as written crosses the page."""
    deck = pptx.Presentation()
    _only(deck, "Title Slide", "Title Only")
    shape(deck.slide_master, (4.8, 2.5, 0.4, 9.6), NAVY, rot=5_400_000)
    return saved(deck)


def cover_places() -> bytes:
    """Every layout with the places of one cover: a title in the middle, three lines under it, as LibreOffice saves."""
    deck = pptx.Presentation()
    for layout in deck.slide_layouts:
        for p in layout.placeholders:
            kind = p.placeholder_format.type
            if kind in (1, 3):
                p.left, p.top, p.width, p.height = Inches(2.7), Inches(3), Inches(4.6), Inches(1.7)
            elif kind in (2, 4, 7):
                p.left, p.top, p.width, p.height = Inches(3.3), Inches(4.9), Inches(6.2), Inches(1.6)
    return saved(deck)


def logos() -> bytes:
    """A logo over the right end of titles and one over the lower right corner of content."""
    deck = pptx.Presentation()
    shape(deck.slide_master, (8.2, 0.4, 1.3, 0.7), NAVY)
    shape(deck.slide_master, (7.9, 5.2, 1.9, 1.9), NAVY)
    return saved(deck)


AMID = '<a:solidFill><a:srgbClr val="4F81BD"/></a:solidFill>'
_STROKE = '<a:noFill/><a:ln w="38100"><a:solidFill><a:srgbClr val="606060"/></a:solidFill></a:ln>'


def strokes() -> bytes:
    """Lines of a drawing across the content."""
    deck = pptx.Presentation()
    for n in range(3):
        shape(deck.slide_master, (1 + 2.5 * n, 2.5, 2.2, 2), _STROKE)
    return saved(deck)


#: Grounds on which neither dark nor light charts read.
NO_GROUND: dict[str, Callable[[], bytes]] = {
    "neither light nor dark": _of_master(lambda d, m: shape(m, (0, 0, 10, 7.5), AMID)),
    "half dark": half_dark,
    "strokes": strokes,
}


def filled_titles() -> bytes:
    """Titles whose place on the master has a dark fill, and white text on it."""
    deck = pptx.Presentation(io.BytesIO(white_titles()))
    title = next(p for p in deck.slide_master.placeholders if p.placeholder_format.type == 1)
    properties = title._element.find(f"{P}spPr")
    properties.append(etree.fromstring(NAVY.replace(">", f" {NS}>", 1)))
    return saved(deck)


def bare_strokes() -> bytes:
    """A curve over the slide that names a fill and draws none of it."""
    deck = pptx.Presentation()
    _background(deck, deck.slide_master, NAVY)
    shape(deck.slide_master, (0, 0, 10, 7.5), '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>')
    drawn = deck.slide_master.shapes._spTree[2].find(f"{P}spPr")
    curve = (
        f'<a:custGeom {NS}><a:avLst/><a:pathLst><a:path w="100" h="100" fill="none"><a:moveTo><a:pt x="0" y="0"/></a:moveTo>'
        '<a:lnTo><a:pt x="100" y="0"/></a:lnTo><a:lnTo><a:pt x="100" y="100"/></a:lnTo></a:path></a:pathLst></a:custGeom>'
    )
    drawn.replace(drawn[1], etree.fromstring(curve))
    return saved(deck)


ODD: dict[str, Callable[[], bytes]] = {
    "cover places": cover_places,
    "logos": logos,
    **NO_GROUND,
    "bare placeholders": bare_placeholders,
    "titles on content": titles_on_content,
    "upright titles": upright_titles,
    "low content": low_content,
    "cover by its title": cover_by_its_title,
    "two masters": two_masters,
    "capitals": capitals,
    "old properties": old_properties,
    "turned bar": turned_bar,
    "white titles": white_titles,
    "dark full shape": DARK["full shape"],
}
