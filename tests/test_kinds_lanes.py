"""Lanes as a kind, on any frame: periods, events, words under them, caveats, the same in figure and slide."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import kind_frames as kit
import pandas as pd
import plotly.graph_objects as go
import pptx
import pytest
from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from test_charts import check_figure
from test_export_slides import chart_cells, check, overlaps
from test_export_table import tiny_card
from test_theme import contrast

from dashboard.charts import columns as col
from dashboard.charts.kinds.lanes import MOST, Lanes, state
from dashboard.draw.plotly.lanes import lanes
from dashboard.export import slides
from dashboard.look.measure import width
from dashboard.look.room import Room
from dashboard.look.theme import MODELS, OWN_SIGN, Look

COLUMNS = col.Frame(
    "periods and events",
    name=col.company(),
    governance_model=col.GOVERNANCE,
    first_day=col.day("begins"),
    last_day=col.day("ends"),
    what="happened",
    weights="terms",
    is_first=col.flag("told first"),
)
PERIODS = Lanes("name", "first_day", "last_day", fill="governance_model", words="what")
KINDS = {
    "periods": PERIODS,
    "flags": replace(PERIODS, flags="is_first"),
    "strokes": Lanes(
        "name",
        "first_day",
        fill="governance_model",
        words="what",
        lit=("weights", ("open",), "Not open"),
        latest=True,
    ),
}
NAMES = ("Alpha", "北京智源人工智能研究院", "Beijing Academy of Artificial Intelligence (BAAI)", "Delta", "E")
WORDS = (
    "Split",
    "成立人工智能委员会并任命首席科学家",
    "A very long title of a reorganisation that goes on",
    "X & <b>",
)
CAVEAT = st.sampled_from(
    [None, None, "estimated", "disputed", "stale", "estimated; disputed", "estimated; stale"]
)
BEGIN = pd.Timestamp("2022-01-05")
ROW = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "is_period": st.booleans(),
        "model": st.sampled_from([m.short for m in MODELS]),
        "day": st.integers(0, 900),
        "what": st.sampled_from(WORDS),
        "weights": st.sampled_from(["open", "closed"]),
        "caveat": CAVEAT,
        "is_first": st.booleans(),
    }
)
FAST = settings(max_examples=tries(25), deadline=None)
LOOKS = (Look(), Look(compact=True), Look(export=True), Look(mode="dark"))
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def frame_of(kind: Lanes, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows of one name, the periods one after the other, a gap before some."""
    found = []
    for name in dict.fromkeys(str(r["name"]) for r in rows):
        mine = sorted((r for r in rows if r["name"] == name), key=lambda r: int(str(r["day"])))
        days = iter(sorted({int(str(r["day"])) for r in mine}))
        starts = dict(pairwise([*days, 1000]))
        taken: set[int] = set()
        for r in mine:
            day = int(str(r["day"]))
            is_period = bool(kind.last and r["is_period"] and day not in taken)
            taken |= {day} if is_period else set()
            found.append(
                {
                    "name": name,
                    "governance_model": r["model"] if is_period or not kind.last else "",
                    "first_day": BEGIN + pd.Timedelta(days=day),
                    "last_day": BEGIN + pd.Timedelta(days=starts[day]) if is_period else pd.NaT,
                    "what": r["what"],
                    "weights": r["weights"],
                    "is_first": r["is_first"],
                    "caveat": r["caveat"],
                    "source_ids": "a",
                }
            )
    names = [*COLUMNS.own, "caveat", "source_ids"]
    frame = pd.DataFrame(found, columns=names)
    for c in ("first_day", "last_day"):
        frame[c] = pd.to_datetime(frame[c])
    frame.index = pd.Index([7 * n + 3 for n in range(len(frame))])
    return frame


ROWS = st.lists(ROW, max_size=60)


