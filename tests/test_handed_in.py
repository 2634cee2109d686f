"""Files of strangers cost a bounded time and memory, whatever they declare, and every failure is a sentence."""

from __future__ import annotations

import io
import json
import re
import socket
import struct
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pptx
import pytest
from deck_data import data, wanted
from examples import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.data import permalink
from dashboard.deck import apart, basket, decks
from dashboard.deck import template as templates
from dashboard.deck.basket import BasketError
from dashboard.deck.package import FileRefusedError
from dashboard.deck.turns import READING
from dashboard.deck.unpack import UnpackError, unpacked
from dashboard.look.measure import fit, wrap

Parts = dict[str, bytes]
LAYOUT = "ppt/slideLayouts/slideLayout1.xml"
LAYOUT_RELS = "ppt/slideLayouts/_rels/slideLayout1.xml.rels"
THEME = "ppt/theme/theme1.xml"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {n: file.read(n) for n in file.namelist()}


def packed(parts: Parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, blob in parts.items():
            file.writestr(name, blob)
    return out.getvalue()


@pytest.fixture(scope="module")
def plain() -> Parts:
    out = io.BytesIO()
    pptx.Presentation().save(out)
    return parts_of(out.getvalue())


@pytest.fixture(scope="module")
def deck(built: Path) -> Parts:
    """A deck of two charts that do not say what the data say: each is drawn anew."""
    few = [s for s in wanted(built).slides if s.chart in ("releases-by-company", "price-capability")]
    two = replace(wanted(built), slides=tuple(few), cover=False, appendix=False)
    parts = parts_of(decks.build(two, data(built)))
    return {n: re.sub(rb"rows=[0-9a-f]{12}", b"rows=000000000000", b) for n, b in parts.items()}


def leads(parts: Parts, kind: bytes, target: str, blob: bytes, of: str = LAYOUT_RELS) -> Parts:
    """The parts with one more, to which a layout leads by a relationship of this type."""
    one = b'<Relationship Id="rId97" Type="%s" Target="%s"/></Relationships>' % (kind, target.encode())
    rels = parts[of].replace(b"</Relationships>", one)
    types = parts["[Content_Types].xml"].replace(
        b"<Default ", b'<Default Extension="dat" ContentType="application/octet-stream"/><Default ', 1
    )
    path = target.replace("../", "ppt/") if target.startswith("../") else target.lstrip("/")
    return parts | {of: rels, "[Content_Types].xml": types, path: blob}


def lying(data: bytes, name: str, size: int) -> bytes:
    """An archive whose list says that a file is so large once unpacked."""
    out = bytearray(data)
    for sign, at, where in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        i = out.find(sign)
        while i >= 0:
            if out[i + where : i + where + len(name)] == name.encode():
                out[i + at : i + at + 4] = struct.pack("<I", size)
            i = out.find(sign, i + 4)
    return bytes(out)


# --- Archives ---


@pytest.mark.parametrize("says", [100, 5_000_000])
def test_what_an_archive_says_of_its_sizes_is_not_believed(says: int, plain: Parts) -> None:
    file = lying(packed(plain | {"ppt/media/a.xml": b" " * 120_000_000}), "ppt/media/a.xml", says)
    tracemalloc.start()
    with pytest.raises(FileRefusedError):
        templates.read(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000


def test_ways_of_packing_that_cannot_be_bounded_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as file:
        file.writestr("a.xml", b" " * 20_000_000)
    with pytest.raises(UnpackError, match="packed in a way"):
        unpacked(out.getvalue(), 10**9, 10)


def test_a_list_of_a_million_files_is_not_read() -> None:
    with pytest.raises(UnpackError, match="more than 10 parts"):
        unpacked(b"PK\x01\x02" * 1_000_000, 10**9, 10)


# --- Templates ---


def declared(blob: bytes, coding: str, pad: int) -> bytes:
    text = blob.decode("utf-8").split("?>", 1)[1]
    return f'<?xml version="1.0" encoding="{coding}"?>{" " * pad}<!DOCTYPE a [<!ENTITY b "c">]>{text}'.encode(
        coding
    )


def with_layouts(count: int) -> Callable[[Parts], bytes]:
    def make(parts: Parts) -> bytes:
        master, rels = "ppt/slideMasters/slideMaster1.xml", "ppt/slideMasters/_rels/slideMaster1.xml.rels"
        out, types, ids, more = dict(parts), b"", b"", b""
        for n in range(100, 100 + count):
            name = f"ppt/slideLayouts/slideLayout{n}.xml"
            out[name] = parts["ppt/slideLayouts/slideLayout6.xml"]
            out[f"ppt/slideLayouts/_rels/slideLayout{n}.xml.rels"] = parts[LAYOUT_RELS]
            kind = b"application/vnd.openxmlformats-officedocument.presentationml.slideLayout+xml"
            types += b'<Override PartName="/%s" ContentType="%s"/>' % (name.encode(), kind)
            ids += b'<p:sldLayoutId id="%d" r:id="rId%d"/>' % (2147490000 + n, 1000 + n)
            more += b'<Relationship Id="rId%d" Type="%sslideLayout" Target="../%s"/>' % (
                1000 + n,
                OFFICE,
                name.removeprefix("ppt/").encode(),
            )
        out["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", types + b"</Types>")
        out[master] = parts[master].replace(b"</p:sldLayoutIdLst>", ids + b"</p:sldLayoutIdLst>")
        out[rels] = parts[rels].replace(b"</Relationships>", more + b"</Relationships>")
        return packed(out)

    return make


def including(blob: bytes, coding: str, address: str = "http://127.0.0.1:9/a.xml") -> bytes:
    """A layout with an element that asks for another file to be read in its place."""
    text = blob.decode("utf-8").split("?>", 1)[1]
    one = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{address}" parse="text"/>'
    text = text.replace("</p:cSld>", f"<p:extLst>{one}</p:extLst></p:cSld>")
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(coding, b"")
    return mark + f'<?xml version="1.0" encoding="{coding[:6]}"?>{text}'.encode(coding)


def with_shapes(blob: bytes, count: int) -> bytes:
    one = (
        b'<p:sp><p:nvSpPr><p:cNvPr id="%d" name="%d"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        b"<p:txBody><a:bodyPr/><a:p/></p:txBody></p:sp>"
    )
    return blob.replace(
        b"</p:spTree>", b"".join(one % (n, n) for n in range(100, 100 + count)) + b"</p:spTree>"
    )


VBA = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
RIBBON = b"http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
ADD_IN = b"http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes"
MASTER_RELS = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HOSTILE: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    **{
        f"entities, {coding}, {pad} spaces before": (
            lambda p, coding=coding, pad=pad: packed(p | {LAYOUT: declared(p[LAYOUT], coding, pad)}),  # type: ignore[misc]
            "declares XML entities",
        )
        for coding in ("utf-8", "utf-16")
        for pad in (0, 9000)
    },
    "theme that is no XML": (lambda p: packed(p | {THEME: b"not xml"}), "cannot be read as XML"),
    "renamed macros": (lambda p: packed(leads(p, VBA, "../media/a.dat", b"x")), "carries macros"),
    "ribbon": (lambda p: packed(leads(p, RIBBON, "/customUI/a.xml", b"<a/>", "_rels/.rels")), "customUI"),
    "ole by its kind": (
        lambda p: packed(leads(p, OFFICE + b"oleObject", "../media/a.dat", b"x")),
        "on layout",
    ),
    "ole by its bytes": (
        lambda p: packed(leads(p, OFFICE + b"image", "../media/a.dat", OLE)),
        "embedded file",
    ),
    "package on a layout": (
        lambda p: packed(leads(p, OFFICE + b"package", "../media/a.dat", b"PK")),
        "embedded file",
    ),
    "macros by a click": (
        lambda p: packed(
            p
            | {
                LAYOUT: re.sub(
                    rb'(<p:cNvPr id="2"[^>]*)/>',
                    rb'\1><a:hlinkClick r:id="" action="ppaction://macro?name=x"/></p:cNvPr>',
                    p[LAYOUT],
                    count=1,
                )
            }
        ),
        "runs a macro",
    ),
    "add-in": (
        lambda p: packed(leads(p, ADD_IN, "/webext/a.xml", b"<a/>", "_rels/.rels")),
        "add-ins, which run code",
    ),
    "ribbon of a user": (
        lambda p: packed(
            leads(
                p, RIBBON.replace(b"extensibility", b"userCustomization"), "/c/a.xml", b"<a/>", "_rels/.rels"
            )
        ),
        "customUI",
    ),
    "entities in a theme by another name": (
        lambda p: packed(
            {n: b for n, b in p.items() if n != THEME}
            | {
                "ppt/theme/theme1.bin": declared(p[THEME], "utf-8", 0),
                MASTER_RELS: p[MASTER_RELS].replace(b"theme1.xml", b"theme1.bin"),
                "[Content_Types].xml": p["[Content_Types].xml"].replace(b"theme1.xml", b"theme1.bin"),
            }
        ),
        "declares XML entities",
    ),
    "500 layouts": (with_layouts(500), "layouts; expected at most"),
    **{
        f"includes, {coding}": (
            lambda p, coding=coding: packed(p | {LAYOUT: including(p[LAYOUT], coding)}),  # type: ignore[misc]
            "leads to other files",
        )
        for coding in ("utf-8", "utf-16-le", "utf-16-be")
    },
    "a style sheet": (
        lambda p: packed(
            p
            | {LAYOUT: p[LAYOUT].replace(b"?>", b'?><?xml-stylesheet href="http://127.0.0.1:9/a.xsl"?>', 1)}
        ),
        "leads to other files",
    ),
    "3,000 shapes on a layout": (lambda p: packed(p | {LAYOUT: with_shapes(p[LAYOUT], 3000)}), "shapes; expected"),
    "21,000 shapes in all": (
        lambda p: packed({n: with_shapes(b, 1950) if "Layouts/slideLayout" in n and n.endswith("xml") else b for n, b in p.items()}),
        "shapes together; expected at most",
    ),
    "250 placeholders": (
        lambda p: packed(p | {LAYOUT: with_shapes(p[LAYOUT], 250).replace(b"<p:nvPr/>", b'<p:nvPr><p:ph idx="1"/></p:nvPr>')}),
        "placeholders; expected",
    ),
    "a theme of 200,000 colours": (
        lambda p: packed(p | {THEME: p[THEME].replace(b"</a:clrScheme>", b"".join(b'<a:a%d><a:srgbClr val="%06x"/></a:a%d>' % (n, n, n) for n in range(200_000)) + b"</a:clrScheme>")}),
        "elements; real ones",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_templates_are_refused_in_words(name: str, plain: Parts) -> None:
    make, words = HOSTILE[name]
    with pytest.raises(FileRefusedError, match=re.escape(words)):
        templates.read(make(plain))


@pytest.mark.parametrize("kind", ["template", "deck"])
def test_what_includes_other_files_by_another_spelling_fetches_nothing(
    kind: str, plain: Parts, deck: Parts, built: Path
) -> None:
    """Where the name is written by the numbers of its letters it is read as any other element: nobody follows it."""
    with socket.create_server(("127.0.0.1", 0)) as host:
        host.setblocking(False)
        address = f"http://127.0.0.1:{host.getsockname()[1]}/a.xml"
        parts = plain if kind == "template" else deck
        layout = next(n for n in parts if n.startswith("ppt/slideLayouts/slideLayout"))
        spelt = including(parts[layout], "utf-8", address)
        spelt = spelt.replace(b"http://www.w3.org/2001/XI", b"&#104;ttp://www.w3.org/2001/X&#73;")
        file = packed(parts | {layout: spelt})
        if kind == "template":
            assert templates.read(file).layouts
        else:
            assert decks.refresh(file, data(built)).found == 2
        with pytest.raises(BlockingIOError):
            host.accept()


@pytest.mark.parametrize("word", ["wide", "", "1e400", "-1", "99999999999999999999999", "٣"])
@pytest.mark.parametrize("name", ["cx", "idx", "x", "sz"])
def test_sizes_that_are_words_end_in_a_sentence_at_worst(name: str, word: str, plain: Parts) -> None:
    changed = {
        n: re.sub(rb'\b%s="\d+"' % name.encode(), f'{name}="{word}"'.encode(), b) if n.endswith(".xml") else b
        for n, b in plain.items()
    }
    try:
        templates.read(packed(changed))
    except FileRefusedError as refused:
        assert str(refused).endswith(".")


def test_a_theme_without_colours_ends_in_a_sentence_at_worst(plain: Parts) -> None:
    theme = re.sub(rb"<a:clrScheme.*?</a:clrScheme>", b"", plain[THEME], flags=re.DOTALL)
    try:
        templates.read(packed(plain | {THEME: theme}))
    except FileRefusedError as refused:
        assert str(refused).endswith(".")


def test_as_many_layouts_as_large_companies_have_are_read(plain: Parts) -> None:
    assert len(templates.read(with_layouts(100)(plain)).choices) > 100


# --- Decks ---


def with_sheet(parts: Parts, old: bytes, new: bytes) -> bytes:
    """The deck with its charts' workbooks changed."""
    out = dict(parts)
    for name, blob in parts.items():
        if name.endswith(".xlsx"):
            book = parts_of(blob)
            first = "xl/worksheets/sheet1.xml"
            book[first] = re.sub(old, new, book[first], count=1)
            out[name] = packed(book)
    return packed(out)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'<row r="2"', b'<row r="3000000000"'),
        (rb'<c r="B2"', b'<c r="ZZZZZZZ2"'),
        (rb'<c r="B2"', b'<c r="' + b"Z" * 5000 + b'2"'),
        (rb'<row r="2"', b'<row r="two"'),
        (rb'<row r="2"', b'<row r="-5"'),
    ],
)
def test_cells_far_out_in_a_workbook_are_not_waited_for(
    old: bytes, new: bytes, deck: Parts, built: Path
) -> None:
    packed_ = with_sheet(deck, old, new)
    assert packed_ != packed(deck)
    done = decks.refresh(packed_, data(built))
    assert done.found == 2 and not done.missed


