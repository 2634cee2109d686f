"""The deck page's company template: upload, what was understood of it, and the choices it leaves."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.deck import apart
from dashboard.deck import template as templates
from dashboard.deck.layouts import ROLES, USES
from dashboard.deck.opening import limits
from dashboard.deck.package import FileRefusedError
from dashboard.deck.template import Template
from dashboard.look.markdown import plain
from dashboard.screen.saving import save_button


def chosen_template() -> tuple[str, Template] | None:
    """Name and template of this visit; None is the plain master."""
    held = st.session_state.get("_template")
    if held is None:
        return None
    name, data = held
    found = _read(
        data,
        tuple(sorted(st.session_state.get("_template_roles", {}).get(hash_of(data), {}).items())),
        bool(st.session_state.get("template-fonts", False)),
        bool(st.session_state.get("template-colours", False)),
        bool(st.session_state.get("template-footer", True)),
    )
    return (name, found) if isinstance(found, Template) else None


def hash_of(data: bytes) -> str:
    """What an uploaded file is known by."""
    return hashlib.sha256(data).hexdigest()[:16]


@st.cache_data(max_entries=20, show_spinner=False)
def _read(
    data: bytes, roles: tuple[tuple[str, int], ...], fonts: bool, colours: bool, footer: bool
) -> Template | str:
    try:
        return apart.read_template(data, dict(roles), fonts=fonts, colours=colours, footer=footer)
    except FileRefusedError as refused:
        return str(refused)


def _take_template() -> None:
    file = st.session_state.get("template-file")
    if file is None:
        return
    found = _read(file.getvalue(), (), False, False, True)
    if isinstance(found, str):
        st.session_state["_template_refused"] = f"“{file.name}” cannot serve as a template. {found}"
        st.session_state["_template"] = None
    else:
        st.session_state["_template_refused"] = ""
        st.session_state["_template"] = (file.name, file.getvalue())


def _forget_template() -> None:
    st.session_state["_template"] = None


def _choose_layout(use: str, key: str) -> None:
    _, data = st.session_state["_template"]
    roles = st.session_state.setdefault("_template_roles", {}).setdefault(hash_of(data), {})
    roles[use] = st.session_state[key]


def template_panel() -> None:
    """Upload of a template, what was understood of it, and the choices it leaves."""
    st.markdown(
        "Slides on your company's own master: its fonts for titles, its colours for text, its logo and page number. Charts "
        "stay editable."
    )
    st.file_uploader(
        f"Template: {limits()}",
        type=["pptx", "potx"],
        key="template-file",
        on_change=_take_template,
        max_upload_size=60,
    )
    if refused := st.session_state.get("_template_refused"):
        st.warning(f"{plain(refused)} The plain master is used instead.", icon=":material/block:")
    held = st.session_state.get("_template")
    if held is None:
        return
    now = chosen_template()
    if now is None:
        return
    name, one = now
    left, right = st.columns([2, 3], gap="small")
    with left, st.container(border=True, gap="small", height="stretch"):
        st.subheader(plain(name), anchor=False)
        st.markdown(
            f":small[:gray[{one.width:.2f} x {one.height:.2f} inches · "
            f"{plain(one.fonts[0] or 'no face named')} for titles]]"
        )
        for words in one.warnings:
            st.markdown(f":material/warning: {plain(words)}")
        if not one.warnings:
            st.markdown(":material/check: Every role has a placeholder.")
        st.selectbox(
            "Layout for charts",
            list(one.choices),
            index=list(one.choices).index(one.layouts["chart"].index),
            format_func=lambda i: one.choices[i],
            key="template-layout",
            on_change=_choose_layout,
            args=("chart", "template-layout"),
        )
        st.toggle(
            "Text of charts in the template's font",
            key="template-fonts",
            persist_state="session",
            help="Set a little smaller where the font is not one whose widths are known here.",
        )
        st.toggle(
            "Plain bars in the template's first accent",
            key="template-colours",
            persist_state="session",
            help="Colours of governance models stay: they mean the same everywhere.",
        )
        st.toggle(
            "The template's footer on slides",
            value=True,
            key="template-footer",
            persist_state="session",
            help="Off where it holds sample text.",
        )
        with st.container(horizontal=True, gap="small"):
            save_button(
                "Save this map",
                templates.roles_json(one),
                f"{Path(name).name}.roles.json",
                help="Laid beside the template, the command line reads it.",
            )
            st.button("Plain master again", on_click=_forget_template, type="tertiary")
    with right, st.container(border=True, gap="small", height="stretch"):
        for use, words in USES.items():
            st.markdown(f"**{plain(words)}** :small[:gray[{plain(one.layouts[use].name)}]]")
            st.image(templates.preview(one, use), width="stretch" if use == "chart" else 260)
        rows = [
            {
                "Role": ROLES[role],
                "Placeholder": place.name if place.idx is not None else "our own box",
            }
            for role, place in one.layouts["chart"].places.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="template-map")
