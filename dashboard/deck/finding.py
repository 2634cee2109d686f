"""Which charts of a deck are ours: by the names of their shapes, in groups too, else by what their slides' notes say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pptx.slide import Slide

from dashboard.charts import CHARTS
from dashboard.deck import difference, front, lists
from dashboard.deck.record import Record
from dashboard.deck.shapes import Found, walk
from dashboard.export import slides

_MARK = re.compile(rf"^{slides.MARK}([a-z0-9-]+(?:\.\d)?)(?::(\d{{1,3}}))?$")
#: What LibreOffice puts behind the names of a slide's shapes when it copies the slide, once for each time.
_COPY = re.compile(r"(?: \d{1,3})+$")
#: Name behind a chart's of the chart beside it that tells those without a place on its scale.
BAND = "band"
PART_OF = re.compile(r" \((\d{1,3})/(\d{1,3})\)$")


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


def _page_of_list(one: Slide, kind: str) -> int:
    """Which page of a list a slide is: its columns are named by it, whatever title a person gave."""
    named = re.compile(rf"^{re.escape(slides.MARK + kind)}:(\d{{1,3}}):\d+$")
    found = (named.match(f.shape.name or "") for f in walk(one))
    return next((int(m[1]) for m in found if m), _page_of(one)[0])


def adopt(
    order: Sequence[Slide], records: Sequence[Sequence[Record]]
) -> tuple[list[tuple[Any, str]], list[tuple[Slide, Record]]]:
    """Gives shapes that a person renamed their name for the time of a refresh.

    A slide's notes say which charts it carries. A chart, table or picture there that no name claims is known by its
    alternative text, else by being the only one; one of several panels by the words over it.

    Args:
        order: The slides.
        records: Those that the notes of each hold.

    Returns:
        Shapes with the name that the person gave; slides and records whose chart was not found.
    """
    renamed, missing = [], []
    before = _Behind("", 1, 1, frozenset())
    for one, held in zip(order, records, strict=True):
        noted = {r.stem: r for r in held if r.chart not in (front.COVER, *lists.TITLES)}
        if (copied := _numbered(one)) and not mains(one):
            renamed += copied
            for shape, numbered in copied:
                shape.name = _COPY.sub("", numbered)
        for stem, kept in noted.items():
            claimed = {n for _, s, n in mains(one) if s == stem}
            panels = _panels(one, stem)
            found: dict[int, Any] = {}
            if len(panels) > 1:
                found = _unnamed_panels(one, kept, {n: w for n, w in panels.items() if n not in claimed})
            elif not claimed:
                shape = _unnamed(one, kept)
                if shape is None and (both := _with_band(one, stem)):
                    shape, band = both
                    renamed.append((band, band.name))
                    band.name = f"{name(stem, 1)}:{BAND}"
                found = {} if shape is None else {_page_behind(one, kept, shape, before): shape}
            if not found and not claimed:
                missing.append((one, kept))
            for number, shape in found.items():
                renamed.append((shape, shape.name))
                shape.name = name(stem, number)
            page, of = _page_of(one)
            number = next((n for _, s, n in mains(one) if s == stem), page)
            of = max(of, number, before.of if before.line == kept.line else 1)
            before = _Behind(kept.line, number, of, _row_names(one, stem))
    return renamed, missing


def _numbered(one: Slide) -> list[tuple[Any, str]]:
    """Shapes of a slide that LibreOffice copied, with the names that it gave them: ours and a number behind each."""
    named = [(f.shape, f.shape.name or "") for f in walk(one) if (f.shape.name or "").startswith(slides.MARK)]
    ends = {m[0] for _, n in named if (m := _COPY.search(n)) and _MARK.match(_COPY.sub("", n))}
    return [(shape, n) for shape, n in named if any(n.endswith(end) for end in ends)]


@dataclass(frozen=True)
class _Behind:
    """The slide before: its record's line, which page of how many it is, the names of its rows."""

    line: str
    number: int
    of: int
    rows: frozenset[str]


