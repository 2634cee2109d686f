"""A deck made earlier, brought up to newer data: its charts are found, their numbers swapped, all else left as it is."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.parts.chart import ChartPart
from pptx.parts.slide import SlidePart
from pptx.presentation import Presentation
from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.data.store import Snapshot
from dashboard.deck import compose, front, merge, record
from dashboard.deck.compose import Draws
from dashboard.deck.merge import Difference
from dashboard.deck.opening import open_file
from dashboard.deck.record import Record
from dashboard.deck.restyle import Style, restyle
from dashboard.draw.slide import drawings
from dashboard.draw.slide.ooxml import EMU, Box
from dashboard.export import master, slides
from dashboard.export.master import BODY
from dashboard.look.theme import PRODUCT, plural

#: Makes a slide's card again from today's data, with the record it will carry; or says why that cannot be.
Again = Callable[[Record], "tuple[Card, Record] | str"]

_MARK = re.compile(rf"^{slides.MARK}([a-z0-9-]+(?:\.\d)?)(?::(\d+))?$")
_PART_OF = re.compile(r" \((\d+)/(\d+)\)$")
#: Parts of a slide that frame the chart and are not drawn with it.
_FRAME = ("title", "head", "subtitle", "source", "takeaway", "contents")
#: EMU by which a place may differ and still be the same: programs round.
_SAME = round(0.03 * EMU)


@dataclass(frozen=True)
class Change:
    """One thing that differs, or that a person must look at.

    Attributes:
        slide: Number of the slide in the deck that comes back (its part's name while the deck is worked on).
        chart: Chart id.
        what: "value", "row added", "row removed"; "title" and "text" ask for a look; "not refreshed" tells why.
        row: Row or point.
        column: Column or series.
        before: As it stood.
        after: As it stands; for "title" what the data says now.
    """

    slide: Any
    chart: str
    what: str
    row: str = ""
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Refreshed:
    """What came of it.

    Attributes:
        data: The deck; the very bytes that came in where nothing has changed.
        changes: In order of slides.
        found: Charts of ours in the deck.
        changed: Those whose numbers differ.
        dated: Those whose numbers stand and whose day or snapshot was brought up to date.
    """

    data: bytes
    changes: tuple[Change, ...]
    found: int
    changed: int
    dated: int

    def frame(self) -> pd.DataFrame:
        """The changes as a table: slide, chart, what, row, column, before, after."""
        columns = list(Change.__dataclass_fields__)
        return pd.DataFrame([[getattr(c, k) for k in columns] for c in self.changes], columns=columns)

    def words(self) -> str:
        """What happened, in a sentence or two."""
        if not self.found:
            return "No chart of this product was found in the deck: nothing was changed."
        parts = [f"{plural(self.found, 'chart')} found"]
        values = sum(c.what in ("value", "row added", "row removed") for c in self.changes)
        parts.append(
            f"{self.changed} changed ({plural(values, 'cell or row', 'cells or rows')})"
            if self.changed
            else "no number changed"
        )
        if self.dated:
            parts.append(f"{self.dated} with the same numbers, now dated anew")
        titles = sum(c.what == "title" for c in self.changes)
        if titles:
            parts.append(f"{plural(titles, 'title')} to check")
        missed = len({(c.slide, c.chart) for c in self.changes if c.what == "not refreshed"})
        if missed:
            parts.append(f"{missed} not refreshed")
        return "; ".join(parts) + "."


@dataclass
class _Instance:
    """One chart of a deck, by the stem of its shapes' names, with the slides of its pages, in order of pages."""

    chart: str
    record: Record | None
    pages: list[Slide] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def refresh(
    data: bytes,
    again: Again,
    newest: Snapshot,
    *,
    draws: Draws | None = None,
    progress: Callable[[int, int, str], object] | None = None,
) -> Refreshed:
    """Brings the charts of a deck up to date.

    Slides that are not ours keep their bytes; ours keep place, size, colours and type that a person gave them, and
    their titles: a title whose finding changed is named in the list, not rewritten.

    Args:
        data: The deck, as PowerPoint or LibreOffice saved it.
        again: Makes a card from its record.
        newest: The data's name, for cover and list of sources.
        draws: Draws pictures anew; without it slides with pictures stay and are named.
        progress: Told of every chart.

    Raises:
        FileRefusedError: the file is no deck that can be read.
    """
    opened = open_file(data, "deck")
    deck = opened.deck
    # `deck.slides` would rename the parts of slides after their order: a reordered deck would lose its own names.
    order = _slides(deck)
    kept = {(r.chart, r.line): r for r in record.of_properties(deck)}
    found = _instances(order, list(kept.values()))
    changes: list[Change] = []
    cards: list[Card] = []
    changed = dated = 0
    failed = False
    charts = [i for i in found if i.chart not in (front.COVER, front.SOURCES)]
    for n, one in enumerate(charts, 1):
        card = _refresh_one(deck, one, again, draws, changes)
        if card is None:
            failed = True
        else:
            cards.append(card[0])
            changed += card[1] == "changed"
            dated += card[1] == "dated"
        if progress is not None:
            progress(n, len(charts), one.chart)
    touched = bool(changed or dated)
    for one in found:
        if one.chart == front.COVER and touched and cards:
            _refresh_cover(one, cards, newest, changes, order)
        elif one.chart == front.SOURCES and touched and cards and not failed:
            _refresh_sources(deck, one, cards, changes)
    if not touched:
        return Refreshed(data, tuple(_ordered(changes, deck)), len(charts), 0, 0)
    now = _slides(deck)
    records = [r for s in now for r in record.of_slide(s)]
    record.write_properties(deck, records)
    named = deck.core_properties
    if named.author == PRODUCT or named.last_modified_by == PRODUCT or PRODUCT in (named.author or ""):
        named.subject = ", ".join(dict.fromkeys(c.snapshot_id for c in cards))[:255]
    return Refreshed(
        _saved(deck, opened.members), tuple(_ordered(changes, deck)), len(charts), changed, dated
    )


def _slides(deck: Presentation) -> list[Slide]:
    listed: Any = deck.part._element.sldIdLst
    part: Any = deck.part
    return [] if listed is None else [part.related_part(i.rId).slide for i in listed]


def _ordered(changes: Sequence[Change], deck: Presentation) -> list[Change]:
    """Changes with the number of their slide as it is at the end; they carry the slide's part name until then."""
    where = {s.part.partname: n for n, s in enumerate(_slides(deck), 1)}
    out = [replace(c, slide=where.get(c.slide, 0), chart=c.chart.partition(".")[0]) for c in changes]
    return sorted(out, key=lambda c: c.slide)


# --- Finding what is ours ---


def _main(one: Slide, chart: str | None = None) -> list[tuple[Any, str, int]]:
    """Charts of ours on a slide: shape, chart id, page."""
    out = []
    for shape in one.shapes:
        found = _MARK.match(shape.name or "")
        if found and (chart is None or found[1] == chart):
            out.append((shape, found[1], int(found[2] or 1)))
    return out


def _instances(order: Sequence[Slide], kept: Sequence[Record]) -> list[_Instance]:
    found: list[_Instance] = []
    for one in order:
        noted = record.of_slide(one)
        ours = _main(one)
        ours += [(None, r.chart, _page_of(one)) for r in noted if r.chart in (front.COVER, front.SOURCES)]
        for _, chart, page in ours:
            mine = next((r for r in reversed(noted) if r.stem == chart), None)
            if mine is None:
                # Cleared notes, or a chart pasted onto another slide: the file's own list may know it.
                same = [r for r in kept if r.stem == chart]
                mine = same[0] if len(same) == 1 else None
            home = next(
                (
                    i
                    for i in found
                    if i.chart == chart
                    and (i.record.line if i.record else "") == (mine.line if mine else "")
                    and page not in i.numbers
                ),
                None,
            )
            if home is None:
                home = _Instance(chart, mine)
                found.append(home)
            home.pages.append(one)
            home.numbers.append(page)
    for i in found:
        both = sorted(zip(i.numbers, range(len(i.pages)), strict=True))
        i.pages = [i.pages[k] for _, k in both]
        i.numbers = [n for n, _ in both]
    return found


def _page_of(one: Slide) -> int:
    found = _PART_OF.search(_title(one))
    return int(found[1]) if found else 1


def _title(one: Slide, stem: str = "") -> str:
    """The title of a slide; of the chart on its right half, what stands over that."""
    shape: Any = one.shapes.title
    if stem.endswith(".2"):
        shape = next((s for s in one.shapes if s.name == f"{slides.MARK}{stem}:title"), None)
    return shape.text_frame.text.strip() if shape is not None else ""


def _name(chart: str, page: int) -> str:
    return f"{slides.MARK}{chart}" + (f":{page}" if page > 1 else "")


# --- One chart ---


def _refresh_one(
    deck: Presentation, one: _Instance, again: Again, draws: Draws | None, changes: list[Change]
) -> tuple[Card, str] | None:
    """Refreshes a chart on all its pages; None where it stays as it was, which is then listed."""
    at = one.pages[0].part.partname

    def refused(reason: str) -> None:
        changes.append(Change(at, one.chart, "not refreshed", after=reason))

    if one.record is None:
        refused("the view it was made from is no longer noted in the deck: add the chart anew")
        return None
    made = again(one.record)
    if isinstance(made, str):
        refused(made)
        return None
    card, fresh = made
    old = one.record
    kept = {k: getattr(old, k) for k in ("layout", "body", "style", "scope", "slot", "foot")}
    fresh = replace(fresh, **kept)
    if card.frame.empty and old.rows != fresh.rows:
        refused("no data under its filters any more: its earlier numbers stay, with their day")
        return None
    is_picture = any(s.shape_type == 13 for s, *_ in _main(one.pages[0], one.chart))
    if old.rows == fresh.rows:
        if old.query == fresh.query:
            return card, "same"
        state = "dated"
    elif is_picture and draws is None:
        refused("it is a picture, and no browser is at hand here to draw it anew")
        return None
    else:
        state = "changed"
    scratch = _scratch(card, old, draws if is_picture else None)
    if old.slot and len(scratch) > 1:
        refused("its rows do not fit on half a slide any more: give it a slide of its own")
        return None
    if old.finding and old.finding != fresh.finding:
        before = _PART_OF.sub("", _title(one.pages[0], one.chart))
        if before != card.title:
            changes.append(Change(at, one.chart, "title", before=before, after=card.title))
    if state == "changed":
        _swap(deck, one, scratch, card, changes)
    pages = list({p.part.partname: p for p in one.pages}.values())
    for number, page in enumerate(pages, 1):
        _write_lines(page, one.chart, scratch[min(number, len(scratch)) - 1], old, changes)
        _write_notes(page, card, replace(fresh, scope=record.scope_hash(page, one.chart)), old)
        _number_title(page, number, len(pages))
    return card, state


def _scratch(card: Card, old: Record, draws: Draws | None) -> list[Slide]:
    """The chart drawn anew, as it was drawn at first: same room, same size, same faces."""
    deck = master.new()
    if old.slot and old.body is not None:
        for n in range(len(drawings.pages(card, old.body))):
            one = slides.titled(deck, card.title, f"{slides.MARK}{old.stem}")
            foot = Box(old.body.x, old.body.y + old.body.h, compose.source_width(old.body, old.slot), 1)
            compose.half(one, card, old.stem, old.body, foot, old.foot, n)
    else:
        compose.add(
            deck, None, replace(card, takeaway=""), replace(old, style={}), draws, room=old.body or BODY
        )
    drawn = list(deck.slides)
    style = _style(old)
    for one in drawn:
        restyle(one, style)
    return drawn


def _style(old: Record) -> Style:
    return Style.from_words(old.style)


def _swap(
    deck: Presentation, one: _Instance, scratch: Sequence[Slide], card: Card, changes: list[Change]
) -> None:
    """New numbers on every page; pages come and go where rows do."""
    olds = [
        next(s for s, c, n in _main(p, one.chart) if n == k)
        for p, k in zip(one.pages, one.numbers, strict=True)
    ]
    # A chart may be several objects on one slide: a panel each.
    news = [(n, shape) for n, s in enumerate(scratch) for shape, *_ in _main(s, one.chart)]
    things = [_thing(s) for s in olds]
    books = merge.has_workbooks(things)
    # A table that is a chart now is compared in the words that it showed.
    shown = any(s.has_table for s in olds) and not any(s.has_table for _, s in news)
    before = merge.cells(things, books)
    if all(s.has_table for s in (*olds, *(s for _, s in news))):
        merge.tables([s._element for s in olds], [s._element for _, s in news])
    homes: dict[int, Slide] = {}
    moves: dict[int, merge.Move] = {}
    for n, (at, fresh) in enumerate(news):
        if n >= len(olds):
            number = n + 1
            if at in homes:
                _add(homes[at], scratch[at], fresh, one.chart, number, moves[at])
                one.pages.append(homes[at])
            else:
                one.pages.append(_more(deck, one.pages[-1], scratch[at], one.chart, number))
                homes[at], moves[at] = one.pages[-1], merge.Move.between(fresh, fresh, _SAME)
            one.numbers.append(number)
            _alt(one.pages[-1], one.chart, number, fresh)
            continue
        page, shape = one.pages[n], olds[n]
        moved = merge.Move.between(shape, fresh, _SAME)
        if shape.has_chart and fresh.has_chart and merge.same_form(shape.chart.part, fresh.chart.part):
            merge.charts(shape.chart.part, fresh.chart.part)
            moved.stretch(shape, fresh)
        elif shape.has_table and fresh.has_table:
            merge.fit_table(shape)
        else:
            moved = _replace(page, shape, scratch[at], fresh, moved)
        homes.setdefault(at, page)
        moves.setdefault(at, moved)
        _alt(page, one.chart, one.numbers[n], fresh)
        _helpers(page, scratch[at], one.chart, one.numbers[n], n + 1, moved)
    for page, number in list(zip(one.pages, one.numbers, strict=True))[len(news) :]:
        _drop(deck, page, one.chart, number, changes)
    del one.pages[len(news) :], one.numbers[len(news) :]
    at_end = [
        _thing(s)
        for p, k in zip(one.pages, one.numbers, strict=True)
        for s, _, n in _main(p, one.chart)
        if n == k
    ]
    after = merge.cells(at_end, books, shown)
    where = [p.part.partname for p in one.pages]
    for d in merge.difference(before, after):
        changes.append(_change(d, where, one.chart))


def _thing(shape: Any) -> Any:
    """What holds a shape's numbers: the chart's part, or the shape's own element."""
    return shape.chart.part if shape.has_chart else shape._element


def _change(d: Difference, at: Sequence[Any], chart: str) -> Change:
    page = at[min(d.page, len(at) - 1)]
    return Change(page, chart, d.what, d.row, d.column, d.before, d.after)


def _alt(page: Slide, chart: str, number: int, fresh: Any) -> None:
    words = fresh._element.xpath(".//p:cNvPr")[0].get("descr", "")
    for shape, _, n in _main(page, chart):
        if n == number:
            shape._element.xpath(".//p:cNvPr")[0].set("descr", words)


def _replace(page: Slide, old: Any, scratch: Slide, fresh: Any, moved: merge.Move) -> merge.Move:
    """Puts a shape of another kind in the place of one: a chart where a sentence or a table stood.

    Returns:
        How what is drawn with it moves: as it is drawn, except where both are charts that fill the same frame.
    """
    element = _imported(page, scratch, fresh)
    tree = old._element.getparent()
    tree.replace(old._element, element)
    if old.has_chart and fresh.has_chart:
        moved.place_element(element, fresh)
        return moved
    return merge.Move.between(fresh, fresh, _SAME)


def _add(page: Slide, scratch: Slide, fresh: Any, chart: str, number: int, moved: merge.Move) -> None:
    """A further object of a chart, with what is drawn with it, on a slide that holds others of its objects."""
    name = _name(chart, number)
    for shape in [fresh, *(s for s in scratch.shapes if _is_helper(s.name or "", f"{name}:"))]:
        element = _imported(page, scratch, shape)
        page.shapes._spTree.append(element)
        moved.place_element(element, shape)


def _imported(page: Slide, scratch: Slide, shape: Any) -> etree._Element:
    """A copy of a shape for another slide, with the chart or picture behind it."""
    element = copy.deepcopy(shape._element)
    package = page.part.package
    if shape.has_chart:
        part = ChartPart.load(
            package.next_partname(ChartPart.partname_template),
            shape.chart.part.content_type,
            package,
            etree.tostring(
                shape.chart.part._element, xml_declaration=True, encoding="UTF-8", standalone=True
            ),
        )
        for e in part._element.xpath("c:externalData"):
            part._element.remove(e)
        part.chart_workbook.update_from_xlsx_blob(shape.chart.part.chart_workbook.xlsx_part.blob)
        key = page.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        element.xpath(".//c:chart")[0].set(
            "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", key
        )
    for blip in element.xpath(".//a:blip"):
        name = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
        image = scratch.part.related_part(blip.get(name))
        _, key = page.part.get_or_add_image_part(io.BytesIO(image.blob))
        blip.set(name, key)
    for name in element.xpath(".//p:cNvPr"):
        name.set("id", str(max((s.shape_id for s in page.shapes), default=1) + 1))
    return element


def _helpers(
    page: Slide, scratch: Slide, chart: str, number: int, new_number: int, moved: merge.Move
) -> None:
    """Names, keys and ticks that were drawn with the chart: words swapped, what follows the data put in its new place."""
    was, now = f"{_name(chart, number)}:", f"{_name(chart, new_number)}:"
    old = {s.name.removeprefix(was): s for s in page.shapes if _is_helper(s.name, was)}
    fresh = {s.name.removeprefix(now): s for s in scratch.shapes if _is_helper(s.name, now)}
    anchor = next(s for s, _, n in _main(page, chart) if n == number)._element
    shape: Any
    mine: Any
    for key, shape in fresh.items():
        mine = old.pop(key, None)
        if mine is not None and mine.has_text_frame and shape.has_text_frame and shape.text_frame.text:
            merge.words(mine._element.xpath("p:txBody")[0], shape._element.xpath("p:txBody")[0])
            if key.startswith("name:"):
                moved.place(mine, shape)
            continue
        element = _imported(page, scratch, shape)
        element.xpath(".//p:cNvPr")[0].set("name", f"{was}{key}")
        if mine is not None:
            mine._element.getparent().replace(mine._element, element)
        else:
            anchor.addnext(element)
        moved.place_element(element, shape)
    for gone in old.values():
        gone._element.getparent().remove(gone._element)


def _is_helper(name: str, prefix: str) -> bool:
    if not name.startswith(prefix):
        return False
    first = name.removeprefix(prefix).split(":")[0]
    return first not in _FRAME and not first.isdigit()


def _more(deck: Presentation, last: Slide, scratch: Slide, chart: str, number: int) -> Slide:
    """A further page behind the last one, on the same layout, with what frames it."""
    package = deck.part.package
    part = SlidePart.new(package.next_partname("/ppt/slides/slide%d.xml"), package, last.slide_layout.part)
    key = deck.part.relate_to(part, RELATIONSHIP_TYPE.SLIDE)
    one = part.slide
    tree = one.shapes._spTree
    for child in list(tree)[2:]:
        tree.remove(child)
    for shape in last.shapes:
        framing = shape.is_placeholder or any(
            (shape.name or "") == f"{slides.MARK}{chart}:{role}" for role in _FRAME
        )
        if framing:
            tree.append(copy.deepcopy(shape._element))
    for shape in scratch.shapes:
        if (shape.name or "").startswith(_name(chart, number)) and not shape.is_placeholder:
            tree.append(_imported(one, scratch, shape))
    listed = deck.part._element.sldIdLst
    entry = listed._add_sldId(rId=key, id=max(int(i.id) for i in listed) + 1)
    anchor = next(i for i in listed if deck.part.related_part(i.rId) is last.part)
    anchor.addnext(entry)
    return one


def _drop(deck: Presentation, page: Slide, chart: str, number: int, changes: list[Change]) -> None:
    """Takes away a page whose rows are gone; one that a person added to stays without its chart.

    Of a slide with several objects of the chart only the one that is gone goes.
    """
    prefix = _name(chart, number)
    own = [s for s in page.shapes if (s.name or "") == prefix or _is_helper(s.name or "", f"{prefix}:")]
    if any(n != number for _, _, n in _main(page, chart)):
        for shape in own:
            shape._element.getparent().remove(shape._element)
        return
    if all(s.is_placeholder or (s.name or "").startswith(f"{slides.MARK}{chart}") for s in page.shapes):
        listed = deck.part._element.sldIdLst
        entry = next(i for i in listed if deck.part.related_part(i.rId) is page.part)
        deck.part.drop_rel(entry.rId)
        listed.remove(entry)
        return
    for shape in own:
        shape._element.getparent().remove(shape._element)
    changes.append(
        Change(
            page.part.partname,
            chart,
            "text",
            after="fewer rows: this page of the table is empty, what was added to it stays",
        )
    )


# --- Lines, titles, notes ---


def _write_lines(page: Slide, chart: str, scratch: Slide, old: Record, changes: list[Change]) -> None:
    """Unit and scope, source and filters: words swapped, type kept; a scope that a person rewrote is theirs."""
    by_name: dict[str, Any] = {s.name: s for s in scratch.shapes}
    mine: Any
    for role in ("subtitle", "source"):
        name = f"{slides.MARK}{chart}:{role}"
        fresh = by_name.get(name)
        mine = next((s for s in page.shapes if s.name == name and s.has_text_frame), None)
        if mine is None and role == "subtitle":
            mine = record.scope_shape(page, chart, old.scope)
        if mine is None or fresh is None:
            continue
        if role == "subtitle" and old.scope and record.scope_hash(page, chart, old.scope) != old.scope:
            changes.append(
                Change(
                    page.part.partname,
                    chart,
                    "text",
                    column="unit and scope",
                    before=" ".join(mine.text_frame.text.split()),
                    after=" ".join(fresh.text_frame.text.split()),
                )
            )
            continue
        merge.words(mine._element.xpath("p:txBody")[0], fresh._element.xpath("p:txBody")[0])


def _number_title(page: Slide, number: int, count: int) -> None:
    """Brings "(1/3)" behind a title up to date."""
    shape = page.shapes.title
    if shape is None:
        return
    found = _PART_OF.search(shape.text_frame.text)
    wanted = f" ({number}/{count})" if count > 1 else ""
    if (found[0] if found else "") == wanted:
        return
    text = _PART_OF.sub("", shape.text_frame.text) + wanted
    runs = shape._element.xpath(".//a:r/a:t")
    if runs:
        runs[0].text = text
        for extra in shape._element.xpath(".//a:r")[1:]:
            extra.getparent().remove(extra)


def _write_notes(page: Slide, card: Card, fresh: Record, old: Record) -> None:
    """Our part of the notes anew; what a speaker wrote before or after it stays."""
    frame = page.notes_slide.notes_text_frame
    if frame is None:
        return
    lines = slides.notes(replace(card, takeaway=""))
    first = next(i for i, line in enumerate(lines) if line.startswith("Question: "))
    paragraphs = frame._txBody.xpath("a:p")
    texts = ["".join(t.text or "" for t in p.iter(f"{merge.A_}t")) for p in paragraphs]
    # A slide of two charts holds the notes of one after those of the other, each closed by its record.
    ends = [(i, r.stem) for i, t in enumerate(texts) if (r := record.read_line(t)) is not None]
    mine = next((k for k, (_, stem) in enumerate(ends) if stem == fresh.stem), None)
    if mine is not None:
        start = ends[mine - 1][0] + 1 if mine else 0
        paragraphs, texts = paragraphs[start : ends[mine][0]], texts[start : ends[mine][0]]
        blank = next((i for i, t in enumerate(texts) if t.strip()), 0)
        paragraphs, texts = paragraphs[blank:], texts[blank:]
    elif ends:
        # Of another chart: this one was pasted beside it, and its notes stayed behind.
        record.write(page, fresh)
        return
    begin = next((i for i, t in enumerate(texts) if t.startswith("Question: ")), None)
    end = next((i for i, t in enumerate(texts) if i >= (begin or 0) and t == record.HEADING), len(texts))
    if texts and old.finding == record.hashed(_PART_OF.sub("", texts[0])):
        merge.set_words(
            paragraphs[0], card.title + (found[0] if (found := _PART_OF.search(texts[0])) else "")
        )
    if begin is None:
        if len(ends) < 2 and not any(t.strip() for t in texts):
            slides.write_notes(page, lines)
    else:
        anchor = paragraphs[begin]
        for element in slides.note_paragraphs(lines[first:]):
            anchor.addprevious(element)
        for p in paragraphs[begin:end]:
            frame._txBody.remove(p)
    record.write(page, fresh)


# --- Cover and sources ---


def _refresh_cover(
    one: _Instance, cards: Sequence[Card], newest: Snapshot, changes: list[Change], order: Sequence[Slide]
) -> None:
    page, old = one.pages[0], one.record
    lines = front.cover_lines(cards, newest)
    scope = old.scope if old is not None else ""
    mine = record.scope_shape(page, front.COVER, scope)
    if mine is None or old is None:
        return
    if record.scope_hash(page, front.COVER, scope) != scope:
        changes.append(
            Change(
                page.part.partname,
                front.COVER,
                "text",
                column="cover",
                before=" ".join(mine.text_frame.text.split()),
                after=" ".join(lines),
            )
        )
        return
    mine.name = f"{slides.MARK}{front.COVER}:subtitle"
    merge.set_lines(mine._element.xpath("p:txBody")[0], lines)
    frame = page.notes_slide.notes_text_frame
    if frame is not None:
        for p, text in zip(frame._txBody.xpath("a:p")[: len(lines)], lines, strict=False):
            merge.set_words(p, text)
    fresh = replace(
        old,
        query={"snapshot": [newest.id]},
        rows=record.hashed("\n".join(lines)),
        scope=record.scope_hash(page, front.COVER),
    )
    record.write(page, fresh)


def _refresh_sources(
    deck: Presentation, one: _Instance, cards: Sequence[Card], changes: list[Change]
) -> None:
    """The list of sources anew: its columns are drawn again on the slides that carry it."""
    old = one.record
    if old is None:
        return
    listed = front.documents(cards)
    fresh = replace(old, rows=front.documents_hash(listed), query={"snapshot": [cards[0].snapshot_id]})
    if old.rows == fresh.rows and old.query == fresh.query:
        return
    scratch_deck = master.new()
    front.add_documents(scratch_deck, None, cards, body=old.body or BODY)
    scratch = list(scratch_deck.slides)
    style = _style(old)
    for s in scratch:
        restyle(s, style)
    prefix = f"{slides.MARK}{front.SOURCES}:"
    while len(one.pages) < len(scratch):
        one.pages.append(_more(deck, one.pages[-1], scratch[0], front.SOURCES, 10**6))
        one.numbers.append(len(one.pages))
    for number, (page, new) in enumerate(zip(one.pages, scratch, strict=False), 1):
        for shape in [s for s in page.shapes if re.match(rf"^{prefix}\d+:\d+$", s.name or "")]:
            shape._element.getparent().remove(shape._element)
        for shape in new.shapes:
            if re.match(rf"^{prefix}\d+:\d+$", shape.name or ""):
                element = _imported(page, new, shape)
                for link in element.xpath(".//a:hlinkClick"):
                    name = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
                    target = new.part.rels[link.get(name)].target_ref
                    link.set(name, page.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
                page.shapes._spTree.append(element)
        _write_lines(page, front.SOURCES, new, old, changes)
        _number_title(page, number, len(scratch))
        slides.write_notes(page, [p.text for p in new.notes_slide.notes_text_frame.paragraphs][:-2])  # type: ignore[union-attr]
        record.write(page, replace(fresh, scope=record.scope_hash(page, front.SOURCES)))
    for page in one.pages[len(scratch) :]:
        _drop(deck, page, front.SOURCES, 10**6, changes)


# --- Saving ---


def _saved(deck: Presentation, members: dict[str, bytes]) -> bytes:
    """The deck with the bytes of every part that says the same as it did."""
    raw = io.BytesIO()
    deck.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as fresh, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = fresh.namelist()
        for name in [n for n in members if n in names] + [n for n in names if n not in members]:
            blob = fresh.read(name)
            old = members.get(name)
            if old is not None and old != blob and _same(name, old, blob):
                blob = old
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, blob)
    return out.getvalue()


def _same(name: str, old: bytes, new: bytes) -> bool:
    """True where two parts differ in how they are written and not in what they say."""
    if not name.endswith((".xml", ".rels")):
        return False
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        a, b = etree.fromstring(old, parser), etree.fromstring(new, parser)
    except etree.XMLSyntaxError:
        return False
    if name.endswith(".rels"):
        return {tuple(sorted(e.attrib.items())) for e in a} == {tuple(sorted(e.attrib.items())) for e in b}
    return etree.tostring(a, method="c14n") == etree.tostring(b, method="c14n")
