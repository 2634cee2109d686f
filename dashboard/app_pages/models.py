"""Models: what they can do, what they cost, how open they are and how fast they come."""

from dashboard.screen import chart_card, model_table, room, tabs, ui

now = ui.head("Models", "Who ships what, how good, how open and at what price?")
ui.need(now)
part = tabs.tabs(
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
)
if part["capability"].open:
    with part["capability"]:
        chart_card.chart("price-capability")
        chart_card.chart("capability-frontier")
if part["releases"].open:
    with part["releases"]:
        chart_card.chart("model-releases")
        with room.pair():
            chart_card.chart("weights-by-year", height="stretch")
            chart_card.chart("licences", height="stretch")
if part["size"].open:
    with part["size"]:
        chart_card.chart("parameters")
        chart_card.chart("context-window")
if part["benchmarks"].open:
    with part["benchmarks"]:
        chart_card.chart("benchmark-explorer")
        chart_card.chart("benchmark-leaders")
if part["list"].open:
    with part["list"]:
        model_table.models_table(now)
