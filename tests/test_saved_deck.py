"""A deck that was saved on 27 November 2026, before charts became kinds, is still refreshed: every chart of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from deck_data import changed, data, opened, saved, some_of

from dashboard.data.selection import Selection
from dashboard.deck import decks, finding, record
from dashboard.deck.basket import Basket, frozen
from dashboard.deck.refresh import Refreshed

SAVED = Path(__file__).parent / "fixtures" / "deck-2026-11-27.pptx"
CHARTS_IN_IT = 39


@cache
def today(folder: Path) -> Refreshed:
    return decks.refresh(SAVED.read_bytes(), data(folder), address="https://landscape.example/")


@pytest.mark.slow
def test_every_chart_of_a_deck_of_then_is_found_and_brought_up_to_date(built: Path) -> None:
    done = today(built)
    assert done.found == CHARTS_IN_IT
    assert not [c for c in done.changes if c.what == "not refreshed"]
    assert len(opened(done.data).slides) >= len(opened(SAVED.read_bytes()).slides) - 6


def test_new_numbers_reach_a_deck_of_then(built: Path) -> None:
    """That each chart is found is told above: here those whose numbers changed."""
    few = some_of(
        SAVED.read_bytes(), "company-metrics", "releases-by-company", "governance-mix", "governance-now"
    )
    done = decks.refresh(few, changed(built), address="https://landscape.example/")
    told = {(c.chart, c.what) for c in done.changes}
    assert ("company-metrics", "value") in told, "a metric was revised"
    assert not [c for c in done.changes if c.what == "not refreshed"]


@pytest.mark.slow
def test_a_metric_that_was_a_table_and_is_a_chart_tells_no_change_that_is_none(built: Path) -> None:
    told = [c for c in today(built).changes if c.chart == "metrics-over-time"]
    (words,) = [c for c in told if c.what == "text"]
    assert "Confidence" in words.after
    changed_rows = {(c.what, c.row.split(" (")[0], c.before) for c in told if c.what != "text"}
    assert {(what, who) for what, who, _ in changed_rows} == {
        ("value", "Xiaomi"),
        ("row removed", "Xiaomi"),
    }, (
        "what it spends on research was corrected on 28 Nov 2026: 24B to 24.1B, and an expectation was taken out"
    )


#: Charts whose frames hold one thing a row, a day or a name each; drawn as lanes, dots, bars, lines, points and flows.
FORMS = (
    "governance-lanes",
    "index-change",
    "price-capability",
    "company-metrics",
    "metrics-over-time",
    "capability-frontier",
    "releases-by-company",
    "outcomes",
    "relabelling-flow",
    "event-window",
    "claims-by-verdict",
)


@cache
def turned(folder: Path) -> bytes:
    """Tables of those charts' rows, in a deck that takes them for charts: as those of then, for a form of today."""
    now = data(folder).snapshot
    view = Selection(as_of=now.as_of, newest=now.as_of, names="both")
    slides = tuple(replace(frozen(c, view, now.id), layout="table") for c in FORMS)
    deck = opened(decks.build(Basket(slides=slides, cover=False, appendix=False), data(folder)))
    for one in deck.slides:
        (kept,) = record.of_slide(one)
        record.write(one, replace(kept, layout="chart", rows="of-then"))
    record.write_properties(deck, [])
    return saved(deck)


def test_the_same_rows_under_another_form_are_no_change(built: Path) -> None:
    done = decks.refresh(turned(built), data(built))
    assert done.missed == 0 and done.found == len(FORMS)
    assert [c for c in done.changes if c.what in ("value", "row added", "row removed")] == []
    assert all(f.shape.has_chart for s in opened(done.data).slides for f, *_ in finding.mains(s))


def test_other_rows_under_another_form_are_told(built: Path) -> None:
    done = decks.refresh(turned(built), changed(built))
    told = {(c.chart, c.what) for c in done.changes}
    assert ("company-metrics", "value") in told, "a metric was revised"
    assert ("releases-by-company", "value") in told, "three models are gone"
    metrics = [c for c in done.changes if c.chart == "company-metrics" and c.what == "value"]
    assert all(c.row.startswith("Tencent") and c.column == "Value" for c in metrics)
