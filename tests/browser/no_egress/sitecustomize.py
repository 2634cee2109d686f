"""For servers under test: whatever leads off this machine is refused and written down, in the server and what it starts."""

from __future__ import annotations

import os
import sys

LOG = os.environ.get("NO_EGRESS_LOG", "")


def is_here(address: object) -> bool:
    """Whether an address is of this machine: a path, or a loopback host."""
    host = address[0] if isinstance(address, tuple) and address else address
    host = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "localhost")
    return (
        not isinstance(address, tuple)
        or host.startswith("127.")
        or host in ("localhost", "::1", "::", "0.0.0.0")
    )


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook."""
    if event in ("socket.connect", "socket.sendto"):
        where = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        where = (arguments[0],)
    else:
        return
    if not is_here(where):
        with open(LOG, "a", encoding="utf-8") as log:  # noqa: PTH123
            log.write(f"{event} {where!r}\n")
        raise PermissionError(f"{event}: {where!r} is not of this machine")


if LOG:
    sys.addaudithook(watch)
