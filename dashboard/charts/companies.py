"""Charts of companies: what they release, own, earn and disclose, side by side."""

from __future__ import annotations

import re

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.axes import Measure
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import (
    OUTSIDE,
    WEIGHTS,
    counted,
    with_company,
)
from dashboard.charts.spec import Chart, Choice
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.freshness import is_stale
from dashboard.facts.models import OPEN_WEIGHTS, open_weights, released
from dashboard.look.scales import LEVER_MARKS
from dashboard.look.theme import (
    format_count,
    format_day,
    is_missing,
    join_words,
    plural,
)

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


def releases_by_company(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models released in the twelve months to the day shown, by company and weights."""
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "weights",
        "models",
        "first_day",
        "last_day",
        "model_names",
        "is_outside",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    models = released(models)
    dated = models.dropna(subset=["release_date"])
    if dated.empty:
        return counted(pd.DataFrame(columns=columns), len(models))
    # The same twelve months as in every other count of releases: they end on the day shown.
    last = selection.as_of
    first = last - pd.DateOffset(years=1) + pd.DateOffset(days=1)
    window = dated[dated["release_date"] >= first]
    kinds = window["weights"].fillna("not disclosed")
    totals = window["company_name"].value_counts(sort=False)
    newest = window.groupby("company_name")["release_date"].max()
    order = pd.DataFrame({"n": totals, "newest": newest}).sort_values(
        ["n", "newest"], ascending=False, kind="stable"
    )
    rows = []
    parts = dict(list(window.groupby(["company_name", kinds], sort=False)))
    for name in order.index:
        for kind, words in WEIGHTS.items():
            part = parts.get((name, kind))
            if part is not None:
                rows.append(
                    {
                        "company_name": name,
                        "governance_model": part["governance_model"].iloc[0],
                        "governance_model_id": part["governance_model_id"].iloc[0],
                        "weights": words,
                        "models": len(part),
                        "first_day": first,
                        "last_day": last,
                        "model_names": ", ".join(
                            part.sort_values("release_date", kind="stable")["model_name"]
                        ),
                        "is_outside": bool(part["is_outside"].iloc[0]),
                        "source_ids": joined_sources(*part["source_ids"]),
                    }
                )
    undated = int(models["release_date"].isna().sum())
    frame = counted(pd.DataFrame(rows, columns=columns), len(models))
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
    if frame.empty:
        return f"Models released in twelve months, as of {format_day(selection.as_of)}"
    first, last = frame["first_day"].iloc[0], frame["last_day"].iloc[0]
    undated = frame.attrs.get("undated", 0)
    left = f"; {plural(undated, 'model')} without a release date left out" if undated else ""
    return (
        f"{plural(int(frame['models'].sum()), 'model')} released from {format_day(first)} to {format_day(last)}, by "
        f"company and weights{left}. Mark: governance model in force"
    )


# --- Infrastructure: who owns what ---


def infrastructure_owned(tables: Tables, selection: Selection) -> pd.DataFrame:
    """AI infrastructure of each company by kind."""
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "kind",
        "systems",
        "names",
        "is_outside",
        "source_ids",
    ]
    rows_in = with_company(tables, selection, tables["infrastructure"])
    rows = []
    for name, mine in rows_in.groupby("company_name", sort=False):
        for kind, words in INFRASTRUCTURE_KINDS.items():
            part = mine[mine["infrastructure_kind"] == kind]
            if len(part):
                rows.append(
                    {
                        "company_name": name,
                        "governance_model": part["governance_model"].iloc[0],
                        "governance_model_id": part["governance_model_id"].iloc[0],
                        "kind": words,
                        "systems": len(part),
                        "names": ", ".join(part["infrastructure_name"]),
                        "is_outside": bool(part["is_outside"].iloc[0]),
                        "source_ids": joined_sources(*part["source_ids"]),
                    }
                )
    frame = pd.DataFrame(rows, columns=columns)
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
    total = frame.attrs.get("out_of")
    have = frame["company_name"].nunique()
    scope = (
        f"{have} of {plural(total, 'organisation')} with at least one sourced system"
        if total
        else plural(have, "organisation")
    )
    return f"Own systems by kind, named in the cells; {scope}; as of {format_day(selection.as_of)}"


# --- Commercial levers ---


def levers_map(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Commercial levers of each company."""
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "lever",
        "mark",
        "strength",
        "lever_names",
        "since_date",
        "is_outside",
        "source_ids",
    ]
    # The one-line wording of a source is no kind of lever.
    levers = tables["commercial_levers"]
    rows_in = with_company(tables, selection, levers[levers["lever"] != "summary"])
    rows = []
    for (name, lever), part in rows_in.groupby(["company_name", "lever"], sort=False):
        headline = bool(part["is_headline"].any())
        rows.append(
            {
                "company_name": name,
                "governance_model": part["governance_model"].iloc[0],
                "governance_model_id": part["governance_model_id"].iloc[0],
                "lever": in_words(str(lever)),
                "mark": "headline" if headline else "used",
                "strength": 2 if headline else 1,
                "lever_names": "; ".join(part["lever_name"]),
                "since_date": part["since_date"].min(),
                "is_outside": bool(part["is_outside"].iloc[0]),
                "source_ids": joined_sources(*part["source_ids"]),
            }
        )
    frame = pd.DataFrame(rows, columns=columns)
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
    total = frame.attrs.get("out_of")
    have = frame["company_name"].nunique()
    scope = (
        f"{have} of {plural(total, 'organisation')} with a sourced lever"
        if total
        else plural(have, "organisation")
    )
    return f"Commercial levers for AI that a source names; {scope}; as of {format_day(selection.as_of)}"


