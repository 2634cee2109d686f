"""Charts that PowerPoint edits: XML with a workbook behind it, for bars, columns, scatters, lines and timelines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil, floor, log10
from typing import Any, Literal

import pandas as pd
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.parts.chart import ChartPart
from pptx.slide import Slide

from dashboard.draw.slide.ooxml import (
    GREY,
    INK,
    LOOK,
    NAMESPACES,
    Box,
    Run,
    chart_text,
    escape,
    fill,
    hatch,
    line,
    mix,
    paragraph,
)
from dashboard.draw.slide.workbook import Sum, workbook
from dashboard.look.measure import width

GRID = LOOK.grid
LABEL = 11.0
#: Inches that the legend takes on top of a chart.
LEGEND = 0.34
#: Inches under which a place is half a slide.
NARROW = 6.6
#: Day that Excel counts from.
EPOCH = pd.Timestamp("1899-12-30")

Cells = list[list[object]]


def serial(day: pd.Timestamp) -> float:
    """A day as Excel counts it."""
    return float((day - EPOCH).days)


def add_chart(slide: Slide, box: Box, xml: str, cells: bytes, name: str, alt: str) -> Any:
    """Puts a chart on a slide.

    Args:
        slide: Where it goes.
        box: Its frame.
        xml: Content of `c:chart`.
        cells: The workbook behind it.
        name: Name of the shape: how a later refresh finds it.
        alt: What it shows, in words.
    """
    package = slide.part.package
    space = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {NAMESPACES}><c:date1904 val="0"/>'
        f'<c:roundedCorners val="0"/><c:chart>{xml}</c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{chart_text(LABEL)}</c:chartSpace>"
    )
    part = ChartPart.load(
        package.next_partname(ChartPart.partname_template), CONTENT_TYPE.DML_CHART, package, space.encode()
    )
    part.chart_workbook.update_from_xlsx_blob(cells)
    frame = slide.shapes._add_chart_graphicFrame(
        slide.part.relate_to(part, RELATIONSHIP_TYPE.CHART), *box.emu
    )
    label(frame, name, alt)
    return frame


def label(shape: Any, name: str, alt: str) -> None:
    """Names a shape and says what it shows."""
    element = getattr(shape, "_element", shape)
    properties = element.xpath(".//p:cNvPr")[0]
    properties.set("name", name)
    properties.set("descr", alt)


def part_name(name: str, part: int) -> str:
    """Name of one of several objects that a chart consists of, counted over all its slides: NAME, NAME:2, NAME:3.

    Args:
        name: Name of the chart on the slide, which may end in the number of the page.
        part: Which object, from 0.
    """
    stem = re.sub(r":\d+$", "", name)
    return f"{stem}:{part + 1}" if part else stem


# --- XML that every chart uses ---


def _layout(x: float, y: float, w: float, h: float, inner: bool = True) -> str:
    target = '<c:layoutTarget val="inner"/>' if inner else ""
    return (
        f'<c:layout><c:manualLayout>{target}<c:xMode val="edge"/><c:yMode val="edge"/><c:x val="{x:.5f}"/>'
        f'<c:y val="{y:.5f}"/><c:w val="{w:.5f}"/><c:h val="{h:.5f}"/></c:manualLayout></c:layout>'
    )


def _legend(box: Box, hidden: Sequence[int] = (), x: float = 0.0, w: float = 1.0) -> str:
    # A narrow chart sets its key in two rows, for which LibreOffice wants more than twice the height of one.
    tall = LEGEND + (0.14 if box.w < NARROW else 0.0)
    gone = "".join(f'<c:legendEntry><c:idx val="{i}"/><c:delete val="1"/></c:legendEntry>' for i in hidden)
    return (
        f'<c:legend><c:legendPos val="t"/>{gone}{_layout(x, 0.0, w, tall / box.h, inner=False)}'
        f'<c:overlay val="0"/>{chart_text(LABEL)}</c:legend>'
    )


def _column(x: int) -> str:
    """Letters of a column: 0 is A."""
    return (chr(64 + x // 26) if x >= 26 else "") + chr(65 + x % 26)


def _text_ref(cell: str, values: Sequence[str]) -> str:
    points = "".join(f'<c:pt idx="{i}"><c:v>{escape(v)}</c:v></c:pt>' for i, v in enumerate(values))
    return f'<c:strRef><c:f>Sheet1!{cell}</c:f><c:strCache><c:ptCount val="{len(values)}"/>{points}</c:strCache></c:strRef>'


def _number_ref(cell: str, values: Sequence[float | None], code: str) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{_number(v)}</c:v></c:pt>' for i, v in enumerate(values) if v is not None
    )
    return (
        f"<c:numRef><c:f>Sheet1!{cell}</c:f><c:numCache><c:formatCode>{escape(code)}</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef>'
    )


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _rich(runs: Sequence[Run]) -> str:
    return (
        '<c:tx><c:rich><a:bodyPr rot="0" wrap="none" lIns="38100" tIns="19050" rIns="38100" bIns="19050" anchor="ctr">'
        f"<a:spAutoFit/></a:bodyPr><a:lstStyle/>{paragraph(runs)}</c:rich></c:tx>"
    )


_SHOWN = (
    '<c:showLegendKey val="0"/><c:showVal val="{value}"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _labels(
    custom: Mapping[int, Sequence[Run]],
    *,
    deleted: Sequence[int] = (),
    position: str | Mapping[int, str] = "ctr",
    all_values: bool = False,
    code: str = "General",
    size: float = LABEL,
    ink: str = INK,
    bold: bool = False,
    plate: bool = False,
) -> str:
    """Data labels of a series: those given in words, the values of the others where asked for."""
    parts = []
    for i in sorted({*custom, *deleted}):
        if i in custom:
            place = position if isinstance(position, str) else position[i]
            parts.append(
                f'<c:dLbl><c:idx val="{i}"/>{_rich(custom[i])}<c:spPr>{fill("#FFFFFF" if plate else None)}<a:ln><a:noFill/></a:ln></c:spPr>'
                f'<c:dLblPos val="{place}"/>{_SHOWN.format(value=1)}</c:dLbl>'
            )
        else:
            parts.append(f'<c:dLbl><c:idx val="{i}"/><c:delete val="1"/></c:dLbl>')
    rest = (
        f'<c:numFmt formatCode="{escape(code)}" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{chart_text(size, ink, bold)}"
    )
    if all_values and isinstance(position, str):
        rest += f'<c:dLblPos val="{position}"/>'
    return f"<c:dLbls>{''.join(parts)}{rest}{_SHOWN.format(value=int(all_values))}</c:dLbls>"


def _title(text: str, at: tuple[float, float] | None) -> str:
    if not text:
        return ""
    place = (
        '<c:layout><c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{at[0]:.5f}"/><c:y val="{at[1]:.5f}"/></c:manualLayout></c:layout>'
        if at
        else ""
    )
    return (
        '<c:title><c:tx><c:rich><a:bodyPr rot="0" vert="horz"/><a:lstStyle/>'
        f'{paragraph([Run(text, LABEL, False, GREY)], "ctr")}</c:rich></c:tx>{place}<c:overlay val="0"/></c:title>'
    )


@dataclass(frozen=True)
class Axis:
    """A scale: its ends, the step between marks, how numbers are written, and its unit in words."""

    low: float | None = None
    high: float | None = None
    step: float | None = None
    code: str = "General"
    title: str = ""
    log: bool = False
    hidden: bool = False
    reverse: bool = False
    grid: bool = True
    ticks: bool = True
    title_at: tuple[float, float] | None = None
    top: bool = False


def _value_axis(axis: Axis, number: int, other: int, place: str, cross: str = "autoZero") -> str:
    log = '<c:logBase val="10"/>' if axis.log else ""
    ends = (f'<c:max val="{axis.high!r}"/>' if axis.high is not None else "") + (
        f'<c:min val="{axis.low!r}"/>' if axis.low is not None else ""
    )
    grid = f"<c:majorGridlines><c:spPr>{line(GRID)}</c:spPr></c:majorGridlines>" if axis.grid else ""
    step = f'<c:majorUnit val="{axis.step!r}"/>' if axis.step else ""
    return (
        f'<c:valAx><c:axId val="{number}"/><c:scaling>{log}'
        f'<c:orientation val="{"maxMin" if axis.reverse else "minMax"}"/>{ends}</c:scaling>'
        f'<c:delete val="{int(axis.hidden)}"/><c:axPos val="{place}"/>{grid}{_title(axis.title, axis.title_at)}'
        f'<c:numFmt formatCode="{escape(axis.code)}" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{"none" if not axis.ticks else "high" if axis.top else "low"}"/>'
        f"<c:spPr>{line(None)}</c:spPr>{chart_text(LABEL, GREY)}"
        f'<c:crossAx val="{other}"/><c:crosses val="{cross}"/><c:crossBetween val="midCat"/>{step}</c:valAx>'
    )


def _category_axis(
    place: str, size: float, *, reverse: bool, rule: bool, ink: str = INK, hidden: bool = False
) -> str:
    return (
        f'<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="{"maxMin" if reverse else "minMax"}"/></c:scaling>'
        f'<c:delete val="{int(hidden)}"/><c:axPos val="{place}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"<c:spPr>{line(LOOK.rule if rule else None)}</c:spPr>{chart_text(size, ink)}"
        '<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="60"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def nice_axis(values: Sequence[float], marks: int = 5, zero: bool = False) -> tuple[float, float, float]:
    """Round ends and step that hold the values: low, high, step."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high <= low:
        low, high = low - abs(low) * 0.1 - 0.5, high + abs(high) * 0.1 + 0.5
    raw = (high - low) / marks
    base = 10 ** floor(log10(raw))
    step = next((base * m for m in (1, 2, 2.5, 5) if base * m >= raw), base * 10)
    bottom, top = floor(low / step) * step, ceil(high / step) * step
    pad = (high - low) * 0.04
    if not zero or low < 0:
        bottom -= step if low - bottom < pad and not zero else 0
    top += step if top - high < pad else 0
    return float(bottom), float(top), float(step)


