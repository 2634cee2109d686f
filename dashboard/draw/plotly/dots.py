"""Dots on lanes in Plotly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.charts.kinds.dots import Dot, Dots, Lane, Rows
from dashboard.draw.plotly import parts
from dashboard.draw.plotly.key import key, key_above, unit_below
from dashboard.look.measure import clause, shorten, width, wrap
from dashboard.look.place import Wish, place
from dashboard.look.room import PICTURE, Room
from dashboard.look.theme import Look, escape

#: Heights of lanes in type of 12: of one dot each, where its name has two lines, of many, and of a dot against its field.
LANE, TALL, MANY, AGAINST = 28, 38, 74, 52
#: Where words at the right begin, as shares of the width behind the names, and how wide the lanes are before them.
COLUMNS, LANES_WIDE = (0.335, 0.455, 0.635, 0.815), 0.32
#: Lines that the name of a model under its value takes at most.
CELL_LINES = 5
#: Opacity of dots that are not strong.
FAINT = 0.38


def dots(rows: Rows, kind: Dots, room: Room, look: Look) -> parts.Figure:
    """Lanes from the top with their names at the left; dots, and what is drawn behind and said beside them."""
    if kind.field is not None:
        return _against(rows, room, look)
    over = kind.all_named and room.is_small
    left = 10.0 if over else rows.names_width
    bottom = (46 if not look.export else 70) if rows.lanes else 10
    wide = max(room.width - left - 16, 1.0)
    small = look.size - (1 if not look.export else 3)
    tiers = [
        rows.names_over(n, rows.x.share, wide, lambda words: width(words, small) + 6)
        if kind.all_named
        else []
        for n in range(len(rows.lanes))
    ]
    spans, total, line = _heights(rows, kind, tiers, small, over, room, look)
    heights = [at for _, at in spans]
    total = total or 60.0
    labels: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    entries = [(v.word, v.fill(look), v.symbol) for v in rows.values if v.word]
    traces, legend, above = key_above(entries, look, room.width, 1.02)
    for n, (one, (top, at)) in enumerate(zip(rows.lanes, spans, strict=True)):
        size = look.size if kind.all_named else parts.name_size(look)
        name = _at_left(at, one, one.under, look, size, _colour(one, look))
        labels.append(_over(one, top, look) if over else name)
        if one.behind:
            x = parts.anchor(rows.x, rows.of(n)[0].x)
            labels.append(parts.label(x, at, parts.pieces(one.behind, look), look, xshift=12 * look.scale))
        if one.span is not None:
            shapes.append(_stroke(rows, one.span, (at, at), look.rule, 2 * look.scale))
        if one.median is not None:
            tall = 9 * look.scale
            ends = (at - tall, at + tall)
            shapes.append(_stroke(rows, (one.median, one.median), ends, look.ink, 2 * look.scale))
        for d, tier, middle in tiers[n]:
            # A thin line leads to names further up.
            up = 9 * look.scale + tier * line
            if tier:
                ends = (at - 6 * look.scale, at - up + 1)
                shapes.append(_stroke(rows, (d.x, d.x), ends, look.grid, 1))
            beside_x = round(middle - rows.x.share(d.x) * wide, 1)
            size = min(small, max(line - 2, 9))
            own: dict[str, Any] = {"xanchor": "center", "xshift": beside_x, "yanchor": "bottom"}
            labels.append(parts.label(parts.anchor(rows.x, d.x), at - up, escape(d.words), look, size, **own))
    for strong in (False, True):
        part = [d for d in rows.dots if d.strong == strong]
        size = (14 if strong else 8) if kind.strong else 12 if not kind.all_named else 11
        xs, ys = [parts.coordinate(rows.x, d.x) for d in part], [heights[d.lane] for d in part]
        faint = 1.0 if strong else FAINT
        traces += parts.spots(part, xs, ys, size * look.scale, look, faint, cliponaxis=False)
    if kind.strong:
        labels += _strong_names(rows, heights, wide, total, look)
    if rows.lanes:
        labels.append(unit_below(rows.x.title(room.width - 32, look.size), look))
    if rows.more:
        labels.append(parts.more_there(rows.more, 1, look))
    top = above + 6 + (look.size + 4 if rows.more else 0)
    upright = {"range": [total, 0], "tickvals": heights, "showticklabels": False, "showgrid": True}
    if kind.all_named:
        upright |= {"tickvals": [], "showgrid": False}
    return parts.figure(
        look,
        traces,
        labels,
        # A float's last digit is no pixel.
        round(total, 6) + 8 + bottom + above,
        (int(left), top, 16, bottom),
        **legend,
        xaxis=parts.plotly_axis(rows.x),
        yaxis=upright,
        shapes=shapes,
    )


def _heights(
    rows: Rows,
    kind: Dots,
    tiers: list[list[tuple[Dot, int, float]]],
    small: float,
    over: bool,
    room: Room,
    look: Look,
) -> tuple[list[tuple[float, float]], float, float]:
    """Top and place of the dots of each lane in pixels, the height of all, and that of a line of names."""
    unit, line, head = look.scale, small + 4.0, 0.0
    count = rows.count
    if kind.all_named:
        lines = [1 + max((tier for _, tier, _ in names), default=0) for names in tiers]
        total = sum((54 if over else 34) * unit + c * line for c in lines)
        if look.export and total > PICTURE[1]:
            # A picture has one height: with many lanes everything in it is set closer.
            closer = max(PICTURE[1] / total, 0.5)
            unit, line = unit * closer, line * closer
        head = 20 * unit if over else 0.0
        talls = [28 * unit + c * line for c in lines]
    elif kind.strong:
        talls = [max(MANY, 282 / count, (room.height - 58) / count) * unit] * len(rows.lanes)
    else:
        talls = [(LANE if len(one.lines) < 2 else TALL) * unit for one in rows.lanes]
    out, top = [], 0.0
    for tall in talls:
        foot = top + head + tall
        # Dots stand in the middle, or under their names.
        out.append((top, foot - 14 * unit if kind.all_named else top + tall / 2))
        top = foot + (6 * unit if kind.all_named else 0)
    return out, top, line


def _colour(one: Lane, look: Look) -> str:
    if one.value is not None:
        return one.value.name_colour(look)
    return look.ink if one.strong else look.grey


def _at_left(y: float, one: Lane, under: str, look: Look, size: float, colour: str) -> dict[str, Any]:
    """The name of a lane at its left, and grey words under it."""
    text = parts.broken(one.lines, one.strong)
    text = f"{text}<br>{parts.tinted(escape(under), look.grey)}" if under else text
    place = {"xref": "paper", "xanchor": "right", "align": "right", "xshift": -10 * look.scale}
    return parts.label(0, y, text, look, size, colour) | place


def _over(one: Lane, top: float, look: Look) -> dict[str, Any]:
    """The name of a lane over its dots, and grey words behind it."""
    text = (
        f"{parts.broken([one.name], True)}  {parts.tinted(escape(one.under), look.grey) if one.under else ''}"
    )
    return parts.label(0, top + 8, text, look, colour=_colour(one, look), xref="paper", align="left")


def _stroke(
    rows: Rows, x: tuple[float, float], y: tuple[float, float], colour: str, thick: float
) -> dict[str, Any]:
    ends = (parts.coordinate(rows.x, x[0]), parts.coordinate(rows.x, x[1]))
    return parts.rule(*ends, *y, colour, thick, layer="below")


def _strong_names(
    rows: Rows, heights: list[float], wide: float, total: float, look: Look
) -> list[dict[str, Any]]:
    factor = PICTURE[1] / total if look.export and total else 1.0
    at = {d.row: (rows.x.share(d.x) * wide, heights[d.lane] * factor) for d in rows.dots}
    wishes = [
        Wish(d, *at[d.row], d.words, True, ("above", "above-left", "below-left", "left"))
        for d in rows.dots
        if d.strong
    ]
    placed = place(wishes, [], (wide, total * factor), look.size, most=len(wishes), firm=list(at.values()))
    return [
        parts.beside(p, parts.anchor(rows.x, p.wish.key.x), heights[p.wish.key.lane], look) for p in placed
    ]


# --- A dot against its field ---


def _against(rows: Rows, room: Room, look: Look) -> parts.Figure:
    """A line a lane from the lowest to the highest of its field; the strokes of the best, the dot, words at the right."""
    small = room.is_small
    size = look.size - (2 if look.export else 0)
    left = rows.names_width
    right = 8 if not small else 8 * look.size
    entries = []
    if rows.dots:
        value = rows.dots[0].value
        entries.append((rows.owner, value.fill(look), value.symbol))
        entries += [(w, c, "line-ns") for w, c in zip(rows.strokes, (look.ink, look.rule), strict=False)]
        entries.append(("Other companies", look.pale, "circle"))
    keys, legend, top, side = key(entries, look, room.width - right - 10)
    whole = max(room.width - left - right - side, 1.0)
    count = rows.count

    def words(x: float, y: float, text: str, **own: Any) -> dict[str, Any]:
        return parts.label(x, y, text, look, xref="paper", **{"size": size, **own})

    labels = []
    cells = [[_cell_lines(grey, whole, size) for _, grey in one.cells] for one in rows.lanes]
    # A value stands over the lines of its model.
    most = 1 if small else max((len(c) for one in cells for c in one), default=1)
    pitch = max(AGAINST * look.scale, (most + 1) * 1.3 * size + 8)
    heads = [wrap(h, whole * 0.17, size) for h in rows.heads]
    further = max((len(h) - 1 for h in heads), default=0) * 1.3 * size
    above = 0.75 + further / 2 / pitch
    for n, one in enumerate(rows.lanes):
        under = clause(one.under, left - 14, size)
        labels.append(_at_left(n, replace(one, strong=True), under, look, size, look.ink))
        if small:
            said = (parts.broken([one.cells[1][0]], True), escape(one.cells[0][1]))
            text = "<br>".join(t for t in said if t)
            labels.append(words(1.0, n, text, size=look.size, xshift=12, align="left"))
            continue
        for x, (strong, _), lines in zip(COLUMNS, one.cells, cells[n], strict=False):
            labels.append(words(x, n, _cell(strong, lines, look), align="left"))
    if not small:
        over = zip(COLUMNS, map(parts.broken, heads), strict=False)
        labels = [*(words(x, -above, h, colour=look.grey, align="left") for x, h in over), *labels]
    lanes = range(len(rows.lanes))
    xs, ys = [d.x for d in rows.dots], [d.lane for d in rows.dots]
    own = parts.spots(rows.dots, xs, ys, 13 * look.scale, look, cliponaxis=False)
    return parts.figure(
        look,
        [*keys, *_field(rows, look), *own],
        labels,
        top + 34 + int(further + pitch * count),
        (int(left), top + 6, int(right + side), 6),
        **legend,
        xaxis=parts.unseen(rows.x.low, rows.x.high) | {"domain": [0, 1.0 if small else LANES_WIDE]},
        yaxis=parts.unseen(count - 0.5, -0.5 if small else -2 * above + 0.45),
        shapes=[parts.rule(0, 1, n, n, look.grid, 2 * look.scale, layer="below") for n in lanes],
    )


def _field(rows: Rows, look: Look) -> list[dict[str, Any]]:
    """The others of each lane, and upright strokes: what the dots are set against, without rows of its own."""
    unseen: dict[str, Any] = {"hoverinfo": "skip", "cliponaxis": False}
    found = [(x, n) for n, one in enumerate(rows.lanes) for x in one.others]
    marker: dict[str, Any] = {"size": 7 * look.scale, "color": look.pale}
    out = [parts.markers([x for x, _ in found], [n for _, n in found], marker, **unseen)]
    # What counts is drawn last, over the other.
    for k in reversed(range(len(rows.strokes))):
        found = [(x, n) for n, one in enumerate(rows.lanes) if (x := one.strokes[k]) is not None]
        colour = look.rule if k else look.ink
        line = {"width": 3 * look.scale, "color": colour}
        marker = {"symbol": "line-ns", "size": 20 * look.scale, "color": colour, "line": line}
        out.append(parts.markers([x for x, _ in found], [n for _, n in found], marker, **unseen))
    return out


def _cell(strong: str, lines: Sequence[str], look: Look) -> str:
    """A value, and under it the model behind it."""
    words = parts.broken(lines)
    if strong:
        return f"{parts.broken([strong], True)}<br>{parts.tinted(words, look.grey)}"
    return parts.tinted(words, look.grey if " ".join(lines) == "none scored" else look.ink)


def _cell_lines(grey: str, whole: float, size: float) -> list[str]:
    """The model behind a value in its lines, broken at a space or behind a hyphen."""
    room = whole * 0.165
    lines = wrap(shorten(grey.replace("-", "- "), room, size, lines=CELL_LINES), room, size)[:CELL_LINES]
    return [t.replace("- ", "-") for t in lines if t]
