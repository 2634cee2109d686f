"""Matrices in Plotly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.charts.kinds.matrix import FILL_X, FILL_Y, Matrix, Square, Squares
from dashboard.draw.plotly.key import key
from dashboard.draw.plotly.parts import HOVER, bar_marker, hovers, key_entries
from dashboard.look.room import Room
from dashboard.look.theme import Look, annotation, escape, layout

CLEAR = "rgba(0,0,0,0)"
#: Height of a lane, pixels in type of 12, by the lines of words in its cells; of numbers alone, and of lists.
LANES, LANE_SMALL, LANE_LIST = {0: 33, 2: 42, 3: 52}, 31, 40
#: Where a number before words stands in its cell, and where the words begin, from the middle.
NUMBER_AT, WORDS_FROM = -0.42, -0.33


def matrix(state: Squares, kind: Matrix, room: Room, look: Look) -> dict[str, Any]:
    """Headings on top, a row a lane: its name, its mark, its cells, its number."""
    count, across = max(len(state.names), 1), max(len(state.columns), 1)
    size, strip = look.size, 1.8 * look.size if kind.mark else 0.0
    lane = LANE_LIST if state.is_list else LANE_SMALL if room.is_small else LANES[kind.lines]
    end = 1.0 if state.is_list else across - 0.5 + (0.75 if kind.behind else 0)
    start = 0.0 if state.is_list else -0.5
    entries = key_entries(state.key, look) if not kind.words and not state.is_list else []
    traces, legend, top, side = key(entries, look)
    plot = max(room.width - state.names_width - side, size)
    begin = start - strip * (end - start) / plot
    labels, head_tall = ([], 6.0) if state.is_list else _heads(state, kind, look)
    for y, one in enumerate(state.names):
        labels.append(
            annotation(
                begin,
                y,
                "<br>".join(f"<b>{escape(t)}</b>" for t in one.lines),
                look,
                xanchor="right",
                align="right",
            )
            | {
                "xshift": -4 * look.scale,
                "font": {"size": size + (0 if look.export else 1), "color": look.ink},
            }
        )
        if one.listed:
            labels.append(annotation(0.02, y, "<br>".join(map(escape, one.listed)), look, align="left"))
        if one.behind and not state.is_list:
            labels.append(annotation(end - 0.35, y, f"<b>{escape(one.behind)}</b>", look, xanchor="center"))
    if state.more:
        labels.append(
            annotation(begin, count - 0.1, state.more, look, xanchor="right")
            | {"xshift": -4 * look.scale, "font": {"size": size, "color": look.grey}}
        )
    if state.squares and not state.is_list:
        traces += _cells(state, kind, room, look)
        labels += _empty(state, kind, look) + _numbers(state, kind, room, look)
    if any(one.mark for one in state.names):
        traces.append(_marks(state, (begin + start) / 2, look))
    return {
        "data": traces,
        "layout": layout(
            look,
            **({} if look.export or room.is_small else {"uniformtext": {"mode": "hide", "minsize": 9}}),
            **legend,
            barmode="overlay",
            height=int(top + head_tall + lane * (count + (0.5 if state.more else 0)) + 4),
            margin={
                "l": int(state.names_width - strip),
                "r": 4 + side + (8 if kind.behind else 0),
                "t": int(top + head_tall),
                "b": 4,
            },
            xaxis={"visible": False, "range": [begin, end]},
            yaxis={"visible": False, "range": [count - 0.5 + (0.4 if state.more else 0), -0.5]},
            shapes=[] if kind.none or state.is_list else [_rule(y, begin, end, look) for y in range(count)],
            annotations=labels,
        ),
    }


def _heads(state: Squares, kind: Matrix, look: Look) -> tuple[list[dict[str, Any]], float]:
    """Headings, the odd ones raised where neighbours would touch; and the height they take."""
    size = look.size - (1 if not look.export else 2)
    tall = max(map(len, state.heads), default=1) * size * 1.25
    out = []
    for j, lines in enumerate(state.heads):
        is_behind = bool(kind.behind) and j == len(state.heads) - 1
        x = j - 0.5 + 0.4 if is_behind else j
        raised = tall if state.is_stepped and j % 2 else 0
        # Wider than its column, the last one would leave the picture.
        ends = state.is_stepped and j == len(state.heads) - 1
        out.append(
            annotation(
                x + 0.5 if ends else x,
                -0.5,
                "<br>".join(map(escape, lines)),
                look,
                xanchor="right" if ends else "center",
                yanchor="bottom",
            )
            | {"yshift": 2 + raised, "font": {"size": size, "color": look.grey}}
        )
    return out, tall * (2 if state.is_stepped else 1) + 8 * look.scale


def _cells(state: Squares, kind: Matrix, room: Room, look: Look) -> list[dict[str, Any]]:
    """Fills that carry hover and click; words before which a number stands are a trace without a fill of their own."""
    squares = list(state.squares)
    has_text = bool(kind.words) or room.is_small
    # Where words stand in it a hatch would make them hard to read: they are in italics.
    marked = [replace(s, caveats=s.caveats - {"estimated"}) if has_text else s for s in squares]
    fill: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "showlegend": False,
        "base": [s.at - FILL_X / 2 for s in squares],
        "x": [FILL_X] * len(squares),
        "y": [s.lane for s in squares],
        "width": FILL_Y,
        "marker": bar_marker(marked, [s.value for s in squares], look),
        **hovers(squares),
    }
    if room.is_small and has_text:
        return [
            fill | _text([_slanted(s, escape(s.number)) for s in squares], squares, look.size, "middle", look)
        ]
    words = [_slanted(s, "<br>".join(map(escape, s.lines))) for s in squares]
    size = look.size - (5 if look.export else 2)
    if not kind.words:
        return [fill]
    if not kind.number or look.export:
        return [fill | _text(words, squares, size, "middle", look)]
    beside = {
        "type": "bar",
        "orientation": "h",
        "showlegend": False,
        "base": [s.at + WORDS_FROM for s in squares],
        "x": [FILL_X / 2 - WORDS_FROM] * len(squares),
        "y": [s.lane for s in squares],
        "width": FILL_Y,
        "marker": {"color": CLEAR},
        "hoverinfo": "skip",
    }
    return [fill, beside | _text(words, squares, size, "start", look)]


def _text(texts: list[str], squares: list[Square], size: float, anchor: str, look: Look) -> dict[str, Any]:
    return {
        "text": texts,
        "textposition": "inside",
        "insidetextanchor": anchor,
        "textangle": 0,
        **({"constraintext": "none"} if look.export else {}),
        "textfont": {"size": size, "color": [s.value.text(look) for s in squares]},
    }


def _slanted(square: Square, text: str) -> str:
    return f"<i>{text}</i>" if "estimated" in square.caveats and text else text


def _numbers(state: Squares, kind: Matrix, room: Room, look: Look) -> list[dict[str, Any]]:
    """Values before the words of their cells."""
    if not kind.number or room.is_small or look.export:
        return []
    return [
        annotation(s.at + NUMBER_AT, s.lane, _slanted(s, escape(s.number)), look)
        | {"font": {"size": look.size - (2 if look.export else 0), "color": s.value.text(look)}}
        for s in state.squares
    ]


def _empty(state: Squares, kind: Matrix, look: Look) -> list[dict[str, Any]]:
    if not kind.none:
        return []
    held = {(s.lane, s.at) for s in state.squares}
    return [
        annotation(j, y, escape(kind.none), look, xanchor="center")
        | {"font": {"size": look.size, "color": look.rule}}
        for y in range(len(state.names))
        for j in range(len(state.columns))
        if (y, j) not in held
    ]


def _marks(state: Squares, x: float, look: Look) -> dict[str, Any]:
    shown = [(y, one, one.mark) for y, one in enumerate(state.names) if one.mark is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": [x] * len(shown),
        "y": [y for y, _, _ in shown],
        "marker": {
            "size": 9 * look.scale,
            "symbol": [v.symbol for _, _, v in shown],
            "color": [v.fill(look) for _, _, v in shown],
            "line": {"width": 0},
        },
        "customdata": [one.row for _, one, _ in shown],
        "hovertext": [escape(v.word) for _, _, v in shown],
        "hovertemplate": HOVER,
    }


def _rule(y: int, begin: float, end: float, look: Look) -> dict[str, Any]:
    line = {"color": look.grid, "width": 1}
    return {
        "type": "line",
        "x0": begin,
        "x1": end,
        "y0": y + 0.5,
        "y1": y + 0.5,
        "line": line,
        "layer": "below",
    }
