"""A company's own PowerPoint template: which layout and placeholder takes which role, its ground, fonts and colours."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, sqrt
from typing import Any

from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.presentation import Presentation
from pptx.slide import Slide, SlideLayout

from dashboard.charts.card import Card
from dashboard.deck.opening import FileRefusedError, open_file
from dashboard.deck.restyle import Style, contrast, is_dark, restyle
from dashboard.draw.slide.ooxml import EMU, INK, A, Box, P, Run, escape, parse
from dashboard.draw.slide.text import text_box
from dashboard.export import master as decks
from dashboard.export import slides
from dashboard.look.measure import fit, is_chinese
from dashboard.look.theme import SLIDE_CHINESE, SLIDE_LATIN, Look, join_words

_A, _P = f"{{{A}}}", f"{{{P}}}"

#: What a slide needs, and the words a person reads for it.
ROLES = {
    "title": "Title",
    "subtitle": "Unit and scope",
    "body": "Chart or table",
    "takeaways": "Takeaway",
    "source": "Source line",
    "page": "Page number",
}
#: Layouts that a deck needs, and what they are called.
USES = {"chart": "Chart slides", "cover": "Cover", "section": "Section slides"}

# PP_PLACEHOLDER numbers.
_TITLES, _SUBTITLE, _PAGE, _FOOTER, _DATE = (1, 3), 4, 13, 15, 16
_BODIES = (2, 7, 8, 12)
_FOOT = (_PAGE, _FOOTER, _DATE)

_NAMES = {
    "subtitle": re.compile(r"sub\s*-?title|unit|scope|副标题|单位", re.IGNORECASE),
    "source": re.compile(r"source|foot\s*-?note|来源|注释|脚注", re.IGNORECASE),
    "takeaways": re.compile(r"take\s*-?away|key message|so what|call\s*-?out|要点|结论", re.IGNORECASE),
    "body": re.compile(r"chart|graph|content|object|table|图表|内容|表格", re.IGNORECASE),
}
_LAYOUT_NAMES = {
    "chart": re.compile(r"chart|graph|图表", re.IGNORECASE),
    "title only": re.compile(r"title only|headline only|仅标题|只有标题", re.IGNORECASE),
    "content": re.compile(r"title and content|one content|标题和内容", re.IGNORECASE),
    "cover": re.compile(r"cover|title slide|front|封面|标题幻灯片", re.IGNORECASE),
    "section": re.compile(r"section|divider|chapter|章节|节标题|过渡", re.IGNORECASE),
    "never": re.compile(
        r"thank|end|clos|contact|agenda|quote|picture|photo|image|vertical|comparison|致谢|谢谢|结束|竖|图片",
        re.IGNORECASE,
    ),
}
#: Faces that run as Arial does, by which text is measured. Others may be wider, or be missing where the deck is shown.
_MEASURED = {"arial", "helvetica", "helvetica neue", "liberation sans", "arial narrow"}
#: Share of a line that text in any other face is trusted to fill.
UNMEASURED = 0.86
#: Least room for a chart, in inches of a slide of usual size.
LEAST_BODY = (6.8, 3.2)


@dataclass(frozen=True)
class Place:
    """Where a role stands, in inches of the slide; `idx` names the layout's placeholder, None is a box of ours."""

    box: Box
    idx: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Layout:
    """A layout with its roles.

    Attributes:
        index: Its position in the template.
        name: Its name there.
        places: Role to place; a role without one is not drawn.
        borrowed: Stands in for a layout that the template lacks.
    """

    index: int
    name: str
    places: dict[str, Place]
    borrowed: bool = False


