"""Who may read: sign-in through the company's own provider (OpenID Connect), and what is refused without it.

`LANDSCAPE_SIGN_IN` names whom to let in, by claims of the provider; unset, nobody is asked, which is refused on an address
that others reach unless `LANDSCAPE_OPEN` says so. Streamlit does the talking (`[auth]` of its secrets); the rules are here.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import re
import time
import tomllib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope
from streamlit.web.server.starlette.starlette_websocket import (
    USER_COOKIE_NAME,
    _get_signed_cookie_with_chunks,
)

from dashboard.data import settings
from dashboard.look.markdown import plain
from dashboard.look.theme import PRODUCT

LOG = logging.getLogger(__name__)

#: Whom to let in, separated by commas: "ann@example.com", "@example.com", "group:board"; "*" is whoever signs in.
SIGN_IN = "LANDSCAPE_SIGN_IN"
#: Who may sign a review, in the same words; unset is whoever may read.
REVIEWERS = "LANDSCAPE_REVIEWERS"
#: Hours after which a reader signs in again.
HOURS = "LANDSCAPE_SIGN_IN_HOURS"
#: "on" serves others without asking who they are.
OPEN = "LANDSCAPE_OPEN"
#: "on" opens the door to programs on this machine or to those signed in, "open" to whoever reaches the port.
DOOR = "LANDSCAPE_API"
#: Claims that name a person's groups, by the habits of providers.
GROUPS = ("groups", "roles", "cognito:groups")
#: Seconds by which a provider's clock may be ahead.
_AHEAD = 300
#: What programs ask, and what holds the data or files of readers; pages without these are empty shells.
_DOOR = ("/api/v1/", "/data/", "/mcp", "/llms.txt")
_HELD = ("/media/", "/_stcore/upload_file/", "/_stcore/agent/", "/held")
_MONITORS = ("/healthz", "/readyz", "/_stcore/health", "/metrics")

NO_OPEN = (
    f"{PRODUCT} is reached from other machines here and asks nobody who they are. Whoever runs it names readers in {SIGN_IN} "
    f"(docs/operations.md, “Sign-in”), or sets {OPEN}=on where all who reach this port may read."
)
NO_DOOR = (
    f"Answers for programs are shut on an address that others reach without sign-in: set {DOOR}=open to serve "
    "whoever reaches this port."
)
NOT_SIGNED_IN = "Sign in on the app's page first: this needs the cookie of a reader who may read."


# --- Rules ---


def is_on() -> bool:
    """Whether readers are asked who they are."""
    return settings.text(SIGN_IN).lower() not in ("", "off")


def named(variable: str) -> tuple[str, ...]:
    """Whom a setting names."""
    return tuple(w for one in settings.text(variable).split(",") if (w := one.strip().casefold()))


def is_named(claims: Mapping[str, Any], allowed: Sequence[str]) -> bool:
    """Whether claims of a provider are of somebody named; an address that the provider calls unverified names nobody."""
    if "*" in allowed:
        return True
    groups = {g for key in GROUPS for g in _words(claims.get(key))}
    if any(one.startswith("group:") and one.removeprefix("group:") in groups for one in allowed):
        return True
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") in (False, "false"):
        return False
    name, at, domain = email.strip().casefold().rpartition("@")
    # One sign between two parts: whatever else stands there is no address that could be meant.
    if not (name and at and domain) or "@" in name or any(c.isspace() for c in email.strip()):
        return False
    return f"{name}@{domain}" in allowed or f"@{domain}" in allowed or f"*@{domain}" in allowed


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return [value.casefold()]
    return [v.casefold() for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []


def is_over(claims: Mapping[str, Any], now: float) -> bool:
    """Whether a sign-in is too long ago; one without a day of its own is."""
    began = claims.get("iat")
    if not isinstance(began, int | float) or isinstance(began, bool):
        return True
    return not -_AHEAD <= now - began < 3600 * settings.limit(HOURS, 12)


def why_not(claims: Mapping[str, Any], now: float) -> str:
    """Why somebody does not read, as a sentence; "" where they do."""
    if not claims.get("is_logged_in"):
        return "Sign in to read."
    if is_over(claims, now):
        return "Your sign-in has ended: sign in again."
    if not is_named(claims, named(SIGN_IN)):
        return f"{_who(claims)} is not among those who may read here."
    return ""


def _who(claims: Mapping[str, Any]) -> str:
    found = next((v for k in ("email", "name", "sub") if isinstance(v := claims.get(k), str) and v), "")
    return found[:200] or "This account"


def not_set_up() -> str:
    """What sign-in lacks on this server, as a sentence for whoever runs it; "" where it lacks nothing."""
    if find_spec("authlib") is None or find_spec("httpx") is None:
        return "Sign-in needs Authlib: run `.venv/bin/python -m pip install -r requirements-auth.txt`."
    try:
        auth = st.secrets.get("auth", {})
    except (FileNotFoundError, st.errors.StreamlitSecretNotFoundError):
        auth = {}
    wanted = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
    missing = [k for k in wanted if not auth.get(k)]
    if missing:
        return f"Sign-in needs {', '.join(missing)} under [auth] in .streamlit/secrets.toml."
    if len(str(auth["cookie_secret"])) < 32:
        return (
            "Sign-in needs a cookie_secret of 32 characters or more: whoever guesses it signs in as anybody."
        )
    return ""


# --- Requests ---


def is_public(server: object) -> bool:
    """Whether the address that a request came in at is one that other machines reach."""
    host = server[0] if isinstance(server, list | tuple) and server else None
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        # A socket of files, or a name that a test gives.
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_loopback


def refusal(scope: Scope) -> tuple[int, str] | None:
    """Status and words of a refusal of a request, None where it may pass."""
    path = str(scope["path"])
    if path.endswith(_MONITORS):
        return None
    is_door = path.startswith(_DOOR)
    if is_on():
        needs = is_door or any(p in path for p in _HELD)
        return (401, NOT_SIGNED_IN) if needs and why_not(claims_of(scope), time.time()) else None
    if not is_public(scope.get("server")):
        return None
    if not settings.is_on(OPEN):
        return 403, NO_OPEN
    if is_door and settings.text(DOOR).lower() != "open":
        return 403, NO_DOOR
    return None


def claims_of(scope: Scope) -> dict[str, Any]:
    """What the provider said of who asks, by the signed cookie of Streamlit; nothing where there is none."""
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    if USER_COOKIE_NAME not in cookies:
        return {}
    try:
        found = json.loads(_get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME) or b"{}")
    except (ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def refuse_to_start(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Why a server is not started with such words of uvicorn; "" where it is."""
    host = environment.get("UVICORN_HOST", "")
    for n, one in enumerate(arguments):
        if one == "--host" and n + 1 < len(arguments):
            host = arguments[n + 1]
        elif one.startswith("--host="):
            host = one.removeprefix("--host=")
    is_open = settings.is_on(OPEN, environment)
    return NO_OPEN if host and is_public((host, 0)) and not is_on() and not is_open else ""


