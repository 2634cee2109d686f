"""Notes and reviews: kept with a slide in the deck file, in its JSON and in a link, through refresh; plain text everywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from deck_data import changed, data, opened, wanted
from hypothesis import given
from hypothesis import strategies as st
from own_rows import company_rows
from test_overlay import made

from dashboard.__main__ import main
from dashboard.data.overlay import OverlayError
from dashboard.deck import basket, decks, record, review
from dashboard.deck.basket import Basket, BasketError
from dashboard.deck.builds import Builds

ON = date(2026, 11, 27)
NAME = "Ada Lovelace 王芳 <b>&"
NOTE = "Ask finance first.\nlandscape:company-metrics?snapshot=x#rows=y\n[link](http://tracker.test) 备注"


@cache
def signed(folder: Path) -> Basket:
    few = replace(wanted(folder), slides=wanted(folder).slides[2:8], appendix=False)
    few = few.change(4, note=NOTE)
    return decks.sign(few, Builds.of(data(folder), own=()), NAME, ON)


@cache
def deck(folder: Path) -> bytes:
    return decks.build(signed(folder), data(folder))


def notes(data_: bytes) -> list[str]:
    return [s.notes_slide.notes_text_frame.text for s in opened(data_).slides if s.has_notes_slide]


def test_note_and_review_stand_in_notes_and_in_the_files_properties(built: Path) -> None:
    line = f"Reviewed by {NAME} on 27 Nov 2026, snapshot {data(built).snapshot.id}."
    told = [n for n in notes(deck(built)) if line in n]
    assert len(told) >= 6 and not any("changed since" in n for n in told)
    with_note = [n for n in notes(deck(built)) if "Note: Ask finance first." in n]
    assert with_note and all("Note: [link](http://tracker.test) 备注" in n for n in with_note)
    for kept in (
        [r for s in opened(deck(built)).slides for r in record.of_slide(s) if r.chart != "cover"],
        [r for r in record.of_properties(opened(deck(built))) if r.chart != "cover"],
    ):
        assert kept and all(r.review["by"] == NAME and r.review["on"] == "2026-11-27" for r in kept)
        # What a person wrote is no record, however it looks.
        assert {r.chart for r in kept} == {s.chart for s in signed(built).slides}


def test_an_unchanged_deck_says_nothing_of_reviews(built: Path) -> None:
    done = decks.refresh(deck(built), data(built))
    assert done.data == deck(built) and not done.changes


def test_refresh_says_which_reviewed_slides_have_changed_since(built: Path) -> None:
    done = decks.refresh(deck(built), changed(built))
    told = {c.chart: c for c in done.changes if c.what == "review"}
    touched = {c.chart for c in done.changes if c.what in ("value", "row added", "row removed")}
    assert touched <= set(told) and told["company-metrics"].before.startswith(
        f"Reviewed by {NAME} on 27 Nov 2026"
    )
    assert "reviewed chart" in done.words()
    for one in opened(done.data).slides:
        for r in (r for r in record.of_slide(one) if r.chart != "cover"):
            said = one.notes_slide.notes_text_frame.text
            assert ("Its rows have changed since." in said) is (r.chart in told)
            assert r.review["snapshot"] == data(built).snapshot.id, "the review stays that of then"
    assert any("Note: Ask finance first." in n for n in notes(done.data))
    again = decks.refresh(done.data, changed(built))
    assert {c.chart for c in again.changes} == set(told) and {c.what for c in again.changes} == {"review"}
    back = decks.refresh(done.data, data(built))
    assert not any("changed since" in n for n in notes(back.data)), "read again by going back"


def test_json_and_link_carry_them(built: Path) -> None:
    for again in (
        basket.from_json(basket.to_json(signed(built))),
        basket.decode(basket.encode(signed(built))),
    ):
        assert again == signed(built)


GOOD = {"by": "Ada", "on": "2026-11-27", "snapshot": "da9eaf68", "rows": "0123abcd"}


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "Ada",
        {"by": "Ada"},
        {**GOOD, "by": ""},
        {**GOOD, "by": "A" * 81},
        {**GOOD, "by": 3},
        {**GOOD, "on": "yesterday"},
        {**GOOD, "snapshot": "a b\nc"},
        {**GOOD, "rows": ""},
        {**GOOD, "more": "x"},
    ],
)
def test_a_review_that_is_none_is_refused_with_its_slide(wrong: object) -> None:
    text = json.dumps(
        {"format": "landscape-deck/1", "slides": [{"chart": "governance-mix", "review": wrong}]}
    )
    with pytest.raises(BasketError, match=r"slide 1: review"):
        basket.from_json(text)


@given(st.text(max_size=90), st.text(max_size=30), st.text(max_size=20))
def test_any_name_makes_a_review_or_a_sentence(by: str, snapshot: str, rows: str) -> None:
    try:
        one = review.signed(by, ON, snapshot, rows)
    except review.ReviewError as error:
        assert "review" in str(error)
        return
    assert "\n" not in review.words(one, rows)
    line = record.Record(chart="governance-mix", rows=rows, review=one).line
    kept = record.read_line(line)
    assert kept is not None and dict(kept.review) == one


def test_from_the_command_line(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "basket.json", tmp_path / "deck.pptx"
    file.write_text(basket.to_json(Basket(slides=wanted(built).slides[2:3], appendix=False)))
    common = ["deck", "--basket", str(file), "--data", str(built), "--out", str(out), "--quiet"]
    assert main([*common, "--reviewed-by", "Ada", "--reviewed-on", "2026-11-20"]) == 0
    assert any("Reviewed by Ada on 20 Nov 2026, snapshot " in n for n in notes(out.read_bytes()))
    assert main([*common, "--reviewed-on", "2026-11-20"]) == 1
    assert "--reviewed-by NAME" in capsys.readouterr().err
    assert main([*common, "--reviewed-by", "\n"]) == 1
    assert "expected a name" in capsys.readouterr().err


# --- Own rows in the small file ---


def test_the_small_file_brings_own_rows_as_the_deck_does(built: Path, tmp_path: Path) -> None:
    builds = Builds.of(built, own=[made(company_rows())])
    now = builds.newest.snapshot
    view = replace(wanted(built).slides[2], chart="dimension-scores")
    view = replace(view, query={"as_of": [f"{now.as_of:%Y-%m-%d}"], "snapshot": [now.id]})
    text = basket.to_json(Basket(slides=(view,), cover=False, appendix=False), builds.own)
    again = basket.from_json(text)
    assert [o.name for o in basket.brought(again.own_rows)] == ["Acme"]
    assert "own_rows" not in json.loads(basket.to_json(replace(again, own_rows=())))
    assert basket.decode(basket.encode(again)).own_rows == (), "an address has a word of its own for them"
    file, out = tmp_path / "own.json", tmp_path / "own.csv.json"
    file.write_text(text)
    assert main(["deck", "--basket", str(file), "--data", str(built), "--out", str(out), "--quiet"]) == 0
    assert basket.from_json(out.read_bytes()).own_rows == again.own_rows
    page = tmp_path / "own.html"
    assert main(["deck", "--basket", str(file), "--data", str(built), "--out", str(page), "--quiet"]) == 0
    assert "Acme (own)" in page.read_text()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("x", "own_rows; expected a list"),
        ([3], "own_rows; expected a list"),
        (["x"], "own_rows; the file's own rows"),
        (["A" * 6_001], "words of at most 6,000"),
        (["eJw"] * 9, "expected at most 8 words"),
    ],
)
def test_own_rows_that_are_none_are_refused(rows: object, said: str) -> None:
    text = json.dumps({"format": "landscape-deck/1", "slides": [], "own_rows": rows})
    with pytest.raises(BasketError, match=said):
        basket.from_json(text)


def test_own_rows_that_do_not_go_with_the_data_are_a_sentence(built: Path) -> None:
    rows = company_rows(company_type="gigant")
    words = basket.from_json(basket.to_json(Basket(), [made(rows)])).own_rows
    with pytest.raises(OverlayError, match="company_type: not one of"):
        decks.under_own(Builds.of(data(built), own=()), words, "the basket's own rows")
