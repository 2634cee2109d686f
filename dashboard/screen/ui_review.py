"""What a reader notes on a slide of the deck, and who has read it: both travel with the slide, in its notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from dashboard.data import permalink
from dashboard.deck import review
from dashboard.deck.basket import Slide
from dashboard.deck.record import Record
from dashboard.look.markdown import plain
from dashboard.screen import sign_in


def note_and_review(
    one: Slide, key: int, shown: Record | None, change: Callable[[str, object], None]
) -> None:
    """The note and the review of a slide, to be read and changed.

    Args:
        one: The slide.
        key: What its widgets are called by.
        shown: What it shows now.
        change: Sets a field of the slide.
    """
    if shown is None:
        return
    snapshot, rows = shown.query[permalink.SNAPSHOT][0], shown.rows

    def noted() -> None:
        change("note", st.session_state[f"note-{key}"] or "")

    def signed() -> None:
        name = (st.session_state[f"review-{key}"] or "").strip()
        change("review", review.signed(name, date.today(), snapshot, rows) if name else {})

    if said := review.words(one.review, rows):
        st.markdown(f":small[:material/verified: {plain(said)}]")
    with st.popover("Note and review", icon=":material/rate_review:", type="tertiary", key=f"said-{key}"):
        st.text_area(
            "Note",
            value=one.note,
            key=f"note-{key}",
            placeholder="For those who come after you: stands in the slide's notes",
            height=76,
            max_chars=1000,
            on_change=noted,
        )
        if sign_in.is_on():
            _by_who_is_signed_in(one, key, snapshot, rows, change)
            return
        st.text_input(
            "Reviewed by",
            value=one.review.get("by", ""),
            key=f"review-{key}",
            placeholder="Your name: today, on the data shown",
            help="Kept with the slide. A later refresh says whether it shows other rows since. Empty takes it back.",
            max_chars=review.MOST_NAME,
            on_change=signed,
        )


def _by_who_is_signed_in(
    one: Slide, key: int, snapshot: str, rows: str, change: Callable[[str, object], None]
) -> None:
    """A review in the name of the account: nobody signs for another."""
    if not sign_in.may_review():
        st.caption("Reviews are signed by those whom the operator of this server names.")
        return
    name = sign_in.reader()[: review.MOST_NAME]

    def signed() -> None:
        is_read = st.session_state[f"reviewed-{key}"]
        change("review", review.signed(name, date.today(), snapshot, rows) if is_read else {})

    st.checkbox(
        f"Reviewed by {plain(name)}",
        value=one.review.get("by") == name,
        key=f"reviewed-{key}",
        help="Kept with the slide. A later refresh says whether it shows other rows since.",
        on_change=signed,
    )
