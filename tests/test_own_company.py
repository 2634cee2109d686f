"""A company that a reader puts in: its rows, its label, what another label would take; and rows nobody meant."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from examples import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_rows import company_rows
from small_set import BY_SCORES, write_small

import etl
from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.data import overlay, store
from dashboard.data.overlay import OverlayError
from dashboard.data.selection import Selection
from dashboard.facts import own_company, what_if
from dashboard.facts.landscape import headline_levers, labels_in_force, leads_in_force
from dashboard.facts.own_company import OwnCompany
from dashboard.facts.views import Views
from etl.governance_rule import DIMENSIONS, label
from etl.overlay import ALLOWED

WHOLE = OwnCompany(
    name="Müller & Söhne AG",
    name_zh="穆勒",
    company_type="giant",
    country="DE",
    scores={"decision_authority": 3, "base_model_strategy": 3, "innovation_locus": 3, "outside_capital": 0},
    since="2026-06-01",
    lead="Ada Lovelace-Own",
    lead_role="Chief AI officer",
    models=(("Müller-1", "open", "2026-05-01"), ("Müller-2", "", "")),
    levers=(("enterprise", "Machines that mend themselves"), ("api", "An interface")),
    spending=(("capex", 2025, 2_500_000_000.0, "EUR"), ("r_d_spend", 2026, 1e9, "USD")),
    infrastructure=(("data_centre", "Halle 7"),),
)


@pytest.fixture(scope="module")
def served(built: Path) -> tuple[dict[str, pd.DataFrame], store.Snapshot]:
    return store.load(built), store.snapshot(built)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A small sound build: what is asked of it many times."""
    where = tmp_path_factory.mktemp("small-build")
    etl.build(write_small(where / "raw"), where / "processed")
    return store.load(where / "processed"), store.snapshot(where / "processed")


Served = tuple[dict[str, pd.DataFrame], store.Snapshot]


def laid(one: OwnCompany, served: Served) -> overlay.Laid:
    tables, snapshot = served
    return overlay.lay(tables, snapshot, [own_company.as_overlay(one, tables, snapshot.as_of)])


def test_all_that_is_known_stands_in_the_tables(served: Served) -> None:
    now = laid(WHOLE, served)
    cid = WHOLE.company_id
    assert cid == "own-muller-sohne-ag"
    for basis in ("reported", "coded"):
        assert labels_in_force(now.tables, basis)[cid] == "centralised_function"
    assert leads_in_force(now.tables).loc[cid, "person_name"] == "Ada Lovelace-Own"
    assert headline_levers(now.tables).loc[cid, "lever_name"] == "Machines that mend themselves"
    assert set(now.tables["models"].query("company_id == @cid")["model_name"]) == {"Müller-1", "Müller-2"}
    assert not now.said


def test_the_form_reads_back_what_it_wrote(served: Served) -> None:
    tables, snapshot = served
    made = own_company.as_overlay(WHOLE, tables, snapshot.as_of)
    again = own_company.read(overlay.decode(overlay.encode(made)))
    assert again is not None
    assert again.scores == WHOLE.scores
    assert own_company.as_overlay(again, tables, snapshot.as_of).id == made.id


def test_a_name_alone_is_enough_and_its_label_is_open(served: Served) -> None:
    now = laid(OwnCompany(name="Nur Name"), served)
    assert labels_in_force(now.tables, "reported")["own-nur-name"] == "undetermined"


@pytest.mark.parametrize("agenda", ["research", "commercial", "public"])
def test_a_lab_is_labelled_by_its_agenda(agenda: str, served: Served) -> None:
    one = OwnCompany(name="Labor", company_type="lab", lab_agenda=agenda)
    now = laid(one, served)
    assert labels_in_force(now.tables, "reported")["own-labor"] == label({}, "lab", agenda) != "undetermined"


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (OwnCompany(name="Alibaba"), "company_aliases"),
        (OwnCompany(name="Acme", country="D"), "country: "),
        (OwnCompany(name="Acme", country="德国"), "country: "),
        (OwnCompany(name="-"), "company_name: a placeholder"),
        (OwnCompany(name="Acme", company_type="lab"), "lab_agenda: a startup or lab needs one"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(one: OwnCompany, expected: str, served: Served) -> None:
    with pytest.raises(OverlayError) as refused:
        laid(one, served)
    assert [p for p in refused.value.problems if expected in p], refused.value.problems


def test_a_person_who_is_known_stays_that_person(served: Served) -> None:
    tables, _ = served
    known = tables["people"].iloc[0]
    now = laid(OwnCompany(name="Acme", lead=str(known["person_name"])), served)
    mine = now.tables["people"].query("company_id == 'own-acme'").iloc[0]
    assert mine["person_id"] == known["person_id"]


# --- What it would take ---

SCORE = st.none() | st.integers(0, 4)
SCORES = st.fixed_dictionaries(
    {d: SCORE for d in DIMENSIONS} | {q: st.sampled_from([None, 0, 4]) for q in what_if.QUALIFIERS}
)


@given(given_scores=SCORES, target=st.sampled_from(BY_SCORES))
@settings(max_examples=tries(40))
def test_each_way_leads_there_and_no_part_of_it_does(
    given_scores: dict[str, int | None], target: str
) -> None:
    scores = {d: s for d, s in given_scores.items() if s is not None}
    ways = what_if.ways_to(scores, target)
    if label(scores, "giant") == target:
        assert ways == ()
        return
    assert ways or scores.get("outside_capital") == 4 or not _reachable(scores, target)
    for way in ways:
        moved = scores | {d: to for d, _, to in way.moves}
        assert label(moved, "giant") == target
        for left_out, _, _ in way.moves:
            part = scores | {d: to for d, _, to in way.moves if d != left_out}
            assert label(part, "giant") != target
    assert [len(w.moves) for w in ways] == sorted(len(w.moves) for w in ways)


def _reachable(scores: dict[str, int], target: str) -> bool:
    free = [range(5)] * 3 + [(0, 4)] * 2
    names = (*what_if.DECISIVE, *what_if.QUALIFIERS)
    return any(label(scores | dict(zip(names, v, strict=True)), "giant") == target for v in product(*free))


# --- Rows that nobody meant ---

WORDS = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "acme",
        "alibaba",
        "own-acme",
        "2026-11-01",
        "2031-01-01",
        "4",
        "-1",
        "1e400",
        "true",
        "giant",
        "NaN",
        "=1+1",
        "a; b",
        "day",
    ]
)


