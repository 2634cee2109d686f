"""A company's own PowerPoint template: its layouts for each use, its grounds, fonts and colours."""

from __future__ import annotations

import functools
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import TypedDict, Unpack

from pptx.presentation import Presentation
from pptx.slide import SlideLayout

from dashboard.deck import colours as shades
from dashboard.deck.boxes import calm, crosses_into, holds, meet
from dashboard.deck.grounds import Ground, Grounds
from dashboard.deck.inks import dummy_footer, ink_on, text_colour
from dashboard.deck.layouts import (
    ROLES,
    USES,
    Layout,
    Place,
    Size,
    borrowed_front,
    box_of,
    chart_layout,
    chart_score,
    cleared_layout,
    find_front,
    front_layout,
    layouts_of,
    marks,
    moved_layout,
    placeholders,
    tidy,
    title_of,
)
from dashboard.deck.opening import open_file, said_of_damage
from dashboard.deck.package import FileRefusedError
from dashboard.deck.restyle import Style, contrast, is_dark, luminance
from dashboard.draw.slide.ooxml import EMU, Box
from dashboard.export import master as decks
from dashboard.look.markup import xml_text
from dashboard.look.theme import SLIDE_CHINESE, SLIDE_LATIN, Look, join_words

#: Faces that run as Arial does, by which text is measured. Others may be wider, or be missing where the deck is shown.
MEASURED = {"arial", "helvetica", "helvetica neue", "liberation sans", "arial narrow"}
#: Share of a line that text in any other face is trusted to fill.
UNMEASURED = 0.86
#: Contrast that large text needs (WCAG 2, 1.4.3): a brand's own colour of titles stays where it has it.
LARGE = 3.0
#: Contrast with both dark and light ink below which a ground serves neither kind of chart.
AMID = 9.0
#: Distance of a colour's strongest and weakest part, of 255, from which it is no shade of grey or paper.
_STRONG = 110
#: Share of a place that may be disturbed before its text moves.
_SPECKS = 0.008


