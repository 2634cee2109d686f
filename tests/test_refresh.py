"""An earlier deck brought up to date: nothing where nothing changed, exactly what is listed where something did."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pptx
import pytest
from deck_data import changed, data, deck, halves, halves_deck, opened, saved, values, wanted
from own_templates import dark
from pptx.dml.color import RGBColor
from pptx.util import Inches, Pt

from dashboard.data.store import Snapshot
from dashboard.deck import decks, record
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket
from dashboard.deck.package import FileRefusedError
from dashboard.deck.refresh import Refreshed


@cache
def refreshed(folder: Path) -> Refreshed:
    return decks.refresh(deck(folder), changed(folder), address="https://landscape.example/")


def find(presentation: Any, name: str) -> tuple[Any, Any]:
    return next((one, s) for one in presentation.slides for s in one.shapes if s.name == name)


@cache
def edited(folder: Path) -> bytes:
    """The deck as a person left it: own slides, another order, other words, colours, sizes and places."""
    presentation = opened(deck(folder))
    one, chart = find(presentation, "landscape:governance-mix")
    one.shapes.title.text_frame.text = "We must decide by June"
    chart.left, chart.width = Inches(1.0), Inches(7.0)
    series = chart.chart.plots[0].series[0]
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = RGBColor(0x12, 0xAB, 0x34)
    _, table = find(presentation, "landscape:landscape-matrix")
    table.table.cell(1, 0).text_frame.paragraphs[0].runs[0].font.size = Pt(15)
    notes = one.notes_slide.notes_text_frame
    notes.paragraphs[0]._p.addprevious(notes.add_paragraph()._p)
    notes.paragraphs[0].text = "Pause here."
    extra = presentation.slides.add_slide(presentation.slide_layouts[0])
    extra.shapes.title.text_frame.text = "Our plan"
    extra.shapes.add_textbox(Inches(1), Inches(2), Inches(5), Inches(1)).text_frame.text = "keep me 留着我"
    listed = presentation.slides._sldIdLst
    listed.insert(1, listed[-1])
    listed.insert(3, listed[6])
    return saved(presentation)


@cache
def edited_refreshed(folder: Path) -> Refreshed:
    return decks.refresh(edited(folder), changed(folder))


def test_an_unchanged_snapshot_changes_nothing(built: Path) -> None:
    same = decks.refresh(deck(built), data(built), address="https://landscape.example/")
    assert same.data is deck(built) or same.data == deck(built)
    assert same.changes == () and same.found == 7 and "no number changed" in same.words()
    touched = edited(built)
    again = decks.refresh(touched, data(built))
    assert again.data == touched and again.changes == ()


def test_a_deck_tells_that_nobody_has_worked_on_it(built: Path) -> None:
    """Only then a chart is not compared with its rows point by point."""
    assert record.is_as_made(opened(deck(built))) and record.is_as_made(opened(saved(opened(deck(built)))))
    assert not record.is_as_made(opened(edited(built)))
    moved = opened(deck(built))
    _, chart = find(moved, "landscape:governance-mix")
    chart.chart.part._element.findall(".//{*}val//{*}v")[0].text = "77"
    assert not record.is_as_made(opened(saved(moved)))
    # What a person left after a refresh was told once and is told again.
    assert not record.is_as_made(opened(edited_refreshed(built).data))


def test_exactly_the_listed_cells_change(built: Path) -> None:
    before, after = values(deck(built)), values(refreshed(built).data)
    differ = {
        (k[0].split(":")[1], k[1], k[2]): (before.get(k, ""), after.get(k, ""))
        for k in before.keys() | after.keys()
        if before.get(k, "") != after.get(k, "") and not k[0].endswith("governance-lanes")
    }
    listed = {
        (c.chart, c.row, c.column): (c.before, c.after)
        for c in refreshed(built).changes
        if c.what == "value" and c.chart != "price-capability"
    }
    assert differ == listed and len(differ) >= 8
    lanes = [c for c in refreshed(built).changes if c.chart == "governance-lanes"]
    assert {c.what for c in lanes} == {"row added", "row removed"}
    assert all("ByteDance" in c.row for c in lanes)


def test_the_numbers_are_those_of_a_deck_made_anew(built: Path) -> None:
    now = changed(built).snapshot
    slides = tuple(
        replace(s, query={**s.query, "snapshot": [now.id]}) if s.kind == "chart" else s
        for s in wanted(built).slides
    )
    fresh = decks.build(replace(wanted(built), slides=slides), changed(built))
    assert values(refreshed(built).data) == values(fresh)


def test_lines_say_the_new_snapshot_and_titles_stay(built: Path) -> None:
    old, new = opened(deck(built)), opened(refreshed(built).data)
    was, now = data(built).snapshot.id, changed(built).snapshot.id
    for one in new.slides:
        words = "\n".join(s.text_frame.text for s in one.shapes if s.has_text_frame)
        assert was not in words
        assert now in words or "section" in " ".join(s.name for s in one.shapes)
        assert all(r.query["snapshot"] == [now] for r in record.of_slide(one))
    assert new.core_properties.subject == now
    # The list of sources may be shorter; every other title is as it was.
    assert [s.shapes.title.text_frame.text for s in new.slides][:10] == [
        s.shapes.title.text_frame.text for s in old.slides
    ][:10]


def test_titles_that_no_longer_hold_are_named(built: Path) -> None:
    flagged = [c for c in refreshed(built).changes if c.what == "title"]
    assert [c.chart for c in flagged] == ["releases-by-company", "company-metrics"]
    presentation = opened(refreshed(built).data)
    title = presentation.slides[flagged[0].slide - 1].shapes.title.text_frame.text
    assert title.startswith("Our own words 自己的话") and flagged[0].before in title
    assert flagged[0].after and flagged[0].after != flagged[0].before


def test_a_second_time_nothing_is_left_to_do(built: Path) -> None:
    again = decks.refresh(refreshed(built).data, changed(built), address="https://landscape.example/")
    assert again.data == refreshed(built).data and again.changes == ()


def test_the_change_list_is_a_table(built: Path) -> None:
    frame = refreshed(built).frame()
    assert list(frame.columns) == ["slide", "chart", "what", "row", "column", "before", "after"]
    presentation = opened(refreshed(built).data)
    for row in frame.itertuples():
        names = " ".join(s.name for s in presentation.slides[row.slide - 1].shapes)
        assert f"landscape:{row.chart}" in names


def test_what_a_person_did_survives(built: Path) -> None:
    touched = edited(built)
    done = edited_refreshed(built)
    presentation = opened(done.data)
    before, after = zipfile.ZipFile(io.BytesIO(touched)), zipfile.ZipFile(io.BytesIO(done.data))
    foreign = [
        n
        for n in before.namelist()
        if re.match(r"ppt/slides/slide\d+\.xml", n) and b"keep me" in before.read(n)
    ]
    assert len(foreign) == 1 and after.read(foreign[0]) == before.read(foreign[0])
    rels = foreign[0].replace("slides/", "slides/_rels/") + ".rels"
    assert after.read(rels) == before.read(rels)
    for n in before.namelist():
        if "slideLayout" in n or "slideMaster" in n or "theme" in n:
            assert after.read(n) == before.read(n), n
    order = [one.shapes.title.text_frame.text for one in opened(touched).slides]
    assert [one.shapes.title.text_frame.text for one in presentation.slides][:12] == order[:12]
    one, chart = find(presentation, "landscape:governance-mix")
    assert one.shapes.title.text_frame.text == "We must decide by June"
    assert (chart.left, chart.width) == (Inches(1.0), Inches(7.0))
    series = chart.chart.plots[0].series[0]
    assert series.format.fill.fore_color.rgb == RGBColor(0x12, 0xAB, 0x34)
    _, table = find(presentation, "landscape:landscape-matrix")
    assert table.table.cell(1, 0).text_frame.paragraphs[0].runs[0].font.size == Pt(15)
    assert one.notes_slide.notes_text_frame.text.startswith("Pause here.")
    assert one.notes_slide.notes_text_frame.text.count("Question: ") == 1
    assert {(c.chart, c.row, c.column, c.after) for c in done.changes if c.what == "value"} == {
        (c.chart, c.row, c.column, c.after) for c in refreshed(built).changes if c.what == "value"
    }


def test_names_beside_a_moved_chart_move_with_it(built: Path) -> None:
    one, chart = find(opened(edited_refreshed(built).data), "landscape:governance-mix")
    names = [s for s in one.shapes if ":name:" in s.name]
    assert names
    right = chart.left + chart.width
    assert all(abs(s.left - right) < Inches(0.3) for s in names)


def test_a_scope_that_was_rewritten_is_left_and_named(built: Path) -> None:
    presentation = opened(deck(built))
    _, line = find(presentation, "landscape:company-metrics:subtitle")
    line.text_frame.paragraphs[0].runs[0].text = "In our own words"
    done = decks.refresh(saved(presentation), changed(built))
    _, line = find(opened(done.data), "landscape:company-metrics:subtitle")
    assert line.text_frame.text == "In our own words"
    assert any(c.what == "text" and c.before == "In our own words" for c in done.changes)


def gone_chart(presentation: Any) -> None:
    one, chart = find(presentation, "landscape:company-metrics")
    (kept,) = record.of_slide(one)
    chart.name = "landscape:no-such-chart"
    record.write(one, replace(kept, chart="no-such-chart"))


def cleared_notes(presentation: Any) -> None:
    for one in presentation.slides:
        one.notes_slide.notes_text_frame.text = ""
    record.write_properties(presentation, [])


@pytest.mark.parametrize(
    ("spoil", "words"), [(gone_chart, "does not exist any more"), (cleared_notes, "no longer noted")]
)
def test_what_cannot_be_refreshed_is_said(built: Path, spoil: Callable[[Any], None], words: str) -> None:
    presentation = opened(deck(built))
    spoil(presentation)
    done = decks.refresh(saved(presentation), changed(built))
    assert any(c.what == "not refreshed" and words in c.after for c in done.changes)


def test_cleared_notes_are_made_up_for_by_the_files_properties(built: Path) -> None:
    presentation = opened(deck(built))
    for one in presentation.slides:
        one.notes_slide.notes_text_frame.text = "Mine."
    done = decks.refresh(saved(presentation), changed(built))
    assert not [c for c in done.changes if c.what == "not refreshed"]
    assert values(done.data) == values(refreshed(built).data)
    one, _ = find(opened(done.data), "landscape:governance-mix")
    assert one.notes_slide.notes_text_frame.text.startswith("Mine.")


def test_no_data_any_more_leaves_the_old_numbers_with_their_day(built: Path) -> None:
    now = changed(built)
    empty = replace(now, tables=now.tables | {"company_metrics": now.tables["company_metrics"].iloc[:0]})
    done = decks.refresh(deck(built), empty)
    assert any(c.chart == "company-metrics" and "no data under its filters" in c.after for c in done.changes)
    one, _ = find(opened(done.data), "landscape:company-metrics")
    words = "\n".join(s.text_frame.text for s in one.shapes if s.has_text_frame)
    assert data(built).snapshot.id in words and "feedbeef" not in words


def days(data_: bytes) -> list[list[str]]:
    """Days that the charts of a deck were made for."""
    kept = [r for s in opened(data_).slides for r in record.of_slide(s)]
    return [list(r.query["as_of"]) for r in kept if r.chart != "cover"]


def test_the_day_moves_on_only_where_it_was_the_newest(built: Path) -> None:
    now = data(built)
    later = decks.Data(now.tables, Snapshot("cafe0001", now.snapshot.as_of + pd.DateOffset(months=3)))
    one = wanted(built).slides[2]
    past = replace(one, query={**one.query, "as_of": ["2025-12-31"]})
    made = decks.build(Basket(slides=(one, past), appendix=False), now)
    done = decks.refresh(made, later)
    assert days(done.data) == [[f"{later.snapshot.as_of:%Y-%m-%d}"], ["2025-12-31"]]
    forced = decks.refresh(made, later, view={"as_of": ["2026-01-31"]})
    assert days(forced.data) == [["2026-01-31"], ["2026-01-31"]]


def test_more_and_fewer_rows_make_more_and_fewer_pages(built: Path) -> None:
    now = data(built)
    companies = now.tables["companies"]
    few = companies[companies["company_id"].isin(["alibaba", "tencent", "baidu", "bytedance"])]
    less = decks.Data(now.tables | {"companies": few}, Snapshot("cafe0002", now.snapshot.as_of))
    one = wanted(built).slides[1]
    basket_ = Basket(slides=(one,), cover=False, appendix=False)
    long, short = decks.build(basket_, now), decks.build(basket_, less)
    assert len(opened(long).slides) > 1 and len(opened(short).slides) == 1
    shrunk, grown = decks.refresh(long, less), decks.refresh(short, now)
    assert len(opened(shrunk.data).slides) == 1 and values(shrunk.data) == values(short)
    assert len(opened(grown.data).slides) == len(opened(long).slides) and values(grown.data) == values(long)
    titles = [s.shapes.title.text_frame.text for s in opened(grown.data).slides]
    assert all(re.search(r"\(\d/\d\)$", t) for t in titles)
    assert all(record.of_slide(s) for s in opened(grown.data).slides)
    assert {c.what for c in grown.changes} >= {"row added"}


def test_a_deck_on_a_template_keeps_its_look(built: Path) -> None:
    few = replace(wanted(built), slides=wanted(built).slides[1:4])
    made = decks.build(few, data(built), template=templates.read(dark()))
    done = decks.refresh(made, changed(built))
    slides_ = tuple(replace(s, query={**s.query, "snapshot": ["feedbeef"]}) for s in few.slides)
    fresh = decks.build(replace(few, slides=slides_), changed(built), template=templates.read(dark()))
    assert values(done.data) == values(fresh)
    xml = find(opened(done.data), "landscape:governance-mix")[1].chart._chartSpace.xml
    assert "24356A" not in xml
    again = decks.refresh(done.data, changed(built))
    assert again.data == done.data


def test_charts_side_by_side_are_refreshed_each_under_its_own_view(built: Path) -> None:
    same = decks.refresh(halves_deck(built), data(built))
    assert same.data == halves_deck(built) and same.found == 10 and same.changes == ()
    done = decks.refresh(halves_deck(built), changed(built))
    again = tuple(replace(s, query={**s.query, "snapshot": ["feedbeef"]}) for s in halves(built).slides)
    fresh = decks.build(replace(halves(built), slides=again), changed(built))
    assert values(done.data) == values(fresh) != values(halves_deck(built))
    for old, one, new in zip(
        opened(halves_deck(built)).slides, opened(done.data).slides, opened(fresh).slides, strict=True
    ):
        # Numbers, scope, source and notes are those of a deck made anew; titles stay as they were.
        was, now, wanted_ = (
            {s.name: s.text_frame.text for s in x.shapes if s.has_text_frame} for x in (old, one, new)
        )
        assert {n: t for n, t in now.items() if not n.endswith(":title")} == {
            n: t for n, t in wanted_.items() if not n.endswith(":title")
        }
        assert {n: t for n, t in now.items() if n.endswith(":title")} == {
            n: t for n, t in was.items() if n.endswith(":title")
        }
        assert [r.line for r in record.of_slide(one)] == [r.line for r in record.of_slide(new)]
        if len(record.of_slide(one)) == 2:
            kept, made = (x.notes_slide.notes_text_frame.text.split("\n") for x in (one, new))
            assert [t for t in kept if t.startswith("Same view") or "[1]" in t] == [
                t for t in made if t.startswith("Same view") or "[1]" in t
            ]
    told = [c for c in done.changes if c.what == "title" and c.before == "Seven moved in 自己的话"]
    assert not told or told[0].chart == "index-over-time"
    assert {c.chart for c in done.changes if c.what == "value"} >= {"company-metrics", "company-releases"}
    assert decks.refresh(done.data, changed(built)).data == done.data


def test_decks_without_our_charts_and_files_that_are_none(built: Path) -> None:
    plain = pptx.Presentation()
    plain.slides.add_slide(plain.slide_layouts[0])
    done = decks.refresh(saved(plain), data(built))
    assert (done.found == 0 and done.data == saved(plain)) or done.data[:2] == b"PK"
    assert "No chart of this product" in done.words()
    for bad in (b"", b"x", deck(built)[:5000]):
        with pytest.raises(FileRefusedError):
            decks.refresh(bad, data(built))


@pytest.mark.slow
def test_a_deck_that_libreoffice_saved(built: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: its round trip was not tried")
    (tmp_path / "deck.pptx").write_bytes(deck(built))
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    command += ["pptx:Impress MS PowerPoint 2007 XML", "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(tmp_path / "deck.pptx")], capture_output=True, timeout=180, check=True)
    theirs = (tmp_path / "out" / "deck.pptx").read_bytes()
    same = decks.refresh(theirs, data(built))
    assert same.data == theirs and same.changes == () and same.found == 7
    done = decks.refresh(theirs, changed(built))
    assert values(done.data) == values(refreshed(built).data)
    listed = {(c.chart, c.row, c.column, c.after) for c in done.changes if c.what == "value"}
    ours = {(c.chart, c.row, c.column, c.after) for c in refreshed(built).changes if c.what == "value"}
    assert {c for c in ours if c[0] not in ("governance-lanes", "price-capability")} <= listed
    cover = "\n".join(s.text_frame.text for s in opened(done.data).slides[0].shapes if s.has_text_frame)
    assert "feedbeef" in cover
