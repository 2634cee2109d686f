"""`python -m dashboard`: files by the same query string as the address, words on standard error, exit statuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pptx
import pytest
from deck_data import data, wanted
from own_templates import chinese

from dashboard.__main__ import CHART_FORMATS, main
from dashboard.charts import CHARTS, ways
from dashboard.data import overlay
from dashboard.deck import basket, decks
from dashboard.deck import template as templates
from dashboard.deck.basket import Basket
from dashboard.export import server_picture
from dashboard.facts import own_company, what_if, windows
from dashboard.facts.own_company import OwnCompany
from dashboard.look.theme import MODELS, model_short

VIEW = "as_of=2026-06-30&company=alibaba&company=tencent"


@pytest.fixture(autouse=True)
def shown(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(built))


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


def few(built: Path) -> Basket:
    return Basket("Small", wanted(built).slides[2:4])


def test_the_list_names_every_chart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    out, _ = said(capsys)
    assert [line.split()[0] for line in out.splitlines()] == list(CHARTS)


@pytest.mark.parametrize("form", [f for f in CHART_FORMATS if f not in ("png", "svg", "pdf")])
def test_a_chart_in_every_form(tmp_path: Path, form: str) -> None:
    out = tmp_path / f"chart.{form}"
    assert main(["chart", "governance-lanes", "--view", VIEW, "--out", str(out)]) == 0
    blob = out.read_bytes()
    if form == "pptx":
        assert len(pptx.Presentation(io.BytesIO(blob)).slides) == 1
    elif form == "csv":
        assert set(pd.read_csv(io.BytesIO(blob))["company_name"]) == {"Alibaba Group", "Tencent"}
    elif form == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(blob)).sheetnames == ["Data", "Sources", "About"]
    else:
        assert b"2 of " in blob and b"Plotly.newPlot" in blob
    assert not list(tmp_path.glob(".*")), "no half-written file is left"


def test_a_whole_address_is_understood_as_a_view(tmp_path: Path) -> None:
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    address = f"https://landscape.example/governance?{VIEW}&deck=xyz"
    assert main(["chart", "governance-lanes", "--view", VIEW, "--out", str(a)]) == 0
    assert main(["chart", "governance-lanes", "--view", address, "--out", str(b)]) == 0
    assert a.read_bytes() == b.read_bytes()


def test_bytes_go_to_standard_output_and_words_to_standard_error(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deck", "--basket", "-", "--out", "-"]) == 1
    out, err = said(capsys)
    assert out == "" and "-" in err
    done = subprocess.run(
        [sys.executable, "-m", "dashboard", "deck", "--link", basket.encode(few(built)), "--out", "-"],
        capture_output=True,
        cwd=Path(__file__).resolve().parent.parent,
        env=os.environ | {"LANDSCAPE_DATA": str(built)},
        check=False,
    )
    assert done.returncode == 0
    assert len(pptx.Presentation(io.BytesIO(done.stdout)).slides) >= 4
    assert b"[1/" in done.stderr and b"Saved" in done.stderr


def test_a_basket_file_and_its_link_make_the_same_deck(built: Path, tmp_path: Path) -> None:
    saved = tmp_path / "basket.json"
    saved.write_text(basket.to_json(few(built)), encoding="utf-8")
    a, b = tmp_path / "a.pptx", tmp_path / "b.pptx"
    link = f"https://landscape.example/deck?deck={basket.encode(few(built))}"
    assert main(["deck", "--basket", str(saved), "--out", str(a), "--quiet"]) == 0
    assert main(["deck", "--link", link, "--out", str(b), "--quiet"]) == 0
    assert a.read_bytes() == b.read_bytes() == decks.build(few(built), data(built))


def test_a_preset_under_a_view_as_a_basket(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pack.json"
    assert (
        main(
            ["deck", "--preset", "Board pack", "--view", VIEW, "--title", "Q2", "--out", str(out), "--quiet"]
        )
        == 0
    )
    made = basket.from_json(out.read_bytes())
    assert made.title == "Q2"
    assert all(s.query["as_of"] == ["2026-06-30"] for s in made.slides if s.kind == "chart")
    assert said(capsys) == ("", "")


def test_a_template_with_its_map_beside_it(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brand, out = tmp_path / "brand.potx", tmp_path / "deck.pptx"
    brand.write_bytes(chinese())
    (tmp_path / "brand.potx.roles.json").write_text(templates.roles_json(templates.read(chinese())))
    word = basket.encode(few(built))
    assert main(["deck", "--link", word, "--template", str(brand), "--out", str(out)]) == 0
    assert {s.slide_layout.name for s in pptx.Presentation(str(out)).slides} == {"封面", "图表"}
    assert "No layout for section slides" in said(capsys)[1]
    brand.write_bytes(b"no template")
    assert main(["deck", "--link", word, "--template", str(brand), "--out", str(out)]) == 1
    assert "not a PowerPoint file" in said(capsys)[1]


def test_frozen_slides_can_be_let_go(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "b.json"
    word = basket.encode(few(built))
    assert main(["deck", "--link", word, "--newest", "--out", str(out), "--quiet"]) == 0
    assert all(set(s.query) == {"names"} for s in basket.from_json(out.read_bytes()).slides)


def test_an_earlier_deck_is_refreshed(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, out, changes = tmp_path / "old.pptx", tmp_path / "new.pptx", tmp_path / "changes.csv"
    some = tuple(
        s
        for s in wanted(built).slides
        if s.chart in ("landscape-matrix", "price-capability", "company-metrics")
    )
    old.write_bytes(
        decks.build(replace(wanted(built), slides=some), data(built), address="https://landscape.example/")
    )
    command = ["refresh-deck", str(old), "--out", str(out), "--changes", str(changes)]
    assert main([*command, "--address", "https://landscape.example/"]) == 0
    assert out.read_bytes() == old.read_bytes()
    assert changes.read_text(encoding="utf-8-sig").splitlines() == [
        "slide,chart,what,row,column,before,after"
    ]
    assert "no number changed" in said(capsys)[1]
    capsys.readouterr()
    assert main([*command, "--view", "company=tencent"]) == 3, (
        "a chart without data under the view stays as it was"
    )
    words = said(capsys)[1]
    assert (
        "1 not refreshed" in words and "price-capability: not refreshed: no data under its filters" in words
    )
    assert "taken out of the deck" not in words, "pages that the refresh took away are no pages a person took"
    assert len(changes.read_text().splitlines()) > 10


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        ([], 2, "required"),
        (["chart", "governance-mix"], 2, "--out"),
        (["chart", "governance-mix", "--format", "gif", "--out", "-"], 2, "invalid choice"),
        (["deck", "--preset", "No such", "--out", "-"], 2, "invalid choice"),
        (["chart", "no-such", "--out", "x.pptx"], 1, "no chart “no-such”"),
        (["chart", "governance-mix", "--out", "x.gif"], 1, "no format “gif”"),
        (
            ["chart", "governance-mix", "--view", "colour=red", "--out", "-"],
            1,
            "The link has “colour”, which means nothing here: ignored.",
        ),
        (["chart", "governance-mix", "--view", "company", "--out", "-"], 1, "expected name=value"),
        (["deck", "--link", "A", "--out", "-"], 1, "link's basket cannot be read"),
        (["deck", "--link", "", "--out", "-"], 1, "the basket is empty"),
        (["deck", "--view", "company=no-such", "--out", "-"], 1, "no-such"),
        (["refresh-deck", "no-such.pptx", "--out", "-"], 1, "no-such.pptx"),
        (["what-would-it-take", "nobody"], 1, "no company goes by the name “nobody”"),
        (["what-would-it-take", "Tencent", "--to", "fedrated"], 1, "did you mean federated?"),
        (
            ["what-would-it-take", "Tencent", "--view", "whatif.scores=tencent:tooling:9"],
            1,
            "The link asks for the score “tencent:tooling:9”",
        ),
        (["chart", "governance-mix", "--data", "/no/such", "--out", "-"], 1, "no built data here"),
        (
            ["chart", "governance-mix", "--out", "/no/such/folder/x.csv"],
            1,
            "there is no folder /no/such/folder",
        ),
    ],
)
def test_what_cannot_be_is_said_with_a_status(
    command: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == status
    out, err = said(capsys)
    assert words in err and out == "" and "Traceback" not in err


def test_what_another_label_would_take_is_told_as_on_the_page(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a served company, one scored otherwise in the address, a lab, and a reader's own; each way leads there."""
    tables = data(built).tables
    day = tables["sources"]["accessed_date"].max()
    stated = windows.scores(windows.readings(tables, "tencent", day))
    now = what_if.outcome(stated, "tencent", "giant", None)
    assert main(["what-would-it-take", "腾讯"]) == 0
    first, *lines = said(capsys)[0].splitlines()
    assert (
        first.startswith("Tencent, as of ") and f": {model_short(now.model_id)} by the printed rule" in first
    )
    assert lines.pop() == ways.BY_RULE
    reached = [
        m for m in MODELS if m.id not in (now.model_id, "undetermined") and what_if.ways_to(stated, m.id)
    ]
    assert [line.partition(": ")[0] for line in lines] == [m.short for m in reached] and len(lines) > 2
    for one, line in zip(reached, lines, strict=True):
        assert ways.in_words(what_if.ways_to(stated, one.id)[0]) in line
    # What the first way asks for, put into the address, gives that label.
    target, way = reached[0], what_if.ways_to(stated, reached[0].id)[0]
    moved = ",".join(f"tencent:{d}:{to}" for d, _, to in way.moves)
    asked = ["--view", f"whatif.scores={moved}", "--to", target.short]
    assert main(["what-would-it-take", "tencent", *asked]) == 0
    told = said(capsys)[0]
    assert f"{target.short} by the printed rule and your own scores" in told and "already" in told
    assert main(["what-would-it-take", "DeepSeek"]) == 0
    assert ways.NO_UNITS in said(capsys)[0]
    file = tmp_path / "us.json"
    rows = own_company.rows(OwnCompany("Acme", scores={"decision_authority": 1}), tables, day)
    file.write_text(json.dumps({"format": "landscape-overlay/1", "name": "Acme", "tables": rows}))
    assert main(["what-would-it-take", "Acme", "--overlay", str(file)]) == 0
    assert "Acme (own)" in said(capsys)[0]


