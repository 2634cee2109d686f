"""Pieces of Office XML that slides, charts and tables share: colours, fonts, runs of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree
from pptx.oxml import parse_xml
from pptx.oxml.ns import _nsmap
from pptx.oxml.xmlchemy import BaseOxmlElement
from pptx.util import Emu

from dashboard.look.markup import xml_text
from dashboard.look.theme import SLIDE_CHINESE, SLIDE_LATIN, Look

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:a="{A}" xmlns:c="{C}" xmlns:p="{P}" xmlns:r="{R}"'

EMU = 914_400
#: Slides stand on white: decks are printed, and pasted into others.
LOOK = Look(mode="light", export=True)
#: The theme's own text colours, so that a deck on another template stays readable.
INK, GREY = "tx1", "tx2"
HAIRLINE = "#D5D9DF"
# Both faces are named on every run: a Latin face alone leaves Chinese to whatever the reader's machine picks.
FONTS = (
    f'<a:latin typeface="{SLIDE_LATIN}"/><a:ea typeface="{SLIDE_CHINESE}"/><a:cs typeface="{SLIDE_LATIN}"/>'
)


# Some name a place by its number.
@lru_cache(maxsize=2_000)
def _path(path: str) -> etree.XPath:
    return etree.XPath(path, namespaces=_nsmap)


def _found(self: BaseOxmlElement, xpath_str: str) -> Any:
    """What python-pptx's own `xpath` finds, by a path that is compiled once."""
    return _path(xpath_str)(self)


# It asks every shape of every slide, layout and master for the same dozen paths and compiles each anew: a tenth of the
# time in which a deck is made or brought up to date.
BaseOxmlElement.xpath = _found  # type: ignore[method-assign]


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    x: float
    y: float
    w: float
    h: float

    @property
    def emu(self) -> tuple[Emu, Emu, Emu, Emu]:
        """The same in English Metric Units: left, top, width, height."""
        x, y, w, h = (Emu(round(v * EMU)) for v in (self.x, self.y, self.w, self.h))
        return x, y, w, h


@dataclass(frozen=True)
class Run:
    """A piece of text in one style; `size` in points, `colour` a theme colour's name or "#RRGGBB"."""

    text: str
    size: float
    bold: bool = False
    colour: str = INK
    italic: bool = False


def parse(xml: str) -> etree._Element:
    """An element of a fragment that uses the prefixes a, c, p and r; a class of python-pptx where it has one."""
    return parse_xml(re.sub(r"^\s*<([\w:]+)", rf"<\1 {NAMESPACES}", xml, count=1))


def colour(value: str) -> str:
    """A colour element."""
    if value.startswith("#"):
        return f'<a:srgbClr val="{value[1:].upper()}"/>'
    return f'<a:schemeClr val="{value}"/>'


def fill(value: str | None) -> str:
    """A solid fill; none where null."""
    return "<a:noFill/>" if value is None else f"<a:solidFill>{colour(value)}</a:solidFill>"


def hatch(ink: str, ground: str) -> str:
    """The fill that means "no source": thin strokes."""
    return f'<a:pattFill prst="ltUpDiag"><a:fgClr>{colour(ink)}</a:fgClr><a:bgClr>{colour(ground)}</a:bgClr></a:pattFill>'


def line(value: str | None, points: float = 0.75, dash: str = "") -> str:
    """An outline; none where null. `dash` is Office's name of a pattern."""
    if value is None:
        return "<a:ln><a:noFill/></a:ln>"
    pattern = f'<a:prstDash val="{dash}"/>' if dash else ""
    return f'<a:ln w="{round(points * 12_700)}">{fill(value)}{pattern}<a:round/></a:ln>'


def properties(tag: str, size: float, bold: bool, value: str, italic: bool = False) -> str:
    """Character properties with both fonts, as `a:rPr`, `a:defRPr` or `a:endParaRPr`."""
    lang = "" if tag == "a:defRPr" else ' lang="en-GB" altLang="zh-CN"'
    slant = ' i="1"' if italic else ""
    return f'<{tag}{lang} sz="{round(size * 100)}" b="{int(bold)}"{slant}>{fill(value)}{FONTS}</{tag}>'


def run(piece: Run) -> str:
    """A run of text."""
    return f"<a:r>{properties('a:rPr', piece.size, piece.bold, piece.colour, piece.italic)}<a:t>{xml_text(piece.text)}</a:t></a:r>"


def paragraph(runs: Sequence[Run], align: str = "l", after: float = 0) -> str:
    """A paragraph of runs; `after` is space below, in points."""
    space = f'<a:spcAft><a:spcPts val="{round(after * 100)}"/></a:spcAft>'
    said = "".join(run(r) for r in runs if r.text)
    # An end without a size is 18 points high: an empty cell would stretch its row.
    last = runs[-1] if runs else Run("", 9)
    end = properties("a:endParaRPr", last.size or 9, last.bold, last.colour)
    return f'<a:p><a:pPr algn="{align}" marL="0" indent="0">{space}<a:buNone/></a:pPr>{said}{end}</a:p>'


def chart_text(size: float, value: str = INK, bold: bool = False, upright: bool = False) -> str:
    """Text properties of a chart part; text stays level, or stands upright."""
    return (
        f'<c:txPr><a:bodyPr rot="{-5_400_000 if upright else 0}" vert="horz"/><a:lstStyle/><a:p><a:pPr>'
        f'{properties("a:defRPr", size, bold, value)}</a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
    )


def mix(value: str, share: float, ground: str = "#FFFFFF") -> str:
    """A colour thinned with its ground: `share` of it is left."""
    parts = [(int(value[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(v * share + g * (1 - share)):02X}" for v, g in parts)
