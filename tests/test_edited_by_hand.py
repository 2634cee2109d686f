"""A deck edited by hand in LibreOffice: titles, moved and renamed charts, a series more; then refreshed, with nothing lost."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import kind_frames as kit
import pandas as pd
import pptx
import pytest
from deck_data import data

from dashboard.charts import CHARTS
from dashboard.data.selection import Selection
from dashboard.deck import decks, difference, editions
from dashboard.deck.basket import PRESETS, Basket, company_brief, frozen
from dashboard.deck.decks import Builds
from dashboard.deck.editions import Since
from dashboard.facts.landscape import apply
from dashboard.facts.watch import Watch

#: One series, a stack, a waterfall; the first has the same rows on either day.
SHOWN = ("governance-now", "weights-by-year", "governance-walk")
TITLE, CHART, SERIES = "Our own title 自己的标题", "My own chart", "Our plan 计划"
WORDS, ROW, NOTE = "Our own words 自己的话", "Our own row", "Our own note 备注"
WRITTEN = {"TITLE": TITLE, "CHART": CHART, "SERIES": SERIES, "WORDS": WORDS, "ROW ": f"{ROW} ", "NOTE": NOTE}
DAYS = {"as_of": ["2026-06-30"], "compare": ["2023-06-30"]}
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Edit(src As String, dst As String)
  On Error GoTo Failed
  Dim a(0) As New com.sun.star.beans.PropertyValue
  a(0).Name = "Hidden" : a(0).Value = True
  doc = StarDesktop.loadComponentFromURL(ConvertToURL(src), "_blank", 0, a())
  told = ""
  For p = 0 To doc.DrawPages.Count - 1
    page = doc.DrawPages.getByIndex(p)
    For i = 0 To page.Count - 1
      shape = page.getByIndex(i)
      told = told &amp; p &amp; " " &amp; shape.ShapeType &amp; " " &amp; shape.Name &amp; Chr(10)
      If shape.ShapeType = "com.sun.star.presentation.TitleTextShape" Then shape.String = "TITLE " &amp; p
      If shape.ShapeType = "com.sun.star.drawing.OLE2Shape" Then
        pos = shape.Position
        pos.X = pos.X + 700 : pos.Y = pos.Y + 300
        shape.Position = pos
        shape.Name = "CHART " &amp; p
        data = shape.Model.Data
        heads = data.getColumnDescriptions()
        rows = data.getData()
        n = UBound(heads) + 1
        ReDim Preserve heads(n)
        heads(n) = "SERIES"
        For r = 0 To UBound(rows)
          one = rows(r)
          ReDim Preserve one(n)
          one(n) = 3 + r
          rows(r) = one
        Next r
        data.setData(rows)
        data.setColumnDescriptions(heads)
      End If
    Next i
  Next p
  Dim b(0) As New com.sun.star.beans.PropertyValue
  b(0).Name = "FilterName" : b(0).Value = "Impress MS PowerPoint 2007 XML"
  doc.storeToURL(ConvertToURL(dst), b())
  doc.close(True)
  Goto Done
Failed:
  told = told &amp; "ERROR " &amp; Err &amp; " " &amp; Error$ &amp; " line " &amp; Erl &amp; Chr(10)
Done:
  f = FreeFile
  Open dst &amp; ".log" For Output As #f
  Print #f, told
  Close #f
  StarDesktop.terminate()
End Sub
</script:module>
"""
#: Everything else that a person does to slides of tables and charts; the second slide goes, one of their own comes.
WORK = (
    MACRO.split("  For p = 0")[0]
    + """  For p = 0 To doc.DrawPages.Count - 1
    page = doc.DrawPages.getByIndex(p)
    For i = 0 To page.Count - 1
      shape = page.getByIndex(i)
      told = told &amp; p &amp; " " &amp; shape.ShapeType &amp; " " &amp; shape.Name &amp; Chr(10)
      If shape.ShapeType = "com.sun.star.presentation.TitleTextShape" Then
        shape.String = "TITLE " &amp; p
        cursor = shape.createTextCursor()
        cursor.gotoStart(False)
        cursor.gotoEnd(True)
        cursor.CharColor = RGB(200, 0, 80)
      End If
      If shape.ShapeType = "com.sun.star.drawing.OLE2Shape" Then
        pos = shape.Position
        pos.X = pos.X + 700 : pos.Y = pos.Y + 300
        shape.Position = pos
        shape.Name = "CHART " &amp; p
      End If
      If shape.ShapeType = "com.sun.star.drawing.TableShape" Then
        pos = shape.Position
        pos.X = pos.X + 500
        shape.Position = pos
        shape.Name = "CHART " &amp; p
        rows = shape.Model.Rows
        rows.insertByIndex(rows.Count, 1)
        shape.Model.getCellByPosition(0, rows.Count - 1).String = "ROW " &amp; p
        shape.Model.getCellByPosition(0, 1).FillStyle = com.sun.star.drawing.FillStyle.SOLID
        shape.Model.getCellByPosition(0, 1).FillColor = RGB(255, 240, 200)
      End If
    Next i
    box = doc.createInstance("com.sun.star.drawing.TextShape")
    Dim size As New com.sun.star.awt.Size
    Dim where As New com.sun.star.awt.Point
    size.Width = 6000 : size.Height = 800
    where.X = 1000 : where.Y = 400
    box.Size = size : box.Position = where
    page.add(box)
    box.String = "WORDS " &amp; p
    notes = page.NotesPage
    For i = 0 To notes.Count - 1
      If notes.getByIndex(i).ShapeType = "com.sun.star.presentation.NotesShape" Then
        notes.getByIndex(i).String = "NOTE " &amp; p &amp; Chr(10) &amp; notes.getByIndex(i).String
      End If
    Next i
  Next p
  doc.DrawPages.remove(doc.DrawPages.getByIndex(1))
  doc.DrawPages.insertNewByIndex(doc.DrawPages.Count - 1)
  page = doc.DrawPages.getByIndex(doc.DrawPages.Count - 1)
  box = doc.createInstance("com.sun.star.drawing.TextShape")
  size.Width = 12000 : size.Height = 2000
  box.Size = size : box.Position = where
  page.add(box)
  box.String = "WORDS of a slide of our own"
"""
    + "  Dim b(0)"
    + MACRO.split("  Dim b(0)")[1]
)
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false">{}</library:library>
"""
LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/{}.xlb/" xlink:type="simple"
 library:link="false"/></library:libraries>
"""