def test_a_workbook_that_lies_about_its_size(deck: Parts, built: Path) -> None:
    out = dict(deck)
    sheet = "xl/worksheets/sheet1.xml"
    for name, blob in deck.items():
        if name.endswith(".xlsx"):
            out[name] = lying(packed(parts_of(blob) | {sheet: b" " * 120_000_000}), sheet, 1000)
            break
    tracemalloc.start()
    decks.refresh(packed(out), data(built))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 250_000_000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'<c:pt idx="0"', b'<c:pt idx="3000000000"'),
        (rb'<c:pt idx="0"', b'<c:pt idx="zero"'),
        (rb'<c:idx val="0"', b'<c:idx val="4000000000"'),
        (rb'<c:max val="[^"]*"', b'<c:max val="high"'),
    ],
)
def test_points_far_out_in_a_chart_end_in_a_sentence_at_worst(
    old: bytes, new: bytes, deck: Parts, built: Path
) -> None:
    changed = {n: re.sub(old, new, b) if "/charts/chart" in n else b for n, b in deck.items()}
    try:
        decks.refresh(packed(changed), data(built))
    except FileRefusedError as refused:
        assert str(refused).endswith(".")


def test_one_chart_fifteen_hundred_times_is_refused_at_once(deck: Parts, built: Path) -> None:
    name = next(n for n, b in deck.items() if n.startswith("ppt/slides/slide") and b"graphicFrame>" in b)
    frame = re.search(rb"<p:graphicFrame.*?</p:graphicFrame>", deck[name], re.DOTALL)
    assert frame is not None
    many = deck[name].replace(frame[0], frame[0] * 1500)
    with pytest.raises(FileRefusedError, match="expected at most 200"):
        decks.refresh(packed(deck | {name: many}), data(built))


