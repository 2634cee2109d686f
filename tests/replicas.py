"""Replicas behind nginx on this machine, as `deploy/nginx.conf` has them; `python tests/replicas.py` measures what they carry."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "browser")]

import served_app  # noqa: E402
from look import end_process, free_port  # noqa: E402
from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: E402
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: E402
from websockets.asyncio.client import connect  # noqa: E402
from websockets.exceptions import ConnectionClosed, InvalidStatus  # noqa: E402

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


class Replica:
    """One process of the app on a port of its own."""

    def __init__(self, data: Path, folder: Path, settings: Mapping[str, str]) -> None:
        self.port = free_port()
        #: What `/readyz` answered until it was ready: status and words, each once.
        self.was: list[tuple[int, str]] = []
        self._log = folder / f"{self.port}.log"
        self._env = os.environ | {"LANDSCAPE_DATA": str(data), "LANDSCAPE_METRICS": "on", **settings}
        self.start()

    def start(self) -> None:
        """Starts the process, as deploy/landscape@.service does."""
        command = served_app.command(self.port, "--proxy-headers", "--timeout-graceful-shutdown", "5")
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, env=self._env, stdout=log, stderr=log)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of an address; 0 where nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self) -> bool:
        """Whether it takes readers; what else it says is noted.

        Raises:
            RuntimeError: it ended.
        """
        found = self.get("/readyz")
        if found[0] not in (0, 200) and found not in self.was:
            self.was.append(found)
        if self.process.poll() is not None:
            raise RuntimeError(f"no replica: {self._log.read_text()[-3000:]}")
        return found[0] == 200

    def readers(self) -> int:
        """How many connections of readers it holds."""
        found = re.search(r"^active_sessions (\d+)", self.get("/_stcore/metrics")[1], re.M)
        return int(found[1]) if found else 0

    def kill(self) -> None:
        """Ends it as a loss of power does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ends it as a deployment does; its exit status."""
        return end_process(self.process, 30)


def until_ready(replicas: list[Replica], limit: float = 300) -> None:
    """Waits until all take readers.

    Raises:
        RuntimeError: one does not.
    """
    end = time.monotonic() + limit
    while not all([one.is_ready() for one in replicas]):
        if time.monotonic() > end:
            raise RuntimeError(f"not ready within {limit:.0f} s")
        time.sleep(0.05)


@dataclass
class Cluster:
    """Replicas and the proxy before them; `host` is where readers go."""

    host: str
    replicas: list[Replica]
    #: What nginx writes.
    log: Path


def config(text: str, ports: list[int], listen: int, folder: Path) -> str:
    """deploy/nginx.conf with the ports and folders of this machine; nothing else of it is another."""

    def named(servers: re.Match[str]) -> str:
        first = servers[0].splitlines()[0]
        return "".join(re.sub(r":\d+ ", f":{port} ", first) + "\n" for port in ports)

    text = re.sub(r"(?m)(^ +server 127\.0\.0\.1:\d+ .*\n)+", named, text)
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{listen};")
    own = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return text.replace("/var/log/nginx/", f"{folder}/").replace("http {\n", f"http {{\n{own}", 1)


@contextmanager
def cluster(data: Path, count: int = 3, **settings: str) -> Iterator[Cluster]:
    """Serves the data from several processes behind nginx under these settings, until the block ends."""
    assert NGINX is not None
    with tempfile.TemporaryDirectory(prefix="replicas-") as name:
        folder = Path(name)
        # nginx drops its rights where it has them.
        folder.chmod(0o755)
        replicas = [Replica(data, folder, settings) for _ in range(count)]
        proxy = None
        try:
            until_ready(replicas)
            listen = free_port()
            text = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
            (folder / "nginx.conf").write_text(
                config(text, [r.port for r in replicas], listen, folder), encoding="utf-8"
            )
            command = [NGINX, "-p", name, "-e", f"{name}/error.log", "-c", f"{name}/nginx.conf"]
            proxy = subprocess.Popen([*command, "-g", f"daemon off; pid {name}/pid;"], stderr=subprocess.PIPE)
            for _ in range(100):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{listen}/healthz", timeout=5).close()
                    break
                except OSError:
                    assert proxy.poll() is None, proxy.stderr.read().decode()  # type: ignore[union-attr]
                    time.sleep(0.1)
            yield Cluster(f"127.0.0.1:{listen}", replicas, folder / "access.log")
        finally:
            every = [*filter(None, [proxy]), *(r.process for r in replicas)]
            for process in every:
                process.terminate()
            for process in every:
                end_process(process)


class Reader:
    """A reader with a browser's cookie, who comes back when the connection breaks."""

    def __init__(self, host: str, page: str, query: str) -> None:
        self.host, self.page, self.query = host, page, query
        self.cookie = ""
        self.socket = None
        #: Connections that broke, runs that finished, and what pages showed that they must not.
        self.broken, self.done = 0, 0
        self.errors: list[str] = []

    async def _connect(self) -> None:
        if not self.cookie:
            asked = f"http://{self.host}/{self.page}?{self.query}"
            headers = (await asyncio.to_thread(urllib.request.urlopen, asked)).headers
            self.cookie = next(
                v.partition(";")[0] for v in headers.get_all("Set-Cookie") if v.startswith("landscape=")
            )
        self.socket = await connect(
            f"ws://{self.host}/_stcore/stream", max_size=None, subprotocols=["streamlit"],
            origin=f"http://{self.host}", additional_headers={"Cookie": self.cookie}, open_timeout=60,
        )  # fmt: skip

    async def rerun(self) -> None:
        """Runs the page once under the reader's own address, on whichever replica takes it."""
        for _ in range(20):
            try:
                if self.socket is None:
                    await self._connect()
                await self._run()
                self.done += 1
                return
            except (ConnectionClosed, InvalidStatus, OSError):
                # What a browser does: it waits a moment and connects anew, with the address it has.
                self.broken += self.socket is not None
                self.socket = None
                await asyncio.sleep(0.5)
        self.errors.append("no replica took the reader")

    async def _run(self) -> None:
        asked = BackMsg()
        asked.rerun_script.query_string, asked.rerun_script.page_name = self.query, self.page
        await self.socket.send(asked.SerializeToString())  # type: ignore[union-attr]
        self.texts: list[str] = []
        while True:
            said = ForwardMsg()
            said.ParseFromString(await asyncio.wait_for(self.socket.recv(), 180))  # type: ignore[union-attr]
            kind = said.WhichOneof("type")
            if kind == "script_finished":
                return
            if kind == "delta":
                element = said.delta.new_element
                self.texts.append(str(element.markdown.body) + str(element.heading.body))
                if element.WhichOneof("type") == "exception":
                    self.errors.append(element.exception.message)

    async def leave(self) -> None:
        """Closes the connection."""
        if self.socket is not None:
            await self.socket.close()


