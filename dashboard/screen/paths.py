"""Addresses that name no page: a near miss leads to the page that was meant, anything else is told in a sentence with links."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from urllib.parse import quote, unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.look.markup import html_text

#: Names of pages as they stand in the address: those of their files.
PAGES = tuple(sorted(p.stem for p in (Path(__file__).parents[1] / "app_pages").glob("*.py")))
_HOME, _OWN = "overview", "own"
#: What programs of mail and hands put round a word, and endings that pages have elsewhere.
_AROUND = re.compile(r"^[\W_]+|(?:\.(?:html?|php|aspx?|jsp|py))?[\W_]*$", re.IGNORECASE)
#: Likeness from which a word was probably meant.
_NEAR = 0.75
_MOVED = (301, 302, 307, 308)
#: What stands in an address as it is.
_IN_ADDRESS = "%/:?=&;,+@!$'()*#[]~-._"
#: Where Streamlit keeps what its pages are made of, and files that readers save, some of it as HTML.
_PARTS = ("/_stcore/", "/component/", "/media/")
_STYLE = (
    "body{font:16px/1.5 system-ui,-apple-system,'Segoe UI','Microsoft YaHei',sans-serif;max-width:38rem;margin:12vh auto;"
    "padding:0 1rem;color:#1a1f2b;background:#fff}h1{font-size:1.6rem;overflow-wrap:anywhere}a{color:#1f4fa3}"
    "ul{columns:2;padding-left:1.2rem}@media(prefers-color-scheme:dark){body{color:#e7eaf0;background:#12161f}a{color:#9dbcf5}}"
)


def meant(path: str) -> str | None:
    """The page that a path means, "" for the first; None where it is none's.

    Case, slashes, spaces, marks round a word and endings such as ".html" do not count.
    """
    word = _AROUND.sub("", unquote(path)).lower()
    # Copied from a file manager or a sitemap: "overview.html", "index.html".
    if word in ("", "index", "home", "app", _HOME):
        return "" if "/" not in path.strip("/") else None
    return word if word in PAGES else None


def near(path: str) -> list[str]:
    """Pages whose name is like the word that was asked for, the likest first."""
    word = _AROUND.sub("", unquote(path)).lower().rpartition("/")[2]
    return difflib.get_close_matches(word, PAGES, n=2, cutoff=_NEAR)


class Paths:
    """ASGI middleware: answers what Streamlit would answer with its page and a dialog; to stand round `BasePath`.

    What other routes answer passes. Places are told from where the reader stands, so a path prefix needs no telling.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; an answer to a path that is no page's is replaced."""
        path = scope.get("path", "")
        root = str(scope.get("root_path", "")).rstrip("/")
        if root and path.startswith(f"{root}/"):
            path = path[len(root) :]
        asks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        known = path[1:] in PAGES and path[1:] != _HOME
        if not asks or known or path in ("", "/") or path.startswith(_PARTS):
            await self.app(scope, receive, send)
            return
        replaced = False

        async def told(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_stray(message, scope["path"]):
                replaced = True
                start, body = _answer(path, scope["query_string"].decode("latin-1"), message["status"])
                await send(start)
                await send(body if scope["method"] == "GET" else {**body, "body": b""})
            if not replaced:
                await send(message)

        await self.app(scope, receive, told)


def _is_stray(start: Message, path: str) -> bool:
    """Whether an answer is Streamlit's page, which it has for any path, or its word on a slash at the end."""
    headers = Headers(raw=start["headers"])
    if start["status"] == 200:
        return headers.get("content-type", "").startswith("text/html")
    # Streamlit names the path without the slash from the root, without a prefix. Other moves, as after signing in, are meant.
    to = unquote(headers.get("location", "").partition("?")[0])
    return start["status"] in _MOVED and path.endswith("/") and to == path.rstrip("/")


def _answer(path: str, query: str, status: int) -> tuple[Message, Message]:
    # A link that was escaped as a whole has its question mark, and what follows, in the path.
    path, _, inside = path.partition("?")
    up = "../" * (path.count("/") - 1)
    query = "&".join(filter(None, (inside, query)))
    asked = f"?{query}" if query else ""
    page = path.strip("/") if status in _MOVED and meant(path) is None else meant(path)
    if page is not None:
        # Kept by no browser: a page of that name may come.
        return _sent(307, b"", location=quote(f"{up or './'}{page}{asked}", safe=_IN_ADDRESS))
    shown = html_text(unquote(path)[:80].strip("/"))
    keep = html_text(asked)

    def link(name: str) -> str:
        target = "" if name == _HOME else name
        words = "Our company" if name == _OWN else name.capitalize()
        return f'<a href="{up or "./"}{target}{keep}">{words}</a>'

    likely = " or ".join(map(link, near(path)))
    listed = "".join(f"<li>{link(n)}</li>" for n in PAGES if n not in ("company", "model"))
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="robots" content="noindex"><title>No such page</title><style>{_STYLE}</style></head><body><main>'
        f"<h1>There is no page “{shown}” here</h1><p>"
        + (f"Perhaps {likely} was meant. " if likely else "")
        + f"These are the pages; filters of the address are kept:</p><ul>{listed}</ul></main></body></html>"
    )
    return _sent(404, body.encode())


def _sent(status: int, body: bytes, **headers: str) -> tuple[Message, Message]:
    named = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body)), **headers}
    raw = [(k.encode(), v.encode()) for k, v in named.items()]
    return (
        {"type": "http.response.start", "status": status, "headers": raw},
        {"type": "http.response.body", "body": body},
    )


__all__ = ["Paths", "meant", "near"]
