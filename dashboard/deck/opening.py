"""Opens decks and templates that strangers hand in: every check that needs no PowerPoint comes before parsing."""

from __future__ import annotations

import io
import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from xml.parsers import expat

import pptx
from lxml import etree
from pptx.exc import PythonPptxError
from pptx.presentation import Presentation

from dashboard.deck import package
from dashboard.deck.package import RELATIONSHIP, FileRefusedError, Members, parse
from dashboard.deck.unpack import MEGABYTE, UnpackError, unpacked
from dashboard.look.theme import plural

LOG = logging.getLogger(__name__)

Kind = Literal["template", "deck"]

#: Largest file, largest content once unpacked, largest single part of XML, most parts; a real deck stays far below.
MOST_BYTES = {"template": 60 * MEGABYTE, "deck": 150 * MEGABYTE}
MOST_UNPACKED = 250 * MEGABYTE
MOST_XML = 60 * MEGABYTE
MOST_PARTS = 8_000
MOST_LAYOUTS = 250
#: Shapes of one layout or master, places for content among them, shapes of all together, elements of a theme: ten times
#: what large companies have.
MOST_SHAPES, MOST_PLACES, MOST_SHAPES_IN_ALL, MOST_IN_THEME = 2_000, 200, 20_000, 100_000
_PLACE = re.compile(rb"<(?:\w+:)?ph[\s/>]")
DAMAGED = "The file is damaged or not laid out as PowerPoint does: open it in PowerPoint and save it again."
_LARGE = "The file takes more memory to read than a usual one does: save it again in PowerPoint, with fewer slides, charts and layouts."
#: What goes wrong where a file's content is not what it should be: names that lead nowhere, words for numbers.
_OF_CONTENT = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    etree.LxmlError,
    PythonPptxError,
    zlib.error,
)
#: What includes other files into XML where a reader of it follows that; none here does, and no PowerPoint writes it.
_INCLUDES = tuple("http://www.w3.org/2001/XInclude".encode(c) for c in ("utf-8", "utf-16-le", "utf-16-be"))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.{}.main+xml"
_PRESENTATION = _MAIN.format("presentation")
_OPENS = {_PRESENTATION, _MAIN.format("template"), _MAIN.format("slideshow")}
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
#: What a link of a layout may lead to. People leave the scheme out: "www.example.com", "example.com/brand".
_SAFE_LINK = re.compile(r"^(https?://|mailto:|tel:|ppaction://|#|www\.|$)", re.IGNORECASE)
_BARE_HOST = re.compile(r"^(?:[\w-]+\.)+([a-z]{2,24})(?::\d+)?(?:[/?#].*)?$", re.IGNORECASE)
#: Endings of files, which no top domain has: "book.xlsx" is a file beside the deck.
_FILES = re.compile(
    r"^(xls|doc|ppt|pot|pps)[xmb]?$|^(pdf|csv|txt|zip|exe|bat|cmd|js|vbs|msi|scr|lnk|html?|xml|png|jpe?g|gif|mp4|mov|avi|wmv)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Opened:
    """A file that passed.

    Attributes:
        deck: As python-pptx reads it; of a template without its own slides.
        members: Its parts as they came, by name.
        used: Of a template, the names of the layouts that its own slides stood on, in their order.
    """

    deck: Presentation
    members: Members
    used: tuple[str, ...] = field(default=())


def open_file(data: bytes, kind: Kind = "template") -> Opened:
    """Opens a .pptx, .potx or .ppsx.

    Args:
        data: The file.
        kind: A template must not reach outside itself; a deck's links to other files are left as they are, unread.

    Raises:
        FileRefusedError: anything is odd; nothing of the file was used.
    """
    members = _members(data, kind)
    main = _main_part(members)
    declared = _declared_xml(members)
    for name, blob in members.items():
        if is_xml(name) or name.lower() in declared:
            _check_prolog(name, blob)
    if package.is_strict(members, main):
        raise FileRefusedError(
            "The file is in the strict variant of Open XML: save it as the usual PowerPoint presentation (.pptx)."
        )
    kept, used = package.without_slides(members, main) if kind == "template" else (members, ())
    for name in {*kept, *package.stray(members, main)}:
        if "/activex/" in name.lower():
            raise _runs_code(kept, "ActiveX controls, which run code", package.leading_to(kept, name))
    for name, blob in kept.items():
        if name.lower().endswith(".rels"):
            _check_relationships(name, blob, kept, kind)
        elif kind == "template" and blob.startswith((_OLE, b"MZ", b"\x7fELF")):
            raise _runs_code(kept, _EMBEDDED, package.leading_to(kept, name))
    if kind == "template":
        _check_shapes(kept)
    try:
        deck = pptx.Presentation(io.BytesIO(_as_presentation(package.with_known_types(kept), main)))
        count = sum(len(m.slide_layouts) for m in deck.slide_masters)
    except FileRefusedError:
        raise
    except Exception as error:
        raise FileRefusedError(_LARGE if isinstance(error, MemoryError) else DAMAGED) from error
    if kind == "template":
        _check_actions(deck)
    if not count:
        raise FileRefusedError("The file has no slide layouts, so there is nothing to put slides on.")
    if count > MOST_LAYOUTS:
        raise FileRefusedError(f"The file has {count:,} layouts; expected at most {MOST_LAYOUTS}.")
    return Opened(deck, members, used)


def _members(data: bytes, kind: Kind) -> Members:
    """Every part of the package, unpacked within limits."""
    if not data:
        raise FileRefusedError("The file is empty.")
    if len(data) > MOST_BYTES[kind]:
        raise FileRefusedError(
            f"The file has {len(data) / MEGABYTE:,.0f} MB; expected at most {MOST_BYTES[kind] // MEGABYTE} MB."
        )
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise FileRefusedError(
                "The file is encrypted with a password or a sensitivity label: save a copy without it."
            )
        raise FileRefusedError(
            "The file is in PowerPoint's format from before 2007 (.ppt or .pot): save it as .pptx or .potx."
        )
    if not data.startswith(b"PK"):
        raise FileRefusedError("The file is not a PowerPoint file: expected .pptx or .potx.")
    try:
        return unpacked(
            data, MOST_UNPACKED, MOST_PARTS, most_of=lambda n: MOST_XML if is_xml(n) else MOST_UNPACKED
        )
    except UnpackError as refused:
        raise FileRefusedError(str(refused)) from refused


def is_xml(name: str) -> bool:
    """Whether a part of this name is read as XML."""
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _declared_xml(members: Members) -> set[str]:
    """Names, in small letters, of parts that the package says are XML, whatever they end with; pictures aside, which nobody parses."""
    root = parse("[Content_Types].xml", members["[Content_Types].xml"])
    said = {
        o.tag.rpartition("}")[2]
        + ":"
        + (o.get("PartName") or o.get("Extension") or "").lstrip("/").lower(): (
            o.get("ContentType") or ""
        ).lower()
        for o in root.iter(f"{_TYPES}Override", f"{_TYPES}Default")
    }

    def kind(name: str) -> str:
        ending = name.rpartition("/")[2].rpartition(".")[2]
        return said.get(f"Override:{name}") or said.get(f"Default:{ending}") or ""

    return {
        n
        for n in map(str.lower, members)
        if kind(n).endswith(("+xml", "/xml")) and not kind(n).startswith("image/")
    }


class _Begun(Exception):
    """The first element stands: what could have been declared is past."""


def _check_prolog(name: str, blob: bytes) -> None:
    """Refuses a part that declares a document type, where alone entities are declared, in any encoding, padded or not.

    One that includes other files or names a style sheet is refused, too: PowerPoint writes neither.
    """
    if any(one in blob for one in _INCLUDES):
        raise _includes(name)
    reader = expat.ParserCreate()

    def instructed(target: str, _: str) -> None:
        if target == "xml-stylesheet":
            raise _includes(name)

    def declared(*_: object) -> None:
        raise FileRefusedError(
            f"“{name[:80]}” declares XML entities, which PowerPoint never writes and which can harm whoever reads them."
        )

    def begun(*_: object) -> None:
        raise _Begun

    reader.StartDoctypeDeclHandler = declared
    reader.ProcessingInstructionHandler = instructed
    reader.StartElementHandler = begun
    try:
        reader.Parse(blob, True)
    except _Begun:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefusedError(f"The file is damaged: “{name[:80]}” cannot be read as XML.") from error


def _includes(name: str) -> FileRefusedError:
    return FileRefusedError(
        f"“{name[:80]}” leads to other files (XInclude or a style sheet of XML), which PowerPoint never writes."
    )


def _check_shapes(members: Members) -> None:
    """Refuses what would take minutes to lay out; a shape names itself once, whatever stands before the colon."""
    in_all = 0
    for name, blob in members.items():
        if not is_xml(name):
            continue
        count = blob.count(b"cNvPr ")
        in_all += count
        if count > MOST_SHAPES:
            raise FileRefusedError(
                f"“{name[:80]}” has {count:,} shapes; expected at most {MOST_SHAPES:,} on a layout or master."
            )
        if (places := len(_PLACE.findall(blob))) > MOST_PLACES:
            raise FileRefusedError(
                f"“{name[:80]}” has {places:,} placeholders; expected at most {MOST_PLACES} on a layout or master."
            )
        if b"clrScheme" in blob and blob.count(b"<") > 2 * MOST_IN_THEME:
            raise FileRefusedError(
                f"“{name[:80]}” is a theme of more than {MOST_IN_THEME:,} elements; real ones have some hundreds."
            )
    if in_all > MOST_SHAPES_IN_ALL:
        raise FileRefusedError(
            f"The layouts have {in_all:,} shapes together; expected at most {MOST_SHAPES_IN_ALL:,}."
        )


def _main_part(members: Members) -> str:
    """Name of the presentation's own part; refuses other kinds of files and macros."""
    if "[Content_Types].xml" not in members:
        raise FileRefusedError(
            "The file is a ZIP archive and not a PowerPoint file: it does not say what its parts are."
        )
    root = parse("[Content_Types].xml", members["[Content_Types].xml"])
    kinds = {
        (o.get("PartName") or "").lstrip("/"): o.get("ContentType") or ""
        for o in root.iter(f"{_TYPES}Override")
    }
    everything = [*kinds.values(), *(d.get("ContentType") or "" for d in root.iter(f"{_TYPES}Default"))]
    names = [n.lower() for n in members]
    if any("macroenabled" in k.lower() or "vbaproject" in k.lower() for k in everything) or any(
        n.endswith("vbaproject.bin") for n in names
    ):
        raise FileRefusedError("The file carries macros: save it as .pptx or .potx, without macros.")
    mains = [n for n, k in kinds.items() if k in _OPENS]
    if len(mains) == 1 and mains[0] in members:
        return mains[0]
    for words, sign in (
        ("a Word document", "wordprocessingml"),
        ("an Excel workbook", "spreadsheetml.sheet.main"),
    ):
        if any(sign in k for k in kinds.values()):
            raise FileRefusedError(f"The file is {words}: expected a PowerPoint file, .pptx or .potx.")
    raise FileRefusedError("The file is not a PowerPoint file: it holds no presentation.")


_EMBEDDED = "an embedded file or program"


def _runs_code(members: Members, what: str, where: str, key: str = "") -> FileRefusedError:
    place = f", {package.place(members, where, key)}" if where else ""
    return FileRefusedError(f"The file carries {what}{place}: remove it and save the file again.")


def _check_code(members: Members, of: str, what: str, one: etree._Element, kind: Kind) -> None:
    """Refuses what runs code or changes PowerPoint, by what leads to it: a part may have any name and any type."""
    key = one.get("Id") or ""
    if what in ("vbaproject", "wordvbadata", "vbaprojectsignature"):
        raise _runs_code(members, "macros", of, key)
    if what in ("extensibility", "customui", "usercustomization", "attachedtoolbars", "xlmacrosheet"):
        raise _runs_code(members, "a ribbon or toolbars of its own (customUI), which run code", of, key)
    if what in ("control", "activexcontrolbinary"):
        raise _runs_code(members, "ActiveX controls, which run code", of, key)
    if kind == "template" and what in ("webextension", "webextensiontaskpanes"):
        raise _runs_code(members, "add-ins, which run code and load pages", of, key)
    on_page = "/slidelayouts/" in f"/{of.lower()}" or "/slidemasters/" in f"/{of.lower()}"
    if kind == "template" and (what == "oleobject" or (what == "package" and on_page)):
        raise _runs_code(members, _EMBEDDED, of, key)


def _check_actions(deck: Presentation) -> None:
    """Refuses what a click on a layout would run: macros, programs, embedded objects."""
    for part in (*deck.slide_masters, *(one for m in deck.slide_masters for one in m.slide_layouts)):
        for one in part._element.iter(etree.Element):
            action = (one.get("action") or "").lower()
            if action.startswith(("ppaction://macro", "ppaction://program", "ppaction://ole")):
                where = f"on layout “{part.name}”" if part.name else "on a slide master"
                raise FileRefusedError(
                    f"A click {where} runs a macro or program: take the action out and save the file again."
                )


def _check_relationships(name: str, blob: bytes, members: Members, kind: Kind) -> None:
    folder = name.rpartition("_rels/")[0]
    for one in parse(name, blob).iter(RELATIONSHIP):
        what = (one.get("Type") or "").rstrip("/").rpartition("/")[2]
        target = one.get("Target") or ""
        is_outside = (one.get("TargetMode") or "").lower() == "external"
        if not is_outside or kind == "deck":
            _check_code(members, package.source(name), what.lower(), one, kind)
        if is_outside:
            if kind == "deck" or (what == "hyperlink" and _is_safe(target)):
                continue
            place = package.place(members, package.source(name), one.get("Id") or "")
            if what != "hyperlink":
                raise FileRefusedError(
                    f"The template fetches a part from outside ({what}: “{target[:80]}”), {place}: embed it and save "
                    "it again."
                )
            raise FileRefusedError(
                f"The template has a link to “{target[:80]}”, {place}: expected web addresses only."
            )
        if _leads_out(folder, target):
            raise FileRefusedError(
                f"A part points to “{target[:80]}”, which lies outside the file, "
                f"{package.place(members, package.source(name), one.get('Id') or '')}."
            )


def _is_safe(target: str) -> bool:
    """True for web and mail addresses, those without their scheme included."""
    if _SAFE_LINK.match(target):
        return True
    found = _BARE_HOST.match(target)
    if found is None:
        return False
    host_alone = "/" not in target and "?" not in target
    return not (host_alone and _FILES.match(found[1]))


def _leads_out(folder: str, target: str) -> bool:
    """True where a relative address climbs above the package's own root."""
    if target.startswith("/"):
        return ".." in target.split("/")
    depth = len([p for p in folder.split("/") if p])
    for piece in target.split("/"):
        depth += -1 if piece == ".." else 0 if piece in ("", ".") else 1
        if depth < 0:
            return True
    return "\\" in target or re.match(r"^[a-zA-Z]:", target) is not None


def _as_presentation(members: Members, main: str) -> bytes:
    """The package with its main part declared as a presentation, which is all that python-pptx opens."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as fresh:
        for name, blob in members.items():
            if name == "[Content_Types].xml":
                root = parse(name, blob)
                for override in root.iter(f"{_TYPES}Override"):
                    if (override.get("PartName") or "").lstrip("/") == main:
                        override.set("ContentType", _PRESENTATION)
                blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            fresh.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), blob)
    return out.getvalue()


@contextmanager
def said_of_damage() -> Iterator[None]:
    """What a file's content makes go wrong is said in a sentence: it was written by anybody, and with anything.

    Raises:
        FileRefusedError: instead of what the content led to; the log names that.
    """
    try:
        yield
    except _OF_CONTENT as error:
        LOG.warning("a file that was handed in could not be read", exc_info=error)
        raise FileRefusedError(_LARGE if isinstance(error, MemoryError) else DAMAGED) from error


def limits() -> str:
    """What may be handed in, in words."""
    return f"PowerPoint .pptx or .potx without macros or password, up to {plural(MOST_BYTES['template'] // MEGABYTE, 'MB', 'MB')}"
