"""Lines as a kind, on any frame: each row one mark, panels with scales of their own, names at the ends."""

from __future__ import annotations

import kind_frames as kit
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import columns as col
from dashboard.charts.kinds.axes import Measure
from dashboard.charts.kinds.lines import MOST, Lines, state
from dashboard.draw.plotly.lines import lines
from dashboard.draw.slide.xy import HOLLOW, RINGS
from dashboard.look.room import Room
from dashboard.look.theme import OWN_SIGN

COLUMNS = col.Frame(
    "values",
    company_name=col.company(),
    governance_model=col.GOVERNANCE,
    day=col.day("of the value"),
    index=col.INDEX,
    value=col.number("as stated"),
    panel="unit",
    period="of the value",
)
KINDS = {
    "steps": Lines("day", "index", "company_name", "governance_model", steps="plain"),
    "apart": Lines("day", "index", "company_name", "governance_model", steps="apart"),
    "panels": Lines(
        "day",
        "value",
        "company_name",
        "governance_model",
        panel="panel",
        ends="period",
        measure=Measure(lambda v, row: f"¥{v / 1e9:,.0f}B", zero=True),
    ),
}
ROW = st.fixed_dictionaries(
    {
        "company_name": kit.NAMES,
        "governance_model": kit.MODEL,
        "day": kit.DAYS,
        "index": st.sampled_from([0.0, 16.7, 75.0, 75.0, 100.0]),
        "value": st.sampled_from([0.0, 3.4e8, 1.8e11, -2e9]),
        "panel": st.sampled_from(["Yuan, by quarter", "US dollars, by year", "Users, on single days"]),
        "period": st.sampled_from(["Q1 2025", "2026"]),
        "caveat": kit.CAVEATS,
    }
)


def ordered(rows: list[dict[str, object]]) -> pd.DataFrame:
    rows = sorted(rows, key=lambda r: (str(r["panel"]), str(r["company_name"]), r["day"]))
    return kit.frame_of(rows, [*COLUMNS.own, "caveat"])


FRAMES = st.lists(ROW, max_size=40).map(ordered)
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@EVERY
@given(frame=FRAMES)
@kit.FAST
def test_every_row_is_one_mark_over_its_panels_scale(kind: Lines, frame: pd.DataFrame) -> None:
    for look, room, found in kit.seen(state, kind, frame, COLUMNS, kit.LOOKS[:3]):
        marks = [m for p in found.panels for one in p.lines for m in one.marks]
        assert sorted(m.row for m in marks) == sorted(frame.index)
        for p in found.panels:
            assert all(p.y.low <= m.y <= p.y.high for one in p.lines for m in one.marks)
        if kind.panel:
            assert [p.y.titles[0] for p in found.panels] == list(dict.fromkeys(frame["panel"]))
        figure = lines(found, kind, room, look)
        assert sorted(kit.drawn_rows(kit.checked(figure, look))) == sorted(frame.index)
        assert kit.rings(figure, look) == sum("disputed" in m.caveats and not m.bare for m in marks)
        words = " ".join(a["text"] for a in figure["layout"]["annotations"])
        assert all(one.said in words for p in found.panels for one in p.lines[:2])


@EVERY
@given(frame=FRAMES.filter(len))
@kit.SLOW
def test_the_slide_has_a_chart_a_panel_with_every_row(kind: Lines, frame: pd.DataFrame) -> None:
    deck = kit.deck_of(kind, COLUMNS, frame)
    found = kit.charts(deck)
    assert len(found) == (frame["panel"].nunique() if kind.panel else 1) and len(deck.slides) == 1
    held = [
        (r[0], r[1].date(), next(v for v in r[2:] if v is not None))
        for c in found
        for r in kit.sheet(c)[1:]
        if r[0] and any(v is not None for v in r[2:])
    ]
    for r in frame.to_dict("records"):
        assert (r["company_name"], r["day"].date(), r[kind.y]) in held
    marks = [
        m
        for p in state(kind, frame, COLUMNS, Room(880, 11, paged=True)).panels
        for one in p.lines
        for m in one.marks
        if not m.bare
    ]
    assert sum(kit.column_of(c, RINGS) for c in found) == sum("disputed" in m.caveats for m in marks)
    assert sum(kit.column_of(c, HOLLOW) for c in found) == sum("estimated" in m.caveats for m in marks)


def test_a_last_row_that_repeats_its_value_only_says_until_when() -> None:
    day = pd.Timestamp("2025-01-01")
    rows = [
        {"company_name": "A", "governance_model": "Federated", "day": day + pd.Timedelta(days=n), "index": v}
        for n, v in ((0, 25.0), (90, 50.0), (400, 50.0))
    ]
    frame = kit.frame_of(rows, list(COLUMNS.own))
    (panel,) = state(KINDS["steps"], frame, COLUMNS, Room(780, 12)).panels
    assert [m.bare for m in panel.lines[0].marks] == [False, False, True]
    assert panel.lines[0].said == "50" and panel.y.ticks[-1] == (100.0, "100")


@pytest.mark.parametrize(("kind", "drawn"), [("panels", range(MOST)), ("steps", range(5, MOST + 5))])
def test_of_many_lines_a_panel_draws_the_first_of_a_ranking_else_those_that_moved_most(
    kind: str, drawn: range
) -> None:
    day = pd.Timestamp("2025-01-01")
    rows = [
        {
            "company_name": f"Company {n}",
            "day": day + pd.Timedelta(days=90 * late),
            "index": float(n * late),
            "value": float(n * late),
            "panel": "Yuan, by quarter",
        }
        for n in range(MOST + 5)
        for late in (0, 1)
    ]
    frame = kit.frame_of([dict.fromkeys(COLUMNS.own) | r for r in rows], list(COLUMNS.own))
    room = Room(780, 12)
    found = state(KINDS[kind], frame, COLUMNS, room)
    (panel,) = found.panels
    assert [one.name for one in panel.lines] == [f"Company {n}" for n in drawn] and panel.more == "and 5 more"
    figure = lines(found, KINDS[kind], room, kit.LOOKS[0])
    assert panel.more in [a["text"] for a in figure["layout"]["annotations"]]
    (whole,) = state(KINDS[kind], frame, COLUMNS, Room(780, 12, paged=True)).panels
    assert len(whole.lines) == MOST + 5 and not whole.more
    # A reader's own is drawn wherever it stands.
    last = frame["company_name"] == f"Company {0 if kind == 'steps' else MOST + 4}"
    own = frame["company_name"].mask(last, f"Acme{OWN_SIGN}")
    (panel,) = state(KINDS[kind], frame.assign(company_name=own), COLUMNS, room).panels
    assert f"Acme{OWN_SIGN}" in [one.name for one in panel.lines] and len(panel.lines) == MOST
