"""Kinds of fault found in the data once: what the build says about each, said once for the whole kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import etl

Make = Callable[..., Path]
Changes = dict[str, list[dict[str, str]]]


def problems(raw: Path) -> list[str]:
    """What a check says, files without their folder."""
    try:
        etl.check(raw)
    except etl.BuildFailed as failed:
        return [str(p).removeprefix(f"{raw.as_posix()}/") for p in failed.problems]
    return []


SHORT = {"benchmark_id": "tale", "test": "tale", "edition": "", "setting": "16k tokens", "score_field": "16k"}
LONG = SHORT | {"benchmark_id": "tale-120k", "setting": "120k tokens", "score_field": "120k"}
READ = {"benchmark_id": "tale", "setting": "16k tokens", "score_field": "16k"}
OLD = {"benchmark_id": "shell", "test": "shell", "edition": "2.0", "setting": "", "score_field": ""}
NEW = OLD | {"benchmark_id": "shell-2.1", "edition": "2.1"}
RUN = {"benchmark_id": "shell", "setting": "", "score_field": "", "variant": ""}

REFUSED: dict[str, tuple[Changes, str]] = {
    "another column of the upstream file": (
        {"benchmarks": [SHORT, LONG], "benchmark_scores": [READ | {"score_field": "120k"}]},
        "benchmark_scores.csv:2: score_field: not a column that holds tale: got '120k', expected 16k",
    ),
    "another setting": (
        {"benchmarks": [SHORT, LONG], "benchmark_scores": [READ | {"setting": "120k tokens"}]},
        "benchmark_scores.csv:2: setting: not the setting of tale: got '120k tokens', expected '16k tokens'",
    ),
    "another setting in the variant": (
        {"benchmarks": [SHORT, LONG], "benchmark_scores": [READ | {"variant": "high; 120k tokens"}]},
        "benchmark_scores.csv:2: variant: names another edition of tale: got '120k tokens' in tale, "
        "expected the benchmark of that edition",
    ),
    "another edition in the variant": (
        {"benchmarks": [OLD, NEW], "benchmark_scores": [RUN | {"variant": "pass@1, high, 2.1"}]},
        "benchmark_scores.csv:2: variant: names another edition of shell: got '2.1' in shell, "
        "expected the benchmark of that edition",
    ),
    "another edition in the address": (
        {
            "sources": [{"url": "https://example.org/shell/2.0", "accessed_date": "2026-11-20"}],
            "benchmarks": [OLD, NEW],
            "benchmark_scores": [RUN | {"benchmark_id": "shell-2.1"}],
        },
        "benchmark_scores.csv:2: source_ids: names another edition of shell: got '2.0' in shell-2.1, "
        "expected the benchmark of that edition",
    ),
    "one run from two files": (
        {
            "benchmark_scores": [
                {"score_date_meaning": "test"},
                {"score_id": "b", "variant": "low", "score_date_meaning": "announcement", "score": "50.51"},
            ]
        },
        "benchmark_scores.csv:3: score: the same score twice: got 50.51 as in line 2, "
        "expected one row that cites both documents",
    ),
    "dated by a release that came later": (
        {
            "benchmark_scores": [
                {"score_date": "2025-04-30", "score_date_meaning": "model release", "date_reason": ""}
            ]
        },
        "benchmark_scores.csv:2: score_date: before the model's release: got 2025-04-30, "
        "expected 2025-05-01 or later, or a date_reason",
    ),
    "zero without a word of the document": (
        {
            "model_prices": [
                {
                    "input_price_per_mtok": "0",
                    "output_price_per_mtok": "0",
                    "zero_reason": "the source gives no reason",
                }
            ]
        },
        "model_prices.csv:2: zero_reason: a price of zero needs a reason: got 'the source gives no reason', "
        "expected words that begin with 'free' where the document says so, or no row",
    ),
    "zero of output alone": (
        {"model_prices": [{"output_price_per_mtok": "0", "zero_reason": "free"}]},
        "model_prices.csv:2: zero_reason: a price of zero needs a reason: got 'free', "
        "expected words that begin with 'free' where the document says so, or no row",
    ),
    "a document without the price": (
        {
            "sources": [
                {
                    "url": "https://github.com/anomalyco/models.dev/blob/3952587beb0c/models/alpha/one.toml",
                    "accessed_date": "2026-11-20",
                }
            ]
        },
        "model_prices.csv:2: source_ids: lists models without prices: got 'sources-1', "
        "expected a document that holds the price",
    ),
    "last year's page as this month's price": (
        {
            "sources": [
                {
                    "url": "https://web.archive.org/web/20250620072901/https://example.org/prices",
                    "accessed_date": "2026-11-20",
                }
            ]
        },
        "model_prices.csv:2: price_date: later than the copy it cites: got 2026-01-02, expected about 2025-06-20",
    ),
    "open weights that are nowhere": (
        {"models": [{"hf_repo": "", "weights_at": ""}]},
        "models.csv:2: hf_repo: weights without a place: got '' for weights called open, expected a repository, "
        "or in weights_at the place or why none is named",
    ),
    "native length above the listed one": (
        {"models": [{"context_tokens": "32768", "context_native_tokens": "131072"}]},
        "models.csv:2: context_native_tokens: longer than the length listed: got 131072, expected at most 32768",
    ),
    "a reseller's listing as release": (
        {
            "sources": [
                {
                    "url": "https://github.com/anomalyco/models.dev/blob/f3fc69229967/providers/shop/models/a.toml",
                    "accessed_date": "2026-11-20",
                }
            ]
        },
        "models.csv:2: release_date_precision: the day of a reseller's or price list's listing: got 'day', "
        "expected approx, or the vendor's document",
    ),
    "a listing told in the note": (
        {"models": [{"note": "day of the listing by shop"}]},
        "models.csv:2: release_date_precision: the day of a reseller's or price list's listing: got 'day', "
        "expected approx, or the vendor's document",
    ),
    "a batch discount": (
        {"model_prices": [{"tier": "batch"}]},
        "model_prices.csv:2: tier: not one of standard, off_peak, long_context, free_preview: got 'batch', "
        "expected one of these",
    ),
}


@pytest.mark.parametrize(("changes", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(small_raw: Make, changes: Changes, said: str) -> None:
    assert problems(small_raw(**changes)) == [said]


SOUND: dict[str, Changes] = {
    "a model whose name looks like an edition": {
        "benchmarks": [OLD, NEW],
        "benchmark_scores": [RUN | {"model_label": "Alpha-2.1", "score_id": "shell.alpha-2.1.v.2026"}],
    },
    "two days of one test": {
        "benchmark_scores": [
            {"score_date_meaning": "test"},
            {"score_id": "b", "variant": "low", "score_date_meaning": "test", "score_date": "2026-01-03"},
        ]
    },
    "an early day with a reason": {
        "benchmark_scores": [
            {"score_date": "2025-01-01", "score_date_meaning": "test", "date_reason": "tested under embargo"}
        ]
    },
}


@pytest.mark.parametrize("changes", SOUND.values(), ids=SOUND)
def test_sound(small_raw: Make, changes: Changes) -> None:
    assert problems(small_raw(**changes)) == []
