"""`python -m etl publish ADDRESS`: puts a build where other machines read it (`s3://`, `gs://`, `abfs://`, `file://`).

Each build is a folder of its own, named by its content and never written again; `builds.json`, written last, says which
one is served and which are kept. Who reads sees the old build until then and the new one after: never half of one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pyarrow import ArrowException
from pyarrow import fs as arrow_fs

from etl.write import SNAPSHOTS_KEPT

POINTER, FORMAT = "builds.json", "landscape-builds/1"
#: A build that nothing names may be another publisher's, half written.
YOUNG = timedelta(hours=1)
_BUILD = re.compile(r"[0-9a-z]{8}-[0-9a-f]{16}")
_FINE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class NotPublishedError(Exception):
    """The build is not at the address; what was served there still is. The sentence says why."""


@dataclass(frozen=True)
class Published:
    """The folder of the build, the bytes sent for it (0 where it was there), how many builds are kept and went."""

    name: str
    sent: int
    kept: int
    gone: int


def publish(out: Path, address: str, now: datetime) -> Published:
    """Puts the build in `out` beside those at `address`, and makes it the one that is served.

    The newest `SNAPSHOTS_KEPT` snapshots are kept; publishing one of them again makes it the one served, so one goes
    back by publishing an older folder. Credentials are those of the environment, as the store's own tools find them.

    Raises:
        NotPublishedError: `out` holds no whole build, or the store did not take it.
    """
    if not _FINE.match(address):
        raise NotPublishedError(f"{address}: expected an address such as s3://bucket/folder")
    content, files = _whole(out)
    digest = hashlib.sha256(content).hexdigest()
    name = f"{json.loads(content)['snapshot']['id']}-{digest[:16]}"
    try:
        filesystem, root = arrow_fs.FileSystem.from_uri(address)
        root = root.rstrip("/")
        before = _listed(filesystem, f"{root}/{POINTER}")
        sent = _send(filesystem, f"{root}/{name}", content, files)
        entry = {"name": name, "descriptor": digest, "published": now.isoformat(timespec="seconds")}
        builds = _kept([entry, *(b for b in before if b["name"] != name)])
        text = json.dumps({"format": FORMAT, "builds": builds}, indent=1) + "\n"
        _put(filesystem, f"{root}/{POINTER}", text.encode())
        gone = _clear(filesystem, root, {b["name"] for b in builds}, now)
    except (OSError, ArrowException) as error:
        raise NotPublishedError(f"{_shown(address)}: {' '.join(str(error).split())}") from error
    return Published(name, sent, len(builds), gone)


def _shown(address: str) -> str:
    return re.sub(r"//([^/@:]*):[^/@]*@", r"//\1@", address.partition("?")[0])


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


def _send(filesystem: Any, folder: str, content: bytes, files: dict[str, bytes]) -> int:
    """Writes a build, its descriptor last: where that stands, the build is whole and need not be sent again."""
    told = filesystem.get_file_info(f"{folder}/datapackage.json")
    if told.type == arrow_fs.FileType.File and told.size == len(content):
        return 0
    filesystem.create_dir(folder, recursive=True)
    for name, data in files.items():
        _put(filesystem, f"{folder}/{name}", data)
    _put(filesystem, f"{folder}/datapackage.json", content)
    return sum(map(len, files.values())) + len(content)


def _put(filesystem: Any, path: str, data: bytes) -> None:
    """Writes one file. Stores show it when it is whole; a folder of this machine would show half of it."""
    is_folder = isinstance(filesystem, arrow_fs.LocalFileSystem)
    written = f"{path}.part" if is_folder else path
    with filesystem.open_output_stream(written) as stream:
        stream.write(data)
    if is_folder:
        filesystem.move(written, path)


def _clear(filesystem: Any, root: str, named: set[str], now: datetime) -> int:
    """Deletes builds that the pointer does not name, unless they are young."""
    found = filesystem.get_file_info(arrow_fs.FileSelector(root, recursive=True))
    newest: dict[str, datetime] = {}
    for info in found:
        top = info.path.removeprefix(root).lstrip("/").split("/")[0]
        if info.type == arrow_fs.FileType.File and _BUILD.fullmatch(top) and top not in named:
            newest[top] = max(newest.get(top, info.mtime), info.mtime)
    old = [name for name, written in newest.items() if now - written > YOUNG]
    for name in old:
        filesystem.delete_dir(f"{root}/{name}")
    return len(old)


def command(arguments: list[str], built: Path) -> int:
    """Runs `python -m etl publish`; 0 when the build is served there, 1 when it is not."""
    parser = argparse.ArgumentParser(prog="python -m etl publish", description=(__doc__ or "").strip())
    parser.add_argument("address", help="such as s3://bucket/folder; credentials are the environment's")
    parser.add_argument("--out", type=Path, default=built, help="folder of the build to publish")
    a = parser.parse_args(arguments)
    try:
        done = publish(a.out, a.address, datetime.now(UTC))
    except NotPublishedError as refused:
        print(refused, file=sys.stderr)
        return 1
    sent = f"{done.sent:,} bytes sent" if done.sent else "it was there already"
    gone = f", {done.gone} removed" if done.gone else ""
    print(f"{done.name} is served at {_shown(a.address)} ({sent}; {done.kept} kept{gone})")
    return 0
