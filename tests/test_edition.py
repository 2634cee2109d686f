"""Editions: ranked, dated, cited, made once; corrections between two builds; every form says the same."""

from __future__ import annotations

import email
import email.policy
import io
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pptx
import pytest
from deck_data import data as shared
from own_rows import many_rows

import etl
from dashboard import __main__ as command
from dashboard.charts import CHARTS
from dashboard.charts.edition import what_changed, what_changed_finding
from dashboard.data import overlay, permalink, store
from dashboard.data.citations import strongest_first
from dashboard.data.selection import Selection, as_of
from dashboard.data.store import Snapshot, Tables
from dashboard.deck import basket, decks, editions
from dashboard.deck.decks import Builds, Data
from dashboard.deck.editions import EditionError, Since
from dashboard.export import edition as forms
from dashboard.facts import changes, flagships, landscape, own_company, prices, ratings, watch
from dashboard.facts import edition as facts
from dashboard.facts.own_company import OwnCompany
from dashboard.facts.watch import Watch, WatchError

SINCE = pd.Timestamp("2026-07-01")
RIVALS = Watch("Rivals 竞争", companies=("alibaba", "deepseek", "bytedance"), governance=("centralised_ceo",))


@pytest.fixture(scope="session")
def builds(built: Path) -> Builds:
    return Builds.of(built)


@pytest.fixture(scope="session")
def made(builds: Builds) -> forms.Edition:
    return editions.make(builds, RIVALS, Since(day=SINCE))


def altered(tables: Tables, name: str, **cells: tuple[str, object, object]) -> Tables:
    """Tables with cells of one changed: column=(key column, key, value)."""
    frame = tables[name].copy()
    for column, (key, wanted, value) in cells.items():
        assert frame[key].eq(wanted).any()
        frame.loc[frame[key].eq(wanted), column] = value
    return {**tables, name: frame}


# --- The rule ---


def test_items_stand_in_the_printed_order_and_carry_documents(made: forms.Edition) -> None:
    order = list(changes.KINDS)
    places = [order.index(i.kind) for i in made.items]
    assert places == sorted(places) and len(set(places)) >= 4
    assert all(i.documents and i.day and i.what for i in made.items)
    assert all(d.url.startswith("http") for i in made.items for d in i.documents)
    assert forms.sections(made)[0][0] == "What changed"
    assert any(facts.RANK in n for n in made.notes)


def changes_of(*kinds: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(kinds, columns=["kind", "company_name", "what"])


MOVE = ("governance", "A", "A: from federated to centralised, CEO; a reason")
LONG = ("claim", "A", f"A: “{'words ' * 20}” is corroborated, pending before")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([MOVE], "A: from federated to centralised, CEO"),
        ([MOVE, ("leader", "B", "")], "A: from federated to centralised, CEO; also 1 lead of AI"),
        (
            [MOVE, *[("reorganisation", "B", "")] * 2, ("leader", "C", "")],
            "A: from federated to centralised, CEO; also 1 lead of AI and 2 reorganisations, most at B (2)",
        ),
        (
            [MOVE, *[(k, "A", "") for k in ("figure", "figure", "price", "leader", "score", "flagship")]],
            "A: from federated to centralised, CEO; also 1 lead of AI, 1 flagship, 1 price and 3 more changes",
        ),
        # Four kinds are named where the last would be counted alone.
        (
            [MOVE, *[(k, "A", "") for k in ("figure", "price", "leader", "flagship")]],
            "A: from federated to centralised, CEO; also 1 lead of AI, 1 flagship, 1 price and 1 stated figure",
        ),
        ([LONG, LONG], "2 claims checked at A"),
        ([LONG, ("claim", "B", "")], "2 claims checked"),
        (
            [LONG, ("figure", "B", ""), ("figure", "B", "")],
            "2 stated figures and 1 claim checked, most at B (2)",
        ),
    ],
)
def test_the_title_says_what_else_changed_and_whose(rows: list[tuple[str, str, str]], said: str) -> None:
    day = pd.Timestamp("2026-11-28")
    assert what_changed_finding(changes_of(*rows), Selection(day, day)) == said


def test_kinds_in_a_title_add_up_to_the_rows(tables: Tables, made: forms.Edition) -> None:
    newest = tables["sources"]["accessed_date"].max()
    for companies in ((), ("alibaba",), ("deepseek", "baidu")):
        chosen = Selection(as_of=newest, newest=newest, companies=companies)
        frame = what_changed(landscape.apply(tables, chosen, keep_outside=True), chosen)
        said = what_changed_finding(frame, chosen).partition("; also ")[2].partition(", most at")[0]
        assert sum(int(n.replace(",", "")) for n in re.findall(r"[0-9,]*[0-9]", said)) == len(frame) - 1, said
    told = made.lead.partition(": ")[2]
    assert sum(map(int, re.findall("[0-9]+", told))) == len(made.items)