async def _load(host: str, readers: int, seconds: float) -> float:
    """Reruns a second of readers who click on as soon as they see the page."""
    every = [Reader(host, "", f"type={'lab' if n % 2 else 'giant'}") for n in range(readers)]
    await asyncio.gather(*(r.rerun() for r in every))
    begun = [r.done for r in every]
    end = time.monotonic() + seconds

    async def one(reader: Reader) -> None:
        while time.monotonic() < end:
            await reader.rerun()

    began = time.monotonic()
    await asyncio.gather(*(one(r) for r in every))
    took = time.monotonic() - began
    await asyncio.gather(*(r.leave() for r in every))
    assert not any(r.errors for r in every)
    return sum(r.done - b for r, b in zip(every, begun, strict=True)) / took


def main() -> None:
    """Prints reruns a second of one, two and three replicas, and their ratio to one."""
    import etl

    if NGINX is None:
        print("replicas behind nginx: not measured, there is no nginx here (apt-get install nginx-light)")
        return
    with tempfile.TemporaryDirectory() as folder:
        etl.build(PROJECT / "datasets" / "raw", Path(folder) / "processed")
        first = 0.0
        print(f"{'replicas behind nginx':34}{'reruns/s':>9}{'of one':>8}   on {os.cpu_count()} processors")
        for count in (1, 2, 3):
            with cluster(Path(folder) / "processed", count) as found:
                rate = asyncio.run(_load(found.host, 12, 15))
            first = first or rate
            print(f"{count:<34}{rate:9.1f}{rate / first:8.2f}")


if __name__ == "__main__":
    main()
