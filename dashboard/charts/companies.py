"""Charts of companies: what they release, own, earn and disclose, side by side."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.rows import (
    OUTSIDE,
    WEIGHTS,
    WHO,
    counted,
    lone_top,
    of_companies,
    one_of,
    ordered,
    places,
    places_by,
    sides,
    with_company,
)
from dashboard.charts.spec import Chart, on
from dashboard.data import cells
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.models import OPEN_WEIGHTS, all_released, open_weights
from dashboard.look.scales import LEVER_MARKS
from dashboard.look.theme import in_words, is_missing, join_words, plural

INFRASTRUCTURE_KINDS = {
    "chip": "Chips",
    "cloud": "Clouds",
    "framework": "Frameworks",
    "platform": "Platforms",
    "model_hub": "Model hubs",
    "data_centre": "Data centres",
}


# --- Releases in the last twelve months ---
RELEASES_BY_COMPANY = col.Frame(
    "organisations and kinds of weights; most models first, weights from open to not disclosed",
    "is_outside",
    **col.WHO,
    weights=col.WEIGHTS,
    models=col.count("model"),
    first_day=col.day("first day of the twelve months"),
    last_day=col.day("last day of the twelve months"),
    model_names=col.names("the models, oldest first"),
)


def releases_by_company(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models released in the twelve months to the day shown, by company and weights."""
    models = all_released(tables)
    # The same twelve months as in every other count of releases: they end on the day shown.
    first = selection.as_of - pd.DateOffset(years=1) + pd.DateOffset(days=1)
    shown = with_company(tables, selection.basis, models[models["release_date"] >= first])
    # Those with most first, then who released last.
    by = ordered(shown.groupby("company_name")["release_date"].agg(["size", "max"]), "-size", "-max")
    kinds = places(shown["weights"].fillna("not disclosed"), WEIGHTS)
    told = cells.lists(shown, *WHO, "model_name", "source_ids")
    days = shown["release_date"].to_numpy().astype("int64").tolist()
    frame = RELEASES_BY_COMPANY.of(
        {
            **one_of(told, mine),
            "weights": [*WEIGHTS.values()][kind],
            "models": len(mine),
            "first_day": first,
            "last_day": selection.as_of,
            "model_names": ", ".join(told["model_name"][n] for n in sorted(mine, key=days.__getitem__)),
        }
        for (_, kind), mine in places_by(places(told["company_name"], by.index), kinds)
    )
    frame = counted(frame, len(models))
    if undated := int(models["release_date"].isna().sum()):
        frame.attrs["undated"] = f"; {plural(undated, 'model')} without a release date left out"
    return frame


def releases_by_company_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the company with most releases, when one stands out or is alone, and how many have open weights."""
    totals = frame.groupby("company_name")["models"].sum()
    name = lone_top(totals, fewest=3) if len(totals) > 1 else totals.index[0]
    if name is None:
        return ""
    is_open = open_weights(frame["weights"].str.casefold()) & (frame["company_name"] == name)
    count = (
        f"most models, {totals[name]}"
        if len(totals) > 1
        else f"{plural(int(totals[name]), 'model')} in twelve months"
    )
    return f"{name} released {count}; {int(frame.loc[is_open, 'models'].sum())} with open weights"


# --- Infrastructure: who owns what ---
INFRASTRUCTURE_OWNED = col.Frame(
    "organisations and kinds of infrastructure of which they have any; most kinds, then most systems first",
    "is_outside",
    **col.WHO,
    kind="kind of infrastructure",
    systems=col.count("system", "systems of its own"),
    names=col.names("the systems", "Systems"),
)


def infrastructure_owned(tables: Tables, selection: Selection) -> pd.DataFrame:
    """AI infrastructure of each company by kind."""
    systems = of_companies(tables, selection.basis, "infrastructure")
    told = cells.lists(systems, *WHO, "infrastructure_kind", "infrastructure_name", "source_ids")
    frame = INFRASTRUCTURE_OWNED.of(
        {
            **one_of(told, mine),
            "kind": INFRASTRUCTURE_KINDS[kind],
            "systems": len(mine),
            "names": ", ".join(told["infrastructure_name"][n] for n in mine),
        }
        for (_, kind), mine in places_by(told["company_name"], told["infrastructure_kind"])
    )
    mine = frame.groupby("company_name")["systems"]
    keys = {
        "_kinds": mine.transform("size"),
        "_systems": mine.transform("sum"),
        "_place": places(frame["kind"], INFRASTRUCTURE_KINDS.values()),
    }
    frame = ordered(frame, "-_kinds", "-_systems", "company_name", "_place", **keys)
    return counted(frame, len(tables["companies"]))


def infrastructure_owned_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts and names the companies with both a chip and a cloud."""
    by: dict[str, set[str]] = {}
    for name, kind in zip(*cells.lists(frame, "company_name", "kind").values(), strict=True):
        by.setdefault(name, set()).add(kind)
    both = [name for name, kinds in by.items() if {"Chips", "Clouds"} <= kinds]
    if len(both) < 2:
        return f"{both[0]} has both a chip and a cloud of its own" if both else ""
    who = join_words(both) if len(both) <= 6 else f"{len(both):,} organisations"
    return f"{who} have both a chip and a cloud of their own"


