"""Models, scores and prices: what the build refuses about them, and cells that agree with upstream files."""

from __future__ import annotations

import csv
import json
import os
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from small_set import apart, merged, problems

Make = Callable[..., Path]


MIXTURE = {"architecture": "mixture", "parameters_total": "30000000000", "parameters_active": "3000000000"}
DENSE = {"architecture": "dense", "parameters_total": "72000000000", "parameters_active": ""}
ARENA = [{"benchmark_id": "lmarena-text", "unit": "elo", "score_min": "", "score_max": ""}]
ARENA_STYLED = [ARENA[0] | {"benchmark_id": "lmarena-text-style-control"}]
BETA = {
    "companies": [{}, {"company_id": "beta", "company_name": "Beta", "company_name_zh": ""}],
    "company_aliases": [
        {},
        {},
        {},
        {},
        {"alias": "Beta", "alias_kind": "name", "company_id": "beta", "family_id": "", "person_id": ""},
    ],
}
PRICE = {"provider": "Alpha", "tier": "standard", "price_date": "2026-01-02", "currency": "USD"}

RULES = {
    "a size that is no mixture's": (
        {"models": [{"parameters_active": "3"}]},
        "models.csv:2: parameters_active: only a mixture uses fewer than all: got 3 of a model that is none, "
        "expected architecture mixture or an empty cell",
    ),
    "size of a rolling alias": (
        {"models": [{"is_rolling_alias": "true"}]},
        "models.csv:2: parameters_total: the model behind a rolling alias changes: got 4, expected an empty cell",
    ),
    "sum of checkpoint files as total": (
        {"models": [MIXTURE | {"model_name": "Alpha-30B-A3B", "parameters_total": "35300000000"}]},
        "models.csv:2: parameters_total: not the size in the name: got 35300000000 of Alpha-30B-A3B, "
        "expected about 30000000000",
    ),
    "total as active": (
        {"models": [MIXTURE | {"model_name": "Alpha-30B-A3B", "parameters_active": "30000000000"}]},
        "models.csv:2: parameters_active: not the size in the name: got 30000000000 of Alpha-30B-A3B, "
        "expected about 3000000000",
    ),
    "billions as count": (
        {"models": [DENSE | {"model_name": "Alpha-72B", "parameters_total": "72"}]},
        "models.csv:2: parameters_total: not the size in the name: got 72 of Alpha-72B, "
        "expected about 72000000000",
    ),
    "day of a paper": (
        {
            "sources": [{"url": "https://arxiv.org/abs/2609.00001", "accessed_date": "2026-11-20"}],
            "models": [{"confidence": "high"}],
        },
        "models.csv:2: confidence: the release date may be that of a paper: got 'high', "
        "expected low or reported, or a document of the vendor",
    ),
    "class of openness as licence": (
        {"models": [{"license": "Open weights (unrestricted)"}]},
        "models.csv:2: license: a class of openness: got 'Open weights (unrestricted)', "
        "expected the name of a licence",
    ),
    "closed under a free licence": (
        {"models": [{"license": "MIT", "weights": "closed"}]},
        "models.csv:2: weights: at odds with the licence: got 'closed' under MIT, "
        "expected open or restricted under a licence for weights, closed under none",
    ),
    "open under no licence": (
        {"models": [{"license": "proprietary", "weights": "open"}]},
        "models.csv:2: weights: at odds with the licence: got 'open' under proprietary, "
        "expected open or restricted under a licence for weights, closed under none",
    ),
    "the licence of the code": (
        {"models": [{"license": "Apache-2.0", "weights": "restricted"}]},
        "models.csv:2: license: a free licence of restricted weights: got 'Apache-2.0', "
        "expected that of the weights, not of the code, or none and a word in the note",
    ),
    "weights of another edition": (
        {
            "models": [{"model_id": "alpha/words-0731", "hf_repo": "alpha/Words"}],
            **{
                t: [{"model_id": "alpha/words-0731"}]
                for t in ("benchmark_scores", "flagships", "model_prices")
            },
        },
        "models.csv:2: hf_repo: the repository of another edition: got alpha/Words, "
        "expected one with 0731 in its name",
    ),
    "released after the reading": (
        {
            "sources": [{"published_date": "2026-11-20"}],
            "models": [{"release_date": "2026-11-21"}],
            "flagships": [{"since_date": "2026-11-20"}],
            "model_prices": [{"price_date": "2026-11-20"}],
            "benchmark_scores": [{"score_date": "2026-11-20"}],
        },
        "models.csv:2: release_date: after the last document was read: got 2026-11-21, "
        "expected 2026-11-20 or earlier",
    ),
    "tested after the reading": (
        {"benchmark_scores": [{"score_date": "2027-01-01"}]},
        "benchmark_scores.csv:2: score_date: not a day that can be: got '2027-01-01', "
        "expected one from 2021 to 2026-11-21 (its newest document was read by then)",
    ),
    "tested before its release": (
        {"benchmark_scores": [{"score_date": "2025-04-16", "score_date_meaning": "test"}]},
        "benchmark_scores.csv:2: score_date: before the model's release: got 2025-04-16, "
        "expected 2025-04-17 or later, or a date_reason",
    ),
    "priced before its release": (
        {"model_prices": [{"price_date": "2024-04-15"}]},
        "model_prices.csv:2: price_date: before the model's release: got 2024-04-15, "
        "expected 2025-04-17 or later, or a date_reason",
    ),
    "priced after the reading": (
        {"model_prices": [{"price_date": "2027-01-01"}]},
        "model_prices.csv:2: price_date: not a day that can be: got '2027-01-01', "
        "expected one from 2022 to 2026-11-21 (its newest document was read by then)",
    ),
    "shares as percent": (
        {"benchmark_scores": [{"score": "0.41"}]},
        "benchmark_scores.csv:2: score: on the scale of shares: got 0.41, expected percent, "
        "as the benchmark's unit says",
    ),
    "a third party's run as a vendor's": (
        {"benchmark_scores": [{"reporter": "vendor", "harness": "Epoch AI"}]},
        "benchmark_scores.csv:2: harness: at odds with the reporter: got 'Epoch AI' of vendor, "
        "expected 'vendor' of a vendor and another name of a third party",
    ),
    "a vendor's run as a third party's": (
        {"benchmark_scores": [{"reporter": "third_party", "harness": "vendor"}]},
        "benchmark_scores.csv:2: harness: at odds with the reporter: got 'vendor' of third_party, "
        "expected 'vendor' of a vendor and another name of a third party",
    ),
    "two scores of one run": (
        {"benchmark_scores": [{}, {"score_id": "b", "score": "51"}]},
        "benchmark_scores.csv:3: score: stands twice for one run: got 51 for words on benchmarks-1, "
        "expected a variant that tells them apart",
    ),
    "two ratings in one snapshot": (
        {
            "benchmarks": ARENA,
            "benchmark_scores": [
                {"benchmark_id": "lmarena-text", "variant": "interval +5/-5", "score": "1401"},
                {
                    "benchmark_id": "lmarena-text",
                    "variant": "interval +4/-4",
                    "score": "1388",
                    "score_id": "b",
                },
            ],
        },
        "benchmark_scores.csv:3: score: stands twice for one run: got 1388 for words on lmarena-text, "
        "expected a variant that tells them apart",
    ),
    "style-controlled rating as a plain one": (
        {
            "sources": [{"title": "Text leaderboard with style control", "accessed_date": "2026-11-20"}],
            "benchmarks": ARENA,
            "benchmark_scores": [{"benchmark_id": "lmarena-text"}],
        },
        "benchmark_scores.csv:2: benchmark_id: not the scale of its source: got 'lmarena-text', "
        "expected the benchmark with style control",
    ),
    "plain rating as a style-controlled one": (
        {
            "benchmarks": ARENA_STYLED,
            "benchmark_scores": [{"benchmark_id": "lmarena-text-style-control"}],
        },
        "benchmark_scores.csv:2: benchmark_id: not the scale of its source: got 'lmarena-text-style-control', "
        "expected the benchmark without style control",
    ),
    "score of another's model": (
        {
            **BETA,
            "benchmark_scores": [{"company_id": "beta"}],
        },
        "benchmark_scores.csv:2: company_id: not the model's developer: got 'beta', expected companies-1",
    ),
    "price of another's model": (
        {
            **BETA,
            "model_prices": [{"company_id": "beta"}],
        },
        "model_prices.csv:2: company_id: not the model's developer: got 'beta', expected companies-1",
    ),
    "peak and off-peak swapped": (
        {
            "model_prices": [
                PRICE | {"input_price_per_mtok": "0.5", "output_price_per_mtok": "1"},
                PRICE
                | {
                    "price_id": "b",
                    "tier": "off_peak",
                    "input_price_per_mtok": "0.5",
                    "output_price_per_mtok": "2",
                },
            ]
        },
        "model_prices.csv:3: tier: not below the standard price: got 2 off peak, expected less than 1",
    ),
    "two prices of one offer": (
        {"model_prices": [PRICE, PRICE | {"price_id": "b", "output_price_per_mtok": "5"}]},
        "model_prices.csv:3: price_id: stands twice for one offer: got 'b', "
        "expected one row per model, provider, day, tier and currency",
    ),
    "yuan read as dollars": (
        {"model_prices": [PRICE, PRICE | {"price_id": "b", "currency": "CNY"}]},
        "model_prices.csv:3: currency: the same numbers as in another currency: got 4 CNY, "
        "expected the price in the currency of the source",
    ),
}


