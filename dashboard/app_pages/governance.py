"""Governance: who decides on AI in each company, since when, and how that is known."""

import streamlit as st

from dashboard import sections, ui

now = ui.head("Governance", "Who decides on models, computing power and data, and when did that change?")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    st.stop()
ui.chart("governance-lanes")
left, right = st.columns(2, gap="small")
with left:
    ui.chart("governance-mix", height="stretch")
with right:
    ui.chart("before-after", height="stretch")
ui.chart("dimension-scores")
left, right = st.columns(2, gap="small")
with left:
    ui.chart("index-over-time", height="stretch")
with right:
    ui.chart("governance-now", height="stretch")
ui.chart("reported-coded")
ui.chart("events-by-quarter")
if hasattr(sections, "rule_printed"):
    sections.rule_printed()
sections.events_table(now)
