"""Templates made for the tests: other sizes, grounds, faces and layouts than ours."""

from __future__ import annotations

import io
import re
from typing import Any

import pptx
from deck_data import saved
from lxml import etree
from pptx.util import Emu, Inches

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


def _theme(deck: Any, colours: dict[str, str], latin: str, chinese: str) -> None:
    part = next(r.target_part for r in deck.slide_master.part.rels.values() if r.reltype.endswith("/theme"))
    root = etree.fromstring(part.blob)
    for name, value in colours.items():
        slot = root.find(f".//{A}clrScheme/{A}{name}")
        slot[:] = [etree.fromstring(f'<a:srgbClr xmlns:a="{A[1:-1]}" val="{value}"/>')]
    for kind in ("majorFont", "minorFont"):
        root.find(f".//{A}{kind}/{A}latin").set("typeface", latin)
        root.find(f".//{A}{kind}/{A}ea").set("typeface", chinese)
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _resize(deck: Any, width: float, height: float) -> None:
    """Another slide size: every shape of master and layouts is stretched with it."""
    x, y = width / Emu(deck.slide_width).inches, height / Emu(deck.slide_height).inches
    deck.slide_width, deck.slide_height = Inches(width), Inches(height)
    for part in (deck.slide_master, *deck.slide_layouts):
        for tag, names in (("off", ("x", "y")), ("ext", ("cx", "cy"))):
            for e in part._element.iter(f"{A}{tag}"):
                for name, by in zip(names, (x, y), strict=True):
                    if e.get(name):
                        e.set(name, str(round(int(e.get(name)) * by)))


def _ground(master: Any, value: str) -> None:
    tree = master._element.find(f"{P}cSld")
    old = tree.find(f"{P}bg")
    if old is not None:
        tree.remove(old)
    tree.insert(
        0,
        etree.fromstring(
            f'<p:bg xmlns:p="{P[1:-1]}" xmlns:a="{A[1:-1]}"><p:bgPr><a:solidFill>{value}</a:solidFill>'
            "<a:effectLst/></p:bgPr></p:bg>"
        ),
    )


def classic() -> bytes:
    """4:3 in the colours of an older Office, with a sample slide of its own."""
    deck = pptx.Presentation()
    _theme(deck, {"dk2": "1F497D", "accent1": "C0504D"}, "Calibri", "")
    one = deck.slides.add_slide(deck.slide_layouts[1])
    one.shapes.title.text = "A sample that must not stay"
    one.notes_slide.notes_text_frame.text = "Nor its notes"
    return saved(deck)


def dark() -> bytes:
    """10 x 5.625 inches on a dark ground, capitals for titles, a logo at the foot and a confidential footer."""
    deck = pptx.Presentation()
    _resize(deck, 10, 5.625)
    _theme(deck, {"dk1": "0B1020", "lt1": "F5F7FA", "dk2": "8FA3C0", "lt2": "101830"}, "Verdana", "")
    mapped = deck.slide_master._element.find(f"{P}clrMap")
    mapped.set("bg1", "dk1"), mapped.set("tx1", "lt1")
    mapped.set("bg2", "lt2"), mapped.set("tx2", "dk2")
    _ground(deck.slide_master, '<a:schemeClr val="bg1"/>')
    title = deck.slide_master._element.find(f".//{P}titleStyle/{A}lvl1pPr")
    title.set("algn", "l")
    title.find(f"{A}defRPr").set("sz", "2000"), title.find(f"{A}defRPr").set("cap", "all")
    for layout in deck.slide_layouts:
        for p in layout.placeholders:
            if p.placeholder_format.type == 15:
                p.text_frame.text = "Confidential"
    keep = [deck.slide_layouts[i] for i in (0, 2, 5, 6)]
    for layout in list(deck.slide_layouts):
        if layout not in keep:
            deck.slide_layouts.remove(layout)
    logo = deck.slide_master.shapes._spTree
    logo.append(
        etree.fromstring(
            f'<p:sp xmlns:p="{P[1:-1]}" xmlns:a="{A[1:-1]}"><p:nvSpPr><p:cNvPr id="77" name="Logo"/><p:cNvSpPr/><p:nvPr/>'
            f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{Inches(8.9)}" y="{Inches(4.55)}"/><a:ext cx="{Inches(0.8)}" '
            f'cy="{Inches(0.45)}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill>'
            '<a:srgbClr val="E2231A"/></a:solidFill></p:spPr></p:sp>'
        )
    )
    return saved(deck)


def chinese() -> bytes:
    """16:9 with layouts named in Chinese, places for subtitle, source and takeaways, and no section layout; a .potx."""
    deck = pptx.Presentation()
    _resize(deck, 13.333, 7.5)
    _theme(deck, {"accent1": "007A87", "dk2": "44546A"}, "Arial", "等线")
    for layout in list(deck.slide_layouts):
        if layout.name not in ("Title Slide", "Two Content"):
            deck.slide_layouts.remove(layout)
    cover, chart = deck.slide_layouts
    cover.name = "封面"
    chart.name = "图表"
    chart._element.attrib.pop("type", None)
    boxes = {
        0: ("标题", (0.7, 0.4, 11.9, 0.9)),
        1: ("图表 1", (0.7, 1.9, 8.4, 4.4)),
        2: ("要点 Takeaways", (9.4, 1.9, 3.2, 4.4)),
    }
    for p in chart.placeholders:
        found = boxes.get(p.placeholder_format.idx)
        if found:
            p.name = found[0]
            p.left, p.top, p.width, p.height = (Inches(v) for v in found[1])
    for idx, name, box, size in (
        (20, "副标题", (0.7, 1.32, 11.9, 0.45), 1400),
        (21, "来源", (0.7, 6.4, 11.9, 0.45), 900),
    ):
        x, y, w, h = (Inches(v) for v in box)
        chart.shapes._spTree.append(
            etree.fromstring(
                f'<p:sp xmlns:p="{P[1:-1]}" xmlns:a="{A[1:-1]}"><p:nvSpPr><p:cNvPr id="{idx + 40}" name="{name}"/><p:cNvSpPr>'
                f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" sz="quarter" idx="{idx}"/></p:nvPr></p:nvSpPr>'
                f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm></p:spPr><p:txBody><a:bodyPr '
                'lIns="0" tIns="0" rIns="0" bIns="0"/><a:lstStyle><a:lvl1pPr marL="0" indent="0"><a:buNone/>'
                f'<a:defRPr sz="{size}"/></a:lvl1pPr></a:lstStyle><a:p><a:r><a:t>文本</a:t></a:r></a:p></p:txBody></p:sp>'
            )
        )
    title = deck.slide_master._element.find(f".//{P}titleStyle/{A}lvl1pPr")
    title.set("algn", "l")
    title.find(f"{A}defRPr").set("sz", "2600"), title.find(f"{A}defRPr").set("b", "1")
    return as_template(saved(deck))


def as_template(data: bytes) -> bytes:
    """A presentation as a .potx: its main part says so."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
        for info in old.infolist():
            blob = old.read(info)
            if info.filename == "[Content_Types].xml":
                blob = re.sub(rb"presentationml\.presentation\.main", b"presentationml.template.main", blob)
            fresh.writestr(info.filename, blob)
    return out.getvalue()


TEMPLATES = {"classic": classic, "dark": dark, "chinese": chinese}
