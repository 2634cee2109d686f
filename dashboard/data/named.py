"""Which documents the rows of a build's table name, as numbers: no day changes them, and a number has thousands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.data.citations import flat, joined_sources, places
from dashboard.data.cut import once_for_frames, origin, places_of
from dashboard.data.store import Tables


class _Named(NamedTuple):
    """Documents of all rows behind each other, by their rows in the sources table, and where those of each row begin.

    `is_partial` marks rows that name documents which that table does not have, too.
    """

    begins: np.ndarray
    documents: np.ndarray
    is_partial: np.ndarray

    def of(self, at: np.ndarray) -> np.ndarray:
        """Those of the rows at some places, in order."""
        first, count = self.begins[at], self.begins[at + 1] - self.begins[at]
        ends = np.cumsum(count)
        # Each row's documents from where they begin: a run of places for each.
        return self.documents[np.arange(count.sum()) + np.repeat(first - (ends - count), count)]


@once_for_frames
def _of_table(rows: pd.DataFrame, sources: pd.DataFrame) -> _Named:
    told, known = rows["source_ids"].tolist(), places(sources)
    each = list(map(known.rows, told))
    begins = np.cumsum([0, *map(len, each)])
    is_partial = np.fromiter(map(known.cells.partial.__contains__, told), dtype=bool, count=len(told))
    return _Named(begins, flat(each), is_partial)


def documents(tables: Tables, name: str, labels: pd.Index) -> np.ndarray:
    """Rows of the sources table of the build that some rows of a table name, in order, as often as they are named.

    Args:
        tables: The tables of a build, or a cut of them.
        name: Which table.
        labels: Labels of rows that the build has.
    """
    build = origin(tables, name)
    return _of_table(build, origin(tables, "sources")).of(places_of(build.index, labels.to_numpy()))


def joined_at(tables: Tables, name: str, groups: Iterable[np.ndarray]) -> list[str]:
    """One list cell for each group of rows of a table of the build, by their places: all their documents, each once.

    Args:
        tables: The tables of a build, or a cut of them.
        name: Which table.
        groups: Places of rows in the table as the build has it.
    """
    build, sources = origin(tables, name), origin(tables, "sources")
    told, known, (_, ids), joined = _of_table(build, sources), places(sources).cells, _ids(sources), []
    first = np.empty(len(ids), dtype="int64")
    for at in groups:
        named = _each_once(told.of(at), first)
        if told.is_partial[at].any():
            joined.append(joined_sources(*build["source_ids"].iloc[at].tolist()))
            continue
        cell = "; ".join(ids[named].tolist())
        if cell not in known:
            known.keep(cell, named.tobytes())
        joined.append(cell)
    return joined


def _each_once(every: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Numbers in order of first appearance; `first` has a place for each, whatever stands there."""
    # Of places given to one number the last stays: in reverse that is the first.
    first[every[::-1]] = np.arange(len(every))[::-1]
    return every[first[every] == np.arange(len(every))]


@once_for_frames
def _ids(sources: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """Ids of documents by their rows: as a list of which few are taken one by one, and as an array of which many are at once."""
    return sources["source_id"].tolist(), sources["source_id"].to_numpy(dtype=object)


#: Documents of one row up to which a dict finds those named twice sooner than arrays do.
FEW = 100


def joined_rows(rows: Iterable[Sequence[object]], sources: pd.DataFrame) -> list[str]:
    """For each row one list cell of several, as `joined_sources`; which documents it names is known from theirs."""
    known, (ids, _), joined = places(sources).cells, _ids(sources), []
    first = np.empty(len(ids), dtype="int64")
    for cells in rows:
        told = [c for c in cells if type(c) is str]
        found = [known[c] for c in told]
        if sum(map(len, found)) <= FEW:
            named = list(dict.fromkeys(chain.from_iterable(found)))
        else:
            named = _each_once(flat(found), first).tolist()
        is_whole = known.partial.isdisjoint(told)
        cell = "; ".join([ids[n] for n in named]) if is_whole else joined_sources(*cells)
        if cell not in known:
            known.keep(cell, named)
        joined.append(cell)
    return joined