# --- Bars and columns ---


@dataclass(frozen=True)
class Bars:
    """One series of bars.

    Attributes:
        name: Heading of its column in the workbook.
        values: One a category; None leaves a gap.
        colour: Fill.
        on: Colour of text on that fill.
        hatched: Drawn as "no source".
        colours: Fill of single bars, by position; None is hatched.
        labels: Words at single bars, by position; others carry their value.
        caveats: Single bars on weak ground, by position: hatched where estimated, outlined where disputed, pale where stale.
    """

    name: str
    values: list[float | None]
    colour: str
    on: str = "#FFFFFF"
    hatched: bool = False
    colours: Mapping[int, str | None] = field(default_factory=dict)
    labels: Mapping[int, Sequence[Run]] = field(default_factory=dict)
    caveats: Mapping[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawn:
    """Where a chart's plot stands on the slide, and its scale: for names set beside it."""

    plot: Box
    high: float


def bars(
    slide: Slide,
    box: Box,
    categories: Sequence[str],
    series: Sequence[Bars],
    *,
    heading: str,
    grouping: Literal["clustered", "stacked", "percentStacked"],
    horizontal: bool,
    high: float,
    code: str,
    name: str,
    alt: str,
    created: datetime,
    totals: bool = False,
    named: bool = True,
) -> Drawn:
    """Bars or columns from zero, in the order given.

    Args:
        slide: Where it goes.
        box: Its frame.
        categories: Names along the axis.
        series: What is drawn; stacked from the first.
        heading: What a category is: heading of the workbook's first column.
        grouping: Beside each other, stacked, or as shares of 100.
        horizontal: Bars instead of columns.
        high: End of the scale.
        code: Number format of the values.
        name: Name of the shape.
        alt: What it shows.
        created: Day noted in the workbook.
        totals: Stacked bars carry their sum behind the end.
        named: Names stand along the axis; of panels under each other only the last one's do.
    """
    top = 0.06
    stacked = grouping != "clustered"
    size = _category_size(categories, box, horizontal)
    if horizontal:
        left = min(max((width(c, size) for c in categories), default=0) / 72 + 0.16, 3.7)
        plot = Box(box.x + left, box.y + top, box.w - left - 0.05, box.h - top - 0.05)
    else:
        plot = Box(box.x + 0.1, box.y + top, box.w - 0.2, box.h - top - (0.5 if named else 0.06))
    drawn = list(series)
    if totals and stacked:
        sums = [sum(s.values[i] or 0 for s in series) for i in range(len(categories))]
        drawn.append(Bars("Total", [float(v) for v in sums], "#FFFFFF"))
    n = len(categories)
    xml = []
    for k, one in enumerate(drawn):
        is_total = totals and stacked and k == len(series)
        shape = (
            "<a:noFill/>" if is_total else hatch(LOOK.rule, "#FFFFFF") if one.hatched else fill(one.colour)
        )
        edge = line("#FFFFFF", 1) if stacked and not is_total else line(None)
        points = "".join(
            f'<c:dPt><c:idx val="{i}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
            f"<c:spPr>{_bar_shape(one, i, edge)}</c:spPr></c:dPt>"
            for i in sorted({*one.colours, *one.caveats})
        )
        if is_total:
            shown = f"{code};;" if ";" not in code and 0 in one.values else code
            labels = _labels({}, position="inBase", all_values=True, code=shown, bold=True)
        elif stacked:
            share = [
                (v or 0) / high * (plot.w if horizontal else plot.h) if v is not None else 0
                for v in one.values
            ]
            room = [0.24 if not horizontal else width(_number(v or 0), LABEL) / 72 + 0.1 for v in one.values]
            small = [i for i in range(n) if share[i] < room[i]]
            labels = _labels(
                {},
                deleted=small,
                position="ctr",
                all_values=True,
                code=code,
                ink=INK if one.hatched else one.on,
            )
        else:
            labels = _labels(one.labels, position="outEnd", all_values=True, code=code)
        letter = _column(k + 1)
        xml.append(
            f'<c:ser><c:idx val="{k}"/><c:order val="{k}"/><c:tx>{_text_ref(f"${letter}$1", [one.name])}</c:tx>'
            f'<c:spPr>{shape}{edge}</c:spPr><c:invertIfNegative val="0"/>{points}{labels}'
            f"<c:cat>{_text_ref(f'$A$2:$A${n + 1}', categories)}</c:cat>"
            f"<c:val>{_number_ref(f'${letter}$2:${letter}${n + 1}', one.values, code)}</c:val></c:ser>"
        )
    area = _layout((plot.x - box.x) / box.w, (plot.y - box.y) / box.h, plot.w / box.w, plot.h / box.h)
    axis = Axis(
        low=0.0, high=1.0 if grouping == "percentStacked" else float(f"{high:.6g}"), hidden=True, grid=False
    )
    chart = (
        f'<c:autoTitleDeleted val="1"/><c:plotArea>{area}<c:barChart><c:barDir val="{"bar" if horizontal else "col"}"/>'
        f'<c:grouping val="{grouping}"/><c:varyColors val="0"/>{"".join(xml)}'
        f'<c:gapWidth val="{28 if not horizontal or stacked else 40}"/>{"<c:overlap val=" + chr(34) + "100" + chr(34) + "/>" if stacked else ""}'
        '<c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        + _category_axis(
            "l" if horizontal else "b", size, reverse=horizontal, rule=not horizontal, hidden=not named
        )
        + _value_axis(axis, 1002, 1001, "t" if horizontal else "l").replace("midCat", "between")
        + "<c:spPr><a:noFill/></c:spPr></c:plotArea>"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/>'
    )
    cells: Cells = [[heading, *(s.name for s in drawn)]]
    for i, category in enumerate(categories):
        row: list[object] = [category, *(s.values[i] for s in series)]
        if totals and stacked:
            row.append(Sum(f"B{i + 2}:{_column(len(series))}{i + 2}", drawn[-1].values[i] or 0))
        cells.append(row)
    add_chart(
        slide, box, chart, workbook(cells, created, dict.fromkeys(range(1, len(drawn) + 1), code)), name, alt
    )
    return Drawn(plot, high)


