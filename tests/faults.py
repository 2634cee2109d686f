"""The fault matrix: what befalls a build and a served app, what is kept, what is said, and whether it heals.

`python tests/faults.py` (`make faults`) runs all of it on the small sound set in a folder of its own and prints a table;
exit status 1 where a fault lost something, ended in a traceback, said nothing or did not heal. Full disks are a tmpfs where
this user may mount one, else a limit on the size of files; files that may not be read are so for root, too, by giving up
its right to pass over permissions. A wrong clock is that of a process where libfaketime is installed, and of files.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import served_app  # noqa: E402
from hostile import sign  # noqa: E402
from small_set import write_small  # noqa: E402

from dashboard.data import store  # noqa: E402
from etl.__main__ import main as command_line  # noqa: E402

#: Seconds after which a build or an answer counts as hanging; other work on the machine must not pass for it.
PATIENCE = 150


@dataclass(frozen=True)
class Outcome:
    """What came of one fault; `wrong` is empty where it was as wanted."""

    what: str
    fault: str
    wrong: tuple[str, ...]
    reader: str = ""
    operator: str = ""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    said: str


def humble() -> None:
    """Gives up root's right to pass over permissions, in this process and what it starts (capset of Linux)."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, held = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, held)
    for n in (0, 1, 2):
        # Effective, permitted and inheritable rights 0 to 31; the two are dac_override and dac_read_search.
        held[n] &= ~0b110
    if libc.capset(header, held):
        raise OSError(ctypes.get_errno(), "capset")
    for right in (1, 2):
        libc.prctl(24, right, 0, 0, 0)


