"""What was made once and is shared by every reader, within a bound in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True)
class Held:
    """What a memory holds now.

    Attributes:
        name: What is kept, in words.
        entries: How many.
        size: Bytes of all of them.
        most: Bytes that they may have.
        hits: How often something was at hand.
        misses: How often it had to be made.
    """

    name: str
    entries: int
    size: int
    most: int
    hits: int
    misses: int


class Memory(Generic[V]):
    """Keeps values by key; the one not asked for longest goes first.

    Readers who ask for the same value at once wait for one of them to make it. A value is shared: nobody may change it.
    """

    def __init__(
        self, name: str, most: int, size: Callable[[V], int], least: int = 0, *, grow: bool = False
    ) -> None:
        """A memory of its own.

        Args:
            name: What is kept, in words, as `make bench` prints it.
            most: Bytes that it may hold in all; a larger single value is handed out and not kept.
            size: Bytes of one value.
            least: Values that stay whatever they weigh, the last ones asked for: what a single page asks for many times.
            grow: Values become larger while they are kept: all are weighed again whenever one joins them.
        """
        self.name, self.most, self.least, self.grow = name, most, least, grow
        self._size_of = size
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        self._size = self._hits = self._misses = 0
        MEMORIES.append(self)

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key; made where it is not at hand."""
        with self._lock:
            if key in self._kept:
                self._hits += 1
                self._kept.move_to_end(key)
                return self._kept[key][0]
            own = self._making.setdefault(key, threading.Lock())
        with own:
            with self._lock:
                if key in self._kept:
                    self._hits += 1
                    return self._kept[key][0]
                self._misses += 1
            try:
                value = make()
                self._keep(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return value

    def _keep(self, key: Hashable, value: V) -> None:
        size = self._size_of(value)
        with self._lock:
            if size > self.most and not self.least:
                return
            _, before = self._kept.pop(key, (None, 0))
            self._kept[key] = value, size
            self._size += size - before
            if self.grow:
                self._weigh()
            while self._size > self.most and len(self._kept) > self.least:
                _, (_, gone) = self._kept.popitem(last=False)
                self._size -= gone

    def _weigh(self) -> None:
        """Sizes as they are now."""
        self._kept = OrderedDict(
            (key, (value, self._size_of(value))) for key, (value, _) in self._kept.items()
        )
        self._size = sum(size for _, size in self._kept.values())

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def held(self) -> Held:
        """What it holds now."""
        with self._lock:
            if self.grow:
                self._weigh()
            return Held(self.name, len(self._kept), self._size, self.most, self._hits, self._misses)


#: Every memory of the process, in order of making.
MEMORIES: list[Memory[Any]] = []
