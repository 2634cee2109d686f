"""Signing in with a real provider on this machine: let in, refused by claim, signed out, and ended by the clock."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from look import free_port, new_context, serving, settle
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

SECRET = "a secret of more than thirty-two letters"


@pytest.fixture(scope="module")
def app(served_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with sign-in, beside a provider; both on this machine."""
    mock = pytest.importorskip("oidc_provider_mock")
    port = free_port()
    people = [
        mock.User(sub="board", claims={"email": "chair@partner.example", "groups": ["Board"]}),
        mock.User(sub="unverified", claims={"email": "ann@example.com", "email_verified": False}),
    ]
    with mock.run_server_in_thread(user_claims=people) as provider:
        home = tmp_path_factory.mktemp("home")
        (home / ".streamlit").mkdir()
        (home / ".streamlit" / "secrets.toml").write_text(
            f'''[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "landscape"
client_secret = "secret"
server_metadata_url = "http://localhost:{provider.server_port}/.well-known/openid-configuration"
'''
        )
        more = {
            "HOME": str(home),
            "LANDSCAPE_SIGN_IN": "@example.com, group:board",
            "LANDSCAPE_API": "on",
            # The provider of the test has no certificate.
            "AUTHLIB_INSECURE_TRANSPORT": "1",
        }
        with serving(served_data, port=port, more=more) as url:
            yield url


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = new_context(browser, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    context.close()


def sign_in(page: Any, app: str, who: str) -> None:
    page.goto(app)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/oauth2/authorize"))
    page.locator("input[name=sub]").fill(who)
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(app)
    settle(page)


def shown(page: Any) -> str:
    return str(page.locator("body").inner_text())


def status(page: Any, url: str) -> int:
    return int(page.context.request.get(url).status)


def test_who_is_not_signed_in_sees_nothing_and_gets_nothing(page: Any, app: str) -> None:
    for path in ("", "governance", "company?company=alibaba", "data"):
        page.goto(app + path)
        page.get_by_role("button", name="Sign in").wait_for()
        settle(page)
        assert "Sign in to read." in shown(page)
        assert not re.search("Alibaba|snapshot|Governance model", shown(page))
        assert page.locator("[data-testid=stTopNavLink], [data-testid=stSidebarNavLink]").count() == 0
    for path in ("api/v1/models", "data/models.parquet", "llms.txt", "mcp"):
        assert status(page, app + path) == 401
    assert status(page, app + "healthz") == 200


def test_signed_in_by_domain_and_out_again(page: Any, app: str) -> None:
    sign_in(page, app, "ann@example.com")
    assert "Signed in as ann@example.com" in shown(page) and "Governance" in shown(page)
    assert status(page, app + "data/models.parquet") == 200
    assert json.loads(page.context.request.get(app + "api/v1/resources/coverage").text())
    page.goto(app + "governance")
    settle(page)
    assert "Signed in as ann@example.com" in shown(page)
    page.locator(".st-key-sign-out button").click()
    page.wait_for_url(re.compile("/oauth2/end_session"))
    page.get_by_role("button").first.click()
    page.wait_for_url(lambda url: urlsplit(url).netloc == urlsplit(app).netloc)
    page.get_by_role("button", name="Sign in").wait_for()
    assert status(page, app + "data/models.parquet") == 401


@pytest.mark.parametrize("who", ["ann@evil.example", "ann@example.com.evil.example", "unverified"])
def test_refused_by_claim_in_words(page: Any, app: str, who: str) -> None:
    sign_in(page, app, who)
    words = shown(page)
    assert "is not among those who may read here" in words and "Ask whoever runs this server" in words
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert page.locator("[data-testid=stTopNavLink]").count() == 0
    assert status(page, app + "data/models.parquet") == 401


def test_let_in_by_group(page: Any, app: str) -> None:
    sign_in(page, app, "board")
    assert "Signed in as chair@partner.example" in shown(page)
    assert page.locator("[data-testid=stTopNavLink]").count() > 0


@pytest.fixture
def cookie(app: str) -> Callable[..., dict[str, Any]]:
    """What the app itself would have given a reader whose sign-in began at a time."""

    def make(began: float, secret: str = SECRET) -> dict[str, Any]:
        told = {"email": "ann@example.com", "is_logged_in": True, "iat": began, "origin": app.rstrip("/")}
        value = create_signed_value(secret, USER_COOKIE_NAME, json.dumps(told)).decode()
        return {"name": USER_COOKIE_NAME, "value": value, "url": app}

    return make


def test_a_sign_in_that_ended_is_said(page: Any, app: str, cookie: Callable[..., dict[str, Any]]) -> None:
    page.context.add_cookies([cookie(time.time() - 13 * 3600)])
    page.goto(app)
    page.get_by_role("button", name="Sign in").wait_for()
    assert "Your sign-in has ended: sign in again." in shown(page)
    assert status(page, app + "data/models.parquet") == 401
    # One of an hour ago is as good as new; one of another secret is none.
    page.context.add_cookies([cookie(time.time() - 3600)])
    page.goto(app)
    page.get_by_text("Signed in as ann@example.com").wait_for()
    page.context.add_cookies([cookie(time.time() - 3600, "another secret of the same length, or so")])
    page.goto(app)
    page.get_by_text("Sign in to read.").wait_for()
    assert status(page, app + "data/models.parquet") == 401