def run(do: Callable[[], int], before: Callable[[], object] = humble, kill_after: float = 0) -> Ended:
    """A command in a process of its own, forked: what it says on both streams, and how it ends; -1 where it hangs."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))  # noqa: SIM115
                before()
                code = do()
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        end = time.monotonic() + (kill_after or PATIENCE)
        while (done := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                done = (child, -1)
                break
            time.sleep(0.01)
        said.seek(0)
        text = said.read().decode("utf-8", errors="replace")
    return Ended(os.waitstatus_to_exitcode(done[1]) if done[1] >= 0 else -1, text)


def built(raw: Path, out: Path, before: Callable[[], object] = humble, kill_after: float = 0) -> Ended:
    """A build by the command line."""
    return run(lambda: command_line(["--raw", str(raw), "--out", str(out)]), before, kill_after)


def served(out: Path) -> str:
    """Snapshot of a build that is whole; why not, where it is none."""

    def read() -> int:
        store.load(out)
        print(store.snapshot(out).id)
        return 0

    found = run(read)
    return found.said.strip().splitlines()[-1] if found.said.strip() else "nothing said"


# --- Builds ---


def a_build(
    fault: str,
    folder: Path,
    do: Callable[[Path, Path], Ended],
    *,
    says: str,
    undo: Callable[[Path, Path], None],
) -> Outcome:
    """A sound build, a fault, a build under it, and one after it."""
    raw, out = folder / "raw", folder / "data" / "processed"
    out.parent.mkdir(parents=True)
    write_small(raw)
    first = built(raw, out)
    before = served(out)
    ended = do(raw, out)
    wrong = []
    if first.code:
        wrong.append(f"the first build failed: {first.said[-200:]}")
    if ended.code == -1:
        wrong.append("it hangs")
    if "Traceback" in ended.said:
        wrong.append(f"a traceback: {ended.said.strip().splitlines()[-1]}")
    elif ended.code == 0:
        wrong.append("it built all the same")
    elif says not in ended.said:
        wrong.append(f"said nothing of “{says}”: {ended.said[:200]}")
    if (after := served(out)) != before:
        wrong.append(f"the old build is not served: {after[:120]}")
    undo(raw, out)
    if (again := built(raw, out)).code:
        wrong.append(f"does not heal: {again.said[:200]}")
    line = next((x for x in ended.said.splitlines() if says in x), "")
    return Outcome("build", fault, tuple(wrong), operator=line.replace(str(folder), "…"))


def raw_fault(name: str, spoil: Callable[[Path], None]) -> Callable[[Path, Path], Ended]:
    def do(raw: Path, out: Path) -> Ended:
        spoil(raw / name)
        return built(raw, out)

    return do


def restore(raw: Path, out: Path) -> None:
    """Raw files as they were."""
    for path in [*raw.glob("*.csv"), raw / "registry"]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.exists() or path.is_symlink():
            path.chmod(0o644) if path.is_file() else None
            path.unlink()
    write_small(raw)


def folder_there(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def header_only(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")


def days_turned(path: Path) -> None:
    import re

    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", text), encoding="utf-8")


RAW_FAULTS: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a table missing": ("models.csv", Path.unlink, "models.csv"),
    "a table that may not be read": ("models.csv", lambda p: p.chmod(0), "models.csv"),
    "a folder named like a table": ("models.csv", folder_there, "models.csv"),
    "a dangling link named like a table": ("models.csv", dangling, "models.csv"),
    "a link to itself named like a table": ("models.csv", itself, "models.csv"),
    "a pipe named like a table": ("models.csv", pipe, "models.csv"),
    "an empty table": ("models.csv", lambda p: p.write_bytes(b""), "models.csv"),
    "a table of zeros": ("models.csv", lambda p: p.write_bytes(bytes(4096)), "models.csv"),
    "a table that is a workbook": ("models.csv", lambda p: p.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 9), "models.csv"),
    "a table cut to its header": ("companies.csv", header_only, "companies.company_id"),
    "all days of a table turned": ("models.csv", days_turned, "models.csv:2: release_date"),
    "a stranger among the tables": ("extra.csv", lambda p: p.write_text("a\n1\n"), "extra.csv"),
    "a pipe among the tables": ("extra.csv", os.mkfifo, "extra.csv"),
    "a registry that is a file": ("registry", lambda p: p.write_text("x"), "registry"),
    "a registry of zeros": ("registry/models.tsv", lambda p: (p.parent.mkdir(), p.write_bytes(bytes(64))), "models.tsv"),
    "a folder in the registry": ("registry/models.tsv", lambda p: p.mkdir(parents=True), "models.tsv"),
    "exceptions that are a folder": ("registry/explained.tsv", lambda p: p.mkdir(parents=True), "explained.tsv"),
    "exceptions of zeros": ("registry/explained.tsv", lambda p: (p.parent.mkdir(), p.write_bytes(b"\xff\x00\n")), "explained.tsv"),
    "a pipe for the exceptions": ("registry/explained.tsv", lambda p: (p.parent.mkdir(), os.mkfifo(p)), "explained.tsv"),
}  # fmt: skip


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[bool]:
    """A folder on a disk of its own; False where this user may mount none."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)], capture_output=True
    )
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=False)


def full_disks(folder: Path, stages: int) -> Iterator[Outcome]:
    """A disk that holds one build and a growing part of a second one."""
    raw, data = write_small(_made(folder / "raw")), _made(folder / "disk")
    out = data / "processed"
    with small_disk(data, 100_000) as mounted:
        first = built(raw, out)
        one = sum(p.stat().st_blocks for p in data.rglob("*") if not p.is_symlink()) // 2 + 4
    write_small(raw, models=[{"model_name": "Newer"}])
    for n in range(stages):
        how = f"full at {n / stages:.0%} of a build ({'tmpfs' if mounted else 'limit on files'})"
        if not mounted:
            most = int(n * 40_000 / stages) + 1
            ended = built(raw, out, before=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most)))
            yield _kept(how, first, ended, out, raw, "cannot be written")
            continue
        with small_disk(data, one + int(one * n / stages) + 4):
            write_small(raw)
            first = built(raw, out)
            write_small(raw, models=[{"model_name": "Newer"}])
            ended = built(raw, out)
            yield _kept(how, first, ended, out, raw, "cannot be written")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _kept(fault: str, first: Ended, ended: Ended, out: Path, raw: Path, says: str) -> Outcome:
    """Whether a build is whole after one that may have failed, and what that one left."""
    wrong = [] if first.code == 0 else [f"the first build failed: {first.said[-160:]}"]
    if "Traceback" in ended.said:
        wrong.append(f"a traceback: {ended.said.strip().splitlines()[-1]}")
    if ended.code not in (0, 1):
        wrong.append(f"ended with {ended.code}")
    if ended.code == 1 and says not in ended.said:
        wrong.append(f"said nothing of “{says}”: {ended.said[:160]}")
    if len(found := served(out)) != 8:
        wrong.append(f"no whole build is served: {found[:160]}")
    if ended.code == 1 and len(list((out.parent / f".{out.name}.builds").iterdir())) > 1:
        wrong.append("a half build is left")
    line = next((x for x in ended.said.splitlines() if says in x), "built" if ended.code == 0 else "")
    return Outcome("build", fault, tuple(wrong), operator=line[-90:])


