"""Every chart by its id, in the order of the pages."""

from dashboard.charts import claims, companies, governance, models, overview
from dashboard.charts.spec import Chart, Choice, Native

CHARTS: dict[str, Chart] = {
    chart.id: chart for module in (overview, governance, companies, models, claims) for chart in module.CHARTS
}

__all__ = ["CHARTS", "Chart", "Choice", "Native"]
