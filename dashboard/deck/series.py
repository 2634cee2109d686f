"""New numbers into an old chart: its look, order and what a person hid, took out or added are kept, or told of."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from dashboard.deck.columns import Column, placed, written
from dashboard.deck.difference import (
    C_,
    categories_of,
    column_of,
    name_of,
    points_of,
    series_of,
    sheet_of,
    sheets_of,
)
from dashboard.deck.merge import A_, OURS, text_of, words
from dashboard.draw.slide.ooxml import parse
from dashboard.look.markup import xml_text
from dashboard.look.theme import join_words

_C15 = "{http://schemas.microsoft.com/office/drawing/2012/chart}"
_Key = tuple[str, int]


def charts(old: Any, new: Any, accent: str = "") -> list[str]:
    """The numbers of one chart part into another: cached values, workbook, labels; formatting of the old is kept.

    Colours of single points follow the data where they mean something (a governance model, a shade); one that a person
    gave stays with its category. An axis keeps its ends while the numbers fit. Series stay hidden, taken out, in
    another order or in another kind of chart where a person left them so. A series that the data do not have and that
    is not in our colours was added by a person, as was a column of the workbook that the chart does not draw: both stay,
    by the names of their rows, and stand in the new workbook behind our own columns.

    Args:
        old: The chart in the deck.
        new: The chart drawn anew.
        accent: Theme colour that plain bars were given.

    Returns:
        Sentences on what a person must know.
    """
    mine, theirs = old._element, new._element
    blob = new.chart_workbook.xlsx_part.blob
    fresh = _keyed(series_of(theirs))
    held = _keyed(series_of(mine))
    hidden = _keyed(list(mine.iter(f"{_C15}ser")))
    out = _taken_out(old, fresh, {*held, *hidden})
    added = [k for k in held if k not in fresh and _is_added(held[k], accent)]
    said = [f"series “{n}” was taken out of the chart and stays out" for n, _ in out]
    if held and not sheet_of(old):
        said += [
            f"series “{n}” is in the chart now: the chart has lost its workbook, which told whether it had been taken out"
            for n, at in fresh
            if (n, at) not in held and (n, at) not in hidden
        ]
    kept, gone = _beside(old, new)
    said += gone
    by_hand = {k: _placed(held[k], next(iter(fresh.values()), None), new) for k in added}
    for key in [k for k in added if (c := by_hand[k]) is not None and not c.values]:
        added.remove(key)
        said.append(
            f"series “{key[0]}” was added by hand and is left out: none of its categories is in the chart any more"
        )
    columns = [c for k in added if (c := by_hand[k]) is not None]
    for one in columns:
        said.append(f"series “{one.name}” is not of this data, or was added by hand: kept{_places(one)}")
    said += [
        f"series “{n}” is not of this data, or was added by hand: kept with its own numbers"
        for n, at in added
        if by_hand[n, at] is None
    ]
    said += [
        f"“{c.name}” was added by hand to the chart's workbook, outside the chart: kept there{_places(c)}"
        for c in kept
    ]
    where: dict[str, str] = {}
    if columns or kept:
        blob, letters_ = written(blob, [*columns, *kept])
        where = dict(zip((c.name for c in columns), letters_, strict=False))
    if any(True for _ in mine.iter(f"{_C15}categoryFilterException")):
        said.append("rows that the chart's filter hid are shown again")
        _show_rows(mine)
    shown = [k for k in fresh if k not in hidden and k not in out]
    order = _order(list(held), shown, added, _is_reordered(held, shown))
    groups = [g for g in mine.find(f".//{C_}plotArea") if g.find(f"{C_}ser") is not None]
    home = {k: next(g for g in groups if held[k] in list(g)) for k in held} if groups else {}
    for group in groups:
        for one in group.findall(f"{C_}ser"):
            group.remove(one)
    first = next(iter(fresh.values()), None)
    free = max([int(_number_of(s, "idx")) for s in fresh.values()], default=-1) + 1
    for place, key in enumerate(order):
        if key in added:
            one = _literal(held[key], first)
            if key[0] in where and first is not None:
                _refer(one, first, where[key[0]])
            one.find(f"{C_}idx").set("val", str(free + place))
        else:
            one = _merged(held[key], fresh[key]) if key in held else copy.deepcopy(fresh[key])
        one.find(f"{C_}order").set("val", str(place))
        if groups:
            group = home.get(key, groups[0])
            _put(group, _suited(one, group))
    for place, (key, one) in enumerate(hidden.items(), len(order)):
        if key in fresh:
            _merged(one, fresh[key]).find(f"{C_}order").set("val", str(place))
    for group in groups[1:]:
        if group.find(f"{C_}ser") is None and group.find(f".//{_C15}ser") is None:
            group.getparent().remove(group)
    moved = has_new_key(old, new)
    if moved:
        legend = mine.find(f".//{C_}legend")
        legend.getparent().remove(legend)
    _axes(mine, theirs, moved)
    _inner_layout(mine, theirs)
    _legend(mine, theirs, list(fresh), order)
    old.chart_workbook.update_from_xlsx_blob(blob)
    return said


def has_new_key(old: Any, new: Any) -> bool:
    """Whether a scatter had its key as a legend of its own, and now has it as a line of text over the plot."""
    mine, theirs = old._element, new._element
    return (
        theirs.find(f".//{C_}scatterChart") is not None
        and mine.find(f".//{C_}legend") is not None
        and theirs.find(f".//{C_}legend") is None
    )


def same_form(old: Any, new: Any) -> bool:
    """Whether two chart parts hold one kind of numbers: those of a scatter do not go into bars."""

    def form(part: Any) -> str | None:
        one = next(iter(series_of(part._element)), None)
        return None if one is None else "scatter" if one.find(f"{C_}xVal") is not None else "categories"

    return form(old) == form(new)


#: What a series holds that another kind of chart has no place for, and where labels stand there instead.
_FOREIGN = {
    "barChart": ({"marker", "smooth", "explosion"}, {"t", "b", "l", "r"}, "outEnd"),
    "lineChart": (
        {"invertIfNegative", "pictureOptions", "shape", "explosion"},
        {"outEnd", "inEnd", "inBase"},
        "t",
    ),
    "areaChart": ({"invertIfNegative", "marker", "smooth", "shape", "explosion"}, set(), ""),
}


def _suited(series: etree._Element, group: etree._Element) -> etree._Element:
    """A series as the kind of chart takes it that a person chose."""
    tags, places, instead = _FOREIGN.get(etree.QName(group).localname, (set(), set(), ""))
    for one in [c for c in series if etree.QName(c).localname in tags]:
        series.remove(one)
    for place in list(series.iter(f"{C_}dLblPos")):
        if not instead and etree.QName(group).localname == "areaChart":
            place.getparent().remove(place)
        elif place.get("val") in places:
            place.set("val", instead)
    return series


def _keyed(series: Sequence[etree._Element]) -> dict[_Key, etree._Element]:
    """Series by name; those that share one are numbered."""
    out: dict[_Key, etree._Element] = {}
    for one in series:
        name = name_of(one)
        out[name, sum(k[0] == name for k in out)] = one
    return out


def _number_of(series: etree._Element, tag: str) -> str:
    found = series.find(f"{C_}{tag}")
    return (found.get("val") or "0") if found is not None else "0"


def _taken_out(old: Any, fresh: Sequence[_Key] | dict[_Key, Any], here: set[_Key]) -> list[_Key]:
    """Series that the old workbook still has, and that a person took out of the chart."""
    sheet = sheet_of(old)
    columns = {str(v) for v in sheet[0][1:]} if sheet else set()
    return [k for k in fresh if k not in here and k[0] in columns]


def _beside(old: Any, new: Any) -> tuple[list[Column], list[str]]:
    """What a person wrote into a chart's workbook beside what the chart draws: columns that stay, and what does not."""
    before, after = sheet_of(old), sheet_of(new)
    if not before or not after:
        return [], []
    drawn = {_columns(r.text or "") for r in old._element.iter(f"{C_}f")}
    first = max((c for pair in drawn for c in pair), default=0)
    known = {*map(str, after[0]), *(name_of(s) for s in old._element.iter(f"{C_}ser"))}
    names = [(n, row[0] if row else "") for n, row in enumerate(after[1:], 2)]
    kept, gone = [], []
    for at, head in enumerate(before[0]):
        if at < first or not head.strip() or head in known:
            continue
        values = [(row[0] if row else "", row[at] if at < len(row) else "") for row in before[1:]]
        one = placed(head, values, names)
        if one.values or not one.lost:
            kept.append(one)
        else:
            gone.append(
                f"“{head}” was added by hand to the chart's workbook, outside the chart, and is not in today's: none of its "
                "rows is there any more; copy it from the earlier deck"
            )
    gone += [
        f"the sheet “{s}” was added by hand to the chart's workbook and is not in today's: copy it from the earlier deck"
        for s in sheets_of(old)
        if s not in sheets_of(new)
    ]
    return kept, gone


