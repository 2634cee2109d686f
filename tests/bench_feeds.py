"""Times our slice of a history as large as ten years of all authors: monthly Parquet of made rows, zstd, sorted by author.

    python tests/bench_feeds.py --rows 1000000000 --folder /somewhere/large [--months 3]

With --months the rows are those of ten years, and only so many of the 120 monthly parts are written and read. A billion rows
take some 12 GB while it runs.

Prints rows, bytes, seconds to write (not ours: the publisher does), seconds to lay the parts anew as a refresh does when they
come, and seconds and peak memory to read the rows of our accounts out of all months with the code of the feed: out of the
parts as published (three of them) and out of the parts as they lie here. Nothing is downloaded; the files are deleted
afterwards.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import string
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from etl.feeds.command import frames
from etl.feeds.declare import About, File, Ours
from etl.feeds.layout import lay
from etl.feeds.parse import read, sought
from etl.feeds.resolve import Names
from etl.feeds.store import Store
from etl.feeds.tables import FEED_TABLES
from etl.feeds.upstream.hubs import _pulse_files

MONTHS, DAYS = 120, 30
#: Rows of a group as DuckDB writes them by default.
GROUP = 122_880
RAW = Path(__file__).resolve().parent.parent / "datasets" / "raw"


def written(folder: Path, rows: int, ours: list[str], months: int = MONTHS) -> Iterator[Path]:
    """Writes monthly parts of made rows, one as it is asked for."""
    authors = max(rows // (MONTHS * DAYS), len(ours))
    # Spread over the alphabet as real accounts are: ours lie in many row groups.
    letters = string.ascii_letters
    others = (f"{letters[n % 52]}{letters[n // 52 % 52]}-made-{n}" for n in range(authors - len(ours)))
    names = sorted({*ours, *others})
    column = pa.DictionaryArray.from_arrays(
        pa.array(np.repeat(np.arange(len(names), dtype=np.int32), DAYS)), pa.array(names)
    ).cast(pa.string())
    rng = np.random.default_rng(7)
    for month in range(months):
        year, number = 2016 + month // 12, month % 12 + 1
        first = np.datetime64(f"{year}-{number:02d}-01")
        counts = rng.integers(0, 1_000_000, len(column)).astype(np.float64)
        table = pa.table(
            {
                "author": column,
                "day": pa.array(np.tile(first + np.arange(DAYS), len(names))),
                "dl30": counts,
                "dl_all": counts * 12,
                "likes": np.floor(counts / 1000),
                "models": np.full(len(column), 3.0),
            }
        )
        path = folder / f"{year}-{number:02d}.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=GROUP)
        yield path


def peak() -> float:
    """Most memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Spent:
    """Seconds of the clock and of the processor since it was made."""

    def __init__(self) -> None:
        self.began, self.worked = time.perf_counter(), time.process_time()

    def __str__(self) -> str:
        clock, work = time.perf_counter() - self.began, time.process_time() - self.worked
        return f"{clock:.1f} s ({work:.1f} of processor)"


def sliced(paths: Iterable[Path], file: File, about: About) -> list[pd.DataFrame]:
    """Our rows of each part, as a refresh makes them."""
    return [file.shape(read(p, file, about, "application/octet-stream")[0], about) for p in paths]


def main() -> int:
    """Writes, lays, reads, prints, deletes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--months", type=int, default=MONTHS, choices=range(1, MONTHS + 1), metavar="1-120")
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder on a large disk")
    a = parser.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)
    parts = a.folder / "parts"
    parts.mkdir()
    try:
        names = Names(frames(RAW))
        ours = sorted(names.namespaces)
        known = Ours(names.namespaces, {}, date(2026, 11, 21), None)
        file = next(f for f in _pulse_files(known) if f.name.startswith("author_series"))
        about = About(
            "made", known.today, names.companies, names.repositories, None, file, "", frozenset(ours)
        )
        size, laying, as_published = 0, 0.0, 0.0
        paths = []
        for n, path in enumerate(written(parts, a.rows, ours, a.months)):
            size += path.stat().st_size
            if n < 3:
                began = time.process_time()
                sliced([path], file, about)
                as_published += (time.process_time() - began) / min(3, a.months)
            began = time.process_time()
            lay(path, sought(file))
            laying += time.process_time() - began
            paths.append(path)
        total = sum(pq.read_metadata(p).num_rows for p in paths)
        laid = sum(p.stat().st_size for p in paths)
        print(
            f"{total:,} rows in {a.months} parts, {size / 1e9:.2f} GB as published, {laid / 1e9:.2f} GB as they lie here"
        )
        print(
            f"a part as published is read in {as_published:.2f} s of processor, laid anew once in {laying / a.months:.2f}"
        )
        before, spent = peak(), Spent()
        slices = sliced(paths, file, about)
        kept = sum(map(len, slices))
        print(
            f"{kept:,} rows of {len(ours)} accounts of ours (three measures each) read out of all parts in {spent}"
        )
        print(f"most memory so far {peak():.0f} MiB (before it {before:.0f} MiB, writing included)")
        store, table = Store(a.folder / "kept"), FEED_TABLES["usage"]
        for rows in slices:
            rows = table.frame(rows.assign(feed="model-pulse", file="made"))
            store.land("model-pulse", table, "made", names.resolved(rows), keeps=True)
        spent = Spent()
        held = store.rows("usage", "model-pulse", ["company_id", "metric", "value", "day", "band", "name"])
        print(f"the same {len(held):,} rows, kept here in parts by month, read in {spent}")
    finally:
        shutil.rmtree(parts)
        shutil.rmtree(a.folder / "kept", ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