def killed_builds(folder: Path, moments: int) -> Iterator[Outcome]:
    """kill -9 at moments spread over a build."""
    raw, out = write_small(_made(folder / "raw")), _made(folder / "data") / "processed"
    began = time.monotonic()
    built(raw, out)
    whole = time.monotonic() - began
    wrong = []
    for n in range(moments):
        write_small(raw, models=[{"model_name": f"Newer {n}"}])
        before = served(out)
        # The second half of a run is where files are written.
        ended = built(raw, out, kill_after=whole * (0.3 + 0.8 * n / moments))
        found = served(out)
        if len(found) != 8 or (ended.code == 0 and found == before):
            wrong.append(f"after {n / moments:.0%}: {found[:120]}")
    if built(raw, out).code or len(served(out)) != 8:
        wrong.append("does not heal")
    yield Outcome(
        "build", f"killed at {moments} moments", tuple(wrong), operator="the next build writes and clears up"
    )


def two_at_once(folder: Path) -> Iterator[Outcome]:
    """Two builds of different rows into one folder."""
    one, other = (
        write_small(_made(folder / "a")),
        write_small(_made(folder / "b"), models=[{"model_name": "Other"}]),
    )
    out = _made(folder / "data") / "processed"
    with ThreadPoolExecutor() as both:
        ended = list(both.map(lambda raw: built(raw, out), (one, other)))
    wrong = [e.said.strip().splitlines()[-1] for e in ended if e.code]
    if len(found := served(out)) != 8:
        wrong.append(found[:120])
    yield Outcome("build", "two builds at once", tuple(wrong), operator="one of them is served whole")


def strange_days(folder: Path) -> Iterator[Outcome]:
    """Builds and raw files dated by a clock that was wrong."""
    raw, out = write_small(_made(folder / "raw")), _made(folder / "data") / "processed"
    wrong = []
    for year, stamp in (("1970", 0.0), ("2099", 4_070_908_800.0)):
        built(raw, out)
        for path in [*raw.iterdir(), *(out.parent / f".{out.name}.builds").rglob("*")]:
            os.utime(path, (stamp, stamp), follow_symlinks=False)
        write_small(raw, models=[{"model_name": f"Of {year}"}])
        ended = built(raw, out)
        if ended.code or len(served(out)) != 8:
            wrong.append(f"{year}: {ended.said[:120]}")
    yield Outcome("build", "files dated 1970 and 2099", tuple(wrong), operator="builds as ever")


def builds(folder: Path, few: bool) -> Iterator[Outcome]:
    """Everything that befalls a build."""
    some = list(RAW_FAULTS.items())
    for n, (fault, (name, spoil, says)) in enumerate(some[1:4] if few else some):
        yield a_build(fault, folder / f"raw{n}", raw_fault(name, spoil), says=says, undo=restore)
    if few:
        return

    def locked(raw: Path, out: Path) -> Ended:
        write_small(raw, models=[{"model_name": "Newer"}])
        for path in (out.parent, out.parent / f".{out.name}.builds"):
            path.chmod(0o555)
        return built(raw, out)

    def unlock(raw: Path, out: Path) -> None:
        for path in (out.parent, out.parent / f".{out.name}.builds"):
            path.chmod(0o755)

    yield a_build(
        "a folder that is read-only", folder / "locked", locked, says="cannot be written", undo=unlock
    )
    yield from full_disks(folder / "full", 6)
    yield from killed_builds(folder / "killed", 10)
    yield from two_at_once(folder / "two")
    yield from strange_days(folder / "days")
    raw = write_small(_made(folder / "homeless"))
    ended = built(raw, folder / "homeless-out", before=lambda: os.environ.update(HOME="/nonexistent"))
    yield Outcome(
        "build", "no home", () if ended.code == 0 else (ended.said[:200],), operator="builds as ever"
    )


