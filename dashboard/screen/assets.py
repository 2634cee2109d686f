"""Streamlit's own files for the browser: compressed once for all readers, not again for each."""

from __future__ import annotations

import gzip
import mimetypes
from pathlib import Path

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.data.memory import Memory
from dashboard.screen import plotly_js

FOLDER = (Path(streamlit.__file__).parent / "static" / "static").resolve()
MARK = "/static/"
#: A first visit needs some forty files; with every chart and editor that Streamlit has it is 8 MB.
_packed: Memory[bytes] = Memory("Streamlit's files, compressed", 16_000_000, len)


class Packed:
    """Middleware: answers for scripts and styles, whose names hold a hash of their content, from memory.

    Fifty readers who arrive at once ask for the same three megabytes: compressing them for each took the server longer
    than drawing what they came for. With the page goes a word that the drawing library will be needed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves what is at hand, else hands on."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        file = _file(scope["path"])
        if file is not None and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            await (await run_in_threadpool(_answer, file))(scope, receive, send)
            return

        async def foretelling(message: Message) -> None:
            if message["type"] == "http.response.start" and plotly_js.address():
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html") and message["status"] == 200:
                    said = f"<{plotly_js.address()}>; rel=preload; as=script; fetchpriority=low"
                    headers.append("Link", said)
            await send(message)

        await self.app(scope, receive, foretelling)


def _file(path: str) -> Path | None:
    """The script or style that a path names; None for any other."""
    _, found, name = path.partition(MARK)
    file = (FOLDER / name).resolve()
    inside = found and file.suffix in (".js", ".css") and file.is_relative_to(FOLDER)
    return file if inside and file.is_file() else None


def _answer(file: Path) -> Response:
    body = _packed.get(file, lambda: gzip.compress(file.read_bytes(), compresslevel=6, mtime=0))
    return Response(
        body,
        media_type=mimetypes.types_map[file.suffix],
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Encoding": "gzip",
            "Vary": "Accept-Encoding",
        },
    )
