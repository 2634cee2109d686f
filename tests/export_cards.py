"""Cards of every chart under three selections, as the app and the command line make them, for the export tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.charts.card import Card
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.data.store import Tables

VIEWS = ("everything", "one company", "nothing")
ADDRESS = "https://landscape.example/governance?company=alibaba"
#: One cell of every chart in every view.
CASES = [(chart_id, view) for chart_id in CHARTS for view in VIEWS]


@cache
def _load(folder: Path) -> Tables:
    return store.load(folder)


def selection(view: str, newest: pd.Timestamp) -> Selection:
    """The selection behind a view's name."""
    companies = {"everything": (), "one company": ("alibaba",), "nothing": ("no-such-company",)}[view]
    return Selection(as_of=newest, newest=newest, companies=companies)


@cache
def card(folder: Path, chart_id: str, view: str) -> Card:
    """The card of a chart; made once for all tests."""
    now = store.snapshot(folder)
    return cards.make(
        CHARTS[chart_id],
        _load(folder),
        selection(view, now.as_of),
        now,
        address=ADDRESS,
    )
