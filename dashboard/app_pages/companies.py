"""Companies: a directory of cards, and what each ships, earns and discloses."""

import streamlit as st

from dashboard import profiles, ui

now = ui.head("Companies", "Who steers AI in each company, what does it ship, and what does it disclose?")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
profiles.directory(now)
ui.chart("releases-by-company")
left, right = st.columns([3, 2], gap="small")
with left:
    ui.chart("company-metrics", height="stretch")
with right:
    ui.chart("transparency", height="stretch")