# --- The app ---

#: Readers of one process: each line asked is a visit of a new reader, answered by what that one sees.
VISITS = """
import json, sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from dashboard.asgi import healthz
app = Path("dashboard/app.py").resolve()
for line in sys.stdin:
    seen = AppTest.from_file(str(app), default_timeout=60).run()
    view = seen.session_state["_view"] if "_view" in seen.session_state else None
    health = healthz(None)
    print(json.dumps({
        "exceptions": [f"{e.message} {e.stack_trace}"[:300] for e in seen.exception],
        "said": [e.value for e in (*seen.error, *seen.warning, *seen.info)],
        "snapshot": view.snapshot.id if view and not seen.error else "",
        "health": health.status_code, "why": json.loads(health.body),
    }), flush=True)
"""


class App:
    """A copy of the project with raw files of its own, and a process that serves it to readers."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        for name in ("dashboard", "etl", ".streamlit"):
            shutil.copytree(PROJECT / name, folder / name)
        self.raw, self.out = folder / "datasets" / "raw", folder / "datasets" / "processed"
        self.raw.parent.mkdir()
        write_small(self.raw)
        self.log = (folder / "log").open("w+", encoding="utf-8")
        self.build()
        self.process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("LANDSCAPE_")}
        return subprocess.Popen(
            [sys.executable, "-c", VISITS],
            preexec_fn=humble,
            cwd=self.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env=env | {"PYTHONPATH": str(self.root)},
        )

    def build(self) -> Ended:
        """What the operator does: the code here is that of the copy."""
        return built(self.raw, self.out, before=lambda: None)

    def visit(self) -> dict[str, Any]:
        """What a new reader of the first page meets, and what the log says since."""
        began = self.log.seek(0, os.SEEK_END)
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        aside = ""
        while (line := self.process.stdout.readline()) and not line.startswith("{"):
            aside += line
        self.log.seek(began)
        said = [
            x
            for x in (aside + self.log.read()).splitlines()
            if x.strip() and "missing ScriptRunContext" not in x
        ]
        return (
            json.loads(line)
            if line
            else {"exceptions": ["the process ended"], "said": [], "snapshot": "", "health": 0, "why": {}}
        ) | {"log": said}

    def stop(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.log.close()


def newest(app: App) -> Path:
    return app.out.resolve()


def rewrite(change: Callable[[pa.Table], pa.Table], name: str = "models") -> Callable[[App], None]:
    def do(app: App) -> None:
        path = newest(app) / f"{name}.parquet"
        pq.write_table(change(pq.read_table(path)), path)

    return do


def signed(do: Callable[[App], None]) -> Callable[[App], None]:
    """As another version would have built it: the descriptor fits."""

    def both(app: App) -> None:
        do(app)
        sign(newest(app))

    return both


def described(text: str) -> Callable[[App], None]:
    return lambda app: (newest(app) / "datapackage.json").write_text(text, encoding="utf-8") and None


def on(name: str, do: Callable[[Path], Any]) -> Callable[[App], None]:
    return lambda app: do(newest(app) / name) and None


def on_raw(name: str, do: Callable[[Path], Any]) -> Callable[[App], None]:
    return lambda app: do(app.raw / name) and None


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def swapped(app: App) -> None:
    (newest(app) / "models.parquet").write_bytes((newest(app) / "people.parquet").read_bytes())


def gone(app: App) -> None:
    app.out.unlink()
    shutil.rmtree(app.out.parent / ".processed.builds")


def other_and_building(app: App) -> None:
    write_small(app.raw, models=[{"model_name": "While served"}])
    app.build()


#: Fault, what is done, which snapshot a reader then sees ("before", "older", "any" or "none"), and of what the log tells.
APP_FAULTS: dict[str, tuple[Callable[[App], None], str, str]] = {
    "a build while it is served": (other_and_building, "any", ""),
    "a raw table missing": (on_raw("models.csv", Path.unlink), "before", "models.csv"),
    "a raw table that may not be read": (on_raw("models.csv", lambda p: p.chmod(0)), "before", ""),
    "a folder for a raw table": (on_raw("models.csv", folder_there), "before", "models.csv"),
    "a pipe for a raw table": (on_raw("models.csv", pipe), "before", "models.csv"),
    "a link to itself for a raw table": (on_raw("models.csv", itself), "before", "models.csv"),
    "a raw cell that is wrong": (on_raw("models.csv", days_turned), "before", "models.csv"),
    "the processed folder deleted": (gone, "any", ""),
    "the link alone deleted": (lambda app: app.out.unlink(), "any", ""),
    "the link leads to itself": (lambda app: itself(app.out), "any", ""),
    "a descriptor cut in half": (described('{"snapshot": {"id": '), "any", ""),
    "a descriptor that is a list": (described("[]"), "any", ""),
    "a table cut": (on("models.parquet", cut), "older", "models.parquet"),
    "a table exchanged": (swapped, "older", "models.parquet"),
    "a table of half its rows": (rewrite(lambda t: t.slice(0, 0)), "older", "models.parquet"),
    "a table missing": (on("models.parquet", Path.unlink), "older", "models.parquet"),
    "a folder for a table": (on("models.parquet", folder_there), "older", "models.parquet"),
    "a dangling link for a table": (on("models.parquet", dangling), "older", "models.parquet"),
    "an older schema, a column fewer": (signed(rewrite(lambda t: t.drop_columns(["context_tokens"]))), "any", ""),
    "an older schema, a key column fewer": (signed(rewrite(lambda t: t.drop_columns(["company_id"]))), "older", "company_id"),
    "a newer schema, a column more": (signed(rewrite(lambda t: t.append_column("newer", pa.array(["x"] * len(t))))), "any", ""),
    "a newer schema, a column of another kind": (
        signed(rewrite(lambda t: t.set_column(t.schema.get_field_index("model_name"), "model_name", pa.array(range(len(t)))))),
        "older",
        "model_name",
    ),
}  # fmt: skip


def apps(folder: Path, few: bool, named: str = "") -> Iterator[Outcome]:
    """Everything that befalls a served app."""
    names = ["a table exchanged"] if few else [n for n in APP_FAULTS if named in n]
    app = App(folder / "app")
    try:
        for n, fault in enumerate(names):
            do, wanted, says = APP_FAULTS[fault]
            yield _an_app(app, n, fault, do, wanted, says)
    finally:
        app.stop()


def _an_app(app: App, n: int, fault: str, do: Callable[[App], None], wanted: str, says: str) -> Outcome:
    # Each fault stands on a build of its own with an older one beside it.
    wrong = []
    older = app.visit()["snapshot"]
    write_small(app.raw, models=[{"model_name": f"Model {n}"}])
    if (ended := app.build()).code:
        wrong.append(f"no build to begin with: {ended.said[:160]}")
    # What a process holds in memory it serves on: files are damaged before it has read them.
    before = {"snapshot": served(app.out), "exceptions": []} if wanted == "older" else app.visit()
    do(app)
    seen = app.visit()
    once_more = app.visit()
    for one in (before, seen, once_more):
        wrong += [f"an exception: {e}" for e in one["exceptions"]]
    log = [*seen["log"], *once_more["log"]]
    if any("Traceback" in x for x in log):
        wrong.append(f"a traceback in the log: {log[-1][:160]}")
    shown = {"before": [before["snapshot"]], "older": [older], "any": None}[wanted]
    if not seen["snapshot"] or (shown and seen["snapshot"] not in shown):
        wrong.append(
            f"shows “{seen['snapshot']}”, expected {wanted} of {before['snapshot']}, {older}: {seen['said'][:1]}"
        )
    if says and not any(says in x for x in log):
        wrong.append(f"the log says nothing of {says}: {log[:2]}")
    if says and not seen["said"]:
        wrong.append("the reader is told nothing")
    restore(app.raw, app.out)
    write_small(app.raw, models=[{"model_name": f"Mended {n}"}])
    app.build()
    healed = app.visit()
    if (
        healed["snapshot"] in ("", before["snapshot"], older)
        or healed["exceptions"]
        or healed["health"] != 200
    ):
        wrong.append(f"does not heal: {healed['snapshot']} {healed['said'][:1]} {healed['why']}")
    line = next((x for x in log if says and says in x), "")
    return Outcome(
        "app",
        fault,
        tuple(wrong),
        reader=(seen["said"] or [""])[0][:90],
        operator=line.replace(str(app.root), "…")[-90:],
    )


def servers(folder: Path) -> Iterator[Outcome]:
    """What keeps the server from starting."""
    out = folder / "processed"
    built(write_small(_made(folder / "raw")), out)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            served_app.command(port), cwd=PROJECT, env=os.environ | {"LANDSCAPE_DATA": str(out)},
            capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        ended = Ended(done.returncode, done.stderr)
    wrong = ["a traceback"] if "Traceback" in ended.said else []
    wrong += (
        []
        if ended.code > 0 and "address already in use" in ended.said
        else [f"ended with {ended.code}: {ended.said[:120]}"]
    )
    yield Outcome(
        "server",
        "port taken",
        tuple(wrong),
        operator=ended.said.strip().splitlines()[-1][-90:] if ended.said.strip() else "",
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if k != "HOME"} | {
        "LANDSCAPE_DATA": str(out),
        "HOME": "/nonexistent",
    }
    process = subprocess.Popen(
        served_app.command(port),
        cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    answered = ""
    for _ in range(PATIENCE * 2):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line_:
            line_.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            answered = line_.recv(4000).decode(errors="replace")
            break
        if process.poll() is not None:
            break
        time.sleep(0.5)
    process.kill()
    said = process.communicate()[0]
    wrong = [] if " 200 " in answered else [f"no answer: {said[-160:]}"]
    yield Outcome(
        "server",
        "no home",
        tuple(wrong + (["a traceback"] if "Traceback" in said else [])),
        operator="serves as ever",
    )


#: Where Debian's package and others put it.
FAKETIME = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")
#: Builds, reads the build, meets two readers, makes a deck apart, and says what came of each.
UNDER_CLOCK = """
import datetime, json, sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from dashboard.asgi import healthz
from dashboard.data import store
from dashboard.data.selection import Selection
from dashboard.deck import apart, basket, confine, decks
from etl.__main__ import main
# The machine has one clock: the process that makes decks knows no more of the environment, and would have the true one.
confine._KEPT = (*confine._KEPT, "LD_PRELOAD", "FAKETIME")
raw, out = sys.argv[1:]
code = main(["--raw", raw, "--out", out])
app = str(Path("dashboard/app.py").resolve())
seen = [AppTest.from_file(app, default_timeout=120).run() for _ in range(2)]
now = store.snapshot(store.served_folder())
view = Selection(as_of=now.as_of, newest=now.as_of)
one = basket.Basket(slides=(basket.frozen("governance-mix", view, now.id),))
try:
    made = apart.make("pptx", one, store.served_folder(), builds=decks.Builds.of(store.served_folder(), own=()))
    deck = "made" if made[:2] == b"PK" else "no deck"
