"""Documents read again, on the Data page: what became of each, summed by finding, and which have changed or gone."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.facts import proof
from dashboard.look.markdown import plain
from dashboard.look.theme import plural
from dashboard.screen import ui
from dashboard.screen.sections import table_card
from dashboard.screen.tables import data_table
from dashboard.screen.turning import Long

#: Where nobody has read an address yet.
HOW = (
    "No address has been read again on this machine. The command “python -m etl verify” reads them, politely, and tells which values "
    "still stand there; the findings appear here and beside the values."
)
#: What a reader may narrow the list to, and the findings that it holds.
SHOWN = {
    "": "All documents",
    "lost": "Changed or gone",
    "unreadable": "Could not be read",
    "found": "Found again",
    "read": "Read again, no value found or to look for",
    "copies": "Saved copies",
    "quoted": "Never opened",
}


#: Columns of the list of documents that were read.
COLUMNS: dict[str, Any] = {
    "publisher": st.column_config.TextColumn("Publisher", pinned=True),
    "title": st.column_config.TextColumn("Title", width="medium"),
    "words": st.column_config.TextColumn("Finding", width="medium"),
    "way": st.column_config.TextColumn("Read as", help=proof.WAYS_MEAN),
    "values_found": st.column_config.NumberColumn("Found", help="Values that stand there."),
    "values_looked": st.column_config.NumberColumn("Looked for", help="Values that were looked for there."),
    "reason": st.column_config.TextColumn("Why", width="large"),
    "since_date": "Since",
    "url": st.column_config.LinkColumn("Address", width="medium"),
    "read_url": st.column_config.LinkColumn("Read at", width="medium"),
    "text_sha256": "SHA-256 of the text",
}


def proof_board(now: ui.View) -> None:
    """How every document was read, when, and what became of it."""
    rows = proof.documents_read(now.tables)
    states = rows["state"]
    about = f"{plural(rows['source_id'].nunique(), 'document')} of {len(now.tables['sources']):,} read again or as a copy"
    with table_card("Proof", about):
        if not rows["how"].eq("fetched").any():
            st.markdown(plain(HOW))
        if rows.empty:
            return
        counts = {name: int((states == name).sum()) for name in SHOWN if name}
        labels = {"": f"{SHOWN['']} ({len(rows):,})"}
        labels |= {name: f"{SHOWN[name]} ({n:,})" for name, n in counts.items() if n}
        chosen = ui.pick("data.proof", "Finding", labels, resets=("data.findings-page",), width=360)
        shown = rows[states == chosen] if chosen else rows
        long = Long(now, "data.findings", f"documents read {chosen}", shown)
        table = long.rows(long.turned(COLUMNS))
        data_table(table, now, COLUMNS, key="proof-table", height=360, placeholder="")
        for said in (proof.earlier_findings(now.tables), proof.read_once(now.tables)):
            if said:
                st.markdown(f":small[:gray[{plain(said)}]]")


__all__ = ["proof_board"]
