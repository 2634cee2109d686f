"""Which documents rows name, as numbers: no day changes those of a build's table, and a number has thousands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.data.cells import runs
from dashboard.data.citations import flat, joined_sources, places
from dashboard.data.cut import once_for_frames, origin, places_of
from dashboard.data.late import DTYPE, LateText
from dashboard.data.store import Tables


class _Named(NamedTuple):
    """Documents of all rows behind each other, by their rows in the sources table, and where those of each row begin."""

    begins: np.ndarray
    documents: np.ndarray

    def of(self, at: np.ndarray) -> _Named:
        """Those of the rows at some places."""
        found, begins = runs(self.begins, at)
        return _Named(begins, self.documents[found])


@once_for_frames
def _of_table(rows: pd.DataFrame, sources: pd.DataFrame) -> tuple[_Named, np.ndarray]:
    """The documents of all rows, and which rows name some that the sources table does not have, too."""
    told, known = rows["source_ids"].tolist(), places(sources)
    each = list(map(known.rows, told))
    is_partial = np.fromiter(map(known.cells.partial.__contains__, told), dtype=bool, count=len(told))
    return _Named(np.cumsum([0, *map(len, each)]), flat(each)), is_partial


def documents(tables: Tables, name: str, labels: pd.Index) -> np.ndarray:
    """Rows of the sources table of the build that some rows of a table name, in order, as often as they are named.

    Args:
        tables: The tables of a build, or a cut of them.
        name: Which table.
        labels: Labels of rows that the build has.
    """
    build = origin(tables, name)
    told, _ = _of_table(build, origin(tables, "sources"))
    return told.of(places_of(build.index, labels.to_numpy())).documents


@once_for_frames
def _ids(sources: pd.DataFrame) -> pa.Array:
    return pa.array(sources["source_id"].tolist(), pa.large_string())


class JoinedCells(LateText):
    """A column of list cells that are put together when somebody reads them: of many rows most are counted, and few are shown.

    Attributes:
        named: The documents that each of some cells names, each once; `at` says which of these cells stands in each row.
    """

    named: _Named

    @classmethod
    def joined(cls, named: _Named, sources: pd.DataFrame) -> Self:
        """The cells that name some documents of the sources table."""

        def texts(at: np.ndarray) -> list[str]:
            begins, found = named.of(at)
            ids, known = _ids(sources), places(sources).cells
            lists = pa.ListArray.from_arrays(begins.astype("int32"), ids.take(found))
            cells: list[str] = pc.binary_join(lists, pa.scalar("; ", ids.type)).to_pylist()
            # Who reads a cell asks for its documents next.
            for cell, (first, last) in zip(cells, pairwise(begins.tolist()), strict=True):
                if cell not in known:
                    known.keep(cell, found[first:last].tobytes())
            return cells

        made = cls.of(texts, np.arange(len(named.begins) - 1))
        made.named = named
        return made

    @property
    def documents(self) -> np.ndarray | None:
        """Rows of the documents that the cells name, cell after cell; None where the texts are all that is known."""
        return None if self.at is None else self.named.of(self.at[self.at >= 0]).documents


def joined_rows(rows: Iterable[Sequence[object]], sources: pd.DataFrame) -> pd.Series:
    """For each row one list cell of several, as `joined_sources`, put together when somebody reads it."""
    cells: list[object] = []
    ends = [0]
    for row in rows:
        cells.extend(row)
        ends.append(len(cells))
    return _of_cells(np.array(cells, dtype=object), np.array(ends), sources)


def joined_columns(frame: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """As `joined_rows`, of the cells of all columns of a frame."""
    cells = frame.to_numpy(dtype=object).ravel()
    return _of_cells(cells, np.arange(len(frame) + 1) * frame.shape[1], sources)


def joined_at(tables: Tables, name: str, groups: Iterable[np.ndarray]) -> pd.Series:
    """As `joined_rows`, of the cells of groups of rows of a table.

    Args:
        tables: The tables of a build, or a cut of them.
        name: Which table.
        groups: Places of rows in the table as the build has it.
    """
    build, sources, groups = origin(tables, name), origin(tables, "sources"), list(groups)
    told, is_partial = _of_table(build, sources)
    ends = np.cumsum([0, *map(len, groups)])
    at = np.concatenate([np.empty(0, dtype="int64"), *groups])
    if is_partial[at].any():
        return _of_cells(build["source_ids"].to_numpy(dtype=object)[at], ends, sources)
    begins, every = told.of(at)
    return _joined(_numbers(begins[ends]), every, len(groups), sources)


def _of_cells(cells: np.ndarray, ends: np.ndarray, sources: pd.DataFrame) -> pd.Series:
    """For each row its cells of all, up to where those of the next begin: a list of each of thousands would cost more."""
    known = places(sources).cells
    is_told = pd.notna(cells)
    told = cells[is_told].tolist()
    found = list(map(known.__getitem__, told))
    if not known.partial.isdisjoint(told):
        # Some name documents that the table does not have: they stay in the text.
        texts = [joined_sources(*cells[a:b]) for a, b in pairwise(ends.tolist())]
        return pd.Series(texts, dtype=DTYPE)
    row = np.repeat(_numbers(ends)[is_told], np.fromiter(map(len, found), dtype="int64", count=len(found)))
    return _joined(row, flat(found), len(ends) - 1, sources)


def _numbers(ends: np.ndarray) -> np.ndarray:
    """The number of the row of each thing, from where those of each row begin."""
    return np.repeat(np.arange(len(ends) - 1), np.diff(ends))


def _joined(row: np.ndarray, every: np.ndarray, rows: int, sources: pd.DataFrame) -> pd.Series:
    """Cells of documents, those of each row once, from the number of the row and the document."""
    is_first = ~pd.Series(row * len(sources) + every).duplicated().to_numpy()
    named = _Named(np.searchsorted(row[is_first], np.arange(rows + 1)), every[is_first])
    return pd.Series(JoinedCells.joined(named, sources))
