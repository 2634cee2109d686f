"""Claims: what articles say about the field, and what holds when it is checked."""

import streamlit as st

from dashboard import sections, ui

now = ui.head("Claims", "Which statements about the field hold when checked, and which predictions fall due?")
if now.selected["claims"].empty:
    ui.nothing(now.selection, "claim")
    st.stop()
ui.chart("claims-by-verdict")
ui.chart("predictions-due")
sections.claims_board(now)
