"""Colours of a template as they come out: theme, map of the master, shades and tints applied."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree
from PIL import ImageColor
from pptx.opc.constants import RELATIONSHIP_TYPE

from dashboard.draw.slide.ooxml import A, P

A_, P_ = f"{{{A}}}", f"{{{P}}}"
_HEX = re.compile(r"[0-9A-Fa-f]{6}")
_KINDS = {f"{A_}{k}" for k in ("srgbClr", "schemeClr", "sysClr", "prstClr", "scrgbClr", "hslClr")}
#: What names of Office's own colours are short for.
_SHORT = (("dk", "dark"), ("lt", "light"), ("med", "medium"))


def parsed(blob: bytes) -> etree._Element:
    """A part of the file as XML; nothing is fetched."""
    return etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))


def theme_part(master: Any) -> Any | None:
    """The part that holds a master's theme."""
    return next(
        (r.target_part for r in master.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.THEME), None
    )


def faces(theme: etree._Element | None) -> tuple[str, str, str]:
    """Latin face of headings and of text, Chinese face; "" where the theme names none."""
    if theme is None:
        return "", "", ""

    def face(kind: str, script: str) -> str:
        found = theme.find(f".//{A_}{kind}/{A_}{script}")
        return (found.get("typeface") or "") if found is not None else ""

    # PowerPoint takes the theme's East Asian face where one is named; the list by script only helps it choose one.
    return face("majorFont", "latin"), face("minorFont", "latin"), face("minorFont", "ea")


def palette(theme: etree._Element | None, layout: Any) -> dict[str, str]:
    """Every name that a colour may have on slides of a layout, to "#RRGGBB"; by the map of the layout, else the master."""
    found: dict[str, str] = {}
    scheme = theme.find(f".//{A_}clrScheme") if theme is not None else None
    for slot in scheme if scheme is not None else ():
        one = colour(slot[0], {}) if len(slot) else None
        if one is not None:
            found[etree.QName(slot).localname] = one[0]
    own = layout._element.find(f"{P_}clrMapOvr/{A_}overrideClrMapping")
    mapped = own if own is not None else layout.slide_master._element.find(f"{P_}clrMap")
    base = dict(found)
    for name, to in (mapped.attrib if mapped is not None else {}).items():
        if to in base:
            found[name] = base[to]
    for name, to in (("bg1", "lt1"), ("tx1", "dk1"), ("bg2", "lt2"), ("tx2", "dk2")):
        if to in base:
            found.setdefault(name, base[to])
    return found


def first_colour(of: etree._Element | None) -> etree._Element | None:
    """The colour that an element holds directly."""
    return next((c for c in of if c.tag in _KINDS), None) if of is not None else None


def colour(
    element: etree._Element | None, names: Mapping[str, str], own: tuple[str, float] | None = None
) -> tuple[str, float] | None:
    """What a colour element comes out as: "#RRGGBB" and opacity; None where it cannot be told.

    Args:
        element: One of the colour elements, with its shades inside.
        names: The palette.
        own: What "phClr" stands for: the colour that a reference to the theme's styles brings.
    """
    if element is None:
        return None
    kind, value = etree.QName(element).localname, element.get("val") or ""
    alpha = 1.0
    if kind == "schemeClr":
        if value == "phClr":
            if own is None:
                return None
            base, alpha = own
        elif value in names:
            base = names[value]
        else:
            return None
    elif kind == "sysClr":
        base = (
            f"#{element.get('lastClr')}"
            if _HEX.fullmatch(element.get("lastClr") or "")
            else _SYSTEM.get(value, "")
        )
    elif kind == "srgbClr":
        base = f"#{value}" if _HEX.fullmatch(value) else ""
    elif kind == "prstClr":
        base = _preset(value)
    elif kind == "scrgbClr":
        linear = [_part(element.get(c)) for c in "rgb"]
        base = _hex([_gamma(v) for v in linear])
    elif kind == "hslClr":
        hue, sat, lum = (
            _part(element.get("hue"), 21_600_000),
            _part(element.get("sat")),
            _part(element.get("lum")),
        )
        base = _hex(colorsys.hls_to_rgb(hue, lum, sat))
    else:
        return None
    if not base:
        return None
    rgb = [int(base[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    for change in element:
        if isinstance(change.tag, str):
            rgb, alpha = _changed(rgb, alpha, etree.QName(change).localname, _part(change.get("val")))
    return _hex(rgb), min(max(alpha, 0.0), 1.0)


_SYSTEM = {"window": "#FFFFFF", "windowText": "#000000"}


def _part(value: str | None, of: float = 100_000) -> float:
    text = value or "0"
    try:
        return float(text.rstrip("%")) / (100 if text.endswith("%") else of)
    except ValueError:
        return 0.0


def _preset(name: str) -> str:
    for short, long in _SHORT:
        if re.match(rf"{short}[A-Z]", name):
            name = long + name[len(short) :]
    try:
        return _hex([v / 255 for v in ImageColor.getrgb(name.lower())[:3]])
    except ValueError:
        return ""


def _hex(rgb: Any) -> str:
    return "#" + "".join(f"{round(min(max(v, 0.0), 1.0) * 255):02X}" for v in rgb)


def _linear(v: float) -> float:
    return v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4


def _gamma(v: float) -> float:
    v = min(max(v, 0.0), 1.0)
    return v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055


def _changed(rgb: list[float], alpha: float, what: str, by: float) -> tuple[list[float], float]:
    """One of the changes that a colour carries, as ECMA-376 20.1.2.3 defines them."""
    if what.startswith("alpha"):
        return rgb, {"alpha": by, "alphaMod": alpha * by, "alphaOff": alpha + by}.get(what, alpha)
    if what in ("tint", "shade"):
        # Towards white or black in linear light.
        mixed = [_linear(v) * by + (1 - by if what == "tint" else 0) for v in rgb]
        return [_gamma(v) for v in mixed], alpha
    if what in ("inv", "gray", "comp"):
        grey = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
        hue, lum, sat = colorsys.rgb_to_hls(*rgb)
        turned = list(colorsys.hls_to_rgb((hue + 0.5) % 1, lum, sat))
        return {"inv": [1 - v for v in rgb], "gray": [grey] * 3, "comp": turned}[what], alpha
    hue, lum, sat = colorsys.rgb_to_hls(*rgb)
    parts = {"hue": hue, "lum": lum, "sat": sat}
    for name, value in parts.items():
        if what == f"{name}Mod":
            parts[name] = value * by
        elif what == f"{name}Off":
            parts[name] = value + (by if name != "hue" else by * 100_000 / 21_600_000)
        elif what == name:
            parts[name] = by if name != "hue" else by * 100_000 / 21_600_000
    held = (parts["hue"] % 1, min(max(parts["lum"], 0), 1), min(max(parts["sat"], 0), 1))
    return list(colorsys.hls_to_rgb(*held)), alpha
