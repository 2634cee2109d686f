"""Overview: who steers AI how, today, on one page."""

import streamlit as st

from dashboard import headlines, navigation, sections, ui

now = ui.head("China AI landscape")
navigation.welcome()
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
sections.headline_row(now)
ui.chart("landscape-matrix")
left, right = st.columns([3, 2], gap="small")
with left:
    ui.chart("positioning", height="stretch")
with right:
    sections.latest_changes(now)
sections.takeaways_row(now)
ui.brief_button(
    now,
    "China AI landscape",
    ("governance-mix", "index-change", "releases-by-company", "weights-by-year"),
    numbers=[(h.label, h.value) for h in headlines.headlines(now.selected, now.selection)],
)
