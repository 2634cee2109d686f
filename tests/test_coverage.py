"""How much the data covers, counted from the built files: a loss of facts is a failure, not a surprise."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.facts import landscape
from etl.governance_rule import DIMENSIONS

Tables = dict[str, pd.DataFrame]
#: Flagships since 2025 whose maker's own table could be read.
OWN_TABLES = (
    "zhipu/glm-4.6",
    "zhipu/glm-4.7",
    "zhipu/glm-5",
    "zhipu/glm-5.1",
    "zhipu/glm-5.2",
    "deepseek/deepseek-r1",
    "deepseek/deepseek-v3.1-terminus",
    "deepseek/deepseek-v3.2-exp",
    "deepseek/deepseek-v4-flash",
    "deepseek/deepseek-v4-pro",
    "deepseek/deepseek-v4-flash-0731",
    "moonshot/kimi-k2",
    "moonshot/kimi-k2.5",
    "moonshot/kimi-k2.6",
    "minimax/minimax-m1-80k",
    "minimax/minimax-m2",
    "minimax/minimax-m2.1",
    "minimax/minimax-m2.5",
    "minimax/minimax-m2.7",
    "minimax/minimax-m3",
    "tencent/hy3-preview",
    "tencent/hy3",
    "stepfun/step-3.5-flash",
    "xiaomi/mimo-v2-flash",
    "meituan/longcat-2.0",
    "alibaba/qwen3.5-397b-a17b",
    "moonshot/kimi-k2-thinking",
    "moonshot/kimi-k3",
    "deepseek/deepseek-v3.1",
    "deepseek/deepseek-v3.2",
    "zhipu/glm-4.5",
    "alibaba/qwen3-235b-a22b-thinking-2507",
    "alibaba/qwen3.6-plus",
    "alibaba/qwen3.7-max",
    "alibaba/qwen3.8-max",
    "bytedance/doubao-seed-1.8",
    "bytedance/doubao-seed-2.0-pro",
    "bytedance/doubao-seed-2.1-pro",
    "stepfun/step-5-preview",
    "deepseek/deepseek-r1-may-2025",
    "minimax/minimax-text-01",
    "bytedance/seed-oss-36b-base",
    "bytedance/seed-1.6-thinking-0715",
    "tencent/hunyuan-7b",
    "tencent/hunyuan-a13b-instruct",
    "alibaba/qwen3-next-80b-a3b-thinking",
)

#: The organisations of the first edition. What is demanded of them is no demand on a newcomer, of whom less may be known.
FIRST = [
    "01ai",
    "360",
    "alibaba",
    "ant",
    "anthropic",
    "baai",
    "baichuan",
    "baidu",
    "bytedance",
    "deepseek",
    "google",
    "huawei",
    "ieit",
    "iflytek",
    "jd",
    "kuaishou",
    "kunlun",
    "liauto",
    "manus",
    "meituan",
    "meta",
    "minimax",
    "mistral",
    "modelbest",
    "moonshot",
    "netease",
    "openai",
    "sensetime",
    "shailab",
    "stepfun",
    "teleai",
    "tencent",
    "unisound",
    "vivo",
    "xiaomi",
    "zhipu",
]
LOSS = (
    "known of the organisations of the first edition, fewer than before: rows or cells were lost. A row that is added "
    "never fails here; if a value was taken out because no document has it, lower the number"
)


@pytest.fixture(scope="module")
def home(tables: Tables) -> set[str]:
    companies = tables["companies"]
    return set(companies.loc[companies["country"] == "CN", "company_id"])


@pytest.fixture(scope="module")
def models(tables: Tables, home: set[str]) -> pd.DataFrame:
    rows = tables["models"]
    return rows[rows["company_id"].isin(home)]


def test_organisations(tables: Tables, home: set[str]) -> None:
    companies = tables["companies"]
    assert len(companies) >= 52 and len(home) >= 47
    first = companies[companies["company_id"].isin(FIRST)]
    assert len(first) == len(FIRST), f"{len(first)} {LOSS}"
    assert first.loc[first["company_id"].isin(home), "company_name_zh"].notna().all(), f"Chinese names {LOSS}"
    for column in ("hq_city", "founded_year", "listing"):
        assert first[column].notna().sum() >= 35, f"{column}: {first[column].notna().sum()} {LOSS}"
    assert len(landscape.leads_in_force(tables)) >= 30


@pytest.mark.parametrize(
    ("column", "least"),
    [
        ("release_date", 520),
        ("weights", 520),
        ("license", 460),
        ("modality", 520),
        ("parameters_total", 345),
        ("context_tokens", 330),
    ],
)
def test_models_of_chinese_developers(models: pd.DataFrame, column: str, least: int) -> None:
    assert len(models) >= 530
    assert models[column].notna().sum() >= least, f"{column}: {models[column].notna().sum()} {LOSS}"


def test_pictures_and_video(models: pd.DataFrame) -> None:
    made = models["modality"].value_counts()
    assert made["image"] >= 25 and made["video"] >= 35
    lines = set(models["family_id"].dropna())
    assert {"joyai", "yuan", "wan", "happyhorse", "seedream", "seedance", "hailuo", "kling", "kat"} <= lines
    assert (models["family_id"] == "joyai").sum() >= 8


def test_active_parameters_of_mixtures_and_prices(tables: Tables, models: pd.DataFrame) -> None:
    mixtures = models[models["architecture"] == "mixture"]
    assert mixtures["parameters_active"].notna().sum() >= 120, LOSS
    assert models["model_id"].isin(tables["model_prices"]["model_id"]).sum() >= 150, LOSS


def test_reference_models(tables: Tables) -> None:
    outside = tables["models"]["company_id"].isin(["openai", "google", "anthropic", "meta", "mistral"])
    assert outside.sum() >= 130
    assert tables["models"].loc[outside, "company_id"].nunique() == 5
    since_july = tables["models"][outside & (tables["models"]["release_date"] >= "2026-07-01")]
    assert since_july.groupby("company_id").size().ge(1).sum() == 5 and len(since_july) >= 22


def test_benchmark_scores(tables: Tables, home: set[str]) -> None:
    scores = tables["benchmark_scores"]
    chinese = scores[scores["company_id"].isin(home)]
    assert len(scores) >= 1800 and len(chinese) >= 1000 and scores["benchmark_id"].nunique() >= 12
    assert (chinese.groupby("benchmark_id")["model_id"].nunique() >= 25).sum() >= 5


def test_flagships_have_their_makers_own_scores(tables: Tables, home: set[str]) -> None:
    scores = tables["benchmark_scores"]
    own = scores[(scores["reporter"] == "vendor") & scores["company_id"].isin(home)]
    assert len(own) >= 746
    told = own.groupby("model_id").size()
    for model in OWN_TABLES:
        assert told.get(model, 0) >= 5, model


def test_governance(tables: Tables) -> None:
    events = tables["governance_events"]
    assert (events["event_date"] >= "2021-01-01").sum() >= 225
    assert events["event_date"].max() >= pd.Timestamp("2026-10-01")
    companies = tables["companies"]
    giants = companies[(companies["company_type"] == "giant") & (companies["country"] == "CN")]["company_id"]
    giants = giants[giants.isin(FIRST)]
    counts = events["company_id"].value_counts().reindex(giants, fill_value=0)
    assert (counts >= 3).all(), f"reorganisations of {', '.join(counts.index[counts < 3])} {LOSS}"
    assert len(tables["governance_assessments"]) >= 80
    scored = tables["governance_observations"]
    assert len(scored) >= 330
    thin = scored["dimension"].value_counts()
    assert thin["compute_allocation"] >= 38 and thin["data_access"] >= 26
    six = scored[scored["dimension"].isin(DIMENSIONS)]
    assert (six.groupby("company_id")["dimension"].nunique() >= 4).sum() >= 10


def test_every_organisation_is_assessed_on_every_day_since_its_first_event(tables: Tables) -> None:
    first = tables["governance_events"].groupby("company_id")["event_date"].min()
    coded = tables["governance_assessments"]
    coded = coded[coded["basis"] == "coded"].sort_values("valid_from")
    for company, day in first.items():
        mine = coded[coded["company_id"] == company]
        assert len(mine) and mine["valid_from"].iloc[0] <= day, company
        assert mine["valid_to"].iloc[:-1].tolist() == mine["valid_from"].iloc[1:].tolist(), company
        assert pd.isna(mine["valid_to"].iloc[-1]), company


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("people", 190),
        ("people_moves", 25),
        ("infrastructure", 70),
        ("company_metrics", 200),
        ("commercial_levers", 66),
        ("model_prices", 300),
    ],
)
def test_rows(tables: Tables, table: str, rows: int) -> None:
    assert len(tables[table]) >= rows


def test_every_row_cites_and_every_document_is_described(tables: Tables) -> None:
    sources = tables["sources"]
    assert sources[["publisher", "url", "kind"]].notna().all().all() and sources["url"].is_unique
    assert sources["title"].notna().sum() >= 1400 and sources["published_date"].notna().sum() >= 1040, LOSS
    cited: set[str] = set()
    for name, frame in tables.items():
        if "source_ids" in frame:
            assert frame["source_ids"].notna().all(), name
            cited |= {i for cell in frame["source_ids"] for i in cell.split("; ")}
    assert cited | set(tables["claims"]["document_id"]) == set(sources["source_id"])


def test_what_drives_a_headline_has_two_documents_or_says_so(tables: Tables) -> None:
    shown = landscape.assessments_in_force(tables, "coded")
    central = shown[shown["governance_model_id"] == "centralised_ceo"]
    few = central[~central["source_ids"].str.contains("; ")]
    assert (few["confidence"] == "reported").all()


#: Names that boards list and of whose release no document could be found, or that are a test edition of a few weeks.
NO_DOCUMENT = (
    "gemini (?:advanced )?app .*|gemini-advanced-0514|gemini-2.5-flash-lite-preview-09-2025-no-thinking"
    "|gemma-1.1-[27]b-it|mistral-next|llama-4-maverick-03-26-experimental|gpt-5.2-chat-latest.*"
    "|chocolate .*|qwen3.5-max-preview|hunyuan-(?:standard-256k|vision-1.5-thinking)|step-1v-.*"
    "|yi-(?:vision|large-preview|lightning-lite)"
)


def test_names_that_boards_list_have_a_model(tables: Tables) -> None:
    """Reference makers, too: a board that names a model without a row flatters those that have one."""
    scores = tables["benchmark_scores"]
    loose = scores[scores["model_id"].isna()]["model_label"].str.casefold()
    assert sorted(set(loose[~loose.str.fullmatch(NO_DOCUMENT)])) == []
    assert len(loose) < 0.03 * len(scores)
    index = scores[scores["benchmark_id"] == "epoch-eci"].groupby("company_id").size()
    for maker, least in {
        "openai": 20,
        "google": 12,
        "anthropic": 12,
        "xai": 7,
        "meta": 4,
        "mistral": 1,
    }.items():
        assert index.get(maker, 0) >= least, maker
    for model in (
        "xai/grok-3",
        "xai/grok-4",
        "google/gemini-2.0-pro-exp-02-05",
        "anthropic/claude-2",
        "mistral/mixtral-8x7b",
    ):
        mine = scores[scores["model_id"] == model]
        assert mine["benchmark_id"].nunique() >= 2, model


def test_documents_at_hand_are_read_whole(tables: Tables) -> None:
    """Copies that can be had have a reading and the hash of their text; values are found in nearly all."""
    readings, verified = tables["document_readings"], tables["verifications"]
    copies = readings[readings["how"] == "stored_copy"]
    assert copies["source_id"].nunique() >= 670 and copies["text_sha256"].notna().sum() >= 575
    value = verified["table_name"] + verified["row_id"] + verified["column_name"]
    found = verified["finding"].isin(["found", "found_in_picture"]).groupby(value).any()
    assert len(found) >= 5400 and found.mean() > 0.98
