"""What stands behind a place on a template's slides: background, bands, pictures, painted one over another."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, cos, hypot, pi, radians, sin
from typing import Any

from lxml import etree
from PIL import Image

from dashboard.deck.colours import A_, P_, colour, first_colour, parsed, theme_part
from dashboard.deck.restyle import contrast, luminance
from dashboard.draw.slide.ooxml import EMU, Box

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FILLS = [f"{A_}{k}" for k in ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill")]
#: Points of a place that are looked at, across and down.
_ACROSS, _DOWN = 16, 9
#: Inches of a field of a place for text, across and down: words are longer than lines are high.
_FIELD = (0.4, 0.14)
#: Inches under which something filled is a line.
_THIN = 0.08
#: Pixels over which a picture is not opened.
_MOST_PIXELS = 60_000_000
#: Contrast below which a watermark does not disturb.
_FAINT = 1.6
#: Contrast from which two grounds are two: text that crosses from one to the other looks torn where it can be read.
_OTHER = 2.5

Point = tuple[float, float]
#: A point of the unit square of a shape to its colour and opacity; None where it cannot be told.
Paint = Callable[[float, float], "tuple[str, float] | None"]
#: A point of the slide to the unit square of a shape.
Inverse = Callable[[float, float], Point]


@dataclass(frozen=True)
class Ground:
    """Colours behind a place.

    Attributes:
        colours: One for each point that was looked at, "#RRGGBB".
        known: False where a picture or pattern there could not be read.
    """

    colours: tuple[str, ...]
    known: bool = True

    @property
    def colour(self) -> str:
        """The colour most like all of them: their middle one by lightness."""
        return sorted(self.colours, key=luminance)[len(self.colours) // 2]

    @property
    def plain(self) -> bool:
        """True where no more than the odd speck is of another lightness."""
        middle = self.colour
        return sum(contrast(c, middle) > 1.6 for c in self.colours) <= 0.04 * len(self.colours)

    def read(self, ink: str, least: float = 4.5) -> float:
        """Share of the place on which an ink stands out enough."""
        return sum(contrast(ink, c) >= least for c in self.colours) / len(self.colours)


@dataclass(frozen=True)
class _Layer:
    inverse: Inverse
    shape: Callable[[float, float], bool]
    paint: Paint


@dataclass(frozen=True)
class _Stroke:
    """What is drawn over a ground without filling it: lines, outlines, and words, which take the whole of their box.

    Attributes:
        inverse: A point of the slide to one in the shape, in EMU from its corner.
        lines: Ends of lines in the same measure.
        half: Half the width of the line.
        words: Width and height of words; None for lines.
        colour: Its colour; None where it cannot be told.
    """

    inverse: Inverse
    lines: tuple[tuple[Point, Point], ...]
    half: float
    words: Point | None
    colour: str | None

    def near(self, x: float, y: float, by: float) -> bool:
        """Whether it passes a point of the slide at no more than a distance in EMU."""
        a, b = self.inverse(x, y)
        if self.words is not None:
            return 0 <= a <= self.words[0] and 0 <= b <= self.words[1]
        return any(_distance(a, b, *line) <= self.half + by for line in self.lines)


class Grounds:
    """Grounds of one layout.

    Args:
        layout: The layout.
        names: Its palette.
        width: Of the slide, in inches.
        height: Of the slide, in inches.
    """

    def __init__(self, layout: Any, names: Mapping[str, str], width: float, height: float) -> None:
        self._names, self._size = names, (width, height)
        self._unread = False
        self._theme = theme_part(layout.slide_master)
        self._layers = list(self._background(layout))
        self._strokes: list[_Stroke] = []
        parts = [layout]
        if layout._element.get("showMasterSp") not in ("0", "false"):
            parts.insert(0, layout.slide_master)
        for part in parts:
            tree = part._element.find(f"{P_}cSld/{P_}spTree")
            self._layers += self._shapes(tree, part.part, lambda x, y: (x, y), None)

    def behind(self, box: Box) -> Ground:
        """What stands behind a place, in inches of the slide."""
        colours = []
        known = True
        for i in range(_ACROSS):
            for j in range(_DOWN):
                x = box.x + box.w * (i + 0.5) / _ACROSS
                y = box.y + box.h * (j + 0.5) / _DOWN
                found, told = self._at(x * EMU, y * EMU)
                colours.append(found)
                known = known and told
        return Ground(tuple(colours), known)

    def disturbed(self, box: Box, ink: str, least: float) -> list[list[bool]]:
        """Where text in an ink would be hard to read on a place, or would run from one ground on to another.

        Returns:
            Rows of the place from above, each with its fields from the left.
        """
        main = self.behind(box).colour
        across, down = min(max(ceil(box.w / _FIELD[0]), 4), 24), min(max(ceil(box.h / _FIELD[1]), 3), 20)
        w, h = box.w * EMU / across, box.h * EMU / down
        rows = []
        for j in range(down):
            row = []
            for i in range(across):
                x, y = box.x * EMU + w * (i + 0.5), box.y * EMU + h * (j + 0.5)
                found, _ = self._at(x, y)
                row.append(
                    contrast(ink, found) < least
                    or contrast(found, main) > _OTHER
                    or any(
                        s.near(x, y, 0.45 * h) and (s.colour is None or contrast(s.colour, found) > _FAINT)
                        for s in self._strokes
                    )
                )
            rows.append(row)
        return rows

    def is_seen(self, element: etree._Element, box: Box, ground: str) -> bool:
        """Whether something of a layout disturbs what is drawn over it: other than the ground, or strokes or words."""
        found = self.behind(box)
        if not found.known or any(contrast(c, ground) > _FAINT for c in found.colours):
            return True
        if any(c != ground for c in found.colours):
            return False
        strokes = (
            line.find(f"{A_}{k}") for line in element.iter(f"{A_}ln") for k in ("solidFill", "gradFill")
        )
        words = ((t.text or "").strip() for t in element.iter(f"{A_}t"))
        return any(s is not None for s in strokes) or any(words)

    def _at(self, x: float, y: float) -> tuple[str, bool]:
        under, known = self._names.get("bg1", "#FFFFFF"), True
        for layer in self._layers:
            u, v = layer.inverse(x, y)
            if not (0 <= u <= 1 and 0 <= v <= 1) or not layer.shape(u, v):
                continue
            found = layer.paint(u, v)
            if found is None:
                known = False
            elif found[1] > 0:
                under = _over(found[0], found[1], under)
                known = known or found[1] > 0.95
        return under, known

    # --- Layers ---

    def _background(self, layout: Any) -> Iterator[_Layer]:
        for one in (layout, layout.slide_master):
            found = one._element.find(f"{P_}cSld/{P_}bg")
            if found is None:
                continue
            paint = None
            own = found.find(f"{P_}bgPr")
            reference = found.find(f"{P_}bgRef")
            if own is not None:
                paint = self._paint(fill_in(own), one.part, None)
            elif reference is not None:
                paint = self._of_theme(reference)
            if paint is not None:
                yield _Layer(self._whole, lambda u, v: True, paint)
            return

    def _whole(self, x: float, y: float) -> Point:
        return x / (self._size[0] * EMU), y / (self._size[1] * EMU)

    def _of_theme(self, reference: etree._Element) -> Paint | None:
        """A reference to one of the theme's fills: 1 to 999 those of shapes, from 1001 those of backgrounds."""
        number = int(reference.get("idx") or 0)
        if number in (0, 1000) or self._theme is None:
            return None
        own = colour(first_colour(reference), self._names)
        tag = "bgFillStyleLst" if number > 1000 else "fillStyleLst"
        fills = parsed(self._theme.blob).find(f".//{A_}{tag}")
        place = number % 1000 - 1
        if fills is None or place >= len(fills):
            return (lambda u, v: own) if own is not None else None
        return self._paint(fills[place], self._theme, own)

    def _shapes(
        self, tree: etree._Element | None, part: Any, inverse: Inverse, group: Paint | None
    ) -> Iterator[_Layer]:
        for one in tree if tree is not None else ():
            if not isinstance(one.tag, str) or _is_placeholder(one) or _is_hidden(one):
                continue
            kind = etree.QName(one).localname
            if kind == "AlternateContent":
                choice = next(iter(one), None)
                yield from self._shapes(choice, part, inverse, group)
            elif kind == "grpSp":
                properties = one.find(f"{P_}grpSpPr")
                inner = _into_group(properties, inverse)
                paint = self._paint(fill_in(properties), part, None) or group
                if inner is not None:
                    yield from self._shapes(one, part, inner, paint)
            elif kind in ("sp", "pic", "cxnSp"):
                self._strokes += self._lines(one, inverse)
                if kind != "cxnSp":
                    yield from self._shape(one, kind, part, inverse, group)

    def _shape(
        self, one: etree._Element, kind: str, part: Any, inverse: Inverse, group: Paint | None
    ) -> Iterator[_Layer]:
        properties = one.find(f"{P_}spPr")
        place = _into_shape(properties, inverse)
        if place is None:
            return
        if kind == "pic":
            paint = self._picture(one.find(f"{P_}blipFill"), part)
        else:
            fill = fill_in(properties)
            if fill is not None:
                paint = group if fill.tag == f"{A_}grpFill" else self._paint(fill, part, None)
            else:
                reference = one.find(f"{P_}style/{A_}fillRef")
                paint = self._of_theme(reference) if reference is not None else None
        if paint is not None:
            yield _Layer(place, _outline(properties), paint)

    def _lines(self, one: etree._Element, inverse: Inverse) -> Iterator[_Stroke]:
        """Outline and words of a shape."""
        properties = one.find(f"{P_}spPr")
        frame = _frame(properties)
        if properties is None or frame is None:
            return
        w, h = frame[0][2], frame[0][3]

        def into(x: float, y: float) -> Point:
            return _unturned(*inverse(x, y), frame)

        inside = fill_in(properties)
        if min(w, h) < _THIN * EMU < max(w, h) and inside is not None and inside.tag == f"{A_}solidFill":
            found = colour(first_colour(inside), self._names)
            middle = ((0.0, h / 2), (w, h / 2)) if w > h else ((w / 2, 0.0), (w / 2, h))
            yield _Stroke(into, (middle,), min(w, h) / 2, None, found[0] if found else None)
        line = properties.find(f"{A_}ln")
        fill = fill_in(line)
        reference = one.find(f"{P_}style/{A_}lnRef")
        named = reference is not None and reference.get("idx") not in (None, "0")
        if (fill is not None and fill.tag != f"{A_}noFill") or (fill is None and named):
            found = colour(first_colour(fill if fill is not None else reference), self._names)
            if found is None or found[1] > 0.3:
                ends = tuple(_drawn(properties, w, h))
                half = float((line.get("w") if line is not None else None) or 9525) / 2
                yield _Stroke(into, ends, half, None, found[0] if found else None)
        if any((t.text or "").strip() for t in one.iter(f"{A_}t")):
            runs = (first_colour(r.find(f"{A_}solidFill")) for r in one.iter(f"{A_}rPr"))
            ink = next((c for r in runs if r is not None and (c := colour(r, self._names))), None)
            # A watermark lets the ground through.
            shown = _over(ink[0], ink[1], self._names.get("bg1", "#FFFFFF")) if ink else None
            yield _Stroke(into, (), 0, (w, h), shown)

    # --- Fills ---

    def _paint(self, fill: etree._Element | None, part: Any, own: tuple[str, float] | None) -> Paint | None:
        if fill is None:
            return None
        kind = etree.QName(fill).localname
        if kind == "solidFill":
            one = colour(first_colour(fill), self._names, own)
            return lambda u, v: one
        if kind == "gradFill":
            return self._gradient(fill, own)
        if kind == "blipFill":
            return self._picture(fill, part)
        if kind == "pattFill":
            two = [colour(first_colour(fill.find(f"{A_}{t}")), self._names, own) for t in ("fgClr", "bgClr")]
            # Strokes and their ground by turns: text on it must stand out from both.
            return lambda u, v: two[(int(u * 40) + int(v * 40)) % 2]
        return None

    def _gradient(self, fill: etree._Element, own: tuple[str, float] | None) -> Paint:
        stops = sorted(
            (int(s.get("pos") or 0) / 100_000, found)
            for s in fill.iter(f"{A_}gs")
            if (found := colour(first_colour(s), self._names, own)) is not None
        )
        linear = fill.find(f"{A_}lin")
        angle = radians(int(linear.get("ang") or 0) / 60_000) if linear is not None else None

        def at(u: float, v: float) -> tuple[str, float] | None:
            if not stops:
                return None
            if angle is None:
                t = min(2 * max(abs(u - 0.5), abs(v - 0.5)), 1.0)
            else:
                x, y = cos(angle), sin(angle)
                t = ((u - 0.5) * x + (v - 0.5) * y) / (abs(x) + abs(y)) + 0.5
            return _between(stops, t)

        return at

    def _picture(self, fill: etree._Element | None, part: Any) -> Paint | None:
        blip = fill.find(f"{A_}blip") if fill is not None else None
        if fill is None or blip is None:
            return None
        try:
            blob = part.related_part(blip.get(f"{_R}embed")).blob
            with Image.open(io.BytesIO(blob)) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise ValueError("too large")
                opened.draft("RGB", (400, 400))
                small = opened.convert("RGBA")
            small.thumbnail((400, 400))
        except Exception:
            return lambda u, v: None
        cut = fill.find(f"{A_}srcRect")
        sides = [int((cut.get(s) if cut is not None else None) or 0) / 100_000 for s in "ltrb"]
        faint = blip.find(f"{A_}alphaModFix")
        opacity = int(faint.get("amt") or 100_000) / 100_000 if faint is not None else 1.0
        repeats = fill.find(f"{A_}tile") is not None

        def at(u: float, v: float) -> tuple[str, float] | None:
            if repeats:
                u, v = u * 4 % 1, v * 4 % 1
            x = sides[0] + u * (1 - sides[0] - sides[2])
            y = sides[1] + v * (1 - sides[1] - sides[3])
            pixel = small.getpixel(
                (
                    min(max(int(x * small.width), 0), small.width - 1),
                    min(max(int(y * small.height), 0), small.height - 1),
                )
            )
            assert isinstance(pixel, tuple)
            return "#{:02X}{:02X}{:02X}".format(*pixel[:3]), pixel[3] / 255 * opacity

        return at


