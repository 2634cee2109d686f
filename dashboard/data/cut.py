"""Tables of a build under a view: each is cut when somebody reads it, and what follows from them is computed once."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence, Set, Sized
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast, runtime_checkable

import numpy as np
import pandas as pd

from dashboard.data.store import Tables

P = ParamSpec("P")
V = TypeVar("V")
Chosen = Callable[["pd.Series[str]"], "pd.Series[bool]"]


@runtime_checkable
class OfCompanies(Protocol):
    """What is known of many companies and can be had of some of them."""

    def chosen(self, mine: Chosen) -> Any:
        """The same of those chosen."""


class Cut(Mapping[str, pd.DataFrame]):
    """Tables cut on demand; the frames are shared between readers and never to be changed.

    Attributes:
        cells: Cells that it holds so far, about: of tables that are no part of another's, and of what `once` computed.
        origin: The tables of the build, of which every cut has rows under the same labels.
        whole: The same tables with every company, where companies were chosen.
        mine: Which of some company ids were chosen, where some were.
    """

    __slots__ = ("_cut", "_frames", "_known", "_names", "_some", "cells", "mine", "origin", "whole")

    def __init__(
        self,
        tables: Tables,
        cut: Callable[[str], pd.DataFrame],
        whole: Cut | None = None,
        mine: Chosen | None = None,
        some: Callable[[str, tuple[str, ...], pd.Index | None], pd.DataFrame | None] | None = None,
    ) -> None:
        """Cuts tables, none of them yet.

        Args:
            tables: The tables to cut.
            cut: Makes the table of a name; called once, or twice where two readers ask at the same moment.
            whole: The same tables with every company, where `cut` chooses some.
            mine: Which of some company ids it chooses; given with `whole`.
            some: Makes some columns of a table without the others, those that are read to cut it among them, of rows by
                their labels or of all; None where it does not know how.
        """
        self.whole = whole
        self.mine = mine
        self._names = tuple(tables)
        self._cut, self._some = cut, some
        self.cells = 0
        self.origin: Tables = tables.origin if isinstance(tables, Cut) else tables
        self._frames: dict[str, pd.DataFrame] = {}
        self._known: dict[Hashable, Any] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in self._frames:
            return self._frames[name]
        if name not in self._names:
            raise KeyError(name)
        frame = self._frames.setdefault(name, self._cut(name))
        # The first rows of a table, or all of them, are a view of it.
        self.cells += len(frame) if isinstance(frame.index, pd.RangeIndex) else frame.size
        return frame

    def columns(self, name: str, *wanted: str, at: pd.Index | None = None) -> pd.DataFrame:
        """Some columns of a table, as `columns` gives them; where it is not cut yet the others are not."""
        if name not in self._frames and name in self._names and self._some is not None:
            found = self._some(name, wanted, at)
            if found is not None:
                return found[list(wanted)]
        frame = self[name][list(wanted)]
        return frame if at is None else frame.loc[at]

    def computed(self, key: Hashable, find: Callable[[], V]) -> V:
        """What was computed from these tables, by function and arguments; found where nobody asked for it yet."""
        if key not in self._known:
            value = find()
            self._known[key] = value
            self.cells += _cells(value)
        return cast(V, self._known[key])

    def has(self, key: Hashable) -> bool:
        """True where that was computed."""
        return key in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __or__(self, others: Tables) -> Cut:
        """These tables with others in their place, or beside them."""
        both = {**dict.fromkeys(self, pd.DataFrame()), **others}
        found = Cut(both, lambda name: others[name] if name in others else self[name])
        found.origin = {**self.origin, **others}
        return found


def once(
    find: Callable[Concatenate[Tables, P], V],
) -> Callable[Concatenate[Tables, P], V]:
    """A function of tables (and of arguments that can be hashed) which computes once for each `Cut`.

    A frame comes back as a copy that shares its cells, so that a caller may add columns; anything else is shared and
    never to be changed.
    """

    @functools.wraps(find)
    def found(tables: Tables, *args: P.args, **kwargs: P.kwargs) -> V:
        if not isinstance(tables, Cut):
            return find(tables, *args, **kwargs)
        key = (find, args, tuple(sorted(kwargs.items())))
        value = tables.computed(key, lambda: find(tables, *args, **kwargs))
        return value.copy(deep=False) if isinstance(value, pd.DataFrame) else value

    return found


def once_for_all(
    find: Callable[Concatenate[Tables, P], V],
) -> Callable[Concatenate[Tables, P], V]:
    """As `once`, for what is the same whichever companies are chosen: computed from the tables of everyone."""
    found = once(find)

    @functools.wraps(find)
    def for_all(tables: Tables, *args: P.args, **kwargs: P.kwargs) -> V:
        return found(everyone(tables), *args, **kwargs)

    return for_all


def once_each(
    find: Callable[Concatenate[Tables, P], V],
) -> Callable[Concatenate[Tables, P], V]:
    """As `once`, for what is found of each company by itself: computed for everyone, and narrowed to those chosen.

    A click on a filter then takes rows from what the day's tables gave before. Where that was not asked yet and few
    companies were chosen, theirs alone are computed.

    Args:
        find: Gives a frame with the column or the index company_id, a dict by company id, or what is `OfCompanies`, in
            which nothing said of a company depends on another company; its rows keep their order whoever else is there.
    """
    direct = once(find)

    @functools.wraps(find)
    def found(tables: Tables, *args: P.args, **kwargs: P.kwargs) -> V:
        if not isinstance(tables, Cut) or tables.whole is None or tables.mine is None:
            return direct(tables, *args, **kwargs)
        key = (find, args, tuple(sorted(kwargs.items())))
        whole, mine = tables.whole, tables.mine
        most = 2 * len(tables["companies"]) > len(whole["companies"])
        if not (most or tables.has(key) or whole.has(key)):
            return direct(tables, *args, **kwargs)
        value = tables.computed(key, lambda: _narrowed(direct(whole, *args, **kwargs), mine))
        return value.copy(deep=False) if isinstance(value, pd.DataFrame) else value

    return found


#: Frames, or sets of them, that a function of frames remembers: those of a build, of the one before, and of readers' own rows.
MOST_FRAMES = 8


def once_for_frames(find: Callable[..., V]) -> Callable[..., V]:
    """A function of frames alone which computes once for each of the last ones, told by identity.

    For what no view narrows: every cut of a build holds the same frame, and so do the tables of the build. What comes
    back is shared as by `once`.
    """
    known: OrderedDict[tuple[int, ...], tuple[tuple[pd.DataFrame, ...], V]] = OrderedDict()

    @functools.wraps(find)
    def found(*frames: pd.DataFrame) -> V:
        key = tuple(map(id, frames))
        kept = known.get(key)
        if kept is None:
            # The frames are kept with it: another could get the identity of one that is gone.
            kept = known[key] = frames, find(*frames)
            while len(known) > MOST_FRAMES:
                known.popitem(last=False)
        value = kept[1]
        return value.copy(deep=False) if isinstance(value, pd.DataFrame) else value

    return found


def _cells(value: object, *, deep: bool = True) -> int:
    """How many cells a value has, about: those of a frame, a tenth of an array's bytes, ten for each thing that others hold.

    What an object keeps is counted, what is kept by that is not: objects may keep one another.
    """
    if isinstance(value, np.ndarray):
        return value.nbytes // 10
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return int(value.size)
    inside = getattr(value, "__dict__", None)
    if deep and isinstance(inside, dict):
        return 10 + sum(_cells(one, deep=False) for one in inside.values())
    is_many = isinstance(value, (Mapping, Sequence, Set)) and not isinstance(value, str)
    return 10 + (10 * len(value) if is_many and isinstance(value, Sized) else 0)


def _narrowed(value: Any, mine: Chosen) -> Any:
    """What was found of everyone, for the companies chosen."""
    if isinstance(value, pd.DataFrame):
        ids = value["company_id"] if "company_id" in value else value.index.to_series()
        kept = mine(ids)
        return value if kept.all() else value[kept]
    if isinstance(value, OfCompanies):
        return value.chosen(mine)
    ids = pd.Series(list(value), dtype="object")
    return {i: value[i] for i, is_mine in zip(ids.tolist(), mine(ids).tolist(), strict=True) if is_mine}


def everyone(tables: Tables) -> Tables:
    """The tables before companies were chosen: what is true of a company whoever else is shown is computed from these."""
    return tables.whole if isinstance(tables, Cut) and tables.whole is not None else tables


def origin(tables: Tables, name: str) -> pd.DataFrame:
    """A table as the build has it: what no day and no choice changes of its rows is found of it once, by label."""
    return (tables.origin if isinstance(tables, Cut) else tables)[name]


def columns(tables: Tables, name: str, *wanted: str, at: pd.Index | None = None) -> pd.DataFrame:
    """Some columns of a table: of tables of a day, to cut all rows of all columns takes longer than most that is asked of them.

    Args:
        tables: The tables.
        name: Which of them.
        wanted: The columns.
        at: Labels of rows that it has; None is all.
    """
    if isinstance(tables, Cut):
        return tables.columns(name, *wanted, at=at)
    frame = tables[name][list(wanted)]
    return frame if at is None else frame.loc[at]


def places(tables: Tables, name: str) -> np.ndarray:
    """Where the rows of a table stand in that of the build."""
    build = origin(tables, name)
    # Any column tells which rows there are: numbers and days are cut at less than texts.
    plain = (c for c, dtype in build.dtypes.items() if dtype.kind in "Mmiufb")
    read = str(next(plain, build.columns[0]))
    return places_of(build.index, columns(tables, name, read).index.to_numpy())


@once
def has_rows(tables: Tables, name: str) -> np.ndarray:
    """Which rows of a table of the build the tables have, a flag for each."""
    found = np.zeros(len(origin(tables, name)), dtype=bool)
    found[places(tables, name)] = True
    return found


class _Owners:
    def __init__(self, companies: pd.DataFrame) -> None:
        self._companies = pd.Index(companies["company_id"])
        self._known: dict[str, tuple[pd.DataFrame, np.ndarray]] = {}

    def of(self, name: str, rows: pd.DataFrame) -> np.ndarray:
        known = self._known.get(name)
        # A reader's own rows may lie over one table and not over the companies.
        if known is None or known[0] is not rows:
            ids = rows["company_id"]
            places = self._companies.get_indexer(ids)
            places = np.where(ids.isna(), -1, np.where(places < 0, len(self._companies), places))
            known = self._known[name] = rows, places
        return known[1]


_owners = once_for_frames(_Owners)


def owners(tables: Tables, name: str) -> np.ndarray:
    """Where the company of each row of a table of the build stands among its companies.

    Behind all of them where it is not there, -1 where the row names none.
    """
    return _owners(origin(tables, "companies")).of(name, origin(tables, name))


def places_of(index: pd.Index, labels: np.ndarray) -> np.ndarray:
    """Where labels stand in an index, -1 for those that are not there."""
    if isinstance(index, pd.RangeIndex) or not index.is_monotonic_increasing or not len(index):
        return index.get_indexer(labels)
    # Rows of a day keep their order: no table of all labels is built to find some.
    known = index.to_numpy()
    at = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    return np.where(known[at] == labels, at, -1)
