"""The board pack as a file: twelve slides and two of sources, in parts, with words for the speaker; first rows refreshed."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pandas as pd
import pptx
import pytest
from deck_data import data as shared
from lxml import etree
from pptx.presentation import Presentation
from test_export_table import tiny_card

from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.charts.columns import Column, Frame
from dashboard.charts.kinds import table
from dashboard.charts.kinds.bars import Bars
from dashboard.data import store
from dashboard.data.citations import places
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.deck import basket, compose, decks, lists
from dashboard.deck.basket import Basket, Slide
from dashboard.deck.decks import Builds
from dashboard.draw.slide import drawings, grid
from dashboard.draw.slide.ooxml import EMU
from dashboard.export import master, page
from dashboard.export.master import BODY
from dashboard.facts import landscape
from dashboard.facts.landscape import apply

_P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"


@pytest.fixture(scope="module")
def pack(built: Path, tables: Tables) -> bytes:
    snapshot = store.snapshot(built)
    chosen = Selection(as_of=snapshot.as_of, newest=snapshot.as_of)
    return decks.build(basket.board_pack(tables, chosen, snapshot.id), shared(built))


def opened(data: bytes) -> Presentation:
    return pptx.Presentation(io.BytesIO(data))


def notes(one: pptx.slide.Slide) -> str:
    return one.notes_slide.notes_text_frame.text  # type: ignore[union-attr]


def test_a_board_reads_twelve_slides_and_one_of_figures_and_one_of_sources(pack: bytes) -> None:
    deck = opened(pack)
    titles = [s.shapes.title.text_frame.text for s in deck.slides]  # type: ignore[union-attr]
    assert len(titles) <= 14 and titles[-2:] == [lists.TITLES[k] for k in (lists.FIGURES, lists.SOURCES)]
    assert not any(t.endswith(")") and "/" in t for t in titles), titles
    for one, word in zip(list(deck.slides)[-2:], ("figure", "document"), strict=True):
        shown = [s.text_frame.text for s in one.shapes if s.has_text_frame]
        [under] = [t for t in shown if re.match(rf"[\d,]+ of [\d,]+ {word}s ", t)]
        stand, every = (int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", under)[:2])
        lines = sum(len(s.text_frame.paragraphs) for s in one.shapes if re.search(r":1:\d$", s.name))
        assert stand == lines < every and "notes" in under
    for one in list(deck.slides)[1:-2]:
        said = [line for line in notes(one).splitlines() if line.startswith("To say: ")]
        # Two sentences a chart; one slide holds two.
        charts = notes(one).count("Question: ")
        assert 1 <= charts <= 2 and len(said) == 2 * charts and all(s.endswith(".") for s in said)
        assert all("It rests on" in s for s in said[1::2])
        assert "Sources (" in notes(one)


def test_parts_cover_every_slide_once(pack: bytes) -> None:
    deck = opened(pack)
    root = deck.part._element
    named = root.findall(f".//{{{_P14}}}section")
    assert [s.get("name") for s in named] == [
        "Opening",
        *(p for p, _ in basket.BOARD_PACK),
        lists.TITLES[lists.FIGURES],
        "Sources",
    ]
    listed = [i.get("id") for s in named for i in s.iter(f"{{{_P14}}}sldId")]
    assert listed == [i.get("id") for i in root.sldIdLst]
    # The list of extensions stands last, as the schema has it.
    assert etree.QName(root[-1]).localname == "extLst"
    agenda = "\n".join(s.text_frame.text for s in deck.slides[0].shapes if s.has_text_frame)
    assert all(p in agenda for p, _ in basket.BOARD_PACK)


@pytest.mark.parametrize(
    "chart_id", ["landscape-matrix", "governance-lanes", "dimension-scores", "levers-map"]
)
def test_first_rows_fill_one_slide_and_the_rest_stands_in_the_notes(
    built: Path, tables: Tables, chart_id: str
) -> None:
    snapshot = store.snapshot(built)
    chosen = Selection(as_of=snapshot.as_of, newest=snapshot.as_of)
    card = cards.make(CHARTS[chart_id], tables, chosen, snapshot)
    assert len(drawings.pages(card, BODY)) > 1
    top = compose.topped(card, BODY)
    assert len(drawings.pages(top, BODY)) == 1
    names = list(dict.fromkeys(card.frame["company_name"]))
    shown = list(dict.fromkeys(top.frame["company_name"]))
    # The first ones, and as many as fit.
    assert shown == names[: len(shown)]
    assert f"the first {len(shown)} of {len(names)}" in top.subtitle
    rest = "\n".join(top.rest)
    assert top.rest[0] == f"And {len(names) - len(shown)} more"
    assert all(str(n) in rest for n in names[len(shown) :])


def test_first_rows_stay_first_rows_through_a_refresh(built: Path, tables: Tables) -> None:
    snapshot = store.snapshot(built)
    before = snapshot.as_of - pd.DateOffset(months=9)
    chosen = Selection(as_of=before, newest=snapshot.as_of)
    slide = Slide(
        chart="landscape-matrix",
        query=basket.frozen("landscape-matrix", chosen, snapshot.id).query,
        layout="top",
    )
    data = shared(built)
    old = decks.build(Basket(slides=(slide,), cover=False, appendix=False), data)
    done = decks.refresh(old, data, view={"as_of": [f"{snapshot.as_of:%Y-%m-%d}"]})
    deck = opened(done.data)
    assert len(deck.slides) == 1 and done.changed == 1
    assert "And " in notes(deck.slides[0]) and notes(deck.slides[0]).count("To say: ") == 2
    assert decks.refresh(done.data, Builds(data)).changed == 0


def test_parts_are_made_anew_and_not_twice() -> None:
    deck = master.new()
    for _ in range(3):
        deck.slides.add_slide(deck.slide_layouts[0])
    for _ in range(2):
        master.part(deck, [("A & <B>", 1)])
    named = deck.part._element.findall(f".//{{{_P14}}}section")
    assert [s.get("name") for s in named] == ["Opening", "A & <B>"]
    assert [len(s.findall(f".//{{{_P14}}}sldId")) for s in named] == [1, 2]


# --- Company brief and match-up ---


@pytest.mark.parametrize("company", ["alibaba", "deepseek", "vivo"])
def test_a_brief_is_two_sheets_and_four_slides_from_rows_only(
    built: Path, tables: Tables, company: str
) -> None:
    snapshot = store.snapshot(built)
    chosen = Selection(as_of=snapshot.as_of, newest=snapshot.as_of, companies=(company,))
    made = basket.company_brief(tables, chosen, snapshot.id)
    deck = opened(decks.build(made, shared(built)))
    assert len(deck.slides) == 4
    html = decks.company_brief(shared(built), chosen, company).decode()
    assert html.count('<section class="sheet') == 2 and "size:210mm 297mm" in html
    name = str(tables["companies"].set_index("company_id").loc[company, "company_name"])
    for words in (
        "Position",
        "What changed",
        "What they would say against it",
        "To watch, and not known",
        "Sources",
        name,
    ):
        assert words in html
    # Documents that there is no room for are the weaker ones.
    rank = {p.url: p.rank for p in places(tables["sources"]).values()}
    listed = [rank[unescape(u)] for u in re.findall(r'<li><a href="([^"]+)"', html)]
    assert len(listed) >= page.LEAST_CITED
    once = next((n for n in range(1, len(listed)) if listed[n] < listed[n - 1]), len(listed))
    assert listed[:once] == sorted(listed[:once]) and listed[once:] == sorted(listed[once:])
    letter = decks.company_brief(shared(built), chosen, company, paper="Letter").decode()
    assert "size:216mm 279mm" in letter


def test_what_speaks_against_a_company_is_every_dissenting_row(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    for company in ("alibaba", "tencent", "bytedance"):
        chosen = Selection(as_of=newest, newest=newest, companies=(company,))
        selected = apply(tables, chosen)
        frame = CHARTS["company-against"].data(selected, chosen)
        claims = selected["claims"]
        wrong = claims[
            claims["company_id"].eq(company) & claims["verdict"].isin(["contradicted", "out_of_date"])
        ]
        assert set(wrong["claim"]) == set(frame.loc[frame["about"].eq("A claim in print"), "shown"])
        held = landscape.assessments_in_force(selected, "reported")
        others = set(held["governance_model_id"]) - set(held["governance_model_id"].head(1))
        assert sum("calls it" in str(a) for a in frame["against"]) >= len(others)
        assert frame["source_ids"].fillna("").str.len().gt(0).all()


def test_a_match_up_turned_round_says_the_same(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()

    def found(*ids: str) -> pd.DataFrame:
        chosen = Selection(as_of=newest, newest=newest, companies=ids)
        return CHARTS["match-up"].data(apply(tables, chosen), chosen).set_index("measure")

    one, other = found("alibaba", "tencent"), found("tencent", "alibaba")
    assert len(one) >= 4 and list(one.index) == list(other.index)
    assert one["leads"].equals(other["leads"]) and one["by"].equals(other["by"])
    assert one["first"].equals(other["second"])
    alone = one["leads"].str.startswith("no value of ")
    names = {"Alibaba Group", "Tencent", "Level"}
    assert set(one.loc[~alone, "leads"]) <= names and one.loc[~alone, "by"].str.len().gt(0).all()
    # Beside one who opened none a share is told in points, never as a bare number.
    told = found("alibaba", "bytedance")["by"].dropna()
    assert told.str.contains(r" points$| %$| times$|^level$").all(), told.tolist()
    # What one of the two alone has stands below, counts for nobody, and says who lacks it.
    assert alone.any() and list(alone) == sorted(alone) and one.loc[alone, "by"].isna().all()
    assert all((r.first == "no value") != (r.second == "no value") for r in one[alone].itertuples())
    assert f" of {(~alone).sum()} measures" in CHARTS["match-up"].finding(
        one.reset_index(), Selection(newest, newest)
    )


def test_packs_that_need_a_company_say_so(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    for name in ("Company brief", "Match-up"):
        with pytest.raises(basket.BasketError, match="select"):
            basket.PRESETS[name](tables, Selection(as_of=newest, newest=newest), "abc")


# --- Forms of one pack ---


@pytest.mark.parametrize("name", sorted(basket.PRESETS))
def test_a_page_shows_the_rows_that_its_slides_show(built: Path, tables: Tables, name: str) -> None:
    snapshot = store.snapshot(built)
    chosen = Selection(as_of=snapshot.as_of, newest=snapshot.as_of, companies=("alibaba", "tencent"))
    made = basket.PRESETS[name](tables, chosen, snapshot.id)
    found = decks.resolve_all(made, Builds(shared(built)))
    on_paper = [
        one
        for sheet in decks.sheets(made, found, snapshot)
        if isinstance(sheet, page.Charts)
        for one in sheet.shown
    ]
    charts = [o for o in found if o.card is not None and o.card.source_line.strip()]
    assert len(on_paper) == len(charts)
    for one, resolved in zip(on_paper, charts, strict=True):
        assert resolved.card is not None
        on_slide = compose.in_layout(resolved.card, resolved.slide.layout, BODY)
        if one.figure is not None:
            assert one.figure["layout"].get("height", 0) <= page.MOST_TALL, "in type under eight points"
        if len(one.card.frame) < len(on_slide.frame):
            assert one.figure is not None and "more in the notes of the slides" in one.card.subtitle
            assert one.card.frame.equals(on_slide.frame.loc[one.card.frame.index]) and one.card.rest
            continue
        assert one.card.frame.equals(on_slide.frame)
        assert one.card.rest == on_slide.rest
        if one.card.rest:
            assert one.card.subtitle == f"{on_slide.subtitle} of the slides"
            assert len(drawings.pages(one.card, BODY)) == 1


@pytest.mark.parametrize("name", sorted(basket.PRESETS))
def test_no_pack_splits_a_table_without_need(built: Path, tables: Tables, name: str) -> None:
    snapshot = store.snapshot(built)
    chosen = Selection(as_of=snapshot.as_of, newest=snapshot.as_of, companies=("alibaba", "tencent"))
    deck = opened(decks.build(basket.PRESETS[name](tables, chosen, snapshot.id), shared(built)))
    pages: dict[str, list[object]] = {}
    for one in deck.slides:
        for shape in one.shapes:
            if shape.has_table:
                pages.setdefault(shape.name.split(":")[1], []).append(shape)
    assert pages or name not in ("Full pack", "Board pack")
    for chart, shapes in pages.items():
        rows = [[r.height / EMU for r in s.table.rows][1:] for s in shapes]
        count, tall = sum(map(len, rows)), sum(map(sum, rows))
        head = shapes[0].table.rows[0].height / EMU
        key = (shapes[0].top / EMU) - BODY.y
        room = BODY.h - key - head
        if len(rows) == 1:
            assert tall <= room + 0.01, chart
            continue
        # One slide less cannot hold them in this type, and smaller type is not read.
        tallest = max(map(max, rows))
        assert count > (len(rows) - 1) * grid.MOST_ROWS or tall > (len(rows) - 1) * (room - tallest), chart
        sizes = {
            run.font.size.pt
            for s in shapes
            for r in list(s.table.rows)[1:]
            for c in r.cells
            for p in c.text_frame.paragraphs
            for run in p.runs
        }
        assert min(sizes) >= grid.SPLIT_BELOW, chart
        # No page holds a few left over.
        assert min(map(len, rows)) >= 0.6 * max(map(len, rows)), chart


def test_the_first_rows_of_bars_are_whole_bars() -> None:
    names = [f"Organisation {n}" for n in range(60)]
    frame = pd.DataFrame(
        {"who": [n for n in names for _ in range(2)], "part": ["a", "b"] * 60, "n": range(120)}
    )
    columns = Frame("one name", who="Name", part="Part", n=Column("Number", form="count"))
    card = replace(tiny_card(frame), subtitle="Sixty names.", kind=Bars("who", "n"), columns=columns)
    top = compose.topped(card, BODY)
    shown = list(dict.fromkeys(top.frame["who"]))
    assert 1 < len(shown) < 60 and shown == names[: len(shown)] and len(top.frame) == 2 * len(shown)
    assert (
        top.subtitle == f"Sixty names; the first {len(shown)} of 60, and {60 - len(shown)} more in the notes"
    )
    assert len(top.rest) == 2 + len(frame) - len(top.frame)


# --- The list of figures ---


def listed_figures(deck: Presentation) -> list[pptx.slide.Slide]:
    title = lists.TITLES[lists.FIGURES]
    return [s for s in deck.slides if s.shapes.title.text_frame.text.startswith(title)]  # type: ignore[union-attr]


def test_every_figure_on_a_slide_is_listed_with_its_document_and_finding(
    pack: bytes, built: Path, tables: Tables
) -> None:
    snapshot = store.snapshot(built)
    chosen = Selection(as_of=snapshot.as_of, newest=snapshot.as_of)
    slides = listed_figures(opened(pack))
    found = decks.resolve_all(basket.board_pack(tables, chosen, snapshot.id), Builds(shared(built)))
    told = "\n".join(notes(s) for s in slides)
    shown = "\n".join(s.text_frame.text for one in slides for s in one.shapes if s.has_text_frame)
    urls = set(tables["sources"]["url"])
    for o in found:
        if o.card is None:
            continue
        card = compose.in_layout(o.card, o.slide.layout)
        rows = card.figures[1:]
        # Each row that stands there and names documents, and no other.
        cited = card.frame[card.frame["source_ids"].fillna("").str.len().gt(0)]
        assert {f.row for f in rows} == set(cited.index)
        for f in rows:
            assert f.document.url in urls and f.found and f.document.url in told
            assert f"{card.title}: {f.name}" in told
        # What a slide rests on most stands on the list itself.
        assert card.title[:20] in shown
    assert "found again on" in shown and "in no copy at hand" in shown
    links = [r.target_ref for one in slides for r in one.part.rels.values() if r.is_external]
    assert links and set(links) <= urls


def test_the_list_of_figures_can_be_left_out_and_travels(built: Path, tables: Tables) -> None:
    snapshot = store.snapshot(built)
    chosen = Selection(as_of=snapshot.as_of, newest=snapshot.as_of)
    one = replace(basket.frozen("price-capability", chosen, snapshot.id), layout="chart")
    made = Basket(slides=(one,), cover=False, appendix=False, figures=True)
    assert basket.from_json(basket.to_json(made)) == made == basket.decode(basket.encode(made))
    # A basket of a time before there were such lists has none.
    assert not basket.from_json('{"format": "landscape-deck/1", "slides": []}').figures
    data = shared(built)
    deck = opened(decks.build(made, data))
    assert 1 <= len(listed_figures(deck)) <= lists.MOST_PAGES
    assert len(deck.slides) == 1 + len(listed_figures(deck))
    assert len(opened(decks.build(replace(made, figures=False), data)).slides) == 1
    html = decks.html(made, data).decode()
    assert f"<h1>{lists.TITLES[lists.FIGURES]}</h1>" in html and "found again on" in html


def test_a_refresh_lists_the_figures_anew(built: Path, tables: Tables) -> None:
    snapshot = store.snapshot(built)
    before = snapshot.as_of - pd.DateOffset(months=9)
    chosen = Selection(as_of=before, newest=snapshot.as_of)
    slides = (basket.frozen("price-capability", chosen, snapshot.id),)
    data = shared(built)
    made = Basket(slides=slides, cover=False, appendix=False, figures=True)
    old = decks.build(made, data)
    done = decks.refresh(old, data, view={"as_of": [f"{snapshot.as_of:%Y-%m-%d}"]})
    new = replace(
        made, slides=(basket.frozen("price-capability", replace(chosen, as_of=snapshot.as_of), snapshot.id),)
    )

    def lines(one: Presentation) -> list[list[str]]:
        return [
            s.text_frame.text.splitlines()
            for page_ in listed_figures(one)
            for s in page_.shapes
            if s.has_text_frame and f":{lists.FIGURES}:" in s.name and s.name[-1].isdigit()
        ]

    assert lines(opened(done.data)) == lines(opened(decks.build(new, data))) != lines(opened(old))
    assert decks.refresh(done.data, Builds(data)).changed == 0


def test_a_pack_without_rows_answers_and_does_not_blame_filters(built: Path, tables: Tables) -> None:
    """Of a company of which nothing is told, and of two that nobody measures: a board reads what that means."""
    snapshot = store.snapshot(built)
    view = Selection(as_of=snapshot.as_of, newest=snapshot.as_of, companies=("baai", "byd"))
    empty = 0
    for name in ("Company brief", "Match-up"):
        found = decks.resolve_all(basket.PRESETS[name](tables, view, snapshot.id), Builds(shared(built)))
        for card in (o.card for o in found if o.card is not None):
            if card.frame.empty:
                empty += 1
                assert card.title == card.nothing != CHARTS[card.chart_id].title
                assert not re.search("filter|No data", f"{card.title} {card.subtitle}")
                assert re.search("智源|BAAI|BYD", card.title)
        deck = opened(decks.build(basket.PRESETS[name](tables, view, snapshot.id), shared(built)))
        assert "filters" not in " ".join(
            s.text_frame.text for o in deck.slides for s in o.shapes if s.has_text_frame
        )
    assert empty >= 2
    gone = replace(view, companies=("no-such-company",))
    card = cards.make(CHARTS["match-up"], tables, gone, snapshot)
    assert card.subtitle.startswith("No data under these filters") and not card.nothing


def test_a_match_up_names_both_over_their_values(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    chosen = Selection(as_of=newest, newest=newest, companies=("alibaba", "tencent"))
    chart = CHARTS["match-up"]
    heads = table.rows(chart.kind, chart.data(apply(tables, chosen), chosen), chart.columns).heads
    assert heads[1:3] == ("Alibaba Group", "Tencent")


def test_lists_and_briefs_print_in_type_of_eight_points_and_count_what_they_leave(
    built: Path, tables: Tables
) -> None:
    snapshot = store.snapshot(built)
    whole = Selection(as_of=snapshot.as_of, newest=snapshot.as_of)
    frozen = tuple(
        replace(basket.frozen(c, whole, snapshot.id), layout="top")
        for c in ("landscape-matrix", "price-capability")
    )
    data = shared(built)
    deck = opened(decks.build(Basket(slides=frozen, cover=False, appendix=True, figures=True), data))
    lines = [
        r
        for one in deck.slides
        for s in one.shapes
        if s.name.startswith(("landscape:figures:", "landscape:sources:")) and s.name[-1].isdigit()
        for p in s.text_frame.paragraphs
        for r in p.runs
    ]
    # A slide is 13.333 inches wide, a sheet of A4 11.69.
    assert lines and min(r.font.size.pt for r in lines) * 11.69 / 13.333 >= 8
    for company in ("alibaba", "hygon"):
        alone = replace(whole, companies=(company,))
        html = decks.company_brief(data, alone, company).decode()
        style = html.partition("<style>")[2].partition("</style>")[0]
        sizes = [float(z) for z in re.findall(r"font-size:([\d.]+)px", style)]
        assert min(sizes) * 0.75 >= 8
        left = [int(n) for n in re.findall(r"And (\d+) more, in the slides", html)]
        rows = html.partition("What changed")[2].count("<tr>")
        cards = [
            o.card
            for o in decks.resolve_all(basket.company_brief(tables, alone, snapshot.id), decks.Builds(data))
        ]
        told = sum(len(c.frame) for c in cards[1:] if c is not None)
        heads = html.partition("What changed")[2].count("<thead>")
        assert rows - heads + sum(left) == told


def test_a_brief_is_headed_in_the_script_that_was_chosen(built: Path, tables: Tables) -> None:
    snapshot = store.snapshot(built)
    chosen = Selection(snapshot.as_of, snapshot.as_of, companies=("alibaba",), names="zh")
    html = decks.company_brief(shared(built), chosen, "alibaba").decode()
    assert "<h1>阿里巴巴</h1>" in html


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("company", ["alibaba", "deepseek", "tencent"])
def test_the_first_sheet_of_a_brief_is_filled_with_charts(built: Path, company: str, paper: str) -> None:
    """More charts as long as they fit, the last one lower where that makes it fit; none runs over the sheet."""
    now = Builds.of(built).newest
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    first = (
        decks.company_brief(now, view, company, paper=paper)
        .decode()
        .split('<section class="sheet brief">')[1]
    )
    high = [float(h) for h in re.findall(r'class="tall" style="height:(\d+)px"', first)]
    rows = first.count("<tr>") * (page.BRIEF_TYPE * page.BRIEF_LINE + page.BRIEF_ROW)
    tall = (page.PAPERS[paper][0] - page.EDGE_ALONG) * page.PIXELS
    used = 110 + rows + sum(high) + page.BRIEF_CHART * len(high)
    assert min(high) >= 100 and used <= tall, (high, used, tall)
    assert used > 0.75 * tall, (high, used, tall)
