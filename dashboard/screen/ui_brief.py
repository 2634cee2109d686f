"""The brief on one company: two upright pages or four slides, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.deck import basket, decks
from dashboard.export import page, server_picture
from dashboard.screen import ui, ui_deck, ui_progress


def brief(now: ui.View, one: ui.View, company_id: str) -> None:
    """Downloads of the brief: PDF where the server has a browser, else a page that prints on two sheets; and slides.

    Args:
        now: The view.
        one: The view of the company alone.
        company_id: Which.
    """
    mine = replace(one.selection, companies=(company_id,))
    at_hand = ui_deck.builds_at_hand()
    address = (st.context.url or "").split("?")[0]
    stem = f"brief-{company_id}-{one.selection.as_of:%Y-%m-%d}-{now.snapshot.id}"
    ending, mime = ("pdf", "application/pdf") if server_picture.browser() else ("html", "text/html")

    wanted = partial(basket.company_brief, now.tables, mine, now.snapshot.id)

    def sheets(paper: str) -> Callable[[], bytes]:
        made = ui_progress.made_apart("brief", wanted, at_hand, address, paper=paper)
        return (lambda: server_picture.pdf_of_page(made())) if ending == "pdf" else made

    with st.container(horizontal=True, gap="medium"):
        for paper in page.PAPERS:
            st.download_button(
                f"Two-page brief, {paper}",
                data=sheets(paper),
                file_name=f"{stem}-{paper.lower()}.{ending}",
                mime=mime,
                on_click="ignore",
                icon=":material/print:",
                type="tertiary",
                key=f"brief-{company_id}-{paper.lower()}",
            )
        st.download_button(
            "Brief as slides",
            data=ui_progress.made_apart("pptx", wanted, at_hand, address),
            file_name=f"{stem}.pptx",
            mime=decks.PPTX,
            on_click="ignore",
            icon=":material/slideshow:",
            type="tertiary",
            key=f"brief-{company_id}-slides",
        )
