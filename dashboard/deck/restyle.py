"""Brings drawn shapes into a template's size, faces, colours and ground, after they were drawn as on the neutral master."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree
from pptx.slide import Slide

from dashboard.draw.slide.ooxml import HAIRLINE, A, C, mix
from dashboard.look.theme import INK, MODELS, SLIDE_CHINESE, SLIDE_LATIN, WHITE, Look

_A, _C = f"{{{A}}}", f"{{{C}}}"
LIGHT, DARK = Look(mode="light", export=True), Look(mode="dark", export=True)


@dataclass(frozen=True)
class Style:
    """What is changed.

    Attributes:
        scale: Factor on places, sizes, type and strokes.
        latin: Face of Latin text.
        chinese: Face of Chinese text.
        type_scale: Further factor on type, where the face is wider than Arial.
        accent: Theme colour for bars that mean nothing by their colour; "" keeps the neutral one.
        dark: The ground is dark: colours are those for a dark ground.
        ground: The ground.
        second: Theme colour of second text.
        ink: Colour of text where the theme's own cannot be read; "" keeps the theme's.
        plain_text: Capitals, spacing, raised text and distances that the deck's defaults bring are taken back.
    """

    scale: float = 1.0
    latin: str = SLIDE_LATIN
    chinese: str = SLIDE_CHINESE
    type_scale: float = 1.0
    accent: str = ""
    dark: bool = False
    ground: str = WHITE
    second: str = "tx2"
    ink: str = ""
    plain_text: bool = False

    @property
    def words(self) -> dict[str, str]:
        """What differs from no change at all, as words."""
        plain = Style()
        return {
            k: f"{v:.6g}" if isinstance(v, float) else str(v)
            for k, v in vars(self).items()
            if v != getattr(plain, k)
        }

    @classmethod
    def from_words(cls, words: Mapping[str, str]) -> Style:
        """The style that such words describe; what is unknown or no number is left out."""
        own: dict[str, Any] = {}
        for key, value in words.items():
            default = getattr(cls(), key, None) if key in cls.__dataclass_fields__ else None
            if isinstance(default, bool):
                own[key] = value == "True"
            elif isinstance(default, str) and re.fullmatch(r"[\w#+ -]{0,60}", value):
                own[key] = value
            elif isinstance(default, float) and re.fullmatch(r"\d{0,3}\.?\d{1,8}", value):
                own[key] = float(value)
        return cls(**own)


@lru_cache(maxsize=4_096)
def luminance(colour: str) -> float:
    """Relative luminance of "#RRGGBB" (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def is_dark(ground: str) -> bool:
    """True where light text reads better."""
    return luminance(ground) < 0.18


#: How the names of plain panels begin, which stand behind text and charts in the template's own inches.
PANEL = "Panel "


def restyle(one: Slide, style: Style) -> None:
    """Changes every shape of a slide that is not a placeholder or panel, and the charts on it."""
    if style == Style():
        return
    shape: Any
    for shape in one.shapes:
        if shape.is_placeholder or shape.name.startswith(PANEL):
            continue
        roots = [shape._element]
        if shape.has_chart:
            roots.append(shape.chart.part._element)
        for root in roots:
            _resize(root, style)
            _faces(root, style)
            if style.accent:
                _accent(root, style)
            if style.dark:
                _darken(root, style)
            _second(root, style)
            if style.plain_text:
                _plain(root)


#: What text of ours is not, whatever a file's defaults say.
_PLAIN = {
    "i": "0",
    "u": "none",
    "strike": "noStrike",
    "kern": "0",
    "cap": "none",
    "spc": "0",
    "baseline": "0",
}
_SPACES = (
    ("lnSpc", f'<a:lnSpc xmlns:a="{A}"><a:spcPct val="100000"/></a:lnSpc>'),
    ("spcBef", f'<a:spcBef xmlns:a="{A}"><a:spcPts val="0"/></a:spcBef>'),
)


def _plain(root: etree._Element) -> None:
    """Takes back what text boxes inherit from the defaults of a presentation, as files made by other programs bring it."""
    for name in _TYPE:
        for element in root.iter(f"{_A}{name}"):
            for attribute, value in _PLAIN.items():
                if element.get(attribute) is None:
                    element.set(attribute, value)
    for p in root.iter(f"{_A}pPr"):
        if p.get("rtl") is None:
            # Defaults of an Arabic or Hebrew file set the numbers of our sentences at the wrong end.
            p.set("rtl", "0")
        for place, (name, xml) in enumerate(_SPACES):
            if p.find(f"{_A}{name}") is None:
                p.insert(min(place, len(p)), etree.fromstring(xml))


_LENGTHS = {
    "off": ("x", "y"),
    "ext": ("cx", "cy"),
    "gridCol": ("w",),
    "tr": ("h",),
    "tcPr": ("marL", "marR", "marT", "marB"),
    "bodyPr": ("lIns", "rIns", "tIns", "bIns"),
    **dict.fromkeys(("ln", "lnL", "lnR", "lnT", "lnB"), ("w",)),
}
_TYPE = ("rPr", "defRPr", "endParaRPr")


#: Tags of what has a length or a size, of any namespace.
_SIZED = tuple(f"{{*}}{name}" for name in (*_LENGTHS, *_TYPE, "size"))


def _resize(root: etree._Element, style: Style) -> None:
    for element in root.iter(*_SIZED):
        name = etree.QName(element).localname
        for attribute in _LENGTHS.get(name, ()):
            value = element.get(attribute)
            if value is not None:
                element.set(attribute, str(round(int(value) * style.scale)))
        if name in _TYPE and element.get("sz"):
            size = int(element.get("sz")) * style.scale * style.type_scale
            # Rounded down: what fitted must still fit.
            element.set("sz", str(max(int(size / 50) * 50, 500)))
        elif name == "size" and element.tag == f"{_C}size":
            element.set("val", str(min(max(round(int(element.get("val")) * style.scale), 2), 72)))


def _faces(root: etree._Element, style: Style) -> None:
    for tag, old, new in (("latin", SLIDE_LATIN, style.latin), ("ea", SLIDE_CHINESE, style.chinese)):
        for element in root.iter(f"{_A}{tag}"):
            if element.get("typeface") == old:
                element.set("typeface", new)
    if style.latin.startswith("+"):
        for element in root.iter(f"{_A}cs"):
            if element.get("typeface") == SLIDE_LATIN:
                element.set("typeface", "+mn-cs")


def _rgb(root: etree._Element) -> Iterator[etree._Element]:
    yield from root.iter(f"{_A}srgbClr")


def _accent(root: etree._Element, style: Style) -> None:
    """Bars in the neutral colour take the theme's accent; shades that mean a score stay."""
    neutral = LIGHT.levels[3][1:].upper()
    for fill in root.iter(f"{_A}solidFill"):
        parent = fill.getparent()
        if parent.tag != f"{_C}spPr" or not len(fill) or fill[0].get("val") != neutral:
            continue
        if fill[0].tag == f"{_A}srgbClr":
            fill.replace(fill[0], etree.SubElement(fill, f"{_A}schemeClr", val=style.accent))


def _bare(colour: str) -> str:
    return colour[1:].upper()


@lru_cache(maxsize=64)
def _dark_of(ground: str) -> dict[str, str]:
    """Colours on white to those on a dark ground; shared, never to be changed."""
    found = {_bare(m.light): _bare(m.dark) for m in MODELS}
    found |= {_bare(a): _bare(b) for a, b in zip(LIGHT.levels, DARK.levels, strict=True)}
    found |= {_bare(LIGHT.weights[k]): _bare(DARK.weights[k]) for k in LIGHT.weights}
    for name in ("pale", "grid", "rule", "grey", "ink"):
        found[_bare(getattr(LIGHT, name))] = _bare(getattr(DARK, name))
    found[_bare(HAIRLINE)] = _bare(DARK.rule)
    for m in MODELS:
        for share in (0.45, 0.5):
            found.setdefault(_bare(mix(m.light, share)), _bare(mix(m.dark, share, ground)))
    for a, b in zip(LIGHT.levels, DARK.levels, strict=True):
        for share in (0.45, 0.5):
            found.setdefault(_bare(mix(a, share)), _bare(mix(b, share, ground)))
    return found


def _readable_on(fill: str) -> str:
    """Ink or white, whichever reads better on a fill."""
    return _bare(INK if contrast(INK, f"#{fill}") >= contrast(WHITE, f"#{fill}") else WHITE)


#: Parts of a drawing whose white is that of the ground.
_SHOWS_GROUND = ("ln", "bgClr", "marker", "dLbl", "dLbls")


def _darken(root: etree._Element, style: Style) -> None:
    table = _dark_of(style.ground)
    texts = {_bare(WHITE), _bare(INK)}
    for element in list(_rgb(root)):
        value = (element.get("val") or "").upper()
        if value in texts:
            kind = next(
                (
                    etree.QName(p).localname
                    for p in element.iterancestors()
                    if etree.QName(p).localname in (*_TYPE, *_SHOWS_GROUND)
                ),
                "",
            )
            if kind in _SHOWS_GROUND and value == _bare(WHITE):
                # White between the parts of a stack, in a hollow mark or behind words is the ground showing through.
                element.set("val", _bare(style.ground))
            continue
        if value in table:
            element.set("val", table[value])
    for cell in root.iter(f"{_A}tc"):
        fill = cell.find(f"{_A}tcPr/{_A}solidFill/{_A}srgbClr")
        if fill is not None:
            _ink(cell.find(f"{_A}txBody"), _readable_on(fill.get("val")), texts)
    for series in root.iter(f"{_C}ser"):
        own = series.find(f"{_C}spPr/{_A}solidFill/{_A}srgbClr")
        labels = series.find(f"{_C}dLbls")
        if labels is None:
            continue
        if own is not None:
            _ink(labels.find(f"{_C}txPr"), _readable_on(own.get("val")), texts)
        points = {
            p.find(f"{_C}idx").get("val"): p.find(f"{_C}spPr/{_A}solidFill/{_A}srgbClr")
            for p in series.findall(f"{_C}dPt")
        }
        for label in labels.findall(f"{_C}dLbl"):
            fill = points.get(label.find(f"{_C}idx").get("val"))
            if fill is not None:
                _ink(label, _readable_on(fill.get("val")), texts)


def _ink(root: etree._Element | None, ink: str, texts: set[str]) -> None:
    """Sets text that was ink or white; text in a theme colour is beside its mark and stays."""
    if root is None:
        return
    for element in _rgb(root):
        if (element.get("val") or "").upper() in texts:
            element.set("val", ink)


def _second(root: etree._Element, style: Style) -> None:
    if style.second == "tx2" and not style.ink:
        return
    for element in list(root.iter(f"{_A}schemeClr")):
        if element.get("val") == "tx2":
            element.set("val", style.second)
        if style.ink and element.get("val") in ("tx1", "tx2"):
            parent = element.getparent()
            parent.replace(element, etree.SubElement(parent, f"{_A}srgbClr", val=_bare(style.ink)))
