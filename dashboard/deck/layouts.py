"""Which layout and placeholder of a template takes which role, and where what has no placeholder stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pptx.presentation import Presentation
from pptx.slide import SlideLayout

from dashboard.deck.boxes import beside, clear_of, crosses, run
from dashboard.deck.grounds import outline
from dashboard.draw.slide.ooxml import EMU, A, Box, P
from dashboard.export import master

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

#: A footer that says what it is and nothing else.
_UNFILLED = re.compile(
    r"[\W_]*(?:footer|fußzeile|fusszeile|pied de page|页脚|頁尾|页脚占位符)?[\W_]*", re.IGNORECASE
)
# PP_PLACEHOLDER numbers.
TITLES, CENTRED, SUBTITLE, PAGE, FOOTER = (1, 3), 3, 4, 13, 15
_BODIES = (2, 7, 8, 12)

_NAMES = {
    "subtitle": re.compile(r"sub\s*-?title|unit|scope|副标题|单位", re.IGNORECASE),
    "source": re.compile(r"source|foot\s*-?note|来源|注释|脚注", re.IGNORECASE),
    "takeaways": re.compile(r"take\s*-?away|key message|so what|call\s*-?out|要点|结论", re.IGNORECASE),
}
_LAYOUT_NAMES = {
    "chart": re.compile(r"chart|graph|图表", re.IGNORECASE),
    "title only": re.compile(r"title only|headline only|仅标题|只有标题", re.IGNORECASE),
    "content": re.compile(r"title(?: and|,) content|one content|标题和内容", re.IGNORECASE),
    "cover": re.compile(r"cover|title slide|front|封面|标题幻灯片", re.IGNORECASE),
    "section": re.compile(r"section|divider|chapter|章节|节标题|过渡", re.IGNORECASE),
    "never": re.compile(
        r"thank|end|clos|contact|agenda|quote|picture|photo|image|vertical|comparison|致谢|谢谢|结束|竖|图片",
        re.IGNORECASE,
    ),
}
#: Least room for a chart, in inches of a slide of usual size.
LEAST_BODY = (6.8, 3.0)
#: Heights in inches of our lines of unit and of source: as on the neutral master, and where room is short.
_LINES, _SHORT_LINES = (0.46, 0.5), (0.3, 0.36)
#: Height in inches that the lines of a cover need.
_COVER_LINES = 0.9
#: Height of a chart under which our lines are short.
_AMPLE = 3.6


@dataclass(frozen=True)
class Place:
    """Where a role stands, in inches of the slide.

    Attributes:
        box: Its place.
        idx: The layout's placeholder; None is a box of ours.
        name: Its name in the layout.
        written: The place is written on each slide: the layout's own would not do.
    """

    box: Box
    idx: int | None = None
    name: str = ""
    written: bool = False


@dataclass(frozen=True)
class Layout:
    """A layout with its roles.

    Attributes:
        index: Its position among all layouts of the template, master after master.
        name: Its name there.
        places: Role to place; a role without one is not drawn.
        borrowed: Stands in for a layout that the template lacks.
        inks: Colour of text by role, where the template's own cannot be read on what is behind it: "#RRGGBB" or the
            name of a colour of the theme.
        panels: Places in inches, colours and roles of plain panels that are set behind text and charts where nothing
            could be read on what the layout shows there.
    """

    index: int
    name: str
    places: dict[str, Place]
    borrowed: bool = False
    inks: dict[str, str] = field(default_factory=dict)
    panels: tuple[tuple[Box, str, str], ...] = ()


@dataclass(frozen=True)
class Size:
    """Slides of a template: width and height in inches, and how large things are drawn on them."""

    width: float
    height: float
    scale: float


def layouts_of(deck: Presentation) -> list[SlideLayout]:
    """Every layout, master after master."""
    return [one for m in deck.slide_masters for one in m.slide_layouts]


def kind_of(placeholder: Any) -> int:
    """What a placeholder is for, as PowerPoint numbers it."""
    found = placeholder.placeholder_format.type
    return int(found) if found is not None else 7


def prompt(placeholder: Any) -> str:
    """What stands in a layout's placeholder."""
    return placeholder.text_frame.text[:80] if placeholder.has_text_frame else ""