def test_pictures_are_refused_with_the_reason_where_no_browser_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    assert "No Chromium or Chrome" in server_picture.why_not()
    out = tmp_path / "chart.png"
    assert main(["chart", "governance-mix", "--out", str(out)]) == 1
    assert "No Chromium or Chrome" in said(capsys)[1] and not out.exists()


def test_the_manifest_of_a_pack_can_be_read(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "pack.zip"
    assert main(["deck", "--link", basket.encode(few(built)), "--out", str(out), "--quiet"]) == 0

    with zipfile.ZipFile(out) as pack:
        assert json.loads(pack.read("manifest.json"))["title"] == "Small"


WRONG_VIEWS = {
    "company=acme": "The link asks for company “acme”, which does not exist here: ignored.",
    "as_of=tomorrow": "The link asks for the date “tomorrow”, which is not a day such as 2026-06-30: ignored.",
    "amp;as_of=2026-06-30": "The link has “amp;as_of”, which means nothing here: ignored. Perhaps “as_of” was meant.",
    "Company=alibaba": "The link has “Company”, which means nothing here: ignored. Perhaps “company” was meant.",
    "positioning.y=moon": "which does not exist here: ignored.",
    "snapshot=0123abcd": "snapshot “0123abcd” is not kept here",
}


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
@pytest.mark.parametrize("what", [["chart", "positioning"], ["deck", "--basket"]])
@pytest.mark.parametrize("view", WRONG_VIEWS)
def test_a_wrong_view_is_refused_in_the_words_of_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], view: str, what: list[str], quiet: list[str]
) -> None:
    saved = tmp_path / "deck.json"
    saved.write_text(basket.to_json(Basket("B", (basket.Slide(chart="positioning"),))), encoding="utf-8")
    out = tmp_path / "out.pptx"
    command = [*what, str(saved)] if what[0] == "deck" else what
    assert main([*command, "--view", view, "--out", str(out), *quiet]) == 1
    _, words = said(capsys)
    assert WRONG_VIEWS[view] in words and words.startswith("--view: ")
    assert not out.exists()


