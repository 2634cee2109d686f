"""What stands before and between the charts of a deck: cover and section slides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pptx.presentation import Presentation
from pptx.slide import Slide

from dashboard.charts.card import LICENCE, Card
from dashboard.data.store import Snapshot
from dashboard.deck import record
from dashboard.deck.placing import finish, front
from dashboard.deck.record import Record
from dashboard.deck.template import Template
from dashboard.draw.slide.ooxml import GREY, INK, Box, Run
from dashboard.draw.slide.text import text_box, write
from dashboard.export import master, slides
from dashboard.export.master import BODY
from dashboard.look.measure import fit, shorten
from dashboard.look.theme import PRODUCT, format_day, plural

COVER = "cover"


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