def footer(placeholder: Any) -> str:
    """What a footer says; "" for one that only names itself, as LibreOffice writes those that nobody filled in."""
    said = prompt(placeholder)
    return "" if _UNFILLED.fullmatch(said.strip()) else said


def placeholders(of: Any) -> list[Any]:
    """Placeholders of a layout, master or slide."""
    return list(of.placeholders)


def tidy(deck: Presentation) -> None:
    """Gives every placeholder of every layout a number of its own and a size, without which slides cannot find it.

    LibreOffice writes neither: it knows placeholders by their type. Sizes are those of the master; a title that has
    none there either gets ours.
    """
    wide, tall = deck.slide_width or 0, deck.slide_height or 0
    for properties in deck.part._element.iterfind(f"{_P}defaultTextStyle//{_A}defRPr"):
        # Raised by default, as files of Keynote are: LibreOffice draws text small even where it says otherwise.
        properties.attrib.pop("baseline", None)
    for layout in layouts_of(deck):
        taken: set[int] = set()
        for one in placeholders(layout):
            ph = one._element.xpath(".//p:ph")[0]
            is_title = kind_of(one) in TITLES
            number = int(ph.get("idx") or 0)
            if is_title and number == 0 and 0 not in taken:
                taken.add(0)
                continue
            if number == 0 or number in taken:
                others = {int(p.get("idx") or 0) for p in layout._element.iter(f"{_P}ph")}
                number = next(n for n in range(10, 10_000) if n not in others | taken)
                ph.set("idx", str(number))
            taken.add(number)
        for one in placeholders(layout):
            if one._element.find(f"{_P}spPr/{_A}xfrm") is not None:
                continue
            places = _inherited(one)
            if places is None and kind_of(one) in TITLES:
                t = master.TITLE
                share = (t.x / master.WIDTH, t.y / master.HEIGHT, t.w / master.WIDTH, t.h / master.HEIGHT)
                places = [round(s * of) for s, of in zip(share, (wide, tall, wide, tall), strict=True)]
            if places is not None:
                one.left, one.top, one.width, one.height = places


def _inherited(shape: Any) -> list[int] | None:
    try:
        values = [shape.left, shape.top, shape.width, shape.height]
    except (AttributeError, KeyError, ValueError):
        return None
    return None if any(v is None for v in values) else values


def box_of(shape: Any) -> Box | None:
    """Place of a shape in inches; None where it has none."""
    values = _inherited(shape)
    if values is None or values[2] <= 0 or values[3] <= 0:
        return None
    return Box(*(v / EMU for v in values))


def _is_upright(placeholder: Any) -> bool:
    return placeholder._element.xpath(".//p:ph")[0].get("orient") == "vert"


def title_of(layout: SlideLayout) -> Any | None:
    """The placeholder of the title."""
    for one in placeholders(layout):
        if kind_of(one) in TITLES and not _is_upright(one) and box_of(one) is not None:
            return one
    return None


def _place(shape: Any) -> Place:
    box = box_of(shape)
    assert box is not None
    return Place(box, shape.placeholder_format.idx, shape.name)


def marks(layout: SlideLayout, size: Size) -> list[tuple[Box, Any]]:
    """Logos and bands of a layout and its master, in the room they take; what fills the slide is its ground."""
    shapes = [*layout.shapes]
    if layout._element.get("showMasterSp") not in ("0", "false"):
        shapes += [*layout.slide_master.shapes]
    boxes = [(outline(s._element) or box_of(s), s._element) for s in shapes if not s.is_placeholder]
    return [
        (b, element)
        for b, element in boxes
        if b is not None and min(b.w, b.h) > 0.02 and b.w * b.h < 0.5 * size.width * size.height
    ]


def _decoration(layout: SlideLayout, size: Size) -> list[Box]:
    return [b for b, _ in marks(layout, size)]


