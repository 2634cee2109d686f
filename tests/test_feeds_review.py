"""Review: what feeds would change is proposed with a reason, decided by a row, and never goes in by itself but by the one rule."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from etl.__main__ import main
from etl.feeds import review
from etl.feeds.command import frames
from etl.feeds.policy import CLASSES, NEVER
from etl.feeds.propose import Proposal, proposals, queue
from etl.feeds.resolve import Names, bare, folded
from etl.feeds.store import Store
from etl.feeds.tables import FEED_TABLES

RAW = Path(__file__).resolve().parent.parent / "datasets" / "raw"
TODAY = date(2026, 11, 21)
GLM = "zhipu/glm-4.6"


def landed(
    store: Store, ours: dict[str, pd.DataFrame], feed: str, table: str, *rows: dict[str, object]
) -> None:
    made = pd.DataFrame(
        [
            {"feed": feed, "file": "made", "read_at": "2026-11-21T00:00:00Z", "upstream_id": str(n)} | r
            for n, r in enumerate(rows)
        ]
    )
    for column in ("organization", "name"):
        if column not in made:
            made[column] = None
    store.land(
        feed, FEED_TABLES[table], "made", Names(ours).resolved(FEED_TABLES[table].frame(made)), keeps=False
    )


def price(feed_in: float, feed_out: float, provider: str, name: str = "GLM-4.6") -> dict[str, object]:
    return {
        "provider": provider, "organization": "zhipu", "name": name, "input_price_per_mtok": feed_in, "output_price_per_mtok": feed_out,
        "currency": "USD", "tier": "standard", "day": "2026-11-21",
    }  # fmt: skip


#: Companies, "" for none, and makers with the name of a model as feeds tell them.
TOLD_AS = {
    "zhipu": [("Z.ai (Zhipu AI)", ""), ("Tsinghua University,Z.ai (Zhipu AI)", ""), ("", "zai-org/AutoImagined-9B")],
    "huawei": [("Huawei Noah's Ark Lab", "")],
    "alibaba": [("Tsinghua University,Alibaba DAMO Academy", ""), ("qwen", ""), ("Unknown", "Qwen2.5-Coder-14B")],
    "deepseek": [("deepseek-ai", "")],
    "kunlun": [("Kunlun Inc.", "")],
    "": [
        ("", "who-made-this"), ("京东方科技集团", ""), ("Nobody Anyone Knows", "Qwen-by-others"),
        ("stealth", "space-something"), ("", "Nobody/AutoImagined-9B"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("organization", "name", "company"), [(*told, c) for c, every in TOLD_AS.items() for told in every]
)
def test_a_name_leads_to_a_company_by_alias_or_nowhere(
    names: Names, organization: str, name: str, company: str
) -> None:
    assert names.company(organization, name) == company


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("glm-4.6_high", GLM),
        ("GLM 4.6", GLM),
        ("z-ai/glm-4.6-20250930:free", GLM),
        ("zai-org/GLM-4.6-FP8", GLM),
        ("GLM-4.6 (thinking)", GLM),
        ("GLM-46", ""),
        ("glm-4.6-imagined-air", ""),
    ],
)
def test_a_setting_is_no_part_of_a_models_name(names: Names, name: str, model: str) -> None:
    assert names.model("zhipu", name) == model


@pytest.mark.parametrize(
    ("company", "name", "repo", "model"),
    [
        # A row may link the report on two models: its name tells which it is.
        ("deepseek", "DeepSeek-V4-Flash", "deepseek-ai/DeepSeek-V4-Pro", "deepseek/deepseek-v4-flash"),
        ("deepseek", "DeepSeek-V4-Imagined", "deepseek-ai/DeepSeek-V4-Pro", ""),
        ("tencent", "Tencent Hy3", "tencent/Hy3", "tencent/hy3"),
        # A dated snapshot is the model only near the model's own day.
        ("alibaba", "qwen-plus-2025-07-14", "", ""),
        # Scores here are of this snapshot, on the endpoint that once led to it.
        ("alibaba", "qwen-plus-2025-01-25", "", ""),
        ("alibaba", "Qwen-Plus-0828", "", ""),
        ("alibaba", "qwen-plus", "", "alibaba/qwen-plus"),
        ("alibaba", "qwen/qwen3.5-plus-20260420", "", ""),
        ("alibaba", "qwen-turbo-2024-11-01", "", "alibaba/qwen-turbo"),
        ("alibaba", "qwen-max-2025-01-25", "", "alibaba/qwen2.5-max"),
        ("anthropic", "claude-haiku-4-5-20251001", "", "anthropic/claude-haiku-4.5"),
        # Weights of its own, unless ours is the other half of one release.
        ("baidu", "ERNIE-4.5-VL-28B-A3B-Thinking", "baidu/ERNIE-4.5-VL-28B-A3B-Thinking", ""),
        ("alibaba", "Qwen3-VL-8B-Thinking", "Qwen/Qwen3-VL-8B-Thinking", "alibaba/qwen3-vl-8b"),
    ],
)
def test_another_edition_is_another_model(
    names: Names, company: str, name: str, repo: str, model: str
) -> None:
    assert names.model(company, name, repo) == model


def test_numbers_of_versions_are_told_apart() -> None:
    assert folded("Qwen 1.5") != folded("Qwen 15") and folded("claude-opus-4-5") == folded("Claude Opus 4.5")
    assert bare("org/x-7B_32K")[-1] == "x-7B"


def test_each_class_says_what_where_and_why(ours: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    store = Store(tmp_path)
    landed(
        store, ours, "epoch-models", "models",
        {"organization": "Alibaba", "name": "Wholly Imagined 9", "release_date": "2026-11-01", "country": "China"},
        {"organization": "Z.ai", "name": "GLM-4.6", "release_date": "2025-01-05", "parameters_total": 9e9, "weights": "closed"},
        {"organization": "Alibabba Group", "name": "X", "country": "China"},
    )  # fmt: skip
    landed(store, ours, "litellm", "prices", price(77, 88, "zai"))
    found = {p.name: p for p in proposals(ours, store)}
    assert set(found) == {"new_model", "changed_date", "disagreement", "unresolved_name", "changed_price"}
    assert (
        found["new_model"].reason
        == "epoch-models names a model of Alibaba Group that is not here, of 2026-11-01"
    )
    assert found["changed_date"].size == "large" and "earlier than" in found["changed_date"].reason
    assert (
        found["changed_price"].theirs.startswith("77 in and 88 out")
        and not found["changed_price"].is_unattended
    )
    assert found["unresolved_name"].company_id == "" and "alibaba" in found["unresolved_name"].suggestions[0]
    text = review.listed(queue(list(found.values()), ours["review_decisions"]))
    for p in found.values():
        assert p.proposal_id in text and CLASSES[p.name].words in text


def test_only_a_price_of_two_agreeing_feeds_goes_in_by_itself(
    ours: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    here = ours["model_prices"]
    assert len(here[(here["model_id"] == GLM) & (here["currency"] == "USD")])
    one, two, apart = (Store(tmp_path / n) for n in ("one", "two", "apart"))
    landed(one, ours, "litellm", "prices", price(0.61, 2.3, "zai"))
    landed(two, ours, "litellm", "prices", price(0.61, 2.3, "zai"))
    landed(two, ours, "models-dev", "prices", price(0.61, 2.3, "zai"))
    landed(apart, ours, "litellm", "prices", price(0.61, 2.3, "zai"))
    landed(apart, ours, "models-dev", "prices", price(0.7, 2.3, "zai"))
    free = {
        n: [p.name for p in proposals(ours, s) if p.is_unattended]
        for n, s in (("one", one), ("two", two), ("apart", apart))
    }
    assert free == {"one": [], "two": ["changed_price"], "apart": []}
    assert [p.name for p in proposals(ours, apart)].count("disagreement") == 1
    assert all(not c.unattended for n, c in CLASSES.items() if n != "changed_price")
    assert {"release_date", "license", "governance_label", "people"} <= set(NEVER)


def test_a_reseller_and_a_conversion_propose_no_price(ours: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    store = Store(tmp_path)
    landed(
        store,
        ours,
        "litellm",
        "prices",
        price(9, 9, "together"),
        price(8, 8, "zhipuai") | {"tier": "converted"},
    )
    assert [p for p in proposals(ours, store) if p.name == "changed_price"] == []


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RAW, tmp_path / "raw"))


def command(own: Path, root: Path, *arguments: str) -> int:
    return main(["review", "--raw", str(own), "--feeds", str(root), *arguments])


def test_a_decision_is_a_row_and_holds_until_upstream_changes(
    ours: dict[str, pd.DataFrame], own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "feeds"
    landed(Store(root), ours, "litellm", "prices", price(77, 88, "zai"))
    (first,) = (p for p in proposals(ours, Store(root)) if p.name == "changed_price")
    assert command(own, root, "--refuse", first.proposal_id) == 1
    assert "a refusal needs --why" in capsys.readouterr().err
    assert (
        command(
            own,
            root,
            "--refuse",
            first.proposal_id,
            "--why",
            "A typing error, upstream",
            "--by",
            "An Analyst",
        )
        == 0
    )
    row = frames(own)["review_decisions"].iloc[0]
    assert (row["verdict"], row["decided_by"], row["why"], row["company_id"]) == (
        "refused",
        "An Analyst",
        "A typing error, upstream",
        "zhipu",
    )
    capsys.readouterr()
    assert command(own, root) == 0
    said = capsys.readouterr().out
    assert first.proposal_id not in said and "1 refused and unchanged since" in said
    assert command(own, root, "--accept", first.proposal_id) == 1
    landed(Store(root), ours, "litellm", "prices", price(78, 88, "zai"))
    assert command(own, root) == 0
    assert first.proposal_id in capsys.readouterr().out, (
        "upstream says something else: the same thing is open again"
    )


def test_an_accepted_price_is_a_row_with_its_documents_and_the_data_stays_sound(
    ours: dict[str, pd.DataFrame], own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "feeds"
    for feed in ("litellm", "models-dev"):
        landed(Store(root), ours, feed, "prices", price(0.61, 2.3, "zai"))
    assert command(own, root, "--unattended", "--dry-run") == 0
    assert frames(own)["review_decisions"].empty
    assert command(own, root, "--unattended") == 0
    rows = frames(own)["model_prices"]
    new = rows[(rows["model_id"] == GLM) & (rows["input_price_per_mtok"] == 0.61)].iloc[0]
    assert new["currency"] == "USD" and len(new["source_ids"].split("; ")) == 2
    assert frames(own)["review_decisions"].iloc[0]["decided_by"].startswith("rule: where two feeds")
    capsys.readouterr()
    assert main(["check", "--raw", str(own)]) == 0, capsys.readouterr().err
    assert command(own, root, "--unattended") == 0
    assert "Nothing to decide" in capsys.readouterr().out


def test_a_class_is_decided_at_once_and_errors_are_sentences(
    ours: dict[str, pd.DataFrame], own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "feeds"
    landed(
        Store(root), ours, "epoch-models", "models",
        *({"organization": "Alibaba", "name": f"Wholly Imagined {n}", "release_date": "2026-11-01"} for n in "ABC"),
    )  # fmt: skip
    assert command(own, root, "--refuse", "--all-of", "new_model", "--why", "Not released") == 0
    assert len(frames(own)["review_decisions"]) == 3
    assert command(own, root, "--accept", "0000000000") == 1
    assert "no open proposal '0000000000'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command(own, root, "--all-of", "new_model")


def test_the_summary_is_plain_text_whatever_upstream_writes(
    ours: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    store = Store(tmp_path)
    landed(
        store, ours, "epoch-models", "models",
        {"organization": "Alibaba", "name": "![x](https://evil.example) <script>|@all", "release_date": "2026-11-01"},
    )  # fmt: skip
    waiting = queue(proposals(ours, store), ours["review_decisions"])
    text = review.markdown(waiting, [], TODAY)
    assert "<script>" not in text and "![x](" not in text and "\\@all" in text
    assert "## New model of one of ours (1: 1 moderate)" in text and "Never: days" in text


def test_a_proposal_keeps_its_id_and_goes_with_its_row(ours: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    def once(root: Path) -> list[Proposal]:
        store = Store(root)
        landed(
            store,
            ours,
            "epoch-models",
            "models",
            {"organization": "Alibaba", "name": "Wholly Imagined 9", "release_date": "2026-11-01"},
        )
        return proposals(ours, store)

    assert once(tmp_path / "a") == once(tmp_path / "b") != []
    assert proposals(ours, Store(tmp_path / "nothing")) == []
