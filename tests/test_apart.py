"""What a process that reads a stranger's file sends back: plain values of declared types, whoever it belongs to by then."""

from __future__ import annotations

import ast
import io
import json
import os
import pickle
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pptx
import pytest
from deck_data import data
from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from own_rows import as_csv, company_rows

from dashboard.charts import explore
from dashboard.charts.card import Card
from dashboard.data import overlay
from dashboard.data.overlay import Overlay
from dashboard.data.selection import Selection
from dashboard.deck import apart, basket, decks, spare, turns, wire
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket
from dashboard.deck.package import FileRefusedError
from dashboard.deck.refresh import Refreshed
from dashboard.deck.telling import Change

Say = Callable[[bytes], None]
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def plain() -> bytes:
    out = io.BytesIO()
    pptx.Presentation().save(out)
    return out.getvalue()


def message(kind: object, words: object = None, blob: bytes = b"") -> bytes:
    said = json.dumps({"kind": kind, "words": words}).encode()
    return struct.pack(">QQ", len(said), len(blob)) + said + blob


class Touch:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.system, (f"touch {self.path}",)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Say:
    """The process that is asked next belongs to whoever wrote the file, and says what is given."""

    def say(said: bytes) -> None:
        (tmp_path / "said").write_bytes(said)
        code = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read()); sys.stdout.flush(); sys.stdin.buffer.read()"
        command = [sys.executable, "-c", code, str(tmp_path / "said")]
        monkeypatch.setattr(
            spare, "taken", lambda: subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        )

    return say


def test_a_crafted_pickle_harms_nothing(plain: bytes, tmp_path: Path, answers: Say) -> None:
    made = tmp_path / "made"
    blob = pickle.dumps(("done", Touch(made)))
    with pytest.raises(TypeError):
        # It is one that would do harm.
        pickle.loads(pickle.dumps(Touch(made)))()
    assert made.exists()
    made.unlink()
    for said in (
        blob,
        struct.pack(">Q", len(blob)) + blob,
        struct.pack(">QQ", len(blob), 0) + blob,
        message("done", blob.decode("latin-1"), blob),
        message("done", {"py/reduce": ["os.system", f"touch {made}"]}, blob),
        message("failed", blob.decode("latin-1")),
    ):
        answers(said)
        with pytest.raises(FileRefusedError):
            apart.read_template(plain)
        assert not made.exists()


TEMPLATE = {"data": "", "key": "k", "width": 13.3, "height": 7.5, "layouts": {}, "choices": {}, "warnings": [],
            "fonts": ["a", "b", "c"], "colours": {}, "ground": "#fff", "style": {}, "footer": True}  # fmt: skip
