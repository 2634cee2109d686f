"""Lines in Plotly."""

from __future__ import annotations

from typing import Any

from dashboard.charts.kinds.lines import Line, Lines, Panel, Strands
from dashboard.draw.plotly.key import unit_above
from dashboard.draw.plotly.parts import axis_room, coordinate, plotly_axis, spots, stroke
from dashboard.look.measure import clause, width
from dashboard.look.place import spread
from dashboard.look.room import PICTURE, Room
from dashboard.look.theme import Look, annotation, escape, layout, short_name

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
    ends = [(_name(one), _said(one, room)) for p in strands.panels for one in p.lines if one.named]
    side = max((width(f"{n} {s}", look.size, True) for n, s in ends), default=0) + 16 * look.scale
    margin = {
        "l": max((axis_room(p.y, look) for p in strands.panels), default=36),
        "r": int(min(side, room.width * (NAMES_SMALL if room.is_small else NAMES_AT_MOST))),
        "t": 32 * look.scale,
        "b": 30 * look.scale,
    }
    tall = PICTURE[1] if look.export else height - margin["t"] - margin["b"]
    traces: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for n, panel in enumerate(strands.panels):
        suffix = "" if n == 0 else str(n + 1)
        # Between panels stands the title of the next.
        foot, head = 1 - (n + 1) / count, 1 - n / count - (2.2 * look.size / tall if n else 0)
        axes[f"yaxis{suffix}"] = _axis(panel, look) | {"domain": [foot + (0.02 if count > 1 else 0), head]}
        for one in panel.lines:
            traces += _line(one, kind, strands, room, look, f"y{suffix}")
        labels += _ends(panel, kind, (head - foot) * tall, margin["r"], room, look, f"y{suffix}")
        labels.append(
            unit_above(panel.y.title(room.width, look.size), look, margin["l"])
            | {"y": head}
            | ({"yshift": 4 * look.scale} if n else {})
        )
    first = axes.pop("yaxis", {})
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(height),
            margin=margin,
            xaxis=plotly_axis(strands.x, showgrid=count > 1, anchor=f"y{'' if count == 1 else count}"),
            yaxis=first,
            annotations=labels,
            **axes,
        ),
    }


def _axis(panel: Panel, look: Look) -> dict[str, Any]:
    # A further axis takes nothing from the house layout.
    house = layout(look)["yaxis"]
    return {**house, **plotly_axis(panel.y)}


def _shade(one: Line, kind: Lines, look: Look) -> str:
    shades = (look.ink, look.levels[3], look.grey, look.rule)
    return shades[one.rank % 4] if kind.apart else one.value.fill(look)


def _line(
    one: Line, kind: Lines, strands: Strands, room: Room, look: Look, axis: str
) -> list[dict[str, Any]]:
    dash = DASHES[one.rank % 4] if kind.apart else "solid"
    marks = [m for m in one.marks if not m.bare]
    size = (11 if kind.apart else 8) * look.scale * (0.8 if room.is_small else 1.0)
    path = stroke(
        [coordinate(strands.x, x) for x, _ in one.path],
        [y for _, y in one.path],
        _shade(one, kind, look),
        2.0 if one.named else 1.0,
        look,
        line={"shape": "hv" if kind.steps else "linear", "dash": dash},
        opacity=1.0 if one.named else 0.5,
        yaxis=axis,
    )
    drawn = spots(
        marks,
        [m.value for m in marks],
        [coordinate(strands.x, m.x) for m in marks],
        [m.y for m in marks],
        [size] * len(marks),
        look,
        yaxis=axis,
        cliponaxis=False,
    )
    return [path, *drawn, *_until(one, strands, look, axis)]


def _until(one: Line, strands: Strands, look: Look, axis: str) -> list[dict[str, Any]]:
    """Rows that only say until when a value held: to be pointed at, not seen."""
    bare = [m for m in one.marks if m.bare]
    found = spots(
        bare,
        [m.value for m in bare],
        [coordinate(strands.x, m.x) for m in bare],
        [m.y for m in bare],
        [8 * look.scale] * len(bare),
        look,
        yaxis=axis,
    )[:1]
    for trace in found:
        trace["marker"] = {"color": one.value.fill(look), "size": 8 * look.scale, "opacity": 0}
    return found


def _name(one: Line) -> str:
    return short_name(one.name)


def _said(one: Line, room: Room) -> str:
    return f"{one.newest} {one.ends}".strip() if one.ends and not room.is_small else one.newest


def _ends(
    panel: Panel, kind: Lines, tall: float, side: float, room: Room, look: Look, axis: str
) -> list[dict[str, Any]]:
    """Names at the ends, apart from each other; as many as there are lines of text for."""
    gap = look.size + 4 * look.scale
    named = [one for one in panel.lines if one.named][: max(int(tall / gap), 1)]
    wanted = [panel.y.share(one.path[-1][1]) for one in named]
    shares = spread(wanted, gap / tall, 1.0)
    # Where many stand at the foot, they go up together instead of below it.
    over = max(0.0, -min(shares, default=0.0))
    span = panel.y.high - panel.y.low
    out = []
    # One size for all, so small that no name is cut.
    for size in (look.size - k for k in range(SMALLER + 1)):
        wide = [width(f"{_name(o)} ", size, True) + width(_said(o, room), size) for o in named]
        if max(wide, default=0.0) + 12 * look.scale <= side:
            break
    for one, share in zip(named, shares, strict=True):
        said = _said(one, room)
        free = side - width(f" {said}", size) - 12 * look.scale
        name = clause(_name(one), max(free, 3 * size), size, True)
        colour = look.ink if kind.apart else one.value.name_colour(look)
        out.append(
            annotation(
                1,
                panel.y.low + span * (share + over),
                f"<span style='color:{colour}'><b>{escape(name)}</b></span> "
                f"<span style='color:{look.grey}'>{escape(said)}</span>",
                look,
                xref="paper",
                yref=axis,
                xshift=6 * look.scale,
            )
            | {"font": {"size": size, "color": look.ink}}
        )
    return out
