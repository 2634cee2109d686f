"""Numbers of a deck that are not those of its rows: changed by hand, or by a program that saved the file, since it was made."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from dashboard.deck.difference import C_, cells, name_of, points_of, series_of
from dashboard.deck.finding import Instance, main, mains
from dashboard.deck.series import same_form
from dashboard.look.theme import plural

#: Digits that a program may write otherwise and mean the same.
_SAME_DIGITS = 8
#: What hides rows of a chart in PowerPoint: they are not gone.
_FILTER = "{http://schemas.microsoft.com/office/drawing/2012/chart}categoryFilterException"
_Point = tuple[str, str]


def put_back(one: Instance, scratch: Sequence[Any]) -> tuple[list[tuple[str, str]], list[int]]:
    """What a chart shows that its rows do not say, though they are those it was made with.

    Of points with two values both are compared. A scatter that LibreOffice's own data table was worked on in comes back
    with the two exchanged, and with a nameless copy of its first values for each series: these copies are taken out.

    Args:
        one: The chart in the deck.
        scratch: Its slides drawn anew.

    Returns:
        Part of the slide and a sentence, for each of its objects that strayed; numbers of those that had such copies.
    """
    mixed: list[int] = []
    told: list[tuple[str, str]] = []
    for page, number, old, new in _side_by_side(one, scratch):
        if not (old.has_chart and new.has_chart and same_form(old.chart.part, new.chart.part)):
            continue
        mine, theirs = old.chart.part._element, new.chart.part._element
        count = _count(mine, theirs)
        if not count:
            continue
        if _drop_copies(mine, theirs):
            mixed.append(number)
        verb = "is" if count == 1 else "are"
        told.append(
            (
                page.part.partname,
                f"{plural(count, 'point')} of it {verb} not where its rows put {'it' if count == 1 else 'them'}, across or up: "
                "changed by hand, or by a program that saved the deck. The data's numbers stand there again; numbers of your "
                "own are kept in a series of your own",
            )
        )
    return told, mixed


def _side_by_side(one: Instance, scratch: Sequence[Any]) -> Iterator[tuple[Any, int, Any, Any]]:
    """Slide, number, shape in the deck and shape drawn anew of each object of a chart that has both."""
    drawn = [f.shape for s in scratch for f, *_ in mains(s, one.chart)]
    for page, number in zip(one.pages, one.numbers, strict=True):
        if number <= len(drawn):
            yield page, number, main(page, one.chart, number).shape, drawn[number - 1]


def of_tables(one: Instance, scratch: Sequence[Any]) -> list[tuple[str, str]]:
    """The same of tables, whose cells stay as a person wrote them until their rows change: part of the slide and a sentence."""
    told: list[tuple[str, str]] = []
    for page, _, old, new in _side_by_side(one, scratch):
        if not (getattr(old, "has_table", False) and getattr(new, "has_table", False)):
            continue
        before = {(c.row, c.column): c.text for c in cells([old._element])}
        count = sum(
            _digits(before[key]) != _digits(c.text)
            for c in cells([new._element])
            if (key := (c.row, c.column)) in before and "…" not in before[key] + c.text
        )
        if count:
            told.append(
                (
                    page.part.partname,
                    f"{plural(count, 'cell')} of its table {'has' if count == 1 else 'have'} other figures than its rows: written by "
                    "hand, and left until its rows change",
                )
            )
    return told


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _count(mine: etree._Element, theirs: etree._Element) -> int:
    """Points of series of one name that do not stand where they should; both ways, but for rows that a filter hides."""
    hides = next(mine.iter(_FILTER), None) is not None
    olds, news = _points(mine), _points(theirs)
    count = 0
    for key in olds.keys() & news.keys():
        more, fewer = olds[key] - news[key], Counter() if hides else news[key] - olds[key]
        count += max(more.total(), fewer.total())
    return count


def _points(space: etree._Element) -> dict[tuple[str, int], Counter[_Point]]:
    """Points of each series: what they stand at, and their value; those without one are none."""
    out: dict[tuple[str, int], Counter[_Point]] = {}
    for one in series_of(space):
        name = name_of(one)
        if not name:
            continue
        is_scatter = one.find(f"{C_}xVal") is not None
        at = points_of(one.find(f"{C_}xVal" if is_scatter else f"{C_}cat"))
        values = points_of(one.find(f"{C_}yVal" if is_scatter else f"{C_}val"))
        found = Counter((_rounded(at.get(i, "")), y) for i, v in values.items() if (y := _rounded(v)))
        out[name, sum(k[0] == name for k in out)] = found
    return out


def _rounded(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return text.strip()
    return "" if number != number else f"{number:.{_SAME_DIGITS}g}"


def draw_again(one: Instance, scratch: Sequence[Any], mixed: Sequence[int]) -> None:
    """The look of scatters that a program mixed up: with the numbers it took signs and lines for others.

    Args:
        one: The chart in the deck, with its numbers back.
        scratch: Its slides drawn anew.
        mixed: Numbers of its objects that `put_back` found copies in.
    """
    for _, number, mine, theirs in _side_by_side(one, scratch):
        if number not in mixed:
            continue
        fresh = {name_of(s): s for s in series_of(theirs.chart.part._element)}
        for old in series_of(mine.chart.part._element):
            new = copy.deepcopy(fresh.get(name_of(old)))
            parent = old.getparent()
            if new is None or parent is None:
                continue
            for tag in ("idx", "order"):
                new.find(f"{C_}{tag}").set("val", old.find(f"{C_}{tag}").get("val"))
            parent.replace(old, new)


def _drop_copies(mine: etree._Element, theirs: etree._Element) -> bool:
    """Takes out nameless series that hold nothing but what the points of the chart stand at; whether there were any."""
    count = 0
    across = {_rounded(v) for s in series_of(theirs) for v in points_of(s.find(f"{C_}xVal")).values() if v}
    for one in series_of(mine):
        held = {_rounded(v) for v in points_of(one.find(f"{C_}yVal")).values()}
        parent = one.getparent()
        if not name_of(one) and held and held <= across and parent is not None:
            parent.remove(one)
            count += 1
    return count > 0