def unreadable() -> str:
    """Why the secrets of this server cannot be read, as a sentence; "" where they can, or where there are none.

    Streamlit reads them with each request: without this every answer would be an error of the server.
    """
    for path in (Path(p) for p in st.get_option("secrets.files") if os.access(p, os.F_OK)):
        try:
            tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            said = str(error.strerror)
        except ValueError as error:
            # What a parser says may hold a piece of a secret; the line is enough.
            line = re.search(r"line \d+", str(error))
            said = f"no TOML{f', {line[0]}' if line else ''}"
        else:
            continue
        return f"{path}: cannot be read ({said}); expected TOML that this user may read (docs/operations.md, “Sign-in”)."
    return ""


# --- Pages ---


def reader() -> str:
    """Who reads, by their provider; "" where nobody is asked."""
    return _who(st.user.to_dict()) if is_on() else ""


def may_review() -> bool:
    """Whether who reads may sign a review."""
    allowed = named(REVIEWERS)
    return not is_on() or not allowed or is_named(st.user.to_dict(), allowed)


def is_let_in() -> bool:
    """Whether who looks on may read."""
    return not is_on() or not (not_set_up() or why_not(st.user.to_dict(), time.time()))


def refuse() -> None:
    """The page of who is not let in: why, and how to sign in."""
    st.title(PRODUCT, anchor=False)
    if lacks := not_set_up():
        LOG.error("%s Nobody is let in meanwhile.", lacks)
        st.error("Sign-in is not set up on this server: whoever runs it finds in its log what is missing.")
        return
    claims = st.user.to_dict()
    said = why_not(claims, time.time())
    if not claims.get("is_logged_in"):
        st.markdown(plain(said))
    else:
        st.warning(plain(said))
    if claims.get("is_logged_in") and not is_over(claims, time.time()):
        st.markdown("Ask whoever runs this server for access, or sign in with another account.")
        st.button("Sign out", on_click=st.logout)
    else:
        st.button("Sign in", on_click=st.login)


def signed_in() -> None:
    """Who is signed in, and the way out; nothing where nobody is asked."""
    if is_on():
        st.caption(f"Signed in as {plain(reader())}")
        st.button("Sign out", on_click=st.logout, type="tertiary", key="sign-out")
