"""Hugging Face: models of our namespaces, official leaderboards; Model Pulse: the history of downloads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from etl.feeds.declare import MEGABYTE, About, Feed, FeedError, File, Ours, by_measure, columns, each

HUB = "https://huggingface.co/api"
_ASKED = ("downloads", "downloadsAllTime", "likes", "createdAt", "safetensors", "cardData")


def hub_models(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    """One record per repository."""
    if not isinstance(document, list):
        raise FeedError(
            f"is JSON of another shape: got {type(document).__name__}, expected a list of models with an id"
        )

    def made(m: Any) -> Iterator[Mapping[str, Any]]:
        card = m.get("cardData") or {}
        if not isinstance(m["id"], str):
            raise TypeError
        yield {
            "id": m["id"], "downloads": m.get("downloads"), "downloadsAllTime": m.get("downloadsAllTime"),
            "likes": m.get("likes"), "createdAt": m.get("createdAt"), "license": card.get("license"),
            "total": (m.get("safetensors") or {}).get("total"),
        }  # fmt: skip

    return each(((str(m)[:60], m) for m in document), made)


def repositories(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Rows of the models table. A repository is made before, on or after the release: its day is no release date."""
    repo = rows["id"].astype(str)
    return rows.assign(
        upstream_id=repo, name=repo.str.partition("/")[2], organization=repo.str.partition("/")[0], hf_repo=repo,
        weights="open", url="https://huggingface.co/" + repo, parameters_total=None, release_date=None,
    )  # fmt: skip