def edited(deck: bytes, folder: Path, macro: str = MACRO) -> bytes:
    """The deck as a person leaves it who opens it in LibreOffice, works on every slide and saves."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: nobody edited the deck by hand")
    begin = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
    # A profile that is new puts its own empty library where ours goes.
    subprocess.run([*begin, "--terminate_after_init"], capture_output=True, timeout=180, check=True)
    mine = folder / "profile" / "user" / "basic"
    (mine / "Standard").mkdir(parents=True, exist_ok=True)
    for sign, words in WRITTEN.items():
        macro = macro.replace(sign, words)
    (mine / "Standard" / "Module1.xba").write_text(macro)
    for name, held in (("script", '<library:element library:name="Module1"/>'), ("dialog", "")):
        (mine / "Standard" / f"{name}.xlb").write_text(LIBRARY.format(held))
        (mine / f"{name}.xlc").write_text(LIBRARIES.format(name))
    source, target = folder / "deck.pptx", folder / "edited.pptx"
    source.write_bytes(deck)
    called = f'macro:///Standard.Module1.Edit("{source}","{target}")'
    subprocess.run([*begin, called], capture_output=True, timeout=180, check=True)
    log = Path(f"{target}.log").read_text()
    assert target.is_file() and "ERROR" not in log, log
    return target.read_bytes()


def drawn(deck: bytes) -> list[tuple[str, Any]]:
    """Title and chart of each slide."""
    found = []
    for one in pptx.Presentation(io.BytesIO(deck)).slides:
        [shape] = [s for s in one.shapes if s.has_chart]
        assert one.shapes.title is not None
        found.append((one.shapes.title.text_frame.text, shape))
    return found


def numbers(chart: Any, name: str) -> dict[str, float]:
    """Category to value of a series as drawn."""
    [series] = [s for p in chart.plots for s in p.series if s.name == name]
    found = zip(chart.plots[0].categories, series.values, strict=True)
    return {str(c): v for c, v in found if v is not None}


def column(chart: Any, name: str) -> dict[str, float]:
    """Category to value of a column of the chart's workbook."""
    lines = kit.sheet(chart)
    at = lines[0].index(name)
    return {str(r[0]): r[at] for r in lines[1:] if r[at] is not None}


