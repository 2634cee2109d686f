"""A deck on a plain master of its own: opened, described and saved so that equal input gives equal bytes."""

from __future__ import annotations

import functools
import hashlib
import io
import struct
import time
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd
import pptx
from lxml import etree
from pptx.presentation import Presentation

from dashboard.charts.card import ExportRefusedError
from dashboard.draw.slide.ooxml import FONTS, HAIRLINE, A, Box, colour, fill, parse
from dashboard.look.markup import xml_text
from dashboard.look.theme import MODELS, PRODUCT, SLIDE_CHINESE, SLIDE_LATIN

WIDTH, HEIGHT = 13.333, 7.5
# Where things stand on every slide: one place for the title, the body and the source, so that a deck reads calmly.
TITLE = Box(0.6, 0.30, 12.13, 0.84)
SUBTITLE = Box(0.6, 1.18, 12.13, 0.48)
BODY = Box(0.6, 1.75, 12.13, 5.05)
RULE_Y = 6.92
HAIRLINE_NAME = "Hairline"
SOURCE = Box(0.6, 6.95, 11.4, 0.54)
PAGE = Box(12.13, 6.96, 0.6, 0.25)

TITLE_SIZES = (24, 22, 20, 18)
SUBTITLE_SIZES = (13, 12, 11)
SOURCE_SIZES = (9, 8.5, 8, 7.5)

#: Layouts of the master, by what they are for.
CHART_LAYOUT, BLANK_LAYOUT = "Chart", "Blank"
#: Placeholders of the chart layout beside title and page number.
SUBTITLE_IDX, SOURCE_IDX = 13, 14

_APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Application>{PRODUCT}</Application></Properties>"
)


def new() -> Presentation:
    """An empty deck of 13.333 x 7.5 inches on the neutral master."""
    return pptx.Presentation(io.BytesIO(neutral()))


@functools.cache
def neutral(wide: float = WIDTH) -> bytes:
    """The neutral master: made once from the blank deck that python-pptx ships.

    Args:
        wide: Width of its slides in inches; what stands on them keeps its share of it.
    """
    deck = pptx.Presentation()
    _, _, deck.slide_width, deck.slide_height = Box(0, 0, wide, HEIGHT).emu
    master = deck.slide_master
    for layout in list(deck.slide_layouts):
        if layout.name not in ("Title Only", "Blank"):
            deck.slide_layouts.remove(layout)
    _drop(deck.part.package, "thumbnail")
    _drop(deck.part, "printerSettings")
    for rel in deck.part.package._rels.values():
        if rel.reltype.endswith("extended-properties"):
            rel.target_part._blob = _APP.encode()
    theme = next(r.target_part for r in master.part.rels.values() if r.reltype.endswith("/theme"))
    theme._blob = _theme(theme.blob)
    _set_shapes(master._element, _placeholders(prompt="Title", body=True))
    _set_styles(master._element)
    for layout in deck.slide_layouts:
        if layout.name == "Title Only":
            layout._element.cSld.set("name", CHART_LAYOUT)
            layout._element.attrib.pop("type", None)
            _set_shapes(layout._element, _placeholders(prompt="Title", chart=True, lift=_lift(wide)))
        else:
            _set_shapes(layout._element, _page_number())
    for one in (master, *deck.slide_layouts):
        for place in one._element.iter(f"{{{A}}}off", f"{{{A}}}ext"):
            for name in ("x", "cx"):
                if place.get(name):
                    place.set(name, str(round(int(place.get(name)) * wide / WIDTH)))
    return written(deck).getvalue()


def _drop(part: object, ending: str) -> None:
    rels = part._rels  # type: ignore[attr-defined]
    for key in [k for k, r in rels.items() if r.reltype.endswith(ending)]:
        rels.pop(key)


