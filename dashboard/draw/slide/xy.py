"""Points over two scales as scatters that PowerPoint edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.charts.kinds.axes import EPOCH
from dashboard.draw.slide import native
from dashboard.draw.slide.ooxml import GREY, INK, LOOK, Box, Run, fill, line, mix
from dashboard.look.scales import Value

#: Look of a point without a mark.
BARE = ("none", "")
#: What PowerPoint calls the sides of a mark.
SIDES = {"right": "r", "left": "l", "above": "t", "below": "b"}


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
        look: Mark and colour of its own; None has those of its series, and `BARE` no mark: corners of a line, and gaps.
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
    size: float = native.LABEL
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
        pen: The line that joins the points, as XML.
        in_key: The key names it.
        ringed: Marks have a grey outline.
        on_plates: Words stand on the ground's colour, in the middle of their points.
    """

    name: str
    points: list[Point]
    colour: str
    marker: str = "circle"
    size: int = 7
    pen: str = line(None)
    in_key: bool = False
    ringed: bool = False
    on_plates: bool = False

    def mark(self, point: Point) -> str:
        """The mark of a point, hollow and pale as its caveats say."""
        symbol, tint = point.look or (self.marker, self.colour)
        if symbol == "none":
            return UNMARKED
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


def in_look(value: Value, name: str, points: list[Point], size: int, pale: float = 1.0) -> Points:
    """A series in the look of a value, of whose colour a share of `pale` is left.

    The palette gives "undetermined" no mark of PowerPoint's; an invisible point would be a lost one.
    """
    tint, unmarked = value.fill(LOOK), value.slide_marker == "none"
    tint = tint if pale == 1.0 else mix(tint, pale)
    return Points(name, points, tint, "circle" if unmarked else value.slide_marker, size, ringed=unmarked)


def strokes(name: str, points: list[Point], tint: str, thick: float, dash: str = "") -> Points:
    """A series of lines without marks, so many points thick; `dash` is Office's name of a pattern."""
    return Points(name, points, tint, "none", pen=line(tint, thick, dash))


def segment(start: tuple[float, float], end: tuple[float, float], name: str = "") -> list[Point]:
    """A line from one place to another, and the gap behind it."""
    return [Point(name, *start), Point(name, *end), Point("", end[0], None)]


UNMARKED = '<c:marker><c:symbol val="none"/></c:marker>'
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
        out.insert(0, Points(HOLLOW, insides, "#FFFFFF", "circle", 4))
    if rings:
        hollow = frozenset({"estimated"})
        marks = [replace(p, caveats=hollow) for p in rings]
        out.append(Points(RINGS, marks, LOOK.ink, "circle", 12))
    return out


def scatter(
    spot: native.Spot,
    plot: Box,
    series: Sequence[Points],
    x_axis: native.Axis,
    y_axis: native.Axis,
    *,
    headings: tuple[str, str],
    days: bool = False,
    undrawn: native.Cells | None = None,
    unplaced: Sequence[tuple[str, float]] = (),
    ground: str | None = None,
) -> None:
    """Points over two scales; all series share one column of x, blank outside their own rows.

    With columns of different length LibreOffice draws the longest series alone.

    Args:
        spot: Where it goes.
        plot: Where the plotting area stands on the slide.
        series: What is drawn, the last on top; those without points are left out.
        x_axis: Horizontal scale.
        y_axis: Vertical scale.
        headings: Headings of the workbook's first two columns: what a point is, and what x is.
        days: x is a day; the workbook then holds days.
        undrawn: A block of cells kept in the workbook below the others.
        unplaced: Name and value of points without a place across, kept there too.
        ground: Colour of the plot; None leaves it clear.
    """
    series = flagged([s for s in series if s.points])
    rows = [(k, p) for k, s in enumerate(series) for p in s.points]
    n = len(rows)
    x_code = "yyyy-mm-dd" if days else "General"
    x_ref = native.number_ref(f"$B$2:$B${n + 1}", [p.x for _, p in rows], x_code)
    xml = []
    for k, one in enumerate(series):
        own = {i: p for i, (j, p) in enumerate(rows) if j == k}
        ys = [own[i].y if i in own else None for i in range(n)]
        named = {
            i: p.runs or [Run(p.words, p.size, p.strong, INK if p.strong else GREY)]
            for i, p in own.items()
            if p.words or p.runs
        }
        sides = "ctr" if one.on_plates else {i: own[i].side for i in named}
        labels = native.labels_xml(named, position=sides, plate=one.on_plates) if named else ""
        own_marks = {
            i: one.mark(p)
            for i, p in own.items()
            if p.look or p.mark_size or p.caveats & {"estimated", "stale"}
        }
        singles = "".join(
            f'<c:dPt><c:idx val="{i}"/>{mark}<c:bubble3D val="0"/><c:spPr>{one.pen}</c:spPr></c:dPt>'
            for i, mark in sorted(own_marks.items())
        )
        letter = native.letter_of(k + 2)
        xml.append(
            f'<c:ser><c:idx val="{k}"/><c:order val="{k}"/><c:tx>{native.text_ref(f"${letter}$1", [one.name])}</c:tx>'
            f"<c:spPr>{one.pen}</c:spPr>{one.mark(Point('', 0, 0))}{singles}{labels}<c:xVal>{x_ref}</c:xVal>"
            f"<c:yVal>{native.number_ref(f'${letter}$2:${letter}${n + 1}', ys, 'General')}</c:yVal>"
            '<c:smooth val="0"/></c:ser>'
        )
    chart = (
        f'<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{"".join(xml)}'
        '<c:axId val="1001"/><c:axId val="1002"/></c:scatterChart>'
        + native.value_axis(x_axis, 1001, 1002, "b", "max" if y_axis.reverse else "min")
        + native.value_axis(y_axis, 1002, 1001, "l", "min")
    )
    hidden = [k for k, s in enumerate(series) if not s.in_key]
    key = native.legend_xml(spot.box, hidden) if len(hidden) < len(series) else ""
    cells: native.Cells = [[*headings, *(s.name for s in series)]]
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
    codes = {1: x_code, **dict.fromkeys(range(2, len(series) + 2), "General")}
    native.add_chart(spot, plot, chart, cells, codes, key, ground)
