"""Times the path from CSV to slide: build, load, selection, every chart. Run by `make bench`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import etl  # noqa: E402
from dashboard import permalink, store  # noqa: E402
from dashboard.charts import CHARTS  # noqa: E402
from dashboard.selection import apply  # noqa: E402
from dashboard.theme import Look  # noqa: E402

REPEATS = 5


def best(action: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """Milliseconds of the fastest of several runs, and what the last one returned."""
    fastest, value = float("inf"), None
    for _ in range(repeats):
        began = time.perf_counter()
        value = action()
        fastest = min(fastest, time.perf_counter() - began)
    return fastest * 1000, value


def main() -> int:
    """Prints one line per step, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "processed"
        ms, built = best(lambda: etl.build(PROJECT / "datasets" / "raw", out), 2)
        print(f"{'build':34}{ms:9.0f} ms   {sum(built.rows.values()):,} rows, snapshot {built.snapshot}")
        ms, tables = best(lambda: store.load(out))
        print(f"{'load':34}{ms:9.0f} ms   {len(tables)} tables")
        newest = store.snapshot(out).as_of
    found, _ = permalink.values({}, tables, newest)
    selection = permalink.selection(found, newest)
    ms, _ = best(lambda: apply(tables, selection))
    print(f"{'select':34}{ms:9.1f} ms")
    print(f"\n{'chart':34}{'frame':>9}{'figure':>9}")
    total = 0.0
    for chart in CHARTS.values():
        selected = apply(tables, selection, keep_outside=chart.outside)
        frame_ms, frame = best(lambda c=chart, t=selected: c.data(t, selection))
        figure_ms, _ = best(lambda c=chart, f=frame: c.figure(f, Look(mode="light")))
        total += frame_ms + figure_ms
        print(f"{chart.id:34}{frame_ms:9.1f}{figure_ms:9.1f}   {len(frame)} rows")
    print(f"{'all charts':34}{total:9.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
