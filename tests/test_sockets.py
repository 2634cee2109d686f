"""Connections that say nothing, against a server of its own: they end, and what works is left alone."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.sync.client import connect

from dashboard.screen import sockets

ROOT = Path(__file__).parents[1]
SERVER = """
import asyncio, logging, resource, sys, uvicorn
from dashboard.screen import sockets

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind.endswith("shutdown"):
                return
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        said = await receive()
        return await send({"type": "websocket.send", "text": said["text"]})
    await asyncio.sleep(4 if scope["path"] == "/slow" else 0)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/large":
        return await send({"type": "http.response.body", "body": bytes(30_000_000)})
    await send({"type": "http.response.body", "body": str(resource.getrlimit(resource.RLIMIT_NOFILE)[0]).encode()})

resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
config = uvicorn.Config(app, port=int(sys.argv[1]), log_level="warning")
config.load()
sockets.bound(2.0)
uvicorn.Server(config).run()
"""
GET = b"GET /%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of open files")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        found = int(free.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(found)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    try:
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", found), 1):
                break
            assert process.poll() is None
            time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        said = process.communicate(timeout=60)[1]
    assert len(said) < 10_000 and "Traceback" not in said and "Invalid HTTP" not in said


def asked(port: int, path: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 60) as one:
        one.sendall(GET % path)
        parts = []
        while part := one.recv(65536):
            parts.append(part)
    return b"".join(parts)


def is_ended(one: socket.socket) -> bool:
    """Whether the other side ends the connection within a minute."""
    one.settimeout(60)
    try:
        return one.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"", id="silent"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: loc", id="half a request", marks=pytest.mark.slow),
    ],
)
def test_two_hundred_half_open_connections_end_and_readers_are_served(begun: bytes, port: int) -> None:
    # More than the process had files for.
    held = [socket.create_connection(("127.0.0.1", port), 60) for _ in range(200)]
    for one in held:
        one.sendall(begun)
    assert asked(port, b"").startswith(b"HTTP/1.1 200")
    assert all(map(is_ended, held))
    for one in held:
        one.close()


@pytest.mark.slow
def test_half_a_request_after_a_whole_one_ends_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 60) as one:
        for _ in range(2):
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            said = b""
            while not said.endswith(b"0\r\n\r\n"):
                said += one.recv(65536)
            assert said.startswith(b"HTTP/1.1 200")
        one.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        assert is_ended(one)


@pytest.mark.slow
def test_a_client_that_takes_nothing_ends_and_one_that_is_slow_does_not(port: int) -> None:
    def begun() -> socket.socket:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", port))
        one.sendall(GET % b"large")
        return one

    idle, slow = begun(), begun()
    slow.settimeout(60)
    taken = 0
    for _ in range(12):
        time.sleep(0.5)
        end = taken + 1_000_000
        while taken < end:
            taken += len(slow.recv(65536))
    while part := slow.recv(1 << 20):
        taken += len(part)
    assert taken > 30_000_000
    idle.settimeout(60)
    got = 0
    with suppress(ConnectionResetError):
        while part := idle.recv(1 << 20):
            got += len(part)
    assert got < 30_000_000
    for one in (idle, slow):
        one.close()


def test_what_is_no_request_is_a_line_a_minute_and_not_each(port: int) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port), 60) as one:
            one.sendall(b"\x16\x03\x01 no request\r\n\r\n")
            assert one.recv(65536).startswith(b"HTTP/1.1 400")


@pytest.mark.slow
def test_what_works_is_left_alone(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/", open_timeout=60) as line:
        # Four seconds, in which the line says nothing either.
        assert asked(port, b"slow").startswith(b"HTTP/1.1 200")
        line.send("still here")
        assert line.recv(60) == "still here"


def test_full_tables_are_one_line_a_minute() -> None:
    seldom = sockets.Seldom("accept() out of system resource", "raise LimitNOFILE")
    lines = [
        logging.LogRecord("asyncio", 40, "", 1, "socket.accept() out of system resource", (), None)
        for _ in range(9)
    ]
    assert [seldom.filter(one) for one in lines] == [True] + [False] * 8
    assert "LimitNOFILE" in lines[0].getMessage()
    assert seldom.filter(logging.LogRecord("asyncio", 40, "", 1, "another fault", (), None))
