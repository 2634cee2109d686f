"""Times slides and decks in processor time, which other work on the machine disturbs least. Run by `make bench`."""

from __future__ import annotations

import cProfile
import io
import pstats
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from pptx import Presentation  # noqa: E402

import etl  # noqa: E402
from dashboard.charts import CHARTS  # noqa: E402
from dashboard.data import permalink, store  # noqa: E402
from dashboard.data.selection import Selection  # noqa: E402
from dashboard.deck import basket, decks  # noqa: E402
from dashboard.deck.basket import Basket  # noqa: E402
from dashboard.deck.decks import Builds, Data  # noqa: E402
from dashboard.export import slides  # noqa: E402


def least(
    action: Callable[[], Any], repeats: int, clock: Callable[[], float] = time.process_time
) -> tuple[float, Any]:
    """Milliseconds of the cheapest of several runs by a clock, and what the last one returned."""
    fewest, value = float("inf"), None
    for _ in range(repeats):
        began = clock()
        value = action()
        fewest = min(fewest, clock() - began)
    return fewest * 1000, value


def of_twenty(data: Data, selection: Selection) -> Basket:
    """Twenty charts: the pack of the whole landscape has fewer, that of chosen companies as many."""
    pack = basket.board_pack(data.tables, selection, data.snapshot.id)
    charts = [s for s in pack.slides if s.kind == "chart"]
    named = {s.chart for s in charts}
    more = [basket.frozen(c, selection, data.snapshot.id) for c in CHARTS if c not in named]
    return replace(pack, slides=(*charts, *more)[:20], appendix=False)


def exports(data: Data, selection: Selection) -> None:
    """Prints a line for a slide, a pack and its refresh: processor milliseconds, and what is wanted."""
    print(f"\n{'exports, processor time':34}{'ms':>9}{'wanted':>9}")

    def line(what: str, ms: float, wanted: int | None, more: str = "") -> None:
        print(f"{what:34}{ms:9.0f}{wanted or '':>9}   {more}")

    builds = Builds.of(data)
    found = [decks.resolve(basket.frozen(c, selection, data.snapshot.id), builds) for c in CHARTS]
    times = {
        o.slide.chart: least(lambda c=o.card: slides.slide(c), 3)[0]
        for o in found
        if o.card and o.card.source_line
    }
    dearest = max(times, key=times.__getitem__)
    line(
        "native slide, median",
        statistics.median(times.values()),
        30,
        f"of {len(times)}; most {times[dearest]:.0f} ({dearest})",
    )
    twenty = of_twenty(data, selection)
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pages = len(Presentation(io.BytesIO(decks.build(twenty, data))).slides)
    line(
        "20 charts, nothing at hand",
        least(lambda: decks.build(twenty, Data(data.tables, data.snapshot)), 3)[0],
        1200 * pages // 20,
        f"on {pages} slides; of 20 slides 1,200 is wanted",
    )
    ms, _ = least(lambda: decks.build(twenty, data), 3)
    line("20 charts, rows at hand", ms, None)
    ms, deck = least(lambda: decks.build(replace(twenty, appendix=True), data), 2)
    line("with cover and list of sources", ms, None, f"{len(deck) / 1e6:.1f} MB")
    line("refresh, nothing changed", least(lambda: decks.refresh(deck, data), 3)[0], 300)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'memory that took at its peak':34}{peak - loaded:9.0f} MB")


def main(profiled: str = "") -> int:
    """Prints the lines for the real data; `pack`, `refresh` or a chart's id prints what of it takes the time."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "processed"
        etl.build(PROJECT / "datasets" / "raw", out)
        data = Data(store.load(out), store.snapshot(out))
    newest = data.snapshot.as_of
    selection = permalink.selection(permalink.values({}, data.tables, newest)[0], newest)
    if not profiled:
        exports(data, selection)
        return 0
    twenty = of_twenty(data, selection)
    if profiled == "refresh":
        deck = decks.build(replace(twenty, appendix=True), data)
        action: Callable[[], Any] = lambda: decks.refresh(deck, data)  # noqa: E731
    elif profiled == "pack":
        action = lambda: decks.build(twenty, Data(data.tables, data.snapshot))  # noqa: E731
    else:
        one = decks.resolve(basket.frozen(profiled, selection, data.snapshot.id), Builds.of(data))
        assert one.card is not None
        action = lambda: slides.slide(one.card)  # type: ignore[arg-type]  # noqa: E731
    action()
    with cProfile.Profile() as profile:
        action()
    told = pstats.Stats(profile)
    told.sort_stats("cumulative").print_stats(70)
    told.sort_stats("tottime").print_stats(40)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
