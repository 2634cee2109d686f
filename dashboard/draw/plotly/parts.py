"""Parts of figures that all kinds share: marks with hover texts and caveats, axes, keys, words beside marks."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from math import log10
from typing import TYPE_CHECKING, Any

from dashboard.charts.kinds.axes import Axis, iso_day
from dashboard.charts.kinds.marks import Lane, Piece, Seen, Told
from dashboard.look.measure import width
from dashboard.look.place import Placed
from dashboard.look.scales import Value
from dashboard.look.theme import Look, annotation, escape, layout

if TYPE_CHECKING:
    import pandas as pd

#: Opacity of a stale mark.
FADED = 0.42
HOVER = "%{hovertext}<extra></extra>"


Figure = dict[str, Any]


def figure(
    look: Look,
    traces: Sequence[dict[str, Any]],
    labels: Sequence[dict[str, Any]],
    height: float,
    around: tuple[float, float, float, float],
    **own: Any,
) -> Figure:
    """A figure in the house layout.

    Args:
        look: Ground and size.
        traces: What is drawn, the last on top.
        labels: Words on it.
        height: Of all, in pixels.
        around: Margins in pixels: left, top, right, bottom.
        own: Further keys of the layout.
    """
    margin = dict(zip("ltrb", around, strict=True))
    own |= {"height": int(height), "margin": margin, "annotations": [*labels]}
    return {"data": [*traces], "layout": layout(look, **own)}


def unseen(low: Any, high: Any) -> dict[str, Any]:
    """An axis that is not drawn, from end to end."""
    return {"visible": False, "range": [low, high]}


def label(
    x: Any, y: Any, text: str, look: Look, size: float = 0.0, colour: str = "", **own: Any
) -> dict[str, Any]:
    """Words of a size and colour of their own, else of the figure's; `text` is markup."""
    return annotation(x, y, text, look, **own) | {
        "font": {"size": size or look.size, "color": colour or look.ink}
    }


def broken(lines: Sequence[str], strong: bool = False) -> str:
    """Lines of plain text, bold where strong, as markup."""
    return "<br>".join(f"<b>{escape(t)}</b>" if strong else escape(t) for t in lines)


def tinted(text: str, colour: str) -> str:
    """Markup in a colour."""
    return f"<span style='color:{colour}'>{text}</span>"


def name_size(look: Look) -> float:
    """Size of names beside lanes: on screen one above that of the figure."""
    return look.size + (0 if look.export else 1)


def lane_name(one: Lane, x: float, y: float, look: Look, gap: float, **own: Any) -> dict[str, Any]:
    """The name of a lane in its lines, `gap` pixels left of a place; grey where it is context."""
    own = {"xanchor": "right", "align": "right", "xshift": -gap} | own
    tint = "" if one.strong else look.grey
    return label(x, y, broken(one.lines, one.strong), look, name_size(look), tint, **own)


def rule(x0: Any, x1: Any, y0: Any, y1: Any, colour: str, thick: float, **own: Any) -> dict[str, Any]:
    """A straight line of the ground."""
    ends = {"x0": x0, "x1": x1, "y0": y0, "y1": y1}
    return {"type": "line", **ends, "line": {"color": colour, "width": thick}, **own}


def rect(x0: Any, x1: Any, y0: Any, y1: Any, **own: Any) -> dict[str, Any]:
    """A rectangle without an outline, unless `own` gives it one."""
    ends = {"x0": x0, "x1": x1, "y0": y0, "y1": y1}
    return {"type": "rect", **ends, "line": {"width": 0}, **own}


def markers(xs: Sequence[Any], ys: Sequence[Any], marker: dict[str, Any], **own: Any) -> dict[str, Any]:
    """Marks at places, without rows of their own unless `own` holds these."""
    places = {"x": list(xs), "y": list(ys)}
    return {"type": "scatter", "mode": "markers", "showlegend": False, **places, "marker": marker, **own}


def targets(marks: Sequence[Told], xs: Sequence[Any], ys: Sequence[Any], look: Look) -> dict[str, Any]:
    """What a pointer meets where shapes or words are the marks: seen by nobody."""
    return markers(xs, ys, {"size": 26, "opacity": 0, "color": look.ink}, **hovers(marks))


def name_marks(found: Sequence[tuple[float, Value, Hashable]], x: float, look: Look) -> dict[str, Any]:
    """Marks of a vocabulary before the names of lanes: lane, value and the row it stands for."""
    values = [v for _, v, _ in found]
    marker = {
        "size": 9 * look.scale,
        "symbol": [v.symbol for v in values],
        "color": [v.fill(look) for v in values],
        "line": {"width": 0},
    }
    return markers(
        [x] * len(found),
        [y for y, _, _ in found],
        marker,
        customdata=[row for _, _, row in found],
        hovertext=[escape(v.word) for v in values],
        hovertemplate=HOVER,
    )


