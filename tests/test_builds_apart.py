"""Two builds set against each other: each difference told once, of its organisation, with its cause; nothing else is."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pptx
import pytest
from streamlit.testing.v1 import AppTest

import etl
from dashboard.__main__ import main
from dashboard.data import store
from dashboard.data.store import Tables
from dashboard.deck import apart_builds
from dashboard.deck.builds import Data
from dashboard.export import slides
from dashboard.facts import builds_apart, prices, ratings
from dashboard.facts.builds_apart import CAUSES, apart
from etl.tables import TABLES
from etl.write import write

ROOT = Path(__file__).resolve().parent.parent


def day_of(tables: Tables) -> pd.Timestamp:
    return tables["sources"]["accessed_date"].max()


def told(old: Tables, new: Tables) -> pd.DataFrame:
    return apart(old, new, day_of(old), day_of(new))


def test_a_build_and_itself_differ_in_nothing(tables: Tables) -> None:
    found = told(tables, tables)
    assert found.empty and builds_apart.summary(found).startswith("No label, AI lead, ")


def test_a_row_that_is_new_is_a_fact_one_that_is_gone_a_correction(tables: Tables) -> None:
    events = tables["governance_events"]
    mine = events[(events["company_id"] == "tencent") & events["event_type"].eq("restructure")].iloc[:1]
    without = {**tables, "governance_events": events.drop(mine.index)}
    new = told(without, tables)
    assert new[["company_id", "kind", "cause"]].values.tolist() == [["tencent", "reorganisation", "new fact"]]
    gone = told(tables, without)
    assert gone[["company_id", "change", "cause"]].values.tolist() == [["tencent", "Withdrawn", "correction"]]
    assert "withdrawn" in gone["what"].iloc[0] and gone["source_ids"].iloc[0] == mine["source_ids"].iloc[0]


def dearer(tables: Tables) -> tuple[Tables, str, str]:
    """The tables with the list price of one model of the field three times as high; the model and its company."""
    rows = prices.list_prices(tables, "USD")
    rows = rows[rows["converted_from"].isna()]
    home = tables["companies"].set_index("company_id")["country"]
    owner = tables["models"].set_index("model_id")["company_id"]
    one = rows[rows["model_id"].map(owner).map(home).eq("CN")].iloc[0]
    out = dict(tables)
    for name, column in (
        ("model_prices", "output_price_per_mtok"),
        ("model_prices_converted", "output_price_usd_per_mtok"),
    ):
        frame = tables[name].copy()
        mine = (
            (frame["model_id"] == one["model_id"])
            & (frame["currency"] == "USD")
            & (frame["price_date"] == one["price_date"])
        )
        frame.loc[mine, column] = frame.loc[mine, column] * 3
        out[name] = frame
    return out, str(one["model_id"]), str(owner[one["model_id"]])


def test_a_row_that_is_another_now_is_a_correction(tables: Tables) -> None:
    new, _, company = dearer(tables)
    assert told(tables, new)[["company_id", "kind", "cause"]].values.tolist() == [
        [company, "price", "correction"]
    ]


def test_an_accepted_proposal_is_named_with_its_reason(tables: Tables) -> None:
    new, model, company = dearer(tables)
    decision = {
        "decision_id": "d", "proposal_id": "p", "proposal_class": "changed_price", "subject": model, "company_id": company,
        "feeds": "a; b", "our_value": "1", "upstream_value": "3", "verdict": "accepted", "why": "Two feeds agree on the price.",
        "decided_by": "rule", "decided_date": pd.Timestamp("2026-11-26"),
    }  # fmt: skip
    found = told(tables, {**new, "review_decisions": pd.DataFrame([decision])})
    assert found["cause"].tolist() == ["review decision"]
    assert found["why"].iloc[0] == "Two feeds agree on the price. (rule, 26 Nov 2026)"
    # One that was refused, or is of another model, explains nothing.
    for other in ({"verdict": "refused"}, {"subject": "another model"}):
        rows = pd.DataFrame([decision | other])
        assert told(tables, {**new, "review_decisions": rows})["cause"].tolist() == ["correction"]


def test_another_snapshot_of_a_scale_is_a_refit_and_no_news_of_a_company(tables: Tables) -> None:
    scores = tables["benchmark_scores"]
    newest = ratings.version(tables, "lmarena-text")
    assert newest is not None
    older = scores[~((scores["benchmark_id"] == "lmarena-text") & (scores["score_date"] == newest))]
    found = told({**tables, "benchmark_scores": older}, tables)
    mine = found[found["kind"] == "score"]
    assert len(mine) and set(mine["cause"]) == {"refit"}
    assert mine["why"].str.contains("snapshot of .* then, of .* now").all()


def test_days_that_only_the_newer_build_reaches_bring_new_facts(tables: Tables) -> None:
    newest = day_of(tables)
    before = newest - pd.Timedelta(days=90)
    found = apart(tables, tables, before, newest)
    assert len(found) and set(found["cause"]) == {"new fact"}
    names = found.loc[found["company_id"].notna(), "company_name"].str.casefold().tolist()
    assert names == sorted(names) and set(found["cause"]) <= set(CAUSES)


@pytest.fixture(scope="module")
def two(raw_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Two builds in one folder: the real data, and the same with one event fewer before it."""
    where = tmp_path_factory.mktemp("two")
    frames = etl.check(raw_folder)
    events = frames["governance_events"]
    gone = (events["company_id"] == "tencent") & (events["event_date"] == "2026-07-23")
    assert gone.sum() == 1
    fewer = frames | {"governance_events": events[~gone].reset_index(drop=True)}
    old, new = (write(TABLES, f, where / "processed", "hash") for f in (fewer, frames))
    return where / "processed", old, new


def test_the_command_the_page_and_the_slide_tell_the_same(
    two: tuple[Path, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, old, new = two
    kept = store.builds(folder)
    card = apart_builds.card(*(Data(store.load(kept[i]), store.snapshot(kept[i])) for i in (old, new)))
    assert len(card.frame) and set(card.frame["cause"]) == {"new fact"}
    what = card.frame["what"].iloc[0]
    assert main(["changes", "--data", str(folder)]) == 0
    said = capsys.readouterr().out
    assert what in said and old in said and "(new fact" in said
    assert main(["changes", "--data", str(folder), old, new, "--out", str(tmp_path / "c.csv")]) == 0
    assert what in (tmp_path / "c.csv").read_text(encoding="utf-8-sig").replace('""', '"')
    assert main(["changes", "--data", str(folder), "nowhere"]) == 1
    assert "snapshot nowhere is not kept here; kept are" in capsys.readouterr().err
    deck = pptx.Presentation(io.BytesIO(slides.slide(card)))
    cells = [c.text for s in deck.slides[0].shapes if s.has_table for r in s.table.rows for c in r.cells]
    assert what in cells and "new fact" in cells
    monkeypatch.setenv("LANDSCAPE_DATA", str(folder))
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=120)
    app.switch_page("app_pages/data.py")
    app.query_params["data.part"] = "snapshots"
    app.run()
    assert not app.exception
    assert any(what in d.value.to_csv().replace('""', '"') for d in app.dataframe)
