"""Whole decks, reopened: order, words, sources, page numbers, three templates, and everything a basket is saved as."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from deck_data import CHARTS, PAIRS, TAKEAWAY, changed, data, deck, halves, halves_deck, opened, wanted
from odd_templates import ODD
from own_templates import TEMPLATES, dark
from pptx.util import Emu
from test_export_slides import box, is_freeform, kind, overlaps, text_height, texts

from dashboard.charts import CHARTS as EVERY
from dashboard.data import permalink
from dashboard.data.selection import Selection
from dashboard.deck import basket, compose, decks, record
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket, Slide
from dashboard.deck.placing import frame
from dashboard.draw.slide import drawings
from dashboard.export import master, page, slides
from dashboard.look import measure
from dashboard.look.theme import format_day


def said(one: Any) -> str:
    return "\n".join(s.text_frame.text for s in one.shapes if s.has_text_frame)


def titles(data_: bytes) -> list[str]:
    return [one.shapes.title.text_frame.text for one in opened(data_).slides]


def check(presentation: Any, snapshot: str) -> None:
    """What holds on every slide of every deck."""
    wide, tall = Emu(presentation.slide_width).inches, Emu(presentation.slide_height).inches
    for n, one in enumerate(presentation.slides, 1):
        assert one.shapes.title is not None and one.shapes.title.text_frame.text.strip(), n
        numbers = [p for p in one.placeholders if p.placeholder_format.type == 13]
        assert [p.text_frame.text for p in numbers] == [str(n)]
        assert "section" in " ".join(s.name for s in one.shapes) or snapshot in said(one)
        for s in one.shapes:
            left, top, right, bottom = box(s)
            assert left >= -0.001 and top >= -0.001 and right <= wide + 0.01 and bottom <= tall + 0.01, s.name
            if kind(s) in ("graphicFrame", "pic") or is_freeform(s):
                assert s._element.xpath(".//p:cNvPr")[0].get("descr"), s.name
            if s.is_placeholder and s.has_text_frame:
                assert s.text_frame.text.strip(), f"{s.name}: an empty placeholder is left"
            elif s.has_text_frame and s.text_frame.text.strip():
                assert text_height(s) <= bottom - top + 0.06, f"{n} {s.name}: {s.text_frame.text[:60]}"
        overlaps(one)
        for r, properties in texts(one):
            words = "".join(t.text or "" for t in r.iter() if t.tag.endswith("}t"))
            if measure.is_chinese(words):
                ea = properties[0].xpath("a:ea/@typeface")
                assert ea and ea[0], words


def test_a_deck_holds_the_basket_in_order(built: Path) -> None:
    presentation = opened(deck(built))
    now = data(built).snapshot
    check(presentation, now.id)
    found = titles(deck(built))
    assert found[:2] == ["Board 董事会", "Governance 治理"]
    own = [t for t in found if t.startswith("Our own words 自己的话")]
    assert own, "the reader's title stands on its slide"
    main = [
        s.name.split(":")[1]
        for one in presentation.slides
        for s in one.shapes
        if re.fullmatch(r"landscape:[a-z-]+", s.name)
    ]
    assert main == list(CHARTS)
    assert TAKEAWAY.replace("\n", "\n \n") in [
        s.text_frame.text for one in presentation.slides for s in one.shapes if s.name.endswith(":takeaway")
    ]
    named = presentation.core_properties
    assert (named.title, named.subject) == ("Board 董事会", now.id)
    assert named.keywords.split(", ") == list(CHARTS)


def test_the_cover_says_selection_day_and_snapshot_and_where_things_are(built: Path) -> None:
    presentation, now = opened(deck(built)), data(built).snapshot
    words = said(presentation.slides[0])
    assert format_day(now.as_of) in words and now.id in words and "organisations" in words
    contents = next(s for s in presentation.slides[0].shapes if s.name.endswith(":contents")).text_frame.text
    listed = dict(reversed(line.split("   ")) for line in contents.splitlines())
    found = titles(deck(built))
    assert int(listed["Governance 治理"]) == found.index("Governance 治理") + 1
    assert int(listed["Sources"]) == next(i for i, t in enumerate(found, 1) if t.startswith("Sources"))


def sources_of(data_: bytes) -> list[Any]:
    return [s for s in opened(data_).slides if s.shapes.title.text_frame.text.startswith("Sources")]


def cited_in(slides: list[Any]) -> list[str]:
    notes = "\n".join(one.notes_slide.notes_text_frame.text for one in slides)
    return re.findall(r", (\S+) \(read \d+ \w+ \d{4}\)", notes)


def test_the_appendix_names_every_document_once_where_that_is_asked_for(built: Path) -> None:
    few = replace(wanted(built), slides=wanted(built).slides[:3], every_source=True)
    cards = [o.card for o in decks.resolve_all(few, decks.Builds.of(data(built))) if o.card is not None]
    urls = {str(u) for c in cards for u in c.sources["url"]}
    slides = sources_of(decks.build(few, data(built)))
    assert set(cited_in(slides)) == urls
    assert len(cited_in(slides)) == len(pd.concat([c.sources for c in cards]).drop_duplicates("source_id"))
    links = {r.target_ref for one in slides for r in one.part.rels.values() if r.is_external}
    assert links == {u for u in urls if u.startswith("http")}
    assert basket.from_json(basket.to_json(few)) == few == basket.decode(basket.encode(few))


def test_the_appendix_is_of_two_pages_and_every_slide_names_its_own(built: Path) -> None:
    slides = sources_of(deck(built))
    cards = [
        o.card for o in decks.resolve_all(wanted(built), decks.Builds.of(data(built))) if o.card is not None
    ]
    urls = {str(u) for c in cards for u in c.sources["url"]}
    shown = set(cited_in(slides))
    assert len(slides) == 2 and shown < urls
    assert f"of {len(urls):,} documents" in said(slides[0])
    for c in cards:
        assert str(c.sources["url"].iloc[0]) in shown, "what a slide rests on most"
    mix = next(s for s in opened(deck(built)).slides if "landscape:governance-mix" in shape_names(s))
    notes = mix.notes_slide.notes_text_frame.text
    card = next(c for c in cards if c.chart_id == "governance-mix")
    assert all(str(u) in notes for u in card.sources["url"])


def test_a_page_carries_what_the_slides_carry(built: Path) -> None:
    slides = (*wanted(built).slides[:3], *halves(built).slides[:2])
    made = replace(wanted(built), slides=slides)
    page = html.unescape(decks.html(made, data(built)).decode())
    deck_ = opened(decks.build(made, data(built)))
    for one in deck_.slides:
        title = re.sub(r" \(\d+/\d+\)$", "", one.shapes.title.text_frame.text)
        assert f"<h1>{title}</h1>" in page
    cover = deck_.slides[0]
    for line in said(cover).splitlines()[1:3]:
        assert line in page
    for line in TAKEAWAY.splitlines():
        assert f"<p>{line}</p>" in page
    sheets = re.findall(r'<section class="sheet[^"]*" id="sheet-(\d+)"', page)
    assert sheets == [str(n) for n in range(1, len(sheets) + 1)]
    contents = dict(re.findall(r'<li><a href="#sheet-(\d+)">([^<]+)</a></li>', page))
    assert set(contents.values()) == {"Governance 治理", "Sources"}
    for number, words in contents.items():
        assert f"<h1>{words}</h1>" in page.split(f'id="sheet-{number}"')[1].split("</section>")[0]
    listed = re.findall(r'<ol class="sources">(.*?)</ol>', page, re.DOTALL)
    assert len(listed) == 1 and listed[0].count("<li>") == len(
        cited_in(sources_of(decks.build(made, data(built))))
    )
    pair = page.split('<section class="sheet"')[3]
    assert pair.count('class="plot"') == 2 and "data-natural" in pair
    bare = replace(made, cover=False, appendix=False)
    assert 'class="sheet front"' in decks.html(bare, data(built)).decode()
    assert '<ol class="sources' not in decks.html(bare, data(built)).decode()


def test_equal_baskets_give_equal_bytes(built: Path) -> None:
    again = decks.build(wanted(built), data(built), address="https://landscape.example/")
    assert again == deck(built)


def test_notes_lead_back_to_the_view(built: Path) -> None:
    presentation = opened(deck(built))
    one = next(s for s in presentation.slides if "landscape:governance-mix" in {x.name for x in s.shapes})
    notes = one.notes_slide.notes_text_frame.text
    assert "Same view: https://landscape.example/?" in notes and TAKEAWAY.splitlines()[0] in notes
    (kept,) = record.of_slide(one)
    assert kept.chart == "governance-mix" and kept.live
    assert kept.query[permalink.SNAPSHOT] == [data(built).snapshot.id]
    assert {r.line for r in record.of_properties(presentation)} == {
        r.line for s in presentation.slides for r in record.of_slide(s)
    }


@cache
def on_template(folder: Path, name: str) -> bytes:
    one = templates.read(TEMPLATES[name](), colours=True)
    return decks.build(wanted(folder), data(folder), template=one)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_deck_on_a_companys_own_template(built: Path, name: str) -> None:
    made = on_template(built, name)
    presentation = opened(made)
    source = templates.read(TEMPLATES[name]())
    assert Emu(presentation.slide_width).inches == pytest.approx(source.width, abs=0.01)
    check(presentation, data(built).snapshot.id)
    assert not any("sample" in t.lower() for t in titles(made))
    charts = [s for one in presentation.slides for s in one.shapes if s.has_chart]
    assert len(charts) >= 4, "charts stay editable"
    if name == "dark":
        for s in charts:
            fills = set(re.findall(r'srgbClr val="([0-9A-F]{6})"', s.chart._chartSpace.xml))
            assert "24356A" not in fills, "colours are those for a dark ground"
        assert any("Confidential" in said(one) for one in presentation.slides)
    if name == "chinese":
        names = [s.name for one in presentation.slides for s in one.placeholders]
        assert "landscape:governance-mix:source" in names, (
            "the source stands in the template's own placeholder"
        )


def test_a_snapshot_that_is_gone_is_said_on_the_slide(built: Path) -> None:
    one = wanted(built).slides[2]
    old = replace(one, query={**one.query, permalink.SNAPSHOT: ["00000000"]})
    made = opened(decks.build(Basket(slides=(old,), appendix=False), data(built)))
    assert "Frozen on snapshot 00000000, which is no longer kept" in said(made.slides[1])
    assert data(built).snapshot.id in said(made.slides[1])


def test_a_kept_snapshot_is_shown_as_it_was(built: Path, tmp_path: Path) -> None:
    loaded = []

    def loads(folder: Path) -> decks.Data:
        loaded.append(folder)
        return data(built)

    builds = decks.Builds(changed(built), {data(built).snapshot.id: tmp_path}, loads)
    found = decks.resolve(wanted(built).slides[2], builds)
    assert loaded == [tmp_path]
    assert found.card is not None and found.card.snapshot_id == data(built).snapshot.id and not found.said


def test_nothing_under_the_filters_is_a_slide_that_says_so(built: Path) -> None:
    now = data(built).snapshot
    query = {"company": ["bytedance"], "governance": ["state_institute"], "as_of": [f"{now.as_of:%Y-%m-%d}"]}
    made = opened(decks.build(Basket(slides=(Slide(chart="company-metrics", query=query),)), data(built)))
    assert "No data under these filters" in said(made.slides[1])


def test_filters_that_do_not_exist_are_said(built: Path) -> None:
    found = decks.resolve(
        Slide(chart="governance-mix", query={"company": ["no-such"]}), decks.Builds.of(data(built))
    )
    assert "no-such" in found.said
    assert found.card is not None and found.card.source_line.startswith(
        "The slide asks for company “no-such”"
    )


def test_work_can_be_watched_and_stopped(built: Path) -> None:
    steps: list[tuple[int, int]] = []
    few = replace(wanted(built), slides=wanted(built).slides[:3])
    decks.build(few, data(built), progress=lambda done, total, words: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1] and [d for d, _ in steps] == sorted(d for d, _ in steps)
    with pytest.raises(decks.CancelledError):
        decks.build(few, data(built), progress=lambda done, total, words: done < 2)


def test_the_archive_names_and_hashes_what_it_holds(built: Path) -> None:
    few = replace(wanted(built), slides=wanted(built).slides[:4])
    made = decks.archive(few, data(built))
    assert made == decks.archive(few, data(built))
    with zipfile.ZipFile(io.BytesIO(made)) as pack:
        manifest = json.loads(pack.read("manifest.json"))
        assert {f["name"] for f in manifest["files"]} == set(pack.namelist()) - {"manifest.json"}
        for f in manifest["files"]:
            blob = pack.read(f["name"])
            assert (len(blob), hashlib.sha256(blob).hexdigest()) == (f["bytes"], f["sha256"])
        charts = [s for s in manifest["slides"] if s["kind"] == "chart"]
        assert [s["chart"] for s in charts] == list(CHARTS[:3])
        for s in charts:
            lines = pack.read(s["files"]["csv"]).decode("utf-8-sig").splitlines()
            assert len(pd.read_csv(io.StringIO("\n".join(lines)))) == s["rows"]
            book = openpyxl.load_workbook(io.BytesIO(pack.read(s["files"]["xlsx"])))
            assert book.sheetnames == ["Data", "Sources", "About"]
        assert basket.from_json(pack.read("basket.json")) == few
        assert opened(pack.read("deck.pptx")).slides
        page = pack.read("deck.html").decode()
        # Cover, section, three charts, sources.
        assert page.count("<section ") == 6 and "<script src" not in page


def test_layouts_table_and_picture(built: Path) -> None:
    presentation = opened(deck(built))
    names = {s.name: s for one in presentation.slides for s in one.shapes}
    assert names["landscape:company-metrics"].has_table
    drawn: list[tuple[str, float]] = []
    dot = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
        "0000000049454e44ae426082"
    )

    def draws(card: Any, kept: Any, room: Any) -> bytes:
        drawn.append((card.chart_id, room.w))
        return dot

    one = replace(wanted(built).slides[2], layout="picture", takeaway="")
    with_picture = opened(decks.build(Basket(slides=(one,), appendix=False), data(built), draws=draws))
    shape = next(s for s in with_picture.slides[1].shapes if s.name == "landscape:governance-mix")
    assert shape.shape_type == 13 and drawn == [("governance-mix", pytest.approx(12.13))]
    assert "Rows" in with_picture.slides[1].notes_slide.notes_text_frame.text
    without = opened(decks.build(Basket(slides=(one,), appendix=False), data(built)))
    assert any(s.has_chart for s in without.slides[1].shapes)
    assert "no browser was at hand" in without.slides[1].notes_slide.notes_text_frame.text


def shape_names(one: Any) -> list[str]:
    return [s.name for s in one.shapes]


def test_two_charts_stand_side_by_side(built: Path) -> None:
    presentation = opened(halves_deck(built))
    check(presentation, data(built).snapshot.id)
    pairs = list(presentation.slides)[1:4]
    for one in pairs:
        # The line of the master stands above both source lines, also where they need more room than usual.
        on = one if one._element.get("showMasterSp") == "0" else one.slide_layout
        rule = next(s for s in on.shapes if s.name == "Hairline")
        assert rule.top <= min(s.top for s in one.shapes if s.name.endswith(":source"))
    for one, (left, right) in zip(pairs, PAIRS, strict=True):
        places = {s.name: box(s) for s in one.shapes}
        assert places[f"landscape:{left}"][2] < places[f"landscape:{right}.2"][0], "one beside the other"
        scopes = (places[f"landscape:{stem}:subtitle"] for stem in (left, f"{right}.2"))
        assert len({scope[1] for scope in scopes}) == 1, "on one line"
        for stem in (left, f"{right}.2"):
            assert f"landscape:{stem}:subtitle" in places and f"landscape:{stem}:source" in places
        first, second = record.of_slide(one)
        assert (first.stem, second.stem) == (left, f"{right}.2")
        notes = one.notes_slide.notes_text_frame.text
        assert notes.count("Question: ") == 2 and notes.count(record.HEADING) == 2
    over = next(s for s in pairs[1].shapes if s.name == "landscape:index-over-time.2:title")
    assert over.text_frame.text == "Seven moved in 自己的话"
    companies = [r.query["company"] for r in record.of_slide(pairs[2])]
    assert companies == [["alibaba"], ["tencent"]], "the same chart twice keeps both views"


def test_what_needs_more_than_half_a_slide_stands_alone(built: Path) -> None:
    rest = list(opened(halves_deck(built)).slides)[4:]
    assert len(rest) >= 4 and all("landscape:landscape-matrix:title" in shape_names(one) for one in rest[:-2])
    # The next two share a slide without it; the last has no neighbour left.
    assert {"landscape:claims-by-verdict", "landscape:weights-by-year.2"} <= set(shape_names(rest[-2]))
    assert "landscape:governance-now" in shape_names(rest[-1])
    assert [len(record.of_slide(one)) for one in rest[-3:]] == [1, 2, 1]


@pytest.mark.parametrize("name", TEMPLATES)
def test_charts_side_by_side_on_a_companys_own_template(built: Path, name: str) -> None:
    few = replace(halves(built), slides=halves(built).slides[:6])
    presentation = opened(decks.build(few, data(built), template=templates.read(TEMPLATES[name]())))
    check(presentation, data(built).snapshot.id)
    assert sum(any(".2" in n for n in shape_names(one)) for one in presentation.slides) == 3


def test_slides_of_four_by_three(built: Path) -> None:
    """The same deck in the other shape: nothing runs out, charts stay editable, and a refresh keeps its look."""
    slides = (*wanted(built).slides[:6], *halves(built).slides[:2])
    small = replace(wanted(built), slides=slides, shape="4:3")
    made = decks.build(small, data(built))
    presentation = opened(made)
    assert Emu(presentation.slide_width).inches == pytest.approx(10, abs=0.001)
    check(presentation, data(built).snapshot.id)
    assert sum(s.has_chart for one in presentation.slides for s in one.shapes) >= 4
    assert any(".2" in n for one in presentation.slides for n in shape_names(one))
    assert basket.from_json(basket.to_json(small)) == small
    same = decks.refresh(made, data(built))
    assert same.data == made and same.changes == ()
    with pytest.raises(basket.BasketError, match="expected one of 16:9, 4:3"):
        basket.from_json(basket.to_json(replace(small, shape="round")))


def test_source_lines_under_half_a_slide_are_whole(built: Path) -> None:
    """Every chart that half a slide is room enough for, on the plain masters and on a dark one."""
    now = data(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    builds = decks.Builds(now)
    cards = [decks.resolve(basket.frozen(i, view, now.snapshot.id), builds).card for i in EVERY]
    for own in (None, templates.plain("4:3"), templates.read(dark())):
        seen = 0
        for card in cards:
            assert card is not None
            if not compose.fits_half(card, own):
                continue
            seen += 1
            rooms, feet, most = compose._halves(own, compose._lines(card, own))
            for foot in feet:
                told = compose._foot(card, foot.w * compose.POINTS, most, 9)
                assert [t for t, _ in told] == [card.source_line, card.filter_line], card.chart_id
            assert feet[0].y >= rooms[0].y + rooms[0].h - 0.01
        assert seen > 10


def test_source_lines_beside_each_other_are_of_one_size(built: Path) -> None:
    """Whatever each of them had room for alone: every pair of a chart of few documents with one of many."""
    now = data(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    ids = ("company-metrics", "governance-mix", "weights-by-year", "claims-by-verdict")
    slides = [
        replace(basket.frozen(i, view, now.snapshot.id), layout="half")
        for a in ids
        for i in (a, ids[0])
        if a != ids[0]
    ]
    for one in opened(decks.build(Basket(slides=tuple(slides), cover=False, appendix=False), now)).slides:
        lines = [s for s in one.shapes if s.name.endswith(":source")]
        assert len(lines) == 2
        sizes = {r.font.size for s in lines for p in s.text_frame.paragraphs for r in p.runs}
        assert len(sizes) == 1, [s.text_frame.text for s in lines]


@pytest.mark.slow
def test_no_source_line_of_any_chart_is_cut(built: Path) -> None:
    """On the plain master and two templates all of it stands; where a line has less room, whole sentences of it do."""
    now = data(built)
    whole = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    views = (
        whole,
        replace(whole, names="both", outside=True, basis="coded", companies=("alibaba", "tencent")),
    )
    builds = decks.Builds(now)
    cards = [
        o.card
        for view in views
        for i in EVERY
        if (o := decks.resolve(basket.frozen(i, view, now.snapshot.id), builds)).card is not None
    ]
    cards = [c for c in cards if not c.frame.empty]
    # Whether a line is cut depends on how much it says: on other masters those that say most.
    longest = [
        *sorted(cards, key=lambda c: len(c.source_line))[-25:],
        *sorted(cards, key=lambda c: len(c.filter_line))[-5:],
    ]
    masters = {
        "16:9": None,
        "4:3": templates.plain("4:3"),
        "classic": templates.read(TEMPLATES["classic"]()),
        "dark": templates.read(dark()),
        "low": templates.read(ODD["low content"]()),
    }
    for name, own in masters.items():
        made = own.new() if own else master.new()
        for card in longest if own else cards:
            one = frame(own, made, card) if own else slides.frame(made, card)
            [line, *view] = next(s for s in one.shapes if s.name.endswith(":source")).text_frame.paragraphs
            whole_line = line.text == card.source_line
            # That of a match-up names the edition of every test that two companies share.
            assert whole_line or (
                (name == "low" or card.chart_id == "match-up") and line.text in slides.source_lines(card)
            ), (
                name,
                card.chart_id,
                line.text,
            )
            assert [p.text for p in view] == [card.filter_line], (name, card.chart_id)
            assert f"Source line: {card.source_line}" in one.notes_slide.notes_text_frame.text


def test_the_rule_behind_a_word_stands_in_notes_and_files_not_in_the_line(built: Path) -> None:
    now = data(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of, companies=("alibaba", "tencent"))
    ruled, builds = [i for i, c in EVERY.items() if c.rule], decks.Builds(now)
    assert {"landscape-matrix", "compare-table"} <= set(ruled)
    for i in ruled:
        card = decks.resolve(basket.frozen(i, view, now.snapshot.id), builds).card
        assert card is not None and EVERY[i].rule not in card.source_line
        assert f"{EVERY[i].rule}" in "\n".join(slides.notes(card))
        word, _, means = EVERY[i].rule.partition(": ")
        assert (word, means) in card.definitions
        assert EVERY[i].rule in html.unescape(page.page([page.Shown(card, None)], "t").decode())


def test_links_on_the_list_of_sources_are_in_the_ink_of_their_slide(built: Path) -> None:
    made = opened(decks.build(replace(wanted(built), slides=wanted(built).slides[2:4]), data(built)))
    links = [e for s in made.slides for h in s.shapes for e in h._element.xpath(".//a:hlinkClick")]
    ours = [e for e in links if not e.get("action")]
    assert ours and all(e.xpath('.//*[local-name()="hlinkClr"]/@val') == ["tx"] for e in ours)


@pytest.mark.parametrize(("layout", "most"), [("chart", 16), ("half", 2), ("table", 30), ("top", 1)])
def test_a_chart_of_thousands_of_rows_has_a_few_slides(built: Path, layout: str, most: int) -> None:
    """Its first rows stand on them; how many are left is said, and the notes name the first of those."""
    now = data(built).snapshot
    resolved = decks.resolve(
        basket.frozen("company-metrics", Selection(now.as_of, now.as_of), now.id),
        decks.Builds.of(data(built)),
    )
    card = resolved.card
    assert card is not None
    many = pd.concat(
        [card.frame.assign(company_name=card.frame["company_name"] + f" {n}") for n in range(150)]
    )
    many = many.reset_index(drop=True)
    many.attrs = card.frame.attrs
    shown = compose.in_layout(replace(card, frame=many), layout)
    assert 1 <= len(drawings.pages(shown, slides.BODY)) <= most
    left = many["company_name"].nunique() - shown.frame["company_name"].nunique()
    assert f"and {left} more in the notes" in shown.subtitle and shown.rest[0] == f"And {left} more"
    assert shown.frame["company_name"].iloc[0] == many["company_name"].iloc[0]
    assert compose.in_layout(card, "chart") is card
