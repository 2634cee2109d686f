"""Parts of a page, one at a time: what is closed costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.charts import CHARTS
from dashboard.data.selection import Selection
from dashboard.screen import ui


@contextmanager
def tabs(name: str, labels: dict[str, str], first: str | None = None) -> Iterator[str]:
    """The open one of several tabs, to fill; which one it is stands in the address.

    Args:
        name: Parameter in the address; has a dot.
        labels: Part to its label, in order.
        first: The part that is open where the address names none.

    Yields:
        The part that is open: what is drawn then stands in its tab.
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
    part, place = next((p, tab) for p, tab in zip(labels, found, strict=True) if tab.open)
    with place:
        yield part


def part_asked_for(charts: dict[str, tuple[str, ...]], selection: Selection) -> str | None:
    """The part with a chart for which something is picked in the address; None without one."""
    for part, ids in charts.items():
        if any(selection.pick(choice.name) for one in ids for choice in CHARTS[one].choices):
            return part
    return None
