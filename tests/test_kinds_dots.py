"""Dots as a kind, on any frame: each row one dot on its lane, words inside the room, the same in figure and slide."""

from __future__ import annotations

import kind_frames as kit
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import columns as col
from dashboard.charts.kinds.axes import Measure, Picked
from dashboard.charts.kinds.dots import Dots, Field, Range, state, tiers
from dashboard.charts.kinds.marks import Piece, pieces_width
from dashboard.draw.plotly.dots import dots
from dashboard.draw.slide.xy import RINGS
from dashboard.look.room import PICTURE, room_of
from dashboard.look.theme import Look

COLUMNS = col.Frame(
    "dots",
    name=col.model(),
    company_name=col.company(),
    governance_model=col.GOVERNANCE,
    score=col.score("measured", "percent"),
    measure="what is measured",
    is_strong=col.flag("named"),
    count=col.key(),
    median=col.key(),
    low=col.key(),
    high=col.key(),
    field=col.key(),
    best=col.score("best of all", "percent"),
    rank=col.count("company", out_of="count"),
)
KINDS = {
    "ranked": Dots("name", "score", "governance_model", behind=("company_name", "governance_model")),
    "best": Dots("company_name", "score", "governance_model", name="name", strong="is_strong"),
    "groups": Dots(
        "governance_model",
        "score",
        "governance_model",
        name="company_name",
        hollow="is_strong",
        picked=Picked(
            "measure", {"Share": Measure(lambda v, row: f"{v:.0f} %", zero=True, end=100.0)}, "measure"
        ),
        range=Range("count", "median", "low", "high"),
    ),
    "field": Dots(
        "name",
        "score",
        "governance_model",
        under=("company_name",),
        field=Field(
            "field",
            "low",
            "high",
            (("best", "Best"),),
            (("Rank", "rank", ""), ("{of}", "score", "name"), ("Best", "best", "company_name")),
            "company_name",
        ),
    ),
}
ROW = st.fixed_dictionaries(
    {
        "name": kit.NAMES,
        "company_name": kit.NAMES,
        "governance_model": kit.MODEL,
        "score": kit.VALUES,
        "measure": st.just("Share"),
        "is_strong": st.booleans(),
        "caveat": kit.CAVEATS,
    }
)


def grouped(rows: list[dict[str, object]]) -> pd.DataFrame:
    rows = sorted(rows, key=lambda r: str(r["governance_model"]))
    frame = kit.frame_of(rows, [*COLUMNS.own, "caveat"])
    groups = frame.groupby("governance_model")["score"]
    for column, how in (("count", "size"), ("median", "median"), ("low", "min"), ("high", "max")):
        frame[column] = groups.transform(how)
    of = groups.agg(lambda values: "; ".join(f"{v:g}" for v in values)) if len(frame) else {}
    frame["field"] = [of[m] for m in frame["governance_model"]]
    frame["best"], frame["rank"] = frame["high"], 1
    return frame


FRAMES = st.lists(ROW, max_size=40).map(grouped)
ONE_A_LANE = st.lists(ROW, max_size=40, unique_by=lambda r: r["name"]).map(grouped)


def frames(name: str) -> st.SearchStrategy[pd.DataFrame]:
    return ONE_A_LANE if name in ("ranked", "field") else FRAMES


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@kit.FAST
def test_every_row_is_one_dot_on_its_lane_and_words_stay_inside(name: str, data: st.DataObject) -> None:
    kind, frame = KINDS[name], data.draw(frames(name))
    for look, room, rows in kit.seen(state, kind, frame, COLUMNS, kit.LOOKS[:3]):
        assert sorted(d.row for d in rows.dots) == sorted(frame.index)
        plot = room.width - rows.names_width - 2 * room.type_size
        assert rows.names_width <= room.width * 0.42
        for d in rows.dots:
            lane = rows.lanes[d.lane]
            assert lane.name == frame.at[d.row, kind.lane] and rows.x.low <= d.x <= rows.x.high
            if lane.behind and len(lane.behind) > 1:
                end = rows.x.share(d.x) * plot + pieces_width(lane.behind, room.type_size)
                assert end <= plot + room.type_size * 2
        figure = dots(rows, kind, room, look)
        assert sorted(kit.drawn_rows(kit.checked(figure, look))) == sorted(frame.index)
        assert kit.rings(figure, look) == sum("disputed" in d.caveats for d in rows.dots)
        hollow = {d.row for d in rows.dots if "estimated" in d.caveats}
        assert not kind.hollow or set(frame.index[frame["is_strong"].astype(bool)]) <= hollow


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@kit.SLOW
def test_the_slides_have_every_row(name: str, data: st.DataObject) -> None:
    kind, frame = KINDS[name], data.draw(frames(name).filter(len))
    found = kit.charts(kit.deck_of(kind, COLUMNS, frame))
    assert found
    held = []
    for c in found:
        lines, at = kit.sheet(c), 1
        if kind.field is not None:
            lines = lines[next(i for i, r in enumerate(lines) if not any(v is not None for v in r)) + 1 :]
            at = lines[0].index("Score")
        held += [(r[0], r[at]) for r in lines[1:] if r[0]]
    meant = [(r[kind.name or kind.lane], r["score"]) for r in frame.to_dict("records")]
    assert {h for h in held} == set(meant)
    assert (
        sum(kit.column_of(c, RINGS) for c in found)
        == frame["caveat"].fillna("").str.contains("disputed").sum()
    )


