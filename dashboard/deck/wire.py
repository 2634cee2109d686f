"""What passes between this process and one that reads a stranger's file: words as JSON and bytes beside them.

The other process may belong to whoever wrote the file. So nothing that comes from it can name code: JSON is read into
declared records whose types are checked, sizes are bounded before anything is read, and what does not fit ends the talk.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import IO, Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from dashboard.deck.unpack import MEGABYTE

#: Bytes of the words of one message; a refreshed deck of 200 charts with every cell changed tells a third of it.
MOST_WORDS = 32 * MEGABYTE
_SIZES = struct.Struct(">QQ")
R = TypeVar("R")


class WireError(Exception):
    """What came is no message of the other end, or more than it may send."""


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class _Message:
    kind: str
    words: Any


def send(to: IO[bytes], kind: str, words: object = None, blob: bytes = b"") -> None:
    """Sends a message.

    Args:
        to: A pipe.
        kind: What it is.
        words: Plain values, or a record whose bytes travel as `blob`.
        blob: Bytes.

    Raises:
        WireError: the words are more than the other end reads.
        OSError: the other end is gone.
    """
    said = _adapter(_Message).dump_json(_Message(kind, words))
    if len(said) > MOST_WORDS:
        raise WireError(f"{len(said):,} bytes of words")
    to.write(_SIZES.pack(len(said), len(blob)))
    to.write(said)
    to.write(blob)
    to.flush()


def receive(of: IO[bytes], most: int) -> tuple[str, Any, bytes]:
    """The next message: its kind, plain values, and bytes, of which there are at most `most`.

    Raises:
        EOFError: the other end is gone.
        WireError: it is no message, or too large.
    """
    words, blob = _SIZES.unpack(_whole(of, _SIZES.size))
    if words > MOST_WORDS or blob > most:
        raise WireError(f"a message of {words:,} and {blob:,} bytes")
    try:
        said = _adapter(_Message).validate_json(_whole(of, words), strict=True)
    except ValidationError as error:
        raise WireError("no message") from error
    return said.kind, said.words, _whole(of, blob)


def told(record: Any) -> dict[str, Any]:
    """A record as plain values, without its bytes in `data`."""
    plain: dict[str, Any] = _adapter(type(record)).dump_python(record, mode="json", exclude={"data"})
    return plain


def rebuilt(what: type[R], words: Any, data: bytes | None = None) -> R:
    """A record from plain values, each of the type that it declares; `data` are its bytes.

    Raises:
        WireError: they are none.
    """
    given = words | {"data": b""} if data is not None and isinstance(words, dict) else words
    try:
        made: R = _adapter(what).validate_python(given)
    except (ValidationError, RecursionError) as error:
        raise WireError(f"no {what.__name__}") from error
    return made if data is None else replace(made, data=data)  # type: ignore[type-var]


def _adapter(what: Any) -> TypeAdapter[Any]:
    if what not in _adapters:
        _adapters[what] = TypeAdapter(what)
    return _adapters[what]


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _whole(of: IO[bytes], size: int) -> bytes:
    blob = of.read(size)
    if len(blob) < size:
        raise EOFError("the other end is gone")
    return blob
