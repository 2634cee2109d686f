"""A deck made earlier, brought up to newer data: its charts are found, their numbers swapped, all else left as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from pptx.presentation import Presentation
from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.data.store import Snapshot
from dashboard.deck import (
    compose,
    difference,
    finding,
    forms,
    front,
    lists,
    merge,
    objects,
    package,
    record,
    review,
    strayed,
)
from dashboard.deck.compose import Draws
from dashboard.deck.finding import PART_OF, Instance, name
from dashboard.deck.opening import Opened, said_of_damage
from dashboard.deck.record import Record
from dashboard.deck.restyle import Style, restyle
from dashboard.deck.series import charts, has_new_key, same_form
from dashboard.deck.shapes import Found, linking, walk
from dashboard.deck.telling import Change, number_title, write_lines, write_notes
from dashboard.draw.slide import drawings
from dashboard.draw.slide.ooxml import EMU, Box
from dashboard.export import master, slides
from dashboard.export.master import BODY
from dashboard.look.markup import xml_signs
from dashboard.look.theme import PRODUCT, join_words, plural

#: Makes a slide's card again from today's data, with the record it will carry; or says why that cannot be.
Again = Callable[[Record], "tuple[Card, Record] | str"]

#: Changes by which a chart says something else.
_DIFFERS = ("value", "row added", "row removed", "slide added", "slide removed")
#: Charts and pages of tables that a deck carries at most, and slides.
MOST_CHARTS, MOST_SLIDES = 200, 1_000
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
        reviewed = sum(c.what == "review" for c in self.changes)
        if reviewed:
            parts.append(f"{plural(reviewed, 'reviewed chart has', 'reviewed charts have')} changed since")
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
    opened: Opened,
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
        data: The deck, as PowerPoint or LibreOffice saved it; what comes back where nothing changed.
        opened: The same, opened; it is written into.
        again: Makes a card from its record.
        newest: The data's name, for cover and list of sources.
        draws: Draws pictures anew; without it slides with pictures stay and are named.
        progress: Told of every chart.

    Raises:
        FileRefusedError: the file is no deck that can be read.
    """
    with said_of_damage():
        return _refreshed(data, opened, again, newest, draws, progress)


def _refreshed(
    data: bytes,
    opened: Opened,
    again: Again,
    newest: Snapshot,
    draws: Draws | None,
    progress: Callable[[int, int, str], object] | None,
) -> Refreshed:
    deck = opened.deck
    as_made = record.is_as_made(deck)
    # `deck.slides` would rename the parts of slides after their order: a reordered deck would lose its own names.
    order = _slides(deck)
    if len(order) > MOST_SLIDES:
        raise package.FileRefusedError(
            f"The deck has {len(order):,} slides; expected at most {MOST_SLIDES:,}."
        )
    if (count := sum(len(finding.mains(s)) for s in order)) > MOST_CHARTS:
        raise package.FileRefusedError(
            f"The deck carries {count:,} charts and tables of this product; expected at most {MOST_CHARTS}."
        )
    kept = {(r.chart, r.line): r for r in record.of_properties(deck)}
    noted = [record.of_slide(s) for s in order]
    renamed, missing = finding.adopt(order, noted)
    found = finding.instances(order, noted, list(kept.values()))
    changes: list[Change] = [
        Change(
            one.part.partname,
            lost.stem,
            "not refreshed",
            after="its slide's notes name it, and no chart, table or picture there can be told to be it",
        )
        for one, lost in missing
    ]
    cards: list[Card] = []
    layouts: list[record.Record] = []
    changed = dated = 0
    failed = bool(missing)
    ours = [i for i in found if i.chart not in (front.COVER, *lists.TITLES)]
    for n, one in enumerate(ours, 1):
        card = _refresh_one(deck, one, again, draws, changes, as_made)
        if card is None:
            failed = True
        else:
            cards.append(card[0])
            layouts.append(one.record or record.Record(one.chart))
            changed += card[1] == "changed"
            dated += card[1] == "dated"
        if progress is not None:
            progress(n, len(ours), one.chart)
    touched = bool(changed or dated)
    count = len(ours) + len(missing)
    for one in found:
        if one.chart == front.COVER and touched and cards:
            _refresh_cover(one, cards, newest, changes, order)
        elif one.chart in lists.TITLES and touched and cards and not failed:
            shown = cards
            if one.chart == lists.FIGURES:
                shown = [
                    compose.in_layout(c, r.layout, r.body or BODY)
                    for c, r in zip(cards, layouts, strict=True)
                ]
            _refresh_list(deck, one, shown, changes)
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
    where: dict[int | str, int] = {s.part.partname: n for n, s in enumerate(_slides(deck), 1)}
    out = [replace(c, slide=where.get(c.slide, 0), chart=c.chart.partition(".")[0]) for c in changes]
    return sorted(out, key=lambda c: c.slide)


