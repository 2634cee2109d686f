"""Columns that know which of their cells are the same say what any column of text says, and rules by columns what rules by rows do."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pya
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.cells import Cells, cited, coded, different, holding, known, rows_of
from etl.neighbours import _days_named, _unlike_named
from etl.read import read_table
from etl.rules import first_told, last_days, last_seen
from etl.tables import TABLES

TEXTS = st.lists(st.sampled_from(["a", "b", "b c", "é", None]), max_size=12)


def _both(texts: list[str | None]) -> tuple[pd.Series, pd.Series]:
    """The same texts as a column that knows them, some of which are in no cell, and as any other."""
    names = np.array(["none", *dict.fromkeys(t for t in texts if t is not None)], dtype=object)
    places = [names.tolist().index(t) if t is not None else -1 for t in texts]
    cells = Cells.of(pya.array(names, pya.string()), np.array(places, dtype="int32"))
    return pd.Series(cells), pd.Series(texts, dtype="str")


@given(TEXTS, st.data())
def test_such_a_column_is_as_any_column(texts: list[str | None], data: st.DataObject) -> None:
    mine, plain = _both(texts)
    some = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    if texts and data.draw(st.booleans()):
        for column in (mine, plain):
            column.iloc[data.draw(st.just(len(texts) - 1))] = "new"
    for a, b in (
        (mine, plain),
        (mine[some], plain[some]),
        (mine[::-1], plain[::-1]),
        (mine.dropna(), plain.dropna()),
    ):
        pd.testing.assert_series_equal(a, b)
        for ask in (
            lambda c: c.isna(), lambda c: c.duplicated(), lambda c: c.duplicated(keep=False), lambda c: c == "b",
            lambda c: c.str.len(), lambda c: c.reindex([*c.index, -1]), lambda c: pd.concat([c, plain]), lambda c: c.copy(),
            lambda c: c != "b", lambda c: c < "b", lambda c: c == plain.reindex(c.index), lambda c: c.map({"a": 1.5, "é": 2.5}), lambda c: c.map(str),
            lambda c: c.map(pd.Series(["x"], ["b"], dtype="str")), lambda c: c.reset_index(drop=True), lambda c: c.fillna(""), lambda c: c.sort_values(), lambda c: c.groupby(c).size(), lambda c: pd.Series(list(c), dtype="str"),
        ):  # fmt: skip
            pd.testing.assert_series_equal(ask(a), ask(b))
        for drop in (True, False):
            codes, names = pd.factorize(a, use_na_sentinel=drop)
            expected, of = pd.factorize(b, use_na_sentinel=drop)
            assert codes.tolist() == expected.tolist() and names.astype("object").equals(of.astype("object"))
        places, texts_of = coded(a)
        assert [texts_of[n] if n >= 0 else None for n in places.tolist()] == [
            t if isinstance(t, str) else None for t in b
        ]
        assert sorted(different(a)) == sorted(b.dropna().unique())
        assert {t: at for t, at in known(a).items() if isinstance(t, str)} == {
            t: at for at, t in enumerate(b) if isinstance(t, str)
        }
        assert holding(a, "^b").tolist() == [isinstance(t, str) and t.startswith("b") for t in b]


#: The last day or month in a key, as a pattern that looks back and ahead finds it.
DAY = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})-([0-9]{2})(?:-([0-9]{2}))?(?![0-9])(?!.*(?<![0-9])(?:19|20)[0-9]{2}-[0-9]{2})"
)


@given(
    st.lists(
        st.none()
        | st.lists(
            st.sampled_from(["2026-06", "1999-02", "-31", "-06", "2026", "-", "3", "a", ".", "é"]), max_size=9
        ).map("".join)
    )
)
def test_days_in_all_keys_at_once_are_those_in_each(keys: list[str | None]) -> None:
    days, whole = _days_named(pd.Series(keys, dtype="str"))
    for key, day, is_whole in zip(keys, days, whole, strict=True):
        found = DAY.search(key or "")
        expected = found and pd.to_datetime(
            "-".join([found[1], found[2], found[3] or "01"]), errors="coerce", format="%Y-%m-%d"
        )
        assert (pd.isna(day) and pd.isna(expected)) or day == expected, key  # type: ignore[arg-type]
        assert is_whole == bool(found and found[3]), key


DAYS = st.none() | st.sampled_from(["2025-12-01", "2026-01-01", "2026-01-15", "2026-02-01", "2026-03-31"])


@given(
    st.lists(
        st.tuples(DAYS, st.sampled_from(["day", "month", "quarter"]), DAYS.filter(bool)),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.tuples(st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True), DAYS), max_size=5),
)
def test_days_of_documents_are_those_of_each_row(
    documents: list[tuple[str | None, str, str]], rows: list[tuple[list[int], str | None]]
) -> None:
    sources = pd.DataFrame(documents, columns=["published_date", "published_date_precision", "accessed_date"])
    sources = sources.assign(source_id=[f"s{n}" for n in range(len(documents))]).astype(
        {"published_date_precision": "str", "source_id": "str"}
    )
    sources = sources.astype({"published_date": "datetime64[us]", "accessed_date": "datetime64[us]"})
    cells = ["; ".join(f"s{n}" for n in cells) for cells, _ in rows]
    told = pd.DataFrame(
        {
            "source_ids": pd.Series(cells, dtype="str"),
            "valid_from": pd.Series([day for _, day in rows], dtype="datetime64[us]"),
        }
    )
    last = last_days(sources, "published_date")
    days, how = first_told(told, told["valid_from"], sources)
    seen = last_seen(told, sources)
    for at, (cites, _) in enumerate(rows):
        end, known_of = told["valid_from"][at], []
        mine = sources.loc[[n for n in cites if n < len(documents)]]
        for n, document in mine.iterrows():
            day, exact = document["published_date"], document["published_date_precision"]
            if pd.isna(day):
                known_of.append((document["accessed_date"], "day"))
            elif exact != "day" and pd.notna(end) and day <= end <= min(last[n], document["accessed_date"]):
                known_of.append((end, "day"))
            else:
                known_of.append((day, exact))
        first = min(known_of, key=lambda k: k[0], default=(pd.NaT, None))
        assert (days[at] == first[0] and how[at] == first[1]) or (
            not known_of and pd.isna(days[at]) and pd.isna(how[at])
        )
        spoke = mine["published_date"].dropna().tolist() or mine["accessed_date"].tolist()
        assert not spoke or seen[at] == max([*spoke, end] if pd.notna(end) else spoke)


def test_of_an_id_that_stands_again_the_last_is_cited() -> None:
    of = cited(pd.Series(["b; a", None, "c", "a"], dtype="str"), pd.Series(["a", "b", "a"], dtype="str"))
    assert of.of_cells(np.array([1, 2, 3]), 0, np.maximum).tolist() == [3, 0, 3]
    assert of.of_rows(np.array([3, 0, 3]), -1).tolist() == [3, -1, 0, 3]
    assert [part.tolist() for part in of.lines()] == [[0, 0, 2, 3], [1, 2, -1, 2]]
    at = rows_of(pya.array(["b", "c", "a"]), pd.Series(["a", None, "b", "a"], dtype="str"))
    assert at.tolist() == [2, -1, 3]


def test_lists_that_name_what_is_not_there_or_twice_are_odd() -> None:
    lists = ["a", "a; b", "a; c", "b; b", "c", "b; a; b", "a;b"]
    of = cited(pd.Series(lists, dtype="str"), pd.Series(["a", "b"], dtype="str"))
    assert of.are_odd().tolist() == [False, False, True, True, True, True, True]


def test_keys_of_many_rows_are_held_against_what_they_name_to_the_last(raw_folder: Path) -> None:
    table = next(t for t in TABLES if t.name == "people_moves")
    rows, _ = read_table(table, raw_folder / f"{table.name}.csv", table.name)
    many = pd.concat([rows.iloc[:1]] * 11_500, ignore_index=True)
    column = next(c for c in table.raw_columns if table.meta(c)["reference"] and not table.meta(c)["is_list"])
    many[column] = (
        pd.Series(["alibaba", "Zhipu.AI", "deepseek--v"], dtype="str").take(np.arange(len(many)) % 3).array
    )
    slug = many[column].str.lower().str.replace(r"[^a-z]+", "-", regex=True)
    many[table.key] = [f"{n}.{name}.x" for n, name in enumerate(slug)]
    assert _unlike_named(many, table)[column] == []
    many.loc[[500, 11_499], column] = ["alibaba", "é"]
    assert [line for line, *_ in _unlike_named(many, table)[column]] == [500, 11_499]


@pytest.mark.parametrize(
    "set_cell", [lambda f: f.__setitem__("t", "z"), lambda f: f.loc.__setitem__((0, "t"), "z")]
)
def test_what_is_set_is_what_the_column_says(set_cell: object) -> None:
    frame = pd.DataFrame({"t": _both(["a", "b", "a"])[0]}, copy=False)
    assert known(frame["t"]) == {"a": 2, "b": 1}
    set_cell(frame)  # type: ignore[operator]
    assert frame["t"].duplicated().tolist() == pd.Series(frame["t"].tolist()).duplicated().tolist()
    assert set(known(frame["t"])) == set(different(frame["t"])) == set(frame["t"])
