"""A button that copies cards as text for the reader's own assistant, and which cards stand on the page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.charts.card import Card
from dashboard.screen.ui_picture import BUTTON_CSS

_HTML = """
<button type="button">Copy for your assistant</button>
<p role="status" aria-live="polite"></p>
"""

_JS = """
// Without TLS a page has no clipboard of its own: what is selected can still be copied.
function selected(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("refused");
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("[role=status]");
  button.onclick = async () => {
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(data.text);
      else selected(data.text);
      status.textContent = "Copied: finding, rows, definitions, sources and link.";
    } catch (error) {
      status.textContent = "This browser does not let the page copy text: save the CSV instead.";
    }
  };
}
"""

_button = st.components.v2.component(
    "landscape_assistant", html=_HTML, css=f"{BUTTON_CSS} button {{ width: 100%; }}", js=_JS
)


def begin() -> None:
    """At the start of a run of the page: no card stands on it yet."""
    st.session_state["_standing"] = {}


def stands_here(name: str, make: Callable[[], Card]) -> None:
    """Notes that a card stands on the page and how it is made as it is seen now; a later pick takes its place."""
    st.session_state.setdefault("_standing", {})[name] = make


def standing() -> list[Callable[[], Card]]:
    """What makes the cards of the page, in their order."""
    return list(st.session_state.get("_standing", {}).values())


def copy_button(text: str, key: str) -> None:
    """A button that copies a text; what came of it is said beneath."""
    _button(key=key, data={"text": text})
