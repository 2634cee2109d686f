"""Words on a slide: text boxes, keys, names beside marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.slide import Slide

from dashboard.draw.slide import native
from dashboard.draw.slide.ooxml import INK, Box, Run, paragraph, parse
from dashboard.look.measure import width


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
    shape.name = name
    properties = shape._element.xpath("p:txBody/a:bodyPr")[0]
    for side in ("lIns", "tIns", "rIns", "bIns"):
        properties.set(side, "0")
    properties.set("wrap", "square")
    properties.set("anchor", anchor)
    for child in list(properties):
        properties.remove(child)
    write(shape, lines, align)


def key_line(one: Slide, box: Box, entries: Sequence[tuple[str, str]], name: str) -> None:
    """Names of colours on one line of text, or two."""
    text = "    ".join(f"■ {words}" for words, _ in entries)
    size = next((s for s in (11.0, 10.0) if width(text, s + 0.3) <= box.w * 72), 9.0)
    runs = []
    for i, (words, tint) in enumerate(entries):
        runs.append(Run("■\u00a0", size + 1, False, tint))
        space = "    " if i + 1 < len(entries) else ""
        # No break inside a name: the line may only turn between entries.
        runs.append(Run(words.replace(" ", "\u00a0") + space, size, False, INK))
    text_box(one, box, [runs], f"{name}:key")


def end_names(
    one: Slide,
    box: Box,
    parts: Sequence[tuple[str, float]],
    scale: float,
    colours: dict[str, str],
    name: str,
) -> None:
    """Names of stacked series beside the last column, each at the middle of its segment, moved up where they touch."""
    step = 0.21
    base, low = 0.0, box.y + box.h
    spots: list[tuple[str, float]] = []
    for words, value in parts:
        middle = box.y + box.h - (base + value / 2) / scale * box.h
        base += value
        low = min(middle, low - step) if spots else min(middle, low - step / 2)
        spots.append((words, low))
    over = box.y - min((y for _, y in spots), default=box.y) if spots else 0
    for words, y in spots:
        y += max(over, 0)
        place = Box(box.x, y - step / 2, box.w, step)
        run = Run(words, native.LABEL, True, colours[words])
        text_box(one, place, [[run]], f"{name}:name:{words}", anchor="ctr")
