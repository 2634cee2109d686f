"""Pictures drawn on the server: PNG, SVG and PDF through kaleido, where it is installed and a browser is found.

Nothing else of the product needs either: slides, tables and pages are made without, and pictures of single charts are
drawn in the reader's own browser. `why_not()` says what is missing.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import threading
import time
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import Any, Literal

import plotly.graph_objects as go

from dashboard.charts.card import Card
from dashboard.charts.spec import Chart
from dashboard.draw import plotly
from dashboard.draw.slide.ooxml import Box
from dashboard.export import picture
from dashboard.export.picture import SIZES, PictureError, Preset
from dashboard.look.theme import FONT_EXPORT, Look

Format = Literal["png", "svg", "pdf"]

#: Pixels to an inch of a slide: 20 px of type are 12 points.
INCH = 120

#: Seconds for one picture, for the first after a start, and without work until the browser is let go.
LIMIT, START_LIMIT, IDLE = 30.0, 60.0, 300.0
#: Pictures after which the browser is started afresh: it grows by some megabytes with each.
MOST = 60

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def browser() -> str:
    """Path of a browser that can draw, "" where none is found: `CHROMIUM` or `BROWSER_PATH` first."""
    for name in ("CHROMIUM", "BROWSER_PATH"):
        given = os.environ.get(name, "")
        if given:
            return shutil.which(given) or (given if Path(given).is_file() else "")
    for one in _BROWSERS:
        if found := shutil.which(one):
            return found
    return next((p for p in _PLACES if Path(p).is_file()), "")


def why_not() -> str:
    """Why no pictures are drawn here, as a sentence; "" where they are."""
    if not browser():
        return "No Chromium or Chrome was found on the server (CHROMIUM names one): pictures are not drawn there."
    if importlib.util.find_spec("kaleido") is None:
        return "The package kaleido is not installed on the server (pip install kaleido): pictures are not drawn there."
    return _engine.trouble


# --- The engine ---


class _Engine:
    """One browser behind a lock: warm, limited in time, started afresh after so many pictures, let go when idle."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._kaleido: Any = None
        self._drawn = 0
        self._used = 0.0
        self._timer: threading.Timer | None = None
        self.trouble = ""

    def draw(self, figure: go.Figure, options: dict[str, Any]) -> bytes:
        """One picture; tried once more with a fresh browser where the first try fails."""
        if reason := _missing():
            raise PictureError(reason)
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._draw(figure, options)
                except Exception as error:
                    self._stop()
                    if attempt == 2:
                        kind = (
                            "took too long"
                            if isinstance(error, FutureTimeoutError | TimeoutError)
                            else "failed"
                        )
                        raise PictureError(
                            f"The browser on the server {kind} ({type(error).__name__}): take the PowerPoint slide, or the "
                            "picture that your own browser draws."
                        ) from error
        raise AssertionError("unreachable")

    def _draw(self, figure: go.Figure, options: dict[str, Any]) -> bytes:
        limit = LIMIT if self._kaleido is not None else START_LIMIT
        if self._drawn >= MOST:
            self._stop()
        self._start()
        assert self._loop is not None
        # The figure as plain values: kaleido then has no way to load anything by itself.
        job = asyncio.run_coroutine_threadsafe(
            self._kaleido.calc_fig(figure.to_dict(), opts=options), self._loop
        )
        try:
            found = job.result(limit)
        except BaseException:
            job.cancel()
            raise
        self._drawn += 1
        self._used = time.monotonic()
        self._watch()
        return bytes(found)

    def _start(self) -> None:
        if self._kaleido is not None:
            return
        os.environ.setdefault("BROWSER_PATH", browser())
        kaleido = importlib.import_module("kaleido")
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="pictures", daemon=True).start()

        async def opened() -> Any:
            return await kaleido.Kaleido(n=1, timeout=LIMIT, mathjax=False).__aenter__()

        self._kaleido = asyncio.run_coroutine_threadsafe(opened(), self._loop).result(START_LIMIT)
        self._drawn = 0

    def _stop(self) -> None:
        loop, held = self._loop, self._kaleido
        self._loop = self._kaleido = None
        if loop is None:
            return
        try:
            if held is not None:
                asyncio.run_coroutine_threadsafe(held.__aexit__(None, None, None), loop).result(10)
        # A browser that is being given up may be gone already.
        except Exception:  # nosec B110
            pass
        finally:
            loop.call_soon_threadsafe(loop.stop)

    def _watch(self) -> None:
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(IDLE, self._if_idle)
            self._timer.daemon = True
            self._timer.start()

    def _if_idle(self) -> None:
        with self._lock:
            if time.monotonic() - self._used >= IDLE - 1:
                self._stop()
            else:
                self._timer = None
                self._watch()

    def close(self) -> None:
        """Lets the browser go."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._stop()


def _missing() -> str:
    held, _engine.trouble = _engine.trouble, ""
    reason = why_not()
    _engine.trouble = held
    return reason


_engine = _Engine()
atexit.register(_engine.close)


def close() -> None:
    """Lets the browser go; the next picture starts it again."""
    _engine.close()


def warm() -> None:
    """Starts the browser in the background, so that the first picture does not wait for it."""
    if _missing():
        return

    def start() -> None:
        try:
            _engine.draw(go.Figure(), {"format": "png", "width": 60, "height": 60, "scale": 1})
        except PictureError as error:
            _engine.trouble = str(error)

    threading.Thread(target=start, name="warm pictures", daemon=True).start()


# --- Pictures ---


def of_chart(chart: Chart, card: Card, format_: Format = "png", preset: Preset | None = None) -> bytes:
    """A chart with title, scope, selection and sources, as a file.

    Args:
        chart: How it is drawn.
        card: What it says.
        format_: png, svg or pdf; a scale matters for PNG alone.
        preset: Size, scale and ground.

    Raises:
        ExportRefusedError: no source stands behind the rows.
        PictureError: it could not be drawn.
    """
    preset = preset or Preset()
    figure = picture.drawn(chart, card, preset)
    wide, tall = SIZES[preset.size].drawing
    scale = preset.factor if format_ == "png" else 1
    return _engine.draw(figure, {"format": format_, "width": wide, "height": tall, "scale": scale})


def for_slide(chart: Chart, card: Card, room: Box) -> bytes:
    """A chart without words around it, as a 2x PNG that fills a place on a slide."""
    look = Look(mode="light", export=True)
    figure = go.Figure(plotly.draw(chart, card.frame, look))
    wide, tall = round(room.w * INCH), round(room.h * INCH)
    figure.update_layout(width=wide, height=tall, autosize=False, font={"family": FONT_EXPORT})
    return _engine.draw(figure, {"format": "png", "width": wide, "height": tall, "scale": 2})


def pdf_of_page(html: bytes) -> bytes:
    """A self-contained page as PDF, a sheet a page, printed by the browser; needs no kaleido.

    Raises:
        PictureError: no browser, or it did not print.
    """
    path = browser()
    if not path:
        raise PictureError(
            "No Chromium or Chrome was found on the server (CHROMIUM names one): no PDF is printed there."
        )
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_bytes(html)
        command = [
            path,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            # Nothing is fetched: the page holds all it needs.
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            "--virtual-time-budget=20000",
            f"--print-to-pdf={out}",
            source.as_uri(),
        ]
        try:
            subprocess.run(command, timeout=4 * LIMIT, capture_output=True, check=False)
        except (subprocess.TimeoutExpired, OSError) as error:
            raise PictureError("The browser on the server took too long to print the page.") from error
        if not out.is_file():
            raise PictureError("The browser on the server did not print the page.")
        return out.read_bytes()
