"""The brief on one company: two upright pages or four slides, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.deck import basket
from dashboard.export import page, server_picture
from dashboard.screen import ui, ui_deck, ui_progress
from dashboard.screen.saving import save_button


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
    ending = "pdf" if server_picture.browser() else "html"

    wanted = partial(basket.company_brief, now.tables, mine, now.snapshot.id)

    def sheets(paper: str) -> Callable[[], bytes]:
        made = ui_progress.made_apart("brief", wanted, at_hand, address, paper=paper)
        return (lambda: server_picture.pdf_of_page(made())) if ending == "pdf" else made

    with st.container(horizontal=True, gap="medium"):
        for paper in page.PAPERS:
            save_button(
                f"Two-page brief, {paper}",
                sheets(paper),
                f"{stem}-{paper.lower()}.{ending}",
                icon=":material/print:",
                key=f"brief-{company_id}-{paper.lower()}",
            )
        save_button(
            "Brief as slides",
            ui_progress.made_apart("pptx", wanted, at_hand, address),
            f"{stem}.pptx",
            icon=":material/slideshow:",
            key=f"brief-{company_id}-slides",
        )