@dataclass(frozen=True)
class Template:
    """A template that was read, without its own slides.

    Attributes:
        data: An empty deck on it.
        key: Hash of the file as it came: what its map is remembered by.
        width: Of its slides, in inches.
        height: Of its slides, in inches.
        layouts: Layout for each use.
        choices: Names of layouts that could serve charts, by position; those of the master in use first.
        warnings: Sentences on what is missing and what is done instead.
        fonts: Latin face of headings and of text, Chinese face ("" where the theme names none).
        colours: The colours of its theme by name, "accent1" to "#RRGGBB".
        ground: Colour behind charts.
        footer: Whether its footer is set on slides.
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
    footer: bool = True

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


class Taken(TypedDict, total=False):
    """What of a template is taken beside its layouts.

    Attributes:
        fonts: Text in charts and tables takes the theme's faces; left out, it does not.
        colours: Bars without a meaning of their own take the theme's first accent; left out, they do not.
        footer: The template's own footer is set on slides; left out, it is.
    """

    fonts: bool
    colours: bool
    footer: bool


def read(data: bytes, roles: Mapping[str, int] | None = None, **taken: Unpack[Taken]) -> Template:
    """Reads a template.

    Args:
        data: A .pptx or .potx.
        roles: Layout by use ("chart", "cover", "section") where a person chose them; what does not fit is passed over.
        taken: As in `Taken`.

    Raises:
        FileRefusedError: it cannot serve; the text says why.
    """
    with said_of_damage():
        return _understood(
            data,
            roles or {},
            fonts=taken.get("fonts", False),
            colours=taken.get("colours", False),
            footer=taken.get("footer", True),
        )


def _understood(data: bytes, roles: Mapping[str, int], fonts: bool, colours: bool, footer: bool) -> Template:
    opened = open_file(data, "template")
    deck = opened.deck
    width, height = (deck.slide_width or 0) / EMU, (deck.slide_height or 0) / EMU
    if not (4 <= width <= 60 and 3 <= height <= 60) or not 1.0 <= width / height <= 3.0:
        raise FileRefusedError(
            f"The template's slides measure {width:.1f} x {height:.1f} inches; expected a landscape format such as "
            "16:9 or 4:3."
        )
    tidy(deck)
    size = Size(width, height, sqrt(width / decks.WIDTH * height / decks.HEIGHT))
    layouts = layouts_of(deck)
    warnings: list[str] = []
    order = _in_use_first(layouts, opened.used)
    charts = _chart_layouts(layouts, order, size, warnings)
    best = roles.get("chart", -1)
    if best not in charts:
        best = max(charts, key=lambda i: (_worth(layouts, charts, order, i), -i))
    chart = charts[best]
    own = box_of(title_of(layouts[best]))
    head = chart.places["title"]
    if head.written and own is not None and not (own.y - 0.01 <= head.box.y <= own.y + own.h):
        warnings.append(
            f"Layout “{chart.name}” has its title where its content stands, too narrow beside it, or too low for a chart under it: titles are set at the top of the slide."
        )
    missing = [ROLES[r].lower() for r in ("subtitle", "source") if chart.places[r].idx is None]
    if missing:
        warnings.append(
            f"Layout “{chart.name}” has no placeholder for {join_words(missing)}: set in our own text inside its free area."
        )
    if "page" not in chart.places:
        warnings.append(f"Layout “{chart.name}” has no page number: slides carry none.")
    uses = {"chart": chart} | _fronts(layouts, order, chart, size, roles, warnings)
    part = shades.theme_part(layouts[best].slide_master)
    theme = shades.parsed(part.blob) if part is not None else None
    faces = shades.faces(theme)
    behind: Ground | None = None
    for use, one in uses.items():
        uses[use], ground = _with_inks(deck, layouts[one.index], one, use, size, warnings)
        behind = ground if use == "chart" else behind
    assert behind is not None
    if footer and (said := dummy_footer(layouts[best])):
        warnings.append(
            f"The footer of “{chart.name}” says “{said}”, as samples do: it stands on every slide unless footers are left out."
        )
    if fonts and faces[1].lower() not in MEASURED:
        warnings.append(
            f"Text may run wider in {faces[1] or 'the theme’s face'} than measured: it is set a little smaller."
        )
    palette = shades.palette(theme, layouts[best])
    return Template(
        data=decks.save(deck),
        key=hashlib.sha256(data).hexdigest()[:16],
        width=width,
        height=height,
        layouts=uses,
        choices=_choices(layouts, charts, order),
        warnings=tuple(dict.fromkeys(warnings)),
        fonts=faces,
        colours=palette,
        ground=behind.colour,
        style=_style(size, faces, palette, behind, fonts, colours),
        footer=footer,
    )


def _in_use_first(layouts: Sequence[SlideLayout], used: Sequence[str]) -> list[int]:
    """Positions of layouts, those of the master first that most of the file's own slides stand on."""
    masters = [str(one.slide_master.part.partname) for one in layouts]
    home = {str(one.part.partname).lstrip("/"): m for one, m in zip(layouts, masters, strict=True)}
    stood = [home[name] for name in used if name in home]
    first = max(dict.fromkeys(masters), key=stood.count)
    return sorted(range(len(layouts)), key=lambda i: (masters[i] != first, i))


def _worth(
    layouts: Sequence[SlideLayout], charts: Mapping[int, Layout], order: Sequence[int], index: int
) -> float:
    same = layouts[index].slide_master.part is layouts[order[0]].slide_master.part
    return chart_score(layouts[index], charts[index]) + (150 if same else 0)


def _chart_layouts(
    layouts: Sequence[SlideLayout], order: Sequence[int], size: Size, warnings: list[str]
) -> dict[int, Layout]:
    for way in (chart_layout, moved_layout, cleared_layout):
        if charts := {i: m for i in order if (m := way(i, layouts[i], size)) is not None}:
            return charts
    if not any(title_of(one) is not None for one in layouts):
        raise FileRefusedError(
            "None of the template's layouts has a title placeholder, so no slide could carry its finding."
        )
    raise FileRefusedError("None of the template's layouts has both a title and room for a chart below it.")


def _choices(
    layouts: Sequence[SlideLayout], charts: Mapping[int, Layout], order: Sequence[int]
) -> dict[int, str]:
    masters = list(dict.fromkeys(id(layouts[i].slide_master.part) for i in sorted(order)))
    several = len({id(layouts[i].slide_master.part) for i in charts}) > 1

    def name(i: int) -> str:
        number = masters.index(id(layouts[i].slide_master.part)) + 1
        return charts[i].name + (f" · master {number}" if several else "")

    return {i: name(i) for i in order if i in charts}


