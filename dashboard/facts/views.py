"""The tables of a build under the views asked for last: those of a day are cut once, whatever is chosen of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace

import pandas as pd

from dashboard.data.cut import Cut
from dashboard.data.selection import Selection, as_of
from dashboard.data.store import Tables
from dashboard.facts.landscape import narrow

#: Views, and days, whose tables stay: of each those asked for last.
MOST_VIEWS = 6


def narrowing(selection: Selection) -> Selection:
    """Of a selection only what narrows tables: two views that differ in the rest share them."""
    basis = selection.basis if selection.governance_models else ""
    return replace(selection, picked=(), compare=None, currency="", basis=basis)


class Views:
    """What `landscape.apply` gives, remembered: a deck or an assistant asks for the same view again and again.

    The frames are shared between those who ask and never to be changed.
    """

    def __init__(self) -> None:
        # The tables stand beside what was cut from them: others could get the identity of those that are gone.
        self._kept: tuple[OrderedDict[Hashable, tuple[Tables, Cut]], ...] = (OrderedDict(), OrderedDict())
        self._lock = threading.Lock()

    def _of(self, at: int, key: Hashable, tables: Tables, cut: Callable[[], Cut]) -> Cut:
        known, whole = self._kept[at], (id(tables), key)
        with self._lock:
            if whole in known:
                known.move_to_end(whole)
                return known[whole][1]
        found = cut()
        with self._lock:
            found = known.setdefault(whole, (tables, found))[1]
            while len(known) > MOST_VIEWS:
                known.popitem(last=False)
        return found

    def stood(self, tables: Tables, day: pd.Timestamp, newest: pd.Timestamp) -> Cut:
        """All tables as they stood on a day, whatever the filters."""
        return self._of(0, (day, newest), tables, lambda: as_of(tables, Selection(day, newest)))

    def applied(self, tables: Tables, selection: Selection, *, keep_outside: bool = False) -> Cut:
        """The tables under a selection, as `landscape.apply` gives them."""
        asked = narrowing(selection)

        def narrowed() -> Cut:
            day = self.stood(tables, selection.as_of, selection.newest)
            return narrow(day, asked, keep_outside=keep_outside)

        return self._of(1, (asked, keep_outside), tables, narrowed)
