"""Rankings: Arena (Parquet by subset), OpenRouter (dated files by manifest), CrUX (ranks of sites). CC BY 4.0."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from etl.feeds.declare import About, Feed, FeedError, File, Ours, by_measure, columns

ARENA = "lmarena-ai/leaderboard-dataset"
#: Subsets read by default; each is a scale of its own.
SUBSETS = ("text", "text_style_control", "vision", "webdev")
CATEGORIES = frozenset({"overall", "chinese", "coding"})
_ARENA_COLUMNS = columns(
    "model_name=name", "organization=organization", "category=category", "rating=score", "rating_lower=score_low",
    "rating_upper=score_high", "vote_count=votes", "rank=rank", "leaderboard_publish_date=day",
)  # fmt: skip


def arena(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Ratings of one subset; `latest` may hold several days, each a version of its scale."""
    subset = about.asked.name.partition(".")[0].removeprefix("arena_")
    return rows.assign(
        upstream_id=rows["name"] + " | " + subset + " | " + rows["category"] + " | " + rows["day"],
        benchmark="LMArena " + subset.replace("_", " "),
        setting=rows["category"],
        scale_version=rows["day"],
    )


def _arena_commit(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    if not isinstance(document, dict) or "sha" not in document:
        raise FeedError("is JSON of another shape, expected the commit of the data set as 'sha'")
    yield {"sha": document["sha"]}


def _plain(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    return rows


def _arena_files(ours: Ours) -> tuple[File, ...]:
    url = f"https://huggingface.co/api/datasets/{ARENA}"
    return (
        File(
            "arena_commit.json",
            url,
            "json",
            "",
            columns("sha=sha"),
            _plain,
            records=_arena_commit,
            stand_in={"sha": "main"},
        ),
    )


def _arena_after(name: str, rows: pd.DataFrame, ours: Ours) -> tuple[File, ...]:
    """The subsets at that commit, so that all are of one edition."""
    if name != "arena_commit.json":
        return ()
    commit = str(rows["sha"].iloc[0])
    return tuple(
        File(
            f"arena_{subset}.parquet",
            f"https://huggingface.co/datasets/{ARENA}/resolve/{commit}/{subset}/latest-00000-of-00001.parquet",
            "parquet", "scores", _ARENA_COLUMNS, arena, known=("license", "variance"),
            only=("category", lambda about: CATEGORIES), optional=subset != "text",
            also=(f"{subset}_latest.parquet", f"{subset}.parquet", "arena-text.parquet", "latest-00000-of-00001.parquet")
            if subset == "text" else (f"{subset}_latest.parquet", f"{subset}.parquet"),
        )
        for subset in SUBSETS
    )  # fmt: skip


EXPORTS = "https://openrouter.ai/api/v1/datasets/exports"


def _manifest(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    try:
        told = document["files"]["csv"]
        yield {"date": document["snapshot_date"], "url": told["url"], "bytes": told["bytes"], "sha256": told["sha256"],
               "rows": document["row_count"]}  # fmt: skip
    except (KeyError, TypeError) as error:
        raise FeedError(
            f"is a manifest of another shape: has no {error}, expected files.csv with url and sha256"
        ) from error


def tokens(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Tokens and shares by day. "other" and models under cover are bands of their own: shares are left as stated."""
    slug = rows["slug"].astype(str)
    maker = slug.str.partition("/")[0]
    is_whole = slug.str.contains("/")
    band = maker.map({"stealth": "stealth", "openrouter": "stealth"}).where(is_whole, "other").fillna("named")
    common = rows.assign(
        name=slug.str.partition("/")[2].where(is_whole, slug),
        organization=maker.where(band == "named"),
        band=band,
    )
    return by_measure(
        common, rows, rows["day"] + " | " + slug, (
            ("openrouter_tokens", "tokens", "tokens"), ("openrouter_token_share", "share", "share"),
            ("openrouter_rank", "rank", "rank"),
        ),
    )  # fmt: skip


def _openrouter_files(ours: Ours) -> tuple[File, ...]:
    wanted = columns("date=date", "url=url", "bytes=bytes", "sha256=sha256", "rows=rows")
    return (
        File("latest.manifest.json", f"{EXPORTS}/rankings-daily/latest.manifest.json", "json", "", wanted, _plain,
             records=_manifest, stand_in={"date": f"{ours.today:%Y-%m-%d}", "url": f"{EXPORTS}/rankings-daily/latest.csv"}),
    )  # fmt: skip


def _openrouter_after(name: str, rows: pd.DataFrame, ours: Ours) -> tuple[File, ...]:
    """The dated file that the manifest names: `latest` may be an hour behind it."""
    if name != "latest.manifest.json":
        return ()
    told = rows.iloc[0]
    url, day = str(told["url"]), str(told["date"])
    stated = {"sha256": str(told["sha256"]), "rows": int(told["rows"])} if "sha256" in rows else {}
    if url.startswith("/"):
        url = f"https://openrouter.ai{url}"
    wanted = columns(
        "date=day", "model_permaslug=slug", "rank=rank", "total_tokens=tokens", "share_of_daily_tokens=share"
    )
    return (
        File(f"{day}.csv", url, "csv", "usage", wanted, tokens, day=day, **stated,  # type: ignore[arg-type]
             also=("rankings-daily.csv", "openrouter.csv")),
    )  # fmt: skip


#: Origins of a product; several where it moved or has two: the best rank counts.
ORIGINS = {
    "deepseek": ("https://chat.deepseek.com", "https://www.deepseek.com"),
    "alibaba": ("https://chat.qwen.ai", "https://www.tongyi.com", "https://www.qianwen.com", "https://www.quark.cn"),
    "bytedance": ("https://www.doubao.com", "https://www.dola.com", "https://www.cici.com", "https://jimeng.jianying.com"),
    "moonshot": ("https://www.kimi.com", "https://kimi.moonshot.cn", "https://kimi.com"),
    "zhipu": ("https://chat.z.ai", "https://chatglm.cn", "https://z.ai"),
    "minimax": ("https://hailuoai.video", "https://agent.minimax.io", "https://www.minimax.io", "https://hailuoai.com"),
    "kuaishou": ("https://kling.ai", "https://klingai.com", "https://app.klingai.com"),
    "tencent": ("https://yuanbao.tencent.com",),
    "baidu": ("https://yiyan.baidu.com", "https://chat.baidu.com", "https://ernie.baidu.com"),
    "stepfun": ("https://www.stepfun.com", "https://yuewen.cn"),
    "openai": ("https://chatgpt.com", "https://chat.openai.com"),
    "anthropic": ("https://claude.ai",),
    "google": ("https://gemini.google.com",),
    "mistral": ("https://chat.mistral.ai",),
    "meta": ("https://www.meta.ai",),
}  # fmt: skip
_ORIGIN_OF = {o: company for company, origins in ORIGINS.items() for o in origins}


def crux(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Buckets of rank of our products' origins: "5000" says among the first 5,000."""
    mine = rows[rows["origin"].isin(_ORIGIN_OF)]
    told = re.search(r"(20\d{2})(\d{2})", about.found)
    month = f"{told[1]}-{told[2]}-01" if told else about.asked.day
    return mine.assign(
        organization=mine["origin"].map(_ORIGIN_OF), name=mine["origin"], metric="crux_rank", unit="rank bucket", day=month,
        value=mine["rank"], upstream_id=month + " | " + mine["origin"].astype(str),
    )  # fmt: skip


def _crux_files(ours: Ours) -> tuple[File, ...]:
    """The newest two months: the file of a month comes after its second Tuesday of the next."""
    files = []
    for back in (1, 2):
        month = pd.Period(ours.today, "M") - back
        url = f"https://raw.githubusercontent.com/zakird/crux-top-lists/main/data/global/{month:%Y%m}.csv.gz"
        files.append(
            File(
                f"crux_{month:%Y%m}.csv.gz", url, "csv", "usage", columns("origin=origin", "rank=rank"), crux,
                day=f"{month:%Y-%m}-01", optional=back == 1, also=(f"{month:%Y%m}.csv.gz", f"{month:%Y%m}.csv"),
            )
        )  # fmt: skip
    return tuple(files)


FEEDS = (
    Feed(
        "arena", "Arena: leaderboards", f"https://huggingface.co/datasets/{ARENA}", "CC BY 4.0", "LMArena, CC BY 4.0",
        _arena_files, may=("new_score", "unresolved_name"), files_after=_arena_after, folders=("arena", "lmarena"), keeps=True,
        never="days of releases; ratings of two days are two scales",
    ),
    Feed(
        "openrouter", "OpenRouter: daily rankings", f"{EXPORTS}/index.json", "CC BY 4.0",
        "Source: OpenRouter (openrouter.ai), licensed under CC BY 4.0", _openrouter_files, may=("unresolved_name",),
        files_after=_openrouter_after, folders=("openrouter",), keeps=True,
        never="the market: it is one router, tokens are counted by each provider's own tokenizer",
    ),
    Feed(
        "crux", "Chrome UX Report: ranks of product sites", "https://github.com/zakird/crux-top-lists", "CC BY 4.0",
        "Chrome UX Report by Google, lists by Zakir Durumeric, CC BY 4.0", _crux_files, folders=("crux",), keeps=True,
        never="numbers of visitors: a rank is a bucket",
    ),
)  # fmt: skip
