"""Names beside marks: none over another, none outside, none over a crowd of marks."""

from __future__ import annotations

from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.look.measure import width
from dashboard.look.place import FOUR, ROUND, Wish, along, place, spread

SPOT = st.tuples(st.floats(0, 400), st.floats(0, 300))
NAME = st.text("Qwen3-MaxKi通义千问 智谱", min_size=1, max_size=24).filter(str.strip)


@given(st.lists(st.tuples(SPOT, NAME, st.booleans()), max_size=30), st.sampled_from([ROUND, FOUR]))
@settings(max_examples=tries(40), deadline=None)
def test_names_stand_apart_inside_the_plot(asked: list, sides: tuple) -> None:
    wishes = [Wish(k, x, y, text, strong) for k, ((x, y), text, strong) in enumerate(asked)]
    marks = [(w.x, w.y) for w in wishes]
    found = place(wishes, marks, (400, 300), 11, most=12, sides=sides)
    assert len(found) <= 12 and len({p.wish.key for p in found}) == len(found)
    boxes = []
    for p in found:
        w, h = width(p.wish.text, 11, p.wish.strong), 11 * 1.2
        x = p.wish.x + p.dx - (w if "left" in p.side else 0 if "right" in p.side else w / 2)
        y = p.wish.y + p.dy - h / 2
        assert p.side in sides and x >= -w * 0.05 and x + w <= 401 and y + h <= 301
        boxes.append((x, y, x + w, y + h))
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] + 0.1 or b[3] <= a[1] + 0.1


def test_a_name_gives_way_to_a_crowd_of_marks() -> None:
    crowd = [(100 + dx, 100 + dy) for dx in range(-60, 61, 6) for dy in range(-30, 31, 6)]
    assert place([Wish(1, 100, 100, "Qwen3 Max", True)], crowd, (400, 300), 11, most=5) == []
    assert place([Wish(1, 100, 100, "Qwen3 Max", True)], [(100, 100)], (400, 300), 11, most=5)


@given(
    st.lists(st.tuples(SPOT, NAME), min_size=2, max_size=30, unique_by=lambda a: a[0]),
    st.sampled_from([ROUND, FOUR]),
)
@settings(max_examples=tries(40), deadline=None)
def test_no_name_stands_over_a_mark_that_is_to_be_seen(asked: list, sides: tuple) -> None:
    wishes = [Wish(k, x, y, text, True) for k, ((x, y), text) in enumerate(asked)]
    for p in place(wishes, [], (400, 300), 11, most=30, sides=sides, firm=[(w.x, w.y) for w in wishes]):
        w, h = width(p.wish.text, 11, True), 11 * 1.2
        x = p.wish.x + p.dx - (w if "left" in p.side else 0 if "right" in p.side else w / 2)
        y = p.wish.y + p.dy - h / 2
        over = [
            o for o in wishes if x < o.x < x + w and y < o.y < y + h and (o.x, o.y) != (p.wish.x, p.wish.y)
        ]
        assert not over


def test_the_first_names_win() -> None:
    close = [Wish(k, 200, 150 + k, "a long name indeed", False) for k in range(9)]
    found = place(close, [], (400, 300), 11, most=3)
    assert [p.wish.key for p in found] == [0, 1, 2]


def test_points_along_a_line_are_at_every_step() -> None:
    assert along([(0, 0), (10, 0), (10, 4)], 5) == [(5, 0), (10, 0), (10, 4)]
    assert along([], 5) == []


def test_heights_are_spread_and_stay_below_the_top() -> None:
    assert spread([10, 10.5, 50], 3, 100) == [10, 13, 50]
    assert spread([99, 98, 97], 5, 100) == [100, 95, 90]
    assert spread([], 5, 100) == []
    assert spread([8, 40, 7, 9], 5, 100, foot=20) == [25, 40, 20, 30], "the lowest stays the lowest"