def _bar_shape(one: Bars, i: int, edge: str) -> str:
    """Fill and outline of a single bar."""
    tint, caveats = one.colours.get(i, one.colour), one.caveats.get(i, frozenset())
    if tint is None or one.hatched:
        shape = hatch(LOOK.rule, "#F1F2F4")
    else:
        shown = mix(tint, 0.45) if "stale" in caveats else tint
        shape = hatch("#FFFFFF", shown) if "estimated" in caveats else fill(shown)
    return shape + (line(INK, 1.75) if "disputed" in caveats else edge)


def _category_size(categories: Sequence[str], box: Box, horizontal: bool) -> float:
    """Type size of category names: smaller where columns stand close."""
    if horizontal:
        return LABEL if len(categories) <= 16 else 9.0
    room = box.w / max(len(categories), 1) * 72 - 4
    for size in (LABEL, 10.0, 9.0, 8.0):
        if all(max(width(w, size) for w in c.split() or [""]) <= room for c in categories):
            return size
    return 7.0


# --- Points ---


@dataclass(frozen=True)
class Point:
    """One row of a scatter.

    Attributes:
        name: What it is; "" for corners of lines and gaps.
        x: Where it stands across.
        y: Where it stands upwards; None is a gap in a line.
        words: Written beside it.
        strong: Those are bold.
        side: Where they stand: "r", "l", "t" or "b".
        size: Of those words.
        look: Mark and colour of its own; None has those of its series.
        mark_size: Of the mark, in points; 0 has that of its series.
        caveats: Hollow where estimated, ringed where disputed (see `flagged`), pale where stale.
        runs: The words in their styles, where one does not do.
    """

    name: str
    x: float
    y: float | None
    words: str = ""
    strong: bool = False
    side: str = "r"
    size: float = LABEL
    look: tuple[str, str] | None = None
    mark_size: int = 0
    caveats: frozenset[str] = frozenset()
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Points:
    """One series of points.

    Attributes:
        name: Heading of its column in the workbook.
        points: In order.
        colour: Of marks and line.
        marker: PowerPoint's name of the mark; "none" draws none.
        size: Of the mark, in points.
        line: Width of the line that joins the points, 0 for none.
        bare: Corners of a line and gaps between strokes: rows without a mark, by position.
        in_key: The key names it.
        ringed: Marks have a grey outline.
        dash: Pattern of the line; "" is solid.
        caveats: Single points on weak ground, by position: hollow where estimated, outlined where disputed, pale where stale.
        pen: The line in XML, where its width and colour do not say all.
        on_plates: Words stand on the ground's colour, in the middle of their points.
    """

    name: str
    points: list[Point]
    colour: str
    marker: str = "circle"
    size: int = 7
    line: float = 0
    bare: frozenset[int] = frozenset()
    in_key: bool = True
    ringed: bool = False
    dash: str = ""
    caveats: Mapping[int, frozenset[str]] = field(default_factory=dict)
    pen: str = ""
    on_plates: bool = False

    def mark(self, point: Point) -> str:
        """The mark of a point, hollow and pale as its caveats say."""
        symbol, tint = point.look or (self.marker, self.colour)
        if symbol == "none":
            return '<c:marker><c:symbol val="none"/></c:marker>'
        size = point.mark_size or self.size
        if "stale" in point.caveats:
            # LibreOffice draws a single mark's colour only where its size is its own, too.
            tint, size = mix(tint, 0.45), size - 1
        hollow = "estimated" in point.caveats
        # A mark that is all stroke cannot be hollow: a circle in its colour can.
        symbol = "circle" if hollow and symbol in STROKES else symbol
        is_stroke = symbol in STROKES
        outline = line(LOOK.grey if self.ringed else tint, 1.5 if is_stroke or hollow else 0.75)
        inside = "<a:noFill/>" if is_stroke or hollow else fill(tint)
        return (
            f'<c:marker><c:symbol val="{symbol}"/><c:size val="{size}"/>'
            f"<c:spPr>{inside}{outline}</c:spPr></c:marker>"
        )


