"""Data at an address: published to a store, followed by copies, whatever the store does meanwhile."""

from __future__ import annotations

import errno
import json
import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
from moto.server import ThreadedMotoServer
from pyarrow import fs as arrow_fs
from small_set import write_small
from store_faults import FAULTS, HOLES, SOONEST, Hole, Proxy, slowly

import etl
from dashboard.data import line, remote, store
from etl import address
from etl import publish as publishing
from etl.__main__ import main
from etl.publish import NotPublishedError, publish

Copies = Callable[[str], remote.Copy]
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
KEYS = {
    "AWS_ACCESS_KEY_ID": "made",
    "AWS_SECRET_ACCESS_KEY": "made",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}


class Place:
    """Where builds are published: a file of it can be read, written and taken away behind the publisher's back."""

    def __init__(self, filesystem: arrow_fs.FileSystem, root: str, address: str) -> None:
        self.fs, self.root, self.address = filesystem, root, address

    def read(self, path: str) -> bytes:
        with self.fs.open_input_stream(f"{self.root}/{path}") as stream:
            return bytes(stream.read())

    def write(self, path: str, content: bytes) -> None:
        self.fs.create_dir(f"{self.root}/{path}".rpartition("/")[0], recursive=True)
        with self.fs.open_output_stream(f"{self.root}/{path}") as stream:
            stream.write(content)

    def delete(self, path: str) -> None:
        self.fs.delete_file(f"{self.root}/{path}")

    def names(self) -> set[str]:
        return {i.base_name for i in self.fs.get_file_info(arrow_fs.FileSelector(self.root))}

    @property
    def shown(self) -> str:
        """Its address as messages show it."""
        return self.address.partition("?")[0]


class Disk(Place):
    """A folder of a disk that machines share, which can be taken away and brought back."""

    def __init__(self, root: Path) -> None:
        super().__init__(arrow_fs.LocalFileSystem(), str(root), root.as_uri())

    def away(self) -> None:
        Path(self.root).rename(f"{self.root}.away")

    def back(self) -> None:
        Path(f"{self.root}.away").rename(self.root)


class Bucket(Place):
    """A bucket of an S3 server on this machine, which can be taken away and brought back."""

    def __init__(self) -> None:
        self.port = 0
        self.back()
        self.port = self.server.get_host_and_port()[1]
        # What one server of a process holds, the next holds too.
        self.name = f"landscape-{secrets.token_hex(4)}"
        where = {"endpoint_override": f"127.0.0.1:{self.port}", "scheme": "http", "region": "us-east-1"}
        filesystem = arrow_fs.S3FileSystem(**where, allow_bucket_creation=True)
        filesystem.create_dir(self.name)
        super().__init__(
            filesystem, f"{self.name}/china", f"s3://{self.name}/china?{urlencode(where, safe=':')}"
        )

    def away(self) -> None:
        self.server.stop()

    def back(self) -> None:
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self.server.start()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    # Each request is a line of its log.
    monkeypatch.setattr(logging.getLogger("werkzeug"), "disabled", True)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    one = Bucket()
    yield one
    one.server.stop()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """A disk that machines share: `file:///srv/landscape` needs no S3."""
    return Disk(tmp_path / "shared")


