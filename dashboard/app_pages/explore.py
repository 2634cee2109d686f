"""Explore: a chart of the reader's own, as finished as ours."""

from dashboard.screen import explore, ui

now = ui.head("Explore", "What do you want to see? Pick rows, and what is done with them")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
explore.starting_points()
explore.own_chart()
