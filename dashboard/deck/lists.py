"""What stands behind the charts of a deck: the documents that they rest on, and the figures that they show with their proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from pptx.presentation import Presentation
from pptx.slide import Slide

from dashboard.charts.card import LICENCE, Card
from dashboard.charts.figures import Figure
from dashboard.deck import record
from dashboard.deck.placing import finish, frame, style_words
from dashboard.deck.record import Record
from dashboard.deck.shapes import linking
from dashboard.deck.template import Template
from dashboard.draw.slide.ooxml import GREY, INK, Box, Run, parse
from dashboard.draw.slide.text import text_box
from dashboard.export import slides
from dashboard.export.master import BODY
from dashboard.look.measure import shorten, width
from dashboard.look.theme import PRODUCT, format_day, is_missing, plural

#: What the lists are called in names of shapes and in records.
FIGURES, SOURCES = "figures", "sources"
TITLES = {FIGURES: "Figures and their documents", SOURCES: "Sources"}
#: Pages of all lists of a deck together, where not everything is asked for: what a board leafs through.
MOST_PAGES = 2
#: What a record says in the place of a layout, and the pages that the list was cut to; 0 for as many as it needs.
CUT_TO = {"chart": 0, "one": 1, "few": 2}
#: Type of a list in points (a slide on A4 prints at 0.85: eight points), the gap of its columns in inches, and the height of
#: a line in type sizes.
LIST_SIZE, LIST_GAP, LEADING = 9.5, 0.35, 1.22
#: A figure says what, how much, by whom and how sure: half a slide would cut each of them.
LIST_COLUMNS = {FIGURES: 1, SOURCES: 2}

#: Room of a publisher's name beside a figure, in type sizes.
PUBLISHER = 22


@dataclass(frozen=True)
class Entry:
    """One line of a list.

    Attributes:
        head: In bold, and a link where there is an address.
        words: What follows.
        grey: What follows in grey, never cut.
        url: Address; "" without.
        line: All of it, for the notes.
        rank: 0 for what a slide rests on most, 1 for the next, and so on: the last ones go where there is no room.
    """

    head: str
    words: str
    grey: str
    url: str
    line: str
    rank: int = 0


@dataclass(frozen=True)
class Listing:
    """A list as it stands in a deck: what it holds, how many there are in all, and those that there is no room for."""

    entries: list[Entry]
    count: int
    left: list[Entry]


def documents(shown: Sequence[Card]) -> list[Entry]:
    """Every document behind the cards, once; by publisher, then day."""
    frames = [c.sources for c in shown if len(c.sources)]
    if not frames:
        return []
    every = pd.concat(frames).drop_duplicates("source_id")
    ranks: dict[str, int] = {}
    for frame_ in frames:
        for rank, key in enumerate(frame_["source_id"]):
            ranks[key] = min(rank, ranks.get(key, rank))
    every = every.sort_values(["publisher", "published_date", "source_id"], kind="stable", na_position="last")
    out = []
    for r in every.itertuples(index=False):
        publisher, url = str(r.publisher), str(r.url)
        title = "" if is_missing(r.title) else f"“{r.title}”"
        day = "" if is_missing(r.published_date) else format_day(r.published_date, r.published_date_precision)
        read, found = format_day(r.accessed_date), str(getattr(r, "checked", ""))
        line = ", ".join(p for p in (publisher, title, day, f"{url} (read {read})", found) if p)
        # A document without a title of its own is told by its address.
        words = title or url.removeprefix("https://")
        out.append(Entry(publisher, words, day, url, line, ranks[r.source_id]))
    return out


def figures(shown: Sequence[Card]) -> list[Entry]:
    """Every figure that the cards show, in their order, the headline of each chart first."""
    return [_figure(c, f, rank) for c in shown for rank, f in enumerate(c.figures)]


def _figure(card: Card, one: Figure, rank: int) -> Entry:
    publisher, url, day = one.document
    stands = (publisher, day and f"read {day}", one.found)
    # What was found stands whole: a long name of a publisher gives way.
    short = (shorten(publisher, PUBLISHER * LIST_SIZE, LIST_SIZE), *stands[1:])
    line = one.name if one.row is None else f"{card.title}: {one.name}"
    return Entry(
        one.name,
        one.value,
        ", ".join(p for p in short if p),
        url,
        ", ".join(p for p in (line, one.value, url, *stands) if p),
        rank,
    )


_ENTRIES = {FIGURES: figures, SOURCES: documents}


def pages_each(kinds: Sequence[str]) -> int:
    """Pages that each of the lists of a deck takes at most: two alone, one where there are both."""
    return max(MOST_PAGES // max(len(kinds), 1), 1)


def listing(kind: str, shown: Sequence[Card], pages: int, body: Box = BODY) -> Listing:
    """What a list names: all, or what so many pages hold of it, of each slide what it rests on most.

    Args:
        kind: FIGURES or SOURCES.
        shown: The charts.
        pages: At most; 0 for however many that needs.
        body: Where a page stands.
    """
    found = _ENTRIES[kind](shown)
    most = pages * _on_a_page(kind, body)
    if not pages or len(found) <= most:
        return Listing(found, len(found), [])
    kept = {n for n, _ in sorted(enumerate(found), key=lambda one: one[1].rank)[:most]}
    left = [e for n, e in enumerate(found) if n not in kept]
    return Listing([e for n, e in enumerate(found) if n in kept], len(found), left)


def add(
    kind: str,
    deck: Presentation,
    own: Template | None,
    shown: Sequence[Card],
    body: Box | None = None,
    at_most: int = MOST_PAGES,
) -> Record | None:
    """A list behind a deck, on so many slides at most, 0 for all it needs; None where there is nothing to list."""
    body = body or (own.body() if own else BODY)
    found = listing(kind, shown, at_most, body)
    if not found.entries:
        return None
    kept = Record(
        kind,
        {"snapshot": [shown[0].snapshot_id]},
        rows=hashed(found),
        body=body if body != BODY else None,
        style=style_words(own),
        layout=next(word for word, count in CUT_TO.items() if count == at_most),
    )
    card = list_card(kind, shown, found)
    pages = _pages(kind, found.entries, body)
    for number, part in enumerate(pages, 1):
        part_of = (number, len(pages))
        one = frame(own, deck, card, part_of) if own else slides.frame(deck, card, None, part_of)
        _write(kind, one, part, body, number, found.left if number == len(pages) else [])
        if own:
            finish(own, one)
        kept = replace(kept, scope=record.scope_hash(one, kind))
        record.write(one, kept)
    return kept


def hashed(found: Listing) -> str:
    """Hash of what a list names."""
    return record.hashed("\n".join(e.line for e in (*found.entries, *found.left)))


def list_card(kind: str, shown: Sequence[Card], found: Listing) -> Card:
    """The words around a list."""
    snapshots = list(dict.fromkeys(c.snapshot_id for c in shown))
    return replace(
        shown[0],
        chart_id=kind,
        title=TITLES[kind],
        subtitle=list_words(kind, len(found.entries), found.count),
        source_line=f"{PRODUCT}, snapshot {', '.join(snapshots[:4])}. {LICENCE}.",
        filter_line="",
        takeaway="",
        figures=(),
    )


def list_words(kind: str, count: int, of: int) -> str:
    """What a list holds."""
    if kind == FIGURES:
        held = f"{count:,} of {plural(of, 'figure')}" if count < of else plural(count, "figure")
        rest = "; the notes name all" if count < of else ""
        return f"{held} of this deck, each with a document, the day it was read, and whether the value was found in it again{rest}"
    if count < of:
        return (
            f"{count:,} of {plural(of, 'document')} behind this deck, those that most of each slide rests on, each a link; "
            "the notes of a slide name all of its own"
        )
    return f"{plural(count, 'document')} behind this deck, each a link; whole addresses stand in the notes"


def _lines_high(body: Box) -> int:
    return int(body.h * 72 / (LIST_SIZE * LEADING))


def _on_a_page(kind: str, body: Box) -> int:
    return _lines_high(body) * LIST_COLUMNS[kind]


def _pages(kind: str, listed: Sequence[Entry], body: Box) -> list[list[Entry]]:
    """The list in pages of whole columns."""
    each = _on_a_page(kind, body)
    return [list(listed[i : i + each]) for i in range(0, len(listed), each)]


def _write(
    kind: str, one: Slide, part: Sequence[Entry], body: Box, number: int, left: Sequence[Entry]
) -> None:
    """One page of a list: a line an entry, its head a link; whole in the notes, with what there is no room for."""
    columns = LIST_COLUMNS[kind]
    wide = (body.w - LIST_GAP * (columns - 1)) / columns
    rows = -(-len(part) // columns) if len(part) < 40 else _lines_high(body)
    for column in range(columns):
        mine = part[column * rows : (column + 1) * rows]
        if not mine:
            continue
        lines, links = [], []
        for e in mine:
            # As if all were bold: a face a little wider than ours must not break the line.
            grey = shorten(e.grey, wide * 52, LIST_SIZE, True)
            free = wide * 72 - width(grey, LIST_SIZE, True) - 14
            head = shorten(e.head, free * 0.7, LIST_SIZE, True)
            tail = f"  {shorten(e.words, max(free - width(head, LIST_SIZE, True), 12), LIST_SIZE, True)}"
            lines.append(
                [
                    Run(head, LIST_SIZE, True, INK),
                    Run(tail, LIST_SIZE, False, INK),
                    *([Run(f"  {grey}", LIST_SIZE, False, GREY)] if grey else []),
                ]
            )
            links.append(e.url if e.url.startswith(("http://", "https://")) else "")
        name = f"{slides.MARK}{kind}:{number}:{column + 1}"
        box = Box(body.x + column * (wide + LIST_GAP), body.y, wide, len(mine) * LIST_SIZE * LEADING / 72)
        text_box(one, box, lines, name)
        _link_first_runs(one, name, links)
    heading = [p.text for p in one.notes_slide.notes_text_frame.paragraphs[:1]]  # type: ignore[union-attr]
    more = ["", f"And {len(left):,} more", *(e.line for e in left)] if left and kind == FIGURES else []
    slides.write_notes(one, [*heading, "", *(e.line for e in part), *more, "", f"{LICENCE}."])


#: A link in the colour of its text: that of a theme's links need not be readable on its ground.
_IN_INK = (
    '<a:extLst><a:ext uri="{A12FA001-AC4F-418D-AE19-62706E023703}"><ahyp:hlinkClr val="tx" '
    'xmlns:ahyp="http://schemas.microsoft.com/office/drawing/2018/hyperlinkcolor"/></a:ext></a:extLst>'
)


def _link_first_runs(one: Slide, name: str, links: Sequence[str]) -> None:
    """Makes the first run of each line of a text box a link."""
    shape = next(s for s in one.shapes if s.name == name)
    key_of = linking(one)
    for line, url in zip(shape._element.xpath("p:txBody/a:p"), links, strict=True):
        if url:
            line.xpath("a:r/a:rPr")[0].append(
                parse(f'<a:hlinkClick r:id="{key_of(url)}">{_IN_INK}</a:hlinkClick>')
            )
