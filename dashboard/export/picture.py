"""A chart's figure as a picture with title, scope, selection and sources inside, for a slide, half of one, or paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from dashboard.charts.card import Card
from dashboard.charts.spec import Chart
from dashboard.draw import plotly
from dashboard.draw.plotly.key import KEY_ROW, key_room, key_rows
from dashboard.look.measure import fit, width
from dashboard.look.theme import FONT_EXPORT, Look, escape

Ground = Literal["light", "dark", "transparent"]


@dataclass(frozen=True)
class Size:
    """A format of pictures.

    Attributes:
        name: What it is called.
        file: Width and height in pixels at 1x: 120 are an inch of a slide or of paper.
        drawn: Width in pixels that the chart is drawn at; type is as large as that makes it.
        compact: Drawn as on a phone, in type of 12 pixels instead of 20: it has that much room.
    """

    name: str
    file: tuple[int, int]
    drawn: int
    compact: bool = False

    @property
    def drawing(self) -> tuple[int, int]:
        """Width and height in pixels that the chart is drawn at."""
        return self.drawn, round(self.file[1] * self.drawn / self.file[0])


#: Labels of 20 pixels, in compact sizes of 12, are 10 to 12 points in each.
SIZES = {
    "full": Size("Full slide", (1600, 900), 1600),
    "half": Size("Half slide", (800, 900), 528, compact=True),
    "square": Size("Square", (1080, 1080), 712, compact=True),
    "a4": Size("A4 landscape", (1403, 992), 1600),
}
SCALES = (1, 2, 4)
GROUNDS: dict[str, str] = {"light": "Light", "dark": "Dark", "transparent": "Transparent"}


class PictureError(Exception):
    """A picture could not be drawn; the text says why and what can be had instead."""


@dataclass(frozen=True)
class Preset:
    """What a picture is for.

    Attributes:
        size: A key of SIZES.
        scale: A number of SCALES: pixels of the file for one of its size.
        ground: A key of GROUNDS; transparent carries dark text.
    """

    size: str = "full"
    scale: int = 2
    ground: Ground = "light"

    def __post_init__(self) -> None:
        if self.size not in SIZES or self.scale not in SCALES or self.ground not in GROUNDS:
            raise ValueError(
                f"no such picture: size {self.size}, scale {self.scale}, ground {self.ground}; expected a size of "
                f"{', '.join(SIZES)}, a scale of 1, 2 or 4, a ground of {', '.join(GROUNDS)}"
            )

    @property
    def factor(self) -> float:
        """Pixels of the file for one of the drawing."""
        size = SIZES[self.size]
        return self.scale * size.file[0] / size.drawn


WIDTH, HEIGHT = SIZES["full"].file
SIDE, TOP, FOOT = 32, 30, 24
#: Type sizes in pixels: on a slide of 13.33 inches 40 is 24 points, 18.5 is 11.
TITLE_SIZES = (40, 36, 32)
COMPACT_TITLE_SIZES = (34, 31, 28)
SUBTITLE_SIZES = (22, 20, 18)
SOURCE_SIZES = (18.5, 17, 16)
#: Plotly sets lines of text this far apart.
LEADING = 1.3
#: A lane taller than this is a slab, not a bar.
TALLEST_LANE, LEAST_PLOT = 84, 300
#: Share of the height that a chart asks for on a phone below which it can no longer be read.
CLOSEST = 0.7


def drawn(chart: Chart, card: Card, preset: Preset | None = None) -> go.Figure:
    """A chart as a picture of a preset, to be drawn at `Size.drawing` and multiplied by `Preset.factor`.

    Raises:
        ExportRefusedError: no source stands behind the rows.
        PictureError: it holds more than its size can show, or is a table and the size too narrow for one.
    """
    preset = preset or Preset()
    size = SIZES[preset.size]
    mode: Literal["light", "dark"] = "dark" if preset.ground == "dark" else "light"
    look = Look(mode=mode, export=not size.compact, compact=size.compact, wide=size.drawn - 38)
    if size.compact and chart.screen == "table":
        raise PictureError("A table needs the width of a slide: take the full slide or A4.")
    own = go.Figure(plotly.draw(chart, card.frame, look))
    out = export_figure(own, card, look, size=size.drawing, transparent=preset.ground == "transparent")
    if size.compact and _asked(out) < CLOSEST * _asked(own):
        raise PictureError(
            f"This chart holds more than the size “{size.name.lower()}” can show in readable type: take the full slide, or "
            "narrow the filters."
        )
    return out


def export_figure(
    figure: go.Figure,
    card: Card,
    look: Look | None = None,
    *,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    transparent: bool = False,
) -> go.Figure:
    """The figure with everything a picture must say, on a solid ground.

    Args:
        figure: As the chart draws it under `look`; stays as it is.
        card: The words around it.
        look: Ground and text; light when None.
        size: Width and height in pixels; type keeps its size, that of `look`.
        transparent: No ground; text keeps the look's colours.

    Returns:
        A figure of that size whose own margins stand between a head and a foot; hover texts are left out.

    Raises:
        ExportRefusedError: no source stands behind the rows.
    """
    card.require_sources()
    look = look or Look(mode="light", export=True)
    wide, tall = size
    # Words around a chart that is drawn in smaller type are smaller by as much, and have more lines.
    unit = look.size / Look(export=True).size
    more = 0 if unit == 1 else 1
    side = SIDE * unit
    room = wide - 2 * side

    def fitted(
        text: str, sizes: tuple[float, ...], lines: int, bold: bool = False
    ) -> tuple[float, list[str]]:
        return fit(text, room, tuple(s * unit for s in sizes), lines, bold=bold)

    title_size, title = fitted(card.title, COMPACT_TITLE_SIZES if more else TITLE_SIZES, 2 + more, True)
    scope_size, scope = fitted(card.subtitle, SUBTITLE_SIZES, 2 + more)
    source_size, source = fitted(card.source_line, SOURCE_SIZES, 3 + more)
    _, view = fit(card.filter_line, room, (source_size,), 1 + more)
    foot = [*view, *source] if card.filter_line else source
    scope_y = TOP * unit + len(title) * title_size * LEADING + 4 * unit
    head = scope_y + len(scope) * scope_size * LEADING + 12 * unit
    foot_height = len(foot) * source_size * LEADING + (14 + FOOT) * unit
    own = figure.layout.margin
    left, right = max(own.l or 0, _names_left(figure, wide - 2 * side)) + side, (own.r or 0) + side
    top, bottom = (
        (own.t or 0) + head + _more_key(figure, wide - right - side, look),
        (own.b or 0) + foot_height,
    )
    spare = tall - top - bottom - _wanted(figure, tall, unit)
    foot_top = tall - FOOT * unit - len(foot) * source_size * LEADING
    if spare > 0:
        bottom += spare
    # Plotly checks a figure again with every change of it: changed as plain data, it is checked once.
    spec = figure.to_dict()
    layout = spec["layout"]
    if figure.layout.showlegend and figure.layout.legend.orientation == "h":
        # A key on top stands under the head, at the picture's own edge. Plotly lets it be as wide as plot and left
        # margin together where it begins left of the plot, and else only as wide as the plot.
        layout["legend"] |= {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"}
        layout["legend"] |= {
            "x": (side - left) / (wide - left - right),
            "y": 1 + (top - head) / (tall - top - bottom),
        }
    words = [
        _words([f"<b>{escape(t)}</b>" for t in title], title_size, look.ink, TOP * unit, left - side, top),
        _words([escape(t) for t in scope], scope_size, look.grey, scope_y, left - side, top),
        _words([escape(t) for t in foot], source_size, look.grey, foot_top, left - side, top),
    ]
    for trace in spec["data"]:
        # What is said on hover is not drawn: it would only make the file heavier.
        trace["hoverinfo"] = "skip"
        for said in ("hovertemplate", "hovertext", "customdata"):
            trace.pop(said, None)
    layout |= {
        "width": wide,
        "height": tall,
        "autosize": False,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0, "autoexpand": False},
        "paper_bgcolor": "rgba(0,0,0,0)" if transparent else look.ground,
        "font": layout.get("font", {}) | {"family": FONT_EXPORT},
        "annotations": [*layout.get("annotations", ()), *words],
    }
    return go.Figure(spec)


def _words(lines: list[str], size: float, colour: str, y: float, left: float, top: float) -> dict[str, Any]:
    """Lines of text at the left edge, `y` pixels from the top: placed from the plot's corner, which moves."""
    return {
        "text": "<br>".join(lines),
        "x": 0,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "xshift": -left,
        "yshift": top - y,
        "align": "left",
        "showarrow": False,
        "borderpad": 0,
        "font": {"size": size, "color": colour},
    }


