"""Governance: who decides on AI in each company, since when, why, and how that is known."""

import streamlit as st

from dashboard.charts.outcomes import SMALL_NUMBERS
from dashboard.facts import what_if
from dashboard.screen import chart_card, room, tabs, timemachine, ui

now = ui.head("Governance", "Who decides on models, computing power and data, and when did that change?")
if now.selected["companies"].empty:
    ui.nothing(now.selection)
    ui.stop()
timemachine.what_changed(now)
chart_card.chart("governance-lanes")
# A link to somebody's what-if opens where it is shown.
first = "coding" if now.selection.pick(what_if.WEIGHTS) or now.selection.pick(what_if.SCORES) else None
part = tabs.tabs(
    "governance.part",
    {
        "change": "Change",
        "event": "Before and after",
        "dimensions": "Six dimensions",
        "outcomes": "Outcomes",
        "coding": "How this is coded",
        "events": "All events",
    },
    first,
)
if part["change"].open:
    with part["change"]:
        chart_card.chart("index-change")
        chart_card.chart("relabelling-flow")
        with room.pair():
            chart_card.chart("governance-mix", height="stretch")
            chart_card.chart("index-over-time", height="stretch")
if part["event"].open:
    with part["event"]:
        timemachine.before_after(now)
        chart_card.chart("governance-walk")
        chart_card.chart("pre-post")
if part["dimensions"].open:
    with part["dimensions"]:
        chart_card.chart("dimension-scores")
        chart_card.chart("reported-coded")
        chart_card.chart("governance-now")
if part["outcomes"].open:
    with part["outcomes"]:
        st.markdown(f"**Read with care.** {SMALL_NUMBERS}")
        chart_card.chart("outcomes")
        chart_card.chart("leader-to-flagship")
        chart_card.chart("use-around")
        chart_card.chart("positioning")
if part["coding"].open:
    with part["coding"]:
        timemachine.rule_printed(now)
        timemachine.what_if_panel(now)
if part["events"].open:
    with part["events"]:
        chart_card.chart("events-by-quarter")
        chart_card.chart("reorganisations")
