"""Lanes in Plotly: periods as bars over days, events as strokes, some told in words under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.charts.kinds.lanes import SHORT, Gap, Lanes, Span, Timeline
from dashboard.draw.plotly import parts
from dashboard.draw.plotly.key import key_above
from dashboard.look.room import Room
from dashboard.look.scales import Value
from dashboard.look.theme import Look, escape

#: Pixels of a lane and of its bar; of the first lane and of others where events are told in words; of a row of words.
PITCH, BAR = 38, 19
FIRST, OTHER, TIER = 44, 20, 36
#: Room of the days above.
DAYS = 30
MS_A_DAY = 86_400_000


def lanes(state: Timeline, kind: Lanes, room: Room, look: Look) -> parts.Figure:
    """One lane a name, days from left to right; hatched where no row says anything."""
    spots, tall = _spots(state, kind)
    entries = [(v.word, _tint(v, look), "square" if kind.last else "line-ns") for v in state.key]
    traces, legend, top = key_above(entries, look, room.width, 1.11)
    at_end: dict[str, Any] = {"xref": "paper", "xshift": 8 * look.scale}
    heights = [y for y, _ in spots]
    named = list(zip(state.lanes, heights, strict=False))
    labels = [parts.lane_name(one, 0, y, look, 10 * look.scale, xref="paper") for one, y in named]
    for one, y in named:
        if one.behind:
            tint = look.ink if one.value is None else one.value.name_colour(look)
            labels.append(parts.label(1, y, parts.pieces(one.behind, look), look, colour=tint, **at_end))
    if state.gaps:
        pattern = {"shape": "/", "fgcolor": look.rule, "size": 6, "solidity": 0.12}
        marker = {"color": "rgba(0,0,0,0)", "line": {"width": 0}, "pattern": pattern}
        told = {"marker": marker, "hovertext": [escape(g.said) for g in state.gaps], "hoverinfo": "text"}
        traces.append(
            {"type": "bar", "orientation": "h", "showlegend": False, **told} | _places(state.gaps, spots)
        )
    if state.spans:
        traces.append(parts.strips(state.spans, look, 1, **_places(state.spans, spots)))
    periods: list[Gap | Span] = [*state.gaps, *state.spans]
    labels += [_inside(p, spots[p.lane][0], kind, look) for p in periods if p.inside]
    traces += _events(state, kind, spots, look)
    shapes = _flags(state, spots, labels, look)
    if kind.latest and state.side_width and state.lanes:
        above = {"yref": "paper", "yanchor": "bottom", "yshift": 8 * look.scale}
        labels.append(parts.label(1, 1, "Latest", look, colour=look.grey, **at_end) | above)
    if state.more:
        labels.append(parts.more_there(state.more, 0, look, "top"))
    foot = 8 + (1.6 * look.size if state.more else 0)
    # Among months a year stands out.
    is_short = state.days <= SHORT
    head = top + DAYS * (1.4 if look.export else 1)
    return parts.figure(
        look,
        traces,
        labels,
        tall + DAYS + foot + top,
        (int(state.names_width), head, int(max(state.side_width, 8)), foot),
        barmode="overlay",
        **legend,
        xaxis={
            "type": "date",
            "side": "top",
            "range": [state.first.isoformat(), state.last.isoformat()],
            "tickvals": [f"{d:%Y-%m-%d}" for d, _ in state.ticks],
            "ticktext": [parts.broken([t], is_short and d.month == 1) for d, t in state.ticks],
        },
        yaxis=parts.unseen(tall, 0),
        shapes=shapes,
    )


def _spots(state: Timeline, kind: Lanes) -> tuple[list[tuple[float, float]], float]:
    """Middle and height of each lane's bar, and the height of all, in pixels of a screen."""
    count = state.count
    if not kind.flags:
        return [(PITCH * (i + 0.5), BAR) for i in range(count)], PITCH * count
    out, y = [], 4.0
    for tall in (FIRST, *[OTHER] * (count - 1)):
        out.append((y + tall / 2, float(tall)))
        y += tall + 16
    return out, y + TIER * state.tiers


