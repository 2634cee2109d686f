"""Points in Plotly."""

from __future__ import annotations

from typing import Any

from dashboard.charts.kinds.points import GAP, Cloud, Join, Points, Spot
from dashboard.draw.plotly.key import KEY_ROW, key, unit_above, unit_below
from dashboard.draw.plotly.parts import (
    anchor,
    axis_room,
    coordinate,
    key_entries,
    plotly_axis,
    spots,
    stroke,
)
from dashboard.look.measure import fit, shorten, width, wrap
from dashboard.look.place import Placed, along, place, spread
from dashboard.look.room import PICTURE, Room
from dashboard.look.scales import OUTSIDE, OWN
from dashboard.look.theme import Look, annotation, escape, layout, short_name

#: Height of a figure that may take what it needs, wide and small.
TALL, TALL_SMALL = 430, 400
#: Sizes of marks, and how faint those are that are not strong.
SIZES, FAINT, FAINT_OPACITY = (9, 12, 16), 9, 0.45
#: Share of a given height that a key may take.
KEY_SHARE = 0.2
#: Rows of a key that a chart of the usual height has room for.
KEY_ROWS = 2
#: Share of the width that a band for rows without a place across takes.
BAND = 0.33
#: Share that it takes at most where its names need more; of it the marks' place from the left, and what names have.
WIDEST, MARKS, NAMES = 0.5, 0.14, 0.7
#: Points of type that names give up before they are cut.
SMALLER = 3


def points(cloud: Cloud, kind: Points, room: Room, look: Look) -> dict[str, Any]:
    """Marks, the line along the best, threads, a band at the right, and as many names as there is room for."""
    height = room.height or (TALL_SMALL if room.is_small else TALL)
    entries = key_entries(cloud.values, look)
    if any(s.thread is not None for s in cloud.spots):
        entries.append((_thread_words(kind), look.ink, "line-ew"))
    traces, legend, top, side = key(entries, look, room.width - 15)
    if room.height and top > KEY_SHARE * room.height:
        # Where charts share a screen the colours stand beside this one; a key would take the plot's place.
        traces, legend, top = [], {"showlegend": False}, 0
    if not room.height and not look.export:
        # A key of many rows takes nothing from the plot.
        height += max(top - KEY_ROWS * KEY_ROW, 0)
    ends = len(cloud.joins) > 1 and not room.is_small
    names = (
        max((width(t, look.size, True) for j in cloud.joins for t in _end(j)), default=0) + 8 if ends else 0
    )
    if ends and look.export and side:
        # The lines are named at their ends: the key stands behind the names.
        legend["legend"]["x"] = 1 + (names + 20) / (room.width - 76 - side - names)
    margin = {
        "l": axis_room(cloud.y, look),
        "r": 12 + side + names,
        "t": top + 34 * look.scale,
        "b": (34 if cloud.x.days else 50) * look.scale,
    }
    wide = max(room.width - margin["l"] - margin["r"], 1)
    tall = PICTURE[1] if look.export else height - margin["t"] - margin["b"]
    if not room.height:
        height = int(tall + margin["t"] + margin["b"]) if look.export else height
    share = _band_share(cloud, wide, look)
    plot = wide * (1 - share)

    def at(x: float, y: float) -> tuple[float, float]:
        return cloud.x.share(x) * plot, (1 - cloud.y.share(y)) * tall

    firm, taken = cloud.places(at)
    labels: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    for join in cloud.joins:
        corners = _corners(join, cloud)
        colour = look.ink if join.counts else look.rule
        traces.append(
            stroke(
                [coordinate(cloud.x, x) for x, _ in join.points] + [coordinate(cloud.x, cloud.x.high)],
                [y for _, y in join.points] + [join.points[-1][1]],
                colour,
                1.9,
                look,
                line={"shape": "hv"},
            )
        )
        taken += along([at(*c) for c in corners], 12 * look.scale)
    if ends:
        labels += _end_names(cloud, tall, look)
    for s in cloud.spots:
        if s.thread is not None and s.x is not None:
            taken += along([at(s.x, s.y), at(s.x, s.thread)], 14 * look.scale)
    traces += _threads(cloud, kind, look)
    if cloud.level is not None:
        shapes.append(_rule(0, 1, cloud.level[0], look, cloud, xref="paper"))
        words = shorten(cloud.level[1], wide * 0.98, look.size)
        labels.append(
            annotation(
                0, anchor(cloud.y, cloud.level[0]), escape(words), look, xref="paper", yanchor="bottom"
            )
            | {"font": {"size": look.size, "color": look.grey}}
        )
        taken += along(
            [(0, at(cloud.x.low, cloud.level[0])[1]), (wide, at(cloud.x.low, cloud.level[0])[1])], 30
        )
    if cloud.gap is not None:
        y, x0, x1, _ = cloud.gap
        shapes.append(
            _rule(coordinate(cloud.x, x0), coordinate(cloud.x, x1), y, look, cloud, colour=look.ink)
        )
    traces += _marks(cloud, bool(kind.strong), look)
    size = look.size + (0 if look.export else 0.5)
    # What a line ends with is named where the line is.
    told = {j.last.row for j in cloud.joins} if ends else set()
    wishes = [w for w in cloud.wishes(at) if w.key not in told]
    placed = place(wishes, taken, (plot, tall), size, most=cloud.most, beyond=6, firm=firm)
    labels += [_label(p, cloud, size, look) for p in placed]
    xaxis = plotly_axis(cloud.x)
    if cloud.apart:
        xaxis["domain"] = [0, 1 - share]
        traces += _band(cloud, kind, share, wide * share, tall, look, labels, shapes)
    labels.append(unit_above(cloud.y.title(room.width * 0.94, look.size), look, margin["l"]))
    if not cloud.x.days:
        labels.append(unit_below(cloud.x.title(wide, look.size), look))
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(height),
            margin=margin,
            **legend,
            xaxis=xaxis,
            yaxis=plotly_axis(cloud.y),
            shapes=shapes,
            annotations=labels,
            **({"xaxis2": _band_axis(share)} if cloud.apart else {}),
        ),
    }


