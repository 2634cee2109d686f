"""Models: what they can do, what they cost, how open they are and how fast they come."""

from dashboard.screen import chart_card, model_table, room, ui

now = ui.head("Models", "Who ships what, how good, how open and at what price?")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
chart_card.chart("price-capability")
chart_card.chart("model-releases")
chart_card.chart("capability-frontier")
with room.pair():
    chart_card.chart("weights-by-year", height="stretch")
    chart_card.chart("licences", height="stretch")
chart_card.chart("parameters")
chart_card.chart("context-window")
chart_card.chart("benchmark-explorer")
chart_card.chart("benchmark-leaders")
model_table.models_table(now)
