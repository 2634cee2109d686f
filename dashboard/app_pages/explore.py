"""Explore: a chart of the reader's own, as finished as ours."""

from dashboard.screen import explore, ui

now = ui.head("Explore", "What do you want to see? Pick rows, and what is done with them")
ui.need(now)
explore.starting_points()
explore.own_chart()
