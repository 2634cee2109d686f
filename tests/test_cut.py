"""Tables under a view: cut when read, what follows from them computed once, the same as if cut at once."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.data.cut import Cut, everyone, once
from dashboard.data.selection import Selection, as_of, earlier
from dashboard.data.store import Tables
from dashboard.facts import flagships, landscape

DAY = pd.Timestamp("2025-09-01")


@pytest.fixture
def selection(tables: Tables) -> Selection:
    return Selection(as_of=DAY, newest=tables["sources"]["accessed_date"].max())


def test_a_table_is_cut_when_it_is_read_and_once() -> None:
    read: list[str] = []

    def cut(name: str) -> pd.DataFrame:
        read.append(name)
        return pd.DataFrame({"a": [name]})

    found = Cut({"one": pd.DataFrame(), "two": pd.DataFrame()}, cut)
    assert list(found) == ["one", "two"] and "three" not in found and not read
    assert found["two"] is found["two"] and read == ["two"]
    with pytest.raises(KeyError):
        found["three"]
    other = found | {"one": pd.DataFrame({"a": [1]})}
    assert other["one"]["a"].tolist() == [1] and other["two"] is found["two"]


def test_what_follows_is_computed_once_for_tables_and_never_changed_by_a_caller() -> None:
    asked: list[int] = []

    @once
    def rows(tables: Tables, most: int) -> pd.DataFrame:
        asked.append(most)
        return tables["one"].head(most)

    plain = {"one": pd.DataFrame({"a": [1, 2, 3]})}
    cut = Cut(plain, plain.__getitem__)
    mine = rows(cut, 2)
    mine["a"] = 0
    mine["b"] = 1
    assert rows(cut, 2).to_dict("list") == {"a": [1, 2]} and rows(cut, 1).shape == (1, 1)
    assert asked == [2, 1]
    rows(plain, 2)
    rows(plain, 2)
    assert asked == [2, 1, 2, 2], "tables that may change are asked each time"


def test_a_company_has_one_flagship_whoever_else_is_shown(tables: Tables, selection: Selection) -> None:
    all_of_them = flagships.flagships(as_of(tables, selection))
    few = landscape.apply(
        tables, Selection(as_of=DAY, newest=selection.newest, companies=("alibaba", "deepseek"))
    )
    found = flagships.flagships(few)
    assert sorted(found.index) == ["alibaba", "deepseek"]
    pd.testing.assert_frame_equal(found, all_of_them[all_of_them.index.isin(["alibaba", "deepseek"])])
    then = earlier(few, selection)
    assert everyone(then) is not then and set(flagships.flagships(then).index) <= {"alibaba", "deepseek"}


def test_tables_cut_on_demand_are_those_cut_at_once(tables: Tables, selection: Selection) -> None:
    cut = landscape.apply(tables, selection)
    back = earlier(cut, selection)
    again = as_of(dict(cut), Selection(as_of=selection.since, newest=selection.newest))
    for name in tables:
        pd.testing.assert_frame_equal(back[name], again[name])
    assert earlier(cut, selection) is back
