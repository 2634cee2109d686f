"""Slides reopened by python-pptx and openpyxl: native, sourced, inside the slide, with the frame's numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from math import log10
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pptx
import pytest
from export_cards import ADDRESS, CASES, card
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.util import Emu
from test_export_table import tiny_card

from dashboard.charts import CHARTS
from dashboard.charts import columns as col
from dashboard.charts.card import Card, ExportRefusedError
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.sides import Sides
from dashboard.charts.kinds.table import Table
from dashboard.charts.spec import Kind
from dashboard.draw.slide import grid
from dashboard.draw.slide.ooxml import Box
from dashboard.export import slides
from dashboard.look import measure
from dashboard.look.theme import MODELS, format_day

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
PLACEHOLDER = re.compile(r"srgbClr val=\"0000[0-9]{2}\"", re.IGNORECASE)
DRAWN = ("graphicFrame", "pic", "cxnSp")


@cache
def deck(folder: Path, chart_id: str, view: str) -> Any:
    return reopened(card(folder, chart_id, view))


def reopened(shown: Card) -> Any:
    return pptx.Presentation(io.BytesIO(slides.slide(shown)))


def kind(shape: Any) -> str:
    return str(shape._element.tag).rpartition("}")[2]


def is_freeform(shape: Any) -> bool:
    return bool(shape._element.xpath("p:spPr/a:custGeom"))


def box(shape: Any) -> tuple[float, float, float, float]:
    return tuple(
        Emu(v).inches for v in (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
    )  # type: ignore[return-value]


def texts(shown: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Every run of a slide: of its shapes, cells, notes and charts, as (element, its siblings' properties)."""
    parts = [shown._element, shown.notes_slide._element]
    parts += [s.chart._chartSpace for s in shown.shapes if s.has_chart]
    for part in parts:
        for r in part.iter(f"{A}r", f"{A}fld"):
            yield r, r.findall(f"{A}rPr")


def chart_cells(shape: Any) -> list[list[Any]]:
    blob = shape.chart.part.chart_workbook.xlsx_part.blob
    book = openpyxl.load_workbook(io.BytesIO(blob), data_only=True)
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def check(presentation: Any, shown: Card) -> None:
    """What every slide must be, whatever stands on it."""
    wide, tall = Emu(presentation.slide_width).inches, Emu(presentation.slide_height).inches
    assert (round(wide, 2), tall) == (13.33, 7.5)
    for n, one in enumerate(presentation.slides, 1):
        title = one.shapes.title
        assert title is not None and title.text_frame.text.strip()
        said = "\n".join(s.text_frame.text for s in one.shapes if s.has_text_frame)
        assert shown.snapshot_id in said
        assert shown.frame.empty or format_day(shown.as_of_date) in said
        number = [s for s in one.placeholders if s.placeholder_format.type == 13]
        assert len(number) == 1 and number[0].text_frame.text == str(n)
        for s in one.shapes:
            left, top, right, bottom = box(s)
            assert left >= 0 and top >= 0 and right <= wide + 0.01 and bottom <= tall + 0.01, s.name
            if kind(s) in DRAWN or is_freeform(s):
                assert s._element.xpath(".//p:cNvPr")[0].get("descr"), (
                    f"{s.name} says nothing to a screen reader"
                )
            if s.is_placeholder:
                assert s.text_frame.text.strip(), f"{s.name}: an empty placeholder is left"
            if s.has_text_frame and s.text_frame.text.strip():
                assert text_height(s) <= bottom - top + 0.03, f"{s.name}: {s.text_frame.text[:60]}"
        overlaps(one)
        for r, properties in texts(one):
            words = "".join(t.text or "" for t in r.iter(f"{A}t"))
            if measure.is_chinese(words):
                assert properties and properties[0].find(f"{A}ea").get("typeface") == "Microsoft YaHei", words
        for s in one.shapes:
            if s.has_chart:
                for p in s.chart._chartSpace.iter(f"{A}defRPr"):
                    assert p.find(f"{A}ea") is not None, "chart text may hold Chinese, too"
        parts = [one._element, *(s.chart._chartSpace for s in one.shapes if s.has_chart)]
        for part in parts:
            assert not PLACEHOLDER.findall(etree.tostring(part).decode())


def text_height(shape: Any) -> float:
    """Height in inches that a shape's text needs by estimate."""
    room = Emu(shape.width).inches * 72
    if not shape._element.xpath(".//a:bodyPr[@lIns='0']") and not shape.is_placeholder:
        room -= 14.4
    total = 0.0
    for p in shape.text_frame.paragraphs:
        size = max((r.font.size.pt for r in p.runs if r.font.size), default=9)
        bold = any(r.font.bold for r in p.runs)
        total += max(len(measure.wrap("".join(r.text for r in p.runs), room, size, bold)), 1) * size * 1.2
    return total / 72


