"""Opens decks and templates that strangers hand in: every check that needs no PowerPoint comes before parsing."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Literal

import pptx
from lxml import etree
from pptx.presentation import Presentation

from dashboard.deck import package
from dashboard.deck.package import RELATIONSHIP, FileRefusedError, Members, parse
from dashboard.look.theme import plural

Kind = Literal["template", "deck"]

MEGABYTE = 1_000_000
#: Largest file, largest content once unpacked, largest single part of XML, most parts; a real deck stays far below.
MOST_BYTES = {"template": 60 * MEGABYTE, "deck": 150 * MEGABYTE}
MOST_UNPACKED = 250 * MEGABYTE
MOST_XML = 60 * MEGABYTE
MOST_PARTS = 8_000
#: XML packs to a tenth, pictures hardly at all: what packs better than this was made to fill a disk.
MOST_RATIO = 120

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.{}.main+xml"
_PRESENTATION = _MAIN.format("presentation")
_OPENS = {_PRESENTATION, _MAIN.format("template"), _MAIN.format("slideshow")}
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_DOCTYPE = re.compile(
    rb"<!\s*(DOCTYPE|ENTITY)|<\0!\0(D\0O\0C|E\0N\0T)|\0<\0!\0(D\0O\0C|E\0N\0T)", re.IGNORECASE
)
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
    for name, blob in members.items():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            if len(blob) > MOST_XML:
                raise FileRefusedError(
                    f"“{name}” holds {len(blob) // MEGABYTE:,} MB of XML; no slide needs more than "
                    f"{MOST_XML // MEGABYTE} MB."
                )
            if _DOCTYPE.search(blob[:4096]) or (b"<!ENTITY" in blob):
                raise FileRefusedError(
                    f"“{name}” declares XML entities, which PowerPoint never writes and which can harm whoever reads "
                    "them."
                )
    if package.is_strict(members, main):
        raise FileRefusedError(
            "The file is in the strict variant of Open XML: save it as the usual PowerPoint presentation (.pptx)."
        )
    kept, used = package.without_slides(members, main) if kind == "template" else (members, ())
    for name in {*kept, *package.stray(members, main)}:
        if "/activex/" in name.lower():
            where = package.leading_to(kept, name)
            raise FileRefusedError(
                f"The file carries ActiveX controls, which run code{', ' + package.place(kept, where) if where else ''}: "
                "remove them and save it again."
            )
    for name, blob in kept.items():
        if name.endswith(".rels"):
            _check_relationships(name, blob, kept, kind)
    try:
        deck = pptx.Presentation(io.BytesIO(_as_presentation(package.with_known_types(kept), main)))
        count = sum(len(m.slide_layouts) for m in deck.slide_masters)
    except FileRefusedError:
        raise
    except Exception as error:
        raise FileRefusedError(
            "The file is damaged or not laid out as PowerPoint does: open it in PowerPoint and save it again."
        ) from error
    if not count:
        raise FileRefusedError("The file has no slide layouts, so there is nothing to put slides on.")
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
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            _check_listing(infos, len(data))
            return {i.filename: package.read(i) for i in infos if not i.is_dir()}
    except FileRefusedError:
        raise
    except Exception as error:
        raise FileRefusedError("The file is cut or damaged: it cannot be unpacked.") from error


def _check_listing(infos: list[zipfile.ZipInfo], size: int) -> None:
    """What the file says of itself, before anything is unpacked; unpacking stops at what is said here."""
    if len(infos) > MOST_PARTS:
        raise FileRefusedError(f"The file has {len(infos):,} parts; expected at most {MOST_PARTS:,}.")
    total = sum(i.file_size for i in infos)
    if total > MOST_UNPACKED:
        raise FileRefusedError(
            f"The file unpacks to {total // MEGABYTE:,} MB; expected at most {MOST_UNPACKED // MEGABYTE} MB."
        )
    if total > 10 * MEGABYTE and total > MOST_RATIO * size:
        raise FileRefusedError(
            f"The file unpacks to {total / size:,.0f} times its size, as files do that are made to fill a disk."
        )
    seen = set()
    for info in infos:
        name = info.filename
        if (
            name.startswith("/")
            or "\\" in name
            or ":" in name
            or "\0" in name
            or ".." in name.split("/")
            or name in seen
        ):
            raise FileRefusedError(
                f"A part has the name “{name[:80]}”, which leads out of the file or stands there twice."
            )
        seen.add(name)
        if info.flag_bits & 1:
            raise FileRefusedError("Parts of the file are encrypted: save a copy without a password.")
        if info.file_size > 10 * MEGABYTE and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise FileRefusedError(
                f"“{name[:80]}” unpacks to {info.file_size // MEGABYTE:,} MB from next to nothing, as files do that are "
                "made to fill a disk."
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


def _check_relationships(name: str, blob: bytes, members: Members, kind: Kind) -> None:
    folder = name.rpartition("_rels/")[0]
    for one in parse(name, blob).iter(RELATIONSHIP):
        what = (one.get("Type") or "").rpartition("/")[2]
        target = one.get("Target") or ""
        if (one.get("TargetMode") or "").lower() == "external":
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


def limits() -> str:
    """What may be handed in, in words."""
    return f"PowerPoint .pptx or .potx without macros or password, up to {plural(MOST_BYTES['template'] // MEGABYTE, 'MB', 'MB')}"
