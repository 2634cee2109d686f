"""Connections that say nothing: ended, so that they take no place from readers; the server itself waits for ever."""

from __future__ import annotations

import asyncio
import functools
import importlib
import logging
import time
from contextlib import suppress
from typing import Any

try:
    import resource
except ImportError:  # Windows counts no files.
    resource = None  # type: ignore[assignment]

#: Seconds until the first whole request of a connection.
SECONDS = 15.0
#: Seconds between lines of the log that say the same of connections.
_PAUSE = 60.0
_PROTOCOLS = (
    ("uvicorn.protocols.http.h11_impl", "H11Protocol"),
    ("uvicorn.protocols.http.httptools_impl", "HttpToolsProtocol"),
)


class Seldom(logging.Filter):
    """Lets one line a minute pass that tells of full tables: asyncio writes two thousand of them a second, with traces."""

    _last = -_PAUSE

    def filter(self, record: logging.LogRecord) -> bool:
        """False for a line that was told lately."""
        if "accept() out of system resource" not in record.getMessage():
            return True
        now = time.monotonic()
        if now - self._last < _PAUSE:
            return False
        self._last = now
        record.msg, record.args, record.exc_info = (
            "no more connections can be taken: raise LimitNOFILE, and let the proxy bound them by client "
            "(docs/operations.md)",
            (),
            None,
        )
        return True


def bound(seconds: float = SECONDS) -> None:
    """Ends connections of uvicorn that sent no whole request in time, and takes as many files as the system allows.

    uvicorn has no option for it: its time-out begins after the first answer.
    """
    if resource is not None:
        with suppress(OSError, ValueError):
            _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    logging.getLogger("asyncio").addFilter(Seldom())
    for module, name in _PROTOCOLS:
        with suppress(ImportError, AttributeError):
            _watch(getattr(importlib.import_module(module), name), seconds)


def _watch(protocol: Any, seconds: float) -> None:
    made = protocol.connection_made

    @functools.wraps(made)
    def connection_made(self: Any, transport: Any) -> None:
        made(self, transport)
        asyncio.get_running_loop().call_later(seconds, _end_silent, self, transport)

    protocol.connection_made = connection_made


def _end_silent(protocol: Any, transport: Any) -> None:
    # A websocket has another protocol by now; a request that is answered, or was, is a cycle.
    if transport.get_protocol() is protocol and protocol.cycle is None and not transport.is_closing():
        transport.close()
