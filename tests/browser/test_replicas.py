"""Three processes behind `deploy/nginx.conf`: readers stay with theirs, and lose nothing but a moment when one goes."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import http.cookiejar
import json
import secrets
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from look import csv_of_a_chart, new_context, settle
from own_templates import TEMPLATES
from pptx import Presentation
from readers import awaited
from replicas import NGINX, Cluster, Reader, cluster, until_ready
from websockets.exceptions import InvalidStatus


@pytest.fixture(scope="module")
def served(served_data: Path) -> Iterator[Cluster]:
    if NGINX is None:
        pytest.skip("no nginx found: apt-get install nginx-light")
    with cluster(served_data) as found:
        yield found


def test_no_replica_is_ready_before_it_is_warm(served: Cluster) -> None:
    before = [found for one in served.replicas for found in one.was]
    assert before and all(
        code == 503 and json.loads(said) == {"status": "warming up"} for code, said in before
    )
    assert all(one.get(path)[0] == 200 for one in served.replicas for path in ("/readyz", "/healthz"))


def test_what_runs_the_app_is_not_reached_through_the_proxy(served: Cluster) -> None:
    for path in ("metrics", "held", "_stcore/metrics"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://{served.host}/{path}", timeout=10)
        assert refused.value.code == 404
        assert served.replicas[0].get(f"/{path}")[0] == 200


def test_the_log_of_the_proxy_holds_nothing_of_readers(served: Cluster) -> None:
    """A line of JSON a request: no query, no name of a file that nobody may guess, no address or program of who asked."""
    for path in (
        "/companies?own=TYPED-BY-A-READER",
        "/media/NAME-OF-A-FILE.pptx",
        "/x%22%0a",
        "/_stcore/upload_file/VISIT/FILE",
    ):
        asked = urllib.request.Request(
            f"http://{served.host}{path}", headers={"User-Agent": "PROGRAM", "Referer": "http://x/?FROM"}
        )
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(asked, timeout=30).close()
    # A line is written once its answer has been taken.
    for _ in range(100):
        if "upload_file" in served.log.read_text(encoding="utf-8"):
            break
        time.sleep(0.05)
    lines = [json.loads(line) for line in served.log.read_text(encoding="utf-8").splitlines()]
    assert {one["path"] for one in lines} >= {"/companies", "/media/…", '/x"\n', "/_stcore/upload_file/…"}
    assert all({"time", "status", "seconds", "replica"} <= set(one) for one in lines)
    written = served.log.read_text(encoding="utf-8") + (served.log.parent / "error.log").read_text(
        encoding="utf-8"
    )
    assert not [w for w in ("TYPED", "NAME-OF", "VISIT", "PROGRAM", "FROM") if w in written]


#: What every answer tells a browser; no page of another site may frame it, and nothing else is made of it than it says.
POLICIES = ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy")  # fmt: skip


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /healthz", 200), ("GET /", 200), ("GET /nothing/here", 404), ("GET /metrics", 404), ("TRACE /", 405),
        ("GET /static/%2e%2e/%2e%2e/etc/passwd", 400), (f"GET /?{'a' * 70_000}", 414), (f"GET /?{'a' * 60_000}", 200),
        ("PUT /_stcore/upload_file/x/y", 413), ("BREW /", 405),
    ],
)  # fmt: skip
def test_every_answer_carries_the_policies_once(served: Cluster, line: str, status: int) -> None:
    """Those that nginx gives by itself, too; a deck's long address arrives."""
    length = 900_000_000 if status == 413 else 0
    host, _, port = served.host.partition(":")
    with socket.create_connection((host, int(port)), 30) as one:
        one.sendall(
            f"{line} HTTP/1.1\r\nHost: {served.host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = http.client.HTTPResponse(one)
        answer.begin()
        assert answer.status == status
        assert {name: len(answer.headers.get_all(name, [])) for name in POLICIES} == dict.fromkeys(
            POLICIES, 1
        )


def test_a_client_cannot_name_another_address_as_its_own(served: Cluster) -> None:
    """Questions and files are counted by address: one who makes up a new one each time is still one client."""
    codes = []
    for n in range(130):
        asked = urllib.request.Request(
            f"http://{served.host}/mcp",
            b"{}",
            {"X-Forwarded-For": f"203.0.113.{n}", "Cookie": "landscape=one"},
        )
        try:
            codes.append(urllib.request.urlopen(asked, timeout=30).status)
        except urllib.error.HTTPError as refused:
            codes.append(refused.code)
    assert 429 not in codes[:120] and codes[-1] == 429


def test_readers_are_spread_and_stay_with_their_replica(served: Cluster) -> None:
    """Whoever has the cookie meets the same process each time; those who come anew are shared out."""

    async def arrive() -> list[Reader]:
        readers = [Reader(served.host, "companies", "") for _ in range(12)]
        await asyncio.gather(*(r.rerun() for r in readers))
        held = [one.readers() for one in served.replicas]
        assert sum(held) == 12 and sum(h > 0 for h in held) >= 2, held
        await asyncio.gather(*(r.leave() for r in readers))
        return readers

    readers = awaited(arrive())
    assert not any(r.errors or r.broken for r in readers) and len({r.cookie for r in readers}) == 12
    jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    cookies = set()
    for _ in range(5):
        answer = jar.open(f"http://{served.host}/healthz", timeout=30)
        cookies.add(answer.headers["Set-Cookie"])
    assert len(cookies) == 1


@pytest.fixture
def page(browser: Any, served: Cluster) -> Iterator[Any]:
    context = new_context(browser, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


def reader_of(served: Cluster) -> int:
    """Which replica holds the one reader that there is."""
    held = [one.readers() if one.process.poll() is None else 0 for one in served.replicas]
    assert sum(held) == 1, held
    return held.index(1)


def leads_to(served: Cluster, page: Any) -> int:
    """Port of the replica that the reader's cookie leads to."""
    path = f"/nothing/{secrets.token_hex(4)}"
    page.request.get(f"http://{served.host}{path}")
    found: list[dict[str, Any]] = []
    while not found:
        # A line is written once its answer has been taken.
        page.wait_for_timeout(50)
        lines = served.log.read_text(encoding="utf-8").splitlines()
        found = [one for one in map(json.loads, lines) if one["path"] == path]
    return int(found[0]["replica"].rpartition(":")[2])


def until(page: Any, true: Callable[[], bool], limit: int = 90) -> None:
    for _ in range(limit * 2):
        if true():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"not within {limit} s")


def test_a_view_comes_back_when_its_replica_is_killed(served: Cluster, page: Any) -> None:
    """The page connects anew by itself: the same address, filter and chart on another process, and files again."""
    page.goto(f"http://{served.host}/companies?type=lab")
    settle(page, 120)
    address, said = page.url, page.get_by_test_id("stMain").inner_text()
    assert "type=lab" in address
    gone = reader_of(served)
    served.replicas[gone].kill()
    try:
        until(page, lambda: sum(r.readers() for n, r in enumerate(served.replicas) if n != gone) == 1)
        settle(page, 120)
        assert page.url == address and page.get_by_test_id("stMain").inner_text() == said
        assert not page.locator("[data-testid='stException']").count()
        assert b"governance_model" in csv_of_a_chart(page, f"http://{served.host}/")
    finally:
        served.replicas[gone].start()
        until_ready([served.replicas[gone]])


@pytest.mark.parametrize("moved", [False, True], ids=["stayed", "moved and its first replica is back"])
def test_uploads_pictures_and_files_of_a_reader_reach_the_process_that_holds_the_visit(
    served: Cluster, page: Any, tmp_path: Path, moved: bool
) -> None:
    """A template is handed in, its pictures are served, and a deck on it is saved.

    Where a replica was started anew, its cookies lead to it again, but the connection stays where it went meanwhile.
    """
    page.goto(f"http://{served.host}/deck")
    settle(page, 120)
    page.get_by_role("button", name="Start from the board pack").click()
    settle(page, 120)
    if moved:
        first = reader_of(served)
        served.replicas[first].kill()
        until(page, lambda: sum(r.readers() for n, r in enumerate(served.replicas) if n != first) == 1)
        settle(page, 120)
        served.replicas[first].start()
        until_ready([served.replicas[first]])
        until(page, lambda: leads_to(served, page) == served.replicas[first].port)
        assert reader_of(served) != first
    page.get_by_role("tab", name="Company template").click()
    settle(page, 120)
    name, make = next(iter(TEMPLATES.items()))
    path = tmp_path / f"{name}.pptx"
    path.write_bytes(make())
    page.locator(".st-key-template-file input[type=file]").set_input_files(str(path))
    page.get_by_text("Layout for charts").wait_for(timeout=120_000)
    settle(page, 120)
    shown = page.locator("[data-testid='stImage'] img")
    assert shown.count() >= 3
    assert all(shown.nth(n).evaluate("i => i.complete && i.naturalWidth > 0") for n in range(shown.count()))
    page.get_by_role("tab", name="Slides").click()
    settle(page, 120)
    page.locator(".st-key-make-pptx button").click()
    page.locator(".st-key-deck-pptx button").wait_for(timeout=180_000)
    with page.expect_download(timeout=60_000) as saved:
        page.locator(".st-key-deck-pptx button").click()
    assert len(Presentation(saved.value.path()).slides) > 3


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_one_replica_goes_under_load(served: Cluster, how: str) -> None:
    """Readers of the others notice nothing; those of the one that goes are served again, under their own view."""

    async def load() -> tuple[list[Reader], int, int]:
        readers = [Reader(served.host, "companies", f"type={'lab' if n % 2 else 'giant'}") for n in range(12)]
        await asyncio.gather(*(r.rerun() for r in readers))
        held = [one.readers() for one in served.replicas]
        gone = held.index(max(held))
        runs = asyncio.gather(*(_three(r) for r in readers))
        await asyncio.sleep(0.3)
        one = served.replicas[gone]
        status = await asyncio.to_thread(one.kill if how == "killed" else one.stop)
        await runs
        left = sum(r.readers() for n, r in enumerate(served.replicas) if n != gone)
        assert left == 12
        await asyncio.gather(*(r.leave() for r in readers))
        assert status in (None, 0, -15), "a replica that is stopped ends by itself"
        return readers, gone, held[gone]

    readers, gone, held = awaited(load())
    try:
        assert [r.errors for r in readers if r.errors] == []
        assert [r.done for r in readers] == [4] * 12
        assert 0 < sum(r.broken > 0 for r in readers) <= held, (
            "only readers of the replica that went were cut off"
        )
    finally:
        served.replicas[gone].start()
        until_ready([served.replicas[gone]])


async def _three(reader: Reader) -> None:
    for _ in range(3):
        await reader.rerun()
        await asyncio.sleep(0.5)


def test_who_comes_to_a_full_replica_is_handed_on(served_data: Path) -> None:
    """Two of one company whose cookies lead to one replica, which has room for one: the other reads on the next."""
    if NGINX is None:
        pytest.skip("no nginx found: apt-get install nginx-light")

    async def arrive(host: str) -> list[Reader]:
        readers = [Reader(host, "companies", "") for _ in range(3)]
        for one in readers:
            one.cookie = "landscape=the-same"
        await asyncio.gather(*(one.rerun() for one in readers[:2]))
        with pytest.raises(InvalidStatus) as refused:
            await readers[2]._connect()
        assert refused.value.response.status_code == 503
        return readers[:2]

    with cluster(served_data, 2, LANDSCAPE_READERS="1") as found:
        readers = awaited(arrive(found.host))
    assert [(one.done, one.broken, one.errors) for one in readers] == [(1, 0, [])] * 2
