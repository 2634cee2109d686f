"""Data: every table, every column, every document, and how fresh they are."""

from dashboard.screen import feed_queue, proofboard, sections, tabs, ui

now = ui.head("Data", "What is behind the charts, how complete and how old is it?")
with tabs.tabs(
    "data.part",
    {
        "tables": "Tables and dictionary",
        "freshness": "Freshness",
        "sources": "Sources",
        "snapshots": "Snapshots",
        "feeds": "Feeds",
    },
    # A link to a document opens where it is shown.
    "sources" if now.selection.pick("data.source") or now.selection.pick("data.proof") else None,
) as part:
    match part:
        case "tables":
            sections.table_browser(now)
            sections.dictionary_table(now)
        case "freshness":
            sections.freshness_table(now)
            sections.review_card(now)
        case "sources":
            listed = sections.sources_table(now)
            sections.source_lookup(now, listed)
            proofboard.proof_board(now)
        case "snapshots":
            sections.snapshots(now)
        case "feeds":
            feed_queue.feed_queue(now)
