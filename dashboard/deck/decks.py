"""The basket as files: every slide resolved under its frozen view, then a deck, a page, or an archive of it all."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack
from urllib.parse import urlencode

from pptx.presentation import Presentation

from dashboard.charts import CHARTS, Chart, figures
from dashboard.charts import card as cards
from dashboard.charts.card import LICENCE, Card, ExportRefusedError, card_table
from dashboard.data import overlay, permalink
from dashboard.data.overlay import OverlayError
from dashboard.data.selection import Selection
from dashboard.data.store import Snapshot
from dashboard.deck import basket as baskets
from dashboard.deck import compose, lists, record, review
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket, Slide
from dashboard.deck.builds import MOST_CARDS, Builds, Data
from dashboard.deck.compose import Draws
from dashboard.deck.front import add_cover, cover_lines, finish_cover, front_slide
from dashboard.deck.lists import FIGURES, SOURCES
from dashboard.deck.opening import open_file, said_of_damage
from dashboard.deck.package import FileRefusedError
from dashboard.deck.record import Record
from dashboard.deck.refresh import Refreshed
from dashboard.deck.refresh import refresh as refresh_deck
from dashboard.deck.template import Template
from dashboard.draw import plotly
from dashboard.draw.slide.ooxml import Box
from dashboard.export import master, page, server_picture, table
from dashboard.export.master import BODY
from dashboard.look.theme import PRODUCT, Look

#: Media type of a deck.
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
#: Told after each step: how many are done, of how many, and what was done; False stops the work.
Progress = Callable[[int, int, str], object]


class CancelledError(Exception):
    """The reader stopped the work; nothing was made."""


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
    asked = next(iter(one.query.get(permalink.SNAPSHOT, [])), None)
    data, is_it = builds.at(asked)
    query = {k: v for k, v in one.query.items() if k != permalink.SNAPSHOT}
    found, notices = permalink.values(query, data.tables, data.snapshot.as_of)
    selection = permalink.selection(found, data.snapshot.as_of)
    chart = CHARTS[one.chart].picked(selection)
    said = [] if is_it else [builds.missing(asked)]
    said += [n.replace("The link asks", "The slide asks") for n in notices]
    kept = permalink.query(selection) | {
        "as_of": [f"{selection.as_of:%Y-%m-%d}"],
        permalink.SNAPSHOT: [data.snapshot.id],
    }
    card = _card(chart, data, selection, builds)
    if address:
        card = replace(card, permalink=f"{address}?{urlencode(kept, doseq=True)}")
    live = selection.as_of == data.snapshot.as_of
    kept_record = record.of(card, kept, layout=one.layout, live=live, review=one.review)
    card = replace(
        card,
        takeaway=one.takeaway,
        title=one.title or card.title,
        note=one.note,
        reviewed=review.words(one.review, kept_record.rows),
    )
    if said:
        card = replace(card, source_line=f"{' '.join(said)} {card.source_line}")
    return Resolved(one, chart, card, selection, kept_record, " ".join(said))


def _card(chart: Chart, data: Data, selection: Selection, builds: Builds) -> Card:
    """The card of a view, made once: the page shows it, the deck draws it, the archive lists it."""
    key = (chart.id, selection)
    found = data.cards.get(key)
    if found is None:
        found = cards.make(
            chart,
            data.tables,
            selection,
            data.snapshot,
            applied=builds.applied,
        )
        # Tables of a day remember what was looked up, all tables do not.
        of_day = builds.applied(data.tables, selection)
        reads = card_table(found).reads
        proved = figures.figures(found.title, found.frame, chart.columns, reads, found.sources, of_day)
        found = replace(found, figures=proved)
        while len(data.cards) >= MOST_CARDS:
            data.cards.pop(next(iter(data.cards)), None)
        data.cards[key] = found
    return found


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


class Making(TypedDict, total=False):
    """How a basket is made into a deck; each may be left out.

    Attributes:
        template: A company's own; the neutral master in the basket's shape when None.
        progress: Told of every slide; returning False stops.
        draws: Draws charts of layout "picture"; without it they are native, and their notes say so.
        address: Of the app, for links to the same views.
    """

    template: Template | None
    progress: Progress | None
    draws: Draws | None
    address: str


def build(basket: Basket, source: Path | Data | Builds, **how: Unpack[Making]) -> bytes:
    """The basket as PowerPoint. Equal baskets, data and templates give equal bytes.

    Args:
        basket: What is in it.
        source: Folder of a build, or the data itself.
        how: As in `Making`.

    Raises:
        CancelledError: `progress` said to stop.
    """
    progress, draws, address = how.get("progress"), how.get("draws"), how.get("address", "")
    builds = source if isinstance(source, Builds) else Builds.of(source)
    total = 2 * len(basket.slides) + int(basket.cover) + len(basket.lists)
    found = resolve_all(basket, builds, address, progress, total)
    template = how.get("template") or templates.plain(basket.shape)
    deck = template.new() if template else master.new()
    done = len(found)
    title = basket.title or PRODUCT
    records: list[Record] = []
    contents: list[tuple[str, int]] = []
    parts: list[tuple[str, int]] = []
    shown = [o.card for o in found if o.card is not None]
    newest = builds.newest.snapshot
    cover = add_cover(deck, template, title, shown, newest) if basket.cover else None
    for group in baskets.grouped(basket.slides, fits_half(found, template)):
        these = [found[n] for n in group]
        together = len(these) == 2
        if together:
            records += _pair(deck, template, these)
        for one in these:
            if one.card is None:
                contents.append((one.slide.title, len(deck.slides) + 1))
                parts.append((one.slide.title or "Section", len(deck.slides)))
                if one.slide.layout != baskets.MARK:
                    front_slide(
                        deck, template, "section", one.slide.title or "Section", [], "landscape:section"
                    )
            elif one.record is not None and not together:
                records.append(compose.add(deck, template, one.card, one.record, draws))
            done += 1
            _tell(progress, done, total, f"Drawn {one.card.title if one.card else one.slide.title}")
    for kind in basket.lists:
        first = len(deck.slides) + 1
        laid = _in_layouts(found, compose.body_of(template)) if kind == FIGURES else shown
        listed = lists.add(kind, deck, template, laid, at_most=_pages_of(kind, basket))
        if listed is not None:
            records.append(listed)
            contents.append((lists.TITLES[kind], first))
            parts.append((lists.TITLES[kind], first - 1))
        done += 1
        _tell(progress, done, total, f"Listed {kind}")
    if cover is not None:
        records.append(finish_cover(cover, template, shown, newest, contents))
    snapshots = list(dict.fromkeys(c.snapshot_id for c in shown)) or [newest.id]
    day = max((c.as_of_date for c in shown), default=newest.as_of)
    master.describe(deck, title, ", ".join(snapshots), [c.chart_id for c in shown], day, address)
    own = [w for o in builds.own if (w := overlay.encode(o))]
    record.write_properties(deck, records, own, is_new=True)
    master.part(deck, parts)
    data = master.save(deck)
    _tell(progress, total, total, "Saved")
    return data


def sign(basket: Basket, builds: Builds, by: str, on: date) -> Basket:
    """The basket with every chart of it reviewed, on the data that each shows.

    Raises:
        ReviewError: there is no name.
    """
    slides = []
    for one in basket.slides:
        kept = resolve(one, builds).record
        if kept is not None:
            snapshot = kept.query[permalink.SNAPSHOT][0]
            one = replace(one, review=review.signed(by, on, snapshot, kept.rows))
        slides.append(one)
    return replace(basket, slides=tuple(slides))


def under_own(builds: Builds, words: Sequence[str], whose: str) -> Builds:
    """The builds under the own rows that a file brings, where none are at hand.

    Raises:
        OverlayError: they do not go with the data.
    """
    if builds.own or not words:
        return builds
    return builds.under(tuple(overlay.decode(w, whose) for w in words))


def fits_half(found: Sequence[Resolved], template: Template | None) -> Callable[[int], bool]:
    """Whether half a slide is room enough for the slide at a position."""

    def fits(n: int) -> bool:
        card = found[n].card
        return card is not None and compose.fits_half(card, template)

    return fits


def _pair(deck: Presentation, template: Template | None, these: Sequence[Resolved]) -> list[Record]:
    """One slide for two charts, under the left one's title; over them stand what the left measures and the right's title."""
    halves = [
        (o.card, o.record, o.chart.title if n == 0 else o.card.title)
        for n, o in enumerate(these)
        if o.card is not None and o.record is not None and o.chart is not None
    ]
    return compose.add_pair(deck, template, halves)


def pictures() -> Draws:
    """Draws charts as pictures in the server's browser; to be asked for only where `server_picture.why_not()` is ""."""

    def draws(card: Card, record: Record, room: Box) -> bytes:
        chart = CHARTS[card.chart_id]
        if card.kind is not None and card.columns is not None:
            chart = replace(chart, kind=card.kind, shows=replace(chart.shows, columns=card.columns))
        return server_picture.for_slide(chart, card, room)

    return draws


