"""Work on decks that takes its time: seen, stopped, and never more than two at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.deck import decks
from dashboard.look.markdown import plain

#: Decks built at one time: others wait their turn, and readers of pages do not feel it.
BUILDING = threading.BoundedSemaphore(2)


@contextmanager
def progress(words: str) -> Iterator[decks.Progress]:
    """A bar that names what is at work, and a button that stops it.

    Any click ends the run of the page at its next word to the browser, so at the next slide: stopping needs no more.
    """
    with st.container(border=True, gap="small", key="deck-progress"):
        bar = st.progress(0.0, text=f"{words}: waiting for its turn …")
        st.button("Stop", key="deck-stop", icon=":material/stop_circle:", type="tertiary")

    def tell(done: int, total: int, what: str) -> None:
        bar.progress(min(done / max(total, 1), 1.0), text=f"{words}, {done} of {total}: {plain(what)}")

    yield tell