@dataclass(frozen=True)
class Template:
    """A template that was read, without its own slides.

    Attributes:
        data: An empty deck on it.
        key: Hash of the file as it came: what its map is remembered by.
        width: Of its slides, in inches.
        height: Of its slides, in inches.
        layouts: Layout for each use.
        choices: Names of layouts that could serve charts, by position.
        warnings: Sentences on what is missing and what is done instead.
        fonts: Latin face of headings and of text, Chinese face ("" where the theme names none).
        colours: The theme's colours by name, "accent1" to "#RRGGBB".
        ground: Colour of the slides of charts.
    """

    data: bytes
    key: str
    width: float
    height: float
    layouts: dict[str, Layout]
    choices: dict[int, str]
    warnings: tuple[str, ...]
    fonts: tuple[str, str, str]
    colours: dict[str, str]
    ground: str
    style: Style = field(default_factory=Style)

    @property
    def scale(self) -> float:
        """How large things are drawn, 1 on a slide of 13.333 x 7.5 inches."""
        return sqrt(self.width / decks.WIDTH * self.height / decks.HEIGHT)

    def body(self, beside: bool = False) -> Box:
        """Where a chart goes, in the inches of a slide of usual size; `beside` a takeaway, where the layout has one."""
        places = self.layouts["chart"].places
        box = places["body"].box
        if not beside and "takeaways" in places:
            other = places["takeaways"].box
            if other.y < box.y + box.h * 0.5 and other.x >= box.x + box.w - 0.1:
                # Nobody writes there on this slide: the chart takes the room.
                box = Box(box.x, box.y, other.x + other.w - box.x, box.h)
        return shrunk(box, 1 / self.scale)

    def new(self) -> Presentation:
        """An empty deck on the template."""
        import pptx

        return pptx.Presentation(io.BytesIO(self.data))


def shrunk(box: Box, by: float) -> Box:
    """The box in other inches."""
    return Box(box.x * by, box.y * by, box.w * by, box.h * by)


# --- Reading ---


def read(
    data: bytes, roles: dict[str, int] | None = None, *, fonts: bool = False, colours: bool = False
) -> Template:
    """Reads a template.

    Args:
        data: A .pptx or .potx.
        roles: Layout by use ("chart", "cover", "section") where a person chose them; what does not fit is passed over.
        fonts: Text in charts and tables takes the theme's faces.
        colours: Bars without a meaning of their own take the theme's first accent.

    Raises:
        FileRefusedError: it cannot serve; the text says why.
    """
    opened = open_file(data, "template")
    deck = opened.deck
    width, height = (deck.slide_width or 0) / EMU, (deck.slide_height or 0) / EMU
    if not (4 <= width <= 60 and 3 <= height <= 60) or not 1.0 <= width / height <= 3.0:
        raise FileRefusedError(
            f"The template's slides measure {width:.1f} x {height:.1f} inches; expected a landscape format such as "
            "16:9 or 4:3."
        )
    _empty(deck)
    scale = sqrt(width / decks.WIDTH * height / decks.HEIGHT)
    layouts = list(deck.slide_layouts)
    charts = {
        i: m
        for i, one in enumerate(layouts)
        if (m := _chart_layout(i, one, width, height, scale)) is not None
    }
    if not charts:
        if not any(_title_of(one) is not None for one in layouts):
            raise FileRefusedError(
                "None of the template's layouts has a title placeholder, so no slide could carry its finding."
            )
        raise FileRefusedError(
            "None of the template's layouts has both a title and room for a chart below it."
        )
    asked = roles or {}
    wanted = asked.get("chart")
    best = (
        wanted if wanted in charts else max(charts, key=lambda i: (_chart_score(layouts[i], charts[i]), -i))
    )
    warnings: list[str] = []
    chart = charts[best]
    missing = [ROLES[r].lower() for r in ("subtitle", "source") if chart.places[r].idx is None]
    if missing:
        warnings.append(
            f"Layout “{chart.name}” has no placeholder for {join_words(missing)}: set in our own text inside its free area."
        )
    if "page" not in chart.places:
        warnings.append(f"Layout “{chart.name}” has no page number: slides carry none.")
    uses = {"chart": chart}
    for use in ("cover", "section"):
        found = asked.get(use)
        if found is None or not 0 <= found < len(layouts) or _title_of(layouts[found]) is None:
            found = _find_layout(layouts, use)
        if found is None:
            warnings.append(f"No layout for {USES[use].lower()} was found: “{chart.name}” is used for them.")
            uses[use] = Layout(chart.index, chart.name, _front_places(chart, width, height), borrowed=True)
        else:
            uses[use] = _front_layout(found, layouts[found], width, height, scale)
    theme = _theme(layouts[best])
    faces = _faces(theme)
    palette = _palette(theme, layouts[best])
    ground, plain = _ground(layouts[best], palette)
    if not plain:
        warnings.append(
            f"The ground of “{chart.name}” is a picture or pattern: check that labels of charts stand out on it."
        )
    ink = palette.get("tx1", "#000000")
    second = "tx2"
    if contrast(palette.get("tx2", ink), ground) < 4.5:
        second = "tx1"
    if contrast(ink, ground) < 4.5:
        warnings.append(
            "The template's text colour is hard to read on its ground: text of charts is set darker or lighter."
        )
    if fonts and faces[1].lower() not in _MEASURED:
        warnings.append(
            f"Text may run wider in {faces[1] or 'the theme’s face'} than measured: it is set a little smaller."
        )
    style = Style(
        scale=scale,
        latin="+mn-lt" if fonts else SLIDE_LATIN,
        chinese="+mn-ea" if fonts and faces[2] else SLIDE_CHINESE,
        type_scale=1.0 if not fonts or faces[1].lower() in _MEASURED else UNMEASURED,
        accent="accent1" if colours and contrast(palette.get("accent1", ink), ground) >= 2.5 else "",
        dark=is_dark(ground),
        ground=ground,
        second=second,
        ink="" if contrast(ink, ground) >= 4.5 else Look(mode="dark" if is_dark(ground) else "light").ink,
    )
    return Template(
        data=decks.save(deck),
        key=hashlib.sha256(data).hexdigest()[:16],
        width=width,
        height=height,
        layouts=uses,
        choices={i: m.name for i, m in charts.items()},
        warnings=tuple(warnings),
        fonts=faces,
        colours=palette,
        ground=ground,
        style=style,
    )


