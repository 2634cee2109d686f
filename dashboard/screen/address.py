"""The browser's address and the choice at hand, kept the same: links, reloads, Back and Forward."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from dashboard.charts import PICKS
from dashboard.data import permalink
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.screen import basket_state, own_state

# Streamlit drops the parameters when a page of its menu is opened, so that the script cannot tell a click in the menu,
# which keeps the filters, from Back to the view without filters, which has none. A click in the menu therefore takes
# the parameters along, and Back to an address without any asks for the whole landscape in so many words. Both go by way
# of `popstate`: Streamlit then corrects the entry at hand instead of adding one, and Forward stays possible. Streamlit
# listens to it first, so the words must stand in the address before: `currententrychange` comes before. Browsers
# without it tell Streamlit a second time; its run of the first telling leaves the address alone, see `_is_told_late`.
_JS = """
export default function () {
  if (window.__landscapeHistory) return;
  window.__landscapeHistory = true;
  const filters = new Set(FILTERS);
  const whole = () => {
    const names = [...new URLSearchParams(location.search).keys()];
    if (names.some((name) => filters.has(name) || name.includes("."))) return false;
    const to = `${location.search ? `${location.search}&` : "?"}WHOLE=all`;
    history.replaceState(history.state, "", location.pathname + to + location.hash);
    return true;
  };
  if (window.navigation)
    window.navigation.addEventListener("currententrychange", (event) => {
      if (event.navigationType === "traverse") whole();
    });
  else
    window.addEventListener("popstate", () => {
      const asked = location.search;
      if (!whole()) return;
      window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
      // Streamlit has read it: were it for the server to take the words away, and the run of the first telling over by
      // then, that would be a new step of the history.
      history.replaceState(history.state, "", location.pathname + asked + location.hash);
    });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-testid='stTopNavLink'],a[data-testid='stSidebarNavLink']");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const to = new URL(link.href, document.baseURI);
    if (to.origin !== location.origin || !location.search) return;
    event.preventDefault();
    event.stopPropagation();
    if (to.pathname === location.pathname) return;
    history.pushState({}, "", to.pathname + location.search);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, true);
}
""".replace("WHOLE", permalink.WHOLE).replace("FILTERS", json.dumps([*permalink.PARAMETERS, permalink.WHOLE]))
_history = st.components.v2.component("landscape_history", js=_JS)


def read(tables: Tables, newest: pd.Timestamp) -> None:
    """Puts filters named in the address into the widgets, unless the widgets wrote them there."""
    with st.container(key="history"):
        _history(key="history-of-views")
    _say_unknown()
    if permalink.WHOLE in st.query_params:
        # Back to the view without filters; the deck is no filter and stays.
        for name in (permalink.WHOLE, *permalink.PARAMETERS, *filter(permalink.is_pick, st.query_params)):
            if name in st.query_params:
                del st.query_params[name]
        st.session_state["_address"] = {}
        put(permalink.values({}, tables, newest)[0])
        return
    asked = {k: st.query_params.get_all(k) for k in st.query_params if _is_filter(k)}
    if asked == st.session_state.get("_address", {}) and "as_of" in st.session_state:
        return
    if not asked and "as_of" in st.session_state:
        return  # another page of the same visit: the choice stays
    found, notices = permalink.values(asked, tables, newest)
    put(found)
    say(notices)


def _is_filter(name: str) -> bool:
    return name in permalink.PARAMETERS or permalink.is_pick(name)


def _say_unknown() -> None:
    """Says which parameters mean nothing here, and takes them out of the address."""
    names = list(st.query_params)
    say(permalink.unknown(names, PICKS))
    for name in names:
        if permalink.unknown([name], PICKS):
            del st.query_params[name]


def say(notices: list[str]) -> None:
    """Sentences in plain text that stand above the page on this run."""
    st.session_state.setdefault("_notices", []).extend(notices)


def put(found: dict[str, object]) -> None:
    """Puts filter values into the widgets; to be called before they are drawn, as in a callback."""
    for name, value in found.items():
        st.session_state["_picked" if name == "picked" else name] = value


def write(selection: Selection) -> None:
    """Brings the address in line with the choice at hand, the deck and a reader's own rows."""
    wanted = permalink.query(selection)
    if _is_told_late(wanted):
        return
    picks = {k for k in (*st.query_params, *wanted) if permalink.is_pick(k)}
    for name in (*permalink.PARAMETERS, *sorted(picks)):
        now = st.query_params.get_all(name)
        if name in wanted and now != wanted[name]:
            st.query_params[name] = wanted[name]
        elif name not in wanted and now:
            del st.query_params[name]
    st.session_state["_address"] = wanted
    basket_state.write_address()
    own_state.write_address()


def _is_told_late(wanted: dict[str, list[str]]) -> bool:
    """True, once, where the address lost all filters on the same page while the choice stayed.

    That is Back in a browser without the Navigation API, which says so with its next words: what this run wrote would be
    a new step of the history, and Forward would be gone. Where no more is said, the next run writes.
    """
    here, before = st.context.url, st.session_state.get("_page")
    st.session_state["_page"] = here
    is_bare = not any(map(_is_filter, st.query_params))
    stays = bool(wanted) and wanted == st.session_state.get("_address")
    late = is_bare and stays and here == before and not st.session_state.get("_late")
    st.session_state["_late"] = late
    return late