def test_a_statement_names_nobody_twice_while_another_is_left(tables: Tables) -> None:
    cell = "; ".join(tables["sources"]["source_id"])
    named = editions._documents(cell, tables["sources"])
    assert len({d.publisher for d in named}) == len(named) == editions.MOST_DOCUMENTS
    assert [d.url for d in named] == [
        p.url for p in strongest_first(cell, tables["sources"])[: editions.MOST_DOCUMENTS]
    ]


def test_the_page_names_the_charts_that_the_files_look_up(builds: Builds, made: forms.Edition) -> None:
    told = editions.make(builds, RIVALS, Since(day=SINCE), looked_up=False)
    assert [i.chart for i in told.items] == [i.chart for i in made.items]
    assert [dict(i.query) for i in told.items] == [dict(i.query) for i in made.items]
    assert [(i.what, i.why, i.documents) for i in told.items] == [
        (i.what, i.why, i.documents) for i in made.items
    ]


def test_a_change_is_told_only_to_lists_that_it_matters_to(builds: Builds, made: forms.Edition) -> None:
    alone = editions.make(builds, Watch(companies=("deepseek",)), Since(day=SINCE))
    assert alone.items and all("DeepSeek" in i.what for i in alone.items)
    everyone = editions.make(builds, Watch(), Since(day=SINCE))
    told = {i.what for i in everyone.items}
    assert {i.what for i in alone.items} < told and {i.what for i in made.items} < told


@pytest.mark.parametrize("basis", ["reported", "coded"])
@pytest.mark.parametrize(("since", "until"), [("2024-01-01", "2025-06-30"), ("2025-03-11", "2026-03-11")])
def test_a_label_known_for_the_first_time_is_no_move(
    tables: Tables, since: str, until: str, basis: str
) -> None:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(pd.Timestamp(until), newest, compare=pd.Timestamp(since), basis=basis)
    both = facts.states(as_of(tables, selection), selection)
    told = facts.items(both, Watch()).query("kind == 'governance'")
    then, now = (landscape.labels_in_force(t, basis) for t in (both.then, both.now))
    first = [r for r in told.itertuples() if then[r.company_id] == landscape.UNDETERMINED]
    moves = [
        r for r in told.itertuples() if landscape.UNDETERMINED not in (then[r.company_id], now[r.company_id])
    ]
    assert first and {r.heading for r in first} == {facts.HEADINGS["first"]}
    assert all("not known before" in r.what and "undetermined" not in r.what for r in first)
    assert {r.heading for r in moves} <= {facts.HEADINGS["governance"]}
    # Moves stand first.
    assert list(told["heading"]) == sorted(told["heading"], key=lambda h: h != facts.HEADINGS["governance"])


@pytest.mark.parametrize("day", ["2023-06-30", "2025-01-01", "2026-07-01"])
def test_nothing_is_told_twice_and_all_of_it_lies_in_the_window(tables: Tables, day: str) -> None:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(as_of=newest, newest=newest, compare=pd.Timestamp(day))
    found = facts.items(facts.states(as_of(tables, selection), selection), Watch())
    assert not found.duplicated(["kind", "company_id", "subject_id", "measure"]).any()
    dated = found[found["kind"].isin(["reorganisation", "price", "figure"])]
    assert (dated["change_date"] > selection.compare).all() and (
        found["change_date"].dropna() <= newest
    ).all()


def test_editions_side_by_side_tell_what_one_over_both_tells(tables: Tables) -> None:
    """Reorganisations of two windows are those of the window that holds both."""
    newest = tables["sources"]["accessed_date"].max()

    def events(first: str, last: pd.Timestamp) -> set[str]:
        selection = Selection(as_of=last, newest=newest, compare=pd.Timestamp(first))
        found = facts.items(facts.states(as_of(tables, selection), selection), Watch())
        return set(found.loc[found["kind"] == "reorganisation", "subject_id"])

    middle = pd.Timestamp("2026-03-31")
    whole = events("2025-06-30", newest)
    early, late = events("2025-06-30", middle), events("2026-03-31", newest)
    assert early | late == whole and not early & late and early and late