#: Shapes of slides on the plain master, and the width in inches of those that are not its own.
SHAPES: dict[str, float | None] = {"16:9": None, "4:3": 10.0}


@functools.cache
def plain(shape: str) -> Template | None:
    """The plain master in a shape of SHAPES as a template; None is the plain master as it is."""
    wide = SHAPES[shape]
    return None if wide is None else read(decks.neutral(wide))


def roles_json(template: Template) -> str:
    """The map of a template as a small file to lay beside it."""
    return json.dumps(
        {
            "format": "landscape-template/1",
            "template": template.key,
            "layouts": {use: one.index for use, one in template.layouts.items() if not one.borrowed},
        },
        indent=1,
    )


def roles_from_json(text: str | bytes, data: bytes) -> dict[str, int]:
    """Reads a map back; {} where it was made for another file or says nothing usable."""
    try:
        raw = json.loads(text)
        if (
            raw["format"] != "landscape-template/1"
            or raw["template"] != hashlib.sha256(data).hexdigest()[:16]
        ):
            return {}
        return {use: int(i) for use, i in raw["layouts"].items() if use in USES}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _empty(deck: Presentation) -> None:
    """Takes the template's own slides out, and what names them."""
    listed = deck.slides._sldIdLst
    for one in list(listed):
        deck.part.drop_rel(one.rId)
        listed.remove(one)
    root = deck.part._element
    # Sections and custom shows point at slides that are gone: PowerPoint would call the file damaged.
    for tag in ("custShowLst", "extLst"):
        for found in root.findall(f"{_P}{tag}"):
            root.remove(found)
    rels = deck.part._rels
    for key in [
        k for k, r in rels.items() if r.reltype.endswith(("printerSettings", "/commentAuthors", "/tags"))
    ]:
        rels.pop(key)
    for found in root.findall(f"{_P}custDataLst"):
        root.remove(found)
    package = deck.part.package
    for key in [k for k, r in package._rels.items() if r.reltype.endswith("thumbnail")]:
        package._rels.pop(key)


# --- Layouts and their placeholders ---


def _placeholders(of: Any) -> list[Any]:
    return list(of.placeholders)


def _box(shape: Any) -> Box | None:
    try:
        values = (shape.left, shape.top, shape.width, shape.height)
    except (AttributeError, KeyError, ValueError):
        return None
    if any(v is None for v in values) or values[2] <= 0 or values[3] <= 0:
        return None
    return Box(*(v / EMU for v in values))


def _kind(placeholder: Any) -> int:
    found = placeholder.placeholder_format.type
    return int(found) if found is not None else 7


def _is_upright(placeholder: Any) -> bool:
    return placeholder._element.xpath(".//p:ph")[0].get("orient") == "vert"


def _title_of(layout: SlideLayout) -> Any | None:
    for one in _placeholders(layout):
        if _kind(one) in _TITLES and not _is_upright(one) and _box(one) is not None:
            return one
    return None