@st.composite
def broken_rows(draw: st.DrawFn) -> dict[str, list[dict[str, str]]]:
    """A sound company with cells replaced, rows of any table added, rows and columns dropped."""
    rows = company_rows()
    for _ in range(draw(st.integers(1, 4))):
        table = draw(st.sampled_from(sorted(ALLOWED)))
        columns = ALLOWED[table].raw_columns
        mine = rows.setdefault(table, [{}])
        row = draw(st.integers(0, max(len(mine) - 1, 0)))
        if mine and draw(st.booleans()):
            mine[row] = mine[row] | {draw(st.sampled_from(columns)): draw(WORDS)}
        else:
            mine.append({c: draw(WORDS) for c in draw(st.lists(st.sampled_from(columns), max_size=4))})
    return rows


@given(rows=broken_rows())
# Each costs a check of all tables.
@settings(
    max_examples=tries(24), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_rows_are_laid_or_refused_in_sentences(
    rows: dict[str, list[dict[str, str]]], small: Served
) -> None:
    tables, snapshot = small
    before = {name: frame.copy(deep=False) for name, frame in tables.items()}
    try:
        one = overlay.of_rows(rows, "Fuzz", "fuzz.json")
        now = overlay.lay(tables, snapshot, [one])
    except OverlayError as refused:
        assert refused.problems
        assert all(isinstance(p, str) and len(p) > 20 and "Traceback" not in p for p in refused.problems)
    else:
        assert now.snapshot.id != snapshot.id
    for name, frame in before.items():
        assert len(tables[name]) == len(frame)


@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))
)
@settings(max_examples=tries(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused_in_sentences(content: bytes, small: Served) -> None:
    tables, snapshot = small
    for read in (
        lambda: overlay.from_json(content, "x.json"),
        lambda: overlay.of_csv({"companies.csv": content}, "x"),
    ):
        with pytest.raises(OverlayError):
            overlay.lay(tables, snapshot, [read()])


SOUND = st.builds(
    OwnCompany,
    name=st.from_regex(r"[A-Z][a-z]{2,8} Werke", fullmatch=True),
    company_type=st.sampled_from(["giant", "carmaker", "chip_maker"]),
    scores=st.dictionaries(st.sampled_from(DIMENSIONS), st.integers(0, 4), max_size=6),
    lead=st.sampled_from(["", "Ada Own"]),
    models=st.sampled_from([(), (("Werk-1", "closed", "2026-01-05"),)]),
    spending=st.sampled_from([(), (("capex", 2025, 5e9, "USD"),)]),
)


@pytest.fixture(scope="module")
def title(served: Served) -> Callable[[str, str], str]:
    """The title of a chart of the field without anybody's own rows, by basis; each is made once."""
    (tables, snapshot), views = served, Views()

    @cache
    def of_field(chart: str, basis: str) -> str:
        selection = Selection(as_of=snapshot.as_of, newest=snapshot.as_of, basis=basis)
        return cards.make(CHARTS[chart], tables, selection, snapshot, applied=views.applied).title

    return of_field


@pytest.mark.slow
@given(one=SOUND, at=st.integers(0, 10_000))
@settings(max_examples=tries(3), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_charts_hold_under_any_sound_company(
    one: OwnCompany, at: int, served: Served, title: Callable[[str, str], str]
) -> None:
    now = laid(one, served)
    day = now.snapshot.as_of
    every, views = list(CHARTS.values()), Views()
    for chart in (every[at % len(every)], CHARTS["landscape-matrix"], CHARTS["positioning"]):
        for basis in ("reported", "coded"):
            selection = Selection(as_of=day, newest=day, basis=basis)
            card = cards.make(chart, now.tables, selection, now.snapshot, applied=views.applied)
            assert card.title == title(chart.id, basis)
