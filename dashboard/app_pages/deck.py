"""Deck: the slides that a reader put together, and everything they are saved as."""

import streamlit as st

from dashboard.look.markdown import plain
from dashboard.look.theme import format_day, plural
from dashboard.screen import basket_state, ui, ui_deck, ui_refresh, ui_template

view = ui.view()
now = basket_state.current()
at_hand = ui_deck.builds()
newest = at_hand.newest.snapshot
st.title("Deck", anchor=False)
st.markdown(
    f"**{plural(len(now.slides), 'slide')}** · each keeps the filters, day and snapshot it was added with · newest data: "
    f"**{format_day(newest.as_of)}**, snapshot {newest.id}"
)
for words in st.session_state.pop("_deck_errors", []):
    st.warning(plain(words), icon=":material/block:")
slides, template, earlier = st.tabs(
    ["Slides", "Company template", "Refresh an earlier deck"], key="deck-part", on_change="rerun"
)
if slides.open:
    with slides:
        if now.slides:
            left, right = st.columns([7, 3], gap="small")
            with right:
                ui_deck.deck_panel(now, at_hand)
            with left:
                ui_deck.slide_list(now, at_hand)
        else:
            ui_deck.empty()
if template.open:
    with template:
        ui_template.template_panel()
if earlier.open:
    with earlier:
        ui_refresh.refresh_panel(at_hand)
