"""Builds of other code, read as this code reads its own."""

from __future__ import annotations

from collections.abc import Set

import pandas as pd

from dashboard.data.store import DataMissingError, Tables


def completed(tables: Tables, shown: str, known: Tables, required: Set[tuple[str, str]]) -> Tables:
    """Tables in which what the code that built them did not know yet is unknown; what is more stays.

    Args:
        tables: Those of the build.
        shown: The build as a message names it.
        known: Every table with the columns that are read, rows or not.
        required: Columns that are never empty, as (table, column).

    Returns:
        The same tables where nothing is missing.

    Raises:
        DataMissingError: a column that is never empty is not there, or one is of another kind.
    """
    found: dict[str, pd.DataFrame] = {}
    for name, like in known.items():
        frame = tables.get(name)
        if frame is None:
            found[name] = like.iloc[:0]
            continue
        unknown = {}
        for column, dtype in like.dtypes.items():
            if column not in frame and (name, column) in required:
                raise _other(shown, name, f"has no column {column}")
            if column not in frame:
                unknown[str(column)] = like[column].iloc[:0].reindex(frame.index)
                continue
            # A flag that may be empty is one of objects.
            is_flag = pd.api.types.is_bool_dtype(dtype) or pd.api.types.is_object_dtype(dtype)
            if not is_flag and frame[column].dtype != dtype:
                raise _other(shown, name, f"has a column {column} of another kind")
        if unknown:
            found[name] = frame.assign(**unknown)
    return {**tables, **found} if found else tables


def _other(shown: str, table: str, said: str) -> DataMissingError:
    return DataMissingError(
        f"{shown}: {table} {said}: built by other code; run `python -m etl` of this version"
    )
