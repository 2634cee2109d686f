"""Ready questions lead to pages that exist, under a selection that holds something."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard.data import permalink
from dashboard.data.selection import Selection
from dashboard.facts.landscape import apply
from dashboard.screen import presets

PAGES = Path(__file__).resolve().parent.parent / "dashboard"


@pytest.mark.parametrize("preset", presets.PRESETS, ids=lambda p: p.question(pd.Timestamp("2026-11-25")))
def test_a_question_has_a_page_and_an_answer(preset: presets.Preset, tables: dict[str, pd.DataFrame]) -> None:
    newest = tables["sources"]["accessed_date"].max()
    asked = preset.selection(Selection(as_of=pd.Timestamp("2023-01-01"), newest=newest, companies=("baidu",)))
    assert (PAGES / preset.page).is_file()
    assert preset.question(newest).endswith("?") or "against" in preset.question(newest)
    # A question starts from the newest day, whatever was filtered before.
    assert asked.as_of == newest and not asked.companies
    assert len(apply(tables, asked)["companies"]) > 0
    found, notices = permalink.values(permalink.query(asked), tables, newest)
    assert not notices and permalink.selection(found, newest) == asked
