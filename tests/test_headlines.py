"""Numbers, sentences and changes of the overview, against tables counted by hand and on the real data."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard.data.selection import Selection, earlier
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.facts.changes import changes
from dashboard.facts.headlines import headlines, signed, takeaways
from dashboard.facts.landscape import apply
from dashboard.facts.models import open_share
from dashboard.look.theme import MODEL

NEWEST = pd.Timestamp("2026-06-30")
NOW = Selection(as_of=NEWEST, newest=NEWEST)


def days(*values: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(values)), dtype="datetime64[us]")


def table(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    """A frame of the rows, with days where the name says so and a source."""
    names = columns.split()
    frame = pd.DataFrame(rows, columns=names)
    for name in names:
        if name.endswith(("_date", "valid_from", "valid_to")):
            frame[name] = days(*frame[name])
        elif name.startswith("is_"):
            frame[name] = frame[name].astype("boolean")
        elif name in ("founded_year", "parameters_total", "services_filed"):
            frame[name] = frame[name].astype("Int64")
        else:
            frame[name] = frame[name].astype("str")
    if "source_ids" not in names and "source_id" not in names:
        frame["source_ids"] = "s"
    for name in [n for n in names if n.endswith(("_date", "valid_from"))]:
        frame[f"{name}_precision"] = "day"
    return frame


def landscape_of(**own: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Three organisations in the year to 30 June 2026: one relabelled, one led anew, one unchanged."""
    tables = {
        "companies": table(
            "company_id company_name company_name_zh country company_type founded_year",
            ("a", "Alpha", "阿", "CN", "giant", 1999),
            ("b", "Beta", None, "CN", "giant", 2000),
            ("c", "Gamma", None, "CN", "lab", 2026),
        ),
        "sources": table(
            "source_id publisher kind strength published_date accessed_date",
            ("s", "", "primary", "primary", "2020-01-01", "2026-06-30"),
        ),
        "governance_assessments": table(
            "company_id basis governance_model_id valid_from valid_to source_ids",
            ("a", "reported", "federated", "2023-03-28", "2026-03-16", "s"),
            ("a", "reported", "centralised_ceo", "2026-03-16", None, "s"),
            ("b", "reported", "hub_and_spoke", "2021-01-01", None, "s"),
            ("c", "reported", "lab_led", "2026-01-01", None, "s"),
        ),
        "governance_events": table(
            "company_id event_id event_date title event_type what_changed governance_after",
            ("a", "e1", "2026-03-16", "The hub opens", "restructure", "One group.", "centralised_ceo"),
            ("a", "e2", "2026-01-10", "A task force", "new_unit", "Three people.", None),
            ("b", "e3", "2026-02-02", "A new unit", "new_unit", "A unit.", None),
            ("b", "e4", "2025-01-01", "An older unit", "restructure", "A unit.", None),
            ("b", "e5", "2026-03-01", "A product, which reorganises nothing", "product", "None.", None),
        ),
        "people": table(
            "company_id person_id person_name role is_ai_lead valid_from valid_to",
            ("a", "ann", "Ann", "Chief", True, "2024-01-01", None),
            ("b", "bo", "Bo", "Head", True, "2022-01-01", "2025-12-01"),
            ("b", "cy", "Cy", "New head", True, "2025-12-01", None),
        ),
        "model_families": table(
            "family_id family_name family_name_zh company_id is_primary",
            ("fa", "One", None, "a", True),
            ("fb", "Two", None, "b", True),
        ),
        "models": table(
            "model_id model_name company_id family_id release_date weights is_rolling_alias parameters_total modality",
            ("a1", "One 1", "a", "fa", "2025-01-01", "closed", False, 1, "text"),
            ("a2", "One 2", "a", "fa", "2025-09-01", "open", False, 1, "text"),
            ("a3", "One 3", "a", "fa", "2026-06-30", "restricted", False, 1, "text"),
            ("a4", "One latest", "a", "fa", "2026-06-01", "open", True, 1, "text"),
            ("b1", "Two 1", "b", "fb", "2025-02-01", None, False, 1, "text"),
            ("b2", "Two 2", "b", "fb", "2025-07-01", "closed", False, 1, "text"),
            ("b0", "Two 0", "b", "fb", "2025-06-30", "open", False, 1, "text"),
        ),
        "benchmarks": table("benchmark_id benchmark_name unit"),
        "benchmark_scores": table("benchmark_id model_id company_id score reporter score_date source_ids"),
        "model_prices": table("price_id model_id"),
        "model_prices_converted": table(
            "price_id company_id model_id output_price_usd_per_mtok output_price_cny_per_mtok currency tier price_date cny_per_usd "
            "rate_month source_ids"
        ),
        "filings": table(
            "filing_id as_of_date services_filed announced_date",
            ("f1", "2025-03-31", 346, "2025-04-08"),
            ("f2", "2025-12-31", 700, "2026-01-09"),
            ("f3", "2026-03-31", 1346, "2026-04-10"),
        ),
    }
    return tables | own


