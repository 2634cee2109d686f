"""Parts of figures that all kinds share: hover texts, caveats on marks, keys, words beside marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.charts.kinds.marks import Piece, Told
from dashboard.look.scales import Value
from dashboard.look.theme import Look, escape

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


def point_marker(
    marks: Sequence[Told], values: Sequence[Value], look: Look, size: float, faint: Sequence[bool] = ()
) -> dict[str, Any]:
    """Look of points: hollow where estimated, faded where stale; `faint` ones are context."""
    hollow = ["estimated" in m.caveats for m in marks]
    weak = faint or [False] * len(marks)
    opacity = [
        min(0.45 if f else 1.0, FADED if "stale" in m.caveats else 1.0)
        for m, f in zip(marks, weak, strict=True)
    ]
    return {
        "size": size,
        "symbol": [
            f"{v.symbol.removesuffix('-open')}{'-open' if h else ''}"
            for v, h in zip(values, hollow, strict=True)
        ],
        "color": [v.fill(look) for v in values],
        "opacity": opacity,
        "line": {
            "width": [2 * look.scale if h else 0 for h in hollow],
            "color": [v.fill(look) for v in values],
        },
    }


def rings(
    marks: Sequence[Told], x: Sequence[Any], y: Sequence[Any], look: Look, size: float
) -> list[dict[str, Any]]:
    """Rings around points on which sources disagree."""
    found = [i for i, m in enumerate(marks) if "disputed" in m.caveats]
    if not found:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "hoverinfo": "skip",
            "x": [x[i] for i in found],
            "y": [y[i] for i in found],
            "marker": {
                "symbol": "circle-open",
                "size": size + 8 * look.scale,
                "color": look.ink,
                "line": {"width": 1.4 * look.scale, "color": look.ink},
            },
        }
    ]
