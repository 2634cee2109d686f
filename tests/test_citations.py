"""Which documents stand behind a chart, and how they are named."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import CHARTS
from dashboard.data import citations, named
from dashboard.data.citations import (
    KNOWN_PUBLISHERS,
    behind,
    behind_cells,
    cited,
    full_lines,
    links,
    publishers,
    short_line,
    shorter_lines,
)
from dashboard.data.selection import Selection
from dashboard.data.store import Snapshot
from dashboard.facts.landscape import apply

NOW = Snapshot("0badcafe", pd.Timestamp("2026-11-20"))
SOURCES = pd.DataFrame(
    {
        "source_id": ["a", "b", "c", "d", "e"],
        "publisher": ["TMTPost", "36Kr", "TMTPost", "Epoch [AI]", "The article"],
        "title": ["One", "Two", None, "Four", None],
        "url": [
            "https://example.org/a",
            "https://example.org/b b(1)",
            "https://example.org/c",
            "https://example.org/d",
            "urn:article",
        ],
        "published_date": pd.to_datetime(["2026-03-16", "2026-03-01", None, "2026-01-01", None]),
        "published_date_precision": ["day", "month", None, "year", None],
        "accessed_date": pd.to_datetime(["2026-11-20"] * 5),
        "strength": ["reporting", "reporting", "reporting", "aggregator", "reporting"],
        "license": [None, None, None, "CC BY 4.0", None],
    }
)


def cells(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def test_documents_most_cited_first_and_each_once() -> None:
    used = cited(cells("a; b", "b", None, "b; d", "d; unknown"), SOURCES)
    assert used["source_id"].tolist() == ["b", "d", "a"]
    assert cited(cells(), SOURCES).empty
    assert cited(cells("unknown"), SOURCES).empty


@pytest.mark.parametrize(
    ("ids", "start"),
    [
        ("a", "Source: TMTPost (1 document). "),
        ("a; c", "Source: TMTPost (2 documents). "),
        ("a; b", "Source: TMTPost; 36Kr (2 documents). "),
        ("a; b; d", "Source: TMTPost; 36Kr; Epoch [AI] (3 documents). "),
        ("a; b; c; d; e", "Source: TMTPost; 36Kr; The article and 1 more publisher (5 documents). "),
    ],
)
def test_the_short_line_names_three_publishers(ids: str, start: str) -> None:
    line = short_line(behind(cited(cells(ids), SOURCES)), NOW)
    assert line == f"{start}China AI Landscape, data to 20 Nov 2026, snapshot 0badcafe."


def test_more_publishers_are_counted() -> None:
    many = pd.DataFrame({"publisher": list("abcdef"), "strength": "reporting", "cited_by": 1})
    assert short_line(behind(many), NOW).startswith("Source: a; b; c and 3 more publishers (6 documents).")


@pytest.mark.parametrize(
    ("cited_first", "named"),
    [
        ([("wgwang on GitHub", "aggregator"), ("Alibaba", "primary")], ["Alibaba", "wgwang on GitHub"]),
        ([("xyk126.net", "aggregator"), ("36Kr", "reporting")], ["36Kr", "xyk126.net"]),
        (
            [("models.dev", "aggregator"), ("Asia ICT", "reporting"), ("LMArena", "primary")],
            ["LMArena", "Asia ICT", "models.dev"],
        ),
        # A newsroom before an essay, an essay before a digest of the same kind.
        (
            [("Wiki", "aggregator"), ("Stockopedia", "analysis"), ("ARY News", "reporting")],
            ["ARY News", "Stockopedia", "Wiki"],
        ),
        (
            [("Reportify", "aggregator"), ("Reuters, on Tiger Brokers", "reporting"), ("Huawei", "primary")],
            ["Reuters, on Tiger Brokers", "Huawei", "Reportify"],
        ),
    ],
)
def test_who_made_it_is_named_before_who_lists_it(
    cited_first: list[tuple[str, str]], named: list[str]
) -> None:
    used = pd.DataFrame(cited_first, columns=["publisher", "strength"]).assign(cited_by=1)
    assert publishers(used) == named


def test_of_equal_publishers_the_one_is_named_first_on_whom_most_rests() -> None:
    # One document on each of four rows weighs less than five documents on one row each.
    used = pd.DataFrame(
        {
            "publisher": ["CISA", "36Kr", "36Kr", "36Kr", "36Kr", "36Kr", "Reportify"],
            "strength": ["primary", *["reporting"] * 5, "aggregator"],
            "cited_by": [4, 1, 1, 1, 1, 1, 9],
        }
    )
    assert publishers(used) == ["36Kr", "CISA", "Reportify"]
    one_index = used.assign(cited_by=[6, 1, 1, 1, 1, 1, 9])
    assert publishers(one_index) == ["CISA", "36Kr", "Reportify"]


@pytest.mark.parametrize(
    ("published", "named"),
    [
        # Of a cell, too, who lists others is named last, and nobody twice while another is left.
        ([("wgwang", "aggregator"), ("Alibaba", "primary"), ("Asia", "reporting")], "Alibaba · Asia +1"),
        (
            [("models.dev", "aggregator"), ("models.dev", "aggregator"), ("Qwen", "primary")],
            "Qwen · models.dev +1",
        ),
        ([("Asia", "reporting"), ("Asia", "reporting"), ("Wiki", "aggregator")], "Asia · Wiki +1"),
        ([("Asia", "reporting"), ("Asia", "reporting")], "Asia · Asia"),
        ([("Wiki", "aggregator"), ("36Kr, reprint", "reporting")], "36Kr, reprint · Wiki"),
    ],
)
def test_a_cell_names_its_strongest_documents_first(published: list[tuple[str, str]], named: str) -> None:
    sources = pd.DataFrame(published, columns=["publisher", "strength"])
    sources = sources.assign(source_id=[f"s{n}" for n in range(len(sources))], url="")
    cell = "; ".join(sources["source_id"])
    assert links(cell, sources.assign(published_date=None, published_date_precision=None)) == named


def test_every_known_publisher_is_one_of_the_sources(tables: dict[str, pd.DataFrame]) -> None:
    there = {p.split(", ")[0] for p in tables["sources"]["publisher"]}
    assert there >= KNOWN_PUBLISHERS, KNOWN_PUBLISHERS - there


def test_no_chart_names_a_list_first_where_it_rests_on_something_better(
    tables: dict[str, pd.DataFrame],
) -> None:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(newest, newest)
    selected = apply(tables, selection)
    for one in ("landscape-matrix", "weights-by-year", "releases-by-company", "governance-now", "parameters"):
        chart = CHARTS[one]
        used = cited(chart.data(selected, selection)["source_ids"], tables["sources"])
        kinds = used.drop_duplicates("publisher").set_index("publisher")["strength"]
        for name in publishers(used)[:3]:
            assert kinds[name] == "primary" or name.split(", ")[0] in KNOWN_PUBLISHERS, (one, name)


def test_documents_of_joined_cells_are_those_of_their_cells(tables: dict[str, pd.DataFrame]) -> None:
    """However cells are written: with many documents, the same twice, none, or blanks where none belong."""
    sources = tables["sources"].copy()
    ids = sources["source_id"].tolist()
    rows = [
        ("; ".join(ids[:3]), ids[2], None),
        (ids[4], float("nan"), f" {ids[5]};{ids[4]} ; "),
        ("no-such", ids[6]),
        ("; ".join(ids[:60]), ids[70]),
        (*ids[30:45], ids[31], None, f"{ids[50]}; {ids[32]}", "; ".join(ids[:60])),
        (*ids[30:45], f"no-such; {ids[3]}", ids[31]),
        (),
    ]
    known = [cells for cells in rows if "no-such" not in str(cells)]
    for some in (known, rows):
        assert named.joined_rows(some, sources).tolist() == [
            citations.joined_sources(*cells) for cells in some
        ]
    frame = pd.DataFrame({"a": [ids[0], None, "; ".join(ids[:3])], "b": [ids[1], None, ids[2]]})
    assert named.joined_columns(frame, sources).tolist() == ["; ".join(ids[:2]), "", "; ".join(ids[:3])]
    joined = named.joined_rows(rows, sources).tolist()
    fresh = sources.copy()
    for cell in joined:
        assert citations.behind_cells(pd.Series([cell]), sources) == citations.behind_cells(
            pd.Series([cell]), fresh
        )
        cells = pd.Series([cell, ids[9], cell])
        # A document behind several rows is one.
        once = citations.joined_sources(*cells)
        assert citations.links_behind(cells, sources) == citations.links(once, fresh)


@pytest.mark.parametrize(
    "take",
    [
        lambda c: c,
        lambda c: c.iloc[::-2],
        lambda c: c[np.arange(len(c)) % 3 == 1],
        lambda c: c.reindex([4, 900, 2, 4]),
        lambda c: c.sort_index(ascending=False).head(7).reset_index(drop=True),
        lambda c: pd.DataFrame({"cell": c, "n": range(len(c))}).sort_values("n", ascending=False)["cell"],
        lambda c: pd.concat([c, c.iloc[:2]]),
        lambda c: c.where(c.index % 2 == 0),
        lambda c: c.mask(c.index % 2 == 0, "other"),
        lambda c: c.copy().replace(c[3], "other"),
        lambda c: c.iloc[:0],
        lambda c: c.iloc[:0].reindex([1, 2]),
    ],
)
def test_cells_joined_late_are_a_column_of_text(
    tables: dict[str, pd.DataFrame], take: Callable[[pd.Series], pd.Series]
) -> None:
    """Whatever is done with it before anybody reads a cell, in this process or another, and who stands behind it."""
    sources, of_models = tables["sources"], tables["models"]["source_ids"].tolist()[:60]
    rows = [*zip(of_models, of_models[7:], strict=False), ()]
    texts = pd.Series([citations.joined_sources(*cells) for cells in rows], dtype="str")
    wanted, found = take(texts), take(named.joined_rows(rows, sources))
    stand = behind_cells(found, sources)
    assert stand == behind_cells(wanted, sources) or "other" in wanted.tolist()
    assert found.isna().tolist() == wanted.isna().tolist() and len(found) == len(wanted)
    assert [
        found.iloc[n] for n in range(len(found)) if isinstance(found.iloc[n], str)
    ] == wanted.dropna().tolist()
    sent = pickle.loads(pickle.dumps(found))
    for one in (found, sent, found.iloc[:0], found.str.upper().str.lower()):
        assert one.fillna("none").tolist() == wanted.fillna("none").tolist()[: len(one)]
    assert found.index.equals(wanted.index) and found.nunique() == wanted.nunique()


def test_cells_joined_late_keep_what_is_put_into_them(tables: dict[str, pd.DataFrame]) -> None:
    cells = named.joined_rows([tables["models"]["source_ids"].tolist()[:2]] * 3, tables["sources"])
    other = cells.copy()
    other.iloc[1] = "put in"
    assert other.tolist()[1] == "put in" and other.tolist()[::2] == cells.tolist()[::2]
    assert cells.iloc[1] == cells.iloc[0] != "put in"
    # Nobody counted the documents of what was put in.
    assert behind_cells(cells, tables["sources"]) == behind_cells(other.drop(1), tables["sources"])


def test_documents_of_rows_by_their_places_are_those_of_their_cells(tables: dict[str, pd.DataFrame]) -> None:
    events = tables["governance_events"].reset_index(drop=True)
    cells = events["source_ids"].tolist()
    ids = tables["sources"]["source_id"].tolist()
    # A row may name what the table of documents does not have.
    events["source_ids"] = [f"no-such; {ids[3]}", f"{ids[3]}; {ids[1]}", *cells[2:]]
    build = {**tables, "governance_events": events, "sources": tables["sources"].copy()}
    groups = [[1, 5, 4, 5], [0, 1], [], list(range(2, len(events))), [7]]
    joined = named.joined_at(
        build, "governance_events", [np.array(g, dtype="int64") for g in groups]
    ).tolist()
    assert joined == [citations.joined_sources(*events["source_ids"].iloc[g]) for g in groups]
    for cell in joined:
        assert citations.behind_cells(pd.Series([cell]), build["sources"]) == citations.behind_cells(
            pd.Series([cell]), tables["sources"]
        )


def test_who_stands_behind_is_the_same_from_cells_and_from_rows(tables: dict[str, pd.DataFrame]) -> None:
    for name in ("models", "governance_events", "benchmark_scores"):
        cells, sources = tables[name]["source_ids"], tables["sources"]
        assert behind_cells(cells, sources) == behind(cited(cells, sources))
        for some in (cells, cells.iloc[::-3], cells.iloc[[4, 2, 4]], cells.iloc[:0]):
            documents = named.documents(tables, name, some.index)
            assert behind_cells(documents, sources) == behind_cells(some, sources)
            assert citations.links_behind(documents, sources) == citations.links_behind(some, sources)


def test_a_note_ends_the_line_and_nothing_cited_is_no_line() -> None:
    assert short_line(behind(cited(cells("a"), SOURCES)), NOW, "Hollow: estimated.").endswith(
        " Hollow: estimated."
    )
    assert short_line(behind(cited(cells("no-such"), SOURCES)), NOW, "Hollow: estimated.") == ""


def test_full_lines_leave_out_what_is_unknown() -> None:
    assert full_lines(SOURCES) == [
        "TMTPost, “One”, 16 Mar 2026, https://example.org/a (read 20 Nov 2026)",
        "36Kr, “Two”, Mar 2026, https://example.org/b b(1) (read 20 Nov 2026)",
        "TMTPost, https://example.org/c (read 20 Nov 2026)",
        "Epoch [AI], “Four”, 2026, https://example.org/d (read 20 Nov 2026), licence CC BY 4.0",
        "The article, urn:article (read 20 Nov 2026)",
    ]
    assert full_lines(SOURCES.iloc[:0]) == []


def test_links_are_markdown_that_stays_whole() -> None:
    assert links("a", SOURCES) == "[TMTPost](https://example.org/a)"
    assert links("d; b", SOURCES) == (
        "[36Kr](https://example.org/b%20b%281%29) · [Epoch \\[AI\\]](https://example.org/d)"
    )
    assert links("a; b; c; d", SOURCES).endswith(" +2")
    assert links("a; b; c", SOURCES, most=1) == "[TMTPost](https://example.org/a) +2"
    assert links("e", SOURCES) == "The article"
    assert links("unknown", SOURCES) == links(None, SOURCES) == links(float("nan"), SOURCES) == ""


def test_every_real_document_can_be_named(tables: dict[str, pd.DataFrame]) -> None:
    sources = tables["sources"]
    for line in full_lines(sources):
        assert re.search(r"(https?://|urn:)\S+ \(read \d", line), line
        assert "nan" not in re.findall(r"\w+", line) and "NaT" not in line, line
    for source in sources.itertuples():
        link = links(source.source_id, sources)
        if source.url.startswith("http"):
            assert re.fullmatch(r"\[[^\[\]]+\]\([^ )]+\)", link), link


def test_a_ranking_in_a_source_line_is_one_sentence() -> None:
    """What gives way where a line has little room goes whole: brackets and signs end no sentence."""
    line = (
        "Source: A (1 document). China AI Landscape, data to 27 Nov 2026, snapshot 803e8b35. "
        "Ranked: model (a move before a first) > leader > price; then by name. Hollow: few scores (or weak). 弱 marks."
    )
    found = shorter_lines(line)
    assert found[0] == line and len(found) == 4
    assert all("Ranked" not in f or "then by name." in f for f in found)