def _shown(layout: SlideLayout) -> list[Box]:
    """Placeholders that every slide shows: page number, and a footer that says something."""
    return [
        b
        for p in placeholders(layout)
        if (kind_of(p) == PAGE or (kind_of(p) == FOOTER and footer(p).strip())) and (b := box_of(p))
    ]


# --- Layouts for charts ---


def chart_layout(index: int, layout: SlideLayout, size: Size) -> Layout | None:
    """The roles of a layout for charts; None where it has no title above its content, or no room."""
    title = title_of(layout)
    kind = layout._element.get("type") or ""
    if title is None or kind in ("title", "secHead", "blank", "vertTx", "vertTitleAndTx"):
        return None
    if _LAYOUT_NAMES["cover"].search(layout.name) or _LAYOUT_NAMES["section"].search(layout.name):
        return None
    head = _place(title)
    if kind_of(title) == CENTRED or _is_column(head.box, size):
        return None
    # What is as wide as the title is its band.
    logos = [b for b in _decoration(layout, size) if b.w < 0.6 * head.box.w]
    free = clear_of(head.box, logos, 0.55)
    if free != head.box and free.h >= 0.45 * size.scale:
        head = replace(head, box=free, written=True)
    return _with_title(index, layout, size, head)


def moved_layout(index: int, layout: SlideLayout, size: Size) -> Layout | None:
    """The same with the title set at the top of the slide: for files whose titles stand on their places for content.

    Or in a column beside it: LibreOffice gives every layout the places of the last one, be that one for upright text.
    """
    title = title_of(layout)
    if not any(kind_of(p) in _BODIES and box_of(p) is not None for p in placeholders(layout)):
        return None
    if title is None or (layout._element.get("type") or "") in (
        "title",
        "secHead",
        "vertTx",
        "vertTitleAndTx",
    ):
        return None
    top = Box(0.05 * size.width, 0.045 * size.height, 0.9 * size.width, 0.13 * size.height)
    place = _place(title)
    freed = place.box if _is_column(place.box, size) else None
    return _with_title(index, layout, size, replace(place, box=top, written=True), freed)


def cleared_layout(index: int, layout: SlideLayout, size: Size) -> Layout | None:
    """Title at the top, chart in what is free below it, whatever the layout's places are: for files none of which serves.

    LibreOffice gives every layout of a file the places of one of them, be that a cover with a few lines in its middle;
    others have layouts for titles alone.
    """
    title = title_of(layout)
    if title is None:
        return None
    head = Box(0.05 * size.width, 0.045 * size.height, 0.9 * size.width, 0.13 * size.height)
    blocked = [b for b in [*_shown(layout), *_decoration(layout, size)] if b.y < 0.3 * size.height]
    line = run(head, blocked)
    if line.w < 0.6 * size.width:
        # A band across the top, say: the title goes under it.
        under = max((b.y + b.h for b in blocked if crosses(head, b)), default=0.0) + 0.03 * size.height
        line = replace(head, y=under)
    return _with_title(index, layout, size, replace(_place(title), box=line, written=True), cleared=True)


def _is_column(title: Box, size: Size) -> bool:
    """A place for upright text, too narrow for a finding."""
    return title.w < 0.26 * size.width and title.h > title.w


