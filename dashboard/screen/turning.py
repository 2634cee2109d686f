"""Tables of more rows than a browser is sent: searched, put in order and turned over on the server, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.data.memory import Memory
from dashboard.export.table import frame_csv
from dashboard.look.markdown import plain
from dashboard.screen import ui, ui_progress
from dashboard.screen.saving import save_button

#: Rows up to which a table is sent whole, to be sorted and searched where it is shown; of more, rows of a page.
WHOLE, PAGE = 8_000, 1_000


class Turn(NamedTuple):
    """What a reader sees of a table.

    Attributes:
        words: What some text of a row must hold; "" for any row.
        order: Column that rows are ordered by, behind a minus sign the largest first; "" as they stand.
        first: Place of the first row shown among those found.
        last: Place behind the last one.
    """

    words: str = ""
    order: str = ""
    first: int = 0
    last: int = WHOLE


@dataclass(frozen=True)
class Long:
    """A table that may be longer than a browser is sent.

    Attributes:
        now: The view that its rows follow from.
        name: In the address, one of `permalink.TURNED`.
        table: Which rows they are: what stands under one name may change.
        frame: All rows.
        order: What they are ordered by, as in `Turn`, where the reader asks for no other order.
    """

    now: ui.View
    name: str
    table: str
    frame: pd.DataFrame
    order: str = ""

    def turned(self, columns: Mapping[str, Any], *, saved: bool = True) -> Turn:
        """Which rows are sent, as the reader finds, orders and turns over those of a long table.

        Args:
            columns: Columns that are shown, to their headings or configurations.
            saved: All rows of a long table are offered as a file beside it; a table that is sent whole saves itself.
        """
        if len(self.frame) <= WHOLE:
            return Turn()
        page = f"{self.name}-page"
        orders = {"": "as they stand"}
        for column, how in columns.items():
            if column in self.frame:
                head = _head(column, how)
                orders |= {column: f"{head}, ascending", f"-{column}": f"{head}, descending"}
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            words = _written(f"{self.name}-find", page)
            order = ui.pick(f"{self.name}-order", "Order", orders, resets=(page,), width=260)
            found = len(self._places(words, order))
            window = ui.window(page, found, PAGE)
            if saved:
                self.save(Turn(words, order))
        said = f"{found:,} of {len(self.frame):,} rows have “{words}” in a text. " if words else ""
        how = "Find and Order look at all rows, the search and the headings of the table at those shown."
        st.caption(plain(f"{said}{how}"))
        return Turn(words, order, window.start, window.stop)

    def save(self, turn: Turn) -> None:
        """A file of all rows that the reader found, with every column."""
        save_button(
            "CSV",
            ui_progress.counted("table", lambda: frame_csv(self.found(turn))),
            f"{'-'.join(self.table.split())}-{self.now.selection.as_of:%Y-%m-%d}-{self.now.snapshot.id}.csv",
            icon=":material/download:",
            key=f"save-{self.name}",
            help="The rows above with all columns, those of every page.",
        )

    def rows(self, turn: Turn) -> pd.DataFrame:
        """The rows of a turn, in order."""
        if len(self.frame) <= turn.last and turn == Turn() and not self.order:
            return self.frame
        return self.frame.take(self._places(turn.words, turn.order)[turn.first : turn.last])

    def found(self, turn: Turn) -> pd.DataFrame:
        """All rows that the reader found, of every page, in order."""
        return self.frame.take(self._places(turn.words, turn.order))

    def _places(self, words: str, order: str) -> np.ndarray:
        order = order or self.order
        if not words and not order:
            return np.arange(len(self.frame))
        key = (self.now.snapshot.id, replace(self.now.selection, picked=()), self.table, words, order)
        return _found.get(key, lambda: _looked_up(self.frame, words, order))


#: Places of rows that were looked for or put in order: what each turning over would do again.
_found: Memory[np.ndarray] = Memory("turned tables", 16_000_000, lambda places: places.nbytes, least=1)


def _looked_up(frame: pd.DataFrame, words: str, order: str) -> np.ndarray:
    places = np.arange(len(frame), dtype="int32")
    if words:
        has = np.zeros(len(frame), dtype=bool)
        for column in frame.select_dtypes("str"):
            has |= frame[column].str.contains(words, case=False, regex=False).eq(True).to_numpy()
        places = places[has]
    column = order.removeprefix("-")
    if column in frame:
        by = frame[column].take(places).reset_index(drop=True)
        ranked = by.sort_values(ascending=not order.startswith("-"), kind="stable", na_position="last")
        places = places[ranked.index.to_numpy()]
    return places


def _head(column: str, how: Any) -> str:
    label = how if isinstance(how, str) else (how or {}).get("label")
    return str(label or column)


def _written(name: str, page: str) -> str:
    """Words that the reader is looking for, kept in the address; others begin at the first page again."""
    picked = st.session_state.setdefault("_picked", {})
    asked, widget = str(picked.get(name, "")), f"pick-{name}"
    if st.session_state.get(widget) != asked:
        st.session_state[widget] = asked

    def keep() -> None:
        st.session_state["_picked"] = {
            k: v for k, v in st.session_state["_picked"].items() if k not in (name, page)
        }
        if words := str(st.session_state[widget] or "").strip():
            st.session_state["_picked"][name] = words
        ui.set_picked_address()

    st.text_input("Find", key=widget, on_change=keep, placeholder="in any text", max_chars=120, width=260)
    return asked


__all__ = ["Long", "Turn"]
