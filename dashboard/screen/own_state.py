"""A reader's own rows in this visit: held in the session and, where small, in the address; the server keeps none."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.data import permalink
from dashboard.data.overlay import Overlay, OverlayError, decode, encode, installed
from dashboard.look.theme import join_words

_ROWS, _WORD, _OUT = "_own_rows", "_own_word", "_own_not_in_address"


def current() -> Overlay | None:
    """The rows at hand; None without any."""
    return st.session_state.get(_ROWS)


def read() -> None:
    """Takes rows from the address, unless it was this visit that wrote them there."""
    asked = st.query_params.get(permalink.OWN, "")
    if not asked or asked == st.session_state.get(_WORD):
        return
    st.session_state[_WORD] = asked
    try:
        st.session_state[_ROWS] = decode(asked)
    except OverlayError as refused:
        st.session_state.setdefault("_notices", []).extend(refused.problems[: permalink.NAMED])
        keep(current())


def keep(rows: Overlay | None) -> None:
    """Makes rows the ones at hand; None takes them away."""
    st.session_state[_ROWS] = rows
    st.session_state[_WORD] = "" if rows is None else encode(rows)
    write_address()


def take(brought: Sequence[Overlay]) -> str:
    """Lays the own rows that a deck's file brings, where the visit has none.

    Returns:
        Why not, as a sentence; "" where they are laid, or were already.
    """
    mine = current()
    try:
        here = {o.id for o in installed()} | ({mine.id} if mine else set())
    except OverlayError:
        here = set()
    new = [o for o in brought if o.id not in here]
    if len(new) == 1 and mine is None:
        keep(new[0])
    elif new:
        names = join_words([f"“{o.name}”" for o in new])
        return (
            f"The deck was made with own rows of {names}, which are not taken: a visit has room for one file of own "
            "rows. Open theirs on the page “Our company”."
        )
    return ""


def in_address(wanted: bool) -> None:
    """Whether the rows may stand in the address, where they are small enough."""
    st.session_state[_OUT] = not wanted
    write_address()


def word() -> str:
    """The rows as they stand in the address; "" where they do not."""
    return "" if st.session_state.get(_OUT) else st.session_state.get(_WORD, "")


def write_address() -> None:
    """Brings the address in line with the rows at hand."""
    if word():
        st.query_params[permalink.OWN] = word()
    elif permalink.OWN in st.query_params:
        del st.query_params[permalink.OWN]