def _with_title(
    index: int,
    layout: SlideLayout,
    size: Size,
    title: Place,
    freed: Box | None = None,
    cleared: bool = False,
) -> Layout | None:
    others = [p for p in placeholders(layout) if kind_of(p) not in TITLES and box_of(p) is not None]
    places: dict[str, Place] = {"title": title}
    text = [p for p in others if kind_of(p) in (*_BODIES, SUBTITLE) and not _is_upright(p) and not cleared]
    shown = _shown(layout)
    _name_roles(places, text, shown, size)
    number = next((p for p in others if kind_of(p) == PAGE), None)
    if number is not None:
        places["page"] = _place(number)
    body = _body(layout, places, text, shown, size)
    if body is None:
        return None
    if freed is not None:
        left, right = min(body.x, freed.x), max(body.x + body.w, freed.x + freed.w)
        body = replace(body, x=left, w=right - left)
    trimmed = clear_of(body, _decoration(layout, size), 0.7)
    if trimmed.w / size.scale >= LEAST_BODY[0] and trimmed.h / size.scale >= LEAST_BODY[1] + 1:
        body = trimmed
    found = _with_lines(body, places, [*shown, *_decoration(layout, size)], size)
    if found is None:
        return None
    body = found["body"].box
    if body.w / size.scale < LEAST_BODY[0] or body.h / size.scale < LEAST_BODY[1]:
        return None
    if (
        body.x < -0.01
        or body.y < -0.01
        or body.x + body.w > size.width + 0.02
        or body.y + body.h > size.height + 0.02
    ):
        return None
    return Layout(index, layout.name, found)


def _name_roles(places: dict[str, Place], text: list[Any], shown: Sequence[Box], size: Size) -> None:
    """Roles that a name, a kind or a place gives; what is taken leaves the list."""
    head = places["title"].box

    def take(role: str, one: Any | None) -> None:
        if one is not None:
            places[role] = _place(one)
            text.remove(one)

    for role in ("subtitle", "source", "takeaways"):
        named = (p for p in text if _NAMES[role].search(p.name) or _NAMES[role].search(prompt(p)))
        take(role, next((p for p in named if not _on_title(p, head)), None))
    if "subtitle" not in places:
        lines = (p for p in text if kind_of(p) == SUBTITLE or _is_line(p, head, size.height))
        take("subtitle", next((p for p in lines if not _on_title(p, head) and _is_flat(p, size)), None))
    if "source" not in places:
        low = (
            p
            for p in text
            if (b := box_of(p))
            and b.y > 0.8 * size.height
            and b.h < 0.13 * size.height
            and b.w > 0.3 * size.width
            and not any(crosses(b, s) for s in shown)
        )
        take("source", next(low, None))


def _on_title(placeholder: Any, head: Box) -> bool:
    box = box_of(placeholder)
    return box is None or crosses(box, head)


def _is_flat(placeholder: Any, size: Size) -> bool:
    box = box_of(placeholder)
    return box is not None and box.h < 0.25 * size.height


def _is_line(placeholder: Any, head: Box, height: float) -> bool:
    """A line of text right under the title."""
    box = box_of(placeholder)
    assert box is not None
    return (
        kind_of(placeholder) == 2
        and box.h < 0.12 * height
        and head.y < box.y < head.y + head.h + 0.12 * height
    )


def _body(
    layout: SlideLayout, places: dict[str, Place], text: Sequence[Any], shown: Sequence[Box], size: Size
) -> Box | None:
    """Where the chart goes: the largest place for content, two beside each other, else what is free."""
    head = places["title"].box
    bodies = sorted(
        (b for p in text if kind_of(p) in _BODIES and (b := box_of(p)) is not None),
        key=lambda b: -(b.w * b.h),
    )
    body: Box | None = None
    if "takeaways" not in places and len(bodies) > 1:
        first, second = bodies[:2]
        if (
            abs(first.y - second.y) < 0.1 * size.height
            and second.w * second.h > 0.15 * size.width * size.height
        ):
            if second.x < first.x:
                first, second = second, first
            # Two places side by side hold one chart together.
            body = Box(first.x, min(first.y, second.y), second.x + second.w - first.x, max(first.h, second.h))
    if body is None and bodies:
        body = bodies[0]
    if body is None:
        taken = [p.box for r, p in places.items() if r in ("subtitle", "source", "takeaways")]
        return _free(layout, head, [*taken, *shown], size)
    if head.y + head.h > body.y + 0.05 and not beside(head, body):
        if head.y + head.h / 2 > body.y + body.h / 2:
            return None
        body = _below(body, head.y + head.h + 0.05)
    under = places.get("subtitle")
    if under is not None and crosses(under.box, body) and under.box.y < body.y + body.h / 2:
        body = _below(body, under.box.y + under.box.h + 0.05)
    feet = [
        s.y for s in [*shown, *([places["source"].box] if "source" in places else [])] if crosses(s, body)
    ]
    low = [y for y in feet if y > body.y + body.h / 2]
    if low:
        body = replace(body, h=min(low) - 0.05 - body.y)
    return body if body.h > 0 else None


