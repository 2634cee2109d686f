"""What a slide remembers of how it was made: enough to make it again from newer data.

The record is a line at the end of the slide's notes: it travels with a slide that is copied into another deck, and both
PowerPoint and LibreOffice keep it. The same lines stand in the file's custom properties, should somebody clear the
notes. (LibreOffice drops custom XML parts, alternative texts and workbooks behind charts; names of shapes stay.)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from lxml import etree
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.presentation import Presentation
from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.deck import review
from dashboard.deck.shapes import walk
from dashboard.draw.slide.ooxml import INK, Box, Run, paragraph, parse
from dashboard.export import table
from dashboard.look.markup import xml_text

#: What a record's line begins with.
SIGN = "landscape:"
#: What the line of a reader's own rows begins with.
OWN = "own-rows:"
#: What the line begins with that tells a deck nobody has worked on since it was made.
MADE = "made:"
HEADING = "For a later refresh, leave this line:"
#: A record is a line of its own: words of a person that look like one stand behind others.
_LINE = re.compile(rf"(?:^|[\n\v]){SIGN}([a-z0-9-]+)\?(\S*?)#(\S*)")
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
#: Office cuts longer properties.
_LONGEST = 240


@dataclass(frozen=True)
class Record:
    """How a slide was made.

    Attributes:
        chart: Chart id, "cover", "figures" or "sources".
        query: The view, its snapshot included.
        rows: Hash of the rows shown.
        finding: Hash of the finding at that time.
        layout: Layout of the basket.
        body: Where the chart was drawn, in the inches of a slide of usual size; None is the neutral master's.
        live: The day shown was the newest there was: a refresh moves it along.
        scope: Hash of the line of unit and scope as it stood: a line that a person changed is theirs.
        style: What was done for a template, as words of `Style`.
        slot: "1" or "2" where the chart has the left or right half of a slide.
        foot: Lines of its source there.
        review: Who has read it: by, on (ISO day), snapshot, rows (hash of the rows read); empty for nobody.
    """

    chart: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: str = ""
    finding: str = ""
    layout: str = "chart"
    body: Box | None = None
    live: bool = False
    scope: str = ""
    style: Mapping[str, str] = field(default_factory=dict)
    slot: str = ""
    foot: int = 0
    review: Mapping[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """What its shapes are named by: the chart; on the right half with a number, as the left may show the same."""
        return f"{self.chart}.2" if self.slot == "2" else self.chart

    @property
    def line(self) -> str:
        """The record as one word without spaces."""
        about = {
            "rows": self.rows,
            "finding": self.finding,
            "layout": self.layout,
            "live": str(int(self.live)),
            "scope": self.scope,
        }
        if self.body is not None:
            about["body"] = ",".join(f"{v:.4g}" for v in (self.body.x, self.body.y, self.body.w, self.body.h))
        if self.slot:
            about |= {"slot": self.slot, "foot": str(self.foot)}
        about |= {f"style.{k}": v for k, v in self.style.items()}
        about |= {f"review.{k}": v for k, v in self.review.items()}
        return f"{SIGN}{self.chart}?{urlencode(dict(self.query), doseq=True)}#{urlencode(about)}"


def read_line(text: str) -> Record | None:
    """The last record in a text; None where there is none that can be read."""
    found = read_lines(text)
    return found[-1] if found else None


def read_lines(text: str) -> list[Record]:
    """The records in a text, in order; what cannot be read is passed over."""
    return [r for found in _LINE.findall(text) if (r := _read(*found)) is not None]


def _read(chart: str, query: str, about: str) -> Record | None:
    try:
        known = {k: v[-1] for k, v in parse_qs(about, keep_blank_values=True, max_num_fields=40).items()}
        asked = parse_qs(query, keep_blank_values=True, max_num_fields=200)
        numbers = [float(v) for v in known["body"].split(",")] if "body" in known else []
    except ValueError:
        return None
    return Record(
        chart=chart,
        query=asked,
        rows=known.get("rows", ""),
        finding=known.get("finding", ""),
        layout=known.get("layout", "chart"),
        body=Box(*numbers) if len(numbers) == 4 and all(0 <= n < 100 for n in numbers) else None,
        live=known.get("live") == "1",
        scope=known.get("scope", ""),
        style={k.removeprefix("style."): v for k, v in known.items() if k.startswith("style.")},
        slot=known.get("slot", ""),
        review=review.read(
            {k.removeprefix("review."): v for k, v in known.items() if k.startswith("review.")}
        ),
        foot=int(foot) if (foot := known.get("foot", "")).isdecimal() and len(foot) < 3 else 0,
    )


def hashed(text: str) -> str:
    """A short hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def scope_shape(one: Slide, stem: str, scope: str = "") -> Any | None:
    """The line of unit and scope on a slide: by its name, else, where a program dropped that, by its words."""
    name = f"{SIGN}{stem}:subtitle"
    texts: list[Any] = [f.shape for f in walk(one) if f.shape.has_text_frame]
    found = next((s for s in texts if s.name == name), None)
    if found is None and scope:
        found = next((s for s in texts if hashed(_said(s)) == scope), None)
    return found


