"""The page “Our company” and what a visit keeps: put in, seen on other pages, never in another reader's visit."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_rows import company_rows
from streamlit.testing.v1 import AppTest
from visits import served, visit

from dashboard.asgi import NoQuery
from dashboard.data import overlay, permalink


@pytest.fixture(scope="module", autouse=True)
def shown_data(built: Path) -> Iterator[None]:
    with served(built):
        yield


def said(app: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "warning", "error", "info", "multiselect")
    found = [str(getattr(e, "value", "")) for kind in kinds for e in app.main.get(kind)]
    found += [str(o) for m in app.sidebar.get("multiselect") for o in m.options]
    found += [f"{m.label} {m.value} {m.delta}" for m in app.main.get("metric")]
    return "\n".join(found)


WORD = overlay.encode(overlay.of_rows(company_rows(), "Acme", "own.json"))


def test_one_readers_rows_are_in_no_others_visit() -> None:
    mine = visit("overview", **{permalink.OWN: WORD})
    assert not mine.exception
    assert "47 of 47 organisations and 1 of your own" in said(mine)
    assert "of 47" in next(m.value for m in mine.main.get("metric") if m.label.startswith("Centralised"))
    # The same page, the same filters, the same caches: and even the name of the snapshot opens nothing.
    name = mine.session_state["_view"].snapshot.id
    for query in ({}, {permalink.SNAPSHOT: name}):
        other = visit("overview", **query)
        assert not other.exception
        assert "Acme" not in said(other)
        assert other.session_state["_view"].snapshot.id == overlay.parted(name)[0]
        assert ("which are not at hand" in said(other)) is bool(query)


def test_a_garbled_word_is_said_and_nothing_breaks() -> None:
    app = visit("overview", **{permalink.OWN: WORD[:-20]})
    assert not app.exception
    assert "cannot be read" in said(app) or "cut, or larger" in said(app)
    assert "47 of 47 organisations**" in said(app)


def test_the_form_puts_a_company_in_and_takes_it_out() -> None:
    app = visit("own")
    assert not app.exception
    name = next(t for t in app.main.get("text_input") if t.label == "Name")
    name.set_value("Acme").run()
    button = next(b for b in app.main.get("button") if b.label == "Put us in the picture")
    button.click().run()
    assert not app.exception
    assert app.session_state["_view"].snapshot.own == ("Acme",)
    assert overlay.decode("".join(app.query_params[permalink.OWN])).name == "Acme"
    next(b for b in app.main.get("button") if b.label == "Take it out").click().run()
    assert app.session_state["_view"].snapshot.own == ()
    assert permalink.OWN not in app.query_params


def test_a_name_that_is_taken_is_refused_in_a_sentence() -> None:
    app = visit("own")
    next(t for t in app.main.get("text_input") if t.label == "Name").set_value("Alibaba").run()
    next(b for b in app.main.get("button") if b.label == "Put us in the picture").click().run()
    assert not app.exception
    assert "Your own rows are not shown" in said(app)
    assert app.session_state["_view"].snapshot.own == ()


def test_the_access_log_leaves_out_what_an_address_carries() -> None:
    args = ("127.0.0.1:5", "GET", f"/overview?{permalink.OWN}={WORD}", "1.1", 200)
    line = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', args, None)
    assert NoQuery().filter(line)
    assert line.getMessage() == '127.0.0.1:5 - "GET /overview HTTP/1.1" 200'
    assert any(isinstance(f, NoQuery) for f in logging.getLogger("uvicorn.access").filters)