def _placed(series: etree._Element, fresh: etree._Element | None, new: Any) -> Column | None:
    """The numbers of an added series in the rows of the new workbook; None where it has none by categories."""
    start = _first_row(fresh)
    if fresh is None or start is None or series.find(f"{C_}val") is None or not sheet_of(new):
        return None
    was, now = categories_of(series), categories_of(fresh)
    values = points_of(series.find(f"{C_}val"))
    if not was:
        # Without categories of its own it stands by place, where it is as long as they are.
        was = now if max(values, default=-1) < len(now) else {}
    told = [(was.get(i, ""), v) for i, v in sorted(values.items())]
    return placed(name_of(series), told, [(start + i, n) for i, n in sorted(now.items())])


def _first_row(series: etree._Element | None) -> int | None:
    """Row of the workbook in which the categories of a series begin."""
    named = "" if series is None else series.findtext(f"{C_}cat//{C_}f") or ""
    found = re.search(r"\$[A-Z]{1,3}\$(\d+)", named)
    return int(found[1]) if found else None


def _places(one: Column) -> str:
    """Which values of a column have no place any more, behind a sentence."""
    if not one.lost:
        return " with its own numbers"
    listed = join_words([f"“{n}”" for n in one.lost[:4]] + (["more"] if len(one.lost) > 4 else []))
    return f" with its own numbers, but for {listed}, which today's rows do not have"


