"""New numbers into an old chart or table, its formatting kept; and what differs between them, cell by cell."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from lxml import etree

from dashboard.deck.restyle import DARK, LIGHT
from dashboard.draw.slide.native import EPOCH, HOLLOW, RINGS
from dashboard.draw.slide.ooxml import A, C, mix
from dashboard.look.theme import INK, MODELS, NOT_DISCLOSED, WHITE

A_, C_ = f"{{{A}}}", f"{{{C}}}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


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
        etree.SubElement(run, f"{A_}t").text = text
        return
    runs[0].find(f"{A_}t").text = text
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
    def between(cls, old: Any, new: Any, tolerance: int) -> Move:
        """From the frames of two shapes; they count as in one place where corner and width agree."""
        a = (int(old.left), int(old.top), int(old.width), int(old.height))
        b = (int(new.left), int(new.top), int(new.width), int(new.height))
        return cls(a, b, all(abs(a[i] - b[i]) <= tolerance for i in (0, 1, 2)))

    def stretch(self, shape: Any, fresh: Any) -> None:
        """Gives a chart that nobody moved the height that its rows now need."""
        if self.stays and abs(self.old[3] - self.new[3]) > 1000:
            shape.height = fresh.height

    def _to(self, x: int, y: int, w: int, h: int) -> tuple[int, int, int, int]:
        if self.stays:
            return x, y, w, h
        kx, ky = self.old[2] / self.new[2], self.old[3] / self.new[3]
        return (
            round(self.old[0] + (x - self.new[0]) * kx),
            round(self.old[1] + (y - self.new[1]) * ky),
            round(w * kx),
            round(h * ky),
        )

    def place(self, shape: Any, fresh: Any) -> None:
        """Puts a shape where its fresh one stands, moved along with the chart."""
        shape.left, shape.top, shape.width, shape.height = self._to(
            int(fresh.left), int(fresh.top), int(fresh.width), int(fresh.height)
        )

    def place_element(self, element: etree._Element, fresh: Any) -> None:
        """The same for an element that is no shape yet."""
        x, y, w, h = self._to(int(fresh.left), int(fresh.top), int(fresh.width), int(fresh.height))
        for off in element.iter(f"{A_}off"):
            off.set("x", str(x)), off.set("y", str(y))
            break
        for ext in element.iter(f"{A_}ext"):
            if ext.get("cx"):
                ext.set("cx", str(w)), ext.set("cy", str(h))
                break


# --- Charts ---


def _names(series: etree._Element) -> str:
    return "".join(v.text or "" for v in series.findall(f"{C_}tx//{C_}v"))


def _points(reference: etree._Element | None) -> dict[int, str]:
    if reference is None:
        return {}
    return {int(p.get("idx")): p.findtext(f"{C_}v") or "" for p in reference.iter(f"{C_}pt")}


def _categories(series: etree._Element) -> dict[int, str]:
    found = _points(series.find(f"{C_}cat"))
    return found or {}


def _series(space: etree._Element) -> list[etree._Element]:
    return list(space.iter(f"{C_}ser"))


def same_form(old: Any, new: Any) -> bool:
    """Whether two chart parts are drawn alike: bars and bars, points and points."""
    forms = [
        {
            etree.QName(g).localname
            for g in p._element.find(f".//{C_}plotArea")
            if g.find(f"{C_}ser") is not None
        }
        for p in (old, new)
    ]
    return forms[0] == forms[1]


def charts(old: Any, new: Any) -> None:
    """The numbers of one chart part into another: cached values, workbook, labels; formatting of the old is kept.

    Colours of single points follow the data where they mean something (a governance model, a shade); one that a person
    gave stays with its category. An axis keeps its ends while the numbers fit.
    """
    mine, theirs = old._element, new._element
    blob = new.chart_workbook.xlsx_part.blob
    held = {_names(s): s for s in _series(mine)}
    groups = [g for g in mine.find(f".//{C_}plotArea") if g.find(f"{C_}ser") is not None]
    fresh = _series(theirs)
    kept: list[etree._Element] = []
    for one in fresh:
        before = held.get(_names(one))
        kept.append(_merged(before, one) if before is not None else copy.deepcopy(one))
    if groups:
        home = groups[0]
        for group in groups:
            for s in group.findall(f"{C_}ser"):
                group.remove(s)
        place = next((i for i, e in enumerate(home) if etree.QName(e).localname in _AFTER_SERIES), len(home))
        for i, one in enumerate(kept):
            home.insert(place + i, one)
        for extra in groups[1:]:
            extra.getparent().remove(extra)
    _axes(mine, theirs)
    _inner_layout(mine, theirs)
    _legend(mine, theirs)
    old.chart_workbook.update_from_xlsx_blob(blob)


_AFTER_SERIES = (
    "dLbls",
    "gapWidth",
    "overlap",
    "serLines",
    "axId",
    "marker",
    "dropLines",
    "hiLowLines",
    "upDownBars",
    "smooth",
    "firstSliceAng",
    "shape",
)
_AFTER_POINTS = ("dLbls", "trendline", "errBars", "cat", "xVal", "val", "yVal", "smooth", "shape", "extLst")


def _merged(old: etree._Element, new: etree._Element) -> etree._Element:
    """A series with the new numbers and the old look."""
    was, now = _categories(old), _categories(new)
    where = {name: i for i, name in was.items()}
    points = {p.find(f"{C_}idx").get("val"): p for p in old.findall(f"{C_}dPt")}
    labels = old.find(f"{C_}dLbls")
    for tag in ("idx", "order", "tx", "cat", "val", "xVal", "yVal"):
        mine, theirs = old.find(f"{C_}{tag}"), new.find(f"{C_}{tag}")
        if theirs is None:
            continue
        if mine is None:
            _insert(old, copy.deepcopy(theirs), tag)
        else:
            old.replace(mine, copy.deepcopy(theirs))
    for p in points.values():
        old.remove(p)
    fresh = {p.find(f"{C_}idx").get("val"): p for p in new.findall(f"{C_}dPt")}
    count = max([*now, *map(int, fresh)], default=-1) + 1
    place = next((i for i, e in enumerate(old) if etree.QName(e).localname in _AFTER_POINTS), len(old))
    for i in range(count):
        before = points.get(str(where.get(now.get(i, ""), -1)))
        chosen = None
        if before is not None and _is_persons(before):
            chosen = copy.deepcopy(before)
            chosen.find(f"{C_}idx").set("val", str(i))
        elif str(i) in fresh:
            chosen = copy.deepcopy(fresh[str(i)])
        if chosen is not None:
            old.insert(place, chosen)
            place += 1
    theirs = new.find(f"{C_}dLbls")
    if theirs is not None:
        merged = _labels(labels, theirs, where, now)
        if labels is not None:
            old.replace(labels, merged)
        else:
            place = next(
                (i for i, e in enumerate(old) if etree.QName(e).localname in _AFTER_POINTS[1:]), len(old)
            )
            old.insert(place, merged)
    elif labels is not None and labels.find(f"{C_}dLbl") is not None:
        for one in labels.findall(f"{C_}dLbl"):
            labels.remove(one)
    return old


_ORDER = (
    "idx",
    "order",
    "tx",
    "spPr",
    "invertIfNegative",
    "pictureOptions",
    "marker",
    "explosion",
    "dPt",
    "dLbls",
    "trendline",
    "errBars",
    "cat",
    "xVal",
    "val",
    "yVal",
    "bubbleSize",
    "smooth",
    "shape",
    "extLst",
)


def _insert(series: etree._Element, element: etree._Element, tag: str) -> None:
    later = _ORDER[_ORDER.index(tag) + 1 :]
    place = next((i for i, e in enumerate(series) if etree.QName(e).localname in later), len(series))
    series.insert(place, element)


def _is_persons(point: etree._Element) -> bool:
    colours = {e.get("val", "").upper() for e in point.iter(f"{A_}srgbClr")}
    return bool(colours - OURS)


def _labels(
    old: etree._Element | None, new: etree._Element, where: dict[str, int], now: dict[int, str]
) -> etree._Element:
    """Labels with the new words; how they look, all together and one by one, is the old's."""
    if old is None:
        return copy.deepcopy(new)
    out = copy.deepcopy(old)
    mine = {o.find(f"{C_}idx").get("val"): o for o in out.findall(f"{C_}dLbl")}
    by_words = {text_of(o): o for o in mine.values() if o.find(f"{C_}tx") is not None}
    for o in mine.values():
        out.remove(o)
    for n, fresh in enumerate(new.findall(f"{C_}dLbl")):
        i = fresh.find(f"{C_}idx").get("val")
        chosen = copy.deepcopy(fresh)
        before = mine.get(str(where.get(now.get(int(i), ""), -1))) if where else by_words.get(text_of(fresh))
        if before is not None and before.find(f"{C_}tx") is not None and fresh.find(f"{C_}tx") is not None:
            a, b = list(before.iter(f"{A_}r")), list(fresh.iter(f"{A_}r"))
            if len(a) == len(b):
                chosen = copy.deepcopy(before)
                chosen.find(f"{C_}idx").set("val", i)
                for x, y in zip(chosen.iter(f"{A_}r"), b, strict=True):
                    x.find(f"{A_}t").text = y.find(f"{A_}t").text
                place, theirs = chosen.find(f"{C_}dLblPos"), fresh.find(f"{C_}dLblPos")
                if place is not None and theirs is not None:
                    place.set("val", theirs.get("val"))
        out.insert(n, chosen)
    return out