def _weak_point(one: Points, i: int, caveats: frozenset[str]) -> str:
    """A point whose ground is weak: all but hollow, outlined, or pale.

    LibreOffice draws no outline of a mark, and fills a hollow one with it: a hollow mark keeps a trace of its colour.
    """
    tint = mix(one.colour, 0.45) if "stale" in caveats else one.colour
    hollow = "estimated" in caveats
    inside = mix(tint, 0.25) if hollow else tint
    outline = line(INK, 1.75) if "disputed" in caveats else line(tint, 1.5 if hollow else 0.75)
    # LibreOffice looks at a point's mark only where its size differs from the series'.
    return (
        f'<c:dPt><c:idx val="{i}"/><c:marker><c:symbol val="{one.marker}"/><c:size val="{one.size + 1}"/>'
        f'<c:spPr>{fill(inside)}{outline}</c:spPr></c:marker><c:bubble3D val="0"/></c:dPt>'
    )


#: Marks that are strokes: their colour is that of their outline.
STROKES = {"plus", "x", "star", "dash", "dot"}
#: Series that draw caveats: rings around the points on which sources disagree, and the insides of hollow ones.
RINGS, HOLLOW = "Sources disagree", "Estimated"


def flagged(series: Sequence[Points]) -> list[Points]:
    """The series with rings around the points of disputed rows and white insides in those of estimated ones.

    PowerPoint draws the last series on top and knows marks without a fill; LibreOffice draws the first on top and fills
    every mark in the colour of its outline. So insides stand first, where PowerPoint shows them through hollow marks,
    and rings last, where LibreOffice leaves their edge to be seen.
    """
    rings: list[Point] = []
    insides: list[Point] = []
    for s in series:
        for p in s.points:
            size = p.mark_size or s.size
            if p.y is None or s.marker == "none":
                continue
            if "disputed" in p.caveats:
                rings.append(Point(p.name, p.x, p.y, mark_size=size + 5))
            if "estimated" in p.caveats:
                symbol = (p.look or (s.marker, ""))[0]
                own = "circle" if symbol in STROKES else symbol
                insides.append(Point(p.name, p.x, p.y, look=(own, "#FFFFFF"), mark_size=max(size - 4, 2)))
    out = list(series)
    if insides:
        out.insert(0, Points(HOLLOW, insides, "#FFFFFF", "circle", 4, in_key=False))
    if rings:
        hollow = frozenset({"estimated"})
        marks = [replace(p, caveats=hollow) for p in rings]
        out.append(Points(RINGS, marks, LOOK.ink, "circle", 12, in_key=False))
    return out