except apart.MakeError as said:
    deck = str(said)
print("FOUND" + json.dumps({
    "year": datetime.date.today().year, "build": code, "health": healthz(None).status_code, "deck": deck,
    "exceptions": [f"{e.message} {e.stack_trace}"[:300] for s in seen for e in s.exception],
}))
"""


def clocks(folder: Path) -> Iterator[Outcome]:
    """A build, an app and a deck by a machine's clock that is far off."""
    library = next((str(p) for g in FAKETIME for p in Path("/").glob(g.lstrip("/"))), "")
    raw = write_small(_made(folder / "raw"))
    for year in (1970, 2099):
        if not library:
            yield Outcome(
                "server", f"a clock of {year}", (), operator="not tried: libfaketime is not installed"
            )
            continue
        out = folder / f"data{year}" / "processed"
        out.parent.mkdir()
        env = os.environ | {
            "LD_PRELOAD": library,
            "FAKETIME": f"@{year}-01-02 03:04:05",
            "LANDSCAPE_DATA": str(out),
        }
        done = subprocess.run(
            [sys.executable, "-c", UNDER_CLOCK, str(raw), str(out)],
            cwd=PROJECT, env=env, capture_output=True, text=True, timeout=4 * PATIENCE, check=False,
        )  # fmt: skip
        found = next((json.loads(x[5:]) for x in done.stdout.splitlines() if x.startswith("FOUND")), {})
        deck = found.pop("deck", "")
        expected = {"year": year, "build": 0, "health": 200, "exceptions": []}
        # No ZIP is older than 1980.
        is_told = "clock of this machine says 1970" in deck if year < 1980 else deck == "made"
        wrong = [] if found == expected and is_told else [f"{found or done.stderr[-300:]} {deck}"]
        if len(told := served(out)) != 8:
            wrong.append(f"no whole build: {told[:120]}")
        yield Outcome("server", f"a clock of {year}", tuple(wrong), reader=f"deck: {deck}"[:90])