def _place(shape: Any) -> Place:
    box = _box(shape)
    assert box is not None
    return Place(box, shape.placeholder_format.idx, shape.name)


def _chart_layout(
    index: int, layout: SlideLayout, width: float, height: float, scale: float
) -> Layout | None:
    """The roles of a layout for charts; None where it has no title, or no room."""
    title = _title_of(layout)
    kind = layout._element.get("type") or ""
    if title is None or kind in ("title", "secHead", "blank", "vertTx", "vertTitleAndTx"):
        return None
    if _LAYOUT_NAMES["cover"].search(layout.name) or _LAYOUT_NAMES["section"].search(layout.name):
        return None
    others = [p for p in _placeholders(layout) if _kind(p) not in _TITLES and _box(p) is not None]
    places: dict[str, Place] = {"title": _place(title)}
    text = [p for p in others if _kind(p) in (*_BODIES, _SUBTITLE) and not _is_upright(p)]
    for role in ("subtitle", "source", "takeaways"):
        named = next(
            (p for p in text if _NAMES[role].search(p.name) or _NAMES[role].search(_prompt(p))), None
        )
        if named is not None:
            places[role] = _place(named)
            text.remove(named)
    if "subtitle" not in places:
        found = next((p for p in text if _kind(p) == _SUBTITLE or _is_line(p, title, height)), None)
        if found is not None:
            places["subtitle"] = _place(found)
            text.remove(found)
    if "source" not in places:
        low = [
            p
            for p in text
            if (b := _box(p)) and b.y > 0.8 * height and b.h < 0.13 * height and b.w > 0.3 * width
        ]
        if low:
            places["source"] = _place(low[0])
            text.remove(low[0])
    number = next((p for p in others if _kind(p) == _PAGE), None)
    if number is not None:
        places["page"] = _place(number)
    foot = _foot(others, height)
    bodies = sorted(
        (p for p in text if _kind(p) in _BODIES),
        key=lambda p: -(_box(p).w * _box(p).h),  # type: ignore[union-attr]
    )
    body: Box | None = None
    if bodies and "takeaways" not in places and len(bodies) > 1:
        first, second = _box(bodies[0]), _box(bodies[1])
        assert first is not None and second is not None
        if abs(first.y - second.y) < 0.1 * height and second.w * second.h > 0.15 * width * height:
            if second.x < first.x:
                first, second = second, first
            # Two places side by side hold one chart together.
            body = Box(first.x, min(first.y, second.y), second.x + second.w - first.x, max(first.h, second.h))
    if body is None and bodies:
        body = _box(bodies[0])
    if body is None:
        taken = [p.box for r, p in places.items() if r in ("subtitle", "source", "takeaways")]
        body = _free(layout, places["title"].box, taken, foot, width, height)
    if body is None:
        return None
    if "subtitle" not in places:
        # Two lines of it, as on the neutral master.
        line, gap = 0.46 * scale, 0.08 * scale
        places["subtitle"] = Place(Box(body.x, body.y, body.w, line))
        body = Box(body.x, body.y + line + gap, body.w, body.h - line - gap)
    if "source" not in places:
        tall = 0.5 * scale
        below = body.y + body.h + 0.05 * scale
        if foot - below < tall:
            body = Box(body.x, body.y, body.w, body.h - (tall - max(foot - below, 0)) - 0.05 * scale)
            below = body.y + body.h + 0.05 * scale
        places["source"] = Place(Box(body.x, below, body.w, tall))
    places["body"] = Place(body)
    if body.w / scale < LEAST_BODY[0] or body.h / scale < LEAST_BODY[1]:
        return None
    if body.x < -0.01 or body.y < -0.01 or body.x + body.w > width + 0.02 or body.y + body.h > height + 0.02:
        return None
    return Layout(index, layout.name, places)


def _prompt(placeholder: Any) -> str:
    return placeholder.text_frame.text[:80] if placeholder.has_text_frame else ""


def _is_line(placeholder: Any, title: Any, height: float) -> bool:
    """A line of text right under the title."""
    box, head = _box(placeholder), _box(title)
    assert box is not None and head is not None
    return (
        _kind(placeholder) == 2 and box.h < 0.12 * height and head.y < box.y < head.y + head.h + 0.12 * height
    )


