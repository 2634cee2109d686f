"""Reads files of strangers in a process of their own: what they cost in time and memory is bounded, and ends with it.

One process a file. A spare one is kept ready after the first, so that only the first reader waits for it to start.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import IO, Any

try:
    import resource
except ImportError:  # Windows has no such limits: there the clock alone counts.
    resource = None  # type: ignore[assignment]

from dashboard.data.store import DataMissingError
from dashboard.deck import decks
from dashboard.deck import template as templates
from dashboard.deck.compose import Draws
from dashboard.deck.opening import DAMAGED
from dashboard.deck.package import FileRefusedError
from dashboard.deck.refresh import Refreshed
from dashboard.deck.template import Template
from dashboard.deck.unpack import MEGABYTE

LOG = logging.getLogger(__name__)

#: Seconds of work until a file is understood, and for each of its charts after that.
SECONDS, SECONDS_A_CHART = 10.0, 0.5
#: By the clock it may be so many times as long, where others keep the machine busy: work is what is bounded.
_SLACK = 9
#: Memory above that of the product itself; files of more than a few megabytes bring their own size several times over.
MOST_MEMORY, COPIES = 400 * MEGABYTE, 6
_SMALL = 10 * MEGABYTE
#: Files read at one time; others wait this many seconds for their turn.
_TURNS, _PATIENCE = threading.BoundedSemaphore(2), 60.0
#: Seconds that a process may take to start, and after which an idle one ends.
_START, _IDLE = 120.0, 600
_ROOT = Path(__file__).parents[2]
_LENGTH = struct.Struct(">Q")

_TOO_LONG = (
    "The file takes more than {:.0f} seconds to read, which no usual one does: save it again in PowerPoint, with fewer "
    "slides, charts and layouts."
)
_TOO_LARGE = (
    "The file takes more memory to read than {} MB, which no usual one does: save it again in PowerPoint, with fewer "
    "slides, charts and layouts."
)


def read_template(
    data: bytes,
    roles: Mapping[str, int] | None = None,
    *,
    fonts: bool = False,
    colours: bool = False,
    footer: bool = True,
) -> Template:
    """As `template.read`, apart.

    Raises:
        FileRefusedError: it cannot serve, or costs more time or memory than a template does.
    """
    found = _run("template", data, (dict(roles or {}), fonts, colours, footer))
    assert isinstance(found, Template)
    return found


def refresh_deck(
    data: bytes,
    folder: Path,
    *,
    draws: Draws | None = None,
    address: str = "",
    view: Mapping[str, Sequence[str]] | None = None,
    progress: decks.Progress | None = None,
) -> Refreshed:
    """As `decks.refresh`, apart; pictures are drawn here, where the browser is.

    Args:
        data: The deck.
        folder: Of the build.
        draws: Draws pictures anew.
        address: Of the app.
        view: Parameters that take the place of those of every chart.
        progress: Told of every chart.

    Raises:
        FileRefusedError: it is no deck that can be read, or costs more time or memory than one does.
        DataMissingError: there is no build in the folder.
    """
    said = {k: list(v) for k, v in (view or {}).items()}
    found = _run("deck", data, (str(folder.resolve()), draws is not None, address, said), draws, progress)
    assert isinstance(found, Refreshed)
    return found


def prepare() -> None:
    """Starts a process that waits for the next file."""
    with _lock:
        if not _spare or _spare[0].poll() is not None:
            _spare[:] = [_started()]


_spare: list[subprocess.Popen[bytes]] = []
_lock = threading.Lock()


def _started() -> subprocess.Popen[bytes]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-c", "from dashboard.deck import apart; apart.serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        # Threads and arenas of libraries would count as memory of the file.
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(paths),
            "OMP_NUM_THREADS": "1",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "MALLOC_ARENA_MAX": "2",
        },
    )


def _taken() -> subprocess.Popen[bytes]:
    with _lock:
        while _spare:
            process = _spare.pop()
            if process.poll() is None:
                return process
    return _started()


class _Watch:
    """Ends a process that does not answer in time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.is_late = False
        self.timer: threading.Timer | None = None

    def wait(self, seconds: float) -> None:
        """From now on it has this long."""
        self.stop()
        self.timer = threading.Timer(seconds, self._end)
        self.timer.daemon = True
        self.timer.start()

    def stop(self) -> None:
        """It answered."""
        if self.timer is not None:
            self.timer.cancel()

    def _end(self) -> None:
        self.is_late = True
        self.process.kill()


def _run(
    what: str,
    data: bytes,
    rest: tuple[Any, ...],
    draws: Draws | None = None,
    progress: decks.Progress | None = None,
) -> object:
    if not _TURNS.acquire(timeout=_PATIENCE):
        raise FileRefusedError("Files of other readers are being read at the moment: try again in a minute.")
    try:
        process = _taken()
        watch = _Watch(process)
        try:
            return _talk(process, watch, (what, data, rest), draws, progress)
        finally:
            watch.stop()
            process.kill()
            for end in (process.stdin, process.stdout):
                # What is left unsent goes nowhere.
                with suppress(OSError):
                    end.close()  # type: ignore[union-attr]
            process.wait()
    finally:
        _TURNS.release()


