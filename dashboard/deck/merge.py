"""New words, places and rows into what a person formatted: what they changed stays, what the data say is new."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from dashboard.deck.restyle import DARK, LIGHT
from dashboard.deck.shapes import Found, Frame
from dashboard.draw.slide.ooxml import A, mix
from dashboard.look.markup import xml_signs
from dashboard.look.theme import INK, MODELS, WHITE

A_ = f"{{{A}}}"


def _ours() -> frozenset[str]:
    """Colours that mean something here: a point that carries another one was coloured by a person."""
    plain = {m.light for m in MODELS} | {m.dark for m in MODELS} | {INK, WHITE, "#F1F2F4"}
    for look in (LIGHT, DARK):
        plain |= {
            *look.levels,
            *look.weights.values(),
            look.ink,
            look.grey,
            look.pale,
            look.grid,
            look.rule,
            look.ground,
        }
    mixed = {mix(c, share) for c in plain for share in (0.45, 0.5)}
    return frozenset(c[1:].upper() for c in plain | mixed)


OURS = _ours()


# --- Words ---


def _runs(paragraph: etree._Element) -> list[etree._Element]:
    return paragraph.findall(f"{A_}r")


def text_of(root: etree._Element) -> str:
    """Words of a text body, its paragraphs and breaks as spaces."""
    parts = ["".join(t.text or "" for t in p.iter(f"{A_}t")) for p in root.iter(f"{A_}p")]
    return " ".join(" ".join(parts).split())


def set_words(paragraph: etree._Element, text: str) -> None:
    """Replaces the words of a paragraph; they look as its first run did."""
    runs = _runs(paragraph)
    if not runs:
        run = etree.SubElement(paragraph, f"{A_}r")
        etree.SubElement(run, f"{A_}t").text = xml_signs(text)
        return
    runs[0].find(f"{A_}t").text = xml_signs(text)
    for extra in runs[1:]:
        paragraph.remove(extra)


def set_lines(body: etree._Element, lines: Sequence[str]) -> None:
    """Replaces the paragraphs of a text body; each looks as the one in its place did, else as the last."""
    paragraphs = body.findall(f"{A_}p")
    while len(paragraphs) < len(lines):
        more = copy.deepcopy(paragraphs[-1])
        paragraphs[-1].addnext(more)
        paragraphs.append(more)
    for p, text in zip(paragraphs, lines, strict=False):
        if "".join(t.text or "" for t in p.iter(f"{A_}t")) != text:
            set_words(p, text)
    for extra in paragraphs[len(lines) :]:
        body.remove(extra)


def words(old: etree._Element, new: etree._Element) -> None:
    """The words of one text body into another, run by run where both have as many, so that each keeps its look."""
    if text_of(old) == text_of(new):
        return
    mine, theirs = old.findall(f"{A_}p"), new.findall(f"{A_}p")
    if len(mine) == len(theirs) and all(
        len(_runs(a)) == len(_runs(b)) for a, b in zip(mine, theirs, strict=True)
    ):
        for a, b in zip(mine, theirs, strict=True):
            for x, y in zip(_runs(a), _runs(b), strict=True):
                x.find(f"{A_}t").text = y.find(f"{A_}t").text
                _smaller(x, y)
        return
    set_lines(old, ["".join(t.text or "" for t in p.iter(f"{A_}t")) for p in theirs])


def _smaller(mine: etree._Element, theirs: etree._Element) -> None:
    """A longer text is set in the smaller type that it needs, where its size was set at all."""
    a, b = mine.find(f"{A_}rPr"), theirs.find(f"{A_}rPr")
    if (
        a is not None
        and b is not None
        and a.get("sz")
        and b.get("sz")
        and int(b.get("sz")) < int(a.get("sz"))
    ):
        a.set("sz", b.get("sz"))


# --- Places ---


@dataclass(frozen=True)
class Move:
    """From where a chart is drawn to where a person put it: its old frame and the fresh one, in EMU."""

    old: tuple[int, int, int, int]
    new: tuple[int, int, int, int]
    stays: bool

    @classmethod
    def between(cls, old: Found, new: Any, tolerance: int) -> Move:
        """From the frames of two shapes; they count as in one place where corner and width agree."""
        a, b = old.frame, (int(new.left), int(new.top), int(new.width), int(new.height))
        return cls(a, b, all(abs(a[i] - b[i]) <= tolerance for i in (0, 1, 2)))

    @classmethod
    def still(cls, new: Any) -> Move:
        """Of something that stands where it is drawn."""
        frame = (int(new.left), int(new.top), int(new.width), int(new.height))
        return cls(frame, frame, True)

    def stretch(self, old: Found, fresh: Any) -> None:
        """Gives a chart that nobody moved the height that its rows now need."""
        if self.stays and abs(self.old[3] - self.new[3]) > 1000:
            old.shape.height = old.inside((0, 0, 0, int(fresh.height)))[3]

    def to(self, fresh: Any) -> Frame:
        """Where something drawn with the chart stands on the slide, moved along with it."""
        x, y, w, h = int(fresh.left), int(fresh.top), int(fresh.width), int(fresh.height)
        if self.stays:
            return x, y, w, h
        kx, ky = self.old[2] / self.new[2], self.old[3] / self.new[3]
        return (
            round(self.old[0] + (x - self.new[0]) * kx),
            round(self.old[1] + (y - self.new[1]) * ky),
            round(w * kx),
            round(h * ky),
        )


def place(element: etree._Element, frame: Frame) -> None:
    """Puts an element in a place."""
    x, y, w, h = frame
    for off in element.iter(f"{A_}off"):
        off.set("x", str(x)), off.set("y", str(y))
        break
    for ext in element.iter(f"{A_}ext"):
        if ext.get("cx"):
            ext.set("cx", str(w)), ext.set("cy", str(h))
            break


# --- Tables ---


def _table(frame: etree._Element) -> etree._Element:
    return next(frame.iter(f"{A_}tbl"))


def _lines(table: etree._Element) -> list[etree._Element]:
    return table.findall(f"{A_}tr")


#: Headings of decks that were saved before a column had its name of today.
RENAMED = {
    "Company": "Organisation",
    "Primary model": "Model",
    "Governance model": "Governance",
    "Latest model": "Flagship",
    "Last event": "Last reorganisation",
    "Day": "Date",
    "Title": "Reorganisation",
    "Context": "Context, tokens",
    "Arena": "Arena rating",
    "Claim": "Prediction",
    "Due in": "Time left",
}


def heads(table: etree._Element) -> list[str]:
    """Headings of a table, as they are called today."""
    lines = _lines(table)
    found = [text_of(c) for c in lines[0].findall(f"{A_}tc")] if lines else []
    return [RENAMED.get(h, h) for h in found]


def _key(row: etree._Element) -> str:
    cell = row.find(f"{A_}tc")
    return text_of(cell) if cell is not None else ""


def tables(olds: Sequence[etree._Element], news: Sequence[etree._Element]) -> None:
    """The rows of new tables into old ones, page by page; rows are known by their first cell, columns by their heading."""
    if heads(_table(olds[0])) != heads(_table(news[0])):
        for old, new in zip(olds, news, strict=False):
            mine = _table(old)
            mine.getparent().replace(mine, copy.deepcopy(_table(new)))
        return
    pool: dict[str, list[etree._Element]] = {}
    for old in olds:
        for row in _lines(_table(old))[1:]:
            pool.setdefault(_key(row), []).append(row)
            row.getparent().remove(row)
    for n, new in enumerate(news):
        rows = []
        for fresh in _lines(_table(new))[1:]:
            same = pool.get(_key(fresh))
            rows.append(_merged_row(same.pop(0), fresh) if same else copy.deepcopy(fresh))
        if n < len(olds):
            _table(olds[n]).extend(rows)


def _merged_row(old: etree._Element, new: etree._Element) -> etree._Element:
    changed = False
    for mine, theirs in zip(old.findall(f"{A_}tc"), new.findall(f"{A_}tc"), strict=False):
        if text_of(mine) == text_of(theirs):
            continue
        changed = True
        words(mine.find(f"{A_}txBody"), theirs.find(f"{A_}txBody"))
        _refill(mine, theirs)
    if changed and int(new.get("h") or 0) > int(old.get("h") or 0):
        old.set("h", new.get("h"))
    return old


def _refill(mine: etree._Element, theirs: etree._Element) -> None:
    """A cell's colour follows its value where it means something; a colour that a person gave stays."""
    a, b = mine.find(f"{A_}tcPr"), theirs.find(f"{A_}tcPr")
    if a is None or b is None:
        return
    old = next((e for e in a if e.tag in (f"{A_}solidFill", f"{A_}noFill")), None)
    new = next((e for e in b if e.tag in (f"{A_}solidFill", f"{A_}noFill")), None)
    if new is None:
        return
    persons = old is not None and any(e.get("val", "").upper() not in OURS for e in old.iter(f"{A_}srgbClr"))
    if persons or (old is not None and etree.tostring(old) == etree.tostring(new)):
        return
    if old is not None:
        a.replace(old, copy.deepcopy(new))
    else:
        borders = sum(
            e.tag in {f"{A_}{s}" for s in ("lnL", "lnR", "lnT", "lnB", "lnTlToBr", "lnBlToTr")} for e in a
        )
        a.insert(borders, copy.deepcopy(new))
    ink = next((e for e in theirs.find(f"{A_}txBody").iter(f"{A_}rPr")), None)
    fill = ink.find(f"{A_}solidFill") if ink is not None else None
    if fill is not None:
        for run in mine.find(f"{A_}txBody").iter(f"{A_}rPr"):
            own = run.find(f"{A_}solidFill")
            if own is not None:
                run.replace(own, copy.deepcopy(fill))


def fit_table(shape: Any) -> None:
    """A table's frame as tall as its rows."""
    total = sum(int(r.get("h") or 0) for r in _lines(_table(shape._element)))
    if total:
        shape.height = total