def _axes(mine: etree._Element, theirs: etree._Element) -> None:
    """Ends of scales where the numbers left them; words of their titles."""
    olds, news = list(mine.iter(f"{C_}valAx")), list(theirs.iter(f"{C_}valAx"))
    if len(olds) != len(news):
        return
    for old, new in zip(olds, news, strict=True):
        a, b = old.find(f"{C_}scaling"), new.find(f"{C_}scaling")
        low, high = _end(a, "min"), _end(a, "max")
        new_low, new_high = _end(b, "min"), _end(b, "max")
        grew = (new_high is not None and (high is None or new_high > high)) or (
            new_low is not None and (low is None or new_low < low)
        )
        shrank = None not in (low, high, new_low, new_high) and (new_high - new_low) < 0.6 * (high - low)  # type: ignore[operator]
        if grew or shrank:
            old.replace(a, copy.deepcopy(b))
            step = new.find(f"{C_}majorUnit")
            own = old.find(f"{C_}majorUnit")
            if own is not None and step is not None:
                own.set("val", step.get("val"))
        title, fresh = old.find(f"{C_}title"), new.find(f"{C_}title")
        if title is not None and fresh is None and theirs.find(f".//{C_}scatterChart") is not None:
            old.remove(title)
        if title is not None and fresh is not None and text_of(title) != text_of(fresh):
            x, y = title.find(f".//{C_}rich"), fresh.find(f".//{C_}rich")
            if x is not None and y is not None:
                words(x, y)


