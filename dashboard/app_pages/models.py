"""Models: what they can do, what they cost, how open they are and how fast they come."""

from dashboard.screen import profiles, room, ui

now = ui.head("Models", "Who ships what, how good, how open and at what price?")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
ui.chart("price-capability")
ui.chart("model-releases")
ui.chart("capability-frontier")
with room.pair():
    ui.chart("weights-by-year", height="stretch")
    ui.chart("licences", height="stretch")
ui.chart("parameters")
ui.chart("context-window")
ui.chart("benchmark-explorer")
ui.chart("benchmark-leaders")
profiles.models_table(now)
