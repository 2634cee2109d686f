"""What a choice leaves of the tables: nothing later than the day, nobody outside the filters, names as wished."""

from __future__ import annotations

import string
from dataclasses import replace
from random import Random

import pandas as pd
import pytest
from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.data import store
from dashboard.data.selection import DATED_BY, MAY_LIE_LATER, Selection, as_of, earlier, named, words
from dashboard.facts import landscape
from dashboard.facts.landscape import apply
from dashboard.look.theme import MODELS
from etl.schema import Table
from etl.tables import TABLES

Tables = store.Tables
NEWEST = pd.Timestamp("2026-11-20")
#: As far back as the app goes, the days around reorganisations, ends of years, and the newest day.
GRID = [
    *pd.date_range("2021-01-01", "2026-07-01", freq="6MS"),
    *(pd.Timestamp(d) for d in ("2023-03-27", "2023-03-28", "2025-11-25", "2026-03-15", "2026-03-16")),
]


def on(day: object, newest: pd.Timestamp = NEWEST, **own: object) -> Selection:
    return Selection(as_of=pd.Timestamp(day), newest=newest, **own)  # type: ignore[arg-type]


def later_days(tables: Tables, day: pd.Timestamp) -> list[str]:
    """Cells that lie after a day, in tables that must have none."""
    found = []
    for name, frame in tables.items():
        for column in frame.select_dtypes("datetime"):
            if column not in MAY_LIE_LATER and (frame[column] > day).any():
                found.append(f"{name}.{column}: {frame.loc[frame[column] > day, column].max():%Y-%m-%d}")
    return found


# --- As of a day ---


def test_every_table_with_days_is_dated_by_one_of_them() -> None:
    """A new table with days is not forgotten: claims go by their document, tests are told of on any day, the rest by a column."""
    for table in TABLES:
        days = [c for c in table.columns if table.kind(c) == "day" and c not in MAY_LIE_LATER]
        if days and table.name != "benchmarks":
            assert DATED_BY.get(table.name) in days, table.name


def test_figures_are_known_from_their_first_document(tables: Tables) -> None:
    """One rule: a figure of a period, a count of use, a registration and a score of an older model, each when it was told."""
    newest = tables["sources"]["accessed_date"].max()
    day = pd.Timestamp("2025-08-15")
    shown = as_of(tables, on(day, newest))
    published = tables["sources"].set_index("source_id")["published_date"]
    for name, ended in (("company_metrics", "period_end_date"), ("adoption", "observed_date")):
        every = tables[name]
        first = every["source_ids"].str.split("; ").explode().map(published).groupby(level=0).min()
        plan = every["metric"].str.contains("plan|guidance|budget")
        over = every[(every[ended] <= day) & (first > day) & ~plan]
        assert len(over) >= 5
        assert not set(over[every.columns[0]]) & set(shown[name][every.columns[0]])
        assert (shown[name]["known_date"] <= day).all()
    counted = tables["filings"][tables["filings"]["as_of_date"] == "2025-11-01"]
    before = as_of(tables, on(pd.Timestamp("2025-11-10"), newest))["filings"]
    assert len(counted) == 1 and counted["filing_id"].iloc[0] not in set(before["filing_id"])
    public = tables["benchmarks"].set_index("benchmark_id")["released_date"]
    for shown_day in (day, pd.Timestamp("2024-12-31"), pd.Timestamp("2026-01-31")):
        scores = as_of(tables, on(shown_day, newest))["benchmark_scores"]
        early = scores["benchmark_id"].map(public) > shown_day
        assert not (early & scores["score_date_meaning"].eq("model release")).any()


