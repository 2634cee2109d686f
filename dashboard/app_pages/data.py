"""Data: every table, every column, every document, and how fresh they are."""

from dashboard.screen import feed_queue, proofboard, sections, tabs, ui

now = ui.head("Data", "What is behind the charts, how complete and how old is it?")
# A link to a document opens where it is shown.
part = tabs.tabs(
    "data.part",
    {
        "tables": "Tables and dictionary",
        "freshness": "Freshness",
        "sources": "Sources",
        "snapshots": "Snapshots",
        "feeds": "Feeds",
    },
    "sources" if now.selection.pick("data.source") or now.selection.pick("data.proof") else None,
)
if part["tables"].open:
    with part["tables"]:
        sections.table_browser(now)
        sections.dictionary_table(now)
if part["freshness"].open:
    with part["freshness"]:
        sections.freshness_table(now)
        sections.review_card(now)
if part["sources"].open:
    with part["sources"]:
        sections.sources_table(now)
        sections.source_lookup(now)
        proofboard.proof_board(now)
if part["snapshots"].open:
    with part["snapshots"]:
        sections.snapshots(now)
if part["feeds"].open:
    with part["feeds"]:
        feed_queue.feed_queue(now)
