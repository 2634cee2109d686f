"""Governance on any day: the judged cases on the real data, what changed and why, and no fact later than the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest
from examples import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import CHARTS, Chart
from dashboard.charts.before_after import COMPANY, EVENT, INDEX, company_options, event_options
from dashboard.charts.claims import time_left
from dashboard.data import citations
from dashboard.data.selection import DATED_BY, MAY_LIE_LATER, Selection, as_of
from dashboard.data.store import Tables
from dashboard.facts import landscape, windows
from dashboard.facts.changes import changes
from dashboard.facts.landscape import apply
from dashboard.look.theme import MODEL

MINE = (
    "governance-lanes",
    "governance-mix",
    "governance-now",
    "dimension-scores",
    "index-over-time",
    "reported-coded",
    "events-by-quarter",
    "index-change",
    "relabelling-flow",
    "governance-walk",
    "before-after",
    "event-window",
    "pre-post",
    "outcomes",
    "positioning",
)
GRID = ("2021-02-01", "2022-06-30", "2023-03-28", "2023-12-31", "2024-11-15", "2025-11-25", "2026-06-30")


BAIDU_EVENT = "baidu-2025-11-25-bmu-amu"


@pytest.fixture(scope="module")
def newest(tables: Tables) -> pd.Timestamp:
    return tables["sources"]["accessed_date"].max()


def on(day: str, newest: pd.Timestamp, **own: object) -> Selection:
    return Selection(pd.Timestamp(day), newest, **own)  # type: ignore[arg-type]


def frame_of(chart: Chart, tables: Tables, selection: Selection) -> pd.DataFrame:
    return chart.data(apply(tables, selection, keep_outside=chart.outside), selection)


def frames(tables: Tables, selection: Selection) -> dict[str, pd.DataFrame]:
    """Every chart of governance; the tables are narrowed once."""
    selected = {o: apply(tables, selection, keep_outside=o) for o in (False, True)}
    return {name: CHARTS[name].data(selected[CHARTS[name].outside], selection) for name in MINE}


# --- The judged cases ---


def test_alibaba_is_federated_after_the_split_and_central_after_the_token_hub(
    tables: Tables, newest: pd.Timestamp
) -> None:
    then = as_of(tables, on("2023-06-30", newest))
    assert landscape.labels_in_force(then, "reported")["alibaba"] == "federated"
    assert landscape.labels_in_force(then, "coded")["alibaba"] == "federated"
    now = as_of(tables, on("2026-06-30", newest))
    for basis in ("reported", "coded"):
        assert landscape.labels_in_force(now, basis)["alibaba"] == "centralised_ceo"


def test_the_list_of_changes_cites_the_events_of_march_and_april(
    tables: Tables, newest: pd.Timestamp
) -> None:
    asked = on("2026-06-30", newest, compare=pd.Timestamp("2023-06-30"))
    found = changes(apply(tables, asked), asked)
    row = found[(found["kind"] == "governance") & (found["company_id"] == "alibaba")].iloc[0]
    assert (row["before_model_id"], row["after_model_id"]) == ("federated", "centralised_ceo")
    assert row["change_date"] == pd.Timestamp("2026-03-16") == row["reason_date"]
    assert "5 Mar 2026" in row["also"] and "8 Apr 2026" in row["also"]
    events = tables["governance_events"]
    near = events[
        (events["company_id"] == "alibaba")
        & events["event_date"].isin(pd.to_datetime(["2026-03-05", "2026-03-16", "2026-04-08"]))
    ]
    assert set(citations.split_ids(near["source_ids"])) <= set(
        citations.split_ids(pd.Series([row["source_ids"]]))
    )


def test_baidu_moves_to_the_chief_executive_on_the_day(tables: Tables, newest: pd.Timestamp) -> None:
    for basis in ("reported", "coded"):
        before = landscape.labels_in_force(as_of(tables, on("2025-11-24", newest)), basis)
        after = landscape.labels_in_force(as_of(tables, on("2025-11-25", newest)), basis)
        assert (before["baidu"], after["baidu"]) == ("centralised_function", "centralised_ceo"), basis


def test_tencent_is_reported_federated_and_coded_otherwise_with_days(
    tables: Tables, newest: pd.Timestamp
) -> None:
    for day in ("2026-06-30", f"{newest:%Y-%m-%d}"):
        frame = frame_of(CHARTS["reported-coded"], tables, on(day, newest)).set_index("company_name")
        row = frame.loc["Tencent"]
        said = f"{row['reported']} ({row['reported_by']}); {row['other_reports']}"
        assert "Federated" in said
        assert row["coded_model_id"] not in ("federated", "undetermined")
        assert row["agreement"] in ("both differ", "reports differ", "rule differs")
        assert row["reported_since"] <= pd.Timestamp(day) and row["coded_since"] <= pd.Timestamp(day)
        assert "since" in row["other_reports"]
        assert row["reported_source_ids"] and row["other_source_ids"] and row["coded_source_ids"]


def test_every_report_that_differs_is_named_with_its_documents(tables: Tables, newest: pd.Timestamp) -> None:
    selection = on(f"{newest:%Y-%m-%d}", newest)
    selected = apply(tables, selection)
    frame = frame_of(CHARTS["reported-coded"], tables, selection).set_index("company_name")
    names = selected["companies"].set_index("company_id")["company_name"]
    reports = landscape.assessments_in_force(selected, "reported")
    for cid, mine in reports.groupby("company_id"):
        row = frame.loc[names[cid]]
        dissent = mine[mine["governance_model_id"] != row["reported_model_id"]]
        for r in dissent.itertuples():
            assert r.reported_by in row["other_reports"]
            assert set(r.source_ids.split("; ")) <= set(row["other_source_ids"].split("; "))
        differs = len(dissent) or (
            row["coded_model_id"] not in (None, "undetermined")
            and row["coded_model_id"] != row["reported_model_id"]
        )
        assert bool(differs) == (row["agreement"] not in ("same", "one side only")), cid


# --- Labels by hand ---


def by_hand(scores: dict[str, int]) -> str:
    """The printed clauses for companies with units, read off the page once more."""
    authority, base, locus = (
        scores.get(d) for d in ("decision_authority", "base_model_strategy", "innovation_locus")
    )
    if scores.get("outside_capital") == 4:
        return "portfolio"
    central = base is not None and base >= 3 and (locus is None or locus >= 3)
    if authority == 4 and central:
        return "centralised_ceo"
    if authority == 3 and central:
        return "centralised_function"
    if authority is not None and base is not None and authority >= 2 and base >= 2 and locus in (2, 3):
        return "hub_and_spoke"
    if (
        locus is not None
        and base is not None
        and locus <= 1
        and base <= 2
        and scores.get("product_units") == 4
    ):
        return "product_driven"
    if authority is not None and base is not None and authority <= 2 and base <= 2:
        return "federated"
    return "undetermined"


@pytest.mark.parametrize("day", ["2023-06-30", "2025-11-25", "2026-06-30", "newest"])
def test_labels_recomputed_by_hand_agree(tables: Tables, newest: pd.Timestamp, day: str) -> None:
    selection = on(f"{newest:%Y-%m-%d}" if day == "newest" else day, newest)
    now = as_of(tables, selection)
    labels = landscape.labels_in_force(now, "coded")
    giants = now["companies"].loc[now["companies"]["company_type"] == "giant", "company_id"]
    agreed = 0
    for cid in giants:
        rows = now["governance_observations"]
        rows = rows[rows["company_id"] == cid].sort_values("valid_from", kind="stable")
        newest_rows = rows[rows["valid_from"] == rows.groupby("dimension")["valid_from"].transform("max")]
        newest_rows = newest_rows.dropna(subset=["score"])
        if newest_rows.empty or newest_rows["dimension"].duplicated().any():
            continue
        scores = {d: int(s) for d, s in zip(newest_rows["dimension"], newest_rows["score"], strict=True)}
        assert labels[cid] == by_hand(scores), (cid, scores)
        agreed += 1
    assert agreed >= (10 if day in ("2026-06-30", "newest") else 4)


def test_readings_are_those_of_the_build(tables: Tables, newest: pd.Timestamp) -> None:
    """What the page takes for in force is what the index was computed from."""
    now = as_of(tables, on(f"{newest:%Y-%m-%d}", newest))
    index = landscape.index_in_force(now)
    for cid, row in index[index["scored_count"] > 0].iterrows():
        found = windows.readings(now, str(cid), newest)
        assert windows.scored(found) == row["scored_count"]
        value = windows.index_of(found)
        if pd.isna(row["centralisation_index"]):
            assert value is None
        else:
            assert value == pytest.approx(row["centralisation_index"], abs=0.06)


# --- What changed, as list and as charts ---


@pytest.mark.parametrize(("then", "now"), [("2023-06-30", "2026-06-30"), ("2024-12-31", "2025-12-31")])
@pytest.mark.parametrize("basis", ["reported", "coded"])
def test_list_flow_and_lanes_tell_of_the_same_changes(
    tables: Tables, newest: pd.Timestamp, then: str, now: str, basis: str
) -> None:
    selection = on(now, newest, compare=pd.Timestamp(then), basis=basis)
    listed = changes(apply(tables, selection), selection)
    listed = listed[listed["kind"] == "governance"]
    flow = frame_of(CHARTS["relabelling-flow"], tables, selection)
    moved = flow[flow["is_moved"]]
    assert set(listed["company_name"]) == set(", ".join(moved["company_names"]).split(", ")) - {""}
    assert listed["source_ids"].ne("").all() and listed["change_date"].notna().any()
    pairs = listed.groupby(["before_model_id", "after_model_id"]).size()
    for r in moved.itertuples():
        assert pairs[(r.model_before_id, r.model_after_id)] == r.companies
    known = listed[
        (listed["before_model_id"] != "undetermined") & (listed["after_model_id"] != "undetermined")
    ]
    lanes = CHARTS["governance-lanes"]
    said = lanes.finding(frame_of(lanes, tables, selection), selection)
    if 0 < len(known) <= 4:
        assert all(name in said for name in known["company_name"])
    elif len(known) > 4:
        assert said.startswith(f"{len(known)} organisations")


@pytest.mark.parametrize("basis", ["reported", "coded"])
def test_no_change_began_before_the_day_it_is_counted_from(
    tables: Tables, newest: pd.Timestamp, basis: str
) -> None:
    """A label that came back counts from its return, not from the day it was first heard of."""
    for then in ("2022-06-30", "2024-03-31", "2025-06-30", "2026-03-31", "2026-06-30"):
        selection = on(f"{newest:%Y-%m-%d}", newest, compare=pd.Timestamp(then), basis=basis)
        listed = changes(apply(tables, selection), selection)
        listed = listed[(listed["kind"] == "governance") & listed["change_date"].notna()]
        assert (listed["change_date"] > then).all(), listed[["company_name", "change_date"]]


def test_the_dumbbell_stands_on_both_days(tables: Tables, newest: pd.Timestamp) -> None:
    selection = on("2026-06-30", newest, compare=pd.Timestamp("2025-06-30"))
    frame = frame_of(CHARTS["index-change"], tables, selection).set_index("company_name")
    for side, day in (("before", "2025-06-30"), ("after", "2026-06-30")):
        index = landscape.index_in_force(apply(tables, on(day, newest)))
        names = tables["companies"].set_index("company_id")["company_name"]
        for cid, row in index.iterrows():
            if names[cid] in frame.index:
                assert frame.loc[names[cid], f"index_{side}"] == row["centralisation_index"]
    assert (frame["change"] == frame["index_after"] - frame["index_before"]).all()
    assert frame.loc[names["alibaba"], "change"] > 0


def test_to_the_same_day_nothing_changes(tables: Tables, newest: pd.Timestamp) -> None:
    selection = on("2026-06-30", newest, compare=pd.Timestamp("2026-06-30"))
    assert not frame_of(CHARTS["index-change"], tables, selection)["change"].any()
    assert not frame_of(CHARTS["relabelling-flow"], tables, selection)["is_moved"].any()
    for chart in ("index-change", "relabelling-flow", "governance-lanes"):
        frame = frame_of(CHARTS[chart], tables, selection)
        assert CHARTS[chart].finding(frame, selection) == "", "what does not hold is withdrawn"


# --- Before and after ---


def test_any_company_and_any_event_has_its_table(tables: Tables, newest: pd.Timestamp) -> None:
    selection = on(f"{newest:%Y-%m-%d}", newest)
    selected = apply(tables, selection)
    companies = company_options(selected, selection)
    assert set(companies) == set(selected["governance_events"]["company_id"])
    seen = 0
    for cid in companies:
        mine = selection.picking(COMPANY, cid)
        events = event_options(selected, mine)
        assert len(events) == (selected["governance_events"]["company_id"] == cid).sum()
        for event in list(events)[:3]:
            frame = CHARTS["before-after"].data(selected, mine.picking(EVENT, event))
            assert list(frame["dimension"])[-1] == INDEX and len(frame) == 7
            assert set(frame["company_name"]) == {companies[cid]}
            seen += 1
    assert seen > 60


def test_an_event_is_told_from_what_was_known_on_either_side(tables: Tables, newest: pd.Timestamp) -> None:
    selection = on("2026-06-30", newest).picking(COMPANY, "baidu").picking(EVENT, BAIDU_EVENT)
    selected = apply(tables, selection)
    assert BAIDU_EVENT in event_options(selected, selection)
    frame = CHARTS["before-after"].data(selected, selection).set_index("dimension")
    authority = frame.loc["Decision authority"]
    assert (authority["before_score"], authority["after_score"], authority["change"]) == (3, 4, "+1")
    assert authority["before_evidence"] and authority["after_evidence"] and authority["before_level"]
    assert authority["model_before_id"] == "centralised_function"
    assert authority["model_after_id"] == "centralised_ceo"
    assert frame["after_day"].max() <= pd.Timestamp("2026-06-30")
    index = frame.loc[INDEX]
    assert index["after_score"] - index["before_score"] == pytest.approx(
        float(index["change"].split(";")[0]), abs=0.6
    )


def test_the_months_around_are_equally_long(tables: Tables, newest: pd.Timestamp) -> None:
    early = on("2026-06-30", newest).picking(COMPANY, "baidu").picking(EVENT, BAIDU_EVENT)
    frame = CHARTS["event-window"].data(apply(tables, early), early)
    days = frame["window_days"].iloc[0]
    assert days == (pd.Timestamp("2026-06-30") - pd.Timestamp("2025-11-25")).days + 1
    models = tables["models"]
    mine = models[(models["company_id"] == "baidu") & ~models["is_rolling_alias"].astype(bool)]
    start = pd.Timestamp("2025-11-25")
    after = mine[(mine["release_date"] >= start) & (mine["release_date"] <= pd.Timestamp("2026-06-30"))]
    before = mine[
        (mine["release_date"] < start) & (mine["release_date"] >= start - pd.Timedelta(days=int(days)))
    ]
    row = frame[frame["measure"] == "Models released"].iloc[0]
    assert (row["before_value"], row["after_value"]) == (len(before), len(after))
    soon = on("2025-12-10", newest).picking(COMPANY, "baidu")
    short = CHARTS["event-window"].data(apply(tables, soon), soon)
    assert CHARTS["event-window"].finding(short, soon) == "", "two weeks say nothing"


# --- No fact later than the day ---


def later_than(frame: pd.DataFrame, day: pd.Timestamp) -> Iterator[str]:
    for column in frame.select_dtypes("datetime"):
        late = frame[column].dropna()
        yield from (f"{column}: {cell}" for cell in late[late > day])


@pytest.mark.parametrize("day", GRID)
def test_no_chart_of_governance_knows_what_came_later(tables: Tables, newest: pd.Timestamp, day: str) -> None:
    first_told = tables["governance_events"].groupby("title")["event_date"].min()
    future = set(first_told.index[first_told > pd.Timestamp(day)])
    for basis in ("reported", "coded"):
        selection = on(day, newest, basis=basis)
        for name, frame in frames(tables, selection).items():
            assert list(later_than(frame, selection.as_of)) == [], name
            told = {
                c for c in frame.select_dtypes(["object", "str"]).to_numpy().ravel() if isinstance(c, str)
            }
            assert not told & future, name
    asked = on(day, newest)
    found = changes(apply(tables, asked), asked)
    assert list(later_than(found, asked.as_of)) == []


def with_later_rows(tables: Tables, day: pd.Timestamp, gap: int, seed: int) -> Tables:
    """The tables with copies of rows moved behind the day, their texts marked."""
    out = dict(tables)
    moved_to = day + pd.Timedelta(days=gap)
    for name, column in DATED_BY.items():
        frame = tables.get(name)
        if frame is None or column not in frame or frame.empty or name in ("sources", "exchange_rates"):
            continue
        rows = frame.sample(min(12, len(frame)), random_state=seed).copy()
        for c in rows.columns:
            if pd.api.types.is_datetime64_any_dtype(rows[c]) and c not in MAY_LIE_LATER:
                rows[c] = moved_to
            elif c in (
                "title",
                "evidence",
                "note",
                "model_name",
                "model_label",
                "person_name",
                "reported_by",
            ):
                rows[c] = f"LATER {name}"
            elif c == frame.columns[0]:
                rows[c] = [f"later-{i}" for i in range(len(rows))]
        if "valid_to" in rows:
            rows["valid_to"] = pd.NaT
        out[name] = pd.concat([frame, rows.astype(frame.dtypes.to_dict())], ignore_index=True)
    return out


@pytest.mark.slow
@settings(max_examples=tries(6), deadline=None)
@given(days=st.integers(0, 2100), gap=st.integers(1, 900), seed=st.integers(0, 10_000), coded=st.booleans())
def test_made_up_facts_of_later_days_change_nothing(
    tables: Tables, days: int, gap: int, seed: int, coded: bool
) -> None:
    newest = tables["sources"]["accessed_date"].max()
    day = pd.Timestamp("2021-01-15") + pd.Timedelta(days=days)
    selection = on(f"{day:%Y-%m-%d}", newest, basis="coded" if coded else "reported")
    if day >= newest:
        return
    more = with_later_rows(tables, day, gap, seed)
    plain, tested = frames(tables, selection), frames(more, selection)
    for name in MINE:
        pd.testing.assert_frame_equal(plain[name], tested[name], obj=name)
        assert CHARTS[name].finding(plain[name], selection) == CHARTS[name].finding(tested[name], selection)
    a, b = (changes(apply(t, selection), selection) for t in (tables, more))
    pd.testing.assert_frame_equal(a, b)


def test_a_check_of_claims_that_came_later_is_not_told(tables: Tables, newest: pd.Timestamp) -> None:
    published = tables["sources"].set_index("source_id")["published_date"]
    first = tables["claims"]["document_id"].map(published).max()
    day = first + pd.Timedelta(days=1)
    if (tables["claims"]["checked_date"] <= day).any():
        pytest.skip("claims were checked at once")
    claims = as_of(tables, on(f"{day:%Y-%m-%d}", newest))["claims"]
    assert len(claims) and (claims["verdict"] == "pending").all() and claims["evidence"].isna().all()
    assert (
        as_of(tables, replace(on(f"{day:%Y-%m-%d}", newest), as_of=newest))["claims"]["verdict"] != "pending"
    ).any()


# --- Words ---


def test_time_left_in_words() -> None:
    assert [time_left(d) for d in (0, 1, -1, 40, 150, -400, 800)] == [
        "today",
        "in 1 day",
        "1 day ago",
        "in 40 days",
        "in 5 months",
        "13 months ago",
        "in 2 years",
    ]


def test_vague_days_end_with_their_period() -> None:
    day = pd.Timestamp("2026-02-01")
    assert windows.last_day(day, "day") == day
    assert windows.last_day(day, "month") == pd.Timestamp("2026-02-28")
    assert windows.last_day(day, "quarter") == pd.Timestamp("2026-03-31")
    assert windows.last_day(day, "year") == pd.Timestamp("2026-12-31")


def test_models_of_findings_are_those_of_the_legend(tables: Tables, newest: pd.Timestamp) -> None:
    flow = frame_of(CHARTS["relabelling-flow"], tables, on("2026-06-30", newest))
    assert set(flow["model_before_id"]) | set(flow["model_after_id"]) <= set(MODEL)
