"""Lines in Plotly."""

from __future__ import annotations

from typing import Any

from dashboard.charts.kinds.lines import Line, Lines, Panel, Strands
from dashboard.draw.plotly import parts
from dashboard.draw.plotly.key import unit_above
from dashboard.look.measure import clause, width
from dashboard.look.place import spread
from dashboard.look.room import PICTURE, Room
from dashboard.look.theme import Look, escape, layout, short_name

#: Height of a figure of one panel, and of a panel among several.
TALL, PANEL = 340, 220
#: Dashes that tell lines apart without colour.
DASHES = ("solid", "dash", "dot", "dashdot")
#: Share of the width that names at the ends may take, and in a small room.
NAMES_AT_MOST, NAMES_SMALL = 0.36, 0.42
#: Points of type that names give up before they are cut.
SMALLER = 3


def lines(strands: Strands, kind: Lines, room: Room, look: Look) -> dict[str, Any]:
    """One panel under another over one scale of time; a line and its marks a series, its name at its end."""
    count = max(len(strands.panels), 1)
    height = room.height or (TALL if count == 1 else PANEL * count + 40)
    ends = [f"{short_name(one.name)} {one.said}" for p in strands.panels for one in p.lines if one.named]
    side = max((width(t, look.size, True) for t in ends), default=0) + 16 * look.scale
    left = max((parts.axis_room(p.y, look) for p in strands.panels), default=36)
    right = int(min(side, room.width * (NAMES_SMALL if room.is_small else NAMES_AT_MOST)))
    top, bottom = 32 * look.scale, 30 * look.scale
    tall = PICTURE[1] if look.export else height - top - bottom
    traces: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for n, panel in enumerate(strands.panels):
        suffix = "" if n == 0 else str(n + 1)
        # Between panels stands the title of the next.
        foot, head = 1 - (n + 1) / count, 1 - n / count - (2.2 * look.size / tall if n else 0)
        place = {"domain": [foot + (0.02 if count > 1 else 0), head]}
        # A further axis takes nothing from the house layout.
        axes[f"yaxis{suffix}"] = layout(look)["yaxis"] | parts.plotly_axis(panel.y) | place
        for one in panel.lines:
            traces += _line(one, kind, strands, room, look, f"y{suffix}")
        labels += _ends(panel, kind, (head - foot) * tall, right, look, f"y{suffix}")
        over = {"y": head} | ({"yshift": 4 * look.scale} if n else {})
        free = room.width - (width(panel.more, look.size) + look.size if panel.more else 0)
        labels.append(unit_above(panel.y.title(free, look.size), look, left) | over)
        if panel.more:
            labels.append(parts.more_there(panel.more, head, look) | {"yshift": 8 * look.scale} | over)
    x = parts.plotly_axis(strands.x, showgrid=count > 1, anchor=f"y{'' if count == 1 else count}")
    return parts.figure(look, traces, labels, height, (left, top, right, bottom), xaxis=x, **axes)


def _line(
    one: Line, kind: Lines, strands: Strands, room: Room, look: Look, axis: str
) -> list[dict[str, Any]]:
    """The line, its marks, and rows that only say until when a value held: to be pointed at, not seen."""

    def marks(*, bare: bool, size: float, **own: Any) -> list[dict[str, Any]]:
        mine = [m for m in one.marks if m.bare == bare]
        xs, ys = [parts.coordinate(strands.x, m.x) for m in mine], [m.y for m in mine]
        return parts.spots(mine, xs, ys, size, look, yaxis=axis, **own)

    path = parts.stroke(
        [parts.coordinate(strands.x, x) for x, _ in one.path],
        [y for _, y in one.path],
        one.tint(look, kind.apart),
        2.0 if one.named else 1.0,
        look,
        line={
            "shape": "hv" if kind.steps else "linear",
            "dash": DASHES[one.rank % 4] if kind.apart else "solid",
        },
        opacity=1.0 if one.named else 0.5,
        yaxis=axis,
    )
    size = (11 if kind.apart else 8) * look.scale * (0.8 if room.is_small else 1.0)
    until = marks(bare=True, size=8 * look.scale)[:1]
    for trace in until:
        trace["marker"] = {"color": one.value.fill(look), "size": 8 * look.scale, "opacity": 0}
    return [path, *marks(bare=False, size=size, cliponaxis=False), *until]


def _ends(panel: Panel, kind: Lines, tall: float, side: float, look: Look, axis: str) -> list[dict[str, Any]]:
    """Names at the ends, apart from each other; as many as there are lines of text for."""
    gap = look.size + 4 * look.scale
    named = [one for one in panel.lines if one.named][: max(int(tall / gap), 1)]
    shares = spread([panel.y.share(one.path[-1][1]) for one in named], gap / tall, 1.0)
    # Where many stand at the foot, they go up together instead of below it.
    over = max(0.0, -min(shares, default=0.0))
    # One size for all, so small that no name is cut.
    for size in (look.size - k for k in range(SMALLER + 1)):
        wide = [width(f"{short_name(o.name)} ", size, True) + width(o.said, size) for o in named]
        if max(wide, default=0.0) + 12 * look.scale <= side:
            break
    out = []
    for one, share in zip(named, shares, strict=True):
        free = side - width(f" {one.said}", size) - 12 * look.scale
        name = clause(short_name(one.name), max(free, 3 * size), size, True)
        colour = look.ink if kind.apart else one.value.name_colour(look)
        words = f"{parts.tinted(parts.broken((name,), strong=True), colour)} {parts.tinted(escape(one.said), look.grey)}"
        y = panel.y.low + (panel.y.high - panel.y.low) * (share + over)
        out.append(parts.label(1, y, words, look, size, xref="paper", yref=axis, xshift=6 * look.scale))
    return out