def _more_key(figure: go.Figure, room: float, look: Look) -> float:
    """Pixels on top that a key takes beyond the rows that the figure left room for; below 0 where it needs fewer."""
    key = figure.layout.legend
    if not figure.layout.showlegend or key.orientation != "h":
        return 0.0
    names = [t.name for t in figure.data if t.showlegend and t.name]
    left_for = key_rows(names, look, key_room(look)) if look.compact else 1
    return (key_rows(names, look, room) - left_for) * KEY_ROW * look.size / 12


def _names_left(figure: go.Figure, across: float) -> float:
    """Pixels that names at the left of lanes need, where a long one is wider than the margin that was left."""
    own, ends = figure.layout.margin, figure.layout.xaxis.range
    plot = across - (own.l or 0) - (own.r or 0)
    most = 0.0
    for a in figure.layout.annotations:
        if a.xanchor != "right" or not isinstance(a.x, (int, float)):
            continue
        at = a.x * plot
        if a.xref != "paper":
            if not ends or not all(isinstance(e, (int, float)) for e in ends) or ends[0] == ends[1]:
                continue
            at = (a.x - ends[0]) / (ends[1] - ends[0]) * plot
        if at > 0.25 * plot:
            continue
        for text in a.text.split("<br>"):
            bare = re.sub(r"<[^>]+>", "", text)
            most = max(most, width(bare, a.font.size or 12, "<b>" in text) - at - (a.xshift or 0) + 4)
    return most


def _wanted(figure: go.Figure, tall: int, unit: float) -> float:
    """Height of the plot in pixels: all there is, but for a few lanes no more than they need."""
    ends = figure.layout.yaxis.range
    if not ends or not isinstance(ends[0], (int, float)) or ends[0] <= ends[1]:
        return float(tall)
    return max(
        float(max((ends[0] - ends[1]) * TALLEST_LANE, LEAST_PLOT)) * unit, _asked(figure) if unit < 1 else 0
    )


def _asked(figure: go.Figure) -> float:
    """Height of the plot in pixels that a figure asks for by itself."""
    own = figure.layout
    return float((own.height or 0) - (own.margin.t or 0) - (own.margin.b or 0))