CHANGES = {name: changes for name, (changes, _) in RULES.items()}


@pytest.mark.parametrize("names", apart(CHANGES), ids=", ".join)
def test_rules(small_raw: Make, names: list[str]) -> None:
    """Each fault is told, and nothing else."""
    assert problems(small_raw(**merged(CHANGES, names))) == sorted(RULES[name][1] for name in names)


#: What only looks like one of these faults, by table: one check of many sound rows tells of all.
SOUND = {
    "1": {"models": [MIXTURE | {"model_name": "Alpha-30B-A3B", "parameters_total": "30500000000"}]},
    "2": {"models": [MIXTURE | {"model_name": "Alpha 17B", "parameters_total": "400000000000"}]},
    "3": {"models": [{"license": "", "weights": "closed", "note": ""}]},
    "4": {"models": [{"is_rolling_alias": "true", "parameters_total": "", "parameters_active": ""}]},
    "5": {"benchmark_scores": [{}, {"score_id": "b", "reporter": "third_party", "harness": "Epoch AI"}]},
    "6": {"model_prices": [{"price_date": "2025-04-20"}]},
    "7": {"benchmark_scores": [{}, {"score_id": "b", "variant": "high effort", "score": "51"}]},
    "8": {"model_prices": [PRICE, PRICE | {"price_id": "b", "provider": "Reseller"}]},
    "9": {"model_prices": [PRICE, PRICE | {"price_id": "b", "price_date": "2026-01-03"}]},
}


