"""The parts of a PowerPoint file as a package: what leads where, what is kept of a template, no part twice."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from dashboard.export import master

Members = dict[str, bytes]

RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#: Relationships of the package by the last word of their type; older LibreOffice writes them in other words.
_KNOWN = {
    "core-properties": f"{_PACKAGE}core-properties",
    "extended-properties": f"{_OFFICE}extended-properties",
    "custom-properties": f"{_OFFICE}custom-properties",
    "officedocument": f"{_OFFICE}officeDocument",
}
#: What hangs on a template's own slides, or on the machine that it was made on, and goes with them.
_LEFT_OUT = ("slide", "printerSettings", "commentAuthors", "authors", "tags", "thumbnail")


class FileRefusedError(Exception):
    """A file that is not opened; the text is a sentence for the person who gave it."""


def parse(name: str, blob: bytes) -> etree._Element:
    """A part as XML.

    Raises:
        FileRefusedError: it is none.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(blob, parser)
    except etree.XMLSyntaxError as error:
        raise FileRefusedError(f"The file is damaged: “{name}” cannot be read.") from error


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def rels_of(name: str) -> str:
    """Name of the part that holds a part's relationships; "" is the package itself."""
    folder, _, last = name.rpartition("/")
    return f"{folder}/_rels/{last}.rels" if folder else f"_rels/{last}.rels"


def source(rels: str) -> str:
    """The part whose relationships a part holds; "" for those of the package."""
    folder, _, last = rels.rpartition("_rels/")
    return f"{folder}{last.removesuffix('.rels')}"


def resolved(name: str, target: str) -> str:
    """A relationship's target as the name of a part."""
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target)).removeprefix("../")


def _relationships(members: Members, name: str) -> Iterator[etree._Element]:
    held = rels_of(name)
    if held in members:
        yield from parse(held, members[held]).iter(RELATIONSHIP)


def _leads(members: Members, name: str) -> dict[str, tuple[str, str]]:
    """Relationships inside the file: id to last word of the type and part."""
    return {
        one.get("Id") or "": (
            (one.get("Type") or "").rpartition("/")[2],
            resolved(name, one.get("Target") or ""),
        )
        for one in _relationships(members, name)
        if (one.get("TargetMode") or "").lower() != "external"
    }


def is_strict(members: Members, main: str) -> bool:
    """True for files in the strict variant of the standard, which names everything otherwise."""
    return b"purl.oclc.org/ooxml" in members[main][:4000]


# --- A template without its own slides ---


def stray(members: Members, main: str) -> set[str]:
    """Parts that nothing leads to: nobody can say what they are for."""
    return set(members) - _reached(members, main)


def leading_to(members: Members, name: str) -> str:
    """A part that leads to another; "" where none does."""
    held = (n for n in members if n.endswith(".rels"))
    return next(
        (source(h) for h in held if any(p == name for _, p in _leads(members, source(h)).values())), ""
    )


def without_slides(members: Members, main: str) -> tuple[Members, tuple[str, ...]]:
    """The parts that are kept of a template, and the layouts that its own slides stand on, in their order.

    Links, charts and media of sample slides are left out with them, and so is what names them: sections, custom shows,
    comments, a printer's settings.
    """
    root = parse(main, members[main])
    leads = _leads(members, main)
    used = []
    listed = root.find(f"{_P}sldIdLst")
    for one in listed if listed is not None else ():
        slide = leads.get(one.get(f"{_R}id") or "", ("", ""))[1]
        used += [part for kind, part in _leads(members, slide).values() if kind == "slideLayout"]
    for tag in ("sldIdLst", "custShowLst", "extLst", "custDataLst", "smartTags"):
        for found in root.findall(f"{_P}{tag}"):
            root.remove(found)
    changed = members | {main: _written(root)}
    for name in ("", main):
        held = rels_of(name)
        if held not in members:
            continue
        rels = parse(held, members[held])
        for one in list(rels.iter(RELATIONSHIP)):
            if (one.get("Type") or "").rpartition("/")[2] in _LEFT_OUT:
                rels.remove(one)
        changed[held] = _written(rels)
    kept = _reached(changed, main)
    return {n: b for n, b in changed.items() if n in kept}, tuple(used)


