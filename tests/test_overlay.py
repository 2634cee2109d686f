"""A reader's own rows over the data: seen everywhere, counted nowhere unasked, refused in sentences, never another's."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import overlay_faults
import pandas as pd
import pytest
from own_rows import FIRM, SOURCE, as_csv, company_rows, folder, many_rows

from dashboard.__main__ import main
from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.charts.kinds import lanes
from dashboard.charts.own import framed
from dashboard.data import overlay, permalink, search, store
from dashboard.data.overlay import Laid, Overlay, OverlayError
from dashboard.data.selection import Selection, words
from dashboard.deck import basket, decks, record
from dashboard.deck.builds import Builds, Data
from dashboard.deck.opening import open_file
from dashboard.door.build import Builds as DoorBuilds
from dashboard.facts.landscape import apply, labels_in_force
from dashboard.look.room import Room
from dashboard.look.theme import short_name


def made(rows: dict[str, list[dict[str, str]]], name: str = "Acme") -> Overlay:
    return Overlay(name, tuple(sorted(as_csv(rows).items())), "own.json")


@pytest.fixture(scope="module")
def laid(built: Path) -> Laid:
    return overlay.lay(store.load(built), store.snapshot(built), [made(company_rows())])


def chosen(snapshot: store.Snapshot, **more: object) -> Selection:
    return Selection(as_of=snapshot.as_of, newest=snapshot.as_of, **more)  # type: ignore[arg-type]


# --- Laid over the data ---


def test_a_company_is_labelled_by_the_printed_rule_and_bears_a_mark(laid: Laid) -> None:
    assert labels_in_force(laid.tables, "coded")["acme"] == "centralised_ceo"
    names = dict(
        zip(laid.tables["companies"]["company_id"], laid.tables["companies"]["company_name"], strict=True)
    )
    assert names["acme"] == "Acme (own)"
    assert names["alibaba"] == "Alibaba Group" or "(own)" not in names["alibaba"]
    index = laid.tables["governance_index"].set_index("company_id").loc["acme"]
    assert index["centralisation_index"] == 75.0


def test_everything_served_stays_as_it_was(laid: Laid, built: Path) -> None:
    served = store.load(built)
    for name, frame in served.items():
        now = laid.tables[name]
        assert now.dtypes.to_dict() == frame.dtypes.to_dict(), name
        mine = now[now.iloc[:, 0].isin(set(frame.iloc[:, 0]))].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, frame, check_like=True)


def test_tables_that_no_row_touches_are_the_served_ones(built: Path) -> None:
    served = store.load(built)
    now = overlay.lay(served, store.snapshot(built), [made(company_rows(), "Laid once")])
    assert now.tables["benchmark_scores"] is served["benchmark_scores"]


def test_a_known_key_replaces_the_row_and_what_follows_from_it(built: Path) -> None:
    served = store.load(built)
    row = served["governance_observations"].query("company_id == 'alibaba'").iloc[-1]
    correction = {
        c: "" if pd.isna(v) else f"{v:%Y-%m-%d}" if c == "valid_from" else str(v) for c, v in row.items()
    }
    correction |= {
        "score": str((int(row["score"]) + 1) % 5),
        "source_ids": "own-acme",
        "confidence": "medium",
    }
    if row["dimension"] in ("product_units", "outside_capital"):
        correction["score"] = "0" if int(row["score"]) else "4"
    now = overlay.lay(
        served, store.snapshot(built), [made({"sources": [SOURCE], "governance_observations": [correction]})]
    )
    found = now.tables["governance_observations"].set_index("observation_id").loc[row["observation_id"]]
    assert str(found["score"]) == correction["score"]
    assert len(now.tables["governance_observations"]) == len(served["governance_observations"])
    assert set(now.tables[overlay.OWN_ROWS].query("table == 'governance_observations'")["change"]) == {
        "replaced"
    }
    assert not overlay.added_companies(now.tables)


def test_several_overlays_are_laid_in_order(built: Path) -> None:
    client = company_rows(company_name="Acme Holding")
    now = overlay.lay(store.load(built), store.snapshot(built), [made(company_rows()), made(client, "Later")])
    assert now.tables["companies"].set_index("company_id").loc["acme", "company_name"] == "Acme Holding (own)"
    assert now.snapshot.own == ("Acme", "Later")


def test_rows_after_the_newest_day_are_said(built: Path) -> None:
    rows = company_rows()
    day = store.snapshot(built).as_of + pd.Timedelta(days=20)
    rows["people"] = [
        {
            "role_id": "acme-lead",
            "person_id": "ada-own",
            "person_name": "Ada Own",
            "company_id": "acme",
            "role": "Chief AI officer",
            "is_ai_lead": "true",
            "valid_from": f"{day:%Y-%m-%d}",
            "valid_from_precision": "day",
        }
        | FIRM
    ]
    rows["company_aliases"].append(
        {"alias": "Ada Own", "alias_kind": "person", "company_id": "acme", "person_id": "ada-own"} | FIRM
    )
    now = overlay.lay(store.load(built), store.snapshot(built), [made(rows)])
    assert [s for s in now.said if "1 row of your own is dated after" in s]


# --- Refused ---


def written(table: str, column: str, value: str) -> Callable[[dict[str, list[dict[str, str]]]], None]:
    """Writes a value into the first row of a table."""
    return lambda rows: rows[table][0].update({column: value})


#: Table, column, what is written there, and what is said of it.
CELLS = {
    "a word that is no type": ("companies", "company_type", "gigant", "not one of giant"),
    "a score beyond the scale": ("governance_observations", "score", "7", "out of range or form: got '7'"),
    "an alias of somebody else": (
        *("company_aliases", "alias", "ALIBABA"),
        "is a name of another company here: got 'ALIBABA'",
    ),
    "a name as long as a page": (
        *("companies", "company_name", "A" * 81),
        "too long: got 81 characters, expected at most 80",
    ),
}
#: What is done to the rows, and what is said of it.
WRONG = {
    name: (written(table, column, value), f"own.json ({table}):2: {column}: {said}")
    for name, (table, column, value, said) in CELLS.items()
} | {
    "a name that leads nowhere": (
        lambda r: r["company_aliases"].clear(),
        "own.json (companies):2: company_name: does not resolve in company_aliases: got 'Acme'",
    ),
    "no such document": (
        lambda r: r["sources"].clear(),
        "source_ids: no 'own-acme' in sources.source_id",
    ),
    "surer than its document": (
        lambda r: (r["sources"][0].update(kind="dataset"), r["companies"][0].update(confidence="high")),
        "own.json (companies):2: confidence: more than its documents carry: got 'high'",
    ),
    "a table of the product": (
        lambda r: r.update(governance_models=[]),
        "own.json (governance_models): its rows are the vocabulary of the product",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_file_line_and_column(case: str, built: Path) -> None:
    change, expected = WRONG[case]
    rows = json.loads(json.dumps(company_rows()))
    change(rows)
    files = as_csv({k: v for k, v in rows.items() if k != "governance_models"})
    if "governance_models" in rows:
        files["governance_models"] = b"governance_model_id\nx\n"
    one = Overlay("Acme", tuple(sorted(files.items())), "own.json")
    with pytest.raises(OverlayError) as refused:
        overlay.lay(store.load(built), store.snapshot(built), [one])
    assert [p for p in refused.value.problems if expected in p], refused.value.problems


def test_a_replaced_row_that_breaks_a_served_one_is_told_as_such(built: Path) -> None:
    served = store.load(built)
    row = served["companies"].set_index("company_id").loc["alibaba"]
    changed = {c: "" if pd.isna(v) else str(v) for c, v in row.items()} | {
        "company_id": "alibaba",
        "founded_year": "2025",
    }
    with pytest.raises(OverlayError) as refused:
        overlay.lay(served, store.snapshot(built), [made({"companies": [changed]})])
    assert [
        p for p in refused.value.problems if "does not go with a row of this overlay" in p and "founded" in p
    ]


def test_bounds_in_bytes_and_rows(built: Path) -> None:
    tables, snapshot = store.load(built), store.snapshot(built)
    with pytest.raises(OverlayError, match="larger than an overlay may be"):
        overlay.lay(tables, snapshot, [Overlay("A", (("companies", b"x" * 2_000_001),), "own")])
    rows = {
        "company_aliases": [
            {"alias": f"N{i}", "alias_kind": "name", "company_id": "alibaba"} | FIRM for i in range(5_001)
        ]
    }
    with pytest.raises(
        OverlayError, match="more rows than an overlay may have: got 5,001, expected at most 5,000"
    ):
        overlay.lay(tables, snapshot, [made(rows)])
    with pytest.raises(OverlayError, match="expected at most 8"):
        overlay.lay(tables, snapshot, [made(company_rows(), f"N{n}") for n in range(9)])


# --- As a file and as a word ---


def test_json_csv_and_word_carry_the_same_rows(tmp_path: Path, built: Path) -> None:
    one = made(company_rows())
    again = overlay.from_json(overlay.to_json(one), "again.json")
    word = overlay.encode(one)
    assert 0 < len(word) < overlay.MOST_WORD
    linked = overlay.decode(word)
    assert linked.id == again.id == overlay.from_json(overlay.to_json(linked), "x").id
    from_folder = overlay.of_path(folder(tmp_path / "acme", company_rows()))
    tables, snapshot = store.load(built), store.snapshot(built)
    for other in (again, linked, from_folder):
        now = overlay.lay(tables, snapshot, [other])
        assert labels_in_force(now.tables, "coded")["acme"] == "centralised_ceo"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": "x"}',
        '{"format": "landscape-overlay/1", "tables": 3}',
        "[" * 100_000,
        '{"format": "landscape-overlay/1", "tables": {"companies": [3]}}',
        '{"format": "landscape-overlay/1", "tables": {"companies": [{"company_id": {}}]}}',
    ],
)
def test_what_is_no_overlay_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(OverlayError, match=r"mine\.json"):
        overlay.from_json(text, "mine.json")


@pytest.mark.parametrize("word", ["x", "AAAA", "é", "eJw", overlay.encode(made(company_rows()))[:-9]])
def test_a_cut_word_is_refused_in_a_sentence(word: str) -> None:
    with pytest.raises(OverlayError):
        overlay.decode(word)


# --- Counted and shown ---


def test_every_chart_is_made_and_the_field_is_counted_without(laid: Laid, built: Path) -> None:
    plain, snapshot = store.load(built), store.snapshot(built)
    selection = chosen(snapshot)
    seen = 0
    # As in a deck: narrowed once for all charts.
    ours, theirs = Data(laid.tables, laid.snapshot), Data(plain, snapshot)
    of_ours, of_theirs = Builds(ours).applied, Builds(theirs).applied
    for chart in CHARTS.values():
        mine = cards.make(chart, laid.tables, selection, laid.snapshot, applied=of_ours)
        field = cards.make(chart, plain, selection, snapshot, applied=of_theirs)
        assert mine.title == field.title, chart.id
        assert mine.subtitle.startswith(field.subtitle), chart.id
        seen += "Acme (own)" in mine.frame.to_csv()
        if not field.frame.empty:
            assert "Own rows over the data: Acme." in mine.source_line
    assert seen >= 3


def test_the_field_is_counted_with_us_where_it_is_asked_for(laid: Laid) -> None:
    def counted(**more: object) -> str:
        selection = chosen(laid.snapshot, **more)
        return words(laid.tables, apply(laid.tables, selection), selection)

    assert "47 of 47 organisations and 1 of your own**" in counted()
    chart = CHARTS["governance-now"]
    for count_own, extra in ((False, 0), (True, 1)):
        selection = chosen(laid.snapshot, basis="coded", count_own=count_own)
        frame = framed(chart, apply(laid.tables, selection), selection).shown
        without = framed(
            chart, apply(laid.tables, chosen(laid.snapshot, basis="coded")), chosen(laid.snapshot)
        ).field
        assert frame["companies"].sum() == without["companies"].sum() + extra


def test_counting_stands_in_the_address(laid: Laid) -> None:
    selection = chosen(laid.snapshot, count_own=True)
    query = permalink.query(selection)
    assert query["count_own"] == ["1"]
    found, said = permalink.values(query, laid.tables, laid.snapshot.as_of)
    assert not said
    assert permalink.selection(found, laid.snapshot.as_of).count_own


def test_search_and_the_door_know_us(laid: Laid, built: Path) -> None:
    assert [
        e
        for e in search.search(search.entries(laid.tables), "Acme", 5)
        if e.company_id == "acme" or e.id == "acme"
    ]
    with overlay.given([made(company_rows())]):
        build = DoorBuilds(folder=lambda: built).now()
    assert build.snapshot.id == laid.snapshot.id
    assert "acme" in set(build.tables["companies"]["company_id"])
    assert DoorBuilds(folder=lambda: built).now().snapshot == store.snapshot(built)


# --- Nobody meets another's ---


def test_ids_follow_the_content_and_keep_readers_apart(built: Path) -> None:
    tables, snapshot = store.load(built), store.snapshot(built)
    mine = overlay.lay(tables, snapshot, [made(company_rows())])
    theirs = overlay.lay(
        tables, snapshot, [made(company_rows({"decision_authority": 0, "base_model_strategy": 0}))]
    )
    renamed = overlay.lay(tables, snapshot, [made(company_rows(), "Others")])
    assert len({snapshot.id, mine.snapshot.id, theirs.snapshot.id, renamed.snapshot.id}) == 4
    assert overlay.parted(mine.snapshot.id)[0] == snapshot.id
    # Knowing the name of another's snapshot opens nothing.
    at_hand = Builds.of(built, own=[made(company_rows())])
    data, is_it = Builds.of(built, own=()).at(at_hand.newest.snapshot.id)
    assert not is_it
    assert "acme" not in set(data.tables["companies"]["company_id"])


# --- Decks ---


def deck_of(builds: Builds, chart: str = "dimension-scores") -> bytes:
    snapshot = builds.newest.snapshot
    slides = (basket.frozen(chart, chosen(snapshot), snapshot.id),)
    return decks.build(basket.Basket(slides=slides), builds)


def test_a_deck_brings_its_rows_to_its_refresh(built: Path) -> None:
    builds = Builds.of(built, own=[made(company_rows())])
    data = deck_of(builds)
    assert record.own_rows(open_file(data, "deck").deck)
    done = decks.refresh(data, Builds.of(built, own=()))
    assert not done.missed and done.found
    texts = [
        c.text
        for s in open_file(done.data, "deck").deck.slides
        for h in s.shapes
        if h.has_table
        for r in h.table.rows
        for c in r.cells
    ]
    assert any("Acme (own)" in t for t in texts) or b"Acme" in done.data
    assert record.own_rows(open_file(done.data, "deck").deck)


def test_a_deck_whose_rows_are_gone_says_so(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds = Builds.of(built, own=[made(company_rows())])
    monkeypatch.setattr(overlay, "MOST_WORD", 10)
    data = deck_of(builds)
    assert not record.own_rows(open_file(data, "deck").deck)
    done = decks.refresh(data, Builds.of(built, own=()))
    assert done.missed
    assert [c for c in done.changes if "not at hand" in c.after and "--overlay" in c.after]


def test_a_slide_frozen_without_own_rows_stays_without(built: Path) -> None:
    builds = Builds.of(built, own=[made(company_rows())])
    plain = store.snapshot(built)
    one = decks.resolve(basket.frozen("dimension-scores", chosen(plain), plain.id), builds)
    assert one.card is not None and "Acme (own)" not in one.card.frame.to_csv()


# --- The command line and the installation ---


def test_the_command_line_takes_several(
    tmp_path: Path, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = folder(tmp_path / "ours", company_rows())
    out = tmp_path / "out.csv"
    assert (
        main(["chart", "dimension-scores", "--data", str(built), "--overlay", str(ours), "--out", str(out)])
        == 0
    )
    assert "Acme (own)" in out.read_text()
    (ours / "companies.csv").write_text((ours / "companies.csv").read_text().replace("giant", "gigant"))
    out.unlink()
    assert (
        main(["chart", "dimension-scores", "--data", str(built), "--overlay", str(ours), "--out", str(out)])
        == 1
    )
    assert "companies.csv:2: company_type: not one of giant" in capsys.readouterr().err
    assert not out.exists()
    assert (
        main(
            [
                "chart",
                "dimension-scores",
                "--data",
                str(built),
                "--overlay",
                str(tmp_path / "no"),
                "--out",
                str(out),
            ]
        )
        == 1
    )
    assert "expected a folder of CSV files or a JSON file" in capsys.readouterr().err


def test_an_installation_is_served_without_wrong_rows(
    tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = folder(tmp_path / "ours", company_rows())
    monkeypatch.setenv("LANDSCAPE_OVERLAY", str(ours))
    now, wrong = overlay.laid_here(store.load(built), store.snapshot(built))
    assert not wrong and now.snapshot.own == ("ours",)
    (ours / "companies.csv").write_text("company_id\nacme\n")
    now, wrong = overlay.laid_here(store.load(built), store.snapshot(built))
    assert wrong and now.snapshot == store.snapshot(built)
    assert "companies.csv:1:" in wrong[0]


def test_the_sign_of_an_own_company_survives_every_shortening() -> None:
    assert short_name("Acme (own)") == "Acme (own)"
    assert short_name("Acme Holding (AH) (own)") == "AH (own)"
    assert short_name("Zhipu AI (Z.ai)") == "Zhipu AI"


def test_a_company_from_elsewhere_stands_on_the_map(built: Path) -> None:
    rows = company_rows()
    rows["models"] = [
        {
            "model_id": "acme/one",
            "model_name": "Acme-1",
            "company_id": "acme",
            "release_date": "2026-05-01",
            "release_date_precision": "day",
            "modality": "text",
            "weights": "closed",
            "is_rolling_alias": "false",
        }
        | FIRM
    ]
    now = overlay.lay(store.load(built), store.snapshot(built), [made(rows)])
    card = cards.make(CHARTS["positioning"], now.tables, chosen(now.snapshot), now.snapshot)
    mine = card.frame.set_index("company_name").loc["Acme (own)"]
    assert not mine["is_outside"] and mine["centralisation_index"] == 75.0


def test_an_older_start_of_ours_leaves_the_lanes_of_the_field_as_they_are(built: Path) -> None:
    rows = many_rows()
    rows["companies"][0]["founded_year"] = "2010"
    rows["governance_assessments"][0]["valid_from"] = "2022-02-01"
    plain, snapshot = store.load(built), store.snapshot(built)
    now = overlay.lay(plain, snapshot, [made(rows)])
    every = cards.make(CHARTS["governance-lanes"], plain, chosen(snapshot), snapshot).frame
    names = plain["companies"].set_index("company_name")["company_id"]
    begun = every.groupby("company_name")["first_day"].min()
    late = tuple(names[n] for n in begun[begun > "2023-06-01"].index)
    assert late
    view, served = (chosen(snapshot, companies=c) for c in ((*late, "acme"), late))
    chart = CHARTS["governance-lanes"]
    theirs = cards.make(chart, plain, served, snapshot).frame
    ours = cards.make(chart, now.tables, view, now.snapshot).frame
    whole = lanes.state(chart.kind, theirs, chart.columns, Room(800, 11, 400))
    beside = lanes.state(chart.kind, ours, chart.columns, Room(800, 11, 400))
    assert beside.first == whole.first, "the scale begins with the field"
    assert any(s.first == beside.first and "2022" in " ".join(s.hover) for s in beside.spans)


def test_a_kept_build_of_other_code_is_one_sentence(built: Path) -> None:
    tables, snapshot = store.load(built), store.snapshot(built)
    for name, column in (
        ("models", "license"),
        ("governance_index", "centralisation_index"),
        ("companies", "country"),
    ):
        older = {**tables, name: tables[name].drop(columns=column)}
        with pytest.raises(OverlayError) as refused:
            overlay.lay(older, store.Snapshot(f"0ld{name}", snapshot.as_of), [made(company_rows())])
        (said,) = refused.value.problems
        assert name in said and column in said and "other code" in said
    for name in ("review_decisions", "transparency_scores"):
        lacking = {k: v for k, v in tables.items() if k != name}
        overlay.lay(lacking, store.Snapshot(f"n0{name}", snapshot.as_of), [made(company_rows())])


@pytest.mark.parametrize("door", ["page", "folder", "json", "address", "installation"])
def test_spoiled_rows_come_through_no_door(
    door: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kinds that raw files are broken with, through each way in: a sentence with file, line and column, or rows that hold."""
    tables, snapshot = store.load(built), store.snapshot(built)
    served = {name: frame.copy() for name, frame in tables.items()}
    chance = random.Random(f"{door}")
    found = [*overlay_faults.in_cells(chance, 0.01)]
    refused_ones = 0
    for n, (name, one) in enumerate(chance.sample(found, 10)):
        files = {f"{table}.csv": content for table, content in one.files}
        at = tmp_path / f"{n}"
        at.mkdir()
        try:
            if door == "page":
                read = overlay.of_csv(files, "Own rows")
            elif door == "json":
                (at / "own.json").write_text(overlay.to_json(one))
                read = overlay.of_path(at / "own.json")
            elif door == "address":
                [read] = overlay.of_address(f"https://landscape.example/?own={overlay.encode(one)}")
            else:
                for file, content in files.items():
                    (at / file).write_bytes(content)
                read = overlay.of_path(at)
            if door == "installation":
                monkeypatch.setenv("LANDSCAPE_OVERLAY", str(at))
                laid_, said = overlay.laid_here(tables, snapshot)
                # Wrong rows are said, and the data is served as it is without them.
                assert bool(said) == (laid_.snapshot.id == snapshot.id), name
                refused_ones += bool(said)
                assert all(re.search(r":\d+: \w+: ", line) for line in said), (name, said)
                continue
            overlay.lay(tables, snapshot, [read])
        except OverlayError as refused:
            refused_ones += 1
            assert all(re.search(r":\d+: \w+: ", line) for line in refused.problems), (name, refused.problems)
    assert refused_ones >= 7
    assert all(frame.equals(tables[name]) for name, frame in served.items())


def test_a_sample_of_spoiled_rows_is_laid_or_refused(built: Path) -> None:
    """All kinds of faults, few of each: `tests/overlay_faults.py` makes them all."""
    tables, snapshot = store.load(built), store.snapshot(built)
    chance = random.Random(5)
    found = [*overlay_faults.in_cells(chance, 0.01), *overlay_faults.in_files(chance)]
    laid_ones = 0
    for name, one in chance.sample(found, 24):
        try:
            now = overlay.lay(tables, snapshot, [one])
        except OverlayError as refused:
            assert refused.problems and all(": " in p for p in refused.problems), name
            continue
        laid_ones += 1
        card = cards.make(CHARTS["landscape-matrix"], now.tables, chosen(now.snapshot), now.snapshot)
        assert len(card.frame)
    assert laid_ones < 24
