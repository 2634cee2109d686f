"""The basket: what goes in comes out again, by link and by file, and what is no basket is refused in words."""

from __future__ import annotations

import base64
import contextlib
import json
import zlib
from typing import Any

import pandas as pd
import pytest
from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import CHARTS
from dashboard.data import permalink
from dashboard.data.selection import Selection
from dashboard.deck import basket
from dashboard.deck.basket import LAYOUTS, MOST_BYTES, MOST_SLIDES, Basket, BasketError, Slide

DAY = pd.Timestamp("2026-06-30")
ONE = Slide(chart="governance-mix", query={"as_of": ["2026-06-30"]}, title="标题 One", takeaway="Two\nlines")

text = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
queries = st.dictionaries(
    st.sampled_from(["as_of", "company", "names", "positioning.y"]), st.lists(text, max_size=3)
)
slides = st.one_of(
    st.builds(
        Slide,
        kind=st.just("chart"),
        chart=st.sampled_from(sorted(CHARTS)),
        query=queries,
        title=text,
        takeaway=text,
        layout=st.sampled_from(sorted(LAYOUTS)),
    ),
    st.builds(Slide, kind=st.just("section"), title=text),
)
baskets = st.builds(
    Basket,
    title=text,
    slides=st.lists(slides, max_size=8).map(tuple),
    cover=st.booleans(),
    appendix=st.booleans(),
)


@given(baskets)
@settings(max_examples=tries(60), deadline=None)
def test_a_basket_comes_back_from_file_and_link(made: Basket) -> None:
    assert basket.from_json(basket.to_json(made)) == made
    word = basket.encode(made)
    assert not set(word) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    if made.slides or made.title:
        assert basket.decode(word) == made
    else:
        assert word == "" and basket.decode(word) == Basket()


@given(st.lists(slides, min_size=1, max_size=6), st.data())
@settings(max_examples=tries(60), deadline=None)
def test_moving_loses_and_adds_nothing(made: list[Slide], data: st.DataObject) -> None:
    now = Basket(slides=tuple(made))
    n = data.draw(st.integers(0, len(made) - 1))
    by = data.draw(st.integers(-8, 8))
    moved = now.move(n, by)
    assert sorted(map(repr, moved.slides)) == sorted(map(repr, made))
    if 0 <= n + by < len(made):
        assert moved.slides[n + by] == made[n] and moved.move(n + by, -by) == now
    else:
        assert moved == now
    assert now.remove(n).slides == (*made[:n], *made[n + 1 :])
    assert now.change(n, title="new").slides[n].title == "new"


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
@settings(max_examples=tries(80), deadline=None)
def test_no_text_breaks_the_reader(raw: str | bytes) -> None:
    with pytest.raises(BasketError):
        basket.from_json(raw)
    if isinstance(raw, str) and raw:
        with contextlib.suppress(BasketError):
            basket.decode(raw)


def slide_file(**slide: Any) -> str:
    return json.dumps({"format": "landscape-deck/1", "slides": [{"chart": "governance-mix"} | slide]})


def packed(raw: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(raw.encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("[]", "not a basket"),
        ('{"format": "other", "slides": []}', "not a basket"),
        ('{"format": "landscape-deck/1", "slides": {}}', "not a basket"),
        ('{"format": "landscape-deck/1", "slides": [1]}', "slide 1: expected an object"),
        (slide_file(script="x"), "no other fields"),
        (slide_file(chart="no-such"), "slide 1: no chart “no-such”"),
        (slide_file(chart="../../etc/passwd"), "no chart"),
        (slide_file(layout="huge"), "layout “huge”"),
        (slide_file(kind="video"), "kind “video”"),
        (slide_file(query=["as_of"]), "query; expected"),
        (slide_file(query={"as_of": "2026-06-30"}), "query; expected"),
        ("[" * 100_000, "not a basket"),
        ("x" * (MOST_BYTES + 1), "larger than a basket can be"),
        (
            json.dumps({"format": "landscape-deck/1", "slides": [{"kind": "section"}] * (MOST_SLIDES + 1)}),
            f"expected at most {MOST_SLIDES}",
        ),
    ],
)
def test_hostile_files_are_refused_in_words(raw: str, words: str) -> None:
    with pytest.raises(BasketError, match=words):
        basket.from_json(raw)


