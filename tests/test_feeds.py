"""Feeds: each shape lands once under our names; every fault is named, costs no other feed, and yesterday's rows stay."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import programs
import pyarrow.parquet as pq
import pytest
import stamina
from feed_files import (
    ARENA_ROWS,
    DAY,
    ECI_HEAD,
    EPOCH_HEAD,
    FILES,
    HUB_QWEN,
    OPENROUTER_CSV,
    csv,
    js,
    parquet,
)
from feed_server import Answer, Publisher, publisher
from store_faults import HOLES, Hole

from etl.feeds import refresh as refreshing
from etl.feeds.declare import FeedError, File, columns
from etl.feeds.fetch import TRIES, Fetcher
from etl.feeds.layout import GROUP
from etl.feeds.propose import plain_name, proposals
from etl.feeds.refresh import Outcome, Wanted, refresh, table_text
from etl.feeds.resolve import Names, bare, folded
from etl.feeds.store import Store
from etl.feeds.tables import FEED_TABLES
from etl.feeds.upstream import FEEDS

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 21)
NOTABLE = "epoch.ai/data/notable_ai_models.csv"
PAGE = b"<!doctype html><title>We are back soon</title>"


@pytest.fixture(autouse=True)
def named_once(ours: dict[str, pd.DataFrame], names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our names are looked through once for all refreshes that start from the same tables."""
    monkeypatch.setattr(refreshing, "Names", lambda frames: names if frames is ours else Names(frames))


@pytest.fixture(autouse=True)
def no_pause() -> Iterator[None]:
    """Tries follow each other at once, as many as ever; how long a server makes them wait is asked below."""
    with stamina.set_testing(True, attempts=TRIES, cap=True):
        yield


@contextmanager
def filled() -> Iterator[Publisher]:
    """A publisher of every feed's files."""
    with publisher() as served:
        for files in FILES.values():
            for path, (body, media) in files.items():
                served.answers[f"/{path}"] = Answer(body, media)
        yield served


@pytest.fixture
def web() -> Iterator[Publisher]:
    with filled() as served:
        yield served


class Run:
    """Refreshes of one folder against one publisher."""

    def __init__(self, web: Publisher, ours: dict[str, pd.DataFrame], root: Path) -> None:
        self.web, self.ours, self.store = web, ours, Store(root)

    def __call__(
        self, *feeds: str, fewer: tuple[str, ...] = (), since: date | None = None
    ) -> dict[str, Outcome]:
        fetcher = Fetcher(self.web.address, longest_wait=3, longest_file=4, seconds_silent=0.5)
        try:
            wanted = Wanted(feeds, self.web.address, today=TODAY, fewer=fewer, since=since)
            self.outcomes = refresh(wanted, self.ours, self.store, fetcher=fetcher)
        finally:
            fetcher.close()
        return {o.file: o for o in self.outcomes}

    def rows(self, table: str, feed: str) -> pd.DataFrame:
        return self.store.rows(table, feed)


@pytest.fixture(scope="module")
def yesterday(
    ours: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """What a refresh of a feed left; each is made once, to be copied."""

    @cache
    def left(feed: str) -> Path:
        folder = tmp_path_factory.mktemp("yesterday") / "feeds"
        with filled() as served:
            Run(served, ours, folder)(feed)
        return folder

    return left


@pytest.fixture
def run(web: Publisher, ours: dict[str, pd.DataFrame], tmp_path: Path) -> Run:
    return Run(web, ours, tmp_path / "feeds")


def held(root: Path) -> dict[str, bytes]:
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file() and p.name != ".lock"
    }


def test_every_feed_says_where_whose_and_what_it_may(ours: dict[str, pd.DataFrame]) -> None:
    named = {
        "epoch-models", "epoch-eci", "epoch-benchmarks", "epoch-companies", "epoch-chips", "models-dev", "genai-prices", "litellm",
        "arena", "openrouter", "hf-models", "hf-leaderboards", "model-pulse", "atom", "fmti", "crux", "cac", "hkex", "sec", "news",
    }  # fmt: skip
    assert set(FEEDS) == named
    for feed in FEEDS.values():
        assert feed.licence and feed.attribution and feed.never and feed.page.startswith("https://")


def test_all_shapes_land_once_and_a_second_refresh_changes_nothing(run: Run) -> None:
    asked = tuple(FILES)
    run(*asked)
    bad = [o for o in run.outcomes if o.status in ("refused", "unreachable")]
    # The five other feeds of headlines are not served here: each is named, and costs nothing.
    assert {o.feed for o in bad} <= {"news"}, bad
    taken = {o.feed for o in run.outcomes if o.status == "taken"}
    assert taken == set(asked)
    before = held(run.store.root)
    run.web.asked.clear()
    run(*asked)
    assert {o.status for o in run.outcomes} <= {"same", "absent", "refused"}
    assert sum(o.added + o.changed + o.gone for o in run.outcomes) == 0
    assert held(run.store.root) == before, "neither rows nor state nor files change"
    conditional = [h for p, h in run.web.asked if p == f"/{NOTABLE}"]
    assert conditional and conditional[0]["if-none-match"].startswith('"')
    assert "contact" in conditional[0]["user-agent"]


def test_rows_carry_their_reading_and_resolve_by_alias_alone(run: Run) -> None:
    run("epoch-models", "epoch-eci")
    rows = run.rows("models", "epoch-models")
    mine = rows[rows["file"] == "notable_ai_models.csv"].set_index("name")
    assert mine.loc["Imagined-1", "company_id"] == "alibaba" and mine.loc["Imagined-1", "weights"] == "open"
    assert mine.loc["GLM-4.6", "company_id"] == "zhipu" and mine.loc["GLM-4.6", "model_id"] == "zhipu/glm-4.6"
    assert pd.isna(mine.loc["Odd", "company_id"]) and pd.isna(mine.loc["Imagined-1", "model_id"])
    assert (
        mine["read_at"].str.match(r"\d{4}-\d\d-\d\dT").all()
        and mine["upstream_version"].str.len().gt(5).all()
    )
    scores = run.rows("scores", "epoch-eci").set_index("name")
    assert scores.loc["Qwen-Imagined", "company_id"] == "alibaba", (
        "a family's name tells where no organisation stands"
    )


def test_shares_of_tokens_are_as_stated_with_bands_of_their_own(run: Run) -> None:
    run("openrouter")
    rows = run.rows("usage", "openrouter")
    shares = rows[rows["metric"] == "openrouter_token_share"].set_index("band")["value"]
    assert shares.to_dict() == {"named": 0.6, "stealth": 0.3, "other": 0.1}
    assert set(rows.loc[rows["band"] == "named", "company_id"]) == {"deepseek"}