# --- One chart ---


def _refresh_one(
    deck: Presentation,
    one: Instance,
    again: Again,
    draws: Draws | None,
    changes: list[Change],
    as_made: bool,
) -> tuple[Card, str] | None:
    """Refreshes a chart on all its pages; None where it stays as it was, which is then listed.

    Where the deck is as it was made, a chart whose rows stand shows them.
    """
    where = one.pages[0].part.partname

    def refused(reason: str) -> None:
        changes.append(Change(where, one.chart, "not refreshed", after=reason))

    if one.record is None:
        refused("the view it was made from is no longer noted in the deck: add the chart anew")
        return None
    made = again(one.record)
    if isinstance(made, str):
        refused(made)
        return None
    card, fresh = made
    old = one.record
    kept = {k: getattr(old, k) for k in ("layout", "body", "style", "scope", "slot", "foot", "review")}
    fresh = replace(fresh, **kept)
    if review.has_changed(old.review, fresh.rows):
        said = review.words(old.review, old.review["rows"]).rstrip(".")
        now = f"snapshot {card.snapshot_id} has other rows: to be read again"
        changes.append(Change(where, one.chart, "review", before=said, after=now))
    card = replace(card, reviewed=review.words(old.review, fresh.rows))
    if card.frame.empty and old.rows != fresh.rows:
        refused("no data under its filters any more: its earlier numbers stay, with their day")
        return None
    is_picture = any(f.shape.shape_type == 13 for f, *_ in finding.mains(one.pages[0], one.chart))
    is_new = old.rows != fresh.rows
    if is_new and is_picture and draws is None:
        refused("it is a picture, and no browser is at hand here to draw it anew")
        return None
    astray: list[tuple[str, str]] = []
    mixed: list[int] = []
    state = "changed" if is_new else "same" if old.query == fresh.query else "dated"
    if state == "same" and (is_picture or as_made):
        return card, state
    scratch = _scratch(card, fresh, draws if is_picture else None)
    if not is_new:
        # Rows that stand do not say that the deck still shows them.
        astray, mixed = strayed.put_back(one, scratch)
        changes += [
            Change(at, one.chart, "text", after=words)
            for at, words in (*astray, *strayed.of_tables(one, scratch))
        ]
        is_new = bool(astray)
        if is_new:
            state = "changed"
        elif state == "same":
            return card, state
    if old.slot and len(scratch) > 1:
        refused("its rows do not fit on half a slide any more: give it a slide of its own")
        return None
    if old.finding and old.finding != fresh.finding:
        before = PART_OF.sub("", finding.title(one.pages[0], one.chart))
        if before != card.title:
            changes.append(Change(where, one.chart, "title", before=before, after=card.title))
    gone = one.gone
    if is_new:
        so_far = len(changes)
        _swap(deck, one, scratch, changes, card)
        strayed.draw_again(one, scratch, mixed)
        if not astray and not any(c.what in _DIFFERS for c in changes[so_far:]):
            # Its rows differ in what is not drawn.
            state = "dated"
        if gone:
            word = "page" if len({p.part.partname for p in one.pages}) == len(one.pages) else "part"
            listed = join_words([str(n) for n in gone])
            said = (
                f"{word} {listed} of {one.of} was taken out of the deck and stays out: its rows are"
                if len(gone) == 1
                else f"{word}s {listed} of {one.of} were taken out of the deck and stay out: their rows are"
            )
            changes.append(Change(where, one.chart, "text", after=f"{said} not shown"))
    of_number = [at for at, s in enumerate(scratch) for _ in finding.mains(s, one.chart)]
    done: set[str] = set()
    for number, page in zip(one.numbers, one.pages, strict=True):
        if page.part.partname in done:
            continue
        done.add(page.part.partname)
        at = of_number[min(number, len(of_number)) - 1]
        write_lines(page, one.chart, scratch[at], old, changes)
        told = compose.in_layout(card, old.layout, old.body or BODY)
        write_notes(page, told, replace(fresh, scope=record.scope_hash(page, one.chart)), old)
        if is_new:
            number_title(page, at + 1, len(scratch))
    return card, state


