"""Company templates: three of other size, ground and language put to use; hostile files refused in words."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import odd_templates
import pptx
import pytest
from own_templates import TEMPLATES, as_template, chinese, classic, dark, saved
from pptx.util import Inches

from dashboard.deck import template as templates
from dashboard.deck.opening import open_file
from dashboard.deck.package import FileRefusedError
from dashboard.deck.restyle import Style, contrast, is_dark

Parts = dict[str, bytes]


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {n: package.read(n) for n in package.namelist()}


def packed(parts: Parts, extra: list[tuple[str, bytes]] = ()) -> bytes:  # type: ignore[assignment]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, blob in [*parts.items(), *extra]:
            package.writestr(zipfile.ZipInfo(name), blob, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.fixture(scope="module")
def plain() -> Parts:
    return parts_of(classic())


def external(kind: str, target: str) -> bytes:
    return (
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()


LAYOUT_RELS = "ppt/slideLayouts/_rels/slideLayout1.xml.rels"


def with_rel(parts: Parts, kind: str, target: str) -> bytes:
    return packed(
        parts | {LAYOUT_RELS: parts[LAYOUT_RELS].replace(b"</Relationships>", external(kind, target))}
    )


def flagged_as_encrypted(parts: Parts) -> bytes:
    data = bytearray(packed(parts))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        i = data.find(sign)
        while i >= 0:
            data[i + at] |= 1
            i = data.find(sign, i + 4)
    return bytes(data)


def with_layout(name: str) -> Any:
    """A deck with one layout alone; "" leaves it none."""
    deck = pptx.Presentation()
    for layout in list(deck.slide_layouts):
        if layout.name != name:
            deck.slide_layouts.remove(layout)
    return deck


def without_layouts(_: Parts) -> bytes:
    return saved(with_layout(""))


def without_titles(_: Parts) -> bytes:
    return saved(with_layout("Blank"))


def without_room(_: Parts) -> bytes:
    deck = with_layout("Title Only")
    for x in (0.1, 5.1):
        odd_templates.shape(deck.slide_master, (x, 1.3, 4.8, 6), odd_templates.NAVY)
    return saved(deck)


def upright(_: Parts) -> bytes:
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(7.5), Inches(10)
    return saved(deck)


def typed(parts: Parts, old: str, new: str) -> bytes:
    blob = parts["[Content_Types].xml"].replace(old.encode(), new.encode())
    return packed(parts | {"[Content_Types].xml": blob})


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
MACROS = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

HOSTILE: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    "empty": (lambda p: b"", "empty"),
    "text": (lambda p: b"hello", "not a PowerPoint file"),
    "too large": (lambda p: b"PK" + b"\0" * 60_000_001, "expected at most 60 MB"),
    "cut": (lambda p: packed(p)[:-400], "cut or damaged"),
    "password": (lambda p: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted with a password"),
    "old format": (lambda p: OLE, "before 2007"),
    "encrypted parts": (flagged_as_encrypted, "encrypted"),
    "macros by type": (lambda p: typed(p, PRESENTATION, MACROS), "carries macros"),
    "macros by part": (lambda p: packed(p, [("ppt/vbaProject.bin", b"x")]), "carries macros"),
    "activex": (lambda p: packed(p, [("ppt/activeX/activeX1.bin", b"x")]), "ActiveX"),
    "word": (lambda p: typed(p, PRESENTATION, WORD), "a Word document"),
    "zip of photos": (lambda p: packed({"a.jpg": b"x"}), "does not say what its parts are"),
    "bomb": (lambda p: packed(p, [("ppt/media/a.xml", b" " * 30_000_000)]), "fill a disk"),
    "many parts": (
        lambda p: packed(p, [(f"ppt/media/{i}.png", b"") for i in range(8001)]),
        "parts; expected at most",
    ),
    "path out": (lambda p: packed(p, [("../../evil.xml", b"<a/>")]), "leads out of the file"),
    "path absolute": (lambda p: packed(p, [("/etc/passwd", b"x")]), "leads out of the file"),
    "path windows": (lambda p: packed(p, [("C:\\evil.xml", b"x")]), "leads out of the file"),
    "part twice": (
        lambda p: packed(p, [("ppt/presentation.xml", p["ppt/presentation.xml"])]),
        "stands there twice",
    ),
    "entities": (
        lambda p: packed(
            p
            | {
                "ppt/presentation.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'
                + p["ppt/presentation.xml"].split(b"?>", 1)[1]
            }
        ),
        "declares XML entities",
    ),
    "linked picture": (
        lambda p: with_rel(p, "image", "http://example.org/a.png"),
        "fetches a part from outside",
    ),
    "linked object": (lambda p: with_rel(p, "oleObject", "file:///c:/a.xlsx"), "fetches a part from outside"),
    "link to a file": (
        lambda p: with_rel(p, "hyperlink", "file://server/share"),
        "expected web addresses only",
    ),
    "script link": (lambda p: with_rel(p, "hyperlink", "javascript:alert(1)"), "expected web addresses only"),
    "part outside": (
        lambda p: packed(
            p
            | {
                LAYOUT_RELS: p[LAYOUT_RELS].replace(
                    b"../slideMasters/slideMaster1.xml", b"../../../../etc/passwd"
                )
            }
        ),
        "lies outside the file",
    ),
    "broken xml": (lambda p: packed(p | {"ppt/presentation.xml": b"<p:presentation"}), "damaged"),
    "broken relations": (lambda p: packed(p | {LAYOUT_RELS: b"<x"}), "damaged"),
    "no layouts": (without_layouts, "no slide layouts"),
    "no titles": (without_titles, "title placeholder"),
    "no room": (without_room, "room for a chart"),
    "upright": (upright, "expected a landscape format"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_templates_are_refused_in_words(name: str, plain: Parts) -> None:
    make, words = HOSTILE[name]
    with pytest.raises(FileRefusedError, match=re.escape(words)) as refused:
        templates.read(make(plain))
    said = str(refused.value)
    assert (said.endswith(".") and said[0].isupper()) or said[0] == "“"
    assert "Traceback" not in said


def test_a_web_link_in_a_layout_is_no_danger(plain: Parts) -> None:
    assert templates.read(with_rel(plain, "hyperlink", "https://example.org")).layouts


def test_links_of_a_deck_are_left_alone(plain: Parts) -> None:
    assert open_file(with_rel(plain, "image", "http://example.org/a.png"), "deck").deck


def test_roles_of_a_template_in_chinese() -> None:
    one = templates.read(chinese())
    chart = one.layouts["chart"]
    assert chart.name == "图表"
    assert {r: p.idx for r, p in chart.places.items()} == {
        "title": 0,
        "subtitle": 20,
        "source": 21,
        "takeaways": 2,
        "page": 12,
        "body": None,
    }
    assert one.layouts["cover"].name == "封面"
    assert one.layouts["section"].borrowed
    assert any("section slides" in w for w in one.warnings)
    assert one.fonts[2] == "等线"
    # Nobody writes a takeaway on a plain slide: the chart takes that room, too.
    assert one.body().w > one.body(beside=True).w


def test_roles_of_the_others_and_their_warnings() -> None:
    one = templates.read(classic())
    assert (round(one.width, 2), one.height) == (10, 7.5) and one.scale < 1
    assert any("unit and scope and source line" in w for w in one.warnings)
    assert one.layouts["section"].name == "Section Header" and not one.layouts["section"].borrowed
    assert len(one.new().slides) == 0, "the template's own slides are gone"
    night = templates.read(dark(), fonts=True, colours=True)
    assert is_dark(night.ground) and night.style.dark
    assert night.style.latin == "+mn-lt" and night.style.type_scale < 1
    body = night.layouts["chart"].places["body"].box
    assert body.x + body.w <= 8.9, "the logo keeps its place"
    assert contrast(night.colours["tx1"], night.ground) > 10


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_role_lies_on_the_slide_and_apart(name: str) -> None:
    one = templates.read(TEMPLATES[name]())
    for layout in one.layouts.values():
        boxes = [p.box for r, p in layout.places.items() if r != "page"]
        for b in boxes:
            assert b.x >= 0 and b.y >= 0 and b.x + b.w <= one.width + 0.02 and b.y + b.h <= one.height + 0.02
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                over_x = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
                over_y = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
                assert over_x < 0.03 or over_y < 0.03, (layout.name, a, b)
    svg = templates.preview(one)
    assert svg.startswith("<svg") and "Chart or table" in svg


def test_the_map_is_remembered_by_the_files_hash() -> None:
    data = classic()
    one = templates.read(data, {"chart": 5})
    assert one.layouts["chart"].name == "Title Only"
    kept = templates.roles_json(one)
    assert templates.roles_from_json(kept, data)["chart"] == 5
    assert templates.roles_from_json(kept, data + b" ") == {}
    for nonsense in ("", "[]", "{}", '{"format": 1}', "[" * 9999):
        assert templates.roles_from_json(nonsense, data) == {}
    assert templates.read(data, {"chart": 999, "cover": 999}).layouts["chart"].name == "Title and Content"


def test_a_presentation_and_its_template_read_alike() -> None:
    data = classic()
    a, b = templates.read(data), templates.read(as_template(data))
    assert a.layouts == b.layouts and a.key != b.key


def test_a_style_comes_back_from_words() -> None:
    one = Style(scale=0.75, latin="+mn-lt", dark=True, ground="#0B1020", second="tx1")
    assert Style.from_words(one.words) == one
    odd: dict[str, Any] = {"scale": "1e999", "dark": "maybe", "evil": "x", "latin": 'a"b<c'}
    assert Style.from_words(odd) == Style()
