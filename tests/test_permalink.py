"""The selection as an address and back: nothing is lost, nothing unknown gets in, and no link breaks the app."""

from __future__ import annotations

from dataclasses import fields, replace
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from examples import tries
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.data import permalink
from dashboard.data.selection import COMPANY_TYPES, Selection
from dashboard.look.theme import MODELS

NEWEST = pd.Timestamp("2026-11-20")
TABLES = {
    "companies": pd.DataFrame(
        {
            "company_id": ["alibaba", "zhipu", "baidu"],
            "company_name": ["Alibaba Group", "zhipu", "Baidu"],
            "company_name_zh": ["阿里巴巴", None, "百度"],
        }
    )
}
PLAIN = Selection(as_of=NEWEST, newest=NEWEST)


def read(query: dict[str, list[str]]) -> tuple[Selection, list[str]]:
    found, notices = permalink.values(query, TABLES, NEWEST)
    return permalink.selection(found, NEWEST), notices


DAYS = st.dates(permalink.EARLIEST.date(), NEWEST.date()).map(pd.Timestamp)


def some(of: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(of), unique=True).map(tuple)


SLUG = st.text("abcdefghij-", min_size=1, max_size=8)
PICKS = st.dictionaries(
    st.builds("{}.{}".format, SLUG, SLUG), st.text("abcü 集&=?#.%+", min_size=1, max_size=8), max_size=3
)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    day = draw(DAYS)
    compare = draw(st.none() | st.dates(permalink.EARLIEST.date(), day.date()).map(pd.Timestamp))
    return Selection(
        as_of=day,
        newest=NEWEST,
        governance_models=draw(some([m.id for m in MODELS])),
        company_types=draw(some(list(COMPANY_TYPES))),
        companies=draw(some(TABLES["companies"]["company_id"].tolist())),
        basis=draw(st.sampled_from(list(permalink.BASES))),
        outside=draw(st.booleans()),
        compare=compare,
        names=draw(st.sampled_from(list(permalink.NAMES))),
        currency=draw(st.sampled_from(list(permalink.CURRENCIES))),
        picked=tuple(sorted(draw(PICKS).items())),
    )


@settings(max_examples=tries(200), deadline=None)
@given(chosen=selections())
@example(chosen=replace(PLAIN, compare=NEWEST - pd.DateOffset(years=1)))
@example(chosen=replace(PLAIN, compare=NEWEST))
def test_there_and_back(chosen: Selection) -> None:
    address = permalink.link("https://example.org/models", chosen)
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "example.org", "/models")
    back, notices = read(parse_qs(parts.query))
    assert notices == []
    assert back.since == chosen.since
    # Twelve months before is what an address without the parameter means.
    assert replace(back, compare=None) == replace(chosen, compare=None)
    assert permalink.query(back) == permalink.query(chosen)


def test_what_stands_at_its_default_is_left_out() -> None:
    assert permalink.query(PLAIN) == {}
    assert permalink.link("https://example.org/", PLAIN) == "https://example.org/"
    assert read({}) == (PLAIN, [])
    year_before = replace(PLAIN, compare=NEWEST - pd.DateOffset(years=1))
    assert permalink.query(year_before) == {}


