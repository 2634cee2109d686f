"""Decks as people leave them: grouped, renamed, copied, filtered, reordered, with pages gone: refreshed or named."""

from __future__ import annotations

import copy
import io
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from deck_data import changed, data, halves, opened, saved, some_of, wanted
from lxml import etree
from pptx.util import Emu, Inches

from dashboard.__main__ import main
from dashboard.data.selection import Selection
from dashboard.deck import apart, decks
from dashboard.deck.basket import Basket, frozen
from dashboard.deck.objects import imported
from dashboard.deck.refresh import Refreshed
from dashboard.deck.shapes import walk
from dashboard.draw.slide.ooxml import C

C_ = f"{{{C}}}"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
C15 = "http://schemas.microsoft.com/office/drawing/2012/chart"


def charts(data_: bytes) -> dict[str, dict[tuple[str, str], str]]:
    """Values of every chart with categories, by its place in the deck and its name: (category, series) to number."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for n, one in enumerate(opened(data_).slides):
        for f in walk(one):
            if f.shape.has_chart and f.shape.chart._chartSpace.xpath(".//c:cat"):
                found[f"{n} {f.shape.name}"] = {
                    (str(c), s.name): "" if v is None else f"{v:.10g}"
                    for plot in f.shape.chart.plots
                    for s in plot.series
                    for c, v in zip(plot.categories, s.values, strict=False)
                }
    return found


def find(presentation: Any, name: str) -> tuple[Any, Any]:
    return next((one, f.shape) for one in presentation.slides for f in walk(one) if f.shape.name == name)


CHARTS = ("landscape-matrix", "governance-mix", "governance-lanes", "releases-by-company")
#: For what concerns one chart alone.
MIX = "governance-mix"
MATRIX = "landscape-matrix"


@cache
def deck(folder: Path, *only: str) -> bytes:
    """A table of several pages, lanes, and two charts with series; or some of them."""
    few = tuple(s for s in wanted(folder).slides[1:] if s.chart in (only or CHARTS))
    return decks.build(replace(wanted(folder), slides=few, appendix=False), data(folder))


@cache
def plain(folder: Path, *only: str) -> Refreshed:
    return decks.refresh(deck(folder, *only), changed(folder))


def refreshed(presentation: Any, folder: Path) -> Refreshed:
    return decks.refresh(saved(presentation), changed(folder))


def numbers(done: Refreshed) -> list[dict[tuple[str, str], str]]:
    return list(charts(done.data).values())


def of_cells(done: Refreshed) -> set[tuple[str, str, str, str]]:
    return {(c.chart, c.row, c.column, c.after) for c in done.changes if c.what == "value"}


def group_all(presentation: Any) -> None:
    """Each chart in a group with a label of a person's own, the group moved and made smaller."""
    for one in presentation.slides:
        for shape in [s for s in one.shapes if s.has_chart]:
            label = one.shapes.add_textbox(shape.left, shape.top, Inches(1), Inches(0.3))
            label.text_frame.text = "our label"
            group = one.shapes.add_group_shape(shapes=[shape, label])
            group.left, group.top = group.left + Inches(0.5), group.top + Inches(0.25)
            group.width, group.height = Emu(round(group.width * 0.8)), Emu(round(group.height * 0.8))


def test_charts_in_groups_are_found_and_stay_in_them(built: Path) -> None:
    presentation = opened(deck(built))
    group_all(presentation)
    before = charts(saved(presentation))
    done = refreshed(presentation, built)
    assert done.found == plain(built).found and done.missed == 0
    assert numbers(done) == numbers(plain(built)) != list(before.values())
    assert of_cells(done) == of_cells(plain(built))
    again = decks.refresh(done.data, changed(built))
    assert again.data == done.data, "a second time nothing is left to do"
    after = opened(done.data)
    for one in after.slides:
        for group in [s for s in one.shapes if s.shape_type == 6]:
            assert {"our label"} <= {s.text_frame.text for s in group.shapes if s.has_text_frame}
            assert any(s.has_chart for s in group.shapes)
    one, chart = find(after, "landscape:governance-mix")
    place = next(f.frame for f in walk(one) if f.shape.name == chart.name)
    names = [f for f in walk(one) if ":name:" in f.shape.name]
    assert names and all(abs(f.frame[0] - place[0] - place[2]) < Inches(0.35) for f in names)
    assert all(place[1] <= f.frame[1] <= place[1] + place[3] for f in names), "names follow the group"


