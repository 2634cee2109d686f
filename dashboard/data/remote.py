"""Data at an address (`s3://`, `gs://`, `abfs://`, any of Arrow's filesystems): a copy on this machine that follows it.

A store knows no links. What is served there stands in `builds.json`, which the publisher (`python -m etl publish`) writes
last; each build is a folder named by its content and never written again. Here a build is fetched whole, each file by
the hash that its descriptor gives and the descriptor by the hash in `builds.json`, and only then shown: from there on it
is a folder as a build on this machine writes it, and nothing else of the app knows of stores.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows has no such locks: what a killed process leaves stays there.
    fcntl = None  # type: ignore[assignment]

from dashboard.data import descriptor, settings
from dashboard.data.descriptor import DataMissingError
from dashboard.data.line import ClosedError, Line, SilentError
from etl.address import reason, shown

LOG = logging.getLogger(__name__)
POINTER = "builds.json"
FORMAT = "landscape-builds/1"
#: Seconds between two looks at the store; where copies are kept beyond the process.
EVERY, COPY = "LANDSCAPE_DATA_SECONDS", "LANDSCAPE_COPY"
#: Bytes of the pointer and of a descriptor at most; files are as long as their descriptor says. A build that the
#: pointer no longer names stays for a while: a run that began on it may still read.
_MOST, _STAYS = 8_000_000, 600.0
#: Seconds that a reader waits for the store's first answer where a copy is at hand, and where there is none.
_PATIENCE, _PATIENCE_BARE = 5.0, 60.0
_BUILD = re.compile(r"[0-9a-z]{8}-[0-9a-f]{16}")


@dataclass(frozen=True)
class Listed:
    """A build that the pointer names.

    Attributes:
        name: Its folder.
        descriptor: Hash of its descriptor.
        published: When it was published.
    """

    name: str
    descriptor: str
    published: datetime


def listed(content: bytes) -> list[Listed]:
    """The builds that a pointer names, the one to serve first.

    Raises:
        ValueError: it is not what the publisher writes.
    """
    try:
        found = json.loads(content.decode("utf-8"))
        builds = [
            Listed(str(b["name"]), str(b["descriptor"]), datetime.fromisoformat(b["published"]))
            for b in found["builds"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{POINTER}: not what `python -m etl publish` writes") from error
    if found.get("format") != FORMAT or not builds or not all(_BUILD.fullmatch(b.name) for b in builds):
        raise ValueError(f"{POINTER}: not what `python -m etl publish` writes (expected {FORMAT})")
    return builds


class Copy:
    """A copy of the builds at one address, brought up to date by a thread of its own from the first question on.

    Attributes:
        away: Why the newest build of the store may not be the one served, as a sentence; "" where it is.
    """

    def __init__(self, address: str, root: Path, every: float) -> None:
        self.address, self.root, self.every = address, root, every
        self.away = ""
        self._builds, self._fetching = root / "copied.builds", root / "fetching"
        self._current: Path | None = None
        self._pointer = self._kept = b""
        self._skipped: set[str] = set()
        self._stop, self._asked = threading.Event(), threading.Event()
        self._first, self._waits = threading.Lock(), True
        self._line: Line | None = None
        self._follower: threading.Thread | None = None

    def folder(self) -> Path:
        """Folder of the build to serve; the first question waits for the store's first answer, but not long for a slow one.

        Raises:
            DataMissingError: no build could be had yet.
        """
        with self._first:
            if self._follower is None:
                self._remember()
                self._follower = threading.Thread(target=self._follow, name="data at an address", daemon=True)
                self._follower.start()
                atexit.register(self.stop)
        # Once somebody has waited in vain nobody waits any more: monitors that ask again and again would queue up.
        if self._waits and not self._asked.wait(_PATIENCE if self._current else _PATIENCE_BARE):
            self._waits = False
            if not self.away and not self._asked.is_set():
                self._is_away("no whole answer yet")
        if self._current is None:
            raise DataMissingError(self.away)
        return self._current

    def stop(self) -> None:
        """Ends following; what was brought stays."""
        self._stop.set()
        if (line := self._line) is not None:
            line.close()
        if self._follower is not None and self._follower is not threading.current_thread():
            self._follower.join(timeout=5)

    def bring(self) -> None:
        """Asks the store once; where its newest build is another, that is fetched whole and served from then on."""
        try:
            with self._opened() as line:
                content = _pointer(line)
                builds = listed(content)
                newest = self._builds / builds[0].name
                if content != self._pointer or newest != self._current or not _is_whole(newest):
                    self._fetch(line, builds[0])
                    _write(self.root / POINTER, content)
        except ClosedError:
            return
        except Exception as error:
            # Stores fail in as many ways as there are clients of them; the thread must outlive every one.
            self._is_away(self._why(error))
            return
        if newest != self._current:
            LOG.info("%s: build %s is served.", shown(self.address), newest.name)
        self._current, self._pointer = newest, content
        self._is_back()

    def bring_kept(self) -> None:
        """Brings the builds that pinned links and comparisons read, and lets go of those that are no longer kept."""
        if self._pointer in (b"", self._kept):
            return
        builds, failed = listed(self._pointer), False
        build = builds[0]
        try:
            with self._opened() as line:
                for build in builds[1:]:
                    failed |= not self._is_kept(line, build)
        except ClosedError:
            return
        except Exception as error:
            # Nothing is heard any more: the others need not be asked for.
            failed = True
            self._leave_out(build, error)
        self._kept = b"" if failed else self._pointer
        named = {b.name for b in builds}
        for old in [p for folder in (self._builds, self._fetching) for p in folder.glob("*")]:
            # Another process of this machine may do the same.
            with suppress(OSError):
                if old.name not in named and time.time() - old.stat().st_ctime > _STAYS:
                    shutil.rmtree(old, ignore_errors=True)

    def _is_kept(self, line: Line, build: Listed) -> bool:
        """Whether a build is here now; what keeps it away alone is told once.

        Raises:
            SilentError: no other can be asked for either.
        """
        try:
            self._fetch(line, build)
        except (ClosedError, SilentError):
            raise
        except Exception as error:
            self._leave_out(build, error)
            return False
        return True

    def _leave_out(self, build: Listed, error: Exception) -> None:
        if build.name not in self._skipped:
            LOG.warning("%s: build %s is left out: %s", shown(self.address), build.name, self._why(error))
        self._skipped.add(build.name)

    def _remember(self) -> None:
        """Serves what an earlier process copied, until the store has answered."""
        try:
            named = self._builds / listed((self.root / POINTER).read_bytes())[0].name
        except (OSError, ValueError):
            return
        if _is_whole(named):
            self._current = named

    def _follow(self) -> None:
        self.bring()
        self._asked.set()
        self.bring_kept()
        while not self._stop.wait(self.every):
            self.bring()
            self.bring_kept()

    def _why(self, error: Exception) -> str:
        """Why a build is not here; what this machine refuses is not put on the store, whose failures have no number."""
        if isinstance(error, OSError) and error.errno is not None:
            where = error.filename or self.root
            return f"its copy cannot be kept on this machine ({where}: {error.strerror}); name another folder in {COPY}"
        return reason(error, self.address)

    def _is_away(self, why: str) -> None:
        served = f"Served is the copy of {self._current.name}." if self._current else "There is no copy."
        # Without a copy whoever asks for the folder gets the sentence, and says it.
        if not self.away and self._current:
            LOG.error("%s cannot be read: %s. %s", shown(self.address), why, served)
        self.away = f"{shown(self.address)} cannot be read: {why}. {served}"

    def _is_back(self) -> None:
        if self.away:
            LOG.warning("%s can be read again.", shown(self.address))
        self.away = ""

    @contextmanager
    def _opened(self) -> Iterator[Line]:
        """A line to the store, which `stop` ends whatever it waits for."""
        self._line = line = Line(self.address)
        try:
            with line:
                yield line
        finally:
            self._line = None

    def _fetch(self, line: Line, build: Listed) -> None:
        """Brings one build; it gets its name when it is whole.

        Raises:
            OSError: the store or this machine's disk failed.
            ValueError: what is there is not what was published.
        """
        target = self._builds / build.name
        if not _is_whole(target):
            self._builds.mkdir(exist_ok=True, mode=0o700)
            fresh = self._fetching / f"{build.name}.{secrets.token_hex(4)}"
            fresh.mkdir(parents=True)
            try:
                content = _read(line, f"{build.name}/{descriptor.NAME}")
                if hashlib.sha256(content).hexdigest() != build.descriptor:
                    raise ValueError(f"{build.name}/{descriptor.NAME} is not the one that was published")
                for resource in descriptor.checked(content)["resources"]:
                    name = resource["path"]
                    _copied(line, f"{build.name}/{name}", fresh / name, resource)
                (fresh / descriptor.NAME).write_bytes(content)
                if target.exists() and not _is_whole(target):
                    # Cut or emptied since it was fetched.
                    shutil.rmtree(target)
                fresh.rename(target)
            except OSError:
                # Another process of this machine may have been faster.
                if not _is_whole(target):
                    raise
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        # Builds are told apart by age where several are kept.
        os.utime(target, (build.published.timestamp(),) * 2)


def _is_whole(folder: Path) -> bool:
    """Whether a copied build has its files, each as long as its descriptor says."""
    try:
        said = descriptor.checked((folder / descriptor.NAME).read_bytes())
        return all((folder / r["path"]).stat().st_size == r["bytes"] for r in said["resources"])
    except (OSError, ValueError, KeyError):
        return False


def _pointer(line: Line) -> bytes:
    try:
        return _read(line, POINTER)
    except FileNotFoundError as error:
        raise ValueError(f"no {POINTER} there; expected builds that `python -m etl publish` wrote") from error


def _read(line: Line, path: str) -> bytes:
    line.open(path)
    content = bytearray()
    while piece := line.read():
        content += piece
        if len(content) > _MOST:
            raise ValueError(f"{path}: more than {_MOST:,} bytes, which no publisher writes")
    return bytes(content)


def _copied(line: Line, path: str, target: Path, resource: dict[str, Any]) -> None:
    """Copies one file of a build, piece by piece; one that is not what its descriptor says is refused."""
    digest, length = hashlib.sha256(), 0
    line.open(path)
    with target.open("wb") as file:
        while piece := line.read():
            length += len(piece)
            if length > resource["bytes"]:
                break
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if length != resource["bytes"] or f"sha256:{digest.hexdigest()}" != resource["hash"]:
        raise ValueError(
            f"{path} is not the file that was published: {length:,} bytes read, {resource['bytes']:,} expected"
        )


def _write(path: Path, content: bytes) -> None:
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    half.write_bytes(content)
    half.replace(path)


#: Seconds between two looks at most.
_DAY = 86_400
_copies: dict[tuple[str, str], Copy] = {}
_making = threading.Lock()


def copy(address: str) -> Copy:
    """The copy that this process keeps of an address.

    Raises:
        DataMissingError: no copy can be kept here.
    """
    kept_in = settings.text(COPY)
    with _making:
        if (address, kept_in) not in _copies:
            try:
                every = float(settings.text(EVERY) or 30)
            except ValueError:
                every = 0.0
            if not 0 < every <= _DAY:
                raise DataMissingError(f"{EVERY}: expected seconds as a number up to {_DAY}, such as 30")
            every = max(every, 0.1)
            try:
                root = _root(address, kept_in)
            except OSError as error:
                said = error.strerror or error
                where = kept_in or "the system's folder for temporary files"
                raise DataMissingError(f"{COPY}: {where} cannot be written ({said})") from error
            _copies[address, kept_in] = Copy(address, root, every)
        return _copies[address, kept_in]


def _root(address: str, kept_in: str) -> Path:
    if kept_in:
        root = Path(kept_in) / hashlib.sha256(address.encode()).hexdigest()[:16]
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return root
    _clear_left()
    root, mine = Path(tempfile.mkdtemp(prefix=_PREFIX)), os.getpid()
    _hold(root)
    # Not where a child of this process ends.
    atexit.register(lambda: shutil.rmtree(root, ignore_errors=True) if os.getpid() == mine else None)
    (root / "copy").mkdir()
    return root / "copy"


#: Locks on this process's folders, which end with it however it ends.
_held: list[IO[bytes]] = []
_PREFIX, _LOCK = "landscape-data-", "held"


def _hold(root: Path) -> None:
    if fcntl is not None:
        file = (root / "new").open("wb")
        fcntl.flock(file, fcntl.LOCK_EX)
        _held.append(file)
        # Under its name once it is locked: nobody finds it between the two.
        (root / "new").rename(root / _LOCK)


def _clear_left() -> None:
    """Takes away copies of processes that were killed or lost power: nobody holds their locks any more."""
    for root in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            # What another user has put there is never opened.
            if fcntl is None or root.is_symlink() or root.stat().st_uid != os.geteuid():
                continue
            with (root / _LOCK).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(root)