def test_a_build_without_known_days_is_cut_by_the_days_it_has(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    older = {**tables, "adoption": tables["adoption"].drop(columns=["known_date", "known_date_precision"])}
    day = pd.Timestamp("2025-12-31")
    shown = as_of(older, on(day, newest))["adoption"]
    assert 0 < len(shown) == int((older["adoption"]["observed_date"] <= day).sum()) < len(older["adoption"])


@pytest.mark.parametrize("day", GRID, ids=lambda d: f"{d:%Y-%m-%d}")
@pytest.mark.parametrize("keep_outside", [False, True], ids=["china", "world"])
def test_nothing_later_than_the_day(tables: Tables, day: pd.Timestamp, keep_outside: bool) -> None:
    newest = tables["sources"]["accessed_date"].max()
    shown = apply(tables, on(day, newest), keep_outside=keep_outside)
    assert later_days(shown, day) == []
    assert set(shown) == set(tables)
    for name, frame in shown.items():
        assert set(tables[name]) <= set(frame), name
        if DATED_BY.get(name) and day < newest:
            assert frame[DATED_BY[name]].notna().all(), name
    assert not (shown["companies"]["founded_year"] > day.year).any()
    published = tables["sources"].set_index("source_id")["published_date"]
    assert not (shown["claims"]["document_id"].map(published) > day).any()
    first = tables["models"].groupby("family_id")["release_date"].min()
    assert not (shown["model_families"]["family_id"].map(first) > day).any()


def test_an_end_that_has_not_come_is_open(tables: Tables) -> None:
    for name in ("governance_assessments", "governance_index", "people"):
        ended = tables[name].dropna(subset=["valid_from", "valid_to"])
        assert len(ended), name
        needed = {n: tables[n] for n in (name, "companies", "sources")}
        for row in ended.head(40).itertuples():
            day = row.valid_to - pd.Timedelta(days=1)
            if day < row.valid_from:
                continue
            there = as_of(needed, on(day))[name].loc[row.Index]
            assert pd.isna(there["valid_to"])
            assert "valid_to_precision" not in there or pd.isna(there["valid_to_precision"])
            assert as_of(needed, on(row.valid_to))[name].loc[row.Index, "valid_to"] == row.valid_to


def test_the_newest_day_shows_every_row_but_periods_that_still_run(tables: Tables) -> None:
    newest = max(tables["sources"]["accessed_date"].max(), tables["sources"]["published_date"].max())
    shown = as_of(tables, on(newest, newest))
    hidden = {n: tables[n].loc[~tables[n].index.isin(f.index)] for n, f in shown.items()}
    assert [n for n, f in hidden.items() if len(f)] in ([], ["company_metrics"])
    assert (hidden["company_metrics"]["known_date"] > newest).all()


def test_a_plan_is_known_from_the_day_it_was_announced_and_keeps_its_period(tables: Tables) -> None:
    newest = max(tables["sources"]["accessed_date"].max(), tables["sources"]["published_date"].max())
    plans = tables["company_metrics"].loc[lambda t: t["period_end_date"] > newest]
    assert len(plans)
    for row in plans.itertuples():
        eve = as_of(tables, on(row.known_date - pd.Timedelta(days=1)))["company_metrics"]
        then = as_of(tables, on(row.known_date))["company_metrics"]
        assert row.Index not in eve.index
        assert then.loc[row.Index, "period_end_date"] == row.period_end_date


def test_rows_without_a_day_are_facts_of_today_only(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    undated = tables["commercial_levers"]["since_date"].isna()
    assert undated.any()
    ids = set(tables["commercial_levers"].loc[undated, "lever_id"])
    assert ids <= set(as_of(tables, on(newest, newest))["commercial_levers"]["lever_id"])
    before = as_of(tables, on(newest - pd.Timedelta(days=1), newest))["commercial_levers"]
    assert not ids & set(before["lever_id"])


@pytest.mark.parametrize("basis", ["reported", "coded"])
@pytest.mark.parametrize("day", GRID, ids=lambda d: f"{d:%Y-%m-%d}")
def test_labels_of_a_day_are_the_same_by_either_way(tables: Tables, day: pd.Timestamp, basis: str) -> None:
    """The tables taken back to a day, and all tables asked about that day, tell the same labels."""
    assert landscape.labels_in_force(as_of(tables, on(day)), basis) == landscape.labels_on(tables, basis, day)


def test_taking_back_twice_is_taking_back_once(tables: Tables) -> None:
    once = as_of(tables, on("2024-06-30"))
    twice = as_of(as_of(tables, on("2025-12-31")), on("2024-06-30"))
    for name in tables:
        pd.testing.assert_frame_equal(twice[name], once[name], obj=name)


def test_tables_given_are_not_changed(tables: Tables) -> None:
    before = {n: f.copy() for n, f in tables.items()}
    apply(tables, on("2024-01-01", names="zh", governance_models=("federated",)))
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[name], obj=name)


# --- The same on tables that no one would write by hand ---

DAYS = st.dates(pd.Timestamp("2019-01-01").date(), NEWEST.date()).map(pd.Timestamp)
COMPANIES = [f"c{n}" for n in range(4)]
IDS = {
    "companies.company_id": COMPANIES,
    "sources.source_id": [f"s{n}" for n in range(4)],
    "model_families.family_id": [f"f{n}" for n in range(4)],
    "governance_models.governance_model_id": [m.id for m in MODELS],
}
DTYPES = {"text": "str", "integer": "Int64", "number": "float64", "flag": "boolean", "day": "datetime64[us]"}


def random_cell(table: Table, column: str, chance: Random) -> object:
    kind, meta = table.kind(column), table.meta(column)
    if table.columns[column].nullable and chance.random() < 0.3:
        return None
    if column == "country":
        return chance.choice(["CN", "US"])
    if column == "founded_year":
        return chance.randint(2015, 2026)
    choices = meta["choices"] or IDS.get(meta["reference"])
    if choices:
        return chance.choice(choices)
    return {
        "text": "words",
        "integer": chance.randint(1, 4),
        "number": chance.random(),
        "flag": chance.random() < 0.5,
        "day": NEWEST - pd.Timedelta(days=chance.randint(0, 2900)),
    }[kind]


def random_tables(seed: int) -> Tables:
    """Every declared table with up to four rows of random cells, of the types that the store gives."""
    chance = Random(seed)
    made: Tables = {}
    for table in TABLES:
        size = 4 if f"{table.name}.{table.key}" in IDS else chance.randint(0, 4)
        ids = IDS.get(f"{table.name}.{table.key}") or [f"x{n}" for n in range(size)]
        made[table.name] = pd.DataFrame(
            {
                c: pd.Series(
                    ids[:size] if c == table.key else [random_cell(table, c, chance) for _ in range(size)],
                    dtype=DTYPES[table.kind(c)],
                )
                for c in table.columns
            }
        )
    return made


#: The seed and not the cells is what Hypothesis draws: cell by cell it would take a minute.
MADE_UP = st.integers(0, 2**32).map(random_tables)


def some(of: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(of), unique=True, max_size=2).map(tuple)


CHOICES = st.builds(
    Selection,
    as_of=DAYS,
    newest=st.just(NEWEST),
    governance_models=some([m.id for m in MODELS]),
    company_types=some(["giant", "startup", "lab"]),
    companies=some(COMPANIES),
    basis=st.sampled_from(["reported", "coded"]),
    outside=st.booleans(),
    compare=st.none() | DAYS,
    names=st.sampled_from(["en", "zh", "both"]),
)


@pytest.mark.slow
@settings(max_examples=tries(30), deadline=None)
@given(made=MADE_UP, chosen=CHOICES, keep_outside=st.booleans())
def test_no_choice_on_any_tables_shows_more_than_it_says(
    made: Tables, chosen: Selection, keep_outside: bool
) -> None:
    shown = apply(made, chosen, keep_outside=keep_outside)
    assert later_days(shown, chosen.as_of) == []
    companies = made["companies"].set_index("company_id")
    ids = set(shown["companies"]["company_id"])
    for cid in ids:
        company = companies.loc[cid]
        outside = company["country"] != "CN"
        if keep_outside and outside:
            continue
        assert not outside or chosen.outside or cid in chosen.companies
        assert not chosen.companies or cid in chosen.companies
        assert not chosen.company_types or company["company_type"] in chosen.company_types
        if chosen.governance_models:
            label = landscape.labels_on(made, chosen.basis, chosen.as_of)[cid]
            assert label in chosen.governance_models
    for name, frame in shown.items():
        assert set(made[name]) <= set(frame)
        if "company_id" in frame:
            assert set(frame["company_id"].dropna()) <= ids, name
            assert not (chosen.is_narrowed and frame["company_id"].isna().any()), name
    then = earlier(shown, chosen)
    assert later_days(then, min(chosen.since, chosen.as_of)) == []
    assert set(then["companies"]["company_id"]) <= ids


@settings(max_examples=tries(25), deadline=None)
@given(made=MADE_UP, day=DAYS, basis=st.sampled_from(["reported", "coded"]))
def test_labels_agree_on_any_tables(made: Tables, day: pd.Timestamp, basis: str) -> None:
    assert landscape.labels_in_force(as_of(made, on(day)), basis) == landscape.labels_on(made, basis, day)


# --- Narrowing ---


def companies_shown(tables: Tables, **own: object) -> set[str]:
    newest = tables["sources"]["accessed_date"].max()
    return set(apply(tables, on(newest, newest, **own))["companies"]["company_id"])


def test_without_filters_all_of_china_and_nobody_else(tables: Tables) -> None:
    companies = tables["companies"]
    at_home = set(companies.loc[companies["country"] == "CN", "company_id"])
    everyone = set(companies["company_id"])
    assert len(at_home) < len(everyone)
    assert companies_shown(tables) == at_home
    assert companies_shown(tables, outside=True) == everyone


@pytest.mark.parametrize("kind", ["giant", "startup", "lab"])
def test_filtering_by_type(tables: Tables, kind: str) -> None:
    companies = tables["companies"]
    of_kind = (companies["company_type"] == kind) & (companies["country"] == "CN")
    assert of_kind.any()
    assert companies_shown(tables, company_types=(kind,)) == set(companies.loc[of_kind, "company_id"])


@pytest.mark.parametrize("basis", ["reported", "coded"])
def test_governance_models_share_the_companies_out(tables: Tables, basis: str) -> None:
    """Each company passes the filter of exactly one model, and all filters together are none."""
    parts = {m.id: companies_shown(tables, basis=basis, governance_models=(m.id,)) for m in MODELS}
    assert sum(len(p) for p in parts.values()) == len(companies_shown(tables, basis=basis))
    assert set().union(*parts.values()) == companies_shown(tables, basis=basis)
    two = [m for m, p in parts.items() if p][:2]
    assert companies_shown(tables, basis=basis, governance_models=tuple(two)) == parts[two[0]] | parts[two[1]]


def test_a_company_named_is_shown_wherever_it_sits(tables: Tables) -> None:
    companies = tables["companies"]
    abroad = companies.loc[companies["country"] != "CN"].iloc[0]
    cid, kind = abroad["company_id"], abroad["company_type"]
    other = next(k for k in ("giant", "startup", "lab") if k != kind)
    assert companies_shown(tables, companies=(cid,)) == {cid}
    assert companies_shown(tables, companies=(cid,), company_types=(kind,)) == {cid}
    assert companies_shown(tables, companies=(cid,), company_types=(other,)) == set()


def test_the_world_stays_as_context_where_a_chart_asks_for_it(tables: Tables) -> None:
    companies = tables["companies"]
    abroad = set(companies.loc[companies["country"] != "CN", "company_id"])
    at_home = companies.loc[companies["country"] == "CN", "company_id"].iloc[0]
    newest = tables["sources"]["accessed_date"].max()
    shown = apply(tables, on(newest, newest, companies=(at_home,)), keep_outside=True)
    assert set(shown["companies"]["company_id"]) == abroad | {at_home}
    assert set(shown["models"]["company_id"]) <= abroad | {at_home}


def test_an_emptied_table_stays_a_table(tables: Tables) -> None:
    shown = apply(tables, on(NEWEST, companies=("nobody",)))
    assert set(shown) == set(tables)
    for name, frame in shown.items():
        if "company_id" in frame:
            assert frame.empty and set(tables[name]) <= set(frame), name


def test_rows_about_nobody_in_particular_stay_while_nobody_is_picked(tables: Tables) -> None:
    about_all = tables["claims"]["company_id"].isna()
    assert about_all.any()
    newest = tables["sources"]["accessed_date"].max()
    assert apply(tables, on(newest, newest))["claims"]["company_id"].isna().sum() == about_all.sum()
    cid = tables["companies"]["company_id"].iloc[0]
    assert not apply(tables, on(newest, newest, companies=(cid,)))["claims"]["company_id"].isna().any()


# --- The day of comparison ---


def test_changes_are_counted_from_a_year_before() -> None:
    assert on("2026-06-30").since == pd.Timestamp("2025-06-30")
    assert on("2024-02-29").since == pd.Timestamp("2023-02-28")
    assert on("2026-06-30", compare=pd.Timestamp("2023-01-01")).since == pd.Timestamp("2023-01-01")


def test_earlier_keeps_the_companies_and_goes_back_in_time(tables: Tables) -> None:
    chosen = on("2026-06-30", company_types=("giant",), compare=pd.Timestamp("2024-06-30"))
    shown = apply(tables, chosen)
    then = earlier(shown, chosen)
    assert later_days(then, pd.Timestamp("2024-06-30")) == []
    direct = apply(tables, replace(chosen, as_of=pd.Timestamp("2024-06-30")))
    for name in tables:
        pd.testing.assert_frame_equal(then[name], direct[name], obj=name)


def test_comparing_with_a_later_day_compares_with_the_day_itself(tables: Tables) -> None:
    chosen = on("2024-06-30", compare=pd.Timestamp("2026-01-01"))
    shown = apply(tables, chosen)
    for name, frame in earlier(shown, chosen).items():
        pd.testing.assert_frame_equal(frame, shown[name], obj=name)


# --- Picks, names, words ---


def test_picks_are_kept_in_order_and_taken_back() -> None:
    chosen = on(NEWEST).picking("b.y", "two").picking("a.x", "one").picking("b.y", "three")
    assert chosen.picked == (("a.x", "one"), ("b.y", "three"))
    assert chosen.pick("b.y") == "three" and chosen.pick("c.z", "none") == "none" and chosen.pick("c.z") == ""
    assert chosen.picking("a.x", "").picked == (("b.y", "three"),)


def test_only_filters_on_companies_narrow() -> None:
    assert not on("2024-01-01", basis="coded", outside=True, names="zh").is_narrowed
    for own in ({"governance_models": ("federated",)}, {"company_types": ("lab",)}, {"companies": ("a",)}):
        assert on(NEWEST, **own).is_narrowed


def test_names_in_the_script_that_was_chosen() -> None:
    frame = pd.DataFrame(
        {"company_name": ["Alibaba", "OpenAI"], "company_name_zh": pd.Series(["阿里巴巴", None], dtype="str")}
    )
    shown = {n: named(frame, "company_name", n)["company_name"].tolist() for n in ("en", "zh", "both")}
    assert shown == {
        "en": ["Alibaba", "OpenAI"],
        "zh": ["阿里巴巴", "OpenAI"],
        "both": ["Alibaba 阿里巴巴", "OpenAI"],
    }
    assert frame["company_name"].tolist() == ["Alibaba", "OpenAI"]
    assert named(frame.iloc[:0], "company_name", "zh").empty


def test_names_of_companies_and_families_change_throughout(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    shown = apply(tables, on(newest, newest, names="zh"))
    for name, column in (("companies", "company_name"), ("model_families", "family_name")):
        zh = shown[name][f"{column}_zh"]
        assert zh.notna().any()
        assert (shown[name].loc[zh.notna(), column] == zh.dropna()).all()


def test_the_selection_in_words(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    plain = on(newest, newest)
    at_home = int((tables["companies"]["country"] == "CN").sum())
    assert words(tables, apply(tables, plain), plain).startswith(
        f"**{at_home} of {at_home} organisations** · all governance models · as of **"
    )
    chosen = on(
        "2026-06-30",
        newest,
        governance_models=("federated", "lab_led"),
        company_types=("giant", "lab"),
        basis="coded",
        outside=True,
    )
    shown = apply(tables, chosen)
    assert words(tables, shown, chosen) == (
        f"**{len(shown['companies'])} of {len(tables['companies'])} organisations** · Federated, Lab-led · "
        "tech giants, labs · as of **30 Jun 2026**, compared with 30 Jun 2025 · as coded by the printed rule"
    )


def test_every_company_type_has_a_word() -> None:
    from dashboard.data.selection import COMPANY_TYPES
    from dashboard.screen.profiles import TYPE_WORDS
    from etl.tables.companies import COMPANY_TYPES as DECLARED

    assert set(COMPANY_TYPES) == set(TYPE_WORDS) == set(DECLARED)
    assert all(word[0] in string.ascii_uppercase for word in COMPANY_TYPES.values())