@lru_cache(maxsize=4_096)
def _over(top: str, alpha: float, under: str) -> str:
    parts = [
        round(int(top[i : i + 2], 16) * alpha + int(under[i : i + 2], 16) * (1 - alpha)) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{v:02X}" for v in parts)


def _between(stops: Sequence[tuple[float, tuple[str, float]]], t: float) -> tuple[str, float]:
    before = [s for s in stops if s[0] <= t] or [stops[0]]
    after = [s for s in stops if s[0] >= t] or [stops[-1]]
    (a, one), (b, other) = before[-1], after[0]
    share = (t - a) / (b - a) if b > a else 0.0
    return _over(other[0], share, one[0]), one[1] + (other[1] - one[1]) * share


def _is_placeholder(one: etree._Element) -> bool:
    return one.find(f"./*/{P_}nvPr/{P_}ph") is not None


def _is_hidden(one: etree._Element) -> bool:
    found = one.find(f"./*/{P_}cNvPr")
    return found is not None and found.get("hidden") in ("1", "true")


def fill_in(properties: etree._Element | None) -> etree._Element | None:
    """The fill that a shape's properties name."""
    return next((c for c in properties if c.tag in _FILLS), None) if properties is not None else None


# --- Geometry ---


def _frame(properties: etree._Element | None) -> tuple[list[float], float, bool, bool] | None:
    xfrm = properties.find(f"{A_}xfrm") if properties is not None else None
    off = xfrm.find(f"{A_}off") if xfrm is not None else None
    ext = xfrm.find(f"{A_}ext") if xfrm is not None else None
    if xfrm is None or off is None or ext is None:
        return None
    numbers = [float(off.get("x")), float(off.get("y")), float(ext.get("cx")), float(ext.get("cy"))]
    flips = [xfrm.get(k) in ("1", "true") for k in ("flipH", "flipV")]
    return numbers, radians(int(xfrm.get("rot") or 0) / 60_000), flips[0], flips[1]


def _unturned(x: float, y: float, frame: tuple[list[float], float, bool, bool]) -> Point:
    """A point in the frame of a shape before it was turned and flipped, from its corner."""
    (left, top, w, h), angle, flip_h, flip_v = frame
    dx, dy = x - left - w / 2, y - top - h / 2
    dx, dy = dx * cos(angle) + dy * sin(angle), dy * cos(angle) - dx * sin(angle)
    return (-dx if flip_h else dx) + w / 2, (-dy if flip_v else dy) + h / 2


def _into_shape(properties: etree._Element | None, inverse: Inverse) -> Inverse | None:
    frame = _frame(properties)
    if frame is None or not frame[0][2] or not frame[0][3]:
        return None

    def into(x: float, y: float) -> Point:
        a, b = _unturned(*inverse(x, y), frame)
        return a / frame[0][2], b / frame[0][3]

    return into


def _into_group(properties: etree._Element | None, inverse: Inverse) -> Inverse | None:
    frame = _frame(properties)
    if properties is None:
        return None
    if frame is None:
        return inverse
    xfrm = properties.find(f"{A_}xfrm")
    off, ext = xfrm.find(f"{A_}chOff"), xfrm.find(f"{A_}chExt")
    if off is None or ext is None or not frame[0][2] or not frame[0][3]:
        return inverse
    corner = float(off.get("x")), float(off.get("y"))
    scale = float(ext.get("cx")) / frame[0][2], float(ext.get("cy")) / frame[0][3]

    def into(x: float, y: float) -> Point:
        a, b = _unturned(*inverse(x, y), frame)
        return corner[0] + a * scale[0], corner[1] + b * scale[1]

    return into


def _outline(properties: etree._Element | None) -> Callable[[float, float], bool]:
    """Whether a point of a shape's unit square lies in the shape."""
    assert properties is not None
    own = properties.find(f"{A_}custGeom")
    if own is not None:
        paths = [*own.iter(f"{A_}path")]
        if paths and all(p.get("fill") == "none" for p in paths):
            # A stroke alone, whatever fill its shape names.
            return lambda u, v: False
        rings = list(_rings(own))
        return (lambda u, v: _inside(u, v, rings)) if rings else (lambda u, v: True)
    preset = properties.find(f"{A_}prstGeom")
    name = preset.get("prst") if preset is not None else "rect"
    known: dict[str, Callable[[float, float], bool]] = {
        "ellipse": lambda u, v: hypot(u - 0.5, v - 0.5) <= 0.5,
        "rtTriangle": lambda u, v: v >= u,
        "triangle": lambda u, v: abs(u - 0.5) <= v / 2,
        "line": lambda u, v: False,
        "frame": lambda u, v: min(u, v, 1 - u, 1 - v) <= 0.125,
        "donut": lambda u, v: 0.25 <= hypot(u - 0.5, v - 0.5) <= 0.5,
    }
    return known.get(name or "", lambda u, v: True)


def _drawn(properties: etree._Element, w: float, h: float) -> Iterator[tuple[Point, Point]]:
    """Lines of a shape's outline, in EMU from its corner."""
    own = properties.find(f"{A_}custGeom")
    preset = properties.find(f"{A_}prstGeom")
    name = (preset.get("prst") if preset is not None else None) or "rect"
    if own is not None:
        rings = list(_rings(own, strokes=True))
    elif name == "line" or "Connector" in name:
        rings = [[(0.0, 0.0), (1.0, 1.0)]]
    elif name in ("ellipse", "donut"):
        turns = [k * pi / 12 for k in range(25)]
        rings = [[(0.5 + cos(t) / 2, 0.5 + sin(t) / 2) for t in turns]]
    else:
        rings = [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]]
    for ring in rings:
        for (x0, y0), (x1, y1) in pairwise(ring):
            yield (x0 * w, y0 * h), (x1 * w, y1 * h)


