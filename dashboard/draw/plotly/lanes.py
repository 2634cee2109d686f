"""Lanes in Plotly: periods as bars over days, events as strokes, some told in words under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.charts.kinds.lanes import Event, Gap, Lanes, Span, Timeline
from dashboard.draw.plotly.key import key_above
from dashboard.draw.plotly.parts import FADED, bar_marker, hovers, more_there, pieces, rings
from dashboard.look.room import Room
from dashboard.look.theme import Look, annotation, escape, layout

#: Pixels of a lane and of its bar; of the first lane and of others where events are told in words; of a row of words.
PITCH, BAR = 38, 19
FIRST, OTHER, TIER = 44, 20, 36
#: Room of the days above.
DAYS = 30
MS_A_DAY = 86_400_000


def lanes(state: Timeline, kind: Lanes, room: Room, look: Look) -> dict[str, Any]:
    """One lane a name, days from left to right; hatched where no row says anything."""
    spots, tall = _spots(state, kind)
    has_bars = bool(kind.last)
    entries = [(v.word, _tint(v, look), "square" if has_bars else "line-ns") for v in state.key]
    traces, legend, top = key_above(entries, look, room.width, 1.11)
    labels = [_name(one.lines, spots[i][0], kind, look) for i, one in enumerate(state.lanes)]
    for i, one in enumerate(state.lanes):
        if one.behind:
            tint = look.ink if one.value is None else one.value.name_colour(look)
            label = annotation(
                1, spots[i][0], pieces(one.behind, look), look, xref="paper", xshift=8 * look.scale
            )
            labels.append(label | {"font": {"size": look.size, "color": tint}})
    if state.gaps:
        traces.append(
            _periods(state.gaps, spots)
            | {
                "marker": {
                    "color": "rgba(0,0,0,0)",
                    "line": {"width": 0},
                    "pattern": {"shape": "/", "fgcolor": look.rule, "size": 6, "solidity": 0.12},
                },
                "hovertext": [escape(g.said) for g in state.gaps],
                "hoverinfo": "text",
            }
        )
    if state.spans:
        marker = bar_marker(state.spans, [s.value for s in state.spans], look, 1)
        traces.append(_periods(state.spans, spots) | {"marker": marker, **hovers(state.spans)})
    for g in state.gaps:
        if g.inside:
            label = annotation(
                g.first.isoformat(),
                spots[g.lane][0],
                g.inside,
                look,
                xshift=8 * look.scale,
                bgcolor=look.ground,
            )
            labels.append(label | {"font": {"size": look.size, "color": look.grey}})
    for s in state.spans:
        if s.inside:
            words = f"<b>{escape(s.inside)}</b>" if kind.flags and s.lane == 0 else escape(s.inside)
            label = annotation(s.first.isoformat(), spots[s.lane][0], words, look, xshift=6 * look.scale)
            pale = s.value.hatched or "stale" in s.caveats
            label["font"] = {"size": look.size, "color": look.ink if pale else s.value.text(look)}
            if s.value.hatched or "estimated" in s.caveats:
                # A plate of its own: hatching would run through the words. Dark words of a faded bar stand on none
                # of its full colour.
                label["bgcolor"] = look.ground if pale else s.value.fill(look)
            labels.append(label)
    traces += _events(state, kind, spots, look)
    shapes = _flags(state, spots, labels, look)
    if kind.latest and state.side_width and state.lanes:
        head = annotation(1, 1, "Latest", look, xref="paper", yref="paper", yanchor="bottom")
        labels.append(
            head
            | {
                "xshift": 8 * look.scale,
                "yshift": 8 * look.scale,
                "font": {"size": look.size, "color": look.grey},
            }
        )
    if state.more:
        labels.append(more_there(state.more, 0, look, "top"))
    values, texts = ticks(state.first, state.last, room)
    foot = 8 + (1.6 * look.size if state.more else 0)
    return {
        "data": traces,
        "layout": layout(
            look,
            height=int(tall + DAYS + foot + top),
            barmode="overlay",
            **legend,
            margin={
                "l": int(state.names_width),
                "r": int(max(state.side_width, 8)),
                "t": top + DAYS * (1.4 if look.export else 1),
                "b": foot,
            },
            xaxis={
                "type": "date",
                "side": "top",
                "range": [state.first.isoformat(), state.last.isoformat()],
                "tickvals": values,
                "ticktext": texts,
            },
            yaxis={"visible": False, "range": [tall, 0]},
            annotations=labels,
            shapes=shapes,
        ),
    }


def _spots(state: Timeline, kind: Lanes) -> tuple[list[tuple[float, float]], float]:
    """Middle and height of each lane's bar, and the height of all, in pixels of a screen."""
    if not kind.flags:
        count = max(len(state.lanes), 1)
        return [(PITCH * (i + 0.5), BAR) for i in range(count)], PITCH * count
    out, y = [], 4.0
    for i in range(max(len(state.lanes), 1)):
        tall = FIRST if i == 0 else OTHER
        out.append((y + tall / 2, float(tall)))
        y += tall + 16
    return out, y + TIER * state.tiers


