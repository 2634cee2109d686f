"""The documented server command behind nginx and a path prefix: pages, websocket, files, downloads, long addresses."""

from __future__ import annotations

import gzip
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from look import PROJECT, csv_of_a_chart, end_process, free_port, settle

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
PREFIX = "/landscape/"


def documented() -> str:
    """The lines for nginx that operations.md prints."""
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    return re.search(r"^    (large_client_header_buffers.*?^    \})$", text, re.S | re.M)[1]  # type: ignore[index]


@pytest.fixture(scope="module")
def prefixed(app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app behind nginx, prefix included; skipped, with a word, where there is no nginx."""
    if NGINX is None:
        pytest.skip("no nginx found: apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("nginx")
    port = free_port()
    lines = documented().replace("http://127.0.0.1:8501/", app_url)
    config = folder / "nginx.conf"
    config.write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; master_process off; worker_processes 1;\n"
        "events {}\nhttp {\n"
        f"  access_log {folder}/access.log;\n"
        + "".join(f"  {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        + f"  server {{ listen 127.0.0.1:{port};\n{lines}\n  }}\n}}\n",
        encoding="utf-8",
    )  # fmt: skip
    server = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(config)], stderr=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}{PREFIX}"
    for _ in range(100):
        if server.poll() is not None:
            pytest.fail(f"nginx: {server.stderr.read().decode()}")  # type: ignore[union-attr]
        try:
            urllib.request.urlopen(f"{url}healthz", timeout=2)
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    yield url
    assert end_process(server, 60) != -signal.SIGKILL


@pytest.mark.parametrize("path", ["", "governance", "company?company.id=alibaba", "deck"])
def test_pages_work_under_a_prefix(new_page: Callable[..., Any], prefixed: str, path: str) -> None:
    """Opened directly, each page connects, stays on its path, and asks for nothing that is not there."""
    page = new_page(base=prefixed)
    failed: list[str] = []
    page.on("response", lambda r: failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.goto(prefixed + path)
    settle(page, 60)
    assert (
        page.get_by_test_id("stHeading").count() and not page.locator("[data-testid='stException']").count()
    )
    assert urlsplit(page.url).path == PREFIX + path.partition("?")[0]
    assert not failed
    assert {urlsplit(e).path.startswith(PREFIX) for e in page.evaluate(
        "() => performance.getEntriesByType('resource').map(e => e.name).filter(n => n.startsWith('http'))"
    )} == {True}  # fmt: skip


def test_files_are_saved_under_a_prefix(new_page: Callable[..., Any], prefixed: str) -> None:
    page = new_page(base=prefixed)
    assert b"governance_model" in csv_of_a_chart(page, prefixed)
    page.get_by_role("link", name="Companies", exact=True).click()
    settle(page, 120)
    assert urlsplit(page.url).path == f"{PREFIX}companies"


@pytest.mark.parametrize("path", ["", "governance", "claims?type=lab"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_every_page_is_told_where_the_app_lives(
    app_url: str, prefixed: str, path: str, encoding: str
) -> None:
    for base in (app_url, prefixed):
        asked = urllib.request.Request(
            base + path, headers={"Accept": "text/html", "Accept-Encoding": encoding}
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            body = answer.read()
            assert answer.headers.get("content-encoding", "identity") == encoding
            assert int(answer.headers.get("content-length", len(body))) == len(body)
        told = (gzip.decompress(body) if encoding == "gzip" else body).decode()
        assert told.index("BACKEND_BASE_URL") < told.index("<script type=")


@pytest.mark.parametrize("path", ["Governance", "governance/", "governance.html"])
def test_a_near_miss_of_a_page_stays_under_its_prefix(app_url: str, prefixed: str, path: str) -> None:
    for base in (app_url, prefixed):
        with urllib.request.urlopen(f"{base}{path}?company=openai", timeout=30) as answer:
            assert answer.url == f"{base}governance?company=openai"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{base}nowhere/{path}", timeout=30)
        assert refused.value.code == 404 and b'href="../governance"' in refused.value.read()


def test_the_longest_address_that_is_made_is_taken(app_url: str, prefixed: str) -> None:
    from dashboard.data.permalink import MOST_LENGTH

    for base in (app_url, prefixed):
        with urllib.request.urlopen(
            f"{base}deck?deck={'x' * (MOST_LENGTH - len(base) - 10)}", timeout=30
        ) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("path", ["metrics", "held", "_stcore/metrics"])
def test_what_runs_the_app_is_not_reached_under_a_prefix(prefixed: str, path: str) -> None:
    """The proxy says so, whether the app shows its numbers or not."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{prefixed}{path}", timeout=10)
    assert refused.value.code == 404 and b"nginx" in refused.value.read()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in documented()
