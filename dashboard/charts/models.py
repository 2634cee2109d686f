"""Charts of models: what they can do, what they cost, how open they are and how fast they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log2, log10
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import landscape
from dashboard.charts.spec import Chart, Choice, Native
from dashboard.selection import HOME_COUNTRY, Selection
from dashboard.store import Tables
from dashboard.theme import (
    MODELS,
    Look,
    annotation,
    escape,
    format_count,
    format_day,
    format_money,
    format_score,
    format_tokens,
    is_missing,
    layout,
    model_short,
    plural,
    symbol,
)

OUTSIDE = "Outside China"
WEIGHTS = {"open": "Open", "restricted": "Restricted", "closed": "Closed", "not disclosed": "Not disclosed"}
DAYS_A_MONTH = 30.4375
NAMES_SHOWN = 12


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


def joined_sources(*cells: object) -> str:
    """One list cell of several: every id once, in order."""
    return "; ".join(landscape.split_ids(pd.Series([c for c in cells if not is_missing(c)], dtype="str")))


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


def iso(days: pd.Series) -> list[str]:
    """Days as text: Plotly reads them the same in every time zone."""
    return [pd.Timestamp(d).strftime("%Y-%m-%d") for d in days]


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
    room = width * (1.66 if look.export else 0.74 if look.compact else 1) - 12 * look.scale
    # Measured plain: bold runs a tenth wider.
    lines = fit(name, room / (1.1 if strong else 1), size, 2)
    return "<br>".join(f"<b>{escape(t)}</b>" if strong else escape(t) for t in lines)


def unit_above(text: str, look: Look, left: float) -> dict[str, Any]:
    """Unit of the vertical axis: horizontal, above its upper end, flush with the tick labels."""
    return annotation(
        0,
        1,
        text,
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
        text,
        look,
        xref="paper",
        yref="paper",
        xanchor="right",
        yanchor="top",
        yshift=-26 * look.scale,
        font={"size": look.size, "color": look.grey},
    )


def key(
    entries: Sequence[tuple[str, str, str]], look: Look, plot_height: float, width: float = 700
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
            "name": name,
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
    wide = [text_width(name, look.size) + 40 for name, _, _ in entries]
    room = min(width, 330) if look.compact else width
    # In one row entries stand close; in several Plotly sets them in columns as wide as the widest.
    rows = 1 if sum(wide) <= room else ceil(len(entries) / max(int(room // max(wide)), 1))
    legend |= {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "xref": "container",
        "yref": "container",
        "y": 1,
        "yanchor": "top",
    }
    return traces, {"showlegend": True, "legend": legend}, 22 * rows, 0


@dataclass(frozen=True)
class Name:
    """A name wished for beside a point.

    Attributes:
        x: Pixels from the left of the plot.
        y: Pixels from its foot.
        text: What to write.
        strong: Bold: placed first and kept where it can be.
        at: Data coordinates as an annotation takes them (log10 on a log axis).
        prefer: Sides to try first.
    """

    x: float
    y: float
    text: str
    strong: bool
    at: tuple[Any, Any]
    prefer: tuple[str, ...] = ()


_SIDES = {
    "above": (0, 1),
    "right": (1, 0),
    "left": (-1, 0),
    "above-left": (-1, 1),
    "above-right": (1, 1),
    "below-right": (1, -1),
    "below": (0, -1),
    "below-left": (-1, -1),
}


def place_names(
    names: Sequence[Name],
    marks: Sequence[tuple[float, float]],
    width: float,
    height: float,
    look: Look,
    most: int = NAMES_SHOWN,
) -> list[dict[str, Any]]:
    """Annotations for the names that fit, most important first.

    A name is dropped where every side of its point is taken by another name, leaves the plot, or covers more than
    two marks; hover carries it. `marks` are pixel positions of everything drawn (points, points along lines).
    """
    size = look.size + (0 if look.export else 0.5)
    taken: list[tuple[float, float, float, float]] = []
    out: list[dict[str, Any]] = []
    for name in names:
        if len(out) >= most:
            break
        w, h = text_width(name.text, size, name.strong), size * 1.2
        gap = (8 if name.strong else 6) * look.scale
        best: tuple[float, float, float, float, str] | None = None
        sides = [*name.prefer, *(s for s in _SIDES if s not in name.prefer)]
        for rank, side in enumerate(sides):
            sx, sy = _SIDES[side]
            dy = 0.0 if sy == 0 else sy * (gap + h / 2 - 1) * (0.8 if sx else 1)
            dx = sx * gap * (0.5 if sy else 1.25)
            x0 = name.x + dx - (w / 2 if sx == 0 else w if sx < 0 else 0)
            y0 = name.y + dy - h / 2
            if x0 < 0 or x0 + w > width + 6 or y0 < 0 or y0 + h > height + h * 0.6:
                continue
            if any(x0 < b[2] + 4 and x0 + w > b[0] - 4 and y0 < b[3] and y0 + h > b[1] for b in taken):
                continue
            covered = sum(x0 - 4 < mx < x0 + w + 4 and y0 - 2 < my < y0 + h + 2 for mx, my in marks)
            cost = covered * 3 + rank
            if covered <= (4 if name.strong else 2) and (best is None or cost < best[0]):
                best = (cost, dx, dy, x0, "center" if sx == 0 else "right" if sx < 0 else "left")
        if best is None:
            continue
        _, dx, dy, x0, anchor = best
        y0 = name.y + dy - h / 2
        taken.append((x0, y0, x0 + w, y0 + h))
        text = f"<b>{escape(name.text)}</b>" if name.strong else escape(name.text)
        out.append(
            annotation(
                name.at[0],
                name.at[1],
                text,
                look,
                xanchor=anchor,
                xshift=round(dx, 1),
                yshift=round(dy, 1),
                font={"size": size, "color": look.ink if name.strong else look.grey},
            )
        )
    return out


def spread(wanted: Sequence[float], gap: float, top: float) -> list[float]:
    """Heights at least `gap` apart, as near as can be to those wanted, none above `top`; in the order given."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    out = list(wanted)
    for below, i in pairwise(order):
        out[i] = max(out[i], out[below] + gap)
    limit = top
    for i in reversed(order):
        out[i] = min(out[i], limit)
        limit = out[i] - gap
    return out


def _governance_entries(frame: pd.DataFrame, look: Look) -> list[tuple[str, str, str]]:
    present = set(frame["governance_model_id"].dropna())
    entries = [(m.short, look.fill(m.id), m.symbol) for m in MODELS if m.id in present]
    if len(frame) and frame["is_outside"].any():
        entries.append((OUTSIDE, look.pale, "circle"))
    return entries


def _points(
    frame: pd.DataFrame,
    look: Look,
    x: list[Any],
    y: list[float],
    strong: Sequence[bool],
    hover: list[str],
    weak_opacity: float = 0.45,
) -> list[dict[str, Any]]:
    """Marks of a scatter: context behind, ordinary ones faded, the strong ones large and on top."""
    traces = []
    ids = [None if is_missing(m) else m for m in frame["governance_model_id"]]
    for wanted, is_strong in ((None, False), ("", False), ("", True)):
        rows = [
            i
            for i in range(len(frame))
            if (ids[i] is None) == (wanted is None) and (wanted is None or bool(strong[i]) == is_strong)
        ]
        if not rows:
            continue
        size = (13 if is_strong else 9) * look.scale
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "showlegend": False,
                "x": [x[i] for i in rows],
                "y": [y[i] for i in rows],
                "marker": {
                    "symbol": ["circle" if ids[i] is None else symbol(ids[i]) for i in rows],
                    "color": [look.pale if ids[i] is None else look.fill(ids[i]) for i in rows],
                    "size": size,
                    "opacity": 1 if is_strong or wanted is None else weak_opacity,
                    "line": {"width": 0},
                },
                "hovertext": [hover[i] for i in rows],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces


def _date_ticks(first: pd.Timestamp, last: pd.Timestamp, look: Look) -> tuple[list[str], list[str]]:
    """Ticks of a time axis: years bold; quarters named too where the span is short."""
    days = (last - first).days
    step = 3 if days <= 900 and not look.compact else 6 if days <= 1600 and not look.compact else 12
    ticks = [
        d for d in pd.date_range(first.replace(day=1, month=1), last, freq="MS") if (d.month - 1) % step == 0
    ]
    ticks = [d for d in ticks if first <= d <= last]
    return [d.strftime("%Y-%m-%d") for d in ticks], [
        f"<b>{d.year}</b>" if d.month == 1 else f"{d:%b}" for d in ticks
    ]