def apart_faults(folder: Path) -> Iterator[Outcome]:
    """What befalls a process that makes a deck: killed, and where nothing can be written beside it."""
    import threading

    from dashboard.data.selection import Selection
    from dashboard.deck import apart, basket, decks, spare

    out = folder / "data" / "processed"
    out.parent.mkdir(parents=True)
    built(write_small(_made(folder / "raw")), out)
    builds_, now = decks.Builds.of(out, own=()), store.snapshot(out)
    view = Selection(as_of=now.as_of, newest=now.as_of)
    one = basket.Basket(slides=(basket.frozen("governance-mix", view, now.id),))

    def make() -> str:
        try:
            return "made" if apart.make("pptx", one, out, builds=builds_)[:2] == b"PK" else "no deck"
        except apart.MakeError as said:
            return str(said)

    wrong, said = [], ""
    for moment in (0.0, 0.5, 2.0, 4.0):
        process = spare.started()
        spare.waiting[:] = [process]
        killer = threading.Timer(moment, process.kill)
        killer.start()
        answer = make()
        killer.cancel()
        if answer == "made":
            continue
        said = answer
        if not answer.endswith("."):
            wrong.append(f"after {moment} s: {answer}")
    if make() != "made":
        wrong.append("the next deck is not made")
    yield Outcome("server", "killed while a deck is made", tuple(wrong), reader=said[:90])
    full = _made(folder / "tmp")
    with small_disk(full, 16) as mounted:
        if mounted:
            with suppress(OSError), (full / "filler").open("wb") as filler:
                filler.write(bytes(64_000))
        before, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), str(full)
        tempfile.tempdir = None
        answer = make()
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before
        tempfile.tempdir = None
    yield Outcome(
        "server",
        f"a full disk for what passes ({'tmpfs' if mounted else 'not full: no mount'})",
        () if answer == "made" else (answer,),
        operator="decks are made as ever",
    )