@pytest.mark.parametrize("names", apart(SOUND), ids=", ".join)
def test_what_only_looks_alike_is_sound(small_raw: Make, names: list[str]) -> None:
    assert problems(small_raw(**merged(SOUND, names))) == []


# --- Real data ---


def test_every_company_leads_with_one_family(tables: dict[str, pd.DataFrame]) -> None:
    families = tables["model_families"]
    assert (families.groupby("company_id")["is_primary"].sum() == 1).all()
    owners = set(tables["models"]["company_id"])
    assert owners <= set(families["company_id"])


def test_named_models_of_the_article_are_there(tables: dict[str, pd.DataFrame]) -> None:
    names = set(tables["models"]["model_name"])
    assert {"Qwen-72B", "Qwen-1.8B", "Qwen-VL", "Qwen-7B", "Qwen-14B"} <= names
    families = tables["model_families"]
    assert {"qwen", "hunyuan", "ernie", "doubao", "llama"} <= set(families["family_id"])
    aliases = set(tables["company_aliases"]["alias"].str.casefold())
    assert {"qwen", "tongyi qianwen", "hunyuan", "ernie", "doubao", "llama"} <= aliases


# --- Upstream files ---
# `LANDSCAPE_SAMPLES` names a folder that holds upstream files as their publishers give them, in the layout
# below; what is missing is left out. Nothing of it is needed to build.


