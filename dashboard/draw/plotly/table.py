"""Tables in Plotly: for pictures; a page shows them as tables of its own."""

from __future__ import annotations

from typing import Any

from dashboard.charts.kinds.table import PAD_X, Entry, Lines, Table
from dashboard.draw.plotly.parts import FADED, figure, label, rect, rule, targets, tinted, unseen
from dashboard.look.room import Room
from dashboard.look.theme import Look, escape

#: Pixels that a unit of the vertical axis stands for, in type of 12: a lane, as pictures count height.
LANE = 26


def table(state: Lines, kind: Table, room: Room, look: Look) -> dict[str, Any]:
    """Headings in grey, a hairline above each row, words at the left of their cells, chips filled."""
    unit = LANE * room.unit
    edges = [sum(state.widths[:x]) for x in range(len(state.widths) + 1)]
    across = edges[-1] or 1.0
    pad = PAD_X * state.size
    shapes: list[dict[str, Any]] = []
    labels = [
        label(
            x,
            state.head_tall / 2 / unit,
            escape(head).replace("\n", "<br>"),
            look,
            state.size,
            look.grey,
            xshift=pad,
            align="left",
        )
        for x, head in zip(edges, state.heads, strict=False)
    ]
    for line in state.lines:
        top, tall = line.top / unit, line.tall / unit
        shapes.append(rule(0, across, top, top, look.grid, 1.5, layer="below"))
        for n, (entry, x, end) in enumerate(zip(line.entries, edges, edges[1:], strict=False)):
            if entry.value is not None:
                opacity = FADED if "stale" in line.caveats else 1.0
                fill = {"fillcolor": entry.value.fill(look), "opacity": opacity, "layer": "below"}
                shapes.append(rect(x, end - pad / 2, top + 0.1 * tall, top + 0.9 * tall, **fill))
            if n == 0 and "disputed" in line.caveats:
                outline = {"line": {"width": 1.6 * look.scale, "color": look.ink}, "layer": "below"}
                shapes.append(rect(x, end - pad / 2, top + 0.06 * tall, top + 0.94 * tall, **outline))
            words, tint = _text(entry, line.caveats, look), _ink(entry, line.caveats, look)
            labels.append(label(x, top + tall / 2, words, look, state.size, tint, xshift=pad, align="left"))
    end = state.tall / unit
    if state.more:
        labels.append(label(0, end + 0.45, escape(state.more), look, state.size, look.grey, xshift=pad))
        end += 0.9
    middles = [(one.top + one.tall / 2) / unit for one in state.lines]
    return figure(
        look,
        # The words are the marks.
        [targets(state.lines, [pad] * len(middles), middles, look)],
        labels,
        int(end * unit) + 8,
        (4, 4, 4, 4),
        xaxis=unseen(0, across),
        yaxis=unseen(max(end, 1), 0),
        shapes=shapes,
    )


def _text(entry: Entry, caveats: frozenset[str], look: Look) -> str:
    out = []
    for words, is_grey in entry.lines:
        text = escape(words)
        if entry.strong or (entry.value is not None and not is_grey):
            text = text if is_grey else f"<b>{text}</b>"
        if is_grey and entry.value is None:
            text = tinted(text, look.grey)
        out.append(f"<i>{text}</i>" if "estimated" in caveats else text)
    return "<br>".join(out)


def _ink(entry: Entry, caveats: frozenset[str], look: Look) -> str:
    if "stale" in caveats or not entry.is_known:
        return look.ink if entry.value is not None else look.grey
    return entry.value.text(look) if entry.value is not None else look.ink
