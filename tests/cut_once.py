"""Tables of a view are cut once a worker, and what follows from them is found once, whichever test asks for the view again.

`landscape.apply` and `Views`, which decks and the door ask, each keep what they cut themselves: a test that holds one against
the other compares two. Tables are told by their frames; who wants a view of their own gives frames of their own (`anew`).
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from dashboard.data.cut import Cut
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape, views

#: Views that stay: those asked for last.
MOST = 16
#: Cells of tables up to which any stays: the real data, and not what is made a hundred times as large.
MOST_CELLS = 2_000_000


class Kept:
    """What was cut of which tables, by what was asked."""

    def __init__(self) -> None:
        self.known: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()

    def of(self, tables: Tables, asked: Hashable, cut: Callable[[], Any]) -> Any:
        whole = tables.origin if isinstance(tables, Cut) else tables
        cells = sum(f.size for f in whole.values())
        if cells > MOST_CELLS:
            return cut()
        # The frames stay beside what was cut from them: others could get the identity of those that are gone.
        held = tables if isinstance(tables, Cut) else tuple(tables.values())
        key = (id(tables) if isinstance(tables, Cut) else (*tables, *map(id, held)), asked)  # type: ignore[arg-type]
        if key not in self.known:
            self.known[key] = held, cut()
            while len(self.known) > MOST:
                self.known.popitem(last=False)
        self.known.move_to_end(key)
        return self.known[key][1]


def anew(tables: Tables) -> dict[str, Any]:
    """The same tables as frames of their own, of which nothing is known yet."""
    return {name: frame.copy(deep=False) for name, frame in tables.items()}


#: Those of the product, which keep a few views and tell tables by identity.
VIEWS_OF = views.Views._of


def remember() -> None:
    """Before anything is imported that names `landscape.apply`."""
    apply, kept, of_views = landscape.apply, Kept(), Kept()

    @functools.wraps(apply)
    def applied(tables: Tables, selection: Selection, *, keep_outside: bool = False) -> Tables:
        asked = (type(selection), views.narrowing(selection), keep_outside)
        return kept.of(tables, asked, lambda: apply(tables, selection, keep_outside=keep_outside))

    def of(self: views.Views, at: int, key: Hashable, tables: Tables, cut: Callable[[], Cut]) -> Cut:
        return of_views.of(tables, (at, key), cut)

    landscape.apply = applied
    views.Views._of = of  # type: ignore[method-assign]