# --- An earlier deck ---


def carried(data: bytes) -> list[str]:
    """The own rows that a deck brings, as words of an address."""
    return record.own_rows(open_file(data, "deck").deck)


def refresh(
    data: bytes,
    source: Path | Data | Builds,
    *,
    draws: Draws | None = None,
    address: str = "",
    view: Mapping[str, Sequence[str]] | None = None,
    progress: Progress | None = None,
) -> Refreshed:
    """An earlier deck with the numbers of the newest data, each chart under the view that it was made from.

    A chart that showed the newest day of its data moves to the newest day there is; one of an earlier day stays there.

    Args:
        data: The deck.
        source: The data.
        draws: Draws pictures anew.
        address: Of the app, for links to the same views.
        view: Parameters that take the place of those of every chart, such as another day.
        progress: Told of every chart.

    Raises:
        FileRefusedError: the file is no deck that can be read.
    """
    builds = source if isinstance(source, Builds) else Builds.of(source)
    with said_of_damage():
        opened = open_file(data, "deck")
        brought = [] if builds.own else record.own_rows(opened.deck)
    try:
        builds = under_own(builds, brought, "the deck's own rows")
    except OverlayError as refused:
        raise FileRefusedError(
            f"The own rows that the deck brings do not go with the data: {refused}"
        ) from refused
    mark = overlay.overlays_id(builds.own)

    def again(old: Record) -> tuple[Card, Record] | str:
        if old.chart not in CHARTS:
            return f"the chart “{old.chart}” does not exist any more"
        _, made_under = overlay.parted(next(iter(old.query.get(permalink.SNAPSHOT, [])), ""))
        if made_under and not mark:
            return (
                f"it shows own rows of the mark {made_under}, which are not at hand: hand in their file "
                "(on the page “Our company”, or by --overlay)"
            )
        query = {k: list(v) for k, v in old.query.items() if k != permalink.SNAPSHOT}
        if old.live:
            query.pop("as_of", None)
        query |= {k: list(v) for k, v in (view or {}).items()}
        one = resolve(Slide(chart=old.chart, query=query, layout=old.layout), builds, address)
        assert one.card is not None and one.record is not None
        if one.said:
            return f"its view cannot be made any more: {one.said}"
        if not one.card.source_line.strip():
            return "no document stands behind its rows any more"
        return one.card, one.record

    return refresh_deck(data, opened, again, builds.newest.snapshot, draws=draws, progress=progress)


