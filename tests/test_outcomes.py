"""Outcomes by governance model, leaders who came and went, and prices for capability, counted by hand."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import CHARTS
from dashboard.charts.outcomes import METRIC, METRICS, SMALL_NUMBERS
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.draw import plotly
from dashboard.facts import changes, prices, ratings, windows
from dashboard.facts.landscape import apply
from dashboard.look.theme import MODEL_ORDER, Look, escape, short_name

CHART = CHARTS["outcomes"]
DAYS = (None, "2025-06-30", "2023-12-31")


def shown(tables: Tables, day: str | None, metric: str, **own: object) -> tuple[pd.DataFrame, Selection]:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(newest if day is None else pd.Timestamp(day), newest, **own)  # type: ignore[arg-type]
    selection = selection.picking(METRIC, metric)
    return CHART.data(apply(tables, selection, keep_outside=True), selection), selection


def days(*values: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(values)), dtype="datetime64[us]")


# --- On the real data ---


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("day", DAYS)
def test_every_organisation_is_named_and_the_groups_add_up(
    tables: Tables, metric: str, day: str | None
) -> None:
    frame, selection = shown(tables, day, metric)
    assert frame["company_name"].is_unique
    assert frame["source_ids"].str.len().gt(0).all()
    for _, group in frame.groupby("governance_model_id"):
        values = group["value"]
        first = group.iloc[0]
        assert first["group_count"] == len(group)
        assert first["group_median"] == values.median()
        assert (first["group_low"], first["group_high"]) == (values.min(), values.max())
    ranks = frame["governance_model_id"].map(MODEL_ORDER)
    assert ranks.is_monotonic_increasing
    figure = go.Figure(plotly.draw(CHART, frame, Look()))
    written = " ".join(str(a.text) for a in figure.layout.annotations)
    for name in frame["company_name"]:
        assert escape(short_name(name)) in written
    if len(frame):
        assert f"{len(frame)} of" in CHART.scope_line(frame, selection)


def test_companies_outside_china_count_only_when_asked_for(tables: Tables) -> None:
    outside = set(tables["companies"].loc[tables["companies"]["country"] != "CN", "company_name"])
    assert not set(shown(tables, None, "score")[0]["company_name"]) & outside
    assert set(shown(tables, None, "score", outside=True)[0]["company_name"]) & outside


def test_releases_are_those_of_twelve_months(tables: Tables) -> None:
    frame, selection = shown(tables, "2026-06-30", "cadence")
    models = tables["models"]
    names = tables["companies"].set_index("company_id")["company_name"]
    recent = models[
        ~models["is_rolling_alias"].astype(bool)
        & (models["release_date"] > pd.Timestamp("2025-06-30"))
        & (models["release_date"] <= selection.as_of)
    ]
    counts = recent["company_id"].map(names).value_counts()
    for r in frame.itertuples():
        assert r.value == counts.get(r.company_name, 0)


def test_a_share_of_a_few_models_is_not_shown(tables: Tables) -> None:
    frame, _ = shown(tables, None, "openness")
    assert len(frame) and frame["value"].between(0, 100).all()
    assert frame["counted"].str.extract(r"^(\d+)")[0].astype(int).ge(3).all()


def test_the_finding_gives_numbers_of_organisations_and_claims_no_cause(tables: Tables) -> None:
    said = 0
    for metric in METRICS:
        for day in DAYS:
            frame, selection = shown(tables, day, metric)
            finding = CHART.finding(frame, selection)
            if finding:
                said += 1
                assert finding.count("n = ") == 2
                assert finding.endswith(("ranges overlap", "too few to tell"))
                assert "signific" not in finding and "because" not in finding
            alone = frame[frame["group_count"] == 1]
            assert CHART.finding(alone, selection) == "", "one organisation each is no comparison"
    assert said
    assert SMALL_NUMBERS in CHART.note


# --- By hand ---


def people(*rows: tuple[str, str | None, str | None]) -> Tables:
    frame = pd.DataFrame(
        {
            "company_id": "a",
            "person_id": [r[0] for r in rows],
            "person_name": [r[0].title() for r in rows],
            "is_ai_lead": True,
            "source_ids": "s",
        }
    )
    frame["valid_from"], frame["valid_to"] = days(*(r[1] for r in rows)), days(*(r[2] for r in rows))
    return {"people": frame}


SPAN = (pd.Timestamp("2025-01-01"), pd.Timestamp("2025-12-31"))


@pytest.mark.parametrize(
    ("rows", "moved"),
    [
        ([("ann", "2020-01-01", None)], 0),
        ([("ann", "2020-01-01", "2025-05-01"), ("bo", "2025-05-01", None)], 2),
        ([("ann", "2020-01-01", "2025-05-01"), ("ann", "2025-05-20", None)], 0),
        ([("ann", "2020-01-01", "2025-02-01"), ("ann", "2025-09-01", None)], 1),
        ([("ann", "2025-03-01", None)], 0),
        ([("ann", "2020-01-01", None), ("bo", "2025-03-01", "2025-06-01")], 1),
        ([("ann", "2020-01-01", None), ("bo", "2026-02-01", None)], 0),
    ],
    ids=["stays", "successor", "new title", "back after a gap", "first known", "short stay", "later"],
)
def test_leaders_are_counted_as_people(rows: list[tuple[str, str | None, str | None]], moved: int) -> None:
    assert windows.leader_changes(people(*rows), "a", *SPAN).value == moved


def test_no_known_leader_is_unknown_and_not_zero() -> None:
    assert windows.leader_changes(people(("ann", "2020-01-01", None)), "b", *SPAN).value is None


@pytest.mark.parametrize(
    ("rows", "exact", "arrived"),
    [
        ([("ann", "2020-01-01", "2025-05-01"), ("bo", "2025-05-01", None)], "day", "2025-05-01"),
        ([("ann", "2020-01-01", "2025-05-01"), ("ann", "2025-05-20", None)], "day", "2020-01-01"),
        ([("ann", "2020-01-01", None), ("bo", "2025-05-01", "2025-06-01")], "day", "2020-01-01"),
        ([("ann", "2020-01-01", "2025-05-01")], "day", None),
        ([("ann", None, None)], "day", None),
        ([("ann", "2020-01-01", None)], "year", None),
        (
            [("ann", "2020-01-01", "2025-05-01"), ("bo", "2025-03-16", None), ("bo", "2025-06-08", None)],
            "day",
            "2025-03-16",
        ),
    ],
    ids=[
        "successor",
        "new title",
        "came and went",
        "left",
        "since when is unknown",
        "only the year",
        "a second title",
    ],
)
def test_the_newest_arrival_is_that_of_a_person_who_leads_to_this_day(
    rows: list[tuple[str, str | None, str | None]], exact: str, arrived: str | None
) -> None:
    there = people(*rows)
    there["people"]["valid_from_precision"] = exact
    found = windows.arrivals(there)["valid_from"].to_dict()
    assert found == ({} if arrived is None else {"a": pd.Timestamp(arrived)})


def test_a_change_of_leader_is_of_the_day_on_which_the_person_came(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    then, now = (apply(tables, Selection(d, newest)) for d in (newest - windows.YEAR, newest))
    told = changes.between(then, now, kinds=("leader",))
    came = windows.arrivals(now)
    same = [r for r in told.to_dict("records") if came["person_id"].get(r["company_id"]) == r["subject_id"]]
    assert same and all(r["change_date"] == came.at[r["company_id"], "valid_from"] for r in same)
    # Who led beside another a year ago, and has another title since, did not come since.
    titles = changes.between(then, {**now, "people": _titled(now["people"], newest)}, kinds=("leader",))
    kept = {r["company_id"]: r["change_date"] for r in titles.to_dict("records")}
    assert all(kept[r["company_id"]] == r["change_date"] for r in same)


def _titled(people: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """All who lead, with another title since a day."""
    leads = people[people["is_ai_lead"].astype(bool) & people["valid_to"].isna()]
    return pd.concat([people, leads.assign(valid_from=day)], ignore_index=True)


def test_who_waits_for_a_flagship_counts_once_the_half_year_is_over() -> None:
    chart, selection = CHARTS["leader-to-flagship"], Selection(SPAN[1], SPAN[1])
    frame = pd.DataFrame(
        {"days": [10, 183, 184, 300, 183, 20], "is_waiting": [False, False, False, True, True, True]}
    )
    assert chart.finding(frame, selection) == "", "four are too few"
    more = pd.concat([frame, frame[:1]], ignore_index=True)
    said = "3 of 5 companies had a next flagship within 183 days of a new head of AI; 1 has none on record"
    assert chart.finding(more, selection) == said


def priced(*rows: tuple[str, str, float, float]) -> Tables:
    """Company, model, rating and price of each row."""
    scores = pd.DataFrame(
        {
            "benchmark_id": ratings.ARENA,
            "company_id": [r[0] for r in rows],
            "model_id": [r[1] for r in rows],
            "model_label": [r[1] for r in rows],
            "score": [r[2] for r in rows],
            "reporter": "third_party",
            "score_date": pd.Timestamp("2026-01-01"),
            "source_ids": "s",
        }
    )
    offers = pd.DataFrame(
        {
            "company_id": [r[0] for r in rows],
            "model_id": [r[1] for r in rows],
            "tier": "standard",
            "currency": "USD",
            "price_id": [f"{r[1]}-{n}" for n, r in enumerate(rows)],
            "output_price_usd_per_mtok": [r[3] for r in rows],
            "output_price_cny_per_mtok": None,
            "cny_per_usd": None,
            "rate_month": pd.NaT,
            "price_date": pd.Timestamp("2026-01-01"),
            "source_ids": "p",
        }
    )
    return {"benchmark_scores": scores, "model_prices": offers, "model_prices_converted": offers}


def test_a_price_is_set_against_models_rated_alike() -> None:
    found = prices.price_for_capability(
        priced(
            ("a", "a1", 1400, 2.0),
            ("b", "b1", 1410, 4.0),
            ("c", "c1", 1390, 4.0),
            ("d", "d1", 1380, 8.0),
            ("e", "e1", 1500, 90.0),
        )
    )
    assert found.loc["a", "times"] == 0.5 and found.loc["a", "peers"] == 3
    assert "e" not in found.index, "nothing is rated like it"


def test_of_two_offers_on_one_day_the_dearest_is_the_list_price_everywhere() -> None:
    found = prices.list_prices(priced(("a", "ring", 1400, 0.63), ("a", "ring", 1400, 2.5)))
    assert found["output_price_per_mtok"].tolist() == [2.5]


def moves(*rows: tuple[str, str | None, str | None]) -> pd.DataFrame:
    """Rows of people_moves: who, from where, to where; a day after the one before."""
    return pd.DataFrame(
        [
            {
                "move_id": str(n),
                "person_name": who,
                "from_company_id": source,
                "from_name": source or "Elsewhere",
                "to_company_id": to,
                "to_name": to or "Own company",
                "move_date": pd.Timestamp("2025-01-01") + pd.Timedelta(days=n),
                "move_date_precision": "day",
                "confidence": "medium",
                "source_ids": f"s{n}",
            }
            for n, (who, source, to) in enumerate(rows)
        ]
    )


def test_a_move_counts_at_both_ends_and_none_within_a_company(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(newest, newest)
    there = dict(apply(tables, selection))
    there["people_moves"] = moves(
        ("Ann", "alibaba", "tencent"),
        ("Bo", "alibaba", None),
        ("Cy", None, "tencent"),
        ("Di", "baidu", "baidu"),
        ("Ed", "google", "alibaba"),
    )
    chart = CHARTS["people-moves"]
    found = chart.data(there, selection).set_index("company_name")
    assert list(found.index) == ["Alibaba Group", "Tencent"], "the most moved first; Google was not chosen"
    assert found["went"].tolist() == [2, 0] and found["came"].tolist() == [1, 2]
    assert found.loc["Alibaba Group", "went_to"] == "Bo to Own company, Ann to tencent"
    assert found.loc["Tencent", "source_ids"] == "s2; s0"


def test_who_gained_and_lost_most_is_said_where_it_is_one_alone() -> None:
    chart, selection = CHARTS["people-moves"], Selection(SPAN[1], SPAN[1])
    frame = pd.DataFrame({"company_name": list("ABCDE"), "went": [1, 5, 1, 0, 1], "came": [4, 1, 1, 1, 0]})
    said = "On balance A gained most leaders and researchers on record (4 came, 1 went), B lost most (5 went, 1 came)"
    assert chart.finding(frame, selection) == said
    assert chart.finding(frame[:4], selection) == "", "four are too few"
    assert chart.finding(frame.assign(came=[4, 1, 1, 3, 0]), selection) == "", "two gained as many"
