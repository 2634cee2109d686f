"""The words around a refreshed chart: scope, source, title, notes; and the list of what has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.deck import merge, record
from dashboard.deck.finding import PART_OF
from dashboard.deck.record import Record
from dashboard.deck.shapes import walk
from dashboard.export import slides
from dashboard.look.markup import xml_signs


@dataclass(frozen=True)
class Change:
    """One thing that differs, or that a person must look at.

    Attributes:
        slide: Number of the slide in the deck that comes back (its part's name while the deck is worked on).
        chart: Chart id.
        what: "value", "row added", "row removed", "slide added", "slide removed"; "title" and "text" ask for a look;
            "review": what was read says something else; "not refreshed" tells why.
        row: Row or point.
        column: Column or series.
        before: As it stood.
        after: As it stands; for "title" what the data says now.
    """

    slide: int | str
    chart: str
    what: str
    row: str = ""
    column: str = ""
    before: str = ""
    after: str = ""


def write_lines(page: Slide, chart: str, scratch: Slide, old: Record, changes: list[Change]) -> None:
    """Unit and scope, source and filters: words swapped, type kept; a scope that a person rewrote is theirs."""
    by_name: dict[str, Any] = {s.name: s for s in scratch.shapes}
    mine: Any
    for role in ("subtitle", "source"):
        name = f"{slides.MARK}{chart}:{role}"
        fresh = by_name.get(name)
        mine = next((f.shape for f in walk(page) if f.shape.name == name and f.shape.has_text_frame), None)
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


def number_title(page: Slide, number: int, count: int) -> None:
    """Brings "(1/3)" behind a title up to date."""
    shape = page.shapes.title
    if shape is None:
        return
    found = PART_OF.search(shape.text_frame.text)
    wanted = f" ({number}/{count})" if count > 1 else ""
    if (found[0] if found else "") == wanted:
        return
    text = PART_OF.sub("", shape.text_frame.text) + wanted
    runs = shape._element.xpath(".//a:r/a:t")
    if runs:
        runs[0].text = xml_signs(text)
        for extra in shape._element.xpath(".//a:r")[1:]:
            extra.getparent().remove(extra)


def write_notes(page: Slide, card: Card, fresh: Record, old: Record) -> None:
    """Our part of the notes anew; what a speaker wrote before or after it stays."""
    frame = page.notes_slide.notes_text_frame
    if frame is None:
        return
    lines = slides.notes(replace(card, takeaway="", note=""))
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
    if texts and old.finding == record.hashed(PART_OF.sub("", texts[0])):
        merge.set_words(paragraphs[0], card.title + (found[0] if (found := PART_OF.search(texts[0])) else ""))
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
