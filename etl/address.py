"""Addresses of stores, as people write them and as Arrow reads them; the publisher and the app take the same."""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

SCHEMES = "s3://, gs://, abfs:// or file://"
_ADDRESS = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]+://")
#: What an address may hold as it stands: also `%`, which begins a sign that is written so already.
_PLAIN = "%:/@!$&'()*+,;=~-._[]"


def is_address(text: str) -> bool:
    """Whether data is asked for at an address and not in a folder."""
    return bool(_ADDRESS.match(text))


def spelled(address: str) -> str:
    """The address as Arrow reads it: blanks, `#` and signs beyond ASCII of a path encoded, the scheme in small letters.

    A store has no fragments: without this what stands after `#` would be lost, and the data be looked for elsewhere.
    """
    scheme, _, rest = address.strip().partition("://")
    path, mark, parameters = rest.partition("?")
    if scheme.lower() == "file":
        path = path.removeprefix("localhost")
    return f"{scheme.lower()}://{quote(path, safe=_PLAIN)}{mark}{parameters}"


def opened(address: str) -> tuple[Any, str]:
    """Arrow's filesystem of an address, and the folder in it; by way of a proxy where the environment names one.

    Raises:
        OSError, ValueError: it is no address that can be opened.
    """
    from pyarrow.fs import FileSystem

    found = _by_proxy(spelled(address)) or FileSystem.from_uri(spelled(address))
    return found[0], found[1].rstrip("/")


#: Parameters of an address of S3 that its client takes by these names.
_TEXTS, _SWITCHES = (
    ("region", "scheme", "endpoint_override"),
    ("allow_bucket_creation", "allow_bucket_deletion"),
)


def _by_proxy(address: str) -> tuple[Any, str] | None:
    """S3 behind HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, which its client does not look at as the others do; NO_PROXY counts."""
    parts = urlsplit(address)
    if parts.scheme != "s3":
        return None
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    given = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    own = asked.get("endpoint_override") or given.partition("://")[2]
    scheme = asked.get("scheme") or given.partition("://")[0] or "https"
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    host = (
        re.sub(r":\d+$", "", own.partition("/")[0]) or f"s3.{asked.get('region', 'us-east-1')}.amazonaws.com"
    )
    if not proxy or proxy_bypass(host):
        return None
    if wrong := sorted(set(asked) - {*_TEXTS, *_SWITCHES}):
        raise ValueError(f"parameter {wrong[0]}: expected one of {', '.join((*_TEXTS, *_SWITCHES))}")
    from pyarrow.fs import S3FileSystem

    user, at, place = parts.netloc.rpartition("@")
    key, _, secret = user.partition(":")
    keys = {"access_key": unquote(key), "secret_key": unquote(secret)} if at and secret else {}
    switches = {name: asked[name].lower() in ("true", "1") for name in _SWITCHES if name in asked}
    texts = {name: asked[name] for name in _TEXTS if asked.get(name)}
    return S3FileSystem(**keys, **texts, **switches, proxy_options=proxy), f"{place}{unquote(parts.path)}"


def shown(address: str) -> str:
    """The address as messages show it: without its parameters, and without a password that should not be in it."""
    return re.sub(r"//([^/@:]*):[^/@]*@", r"//\1@", address.strip().partition("?")[0])


def reason(error: object, address: str) -> str:
    """What a store's client said of an address, in one line, without what `shown` leaves out and as far as it helps."""
    said = " ".join(str(error).split())
    for one in (spelled(address), address.strip()):
        said = said.replace(one, shown(address))
    if "Unrecognized filesystem type" in said:
        return f"no kind of address that is known here; expected {SCHEMES}"
    return said[:300].rstrip(".") or type(error).__name__
