"""Names on a phone: whole, or ended where a clause of theirs ends; only the words of events may be shortened."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import CHARTS
from dashboard.charts.kinds.lanes import Lanes
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.draw import plotly
from dashboard.facts.landscape import apply
from dashboard.look.measure import clause, width
from dashboard.look.theme import Look

#: Pixels that a chart has on a screen of 390.
PHONE = 358
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
    drawn = plotly.draw(chart, frame, Look(compact=True, wide=PHONE))
    said = [a.get("text", "") for a in drawn["layout"].get("annotations", [])]
    for trace in drawn["data"]:
        words = trace.get("text")
        said += (
            [words] if isinstance(words, str) else [str(w) for w in words if w] if words is not None else []
        )
    cut = [re.sub("<[^>]+>", " ", w) for w in said if "…" in w]
    if isinstance(chart.kind, Lanes) and chart.kind.flags:
        # The words of an event are a sentence; what stands at its lane is a name.
        cut = [w for w in cut if not re.search(r"(19|20)\d\d\s*$", w)]
    assert cut == []


@given(st.text(alphabet="abc ,(:);", max_size=60), st.floats(20, 400))
def test_a_clause_fits_and_is_a_beginning(text: str, room: float) -> None:
    found = clause(text, room, 12)
    assert width(found, 12) <= room or len(found) <= 1
    assert found.endswith("…") or " ".join(text.split()).startswith(found)


def test_what_qualifies_a_name_goes_first() -> None:
    assert clause("LMArena, via MaaS Rank", 80, 12) == "LMArena"
    assert clause("Doubao, counted by QuestMobile (app)", 300, 12) == "Doubao, counted by QuestMobile (app)"
    assert clause("ARC Prize, collected by Epoch AI", 100, 12) == "ARC Prize"