def scope_hash(one: Slide, stem: str, scope: str = "") -> str:
    """Hash of the line of unit and scope on a slide; "" where there is none."""
    found = scope_shape(one, stem, scope)
    return hashed(_said(found)) if found is not None else ""


def _said(shape: Any) -> str:
    """Words alone: how they are split over runs and lines differs between programs."""
    return " ".join(shape.text_frame.text.split())


def rows_hash(card: Card) -> str:
    """Hash of the rows that a card shows."""
    return hashed("\n".join("\t".join("" if v is None else str(v) for v in row) for row in table.rows(card)))


def of(card: Card, query: Mapping[str, Sequence[str]], **own: Any) -> Record:
    """The record of a card as its chart says it, before a reader changed the title."""
    return Record(chart=card.chart_id, query=query, rows=rows_hash(card), finding=hashed(card.title), **own)


def write(one: Slide, record: Record) -> None:
    """Puts a record in the place of an earlier one of the same chart in a slide's notes, else at their end."""
    frame = one.notes_slide.notes_text_frame
    if frame is None:
        return
    body = frame._txBody
    for p in _signed(body):
        old = read_line("".join(p.itertext()))
        if old is not None and old.stem == record.stem:
            body.replace(p, parse(paragraph([Run(record.line, 8, False, INK)])))
            return
    for text in (HEADING, record.line):
        body.append(parse(paragraph([Run(text, 8, False, INK)])))


def of_slide(one: Slide) -> list[Record]:
    """The records in a slide's notes: one, or two where it shows two charts."""
    if not one.has_notes_slide or one.notes_slide.notes_text_frame is None:
        return []
    return read_lines("\n".join(p.text for p in _signed(one.notes_slide.notes_text_frame._txBody)))


#: All text of an element, read by libxml2: python-pptx's own reading takes a hundred times as long.
_TEXT = etree.XPath("string()")


def _signed(body: Any) -> list[Any]:
    """Paragraphs that may hold a record: notes have hundreds of others, one for each document."""
    return [p for p in body.p_lst if SIGN in _TEXT(p)]


def write_properties(
    deck: Presentation, records: Iterable[Record], own: Sequence[str] | None = None, *, is_new: bool = False
) -> None:
    """Keeps the records in the file's custom properties, beside those that a template brings.

    Args:
        deck: The deck.
        records: Its records.
        own: The reader's own rows, as words of an address: the deck brings them to its refresh. None keeps those that
            the deck has.
        is_new: Nobody has worked on it yet: what its slides and charts say is noted, too.
    """
    package = deck.part.package
    brought = own_rows(deck) if own is None else list(own)
    made = [f"{MADE}{_content(deck)}"] if is_new else []
    text = "\n".join(dict.fromkeys([*(r.line for r in records), *(f"{OWN}{w}" for w in brought), *made]))
    parts = [text[i : i + _LONGEST] for i in range(0, len(text), _LONGEST)]
    old = _properties(deck)
    root = (
        etree.fromstring(old.blob)
        if old is not None
        else etree.Element(f"{{{_CUSTOM}}}Properties", nsmap={None: _CUSTOM, "vt": _VT})
    )
    for one in list(root):
        if (one.get("name") or "").startswith("landscape "):
            root.remove(one)
    first = max((int(p.get("pid") or 1) for p in root), default=1) + 1
    for n, part in enumerate(parts):
        root.append(
            etree.fromstring(
                f'<property xmlns="{_CUSTOM}" xmlns:vt="{_VT}" fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" '
                f'pid="{first + n}" name="landscape {n + 1}"><vt:lpwstr>{xml_text(part)}</vt:lpwstr></property>'
            )
        )
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if old is not None:
        old._blob = blob
    else:
        package.relate_to(Part(PackURI("/docProps/custom.xml"), _TYPE, package, blob), _RELATION)


def of_properties(deck: Presentation) -> list[Record]:
    """The records in a file's custom properties."""
    return [r for line in _lines(deck) if (r := read_line(line)) is not None]


def own_rows(deck: Presentation) -> list[str]:
    """The own rows that a deck brings, as words of an address."""
    return [line.removeprefix(OWN) for line in _lines(deck) if line.startswith(OWN)]


def is_as_made(deck: Presentation) -> bool:
    """True where slides and charts say what they said when the deck was made: nobody changed it, nor did a program."""
    return f"{MADE}{_content(deck)}" in _lines(deck)


def _content(deck: Presentation) -> str:
    parts = {
        str(p.partname): p
        for p in deck.part.package.iter_parts()
        if p.partname.startswith(("/ppt/slides/slide", "/ppt/charts/chart"))
    }
    found = hashlib.sha256()
    for name in sorted(parts):
        found.update(f"{name}\n".encode() + parts[name].blob)
    return found.hexdigest()[:32]


def _lines(deck: Presentation) -> list[str]:
    part = _properties(deck)
    if part is None:
        return []
    try:
        root = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return []
    found = {
        int(name.split()[1]): "".join(p.itertext())
        for p in root
        if re.fullmatch(r"landscape \d{1,4}", name := p.get("name") or "")
    }
    return "".join(found[k] for k in sorted(found)).split("\n")


def _properties(deck: Presentation) -> Part | None:
    for rel in deck.part.package._rels.values():
        if rel.reltype == _RELATION and not rel.is_external:
            return rel.target_part
    return None