def _theme(blob: bytes) -> bytes:
    root = etree.fromstring(blob)
    ns = {"a": root.nsmap["a"]}
    root.set("name", PRODUCT)
    colours = {
        "dk1": "1A1F2B",
        "lt1": "FFFFFF",
        "dk2": "5A6371",
        "lt2": "F1F2F4",
        **{f"accent{i}": m.light[1:] for i, m in enumerate(MODELS[:6], 1)},
        "hlink": "24356A",
        "folHlink": "5A6371",
    }
    scheme = root.find(".//a:clrScheme", ns)
    scheme.set("name", PRODUCT)
    for name, value in colours.items():
        slot = scheme.find(f"a:{name}", ns)
        slot[:] = [etree.fromstring(f'<a:srgbClr xmlns:a="{ns["a"]}" val="{value}"/>')]
    root.find(".//a:fontScheme", ns).set("name", PRODUCT)
    for kind in ("majorFont", "minorFont"):
        fonts = root.find(f".//a:{kind}", ns)
        fonts.find("a:latin", ns).set("typeface", SLIDE_LATIN)
        fonts.find("a:ea", ns).set("typeface", SLIDE_CHINESE)
        for one in fonts.findall("a:font", ns):
            if one.get("script") in ("Hans", "Hant"):
                one.set("typeface", SLIDE_CHINESE)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _placeholder(
    number: int,
    name: str,
    kind: str,
    box: Box,
    size: float,
    tint: str,
    prompt: str,
    *,
    bold: bool = False,
    foot: str = "t",
) -> str:
    x, y, w, h = box.emu
    style = (
        f'<a:lvl1pPr marL="0" indent="0" algn="l"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{round(size * 100)}" b="{int(bold)}">{fill(tint)}{FONTS}</a:defRPr></a:lvl1pPr>'
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/>'
        f'<a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>'
        f'<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="{foot}">'
        f"<a:noAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle><a:p><a:r>"
        f'<a:rPr lang="en-GB" altLang="zh-CN"/><a:t>{prompt}</a:t></a:r></a:p></p:txBody></p:sp>'
    )


def page_number(number: int, shown: str = "‹#›") -> str:
    """The page number as a shape; the field fills itself."""
    x, y, w, h = PAGE.emu
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Page number"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        '<p:nvPr><p:ph type="sldNum" sz="quarter" idx="12"/></p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>'
        '<a:bodyPr vert="horz" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="t"/>'
        f'<a:lstStyle><a:lvl1pPr algn="r"><a:defRPr sz="900">{fill("tx2")}{FONTS}</a:defRPr></a:lvl1pPr></a:lstStyle>'
        '<a:p><a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum">'
        f'<a:rPr lang="en-GB" altLang="zh-CN" sz="900">{fill("tx2")}{FONTS}</a:rPr><a:t>{shown}</a:t></a:fld></a:p>'
        "</p:txBody></p:sp>"
    )


def _page_number() -> str:
    return page_number(6)


def _lift(wide: float) -> float:
    """Inches by which the source line begins higher: a narrow slide needs more lines for the same words."""
    return 0.2 if wide < 0.9 * WIDTH else 0.0


def _placeholders(*, prompt: str, body: bool = False, chart: bool = False, lift: float = 0.0) -> str:
    parts = [
        _placeholder(2, "Title", 'type="title"', TITLE, TITLE_SIZES[0], "tx1", prompt, bold=True, foot="b")
    ]
    if body:
        parts.append(_placeholder(3, "Text", 'type="body" idx="1"', BODY, 14, "tx1", "Text"))
    if chart:
        kind = f'type="body" sz="quarter" idx="{SUBTITLE_IDX}"'
        parts.append(_placeholder(4, "Subtitle", kind, SUBTITLE, SUBTITLE_SIZES[0], "tx2", "Unit and scope"))
        kind = f'type="body" sz="quarter" idx="{SOURCE_IDX}"'
        source = replace(SOURCE, y=SOURCE.y - lift, h=SOURCE.h + lift)
        parts.append(_placeholder(5, "Source", kind, source, SOURCE_SIZES[0], "tx2", "Source"))
        parts.append(_hairline(7, RULE_Y - lift))
    return "".join(parts) + _page_number()


def _hairline(number: int, at: float) -> str:
    x, y, w, _ = Box(BODY.x, at, BODY.w, 0).emu
    # Without a style part: PowerPoint would give the line the theme's shadow.
    return (
        f'<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="{number}" name="{HAIRLINE_NAME}"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvCxnSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="0"/></a:xfrm>'
        f'<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="9525"><a:solidFill>{colour(HAIRLINE)}</a:solidFill>'
        "</a:ln></p:spPr></p:cxnSp>"
    )


def _set_shapes(element: etree._Element, shapes: str) -> None:
    tree = element.cSld.spTree
    for child in list(tree)[2:]:
        tree.remove(child)
    for child in parse(f"<p:spTree>{shapes}</p:spTree>"):
        tree.append(child)


