"""Tables as native tables of PowerPoint, page by page."""

from __future__ import annotations

from functools import partial
from typing import Any

from pptx.slide import Slide

from dashboard.charts.kinds.table import Entry, Table, rows
from dashboard.draw.slide import grid
from dashboard.draw.slide.grid import Cell
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Run, mix
from dashboard.draw.slide.page import Draw, Page
from dashboard.look.measure import is_chinese

#: Share of a stale chip's fill that is left.
PALE = 0.45


def pages(page: Page[Table, Any]) -> list[Draw]:
    """One function a slide: rows that fit, the rest on further slides."""
    found = rows(page.kind, page.card.frame, page.columns)
    cells = [
        [
            _cell(e, line.caveats if n == 0 else line.caveats - {"disputed"})
            for n, e in enumerate(line.entries)
        ]
        for line in found.lines
    ]
    laid = grid.lay_out(found.heads, cells, page.body)

    def draw(one: Slide, name: str, part: range) -> None:
        grid.draw(one, page.body, laid, part, name, page.card.alt)

    return [partial(draw, part=part) for part in laid.pages]


def _cell(entry: Entry, caveats: frozenset[str]) -> Cell:
    """Words, italic where estimated, outlined where disputed, pale where stale; a chip has its value's fill."""
    is_stale, italic = "stale" in caveats, "estimated" in caveats
    ink = GREY if is_stale or not entry.is_known else INK
    fill = None
    if entry.value is not None:
        fill = entry.value.fill(LOOK)
        ink = INK if is_stale else entry.value.text(LOOK)
        fill = mix(fill, PALE) if is_stale else fill
    runs = [Run(entry.words, 0, entry.is_known and (entry.strong or entry.value is not None), ink, italic)]
    if entry.beneath:
        # A day does not break; a Chinese name takes a line of its own.
        words = entry.beneath if is_chinese(entry.beneath) else entry.beneath.replace(" ", "\u00a0")
        runs.append(Run(f"  {words}", 0, False, ink if entry.value is not None else GREY, italic))
    return Cell((tuple(runs),), fill, splits=is_chinese(entry.beneath), outlined="disputed" in caveats)
