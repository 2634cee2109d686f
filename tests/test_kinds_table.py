"""Tables as a kind, on any frame: rows, words, marks of caveats and room, the same in figure and slide."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import pptx
from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.slide import Slide
from test_charts import check_figure
from test_export_table import tiny_card

from dashboard.charts import CHARTS
from dashboard.charts import columns as col
from dashboard.charts.card import Card
from dashboard.charts.kinds.table import OTHERS, PAD_X, Cell, Lines, Table, rows, state
from dashboard.draw.plotly.table import table
from dashboard.export import slides
from dashboard.look.measure import width
from dashboard.look.room import PICTURE, Room, room_of
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import MODELS, NOT_DISCLOSED, Look

COLUMNS = col.Frame(
    "things",
    name="which",
    name_zh="in Chinese",
    governance_model=col.GOVERNANCE,
    value=col.number("how much", "units"),
    day=col.day("when"),
    words="a sentence",
)
KIND = Table((Cell("name", "name_zh"), "governance_model", "value", "day", Cell("words", none="–")))
CAVEATS = st.sampled_from([None, None, None, "estimated", "disputed", "stale", "estimated; disputed; stale"])
ROW = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Alpha", "北京智源人工智能研究院", "Beijing Academy of Artificial Intelligence (BAAI)", "B"]),
        "name_zh": st.sampled_from([None, "阿里巴巴", "北京智源人工智能研究院有限公司"]),
        "governance_model": st.sampled_from([None, "Outside China", *(m.short for m in MODELS)]),
        "value": st.one_of(st.none(), st.floats(-1e9, 1e13)),
        "day": st.sampled_from([pd.NaT, pd.Timestamp("2026-03-16"), pd.Timestamp("2021-12-31")]),
        "words": st.sampled_from([None, "", "short", "很长的说明 " * 20, "a long sentence of many words " * 9, "<b>&x</b>"]),
        "caveat": CAVEATS,
        "confidence": st.sampled_from(["high", "low", None]),
        "source_ids": st.just("a"),
    }
)  # fmt: skip
FAST = settings(max_examples=tries(25), deadline=None)
EXPORT = Look(export=True)


def frame_of(found: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(found, columns=[*COLUMNS.own, "caveat", "confidence", "source_ids"])
    frame["value"] = frame["value"].astype("float64")
    frame["day"] = pd.to_datetime(frame["day"])
    # Labels of rows are not their places.
    frame.index = pd.Index([7 * n + 3 for n in range(len(frame))])
    return frame


#: Up to sixty rows: ties come from repeating them.
FRAMES = st.builds(lambda rows, times: frame_of(rows * times), st.lists(ROW, max_size=6), st.integers(1, 10))


def card(frame: pd.DataFrame) -> Card:
    return replace(tiny_card(frame), kind=KIND, columns=COLUMNS)


def shown_tables(frame: pd.DataFrame) -> list[Slide]:
    deck = pptx.Presentation(io.BytesIO(slides.slide(card(frame))))
    return [s for one in deck.slides for s in one.shapes if s.has_table]


@given(FRAMES)
@FAST
def test_every_row_is_one_line_and_every_line_fits(frame: pd.DataFrame) -> None:
    for room in (Room(900, 12), room_of(EXPORT)):
        found = state(KIND, frame, COLUMNS, room)
        assert [one.row for one in found.lines] == frame.index[: len(found.lines)].tolist()
        left_out = len(frame) - len(found.lines)
        assert found.more == (f"and {left_out} more" if left_out else "")
        assert sum(found.widths) <= room.width + 0.01
        if room.beside and len(found.lines) > 1:
            assert found.tall <= PICTURE[1]
        fits(found)


def fits(found: Lines) -> None:
    """No line of words is wider than its column, but for a single word that no column could hold."""
    for line in found.lines:
        for entry, wide in zip(line.entries, found.widths, strict=True):
            assert len(entry.lines) <= 4
            for words, is_grey in entry.lines:
                bold = not is_grey and (entry.strong or entry.value is not None)
                room = wide - 2 * PAD_X * found.size
                assert width(words, found.size, bold) <= room + 0.01 or len(words) < 3


@given(FRAMES)
@settings(max_examples=tries(10), deadline=None)
def test_the_figure_has_house_colours_names_its_rows_and_marks_caveats(frame: pd.DataFrame) -> None:
    for look in (Look(mode="dark"), EXPORT):
        room = room_of(look)
        found = state(KIND, frame, COLUMNS, room)
        figure = go.Figure(table(found, KIND, room, look))
        check_figure(figure, look)
        assert list(figure.data[0].customdata) == [one.row for one in found.lines]
        told = [a.text for a in figure.layout.annotations]
        assert sum("<i>" in t for t in told) == sum(
            len(one.entries) for one in found.lines if "estimated" in one.caveats
        )
        outlined = [s for s in figure.layout.shapes if s.type == "rect" and s.line.color == look.ink]
        assert len(outlined) == sum("disputed" in one.caveats for one in found.lines)
        faded = [s for s in figure.layout.shapes if s.opacity is not None and s.opacity < 1]
        assert len(faded) == sum(
            e.value is not None and "stale" in one.caveats for one in found.lines for e in one.entries
        )


@given(FRAMES.filter(len))
@settings(max_examples=tries(12), deadline=None)
def test_the_slide_says_what_the_frame_says_and_marks_it_alike(frame: pd.DataFrame) -> None:
    found = rows(KIND, frame, COLUMNS)
    said = [line for s in shown_tables(frame) for line in list(s.table.rows)[1:]]
    assert len(said) == len(frame)
    for one, row in zip(found.lines, said, strict=True):
        texts = [c.text_frame.text for c in row.cells]
        for entry, text in zip(one.entries, texts, strict=True):
            told = f"{entry.words}  {entry.beneath}"
            assert all(line[:8].strip() in told for line in text.replace("…", "").splitlines())
        slanted = row._tr.xpath(".//a:rPr[@i='1']")
        assert bool(slanted) == ("estimated" in one.caveats)
        thick = row._tr.xpath("./a:tc[1]/a:tcPr/a:lnL/a:solidFill")
        assert bool(thick) == ("disputed" in one.caveats)


@given(FRAMES)
@FAST
def test_a_page_shows_all_rows_under_the_same_headings(frame: pd.DataFrame) -> None:
    paper, screen = rows(KIND, frame, COLUMNS), rows(KIND, frame, COLUMNS, "screen")
    assert screen.heads[: len(paper.heads)] == paper.heads
    assert [one.row for one in screen.lines] == frame.index.tolist()
    assert [e.words for one in screen.lines for e in one.entries] == [
        e.words for one in paper.lines for e in one.entries
    ]


def test_words_that_begin_with_a_vocabulary_are_a_chip_and_the_rest() -> None:
    frame = pd.DataFrame(
        {"fact": ["Governance"], "Alibaba 阿里": ["Hub and spoke since May 2025"], "Tencent": [None]}
    )
    kind = Table(("fact", Cell(OTHERS, none="no source", begins=GOVERNANCE)))
    found = rows(kind, frame, col.Frame("facts", fact="what"))
    assert found.heads == ("Fact", "Alibaba 阿里", "Tencent")
    first, chip, none = found.lines[0].entries
    assert (first.strong, chip.words, chip.beneath) == (True, "Hub and spoke", "since May 2025")
    assert chip.value == GOVERNANCE.of("hub_and_spoke")
    assert (none.words, none.is_known) == ("no source", False)


def test_unknown_is_said_and_a_day_is_not_told_twice() -> None:
    columns = col.Frame("events", event="what", event_day=col.day("when"))
    frame = pd.DataFrame(
        {"event": ["Change of 2024", "Move", None], "event_day": [pd.Timestamp("2024-05-02")] * 3}
    )
    entries = [one.entries[0] for one in rows(Table((Cell("event", "event_day"),)), frame, columns).lines]
    assert [e.beneath for e in entries] == ["", "2 May 2024", ""]
    assert entries[2].words == NOT_DISCLOSED


def test_a_heading_before_words_is_not_said_twice() -> None:
    columns = col.Frame("labels", label="which", seen=col.text("when", "Last seen"), by=col.text("who", "By"))
    frame = pd.DataFrame({"label": ["A"], "seen": ["last seen 8 Apr 2026"], "by": ["36Kr"]})
    (entry,) = rows(Table((Cell("label", also=("seen", "by")),)), frame, columns).lines[0].entries
    assert entry.also == ("last seen 8 Apr 2026", "By 36Kr")
    columns = col.Frame(
        "labels", label="which", seen=col.text("when", "Reported, last seen"), by=col.text("who", "By")
    )
    (entry,) = rows(Table((Cell("label", also=("seen", "by")),)), frame, columns).lines[0].entries
    assert entry.also == ("Reported, last seen 8 Apr 2026", "By 36Kr")


def test_every_chart_of_this_kind_has_its_columns_and_is_a_table_on_a_page() -> None:
    of_kind = [c for c in CHARTS.values() if isinstance(c.kind, Table)]
    assert len(of_kind) >= 9 and all(c.screen == "table" and c.columns is not None for c in of_kind)
