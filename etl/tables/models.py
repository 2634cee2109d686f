"""Model families, models, benchmarks, scores and prices."""

from __future__ import annotations

import pandas as pd

from etl.schema import (
    Frames,
    Table,
    day,
    evidence,
    flag,
    integer,
    key,
    number,
    one_of,
    precision,
    reference,
    text,
)
from etl.vocabulary import CURRENCIES

WEIGHTS = ("open", "restricted", "closed")
MODALITIES = ("text", "vision-language", "omni", "image", "video", "audio", "embedding", "other")


def families_resolve(frames: Frames) -> list[tuple[int, str, str]]:
    """Every family name, in either script, is an alias of the family's company."""
    aliases = frames["company_aliases"]
    owner = dict(zip(aliases["alias"].str.casefold(), aliases["company_id"], strict=True))
    found = []
    for column in ("family_name", "family_name_zh"):
        for i, name, company in frames["model_families"][[column, "company_id"]].dropna().itertuples():
            if owner.get(str(name).casefold()) != company:
                what = f"does not resolve in company_aliases: got '{name}', "
                found.append((int(i), column, f"{what}expected an alias that leads to {company}"))
    return found


FAMILIES = Table(
    "model_families",
    "Lines of models under one name. One row per family.",
    {
        "family_id": key("Stable slug."),
        "family_name": text("English name."),
        "family_name_zh": text("Chinese name.", nullable=True),
        "company_id": reference("companies.company_id", "Developer."),
        "is_primary": flag("True for the family the company leads with."),
        **evidence(),
    },
    rules=(families_resolve,),
)


def model_rules(frames: Frames) -> list[tuple[int, str, str]]:
    """Active within total; no release before the founding; the developer's family; openness has a reason."""
    rows = frames["models"]
    companies, families = frames["companies"], frames["model_families"]
    founded = dict(zip(companies["company_id"], companies["founded_year"], strict=True))
    owner = dict(zip(families["family_id"], families["company_id"], strict=True))
    found = []
    for i, r in rows.iterrows():
        line = int(i)
        if (
            pd.notna(r["parameters_active"])
            and pd.notna(r["parameters_total"])
            and (r["parameters_active"] > r["parameters_total"])
        ):
            found.append(
                (
                    line,
                    "parameters_active",
                    f"more than parameters_total: got {r['parameters_active']}, "
                    f"expected at most {r['parameters_total']}",
                )
            )
        year = founded.get(r["company_id"])
        if pd.notna(r["release_date"]) and pd.notna(year) and r["release_date"].year < year:
            found.append(
                (
                    line,
                    "release_date",
                    f"before its developer was founded: got {r['release_date']:%Y-%m-%d}, "
                    f"expected {year} or later",
                )
            )
        if pd.notna(r["family_id"]) and owner.get(r["family_id"], r["company_id"]) != r["company_id"]:
            found.append(
                (
                    line,
                    "family_id",
                    f"the family is another company's: got '{r['family_id']}' of "
                    f"{owner[r['family_id']]}, expected one of {r['company_id']}",
                )
            )
        if r["weights"] in ("open", "restricted") and pd.isna(r["license"]) and pd.isna(r["note"]):
            found.append(
                (
                    line,
                    "license",
                    "open weights need a licence: got '', expected one, or a note that says why none",
                )
            )
    return found


MODELS = Table(
    "models",
    "Released AI models. One row per model and size.",
    {
        "model_id": key("Company and model; never reused."),
        "model_name": text("Name as released."),
        "company_id": reference("companies.company_id", "Developer."),
        "family_id": reference("model_families.family_id", "Family.", nullable=True),
        "release_date": day("First public availability.", nullable=True),
        "release_date_precision": precision("release_date", nullable=True),
        "parameters_total": integer("All parameters, every expert.", unit="parameters", nullable=True, ge=1),
        "parameters_active": integer("Parameters used per token.", unit="parameters", nullable=True, ge=1),
        "architecture": one_of(("dense", "mixture"), "Dense, or mixture of experts.", nullable=True),
        "context_tokens": integer("Longest input.", unit="tokens", nullable=True, ge=1),
        "max_output_tokens": integer("Longest output.", unit="tokens", nullable=True, ge=1),
        "weights": one_of(WEIGHTS, "What may be done with the weights.", nullable=True),
        "license": text("Licence by name; a class such as “open” is not one.", nullable=True),
        "modality": one_of(MODALITIES, "What goes in and comes out, as a class.", nullable=True),
        "input_modalities": text("Inputs, `; ` between them.", nullable=True),
        "output_modalities": text("Outputs, `; ` between them.", nullable=True),
        "is_reasoning": flag("True for a model that reasons before it answers.", nullable=True),
        "training_compute_flop": number(
            "Training compute as estimated by the source.", unit="FLOP", nullable=True, ge=0
        ),
        "hf_repo": text("Repository on the Hugging Face Hub.", nullable=True),
        "is_rolling_alias": flag("True for an endpoint whose model changes."),
        "alternatives": text("Values that other sources give, in words, `; ` between them.", nullable=True),
        "note": text("What a reader should know.", nullable=True),
        **evidence(),
    },
    rules=(model_rules,),
)

