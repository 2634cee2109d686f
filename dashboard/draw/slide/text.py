"""Words on a slide: text boxes, keys, names beside marks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from pptx.slide import Slide

from dashboard.charts.kinds.marks import Piece
from dashboard.draw.slide import native
from dashboard.draw.slide.ooxml import GREY, INK, Box, Run, paragraph, parse
from dashboard.look.markup import xml_signs
from dashboard.look.measure import fit, width
from dashboard.look.place import spread


def write(shape: Any, lines: Sequence[Sequence[Run]], align: str = "l") -> None:
    """Replaces the text of a shape."""
    body = shape._element.xpath("p:txBody")[0]
    for old in body.xpath("a:p"):
        body.remove(old)
    for runs in lines:
        body.append(parse(paragraph(runs, align)))


def text_box(
    one: Slide, box: Box, lines: Sequence[Sequence[Run]], name: str, *, anchor: str = "t", align: str = "l"
) -> None:
    """A text box without margins."""
    shape = one.shapes.add_textbox(*box.emu)
    shape.name = xml_signs(name)
    properties = shape._element.xpath("p:txBody/a:bodyPr")[0]
    for side in ("lIns", "tIns", "rIns", "bIns"):
        properties.set(side, "0")
    properties.set("wrap", "square")
    properties.set("anchor", anchor)
    for child in list(properties):
        properties.remove(child)
    write(shape, lines, align)


#: How PowerPoint's marks look in a line of text; a line is a stroke.
GLYPHS = {
    "circle": "●",
    "square": "■",
    "diamond": "◆",
    "triangle": "▲",
    "plus": "+",
    "x": "×",
    "star": "*",
    "dash": "–",
    "dot": "-",
    "none": "○",
    "line": "—",
    "stroke": "|",
}


def key_over(
    one: Slide, body: Box, entries: Sequence[tuple[str, str] | tuple[str, str, str]], name: str
) -> float:
    """Names of colours, and of marks where a third word names them, on a line or two over what is drawn in a body.

    Returns:
        Height taken, in inches.
    """
    if not entries:
        return 0.0
    marks = [GLYPHS[e[2]] if len(e) > 2 else "■" for e in entries]
    text = "    ".join(f"{m} {e[0]}" for m, e in zip(marks, entries, strict=True))
    # Fonts that stand in for ours run wider.
    room = body.w * 72
    size = next((s for s in (11.0, 10.0) if width(text, s + 0.3) * 1.12 <= room), 10.0)
    if width(text, size + 0.3) * 1.12 > 1.9 * room:
        size = 9.0
    said = []
    for i, (mark, entry) in enumerate(zip(marks, entries, strict=True)):
        said.append(Run(f"{mark}\u00a0", size + 1, mark in "+×*–-—|", entry[1]))
        space = "    " if i + 1 < len(entries) else ""
        # No break inside a name: the line may only turn between entries.
        said.append(Run(entry[0].replace(" ", "\u00a0") + space, size, False, INK))
    rows = 1 if width(text, size + 0.3) * 1.12 <= room else 2
    tall = max(0.25, rows * (size + 1) * 1.25 / 72)
    text_box(one, Box(body.x, body.y - 0.03, body.w, tall), [said], f"{name}:key")
    return tall


def runs(pieces: Sequence[Piece]) -> list[Run]:
    """Words behind a mark, with a gap before each but the first."""
    return [
        Run(
            ("  " if n else "") + p.text,
            native.LABEL,
            p.weight == "strong",
            GREY if p.weight == "grey" else INK,
        )
        for n, p in enumerate(pieces)
    ]


#: Points that the title of an upright axis may take: LibreOffice wraps longer ones.
UP = 132


def units(one: Slide, body: Box, across: str, up: str, name: str) -> tuple[Box, str, str]:
    """Units of both axes above and below a chart, where LibreOffice would wrap the titles of axes.

    Returns:
        What room is left for the chart, and the titles that its axes still carry: across and up.
    """
    is_narrow = body.w < native.NARROW
    kept = ("" if is_narrow else across, "" if is_narrow or width(up, native.LABEL) > UP else up)
    across, up = across if not kept[0] else "", up if not kept[1] else ""
    line = 0.2
    top, foot = line * bool(up), line * bool(across)
    for text, y, align, key in (
        (up, body.y - 0.02, "l", "unit-up"),
        (across, body.y + body.h - line, "r", "unit-across"),
    ):
        if text:
            size, lines = fit(text, body.w * 70, (native.LABEL, 10, 9), 1)
            place = Box(body.x, y, body.w, line)
            text_box(one, place, [[Run(lines[0], size, False, GREY)]], f"{name}:{key}", align=align)
    gap = 0.05 * bool(up)
    tall = body.h - top - foot - 0.05 * bool(up or across)
    return Box(body.x, body.y + top + gap, body.w, tall), *kept


def end_names(
    one: Slide,
    box: Box,
    parts: Sequence[tuple[str, float]],
    scale: float,
    colours: dict[str, str],
    name: str,
) -> None:
    """Names of stacked series beside the last column, each at the middle of its segment, moved where they touch."""
    step = 0.21
    tops = accumulate(value for _, value in parts)
    middles = [(top - value / 2) / scale * box.h for top, (_, value) in zip(tops, parts, strict=True)]
    for (words, _), height in zip(parts, spread(middles, step, box.h, foot=step / 2), strict=True):
        place = Box(box.x, box.y + box.h - height - step / 2, box.w, step)
        run = Run(words, native.LABEL, True, colours[words])
        text_box(one, place, [[run]], f"{name}:name:{words}", anchor="ctr")
