"""What was found again in copies of documents stands beside the value, on the list of sources and in decks."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.data.selection import Selection
from dashboard.data.store import Snapshot, Tables
from dashboard.deck.lists import documents
from dashboard.facts import landscape, proof
from dashboard.facts.landscape import apply
from etl.tables.verifications import FINDINGS, HOW, OF_DOCUMENTS

DAY = pd.Timestamp("2026-11-20")


def looked_up(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Findings of (row, document, finding) for one column of one table."""
    frame = pd.DataFrame(rows, columns=["row_id", "source_id", "finding"])
    return frame.assign(table_name="models", column_name="release_date", verified_date=DAY)


FOUND = {
    "verifications": looked_up(
        ("a", "one", "not_found"),
        ("a", "two", "found"),
        ("b", "one", "found_in_picture"),
        ("c", "one", "not_named"),
        ("d", "three", "unreadable"),
    )
}


def test_one_document_that_holds_the_value_is_enough() -> None:
    said = proof.checked(FOUND, "models", pd.Series(list("abcde"), index=[5, 6, 7, 8, 9]), "release_date")
    assert said.to_dict() == {
        5: "found again on 20 Nov 2026",
        6: "read off a picture of it on 20 Nov 2026",
        7: "not in the copy at hand",
        8: "copy not readable",
        9: "",
    }
    assert not proof.checked(FOUND, "models", pd.Series(["a"]), "context_tokens").any()


def test_a_document_says_how_much_of_it_was_found_again() -> None:
    said = proof.of_documents(FOUND, pd.Series(["one", "two", "three"], index=[7, 8, 9]))
    assert said.to_dict() == {
        7: "1 of 2 values looked up found again on 20 Nov 2026",
        8: "1 of 1 value looked up found again on 20 Nov 2026",
        9: "",
    }


@pytest.fixture(scope="module")
def now(tables: Tables) -> Selection:
    newest = tables["sources"]["accessed_date"].max()
    return Selection(newest, newest)


def test_the_sources_of_a_deck_tell_it(tables: Tables, now: Selection) -> None:
    card = cards.make(CHARTS["benchmark-explorer"], tables, now, Snapshot("test", now.as_of))
    assert card.sources["checked"].str.contains("found again").any()
    assert any("found again" in d.line for d in documents([card]))
    assert {"edition", "setting", "checked"} <= set(card.frame)
    assert card.frame["checked"].str.startswith("found again").any()


def test_a_label_in_force_says_when_it_was_last_seen(tables: Tables, now: Selection) -> None:
    selected = apply(tables, now)
    for basis in ("reported", "coded"):
        held = landscape.spoken_for(selected, basis, now.as_of)
        labelled = landscape.assessments_in_force(selected, basis)["company_id"].unique()
        assert set(held.index) == set(labelled)
        assert held["seen"].str.startswith("last seen ").all()
        assert (held["last_seen_date"] <= now.as_of).all()
        old = held["last_seen_date"] + pd.DateOffset(months=6) < now.as_of
        assert (held["is_stale"] == old).all() and old.any() and not old.all()
        assert held.loc[old, "doubt"].str.contains("stale").all()


def test_lanes_and_matrix_mark_a_label_that_nobody_has_spoken_for(tables: Tables, now: Selection) -> None:
    selected = apply(tables, now)
    names = selected["companies"].set_index("company_id")["company_name"]
    held = landscape.spoken_for(selected, now.basis, now.as_of)
    old = set(names[held.index[held["is_stale"]]])
    lanes = CHARTS["governance-lanes"].data(selected, now)
    open_now = lanes[lanes["kind"].eq("period") & lanes["last_seen_date"].notna()]
    faded = set(open_now.loc[open_now["caveat"].fillna("").str.contains("stale"), "company_name"])
    assert faded == old & set(lanes["company_name"]) and faded
    over = lanes[lanes["kind"].eq("period") & lanes["last_seen_date"].isna()]
    assert not over["caveat"].fillna("").str.contains("stale").any()
    matrix = CHARTS["landscape-matrix"].data(selected, now).set_index("company_name")
    assert set(matrix.index[matrix["governance_doubt"].fillna("").str.contains("stale")]) == old


