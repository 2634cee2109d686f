"""Parts of pages that only show something: drawn once for a view, then sent as they are to every reader of that view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import streamlit as st

if TYPE_CHECKING:
    from dashboard.screen.ui import View

P = ParamSpec("P")

#: Bytes of all parts that are kept; the oldest goes first.
MOST = 96_000_000


def part(draw: Callable[Concatenate[View, P], None]) -> Callable[Concatenate[View, P], None]:
    """A function that draws a part of a page without anything to click but links, kept by what it depends on.

    It must depend on nothing but its own name, the build, selection and look of the view, and those of its arguments
    that are a word, a number or a declaration with an `id`; any other argument must follow from the view. What it draws
    may hold no widget.
    """

    @functools.wraps(draw)
    def shown(now: View, *args: P.args, **kwargs: P.kwargs) -> None:
        asked = [_word(a) for a in (*args, *kwargs.values())]
        key = f"{draw.__module__}.{draw.__qualname__} {now.snapshot.id} {now.selection} {now.look} {asked}"
        _drawn(key, functools.partial(draw, now, *args, **kwargs))

    return shown


def _word(argument: Any) -> str:
    """What of an argument belongs to the key; "" of one that follows from the view."""
    if isinstance(argument, str | int | tuple):
        return repr(argument)
    return str(getattr(argument, "id", ""))


# Streamlit records what a cached function sends, and sends it again.
@st.cache_data(max_size=MOST, show_spinner=False)
def _drawn(key: str, _draw: Callable[[], None]) -> None:
    _draw()


__all__ = ["part"]