def _span(days: pd.Series, pad: float = 0.03) -> tuple[pd.Timestamp, pd.Timestamp]:
    if days.empty:
        return pd.Timestamp("2024-01-01"), pd.Timestamp("2026-01-01")
    first, last = pd.Timestamp(days.min()), pd.Timestamp(days.max())
    room = max((last - first) * pad, pd.Timedelta(days=20))
    return first - room, last + room


def _plot_size(look: Look, height: int, margin: dict[str, float]) -> tuple[float, float]:
    """Plotting area in pixels: of the narrowest place a figure of this look is drawn in.

    Names placed without overlap there stay clear where the plot is wider.
    """
    if look.export:
        return 1536 - margin["l"] - margin["r"], 560
    return (345 if look.compact else 780) - margin["l"] - margin["r"], height - margin["t"] - margin["b"]


# --- Arena ratings: one benchmark, one snapshot ---


def arena_ratings(tables: Tables) -> pd.DataFrame:
    """Arena text ratings without style control, of the newest snapshot known, one row per model (its best entry).

    Ratings with and without style control, of other categories, or of another day are different scales, so none of
    them is mixed in.

    Returns:
        model_id, company_id, arena_rating, rating_date, rating_source_ids; best first.
    """
    scores = tables["benchmark_scores"]
    names = tables["benchmarks"].set_index("benchmark_id")["benchmark_name"].str.lower()
    wanted = [b for b, n in names.items() if "arena" in n and "text" in n and "no style control" in n]
    scores = scores[scores["benchmark_id"].isin(wanted)]
    scores = scores[scores["score_date"] == scores["score_date"].max()].dropna(subset=["model_id"])
    scores = scores.sort_values("score", ascending=False, kind="stable").drop_duplicates("model_id")
    return scores.rename(
        columns={"score": "arena_rating", "score_date": "rating_date", "source_ids": "rating_source_ids"}
    )[["model_id", "company_id", "arena_rating", "rating_date", "rating_source_ids"]]


def output_prices(tables: Tables, currency: str = "USD") -> pd.DataFrame:
    """The newest standard list price of each model in one currency, above zero; offers in others are left out.

    Of several providers on the same day the dearest counts: resellers' discounts are not the list price.

    Returns:
        model_id, output_price_per_mtok (in `currency`), price_date, price_source_ids.
    """
    rows = tables["model_prices"]
    rows = rows[
        (rows["tier"] == "standard") & (rows["currency"] == currency) & (rows["output_price_per_mtok"] > 0)
    ]
    rows = rows.sort_values(["price_date", "output_price_per_mtok"], ascending=False, kind="stable")
    rows = rows.drop_duplicates("model_id").rename(columns={"source_ids": "price_source_ids"})
    return rows[["model_id", "output_price_per_mtok", "price_date", "price_source_ids"]]


# --- Price against capability ---


def price_capability(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with an Arena text rating and a list price.

    Returns:
        model_name, company_name, governance_model, governance_model_id, output_price_per_mtok, currency (of the
        selection; offers listed in others are left out), arena_rating (points), is_frontier (no Chinese model is as good at that price or below), is_outside, price_date,
        rating_date, source_ids; best rating first. Empty where no Chinese model has both.
    """
    columns = [
        "model_name",
        "company_name",
        "governance_model",
        "governance_model_id",
        "output_price_per_mtok",
        "currency",
        "arena_rating",
        "is_frontier",
        "is_outside",
        "price_date",
        "rating_date",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    rated = models.merge(arena_ratings(tables).drop(columns="company_id"), on="model_id")
    rows = rated.merge(output_prices(tables, selection.currency), on="model_id")
    rows["currency"] = selection.currency
    total = int((~rated["is_outside"]).sum())
    if rows.empty or rows["is_outside"].all():
        return counted(pd.DataFrame(columns=columns), total)
    rows["source_ids"] = [
        joined_sources(a, b) for a, b in zip(rows["rating_source_ids"], rows["price_source_ids"], strict=True)
    ]
    by_price = rows[~rows["is_outside"]].sort_values(
        ["output_price_per_mtok", "arena_rating"], ascending=[True, False], kind="stable"
    )
    before = by_price["arena_rating"].cummax().shift(fill_value=float("-inf"))
    frontier = set(by_price.loc[by_price["arena_rating"] > before, "model_id"])
    rows["is_frontier"] = rows["model_id"].isin(frontier)
    rows = rows.sort_values(["arena_rating", "output_price_per_mtok"], ascending=[False, True], kind="stable")
    return counted(rows[columns], total)


CURRENCY_WORDS = {"USD": "US dollars", "CNY": "yuan"}
PRICE_TICKS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)


def price_capability_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Rating over price on a log axis; the best Chinese rating at each price is a step line with bold names."""
    height = 470 if not look.compact else 420
    keys, legend, top, side = key(_governance_entries(frame, look), look, height)
    left = 46 if not look.export else 76
    margin = {"l": left, "r": 10 + side, "t": top + 34 * look.scale, "b": 50 * look.scale}
    width, tall = _plot_size(look, height, margin)
    price, rating = frame["output_price_per_mtok"].astype(float), frame["arena_rating"].astype(float)
    low, high = (log10(price.min()) - 0.12, log10(price.max()) + 0.12) if len(frame) else (-1.0, 1.5)
    bottom, peak = (rating.min() - 8, rating.max() + 14) if len(frame) else (1300.0, 1500.0)
    # A few old, weak models would press the rest into the upper half: the axis starts where nine in ten stand.
    if len(frame) > 20:
        bottom = max(bottom, rating.quantile(0.05) - 8)
    px = [(log10(p) - low) / (high - low) * width for p in price]
    py = [(r - bottom) / (peak - bottom) * tall for r in rating]
    front = frame[frame["is_frontier"].astype(bool)].sort_values("output_price_per_mtok", kind="stable")
    line_x = [*front["output_price_per_mtok"].astype(float)]
    line_y = [*front["arena_rating"].astype(float)]
    marks = list(zip(px, py, strict=True))
    traces: list[dict[str, Any]] = [*keys]
    if len(front):
        line_x.append(10**high)
        line_y.append(line_y[-1])
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": line_x,
                "y": line_y,
                "hoverinfo": "skip",
                "showlegend": False,
                "line": {"shape": "hv", "color": look.ink, "width": 1.8 * look.scale},
            }
        )
        for (x0, x1), y0 in zip(pairwise(line_x), line_y, strict=False):
            a, b = ((log10(v) - low) / (high - low) * width for v in (x0, x1))
            marks += [(a + (b - a) * i / 12, (y0 - bottom) / (peak - bottom) * tall) for i in range(1, 13)]
    hover = [
        f"<b>{escape(r.model_name)}</b> {escape(r.company_name)}<br>{escape(r.governance_model)}<br>"
        f"Arena text rating {format_score(r.arena_rating, 'elo')}, {format_day(r.rating_date)}<br>"
        f"Output {format_money(r.output_price_per_mtok, r.currency)} per million tokens, {format_day(r.price_date)}"
        for r in frame.itertuples(index=False)
    ]
    traces += _points(frame, look, price.tolist(), rating.tolist(), frame["is_frontier"].tolist(), hover)
    names, budget = [], 7 if look.compact else 14
    order = sorted(range(len(frame)), key=lambda i: (not frame["is_frontier"].iloc[i], -rating.iloc[i]))
    best_of: set[str] = set()
    for i in order:
        row = frame.iloc[i]
        strong = bool(row["is_frontier"])
        if py[i] < 0 or (not strong and row["company_name"] in best_of):
            continue
        best_of.add(row["company_name"])
        names.append(
            Name(
                px[i],
                py[i],
                row["model_name"],
                strong,
                (log10(price.iloc[i]), rating.iloc[i]),
                ("above-left", "above") if strong else ("right", "below-right", "above"),
            )
        )
    labels = place_names(names[:budget], marks, width, tall, look, 6 if look.compact else NAMES_SHOWN)
    ticks = [t for t in PRICE_TICKS if low <= log10(t) <= high]
    figure = go.Figure(traces)
    currency = str(frame["currency"].iloc[0]) if len(frame) else "USD"
    x_unit = f"Output price, {CURRENCY_WORDS[currency]} per million tokens (log scale)"
    figure.update_layout(
        layout(
            look,
            height=height,
            margin=margin,
            **legend,
            xaxis={
                "type": "log",
                "range": [low, high],
                "tickvals": ticks,
                "ticktext": [format_money(t, currency) for t in ticks],
            },
            yaxis={"range": [bottom, peak], "tickformat": "d", "nticks": 6},
            annotations=[
                *labels,
                unit_above("Arena text rating", look, left),
                unit_below(
                    f"{'¥' if currency == 'CNY' else '$'} per million output tokens (log)"
                    if look.compact
                    else x_unit,
                    look,
                ),
            ],
        )
    )
    return figure


