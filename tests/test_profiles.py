"""One company and several side by side: labels through time, ranks, facts compared; nothing mixed, nothing made up."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import pytest
from small_set import write_small

import etl
from dashboard.charts import CHARTS, benchmarks, compare, money, profile
from dashboard.charts.kinds import bars
from dashboard.charts.kinds.table import Entry, Line
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.draw import plotly
from dashboard.facts import landscape, over_time, prices, record
from dashboard.facts.landscape import apply
from dashboard.facts.models import licence_class
from dashboard.look.room import Room
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import Look
from dashboard.screen import tables as screen_tables

DAY = pd.Timestamp("2026-11-20")
LOOKS = (Look(), Look("dark"), Look(compact=True), Look(export=True))
OURS = [
    "company-strip",
    "company-releases",
    "company-scores",
    "compare-table",
    "compare-index",
    "compare-releases",
    "compare-rating",
    "metrics-over-time",
    "licences",
    "benchmark-explorer",
    "price-capability",
]
ALPHA, BETA, GAMMA = "companies-1", "beta", "gamma"


def company(cid: str, name: str, **own: str) -> dict[str, str]:
    return {"company_id": cid, "company_name": name, "company_name_zh": "", "country": "CN", **own}


def alias(name: str, cid: str, **own: str) -> dict[str, str]:
    return {"alias": name, "company_id": cid, "alias_kind": "name", "family_id": "", "person_id": "", **own}


def model(mid: str, cid: str, day: str, weights: str = "open", licence: str = "MIT") -> dict[str, str]:
    return {
        "model_id": mid,
        "model_name": mid.title(),
        "company_id": cid,
        "family_id": "",
        "release_date": day,
        "release_date_precision": "day",
        "weights": weights,
        "license": licence,
        "is_rolling_alias": "false",
        "alternatives": "",
    }


def score(sid: str, mid: str, cid: str, value: float, **own: str) -> dict[str, str]:
    return {
        "score_id": sid,
        "benchmark_id": "benchmarks-1",
        "model_id": mid,
        "model_label": mid.title(),
        "company_id": cid,
        "score": str(value),
        "reporter": "third_party",
        "harness": "Epoch AI",
        "score_date": "2026-08-20",
        **own,
    }


def metric(cid: str, period: str, end: str, value: int, currency: str, **own: str) -> dict[str, str]:
    return {
        "metric_id": f"{cid}-{period}-{currency}-{value}".lower(),
        "company_id": cid,
        "metric": "capex",
        "period": period,
        "period_end_date": end,
        "value": str(value),
        "unit": "currency",
        "currency": currency,
        **own,
    }


def label(n: int, who: str, day: str, end: str = "", by: str = "36Kr", **own: str) -> dict[str, str]:
    return {
        "assessment_id": f"a-{n}",
        "company_id": ALPHA,
        "governance_model_id": who,
        "basis": "reported",
        "reported_by": by,
        "valid_from": day,
        "valid_from_precision": "day",
        "valid_to": end,
        "valid_to_precision": "day" if end else "",
        **own,
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> store.Tables:
    """Two companies in China and one outside, with two reporters who disagree about the first; not to be changed."""
    where = tmp_path_factory.mktemp("profiles")
    folder = write_small(
        where / "raw",
        # No rate of the yuan: prices stand in their own currency.
        exchange_rates=[{"currency": "HKD", "units_per_usd": "7.8"}],
        sources=[
            {"source_id": "sources-1", "kind": "press"},
            {"source_id": "letter", "kind": "primary", "url": "https://example.org/letter"},
        ],
        companies=[
            company(ALPHA, "Alpha", company_name_zh="阿尔法"),
            company(BETA, "Beta"),
            company(GAMMA, "Gamma", country="US"),
        ],
        company_aliases=[
            alias("Alpha", ALPHA),
            alias("阿尔法", ALPHA, language="zh"),
            alias("Beta", BETA),
            alias("Gamma", GAMMA),
            alias("Ann Lee", ALPHA, alias_kind="person", person_id="ann-lee"),
            alias("Alpha One", ALPHA, alias_kind="model_family", family_id="model_families-1"),
        ],
        governance_assessments=[
            label(1, "federated", "2023-01-01", "2026-03-16"),
            label(2, "centralised_ceo", "2026-03-16"),
            label(3, "hub_and_spoke", "2025-01-01", "2026-06-01", by="Letter", source_ids="letter"),
        ],
        flagships=[],
        models=[
            model("old", ALPHA, "2025-02-01"),
            model("new", ALPHA, "2026-05-01", "closed", ""),
            model("bee", BETA, "2026-06-01", licence="Apache-2.0"),
            model("gee", GAMMA, "2026-01-01", "closed", ""),
        ],
        benchmarks=[
            {"benchmark_id": "benchmarks-1", "benchmark_name": "GPQA", "unit": "percent"},
            {
                "benchmark_id": "lmarena-text",
                "benchmark_name": "Arena text, no style control",
                "unit": "elo",
                "score_min": "",
                "score_max": "",
            },
        ],
        benchmark_scores=[
            score("s1", "new", ALPHA, 70),
            score("s2", "bee", BETA, 80),
            score("s3", "gee", GAMMA, 90),
            score("s4", "new", ALPHA, 99, reporter="vendor", harness="vendor"),
            score("s5", "old", ALPHA, 95, harness="Another lab"),
            score("e1", "new", ALPHA, 1400, benchmark_id="lmarena-text", harness="LMArena"),
            score("e2", "bee", BETA, 1450, benchmark_id="lmarena-text", harness="LMArena"),
            score("e3", "gee", GAMMA, 1500, benchmark_id="lmarena-text", harness="LMArena"),
            score(
                "e4",
                "old",
                ALPHA,
                1600,
                benchmark_id="lmarena-text",
                harness="LMArena",
                score_date="2025-08-20",
            ),
        ],
        model_prices=[
            {
                "price_id": f"p-{m}-{c.lower()}",
                "model_id": m,
                "company_id": cid,
                "currency": c,
                "tier": "standard",
                "output_price_per_mtok": p,
                "price_date": "2026-09-01",
            }
            for m, cid, c, p in (
                ("new", ALPHA, "USD", "2"),
                ("bee", BETA, "CNY", "7"),
                ("gee", GAMMA, "USD", "15"),
            )
        ],
        company_metrics=[
            metric(ALPHA, "2025-Q2", "2025-06-30", 100, "CNY"),
            metric(ALPHA, "2026-Q2", "2026-06-30", 150, "CNY"),
            metric(ALPHA, "2026-Q2", "2026-06-30", 160, "CNY", source_ids="letter"),
            metric(ALPHA, "2025", "2025-12-31", 500, "CNY"),
            metric(BETA, "2026-Q2", "2026-06-30", 30, "USD"),
        ],
    )
    for path in folder.glob("*.csv"):
        # One named report carries no more.
        path.write_text(path.read_text(encoding="utf-8").replace(",high,", ",medium,"), encoding="utf-8")
    etl.build(folder, where / "built")
    return store.load(where / "built")


def chosen(**own: object) -> Selection:
    return Selection(as_of=DAY, newest=DAY, **own)  # type: ignore[arg-type]


def frame(world: store.Tables, chart_id: str, selection: Selection) -> pd.DataFrame:
    chart = CHARTS[chart_id]
    return chart.data(apply(world, selection, keep_outside=chart.outside), selection)


# --- Every chart of ours ---


@pytest.mark.parametrize("chart_id", OURS)
@pytest.mark.parametrize(
    "selection",
    [
        chosen(),
        chosen(outside=True, companies=(ALPHA, GAMMA)),
        chosen(governance_models=("state_institute",)),
        Selection(as_of=pd.Timestamp("2022-01-01"), newest=DAY),
    ],
    ids=["china", "two", "nothing", "before"],
)
def test_charts_of_companies_are_drawn_whatever_is_chosen(
    world: store.Tables, chart_id: str, selection: Selection
) -> None:
    chart = CHARTS[chart_id]
    shown = frame(world, chart_id, selection)
    assert set(chart.kind.reads) <= set(shown.columns)
    for look in LOOKS:
        go.Figure(plotly.draw(chart, shown, look)).to_json()
    if len(shown):
        assert chart.scope_line(shown, selection)
        assert isinstance(chart.finding(shown, selection), str)


# --- One company ---


def test_label_periods_are_the_labels_of_each_day(world: store.Tables) -> None:
    """The primary document counts while it holds, and the dissent is told; the history equals any single day's label."""
    periods = over_time.periods(world, "reported", ALPHA)
    assert periods["governance_model_id"].tolist() == [
        "federated",
        "hub_and_spoke",
        "hub_and_spoke",
        "centralised_ceo",
    ]
    assert periods["others"].tolist() == ["", "Federated (36Kr)", "Centralised, CEO (36Kr)", ""]
    for day in pd.date_range("2023-01-01", "2026-11-01", freq="45D"):
        held = periods[
            (periods["valid_from"] <= day) & (periods["valid_to"].isna() | (periods["valid_to"] > day))
        ]
        assert held["governance_model_id"].tolist() == [landscape.labels_on(world, "reported", day)[ALPHA]]


