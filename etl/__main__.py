"""`python -m etl`: build the data; `python -m etl check`: check it and write nothing."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from etl.build import BuildFailed, build, check

DATASETS = Path(__file__).resolve().parent.parent / "datasets"


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 when built or sound, 1 when the data has problems."""
    parser = argparse.ArgumentParser(prog="python -m etl", description=__doc__)
    parser.add_argument(
        "command", nargs="?", choices=["build", "check"], default="build", help="default: build"
    )
    parser.add_argument("--raw", type=Path, default=DATASETS / "raw", help="folder of the CSV files")
    parser.add_argument(
        "--out", type=Path, default=DATASETS / "processed", help="folder of the Parquet files"
    )
    a = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        if a.command == "check":
            frames = check(a.raw)
            print(
                f"{sum(len(f) for f in frames.values()):,} rows in {len(frames)} tables are sound "
                f"({time.perf_counter() - began:.1f} s)"
            )
            return 0
        result = build(a.raw, a.out)
    except BuildFailed as failed:
        for problem in failed.problems:
            print(problem, file=sys.stderr)
        print(failed, file=sys.stderr)
        return 1
    for name, rows in result.rows.items():
        print(f"{name:24}{rows:7,}")
    print(f"snapshot {result.snapshot} written to {a.out} ({time.perf_counter() - began:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
