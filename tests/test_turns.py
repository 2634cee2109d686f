"""Turns: so many at once, so many waiting, first come first served, and nobody fills the line alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from dashboard.data.settings import limit
from dashboard.deck import turns
from dashboard.deck.turns import BusyError, Line, Rate, before_you


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


class Held:
    """Readers who take turns, each in a thread of its own, and give them back when they are told to."""

    def __init__(self, line: Line) -> None:
        self.line, self.order, self.said = line, [], {}  # type: ignore[var-annotated]
        self.ends: dict[str, threading.Event] = {}
        self.threads: list[threading.Thread] = []

    def come(self, name: str, who: str = "") -> None:
        self.ends[name] = threading.Event()
        waits = len(self.line._tickets) + len(self.line._working)

        def work() -> None:
            with self.line.turn(who or name, lambda said: self.said.setdefault(name, []).append(said)):
                self.order.append(name)
                self.ends[name].wait(30)

        self.threads.append(threading.Thread(target=work, daemon=True))
        self.threads[-1].start()
        until(lambda: len(self.line._tickets) + len(self.line._working) > waits)

    def go(self, name: str) -> None:
        until(lambda: name in self.order)
        self.ends[name].set()

    def close(self) -> None:
        for end in self.ends.values():
            end.set()
        for thread in self.threads:
            thread.join(20)
        assert not self.line._working and not self.line._tickets


def test_first_come_first_served_and_who_waits_is_told() -> None:
    held = Held(Line(lambda: 1, lambda: 10))
    for name in "abcde":
        held.come(name)
    until(lambda: "Three others wait before you." in held.said.get("e", []))
    assert "One other waits before you." in held.said["c"] and "You are next." in held.said["b"]
    assert "a" not in held.said
    for name in "abcde":
        held.go(name)
    held.close()
    assert held.order == list("abcde")


def test_one_reader_does_not_stand_before_others() -> None:
    held = Held(Line(lambda: 1, lambda: 10))
    held.come("a1", "a")
    for name, who in (("a2", "a"), ("a3", "a"), ("b", "b")):
        held.come(name, who)
    for name in ("a1", "b", "a2", "a3"):
        held.go(name)
    held.close()
    assert held.order == ["a1", "b", "a2", "a3"]


def test_who_is_at_work_waits_for_who_is_not() -> None:
    held = Held(Line(lambda: 2, lambda: 10))
    for name, who in (("a1", "a"), ("c", "c"), ("a2", "a"), ("b", "b")):
        held.come(name, who)
    held.go("c")
    until(lambda: "b" in held.order)
    assert "a2" not in held.order
    held.close()


def test_a_line_that_is_full_sends_away_in_words() -> None:
    line = Line(lambda: 1, lambda: 2)
    held = Held(line)
    for name in "abc":
        held.come(name)
    with pytest.raises(BusyError, match="2 other files wait"), line.turn("d"):
        raise AssertionError("let in")
    held.close()
    with line.turn("d"):
        assert len(line._working) == 1


def test_one_reader_takes_half_of_the_places_at_most() -> None:
    line = Line(lambda: 1, lambda: 4)
    held = Held(line)
    held.come("x")
    held.come("a1", "a")
    held.come("a2", "a")
    with pytest.raises(BusyError, match="your own"), line.turn("a"):
        raise AssertionError("let in")
    held.come("b")
    held.close()


def test_who_gives_up_or_waits_too_long_leaves_the_line() -> None:
    line = Line(lambda: 1, lambda: 5)
    held = Held(line)
    held.come("a")

    class Stopped(BaseException):
        pass

    def stop(_: str) -> None:
        raise Stopped

    with pytest.raises(Stopped), line.turn("b", stop):
        raise AssertionError("let in")
    with pytest.raises(BusyError, match="at the moment"), line.turn("c", patience=0.01):
        raise AssertionError("let in")
    assert not line._tickets
    held.close()


def test_a_turn_is_given_back_by_work_that_fails() -> None:
    line = Line(lambda: 1, lambda: 1)
    with pytest.raises(ZeroDivisionError), line.turn("a"):
        raise ZeroDivisionError
    with line.turn("b"):
        assert len(line._working) == 1


@pytest.mark.parametrize(
    ("given", "most"),
    [("5", 5), ("", 2), ("0", 2), ("-3", 2), ("many", 2), ("1e3", 2), (" 7 ", 7), ("\u0663", 3)],
)
def test_limits_are_whole_numbers_from_one(given: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(turns.AT_ONCE, given)
    assert limit(turns.AT_ONCE, 2) == most == turns.MAKING.at_once()


def test_numbers_in_words() -> None:
    assert before_you(12) == "Twelve others wait before you."
    assert before_you(1234) == "1,234 others wait before you."


def test_files_of_one_reader_in_a_minute() -> None:
    now = [0.0]
    rate = Rate(2, lambda: now[0])
    for _ in range(2):
        turns.once_more(rate, "a")
    now[0] = 18.0
    with pytest.raises(BusyError, match="More than 2 files in a minute: the next one in 42 seconds"):
        turns.once_more(rate, "a")
    turns.once_more(rate, "b")
    now[0] = 60.0
    turns.once_more(rate, "a")
