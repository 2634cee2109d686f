"""Caveats on marks, the line that says who stands behind one, and where a row leads."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import marks
from dashboard.charts.kinds.marks import caveats_of
from dashboard.data import permalink
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.landscape import apply
from dashboard.screen import leads

FRAME = pd.DataFrame(
    {
        "company_name": ["Alpha", "Beta", "Gamma", "Delta"],
        "value": [4.0, 3.0, 2.0, 1.0],
        "confidence": ["high", "low", "medium", None],
        "caveat": [None, "estimated", "disputed; stale", None],
        "source_ids": ["one", "one; two", None, "gone"],
    },
    index=[7, 5, 3, 1],
)
SOURCES = pd.DataFrame(
    {
        "source_id": ["one", "two"],
        "publisher": ["36Kr", "Caixin"],
        "url": ["https://example.org/1", "https://example.org/2"],
        "published_date": [pd.Timestamp("2026-03-01"), pd.NaT],
        "published_date_precision": ["month", None],
    }
)


def points() -> go.Figure:
    return go.Figure(
        {
            "type": "scatter",
            "mode": "markers",
            "x": FRAME["value"].tolist(),
            "y": [0, 1, 2, 3],
            "marker": {"size": 8, "symbol": ["square"] * 4, "color": "#123456"},
            "customdata": FRAME.index.tolist(),
            "hovertemplate": "%{x}<extra></extra>",
        }
    )


def test_the_weakest_of_several_counts() -> None:
    assert marks.weakest(["high", "low", "medium"]) == "low"
    assert marks.weakest(["medium", "reported", None]) == "reported"
    assert marks.weakest([None, float("nan")]) is None


def test_caveats_are_words_or_nothing() -> None:
    assert marks.caveats() is None
    assert marks.caveats(stale=True, estimated=True) == "estimated; stale"


def test_the_note_says_what_the_signs_mean_and_whose_they_are() -> None:
    note = marks.caveat_note(FRAME)
    assert "estimated, or weakly supported (Beta)." in note
    assert "(Gamma)" in note and "Faded" in note
    assert marks.caveat_note(FRAME.assign(caveat=None)) == ""
    # Many are not listed.
    many = pd.DataFrame({"company_name": list("abcde"), "caveat": [*["stale"] * 4, None]})
    assert "(" not in marks.caveat_note(many)


def test_where_all_is_stale_the_note_says_so_and_nothing_fades() -> None:
    old = FRAME.assign(caveat="stale")
    assert marks.caveat_note(old) == "All values are older than their kind of fact stays true."
    assert caveats_of(old) == [frozenset()] * 4


def test_a_hover_says_who_stands_behind_the_mark() -> None:
    told = marks.told(points().to_plotly_json(), FRAME, SOURCES)
    said = [c[1] for c in told["data"][0]["customdata"]]
    assert said[0] == "<br><i>Source: 36Kr, Mar 2026; one publisher alone; well supported</i>"
    assert "36Kr, Mar 2026 +1; weakly supported; estimated" in said[1]
    assert "disputed, stale" in said[2] and "Source" not in said[2]
    assert said[3] == ""
    told = marks.told(points().to_plotly_json(), FRAME, SOURCES.assign(strength="aggregator"))
    said = [c[1] for c in told["data"][0]["customdata"]]
    assert (
        said[0] == "<br><i>Source: 36Kr, Mar 2026; aggregators alone; one publisher alone; well supported</i>"
    )


def test_a_reprint_is_no_second_publisher() -> None:
    twice = SOURCES.assign(publisher=["36Kr", "36Kr, reprint on Sina"])
    row = FRAME.index[1]
    assert marks.standing(FRAME, row, twice).count(marks.ALONE) == 1
    assert marks.ALONE not in marks.standing(FRAME, row, SOURCES)
    assert marks.lonely(FRAME, twice) > marks.lonely(FRAME, SOURCES) > 0


@pytest.fixture(scope="module")
def today(tables: Tables) -> Tables:
    newest = tables["sources"]["accessed_date"].max()
    return apply(tables, Selection(newest, newest))


def test_a_row_leads_to_what_it_speaks_of(today: Tables) -> None:
    model = today["models"].drop_duplicates("model_name", keep=False).iloc[0]
    company = today["companies"].set_index("company_id").loc[model["company_id"]]
    row = {"company_name": company["company_name"], "model_label": model["model_name"]}
    found = leads.of_row(row, today)
    assert [(x.kind, x.id) for x in found] == [
        ("model", model["model_id"]),
        ("company", model["company_id"]),
    ]


def test_names_in_a_list_lead_each_to_their_own_and_not_more_than_a_few(today: Tables) -> None:
    names = today["companies"]["company_name"].tolist()
    found = leads.of_row({"company_names": ", ".join(names[:3])}, today)
    assert [x.label for x in found] == names[:3]
    assert len(leads.of_row({"company_names": ", ".join(names)}, today)) == leads.MOST


def test_a_name_unknown_or_shared_leads_nowhere(today: Tables) -> None:
    assert leads.of_row({"company_name": "Nobody", "model_name": "Nothing"}, today) == []
    shared = {**today, "models": pd.concat([today["models"].head(1)] * 2)}
    assert leads.of_row({"model_name": today["models"]["model_name"].iloc[0]}, shared) == []


def test_a_governance_model_leads_to_those_that_have_it(today: Tables) -> None:
    (lead,) = leads.of_row({"governance_model_id": "federated"}, today)
    assert (lead.kind, lead.id) == ("governance", "federated")
    assert set(permalink.PLACES) >= {"company", "model", "claim", "governance", "source", "event", "person"}
