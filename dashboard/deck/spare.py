"""Processes that wait for the next file: one is kept ready after the first, so that only the first reader waits for it."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from dashboard.deck import confine

_ROOT = Path(__file__).parents[2]
#: Bounds come first: what is imported after them may start threads.
_CODE = (
    "from dashboard.deck import confine; held = confine.early(); "
    "from dashboard.deck import apart; apart.serve(held)"
)
_lock = threading.Lock()
#: One at most.
waiting: list[subprocess.Popen[bytes]] = []
_folders: list[Path] = []


def taken() -> subprocess.Popen[bytes]:
    """The process that waits, else a new one; it serves one file."""
    with _lock:
        while waiting:
            process = waiting.pop()
            if process.poll() is None:
                return process
    return started()


def prepare() -> None:
    """Starts a process that waits for the next file."""
    with _lock:
        if not waiting or waiting[0].poll() is not None:
            waiting[:] = [started()]


def prepare_soon() -> None:
    """As `prepare`, without waiting for it."""
    threading.Thread(target=prepare, name="apart", daemon=True).start()


def started() -> subprocess.Popen[bytes]:
    """A new process: it stands in a folder without files and knows nothing of the server's environment and open files."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-c", _CODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_empty(),
        close_fds=True,
        # Threads and arenas of libraries would count as memory of the file.
        env=confine.environment(os.environ)
        | {
            "PYTHONPATH": os.pathsep.join(paths),
            "OMP_NUM_THREADS": "1",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "MALLOC_ARENA_MAX": "2",
        },
    )


def _empty() -> Path:
    """A folder without files that ends with the server; where none can be made, the system's first."""
    with suppress(OSError):
        if not _folders or not _folders[-1].is_dir():
            _folders.append(Path(tempfile.mkdtemp(prefix="landscape-")))
            _folders[-1].chmod(0o500)
            atexit.register(shutil.rmtree, _folders[-1], ignore_errors=True)
        return _folders[-1]
    return Path(Path.cwd().anchor)
