"""Lanes of periods as stacked bars that PowerPoint edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from pptx.slide import Slide

from dashboard.charts.card import Card
from dashboard.draw.slide.native import (
    LABEL,
    Bars,
    Cells,
    add_chart,
    bar_chart,
    bar_series,
    bar_shape,
    category_axis,
    day_axis,
    labels_xml,
    serial,
    value_axis,
)
from dashboard.draw.slide.ooxml import INK, LOOK, Box, Run, hatch, line
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
    columns: list[tuple[str, list[float | None]]] = [("Scale begins", [start] * n)]
    clear = "<a:noFill/><a:ln><a:noFill/></a:ln>"
    xml = [bar_series(0, "Scale begins", [start] * n, names, clear, {}, "", "General")]
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
        words = labels_xml(labels) if labels else ""
        xml.append(bar_series(k + 1, title, values, names, clear, fills, words, "0"))
    axes = category_axis("l", LABEL, reverse=True, rule=False)
    axes += value_axis(day_axis(first, last), 1002, 1001, "t", between=True)
    chart = bar_chart(xml, "bar", "stacked", gap=90, over=True, axes=axes)
    cells: Cells = [[heading, *(c for c, _ in columns)]]
    for i, lane_name in enumerate(names):
        cells.append([lane_name, first, *(v[i] for _, v in columns[1:])])
    add_chart(slide, box, plot, chart, [*cells, [], *periods], name=name, card=card)
    return plot
