"""A publisher on this machine: serves what a test puts there, with the faults of real ones, and notes what was asked."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """One resource: body, type, and how it misbehaves."""

    body: bytes = b""
    media: str = "text/csv"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True
    zipped: bool = False
    hangs: float = 0.0
    cuts_at: int = 0
    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    #: What goes over the wire as it stands, head and all; then the connection is closed.
    raw: bytes = b""


@dataclass
class Publisher:
    """A running server: resources by path, requests as (path, headers)."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [p for p, _ in self.asked]


@contextmanager
def publisher() -> Iterator[Publisher]:
    """Serves on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            served.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            answer = (
                served.answers.get(self.path)
                or served.answers.get(path)
                or Answer(b"<!doctype html><title>Nothing</title>", "text/html", 404)
            )
            if answer.first:
                status, headers = answer.first.pop(0)
                self.reply(status, headers, b"")
                return
            if answer.raw:
                self.wfile.write(answer.raw)
                self.close_connection = True
                return
            if answer.hangs:
                time.sleep(answer.hangs)
            body, headers = answer.body, dict(answer.headers)
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if answer.etag and answer.status == 200:
                headers.setdefault("ETag", tag)
                if self.headers.get("If-None-Match") == tag:
                    self.reply(304, headers, b"")
                    return
            status = answer.status
            span = self.headers.get("Range", "")
            if span and answer.etag and self.headers.get("If-Range") == tag:
                begin = int(span.removeprefix("bytes=").rstrip("-"))
                headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
                body, status = body[begin:], 206
            elif answer.zipped and "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body)
                headers["Content-Encoding"] = "gzip"
            self.reply(
                status, headers | {"Content-Type": answer.media}, body, answer.cuts_at if status == 200 else 0
            )

        def reply(self, status: int, headers: dict[str, str], body: bytes, cuts_at: int = 0) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body[: cuts_at or len(body)])
                if cuts_at:
                    self.close_connection = True
                    self.connection.close()
            except OSError:
                pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Publisher(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