def test_reports_keep_periods_apart_and_honour_exclusions(run: Run) -> None:
    run("epoch-companies")
    rows = run.rows("reports", "epoch-companies")
    assert set(rows["metric"]) == {
        "revenue",
        "daily_users",
        "daily_tokens",
        "funding",
        "staff",
        "compute_spend",
    }
    assert 9999 not in set(rows["value"]) and rows.loc[rows["metric"] == "funding", "value"].tolist() == [1e9]
    assert "multiplied out" in rows.loc[rows["metric"] == "revenue", "how"].iloc[0]


def test_prices_are_per_million_tokens_of_the_maker_not_the_shop(run: Run) -> None:
    run("models-dev", "genai-prices", "litellm")
    rows = pd.concat([run.rows("prices", f) for f in ("models-dev", "genai-prices", "litellm")])
    mine = rows.set_index("name")
    assert mine.loc["dashscope/qwen-imagined", "input_price_per_mtok"] == 0.5
    assert mine.loc["dashscope/qwen-imagined", "company_id"] == "alibaba"
    assert mine.loc["glm-4.6", "company_id"] == "zhipu"
    assert mine.loc["deepseek-tiers", "input_price_per_mtok"] == 1
    assert set(mine.loc["deepseek-imagined", "input_price_per_mtok"]) == {0.5}, (
        "hours are offers, the plain price holds"
    )


def test_a_headline_is_title_link_and_day_of_one_of_ours(run: Run) -> None:
    run("news")
    rows = run.rows("documents", "news")
    assert rows[["title", "url", "day", "company_id"]].values.tolist() == [
        ["DeepSeek moves a chair", "https://example.org/1", "2026-11-20", "deepseek"]
    ]
    assert "long text" not in rows.to_csv()


def test_members_of_an_archive_are_fetched_once_and_none_passes_for_another(run: Run) -> None:
    found = run("epoch-benchmarks")
    assert run.web.paths() == ["/epoch.ai/data/benchmark_data.zip"] and {o.rows for o in found.values()} == {
        1
    }
    rows = run.rows("scores", "epoch-benchmarks")
    assert (
        rows["benchmark"].nunique() == 6 and set(rows["setting"]) == {"high"} and set(rows["score"]) == {70.0}
    )
    assert set(rows["model_id"]) == {"zhipu/glm-4.6"}
    run.web.answers["/epoch.ai/data/benchmark_data.zip"].body = FILES["epoch-benchmarks"][
        "epoch.ai/data/benchmark_data.zip"
    ][0][:-40]
    assert "half or damaged ZIP" in run("epoch-benchmarks")["gpqa_diamond.csv"].words


def test_a_refit_is_a_new_version_of_the_scale(run: Run) -> None:
    run("epoch-eci")
    path = "/epoch.ai/data/eci_scores.csv"
    run.web.answers[path] = Answer(
        csv(
            ECI_HEAD,
            "GLM-4.6,141.1,138,143,2025-09-30,Z.ai (Zhipu AI),China",
            "Qwen-Imagined,121,,,2025-01-01,,",
        )
    )
    run("epoch-eci")
    rows = run.rows("scores", "epoch-eci")
    glm = rows[(rows["name"] == "GLM-4.6") & (rows["benchmark"] == "Epoch Capabilities Index")]
    assert sorted(glm["score"]) == [140.5, 141.1] and glm["scale_version"].nunique() == 2


def test_columns_go_by_name_through_years_and_orders(run: Run) -> None:
    run.web.answers[f"/{NOTABLE}"] = Answer(
        csv(
            "Country (from Organization),Link,Model accessibility,A thing of next year,Training compute (FLOP),Parameters,Publication date,Organization,Model",
            "China,,,new,,7e9,2025-01-01,Alibaba,Imagined-0",
        )
    )
    found = run("epoch-models")["notable_ai_models.csv"]
    assert found.status == "taken" and any("A thing of next year" in w for w in found.warnings)
    row = run.rows("models", "epoch-models").set_index("name").loc["Imagined-0"]
    assert (row["country"], row["parameters_total"], row["release_date"]) == ("China", 7e9, "2025-01-01")


GOOD = FILES["epoch-models"][NOTABLE][0]