def test_every_filter_has_its_parameter() -> None:
    """A field added to the selection is not forgotten in the address."""
    other = Selection(
        as_of=pd.Timestamp("2024-06-30"),
        newest=NEWEST,
        governance_models=("federated", "lab_led"),
        company_types=("lab",),
        companies=("zhipu", "baidu"),
        basis="coded",
        outside=True,
        compare=pd.Timestamp("2022-01-01"),
        names="zh",
        currency="CNY",
        picked=(("positioning.y", "price"),),
        count_own=True,
    )
    for field in fields(Selection):
        if field.name != "newest":
            assert getattr(other, field.name) != getattr(PLAIN, field.name), field.name
    assert permalink.query(other) == {
        "governance": ["federated", "lab_led"],
        "type": ["lab"],
        "company": ["zhipu", "baidu"],
        "as_of": ["2024-06-30"],
        "basis": ["coded"],
        "outside": ["1"],
        "compare": ["2022-01-01"],
        "names": ["zh"],
        "currency": ["CNY"],
        "positioning.y": ["price"],
        "count_own": ["1"],
    }
    assert read(permalink.query(other)) == (other, [])
    assert set(permalink.query(other)) == {*permalink.PARAMETERS, "positioning.y"}


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        (
            {"governance": ["federal"]},
            "The link asks for governance model “federal”, which does not exist here: ignored.",
        ),
        ({"type": ["bank"]}, "The link asks for company type “bank”, which does not exist here: ignored."),
        ({"company": ["acme"]}, "The link asks for company “acme”, which does not exist here: ignored."),
        *(
            (
                {"company": [near]},
                f"The link asks for company “{near}”, which does not exist here: ignored. Perhaps “alibaba” was meant.",
            )
            for near in ("Alibaba", "alibaba.", "Alibaba Group", "阿里巴巴", "alibab")
        ),
        (
            {"basis": ["rumour"]},
            "The link asks for basis “rumour”; there are “reported” and “coded”: ignored.",
        ),
        (
            {"names": ["fr"]},
            "The link asks for script of names “fr”; there are “en” and “zh” and “both”: ignored.",
        ),
        ({"currency": ["EUR"]}, "The link asks for currency “EUR”; there are “USD” and “CNY”: ignored."),
        ({"outside": ["yes"]}, "The link asks for outside “yes”; 1 and 0 exist: ignored."),
        (
            {"as_of": ["yesterday"]},
            "The link asks for the date “yesterday”, which is not a day such as 2026-06-30: ignored.",
        ),
        (
            {"as_of": ["2020-12-31"]},
            "The link asks for 31 Dec 2020; the data covers 1 Jan 2021 to 20 Nov 2026: ignored.",
        ),
        (
            {"as_of": ["2026-11-21"]},
            "The link asks for 21 Nov 2026; the data covers 1 Jan 2021 to 20 Nov 2026: ignored.",
        ),
        (
            {"compare": ["2020-01-01"]},
            "The link asks for 1 Jan 2020; the data covers 1 Jan 2021 to 20 Nov 2026: ignored.",
        ),
        (
            {"compare": [""]},
            "The link asks for the date to compare with “”, which is not a day such as 2026-06-30: ignored.",
        ),
    ],
)
def test_what_does_not_exist_is_ignored_and_said(query: dict[str, list[str]], notice: str) -> None:
    assert read(query) == (PLAIN, [notice])


def test_comparing_with_a_later_day_is_said() -> None:
    chosen, notices = read({"as_of": ["2024-06-30"], "compare": ["2024-07-01"]})
    assert chosen == replace(PLAIN, as_of=pd.Timestamp("2024-06-30"))
    assert notices == ["The link compares with a day after the one shown: ignored."]


def test_the_rest_of_a_link_holds() -> None:
    chosen, notices = read({"company": ["acme", "zhipu", "zhipu", ""], "basis": ["coded"], "utm": ["x"]})
    assert chosen == replace(PLAIN, companies=("zhipu",), basis="coded")
    assert len(notices) == 1


def test_the_last_of_repeated_values_counts_where_one_is_wanted() -> None:
    chosen, notices = read({"basis": ["reported", "coded"], "outside": ["0", "1"], "a.b": ["x", "y"]})
    assert chosen == replace(PLAIN, basis="coded", outside=True, picked=(("a.b", "y"),))
    assert notices == []


JUNK = st.dictionaries(
    st.sampled_from([*permalink.PARAMETERS, "a.b", "other"]) | st.text(max_size=6),
    st.lists(
        st.text(max_size=12)
        | st.dates().map(str)
        | st.from_regex(r"\d{1,5}-?W?\d{1,3}-?\d{0,2}T?", fullmatch=True)
        | st.sampled_from(
            ["coded", "federated", "1", "2026-11-20", "0001-01-01", "9999-12-31", "٢٠٢٤-٠١-٠١"]
        ),
        max_size=3,
    ),
)


