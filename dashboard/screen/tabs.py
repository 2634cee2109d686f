"""Parts of a page, one at a time: what is closed costs nothing."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.charts import CHARTS
from dashboard.data.selection import Selection
from dashboard.screen import ui


def tabs(name: str, labels: dict[str, str], first: str | None = None) -> dict[str, Any]:
    """Tabs of which only the open one is filled; which one stands in the address.

    Args:
        name: Parameter in the address; has a dot.
        labels: Part to its label, in order.
        first: The part that is open where the address names none.

    Returns:
        Part to its container; `open` says whether to fill it.
    """
    picked = st.session_state.setdefault("_picked", {})
    default = next(iter(labels))
    asked = picked.get(name, first or default)
    asked = asked if asked in labels else default
    widget = f"pick-{name}"
    if st.session_state.get(widget) != labels[asked]:
        st.session_state[widget] = labels[asked]

    def keep() -> None:
        chosen = next(k for k, words in labels.items() if words == st.session_state[widget])
        st.session_state["_picked"][name] = chosen
        ui.set_picked_address()

    found = st.tabs(list(labels.values()), key=widget, on_change=keep)
    return dict(zip(labels, found, strict=True))


def part_asked_for(charts: dict[str, tuple[str, ...]], selection: Selection) -> str | None:
    """The part with a chart for which something is picked in the address; None without one."""
    for part, ids in charts.items():
        if any(selection.pick(choice.name) for one in ids for choice in CHARTS[one].choices):
            return part
    return None
