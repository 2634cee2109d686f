"""Points in Plotly."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from dashboard.charts.columns import heading
from dashboard.charts.kinds.marks import and_more, name_lines
from dashboard.charts.kinds.points import GAP, Cloud, Join, Points
from dashboard.draw.plotly import parts
from dashboard.draw.plotly.key import KEY_ROW, key, unit_above, unit_below
from dashboard.look.measure import width, wrap
from dashboard.look.place import along, place, spread
from dashboard.look.room import PICTURE, Room
from dashboard.look.scales import OUTSIDE, OWN
from dashboard.look.theme import Look, escape, short_name

#: Height of a figure that may take what it needs, wide and small.
TALL, TALL_SMALL = 430, 400
#: Sizes of marks: in three steps; strong, and faint beside strong ones, and how faint.
SIZES, STRONG, FAINT, FAINT_OPACITY = (9, 12, 16), 13, 9, 0.45
#: Share of a given height that a key may take.
KEY_SHARE = 0.2
#: Rows of a key that a chart of the usual height has room for.
KEY_ROWS = 2
#: Share of the width that a band for rows without a place across takes.
BAND = 0.33
#: Share that it takes at most where its names need more; of it the marks' place from the left, the names', and what they have.
WIDEST, MARKS, BESIDE, NAMES = 0.5, 0.14, 0.26, 0.7
#: Points of type that names give up before they take a second line.
SMALLER = 2


@dataclass(frozen=True)
class _Plot:
    """Points in a plot of so many pixels, with its band at the right, which takes a share of the width."""

    cloud: Cloud
    kind: Points
    look: Look
    wide: float
    tall: float
    band: float

    @property
    def ends(self) -> tuple[float, float]:
        """Width and height of what the band leaves."""
        return self.wide * (1 - self.band), self.tall

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Place of two values, from the top left."""
        return self.cloud.x.share(x) * self.ends[0], (1 - self.cloud.y.share(y)) * self.tall


def points(cloud: Cloud, kind: Points, room: Room, look: Look) -> parts.Figure:
    """Marks, the line along the best, threads, a band at the right, and as many names as there is room for."""
    height = room.height or (TALL_SMALL if room.is_small else TALL)
    entries = parts.key_entries(cloud.values, look)
    if cloud.threads:
        entries.append((heading(kind.thread), look.ink, "line-ew"))
    traces, legend, top, side = key(entries, look, room.width - 15)
    if room.height and top > KEY_SHARE * room.height:
        # Where charts share a screen the colours stand beside this one; a key would take the plot's place.
        traces, legend, top = [], {"showlegend": False}, 0
    if not room.height and not look.export:
        # A key of many rows takes nothing from the plot.
        height += max(top - KEY_ROWS * KEY_ROW, 0)
    named = cloud.joins if len(cloud.joins) > 1 and not room.is_small else ()
    names = max((width(t, look.size, True) + 8 for j in named for t in _end(j)), default=0)
    if named and look.export and side:
        # The lines are named at their ends: the key stands behind the names.
        legend["legend"]["x"] = 1 + (names + 20) / (room.width - 76 - side - names)
    left, right = parts.axis_room(cloud.y, look), 12 + side + names
    head, foot = top + 34 * look.scale, (34 if cloud.x.days else 50) * look.scale
    wide = max(room.width - left - right, 1)
    tall = PICTURE[1] if look.export else height - head - foot
    if look.export and not room.height:
        height = int(tall + head + foot)
    plot = _Plot(cloud, kind, look, wide, tall, _band_share(cloud, wide, look))
    labels = _end_names(plot, named)
    shapes, across = _lines_across(plot)
    labels += across
    labels += _names(plot, told={j.last.row for j in named})
    traces += [*_joins(plot), *_threads(plot), *_marks(plot)]
    axes = {"xaxis": parts.plotly_axis(cloud.x), "yaxis": parts.plotly_axis(cloud.y)}
    if cloud.apart:
        axes["xaxis"]["domain"] = [0, 1 - plot.band]
        own = {"domain": [1 - plot.band, 1], "anchor": "y", "fixedrange": True, "showgrid": False}
        axes["xaxis2"] = parts.unseen(0, 1) | own
        traces += _band(plot, labels, shapes)
    more = and_more(cloud.more[0])
    free, end = room.width * 0.94, 1.0
    if more:
        # Beside the band, which counts its own, where the unit leaves room.
        beside = width(more, look.size) + look.size
        inside = left + wide * (1 - plot.band) - beside
        is_free = width(cloud.y.title(inside, look.size), look.size) <= inside
        free, end = (inside, 1 - plot.band) if is_free else (free - beside, 1.0)
        labels.append(parts.more_there(more, 1, look) | {"x": end, "yshift": 8 * look.scale})
    labels.append(unit_above(cloud.y.title(free, look.size), look, left))
    if not cloud.x.days:
        labels.append(unit_below(cloud.x.title(wide, look.size), look))
    around = left, head, right, foot
    return parts.figure(look, traces, labels, height, around, **legend, shapes=shapes, **axes)


# --- Lines ---


