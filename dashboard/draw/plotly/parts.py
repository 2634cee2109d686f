"""Parts of figures that all kinds share: marks with hover texts and caveats, axes, keys, words beside marks."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any

from dashboard.charts.kinds.axes import Axis, day_of
from dashboard.charts.kinds.marks import Piece, Told
from dashboard.look.measure import width
from dashboard.look.place import Placed
from dashboard.look.scales import Value
from dashboard.look.theme import Look, annotation, escape

#: Opacity of a stale mark.
FADED = 0.42
HOVER = "%{hovertext}<extra></extra>"


def hovers(marks: Sequence[Told]) -> dict[str, Any]:
    """The row of each mark and what is said of it, for a trace."""
    return {
        "customdata": [m.row for m in marks],
        "hovertext": [
            "<br>".join((f"<b>{escape(m.hover[0])}</b>", *(escape(t) for t in m.hover[1:]))) for m in marks
        ],
        "hovertemplate": HOVER,
    }


def bar_marker(
    marks: Sequence[Told], values: Sequence[Value], look: Look, gap: float = 0.0
) -> dict[str, Any]:
    """Fill of rectangles: hatched where the value is unknown or the row estimated, outlined where disputed, faded where stale."""
    caveats = [m.caveats for m in marks]
    marker: dict[str, Any] = {"color": [look.ground if v.hatched else v.fill(look) for v in values]}
    line: dict[str, Any] = {"width": gap, "color": look.ground}
    if any("disputed" in c for c in caveats):
        line = {
            "width": [2 * look.scale if "disputed" in c else gap for c in caveats],
            "color": [look.ink if "disputed" in c else look.ground for c in caveats],
        }
    marker["line"] = line
    hatched = [v.hatched or "estimated" in c for v, c in zip(values, caveats, strict=True)]
    if any(hatched):
        marker["pattern"] = {
            "shape": ["/" if h else "" for h in hatched],
            "fgcolor": [look.rule if v.hatched else look.ground for v in values],
            "size": 6 * look.scale,
            "solidity": 0.35,
            "fillmode": "overlay",
        }
    if any("stale" in c for c in caveats):
        marker["opacity"] = [FADED if "stale" in c else 1.0 for c in caveats]
    return marker


def point_marker(
    marks: Sequence[Told],
    values: Sequence[Value],
    look: Look,
    sizes: Sequence[float],
    opacity: float | Sequence[float] = 1.0,
) -> dict[str, Any]:
    """Look of points: hollow where the row is estimated, faded where stale; `rings` go around disputed ones."""
    hollow = ["estimated" in m.caveats for m in marks]
    fills = [v.fill(look) for v in values]
    marker: dict[str, Any] = {
        "symbol": [
            f"{v.symbol}-open" if h and "-open" not in v.symbol else v.symbol
            for v, h in zip(values, hollow, strict=True)
        ],
        "color": fills,
        "size": list(sizes),
        "line": {"width": [2 * look.scale if h else 0 for h in hollow], "color": fills},
        "opacity": opacity,
    }
    if any("stale" in m.caveats for m in marks):
        each = [opacity] * len(marks) if isinstance(opacity, float | int) else opacity
        marker["opacity"] = [
            min(o, FADED) if "stale" in m.caveats else o for m, o in zip(marks, each, strict=True)
        ]
    return marker


def more_there(words: str, y: float, look: Look, yanchor: str = "bottom") -> dict[str, Any]:
    """How many more there are, at the right end of a height of the paper."""
    label = annotation(1, y, words, look, xref="paper", yref="paper", xanchor="right", yanchor=yanchor)
    return label | {"font": {"size": look.size, "color": look.grey}}


def rings(
    marks: Sequence[Told],
    xs: Sequence[Any],
    ys: Sequence[Any],
    sizes: Sequence[float],
    look: Look,
    **axes: str,
) -> list[dict[str, Any]]:
    """Circles around the points of disputed rows; none where there is none."""
    ringed = [i for i, m in enumerate(marks) if "disputed" in m.caveats]
    if not ringed:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "hoverinfo": "skip",
            "x": [xs[i] for i in ringed],
            "y": [ys[i] for i in ringed],
            "marker": {
                "symbol": "circle-open",
                "size": [sizes[i] + 8 * look.scale for i in ringed],
                "color": look.ink,
                "line": {"width": 1.4 * look.scale, "color": look.ink},
            },
            **axes,
        }
    ]


def spots(
    marks: Sequence[Told],
    values: Sequence[Value],
    xs: Sequence[Any],
    ys: Sequence[Any],
    sizes: Sequence[float],
    look: Look,
    opacity: float = 1.0,
    **axes: Any,
) -> list[dict[str, Any]]:
    """Points with their rows and hover texts, and rings where sources disagree; none for no marks."""
    if not marks:
        return []
    trace = {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": list(xs),
        "y": list(ys),
        "marker": point_marker(marks, values, look, sizes, opacity),
        **hovers(marks),
        **axes,
    }
    return [trace, *rings(marks, xs, ys, sizes, look, **axes)]


def stroke(
    xs: Sequence[Any], ys: Sequence[Any], colour: str, width: float, look: Look, **own: Any
) -> dict[str, Any]:
    """A line without marks; `own` holds keys of the trace, and of its line under `line`."""
    line = {"color": colour, "width": width * look.scale, **own.pop("line", {})}
    return {
        "type": "scatter",
        "mode": "lines",
        "showlegend": False,
        "hoverinfo": "skip",
        "x": list(xs),
        "y": list(ys),
        "line": line,
        **own,
    }


def coordinate(axis: Axis, value: float) -> Any:
    """A value as Plotly takes it in a trace: a day as ISO text."""
    return f"{day_of(value):%Y-%m-%d}" if axis.days else value


def anchor(axis: Axis, value: float) -> Any:
    """A value as Plotly takes it in annotations and ranges: its logarithm on a logarithmic axis."""
    return log10(value) if axis.log else coordinate(axis, value)


def plotly_axis(axis: Axis, **own: Any) -> dict[str, Any]:
    """Plotly's own keys for a scale."""
    out: dict[str, Any] = {
        "range": [anchor(axis, axis.low), anchor(axis, axis.high)],
        "tickvals": [coordinate(axis, v) for v, _ in axis.ticks],
        "ticktext": [
            f"<b>{escape(t)}</b>" if axis.days and t.isdigit() else escape(t) for _, t in axis.ticks
        ],
    }
    if axis.log or axis.days:
        out["type"] = "log" if axis.log else "date"
    return out | own