@settings(max_examples=tries(200), deadline=None)
@given(query=JUNK)
@example(query={"as_of": ["0001-01-01"]})
@example(query={"compare": ["9999-12-31"]})
@example(query={"as_of": ["2024-02-30", "20240229"]})
def test_no_link_breaks_the_app(query: dict[str, list[str]]) -> None:
    chosen, notices = read(query)
    assert permalink.EARLIEST <= chosen.as_of <= NEWEST
    assert chosen.since <= chosen.as_of
    assert set(chosen.governance_models) <= {m.id for m in MODELS}
    assert set(chosen.companies) <= set(TABLES["companies"]["company_id"])
    assert chosen.basis in permalink.BASES and chosen.names in permalink.NAMES
    assert chosen.currency in permalink.CURRENCIES
    assert all(permalink.is_pick(name) and option for name, option in chosen.picked)
    assert all(n.startswith("The link ") and n.endswith(".") for n in notices)
    # What was understood is an address of its own, which is read without a word.
    again, silence = read(permalink.query(chosen))
    assert silence == [] and permalink.query(again) == permalink.query(chosen)


def test_options_are_offered_in_order(tables: dict[str, pd.DataFrame]) -> None:
    assert permalink.options(TABLES)["company"] == ["alibaba", "baidu", "zhipu"]
    real = permalink.options(tables)
    assert sorted(real["company"]) == sorted(tables["companies"]["company_id"])
    assert real["governance"] == [m.id for m in MODELS]
    assert set(real["governance"]) == set(tables["governance_models"]["governance_model_id"])
    assert list(real["type"]) == list(COMPANY_TYPES)
    assert set(real["type"]) == set(tables["companies"]["company_type"])


def test_no_values_at_all_are_the_defaults() -> None:
    found, _ = permalink.values({}, TABLES, NEWEST)
    assert permalink.selection({k: None for k in found}, NEWEST) == PLAIN


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("amp;as_of", "as_of"),
        ("amp;amp;company", "company"),
        ("company[]", "company"),
        ("company[0]", "company"),
        ("COMPANY", "company"),
        ("as-of", "as_of"),
        ("asof", "as_of"),
        (" type", "type"),
        ("Company.ID", "company.id"),
        ("positioning.Y", "positioning.y"),
        ("colour", None),
        ("![p](http://tracker.test/a.png)", None),
    ],
)
def test_a_parameter_that_means_nothing_is_said(name: str, meant: str | None) -> None:
    (said,) = permalink.unknown([name], {"positioning.y", "company.id"})
    assert said.startswith(f"The link has “{name}”, which means nothing here: ignored.")
    assert said.endswith(f"Perhaps “{meant}” was meant.") if meant else "Perhaps" not in said


def test_known_parameters_and_tracking_are_not_said() -> None:
    known = [*permalink.PARAMETERS, permalink.SNAPSHOT, permalink.DECK, *permalink.PAGE_PICKS, "a.b"]
    assert (
        permalink.unknown([*known, "utm_source", "fbclid", "sdata", "isappinstalled", "mc_eid"], {"a.b"})
        == []
    )


def test_many_wrong_things_are_counted_and_long_ones_cut() -> None:
    said = permalink.unknown([f"x{n}" for n in range(9)], ())
    assert len(said) == 4 and said[-1].startswith("6 more parameters")
    _, said = permalink.values({"company": ["y" * 5000, *(f"no-{n}" for n in range(20))]}, TABLES, NEWEST)
    assert len(said) == 4 and max(map(len, said)) < 200


def test_an_address_that_no_server_takes_is_noticed() -> None:
    assert permalink.too_long("x" * permalink.SAFE_LENGTH) == ""
    assert "proxies" in permalink.too_long("x" * (permalink.SAFE_LENGTH + 1))
    assert "Save it as a file" in permalink.too_long("x" * (permalink.MOST_LENGTH + 1))