def _end(scaling: etree._Element | None, name: str) -> float | None:
    found = scaling.find(f"{C_}{name}") if scaling is not None else None
    return float(found.get("val")) if found is not None else None


def _inner_layout(mine: etree._Element, theirs: etree._Element) -> None:
    """Room for names of categories: the plot stands where the new names need it."""
    old, new = mine.find(f".//{C_}plotArea"), theirs.find(f".//{C_}plotArea")
    a, b = old.find(f"{C_}layout"), new.find(f"{C_}layout")
    if b is None:
        return
    if a is not None:
        old.replace(a, copy.deepcopy(b))
    else:
        old.insert(0, copy.deepcopy(b))


def _legend(mine: etree._Element, theirs: etree._Element) -> None:
    old, new = mine.find(f".//{C_}legend"), theirs.find(f".//{C_}legend")
    if old is not None and new is None and theirs.find(f".//{C_}scatterChart") is not None:
        # Scatters have their key as a line of text over the plot.
        old.getparent().remove(old)
    if old is None or new is None:
        return
    for e in old.findall(f"{C_}legendEntry"):
        old.remove(e)
    place = 1 if old.find(f"{C_}legendPos") is not None else 0
    for n, e in enumerate(new.findall(f"{C_}legendEntry")):
        old.insert(place + n, copy.deepcopy(e))


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


def _heads(table: etree._Element) -> list[str]:
    """Headings of a table, as they are called today."""
    found = [text_of(c) for c in _lines(table)[0].findall(f"{A_}tc")]
    return [RENAMED.get(h, h) for h in found]


def _key(row: etree._Element) -> str:
    cell = row.find(f"{A_}tc")
    return text_of(cell) if cell is not None else ""


def tables(olds: Sequence[etree._Element], news: Sequence[etree._Element]) -> None:
    """The rows of new tables into old ones, page by page; rows are known by their first cell, columns by their heading."""
    if _heads(_table(olds[0])) != _heads(_table(news[0])):
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


# --- What differs ---


