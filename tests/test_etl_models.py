"""Models, scores and prices: cells that agree with upstream files."""

from __future__ import annotations

import csv
import json
import os
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from etl.tables.models import papers_are_reported

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


def test_a_fault_is_told_in_its_line_whatever_the_order_of_the_rows() -> None:
    rows = pd.DataFrame(
        {
            "source_ids": ["paper", "own"],
            "confidence": ["high", "high"],
            "release_date": [pd.Timestamp("2026-01-01")] * 2,
        },
        index=[7, 3],
    )
    sources = pd.DataFrame(
        {"source_id": ["paper", "own"], "url": ["https://arxiv.org/abs/2601.00001", "https://a.org"]}
    )
    [(line, column, what)] = papers_are_reported({"models": rows, "sources": sources})
    assert (line, column) == (7, "confidence")
    assert what.startswith("the release date may be that of a paper: got 'high', expected low or reported")


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
