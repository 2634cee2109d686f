"""What the server writes, as lines of JSON where that is asked for: every line, and nothing of readers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.data import store

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
    thread = threading.Thread(target=lambda: 1 / 0, name="one that ends")
    thread.start()
    thread.join()
"""


@pytest.mark.slow
def test_every_line_is_json_where_that_is_asked_for(tmp_path: Path) -> None:
    more = {"LANDSCAPE_LOG": "json", "LANDSCAPE_DATA": str(tmp_path), "LANDSCAPE_READRES": "5"}
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=store.PROJECT, env=os.environ | more, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (done.stdout + done.stderr).splitlines()]
    said = {one["message"]: one for one in lines}
    assert {
        "at once",
        "two\nlines, a “quote” and 中文",
        "of Streamlit",
        "failed",
        "one that ends ended",
    } <= set(said)
    assert len([m for m in said if m.startswith("No data is served: ")]) == 1
    assert any("did you mean LANDSCAPE_READERS" in m for m in said) and any("of a library" in m for m in said)
    assert (
        "ZeroDivisionError" in said["failed"]["trace"]
        and "ZeroDivisionError" in said["one that ends ended"]["trace"]
    )
    assert any("GET / HTTP" in m for m in said) and "TYPED" not in done.stdout + done.stderr
    assert all(one["time"].endswith("+00:00") and one["level"] for one in lines)