def _scratch(card: Card, kept: Record, draws: Draws | None) -> list[Slide]:
    """The chart drawn anew, as it was drawn at first: same room, same size, same faces."""
    deck = master.new()
    if kept.slot and kept.body is not None:
        for n in range(len(drawings.pages(card, kept.body))):
            one = slides.titled(deck, card.title, f"{slides.MARK}{kept.stem}")
            foot = Box(kept.body.x, kept.body.y + kept.body.h, compose.source_width(kept.body, kept.slot), 1)
            compose.half(one, card, kept.stem, kept.body, foot, kept.foot, n)
    else:
        bare = replace(card, takeaway="")
        compose.add(deck, None, bare, replace(kept, style={}), draws, room=kept.body or BODY)
    drawn = list(deck.slides)
    style = _style(kept)
    for one in drawn:
        restyle(one, style)
    return drawn


def _style(old: Record) -> Style:
    return Style.from_words(old.style)


def _swap(
    deck: Presentation, one: Instance, scratch: Sequence[Slide], changes: list[Change], card: Card
) -> None:
    """New numbers on every page; pages come and go where rows do."""
    olds = [finding.main(p, one.chart, k) for p, k in zip(one.pages, one.numbers, strict=True)]
    # A chart may be several objects on one slide: a panel each.
    drawn = [(at, f.shape) for at, s in enumerate(scratch) for f, *_ in finding.mains(s, one.chart)]
    # A page that a person took out does not come back; rows that are more than before get pages of their own.
    more = range(one.of + 1, len(drawn) + 1) if one.whole else range(0)
    wanted = [n for n in one.numbers if n <= len(drawn)] + list(more)
    news = [drawn[n - 1][1] for n in wanted]
    things = [_thing(f.shape) for f in olds]
    books = difference.has_workbooks(things)
    before = difference.cells(things, books)
    was_table = [f.shape.has_table for f in olds]
    is_table = [s.has_table for s in news]
    # What a table said is read before a chart takes its place.
    told = forms.as_table(things, card) if all(was_table) and not any(is_table) else None
    if all(was_table) and all(is_table):
        merge.tables([f.shape._element for f in olds], [s._element for s in news])
    homes: dict[int, Slide] = {}
    moves: dict[int, merge.Move] = {}
    for n, (number, fresh) in enumerate(zip(wanted, news, strict=True)):
        at = drawn[number - 1][0]
        if n >= len(olds):
            if at in homes:
                objects.add(homes[at], scratch[at], fresh, one.chart, number, moves[at])
            else:
                homes[at] = objects.more(deck, one.pages[-1], scratch[at], one.chart, number)
                moves[at] = merge.Move.still(fresh)
                where = homes[at].part.partname
                changes.append(Change(where, one.chart, "slide added", after="rows need one more"))
            one.pages.append(homes[at])
            one.numbers.append(number)
            _alt(homes[at], one.chart, number, fresh)
            continue
        page, old = one.pages[n], olds[n]
        is_same = (
            old.shape.has_chart and fresh.has_chart and same_form(old.shape.chart.part, fresh.chart.part)
        )
        if is_same and has_new_key(old.shape.chart.part, fresh.chart.part):
            _make_room(page, old, scratch[at], fresh, name(one.chart, number))
            old = finding.main(page, one.chart, number)
        moved = merge.Move.between(old, fresh, _SAME)
        if is_same:
            accent = one.record.style.get("accent", "") if one.record is not None else ""
            for words in charts(old.shape.chart.part, fresh.chart.part, accent):
                changes.append(Change(page.part.partname, one.chart, "text", after=words))
            moved.stretch(old, fresh)
        elif old.shape.has_table and fresh.has_table:
            merge.fit_table(old.shape)
        else:
            moved = objects.put(page, old, scratch[at], fresh, moved)
        homes.setdefault(at, page)
        moves.setdefault(at, moved)
        _alt(page, one.chart, number, fresh)
        _helpers(page, scratch[at], one.chart, number, moved)
    kept = len(wanted)
    for page, number in list(zip(one.pages, one.numbers, strict=True))[kept:]:
        objects.drop(deck, page, one.chart, number, changes)
    if not kept:
        # Not even its first page is there any more: nothing is left to compare.
        return
    del one.pages[kept:], one.numbers[kept:]
    at_end = [
        _thing(finding.main(p, one.chart, k).shape) for p, k in zip(one.pages, one.numbers, strict=True)
    ]
    names = [p.part.partname for p in one.pages]
    if any(was_table) != any(is_table):
        changes += _under_another_form(told, names, one.chart)
        return
    after = difference.cells(at_end, books)
    if not any(was_table):
        before, after = difference.bars_as_dots(before, after)
    changes += [_change(d, names, one.chart) for d in difference.difference(before, after)]


