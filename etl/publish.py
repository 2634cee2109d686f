"""`python -m etl publish ADDRESS`: puts a build where other machines read it (`s3://`, `gs://`, `abfs://`, `file://`).

Each build is a folder of its own, named by its content and never written again; `builds.json`, written last, says which
one is served and which are kept. Who reads sees the old build until then and the new one after: never half of one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import secrets
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pyarrow import ArrowException
from pyarrow import fs as arrow_fs

from etl.address import is_address, opened, reason, shown
from etl.write import SNAPSHOTS_KEPT

POINTER, FORMAT = "builds.json", "landscape-builds/1"
#: A build that nothing names may be another publisher's, half written.
YOUNG = timedelta(hours=1)
#: Seconds for an answer of the store, more for each byte that is sent with the question; and for the list of what is there.
ANSWER, SLOWEST, LISTING = 10.0, 20_000, 120.0
#: Told before each question to the store: in how many seconds at most its answer is there.
Waits = Callable[[float], object]
_HALF = re.compile(rf"(?:^|/){re.escape(POINTER)}\.[0-9a-f]{{8}}\.part$")
_BUILD = re.compile(r"[0-9a-z]{8}-[0-9a-f]{16}")


class NotPublishedError(Exception):
    """The build is not at the address; what was served there still is. The sentence says why."""


@dataclass(frozen=True)
class Published:
    """The folder of the build, the bytes sent for it (0 where it was there), how many builds are kept and went.

    `stayed` is why builds that nothing names were not removed, "" where they were.
    """

    name: str
    sent: int
    kept: int
    gone: int
    stayed: str = ""


def publish(out: Path, address: str, now: datetime, waits: Waits = lambda seconds: None) -> Published:
    """Puts the build in `out` beside those at `address`, and makes it the one that is served.

    The newest `SNAPSHOTS_KEPT` snapshots are kept; publishing one of them again makes it the one served, so one goes
    back by publishing an older folder. Credentials are those of the environment, as the store's own tools find them.

    Raises:
        NotPublishedError: `out` holds no whole build, or the store did not take it.
    """
    if not is_address(address):
        raise NotPublishedError(f"{address}: expected an address such as s3://bucket/folder")
    content, files = _whole(out)
    digest = hashlib.sha256(content).hexdigest()
    name = f"{json.loads(content)['snapshot']['id']}-{digest[:16]}"
    try:
        waits(ANSWER)
        filesystem, root = opened(address)
        before = _listed(filesystem, f"{root}/{POINTER}")
        sent = _send(filesystem, f"{root}/{name}", content, files, waits)
        entry = {"name": name, "descriptor": digest, "published": now.isoformat(timespec="seconds")}
        builds = _kept([entry, *(b for b in before if b["name"] != name)])
        text = json.dumps({"format": FORMAT, "builds": builds}, indent=1) + "\n"
        _put(filesystem, f"{root}/{POINTER}", text.encode(), waits)
    except (OSError, ArrowException, ValueError) as error:
        raise NotPublishedError(f"{shown(address)}: {reason(error, address)}") from error
    try:
        gone = _clear(filesystem, root, {b["name"] for b in builds}, waits)
    except (OSError, ArrowException) as error:
        # Served it is all the same.
        return Published(name, sent, len(builds), 0, reason(error, address))
    return Published(name, sent, len(builds), gone)


def _whole(out: Path) -> tuple[bytes, dict[str, bytes]]:
    """The descriptor of a build and its files, each as the build wrote it."""
    path = out / "datapackage.json"
    try:
        content = path.read_bytes()
        resources = json.loads(content)["resources"]
        files = {str(r["path"]): (out / r["path"]).read_bytes() for r in resources}
        told = {str(r["path"]): r["hash"] for r in resources}
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = f"{error.filename} is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise NotPublishedError(f"{out}: no whole build ({said}); run `python -m etl` first") from error
    for name, data in files.items():
        if told[name] != f"sha256:{hashlib.sha256(data).hexdigest()}":
            raise NotPublishedError(f"{out / name}: another file than its build wrote; run `python -m etl`")
    return content, files


def _listed(filesystem: Any, path: str) -> list[dict[str, str]]:
    if filesystem.get_file_info(path).type == arrow_fs.FileType.NotFound:
        return []
    with filesystem.open_input_stream(path) as stream:
        content = bytes(stream.read())
    try:
        found = json.loads(content)
        if found["format"] != FORMAT:
            raise ValueError
        return [{k: str(b[k]) for k in ("name", "descriptor", "published")} for b in found["builds"]]
    except (ValueError, KeyError, TypeError) as error:
        said = f"not what this command writes (expected {FORMAT}); move it away to begin anew"
        raise NotPublishedError(f"{path}: {said}") from error


def _kept(builds: list[dict[str, str]]) -> list[dict[str, str]]:
    """One build of each of the newest snapshots."""
    first: dict[str, dict[str, str]] = {}
    for build in builds:
        first.setdefault(build["name"].split("-")[0], build)
    return list(first.values())[:SNAPSHOTS_KEPT]


def _send(filesystem: Any, folder: str, content: bytes, files: dict[str, bytes], waits: Waits) -> int:
    """Writes a build, its descriptor last: where that stands, the build is whole and need not be sent again."""
    waits(ANSWER)
    told = filesystem.get_file_info(f"{folder}/datapackage.json")
    if told.type == arrow_fs.FileType.File and told.size == len(content):
        return 0
    filesystem.create_dir(folder, recursive=True)
    for name, data in files.items():
        _put(filesystem, f"{folder}/{name}", data, waits)
    _put(filesystem, f"{folder}/datapackage.json", content, waits)
    return sum(map(len, files.values())) + len(content)


def _put(filesystem: Any, path: str, data: bytes, waits: Waits) -> None:
    """Writes one file. Stores show it when it is whole; a folder of this machine would show half of it."""
    is_folder = isinstance(filesystem, arrow_fs.LocalFileSystem)
    # A name of its own: another publisher may write the same file at the same time.
    written = f"{path}.{secrets.token_hex(4)}.part" if is_folder else path
    waits(ANSWER + len(data) / SLOWEST)
    try:
        with filesystem.open_output_stream(written) as stream:
            stream.write(data)
        if is_folder:
            filesystem.move(written, path)
    except BaseException:
        if is_folder:
            with suppress(OSError):
                filesystem.delete_file(written)
        raise


def _clear(filesystem: Any, root: str, named: set[str], waits: Waits) -> int:
    """Deletes builds that the pointer does not name, unless they are young.

    By the store's own clock, which has just dated the pointer: this machine's may be hours away from it, and what another
    publisher is writing must not look old.
    """
    waits(LISTING)
    found = filesystem.get_file_info(arrow_fs.FileSelector(root, recursive=True))
    newest: dict[str, datetime] = {}
    for info in found:
        top = info.path.removeprefix(root).lstrip("/").split("/")[0]
        if info.type == arrow_fs.FileType.File and _BUILD.fullmatch(top) and top not in named:
            newest[top] = max(newest.get(top, info.mtime), info.mtime)
    now = max(i.mtime for i in found if i.path.endswith(f"/{POINTER}"))
    old = [name for name, written in newest.items() if now - written > YOUNG]
    for half in (i for i in found if _HALF.search(i.path) and now - i.mtime > YOUNG):
        # Of a publisher that was ended; one within a build goes with it.
        waits(ANSWER)
        filesystem.delete_file(half.path)
    for name in old:
        waits(LISTING)
        filesystem.delete_dir(f"{root}/{name}")
    return len(old)


class _Patience:
    """Ends this process with a sentence where the store does not answer in time.

    Clients of stores wait for minutes, each by its own rule, and cannot be called back from another thread; a process that
    ends by the usual way waits for them.
    """

    def __init__(self, sentence: str) -> None:
        self._sentence, self._timer = sentence, threading.Timer(0, lambda: None)

    def __call__(self, seconds: float) -> None:
        self.stop()
        self._timer = threading.Timer(seconds, self._end, [seconds])
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Waits for nothing any more."""
        self._timer.cancel()

    def _end(self, seconds: float) -> None:
        print(self._sentence.format(seconds), file=sys.stderr, flush=True)
        os._exit(1)


