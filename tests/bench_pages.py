"""Times reruns of every page against a bare page and a naive page in one run, as readers cause them: over the websocket.

Ratios travel from machine to machine, seconds do not. Part of `make bench`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "browser")]

from look import end_process, free_port  # noqa: E402
from readers import Reader  # noqa: E402

from dashboard.screen import part  # noqa: E402

PAGES = (
    "", "governance", "companies", "company", "compare", "infrastructure", "models", "claims", "explore", "gallery",
    "deck", "data", "edition", "own",
)  # fmt: skip
#: What a rerun may cost, in reruns of the bare page.
WARM, NEW_DATE, CLICK = 2.5, 5.0, 4.0
ROUNDS, WARMING, READERS = 9, 2, 50

BARE = """
import streamlit as st
chosen = st.pills("Governance", ["Centralised", "Federated", "Product-driven", "Lab-led"], default="Centralised")
st.markdown(f"Chosen: {chosen}")
"""
NAIVE = """
import numpy as np, pandas as pd, plotly.express as px, streamlit as st
@st.cache_data
def load():
    made = np.random.default_rng(0)
    of, n = made.integers(0, 8, 300), 300
    return pd.DataFrame({"company": of.astype(str), "kind": (of % 4), "parameters": 10 ** made.uniform(0, 3.2, n),
        "day": pd.Timestamp("2023-01-01") + pd.to_timedelta(made.integers(0, 1300, n), unit="D")})
table = load()
kind = st.pills("Governance", [0, 1, 2, 3], default=0)
shown = table[table["kind"] == kind]
st.plotly_chart(px.scatter(shown, x="day", y="parameters", color="company", log_y=True), key="chart")
"""
PEER = """
import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
app = st.App("{name}.py", middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)])
"""


@contextmanager
def served(app: str, folder: Path, data: Path, port: int = 0) -> Iterator[tuple[str, int]]:
    """Serves an ASGI app from a folder, on a free port where none is given; its address and process id."""
    port = port or free_port()
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "error"]
    env = os.environ | {"LANDSCAPE_DATA": str(data), "LANDSCAPE_METRICS": "on"}
    process = subprocess.Popen(command, cwd=folder, env=env)
    try:
        end = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield f"127.0.0.1:{port}", process.pid
    finally:
        end_process(process)


async def _rounds(readers: dict[str, Reader], queries: list[str]) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {name: [] for name in readers}
    for query in queries:
        for name, reader in readers.items():
            took[name].append(await reader.rerun("" if name in ("bare", "naive") else query))
    return took


def _print(title: str, took: dict[str, list[float]], most: float) -> None:
    print(f"\n{title:34}{'median':>9}{'ratio':>8}   at most {most:g} x a bare page")
    for name, seconds in took.items():
        ratio = statistics.median(a / b for a, b in zip(seconds, took["bare"], strict=True))
        over = "   over" if ratio > most and name not in ("bare", "naive") else ""
        print(f"{name or 'overview':34}{statistics.median(seconds) * 1000:6.0f} ms{ratio:8.1f}{over}")


async def _crowd(host: str, page: str) -> tuple[float, int]:
    """Reruns a second of readers who arrive at once and think for a second, and how many of them failed."""
    done: list[float] = []

    async def one() -> None:
        reader = Reader(host, page)
        for _ in range(5):
            done.append(await reader.rerun())
            await asyncio.sleep(1)

    began = time.perf_counter()
    left = await asyncio.gather(*(one() for _ in range(READERS)), return_exceptions=True)
    return len(done) / (time.perf_counter() - began), sum(isinstance(r, BaseException) for r in left)


def resident(pid: int) -> float:
    """Megabytes of memory of a process; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


async def _measure(bare: str, naive: str, ours: str, pid: int) -> None:
    readers = {"bare": Reader(bare, ""), "naive": Reader(naive, "")} | {p: Reader(ours, p) for p in PAGES}
    await _rounds(readers, [""] * WARMING)
    _print("rerun, warm", await _rounds(readers, [""] * ROUNDS), WARM)
    clicks = ["type=giant", "type=startup", "basis=coded", "type=giant&basis=coded", "outside=1"]
    _print("click on a filter", await _rounds(readers, clicks), CLICK)
    days = [f"as_of=2025-{month:02d}-{month + 2:02d}" for month in range(1, 8)]
    _print("a date not seen before", await _rounds(readers, days), NEW_DATE)
    floor, _ = await _crowd(bare, "")
    print(
        f"\n{f'{READERS} readers at once, 1 s of thought':34}{'reruns/s':>9}{'of bare':>9}{'failed':>8}{'MB each':>9}"
    )
    for page in ("", "governance", "models", "company"):
        before = resident(pid)
        rate, failed = await _crowd(ours, page)
        each = (resident(pid) - before) / READERS
        print(f"{page or 'overview':34}{rate:9.1f}{rate / floor:9.2f}{failed:8}{each:9.1f}")


def pages(data: Path) -> None:
    """Prints ratios of every page, what fifty readers get, and what each memory of the server holds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        for name, page in (("bare", BARE), ("naive", NAIVE)):
            (folder / f"{name}.py").write_text(page, encoding="utf-8")
            (folder / f"{name}_app.py").write_text(PEER.format(name=name), encoding="utf-8")
        bare, naive = (
            stack.enter_context(served(f"{name}_app:app", folder, data))[0] for name in ("bare", "naive")
        )
        ours, pid = stack.enter_context(served("dashboard.asgi:app", PROJECT, data))
        asyncio.run(_measure(bare, naive, ours, pid))
        print(f"\n{'memory':46}{'entries':>8}{'MB':>8}{'of':>6}{'hits':>9}{'misses':>8}")
        with urllib.request.urlopen(f"http://{ours}/held", timeout=10) as answer:
            for one in json.load(answer):
                size, most = one["size"] / 1e6, one["most"] / 1e6
                print(
                    f"{one['name']:46}{one['entries']:8}{size:8.1f}{most:6.0f}{one['hits']:9}{one['misses']:8}"
                )
        with urllib.request.urlopen(f"http://{ours}/_stcore/metrics", timeout=10) as answer:
            kept = re.findall(r"^cache_memory_bytes\{.*_drawn.*\} (\d+)", answer.read().decode(), re.M)
        size = sum(map(int, kept)) / 1e6
        print(f"{'parts of pages that only show':46}{'':8}{size:8.1f}{part.MOST / 1e6:6.0f}")
        print(f"{'the process in all':46}{'':8}{resident(pid):8.0f}")
