"""Texts of a column that was read, which know which of them are the same: most columns have few different ones.

Whether there is a text, whether it stood before, which others it names and what it holds is asked of each different one, and
documents that rows cite are compared by their places. Else such a column is as any column of text.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pya
import pyarrow.compute as pc

from etl.schema import TEXT


class Cells(pd.arrays.StringArray):
    """An array of texts with the place of each among the different ones; what changes it forgets the places.

    Attributes:
        places: Of each text its place in `different`, -1 where there is none; None where they are not known.
        different: Each text once, and maybe texts that are in no cell any more.
        texts: The same as Arrow keeps them.
        at: Where each text stands last, once somebody asked.
    """

    places: np.ndarray | None = None
    different: np.ndarray
    texts: pya.StringArray
    at: Mapping[str, int] | None = None

    @classmethod
    def of(cls, texts: pya.StringArray, places: np.ndarray) -> Self:
        """A column by its different texts, null where a place is -1."""
        different = texts.to_numpy(zero_copy_only=False)
        made = cls(np.append(different, np.nan), dtype=TEXT).take(places)
        made.places, made.different, made.texts = places, different, texts
        return made

    def _with(self, of: Any, places: Callable[[np.ndarray], np.ndarray]) -> Any:
        """Another array of some of these texts, which knows their places."""
        if self.places is not None and isinstance(of, Cells):
            of.places, of.different, of.texts = places(self.places), self.different, self.texts
        return of

    def __getitem__(self, key: Any) -> Any:
        """Texts as pandas gives them."""
        if key.__class__ is int or self.places is None:
            return super().__getitem__(key)
        key = pd.api.indexers.check_array_indexer(self, key)
        return self._with(super().__getitem__(key), lambda places: places[key])

    def __iter__(self) -> Iterator[Any]:
        """Text by text, at a tenth of the cost of asking for each."""
        return iter(self._ndarray.tolist())

    def __setitem__(self, key: Any, value: Any) -> None:
        """As pandas sets texts."""
        self.places = self.at = None
        super().__setitem__(key, value)

    def take(self, indices: Any, **how: Any) -> Any:
        """Texts as pandas takes them."""
        taken = super().take(indices, **how)
        if not how.get("allow_fill"):
            return self._with(taken, lambda places: places.take(indices))
        if not pd.isna(how.get("fill_value")):
            return taken
        return self._with(taken, lambda places: np.append(places, -1).take(indices))

    def copy(self) -> Any:
        """The same texts in memory of their own."""
        return self._with(super().copy(), lambda places: places)

    def view(self, dtype: Any = None) -> Any:
        """The same texts in the same memory."""
        return self._with(super().view(dtype), lambda places: places)

    def isna(self) -> np.ndarray:
        """Which have no text."""
        return super().isna() if self.places is None else self.places < 0

    def duplicated(self, keep: Any = "first") -> np.ndarray:
        """Which stand again."""
        if self.places is None:
            return super().duplicated(keep)
        return np.asarray(pd.Series(self.places).duplicated(keep))

    def _cmp_method(self, other: Any, op: Callable[[Any, Any], Any]) -> Any:
        """How texts compare with one."""
        if self.places is None or not isinstance(other, str):
            return super()._cmp_method(other, op)
        return np.append(op(self.different, other), op is operator.ne).astype(bool)[self.places]

    def map(self, mapper: Any, na_action: Any = None) -> Any:
        """What stands for each text."""
        if self.places is None:
            return super().map(mapper, na_action)
        codes, used = self.used()
        has_gap = bool(len(codes)) and bool(codes.min() < 0)
        each = np.append(self.different[used], [np.nan] if has_gap else [])
        return type(self)(each, dtype=TEXT).map(mapper, na_action).take(codes)

    def used(self) -> tuple[np.ndarray, np.ndarray]:
        """Places anew, in the order in which texts stand, -1 where there is none, and the places that these were before."""
        codes, used = pd.factorize(self.places, use_na_sentinel=False)
        if (gap := np.flatnonzero(used < 0)).size:
            # A gap has no place of its own.
            codes = np.where(codes == gap[0], -1, codes - (codes > gap[0]))
            used = np.delete(used, gap)
        return codes, used

    def factorize(self, use_na_sentinel: bool = True) -> tuple[np.ndarray, Any]:
        """Places among the different texts in the order in which they stand."""
        if self.places is None or not use_na_sentinel:
            return super().factorize(use_na_sentinel)
        codes, used = self.used()
        return codes, type(self)(self.different[used], dtype=TEXT)


def coded(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Of each text of a column its place among different ones, -1 where there is none, and these; some may be in no cell."""
    cells = column.array
    if not isinstance(cells, Cells) or cells.places is None:
        return pd.factorize(column.to_numpy(dtype=object))
    if len(cells) >= len(cells.texts):
        return cells.places, cells.different
    codes, used = cells.used()
    return codes, cells.different[used]


