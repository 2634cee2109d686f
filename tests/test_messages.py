"""What a connection says that no page of the app says: not heard, and ended where it is no message at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.screen import messages


def said(change: Callable[[BackMsg], object]) -> dict[str, Any]:
    one = BackMsg()
    change(one)
    return {"type": "websocket.receive", "bytes": one.SerializeToString()}


def heard(*sent: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the app hears of these messages until the connection ends, and what the browser is sent."""
    coming = iter([*sent, {"type": "websocket.disconnect", "code": 1000}])
    out: list[dict[str, Any]] = []

    async def receive() -> Any:
        return next(coming)

    async def send(message: Any) -> None:
        out.append(dict(message))

    async def listen() -> list[dict[str, Any]]:
        line, got = messages.Line(receive, send), []
        while not got or got[-1]["type"] != "websocket.disconnect":
            got.append(dict(await line.receive()))
        await line.send({"type": "websocket.send", "bytes": b"late"})
        return got[:-1]

    return asyncio.run(listen()), out


def of_part(message: BackMsg, name: str) -> None:
    one = message.rerun_script.widget_states.widgets.add()
    one.id, one.string_value = name, "x"


OURS: dict[str, Callable[[BackMsg], object]] = {
    "a run": lambda m: setattr(m.rerun_script, "query_string", "company=alibaba"),
    "a value": lambda m: of_part(m, "$$ID-0123-search"),
    "a value of Streamlit's own": lambda m: of_part(m, "$$STREAMLIT_INTERNAL_KEY_SCRIPT_RUN_WITHOUT_ERRORS"),
    "a stop": lambda m: setattr(m, "stop_script", True),
    "a heartbeat": lambda m: setattr(m, "app_heartbeat", True),
    "files to come": lambda m: m.file_urls_request.file_names.append("a.pptx"),
    "a file made": lambda m: setattr(m.backend_operation_request.deferred_file, "file_id", "a"),
    "rows of a table": lambda m: m.backend_operation_request.dataframe_chunk.SetInParent(),
}
KIND = BackMsg.DESCRIPTOR.oneofs_by_name["type"]
WORK = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type.oneofs_by_name["payload"]


@pytest.mark.parametrize("name", OURS)
def test_what_pages_say_is_heard(name: str) -> None:
    one = said(OURS[name])
    assert heard(one)[0] == [one]


def test_all_else_that_streamlit_knows_is_not() -> None:
    """Whatever a later Streamlit adds, too: what is not listed is not heard."""
    others = [f.name for f in KIND.fields if f.name not in messages.SAID]
    assert {"clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"} <= set(others)
    for name in others:
        assert heard(said(lambda m, name=name: setattr(m, name, True)))[0] == [], name  # type: ignore[misc]
    work = [f.name for f in WORK.fields if f.name not in messages.DONE]
    assert "install_skills" in work
    for name in work:
        asked = said(lambda m, name=name: getattr(m.backend_operation_request, name).SetInParent())  # type: ignore[misc]
        assert heard(asked)[0] == [], name
    assert heard(said(lambda m: None))[0] == []


@pytest.mark.parametrize("name", ["", "deck", "../x", "$$GENERATED", "ID-1", "x" * 10_000])
def test_a_value_of_what_is_no_part_of_a_page_is_not(name: str) -> None:
    """Streamlit keeps it, cannot read it, and every run of that reader fails from then on, each with a trace in the log."""
    assert heard(said(lambda m: of_part(m, name)))[0] == []


def test_what_comes_behind_it_is_heard() -> None:
    run = said(OURS["a run"])
    assert heard(said(lambda m: setattr(m, "clear_cache", True)), run)[0] == [run]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "websocket.receive", "text": "hello"}, 1003),
        ({"type": "websocket.receive", "bytes": b"\xff" * 40}, 1002),
        ({"type": "websocket.receive", "bytes": b"\0" * (messages.MOST + 1)}, 1009),
        (said(lambda m: setattr(m.rerun_script, "query_string", "x" * (messages.MOST_ADDRESS + 1))), 1009),
    ],
    ids=["text", "no message", "too large", "address too long"],
)
def test_a_connection_that_says_no_message_ends(
    message: dict[str, Any], code: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages.Line, "_told", float("-inf"))
    with caplog.at_level(logging.WARNING, messages.LOG.name):
        for _ in range(3):
            assert heard(message, said(OURS["a run"])) == ([], [{"type": "websocket.close", "code": code}])
    # One line a minute, whoever sends how many.
    (line,) = caplog.messages
    assert "not heard: the connection was ended" in line