def _under_another_form(told: forms.Compared | None, at: Sequence[Any], chart: str) -> list[Change]:
    """What differs where a table is a chart now, or a chart a table, and what could not be compared."""
    if told is None:
        words = "it is drawn in another form now, in which its earlier rows cannot be found: look at it anew"
        return [Change(at[0], chart, "text", after=words)]
    out = []
    if told.lost:
        words = (
            f"it was a table with {join_words([f'“{h}”' for h in told.lost])}, which its chart does not tell"
        )
        out.append(Change(at[0], chart, "text", after=words))
    found = difference.difference(told.before, told.after, forms.says_the_same)
    return out + [_change(d, at, chart) for d in found]


def _make_room(page: Slide, old: Found, scratch: Slide, fresh: Any, stem: str) -> None:
    """Room over a chart whose key, and unit, were part of it and are now lines of text above, as a person scaled it."""
    here = {f.shape.name for f in walk(page)}
    above = [s for s in scratch.shapes if s.name in (f"{stem}:key", f"{stem}:unit-up") and s.name not in here]
    tall = sum(s.height + _SAME for s in above)
    x, y, w, h = old.frame
    tall = round(tall * h / (fresh.height + tall))
    merge.place(old.shape._element, old.inside((x, y + tall, w, h - tall)))


def _thing(shape: Any) -> Any:
    """What holds a shape's numbers: the chart's part, or the shape's own element."""
    return shape.chart.part if shape.has_chart else shape._element


def _change(d: difference.Difference, at: Sequence[Any], chart: str) -> Change:
    page = at[min(d.page, len(at) - 1)]
    return Change(page, chart, d.what, d.row, d.column, d.before, d.after)


def _alt(page: Slide, chart: str, number: int, fresh: Any) -> None:
    words = fresh._element.xpath(".//p:cNvPr")[0].get("descr", "")
    shape = finding.main(page, chart, number).shape
    shape._element.xpath(".//p:cNvPr")[0].set("descr", xml_signs(words))