def _distance(x: float, y: float, a: Point, b: Point) -> float:
    """From a point to a line between two others."""
    along = (b[0] - a[0], b[1] - a[1])
    long = along[0] ** 2 + along[1] ** 2
    t = ((x - a[0]) * along[0] + (y - a[1]) * along[1]) / long if long else 0.0
    t = min(max(t, 0.0), 1.0)
    return hypot(x - a[0] - t * along[0], y - a[1] - t * along[1])


def _rings(own: etree._Element, strokes: bool = False) -> Iterator[list[Point]]:
    """Outlines of a freeform in its unit square, those that are filled or drawn; curves by their ends and middles."""
    for path in own.iter(f"{A_}path"):
        w, h = float(path.get("w") or 0), float(path.get("h") or 0)
        if path.get("stroke") in ("0", "false") if strokes else path.get("fill") == "none":
            continue
        if not w or not h:
            if not strokes or not (w or h):
                continue
            w, h = w or 1.0, h or 1.0
        ring: list[Point] = []
        for step in path:
            try:
                points = [(float(p.get("x")) / w, float(p.get("y")) / h) for p in step.iter(f"{A_}pt")]
            except ValueError:
                # A point by a formula.
                return
            kind = etree.QName(step).localname
            if kind == "moveTo" and ring:
                yield ring
                ring = []
            elif kind == "close" and strokes and ring:
                ring.append(ring[0])
            if kind == "cubicBezTo" and len(points) == 3 and ring:
                start = ring[-1]
                for t in (0.25, 0.5, 0.75, 1.0):
                    k = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                    corners = (start, *points)
                    ring.append(
                        (
                            sum(c * p[0] for c, p in zip(k, corners, strict=True)),
                            sum(c * p[1] for c, p in zip(k, corners, strict=True)),
                        )
                    )
            else:
                ring += points
        if ring:
            yield ring


def _inside(u: float, v: float, rings: Sequence[Sequence[Point]]) -> bool:
    inside = False
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y0 > v) != (y1 > v) and u < (x1 - x0) * (v - y0) / (y1 - y0) + x0:
                inside = not inside
    return inside


def outline(element: etree._Element) -> Box | None:
    """The room in inches that a shape takes on a slide, turned as it is."""
    properties = next((c for c in element if etree.QName(c).localname in ("spPr", "grpSpPr")), None)
    frame = _frame(properties)
    if frame is None:
        return None
    (x, y, w, h), angle, _, _ = frame
    if w <= 0 and h <= 0:
        return None
    wide = abs(w * cos(angle)) + abs(h * sin(angle))
    tall = abs(w * sin(angle)) + abs(h * cos(angle))
    return Box((x + w / 2 - wide / 2) / EMU, (y + h / 2 - tall / 2) / EMU, wide / EMU, tall / EMU)
