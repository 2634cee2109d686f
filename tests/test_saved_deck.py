"""A deck that was saved on 27 November 2026, before charts became kinds, is still refreshed: every chart of it."""

from __future__ import annotations

from pathlib import Path

from deck_data import changed, data, opened

from dashboard.deck import decks

SAVED = Path(__file__).parent / "fixtures" / "deck-2026-11-27.pptx"
CHARTS_IN_IT = 39


def test_every_chart_of_a_deck_of_then_is_found_and_brought_up_to_date(built: Path) -> None:
    done = decks.refresh(SAVED.read_bytes(), data(built), address="https://landscape.example/")
    assert done.found == CHARTS_IN_IT
    assert not [c for c in done.changes if c.what == "not refreshed"]
    assert len(opened(done.data).slides) >= len(opened(SAVED.read_bytes()).slides) - 6


def test_new_numbers_reach_a_deck_of_then(built: Path) -> None:
    done = decks.refresh(SAVED.read_bytes(), changed(built), address="https://landscape.example/")
    told = {(c.chart, c.what) for c in done.changes}
    assert ("company-metrics", "value") in told, "a metric was revised"
    assert not [c for c in done.changes if c.what == "not refreshed"]
