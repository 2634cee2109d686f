"""Every chart by its id, in the order of the pages."""

from dashboard.charts import (
    before_after,
    benchmarks,
    change,
    claims,
    companies,
    compare,
    explore,
    governance,
    lists,
    marks,
    models,
    openness,
    outcomes,
    overview,
    prices,
    profile,
    sizes,
)
from dashboard.charts.spec import Chart, Choice

MODULES = (
    overview,
    lists,
    governance,
    change,
    before_after,
    outcomes,
    companies,
    profile,
    compare,
    models,
    prices,
    sizes,
    openness,
    benchmarks,
    claims,
    explore,
)
CHARTS: dict[str, Chart] = {chart.id: chart for module in MODULES for chart in module.CHARTS}
#: Parameters in the address of what is picked for single charts.
PICKS = frozenset(choice.name for chart in CHARTS.values() for choice in chart.choices)

__all__ = ["CHARTS", "PICKS", "Chart", "Choice", "marks"]
