"""Rows that share a name are told apart by what they say; cells that say the same are no change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.deck.difference import difference, numbered
from dashboard.deck.forms import says_the_same

Rows = list[tuple[str, list[tuple[str, str]]]]


def cells(rows: Rows) -> list:  # type: ignore[type-arg]
    return numbered((0, name, values) for name, values in rows)


def point(name: str, day: str, value: str) -> tuple[str, list[tuple[str, str]]]:
    return name, [("Day", day), ("Index", value)]


BEFORE = [point("A", "2024-01-01", "10"), point("A", "2025-01-01", "20"), point("A", "2026-01-01", "30")]


def test_a_row_between_others_of_its_name_is_one_row_added() -> None:
    after = [BEFORE[0], point("A", "2024-06-01", "15"), *BEFORE[1:]]
    found = difference(cells(BEFORE), cells(after))
    assert [(d.what, d.after) for d in found] == [("row added", "Day 2024-06-01; Index 15")]
    back = difference(cells(after), cells(BEFORE))
    assert [(d.what, d.before) for d in back] == [("row removed", "Day 2024-06-01; Index 15")]


def test_a_value_of_one_of_them_is_one_value() -> None:
    after = [point("A", "2023-01-01", "5"), BEFORE[0], point("A", "2025-01-01", "22"), BEFORE[2]]
    found = difference(cells(BEFORE), cells(after))
    assert [(d.what, d.column, d.before, d.after) for d in found] == [
        ("row added", "", "", "Day 2023-01-01; Index 5"),
        ("value", "Index", "20", "22"),
    ]


rows = st.lists(
    st.builds(point, st.sampled_from("AB"), st.dates().map(str), st.integers(0, 9).map(str)), max_size=8
)


@given(rows, rows, st.randoms())
def test_every_row_is_paired_added_or_removed_once(before: Rows, after: Rows, mix: object) -> None:
    found = difference(cells(before), cells(after))
    added, removed = (sum(d.what == w for d in found) for w in ("row added", "row removed"))
    assert len(before) - removed == len(after) - added >= 0
    shuffled = list(before)
    mix.shuffle(shuffled)  # type: ignore[attr-defined]
    assert difference(cells(before), cells(shuffled)) == [], "another order alone is no change"


def test_what_is_written_otherwise_and_says_the_same() -> None:
    same = {"2025-Q2": "Q2 2025", "20.2B": "¥20.2B", "46": "45.8", "1,438": "1438", "not disclosed": "·"}
    assert [(a, b) for a, b in same.items() if not says_the_same(a, b)] == []
    other = {"46": "46.7", "20.2B": "20.3B", "3 → 1": "1 → 3"}
    assert [(a, b) for a, b in other.items() if says_the_same(a, b)] == []