def scatter(
    slide: Slide,
    box: Box,
    series: Sequence[Points],
    *,
    x_axis: Axis,
    y_axis: Axis,
    headings: tuple[str, str],
    plot: Box,
    days: bool,
    x_code: str,
    y_code: str,
    name: str,
    alt: str,
    created: datetime,
    undrawn: Cells | None = None,
    unplaced: Sequence[tuple[str, float]] = (),
    ground: str | None = None,
) -> None:
    """Points over two scales; all series share one column of x, blank outside their own rows.

    With columns of different length LibreOffice draws the longest series alone.

    Args:
        slide: Where it goes.
        box: Its frame.
        series: What is drawn, the last on top.
        x_axis: Horizontal scale.
        y_axis: Vertical scale.
        headings: Headings of the workbook's first two columns: what a point is, and what x is.
        plot: Where the plotting area stands on the slide.
        days: x is a day; the workbook then holds days.
        x_code: Number format of x.
        y_code: Number format of y.
        name: Name of the shape.
        alt: What it shows.
        created: Day noted in the workbook.
        undrawn: A block of cells kept in the workbook below the others.
        unplaced: Name and value of points without a place across, kept there too.
        ground: Colour of the plot; None leaves it clear.
    """
    series = flagged(series)
    rows = [(k, p) for k, s in enumerate(series) for p in s.points]
    n = len(rows)
    xs = [p.x for _, p in rows]
    x_ref = _number_ref(f"$B$2:$B${n + 1}", xs, x_code)
    xml = []
    for k, one in enumerate(series):
        own = {i: p for i, (j, p) in enumerate(rows) if j == k}
        ys: list[float | None] = [own[i].y if i in own else None for i in range(n)]
        named = {
            i: p.runs or [Run(p.words, p.size, p.strong, INK if p.strong else GREY)]
            for i, p in own.items()
            if p.words or p.runs
        }
        sides = {i: own[i].side for i in named}
        letter = _column(k + 2)
        marker = one.mark(Point("", 0, 0))
        labels = (
            _labels(named, position="ctr" if one.on_plates else sides, plate=one.on_plates) if named else ""
        )
        first = min(own, default=0)
        stroke = one.pen or line(one.colour if one.line else None, one.line or 1, one.dash)
        own_marks = {
            i: '<c:marker><c:symbol val="none"/></c:marker>' if i - first in one.bare else one.mark(p)
            for i, p in own.items()
            if i - first in one.bare or p.look or p.mark_size or p.caveats & {"estimated", "stale"}
        }
        singles = "".join(
            f'<c:dPt><c:idx val="{i}"/>{mark}<c:bubble3D val="0"/><c:spPr>{stroke}</c:spPr></c:dPt>'
            for i, mark in sorted(own_marks.items())
        ) + "".join(_weak_point(one, first + i, held) for i, held in sorted(one.caveats.items()) if held)
        xml.append(
            f'<c:ser><c:idx val="{k}"/><c:order val="{k}"/><c:tx>{_text_ref(f"${letter}$1", [one.name])}</c:tx>'
            f"<c:spPr>{stroke}</c:spPr>{marker}{singles}{labels}"
            f"<c:xVal>{x_ref}</c:xVal>"
            f"<c:yVal>{_number_ref(f'${letter}$2:${letter}${n + 1}', ys, y_code)}</c:yVal>"
            '<c:smooth val="0"/></c:ser>'
        )
    area = _layout((plot.x - box.x) / box.w, (plot.y - box.y) / box.h, plot.w / box.w, plot.h / box.h)
    hidden = [k for k, s in enumerate(series) if not s.in_key]
    has_key = len(hidden) < len(series)
    chart = (
        f'<c:autoTitleDeleted val="1"/><c:plotArea>{area}<c:scatterChart><c:scatterStyle val="lineMarker"/>'
        f'<c:varyColors val="0"/>{"".join(xml)}<c:axId val="1001"/><c:axId val="1002"/></c:scatterChart>'
        + _value_axis(x_axis, 1001, 1002, "b", "max" if y_axis.reverse else "min")
        + _value_axis(y_axis, 1002, 1001, "l", "min")
        + f"<c:spPr>{fill(ground)}</c:spPr></c:plotArea>{_legend(box, hidden) if has_key else ''}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/>'
    )
    cells: Cells = [[headings[0], headings[1], *(s.name for s in series)]]
    for k, p in rows:
        x: object = EPOCH + pd.Timedelta(days=p.x) if days else p.x
        cells.append([p.name, x, *(p.y if j == k else None for j in range(len(series)))])
    if undrawn:
        cells += [[], *undrawn]
    if unplaced:
        # The insides of hollow marks are no group of their own.
        first = 3 if series and series[0].name == HOLLOW else 2
        cells.append([])
        cells += [[who, *[None] * (first - 1), value] for who, value in unplaced]
    codes = {1: x_code, **dict.fromkeys(range(2, len(series) + 2), y_code)}
    add_chart(slide, box, chart, workbook(cells, created, codes), name, alt)


