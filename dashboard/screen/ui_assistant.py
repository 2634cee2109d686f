"""A button that copies a chart as text for the reader's own assistant."""

from __future__ import annotations

import streamlit as st

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


def copy_button(text: str, key: str) -> None:
    """A button that copies a text; what came of it is said beneath."""
    _button(key=key, data={"text": text})