def test_more_slides_than_anybody_shows_are_refused_at_once(deck: Parts, built: Path) -> None:
    ids = re.search(rb"<p:sldId [^>]*/>", deck["ppt/presentation.xml"])
    assert ids is not None
    many = deck["ppt/presentation.xml"].replace(ids[0], ids[0] * 1_100)
    with pytest.raises(FileRefusedError, match=r"slides; expected at most 1,000\."):
        decks.refresh(packed(deck | {"ppt/presentation.xml": many}), data(built))


def test_a_page_number_does_not_say_how_many_pages_there_are(deck: Parts, built: Path) -> None:
    changed = {
        n: re.sub(rb'(name="landscape:[a-z-]+)(:\d+)?"', rb'\1:3000000000"', b)
        if n.startswith("ppt/slides/s")
        else b
        for n, b in deck.items()
    }
    assert decks.refresh(packed(changed), data(built)).changed == 0


# --- The process of its own ---


def test_a_file_that_takes_too_long_is_ended(
    deck: Parts, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_START", 0.01)
    begun = time.monotonic()
    with pytest.raises(FileRefusedError, match="seconds to read"):
        apart.refresh_deck(packed(deck), built)
    assert time.monotonic() - begun < 30


@pytest.mark.slow
def test_a_file_that_takes_too_much_memory_is_ended(plain: Parts) -> None:
    # Half a million elements of a layout are an honest file, and more than a template has.
    shapes = b"".join(b'<a:pt x="%d" y="1"/>' % n for n in range(2_000_000))
    many = plain[LAYOUT].replace(b"</p:cSld>", b"<p:extLst>" + shapes + b"</p:extLst></p:cSld>")
    many = many.replace(
        b"<p:extLst>", b'<p:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">', 1
    )
    with pytest.raises(FileRefusedError):
        apart.read_template(packed(plain | {LAYOUT: many}))


def test_type_that_is_no_number_is_told_while_the_template_is_handed_in(plain: Parts) -> None:
    """Reading does not ask for it; the first slide would, in a deck that a reader waits for."""
    words = {n: re.sub(rb'\bsz="\d+"', b'sz="big"', b) if n.endswith(".xml") else b for n, b in plain.items()}
    with pytest.raises(FileRefusedError, match="damaged"):
        apart.read_template(packed(words))


def test_the_next_file_is_read_after_one_that_failed(plain: Parts) -> None:
    with pytest.raises(FileRefusedError, match="not a PowerPoint file"):
        apart.read_template(b"hello")
    file = packed(plain)
    here, there = templates.read(file), apart.read_template(file)
    assert (there.key, there.layouts, there.choices) == (here.key, here.layouts, here.choices)


def test_stopping_ends_the_process(deck: Parts, built: Path) -> None:
    class Stopped(BaseException):
        pass

    def stop(*_: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        apart.refresh_deck(packed(deck), built, progress=stop)
    assert threading.active_count() < 50
    with READING.turn(patience=1):
        assert len(READING._working) == 1


# --- Baskets, views, words ---

ODD = [["a"], {"a": 1}, True, "\ud800", "a\udfffb", [[1]], None, 5, 1e300]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("name", ["title", "takeaway", "kind", "chart", "layout", "query"])
def test_fields_of_a_basket_that_are_no_text(name: str, value: object) -> None:
    raw = json.dumps(
        {
            "format": "landscape-deck/1",
            "slides": [{"kind": "section", name: value}],
            "title": "x",
            "shape": "16:9",
        }
    )
    try:
        made = basket.from_json(raw)
    except BasketError as error:
        assert str(error).startswith("slide 1")
    else:
        assert basket.decode(basket.encode(made)) == made


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("name", ["title", "shape", "slides"])
def test_fields_of_the_deck_that_are_no_text(name: str, value: object) -> None:
    raw = json.dumps({"format": "landscape-deck/1", "slides": [], name: value})
    try:
        made = basket.from_json(raw)
    except BasketError:
        return
    basket.encode(made).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"query": 5}',
        b'{"query": {"company": "alibaba"}}',
        b'{"query": {"company": [["a"]]}}',
        b'{"query": {"company": ["\\ud800"]}}',
        json.dumps({"query": {str(n): ["1"] for n in range(100_000)}}).encode(),
        json.dumps({"query": {"company": ["x"] * 100_000}}).encode(),
        json.dumps({"query": {"company": ["x" * 20_000]}}).encode(),
        b"[" * 90_000,
    ],
    ids=lambda raw: f"{raw[:40]!r}, {len(raw)}",
)
def test_a_saved_view_that_is_none_is_refused_at_once(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"expected|Expecting|exceeds"):
        permalink.saved(raw)