# --- Timelines ---


@dataclass(frozen=True)
class Segment:
    """A period on a lane: its days, fill, words inside where they fit, and what its ground lacks."""

    lane: int
    start: pd.Timestamp
    end: pd.Timestamp
    colour: str
    on: str
    words: str
    hatched: bool = False
    caveats: frozenset[str] = frozenset()


def lanes(
    slide: Slide,
    box: Box,
    names: Sequence[str],
    segments: Sequence[Segment],
    *,
    first: pd.Timestamp,
    last: pd.Timestamp,
    heading: str,
    name: str,
    alt: str,
    created: datetime,
    periods: Cells,
) -> Box:
    """Lanes of periods as a stacked bar whose gaps are hatched; returns where the plot stands.

    Args:
        slide: Where it goes.
        box: Its frame.
        names: One a lane, from the top.
        segments: Periods; those of a lane in order of time.
        first: Where the scale begins.
        last: Where it ends.
        heading: What a lane is.
        name: Name of the shape.
        alt: What it shows.
        created: Day noted in the workbook.
        periods: The rows shown, for a second block of the workbook's sheet.
    """
    left = min(max((width(n, LABEL, True) for n in names), default=0) / 72 + 0.16, 2.6)
    plot = Box(box.x + left, box.y + 0.34, box.w - left - 0.1, box.h - 0.4)
    days = (last - first).days
    start = serial(first)
    steps: list[list[tuple[float, Segment | None]]] = []
    for lane in range(len(names)):
        at = first
        mine: list[tuple[float, Segment | None]] = []
        for s in (s for s in segments if s.lane == lane):
            begin, end = max(s.start, at), min(s.end, last)
            if (end - begin).days <= 0:
                continue
            mine.append((float((begin - at).days), None))
            mine.append((float((end - begin).days), s))
            at = end
        steps.append(mine)
    most = max((len(m) for m in steps), default=0)
    n = len(names)
    xml = [_lane_series(0, "Scale begins", [start] * n, n, names, {}, {}, "General")]
    columns: list[tuple[str, list[float | None]]] = [("Scale begins", [start] * n)]
    for k in range(most):
        values: list[float | None] = [m[k][0] if k < len(m) and m[k][0] > 0 else None for m in steps]
        fills: dict[int, str] = {}
        labels: dict[int, list[Run]] = {}
        edge = line("#FFFFFF", 1)
        for lane, known in enumerate(steps):
            if k >= len(known) or values[lane] is None:
                continue
            length, period = known[k]
            if period is None:
                fills[lane] = hatch(LOOK.rule, "#FFFFFF") + edge
            else:
                mark = Bars("", [], period.colour, hatched=period.hatched, caveats={0: period.caveats})
                fills[lane] = _bar_shape(mark, 0, edge)
            fits = period is not None and width(period.words, LABEL) / 72 + 0.16 <= length / days * plot.w
            if period is not None and period.words and fits:
                labels[lane] = [Run(period.words, LABEL, False, INK if period.hatched else period.on)]
        title = f"Days without a source {k // 2 + 1}" if k % 2 == 0 else f"Days of period {k // 2 + 1}"
        columns.append((title, values))
        xml.append(_lane_series(k + 1, title, values, n, names, fills, labels, "0"))
    area = _layout((plot.x - box.x) / box.w, (plot.y - box.y) / box.h, plot.w / box.w, plot.h / box.h)
    axis = day_axis(first, last)
    chart = (
        f'<c:autoTitleDeleted val="1"/><c:plotArea>{area}<c:barChart><c:barDir val="bar"/><c:grouping val="stacked"/>'
        f'<c:varyColors val="0"/>{"".join(xml)}<c:gapWidth val="90"/><c:overlap val="100"/>'
        '<c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        + _category_axis("l", LABEL, reverse=True, rule=False)
        + _value_axis(axis, 1002, 1001, "t").replace("midCat", "between")
        + '<c:spPr><a:noFill/></c:spPr></c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/>'
    )
    cells: Cells = [[heading, *(c for c, _ in columns)]]
    for i, lane_name in enumerate(names):
        cells.append([lane_name, first, *(v[i] for _, v in columns[1:])])
    add_chart(slide, box, chart, workbook([*cells, [], *periods], created), name, alt)
    return plot


