"""The command that serves the app, as the guides tell it."""

from __future__ import annotations

import sys


def command(port: int, *more: str) -> list[str]:
    """Uvicorn on a port of this machine alone, with what else a test asks of it."""
    asked = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", *more]
    return [sys.executable, "-m", "uvicorn", "dashboard.asgi:app", *asked]
