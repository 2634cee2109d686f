"""Which charts of a deck are ours: by the names of their shapes, in groups too, else by what their slides' notes say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pptx.slide import Slide

from dashboard.charts import CHARTS
from dashboard.deck import front, record
from dashboard.deck.record import Record
from dashboard.deck.shapes import Found, walk
from dashboard.export import slides

_MARK = re.compile(rf"^{slides.MARK}([a-z0-9-]+(?:\.\d)?)(?::(\d+))?$")
PART_OF = re.compile(r" \((\d+)/(\d+)\)$")


@dataclass
class Instance:
    """One chart of a deck, by the stem of its shapes' names, with the slides of its pages, in order of pages.

    Attributes:
        chart: Stem of the names of its shapes.
        record: How it was made; None where nothing says.
        pages: Its slides.
        numbers: Which page each of them is.
        of: How many pages it had when it was made.
        elsewhere: Pages of it that stand elsewhere in the deck: on slides that were copied.
    """

    chart: str
    record: Record | None
    pages: list[Slide] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    of: int = 1
    elsewhere: set[int] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        """True where every page of it is there."""
        return self.numbers == list(range(1, self.of + 1))

    @property
    def gone(self) -> list[int]:
        """Pages that were taken out of the deck."""
        return [n for n in range(1, self.of + 1) if n not in self.numbers and n not in self.elsewhere]


def name(chart: str, page: int) -> str:
    """Name of the shape of a chart on a page."""
    return f"{slides.MARK}{chart}" + (f":{page}" if page > 1 else "")


def mains(one: Slide, chart: str | None = None) -> list[tuple[Found, str, int]]:
    """Charts of ours on a slide: shape, stem, page."""
    out = []
    for found in walk(one):
        match = _MARK.match(found.shape.name or "")
        if match and (chart is None or match[1] == chart):
            out.append((found, match[1], int(match[2] or 1)))
    return out


def main(one: Slide, chart: str, page: int) -> Found:
    """The shape of a chart on a slide."""
    return next(f for f, _, n in mains(one, chart) if n == page)


def title(one: Slide, stem: str = "") -> str:
    """The title of a slide; of the chart on its right half, what stands over that."""
    shape: Any = one.shapes.title
    if stem.endswith(".2"):
        named = (f.shape for f in walk(one) if f.shape.name == f"{slides.MARK}{stem}:title")
        shape = next(named, None)
    return shape.text_frame.text.strip() if shape is not None else ""


def _page_of(one: Slide) -> tuple[int, int]:
    found = PART_OF.search(title(one))
    return (int(found[1]), int(found[2])) if found else (1, 1)


def adopt(order: Sequence[Slide]) -> tuple[list[tuple[Any, str]], list[tuple[Slide, Record]]]:
    """Gives shapes that a person renamed their name for the time of a refresh.

    A slide's notes say which charts it carries. A chart, table or picture there that no name claims is known by its
    alternative text, else by being the only one.

    Returns:
        Shapes with the name that the person gave; slides and records whose chart was not found.
    """
    renamed, missing = [], []
    for one in order:
        claimed = {stem for _, stem, _ in mains(one)}
        noted = {r.stem: r for r in record.of_slide(one) if r.chart not in (front.COVER, front.SOURCES)}
        for stem, kept in noted.items():
            if stem in claimed:
                continue
            found = _unnamed(one, kept)
            if found is None:
                missing.append((one, kept))
                continue
            renamed.append((found, found.name))
            found.name = name(stem, _page_of(one)[0])
    return renamed, missing


def _unnamed(one: Slide, kept: Record) -> Any | None:
    free = [
        f.shape
        for f in walk(one)
        if not _MARK.match(f.shape.name or "")
        and not f.shape.is_placeholder
        and (f.shape.has_chart or getattr(f.shape, "has_table", False) or f.shape.shape_type == 13)
    ]
    known = CHARTS.get(kept.chart)
    told = [
        s
        for s in free
        if known is not None
        and (s._element.xpath(".//p:cNvPr")[0].get("descr") or "").startswith(f"{known.title}. ")
    ]
    if len(told) == 1:
        return told[0]
    return free[0] if len(free) == 1 else None


def instances(order: Sequence[Slide], kept: Sequence[Record]) -> list[Instance]:
    """The charts of a deck with their pages; a copied slide is one more."""
    found: list[Instance] = []
    for one in order:
        noted = record.of_slide(one)
        ours = [(stem, page) for _, stem, page in mains(one)]
        ours += [(r.chart, _page_of(one)[0]) for r in noted if r.chart in (front.COVER, front.SOURCES)]
        for chart, page in ours:
            mine = next((r for r in reversed(noted) if r.stem == chart), None)
            if mine is None:
                # Cleared notes, or a chart pasted onto another slide: the file's own list may know it.
                same = [r for r in kept if r.stem == chart]
                mine = same[0] if len(same) == 1 else None
            line = mine.line if mine else ""
            alike = [i for i in found if i.chart == chart and (i.record.line if i.record else "") == line]
            home = next((i for i in alike if page not in i.numbers), None)
            if home is None:
                home = Instance(chart, mine)
                found.append(home)
            home.pages.append(one)
            home.numbers.append(page)
            home.of = max(home.of, page, _page_of(one)[1])
    for i in found:
        both = sorted(zip(i.numbers, range(len(i.pages)), strict=True))
        i.pages = [i.pages[k] for _, k in both]
        i.numbers = [n for n, _ in both]
        for other in found:
            if other is not i and other.chart == i.chart and other.record == i.record:
                i.elsewhere |= set(other.numbers)
    return found