def shown(selection: Selection = NOW, **own: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return apply(landscape_of(**own), selection)


def numbers(selection: Selection = NOW, **own: pd.DataFrame) -> dict[str, tuple[str, str | None, str]]:
    found = headlines(shown(selection, **own), selection)
    assert [h.label for h in found] == list(dict.fromkeys(h.label for h in found))
    return {h.label: (h.value, h.delta, h.since) for h in found}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(3, "", "+3"), (-2.4, " pts", "-2 pts"), (0, "", None), (0.4, " pts", None), (1346, "", "+1,346")],
)
def test_signed(value: float, unit: str, text: str | None) -> None:
    assert signed(value, unit) == text


def test_numbers_of_the_year() -> None:
    assert numbers() == {
        "Centralised, CEO": ("1 of 3", "+1", "12 months"),
        # Three events after 30 June 2025 against one in the year before.
        "Reorganisations": ("3", "+2", "vs before"),
        # a2, a3, b2 against a1, b1, b0 (the day of comparison belongs to the year before); no rolling alias.
        "Models released": ("3", None, "vs before"),
        # 2 of 3 are open or restricted, of the two known before 1: 67 against 50.
        "With open weights": ("67 %", "+17 pts", "vs before"),
        "Services filed": ("1,346", "+1,000", "to Mar 2026"),
    }


@pytest.mark.parametrize("companies", [(), ("a",)])
def test_who_alone_tells_a_number_is_a_matter_of_all_documents(companies: tuple[str, ...]) -> None:
    """Under a filter the documents of other companies, and of nobody, still speak: "told by Alpha alone" was not so."""
    sources = table(
        "source_id publisher company_id kind strength published_date accessed_date",
        ("own", "Alpha", "a", "primary", "primary", "2020-01-01", "2026-06-30"),
        ("press", "36Kr", None, "press", "reporting", "2020-01-01", "2026-06-30"),
        ("state", "CAC", None, "primary", "primary", "2020-01-01", "2026-06-30"),
    )
    events = landscape_of()["governance_events"].assign(source_ids=["own", "press", "own", "own", "own"])
    filings = landscape_of()["filings"].assign(source_ids="state")
    models = landscape_of()["models"].assign(source_ids="own")
    now = replace(NOW, companies=companies)
    own = {"sources": sources, "governance_events": events, "filings": filings, "models": models}
    told = {h.label: h.help.partition("Told by ")[2] for h in headlines(shown(now, **own), now)}
    assert told["Reorganisations"] == ""
    assert told["Models released"] == "Alpha alone."
    assert told["Services filed"] == "CAC alone."


def test_numbers_of_another_window() -> None:
    since = replace(NOW, compare=pd.Timestamp("2026-02-01"))
    assert numbers(since) == {
        "Centralised, CEO": ("1 of 3", "+1", "149 days"),
        # From 2 February: e3 and e1; the 149 days before hold e2 alone.
        "Reorganisations": ("2", "+1", "vs before"),
        # a3 alone; the 149 days before begin after a2.
        "Models released": ("1", "+1", "vs before"),
        "With open weights": ("100 %", None, "vs before"),
        "Services filed": ("1,346", "+646", "to Mar 2026"),
    }


def test_numbers_need_something_to_count() -> None:
    no_models = landscape_of()["models"].iloc[:0]
    no_filings = landscape_of()["filings"].iloc[:0]
    found = numbers(models=no_models, filings=no_filings)
    assert found["Models released"] == ("0", None, "vs before")
    assert set(found) == {"Centralised, CEO", "Reorganisations", "Models released"}
    early = replace(NOW, as_of=pd.Timestamp("2021-02-01"))
    assert numbers(early) == {
        "Centralised, CEO": ("0 of 2", None, "12 months"),
        "Reorganisations": ("0", None, "vs before"),
        "Models released": ("0", None, "vs before"),
    }


