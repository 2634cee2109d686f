"""What models cost: list prices, and prices against capability."""

from __future__ import annotations

from math import ceil

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.points import Along, Points
from dashboard.charts.marks import cited
from dashboard.charts.rows import counted, models_of, ordered, sides
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import ratings
from dashboard.facts.prices import LIST_PRICE, best_offers, converted_note, told_prices
from dashboard.look.theme import plural

PRICE_CAPABILITY = col.Frame(
    "models, best rating first",
    model_name=col.model(),
    **col.WHO,
    output_price_per_mtok=col.price(
        "newest list price of output, per million tokens",
        "currency",
        "Output price",
        per="per million tokens",
    ),
    currency=col.key("currency of the price"),
    converted_from="amount as listed, rate and its month; empty where listed in that currency",
    **col.rated(is_frontier=col.flag("no Chinese model is as good at that price or below")),
    price_date=col.day("day of the price"),
    rating_date=col.day("day of the rating"),
)


def price_capability(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with an Arena text rating and a list price."""
    arena = ratings.arena(tables).drop(columns="company_id")
    models = models_of(tables, selection.basis, arena["model_id"].tolist())
    rated = models.drop(columns=["release_date", "source_ids"]).merge(arena, on="model_id")
    offers = best_offers(tables, selection.currency)
    offers = offers[offers["model_id"].isin(rated["model_id"])]
    rows = rated.merge(told_prices(tables, offers, selection.currency), on="model_id")
    total = int((~rated["is_outside"]).sum())
    if rows["is_outside"].all():
        return counted(PRICE_CAPABILITY.of(), total)
    by_price = ordered(rows[~rows["is_outside"]], "output_price_per_mtok", "-arena_rating")
    before = by_price["arena_rating"].cummax().shift(fill_value=float("-inf"))
    rows = rows.assign(
        currency=selection.currency,
        is_frontier=rows.index.isin(by_price.index[by_price["arena_rating"] > before]),
        source_ids=cited(rows, "rating_source_ids", "price_source_ids"),
    )
    rows = ordered(rows, "-arena_rating", "output_price_per_mtok")
    companies = plural(by_price["company_name"].nunique(), "company")
    converted = converted_note(rows["converted_from"], " ({})")
    return counted(rows[PRICE_CAPABILITY.names], total, companies=companies, converted=converted)


def price_capability_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Sets the best Chinese model of the frame against the best one outside China: points and price."""
    ours, others = sides(frame)
    if ours.empty or others.empty:
        return ""
    home, world = ours.iloc[0], others.iloc[0]
    gap = float(world["arena_rating"]) - float(home["arena_rating"])
    share = float(home["output_price_per_mtok"]) / float(world["output_price_per_mtok"])
    if share >= 1:
        return ""
    price = f"{share * 100:.0f} %" if share >= 0.01 else "less than 1 %"
    if gap <= 0:
        return f"{home['model_name']} rates no lower than {world['model_name']} at {price} of its price"
    points = plural(ceil(gap), "point")
    return f"{home['model_name']} comes within {points} of {world['model_name']} at {price} of its price"


CHARTS = on(
    "models",
    Chart(
        title="Price against capability",
        question="What does a given capability cost, and who sets the price?",
        subtitle="Arena text rating (no style control) of {newest.rating_date} against output list price in {currency}{noted[converted]}, {as_of}; {some:rated Chinese model|have such a price}, {noted[companies]}; {total.is_outside} outside China in grey",
        shows=PRICE_CAPABILITY.by(price_capability, price_capability_finding),
        kind=Points(
            "output_price_per_mtok",
            "arena_rating",
            "model_name",
            strong="is_frontier",
            one_name_per="company_name",
            join=Along("best Chinese rating at each price"),
            log="x",
            trim=(0.0, 0.05),
        ),
        outside=True,
        note=f"The line joins the best Chinese rating at each price. {LIST_PRICE}; cache, batch and off-peak rates are left out.",
        scales=lambda frame, selection: (ratings.RATES,) if frame["converted_from"].notna().any() else (),
    ),
)
