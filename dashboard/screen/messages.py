"""What a reader's page may say by its connection: Streamlit's developer's menu speaks there, too, and for all readers at once."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from starlette.types import Message, Receive, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

LOG = logging.getLogger(__name__)

#: What the app's pages say. The rest empties the caches of everyone, reads the repository, ends connections or the server.
SAID = frozenset(
    {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"}
)
#: What pages ask to be done beside a run: a file made on a click, rows of a long table. The rest writes into folders.
DONE = frozenset({"deferred_file", "dataframe_chunk"})
#: Bytes of one message, and of the address in it: the largest pages send some thousand; files come another way.
MOST, MOST_ADDRESS = 2_000_000, 200_000
#: How the ids of parts begin that pages hold. Under another one Streamlit keeps what it cannot read, and each later run fails.
IDS = ("$$ID-", "$$STREAMLIT_INTERNAL_KEY")
#: Seconds between lines of the log that tell of it: whoever sends one sends thousands.
_PAUSE = 60.0
#: Codes by which a connection ends: not understood, not the kind expected, too large.
_GARBLED, _TEXT, _LARGE = 1002, 1003, 1009


@dataclass(frozen=True)
class Refused:
    """Why a message goes no further; `code` ends the connection, None goes on without the message."""

    why: str
    code: int | None = None


def refused(message: Message) -> Refused | None:
    """Why a message of a page is not handed on; None for one that is."""
    data = message.get("bytes")
    if data is None:
        return Refused("a text, where pages send bytes", _TEXT)
    if len(data) > MOST:
        return Refused(f"{len(data):,} bytes, expected at most {MOST:,}", _LARGE)
    said = BackMsg()
    try:
        said.ParseFromString(data)
    except Exception:  # Of a package that is not ours to name.
        return Refused("bytes that are no message", _GARBLED)
    kind = said.WhichOneof("type")
    if kind not in SAID:
        return Refused(f"{kind or 'nothing'}, which no page of the app says")
    if kind == "rerun_script" and len(said.rerun_script.query_string) > MOST_ADDRESS:
        return Refused(f"an address of more than {MOST_ADDRESS:,} characters", _LARGE)
    if kind == "rerun_script" and (
        odd := [w.id for w in said.rerun_script.widget_states.widgets if not w.id.startswith(IDS)]
    ):
        return Refused(f"a value of {odd[0][:40]!a}, which is no part of a page")
    if kind == "backend_operation_request":
        asked = said.backend_operation_request.WhichOneof("payload")
        if asked not in DONE:
            return Refused(f"{asked or 'nothing'} to be done, which no page of the app asks for")
    return None


class Line:
    """A reader's connection, on which only what pages say is heard."""

    _told = -_PAUSE

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._is_over = False

    async def receive(self) -> Message:
        """The next message that is handed on; the end, where one ended the connection."""
        while True:
            message = await self._receive()
            why = refused(message) if message["type"] == "websocket.receive" else None
            if why is None:
                return message
            self._tell(why)
            if why.code is not None:
                self._is_over = True
                await self._send({"type": "websocket.close", "code": why.code})
                return {"type": "websocket.disconnect", "code": why.code}

    async def send(self, message: Message) -> None:
        """Hands on what the app says, until the connection was ended here."""
        if not self._is_over:
            await self._send(message)

    @classmethod
    def _tell(cls, why: Refused) -> None:
        now = time.monotonic()
        if now - cls._told >= _PAUSE:
            cls._told = now
            ended = "" if why.code is None else ": the connection was ended"
            LOG.warning("a connection said %s; it was not heard%s", why.why, ended)
