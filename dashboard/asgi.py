"""The app as a server: Streamlit with compression, and a page that monitors can ask.

`uvicorn dashboard.asgi:app` serves it; a first visit with one chart moves a third of what it moves without.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import pkgutil
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard import screen
from dashboard.data import settings, store
from dashboard.data.memory import MEMORIES
from dashboard.screen import assets, guard, logs, metrics, plotly_js, sign_in, sockets
from dashboard.screen.base_path import BasePath
from dashboard.screen.paths import Paths


def healthz(request: Request) -> JSONResponse:
    """The snapshot that is served; 503 and the reason where there is no data."""
    try:
        now = store.snapshot(store.served_folder())
    except store.DataMissingError as missing:
        return JSONResponse({"status": "no data", "reason": str(missing)}, status_code=503)
    said = {"snapshot": now.id, "as_of": f"{now.as_of:%Y-%m-%d}"}
    if store.refused():
        return JSONResponse({"status": "an older build is served", "reason": store.refused()} | said)
    if away := store.away():
        return JSONResponse({"status": "the data's address is away", "reason": away} | said)
    return JSONResponse({"status": "ok"} | said)


def readyz(request: Request) -> JSONResponse:
    """200 once the tables and the first page's cards are made, so that no reader waits for them; 503 before."""
    said = healthz(request)
    if _ready.is_set() or said.status_code != 200:
        return said
    return JSONResponse({"status": "warming up"}, status_code=503)


def held(request: Request) -> Response:
    """What each memory of this process holds, and how much it may: names, counts and bytes; 404 unless asked for."""
    if not metrics.is_on():
        return PlainTextResponse("Not found", status_code=404)
    return JSONResponse([asdict(memory.held()) for memory in MEMORIES])


class NoQuery(logging.Filter):
    """Takes the query out of what the access log writes: an address may carry a reader's own rows."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every line pass, its address without what follows the question mark."""
        if isinstance(record.args, tuple):
            record.args = tuple(a.partition("?")[0] if isinstance(a, str) else a for a in record.args)
        return True


# uvicorn has set its loggers up before it imports the app.
logging.getLogger("uvicorn.access").addFilter(NoQuery())
sockets.bound()

_ready = threading.Event()
#: Seconds between two looks for data where there is none.
_LOOK = 1.0


@asynccontextmanager
async def _warmed(app: st.App) -> AsyncIterator[None]:
    """Makes ready what pages need while the first reader's browser still loads; else that reader waits for it."""
    ended = threading.Event()
    threading.Thread(target=_warm, args=[ended], name="warm", daemon=True).start()
    guard.watch_files()
    sweeping = asyncio.create_task(guard.sweep_files())
    try:
        async with nullcontext() if _assistants is None else _assistants.session_manager.run():
            yield
    finally:
        ended.set()
        sweeping.cancel()


def _warm(ended: threading.Event) -> None:
    for module in pkgutil.iter_modules(screen.__path__):
        importlib.import_module(f"{screen.__name__}.{module.name}")
    logs.set_up()
    builds = importlib.import_module(f"{screen.__name__}.builds")
    # Without data `/readyz` says why; it comes from the store, a build beside this process, or the first reader's page.
    while not (_ready.is_set() or ended.is_set()):
        try:
            builds.warm()
        except store.DataMissingError as missing:
            builds.tell_missing(missing)
            ended.wait(_LOOK)
        else:
            _ready.set()


def _door() -> tuple[list[Any], Any]:
    """Routes for programs and assistants where `LANDSCAPE_API` is on or open; and the assistants' server, None without one."""
    if not settings.is_on(sign_in.DOOR) and settings.text(sign_in.DOOR).lower() != "open":
        return [], None
    from dashboard.door import assistants, web
    from dashboard.door.build import Builds

    def load(folder: Path) -> store.Tables:
        # The pages' own tables, not a second copy of them.
        builds = importlib.import_module(f"{screen.__name__}.builds")
        return builds.load(str(folder), store.snapshot(folder).id)

    builds = Builds(load, address=settings.text("LANDSCAPE_ADDRESS"))
    routes: list[Any] = list(web.routes(builds))
    if reason := assistants.why_not():
        logging.getLogger(__name__).warning("%s /api and /data are served all the same.", reason)
        return routes, None
    named = settings.text("LANDSCAPE_HOSTS") or "localhost,localhost:*,127.0.0.1,127.0.0.1:*"
    server, mounted = assistants.mounted(builds, [h.strip() for h in named.split(",") if h.strip()])
    return [*routes, *mounted], server


logs.set_up()
for _wrong in settings.wrong(os.environ):
    logging.getLogger(__name__).warning("%s", _wrong)
if _refused := sign_in.refuse_to_start(sys.argv, os.environ) or sign_in.unreadable():
    sys.exit(_refused)
_routes, _assistants = _door()
app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=_warmed,
    routes=[
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/held", held),
        Route("/metrics", metrics.respond),
        plotly_js.route(),
        *_routes,
    ],
    middleware=[
        Middleware(guard.Guard),
        Middleware(assets.Packed),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        Middleware(Paths),
        Middleware(BasePath),
    ],
)
