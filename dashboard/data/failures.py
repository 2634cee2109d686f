"""What a log tells of a failure: its places in the code and its kinds, and of its words only what no reader can have written."""

from __future__ import annotations

import os
import textwrap
import traceback

#: Errors whose words are the interpreter's, about the code; those of the system are told by their number.
_OF_CODE = (
    AttributeError,
    ImportError,
    ModuleNotFoundError,
    NameError,
    UnboundLocalError,
    MemoryError,
    RecursionError,
)


def trace(error: BaseException) -> str:
    """Where an error came from and which kind it is, after what led to it.

    Its words are left out: "KeyError: 'Acme'" would put a company of a reader's own into a log that others read.
    """
    told: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        told.append(_one(one))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\nwhich led to:\n".join(reversed(told))


def _one(error: BaseException) -> str:
    places = "".join(traceback.format_tb(error.__traceback__))
    if places:
        # As Python begins one: what gathers logs knows it by these words.
        places = f"Traceback (most recent call last):\n{places}"
    kind = type(error).__qualname__
    if type(error).__module__ not in ("builtins", "__main__"):
        kind = f"{type(error).__module__}.{kind}"
    # Not of kinds that others have made of these: their words are theirs.
    words = str(error) if type(error) in _OF_CODE else ""
    if isinstance(error, OSError) and type(error).__module__ == "builtins" and isinstance(error.errno, int):
        words = f"[Errno {error.errno}] {os.strerror(error.errno)}"
    said = f"{places}{kind}{f': {words}' if words else ''}"
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "\n".join([said, *(textwrap.indent(trace(e), "    ") for e in inner)])
