"""Changes in Plotly: a grey dot, a line, and the mark of what holds at its end."""

from __future__ import annotations

from typing import Any

from dashboard.charts.kinds.change import ACROSS, ACROSS_SMALL, Change, Dumbbell, Dumbbells
from dashboard.draw.plotly.key import key, unit_below
from dashboard.draw.plotly.parts import hovers, key_entries, more_there, point_marker, rings
from dashboard.look.measure import shorten
from dashboard.look.room import Room
from dashboard.look.scales import Value
from dashboard.look.theme import Look, annotation, escape, layout, short_name

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
    traces: list[dict[str, Any]] = []
    xs: list[float | None] = []
    ys: list[float | None] = []
    for m, (a, b), at in zip(state.marks, x, y, strict=True):
        if m.has_moved:
            xs += [a, b, None]
            ys += [at, at, None]
    base = {"type": "scatter", "showlegend": False}
    traces.append(
        base
        | {
            "mode": "lines",
            "x": xs,
            "y": ys,
            "hoverinfo": "skip",
            "line": {"color": look.rule, "width": size / 4},
        }
    )
    # Where nothing moved the later mark stands on the earlier.
    early = [
        i for i, m in enumerate(state.marks) if m.before is not None and (m.has_moved or m.after is None)
    ]
    late = [i for i, m in enumerate(state.marks) if m.after is not None]
    for rows, side, wide in ((early, 0, size * 0.7), (late, 1, size)):
        mine: list[Dumbbell] = [state.marks[i] for i in rows]
        values = [before_value if side == 0 else _shown(m.value) for m in mine]
        faint = [side == 1 and not m.has_moved and m.before is not None for m in mine]
        spots = [x[i][side] for i in rows], [y[i] for i in rows]
        traces.append(
            base
            | {
                "mode": "markers",
                "cliponaxis": False,
                "x": spots[0],
                "y": spots[1],
                "marker": point_marker(
                    mine,
                    values,
                    look,
                    [wide] * len(mine),
                    [FAINT if f and len(state.panels) == 1 else 1.0 for f in faint],
                ),
                **hovers(mine),
            }
        )
        if side == 1:
            traces += rings(mine, *spots, [wide] * len(mine), look)
    return traces


def _shown(value: Value) -> Value:
    """A later mark of no vocabulary is a round one."""
    return value if value.id else Value("after", "", value.light, value.dark, symbol="circle")


def _rows(state: Dumbbells, kind: Change, room: Room, look: Look) -> dict[str, Any]:
    own = kind.scale is None
    n = max(len(state.rows), 1)
    stacked = own and room.is_small
    pitch = (TALL_ROW if own else ROW) + (LINE if stacked else 0)
    size = (13 if own else 12) * look.scale
    height = pitch * n
    traces, legend, top, side = key(key_entries(state.key, look), look, room.width)
    left = 8.0 if stacked else state.names_width
    plot = max(room.width - left - side - 8 - state.before_width - state.after_width, 60)
    per = (state.high - state.low) / plot
    reach = [state.low - state.before_width * per, state.high + state.after_width * per]
    y = [m.lane + (0.22 if stacked else 0.0) for m in state.marks]
    labels = []
    for k, row in enumerate(state.rows):
        name = "<br>".join(f"<b>{escape(t)}</b>" for t in row.lines)
        if row.note and not stacked:
            small = look.size - (1 if not look.export else 4)
            note = "<br>".join(escape(t) for t in row.note)
            name += f"<br><span style='font-size:{small}px;color:{look.grey}'>{note}</span>"
        label = annotation(
            0, k, name, look, xref="paper", xanchor="right", align="right", xshift=-10 * look.scale
        )
        if stacked:
            label |= {"y": k - 0.28, "xanchor": "left", "align": "left", "xshift": 0}
        labels.append(label | {"font": {"size": look.size + (0 if look.export else 1), "color": look.ink}})
    for m, at in zip(state.marks, y, strict=True):
        labels += _words(m, at, state, look)
    foot = 8.0
    if state.ticks:
        foot = 44 if not look.export else 70
        labels.append(unit_below(kind.title[1] if room.is_small else kind.title[0], look))
    if state.more:
        labels.append(more_there(state.more, 1, look, "top"))
    return {
        "data": [*traces, *_marks(state, [(m.before, m.after) for m in state.marks], y, look, size)],
        "layout": layout(
            look,
            height=int(height + top + foot + 8),
            **legend,
            margin={"l": int(left), "r": 8 + side, "t": top + 8, "b": foot},
            xaxis={"range": reach, "tickvals": [*state.ticks]}
            if state.ticks
            else {"visible": False, "range": reach},
            yaxis={"visible": False, "range": [n - 0.5, -0.5]},
            annotations=labels,
        ),
    }


