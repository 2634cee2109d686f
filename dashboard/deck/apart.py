"""Reads files of strangers, and makes decks, in a process of its own: what they cost is bounded, and no page waits for it.

One process a file. A spare one is kept ready after the first, so that only the first reader waits for it to start. A slide
of a single chart is made where it is asked for: that takes a tenth of a second, a process takes two of the processor.
"""

from __future__ import annotations

import functools
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import IO, Any, NamedTuple, Unpack

try:
    import resource
except ImportError:  # Windows has no such limits: there the clock alone counts.
    resource = None  # type: ignore[assignment]

from dashboard.charts import CHARTS
from dashboard.charts.card import Card, ExportRefusedError
from dashboard.data import failures, store
from dashboard.data.overlay import Overlay, OverlayError
from dashboard.data.store import DataMissingError
from dashboard.deck import basket as baskets
from dashboard.deck import confine, decks, placing, spare, wire
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket, BasketError, Slide
from dashboard.deck.compose import Draws
from dashboard.deck.opening import DAMAGED
from dashboard.deck.package import FileRefusedError
from dashboard.deck.record import Record
from dashboard.deck.refresh import MOST_CHARTS, Refreshed
from dashboard.deck.template import Taken, Template
from dashboard.deck.turns import MAKING, READING, BusyError
from dashboard.deck.unpack import MEGABYTE
from dashboard.deck.wire import WireError
from dashboard.draw.slide.ooxml import Box

LOG = logging.getLogger(__name__)

#: Seconds of work until a file is understood, and for each of its charts after that; a process takes one more to start.
SECONDS, SECONDS_A_CHART = 9.0, 0.5
#: By the clock it may be so many times as long, where others keep the machine busy: work is what is bounded.
_SLACK = 9
#: Memory above that of the product itself; files of more than a few megabytes bring their own size several times over.
MOST_MEMORY, COPIES = 400 * MEGABYTE, 6
_SMALL = 10 * MEGABYTE
#: Seconds of work on a deck that is made, and for each of its slides; and memory above that of the product.
MAKING_SECONDS, SECONDS_A_SLIDE, MAKING_MEMORY = 60.0, 4.0, 1_500 * MEGABYTE
#: Seconds that a file waits for its turn to be read.
_PATIENCE = 60.0
#: Seconds that a process may take to start, and after which an idle one ends.
_START, _IDLE = 120.0, 600
#: Messages of one process; twice what the largest deck tells while it is worked on.
_MOST_SAID = 8 * MOST_CHARTS
#: Inches of the longest side of a picture.
_WIDEST = 60.0

_TOO_LONG = (
    "The file takes more than {:.0f} seconds to read, which no usual one does: save it again in PowerPoint, with fewer "
    "slides, charts and layouts."
)
_TOO_LARGE = (
    "The file takes more memory to read than {} MB, which no usual one does: save it again in PowerPoint, with fewer "
    "slides, charts and layouts."
)
_NOT_MADE = (
    "It takes more than {:.0f} seconds to make: take the deck apart, or take slides out.",
    "It was ended before it was made, most likely for want of memory (it may take {} MB): try again, then take slides out.",
    "A fault of the product, which the server's log names",
)
_TOO_MUCH = "More cells differ than can be listed: take the deck apart and refresh the parts."
#: Characters of a step, and of a sentence or trace.
_LONGEST_WORD, _LONGEST_SENTENCE = 200, 4000


def read_template(data: bytes, roles: Mapping[str, int] | None = None, **taken: Unpack[Taken]) -> Template:
    """As `template.read`, apart.

    Raises:
        FileRefusedError: it cannot serve, or costs more time or memory than a template does.
    """
    asked = {"roles": dict(roles or {}), "taken": taken}
    return _read(_Job("template", asked, data, Template, _most_memory(len(data)), SECONDS))


def refresh_deck(
    data: bytes,
    folder: Path,
    *,
    draws: Draws | None = None,
    builds: Callable[[], decks.Builds] | None = None,
    address: str = "",
    view: Mapping[str, Sequence[str]] | None = None,
    progress: decks.Progress | None = None,
    who: str = "",
    waits: Callable[[str], object] | None = None,
) -> Refreshed:
    """As `decks.refresh`, apart; pictures are drawn here, where the browser is, of charts that are made here.

    Args:
        data: The deck.
        folder: Of the build.
        draws: Draws pictures anew.
        builds: What pictures show, asked for with the first one; the folder's own where None.
        address: Of the app.
        view: Parameters that take the place of those of every chart.
        progress: Told of every chart.
        who: The reader, who has one turn at a time where others wait.
        waits: Told who waits before.

    Raises:
        FileRefusedError: it is no deck that can be read, is one too many at the moment, or costs more time or memory than one does.
        DataMissingError: there is no build in the folder.
    """
    where = store.place_of(folder)
    asked = {
        "folder": str(where),
        "draws": draws is not None,
        "address": address,
        "view": {k: list(v) for k, v in (view or {}).items()},
    }
    drawn = None if draws is None else _Pictures(draws, builds or (lambda: decks.Builds.of(where))).drawn
    job = _Job("deck", asked, data, Refreshed, _most_memory(len(data)), SECONDS)
    return _read(job, drawn, progress, who, waits)