def test_a_build_of_older_code_says_nothing_and_fails_at_nothing(tables: Tables, now: Selection) -> None:
    old = {n: t for n, t in apply(tables, now).items() if n not in ("verifications", "document_readings")}
    old["governance_assessments"] = old["governance_assessments"].drop(columns=["last_seen_date", "is_weak"])
    assert (
        not proof.findings(old, "models", "release_date")
        and not proof.of_documents(old, old["sources"]["source_id"]).any()
    )
    held = landscape.spoken_for(old, now.basis, now.as_of)
    assert len(held) and not held["seen"].any() and not held["doubt"].any()
    assert len(CHARTS["governance-lanes"].data(old, now))


def test_a_value_is_found_by_its_document_its_number_and_its_model() -> None:
    day = pd.Timestamp("2026-11-27")
    tables = {
        "verifications": pd.DataFrame(
            [
                ("a", "scores", "arena.glm-5.3.t", "score", "1474", "found", day),
                ("a", "prices", "zhipu.glm-5.3-usd", "price", "4.40", "not_found", day),
                ("b", "prices", "zhipu.glm-5.3-usd", "price", "4.4", "unreadable", day),
                ("c", "models", "glm-5.3", "release_date", "2026-07-01", "found_in_picture", day),
            ],
            columns=[
                "source_id",
                "table_name",
                "row_id",
                "column_name",
                "stated",
                "finding",
                "verified_date",
            ],
        )
    }
    found = proof.by_document(tables)

    def of(ids: list[str], values: list[object], *keys: str) -> proof.Looked:
        return proof.of_values(found, ids, values, keys or ("GLM-5.3",))

    one = of(["a"], [1474.0])
    assert (one.words, one.document, one.looked, one.holds) == ("found again on 27 Nov 2026", "a", 1, 1)
    assert of(["a"], [1474.0, 4.4]).words == "1 of 2 values found again on 27 Nov 2026"
    assert of(["a"], [4.4]).words == "not in the copy at hand" and of(["a"], [4.4]).looked == 1
    assert of(["b"], [4.4]).words == "copy not readable" and of(["b"], [4.4]).looked == 0
    assert of(["c"], [pd.Timestamp("2026-07-01")]).words == "read off a picture of it on 27 Nov 2026"
    # Another number, another model, no model at all: nobody looked that up, whatever stands in the document.
    assert of(["a"], [44]).words == of(["a"], [1474], "Qwen3").words == proof.NOT_ASKED
    assert proof.of_values(found, ["a"], [1474], []).words == proof.NOT_ASKED
    assert of(["z"], [1474]).words == proof.NO_COPY
    assert proof.by_document({}) == {}


NEW, OLD = pd.Timestamp("2026-12-03"), pd.Timestamp("2026-11-27")


Found = tuple[str, str, str, pd.Timestamp, pd.Timestamp | None]


def of_two_ways(**rows: list[Found]) -> dict[str, pd.DataFrame]:
    """What was found of each row: (document, way, finding, day, day it was seen)."""
    columns = ["row_id", "source_id", "how", "finding", "verified_date", "seen_date"]
    frame = pd.DataFrame([(row, *one) for row, found in rows.items() for one in found], columns=columns)
    frame["seen_date"] = pd.to_datetime(frame["seen_date"])
    return {"verifications": frame.assign(table_name="models", column_name="release_date", stated="1")}


IN_COPY: Found = ("one", "stored_copy", "found", OLD, OLD)
GONE: Found = ("two", "fetched", "gone", NEW, OLD)
READ = of_two_ways(
    a=[IN_COPY, ("one", "fetched", "found", NEW, NEW)],
    b=[IN_COPY, ("one", "fetched", "changed", NEW, OLD)],
    c=[IN_COPY, ("one", "fetched", "unreadable", NEW, None)],
    d=[GONE],
    e=[GONE, IN_COPY],
    f=[("three", "fetched", "unreadable", NEW, None)],
    g=[("three", "fetched", "not_found", NEW, None)],
    # Found there again after it had been taken for changed, and a copy of a later day than the address.
    h=[("four", "fetched", "changed", OLD, OLD), ("four", "stored_copy", "found", NEW, NEW)],
)


