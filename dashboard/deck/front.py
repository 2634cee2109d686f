"""What stands before, between and behind the charts of a deck: cover, section slides, and the list of sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.presentation import Presentation
from pptx.slide import Slide

from dashboard.charts.card import LICENCE, Card
from dashboard.data.store import Snapshot
from dashboard.deck import record
from dashboard.deck.placing import finish, frame, front, style_words
from dashboard.deck.record import Record
from dashboard.deck.template import Template
from dashboard.draw.slide.ooxml import GREY, INK, Box, Run, parse
from dashboard.draw.slide.text import text_box, write
from dashboard.export import master, slides
from dashboard.export.master import BODY
from dashboard.look.measure import fit, shorten, width
from dashboard.look.theme import PRODUCT, format_day, is_missing, plural

COVER, SOURCES = "cover", "sources"


def front_slide(
    deck: Presentation, own: Template | None, use: str, title: str, lines: Sequence[str], name: str
) -> Slide:
    """A cover or section slide: its title lower and larger than on a slide of a chart."""
    if own:
        one = front(own, deck, use, title, lines, name)
        if not own.layouts[use].places.get("subtitle") or own.layouts[use].places["subtitle"].idx is None:
            finish(own, one)
        return one
    one = deck.slides.add_slide(slides.chart_layout(deck))
    top = 2.0 if use == "cover" else 2.75
    head = Box(BODY.x, top, BODY.w, 1.15)
    size, found = fit(title, head.w * 72, (36, 32, 28, 24), 2, bold=True)
    shape = one.shapes.title
    shape.name = f"{name}:title"
    shape.left, shape.top, shape.width, shape.height = head.emu
    write(shape, [[Run(" ".join(found), size, True, INK)]])
    under = Box(BODY.x, top + 1.3, BODY.w, 1.4)
    subtitle = next(p for p in one.placeholders if p.placeholder_format.idx == master.SUBTITLE_IDX)
    subtitle.name = f"{name}:subtitle"
    subtitle.left, subtitle.top, subtitle.width, subtitle.height = under.emu
    runs = []
    for text in lines:
        size, found = fit(text, under.w * 72, (16, 14, 13), 2)
        runs.append([Run(" ".join(found), size, False, GREY)])
    if runs:
        write(subtitle, runs)
    slides._number_page(one, one.slide_layout, len(deck.slides))
    slides._drop_empty_placeholders(one)
    return one


def cover_lines(shown: Sequence[Card], newest: Snapshot) -> list[str]:
    """Selection, day and snapshot of a deck, in words."""
    views = list(dict.fromkeys(c.filter_line for c in shown))
    if len(views) == 1:
        view = views[0]
    elif views:
        view = f"{plural(len(views), 'selection')}; each slide names its own"
    else:
        view = "No charts"
    days = sorted({c.as_of_date for c in shown}) or [newest.as_of]
    day = format_day(days[0]) if len(days) == 1 else f"{format_day(days[0])} to {format_day(days[-1])}"
    snapshots = list(dict.fromkeys(c.snapshot_id for c in shown)) or [newest.id]
    words = "snapshot" if len(snapshots) == 1 else "snapshots"
    return [view, f"{PRODUCT}, as of {day}, {words} {', '.join(snapshots[:4])}"]


def add_cover(
    deck: Presentation, own: Template | None, title: str, shown: Sequence[Card], newest: Snapshot
) -> Slide:
    """The cover; its contents and notes come with `finish_cover`, once numbers of slides are known."""
    return front_slide(deck, own, "cover", title, cover_lines(shown, newest), f"{slides.MARK}{COVER}")


def finish_cover(
    one: Slide,
    own: Template | None,
    shown: Sequence[Card],
    newest: Snapshot,
    contents: Sequence[tuple[str, int]],
) -> Record:
    """Contents and notes of the cover."""
    lines = cover_lines(shown, newest)
    listed = [(w, n) for w, n in contents if w]
    slides.write_notes(one, [*lines, "", *(f"{w}: slide {n}" for w, n in listed), "", f"{LICENCE}."])
    kept = Record(COVER, {"snapshot": [newest.id]}, rows=record.hashed("\n".join(lines)))
    kept = replace(kept, scope=record.scope_hash(one, COVER))
    record.write(one, kept)
    if listed and own is None:
        # On the neutral master alone the room under the lines is known to be free.
        half = -(-len(listed) // 2) if len(listed) > 5 else len(listed)
        for k, part in enumerate((listed[:half], listed[half:])):
            if not part:
                continue
            box = Box(BODY.x + k * 4.2, 4.85, 4.0, 0.26 * len(part))
            runs = [
                [Run(f"{n}   ", 12, False, GREY), Run(shorten(w, 240, 12), 12, False, INK)] for w, n in part
            ]
            text_box(one, box, runs, f"{slides.MARK}{COVER}:contents" + (":2" if k else ""))
    return kept


@dataclass(frozen=True)
class Document:
    """One document of the appendix; `found` says what was found in it again; `rank` is 0 where a slide rests on none more often, 1 for the next, and so on."""

    publisher: str
    title: str
    day: str
    url: str
    read: str
    rank: int = 0
    found: str = ""

    @property
    def line(self) -> str:
        """The whole citation."""
        said = (self.publisher, self.title, self.day, f"{self.url} (read {self.read})", self.found)
        return ", ".join(p for p in said if p)


def documents(shown: Sequence[Card]) -> list[Document]:
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
    return [
        Document(
            str(r.publisher),
            "" if is_missing(r.title) else f"“{r.title}”",
            "" if is_missing(r.published_date) else format_day(r.published_date, r.published_date_precision),
            str(r.url),
            format_day(r.accessed_date),
            ranks[r.source_id],
            str(getattr(r, "checked", "")),
        )
        for r in every.itertuples(index=False)
    ]


#: Pages of the list of sources where not every document is asked for: each slide's notes name all of its own.
MOST_PAGES = 2
#: What a record says in the place of a layout where the list was cut to so many pages.
FEW = "few"


def appendix(shown: Sequence[Card], every: bool, body: Box = BODY) -> tuple[list[Document], int]:
    """The documents that the list of sources names, and how many there are: all, or those behind most of each slide."""
    listed = documents(shown)
    most = MOST_PAGES * _on_a_page(body)
    if every or len(listed) <= most:
        return listed, len(listed)
    kept = {d.url for d in sorted(listed, key=lambda d: d.rank)[:most]}
    return [d for d in listed if d.url in kept][:most], len(listed)


def add_documents(
    deck: Presentation,
    own: Template | None,
    shown: Sequence[Card],
    body: Box | None = None,
    every: bool = False,
) -> Record | None:
    """The documents behind a deck, on at most two slides unless every one is asked for; None where there are none."""
    body = body or (own.body() if own else BODY)
    listed, count = appendix(shown, every, body)
    if not listed:
        return None
    kept = Record(
        SOURCES,
        {"snapshot": [shown[0].snapshot_id]},
        rows=documents_hash(listed),
        body=body if body != BODY else None,
        style=style_words(own),
        layout="chart" if every else FEW,
    )
    card = sources_card(shown, len(listed), count)
    pages = documents_pages(listed, body)
    for number, part in enumerate(pages, 1):
        part_of = (number, len(pages))
        one = frame(own, deck, card, part_of) if own else slides.frame(deck, card, None, part_of)
        write_documents(one, part, body, number)
        if own:
            finish(own, one)
        kept = replace(kept, scope=record.scope_hash(one, SOURCES))
        record.write(one, kept)
    return kept


def documents_hash(listed: Sequence[Document]) -> str:
    """Hash of a list of documents."""
    return record.hashed("\n".join(d.line for d in listed))


def sources_card(shown: Sequence[Card], count: int, of: int) -> Card:
    """The words around the list of sources, which names so many documents of so many."""
    snapshots = list(dict.fromkeys(c.snapshot_id for c in shown))
    return replace(
        shown[0],
        chart_id=SOURCES,
        title="Sources",
        subtitle=documents_words(count, of),
        source_line=f"{PRODUCT}, snapshot {', '.join(snapshots[:4])}. {LICENCE}.",
        filter_line="",
        takeaway="",
    )


def documents_words(count: int, of: int) -> str:
    """What the list of sources holds."""
    if count < of:
        return (
            f"{count:,} of {plural(of, 'document')} behind this deck, those that most of each slide rests on, each a link; "
            "the notes of a slide name all of its own"
        )
    return f"{plural(count, 'document')} behind this deck, each a link; whole addresses stand in the notes"


#: Type of the list of sources in points, its columns, and the gap between them in inches.
LIST_SIZE, LIST_COLUMNS, LIST_GAP = 7.5, 2, 0.35


def documents_pages(listed: Sequence[Document], body: Box) -> list[list[Document]]:
    """The list in pages of whole columns."""
    each = _on_a_page(body)
    return [list(listed[i : i + each]) for i in range(0, len(listed), each)]


def _on_a_page(body: Box) -> int:
    return int(body.h * 72 / (LIST_SIZE * 1.22)) * LIST_COLUMNS


def write_documents(one: Slide, part: Sequence[Document], body: Box, number: int) -> None:
    """One page of the list: a line a document, its publisher a link, and the whole citations in the notes."""
    wide = (body.w - LIST_GAP * (LIST_COLUMNS - 1)) / LIST_COLUMNS
    rows = -(-len(part) // LIST_COLUMNS) if len(part) < 40 else int(body.h * 72 / (LIST_SIZE * 1.22))
    for column in range(LIST_COLUMNS):
        mine = part[column * rows : (column + 1) * rows]
        if not mine:
            continue
        lines, links = [], []
        for d in mine:
            # As if all were bold: a face a little wider than ours must not break the line.
            publisher = shorten(d.publisher, wide * 36, LIST_SIZE, True)
            room = wide * 72 - width(f"{publisher}{d.day}", LIST_SIZE, True) - 14
            # A document without a title of its own is told by its address.
            tail = f"  {shorten(d.title or d.url.removeprefix('https://'), room, LIST_SIZE, True)}"
            lines.append(
                [
                    Run(publisher, LIST_SIZE, True, INK),
                    Run(tail, LIST_SIZE, False, INK),
                    *([Run(f"  {d.day}", LIST_SIZE, False, GREY)] if d.day else []),
                ]
            )
            links.append(d.url if d.url.startswith(("http://", "https://")) else "")
        name = f"{slides.MARK}{SOURCES}:{number}:{column + 1}"
        box = Box(body.x + column * (wide + LIST_GAP), body.y, wide, len(mine) * LIST_SIZE * 1.22 / 72)
        text_box(one, box, lines, name)
        _link_first_runs(one, name, links)
    heading = [p.text for p in one.notes_slide.notes_text_frame.paragraphs[:1]]  # type: ignore[union-attr]
    slides.write_notes(one, [*heading, "", *(d.line for d in part), "", f"{LICENCE}."])


#: A link in the colour of its text: that of a theme's links need not be readable on its ground.
_IN_INK = (
    '<a:extLst><a:ext uri="{A12FA001-AC4F-418D-AE19-62706E023703}"><ahyp:hlinkClr val="tx" '
    'xmlns:ahyp="http://schemas.microsoft.com/office/drawing/2018/hyperlinkcolor"/></a:ext></a:extLst>'
)


def _link_first_runs(one: Slide, name: str, links: Sequence[str]) -> None:
    """Makes the first run of each line of a text box a link."""
    shape = next(s for s in one.shapes if s.name == name)
    for line, url in zip(shape._element.xpath("p:txBody/a:p"), links, strict=True):
        if url:
            key = one.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            line.xpath("a:r/a:rPr")[0].append(parse(f'<a:hlinkClick r:id="{key}">{_IN_INK}</a:hlinkClick>'))