class Sample(NamedTuple):
    """One cell of ours, what the upstream file says, and the other values that our row keeps in words."""

    where: str
    ours: float
    theirs: tuple[float, ...]
    alternatives: str = ""

    @property
    def agrees(self) -> bool:
        """The same, but for rounding, or a conflict that the row tells."""
        same = any(abs(self.ours - v) <= abs(v) * 0.005 for v in self.theirs)
        return same or any(f" {v / 1e9:g}B (" in self.alternatives for v in self.theirs)


def rows_of(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.lower())


def counts_of_atom(folder: Path, tables: dict[str, pd.DataFrame]) -> Iterator[Sample]:
    """Parameters of the ATOM Project, by repository on the Hub, in billions."""
    known = {r["model_id"].lower(): r for r in rows_of(folder / "atom_tracked_models/model_parameters.csv")}
    for m in tables["models"].dropna(subset=["hf_repo"]).itertuples():
        row = known.get(m.hf_repo.lower())
        for column, theirs in (
            ("parameters_total", "total_params_b"),
            ("parameters_active", "active_params_b"),
        ):
            ours = getattr(m, column)
            if (
                row
                and row[theirs]
                and not pd.isna(ours)
                and (column == "parameters_total" or m.architecture == "mixture")
            ):
                told = "" if pd.isna(m.alternatives) else m.alternatives
                yield Sample(f"{m.model_id} {column}", float(ours), (float(row[theirs]) * 1e9,), told)


def counts_of_epoch(folder: Path, tables: dict[str, pd.DataFrame]) -> Iterator[Sample]:
    """Parameters and training compute of Epoch AI's list, by name."""
    known: dict[str, list[dict[str, str]]] = defaultdict(list)
    for name in ("notable_ai_models", "large_scale_ai_models"):
        for file in sorted((folder / "epoch_ai").glob(f"{name}*.csv")):
            for row in rows_of(file):
                known[plain(row["Model"])].append(row)
    for m in tables["models"].itertuples():
        for column, theirs in (
            ("parameters_total", "Parameters"),
            ("training_compute_flop", "Training compute (FLOP)"),
        ):
            values = {float(r[theirs]) for r in known.get(plain(m.model_name), []) if r.get(theirs)}
            if values and not pd.isna(getattr(m, column)):
                told = "" if pd.isna(m.alternatives) else m.alternatives
                yield Sample(f"{m.model_id} {column}", float(getattr(m, column)), tuple(values), told)


EPOCH_RUNS = {
    "gpqa-diamond": "gpqa_diamond",
    "swe-bench-verified": "swe_bench_verified",
    "otis-mock-aime": "otis_mock_aime_2024_2025",
    "math-level-5": "math_level_5",
    "simpleqa-verified": "simpleqa_verified",
}


def scores_of_epoch(folder: Path, tables: dict[str, pd.DataFrame]) -> Iterator[Sample]:
    """Raw shares of Epoch AI's own runs, by version and day."""
    scores = tables["benchmark_scores"]
    mine = scores[scores["harness"] == "Epoch AI"]
    for benchmark, name in EPOCH_RUNS.items():
        runs = defaultdict(set)
        for r in rows_of(folder / f"epoch_benchmarks/{name}.csv"):
            if r["mean_score"] and r["Started at"]:
                runs[plain(r["Model version"].split("/")[-1]), r["Started at"][:10]].add(
                    round(float(r["mean_score"]) * 100, 2)
                )
        for s in mine[mine["benchmark_id"] == benchmark].itertuples():
            effort = "" if pd.isna(s.variant) else s.variant
            key = plain(s.model_label + effort), f"{s.score_date:%Y-%m-%d}"
            if key in runs:
                yield Sample(s.score_id, s.score, tuple(runs[key]))