def _foot(placeholders: Sequence[Any], height: float) -> float:
    """Where the band of footer, date and page number begins."""
    tops = [b.y for p in placeholders if _kind(p) in _FOOT and (b := _box(p)) and b.y > 0.75 * height]
    return min([*tops, height * 0.97])


def _free(
    layout: SlideLayout, title: Box, taken: Sequence[Box], foot: float, width: float, height: float
) -> Box | None:
    """The largest plain area of a layout that no title, footer, logo or band takes."""
    left, right = title.x, title.x + title.w
    if title.w < 0.6 * width:
        left, right = 0.05 * width, 0.95 * width
    area = [left, title.y + title.h + 0.1, right, foot - 0.05]
    if title.y > 0.5 * height:
        area = [left, 0.05 * height, right, title.y - 0.1]
    shapes = [*layout.shapes]
    if layout._element.get("showMasterSp") != "0":
        shapes += [*layout.slide_master.shapes]
    obstacles = list(taken)
    for one in shapes:
        if one.is_placeholder:
            continue
        box = _box(one)
        if box is not None and box.w * box.h < 0.5 * width * height:
            obstacles.append(box)
    for o in obstacles:
        x0, y0, x1, y1 = area
        if o.x >= x1 or o.x + o.w <= x0 or o.y >= y1 or o.y + o.h <= y0:
            continue
        cuts = [
            [o.x + o.w + 0.1, y0, x1, y1],
            [x0, y0, o.x - 0.1, y1],
            [x0, o.y + o.h + 0.1, x1, y1],
            [x0, y0, x1, o.y - 0.1],
        ]
        area = max(cuts, key=lambda c: max(c[2] - c[0], 0) * max(c[3] - c[1], 0))
    if area[2] - area[0] <= 0 or area[3] - area[1] <= 0:
        return None
    return Box(area[0], area[1], area[2] - area[0], area[3] - area[1])


def _chart_score(layout: SlideLayout, found: Layout) -> float:
    kind, name = layout._element.get("type") or "", layout.name
    score = {"chart": 60, "titleOnly": 45, "obj": 50, "tx": 20, "twoObj": 10, "objTx": 10, "txObj": 10}.get(
        kind, 15
    )
    for key, worth in (("chart", 60), ("title only", 40), ("content", 45), ("never", -60)):
        if _LAYOUT_NAMES[key].search(name):
            score += worth
    score += 15 * sum(found.places[r].idx is not None for r in ("subtitle", "source"))
    box = found.places["body"].box
    return score + 4 * box.w * box.h / 60


def _find_layout(layouts: Sequence[SlideLayout], use: str) -> int | None:
    kinds = {"cover": "title", "section": "secHead"}
    titled = [i for i, one in enumerate(layouts) if _title_of(one) is not None]
    for i in titled:
        if layouts[i]._element.get("type") == kinds[use]:
            return i
    for i in titled:
        if _LAYOUT_NAMES[use].search(layouts[i].name):
            return i
    return None


def _front_layout(index: int, layout: SlideLayout, width: float, height: float, scale: float) -> Layout:
    """The roles of a cover or section layout: title, subtitle, and a line for day and snapshot."""
    title = _title_of(layout)
    places = {"title": _place(title)}
    others = [p for p in _placeholders(layout) if _kind(p) in (*_BODIES, _SUBTITLE) and _box(p) is not None]
    others.sort(key=lambda p: (_kind(p) != _SUBTITLE, p.placeholder_format.idx))
    if others:
        places["subtitle"] = _place(others[0])
    else:
        head = places["title"].box
        tall = min(0.8 * scale, height * 0.95 - head.y - head.h)
        if tall > 0.25 * scale:
            places["subtitle"] = Place(Box(head.x, head.y + head.h + 0.08 * scale, head.w, tall))
    number = next((p for p in _placeholders(layout) if _kind(p) == _PAGE and _box(p) is not None), None)
    if number is not None:
        places["page"] = _place(number)
    return Layout(index, layout.name, places)


def _front_places(chart: Layout, width: float, height: float) -> dict[str, Place]:
    """Roles of a cover on a layout made for charts: the title in the middle."""
    title = chart.places["title"]
    x, w = chart.places["body"].box.x, chart.places["body"].box.w
    places = {
        "title": Place(Box(x, 0.3 * height, w, 0.2 * height), title.idx, title.name),
        "subtitle": Place(Box(x, 0.53 * height, w, 0.2 * height)),
    }
    return places | ({"page": chart.places["page"]} if "page" in chart.places else {})


