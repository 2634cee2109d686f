"""Overview: who steers AI how, today, on one screen."""

from dashboard.facts import headlines
from dashboard.screen import chart_card, navigation, room, sections, tables, ui

now = ui.head("China AI landscape", beside=True)
navigation.welcome()
ui.need(now)
sections.headline_row(now)
# Four columns of words want more room than a map.
left, right = room.beside(now.look, 6, 5)
with left:
    chart_card.chart("landscape-matrix", front=tables.FRONT_ROWS)
with right:
    chart_card.chart("positioning", front=tables.FRONT_ROWS)
left, right = room.beside(now.look, 6, 5)
with left:
    sections.latest_changes(now)
with right:
    sections.takeaways_card(now)
chart_card.brief_button(
    now,
    "China AI landscape",
    ("governance-mix", "index-change", "releases-by-company", "weights-by-year"),
    numbers=lambda: [(h.label, h.value) for h in headlines.headlines(now.selected, now.selection)],
)
