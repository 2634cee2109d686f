"""Times our slice of a history as large as ten years of all authors: monthly Parquet of made rows, zstd, sorted by author.

    python tests/bench_feeds.py --rows 100000000 --folder /somewhere/large [--months 3]

With --months the rows are those of ten years, and only so many of the 120 monthly parts are written and read.

Prints rows, bytes, seconds to write (not ours: the publisher does), and seconds and peak memory to read the rows of our
authors out of all months with the code of the feed. Nothing is downloaded; the files are deleted afterwards.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import string
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from etl.feeds.command import frames
from etl.feeds.declare import About, Ours
from etl.feeds.parse import read
from etl.feeds.resolve import Names
from etl.feeds.store import Store
from etl.feeds.tables import FEED_TABLES
from etl.feeds.upstream.hubs import _pulse_files

MONTHS, DAYS, GROUP = 120, 30, 65_536
RAW = Path(__file__).resolve().parent.parent / "datasets" / "raw"


def write(folder: Path, rows: int, ours: list[str], months: int = MONTHS) -> int:
    """Writes monthly parts of made rows; returns the bytes."""
    authors = max(rows // (MONTHS * DAYS), len(ours))
    # Spread over the alphabet as real accounts are: ours lie in many row groups.
    letters = string.ascii_letters
    others = (f"{letters[n % 52]}{letters[n // 52 % 52]}-made-{n}" for n in range(authors - len(ours)))
    names = sorted({*ours, *others})
    column = pa.DictionaryArray.from_arrays(
        pa.array(np.repeat(np.arange(len(names), dtype=np.int32), DAYS)), pa.array(names)
    )
    rng = np.random.default_rng(7)
    size = 0
    for month in range(months):
        year, number = 2016 + month // 12, month % 12 + 1
        first = np.datetime64(f"{year}-{number:02d}-01")
        counts = rng.integers(0, 1_000_000, len(column)).astype(np.float64)
        table = pa.table(
            {
                "author": column.cast(pa.string()),
                "day": pa.array(np.tile(first + np.arange(DAYS), len(names))),
                "dl30": counts,
                "dl_all": counts * 12,
                "likes": np.floor(counts / 1000),
                "models": np.full(len(column), 3.0),
            }
        )
        path = folder / f"{year}-{number:02d}.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=GROUP)
        size += path.stat().st_size
    return size


def main() -> int:
    """Writes, reads, prints, deletes."""
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
        began = time.perf_counter()
        size = write(parts, a.rows, ours, a.months)
        written = time.perf_counter() - began
        known = Ours(names.namespaces, {}, date(2026, 11, 21), None)
        file = next(f for f in _pulse_files(known) if f.name.startswith("author_series"))
        about = About("made", date(2026, 11, 21), names.companies, names.repositories, None, file)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        slices = []
        began, worked = time.perf_counter(), time.process_time()
        total = kept = 0
        store, table = Store(a.folder / "kept"), FEED_TABLES["usage"]
        for path in sorted(parts.glob("*.parquet")):
            total += pq.read_metadata(path).num_rows
            rows = file.shape(read(path, file, about, "application/octet-stream")[0], about)
            kept += len(rows)
            slices.append(rows)
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for rows in slices:
            rows = table.frame(rows.assign(feed="model-pulse", file="made"))
            store.land("model-pulse", table, "made", names.resolved(rows), keeps=True)
        began = time.perf_counter()
        held = store.rows("usage", "model-pulse", ["company_id", "metric", "value", "day", "band", "name"])
        again = time.perf_counter() - began
        print(f"{total:,} rows in {a.months} parts, {size / 1e9:.2f} GB (written in {written:.0f} s)")
        print(
            f"{kept:,} rows of {len(ours)} accounts of ours (three measures each) read in {seconds:.1f} s ({worked:.1f} of work)"
        )
        print(f"the same {len(held):,} rows, kept here in parts by month, read in {again:.1f} s")
        print(
            f"peak memory while reading {peak / 1024:.0f} MiB (before it {before / 1024:.0f} MiB, writing included)"
        )
    finally:
        shutil.rmtree(parts)
        shutil.rmtree(a.folder / "kept", ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