def _set_styles(master: etree._Element) -> None:
    ns = {"a": master.nsmap["a"], "p": master.nsmap["p"]}
    title = master.find(".//p:titleStyle/a:lvl1pPr", ns)
    title.set("algn", "l")
    title.find("a:defRPr", ns).set("sz", "2400")
    title.find("a:defRPr", ns).set("b", "1")
    for n, size in enumerate((14, 13, 12, 12, 12), 1):
        level = master.find(f".//p:bodyStyle/a:lvl{n}pPr", ns)
        level.find("a:defRPr", ns).set("sz", str(size * 100))


def describe(
    deck: Presentation,
    title: str,
    snapshot_id: str,
    chart_ids: Iterable[str],
    day: pd.Timestamp,
    comments: str = "",
) -> None:
    """Sets the document properties; the day of the data stands for the clock, so equal input gives equal bytes."""
    named = deck.core_properties
    named.title, named.subject = title[:255], snapshot_id
    named.keywords = ", ".join(dict.fromkeys(chart_ids))[:255]
    named.author = named.last_modified_by = PRODUCT
    named.created = named.modified = day.to_pydatetime()
    named.comments, named.category, named.language = comments[:255], "", "en"
    named.revision = 1


_PARTS = "http://schemas.microsoft.com/office/powerpoint/2010/main"
_PARTS_URI = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"


def part(deck: Presentation, parts: Sequence[tuple[str, int]]) -> None:
    """Divides the slides of a deck into named sections, as PowerPoint lists them beside the slides.

    Args:
        deck: With all its slides.
        parts: Name of each and the number of its first slide, from 0; slides before the first go under "Opening".
    """
    ids = [one.get("id") for one in deck.part._element.sldIdLst]
    starts = [(name, at) for name, at in parts if at < len(ids)]
    if not starts:
        return
    if starts[0][1] > 0:
        starts.insert(0, ("Opening", 0))
    ends = [at for _, at in starts[1:]] + [len(ids)]
    listed = "".join(
        f'<p14:section name="{xml_text(name)}" id="{_guid(name, at)}"><p14:sldIdLst>'
        + "".join(f'<p14:sldId id="{i}"/>' for i in ids[at:end])
        + "</p14:sldIdLst></p14:section>"
        for (name, at), end in zip(starts, ends, strict=True)
    )
    root = deck.part._element
    held = root.find(f"{{{_P}}}extLst")
    if held is None:
        held = etree.SubElement(root, f"{{{_P}}}extLst")
    for old in held.findall(f"{{{_P}}}ext"):
        if old.get("uri") == _PARTS_URI:
            held.remove(old)
    held.append(
        etree.fromstring(
            f'<p:ext xmlns:p="{_P}" uri="{_PARTS_URI}">'
            f'<p14:sectionLst xmlns:p14="{_PARTS}">{listed}</p14:sectionLst></p:ext>'
        )
    )


_P = "http://schemas.openxmlformats.org/presentationml/2006/main"


def _guid(name: str, at: int) -> str:
    """An id made of what it names, so that equal decks are equal."""
    found = hashlib.sha256(f"{at} {name}".encode()).hexdigest().upper()
    return f"{{{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:32]}}}"


def written(deck: Presentation) -> io.BytesIO:
    """The deck as python-pptx writes it, each member with the time of this machine.

    Raises:
        ExportRefusedError: that is before 1980, which no ZIP can say.
    """
    if (year := time.localtime().tm_year) < 1980:
        raise ExportRefusedError(
            f"The clock of this machine says {year}, and slides cannot be saved before 1980: set the clock."
        )
    out = io.BytesIO()
    deck.save(out)
    out.seek(0)
    return out


def save(deck: Presentation) -> bytes:
    """The deck as bytes; members of the file carry a fixed time.

    Raises:
        ExportRefusedError: as `written`.
    """
    # Packed once: only the times are set, where the format has them, before each member and in the list at the end.
    packed = written(deck)
    with zipfile.ZipFile(packed) as file:
        found, listed = file.infolist(), file.start_dir
    data = packed.getbuffer()
    for info in found:
        data[info.header_offset + 10 : info.header_offset + 14] = _FIRST_DAY
        data[listed + 12 : listed + 16] = _FIRST_DAY
        listed += 46 + sum(struct.unpack_from("<3H", data, listed + 28))
    return bytes(data)


#: 1 January 1980, midnight: the first moment that a ZIP can name.
_FIRST_DAY = struct.pack("<2H", 0, 1 << 5 | 1)
