"""Pieces that charts share: companies on rows, keys, names beside points, bars, axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import pandas as pd

from dashboard.data.selection import HOME_COUNTRY, Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.look.theme import (
    Look,
    annotation,
    escape,
    is_missing,
    model_short,
    plural,
    short_name,
)

OUTSIDE = "Outside China"
WEIGHTS = {"open": "Open", "restricted": "Restricted", "closed": "Closed", "not disclosed": "Not disclosed"}


# --- Shared by the model charts: companies on rows, keys, names beside points ---


def with_company(tables: Tables, selection: Selection, rows: pd.DataFrame) -> pd.DataFrame:
    """Adds who stands behind each row.

    Returns:
        `rows` plus company_name, governance_model_id (in force; null outside China), governance_model (its short
        name, or "Outside China") and is_outside; rows of companies not in `tables["companies"]` are dropped.
    """
    companies = tables["companies"].set_index("company_id")
    rows = rows[rows["company_id"].isin(companies.index)]
    outside = rows["company_id"].map(companies["country"]).ne(HOME_COUNTRY)
    labels = landscape.labels_in_force(tables, selection.basis)
    model_ids = [None if o else labels[c] for c, o in zip(rows["company_id"], outside, strict=True)]
    return rows.assign(
        company_name=rows["company_id"].map(companies["company_name"]),
        governance_model_id=pd.Series(model_ids, index=rows.index, dtype="str"),
        governance_model=pd.Series(
            [OUTSIDE if is_missing(m) else model_short(m) for m in model_ids], index=rows.index, dtype="str"
        ),
        is_outside=outside.astype(bool),
    )


def counted(frame: pd.DataFrame, out_of: int) -> pd.DataFrame:
    """Notes on the frame out of how many rows it was taken, for "n of N" in a subtitle."""
    frame = frame.reset_index(drop=True)
    frame.attrs["out_of"] = int(out_of)
    return frame


def n_of(frame: pd.DataFrame, noun: str, verb: str) -> str:
    """How many of how many: 41 of 120 models state both; without the total where it was not noted."""
    total = frame.attrs.get("out_of")
    count = len(frame) if "is_outside" not in frame else int((~frame["is_outside"].astype(bool)).sum())
    if total is None:
        return plural(count, noun)
    return f"{count:,} of {plural(total, noun)} {verb}"


def text_width(text: str, size: float, strong: bool = False) -> float:
    """Width of a text in pixels, estimated for Arial; a Chinese character is a square."""
    return sum(1.0 if ord(c) > 0x2E7F else (0.58 if strong else 0.53) for c in text) * size


def fit(text: str, width: float, size: float, lines: int) -> list[str]:
    """Text in at most `lines` lines of `width` pixels; an ellipsis where words were left out."""
    out: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size) > width:
            out.append(line)
            line = word
        else:
            line = longer
    out.append(line)
    cut = out[:lines]
    if len(out) > lines:
        cut[-1] += " …"
    while text_width(cut[-1], size) > width and len(cut[-1]) > 4:
        cut[-1] = cut[-1].rstrip("… ")[:-1].rstrip(" ,;") + "…"
    return cut


def lane_label(name: str, width: float, look: Look, *, strong: bool = True) -> str:
    """A name beside its lane or bar, in at most two lines that fit a column of so many pixels on screen."""
    size = look.size + (0 if look.export else 1)
    room = width * look.share(1.66, 0.74) - 12 * look.scale
    # Measured plain: bold runs a tenth wider.
    lines = fit(name, room / (1.1 if strong else 1), size, 2)
    if lines[-1].endswith("…"):
        # Better the name it goes by than half of the full one.
        lines = fit(short_name(name), room / (1.1 if strong else 1), size, 2)
    return "<br>".join(f"<b>{escape(t)}</b>" if strong else escape(t) for t in lines)


def unit_above(text: str, look: Look, left: float) -> dict[str, Any]:
    """Unit of the vertical axis: horizontal, above its upper end, flush with the tick labels."""
    return annotation(
        0,
        1,
        escape(text),
        look,
        xref="paper",
        yref="paper",
        yanchor="bottom",
        xshift=-left + 4,
        yshift=8 * look.scale,
        font={"size": look.size, "color": look.grey},
    )


def unit_below(text: str, look: Look) -> dict[str, Any]:
    """Unit of the horizontal axis, under its right end."""
    return annotation(
        1,
        0,
        escape(text),
        look,
        xref="paper",
        yref="paper",
        xanchor="right",
        yanchor="top",
        yshift=-26 * look.scale,
        font={"size": look.size, "color": look.grey},
    )


#: Pixels from one row of a key to the next.
KEY_ROW = 22


def key_room(look: Look) -> float:
    """Pixels across that a key has in a compact figure."""
    return look.wide - 15


def key(
    entries: Sequence[tuple[str, str, str]], look: Look, plot_height: float, width: float = 600
) -> tuple[list, dict, float, float]:
    """A key: on top and left-aligned on screen, in a column of its own in a picture.

    Args:
        entries: Name, colour and Plotly symbol of each entry, in order.
        look: Where it will be seen.
        plot_height: Height of the plotting area in pixels, to set the key clear of the unit above the axis.
        width: Room on screen in pixels, less than the default for a chart that shares its row with another.

    Returns:
        Traces without data that carry the entries, layout keys, room needed on top, room needed at the right.
    """
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "name": escape(name),
            "showlegend": True,
            "hoverinfo": "skip",
            "marker": {
                "symbol": shape,
                "color": colour,
                "size": 9 * look.scale,
                "line": {"color": colour, "width": 3 * look.scale if shape.startswith("line") else 0},
            },
        }
        for name, colour, shape in entries
    ]
    legend: dict[str, Any] = {
        "bgcolor": "rgba(0,0,0,0)",
        "itemclick": False,
        "itemdoubleclick": False,
        "font": {"size": look.size, "color": look.ink},
        "traceorder": "normal",
    }
    if not entries:
        return [], {"showlegend": False}, 0, 0
    if look.export:
        legend |= {"orientation": "v", "x": 1.02, "xanchor": "left", "y": 1, "yanchor": "top"}
        room = max(text_width(name, look.size) for name, _, _ in entries) + 70
        return traces, {"showlegend": True, "legend": legend}, 0, room
    rows = key_rows([e[0] for e in entries], look, min(width, key_room(look)) if look.compact else width)
    legend |= {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "xref": "container",
        "yref": "container",
        "y": 1,
        "yanchor": "top",
    }
    return traces, {"showlegend": True, "legend": legend}, KEY_ROW * rows, 0


def key_rows(names: Sequence[str], look: Look, room: float) -> int:
    """Rows of a key on top: in one row entries stand close, in several in columns as wide as the widest."""
    # On screen type runs narrower than Arial: a key must not take the room of the plot for that.
    wide = [text_width(name, look.size) * (1 if look.export else 0.88) + 44 for name in names]
    return 1 if sum(wide) <= room else ceil(len(names) / max(int(room // max(wide)), 1))
