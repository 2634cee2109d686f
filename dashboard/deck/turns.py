"""Turns: how much is worked on at once, who waits, and how often one reader may ask; each bounded, each said in words."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dashboard.data.settings import limit

_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


class BusyError(Exception):
    """What was asked for is not done now; the text is a sentence for the reader."""


def before_you(count: int) -> str:
    """How many wait before a reader, as a sentence."""
    if count == 0:
        return "You are next."
    number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
    return f"{number.capitalize()} {'other waits' if count == 1 else 'others wait'} before you."


class Rate:
    """How often each client has asked within the minute at hand."""

    def __init__(self, most: int | Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most if callable(most) else lambda: most
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, tuple[float, int]] = OrderedDict()

    @property
    def most(self) -> int:
        """Times a minute."""
        return self._most()

    def wait(self, client: str) -> int:
        """Seconds until the client may ask again; 0 where it may now, which counts as asking."""
        now = self._clock()
        with self._lock:
            first, count = self._asked.get(client, (now, 0))
            if now - first >= 60:
                first, count = now, 0
            if count >= self.most:
                return max(1, int(60 - (now - first)))
            self._asked[client] = first, count + 1
            self._asked.move_to_end(client)
            while len(self._asked) > 10_000:
                self._asked.popitem(last=False)
        return 0


@dataclass(eq=False)
class _Ticket:
    who: str
    is_called: bool = False


class Line:
    """Work that waits its turn: so many at once, so many waiting, first come first served; one reader cannot fill it.

    Attributes:
        at_once: Worked on at one time.
        waiting: May wait; whoever comes after is told to come back.
    """

    def __init__(self, at_once: Callable[[], int], waiting: Callable[[], int]) -> None:
        self.at_once, self.waiting = at_once, waiting
        self._lock = threading.Condition()
        self._tickets: list[_Ticket] = []
        self._working: list[_Ticket] = []
        self._last = ""

    @contextmanager
    def turn(
        self, who: str = "", tell: Callable[[str], object] | None = None, patience: float = 600.0
    ) -> Iterator[None]:
        """Waits for a turn, and gives it back.

        Args:
            who: The reader, whose second piece of work waits for the first ones of others; "" is nobody.
            tell: Told who waits before, each time that changes and every second; may raise to give up.
            patience: Seconds until the wait is given up.

        Raises:
            BusyError: too many wait, of this reader or of all, or the wait was too long.
        """
        mine = _Ticket(who)
        self._enter(mine)
        try:
            self._wait(mine, tell, patience)
            yield
        finally:
            with self._lock:
                for held in (self._tickets, self._working):
                    if mine in held:
                        held.remove(mine)
                self._call()

    def _enter(self, mine: _Ticket) -> None:
        with self._lock:
            free = len(self._working) < self.at_once() and not self._tickets
            if not free and len(self._tickets) >= self.waiting():
                raise BusyError(
                    f"{len(self._tickets):,} other files wait to be made or read: try again in a minute."
                )
            # Half of the places, so that others find one.
            if mine.who and sum(t.who == mine.who for t in self._tickets) >= max(1, self.waiting() // 2):
                raise BusyError("Several of your own files wait already: take those first.")
            self._tickets.append(mine)
            self._call()

    def _wait(self, mine: _Ticket, tell: Callable[[str], object] | None, patience: float) -> None:
        end = time.monotonic() + patience
        while True:
            with self._lock:
                if not mine.is_called:
                    self._lock.wait(min(1.0, max(0.0, end - time.monotonic())))
                if mine.is_called:
                    return
                ahead = self._order().index(mine)
            if time.monotonic() >= end:
                raise BusyError("Files of other readers are at work at the moment: try again in a minute.")
            if tell is not None:
                tell(before_you(ahead))

    def _order(self) -> list[_Ticket]:
        """Who waits, in the order in which they are called: a reader's second one after the first ones of all."""
        before = Counter(who for who in {self._last, *(t.who for t in self._working)} if who)
        round_: dict[int, int] = {}
        for one in self._tickets:
            round_[id(one)] = before[one.who]
            before[one.who] += bool(one.who)
        return sorted(self._tickets, key=lambda t: round_[id(t)])

    def _call(self) -> None:
        while self._tickets and len(self._working) < self.at_once():
            nxt = self._order()[0]
            self._tickets.remove(nxt)
            self._working.append(nxt)
            nxt.is_called, self._last = True, nxt.who
        self._lock.notify_all()


#: Decks and other files of many charts that are made at one time, files of readers that are read at one time, and who waits.
AT_ONCE, WAITING = "LANDSCAPE_AT_ONCE", "LANDSCAPE_WAITING"
#: Of one reader or client in a minute: files made, files handed in, questions of programs, files of data fetched.
FILES, UPLOADS = "LANDSCAPE_FILES_A_MINUTE", "LANDSCAPE_UPLOADS_A_MINUTE"
QUESTIONS, DATA = "LANDSCAPE_QUESTIONS_A_MINUTE", "LANDSCAPE_DATA_A_MINUTE"
MAKING = Line(lambda: limit(AT_ONCE, 2), lambda: limit(WAITING, 10))
READING = Line(lambda: limit(AT_ONCE, 2), lambda: limit(WAITING, 10))
MADE = Rate(lambda: limit(FILES, 30))


def once_more(rate: Rate, who: str) -> None:
    """Counts a file of a reader.

    Raises:
        BusyError: there were too many within the minute.
    """
    if seconds := rate.wait(who):
        raise BusyError(f"More than {rate.most} files in a minute: the next one in {seconds} seconds.")
