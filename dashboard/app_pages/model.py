"""Model: everything known of one model, with the source of every value."""

import streamlit as st

from dashboard.screen import modelcard, ui

now = ui.view()
found = modelcard.pick_model(now)
if found is None:
    ui.stop()
one, row = found
modelcard.copied(one, row)
modelcard.kin(one, now, row)
left, right = st.columns([2, 3], gap="small")
with left:
    modelcard.facts(one, row)
with right:
    modelcard.prices(one, row.model_id)
    modelcard.scores(one, row.model_id)
