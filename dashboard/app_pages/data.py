"""Data: every table, every column, every document, and how fresh they are."""

import streamlit as st

from dashboard.screen import feed_queue, sections, ui

now = ui.head("Data", "What is behind the charts, how complete and how old is it?")
tables, fresh, documents, changed, waiting = st.tabs(
    ["Tables and dictionary", "Freshness", "Sources", "Snapshots", "Feeds"],
    key="data.part",
    on_change="rerun",
)
if tables.open:
    with tables:
        sections.table_browser(now)
        sections.dictionary_table(now)
if fresh.open:
    with fresh:
        sections.freshness_table(now)
        sections.review_card(now)
if documents.open:
    with documents:
        sections.sources_table(now)
        sections.source_lookup(now)
if changed.open:
    with changed:
        sections.snapshots(now)
if waiting.open:
    with waiting:
        feed_queue.feed_queue(now)