def _refer(series: etree._Element, fresh: etree._Element, letter: str) -> None:
    """Binds a series to its column of the new workbook: who edits the data finds its numbers there."""
    start = _first_row(fresh) or 2
    sheet = (fresh.findtext(f"{C_}cat//{C_}f") or "Sheet1!").rpartition("!")[0] or "Sheet1"
    held = series.find(f"{C_}val")
    written_ = held.find(f"{C_}numLit")
    if written_ is None:
        return
    count = int(written_.find(f"{C_}ptCount").get("val"))
    reference = etree.SubElement(held, f"{C_}numRef")
    etree.SubElement(
        reference, f"{C_}f"
    ).text = f"{sheet}!${letter}${start}:${letter}${start + max(count, 1) - 1}"
    cache = etree.SubElement(reference, f"{C_}numCache")
    cache.extend(list(written_))
    held.remove(written_)
    name, old = name_of(series), series.find(f"{C_}tx")
    told = f"<c:strRef><c:f>{xml_text(sheet)}!${xml_text(letter)}$1</c:f><c:strCache>" + (
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{xml_text(name)}</c:v></c:pt></c:strCache></c:strRef>'
    )
    fresh_name = parse(f"<c:tx>{told}</c:tx>")
    if old is not None:
        series.replace(old, fresh_name)
    else:
        _insert(series, fresh_name, "tx")


def _columns(reference: str) -> tuple[int, ...]:
    """Columns that a reference names."""
    return tuple(column_of(f"{letters}1") + 1 for letters in re.findall(r"\$([A-Z]{1,3})\$", reference))


def _is_added(series: etree._Element, accent: str) -> bool:
    """True for a series in colours that are not ours: Office gives those of the theme."""
    look = series.find(f"{C_}spPr")
    if look is None:
        return True
    plain = {e.get("val", "").upper() for e in look.iter(f"{A_}srgbClr")}
    themed = {e.get("val") for e in look.iter(f"{A_}schemeClr")}
    return bool(plain or themed) and not plain & OURS and accent not in themed


def _column(series: etree._Element) -> int:
    """Column of the workbook that a series takes its name from; 0 where it does not say."""
    return next(iter(_columns(series.findtext(f"{C_}tx/{C_}strRef/{C_}f") or "")), 0)


