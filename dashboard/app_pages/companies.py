"""Companies: what each ships, owns and earns with."""

import streamlit as st

from dashboard import sections, ui

now = ui.head("Companies", "What does each company ship, own and earn with?")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    st.stop()
ui.chart("releases-by-company")
left, right = st.columns(2, gap="small")
with left:
    ui.chart("levers-map", height="stretch")
with right:
    ui.chart("infrastructure-owned", height="stretch")
left, right = st.columns([3, 2], gap="small")
with left:
    ui.chart("company-metrics", height="stretch")
with right:
    ui.chart("transparency", height="stretch")
sections.company_tables(now)
