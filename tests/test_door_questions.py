"""A hundred questions of analysts through real clients of the protocol: every value is the page's, or it is not recorded.

What a page shows is worked out here from the permalink of the answer, read as the app reads an address: so a value is
held against its page, and the link is proven to open the same view.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from test_door_web import ADDRESS, PROJECT, needs_sdk, served

from dashboard.charts import CHARTS, PICKS, card
from dashboard.charts.compare import compare_table
from dashboard.charts.kinds.table import words
from dashboard.data import overlay, permalink
from dashboard.data.citations import split_ids
from dashboard.data.selection import Selection
from dashboard.deck import basket
from dashboard.door import assistants, tools
from dashboard.door.answers import MOST_BYTES, MOST_ROWS, cell, size
from dashboard.door.build import Build, Builds
from dashboard.door.rows import NO_DOCUMENT
from dashboard.door.tools import TOOLS
from dashboard.draw.slide.workbook import plain
from dashboard.facts import changes, freshness, landscape, prices, ratings
from dashboard.facts.landscape import apply
from dashboard.facts.record import facts_of
from dashboard.facts.views import Views

Answer = dict[str, Any]
#: What pages show, cut apart from what the door cuts for its answers.
OF_PAGES = Views()


@dataclass(frozen=True)
class Question:
    """What is asked, and how its answer is held against the pages."""

    tool: str
    asked: Mapping[str, Any]
    holds: Callable[[Build, Mapping[str, Any], Answer], None]


def seen(build: Build, found: Answer) -> Selection:
    """The view that the app opens by the permalink of an answer."""
    parts = urlsplit(found["permalink"])
    query = parse_qs(parts.query, strict_parsing=True)
    assert parts.path.lstrip("/") in ("", *(p.stem for p in (PROJECT / "dashboard/app_pages").glob("*.py")))
    assert not permalink.unknown(query, PICKS), query
    assert overlay.parted(query[permalink.SNAPSHOT][0])[0] == build.snapshot.id
    read, said = permalink.values(query, build.tables, build.newest)
    assert not said, said
    view = permalink.selection(read, build.newest)
    if gallery := view.pick("gallery.chart"):
        one = CHARTS[gallery]
        assert not one.wrong_picks(apply(build.tables, view, keep_outside=one.outside), view)
    return view


def day_of(build: Build, asked: Mapping[str, Any], name: str = "as_of") -> pd.Timestamp:
    return pd.Timestamp(asked[name]) if asked.get(name) else build.newest


def same(told: Any, expected: Any) -> None:
    assert told == cell(plain(expected)), (told, expected)


# --- What each tool's answers are held against ---


def facts(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
    """The facts of a company's page: words, documents, caveat, and the same as a number."""
    view = seen(build, found)
    one = view.pick("company.id")
    assert view.as_of == day_of(build, asked) and one == found["company_id"]
    only = replace(view, companies=(one,), outside=True)
    selected = apply(build.tables, only)
    expected = facts_of(selected, only, one)
    assert [v["name"] for v in found["values"]] == ([asked["fact"]] if asked.get("fact") else list(expected))
    for value in found["values"]:
        said, ids = expected[value["name"]]
        assert (value["value"] or "") == said
        if not said:
            assert value["status"] == "not_recorded" and value["nearest"]
            continue
        assert value["source_count"] == len(split_ids([ids])) and value["confidence"]
        assert set(value["sources"]) <= set(split_ids([ids]))
        for doubt in ("stale", "weakly sourced"):
            if value["name"].startswith("Governance"):
                assert (doubt in said) == (doubt in value["caveat"]), value
        if "number" in value:
            assert value["unit"] and said.startswith(f"{value['number']:,}")
        assert value["as_of"] is None or value["as_of"] <= f"{view.as_of:%Y-%m-%d}"


