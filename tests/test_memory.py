"""What is made once and shared: bounds are kept, readers wait for one another, and a chart depends on its own picks alone."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cut_once
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import CHARTS
from dashboard.data import store
from dashboard.data.memory import MEMORIES, Memory
from dashboard.data.selection import Selection, as_of
from dashboard.facts import landscape
from dashboard.facts.landscape import apply
from dashboard.facts.views import MOST_VIEWS, Views
from dashboard.screen import card


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60)), max_size=60))
def test_a_memory_never_holds_more_than_its_bound(asked: list[tuple[int, int]]) -> None:
    memory: Memory[bytes] = Memory("of the test", 100, len)
    MEMORIES.remove(memory)
    for key, size in asked:
        value = memory.get(key, lambda size=size: bytes(size))
        assert memory.get(key, lambda: b"made again") is value
        held = memory.held()
        assert held.size <= held.most
    assert memory.held().hits + memory.held().misses == 2 * len(asked)


def test_what_was_asked_for_last_stays_and_what_is_too_large_is_not_kept() -> None:
    memory: Memory[bytes] = Memory("of the test", 100, len)
    MEMORIES.remove(memory)
    memory.get("a", lambda: bytes(40))
    memory.get("b", lambda: bytes(40))
    memory.get("a", lambda: b"")
    memory.get("c", lambda: bytes(40))
    assert len(memory.get("a", lambda: b"")) == 40 and memory.get("b", lambda: b"gone") == b"gone"
    assert len(memory.get("large", lambda: bytes(101))) == 101
    assert memory.get("large", lambda: b"again") == b"again"


def test_what_one_page_asks_for_stays_however_large_it_is() -> None:
    memory: Memory[bytes] = Memory("of the test", 100, len, least=2)
    MEMORIES.remove(memory)
    for key in "abc":
        memory.get(key, lambda: bytes(200))
    assert len(memory.get("b", lambda: b"")) == len(memory.get("c", lambda: b"")) == 200
    assert memory.get("a", lambda: b"again") == b"again" and memory.held().entries == 2
    # Where many small ones have room, those stay as before.
    for key in range(5):
        memory.get(key, lambda: bytes(20))
    assert memory.held().entries == 5 and memory.held().size == 100


def test_what_grows_while_it_is_kept_is_weighed_again() -> None:
    memory: Memory[bytearray] = Memory("of the test", 100, len, least=1, grow=True)
    MEMORIES.remove(memory)
    first, second = (memory.get(key, bytearray) for key in "ab")
    first.extend(bytes(60))
    second.extend(bytes(30))
    assert memory.held().size == 90
    memory.get("b", bytearray).extend(bytes(30))
    memory.get("c", bytearray)
    assert memory.held().entries == 2 and memory.get("b", bytearray) is second
    assert memory.get("a", bytearray) is not first


def test_tables_weigh_what_was_asked_of_them(tables: dict[str, pd.DataFrame]) -> None:
    newest = tables["sources"]["accessed_date"].max()
    cut = as_of(tables, Selection(newest - pd.Timedelta(days=300), newest))
    assert cut.cells == 0
    scores = cut["benchmark_scores"]
    assert 0 < cut.cells <= scores.size and scores is cut["benchmark_scores"]
    before = cut.cells
    landscape.labels_in_force(cut, "coded")
    asked = cut.cells
    landscape.labels_in_force(cut, "coded")
    assert before < asked == cut.cells


@dataclass
class Pair:
    """Two things that keep one another."""

    cells: np.ndarray
    other: Pair | None = None


def test_things_that_keep_one_another_are_weighed(tables: dict[str, pd.DataFrame]) -> None:
    newest = tables["sources"]["accessed_date"].max()
    cut = as_of(tables, Selection(newest, newest))
    one = Pair(np.zeros(1_000))
    one.other = Pair(np.zeros(5), one)
    assert cut.computed("pair", lambda: one) is one and cut.computed("pair", lambda: None) is one
    assert 800 <= cut.cells < 1_000


def test_readers_at_once_make_a_value_once() -> None:
    memory: Memory[bytes] = Memory("of the test", 100, len)
    MEMORIES.remove(memory)
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"value"

    readers = [threading.Thread(target=lambda: memory.get("key", make)) for _ in range(8)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert len(made) == 1
    with pytest.raises(ZeroDivisionError):
        memory.get("other", lambda: bytes(1 // 0))
    assert memory.get("other", lambda: b"after a fault") == b"after a fault"


@dataclass(frozen=True)
class Heard(Selection):
    """A selection that remembers which picks it was asked for."""

    def pick(self, name: str, default: str = "") -> str:
        HEARD.add(name)
        return super().pick(name, default)


HEARD: set[str] = set()


@pytest.mark.parametrize("chart_id", CHARTS)
def test_a_chart_depends_on_its_own_picks_alone(chart_id: str, tables: dict[str, pd.DataFrame]) -> None:
    """A card is kept by what its chart lets pick: whatever else it asked for would be answered from another view."""
    chart, newest = CHARTS[chart_id], tables["sources"]["accessed_date"].max()
    HEARD.clear()
    selection = Heard(newest, newest)
    # What another chart found is not asked again: each is heard on tables of its own.
    frame = chart.data(apply(cut_once.anew(tables), selection, keep_outside=chart.outside), selection)
    if len(frame):
        chart.scope_line(frame, selection)
        chart.finding(frame, selection)
    for name in HEARD:
        assert card.of_chart(chart, selection.picking(name, "picked")).pick(name) == "picked"
    assert not card.of_chart(chart, selection.picking("another.pick", "picked")).picked


def test_one_view_is_made_once_for_all_who_look(built: Path, tables: dict[str, pd.DataFrame]) -> None:
    snapshot, chart = store.snapshot(built), CHARTS["capability-frontier"]
    selection = Selection(snapshot.as_of, snapshot.as_of)
    first = card.state(snapshot, tables, chart, selection)
    assert card.state(snapshot, tables, chart, selection.picking("gallery.chart", "licences")) is first
    earlier = Selection(pd.Timestamp("2025-03-31"), snapshot.as_of)
    assert card.state(snapshot, tables, chart, earlier) is not first
    narrowed = card.applied(snapshot, tables, earlier)
    direct = apply(tables, earlier)
    assert set(narrowed) == set(direct)
    for name, frame in direct.items():
        pd.testing.assert_frame_equal(narrowed[name], frame)


@pytest.fixture
def of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Views, "_of", cut_once.VIEWS_OF)


@pytest.mark.usefixtures("of_the_product")
@pytest.mark.parametrize(
    ("own", "keep_outside"),
    [
        ({}, False),
        ({"companies": ("alibaba", "openai"), "outside": True}, False),
        ({"company_types": ("lab",), "names": "zh"}, True),
        ({"governance_models": ("federated", "lab_led"), "basis": "coded"}, False),
    ],
)
def test_tables_of_a_view_are_those_cut_for_it_alone(
    tables: dict[str, pd.DataFrame], own: dict[str, Any], keep_outside: bool
) -> None:
    """A deck and an assistant cut a day once: whatever was asked before, a view has its own rows."""
    newest, views = tables["sources"]["accessed_date"].max(), Views()
    for day in (newest, pd.Timestamp("2025-03-31")):
        views.applied(tables, Selection(day, newest, company_types=("giant",)))
        selection = Selection(day, newest, **own)
        found = views.applied(tables, selection, keep_outside=keep_outside)
        direct = apply(tables, selection, keep_outside=keep_outside)
        assert set(found) == set(direct)
        for name, frame in direct.items():
            pd.testing.assert_frame_equal(found[name], frame, obj=name)
        assert landscape.labels_in_force(found, "coded") == landscape.labels_in_force(direct, "coded")
        # What narrows nothing asks for the same tables; other tables are others, whatever they are called.
        asked = replace(selection.picking("positioning.y", "price"), compare=day, currency="CNY")
        assert views.applied(tables, asked, keep_outside=keep_outside) is found
        assert views.applied(dict(tables), selection, keep_outside=keep_outside) is not found


@pytest.mark.usefixtures("of_the_product")
def test_few_views_stay(tables: dict[str, pd.DataFrame]) -> None:
    newest, views = tables["sources"]["accessed_date"].max(), Views()
    first, *more = (Selection(newest - pd.DateOffset(months=n), newest) for n in range(MOST_VIEWS + 1))
    kept = views.applied(tables, first)
    for one in more:
        views.applied(tables, one)
    assert views.applied(tables, more[0]) is views.applied(tables, more[0])
    assert views.applied(tables, first) is not kept
