"""Colours of text on a template: what its styles give, and what can be read on the ground that is really there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from pptx.slide import SlideLayout

from dashboard.deck import colours as shades
from dashboard.deck.colours import A_, P_
from dashboard.deck.grounds import Ground, fill_in
from dashboard.deck.layouts import FOOTER, PAGE, TITLES, footer, kind_of, placeholders
from dashboard.look.theme import Look

#: Colours of the theme that text may take, the first that can be read; those of second text come before.
_FIRST, _SECOND = ("tx1", "bg1", "dk1", "lt1"), ("tx2", "tx1", "bg1", "dk1", "lt1")

_DUMMY = re.compile(
    r"your (?:footer|company|text|logo|name|title|organi[sz]ation)|footer (?:here|text|goes)|(?:insert|add|enter|type|edit|replace)"
    r" (?:your |the |a )?(?:footer|text|title|date|company|presentation|name)|click to|lorem ipsum|presentation title|"
    r"company name|placeholder|sample text|[\[<{].*[\]>}]|页脚|单击|此处|公司名称|演示文稿标题",
    re.IGNORECASE,
)


def dummy_footer(layout: SlideLayout) -> str:
    """What a layout's footer says where it says what samples say; "" elsewhere."""
    said = next((footer(p).strip() for p in placeholders(layout) if kind_of(p) == FOOTER), "")
    return said if _DUMMY.search(said) else ""


def chain(layout: SlideLayout, placeholder: Any) -> Iterator[etree._Element]:
    """Default properties of a placeholder's text, nearest first: its own, those of the master, of the presentation."""
    master = layout.slide_master
    kind = kind_of(placeholder)
    alike = [p for p in placeholders(master) if _class(kind_of(p)) == _class(kind)]
    for one in (placeholder, *alike[:1]):
        yield from one._element.findall(f".//{A_}lstStyle/{A_}lvl1pPr/{A_}defRPr")
    style = {"title": "titleStyle", "body": "bodyStyle"}.get(_class(kind), "otherStyle")
    yield from master._element.findall(f"{P_}txStyles/{P_}{style}/{A_}lvl1pPr/{A_}defRPr")
    main = layout.part.package.main_document_part._element
    for level in ("lvl1pPr", "defPPr"):
        yield from main.findall(f"{P_}defaultTextStyle/{A_}{level}/{A_}defRPr")


def _class(kind: int) -> str:
    if kind in TITLES:
        return "title"
    return "foot" if kind in (PAGE, FOOTER, 16) else "body"


def text_colour(layout: SlideLayout, placeholder: Any) -> tuple[str, bool, Ground | None]:
    """Colour of a placeholder's text, "#RRGGBB", whether it is a plain one, and the ground that its own fill makes.

    Of a gradient the first colour: programs that draw none on text show black.

    The colour is "" where it cannot be told: text filled with a picture, and styles that name none, which programs
    fill each in their own way.
    """
    part = shades.theme_part(layout.slide_master)
    names = shades.palette(shades.parsed(part.blob) if part is not None else None, layout)
    ink, solid = "", True
    for properties in chain(layout, placeholder):
        fill = next((c for c in properties if c.tag.endswith(("Fill",))), None)
        if fill is not None:
            found = next((c for c in fill.iter() if c.tag.endswith("Clr")), None)
            one = shades.colour(found, names)
            ink = one[0] if one is not None else ""
            solid = fill.tag == f"{A_}solidFill"
            break
    # A placeholder without a fill of its own has that of the master's.
    alike = [
        p for p in placeholders(layout.slide_master) if _class(kind_of(p)) == _class(kind_of(placeholder))
    ]
    inherited = (
        f for p in (placeholder, *alike[:1]) if (f := fill_in(p._element.find(f"{P_}spPr"))) is not None
    )
    filled = next(inherited, None)
    is_filled = filled is not None and filled.tag == f"{A_}solidFill"
    own = shades.colour(shades.first_colour(filled), names) if is_filled else None
    return ink, solid, Ground((own[0],)) if own is not None and own[1] > 0.5 else None


def ink_on(ground: Ground, names: Mapping[str, str], *, second: bool) -> str:
    """The colour for text of ours: of the theme where one can be read, else ours; `second` is for lines of less weight.

    Returns:
        Name of a colour of the theme, or "#RRGGBB".
    """
    best = ("", 0.0)
    for name in _SECOND if second else _FIRST:
        if name not in names:
            continue
        share = ground.read(names[name])
        if share > 0.95:
            return _fixed(name, names)
        if share > best[1] + 0.05:
            best = (_fixed(name, names), share)
    for mode in ("light", "dark"):
        own = Look(mode=mode).ink
        if ground.read(own) > best[1] + 0.05:
            best = (own, ground.read(own))
    if best[1] < 0.5:
        # A colour of middling lightness: one of the two always reads on it.
        return max(("#000000", "#FFFFFF"), key=ground.read)
    return best[0]


def _fixed(name: str, names: Mapping[str, str]) -> str:
    """The name in the theme that stands for the same colour whatever the map says."""
    return next((n for n in ("dk1", "lt1", "dk2", "lt2") if names.get(n) == names[name]), names[name])