def overlaps(one: Any) -> None:
    """Nothing stands on anything else, but what belongs to a chart and is drawn on its plot, and panels behind all."""
    solid = [(s.name, box(s)) for s in one.shapes if not is_freeform(s) and not s.name.startswith("Panel ")]
    for (a, (x0, y0, x1, y1)), (b, (u0, v0, u1, v1)) in combinations(solid, 2):
        over = min(x1, u1) - max(x0, u0) > 0.02 and min(y1, v1) - max(y0, v0) > 0.02
        assert not over, f"{a} {(x0, y0, x1, y1)} and {b} {(u0, v0, u1, v1)}"


@pytest.mark.parametrize(("chart_id", "view"), CASES)
def test_every_chart_as_a_slide(built: Path, chart_id: str, view: str) -> None:
    shown = card(built, chart_id, view)
    presentation = deck(built, chart_id, view)
    check(presentation, shown)
    mine = [
        s.name
        for one in presentation.slides
        for s in one.shapes
        if s.name.startswith(f"landscape:{chart_id}")
    ]
    assert mine
    if shown.frame.empty:
        assert "No data under these filters" in " ".join(
            s.text_frame.text for s in presentation.slides[0].shapes if s.has_text_frame
        )
        return
    drawn = [s for one in presentation.slides for s in one.shapes if s.has_chart or s.has_table]
    spaces = [s.chart._chartSpace for s in drawn if s.has_chart]
    check_scales(spaces, shown.kind)
    for p in (p for space in spaces for p in space.iter(f"{A}defRPr", f"{A}rPr")):
        assert int(p.get("sz", 1000)) >= 1000, "words of a chart under ten points"
    assert drawn[0].name == f"landscape:{chart_id}", "the name by which a refresh finds it"
    assert len({s.name for s in drawn}) == len(drawn)


def check_scales(spaces: list[Any], kind: Any) -> None:
    """A scale that is drawn ends soon behind the largest value on any slide of the chart, or where its measure does."""
    ends: dict[tuple[str, str], tuple[float, list[float]]] = {}
    for space in spaces:
        for axis in space.iter(f"{C}valAx"):
            scaling, place = axis.find(f"{C}scaling"), axis.find(f"{C}axPos").get("val")
            code = axis.find(f"{C}numFmt").get("formatCode")
            # Days go to the day that is shown; a scale that is not drawn leaves room for words.
            if axis.find(f"{C}delete").get("val") == "1" or "yyyy" in code:
                continue
            drawn = [
                float(v.text)
                for x in space.iter(f"{C}{'x' if place in 'bt' else 'y'}Val")
                for v in x.iter(f"{C}v")
            ]
            low, high = (float(scaling.find(f"{C}{end}").get("val")) for end in ("min", "max"))
            if scaling.find(f"{C}logBase") is not None:
                drawn, low, high = [log10(v) for v in drawn if v > 0], log10(low), log10(high)
            ends.setdefault((place, f"{low} {high} {code}"), (high - low, []))[1].extend(
                v - low for v in drawn
            )
    for (place, scale), (length, reached) in ends.items():
        # To a hundred, or from 0 to 4, whatever is there; and of one value nobody can say what lies far from it.
        is_fixed = length in (100.0, 4.0) or (isinstance(kind, Change) and kind.scale is not None)
        if not is_fixed and len({*reached} - {0.0}) > 1:
            assert length <= 1.35 * max(reached), (
                f"{place} {scale}: {length:g}, of which {max(reached):g} is used"
            )