def test_a_saved_view_of_today_still_opens() -> None:
    raw = json.dumps({"view": "Board, Q4", "query": {"company": ["alibaba"], "as_of": ["2026-06-30"]}})
    assert permalink.saved(raw.encode()) == ("Board, Q4", {"company": ["alibaba"], "as_of": ["2026-06-30"]})


def test_a_word_of_any_length_is_measured_once() -> None:
    word = "x" * 200_000
    assert "".join(wrap(word, 3, 12 / 72)) == word
    fit(word, 300, [20, 18, 16, 14, 12, 10], 3)


# --- Fuzz: a target for each door ---

FUZZ = settings(max_examples=tries(150), deadline=None, suppress_health_check=list(HealthCheck))


def spoiled(data: bytes, at: list[tuple[float, int]], cut: float) -> bytes:
    out = bytearray(data)
    for where, value in at:
        out[int(where * (len(out) - 1))] = value
    return bytes(out[: int(cut * len(out))])


SPOILS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8)
CUTS = st.one_of(st.just(1.0), st.floats(0, 1))
WORDS = st.sampled_from(
    [b"", b"-1", b"99999999999", b"x", b"1e9", b"NaN", b"\xff", b"<a/>", b"&#0;", b"../../x"]
)


def respelled(parts: Parts, changes: list[tuple[float, float, bytes]]) -> bytes:
    """The file with values of attributes in its XML changed: such damage lies deeper than that of bytes."""
    out = dict(parts)
    names = sorted(n for n in parts if n.endswith((".xml", ".rels")))
    for which, where, word in changes:
        name = names[int(which * (len(names) - 1))]
        values = list(re.finditer(rb'="([^"]*)"', out[name]))
        if values:
            one = values[int(where * (len(values) - 1))]
            out[name] = out[name][: one.start(1)] + word + out[name][one.end(1) :]
    return packed(out)