def _is_reordered(held: dict[_Key, etree._Element], shown: Sequence[_Key]) -> bool:
    """True where a person changed the order: it is another than that of the columns behind."""
    columns = [_column(held[k]) for k in held if k in shown]
    return all(columns) and columns != sorted(columns)


def _order(held: list[_Key], shown: list[_Key], added: list[_Key], by_hand: bool) -> list[_Key]:
    """Series as they will stand: as drawn anew, or as a person put them; each newcomer behind its neighbour."""
    out = [k for k in held if k in shown or k in added] if by_hand else list(shown)
    for list_, names in ((shown, shown), (held, added)):
        for key in names:
            if key not in out:
                before = [k for k in list_[: list_.index(key)] if k in out]
                out.insert(out.index(before[-1]) + 1 if before else 0, key)
    return out


def _put(group: etree._Element, one: etree._Element) -> None:
    place = next((i for i, e in enumerate(group) if etree.QName(e).localname in _AFTER_SERIES), len(group))
    group.insert(place, one)


def _literal(series: etree._Element, fresh: etree._Element | None) -> etree._Element:
    """A series with its numbers written out, category by category: the workbook that comes does not hold them yet."""
    was = categories_of(series)
    now = categories_of(fresh) if fresh is not None else was
    name = series.find(f"{C_}tx")
    if name is not None:
        series.replace(name, _text(name_of(series)))
    cat = series.find(f"{C_}cat")
    if cat is not None and fresh is not None and fresh.find(f"{C_}cat") is not None:
        series.replace(cat, copy.deepcopy(fresh.find(f"{C_}cat")))
    for tag in ("val", "xVal", "yVal"):
        held = series.find(f"{C_}{tag}")
        if held is None or held.find(f"{C_}numRef") is None:
            continue
        values = points_of(held)
        if tag == "val" and (was or max(values, default=-1) < len(now)):
            by_name = {was.get(i, now.get(i, "")): v for i, v in values.items()}
            values = {i: by_name[n] for i, n in now.items() if n in by_name}
            count = len(now)
        else:
            count = max(values, default=-1) + 1
        written = "".join(f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in sorted(values.items()))
        code = "<c:formatCode>General</c:formatCode>"
        series.replace(
            held, parse(f'<c:{tag}><c:numLit>{code}<c:ptCount val="{count}"/>{written}</c:numLit></c:{tag}>')
        )
    if was != now:
        for point in series.findall(f"{C_}dPt"):
            series.remove(point)
    return series


def _text(name: str) -> etree._Element:
    return parse(f"<c:tx><c:v>{xml_text(name)}</c:v></c:tx>")


def _show_rows(space: etree._Element) -> None:
    """Lets go of what PowerPoint notes of hidden rows: the references are those of all rows again."""
    for found in list(space.iter(f"{_C15}categoryFilterExceptions", f"{_C15}fullRef")):
        ext = found.getparent()
        listed = ext.getparent()
        listed.remove(ext)
        if not len(listed):
            listed.getparent().remove(listed)


_AFTER_SERIES = (
    "extLst",
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
    was, now = categories_of(old), categories_of(new)
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


def _axes(mine: etree._Element, theirs: etree._Element, moved: bool) -> None:
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
        if title is not None and moved and fresh is None:
            old.remove(title)
        elif title is not None and moved and fresh is not None:
            for place in title.findall(f"{C_}layout"):
                title.replace(place, copy.deepcopy(fresh.find(f"{C_}layout")))
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


def _legend(
    mine: etree._Element, theirs: etree._Element, fresh: Sequence[_Key], order: Sequence[_Key]
) -> None:
    """Entries that the key leaves out: they go by the place of their series, which may have moved."""
    old, new = mine.find(f".//{C_}legend"), theirs.find(f".//{C_}legend")
    if old is None or new is None:
        return
    for e in old.findall(f"{C_}legendEntry"):
        old.remove(e)
    place = 1 if old.find(f"{C_}legendPos") is not None else 0
    for e in new.findall(f"{C_}legendEntry"):
        number = int(e.find(f"{C_}idx").get("val"))
        if number < len(fresh) and fresh[number] in order:
            entry = copy.deepcopy(e)
            entry.find(f"{C_}idx").set("val", str(order.index(fresh[number])))
            old.insert(place, entry)
            place += 1
