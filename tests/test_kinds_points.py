"""Points as a kind, on any frame: each row one mark, the same in figure and slide, names inside, caveats in both."""

from __future__ import annotations

import re
from typing import Any

import kind_frames as kit
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import columns as col
from dashboard.charts.kinds.axes import Measure, Picked
from dashboard.charts.kinds.points import MOST, MOST_APART, MOST_SHARED, Along, Points, state
from dashboard.draw.plotly.key import KEY_ROW
from dashboard.draw.plotly.points import points
from dashboard.draw.slide.xy import HOLLOW, RINGS
from dashboard.look.room import Room, room_of
from dashboard.look.theme import MODELS, OWN_SIGN, Look

COLUMNS = col.Frame(
    "points",
    name=col.model(),
    company_name=col.company(),
    governance_model=col.GOVERNANCE,
    day=col.day("of release"),
    price=col.price("of output", "currency", per="per million tokens"),
    currency=col.key(),
    index=col.INDEX,
    score=col.number("measured"),
    second=col.number("another"),
    unit="what is measured",
    releases=col.count("model"),
    is_strong=col.flag("named"),
)
KINDS = {
    "frontier": Points(
        "day",
        "score",
        "name",
        "governance_model",
        strong="is_strong",
        join=Along("best so far"),
        trim=(0.02, 0.05),
    ),
    "priced": Points(
        "price", "score", "name", "governance_model", strong="is_strong", one_name_per="company_name", log="x"
    ),
    "threads": Points(
        "day", "price", "name", "governance_model", strong="is_strong", said="price", thread="second", log="y"
    ),
    "map": Points(
        "index",
        "score",
        "company_name",
        "governance_model",
        picked=Picked("unit", {"Points": Measure(lambda v, row: f"{v:,.0f}", zero=True)}, "unit"),
        size=("releases", 5, 20),
        apart="Labs and start-ups: no units to centralise",
        level=("Best outside China", "name"),
    ),
}
ROW = st.fixed_dictionaries(
    {
        "name": kit.NAMES,
        "company_name": kit.NAMES,
        "governance_model": kit.MODEL,
        "day": kit.DAYS,
        "price": st.sampled_from([0.02, 0.3, 0.3, 4.0, 90.0]),
        "currency": st.just("USD"),
        "index": st.sampled_from([None, 0.0, 54.2, 100.0]),
        "score": kit.VALUES,
        "second": st.sampled_from([None, 0.01, 3.0]),
        "unit": st.just("Points"),
        "releases": st.integers(0, 40),
        "is_strong": st.booleans(),
        "caveat": kit.CAVEATS,
    }
)
FRAMES = st.lists(ROW, max_size=60).map(lambda rows: kit.frame_of(rows, [*COLUMNS.own, "caveat"]))
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def told(frame: pd.DataFrame, word: str) -> int:
    held = frame["caveat"].fillna("").str.split("; ").map(lambda words: word in words)
    return int(held.sum())


@EVERY
@given(frame=FRAMES)
@kit.FAST
def test_every_row_is_one_mark_and_caveats_are_drawn(kind: Points, frame: pd.DataFrame) -> None:
    for look, room, cloud in kit.seen(state, kind, frame, COLUMNS, kit.LOOKS[:3]):
        assert sorted(s.row for s in (*cloud.spots, *cloud.apart)) == sorted(frame.index)
        for s in cloud.spots:
            assert s.x is not None and (kind.trim[0] or cloud.x.low <= s.x <= cloud.x.high)
            assert s.y <= cloud.y.high and s.hover[0].startswith(s.name)
        figure = points(cloud, kind, room, look)
        traces = kit.checked(figure, look)
        assert set(kit.drawn_rows(traces)) == set(frame.index)
        weak = {s.row for s in (*cloud.spots, *cloud.apart) if "estimated" in s.caveats}
        mine = [t for t in traces if t.marker.symbol != "line-ew"]
        undetermined = {s.row for s in (*cloud.spots, *cloud.apart) if "open" in s.value.symbol}
        assert kit.hollow_rows(mine) - undetermined == weak - undetermined
        assert kit.rings(figure, look) == told(frame, "disputed")


@EVERY
@given(frame=FRAMES.filter(len))
@kit.SLOW
def test_the_slide_has_every_row_and_marks_it_alike(kind: Points, frame: pd.DataFrame) -> None:
    cloud = state(kind, frame, COLUMNS, Room(880, 11, paged=True))
    found = kit.charts(kit.deck_of(kind, COLUMNS, frame))
    if not cloud.spots:
        assert not found, "rows without a place are a table"
        return
    held = [(r[0], next((v for v in r[2:] if v is not None), None)) for r in kit.sheet(found[0])[1:] if r[0]]
    for row in frame.to_dict("records"):
        assert (row[kind.name], pytest.approx(row[kind.y])) in held
    assert len(found) == 1 + bool(cloud.apart)
    assert sum(kit.column_of(c, RINGS) for c in found) == told(frame, "disputed")
    assert sum(kit.column_of(c, HOLLOW) for c in found) == told(frame, "estimated")