def _words(m: Dumbbell, y: float, state: Dumbbells, look: Look) -> list[dict[str, Any]]:
    """Words at both ends: outside of the line between them."""
    out = []
    for at, words, strong, right in (
        (m.before, m.before_words, False, not m.rises),
        (m.after, m.after_words, True, m.rises),
    ):
        if not words:
            continue
        text = escape(words)
        if strong and at is not None:
            number, _, rest = text.rpartition(" ")
            text = f"<b>{number}</b> {rest}" if number else f"<b>{rest}</b>"
        # Unknown values stand at the begin of the scale, the later one under the earlier.
        shift = (
            0.0
            if at is not None
            else -0.18
            if not strong and m.after is None
            else 0.18
            if strong and m.before is None
            else 0.0
        )
        right = right or at is None
        label = annotation(state.low if at is None else at, y + shift, text, look)
        label |= {"xanchor": "left" if right else "right", "xshift": (10 if right else -9) * look.scale}
        tint = look.ink if strong and at is not None and (m.has_moved or m.before is None) else look.grey
        out.append(label | {"font": {"size": look.size, "color": tint}})
    return out


def _panels(state: Dumbbells, room: Room, look: Look) -> dict[str, Any]:
    across = ACROSS_SMALL if room.is_small else ACROSS
    count = len(state.panels)
    down = max(-(-count // across), 1)
    lines = max((len(_head(p, room)) for p in state.panels), default=1) + 1
    head, rows = LINE * lines, PANEL_ROW * max(len(state.rows), 1)
    tall = head + rows + 18
    length = state.high - state.low
    wide = length * 1.35
    labels: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    small = look.size - (1 if not look.export else 4)
    each = (room.width - state.names_width - 24) / across * 0.94

    def corner(panel: int) -> tuple[float, float]:
        return (panel % across) * wide - state.low, (panel // across) * tall

    for k, panel in enumerate(state.panels):
        x0, y0 = corner(k)
        name = shorten(short_name(panel.name), each, look.size + 1, True)
        label = annotation(x0 + state.low, y0 + LINE / 2, f"<b>{escape(name)}</b>", look)
        labels.append(label | {"font": {"size": look.size + (0 if look.export else 1), "color": look.ink}})
        for n, parts in enumerate(_head(panel, room), 1):
            words = "  ".join(
                f"<span style='color:{look.grey if v is None else v.name_colour(look)}'>"
                f"{escape(shorten(t, each, small))}</span>"
                for t, v in parts
            )
            label = annotation(x0 + state.low, y0 + LINE * (n + 0.5), words, look)
            labels.append(label | {"font": {"size": small, "color": look.ink}})
        shapes += [
            {
                "type": "line",
                "x0": x0 + tick,
                "x1": x0 + tick,
                "y0": y0 + head,
                "y1": y0 + head + rows,
                "layer": "below",
                "line": {"color": look.grid, "width": 1},
            }
            for tick in state.ticks
        ]
        if k % across == 0:
            for n, row in enumerate(state.rows):
                y = y0 + head + PANEL_ROW * (n + 0.5)
                label = annotation(x0 + state.low, y, escape(row.lines[0]), look, xanchor="right", xshift=-10)
                labels.append(label | {"font": {"size": small, "color": look.grey}})
    spots: list[tuple[float | None, float | None]] = []
    heights: list[float] = []
    for m in state.marks:
        x0, y0 = corner(m.panel)
        spots.append((None if m.before is None else x0 + m.before, None if m.after is None else x0 + m.after))
        heights.append(y0 + head + PANEL_ROW * (m.lane + 0.5))
    return {
        "data": _marks(state, spots, heights, look, 9 * look.scale),
        "layout": layout(
            look,
            height=int(16 + tall * down),
            margin={"l": int(state.names_width), "r": 24, "t": 8, "b": 4},
            xaxis={"visible": False, "range": [-0.05 * length, across * wide - 0.2 * length]},
            yaxis={"visible": False, "range": [tall * down - 10, -4]},
            shapes=shapes,
            annotations=labels,
        ),
    }


def _head(panel: Any, room: Room) -> list[list[tuple[str, Value | None]]]:
    """Words over a panel in lines: each on its own, plain ones together; in a small room the last of a pair alone."""
    named = [(t, v) for t, v in panel.head if v is not None]
    plain = [(t, v) for t, v in panel.head if v is None]
    if room.is_small:
        named = named[-1:]
    lines = [named] if room.beside else [[one] for one in named]
    return [part for part in (*lines, plain) if part]