# --- Theme ---


def _theme(layout: SlideLayout) -> etree._Element | None:
    for rel in layout.slide_master.part.rels.values():
        if rel.reltype == RELATIONSHIP_TYPE.THEME:
            return etree.fromstring(
                rel.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True)
            )
    return None


def _faces(theme: etree._Element | None) -> tuple[str, str, str]:
    if theme is None:
        return "", "", ""

    def face(kind: str, script: str) -> str:
        found = theme.find(f".//{_A}{kind}/{_A}{script}")
        return (found.get("typeface") or "") if found is not None else ""

    hans = theme.find(f".//{_A}minorFont/{_A}font[@script='Hans']")
    chinese = face("minorFont", "ea") or (hans.get("typeface") or "" if hans is not None else "")
    # PowerPoint takes the theme's East Asian face where one is named; the list by script only helps it choose one.
    return face("majorFont", "latin"), face("minorFont", "latin"), face("minorFont", "ea") and chinese


def _palette(theme: etree._Element | None, layout: SlideLayout) -> dict[str, str]:
    found: dict[str, str] = {}
    if theme is None:
        return found
    for slot in theme.find(f".//{_A}clrScheme"):  # type: ignore[union-attr]
        if len(slot):
            value = slot[0].get("lastClr") or slot[0].get("val") or ""
            if re.fullmatch(r"[0-9A-Fa-f]{6}", value):
                found[etree.QName(slot).localname] = f"#{value.upper()}"
    mapped = layout.slide_master._element.find(f"{_P}clrMap")
    if mapped is not None:
        for name in ("bg1", "tx1", "bg2", "tx2"):
            if mapped.get(name) in found:
                found[name] = found[mapped.get(name)]
    return found


def _ground(layout: SlideLayout, palette: dict[str, str]) -> tuple[str, bool]:
    """Colour of a layout's ground, and whether it is one plain colour."""
    white = palette.get("bg1", "#FFFFFF")
    for element in (layout._element, layout.slide_master._element):
        found = element.find(f"{_P}cSld/{_P}bg")
        if found is None:
            continue
        solid = found.find(f"{_P}bgPr/{_A}solidFill")
        if solid is None:
            solid = found.find(f"{_P}bgRef")
        if solid is not None and len(solid):
            value = solid[0].get("val") or solid[0].get("lastClr") or ""
            colour = palette.get(value) or (f"#{value}" if re.fullmatch(r"[0-9A-Fa-f]{6}", value) else white)
            return colour, True
        if found.find(f"{_P}bgPr/{_A}blipFill") is not None:
            return white, False
        stop = found.find(f".//{_A}gs")
        if stop is not None and len(stop):
            value = stop[0].get("val") or ""
            return palette.get(value) or (
                f"#{value}" if re.fullmatch(r"[0-9A-Fa-f]{6}", value) else white
            ), False
    return white, True


# --- Slides on a template ---


def frame(template: Template, deck: Presentation, card: Card, part: tuple[int, int] = (1, 1)) -> Slide:
    """A slide of a chart with everything but the chart, on the template's layout."""
    layout = template.layouts["chart"]
    one = deck.slides.add_slide(deck.slide_layouts[layout.index])
    number, count = part
    more = f" ({number}/{count})" if count > 1 else ""
    mark = f"{slides.MARK}{card.chart_id}"
    _set(template, one, layout, "title", [card.title + more], f"{mark}:title")
    _set(template, one, layout, "subtitle", [card.subtitle], f"{mark}:subtitle")
    _set(template, one, layout, "source", [card.source_line, card.filter_line], f"{mark}:source")
    _finish(template, deck, one, layout)
    slides.write_notes(one, slides.notes(card, more))
    return one


def titled(template: Template, deck: Presentation, title: str, mark: str) -> Slide:
    """A slide on the layout for charts with title, page number and footer alone."""
    layout = template.layouts["chart"]
    one = deck.slides.add_slide(deck.slide_layouts[layout.index])
    _set(template, one, layout, "title", [title], f"{mark}:title")
    _finish(template, deck, one, layout)
    return one


