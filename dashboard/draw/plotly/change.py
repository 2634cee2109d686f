"""Changes in Plotly: a grey dot, a line, and the mark of what holds at its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.charts.kinds.change import ACROSS, ACROSS_SMALL, Change, Dumbbell, Dumbbells, Panel
from dashboard.charts.kinds.marks import name_lines
from dashboard.draw.plotly import parts
from dashboard.draw.plotly.key import key, unit_below
from dashboard.look.measure import width, wrap
from dashboard.look.room import Room
from dashboard.look.scales import Value
from dashboard.look.theme import Look, escape

#: Pixels of a row; of one with a scale of its own, of one in a panel, and of a line over a panel.
ROW, TALL_ROW, PANEL_ROW, LINE = 27, 62, 15, 16

#: Opacity of rows that have not moved: context.
FAINT = 0.45


def change(state: Dumbbells, kind: Change, room: Room, look: Look) -> dict[str, Any]:
    """One row a dumbbell, or a panel for each name."""
    return _panels(state, room, look) if kind.panel else _rows(state, kind, room, look)


def _marks(
    state: Dumbbells, x: list[tuple[float | None, float | None]], y: list[float], look: Look, size: float
) -> list[dict[str, Any]]:
    """Lines, earlier dots and later marks, at the places given; each mark names its row."""
    before_value = Value("before", "", look.levels[2], look.levels[2], symbol="circle")
    moved = [(ends, at) for m, ends, at in zip(state.marks, x, y, strict=True) if m.has_moved]
    xs = [one for (a, b), _ in moved for one in (a, b, None)]
    ys = [one for _, at in moved for one in (at, at, None)]
    traces = [parts.stroke(xs, ys, look.rule, size / 4 / look.scale, look)]
    # Where nothing moved the later mark stands on the earlier.
    early = [
        i for i, m in enumerate(state.marks) if m.before is not None and (m.has_moved or m.after is None)
    ]
    late = [i for i, m in enumerate(state.marks) if m.after is not None]
    for rows, side, wide in ((early, 0, size * 0.7), (late, 1, size)):
        mine = [state.marks[i] for i in rows]
        shown = [replace(m, value=_shown(m.value) if side else before_value) for m in mine]
        faint = [side == 1 and not m.has_moved and m.before is not None for m in mine]
        opacity = [FAINT if f and len(state.panels) == 1 else 1.0 for f in faint]
        at, sizes = ([x[i][side] for i in rows], [y[i] for i in rows]), [wide] * len(mine)
        marker = parts.point_marker(shown, look, sizes, opacity)
        traces.append(parts.markers(*at, marker, cliponaxis=False, **parts.hovers(mine)))
        if side == 1:
            traces += parts.rings(mine, *at, sizes, look)
    return traces


def _shown(value: Value) -> Value:
    """A later mark of no vocabulary is a round one."""
    return value if value.id else Value("after", "", value.light, value.dark, symbol="circle")


def _rows(state: Dumbbells, kind: Change, room: Room, look: Look) -> dict[str, Any]:
    own = kind.scale is None
    n = state.count
    stacked = own and room.is_small
    pitch = (TALL_ROW if own else ROW) + (LINE if stacked else 0)
    size = (13 if own else 12) * look.scale
    traces, legend, top, side = key(parts.key_entries(state.key, look), look, room.width)
    left = 8.0 if stacked else state.names_width
    plot = max(room.width - left - side - 8 - state.before_width - state.after_width, 60)
    per = (state.high - state.low) / plot
    reach = [state.low - state.before_width * per, state.high + state.after_width * per]
    y = [m.lane + (0.22 if stacked else 0.0) for m in state.marks]
    labels = []
    for k, row in enumerate(state.lanes):
        name = parts.broken(row.lines, strong=True)
        if row.note and not stacked:
            small = look.size - (1 if not look.export else 4)
            name += f"<br><span style='font-size:{small}px;color:{look.grey}'>{parts.broken(row.note)}</span>"
        place = (
            {"y": k - 0.28, "xanchor": "left", "align": "left"}
            if stacked
            else {"xanchor": "right", "align": "right"}
        )
        shift = 0 if stacked else -10 * look.scale
        labels.append(
            parts.label(0, k, name, look, parts.name_size(look), xref="paper", xshift=shift) | place
        )
    for m, at in zip(state.marks, y, strict=True):
        labels += _words(m, at, state, look)
    foot = 8.0
    if state.ticks:
        foot = 44 if not look.export else 70
        labels.append(unit_below(kind.title[1] if room.is_small else kind.title[0], look))
    if state.more:
        labels.append(parts.more_there(state.more, 1, look, "top"))
    return parts.figure(
        look,
        [*traces, *_marks(state, [(m.before, m.after) for m in state.marks], y, look, size)],
        labels,
        pitch * n + top + foot + 8,
        (int(left), top + 8, 8 + side, foot),
        **legend,
        xaxis={"range": reach, "tickvals": [*state.ticks]} if state.ticks else parts.unseen(*reach),
        yaxis=parts.unseen(n - 0.5, -0.5),
    )


def _words(m: Dumbbell, y: float, state: Dumbbells, look: Look) -> list[dict[str, Any]]:
    """Words at both ends: outside of the line between them."""
    out = []
    for strong, (at, words, right) in enumerate(m.ends):
        if not words:
            continue
        text = escape(words)
        if strong and at is not None:
            number, _, rest = text.rpartition(" ")
            text = f"<b>{number}</b> {rest}" if number else f"<b>{rest}</b>"
        # Unknown values stand at the begin of the scale, the later one under the earlier.
        is_alone = at is not None or (m.before if strong else m.after) is not None
        shift = 0.0 if is_alone else 0.18 if strong else -0.18
        right = right or at is None
        tint = look.ink if strong and at is not None and (m.has_moved or m.before is None) else look.grey
        found = parts.label(state.low if at is None else at, y + shift, text, look, colour=tint)
        out.append(
            found | {"xanchor": "left" if right else "right", "xshift": (10 if right else -9) * look.scale}
        )
    return out


def _panels(state: Dumbbells, room: Room, look: Look) -> dict[str, Any]:
    across = ACROSS_SMALL if room.is_small else ACROSS
    count = len(state.panels)
    down = max(-(-count // across), 1)
    small = look.size - (1 if not look.export else 4)
    each = (room.width - state.names_width - 24) / across * 0.94
    heads = [_head(p, room, look, small, each) for p in state.panels]
    head, rows = LINE * max(map(len, heads), default=1), PANEL_ROW * state.count
    tall = head + rows + 18
    length = state.high - state.low
    wide = length * 1.35
    labels: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []

    def corner(panel: int) -> tuple[float, float]:
        return (panel % across) * wide - state.low, (panel // across) * tall

    for k, said in enumerate(heads):
        x0, y0 = corner(k)
        left = x0 + state.low
        for n, (words, size) in enumerate(said):
            labels.append(parts.label(left, y0 + LINE * (n + 0.5), words, look, size))
        ground = (y0 + head, y0 + head + rows, look.grid, 1)
        shapes += [parts.rule(x0 + tick, x0 + tick, *ground, layer="below") for tick in state.ticks]
        if k % across == 0:
            for n, row in enumerate(state.lanes):
                y = y0 + head + PANEL_ROW * (n + 0.5)
                beside = parts.label(left, y, escape(row.lines[0]), look, small, look.grey)
                labels.append(beside | {"xanchor": "right", "xshift": -10})
    corners = [corner(m.panel) for m in state.marks]
    spots = [
        (None if m.before is None else x0 + m.before, None if m.after is None else x0 + m.after)
        for m, (x0, _) in zip(state.marks, corners, strict=True)
    ]
    heights = [
        y0 + head + PANEL_ROW * (m.lane + 0.5) for m, (_, y0) in zip(state.marks, corners, strict=True)
    ]
    return parts.figure(
        look,
        _marks(state, spots, heights, look, 9 * look.scale),
        labels,
        16 + tall * down,
        (int(state.names_width), 8, 24, 4),
        xaxis=parts.unseen(-0.05 * length, across * wide - 0.2 * length),
        yaxis=parts.unseen(tall * down - 10, -4),
        shapes=shapes,
    )


def _head(panel: Panel, room: Room, look: Look, small: float, each: float) -> list[tuple[str, float]]:
    """Lines over a panel as markup, with their sizes: its name, words in their colours, plain ones together.

    In a small room the last of a pair of words stands alone. What is wider than a panel takes a further line: without
    its end "Centralised, function" would be another model.
    """
    named = [(t, v.name_colour(look)) for t, v in panel.named[-1 if room.is_small else 0 :]]
    lines = [named] if room.beside else [[one] for one in named]
    out = [
        (parts.broken((t,), strong=True), parts.name_size(look))
        for t in name_lines(panel.name, each, look.size + 1)
    ]
    for said in (*lines, [(t, look.grey) for t in panel.plain]):
        whole = "  ".join(t for t, _ in said)
        if width(whole, small) <= each:
            broken = [said]
        else:
            broken = [[(t, tint)] for words, tint in said for t in wrap(words, each, small)]
        out += [("  ".join(parts.tinted(escape(t), tint) for t, tint in one), small) for one in broken if one]
    return out
