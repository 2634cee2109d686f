"""Ways to get somewhere: search, ready questions, links to the view at hand, and views kept under a name."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import streamlit as st

from dashboard.charts import PICKS
from dashboard.data import permalink, search
from dashboard.data.store import Tables
from dashboard.look.markdown import plain, shortened
from dashboard.look.theme import format_day
from dashboard.screen import address, presets, ui
from dashboard.screen.saving import save_button, slug


@st.cache_resource(max_entries=8, show_spinner=False)
def _entries(snapshot_id: str, day: str, _tables: Tables) -> search.Index:
    return search.Index(search.entries(_tables))


def search_box() -> None:
    """One line at the top of the sidebar."""
    st.text_input(
        "Search",
        key="search",
        placeholder="Company, person, model, 通义 …",
        icon=":material/search:",
        label_visibility="collapsed",
    )


def search_results() -> None:
    """What the search line names, as links, above the page; nothing where the line is empty."""
    asked = str(st.session_state.get("search") or "").strip()
    if not asked:
        return
    now = ui.view()
    known = _entries(now.snapshot.id, f"{now.selection.as_of:%Y-%m-%d}", ui.everything_as_of(now))
    found = search.search(known, asked)
    with st.container(border=True, gap="small", key="search-results"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            st.markdown(f"**{len(found) or 'Nothing'} found for “{plain(asked)}”**", width="stretch")
            st.button(
                "Close", key="search-close", type="tertiary", icon=":material/close:", on_click=_clear_search
            )
        if not found:
            st.markdown(
                ":gray[Names of companies, people, models, chips, reorganisations, claims and documents are "
                "searched, in English and Chinese, as of the chosen day.]"
            )
            return
        with st.grid(3, min_column_width=260, gap="small"):
            for one in found:
                page, name = permalink.PLACES[one.kind]
                target = one.company_id if name == "company.id" else one.id
                query = permalink.query(now.selection)
                if name and target:
                    query |= {name: [target]}
                with st.container(gap=None):
                    st.page_link(f"app_pages/{page}.py", label=plain(_short(one.title)), query_params=query)
                    st.markdown(f":small[:gray[{search.KINDS[one.kind]} · {plain(_short(one.detail))}]]")


#: Letters of a line of a list of things found.
MOST_LETTERS = 64


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1].rstrip() + "…"


def _clear_search() -> None:
    st.session_state["search"] = ""


#: Ready questions that a first visit is offered; the sidebar has all.
FIRST = 3


def welcome() -> None:
    """A line that shows a first visit the way in; gone once closed or where a link set filters."""
    now = ui.view()
    if st.session_state.get("_welcomed") or permalink.query(now.selection):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="welcome"):
        st.markdown("**Start with a question**", width="content")
        for one in presets.PRESETS[:FIRST]:
            _question(now, one)
        st.space("stretch")
        st.button("Close", key="welcome-close", type="tertiary", icon=":material/close:", on_click=_welcomed)


def _welcomed() -> None:
    st.session_state["_welcomed"] = True


def questions() -> None:
    """Ready questions as links, at hand on every page: one click sets page, date and filters."""
    now = ui.view()
    with st.popover("Ready questions", icon=":material/help:", type="tertiary", key="questions"):
        for one in presets.PRESETS:
            _question(now, one)


def _question(now: ui.View, one: presets.Preset) -> None:
    st.page_link(
        one.page,
        label=plain(one.question(now.snapshot.as_of)),
        icon=":material/arrow_forward:",
        query_params=permalink.query(one.selection(now.selection)),
    )


def share() -> None:
    """Links to this view, live and frozen, and the view as a small file with a name."""
    now = ui.view()
    base = (st.context.url or "").split("?")[0]
    query = permalink.query(now.selection)
    frozen = permalink.frozen(now.selection, now.snapshot.id)
    with st.popover("Share", icon=":material/link:", type="tertiary", key="share"):
        st.markdown(
            "**Live link**  \n:small[:gray[Follows the data: shows the newest facts under these filters.]]"
        )
        _shown_address(base, query)
        st.markdown(
            f"**Frozen link**  \n:small[:gray[Pins snapshot {now.snapshot.id} of {format_day(now.snapshot.as_of)}: "
            "shows the same numbers later, and says what has moved since.]]"
        )
        _shown_address(base, frozen)
        st.divider()
        name = st.text_input("Keep this view under a name", placeholder="Board, Q4", key="view-name")
        save_button(
            "Save view as file",
            json.dumps({"view": name or "View", "query": query}, ensure_ascii=False, indent=1),
            f"{slug(name) or 'view'}.json",
            kind="secondary",
            width="stretch",
        )
        st.file_uploader(
            "Open a saved view", type="json", key="view-file", on_change=_open_view, max_upload_size=1
        )


def _shown_address(base: str, query: dict[str, list[str]]) -> None:
    """An address to copy; what stands against its length is said, and one that no server takes is not made."""
    made = _address(base, query)
    said = permalink.too_long(made)
    if len(made) <= permalink.MOST_LENGTH:
        st.code(made, language=None, wrap_lines=True)
    if said:
        st.markdown(f":small[:material/warning: {plain(said)}]")


def _address(base: str, query: dict[str, list[str]]) -> str:
    return f"{base}?{urlencode(query, doseq=True)}" if query else base


def _open_view() -> None:
    """Puts a saved view's filters in place; a file that is none is said and changes nothing."""
    file = st.session_state.get("view-file")
    if file is None:
        return
    try:
        name, asked = permalink.saved(file.getvalue())
    except ValueError:
        address.say([f"“{file.name}” is not a saved view: expected the file that “Save view as file” makes."])
        return
    now = ui.view()
    found, notices = permalink.values(asked, now.tables, now.snapshot.as_of)
    address.put(found)
    address.say(
        [f"View “{shortened(name or file.name)}” opened.", *permalink.unknown(asked, PICKS), *notices]
    )


__all__ = ["questions", "search_box", "search_results", "share", "welcome"]
