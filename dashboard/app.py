"""Entry of the app: page list, sidebar filters, shared footer; builds the data where it is missing."""

import sys
from pathlib import Path

# `streamlit run dashboard/app.py` puts this folder and not the project on the path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import streamlit as st

from dashboard.screen import (
    builds,
    chart_card,
    logs,
    metrics,
    navigation,
    plotly_js,
    sign_in,
    ui,
    ui_assistant,
)

st.set_page_config(
    page_title=ui.PRODUCT,
    page_icon=str(Path(__file__).parent / "assets" / "favicon.png"),
    layout="wide",
    initial_sidebar_state=264,
    menu_items={"About": ui.ABOUT},
)

PAGES = Path(__file__).parent / "app_pages"
pages = [
    st.Page(PAGES / "overview.py", title="Overview", default=True),
    st.Page(PAGES / "governance.py", title="Governance", url_path="governance"),
    st.Page(PAGES / "companies.py", title="Companies", url_path="companies"),
    st.Page(PAGES / "company.py", title="Company", url_path="company", visibility="hidden"),
    st.Page(PAGES / "model.py", title="Model", url_path="model", visibility="hidden"),
    st.Page(PAGES / "compare.py", title="Compare", url_path="compare"),
    st.Page(PAGES / "infrastructure.py", title="Infrastructure", url_path="infrastructure"),
    st.Page(PAGES / "models.py", title="Models", url_path="models"),
    st.Page(PAGES / "claims.py", title="Claims", url_path="claims"),
    st.Page(PAGES / "edition.py", title="Edition", url_path="edition"),
    st.Page(PAGES / "explore.py", title="Explore", url_path="explore"),
    st.Page(PAGES / "gallery.py", title="Gallery", url_path="gallery"),
    st.Page(PAGES / "own.py", title="Our company", url_path="own"),
    st.Page(PAGES / "deck.py", title="Deck", url_path="deck"),
    st.Page(PAGES / "data.py", title="Data", url_path="data"),
]
logs.leave_words_out()
is_let_in = sign_in.is_let_in()
page = st.navigation(pages, position="top" if is_let_in else "hidden")
if not is_let_in:
    sign_in.refuse()
    st.stop()
builds.prepare_data()
plotly_js.bring()
with st.sidebar:
    navigation.search_box()
    questions = st.container()
ui.choose()
with questions:
    navigation.questions()
with st.sidebar:
    navigation.share()
    sign_in.signed_in()
navigation.search_results()
ui_assistant.begin()
with metrics.timed(page.title):
    page.run()
    chart_card.copy_page(page.title)
    ui.footer()