def price_capability_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Sets the best Chinese model of the frame against the best one outside China: points and price."""
    if frame.empty:
        return ""
    outside = frame["is_outside"].astype(bool)
    if outside.all() or not outside.any():
        return ""
    home, world = frame[~outside].iloc[0], frame[outside].iloc[0]
    gap = float(world["arena_rating"]) - float(home["arena_rating"])
    share = float(home["output_price_per_mtok"]) / float(world["output_price_per_mtok"])
    if share >= 1:
        return ""
    price = f"{share * 100:.0f} %" if share >= 0.01 else "less than 1 %"
    if gap <= 0:
        return f"{home['model_name']} rates no lower than {world['model_name']} at {price} of its price"
    points = plural(ceil(gap), "point")
    return f"{home['model_name']} comes within {points} of {world['model_name']} at {price} of its price"


def price_capability_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, the day of the ratings, how many state both, how many stand outside."""
    if frame.empty:
        return f"Arena text rating against list price, as of {format_day(selection.as_of)}"
    outside = int(frame["is_outside"].sum())
    home = frame[~frame["is_outside"].astype(bool)]
    return (
        f"Arena text rating (no style control) of {format_day(frame['rating_date'].max())} against output price listed in "
        f"{CURRENCY_WORDS[selection.currency]}, "
        f"as of {format_day(selection.as_of)}; {n_of(frame, 'rated Chinese model', 'have such a price')}, "
        f"{plural(home['company_name'].nunique(), 'company')}; {outside} outside China in grey"
    )


# --- Releases, one tick each ---


RUG_COMPANIES = 12


