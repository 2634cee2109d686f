"""A deck made earlier, brought up to newer data: its charts are found, their numbers swapped, all else left as it is."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
from dashboard.deck import compose, difference, finding, front, merge, package, record
from dashboard.deck.compose import Draws
from dashboard.deck.finding import PART_OF, Instance, name
from dashboard.deck.opening import open_file
from dashboard.deck.record import Record
from dashboard.deck.restyle import Style, restyle
from dashboard.deck.series import charts, same_form
from dashboard.deck.shapes import Found, walk
from dashboard.deck.telling import Change, number_title, write_lines, write_notes
from dashboard.draw.slide import drawings
from dashboard.draw.slide.ooxml import EMU, Box
from dashboard.export import master, slides
from dashboard.export.master import BODY
from dashboard.look.theme import PRODUCT, join_words, plural

#: Makes a slide's card again from today's data, with the record it will carry; or says why that cannot be.
Again = Callable[[Record], "tuple[Card, Record] | str"]

#: Parts of a slide that frame the chart and are not drawn with it.
_FRAME = ("title", "head", "subtitle", "source", "takeaway", "contents")
#: Changes by which a chart says something else.
_DIFFERS = ("value", "row added", "row removed", "slide added", "slide removed")
#: EMU by which a place may differ and still be the same: programs round.
_SAME = round(0.03 * EMU)


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
        for what in ("slide added", "slide removed"):
            count = sum(c.what == what for c in self.changes)
            if count:
                parts.append(plural(count, what, what.replace("slide", "slides")))
        if self.missed:
            parts.append(f"{self.missed} not refreshed")
        return "; ".join(parts) + "."

    @property
    def missed(self) -> int:
        """Charts whose old numbers stay; each is in the list with its reason."""
        return sum(c.what == "not refreshed" for c in self.changes)


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
    renamed, missing = finding.adopt(order)
    found = finding.instances(order, list(kept.values()))
    changes: list[Change] = [
        Change(
            one.part.partname,
            noted.stem,
            "not refreshed",
            after="its slide's notes name it, and no chart, table or picture there can be told to be it",
        )
        for one, noted in missing
    ]
    cards: list[Card] = []
    changed = dated = 0
    failed = bool(missing)
    ours = [i for i in found if i.chart not in (front.COVER, front.SOURCES)]
    for n, one in enumerate(ours, 1):
        card = _refresh_one(deck, one, again, draws, changes)
        if card is None:
            failed = True
        else:
            cards.append(card[0])
            changed += card[1] == "changed"
            dated += card[1] == "dated"
        if progress is not None:
            progress(n, len(ours), one.chart)
    touched = bool(changed or dated)
    count = len(ours) + len(missing)
    for one in found:
        if one.chart == front.COVER and touched and cards:
            _refresh_cover(one, cards, newest, changes, order)
        elif one.chart == front.SOURCES and touched and cards and not failed:
            _refresh_sources(deck, one, cards, changes)
    if not touched:
        return Refreshed(data, tuple(_ordered(changes, deck)), count, 0, 0)
    for shape, own in renamed:
        shape.name = own
    now = _slides(deck)
    records = [r for s in now for r in record.of_slide(s)]
    record.write_properties(deck, records)
    named = deck.core_properties
    if named.author == PRODUCT or named.last_modified_by == PRODUCT or PRODUCT in (named.author or ""):
        named.subject = ", ".join(dict.fromkeys(c.snapshot_id for c in cards))[:255]
    return Refreshed(
        package.saved(deck, opened.members), tuple(_ordered(changes, deck)), count, changed, dated
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


# --- One chart ---


def _refresh_one(
    deck: Presentation, one: Instance, again: Again, draws: Draws | None, changes: list[Change]
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
    is_picture = any(f.shape.shape_type == 13 for f, *_ in finding.mains(one.pages[0], one.chart))
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
        before = PART_OF.sub("", finding.title(one.pages[0], one.chart))
        if before != card.title:
            changes.append(Change(at, one.chart, "title", before=before, after=card.title))
    whole = len(scratch) if state == "changed" else one.of
    if state == "changed":
        so_far = len(changes)
        _swap(deck, one, scratch, card, changes)
        if not any(c.what in _DIFFERS for c in changes[so_far:]):
            # Its rows differ in what is not drawn.
            state = "dated"
        if one.gone:
            pages = join_words([str(n) for n in one.gone])
            changes.append(
                Change(
                    one.pages[0].part.partname,
                    one.chart,
                    "text",
                    after=f"{'page' if len(one.gone) == 1 else 'pages'} {pages} of {one.of} were taken out of the deck "
                    "and stay out: their rows are not shown",
                )
            )
    for number, page in zip(one.numbers, one.pages, strict=True):
        write_lines(page, one.chart, scratch[min(number, len(scratch)) - 1], old, changes)
        write_notes(page, card, replace(fresh, scope=record.scope_hash(page, one.chart)), old)
        number_title(page, number, whole)
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
    deck: Presentation, one: Instance, scratch: Sequence[Slide], card: Card, changes: list[Change]
) -> None:
    """New numbers on every page; pages come and go where rows do."""
    olds = [finding.main(p, one.chart, k) for p, k in zip(one.pages, one.numbers, strict=True)]
    drawn = [finding.mains(s, one.chart)[0][0].shape for s in scratch]
    # A page that a person took out does not come back; rows that are more than before get pages of their own.
    more = range(one.of + 1, len(drawn) + 1) if one.whole else range(0)
    wanted = [n for n in one.numbers if n <= len(drawn)] + list(more)
    news = [drawn[n - 1] for n in wanted]
    things = [_thing(f.shape) for f in olds]
    books = difference.has_workbooks(things)
    before = difference.cells(things, books)
    if all(f.shape.has_table for f in olds) and all(s.has_table for s in news):
        merge.tables([f.shape._element for f in olds], [s._element for s in news])
    for n, (number, fresh) in enumerate(zip(wanted, news, strict=True)):
        if n >= len(olds):
            page = _more(deck, one.pages[-1], scratch[number - 1], one.chart, number)
            one.pages.append(page)
            one.numbers.append(number)
            changes.append(Change(page.part.partname, one.chart, "slide added", after="rows need one more"))
            continue
        page, old = one.pages[n], olds[n]
        moved = merge.Move.between(old, fresh, _SAME)
        if old.shape.has_chart and fresh.has_chart and same_form(old.shape.chart.part, fresh.chart.part):
            for words in charts(old.shape.chart.part, fresh.chart.part, one.record.style.get("accent", "")):  # type: ignore[union-attr]
                changes.append(Change(page.part.partname, one.chart, "text", after=words))
            moved.stretch(old, fresh)
        elif old.shape.has_table and fresh.has_table:
            merge.fit_table(old.shape)
        else:
            _replace(page, old, scratch[number - 1], fresh)
        _alt(page, one.chart, number, card)
        _helpers(page, scratch[number - 1], one.chart, number, moved)
    kept = len(wanted)
    for page, number in list(zip(one.pages, one.numbers, strict=True))[kept:]:
        _drop(deck, page, one.chart, number, changes)
    if not kept:
        # Not even its first page is there any more: nothing is left to compare.
        return
    del one.pages[kept:], one.numbers[kept:]
    at_end = [
        _thing(finding.main(p, one.chart, k).shape) for p, k in zip(one.pages, one.numbers, strict=True)
    ]
    after = difference.cells(at_end, books)
    at = [p.part.partname for p in one.pages]
    for d in difference.difference(before, after):
        changes.append(_change(d, at, one.chart))


def _thing(shape: Any) -> Any:
    """What holds a shape's numbers: the chart's part, or the shape's own element."""
    return shape.chart.part if shape.has_chart else shape._element


