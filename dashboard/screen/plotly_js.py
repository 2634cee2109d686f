"""Plotly's own library for pictures drawn in the reader's browser: from this machine, on a click only.

`uvicorn dashboard.asgi:app` serves it at an address of its own; under plain `streamlit run` there is no such address,
and the picture buttons bring the text through their own connection instead.
"""

from __future__ import annotations

import functools
import gzip
from pathlib import Path

import plotly
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

#: Below the app's own address; the version makes a browser fetch a new library and keep an old one.
PATH = "/assets/plotly.min.js"

# Set by the process that serves the route: the page runs in the same one.
_served = False


def address() -> str:
    """Where the library is served, relative to the app; "" where it is not."""
    return f"{PATH.lstrip('/')}?v={plotly.__version__}" if _served else ""


@functools.cache
def text() -> str:
    """The library."""
    return _file().read_text(encoding="utf-8")


def _file() -> Path:
    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


@functools.cache
def _packed() -> bytes:
    """Compressed once, not for every reader."""
    return gzip.compress(_file().read_bytes(), compresslevel=6, mtime=0)


def respond(request: Request) -> Response:
    """The library, compressed where the browser takes that, to be kept for a year."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            _packed(), media_type="text/javascript", headers=headers | {"Content-Encoding": "gzip"}
        )
    return Response(text(), media_type="text/javascript", headers=headers)


def route() -> Route:
    """The route, and the note that it is there."""
    global _served
    _served = True
    return Route(PATH, respond)
