"""Times the path from CSV to slide: build, pages, load, selection, every chart. Run by `make bench`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import bench_exports  # noqa: E402
import bench_pages  # noqa: E402

import etl  # noqa: E402
from dashboard.charts import CHARTS  # noqa: E402
from dashboard.data import permalink, store  # noqa: E402
from dashboard.data.selection import Selection  # noqa: E402
from dashboard.deck import decks  # noqa: E402
from dashboard.deck.decks import Builds, Data  # noqa: E402
from dashboard.draw import plotly  # noqa: E402
from dashboard.export import server_picture  # noqa: E402
from dashboard.facts.landscape import apply  # noqa: E402
from dashboard.look.theme import Look  # noqa: E402

REPEATS = 5


def best(action: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """Milliseconds of the fastest of several runs, and what the last one returned."""
    return bench_exports.least(action, repeats, time.perf_counter)


def main() -> int:
    """Prints one line per step, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "processed"
        ms, built = best(lambda: etl.build(PROJECT / "datasets" / "raw", out), 2)
        print(f"{'build':34}{ms:9.0f} ms   {sum(built.rows.values()):,} rows, snapshot {built.snapshot}")
        bench_pages.pages(out)
        ms, tables = best(lambda: store.load(out))
        print(f"{'load':34}{ms:9.0f} ms   {len(tables)} tables")
        snapshot = store.snapshot(out)
        newest = snapshot.as_of
        data = Data(tables, snapshot)
    found, _ = permalink.values({}, tables, newest)
    selection = permalink.selection(found, newest)
    ms, _ = best(lambda: apply(tables, selection))
    print(f"{'select':34}{ms:9.1f} ms")
    print(f"\n{'chart':34}{'frame':>9}{'figure':>9}")
    total = 0.0
    for chart in CHARTS.values():
        selected = apply(tables, selection, keep_outside=chart.outside)
        frame_ms, frame = best(lambda c=chart, t=selected: c.data(t, selection))
        figure_ms, _ = best(lambda c=chart, f=frame: plotly.draw(c, f, Look(mode="light")))
        total += frame_ms + figure_ms
        print(f"{chart.id:34}{frame_ms:9.1f}{figure_ms:9.1f}   {len(frame)} rows")
    print(f"{'all charts':34}{total:9.1f} ms")
    bench_exports.exports(data, selection)
    _decks(data, selection)
    return 0


def _decks(data: Data, selection: Selection) -> None:
    """Times a pack, and the same as pictures where they can be drawn."""
    print(f"\n{'deck':34}")
    builds = Builds.of(data)
    twenty = bench_exports.of_twenty(data, selection)
    ms, _ = best(lambda: decks.build(twenty, data), 3)
    print(f"{'20 charts, rows at hand':34}{ms:9.0f} ms")
    if reason := server_picture.why_not():
        print(f"the same pack as pictures: not timed. {reason}")
        return
    drawn = [
        o
        for o in (decks.resolve(s, builds) for s in twenty.slides)
        if o.card is not None and len(o.card.frame)
    ]
    first = drawn[0]
    assert first.chart is not None and first.card is not None
    start, _ = best(lambda: server_picture.of_chart(first.chart, first.card), 1)  # type: ignore[arg-type]
    warm, _ = best(lambda: [server_picture.of_chart(o.chart, o.card) for o in drawn], 1)  # type: ignore[arg-type]
    server_picture.close()
    print(
        f"{'the same pack as warm pictures':34}{warm:9.0f} ms   {warm / ms:.1f} times as long; first picture {start:.0f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