def model_releases(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models released on a known day in the two years before the newest release, of the companies with most.

    Returns:
        company_name, governance_model, governance_model_id, model_name, release_date, weights, is_latest, is_outside,
        source_ids; companies by number of releases, at most twelve, releases ascending.
    """
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "model_name",
        "release_date",
        "weights",
        "is_latest",
        "is_outside",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    models = models[~models["is_rolling_alias"].astype(bool)]
    dated = models[models["release_date"].notna() & (models["release_date_precision"] == "day")]
    if dated.empty:
        return counted(pd.DataFrame(columns=columns), len(models))
    newest = dated["release_date"].max()
    window = dated[dated["release_date"] > newest - pd.DateOffset(years=2)]
    counts = window["company_name"].value_counts(sort=False)
    last = window.groupby("company_name")["release_date"].max()
    order = pd.DataFrame({"n": counts, "last": last}).sort_values(
        ["n", "last"], ascending=False, kind="stable"
    )
    rank = {name: i for i, name in enumerate(order.index[:RUG_COMPANIES])}
    rows = window[window["company_name"].isin(rank)].copy()
    rows["weights"] = rows["weights"].fillna("not disclosed")
    rows["_rank"] = rows["company_name"].map(rank)
    rows = rows.sort_values(["_rank", "release_date", "parameters_total"], na_position="first", kind="stable")
    rows["is_latest"] = ~rows.duplicated("company_name", keep="last")
    return counted(rows[columns], len(models))


def model_releases_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """A rug: one lane a company, one tick a release; coloured where the weights are open; the latest is named."""
    names = list(dict.fromkeys(frame["company_name"]))
    lane = {n: i for i, n in enumerate(names)}
    first, last = _span(frame["release_date"], 0.012)
    entries = [e for e in _governance_entries(frame.assign(is_outside=False), look) if e[0] != "Undetermined"]
    # The subtitle says that a coloured tick means open weights: the key needs only the models' names.
    entries = [(name, colour, "line-ns") for name, colour, _ in entries]
    if len(frame):
        entries.append(("Not open, or unknown", look.rule, "line-ns"))
    height = 70 + 38 * max(len(names), 1)
    # In a picture the right margin belongs to the names of the latest releases: the key stands on top there too.
    keys, legend, top, _ = key(entries, Look(look.mode, False, look.compact), look.scale, 600)
    if look.export and entries:
        legend["legend"] |= {
            "font": {"size": look.size, "color": look.ink},
            "yref": "paper",
            "y": 1.11,
            "yanchor": "bottom",
            "xref": "paper",
        }
        top = 56.0
    margin = {
        "l": (112 if not look.compact else 88) * (1.72 if look.export else 1),
        "r": (232 if not look.compact else 8) * (1.72 if look.export else 1),
        "t": top + 30 * look.scale,
        "b": 8,
    }
    labels = []
    for name, y in lane.items():
        labels.append(
            annotation(
                0,
                y,
                lane_label(name, 112, look),
                look,
                xref="paper",
                xanchor="right",
                align="right",
                xshift=-10 * look.scale,
                font={"size": look.size + (0 if look.export else 1), "color": look.ink},
            )
        )
    traces: list[dict[str, Any]] = [*keys]
    for opened in (False, True):
        part = frame[(frame["weights"] == "open") == opened]
        if part.empty:
            continue
        colours = [
            look.rule if not opened else look.grey if m == "undetermined" else look.fill(m)
            for m in part["governance_model_id"]
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "showlegend": False,
                "x": iso(part["release_date"]),
                "y": [lane[n] for n in part["company_name"]],
                "marker": {
                    "symbol": "line-ns",
                    "size": 19 * (1.35 if look.export else 1),
                    "color": colours,
                    "line": {"color": colours, "width": 3 * look.scale},
                },
                "hovertext": [
                    f"<b>{escape(r.model_name)}</b> {escape(r.company_name)}<br>{format_day(r.release_date)}<br>"
                    f"Weights: {r.weights}; {escape(r.governance_model)}"
                    for r in part.itertuples(index=False)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    if not look.compact:
        for row in frame[frame["is_latest"].astype(bool)].itertuples(index=False):
            name = row.model_name if len(row.model_name) <= 24 else row.model_name[:23].rstrip() + "…"
            labels.append(
                annotation(
                    1,
                    lane[row.company_name],
                    f"{escape(name)} <span style='color:{look.grey}'>{format_day(row.release_date)}</span>",
                    look,
                    xref="paper",
                    xshift=12 * look.scale,
                )
            )
        if len(frame):
            labels.append(
                annotation(
                    1,
                    1,
                    "Latest release",
                    look,
                    xref="paper",
                    yref="paper",
                    xshift=12 * look.scale,
                    yanchor="bottom",
                    yshift=8 * look.scale,
                    font={"size": look.size, "color": look.grey},
                )
            )
    values, texts = _date_ticks(first, last, look)
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=int(height + top),
            margin=margin,
            **legend,
            xaxis={
                "type": "date",
                "side": "top",
                "range": [first.isoformat(), last.isoformat()],
                "tickvals": values,
                "ticktext": texts,
            },
            yaxis={
                "range": [max(len(names), 1) - 0.5, -0.5],
                "tickvals": list(range(len(names))),
                "showticklabels": False,
            },
            annotations=labels,
        )
    )
    return figure


def model_releases_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How often, on average, one of the companies shown released a model."""
    if len(frame) < 10 or frame["company_name"].nunique() < 3:
        return ""
    days = (frame["release_date"].max() - frame["release_date"].min()).days
    every = days / (len(frame) - 1)
    companies = frame["company_name"].nunique()
    pace = "every day" if every < 1.25 else f"every {every:.1f} days"
    return f"{companies} companies, a new model {pace} on average"


def model_releases_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Scope, the days shown and what a colour means."""
    if frame.empty:
        return f"Models by release day, as of {format_day(selection.as_of)}"
    first, last = frame["release_date"].min(), frame["release_date"].max()
    more = (
        f"; the {RUG_COMPANIES} companies with most"
        if frame["company_name"].nunique() == RUG_COMPANIES
        else ""
    )
    return (
        f"{plural(len(frame), 'release')} from {format_day(first)} to {format_day(last)}{more}. "
        "Coloured tick: open weights, in the colour of the governance model"
    )


# --- The frontier, China against the world ---


#: What the frontier may be measured by, in order of preference; each alone, none mixed with another.
MEASURES = ("epoch-eci", "lmarena-text", "lmarena-text-style-control")


def measured(tables: Tables, benchmark_id: str) -> pd.DataFrame:
    """Third-party scores by one measure, one row per model (its best entry), best first.

    Arena ratings drift from snapshot to snapshot: only those of the newest one are compared. The Epoch index is one
    scale for all of time, so each model keeps its own day.

    Returns:
        model_id, score, score_date, measure (name), score_unit, score_source_ids.
    """
    scores = tables["benchmark_scores"]
    scores = scores[
        (scores["benchmark_id"] == benchmark_id)
        & (scores["reporter"] == "third_party")
        & scores["model_id"].notna()
    ]
    if benchmark_id.startswith("lmarena"):
        scores = scores[scores["score_date"] == scores["score_date"].max()]
    known = tables["benchmarks"].set_index("benchmark_id")
    scores = scores.sort_values("score", ascending=False, kind="stable").drop_duplicates("model_id")
    return scores.assign(
        measure=scores["benchmark_id"].map(known["benchmark_name"]),
        score_unit=scores["benchmark_id"].map(known["unit"]),
        score_source_ids=scores["source_ids"],
    )[["model_id", "score", "score_date", "measure", "score_unit", "score_source_ids"]]


def measure_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """The measures that any model has a score by, best covered first named."""
    names = tables["benchmarks"].set_index("benchmark_id")["benchmark_name"]
    present = set(tables["benchmark_scores"]["benchmark_id"])
    return {m: str(names[m]) for m in MEASURES if m in present and m in names.index}


def capability_frontier(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with a score by the picked measure and a release day; those that raised the best so far are marked.

    Returns:
        model_name, company_name, governance_model, governance_model_id, side (China, Outside China), release_date,
        score (in the measure's unit), is_record (best of its side so far), is_outside, score_date, measure,
        score_unit (elo, index, percent), source_ids; release days ascending. Empty where no Chinese model has both.
    """
    options = measure_options(tables, selection)
    measure = selection.pick("capability-frontier.measure", next(iter(options), ""))
    columns = [
        "model_name",
        "company_name",
        "governance_model",
        "governance_model_id",
        "side",
        "release_date",
        "score",
        "is_record",
        "is_outside",
        "score_date",
        "measure",
        "score_unit",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    rated = models.merge(measured(tables, measure), on="model_id")
    rows = rated.dropna(subset=["release_date"]).copy()
    total = int((~rated["is_outside"]).sum())
    if rows.empty or rows["is_outside"].all():
        return counted(pd.DataFrame(columns=columns), total)
    rows["side"] = ["Outside China" if o else "China" for o in rows["is_outside"]]
    rows["source_ids"] = [
        joined_sources(a, b) for a, b in zip(rows["score_source_ids"], rows["source_ids"], strict=True)
    ]
    rows = rows.sort_values(["release_date", "score"], ascending=[True, False], kind="stable")
    best = rows.groupby("side")["score"].cummax()
    before = best.groupby(rows["side"]).shift(fill_value=float("-inf"))
    rows["is_record"] = rows["score"] > before
    return counted(rows[columns], total)


def frontier_gap(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series, float] | None:
    """How far China's best model is behind, in months.

    Method: the months from the day a model outside China first reached the score that China's best model has now
    (by the same measure) to the day China's best model was released. Zero or below means that China was
    first; None where no model outside China reaches that score.

    Returns:
        China's best row, the row outside that reached its score first, months (30.4375 days each).
    """
    if frame.empty:
        return None
    outside = frame["is_outside"].astype(bool)
    home, world = frame[~outside], frame[outside]
    if home.empty:
        return None
    best = home.sort_values(["score", "release_date"], ascending=[False, True], kind="stable").iloc[0]
    reached = world[world["score"] >= best["score"]].sort_values("release_date", kind="stable")
    if reached.empty:
        return None
    first = reached.iloc[0]
    return best, first, (best["release_date"] - first["release_date"]).days / DAYS_A_MONTH


def capability_frontier_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Two step lines of the best score so far; the gap in months is drawn at the height of China's best."""
    height = 430 if not look.compact else 380
    left = 46 if not look.export else 76
    keys, legend, top, side = key(
        _governance_entries(frame[frame["is_record"].astype(bool) | frame["is_outside"]], look), look, height
    )
    margin = {
        "l": left,
        "r": 12 + (side if side else 74 if not look.compact else 10),
        "t": top + 34 * look.scale,
        "b": 34 * look.scale,
    }
    if look.export:
        # The lines are named at their ends: the key stands behind the names.
        margin["r"] = side + 150
    width, tall = _plot_size(look, height, margin)
    if look.export and keys:
        legend["legend"]["x"] = 1 + 150 / width
    shown = frame
    first, last = _span(shown["release_date"], 0.02)
    rating = shown["score"].astype(float)
    pad = max((rating.max() - rating.min()) * 0.04, 0.5) if len(shown) else 0.0
    bottom, peak = (rating.min() - pad, rating.max() + 2 * pad) if len(shown) else (1300.0, 1500.0)
    if len(shown) > 20:
        bottom = max(
            bottom, rating[shown["is_record"].astype(bool)].min() - 2 * pad, rating.quantile(0.05) - 2 * pad
        )
    total = max((last - first).days, 1)
    px = [(d - first).days / total * width for d in shown["release_date"]]
    py = [(r - bottom) / (peak - bottom) * tall for r in rating]
    marks = list(zip(px, py, strict=True))
    traces: list[dict[str, Any]] = [*keys]
    ends = []
    for name, colour, thick in (("Outside China", look.rule, 2.0), ("China", look.ink, 2.2)):
        part = shown[(shown["side"] == name) & shown["is_record"].astype(bool)]
        if part.empty:
            continue
        days = [*iso(part["release_date"]), last.strftime("%Y-%m-%d")]
        ys = [*part["score"].astype(float), float(part["score"].iloc[-1])]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": days,
                "y": ys,
                "hoverinfo": "skip",
                "showlegend": False,
                "line": {"shape": "hv", "color": colour, "width": thick * look.scale},
            }
        )
        stamps = [*part["release_date"], last]
        for d0, d1, y0 in zip(stamps, stamps[1:], ys, strict=False):
            a, b = ((d - first).days / total * width for d in (d0, d1))
            marks += [(a + (b - a) * i / 8, (y0 - bottom) / (peak - bottom) * tall) for i in range(1, 9)]
        ends.append((name, ys[-1]))
    if not look.compact:
        gap = (peak - bottom) * (look.size + 5) / tall
        ends.sort(key=lambda e: e[1])
        placed = float("-inf")
        end_labels = []
        for name, y in ends:
            placed = max(y, placed + gap)
            end_labels.append(
                annotation(
                    1,
                    placed,
                    f"<b>{name}</b>" if name == "China" else name,
                    look,
                    xref="paper",
                    xshift=5 * look.scale,
                    bgcolor=look.ground if look.export else None,
                    font={"size": look.size, "color": look.ink if name == "China" else look.grey},
                )
            )
    else:
        end_labels = []
    hover = [
        f"<b>{escape(r.model_name)}</b> {escape(r.company_name)}<br>{escape(r.governance_model)}<br>"
        f"Released {format_day(r.release_date)}<br>{escape(r.measure)} {format_score(r.score, r.score_unit)}, "
        f"{format_day(r.score_date)}"
        for r in shown.itertuples(index=False)
    ]
    traces += _points(
        shown,
        look,
        iso(shown["release_date"]),
        rating.tolist(),
        shown["is_record"].tolist(),
        hover,
        weak_opacity=0.3,
    )
    shapes: list[dict[str, Any]] = []
    gap_labels: list[dict[str, Any]] = []
    behind = frontier_gap(frame)
    if behind is not None and behind[2] >= 1:
        home, world, months = behind
        y = float(home["score"])
        x0, x1 = iso(pd.Series([world["release_date"], home["release_date"]]))
        shapes.append(
            {
                "type": "line",
                "x0": x0,
                "x1": x1,
                "y0": y,
                "y1": y,
                "line": {"color": look.ink, "width": 1.2 * look.scale, "dash": "dot"},
            }
        )
        middle = world["release_date"] + (home["release_date"] - world["release_date"]) / 2
        gap_labels.append(
            annotation(
                middle.strftime("%Y-%m-%d"),
                y,
                f"<b>{months:.0f} months</b>",
                look,
                xanchor="center",
                yanchor="top",
                yshift=-4 * look.scale,
            )
        )
        mx, my = (middle - first).days / total * width, (y - bottom) / (peak - bottom) * tall
        half = text_width(f"{months:.0f} months", look.size, True) / 2
        marks += [(mx + half * f, my - look.size * 0.9) for f in (-1, -0.6, -0.2, 0.2, 0.6, 1)] * 3
    names = []
    records = [i for i in range(len(shown)) if shown["is_record"].iloc[i] and py[i] >= 0]
    for i in sorted(records, key=lambda i: -rating.iloc[i]):
        row = shown.iloc[i]
        home_side = not row["is_outside"]
        names.append(
            Name(
                px[i],
                py[i],
                row["model_name"],
                home_side,
                (iso(shown["release_date"].iloc[[i]])[0], rating.iloc[i]),
                ("below-right", "right", "below") if home_side else ("above-left", "above", "left"),
            )
        )
    labels = place_names(names, marks, width, tall, look, 6 if look.compact else NAMES_SHOWN)
    values, texts = _date_ticks(first, last, look)
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=height,
            margin=margin,
            **legend,
            shapes=shapes,
            xaxis={
                "type": "date",
                "range": [first.isoformat(), last.isoformat()],
                "tickvals": values,
                "ticktext": texts,
            },
            yaxis={"range": [bottom, peak], "tickformat": "d", "nticks": 6},
            annotations=[
                *labels,
                *gap_labels,
                *end_labels,
                unit_above(str(shown["measure"].iloc[0]) if len(shown) else "", look, left),
            ],
        )
    )
    return figure


