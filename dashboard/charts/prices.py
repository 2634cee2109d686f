"""What models cost: list prices, and prices against capability."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, log10
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.marks import joined_sources
from dashboard.charts.pieces import (
    NAMES_SHOWN,
    Name,
    counted,
    governance_entries,
    key,
    n_of,
    place_names,
    plot_size,
    points,
    unit_above,
    unit_below,
    with_company,
)
from dashboard.charts.spec import Chart, Native
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import ratings
from dashboard.facts.prices import CURRENCY_WORDS, LIST_PRICE, converted_note, list_prices
from dashboard.look.theme import (
    Look,
    escape,
    format_day,
    format_money,
    format_score,
    is_missing,
    layout,
    plural,
)

# --- Price against capability ---


def price_capability(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with an Arena text rating and a list price.

    Returns:
        model_name, company_name, governance_model, governance_model_id, output_price_per_mtok, currency (of the
        selection), converted_from (listed amount, rate and its month in words; null where listed in that currency),
        arena_rating (points), is_frontier (no Chinese model is as good at that price or below), is_outside, price_date,
        rating_date, source_ids; best rating first. Empty where no Chinese model has both.
    """
    columns = [
        "model_name",
        "company_name",
        "governance_model",
        "governance_model_id",
        "output_price_per_mtok",
        "currency",
        "converted_from",
        "arena_rating",
        "is_frontier",
        "is_outside",
        "price_date",
        "rating_date",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    rated = models.merge(ratings.arena(tables).drop(columns="company_id"), on="model_id")
    rows = rated.merge(list_prices(tables, selection.currency), on="model_id")
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


PRICE_TICKS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)


def price_capability_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Rating over price on a log axis; the best Chinese rating at each price is a step line with bold names."""
    height = 470 if not look.compact else 420
    keys, legend, top, side = key(governance_entries(frame, look), look, height)
    left = 46 if not look.export else 76
    margin = {"l": left, "r": 10 + side, "t": top + 34 * look.scale, "b": 50 * look.scale}
    width, tall = plot_size(look, height, margin)
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
        + ("" if is_missing(r.converted_from) else f"<br>Converted from {escape(r.converted_from)}")
        for r in frame.itertuples(index=False)
    ]
    traces += points(frame, look, price.tolist(), rating.tolist(), frame["is_frontier"].tolist(), hover)
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
    converted = converted_note(frame["converted_from"])
    return (
        f"Arena text rating (no style control) of {format_day(frame['rating_date'].max())} against output list price in "
        f"{CURRENCY_WORDS[selection.currency]}{f' ({converted})' if converted else ''}, "
        f"as of {format_day(selection.as_of)}; {n_of(frame, 'rated Chinese model', 'have such a price')}, "
        f"{plural(home['company_name'].nunique(), 'company')}; {outside} outside China in grey"
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
            "model_prices_converted",
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
        note=f"The line joins the best Chinese rating at each price. {LIST_PRICE}; cache, batch and off-peak rates are "
        "left out.",
    ),
)