def command(arguments: list[str], built: Path) -> int:
    """Runs `python -m etl publish`; 0 when the build is served there, 1 when it is not."""
    parser = argparse.ArgumentParser(prog="python -m etl publish", description=(__doc__ or "").strip())
    parser.add_argument("address", help="such as s3://bucket/folder; credentials are the environment's")
    parser.add_argument("--out", type=Path, default=built, help="folder of the build to publish")
    a = parser.parse_args(arguments)
    patience = _Patience(
        f"{shown(a.address).replace('{', '{{').replace('}', '}}')}: no answer within {{:g}} seconds; look whether the "
        "address is right and whether a firewall, a proxy or a redirect leads to where nothing answers"
    )
    try:
        done = publish(a.out, a.address, datetime.now(UTC), patience)
    except NotPublishedError as refused:
        print(refused, file=sys.stderr)
        return 1
    finally:
        patience.stop()
    if done.stayed:
        print(
            f"Builds that nothing names any more stay at {shown(a.address)}: {done.stayed}", file=sys.stderr
        )
    sent = f"{done.sent:,} bytes sent" if done.sent else "it was there already"
    gone = f", {done.gone} removed" if done.gone else ""
    print(f"{done.name} is served at {shown(a.address)} ({sent}; {done.kept} kept{gone})")
    return 0