def _tint(value: Any, look: Look) -> str:
    """Colour of a value as a stroke or square of a key: a hatched one is grey."""
    return look.grey if value.hatched else value.fill(look)


def _name(lines: Sequence[str], y: float, kind: Lanes, look: Look) -> dict[str, Any]:
    text = "<br>".join(escape(t) if kind.flags else f"<b>{escape(t)}</b>" for t in lines)
    label = annotation(
        0, y, text, look, xref="paper", xanchor="right", align="right", xshift=-10 * look.scale
    )
    size = look.size + (0 if look.export else 1)
    return label | {"font": {"size": size, "color": look.grey if kind.flags else look.ink}}


def _periods(those: Sequence[Gap | Span], spots: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Bars from the first day to the last one, each on its lane."""
    return {
        "type": "bar",
        "orientation": "h",
        "showlegend": False,
        "y": [spots[p.lane][0] for p in those],
        "width": [spots[p.lane][1] for p in those],
        "base": [p.first.isoformat() for p in those],
        "x": [(p.last - p.first).days * MS_A_DAY for p in those],
    }


def _events(
    state: Timeline, kind: Lanes, spots: Sequence[tuple[float, float]], look: Look
) -> list[dict[str, Any]]:
    """Strokes: across the lane where there are only events, else under its bar; hollow rounds where estimated."""
    if not state.events:
        return []
    below = bool(kind.last)
    size = 5.5 * look.scale if below else 19 * (1.35 if look.export else 1)
    events: list[Event] = [*state.events] if below else sorted(state.events, key=_is_lit)
    x = [e.day.isoformat() for e in events]
    y = [spots[e.lane][0] + (spots[e.lane][1] / 2 + 4 if below else 0) for e in events]
    tints = [look.ink if below else _tint(e.value, look) for e in events]
    hollow = ["estimated" in e.caveats for e in events]
    stroke = 1.4 if below else 3.0
    rounds = 5.5 * look.scale if below else 9 * look.scale
    trace = {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "cliponaxis": False,
        "x": x,
        "y": y,
        "marker": {
            # A stroke cannot be hollow: an event on weak ground is a small round.
            "symbol": ["circle-open" if h else "line-ns" for h in hollow],
            "size": [rounds if h else size for h in hollow],
            "color": tints,
            "opacity": [FADED if "stale" in e.caveats else 1.0 for e in events],
            "line": {"width": [(1.6 if h else stroke) * look.scale for h in hollow], "color": tints},
        },
        **hovers(events),
    }
    around = [rounds - look.scale] * len(events)
    return [trace, *rings(events, x, y, around, look)]


def _is_lit(one: Event) -> bool:
    return bool(one.value.id) and one.value.id != one.value.word


def _flags(
    state: Timeline, spots: Sequence[tuple[float, float]], labels: list[dict[str, Any]], look: Look
) -> list[dict[str, Any]]:
    """Words under the lanes, appended to `labels`, and the lines that lead to them."""
    if not state.flags:
        return []
    foot = spots[-1][0] + spots[-1][1] / 2 + (0 if len(spots) > 1 else 8)
    shapes = []
    for flag in state.flags:
        day = flag.event.day.isoformat()
        y = foot + 12 + TIER * flag.tier
        shapes.append(
            {
                "type": "line",
                "x0": day,
                "x1": day,
                "y0": foot,
                "y1": y + 24,
                "line": {"color": look.rule, "width": 1.2 * look.scale},
            }
        )
        side = "left" if flag.is_left else "right"
        text = f"{escape(flag.title)}<br><span style='color:{look.grey}'>{escape(flag.day)}</span>"
        label = annotation(day, y + 12, text, look, xanchor=side, align=side)
        labels.append(label | {"xshift": (5 if flag.is_left else -5) * look.scale})
    return shapes


def ticks(first: pd.Timestamp, last: pd.Timestamp, room: Room) -> tuple[list[str], list[str]]:
    """Years, and quarters between them where they are few; years in bold then."""
    short = (last - first).days <= 900
    step = 12 if not short else 6 if room.is_small else 3
    days = [
        d for d in pd.date_range(first.replace(day=1, month=1), last, freq="MS") if (d.month - 1) % step == 0
    ]
    days = [d for d in days if first <= d <= last]
    return [d.strftime("%Y-%m-%d") for d in days], [
        f"{d:%b}" if d.month > 1 else f"<b>{d:%Y}</b>" if short else f"{d:%Y}" for d in days
    ]