def _below(body: Box, y: float) -> Box:
    return replace(body, y=y, h=body.y + body.h - y)


def _with_lines(
    body: Box, places: dict[str, Place], blocked: Sequence[Box], size: Size
) -> dict[str, Place] | None:
    """Places with our own lines of unit and source where the layout has none; they shrink where the chart needs it."""
    for unit, source in (_LINES, _SHORT_LINES):
        found, room = dict(places), body
        if "subtitle" not in found:
            line, gap = unit * size.scale, 0.08 * size.scale
            found["subtitle"] = Place(Box(room.x, room.y, room.w, line))
            room = _below(room, room.y + line + gap)
        if "source" not in found:
            placed = _foot(room, source * size.scale, blocked, size)
            if placed is None:
                return None
            room, found["source"] = placed[0], Place(placed[1])
        found["body"] = Place(room)
        if room.h / size.scale >= _AMPLE:
            break
    return found


def _foot(body: Box, tall: float, blocked: Sequence[Box], size: Size) -> tuple[Box, Box] | None:
    """Room for the source line below the chart, where it crosses nothing: the chart gives way where it must."""
    gap = 0.05 * size.scale
    bottom = body.y + body.h
    ends = sorted({bottom, *(b.y - gap - tall - gap for b in blocked if body.y < b.y < bottom + tall + gap)})
    lowest = 0.985 * size.height - tall - gap
    found = []
    for end in sorted({min(e, lowest, bottom) for e in ends}, reverse=True):
        line = run(Box(body.x, end + gap, body.w, tall), blocked)
        if line.w >= 0.55 * body.w and end - body.y > 0:
            found.append((replace(body, h=end - body.y), line))
    whole = (f for f in found if f[1].w > 0.98 * body.w and f[0].h / size.scale >= _AMPLE)
    return next(whole, found[0] if found else None)


def _free(layout: SlideLayout, title: Box, taken: Sequence[Box], size: Size) -> Box | None:
    """The largest plain area of a layout below its title that no footer, logo or band takes."""
    width, height = size.width, size.height
    if title.y > 0.5 * height:
        return None
    left, right = title.x, title.x + title.w
    if title.w < 0.6 * width:
        left, right = 0.05 * width, 0.95 * width
    area = [left, title.y + title.h + 0.1, right, 0.97 * height - 0.05]
    for o in [*taken, *_decoration(layout, size)]:
        x0, y0, x1, y1 = area
        if o.x >= x1 or o.x + o.w <= x0 or o.y >= y1 or o.y + o.h <= y0:
            continue
        cuts = [
            [o.x + o.w + 0.1, y0, x1, y1],
            [x0, y0, o.x - 0.1, y1],
            [x0, o.y + o.h + 0.1, x1, y1],
            [x0, y0, x1, o.y - 0.05],
        ]
        area = max(cuts, key=lambda c: max(c[2] - c[0], 0) * max(c[3] - c[1], 0))
    if area[2] - area[0] <= 0 or area[3] - area[1] <= 0:
        return None
    return Box(area[0], area[1], area[2] - area[0], area[3] - area[1])


def chart_score(layout: SlideLayout, found: Layout) -> float:
    """How well a layout serves charts."""
    kind, name = layout._element.get("type") or "", layout.name
    score: float = {
        "chart": 60,
        "titleOnly": 45,
        "obj": 50,
        "tx": 20,
        "twoObj": 10,
        "objTx": 10,
        "txObj": 10,
    }.get(kind, 15)
    for key, worth in (("chart", 60), ("title only", 40), ("content", 45), ("never", -60)):
        if _LAYOUT_NAMES[key].search(name):
            score += worth
    score += 15 * sum(found.places[r].idx is not None for r in ("subtitle", "source"))
    box = found.places["body"].box
    return score + 4 * box.w * box.h / 60