# --- Money ---

METRIC_WORDS = {
    "capex": "Capital expenditure",
    "cloud_revenue": "Cloud revenue",
    "ai_and_cloud_capex": "AI and cloud capital expenditure",
    "r_d_spend": "Research and development",
    "r_d_staff": "Staff in research and development",
    "capex_plan": "Planned capital expenditure",
    "ai_capex_plan": "Planned AI capital expenditure",
    "ai_chip_budget": "Budget for AI chips",
    "ai_investment_plan": "Planned investment in AI",
    "r_d_plan": "Planned research and development",
}
#: Metrics that state what is to come.
PLAN_METRICS = ("capex_plan", "ai_capex_plan", "ai_chip_budget", "ai_investment_plan", "r_d_plan")
#: Money that shows what a company puts into AI or earns from serving it, in order of preference at equal coverage.
MONEY_METRICS = ("capex", "cloud_revenue", "ai_and_cloud_capex", "ai_capex", "r_d_spend")


def _period_kind(period: str) -> str:
    if re.fullmatch(r"\d{4}-Q[1-4]", period):
        return "quarter"
    if re.fullmatch(r"\d{4}-H[12]", period):
        return "half-year"
    return "year" if re.fullmatch(r"\d{4}", period) else "other"


def _is_repeated(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Whether another value is stated for the same thing and period: one that is only said twice agrees."""
    return rows.groupby(keys)["value"].transform("nunique").gt(1)


def company_metrics(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One money metric, the latest value of each company, in one currency and one length of period.

    Of capital expenditure, cloud revenue and research spending, by quarter, half-year or year, the combination is taken
    that most companies state; currencies are never converted or mixed.
    """
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "metric",
        "period",
        "period_kind",
        "period_end_date",
        "value",
        "currency",
        "note",
        "confidence",
        "caveat",
        "is_outside",
        "source_ids",
    ]
    rows = with_company(tables, selection, tables["company_metrics"])
    rows = rows[rows["metric"].isin(MONEY_METRICS) & rows["currency"].notna() & rows["value"].notna()]
    rows = rows.assign(period_kind=[_period_kind(str(p)) for p in rows["period"]])
    rows = rows[rows["period_kind"] != "other"]
    total = len(tables["companies"])
    if rows.empty:
        return counted(pd.DataFrame(columns=columns), total)
    groups = rows.groupby(["metric", "currency", "period_kind"])
    best = groups.agg(companies=("company_id", "nunique"), newest=("period_end_date", "max")).reset_index()
    best["_rank"] = best["metric"].map({m: i for i, m in enumerate(MONEY_METRICS)})
    best = best.sort_values(
        ["companies", "newest", "_rank"], ascending=[False, False, True], kind="stable"
    ).iloc[0]
    rows = rows[
        (rows["metric"] == best["metric"])
        & (rows["currency"] == best["currency"])
        & (rows["period_kind"] == best["period_kind"])
    ]
    rows = rows.assign(is_repeated=_is_repeated(rows, ["company_id", "period"]))
    rows = rows.sort_values("period_end_date", ascending=False, kind="stable").drop_duplicates("company_id")
    rows = rows.assign(
        metric=METRIC_WORDS.get(best["metric"], in_words(best["metric"])),
        caveat=[
            marks.caveats(
                estimated=r.confidence == "low",
                disputed=r.is_repeated,
                stale=is_stale("company_metrics", r.period_end_date, selection.as_of),
            )
            for r in rows.itertuples()
        ],
    )
    return counted(rows.sort_values("value", ascending=False, kind="stable")[columns], total)