STRANGE = {
    "a kind that is none": message("shutdown"),
    "a kind that is no word": message(["done"]),
    "a picture where none is drawn": message("draw", {"chart": "governance-mix"}),
    "no JSON": struct.pack(">QQ", 4, 0) + b"nope",
    "not UTF-8": struct.pack(">QQ", 4, 0) + b"\xff\xfe\xfd\xfc",
    "deep JSON": struct.pack(">QQ", 400_000, 0) + b"[" * 400_000,
    "a number of a million digits": struct.pack(">QQ", 1_000_028, 0) + b'{"kind":"done","words":' + b"9" * 1_000_004 + b"}",
    "more words than may be": struct.pack(">QQ", 1 << 40, 0),
    "more bytes than may be": struct.pack(">QQ", 2, 1 << 62) + b"{}",
    "a step that is none": message("step", {"done": "x", "total": [], "what": {}}),
    "steps without end": message("step", {"done": 1, "total": 2, "what": "x"}) * 5000,
    "a sentence that is none": message("refused", {"a": 1}),
    "a template that is a list": message("done", [1, 2, 3]),
    "a template without parts": message("done", {"key": "a"}),
    "a template as wide as a word": message("done", TEMPLATE | {"width": "wide"}),
    "a template of other layouts": message("done", TEMPLATE | {"layouts": {"chart": {"index": 0}}}),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_strange_answers_end_in_a_sentence(name: str, plain: bytes, answers: Say) -> None:
    answers(STRANGE[name])
    with pytest.raises(FileRefusedError) as refused:
        apart.read_template(plain)
    assert str(refused.value).endswith(".") and "process" not in str(refused.value)
    assert not turns.READING._working and not turns.READING._tickets


def test_a_declared_answer_is_taken(plain: bytes, answers: Say) -> None:
    """The strange templates above are refused for what is strange about them."""
    answers(message("done", TEMPLATE, b"deck"))
    assert apart.read_template(plain).data == b"deck"


def test_words_of_the_other_process_move_no_cursor(
    plain: bytes, answers: Say, caplog: pytest.LogCaptureFixture
) -> None:
    answers(message("failed", "\x1b[2J\x07gone\u202e" + "x" * 9000))
    with pytest.raises(FileRefusedError):
        apart.read_template(plain)
    assert not set(caplog.text) & set("\x1b\x07\u202e") and len(caplog.text) < 5000


@pytest.mark.parametrize(
    "asked",
    [
        {"chart": "no-such", "query": {}, "own": [], "width": 5, "height": 5},
        {"chart": "governance-mix", "query": {}, "own": [], "width": 1e9, "height": 5},
        {"chart": "governance-mix", "query": {}, "own": [], "width": "nan", "height": 5},
        {"chart": "governance-mix", "query": {}, "own": ["AAAA"], "width": 5, "height": 5},
        {"chart": "governance-mix", "query": [], "own": [], "width": 5, "height": 5},
        {"chart": "governance-mix"},
        "governance-mix",
    ],
    ids=str,
)
def test_pictures_that_no_deck_asks_for(asked: object, plain: bytes, built: Path, answers: Say) -> None:
    def draws(*_: object) -> bytes:
        raise AssertionError("drawn")

    answers(message("draw", asked))
    with pytest.raises(FileRefusedError):
        apart.refresh_deck(plain, built, draws=draws, builds=lambda: decks.Builds.of(data(built)))


# --- What honest ones send ---

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
CHANGES = st.builds(Change, st.integers(0, 999), TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)


@settings(max_examples=tries(60), deadline=None)
@given(
    changes=st.lists(CHANGES, max_size=5).map(tuple), count=st.integers(0, 200), blob=st.binary(max_size=99)
)
def test_a_refreshed_deck_arrives_as_it_was_sent(
    changes: tuple[Change, ...], count: int, blob: bytes
) -> None:
    one, pipe = Refreshed(blob, changes, count, 0, count), io.BytesIO()
    wire.send(pipe, "done", wire.told(one), one.data)
    pipe.seek(0)
    kind, words, came = wire.receive(pipe, 99)
    assert kind == "done" and wire.rebuilt(Refreshed, words, came) == one


@pytest.mark.slow
def test_a_template_arrives_as_it_was_read(plain: bytes) -> None:
    assert apart.read_template(plain, fonts=True) == templates.read(plain, fonts=True)


def test_more_words_than_are_read_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_WORDS", 10)
    with pytest.raises(wire.WireError):
        wire.send(io.BytesIO(), "done", "x" * 20)


@pytest.mark.parametrize(
    "own",
    [
        pytest.param(False, id="without own rows"),
        pytest.param(True, id="with own rows", marks=pytest.mark.slow),
    ],
)
def test_pictures_are_drawn_of_the_same_rows_here_as_there(own: bool, built: Path) -> None:
    mine = (Overlay("Acme", tuple(sorted(as_csv(company_rows()).items())), "own.json"),) if own else ()
    builds = decks.Builds.of(data(built), own=mine)
    now = builds.newest.snapshot
    view = Selection(as_of=now.as_of, newest=now.as_of, names="both")
    picked = next(s for s in explore.STARTS if dict(s.picks).get("explore.kind", "bars") != "list").picks
    other = view
    for name, value in picked:
        other = other.picking(name, value)
    few = replace(view, companies=("alibaba", "tencent", "acme") if own else ("alibaba", "tencent"))
    slides = [
        basket.frozen(c, v, now.id)
        for c, v in (("explore", other), ("dimension-scores", few), ("releases-by-company", view))
    ]
    drawn: list[tuple[Card, Any]] = []

    def draws(card: Card, kept: object, room: Any) -> bytes:
        drawn.append((card, (room.w, room.h)))
        return DOT

    wanted = Basket(slides=tuple(replace(s, layout="picture") for s in slides), cover=False, appendix=False)
    made = decks.build(wanted, builds, draws=draws)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"rows=[0-9a-f]{12}", b"rows=000000000000", old.read(name)))
    assert len(drawn) == 3
    there: list[tuple[Card, Any]] = []
    here, drawn = drawn, there
    done = apart.refresh_deck(out.getvalue(), built, draws=draws)
    assert done.found == 3 and not done.missed and len(there) == 3
    for (a, of), (b, its) in zip(here, there, strict=True):
        pd.testing.assert_frame_equal(a.frame, b.frame)
        assert (a.kind, a.columns, a.snapshot_id) == (b.kind, b.columns, b.snapshot_id)
        assert its == pytest.approx(of, abs=0.001)
    assert own == any("Acme" in c.frame.to_csv() for c, _ in there)
    assert not overlay.installed()


