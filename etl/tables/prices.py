"""List prices.

Prices are as listed, in the currency of the source, from the day it gives. A provider "(CNY list converted to USD by
the source)" says that the dollar figure is not a list price. Of prices tiered by prompt length, `standard` is the lowest
tier and `long_context` the highest. Resellers stand in where a developer's own price is not known.
"""

from __future__ import annotations

import pandas as pd

from etl import schema as col
from etl.cells import holding
from etl.rules import by, listed, not_the_developers, on_sale_and_read, statements_agree
from etl.schema import Frames, Near, Table
from etl.vocabulary import CURRENCIES

#: Documents that list models without prices.
PRICELESS = r"/models\.dev/blob/[0-9a-f]+/models/"
#: Models that give out pictures or speech.
NO_WORDS = r"banana|tts|image|speech|audio|video"
#: Days after which a kept copy of a price page no longer speaks for a price.
COPY_DAYS = 45
#: How far the price of a model may be from its nearest at another provider, or, of a model offered once, from its family.
OF_A_KIND = (Near(8, ("model_id", "currency")), Near(8, ("family_id", "currency")))
#: Output costs as much as input or more, up to this many times.
OUTPUT_TIMES = 12.5


def zeros_are_explained(frames: Frames) -> list[tuple[int, str, str]]:
    """A price of zero is that of a free offer, or of the output of an embedding; "listed as zero" explains nothing."""
    rows = frames["model_prices"]
    inputs, outputs = rows["input_price_per_mtok"], rows["output_price_per_mtok"]
    reason = rows["zero_reason"].fillna("")
    is_free = reason.str.startswith("free") & (inputs == 0) & (outputs == 0)
    is_embedding = reason.str.contains("embedding") & (inputs > 0)
    bad = ((inputs == 0) | (outputs == 0)) & ~is_free & ~is_embedding
    # A zero without any reason may be the slip itself.
    slips = [
        (
            int(i),
            column,
            "a price of zero: got 0 and no zero_reason, expected the price that the document lists",
        )
        for column in ("input_price_per_mtok", "output_price_per_mtok")
        for i in rows.index[bad & (rows[column] == 0) & (reason == "")]
    ]
    return slips + col.faults(
        rows[bad],
        "zero_reason",
        "a price of zero needs a reason: got '{reason}', expected words that begin with 'free' where "
        "the document says so, or no row",
        reason=reason,
    )


#: The day on which a page was copied.
_COPIED = r"/web/([0-9]{8})"


def documents_hold_the_price(frames: Frames) -> list[tuple[int, str, str]]:
    """A price cites a document that lists prices, and no copy of the page that is older than the price."""
    rows, sources = frames["model_prices"], frames["sources"]
    priceless = set(sources.loc[holding(sources["url"], PRICELESS), "source_id"])
    copies_there = sources[holding(sources["url"], _COPIED)]
    copied = pd.to_datetime(copies_there["url"].str.extract(_COPIED)[0], format="%Y%m%d")
    copy_of = dict(zip(copies_there["source_id"], copied, strict=True))
    found = []
    read = (rows.index.tolist(), listed(rows["source_ids"]), rows["price_date"].tolist())
    for line, cell, when in zip(*read, strict=True):
        cited = str(cell).split("; ")
        if all(i in priceless for i in cited):
            what = f"lists models without prices: got '{cell}', expected a document that holds the price"
            found.append((int(line), "source_ids", what))
        copies = [copy_of[i] for i in cited if i in copy_of]
        if copies and when > max(copies) + pd.Timedelta(days=COPY_DAYS):
            what = f"later than the copy it cites: got {when:%Y-%m-%d}, expected about {max(copies):%Y-%m-%d}"
            found.append((int(line), "price_date", what))
    return found


def prices_of_the_model(frames: Frames) -> list[tuple[int, str, str]]:
    """A price belongs to the developer of its model."""
    rows = frames["model_prices"]
    owner = rows["model_id"].map(by(frames["models"], "model_id")["company_id"])
    return not_the_developers(rows, owner)


