"""Companies: a directory of cards, and what each ships, earns and discloses."""

from dashboard.screen import profiles, room, ui

now = ui.head("Companies", "Who steers AI in each company, what does it ship, and what does it disclose?")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
profiles.directory(now)
ui.chart("releases-by-company")
with room.pair():
    ui.chart("company-metrics", height="stretch")
    ui.chart("transparency", height="stretch")