def _word(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return format_day(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def _missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


@pytest.mark.parametrize(
    ("chart_id", "view"),
    [c for c in CASES if c[1] != "nothing" and not isinstance(CHARTS[c[0]].kind, Table | Matrix)],
)
def test_workbooks_hold_the_frame(built: Path, chart_id: str, view: str) -> None:
    shown = card(built, chart_id, view)
    if shown.frame.empty:
        return
    kind = shown.kind
    shapes = [s for one in deck(built, chart_id, view).slides for s in one.shapes if s.has_chart]
    if not shapes:
        # A scatter without a single row that has a place is shown as a table.
        assert isinstance(kind, Points) and shown.frame[kind.x].isna().all()
        return
    sheets = [chart_cells(s) for s in shapes]
    rows = shown.frame.to_dict("records")
    if isinstance(kind, Change | Flow):
        rows_in_workbooks(shown, sheets)
    elif isinstance(kind, Bars | Columns):
        across = kind.category if isinstance(kind, Bars) else kind.period
        if kind.stack:
            got = {
                (r[0], head): v
                for sheet in sheets
                for r in sheet[1:]
                for head, v in zip(sheet[0][1:], r[1:], strict=True)
                if v is not None and head not in ("Total", "Base")
            }
            meant = {(_word(r[across]), _word(r[kind.stack])): float(r[kind.value]) for r in rows}
            assert got == pytest.approx(meant)
            return
        bars = [(r[0], r[1]) for sheet in sheets for r in sheet[1:]]
        wanted = [(_word(r[across]), r[kind.value]) for r in rows]
        assert [g[0] for g in bars] == [m[0] for m in wanted]
        for (_, value), (_, meant_value) in zip(bars, wanted, strict=True):
            assert value is None if _missing(meant_value) else value == pytest.approx(float(meant_value))
    elif isinstance(kind, Points | Lines):
        owner = kind.name if isinstance(kind, Points) else kind.series
        found = set()
        for r in (r for sheet in sheets for r in sheet[1:]):
            x = None if len(r) < 2 or r[1] is None else r[1]
            y = next((v for v in r[2:] if v is not None), None)
            found.add((r[0], _close(x), _close(y)))
        for r in rows:
            assert (_word(r[owner]), _close(r[kind.x]), _close(r[kind.y])) in found
        # Rows of each series leave the others blank: nothing is drawn at zero that is not known.
        assert all(sum(v is not None for v in r[2:]) <= 1 for sheet in sheets for r in sheet[1:])
    elif isinstance(kind, Dots):
        column = 1
        if kind.field is not None:
            # Each lane has a scale of its own: the values stand in a block below.
            sheets = [sheet[1 + next(i for i, r in enumerate(sheet) if not any(r)) :] for sheet in sheets]
            column = sheets[0][0].index("Score")
        found = {(r[0], _close(r[column])) for sheet in sheets for r in sheet[1:] if r[0]}
        assert found == {(_word(r[kind.name or kind.lane]), _close(r[kind.value])) for r in rows}
    elif isinstance(kind, Sides):
        found = {r[0]: tuple(abs(v or 0) for v in r[1:3]) for sheet in sheets for r in sheet[1:]}
        assert found == {_word(r[kind.row]): (r[kind.went], r[kind.came]) for r in rows}
        # What went stands below zero: an edited number keeps its side.
        assert all((r[1] or 0) <= 0 <= (r[2] or 0) for sheet in sheets for r in sheet[1:])
    else:
        assert isinstance(kind, Lanes), f"{type(kind).__name__}: say here how its workbook holds the rows"
        cells = [[_close(v) for v in r] for sheet in sheets for r in sheet]
        for r in rows:
            lane, first = _word(r[kind.lane]), _close(r[kind.first])
            words = _word(r[kind.fill if kind.last else kind.words])
            if not kind.last:
                assert any(c[0] == words and c[1] == first for c in cells), (words, first)
            else:
                period = [lane, words or r["label"], first]
                last = None if _missing(r[kind.last]) else _close(r[kind.last])
                assert any(c[:3] == period and (len(c) < 4 or c[3] == last) for c in cells), period


def rows_in_workbooks(shown: Card, sheets: list[list[list[Any]]]) -> None:
    """Under what is drawn each sheet holds the frame's rows, in all as many as the frame has."""
    kind, blocks = shown.kind, []
    for sheet in sheets:
        begin = next(i for i, r in enumerate(sheet) if not any(c is not None for c in r))
        blocks.append(sheet[begin + 1 :])
    frame = shown.frame
    if isinstance(kind, Flow):
        [(head, *lines)] = blocks
        got = {
            (r[0], h): v
            for r in lines
            for h, v in zip(head[1:], r[1:], strict=False)
            if v is not None and h not in (None, "Total")
        }
        assert got == {(r[kind.before], r[kind.after]): r[kind.value] for r in frame.to_dict("records")}
        return
    assert isinstance(kind, Change)
    held = [dict(zip(block[0], r, strict=False)) for block in blocks for r in block[1:]]
    assert len(held) == len(frame)
    for r, got in zip(frame.to_dict("records"), held, strict=True):
        assert next(iter(got.values())) == ": ".join(str(r[c]) for c in (kind.panel, kind.row) if c)
        for column in (kind.before, kind.after):
            value = got[column.replace("_", " ").capitalize()]
            assert _close(value) == _close(r[column])


def _close(value: Any) -> Any:
    """A cell so that equal values compare equal: days as dates, numbers to nine digits."""
    if value is None or (not isinstance(value, str) and _missing(value)):
        return None
    if hasattr(value, "date"):
        return value.date()
    return value if isinstance(value, str) else float(f"{float(value):.9g}")


@pytest.mark.parametrize(
    ("chart_id", "view"),
    [c for c in CASES if c[1] != "nothing" and isinstance(CHARTS[c[0]].kind, Table | Matrix)],
)
def test_tables_hold_every_row(built: Path, chart_id: str, view: str) -> None:
    shown = card(built, chart_id, view)
    if shown.frame.empty:
        return
    kind = shown.kind
    tables = [s.table for one in deck(built, chart_id, view).slides for s in one.shapes if s.has_table]
    assert all(len(t.rows) <= 15 for t in tables)
    first = [t.cell(i, 0).text_frame.text for t in tables for i in range(1, len(t.rows))]
    assert kind is not None
    names = [_word(v) for v in shown.frame[kind.reads[0]]]
    if isinstance(kind, Matrix):
        names = list(dict.fromkeys(names))
        heads = [c.text_frame.text for c in tables[0].rows[0].cells]
        assert set(heads) >= {_word(v) for v in shown.frame[kind.column]}
    assert len(first) == len(names)
    for cell_text, name in zip(first, names, strict=True):
        assert cell_text.startswith(name[:20]) or _missing(name)


def test_governance_cells_carry_the_models_colours(built: Path) -> None:
    fills = {
        fill.get("val")
        for one in deck(built, "landscape-matrix", "everything").slides
        for s in one.shapes
        if s.has_table
        for fill in s._element.iter(f"{A}tcPr")
        for fill in fill.iter(f"{A}srgbClr")
    }
    ours = {m.light[1:].upper() for m in MODELS}
    assert len(fills & ours) >= 3


def test_notes_properties_and_page_say_where_it_comes_from(built: Path) -> None:
    shown = card(built, "governance-lanes", "everything")
    presentation = deck(built, "governance-lanes", "everything")
    notes = presentation.slides[0].notes_slide.notes_text_frame.text
    for words in (shown.question, shown.filter_line, ADDRESS, shown.snapshot_id, "Definitions", "CC BY 4.0"):
        assert words in notes
    for row in shown.sources.itertuples(index=False):
        assert str(row.url) in notes
    assert notes.count("(read ") == len(shown.sources)
    named = presentation.core_properties
    assert (named.title, named.subject, named.keywords) == (
        shown.title[:255],
        shown.snapshot_id,
        "governance-lanes",
    )
    assert named.created == shown.as_of_date.to_pydatetime()
    assert [layout.name for layout in presentation.slide_layouts] == ["Chart", "Blank"]


def test_same_card_gives_the_same_bytes(built: Path) -> None:
    for chart_id in ("governance-mix", "price-capability", "landscape-matrix", "governance-lanes"):
        shown = card(built, chart_id, "everything")
        assert slides.slide(shown) == slides.slide(shown)


def test_replace_data_keeps_fonts_and_colours() -> None:
    """PowerPoint's own way to new numbers works on our charts: that is what a refresh rests on."""
    presentation = reopened(crafted(Bars("company_name", "models"), 4))
    chart = next(s for s in presentation.slides[0].shapes if s.has_chart).chart
    data = CategoryChartData()
    data.categories = ["甲", "乙"]
    data.add_series("Models", (5, None))
    chart.replace_data(data)
    assert list(chart.plots[0].series[0].values) == [5, None]
    assert chart._chartSpace.xpath(".//c:txPr//a:ea[@typeface='Microsoft YaHei']")


def test_no_slide_without_sources() -> None:
    with pytest.raises(ExportRefusedError, match=r"Three rows.*source line would be empty"):
        slides.slide(tiny_card(source_line=""))


# --- Odd frames of every kind ---

COLUMNS = col.Frame(
    "organisations",
    company_name=col.company(),
    governance_model=col.GOVERNANCE,
    part="of what",
    note="what is known",
    day=col.day("of the value"),
    last_day=col.day("until when"),
    move=col.key("stands, leaves or joins"),
    models=col.number("counted"),
)
KINDS: dict[str, Kind | None] = {
    "bars": Bars("company_name", "models", "governance_model", behind=("note",)),
    "columns": Columns("company_name", "models"),
    "stacked bars": Bars("part", "models", stack="governance_model"),
    "stacked columns": Columns("part", "models", stack="governance_model"),
    "waterfall": Columns("company_name", "models", stack="governance_model", tick="name", walk="move"),
    "table": Table(("company_name", "governance_model", "note", "models", "day")),
    "matrix": Matrix("company_name", "part", "models", number=True),
    "points": Points("day", "models", "company_name", "governance_model", strong="flag"),
    "lines": Lines("day", "models", "part", "governance_model"),
    "dots": Dots("company_name", "models", "governance_model", behind=("note",)),
    "lanes": Lanes("company_name", "day", "last_day", "governance_model"),
    "none": None,
}


def crafted(kind: Kind | None, rows: int, values: str = "plain") -> Card:
    name = (
        "北京智源人工智能研究院 Beijing Academy of Artificial Intelligence {}"
        if values == "long"
        else "公司 {}"
    )
    start = pd.Timestamp("2023-02-01")
    frame = pd.DataFrame(
        {
            "company_name": [name.format(i) for i in range(rows)],
            "governance_model": [MODELS[i % 10].short for i in range(rows)],
            "governance_model_id": [MODELS[i % 10].id for i in range(rows)],
            "part": [f"Part {i % 4}" for i in range(rows)],
            "note": [
                ("long words 很长的说明 " * 30 if values == "long" else f"note {i}") for i in range(rows)
            ],
            "day": [start + pd.Timedelta(days=21 * i) for i in range(rows)],
            "last_day": [start + pd.Timedelta(days=21 * i + 200) if i % 5 else pd.NaT for i in range(rows)],
            "price_usd": [0.02 * (i + 1) for i in range(rows)],
            "models": [float(i % 4 + 1) for i in range(rows)],
            "flag": [i % 7 == 0 for i in range(rows)],
            "move": ["stands", "joins", "leaves", "joins"][:rows] + ["stands"] * (rows - 4),
        }
    )
    if values == "missing":
        frame["models"] = float("nan")
    elif values == "negative":
        frame["models"] = [-5.0 - i for i in range(rows)]
    elif values == "huge":
        frame["models"] = [3e12 * (i + 1) for i in range(rows)]
    return replace(tiny_card(frame), kind=kind, columns=COLUMNS)


@pytest.mark.parametrize("values", ["plain", "long", "missing", "negative", "huge"])
@pytest.mark.parametrize("name", KINDS)
def test_odd_frames_make_sound_slides(name: str, values: str) -> None:
    for rows in (1, 60) if values == "plain" else (9,):
        shown = crafted(KINDS[name], rows, values)
        presentation = reopened(shown)
        check(presentation, shown)


@pytest.mark.parametrize("name", KINDS)
def test_no_rows_is_a_sentence(name: str) -> None:
    shown = crafted(KINDS[name], 0)
    presentation = reopened(shown)
    check(presentation, shown)
    assert len(presentation.slides) == 1


def test_gaps_are_gaps_and_not_zeros() -> None:
    shown = crafted(Bars("company_name", "models"), 3)
    frame = shown.frame.assign(models=[2.0, None, 1.0])
    chart = next(s for s in reopened(replace(shown, frame=frame)).slides[0].shapes if s.has_chart)
    assert [r[1] for r in chart_cells(chart)[1:]] == [2, None, 1]
    assert chart.chart._chartSpace.xpath("string(.//c:dispBlanksAs/@val)") == "gap"
    assert list(chart.chart.plots[0].series[0].values) == [2.0, None, 1.0]


def test_long_tables_continue_and_say_so() -> None:
    presentation = reopened(crafted(KINDS["table"], 30))
    titles = [one.shapes.title.text_frame.text for one in presentation.slides]
    assert titles == ["Three rows (1/3)", "Three rows (2/3)", "Three rows (3/3)"]
    assert [one.shapes.title.name for one in presentation.slides] == ["landscape:tiny:title"] * 3


@pytest.mark.parametrize("high", [1.2, 2.5, 5.0])
def test_a_cell_is_cut_only_where_its_slides_have_no_room(high: float) -> None:
    """A statement whose end says what has changed is whole on a slide that is empty below it."""
    long = (
        "“Prediction 1: within 12 months a major new release or a massive multimodal model” " * 4
        + "is corroborated"
    )
    rows = [[grid.cell(f"row {n}"), grid.cell(long)] for n in range(2)]
    laid = grid.lay_out(["What", "In words"], rows, Box(0, 0, 3.4, high))
    texts = [r[1].text for r in laid.rows]
    assert all(laid.head_height + sum(laid.heights[i] for i in p) <= high + 0.7 for p in laid.pages)
    assert (texts == [long, long]) == (high == 5.0), texts