#: What goes away and comes back: a client of S3 asks a server that is gone for six seconds before it says so.
GOING = pytest.mark.parametrize("kind", ["disk", pytest.param("bucket", marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Builds in which the one model has another name each."""
    found = {}
    for name in ("One", "Two", "Three"):
        where = tmp_path_factory.mktemp(name)
        etl.build(write_small(where / "raw", models=[{"model_name": name}]), where / "out")
        found[name] = where / "out"
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copies]:
    """Copies of an address in a folder of the test's, which no thread follows unless asked."""
    asked: list[remote.Copy] = []

    def one(address: str) -> remote.Copy:
        (tmp_path / "copy").mkdir(exist_ok=True)
        asked.append(remote.Copy(address, tmp_path / "copy", 0.1))
        return asked[-1]

    yield one
    for each in asked:
        each.stop()


def model(folder: Path) -> str:
    return str(pd.read_parquet(folder / "models.parquet", columns=["model_name"])["model_name"].item())


def until(true: Callable[[], object]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("not within 15 s")


def test_what_is_published_is_what_is_served(bucket: Bucket, made: dict[str, Path], copy: Copies) -> None:
    done = publish(made["One"], bucket.address, NOW)
    assert done.sent and done.kept == 1
    here = copy(bucket.address).folder()
    assert store.snapshot(here) == store.snapshot(made["One"])
    assert done.name.startswith(f"{store.snapshot(here).id}-")
    copied = store.load(here)
    for name, frame in store.load(made["One"]).items():
        pd.testing.assert_frame_equal(copied[name], frame)
    assert publish(made["One"], bucket.address, NOW).sent == 0


def copied(build: Path, place: Place, copy: Copies) -> tuple[remote.Copy, Path]:
    """A copy that runs on a build published just now, and the folder that it serves."""
    publish(build, place.address, NOW)
    one = copy(place.address)
    return one, one.folder()


@pytest.mark.parametrize("kind", ["bucket", "disk"])
def test_a_running_copy_changes_over_and_back(
    kind: str, request: pytest.FixtureRequest, made: dict[str, Path], copy: Copies
) -> None:
    place: Place = request.getfixturevalue(kind)
    one, before = copied(made["One"], place, copy)
    publish(made["Two"], place.address, NOW + timedelta(hours=1))
    until(lambda: one.folder() != before)
    # A run that began on the old build ends on it; pinned links find it.
    assert model(one.folder()) == "Two" and model(before) == "One"
    assert list(store.builds(one.folder()).values()) == [one.folder(), before]
    publish(made["One"], place.address, NOW + timedelta(hours=2))
    until(lambda: one.folder() == before)
    assert next(iter(store.builds(one.folder()).values())) == before
    # While there is a store: a client that asks one that is gone does not end at once.
    one.stop()


def test_kept_builds_come_too_in_their_order(disk: Place, made: dict[str, Path], copy: Copies) -> None:
    for n, name in enumerate(made):
        publish(made[name], disk.address, NOW + timedelta(hours=n))
    one = copy(disk.address)
    until(lambda: len(store.builds(one.folder())) == 3)
    assert list(store.builds(one.folder())) == [store.snapshot(f).id for f in made.values()][::-1]


def test_kept_builds_of_a_store_that_falls_silent_are_not_waited_for_one_by_one(
    disk: Disk,
    made: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """24 of them would keep the newest build away for minutes. One that is damaged alone hides no other."""
    done = [publish(made[name], disk.address, NOW + timedelta(hours=n)) for n, name in enumerate(made)]
    disk.delete(f"{done[1].name}/models.parquet")
    one = remote.Copy(disk.address, tmp_path, 60)
    one.bring()
    one.bring_kept()
    kept = next(tmp_path.glob("*.builds"))
    assert {p.name for p in kept.iterdir()} == {done[0].name, done[2].name}
    assert [r.getMessage().split(": ")[1] for r in caplog.records] == [f"build {done[1].name} is left out"]
    asked = []

    def silent(self: line.Line, path: str) -> None:
        asked.append(path)
        raise line.SilentError("no answer")

    shutil.rmtree(kept / done[0].name)
    monkeypatch.setattr(line.Line, "open", silent)
    one.bring_kept()
    assert len(asked) == 1


def test_kept_builds_are_bounded(
    bucket: Bucket, made: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "SNAPSHOTS_KEPT", 2)
    now = datetime.now(UTC)
    for out in made.values():
        done = publish(out, bucket.address, now)
    assert done.kept == 2 and len(bucket.names()) == 4, "a young one stays: it may be another publisher's"
    bucket.write("notes/of-others.txt", b"kept")
    skewed = now + timedelta(hours=2)
    assert publish(out, bucket.address, skewed).gone == 0, "by the store's clock, not by this machine's"
    monkeypatch.setattr(publishing, "YOUNG", timedelta(seconds=-1))
    assert publish(out, bucket.address, skewed).gone == 1
    assert len(bucket.names()) == 4 and "notes" in bucket.names()


HOLDS = """
import sys
from dashboard.data import remote
print(remote._root("file:///x", ""), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="locks of files that end with their process")
def test_what_a_killed_process_left_is_taken_away_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    """Copies of processes that run stay, and so does what another program or user calls by such a name."""

    def start() -> tuple[subprocess.Popen[str], Path]:
        one = subprocess.Popen(
            [sys.executable, "-c", HOLDS], cwd=store.PROJECT, env=os.environ | {"TMPDIR": str(tmp_path)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert one.stdout
        return one, Path(one.stdout.readline().strip())

    others = tmp_path / "landscape-data-of-others"
    others.mkdir()
    (tmp_path / "landscape-data-link").symlink_to(others)
    (runs, kept), (killed, left) = start(), start()
    assert kept.is_dir() and left.is_dir() and kept.parent.parent == left.parent.parent == tmp_path
    killed.kill()
    killed.communicate()
    assert left.is_dir()
    ends, own = start()
    try:
        assert not left.parent.exists() and kept.is_dir() and own.is_dir() and others.is_dir()
        ends.communicate("", timeout=60)
        assert not own.parent.exists() and kept.is_dir()
    finally:
        for one in (runs, ends):
            one.kill()
            one.communicate()


def test_builds_no_longer_kept_leave_the_copy(
    disk: Place, made: dict[str, Path], copy: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, first = copied(made["One"], disk, copy)
    monkeypatch.setattr(publishing, "SNAPSHOTS_KEPT", 1)
    publish(made["Two"], disk.address, NOW)
    until(lambda: one.folder() != first)
    one.stop()
    assert first.is_dir(), "a run may still read it"
    monkeypatch.setattr(remote, "_STAYS", 0.0)
    one = copy(disk.address)
    until(lambda: one.folder() and not first.exists())
    assert model(one.folder()) == "Two"


@GOING
def test_a_store_that_is_away_is_said_once_and_the_copy_is_served(
    kind: str,
    request: pytest.FixtureRequest,
    made: dict[str, Path],
    copy: Copies,
    caplog: pytest.LogCaptureFixture,
) -> None:
    place: Disk | Bucket = request.getfixturevalue(kind)
    one, served = copied(made["One"], place, copy)
    place.away()
    until(lambda: one.away)
    one.bring()
    assert one.folder() == served and model(served) == "One"
    said = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert [r.levelname for r in said] == ["ERROR"]
    assert "endpoint_override" not in caplog.text
    assert one.away.startswith(f"{place.shown} cannot be read: ")
    # The next start: what was copied is there.
    again = copy(place.address)
    assert again.folder() == served and again.away
    again.stop()
    place.back()
    until(lambda: not one.away)
    assert caplog.records[-1].message == f"{place.shown} can be read again."


SPOILED = {
    "a file that was cut": lambda b, n: b.write(f"{n}/models.parquet", b.read(f"{n}/models.parquet")[:-7]),
    "a file of the same length": lambda b, n: b.write(f"{n}/models.parquet", b"x" * len(b.read(f"{n}/models.parquet"))),
    "a file that grew": lambda b, n: b.write(f"{n}/models.parquet", b.read(f"{n}/models.parquet") + b"x"),
    "a file that is gone": lambda b, n: b.delete(f"{n}/models.parquet"),
    "another descriptor": lambda b, n: b.write(f"{n}/datapackage.json", b.read(f"{n}/datapackage.json") + b" "),
    "a pointer that was cut": lambda b, n: b.write("builds.json", b.read("builds.json")[:40]),
    "a pointer of another format": lambda b, n: b.write("builds.json", b'{"format": "landscape-builds/2", "builds": []}'),
    "a pointer that is a list": lambda b, n: b.write("builds.json", b"[1]"),
    "a pointer out of the folder": lambda b, n: b.write("builds.json", b.read("builds.json").replace(n.encode(), b"../../../etc")),
    "no pointer": lambda b, n: b.delete("builds.json"),
    "a pointer of no end": lambda b, n: b.write("builds.json", b" " * 9_000_000),
}  # fmt: skip


@pytest.mark.parametrize("how", SPOILED)
def test_nothing_but_a_whole_build_is_changed_over_to(
    how: str, disk: Place, made: dict[str, Path], tmp_path: Path, copy: Copies
) -> None:
    publish(made["One"], disk.address, NOW)
    one = copy(disk.address)
    before = one.folder()
    one.stop()
    done = publish(made["Two"], disk.address, NOW)
    SPOILED[how](disk, done.name)
    one.bring()
    assert one.folder() == before and model(before) == "One"
    assert one.away.startswith(f"{disk.address} cannot be read: ") and f"copy of {before.name}" in one.away
    assert [p.name for p in before.parent.iterdir()] == [before.name]
    with pytest.raises(store.DataMissingError, match="There is no copy"):
        remote.Copy(disk.address, tmp_path / "empty", 60).folder()


@pytest.fixture(scope="module")
def spoiling() -> Iterator[Bucket]:
    """A bucket that is written directly and read through a proxy that can fail."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger("werkzeug"), "disabled", True)
        for name, value in KEYS.items():
            patch.setenv(name, value)
        one = Bucket()
        one.proxy = Proxy(one.port)  # type: ignore[attr-defined]
        yield one
        one.proxy.end()  # type: ignore[attr-defined]
        one.server.stop()


def a_place(bucket: Bucket, proxy: Proxy) -> tuple[str, str]:
    """A new place in a bucket: the addresses to write to directly, and to read through the proxy."""
    place = bucket.address.replace("/china?", f"/{secrets.token_hex(4)}?")
    return place, place.replace(f":{bucket.port}", f":{proxy.port}")


@pytest.mark.slow
def test_a_store_that_does_not_answer_keeps_nobody_waiting_where_there_is_a_copy(
    spoiling: Bucket, made: dict[str, Path], copy: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy: Proxy = spoiling.proxy  # type: ignore[attr-defined]
    proxy.fault = None
    place, address = a_place(spoiling, proxy)
    publish(made["One"], place, NOW)
    before = copy(address).folder()
    proxy.fault = slowly
    monkeypatch.setattr(remote, "_PATIENCE", 0.5)
    monkeypatch.setattr(remote, "_PATIENCE_BARE", 0.5)
    began = time.monotonic()
    again = copy(address)
    assert again.folder() == before and again.folder() == before
    assert again.away.endswith(f"cannot be read: no whole answer yet. Served is the copy of {before.name}.")
    with pytest.raises(store.DataMissingError, match="There is no copy"):
        remote.Copy(address, before.parent.parent.parent, 60).folder()
    assert time.monotonic() - began < 10
    proxy.fault = None


@dataclass(frozen=True)
class Published:
    """Two builds in a store: its pointer to the first and to the second, and what a copy of the first holds."""

    first: bytes
    second: bytes
    copied: Path
    address: str


@pytest.fixture(scope="module")
def both(spoiling: Bucket, made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Both are sent once: which of them a copy is to follow is said by the pointer alone."""
    proxy: Proxy = spoiling.proxy  # type: ignore[attr-defined]
    proxy.fault = None
    address, root = (
        spoiling.address.replace(f":{spoiling.port}", f":{proxy.port}"),
        tmp_path_factory.mktemp("copied"),
    )
    publish(made["One"], spoiling.address, NOW)
    first = spoiling.read("builds.json")
    remote.Copy(address, root, 60).bring()
    publish(made["Two"], spoiling.address, NOW)
    return Published(first, spoiling.read("builds.json"), root, address)


@pytest.mark.parametrize(
    "name", [n if n in SOONEST else pytest.param(n, marks=pytest.mark.slow) for n in FAULTS]
)
def test_a_store_that_fails_is_a_sentence_and_the_build_in_hand_is_served(
    name: str,
    spoiling: Bucket,
    both: Published,
    copy: Copies,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    proxy: Proxy = spoiling.proxy  # type: ignore[attr-defined]
    proxy.fault = None
    spoiling.write("builds.json", both.first)
    shutil.copytree(both.copied, tmp_path / "copy")
    place, one = spoiling.shown, copy(both.address)
    before = one.folder()
    one.stop()
    spoiling.write("builds.json", both.second)
    proxy.fault = FAULTS[name]
    began = time.monotonic()
    one.bring()
    assert time.monotonic() - began < 20
    assert one.folder() == before and model(before) == "One"
    said = [r for r in caplog.records if r.levelno >= logging.WARNING and place in r.getMessage()]
    assert [r.levelname for r in said] == ["ERROR"] and not said[0].exc_info
    assert one.away.startswith(f"{place} cannot be read: ") and one.away.count("\n") == 0
    assert f"copy of {before.name}" in one.away and len(one.away) < 500
    # A start without a copy: a sentence, too.
    (tmp_path / "bare").mkdir()
    bare = remote.Copy(both.address, tmp_path / "bare", 60)
    bare.bring()
    assert "There is no copy." in bare.away
    proxy.fault = None
    one.bring()
    assert not one.away and model(one.folder()) == "Two"


#: Addresses of a store on a port of this machine, by scheme.
STORES = {
    "s3": "s3://bucket/china?endpoint_override=127.0.0.1:{}&scheme=http&region=us-east-1",
    "gs": "gs://anonymous@bucket/china?endpoint_override=127.0.0.1:{}&scheme=http",
    "abfs": "abfs://account:a2V5@127.0.0.1:{}/bucket/china?enable_tls=false&credential_kind=anonymous",
}


@pytest.mark.slow
def test_a_store_that_gives_no_answer_is_told_in_time_whatever_its_client_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """All at one time, since what is measured is waiting: a client of S3 waits for 100 seconds, that of Google for 900."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(line, "ANSWER", 4.0)
    asked = [*(("s3", k) for k in HOLES), *((s, k) for s in ("gs", "abfs") for k in HOLES[:2])]
    holes = [Hole(kind) for _, kind in asked]
    copies = []
    for n, ((scheme, _), hole) in enumerate(zip(asked, holes, strict=True)):
        (tmp_path / str(n)).mkdir()
        copies.append(remote.Copy(STORES[scheme].format(hole.port), tmp_path / str(n), 60))
    began = time.monotonic()

    def said(one: remote.Copy) -> str:
        try:
            return str(one.folder())
        except store.DataMissingError as missing:
            # Nor does the end of the process wait.
            one.stop()
            return str(missing)

    with ThreadPoolExecutor(len(copies)) as all_of_them:
        told = list(all_of_them.map(said, copies))
    assert time.monotonic() - began < 20
    for (_, kind), words in zip(asked, told, strict=True):
        # A client that counts redirects may say so first.
        is_counted = kind == "leads in a circle" and "redirects" in words
        assert is_counted or "no answer within 4 seconds; look whether" in words, (kind, words)
        assert words.endswith("There is no copy.")
    # Whoever asked says it: a command to who called it, a server to its log.
    assert not caplog.records and not any("endpoint_override" in words for words in told)
    for hole in holes:
        hole.end()


def test_a_proxy_of_the_company_stands_before_a_store(
    spoiling: Bucket, made: dict[str, Path], copy: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients of Google and Azure look for one themselves, that of S3 does not; NO_PROXY counts for all."""
    proxy: Proxy = spoiling.proxy  # type: ignore[attr-defined]
    proxy.fault = None
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    near = spoiling.address.replace("/china?", f"/{secrets.token_hex(4)} 数据?")
    far = near.replace(f"127.0.0.1:{spoiling.port}", "store.invalid:9000").replace("s3://", "s3://made:made@")
    publish(made["One"], near, NOW)
    assert model(copy(far).folder()) == "One" and any("builds.json" in path for path in proxy.asked)
    proxy.asked.clear()
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert model(copy(near).folder()) == "One" and not proxy.asked
    with pytest.raises(NotPublishedError, match=r"s3://made@.*: parameter nothing: expected one of region"):
        publish(made["One"], f"{far}&nothing=1", NOW)


def test_the_process_that_asks_is_of_this_code_wherever_the_app_stands(
    disk: Disk, made: dict[str, Path], copy: Copies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(made["One"], disk.address, NOW)
    (tmp_path / "dashboard").mkdir()
    (tmp_path / "dashboard" / "__init__.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    assert model(copy(disk.address).folder()) == "One"


def test_a_client_that_ends_its_process_ends_no_other(tmp_path: Path) -> None:
    """That of Azure does so where a key would be sent without encryption."""
    one = remote.Copy("abfs://account:a2V5@127.0.0.1:9/bucket/china?enable_tls=false", tmp_path, 60)
    one.bring()
    assert "the store's client ended its process; why it did stands before this" in one.away


@pytest.mark.parametrize("kind", ["does not accept", "a byte a second"])
def test_a_publisher_does_not_wait_for_a_store_that_gives_no_answer(
    kind: str, made: dict[str, Path], tmp_path: Path
) -> None:
    hole = Hole(kind)
    code = (
        "import sys; from etl import publish; publish.ANSWER = 1.5; publish.SLOWEST = 10**6; "
        "sys.exit(publish.command(sys.argv[1:], None))"
    )
    began = time.monotonic()
    line = [sys.executable, "-c", code, STORES["s3"].format(hole.port), "--out", str(made["One"])]
    done = subprocess.run(
        line, cwd=store.PROJECT, env=os.environ | KEYS, capture_output=True, text=True, check=False
    )
    hole.end()
    assert done.returncode == 1 and time.monotonic() - began < 15
    assert done.stderr == (
        "s3://bucket/china: no answer within 1.5 seconds; look whether the address is right and whether a firewall, a "
        "proxy or a redirect leads to where nothing answers\n"
    )


def test_what_could_not_be_cleared_away_is_no_failure_to_publish(
    disk: Disk, made: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A publisher that may write and not delete: the build is served, and the command says what stays."""

    def refused(*_: object) -> int:
        raise PermissionError("Access Denied")

    monkeypatch.setattr(publishing, "_clear", refused)
    assert main(["publish", disk.address, "--out", str(made["One"])]) == 0
    out, err = capsys.readouterr()
    assert "is served at" in out and "stay at" in err and "Access Denied" in err
    assert remote.listed(disk.read("builds.json"))


def test_what_a_publisher_left_that_was_ended_goes_with_a_later_one(
    disk: Disk, made: dict[str, Path]
) -> None:
    publish(made["One"], disk.address, NOW)
    left, young = Path(disk.root, "builds.json.0123abcd.part"), Path(disk.root, "builds.json.abcd0123.part")
    for path in (left, young, Path(disk.root, "notes.part")):
        path.write_text("half")
    os.utime(left, (0, 0))
    os.utime(Path(disk.root, "notes.part"), (0, 0))
    publish(made["Two"], disk.address, NOW)
    assert not left.exists() and young.exists() and Path(disk.root, "notes.part").exists()


def test_two_publishers_of_one_build_write_no_file_of_each_other(disk: Disk, made: dict[str, Path]) -> None:
    """Both write the same names: each ends with whole files, and nothing half is left."""
    failed: list[Exception] = []

    def one() -> None:
        try:
            publish(made["One"], disk.address, datetime.now(UTC))
        except Exception as error:
            failed.append(error)

    for _ in range(5):
        shutil.rmtree(disk.root, ignore_errors=True)
        both = [threading.Thread(target=one) for _ in range(4)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert not failed
        assert len(remote.listed(disk.read("builds.json"))) == 1
        assert not list(Path(disk.root).rglob("*.part"))


def test_a_copy_that_was_damaged_here_is_fetched_again(
    disk: Place, made: dict[str, Path], copy: Copies
) -> None:
    publish(made["One"], disk.address, NOW)
    one = copy(disk.address)
    served = one.folder()
    (served / "models.parquet").write_bytes(b"cut")
    until(lambda: remote._is_whole(served))
    assert model(served) == "One"


@pytest.mark.parametrize("spoil", ["gone", "cut", "exchanged", "nowhere"])
def test_what_is_no_whole_build_is_not_published(
    spoil: str, disk: Place, made: dict[str, Path], tmp_path: Path
) -> None:
    publish(made["One"], disk.address, NOW)
    before = disk.read("builds.json")
    out = tmp_path / "out"
    if spoil != "nowhere":
        shutil.copytree(made["Two"], out)
        content = (out / "models.parquet").read_bytes()
        (out / "models.parquet").write_bytes(content[:-3] if spoil == "cut" else b"x" * len(content))
        if spoil == "gone":
            (out / "models.parquet").unlink()
    with pytest.raises(NotPublishedError, match="run `python -m etl`"):
        publish(out, disk.address, NOW)
    assert disk.read("builds.json") == before


def test_the_command_says_what_it_did(
    bucket: Bucket, made: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["publish", bucket.address, "--out", str(made["One"])]
    assert main(line) == 0 and "bytes sent; 1 kept" in capsys.readouterr().out
    assert main(line) == 0 and "it was there already" in capsys.readouterr().out
    bucket.write("builds.json", b"{}")
    assert main(line) == 1 and "move it away" in capsys.readouterr().err
    for wrong in ("/some/folder", "gopher://x/y"):
        assert main(["publish", wrong, "--out", str(made["One"])]) == 1
        assert wrong in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["a file", pytest.param("bucket", marks=pytest.mark.slow)])
def test_the_command_says_that_a_store_cannot_be_written_to(
    kind: str,
    request: pytest.FixtureRequest,
    made: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if kind == "bucket":
        place: Disk | Bucket = request.getfixturevalue(kind)
        place.away()
    else:
        (tmp_path / "shared").write_bytes(b"no folder")
        place = Disk(tmp_path / "shared")
    assert main(["publish", place.address, "--out", str(made["One"])]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{place.shown}: ") and said.count("\n") == 1
    if kind == "bucket":
        place.back()


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("s3://b/k", True), ("gs://b", True), ("abfs://c@a.dfs.core.windows.net/x", True), ("file:///srv", True),
     ("/srv/data", False), ("C:\\data", False), ("C:/data", False), ("data", False), ("", False)],
)  # fmt: skip
def test_addresses_are_told_from_folders(text: str, is_one: bool) -> None:
    assert address.is_address(text) is is_one


@pytest.mark.parametrize(
    ("written", "read"),
    [("s3://b/k", "s3://b/k"), (" S3://b/a b#c/数据?region=eu-1 ", "s3://b/a%20b%23c/%E6%95%B0%E6%8D%AE?region=eu-1"),
     ("file://localhost/srv/ü", "file:///srv/%C3%BC"), ("file:///srv/a%20b", "file:///srv/a%20b"),
     ("abfs://c@a.dfs.core.windows.net/x", "abfs://c@a.dfs.core.windows.net/x")],
)  # fmt: skip
def test_addresses_are_read_as_people_write_them(written: str, read: str) -> None:
    assert address.spelled(written) == read


def test_a_folder_with_blanks_and_chinese_signs_is_published_to_and_read(
    made: dict[str, Path], tmp_path: Path, copy: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is written where its name ends at a `#`."""
    where = f"file://{tmp_path}/数据 store#1"
    assert publish(made["One"], where, NOW).sent
    assert {p.name for p in tmp_path.iterdir()} == {"数据 store#1"}
    assert model(copy(f" {where}/").folder()) == "One"
    # A file of settings that was edited on Windows.
    monkeypatch.setenv("LANDSCAPE_DATA", f"{made['Two']}/\r")
    assert store.served_folder() == store.place_of(made["Two"])


def test_what_this_machine_refuses_is_not_put_on_the_store(
    disk: Disk, made: dict[str, Path], copy: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, most of all: the build in hand is served, nothing half stays, and the next look heals."""
    publish(made["One"], disk.address, NOW)
    one = copy(disk.address)
    before = one.folder()
    one.stop()
    publish(made["Two"], disk.address, NOW)

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as here:
        here.setattr(remote.os, "fsync", full)
        one.bring()
    assert f"cannot be kept on this machine ({one.root}: No space left on device)" in one.away
    assert one.folder() == before and not list((one.root / "fetching").iterdir())
    one.bring()
    assert not one.away and model(one.folder()) == "Two"


def test_what_a_client_says_of_an_address_names_no_secret(tmp_path: Path) -> None:
    for wrong in ("s3://key:secret@bucket/x?secret=y&nothing=z", "s4://key:secret@bucket/x?secret=y"):
        one = remote.Copy(wrong, tmp_path, 60)
        one.bring()
        assert "secret" not in one.away and "key@bucket/x cannot be read" in one.away
    assert "expected s3://, gs://, abfs:// or file://" in one.away


def test_messages_name_no_secret() -> None:
    shown = address.shown("abfs://name:secret@container.dfs.core.windows.net/x?sig=secret")
    assert shown == "abfs://name@container.dfs.core.windows.net/x"
    assert address.shown("s3://key:secret@bucket/x?endpoint_override=y") == "s3://key@bucket/x"


SERVED = """
import json, sys, time
from starlette.testclient import TestClient
from dashboard import asgi
from dashboard.data.memory import MEMORIES
with TestClient(asgi.app) as client:
    for path in sys.stdin:
        answer = client.get(path.strip())
        made = max((m.held().entries for m in MEMORIES if m.name == "rows and words of chart cards"), default=0)
        print(json.dumps([answer.status_code, answer.json() | {"made": made}]), flush=True)
"""


@GOING
def test_the_app_tells_what_it_serves(
    kind: str, request: pytest.FixtureRequest, made: dict[str, Path]
) -> None:
    """The whole of it in a process of its own: no build yet, a build, another one, the store away."""
    place: Disk | Bucket = request.getfixturevalue(kind)
    more = {"LANDSCAPE_DATA": place.address, "LANDSCAPE_DATA_SECONDS": "0.2"}
    app = subprocess.Popen(
        [sys.executable, "-c", SERVED], cwd=store.PROJECT, env=os.environ | more, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert app.stdin and app.stdout and app.stderr

    def health(path: str = "/healthz") -> tuple[int, dict[str, Any]]:
        assert app.stdin and app.stdout
        print(path, file=app.stdin, flush=True)
        code, said = json.loads(app.stdout.readline())
        return code, said

    try:
        code, said = health()
        assert code == 503 and "python -m etl publish" in said["reason"]
        until(lambda: health("/readyz")[1]["status"] != "warming up")
        assert health("/readyz")[0] == 503 and "python -m etl publish" in health("/readyz")[1]["reason"]
        publish(made["One"], place.address, NOW)
        until(lambda: health()[0] == 200)
        until(lambda: health("/readyz")[0] == 200)
        assert health("/readyz")[1]["made"] > 0, (
            "ready is a replica that came without data once its cards are made, too"
        )
        assert health()[1]["snapshot"] == store.snapshot(made["One"]).id and health()[1]["status"] == "ok"
        publish(made["Two"], place.address, NOW)
        second = store.snapshot(made["Two"]).id
        until(lambda: health()[1]["snapshot"] == second)
        place.away()
        until(lambda: health()[1]["status"] != "ok")
        code, said = health()
        assert code == 200 and said["status"] == "the data's address is away" and said["snapshot"] == second
        assert f"{place.shown} cannot be read" in said["reason"]
    finally:
        place.back()
        app.stdin.close()
        errors = app.stderr.read()
        app.wait(timeout=30)
    assert app.returncode == 0 and "Traceback" not in errors
    assert errors.count("cannot be read") == 2, errors


@pytest.mark.parametrize("seconds", ["often", "nan", "inf", "0", "-3", "1e9"])
def test_seconds_between_two_looks_are_a_number(
    seconds: str, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that waits for `nan` seconds ends, and no build would come any more."""
    monkeypatch.setenv("LANDSCAPE_DATA_SECONDS", seconds)
    with pytest.raises(store.DataMissingError, match="expected seconds as a number up to 86400"):
        remote.copy(disk.address)


def test_commands_read_an_address(
    disk: Place, made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.__main__ import main as run

    publish(made["One"], disk.address, NOW)
    monkeypatch.setenv("LANDSCAPE_COPY", str(tmp_path / "kept"))
    out = tmp_path / "one.csv"
    assert run(["chart", "governance-mix", "--data", disk.address, "--out", str(out), "--quiet"]) in (0, 1)
    assert next((tmp_path / "kept").glob("*/copied.builds/*")).is_dir()
    for one in remote._copies.values():
        one.stop()
