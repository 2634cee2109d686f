"""Dots on lanes in Plotly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.charts.kinds.dots import Dot, Dots, Lane, Rows, tiers
from dashboard.draw.plotly.key import key, key_above, unit_below
from dashboard.draw.plotly.parts import anchor, coordinate, more_there, pieces, plotly_axis, spots
from dashboard.look.measure import clause, shorten, width, wrap
from dashboard.look.place import Wish, place
from dashboard.look.room import PICTURE, Room
from dashboard.look.theme import Look, annotation, escape, layout

#: Heights of lanes in type of 12: of one dot each, where its name has two lines, of many, and of a dot against its field.
LANE, TALL, MANY, AGAINST = 28, 38, 74, 52
#: Where words at the right begin, as shares of the width behind the names, and how wide the lanes are before them.
COLUMNS, LANES_WIDE = (0.335, 0.455, 0.635, 0.815), 0.32
#: Opacity of dots that are not strong.
FAINT = 0.38


def dots(rows: Rows, kind: Dots, room: Room, look: Look) -> dict[str, Any]:
    """Lanes from the top with their names at the left; dots, and what is drawn behind and said beside them."""
    if kind.field is not None:
        return _against(rows, kind, room, look)
    over = kind.all_named and room.is_small
    left = 10.0 if over else rows.names_width
    bottom = (46 if not look.export else 70) if rows.lanes else 10
    wide = max(room.width - left - 16, 1.0)
    small = look.size - (1 if not look.export else 3)
    tops, line = _heights(rows, kind, wide, small, over, room, look)
    total = tops[-1][2] if tops else 60.0
    labels: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    entries = [(v.word, v.fill(look), v.symbol) for v in rows.values if v.word]
    traces, legend, above = key_above(entries, look, room.width, 1.02)
    for n, one in enumerate(rows.lanes):
        mine = [d for d in rows.dots if d.lane == n]
        at = tops[n][1]
        labels.append(_name(one, at, tops[n][0], over, look, kind))
        if one.behind:
            labels.append(
                annotation(
                    anchor(rows.x, mine[0].x), at, pieces(one.behind, look), look, xshift=12 * look.scale
                )
            )
        if one.span is not None:
            shapes.append(_stroke(rows, one.span[0], one.span[1], at, at, look.rule, 2 * look.scale))
        if one.median is not None:
            tall = 9 * look.scale
            shapes.append(
                _stroke(rows, one.median, one.median, at - tall, at + tall, look.ink, 2 * look.scale)
            )
        if kind.all_named:
            labels += _names(rows, mine, at, wide, small, line, look, shapes)
    traces += _marks(rows.dots, rows, kind, [t[1] for t in tops], look)
    if kind.strong:
        labels += _strong_names(rows, [t[1] for t in tops], wide, total, look)
    if rows.lanes:
        labels.append(unit_below(rows.x.title(room.width - 32, look.size), look))
    if rows.more:
        labels.append(more_there(rows.more, 1, look))
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(total + 8 + bottom + above),
            **legend,
            margin={
                "l": int(left),
                "r": 16,
                "t": above + 6 + (look.size + 4 if rows.more else 0),
                "b": bottom,
            },
            xaxis=plotly_axis(rows.x),
            yaxis={
                "range": [total, 0],
                "tickvals": [] if kind.all_named else [t[1] for t in tops],
                "showticklabels": False,
                "showgrid": not kind.all_named,
            },
            shapes=shapes,
            annotations=labels,
        ),
    }


def _heights(
    rows: Rows, kind: Dots, wide: float, small: float, over: bool, room: Room, look: Look
) -> tuple[list[tuple[float, float, float]], float]:
    """Top, place of the dots and foot of each lane in pixels, and the height of a line of names."""
    unit, line = look.scale, small + 4.0
    if not kind.all_named:
        if not kind.strong:
            out, top = [], 0.0
            for one in rows.lanes:
                tall = (LANE if len(one.lines) < 2 else TALL) * unit
                out.append((top, top + tall / 2, top + tall))
                top += tall
            return out, line
        if kind.strong:
            lane = (
                max(MANY, 282 / max(len(rows.lanes), 1), (room.height - 58) / max(len(rows.lanes), 1)) * unit
            )
        return [(n * lane, (n + 0.5) * lane, (n + 1) * lane) for n in range(len(rows.lanes))], line
    counts = [
        1 + max((t for t, _ in _tiers(rows, [d for d in rows.dots if d.lane == n], wide, small)), default=0)
        for n in range(len(rows.lanes))
    ]
    total = sum((54 if over else 34) * unit + c * line for c in counts)
    if look.export and total > PICTURE[1]:
        # A picture has one height: with many lanes everything in it is set closer.
        closer = max(PICTURE[1] / total, 0.5)
        unit, line = unit * closer, line * closer
    out, top = [], 0.0
    for count in counts:
        head = 20 * unit if over else 0.0
        foot = top + head + 28 * unit + count * line
        out.append((top, foot - 14 * unit, foot + 6 * unit))
        top = foot + 6 * unit
    return out, line


def _tiers(rows: Rows, mine: Sequence[Dot], wide: float, size: float) -> list[tuple[int, float]]:
    ordered = sorted(mine, key=lambda d: d.x)
    return tiers([(rows.x.share(d.x) * wide, width(d.words, size) + 6) for d in ordered], wide)


def _names(
    rows: Rows,
    mine: Sequence[Dot],
    at: float,
    wide: float,
    size: float,
    line: float,
    look: Look,
    shapes: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Names over the dots of a lane, in as many lines as they need; a thin line leads to those further up."""
    out = []
    unit = look.scale
    ordered = sorted(mine, key=lambda d: d.x)
    for d, (tier, middle) in zip(ordered, _tiers(rows, mine, wide, size), strict=True):
        up = 9 * unit + tier * line
        if tier:
            shapes.append(_stroke(rows, d.x, d.x, at - 6 * unit, at - up + 1, look.grid, 1))
        out.append(
            annotation(
                anchor(rows.x, d.x),
                at - up,
                escape(d.words),
                look,
                xanchor="center",
                xshift=round(middle - rows.x.share(d.x) * wide, 1),
                yanchor="bottom",
                font={"size": min(size, max(line - 2, 9)), "color": look.ink},
            )
        )
    return out


