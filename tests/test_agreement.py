"""The same words carry the same number, on whatever page, chart, headline, profile or slide they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest

from dashboard.charts import CHARTS
from dashboard.data.selection import Selection
from dashboard.facts import headlines
from dashboard.facts.landscape import apply

Tables = dict[str, pd.DataFrame]

#: Twelve views: days, filters, bases, currencies and scripts that readers use.
VIEWS: dict[str, dict[str, object]] = {
    "today": {},
    "coded": {"basis": "coded"},
    "yuan": {"currency": "CNY"},
    "in Chinese": {"names": "zh"},
    "with the world": {"outside": True},
    "giants": {"company_types": ("giant",)},
    "start-ups": {"company_types": ("startup",)},
    "one company": {"companies": ("alibaba",)},
    "four companies": {"companies": ("alibaba", "tencent", "moonshot", "xiaomi")},
    "end of 2025": {"as_of": pd.Timestamp("2025-12-31")},
    "mid 2024": {"as_of": pd.Timestamp("2024-06-30")},
    "this year alone": {"compare": pd.Timestamp("2025-12-31")},
}


def view_of(tables: Tables, name: str) -> Selection:
    newest = tables["sources"]["accessed_date"].max()
    return replace(Selection(newest, newest), **VIEWS[name])  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=VIEWS)
def view(tables: Tables, request: pytest.FixtureRequest) -> Iterator[tuple[Selection, Tables]]:
    selection = view_of(tables, request.param)
    yield selection, apply(tables, selection)


def percent(text: str) -> int:
    found = re.search(r"(\d+) %", text)
    assert found, text
    return int(found[1])


def told(selected: Tables, selection: Selection) -> dict[str, headlines.Headline]:
    return {h.label: h for h in headlines.headlines(selected, selection)}


# --- With open weights ---


def test_open_weights_of_a_year_are_those_of_the_headline(tables: Tables) -> None:
    """The overview's share of this year is the share that the chart of years ends in, and starts from last year's."""
    selection = view_of(tables, "this year alone")
    selected = apply(tables, selection)
    here = told(selected, selection)["With open weights"]
    chart = CHARTS["weights-by-year"]
    said = chart.finding(chart.data(selected, selection), selection)
    old, new = (int(n) for n in re.findall(r"(\d+) %", said))
    assert new == percent(here.value)
    whole_year = replace(selection, as_of=pd.Timestamp("2025-12-31"), compare=pd.Timestamp("2024-12-31"))
    before = told(apply(tables, whole_year), whole_year)["With open weights"]
    assert old == percent(before.value)


def test_open_weights_of_twelve_months_are_one_number(view: tuple[Selection, Tables]) -> None:
    """Headline, sentence, comparison and profile count the same models by the same rule."""
    selection, selected = view
    yearly = replace(selection, compare=None)
    found = told(selected, yearly)
    releases = CHARTS["releases-by-company"]
    frame = releases.data(selected, yearly)
    assert int(frame["models"].sum()) == int(found["Models released"].value.replace(",", ""))
    if "With open weights" in found:
        counts = frame.groupby("weights")["models"].sum()
        opened = counts.reindex(["Open", "Restricted"]).fillna(0).sum()
        known = counts.drop("Not disclosed", errors="ignore").sum()
        assert percent(found["With open weights"].value) == round(100 * opened / known)
        assert f"{int(opened)} of the {int(known)} models" in found["With open weights"].help
    for sentence in headlines.takeaways(selected, yearly):
        if "open weights" in sentence.text:
            assert percent(sentence.text) == percent(found["With open weights"].value)
    table = CHARTS["compare-table"].data(selected, yearly).set_index("fact")
    names = selected["companies"].set_index("company_name")["company_id"]
    for name in [c for c in table.columns if c in names.index]:
        one = replace(yearly, companies=(names[name],))
        alone = told({k: _of(v, names[name]) for k, v in selected.items()}, one)
        words = table.at["With open weights", name] if "With open weights" in table.index else None
        if "With open weights" in alone:
            assert percent(str(words)) == percent(alone["With open weights"].value), name
        elif isinstance(words, str):
            assert words == "none released", name


def _of(frame: pd.DataFrame, company_id: str) -> pd.DataFrame:
    return frame[frame["company_id"] == company_id] if "company_id" in frame else frame