def period_words(period: str) -> str:
    """2026-Q1 reads "Q1 2026", 2025-9M "9M 2025", 2025-12 "Dec 2025", 2026-01-09 "9 Jan 2026"; a year stays."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", period):
        return format_day(period)
    if re.fullmatch(r"\d{4}-\d{2}", period):
        return format_day(f"{period}-01", "month")
    return f"{period[5:]} {period[:4]}" if "-" in period else period


def money(value: float, currency: str) -> str:
    """¥126B, $3.4M: a sum in short scale, in the currency that is stated."""
    sign = {"CNY": "¥", "USD": "$"}.get(currency, f"{currency} ")
    return sign + format_count(value)


def company_metrics_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest against the second, where both state the same period."""
    if len(frame) < 2 or frame["period"].iloc[0] != frame["period"].iloc[1]:
        return ""
    first, second = frame.iloc[0], frame.iloc[1]
    times = float(first["value"]) / float(second["value"])
    if times < 1.15:
        return ""
    return (
        f"{first['company_name']} states {times:.1f} times the {in_sentence(first['metric'])} of "
        f"{second['company_name']} for {period_words(first['period'])}"
    )


def company_metrics_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Metric, currency, period and how many disclose."""
    if frame.empty:
        return f"Capital expenditure or cloud revenue, as of {format_day(selection.as_of)}"
    row = frame.iloc[0]
    total = frame.attrs.get("out_of")
    currency = {"CNY": "yuan", "USD": "US dollars", "HKD": "Hong Kong dollars", "EUR": "euros"}[
        row["currency"]
    ]
    scope = f"; {len(frame)} of {plural(total, 'organisation')} disclose it" if total else ""
    return (
        f"{row['metric']}, {currency}, latest {row['period_kind']} that each company states{scope}; as of "
        f"{format_day(selection.as_of)}"
    )


# --- Any metric over time ---

METRIC = "metrics.metric"
CURRENCY_WORDS = {"CNY": "Yuan", "USD": "US dollars", "HKD": "Hong Kong dollars", "EUR": "euros"}
PERIOD_WORDS = {
    "quarter": "by quarter",
    "half-year": "by half-year",
    "year": "by year",
    "other": "on single days",
}
PANELS = 3


def _with_kinds(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds period_kind and panel, the unit and length of period that must not be mixed: "Yuan, by quarter"."""
    kinds = [_period_kind(str(p)) for p in rows["period"]]
    units = [
        in_words(str(u)).replace("Percent yoy", "Percent against the year before")
        if is_missing(c)
        else CURRENCY_WORDS[str(c)]
        for u, c in zip(rows["unit"], rows["currency"], strict=True)
    ]
    return rows.assign(
        period_kind=pd.Series(kinds, index=rows.index, dtype="str"),
        panel=pd.Series(
            [f"{u}, {PERIOD_WORDS[k]}" for u, k in zip(units, kinds, strict=True)],
            index=rows.index,
            dtype="str",
        ),
    )


def metric_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Metrics of the tables, those that most companies state first; plans are no results and have a list of their own."""
    rows = tables["company_metrics"].dropna(subset=["value"])
    rows = rows[
        rows["company_id"].isin(tables["companies"]["company_id"]) & ~rows["metric"].isin(PLAN_METRICS)
    ]
    if rows.empty:
        return {}
    by = rows.groupby("metric").agg(companies=("company_id", "nunique"), rows=("company_id", "size"))
    by["_money"] = [m in MONEY_METRICS for m in by.index]
    by = by.sort_values(["_money", "companies", "rows"], ascending=False, kind="stable")
    return {
        str(m): f"{METRIC_WORDS.get(str(m), in_words(str(m)))} ({plural(int(n), 'company')})"
        for m, n in zip(by.index, by["companies"], strict=True)
    }


def metrics_over_time(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One metric of every company over time, as stated.

    Values of another currency, unit or length of period stand in another panel; nothing is converted or added up.
    """
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "metric",
        "panel",
        "currency",
        "period",
        "period_end_date",
        "value",
        "note",
        "confidence",
        "is_repeated",
        "caveat",
        "is_outside",
        "source_ids",
    ]
    options = metric_options(tables, selection)
    total = len(tables["companies"])
    metric = selection.pick(METRIC)
    metric = metric if metric in options else next(iter(options), "")
    rows = with_company(tables, selection, tables["company_metrics"])
    rows = rows[(rows["metric"] == metric) & rows["value"].notna()]
    if rows.empty:
        return counted(pd.DataFrame(columns=columns), total)
    rows = _with_kinds(rows)
    size = rows.groupby("panel").agg(companies=("company_id", "nunique"), rows=("company_id", "size"))
    order = size.sort_values(["companies", "rows"], ascending=False, kind="stable").index[:PANELS]
    panel = {p: i for i, p in enumerate(order)}
    rows = rows[rows["panel"].isin(panel)]
    rows = rows.assign(
        metric=METRIC_WORDS.get(metric, in_words(metric)),
        is_repeated=_is_repeated(rows, ["company_id", "panel", "period"]),
        _panel=rows["panel"].map(panel),
    )
    newest = (
        rows.sort_values("period_end_date", kind="stable").groupby(["panel", "company_id"])["value"].last()
    )
    rows["_newest"] = [newest[p, c] for p, c in zip(rows["panel"], rows["company_id"], strict=True)]
    rows = rows.sort_values(
        ["_panel", "_newest", "company_name", "period_end_date", "value"],
        ascending=[True, False, True, True, True],
        kind="stable",
    )
    rows["caveat"] = pd.Series(
        [
            marks.caveats(estimated=c == "low", disputed=twice)
            for c, twice in zip(rows["confidence"], rows["is_repeated"], strict=True)
        ],
        index=rows.index,
        dtype="str",
    )
    return counted(rows[columns], total)


