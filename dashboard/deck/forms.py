"""What a table said that is a chart now: today's rows put into the columns it had, so that both can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from dashboard.charts.card import Card
from dashboard.charts.kinds import table
from dashboard.charts.kinds.table import Table
from dashboard.deck.difference import Cell, numbered, table_rows
from dashboard.look.theme import NOT_DISCLOSED

#: Share of a column's words that must be found in one of today's for the two to be the same under another heading.
SHARED = 0.5
#: What cells say where nothing is known.
UNKNOWN = ("", "·", "–", "?", NOT_DISCLOSED)
_Row = dict[str, str]


@dataclass(frozen=True)
class Compared:
    """Both sides of a comparison.

    Attributes:
        before: What the table said.
        after: What today's rows say in its columns.
        lost: Headings of columns that today's rows do not tell.
    """

    before: list[Cell]
    after: list[Cell]
    lost: tuple[str, ...]


def as_table(pages: Sequence[etree._Element], card: Card) -> Compared | None:
    """Compares a table with the rows of a card, whatever form these are drawn in.

    A column is known by its heading, else by what stands in it. A table may have had a column for each of what are
    rows now ("Tooling"): it is read as such rows.

    Args:
        pages: The table's pages.
        card: Today's card.

    Returns:
        None where today's rows do not name what the table's first column named: nothing can be compared.
    """
    today = _today(card)
    old: list[tuple[int, _Row]] = [(page, row) for page, one in enumerate(pages) for row in table_rows(one)]
    if not old or not today:
        return None
    heads = list(old[0][1])
    across = _across(heads[1:], today)
    if across is not None:
        column, wide = across
        old = [
            (page, {heads[0]: row[heads[0]], column: h, "Value": row.get(h, "")} | _without(row, wide))
            for page, row in old
            for h in wide
            if row.get(h, "") not in UNKNOWN
        ]
        heads = [heads[0], column, "Value", *(h for h in heads[1:] if h not in wide)]
    is_now = {h: _counterpart([row.get(h, "") for _, row in old], h, today) for h in heads}
    naming = is_now[heads[0]]
    kept = [h for h in heads[1:] if is_now[h]]
    if naming is None or not kept:
        return None

    def said(row: Mapping[str, str], by: Mapping[str, str | None]) -> tuple[str, list[tuple[str, str]]]:
        # What is across names the row, too.
        names = [row.get(str(by[h]), "") for h in (heads[:2] if across is not None else heads[:1])]
        return ": ".join(names), [(h, row.get(str(by[h]), "")) for h in kept]

    own = {h: h for h in heads}
    return Compared(
        numbered((page, *said(row, own)) for page, row in old),
        numbered((0, *said(row, is_now)) for row in today),
        tuple(h for h in heads[1:] if not is_now[h]),
    )


def says_the_same(old: str, new: str) -> bool:
    """Whether two cells say one thing: year and quarter in another order, with or without a currency, rounded otherwise."""
    if _plain(old) == _plain(new):
        return True
    a, b = _number(old), _number(new)
    if a is None or b is None:
        return False
    coarser = min(len(t.partition(".")[2]) for t in (a, b))
    return abs(float(a) - float(b)) <= 0.5 * 10**-coarser + 1e-9


def _today(card: Card) -> list[_Row]:
    """Today's rows in words, by heading, a Chinese name behind the other."""
    if card.columns is None:
        return []
    names = [c for c in map(str, card.frame) if card.columns[c].is_told]
    zh = {c for c in names if c.endswith("_zh") and c.removesuffix("_zh") in names}
    kind = Table(tuple(table.Cell(c, f"{c}_zh" if f"{c}_zh" in zh else "") for c in names if c not in zh))
    said = table.rows(kind, card.frame, card.columns)
    return [
        {h: f"{e.words} {e.beneath}".strip() for h, e in zip(said.heads, line.entries, strict=True)}
        for line in said.lines
    ]


def _across(heads: Sequence[str], today: Sequence[_Row]) -> tuple[str, tuple[str, ...]] | None:
    """The column of today's whose words are headings of the table, and these headings; None where there is none."""
    for column in today[0]:
        words = {row[column] for row in today}
        found = tuple(h for h in heads if h in words and h not in today[0])
        if len(found) > 1:
            return column, found
    return None


def _without(row: _Row, heads: Sequence[str]) -> _Row:
    return {h: t for h, t in row.items() if h not in heads}


def _counterpart(texts: Sequence[str], head: str, today: Sequence[_Row]) -> str | None:
    """Today's column that says what a column of the table said."""
    if head in today[0]:
        return head
    wanted = {_plain(t) for t in texts if t not in UNKNOWN}
    if not wanted:
        return None
    found = {h: len(wanted & {_plain(row[h]) for row in today}) / len(wanted) for h in today[0]}
    best = max(found, key=lambda h: found[h])
    return best if found[best] >= SHARED else None


def _plain(text: str) -> str:
    """A text without what its writing adds: currency, commas in numbers, the order of year and part of the year."""
    if text in UNKNOWN:
        return ""
    bare = re.sub(r"[¥$]|(?<=\d),(?=\d{3})", "", text)
    return " ".join(re.sub(r"\b(\d{4})-([QH]\d)\b", r"\2 \1", bare).casefold().split())


def _number(text: str) -> str | None:
    found = re.fullmatch(r"[¥$]?([+-]?\d[\d,]*(?:\.\d+)?)(?: ?%)?", text.strip())
    return found[1].replace(",", "") if found else None