def capability_frontier_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The gap in months between China's best and the first model outside China that was as good."""
    behind = frontier_gap(frame)
    if behind is None:
        return ""
    home, world, months = behind
    if months <= 0:
        return f"{home['model_name']} reached its score before any model outside China"
    span = (
        f"{months:.0f} months"
        if months >= 1.5
        else f"{(home['release_date'] - world['release_date']).days} days"
    )
    return f"China's best, {home['model_name']}, came {span} after {world['model_name']} was as good"


def capability_frontier_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Measure, snapshot, how many have a release day."""
    if frame.empty:
        return f"Best score so far, by release day, as of {format_day(selection.as_of)}"
    first, last = frame["score_date"].min(), frame["score_date"].max()
    when = (
        f"scores of {format_day(last)}" if first == last else f"scores of {first.year} to {format_day(last)}"
    )
    return (
        f"{frame['measure'].iloc[0]}, best so far by release day, {when}; "
        f"{n_of(frame, 'scored Chinese model', 'have a release date')}, "
        f"{int(frame['is_outside'].sum())} outside China; as of {format_day(selection.as_of)}"
    )


# --- Open, restricted, closed, by year ---


def weights_by_year(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Released models by year and by what may be done with their weights.

    Returns:
        release_year, weights, models (count), last_release_date (of that year, all weights), model_names, source_ids;
        years ascending, weights from open to not disclosed, combinations without a model left out.
    """
    models = with_company(tables, selection, tables["models"])
    models = models[~models["is_rolling_alias"].astype(bool)]
    dated = models.dropna(subset=["release_date"])
    rows = []
    weights = dated["weights"].fillna("not disclosed")
    for year, group in dated.groupby(dated["release_date"].dt.year):
        for kind in WEIGHTS:
            part = group[weights.loc[group.index] == kind]
            if len(part):
                rows.append(
                    {
                        "release_year": int(year),
                        "weights": WEIGHTS[kind],
                        "models": len(part),
                        "last_release_date": group["release_date"].max(),
                        "model_names": ", ".join(sorted(part["model_name"])),
                        "source_ids": joined_sources(*part["source_ids"]),
                    }
                )
    columns = ["release_year", "weights", "models", "last_release_date", "model_names", "source_ids"]
    frame = pd.DataFrame(rows, columns=columns)
    return counted(frame, len(models))


def weights_key(frame: pd.DataFrame, look: Look) -> list[tuple[str, str, str]]:
    """Name, colour and mark of each kind of weights that the frame holds, for the key above a chart."""
    present = set(frame["weights"])
    return [(name, look.weights[kind], "square") for kind, name in WEIGHTS.items() if name in present]


def on_weights(kind: str, look: Look) -> str:
    """Text colour on a weights segment (>= 4.5:1)."""
    dark_fill = kind == "open" or (kind == "restricted" and False)
    if look.mode == "light":
        return "#FFFFFF" if dark_fill else "#10141C"
    return "#10141C" if kind in {"open", "restricted"} else "#FFFFFF"


def weights_by_year_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Stacked columns with counts inside and the total on top; an unfinished year says to which day it counts."""
    years = list(dict.fromkeys(frame["release_year"]))
    at = {y: i for i, y in enumerate(years)}
    totals = frame.groupby("release_year")["models"].sum()
    most = int(totals.max()) if len(totals) else 1
    height = 340
    keys, legend, top, side = key(weights_key(frame, look), look, height)
    # The total stands on the highest column.
    margin = {"l": 8, "r": 8 + side, "t": top + 24 * look.scale, "b": 44 * look.scale}
    tall = 560 if look.export else height - margin["t"] - margin["b"]
    traces: list[dict[str, Any]] = [*keys]
    for kind, name in WEIGHTS.items():
        part = frame[frame["weights"] == name]
        if part.empty:
            continue
        hover = []
        for r in part.itertuples(index=False):
            listed = r.model_names.split(", ")
            more = f" and {len(listed) - 12} more" if len(listed) > 12 else ""
            lines = [", ".join(listed[i : i + 4]) for i in range(0, min(len(listed), 12), 4)]
            hover.append(
                f"<b>{r.release_year}, {name.lower()}</b>: {plural(r.models, 'model')}<br>"
                + "<br>".join(escape(line) for line in lines)
                + more
            )
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": [at[y] for y in part["release_year"]],
                "y": part["models"].tolist(),
                "width": 0.66,
                "showlegend": False,
                "marker": {"color": look.weights[kind], "line": {"width": 1.5, "color": look.ground}},
                "text": [str(v) if v / most * tall >= look.size + 4 else "" for v in part["models"]],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "constraintext": "none",
                "textfont": {"size": look.size, "color": on_weights(kind, look)},
                "hovertext": hover,
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    labels = [
        annotation(at[year], int(n), f"<b>{n}</b>", look, xanchor="center", yanchor="bottom", yshift=2)
        for year, n in totals.items()
    ]
    last = frame.groupby("release_year")["last_release_date"].max()
    ticks = []
    for year in years:
        day = last[year]
        unfinished = year == years[-1] and (day.month, day.day) < (12, 1)
        ticks.append(f"<b>{year}</b><br>to {day.day} {day:%b}" if unfinished else f"<b>{year}</b>")
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=height,
            barmode="stack",
            margin=margin,
            **legend,
            xaxis={
                "tickvals": list(range(len(years))),
                "ticktext": ticks,
                "showgrid": False,
                "range": [-0.5, max(len(years), 1) - 0.5],
            },
            yaxis={"visible": False, "range": [0, most * 1.02]},
            annotations=labels,
        )
    )
    return figure


def weights_by_year_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Share of models with open weights in the newest year against the year before."""
    if frame.empty:
        return ""
    table = frame.pivot_table(
        index="release_year", columns="weights", values="models", aggfunc="sum", fill_value=0
    )
    if len(table) < 2 or "Open" not in table or table.sum(axis=1).iloc[-2:].min() < 10:
        return ""
    share = (table["Open"] / table.sum(axis=1) * 100).round()
    old, new = share.iloc[-2], share.iloc[-1]
    verb = "rose" if new > old else "fell" if new < old else ""
    if not verb:
        return f"{new:.0f} % of models have open weights in {share.index[-1]}, as in {share.index[-2]}"
    return (
        f"The share of models with open weights {verb} from {old:.0f} % in {share.index[-2]} to {new:.0f} % in "
        f"{share.index[-1]}"
    )


