"""Charts of companies: what they release, own, earn and disclose, side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.rows import (
    OUTSIDE,
    WEIGHTS,
    Gathered,
    counted,
    counted_in,
    lone_top,
    of_companies,
    ordered,
    places,
    sides,
    with_company,
)
from dashboard.charts.spec import Chart, on
from dashboard.data import cells
from dashboard.data.cut import once_each, once_for_frames, origin, places_of
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.models import OPEN_WEIGHTS, all_released, open_weights
from dashboard.look.scales import LEVER_MARKS
from dashboard.look.theme import in_words, join_words, plural

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
    # The same twelve months as in every other count of releases: they end on the day shown.
    first = selection.as_of - pd.DateOffset(years=1) + pd.DateOffset(days=1)
    rows = with_company(tables, selection.basis, _released_since(tables, first))
    of, _ = pd.factorize(rows["company_name"].to_numpy(dtype=object), sort=True)
    newest = np.full(len(rows), cells.NO_DAY)
    np.maximum.at(newest, of, cells.days(rows["newest"]))
    most = np.bincount(of, weights=rows["models"], minlength=1)
    # Those with most first, then who released last.
    order = np.lexsort((rows["kind"], of, -newest[of], -most[of]))
    frame = rows.take(order).assign(first_day=first, last_day=selection.as_of)
    every = _counts_of_released(tables)
    frame = counted(RELEASES_BY_COMPANY.of(frame), every["models"].sum())
    if undated := int(every["undated"].sum()):
        frame.attrs["undated"] = f"; {plural(undated, 'model')} without a release date left out"
    return frame


@once_each
def _released_since(tables: Tables, first: pd.Timestamp) -> pd.DataFrame:
    """Models that each company released since a day, by weights: how many, their names, oldest first, and the newest day."""
    models = all_released(tables)
    every = origin(tables, "models")
    at = places_of(every.index, models.index.to_numpy())
    company, kind = (of[at] for of in _keys_of(every))
    is_told = (models["release_date"] >= first).to_numpy() & (company >= 0)
    rows = models[is_told]
    told = Gathered(rows, company[is_told], kind[is_told], who=["company_id"])
    days = cells.days(rows["release_date"])
    words = [*WEIGHTS.values()]
    return told.frame.assign(
        kind=told.keys[1],
        weights=[words[kind] for kind in told.keys[1]],
        models=told.count,
        model_names=[", ".join(mine) for mine in told.each("model_name", days)],
        newest=(-told.lowest(-days)).astype("datetime64[us]"),
    )


@once_for_frames
def _keys_of(models: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Of each model of a build a number for its company, -1 without one, and the place of its weights."""
    company, _ = pd.factorize(models["company_id"])
    return company, np.array(
        places(models["weights"].fillna("not disclosed").tolist(), WEIGHTS), dtype="int64"
    )


@once_each
def _counts_of_released(tables: Tables) -> pd.DataFrame:
    """How many models each company released, whatever the day, and of how many that is unknown."""
    models = all_released(tables)
    of, ids = pd.factorize(models["company_id"], use_na_sentinel=False)
    undated = np.bincount(of, weights=models["release_date"].isna(), minlength=len(ids))
    return pd.DataFrame(
        {"company_id": ids, "models": np.bincount(of, minlength=len(ids)), "undated": undated}
    )


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
    told = Gathered(systems, systems["company_name"].tolist(), systems["infrastructure_kind"].tolist())
    name, kind = told.keys
    frame = INFRASTRUCTURE_OWNED.of(
        told.frame.assign(
            kind=[INFRASTRUCTURE_KINDS[one] for one in kind],
            systems=told.count,
            names=[", ".join(mine) for mine in told.each("infrastructure_name")],
        )
    )
    of, _ = pd.factorize(np.array(name, dtype=object))
    keys = {
        "_kinds": counted_in(name),
        "_systems": np.bincount(of, weights=told.count, minlength=1)[of],
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
    told = Gathered(levers, levers["company_name"].tolist(), levers["lever"].tolist())
    # Of a lever that a company leads with the lowest of these is 0.
    leads = told.lowest((~levers["is_headline"].astype(bool)).to_numpy().astype("int64")) == 0
    since = told.lowest(np.array(cells.numbers(levers["since_date"], _NEVER), dtype="int64"))
    frame = LEVERS_MAP.of(
        told.frame.assign(
            lever=[in_words(lever) for lever in told.keys[1]],
            mark=np.where(leads, "headline", "used"),
            strength=np.where(leads, 2, 1),
            lever_names=["; ".join(mine) for mine in told.each("lever_name")],
            since_date=np.where(since == _NEVER, cells.NO_DAY, since).astype("datetime64[us]"),
        )
    )
    by = {
        "_levers": counted_in(frame["company_name"].tolist()),
        "_companies": counted_in(frame["lever"].tolist()),
    }
    frame = ordered(frame, "-_levers", "company_name", "-_companies", "lever", **by)
    return counted(frame, len(tables["companies"]))


#: Stands for a day that nobody knows, after all others.
_NEVER = np.iinfo("int64").max


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
