"""Asks a store in a process of its own, which ends where an answer does not come in time.

Clients of stores bound their waiting each in its own way: that of S3 asks a host that says nothing for 100 seconds, that
of Google for 15 minutes, one byte a second satisfies them all, and none can be called back from another thread. A process
can be ended, whatever its client, the system's resolver or a disk of the network waits for.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from etl.address import opened

#: Seconds for one answer: a file that opens, or its next `PIECE` bytes at most.
ANSWER, PIECE = 10.0, 1 << 18
_ROOT = Path(__file__).parents[2]
_CODE = "from dashboard.data import line; line.serve()"
#: Kinds of an answer: bytes, no such file, a failure in words; and of the end of the process.
_BYTES, _ABSENT, _FAILED, _ENDED = b"b", b"a", b"f", b"e"


class SilentError(OSError):
    """No answer comes on this line any more: one did not come in time, or the store's client ended the process."""


class ClosedError(OSError):
    """This side closed the line while an answer was waited for."""


class Line:
    """A process that reads files at an address; to be used by one thread in a `with`, and closed by any.

    Raises:
        OSError: when the `with` begins: nobody answers, or the address is none that Arrow knows.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            # Not from the folder that the app happens to stand in (-P).
            [sys.executable, "-P", "-c", _CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
        self._is_closed = False
        self._answers: queue.SimpleQueue[tuple[bytes, bytes]] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="line to a store", daemon=True).start()

    def __enter__(self) -> Line:
        try:
            self._asked({"address": self._address})
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, path: str) -> None:
        """Opens a file below the address; it is the one that is read from now on.

        Raises:
            FileNotFoundError: there is none.
            SilentError: the store did not answer in time.
            OSError: the store failed.
        """
        self._asked({"path": path})

    def read(self) -> bytes:
        """The next piece of the open file, empty at its end; the same failures as `open`."""
        return self._asked({})

    def close(self) -> None:
        """Ends the process, whatever it waits for."""
        self._is_closed = True
        self._process.kill()
        # A process that waits for a disk ends when that answers: nobody waits for it here.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        with suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]

    def _asked(self, words: dict[str, str]) -> bytes:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(words).encode() + b"\n")
            self._process.stdin.flush()
        try:
            kind, content = self._answers.get(timeout=ANSWER)
        except queue.Empty:
            self.close()
            raise SilentError(
                f"no answer within {ANSWER:g} seconds; look whether the address is right and whether a firewall, a proxy "
                "or a redirect leads to where nothing answers"
            ) from None
        if kind == _ABSENT:
            raise FileNotFoundError(content.decode())
        if kind == _ENDED:
            raise ClosedError("closed") if self._is_closed else SilentError(content.decode())
        if kind == _FAILED:
            raise OSError(content.decode())
        return content

    def _listen(self) -> None:
        """Takes answers as they come: a pipe that stays silent cannot be waited for with a bound on every system."""
        pipe = self._process.stdout
        assert pipe is not None
        with pipe, suppress(OSError, ValueError):
            while len(head := pipe.read(5)) == 5:
                content = pipe.read(int.from_bytes(head[1:], "big"))
                self._answers.put((head[:1], content))
        self._answers.put(
            (_ENDED, b"the store's client ended its process; why it did stands before this in the log")
        )


def serve() -> None:
    """The process: answers what its parent asks on standard input until that ends."""
    # Whoever stops the app stops the parent; the end of this process is the parent's to say.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    # Words that a library prints are no answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    store = _Store()
    for words in sys.stdin.buffer:
        try:
            kind, content = _BYTES, store.answer(json.loads(words))
        except FileNotFoundError as error:
            kind, content = _ABSENT, str(error).encode()
        except Exception as error:
            # Clients of stores fail in as many ways as there are.
            kind, content = _FAILED, (str(error) or type(error).__name__).encode()
        try:
            _say(out, kind, content)
        except OSError:
            break
    # Arrow waits for its clients before a process ends; there is nothing to wait for.
    os._exit(0)


class _Store:
    """What an address leads to, and the file of it that is open."""

    def __init__(self) -> None:
        self._filesystem: Any = None
        self._stream: Any = None
        self._root = ""

    def answer(self, words: dict[str, str]) -> bytes:
        if address := words.get("address"):
            self._filesystem, self._root = opened(address)
        elif path := words.get("path"):
            if self._stream is not None:
                self._stream.close()
            self._stream = self._filesystem.open_input_stream(f"{self._root}/{path}")
        else:
            return bytes(self._stream.read(PIECE))
        return b""


def _say(out: BinaryIO, kind: bytes, content: bytes) -> None:
    out.write(kind + len(content).to_bytes(4, "big") + content)
    out.flush()