def test_the_newest_word_that_says_something_counts_and_one_document_is_enough() -> None:
    said = proof.checked(READ, "models", pd.Series(list("abcdefgh")), "release_date").tolist()
    assert said == [
        "found again on 3 Dec 2026",
        "page has changed since 27 Nov 2026",
        "found again on 27 Nov 2026",
        "page gone on 3 Dec 2026",
        "found again on 27 Nov 2026",
        "page could not be read on 3 Dec 2026",
        "not on the page on 3 Dec 2026",
        "found again on 3 Dec 2026",
    ]


def test_numbers_that_rest_on_pages_that_changed_or_went_are_counted() -> None:
    rows = pd.DataFrame({"model_id": list("abcdefgh"), "source_ids": ["one"] * 8})
    assert proof.lost(READ, rows) == 2
    assert proof.lost(READ, rows.iloc[:0]) == proof.lost({}, rows) == 0
    # A label has no number to look for: it is lost where every page that it rests on has gone.
    labels = pd.DataFrame({"assessment_id": ["x", "y"], "source_ids": ["two", "two; one"]})
    assert proof.lost(READ | {"document_readings": OF_PAGES}, labels) == 1
    found = proof.by_document(READ)
    one = proof.of_values(found, ["one", "two"], [1.0], ["d"])
    assert (one.words, one.holds, one.lost) == ("page gone on 3 Dec 2026", 0, 1)


OF_PAGES = pd.DataFrame(
    [
        ("two", "fetched", "found", OLD, OLD),
        ("two", "fetched", "gone", NEW, NEW),
        ("one", "stored_copy", "found", OLD, OLD),
        ("one", "fetched", "changed", NEW, NEW),
        ("five", "quoted_by", "quoted", OLD, OLD),
        ("six", "fetched", "read", OLD, NEW),
    ],
    columns=["source_id", "how", "finding", "since_date", "read_date"],
)


def test_a_document_says_what_became_of_its_page() -> None:
    tables = READ | {"document_readings": OF_PAGES}
    said = proof.of_documents(tables, pd.Series(["one", "two", "five", "six", "seven"])).tolist()
    assert said == [
        "page has changed by 3 Dec 2026; 3 of 4 values looked up found again on 3 Dec 2026",
        "page gone on 3 Dec 2026; 0 of 2 values looked up found again on 3 Dec 2026",
        "never opened, quoted by others",
        "read again on 3 Dec 2026",
        "",
    ]
    sources = pd.DataFrame({"source_id": ["one", "two", "five", "six"], "publisher": list("abcd")})
    sources = sources.assign(title=None, url="")
    rows = proof.documents_read(tables | {"sources": sources})
    assert rows["source_id"].tolist() == ["two", "one", "six", "one", "five"]
    assert proof.states(rows).tolist() == ["lost", "lost", "read", "copies", "quoted"]
    assert proof.earlier_findings(tables).startswith("1 document came to another finding")
    assert proof.earlier_findings({}) == ""
    # What has no reading is told with its kinds, and copies without a hash.
    sources = pd.concat([sources, pd.DataFrame({"source_id": ["eight"], "publisher": ["e"]})])
    about = {"sources": sources.assign(kind="press")}
    read = about | {"document_readings": OF_PAGES.assign(text_sha256=None)}
    assert proof.read_once(read) == (
        "1 document of 5 was read once for their rows, by a person or an assistant, on the day that the list of "
        "documents gives, and not since (1 of the press): no copy of theirs is kept, so they have no hash and no "
        "finding. 1 of 1 saved copy has no hash: looked into before hashes were kept, or not read whole."
    )
    whole = {"sources": about["sources"].iloc[:4]}
    assert proof.read_once(whole | {"document_readings": OF_PAGES.assign(text_sha256="0" * 64)}) == ""


def test_every_finding_has_its_words() -> None:
    assert set(FINDINGS) == set(proof.FOUND) and set(proof.AT_ADDRESS) < set(FINDINGS)
    assert {finding for found in proof.OF_READING.values() for finding in found} == set(OF_DOCUMENTS)
    assert set(HOW) == set(proof.WAYS) == set(proof.OF_READING)
