"""Lists that go into files and decks: headline numbers, reorganisations, plans, models; and names that are not cut."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard.charts import CHARTS, lists
from dashboard.charts.kinds.marks import name_lines
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import headlines, landscape
from dashboard.facts.landscape import apply


@pytest.fixture(scope="module")
def today(tables: Tables) -> Selection:
    newest = tables["sources"]["accessed_date"].max()
    return Selection(as_of=newest, newest=newest)


def frame(tables: Tables, chart_id: str, selection: Selection) -> pd.DataFrame:
    return CHARTS[chart_id].data(apply(tables, selection), selection)


def test_the_slide_says_what_the_overview_says(tables: Tables, today: Selection) -> None:
    shown = frame(tables, "headline-numbers", today)
    said = headlines.headlines(apply(tables, today), today)
    assert shown["value"].tolist() == [h.value for h in said]
    assert len(shown) == 5
    # A change is set against something; without a change nothing is compared.
    assert (shown["change"].isna() == shown["compared_with"].isna()).all()
    assert (shown["source_ids"] != "").all()


def test_reorganisations_of_the_period_picked(tables: Tables, today: Selection) -> None:
    everything = frame(tables, "reorganisations", today)
    recent = frame(tables, "reorganisations", today.picking(lists.WINDOW, "since"))
    assert 0 < len(recent) < len(everything)
    assert (recent["event_date"] > today.since).all()
    assert len(everything) == len(landscape.reorganisations(apply(tables, today)))
    assert everything["event_date"].is_monotonic_decreasing


def test_a_year_of_a_plan_is_its_equal_share(tables: Tables, today: Selection) -> None:
    shown = frame(tables, "investment-plans", today).set_index(["company_name", "period"])
    (alibaba,) = shown.loc[[("Alibaba Group", "2025 to 2027")]].to_dict("records")
    assert (alibaba["amount"], alibaba["a_year"]) == ("¥380B", "¥127B")
    eve = replace(today, as_of=pd.Timestamp("2025-01-31"))
    assert frame(tables, "investment-plans", eve).empty


def test_a_plan_that_was_raised_is_no_plan_any_more(tables: Tables, today: Selection) -> None:
    """Before it was raised it is one: what was known that day stands."""

    def planned(as_of: Selection) -> list[str]:
        shown = frame(tables, "investment-plans", as_of).query("company_name == 'ByteDance'")
        return shown.loc[shown["plan"] == "Planned AI capital expenditure", "amount"].tolist()

    assert planned(today) == ["¥200B"]
    assert planned(replace(today, as_of=pd.Timestamp("2026-03-01"))) == ["¥160B"]


def test_models_in_the_order_picked(tables: Tables, today: Selection) -> None:
    best = frame(tables, "model-list", today.picking(lists.ORDER, "best"))
    ratings = [int(r.replace(",", "")) for r in best["arena"]]
    assert ratings == sorted(ratings, reverse=True)
    newest = frame(tables, "model-list", today)
    assert len(newest) == lists.MOST_MODELS < newest["models"].iloc[0]
    yuan = frame(tables, "model-list", replace(today, currency="CNY"))
    assert yuan["output_price"].dropna().str.startswith("¥").all()
    assert yuan["converted_from"].dropna().str.contains("yuan a dollar").all()


def test_a_long_name_gives_way_to_the_one_it_goes_by() -> None:
    assert name_lines("Beijing Academy of Artificial Intelligence (BAAI)", 110, 13) == ("BAAI",)