def make(
    form: str,
    basket: Basket,
    folder: Path,
    *,
    paper: str = "A4",
    template: Template | None = None,
    draws: Draws | None = None,
    builds: decks.Builds,
    address: str = "",
    progress: decks.Progress | None = None,
    who: str = "",
    waits: Callable[[str], object] | None = None,
) -> bytes:
    """A basket as a file, made apart: the server's other readers are not held up by it.

    Args:
        form: "pptx", "zip", "html", or "brief": the upright sheets of a company brief.
        basket: What is in it.
        folder: Of the build.
        paper: Of the brief.
        template: A company's own.
        draws: Draws pictures, here.
        builds: What pictures show, with the reader's own rows.
        address: Of the app.
        progress: Told of every slide.
        who: The reader, who has one turn at a time where others wait.
        waits: Told who waits before.

    Raises:
        BusyError: too many wait.
        MakeError: it could not be made.
        DataMissingError: there is no build in the folder.
    """
    asked = {
        "form": form,
        "paper": paper,
        "basket": baskets.to_json(replace(basket, own_rows=())),
        "folder": str(store.place_of(folder)),
        "own": [wire.told(_Own.of(one)) for one in builds.own],
        "template": None if template is None else wire.told(template),
        "draws": draws is not None,
        "address": address,
    }
    data = b"" if template is None else template.data
    drawn = None if draws is None else _Pictures(draws, lambda: builds).drawn
    seconds = MAKING_SECONDS + SECONDS_A_SLIDE * len(basket.slides)
    with MAKING.turn(who, waits):
        try:
            made: _Made = _run(_Job("make", asked, data, _Made, MAKING_MEMORY, seconds), drawn, progress)
        except _EndedError as ended:
            raise MakeError(_NOT_MADE[ended.how].format(ended.most)) from ended
        except FileRefusedError as refused:
            raise MakeError(str(refused)) from refused
    return made.data


@functools.lru_cache(8)
def _tell_bounds(held: tuple[str, ...]) -> None:
    """Says once which bounds this system does not offer."""
    if lacking := [one for one in confine.ALL if one not in held]:
        LOG.warning("files of strangers are read without these bounds (SECURITY.md): %s", ", ".join(lacking))


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


class _Job(NamedTuple):
    """What a process is asked, of which type its answer is, and what it may cost: bytes, and seconds of one step."""

    kind: str
    words: Mapping[str, Any]
    data: bytes
    answer: type[Any]
    memory: int
    seconds: float


class MakeError(Exception):
    """A file that could not be made; the text says why."""


class _EndedError(Exception):
    """A process that gave no answer: too long (0), too large (1), or something else (2); and how much it may."""

    def __init__(self, how: int, most: float) -> None:
        super().__init__(how, most)
        self.how, self.most = how, most


class _Pictures:
    """Draws what the other process asks for: it names a chart and its view, and nothing that it made comes here."""

    def __init__(self, draws: Draws, builds: Callable[[], decks.Builds]) -> None:
        self._draws, self._load = draws, builds
        self._builds: dict[tuple[str, ...], decks.Builds] = {}

    def drawn(self, words: object) -> bytes:
        """A picture as PNG."""
        asked = wire.rebuilt(_Picture, words)
        if asked.chart not in CHARTS or not all(0.1 <= v <= _WIDEST for v in (asked.width, asked.height)):
            raise WireError("no picture")
        own = tuple(asked.own)
        if own not in self._builds:
            try:
                self._builds = {own: decks.under_own(self._load(), own, "the deck's own rows")}
            except OverlayError as error:
                raise WireError("no own rows") from error
        one = decks.resolve(Slide(chart=asked.chart, query=asked.query, layout="picture"), self._builds[own])
        assert one.card is not None and one.record is not None
        return self._draws(one.card, one.record, Box(0, 0, asked.width, asked.height))


@dataclass(frozen=True)
class _Picture:
    chart: str
    query: dict[str, list[str]]
    own: list[str]
    width: float
    height: float


