"""The pages of governance and claims as a reader uses them: parts, picks, a what-if in the address, a new article."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import visits
from streamlit.testing.v1 import AppTest
from visits import served

import etl
from dashboard.charts import CHARTS
from dashboard.charts.claims import DOCUMENT, document_options
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.landscape import apply, narrow
from etl.governance_rule import INDEX_SENTENCE, LEVELS, RULE


@pytest.fixture(scope="module", autouse=True)
def shown_data(built: Path) -> Iterator[None]:
    with served(built):
        yield


def visit(page: str, **query: str) -> AppTest:
    app = visits.visit(page, **query)
    assert not app.exception, [e.value for e in app.exception]
    return app


def texts(app: AppTest) -> str:
    found = [str(e.value) for kind in ("subheader", "markdown", "caption") for e in app.main.get(kind)]
    found += [str(v) for t in app.main.get("table") for v in pd.DataFrame(t.value).to_numpy().ravel()]
    return "\n".join(found)


def test_a_newcomer_reads_first_who_changed_and_why() -> None:
    app = visit("governance", as_of="2026-06-30")
    first = app.main.get("subheader")[0].value
    assert "changed" in first and "30 Jun 2025" in first
    table = pd.DataFrame(app.main.get("table")[0].value)
    row = next(" ".join(map(str, r)) for r in table.to_numpy() if "Alibaba" in str(r[0]))
    assert "Federated" in row and "Centralised" in row
    assert "Token" in row and "16 Mar 2026" in row and "8 Apr 2026" in row
    assert "](http" in row, "the reason leads to its sources"


def test_only_the_open_part_is_filled() -> None:
    plain, coding = visit("governance"), visit("governance", governance__part="coding")
    assert INDEX_SENTENCE not in texts(plain)
    assert INDEX_SENTENCE in texts(coding)
    assert len(coding.main.get("bidi_component")) < len(plain.main.get("bidi_component"))


def test_the_rule_stands_on_the_page_in_full() -> None:
    words = texts(visit("governance", governance__part="coding"))
    assert all(sentence in words for _, sentence in RULE)
    assert all(level in words for levels in LEVELS.values() for level in levels)
    assert "not behaviour" in words


def test_a_what_if_of_a_link_moves_label_and_index_and_says_whose_it_is(tables: Tables) -> None:
    before = {name: frame.copy() for name, frame in tables.items() if name.startswith("governance")}
    app = visit(
        "governance",
        whatif__weights="5-1-1-1-1-1",
        whatif__scores="alibaba:decision_authority:1,alibaba:base_model_strategy:1",
    )
    words = texts(app)
    assert "**yours**" in words and "never saved" in words
    (metric,) = app.main.get("metric")
    assert "yours" in metric.label and "Alibaba" in metric.label
    assert "Under your numbers" in words
    # The rest of the page goes on as the data has it.
    assert texts(visit("governance", governance__part="change")).split("\n")[0] == words.split("\n")[0]
    for name, frame in before.items():
        pd.testing.assert_frame_equal(tables[name], frame)


def test_changing_a_score_writes_the_address_and_taking_it_back_clears_it() -> None:
    app = visit("governance", governance__part="coding", whatif__company="alibaba")
    app.selectbox(key="whatif-alibaba-tooling").set_value(0).run()
    assert app.query_params["whatif.scores"] == "alibaba:tooling:0"
    app.number_input(key="whatif-weight-tooling").set_value(3).run()
    assert app.query_params["whatif.weights"] == "1-1-1-1-1-3"
    assert "**yours**" in texts(app)
    app.button(key="whatif-reset").click().run()
    assert "whatif.scores" not in app.query_params and "whatif.weights" not in app.query_params
    assert "**yours**" not in texts(app)


def test_another_company_takes_the_event_of_the_first_back() -> None:
    app = visit("governance", governance__part="event")
    app.selectbox(key="pick-before-after.event").set_value("alibaba-2026-03-05-task-force").run()
    assert app.query_params["before-after.event"] == "alibaba-2026-03-05-task-force"
    app.selectbox(key="pick-before-after.company").set_value("baidu").run()
    assert not app.exception
    words = texts(app)
    assert "Baidu" in words and "does not exist here" not in words
    assert app.query_params["before-after.company"] == "baidu"
    assert "before-after.event" not in app.query_params


# --- Claims ---


def two_articles(small_raw: Callable[..., Path], tmp_path: Path) -> Tables:
    raw = small_raw(
        sources=[
            {"source_id": "sources-1", "title": "First"},
            {"source_id": "sources-2", "title": "Second", "url": "https://example.org/2"},
        ],
        claims=[
            {"claim_id": "c1", "document_id": "sources-1", "claim_kind": "fact", "verdict": "corroborated"},
            {
                "claim_id": "c2",
                "document_id": "sources-2",
                "claim_kind": "prediction",
                "verdict": "pending",
                "due_date": "2027-04-01",
                "due_date_precision": "month",
            },
        ],
    )
    etl.build(raw, tmp_path / "out")
    return store.load(tmp_path / "out")


def test_a_second_article_comes_by_rows_alone(small_raw: Callable[..., Path], tmp_path: Path) -> None:
    world = two_articles(small_raw, tmp_path)
    newest = world["sources"]["accessed_date"].max()
    everything = Selection(newest, newest)
    selected = apply(world, everything, keep_outside=True)
    options = document_options(selected, everything)
    assert list(options) == ["all", "sources-1", "sources-2"]
    assert "First" in options["sources-1"] and "Second" in options["sources-2"]
    board, due = CHARTS["claims-by-verdict"], CHARTS["predictions-due"]
    assert board.data(selected, everything)["claims"].sum() == 2
    one = everything.picking(DOCUMENT, "sources-1")
    assert board.data(selected, one)["claims"].sum() == 1
    assert due.data(selected, one).empty
    row = due.data(selected, everything.picking(DOCUMENT, "sources-2")).iloc[0]
    assert row["due_date"] == pd.Timestamp("2027-04-30")
    assert row["days_left"] == (pd.Timestamp("2027-04-30") - newest).days
    assert row["status"] == "Open" and row["due_in"].startswith("in ")


def test_the_board_names_its_article_its_predictions_and_what_risks_would_show_in(tables: Tables) -> None:
    words = texts(visit("claims"))
    claims = tables["claims"]
    title = tables["sources"].set_index("source_id").loc[claims["document_id"].iloc[0], "title"]
    assert str(title).split(":")[0] in words.replace("\\", "")
    assert "**Open**" in words and "months" in words
    for indicators in claims.loc[claims["claim_kind"] == "risk", "indicators"].dropna():
        assert indicators.split(";")[0] in words.replace("\\", "")


def test_before_the_check_no_verdict_is_told(tables: Tables) -> None:
    checked = tables["claims"]["checked_date"].min()
    words = texts(visit("claims", as_of="2026-06-30"))
    if checked > pd.Timestamp("2026-06-30"):
        assert "not checked by this day" in words
        assert not any(str(e) in words for e in tables["claims"]["evidence"].dropna().head(20))


@pytest.mark.parametrize("basis", ["reported", "coded"])
def test_of_companies_by_type_and_by_name_the_charts_tell_the_same(tables: Tables, basis: str) -> None:
    """What is found of everyone and narrowed is what the chosen ones give by themselves; of nobody there is nothing."""
    newest = tables["models"]["release_date"].max()
    day = Selection(newest, newest, basis=basis)
    for chart in (
        "index-change",
        "index-over-time",
        "governance-lanes",
        "governance-mix",
        "relabelling-flow",
    ):
        everyone = apply(tables, day)
        CHARTS[chart].data(everyone, day)
        for chosen in (
            {"company_types": ("giant",)},
            {"companies": ("alibaba", "openai")},
            {"companies": ("nobody",)},
        ):
            selection = replace(day, **chosen)
            narrowed = narrow(everyone, selection)
            frame = CHARTS[chart].data(narrowed, selection)
            # Tables that are no cut of others know nobody else.
            alone = CHARTS[chart].data({name: narrowed[name] for name in narrowed}, selection)
            pd.testing.assert_frame_equal(frame, alone, check_dtype=False)
            assert len(narrowed["companies"]) or frame.empty
