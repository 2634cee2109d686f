"""Readers without a browser: the app's own connection, as its page in a browser uses it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

V = TypeVar("V")


def awaited(work: Coroutine[Any, Any, V]) -> V:
    """Runs it to its end in a thread of its own: a browser of other tests keeps this one's event loop running."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, work).result()


@dataclass
class Shown:
    """What one run of a page showed that a reader may press, by label, and what it said.

    Attributes:
        made: Files that are made on a click: the ids of their buttons.
        ready: Files that are there: their addresses, without the app's own.
        buttons: Ids of other buttons.
        notices: Words of notices.
        steps: Words of progress, in the order in which they came.
        icon: Address of the page's icon.
        visit: Id of the session.
    """

    made: dict[str, str] = field(default_factory=dict)
    ready: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    icon: str = ""
    visit: str = ""

    def take(self, said: ForwardMsg) -> None:
        """Notes what a message shows."""
        if said.WhichOneof("type") == "new_session":
            self.visit = said.new_session.initialize.session_id
        elif said.WhichOneof("type") == "page_config_changed":
            self.icon = said.page_config_changed.favicon or self.icon
        if said.WhichOneof("type") != "delta":
            return
        element = said.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "download_button":
            one = element.download_button
            if one.deferred_file_id:
                self.made[one.label] = one.deferred_file_id
            else:
                self.ready[one.label] = one.url
        elif kind == "button":
            self.buttons[element.button.label] = element.button.id
        elif kind == "alert":
            self.notices.append(element.alert.body)
        elif kind == "progress":
            self.steps.append(element.progress.text)
        elif said.delta.add_block.WhichOneof("type") == "expandable":
            self.steps.append(said.delta.add_block.expandable.label)


class Reader:
    """One reader's connection to a page, from an address of this machine where one is given."""

    def __init__(self, host: str, page: str, address: str = "") -> None:
        self.host, self.page, self.address = host, page, address
        self.socket: websockets.ClientConnection | None = None
        self.shown = Shown()

    async def rerun(self, query: str = "", press: str = "", patience: float = 120) -> float:
        """Seconds of one run of the page under a query; `shown` is what it showed.

        Args:
            query: What follows the question mark.
            press: Id of a button that is pressed.
            patience: Seconds within which the server must say something.

        Raises:
            RuntimeError: the page showed an exception.
        """
        socket = await self._connected()
        asked = BackMsg()
        asked.rerun_script.query_string, asked.rerun_script.page_name = query, self.page
        if press:
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = press, True
        self.shown = Shown()
        began = time.perf_counter()
        await socket.send(asked.SerializeToString())
        while True:
            said = ForwardMsg()
            said.ParseFromString(await asyncio.wait_for(socket.recv(), patience))
            kind = said.WhichOneof("type")
            self.shown.take(said)
            if kind == "script_finished" and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - began
            if kind == "delta" and said.delta.new_element.WhichOneof("type") == "exception":
                raise RuntimeError(f"/{self.page}?{query}: {said.delta.new_element.exception.message}")

    async def make(self, file_id: str, patience: float = 120, as_of: str = "") -> str:
        """Presses a button whose file is made on the click: the file's address; "" where it was refused.

        Args:
            file_id: Of the button.
            patience: Seconds within which the server must say something.
            as_of: The visit that is told; one's own where "".
        """
        socket = await self._connected()
        asked = BackMsg()
        asked.backend_operation_request.request_id = file_id
        asked.backend_operation_request.session_id = as_of or self.shown.visit
        asked.backend_operation_request.deferred_file.file_id = file_id
        await socket.send(asked.SerializeToString())
        while True:
            said = ForwardMsg()
            said.ParseFromString(await asyncio.wait_for(socket.recv(), patience))
            if said.WhichOneof("type") == "backend_operation_response":
                return str(said.backend_operation_response.deferred_file.url)

    async def close(self) -> None:
        """Shuts the page."""
        if self.socket is not None:
            await self.socket.close()
            self.socket = None

    async def _connected(self) -> websockets.ClientConnection:
        if self.socket is None:
            self.socket = await websockets.connect(
                f"ws://{self.host}/_stcore/stream",
                max_size=None,
                subprotocols=[websockets.Subprotocol("streamlit")],
                origin=websockets.Origin(f"http://{self.host}"),
                # A machine without a free moment answers no ping in time.
                ping_interval=None,
                open_timeout=120,
                local_addr=(self.address, 0) if self.address else None,
            )
        return self.socket
