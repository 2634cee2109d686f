"""Charts that PowerPoint edits: XML with a workbook behind it, for bars, columns, scatters, lines and timelines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10
from typing import Any

import pandas as pd
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.parts.chart import ChartPart
from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.charts.kinds.axes import EPOCH, Ends
from dashboard.charts.kinds.bars import LEAVES, SIGNS
from dashboard.draw.slide.ooxml import (
    GREY,
    INK,
    LOOK,
    NAMESPACES,
    Box,
    Run,
    chart_text,
    fill,
    hatch,
    line,
    mix,
    paragraph,
)
from dashboard.draw.slide.workbook import Formula, made_on, workbook
from dashboard.look.markup import xml_signs, xml_text
from dashboard.look.measure import width

GRID = LOOK.grid
LABEL = 11.0
#: Share of what a scale holds that may lie free behind its largest value: a third more would say that more was to come.
MOST_FREE = 1 / 3
#: Inches that the legend takes on top of a chart.
LEGEND = 0.34
#: Inches under which a place is half a slide.
NARROW = 6.6

#: Series that nobody sees: sums over stacks, and what the columns of a waterfall stand on.
TOTAL, BASE = "Total", "Base"

Cells = list[list[object]]


def serial(day: pd.Timestamp) -> float:
    """A day as Excel counts it."""
    return float((day - EPOCH).days)


@dataclass(frozen=True)
class Spot:
    """Where a chart goes.

    Attributes:
        slide: Which slide.
        name: Name of the shape: how a later refresh finds it.
        card: Whose chart it is; its day is noted in the workbook.
        box: Its frame.
        alt: What it shows, where that is not what the card shows.
    """

    slide: Slide
    name: str
    card: Card
    box: Box
    alt: str = ""


def add_chart(
    spot: Spot,
    plot: Box,
    drawn: str,
    cells: Cells,
    codes: Mapping[int, str] | None = None,
    key: str = "",
    ground: str | None = None,
) -> None:
    """Puts a chart on a slide.

    Args:
        spot: Where it goes.
        plot: Where its plotting area stands on the slide.
        drawn: Series and scales, as XML.
        cells: Rows of the workbook behind it.
        codes: Number formats of the workbook's columns, by position.
        key: A key, as XML.
        ground: Colour of the plot; None leaves it clear.
    """
    slide, box = spot.slide, spot.box
    package = slide.part.package
    area = plot_layout((plot.x - box.x) / box.w, (plot.y - box.y) / box.h, plot.w / box.w, plot.h / box.h)
    space = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {NAMESPACES}><c:date1904 val="0"/>'
        f'<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea>{area}{drawn}'
        f'<c:spPr>{fill(ground)}</c:spPr></c:plotArea>{key}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{chart_text(LABEL)}</c:chartSpace>"
    )
    part = ChartPart.load(
        package.next_partname(ChartPart.partname_template), CONTENT_TYPE.DML_CHART, package, space.encode()
    )
    part.chart_workbook.update_from_xlsx_blob(workbook(cells, made_on(spot.card), dict(codes or {})))
    frame = slide.shapes._add_chart_graphicFrame(
        slide.part.relate_to(part, RELATIONSHIP_TYPE.CHART), *box.emu
    )
    label(frame, spot.name, spot.alt or spot.card.alt)


def label(shape: Any, name: str, alt: str) -> None:
    """Names a shape and says what it shows."""
    element = getattr(shape, "_element", shape)
    properties = element.xpath(".//p:cNvPr")[0]
    properties.set("name", xml_signs(name))
    properties.set("descr", xml_signs(alt))


def part_name(name: str, part: int) -> str:
    """Name of one of several objects that a chart consists of, counted over all its slides: NAME, NAME:2, NAME:3.

    Args:
        name: Name of the chart on the slide, which may end in the number of the page.
        part: Which object, from 0.
    """
    stem = re.sub(r":\d+$", "", name)
    return f"{stem}:{part + 1}" if part else stem


# --- XML that every chart uses ---


def plot_layout(x: float, y: float, w: float, h: float, inner: bool = True) -> str:
    """Where a plot or a key stands, as shares of its frame."""
    target = '<c:layoutTarget val="inner"/>' if inner else ""
    return (
        f'<c:layout><c:manualLayout>{target}<c:xMode val="edge"/><c:yMode val="edge"/><c:x val="{x:.5f}"/>'
        f'<c:y val="{y:.5f}"/><c:w val="{w:.5f}"/><c:h val="{h:.5f}"/></c:manualLayout></c:layout>'
    )


def legend_xml(box: Box, hidden: Sequence[int] = ()) -> str:
    """A key over the plot, without the entries of hidden series."""
    # A narrow chart sets its key in two rows, for which LibreOffice wants more than twice the height of one.
    tall = LEGEND + (0.14 if box.w < NARROW else 0.0)
    gone = "".join(f'<c:legendEntry><c:idx val="{i}"/><c:delete val="1"/></c:legendEntry>' for i in hidden)
    return (
        f'<c:legend><c:legendPos val="t"/>{gone}{plot_layout(0.0, 0.0, 1.0, tall / box.h, inner=False)}'
        f'<c:overlay val="0"/>{chart_text(LABEL)}</c:legend>'
    )


def letter_of(x: int) -> str:
    """Letters of a column: 0 is A."""
    return (chr(64 + x // 26) if x >= 26 else "") + chr(65 + x % 26)


def text_ref(cell: str, values: Sequence[str]) -> str:
    """Words of cells of the workbook, with what they hold."""
    points = "".join(f'<c:pt idx="{i}"><c:v>{xml_text(v)}</c:v></c:pt>' for i, v in enumerate(values))
    return f'<c:strRef><c:f>Sheet1!{cell}</c:f><c:strCache><c:ptCount val="{len(values)}"/>{points}</c:strCache></c:strRef>'


def number_ref(cell: str, values: Sequence[float | None], code: str) -> str:
    """Numbers of cells of the workbook, with what they hold; a missing one is no point."""
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{_number(v)}</c:v></c:pt>' for i, v in enumerate(values) if v is not None
    )
    return (
        f"<c:numRef><c:f>Sheet1!{cell}</c:f><c:numCache><c:formatCode>{xml_text(code)}</c:formatCode>"
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


_CLEAR = "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"


def labels_xml(
    custom: Mapping[int, Sequence[Run]],
    *,
    deleted: Sequence[int] = (),
    position: str | Mapping[int, str] = "ctr",
    all_values: bool = False,
    code: str = "General",
    ink: str = INK,
    bold: bool = False,
    plate: bool = False,
    codes: Mapping[int, str] | None = None,
) -> str:
    """Data labels of a series: those given in words, the values of the others where asked for; some in formats of their own."""

    def number(code: str) -> str:
        return f'<c:numFmt formatCode="{xml_text(code)}" sourceLinked="0"/>{_CLEAR}{chart_text(LABEL, ink, bold)}'

    def placed(i: int) -> str:
        place = position if isinstance(position, str) else position[i]
        return f'<c:dLblPos val="{place}"/>{_SHOWN.format(value=1)}'

    parts = []
    own = codes or {}
    ground = f"<c:spPr>{fill('#FFFFFF' if plate else None)}<a:ln><a:noFill/></a:ln></c:spPr>"
    for i in sorted({*custom, *deleted, *own}):
        said = '<c:delete val="1"/>'
        if i in own:
            said = f"{number(own[i])}{placed(i)}"
        elif i in custom:
            said = f"{_rich(custom[i])}{ground}{placed(i)}"
        parts.append(f'<c:dLbl><c:idx val="{i}"/>{said}</c:dLbl>')
    rest = f'<c:dLblPos val="{position}"/>' if all_values and isinstance(position, str) else ""
    return f"<c:dLbls>{''.join(parts)}{number(code)}{rest}{_SHOWN.format(value=int(all_values))}</c:dLbls>"


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
class Axis(Ends):
    """A scale: its ends, the step between marks, how numbers are written, and its unit in words."""

    low: float
    high: float
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

    def at(self, share: float) -> float:
        """The value that stands at a share of the way between the ends."""
        if self.log:
            return self.low * (self.high / self.low) ** share
        return self.low + (self.high - self.low) * share


def unseen(low: float, high: float, step: float | None = None, *, reverse: bool = False) -> Axis:
    """A scale that is not drawn."""
    return Axis(low, high, step, hidden=True, grid=False, reverse=reverse)


def lane_axis(count: int) -> Axis:
    """An unseen scale of lanes: the first stands at 1, on top."""
    return unseen(0.5, count + 0.5, 1.0, reverse=True)


def value_axis(
    axis: Axis, number: int, other: int, place: str, cross: str = "autoZero", *, between: bool = False
) -> str:
    """A scale of numbers; names stand `between` its marks where it belongs to bars."""
    log = '<c:logBase val="10"/>' if axis.log else ""
    ends = f'<c:max val="{axis.high!r}"/><c:min val="{axis.low!r}"/>'
    grid = f"<c:majorGridlines><c:spPr>{line(GRID)}</c:spPr></c:majorGridlines>" if axis.grid else ""
    step = f'<c:majorUnit val="{axis.step!r}"/>' if axis.step else ""
    return (
        f'<c:valAx><c:axId val="{number}"/><c:scaling>{log}'
        f'<c:orientation val="{"maxMin" if axis.reverse else "minMax"}"/>{ends}</c:scaling>'
        f'<c:delete val="{int(axis.hidden)}"/><c:axPos val="{place}"/>{grid}{_title(axis.title, axis.title_at)}'
        f'<c:numFmt formatCode="{xml_text(axis.code)}" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{"none" if not axis.ticks else "high" if axis.top else "low"}"/>'
        f"<c:spPr>{line(None)}</c:spPr>{chart_text(LABEL, GREY)}"
        f'<c:crossAx val="{other}"/><c:crosses val="{cross}"/><c:crossBetween val="{"between" if between else "midCat"}"/>{step}</c:valAx>'
    )


def category_axis(
    place: str,
    size: float,
    *,
    reverse: bool,
    rule: bool = False,
    hidden: bool = False,
    upright: bool = False,
) -> str:
    """The names along a chart of bars."""
    return (
        f'<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="{"maxMin" if reverse else "minMax"}"/></c:scaling>'
        f'<c:delete val="{int(hidden)}"/><c:axPos val="{place}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"<c:spPr>{line(LOOK.rule if rule else None)}</c:spPr>{chart_text(size, INK, upright=upright)}"
        '<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="60"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def nice_axis(values: Sequence[float], marks: int = 5, zero: bool = False) -> tuple[float, float, float]:
    """Round ends and step that hold the values: low, high, step.

    Args:
        values: What must find a place.
        marks: Steps at most, or so; up to twice as many where a coarser one would leave too much of the scale free.
        zero: The scale holds zero.
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high <= low:
        low, high = low - abs(low) * 0.1 - 0.5, high + abs(high) * 0.1 + 0.5
    raw = (high - low) / marks
    base = 10 ** floor(log10(raw))
    pad = (high - low) * 0.04
    round_ = [base * m for m in (0.5, 1, 2, 2.5, 5, 10)]
    coarse = next(s for s in round_ if s >= raw)
    for step in (coarse, *(s for s in reversed(round_) if raw / 2.2 <= s < coarse)):
        bottom, top = floor(low / step) * step, ceil(high / step) * step
        if not zero or low < 0:
            bottom -= step if low - bottom < pad and not zero else 0
        top += step if top - high < pad else 0
        if top - high <= MOST_FREE * (high - low):
            break
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