# --- Other forms ---


def sheets(basket: Basket, found: Sequence[Resolved], newest: Snapshot) -> list[page.Sheet]:
    """A basket as the sheets of a page: cover, sections, charts with their takeaways, sources, as in its slides."""

    def drawn(o: Resolved, heading: str = "") -> page.Shown:
        assert o.card is not None and o.chart is not None
        chart, rest = o.chart, "the notes of the slides"
        # What is left out can be unfolded where the page is read on a screen; on paper it cannot.
        card = compose.in_layout(o.card, o.slide.layout, where=rest)
        if chart.screen == "table" or o.slide.layout == "table" or card.frame.empty:
            return page.Shown(card, None, heading)
        beside = o.slide.layout == "takeaways" and o.card.takeaway
        look = Look(wide=page.HALF_WIDE if heading else page.BESIDE_WIDE if beside else page.WIDE)
        figure = plotly.draw(chart, card.frame, look)
        most = page.MOST_TALL_HALF if heading else page.MOST_TALL

        def fits(one: Card) -> bool:
            return bool(plotly.draw(chart, one.frame, look)["layout"].get("height", 0) <= most)

        if figure["layout"].get("height", 0) > most:
            card = compose.topped(o.card, BODY, rest, fits)
            figure = plotly.draw(chart, card.frame, look)
        return page.Shown(card, figure, heading)

    out: list[page.Sheet] = []
    contents: list[tuple[str, int]] = []
    shown = [o.card for o in found if o.card is not None]
    first = 2 if basket.cover else 1
    for group in baskets.grouped(basket.slides, fits_half(found, None)):
        these = [found[n] for n in group]
        one = these[0]
        if one.card is None:
            contents.append((one.slide.title or "Section", first + len(out)))
            if one.slide.layout != baskets.MARK:
                out.append(page.Front(one.slide.title or "Section"))
        elif not one.card.source_line.strip():
            out.append(page.Front(one.card.title, [why_refused(one.card)]))
        elif len(these) == 2:
            names = [one.chart.title if one.chart else "", these[1].card.title if these[1].card else ""]
            out.append(page.Charts([drawn(o, h) for o, h in zip(these, names, strict=True)]))
        else:
            has_takeaway = one.slide.layout == "takeaways"
            out.append(page.Charts([drawn(one)], one.card.takeaway if has_takeaway else ""))
    for kind in basket.lists:
        laid = _in_layouts(found, BODY) if kind == FIGURES else shown
        listed = lists.listing(kind, laid, _pages_of(kind, basket))
        if not listed.entries:
            continue
        contents.append((lists.TITLES[kind], first + len(out)))
        card = lists.list_card(kind, shown, listed)
        # A sheet has no notes that name the rest: the page lists the documents under each chart.
        said, _, rest = (
            card.subtitle.rpartition("; ") if kind == SOURCES or listed.left else (card.subtitle, "", "")
        )
        if kind == FIGURES and rest:
            said += "; the notes of the slides name all"
        out.append(page.Listed(card.title, said, [_item(e) for e in listed.entries], card.source_line))
    if basket.cover:
        out.insert(0, page.Front(basket.title or PRODUCT, cover_lines(shown, newest), contents))
    return out


