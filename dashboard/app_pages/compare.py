"""Compare: two to four companies side by side, in one table and four charts."""

import streamlit as st

from dashboard.look.theme import format_day
from dashboard.screen import chart_card, profiles, ui

now = ui.view()
st.title("Compare companies", anchor=False)
st.markdown(
    f"As of **{format_day(now.selection.as_of)}** · of the filters, only date, basis, names and currency count here"
)
st.markdown(":gray[How do these companies differ in how they steer, build and sell AI?]")
chosen = profiles.pick_compared(now)
if len(chosen.selection.companies) < 2:
    st.info("Choose two different companies or more.", icon=":material/compare_arrows:")
    ui.stop()
chart_card.chart("compare-table", selection=chosen.selection)
if len(chosen.selection.companies) == 2:
    chart_card.chart("match-up", selection=chosen.selection)
chart_card.pair("compare-index", "compare-rating", selection=chosen.selection)
chart_card.chart("compare-releases", "dimension-scores", selection=chosen.selection)
profiles.profile_links(chosen, now)