def bars(
    spot: Spot,
    categories: Sequence[str],
    series: Sequence[Bars],
    *,
    heading: str,
    stacked: bool,
    horizontal: bool,
    high: float,
    code: str,
    totals: bool = False,
    named: bool = True,
    walk: Sequence[tuple[float, str]] = (),
    low: float = 0.0,
) -> Box:
    """Bars or columns from zero, or each from where the one before ended, in the order given.

    Args:
        spot: Where it goes.
        categories: Names along the axis.
        series: What is drawn; stacked from the first.
        heading: What a category is: heading of the workbook's first column.
        stacked: Series stand upon each other, not beside.
        horizontal: Bars instead of columns.
        high: End of the scale.
        code: Number format of the values.
        totals: Stacked bars carry their sum behind the end.
        named: Names stand along the axis; of panels under each other only the last one's do.
        walk: Of a waterfall, where each column begins and the sign of its number, "" where it stands from zero. It stands on
            an unseen series, which the workbook works out of the others.
        low: Beginning of the scale. Below zero the series stand on both sides of it, each in the whole height of its row.

    Returns:
        Where the plot stands on the slide: for names set beside it.
    """
    box, top = spot.box, 0.06
    size, upright = _category_size(categories, box, horizontal)
    longest = max((width(c, size) for c in categories), default=0) / 72
    if horizontal:
        left = min(longest + 0.16, 3.7)
        plot = Box(box.x + left, box.y + top, box.w - left - 0.05, box.h - top - 0.05)
    else:
        under = longest + 0.15 if upright else 0.5
        plot = Box(box.x + 0.1, box.y + top, box.w - 0.2, box.h - top - (under if named else 0.06))
    sums = [float(sum(s.values[i] or 0 for s in series)) for i in range(len(categories))]
    total = [Bars(TOTAL, [*sums], "#FFFFFF")] if totals and stacked else []
    base = [Bars(BASE, [at for at, _ in walk], "#FFFFFF")] if walk else []
    drawn = [*base, *series, *total]
    steps = {i: f'"{sign}"{code}' for i, (_, sign) in enumerate(walk) if sign}
    xml = []
    for k, one in enumerate(drawn):
        shape, edge = "<a:noFill/>", line(None)
        if one in series:
            shape = hatch(LOOK.rule, "#FFFFFF") if one.hatched else fill(one.colour)
            edge = line("#FFFFFF", 1) if stacked else edge
        if one in base:
            labels = labels_xml({})
        elif one in total:
            shown = f"{code};;" if ";" not in code and 0 in one.values else code
            labels = labels_xml({}, position="inBase", all_values=True, code=shown, bold=True, codes=steps)
        elif stacked:
            # What is not as long as its number goes without.
            long = plot.w if horizontal else plot.h
            room = [width(_number(v or 0), LABEL) / 72 + 0.1 if horizontal else 0.24 for v in one.values]
            small = [i for i, v in enumerate(one.values) if (v or 0) / high * long < room[i] or i in steps]
            ink = INK if one.hatched else one.on
            labels = labels_xml({}, deleted=small, all_values=True, code=code, ink=ink)
        else:
            labels = labels_xml(one.labels, position="outEnd", all_values=True, code=code)
        apart = {*one.colours, *one.caveats}
        own = [bar_shape(one, i, edge) if i in apart else "" for i in range(len(categories))]
        xml.append(bar_series(k, one.name, one.values, categories, shape + edge, own, labels, code))
    axis = unseen(float(f"{low:.6g}"), float(f"{high:.6g}"))
    along, across = ("l", "t") if horizontal else ("b", "l")
    rule = not horizontal or low < 0
    chart = bar_chart(
        xml,
        "bar" if horizontal else "col",
        "stacked" if stacked else "clustered",
        gap=28 if not horizontal or stacked else 40,
        over=stacked or low < 0,
        axes=category_axis(along, size, reverse=horizontal, rule=rule, hidden=not named, upright=upright)
        + value_axis(axis, 1002, 1001, across, between=True),
    )
    cells: Cells = [[heading, *(s.name for s in drawn)]]
    first, last, end = letter_of(2 if walk else 1), letter_of(len(drawn) - 1), letter_of(len(drawn))
    for i, category in enumerate(categories):
        row: list[object] = [category, *(s.values[i] for s in series)]
        if walk:
            row.insert(1, _base(walk, i, end))
        if total:
            row.append(Formula(f"=SUM({first}{i + 2}:{last}{i + 2})", sums[i] or 0))
        cells.append(row)
    codes = dict.fromkeys(range(1, len(drawn) + 1), code)
    add_chart(spot, plot, chart, cells, codes)
    return plot