def _fronts(
    layouts: Sequence[SlideLayout],
    order: Sequence[int],
    chart: Layout,
    size: Size,
    asked: Mapping[str, int],
    warnings: list[str],
) -> dict[str, Layout]:
    """Cover and section: as asked, else of the chart's master, else of any other."""
    own = layouts[chart.index].slide_master.part
    near = sorted(order, key=lambda i: layouts[i].slide_master.part is not own)
    uses = {}
    for use in ("cover", "section"):
        found = asked.get(use)
        if found is None or not 0 <= found < len(layouts) or title_of(layouts[found]) is None:
            found = find_front([(i, layouts[i]) for i in near], use)
        if found is None:
            warnings.append(
                f"No layout for {'a cover' if use == 'cover' else 'section slides'} was found: “{chart.name}” is used instead."
            )
            uses[use] = borrowed_front(chart, size)
        else:
            uses[use] = front_layout(found, layouts[found], size)
    return uses


def _with_inks(
    deck: Presentation, layout: SlideLayout, one: Layout, use: str, size: Size, warnings: list[str]
) -> tuple[Layout, Ground]:
    """The layout with colours for text that could not be read on what stands behind it; and the ground of its chart."""
    part = shades.theme_part(layout.slide_master)
    names = shades.palette(shades.parsed(part.blob) if part is not None else None, layout)
    grounds = Grounds(layout, names, size.width, size.height)
    body = grounds.behind(one.places["body" if "body" in one.places else "title"].box)
    inks: dict[str, str] = {}
    panels: list[tuple[Box, str, str]] = []
    places = dict(one.places)
    plain = _panel_colour(names)
    if use == "chart" and (why := _needs_panel(layout, one, body, grounds, size)):
        panels.append((_panel(one, size), plain, "body"))
        body = Ground((plain,))
        warnings.append(f"{why}: a plain panel is set behind charts.")
    for role, place in one.places.items():
        if role in ("body", "takeaways"):
            continue
        ground = grounds.behind(place.box)
        own = _placeholder(layout, place.idx)
        if own is not None and own.fill is not None:
            ground = own.fill
        if panels and role != "title" and holds(panels[0][0], place.box):
            ground = body
        wanted = own.ink if own is not None else ""
        is_large = role == "title" or (role == "subtitle" and use != "chart")
        called = "subtitle" if is_large and role == "subtitle" else ROLES[role].lower()
        if role != "page" and not ground.known:
            warnings.append(f"{_mixed(one.name, f'behind the {called}')}: check that text stands out on it.")
        least = LARGE if is_large else 4.5
        keeps = bool(wanted) and ground.read(wanted, least) > 0.85
        if not keeps or (own is not None and not own.solid):
            inks[role] = ink_on(ground, names, second=role not in ("title", "page"))
        shown = wanted if keeps else names.get(inks[role], inks[role])
        if keeps and role in inks:
            inks[role] = wanted
        on_panel = any(holds(p, place.box) for p, _, r in panels if r == "body" and role != "title")
        if role != "page" and not on_panel and (own is None or own.fill is None):
            freed = _freed(grounds, place, shown, least, size)
            if freed is None and ground.known:
                under = ground.colour if _is_plain(ground.colour) else plain
                panels.append((place.box, under, role))
                inks[role] = ink_on(Ground((under,)), names, second=role != "title")
                warnings.append(
                    f"What stands behind the {called} on “{one.name}” would disturb it: a plain panel is set behind it."
                )
                continue
            places[role] = freed or place
        if wanted and not keeps and role != "page":
            warnings.append(
                f"The template's {called} on “{one.name}” would be hard to read, {wanted} on "
                f"{ground.colour}: it is set in {shown}."
            )
    return replace(one, places=places, inks=inks, panels=tuple(panels)), body


def _freed(grounds: Grounds, place: Place, ink: str, least: float, size: Size) -> Place | None:
    """The place less what strokes, words and other grounds disturb; None where too little would be left."""
    fields = grounds.disturbed(place.box, ink, least)
    if sum(map(sum, fields)) <= _SPECKS * len(fields) * len(fields[0]):
        return place
    left = calm(place.box, fields)
    if left.w < 0.6 * place.box.w or left.h < max(0.4 * place.box.h, min(0.4 * size.scale, place.box.h)):
        return None
    return replace(place, box=left, written=True)


