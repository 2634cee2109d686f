"""Who may read: claims of a provider against those named, sign-ins that end, and addresses that others reach."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_app_utils, starlette_websocket

from dashboard.screen import guard, sign_in

PROJECT = Path(__file__).resolve().parent.parent
NOW = 1_800_000_000.0
SECRET = "a secret of more than thirty-two letters"


def claims(**more: object) -> dict[str, Any]:
    return {"is_logged_in": True, "iat": NOW - 60, "email": "ann@example.com", "sub": "1"} | more


@pytest.mark.parametrize(
    ("allowed", "who", "is_in"),
    [
        ("*", {}, True),
        ("*", {"email": None}, True),
        ("ann@example.com", {}, True),
        ("Ann@Example.COM", {"email": "aNN@example.com"}, True),
        ("@example.com", {}, True),
        ("*@example.com", {}, True),
        ("bob@example.com, @example.com", {}, True),
        ("@example.com", {"email": "ann@example.com.evil.org"}, False),
        ("@example.com", {"email": "ann@sub.example.com"}, False),
        ("@example.com", {"email": "ann@evil.org@example.com"}, False),
        ("@example.com", {"email": "@example.com"}, False),
        ("@example.com", {"email": "ann @example.com"}, False),
        ("@example.com", {"email": "ann@ex\u0430mple.com"}, False),
        ("@example.com", {"email": ["ann@example.com"]}, False),
        ("@example.com", {"email": "ann@example.com", "email_verified": False}, False),
        ("@example.com", {"email": "ann@example.com", "email_verified": "false"}, False),
        ("@example.com", {"email": "ann@example.com", "email_verified": True}, True),
        ("@example.com", {"email": None}, False),
        ("@example.com", {"email": "ann@evil.org", "name": "ann@example.com"}, False),
        ("group:board", {"groups": ["staff", "Board"]}, True),
        ("group:board", {"roles": "board"}, True),
        ("group:board", {"groups": "aboard"}, False),
        ("group:board", {"groups": {"board": 1}}, False),
        ("group:board", {"groups": [["board"]]}, False),
        ("group:board", {"email": "group:board"}, False),
        ("group:", {"groups": []}, False),
        ("example.com", {}, False),
        ("", {}, False),
        (",,", {"email": ""}, False),
    ],
)
def test_claims_against_those_named(
    allowed: str, who: dict[str, object], is_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sign_in.SIGN_IN, allowed)
    assert sign_in.is_named(claims(**who), sign_in.named(sign_in.SIGN_IN)) is is_in
    assert (sign_in.why_not(claims(**who), NOW) == "") is is_in


@pytest.mark.parametrize(
    ("iat", "is_over"),
    [(NOW, False), (NOW - 3600 * 11, False), (NOW - 3600 * 12, True), (NOW + 60, False), (NOW + 9999, True),
     (None, True), ("soon", True), (True, True), (float("nan"), True)],
)  # fmt: skip
def test_a_sign_in_ends(iat: object, is_over: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sign_in.SIGN_IN, "*")
    assert sign_in.is_over(claims(iat=iat), NOW) is is_over
    assert sign_in.why_not(claims(iat=iat), NOW) == ("Your sign-in has ended: sign in again." * is_over)


def test_hours_are_the_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sign_in.HOURS, "1")
    assert sign_in.is_over(claims(iat=NOW - 3601), NOW)
    monkeypatch.setenv(sign_in.HOURS, "never")
    assert not sign_in.is_over(claims(iat=NOW - 3601), NOW)


@pytest.mark.parametrize(
    ("host", "is_public"),
    [("127.0.0.1", False), ("127.8.8.8", False), ("::1", False), ("::ffff:127.0.0.1", False), ("0.0.0.0", True),
     ("::", True), ("10.0.0.5", True), ("192.168.1.2", True), ("fe80::1%eth0", True), ("2001:db8::1", True),
     ("/run/app.sock", False), ("localhost", False), (None, False)],
)  # fmt: skip
def test_addresses_that_others_reach(host: str | None, is_public: bool) -> None:
    assert sign_in.is_public((host, 8501)) is is_public


def asked(path: str, host: str = "10.0.0.5", cookie: str = "") -> tuple[int, str] | None:
    headers = [(b"host", b"a"), (b"cookie", cookie.encode("latin-1"))]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "server": (host, 8501)}
    return sign_in.refusal(scope)


@pytest.mark.parametrize("path", ["/", "/governance", "/media/x.pptx", "/api/v1/models", "/static/a.js"])
def test_nothing_is_served_to_others_unasked(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sign_in.OPEN, raising=False)
    monkeypatch.delenv(sign_in.SIGN_IN, raising=False)
    refused = asked(path)
    assert refused is not None and refused[0] == 403 and "LANDSCAPE_OPEN=on" in refused[1]
    assert asked(path, "127.0.0.1") is None and asked("/healthz") is None
    monkeypatch.setenv(sign_in.OPEN, "on")
    assert (asked(path) is None) is not path.startswith("/api")


def test_the_door_is_shut_to_others_unless_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sign_in.SIGN_IN, raising=False)
    monkeypatch.setenv(sign_in.OPEN, "on")
    for said, status in (("on", 403), ("open", None), ("", 403)):
        monkeypatch.setenv(sign_in.DOOR, said)
        for path in ("/api/v1/models", "/data/models.parquet", "/mcp", "/llms.txt"):
            found = asked(path)
            assert (found and found[0]) == status, (said, path)
            assert asked(path, "127.0.0.1") is None


@pytest.fixture
def signing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_websocket, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(sign_in.time, "time", lambda: NOW)
    monkeypatch.setenv(sign_in.SIGN_IN, "@example.com")


def signed(of: dict[str, Any], secret: str = SECRET) -> str:
    name = starlette_websocket.USER_COOKIE_NAME
    value = starlette_app_utils.create_signed_value(secret, name, json.dumps(of))
    return f"{name}={value.decode()}"


@pytest.mark.usefixtures("signing")
@pytest.mark.parametrize(
    "path", ["/media/1.pptx", "/_stcore/upload_file/a/b", "/api/v1/models", "/data/models.parquet", "/mcp", "/llms.txt"]
)  # fmt: skip
@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.5"])
def test_what_is_held_is_for_those_signed_in(path: str, host: str) -> None:
    refused = (401, sign_in.NOT_SIGNED_IN)
    assert asked(path, host) == refused
    assert asked(path, host, signed(claims())) is None
    assert asked(path, host, signed(claims(email="ann@evil.org"))) == refused
    assert asked(path, host, signed(claims(iat=NOW - 90_000))) == refused
    assert asked(path, host, signed(claims(is_logged_in=False))) == refused
    assert asked(path, host, signed(claims(), "another secret of the same length, or so")) == refused
    for spoilt in (
        signed(claims())[:-3],
        "_streamlit_user=",
        "_streamlit_user=e30=|1|x",
        "_streamlit_user=\xff",
    ):
        assert asked(path, host, spoilt) == refused
    assert asked("/", host) is None and asked("/oauth2callback", host) is None


def test_a_browser_is_told_in_words_and_a_connection_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sign_in.OPEN, raising=False)
    monkeypatch.delenv(sign_in.SIGN_IN, raising=False)

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("in")(scope, receive, send) if scope["type"] == "http" else None

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await guard.Guard(inner)({**scope, "server": ("10.0.0.5", 8501)}, receive, send)

    client = TestClient(app)
    found = client.get("/", headers={"host": "a"})
    assert found.status_code == 403 and "names readers in LANDSCAPE_SIGN_IN" in found.text
    with pytest.raises(Exception) as ended, client.websocket_connect("/_stcore/stream"):
        pass
    assert getattr(ended.value, "status_code", 403) == 403
    monkeypatch.setenv(sign_in.OPEN, "on")
    assert client.get("/", headers={"host": "a"}).text == "in"
    assert Request({"type": "http", "headers": []}).cookies == {}


def test_a_server_for_others_does_not_start_unasked(built: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    own = {k: v for k, v in os.environ.items() if not k.startswith("LANDSCAPE_")}
    command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:app", "--port", port, "--host", "0.0.0.0"]
    done = subprocess.run(
        command, cwd=PROJECT, env=own | {"LANDSCAPE_DATA": str(built)}, capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1] == sign_in.NO_OPEN


@pytest.mark.parametrize(
    ("arguments", "more", "starts"),
    [
        (["--host", "127.0.0.1"], {}, True),
        ([], {}, True),
        (["--host=::"], {}, False),
        ([], {"UVICORN_HOST": "0.0.0.0"}, False),
        (["--host", "0.0.0.0"], {"LANDSCAPE_OPEN": "on"}, True),
        (["--host", "0.0.0.0"], {"LANDSCAPE_OPEN": "off"}, False),
        (["--host"], {}, True),
    ],
)
def test_words_of_the_command(
    arguments: list[str], more: dict[str, str], starts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(sign_in.SIGN_IN, raising=False)
    assert (sign_in.refuse_to_start(arguments, more) == "") is starts
    monkeypatch.setenv(sign_in.SIGN_IN, "*")
    assert sign_in.refuse_to_start(arguments, more) == ""


@pytest.mark.parametrize(
    ("made", "said"), [("none", ""), ("sound", ""), ("cut", "no TOML, line 1"), ("folder", "Is a directory")]
)
def test_secrets_that_cannot_be_read_are_said_at_the_start(
    made: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each request ends in a trace, also of readers whom nobody asks to sign in. A mount that misses its file is a folder."""
    path = tmp_path / "secrets.toml"
    if made == "folder":
        path.mkdir()
    elif made != "none":
        path.write_text(
            '[auth]\ncookie_secret = "a"\n' if made == "sound" else '[auth "TOLD-TO-NOBODY', encoding="utf-8"
        )
    monkeypatch.setattr(sign_in.st, "get_option", {"secrets.files": [str(path)]}.__getitem__)
    found = sign_in.unreadable()
    assert (f"{path}: cannot be read ({said})" in found) if said else not found
    assert "TOLD-TO-NOBODY" not in found


def test_without_a_provider_nobody_is_let_in_and_it_is_said(
    built: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    monkeypatch.setenv(sign_in.SIGN_IN, "*")
    app = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=120).run()
    assert not app.exception and [e.value for e in app.error] == [
        "Sign-in is not set up on this server: whoever runs it finds in its log what is missing."
    ]
    assert not app.button and not app.dataframe and "under [auth]" in caplog.text


def test_who_signs_a_review(monkeypatch: pytest.MonkeyPatch) -> None:
    who = claims()
    monkeypatch.setattr(sign_in.st, "user", type("User", (), {"to_dict": lambda self: who})())
    monkeypatch.delenv(sign_in.SIGN_IN, raising=False)
    assert sign_in.may_review() and sign_in.reader() == ""
    monkeypatch.setenv(sign_in.SIGN_IN, "*")
    assert sign_in.may_review() and sign_in.reader() == "ann@example.com"
    monkeypatch.setenv(sign_in.REVIEWERS, "bob@example.com, group:analysts")
    assert not sign_in.may_review()
    who["groups"] = ["Analysts"]
    assert sign_in.may_review()
