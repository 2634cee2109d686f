"""The reader's own chart: what can be picked, ten starting points, and the card that all charts have."""

from __future__ import annotations

import streamlit as st

from dashboard.charts import explore, explore_picks
from dashboard.look.markdown import plain
from dashboard.screen import ui

TITLE = "explore.title"


def starting_points() -> None:
    """Ready questions: one click picks everything for a chart."""
    with st.container(border=True, gap="small", key="explore-starts"):
        st.markdown("**Start from a question**, then change what you like")
        with st.container(horizontal=True, gap="small"):
            for n, start in enumerate(explore.STARTS):
                st.button(
                    start.question, key=f"start-{n}", on_click=_begin, args=(start.picks,), width="content"
                )


def _begin(picks: tuple[tuple[str, str], ...]) -> None:
    """Lets go of what was picked here before and picks what a starting point names."""
    kept = {k: v for k, v in st.session_state.get("_picked", {}).items() if not k.startswith("explore.")}
    st.session_state["_picked"] = kept | dict(picks)
    st.session_state[f"text-{TITLE}"] = ""
    ui.set_picked_address()


def own_chart() -> None:
    """The choices, each offering only what fits those before it, and the chart that they make."""
    now = ui.view()
    selection = now.selection
    names = [c.name for c in explore_picks.CHOICES]
    with (
        st.container(border=True, gap="small", key="explore-choices"),
        st.grid(4, min_column_width=210, gap="small"),
    ):
        for n, choice in enumerate(explore_picks.CHOICES):
            options = choice.options(now.selected, selection)
            if len(options) < 2:
                continue
            later = tuple(names[n + 1 :]) if choice.name in ("explore.rows", "explore.kind") else ()
            option = ui.pick(choice.name, choice.label, options, resets=later)
            selection = selection.picking(choice.name, option)
        st.text_input(
            "Title",
            key=f"text-{TITLE}",
            value=selection.pick(TITLE) if f"text-{TITLE}" not in st.session_state else None,
            placeholder=explore.title(explore_picks.picked(selection.picking(TITLE, ""))),
            max_chars=150,
            on_change=_retitle,
        )
    said = explore.refusal(now.selected, selection)
    if said:
        st.info(plain(said), icon=":material/block:")
        return
    ui.chart("explore", selection=selection, without=tuple(names))


def _retitle() -> None:
    ui.repick(TITLE, str(st.session_state[f"text-{TITLE}"] or "").strip())
