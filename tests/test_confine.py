"""Rights of the process that reads strangers' files: what is tried from within it, on the system at hand."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.deck import confine, spare

ROOT = Path(__file__).parents[1]
TRIES = """
import os, socket, sys
from dashboard.deck import confine
held = confine.early()
import lxml.etree, pandas
held += confine.late([__import__("pathlib").Path(sys.argv[1])])
port, server, secret, outside = int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]

def writes(path):
    with open(path, "wb") as file:
        file.write(b"x" * 5000)

def connects(family, to):
    with socket.socket(family) as one:
        one.settimeout(2)
        one.connect(to)

tries = {
    "data": lambda: open(f"{sys.argv[1]}/table").read(),
    "code": lambda: __import__("dashboard.deck.merge"),
    "secret": lambda: open(secret).read(),
    "environment of the server": lambda: open(f"/proc/{server}/environ").read(),
    "passwd": lambda: open("/etc/passwd").read(),
    "new file": lambda: writes(outside),
    "file of the build": lambda: writes(f"{sys.argv[1]}/table"),
    "shared memory": lambda: writes("/dev/shm/landscape"),
    "connection": lambda: connects(socket.AF_INET, ("127.0.0.1", port)),
    "hidden socket": lambda: connects(socket.AF_UNIX, "\\0landscape-" + str(port)),
    "signal": lambda: os.kill(server, 0),
    "program": lambda: os.posix_spawn("/bin/true", ["true"], {}) and 1 / (os.wait()[1] == 0),
}
for name, does in tries.items():
    try:
        does()
        print(name, "done", sep="=")
    except Exception as error:
        print(name, type(error).__name__, sep="=")
print("held", "; ".join(sorted(set(held))), sep="=")
"""


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each try, by name; "done" where it succeeded."""
    folder = tmp_path_factory.mktemp("confined")
    (folder / "build").mkdir()
    (folder / "build" / "table").write_text("rows")
    (folder / "secret").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as listens, socket.socket(socket.AF_UNIX) as hidden:
        port = listens.getsockname()[1]
        if sys.platform == "linux":
            hidden.bind(f"\0landscape-{port}")
            hidden.listen()
        asked = [folder / "build", port, os.getpid(), folder / "secret", folder / "new"]
        done = subprocess.run(
            [sys.executable, "-c", TRIES, *map(str, asked)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=120,
        )
    assert (folder / "build" / "table").read_text() == "rows" or "file grows" not in done.stdout
    return dict(line.split("=") for line in done.stdout.splitlines())


def test_what_the_work_needs_is_there(came: dict[str, str]) -> None:
    assert came["data"] == came["code"] == "done"


@pytest.mark.skipif(sys.platform != "linux", reason="bounds of Linux")
def test_each_bound_that_is_told_holds(came: dict[str, str]) -> None:
    held = came["held"].split("; ")
    print("held here:", held)
    refused = {
        confine.NO_NETWORK: ["connection"],
        confine.NO_WRITING: ["new file", "file of the build", "shared memory"],
        confine.NO_READING: [
            "secret",
            "environment of the server",
            "passwd",
            "new file",
            "file of the build",
            "program",
        ],
    }
    for bound in held:
        for name in refused.get(bound, []):
            assert came[name] != "done", (bound, name)
    # Every kernel in use has these two.
    assert {confine.NO_RIGHTS, confine.NO_WRITING} <= set(held)


def test_the_process_knows_no_secret_and_stands_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_SECRET_KEY", "hush")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    process = spare.started()
    try:
        if sys.platform == "linux":
            assert b"hush" not in Path(f"/proc/{process.pid}/environ").read_bytes()
            assert not list(Path(f"/proc/{process.pid}/cwd").iterdir())
    finally:
        process.kill()
        process.communicate()


def test_an_empty_folder_that_was_swept_away_is_made_again() -> None:
    folder = spare._empty()
    folder.rmdir()
    again = spare._empty()
    assert again.is_dir() and not list(again.iterdir())
