"""Companies: a directory of cards, and what each ships, earns and discloses."""

import streamlit as st

from dashboard.facts import use
from dashboard.screen import chart_card, profiles, room, ui

now = ui.head("Companies", "Who steers AI in each company, what does it ship, and what does it disclose?")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
profiles.directory(now)
chart_card.chart("releases-by-company")
with room.pair():
    chart_card.chart("company-metrics", height="stretch")
    chart_card.chart("transparency", height="stretch")
chart_card.chart("people-moves")
chart_card.chart("use-over-time")
if use.fed(now.tables).empty:
    st.markdown(f":small[:gray[{use.NOT_FED}]]")
else:
    chart_card.chart("tokens-by-band")
    with room.pair():
        chart_card.chart("use-own-derivatives", height="stretch")
        chart_card.chart("site-ranks", height="stretch")