def _change(d: difference.Difference, at: Sequence[Any], chart: str) -> Change:
    page = at[min(d.page, len(at) - 1)]
    return Change(page, chart, d.what, d.row, d.column, d.before, d.after)


def _alt(page: Slide, chart: str, number: int, card: Card) -> None:
    shape = finding.main(page, chart, number).shape
    shape._element.xpath(".//p:cNvPr")[0].set("descr", card.alt)


def _replace(page: Slide, old: Found, scratch: Slide, fresh: Any) -> None:
    """Puts a shape of another kind in the place of one: a chart where a sentence stood."""
    element = _imported(page, scratch, fresh)
    merge.place(element, old.inside((int(fresh.left), int(fresh.top), int(fresh.width), int(fresh.height))))
    old.shape._element.getparent().replace(old.shape._element, element)


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


def _helpers(page: Slide, scratch: Slide, chart: str, number: int, moved: merge.Move) -> None:
    """Names, keys and ticks that were drawn with the chart: words swapped, what follows the data put in its new place."""
    prefix = f"{name(chart, number)}:"
    old = {f.shape.name.removeprefix(prefix): f for f in walk(page) if _is_helper(f.shape.name, prefix)}
    fresh = {s.name.removeprefix(prefix): s for s in scratch.shapes if _is_helper(s.name, prefix)}
    anchor = finding.main(page, chart, number)
    shape: Any
    for key, shape in fresh.items():
        mine = old.pop(key, None)
        if mine is not None and mine.shape.has_text_frame and shape.has_text_frame and shape.text_frame.text:
            merge.words(mine.shape._element.xpath("p:txBody")[0], shape._element.xpath("p:txBody")[0])
            if key.startswith("name:"):
                merge.place(mine.shape._element, mine.inside(moved.to(shape)))
            continue
        element = _imported(page, scratch, shape)
        if mine is not None:
            mine.shape._element.getparent().replace(mine.shape._element, element)
        else:
            anchor.shape._element.addnext(element)
        merge.place(element, (mine or anchor).inside(moved.to(shape)))
    for gone in old.values():
        gone.shape._element.getparent().remove(gone.shape._element)


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
        if (shape.name or "").startswith(name(chart, number)) and not shape.is_placeholder:
            tree.append(_imported(one, scratch, shape))
    listed = deck.part._element.sldIdLst
    entry = listed._add_sldId(rId=key, id=max(int(i.id) for i in listed) + 1)
    anchor = next(i for i in listed if deck.part.related_part(i.rId) is last.part)
    anchor.addnext(entry)
    return one