def front(
    template: Template, deck: Presentation, use: str, title: str, lines: Sequence[str], name: str
) -> Slide:
    """A cover or section slide on the template's own layout."""
    layout = template.layouts[use]
    one = deck.slides.add_slide(deck.slide_layouts[layout.index])
    _set(template, one, layout, "title", [title], f"{name}:title")
    if lines and "subtitle" in layout.places:
        _set(template, one, layout, "subtitle", list(lines), f"{name}:subtitle")
    _finish(template, deck, one, layout)
    return one


def finish(template: Template, one: Slide) -> None:
    """Brings what was drawn on a slide into the template's size, faces and colours."""
    restyle(one, template.style)


#: Type sizes of our own text, for slides of usual size.
_OWN_SIZES = {
    "title": decks.TITLE_SIZES,
    "subtitle": decks.SUBTITLE_SIZES,
    "source": decks.SOURCE_SIZES,
}


def _set(template: Template, one: Slide, layout: Layout, role: str, texts: list[str], name: str) -> None:
    place = layout.places[role]
    shape = (
        next((p for p in one.placeholders if p.placeholder_format.idx == place.idx), None)
        if place.idx is not None
        else None
    )
    if shape is None:
        box = shrunk(place.box, 1 / template.scale)
        sizes = _OWN_SIZES[role]
        front_page = layout.borrowed or (role == "subtitle" and "body" not in layout.places)
        if front_page:
            sizes = (18, 16, 14, 12, 11)
        lines = []
        for n, text in enumerate(texts):
            most = (
                (2 if n == 0 else 1)
                if not front_page
                else max(floor(box.h * 72 / 20) // max(len(texts), 1), 1)
            )
            size, found = fit(text, box.w * 72, sizes, most)
            lines.append([Run(" ".join(found), size, False, "tx2" if role != "title" else INK)])
        text_box(one, box, lines, name)
        return
    shape.name = name
    if layout.borrowed and role == "title":
        shape.left, shape.top, shape.width, shape.height = place.box.emu
    _write(template, one, shape, place.box, [t for t in texts if t], smallest=8 if role == "source" else 10)


def _write(template: Template, one: Slide, shape: Any, box: Box, texts: list[str], smallest: float) -> None:
    """Text in a placeholder in the template's own style, made smaller only where it would not fit."""
    size, bold, caps, insets = _type(one, shape)
    room = max(box.w - insets[0], 0.5) * 72 * (0.97 if not caps else 0.8)
    tall = max(box.h - insets[1], 0.2) * 72
    face = template.fonts[0 if _kind(shape) in _TITLES else 1]
    if face.lower() not in _MEASURED:
        room *= UNMEASURED
    chosen = smallest
    lines: list[str] = []
    steps = sorted(
        {s for k in range(21) if (s := round(size * (1 - 0.035 * k) * 2) / 2) >= smallest}, reverse=True
    )
    for step in steps or [smallest]:
        chosen = step
        found = [fit(t, room, [step], 99, bold)[1] for t in texts]
        if sum(map(len, found)) * step * 1.22 <= tall:
            lines = texts
            break
    if not lines:
        # The first says most: it takes what the others leave, who have a line each.
        first = max(floor(tall / (chosen * 1.22)) - len(texts) + 1, 1)
        lines = [
            " ".join(fit(t, room, [chosen], first if n == 0 else 1, bold)[1]) for n, t in enumerate(texts)
        ]
    attributes = "" if abs(chosen - size) < 0.3 else f' sz="{round(chosen * 100)}"'
    body = shape._element.xpath("p:txBody")[0]
    for old in body.xpath("a:p"):
        body.remove(old)
    for text in lines:
        chinese = ("+mj-ea" if _kind(shape) in _TITLES else "+mn-ea") if template.fonts[2] else SLIDE_CHINESE
        ea = f'<a:ea typeface="{chinese}"/>' if is_chinese(text) else ""
        body.append(
            parse(
                '<a:p><a:pPr marL="0" indent="0"><a:buNone/></a:pPr><a:r>'
                f'<a:rPr lang="en-GB" altLang="zh-CN"{attributes}>{ea}</a:rPr><a:t>{escape(text)}</a:t></a:r></a:p>'
            )
        )


def _type(one: Slide, shape: Any) -> tuple[float, bool, bool, tuple[float, float]]:
    """Size, weight, capitals and insets (across, along) of a placeholder, as it inherits them."""
    kind, idx = _kind(shape), shape.placeholder_format.idx
    layout, master = one.slide_layout, one.slide_layout.slide_master
    chain = [shape, *(p for p in _placeholders(layout) if p.placeholder_format.idx == idx)]
    is_title = kind in _TITLES
    chain += [
        p for p in _placeholders(master) if (_kind(p) in _TITLES) == is_title and _kind(p) in (1, 3, 2)
    ][:1]
    properties = [e for p in chain for e in p._element.findall(f".//{_A}lstStyle/{_A}lvl1pPr/{_A}defRPr")]
    style = "titleStyle" if is_title else "bodyStyle"
    properties += master._element.findall(f"{_P}txStyles/{_P}{style}/{_A}lvl1pPr/{_A}defRPr")

    def first(name: str, default: str) -> str:
        return next((e.get(name) for e in properties if e.get(name)), default)

    boxes = [e for p in chain for e in p._element.findall(f"{_P}txBody/{_A}bodyPr")]

    def inset(name: str, default: int) -> float:
        return int(next((e.get(name) for e in boxes if e.get(name)), default)) / EMU

    return (
        int(first("sz", "1800")) / 100,
        first("b", "0") in ("1", "true"),
        first("cap", "none") == "all",
        (inset("lIns", 91_440) + inset("rIns", 91_440), inset("tIns", 45_720) + inset("bIns", 45_720)),
    )


def _finish(template: Template, deck: Presentation, one: Slide, layout: Layout) -> None:
    """Page number and footer as the layout has them; placeholders without text go."""
    source = deck.slide_layouts[layout.index]
    for p in [*one.placeholders]:
        if (p.has_text_frame and not p.text_frame.text.strip()) or not p.has_text_frame:
            p._element.getparent().remove(p._element)
    taken = {p.placeholder_format.idx for p in one.placeholders}
    for p in _placeholders(source):
        kind, idx = _kind(p), p.placeholder_format.idx
        if idx in taken or kind not in (_PAGE, _FOOTER):
            continue
        if kind == _FOOTER and not _prompt(p).strip():
            continue
        number = max((s.shape_id for s in one.shapes), default=1) + 1
        text = (
            '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum"><a:rPr lang="en-GB"/>'
            f"<a:t>{len(deck.slides)}</a:t></a:fld>"
            if kind == _PAGE
            else f'<a:r><a:rPr lang="en-GB"/><a:t>{escape(_prompt(p))}</a:t></a:r>'
        )
        tag = "sldNum" if kind == _PAGE else "ftr"
        one.shapes._spTree.append(
            parse(
                f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{"Page number" if kind == _PAGE else "Footer"}"/>'
                f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{tag}" sz="quarter" idx="{idx}"/></p:nvPr>'
                f"</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p>{text}</a:p></p:txBody></p:sp>"
            )
        )


def style_words(one: Template | None) -> dict[str, str]:
    """What was done for a template, for the record: a refresh does it again."""
    return one.style.words if one else {}


# --- Preview ---


def preview(template: Template, use: str = "chart") -> str:
    """A layout's roles as a small drawing (SVG): a solid outline is a placeholder, a broken one our own text."""
    layout = template.layouts[use]
    wide = 480.0
    k = wide / template.width
    dark = is_dark(template.ground)
    ink = "#E7EAF0" if dark else "#1A1F2B"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {template.height * k:.0f}" '
        f'role="img" aria-label="Layout {escape(layout.name)}" font-family="Arial, sans-serif">'
        f'<rect width="100%" height="100%" fill="{template.ground}" stroke="#AEB5C0"/>'
    ]
    for role, place in layout.places.items():
        b = shrunk(place.box, k)
        dash = "" if place.idx is not None or role == "body" else ' stroke-dasharray="5 4"'
        words = ROLES[role] if role != "page" else "No."
        size = min(13, max(b.h * 0.6, 8))
        parts.append(
            f'<rect x="{b.x:.1f}" y="{b.y:.1f}" width="{b.w:.1f}" height="{b.h:.1f}" fill="{ink}" fill-opacity="0.06" '
            f'stroke="{ink}" stroke-opacity="0.7"{dash}/><text x="{b.x + 6:.1f}" y="{b.y + min(b.h / 2, 40) + size / 3:.1f}" '
            f'font-size="{size:.0f}" fill="{ink}">{escape(words)}</text>'
        )
    return "".join([*parts, "</svg>"])