def downloads(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Downloads and likes of today by repository."""
    day = f"{about.day:%Y-%m-%d}"
    repo = rows["id"].astype(str)
    things = pd.DataFrame(
        {"name": repo, "organization": repo.str.partition("/")[0], "day": day, "band": "own"}
    )
    return by_measure(
        things, rows, day + " | " + repo, (
            ("hf_downloads_30d", "downloads", "downloads"), ("hf_downloads_all", "downloadsAllTime", "downloads"),
            ("hf_likes", "likes", "likes"),
        ),
    )  # fmt: skip


_HUB_COLUMNS = columns(
    "id=id", "downloads=downloads", "?downloadsAllTime=downloadsAllTime", "?likes=likes", "createdAt=created",
    "license=license", "total=total",
)  # fmt: skip


def _hub_files(ours: Ours) -> tuple[File, ...]:
    files = []
    for namespace in ours.namespaces:
        url = f"{HUB}/models?author={namespace}&limit=1000" + "".join(f"&expand[]={e}" for e in _ASKED)
        for table, shape in (("models", repositories), ("usage", downloads)):
            files.append(
                File(
                    f"hub_{table}_{namespace}.json", url, "json", table, _HUB_COLUMNS, shape, records=hub_models,
                    also=(f"models_{namespace}.json", f"{namespace}.json"), optional=True, is_paged=True,
                )
            )  # fmt: skip
    return tuple(files)


def _official(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    if not isinstance(document, list):
        raise FeedError(
            f"is JSON of another shape: got {type(document).__name__}, expected a list of data sets"
        )
    for d in document:
        if isinstance(d, dict) and re.fullmatch(r"[\w.-]+/[\w.-]+", str(d.get("id", ""))):
            yield {"id": d["id"]}


def _leaders(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    entries = document.get("leaderboard", document.get("entries")) if isinstance(document, dict) else document
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise FeedError("is JSON of another shape, expected a list of rank, modelId and value")
    return entries


def _plain(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    return rows


def leaderboard(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Scores of one official leaderboard as it states them."""
    benchmark = about.asked.day
    repo = rows["repo"].astype(str)
    return rows.assign(
        upstream_id=benchmark + " | " + repo, name=repo, organization=repo.str.partition("/")[0], benchmark=benchmark,
        day=f"{about.day:%Y-%m-%d}", url=f"https://huggingface.co/datasets/{benchmark}",
    ).drop_duplicates("upstream_id")  # fmt: skip


def _leaderboard_files(ours: Ours) -> tuple[File, ...]:
    url = f"{HUB}/datasets?filter=benchmark:official&limit=100"
    return (File("official_benchmarks.json", url, "json", "", columns("id=id"), _plain, records=_official),)


def _leaderboard_after(name: str, rows: pd.DataFrame, ours: Ours) -> tuple[File, ...]:
    if name != "official_benchmarks.json":
        return ()
    wanted = columns("rank=rank", "modelId=repo|model_id", "value=score|score")
    return tuple(
        File(f"leaderboard_{i.replace('/', '_')}.json", f"{HUB}/datasets/{i}/leaderboard", "json", "scores", wanted,
             leaderboard, records=_leaders, optional=True, day=i)
        for i in rows["id"].astype(str)
    )  # fmt: skip


PULSE = "https://huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main"


def _authors(about: About) -> frozenset[str]:
    return about.accounts


def author_series(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Downloads of an author's own repositories by day. Counters stall and fall: they are kept as stated."""
    return _series(rows, "author", "own", about)


def family_series(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Downloads of all that is derived from one of our models, by day."""
    return _series(rows, "id", "derivatives", about)


def _series(rows: pd.DataFrame, subject: str, band: str, about: About) -> pd.DataFrame:
    day = pd.to_datetime(rows["day"]).dt.strftime("%Y-%m-%d")
    if about.since:
        rows, day = rows[day >= f"{about.since:%Y-%m-%d}"], day[day >= f"{about.since:%Y-%m-%d}"]
    name = rows[subject].astype(str)
    parts = []
    for metric, column, unit in (
        ("hf_downloads_30d", "dl30", "downloads"), ("hf_downloads_all", "dl_all", "downloads"), ("hf_likes", "likes", "likes"),
    ):  # fmt: skip
        value = pd.to_numeric(rows[column], errors="coerce")
        part = pd.DataFrame(
            {
                "upstream_id": day + " | " + name + " | " + metric, "name": name, "organization": name.str.partition("/")[0],
                "metric": metric, "value": value, "unit": unit, "day": day, "band": band,
                "parent": name if subject == "id" else None,
            }
        )  # fmt: skip
        parts.append(part[value.notna()])
    return pd.concat(parts, ignore_index=True)


def _pulse_files(ours: Ours) -> tuple[File, ...]:
    """Monthly parts from `--since`, else of this month and the last."""
    first = pd.Period(ours.since or (pd.Period(ours.today, "M") - 1).start_time, "M")
    months = pd.period_range(max(first, pd.Period("2024-07", "M")), pd.Period(ours.today, "M"), freq="M")
    authors = columns("author=author", "day=day", "dl30=dl30", "?dl_all=dl_all", "?likes=likes")
    families = columns("id=id", "day=day", "dl30=dl30", "?dl_all=dl_all", "?likes=likes")
    newest = pd.Period(ours.today, "M")
    files = []
    for month in months:
        for folder, wanted, known, shape, only in (
            ("author_series", authors, ("models",), author_series, ("author", _authors)),
            (
                "family_series",
                families,
                ("members",),
                family_series,
                ("id", lambda about: about.repositories_as_written),
            ),
        ):
            files.append(
                File(
                    f"{folder}_{month}.parquet", f"{PULSE}/{folder}/{month}.parquet", "parquet", "usage", wanted, shape,
                    known=known, only=only, most_bytes=400 * MEGABYTE, optional=month == newest, least_share=0.0 if month == newest else 0.7,
                    also=(f"{month}.parquet",) if folder == "author_series" else (),
                )
            )  # fmt: skip
    return tuple(files)


FEEDS = (
    Feed(
        "hf-models", "Hugging Face: repositories of our namespaces", "https://huggingface.co/docs/hub/api", "facts of the Hub's API",
        "Hugging Face Hub", _hub_files, may=("new_model", "disagreement"), folders=("hf", "huggingface"), keeps=True,
        never="days of releases (a repository is made before or after), sizes (raw sums of files), licences",
    ),
    Feed(
        "hf-leaderboards", "Hugging Face: official leaderboards of benchmarks",
        "https://huggingface.co/docs/hub/leaderboard-data-guide", "facts of the Hub's API; each data set has its own licence",
        "Hugging Face Hub", _leaderboard_files, may=("new_score", "unresolved_name"), folders=("hf", "huggingface"),
        files_after=_leaderboard_after, never="settings of a test that it does not state",
    ),
    Feed(
        "model-pulse", "Model Pulse: history of downloads of authors and families",
        "https://huggingface.co/datasets/modelpulse/model-pulse-data", "Apache-2.0", "Model Pulse, Apache-2.0", _pulse_files,
        folders=("model_pulse", "modelpulse"), keeps=True,
        never="downloads of a single day where the counter stalled or fell (May 2025, June 2026, some Wednesdays)",
    ),
)  # fmt: skip
