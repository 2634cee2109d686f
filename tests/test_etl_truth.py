"""What documents can carry, and that the data says no more: publishers, last days seen, editions of tests and indices."""

from __future__ import annotations

import pandas as pd
import pyarrow as pya
import pytest

from etl.source_strength import (
    company_of,
    highest_confidence,
    kind_and_strength,
    places,
    publisher_of,
    site,
)

# --- Strength of documents ---


SITES = {
    "https://www.scmp.com/tech/article/1": "scmp.com",
    "https://raw.githubusercontent.com/QwenLM/Qwen3/main/README.md": "github.com/qwenlm",
    "https://huggingface.co/zai-org/GLM-5.1": "huggingface.co/zai-org",
    "https://web.archive.org/web/20250609162358id_/https://api-docs.deepseek.com/x/": "api-docs.deepseek.com",
    "urn:document:1": "",
}


@pytest.mark.parametrize(("url", "expected"), SITES.items())
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


def test_addresses_asked_at_once_say_what_each_says(tables: dict[str, pd.DataFrame]) -> None:
    odd = ["", "urn:a/b/c", "https:///a/b", "https://x.ai//news/b", "https://x.ai?q=a/b/c"]
    urls = [*tables["sources"]["url"], *SITES, *(f"{url}/more/?of=it" for url in SITES), *odd]
    urls += [f"https://web.archive.org/web/2026/{url}" for url in tables["sources"]["url"][:200]]
    assert places(pya.array(urls)) == [(kind_and_strength(url), company_of(url)) for url in urls]


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