#: Points over two scales, pages of one chart, panels of one chart, bars.
KINDS = ("price-capability", "capability-frontier", "governance-lanes", "metrics-over-time", "governance-now")


@pytest.mark.slow
def test_numbers_that_a_program_mixed_up_are_told_and_put_back_though_the_rows_stand(
    built: Path, tmp_path: Path
) -> None:
    """LibreOffice's own data table, worked on in a scatter, exchanges what stands across with what stands up."""
    now = data(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    slides = tuple(frozen(c, view, now.snapshot.id) for c in KINDS)
    made = decks.build(Basket(slides=slides, cover=False, appendix=False), now)
    theirs = edited(made, tmp_path)
    done = decks.refresh(theirs, now)
    # Every title and every name of a shape was rewritten: pages and panels are found none the less.
    assert done.missed == 0 and done.found == len(KINDS) and not any("slide" in c.what for c in done.changes)
    mixed = {c.chart for c in done.changes if "not where its rows put them" in c.after}
    assert {"price-capability", "capability-frontier"} <= mixed and not mixed & {
        "governance-now",
        "governance-lanes",
    }
    assert done.changed == len(mixed) and "no number changed" not in done.words()

    def points(deck: bytes) -> list[set[tuple[float, float]]]:
        out = []
        for one in pptx.Presentation(io.BytesIO(deck)).slides:
            for part in (s.chart.part for s in one.shapes if s.has_chart):
                found: set[tuple[float, float]] = set()
                for series in difference.series_of(part._element):
                    at = difference.points_of(series.find(f"{difference.C_}xVal"))
                    up = difference.points_of(series.find(f"{difference.C_}yVal"))
                    if difference.name_of(series) != SERIES:
                        found |= {
                            (round(float(at.get(i, "-1")), 4), round(float(v), 4)) for i, v in up.items()
                        }
                out.append(found)
        return out

    assert points(done.data) == points(made) != points(theirs)
    again = decks.refresh(done.data, now)
    assert again.data == done.data and not again.changed


def test_figures_written_into_a_table_by_hand_are_told_and_stay(built: Path) -> None:
    now = data(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    made = decks.build(
        Basket(slides=(frozen("investment-plans", view, now.snapshot.id),), cover=False, appendix=False), now
    )
    deck = pptx.Presentation(io.BytesIO(made))
    table = next(s for s in deck.slides[0].shapes if s.has_table).table
    run = table.cell(1, 3).text_frame.paragraphs[0].runs[0]
    assert run.text.startswith("¥")
    run.text = "¥999B"
    out = io.BytesIO()
    deck.save(out)
    done = decks.refresh(out.getvalue(), now)
    [told] = done.changes
    assert told.what == "text" and told.after.startswith(
        "1 cell of its table has other figures than its rows"
    )
    assert done.data == out.getvalue()


@pytest.mark.slow
def test_nothing_of_what_a_person_did_in_libreoffice_is_lost_or_unsaid(built: Path, tmp_path: Path) -> None:
    now = data(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    slides = tuple(frozen(c, view, now.snapshot.id) for c in SHOWN)
    theirs = edited(decks.build(Basket(slides=slides, cover=False, appendix=False), now), tmp_path)
    before = drawn(theirs)
    assert [(t, s.name) for t, s in before] == [(f"{TITLE} {n}", f"{CHART} {n}") for n in range(3)]
    assert all(numbers(s.chart, SERIES) for _, s in before), "LibreOffice took the new series"

    done = decks.refresh(theirs, now, view=DAYS)
    after = drawn(done.data)
    assert (done.found, done.changed) == (3, 3)
    then = Selection(as_of=pd.Timestamp("2026-06-30"), newest=view.newest, compare=pd.Timestamp("2023-06-30"))
    for chart, (title, shape), (_, old) in zip(SHOWN, after, before, strict=True):
        assert title.startswith(TITLE) and shape.name == old.name
        assert (shape.left, shape.top, shape.width, shape.height) == (
            old.left,
            old.top,
            old.width,
            old.height,
        )
        said = " ".join(c.after for c in done.changes if c.chart == chart and c.what == "text")
        assert SERIES in said
        # What the person wrote stands at the same names; values whose rows are gone are named.
        wrote, kept = numbers(old.chart, SERIES), numbers(shape.chart, SERIES)
        assert kept and kept.items() <= wrote.items()
        assert all(f"“{name}”" in said for name in wrote.keys() - kept.keys())
        assert column(shape.chart, SERIES) == kept, "who edits the data finds it there"
        # And ours are the numbers of the day.
        frame = CHARTS[chart].data(apply(now.tables, then), then)
        kind: Any = CHARTS[chart].kind
        total = frame[kind.value].sum()
        ours = [s for s in shape.chart.plots[0].series if s.name not in (SERIES, "Base", "Total")]
        assert sum(v or 0 for s in ours for v in s.values) == total
    # A new title of ours is offered, not set.
    offered = {c.chart for c in done.changes if c.what == "title"}
    assert offered and all(c.before.startswith(TITLE) for c in done.changes if c.what == "title")

    again = decks.refresh(done.data, now, view=DAYS)
    assert not [c for c in again.changes if c.what == "value"], "a second refresh finds nothing to do"
    assert [(t, numbers(s.chart, SERIES)) for t, s in drawn(again.data)] == [
        (t, numbers(s.chart, SERIES)) for t, s in after
    ]


@pytest.mark.slow
def test_brief_match_up_and_edition_keep_what_a_person_did_in_libreoffice(
    built: Path, tmp_path: Path
) -> None:
    """Moved, renamed, retitled, coloured, a row more, words, notes, a slide gone and one more: kept or told, one by one."""
    builds = Builds.of(built)
    now = builds.newest
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    of_one, of_two = (replace(view, companies=c) for c in (("alibaba",), ("alibaba", "tencent")))
    edition = editions.make(
        builds, Watch("Rivals", companies=("alibaba", "deepseek")), Since(day=pd.Timestamp("2026-03-01"))
    )
    decks_ = (
        company_brief(now.tables, of_one, now.snapshot.id),
        PRESETS["Match-up"](now.tables, of_two, now.snapshot.id),
        editions.deck(edition, now.tables),
    )
    slides = tuple(s for d in decks_ for s in d.slides)
    theirs = edited(decks.build(Basket(slides=slides, cover=False, appendix=False), builds), tmp_path, WORK)
    before = list(pptx.Presentation(io.BytesIO(theirs)).slides)
    # One of ours was taken out, one of theirs stands at the end.
    numbers_ = [n for n in range(len(slides)) if n != 1]
    assert len(before) == len(numbers_) + 1
    same = decks.refresh(theirs, builds)
    assert same.found == len(numbers_) and same.data == theirs and not same.changes, (
        "nothing was touched in vain"
    )

    done = decks.refresh(theirs, builds, view={"as_of": ["2026-08-31"]})
    assert done.found == len(numbers_) and done.missed == 0 and done.changed > 3
    after = list(pptx.Presentation(io.BytesIO(done.data)).slides)
    assert len(after) == len(before)
    assert "of a slide of our own" in " ".join(
        s.text_frame.text for s in after[-1].shapes if s.has_text_frame
    )
    for at, (number, old, new) in enumerate(zip(numbers_, before, after, strict=False), 1):
        assert new.shapes.title is not None and new.shapes.title.text_frame.text == f"{TITLE} {number}"
        assert new.notes_slide.notes_text_frame is not None
        assert new.notes_slide.notes_text_frame.text.startswith(f"{NOTE} {number}")
        assert f"{WORDS} {number}" in [s.text_frame.text for s in new.shapes if s.has_text_frame]
        [mine], [was] = ([s for s in one.shapes if s.name == f"{CHART} {number}"] for one in (new, old))
        assert (mine.left, mine.top, mine.width) == (was.left, was.top, was.width)
        # The title's colour and the fill of a cell are theirs.
        title = new.shapes.title._element
        assert set(title.xpath(".//a:r//a:solidFill/a:srgbClr/@val")) == {"c80050"}
        if mine.has_table:
            assert "fff0c8" in mine._element.xpath(".//a:tc/a:tcPr/a:solidFill/a:srgbClr/@val")
            shown = [r.cells[0].text_frame.text for r in mine.table.rows]
            told = [c.row for c in done.changes if c.slide == at and c.what == "row removed"]
            assert f"{ROW} {number}" in (shown if f"{ROW} {number}" in shown else told)
    # Titles of ours are offered, not set.
    assert all(c.before.startswith(TITLE) for c in done.changes if c.what == "title")
    again = decks.refresh(done.data, builds, view={"as_of": ["2026-08-31"]})
    assert not again.changed and again.data == done.data