def strips(marks: Sequence[Seen], look: Look, gap: float = 0.0, **own: Any) -> dict[str, Any]:
    """Rectangles along lanes, `gap` pixels between parts of a stack; `own` says in keys of the trace where they stand."""
    marker = bar_marker(marks, look, gap)
    return {"type": "bar", "orientation": "h", "showlegend": False, "marker": marker, **hovers(marks), **own}


def inside(texts: Sequence[str], marks: Sequence[Seen], look: Look, size: float = 0.0) -> dict[str, Any]:
    """Words in the middle of rectangles, as large as they are set whether they fit or not; `texts` are markup."""
    inks = [look.ink if m.value.hatched else m.value.text(look) for m in marks]
    halos = {"shadow": [halo(look) if m.value.hatched else "none" for m in marks]}
    some = halos if any(m.value.hatched for m in marks) else {}
    return {
        "text": [*texts],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"size": size or look.size, "color": inks} | some,
    }


def halo(look: Look) -> str:
    """Light of the ground around letters that stand on lines or on a hatch, as a style sheet says it."""
    return ", ".join([f"0 0 {round(2 * look.scale)}px {look.ground}"] * 3)


def hovers(marks: Sequence[Told]) -> dict[str, Any]:
    """The row of each mark and what is said of it, for a trace."""
    return {
        "customdata": [m.row for m in marks],
        "hovertext": [
            "<br>".join((f"<b>{escape(m.hover[0])}</b>", *map(escape, m.hover[1:]))) for m in marks
        ],
        "hovertemplate": HOVER,
    }


def bar_marker(marks: Sequence[Seen], look: Look, gap: float) -> dict[str, Any]:
    """Fill of rectangles: hatched where the value is unknown or the row estimated, outlined where disputed, faded where stale."""
    caveats, values = [m.caveats for m in marks], [m.value for m in marks]
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
            # What is unknown is quieter than what is known.
            "solidity": [0.2 if v.hatched else 0.35 for v in values],
            "fillmode": "overlay",
        }
    if any("stale" in c for c in caveats):
        marker["opacity"] = [FADED if "stale" in c else 1.0 for c in caveats]
    return marker


def point_marker(
    marks: Sequence[Seen],
    look: Look,
    sizes: Sequence[float],
    opacity: float | Sequence[float] = 1.0,
) -> dict[str, Any]:
    """Look of points: hollow where the row is estimated, faded where stale; `rings` go around disputed ones."""
    hollow = ["estimated" in m.caveats for m in marks]
    fills = [m.value.fill(look) for m in marks]
    symbols = [m.value.symbol for m in marks]
    marker: dict[str, Any] = {
        "symbol": [
            f"{s}-open" if h and "-open" not in s else s for s, h in zip(symbols, hollow, strict=True)
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
    place = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": yanchor}
    return label(1, y, escape(words), look, colour=look.grey) | place


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
    marker = {
        "symbol": "circle-open",
        "size": [sizes[i] + 8 * look.scale for i in ringed],
        "color": look.ink,
        "line": {"width": 1.4 * look.scale, "color": look.ink},
    }
    return [markers([xs[i] for i in ringed], [ys[i] for i in ringed], marker, hoverinfo="skip", **axes)]


def spots(
    marks: Sequence[Seen],
    xs: Sequence[Any],
    ys: Sequence[Any],
    sizes: float | Sequence[float],
    look: Look,
    opacity: float = 1.0,
    **axes: Any,
) -> list[dict[str, Any]]:
    """Points with their rows and hover texts, and rings where sources disagree; none for no marks."""
    if not marks:
        return []
    sizes = [sizes] * len(marks) if isinstance(sizes, float | int) else sizes
    marker = point_marker(marks, look, sizes, opacity)
    return [markers(xs, ys, marker, **hovers(marks), **axes), *rings(marks, xs, ys, sizes, look, **axes)]


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


@lru_cache(maxsize=20_000)
def iso(day: pd.Timestamp) -> str:
    """A day as Plotly takes it in a trace; the same ones stand in one figure after the other."""
    return day.isoformat()


def coordinate(axis: Axis, value: float) -> Any:
    """A value as Plotly takes it in a trace: a day as ISO text."""
    return iso_day(value) if axis.days else value


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
            text = tinted(text, look.grey)
        out.append(text)
    return "  ".join(out)


def key_entries(values: Sequence[Value], look: Look) -> list[tuple[str, str, str]]:
    """Word, colour and mark of each value, for the key above a chart."""
    return [(v.word, v.fill(look), v.symbol) for v in values]


def beside(found: Placed, x: Any, y: Any, look: Look, size: float = 0.0, colour: str = "") -> dict[str, Any]:
    """A name where `look.place` found room for it, seen from the place of its mark."""
    side = "right" if "left" in found.side else "left" if "right" in found.side else "center"
    place = {"xanchor": side, "xshift": round(found.dx, 1), "yshift": round(-found.dy, 1)}
    name = label(x, y, broken([found.wish.text], found.wish.strong), look, size, colour) | place
    name["font"]["shadow"] = halo(look)
    return name