def weights_by_year_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit and how many models have a release date."""
    shown = int(frame["models"].sum())
    total = frame.attrs.get("out_of", shown)
    return (
        f"Models released per year, by what may be done with the weights; {shown:,} of {plural(total, 'model')} have a "
        f"release date; as of {format_day(selection.as_of)}"
    )


# --- Size over time ---


def parameters(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with a release date and a stated number of parameters.

    Returns:
        model_name, company_name, governance_model, governance_model_id, release_date, parameters_total,
        parameters_active (null where not stated), architecture (dense, mixture, not stated), is_largest (of its
        company), is_outside, source_ids; release days ascending.
    """
    columns = [
        "model_name",
        "company_name",
        "governance_model",
        "governance_model_id",
        "release_date",
        "parameters_total",
        "parameters_active",
        "architecture",
        "is_largest",
        "is_outside",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    models = models[~models["is_rolling_alias"].astype(bool)]
    rows = models[models["release_date"].notna() & (models["parameters_total"] > 0)].copy()
    if rows.empty:
        return counted(pd.DataFrame(columns=columns), len(models))
    rows["architecture"] = rows["architecture"].fillna("not stated")
    largest = rows.sort_values(["parameters_total", "release_date"], ascending=[False, True], kind="stable")
    rows["is_largest"] = rows["model_id"].isin(largest.drop_duplicates("company_id")["model_id"])
    rows = rows.sort_values(["release_date", "parameters_total"], kind="stable")
    return counted(rows[columns], len(models))


PARAMETER_TICKS = tuple(float(10**i) for i in range(7, 15))


def _architecture_colour(look: Look) -> dict[str, str]:
    return {
        "mixture": look.ink,
        "dense": look.levels[2] if look.mode == "light" else look.levels[3],
        "not stated": look.levels[1] if look.mode == "light" else look.levels[2],
    }


ARCHITECTURE_SYMBOL = {"mixture": "circle", "dense": "square", "not stated": "diamond-tall"}


def parameters_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Parameters over release day on a log axis; colour and mark tell the architecture, a thread the active part."""
    height = 430 if not look.compact else 400
    left = 46 if not look.export else 76
    colours = _architecture_colour(look)
    words = {"mixture": "Mixture of experts", "dense": "Dense", "not stated": "Architecture not stated"}
    present = set(frame["architecture"])
    entries = [(words[a], colours[a], ARCHITECTURE_SYMBOL[a]) for a in words if a in present]
    if frame["parameters_active"].notna().any():
        entries.append(("Active per token", look.ink, "line-ew"))
    keys, legend, top, side = key(entries, look, height)
    margin = {"l": left, "r": 12 + side, "t": top + 34 * look.scale, "b": 34 * look.scale}
    width, tall = _plot_size(look, height, margin)
    total = frame["parameters_total"].astype("float64")
    first, last = _span(frame["release_date"], 0.03)
    if len(frame) > 20:
        # The few models of the years before would press the rest together; they are still in the table.
        first = max(first, pd.Timestamp(frame["release_date"].quantile(0.02)) - pd.Timedelta(days=60))
    low, high = (log10(total.min()) - 0.15, log10(total.max()) + 0.25) if len(frame) else (8.0, 12.5)
    if len(frame) > 20:
        low = max(low, log10(total.quantile(0.02)) - 0.3)
    days = max((last - first).days, 1)
    px = [(d - first).days / days * width for d in frame["release_date"]]
    py = [(log10(v) - low) / (high - low) * tall for v in total]
    marks = list(zip(px, py, strict=True))
    traces: list[dict[str, Any]] = [*keys]
    large = frame[frame["is_largest"].astype(bool) & frame["parameters_active"].notna()]
    thread_x: list[Any] = []
    thread_y: list[Any] = []
    for row in large.itertuples(index=False):
        day = row.release_date.strftime("%Y-%m-%d")
        thread_x += [day, day, None]
        thread_y += [float(row.parameters_total), float(row.parameters_active), None]
        x = (row.release_date - first).days / days * width
        y0, y1 = (
            (log10(float(v)) - low) / (high - low) * tall
            for v in (row.parameters_active, row.parameters_total)
        )
        marks += [(x, y0 + (y1 - y0) * i / 8) for i in range(8)]
    if thread_x:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": thread_x,
                "y": thread_y,
                "hoverinfo": "skip",
                "showlegend": False,
                "line": {"color": look.rule, "width": 1.2 * look.scale},
            }
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "showlegend": False,
                "x": iso(large["release_date"]),
                "y": large["parameters_active"].astype("float64").tolist(),
                "marker": {
                    "symbol": "line-ew",
                    "size": 9 * look.scale,
                    "color": look.ink,
                    "line": {"color": look.ink, "width": 2 * look.scale},
                },
                "hovertext": [
                    f"<b>{escape(r.model_name)}</b>: {format_count(r.parameters_active)} active per token"
                    for r in large.itertuples(index=False)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    for strong in (False, True):
        for kind in ("not stated", "dense", "mixture"):
            part = frame[(frame["architecture"] == kind) & (frame["is_largest"].astype(bool) == strong)]
            if part.empty:
                continue
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "showlegend": False,
                    "x": iso(part["release_date"]),
                    "y": part["parameters_total"].astype("float64").tolist(),
                    "marker": {
                        "symbol": ARCHITECTURE_SYMBOL[kind],
                        "color": colours[kind],
                        "size": (12 if strong else 8) * look.scale,
                        "opacity": 1 if strong else 0.6,
                        "line": {"width": 0},
                    },
                    "hovertext": [
                        f"<b>{escape(r.model_name)}</b> {escape(r.company_name)}<br>{format_count(r.parameters_total)} "
                        f"parameters, {'active: ' + format_count(r.parameters_active) + ', ' if kind == 'mixture' else ''}"
                        f"{words[kind].lower()}<br>Released {format_day(r.release_date)}"
                        for r in part.itertuples(index=False)
                    ],
                    "hovertemplate": "%{hovertext}<extra></extra>",
                }
            )
    names = []
    wanted = [i for i in range(len(frame)) if frame["is_largest"].iloc[i] and px[i] >= 0 and py[i] >= 0]
    for rank, i in enumerate(sorted(wanted, key=lambda i: -total.iloc[i])):
        row = frame.iloc[i]
        names.append(
            Name(
                px[i],
                py[i],
                f"{row['model_name']} {format_count(row['parameters_total'])}",
                rank < 4,
                (iso(frame["release_date"].iloc[[i]])[0], log10(total.iloc[i])),
                ("above", "left", "above-left", "right"),
            )
        )
    labels = place_names(names, marks, width, tall, look, 6 if look.compact else NAMES_SHOWN)
    ticks = [t for t in PARAMETER_TICKS if low <= log10(t) <= high]
    values, texts = _date_ticks(first, last, look)
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=height,
            margin=margin,
            **legend,
            xaxis={
                "type": "date",
                "range": [first.isoformat(), last.isoformat()],
                "tickvals": values,
                "ticktext": texts,
            },
            yaxis={
                "type": "log",
                "range": [low, high],
                "tickvals": ticks,
                "ticktext": [format_count(t) for t in ticks],
            },
            annotations=[*labels, unit_above("Parameters, all experts (log scale)", look, left)],
        )
    )
    return figure


def parameters_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the largest model stated."""
    if frame.empty:
        return ""
    top = frame.sort_values(["parameters_total", "release_date"], ascending=[False, True], kind="stable")
    if len(top) > 1 and top["parameters_total"].iloc[0] == top["parameters_total"].iloc[1]:
        return ""
    row = top.iloc[0]
    return (
        f"{row['model_name']} is the largest model whose size is stated: {format_count(row['parameters_total'])} "
        "parameters"
    )


def parameters_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit and how many disclose."""
    return (
        f"Total parameters by release day, largest model of each company named; "
        f"{n_of(frame, 'model', 'disclose size and date')}; as of {format_day(selection.as_of)}"
    )


# --- Context window over time ---


def context_window(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with a release date and a stated context window.

    Returns:
        model_name, company_name, governance_model, governance_model_id, release_date, context_tokens, is_record (longer
        than every model before), is_outside, source_ids; release days ascending.
    """
    columns = [
        "model_name",
        "company_name",
        "governance_model",
        "governance_model_id",
        "release_date",
        "context_tokens",
        "is_record",
        "is_outside",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    models = models[~models["is_rolling_alias"].astype(bool)]
    rows = models[models["release_date"].notna() & (models["context_tokens"] > 0)].copy()
    rows = rows.sort_values(["release_date", "context_tokens"], ascending=[True, False], kind="stable")
    tokens = rows["context_tokens"].astype("float64")
    # 1,000,000 and 1,048,576 are both sold as "1M": a record is a window a tenth longer than all before.
    rows["is_record"] = tokens > tokens.cummax().shift(fill_value=0.0) * 1.1
    return counted(rows[columns], len(models))


CONTEXT_TICKS = (*(1024 * 2**i for i in range(0, 16, 2)), 1_048_576 * 4, 1_048_576 * 16)


def context_window_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Context window over release day on a log axis; the longest so far is a step line with bold names."""
    height = 400 if not look.compact else 380
    left = 46 if not look.export else 76
    keys, legend, top, side = key(_governance_entries(frame, look), look, height)
    margin = {"l": left, "r": 12 + side, "t": top + 34 * look.scale, "b": 34 * look.scale}
    width, tall = _plot_size(look, height, margin)
    tokens = frame["context_tokens"].astype("float64")
    first, last = _span(frame["release_date"], 0.03)
    low, high = (log10(tokens.min()) - 0.12, log10(tokens.max()) + 0.2) if len(frame) else (3.9, 6.1)
    days = max((last - first).days, 1)
    px = [(d - first).days / days * width for d in frame["release_date"]]
    py = [(log10(v) - low) / (high - low) * tall for v in tokens]
    marks = list(zip(px, py, strict=True))
    traces: list[dict[str, Any]] = [*keys]
    records = frame[frame["is_record"].astype(bool)]
    if len(records):
        line_y = [*records["context_tokens"].astype("float64"), float(records["context_tokens"].iloc[-1])]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "showlegend": False,
                "hoverinfo": "skip",
                "x": [*iso(records["release_date"]), last.strftime("%Y-%m-%d")],
                "y": line_y,
                "line": {"shape": "hv", "color": look.ink, "width": 1.8 * look.scale},
            }
        )
        stamps = [*records["release_date"], last]
        for d0, d1, y0 in zip(stamps, stamps[1:], line_y, strict=False):
            a, b = ((d - first).days / days * width for d in (d0, d1))
            y = (log10(y0) - low) / (high - low) * tall
            marks += [(a + (b - a) * i / 10, y) for i in range(1, 11)]
    hover = [
        f"<b>{escape(r.model_name)}</b> {escape(r.company_name)}<br>{escape(r.governance_model)}<br>"
        f"{format_tokens(r.context_tokens)} tokens ({int(r.context_tokens):,})<br>Released {format_day(r.release_date)}"
        for r in frame.itertuples(index=False)
    ]
    traces += _points(
        frame, look, iso(frame["release_date"]), tokens.tolist(), frame["is_record"].tolist(), hover
    )
    names = []
    for i in sorted(
        (i for i in range(len(frame)) if frame["is_record"].iloc[i]), key=lambda i: -tokens.iloc[i]
    ):
        row = frame.iloc[i]
        names.append(
            Name(
                px[i],
                py[i],
                f"{row['model_name']} {format_tokens(row['context_tokens'])}",
                True,
                (iso(frame["release_date"].iloc[[i]])[0], log10(tokens.iloc[i])),
                ("above-left", "above", "above-right"),
            )
        )
    labels = place_names(names, marks, width, tall, look, 6 if look.compact else NAMES_SHOWN)
    ticks = sorted({t for t in CONTEXT_TICKS if low <= log10(t) <= high})
    values, texts = _date_ticks(first, last, look)
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=height,
            margin=margin,
            **legend,
            xaxis={
                "type": "date",
                "range": [first.isoformat(), last.isoformat()],
                "tickvals": values,
                "ticktext": texts,
            },
            yaxis={
                "type": "log",
                "range": [low, high],
                "tickvals": ticks,
                "ticktext": [format_tokens(t) for t in ticks],
            },
            annotations=[*labels, unit_above("Context window, tokens (log scale)", look, left)],
        )
    )
    return figure


def context_window_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many times the typical window grew from the first to the last full year shown."""
    if frame.empty:
        return ""
    years = frame["release_date"].dt.year
    typical = frame["context_tokens"].astype("float64").groupby(years).median()
    counts = years.value_counts()
    typical = typical[[y for y in typical.index if counts[y] >= 8]]
    if len(typical) < 2:
        return ""
    old, new = typical.iloc[0], typical.iloc[-1]
    if new <= old:
        return ""
    return (
        f"The median context window grew from {_about(old)} tokens in {typical.index[0]} to {_about(new)} in "
        f"{typical.index[-1]}"
    )


def _about(tokens: float) -> str:
    """A median may fall between two windows: the nearest power of two names it where one is within a tenth."""
    power = 2 ** round(log2(tokens))
    return format_tokens(power if abs(power / tokens - 1) < 0.1 else round(tokens))


def context_window_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit and how many disclose."""
    return (
        f"Context window by release day; the line is the longest so far; "
        f"{n_of(frame, 'model', 'disclose window and date')}; as of {format_day(selection.as_of)}"
    )


# --- Leaders on a third-party benchmark ---


def benchmark_leaders(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Best score of each company on the third-party benchmark that covers most Chinese companies, Arena aside.

    Of the benchmarks in percent, run or collected by others than the vendor, the one with scores of most companies in
    China is taken, and of its harnesses the one that covers most companies: scores of one harness compare.

    Returns:
        company_name, governance_model, governance_model_id, model_label, benchmark_name, score_pct, harness,
        score_date, score_date_meaning, is_outside, source_ids; best first, one row per company.
    """
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "model_label",
        "benchmark_name",
        "score_pct",
        "harness",
        "score_date",
        "score_date_meaning",
        "is_outside",
        "source_ids",
    ]
    scores = with_company(tables, selection, tables["benchmark_scores"])
    benchmarks = tables["benchmarks"].set_index("benchmark_id")
    percent = benchmarks.index[benchmarks["unit"] == "percent"]
    scores = scores[(scores["reporter"] == "third_party") & scores["benchmark_id"].isin(percent)]
    home = scores[~scores["is_outside"]]
    total = home["company_name"].nunique()
    if home.empty:
        return counted(pd.DataFrame(columns=columns), total)
    covered = home.groupby(["benchmark_id", "harness"])["company_id"].nunique()
    sizes = scores.groupby(["benchmark_id", "harness"]).size()
    best = pd.DataFrame({"companies": covered, "scores": sizes.reindex(covered.index)}).sort_values(
        ["companies", "scores"], ascending=False, kind="stable"
    )
    benchmark_id, harness = best.index[0]
    rows = scores[(scores["benchmark_id"] == benchmark_id) & (scores["harness"] == harness)]
    rows = rows.sort_values(["score", "score_date"], ascending=[False, True], kind="stable")
    rows = rows.drop_duplicates("company_id").rename(columns={"score": "score_pct"})
    rows["benchmark_name"] = benchmarks.loc[benchmark_id, "benchmark_name"]
    return counted(rows[columns], total)


def bars_figure(
    look: Look,
    names: list[str],
    values: list[float],
    colours: list[str],
    texts: list[str],
    hover: list[str],
    *,
    bold: Sequence[bool] | None = None,
    scale_to: float | None = None,
    name_width: int = 150,
    room: float = 0.3,
) -> go.Figure:
    """Horizontal bars from zero, best on top: name at the left, value and a grey qualifier behind the bar.

    Args:
        look: Where it will be seen.
        names: Text at the left, one a bar.
        values: Lengths.
        colours: Fills.
        texts: Ready text behind each bar.
        hover: Ready hover text.
        bold: Which names stand out; all when None.
        scale_to: Length of the axis before `room`; the longest bar when None.
        name_width: Width of the column of names on screen, pixels.
        room: Share of the plot kept free at the right for `texts`.
    """
    n = len(names)
    longest = scale_to or (max(values) if values else 1)
    labels = []
    for y, (name, value, text) in enumerate(zip(names, values, texts, strict=True)):
        strong = bold is None or bold[y]
        labels.append(
            annotation(
                0,
                y,
                lane_label(name, name_width, look, strong=strong),
                look,
                xanchor="right",
                align="right",
                xshift=-8 * look.scale,
                font={
                    "size": look.size + (0 if look.export else 1),
                    "color": look.ink if strong else look.grey,
                },
            )
        )
        labels.append(annotation(value, y, text, look, xshift=7 * look.scale))
    figure = go.Figure(
        {
            "type": "bar",
            "orientation": "h",
            "y": list(range(n)),
            "x": values,
            "width": 0.62,
            "marker": {"color": colours},
            "hovertext": hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    figure.update_layout(
        layout(
            look,
            height=24 + 34 * max(n, 1),
            margin={
                "l": int(name_width * (1.72 if look.export else 0.78 if look.compact else 1)),
                "r": 8,
                "t": 6,
                "b": 6,
            },
            xaxis={
                "visible": False,
                "range": [0, longest / (1 - room if not look.compact else 0.62 - room / 4)],
            },
            yaxis={"visible": False, "range": [max(n, 1) - 0.5, -0.5]},
            annotations=labels,
        )
    )
    return figure


def bar_colours(frame: pd.DataFrame, look: Look) -> list[str]:
    """Fill of a company's bar: its governance model, or the context grey outside China."""
    return [
        look.pale if o else look.fill(m)
        for m, o in zip(frame["governance_model_id"], frame["is_outside"], strict=True)
    ]


def with_model(model: str, look: Look) -> str:
    """Grey qualifier naming the governance model, so that colour is never alone; left out on a phone."""
    return "" if look.compact else f"<span style='color:{look.grey}'>{escape(model)}</span>"


def benchmark_leaders_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Bars of percent, the model named behind its score."""
    shown = frame.head(14 if look.export else 20)
    texts = [
        f"<b>{format_score(r.score_pct, 'percent')}</b>  {escape(r.model_label)}"
        + (
            ""
            if look.compact or r.is_outside
            else f"  <span style='color:{look.grey}'>{r.governance_model}</span>"
        )
        for r in shown.itertuples(index=False)
    ]
    hover = [
        f"<b>{escape(r.company_name)}</b>, {escape(r.model_label)}<br>{escape(r.benchmark_name)}: "
        f"{format_score(r.score_pct, 'percent')}<br>{escape(r.governance_model)}<br>{format_day(r.score_date)}: "
        f"{escape(r.score_date_meaning)}"
        for r in shown.itertuples(index=False)
    ]
    return bars_figure(
        look,
        shown["company_name"].tolist(),
        shown["score_pct"].astype(float).tolist(),
        bar_colours(shown, look),
        texts,
        hover,
        bold=[not o for o in shown["is_outside"]],
        scale_to=100.0,
        room=0.3,
        name_width=128,
    )


def benchmark_leaders_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How far the best Chinese company is from the best of all."""
    if frame.empty or not frame["is_outside"].any():
        return ""
    home, world = (
        frame[~frame["is_outside"].astype(bool)].iloc[0],
        frame[frame["is_outside"].astype(bool)].iloc[0],
    )
    gap = round(float(world["score_pct"]) - float(home["score_pct"]), 1)
    name = home["benchmark_name"]
    if gap <= 0:
        return f"{home['company_name']} leads on {name} with {format_score(home['score_pct'], 'percent')}"
    return f"{home['company_name']} is {gap:.1f} points behind {world['company_name']} on {name}"


def benchmark_leaders_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Benchmark, unit, harness, scope."""
    if frame.empty:
        return f"Best score by company on one third-party benchmark, as of {format_day(selection.as_of)}"
    row = frame.iloc[0]
    total = frame.attrs.get("out_of")
    home = int((~frame["is_outside"].astype(bool)).sum())
    scope = (
        f"{home} of {total} Chinese companies with third-party scores"
        if total
        else plural(home, "Chinese company")
    )
    return (
        f"{row['benchmark_name']}, best score of each company, percent; one harness ({row['harness']}); {scope}; as of "
        f"{format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="price-capability",
        topic="models",
        title="Price against capability",
        question="What does a given capability cost, and who sets the price?",
        subtitle=price_capability_subtitle,
        tables=(
            "companies",
            "models",
            "benchmarks",
            "benchmark_scores",
            "model_prices",
            "governance_assessments",
        ),
        data=price_capability,
        figure=price_capability_figure,
        native=Native(
            "xy_scatter",
            category="model_name",
            series="governance_model",
            x="output_price_per_mtok",
            value="arena_rating",
            colour_by="governance_model_id",
            label="model_name",
            named="is_frontier",
            line_name="best Chinese rating at each price",
            log_x=True,
            unit="Arena text rating",
            x_unit="Output price per million tokens, in the currency of the subtitle (log scale)",
        ),
        finding=price_capability_finding,
        outside=True,
        note="The line joins the best Chinese rating at each price. List prices in the one currency named, none converted; "
        "cache, batch and off-peak rates are left out.",
    ),
    Chart(
        id="model-releases",
        topic="models",
        title="Model releases",
        question="Who ships new models most often, and who opens them?",
        subtitle=model_releases_subtitle,
        tables=("companies", "models", "governance_assessments"),
        data=model_releases,
        figure=model_releases_figure,
        native=Native(
            "timeline",
            category="company_name",
            value="release_date",
            colour_by="governance_model_id",
            label="model_name",
            unit="date",
        ),
        finding=model_releases_finding,
        note="Models known only by month or year, and endpoints whose model changes, are left out.",
    ),
    Chart(
        id="capability-frontier",
        topic="models",
        title="Capability frontier, China and the world",
        question="How far behind is China's best model?",
        subtitle=capability_frontier_subtitle,
        tables=("companies", "models", "benchmarks", "benchmark_scores", "governance_assessments"),
        data=capability_frontier,
        figure=capability_frontier_figure,
        native=Native(
            "xy_scatter",
            category="model_name",
            series="side",
            x="release_date",
            value="score",
            colour_by="governance_model_id",
            label="model_name",
            named="is_record",
            line_name="best so far",
            unit="Score",
            x_unit="Release date",
        ),
        finding=capability_frontier_finding,
        outside=True,
        note="Gap: months from the first release outside China that has the score of China's best model to the "
        "release of that model, by one measure; Arena ratings are those of the newest snapshot.",
        choices=(Choice("capability-frontier.measure", "Measured by", measure_options),),
    ),
    Chart(
        id="weights-by-year",
        topic="models",
        title="Releases by weights",
        question="Are Chinese models becoming more open or more closed?",
        subtitle=weights_by_year_subtitle,
        tables=("companies", "models"),
        data=weights_by_year,
        figure=weights_by_year_figure,
        native=Native(
            "column_stacked", category="release_year", series="weights", value="models", unit="models"
        ),
        finding=weights_by_year_finding,
        note="Restricted: weights can be had under terms that limit use. Earlier years hold fewer models because fewer "
        "were collected.",
    ),
    Chart(
        id="parameters",
        topic="models",
        title="Model size over time",
        question="How large have models become?",
        subtitle=parameters_subtitle,
        tables=("companies", "models"),
        data=parameters,
        figure=parameters_figure,
        native=Native(
            "xy_scatter",
            category="model_name",
            series="architecture",
            x="release_date",
            value="parameters_total",
            label="model_name",
            named="is_largest",
            thread="parameters_active",
            log_y=True,
            unit="Parameters (log scale)",
            x_unit="Release date",
        ),
        finding=parameters_finding,
        note="A thread leads from the largest models to the parameters active per token, where stated.",
    ),
    Chart(
        id="context-window",
        topic="models",
        title="Context window over time",
        question="How much can a model read at once?",
        subtitle=context_window_subtitle,
        tables=("companies", "models", "governance_assessments"),
        data=context_window,
        figure=context_window_figure,
        native=Native(
            "xy_scatter",
            category="model_name",
            series="governance_model",
            x="release_date",
            value="context_tokens",
            colour_by="governance_model_id",
            label="model_name",
            named="is_record",
            line_name="longest so far",
            log_y=True,
            unit="Tokens (log scale)",
            x_unit="Release date",
        ),
        finding=context_window_finding,
        note="A record is a window at least a tenth longer than all before it.",
    ),
    Chart(
        id="benchmark-leaders",
        topic="models",
        title="Best score by company",
        question="Whose models lead on a test that others run?",
        subtitle=benchmark_leaders_subtitle,
        tables=("companies", "benchmarks", "benchmark_scores", "governance_assessments"),
        data=benchmark_leaders,
        figure=benchmark_leaders_figure,
        native=Native(
            "bar_clustered",
            category="company_name",
            value="score_pct",
            colour_by="governance_model_id",
            label="model_label",
            unit="percent",
        ),
        finding=benchmark_leaders_finding,
        outside=True,
        note="Grey: outside China. The benchmark is the third-party one, Arena aside, that covers most Chinese companies.",
    ),
)