def _pages_of(kind: str, basket: Basket) -> int:
    """Pages of a list at most; 0 for all it needs."""
    return 0 if kind == SOURCES and basket.every_source else lists.pages_each(basket.lists)


def _in_layouts(found: Sequence[Resolved], room: Box) -> list[Card]:
    """The charts with the rows that stand on their slides."""
    return [compose.in_layout(o.card, o.slide.layout, room) for o in found if o.card is not None]


def _item(one: lists.Entry) -> tuple[str, str]:
    """An entry of a list as a sheet has it: words, and the address behind them."""
    # The address stands behind the words; whole it would take the list a third page.
    return ", ".join(p for p in (one.head, one.words, one.grey) if p), one.url if one.url.startswith(
        ("http://", "https://")
    ) else ""


def why_refused(card: Card) -> str:
    """Why a card is not exported; "" where it is."""
    try:
        card.require_sources()
    except ExportRefusedError as refused:
        return str(refused)
    return ""


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
    made = sheets(basket, found, builds.newest.snapshot)
    return page.deck(made, basket.title or PRODUCT, paper=paper)


#: Charts of a brief's first sheet, as many of them as its table of facts leaves room for.
BRIEF_CHARTS = ("company-strip", "dimension-scores", "company-releases", "company-scores")
#: Rows of the further ones below which a line of the table of facts says as much.
LEAST_DRAWN = 3


def company_brief(
    data: Data, selection: Selection, company_id: str, *, paper: str = "A4", address: str = ""
) -> bytes:
    """The brief on one company as two upright sheets, one HTML file that needs nothing else.

    Raises:
        BasketError: there is no such company on the day.
    """
    own = replace(selection, companies=(company_id,))
    made = baskets.company_brief(data.tables, own, data.snapshot.id)
    return brief_sheets(made, Builds(data), paper=paper, address=address)


def brief_sheets(
    brief: Basket, source: Path | Data | Builds, *, paper: str = "A4", address: str = ""
) -> bytes:
    """The slides of a company brief as two upright sheets, one HTML file that needs nothing else.

    Raises:
        BasketError: nothing is on record of the company on the day.
    """
    builds = source if isinstance(source, Builds) else Builds.of(source)
    found = resolve_all(brief, builds, address)
    title = brief.title.removesuffix(": company brief")
    cards_ = [o.card for o in found if o.card is not None and len(o.card.frame)]
    # In the script that was chosen, as all below it.
    title = next(
        (str(c.frame["company_name"].iloc[0]) for c in cards_ if c.chart_id == baskets.BRIEF[0]), title
    )
    if not cards_:
        day = next(iter(brief.slides[0].query.get("as_of", [])), "")
        raise baskets.BasketError(f"nothing is on record of “{title}” on {day}")
    drawn = [resolve(replace(brief.slides[0], chart=i), builds, address) for i in BRIEF_CHARTS]
    shown = [
        page.Shown(o.card, plotly.draw(o.chart, o.card.frame, Look(mode="light")))
        for n, o in enumerate(drawn)
        if o.card is not None
        and o.chart is not None
        and o.card.source_line.strip()
        and len(o.card.frame) >= (LEAST_DRAWN if n else 1)
    ]
    return page.company_brief(title, cards_[0].filter_line, cards_, shown, paper=paper)


def archive(basket: Basket, source: Path | Data | Builds, **how: Unpack[Making]) -> bytes:
    """Everything of a basket in one ZIP: deck, page, rows of every chart, and a manifest that names and hashes them.

    Equal input gives equal bytes.
    """
    builds = source if isinstance(source, Builds) else Builds.of(source)
    found = resolve_all(basket, builds, how.get("address", ""), how.get("progress"))
    files: dict[str, bytes] = {
        "deck.pptx": build(basket, builds, **how),
        "deck.html": page.deck(sheets(basket, found, builds.newest.snapshot), basket.title or PRODUCT),
        "basket.json": baskets.to_json(basket, builds.own).encode(),
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