def test_names_grouped_with_their_chart_stay_beside_it(built: Path) -> None:
    presentation = opened(deck(built, MIX))
    one, chart = find(presentation, "landscape:governance-mix")
    names = [s for s in one.shapes if ":name:" in s.name]
    group = one.shapes.add_group_shape(shapes=[chart, *names])
    group.left, group.width = Inches(1), Emu(round(group.width * 0.7))
    after = opened(refreshed(presentation, built).data)
    one, chart = find(after, "landscape:governance-mix")
    frames = {f.shape.name: f.frame for f in walk(one)}
    right = frames[chart.name][0] + frames[chart.name][2]
    assert all(abs(f[0] - right) < Inches(0.35) for n, f in frames.items() if ":name:" in n)


def test_a_renamed_chart_is_found_and_keeps_its_name(built: Path) -> None:
    presentation = opened(deck(built, MIX, "releases-by-company"))
    for name in ("landscape:governance-mix", "landscape:releases-by-company"):
        find(presentation, name)[1].name = f"Chart of {name[10:]}"
    done = refreshed(presentation, built)
    assert done.missed == 0 and numbers(done) == numbers(plain(built, MIX, "releases-by-company"))
    assert find(opened(done.data), "Chart of governance-mix")[1].has_chart


def test_renamed_neighbours_are_told_by_what_they_show(built: Path) -> None:
    pair = decks.build(replace(halves(built), slides=halves(built).slides[:2]), data(built))
    presentation = opened(pair)
    for n, name in enumerate(("landscape:governance-mix", "landscape:company-metrics.2")):
        find(presentation, name)[1].name = f"Chart {n}"
    done = refreshed(presentation, built)
    assert done.missed == 0
    assert numbers(done) == numbers(decks.refresh(pair, changed(built)))


def test_renamed_panels_are_told_by_the_words_over_them(built: Path) -> None:
    now = data(built).snapshot
    view = Selection(as_of=now.as_of, newest=now.as_of, names="both")
    one = frozen("compare-releases", view, now.id)
    panels = decks.build(Basket(slides=(one,), appendix=False), data(built))
    whole = decks.refresh(panels, changed(built))
    for some in (("", ":3"), ("", ":2", ":3", ":4")):
        presentation = opened(panels)
        for n, end in enumerate(some):
            find(presentation, f"landscape:compare-releases{end}")[1].name = f"Chart {n}"
        done = refreshed(presentation, built)
        assert done.missed == 0 and done.found == 1
        assert not any("taken out" in c.after for c in done.changes)
        assert sorted(map(str, numbers(done))) == sorted(map(str, numbers(whole)))
        assert find(opened(done.data), "Chart 0")[1].has_chart


