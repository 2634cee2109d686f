"""Companies: a directory of cards, and what each ships, earns and discloses."""

import streamlit as st

from dashboard.facts import use
from dashboard.screen import chart_card, profiles, ui

now = ui.head("Companies", "Who steers AI in each company, what does it ship, and what does it disclose?")
ui.need(now)
profiles.directory(now)
chart_card.chart("releases-by-company")
chart_card.pair("company-metrics", "transparency")
chart_card.chart("people-moves", "use-over-time")
if use.fed(now.tables).empty:
    st.markdown(f":small[:gray[{use.NOT_FED}]]")
else:
    chart_card.chart("tokens-by-band")
    chart_card.pair("use-own-derivatives", "site-ranks")