# --- Decks that are made apart ---


@pytest.mark.parametrize(
    "form",
    ["pptx", pytest.param("zip", marks=pytest.mark.slow), pytest.param("html", marks=pytest.mark.slow)],
)
def test_a_deck_made_apart_is_the_one_made_here(form: str, built: Path, plain: bytes) -> None:
    mine = (Overlay("Acme", tuple(sorted(as_csv(company_rows()).items())), "own.json"),)
    builds = decks.Builds.of(data(built), own=mine)
    now = builds.newest.snapshot
    view = Selection(as_of=now.as_of, newest=now.as_of, names="both", companies=("alibaba", "acme"))
    few = [basket.frozen(c, view, now.id) for c in ("dimension-scores", "releases-by-company")]
    few[1] = replace(few[1], layout="picture")
    wanted = Basket("Board 董事会", tuple(few))
    own = templates.read(plain) if form == "pptx" else None
    told: list[tuple[int, int, str]] = []
    ways: dict[str, Any] = {"draws": lambda *_: DOT, "template": own, "address": "https://landscape.example/"}
    there = apart.make(
        form, wanted, built, builds=builds, progress=lambda *step: told.append(step), who="a", **ways
    )
    if form == "html":
        here = decks.html(wanted, builds, address=ways["address"])
    else:
        here = (decks.build if form == "pptx" else decks.archive)(wanted, builds, **ways)
    assert there == here and len(told) >= 2
    assert not turns.MAKING._working


def test_what_cannot_be_made_is_said_and_the_next_is(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds = decks.Builds.of(data(built), own=())
    now = builds.newest.snapshot
    view = Selection(as_of=now.as_of, newest=now.as_of)
    one = Basket(slides=(basket.frozen("governance-mix", view, now.id),))
    with pytest.raises(apart.MakeError, match="log names"):
        apart.make("docx", one, built, builds=builds)
    monkeypatch.setattr(apart, "MAKING_MEMORY", 1_000_000)
    with pytest.raises(apart.MakeError, match=r"want of memory|log names"):
        apart.make("pptx", one, built, builds=builds)
    monkeypatch.undo()
    assert apart.make("pptx", one, built, builds=builds)[:2] == b"PK"


@pytest.mark.slow
def test_a_company_brief_is_made_apart_and_is_the_same(built: Path) -> None:
    whole = data(built)
    alone = Selection(as_of=whole.snapshot.as_of, newest=whole.snapshot.as_of, companies=("baidu",))
    wanted = basket.company_brief(whole.tables, alone, whole.snapshot.id)
    builds = decks.Builds(whole)
    here = decks.company_brief(whole, alone, "baidu", paper="Letter", address="https://a.example/")
    there = apart.make("brief", wanted, built, paper="Letter", builds=builds, address="https://a.example/")
    assert there == here


def test_no_page_makes_files_of_several_charts_in_the_server() -> None:
    """Readers' clicks run beside each other in one process: what takes a second is made in another."""
    rooms = Path(apart.__file__).parents[1]
    calls = {"build", "html", "archive", "brief_sheets", "company_brief", "files"}
    found = [
        f"{path.name}:{node.lineno}"
        for path in [*(rooms / "screen").glob("*.py"), *(rooms / "app_pages").glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.value.id in ("decks", "editions") and node.attr in calls
    ]
    assert not found
