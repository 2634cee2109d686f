"""Counters for whoever runs the app, in the text form that Prometheus reads; nothing of readers, off unless asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.data import settings, store
from dashboard.data.memory import MEMORIES

#: Set to "on", the addresses `/metrics` and `/held` answer; else they are as if they were not there.
SWITCH = "LANDSCAPE_METRICS"

REGISTRY = CollectorRegistry()
_seconds = Histogram(
    "landscape_rerun_seconds",
    "Seconds of one run of a page on the server",
    ["page"],
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    registry=REGISTRY,
)
_failed = Counter(
    "landscape_failed_runs", "Runs of a page that ended in an exception", ["page"], registry=REGISTRY
)
exports = Counter("landscape_exports", "Files made for readers", ["form"], registry=REGISTRY)


class _Now:
    """What is looked up when it is asked for: memories and the age of the data."""

    def collect(self) -> Iterator[Metric]:
        """Sizes, hits and misses of each memory; days since a source was last read."""
        size = GaugeMetricFamily("landscape_memory_bytes", "Bytes that a memory holds", labels=["memory"])
        most = GaugeMetricFamily("landscape_memory_most_bytes", "Bytes that it may hold", labels=["memory"])
        asked = CounterMetricFamily(
            "landscape_memory_lookups", "Look-ups, found or made", labels=["memory", "result"]
        )
        for held in (memory.held() for memory in MEMORIES):
            size.add_metric([held.name], held.size)
            most.add_metric([held.name], held.most)
            asked.add_metric([held.name, "hit"], held.hits)
            asked.add_metric([held.name, "miss"], held.misses)
        yield from (size, most, asked)
        age = GaugeMetricFamily(
            "landscape_snapshot_age_days",
            "Days since the newest document of the served build was read",
            labels=["snapshot"],
        )
        away = GaugeMetricFamily(
            "landscape_data_away", "1 while the address of the data cannot be read, or there is no data"
        )
        try:
            now = store.snapshot(store.served_folder())
        except store.DataMissingError:
            # Neither there nor here: what watches must not take silence for health.
            away.add_metric([], 1)
        else:
            away.add_metric([], bool(store.away()))
            age.add_metric([now.id], (pd.Timestamp.now() - now.as_of).days)
        yield from (age, away)


REGISTRY.register(_Now())  # type: ignore[arg-type]


def is_on() -> bool:
    """Whether whoever runs the app asked for numbers of it."""
    return settings.is_on(SWITCH)


@contextmanager
def timed(page: str) -> Iterator[None]:
    """Times one run of a page; one that a reader's next click cuts short counts, too."""
    began = time.perf_counter()
    try:
        yield
    except Exception:
        _failed.labels(page).inc()
        raise
    finally:
        _seconds.labels(page).observe(time.perf_counter() - began)


def respond(request: Request) -> Response:
    """The numbers as text; 404 unless asked for."""
    if not is_on():
        return PlainTextResponse("Not found", status_code=404)
    return Response(generate_latest(REGISTRY), media_type="text/plain; version=0.0.4; charset=utf-8")
