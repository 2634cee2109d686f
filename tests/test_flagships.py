"""The flagship of twelve companies as a reader who knows the field expects it, and the rule on models made by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard.data.selection import Selection
from dashboard.facts import flagships, model_names
from dashboard.facts.landscape import apply

Tables = dict[str, pd.DataFrame]


def on(tables: Tables, day: str | None, **own: object) -> tuple[pd.DataFrame, Selection]:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(newest if day is None else pd.Timestamp(day), newest, **own)  # type: ignore[arg-type]
    return flagships.flagships(apply(tables, selection)), selection


#: Late November 2026. Who expects what, and why.
EXPECTED = {
    # Its largest and dearest line; the Omni Flash of September is a small edition, the Max of 0902 a new checkpoint.
    "alibaba": "Qwen3.8 Max",
    # The trillion-parameter Ling of the main family; Ling 3.0 has so far brought only Tiny and Flash.
    "ant": "Ling 2.6 1T",
    # Pro over Turbo, Lite and Code of the same generation; Seedance makes films.
    "bytedance": "Doubao Seed 2.1 Pro",
    # The Pro of the third line running; the Flash came the same day, MiMo-Audio only listens.
    "xiaomi": "MiMo-V2.6-Pro",
    # K3 leads every list; K2.7 Code is for programmers, of K3.1 Pro not even the inputs are known.
    "moonshot": "Kimi K3",
    # V4 Pro; V4.1 has come as a Flash alone.
    "deepseek": "DeepSeek V4 Pro",
    # GLM-5.3 follows the best-measured 5.2 in its line; FlashX, Flash and Turbo are faster editions.
    "zhipu": "GLM-5.3",
    "minimax": "MiniMax-M3",
    "baidu": "ERNIE 5.1",
    # The dearer and newer of Hy4 and Hy3; HunyuanImage and the translators are for one purpose.
    "tencent": "Hy4 preview",
    # Its paper calls it the flagship: the name says fast, the model was the largest.
    "01ai": "Yi-Lightning",
    # Known for films: the main family makes nothing else.
    "kuaishou": "Kling 3.0",
    # S1-Pro has a trillion parameters, the newer S2-Preview 35 billion.
    "shailab": "Intern-S1-Pro",
    # The 600-billion model of 2025; all that came since are Flash-Lite.
    "sensetime": "SenseNova V6",
}


@pytest.mark.parametrize("company", EXPECTED)
def test_a_reader_who_knows_the_field_finds_the_flagship_expected(tables: Tables, company: str) -> None:
    found, _ = on(tables, "2026-11-25")
    assert found.loc[company, "model_name"] == EXPECTED[company], found.loc[company, "why"]


@pytest.mark.parametrize("day", [None, "2026-03-31", "2025-11-25", "2024-06-30", "2023-09-30"])
def test_no_flagship_is_a_small_or_single_purpose_edition(tables: Tables, day: str | None) -> None:
    found, selection = on(tables, day, outside=True)
    assert len(found) > 10 and found.index.is_unique
    assert (found["release_date"] <= selection.as_of).all()
    named = set(tables["flagships"]["model_id"])
    for r in found[~found["model_id"].isin(named)].itertuples():
        if r.modality in flagships.GENERAL_MODALITIES:
            assert not (model_names.SMALL | model_names.FAST | model_names.SINGLE_PURPOSE) & set(
                model_names.words_of(r.model_name)
            ), r.model_name
        else:
            assert "main family" in r.why
        assert r.why and "nan" not in r.why


def test_a_documents_word_stands_until_a_newer_general_model_comes(tables: Tables) -> None:
    assert on(tables, "2026-04-30")[0].loc["stepfun", "model_name"] == "Step 3.5 Flash"
    assert on(tables, "2026-11-25")[0].loc["stepfun", "model_name"] == "Step 5 Preview"
    found = on(tables, "2026-11-25")[0].loc["01ai"]
    assert found["why_sources"] in set(tables["sources"]["source_id"])


def test_an_old_flagship_says_since_when_no_newer_one_is_known(tables: Tables) -> None:
    found, selection = on(tables, "2026-11-25")
    assert flagships.since_words(found.loc["01ai"], selection.as_of) == "no newer one found since 18 Oct 2024"
    assert flagships.since_words(found.loc["moonshot"], selection.as_of) == ""
    assert flagships.since_words(found.loc["01ai"], pd.Timestamp("2024-12-31")) == ""


def test_the_flagship_is_the_same_in_every_currency_and_script(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    view = Selection(newest, newest)
    ids = [
        flagships.flagships(apply(tables, v))["model_id"].tolist()
        for v in (view, replace(view, currency="CNY"), replace(view, names="zh"))
    ]
    assert ids[0] == ids[1] == ids[2]


@pytest.mark.parametrize(
    ("name", "line", "version"),
    [
        ("GLM-5.3", ("glm",), (5, 3)),
        ("MiMo-V2.6-Pro", ("mimo", "v", "pro"), (2, 6)),
        ("Hy4 preview", ("hy",), (4,)),
        ("Qwen3.8 2.4T A95B", ("qwen",), (3, 8)),
        ("DeepSeek V4 Pro 0813", ("deepseek", "v", "pro"), (4,)),
        ("ChatRhino", ("chatrhino",), ()),
        ("紫东太初 2.0", ("紫东太初",), (2, 0)),
        ("", (), ()),
    ],
)
def test_line_and_version_of_a_name(name: str, line: tuple[str, ...], version: tuple[int, ...]) -> None:
    assert flagships.line_of(name) == (line, version)


@pytest.mark.parametrize(
    ("name", "others", "edition"),
    [
        ("Qwen3.8 Omni Flash", (), True),
        ("Ling 3.0 Tiny", (), True),
        ("MiniMax-M2", (), False),
        ("MiniMax-M2.1-Lightning", ("MiniMax-M2.1",), True),
        ("Yi-Lightning", ("Yi-Large",), False),
        ("Kimi K2 Turbo", ("Kimi K2",), True),
        ("Hunyuan-TurboS", ("Hunyuan",), False),
        ("text-embedding-v4", (), True),
    ],
)
def test_editions_are_known_by_their_names(name: str, others: tuple[str, ...], edition: bool) -> None:
    siblings = {" ".join(model_names.words_of(n)) for n in (name, *others)}
    is_one, twins = flagships.edition_marks(name)
    assert (is_one or not siblings.isdisjoint(twins)) == edition


def field(*models: tuple[str, str, float | None], scores: dict[str, float] | None = None) -> Tables:
    """Name, day and parameters of one company's models, all general and of its main family."""
    scores = scores or {}
    return {
        "models": pd.DataFrame(
            {
                "model_id": [m[0] for m in models],
                "model_name": [m[0] for m in models],
                "company_id": "a",
                "family_id": "f",
                "release_date": pd.to_datetime([m[1] for m in models]),
                "release_date_precision": "day",
                "modality": "text",
                "parameters_total": pd.array([m[2] for m in models], dtype="Int64"),
                "is_rolling_alias": False,
            }
        ),
        "model_families": pd.DataFrame({"family_id": ["f"], "is_primary": [True]}),
        "benchmarks": pd.DataFrame({"benchmark_id": ["epoch-eci"], "benchmark_name": ["Index"]}),
        "benchmark_scores": pd.DataFrame(
            {
                "benchmark_id": "epoch-eci",
                "model_id": list(scores),
                "company_id": None,
                "score": list(scores.values()),
                "score_date": pd.Timestamp("2026-01-01"),
                "reporter": "third_party",
                "source_ids": "s",
            }
        ),
        "model_prices": pd.DataFrame(columns=["price_id", "source_ids"]),
        "model_prices_converted": pd.DataFrame(
            columns=[
                "price_id",
                "company_id",
                "model_id",
                "output_price_usd_per_mtok",
                "output_price_cny_per_mtok",
                "currency",
                "tier",
                "price_date",
                "cny_per_usd",
                "rate_month",
                "source_ids",
            ]
        ),
    }