def _panel_colour(names: Mapping[str, str]) -> str:
    """The theme's own ground where text stands out on it, else white."""
    own = names.get("bg1", "#FFFFFF")
    return own if _is_plain(own) else "#FFFFFF"


def _is_strong(colour: str) -> bool:
    """Whether colours that mean something look otherwise on it: neither near to white or black, nor grey."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return max(parts) - min(parts) > _STRONG and 0.05 < luminance(colour) < 0.8


def _is_plain(colour: str) -> bool:
    """Whether text of any weight stands out on it."""
    lightness = luminance(colour)
    return lightness > 0.8 or lightness < 0.03


def _needs_panel(layout: SlideLayout, one: Layout, body: Ground, grounds: Grounds, size: Size) -> str:
    """Why charts could not be read on what stands behind them; "" where they can."""
    place = one.places["body"].box
    if not (body.plain and body.known):
        return _mixed(one.name, "behind charts")
    if max(contrast(body.colour, c) for c in ("#FFFFFF", Look(mode="light").ink)) < AMID:
        return f"{body.colour} behind charts on “{one.name}” is neither light nor dark"
    if _is_strong(body.colour):
        return f"{body.colour} behind charts on “{one.name}” is a colour that changes how others look"
    for box, element in marks(layout, size):
        if crosses_into(box, place) and grounds.is_seen(element, meet(box, place), body.colour):
            return f"Decoration of “{one.name}” stands where charts go"
    return ""


def _panel(one: Layout, size: Size) -> Box:
    """Round a chart and its lines, below the title."""
    title = one.places["title"].box
    top = title.y + title.h if title.y < one.places["body"].box.y else 0.0
    held = [p.box for r, p in one.places.items() if r not in ("title", "page")]
    held = [b for b in held if b.y >= top - 0.05]
    x0, y0 = min(b.x for b in held), min(b.y for b in held)
    x1, y1 = max(b.x + b.w for b in held), max(b.y + b.h for b in held)
    edge = 0.1 * size.scale
    x0, y0 = max(x0 - edge, 0.0), max(y0 - edge / 2, top)
    return Box(x0, y0, min(x1 + edge, size.width) - x0, min(y1 + edge / 2, size.height) - y0)


def _mixed(name: str, where: str) -> str:
    return f"What stands {where} on “{name}” is a picture, pattern or shade of more than one lightness"


@dataclass(frozen=True)
class _Own:
    """Text of a layout's placeholder: its colour, whether every program shows it, and the fill that it brings along."""

    ink: str
    solid: bool
    fill: Ground | None


def _placeholder(layout: SlideLayout, idx: int | None) -> _Own | None:
    found = next((p for p in placeholders(layout) if p.placeholder_format.idx == idx), None)
    if idx is None or found is None:
        return None
    return _Own(*text_colour(layout, found))


def _style(
    size: Size,
    faces: tuple[str, str, str],
    palette: Mapping[str, str],
    behind: Ground,
    fonts: bool,
    colours: bool,
) -> Style:
    ground = behind.colour
    ink = palette.get("tx1", "#000000")
    readable = behind.read(ink) > 0.85
    return Style(
        scale=size.scale,
        latin="+mn-lt" if fonts else SLIDE_LATIN,
        chinese="+mn-ea" if fonts and faces[2] else SLIDE_CHINESE,
        type_scale=1.0 if not fonts or faces[1].lower() in MEASURED else UNMEASURED,
        accent="accent1" if colours and contrast(palette.get("accent1", ink), ground) >= 2.5 else "",
        dark=is_dark(ground),
        ground=ground,
        second="tx2" if behind.read(palette.get("tx2", ink)) > 0.85 else "tx1",
        ink="" if readable else Look(mode="dark" if is_dark(ground) else "light").ink,
        plain_text=True,
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
    if len(text) > 10_000:
        return {}
    try:
        raw = json.loads(text)
        if (
            raw["format"] != "landscape-template/1"
            or raw["template"] != hashlib.sha256(data).hexdigest()[:16]
        ):
            return {}
        return {use: int(i) for use, i in raw["layouts"].items() if use in USES}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


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
        f'role="img" aria-label="Layout {xml_text(layout.name)}" font-family="Arial, sans-serif">'
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
            f'font-size="{size:.0f}" fill="{ink}">{xml_text(words)}</text>'
        )
    return "".join([*parts, "</svg>"])
