"""Charts of companies: what they release, own, earn and disclose, side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.rows import (
    OUTSIDE,
    WEIGHTS,
    WHO,
    companies_of,
    counted,
    of_companies,
    one_of,
    released_models,
    with_company,
)
from dashboard.charts.spec import Chart
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.models import OPEN_WEIGHTS, open_weights
from dashboard.look.scales import LEVER_MARKS
from dashboard.look.theme import format_day, is_missing, join_words, plural

INFRASTRUCTURE_KINDS = {
    "chip": "Chips",
    "cloud": "Clouds",
    "framework": "Frameworks",
    "platform": "Platforms",
    "model_hub": "Model hubs",
    "data_centre": "Data centres",
}


def in_words(slug: str) -> str:
    """A vocabulary id as a heading: "open_source_ecosystem" reads "Open source ecosystem", "api" reads "API"."""
    text = " ".join(w.upper() if w in ("ai", "api", "gpu") else w for w in slug.split("_"))
    return text[:1].upper() + text[1:]


def in_sentence(words: str) -> str:
    """A heading inside a sentence: "Cloud revenue" reads "cloud revenue", "API" stays."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


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
    dated = models["release_date"].notna()
    if not dated.any():
        return counted(RELEASES_BY_COMPANY.of(), len(models))
    # The same twelve months as in every other count of releases: they end on the day shown.
    last = selection.as_of
    first = last - pd.DateOffset(years=1) + pd.DateOffset(days=1)
    read = [*WHO, "weights", "release_date", "model_name", "source_ids"]
    by: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for r in models.loc[models["release_date"] >= first, read].to_dict("records"):
        kind = "not disclosed" if is_missing(r["weights"]) else r["weights"]
        by.setdefault(r["company_name"], {}).setdefault(kind, []).append(r)
    mine = {name: [r for part in kinds.values() for r in part] for name, kinds in by.items()}
    newest = {name: max(r["release_date"] for r in all_of_it) for name, all_of_it in mine.items()}
    # Those with most first, then who released last.
    ranked = sorted(sorted(by), key=lambda name: (len(mine[name]), newest[name]), reverse=True)
    rows = [
        {
            **one_of(part),
            "weights": words,
            "models": len(part),
            "first_day": first,
            "last_day": last,
            "model_names": ", ".join(r["model_name"] for r in sorted(part, key=lambda r: r["release_date"])),
        }
        for name in ranked
        for kind, words in WEIGHTS.items()
        if (part := by[name].get(kind))
    ]
    undated = int(models["release_date"].isna().sum())
    frame = counted(RELEASES_BY_COMPANY.of(rows), len(models))
    frame.attrs["undated"] = undated
    return frame


def releases_by_company_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the company with most releases, when one stands out, and its share of open weights."""
    if frame["company_name"].nunique() < 3:
        return ""
    totals = (
        frame.groupby("company_name", sort=False)["models"].sum().sort_values(ascending=False, kind="stable")
    )
    if totals.iloc[0] == totals.iloc[1]:
        return ""
    name = totals.index[0]
    mine = frame[frame["company_name"] == name]
    opened = int(mine.loc[open_weights(mine["weights"].str.casefold()), "models"].sum())
    return f"{name} released most models, {totals.iloc[0]}; {opened} with open weights"


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
    kind=col.text("kind of infrastructure", "Kind"),
    systems=col.count("system", "systems of its own"),
    names=col.names("the systems", "Systems"),
)


def infrastructure_owned(tables: Tables, selection: Selection) -> pd.DataFrame:
    """AI infrastructure of each company by kind."""
    rows_in = of_companies(tables, selection.basis, "infrastructure")
    parts: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for system in rows_in.to_dict("records"):
        mine = parts.setdefault(system["company_name"], {kind: [] for kind in INFRASTRUCTURE_KINDS})
        mine[system["infrastructure_kind"]].append(system)
    rows = [
        {
            **one_of(part),
            "kind": INFRASTRUCTURE_KINDS[kind],
            "systems": len(part),
            "names": ", ".join(system["infrastructure_name"] for system in part),
        }
        for kinds in parts.values()
        for kind, part in kinds.items()
        if part
    ]
    frame = INFRASTRUCTURE_OWNED.of(rows)
    if len(frame):
        by = frame.groupby("company_name").agg(kinds=("kind", "size"), systems=("systems", "sum"))
        order = by.sort_values(["kinds", "systems"], ascending=False, kind="stable").index
        rank = {n: i for i, n in enumerate(order)}
        frame = frame.assign(_rank=frame["company_name"].map(rank))
        frame = frame.sort_values("_rank", kind="stable").drop(columns="_rank")
    return counted(frame, len(tables["companies"]))


def infrastructure_owned_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts and names the companies with both a chip and a cloud."""
    by = frame.groupby("company_name", sort=False)["kind"].agg(set)
    both = [str(n) for n, kinds in by.items() if {"Chips", "Clouds"} <= kinds]
    if not both:
        return ""
    if len(both) > 6:
        return f"{len(both)} organisations have both a chip and a cloud of their own"
    return f"{join_words(both)} {'have' if len(both) > 1 else 'has'} both a chip and a cloud of {'their' if len(both) > 1 else 'its'} own"


