"""The basket of this visit: kept in the session and in the address, so that a reload or a link brings it back."""

from __future__ import annotations

import streamlit as st

from dashboard.data import permalink
from dashboard.deck import basket
from dashboard.deck.basket import Basket

#: Characters of the address that the rest of it may need.
ROOM = 4_000


def said() -> str:
    """What the reader must know of the deck's address, as a sentence; "" where nothing."""
    word = st.session_state.get("_basket", "")
    if len(word) > permalink.MOST_LENGTH - ROOM:
        return (
            f"This deck would need an address of {len(word):,} characters, more than a server takes: it is kept in this "
            "visit only. Save it as a small file to keep or share it."
        )
    return permalink.too_long(word)


def current() -> Basket:
    """The basket at hand; one that the address garbles is said and left out."""
    word = st.session_state.get("_basket", "")
    asked = st.query_params.get(basket.PARAMETER, "")
    if asked and asked != word:
        try:
            found = basket.decode(asked)
        except basket.BasketError as error:
            st.session_state.setdefault("_notices", []).append(
                f"The deck in this link was left out: {error}."
            )
            write_address()
        else:
            st.session_state["_basket"] = asked
            return found
    return basket.decode(word)


def keep(changed: Basket) -> None:
    """Makes a basket the one at hand."""
    st.session_state["_basket"] = basket.encode(changed)
    write_address()


def write_address() -> None:
    """Puts the basket into the address, or takes it out where it is empty."""
    word = st.session_state.get("_basket", "")
    if len(word) > permalink.MOST_LENGTH - ROOM:
        # An address that no server takes would make the next reload fail: the deck stays in this visit alone.
        st.query_params.pop(basket.PARAMETER, None)
    elif word:
        st.query_params[basket.PARAMETER] = word
    elif basket.PARAMETER in st.query_params:
        del st.query_params[basket.PARAMETER]