def in_arrow(column: pd.Series) -> tuple[np.ndarray, pya.StringArray]:
    """The same with the different texts as Arrow keeps them."""
    cells = column.array
    if not isinstance(cells, Cells) or cells.places is None:
        places, texts = coded(column)
        return places, pya.array(texts, pya.string())
    if len(cells) >= len(cells.texts):
        return cells.places, cells.texts
    codes, used = cells.used()
    return codes, cells.texts.take(pya.array(used))


def different(column: pd.Series) -> np.ndarray:
    """Each text of a column once."""
    places, texts = coded(column)
    return texts[_in_cells(places, len(texts))]


def different_in_arrow(column: pd.Series) -> pya.StringArray:
    """The same as Arrow keeps them."""
    places, texts = in_arrow(column)
    return texts.filter(pya.array(_in_cells(places, len(texts))))


def _in_cells(places: np.ndarray, many: int) -> np.ndarray:
    """Which of so many different texts are in a cell."""
    found = np.zeros(many + 1, dtype=bool)
    found[places] = True
    return found[:-1]


def known(column: pd.Series) -> Mapping[str, int]:
    """Each text of a column and where it stands last; that of documents is asked for by every table."""
    cells = column.array
    if isinstance(cells, Cells) and cells.at is not None:
        return cells.at
    found = {text: at for at, text in enumerate(column.to_numpy(dtype=object).tolist())}
    if isinstance(cells, Cells):
        cells.at = found
    return found


def rows_of(texts: pya.StringArray, column: pd.Series) -> np.ndarray:
    """Of each of many texts where it stands last in a column, -1 where it does not."""
    places, among = in_arrow(column)
    last = np.full(len(among) + 1, -1)
    last[places] = np.arange(len(places))
    last[-1] = -1
    return last[pc.index_in(texts, value_set=among).fill_null(len(among)).to_numpy()]


def holding(column: pd.Series, pattern: str) -> np.ndarray:
    """Which cells hold a pattern; it looks neither back nor ahead, as RE2 asks."""
    places, texts = in_arrow(column)
    found = pc.match_substring_regex(texts, pattern)
    return np.append(found.to_numpy(zero_copy_only=False), False)[places]


@dataclass(frozen=True)
class Cited:
    """The documents of cells that list some, as a rule judges each different cell once.

    Attributes:
        cells: Of each row the place of its cell among the different ones, -1 where it has none.
        starts: Of each different cell the place of its first document in `documents`.
        documents: Of each document in turn its place in the table of documents, -1 where it is in none.
    """

    cells: np.ndarray
    starts: np.ndarray
    documents: np.ndarray

    def of_cells(self, values: np.ndarray, none: Any, merge: np.ufunc) -> np.ndarray:
        """Of each different cell what its documents have together.

        Args:
            values: Whole numbers, or days, of each document of the table.
            none: That of a document that is in no table.
            merge: What makes one of two: `np.maximum`, `np.minimum`.
        """
        of_each = np.append(values, none)[self.documents]
        whole = merge.reduceat(of_each.view("int64"), self.starts) if len(self.starts) else of_each
        return whole.view(values.dtype)

    def of_rows(self, of_cells: np.ndarray, none: Any) -> np.ndarray:
        """The same of each row; `none` where it has no cell."""
        return np.append(of_cells, none).astype(of_cells.dtype)[self.cells]

    def lines(self) -> tuple[np.ndarray, np.ndarray]:
        """A line for each document of each row: the place of the row, and that of the document, -1 where it is in no table."""
        many = self.of_rows(np.diff(self.starts, append=len(self.documents)), 0)
        row = np.repeat(np.arange(len(many)), many)
        nth = np.arange(len(row)) - (np.cumsum(many) - many)[row]
        return row, self.documents[self.of_rows(self.starts, 0)[row] + nth]

    def are_odd(self) -> np.ndarray:
        """Which different cells list a document that is in no table, or one twice."""
        many = np.diff(self.starts, append=len(self.documents))
        cell = np.repeat(np.arange(len(many)), many)
        odd = self.documents < 0
        listed = np.flatnonzero(many[cell] > 1)
        if len(listed):
            each = pd.Series(cell[listed] * (self.documents.max() + 2) + self.documents[listed])
            odd[listed] |= each.duplicated().to_numpy()
        found = np.zeros(len(many), dtype=bool)
        found[cell[odd]] = True
        return found


def cited(cells: pd.Series, ids: pd.Series) -> Cited:
    """What cells list, "a; b", among ids; of an id that stands again the last."""
    places, texts = coded(cells)
    place = known(ids)
    # Most cells list one.
    one = np.fromiter(map(place.get, texts.tolist(), repeat(-1)), "int64", len(texts))
    lists = [text.split("; ") for text in texts[one < 0].tolist()]
    many = np.ones(len(texts), dtype="int64")
    many[one < 0] = [len(parts) for parts in lists]
    documents = np.repeat(one, many)
    documents[documents < 0] = [place.get(part, -1) for part in chain.from_iterable(lists)]
    return Cited(places, np.cumsum(many) - many, documents)
