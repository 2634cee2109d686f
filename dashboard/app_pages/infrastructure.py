"""Infrastructure and levers: who owns chips, clouds and frameworks, what they cost, and how AI pays."""

from dashboard.screen import chart_card, sections, ui

now = ui.head(
    "Infrastructure and levers",
    "Who owns chips, cloud, framework, model hub and distribution, and what is spent and earned?",
)
ui.need(now)
chart_card.chart(
    "infrastructure-owned", "levers-map", "metrics-over-time", "company-metrics", "investment-plans"
)
sections.company_tables(now)
