"""Addresses of stores, as people write them and as Arrow reads them; the publisher and the app take the same."""

from __future__ import annotations

import re
from urllib.parse import quote

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