@pytest.mark.parametrize(
    "word",
    [
        "A",
        "!!!!",
        packed(basket.to_json(Basket(slides=(ONE,))))[:-6],
        packed("{" * 10),
        # A bomb: small in the address, more than a basket can be once unpacked.
        packed(" " * 20_000_000),
    ],
)
def test_hostile_links_are_refused_in_words(word: str) -> None:
    with pytest.raises(BasketError, match=r"link|basket"):
        basket.decode(word)


def test_long_texts_are_cut_to_what_a_slide_holds() -> None:
    found = basket.from_json(slide_file(title="t" * 999, takeaway="w" * 9999)).slides[0]
    assert (len(found.title), len(found.takeaway)) == (300, 1000)


def test_a_frozen_slide_says_day_and_snapshot() -> None:
    newest = pd.Timestamp("2026-11-25")
    made = basket.frozen(
        "governance-mix", Selection(as_of=DAY, newest=newest, companies=("alibaba",)), "abc12345"
    )
    assert made.query == {"as_of": ["2026-06-30"], "company": ["alibaba"], permalink.SNAPSHOT: ["abc12345"]}
    # The newest day is said, too: tomorrow it is another.
    assert basket.frozen("governance-mix", Selection(as_of=newest, newest=newest), "x").query["as_of"]


@pytest.mark.parametrize(
    ("name", "parts"), [("Board pack", basket.BOARD_PACK), ("Full pack", basket.FULL_PACK)]
)
def test_packs_hold_the_selection_and_its_companies(
    tables: dict[str, pd.DataFrame], name: str, parts: tuple[tuple[str, object], ...]
) -> None:
    chosen = Selection(as_of=DAY, newest=DAY, companies=("alibaba", "tencent"))
    made = basket.PRESETS[name](tables, chosen, "abc")
    charts = [s for s in made.slides if s.kind == "chart"]
    assert [s.title for s in made.slides if s.kind == "section"] == [s for s, _ in parts]
    assert {tuple(s.query["company"]) for s in charts if s.chart == "company-strip"} == {
        ("alibaba",),
        ("tencent",),
    }
    assert all(s.query[permalink.SNAPSHOT] == ["abc"] for s in charts)
    assert basket.decode(basket.encode(made)) == made


def test_the_board_pack_is_short_and_the_full_one_long(tables: dict[str, pd.DataFrame]) -> None:
    short, long = (
        basket.PRESETS[name](tables, Selection(as_of=DAY, newest=DAY), "abc")
        for name in ("Board pack", "Full pack")
    )
    charts = [s for s in short.slides if s.kind == "chart"]
    # With its cover it has twelve slides, as no part has one of its own and two share one.
    assert len(charts) - sum(s.layout == "half" for s in charts) // 2 == 11
    assert charts[0].chart == "findings" and charts[-1].chart == "not-known"
    assert all(s.layout == basket.MARK for s in short.slides if s.kind == "section")
    assert len([s for s in long.slides if s.kind == "chart"]) >= 16


def test_neighbours_of_half_a_slide_share_one() -> None:
    section = Slide(kind="section", title="A")
    half, whole = Slide(chart="governance-mix", layout="half"), Slide(chart="governance-mix")
    slides = [half, half, half, section, half, whole, half, half]
    assert basket.grouped(slides, lambda n: True) == [(0, 1), (2,), (3,), (4,), (5,), (6, 7)]
    assert basket.grouped(slides, lambda n: n != 1) == [(0,), (1,), (2,), (3,), (4,), (5,), (6, 7)]
    assert basket.grouped([half] * 4, lambda n: n != 0) == [(0,), (1, 2), (3,)]