def picked(*models: tuple[str, str, float | None], scores: dict[str, float] | None = None) -> tuple[str, str]:
    found = flagships.flagships(field(*models, scores=scores))
    return found.loc["a", "model_name"], found.loc["a", "why"]


def test_the_rule_by_hand() -> None:
    old, new = ("One 1 Pro", "2025-09-01", 90e9), ("One 2 Pro", "2026-02-01", None)
    side = ("Base 1", "2026-01-01", 400e9)
    both = {"One 1 Pro": 150.0, "Base 1": 140.0}
    assert picked(old, side, scores=both) == ("One 1 Pro", "best of 2 by Index")
    assert picked(old, side, new, scores=both)[0] == "One 2 Pro", "the later version of that line"
    measured = {**both, "One 2 Pro": 145.0}
    assert picked(old, side, new, scores=measured) == ("One 1 Pro", "best of 3 by Index")
    assert picked(old, side, scores={"One 1 Pro": 150.0}) == ("Base 1", "newest of its general models")
    near = ("Base 2", "2025-12-01", 100e9)
    assert picked(side, near) == ("Base 1", "largest of 2")
    tiny = ("Base 3", "2026-02-01", 7e9)
    assert picked(side, tiny)[0] == "Base 1", "a few billion parameters make a small edition"
    assert picked(tiny)[0] == "Base 3", "unless there is nothing else"
    assert flagships.flagships(field(("One 2 Flash", "2026-02-01", 500e9))).empty
    assert flagships.flagships(field()).empty


def test_the_next_flagship_is_the_first_one_after_a_day_that_was_it_when_it_came_out() -> None:
    models = (("Base 1", "2025-09-01", 90e9), ("Base 2", "2025-11-01", 40e9), ("Base 3", "2025-12-01", 400e9))
    there = field(*models, ("Base 4", "2026-01-01", 900e9), ("Base 5 Flash", "2026-02-01", 999e9))

    def after(day: str) -> str | None:
        found = flagships.first_since(there, {"a": pd.Timestamp(day), "unknown": pd.Timestamp(day)})
        assert set(found) <= {"a"}
        return found["a"]["model_name"] if found else None

    assert after("2025-10-01") == "Base 3", "the smaller Base 2 took nobody's place"
    assert after("2025-12-01") == "Base 4", "what came on the day itself is not after it"
    assert after("2026-01-15") is None, "a fast edition is no flagship"
