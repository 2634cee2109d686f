"""Models: what they can do, what they cost, how open they are and how fast they come."""

from dashboard.screen import chart_card, model_table, tabs, ui

now = ui.head("Models", "Who ships what, how good, how open and at what price?")
ui.need(now)
with tabs.tabs(
    "models.part",
    {
        "capability": "Capability and price",
        "releases": "Releases and openness",
        "size": "Size and context",
        "benchmarks": "Benchmarks",
        "list": "Every model",
    },
    # A link to somebody's benchmark opens where it is shown.
    tabs.part_asked_for({"benchmarks": ("benchmark-explorer", "benchmark-leaders")}, now.selection),
) as part:
    match part:
        case "capability":
            chart_card.chart("price-capability", "capability-frontier")
        case "releases":
            chart_card.chart("model-releases")
            chart_card.pair("weights-by-year", "licences")
        case "size":
            chart_card.chart("parameters", "context-window")
        case "benchmarks":
            chart_card.chart("benchmark-explorer", "benchmark-leaders")
        case "list":
            model_table.models_table(now)
