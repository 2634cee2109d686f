"""The app as a server: Streamlit with compression, and a page that monitors can ask.

`uvicorn dashboard.asgi:app` serves it; a first visit with one chart moves a third of what it moves without.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dashboard.data import store
from dashboard.screen import plotly_js
from dashboard.screen.base_path import BasePath


def healthz(request: Request) -> JSONResponse:
    """The snapshot that is served; 503 and the reason where there is no data."""
    try:
        now = store.snapshot(store.processed_folder())
    except store.DataMissingError as missing:
        return JSONResponse({"status": "no data", "reason": str(missing)}, status_code=503)
    return JSONResponse({"status": "ok", "snapshot": now.id, "as_of": f"{now.as_of:%Y-%m-%d}"})


app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[Route("/healthz", healthz), plotly_js.route()],
    middleware=[
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        Middleware(BasePath),
    ],
)