def _lane_series(
    k: int,
    title: str,
    values: Sequence[float | None],
    n: int,
    names: Sequence[str],
    fills: Mapping[int, str],
    labels: Mapping[int, Sequence[Run]],
    code: str,
) -> str:
    points = "".join(
        f'<c:dPt><c:idx val="{i}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>{f}</c:spPr></c:dPt>'
        for i, f in sorted(fills.items())
    )
    letter = _column(k + 1)
    words = _labels(labels, position="ctr") if labels else ""
    return (
        f'<c:ser><c:idx val="{k}"/><c:order val="{k}"/><c:tx>{_text_ref(f"${letter}$1", [title])}</c:tx>'
        f'<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:invertIfNegative val="0"/>{points}{words}'
        f"<c:cat>{_text_ref(f'$A$2:$A${n + 1}', names)}</c:cat>"
        f"<c:val>{_number_ref(f'${letter}$2:${letter}${n + 1}', values, code)}</c:val></c:ser>"
    )


def day_axis(first: pd.Timestamp, last: pd.Timestamp, **own: Any) -> Axis:
    """A scale of days. It begins on a 1 January (or a quarter's first day), so that marks fall on whole periods.

    A step of 366 days drifts by less than four days in five years and never falls back into the year before.
    """
    if (last - first).days > 1100:
        return Axis(low=serial(first), high=serial(last), step=366.0, code="yyyy", **own)
    return Axis(low=serial(first), high=serial(last), step=92.0, code="mmm yyyy", **own)


def day_span(days: Sequence[pd.Timestamp]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a scale that holds the days: from the start of a year or quarter."""
    low, high = min(days), max(days)
    first = pd.Timestamp(low.year, 1, 1)
    if (high - low).days <= 1000:
        first = pd.Timestamp(low.year, 3 * ((low.month - 1) // 3) + 1, 1)
    return first, max(high, first + pd.Timedelta(days=120))
