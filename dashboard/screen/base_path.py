"""Where the app lives: told to the page in its own file, so that a sub-page or a path prefix needs no guessing."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit's page guesses its server from the address: opened at /governance it first asks for
# /governance/_stcore/health, is told 404 and goes on. Told where it lives, it does not ask. An answer to the guess would
# break the page: it would then look for its data below /governance/, too. Pages stand one level below the app, so the
# folder of the address is the app's own.
#: A script that the page gets.
TOLD = b'<script>window.__streamlit={BACKEND_BASE_URL:new URL("./",location.href).href}</script>'


class BasePath:
    """ASGI middleware: writes the app's own address into the page; to stand inside what compresses answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; a page of HTML is changed on its way back."""
        # A web page that a reader saves is a file: nothing is written into it.
        if scope["type"] != "http" or "/media/" in scope["path"]:
            await self.app(scope, receive, send)
            return
        if b"text/html" in dict(scope["headers"]).get(b"accept", b""):
            # A copy of the page that was kept from a server without this word must not be called fresh; and a page that
            # comes compressed cannot be written into.
            off = (b"if-none-match", b"if-modified-since", b"accept-encoding")
            kept = [h for h in scope["headers"] if h[0] not in off]
            scope = {**scope, "headers": kept}
        start: Message | None = None
        body = b""

        async def told(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                kinds = dict(message["headers"])
                if message["status"] == 200 and kinds.get(b"content-type", b"").startswith(b"text/html"):
                    start = message
                    return
            if start is None:
                await send(message)
                return
            if message["type"] == "http.response.pathsend":
                raise RuntimeError("the page is read by this server, not sent by path")
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            whole = body.replace(b"<head>", b"<head>" + TOLD, 1)
            # An answer to HEAD names the length that GET has and carries nothing.
            grown = len(TOLD) if scope["method"] == "HEAD" else len(whole) - len(body)
            headers = [
                (k, str(int(v) + grown).encode() if k == b"content-length" else v)
                for k, v in start["headers"]
                # Of the file as it was.
                if k not in (b"etag", b"last-modified", b"accept-ranges")
            ]
            await send({**start, "headers": headers})
            await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, told)


__all__ = ["BasePath"]
