"""Names and the words of events at every width of a screen: whole, or ended where a clause of theirs ends."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import CHARTS
from dashboard.charts.kinds.points import state
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.draw import plotly
from dashboard.facts.landscape import apply
from dashboard.look.measure import clause, width
from dashboard.look.room import room_of
from dashboard.look.theme import Look, short_name
from dashboard.screen.room import fitted

#: Pixels that a chart has on a screen of 390, in a card of 600, in half a row of 1440, and in one of its own.
WIDTHS = (340, 358, 500, 540, 620, 720, 960, 1240)
#: The chart of a card that shares the first screen.
FRONT = Look(compact=True, wide=420, height=244)
DRAWN = sorted(i for i, c in CHARTS.items() if c.screen == "figure")


@pytest.mark.parametrize("chart_id", DRAWN)
@pytest.mark.parametrize("companies", [(), ("alibaba", "shanghai-ai-lab")])
def test_no_name_ends_in_an_ellipsis(tables: Tables, chart_id: str, companies: tuple[str, ...]) -> None:
    newest = pd.Timestamp(tables["sources"]["accessed_date"].max())
    chosen = Selection(as_of=newest, newest=newest, companies=companies)
    chart = CHARTS[chart_id].picked(chosen)
    frame = chart.data(apply(tables, chosen, keep_outside=chart.outside), chosen)
    if frame.empty:
        pytest.skip("no rows under this view")
    for look in (*(fitted(Look(), wide) for wide in WIDTHS), FRONT):
        drawn = plotly.draw(chart, frame, look)
        said = [a.get("text", "") for a in drawn["layout"].get("annotations", [])]
        for trace in drawn["data"]:
            words = trace.get("text")
            said += (
                [words]
                if isinstance(words, str)
                else [str(w) for w in words if w]
                if words is not None
                else []
            )
        cut = [re.sub("<[^>]+>", " ", w) for w in said if "…" in w]
        assert cut == [], look.wide


@pytest.mark.parametrize("wide", [300, 340, 420, 620])
@pytest.mark.parametrize("height", [0, 244])
def test_labs_beside_the_map_are_named_whole_or_counted(tables: Tables, wide: int, height: int) -> None:
    newest = pd.Timestamp(tables["sources"]["accessed_date"].max())
    chosen = Selection(as_of=newest, newest=newest)
    chart = CHARTS["positioning"].picked(chosen)
    frame = chart.data(apply(tables, chosen, keep_outside=chart.outside), chosen)
    look = replace(fitted(Look(), wide), height=height)
    found = state(chart.kind, frame, chart.columns, room_of(look))
    beside = [
        a["text"] for a in plotly.draw(chart, frame, look)["layout"]["annotations"] if a.get("xref") == "x2"
    ]
    said = [" ".join(re.sub("<[^>]+>", " ", t).split()) for t in beside]
    named = [short_name(s.name) for s in found.apart if short_name(s.name) in said]
    more = [int(m[1]) for t in said if (m := re.fullmatch("and ([0-9]+) more", t))]
    assert named and named == [short_name(s.name) for s in found.apart][: len(named)]
    assert len(named) + sum(more) == len(found.apart)
    assert all(
        a.get("font", {}).get("size", 12) >= 10
        for a in plotly.draw(chart, frame, look)["layout"]["annotations"]
    )


@given(st.text(alphabet="abc ,(:);", max_size=60), st.floats(20, 400))
def test_a_clause_fits_and_is_a_beginning(text: str, room: float) -> None:
    found = clause(text, room, 12)
    assert width(found, 12) <= room or len(found) <= 1
    assert found.endswith("…") or " ".join(text.split()).startswith(found)


def test_what_qualifies_a_name_goes_first() -> None:
    assert clause("LMArena, via MaaS Rank", 80, 12) == "LMArena"
    assert clause("Doubao, counted by QuestMobile (app)", 300, 12) == "Doubao, counted by QuestMobile (app)"
    assert clause("ARC Prize, collected by Epoch AI", 100, 12) == "ARC Prize"
