"""Matrices in Plotly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.charts.kinds.matrix import FILL_X, FILL_Y, Matrix, Square, Squares
from dashboard.draw.plotly import parts
from dashboard.draw.plotly.key import key
from dashboard.look.measure import width
from dashboard.look.room import Room
from dashboard.look.theme import Look, annotation, escape

CLEAR = "rgba(0,0,0,0)"
#: Height of a lane, pixels in type of 12, by the lines of words in its cells; of numbers alone, and of lists.
LANES, LANE_SMALL, LANE_LIST = {0: 33, 2: 42, 3: 52}, 31, 40
#: Where a number before words stands in its cell, and where the words begin, from the middle.
NUMBER_AT, WORDS_FROM = -0.42, -0.33


def matrix(state: Squares, kind: Matrix, room: Room, look: Look) -> dict[str, Any]:
    """Headings on top, a row a lane: its name, its mark, its cells, its number."""
    count, across = state.count, max(len(state.columns), 1)
    size, strip = look.size, 1.8 * look.size if kind.mark else 0.0
    lane = LANE_LIST if state.is_list else LANE_SMALL if room.is_small else LANES[state.most_lines]
    end = 1.0 if state.is_list else across - 0.5 + (0.75 if kind.behind else 0)
    start = 0.0 if state.is_list else -0.5
    entries = parts.key_entries(state.key, look) if not kind.said and not state.is_list else []
    traces, legend, top, side = key(entries, look)
    plot = max(room.width - state.names_width - side, size)
    begin = start - strip * (end - start) / plot
    labels, head_tall = ([], 6.0) if state.is_list else _heads(state, kind, look)
    for y, one in enumerate(state.lanes):
        labels.append(parts.lane_name(one, begin, y, look, 4 * look.scale))
        if one.listed:
            labels.append(annotation(0.02, y, parts.broken(one.listed), look, align="left"))
        if one.behind and not state.is_list:
            labels.append(annotation(end - 0.35, y, parts.pieces(one.behind, look), look, xanchor="center"))
    if state.more:
        more = parts.label(begin, count - 0.1, escape(state.more), look, colour=look.grey, xanchor="right")
        labels.append(more | {"xshift": -4 * look.scale})
    if state.squares and not state.is_list:
        traces += _cells(state, kind, room, look)
        labels += _empty(state, kind, look) + _numbers(state, kind, room, look)
    marks = [(y, one.mark, one.row) for y, one in enumerate(state.lanes) if one.mark is not None]
    if marks:
        traces.append(parts.name_marks(marks, (begin + start) / 2, look))
    is_ruled = not kind.none and not state.is_list
    lines = [
        parts.rule(begin, end, y + 0.5, y + 0.5, look.grid, 1, layer="below") for y in range(count * is_ruled)
    ]
    return parts.figure(
        look,
        traces,
        labels,
        top + head_tall + lane * (count + (0.5 if state.more else 0)) + 4,
        (int(state.names_width - strip), int(top + head_tall), 4 + side + (8 if kind.behind else 0), 4),
        **({} if look.export or room.is_small else {"uniformtext": {"mode": "hide", "minsize": 9}}),
        **legend,
        barmode="overlay",
        xaxis=parts.unseen(begin, end),
        yaxis=parts.unseen(count - 0.5 + (0.4 if state.more else 0), -0.5),
        shapes=lines,
    )


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
        place = {"yanchor": "bottom", "xanchor": "right" if ends else "center", "yshift": 2 + raised}
        out.append(
            parts.label(x + 0.5 if ends else x, -0.5, parts.broken(lines), look, size, look.grey, **place)
        )
    return out, tall * (2 if state.is_stepped else 1) + 8 * look.scale


def _cells(state: Squares, kind: Matrix, room: Room, look: Look) -> list[dict[str, Any]]:
    """Fills that carry hover and click; words before which a number stands are a trace without a fill of their own."""
    squares = state.squares
    small = _small_type(state, room, look) if room.is_small else 0.0
    has_text = bool(small) if room.is_small else bool(kind.said)
    # Where words stand in it a hatch would make them hard to read: they are in italics.
    marked = [replace(s, caveats=s.caveats - {"estimated"}) if has_text else s for s in squares]
    fill = parts.strips(marked, look, **_places(squares, -FILL_X / 2, FILL_X))
    if not has_text:
        return [fill]
    words = [_slanted(s, escape(s.number) if room.is_small else parts.broken(s.lines)) for s in squares]
    size = small or look.size - (5 if look.export else 2)
    text = parts.inside(words, squares, look, size)
    if not look.export:
        # On screen words that have no room are left out.
        del text["constraintext"]
    if room.is_small or not kind.number or look.export:
        return [fill | text]
    beside = {"type": "bar", "orientation": "h", "showlegend": False, "hoverinfo": "skip"}
    beside |= {"marker": {"color": CLEAR}, **_places(squares, WORDS_FROM, FILL_X / 2 - WORDS_FROM)}
    return [fill, beside | text | {"insidetextanchor": "start"}]


def _small_type(state: Squares, room: Room, look: Look) -> float:
    """Type of ten pixels or more in which every number fits its cell in a small room; 0 where none does: colours and key say it."""
    wide = (room.width - state.names_width) / max(len(state.heads), 1) * FILL_X - 4
    sizes = (look.size, look.size - 1, look.size - 2)
    return next((s for s in sizes if all(width(q.number, s) <= wide for q in state.squares)), 0.0)


def _places(squares: Sequence[Square], begin: float, wide: float) -> dict[str, Any]:
    """Where rectangles stand that begin so far from the middle of their cells."""
    lanes = [s.lane for s in squares]
    return {"base": [s.at + begin for s in squares], "x": [wide] * len(squares), "y": lanes, "width": FILL_Y}


def _slanted(square: Square, text: str) -> str:
    return f"<i>{text}</i>" if "estimated" in square.caveats and text else text


def _numbers(state: Squares, kind: Matrix, room: Room, look: Look) -> list[dict[str, Any]]:
    """Values before the words of their cells."""
    if not kind.number or room.is_small or look.export:
        return []
    return [
        parts.label(s.at + NUMBER_AT, s.lane, _slanted(s, escape(s.number)), look, colour=s.value.text(look))
        for s in state.squares
    ]


def _empty(state: Squares, kind: Matrix, look: Look) -> list[dict[str, Any]]:
    if not kind.none:
        return []
    held = {(s.lane, s.at) for s in state.squares}
    return [
        parts.label(j, y, escape(kind.none), look, colour=look.rule, xanchor="center")
        for y in range(len(state.lanes))
        for j in range(len(state.columns))
        if (y, j) not in held
    ]