def _helpers(page: Slide, scratch: Slide, chart: str, number: int, moved: merge.Move) -> None:
    """Names, keys and ticks that were drawn with the chart: words swapped, what follows the data put in its new place."""
    prefix = f"{name(chart, number)}:"
    old = {
        f.shape.name.removeprefix(prefix): f for f in walk(page) if objects.is_helper(f.shape.name, prefix)
    }
    fresh = {s.name.removeprefix(prefix): s for s in scratch.shapes if objects.is_helper(s.name, prefix)}
    anchor = finding.main(page, chart, number)
    shape: Any
    for key, shape in fresh.items():
        mine = old.pop(key, None)
        if mine is not None and mine.shape.has_text_frame and shape.has_text_frame and shape.text_frame.text:
            merge.words(mine.shape._element.xpath("p:txBody")[0], shape._element.xpath("p:txBody")[0])
            if key.startswith("name:"):
                merge.place(mine.shape._element, mine.inside(moved.to(shape)))
            continue
        element = objects.imported(page, scratch, shape)
        if mine is not None:
            mine.shape._element.getparent().replace(mine.shape._element, element)
        else:
            anchor.shape._element.addnext(element)
        merge.place(element, (mine or anchor).inside(moved.to(shape)))
    for gone in old.values():
        gone.shape._element.getparent().remove(gone.shape._element)


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


def _refresh_list(deck: Presentation, one: Instance, cards: Sequence[Card], changes: list[Change]) -> None:
    """A list of figures or documents anew: its columns are drawn again on the slides that carry it."""
    old = one.record
    if old is None:
        return
    kind, at_most = one.chart, lists.CUT_TO.get(old.layout, 0)
    listed = lists.listing(kind, cards, at_most, old.body or BODY)
    fresh = replace(old, rows=lists.hashed(listed), query={"snapshot": [cards[0].snapshot_id]})
    if old.rows == fresh.rows and old.query == fresh.query:
        return
    scratch_deck = master.new()
    lists.add(kind, scratch_deck, None, cards, body=old.body or BODY, at_most=at_most)
    scratch = list(scratch_deck.slides)
    style = _style(old)
    for s in scratch:
        restyle(s, style)
    prefix = f"{slides.MARK}{kind}:"
    # As with tables: pages that a person took out do not come back.
    for number in range(one.of + 1, len(scratch) + 1) if one.whole else ():
        one.pages.append(objects.more(deck, one.pages[-1], scratch[0], kind, 10**6))
        one.numbers.append(number)
        at = one.pages[-1].part.partname
        changes.append(Change(at, kind, "slide added", after=f"{kind} need one more"))
    here = [(n, p) for n, p in zip(one.numbers, one.pages, strict=True) if n <= len(scratch)]
    for number, page in here:
        new, key_of = scratch[number - 1], linking(page)
        for shape in [s for s in page.shapes if re.match(rf"^{prefix}\d+:\d+$", s.name or "")]:
            shape._element.getparent().remove(shape._element)
        for shape in new.shapes:
            if re.match(rf"^{prefix}\d+:\d+$", shape.name or ""):
                element = objects.imported(page, new, shape)
                for link in element.xpath(".//a:hlinkClick"):
                    name = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
                    target = new.part.rels[link.get(name)].target_ref
                    link.set(name, key_of(target))
                page.shapes._spTree.append(element)
        write_lines(page, kind, new, old, changes)
        number_title(page, number, len(scratch))
        slides.write_notes(page, [p.text for p in new.notes_slide.notes_text_frame.paragraphs][:-2])  # type: ignore[union-attr]
        record.write(page, replace(fresh, scope=record.scope_hash(page, kind)))
    for page in one.pages[len(here) :]:
        objects.drop(deck, page, kind, 10**6, changes)