def test_help_states_definition_and_both_days() -> None:
    by_label = {h.label: h for h in headlines(shown(), NOW)}
    central = by_label["Centralised, CEO"]
    assert "as named sources report it; 0 of 2 on 30 Jun 2025." in central.help
    assert central.source_ids.tolist() == ["s"]
    assert "30 Jun 2025 to 30 Jun 2026; 1 in the 12 months before." in by_label["Reorganisations"].help
    assert by_label["Models released"].help.endswith("Newest known release: 30 Jun 2026.")
    assert (
        "700" not in by_label["Services filed"].help
        and "346 on 31 Mar 2025" in by_label["Services filed"].help
    )
    coded = headlines(shown(replace(NOW, basis="coded")), replace(NOW, basis="coded"))
    assert "as the printed rule codes it" in coded[0].help and coded[0].value == "0 of 3"


def test_open_share() -> None:
    def models(*weights: str | None) -> pd.DataFrame:
        return pd.DataFrame({"weights": pd.Series(weights, dtype="str")})

    assert open_share(models()) is None
    assert open_share(models(None, None)) is None
    assert open_share(models("open", "restricted", "closed", None, "closed")) == 50


def test_sentences_say_what_the_tables_hold() -> None:
    said = [f"{t.lead} {t.text}" for t in takeaways(shown(), NOW)]
    assert said[:2] == [
        "Power moves to the top. Alpha put AI under the chief executive since 30 Jun 2025.",
        "Federation has gone. 1 organisation left AI to the units on 30 Jun 2025; none does on 30 Jun 2026.",
    ]
    assert said[2].startswith(
        "Alpha reorganises most. 2 dated changes since 30 Jun 2025, of 3 in all; the latest: 16 Mar 2026"
    )
    assert len(said) == 3


def test_sentences_are_withdrawn_where_they_do_not_hold() -> None:
    still = table(
        "company_id basis governance_model_id valid_from valid_to source_ids",
        ("a", "reported", "federated", "2023-03-28", None, "s"),
        ("b", "reported", "hub_and_spoke", "2021-01-01", None, "s"),
    )
    tied = landscape_of()["governance_events"].iloc[[0, 2]]
    said = takeaways(shown(governance_assessments=still, governance_events=tied), NOW)
    assert not {"Power moves to the top.", "Federation has gone.", "Federation recedes."} & {
        t.lead for t in said
    }
    assert not any("reorganises most" in t.lead for t in said)
    first_heard_of = still.assign(
        governance_model_id="centralised_ceo", valid_from=pd.Timestamp("2026-01-01")
    )
    assert "Power moves to the top." not in {
        t.lead for t in takeaways(shown(governance_assessments=first_heard_of), NOW)
    }
    nothing = apply(landscape_of(), replace(NOW, companies=("nobody",)))
    assert takeaways(nothing, NOW) == []


def test_federation_recedes_while_some_stay() -> None:
    two = table(
        "company_id basis governance_model_id valid_from valid_to source_ids",
        ("a", "reported", "federated", "2023-03-28", "2026-03-16", "s"),
        ("a", "reported", "hub_and_spoke", "2026-03-16", None, "s"),
        ("b", "reported", "federated", "2021-01-01", None, "s"),
    )
    said = {t.lead: t.text for t in takeaways(shown(governance_assessments=two), NOW)}
    assert said["Federation recedes."] == (
        "2 organisations left AI to the units on 30 Jun 2025; Alpha no longer does."
    )


def test_every_change_is_listed_once() -> None:
    found = changes(shown(), NOW)
    told = found[["kind", "company_name", "before", "after", "change_date", "reason"]]
    assert [tuple(None if pd.isna(v) else v for v in row) for row in told.itertuples(index=False)] == [
        ("governance", "Alpha", "federated", "centralised_ceo", pd.Timestamp("2026-03-16"), "The hub opens"),
        ("leader", "Beta", "Bo", "Cy", pd.Timestamp("2025-12-01"), "New head"),
        (
            "flagship",
            "Alpha",
            "One 1",
            "One 3",
            pd.Timestamp("2026-06-30"),
            "newest of its general models",
        ),
        ("flagship", "Beta", "Two 0", "Two 2", pd.Timestamp("2025-07-01"), "largest of 2"),
    ]
    first = found.iloc[0]
    assert (first["before_model_id"], first["after_model_id"]) == ("federated", "centralised_ceo")
    assert first["source_ids"] == "s"


