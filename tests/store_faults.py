"""A proxy before an S3 server on this machine that fails as stores do: answers cut, refused, slow, exchanged, or sent elsewhere."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Status, headers and body of an answer.
Answer = tuple[int, dict[str, str], bytes]
#: Makes another answer of one, by the path that was asked for; None ends the connection without a word.
Fault = Callable[[str, Answer], Answer | None]

_SKEWED = (
    b'<?xml version="1.0"?><Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and '
    b"the current time is too large.</Message></Error>"
)
_DENIED = (
    b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message>'
    b"<RequestId>SECRET-REQUEST</RequestId></Error>"
)


def _is_table(path: str) -> bool:
    return path.endswith(".parquet")


def _all(status: int, body: bytes = b"", **headers: str) -> Fault:
    return lambda path, answer: (status, headers, body)


def _tables(change: Callable[[Answer], Answer | None]) -> Fault:
    return lambda path, answer: change(answer) if _is_table(path) else answer


def slowly(path: str, answer: Answer) -> Answer | None:
    """After half a minute, when nobody waits any more."""
    time.sleep(30)
    return answer


#: By name; of each the newest build cannot be had, whatever the store says of it.
FAULTS: dict[str, Fault] = {
    "403": _all(403, _DENIED),
    "403 without a word": _all(403),
    "401 of a proxy": _all(407, b"<html>Sign in</html>"),
    "clocks too far apart": _all(403, _SKEWED),
    "500": _all(500, b"<Error><Code>InternalError</Code></Error>"),
    "503 slow down": _all(503, b"<Error><Code>SlowDown</Code></Error>"),
    "no bucket": _all(404, b"<Error><Code>NoSuchBucket</Code></Error>"),
    "a page for sign-in": _all(200, b"<html>Sign in</html>"),
    "an empty answer": _all(200),
    # A port that nobody answers on: what a network does with an address that is none differs from one to the next.
    "elsewhere": _all(307, b"", Location="http://127.0.0.1:9/"),
    "another region": _all(301, b"<Error><Code>PermanentRedirect</Code></Error>"),
    "no answer": lambda path, answer: None,
    "tables: cut": _tables(lambda a: (a[0], a[1], a[2][: len(a[2]) // 2])),
    "tables: exchanged": _tables(lambda a: (a[0], a[1], bytes(len(a[2])))),
    "tables: one byte": _tables(lambda a: (a[0], a[1], a[2][:-1] + b"x" if a[2] else a[2])),
    "tables: refused": _tables(lambda a: (403, {}, _DENIED)),
    "tables: gone": _tables(lambda a: (404, {}, b"")),
    "tables: 503": _tables(lambda a: (503, {}, b"")),
    "tables: no answer": _tables(lambda a: None),
    "tables: listed as shorter": _tables(lambda a: (a[0], a[1] | ({} if a[2] else {"Content-Length": "10"}), a[2][:10])),
    "tables: listed as longer": _tables(lambda a: (a[0], a[1] | {"Content-Length": "90000000"}, a[2])),
}  # fmt: skip


#: One of each kind, after which a client of S3 does not ask again and again: the others take seconds each.
SOONEST = frozenset({"403", "a page for sign-in", "tables: exchanged", "tables: refused"})


class Proxy:
    """Hands on what is asked of a server on this machine, and spoils the answers as long as `fault` is one."""

    def __init__(self, port: int) -> None:
        self.fault: Fault | None = None
        #: Paths that were asked for.
        self.asked: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Nothing is written."""

            def _hand_on(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                # By way of a proxy the whole address is asked for; the server takes another name's first part for a bucket.
                if self.path.startswith("http"):
                    self.headers.replace_header("Host", f"127.0.0.1:{port}")
                self.path = re.sub(r"^http://[^/]+", "", self.path)
                proxy.asked.append(self.path)
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                # Signed for this address: the server must see the same name.
                line.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    line.putheader(name, value)
                line.endheaders(body)
                said = line.getresponse()
                content = said.read()
                line.close()
                kept = {k: v for k, v in said.getheaders() if k.lower() not in ("connection", "server", "date", "transfer-encoding")}  # fmt: skip
                answer: Answer | None = (said.status, kept, content)
                if proxy.fault is not None:
                    assert answer is not None
                    answer = proxy.fault(self.path.partition("?")[0], answer)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "content-length" not in {n.lower() for n in headers}:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                try:
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True
                if int(headers.get("Content-Length", len(content))) != len(content):
                    self.close_connection = True

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _hand_on

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self) -> None:
        """Takes no more."""
        self.server.shutdown()
        self.server.server_close()


#: Addresses that take a question and give no answer, by name: what a bound on waiting is tested with.
HOLES = ("accepts, says nothing", "does not accept", "a byte a second", "a byte of the head a second", "leads in a circle", "leads to where nothing answers")  # fmt: skip


class Hole:
    """A port of this machine behind which no question finds its answer; `seconds` between two bytes where it drips."""

    def __init__(self, kind: str, seconds: float = 1.0) -> None:
        self.kind, self.seconds = kind, seconds
        self._open: list[socket.socket] = []
        self._closed = threading.Event()
        self._listens = socket.create_server(("127.0.0.1", 0), backlog=0 if kind == "does not accept" else 50)
        self.port: int = self._listens.getsockname()[1]
        self._behind = Hole("does not accept") if kind == "leads to where nothing answers" else None
        if kind == "does not accept":
            # The backlog is full: the system drops what knocks, as a firewall does.
            for _ in range(3):
                self._open.append(knocking := socket.socket())
                knocking.setblocking(False)
                knocking.connect_ex(("127.0.0.1", self.port))
        else:
            threading.Thread(target=self._accept, daemon=True).start()

    def end(self) -> None:
        """Lets go of everybody."""
        self._closed.set()
        if self._behind is not None:
            self._behind.end()
        for one in (self._listens, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._open.append(self._listens.accept()[0])
                threading.Thread(target=self._answer, args=(self._open[-1],), daemon=True).start()

    def _answer(self, one: socket.socket) -> None:
        port = self.port if self._behind is None else self._behind.port
        head = b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: text/html\r\nETag: "a"\r\n\r\n'
        with suppress(OSError):
            while self.kind != "accepts, says nothing" and one.recv(65536):
                if self.kind.startswith("a byte"):
                    at_once = b"HTTP/1.1 200 OK\r\nX-Long: " if "head" in self.kind else head
                    one.sendall(at_once)
                    while not self._closed.wait(self.seconds):
                        one.sendall(b"x")
                one.sendall(
                    f"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:{port}/x\r\nContent-Length: 0\r\n\r\n".encode()
                )
            self._closed.wait()
