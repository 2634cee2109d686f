"""The basket as files: every slide resolved under its frozen view, then a deck, a page, or an archive of it all."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.presentation import Presentation
from pptx.slide import Slide as PptxSlide

from dashboard import basket as baskets
from dashboard import permalink, store
from dashboard.basket import Basket, Slide
from dashboard.charts import CHARTS, Chart, Native
from dashboard.export import card as cards
from dashboard.export import deck as master
from dashboard.export import drawings, native, page, record, slides, table
from dashboard.export.card import LICENCE, Card, ExportRefusedError
from dashboard.export.deck import BODY
from dashboard.export.measure import fit, shorten, width
from dashboard.export.ooxml import GREY, INK, Box, Run, paragraph, parse
from dashboard.export.record import Record
from dashboard.export.template import Template, finish, frame, front, shrunk
from dashboard.selection import Selection, apply
from dashboard.store import Snapshot, Tables
from dashboard.theme import PRODUCT, Look, format_day, is_missing, plural

#: Told after each step: how many are done, of how many, and what was done; False stops the work.
Progress = Callable[[int, int, str], object]
#: Draws a chart as PNG at a size in inches; only where a browser is at hand.
Draws = Callable[[Chart, Card, Box], bytes]

#: Share of the body that a chart keeps beside a takeaway.
BESIDE = 0.72
COVER, SOURCES = "cover", "sources"


class CancelledError(Exception):
    """The reader stopped the work; nothing was made."""


# --- The data behind slides ---


@dataclass(frozen=True)
class Data:
    """One build: its tables, its name, and what its columns mean."""

    tables: Tables
    snapshot: Snapshot
    dictionary: pd.DataFrame | None = None


def load(folder: Path) -> Data:
    """A build from its folder."""
    return Data(store.load(folder), store.snapshot(folder), store.dictionary(folder))


@dataclass
class Builds:
    """The newest build, and those kept beside it, loaded when asked for.

    Attributes:
        newest: What is shown where nothing else is asked.
        kept: Folders of the builds at hand, by snapshot id.
        loads: Reads a folder; the app hands in one that remembers.
    """

    newest: Data
    kept: dict[str, Path] = field(default_factory=dict)
    loads: Callable[[Path], Data] = load
    _found: dict[str, Data] = field(default_factory=dict)
    _narrowed: dict[tuple[str, Selection, bool], Tables] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Path | Data, loads: Callable[[Path], Data] = load) -> Builds:
        """The builds of a folder; or one build alone."""
        if isinstance(source, Data):
            return cls(source)
        return cls(loads(source), store.builds(source), loads)

    def at(self, snapshot_id: str | None) -> tuple[Data, bool]:
        """The build of that name, and whether it is that one; the newest where it is not kept."""
        if not snapshot_id or snapshot_id == self.newest.snapshot.id:
            return self.newest, True
        if snapshot_id in self._found:
            return self._found[snapshot_id], True
        folder = self.kept.get(snapshot_id)
        if folder is None:
            return self.newest, False
        # Only the last one stays in memory: a deck of many snapshots must not hold them all.
        self._found = {snapshot_id: self.loads(folder)}
        return self._found[snapshot_id], True

    def applied(self, data: Data) -> Callable[..., Tables]:
        """`selection.apply` that remembers: a deck asks for the same view again and again."""

        def narrowed(tables: Tables, selection: Selection, *, keep_outside: bool = False) -> Tables:
            key = (data.snapshot.id, selection, keep_outside)
            if key not in self._narrowed:
                if len(self._narrowed) >= 6:
                    self._narrowed.pop(next(iter(self._narrowed)))
                self._narrowed[key] = apply(tables, selection, keep_outside=keep_outside)
            return self._narrowed[key]

        return narrowed


@dataclass(frozen=True)
class Resolved:
    """A slide of the basket with what it shows.

    Attributes:
        slide: As in the basket.
        chart: None for a section.
        card: None for a section.
        selection: The view.
        record: What the slide will remember.
        said: What the reader must know, such as a snapshot that is gone.
    """

    slide: Slide
    chart: Chart | None = None
    card: Card | None = None
    selection: Selection | None = None
    record: Record | None = None
    said: str = ""


def resolve(one: Slide, builds: Builds, address: str = "") -> Resolved:
    """What a slide shows: its chart under its frozen view, from its snapshot where that is kept.

    Args:
        one: The slide.
        builds: The data at hand.
        address: Of the app, for the link to the same view; "" where it is not known.
    """
    if one.kind != "chart":
        return Resolved(one)
    chart = CHARTS[one.chart]
    asked = next(iter(one.query.get(permalink.SNAPSHOT, [])), None)
    data, is_it = builds.at(asked)
    query = {k: v for k, v in one.query.items() if k != permalink.SNAPSHOT}
    found, notices = permalink.values(query, data.tables, data.snapshot.as_of)
    selection = permalink.selection(found, data.snapshot.as_of)
    said = [] if is_it else [f"Frozen on snapshot {asked}, which is no longer kept: shown from the newest."]
    said += [n.replace("The link asks", "The slide asks") for n in notices]
    kept = permalink.query(selection) | {
        "as_of": [f"{selection.as_of:%Y-%m-%d}"],
        permalink.SNAPSHOT: [data.snapshot.id],
    }
    card = cards.make(
        chart,
        data.tables,
        selection,
        data.snapshot,
        dictionary=data.dictionary,
        address=f"{address}?{urlencode(kept, doseq=True)}" if address else "",
        applied=builds.applied(data),
    )
    live = selection.as_of == data.snapshot.as_of
    kept_record = record.of(card, kept, layout=one.layout, live=live)
    card = replace(card, takeaway=one.takeaway, title=one.title or card.title)
    if said:
        card = replace(card, source_line=f"{' '.join(said)} {card.source_line}")
    return Resolved(one, chart, card, selection, kept_record, " ".join(said))


def resolve_all(
    basket: Basket, builds: Builds, address: str = "", progress: Progress | None = None, total: int = 0
) -> list[Resolved]:
    """Every slide of a basket, resolved in order.

    Raises:
        CancelledError: `progress` said to stop.
    """
    out = []
    total = total or len(basket.slides)
    for n, one in enumerate(basket.slides, 1):
        out.append(resolve(one, builds, address))
        _tell(progress, n, total, f"Read {CHARTS[one.chart].title if one.chart else one.title}")
    return out


def _tell(progress: Progress | None, done: int, total: int, words: str) -> None:
    if progress is not None and progress(done, total, words) is False:
        raise CancelledError("stopped; nothing was made")


# --- The deck ---


def build(
    basket: Basket,
    source: Path | Data | Builds,
    *,
    template: Template | None = None,
    progress: Progress | None = None,
    draws: Draws | None = None,
    address: str = "",
) -> bytes:
    """The basket as PowerPoint. Equal baskets, data and templates give equal bytes.

    Args:
        basket: What is in it.
        source: Folder of a build, or the data itself.
        template: A company's own; the neutral master when None.
        progress: Told of every slide; returning False stops.
        draws: Draws charts of layout "picture"; without it they are native, and their notes say so.
        address: Of the app, for links to the same views.

    Raises:
        CancelledError: `progress` said to stop.
    """
    builds = source if isinstance(source, Builds) else Builds.of(source)
    total = 2 * len(basket.slides) + int(basket.cover) + int(basket.appendix)
    found = resolve_all(basket, builds, address, progress, total)
    deck = template.new() if template else master.new()
    done = len(found)
    title = basket.title or PRODUCT
    records: list[Record] = []
    contents: list[tuple[str, int]] = []
    cover = _cover(deck, template, title, found, builds.newest.snapshot) if basket.cover else None
    for one in found:
        if one.card is None:
            contents.append((one.slide.title, len(deck.slides) + 1))
            _front(deck, template, "section", one.slide.title or "Section", [], "landscape:section")
        else:
            records += _add(deck, template, one, draws)
        done += 1
        _tell(progress, done, total, f"Drawn {one.card.title if one.card else one.slide.title}")
    if basket.appendix:
        first = len(deck.slides) + 1
        listed = _appendix(deck, template, [o for o in found if o.card is not None])
        records += listed
        contents += [("Sources", first)] if listed else []
        _tell(progress, done + 1, total, "Listed the sources")
    if cover is not None:
        records.append(_finish_cover(cover, template, found, builds.newest.snapshot, contents))
    snapshots = list(dict.fromkeys(o.card.snapshot_id for o in found if o.card)) or [
        builds.newest.snapshot.id
    ]
    day = max((o.card.as_of_date for o in found if o.card), default=builds.newest.snapshot.as_of)
    master.describe(
        deck, title, ", ".join(snapshots), [o.card.chart_id for o in found if o.card], day, address
    )
    record.write_properties(deck, records)
    data = master.save(deck)
    _tell(progress, total, total, "Saved")
    return data


def _body(template: Template | None, beside: bool = False) -> Box:
    return template.body(beside) if template else BODY


def _add(deck: Presentation, template: Template | None, one: Resolved, draws: Draws | None) -> list[Record]:
    """The slides of one chart."""
    assert one.card is not None and one.record is not None and one.chart is not None
    card, layout = one.card, one.slide.layout
    has_takeaway = layout == "takeaways" and bool(card.takeaway.strip())
    body = _body(template, has_takeaway)
    beside: Box | None = None
    room = body
    if has_takeaway:
        places = template.layouts["chart"].places if template else {}
        if template and "takeaways" in places:
            beside = template_box(template, "takeaways")
        else:
            gap = 0.3
            room = replace(body, w=body.w * BESIDE)
            beside = replace(body, x=body.x + room.w + gap, w=body.w - room.w - gap)
    kept = replace(one.record, body=room if room != BODY else None, style=style_words(template))
    drawn = draw(deck, template, card, layout, room, draws if layout == "picture" else None, one.chart)
    for slide in drawn:
        if beside is not None:
            _takeaway(slide, card.takeaway, beside, f"{slides.MARK}{card.chart_id}:takeaway")
        if template:
            finish(template, slide)
        record.write(slide, kept)
    return [kept]


def template_box(one: Template, role: str) -> Box:
    """Where a role stands, in the inches of a slide of usual size."""
    return shrunk(one.layouts["chart"].places[role].box, 1 / one.scale)


def style_words(one: Template | None) -> dict[str, str]:
    """What was done for a template, for the record: a refresh does it again."""
    if one is None:
        return {}
    s, plain = one.style, type(one.style)()
    return {
        k: (f"{v:.6g}" if isinstance(v, float) else str(v))
        for k, v in vars(s).items()
        if v != getattr(plain, k)
    }


def draw(
    deck: Presentation,
    own: Template | None,
    card: Card,
    layout: str,
    room: Box,
    draws: Draws | None,
    chart: Chart | None,
) -> list[PptxSlide]:
    """The slides of a card in a layout, without what a reader added; also what a refresh draws anew."""
    shown = replace(card, native=_as_table(card)) if layout == "table" else card

    def framed(part: tuple[int, int]) -> PptxSlide:
        return frame(own, deck, shown, part) if own else slides.frame(deck, shown, None, part)

    try:
        if draws is not None and chart is not None and not card.frame.empty:
            shown.require_sources()
            one = framed((1, 1))
            _picture(one, draws(chart, card, room), room, f"{slides.MARK}{card.chart_id}", card.alt)
            _append_notes(one, _rows_in_words(card))
            return [one]
        found = slides.add(deck, shown, body=room, framed=framed)
    except ExportRefusedError as refused:
        return [_front(deck, own, "section", card.title, [str(refused)], f"{slides.MARK}{card.chart_id}")]
    if layout == "picture":
        for one in found:
            _append_notes(one, ["Drawn as an editable chart: no browser was at hand to draw the picture."])
    return found


def _as_table(card: Card) -> Native | None:
    """The same rows as a table: the columns that the chart draws, in the order a reader asks for them."""
    spec = card.native
    if spec is None or spec.kind == "table":
        return spec
    wanted = [spec.category, spec.series, spec.label, spec.value, spec.x, *spec.columns]
    columns = [c for c in dict.fromkeys(w for w in wanted if w) if not c.endswith(("_id", "_ids"))]
    for model in ("governance_model",):
        if model in card.frame and model not in columns:
            columns.insert(1, model)
    return Native("table", category=spec.category, columns=tuple(columns))


def _picture(one: PptxSlide, png: bytes, room: Box, name: str, alt: str) -> None:
    shape = one.shapes.add_picture(io.BytesIO(png), *room.emu)
    native.label(shape, name, alt)


def _rows_in_words(card: Card) -> list[str]:
    lines = table.rows(card)
    keep = [i for i, c in enumerate(lines[0]) if not str(c).endswith(("_id", "_ids"))]
    words = [
        " | ".join("" if row[i] is None else str(row[i]).removesuffix(" 00:00:00") for i in keep)
        for row in lines[:61]
    ]
    return ["Rows", *words]


def _append_notes(one: PptxSlide, lines: Sequence[str]) -> None:
    frame = one.notes_slide.notes_text_frame
    if frame is not None:
        for text in ["", *lines]:
            frame._txBody.append(parse(paragraph([Run(text, 11, False, INK)] if text else [])))


def _takeaway(one: PptxSlide, text: str, box: Box, name: str) -> None:
    """What the reader added, beside the chart: the first line larger where it is short."""
    parts = [p.strip() for p in text.splitlines() if p.strip()]
    for size in (16.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0):
        found = [fit(p, box.w * 72, [size], 99)[1] for p in parts]
        tall = sum(len(f) * size * 1.2 + size * 0.5 for f in found) / 72
        if tall <= box.h:
            break
    else:
        most = int(box.h * 72 / (size * 1.2)) - 1
        parts = [shorten(" ".join(parts), box.w * 72, size, False, most)]
    lines: list[list[Run]] = []
    for n, p in enumerate(parts):
        if n:
            lines.append([Run(" ", size * 0.4, False, INK)])
        lines.append([Run(p, size, n == 0 and len(parts) > 1, INK)])
    drawings.text_box(one, box, lines, name)


# --- Cover, sections, sources ---


def _front(
    deck: Presentation, own: Template | None, use: str, title: str, lines: Sequence[str], name: str
) -> PptxSlide:
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
    drawings.write(shape, [[Run(" ".join(found), size, True, INK)]])
    under = Box(BODY.x, top + 1.3, BODY.w, 1.4)
    subtitle = next(p for p in one.placeholders if p.placeholder_format.idx == master.SUBTITLE_IDX)
    subtitle.name = f"{name}:subtitle"
    subtitle.left, subtitle.top, subtitle.width, subtitle.height = under.emu
    runs = []
    for text in lines:
        size, found = fit(text, under.w * 72, (16, 14, 13), 2)
        runs.append([Run(" ".join(found), size, False, GREY)])
    if runs:
        drawings.write(subtitle, runs)
    slides._number_page(one, one.slide_layout, len(deck.slides))
    slides._drop_empty_placeholders(one)
    return one


def _cover(
    deck: Presentation, own: Template | None, title: str, found: Sequence[Resolved], newest: Snapshot
) -> PptxSlide:
    return _front(deck, own, "cover", title, cover_lines(found, newest), f"{slides.MARK}{COVER}")


def cover_lines(found: Sequence[Resolved], newest: Snapshot) -> list[str]:
    """Selection, day and snapshot of a deck, in words."""
    shown = [o.card for o in found if o.card is not None]
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


def _finish_cover(
    one: PptxSlide,
    own: Template | None,
    found: Sequence[Resolved],
    newest: Snapshot,
    contents: Sequence[tuple[str, int]],
) -> Record:
    """Contents and notes of the cover, once the numbers of slides are known."""
    kept = Record(COVER, {permalink.SNAPSHOT: [newest.id]})
    lines = [
        *cover_lines(found, newest),
        "",
        *(f"{words}: slide {n}" for words, n in contents if words),
        "",
        f"{LICENCE}.",
    ]
    slides.write_notes(one, lines)
    record.write(one, kept)
    listed = [(w, n) for w, n in contents if w]
    if listed and own is None:
        # Two columns of "Section … 3" under the lines; the neutral master alone is known to have that room.
        half = -(-len(listed) // 2) if len(listed) > 5 else len(listed)
        for k, part in enumerate((listed[:half], listed[half:])):
            if not part:
                continue
            box = Box(BODY.x + k * 4.2, 4.85, 4.0, 0.26 * len(part))
            runs = [
                [Run(f"{n}   ", 12, False, GREY), Run(shorten(w, 240, 12), 12, False, INK)] for w, n in part
            ]
            drawings.text_box(one, box, runs, f"{slides.MARK}{COVER}:contents" + (":2" if k else ""))
    return kept


@dataclass(frozen=True)
class Document:
    """One document of the appendix."""

    publisher: str
    title: str
    day: str
    url: str
    read: str

    @property
    def line(self) -> str:
        """The whole citation."""
        return f"{', '.join(p for p in (self.publisher, self.title, self.day) if p)}, {self.url} (read {self.read})"


def documents(shown: Sequence[Card]) -> list[Document]:
    """Every document behind the cards, once; by publisher, then day."""
    frames = [c.sources for c in shown if len(c.sources)]
    if not frames:
        return []
    every = pd.concat(frames).drop_duplicates("source_id")
    every = every.sort_values(["publisher", "published_date", "source_id"], kind="stable", na_position="last")
    return [
        Document(
            str(r.publisher),
            "" if is_missing(r.title) else f"“{r.title}”",
            "" if is_missing(r.published_date) else format_day(r.published_date, r.published_date_precision),
            str(r.url),
            format_day(r.accessed_date),
        )
        for r in every.itertuples(index=False)
    ]


def _appendix(deck: Presentation, own: Template | None, found: Sequence[Resolved]) -> list[Record]:
    """The documents behind the deck, on as many slides as they need."""
    shown = [o.card for o in found if o.card is not None]
    listed = documents(shown)
    if not listed:
        return []
    body = _body(own)
    kept = Record(
        SOURCES,
        {permalink.SNAPSHOT: [shown[0].snapshot_id]},
        rows=documents_hash(listed),
        layout="table",
        body=body if own else None,
        style=style_words(own),
    )
    card = sources_card(shown, len(listed))
    pages = documents_pages(listed, body)
    for number, part in enumerate(pages, 1):
        part_of = (number, len(pages))
        one = frame(own, deck, card, part_of) if own else slides.frame(deck, card, None, part_of)
        write_documents(one, part, body, number)
        if own:
            finish(own, one)
        record.write(one, kept)
    return [kept]


def documents_hash(listed: Sequence[Document]) -> str:
    """Hash of a list of documents."""
    return record.hashed("\n".join(d.line for d in listed))


def sources_card(shown: Sequence[Card], count: int) -> Card:
    """The words around the list of sources."""
    snapshots = list(dict.fromkeys(c.snapshot_id for c in shown))
    return replace(
        shown[0],
        chart_id=SOURCES,
        title="Sources",
        subtitle=f"{plural(count, 'document')} behind this deck, each a link; whole addresses stand in the notes",
        source_line=f"{PRODUCT}, snapshot {', '.join(snapshots[:4])}. {LICENCE}.",
        filter_line="",
        takeaway="",
    )


#: Type of the list of sources in points, its columns, and the gap between them in inches.
LIST_SIZE, LIST_COLUMNS, LIST_GAP = 7.5, 2, 0.35


def documents_pages(listed: Sequence[Document], body: Box) -> list[list[Document]]:
    """The list in pages of whole columns."""
    rows = int(body.h * 72 / (LIST_SIZE * 1.22))
    each = rows * LIST_COLUMNS
    return [list(listed[i : i + each]) for i in range(0, len(listed), each)]


def write_documents(one: PptxSlide, part: Sequence[Document], body: Box, number: int) -> None:
    """One page of the list: a line a document, its publisher a link, and the whole citations in the notes."""
    wide = (body.w - LIST_GAP * (LIST_COLUMNS - 1)) / LIST_COLUMNS
    rows = -(-len(part) // LIST_COLUMNS) if len(part) < 40 else int(body.h * 72 / (LIST_SIZE * 1.22))
    for column in range(LIST_COLUMNS):
        mine = part[column * rows : (column + 1) * rows]
        if not mine:
            continue
        lines, links = [], []
        for d in mine:
            room = wide * 72 - width(d.publisher, LIST_SIZE, True) - width(d.day, LIST_SIZE) - 14
            # A document without a title of its own is told by its address.
            tail = f"  {shorten(d.title or d.url.removeprefix('https://'), room, LIST_SIZE)}"
            lines.append(
                [
                    Run(d.publisher, LIST_SIZE, True, INK),
                    Run(tail, LIST_SIZE, False, INK),
                    *([Run(f"  {d.day}", LIST_SIZE, False, GREY)] if d.day else []),
                ]
            )
            links.append(d.url if d.url.startswith(("http://", "https://")) else "")
        name = f"{slides.MARK}{SOURCES}:{number}:{column + 1}"
        box = Box(body.x + column * (wide + LIST_GAP), body.y, wide, len(mine) * LIST_SIZE * 1.22 / 72)
        drawings.text_box(one, box, lines, name)
        _link_first_runs(one, name, links)
    heading = [p.text for p in one.notes_slide.notes_text_frame.paragraphs[:1]]  # type: ignore[union-attr]
    slides.write_notes(one, [*heading, "", *(d.line for d in part), "", f"{LICENCE}."])


def _link_first_runs(one: PptxSlide, name: str, links: Sequence[str]) -> None:
    """Makes the first run of each line of a text box a link."""
    shape = next(s for s in one.shapes if s.name == name)
    for line, url in zip(shape._element.xpath("p:txBody/a:p"), links, strict=True):
        if url:
            key = one.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            line.xpath("a:r/a:rPr")[0].append(parse(f'<a:hlinkClick r:id="{key}"/>'))


# --- Other forms ---


def shown_on_page(found: Sequence[Resolved]) -> list[page.Shown]:
    """Charts of a basket as a page shows them: figures, or tables where the screen shows tables."""
    look = Look(mode="light", export=True)
    return [
        page.Shown(
            o.card,
            None
            if o.chart.screen == "table" or o.slide.layout == "table" or o.card.frame.empty
            else o.chart.figure(o.card.frame, look),
        )
        for o in found
        if o.card is not None and o.chart is not None and o.card.source_line.strip()
    ]


def html(
    basket: Basket,
    source: Path | Data | Builds,
    *,
    paper: str = "A4",
    address: str = "",
    progress: Progress | None = None,
) -> bytes:
    """The basket as one HTML file that needs nothing else."""
    builds = source if isinstance(source, Builds) else Builds.of(source)
    found = resolve_all(basket, builds, address, progress)
    return page.page(shown_on_page(found), basket.title or PRODUCT, paper=paper)


def archive(
    basket: Basket,
    source: Path | Data | Builds,
    *,
    template: Template | None = None,
    progress: Progress | None = None,
    draws: Draws | None = None,
    address: str = "",
) -> bytes:
    """Everything of a basket in one ZIP: deck, page, rows of every chart, and a manifest that names and hashes them.

    Equal input gives equal bytes.
    """
    builds = source if isinstance(source, Builds) else Builds.of(source)
    found = resolve_all(basket, builds, address, progress)
    files: dict[str, bytes] = {
        "deck.pptx": build(
            basket, builds, template=template, progress=progress, draws=draws, address=address
        ),
        "deck.html": page.page(shown_on_page(found), basket.title or PRODUCT),
        "basket.json": baskets.to_json(basket).encode(),
    }
    entries = []
    for n, one in enumerate(found, 1):
        if one.card is None:
            entries.append({"slide": n, "kind": "section", "title": one.slide.title})
            continue
        card, stem = one.card, f"charts/{n:02d}-{one.card.chart_id}"
        mine = {}
        if card.source_line.strip():
            mine = {"csv": f"{stem}.csv", "xlsx": f"{stem}.xlsx"}
            files[mine["csv"]], files[mine["xlsx"]] = table.csv(card), table.xlsx(card)
        entries.append(
            {
                "slide": n,
                "kind": "chart",
                "chart": card.chart_id,
                "title": card.title,
                "layout": one.slide.layout,
                "view": {k: list(v) for k, v in one.record.query.items()} if one.record else {},
                "snapshot": card.snapshot_id,
                "as_of": f"{card.as_of_date:%Y-%m-%d}",
                "rows": len(card.frame),
                "sources": len(card.sources),
                "said": one.said,
                "files": mine,
            }
        )
    manifest = {
        "format": "landscape-pack/1",
        "product": PRODUCT,
        "title": basket.title or PRODUCT,
        "snapshot": builds.newest.snapshot.id,
        "as_of": f"{builds.newest.snapshot.as_of:%Y-%m-%d}",
        "licence": LICENCE,
        "slides": entries,
        "files": [
            {"name": name, "bytes": len(blob), "sha256": hashlib.sha256(blob).hexdigest()}
            for name, blob in sorted(files.items())
        ],
    }
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(files, key=lambda n: (n != "manifest.json", n)):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            pack.writestr(info, files[name])
    return out.getvalue()
