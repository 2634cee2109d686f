"""Plotly's own library, for charts on the page and for pictures: one file, from this machine, fetched once.

The basic bundle draws points, lines and bars, which is all that the charts use, in a quarter of the whole library.
`uvicorn dashboard.asgi:app` serves it at an address of its own; under plain `streamlit run` there is no such address,
and the page brings it along.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FILE = Path(__file__).resolve().parents[1] / "assets" / "plotly" / "plotly-basic.min.js"
#: Kinds of traces that the bundle draws.
TRACES = frozenset(("bar", "pie", "scatter"))

# Set by the process that serves the route: the page runs in the same one.
_served = False


@functools.cache
def _packed() -> bytes:
    """Compressed once, not for every reader."""
    return gzip.compress(FILE.read_bytes(), compresslevel=9, mtime=0)


@functools.cache
def path() -> str:
    """Below the app's own address; another content is another address, so a browser may keep it for good."""
    return f"/assets/plotly-{hashlib.sha256(FILE.read_bytes()).hexdigest()[:12]}.js"


def address() -> str:
    """Where the library is served, relative to the app; "" where it is not."""
    return path().lstrip("/") if _served else ""


def respond(request: Request) -> Response:
    """The library, compressed where the browser takes that, to be kept for a year."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            _packed(), media_type="text/javascript", headers=headers | {"Content-Encoding": "gzip"}
        )
    return Response(FILE.read_bytes(), media_type="text/javascript", headers=headers)


def route() -> Route:
    """The route, and the note that it is there."""
    global _served
    _served = True
    _packed()
    return Route(path(), respond)


#: Defines `library(address)`, a promise of Plotly, one for all cards of a page, and `unpacked(bytes)`, gzip to text.
LIBRARY_JS = """
const shared = (window.__landscapePlotly ??= { ready: null, arrive: null });

const unpacked = (bytes) =>
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();

function base() {
  // The app may live below another path: its own scripts say where.
  const own = [...document.querySelectorAll("script[src]")].find((s) => s.src.includes("/static/js/"));
  return own ? own.src.slice(0, own.src.indexOf("static/js/")) : document.baseURI;
}

function run(src) {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = src;
    tag.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no Plotly in the library")));
    tag.onerror = () => reject(new Error("the drawing library could not be loaded"));
    document.head.appendChild(tag);
  });
}

function library(address) {
  shared.ready ??= (
    address ? run(new URL(address, base()).href) : new Promise((resolve) => { shared.arrive = resolve; })
  ).catch((error) => { shared.ready = null; throw error; });
  return shared.ready;
}
"""

_BRING_JS = (
    LIBRARY_JS
    + """
export default function ({ data }) {
  if (window.Plotly) return;
  library("");
  unpacked(data).then((text) => run(URL.createObjectURL(new Blob([text], { type: "text/javascript" }))))
    .then(shared.arrive);
}
"""
)

_bring = st.components.v2.component("landscape_plotly", js=_BRING_JS)


def bring() -> None:
    """Sends the library with the page where no address serves it; a browser that has it is sent a reference only."""
    if not _served:
        _bring(key="plotly-library", data=_packed())
