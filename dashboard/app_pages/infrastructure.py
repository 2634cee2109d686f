"""Infrastructure and levers: who owns chips, clouds and frameworks, what they cost, and how AI pays."""

from dashboard.screen import sections, ui

now = ui.head(
    "Infrastructure and levers",
    "Who owns chips, cloud, framework, model hub and distribution, and what is spent and earned?",
)
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
ui.chart("infrastructure-owned")
ui.chart("levers-map")
ui.chart("metrics-over-time")
ui.chart("company-metrics")
ui.chart("investment-plans")
sections.company_tables(now)