def test_strip_tells_the_change_and_marks_dissent(world: store.Tables) -> None:
    selection = chosen(companies=(ALPHA,)).picking(profile.COMPANY, ALPHA)
    shown = frame(world, "company-strip", selection)
    finding = CHARTS["company-strip"].finding(shown, selection)
    assert finding == "Alpha moved from hub and spoke to centralised, CEO on 1 Jun 2026"
    assert shown.loc[shown["is_disputed"], "label"].tolist() == ["Hub and spoke", "Hub and spoke"]
    assert shown.loc[shown["kind"] == "event", "band"].unique().tolist() == ["Reported"]


def test_strip_claims_no_move_where_sources_differ(world: store.Tables) -> None:
    selection = replace(chosen(companies=(ALPHA,)), as_of=pd.Timestamp("2026-04-01"))
    shown = frame(world, "company-strip", selection.picking(profile.COMPANY, ALPHA))
    finding = CHARTS["company-strip"].finding(shown, selection)
    assert finding == "Sources differ on how Alpha steers AI: hub and spoke, or centralised, CEO (36Kr)"


def test_a_gap_between_two_reports_is_no_move(tables: store.Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    chart, gaps = CHARTS["company-strip"], 0
    for company in tables["companies"]["company_id"]:
        selection = Selection(newest, newest, outside=True).picking(profile.COMPANY, company)
        shown = chart.data(apply(tables, selection), selection)
        rows = shown[(shown["kind"] == "period") & (shown["band"] == "Reported")]
        rows = rows[rows["governance_model_id"] != "undetermined"]
        if len(rows) > 1 and rows.iloc[-2]["last_day"] < rows.iloc[-1]["first_day"]:
            gaps += 1
            assert "moved" not in chart.finding(shown, selection)
    assert gaps, "iFlytek has one of seventeen months"


def test_scores_keep_harness_and_reporter_apart(world: store.Tables) -> None:
    selection = chosen(outside=True).picking(profile.COMPANY, ALPHA)
    shown = frame(world, "company-scores", selection).set_index("benchmark_name")
    gpqa = shown.loc["GPQA"]
    # 99 is the vendor's, 95 another harness's: neither may stand here.
    assert (gpqa["score"], gpqa["home_score"], gpqa["outside_score"]) == (70, 80, 90)
    assert (gpqa["rank"], gpqa["companies"]) == (3, 3)
    # The 1600 of an older snapshot is on another scale.
    assert shown.loc["Arena text, no style control", "score"] == 1400


def test_releases_count_by_quarter_and_weights(world: store.Tables) -> None:
    shown = frame(world, "company-releases", chosen().picking(profile.COMPANY, ALPHA))
    assert shown[["quarter", "weights", "models"]].to_numpy().tolist() == [
        ["2025 Q1", "Open", 1],
        ["2026 Q2", "Closed", 1],
    ]
    declared = CHARTS["company-releases"]
    marks = bars.state(declared.kind, shown, declared.columns, Room(780, 12))
    assert len(marks.lanes) == 6, "quarters without a release are there, too"


def test_unknown_company_falls_back_to_the_first_by_name(world: store.Tables) -> None:
    assert profile.profiled(world, chosen().picking(profile.COMPANY, "nobody")) == ALPHA


# --- Several ---


def test_compared_facts_say_what_differs(world: store.Tables) -> None:
    selection = chosen(companies=(BETA, ALPHA), outside=True)
    shown = frame(world, "compare-table", selection).set_index("fact")
    assert compare.compared_names(shown.reset_index()) == ["Beta", "Alpha"]
    assert shown.loc["Best Arena rating", ["Beta", "Alpha", "differs"]].tolist() == [
        "1,450, Bee",
        "1,400, New",
        "differs",
    ]
    # Beta has only a yuan price, and this world has no rate to convert it with.
    assert pd.isna(shown.loc["Output price", "Beta"])
    assert shown.loc["Output price", "differs"] == ""
    yuan = frame(world, "compare-table", replace(selection, currency="CNY")).set_index("fact")
    assert yuan.loc["Output price", "Beta"] == "¥7 per million tokens, Bee"
    assert (shown["source_ids"] != "").all()


def test_same_label_since_other_days_is_the_same() -> None:
    core = compare._core
    assert core("Governance, coded", "Federated since 2021") == core(
        "Governance, coded", "Federated since 2024"
    )
    assert core("Flagship", "A since 2021") != core("Flagship", "A since 2024")


# --- Metrics, prices, licences, benchmarks ---


def test_metrics_share_no_panel_across_currency_or_period(world: store.Tables) -> None:
    shown = frame(world, "metrics-over-time", chosen())
    assert shown.groupby("panel")["currency"].nunique().eq(1).all()
    assert dict(shown.groupby("panel")["period"].count()) == {
        "US dollars, by quarter": 1,
        "Yuan, by quarter": 3,
        "Yuan, by year": 1,
    }
    assert shown.loc[shown["is_repeated"], "value"].tolist() == [150, 160]


def test_metric_growth_is_against_the_same_period_a_year_before(world: store.Tables) -> None:
    selection = chosen(companies=(ALPHA,))
    shown = frame(world, "metrics-over-time", selection)
    assert money.metrics_over_time_finding(shown, selection).endswith("60 % more than a year before")


@pytest.mark.parametrize(("currency", "priced"), [("USD", {"new", "gee"}), ("CNY", {"bee"})])
def test_without_rates_a_price_stands_in_its_own_currency_alone(
    world: store.Tables, currency: str, priced: set[str]
) -> None:
    assert set(prices.list_prices(world, currency)["model_id"]) == priced


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Apache-2.0", "Apache 2.0"),
        ("apache license 2.0", "Apache 2.0"),
        ("MIT", "MIT"),
        ("Modified MIT", "Licence of the developer"),
        ("CC-BY-NC-4.0", "Other standard licence"),
        ("Qwen License", "Licence of the developer"),
        (None, "Not stated"),
    ],
)
def test_licences_by_kind(name: str | None, kind: str) -> None:
    assert licence_class(name) == kind


