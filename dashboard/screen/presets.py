"""Questions that executives ask, each as the page, date and filters that answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.data.selection import Selection


@dataclass(frozen=True)
class Preset:
    """One question.

    Attributes:
        question: As the reader would put it.
        page: File of the page that answers it.
        selection: The choice that answers it, from the snapshot's newest day; years come from there.
    """

    question: Callable[[pd.Timestamp], str]
    page: str
    selection: Callable[[Selection], Selection]


def _fresh(now: Selection) -> Selection:
    """The newest day without filters; how names and money are written stays."""
    return Selection(as_of=now.newest, newest=now.newest, names=now.names, currency=now.currency)


def _last_new_year(now: Selection) -> pd.Timestamp:
    return pd.Timestamp(now.newest.year - 1, 12, 31)


PRESETS = (
    Preset(
        lambda newest: f"Who centralised in {newest.year}?",
        "app_pages/governance.py",
        lambda now: replace(
            _fresh(now),
            governance_models=("centralised_ceo", "centralised_function"),
            compare=_last_new_year(now),
        ),
    ),
    Preset(
        lambda newest: "Who leaves AI to its units?",
        "app_pages/governance.py",
        lambda now: replace(_fresh(now), governance_models=("federated", "product_driven", "hub_and_spoke")),
    ),
    Preset(
        lambda newest: "Open weights against closed",
        "app_pages/models.py",
        lambda now: _fresh(now),
    ),
    Preset(
        lambda newest: "Who is cheapest at this score?",
        "app_pages/models.py",
        lambda now: replace(_fresh(now), outside=True),
    ),
    Preset(
        lambda newest: "How do press and rule differ?",
        "app_pages/governance.py",
        lambda now: replace(_fresh(now), basis="coded", company_types=("giant",)),
    ),
    Preset(
        lambda newest: "Which predictions fall due next?",
        "app_pages/claims.py",
        lambda now: _fresh(now),
    ),
)