def _name(one: Lane, at: float, top: float, over: bool, look: Look, kind: Dots) -> dict[str, Any]:
    colour = look.ink if one.strong else look.grey
    if one.value is not None:
        colour = one.value.name_colour(look)
    lines = "<br>".join(f"<b>{escape(t)}</b>" if one.strong else escape(t) for t in one.lines)
    under = f"<span style='color:{look.grey}'>{escape(one.under)}</span>" if one.under else ""
    if over:
        text = f"<b>{escape(one.name)}</b>  {under}"
        own: dict[str, Any] = {"xanchor": "left", "y": top + 8, "align": "left"}
    else:
        text = f"{lines}<br>{under}" if under else lines
        own = {"xanchor": "right", "xshift": -10 * look.scale, "align": "right"}
    plain = look.size + (0 if look.export or kind.all_named else 1)
    return annotation(0, at, text, look, xref="paper") | own | {"font": {"size": plain, "color": colour}}


def _stroke(
    rows: Rows, x0: float, x1: float, y0: float, y1: float, colour: str, thick: float
) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": coordinate(rows.x, x0),
        "x1": coordinate(rows.x, x1),
        "y0": y0,
        "y1": y1,
        "layer": "below",
        "line": {"color": colour, "width": thick},
    }


def _marks(
    found: Sequence[Dot], rows: Rows, kind: Dots, heights: Sequence[float], look: Look
) -> list[dict[str, Any]]:
    out = []
    for strong in (False, True):
        part = [d for d in found if d.strong == strong]
        size = (14 if strong else 8) if kind.strong else 12 if not kind.all_named else 11
        out += spots(
            part,
            [d.value for d in part],
            [coordinate(rows.x, d.x) for d in part],
            [heights[d.lane] for d in part],
            [size * look.scale] * len(part),
            look,
            1.0 if strong else FAINT,
            cliponaxis=False,
        )
    return out


def _strong_names(
    rows: Rows, heights: Sequence[float], wide: float, total: float, look: Look
) -> list[dict[str, Any]]:
    factor = PICTURE[1] / total if look.export and total else 1.0
    at = {d.row: (rows.x.share(d.x) * wide, heights[d.lane] * factor) for d in rows.dots}
    wishes = [
        Wish(d, *at[d.row], d.words, True, ("above", "above-left", "below-left", "left"))
        for d in rows.dots
        if d.strong
    ]
    placed = place(wishes, [], (wide, total * factor), look.size, most=len(wishes), firm=list(at.values()))
    out = []
    for p in placed:
        side = "left" if "left" in p.side else "right" if "right" in p.side else ""
        out.append(
            annotation(
                anchor(rows.x, p.wish.key.x),
                heights[p.wish.key.lane],
                f"<b>{escape(p.wish.text)}</b>",
                look,
                xanchor={"left": "right", "right": "left"}.get(side, "center"),
                xshift=round(p.dx, 1),
                yshift=round(-p.dy, 1),
            )
        )
    return out


# --- A dot against its field ---