@EVERY
@given(rows=ROWS)
@FAST
def test_every_row_is_one_mark_on_its_lane_and_words_do_not_touch(
    kind: Lanes, rows: list[dict[str, object]]
) -> None:
    frame = frame_of(kind, rows)
    for _look, room, found in kit.seen(state, kind, frame, COLUMNS):
        assert sorted(m.row for m in (*found.spans, *found.events)) == sorted(frame.index)
        for m in (*found.spans, *found.events):
            assert found.lanes[m.lane].name == frame.loc[m.row, "name"]
        for s in found.spans:
            row = frame.loc[s.row]
            assert (s.first, s.last, s.value.word) == (
                row["first_day"],
                row["last_day"],
                row["governance_model"],
            )
        covered = sum((m.last - m.first).days for m in (*found.spans, *found.gaps))
        assert covered == (len(found.lanes) * found.days if kind.last else 0)
        plot = room.width - found.names_width - found.side_width - room.type_size
        assert plot > room.width / 4
        for s in found.spans:
            fits = (s.last - s.first).days / found.days * plot
            assert not s.inside or width(s.inside, room.type_size) <= fits
        boxes = []
        for f in found.flags:
            x = found.share(f.event.day) * plot
            wide = max(width("".join(both), room.type_size) for both in f.lines)
            assert "".join(f.title).replace(" ", "") == f.event.said.replace(" ", ""), "words stand whole"
            left, right = (x, x + wide) if f.is_left else (x - wide, x)
            assert -room.type_size <= left and right <= plot + room.type_size * 1.5
            boxes.append((f.tier, left, right, x))
        for i, (tier, left, right, _) in enumerate(boxes):
            for other, a, b, x in boxes[i + 1 :]:
                assert tier != other or right <= a or b <= left, "words touch"
                assert other <= tier or not left < x < right, "a line runs through words"


@EVERY
@given(rows=ROWS)
@settings(max_examples=tries(6), deadline=None)
def test_the_figure_has_house_colours_names_its_rows_and_marks_caveats(
    kind: Lanes, rows: list[dict[str, object]]
) -> None:
    frame = frame_of(kind, rows)
    for look, room, found in kit.seen(state, kind, frame, COLUMNS):
        figure = go.Figure(lanes(found, kind, room, look))
        check_figure(figure, look)
        named = [r for t in figure.data if t.customdata is not None for r in t.customdata]
        assert sorted(named) == sorted(frame.index)
        for t in figure.data:
            if t.customdata is None:
                continue
            held = [_held(frame, r) for r in t.customdata]
            if t.type == "bar":
                marker = t.marker
                if any("disputed" in h for h in held):
                    assert [c == look.ink for c in marker.line.color] == ["disputed" in h for h in held]
                hatched = [bool(p) for p in marker.pattern.shape or [""] * len(held)]
                assert all(p for p, h in zip(hatched, held, strict=True) if "estimated" in h)
            else:
                assert [s == "circle-open" for s in t.marker.symbol] == ["estimated" in h for h in held]


def _held(frame: pd.DataFrame, row: object) -> set[str]:
    cell = frame["caveat"][row]
    return set() if pd.isna(cell) else set(str(cell).split("; "))


@EVERY
@given(rows=st.lists(ROW, min_size=1, max_size=40))
@settings(max_examples=tries(8), deadline=None)
def test_the_slide_holds_the_rows_and_draws_caveats(kind: Lanes, rows: list[dict[str, object]]) -> None:
    frame = frame_of(kind, rows)
    shown = replace(tiny_card(frame), kind=kind, columns=COLUMNS)
    deck = pptx.Presentation(io.BytesIO(slides.slide(shown)))
    check(deck, shown)
    shapes = [s for one in deck.slides for s in one.shapes]
    sheets = [chart_cells(s) for s in shapes if s.has_chart]
    held = {w for r in frame["caveat"].dropna() for w in str(r).split("; ")}
    events = frame[frame["last_day"].isna()]
    told = {w for r in events["caveat"].dropna() for w in str(r).split("; ")}
    if kind.last:
        rows_held = [r for s in sheets for r in s[next(i for i, r in enumerate(s) if r[0] is None) + 2 :]]
        assert len(rows_held) == len(frame)
        parts = {s.name.rpartition(":events")[2] for s in shapes if ":events" in s.name}
        assert ("-estimated" in parts) == ("estimated" in told)
        assert ("-disputed" in parts) == ("disputed" in told)
        return
    titles = {str(c) for s in sheets for c in s[0] if c}
    assert any(t.endswith(", weak") for t in titles) == bool({"estimated", "disputed"} & held)
    strokes = {(r[0], r[1]) for s in sheets for r in s[1:] if r[0]}
    assert {(r["what"], r["first_day"]) for _, r in frame.iterrows()} <= strokes