def _read(
    job: _Job,
    draws: Callable[[object], bytes] | None = None,
    progress: decks.Progress | None = None,
    who: str = "",
    waits: Callable[[str], object] | None = None,
) -> Any:
    try:
        with READING.turn(who, waits, _PATIENCE):
            return _run(job, draws, progress)
    except BusyError as busy:
        raise FileRefusedError(str(busy)) from busy
    except _EndedError as ended:
        raise FileRefusedError((_TOO_LONG, _TOO_LARGE, DAMAGED)[ended.how].format(ended.most)) from ended


def _run(
    job: _Job, draws: Callable[[object], bytes] | None = None, progress: decks.Progress | None = None
) -> Any:
    process = spare.taken()
    watch = _Watch(process)
    try:
        return _talk(process, watch, job, draws, progress)
    finally:
        watch.stop()
        process.kill()
        for end in (process.stdin, process.stdout):
            # What is left unsent goes nowhere.
            with suppress(OSError):
                end.close()  # type: ignore[union-attr]
        process.wait()


def _talk(
    process: subprocess.Popen[bytes],
    watch: _Watch,
    job: _Job,
    draws: Callable[[object], bytes] | None,
    progress: decks.Progress | None,
) -> Any:
    assert process.stdin is not None and process.stdout is not None
    # The answer holds the file again, and at most twice what came.
    most = 100 * MEGABYTE + 2 * len(job.data)
    seconds = job.seconds * _SLACK
    try:
        watch.wait(_START)
        limits = {"memory": job.memory, "seconds": job.seconds}
        wire.send(process.stdin, job.kind, {**job.words, **limits}, job.data)
        for _ in range(_MOST_SAID):
            kind, words, blob = wire.receive(process.stdout, most)
            watch.stop()
            if kind == "ready":
                _tell_bounds(tuple(wire.rebuilt(_Ready, words).held))
                spare.prepare_soon()
            elif kind == "step":
                step = wire.rebuilt(_Step, words)
                if progress is not None:
                    progress(step.done, step.total, step.what[:_LONGEST_WORD])
            elif kind == "draw" and draws is not None:
                wire.send(process.stdin, "drawn", None, draws(words))
            elif kind == "done":
                return wire.rebuilt(job.answer, words, blob)
            elif kind == "missing":
                raise DataMissingError(_sentence(words))
            elif kind == "refused":
                raise FileRefusedError(_sentence(words))
            elif kind == "failed":
                LOG.warning("a file that was handed in could not be read:\n%s", _sentence(words))
                raise _EndedError(2, 0)
            else:
                raise WireError(f"an answer of the kind {kind[:40]!a}")
            watch.wait(seconds)
        raise WireError(f"more than {_MOST_SAID} messages")
    except WireError as error:
        LOG.warning("the process that read a file answered what it should not: %s", error)
        raise _EndedError(2, 0) from error
    except (EOFError, OSError) as error:
        process.kill()
        if watch.is_late or -process.wait() == getattr(signal, "SIGXCPU", 0):
            raise _EndedError(0, job.seconds) from error
        LOG.warning("the process that read a file ended: %s", error)
        raise _EndedError(1, job.memory // MEGABYTE) from error


@dataclass(frozen=True)
class _Ready:
    held: list[str]


@dataclass(frozen=True)
class _Step:
    done: int
    total: int
    what: str


def _sentence(words: object) -> str:
    """Words of the other process, without what would move a terminal's cursor."""
    if not isinstance(words, str):
        raise WireError("no sentence")
    return "".join(c for c in words[-_LONGEST_SENTENCE:] if c.isprintable() or c == "\n")


def _most_memory(size: int) -> int:
    return MOST_MEMORY + COPIES * max(size - _SMALL, 0)


# --- In the process of its own ---


def serve(held: list[str]) -> None:
    """Reads one file from standard input and answers on standard output; for `python -c` alone.

    Args:
        held: Bounds that hold since the process began.
    """
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not come between answers.
    os.dup2(2, 1)
    with suppress(AttributeError, ValueError):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_IDLE)
    jobs = sys.stdin.buffer
    try:
        what, asked, data = wire.receive(jobs, 1 << 40)
    except EOFError:
        os._exit(0)
    with suppress(AttributeError, ValueError):
        signal.alarm(0)
    kind, blob = "failed", b""
    words: str | dict[str, Any] = ""
    try:
        does: Mapping[str, Callable[..., Callable[[], Any]]]
        does = {"template": _template, "deck": _deck, "make": _make}
        work = does[what](data, asked, jobs, answers)
        # What comes before the file is touched is the product's own.
        _limit_memory(asked["memory"])
        _limit_time(_spent() + asked["seconds"])
        folder = asked.get("folder")
        readable = [] if folder is None else [Path(folder), *store.builds(Path(folder)).values()]
        held = [*held, *confine.late(readable)]
        wire.send(answers, "ready", wire.told(_Ready(held)))
        made = work()
        kind, words, blob = "done", wire.told(made), made.data
    except (FileRefusedError, ExportRefusedError, BasketError) as refused:
        kind, words = "refused", str(refused)
    except DataMissingError as missing:
        kind, words = "missing", str(missing)
    except MemoryError:
        # As where the system ends it.
        os._exit(1)
    except Exception as error:
        words = failures.trace(error)[-_LONGEST_SENTENCE:]
    try:
        wire.send(answers, kind, words, blob)
    except WireError:
        wire.send(answers, "refused", _TOO_MUCH)
    os._exit(0)