def test_a_company_that_did_not_exist_has_not_changed() -> None:
    """Gamma was founded in 2026: its label is no change from anything."""
    assert "Gamma" not in set(changes(shown(), NOW)["company_name"])


def test_an_event_far_from_the_change_is_no_reason() -> None:
    late = landscape_of()["governance_events"].assign(event_date=pd.Timestamp("2025-08-01").as_unit("us"))
    found = changes(shown(governance_events=late), NOW)
    assert pd.isna(found.loc[found["kind"] == "governance", "reason"]).all()


# --- On the real data ---


DAYS = ("2021-02-01", "2023-06-30", "2025-12-31", "newest")


def chosen(tables: dict[str, pd.DataFrame], day: str, **own: object) -> Selection:
    newest = tables["sources"]["accessed_date"].max()
    return Selection(newest if day == "newest" else pd.Timestamp(day), newest, **own)  # type: ignore[arg-type]


@pytest.mark.parametrize("basis", ["reported", "coded"])
@pytest.mark.parametrize("day", DAYS)
def test_nothing_changes_in_no_time(tables: dict[str, pd.DataFrame], day: str, basis: str) -> None:
    here = chosen(tables, day, basis=basis)
    here = replace(here, compare=here.as_of)
    selected = apply(tables, here)
    assert changes(selected, here).empty
    found = {h.label: h for h in headlines(selected, here)}
    assert found["Centralised, CEO"].delta is None
    assert found["Reorganisations"].value == found["Models released"].value == "0"
    assert not any(t.lead.startswith(("Power", "Federation")) for t in takeaways(selected, here))


@pytest.mark.parametrize("basis", ["reported", "coded"])
@pytest.mark.parametrize("day", DAYS)
def test_numbers_and_changes_fit_the_tables(tables: dict[str, pd.DataFrame], day: str, basis: str) -> None:
    here = chosen(tables, day, basis=basis)
    selected = apply(tables, here)
    then = earlier(selected, here)
    labels, old = (landscape.labels_in_force(t, basis) for t in (selected, then))
    found = changes(selected, here)
    relabelled = {c for c in labels if c in old and labels[c] != old[c]}
    assert set(found.loc[found["kind"] == "governance", "company_id"]) == relabelled
    assert not found.duplicated(["kind", "company_id"]).any()
    assert (found["before"] != found["after"]).all()
    assert found["source_ids"].notna().all() and (found["source_ids"] != "").sum() >= len(found) - len(
        found[found["after"] == "undetermined"]
    )
    dated = found["change_date"].dropna()
    assert (dated <= here.as_of).all()
    assert found["company_name"].notna().all()
    for one in headlines(selected, here):
        assert len(one.since) <= 12 and one.help.endswith(".")
        assert one.delta is None or one.delta[0] in "+-"
    central = sum(m == "centralised_ceo" for m in labels.values())
    assert headlines(selected, here)[0].value == f"{central} of {len(labels)}"
    said = takeaways(selected, here)
    assert len(said) <= 3
    for one in said:
        assert one.lead.endswith(".") and one.text.endswith(".")
        assert "nan" not in one.text and "None" not in one.text
        assert one.source_ids.notna().any()
        assert not any(m in one.text for m in MODEL), one.text


def test_going_to_and_fro_are_the_same_changes_the_other_way(tables: dict[str, pd.DataFrame]) -> None:
    """Every company of the start is, at the end, either relabelled or as it was."""
    here = chosen(tables, "2026-06-30", compare=pd.Timestamp("2023-06-30"))
    found = changes(apply(tables, here), here)
    moved = found[found["kind"] == "governance"]
    assert set(moved["before_model_id"]) | set(moved["after_model_id"]) <= set(MODEL)
    alibaba = moved[moved["company_id"] == "alibaba"].iloc[0]
    assert (alibaba["before_model_id"], alibaba["after_model_id"]) == ("federated", "centralised_ceo")
    assert "baidu" in set(found["company_id"])


def test_a_number_that_one_publisher_tells_says_whose_it_is(tables: Tables) -> None:
    newest = tables["sources"]["accessed_date"].max()
    now = Selection(as_of=newest, newest=newest)
    said = {h.label: h.help for h in headlines(apply(tables, now), now)}
    assert said["Services filed"].endswith("Told by Cyberspace Administration of China alone.")
    assert "alone" not in said["Reorganisations"]