def _stated(value: float, currency: object, panel: str) -> str:
    if not is_missing(currency):
        return money(value, str(currency))
    if panel.startswith("Percent"):
        return f"{value:.0f} %"
    return format_count(value)


def metrics_over_time_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest newest value of the first panel, and how it moved since the same company's value a year before."""
    if frame.empty:
        return ""
    part = frame[frame["panel"] == frame["panel"].iloc[0]]
    name = part["company_name"].iloc[0]
    mine = part[part["company_name"] == name].drop_duplicates("period_end_date", keep="last")
    last = mine.iloc[-1]
    amount = _stated(float(last["value"]), last["currency"], last["panel"])
    alone = part["company_name"].nunique() == 1
    text = f"{name} states {amount} of {in_sentence(str(last['metric']))} for {period_words(str(last['period']))}"
    if last["panel"].startswith("Percent") or (not alone and len(mine) < 2):
        return text if not alone else ""
    year = last["period_end_date"] - pd.DateOffset(years=1)
    before = mine[(mine["period_end_date"] - year).abs() <= pd.Timedelta(days=3)]
    if before.empty or not float(before["value"].iloc[-1]) > 0:
        return text
    change = float(last["value"]) / float(before["value"].iloc[-1]) - 1
    return f"{text}, {abs(change) * 100:.0f} % {'more' if change > 0 else 'less'} than a year before"


def metrics_over_time_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Metric, that nothing is converted, how many disclose."""
    if frame.empty:
        return f"Company metrics, as of {format_day(selection.as_of)}"
    total = frame.attrs.get("out_of")
    have = frame["company_name"].nunique()
    scope = f"{have} of {plural(total, 'organisation')} state it" if total else plural(have, "organisation")
    return (
        f"{frame['metric'].iloc[0]} as stated, one currency or unit a panel, nothing converted; {scope}; as of "
        f"{format_day(selection.as_of)}"
    )


# --- Transparency ---


def transparency(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Scores of the newest edition of the Foundation Model Transparency Index."""
    columns = [
        "company_name",
        "governance_model",
        "governance_model_id",
        "score",
        "indicators",
        "index_name",
        "published_date",
        "is_outside",
        "source_ids",
    ]
    rows = tables["transparency_scores"]
    rows = rows[rows["published_date"] == rows["published_date"].max()]
    known = with_company(tables, selection, rows)
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
        return counted(pd.DataFrame(columns=columns), 0)
    frame = pd.concat([known, other]) if len(other) else known
    frame = frame.sort_values(["score", "company_name"], ascending=[False, True], kind="stable")
    return counted(frame[columns], len(tables["companies"]))


