"""A reader's own rows in this visit: held in the session and, where small, in the address; the server keeps none."""

from __future__ import annotations

import streamlit as st

from dashboard.data import permalink
from dashboard.data.overlay import Overlay, OverlayError, decode, encode

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
