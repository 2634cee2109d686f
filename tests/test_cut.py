"""Tables under a view: cut when read, what follows from them computed once, the same as if cut at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import governance, overview, rows
from dashboard.data.citations import joined_sources
from dashboard.data.cut import Cut, columns, everyone, once
from dashboard.data.selection import Selection, as_of, earlier, names_by_id
from dashboard.data.store import Tables
from dashboard.facts import (
    changes,
    flagships,
    followers,
    landscape,
    models,
    over_time,
    prices,
    ratings,
    use,
    windows,
)

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


@pytest.mark.parametrize("basis", ["reported", "coded"])
def test_who_follows_which_model_is_what_labels_and_documents_of_each_say(
    tables: Tables, selection: Selection, basis: str
) -> None:
    """In columns for charts of thousands, and company by company as every other reader asks it."""
    days = [pd.Timestamp(day) for day in ("2022-06-30", "2024-12-31")] + [DAY]
    asked = replace(selection, basis=basis, compare=days[1])
    for chosen in ({}, {"names": "zh"}, {"company_types": ("giant",)}, {"companies": ("alibaba", "openai")}):
        view = landscape.apply(tables, replace(asked, **chosen))  # type: ignore[arg-type]
        names = names_by_id(view)
        told = zip(*followers.followers_on(view, basis, days), strict=True)
        found = [(one.day, one.model_id, one.names, cell) for one, cell in told]
        expected = []
        for day in days:
            shown = landscape.shown_on(view, basis, day)
            for model, ids in rows.by_model(landscape.labels_of(view, shown, day)).items():
                cited = joined_sources(*(shown[c][1] for c in ids if c in shown))
                expected.append((day, model, sorted(names[c] for c in ids), cited))
        assert found == expected, chosen
        then = earlier(view, asked)
        was, now = (landscape.labels_in_force(t, basis) for t in (then, view))
        both, _ = followers.movers(view, Selection(days[1], selection.newest, compare=days[1]), basis)
        moved = {(one.before, one.after): one.names for one in both}
        pairs: dict[tuple[str, str], list[str]] = {}
        for cid in sorted(now, key=names.__getitem__):
            if cid in was:
                pairs.setdefault((was[cid], now[cid]), []).append(names[cid])
        assert moved == pairs, chosen


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


def test_some_columns_of_a_table_are_those_of_the_whole(tables: Tables, selection: Selection) -> None:
    back = replace(selection, as_of=DAY)
    few = replace(back, company_types=("giant",), names="zh")
    day, chosen = as_of(tables, back), landscape.narrow(as_of(tables, back), few)
    for cut in (day, chosen, earlier(chosen, few)):
        for name, frame in tables.items():
            some = {c: columns(cut, name, c) for c in frame}
            for column, found in some.items():
                pd.testing.assert_frame_equal(found, cut[name][[column]])


def test_some_rows_of_a_table_are_those_of_the_whole(tables: Tables, selection: Selection) -> None:
    back = replace(selection, as_of=DAY)
    for name, frame in tables.items():
        few, whole = as_of(tables, back), as_of(tables, back)[name]
        at = whole.index[::3]
        pd.testing.assert_frame_equal(
            columns(few, name, *frame.columns, at=at), whole.loc[at, list(frame.columns)]
        )


def lane_rows(tables: Tables) -> pd.DataFrame:
    """Periods and events of the lanes, companies by id."""
    lanes = governance._lane_rows(tables, "reported", DAY)
    return lanes.taken(np.argsort(lanes.company[lanes.at]))[0].reset_index(drop=True)


SINCE = Selection(DAY, DAY, compare=DAY - pd.Timedelta(days=365))
EACH = {
    "labels": lambda t: landscape.labels_in_force(t, "reported"),
    "labels coded": lambda t: landscape.labels_in_force(t, "coded"),
    "labels on a day": lambda t: landscape.labels_on(t, "reported", pd.Timestamp("2024-06-30")),
    "assessments": lambda t: landscape.assessments_in_force(t, "reported"),
    "spoken for": lambda t: landscape.spoken_for(t, "reported", DAY),
    "periods": lambda t: over_time.periods(t, "reported"),
    "history": lambda t: over_time.history(t, "coded"),
    "index": landscape.index_in_force,
    "leads": landscape.leads_in_force,
    "arrivals": windows.arrivals,
    "events": landscape.reorganisations,
    "newest events": landscape.newest_events,
    "levers": landscape.headline_levers,
    "prices": lambda t: prices.list_prices(t, "CNY"),
    "ratings": ratings.arena,
    "models with companies": lambda t: rows.of_companies(t, "reported", "models"),
    "scores with companies": lambda t: rows.of_companies(t, "coded", "benchmark_scores"),
    "released": models.all_released,
    "matrix": lambda t: (
        overview._matrix(t, "reported", DAY)
        .drop(columns=["company_name", "primary_model"])
        .reset_index(drop=True)
    ),
    "on the map": lambda t: overview._told_of_each(t, "cadence", "USD", DAY),
    "use": use.counts,
    "use around": lambda t: use.around(t, "monthly_users"),
    "steering": lambda t: changes.since(t, SINCE, changes.STEERING),
    "prices and scores": lambda t: changes.since(t, SINCE, ("reorganisation", "price", "score", "figure")),
    "lanes": lambda t: lane_rows(t),
    "changes": lambda t: over_time.newest_changes(t, "reported"),
}
CHOSEN = {
    "two": {"companies": ("alibaba", "deepseek")},
    "most": {"company_types": ("giant", "startup", "lab", "chip_maker", "carmaker")},
    "by label": {"governance_models": ("federated", "hub_and_spoke", "centralised_ceo", "lab_led")},
    "everyone": {"outside": True},
    "in Chinese": {"names": "zh"},
}


@pytest.mark.parametrize("chosen", CHOSEN)
def test_what_is_found_of_each_company_is_the_same_whether_found_alone_or_for_everyone(
    tables: Tables, selection: Selection, chosen: str
) -> None:
    asked = replace(selection, **CHOSEN[chosen])  # type: ignore[arg-type]
    cut = landscape.narrow(as_of(tables, selection), asked)
    # Plain tables know of no others: all is computed from them.
    alone = {name: cut[name] for name in cut}
    for what, find in EACH.items():
        theirs, mine = find(cut), find(alone)
        if isinstance(mine, dict):
            assert list(theirs.items()) == list(mine.items()), what
            continue
        # Periods are rows of their own, numbered anew.
        numbered = what in (
            "periods",
            "history",
            "use",
            "use around",
            "steering",
            "prices and scores",
            "lanes",
        )
        if numbered:
            theirs = theirs.reset_index(drop=True)
        pd.testing.assert_frame_equal(
            theirs, mine, check_dtype=not numbered, check_index_type=False, check_column_type=False, obj=what
        )
    later = landscape.narrow(as_of(tables, selection), asked)
    assert landscape.labels_in_force(earlier(later, asked), "reported") == landscape.labels_in_force(
        {name: earlier(later, asked)[name] for name in later}, "reported"
    )
