"""Use: what a build takes of feeds, which count is shown, and use around a day, counted by hand; charts on made rows."""

from __future__ import annotations

import io
from pathlib import Path

import made_use
import pandas as pd
import plotly.graph_objects as go
import pptx
import pytest
from made_use import LAST, land, usage
from test_charts import LOOKS, check_figure

import etl
from dashboard.charts import CHARTS, use
from dashboard.charts.card import make
from dashboard.charts.outcomes import METRIC, metric_options
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.draw import plotly
from dashboard.export import slides
from dashboard.facts import ratings
from dashboard.facts import use as facts
from dashboard.facts.landscape import apply
from dashboard.look.theme import format_day
from etl.feeds.command import frames
from etl.feeds.use import use_of_feeds

OURS = (*use.CHARTS, CHARTS["outcomes"])


@pytest.fixture(scope="module")
def ours(raw_folder: Path) -> dict[str, pd.DataFrame]:
    return frames(raw_folder)


@pytest.fixture(scope="module")
def fed(ours: dict[str, pd.DataFrame], raw_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real data with a year of made feed rows."""
    where = tmp_path_factory.mktemp("fed")
    made_use.fill(where / "feeds", ours)
    etl.build(raw_folder, where / "processed", feeds=where / "feeds")
    return where / "processed"


@pytest.fixture(scope="module")
def with_feeds(fed: Path) -> Tables:
    return store.load(fed)


def taken(root: Path, ours: dict[str, pd.DataFrame], tables: Tables) -> pd.DataFrame:
    rows, _ = use_of_feeds(root, {**ours, "sources": tables["sources"]})
    return rows


def day(n: int) -> pd.Timestamp:
    return LAST - pd.Timedelta(days=n)


# --- What a build takes ---


def test_a_sum_does_not_fall_for_want_of_an_account(
    ours: dict[str, pd.DataFrame], tables: Tables, tmp_path: Path
) -> None:
    rows = []
    for n in range(40):
        # One account is missing for two days; another ends for good twenty days before the last.
        rows.append(usage("Qwen", "hf_downloads_30d", day(n), 100, "own"))
        if n not in (2, 3):
            rows.append(usage("Alibaba-NLP", "hf_downloads_30d", day(n), 10, "own", "Alibaba"))
        if n >= 20:
            rows.append(usage("AIDC-AI", "hf_downloads_30d", day(n), 1, "own", "Alibaba"))
    land(tmp_path, ours, "model-pulse", "usage", rows)
    found = taken(tmp_path, ours, tables).set_index("use_date")["value"]
    assert {day(2), day(3)}.isdisjoint(found.index), "an incomplete day is no fall"
    # An account that is gone stays expected for two weeks, then the sum goes on without it.
    assert day(19) not in found.index and day(0) in found.index
    assert found[day(0)] == 110 and found[day(25)] == 111
    assert len(found) == 40 - 2 - 14


def test_an_account_is_ours_where_it_is_known_as_one_and_from_the_day_it_is(
    ours: dict[str, pd.DataFrame], tables: Tables, tmp_path: Path
) -> None:
    # "Seed" is a family of ByteDance, and an account of anybody; an account may become known after it was read.
    rows = [usage(a, "hf_downloads_30d", LAST, 5, "own") for a in ("Seed", "ByteDance-Seed", "Imagined-Lab")]
    rows.append(usage("imagined-route/x", "openrouter_token_share", LAST, 0.2, "named"))
    land(tmp_path, ours, "model-pulse", "usage", rows)
    named = dict.fromkeys(ours["company_aliases"].columns) | {"company_id": "bytedance", "confidence": "high"}
    more = [
        named | {"alias": "Imagined-Lab", "alias_kind": "namespace"},
        named | {"alias": "imagined-route", "alias_kind": "name"},
    ]
    aliases = pd.concat([ours["company_aliases"], pd.DataFrame(more)], ignore_index=True)
    for frames_of_the_day, downloads, share in (
        (ours, 5.0, "not_here"),
        ({**ours, "company_aliases": aliases}, 10.0, "named"),
    ):
        found = taken(tmp_path, frames_of_the_day, tables).set_index("metric")
        assert (found.loc["hf_downloads_30d", "company_id"], found.loc["hf_downloads_30d", "value"]) == (
            "bytedance",
            downloads,
        )
        assert found.loc["openrouter_token_share", "band"] == share


def test_shares_are_those_stated_and_what_is_under_cover_has_no_maker(
    ours: dict[str, pd.DataFrame], tables: Tables, tmp_path: Path
) -> None:
    shares = {
        "deepseek/deepseek-v3.2": 0.4,
        "stealth/qwen-looks-like-this": 0.3,
        "nobody/thing": 0.1,
        "other": 0.15,
    }
    rows = []
    for slug, share in shares.items():
        band = "other" if slug == "other" else "stealth" if slug.startswith("stealth") else "named"
        rows.append(usage(slug, "openrouter_token_share", LAST, share, band, None if band == "named" else ""))
    land(tmp_path, ours, "openrouter", "usage", rows)
    found = taken(tmp_path, ours, tables)
    assert found.set_index("band")["value"].to_dict() == {
        "named": 0.4,
        "stealth": 0.3,
        "not_here": 0.1,
        "other": 0.15,
    }
    assert found.set_index("band")["company_id"].dropna().to_dict() == {"named": "deepseek"}
    assert found["value"].sum() == pytest.approx(0.95), "what is missing stays missing"


def test_the_best_of_several_sites_counts_and_entries_add_up(with_feeds: Tables) -> None:
    rows = with_feeds["feed_use"]
    ranks = rows[(rows["metric"] == "crux_rank") & (rows["company_id"] == "alibaba")]
    assert set(ranks["value"]) == {10000.0} and set(ranks["counted"]) == {2}
    assert set(ranks["use_date_precision"]) == {"month"}
    entries = rows[rows["metric"] == "registrations"]
    assert list(zip(entries["use_date"].dt.strftime("%Y-%m-%d"), entries["value"], strict=True)) == [
        ("2024-05-13", 1.0),
        ("2025-01-02", 3.0),
    ]


def test_every_row_of_a_feed_cites_it_with_its_day_and_edition(with_feeds: Tables) -> None:
    rows, sources = with_feeds["feed_use"], with_feeds["sources"].set_index("source_id")
    assert set(rows["source_ids"]) <= set(sources.index) and rows["scale_version"].eq("made-1").all()
    assert sources.loc["feed-openrouter", "license"] == "CC BY 4.0"
    assert sources.loc["feed-openrouter", "accessed_date"] == pd.Timestamp("2026-11-21")
    assert "one router" in sources.loc["feed-openrouter", "note"]


def test_without_feeds_a_build_is_what_it_was_and_new_rows_make_it_stale(
    small_raw: object, ours: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    raw, feeds, out = small_raw(), tmp_path / "feeds", tmp_path / "out"  # type: ignore[operator]
    plain = etl.build(raw, out).snapshot
    assert etl.build(raw, out, feeds=feeds).snapshot == plain and not etl.is_stale(raw, out, feeds)
    land(
        feeds,
        ours,
        "crux",
        "usage",
        [usage("https://example.org", "crux_rank", LAST, 1000, None, "nobody at all")],
    )
    assert etl.is_stale(raw, out, feeds)
    assert etl.build(raw, out, feeds=feeds).snapshot == plain, "rows of nobody here change nothing"
    assert not etl.is_stale(raw, out, feeds)
    (feeds / "crux" / "usage" / "2026-11.parquet").write_bytes(b"PAR1 half")
    with pytest.raises(etl.BuildFailed) as failed:
        etl.build(raw, out, feeds=feeds)
    assert "delete the file and refresh again" in str(failed.value.problems[0])


# --- Which count is shown ---


def adoption(**cells: object) -> dict[str, object]:
    row = {
        "adoption_id": "x", "company_id": "alibaba", "product": "Qwen app", "product_kind": "ai", "metric": "monthly_users",
        "value": 5.0, "unit": "people", "observed_date": LAST, "observed_date_precision": "day", "tracker": "A", "note": None,
        "confidence": "low", "source_ids": "a",
    }  # fmt: skip
    return row | cells


def test_curated_beats_feed_on_its_own_day_alone(with_feeds: Tables) -> None:
    said = adoption(metric="hf_downloads_30d", product="Own repositories", value=7.0, unit="downloads")
    tables = {**with_feeds, "adoption": pd.DataFrame([said])}
    rows = facts.counts(tables)
    rows = rows[
        (rows["company_id"] == "alibaba")
        & (rows["metric"] == "hf_downloads_30d")
        & (rows["band"] != "derivatives")
    ]
    on = rows[rows["use_date"] == LAST]
    assert on[["value", "band"]].values.tolist() == [[7.0, "product"]]
    assert (rows[rows["use_date"] == day(1)]["band"] == "own").all() and len(
        rows[rows["use_date"] == day(1)]
    ) == 1


def test_of_two_feeds_of_one_measure_one_is_shown(with_feeds: Tables) -> None:
    more = with_feeds["feed_use"]
    more = more[(more["company_id"] == "alibaba") & (more["band"] == "own") & (more["use_date"] > day(3))]
    both = pd.concat([with_feeds["feed_use"], more.assign(feed="hf-models", value=1.0)], ignore_index=True)
    rows = facts.counts({**with_feeds, "feed_use": both})
    assert set(rows.loc[rows["band"] == "own", "tracker"]) == {"Model Pulse"}


def test_users_are_of_products_that_are_ai_by_the_lowest_counter_of_the_newest_period(tables: Tables) -> None:
    rows = [
        adoption(value=50.0, tracker="A"), adoption(value=9.0, tracker="B"), adoption(value=99.0, observed_date=day(60)),
        adoption(value=1000.0, product="A shop", product_kind="host"), adoption(value=8.0, product="Another"),
        adoption(company_id="baidu", observed_date=day(900)),
    ]  # fmt: skip
    found = facts.users({**tables, "adoption": pd.DataFrame(rows)}, day(365))
    assert {c: (m.value, m.what) for c, m in found.items()} == {"alibaba": (9.0, "Qwen app, by B")}


# --- Around a day ---


def test_use_around_a_day_is_aligned_and_what_spans_it_is_left_out(tables: Tables) -> None:
    when = pd.Timestamp("2026-03-16")
    events = tables["governance_events"]
    one = events[(events["company_id"] == "alibaba") & (events["event_date"] == when)].head(1)
    counts = [
        adoption(value=50.0, observed_date=pd.Timestamp("2026-01-01"), observed_date_precision="month"),
        adoption(value=80.0, observed_date=pd.Timestamp("2026-02-01"), observed_date_precision="month"),
        # The month that holds the day is neither before nor after it.
        adoption(value=1e9, observed_date=pd.Timestamp("2026-03-01"), observed_date_precision="month"),
        adoption(value=120.0, observed_date=pd.Timestamp("2026-04-01"), observed_date_precision="month"),
        adoption(value=1e9, observed_date=pd.Timestamp("2027-04-01"), observed_date_precision="month"),
    ]
    world = {**tables, "adoption": pd.DataFrame(counts), "governance_events": one}
    found = facts.around(world, "monthly_users")
    assert found[["week", "index"]].values.tolist() == [[-7, 62.5], [-3, 100.0], [2, 150.0]]
    assert (found["before"].iloc[0], found["after"].iloc[0], found["others"].iloc[0]) == (2, 1, 0)
    # A day known by month cannot be aligned; counts on one side alone tell nothing of before and after.
    assert facts.around(
        {**world, "governance_events": one.assign(event_date_precision="month")}, "monthly_users"
    ).empty
    assert facts.around({**world, "adoption": pd.DataFrame(counts[:2])}, "monthly_users").empty


def test_no_claim_of_cause_and_n_is_printed(with_feeds: Tables) -> None:
    chart = CHARTS["use-around"]
    selection = Selection(LAST, LAST).picking(use.CHOOSE_AROUND.name, "hf_downloads_30d")
    frame = chart.data(apply(with_feeds, selection), selection)
    n = frame["event"].nunique()
    assert n > 5 and f"n = {n} of" in chart.scope_line(frame, selection)
    assert f"n = {n}" in chart.finding(frame, selection) and "nothing of why" in chart.finding(
        frame, selection
    )
    assert frame.groupby("event")["index"].apply(lambda i: (i.round(6) == 100).any()).all()


# --- Charts ---


@pytest.mark.parametrize("chart", OURS, ids=[c.id for c in OURS])
def test_charts_draw_made_rows_in_every_look_and_on_slides(
    chart: object, with_feeds: Tables, fed: Path
) -> None:
    newest = with_feeds["sources"]["accessed_date"].max()
    picks = [
        (c.name, o)
        for c in chart.choices
        for o in c.options(apply(with_feeds, Selection(newest, newest)), Selection(newest, newest))
    ]  # type: ignore[attr-defined]
    for name, option in picks or [("", "")]:
        selection = Selection(newest, newest)
        selection = selection.picking(name, option) if name else selection
        frame = chart.data(apply(with_feeds, selection, keep_outside=chart.outside), selection)  # type: ignore[attr-defined]
        assert len(frame) and frame["source_ids"].str.len().gt(0).all()
        if chart.screen == "figure":  # type: ignore[attr-defined]
            for look in LOOKS.values():
                check_figure(go.Figure(plotly.draw(chart, frame, look)), look)  # type: ignore[arg-type]
        card = make(chart, with_feeds, selection, store.snapshot(fed), frame=frame)  # type: ignore[arg-type]
        deck = pptx.Presentation(io.BytesIO(slides.slide(card)))
        assert len(deck.slides) >= 1


@pytest.mark.parametrize("chart_id", ["use-own-derivatives", "tokens-by-band", "site-ranks"])
def test_without_a_feed_a_chart_says_what_it_waits_for(chart_id: str, tables: Tables, built: Path) -> None:
    newest = tables["sources"]["accessed_date"].max()
    card = make(CHARTS[chart_id], tables, Selection(newest, newest), store.snapshot(built))
    assert card.frame.empty and "holds nothing" in card.subtitle


def test_bands_add_up_and_no_filter_renormalises_them(with_feeds: Tables) -> None:
    newest = with_feeds["sources"]["accessed_date"].max()
    chart = CHARTS["tokens-by-band"]
    frames_ = []
    for own in ((), ("deepseek",)):
        selection = Selection(newest, newest, companies=own)
        frames_.append(chart.data(apply(with_feeds, selection, keep_outside=True), selection))
    pd.testing.assert_frame_equal(*frames_)
    totals = frames_[0].groupby("month")["share_pct"].sum()
    assert totals.round(6).eq(100).all() and frames_[0]["band"].nunique() == 5


def test_outcomes_offer_what_feeds_count_only_where_one_was_read(tables: Tables, with_feeds: Tables) -> None:
    newest = with_feeds["sources"]["accessed_date"].max()
    selection = Selection(newest, newest)
    assert {"tokens", "downloads"} <= set(metric_options(with_feeds, selection))
    assert not {"tokens", "downloads"} & set(metric_options(tables, selection)) and "users" in metric_options(
        tables, selection
    )
    chart = CHARTS["outcomes"]
    frame = chart.data(apply(with_feeds, selection), selection.picking(METRIC, "tokens")).set_index(
        "company_name"
    )
    assert frame.loc["DeepSeek", "value"] == pytest.approx(
        with_feeds["feed_use"].pipe(lambda f: f[(f["company_id"] == "deepseek") & (f["use_date"] > newest - pd.Timedelta(days=30)) & (f["metric"] == "openrouter_token_share")])["value"].mean() * 100
    )  # fmt: skip


# --- Which version of which scale ---


def test_numbers_of_a_fitted_scale_say_of_which_edition_they_are(tables: Tables, built: Path) -> None:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(newest, newest)
    snapshot = store.snapshot(built)
    version = ratings.version(tables, "lmarena-text")
    scores = tables["benchmark_scores"]
    assert version == scores.loc[scores["benchmark_id"] == "lmarena-text", "score_date"].max()
    said = {
        "capability-frontier": "Epoch Capabilities Index: edition of ",
        "landscape-matrix": f"Arena text ratings: snapshot of {format_day(version)}",
        "model-list": "the average rate of the month of each",
    }
    for chart_id, words in said.items():
        card = make(CHARTS[chart_id], tables, selection, snapshot)
        assert words in card.source_line, chart_id
        deck = pptx.Presentation(io.BytesIO(slides.slide(card)))
        drawn = " ".join(s.text_frame.text for s in deck.slides[0].shapes if s.has_text_frame)
        assert words in drawn or words in deck.slides[0].notes_slide.notes_text_frame.text, chart_id
    # Only what the numbers rest on: an outcome that is a count has no scale with editions.
    assert "Arena" not in make(CHARTS["outcomes"], tables, selection, snapshot).source_line
    rated = make(CHARTS["outcomes"], tables, selection.picking(METRIC, "score"), snapshot)
    assert f"snapshot of {format_day(version)}" in rated.source_line
    # Companies that are not shown do not change which edition it is.
    one = make(CHARTS["landscape-matrix"], tables, Selection(newest, newest, companies=("huawei",)), snapshot)
    assert f"snapshot of {format_day(version)}" in one.source_line


def test_each_rating_names_its_own_snapshot(tables: Tables, built: Path) -> None:
    """Ratings with and without style control, and those of single subjects, are snapshots of different days."""
    newest = tables["sources"]["accessed_date"].max()
    snapshot, scores = store.snapshot(built), tables["benchmark_scores"]
    picked = [("capability-frontier.measure", b, "capability-frontier") for b in ratings.GENERAL]
    known = scores.loc[
        scores["benchmark_id"].map(ratings.drifts) & scores["reporter"].eq("third_party"), "benchmark_id"
    ]
    picked += [("benchmark.id", b, "benchmark-explorer") for b in sorted(set(known))]
    days = set()
    for name, benchmark, chart_id in picked:
        selection = (
            Selection(newest, newest).picking(name, benchmark).picking("benchmark.reporter", "third_party")
        )
        card = make(CHARTS[chart_id], tables, selection, snapshot)
        if card.frame.empty or not ratings.drifts(benchmark):
            continue
        day = card.frame["score_date"].max()
        days.add(day)
        assert f": snapshot of {format_day(day)}." in card.source_line, benchmark
        assert card.source_line.count("snapshot of") == 1
    assert len(days) > 1
    duel = make(CHARTS["match-up"], tables, Selection(newest, newest), snapshot)
    rated = duel.frame["measure"].eq(ratings.ARENA_NAME).any()
    assert ("Arena text ratings: snapshot of" in duel.source_line) == rated