def infrastructure_owned_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What is counted and how many have any."""
    scope = companies_of(frame, "with at least one sourced system")
    return f"Own systems by kind, named in the cells; {scope}; as of {format_day(selection.as_of)}"


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
    # The one-line wording of a source is no kind of lever.
    rows_in = of_companies(tables, selection.basis, "commercial_levers")
    rows_in = rows_in[rows_in["lever"] != "summary"]
    read = [*WHO, "lever", "is_headline", "lever_name", "since_date", "source_ids"]
    cells: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows_in[read].to_dict("records"):
        cells.setdefault((row["company_name"], row["lever"]), []).append(row)
    rows = []
    for (_, lever), part in cells.items():
        headline = any(r["is_headline"] for r in part)
        rows.append(
            {
                **one_of(part),
                "lever": in_words(lever),
                "mark": "headline" if headline else "used",
                "strength": 2 if headline else 1,
                "lever_names": "; ".join(r["lever_name"] for r in part),
                "since_date": min(
                    (r["since_date"] for r in part if not is_missing(r["since_date"])), default=pd.NaT
                ),
            }
        )
    frame = LEVERS_MAP.of(rows)
    if len(frame):
        by_company = frame.groupby("company_name", sort=False)["lever"].transform("nunique")
        by_lever = frame.groupby("lever", sort=False)["company_name"].transform("nunique")
        frame = frame.assign(_c=by_company, _l=by_lever).sort_values(
            ["_c", "company_name", "_l", "lever"], ascending=[False, True, False, True], kind="stable"
        )
        frame = frame.drop(columns=["_c", "_l"])
    return counted(frame, len(tables["companies"]))


def levers_map_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the lever that most companies pull, when one stands out."""
    counts = frame.groupby("lever")["company_name"].nunique().sort_values(ascending=False, kind="stable")
    if len(counts) < 2 or counts.iloc[0] == counts.iloc[1]:
        return ""
    total = frame["company_name"].nunique()
    return f"{counts.index[0]} is the most common lever: {counts.iloc[0]} of {plural(total, 'organisation')}"


def levers_map_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What a cell is and how many have one."""
    scope = companies_of(frame, "with a sourced lever")
    return f"Commercial levers for AI that a source names; {scope}; as of {format_day(selection.as_of)}"


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
    # Firms that are scored but not followed here carry no company_id: they are context too.
    other = rows[rows["company_id"].isna()]
    other = other.assign(
        company_name=other["company_label"],
        governance_model_id=None,
        governance_model=OUTSIDE,
        is_outside=True,
    )
    home = int((~known["is_outside"]).sum()) if len(known) else 0
    if not home:
        return counted(TRANSPARENCY.of(), 0)
    frame = pd.concat([known, other]) if len(other) else known
    frame = frame.sort_values(["score", "company_name"], ascending=[False, True], kind="stable")
    return counted(frame[TRANSPARENCY.names], len(tables["companies"]))


def transparency_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Each Chinese company's score, against the average of the others."""
    if not frame["is_outside"].any():
        return ""
    outside = frame["is_outside"].astype(bool)
    home, world = frame[~outside], frame[outside]
    mean = float(world["score"].astype(float).mean())
    named = join_words(
        [
            f"{r.company_name} meets {r.score}" if i == 0 else f"{r.company_name} {r.score}"
            for i, r in enumerate(home.itertuples())
        ]
    )
    of = int(home["indicators"].iloc[0])
    return f"{named} of {of} transparency indicators; the others average {mean:.0f}" if len(home) <= 3 else ""


def transparency_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Edition and scope."""
    row = frame.iloc[0]
    home = int((~frame["is_outside"].astype(bool)).sum())
    return (
        f"{row['index_name']}: indicators met of {row['indicators']}, {format_day(row['published_date'], 'month')}; "
        f"{plural(len(frame), 'company')} scored, {home} of them Chinese; as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="releases-by-company",
        topic="companies",
        title="Releases by company",
        question="Who releases most, and how much of it is open?",
        subtitle=releases_by_company_subtitle,
        data=releases_by_company,
        columns=RELEASES_BY_COMPANY,
        kind=Bars("company_name", "models", stack="weights", mark="governance_model"),
        finding=releases_by_company_finding,
        note=f"{OPEN_WEIGHTS}.",
    ),
    Chart(
        id="infrastructure-owned",
        topic="companies",
        title="Infrastructure owned",
        question="Who owns the chips, clouds and frameworks that AI runs on?",
        subtitle=infrastructure_owned_subtitle,
        data=infrastructure_owned,
        columns=INFRASTRUCTURE_OWNED,
        kind=Matrix(
            "company_name",
            "kind",
            "systems",
            words="names",
            listed=True,
            mark="governance_model",
            noun="systems",
        ),
        finding=infrastructure_owned_finding,
        note="Darker: more systems. An empty cell: no source found, not proof of absence.",
    ),
    Chart(
        id="levers-map",
        topic="companies",
        title="Commercial levers",
        question="How does each company turn AI into business?",
        subtitle=levers_map_subtitle,
        data=levers_map,
        columns=LEVERS_MAP,
        kind=Matrix("company_name", "lever", "mark", mark="governance_model"),
        finding=levers_map_finding,
        note="An empty cell: no source found, not proof of absence.",
    ),
    Chart(
        id="transparency",
        topic="companies",
        title="Transparency of model developers",
        question="How much do Chinese developers disclose about their models?",
        subtitle=transparency_subtitle,
        data=transparency,
        columns=TRANSPARENCY,
        kind=Bars("company_name", "score", colour="governance_model"),
        finding=transparency_finding,
        outside=True,
        note="Grey: outside China.",
    ),
)