def _end(join: Join) -> tuple[str, str]:
    """Whose line it is, and the best of it."""
    return join.name.partition(":")[0], join.last.words


def _end_names(plot: _Plot, named: tuple[Join, ...]) -> list[dict[str, Any]]:
    look = plot.look
    shares = [plot.cloud.y.share(j.points[-1][1]) for j in named]
    heights = spread(shares, (2 * look.size + 8) / plot.tall, 1.0)
    about: dict[str, Any] = {"xref": "paper", "yref": "paper", "xshift": 5 * look.scale, "align": "left"}
    out = []
    for join, share in zip(named, heights, strict=True):
        whose, best = _end(join)
        words = f"{parts.broken([whose], join.counts)}<br>{escape(best)}"
        colour = look.ink if join.counts else look.grey
        out.append(parts.label(1, share, words, look, colour=colour, **about))
    return out


def _joins(plot: _Plot) -> list[dict[str, Any]]:
    """Step lines up to the end of the scale."""
    out = []
    for join in plot.cloud.joins:
        ends = [*join.points, (plot.cloud.x.high, join.points[-1][1])]
        xs, ys = [parts.coordinate(plot.cloud.x, x) for x, _ in ends], [y for _, y in ends]
        colour = plot.look.ink if join.counts else plot.look.rule
        out.append(parts.stroke(xs, ys, colour, 1.9, plot.look, line={"shape": "hv"}))
    return out


def _threads(plot: _Plot) -> list[dict[str, Any]]:
    """Upright lines from strong points to their second value, which has a stroke of its own."""
    cloud, look = plot.cloud, plot.look
    if not cloud.threads:
        return []
    xs = [parts.coordinate(cloud.x, x) for _, x, _ in cloud.threads]
    ys = [y for s, _, end in cloud.threads for y in (s.y, end, None)]
    said = heading(plot.kind.thread).lower()
    marker = {
        "symbol": "line-ew",
        "size": 9 * look.scale,
        "color": look.ink,
        "line": {"color": look.ink, "width": 2 * look.scale},
    }
    told = {
        "customdata": [s.row for s, _, _ in cloud.threads],
        "hovertext": [
            f"<b>{escape(s.name)}</b>: {escape(cloud.y.says(end))}, {escape(said)}"
            for s, _, end in cloud.threads
        ],
        "hovertemplate": parts.HOVER,
    }
    return [
        parts.stroke([v for x in xs for v in (x, x, None)], ys, look.rule, 1.2, look),
        parts.markers(xs, [end for _, _, end in cloud.threads], marker, **told),
    ]