def _template(
    data: bytes, asked: Mapping[str, Any], jobs: IO[bytes], answers: IO[bytes]
) -> Callable[[], Template]:
    roles = {str(k): int(v) for k, v in asked["roles"].items()}

    def read() -> Template:
        found = templates.read(data, roles, **asked["taken"])
        placing.tried(found)
        return found

    return read


def _deck(
    data: bytes, asked: Mapping[str, Any], jobs: IO[bytes], answers: IO[bytes]
) -> Callable[[], Refreshed]:
    builds = decks.Builds.of(Path(asked["folder"]))

    @functools.cache
    def brought() -> list[str]:
        # Own rows that a deck brought are not at hand where it is drawn.
        return [] if builds.own else decks.carried(data)

    def draw(card: Card, record: Record, room: Box) -> bytes:
        query = {k: list(v) for k, v in record.query.items()}
        wire.send(answers, "draw", wire.told(_Picture(record.chart, query, brought(), room.w, room.h)))
        return wire.receive(jobs, 1 << 40)[2]

    begun = _spent()

    def tell(done: int, total: int, what: str) -> None:
        wire.send(answers, "step", wire.told(_Step(done, total, what)))
        # Charts that were found are work that the reader asked for.
        _limit_time(min(_spent() + SECONDS, begun + SECONDS + SECONDS_A_CHART * total))

    return lambda: decks.refresh(
        data,
        builds,
        draws=draw if asked["draws"] else None,
        address=asked["address"],
        view=asked["view"],
        progress=tell,
    )


def _make(data: bytes, asked: Mapping[str, Any], jobs: IO[bytes], answers: IO[bytes]) -> Callable[[], _Made]:
    own = [wire.rebuilt(_Own, one).overlay() for one in asked["own"]]
    builds = decks.Builds.of(Path(asked["folder"]), own=own)
    basket = baskets.from_json(asked["basket"])
    template = asked["template"] and wire.rebuilt(Template, asked["template"], data)

    def draw(card: Card, record: Record, room: Box) -> bytes:
        query = {k: list(v) for k, v in record.query.items()}
        wire.send(answers, "draw", wire.told(_Picture(record.chart, query, [], room.w, room.h)))
        return wire.receive(jobs, 1 << 40)[2]

    def tell(done: int, total: int, what: str) -> None:
        wire.send(answers, "step", wire.told(_Step(done, total, what)))

    about: dict[str, Any] = {"address": asked["address"], "progress": tell}
    drawn = about | {"template": template, "draws": draw if asked["draws"] else None}
    forms = {
        "pptx": lambda: decks.build(basket, builds, **drawn),
        "zip": lambda: decks.archive(basket, builds, **drawn),
        "html": lambda: decks.html(basket, builds, **about),
        "brief": lambda: decks.brief_sheets(basket, builds, paper=asked["paper"], address=asked["address"]),
    }
    return lambda: _Made(forms[asked["form"]]())


@dataclass(frozen=True)
class _Made:
    data: bytes


@dataclass(frozen=True)
class _Own:
    """A reader's own rows, their bytes as letters of the same numbers."""

    name: str
    files: list[tuple[str, str]]
    shown: str
    is_folder: bool

    @classmethod
    def of(cls, one: Overlay) -> _Own:
        return cls(one.name, [(n, b.decode("latin-1")) for n, b in one.files], one.shown, one.is_folder)

    def overlay(self) -> Overlay:
        files = tuple((n, t.encode("latin-1")) for n, t in self.files)
        return Overlay(self.name, files, self.shown, self.is_folder)


def _limit_memory(most: int) -> None:
    """No more memory from here on than that, where the system can hold a process to it."""
    if resource is None:
        return
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        held = next(int(one.split()[1]) * 1024 for one in lines if one.startswith("VmData:"))
        resource.setrlimit(resource.RLIMIT_DATA, (held + most, held + most))


def _limit_time(end: float) -> None:
    """No more work beyond `end`, in seconds of this process."""
    if resource is None:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(end), resource.RLIM_INFINITY))


def _spent() -> float:
    return sum(os.times()[:2])