def test_words_of_events_keep_to_what_the_kind_left_them_on_a_slide() -> None:
    day = {"is_period": False, "is_first": False, "model": "Federated", "weights": "open", "caveat": None}
    rows: list[dict[str, object]] = [
        {**day, "name": "E", "what": WORDS[0], "day": 629},
        {**day, "name": NAMES[1], "what": WORDS[3], "day": 97},
        {**day, "name": "E", "what": WORDS[1], "day": 232, "is_first": True},
        {**day, "name": NAMES[2], "what": WORDS[0], "day": 264, "is_period": True, "is_first": True},
    ]
    frame = frame_of(KINDS["flags"], rows)
    deck = pptx.Presentation(
        io.BytesIO(slides.slide(replace(tiny_card(frame), kind=KINDS["flags"], columns=COLUMNS)))
    )
    boxes = [s for s in deck.slides[0].shapes if ":name:event" in s.name]
    assert len(boxes) == 3
    for one in deck.slides:
        overlaps(one)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("caveat", [None, "estimated", "stale", "estimated; stale"])
def test_words_on_a_plate_can_be_read(look: Look, caveat: str | None) -> None:
    row = {**dict.fromkeys(COLUMNS.own), "first_day": BEGIN, "last_day": BEGIN + pd.Timedelta(days=900)}
    rows = [{**row, "name": m.short, "governance_model": m.short, "caveat": caveat} for m in MODELS]
    room = kit.room_of(look)
    found = state(KINDS["periods"], kit.frame_of(rows, [*COLUMNS.own, "caveat"]), COLUMNS, room)
    labels = lanes(found, KINDS["periods"], room, look)["layout"]["annotations"]
    plates = [(one["font"]["color"], one["bgcolor"]) for one in labels if "bgcolor" in one]
    assert len(plates) >= len(MODELS) - 1 or "estimated" not in (caveat or "")
    assert all(contrast(ink, plate) >= 4.5 for ink, plate in plates)


def test_a_small_room_keeps_the_first_lanes_and_says_how_many_more() -> None:
    rows = [{**dict.fromkeys(COLUMNS.own), "name": f"Company {n}"} for n in range(MOST + 5)]
    frame = pd.DataFrame(rows).assign(first_day=BEGIN, last_day=BEGIN + pd.Timedelta(days=900), what="x")
    found = state(KINDS["periods"], frame, COLUMNS, Room(345, 12))
    assert len(found.lanes) == MOST and found.more == "and 5 more"
    assert len(state(KINDS["periods"], frame, COLUMNS, Room(800, 11, 400, paged=True)).lanes) == MOST + 5


def test_a_readers_own_lane_is_among_those_drawn_however_late_it_comes() -> None:
    own = f"Acme{OWN_SIGN}"
    what = {"is_period": True, "model": MODELS[0].short, "what": "", "weights": "open", "caveat": None}
    rows = [{"name": f"N{n}", "day": 0, "is_first": False, **what} for n in range(MOST + 3)]
    found = state(PERIODS, frame_of(PERIODS, [*rows, rows[0] | {"name": own}]), COLUMNS, Room(345, 12))
    assert [lane.name for lane in found.lanes] == [*(f"N{n}" for n in range(MOST - 1)), own]
    assert found.more == "and 4 more"