def _reached(members: Members, main: str) -> set[str]:
    """Parts that something kept leads to, with the lists of their relationships."""
    kept, todo = {"[Content_Types].xml"}, ["", main]
    while todo:
        name = todo.pop()
        if name in kept:
            continue
        kept |= {name, rels_of(name)}
        todo += [part for _, part in _leads(members, name).values() if part in members and part not in kept]
    return kept


def with_known_types(members: Members) -> Members:
    """The package's own relationships under the names that everybody knows: a part that is not found is made twice.

    Of two that say the same the first is kept, whose part is there: readers expect one.
    """
    root = parse("_rels/.rels", members.get("_rels/.rels", b"<Relationships/>"))
    seen: set[str] = set()
    for one in list(root.iter(RELATIONSHIP)):
        known = _KNOWN.get((one.get("Type") or "").rpartition("/")[2].lower())
        if not known:
            continue
        if known in seen or resolved("", one.get("Target") or "") not in members:
            root.remove(one)
            continue
        seen.add(known)
        one.set("Type", known)
    return members | {"_rels/.rels": _written(root)}


# --- Places in words ---


def place(members: Members, name: str, key: str = "") -> str:
    """Where something stands, in words: "on layout “Title”, object “Logo”"."""
    words = _part_in_words(members, name)
    thing = _object(members, name, key)
    return f"{words}, object “{thing}”" if thing else words


def _part_in_words(members: Members, name: str) -> str:
    last = posixpath.basename(name)
    number = re.search(r"(\d+)\.xml$", last)
    if "/slideLayouts/" in name:
        return f"on layout “{_named(members, name) or last}”"
    if "/slideMasters/" in name:
        return f"on slide master {number[1] if number else last}"
    if "/slides/" in name:
        return f"on slide {number[1] if number else last}"
    if not name:
        return "in the file as a whole"
    return f"in “{last}”"


def _named(members: Members, name: str) -> str:
    found = parse(name, members[name]).find(f"{_P}cSld") if name in members else None
    return (found.get("name") or "") if found is not None else ""


def _object(members: Members, name: str, key: str) -> str:
    """Name of the object that uses a relationship."""
    if not key or not name.endswith(".xml") or name not in members:
        return ""
    for element in parse(name, members[name]).iter():
        if not any(a.startswith(_R) and v == key for a, v in element.attrib.items()):
            continue
        for up in (element, *element.iterancestors()):
            found = next((c for c in up.iter(f"{_P}cNvPr")), None)
            if found is not None:
                return found.get("name") or ""
    return ""


# --- Saving ---


def no_part_twice(package: Any) -> None:
    """Gives every part of a package a name of its own, as files are told apart: without regard to case."""
    taken: set[str] = set()
    for part in package.iter_parts():
        stem, dot, ending = str(part.partname).rpartition(".")
        number, name = 1, str(part.partname)
        while name.lower() in taken:
            number += 1
            name = f"{stem}x{number}{dot}{ending}"
        taken.add(name.lower())
        if name != str(part.partname):
            part.partname = type(part.partname)(name)


def saved(deck: Any, members: Members) -> bytes:
    """The deck with the bytes of every part that says the same as it did."""
    no_part_twice(deck.part.package)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(master.written(deck)) as fresh,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = fresh.namelist()
        for name in [n for n in members if n in names] + [n for n in names if n not in members]:
            blob = fresh.read(name)
            old = members.get(name)
            if old is not None and old != blob and _same(name, old, blob):
                blob = old
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, blob)
    return out.getvalue()


def _elements(blob: bytes) -> int:
    """How many elements a part has, however it is written."""
    return blob.count(b"<") - blob.count(b"</") - blob.count(b"<?")


def _same(name: str, old: bytes, new: bytes) -> bool:
    """True where two parts differ in how they are written and not in what they say."""
    if not name.endswith((".xml", ".rels")) or _elements(old) != _elements(new):
        return False
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        a, b = etree.fromstring(old, parser), etree.fromstring(new, parser)
    except etree.XMLSyntaxError:
        return False
    if name.endswith(".rels"):
        return {tuple(sorted(e.attrib.items())) for e in a} == {tuple(sorted(e.attrib.items())) for e in b}
    return etree.tostring(a, method="c14n") == etree.tostring(b, method="c14n")
