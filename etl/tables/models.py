"""Model families, models, benchmarks, scores and prices.

Where sources disagree, the shown value of a model is picked so, and the others stay in `alternatives` in words:

- Release: the vendor's own file (README, release note, first commit of its repository), then models.dev, then the
  ATOM Project's correction of the Hub's date, then Epoch AI. A date that is only that of a paper has precision
  approx, a note and low confidence; one that is only the first day in a price list likewise.
- Parameters: what the vendor states, else the size in the name, else Epoch AI or ATOM. Sums of checkpoint files,
  which may count a prediction head twice, are alternatives, never totals. Active is per token.
- Context: the vendor's native length (128K is read as 131,072), else models.dev, else Xinference, else the length a
  reseller serves, with a note.
- Licence: the one named for the weights, else for the repository with a note, else Epoch AI's or LMArena's. "open" is
  said of weights under a licence without limits on use, "restricted" of downloadable weights with such limits,
  "closed" where the documents read name none. A licence "proprietary" is said of models that are only served.
- Scores are rows of their own: vendor and third party, harness, setting and day keep them apart. Of Epoch AI's file
  of rescaled scores only benchmarks are taken whose scaling is known, back on the raw scale.
- Prices are as listed, in the currency of the source, from the day it gives. A provider "(CNY list converted to USD
  by the source)" says that the dollar figure is not a list price. Of prices tiered by prompt length, `standard` is
  the lowest tier and `long_context` the highest. Resellers stand in where a developer's own price is not known.
"""

from __future__ import annotations

import pandas as pd

