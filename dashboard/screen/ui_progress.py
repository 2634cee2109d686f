"""Work on decks that takes its time: seen, stopped, in its turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.data import store
from dashboard.deck import apart, decks, turns
from dashboard.deck.basket import Basket
from dashboard.look.markdown import plain
from dashboard.screen import metrics, sign_in

LOG = logging.getLogger(__name__)


class Telling(NamedTuple):
    """What a reader is told while work is done: each step, and who waits before it begins."""

    step: decks.Progress
    waits: Callable[[str], object]


def reader() -> str:
    """Whose turn it is: who signed in, else the address of who looks on, else the visit."""
    context = get_script_run_ctx()
    return sign_in.reader() or st.context.ip_address or (context.session_id if context is not None else "")


def counted(form: str, make: Callable[[], bytes], name: str = "") -> Callable[[], bytes]:
    """What a button of a download calls: files of one reader are counted by the minute, and a failed one is in the log.

    Args:
        form: Under which they are counted: the ending of the file, or what it is.
        make: Makes it.
        name: Of the file, for the log.
    """
    who = reader()

    def made() -> bytes:
        turns.once_more(turns.MADE, who)
        metrics.exports.labels(form).inc()
        try:
            return make()
        except Exception:
            # Streamlit shows only "failed" for a deferred file: the reason must reach the log.
            LOG.exception("%s could not be made", name or form)
            raise

    return made


def made_apart(
    form: str, wanted: Callable[[], Basket], at_hand: decks.Builds, address: str, *, paper: str = "A4"
) -> Callable[[], bytes]:
    """As `counted`, for files of several charts: they are made apart, each reader in turn.

    Args:
        form: As of `apart.make`.
        wanted: The slides, asked for after the click.
        at_hand: The builds that the page shows.
        address: Of the app.
        paper: Of a brief.
    """
    who = reader()

    def make() -> bytes:
        folder = store.served_folder()
        return apart.make(form, wanted(), folder, paper=paper, builds=at_hand, address=address, who=who)

    return counted(form, make)


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
