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
    """Documents of all rows behind each other, by their rows in the sources table, and where those of each row begin."""

    begins: np.ndarray
    documents: np.ndarray


@once_for_frames
def _of_table(rows: pd.DataFrame, sources: pd.DataFrame) -> _Named:
    each = list(map(places(sources).rows, rows["source_ids"].tolist()))
    begins = np.cumsum([0, *map(len, each)])
    return _Named(begins, flat(each))


def documents(tables: Tables, name: str, labels: pd.Index) -> np.ndarray:
    """Rows of the sources table of the build that some rows of a table name, in order, as often as they are named.

    Args:
        tables: The tables of a build, or a cut of them.
        name: Which table.
        labels: Labels of rows that the build has.
    """
    build = origin(tables, name)
    told = _of_table(build, origin(tables, "sources"))
    at = places_of(build.index, labels.to_numpy())
    first, count = told.begins[at], told.begins[at + 1] - told.begins[at]
    ends = np.cumsum(count)
    # Each row's documents from where they begin: a run of places for each.
    return told.documents[np.arange(count.sum()) + np.repeat(first - (ends - count), count)]


@once_for_frames
def _ids(sources: pd.DataFrame) -> list[str]:
    return list(sources["source_id"].tolist())


#: Documents of one row up to which a dict finds those named twice sooner than arrays do.
FEW = 100


def joined_rows(rows: Iterable[Sequence[object]], sources: pd.DataFrame) -> list[str]:
    """For each row one list cell of several, as `joined_sources`; which documents it names is known from theirs."""
    known, ids, joined = places(sources).cells, _ids(sources), []
    first = np.empty(len(ids), dtype="int64")
    for cells in rows:
        told = [c for c in cells if type(c) is str]
        found = [known[c] for c in told]
        if sum(map(len, found)) <= FEW:
            named = list(dict.fromkeys(chain.from_iterable(found)))
        else:
            every = flat(found)
            # Of places given to one document the last stays: in reverse that is the first.
            first[every[::-1]] = np.arange(len(every))[::-1]
            named = every[first[every] == np.arange(len(every))].tolist()
        is_whole = known.partial.isdisjoint(told)
        cell = "; ".join([ids[n] for n in named]) if is_whole else joined_sources(*cells)
        if cell not in known:
            known.keep(cell, named)
        joined.append(cell)
    return joined
