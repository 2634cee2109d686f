"""The line of scope under a title: sentences with places, and what fills them."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.charts.scope import said
from dashboard.data.selection import Selection

DAY = pd.Timestamp("2026-03-15")
SELECTION = Selection(DAY, DAY, compare=pd.Timestamp("2025-06-01"))
FRAME = pd.DataFrame(
    {
        "company_name": ["A", "A", "B"],
        "models": [1, 1200, 3],
        "is_outside": [False, True, False],
        "seen": [pd.Timestamp("2026-01-02"), pd.NaT, pd.NaT],
    }
)
FRAME.attrs |= {"out_of": 7, "lost": "; 2 lost"}


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("{as_of}, {since} to {day}", "as of 15 Mar 2026, 1 Jun 2025 to 15 Mar 2026"),
        (
            "prices in {currency}; {month.seen}; {most.models:day}; {inside:firm}",
            "prices in US dollars; Jan 2026; 1,200 days; 2 firms",
        ),
        ("{days}, {basis}", "1 Jun 2025 to 15 Mar 2026, as named sources report it"),
        ("{rows:company}; {different.company_name:lab}", "3 companies; 2 labs"),
        ("{total.models}; {known.seen:day}", "1,204; 1 day"),
        ("{newest.seen} at {first.company_name}", "2 Jan 2026 at A"),
        ("{oldest.seen:month}; {some:lab|with a model}", "Jan 2026; 2 of 7 labs with a model"),
        ("{organisations:with a lever}", "2 of 7 organisations with a lever"),
        ("{rows:row}{noted[lost]}{noted[found]}", "3 rows; 2 lost"),
        ("{companies}; {models:dated}", "2 of 7 companies; 1,204 of 7 models dated"),
    ],
)
def test_places_are_filled(sentence: str, words: str) -> None:
    assert said(sentence, FRAME, SELECTION) == words


def test_a_place_that_names_nothing_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        said("{nobody}", FRAME, SELECTION)