def _thread_words(kind: Points) -> str:
    words = kind.thread.replace("_", " ")
    return words[:1].upper() + words[1:]


def _end(join: Join) -> tuple[str, str]:
    """Whose line it is, and the best of it."""
    return join.name.partition(":")[0], join.last.words


def _corners(join: Join, cloud: Cloud) -> list[tuple[float, float]]:
    out = [join.points[0]]
    for x, y in join.points[1:]:
        out += [(x, out[-1][1]), (x, y)]
    return [*out, (cloud.x.high, out[-1][1])]


def _end_names(cloud: Cloud, tall: float, look: Look) -> list[dict[str, Any]]:
    shares = [cloud.y.share(j.points[-1][1]) for j in cloud.joins]
    heights = spread(shares, (2 * look.size + 8) / tall, 1.0)
    out = []
    for join, share in zip(cloud.joins, heights, strict=True):
        whose, best = map(escape, _end(join))
        colour = look.ink if join.counts else look.grey
        words = f"<b>{whose}</b><br>{best}" if join.counts else f"{whose}<br>{best}"
        about: dict[str, Any] = {"xref": "paper", "yref": "paper", "xshift": 5 * look.scale, "align": "left"}
        out.append(
            annotation(1, share, words, look, **about) | {"font": {"size": look.size, "color": colour}}
        )
    return out