BENCHMARKS = Table(
    "benchmarks",
    "Tests of models. One row per benchmark and way of running it.",
    {
        "benchmark_id": key("Stable slug."),
        "benchmark_name": text("Name."),
        "measures": text("What it measures."),
        "unit": one_of(("percent", "elo", "index", "points"), "Unit of its scores."),
        "score_min": number("Lowest possible score.", nullable=True),
        "score_max": number("Highest possible score.", nullable=True),
        **evidence(),
    },
)


def scores_in_range(frames: Frames) -> list[tuple[int, str, str]]:
    """A score lies within its benchmark's range."""
    limits = frames["benchmarks"].set_index("benchmark_id")[["score_min", "score_max"]]
    rows = frames["benchmark_scores"].join(limits, on="benchmark_id")
    bad = rows[(rows["score"] < rows["score_min"]) | (rows["score"] > rows["score_max"])]
    return [
        (
            int(i),
            "score",
            f"outside the range of {r.benchmark_id}: got {r.score:g}, expected "
            f"{r.score_min:g} to {r.score_max:g}",
        )
        for i, r in bad.iterrows()
    ]


SCORES = Table(
    "benchmark_scores",
    "Scores of models, vendor's and third parties' apart. One row per score as one source states it.",
    {
        "score_id": key("Benchmark, model, reporter and day."),
        "benchmark_id": reference("benchmarks.benchmark_id", "Benchmark."),
        "model_id": reference("models.model_id", "Model, where the name leads to one.", nullable=True),
        "model_label": text("Name as the source writes it."),
        "company_id": reference("companies.company_id", "Developer."),
        "variant": text("Setting or size.", nullable=True),
        "score": number("Score in the benchmark's unit."),
        "reporter": one_of(("vendor", "third_party"), "Who reports it: never to share a mark."),
        "harness": text("Who ran or collected it."),
        "score_date": day("Day of the score."),
        "score_date_precision": precision("score_date"),
        "score_date_meaning": text("What that day is: test, snapshot or model release."),
        **evidence(),
    },
    rules=(scores_in_range,),
)


def zero_has_reason(frames: Frames) -> list[tuple[int, str, str]]:
    """A price of zero needs a reason."""
    rows = frames["model_prices"]
    zero = (rows["input_price_per_mtok"] == 0) | (rows["output_price_per_mtok"] == 0)
    return [
        (int(i), "zero_reason", "a price of zero needs a reason: got '', expected a few words")
        for i in rows.index[zero & rows["zero_reason"].isna()]
    ]


PRICES = Table(
    "model_prices",
    "List prices as offered. One row per model, provider, day, tier and currency.",
    {
        "price_id": key("Model, provider, tier, currency and day."),
        "model_id": reference("models.model_id", "Model."),
        "company_id": reference("companies.company_id", "Developer of the model."),
        "provider": text("Who serves it at the price."),
        "price_date": day("Day on which the price was listed."),
        "price_date_precision": precision("price_date"),
        "input_price_per_mtok": number("Price of input.", unit="currency per million tokens", ge=0, le=1000),
        "output_price_per_mtok": number(
            "Price of output.", unit="currency per million tokens", ge=0, le=1000
        ),
        "currency": one_of(CURRENCIES, "Currency as stated."),
        "tier": one_of(("standard", "off_peak", "long_context", "free_preview", "batch"), "Which offer."),
        "zero_reason": text("Why a price is zero.", nullable=True),
        **evidence(),
    },
    rules=(zero_has_reason,),
)

TABLES = (FAMILIES, MODELS, BENCHMARKS, SCORES, PRICES)
