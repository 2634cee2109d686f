"""What every mark of a chart carries: the row it stands for, and a visible sign where that row stands on weak ground.

A figure function names the row of each mark in `customdata` (the label of the frame's index); all else follows from
the frame's own columns:

- `confidence`: high, medium, reported (one source alone says so) or low; the weakest of the rows behind the mark.
- `caveat`: null, or words of `CAVEATS` joined by "; ".
- `source_ids`: documents behind the mark.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.data.citations import split_ids
from dashboard.look.theme import Look, escape, format_day, is_missing, join_words

#: Caveats and how a mark shows them, in the order they are named in.
CAVEATS = {
    "estimated": "Hollow, hatched or in italics: estimated, or weakly supported",
    "disputed": "Ringed or outlined: sources disagree",
    "stale": "Faded: older than its kind of fact stays true",
}
CONFIDENCE = {
    "high": "well supported",
    "medium": "fairly supported",
    "reported": "one source alone says so",
    "low": "weakly supported",
}
#: Opacity of a stale mark.
FADED = 0.42
_RANK = {c: n for n, c in enumerate(("high", "medium", "reported", "low"))}


def joined_sources(*cells: object) -> str:
    """One list cell of several: every id once, in order."""
    return "; ".join(split_ids(cells))


def weakest(confidences: Iterable[object]) -> str | None:
    """The lowest confidence among rows behind one mark; None where none has any."""
    known = [str(c) for c in confidences if not is_missing(c)]
    return max(known, key=lambda c: _RANK.get(c, 0)) if known else None


def caveats(*, estimated: bool = False, disputed: bool = False, stale: bool = False) -> str | None:
    """The cell of `caveat` for one mark; None where nothing holds."""
    held = [w for w, is_so in (("estimated", estimated), ("disputed", disputed), ("stale", stale)) if is_so]
    return "; ".join(held) or None


def has_caveat(frame: pd.DataFrame, row: Any, word: str) -> bool:
    """Whether a row of a frame carries a caveat; False where the frame knows none."""
    return "caveat" in frame and word in str(frame.at[row, "caveat"]).split("; ")


def caveat_note(frame: pd.DataFrame, names: str = "") -> str:
    """Says what hollow, ringed and faded marks are, and whose they are; "" where the frame has none.

    Args:
        frame: A chart's frame.
        names: Column that names what a row is; else the model, else the company.
    """
    if "caveat" not in frame:
        return ""
    name = next((c for c in (names, "model_name", "model_label", "company_name") if c in frame), None)
    said = []
    for word, means in CAVEATS.items():
        if word == "stale" and _all_stale(frame):
            said.append("All values are older than their kind of fact stays true.")
            continue
        rows = frame[frame["caveat"].fillna("").str.split("; ").map(lambda words, w=word: w in words)]
        if rows.empty:
            continue
        who = list(dict.fromkeys(rows[name].astype(str))) if name else []
        said.append(f"{means}{f' ({join_words(who)})' if 0 < len(who) <= 3 else ''}.")
    return " ".join(said)


def _all_stale(frame: pd.DataFrame) -> bool:
    """Whether every row is stale: then fading would tell none apart, and the note alone says it."""
    return len(frame) > 0 and bool(frame["caveat"].fillna("").str.contains("stale").all())


def flag(figure: go.Figure, frame: pd.DataFrame, look: Look) -> go.Figure:
    """Draws caveats on the marks that have them: hollow, ringed, faded. Changes and returns the figure."""
    if "caveat" not in frame or frame["caveat"].isna().all():
        return figure
    rings: list[go.Scatter] = []
    unshown = {"stale"} if _all_stale(frame) else set()
    # Once for the frame: a look-up by row costs more than all else here.
    of_row = {
        r: set(str(cell).split("; ")) - unshown
        for r, cell in zip(frame.index, frame["caveat"].tolist(), strict=True)
    }
    sound: set[str] = set()
    for trace in figure.data:
        rows = _rows(trace.customdata, of_row)
        if rows is None:
            continue
        held = [sound if r is None else of_row[r] for r in rows]
        if trace.type == "bar":
            _flag_bar(trace, held, look)
        # An invisible mark is the target of a click on what is drawn as shapes.
        elif trace.type == "scatter" and "markers" in (trace.mode or "") and trace.marker.opacity != 0:
            _flag_points(trace, held, look)
            rings += _rings(trace, held, look)
    figure.add_traces(rings)
    return figure


def _rows(custom: Any, known: Container[Any]) -> list[Any] | None:
    """Index labels of the rows that a trace's marks stand for; None for a trace without marks of rows.

    Args:
        custom: The trace's own data of each mark, or None.
        known: Labels that the frame has; a mark of another row stands for None.
    """
    if custom is None:
        return None
    first = [c[0] if isinstance(c, list | tuple) else c for c in custom]
    return [r if r in known else None for r in first]


def _each(value: Any, count: int, default: Any) -> list[Any]:
    """A marker property as a list of one value a mark."""
    if value is None:
        return [default] * count
    return [value] * count if isinstance(value, str | int | float) else list(value)


def _flag_points(trace: Any, held: list[set[str]], look: Look) -> None:
    marker, count = trace.marker, len(held)
    if any("estimated" in h for h in held):
        symbols = [str(s) for s in _each(marker.symbol, count, "circle")]
        hollow = ["estimated" in h for h in held]
        marker.symbol = [
            f"{s}-open" if h and "-open" not in s else s for s, h in zip(symbols, hollow, strict=True)
        ]
        widths = _each(marker.line.width, count, 0)
        marker.line.width = [2 * look.scale if h else w for h, w in zip(hollow, widths, strict=True)]
    if any("stale" in h for h in held):
        opacity = _each(marker.opacity, count, 1.0)
        marker.opacity = [min(o, FADED) if "stale" in h else o for h, o in zip(held, opacity, strict=True)]


def _flag_bar(trace: Any, held: list[set[str]], look: Look) -> None:
    marker, count = trace.marker, len(held)
    if any("estimated" in h for h in held):
        marker.pattern = {
            "shape": ["/" if "estimated" in h else "" for h in held],
            "fgcolor": look.ground,
            "size": 6 * look.scale,
            "solidity": 0.35,
            "fillmode": "overlay",
        }
    if any("disputed" in h for h in held):
        widths, colours = _each(marker.line.width, count, 0), _each(marker.line.color, count, look.ground)
        marker.line = {
            "width": [2 * look.scale if "disputed" in h else w for h, w in zip(held, widths, strict=True)],
            "color": [look.ink if "disputed" in h else c for h, c in zip(held, colours, strict=True)],
        }
    if any("stale" in h for h in held):
        opacity = _each(marker.opacity, count, 1.0)
        marker.opacity = [FADED if "stale" in h else o for h, o in zip(held, opacity, strict=True)]


def _rings(trace: Any, held: list[set[str]], look: Look) -> list[go.Scatter]:
    ringed = [i for i, h in enumerate(held) if "disputed" in h]
    if not ringed:
        return []
    sizes = _each(trace.marker.size, len(held), 8)
    return [
        go.Scatter(
            x=[trace.x[i] for i in ringed],
            y=[trace.y[i] for i in ringed],
            xaxis=trace.xaxis,
            yaxis=trace.yaxis,
            mode="markers",
            hoverinfo="skip",
            showlegend=False,
            marker={
                "symbol": "circle-open",
                "size": [sizes[i] + 8 * look.scale for i in ringed],
                "color": look.ink,
                "line": {"width": 1.4 * look.scale, "color": look.ink},
            },
        )
    ]


def standing(frame: pd.DataFrame, row: Any, sources: pd.DataFrame) -> str:
    """Who stands behind a row, of which day, and how firmly: "Source: 36Kr, 16 Mar 2026 +2; well supported".

    Args:
        frame: A chart's frame.
        row: Label of the row.
        sources: The sources table.
    """
    return standings(frame.loc[[row]], sources)[row]


def standings(frame: pd.DataFrame, sources: pd.DataFrame) -> dict[Any, str]:
    """Who stands behind each row of a frame, as `standing` says it, by the row's label."""
    empty = [None] * len(frame)
    cells, confidence, caveat = (
        frame[c].tolist() if c in frame else empty for c in ("source_ids", "confidence", "caveat")
    )
    ids = [[] if is_missing(cell) else str(cell).split("; ") for cell in cells]
    mine = sources[sources["source_id"].isin({i for some in ids for i in some})]
    named = {
        i: publisher + ("" if is_missing(day) else f", {format_day(day, precision)}")
        for i, publisher, day, precision in zip(
            mine["source_id"],
            mine["publisher"],
            mine["published_date"],
            mine["published_date_precision"],
            strict=True,
        )
    }
    out: dict[Any, str] = {}
    for row, cited, firm, weak in zip(frame.index, ids, confidence, caveat, strict=True):
        known = [i for i in cited if i in named]
        said = []
        if known:
            said.append(f"Source: {named[known[0]]}{f' +{len(known) - 1}' if len(known) > 1 else ''}")
        if not is_missing(firm):
            said.append(CONFIDENCE[str(firm)])
        if not is_missing(weak):
            said.append(str(weak).replace("; ", ", "))
        out[row] = "; ".join(said)
    return out


def told(spec: dict[str, Any], frame: pd.DataFrame, sources: pd.DataFrame) -> dict[str, Any]:
    """Adds to the hover text of every mark who stands behind it. Changes and returns the figure.

    Args:
        spec: The figure as the chart drew it, as a plain dict of "data" and "layout".
        frame: The frame it was drawn from.
        sources: The sources table.
    """
    said = {r: f"<br><i>{escape(s)}</i>" if s else "" for r, s in standings(frame, sources).items()}
    for trace in spec["data"]:
        rows = _rows(trace.get("customdata"), said)
        template = trace.get("hovertemplate")
        if rows is None or not isinstance(template, str):
            continue
        trace["customdata"] = [[r, "" if r is None else said[r]] for r in rows]
        trace["hovertemplate"] = template.replace("<extra></extra>", "") + "%{customdata[1]}<extra></extra>"
    return spec


__all__ = [
    "CAVEATS",
    "CONFIDENCE",
    "caveat_note",
    "caveats",
    "flag",
    "has_caveat",
    "joined_sources",
    "standing",
    "standings",
    "told",
    "weakest",
]
