"""Work on decks that takes its time: seen, stopped, in its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.deck import decks
from dashboard.look.markdown import plain
from dashboard.screen import sign_in


class Telling(NamedTuple):
    """What a reader is told while work is done: each step, and who waits before it begins."""

    step: decks.Progress
    waits: Callable[[str], object]


def reader() -> str:
    """Whose turn it is: who signed in, else the address of who looks on, else the visit."""
    context = get_script_run_ctx()
    return sign_in.reader() or st.context.ip_address or (context.session_id if context is not None else "")


@contextmanager
def progress(words: str) -> Iterator[Telling]:
    """A bar that names what is at work, and a button that stops it.

    Any click ends the run of the page at its next word to the browser, so at the next slide: stopping needs no more.
    """
    with st.container(border=True, gap="small", key="deck-progress"):
        bar = st.progress(0.0, text=f"{words} …")
        st.button("Stop", key="deck-stop", icon=":material/stop_circle:", type="tertiary")

    def step(done: int, total: int, what: str) -> None:
        bar.progress(min(done / max(total, 1), 1.0), text=f"{words}, {done} of {total}: {plain(what)}")

    def waits(said: str) -> None:
        bar.progress(0.0, text=f"{words}: {plain(said)}")

    yield Telling(step, waits)