def test_a_chart_and_its_band_renamed_alike_without_alternative_texts_are_told(built: Path) -> None:
    """As LibreOffice leaves them; two charts of which neither has its band's words are a person's, and are named."""
    now = data(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    basket = Basket(slides=(frozen("positioning", view, now.snapshot.id),), cover=False, appendix=False)
    deck = opened(decks.build(basket, now))
    [one] = deck.slides
    for shape in one.shapes:
        if shape.has_chart:
            shape.name = "Same"
            shape._element.nvGraphicFramePr.cNvPr.set("descr", "")
    day = {"as_of": ["2026-06-30"]}
    done = decks.refresh(saved(deck), now, view=day)
    assert (done.found, done.changed, done.missed) == (1, 1, 0)
    then = replace(view, as_of=pd.Timestamp("2026-06-30"))
    fresh = decks.build(replace(basket, slides=(frozen("positioning", then, now.snapshot.id),)), now)

    def drawn(deck: Any) -> list[list[str]]:
        return [
            s.chart._chartSpace.xpath(".//c:yVal//c:v/text()") for s in deck.slides[0].shapes if s.has_chart
        ]

    assert drawn(opened(done.data)) == drawn(opened(fresh)) != drawn(deck)
    named = [s.name for s in opened(done.data).slides[0].shapes if s.has_chart]
    # What stands beside a chart is drawn anew with it.
    assert named == ["Same", "landscape:positioning:band"]
    words = next(s for s in one.shapes if s.name.endswith(":band-name"))
    words._element.getparent().remove(words._element)
    assert decks.refresh(saved(deck), now, view=day).missed == 1


def test_a_renamed_table_under_a_title_of_a_persons_own_is_the_page_that_it_is(built: Path) -> None:
    presentation = opened(deck(built, MATRIX))
    one, table = find(presentation, "landscape:landscape-matrix:2")
    table.name, one.shapes.title.text = "Table", "Our own words"
    done = refreshed(presentation, built)
    assert done.missed == 0 and done.found == plain(built, MATRIX).found
    assert not any("taken out" in c.after for c in done.changes)
    _, mine = find(opened(done.data), "Table")
    _, fresh = find(opened(plain(built, MATRIX).data), "landscape:landscape-matrix:2")
    rows = [[[c.text_frame.text for c in r.cells] for r in t.table.rows] for t in (mine, fresh)]
    assert rows[0] == rows[1]


def test_a_chart_that_is_not_there_any_more_is_named(built: Path) -> None:
    presentation = opened(deck(built))
    _, chart = find(presentation, "landscape:governance-mix")
    chart._element.getparent().remove(chart._element)
    done = refreshed(presentation, built)
    assert done.missed == 1 and "1 not refreshed" in done.words() and done.found == 4
    (one,) = [c for c in done.changes if c.what == "not refreshed"]
    assert one.chart == "governance-mix"
    names = {f.shape.name for f in walk(opened(done.data).slides[one.slide - 1])}
    assert "landscape:governance-mix:title" in names


def copied(presentation: Any, name: str) -> None:
    """A slide once more at the end, as PowerPoint duplicates it: with charts of its own and its notes."""
    one, _ = find(presentation, name)
    twin = presentation.slides.add_slide(one.slide_layout)
    for s in list(twin.shapes):
        s._element.getparent().remove(s._element)
    for s in one.shapes:
        twin.shapes._spTree.append(imported(twin, one, s))
    twin.notes_slide.notes_text_frame.text = one.notes_slide.notes_text_frame.text


@pytest.mark.parametrize("name", ["landscape:governance-mix", "landscape:landscape-matrix:2"])
def test_a_copied_slide_is_refreshed_as_the_slide_it_is(built: Path, name: str) -> None:
    chart = name.split(":")[1]
    presentation = opened(deck(built, chart))
    copied(presentation, name)
    count = len(presentation.slides)
    done = refreshed(presentation, built)
    after = opened(done.data)
    assert (
        done.found == plain(built, chart).found + 1 == 2 and done.missed == 0 and len(after.slides) == count
    )
    twins = [f.shape for one in after.slides for f in walk(one) if f.shape.name == name]
    assert len(twins) == 2
    if twins[0].has_table:
        rows = [[[c.text_frame.text for c in r.cells] for r in t.table.rows] for t in twins]
        assert rows[0] == rows[1]
    else:
        assert len({str(t.chart._chartSpace.xml) for t in twins}) == 1
    assert not any("taken out" in c.after for c in done.changes)


def test_a_slide_copied_by_libreoffice_is_refreshed_and_keeps_the_names_it_gave(built: Path) -> None:
    presentation = opened(deck(built, "governance-mix"))
    copied(presentation, "landscape:governance-mix")
    last = presentation.slides[len(presentation.slides) - 1]
    for s in last.shapes:
        if s.name.startswith("landscape:"):
            s.name += " 1"
    given = [s.name for s in last.shapes]
    done = refreshed(presentation, built)
    after = opened(done.data).slides
    assert done.found == 2 and done.missed == 0
    assert [s.name for s in after[len(after) - 1].shapes] == given
    charts = [s.chart for one in after for s in one.shapes if s.has_chart]
    assert len({str(c._chartSpace.xml) for c in charts}) == 1 and len(charts) == 2


def test_pages_of_a_list_are_known_under_titles_of_a_persons_own(built: Path) -> None:
    whole = decks.build(wanted(built), data(built))
    presentation = opened(whole)
    listed = [
        one for one in presentation.slides if any(s.name.startswith("landscape:sources:") for s in one.shapes)
    ]
    assert len(listed) > 1
    for one in listed:
        one.shapes.title.text_frame.text = "What we read 资料"
    done = refreshed(presentation, built)
    assert len(opened(done.data).slides) == len(presentation.slides)
    assert not any(c.what == "slide added" for c in done.changes)


def series(chart: Any) -> list[Any]:
    return chart._chartSpace.findall(f".//{C_}ser")


def names_of(chart: Any) -> list[str]:
    return [s.name for plot in chart.plots for s in plot.series]


def hide(chart: Any, name: str) -> None:
    """Hides a series as PowerPoint's chart filter does."""
    one = next(s for s in series(chart) if name in "".join(s.find(f"{C_}tx").itertext()))
    group = one.getparent()
    group.remove(one)
    one.tag = f"{{{C15}}}ser"
    listed = etree.SubElement(group, f"{C_}extLst")
    ext = etree.SubElement(
        listed, f"{C_}ext", uri="{02D57815-91ED-43cb-92C2-25804820EDAC}", nsmap={"c15": C15}
    )
    etree.SubElement(ext, f"{{{C15}}}filteredBarSeries").append(one)


def test_a_hidden_series_stays_hidden_with_new_numbers(built: Path) -> None:
    presentation = opened(deck(built, MIX))
    _, chart = find(presentation, "landscape:governance-mix")
    hide(chart.chart, "Federated")
    done = refreshed(presentation, built)
    _, after = find(opened(done.data), "landscape:governance-mix")
    assert "Federated" not in names_of(after.chart)
    (kept,) = after.chart._chartSpace.iter(f"{{{C15}}}ser")
    values = [v.text for v in kept.findall(f"{C_}val//{C_}pt/{C_}v")]
    _, fresh = find(opened(plain(built, MIX).data), "landscape:governance-mix")
    wanted_ = next(s for s in series(fresh.chart) if "Federated" in "".join(s.find(f"{C_}tx").itertext()))
    assert values == [v.text for v in wanted_.findall(f"{C_}val//{C_}pt/{C_}v")]
    orders = [s.find(f"{C_}order").get("val") for s in [*series(after.chart), kept]]
    assert len(set(orders)) == len(orders)


def test_the_order_that_a_person_gave_stays(built: Path) -> None:
    presentation = opened(deck(built, MIX))
    _, chart = find(presentation, "landscape:governance-mix")
    all_ = series(chart.chart)
    all_[0].addprevious(all_[4])
    for n, s in enumerate(series(chart.chart)):
        s.find(f"{C_}order").set("val", str(n))
    order = names_of(chart.chart)
    done = refreshed(presentation, built)
    _, after = find(opened(done.data), "landscape:governance-mix")
    assert names_of(after.chart) == order
    (key,) = (k for k in charts(done.data) if k.endswith("landscape:governance-mix"))
    assert charts(done.data)[key] == charts(plain(built, MIX).data)[key]


def test_a_series_that_was_taken_out_stays_out_and_is_named(built: Path) -> None:
    presentation = opened(deck(built, MIX))
    _, chart = find(presentation, "landscape:governance-mix")
    gone = next(s for s in series(chart.chart) if "Undetermined" in "".join(s.find(f"{C_}tx").itertext()))
    gone.getparent().remove(gone)
    done = refreshed(presentation, built)
    _, after = find(opened(done.data), "landscape:governance-mix")
    assert "Undetermined" not in names_of(after.chart)
    assert any("“Undetermined” was taken out" in c.after for c in done.changes if c.what == "text")


def test_without_a_workbook_a_series_that_comes_back_is_named(built: Path) -> None:
    presentation = opened(deck(built, MIX))
    _, chart = find(presentation, "landscape:governance-mix")
    gone = next(s for s in series(chart.chart) if "Undetermined" in "".join(s.find(f"{C_}tx").itertext()))
    gone.getparent().remove(gone)
    for e in chart.chart._chartSpace.findall(f"{C_}externalData"):
        chart.chart.part.drop_rel(e.get(f"{{{R}}}id"))
        chart.chart._chartSpace.remove(e)
    done = refreshed(presentation, built)
    said = [c.after for c in done.changes if c.chart == "governance-mix" and c.what == "text"]
    assert len(said) == 1 and "“Undetermined” is in the chart now" in said[0]


def add_series(chart: Any, name: str, values: dict[str, str], colour: str = "") -> Any:
    """A series as Office adds one: behind the others, in a colour of the theme or of a person, by category."""
    own = copy.deepcopy(series(chart)[-1])
    series(chart)[-1].addnext(own)
    own.find(f"{C_}tx//{C_}v").text = name
    for tag in ("spPr", "dLbls", "dPt"):
        for e in own.findall(f"{C_}{tag}"):
            own.remove(e)
    if colour:
        look = etree.fromstring(
            f'<c:spPr xmlns:c="{C}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr>'
        )
        own.find(f"{C_}tx").addnext(look)
    own.find(f"{C_}idx").set("val", "30"), own.find(f"{C_}order").set("val", "30")
    named = [v.text for v in own.findall(f"{C_}cat//{C_}pt/{C_}v")]
    cache = own.find(f"{C_}val//{C_}numCache")
    for point in cache.findall(f"{C_}pt"):
        cache.remove(point)
    for n, label in enumerate(named):
        if label in values:
            point = etree.SubElement(cache, f"{C_}pt", idx=str(n))
            etree.SubElement(point, f"{C_}v").text = values[label]
    return own


def by_category(one: Any) -> dict[str, str]:
    """Values of a series by its categories."""
    named = {p.get("idx"): p.findtext(f"{C_}v") for p in one.findall(f"{C_}cat//{C_}pt")}
    return {named[p.get("idx")]: p.findtext(f"{C_}v") for p in one.findall(f"{C_}val//{C_}pt")}


def sheet(chart: Any) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    return [list(r) for r in book.worksheets[0].iter_rows(values_only=True)]


def test_a_series_that_was_added_stays_with_look_numbers_and_workbook(built: Path) -> None:
    presentation = opened(deck(built, MIX))
    _, chart = find(presentation, "landscape:governance-mix")
    wanted_ = {"Dec 2023": "7", "Jun 2025": "9.5"}
    add_series(chart.chart, "Our target 目标", wanted_, "AB12CD")
    done = refreshed(presentation, built)
    _, after = find(opened(done.data), "landscape:governance-mix")
    mine = series(after.chart)[-1]
    assert mine.findtext(f"{C_}tx//{C_}v") == "Our target 目标"
    assert by_category(mine) == wanted_
    assert "AB12CD" in etree.tostring(mine.find(f"{C_}spPr")).decode()
    assert any("“Our target 目标”" in c.after and "kept" in c.after for c in done.changes if c.what == "text")
    numbers_ = [s.find(f"{C_}{t}").get("val") for t in ("idx", "order") for s in series(after.chart)]
    assert len(numbers_) == len(set(numbers_[: len(numbers_) // 2])) * 2
    # Who edits the data finds its numbers behind ours, row by row.
    lines = sheet(after.chart)
    at = lines[0].index("Our target 目标")
    assert at == max(n for n, h in enumerate(lines[0]) if h)
    assert {r[0]: f"{r[at]:g}" for r in lines[1:] if r[at] is not None} == wanted_
    # Ours are as without it.
    untouched = sheet(find(opened(plain(built, MIX).data), "landscape:governance-mix")[1].chart)
    assert [r[:at] for r in lines] == [r[:at] for r in untouched]
    reference = mine.findtext(f"{C_}val//{C_}f")
    assert reference.endswith(f"${len(lines)}") and mine.find(f"{C_}val/{C_}numLit") is None
    # And through the next refresh.
    again = decks.refresh(done.data, data(built))
    _, third = find(opened(again.data), "landscape:governance-mix")
    assert by_category(series(third.chart)[-1]) == wanted_
    assert [h for h in sheet(third.chart)[0] if h].count("Our target 目标") == 1


def test_a_series_without_a_category_of_today_is_named_and_one_that_lost_some_says_which(built: Path) -> None:
    presentation = opened(deck(built, "releases-by-company"))
    _, chart = find(presentation, "landscape:releases-by-company")
    named = [v.text for v in series(chart.chart)[0].findall(f"{C_}cat//{C_}pt/{C_}v")]
    first = add_series(chart.chart, "None of them", {named[0]: "3"})
    first.findall(f"{C_}cat//{C_}pt/{C_}v")[0].text = "A name of yesterday"
    # Office copies what stands there: the next one has the same categories.
    half = add_series(chart.chart, "Half of them", {"A name of yesterday": "3", named[1]: "3"})
    half.find(f"{C_}idx").set("val", "31")
    done = refreshed(presentation, built)
    said = [c.after for c in done.changes if c.what == "text" and c.chart == "releases-by-company"]
    assert any("“None of them” was added by hand and is left out" in s for s in said)
    assert any("“Half of them”" in s and "but for “A name of yesterday”" in s for s in said)
    _, after = find(opened(done.data), "landscape:releases-by-company")
    kept = {s.findtext(f"{C_}tx//{C_}v"): by_category(s) for s in series(after.chart)}
    assert "None of them" not in kept and kept["Half of them"] == {named[1]: "3"}


def take_out(presentation: Any, *names: str) -> None:
    for name in names:
        one, _ = find(presentation, name)
        listed = presentation.slides._sldIdLst
        entry = next(i for i in listed if presentation.part.related_part(i.rId) is one.part)
        presentation.part.drop_rel(entry.rId)
        listed.remove(entry)


def test_pages_that_were_taken_out_stay_out_and_are_named(built: Path) -> None:
    presentation = opened(deck(built, MATRIX))
    take_out(presentation, "landscape:landscape-matrix", "landscape:landscape-matrix:2")
    count = len(presentation.slides)
    done = refreshed(presentation, built)
    after = opened(done.data)
    kept = {f.shape.name for one in after.slides for f in walk(one)}
    assert not {"landscape:landscape-matrix", "landscape:landscape-matrix:2"} & kept
    assert len(after.slides) == count
    assert any("pages 1 and 2 of" in c.after for c in done.changes if c.chart == "landscape-matrix")
    mine, whole = (
        find(opened(d), "landscape:landscape-matrix:3") for d in (done.data, plain(built, MATRIX).data)
    )
    rows = [[[c.text_frame.text for c in r.cells] for r in t.table.rows] for _, t in (mine, whole)]
    assert rows[0] == rows[1]
    assert mine[0].shapes.title.text_frame.text == whole[0].shapes.title.text_frame.text


def test_slides_that_come_and_go_are_counted(built: Path) -> None:
    now = data(built)
    companies = now.tables["companies"]
    few = companies[companies["company_id"].isin(["alibaba", "tencent", "baidu"])]
    less = decks.Data(now.tables | {"companies": few}, replace(now.snapshot, id="cafe0002"))
    basket = Basket(slides=(wanted(built).slides[1],), appendix=False)
    long, short = decks.build(basket, now), decks.build(basket, less)
    more = len(opened(long).slides) - len(opened(short).slides)
    grown, shrunk = decks.refresh(short, now), decks.refresh(long, less)
    assert f"{more} slides added" in grown.words() and f"{more} slides removed" in shrunk.words()
    assert sum(c.what == "slide added" for c in grown.changes) == more


def test_changed_rows_of_lanes_and_tables_are_named(built: Path) -> None:
    rows = {(c.chart, c.what) for c in plain(built).changes}
    assert {("governance-lanes", "row added"), ("governance-lanes", "row removed")} <= rows
    assert ("landscape-matrix", "value") in rows
    listed = {c.chart for c in plain(built).changes if c.what.startswith(("value", "row"))}
    assert len(listed) == plain(built).changed, "each chart that counts as changed says what"


def test_the_exit_status_says_what_was_not_refreshed(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))
    # That a process of its own reads the file is asked in test_cli: here what the command makes of its answer.
    monkeypatch.setattr(apart, "refresh_deck", decks.refresh)
    old, out = tmp_path / "old.pptx", tmp_path / "new.pptx"
    presentation = opened(deck(built, MIX))
    _, chart = find(presentation, "landscape:governance-mix")
    chart._element.getparent().remove(chart._element)
    old.write_bytes(saved(presentation))
    assert main(["refresh-deck", str(old), "--out", str(out)]) == 3
    assert "1 not refreshed" in capsys.readouterr().err
    old.write_bytes(deck(built, MIX))
    assert main(["refresh-deck", str(old), "--out", str(out), "--quiet"]) == 0
    presentation = opened(deck(built, MIX))
    for one in presentation.slides:
        for s in list(one.shapes):
            s._element.getparent().remove(s._element)
        one.notes_slide.notes_text_frame.text = ""
    old.write_bytes(saved(presentation))
    assert main(["refresh-deck", str(old), "--out", str(out)]) == 3
    assert "No chart of this product" in capsys.readouterr().err


def edit_workbook(chart: Any, change: Any) -> None:
    """A person's edit in the workbook behind a chart, the chart itself left alone."""
    part = chart.chart.part.chart_workbook.xlsx_part
    book = openpyxl.load_workbook(io.BytesIO(part.blob))
    change(book)
    out = io.BytesIO()
    book.save(out)
    part._blob = out.getvalue()


@pytest.mark.parametrize("name", ["governance-mix", "price-capability", "releases-by-company"])
def test_what_was_written_into_a_workbook_beside_the_chart_is_named(built: Path, name: str) -> None:
    whole = tuple(s for s in wanted(built).slides if s.chart == name)
    made = decks.build(Basket(slides=whole, cover=False, appendix=False), data(built))

    def write(book: Any) -> None:
        sheet = book.worksheets[0]
        wide = max(n for n, c in enumerate(sheet[1], 1) if c.value) + 1
        sheet.cell(1, wide, "Our target 目标")
        for row in range(2, 5):
            sheet.cell(row, wide, 7)
        book.create_sheet("Our sums")["A1"] = "=SUM(Sheet1!B2:B4)"

    presentation = opened(made)
    edit_workbook(find(presentation, f"landscape:{name}")[1], write)
    done = refreshed(presentation, built)
    said = [c.after for c in done.changes if c.what == "text"]
    if not done.changed:
        # Without new numbers the workbook stays the very one.
        kept = find(opened(done.data), f"landscape:{name}")[1].chart.part.chart_workbook.xlsx_part.blob
        assert "Our sums" in openpyxl.load_workbook(io.BytesIO(kept)).sheetnames
        return
    for wrote in ("“Our target 目标”", "“Our sums”"):
        assert any(wrote in s and "added by hand" in s for s in said), said
    before, after = (
        sheet(find(opened(d), f"landscape:{name}")[1].chart) for d in (saved(presentation), done.data)
    )
    columns = [
        {r[0]: r[b.index("Our target 目标")] for r in rows[1:]} for rows in (before, after) for b in rows[:1]
    ]
    mine, kept = ({k: v for k, v in c.items() if v is not None} for c in columns)
    assert kept and kept == {k: v for k, v in mine.items() if k in {r[0] for r in after[1:]}}
    untouched = [c.after for c in decks.refresh(made, changed(built)).changes if c.what == "text"]
    assert not any("by hand" in s for s in untouched)


def test_an_added_series_in_a_colour_of_ours_is_named_with_its_numbers(built: Path) -> None:
    presentation = opened(deck(built, MIX))
    _, chart = find(presentation, "landscape:governance-mix")
    own = copy.deepcopy(series(chart.chart)[-1])
    series(chart.chart)[-1].addnext(own)
    own.find(f"{C_}tx//{C_}v").text = "Our target"
    own.find(f"{C_}idx").set("val", "30"), own.find(f"{C_}order").set("val", "30")
    done = refreshed(presentation, built)
    _, after = find(opened(done.data), "landscape:governance-mix")
    is_kept = any(s.findtext(f"{C_}tx//{C_}v") == "Our target" for s in series(after.chart))
    assert is_kept or any("Our target" in f"{c.column}{c.after}{c.before}" for c in done.changes)


def test_room_for_a_key_is_made_as_large_as_a_group_was_scaled(built: Path) -> None:
    """Charts of then carried their keys themselves; today's have them above."""
    then = (Path(__file__).parent / "fixtures" / "deck-2026-11-27.pptx").read_bytes()

    def has_points(one: Any) -> bool:
        return any(s.has_chart and s.chart._chartSpace.xpath(".//c:scatterChart") for s in one.shapes)

    presentation = opened(some_of(then, also=has_points))
    grouped = set()
    for one in presentation.slides:
        for shape in [
            s for s in one.shapes if s.has_chart and s.chart._chartSpace.xpath(".//c:scatterChart")
        ]:
            group = one.shapes.add_group_shape(shapes=[shape])
            group.left, group.top = group.left + Inches(0.4), group.top + Inches(0.2)
            group.width, group.height = Emu(round(group.width * 0.6)), Emu(round(group.height * 0.7))
            grouped.add(shape.name)
    frames = {f.shape.name: f.frame for one in presentation.slides for f in walk(one)}
    done = decks.refresh(saved(presentation), data(built))
    roomy = 0
    for one in opened(done.data).slides:
        now = {f.shape.name: f.frame for f in walk(one)}
        for name in grouped & set(now):
            above = [now[f"{name}:{end}"] for end in ("key", "unit-up") if f"{name}:{end}" in now]
            if not above or f"{name}:key" in frames:
                continue
            roomy += 1
            (x, y, _, h), was = now[name], frames[name]
            assert abs(y + h - was[1] - was[3]) < Inches(0.05) and x == was[0], "its foot stays"
            assert was[1] < y < was[1] + was[3] * 0.3
            assert all(was[1] - Inches(0.05) <= a[1] and a[1] + a[3] <= y + Inches(0.05) for a in above)
    assert roomy
