"""The deck page's earlier decks: upload, what has changed since, and the deck with new numbers."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.data import overlay, store
from dashboard.deck import apart, decks
from dashboard.deck.package import FileRefusedError
from dashboard.deck.refresh import Refreshed
from dashboard.export import server_picture, table
from dashboard.look.markdown import plain
from dashboard.look.theme import format_day
from dashboard.screen.saving import save_button
from dashboard.screen.ui_progress import Telling, progress, reader
from dashboard.screen.ui_template import hash_of


def refresh_panel(at_hand: decks.Builds) -> None:
    """Upload of an earlier deck, what has changed since, and the deck with new numbers."""
    st.markdown(
        "Hand in a deck that was saved here, also one that was edited since: its charts are found, their numbers "
        "brought up to date, formatting and your own slides left as they are. Titles are never rewritten: those that "
        "no longer hold are listed."
    )
    file = st.file_uploader("Earlier deck (.pptx)", type="pptx", key="refresh-file", max_upload_size=150)
    if file is None:
        st.session_state.pop("_refreshed", None)
        return
    key = (hash_of(file.getvalue()), at_hand.newest.snapshot.id)
    held = st.session_state.get("_refreshed")
    if held is None or held[0] != key:
        with progress("Refreshing the deck") as tell:
            held = (key, _refreshed(file.getvalue(), at_hand, tell))
        st.session_state["_refreshed"] = held
        st.rerun()
    done = held[1]
    if isinstance(done, str):
        st.warning(plain(f"“{file.name}” was not read. {done}"), icon=":material/block:")
        return
    snapshot = at_hand.newest.snapshot
    st.markdown(
        f"**{plain(done.words())}**  \n:small[:gray[Against snapshot {snapshot.id} of {format_day(snapshot.as_of)}]]"
    )
    save_button(
        "Refreshed deck",
        done.data,
        f"{Path(file.name).stem}-{snapshot.id}.pptx",
        icon=":material/download:",
        kind="secondary",
        disabled=not (done.changed or done.dated),
        key="refreshed-deck",
    )
    changes = done.frame()
    if len(changes):
        st.dataframe(
            changes,
            hide_index=True,
            key="refresh-changes",
            column_config={
                "slide": st.column_config.NumberColumn("Slide", width="small"),
                "chart": "Chart",
                "what": "What",
                "row": "Row",
                "column": "Column",
                "before": "Before",
                "after": "After",
            },
        )
        save_button("Change list (CSV)", table.frame_csv(changes), f"{Path(file.name).stem}-changes.csv")


def _refreshed(data: bytes, at_hand: decks.Builds, tell: Telling) -> Refreshed | str:
    draws = None if server_picture.why_not() else decks.pictures()
    try:
        return apart.refresh_deck(
            data,
            store.served_folder(),
            draws=draws,
            builds=lambda: at_hand.under(tuple(overlay.installed())),
            progress=tell.step,
            who=reader(),
            waits=tell.waits,
        )
    except FileRefusedError as refused:
        return str(refused)
