"""What every request meets first: policies for the browser, names of hosts, origins, uploads that a page asked for."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard.screen import guard


@pytest.fixture(scope="module")
def client() -> Any:
    from dashboard import asgi

    with TestClient(asgi.app, base_url="http://localhost:8501") as found:
        yield found


@pytest.mark.parametrize(
    "path", ["/", "/governance", "/healthz", "/readyz", "/nothing/here", "/_stcore/health", "/favicon.png"]
)
def test_every_answer_carries_the_policies(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] and headers["permissions-policy"]
    assert not re.search(
        r"https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline", headers["content-security-policy"]
    )


def test_every_script_in_the_page_is_named_by_its_hash(client: TestClient) -> None:
    page = client.get("/", headers={"accept": "text/html"})
    scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    assert scripts
    for one in scripts:
        named = base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()
        assert f"'sha256-{named}'" in page.headers["content-security-policy"]


def test_files_named_by_their_content_are_kept_for_good(client: TestClient) -> None:
    page = client.get("/", headers={"accept": "text/html"}).text
    for kind in ("js", "woff2"):
        found = re.search(rf'(?:src|href)="\./(static/[^"]+\.{kind})"', page)
        assert found is not None
        assert client.get(f"/{found[1]}").headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in client.get("/").headers.get("cache-control", "")


def test_no_cache_on_the_way_keeps_a_readers_file(client: TestClient) -> None:
    assert client.get("/media/none.csv").headers["cache-control"] == "private, no-store"


def test_streamlits_numbers_are_closed_unless_asked_for(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/_stcore/metrics").status_code == 404
    monkeypatch.setenv("LANDSCAPE_METRICS", "on")
    assert client.get("/_stcore/metrics").status_code == 200


#: What hosts are named by, and names that are allowed and refused then.
HOSTS = {
    "": (["anything.example"], []),
    "landscape.example.com": (["landscape.example.com", "landscape.example.com:8501"], ["evil.example", ""]),
    "*.example.com": (["a.example.com"], ["example.com.evil.org"]),
    "localhost:*": (["localhost:8501"], []),
    "localhost:8501": ([], ["localhost:9999"]),
}


@pytest.mark.parametrize("named", HOSTS)
def test_names_of_hosts(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_HOSTS", named)
    allowed, refused = HOSTS[named]
    assert [h for h in (*allowed, *refused) if guard.is_host(h)] == allowed


def test_another_name_of_the_host_is_refused_and_monitors_are_not(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDSCAPE_HOSTS", "landscape.example.com")
    assert client.get("/").status_code == 421
    assert client.get("/healthz").status_code != 421
    assert client.get("/", headers={"host": "landscape.example.com"}).status_code == 200


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets that lead anywhere are denied: a look-up would raise."""

    def denied(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket.socket, "connect", denied)
    monkeypatch.setattr(socket, "getaddrinfo", denied)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://a.streamlit.app", "http://localhost:9999", "http://[::1", ""],
)
@pytest.mark.usefixtures("no_network")
def test_a_page_of_another_site_opens_no_connection_and_asks_nobody(client: TestClient, origin: str) -> None:
    with (
        pytest.raises(Exception) as refused,
        client.websocket_connect("/_stcore/stream", headers={"origin": origin}),
    ):
        pass
    status = getattr(refused.value, "status_code", None)
    assert isinstance(refused.value, WebSocketDisconnect) or status == 403


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("http://testserver", ""),
        (None, ""),
        ("https://landscape.example.com", "https://landscape.example.com/x/"),
    ],
)
def test_the_apps_own_page_is_let_in_without_asking(
    origin: str | None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.web.server.starlette import starlette_websocket

    monkeypatch.setenv("LANDSCAPE_ADDRESS", address)
    seen: list[dict[str, str]] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append({k.decode(): v.decode() for k, v in scope["headers"]})

    headers = [(b"host", b"testserver")] + ([(b"origin", origin.encode())] if origin else [])
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
    asyncio.run(guard.Guard(inner)(scope, None, None))  # type: ignore[arg-type]
    assert len(seen) == 1
    assert starlette_websocket._is_origin_allowed(seen[0].get("origin"), "testserver")


class Store:
    """What of Streamlit's store the guard knows."""

    def __init__(self) -> None:
        self.file_storage: dict[str, dict[str, Any]] = {}
        self.given = 0

    def get_upload_urls(self, session_id: str, names: list[str]) -> list[Any]:
        self.given += len(names)
        return [type("Url", (), {"file_id": f"f{self.given - n}"}) for n in range(len(names))]


def test_a_file_comes_once_and_only_where_a_page_asked_for_it() -> None:
    store = Store()
    uploads = guard.Uploads(store)
    (one,) = store.get_upload_urls("s", ["a.pptx"])
    assert not uploads.expects("s", "other")
    assert not uploads.expects("t", one.file_id)
    assert uploads.expects("s", one.file_id)
    assert not uploads.expects("s", one.file_id)
    assert uploads.knows("s") and not uploads.knows("t")


def test_what_is_asked_for_is_bounded() -> None:
    store = Store()
    uploads = guard.Uploads(store)
    for _ in range(300):
        store.get_upload_urls("s", ["a"] * 1000)
    assert len(uploads.asked["s"]) <= 20
    for n in range(6000):
        store.get_upload_urls(f"s{n}", ["a"])
    assert len(uploads.asked) <= 5000


def test_uploads_that_nobody_asked_for_are_refused(client: TestClient) -> None:
    files = {"file": ("a.pptx", b"x" * 100)}
    assert client.put("/_stcore/upload_file/none/some-id", files=files).status_code == 404
    foreign = {"origin": "http://evil.example"}
    assert client.put("/_stcore/upload_file/none/some-id", files=files, headers=foreign).status_code == 403
    # Behind a proxy the next replica is asked, which may hold the visit.
    assert client.delete("/_stcore/upload_file/none/some-id").status_code == 404


def test_readers_beyond_the_most_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_READERS", "1")
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def inner(*_: object) -> None:
        raise AssertionError("let in")

    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": [(b"host", b"a")]}
    one: Callable[..., Any] = guard.Guard(inner)  # type: ignore[arg-type]
    one.readers = 1  # type: ignore[attr-defined]
    asyncio.run(one(scope, receive, send))
    assert sent[0]["status"] == 503
    # A setting that is none keeps nobody out.
    monkeypatch.setenv("LANDSCAPE_READERS", "")
    with pytest.raises(AssertionError, match="let in"):
        asyncio.run(one(scope, receive, send))


@pytest.mark.parametrize(
    ("tries", "is_refused"),
    [
        ("socket.create_connection(('192.0.2.1', 443), 1)", True),
        ("socket.getaddrinfo('telemetry.example', 443)", True),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))", True),
        ("socket.getaddrinfo('localhost', 443)", False),
        ("socket.create_server(('127.0.0.1', 0))", False),
    ],
)
def test_servers_under_test_may_not_leave_the_machine(tries: str, is_refused: bool, tmp_path: Path) -> None:
    """Browser tests serve the app under this hook, and fail where it wrote a line."""
    hook = Path(__file__).parent / "browser" / "no_egress"
    env = os.environ | {"PYTHONPATH": str(hook), "NO_EGRESS_LOG": str(tmp_path / "log")}
    done = subprocess.run([sys.executable, "-c", f"import socket; {tries}"], env=env, capture_output=True)
    assert ((tmp_path / "log").is_file(), done.returncode != 0) == (is_refused, is_refused)


@pytest.mark.parametrize("path", ["/auth/login", "/oauth2callback", "/landscape/auth/login"])
def test_a_provider_of_sign_in_that_never_ends_its_answer_keeps_nobody_waiting(
    path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(guard, "PROVIDER", 0.05)

    async def waits(*_: object) -> None:
        await asyncio.sleep(60)

    answer = TestClient(guard.Guard(waits)).get(path)  # type: ignore[arg-type]
    assert answer.status_code == 504 and "does not answer" in answer.text
    assert "server_metadata_url" in caplog.text and answer.headers["X-Frame-Options"] == "DENY"
