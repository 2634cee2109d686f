"""What the server writes, as lines of JSON where that is asked for: every line, and nothing of readers."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import failures, store

CODE = """
import logging, sys, threading, warnings
sys.argv = ["uvicorn"]
import uvicorn
config = uvicorn.Config("dashboard.asgi:app", log_level="info")
config.load()
from starlette.testclient import TestClient
from dashboard import asgi
from streamlit import config as streamlit_config
with TestClient(asgi.app) as client:
    # Streamlit gives loggers new handlers when it reads its configuration: at the start, and whenever the file changes.
    streamlit_config.get_config_options(force_reparse=True)
    logging.getLogger("uvicorn.error").error("at once")
    client.get("/readyz")
    asgi._ready.wait(3)
    logging.getLogger("dashboard.any").warning("two\\nlines, a “quote” and 中文")
    logging.getLogger("uvicorn.access").warning('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", "/?own=TYPED", "1.1", 200)
    logging.getLogger("streamlit.runtime.app_session").warning("of Streamlit")
    warnings.warn("of a library", stacklevel=1)
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("uvicorn.error").exception("failed")
    # Joined here: the lines of the code stand in a trace, too.
    rows, name = {}, "TYP" + "ED"
    try:
        try:
            rows[name]
        except KeyError as missing:
            raise ValueError(f"no {name}") from missing
    except ValueError as error:
        logging.getLogger("dashboard.any").warning("of a reader's rows", exc_info=error)
        logging.getLogger("streamlit.error_util").error("Uncaught app execution", exc_info=error)
    def ended():
        raise KeyError(name)
    thread = threading.Thread(target=ended, name="one that ends")
    thread.start()
    thread.join()
    class Falls:
        def __del__(self):
            raise KeyError(name)
    Falls()
    import asyncio
    async def forgotten():
        async def one():
            raise KeyError(name)
        task = asyncio.create_task(one())
        await asyncio.sleep(0)
        del task
    asyncio.run(forgotten())
raise KeyError(name)
"""
#: What of it fails, by its line of the log, and with what.
FAILED = {
    "failed": "ZeroDivisionError",
    "of a reader's rows": "ValueError",
    "Uncaught app execution": "ValueError",
    "one that ends ended": "KeyError",
    "what failed in Falls.__del__ was dropped": "KeyError",
    "Task exception was never retrieved": "KeyError",
    "the process ended": "KeyError",
}


def written(**more: str) -> str:
    """What a process writes in which everything fails that can."""
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=store.PROJECT, env=os.environ | more, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_every_line_is_json_where_that_is_asked_for(tmp_path: Path) -> None:
    text = written(LANDSCAPE_LOG="json", LANDSCAPE_DATA=str(tmp_path), LANDSCAPE_READRES="5")
    lines = [json.loads(line) for line in text.splitlines()]
    said = {one["message"]: one for one in lines}
    assert {"at once", "two\nlines, a “quote” and 中文", "of Streamlit"} <= set(said)
    assert len([m for m in said if m.startswith("No data is served: ")]) == 1
    assert any("did you mean LANDSCAPE_READERS" in m for m in said) and any("of a library" in m for m in said)
    for message, kind in FAILED.items():
        assert kind in said[message]["trace"], message
    both = said["of a reader's rows"]["trace"]
    assert both == said["Uncaught app execution"]["trace"]
    assert both.index("KeyError") < both.index("which led to") < both.index("ValueError")
    assert any("GET / HTTP" in m for m in said) and "TYPED" not in text
    assert all(one["time"].endswith("+00:00") and one["level"] for one in lines)


@pytest.mark.slow
def test_words_of_errors_are_in_no_line_in_words_either(tmp_path: Path) -> None:
    text = written(LANDSCAPE_DATA=str(tmp_path))
    assert all(message in text for message in FAILED) and "TYPED" not in text


def test_a_trace_has_places_and_kinds_and_no_words_of_data() -> None:
    def fail(error: BaseException) -> str:
        try:
            raise error
        except BaseException as caught:
            return failures.trace(caught)

    secret = "Acme's own"
    for error in (KeyError(secret), ValueError(secret), RuntimeError(secret), FileNotFoundError(2, "No such file", secret),
                  ExceptionGroup(secret, [KeyError(secret), OSError(28, "No space left on device", secret)])):  # fmt: skip
        told = fail(error)
        assert secret not in told and type(error).__name__ in told and "in fail" in told
        assert told.startswith("Traceback (most recent call last):\n  File ")
    assert "No such file" in fail(FileNotFoundError(2, "No such file", secret))
    assert "No space left on device" in told and "KeyError" in told
    assert "no attribute 'nothing'" in fail(AttributeError("no attribute 'nothing'"))
    assert fail(OSError(secret)).endswith("OSError")
    assert fail(OSError(28, secret)).endswith("OSError: [Errno 28] No space left on device")
    assert secret not in fail(OSError(secret, secret))

    class OfALibrary(AttributeError):
        def __str__(self) -> str:
            raise ValueError

    assert fail(OfALibrary()).endswith("OfALibrary")
    one = ValueError(1)
    one.__cause__ = one
    assert fail(one).count("ValueError") == 1


def test_a_page_that_fails_on_a_readers_rows_names_none_of_them_in_the_log(
    built: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without the server's own start, too: `streamlit run` serves the pages alone."""

    def fail() -> None:
        raise KeyError("a reader's own")

    factory = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    monkeypatch.setattr("dashboard.screen.ui.footer", fail)
    logger = logging.getLogger("streamlit.error_util")
    logger.addHandler(caplog.handler)
    try:
        app = AppTest.from_file(str(store.PROJECT / "dashboard" / "app.py"), default_timeout=120)
        app.switch_page("app_pages/companies.py").run()
    finally:
        logger.removeHandler(caplog.handler)
        logging.setLogRecordFactory(factory)
    assert app.exception and "KeyError" in caplog.text and "in fail" in caplog.text
    assert "a reader's own" not in "".join(line for line in caplog.text.splitlines() if "raise" not in line)
