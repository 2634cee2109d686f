"""Kinds of charts: each is listed wherever kinds are, and one that is not says where its line goes."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, replace
from typing import get_args

import pandas as pd
import pytest
from test_export_table import tiny_card

from dashboard.charts import CHARTS, kinds
from dashboard.charts.spec import Kind
from dashboard.draw import plotly
from dashboard.draw.slide import drawings
from dashboard.export.master import BODY
from dashboard.look.theme import Look


def declared_kinds() -> set[type]:
    """Every dataclass of charts/kinds that says which columns it reads."""
    found = set()
    for one in pkgutil.iter_modules(kinds.__path__, f"{kinds.__name__}."):
        module = importlib.import_module(one.name)
        found |= {c for c in vars(module).values() if isinstance(c, type) and "reads" in vars(c)}
    return found


@pytest.mark.parametrize(
    ("place", "listed"),
    [
        ("Kind in dashboard/charts/spec.py", set(get_args(Kind))),
        ("DRAWERS in dashboard/draw/plotly/__init__.py", set(plotly.DRAWERS)),
        ("DRAWERS in dashboard/draw/slide/drawings.py", set(drawings.DRAWERS)),
    ],
    ids=["declaration", "screen", "slide"],
)
def test_every_kind_is_listed_wherever_kinds_are(place: str, listed: set[type]) -> None:
    missing = sorted(c.__name__ for c in declared_kinds() - listed)
    assert not missing, f"{place}: no line for {', '.join(missing)}"


def test_a_kind_that_nobody_draws_says_where_its_line_goes() -> None:
    @dataclass(frozen=True)
    class Rose:
        reads: tuple[str, ...] = ("company_name",)

    chart = replace(CHARTS["outcomes"], kind=Rose())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Rose, which Plotly cannot draw.*plotly/__init__\.py"):
        plotly.draw(chart, pd.DataFrame(), Look())
    card = replace(tiny_card(pd.DataFrame({"company_name": ["A"]})), kind=Rose())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Rose, which PowerPoint cannot show.*slide/drawings\.py"):
        drawings.pages(card, BODY)
