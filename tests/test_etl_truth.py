"""Kinds of fault found in the data once: what the build says about each, said once for the whole kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from small_set import apart, merged, problems

from etl.source_strength import (
    CONFIDENCE_RULE,
    company_of,
    highest_confidence,
    kind_and_strength,
    publisher_of,
    site,
)

Make = Callable[..., Path]
Changes = dict[str, list[dict[str, str]]]


def also(url: str, kind: str = "dataset") -> list[dict[str, str]]:
    """The sound document, and a second one, `also`."""
    return [{}, {"source_id": "also", "url": url, "kind": kind}]


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
    "a later edition under the day of the first": (
        {"benchmark_scores": [{"model_label": "alpha-one-20250602"}]},
        "benchmark_scores.csv:2: model_id: of an edition of 2025-06-02: got a model of 2025-05-01, "
        "expected one of that edition",
    ),
    "a later edition by month and day": (
        {
            "benchmark_scores": [
                {"model_label": "Alpha One (1231-preview)"},
                {"model_label": "alpha-0715-preview", "score_id": "b", "variant": "low", "score": "7"},
            ]
        },
        "benchmark_scores.csv:3: model_id: of an edition of 2025-07-15: got a model of 2025-05-01, "
        "expected one of that edition",
    ),
    "two numbered editions under one model": (
        {
            "benchmark_scores": [
                {"model_label": "alpha-001"},
                {"model_label": "Alpha-002", "score_id": "b", "variant": "low", "score": "7"},
            ]
        },
        "benchmark_scores.csv:3: model_id: of another edition than its rows before: got 'Alpha-002', "
        "expected a model of that edition",
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
            "sources": also(
                "https://github.com/anomalyco/models.dev/blob/3952587beb0c/models/alpha/one.toml"
            ),
            "model_prices": [{"source_ids": "also"}],
        },
        "model_prices.csv:2: source_ids: lists models without prices: got 'also', "
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
            "sources": also(
                "https://github.com/anomalyco/models.dev/blob/f3fc69229967/providers/shop/models/a.toml"
            ),
            "models": [{"source_ids": "also"}],
        },
        "models.csv:2: release_date_precision: the day of a reseller's or price list's listing: got 'day', "
        "expected approx, or the vendor's document",
    ),
    "a list's day before the maker's": (
        {
            "sources": also(
                "https://github.com/anomalyco/models.dev/blob/f3fc69229967/models/alpha/one.toml"
            ),
            "models": [{"source_ids": "also", "alternatives": "release 2025-05-07 (Epoch AI)"}],
        },
        "models.csv:2: release_date: the day of a list: got 2025-05-01, expected 2025-05-07 of Epoch AI, which cites "
        "the maker, or a document of the maker",
    ),
    "a listing told in the note": (
        {"models": [{"note": "day of the listing by shop"}]},
        "models.csv:2: release_date_precision: the day of a reseller's or price list's listing: got 'day', "
        "expected approx, or the vendor's document",
    ),
    "kind typed against the address": (
        {
            "sources": also("https://github.com/QwenLM/Qwen3", "press"),
        },
        "sources.csv:3: kind: not what is published at its address: got 'press', expected primary",
    ),
    "a third party's score as the vendor's": (
        {
            "sources": [
                {"url": "https://www.tbench.ai/leaderboard", "kind": "dataset", "accessed_date": "2026-11-20"}
            ]
        },
        "benchmark_scores.csv:2: reporter: no document of companies-1: got 'vendor' from sources-1, "
        "expected third_party",
    ),
    "surer than its documents": (
        {
            "sources": [{"kind": "press", "accessed_date": "2026-11-20"}],
            "people": [{"confidence": "high"}],
            **{
                name: [{"confidence": "low"}]
                for name in (
                    "companies",
                    "people_moves",
                    "commercial_levers",
                    "infrastructure",
                    "company_metrics",
                    "adoption",
                )
            },
            **{name: [{"confidence": "low"}] for name in ("governance_assessments", "governance_events")},
            "governance_observations": [{"confidence": "low"}] * 6,
        },
        "people.csv:2: confidence: more than its documents carry: got 'high', expected medium. "
        + CONFIDENCE_RULE,
    ),
    "words of a period against its day": (
        {"company_metrics": [{"period": "2025-H1", "period_end_date": "2025-12-31"}]},
        "company_metrics.csv:2: period_end_date: not the last day of 2025-H1: got 2025-12-31, expected 2025-06-30",
    ),
    "a quarter known on its last day": (
        {
            "company_metrics": [
                {
                    "period": "2026-Q2",
                    "period_end_date": "2026-06-30",
                    "known_date": "2026-06-30",
                    "known_date_precision": "day",
                }
            ]
        },
        "company_metrics.csv:2: known_date: before the first document that tells of it: got 2026-06-30, "
        "expected an empty cell; only a plan, budget or guidance names its day",
    ),
    "a plan announced after its document": (
        {
            "sources": [{"accessed_date": "2026-11-25"}],
            "company_metrics": [
                {
                    "metric": "capex_plan",
                    "period": "2027",
                    "period_end_date": "2027-12-31",
                    "known_date": "2026-11-24",
                    "known_date_precision": "day",
                }
            ],
        },
        "company_metrics.csv:2: known_date: after the document that tells of it: got 2026-11-24, "
        "expected 2026-11-20 or earlier",
    ),
    "spent before the year was over": (
        {"company_metrics": [{"metric": "r_d_spend", "period": "2026", "period_end_date": "2026-12-31"}]},
        "company_metrics.csv:2: metric: told more than 10 days before the period was over: got r_d_spend of 2026 from a document "
        "of 2026-11-20, expected a plan, guidance or budget",
    ),
    "an expectation under the name of a fact": (
        {
            "company_metrics": [
                {
                    "metric": "r_d_spend",
                    "period": "2025",
                    "period_end_date": "2025-12-31",
                    "note": "32 to 33 expected",
                }
            ]
        },
        "company_metrics.csv:2: metric: an expectation: got '32 to 33 expected' of r_d_spend, "
        "expected a plan, guidance or budget",
    ),
    "a plan without a day": (
        {"company_metrics": [{"metric": "capex_plan", "period": "2027", "period_end_date": "2027-12-31"}]},
        "company_metrics.csv:2: known_date: a plan without the day of its announcement: got '', expected that day",
    ),
    "a score before its test": (
        {
            "benchmarks": [{"released_date": "2026-03-04", "released_date_precision": "day"}],
            "benchmark_scores": [{"score_date_meaning": "test"}],
        },
        "benchmark_scores.csv:2: score_date: before its test was public: got 2026-01-02, expected 2026-03-04 or later "
        "on benchmarks-1",
    ),
    "a count of April dated October": (
        {"adoption": [{"adoption_id": "alpha-users-2025-04", "observed_date": "2025-10-01"}]},
        "adoption.csv:2: observed_date: not the period in the id: got 2025-10-01 in alpha-users-2025-04, "
        "expected 2025-04",
    ),
    "a batch discount": (
        {"model_prices": [{"tier": "batch"}]},
        "model_prices.csv:2: tier: not one of standard, off_peak, long_context, free_preview: got 'batch', "
        "expected one of these",
    ),
}


CHANGES = {name: changes for name, (changes, _) in REFUSED.items()}


#: Looks at the documents themselves.
ALONE = ("a third party's score as the vendor's", "a plan announced after its document")


@pytest.mark.parametrize("names", apart(CHANGES, alone=ALONE), ids=", ".join)
def test_refused(small_raw: Make, names: list[str]) -> None:
    """Each fault is told, and nothing else."""
    assert problems(small_raw(**merged(CHANGES, names))) == sorted(REFUSED[name][1] for name in names)


SOUND: dict[str, Changes] = {
    "editions of an endpoint whose model changes": {
        "models": [
            {"is_rolling_alias": "true", "parameters_total": "", "parameters_active": "", "hf_repo": ""}
        ],
        "benchmark_scores": [{"model_label": "alpha-20251103"}],
    },
    "a stamp of the model's own weeks": {"benchmark_scores": [{"model_label": "alpha-2025-05-31"}]},
    "a stamp before its release": {"benchmark_scores": [{"model_label": "alpha-0414"}]},
    "digits that are no day": {"benchmark_scores": [{"model_label": "alpha-2507"}]},
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


@pytest.mark.parametrize("names", apart(SOUND), ids=", ".join)
def test_sound(small_raw: Make, names: list[str]) -> None:
    assert problems(small_raw(**merged(SOUND, names))) == []


# --- Strength of documents ---


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.scmp.com/tech/article/1", "scmp.com"),
        ("https://raw.githubusercontent.com/QwenLM/Qwen3/main/README.md", "github.com/qwenlm"),
        ("https://huggingface.co/zai-org/GLM-5.1", "huggingface.co/zai-org"),
        (
            "https://web.archive.org/web/20250609162358id_/https://api-docs.deepseek.com/x/",
            "api-docs.deepseek.com",
        ),
        ("urn:document:1", ""),
    ],
)
def test_site_of_an_address(url: str, expected: str) -> None:
    assert site(url) == expected


@pytest.mark.parametrize(
    ("documents", "most"),
    [
        ([("primary", "Alpha")], "high"),
        ([("reporting", "Reuters"), ("reporting", "Caixin")], "high"),
        ([("reporting", "Reuters"), ("reporting", "Reuters")], "medium"),
        ([("analysis", "A"), ("analysis", "B")], "medium"),
        ([("analysis", "A"), ("aggregator", "B")], "low"),
        ([("aggregator", "A"), ("aggregator", "B")], "low"),
    ],
)
def test_what_documents_can_carry(documents: list[tuple[str, str]], most: str) -> None:
    assert highest_confidence(documents) == most


def test_a_reprint_is_no_second_publisher() -> None:
    assert publisher_of("36Kr, reprint") == publisher_of("36Kr") == "36Kr"
    assert publisher_of("Reuters, on Tiger Brokers") == "Reuters"


def test_what_others_carry_is_the_companys_own_and_their_other_pages_are_not() -> None:
    """A host that carries one filing says nothing of the next page on it."""
    filing = "https://www.stocktitan.net/news/BIDU/baidu-announces-third-quarter-2025-0ozdq7qyag29.html"
    assert (kind_and_strength(filing), company_of(filing)) == (("primary", "primary"), "baidu")
    copy = "https://web.archive.org/web/2026/https://blog.csdn.net/kuaishoutech/article/details/140542568"
    assert (kind_and_strength(copy), company_of(copy)) == (("primary", "primary"), "kuaishou")
    for other in (
        "https://blog.csdn.net/anybody/article/details/1",
        "https://www.stocktitan.net/news/X/y.html",
    ):
        assert (kind_and_strength(other), company_of(other)) == (None, None)


def test_every_address_is_of_a_known_publisher(tables: dict[str, pd.DataFrame]) -> None:
    """A new publisher is put into one of the lists of etl/source_strength.py."""
    urls = tables["sources"]["url"]
    assert [u for u in urls if kind_and_strength(u) is None] == []


def test_labels_and_roles_say_when_they_were_last_seen(tables: dict[str, pd.DataFrame]) -> None:
    labels, people = tables["governance_assessments"], tables["people"]
    assert labels["last_seen_date"].notna().all() and (labels["last_seen_date"] >= labels["valid_from"]).all()
    is_open = people["valid_to"].isna()
    assert people.loc[is_open, "last_seen_date"].notna().all()
    assert people.loc[~is_open, "last_seen_date"].isna().all()
    weak = labels[labels["is_weak"]]
    assert 0 < len(weak) < len(labels) and not (weak["confidence"] == "high").any()


def test_a_label_of_a_lab_is_never_sure(tables: dict[str, pd.DataFrame]) -> None:
    index = tables["governance_index"]
    assert not ((index["scored_count"] == 0) & (index["confidence"] == "high")).any()


def test_a_dated_name_of_a_test_leads_to_one_model(tables: dict[str, pd.DataFrame]) -> None:
    """Four scores of qwen-max-2025-01-25 stood under the rolling Qwen Max, two under Qwen2.5-Max, which it is."""
    scores = tables["benchmark_scores"].dropna(subset=["model_id"])
    told = pd.concat([scores[["model_id"]].assign(name=scores[c]) for c in ("model_label", "variant")])
    told = told[told["name"].astype("string").str.fullmatch(r"\S*-20\d{2}-?\d{2}-?\d{2}").fillna(False)]
    counted = told.groupby("name")["model_id"].nunique()
    assert len(counted) > 20 and counted[counted > 1].to_dict() == {}


def test_an_index_that_sets_two_sides_against_each_other_is_read_for_both(
    tables: dict[str, pd.DataFrame],
) -> None:
    """The Epoch index held Chinese models from 2023 and others from June 2025: DeepSeek-R1-0528 passed for the world's first."""
    scores = tables["benchmark_scores"]
    scores = scores[(scores["benchmark_id"] == "epoch-eci") & scores["model_id"].notna()]
    models = tables["models"].set_index("model_id")
    released = scores["model_id"].map(models["release_date"])
    china = scores["company_id"].map(tables["companies"].set_index("company_id")["country"]).eq("CN")
    for quarter in pd.date_range("2023-07-01", released[china].max(), freq="QS"):
        both = {bool(side) for side in china[released.between(quarter - pd.DateOffset(months=6), quarter)]}
        assert both == {True, False}, f"the half year before {quarter:%Y-%m-%d} holds one side alone"
    as_good = (
        scores["score"] >= scores.loc[scores["model_id"] == "deepseek/deepseek-r1-may-2025", "score"].max()
    )
    assert scores.loc[as_good & ~china, "model_id"].iloc[released[as_good & ~china].argmin()] == "openai/o1"
