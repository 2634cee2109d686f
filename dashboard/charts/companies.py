"""Charts of companies: what they release, own, earn and disclose, side by side."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import (
    OUTSIDE,
    WEIGHTS,
    WHO,
    as_of,
    counted,
    grouped,
    lone_top,
    of_companies,
    one_of,
    ordered,
    placed,
    released_models,
    with_company,
)
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.models import OPEN_WEIGHTS, open_weights
from dashboard.look.scales import LEVER_MARKS
from dashboard.look.theme import format_day, in_words, is_missing, join_words, plural

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
    models = released_models(tables, selection.basis)
    # The same twelve months as in every other count of releases: they end on the day shown.
    first, last = selection.as_of - pd.DateOffset(years=1) + pd.DateOffset(days=1), selection.as_of
    shown = models[models["release_date"] >= first]
    # Those with most first, then who released last.
    by = ordered(shown.groupby("company_name")["release_date"].agg(["size", "max"]), "-size", "-max")
    groups = [
        placed(shown["company_name"], by.index),
        placed(shown["weights"].fillna("not disclosed"), WEIGHTS),
    ]
    each = shown.groupby(groups, observed=True)
    # A row of each in their order: who it is.
    frame = ordered(shown.assign(place=each.ngroup()).drop_duplicates("place"), "place").assign(
        weights=[WEIGHTS[kind] for _, kind in each.indices],
        models=each.size().to_numpy(),
        first_day=first,
        last_day=last,
        model_names=[
            ", ".join(n)
            for n in ordered(shown, "release_date").groupby(groups, observed=True)["model_name"].agg(list)
        ],
        source_ids=[joined_sources(*cells) for cells in each["source_ids"].agg(list)],
    )
    frame = counted(RELEASES_BY_COMPANY.of(frame), len(models))
    frame.attrs["undated"] = int(models["release_date"].isna().sum())
    return frame


def releases_by_company_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the company with most releases, when one stands out, and its share of open weights."""
    totals = frame.groupby("company_name")["models"].sum()
    name = lone_top(totals, fewest=3)
    if name is None:
        return ""
    is_open = open_weights(frame["weights"].str.casefold()) & (frame["company_name"] == name)
    return f"{name} released most models, {totals[name]}; {int(frame.loc[is_open, 'models'].sum())} with open weights"


def releases_by_company_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """The twelve months shown, the count, what is left out."""
    first, last = frame["first_day"].iloc[0], frame["last_day"].iloc[0]
    undated = frame.attrs.get("undated", 0)
    left = f"; {plural(undated, 'model')} without a release date left out" if undated else ""
    return (
        f"{plural(int(frame['models'].sum()), 'model')} released from {format_day(first)} to {format_day(last)}, by "
        f"company and weights{left}. Mark: governance model in force"
    )


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
    read = [*WHO, "infrastructure_name", "source_ids"]
    groups = grouped(systems[read], name=systems["company_name"], kind=systems["infrastructure_kind"])
    frame = INFRASTRUCTURE_OWNED.of(
        {
            **one_of(mine),
            "kind": INFRASTRUCTURE_KINDS[kind],
            "systems": len(mine),
            "names": ", ".join(one["infrastructure_name"] for one in mine),
        }
        for (_, kind), mine in groups
    )
    mine = frame.groupby("company_name")["systems"]
    keys = {
        "_kinds": mine.transform("size"),
        "_systems": mine.transform("sum"),
        "_place": frame["kind"].map([*INFRASTRUCTURE_KINDS.values()].index),
    }
    frame = ordered(frame, "-_kinds", "-_systems", "company_name", "_place", **keys)
    return counted(frame, len(tables["companies"]))


def infrastructure_owned_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts and names the companies with both a chip and a cloud."""
    by = frame.groupby("company_name", sort=False)["kind"].agg(set)
    both = [str(n) for n, kinds in by.items() if {"Chips", "Clouds"} <= kinds]
    if not both:
        return ""
    if len(both) == 1:
        return f"{both[0]} has both a chip and a cloud of its own"
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
    since_date=col.said("the earliest day known", lambda day: format_day(day, "month"), "Since, or before"),
)


def levers_map(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Commercial levers of each company."""
    levers = of_companies(tables, selection.basis, "commercial_levers")
    # The one-line wording of a source is no kind of lever.
    levers = levers[levers["lever"] != "summary"]
    read = [*WHO, "is_headline", "lever_name", "since_date", "source_ids"]
    groups = grouped(levers[read], name=levers["company_name"], lever=levers["lever"])
    frame = LEVERS_MAP.of(
        {
            **one_of(mine),
            "lever": in_words(lever),
            "mark": "headline" if is_first else "used",
            "strength": 2 if is_first else 1,
            "lever_names": "; ".join(one["lever_name"] for one in mine),
            "since_date": min((d for one in mine if not is_missing(d := one["since_date"])), default=None),
        }
        for (_, lever), mine in groups
        for is_first in [any(one["is_headline"] for one in mine)]
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
    outside = frame["is_outside"].astype(bool)
    home, world = frame[~outside], frame[outside]
    if world.empty or len(home) > 3:
        return ""
    first, *rest = (f"{r.company_name} {r.score}" for r in home.itertuples())
    first = f"{home['company_name'].iloc[0]} meets {home['score'].iloc[0]}"
    of, mean = int(home["indicators"].iloc[0]), float(world["score"].astype(float).mean())
    return f"{join_words([first, *rest])} of {of} transparency indicators; the others average {mean:.0f}"


def transparency_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Edition and scope."""
    row = frame.iloc[0]
    home = int((~frame["is_outside"].astype(bool)).sum())
    return (
        f"{row['index_name']}: indicators met of {row['indicators']}, {format_day(row['published_date'], 'month')}; "
        f"{plural(len(frame), 'company')} scored, {home} of them Chinese; {as_of(selection)}"
    )


CHARTS = on(
    "companies",
    Chart(
        title="Releases by company",
        question="Who releases most, and how much of it is open?",
        subtitle=releases_by_company_subtitle,
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
            "company_name",
            "kind",
            "systems",
            words="names",
            listed=True,
            mark="governance_model",
            noun="systems",
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
        subtitle=transparency_subtitle,
        shows=TRANSPARENCY.by(transparency, transparency_finding),
        kind=Bars("company_name", "score", colour="governance_model"),
        note="Grey: outside China.",
        outside=True,
    ),
)