# --- Covers and sections ---


def find_front(layouts: Sequence[tuple[int, SlideLayout]], use: str) -> int | None:
    """The layout for a cover or for section slides: by its type, its name, else by a centred title or a subtitle."""
    titled = [(i, one) for i, one in layouts if title_of(one) is not None]
    kind = {"cover": "title", "section": "secHead"}[use]
    signs: list[Any] = [
        lambda one: one._element.get("type") == kind,
        lambda one: _LAYOUT_NAMES[use].search(one.name),
    ]
    if use == "cover":
        signs += [
            lambda one: kind_of(title_of(one)) == CENTRED and not _LAYOUT_NAMES["section"].search(one.name),
            lambda one: {kind_of(p) for p in placeholders(one)} & {SUBTITLE, *_BODIES} == {SUBTITLE},
        ]
    for sign in signs:
        for i, one in titled:
            if sign(one):
                return i
    return None


def front_layout(index: int, layout: SlideLayout, size: Size) -> Layout:
    """The roles of a cover or section layout: title, subtitle, and a line for day and snapshot."""
    title = title_of(layout)
    places = {"title": _place(title)}
    if _is_column(places["title"].box, size):
        top = Box(0.05 * size.width, 0.2 * size.height, 0.9 * size.width, 0.3 * size.height)
        places["title"] = replace(places["title"], box=top, written=True)
    head = places["title"].box
    others = [p for p in placeholders(layout) if kind_of(p) in (*_BODIES, SUBTITLE) and box_of(p) is not None]
    others.sort(key=lambda p: (kind_of(p) != SUBTITLE, p.placeholder_format.idx))
    tall = min(0.8 * size.scale, size.height * 0.95 - head.y - head.h)
    below = Box(head.x, head.y + head.h + 0.08 * size.scale, head.w, tall)
    if others:
        own = _place(others[0])
        if not crosses(own.box, head, 0.05):
            places["subtitle"] = own
        elif tall > 0.25 * size.scale:
            places["subtitle"] = replace(own, box=below, written=True)
    elif tall > 0.25 * size.scale:
        places["subtitle"] = Place(below)
    number = next((p for p in placeholders(layout) if kind_of(p) == PAGE and box_of(p) is not None), None)
    if number is not None:
        places["page"] = _place(number)
    if "subtitle" in places:
        places["subtitle"] = _roomy(
            places["subtitle"], [head, *_shown(layout), *_decoration(layout, size)], size
        )
    return Layout(index, layout.name, places)


def _roomy(place: Place, blocked: Sequence[Box], size: Size) -> Place:
    """A cover's lines in a place that ends on the slide, and grows down where two lines of type would be cut."""
    box, end = place.box, 0.97 * size.height
    fitting = replace(box, h=min(box.h, end - box.y))
    if fitting.h < _COVER_LINES * size.scale and box.y < 0.9 * size.height:
        grown = replace(box, h=min(_COVER_LINES * size.scale, end - box.y))
        under = [b.y for b in blocked if crosses(grown, b) and b.y >= box.y + fitting.h - 0.02]
        fitting = replace(grown, h=max(min([box.y + grown.h, *(y - 0.05 for y in under)]) - box.y, fitting.h))
    changed = abs(fitting.h - box.h) > 0.02 and fitting.h > 0
    return replace(place, box=fitting, written=True) if changed else place


def borrowed_front(chart: Layout, size: Size) -> Layout:
    """A cover on a layout made for charts: the title in the middle."""
    title = chart.places["title"]
    x, w = chart.places["body"].box.x, chart.places["body"].box.w
    places = {
        "title": Place(Box(x, 0.3 * size.height, w, 0.2 * size.height), title.idx, title.name, True),
        "subtitle": Place(Box(x, 0.53 * size.height, w, 0.2 * size.height)),
    }
    if "page" in chart.places:
        places["page"] = chart.places["page"]
    return Layout(chart.index, chart.name, places, borrowed=True)