def test_what_mail_programs_hang_on_an_address_is_no_error(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    address = f"https://landscape.example/?{VIEW}&utm_source=mail&fbclid=1"
    assert main(["chart", "governance-lanes", "--view", address, "--out", str(out)]) == 0


def test_add_us_writes_the_file_that_the_page_saves(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "acme.json"
    words = [
        "--name",
        "Acme",
        "--name-zh",
        "艾克",
        "--since",
        "2025-03-01",
        "--lead",
        "Ada Own",
        "--country",
        "de",
    ]
    words += ["--score", "decision_authority=4", "--score", "base_model_strategy=3", "--score", "tooling=2"]
    words += [
        "--score",
        "data_access=undetermined",
        "--score",
        "product_units=4",
        "--lever",
        "api=Tokens, by the million",
    ]
    words += ["--model", "Acme-1, large,open,2026-05-01", "--model", "Acme-2", "--infrastructure", "chip=A1"]
    words += ["--spending", "ai_capex,2025,1.2e9,eur", "--price", "Acme-1, large,0.5,2,usd"]
    assert main(["add-us", *words, "--address", "http://here/", "--out", str(out)]) == 0
    _, err = said(capsys)
    one = OwnCompany(
        "Acme",
        name_zh="艾克",
        since="2025-03-01",
        lead="Ada Own",
        scores={"decision_authority": 4, "base_model_strategy": 3, "tooling": 2, "product_units": 4},
        levers=(("api", "Tokens, by the million"),),
        models=(("Acme-1, large", "open", "2026-05-01"), ("Acme-2", "", "")),
        infrastructure=(("chip", "A1"),),
        spending=(("ai_capex", 2025, 1.2e9, "EUR"),),
        prices=(("Acme-1, large", 0.5, 2.0, "USD"),),
    )
    now = data(built)
    expected = own_company.as_overlay(one, now.tables, now.snapshot.as_of)
    assert out.read_text(encoding="utf-8") == overlay.to_json(expected)
    assert f"Acme: {model_short(one.model_id)}, centralisation index 75 of 100" in err
    [told] = overlay.of_address(err.splitlines()[-1])
    assert told.id == expected.id, "the link carries the same company"
    back = own_company.read(told)
    assert back is not None and (back.prices, back.models[0], back.name) == (
        one.prices,
        one.models[0],
        "Acme",
    )
    # And the file is one that every other command takes.
    shown = tmp_path / "lanes.csv"
    assert main(["chart", "governance-lanes", "--overlay", str(out), "--out", str(shown)]) == 0
    assert "Acme (own)" in shown.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--score", "tooling=5"], "--score “tooling=5”: expected 0, 1, 2, 3, 4 or undetermined"),
        (["--score", "product_units=3"], "expected 0, 4 or undetermined"),
        (["--score", "mood=3"], "no such dimension; expected decision_authority, "),
        (["--type", "lab"], "--agenda: a lab is labelled by who sets its agenda; expected commercial, "),
        (["--lever", "luck=Chance"], "--lever “luck=Chance”: no such kind; expected cloud, "),
        (["--spending", "ai_capex,2025,much,EUR"], "expected METRIC,YEAR,AMOUNT,CURRENCY"),
        (["--spending", "ai_capex,2025,nan,EUR"], "expected METRIC,YEAR,AMOUNT,CURRENCY"),
        (["--spending", "ai_capex,2025,1,ACME"], "(company_metrics):2: currency"),
        (["--price", "0.5,2,USD"], "expected MODEL,INPUT,OUTPUT,CURRENCY"),
        (["--price", "Acme-1,0.5,2,EUR"], "compared in USD and CNY"),
        (["--price", "Acme-1,0.5,2,USD"], "(model_prices):2: model_id"),
        (["--model", ",open"], "expected NAME[,open, restricted or closed][,DAY]"),
        (["--country", "Germany"], "(companies):2: country"),
        (["--name", "Tencent"], "tencent"),
    ],
)
def test_add_us_refuses_in_sentences_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    out = tmp_path / "acme.json"
    assert main(["add-us", "--name", "Acme", *words, "--out", str(out)]) == 1
    _, err = said(capsys)
    assert expected in err and not out.exists()