def _threads(cloud: Cloud, kind: Points, look: Look) -> list[dict[str, Any]]:
    """Upright lines from strong points to their second value, which has a stroke of its own."""
    found = [s for s in cloud.spots if s.thread is not None and s.x is not None]
    if not found:
        return []
    xs = [coordinate(cloud.x, s.x) for s in found if s.x is not None]
    line = stroke(
        [v for x in xs for v in (x, x, None)],
        [v for s in found for v in (s.y, s.thread, None)],
        look.rule,
        1.2,
        look,
    )
    stop = {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": xs,
        "y": [s.thread for s in found],
        "marker": {
            "symbol": "line-ew",
            "size": 9 * look.scale,
            "color": look.ink,
            "line": {"color": look.ink, "width": 2 * look.scale},
        },
        "customdata": [s.row for s in found],
        "hovertext": [
            f"<b>{escape(s.name)}</b>: {escape(cloud.y.says(s.thread or 0))}, {_thread_words(kind).lower()}"
            for s in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return [line, stop]


def _rule(
    x0: Any, x1: Any, y: float, look: Look, cloud: Cloud, colour: str = "", **own: str
) -> dict[str, Any]:
    height = coordinate(cloud.y, y)
    line = {"color": colour or look.rule, "width": 1.2 * look.scale, "dash": "dot"}
    return {"type": "line", "x0": x0, "x1": x1, "y0": height, "y1": height, "line": line, **own}


def _marks(cloud: Cloud, has_strong: bool, look: Look) -> list[dict[str, Any]]:
    out = []
    groups = [(s.value != OUTSIDE, s.value == OWN, s.strong) for s in cloud.spots]
    for group in sorted(set(groups)):
        inside, own, strong = group
        part = [s for s, g in zip(cloud.spots, groups, strict=True) if g == group]
        sizes = [_size(s, has_strong) * look.scale for s in part]
        # Context is grey already: made faint, too, it would be gone.
        faint = has_strong and not strong and inside and not own
        out += spots(
            part,
            [s.value for s in part],
            [coordinate(cloud.x, s.x) for s in part if s.x is not None],
            [s.y for s in part],
            sizes,
            look,
            FAINT_OPACITY if faint else 1.0,
            # A mark at nought stands on the scale's end, whole.
            cliponaxis=False,
        )
    return out


def _size(spot: Spot, has_strong: bool) -> float:
    return (13 if spot.strong else FAINT) if has_strong else SIZES[spot.size]


def _label(placed: Placed, cloud: Cloud, size: float, look: Look) -> dict[str, Any]:
    if placed.wish.key == GAP:
        assert cloud.gap is not None
        y, x0, x1, _ = cloud.gap
        x = (x0 + x1) / 2
    else:
        spot = next(s for s in cloud.spots if s.row == placed.wish.key)
        assert spot.x is not None
        x, y = spot.x, spot.y
    words = escape(placed.wish.text)
    side = "left" if "left" in placed.side else "right" if "right" in placed.side else ""
    return annotation(
        anchor(cloud.x, x),
        anchor(cloud.y, y),
        f"<b>{words}</b>" if placed.wish.strong else words,
        look,
        xanchor={"left": "right", "right": "left"}.get(side, "center"),
        xshift=round(placed.dx, 1),
        yshift=round(-placed.dy, 1),
        font={"size": size, "color": look.ink if placed.wish.strong else look.grey},
    )


def _band_axis(share: float) -> dict[str, Any]:
    return {
        "domain": [1 - share, 1],
        "range": [0, 1],
        "anchor": "y",
        "visible": False,
        "fixedrange": True,
        "showgrid": False,
    }


def _band(
    cloud: Cloud,
    kind: Points,
    share: float,
    wide: float,
    tall: float,
    look: Look,
    labels: list[dict[str, Any]],
    shapes: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Rows without a place across, in one column: their names stand beside it, apart from each other."""
    shapes.append(
        {
            "type": "rect",
            "xref": "paper",
            "yref": "paper",
            "x0": 1 - share + 0.01,
            "x1": 1,
            "y0": 0,
            "y1": 1,
            "layer": "below",
            "fillcolor": look.levels[0],
            "line": {"width": 0},
        }
    )
    lines = _band_words(kind, wide, look)
    step = (look.size + 3) / tall
    if (len(lines) + 1 + len(cloud.apart)) * step > 0.94:
        # Names come first; what the band holds is told by the chart's note and their hovers.
        lines = []
    column = MARKS
    labels.append(
        # Under the names, clear of the marks: those at nought stand at the foot, too.
        annotation(
            column + 0.12,
            0,
            "<br>".join(map(escape, lines)),
            look,
            xref="x2",
            yref="paper",
            yanchor="bottom",
            align="left",
            yshift=3,
        )
        | {"font": {"size": look.size - (1 if not look.export else 3), "color": look.grey}}
    )
    # A name stands around its height: half a line of it below.
    foot = (len(lines) + 1) * step + 0.02 if lines else 0.0
    named = cloud.apart[: max(int((1.0 - foot) / step), 1)]
    above = spread([cloud.y.share(s.y) - foot for s in named], step, 1.0 - foot, foot=0.0)
    places = [foot + one for one in above]
    # One size for all: the longest name decides it.
    sizes = [look.size - k for k in range(_smaller(look) + 1)]
    size = min((fit(short_name(s.name), wide * NAMES, sizes, 1, True)[0] for s in named), default=look.size)
    for s, at in zip(named, places, strict=True):
        shapes.append(
            {
                "type": "line",
                "xref": "x2",
                "yref": "paper",
                "x0": column,
                "x1": column + 0.1,
                "y0": cloud.y.share(s.y),
                "y1": at,
                "layer": "below",
                "line": {"color": look.rule, "width": 1},
            }
        )
        name = shorten(short_name(s.name), wide * NAMES, size, True)
        label = annotation(column + 0.12, at, f"<b>{escape(name)}</b>", look, xref="x2", yref="paper")
        labels.append(label | {"font": {"size": size, "color": look.ink}})
    return spots(
        cloud.apart,
        [s.value for s in cloud.apart],
        [column] * len(cloud.apart),
        [s.y for s in cloud.apart],
        [SIZES[s.size] * look.scale for s in cloud.apart],
        look,
        xaxis="x2",
        cliponaxis=False,
    )


def _smaller(look: Look) -> int:
    """Points of type that names may give up: half a slide wide one less is still ten."""
    return 1 if look.compact and not look.is_narrow else SMALLER


def _band_share(cloud: Cloud, wide: float, look: Look) -> float:
    """Share of the width that the band takes: on a phone as much more as its names need."""
    if not cloud.apart:
        return 0.0
    longest = max(width(short_name(s.name), look.size - _smaller(look), True) for s in cloud.apart)
    return min(max(BAND, longest / NAMES / wide), WIDEST)


def _band_words(kind: Points, wide: float, look: Look) -> list[str]:
    return wrap(kind.apart, wide * NAMES, look.size - (1 if not look.export else 3))
