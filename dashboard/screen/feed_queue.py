"""The queue of the feeds on the Data page: the words of `python -m etl review`, read-only."""

from __future__ import annotations

import streamlit as st

from dashboard.data import feeds
from dashboard.look.markdown import plain
from dashboard.look.theme import format_day, plural
from dashboard.screen import ui
from dashboard.screen.sections import table_card


def feed_queue(now: ui.View) -> None:
    """What upstream feeds would change, narrowed to the chosen companies and what belongs to none."""
    waiting = feeds.waiting()
    if waiting is None:
        st.markdown(feeds.HOW)
        return
    rows = waiting.open
    mine = set(now.selected["companies"]["company_id"])
    rows = rows[rows["company_id"].isin(mine) | (rows["company_id"] == "")]
    about = (
        f"Read on {format_day(waiting.day)}: {plural(len(rows), 'proposal')} of these companies open of {len(waiting.open):,}, "
        f"{waiting.accepted} accepted, {waiting.refused} refused and unchanged since"
    )
    with table_card("What the feeds would change", about):
        st.markdown(plain(waiting.rule))
        classes = list(dict.fromkeys(rows["class"]))
        if not classes:
            st.markdown("Nothing waits.")
            return
        picked = st.selectbox(
            "Class", classes, format_func=lambda c: f"{c} ({int((rows['class'] == c).sum())})", width=360
        )
        shown = rows[rows["class"] == picked].drop(columns=["class", "company_id", "unattended"])
        st.dataframe(
            shown,
            column_config={
                "size": "Size of change",
                "subject": "About",
                "reason": st.column_config.TextColumn("Why it is proposed", width="large"),
                "near": "Names that are near",
                "feeds": "Feeds",
                "proposal_id": "Proposal",
            },
            hide_index=True,
            key="feeds.queue",
            placeholder="",
        )
        st.markdown(
            f":small[:gray[{plain('Goes in by itself: ' + '; '.join(waiting.unattended) + '. Never: ' + '; '.join(waiting.never) + '.')}]]"
        )


__all__ = ["feed_queue"]