def of_chart(chart: str, **drop: str) -> Callable[[Build, Mapping[str, Any], Answer], None]:
    """Rows, rounding, scope, finding and caveats of a chart's card under the view that the permalink opens."""

    def holds(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
        view = seen(build, found)
        assert view.as_of == day_of(build, asked) and view.basis == asked.get("basis", "reported")
        shown = card.make(CHARTS[chart], build.tables, view, build.snapshot, applied=OF_PAGES.applied)
        assert found["total"] == len(shown.frame) and found["scope"] == shown.subtitle
        assert found["finding"] in ("", shown.title)
        offset = found["offset"]
        records = shown.frame.to_dict("records")[offset : offset + len(found["rows"])]
        assert len(records) == len(found["rows"]) > 0
        for told, row in zip(found["rows"], records, strict=True):
            for column in shown.frame:
                if column in told and column not in ("confidence", "caveat"):
                    same(told[column], row[column])
            for column, said in told.get("as_shown", {}).items():
                assert shown.columns is not None and said == words(shown.columns, row, column)
            if row.get("caveat") and isinstance(row["caveat"], str):
                assert told["caveat"] == row["caveat"]

    return holds


def side_by_side(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
    """The Compare page's table for the organisations that its own choices name; each gap is told as one."""
    view = seen(build, found)
    chosen = tuple(c for n in "abcd" if (c := view.pick(f"compare.{n}")))
    assert len(chosen) == len(asked["companies"])
    view = replace(view, companies=chosen, outside=True)
    frame = compare_table(apply(build.tables, view), view)
    assert found["total"] == len(frame)
    names = [c for c in frame if c not in ("fact", "differs", "source_ids")]
    for told, row in zip(found["rows"], frame.to_dict("records"), strict=True):
        for column in ("fact", *names):
            same(told[column], row[column])
        missing = {n for n in names if told[n] is None}
        assert missing == {n for n, gone in found["not_recorded"].items() if told["fact"] in gone}
        assert set(told["as_of"]) == set(names) - missing and told["confidence"]


def landscape_rows(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
    of_chart("landscape-matrix")(build, asked, found)
    view = seen(build, found)
    assert list(view.governance_models) == asked.get("governance", [])
    assert list(view.company_types) == asked.get("company_types", [])
    shown = landscape.labels_in_force(apply(build.tables, view), view.basis)
    for row in found["rows"]:
        assert row["governance_model_id"] in (None, shown.get(row["company_id"], "undetermined"))


def moved(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
    view = seen(build, found)
    assert view.as_of == day_of(build, asked, "until")
    assert f"{view.since:%Y-%m-%d}" == found["since"]
    frame = changes.changes(apply(build.tables, view), view)
    assert found["total"] == len(frame)
    for told, row in zip(found["rows"], frame.to_dict("records"), strict=False):
        for column in ("kind", "company_id", "before", "after", "change_date", "reason"):
            same(told[column], row[column])
        assert told["confidence"]


def rows_of(
    table: str, value: str, day: str, **where: str
) -> Callable[[Build, Mapping[str, Any], Answer], None]:
    """Exactly the rows of a table: no row more, none converted, none added up."""

    def holds(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
        view = seen(build, found)
        frame = build.tables[table]
        for column, wanted in where.items():
            frame = frame[frame[column] == wanted]
        known = day if "known_date" not in frame else "known_date"
        frame = frame[(frame[known] <= day_of(build, asked, "until")) & frame[value].notna()]
        first = pd.Timestamp(asked.get("since") or permalink.EARLIEST)
        frame = frame[frame[day] >= first]
        if len(asked.get("companies", ())):
            meant = set(view.companies)
            assert len(meant) == len(asked["companies"])
            frame = frame[frame["company_id"].isin(meant)]
        assert found["total"] == len(frame) > 0
        told = sorted((r["day"], r["value"]) for r in found["rows"])
        expected = sorted(
            (f"{d:%Y-%m-%d}", cell(plain(v))) for d, v in zip(frame[day], frame[value], strict=True)
        )
        assert told == expected if len(frame) <= len(told) else set(told) <= set(expected)
        for row in found["rows"]:
            assert row["unit"] and row["value_as_shown"] and row["day_as_shown"] and row["confidence"]

    return holds


def models_rows(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
    """Each model's own row, its rating by the rule of the pages, its list price by theirs."""
    view = seen(build, found)
    assert view.currency == asked.get("currency", "USD") and view.as_of == day_of(build, asked)
    selected = apply(build.tables, replace(view, outside=True, companies=()))
    every = selected["models"].set_index("model_id")
    rated = ratings.arena(selected).set_index("model_id")["arena_rating"].to_dict()
    listed = (
        prices.list_prices(selected, view.currency).set_index("model_id")["output_price_per_mtok"].to_dict()
    )
    assert found["rows"]
    for told in found["rows"]:
        row = every.loc[told["model_id"]]
        for column in (
            "model_name",
            "release_date",
            "weights",
            "license",
            "parameters_total",
            "context_tokens",
        ):
            same(told[column], row[column])
        same(told["arena_rating"], rated.get(told["model_id"]))
        same(told["output_price_per_mtok"], listed.get(told["model_id"]))
        assert not view.companies or row["company_id"] in view.companies
        assert not asked.get("weights") or row["weights"] == asked["weights"]
        assert (told["release_date"] or "") >= asked.get("since", "")
    by = {"best": ("arena_rating", -1), "cheapest": ("output_price_per_mtok", 1)}.get(asked.get("order", ""))
    if by:
        mine = apply(build.tables, view)["models"]
        fitting = set(
            mine.loc[
                mine["weights"].eq(asked["weights"]) if asked.get("weights") else slice(None), "model_id"
            ]
        )
        numbers = [r[by[0]] * by[1] for r in found["rows"]]
        assert numbers == sorted(numbers) and numbers[0] == min(
            v * by[1]
            for m, v in (rated if by[0] == "arena_rating" else listed).items()
            if v == v and m in fitting
        )


def rests_on(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
    sources = build.tables["sources"]
    mine = sources[(sources["source_id"] == asked["document"]) | (sources["url"] == asked["document"])].iloc[
        0
    ]
    assert seen(build, found).pick("data.source") == mine["source_id"]
    assert found["document"]["url"] == mine["url"] and found["document"]["publisher"] == mine["publisher"]
    frame = freshness.resting_on(build.tables, mine["source_id"])
    assert found["total"] == len(frame)
    assert [(r["table"], r["row_id"]) for r in found["rows"]] == [
        (r.table, r.row_id) for r in frame.head(len(found["rows"])).itertuples()
    ]


def means(*texts: str, column: str = "") -> Callable[[Build, Mapping[str, Any], Answer], None]:
    def holds(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
        seen(build, found)
        said = " ".join(found["definitions"].values())
        expected = [*texts]
        if column:
            table, _, name = column.partition(".")
            book = build.dictionary
            expected += book.loc[(book["table"] == table) & (book["column"] == name), "description"].tolist()
        else:
            model = build.tables["governance_models"].set_index("governance_model_id")
            expected = [model.loc[t, "definition"] for t in texts]
            assert found["sources"]
        assert expected and all(e in said for e in expected)

    return holds


def finds(kind: str, id: str) -> Callable[[Build, Mapping[str, Any], Answer], None]:
    def holds(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
        seen(build, found)
        assert (kind, id) in [(r["kind"], r["id"]) for r in found["rows"]]
        for row in found["rows"]:
            seen(build, row)

    return holds


def slides(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
    """The deck that the link carries: the charts asked for, pinned to this snapshot, and no file."""
    view = seen(build, found)
    assert view.as_of == day_of(build, asked) and "file" not in found
    word = parse_qs(urlsplit(found["permalink"]).query)[basket.PARAMETER][0]
    carried = basket.decode(word)
    assert [s.chart for s in carried.slides][: len(asked.get("charts", ()))] == list(asked.get("charts", ()))
    assert len(found["slides"]) == len(carried.slides)


def unknown(*meant: str) -> Callable[[Build, Mapping[str, Any], Answer], None]:
    """Nothing is answered, and what was meant is among the nearest."""

    def holds(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
        seen(build, found)
        assert found["status"] == "unknown_name" and not {"values", "rows", "total"} & set(found)
        near = [n.get("id") or n.get("chart") or n.get("measure") for n in found["nearest"]]
        assert set(meant) & set(near), near

    return holds


def gap(build: Build, asked: Mapping[str, Any], found: Answer) -> None:
    """Not recorded: no value, no row, a sentence that says so, and what is known nearest."""
    seen(build, found)
    assert found["status"] == "not_recorded" and not {"rows", "total"} & set(found)
    assert all(v["value"] is None and v["nearest"] for v in found.get("values", ()))
    assert found["summary"].strip() and (found.get("nearest") or found.get("values")), found


# --- The questions ---

METRIC = ("company_metrics", "value", "period_end_date")
SCORE = ("benchmark_scores", "score", "score_date")

KNOWN: tuple[Question, ...] = (
    *(
        Question("company", asked, facts)
        for asked in (
            {"name": "Alibaba"},
            {"name": "Tencent", "as_of": "2024-06-30"},
            {"name": "Baidu", "fact": "Revenue"},
            {"name": "ByteDance", "fact": "Centralisation index"},
            {"name": "Huawei", "fact": "Own chips"},
            {"name": "DeepSeek", "fact": "Flagship"},
            {"name": "Moonshot AI", "fact": "Best Arena rating"},
            {"name": "Zhipu", "fact": "Output price", "currency": "CNY"},
            {"name": "OpenAI", "fact": "Leads AI"},
            {"name": "Ant Group", "as_of": "2025-12-31"},
        )
    ),
    *(
        Question("landscape", asked, landscape_rows)
        for asked in (
            {},
            {"as_of": "2024-06-30", "governance": ["federated"]},
            {"company_types": ["giant"], "basis": "coded", "as_of": "2025-12-31"},
            {"outside": True, "limit": 100},
        )
    ),
    *(
        Question("changes", asked, moved)
        for asked in (
            {},
            {"since": "2024-12-31", "until": "2025-12-31", "limit": 100},
            {"companies": ["Alibaba", "Tencent", "ByteDance"], "since": "2023-01-01"},
            {"basis": "coded", "company_types": ["startup"]},
        )
    ),
    Question("series", {"measure": "capex", "companies": ["Tencent"]}, rows_of(*METRIC, metric="capex")),
    Question(
        "series",
        {
            "measure": "revenue",
            "companies": ["Alibaba", "Baidu"],
            "since": "2025-01-01",
            "until": "2026-03-31",
        },
        rows_of(*METRIC, metric="revenue"),
    ),
    Question("series", {"measure": "ai_capex_plan"}, rows_of(*METRIC, metric="ai_capex_plan")),
    Question(
        "series",
        {"measure": "Centralisation index", "companies": ["Baidu"]},
        rows_of("governance_index", "centralisation_index", "valid_from"),
    ),
    Question(
        "series",
        {"measure": "transparency_index"},
        rows_of("transparency_scores", "score", "published_date"),
    ),
    Question(
        "series",
        {"measure": "yuan_per_dollar", "since": "2026-01-01"},
        rows_of("exchange_rates", "units_per_usd", "rate_month", currency="CNY"),
    ),
    Question("series", {"measure": "services_filed"}, rows_of("filings", "services_filed", "as_of_date")),
    Question(
        "series",
        {"measure": "monthly_users"},
        rows_of("adoption", "value", "observed_date", metric="monthly_users"),
    ),
    Question(
        "series",
        {"measure": "lmarena-text", "companies": ["OpenAI", "Alibaba"], "limit": 100},
        rows_of(*SCORE, benchmark_id="lmarena-text"),
    ),
    Question("compare", {"companies": ["Alibaba", "Tencent"]}, side_by_side),
    Question(
        "compare", {"companies": ["DeepSeek", "Moonshot", "Zhipu"], "as_of": "2025-12-31"}, side_by_side
    ),
    Question(
        "compare", {"companies": ["Baidu", "ByteDance", "OpenAI", "Huawei"], "currency": "CNY"}, side_by_side
    ),
    *(
        Question("models", asked, models_rows)
        for asked in (
            {"name": "DeepSeek-R1"},
            {"companies": ["Moonshot AI"], "limit": 100},
            {"weights": "open", "order": "best"},
            {"order": "cheapest", "currency": "CNY"},
            {"since": "2026-06-01", "limit": 100},
            {"as_of": "2024-12-31", "companies": ["Baidu"]},
        )
    ),
    *(
        Question("chart", {"chart": chart, **asked}, of_chart(chart))
        for chart, asked in (
            ("governance-mix", {}),
            ("index-over-time", {"as_of": "2025-12-31", "companies": ["Alibaba", "Baidu"]}),
            ("metrics-over-time", {"view": "metrics.metric=capex"}),
            ("price-capability", {"view": "currency=CNY", "limit": 100}),
            ("capability-frontier", {"as_of": "2026-03-31"}),
            ("dimension-scores", {"view": "governance=federated", "basis": "coded"}),
            ("not-known", {"offset": 2, "limit": 2}),
        )
    ),
    Question("source", {"document": "data-b47ed874"}, rests_on),
    Question("source", {"document": "https://udn.com/news/story/7333/9806357"}, rests_on),
    Question("definition", {"word": "hub_and_spoke"}, means("hub_and_spoke")),
    Question("definition", {"word": "models.weights"}, means(column="models.weights")),
    Question("search", {"query": "Qwen", "limit": 100}, finds("company", "alibaba")),
    Question("search", {"query": "Ascend"}, finds("infrastructure", "huawei-ascend")),
    Question("deck", {"charts": ["governance-mix", "price-capability"], "title": "Board, Q4"}, slides),
)

CHINESE: tuple[Question, ...] = (
    Question("company", {"name": "阿里巴巴", "fact": "Flagship"}, facts),
    Question("company", {"name": "科大讯飞"}, facts),
    Question("company", {"name": "月之暗面", "as_of": "2025-06-30", "fact": "Leads AI"}, facts),
    Question("series", {"measure": "revenue", "companies": ["腾讯"]}, rows_of(*METRIC, metric="revenue")),
    Question("compare", {"companies": ["华为", "小米"]}, side_by_side),
    Question("landscape", {"companies": ["智谱", "百度", "字节跳动"]}, landscape_rows),
    Question("models", {"companies": ["深度求索"], "order": "newest"}, models_rows),
    Question("search", {"query": "梁文锋"}, finds("person", "liang-wenfeng")),
    Question("search", {"query": "通义"}, finds("company", "alibaba")),
    Question("definition", {"word": "中枢辐射式"}, means("hub_and_spoke")),
)

GARBLED: tuple[Question, ...] = (
    Question("company", {"name": "Alibbaba"}, unknown("alibaba")),
    Question("company", {"name": "Tencet", "fact": "Revenue"}, unknown("tencent")),
    Question("company", {"name": "阿里吧巴"}, unknown("alibaba")),
    Question("series", {"measure": "capex", "companies": ["Baiduu"]}, unknown("baidu")),
    Question("series", {"measure": "centralization index"}, unknown("centralisation_index")),
    Question("compare", {"companies": ["Alibaba", "ByteDanse"]}, unknown("bytedance")),
    Question("landscape", {"companies": ["DeepSeak"]}, unknown("deepseek")),
    Question("changes", {"companies": ["Xiaomii"]}, unknown("xiaomi")),
    Question("models", {"name": "DeepSeek-R11"}, unknown("deepseek/deepseek-r1")),
    Question("chart", {"chart": "goverance-mix"}, unknown("governance-mix")),
)


def missing(build: Build) -> Iterator[Question]:
    """Thirty questions that a reader may well ask and no document at hand answers, found by what the pages leave empty."""
    today = Selection(build.newest, build.newest, outside=True)
    selected = apply(build.tables, today)
    for one, most in (("deepseek", 4), ("moonshot", 3), ("teleai", 3), ("byd", 3), ("openai", 2)):
        empty = [f for f, (said, _) in facts_of(selected, today, one).items() if not said]
        yield from (Question("company", {"name": one, "fact": f}, gap) for f in empty[:most])
    stated = build.tables["company_metrics"]
    for metric in ("revenue", "capex", "cloud_revenue"):
        told = set(stated.loc[stated["metric"] == metric, "company_id"])
        for one in [c for c in ("deepseek", "moonshot", "zhipu", "stepfun", "huawei") if c not in told][:2]:
            yield Question("series", {"measure": metric, "companies": [one]}, gap)
    made = set(build.tables["models"]["company_id"])
    idle = [c for c in build.tables["companies"]["company_id"] if c not in made]
    yield from (Question("models", {"companies": [c]}, gap) for c in idle[:2])
    yield from (
        Question(tool, asked, gap)
        for tool, asked in (
            ("company", {"name": "Moonshot AI", "as_of": "2021-06-30"}),
            ("models", {"companies": ["DeepSeek"], "as_of": "2023-06-30"}),
            ("models", {"name": "DeepSeek-R1", "as_of": "2024-06-30"}),
            ("series", {"measure": "headcount of lawyers", "companies": ["Alibaba"]}),
            ("series", {"measure": "services_filed", "until": "2022-01-01"}),
            ("definition", {"word": "quantum supremacy"}),
            ("landscape", {"governance": ["portfolio"], "as_of": "2021-01-31"}),
        )
    )


def hundred(build: Build) -> list[Question]:
    gaps = list(missing(build))
    assert (len(KNOWN), len(CHINESE), len(GARBLED), len(gaps)) == (50, 10, 10, 30)
    return [*KNOWN, *CHINESE, *GARBLED, *gaps]


def cited(build: Build, found: Answer) -> None:
    """Every value and row names documents that have an address, and the answer its snapshot, page and rule."""
    assert found["snapshot"]["id"] == build.snapshot.id and "Do not interpolate" in found["rule"]
    assert found["permalink"].startswith(f"{ADDRESS}/") and size(found) <= MOST_BYTES
    assert len(found.get("rows", ())) <= MOST_ROWS
    for one in [*(v for v in found.get("values", ()) if v["value"] is not None), *found.get("rows", ())]:
        assert one["sources"] or one["caveat"] == NO_DOCUMENT, one
        assert all(str(found["sources"][i]["url"]).startswith("http") for i in one["sources"])


async def ask_all(client: Any, questions: list[Question]) -> list[Answer]:
    answers = []
    for one in questions:
        told = await client.call_tool(one.tool, dict(one.asked))
        assert not told.is_error, (one.tool, one.asked, told.content)
        assert json.loads(told.content[0].text) == told.structured_content
        answers.append(told.structured_content)
    return answers


def contents(folder: Path) -> dict[str, str]:
    return {
        str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.resolve().rglob("*") if p.is_file()
    }


@pytest.fixture(scope="module")
def build(built: Path) -> Build:
    return Builds(folder=lambda: built, address=ADDRESS).now()


@needs_sdk
def test_a_hundred_questions_in_a_session_and_over_http(build: Build, built: Path) -> None:
    """One session each; what is wrong is told of all of them at once.

    The session is that of the server for standard input and output, in this process: that a process of its own answers as
    it does is asked in tests/test_door_web.py.
    """
    import anyio
    from mcp.client import Client

    questions = hundred(build)
    assert {q.tool for q in questions} == set(TOOLS)

    async def talk(to: Any, asked: list[Question]) -> list[Answer]:
        async with Client(to) as client:
            return await ask_all(client, asked)

    before = contents(built)
    answers = anyio.run(talk, assistants.server(Builds(folder=lambda: built, address=ADDRESS)), questions)
    # The server behind both is one; over the second way in, of each tool the question that gives most to read.
    sample = {
        q.tool: n
        for n, q in sorted(enumerate(questions), key=lambda one: len(json.dumps(dict(one[1].asked))))
    }
    # Where no address is configured, links begin with the one by which the app was called.
    for app in served(built, LANDSCAPE_API="on", LANDSCAPE_QUESTIONS_A_MINUTE="10000"):
        told = json.dumps(anyio.run(talk, f"{app}/mcp", [questions[n] for n in sample.values()]))
        assert ADDRESS not in told
        over_http = dict(zip(sample.values(), json.loads(told.replace(app, ADDRESS)), strict=True))
    assert len(over_http) == len(TOOLS)
    assert contents(built) == before, "whatever is asked, nothing is written"
    wrong = []
    for n, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        try:
            assert answer == over_http.get(n, answer), "the two ways in answer alike"
            cited(build, answer)
            if question.holds not in (gap,) and question not in GARBLED:
                assert answer["status"] == "answered", answer["summary"]
            question.holds(build, question.asked, answer)
        except Exception as fault:
            wrong.append(
                f"{question.tool} {dict(question.asked)}: {type(fault).__name__}: {str(fault)[:600]}"
            )
    assert not wrong, f"{len(wrong)} of {len(questions)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("tool", "asked", "page", "wanted"),
    [
        (
            "company",
            {"name": "腾讯", "as_of": "2025-06-30", "fact": "Founded, seat, listing"},
            "company",
            ("Tencent", "30 Jun 2025"),
        ),
        (
            "compare",
            {"companies": ["Baidu", "ByteDance", "OpenAI", "Huawei"]},
            "compare",
            ("baidu", "bytedance", "openai", "huawei"),
        ),
        ("source", {"document": "data-b47ed874"}, "data", ("data-b47ed874",)),
        ("series", {"measure": "capex"}, "gallery", ("metrics-over-time", "capex")),
        ("series", {"measure": "c-eval"}, "gallery", ("benchmark-explorer", "c-eval")),
    ],
)
def test_a_link_opens_a_page_that_shows_the_answer(
    build: Build,
    built: Path,
    monkeypatch: pytest.MonkeyPatch,
    tool: str,
    asked: dict[str, Any],
    page: str,
    wanted: tuple[str, ...],
) -> None:
    """The page opens without a word against the link, and what was answered stands on it."""
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    found = tools.call(build, tool, asked)
    parts = urlsplit(found["permalink"])
    assert parts.path == f"/{page}"
    app = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=120)
    for name, values in parse_qs(parts.query).items():
        app.query_params[name] = values
    app.switch_page(f"app_pages/{page}.py")
    app.run()
    assert not app.exception and not app.error and not app.warning, [w.value for w in app.warning]
    said = "\n".join([*(m.value for m in app.main.markdown), *(t.value for t in app.title)])
    said += "\n".join(t.value.to_csv() for t in [*app.main.dataframe, *app.main.table])
    said += "\n".join(str(s.value) for s in app.main.selectbox)
    assert [w for w in wanted if w not in said] == []