def test_why_is_withdrawn_where_it_does_not_hold(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(as_of=newest, newest=newest, compare=SINCE)

    def why(given: Tables) -> str:
        found = facts.items(facts.states(as_of(given, selection), selection), Watch(companies=("alibaba",)))
        return str(found[found["kind"] == "reorganisation"].iloc[0]["why"])

    assert "at the median" in why(tables)
    events = tables["governance_events"]
    mine = events[(events["company_id"] == "alibaba") & (events["event_date"] > SINCE)].sort_values(
        "event_date"
    )
    one = events[(events["company_id"] != "alibaba") | events["event_id"].eq(mine.iloc[-1]["event_id"])]
    assert why({**tables, "governance_events": one}) == ""


# --- Corrections ---


def _two(tables: Tables, old: Tables, built: Path) -> Builds:
    # Of tables as they are, the cards that another test asked for are at hand.
    is_real = all(frame is shared(built).tables[name] for name, frame in tables.items())
    newest = shared(built) if is_real else Data(tables, store.snapshot(built))
    earlier = Data(old, Snapshot("older000", pd.Timestamp("2026-10-30")))
    return Builds(newest, {"older000": Path("older")}, lambda folder: earlier)


def _edition_of(builds: Builds) -> forms.Edition:
    made = editions.make(Builds(builds.loads(Path("older"))), RIVALS, Since(day=SINCE))
    assert made.snapshot == "older000" and made.day == "2026-10-30"
    return made


def test_equal_builds_correct_nothing(tables: Tables, built: Path) -> None:
    builds = _two(tables, tables, built)
    again = editions.make(builds, RIVALS, Since(edition=_edition_of(builds)))
    assert again.corrections == () and again.before_snapshot == "older000"


@pytest.mark.parametrize("kind", ["withdrawn", "reorganisation", "leader", "governance", "figure"])
def test_what_the_past_was_told_otherwise_is_named(tables: Tables, built: Path, kind: str) -> None:
    old = dict(tables)
    events = tables["governance_events"]
    mine = events[(events["company_id"] == "alibaba") & events["event_type"].eq("restructure")].iloc[[0]]
    if kind == "withdrawn":
        old["governance_events"] = pd.concat(
            [events, mine.assign(event_id="made-up", title="A rumour")], ignore_index=True
        )
    elif kind == "reorganisation":
        old["governance_events"] = events[events["event_id"] != mine.iloc[0]["event_id"]]
    elif kind == "leader":
        people = tables["people"]
        lead = (
            people["company_id"].eq("deepseek")
            & people["is_ai_lead"].astype(bool)
            & people["valid_to"].isna()
        )
        people = people.copy()
        people.loc[lead, ["person_id", "person_name"]] = ["somebody-else", "Somebody Else"]
        people.loc[lead, "valid_from"] = pd.Timestamp("2023-07-17")
        old["people"] = people
        now = tables["people"].copy()
        now.loc[lead, "valid_from"] = pd.Timestamp("2023-07-17")
        tables = {**tables, "people": now}
    elif kind == "governance":
        rows = tables["governance_assessments"]
        held = rows["company_id"].eq("alibaba") & rows["basis"].eq("reported")
        old["governance_assessments"] = rows.assign(
            governance_model_id=rows["governance_model_id"].mask(held, "federated")
        )
    else:
        rows = tables["company_metrics"]
        mine = rows["company_id"].eq("deepseek") & rows["metric"].eq("funding_raised")
        assert mine.any()
        past = mine & (rows["known_date"] <= pd.Timestamp("2026-10-30"))
        old["company_metrics"] = rows.assign(value=rows["value"].mask(past, rows["value"] * 2))
    builds = _two(tables, old, built)
    first = _edition_of(builds)
    again = editions.make(builds, RIVALS, Since(edition=first))
    assert [i.kind for i in again.corrections] and {i.kind for i in again.corrections} <= {kind, "score"}
    assert not again.is_quiet and "correction" in again.lead
    assert "30 Oct 2026" in again.corrections[0].what
    assert "Corrections of what was told before" in forms.markdown(again)


def test_a_build_that_is_gone_is_said(builds: Builds, made: forms.Edition) -> None:
    lost = replace(made, snapshot="gone0000", day="2026-10-30")
    again = editions.make(builds, RIVALS, Since(edition=lost))
    assert any("gone0000" in n and "no longer kept" in n for n in again.notes)
    assert any("No build of the data from 1 Jul 2026" in n for n in made.notes)


# --- The list ---


def test_lists_are_read_by_any_name_and_come_back_the_same(tables: Tables) -> None:
    raw = {
        "format": watch.FORMAT,
        "name": "三家",
        "companies": ["阿里巴巴", "DeepSeek", "nobody"],
        "people": ["吴泳铭"],
    }
    found, said = watch.from_json(json.dumps(raw), tables)
    assert found.companies == ("alibaba", "deepseek") and len(found.people) == 1
    assert len(said) == 1 and "nobody" in said[0]
    assert watch.from_json(watch.to_json(found), tables) == (found, [])
    newest = tables["sources"]["accessed_date"].max()
    through = watch.watching(Selection(newest, newest), found)
    assert watch.of_selection(through, tables) == (found, [])
    assert set(permalink.query(through)) <= {*watch.PARAMETERS}
    assert not permalink.unknown(permalink.query(through), ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "landscape-watch/1", "companies": "alibaba"}',
        '{"format": "landscape-watch/1", "companies": [1]}',
        '{"format": "landscape-watch/1", "firms": []}',
        '{"format": "landscape-watch/1", "name": []}',
        "[" * 100_000,
        "x" * 200_000,
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(tables: Tables, text: str) -> None:
    with pytest.raises(WatchError, match=r"watch list|expected"):
        watch.from_json(text, tables)


def test_a_view_is_a_list_too(tables: Tables, builds: Builds) -> None:
    found, said = watch.from_json(
        json.dumps(
            {"format": watch.FORMAT, "view": "https://example.org/overview?type=startup&utm_source=x"}
        ),
        tables,
    )
    assert said == [] and found.view == "type=startup"
    newest = tables["sources"]["accessed_date"].max()
    ids = watch.watched_companies(found, tables, Selection(newest, newest))
    types = tables["companies"].set_index("company_id")["company_type"]
    assert ids and {types[i] for i in ids} == {"startup"}


# --- Forms ---


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _read(page: str) -> _Words:
    found = _Words()
    found.feed(page)
    return found


def test_every_form_says_the_same(made: forms.Edition, builds: Builds) -> None:
    page = _read(forms.page(made, {}, "https://example.org"))
    # The one style is that of dark grounds, which mail programs may leave out.
    assert not {"script", "link", "iframe"} & set(page.tags) and page.tags.count("style") == 1
    text = "".join(page.words)
    assert all(i.what in text and (not i.why or i.why in text) for i in made.items)
    feed = ElementTree.fromstring(forms.atom([made], "Editions"))
    entry = feed.find("{http://www.w3.org/2005/Atom}entry")
    assert entry is not None and made.id in str(entry.findtext("{http://www.w3.org/2005/Atom}id"))
    # RFC 4287, 4.1.3.3: markup such as could stand within a DIV.
    inner = _read(str(entry.findtext("{http://www.w3.org/2005/Atom}content")))
    assert not {"html", "head", "body", "style", "title"} & set(inner.tags) and made.lead in "".join(
        inner.words
    )
    sent = email.message_from_bytes(
        forms.message(made, {0: b"\x89PNG"}, sender="a@example.org", to=["b@example.org"]),
        policy=email.policy.default,
    )
    assert sent["Subject"] == made.title and sent["To"] == "b@example.org" and not sent.defects
    plain = sent.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    unfolded = " ".join(plain.split())
    assert all(i.what in unfolded and (not i.why or i.why in unfolded) for i in made.items)
    assert all(d.url in plain for i in made.items for d in i.documents) and not {"**", "](", "\\_"} & set(
        plain.split()
    )
    assert all(len(line) <= forms.WIDE or "://" in line for line in plain.splitlines())
    bodies = {p.get_content_type() for p in sent.walk()}
    assert {"text/plain", "text/html", "image/png", "multipart/related"} <= bodies
    assert made.lead in "".join(_read(sent.get_body(("html",)).get_content()).words)  # type: ignore[union-attr]
    basket = editions.deck(made, builds.newest.tables)
    deck = pptx.Presentation(io.BytesIO(decks.build(basket, builds)))
    assert 3 <= len(deck.slides) <= 5
    assert any(s.has_chart for one in deck.slides for s in one.shapes)
    assert all(one.shapes.title.text_frame.text for one in deck.slides)  # type: ignore[union-attr]


def test_texts_of_data_open_nothing() -> None:
    nasty = "<img src=x onerror=alert(1)> [a](javascript:b) `c` | # d\r\nBcc: e@f"
    document = forms.Document(nasty, nasty, "javascript:alert(1)", nasty)
    item = forms.Item(
        "price", nasty, nasty, nasty, nasty, nasty, (document,), "explore", {"a": [nasty]}, nasty
    )
    one = forms.Edition({}, "x", nasty, "2026-01-01", "2026-02-01", "s", items=(item,), unknown=(nasty,))
    page = _read(forms.page(one, {}, "https://example.org"))
    assert "img" not in page.tags and "script" not in page.tags
    text = forms.markdown(one, "https://example.org")
    assert "<img" not in text.replace("\\<img", "") and "](javascript" not in text.replace("\\]", "")
    ElementTree.fromstring(forms.atom([one], nasty))
    sent = email.message_from_bytes(forms.message(replace(one, name=nasty), {}, sender="", to=[]))
    assert sent["Bcc"] is None


def test_a_feed_is_one_feed_wherever_it_lies_and_however_it_grows(made: forms.Edition) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    later = replace(made, day="2026-12-07", before=made.id)
    feeds = [
        ElementTree.fromstring(forms.atom(held, "Monday editions", where))
        for held, where in (([made], ""), ([later, made], "https://a.example/"), ([later, made], None))
    ]
    assert len({f.findtext(f"{atom}id") for f in feeds}) == 1
    assert [f.findtext(f"{atom}updated") for f in feeds] == [f"{made.day}T00:00:00Z"] + [
        "2026-12-07T00:00:00Z"
    ] * 2
    links = [{x.get("rel"): x.get("href") for x in f.findall(f"{atom}link")} for f in feeds]
    assert links[0] == {"self": "feed.xml", "alternate": "index.html"}
    assert links[1] == {"self": "https://a.example/feed.xml", "alternate": "https://a.example/index.html"}
    # One that is saved from the page lies beside nothing.
    assert not list(feeds[2].iter(f"{atom}link"))
    entries = [[e.findtext(f"{atom}id") for e in f.findall(f"{atom}entry")] for f in feeds]
    assert entries[1] == entries[2] and entries[1][1:] == entries[0]


def test_editions_are_the_same_and_never_changed(made: forms.Edition, builds: Builds) -> None:
    again = editions.make(builds, RIVALS, Since(day=SINCE))
    assert again == made and again.id == made.id
    assert editions.files(again, builds) == editions.files(made, builds)
    assert forms.message(again, {}, sender="", to=[]) == forms.message(made, {}, sender="", to=[])
    assert forms.from_json(forms.to_json(made)) == forms.from_json(forms.to_json(made))
    assert forms.from_json(forms.to_json(made)).id == made.id
    changed = forms.to_json(made).replace("Reorganisation", "Reorganization", 1)
    with pytest.raises(ValueError, match="changed since"):
        forms.from_json(changed)
    other = editions.make(builds, replace(RIVALS, name="Other"), Since(day=SINCE))
    assert other.id != made.id


# --- The archive and the command ---


def test_from_two_builds_a_month_apart_to_the_archive(
    raw_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A first edition on an older build, a second since the last on the newest, a third that has nothing to tell."""
    out = tmp_path / "processed"
    etl.build(raw_folder, out)
    # As the data was served a month before: what is dated later is not shown, and the build is kept beside the new one.
    old = out.resolve().with_name("0ld00000-month")
    shutil.copytree(out.resolve(), old)
    about = json.loads((old / "datapackage.json").read_text(encoding="utf-8"))
    about["snapshot"] |= {"id": "0ld00000", "as_of_date": "2026-10-30"}
    (old / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    wanted = tmp_path / "watch.json"
    wanted.write_text(watch.to_json(RIVALS), encoding="utf-8")
    archive = tmp_path / "editions"

    def run(*more: str) -> str:
        assert command.main(["edition", "--watch", str(wanted), *more]) == 0
        return capsys.readouterr().out

    run("--data", str(old), "--since", "2026-07-01", "--out", str(archive))
    (first,) = editions.archive(archive)
    assert first.day == "2026-10-30"
    kept = {p: p.read_bytes() for p in (archive / first.id).iterdir()}
    assert {p.name for p in kept} == {"edition.json", "edition.md", "edition.pptx", "index.html"}
    data = ("--data", str(out))
    run(*data, "--since", "last", "--out", str(archive))
    second, before = editions.archive(archive)
    assert before == first and second.before == first.id and second.before_snapshot == first.snapshot
    assert second.since == "2026-10-30" and second.day > first.day
    assert any(i.kind == "price" for i in second.items)
    assert {p: p.read_bytes() for p in kept} == kept
    listing = (archive / "index.html").read_text(encoding="utf-8")
    assert first.id in listing and second.id in listing
    assert (
        len(ElementTree.parse(archive / "feed.xml").getroot().findall("{http://www.w3.org/2005/Atom}entry"))
        == 2
    )
    said = run(*data, "--since", "last", "--out", str(archive))
    assert said.startswith("Nothing that matters to") and said.count("\n") == 1
    assert len(editions.archive(archive)) == 2
    assert run(*data, "--since", second.id, "--out", str(archive), "--mail") == ""


def test_the_command_refuses_in_sentences(
    tmp_path: Path, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = tmp_path / "watch.json"
    wanted.write_text('{"format": "landscape-watch/1", "companies": ["nobody"]}', encoding="utf-8")
    assert command.main(["edition", "--watch", str(wanted), "--data", str(built)]) == 1
    assert "nobody" in capsys.readouterr().err
    for asked in ("2026-02-31", "tomorrow", "2019-01-01", "2030-01-01"):
        assert command.main(["edition", "--since", asked, "--data", str(built)]) == 1
        assert "since" in capsys.readouterr().err
    with pytest.raises(EditionError, match="neither a day"):
        editions.since("nonsense", tmp_path, Watch())


# --- What a price is, what stands beside the changes, and what a quiet list is counted from ---


def test_only_a_list_that_asks_otherwise_than_before_has_a_new_price(tables: Tables, built: Path) -> None:
    """Another seller's list, a newer line that says the same, and a list that was converted are no new price."""
    newest = store.snapshot(built).as_of
    selection = Selection(newest, newest, compare=pd.Timestamp("2026-07-01"))
    whole = as_of(tables, selection)
    listed = prices.offers(whole, "USD").drop_duplicates("model_id").iloc[0]
    rows = whole["model_prices"]
    mine = rows[(rows["model_id"] == listed.model_id) & (rows["provider"] == listed.provider)]
    mine = mine[(mine["tier"] == "standard") & (mine["price_date"] == listed.price_date)].iloc[[0]]

    def told(**cells: object) -> list[str]:
        more = mine.assign(price_id="made", price_date=newest, **cells)
        later = {**whole, "model_prices": pd.concat([rows, more], ignore_index=True)}
        found = changes.between(whole, later, kinds=("price",))
        return list(found["subject_id"])

    dear = listed.output_price_per_mtok * 3
    assert told() == []
    assert told(output_price_per_mtok=dear, provider="A reseller") == []
    assert (
        told(output_price_per_mtok=dear, provider="Somebody (CNY list converted to USD by the source)") == []
    )
    assert told(output_price_per_mtok=dear, tier="batch") == []
    assert told(output_price_per_mtok=dear) == [listed.model_id]
    # A newer line of a reseller hides no new price of the list that moved.
    one = mine.assign(price_id="a", price_date=newest, output_price_per_mtok=dear)
    other = mine.assign(
        price_id="b", price_date=newest, provider="A reseller", output_price_per_mtok=dear * 2
    )
    later = {**whole, "model_prices": pd.concat([rows, one, other], ignore_index=True)}
    found = changes.between(whole, later, kinds=("price",))
    assert (
        list(found["subject_id"]) == [listed.model_id] and found["reason_detail"].iloc[0] == listed.provider
    )
    assert listed.provider in facts.what(found.iloc[0].to_dict())


def test_an_edition_tells_where_the_watched_stand_and_what_happened_beside(
    builds: Builds, made: forms.Edition
) -> None:
    assert [i.heading for i in made.standing] == ["Alibaba Group", "ByteDance", "DeepSeek"]
    assert all("leads AI" in i.what and "the flagship is" in i.what and i.documents for i in made.standing)
    said = " ".join(made.beside)
    assert "Outside the list" in said and "Released since 1 Jul 2026" in said and "fall due" in said
    told = {i.heading for i in made.items}
    steady = next((s for s in made.beside if s.startswith("On record for none")), "")
    assert not any(h[0].lower() + h[1:] in steady for h in told)
    # The day since which a label holds is that of the company's own page.
    for i in made.standing:
        known = decks.resolve(
            basket.frozen("company-position", _of_one(builds, i.heading), builds.newest.snapshot.id), builds
        ).card
        assert known is not None
        label = known.frame.set_index("fact").loc["Governance, reported", "known"]
        assert i.what.startswith(label.split(", last seen")[0].split(", stale")[0])
    # Every form says it.
    for text in (forms.markdown(made), forms.page(made)):
        assert "Where they stand" in text and "Beside this" in text


def _of_one(builds: Builds, name: str) -> Selection:
    companies = builds.newest.tables["companies"].set_index("company_name")["company_id"]
    newest = builds.newest.snapshot.as_of
    return Selection(newest, newest, companies=(companies[name],)).picking("company.id", companies[name])


def test_a_list_of_many_or_of_everybody_is_not_told_one_by_one(builds: Builds) -> None:
    everyone = editions.make(builds, Watch(), Since(day=SINCE))
    assert everyone.standing == () and not any("Outside the list" in s for s in everyone.beside)


def test_editions_of_before_these_parts_keep_their_ids(made: forms.Edition) -> None:
    old = replace(made, standing=(), beside=())
    text = forms.to_json(old)
    assert not {"standing", "beside"} & set(json.loads(text))
    assert forms.from_json(text) == old
    assert forms.from_json(forms.to_json(made)) == made != old


def test_the_first_edition_after_quiet_weeks_is_counted_from_the_first_of_them(
    builds: Builds, tmp_path: Path
) -> None:
    quiet = editions.make(
        builds, Watch("Mine", companies=("hygon",)), Since(day=builds.newest.snapshot.as_of)
    )
    assert quiet.is_quiet
    editions.keep_quiet(tmp_path, quiet)
    editions.keep_quiet(tmp_path, replace(quiet, day="2027-01-31"))
    assert editions.archive(tmp_path) == []
    assert editions.since("last", tmp_path, Watch("Mine")).day == builds.newest.snapshot.as_of
    assert editions.since("last", tmp_path, Watch("Another")) == Since()
    (tmp_path / editions.QUIET).write_text("[1")
    assert editions.since("last", tmp_path, Watch("Mine")) == Since()


def test_a_chart_of_the_whole_field_is_named_and_not_quoted(builds: Builds, made: forms.Edition) -> None:
    of_field = [i for i in made.items if i.chart in ("price-capability", "capability-frontier")]
    company = {"alibaba": "Alibaba", "bytedance": "ByteDance", "deepseek": "DeepSeek"}
    for i in of_field:
        assert i.finding == CHARTS[i.chart].title or any(n in i.finding for n in company.values())


def test_an_address_asks_the_command_for_what_the_page_shows(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """List, days, basis and own rows of an address are those of the command."""
    rows = many_rows()
    mine = overlay.of_rows(rows, "Acme", "own")
    link = (
        f"https://a.example/edition?watch.companies=acme,alibaba&as_of=2026-10-31&compare=2026-06-30&basis=coded"
        f"&own={overlay.encode(mine)}"
    )
    assert command.main(["edition", "--data", str(built), "--link", link]) == 0
    told = capsys.readouterr().out
    assert "31 Oct 2026" in told and "since 30 Jun 2026" in told and "Acme (own)" in told
    assert "Data CC BY 4.0" in told and "-own-" in told
    assert (
        command.main(["edition", "--data", str(built), "--link", "https://a.example/edition?own=nonsense"])
        == 1
    )
    assert "own rows" in capsys.readouterr().err


def test_an_edition_answers_how_sure_who_moved_who_opened_and_who_undercuts_us(built: Path) -> None:
    """Questions of a Monday that no single change answers: each is told, or it is told that nothing is on record."""
    tables, snapshot = Builds.of(built).newest.tables, Builds.of(built).newest.snapshot
    one = OwnCompany("Acme", models=(("Acme-1", "open", "2026-05-01"),), prices=(("Acme-1", 1, 5, "USD"),))
    with overlay.given([own_company.as_overlay(one, tables, snapshot.as_of)]):
        ours = Builds.of(built)
    wanted = Watch("Rivals", companies=("alibaba", "deepseek", "tencent"))
    whole = editions.make(ours, wanted, Since(day=pd.Timestamp("2026-03-01")))
    said = " ".join(whole.beside)
    # How sure a label is: each report in force is counted.
    held = landscape.assessments_in_force(
        as_of(ours.newest.tables, Selection(snapshot.as_of, snapshot.as_of)), "reported"
    )
    for i, cid in zip(whole.standing, sorted(wanted.companies), strict=False):
        reports = held.loc[held["company_id"] == cid, "governance_model_id"]
        told = f"{len(reports)} reports" in i.what
        assert i.confidence and told == (len(reports) > 1), i.what
    # Who moved: every row of the window that names one of them.
    moves = tables["people_moves"]
    inside = moves[moves["move_date"] > "2026-03-01"]
    inside = inside[
        inside["from_company_id"].isin(wanted.companies) | inside["to_company_id"].isin(wanted.companies)
    ]
    assert len(inside) and all(
        f"{r.person_name} from {r.from_name} to {r.to_name}" in said for r in inside.itertuples()
    )
    # Who undercuts us: those below our list price, and no others.
    listed = prices.list_prices(ours.newest.tables).set_index("model_id")["output_price_per_mtok"]
    flags = flagships.flagships(ours.newest.tables).loc[list(wanted.companies)]
    [under] = [s for s in whole.beside if s.startswith("Below Acme-1 of Acme (own), $5 ")]
    for r in flags.itertuples():
        assert (f"{r.model_name} (" in under) == (listed.get(r.model_id, 9) < 5)
    assert "open weights" in said and "Open weights outside the list" in said
    # And where there is nothing, that is said.
    still = editions.make(ours, wanted, Since(day=snapshot.as_of))
    assert "No move of a person from or to them is on record" in " ".join(still.beside)


def test_claims_that_the_edition_before_named_are_followed(
    builds: Builds, tables: Tables, built: Path
) -> None:
    wanted = Watch("Mine", companies=("alibaba",))
    claims = tables["claims"]
    mine = claims[(claims["company_id"] == "alibaba") & (claims["claim_kind"] == "prediction")]
    done = mine.loc[mine["verdict"] != "pending", "claim_id"].iloc[0]
    then = altered(tables, "claims", verdict=("claim_id", done, "pending"))
    then = altered(then, "claims", due_date=("claim_id", done, pd.Timestamp("2026-12-15")))
    named = editions.make(Builds(Data(then, store.snapshot(built))), wanted, Since(day=SINCE))
    assert len(named.due) >= 1
    after = editions.make(builds, wanted, Since(edition=named))
    [said] = [s for s in after.beside if s.startswith("Of ")]
    assert said.startswith(f"Of {len(named.due)} claim") and " is " in said, said


def test_an_edition_names_companies_in_the_script_that_was_chosen(builds: Builds, tables: Tables) -> None:
    wanted = Watch("Rivals", companies=("alibaba", "deepseek"))
    made, en = (
        editions.make(builds, wanted, Since(day=pd.Timestamp("2026-03-01")), names=n) for n in ("zh", "en")
    )
    latin = set(tables["companies"].set_index("company_id").loc[list(wanted.companies), "company_name"])
    assert {i.heading for i in made.standing} == {"阿里巴巴", "深度求索"}
    assert not any(i.what.startswith(tuple(f"{n}:" for n in latin)) for i in made.items)
    assert [i.kind for i in made.items] == [i.kind for i in en.items] and made.id != en.id
    assert forms.from_json(forms.to_json(made)) == made and '"names"' not in forms.to_json(en)
    deck = pptx.Presentation(io.BytesIO(decks.build(editions.deck(made, builds.newest.tables), builds)))
    titles = [one.shapes.title.text_frame.text for one in deck.slides]  # type: ignore[union-attr]
    assert any("阿里巴巴" in t for t in titles) and not any(n in t for n in latin for t in titles), titles
    # A chart that finds nothing is headed by the change, not by its own name.
    assert not {CHARTS[i.chart].title for i in made.items if i.chart} & set(titles)


def test_an_edition_of_a_whole_field_is_bounded_and_says_so(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = editions.make(builds, Watch(), Since(day=pd.Timestamp("2025-06-30")), looked_up=False)
    assert not whole.more and len(whole.items) > 20
    monkeypatch.setattr(editions, "MOST_ITEMS", 20)
    short = editions.make(builds, Watch(), Since(day=pd.Timestamp("2025-06-30")), looked_up=False)
    assert [i.what for i in short.items] == [i.what for i in whole.items[:20]]
    assert len(short.items) + short.more == len(whole.items) and short.beside == whole.beside
    assert "(the first 20 are told)" in short.lead and "lower in rank" in forms.foot(short)[0]
    assert forms.from_json(forms.to_json(short)) == short and short.id != whole.id


# --- What is found of all changes, and told of some ---


def test_a_change_is_told_the_same_whoever_else_is_told(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    selection = Selection(newest, newest, compare=pd.Timestamp("2025-06-30"))
    both = facts.states(as_of(tables, selection), selection)
    every = changes.since(both.now, selection)
    found = changes.found_since(both.now, selection, tuple(changes.KINDS), tuple(sorted(ratings.GENERAL)))
    # Prices moved and claims were checked in other windows; most kinds in this one.
    assert set(every["kind"]) >= {"governance", "leader", "reorganisation", "flagship", "score", "figure"}
    for places in (range(0, len(found), 3), range(len(found) - 1, -1, -5)):
        told = changes.told(found.iloc[list(places)], both.then, both.now, selection.basis)
        pd.testing.assert_frame_equal(told, every.iloc[list(places)], check_index_type=False)


def test_a_page_that_shows_the_first_changes_counts_them_all(builds: Builds) -> None:
    whole = editions.make(builds, Watch(), Since(day=SINCE), looked_up=False)
    first = editions.make(builds, Watch(), Since(day=SINCE), looked_up=False, most=5)
    assert len(whole.items) > 20 and not whole.untold
    assert first.items == whole.items[:5] and first.lead == whole.lead and not first.is_quiet
    assert len(first.untold) == len(whole.items) - 5
    assert forms.from_json(forms.to_json(whole)) == whole