def ratings_of_the_arena(folder: Path, tables: dict[str, pd.DataFrame]) -> Iterator[Sample]:
    """Ratings of the Arena's snapshot of August 2025, by name."""
    scores = tables["benchmark_scores"]
    for benchmark, name in (("lmarena-text", "lmarena_text"), ("lmarena-vision", "lmarena_vision")):
        ratings = {
            r["model"]: float(r["arena_score"]) for r in rows_of(folder / f"lmarena_csv_2025/{name}.csv")
        }
        of_day = scores[(scores["benchmark_id"] == benchmark) & (scores["score_date"] == "2025-08-06")]
        for s in of_day.itertuples():
            if s.model_label in ratings:
                yield Sample(s.score_id, s.score, (ratings[s.model_label],))


PROVIDERS = {
    "alibaba": "Alibaba Cloud Model Studio (international)",
    "anthropic": "Anthropic API",
    "byteplus": "BytePlus ModelArk",
    "deepseek": "DeepSeek API",
    "google": "Google Gemini API",
    "minimax": "MiniMax API",
    "mistral": "Mistral API",
    "moonshotai": "Moonshot AI API",
    "openai": "OpenAI API",
    "xiaomi": "Xiaomi MiMo API",
    "zai": "Z.ai API",
}


def outputs(rates: object) -> Iterator[float]:
    """Prices of output, at the base and for longer prompts."""
    if isinstance(rates, dict):
        if isinstance(rates.get("output"), (int, float)):
            yield float(rates["output"])
        for tier in rates.get("tiers", []):
            yield from outputs(tier)


def prices_of_model_prices(folder: Path, tables: dict[str, pd.DataFrame]) -> Iterator[Sample]:
    """Prices of the dated list, by provider, name of the model and first day.

    The list dates a batch price by the day of the discount's page, before the model itself: those are left out.
    """
    offers: dict[tuple[str, str, str], set[float]] = defaultdict(set)
    for file in sorted((folder / "model_prices").glob("snapshot*.json")):
        data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        for feed, provider in PROVIDERS.items():
            for name, tiers in data["prices"].get(feed, {}).items():
                for segment in (s for segments in tiers.values() for s in segments):
                    rates = segment["rates"] or {}
                    day = str(segment["start"] or rates.get("valid_from") or "")[:10]
                    offers[provider, plain(name), day].update(outputs(rates))
    sources, prices = tables["sources"], tables["model_prices"]
    listed = set(sources.loc[sources["url"].str.contains("wakamex/model-prices"), "source_id"])
    for p in prices[(prices["currency"] == "USD") & (prices["tier"] != "batch")].itertuples():
        key = p.provider, plain(p.model_id.split("/")[1]), f"{p.price_date:%Y-%m-%d}"
        if listed & set(p.source_ids.split("; ")) and offers.get(key):
            yield Sample(p.price_id, p.output_price_per_mtok, tuple(offers[key]))


KINDS = {
    f.__name__: f
    for f in (
        counts_of_atom,
        counts_of_epoch,
        scores_of_epoch,
        ratings_of_the_arena,
        prices_of_model_prices,
    )
}


@pytest.mark.skipif(
    "LANDSCAPE_SAMPLES" not in os.environ, reason="no LANDSCAPE_SAMPLES: a folder of upstream files"
)
def test_random_cells_agree_with_upstream_files(tables: dict[str, pd.DataFrame]) -> None:
    folder = Path(os.environ["LANDSCAPE_SAMPLES"])
    found = {name: list(read(folder, tables)) for name, read in KINDS.items()}
    every = [sample for samples in found.values() for sample in samples]
    assert every, f"{folder} holds no file that the tables can be held against"
    chance = random.Random(20261125)
    drawn = [s for samples in found.values() for s in chance.sample(samples, min(12, len(samples)))]
    off = [s for s in drawn if not s.agrees]
    assert len(off) <= len(drawn) // 100, off
    # The whole of them as well: more than the sample, at the same measure.
    off = [s for s in every if not s.agrees]
    assert len(off) <= len(every) // 100, off