def test_what_there_is_no_room_for_is_counted_and_the_best_of_each_owner_stays() -> None:
    rows = [
        {
            "name": f"Model {n}",
            "company_name": "Last" if n == 29 else "First",
            "governance_model": "Federated",
            "score": 90.0 - n,
        }
        for n in range(30)
    ]
    kind = Dots("name", "score", "governance_model", behind=("company_name",), keep="company_name")
    frame = kit.frame_of(rows, [*COLUMNS.own, "caveat"])
    found = state(kind, frame, COLUMNS, room_of(Look()))
    assert len(found.lanes) == 20 and found.lanes[-1].name == "Model 29" and found.more == "and 10 more"


def test_names_over_a_lane_take_the_lowest_line_with_room() -> None:
    found = tiers([(10, 40), (20, 40), (100, 40), (199, 60)], 200)
    assert [t for t, _ in found] == [0, 1, 0, 0]
    assert all(
        m - w / 2 >= 0 and m + w / 2 <= 200 for (_, m), (_, w) in zip(found, [(0, 40)] * 3, strict=False)
    )


def test_lanes_set_closer_fill_the_picture_to_the_pixel() -> None:
    look, kind = Look(export=True), KINDS["groups"]
    heights = set()
    for many in range(12, 40, 3):
        rows = [
            {
                "name": "Alpha",
                "company_name": f"Firm with a long name {n}",
                "governance_model": ("Federated", "Spun out", "Holding")[n % 3],
                "score": 40.0 + n / many,
                "measure": "Share",
            }
            for n in range(many)
        ]
        marks = state(kind, grouped(rows), COLUMNS, room_of(look))
        heights.add(dots(marks, kind, room_of(look), look)["layout"]["height"])
    full = PICTURE[1] + 8 + 70
    assert max(heights) == full and full - 1 not in heights


@pytest.mark.parametrize("look", kit.LOOKS[:3])
def test_words_take_what_is_free_behind_their_own_dot(look: Look) -> None:
    words = "Alpha and everything else that a lane may say of itself where it has the whole row for it alone"
    rows = [
        {"name": "Near", "company_name": words[: 70 if look.export else 40], "score": 1.0},
        {"name": "Far", "company_name": "Alpha", "score": 100.0},
    ]
    frame = kit.frame_of([{**r, "governance_model": "Federated"} for r in rows], [*COLUMNS.own, "caveat"])
    kind = Dots("name", "score", "governance_model", behind=("company_name", "governance_model"))
    room = room_of(look)
    found = state(kind, frame, COLUMNS, room)
    plot = room.width - found.names_width - 2 * room.type_size
    for dot in found.dots:
        kept = found.lanes[dot.lane].behind
        more = pieces_width((*kept, Piece("Federated", "grey")), room.type_size)
        free = plot * (1 - found.x.share(dot.x)) - 1.6 * room.type_size
        assert len(kept) == 3 or more > free, "there is room for one word more"


def test_a_key_tells_colours_that_no_words_tell() -> None:
    rows = [
        {
            "name": f"Model {n}",
            "company_name": f"Firm {n}",
            "governance_model": m,
            "score": 10.0 + n,
            "caveat": ("", "stale")[n % 2],
        }
        for n, m in enumerate(("Federated", "Lab-led", "Federated"))
    ]
    frame = kit.frame_of(rows, [*COLUMNS.own, "caveat"])
    untold = Dots("name", "score", "governance_model", behind=("company_name",))
    for kind, keyed in ((untold, ["Federated", "Lab-led"]), (KINDS["ranked"], [])):
        for look in kit.LOOKS:
            room = room_of(look)
            found = state(kind, frame, COLUMNS, room)
            assert [v.word for v in found.values] == keyed
            shown = [t["name"] for t in dots(found, kind, room, look)["data"] if t.get("showlegend")]
            assert shown == keyed
        shapes = [s for one in kit.deck_of(kind, COLUMNS, frame).slides for s in one.shapes]
        texts = [s.text_frame.text.replace("\u00a0", " ") for s in shapes if s.name.endswith(":key")]
        assert [all(k in t for k in keyed) for t in texts] == [True] * bool(keyed)
