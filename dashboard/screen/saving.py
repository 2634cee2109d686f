"""A file that a reader saves: its name, what the browser is told of it, and the button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard.look.markdown import plain

_OFFICE = "application/vnd.openxmlformats-officedocument"
#: The ending of a file and its media type.
TYPES = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "xml": "application/atom+xml",
    "zip": "application/zip",
}


def save_button(
    label: str,
    data: str | bytes | Callable[[], bytes],
    file_name: str,
    *,
    key: str | None = None,
    icon: str | None = None,
    kind: Literal["primary", "secondary", "tertiary"] = "tertiary",
    width: Literal["content", "stretch"] = "content",
    help: str | None = None,
    disabled: bool = False,
) -> None:
    """A button that saves a file; the page stays as it is.

    Args:
        label: What it says.
        data: The file, or what makes it after the click.
        file_name: With one of the endings of `TYPES`, by which browsers are told what it is.
        key: Of the button.
        icon: Before the label.
        kind: How much it stands out.
        width: "stretch" takes all the room there is.
        help: Shown where the pointer rests on it.
        disabled: Whether there is nothing to save yet.
    """
    st.download_button(
        plain(label),
        data=data,
        file_name=file_name,
        mime=TYPES[file_name.rpartition(".")[2]],
        on_click="ignore",
        key=key,
        icon=icon,
        type=kind,
        width=width,
        help=plain(help) if help else None,
        disabled=disabled,
    )


def slug(words: str | None) -> str:
    """Words as a part of a file's name: letters and digits of any script, "-" between; "" for none."""
    return "-".join("".join(c if c.isalnum() else " " for c in words or "").split()).lower()
