"""Takes rights from the process that reads strangers' files, as far as the system lets a plain user do so.

Each bound is tried and none is required: what the system lacks is told, and the process goes on with the others. Nothing of
the product is imported here, since `early` runs while the process has one thread and has read nothing.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has no such limits.
    resource = None  # type: ignore[assignment]

#: What the bounds are called; `early` and `late` tell which of them hold.
NO_RIGHTS, NO_NETWORK, NO_WRITING, NO_READING = (
    "no new rights",
    "no network",
    "no file grows",
    "no file but those of the product and its data",
)
ALL = (NO_RIGHTS, NO_NETWORK, NO_WRITING, NO_READING)
#: Words of the environment that the process needs; none of them is a secret.
_KEPT = (
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "PYTHONHOME",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "LANDSCAPE_OVERLAY",
)
#: Files open at once.
_MOST_FILES = 256

# Numbers of Linux: <linux/prctl.h>, <linux/sched.h>, <linux/capability.h>, <linux/landlock.h>.
_NO_NEW_PRIVS = 38
_NEWUSER, _NEWNET = 0x10000000, 0x40000000
_CAPABILITY_VERSION, _READ_ANY_FILE = 0x20080522, 1 << 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
#: Rights over files that are handled, by the version that brought them: the first knows 13.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
_TCP, _TCP_SINCE = 0b11, 4
_SCOPES, _SCOPES_SINCE = 0b11, 6


def environment(of: Mapping[str, str]) -> dict[str, str]:
    """What of an environment the process is given: no word that could be a secret."""
    return {name: of[name] for name in _KEPT if name in of}


def early() -> list[str]:
    """Bounds of the first moment: no rights by programs of other users, no network, no core file, few open files.

    Returns:
        Those that hold.
    """
    held: list[str] = []
    # Where memory runs out it is this process that ends, not the server with all its readers.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    if resource is not None:
        for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, _MOST_FILES)):
            with suppress(OSError, ValueError):
                resource.setrlimit(what, (most, most))
    libc = _libc()
    if libc is None:
        return held
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        held.append(NO_RIGHTS)
    # A user who may not make a network of his own may where he is somebody in a world of his own.
    if libc.unshare(_NEWNET) == 0 or libc.unshare(_NEWUSER | _NEWNET) == 0:
        held.append(NO_NETWORK)
    _drop_capabilities(libc)
    return held


def late(readable: Iterable[Path]) -> list[str]:
    """Bounds from the moment on which the file is touched: nothing is written, and only what is named is read.

    Args:
        readable: Folders of the build.

    Returns:
        Those that hold. Of connections, those by TCP are refused, too, and no process outside gets a signal.
    """
    held = []
    if resource is not None:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
            held.append(NO_WRITING)
    libc = _libc()
    version = 0 if libc is None else libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if libc is None or version < 1:
        return held
    if _lock(libc, version, [*_of_the_program(), *readable]):
        held.append(NO_READING)
        if version >= _TCP_SINCE:
            held.append(NO_NETWORK)
    return held


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """All powers above those of a plain user; root keeps the one of reading, which its data may need."""
    kept = _READ_ANY_FILE if os.geteuid() == 0 else 0
    head = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)
    libc.capset(head, sets)


def _of_the_program() -> list[Path]:
    """Where Python, its libraries and the product's code lie; secrets lie beside the code, so not the folder of both."""
    root = Path(__file__).parents[2]
    paths = [Path(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path) if p]
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share", "/etc/ld.so.cache", "/etc/localtime", "/dev/null",
              "/dev/urandom"]  # fmt: skip
    inside = root.resolve()
    mine = [p for p in paths if not inside.is_relative_to(p.resolve())]
    return [*mine, root / "dashboard", root / "etl", *map(Path, system)]


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _lock(libc: ctypes.CDLL, version: int, readable: list[Path]) -> bool:
    """Landlock: this thread and what it starts read what is named, and nothing else."""
    rights = next(n for since, n in sorted(_FILE_RIGHTS.items(), reverse=True) if version >= since)
    rules = _Ruleset(
        (1 << rights) - 1, _TCP if version >= _TCP_SINCE else 0, _SCOPES if version >= _SCOPES_SINCE else 0
    )
    # A version knows the words up to its own, and refuses longer ones.
    known = 24 if version >= _SCOPES_SINCE else 16 if version >= _TCP_SINCE else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(known), 0)
    if ruleset < 0:
        return False
    try:
        for path in dict.fromkeys(readable):
            try:
                opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                allowed = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
                beneath = _Beneath(allowed, opened)
                libc.syscall(_ADD_RULE, ruleset, _BENEATH, ctypes.byref(beneath), 0)
            finally:
                os.close(opened)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)
