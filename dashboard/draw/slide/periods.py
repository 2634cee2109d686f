"""Lanes of periods as stacked bars that PowerPoint edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.draw.slide.native import (
    LABEL,
    Bars,
    Cells,
    add_chart,
    bar_shape,
    category_axis,
    day_axis,
    labels_xml,
    letter_of,
    number_ref,
    plot_layout,
    serial,
    text_ref,
    value_axis,
)
from dashboard.draw.slide.ooxml import (
    INK,
    LOOK,
    Box,
    Run,
    hatch,
    line,
)
from dashboard.draw.slide.workbook import made_on, workbook
from dashboard.look.measure import width


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
    card: Card,
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
        card: Whose chart it is: what it shows, and the day noted in the workbook.
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
                fills[lane] = bar_shape(mark, 0, edge)
            fits = period is not None and width(period.words, LABEL) / 72 + 0.16 <= length / days * plot.w
            if period is not None and period.words and fits:
                labels[lane] = [Run(period.words, LABEL, False, INK if period.hatched else period.on)]
        title = f"Days without a source {k // 2 + 1}" if k % 2 == 0 else f"Days of period {k // 2 + 1}"
        columns.append((title, values))
        xml.append(_lane_series(k + 1, title, values, n, names, fills, labels, "0"))
    area = plot_layout((plot.x - box.x) / box.w, (plot.y - box.y) / box.h, plot.w / box.w, plot.h / box.h)
    axis = day_axis(first, last)
    chart = (
        f'<c:autoTitleDeleted val="1"/><c:plotArea>{area}<c:barChart><c:barDir val="bar"/><c:grouping val="stacked"/>'
        f'<c:varyColors val="0"/>{"".join(xml)}<c:gapWidth val="90"/><c:overlap val="100"/>'
        '<c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        + category_axis("l", LABEL, reverse=True, rule=False)
        + value_axis(axis, 1002, 1001, "t").replace("midCat", "between")
        + '<c:spPr><a:noFill/></c:spPr></c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/>'
    )
    cells: Cells = [[heading, *(c for c, _ in columns)]]
    for i, lane_name in enumerate(names):
        cells.append([lane_name, first, *(v[i] for _, v in columns[1:])])
    add_chart(slide, box, chart, workbook([*cells, [], *periods], made_on(card)), name, card.alt)
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
    letter = letter_of(k + 1)
    words = labels_xml(labels, position="ctr") if labels else ""
    return (
        f'<c:ser><c:idx val="{k}"/><c:order val="{k}"/><c:tx>{text_ref(f"${letter}$1", [title])}</c:tx>'
        f'<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:invertIfNegative val="0"/>{points}{words}'
        f"<c:cat>{text_ref(f'$A$2:$A${n + 1}', names)}</c:cat>"
        f"<c:val>{number_ref(f'${letter}$2:${letter}${n + 1}', values, code)}</c:val></c:ser>"
    )
