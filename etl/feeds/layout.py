"""How a history of everyone lies here: in small groups of rows, so that ours are found without decoding the others'."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pya
import pyarrow.parquet as pq

#: Rows of a group: smaller ones decode less beside ours, and cost more to list. Measured by `tests/bench_feeds.py`.
GROUP = 8_192


def lay(path: Path, by: Sequence[str]) -> bool:
    """Lays a Parquet file anew in small groups where its own are large; rows, columns and order stay.

    Args:
        path: The file; it is replaced whole or not at all.
        by: Names that the column may have by which rows are sought: where the file is not in its order, nothing is won.

    Returns:
        Whether it was laid anew. What cannot be read stays as it is: the reader says what is wrong with it.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with pq.ParquetFile(path) as opened:
            told = opened.metadata
            place = next((n for n, c in enumerate(opened.schema_arrow.names) if c in by), -1)
            is_fine = told.num_rows <= 2 * GROUP * told.num_row_groups
            if is_fine or place < 0 or not _is_in_order(told, place):
                return False
            with pq.ParquetWriter(fresh, opened.schema_arrow, compression="zstd") as out:
                for batch in opened.iter_batches(GROUP, use_threads=False):
                    out.write_batch(batch)
        fresh.replace(path)
    except (pya.ArrowException, OSError):
        return False
    finally:
        fresh.unlink(missing_ok=True)
    return True


def _is_in_order(told: pq.FileMetaData, place: int) -> bool:
    last = None
    for n in range(told.num_row_groups):
        ends = told.row_group(n).column(place).statistics
        if ends is None or not ends.has_min_max or (last is not None and ends.min < last):
            return False
        last = ends.max
    return True


__all__ = ["GROUP", "lay"]
