"""Cards of every chart under three selections, as the app and the command line make them, for the export tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.charts.card import Card
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.deck.builds import Builds, load

VIEWS = ("everything", "one company", "nothing")
ADDRESS = "https://landscape.example/governance?company=alibaba"
#: One cell of every chart in every view.
CASES = [(chart_id, view) for chart_id in CHARTS for view in VIEWS]


@cache
def _load(folder: Path) -> tuple[Tables, Callable[..., Tables]]:
    """Tables, and what narrows them to a selection: as in a deck, once for all charts that stand under it."""
    whole = load(folder)
    return whole.tables, Builds(whole).applied


def selection(view: str, newest: pd.Timestamp) -> Selection:
    """The selection behind a view's name."""
    companies = {"everything": (), "one company": ("alibaba",), "nothing": ("no-such-company",)}[view]
    return Selection(as_of=newest, newest=newest, companies=companies)


@cache
def card(folder: Path, chart_id: str, view: str) -> Card:
    """The card of a chart; made once for all tests."""
    now, (tables, applied) = store.snapshot(folder), _load(folder)
    return cards.make(
        CHARTS[chart_id], tables, selection(view, now.as_of), now, address=ADDRESS, applied=applied
    )