def test_rows_outside_are_a_line_across_and_nothing_is_below_zero() -> None:
    rows: list[dict[str, Any]] = [
        {
            "name": n,
            "company_name": n,
            "index": i,
            "score": s,
            "unit": "Points",
            "releases": 1,
            "is_outside": o,
        }
        for n, i, s, o in (("A", 10.0, 0.0, False), ("B", None, 5.0, False), ("C", None, 9.0, True))
    ]
    frame = kit.frame_of(rows, [*COLUMNS.own, "is_outside"])
    cloud = state(KINDS["map"], frame, COLUMNS, room_of(Look()))
    assert cloud.level == (9.0, "Best outside China: C, 9")
    assert [s.name for s in cloud.spots] == ["A"] and [s.name for s in cloud.apart] == ["B"]
    assert min(v for v, _ in cloud.y.ticks) == 0


def test_small_rooms_have_fewer_names_and_shorter_titles() -> None:
    frame = kit.frame_of([], list(COLUMNS.own))
    wide, small = (state(KINDS["priced"], frame, COLUMNS, room_of(k)) for k in (Look(), Look(compact=True)))
    assert wide.most > small.most
    frame = frame.reindex([1]).assign(
        name="A", company_name="A", price=2.0, score=5.0, currency="USD", is_strong=True
    )
    titles = state(KINDS["priced"], frame, COLUMNS, room_of(Look())).x.titles
    assert titles[0] == "Price, US dollars per million tokens (log scale)" and titles[-1] == "Price"


@pytest.mark.parametrize(("wide", "key"), [(288, 10), (304, 10), (320, 5), (345, 5)])
def test_a_key_of_many_rows_stands_on_top_of_a_phone_and_takes_nothing_from_the_plot(
    wide: int, key: int
) -> None:
    rows = [
        {
            "name": m.short,
            "company_name": m.short,
            "governance_model": m.short,
            "index": 10.0 * n,
            "score": 0.0,
            "unit": "Points",
            "releases": 1,
            "is_outside": False,
        }
        for n, m in enumerate(MODELS)
    ]
    frame = kit.frame_of(rows, [*COLUMNS.own, "caveat"])
    frame["caveat"] = "stale"
    look = Look(compact=True, wide=wide)
    room = room_of(look)
    kind = KINDS["map"]
    figure = points(state(kind, frame, COLUMNS, room), kind, room, look)
    margin, height = figure["layout"]["margin"], figure["layout"]["height"]
    tall = height - margin["t"] - margin["b"]
    assert tall > 200 and margin["t"] <= KEY_ROW * key + 40
    assert figure["layout"]["legend"]["y"] == pytest.approx(1 + margin["t"] / tall)
    assert all(t["cliponaxis"] is False for t in figure["data"] if "customdata" in t), (
        "marks at nought are whole"
    )


@pytest.mark.parametrize(
    ("kind", "height", "most"), [("frontier", 0, MOST), ("map", 0, MOST), ("map", 244, MOST_SHARED)]
)
def test_of_many_points_the_first_by_rank_are_drawn_and_the_others_counted(
    kind: str, height: int, most: int
) -> None:
    """A reader's own is among them however low it stands, the best outside China too; slides hold all."""
    count, one = 800, KINDS[kind]
    frame = pd.DataFrame(
        {
            "name": [f"M{n}" for n in range(count)],
            "company_name": [f"C{n}" if n else f"Ours {OWN_SIGN}" for n in range(count)],
            "governance_model": "Federated",
            "day": pd.Timestamp("2025-01-01"),
            "score": [float(n) for n in range(count)],
            "index": [None if n % 4 == 3 else 50.0 for n in range(count)],
            "unit": "Points",
            "releases": 1,
            "is_strong": [n < 50 for n in range(count)],
            "is_outside": [kind == "map" and n % 100 == 99 for n in range(count)],
        }
    ).reindex(columns=[*COLUMNS.own, "is_outside"])
    look = Look(height=height)
    room = room_of(look)
    cloud = state(one, frame, COLUMNS, room)
    drawn = {s.row for s in (*cloud.spots, *cloud.apart)}
    points_of = [n for n in range(count) if not frame["is_outside"][n]]
    strong = [n for n in points_of if n < 50 and kind == "frontier"]
    inside = [n for n in points_of if kind == "frontier" or n % 4 != 3]
    apart = [n for n in points_of if n not in inside]
    first = {0, *strong, *[n for n in inside[::-1] if n not in strong][: most - len({0, *strong})]}
    assert drawn == {*first, *apart[::-1][:MOST_APART]}
    assert cloud.more == (len(inside) - most, max(len(apart) - MOST_APART, 0))
    assert (
        cloud.level is None if kind == "frontier" else cloud.level == (799.0, "Best outside China: M799, 799")
    )
    said = [a["text"] for a in points(cloud, one, room, look)["layout"]["annotations"]]
    assert f"and {cloud.more[0]:,} more" in said
    if apart:
        assert any(re.fullmatch(r"and \d+ more", a) for a in said if a != f"and {cloud.more[0]:,} more")
    whole = state(one, frame, COLUMNS, Room(880, 11, paged=True))
    assert {s.row for s in (*whole.spots, *whole.apart)} == set(points_of) and whole.more == (0, 0)