def matrix(folder: Path, few: bool = False) -> Iterator[Outcome]:
    """All faults, or the small part of them that the fast tests try."""
    yield from builds(_made(folder / "builds"), few)
    yield from apps(_made(folder / "apps"), few)
    if not few:
        yield from servers(_made(folder / "servers"))
        yield from clocks(_made(folder / "clocks"))
        yield from apart_faults(_made(folder / "apart"))


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", action="store_true", help="the part that the fast tests try")
    parser.add_argument("--fault", default="", help="only faults of the app with this in their name")
    parser.add_argument("--only", default="", help="build, app, server, clock or apart")
    a = parser.parse_args()
    bad = tried = 0
    parts = {"build": lambda f: builds(f, a.few), "app": lambda f: apps(f, a.few, a.fault), "server": servers,
        "clock": clocks, "apart": apart_faults}  # fmt: skip
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for part, run in parts.items():
            if a.only and a.only != part:
                continue
            for one in run(_made(Path(folder) / part)):
                tried += 1
                bad += bool(one.wrong)
                print(
                    f"{'FAULTY' if one.wrong else 'kept':7}{one.what:7}{one.fault:44}{one.operator or one.reader}",
                    flush=True,
                )
                for words in one.wrong:
                    print(f"{'':14}{words}", flush=True)
    print(f"{tried} faults, {bad} not as wanted")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