@dataclass(frozen=True)
class Cell:
    """One value: where it stands and what it says."""

    page: int
    row: str
    column: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One value that differs, or a row that came or went."""

    page: int
    what: str
    row: str
    column: str = ""
    before: str = ""
    after: str = ""


def has_workbooks(things: Sequence[Any]) -> bool:
    """True where every chart among them still has its workbook."""
    return all(t.chart_workbook.xlsx_part is not None for t in things if hasattr(t, "chart_workbook"))


def cells(things: Sequence[Any], workbooks: bool = True, shown: bool = False) -> list[Cell]:
    """Every value of tables (elements) and charts (parts), one thing a page; rows that share a name are numbered.

    Both sides of a comparison read charts alike: from their workbooks, or, where one has lost it, from what is drawn.

    Args:
        things: Elements and parts.
        workbooks: Whether workbooks are read.
        shown: Numbers as a table shows them, for a comparison with one.
    """
    out: list[Cell] = []
    seen: dict[str, int] = {}
    for page, thing in enumerate(things):
        is_chart = hasattr(thing, "chart_workbook")
        found = _chart_cells(thing, workbooks) if is_chart else _table_cells(thing)
        for row, values in found:
            if shown and is_chart:
                values = [(column, _as_shown(text)) for column, text in values]
            seen[row] = seen.get(row, 0) + 1
            name = row if seen[row] == 1 else f"{row} ({seen[row]})"
            out += [Cell(page, name, column, text) for column, text in values]
    return out


def difference(before: Sequence[Cell], after: Sequence[Cell]) -> list[Difference]:
    """What differs, in the order of the newer."""
    was = {(c.row, c.column): c for c in before}
    now = {(c.row, c.column): c for c in after}
    old_rows, new_rows = {c.row for c in before}, {c.row for c in after}
    out: list[Difference] = []
    for row in dict.fromkeys(c.row for c in after):
        mine = [c for c in after if c.row == row]
        if row not in old_rows:
            out.append(
                Difference(
                    mine[0].page,
                    "row added",
                    row,
                    after="; ".join(f"{c.column} {c.text}" for c in mine if c.text),
                )
            )
            continue
        for c in mine:
            old = was.get((c.row, c.column))
            if (old.text if old else "") != c.text:
                out.append(Difference(c.page, "value", row, c.column, old.text if old else "", c.text))
        for key, old in was.items():
            if key[0] == row and key not in now and old.text:
                out.append(Difference(mine[0].page, "value", row, key[1], old.text, ""))
    for row in dict.fromkeys(c.row for c in before):
        if row not in new_rows:
            gone = [c for c in before if c.row == row]
            out.append(
                Difference(
                    gone[0].page,
                    "row removed",
                    row,
                    before="; ".join(f"{c.column} {c.text}" for c in gone if c.text),
                )
            )
    return out


Rows = Iterator[tuple[str, list[tuple[str, str]]]]


def _table_cells(frame: etree._Element) -> Rows:
    found = next(frame.iter(f"{A_}tbl"), None)
    if found is None:
        return
    lines = _lines(found)
    heads = _heads(found) if lines else []
    for row in lines[1:]:
        texts = [text_of(c) for c in row.findall(f"{A_}tc")]
        yield texts[0], list(zip(heads[1:], texts[1:], strict=False))


def _chart_cells(part: Any, workbooks: bool) -> Rows:
    """A chart's values: of a chart with categories from its own cache, of others from the workbook where it is kept."""
    series = _series(part._element)
    is_bar = bool(series) and series[0].find(f"{C_}cat") is not None
    sheet = _sheet(part) if workbooks else []
    if sheet and [] in sheet:
        # A timeline keeps its periods in a block of their own: the bars above are only how they are drawn.
        block = sheet[sheet.index([]) + 1 :]
        if block and len(block[0]) >= 4 and block[0][2:4] == ["First day", "Last day"]:
            for row in block[1:]:
                cells_ = [*row, *[""] * 4][:4]
                first, last = (_day(v) for v in cells_[2:4])
                yield f"{cells_[0]}: {cells_[1]} from {first}", [("Last day", last)]
            return
        if block and len(block[0]) > 1 and all(block[0]) and not any(_is_number(h) for h in block[0]):
            # The frame's rows under what is drawn of them.
            for row in block[1:]:
                texts = [*row, *[""] * len(block[0])][: len(block[0])]
                yield texts[0], [(h, _number(v)) for h, v in zip(block[0][1:], texts[1:], strict=True)]
            return
    if is_bar:
        names = _categories(series[0])
        for i, name in sorted(names.items()):
            values = [(_names(s), _number(_points(s.find(f"{C_}val")).get(i, ""))) for s in series]
            yield name, values
        return
    if sheet:
        yield from _points_of_sheet(sheet)
        return
    for s in series:
        xs, ys = _points(s.find(f"{C_}xVal")), _points(s.find(f"{C_}yVal"))
        for i, y in sorted(ys.items()):
            yield f"{_names(s)} at {_number(xs.get(i, ''))}", [("value", _number(y))]