def test_explorer_shows_one_reporter_and_harness(world: store.Tables) -> None:
    start = chosen(outside=True).picking(benchmarks.BENCHMARK, "benchmarks-1")
    shown = frame(world, "benchmark-explorer", start)
    assert shown["score"].tolist() == [90, 80, 70]
    other = frame(world, "benchmark-explorer", start.picking(benchmarks.HARNESS, "another-lab"))
    assert other["score"].tolist() == [95]
    vendors = frame(world, "benchmark-explorer", start.picking(benchmarks.REPORTER, "vendor"))
    assert vendors["score"].tolist() == [99]


def test_the_newest_figure_is_that_of_the_newest_period_however_late_an_older_one_was_told() -> None:
    def row(period: str, end: str, known: str, value: float, metric: str = "revenue") -> dict[str, object]:
        days = {"period_end_date": pd.Timestamp(end), "known_date": pd.Timestamp(known)}
        return {
            "metric": metric,
            "period": period,
            "value": value,
            "currency": "CNY",
            "source_ids": period,
            **days,
        }

    stated = [
        row("2025-Q3", "2025-09-30", "2025-11-14", 2e9),
        row("2024", "2024-12-31", "2026-05-20", 1e9),
    ]
    assert record._newest_metric(stated, ["revenue"])[1] == "2025-Q3"
    # Of plans the one announced last, whichever year it is for.
    plans = [
        row("2030", "2030-12-31", "2025-02-01", 3e9, "capex_plan"),
        row("2026", "2026-12-31", "2025-12-17", 4e9, "capex_plan"),
    ]
    assert record._newest_metric(plans, ["capex_plan"])[1] == "2026"


@pytest.mark.parametrize(
    "also", ["CTO leads AI", "Lab, Doubao products and Volcano Engine as three sides under one head"]
)
def test_what_follows_a_chip_stands_whole_and_leads_to_its_document(also: str) -> None:
    sources = pd.DataFrame(
        {"source_id": ["s"], "publisher": ["36Kr"], "url": ["https://36kr.com/1"], "strength": ["reporting"]}
    )
    entry = Entry(
        "Hub and spoke", value=GOVERNANCE.values[2], also=(also, "last seen 30 Jul 2026"), sources="s"
    )
    said = screen_tables.cell(entry, Line("row", (), frozenset(), (entry,)), sources, Look())
    assert also in said and "…" not in said
    assert said.count("https://36kr.com/1") == 1
    assert "36kr.com" in said.splitlines()[1], "the document stands at the words that rest on it"
