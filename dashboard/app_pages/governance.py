"""Governance: who decides on AI in each company, since when, why, and how that is known."""

import streamlit as st

from dashboard.charts.outcomes import SMALL_NUMBERS
from dashboard.facts import what_if
from dashboard.screen import chart_card, tabs, timemachine, ui

now = ui.head("Governance", "Who decides on models, computing power and data, and when did that change?")
ui.need(now)
timemachine.what_changed(now)
chart_card.chart("governance-lanes")
with tabs.tabs(
    "governance.part",
    {
        "change": "Change",
        "event": "Before and after",
        "dimensions": "Six dimensions",
        "outcomes": "Outcomes",
        "coding": "How this is coded",
        "events": "All events",
    },
    # A link to somebody's what-if opens where it is shown.
    "coding" if now.selection.pick(what_if.WEIGHTS) or now.selection.pick(what_if.SCORES) else None,
) as part:
    match part:
        case "change":
            chart_card.chart("index-change", "relabelling-flow")
            chart_card.pair("governance-mix", "index-over-time")
        case "event":
            timemachine.before_after(now)
            chart_card.chart("governance-walk", "pre-post")
        case "dimensions":
            chart_card.chart("dimension-scores", "reported-coded", "governance-now")
        case "outcomes":
            st.markdown(f"**Read with care.** {SMALL_NUMBERS}")
            chart_card.chart("outcomes", "leader-to-flagship", "use-around", "positioning")
        case "coding":
            timemachine.rule_printed(now)
            timemachine.what_if_panel(now)
        case "events":
            chart_card.chart("events-by-quarter", "reorganisations")
