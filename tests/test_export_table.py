"""CSV and workbooks hold exactly the rows shown, with their sources and definitions."""

from __future__ import annotations

import csv as csv_module
import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from export_cards import ADDRESS, CASES, card
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import CHARTS
from dashboard.charts.card import Card, ExportRefusedError
from dashboard.export import table

PROJECT = Path(__file__).resolve().parent.parent
TINY = pd.DataFrame(
    {
        "company_name": ["Alibaba 阿里巴巴", 'A "quoted", name', "=1+1"],
        "release_date": pd.to_datetime(["2026-03-16", None, "2025-01-02"]),
        "models": pd.array([3, None, 1200], dtype="Int64"),
        "score": [80.5, None, -2.0],
        "is_outside": [False, True, False],
    }
)


def tiny_card(
    frame: pd.DataFrame = TINY, source_line: str = "Source: A. Data to 23 Nov 2026, snapshot abc."
) -> Card:
    sources = pd.DataFrame(
        {
            "source_id": ["a"],
            "publisher": ["36Kr"],
            "title": ["阿里巴巴成立委员会"],
            "url": ["https://example.org/a?x=1&y=2"],
            "published_date": pd.to_datetime(["2026-03-16"]),
            "published_date_precision": ["day"],
            "accessed_date": pd.to_datetime(["2026-11-20"]),
            "license": [None],
        }
    )
    return Card(
        chart_id="tiny",
        title="Three rows",
        subtitle="Models, 3 of 3",
        filter_line="all",
        source_line=source_line,
        question="How many?",
        frame=frame,
        sources=sources,
        snapshot_id="abc",
        as_of_date=pd.Timestamp("2026-11-23"),
        definitions=(("models", "count of models"),),
        alt="Three rows.",
        permalink=ADDRESS,
    )


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv_module.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def as_text(value: object) -> str:
    """A cell as the CSV must spell it, written apart from the code under test."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
    if value is None or value is pd.NaT or pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if str(value) in ("True", "False"):
        return str(value).lower()
    return str(int(value)) if float(value) == int(value) else str(float(value))


@pytest.mark.parametrize(("chart_id", "view"), CASES)
def test_csv_holds_the_rows_shown(built: Path, chart_id: str, view: str) -> None:
    shown = card(built, chart_id, view)
    lines = read_csv(table.csv(shown))
    assert lines[0] == list(shown.frame.columns)
    assert lines[1:] == [[as_text(v) for v in row] for row in shown.frame.itertuples(index=False, name=None)]


@pytest.mark.parametrize("chart_id", CHARTS)
def test_workbook_holds_the_same_rows_and_their_sources(built: Path, chart_id: str) -> None:
    shown = card(built, chart_id, "everything")
    book = openpyxl.load_workbook(io.BytesIO(table.xlsx(shown)))
    assert book.sheetnames == ["Data", "Sources", "About"]
    cells = [list(row) for row in book["Data"].iter_rows(values_only=True)]
    assert cells[0] == list(shown.frame.columns)
    assert len(cells) - 1 == len(shown.frame)
    for got, row in zip(cells[1:], shown.frame.itertuples(index=False, name=None), strict=True):
        for value, meant in zip(got, row, strict=True):
            if as_text(meant) == "":
                assert value in (None, "")
            elif isinstance(meant, pd.Timestamp):
                assert pd.Timestamp(value) == meant
            elif isinstance(meant, str):
                assert value == meant
            else:
                assert float(value) == pytest.approx(float(meant))
    urls = [
        r[list(shown.sources.columns).index("url")] for r in book["Sources"].iter_rows(2, values_only=True)
    ]
    assert urls == shown.sources["url"].tolist()
    about = " ".join(str(c) for row in book["About"].iter_rows(values_only=True) for c in row if c)
    for words in (shown.title, shown.question, shown.snapshot_id, shown.filter_line, ADDRESS, "CC BY 4.0"):
        assert words in about


@pytest.mark.parametrize("chart_id", CHARTS)
def test_columns_are_defined(built: Path, chart_id: str) -> None:
    shown = card(built, chart_id, "everything")
    meanings = dict(shown.definitions)
    assert meanings["Rows"] and all(meanings.values())
    # Columns that a chart names after companies explain themselves.
    columns = {c for c in map(str, shown.frame.columns) if c == c.lower()}
    assert len(columns & set(meanings)) >= len(columns) / 2


def test_csv_opens_in_excel_with_chinese_and_spells_cells_plainly() -> None:
    data = table.csv(tiny_card())
    assert data.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only with the mark"
    assert read_csv(data)[1:] == [
        ["Alibaba 阿里巴巴", "2026-03-16", "3", "80.5", "false"],
        ['A "quoted", name', "", "", "", "true"],
        ["'=1+1", "2025-01-02", "1200", "-2", "false"],
    ]


def test_workbook_has_real_days_links_and_a_frozen_head() -> None:
    book = openpyxl.load_workbook(io.BytesIO(table.xlsx(tiny_card())))
    data, sources = book["Data"], book["Sources"]
    assert data["B2"].is_date and data["B2"].number_format == "yyyy-mm-dd"
    assert data["B3"].value is None and data["C3"].value is None
    assert data["C4"].value == 1200 and data["C4"].number_format == "#,##0"
    assert data["A4"].value == "=1+1" and data["A4"].data_type == "s", "text is never run as a formula"
    assert data.freeze_panes == "B2" and data.auto_filter.ref == "A1:E4"
    assert data["A1"].font.bold
    assert data.column_dimensions["A"].width > data.column_dimensions["C"].width
    assert sources["D2"].hyperlink.target == "https://example.org/a?x=1&y=2"


def test_same_card_gives_the_same_bytes() -> None:
    assert table.xlsx(tiny_card()) == table.xlsx(tiny_card())
    assert table.csv(tiny_card()) == table.csv(tiny_card())


@pytest.mark.parametrize("make", [table.csv, table.xlsx])
def test_nothing_leaves_without_sources(make) -> None:
    with pytest.raises(ExportRefusedError, match=r"Three rows.*source line would be empty"):
        make(tiny_card(source_line=" "))


def test_a_card_without_rows_still_names_its_columns() -> None:
    assert read_csv(table.csv(replace(tiny_card(), frame=TINY.iloc[:0]))) == [list(TINY.columns)]


FORMULAS = [
    "=1+1",
    "+1",
    "-1 %",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "''-x",
    "'plain",
    "x=1",
    "",
    "−5",
    "'",
    "=",
    "a\n=b",
    " =1",
    "\u00a0=1",
    "＝1",
    "\n=1",
]


@given(
    st.lists(
        st.text(st.sampled_from("'=+-@＝＋－＠\t\r\n,;\"x1 \u00a0\u3000\u200b\ufeff")), min_size=1, max_size=5
    )
)
def test_any_text_is_no_formula_and_taking_one_apostrophe_off_gives_it_back(words: list[str]) -> None:
    cells = [row[0] for row in read_csv(table.frame_csv(pd.DataFrame({"text": words, "n": 1})))[1:]]
    live = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    assert not [
        c for c in cells if c[:1] in ("\t", "\r", "\n") or c.strip(" \u00a0\u3000\u200b\ufeff\n")[:1] in live
    ]
    given_back = r"^'(?='*(?:[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]))"
    assert [re.sub(given_back, "", c) for c in cells] == words


def test_text_is_no_formula_and_reads_back_as_the_same_text() -> None:
    """The way back is the one that README prints."""
    card = replace(tiny_card(), frame=pd.DataFrame({"text": FORMULAS, "number": [-1.5] * len(FORMULAS)}))
    data = table.csv(card)
    cells = [row[0] for row in read_csv(data)[1:]]
    assert not [c for c in cells if c[:1] in ("=", "+", "-", "@", "\t", "\r")]
    printed = re.search(
        r"^    (frame = pd\.read_csv.*?)\n\n",
        (PROJECT / "README.md").read_text(encoding="utf-8"),
        re.S | re.M,
    )
    assert printed is not None
    known = {"pd": pd}
    code = re.sub(r"^    ", "", printed[1], flags=re.M).replace(
        'pd.read_csv("chart.csv")', "pd.read_csv(file, keep_default_na=False)"
    )
    exec(code, known | {"file": io.BytesIO(data)}, known)
    back = known["frame"]
    assert back["text"].tolist() == FORMULAS
    assert back["number"].tolist() == [-1.5] * len(FORMULAS)


def test_a_list_of_changes_is_harmless_too() -> None:
    data = table.frame_csv(pd.DataFrame({"before": ["=cmd()", None], "slide": [1, 2]}))
    assert read_csv(data) == [["before", "slide"], ["'=cmd()", "1"], ["", "2"]]
