"""What the last build of a folder found sound, so that the next one does again only what looks at something that changed.

A step (a table read and checked, held against others, derived, written) is known by its name and what it looked at: files,
and tables as they were then, each by a token that is another where its content is. Where all of it is as it was, the step
would find what it found. Only a build that went well is remembered, in one file beside the builds; without it, or where
code, libraries, folder or day are others, or feeds add to the tables, everything is done.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pya

from etl.validate import TableUnreadError

FILE = "kept"
Make = Callable[[], pd.DataFrame]


def token(*parts: str) -> str:
    """A short name of a content: equal where all parts are."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


class Known(Mapping[str, pd.DataFrame]):
    """Tables that are made when they are looked at, and a note of which were.

    Args:
        make: What makes each; it is asked once and again.
        without: Tables that could not be read; looking at one says so.
    """

    def __init__(self, make: Mapping[str, Make], without: Collection[str] = ()) -> None:
        self._make = {name: one for name, one in make.items() if name not in without}
        self.looked: set[str] = set()

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._make:
            raise TableUnreadError(name)
        self.looked.add(name)
        return self._make[name]()

    def get(self, name: str, default: Any = None) -> Any:
        """A table, or `default` where it is not there."""
        return self[name] if name in self._make else default

    def __contains__(self, name: object) -> bool:
        return name in self._make

    def __iter__(self) -> Iterator[str]:
        return iter(self._make)

    def __len__(self) -> int:
        return len(self._make)


def once(make: Callable[..., pd.DataFrame], *args: Any) -> Make:
    """What makes a table when it is first asked for."""
    return functools.cache(functools.partial(make, *args))


class Kept:
    """Steps of the last build and of this one.

    Attributes:
        tokens: What there is now, by name: files, and tables in the state that the build has come to.
    """

    def __init__(self, tokens: Mapping[str, str], before: Mapping[str, Any] | None = None) -> None:
        self.tokens = dict(tokens)
        self._before = before or {}
        self._now: dict[str, list[Any]] = {}

    def same(self, step: str) -> Any:
        """What a step left, where all that it looked at is as it was, or None."""
        looked, left = self._before.get(step, ({}, None))
        if left is None or any(self.tokens.get(name, "") != was for name, was in looked.items()):
            return None
        self._now[step] = [looked, left]
        return left

    def did(self, step: str, looked: Collection[str], left: Any = True) -> None:
        """Notes that a step found nothing wrong, what it looked at, and what it left that is no table."""
        self._now[step] = [{name: self.tokens.get(name, "") for name in sorted(looked)}, left]

    def derived(self, table: str) -> None:
        """A table has another state from here on: that which its derivation gives of what it looked at."""
        looked = self._now[f"derive {table}"][0]
        self.tokens[table] = token("derive", table, *(f"{n}={t}" for n, t in sorted(looked.items())))

    def save(self, builds: Path, of: str) -> None:
        """Remembers this build; where it cannot be written, the next one does everything."""
        steps = json.dumps(self._now, separators=(",", ":"))
        text = f"{token(of, steps)}\n{steps}\n"
        fresh = builds / f"{FILE}.{secrets.token_hex(4)}"
        try:
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(builds / FILE)
        except OSError:
            fresh.unlink(missing_ok=True)


def remembered(builds: Path, of: str) -> Mapping[str, Any]:
    """Steps of the last build there, if it was of the same code, libraries, folder and day; else none."""
    try:
        name, _, steps = (builds / FILE).read_text(encoding="utf-8").removesuffix("\n").partition("\n")
    except (OSError, ValueError):
        return {}
    # Of another code, folder or day, or not what was written: the name would be another.
    return json.loads(steps) if name == token(of, steps) else {}


def circumstances(code: str, raw: Path, day: str) -> str:
    """All that changes what a step finds, beside what it looks at."""
    versions = (sys.version, pd.__version__, np.__version__, pya.__version__)
    return token(code, os.path.realpath(raw), day, *versions)
