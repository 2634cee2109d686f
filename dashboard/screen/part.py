"""Parts of pages that only show something: drawn once for a view, then sent as they are to every reader of that view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import pandas as pd
import streamlit as st

from dashboard.charts import Chart

if TYPE_CHECKING:
    from dashboard.screen.ui import View

P = ParamSpec("P")

#: Bytes of all parts that are kept; the oldest goes first.
MOST = 96_000_000


def part(draw: Callable[Concatenate[View, P], None]) -> Callable[Concatenate[View, P], None]:
    """A function that draws a part of a page without anything to click but links, kept by what it depends on.

    It must depend on nothing but its own name, the build, selection and look of the view, and its other arguments; a
    frame among these must follow from the view. What it draws may hold no widget and no picture: files belong to one visit.
    """

    @functools.wraps(draw)
    def shown(now: View, *args: P.args, **kwargs: P.kwargs) -> None:
        asked = [_word(a) for a in (*args, *kwargs.values())]
        key = f"{draw.__module__}.{draw.__qualname__} {now.snapshot.id} {now.selection} {now.look} {asked}"
        _drawn(key, functools.partial(draw, now, *args, **kwargs))

    return shown


def _word(argument: Any) -> str:
    """What of an argument belongs to the key.

    Raises:
        TypeError: nobody has said what of such an argument matters.
    """
    if argument is None or isinstance(argument, str | int | tuple):
        return repr(argument)
    if isinstance(argument, pd.DataFrame):
        return ""
    if isinstance(argument, Chart):
        return argument.id
    if hasattr(argument, "selection"):
        return repr(argument.selection)
    raise TypeError(f"a part of a page cannot be kept by {type(argument).__name__}")


# Streamlit records what a cached function sends, and sends it again.
@st.cache_data(max_size=MOST, show_spinner=False)
def _drawn(key: str, _draw: Callable[[], None]) -> None:
    _draw()


__all__ = ["part"]
