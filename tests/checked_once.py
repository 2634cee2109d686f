"""What a check says of a table is taken from an earlier one where each file that it looked into says the same.

Tests break one file of twenty-seven, a thousand times over: what the others say, and what is to be said of them, was told
before. Remembered are the functions that look at one table, each by all that it was seen to read; which problems a folder
has is put together anew each time. tests/test_checked_once.py holds what is said so against what is said without.
"""

from __future__ import annotations

import functools
import importlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from etl import read
from etl.problem import Problem
from etl.schema import Table

# `etl.build` of the package is its function.
build = importlib.import_module("etl.build")

#: Answers that stay, of each function: those asked for last.
MOST = 800
#: Of these the last ones alone, since a large file and its frame stay with each.
LARGE, MOST_LARGE = 100_000, 20
#: Rows and bytes of a table up to which anything stays: the real data, and not what is made a hundred times as large.
MOST_ROWS, MOST_BYTES = 20_000, 4_000_000
#: Answers of one table under other tables that stay.
MOST_AGAIN = 4

#: As `etl.build` calls them: a table, frames of which they read some, the name of its file, and values.
OF_FRAMES = ("reference_problems", "range_problems", "rule_problems", "neighbour_problems")
#: A table, its frame, the name of its file, and values.
OF_ITS_FRAME = ("cell_problems", "unlisted_problems")

LOCK = threading.Lock()
#: How often each function's answer was at hand.
TAKEN: Counter[str] = Counter()


class Kept(OrderedDict[Hashable, Any]):
    """Values by key, those asked for last."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def of(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with LOCK:
            if key in self:
                self.move_to_end(key)
                return self[key]
        value = make()
        with LOCK:
            self[key] = value
            while len(self) > self.most:
                self.popitem(last=False)
        return value


class Watched(Mapping[str, pd.DataFrame]):
    """Frames that know which of them were looked at; which there are at all is asked of their names."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self.frames = frames
        self.seen: dict[str, pd.DataFrame | None] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.seen[name] = None
        self.seen[name] = self.frames[name]
        return self.frames[name]

    def get(self, name: str, default: Any = None) -> Any:
        self.seen[name] = None
        return self[name] if name in self.frames else default

    def __contains__(self, name: object) -> bool:
        return name in self.frames

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)


def _value(given: object) -> Hashable:
    """Lists and dicts as what can be a key; problems without the name of their file, which says where a test put it."""
    if isinstance(given, list):
        return tuple(replace(p, file="") if isinstance(p, Problem) else p for p in given)
    return tuple(sorted(given.items())) if isinstance(given, dict) else given  # type: ignore[return-value]


def _in(found: list[Problem], shown: str) -> list[Problem]:
    return [replace(p, file=shown) for p in found]


def _read(find: Callable[..., Any]) -> Callable[..., Any]:
    small, large = Kept(MOST), Kept(MOST_LARGE)

    @functools.wraps(find)
    def found(table: Table, raw: bytes, shown: str) -> tuple[pd.DataFrame, list[Problem]]:
        if len(raw) > MOST_BYTES:
            return find(table, raw, shown)
        kept = large if len(raw) > LARGE else small
        frame, problems = kept.of((table.name, raw), lambda: find(table, raw, ""))
        return frame, _in(problems, shown)

    return found


def _of_frame(find: Callable[..., Any]) -> Callable[..., Any]:
    known = Kept(MOST)

    @functools.wraps(find)
    def found(table: Table, frame: pd.DataFrame, shown: str, *values: object) -> list[Problem]:
        if len(frame) > MOST_ROWS:
            return find(table, frame, shown, *values)
        key = (table.name, id(frame), *map(_value, values))
        # The frame stays with what was said of it: another could get the identity of one that is gone.
        return _in(known.of(key, lambda: (frame, find(table, frame, "", *values)))[1], shown)

    return found


def _of_frames(find: Callable[..., Any]) -> Callable[..., Any]:
    known = Kept(MOST)

    @functools.wraps(find)
    def found(table: Table, frames: Mapping[str, pd.DataFrame], shown: str, *values: object) -> list[Problem]:
        if type(frames) is dict:
            return find(table, frames, shown, *values)
        key = (table.name, id(frames[table.name]), tuple(frames), *map(_value, values))
        told: list[tuple[dict[str, pd.DataFrame | None], list[Problem]]] = known.of(key, list)
        for seen, problems in told:
            if all(frames.get(n) is frame for n, frame in seen.items()):
                TAKEN[find.__name__] += 1
                return _in(problems, shown)
        watched = Watched(frames)
        problems = find(table, watched, "", *values)
        if any(f is not None and len(f) > MOST_ROWS for f in watched.seen.values()):
            return _in(problems, shown)
        told[:] = [*told[1 - MOST_AGAIN :], ({**watched.seen, table.name: frames[table.name]}, problems)]
        return _in(problems, shown)

    return found


def _whole(find: Callable[[Table, pd.DataFrame], pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    known = Kept(MOST)

    @functools.wraps(find)
    def found(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
        if not isinstance(frame, pd.DataFrame) or len(frame) > MOST_ROWS:
            return find(table, frame)
        return known.of((table.name, id(frame)), lambda: (frame, find(table, frame)))[1]

    return found


WAYS = {
    "_each_key_once": _whole,
    **dict.fromkeys(OF_FRAMES, _of_frames),
    **dict.fromkeys(OF_ITS_FRAME, _of_frame),
}
PLAIN = {(build, name): getattr(build, name) for name in WAYS} | {(read, "read_content"): read.read_content}
ONCE = {place: WAYS.get(place[1], _read)(find) for place, find in PLAIN.items()}


def remember() -> None:
    """Puts the functions that remember in place of those of `etl`."""
    for (module, name), find in ONCE.items():
        setattr(module, name, find)


def forget() -> None:
    """Puts the functions of `etl` back."""
    for (module, name), find in PLAIN.items():
        setattr(module, name, find)
