"""Addresses beside a page: a near miss leads to it with its query, anything else is a sentence with links."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from readers import awaited
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from dashboard.screen import paths
from dashboard.screen.base_path import BasePath
from dashboard.screen.paths import PAGES, Paths

QUERY = "company=openai&x=%E4%B8%AD"


def streamlit(request: Request) -> Response:
    """What Streamlit answers: its page whatever the path, a word on a slash at the end, and parts of its own."""
    if request.url.path.endswith("/") and request.url.path != "/":
        return RedirectResponse(request.url.path.rstrip("/"), status_code=301)
    return HTMLResponse("<html>the app</html>")


APP = Paths(
    Starlette(
        routes=[
            Route("/oauth2callback", lambda request: RedirectResponse("/", status_code=302)),
            Route("/healthz", lambda request: PlainTextResponse("ok")),
            Route("/{path:path}", streamlit),
        ]
    )
)


def asked(
    path: str, query: str = "", root: str = "", method: str = "GET", app: ASGIApp = APP
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of the answer to a path as it stands in the address, behind a prefix or not."""
    told: list[Message] = []

    async def once() -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        await app(
            {
                "type": "http",
                "method": method,
                "path": root + unquote(path),
                "raw_path": (root + path).encode(),
                "root_path": root,
                "query_string": query.encode(),
                "headers": [(b"accept", b"text/html"), (b"host", b"reader.test")],
                "server": ("reader.test", 80),
                "scheme": "http",
            },
            receive,
            send,
        )

    awaited(once())
    start = told[0]
    headers = {k.decode(): v.decode() for k, v in start["headers"]}
    return start["status"], headers, b"".join(m.get("body", b"") for m in told[1:]).decode()


@pytest.mark.parametrize("root", ["", "/landscape"])
@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/Governance", "governance"),
        ("/GOVERNANCE.HTML", "governance"),
        ("/governance/", "governance"),
        ("/governance.", "governance"),
        ("/governance%29%2E", "governance"),
        ("/%20governance%E3%80%82", "governance"),
        ("/%E2%80%9Cclaims%E2%80%9D", "claims"),
        ("/Own/", "own"),
        ("/overview", ""),
        ("/index.html", ""),
        ("/Overview/", ""),
    ],
)
def test_a_near_miss_leads_to_the_page_that_was_meant(root: str, path: str, page: str) -> None:
    status, headers, _ = asked(path, QUERY, root)
    assert status == 307
    # As a browser reads it, behind the prefix that it sees.
    here = f"http://reader.test/landscape{path}?{QUERY}"
    assert urljoin(here, headers["location"]) == f"http://reader.test/landscape/{page}?{QUERY}"


def test_a_link_that_was_escaped_as_a_whole_works() -> None:
    status, headers, _ = asked("/governance%3Fcompany%3Dopenai%26as_of%3D2026-06-30", "x=1")
    assert status == 307 and headers["location"] == "./governance?company=openai&as_of=2026-06-30&x=1"


@pytest.mark.parametrize("path", ["/foo", "/foo/bar", "/goverance", "/governance/static/x.js", "/a/b/c/"])
def test_an_unknown_path_is_told_with_links_that_keep_the_filters(path: str) -> None:
    status, headers, body = asked(path.rstrip("/"), QUERY)
    assert status == 404 and headers["content-type"].startswith("text/html")
    assert f"There is no page “{path.strip('/')}” here" in body
    for page in set(PAGES) - {"company", "model", "overview"}:
        assert f'{page}?company=openai&amp;x=%E4%B8%AD"' in body
    assert ("Perhaps <a" in body) == (path == "/goverance")
    assert "://" not in body
    assert asked(path.rstrip("/"), QUERY, method="HEAD")[2] == ""


def test_what_a_path_says_is_text() -> None:
    _, headers, body = asked("/%3Cscript%3Ex%3C%2Fscript%3E", 'a="><script>y</script>')
    assert "<script" not in body and "&lt;script&gt;x" in body and "location" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/governance",
        "/company",
        "/healthz",
        "/_stcore/x",
        "/component/a.b/index.html",
        "/media/0ea5.html",
    ],
)
def test_pages_and_other_routes_are_left_alone(path: str) -> None:
    status, _, body = asked(path, QUERY)
    assert status == 200 and body in ("<html>the app</html>", "ok")


def test_a_move_that_another_route_asks_for_stays() -> None:
    status, headers, _ = asked("/oauth2callback", "code=x&state=y")
    assert (status, headers["location"]) == (302, "/")


@pytest.mark.parametrize(("path", "told"), [("/governance", True), ("/media/0ea5.html", False)])
def test_the_apps_own_address_is_written_into_its_page_and_into_no_file(path: str, told: bool) -> None:
    app = BasePath(
        Starlette(routes=[Route("/{path:path}", lambda r: HTMLResponse("<html><head></head></html>"))])
    )
    assert ("BACKEND_BASE_URL" in asked(path, app=app)[2]) == told


def test_the_pages_are_those_of_the_app() -> None:
    entry = (Path(paths.__file__).parents[1] / "app.py").read_text(encoding="utf-8")
    declared = {
        line.partition('PAGES / "')[2].partition(".py")[0]
        for line in entry.splitlines()
        if "st.Page(" in line
    }
    assert declared == set(PAGES)
    assert all(f'url_path="{p}"' in entry for p in declared - {"overview"})
