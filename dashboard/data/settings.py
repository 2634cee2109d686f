"""What whoever runs the app sets by variables of the environment: how each is read, and what is wrong with one."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping

PREFIX = "LANDSCAPE_"
#: Words that switch something on.
_ON = ("on", "1", "true", "yes")
_OFF = ("", "off", "0", "false", "no")
_SWITCHES = ("METRICS", "OPEN", "API")
_NUMBERS = ("SIGN_IN_HOURS", "AT_ONCE", "WAITING", "FILES_A_MINUTE", "UPLOADS_A_MINUTE", "QUESTIONS_A_MINUTE", "DATA_A_MINUTE", "READERS")  # fmt: skip
_TEXTS = ("DATA", "DATA_SECONDS", "COPY", "FEEDS", "CONTACT", "REVIEWER", "REVIEWERS", "SIGN_IN", "ADDRESS", "HOSTS", "OVERLAY", "LOG")  # fmt: skip
#: Every variable, as docs/operations.md lists them.
NAMES = tuple(f"{PREFIX}{name}" for name in (*_SWITCHES, *_NUMBERS, *_TEXTS))
#: Kubernetes names a service so to each container beside it.
_OF_OTHERS = re.compile(rf"{PREFIX}(?:SERVICE_|(?:\w+_)?PORT(?:_|$))")


def text(name: str, of: Mapping[str, str] = os.environ) -> str:
    """A variable without blanks at its ends, which files of settings leave there; "" where it is not set."""
    return of.get(name, "").strip()


def is_on(name: str, of: Mapping[str, str] = os.environ) -> bool:
    """Whether a variable switches something on."""
    return text(name, of).lower() in _ON


def limit(name: str, usual: int) -> int:
    """A limit that whoever runs the app may set, a whole number from 1; the usual one for anything else."""
    given = text(name)
    return int(given) if given.isdecimal() and int(given[:9]) > 0 else usual


def wrong(environment: Mapping[str, str]) -> list[str]:
    """What of the product's own variables is not understood, each as a sentence for whoever runs it."""
    said = []
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX) or _OF_OTHERS.match(name):
            continue
        given = value.strip().lower()
        kind = name.removeprefix(PREFIX)
        if name not in NAMES:
            like = difflib.get_close_matches(name, NAMES, 1, 0.8)
            meant = f"did you mean {like[0]}?" if like else "docs/operations.md, “Settings”, lists them."
            said.append(f"{name} is no setting of this app: {meant}")
        elif kind in _NUMBERS and given and not (given.isdecimal() and int(given[:9]) > 0):
            said.append(f"{name}: expected a whole number from 1; the usual one is taken.")
        elif kind in _SWITCHES and given not in (*_ON, *_OFF, *(["open"] if kind == "API" else [])):
            said.append(f"{name}: expected on or off; it is off.")
        elif kind == "LOG" and given not in ("", "json"):
            said.append(f"{name}: expected json; lines are words.")
    return said