def _tint(value: Value, look: Look) -> str:
    """Colour of a value as a stroke or square of a key: a hatched one is grey."""
    return look.grey if value.hatched else value.fill(look)


def _places(those: Sequence[Gap | Span], spots: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Bars from the first day to the last one, each on its lane."""
    return {
        "y": [spots[p.lane][0] for p in those],
        "width": [spots[p.lane][1] for p in those],
        "base": [parts.iso(p.first) for p in those],
        "x": [(p.last - p.first).days * MS_A_DAY for p in those],
    }


def _inside(one: Gap | Span, y: float, kind: Lanes, look: Look) -> dict[str, Any]:
    """Words in a period, or in days without one, from its first day on."""
    words, shift, colour = escape(one.inside), 8.0, look.grey
    own: dict[str, Any] = {"bgcolor": look.ground}
    if isinstance(one, Span):
        words, shift, own = f"<b>{words}</b>" if kind.flags and one.lane == 0 else words, 6.0, {}
        pale = one.value.hatched or "stale" in one.caveats
        colour = look.ink if pale else one.value.text(look)
        if one.value.hatched or "estimated" in one.caveats:
            # A plate of its own: hatching would run through the words. Dark words of a faded bar stand on none of its
            # full colour.
            own = {"bgcolor": look.ground if pale else one.value.fill(look)}
    x = one.first.isoformat()
    return parts.label(x, y, words, look, colour=colour, xshift=shift * look.scale, **own)


def _events(
    state: Timeline, kind: Lanes, spots: Sequence[tuple[float, float]], look: Look
) -> list[dict[str, Any]]:
    """Strokes: across the lane where there are only events, else under its bar; hollow rounds where estimated."""
    if not state.events:
        return []
    below = bool(kind.last)
    size = 5.5 * look.scale if below else 19 * (1.35 if look.export else 1)
    stroke, rounds = (1.4, 5.5 * look.scale) if below else (3.0, 9 * look.scale)
    # What is lit lies on top.
    events = sorted(state.events, key=lambda e: not below and e.value.id not in ("", e.value.word))
    x = [parts.iso(e.day) for e in events]
    y = [spots[e.lane][0] + (spots[e.lane][1] / 2 + 4 if below else 0) for e in events]
    tints = [look.ink if below else _tint(e.value, look) for e in events]
    hollow = ["estimated" in e.caveats for e in events]
    marker = {
        # A stroke cannot be hollow: an event on weak ground is a small round.
        "symbol": ["circle-open" if h else "line-ns" for h in hollow],
        "size": [rounds if h else size for h in hollow],
        "color": tints,
        "opacity": [parts.FADED if "stale" in e.caveats else 1.0 for e in events],
        "line": {"width": [(1.6 if h else stroke) * look.scale for h in hollow], "color": tints},
    }
    around = [rounds - look.scale] * len(events)
    return [
        parts.markers(x, y, marker, cliponaxis=False, **parts.hovers(events)),
        *parts.rings(events, x, y, around, look),
    ]


def _flags(
    state: Timeline, spots: Sequence[tuple[float, float]], labels: list[dict[str, Any]], look: Look
) -> list[dict[str, Any]]:
    """Words under the lanes, appended to `labels`, and the lines that lead to them."""
    foot = spots[-1][0] + spots[-1][1] / 2 + (0 if len(spots) > 1 else 8)
    shapes = []
    for flag in state.flags:
        day = flag.event.day.isoformat()
        y = foot + 12 + TIER * flag.tier
        shapes.append(parts.rule(day, day, foot, y + 24, look.rule, 1.2 * look.scale))
        side, shift = ("left", 5) if flag.is_left else ("right", -5)
        text = "<br>".join(
            escape(words) + (parts.tinted(escape(when), look.grey) if when else "")
            for words, when in flag.lines
        )
        own: dict[str, Any] = {"xanchor": side, "align": side, "xshift": shift * look.scale}
        labels.append(parts.label(day, y + 12, text, look, **own))
    return shapes