def wire(body: bytes, *head: str, status: str = "200 OK") -> Answer:
    """An answer whose head says what it is told to say, and not what is so."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/csv", *head]
    return Answer(raw="\r\n".join(lines).encode() + b"\r\n\r\n" + body)


FAULTS = {
    "missing column": (Answer(GOOD.replace(b"Publication date", b"Published on")), "no column 'Publication date'"),
    "page for a table": (Answer(b"<!DOCTYPE html><title>Gone away</title>", "text/csv"), "is an HTML page, expected csv: its title is “Gone away”"),
    "page by type": (Answer(b"<!DOCTYPE html>", "text/html"), "came as text/html"),
    "wrong type": (Answer(b"%PDF", "application/pdf"), "came as application/pdf"),
    "another table": (Answer(csv("a,b", "1,2")), "its first cell is 'a'"),
    "short row": (Answer(GOOD[: GOOD.rindex(b",")]), "is no whole CSV file"),
    "open quote": (Answer(GOOD + b'"Half a na'), "no whole CSV"),
    "twice a column": (Answer(csv(f"{EPOCH_HEAD},Model", "a,b,c,d,e,f,g,h,i")), "the column 'Model' twice"),
    "empty": (Answer(b""), "is empty"),
    "header alone": (Answer(csv(EPOCH_HEAD)), "has 0 rows, the last edition had 3"),
    "fewer rows": (Answer(GOOD[: GOOD.index(b"GLM")]), "has 1 rows, the last edition had 3: 67% fewer"),
    "not there": (Answer(b"<html>58 kB of words</html>", "text/html", 404), "is not there (HTTP 404)"),
    "refuses": (Answer(b"", "text/html", 403), "refuses us (HTTP 403)"),
    "asks to wait long": (Answer(GOOD, first=[(429, {"Retry-After": "3600"})]), "asks to wait 3600 s"),
    "broken off": (Answer(GOOD * 50, cuts_at=len(GOOD), etag=False), "broke off"),
    "silent": (Answer(GOOD, hangs=1.5), "is silent"),
    "for ever busy": (Answer(b"", status=503), "HTTP 503; tried 4 times"),
    "a piece unasked": (Answer(GOOD[:150], status=206, headers={"Content-Range": f"bytes 0-149/{len(GOOD)}"}), "sent a piece"),
    "UTF-16": (Answer(GOOD.decode().encode("utf-16")), "no header line in UTF-8"),
    "packed unasked": (Answer(b"\x8b\x02\x80" + GOOD[3:40], headers={"Content-Encoding": "br"}), "came packed as br"),
    "damaged packing": (Answer(GOOD, headers={"Content-Encoding": "deflate"}, etag=False), "broke off"),
    "JSON for a table": (Answer(js([{"Model": "x"}]), "text/plain"), "is JSON, expected csv"),
    "a million columns": (Answer(GOOD.replace(b"\n", b"".join(b",c%d" % n for n in range(200_000)) + b"\n", 1)), "a first line of more than 100,000 bytes"),
    "longer by its head than it is": (wire(GOOD, f"Content-Length: {len(GOOD) + 500}"), "broke off"),
    "shorter by its head than it is": (wire(GOOD, f"Content-Length: {len(GOOD) - 12}"), "is no whole CSV file"),
    "no number for a length": (wire(GOOD, "Content-Length: many"), "broke off"),
    "two lengths": (wire(GOOD, "Content-Length: 5", f"Content-Length: {len(GOOD)}"), "broke off"),
    "in chunks, cut": (wire(b"%x\r\n" % len(GOOD) + GOOD[:200], "Transfer-Encoding: chunked"), "broke off"),
    "in chunks without an end": (wire(b"%x\r\n" % len(GOOD) + GOOD + b"\r\n", "Transfer-Encoding: chunked"), "broke off"),
    "no HTTP": (Answer(raw=b"220 ftp.example ready\r\n"), "broke off"),
    "lines of JSON": (Answer(b'{"Model": "a"}\n{"Model": "b"}\n', "text/plain"), "is JSON, expected csv"),
    "a network that wants a sign-in": (Answer(PAGE, "text/html", 511), "wants a sign-in to the network (HTTP 511)"),
    "a sign-in page for all": (Answer(b"", status=302, headers={"Location": "/www.cac.gov.cn/2024-04/02/c_1713729983803145.htm"}), "came as text/html"),
    "asks to wait until a day": (Answer(GOOD, first=[(503, {"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"})]), "asks to wait"),
    "cookies in a circle": (
        Answer(b"", status=307, headers={"Location": f"/{NOTABLE}", "Set-Cookie": "seen=1; Path=/"}), "leads in a circle"),
    "one cell of everything": (Answer(csv(EPOCH_HEAD, f"{'x' * 30_000_000},Alibaba,2026-01-01,,,,,China")), "has 0 rows, the last edition had 3"),
    "nothing but commas": (Answer(csv(EPOCH_HEAD, *[",,,,,,,"] * 3)), "has 0 rows, the last edition had 3"),
    "headings alone": (Answer(csv(*[EPOCH_HEAD] * 4)), "has 0 rows, the last edition had 3"),
    "circle": (Answer(b"", status=302, headers={"Location": f"/{NOTABLE}"}), "leads in a circle"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_yesterdays_rows_stay(
    run: Run, yesterday: Callable[[str], Path], fault: str
) -> None:
    shutil.copytree(yesterday("epoch-models"), run.store.root)
    before = run.rows("models", "epoch-models")
    answer, words = FAULTS[fault]
    run.web.answers[f"/{NOTABLE}"] = answer
    found = run("epoch-models", "fmti")
    assert found["notable_ai_models.csv"].status in ("refused", "unreachable")
    assert words in found["notable_ai_models.csv"].words and "stay" in found["notable_ai_models.csv"].words
    assert found["Dec2025_scores.csv"].status == "taken", "one feed's fault costs no other"
    pd.testing.assert_frame_equal(run.rows("models", "epoch-models"), before)
    assert words in table_text(run.outcomes, 1.0)


def test_a_wait_until_a_day_that_is_past_or_no_day_is_no_reason_to_give_up(run: Run) -> None:
    past = [(429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), (503, {"Retry-After": "soon"})]
    run.web.answers[f"/{NOTABLE}"] = Answer(b"\xef\xbb\xbf" + GOOD, first=past)
    assert run("epoch-models")["notable_ai_models.csv"].rows == 3


@pytest.mark.parametrize(
    "within",
    [{"alibaba": []}, {"alibaba": {"models": ["x"]}}, {"alibaba": {"models": {"a": 1}}}, {"alibaba": "x"},
     {"alibaba": {"models": {"a": {"cost": "free"}}}}],
)  # fmt: skip
def test_json_that_is_odd_deep_within_costs_its_file_alone(
    run: Run, yesterday: Callable[[str], Path], within: object
) -> None:
    shutil.copytree(yesterday("models-dev"), run.store.root)
    before = run.rows("prices", "models-dev")
    run.web.answers["/models.dev/api.json"] = Answer(js(within), "application/json")
    found = run("models-dev")["api.json"]
    assert found.status == "refused" and "stay" in found.words and "\n" not in found.words, found
    pd.testing.assert_frame_equal(run.rows("prices", "models-dev"), before)


@pytest.mark.parametrize("feed", ["models-dev", "genai-prices", "litellm", "hf-models"])
def test_an_entry_of_another_shape_is_named_and_costs_no_other(run: Run, feed: str) -> None:
    """Of thirty entries one is odd: the others land. Of three two are: it is another document, and is refused."""
    path, (body, media) = next(iter(FILES[feed].items()))
    document = json.loads(body)
    for good, odd in ((30, 1), (1, 2)):
        priced = {
            "cost": {"input": 1, "output": 2},
            "name": "x",
            "litellm_provider": "dashscope",
            "input_cost_per_token": 1e-6,
        }
        entries: dict[str, object] = {f"imagined-{n}": priced for n in range(good)}
        entries |= {f"odd-{n}": ["what is this"] for n in range(odd)}
        if feed == "models-dev":
            document = {"deepseek": {"id": "deepseek", "models": entries}}
        elif feed == "litellm":
            document = entries
        else:
            listed = [
                {"id": f"Qwen/{k}", "prices": {"input_mtok": 1}, "downloads": 1, "createdAt": "2026-01-01"}
                for k in entries
                if k[0] == "i"
            ]
            listed += [["what is this"] for _ in range(odd)]
            document = listed if feed == "hf-models" else [{"id": "deepseek", "models": listed}]
        run.web.answers[f"/{path}"] = Answer(js(document), media)
        for outcome in (o for o in run(feed, fewer=(feed,)).values() if o.status != "absent"):
            if odd == 1:
                assert outcome.rows == good
                assert any("1 entry of another shape, such as '" in w for w in outcome.warnings), outcome
            else:
                assert (
                    outcome.status == "refused" and "holds 2 of 3 entries of another shape" in outcome.words
                )


def test_no_number_of_json_is_no_number_here(run: Run) -> None:
    path = "/raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
    body = run.web.answers[path].body
    found = re.sub(rb'("input_cost_per_token": )[\d.e-]+', rb"\1Infinity", body)
    assert found != body
    run.web.answers[path] = Answer(found, "text/plain")
    run("litellm")
    rows = run.rows("prices", "litellm")
    assert not np.isinf(rows["input_price_per_mtok"].astype(float)).any()


def test_fewer_rows_are_taken_where_a_person_says_so(run: Run) -> None:
    run("epoch-models")
    run.web.answers[f"/{NOTABLE}"] = Answer(GOOD[: GOOD.index(b"GLM")])
    found = run("epoch-models", fewer=("epoch-models",))["notable_ai_models.csv"]
    assert (found.status, found.rows, found.gone) == ("taken", 1, 2)


def test_waits_as_asked_and_reads_what_is_compressed(run: Run) -> None:
    run.web.answers[f"/{NOTABLE}"] = Answer(GOOD, zipped=True, first=[(429, {"Retry-After": "1"}), (503, {})])
    began = time.monotonic()
    with stamina.set_testing(False):
        assert run("epoch-models")["notable_ai_models.csv"].rows == 3
    assert time.monotonic() - began >= 1 and run.web.paths().count(f"/{NOTABLE}") == 3


def test_json_of_another_shape_is_named(run: Run) -> None:
    run.web.answers["/models.dev/api.json"] = Answer(js(["no", "providers"]), "application/json")
    run.web.answers[
        "/raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
    ] = Answer(b'{"half": {', "text/plain")
    found = run("models-dev", "litellm")
    assert "another shape: got list, expected providers by id" in found["api.json"].words
    assert "no whole JSON" in found["model_prices_and_context_window.json"].words


def test_a_checksum_or_number_of_rows_that_differs_is_refused(run: Run) -> None:
    path = f"/openrouter.ai/api/v1/datasets/exports/rankings-daily/{DAY}.csv"
    run.web.answers[path] = Answer(OPENROUTER_CSV.replace(b"600", b"601"))
    assert "the publisher states" in run("openrouter")[f"{DAY}.csv"].words
    assert not len(run.rows("usage", "openrouter"))


def test_ranks_of_sites_are_of_ours_and_of_the_month_in_the_name(run: Run) -> None:
    run("crux")
    rows = run.rows("usage", "crux").set_index(["day", "name"])["value"]
    assert rows["2026-10-01", "https://chat.deepseek.com"] == 5000
    assert rows["2026-09-01", "https://chat.deepseek.com"] == 10000
    assert len(rows) == 6, "sites of others are left out"
    assert set(run.rows("usage", "crux")["company_id"]) == {"deepseek", "alibaba"}


def test_repositories_are_counted_by_day_and_say_nothing_of_releases(run: Run) -> None:
    found = run("hf-models")
    assert found["hub_models_Qwen.json"].rows == 2
    rows = run.rows("usage", "hf-models")
    assert rows.set_index(["name", "metric"]).loc[("Qwen/Imagined-7B", "hf_downloads_all"), "value"] == 900
    assert ("Qwen/Bare", "hf_downloads_all") not in set(zip(rows["name"], rows["metric"], strict=True)), (
        "unknown is no zero"
    )
    models = run.rows("models", "hf-models").set_index("name")
    assert models["release_date"].isna().all() and models.loc["Imagined-7B", "license"] == "apache-2.0"


def test_official_leaderboards_are_found_and_read_under_our_names(run: Run) -> None:
    run("hf-leaderboards")
    rows = run.rows("scores", "hf-leaderboards").set_index("name")
    assert rows.loc["deepseek-ai/DeepSeek-V3.2", ["benchmark", "score"]].tolist() == ["Idavidrein/gpqa", 80.5]
    assert rows.loc["deepseek-ai/DeepSeek-V3.2", "model_id"] and pd.isna(
        rows.loc["nobody/here", "company_id"]
    )


def test_history_of_downloads_is_our_authors_and_families_alone(run: Run) -> None:
    run("model-pulse")
    rows = run.rows("usage", "model-pulse")
    assert set(rows.loc[rows["band"] == "own", "name"]) == {"Qwen", "deepseek-ai"}
    assert set(rows.loc[rows["band"] == "derivatives", "name"]) == {"deepseek-ai/DeepSeek-V3.2"}
    assert rows["company_id"].notna().all() and sorted(rows["day"].str[:7].unique()) == ["2026-10", "2026-11"]


def test_since_a_day_brings_its_months_and_no_row_before_it(run: Run) -> None:
    for folder, key, name in (
        ("author_series", "author", "Qwen"),
        ("family_series", "id", "deepseek-ai/DeepSeek-V3.2"),
    ):
        days = [
            {key: name, "day": f"2026-09-{d:02d}", "dl30": 1.0, "dl_all": 2.0, "likes": 3.0}
            for d in (1, 14, 15, 30)
        ]
        path = f"/huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main/{folder}/2026-09.parquet"
        run.web.answers[path] = Answer(parquet(days), "application/octet-stream")
    run("model-pulse")
    assert not [p for p in run.web.paths() if "2026-09" in p], "by itself this month and the last"
    run("model-pulse", since=date(2026, 9, 15))
    rows = run.rows("usage", "model-pulse")
    assert sorted(rows.loc[rows["day"] < "2026-10", "day"].unique()) == ["2026-09-15", "2026-09-30"]
    before = held(run.store.root)
    run("model-pulse", since=date(2026, 9, 15))
    rows_again = {n: b for n, b in held(run.store.root).items() if not n.endswith("state.json")}
    assert rows_again == {n: b for n, b in before.items() if not n.endswith("state.json")}


def test_history_is_laid_in_small_groups_and_asked_again_for_an_account_that_came(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = sorted({"Qwen", "deepseek-ai", "Spark", "Imagined-Lab", *(f"s{n}" for n in range(2_000))})
    rows = [
        {"author": a, "day": f"2026-10-{d:02d}", "dl30": 1.0, "dl_all": 2.0, "likes": 3.0, "models": 1}
        for a in accounts
        for d in range(1, 11)
    ]
    body = parquet(rows, group=1_000_000)
    run.web.answers[f"/{PULSE}"] = Answer(body, "application/octet-stream")
    read = run("model-pulse")["author_series_2026-10.parquet"]
    mine = run.rows("usage", "model-pulse")
    mine = mine[mine["band"] == "own"]
    assert read.rows == 60, "of a firm's or family's name alone, an account is not ours"
    assert set(mine.loc[mine["day"] < "2026-11", "name"]) == {"Qwen", "deepseek-ai"}
    kept = run.store.upstream("model-pulse") / "author_series_2026-10.parquet"
    groups = pq.read_metadata(kept)
    assert groups.num_row_groups >= 3 and max(groups.row_group(n).num_rows for n in range(3)) <= GROUP
    assert pq.read_table(kept).equals(pq.read_table(io.BytesIO(body)))
    # Upstream says that nothing changed: the file that is held is asked for the account that has become known.
    assert run("model-pulse")["author_series_2026-10.parquet"].status == "same"
    named = dict.fromkeys(run.ours["company_aliases"].columns) | {
        "alias": "Imagined-Lab", "alias_kind": "namespace", "company_id": "bytedance", "confidence": "high",
    }  # fmt: skip
    aliases = pd.concat([run.ours["company_aliases"], pd.DataFrame([named])], ignore_index=True)
    monkeypatch.setattr(run, "ours", {**run.ours, "company_aliases": aliases})
    again = run("model-pulse")["author_series_2026-10.parquet"]
    assert (again.status, again.added, again.changed, again.gone) == ("taken", 30, 0, 0)
    # An account that is ours no more asks for fewer rows: that is no half file.
    monkeypatch.setattr(
        run, "ours", {**run.ours, "company_aliases": aliases[aliases["alias"] != "deepseek-ai"]}
    )
    hubs = run.ours["models"]["hf_repo"].astype("string").str.startswith("deepseek-ai/")
    monkeypatch.setattr(run, "ours", {**run.ours, "models": run.ours["models"][~hubs.fillna(False)]})
    assert run("model-pulse")["author_series_2026-10.parquet"].status == "same"


def test_filings_are_titles_days_and_addresses(run: Run) -> None:
    run("hkex")
    rows = run.rows("documents", "hkex")
    assert rows[["title", "day", "company_id", "url"]].values.tolist() == [
        ["A notice", "2026-11-20", "tencent", "https://www1.hkexnews.hk/listedco/x.pdf"]
    ]


def test_what_is_no_row_is_left_out_and_said(run: Run) -> None:
    lines = GOOD.decode().splitlines()
    body = [
        lines[0],
        lines[1],
        lines[0],
        ",,,,,,,",
        lines[2],
        lines[3],
        f"{'x' * 30_000},,,,,,,",
        "Total,,45962,3,,,,",
    ]
    run.web.answers[f"/{NOTABLE}"] = Answer(csv(*body))
    found = run("epoch-models")["notable_ai_models.csv"]
    assert (found.status, found.rows) == ("taken", 3)
    for words in (
        "1 row with nothing in it",
        "the heading again",
        "a sum of others",
        "more than 20,000 characters",
    ):
        assert any(words in w for w in found.warnings), found.warnings
    assert "the heading again: left out" in table_text(run.outcomes, 1.0)


def test_a_serial_number_is_no_day(run: Run) -> None:
    run.web.answers[f"/{NOTABLE}"] = Answer(GOOD.replace(b"2026-11-01", b"46327"))
    found = run("epoch-models")["notable_ai_models.csv"]
    assert any("1 cells of release_date are no days, such as '46327'" in w for w in found.warnings)
    rows = run.rows("models", "epoch-models").set_index(["file", "name"])
    assert pd.isna(rows.loc[("notable_ai_models.csv", "Imagined-1"), "release_date"])


def test_a_key_that_stands_twice_is_said(run: Run) -> None:
    path = "/raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
    one = b'"dashscope/qwen-imagined": {"litellm_provider": "dashscope", "input_cost_per_token": %s, "output_cost_per_token": 2e-06}'
    run.web.answers[path] = Answer(b"{" + one % b"1" + b", " + one % b"5e-07" + b"}", "text/plain")
    (found,) = run("litellm").values()
    assert found.status == "taken" and found.warnings == [
        "has a key twice ('dashscope/qwen-imagined'): the last counts"
    ]
    assert run.rows("prices", "litellm")["input_price_per_mtok"].tolist() == [0.5]
    run.web.answers[path] = Answer(b'{"a": {}}\n{"b": {}}\n', "application/x-ndjson")
    assert "came as application/x-ndjson, expected json" in run("litellm")[found.file].words
    run.web.answers[path] = Answer(b'{"a": {}}\n{"b": {}}\n', "text/plain")
    assert "is no whole JSON document: Extra data: line 2" in run("litellm")[found.file].words


def test_an_edition_is_known_by_its_day_or_a_weak_mark_alone(run: Run) -> None:
    """Where upstream gives no strong entity tag, what is held is asked for by what it gives."""
    for given, asked in (
        ({"Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"}, "if-modified-since"),
        ({"ETag": 'W/"weak"'}, "if-none-match"),
    ):
        body = GOOD.replace(b"1e22", b"2e22" if asked == "if-none-match" else b"3e22")
        run.web.answers[f"/{NOTABLE}"] = Answer(body, headers=given, etag=False)
        assert run("epoch-models")["notable_ai_models.csv"].status == "taken"
        run.web.answers[f"/{NOTABLE}"] = Answer(status=304, headers=given, etag=False)
        run.web.asked.clear()
        assert run("epoch-models")["notable_ai_models.csv"].status == "same"
        (head,) = [h for p, h in run.web.asked if p == f"/{NOTABLE}"]
        assert head[asked] == next(iter(given.values()))


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"snapshot_date": "../../../../tmp/x"}, "is no name of a file"),
        ({"snapshot_date": "/etc/x"}, "is no name of a file"),
        ({"url": "file:///etc/passwd"}, "is no https address"),
        ({"url": "http://openrouter.ai/x.csv"}, "is no https address"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "is an address of this network"),
        ({"url": "https://[::ffff:10.0.0.1]/x"}, "is an address of this network"),
        ({"url": "https://localhost/x"}, "is a host of this network"),
        ({"url": None}, "is no https address"),
        ({"row_count": "many"}, "invalid literal"),
        ({"row_count": 4}, "has 3 rows, the publisher states 4"),
        ({"sha256": "0" * 64}, "the publisher states 000000000000"),
    ],
)
def test_a_manifest_leads_into_no_folder_and_no_network(
    run: Run, tmp_path: Path, stated: dict[str, object], words: str
) -> None:
    path = "/openrouter.ai/api/v1/datasets/exports/rankings-daily/latest.manifest.json"
    document = json.loads(run.web.answers[path].body)
    inner = document["files"]["csv"]
    for key, value in stated.items():
        (inner if key in inner else document)[key] = value
    run.web.answers[path].body = js(document)
    before = {p for p in tmp_path.rglob("*") if "feeds" not in p.parts}
    run("openrouter", "fmti")
    (bad,) = [o for o in run.outcomes if o.status == "refused"]
    assert words in bad.words and bad.feed == "openrouter"
    assert {p for p in tmp_path.rglob("*") if "feeds" not in p.parts} == before
    assert not len(run.rows("usage", "openrouter")) and len(run.rows("transparency", "fmti")) == 6


CRUX = "raw.githubusercontent.com/zakird/crux-top-lists/main/data/global/202610.csv.gz"
PULSE = "huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main/author_series/2026-10.parquet"
LEADERS = "huggingface.co/api/datasets/Idavidrein/gpqa/leaderboard"
#: Feed, address, what comes instead, and what is said of it; "" where it is taken all the same.
ODD = {
    "ranks in another order, with a column more": (
        "crux", CRUX, gzip.compress(csv("rank,weight,origin", *("1000,1,https://chat.deepseek.com" for _ in range(23)))), ""),
    "half of the ranks": ("crux", CRUX, FILES["crux"][CRUX][0][:-9], "half or damaged gzip"),
    "a page for ranks": ("crux", CRUX, PAGE, "HTML page"),
    "ranks without ranks": ("crux", CRUX, gzip.compress(csv("origin,place", *("a,1" for _ in range(23)))), "no column 'rank'"),
    "fewer ranks": ("crux", CRUX, gzip.compress(csv("origin,rank", "https://chat.qwen.ai,1000")), "fewer"),
    "another year's repositories": ("hf-models", HUB_QWEN, js([{"id": "Qwen/Imagined-7B", "downloads": 9, "createdAt": "2023-01-01"}] * 2), ""),
    "half of the repositories": ("hf-models", HUB_QWEN, FILES["hf-models"][HUB_QWEN][0][:-30], "no whole JSON"),
    "a page for repositories": ("hf-models", HUB_QWEN, PAGE, "HTML page"),
    "an error for repositories": ("hf-models", HUB_QWEN, js({"error": "too many"}), "another shape"),
    "leaders of another year": ("hf-leaderboards", LEADERS, js({"leaderboard": [{"rank": 1, "model_id": "Qwen/X", "score": 1}] * 2}), ""),
    "half of the leaders": ("hf-leaderboards", LEADERS, FILES["hf-leaderboards"][LEADERS][0][:-9], "no whole JSON"),
    "a page for leaders": ("hf-leaderboards", LEADERS, PAGE, "HTML page"),
    "history of another year": (
        "model-pulse", PULSE, parquet([{"day": f"2026-10-{d:02d}", "dl30": 1.0, "author": "Qwen"} for d in range(1, 10)]), ""),
    "half of the history": ("model-pulse", PULSE, FILES["model-pulse"][PULSE][0][:-40], "no whole Parquet file"),
    "a page for history": ("model-pulse", PULSE, PAGE, "HTML page"),
    "half of the filings": ("hkex", "www1.hkexnews.hk/search/titleSearchServlet.do", b'{"result":"[{', "no whole JSON"),
    "a page for filings": ("hkex", "www1.hkexnews.hk/search/titleSearchServlet.do", PAGE, "HTML page"),
    "filings of another shape": ("hkex", "www1.hkexnews.hk/search/titleSearchServlet.do", js({"hits": []}), "another shape"),
}  # fmt: skip


#: What the first feed tells of a half and of a page, others tell alike.
SAME = [n for n in ODD if n.startswith(("half of", "a page for")) and "ranks" not in n]


@pytest.mark.parametrize("odd", [pytest.param(n, marks=[pytest.mark.slow] * (n in SAME)) for n in ODD])
def test_odd_editions_are_read_by_name_or_named_and_yesterdays_rows_stay(
    run: Run, yesterday: Callable[[str], Path], odd: str
) -> None:
    feed, path, body, words = ODD[odd]
    shutil.copytree(yesterday(feed), run.store.root)
    before = {t: run.rows(t, feed) for t in ("usage", "models", "scores", "documents")}
    run.web.answers[f"/{path}"] = Answer(body, FILES[feed][path][1])
    run(feed)
    told = [o for o in run.outcomes if o.status == "refused"]
    if not words:
        assert not told and any(o.changed or o.added for o in run.outcomes), run.outcomes
        return
    assert told and all(words in o.words for o in told), told
    assert all("stay" in o.words for o in told if "fewer" not in o.words)
    for table, rows in before.items():
        pd.testing.assert_frame_equal(run.rows(table, feed), rows)


def test_all_subsets_of_the_arena_are_of_one_commit(run: Run) -> None:
    found = run("arena")
    assert {n for n, o in found.items() if o.status == "taken"} == {
        f"arena_{s}.parquet" for s in ("text", "text_style_control", "vision", "webdev")
    }
    rows = run.rows("scores", "arena")
    assert rows["benchmark"].nunique() == 4 and rows.groupby("benchmark").size().eq(4).all()
    assert all("/resolve/abc123/" in p for p in run.web.paths() if p.endswith(".parquet"))


def test_parquet_is_read_by_row_group_of_ours(run: Run) -> None:
    found = run("arena")["arena_text.parquet"]
    assert found.rows == 4, "two models in two of three categories"
    path = next(p for p in run.web.answers if p.endswith("/text/latest-00000-of-00001.parquet"))
    assert "/resolve/abc123/" in path, "all subsets are of one commit"
    run.web.answers[path] = Answer(parquet(ARENA_ROWS)[:-50], "application/octet-stream")
    assert "no whole Parquet file" in run("arena")["arena_text.parquet"].words


FILE = File(
    "big.csv",
    "https://a.example/big.csv",
    "csv",
    "models",
    columns("a=name"),
    lambda r, a: r,
    most_bytes=3_000_000,
)


def fetcher(web: Publisher, **more: float) -> Fetcher:
    return Fetcher(web.address, **{"longest_wait": 2, "longest_file": 5, "seconds_silent": 0.5, **more})


def test_a_body_that_is_too_large_is_left(web: Publisher, tmp_path: Path) -> None:
    web.answers["/a.example/big.csv"] = Answer(b"a\n" * 2_000_000)
    with pytest.raises(FeedError, match="would be 4,000,000 bytes, expected at most 3,000,000"):
        fetcher(web).get(FILE, tmp_path, {})
    web.answers["/a.example/big.csv"] = Answer(b"a\n" * 2_000_000, zipped=True)
    with pytest.raises(FeedError, match="larger than 3,000,000 bytes"):
        fetcher(web).get(FILE, tmp_path, {})
    assert not list(tmp_path.iterdir())[1:], "nothing large stays"


def test_a_killed_run_goes_on_where_it_stopped(web: Publisher, tmp_path: Path) -> None:
    body = b"a\n" + b"0123456789\n" * 200_000
    web.answers["/a.example/big.csv"] = Answer(body)
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    (tmp_path / "big.csv.part").write_bytes(body[:700_000])
    about = {"url": f"{web.address}/a.example/big.csv", "etag": tag, "last_modified": ""}
    (tmp_path / "big.csv.part.json").write_text(json.dumps(about))
    landed = fetcher(web).get(FILE, tmp_path, {})
    assert web.asked[0][1]["range"] == "bytes=700000-" and web.asked[0][1]["if-range"] == tag
    assert landed.path.read_bytes() == body and not list(tmp_path.glob("*.part*"))
    # Upstream has changed meanwhile: what was begun is left, not joined.
    (tmp_path / "big.csv").unlink()
    (tmp_path / "big.csv.part").write_bytes(b"old" * 1000)
    (tmp_path / "big.csv.part.json").write_text(json.dumps(about | {"etag": '"old"'}))
    assert fetcher(web).get(FILE, tmp_path, {}).path.read_bytes() == body


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_whole_rows_and_no_lock(web: Publisher, tmp_path: Path) -> None:
    web.answers[f"/{NOTABLE}"] = Answer(GOOD, hangs=20)
    root = tmp_path / "feeds"
    command = [
        sys.executable,
        "-m",
        "etl",
        "refresh",
        "--from",
        web.address,
        "--feeds",
        str(root),
        "--feed",
        "fmti",
        "--feed",
        "epoch-models",
    ]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while f"/{NOTABLE}" not in web.paths() and time.monotonic() < until:
        time.sleep(0.1)
    running.kill()
    running.wait()
    assert len(Store(root).rows("transparency", "fmti")) == 6
    web.answers[f"/{NOTABLE}"] = Answer(GOOD)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "same" in done.stdout and "3 rows" not in done.stderr


def test_two_refreshes_do_not_run_at_once(run: Run) -> None:
    with run.store.alone(), pytest.raises(FeedError, match="another refresh is at work"):
        run("fmti")


@pytest.mark.parametrize("kind", HOLES)
def test_a_server_that_never_comes_to_an_end_takes_no_longer_than_a_file_may(
    kind: str, tmp_path: Path
) -> None:
    """One byte now and then keeps a server from being silent: in the head, in the body, and in one that is packed."""
    hole = Hole(kind, 0.1)
    began = time.monotonic()
    asks = Fetcher(f"http://127.0.0.1:{hole.port}", longest_wait=1, longest_file=1.5, seconds_silent=0.5)
    with pytest.raises(FeedError) as refused:
        asks.get(FILE, tmp_path, {})
    hole.end()
    assert time.monotonic() - began < 6
    said = {"a byte": "took longer than 2 s", "accepts": "is silent", "leads in": "in a circle"}
    assert next((words for start, words in said.items() if kind.startswith(start)), "no connection") in str(
        refused.value
    )
    if kind == "a byte a second":
        assert "goes on from" in str(refused.value) and (tmp_path / "big.csv.part").stat().st_size > 3


def test_offline_is_a_sentence_and_asks_a_host_once(ours: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    nobody = Fetcher("http://127.0.0.1:9", longest_wait=1, longest_file=3, seconds_silent=0.5)
    found = refresh(
        Wanted(("epoch-models", "epoch-eci"), "http://127.0.0.1:9", today=TODAY),
        ours,
        Store(tmp_path),
        fetcher=nobody,
    )
    assert {o.status for o in found} == {"unreachable"} and all("no connection" in o.words for o in found)
    assert "seems to be offline" in table_text(found, 1.0) and "Traceback" not in table_text(found, 1.0)


def test_a_dry_run_writes_nothing(run: Run, ours: dict[str, pd.DataFrame]) -> None:
    run.store = Store(run.store.root, dry=True)
    with_dry = refresh(Wanted(("fmti",), run.web.address, dry=True, today=TODAY), ours, run.store)
    assert with_dry[0].rows == 6 and len(run.rows("transparency", "fmti")) == 6
    assert not run.store.root.exists() or not held(run.store.root)


def test_a_feed_that_wants_something_says_what(
    ours: dict[str, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANDSCAPE_CONTACT", raising=False)
    (found,) = refresh(Wanted(("sec",), today=TODAY), ours, Store(tmp_path))
    assert found.status == "not asked" and "LANDSCAPE_CONTACT" in found.words


def test_what_does_not_exist_is_said(ours: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no feed 'epoch'; expected one of epoch-models"):
        refresh(Wanted(("epoch",)), ours, Store(tmp_path))
    with pytest.raises(FeedError, match="no such folder"):
        refresh(Wanted(("fmti",), str(tmp_path / "nowhere")), ours, Store(tmp_path))


def test_a_build_and_the_app_need_none_of_it() -> None:
    code = (
        "import sys, etl.build, etl.__main__, dashboard.charts, dashboard.data.store; "
        "print([m for m in sys.modules if m.split('.')[0] in ('httpx2', 'stamina') or m.startswith('etl.feeds.upstream')])"
    )
    done = programs.run(code)
    assert done.returncode == 0 and done.stdout.strip() == "[]", done.stderr


SAMPLES = os.environ.get("LANDSCAPE_SAMPLES", "")


@pytest.fixture(scope="module")
def sampled(ours: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Store:
    if not SAMPLES:
        pytest.skip("no LANDSCAPE_SAMPLES: a folder of upstream files")
    store = Store(tmp_path_factory.mktemp("sampled"))
    found = refresh(Wanted(source=SAMPLES, today=TODAY), ours, store)
    assert [o for o in found if o.status == "refused"] == []
    assert not [w for o in found for w in o.warnings]
    return store


def test_true_samples_run_through(sampled: Store) -> None:
    read = {f for f in FEEDS if sampled.state(f)}
    assert {
        "epoch-models",
        "epoch-eci",
        "epoch-benchmarks",
        "models-dev",
        "genai-prices",
        "litellm",
        "atom",
        "fmti",
    } <= read


def test_names_of_the_samples_lead_to_our_companies(sampled: Store) -> None:
    """Rows that a person would call ours: an organisation of the row has the words of one of our names in it."""
    rows = sampled.rows("models", "epoch-models")
    ours = r"(?i)alibaba|baidu|bytedance|tencent|deepseek|huawei|z\.ai|zhipu|moonshot|minimax|ant group|sensetime|xiaomi|meituan|kunlun|01\.ai|shanghai ai lab|stepfun|iflytek|jd\.com|kuaishou"
    mine = rows[rows["organization"].fillna("").str.contains(ours)]
    assert len(mine) > 250 and mine["company_id"].notna().mean() >= 0.95
    tracked = sampled.rows("models", "atom")
    space = tracked[
        tracked["organization"].isin(
            ["Qwen", "deepseek-ai", "zai-org", "moonshotai", "MiniMaxAI", "tencent", "internlm", "openbmb"]
        )
    ]
    assert space["company_id"].notna().all()


#: Names that a person would call ours, whatever the row says of who made it: a family's word begins them.
OF_OURS = re.compile(
    r"(?i)(?:.*/)?(?:qwen|qwq|qvq|deepseek|glm|chatglm|codegeex|cogvlm|kimi|moonshot|ernie|hunyuan|doubao|minimax|abab|baichuan"
    r"|yi-\d|internlm|internvl|step-\d|mimo|longcat|pangu|tongyi|minicpm|telechat|skywork)"
)
#: Feeds of the samples and their tables that name models or companies; of FMTI's thirteen companies eight are here.
NAMING = (
    ("epoch-models", "models", 200), ("atom", "models", 800), ("models-dev", "models", 80), ("epoch-benchmarks", "scores", 70),
    ("epoch-eci", "scores", 450), ("models-dev", "prices", 250), ("genai-prices", "prices", 300), ("litellm", "prices", 150),
)  # fmt: skip


@pytest.mark.parametrize(("feed", "table", "least"), NAMING)
def test_rows_whose_name_is_ours_lead_to_a_company(sampled: Store, feed: str, table: str, least: int) -> None:
    rows = sampled.rows(table, feed)
    mine = rows[rows["name"].fillna("").map(lambda n: bool(OF_OURS.match(n)))]
    assert len(mine) >= least
    lost = mine[mine["company_id"].isna()]
    assert len(lost) <= 0.05 * len(mine), lost[["organization", "name"]].to_string()


def test_companies_of_the_index_lead_to_ours(sampled: Store) -> None:
    rows = sampled.rows("transparency", "fmti").drop_duplicates("organization").set_index("organization")
    led = rows["company_id"].dropna().to_dict()
    assert led == {
        "Alibaba": "alibaba", "Anthropic": "anthropic", "DeepSeek": "deepseek", "Google": "google", "Meta": "meta",
        "Mistral": "mistral", "OpenAI": "openai", "xAI": "xai",
    }  # fmt: skip


def test_every_feed_of_the_samples_that_names_is_asked(sampled: Store) -> None:
    found = {
        (feed, table)
        for table in ("models", "scores", "prices", "usage", "reports", "registrations", "chips")
        for feed in sampled.rows(table)["feed"].unique()
    }
    assert found == {(f, t) for f, t, _ in NAMING}


def test_rows_of_ours_lead_to_a_model_or_a_proposal(sampled: Store, ours: dict[str, pd.DataFrame]) -> None:
    waiting = {
        (p.company_id, folded(p.subject))
        for p in proposals(ours, sampled)
        if p.name in ("new_model", "unresolved_name")
    }
    names = Names(ours)
    for table in ("models", "scores", "prices"):
        rows = sampled.rows(table)
        rows = rows[rows["company_id"].notna()]
        for feed, mine in rows.groupby("feed"):
            led = []
            for company, model, name in zip(
                mine["company_id"], mine["model_id"], mine["name"].astype(str), strict=True
            ):
                stem = plain_name(name)
                led.append(
                    pd.notna(model)
                    or bool(names.model(company, stem))
                    or bool({(company, folded(n)) for n in (stem, bare(name)[-1])} & waiting)
                )
            assert sum(led) / len(led) >= 0.85, (table, feed)


@pytest.mark.slow
def test_a_quarter_of_a_million_rows_is_read_and_proposed_in_seconds(tmp_path: Path) -> None:
    """By the processor's time, which other work on the machine does not lengthen much."""
    makers = (
        "Alibaba",
        "Z.ai (Zhipu AI)",
        "Nobody Anyone Knows",
        "Microsoft",
        '"Tsinghua University,Tencent"',
    )
    rows = (
        f"Imagined-{n},{makers[n % 5]},2026-{n % 12 + 1:02d}-{n % 28 + 1:02d},{n}e6,1e22,API access,,China"
        for n in range(250_000)
    )
    (tmp_path / "all_ai_models.csv").write_bytes(csv(EPOCH_HEAD, *rows))
    code = (
        "import resource, sys; from etl.__main__ import main; status = main(sys.argv[1:]); "
        "u = resource.getrusage(resource.RUSAGE_SELF); print(status, u.ru_utime + u.ru_stime, u.ru_maxrss)"
    )
    command = [
        "refresh",
        "--from",
        str(tmp_path),
        "--feed",
        "epoch-models",
        "--feeds",
        str(tmp_path / "feeds"),
    ]
    done = programs.run(code, *command)
    status, seconds, kilobytes = done.stdout.splitlines()[-1].split()
    assert status == "0" and "250,000 rows" in done.stdout, done.stdout + done.stderr
    assert float(seconds) <= 15 and int(kilobytes) <= 1024**2


def test_months_are_parts(tmp_path: Path) -> None:
    """Months are parts: rows of one month leave the others untouched."""
    table = FEED_TABLES["usage"]
    store = Store(tmp_path)
    for month in ("2026-01", "2026-02"):
        rows = pd.DataFrame(
            {
                "feed": "f",
                "file": "x",
                "upstream_id": [f"{month}-{n}" for n in range(5)],
                "day": f"{month}-05",
                "metric": "m",
                "value": 1.0,
            }
        )
        store.land("f", table, "x", table.frame(rows), keeps=True)
    first = (tmp_path / "f" / "usage" / "2026-01.parquet").read_bytes()
    later = table.frame(
        pd.DataFrame(
            {
                "feed": "f",
                "file": "x",
                "upstream_id": ["2026-02-0"],
                "day": "2026-02-05",
                "metric": "m",
                "value": [2.0],
            }
        )
    )
    landing = store.land("f", table, "x", later, keeps=True)
    assert (landing.added, landing.changed) == (0, 1) and len(store.rows("usage", "f")) == 10
    assert (tmp_path / "f" / "usage" / "2026-01.parquet").read_bytes() == first