def axis_room(axis: Axis, look: Look) -> int:
    """Width that the words of an upright axis take."""
    return int(max((width(t, look.size) for _, t in axis.ticks), default=20) + 10 * look.scale)


def pieces(words: Sequence[Piece], look: Look) -> str:
    """Words behind a mark in Plotly's small HTML."""
    out = []
    for piece in words:
        text = escape(piece.text)
        if piece.weight == "strong":
            text = f"<b>{text}</b>"
        elif piece.weight == "grey":
            text = f"<span style='color:{look.grey}'>{text}</span>"
        out.append(text)
    return "  ".join(out)


def key_entries(values: Sequence[Value], look: Look) -> list[tuple[str, str, str]]:
    """Word, colour and mark of each value, for the key above a chart."""
    return [(v.word, v.fill(look), v.symbol) for v in values]


def markers(xs: Sequence[Any], ys: Sequence[Any], marker: dict[str, Any], **own: Any) -> dict[str, Any]:
    """Marks that stand for no row, with keys of the trace; those that are not pointed at say `hoverinfo="skip"`."""
    trace = {"type": "scatter", "mode": "markers", "showlegend": False, "x": list(xs), "y": list(ys)}
    return {**trace, "marker": marker, **own}


def rule(x: tuple[Any, Any], y: tuple[Any, Any], colour: str, width: float, **own: Any) -> dict[str, Any]:
    """A straight line from one place to another; `own` holds keys of the shape, and of its line under `line`."""
    line = {"color": colour, "width": width, **own.pop("line", {})}
    return {"type": "line", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "line": line, **own}


def beside(found: Placed, x: Any, y: Any, look: Look, **own: Any) -> dict[str, Any]:
    """A name where `look.place` found room for it, at the place of its mark; `own` as of `annotation`."""
    words = escape(found.wish.text)
    side = "right" if "left" in found.side else "left" if "right" in found.side else "center"
    shifts: dict[str, Any] = {"xshift": round(found.dx, 1), "yshift": round(-found.dy, 1)}
    return annotation(
        x, y, f"<b>{words}</b>" if found.wish.strong else words, look, xanchor=side, **shifts, **own
    )


def name_at_left(y: float, text: str, look: Look, size: float, colour: str) -> dict[str, Any]:
    """The name of a lane, at the left of the plot."""
    shift = -10 * look.scale
    return annotation(
        0, y, text, look, size=size, colour=colour, xref="paper", xanchor="right", align="right", xshift=shift
    )
