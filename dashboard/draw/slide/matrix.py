"""Matrices as native tables of PowerPoint with shaded cells, page by page."""

from __future__ import annotations

from functools import partial

from pptx.slide import Slide

from dashboard.charts.kinds.matrix import Matrix, Square, Squares
from dashboard.draw.slide import grid, native
from dashboard.draw.slide.grid import Cell
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run, mix
from dashboard.draw.slide.page import Draw, Page
from dashboard.draw.slide.table import PALE
from dashboard.draw.slide.text import key_over
from dashboard.look.measure import width

KEY_HEIGHT = 0.32
SIZES = (11.0, 10.0, 9.0)


def pages(page: Page[Matrix, Squares]) -> list[Draw]:
    """One function a slide: a key, and as many rows as fit."""
    kind, columns, body, found = page.kind, page.columns, page.body, page.marks
    at = {(s.lane, s.at): s for s in found.squares}
    empty = grid.cell(kind.none, colour=GREY, align="ctr")
    rows = []
    for lane, one in enumerate(found.lanes):
        cells = [grid.cell(one.name, bold=True)]
        cells += [_cell(at[lane, j]) if (lane, j) in at else empty for j in range(len(found.columns))]
        if kind.behind:
            cells.append(grid.cell(one.behind[0].text, bold=True, align="ctr"))
        rows.append(cells)
    behind = [0.75] if kind.behind else []
    first = min(max(width(one.name, native.LABEL, True) for one in found.lanes) / 72 + 0.25, 2.2)
    each = (body.w - first - sum(behind)) / max(len(found.columns), 1)
    room = Box(body.x, body.y + KEY_HEIGHT, body.w, body.h - KEY_HEIGHT)
    laid = grid.lay_out(
        [columns.heading(kind.row), *found.columns, *([columns.heading(kind.behind)] if behind else [])],
        rows,
        room,
        widths=[first, *[each] * len(found.columns), *behind],
        most_lines=2,
        centred_from=1,
        sizes=SIZES,
        row=0.31,
    )
    entries = [(v.word, v.fill(LOOK)) for v in found.key]
    if kind.noun and entries:
        entries[-1] = (f"{entries[-1][0]} {kind.noun}", entries[-1][1])

    def draw(one: Slide, name: str, part: range) -> None:
        key_over(one, body, entries, name)
        grid.draw(one, room, laid, part, name, page.card.alt)

    return [partial(draw, part=part) for part in laid.pages]


def _cell(square: Square) -> Cell:
    """A shaded cell: in italics where estimated, outlined where sources disagree, pale where stale."""
    fill, ink = square.value.fill(LOOK), square.value.text(LOOK)
    if "stale" in square.caveats:
        fill, ink = mix(fill, PALE), INK
    run = Run(square.words or square.number, 0, False, ink, "estimated" in square.caveats)
    return Cell(((run,),), fill, "ctr", outlined="disputed" in square.caveats)
