"""Tables that PowerPoint edits: columns measured, rows that fit, the rest on further slides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pptx.slide import Slide

from dashboard.draw.slide.native import label
from dashboard.draw.slide.ooxml import EMU, GREY, HAIRLINE, LOOK, Box, Run, fill, line, paragraph, parse
from dashboard.draw.slide.page import evenly
from dashboard.look.measure import is_chinese, share_out, shorten, width, wrap

MARGIN_X, MARGIN_Y = 0.08, 0.04
ROW, HEAD = 0.385, 0.36
#: More rows than this on one slide are not read.
MOST_ROWS = 16
SIZES = (11.0, 10.0, 9.0, 8.0)
#: Type down to which a table shrinks to need a slide less; below it only where words would break.
SPLIT_BELOW = 9.0
#: Type of a table so short that it has the slide to itself: read from the back of the room.
ROOMY, MOST_ROOMY_ROWS, ROOMY_ROW = (14.0, 12.5), 8, 0.55
HEAD_SIZES = (11.0, 10.0, 9.0, 8.0)
LEADING = 1.2
#: How much taller a line with Chinese signs is: their faces stand 1.32 to 1.45 of the type size.
CHINESE = 1.2
#: Lines of a cell that has all the room it wants.
MOST_LINES = 40
#: Office's names of a cell's borders, and how many rows and columns on the neighbour stands.
SIDES = {"lnL": (0, -1), "lnR": (0, 1), "lnT": (-1, 0), "lnB": (1, 0)}


@dataclass(frozen=True)
class Cell:
    """Text of one cell, one tuple of runs a paragraph, and its fill.

    Where `splits`, runs that do not fit on one line take a line each: a Chinese name would break inside. Where
    `outlined`, a line stands around it: sources disagree.
    """

    paragraphs: tuple[tuple[Run, ...], ...]
    fill: str | None = None
    align: str = "l"
    splits: bool = False
    outlined: bool = False

    @property
    def text(self) -> str:
        """The words alone, a paragraph a line."""
        return "\n".join("".join(r.text for r in p) for p in self.paragraphs)


def cell(
    text: str, *, bold: bool = False, colour: str = "tx1", fill: str | None = None, align: str = "l"
) -> Cell:
    """A cell of one style; its type size is set when the table is laid out."""
    return Cell(((Run(text, 0, bold, colour),),), fill, align)


@dataclass(frozen=True)
class Grid:
    """A table laid out: column widths and row heights in inches, cells with their type size, pages of rows."""

    head: list[Cell]
    rows: list[list[Cell]]
    widths: list[float]
    heights: list[float]
    head_height: float
    pages: list[range]


def lay_out(
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    room: Box,
    *,
    sizes: Sequence[float] = SIZES,
    widths: Sequence[float] | None = None,
    most_lines: int = 4,
    centred_from: int | None = None,
    row: float = ROW,
) -> Grid:
    """Lays a table out on as few slides as type of at least SPLIT_BELOW allows, in the largest type that needs no more.

    Args:
        head: Headings.
        rows: Cells.
        room: Where it must fit; its height decides where a further page begins.
        sizes: Type sizes to try, largest first.
        widths: Column widths in inches where they are given.
        most_lines: Lines of a cell after which its text is cut, unless the slides have room for all of it.
        centred_from: Headings from this column on are centred.
        row: Least height of a row in the largest type, in inches; smaller type needs less.
    """
    texts = [_Column.of(heading, [r[x] for r in rows]) for x, heading in enumerate(head)]

    def columns_at(size: float) -> tuple[bool, list[float]]:
        """Whether words break at a size, and how wide its columns are."""
        if widths:
            return False, list(widths)
        columns = _widths(texts, room.w, size)
        return _breaks_words(texts, columns, size), columns

    def laid_at(size: float, least: float, columns: Sequence[float], most_lines: int = most_lines) -> Grid:
        set_rows, heights = [], []
        for cells in rows:
            sized = [_sized(c, size, w, most_lines) for c, w in zip(cells, columns, strict=True)]
            set_rows.append([c for c, _ in sized])
            heights.append(_height((n for _, n in sized), size, least))
        head_size = _head_size(head, columns, size)
        aligns = ["l" if centred_from is None or x < centred_from else "ctr" for x in range(len(head))]
        head_cells = [
            Cell(((Run(h, head_size, False, GREY),),), None, align)
            for h, align in zip(head, aligns, strict=True)
        ]
        lines = (_lines(c, w, head_size) for c, w in zip(head_cells, columns, strict=True))
        head_height = max(HEAD, _height(lines, head_size, HEAD))
        pages = _pages(heights, room.h - head_height)
        return Grid(head_cells, set_rows, list(columns), heights, head_height, pages)

    def whole_words(size: float, least: float, found: Grid) -> Grid:
        """The grid with what was cut of its cells, as far as that needs no slide more."""
        is_cut = widths is None and any(c.text.endswith("…") for r in found.rows for c in r)
        if not is_cut:
            return found
        smaller = [(s, row * s / sizes[0]) for s in sizes if SPLIT_BELOW <= s < size]
        tries = [(s, tall, MOST_LINES) for s, tall in ((size, least), *smaller)]
        tries += [(size, least, 2 * most_lines), (size, least, most_lines + 1)]
        for wanted, tall, most in tries:
            is_broken, columns = columns_at(wanted)
            if is_broken:
                continue
            longer = laid_at(wanted, tall, columns, most)
            if len(longer.pages) <= len(found.pages) and _fits(longer, room):
                return longer
        return found

    if len(rows) <= MOST_ROOMY_ROWS and sizes is SIZES:
        for size in ROOMY:
            is_broken, columns = columns_at(size)
            if not is_broken and len((grid := laid_at(size, ROOMY_ROW, columns)).pages) == 1:
                return whole_words(size, ROOMY_ROW, grid)
    # Words stay whole; a slide less is worth smaller type.
    whole = [(s, columns) for s in sizes for is_broken, columns in [columns_at(s)] if not is_broken]
    whole = whole or [(sizes[-1], columns_at(sizes[-1])[1])]
    read = [one for one in whole if one[0] >= SPLIT_BELOW] or [whole[0]]
    tried = [(s, laid_at(s, row * s / sizes[0], columns)) for s, columns in read]
    size, best = min(tried, key=lambda one: len(one[1].pages))
    return whole_words(size, row * size / sizes[0], best)


def _fits(grid: Grid, room: Box) -> bool:
    """Whether every page of a grid stays in its place: a row alone may be taller than it."""
    return all(grid.head_height + sum(grid.heights[i] for i in p) <= room.h + 1e-6 for p in grid.pages)


@dataclass(frozen=True)
class _Column:
    """What the texts of a column measure, in type of size 1: their widths grow with the type."""

    heading: str
    paragraphs: tuple[float, ...]
    words: float
    words_that_break: float
    filled: tuple[float, ...]
    split: tuple[float, ...]

    @classmethod
    def of(cls, heading: str, cells: Sequence[Cell]) -> _Column:
        """Measures each text once."""
        wide = {p: _wide(p, 1000) for c in cells for p in c.paragraphs}
        runs = {(r.text, r.bold) for p in wide for r in p}
        words = {(w, bold) for text, bold in runs for w in text.split(" ")}
        measured = {one: width(one[0], 1000, one[1]) for one in words}
        return cls(
            heading,
            tuple(set(wide.values())),
            max(measured.values(), default=0),
            max((m for (w, _), m in measured.items() if not is_chinese(w)), default=0),
            tuple({wide[p] for c in cells if c.fill for p in c.paragraphs}),
            tuple({wide[p] for c in cells if c.splits for p in c.paragraphs}),
        )


def _breaks_words(texts: Sequence[_Column], columns: Sequence[float], size: float) -> bool:
    return any(
        one.words_that_break * size / 1000 > (wide - 2 * MARGIN_X) * 72
        for one, wide in zip(texts, columns, strict=True)
    )


def _pages(heights: Sequence[float], room: float) -> list[range]:
    pages, begin, used = [], 0, 0.0
    for i, h in enumerate(heights):
        if i > begin and (used + h > room or i - begin >= MOST_ROWS):
            pages.append(range(begin, i))
            begin, used = i, 0.0
        used += h
    pages.append(range(begin, len(heights)))
    return _balanced(pages, heights, room)


def _head_size(head: Sequence[str], columns: Sequence[float], size: float) -> float:
    """Type size at which no word of a heading breaks."""
    words = [(w, (c - 2 * MARGIN_X) * 72) for h, c in zip(head, columns, strict=True) for w in h.split(" ")]
    fitting = (s for s in HEAD_SIZES if s <= size and all(width(w, s) <= room for w, room in words))
    return next(fitting, HEAD_SIZES[-1])


def _balanced(pages: list[range], heights: Sequence[float], room: float) -> list[range]:
    """Equal pages instead of a last one with a single row, where they fit."""
    if len(pages) < 2:
        return pages
    even = evenly(len(heights), -(-len(heights) // len(pages)))
    fits = all(sum(heights[i] for i in p) <= room + 1e-6 for p in even)
    return even if fits and len(even) == len(pages) else pages


def _sized(one: Cell, size: float, w: float, most_lines: int) -> tuple[Cell, float]:
    """A cell in a type size, cut after so many lines, and the lines that it takes: those with Chinese signs are taller."""
    room = (w - 2 * MARGIN_X) * 72
    out, lines = [], 0.0
    paragraphs = one.paragraphs
    if one.splits and any(_wide(p, size) > room for p in paragraphs):
        paragraphs = tuple((replace(r, text=r.text.strip()),) for p in paragraphs for r in p)
    for runs in paragraphs:
        text = "".join([r.text for r in runs])
        bold = any([r.bold for r in runs])
        taken = wrap(text, room, size, bold)
        if len(taken) > most_lines:
            runs = (replace(runs[0], text=shorten(text, room, size, bold, most_lines), size=size),)
            taken = wrap(runs[0].text, room, size, runs[0].bold)
        lines += sum([CHINESE if is_chinese(line) else 1.0 for line in taken])
        out.append(tuple([Run(r.text, r.size or size, r.bold, r.colour, r.italic) for r in runs]))
    return Cell(tuple(out), one.fill, one.align, False, one.outlined), lines


def _wide(runs: Sequence[Run], size: float) -> float:
    return sum([width(r.text, size, r.bold) for r in runs])


def _lines(one: Cell, w: float, size: float) -> int:
    room = (w - 2 * MARGIN_X) * 72
    return sum(
        len(wrap("".join(r.text for r in p), room, size, any(r.bold for r in p))) for p in one.paragraphs
    )


def _height(lines: Iterable[float], size: float, least: float) -> float:
    return max(least, max(lines, default=1) * size * LEADING / 72 + 2 * MARGIN_Y)


def _widths(texts: Sequence[_Column], total: float, size: float) -> list[float]:
    """Columns as wide as their text where that fits, else long ones give way, none below its longest word."""
    natural, least = [], []
    for one in texts:
        wide = [width(one.heading, min(size, 11.0)), *(m * size / 1000 for m in one.paragraphs)]
        words = [
            *(width(w, HEAD_SIZES[-1]) for w in one.heading.split(" ")),
            # A name on a coloured ground stays on one line.
            *(m * size / 1000 for m in one.filled if m * size / 1000 < 130),
            one.words * size / 1000,
            *(m * size / 1000 for m in one.split if m * size / 1000 < 150),
        ]
        pad = 2 * MARGIN_X + 0.04
        natural.append(max(wide, default=0) / 72 + pad)
        least.append(min(max(words, default=0) / 72 + pad, 2.6))
    return share_out(natural, least, total)


def draw(slide: Slide, box: Box, grid: Grid, rows: range, name: str, alt: str) -> float:
    """Puts rows of a table on a slide as a native table; returns the height it takes, in inches."""
    heights = [grid.heights[i] for i in rows]
    total = grid.head_height + sum(heights)
    frame = slide.shapes.add_table(1, 1, *Box(box.x, box.y, sum(grid.widths), total).emu)
    label(frame, name, alt)
    columns = "".join(f'<a:gridCol w="{round(w * EMU)}"/>' for w in grid.widths)
    shown = [grid.head, *(grid.rows[i] for i in rows)]
    body = "".join(
        _row(cells, h, [_sides(shown, y, x) for x in range(len(cells))], head=y == 0)
        for y, (cells, h) in enumerate(zip(shown, [grid.head_height, *heights], strict=True))
    )
    # No style, no grid: the hairlines and fills below are all there is.
    table = parse(
        '<a:tbl><a:tblPr firstRow="1"><a:tableStyleId>{2D5ABB26-0587-4C30-8999-92F81FD0307C}</a:tableStyleId>'
        f"</a:tblPr><a:tblGrid>{columns}</a:tblGrid>{body}</a:tbl>"
    )
    old = frame._element.xpath(".//a:tbl")[0]
    old.getparent().replace(old, table)
    return total


def _sides(shown: Sequence[Sequence[Cell]], y: int, x: int) -> frozenset[str]:
    """Sides of a cell that are part of an outline, its own or a neighbour's: both cells hold the line between them."""
    if shown[y][x].outlined:
        return frozenset(SIDES)
    beside = {side: (y + dy, x + dx) for side, (dy, dx) in SIDES.items()}
    inner = {s: (j, i) for s, (j, i) in beside.items() if 0 <= j < len(shown) and 0 <= i < len(shown[y])}
    return frozenset(s for s, (j, i) in inner.items() if shown[j][i].outlined)


def _row(cells: Sequence[Cell], height: float, sides: Sequence[frozenset[str]], head: bool = False) -> str:
    inner = "".join(_cell(c, s, head) for c, s in zip(cells, sides, strict=True))
    return f'<a:tr h="{round(height * EMU)}">{inner}</a:tr>'


def _cell(one: Cell, outlined: frozenset[str], head: bool) -> str:
    x, y = round(MARGIN_X * EMU), round(MARGIN_Y * EMU)
    text = "".join(paragraph(p, one.align) for p in one.paragraphs)
    return (
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{text}</a:txBody>"
        f'<a:tcPr marL="{x}" marR="{x}" marT="{y}" marB="{y}" anchor="{"b" if head else "ctr"}">'
        f"{''.join(_border(s, s in outlined) for s in SIDES)}{fill(one.fill)}</a:tcPr></a:tc>"
    )


def _border(side: str, outlined: bool) -> str:
    if not outlined and side != "lnB":
        return f"<a:{side}><a:noFill/></a:{side}>"
    drawn = line(LOOK.ink, 1.75) if outlined else line(HAIRLINE, 0.75)
    return drawn.replace("<a:ln ", f"<a:{side} ").replace("</a:ln>", f"</a:{side}>")