def bar_chart(series: Sequence[str], way: str, grouping: str, *, gap: int, over: bool, axes: str) -> str:
    """Series of bars and their scales as XML; `gap` is in percent of a bar, `over` sets bars of a row upon each other."""
    upon = '<c:overlap val="100"/>' if over else ""
    return (
        f'<c:barChart><c:barDir val="{way}"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>{"".join(series)}'
        f'<c:gapWidth val="{gap}"/>{upon}<c:axId val="1001"/><c:axId val="1002"/></c:barChart>{axes}'
    )


def bar_series(
    k: int,
    title: str,
    values: Sequence[float | None],
    categories: Sequence[str],
    shape: str,
    own: Sequence[str],
    labels: str,
    code: str,
) -> str:
    """A series of bars as XML: the k-th column of the workbook behind the categories; `own` is the look of each bar, "" for that of the series."""
    letter, end = letter_of(k + 1), len(categories) + 1
    points = "".join(
        f'<c:dPt><c:idx val="{i}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>{look}</c:spPr></c:dPt>'
        for i, look in enumerate(own)
        if look
    )
    return (
        f'<c:ser><c:idx val="{k}"/><c:order val="{k}"/><c:tx>{text_ref(f"${letter}$1", [title])}</c:tx>'
        f'<c:spPr>{shape}</c:spPr><c:invertIfNegative val="0"/>{points}{labels}'
        f"<c:cat>{text_ref(f'$A$2:$A${end}', categories)}</c:cat>"
        f"<c:val>{number_ref(f'${letter}$2:${letter}${end}', values, code)}</c:val></c:ser>"
    )


