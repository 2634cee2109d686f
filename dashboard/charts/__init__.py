"""Every chart by its id, in the order of the pages."""

from dashboard.charts import (
    before_after,
    benchmarks,
    brief,
    centralisation,
    change,
    claims,
    companies,
    compare,
    edition,
    explore,
    findings,
    governance,
    leaders,
    lists,
    marks,
    models,
    money,
    openness,
    outcomes,
    overview,
    prices,
    profile,
    sizes,
    use,
)
from dashboard.charts.spec import Chart, Choice

MODULES = (
    overview,
    lists,
    governance,
    centralisation,
    change,
    before_after,
    outcomes,
    leaders,
    companies,
    money,
    profile,
    compare,
    brief,
    models,
    prices,
    sizes,
    openness,
    benchmarks,
    claims,
    edition,
    findings,
    use,
    explore,
)
CHARTS: dict[str, Chart] = {chart.id: chart for module in MODULES for chart in module.CHARTS}
#: Parameters in the address of what is picked for single charts.
PICKS = frozenset(choice.name for chart in CHARTS.values() for choice in chart.choices)

__all__ = ["CHARTS", "PICKS", "Chart", "Choice", "marks"]
