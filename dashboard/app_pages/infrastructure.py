"""Infrastructure and levers: who owns chips, clouds and frameworks, what they cost, and how AI pays."""

from dashboard.screen import chart_card, sections, ui

now = ui.head(
    "Infrastructure and levers",
    "Who owns chips, cloud, framework, model hub and distribution, and what is spent and earned?",
)
ui.need(now)
chart_card.chart("infrastructure-owned")
chart_card.chart("levers-map")
chart_card.chart("metrics-over-time")
chart_card.chart("company-metrics")
chart_card.chart("investment-plans")
sections.company_tables(now)