def _lines_across(plot: _Plot) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The line of the best outside China, and the stretch between two frontiers; and the words of the first."""
    cloud, look = plot.cloud, plot.look
    shapes, labels = [], []
    if cloud.level is not None:
        height, words = cloud.level
        y = parts.coordinate(cloud.y, height)
        shapes.append(_dotted(0, 1, y, look.rule, look) | {"xref": "paper"})
        said = parts.broken(wrap(words, plot.wide * 0.98, look.size))
        own: dict[str, Any] = {"xref": "paper", "yanchor": "bottom", "align": "left"}
        labels.append(parts.label(0, parts.anchor(cloud.y, height), said, look, colour=look.grey, **own))
    if cloud.gap is not None:
        ends = parts.coordinate(cloud.x, cloud.gap.x0), parts.coordinate(cloud.x, cloud.gap.x1)
        shapes.append(_dotted(*ends, parts.coordinate(cloud.y, cloud.gap.y), look.ink, look))
    return shapes, labels


def _dotted(x0: Any, x1: Any, y: Any, colour: str, look: Look) -> dict[str, Any]:
    line = {"color": colour, "width": 1.2 * look.scale, "dash": "dot"}
    return parts.rule(x0, x1, y, y, colour, 1.2) | {"line": line}


# --- Marks and names ---


def _marks(plot: _Plot) -> list[dict[str, Any]]:
    cloud, look, has_strong = plot.cloud, plot.look, bool(plot.kind.strong)
    out = []
    groups = [(s.value != OUTSIDE, s.value == OWN, s.strong) for s in cloud.spots]
    for group in sorted(set(groups)):
        inside, own, strong = group
        part = [s for s, g in zip(cloud.spots, groups, strict=True) if g == group]
        # Context is grey already: made faint, too, it would be gone.
        faint = has_strong and not strong and inside and not own
        size = STRONG if strong else FAINT
        xs, ys = [parts.coordinate(cloud.x, s.x) for s in part], [s.y for s in part]
        sizes = [(size if has_strong else SIZES[s.size]) * look.scale for s in part]
        # A mark at nought stands on the scale's end, whole.
        out += parts.spots(part, xs, ys, sizes, look, FAINT_OPACITY if faint else 1.0, cliponaxis=False)
    return out


def _names(plot: _Plot, told: set[object]) -> list[dict[str, Any]]:
    """Names beside marks and on the stretch, where they find room; those in `told` stand at the end of their line."""
    cloud, look = plot.cloud, plot.look
    firm, taken = cloud.places(plot.at)
    for join in cloud.joins:
        taken += along([plot.at(*c) for c in join.corners(cloud.x.high)], 12 * look.scale)
    for s, x, end in cloud.threads:
        taken += along([plot.at(x, s.y), plot.at(x, end)], 14 * look.scale)
    if cloud.level is not None:
        y = plot.at(cloud.x.low, cloud.level[0])[1]
        taken += along([(0, y), (plot.wide, y)], 30)
    size = look.size + (0 if look.export else 0.5)
    wishes = [w for w in cloud.wishes(plot.at) if w.key not in told]
    places = {s.row: (s.x, s.y) for s in cloud.spots}
    if cloud.gap is not None:
        places[GAP] = cloud.gap.middle
    out = []
    for p in place(wishes, taken, plot.ends, size, most=cloud.most, beyond=6, firm=firm):
        x, y = places[p.wish.key]
        colour = look.ink if p.wish.strong else look.grey
        out.append(parts.beside(p, parts.anchor(cloud.x, x), parts.anchor(cloud.y, y), look, size, colour))
    return out


# --- Rows without a place across ---


def _band(plot: _Plot, labels: list[dict[str, Any]], shapes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without a place across, in one column: their names stand beside it, apart from each other."""
    cloud, look, wide = plot.cloud, plot.look, plot.wide * plot.band
    paper: dict[str, Any] = {"xref": "x2", "yref": "paper"}
    ground = {"layer": "below", "fillcolor": look.levels[0], "xref": "paper", "yref": "paper"}
    shapes.append(parts.rect(1 - plot.band + 0.01, 1, 0, 1, **ground))
    small = look.size - (1 if not look.export else 3)
    lines = wrap(plot.kind.apart, wide * NAMES, small)
    size, names = _names_apart(cloud, wide * NAMES, look)
    # The lines of one name stand closer than two names.
    step = (size + (3 if all(len(n) == 1 for n in names) else 5)) / plot.tall
    if (len(lines) + 1 + sum(map(len, names))) * step > 0.94:
        # Names come first; what the band holds is told by the chart's note and their hovers.
        lines = []
    # Under the names, clear of the marks: those at nought stand at the foot, too.
    said = "<br>".join(map(escape, lines))
    beside: dict[str, Any] = {**paper, "align": "left"}
    own = {**beside, "yanchor": "bottom"}
    labels.append(parts.label(BESIDE, 0, said, look, small, look.grey, yshift=3, **own))
    # A name stands around its height: half a line of it below.
    foot = (len(lines) + 1) * step + 0.02 if lines else 0.0
    named = _first_that_fit(names, max(int((1.0 - foot) / step + 0.5), 1))
    if more := and_more(len(names) - len(named) + cloud.more[1]):
        labels.append(parts.label(BESIDE, foot, more, look, size, look.grey, **own))
        foot += 1.5 * step
    # Each line is spread by itself, the last of a name at the bottom.
    own_lines = [s.y for s, name in zip(cloud.apart, named, strict=False) for _ in name]
    above = spread([cloud.y.share(y) - foot for y in own_lines], step, 1.0 - foot, foot=0.0)
    for s, name in zip(cloud.apart, named, strict=False):
        mine, above = above[: len(name)], above[len(name) :]
        at = foot + sum(mine) / len(mine)
        ends = MARKS, MARKS + 0.1, cloud.y.share(s.y), at
        shapes.append(parts.rule(*ends, look.rule, 1, layer="below", **paper))
        labels.append(parts.label(BESIDE, at, parts.broken(name, True), look, size, **beside))
    places = [MARKS] * len(cloud.apart), [s.y for s in cloud.apart]
    marks = [SIZES[s.size] * look.scale for s in cloud.apart]
    return parts.spots(cloud.apart, *places, marks, look, xaxis="x2", cliponaxis=False)


def _names_apart(cloud: Cloud, room: float, look: Look) -> tuple[float, list[tuple[str, ...]]]:
    """The names of the band in their lines, and the one size for all at which the fewest need a second."""
    sizes = [look.size - k for k in range(_smaller(look) + 1)]
    short = [short_name(s.name) for s in cloud.apart]
    whole = (s for s in sizes if all(width(n, s, True) <= room for n in short))
    size = next(whole, sizes[-1])
    return size, [name_lines(n, room, size) for n in short]


def _first_that_fit(names: Sequence[tuple[str, ...]], most: int) -> list[tuple[str, ...]]:
    """The first names that so many lines hold, with one left to say how many more there are."""
    upto = list(accumulate(map(len, names)))
    if not upto or upto[-1] <= most:
        return list(names)
    return list(names[: bisect_right(upto, most - 1)])


def _smaller(look: Look) -> int:
    """Points of type that names may give up: half a slide wide one less is still ten."""
    return 1 if look.compact and not look.is_narrow else SMALLER


def _band_share(cloud: Cloud, wide: float, look: Look) -> float:
    """Share of the width that the band takes: on a phone as much more as its names need."""
    if not cloud.apart:
        return 0.0
    longest = max(width(short_name(s.name), look.size - _smaller(look), True) for s in cloud.apart)
    return min(max(BAND, longest / NAMES / wide), WIDEST)
