"""A reader's own company beside the field: told as such wherever things are counted, and never among them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from own_rows import as_csv, many_rows
from test_own_page import said, visit

from dashboard.charts import CHARTS
from dashboard.charts import card as cards
from dashboard.data import overlay, permalink, store
from dashboard.data.overlay import Laid, Overlay
from dashboard.data.selection import Selection, apart, counted
from dashboard.deck import basket, decks, editions
from dashboard.deck.builds import Builds
from dashboard.deck.opening import open_file
from dashboard.door import resources, tools
from dashboard.door.build import Build
from dashboard.door.build import Builds as DoorBuilds
from dashboard.facts import own_company, watch
from dashboard.facts.own_company import OwnCompany
from etl.overlay import ALLOWED

OWN = Overlay("Acme", tuple(sorted(as_csv(many_rows()).items())), "own.json")
WORD = overlay.encode(OWN)


@pytest.fixture(scope="module", autouse=True)
def shown_data(built: Path):  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDSCAPE_DATA", str(built))
        yield


@pytest.fixture(scope="module")
def laid(built: Path) -> Laid:
    return overlay.lay(store.load(built), store.snapshot(built), [OWN])


@cache
def doors(built: Path) -> tuple[Build, Build]:
    plain = DoorBuilds(folder=lambda: built).now()
    with overlay.given([OWN]):
        return plain, DoorBuilds(folder=lambda: built).now()


def test_rows_are_counted_apart(laid: Laid) -> None:
    view = Selection(as_of=laid.snapshot.as_of, newest=laid.snapshot.as_of)
    models = laid.tables["models"]
    field, mine = apart(models, laid.tables, view)
    assert len(mine) == 3 and len(field) + 3 == len(models)
    assert counted(models, laid.tables, view, "model").endswith("models and 3 of your own")
    all_in = Selection(as_of=view.as_of, newest=view.as_of, count_own=True)
    assert counted(models, laid.tables, all_in, "model") == f"{len(models):,} models"
    assert counted(models[["weights"]], laid.tables, view, "row") == f"{len(models):,} rows"


ASKED = {
    "landscape": {},
    "changes": {"since": "2025-11-27"},
    "models": {},
    "chart": {"chart": "releases-by-company"},
    "series": {"measure": "r_d_spend"},
}


@pytest.mark.parametrize("name", ASKED)
def test_the_doors_sentences_count_the_field(built: Path, name: str) -> None:
    plain, own = doors(built)
    found = [tools.call(b, name, ASKED[name]) for b in (plain, own)]
    told, answers = [str(f) for f in found], [f["summary"] for f in found]
    assert "Acme" in told[1] and "Acme" not in told[0]
    rest = re.sub(r"(, and \d+ changes? of your own| and \d+ of your own)", "", answers[1])
    assert rest == answers[0] != answers[1]


def test_coverage_counts_the_field(built: Path) -> None:
    plain, own = doors(built)
    a, b = (resources.coverage(x) for x in (plain, own))
    assert a["organisations"] == b["organisations"] and b["of_your_own"] == 1 and "of_your_own" not in a


@pytest.mark.parametrize("page", ["companies", "governance", "models", "overview"])
def test_pages_count_the_field(page: str) -> None:
    """A number of things that a page tells with us is one that it tells without, or says which are ours."""
    count = re.compile(
        r"\b\d[\d,]*(?: of \d+)? (?:organisations|models|reorganisations|companies|rows)\b(?! and \d+ of your own)"
    )
    plain, own = said(visit(page)), said(visit(page, **{permalink.OWN: WORD}))
    assert "Acme (own)" in own
    bare = re.sub(r" and [\d,]+ of your own", "", own)
    assert set(count.findall(bare)) <= set(count.findall(plain))


def test_a_profile_ranks_a_served_company_within_the_field(built: Path, laid: Laid) -> None:
    """Whoever is chosen, ranks are told from everyone: ours would be among them."""
    rows = many_rows()
    served = store.load(built)["benchmark_scores"]
    rated = served[served["company_id"] == "alibaba"].iloc[-1]
    top = served[served["benchmark_id"] == rated["benchmark_id"]]["score"].max()
    rows["benchmark_scores"] = [
        {
            c: "" if pd.isna(v) else f"{v:%Y-%m-%d}" if isinstance(v, pd.Timestamp) else str(v)
            for c, v in rated.items()
            if c in ALLOWED["benchmark_scores"].raw_columns
        }
        | {
            "score_id": "acme-top",
            "company_id": "acme",
            "model_id": "acme/1",
            "model_label": "Acme-1",
            "score": str(top),
            "source_ids": "own-acme",
            "confidence": "medium",
        }
    ]
    now = overlay.lay(
        store.load(built), store.snapshot(built), [Overlay("A", tuple(sorted(as_csv(rows).items())), "own")]
    )
    plain = store.load(built)
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of, companies=("alibaba",))
    for chart in ("company-scores", "brief-position", "match-up"):
        if chart not in CHARTS:
            continue
        a = cards.make(CHARTS[chart], plain, view, store.snapshot(built))
        b = cards.make(CHARTS[chart], now.tables, view, now.snapshot)
        pd.testing.assert_frame_equal(a.frame.reset_index(drop=True), b.frame.reset_index(drop=True))


def test_an_edition_counts_the_field_and_tells_of_us_where_we_are_watched(built: Path) -> None:
    plain, own = Builds.of(built, own=()), Builds.of(built, own=[OWN])
    since = editions.since("2025-11-27", None, watch.Watch())
    whole = [editions.make(b, watch.Watch(), since) for b in (plain, own)]
    told = [sorted((i.what, str(i.why)) for i in m.items if "Acme" not in i.what) for m in whole]
    assert told[0] == told[1]
    ours = editions.make(own, watch.Watch(companies=("acme",)), since)
    assert not ours.is_quiet
    assert all("Acme (own)" in i.what for i in ours.items) and len(ours.items) >= 3


@pytest.mark.parametrize("preset", ["Board pack", "Company brief", "Match-up"])
def test_packs_with_us_in_them(built: Path, preset: str) -> None:
    builds = Builds.of(built, own=[OWN])
    now = builds.newest
    view = Selection(as_of=now.snapshot.as_of, newest=now.snapshot.as_of)
    if preset != "Board pack":
        view = Selection(as_of=view.as_of, newest=view.as_of, companies=("acme", "alibaba"))
    made = basket.PRESETS[preset](now.tables, view, now.snapshot.id)
    data = decks.build(made, builds)
    deck = open_file(data, "deck").deck
    words = "\n".join(
        t for s in deck.slides for h in s.shapes for t in ([h.text_frame.text] if h.has_text_frame else [])
    )
    assert "Own rows over the data: Acme" in words
    assert "Acme (own)" in words + "".join(
        c.text for s in deck.slides for h in s.shapes if h.has_table for r in h.table.rows for c in r.cells
    )
    done = decks.refresh(data, Builds.of(built, own=()))
    assert not done.missed and not done.changes


def test_who_leads_china_does_not_follow_from_who_is_chosen(built: Path) -> None:
    plain, snapshot = store.load(built), store.snapshot(built)

    def said(**more: object) -> pd.DataFrame:
        view = Selection(as_of=snapshot.as_of, newest=snapshot.as_of, **more).picking("company.id", "tencent")  # type: ignore[arg-type]
        return cards.make(CHARTS["company-scores"], plain, view, snapshot).frame.reset_index(drop=True)

    alone = said(companies=("tencent",))
    pd.testing.assert_frame_equal(said(), alone)
    assert not alone["home_company"].dropna().eq(alone["company_name"].iloc[0]).all()


#: What the form alone knows, and charts that choose among companies by what a company of the form may lack.
FORM = OwnCompany(
    "Acme",
    scores={"decision_authority": 4, "base_model_strategy": 3, "tooling": 2},
    since="2025-03-01",
    models=(("Acme-1", "open", "2026-05-01"),),
)
CHOOSY = (
    "governance-lanes",
    "index-over-time",
    "index-change",
    "model-releases",
    "model-list",
    "releases-by-company",
)


@pytest.mark.parametrize(
    "chart", [*CHOOSY, "landscape-matrix", "positioning", "dimension-scores", "reported-coded"]
)
def test_a_company_of_the_form_stands_in_a_chart_that_chooses(built: Path, chart: str) -> None:
    """One without events, with one release and scores that never moved; the others stand as they would without it."""
    plain, snapshot = store.load(built), store.snapshot(built)
    now = overlay.lay(plain, snapshot, [own_company.as_overlay(FORM, plain, snapshot.as_of)])
    view = Selection(as_of=snapshot.as_of, newest=snapshot.as_of)
    a, b = (cards.make(CHARTS[chart], t, view, snapshot) for t in (plain, now.tables))
    theirs = b.frame["company_name"].astype("str").str.startswith("Acme (own)")
    assert theirs.any() and "Acme (own), not counted" in b.subtitle
    assert list(b.frame.loc[~theirs, "company_name"]) == list(a.frame["company_name"])
    assert a.title == b.title


def test_a_match_up_compares_our_list_price_though_nobody_rates_us(built: Path) -> None:
    plain, snapshot = store.load(built), store.snapshot(built)
    for price, leads in ((1000.0, "Alibaba Group"), (0.1, "Acme (own)")):
        one = replace(FORM, prices=(("Acme-1", price / 2, price, "USD"),))
        now = overlay.lay(plain, snapshot, [own_company.as_overlay(one, plain, snapshot.as_of)])
        view = Selection(as_of=snapshot.as_of, newest=snapshot.as_of, companies=(one.company_id, "alibaba"))
        card = cards.make(CHARTS["match-up"], now.tables, view, snapshot)
        told = card.frame.set_index("measure").loc["Output list price of its flagship"]
        assert told["leads"] == leads
    # Between two that are rated the price goes with the rating, as before.
    view = Selection(as_of=snapshot.as_of, newest=snapshot.as_of, companies=("deepseek", "alibaba"))
    known = cards.make(CHARTS["match-up"], plain, view, snapshot).frame["measure"].tolist()
    assert (
        "Output price of its best-rated priced model" in known
        and "Output list price of its flagship" not in known
    )