def _page_behind(one: Slide, kept: Record, shape: Any, before: _Behind) -> int:
    """The page that a slide is: as its title says; where a person rewrote that, the one after the slide before.

    Where the titles of all were rewritten, the rows tell: those of a copy are the same, those of the next page are not.
    """
    if not PART_OF.search(title(one)) and before.line == kept.line:
        rows = _names_of(shape)
        if before.number < before.of or (rows and before.rows and not rows & before.rows):
            return before.number + 1
    return _page_of(one)[0]


def _names_of(shape: Any) -> frozenset[str]:
    thing = shape.chart.part if shape.has_chart else shape._element
    return frozenset(c.row for c in difference.cells([thing], False))


def _row_names(one: Slide, stem: str) -> frozenset[str]:
    return next((_names_of(f.shape) for f, s, _ in mains(one) if s == stem), frozenset())


def _panels(one: Slide, stem: str) -> dict[int, str]:
    """Words over the panels of a chart, by the number of each; "" where only names beside its lines stand there."""
    named = re.compile(rf"^{re.escape(name(stem, 1))}(?::(\d{{1,3}}))?:(panel$|name:)")
    out: dict[int, str] = {}
    for found in walk(one):
        match = named.match(found.shape.name or "")
        if match and found.shape.has_text_frame:
            lines = found.shape.text_frame.text.splitlines() or [""]
            out.setdefault(int(match[1] or 1), "")
            if match[2] == "panel":
                out[int(match[1] or 1)] = lines[0].partition("  ")[0].strip()
    return out


def _unnamed_panels(one: Slide, kept: Record, wanted: dict[int, str]) -> dict[int, Any]:
    """Panels whose name a person took, by number: told by the words over them, which their alternative text begins with."""
    free = _told(_free(one), kept)
    found = {}
    for number, words in wanted.items():
        same = [s for s in free if words and _alternative(s).startswith(words)]
        if len(same) == 1:
            found[number] = same[0]
    if wanted and not found and len(free := _free(one)) == len(wanted):
        # A program that drops alternative texts: the panels stand in their order.
        found = dict(zip(sorted(wanted), sorted(free, key=lambda s: (s.top, s.left)), strict=True))
    return found


def _alternative(shape: Any) -> str:
    return shape._element.xpath(".//p:cNvPr")[0].get("descr") or ""


def _free(one: Slide) -> list[Any]:
    """Charts, tables and pictures on a slide that no name of ours claims."""
    return [
        f.shape
        for f in walk(one)
        if not (f.shape.name or "").startswith(slides.MARK)
        and not f.shape.is_placeholder
        and (f.shape.has_chart or getattr(f.shape, "has_table", False) or f.shape.shape_type == 13)
    ]


def _told(shapes: Sequence[Any], kept: Record) -> list[Any]:
    """Those whose alternative text says the chart's title, first or after a panel's own words."""
    known = CHARTS.get(kept.chart)
    return [
        s
        for s in shapes
        if known is not None and re.search(rf"(^|\. ){re.escape(known.title)}\. ", _alternative(s))
    ]


def _unnamed(one: Slide, kept: Record) -> Any | None:
    free = _free(one)
    told = _told(free, kept)
    if len(told) == 1:
        return told[0]
    return free[0] if len(free) == 1 else None


def _with_band(one: Slide, stem: str) -> tuple[Any, Any] | None:
    """A chart and the band beside it where both lost their names: the larger of just two, while the band's words stand."""
    free = [s for s in _free(one) if s.has_chart]
    if len(free) != 2 or not any(f.shape.name == f"{name(stem, 1)}:{BAND}-name" for f in walk(one)):
        return None
    band, chart = sorted(free, key=lambda s: s.width * s.height)
    return chart, band


def instances(
    order: Sequence[Slide], records: Sequence[Sequence[Record]], kept: Sequence[Record]
) -> list[Instance]:
    """The charts of a deck with their pages; a copied slide is one more.

    Args:
        order: The slides.
        records: Those that the notes of each hold.
        kept: Those that the file's own list holds.
    """
    found: list[Instance] = []
    for one, noted in zip(order, records, strict=True):
        ours = [(stem, page) for _, stem, page in mains(one)]
        ours += [(r.chart, _page_of_list(one, r.chart)) for r in noted if r.chart in lists.TITLES]
        ours += [(r.chart, _page_of(one)[0]) for r in noted if r.chart == front.COVER]
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
