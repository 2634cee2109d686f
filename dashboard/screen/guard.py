"""What every request meets first: who may ask, how much may be handed in, and what a browser may do with an answer."""

from __future__ import annotations

import asyncio
import base64
import fnmatch
import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.data import settings
from dashboard.deck import turns
from dashboard.deck.turns import Rate
from dashboard.screen import base_path, messages, metrics, sign_in
from dashboard.screen.media import Media

LOG = logging.getLogger(__name__)

#: Hosts by which the app may be called, separated by commas, "*.example.com" and "example.com:*" among them; unset is any.
HOSTS = "LANDSCAPE_HOSTS"
#: Address of the app, whose pages may open its connection where a proxy changes the name of the host.
ADDRESS = "LANDSCAPE_ADDRESS"
#: Open connections of readers at one time; others are told to come back.
MOST_READERS = "LANDSCAPE_READERS"
#: Requests during which Streamlit asks the provider of sign-in, whose bytes may come one a second; and seconds for one.
_OF_THE_PROVIDER, PROVIDER = ("/auth/login", "/oauth2callback"), 15.0
#: Bytes that one reader's uploads hold at one time, and all readers' together.
MOST_UPLOADED, MOST_UPLOADED_BY_ALL = 220_000_000, 1_000_000_000
#: Seconds between two looks for files of visits that have ended.
SWEEP = 10.0
#: Uploads that a widget asked for and that did not come yet, of one session.
_MOST_ASKED = 20
_HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.(?:js|css|woff2?|ttf|png|svg|webp|wasm)$")
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def _policy() -> str:
    """What the page may load and run: its own files, and no other host's.

    Streamlit writes styles into the page as it draws, makes components' code into blobs, and pictures are drawn from
    text; two short scripts stand in the page itself and are named by their hashes.
    """
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    inline = [*_INLINE.findall(page), *_INLINE.findall(base_path.TOLD)]
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(one).digest()).decode()}'" for one in inline]
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: {' '.join(hashes)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "media-src 'self' blob:",
            "frame-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


HEADERS = {
    "Content-Security-Policy": _policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """ASGI middleware, to stand outermost.

    Streamlit would look up its own address on the network for every connection that a foreign page opens, and hold up
    all readers meanwhile; here such a connection ends before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.readers = 0
        self.uploaded = Rate(lambda: settings.limit(turns.UPLOADS, 60))
        self.asked = Rate(lambda: settings.limit(turns.QUESTIONS, 120))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses, or hands on and adds what the browser must keep to."""
        if scope["type"] == "websocket":
            await self._connected(scope, receive, send)
        elif scope["type"] == "http":
            await self._asked(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _connected(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if not is_host(headers.get("host", "")) or not is_own(headers.get("origin"), headers.get("host", "")):
            await _refuse_connection(receive, send, 403)
            return
        if not sign_in.is_on() and sign_in.refusal(scope):
            await _refuse_connection(receive, send, 403)
            return
        if self.readers >= settings.limit(MOST_READERS, 400):
            LOG.warning("%s readers are connected: one more was told to come back", self.readers)
            await _refuse_connection(receive, send, 503)
            return
        self.readers += 1
        try:
            line = messages.Line(receive, send)
            await self.app(_with_own_origin(scope, headers), line.receive, line.send)
        finally:
            self.readers -= 1

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if "/static/" in scope["path"] and _HASHED.search(scope["path"]) and message["status"] == 200:
                    headers["Cache-Control"] = "public, max-age=31536000, immutable"
                elif "/media/" in scope["path"]:
                    headers["Cache-Control"] = "private, no-store"
            await send(message)

        refused = self._why_not(scope)
        answer = self.app if refused is None else PlainTextResponse(refused[1], status_code=refused[0])
        if not str(scope["path"]).endswith(_OF_THE_PROVIDER):
            await answer(scope, receive, guarded)
            return
        try:
            async with asyncio.timeout(PROVIDER):
                await answer(scope, receive, guarded)
        except TimeoutError:
            # Such answers come at once when they come: none has begun.
            LOG.error(
                "the provider of sign-in gave no whole answer within %g seconds: look at server_metadata_url",
                PROVIDER,
            )
            said = "The provider of sign-in does not answer. Try again, or tell whoever runs this server."
            await PlainTextResponse(said, status_code=504)(scope, receive, guarded)

    def _why_not(self, scope: Scope) -> tuple[int, str] | None:
        """Status and words of a refusal."""
        headers, path, method = Headers(scope=scope), str(scope["path"]), str(scope["method"])
        if not is_host(headers.get("host", "")) and not path.endswith(
            ("/healthz", "/readyz", "/_stcore/health")
        ):
            return 421, "This server is not called by that name."
        if refused := sign_in.refusal(scope):
            return refused
        if path.endswith("/_stcore/metrics") and not metrics.is_on():
            return 404, "Not found"
        if (
            "/media/" in path
            and sign_in.is_on()
            and _media
            and not _media[0].belongs(path, sign_in.claims_of(scope))
        ):
            return 404, "Not found"
        if path == "/mcp" and (seconds := self.asked.wait(client_of(scope))):
            return 429, f"More than {self.asked.most} questions in a minute; ask again in {seconds} seconds."
        if "/_stcore/upload_file/" in path and method not in ("GET", "HEAD", "OPTIONS"):
            if not is_own(headers.get("origin"), headers.get("host", "")):
                return 403, "Files are taken from the app's own pages."
            uploads = _uploads()
            session, _, file = path.partition("/_stcore/upload_file/")[2].partition("/")
            # A proxy asks the next replica then; Streamlit would say that it has taken the file away.
            if uploads is None or not uploads.knows(session):
                return 404, "No page asked for this file."
            if method == "PUT":
                return self._why_no_upload(scope, uploads, session, file)
        return None

    def _why_no_upload(
        self, scope: Scope, uploads: Uploads, session: str, file: str
    ) -> tuple[int, str] | None:
        if not uploads.expects(session, file):
            return 404, "No page asked for this file."
        if seconds := self.uploaded.wait(client_of(scope)):
            said = f"More than {self.uploaded.most} files in a minute: hand in the next one in {seconds} seconds."
            return 429, said
        length = Headers(scope=scope).get("content-length", "")
        size = int(length) if length.isdecimal() else 0
        if uploads.held(session) + size > MOST_UPLOADED:
            return (
                413,
                "The files of this visit are too large together: take one away, or open the page anew.",
            )
        if uploads.held() + size > MOST_UPLOADED_BY_ALL:
            return 503, "Too many files are held for others at the moment: try again in a few minutes."
        return None


def client_of(scope: Scope) -> str:
    """Who asks, by address; the proxy's where uvicorn was not told to look behind it."""
    return str((scope.get("client") or ("",))[0])


def is_host(host: str) -> bool:
    """Whether the app may be called by this name; by any, where none are named."""
    named = [h.strip().lower() for h in settings.text(HOSTS).split(",") if h.strip()]
    if not named:
        return True
    bare = re.sub(r":\d*$", "", host.lower())
    return any(fnmatch.fnmatchcase(bare if ":" not in h else host.lower(), h) for h in named)


def is_own(origin: str | None, host: str) -> bool:
    """Whether a request comes from the app's own page; programs name no origin, and no page of another site can be one."""
    if origin is None:
        return True
    try:
        found = urlsplit(origin).netloc.lower()
    except ValueError:
        return False
    own = urlsplit(settings.text(ADDRESS)).netloc.lower()
    return bool(found) and found in (host.lower(), own)


def _with_own_origin(scope: Scope, headers: Headers) -> Scope:
    """The request as Streamlit knows its own: it compares the names only, and asks the network where they differ."""
    origin = headers.get("origin")
    if origin is None or urlsplit(origin).netloc == headers.get("host"):
        return scope
    mine = f"{urlsplit(origin).scheme}://{headers.get('host', '')}".encode("latin-1")
    return {**scope, "headers": [(k, mine if k == b"origin" else v) for k, v in scope["headers"]]}


async def _refuse_connection(receive: Receive, send: Send, status: int) -> None:
    await receive()
    if status == 403:
        # What servers answer to a connection that is shut before it was open; of another answer uvicorn writes a line each.
        await send({"type": "websocket.close", "code": 1008})
        return
    try:
        await send({"type": "websocket.http.response.start", "status": status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    except (ValueError, KeyError, RuntimeError):
        await send({"type": "websocket.close", "code": 1008})


# --- Uploads ---


class Uploads:
    """Streamlit's store of files that readers hand in, with what it lacks: only files that a page asked for."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.asked: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._urls = store.get_upload_urls
        store.get_upload_urls = self._named

    def _named(self, session_id: str, file_names: Sequence[str]) -> Any:
        urls = self._urls(session_id, list(file_names)[:_MOST_ASKED])
        mine = self.asked.setdefault(session_id, OrderedDict())
        self.asked.move_to_end(session_id)
        for one in urls:
            mine[one.file_id] = None
        while len(mine) > _MOST_ASKED:
            mine.popitem(last=False)
        while len(self.asked) > 5_000:
            self.asked.popitem(last=False)
        return urls

    def knows(self, session_id: str) -> bool:
        """Whether the session asked for files here, or has some."""
        return session_id in self.asked or session_id in self.store.file_storage

    def expects(self, session_id: str, file_id: str) -> bool:
        """Whether a page of the session asked for the file and it has not come yet; it may come once."""
        mine = self.asked.get(session_id, OrderedDict())
        if file_id not in mine:
            return False
        del mine[file_id]
        return True

    def held(self, session_id: str | None = None) -> int:
        """Bytes held of a session; of all without one."""
        of = list(self.store.file_storage.items())
        return sum(len(f.data) for s, files in of if session_id in (None, s) for f in list(files.values()))

    def sweep(self, visits: Container[str]) -> None:
        """Lets go what others than these visits handed in; who comes back within two minutes is one of them."""
        for session_id in [s for s in list(self.store.file_storage) if s not in visits]:
            self.store.remove_session_files(session_id)
            self.asked.pop(session_id, None)


_found: list[Uploads] = []
_media: list[Media] = []


def watch_files() -> None:
    """From now on uploads are bound to what pages asked for, and files that are served to who made them.

    To be called once the server has started.
    """
    from streamlit.runtime import get_instance

    runtime = get_instance()
    if not _found or _found[0].store is not runtime.uploaded_file_mgr:
        _found[:] = [Uploads(runtime.uploaded_file_mgr)]
        _media[:] = [Media(runtime)]


async def sweep_files() -> None:
    """Lets go, again and again, the files of visits that have ended; Streamlit waits for the next reader with it."""
    while True:
        await asyncio.sleep(SWEEP)
        try:
            _media[0].sweep()
            _found[0].sweep(visits(_media[0].runtime))
        except Exception:
            LOG.exception("files of visits that have ended could not be let go")


def visits(runtime: Any) -> set[str]:
    """Sessions that are connected, or may be again."""
    stayed_away = getattr(getattr(runtime._session_mgr._session_storage, "_cache", None), "expire", list)
    for _, one in stayed_away():
        one.session.shutdown()
        # A deck that was made is held here; nothing else lets go of it before Python next looks for garbage.
        one.session.session_state.clear()
    return {one.session.id for one in runtime._session_mgr.list_sessions()}


def _uploads() -> Uploads | None:
    return _found[0] if _found else None
