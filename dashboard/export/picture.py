"""A chart's figure as a picture for a slide: 1600 x 900 with title, scope, selection and sources inside."""

from __future__ import annotations

import re
from typing import Any

import plotly.graph_objects as go

from dashboard.export.card import Card
from dashboard.export.measure import fit, width
from dashboard.theme import FONT_EXPORT, Look, escape

WIDTH, HEIGHT = 1600, 900
SIDE, TOP, FOOT = 32, 30, 24
#: Type sizes in pixels: on a slide of 13.33 inches 40 is 24 points, 18.5 is 11.
TITLE_SIZES = (40, 36, 32)
SUBTITLE_SIZES = (22, 20, 18)
SOURCE_SIZES = (18.5, 17, 16)
#: Plotly sets lines of text this far apart.
LEADING = 1.3
#: A lane taller than this is a slab, not a bar.
TALLEST_LANE, LEAST_PLOT = 84, 300


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
        figure: As the chart draws it for an export (`Look(export=True)`); stays as it is.
        card: The words around it.
        look: Ground and text; light when None.
        size: Width and height in pixels; type keeps its size, 120 pixels are an inch of a slide.
        transparent: No ground; text keeps the look's colours.

    Returns:
        A figure of that size whose own margins stand between a head and a foot; hover texts are left out.

    Raises:
        ExportRefusedError: no source stands behind the rows.
    """
    card.require_sources()
    look = look or Look(mode="light", export=True)
    out = go.Figure(figure)
    wide, tall = size
    room = wide - 2 * SIDE
    # Half a slide holds fewer words a line, and more lines.
    more = 0 if wide >= 1200 else 1
    title_size, title = fit(card.title, room, TITLE_SIZES, 2 + more, bold=True)
    scope_size, scope = fit(card.subtitle, room, SUBTITLE_SIZES, 2 + more)
    source_size, source = fit(card.source_line, room, SOURCE_SIZES, 3 + more)
    _, view = fit(card.filter_line, room, (source_size,), 1 + more)
    foot = [*view, *source] if card.filter_line else source
    scope_y = TOP + len(title) * title_size * LEADING + 4
    head = scope_y + len(scope) * scope_size * LEADING + 12
    foot_height = len(foot) * source_size * LEADING + 14 + FOOT
    own = out.layout.margin
    left, right = max(own.l or 0, _names_left(out, wide)) + SIDE, (own.r or 0) + SIDE
    top, bottom = (own.t or 0) + head + _more_key(out, wide - left - right), (own.b or 0) + foot_height
    spare = tall - top - bottom - _wanted(out, tall)
    foot_top = tall - FOOT - len(foot) * source_size * LEADING
    if spare > 0:
        bottom += spare
    words = [
        _words([f"<b>{escape(t)}</b>" for t in title], title_size, look.ink, TOP, left, top),
        _words([escape(t) for t in scope], scope_size, look.grey, scope_y, left, top),
        _words([escape(t) for t in foot], source_size, look.grey, foot_top, left, top),
    ]
    if out.layout.showlegend and out.layout.legend.orientation == "h":
        # A key on top stands under the head, at the picture's own edge.
        out.update_layout(
            legend={"xref": "container", "yref": "container", "x": SIDE / wide, "y": 1 - head / tall}
            | {"xanchor": "left", "yanchor": "top"}
        )
    for trace in out.data:
        # What is said on hover is not drawn: it would only make the file heavier.
        trace.update(hoverinfo="skip", hovertemplate=None, hovertext=None, customdata=None)
    out.update_layout(
        width=wide,
        height=tall,
        autosize=False,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 0, "autoexpand": False},
        paper_bgcolor="rgba(0,0,0,0)" if transparent else look.ground,
        font={"family": FONT_EXPORT},
        annotations=[*out.layout.annotations, *words],
    )
    return out


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
        "xshift": SIDE - left,
        "yshift": top - y,
        "align": "left",
        "showarrow": False,
        "borderpad": 0,
        "font": {"size": size, "color": colour},
    }


def _more_key(figure: go.Figure, room: float) -> float:
    """Pixels on top that a key of several rows takes beyond the row that the figure left room for."""
    key = figure.layout.legend
    if not figure.layout.showlegend or key.orientation != "h":
        return 0.0
    size = key.font.size or 20
    wide = [width(t.name, size) + 48 for t in figure.data if t.showlegend and t.name]
    rows = 1 if sum(wide) <= room else -(-len(wide) // max(int(room // max(wide)), 1))
    return max(rows - 1, 0) * size * LEADING


def _names_left(figure: go.Figure, across: int) -> float:
    """Pixels that names at the left of lanes need, where a long one is wider than the margin that was left."""
    own, ends = figure.layout.margin, figure.layout.xaxis.range
    plot = across - 2 * SIDE - (own.l or 0) - (own.r or 0)
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


def _wanted(figure: go.Figure, tall: int) -> float:
    """Height of the plot in pixels: all there is, but for a few lanes no more than they need."""
    ends = figure.layout.yaxis.range
    if not ends or not isinstance(ends[0], (int, float)) or ends[0] <= ends[1]:
        return float(tall)
    return float(max((ends[0] - ends[1]) * TALLEST_LANE, LEAST_PLOT))