def _talk(
    process: subprocess.Popen[bytes],
    watch: _Watch,
    job: tuple[str, bytes, tuple[Any, ...]],
    draws: Draws | None,
    progress: decks.Progress | None,
) -> object:
    assert process.stdin is not None and process.stdout is not None
    # The answer holds the file again, and at most twice what came.
    most = 100 * MEGABYTE + 2 * len(job[1])
    seconds = SECONDS * _SLACK
    try:
        watch.wait(_START)
        _send(process.stdin, job)
        while True:
            kind, said = _received(process.stdout, most)
            watch.stop()
            if kind == "ready":
                prepare_soon()
                watch.wait(seconds)
            elif kind == "step":
                if progress is not None:
                    progress(*said)
                watch.wait(seconds)
            elif kind == "draw":
                assert draws is not None
                _send(process.stdin, draws(*said))
                watch.wait(seconds)
            elif kind == "done":
                return said
            elif kind == "missing":
                raise DataMissingError(said)
            elif kind == "refused":
                raise FileRefusedError(said)
            else:
                LOG.warning("a file that was handed in could not be read:\n%s", said)
                raise FileRefusedError(DAMAGED)
    except (EOFError, OSError, pickle.UnpicklingError) as error:
        process.kill()
        if watch.is_late or -process.wait() == getattr(signal, "SIGXCPU", 0):
            raise FileRefusedError(_TOO_LONG.format(SECONDS)) from error
        LOG.warning("the process that read a file ended: %s", error)
        raise FileRefusedError(_TOO_LARGE.format(_most_memory(len(job[1])) // MEGABYTE)) from error


def prepare_soon() -> None:
    """As `prepare`, without waiting for it."""
    threading.Thread(target=prepare, name="apart", daemon=True).start()


def _most_memory(size: int) -> int:
    return MOST_MEMORY + COPIES * max(size - _SMALL, 0)


def _send(to: IO[bytes], what: object) -> None:
    blob = pickle.dumps(what)
    to.write(_LENGTH.pack(len(blob)))
    to.write(blob)
    to.flush()


def _received(of: IO[bytes], most: int) -> Any:
    size = _LENGTH.unpack(_whole(of, _LENGTH.size))[0]
    if size > most:
        raise EOFError(f"an answer of {size:,} bytes")
    # Written by a process of ours, through a pipe that nobody else has.
    return pickle.loads(_whole(of, size))  # nosec B301


def _whole(of: IO[bytes], size: int) -> bytes:
    blob = of.read(size)
    if len(blob) < size:
        raise EOFError("the other end is gone")
    return blob


# --- In the process of its own ---


def serve() -> None:
    """Reads one file from standard input and answers on standard output; for `python -c` alone."""
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not come between answers.
    os.dup2(2, 1)
    with suppress(AttributeError, ValueError):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_IDLE)
    jobs = sys.stdin.buffer
    try:
        what, data, rest = _received(jobs, 1 << 40)
    except EOFError:
        os._exit(0)
    with suppress(AttributeError, ValueError):
        signal.alarm(0)
    try:
        work = {"template": _template, "deck": _deck}[what](data, rest, jobs, answers)
        # What comes before the file is touched is the product's own.
        _limit_memory(len(data))
        _limit_time(0)
        _send(answers, ("ready", None))
        answer: tuple[str, object] = ("done", work())
    except FileRefusedError as refused:
        answer = ("refused", str(refused))
    except DataMissingError as missing:
        answer = ("missing", str(missing))
    except MemoryError:
        answer = ("refused", _TOO_LARGE.format(_most_memory(len(data)) // MEGABYTE))
    except Exception:
        answer = ("failed", traceback.format_exc()[-4000:])
    _send(answers, answer)
    os._exit(0)


def _template(
    data: bytes, rest: tuple[Any, ...], jobs: IO[bytes], answers: IO[bytes]
) -> Callable[[], object]:
    roles, fonts, colours, footer = rest
    return lambda: templates.read(data, roles, fonts=fonts, colours=colours, footer=footer)


def _deck(data: bytes, rest: tuple[Any, ...], jobs: IO[bytes], answers: IO[bytes]) -> Callable[[], object]:
    folder, draws, address, view = rest
    builds = decks.Builds.of(Path(folder))

    def draw(*of: Any) -> bytes:
        _send(answers, ("draw", of))
        drawn: bytes = _received(jobs, 1 << 40)
        return drawn

    begun = _spent()

    def tell(done: int, total: int, what: str) -> None:
        _send(answers, ("step", (done, total, what)))
        # Charts that were found are work that the reader asked for.
        _limit_time(begun + SECONDS + SECONDS_A_CHART * total)

    return lambda: decks.refresh(
        data, builds, draws=draw if draws else None, address=address, view=view, progress=tell
    )


def _limit_memory(size: int) -> None:
    """No more memory from here on than a file may take, where the system can hold a process to it."""
    if resource is None:
        return
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        held = next(int(one.split()[1]) * 1024 for one in lines if one.startswith("VmData:"))
        most = held + _most_memory(size)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _limit_time(end: float) -> None:
    """No more work from here on than a step may take, nor beyond `end`, in seconds of this process; 0 is no end."""
    if resource is None:
        return
    with suppress(OSError, ValueError):
        soon = _spent() + SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(min(soon, end or soon)), resource.RLIM_INFINITY))


def _spent() -> float:
    return sum(os.times()[:2])
