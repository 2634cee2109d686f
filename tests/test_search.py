"""Search leads from any name, in either script, to the thing it names."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.data import search


@pytest.fixture(scope="module")
def known(tables: dict[str, pd.DataFrame]) -> list[search.Entry]:
    return search.entries(tables)


#: A kind of thing, the company that it belongs to, and names that lead there.
LEAD_TO = {
    ("person", "alibaba"): ("吴泳铭", "Eddie Wu"),
    ("company", "alibaba"): ("通义", "alibaba", "  ALIBABA  "),
    ("company", "bytedance"): ("Doubao", "豆包"),
    ("company", "zhipu"): ("THUDM",),
    ("company", "baidu"): ("文心",),
    ("infrastructure", "alibaba"): ("ModelScope",),
}


@pytest.mark.parametrize(
    ("asked", "kind", "company"), [(name, *thing) for thing, names in LEAD_TO.items() for name in names]
)
def test_a_name_leads_to_its_thing(known: list[search.Entry], asked: str, kind: str, company: str) -> None:
    found = search.search(known, asked)
    assert (kind, company) in [(e.kind, e.company_id) for e in found[:6]], found[:6]


def test_wu_yongming_and_wu_zeming_are_two_people(known: list[search.Entry]) -> None:
    ids = {
        e.id
        for asked in ("Wu Yongming", "Wu Zeming")
        for e in search.search(known, asked)
        if e.kind == "person"
    }
    assert len(ids) == 2


def test_a_misspelt_name_is_found_and_nonsense_is_not(known: list[search.Entry]) -> None:
    assert search.search(known, "Moonshott AI")[0].company_id == "moonshot"
    assert search.search(known, "zzzzqqqqxx") == []
    assert search.search(known, "") == search.search(known, "  !! ") == []


def test_better_matches_come_first_and_none_twice(known: list[search.Entry]) -> None:
    found = search.search(known, "qwen", most=50)
    assert found[0].company_id == "alibaba" and found[0].kind == "company"
    assert len({(e.kind, e.id) for e in found}) == len(found)


def test_nothing_later_than_the_day_is_found(tables: dict[str, pd.DataFrame]) -> None:
    from dashboard.data.selection import Selection, as_of

    day, newest = pd.Timestamp("2023-06-30"), tables["sources"]["accessed_date"].max()
    then = search.entries(as_of(tables, Selection(as_of=day, newest=newest)))
    assert then and not any(e.kind == "event" and "Token Hub" in e.title for e in then)
    assert any(e.kind == "event" and "Token Hub" in e.title for e in search.entries(tables))