def _drop(deck: Presentation, page: Slide, chart: str, number: int, changes: list[Change]) -> None:
    """Takes away a page whose rows are gone; one that a person added to stays without its chart."""
    prefix = name(chart, number)
    own = [
        f.shape
        for f in walk(page)
        if (f.shape.name or "") == prefix or _is_helper(f.shape.name or "", f"{prefix}:")
    ]
    if all(s.is_placeholder or (s.name or "").startswith(f"{slides.MARK}{chart}") for s in page.shapes):
        listed = deck.part._element.sldIdLst
        entry = next(i for i in listed if deck.part.related_part(i.rId) is page.part)
        before = list(listed).index(entry)
        deck.part.drop_rel(entry.rId)
        listed.remove(entry)
        near = list(listed)[max(before - 1, 0)] if len(listed) else None
        changes.append(
            Change(
                deck.part.related_part(near.rId).partname if near is not None else "",
                chart,
                "slide removed",
                before=finding.title(page),
                after="the slide behind this one: its rows are gone",
            )
        )
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


# --- Cover and sources ---


def _refresh_cover(
    one: Instance, cards: Sequence[Card], newest: Snapshot, changes: list[Change], order: Sequence[Slide]
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


def _refresh_sources(deck: Presentation, one: Instance, cards: Sequence[Card], changes: list[Change]) -> None:
    """The list of sources anew: its columns are drawn again on the slides that carry it."""
    old = one.record
    if old is None:
        return
    every = old.layout != front.FEW
    listed, _ = front.appendix(cards, every, old.body or BODY)
    fresh = replace(old, rows=front.documents_hash(listed), query={"snapshot": [cards[0].snapshot_id]})
    if old.rows == fresh.rows and old.query == fresh.query:
        return
    scratch_deck = master.new()
    front.add_documents(scratch_deck, None, cards, body=old.body or BODY, every=every)
    scratch = list(scratch_deck.slides)
    style = _style(old)
    for s in scratch:
        restyle(s, style)
    prefix = f"{slides.MARK}{front.SOURCES}:"
    # As with tables: pages that a person took out do not come back.
    for number in range(one.of + 1, len(scratch) + 1) if one.whole else ():
        one.pages.append(_more(deck, one.pages[-1], scratch[0], front.SOURCES, 10**6))
        one.numbers.append(number)
        at = one.pages[-1].part.partname
        changes.append(Change(at, front.SOURCES, "slide added", after="documents need one more"))
    here = [(n, p) for n, p in zip(one.numbers, one.pages, strict=True) if n <= len(scratch)]
    for number, page in here:
        new = scratch[number - 1]
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
        write_lines(page, front.SOURCES, new, old, changes)
        number_title(page, number, len(scratch))
        slides.write_notes(page, [p.text for p in new.notes_slide.notes_text_frame.paragraphs][:-2])  # type: ignore[union-attr]
        record.write(page, replace(fresh, scope=record.scope_hash(page, front.SOURCES)))
    for page in one.pages[len(here) :]:
        _drop(deck, page, front.SOURCES, 10**6, changes)
