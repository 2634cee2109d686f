"""The fetcher among hostile hosts: where it is led, what it joins, and what it leaves."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feed_server import Answer, publisher

from etl.feeds import parse
from etl.feeds.declare import About, FeedError, File, columns
from etl.feeds.fetch import Fetcher, UnreachableError

BODY = b"a\n" + b"0123456789\n" * 1_000
FILE = File("x.csv", "https://data.example.org/x.csv", "csv", "models", columns("a=name"), lambda r, a: r)
Answers = Callable[[httpx2.Request], httpx2.Response]


def asked(answers: Answers, folder: Path, file: File = FILE) -> tuple[bytes, list[str]]:
    """What lands, and the addresses that were asked."""
    seen: list[str] = []

    def noted(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        return answers(request)

    fetcher = Fetcher(longest_wait=1, longest_file=3, transport=httpx2.MockTransport(noted))
    try:
        return fetcher.get(file, folder, {}, 0.0).path.read_bytes(), seen
    except FeedError as error:
        error.seen = seen  # type: ignore[attr-defined]
        raise
    finally:
        fetcher.close()


def led_to(where: str, status: int = 302) -> Answers:
    return lambda request: (
        httpx2.Response(status, headers={"Location": where})
        if request.url == FILE.url
        else httpx2.Response(200, content=BODY)
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_another_public_host_is_followed(status: int, tmp_path: Path) -> None:
    body, seen = asked(led_to("https://cdn.example.net/y.csv", status), tmp_path)
    assert body == BODY and seen == [FILE.url, "https://cdn.example.net/y.csv"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("http://data.example.org/x.csv", "without encryption"),
        ("http://portal.example/sign-in", "without encryption"),
        ("https://localhost/x.csv", "a host of this network"),
        ("https://localhost.:8443/x.csv", "a host of this network"),
        ("https://intranet/x.csv", "a host of this network"),
        ("https://printer.local/x.csv", "a host of this network"),
        ("https://metadata.google.internal/x", "a host of this network"),
        ("https://127.0.0.1:8443/x.csv", "an address of this network"),
        ("https://127.1/x.csv", "an address of this network"),
        ("https://0x7f.0.0.1/x.csv", "an address of this network"),
        ("https://2130706433/x.csv", "this network"),
        ("https://0.0.0.0/x.csv", "an address of this network"),
        ("https://10.1.2.3/x.csv", "an address of this network"),
        ("https://192.168.0.1/x.csv", "an address of this network"),
        ("https://169.254.169.254/latest", "an address of this network"),
        ("https://[::1]/x.csv", "an address of this network"),
        ("https://[fe80::1]/x.csv", "an address of this network"),
        ("https://[fd00::1]/x.csv", "an address of this network"),
        ("https://[::ffff:127.0.0.1]/x.csv", "an address of this network"),
        ("ftp://data.example.org/x.csv", "no address that can be asked|without encryption"),
        ("file:///etc/passwd", "no address that can be asked|without encryption"),
    ],
)
def test_no_redirect_leads_out_of_encryption_or_into_this_network(
    where: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(FeedError, match=words) as caught:
        asked(led_to(where), tmp_path)
    assert caught.value.seen == [FILE.url], "the address is not even asked"  # type: ignore[attr-defined]
    assert not (tmp_path / "x.csv").exists()


def test_a_mirror_of_this_network_may_lead_within_it(tmp_path: Path) -> None:
    answers = {
        "https://mirror.corp.local/data.example.org/x.csv": httpx2.Response(
            302, headers={"Location": "https://10.0.0.7/x.csv"}
        ),
        "https://10.0.0.7/x.csv": httpx2.Response(200, content=BODY),
    }
    fetcher = Fetcher(
        "https://mirror.corp.local", transport=httpx2.MockTransport(lambda r: answers[str(r.url)])
    )
    assert fetcher.get(FILE, tmp_path, {}, 0.0).path.read_bytes() == BODY


@pytest.mark.parametrize(
    "name", ["../x.csv", "/tmp/x.csv", "a/b.csv", "..", "", ".hidden", "a\n.csv", "x" * 300]
)
def test_a_name_leads_through_no_folder(name: str, tmp_path: Path) -> None:
    file = File(name, FILE.url, "csv", "models", FILE.columns, FILE.shape)
    with pytest.raises(FeedError, match="no name of a file"):
        asked(lambda request: httpx2.Response(200, content=BODY), tmp_path, file)


def begun(folder: Path, have: int, tag: str = '"one"') -> None:
    (folder / "x.csv.part").write_bytes(b"z" * have)
    (folder / "x.csv.part.json").write_text(json.dumps({"url": FILE.url, "etag": tag}))


@pytest.mark.parametrize(
    "odd",
    [
        {"Content-Range": f"bytes 0-{len(BODY) - 1}/{len(BODY)}"},
        {"Content-Range": f"bytes 90-{len(BODY) - 1}/{len(BODY)}"},
        {"Content-Range": f"bytes 100-{len(BODY) + 999}/{len(BODY) + 1000}"},
        {"Content-Range": "bytes */5000"},
        {},
        {"Content-Range": f"bytes 100-{len(BODY) - 1}/{len(BODY)}", "ETag": '"two"'},
        {"Content-Range": f"bytes 100-{len(BODY) - 1}/{len(BODY)}", "Content-Encoding": "gzip"},
    ],
    ids=[
        "from the start",
        "other bytes",
        "another length",
        "no bytes",
        "no range",
        "another edition",
        "packed",
    ],
)
def test_no_two_editions_are_joined(odd: dict[str, str], tmp_path: Path) -> None:
    begun(tmp_path, 100)

    def answers(request: httpx2.Request) -> httpx2.Response:
        if "range" in request.headers:
            piece = BODY[100:]
            return httpx2.Response(
                206, content=gzip.compress(piece) if "Content-Encoding" in odd else piece, headers=odd
            )
        return httpx2.Response(200, content=BODY, headers={"ETag": '"two"'})

    body, seen = asked(answers, tmp_path)
    assert body == BODY and len(seen) == 2 and not list(tmp_path.glob("*.part*"))


def test_what_goes_on_is_joined(tmp_path: Path) -> None:
    begun(tmp_path, 100)
    told = {"Content-Range": f"bytes 100-{len(BODY) - 1}/{len(BODY)}", "ETag": '"one"'}
    body, seen = asked(lambda request: httpx2.Response(206, content=BODY[100:], headers=told), tmp_path)
    assert body == b"z" * 100 + BODY[100:] and len(seen) == 1


def test_what_nobody_asked_for_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="came packed as compress"):
        asked(
            lambda request: httpx2.Response(
                200, stream=httpx2.ByteStream(b"\x1f\x9d..."), headers={"Content-Encoding": "compress"}
            ),
            tmp_path,
        )


def packed_in_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", b"a\n" * 200_000)
    return out.getvalue()


def packed_in_parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": ["x"] * 2_000_000}), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("ending", "body", "words"),
    [
        ("csv", gzip.compress(b"a\n" * 200_000), "unpacks to more than 40,000 bytes"),
        ("csv", packed_in_zip(), "holds 400,000 bytes, expected at most 10,000"),
        ("parquet", packed_in_parquet(), "has 2,000,000 rows, expected at most 1,000,000"),
    ],
    ids=["gzip", "zip", "parquet"],
)
def test_little_that_unpacks_to_much_is_left(
    ending: str, body: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse, "_MOST_ROWS", 1_000_000)
    file = dataclasses.replace(FILE, format=ending, most_bytes=10_000, member="x.csv")
    path = tmp_path / "x"
    path.write_bytes(body)
    assert len(body) < 10_000
    with pytest.raises(FeedError, match=words):
        parse.read(path, file, About("1", date(2026, 11, 21), {}, frozenset(), None, file))


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_proxy_carries_what_is_not_excepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_proxies: None
) -> None:
    """A proxy is asked for the whole address; for https it is asked for a tunnel, which this one refuses."""
    with publisher() as proxy, publisher() as mirror:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        address = "http://mirror.example/data.example.org/x.csv"
        proxy.answers[address] = Answer(BODY)
        fetcher = Fetcher("http://mirror.example")
        assert fetcher.get(FILE, tmp_path / "a", {}, 0.0).path.read_bytes() == BODY and proxy.paths() == [
            address
        ]
        mirror.answers["/data.example.org/x.csv"] = Answer(BODY)
        near = Fetcher(mirror.address)
        assert near.get(FILE, tmp_path / "b", {}, 0.0).path.read_bytes() == BODY and len(proxy.asked) == 1
        with pytest.raises(UnreachableError, match=r"data\.example\.org: no connection \(501"):
            Fetcher(longest_file=3).get(FILE, tmp_path / "c", {}, 0.0)


def test_pages_follow_on_one_host(tmp_path: Path) -> None:
    file = File("x.csv", FILE.url, "csv", "models", FILE.columns, FILE.shape, is_paged=True)
    for link, is_followed in (
        ("/x.csv?cursor=2", True),
        (f"{FILE.url}?cursor=2", True),
        ("https://localhost/x.csv", False),
        ("https://other.example/x.csv", False),
        ("http://data.example.org/x.csv", False),
    ):
        told = {"Link": f'<{link}>; rel="next"'}
        transport = httpx2.MockTransport(
            lambda r, told=told: httpx2.Response(200, content=BODY, headers=told)
        )
        fetcher = Fetcher(transport=transport)
        if is_followed:
            assert fetcher.get(file, tmp_path, {}, 0.0).follows == f"{FILE.url}?cursor=2"
        else:
            with pytest.raises(FeedError, match="its next page is at"):
                fetcher.get(file, tmp_path, {}, 0.0)