def _against(rows: Rows, kind: Dots, room: Room, look: Look) -> dict[str, Any]:
    """A line a lane from the lowest to the highest of its field; the strokes of the best, the dot, words at the right."""
    assert kind.field is not None
    small = room.is_small
    size = look.size - (2 if look.export else 0)
    left = rows.names_width
    right = 8 if not small else 8 * look.size
    value = rows.dots[0].value if rows.dots else None
    entries = []
    if value is not None:
        entries.append((rows.owner, value.fill(look), value.symbol))
        entries += [(w, c, "line-ns") for w, c in zip(rows.strokes, (look.ink, look.rule), strict=False)]
        entries.append(("Other companies", look.pale, "circle"))
    keys, legend, top, side = key(entries, look, room.width - right - 10)
    whole = max(room.width - left - right - side, 1.0)
    ends = 1.0 if small else LANES_WIDE
    count = max(len(rows.lanes), 1)
    lane = AGAINST * look.scale
    labels: list[dict[str, Any]] = []
    if not small:
        labels += [
            _word(x, -0.75, escape(shorten(h, whole * 0.19, size)), size, look.grey, look)
            for x, h in zip(COLUMNS, rows.heads, strict=False)
        ]
    for n, one in enumerate(rows.lanes):
        labels.append(_lane_name(one, n, left, size, look))
        if small:
            said = "<br>".join(t for t in (f"<b>{escape(one.cells[1][0])}</b>", escape(one.cells[0][1])) if t)
            labels.append(_word(1.0, n, said, look.size, look.ink, look, xshift=12, align="left"))
            continue
        for x, (strong, grey) in zip(COLUMNS, one.cells, strict=False):
            labels.append(
                _word(x, n, _cell(strong, grey, whole, size, look), size, look.ink, look, align="left")
            )
    traces = [*keys, *_field(rows, look)]
    traces += spots(
        rows.dots,
        [d.value for d in rows.dots],
        [d.x for d in rows.dots],
        [d.lane for d in rows.dots],
        [13 * look.scale] * len(rows.dots),
        look,
        cliponaxis=False,
    )
    shapes = [
        {
            "type": "line",
            "x0": 0,
            "x1": 1,
            "y0": n,
            "y1": n,
            "layer": "below",
            "line": {"color": look.grid, "width": 2 * look.scale},
        }
        for n in range(len(rows.lanes))
    ]
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(top + 34 + lane * count),
            margin={"l": int(left), "r": int(right + side), "t": top + 6, "b": 6},
            **legend,
            xaxis={"visible": False, "domain": [0, ends], "range": [rows.x.low, rows.x.high]},
            yaxis={"visible": False, "range": [count - 0.5, -0.5 if small else -1.05]},
            annotations=labels,
            shapes=shapes,
        ),
    }


def _field(rows: Rows, look: Look) -> list[dict[str, Any]]:
    """The others of each lane, and upright strokes: what the dots are set against, without rows of its own."""

    def marks(xs: list[float], ys: list[int], marker: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "hoverinfo": "skip",
            "cliponaxis": False,
            "x": xs,
            "y": ys,
            "marker": marker,
        }

    xs = [x for one in rows.lanes for x in one.others]
    ys = [n for n, one in enumerate(rows.lanes) for _ in one.others]
    out = [marks(xs, ys, {"size": 7 * look.scale, "color": look.pale})]
    # What counts is drawn last, over the other.
    for k in reversed(range(len(rows.strokes))):
        found = [(one.strokes[k], n) for n, one in enumerate(rows.lanes) if one.strokes[k] is not None]
        colour = (look.ink, look.rule)[min(k, 1)]
        line = {"width": 3 * look.scale, "color": colour}
        marker = {"symbol": "line-ns", "size": 20 * look.scale, "color": colour, "line": line}
        out.append(marks([x for x, _ in found if x is not None], [n for _, n in found], marker))
    return out


def _lane_name(one: Lane, n: int, left: float, size: float, look: Look) -> dict[str, Any]:
    lines = "<br>".join(f"<b>{escape(t)}</b>" for t in one.lines)
    under = escape(clause(one.under, left - 14, size))
    return annotation(
        0,
        n,
        f"{lines}<br><span style='color:{look.grey}'>{under}</span>",
        look,
        xref="paper",
        xanchor="right",
        align="right",
        xshift=-10 * look.scale,
    ) | {"font": {"size": size, "color": look.ink}}


def _cell(strong: str, grey: str, whole: float, size: float, look: Look) -> str:
    """A value, and under it the model behind it in at most two lines, broken at a space or behind a hyphen."""
    room = whole * 0.165
    lines = wrap(shorten(grey.replace("-", "- "), room, size, lines=2), room, size)[:2]
    words = "<br>".join(escape(t.replace("- ", "-")) for t in lines if t)
    if not strong:
        return f"<span style='color:{look.grey if grey == 'none scored' else look.ink}'>{words}</span>"
    return f"<b>{escape(strong)}</b><br><span style='color:{look.grey}'>{words}</span>"


def _word(x: float, y: float, text: str, size: float, colour: str, look: Look, **own: Any) -> dict[str, Any]:
    return annotation(x, y, text, look, xref="paper", **own) | {"font": {"size": size, "color": colour}}