def transparency_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Each Chinese company's score, against the average of the others."""
    if frame.empty or not frame["is_outside"].any():
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
    if frame.empty:
        return f"Foundation Model Transparency Index, as of {format_day(selection.as_of)}"
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
        tables=("companies", "models", "governance_assessments"),
        data=releases_by_company,
        columns=col.Frame(
            "organisations and kinds of weights; most models first, weights from open to not disclosed",
            company_name=col.company(),
            governance_model=col.GOVERNANCE,
            weights=col.WEIGHTS,
            models=col.count("model"),
            first_day=col.day("first day of the twelve months"),
            last_day=col.day("last day of the twelve months"),
            model_names=col.names("the models, oldest first"),
        ),
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
        tables=("companies", "infrastructure", "governance_assessments"),
        data=infrastructure_owned,
        columns=col.Frame(
            "organisations and kinds of infrastructure of which they have any; most kinds, then most systems first",
            company_name=col.company(),
            governance_model=col.GOVERNANCE,
            kind=col.text("kind of infrastructure", "Kind"),
            systems=col.count("system", "systems of its own"),
            names=col.names("the systems", "Systems"),
        ),
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
        tables=("companies", "commercial_levers", "governance_assessments"),
        data=levers_map,
        columns=col.Frame(
            "organisations and levers; most levers first, levers by number of organisations",
            company_name=col.company(),
            governance_model=col.GOVERNANCE,
            lever="kind of lever",
            mark=col.of_scale(LEVER_MARKS, "headline for the one it leads with, else used"),
            strength=col.key("2 for the one it leads with, else 1"),
            lever_names=col.text("the levers in words", "Levers"),
            since_date=col.said(
                "the earliest day known", lambda day: format_day(day, "month"), "Since, or before"
            ),
        ),
        kind=Matrix("company_name", "lever", "mark", mark="governance_model"),
        finding=levers_map_finding,
        note="An empty cell: no source found, not proof of absence.",
    ),
    Chart(
        id="company-metrics",
        topic="companies",
        title="Money behind AI",
        question="How much do companies put into AI, or earn from the cloud?",
        subtitle=company_metrics_subtitle,
        tables=("companies", "company_metrics", "governance_assessments"),
        data=company_metrics,
        columns=col.Frame(
            "organisations, largest value first",
            company_name=col.company(),
            governance_model=col.GOVERNANCE,
            metric="what is measured",
            period=col.said("period that the value is stated for, of the calendar", period_words),
            period_kind=col.key("length of the period: quarter, half-year or year"),
            period_end_date=col.day("last day of the period"),
            value=col.money("as stated, in whole currency units", "currency"),
            currency="currency of the value; never converted",
            note="what to know of the value",
        ),
        kind=Bars("company_name", "value", colour="governance_model", behind=("period",)),
        finding=company_metrics_finding,
        note="Periods are calendar periods; currencies are not converted. Faint: more than a year older than the newest.",
    ),
    Chart(
        id="metrics-over-time",
        topic="companies",
        title="Company metrics over time",
        question="How do spending, revenue and use grow?",
        subtitle=metrics_over_time_subtitle,
        tables=("companies", "company_metrics", "governance_assessments"),
        data=metrics_over_time,
        columns=col.Frame(
            "values as stated; panels with most companies first, companies by newest value, days ascending",
            company_name=col.company(),
            governance_model=col.GOVERNANCE,
            metric="what is measured",
            panel=col.text("currency or unit, and length of period: what must not be mixed", "Unit"),
            currency=col.key("currency of the value; empty for other units"),
            period=col.said("period that the value is stated for, of the calendar", period_words),
            period_end_date=col.day("last day of the period", "Period ends"),
            value=col.number("as stated, in whole units"),
            note="what to know of the value",
            is_repeated=col.flag("another value is stated for the same period"),
        ),
        kind=Lines(
            "period_end_date",
            "value",
            "company_name",
            "governance_model",
            panel="panel",
            ends="period",
            measure=Measure(lambda v, row: _stated(v, row["currency"], row["panel"]), zero=True),
        ),
        # PowerPoint draws one axis: the panels' currencies must not share it.
        finding=metrics_over_time_finding,
        note="A mark stands at the end of its calendar period. Grey: outside China.",
        choices=(Choice(METRIC, "Metric", metric_options),),
    ),
    Chart(
        id="transparency",
        topic="companies",
        title="Transparency of model developers",
        question="How much do Chinese developers disclose about their models?",
        subtitle=transparency_subtitle,
        tables=("companies", "transparency_scores", "governance_assessments"),
        data=transparency,
        columns=col.Frame(
            "organisations, best first",
            company_name=col.company(),
            governance_model=col.GOVERNANCE,
            score=col.count("indicator", "indicators met"),
            indicators=col.count("indicator", "indicators of the index"),
            index_name="edition of the index",
            published_date=col.day("day of its publication"),
        ),
        kind=Bars("company_name", "score", colour="governance_model"),
        finding=transparency_finding,
        outside=True,
        note="Grey: outside China.",
    ),
)