from etl.schema import (
    Frames,
    Rule,
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


def _by(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows by a key, the first of each: a key that stands twice is another rule's to tell."""
    return rows.drop_duplicates(column).set_index(column)


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


#: Words that say how open weights are, but name no licence.
NO_LICENCE = (
    "open",
    "open weights",
    "open source",
    "open-source",
    "restricted",
    "restricted use",
    "unrestricted",
    "closed",
    "free",
    "commercial",
    "non-commercial",
)
FREE_LICENCES = ("MIT", "Apache-2.0", "BSD-3-Clause", "CC-BY-4.0")


def model_rules(frames: Frames) -> list[tuple[int, str, str]]:
    """Active within total; no release before the founding; the developer's family; openness has a reason."""
    rows = frames["models"]
    companies, families = frames["companies"], frames["model_families"]
    founded = rows["company_id"].map(_by(companies, "company_id")["founded_year"]).astype("float64")
    owner = rows["family_id"].map(_by(families, "family_id")["company_id"])
    total, active = rows["parameters_total"], rows["parameters_active"]
    found = [
        (
            int(i),
            "parameters_active",
            f"more than parameters_total: got {active[i]}, expected at most {total[i]}",
        )
        for i in rows.index[(active > total).fillna(False)]
    ]
    found += [
        (
            int(i),
            "release_date",
            f"before its developer was founded: got {rows.loc[i, 'release_date']:%Y-%m-%d}, "
            f"expected {founded[i]:.0f} or later",
        )
        for i in rows.index[rows["release_date"].dt.year < founded]
    ]
    found += [
        (
            int(i),
            "family_id",
            f"the family is another company's: got '{rows.loc[i, 'family_id']}' of {owner[i]}, "
            f"expected one of {rows.loc[i, 'company_id']}",
        )
        for i in rows.index[owner.notna() & (owner != rows["company_id"])]
    ]
    bare = rows["weights"].isin(["open", "restricted"]) & rows["license"].isna() & rows["note"].isna()
    found += [
        (int(i), "license", "open weights need a licence: got '', expected one, or a note that says why none")
        for i in rows.index[bare]
    ]
    return found


def sizes_have_a_shape(frames: Frames) -> list[tuple[int, str, str]]:
    """Only a mixture uses fewer parameters than it has; an endpoint whose model changes has no size."""
    rows = frames["models"]
    dense = (rows["architecture"] != "mixture") & (rows["parameters_active"] < rows["parameters_total"])
    found = [
        (
            int(i),
            "parameters_active",
            f"only a mixture uses fewer than all: got {rows.loc[i, 'parameters_active']} of a model that is "
            "none, expected architecture mixture or an empty cell",
        )
        for i in rows.index[dense.fillna(False)]
    ]
    alias = rows["is_rolling_alias"].fillna(False) & rows["parameters_total"].notna()
    found += [
        (
            int(i),
            "parameters_total",
            f"the model behind a rolling alias changes: got {rows.loc[i, 'parameters_total']}, "
            "expected an empty cell",
        )
        for i in rows.index[alias]
    ]
    return found


def sizes_as_named(frames: Frames) -> list[tuple[int, str, str]]:
    """A name such as 30B-A3B says the total and the active parameters; files and paper counts are others."""
    rows = frames["models"]
    mixture = rows["model_name"].str.extract(r"(?<![\w.])(\d+(?:\.\d+)?)([BT])-A(\d+(?:\.\d+)?)B(?!\w)")
    unit = mixture[1].map({"B": 1e9, "T": 1e12})
    said = {
        "parameters_total": mixture[0].astype("float64") * unit,
        "parameters_active": mixture[2].astype("float64") * 1e9,
    }
    alone = (
        rows["model_name"].str.extract(r"(?<![\w.])(\d+(?:\.\d+)?)B(?!\w|-A\d)")[0].astype("float64") * 1e9
    )
    said["parameters_total"] = said["parameters_total"].fillna(alone.where(rows["architecture"] == "dense"))
    found = []
    for column, named in said.items():
        off = (rows[column].astype("float64") / named - 1).abs() > 0.15
        found += [
            (
                int(i),
                column,
                f"not the size in the name: got {rows.loc[i, column]} of {rows.loc[i, 'model_name']}, "
                f"expected about {named[i]:.0f}",
            )
            for i in rows.index[off]
        ]
    return found


def papers_are_reported(frames: Frames) -> list[tuple[int, str, str]]:
    """A release known from papers alone, or from a database that uses them, is one that they report."""
    rows = frames["models"]
    sources = frames["sources"]
    is_paper = sources["url"].str.contains(r"arxiv\.org/|^https://epoch\.ai/data/ai-models$", na=False)
    cited = rows["source_ids"].str.split("; ").explode().isin(set(sources.loc[is_paper, "source_id"]))
    only = cited.groupby(level=0).all() & rows["release_date"].notna()
    sure = only & ~rows["confidence"].isin(["low", "reported"])
    return [
        (
            int(i),
            "confidence",
            f"the release date may be that of a paper: got '{rows.loc[i, 'confidence']}', expected low or "
            "reported, or a document of the vendor",
        )
        for i in rows.index[sure]
    ]


def licences_are_named(frames: Frames) -> list[tuple[int, str, str]]:
    """A licence is a name, not a class of openness, and closed weights have no licence that frees them."""
    rows = frames["models"]
    word = rows["license"].str.casefold()
    classes = word.isin(NO_LICENCE) | word.str.startswith("open weights", na=False)
    found = [
        (
            int(i),
            "license",
            f"a class of openness: got '{rows.loc[i, 'license']}', expected the name of a licence",
        )
        for i in rows.index[classes]
    ]
    freed = (rows["weights"] == "closed") & rows["license"].isin(FREE_LICENCES)
    open_but_not = rows["weights"].isin(["open", "restricted"]) & (word == "proprietary")
    found += [
        (
            int(i),
            "weights",
            f"at odds with the licence: got '{rows.loc[i, 'weights']}' under {rows.loc[i, 'license']}, "
            "expected open or restricted under a licence for weights, closed under none",
        )
        for i in rows.index[freed | open_but_not]
    ]
    return found


def not_before_release(table: str, column: str, measured: tuple[str, ...] = ()) -> Rule:
    """A rule: nobody prices or tests a model long before it is released; previews lead by days.

    With `measured` only scores whose day means one of these words are judged.
    """

    def rule(frames: Frames) -> list[tuple[int, str, str]]:
        rows, models = frames[table], _by(frames["models"], "model_id")
        release = rows["model_id"].map(models["release_date"])
        exact = (rows["model_id"].map(models["release_date_precision"]) == "day") & (
            rows["score_date_meaning"].isin(measured) if measured else True
        )
        lead = pd.to_timedelta((rows[f"{column}_precision"] == "day").map({True: 14, False: 45}), unit="D")
        return [
            (
                int(i),
                column,
                f"before the model's release: got {rows.loc[i, column]:%Y-%m-%d}, "
                f"expected about {release[i]:%Y-%m-%d} or later",
            )
            for i in rows.index[exact & (rows[column] + lead < release)]
        ]

    return rule


def not_after_reading(table: str, column: str) -> Rule:
    """A rule: no day of the column is later than the last day on which a document was read."""

    def rule(frames: Frames) -> list[tuple[int, str, str]]:
        rows, last = frames[table], frames["sources"]["accessed_date"].max()
        return [
            (
                int(i),
                column,
                f"after the last document was read: got {rows.loc[i, column]:%Y-%m-%d}, "
                f"expected {last:%Y-%m-%d} or earlier",
            )
            for i in rows.index[rows[column] > last]
        ]

    return rule


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
    rules=(
        model_rules,
        sizes_have_a_shape,
        sizes_as_named,
        papers_are_reported,
        licences_are_named,
        not_after_reading("models", "release_date"),
    ),
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
    limits = _by(frames["benchmarks"], "benchmark_id")[["score_min", "score_max"]]
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


def scores_on_their_scale(frames: Frames) -> list[tuple[int, str, str]]:
    """A benchmark in percent has a score above 1: shares of one are a scale of their own."""
    units = _by(frames["benchmarks"], "benchmark_id")["unit"]
    rows = frames["benchmark_scores"]
    percent = rows[rows["benchmark_id"].map(units) == "percent"]
    best = percent.groupby("benchmark_id")["score"].transform("max")
    wrong = percent[(best <= 1) & (percent["score"] > 0)]
    return [
        (
            int(i),
            "score",
            f"on the scale of shares: got {s:g}, expected percent, as the benchmark's unit says",
        )
        for i, s in wrong["score"].items()
    ]


def reporters_apart(frames: Frames) -> list[tuple[int, str, str]]:
    """A vendor's score is run by the vendor and a third party's is not; one run has one score."""
    rows = frames["benchmark_scores"]
    mixed = rows[(rows["reporter"] == "vendor") != (rows["harness"] == "vendor")]
    found = [
        (
            int(i),
            "harness",
            f"at odds with the reporter: got '{harness}' of {reporter}, "
            "expected 'vendor' of a vendor and another name of a third party",
        )
        for i, reporter, harness in mixed[["reporter", "harness"]].itertuples()
    ]
    # A rating's variant tells its interval and votes, not another run.
    unit = rows["benchmark_id"].map(_by(frames["benchmarks"], "benchmark_id")["unit"])
    run = ["benchmark_id", "company_id", "model_label", "variant", "reporter", "harness", "score_date"]
    again = rows[rows.assign(variant=rows["variant"].where(unit != "elo")).duplicated(run)]
    found += [
        (
            int(i),
            "score",
            f"stands twice for one run: got {again.loc[i, 'score']:g} for {again.loc[i, 'model_label']} on "
            f"{again.loc[i, 'benchmark_id']}, expected a variant that tells them apart",
        )
        for i in again.index
    ]
    return found


def arena_scales_apart(frames: Frames) -> list[tuple[int, str, str]]:
    """Arena ratings with and without style control are benchmarks of their own."""
    rows, sources = frames["benchmark_scores"], frames["sources"]
    words = (sources["title"].fillna("") + " " + sources["url"]).str.casefold().str.replace("-", " ")
    styled = set(sources.loc[words.str.contains("style control", na=False), "source_id"])
    arena = rows[rows["benchmark_id"].str.startswith("lmarena", na=False)]
    cited = arena["source_ids"].str.split("; ").explode().isin(styled)
    expected = arena["benchmark_id"].str.contains("style-control")
    mixed = arena[cited.groupby(level=0).any() != expected]
    return [
        (
            int(i),
            "benchmark_id",
            f"not the scale of its source: got '{name}', expected the benchmark "
            f"{'without' if 'style-control' in name else 'with'} style control",
        )
        for i, name in mixed["benchmark_id"].items()
    ]


def scores_of_the_model(frames: Frames) -> list[tuple[int, str, str]]:
    """A score belongs to the developer of its model."""
    rows = frames["benchmark_scores"]
    owner = rows["model_id"].map(_by(frames["models"], "model_id")["company_id"])
    return _not_the_developers(rows, owner)


def _not_the_developers(rows: pd.DataFrame, owner: pd.Series) -> list[tuple[int, str, str]]:
    return [
        (
            int(i),
            "company_id",
            f"not the model's developer: got '{rows.loc[i, 'company_id']}', expected {owner[i]}",
        )
        for i in rows.index[owner.notna() & (owner != rows["company_id"])]
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
    rules=(
        scores_in_range,
        scores_on_their_scale,
        reporters_apart,
        arena_scales_apart,
        scores_of_the_model,
        not_after_reading("benchmark_scores", "score_date"),
        not_before_release("benchmark_scores", "score_date", ("test", "snapshot")),
    ),
)


def zero_has_reason(frames: Frames) -> list[tuple[int, str, str]]:
    """A price of zero needs a reason."""
    rows = frames["model_prices"]
    zero = (rows["input_price_per_mtok"] == 0) | (rows["output_price_per_mtok"] == 0)
    return [
        (int(i), "zero_reason", "a price of zero needs a reason: got '', expected a few words")
        for i in rows.index[zero & rows["zero_reason"].isna()]
    ]


def prices_of_the_model(frames: Frames) -> list[tuple[int, str, str]]:
    """A price belongs to the developer of its model."""
    rows = frames["model_prices"]
    owner = rows["model_id"].map(_by(frames["models"], "model_id")["company_id"])
    return _not_the_developers(rows, owner)


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
    rules=(
        zero_has_reason,
        prices_of_the_model,
        off_peak_is_cheaper,
        offers_are_told_apart,
        not_after_reading("model_prices", "price_date"),
        not_before_release("model_prices", "price_date"),
    ),
)


def flagships_are_the_companys(frames: Frames) -> list[tuple[int, str, str]]:
    """A company's flagship is a model of its own."""
    rows = frames["flagships"]
    owner = rows["model_id"].map(_by(frames["models"], "model_id")["company_id"])
    wrong = rows[owner.notna() & (owner != rows["company_id"])]
    return [
        (int(i), "company_id", f"the model is another company's: got '{company}', expected {owner[i]}")
        for i, company in wrong["company_id"].items()
    ]


FLAGSHIPS = Table(
    "flagships",
    "Models that a document of the company calls its flagship, where the rule of the dashboard would be misled by a "
    "name or has no measure. One row per model and statement.",
    {
        "flagship_id": key("Model and day."),
        "model_id": reference("models.model_id", "Model."),
        "company_id": reference("companies.company_id", "Developer."),
        "since_date": day("Day from which the document's words hold."),
        "since_date_precision": precision("since_date"),
        "stated_as": text("The document's own words, short."),
        **evidence(),
    },
    rules=(
        flagships_are_the_companys,
        not_after_reading("flagships", "since_date"),
        not_before_release("flagships", "since_date"),
    ),
)

TABLES = (FAMILIES, MODELS, BENCHMARKS, SCORES, PRICES, FLAGSHIPS)
