"""Columns of text that is put into words when somebody reads it: of thousands of rows most are counted, and few are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa

DTYPE = pd.StringDtype("pyarrow", na_value=np.nan)
Texts = Callable[[np.ndarray], Sequence[str | None] | pa.Array]


class LateText(pd.arrays.ArrowStringArray):
    """A column of text of which each row is a place until somebody reads one of its texts.

    To pandas it is a column of text as any other: rows that are taken from it stay places, all else that is done with it
    reads the texts.

    Attributes:
        at: The place of each row's text among all, -1 where none stands; None where texts are all that is known.
    """

    at: np.ndarray | None = None
    _find: Texts
    _texts: pa.ChunkedArray | None = None

    @classmethod
    def of(cls, find: Texts, at: np.ndarray) -> Self:
        """The texts at some places, as `find` gives them for places in any order."""
        made = cls.__new__(cls)
        made.at, made._find, made._dtype, made._cache = at, find, DTYPE, {}
        return made

    def _taken(self, at: np.ndarray) -> Self:
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__, at=at, _texts=None, _cache={})
        return made

    @property
    def _pa_array(self) -> pa.ChunkedArray:
        if self._texts is None and self.at is not None:
            is_there = self.at >= 0
            texts = pa.array(self._find(self.at[is_there]), pa.large_string())
            place = pa.array(np.cumsum(is_there) - 1, mask=~is_there)
            self._texts = pa.chunked_array([texts.take(place)])
        return self._texts

    @_pa_array.setter
    def _pa_array(self, texts: pa.ChunkedArray) -> None:
        # What pandas makes of them is text, which has no place.
        self._texts, self.at = texts, None

    def __len__(self) -> int:
        return len(self._pa_array if self.at is None else self.at)

    def __getitem__(self, key: Any) -> Any:
        """Texts as pandas gives them."""
        if self.at is None or self._texts is not None:
            return super().__getitem__(key)
        found = self.at[pd.api.indexers.check_array_indexer(self, key)]
        if isinstance(found, np.ndarray):
            return self._taken(found)
        text = self._taken(self.at[[key]])._pa_array[0].as_py()
        return self.dtype.na_value if text is None else text

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Any:
        """Texts as pandas takes them."""
        if self.at is None or (allow_fill and not pd.isna(fill_value)):
            return super().take(indices, allow_fill=allow_fill, fill_value=fill_value)
        # Where rows are filled in, -1 asks for none, which stands behind the last.
        return self._taken((np.append(self.at, -1) if allow_fill else self.at).take(indices))

    def view(self, dtype: Any = None) -> Any:
        """The same texts."""
        return super().view(dtype) if self.at is None or dtype is not None else self._taken(self.at)

    def copy(self) -> Any:
        """The same texts: what is put into one is not in the other."""
        return super().copy() if self.at is None else self._taken(self.at)

    def __reduce__(self) -> Any:
        """Another process gets the texts."""
        return partial(pd.arrays.ArrowStringArray, dtype=self.dtype), (self._pa_array.combine_chunks(),)