def _base(walk: Sequence[tuple[float, str]], i: int, total: str) -> float | Formula:
    """Where a column of a waterfall begins, worked out of the row above it: edited numbers move what follows."""
    base, sign = walk[i]
    if not sign or i == 0:
        return base
    # A column that went down ended where it begins.
    level = f"B{i + 1}" if walk[i - 1][1] == SIGNS[LEAVES] else f"B{i + 1}+{total}{i + 1}"
    return Formula(f"={level}" + (f"-{total}{i + 2}" if sign == SIGNS[LEAVES] else ""), base)


def bar_shape(one: Bars, i: int, edge: str) -> str:
    """Fill and outline of a single bar."""
    tint, caveats = one.colours.get(i, one.colour), one.caveats.get(i, frozenset())
    if tint is None or one.hatched:
        shape = hatch(LOOK.rule, "#F1F2F4")
    else:
        shown = mix(tint, 0.45) if "stale" in caveats else tint
        shape = hatch("#FFFFFF", shown) if "estimated" in caveats else fill(shown)
    return shape + (line(INK, 1.75) if "disputed" in caveats else edge)


def _category_size(categories: Sequence[str], box: Box, horizontal: bool) -> tuple[float, bool]:
    """Type size of category names, smaller where columns stand close, and whether they stand upright there."""
    if horizontal:
        # Names need what a line of type takes, and nothing on a slide but its foot is smaller than ten points.
        return LABEL if box.h * 72 >= len(categories) * LABEL * 1.2 else 10.0, False
    room = box.w / max(len(categories), 1) * 72 - 4
    for size in (LABEL, 10.0, 9.0, 8.0):
        if all(max(width(w, size) for w in c.split() or [""]) <= room for c in categories):
            return size, False
    return 9.0 if room > 8 else 8.0, True


def day_axis(first: pd.Timestamp, last: pd.Timestamp, **own: Any) -> Axis:
    """A scale of days. It begins on a 1 January (or a quarter's first day), so that marks fall on whole periods.

    A step of 366 days drifts by less than four days in five years and never falls back into the year before.
    """
    step, code = (366.0, "yyyy") if (last - first).days > 1100 else (92.0, "mmm yyyy")
    return Axis(serial(first), serial(last), step, code, **own)