def _points_of_sheet(sheet: list[list[str]]) -> Rows:
    """Points by name; a stroke has two ends, which are one row here: what matters is its day and its group."""
    head = [str(v) for v in sheet[0]]
    rows = [([*r, *[""] * len(head)])[: len(head)] for r in sheet[1:] if r and r[0] != ""]
    skip = False
    for n, row in enumerate(rows):
        if skip:
            skip = False
            continue
        values = [(h, v) for h, v in zip(head[2:], row[2:], strict=True) if v != ""]
        if values and values[0][0] in _SCAFFOLD:
            continue
        following = rows[n + 1] if n + 1 < len(rows) else []
        day = _day(row[1]) if _is_day(row[1]) else _number(row[1])
        if following[:2] == row[:2] and values and _filled(following, head) == [values[0][0]]:
            skip = True
            yield row[0], [(head[1], day), ("Group", values[0][0])]
        else:
            yield row[0], [(head[1], day), *((h, _number(v)) for h, v in values)]


#: Series that carry names, rings and lines and no values of their own.
_SCAFFOLD = ("Lane", "Latest", "Names", RINGS, HOLLOW, "Level", "Gap")


def _filled(row: list[str], head: list[str]) -> list[str]:
    return [h for h, v in zip(head[2:], row[2:], strict=True) if v != ""]


def _is_day(value: str) -> bool:
    return value.replace(".", "", 1).isdigit() and 36_000 < float(value) < 60_000


def _is_number(value: str) -> bool:
    return _number(value) != value or value.isdigit()


def _as_shown(text: str) -> str:
    """A number as cells of a table write it: whole, or with one decimal; nothing is "not disclosed"."""
    if text == "":
        return NOT_DISCLOSED
    try:
        number = float(text)
    except ValueError:
        return text
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.1f}"


def _number(value: object) -> str:
    text = str(value)
    try:
        number = float(text)
    except ValueError:
        return text
    return f"{number:.10g}"


def _day(value: object) -> str:
    try:
        return f"{EPOCH + pd.Timedelta(days=float(value)):%Y-%m-%d}"  # type: ignore[arg-type]
    except ValueError:
        return str(value)


def _sheet(part: Any) -> list[list[str]]:
    """The first sheet of a chart's workbook as text; [] where it is gone. A blank row is an empty list."""
    held = part.chart_workbook.xlsx_part
    if held is None:
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(held.blob)) as book:
            if sum(i.file_size for i in book.infolist()) > 30_000_000:
                return []
            texts = []
            if "xl/sharedStrings.xml" in book.namelist():
                root = etree.fromstring(book.read("xl/sharedStrings.xml"), _PARSER)
                texts = [
                    "".join(t.text or "" for t in si.iter(f"{_MAIN}t")) for si in root.iter(f"{_MAIN}si")
                ]
            first = min(n for n in book.namelist() if re.match(r"xl/worksheets/sheet\d+\.xml$", n))
            root = etree.fromstring(book.read(first), _PARSER)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError):
        return []
    rows: list[list[str]] = []
    for row in root.iter(f"{_MAIN}row"):
        while len(rows) < int(row.get("r") or len(rows) + 1) - 1:
            rows.append([])
        line: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            x = _column(cell.get("r") or "")
            line += [""] * (x - len(line))
            value = cell.findtext(f"{_MAIN}v") or "".join(t.text or "" for t in cell.iter(f"{_MAIN}t"))
            line.append(texts[int(value)] if cell.get("t") == "s" and value else value)
        rows.append(line)
    return rows


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def _column(reference: str) -> int:
    letters = re.match(r"[A-Z]+", reference)
    x = 0
    for c in letters[0] if letters else "A":
        x = x * 26 + ord(c) - 64
    return x - 1
