"""Long tables: found, put in order and turned over on the server, whatever a browser is sent."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import permalink
from dashboard.screen import sections, turning, ui

ROWS = pd.DataFrame(
    {
        "name": pd.Series([f"Row {n}{' ÄB' if n % 3 == 0 else ''}" for n in range(40)], dtype="str"),
        "size": [float(n * 7 % 40) for n in range(40)],
        "day": pd.to_datetime(["2026-01-01", None, "2024-05-05", "2025-03-03"] * 10),
    }
)


def shown(monkeypatch: pytest.MonkeyPatch, picked: dict[str, str], rows: int = 10) -> AppTest:
    """A page with the table, of which a browser is sent so many rows, under what the address names."""
    monkeypatch.setattr(turning, "WHOLE", rows)
    monkeypatch.setattr(turning, "PAGE", rows)
    monkeypatch.setattr(ui, "set_picked_address", lambda: None)

    def page(picked: dict[str, str]) -> None:
        from types import SimpleNamespace

        import pandas as pd
        import streamlit as st
        from test_turning import ROWS

        from dashboard.data.selection import Selection
        from dashboard.screen import turning

        day = pd.Timestamp("2026-06-30")
        now = SimpleNamespace(snapshot=SimpleNamespace(id="made"), selection=Selection(day, day))
        if "_picked" not in st.session_state:
            st.session_state["_picked"] = dict(picked)
        long = turning.Long(now, "made.table", "rows", ROWS, "-size")
        turn = long.turned({"name": "Name", "size": "Size", "day": "Day"})
        st.session_state["rows"] = long.rows(turn)
        st.session_state["found"] = long.found(turn)

    app = AppTest.from_function(page, kwargs={"picked": picked}).run()
    assert not app.exception, app.exception
    return app


def sizes(app: AppTest, which: str = "rows") -> list[float]:
    return app.session_state[which]["size"].tolist()


def test_a_table_that_a_browser_holds_is_sent_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown(monkeypatch, {}, len(ROWS))
    assert sizes(app) == sorted(ROWS["size"], reverse=True) and not app.text_input and not app.selectbox


def test_pages_of_a_long_table_hold_each_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [sizes(shown(monkeypatch, {"made.table-page": str(n)})) for n in (1, 2, 3, 4)]
    assert [size for page in pages for size in page] == sorted(ROWS["size"], reverse=True) and {
        len(p) for p in pages
    } == {10}


def test_words_and_order_look_at_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ROWS[ROWS["name"].str.contains("ÄB")]
    app = shown(monkeypatch, {"made.table-find": "äb", "made.table-order": "-day"})
    newest = found.sort_values("day", ascending=False, kind="stable", na_position="last")
    assert sizes(app, "found") == newest["size"].tolist() and sizes(app) == newest["size"].tolist()[:10]
    assert "14 of 40 rows" in app.caption[0].value
    app.text_input[0].set_value("row 1").run()
    assert not app.exception
    assert set(sizes(app, "found")) == set(ROWS.loc[ROWS["name"].str.contains("Row 1"), "size"])
    # Nothing found is an empty table.
    app.text_input[0].set_value("nowhere").run()
    assert sizes(app) == [] and not app.exception


def test_an_order_that_no_column_gives_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown(monkeypatch, {"made.table-order": "colour"})
    assert sizes(app) == sorted(ROWS["size"], reverse=True)[:10]
    assert any("colour" in c.value for c in app.caption)


def test_every_long_table_of_the_product_has_its_place_in_the_address() -> None:
    named = set()
    for path in Path(turning.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Long":
                # "infrastructure.{table}" is one of each table there.
                named.add(ast.unparse(call.args[1]).strip("f'").split("{")[0])
    assert named and all(any(one.startswith(name) for one in permalink.TURNED) for name in named)
    assert {f"infrastructure.{table}" for table in sections.TABLES} <= set(permalink.TURNED)
    picks = [f"{table}-{what}" for table in permalink.TURNED for what in ("find", "order", "page")]
    assert permalink.unknown(picks, ()) == []
