"""Connections that say or take nothing: ended, so that they take no place from readers; the server itself waits for ever."""

from __future__ import annotations

import asyncio
import functools
import importlib
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

try:
    import resource
except ImportError:  # Windows counts no files.
    resource = None  # type: ignore[assignment]

#: Seconds within which the head of a request is to be whole, and something of an answer taken.
SECONDS = 15.0
#: Seconds between lines of the log that say the same of connections.
_PAUSE = 60.0
_PROTOCOLS = (
    ("uvicorn.protocols.http.h11_impl", "H11Protocol"),
    ("uvicorn.protocols.http.httptools_impl", "HttpToolsProtocol"),
)


class Seldom(logging.Filter):
    """Lets one line a minute pass of those that strangers can have written as often as they like.

    Of full tables asyncio writes two thousand a second, with traces; uvicorn one for each request that is none.
    """

    def __init__(self, begins: str, instead: str) -> None:
        super().__init__()
        self.begins, self.instead = begins, instead
        self._last = -_PAUSE

    def filter(self, record: logging.LogRecord) -> bool:
        """False for a line that was told lately."""
        if self.begins not in record.getMessage():
            return True
        now = time.monotonic()
        if now - self._last < _PAUSE:
            return False
        self._last = now
        record.msg, record.args, record.exc_info = self.instead, (), None
        return True


def bound(seconds: float = SECONDS) -> None:
    """Ends connections of uvicorn that send or take nothing, and takes as many files as the system allows.

    uvicorn has no option for it: its time-out begins after an answer and ends with the first byte of the next request.
    """
    if resource is not None:
        with suppress(OSError, ValueError):
            _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    logging.getLogger("asyncio").addFilter(
        Seldom(
            "accept() out of system resource",
            "no more connections can be taken: raise LimitNOFILE, and let the proxy bound them by client "
            "(docs/operations.md)",
        )
    )
    logging.getLogger("uvicorn.error").addFilter(
        Seldom("Invalid HTTP request received", "a client sent what is no request; it was answered 400")
    )
    for module, name in _PROTOCOLS:
        with suppress(ImportError, AttributeError):
            _watch(getattr(importlib.import_module(module), name), seconds)


def _watch(protocol: Any, seconds: float) -> None:
    made = protocol.connection_made

    @functools.wraps(made)
    def connection_made(self: Any, transport: Any) -> None:
        made(self, transport)
        asyncio.get_running_loop().call_later(seconds, _look, self, transport, seconds, _Seen(None, 0))

    protocol.connection_made = connection_made


@dataclass(frozen=True)
class _Seen:
    """How a connection stood at the last look: the request that was answered last, bytes that its client had not taken."""

    cycle: Any
    waiting: int


def _look(protocol: Any, transport: Any, seconds: float, before: _Seen) -> None:
    """Ends a connection that, since the last look, waited for the rest of a request's head or for its client to read."""
    cycle, waiting = protocol.cycle, transport.get_write_buffer_size()
    # A websocket has another protocol by now; one that is closing waits for ever for what its client does not take.
    if transport.get_protocol() is not protocol or (transport.is_closing() and not waiting):
        return
    now = _Seen(cycle, waiting)
    is_silent = cycle is before.cycle and (cycle is None or cycle.response_complete)
    # Between two requests uvicorn's own time-out runs, until a byte comes.
    if waiting and now == before:
        transport.abort()
    elif is_silent and not waiting and protocol.timeout_keep_alive_task is None:
        transport.close()
    else:
        asyncio.get_running_loop().call_later(seconds, _look, protocol, transport, seconds, now)