CHANGES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), WORDS), min_size=1, max_size=4)


@pytest.mark.slow
@FUZZ
@given(changes=CHANGES, at=SPOILS, cut=CUTS)
def test_fuzz_templates(
    changes: list[tuple[float, float, bytes]], at: list[tuple[float, int]], cut: float
) -> None:
    out = io.BytesIO()
    pptx.Presentation().save(out)
    for file in (respelled(parts_of(out.getvalue()), changes), spoiled(out.getvalue(), at, cut)):
        try:
            templates.read(file)
        except FileRefusedError as refused:
            assert str(refused)


@pytest.mark.slow
@settings(FUZZ, max_examples=tries(25))
@given(changes=CHANGES, at=SPOILS, cut=CUTS)
def test_fuzz_decks(
    changes: list[tuple[float, float, bytes]],
    at: list[tuple[float, int]],
    cut: float,
    deck: Parts,
    built: Path,
) -> None:
    for spoilt in (respelled(deck, changes), spoiled(packed(deck), at, cut)):
        try:
            decks.refresh(spoilt, data(built))
        except FileRefusedError as refused:
            assert str(refused)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
FIELDS = st.sampled_from(["kind", "chart", "query", "title", "takeaway", "layout"])


@pytest.mark.slow
@settings(FUZZ, max_examples=tries(600))
@given(
    slides=st.lists(st.dictionaries(FIELDS, JSON), max_size=3),
    more=st.dictionaries(st.text(max_size=8), JSON),
)
def test_fuzz_baskets(slides: list[dict[str, object]], more: dict[str, object]) -> None:
    raw = json.dumps(more | {"format": "landscape-deck/1", "slides": slides})
    try:
        made = basket.from_json(raw)
    except BasketError as error:
        assert str(error)
    else:
        assert basket.decode(basket.encode(made)) == made


@pytest.mark.slow
@settings(FUZZ, max_examples=tries(600))
@given(raw=JSON | st.dictionaries(st.just("query"), st.dictionaries(st.text(max_size=8), JSON)))
def test_fuzz_saved_views(raw: object) -> None:
    try:
        permalink.saved(json.dumps(raw).encode())
    except ValueError as error:
        assert str(error)


@pytest.mark.slow
@settings(FUZZ, max_examples=tries(600))
@given(word=st.text(max_size=80) | st.binary(max_size=80).map(lambda b: b.decode("latin-1")))
def test_fuzz_words_of_baskets(word: str) -> None:
    try:
        basket.decode(word)
    except BasketError as error:
        assert str(error)