def off_peak_is_cheaper(frames: Frames) -> list[tuple[int, str, str]]:
    """An off-peak price is below a standard one of the same provider: the standard price is the peak one."""
    rows = frames["model_prices"]
    offer = ["model_id", "provider", "currency"]
    standard = rows[rows["tier"] == "standard"].groupby(offer)["output_price_per_mtok"].max()
    off_peak = rows[rows["tier"] == "off_peak"].join(standard.rename("_standard"), on=offer)
    dear = off_peak[off_peak["output_price_per_mtok"] >= off_peak["_standard"]]
    return [
        (
            int(i),
            "tier",
            f"not below the standard price: got {got:g} off peak, expected less than {most:g}",
        )
        for i, got, most in dear[["output_price_per_mtok", "_standard"]].itertuples()
    ]


def offers_are_told_apart(frames: Frames) -> list[tuple[int, str, str]]:
    """An offer has one price, and not the same number in two currencies."""
    rows = frames["model_prices"]
    offer = ["model_id", "provider", "price_date", "tier"]
    again = rows[rows.duplicated([*offer, "currency"])]
    found = [
        (
            int(i),
            "price_id",
            f"stands twice for one offer: got '{price}', expected one row per model, provider, day, tier and "
            "currency",
        )
        for i, price in again["price_id"].items()
    ]
    numbers = rows[(rows["input_price_per_mtok"] > 0) & (rows["output_price_per_mtok"] > 0)]
    prices = [*offer, "input_price_per_mtok", "output_price_per_mtok"]
    copied = numbers[numbers.duplicated(prices) & ~numbers.duplicated([*prices, "currency"])]
    found += [
        (
            int(i),
            "currency",
            f"the same numbers as in another currency: got {rows.loc[i, 'output_price_per_mtok']:g} {currency}, "
            "expected the price in the currency of the source",
        )
        for i, currency in copied["currency"].items()
    ]
    return found


def output_costs_more(frames: Frames) -> list[tuple[int, str, str]]:
    """Output costs from once to OUTPUT_TIMES the input; pictures and speech cost more and say so in their name."""
    rows = frames["model_prices"]
    inputs, outputs = rows["input_price_per_mtok"], rows["output_price_per_mtok"]
    times = (outputs / inputs).where((inputs > 0) & (outputs > 0))
    sees = holding(rows["model_id"], NO_WORDS)
    found = []
    for i in rows.index[(times < 0.999) | ((times > OUTPUT_TIMES) & ~sees)]:
        what = (
            f"at odds with the other price: got {inputs[i]:g} for input and {outputs[i]:g} for output, expected "
            f"output at 1 to {OUTPUT_TIMES:g} times the input"
        )
        found += [(int(i), "output_price_per_mtok", what), (int(i), "input_price_per_mtok", what)]
    return found


#: What a row may not say of itself, and what rows may not say of each other.
OF_AMOUNT = (zeros_are_explained, documents_hold_the_price, prices_of_the_model)
OF_OFFER = (
    off_peak_is_cheaper,
    output_costs_more,
    offers_are_told_apart,
    statements_agree(
        "model_prices",
        ("model_id", "provider", "tier", "price_date", "currency"),
        ("input_price_per_mtok", "output_price_per_mtok"),
    ),
)
PRICES = Table(
    "model_prices",
    "List prices as offered. One row per model, provider, day, tier and currency.",
    {
        **col.of_model("price_id", "Model, provider, tier, currency and day.", "Developer of the model."),
        "provider": col.text("Who serves it at the price."),
        **col.dated(
            "price_date", "Day on which the price was listed.", earliest="2022-01-01", in_key=0, told=True
        ),
        "input_price_per_mtok": col.number(
            "Price of input.", unit="currency per million tokens", ge=0, le=1000, near=OF_A_KIND
        ),
        "output_price_per_mtok": col.number(
            "Price of output.", unit="currency per million tokens", ge=0, le=1000, near=OF_A_KIND
        ),
        "currency": col.one_of(CURRENCIES, "Currency as stated."),
        "tier": col.one_of(("standard", "off_peak", "long_context", "free_preview"), "Which offer."),
        "date_reason": col.text("Why that day is before the model's release.", nullable=True),
        "zero_reason": col.text("Why a price is zero.", nullable=True),
        **col.evidence(),
    },
    rules=(*OF_AMOUNT, *OF_OFFER, *on_sale_and_read("model_prices", "price_date")),
)

TABLES = (PRICES,)