# --- Commercial levers ---
LEVERS_MAP = col.Frame(
    "organisations and levers; most levers first, levers by number of organisations",
    "is_outside",
    **col.WHO,
    lever="kind of lever",
    mark=col.of_scale(LEVER_MARKS, "headline for the one it leads with, else used"),
    strength=col.key("2 for the one it leads with, else 1"),
    lever_names=col.text("the levers in words", "Levers"),
    since_date=col.month("the earliest day known", "Since, or before"),
)


def levers_map(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Commercial levers of each company."""
    levers = of_companies(tables, selection.basis, "commercial_levers")
    # The one-line wording of a source is no kind of lever.
    levers = levers[levers["lever"] != "summary"]
    told = cells.lists(levers, *WHO, "lever", "lever_name", "is_headline", "since_date", "source_ids")
    frame = LEVERS_MAP.of(
        {
            **one_of(told, mine),
            "lever": in_words(lever),
            "mark": "headline" if any(told["is_headline"][n] for n in mine) else "used",
            "strength": 2 if any(told["is_headline"][n] for n in mine) else 1,
            "lever_names": "; ".join(told["lever_name"][n] for n in mine),
            "since_date": min(
                (day for n in mine if not is_missing(day := told["since_date"][n])), default=pd.NaT
            ),
        }
        for (_, lever), mine in places_by(told["company_name"], told["lever"])
    )
    by = {
        "_levers": frame.groupby("company_name")["lever"].transform("size"),
        "_companies": frame.groupby("lever")["company_name"].transform("size"),
    }
    frame = ordered(frame, "-_levers", "company_name", "-_companies", "lever", **by)
    return counted(frame, len(tables["companies"]))


def levers_map_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the lever that most companies pull, when one stands out."""
    counts = frame.groupby("lever")["company_name"].nunique()
    top = lone_top(counts)
    if top is None:
        return ""
    total = plural(frame["company_name"].nunique(), "organisation")
    return f"{top} is the most common lever: {counts[top]:,} of {total}"


# --- Transparency ---
TRANSPARENCY = col.Frame(
    "organisations, best first",
    "is_outside",
    **col.WHO,
    score=col.count("indicator", "indicators met"),
    indicators=col.count("indicator", "indicators of the index"),
    index_name="edition of the index",
    published_date=col.day("day of its publication"),
)


def transparency(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Scores of the newest edition of the Foundation Model Transparency Index."""
    rows = tables["transparency_scores"]
    rows = rows[rows["published_date"] == rows["published_date"].max()]
    known = with_company(tables, selection.basis, rows)
    if known["is_outside"].all():
        return counted(TRANSPARENCY.of(), 0)
    # Firms that are scored but not followed here carry no company_id: they are context too.
    other = rows[rows["company_id"].isna()]
    other = other.assign(company_name=other["company_label"], governance_model=OUTSIDE, is_outside=True)
    frame = ordered(pd.concat([known, other]), "-score", "company_name")
    return counted(frame[TRANSPARENCY.names], len(tables["companies"]))


def transparency_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Each Chinese company's score, against the average of the others."""
    home, world = sides(frame)
    if world.empty or len(home) > 3:
        return ""
    first, *rest = (f"{r.company_name} {r.score}" for r in home.itertuples())
    first = f"{home['company_name'].iloc[0]} meets {home['score'].iloc[0]}"
    of, mean = int(home["indicators"].iloc[0]), float(world["score"].astype(float).mean())
    return f"{join_words([first, *rest])} of {of} transparency indicators; the others average {mean:.0f}"


CHARTS = on(
    "companies",
    Chart(
        title="Releases by company",
        question="Who releases most, and how much of it is open?",
        subtitle="{total.models:model} released from {newest.first_day} to {newest.last_day}, by company and weights{noted[undated]}. Mark: governance model in force",
        shows=RELEASES_BY_COMPANY.by(releases_by_company, releases_by_company_finding),
        kind=Bars("company_name", "models", stack="weights", mark="governance_model"),
        note=f"{OPEN_WEIGHTS}.",
    ),
    Chart(
        title="Infrastructure owned",
        question="Who owns the chips, clouds and frameworks that AI runs on?",
        subtitle="Own systems by kind, named in the cells; {organisations:with at least one sourced system}; {as_of}",
        shows=INFRASTRUCTURE_OWNED.by(infrastructure_owned, infrastructure_owned_finding),
        kind=Matrix(
            "company_name", "kind", "systems", listed="names", mark="governance_model", noun="systems"
        ),
        note="Darker: more systems. An empty cell: no source found, not proof of absence.",
    ),
    Chart(
        title="Commercial levers",
        question="How does each company turn AI into business?",
        subtitle="Commercial levers for AI that a source names; {organisations:with a sourced lever}; {as_of}",
        shows=LEVERS_MAP.by(levers_map, levers_map_finding),
        kind=Matrix("company_name", "lever", "mark", mark="governance_model"),
        note="An empty cell: no source found, not proof of absence.",
    ),
    Chart(
        title="Transparency of model developers",
        question="How much do Chinese developers disclose about their models?",
        subtitle="{first.index_name}: indicators met of {first.indicators}, {month.published_date}; {rows:company} scored, {inside} of them Chinese; {as_of}",
        shows=TRANSPARENCY.by(transparency, transparency_finding),
        kind=Bars("company_name", "score", "governance_model"),
        outside=True,
        note="Grey: outside China.",
    ),
)
