"""Chart of outcomes by governance model: every organisation named, with median and range, and nothing claimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.axes import Measure
from dashboard.charts.kinds.dots import Dots, Range
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import counted, n_of
from dashboard.charts.spec import Chart, Choice
from dashboard.data.cut import once
from dashboard.data.selection import Selection, is_home
from dashboard.data.store import Tables
from dashboard.facts import landscape, prices, ratings, use, windows
from dashboard.look.theme import (
    MODEL_ORDER,
    format_count,
    format_day,
    format_money,
    format_percent,
    model_inside,
    model_short,
    plural,
)

METRIC = "outcomes.metric"
#: A share of fewer models than this is an accident of a few releases.
FEWEST_MODELS = 3
_DAY = pd.Timedelta(days=1)


def year_before(selection: Selection, years: int = 1) -> pd.Timestamp:
    """First day of the months that end on the day shown."""
    return selection.as_of.normalize() - pd.DateOffset(years=years) + _DAY


def at_home(tables: Tables, selection: Selection) -> list[str]:
    """Companies that the reader has selected, in tables that hold those outside China as context, too."""
    companies = tables["companies"]
    wanted = is_home(companies) | selection.outside | companies["company_id"].isin(selection.companies)
    return companies.loc[wanted, "company_id"].tolist()


# --- Measures of every company ---

Measures = dict[str, windows.Measure]


@once
def cadence(tables: Tables, selection: Selection) -> Measures:
    """Models released in twelve months; a company of which no model is known is not at zero but unknown."""
    found = windows.releases(tables, year_before(selection), selection.as_of)
    newest = tables["models"].sort_values("release_date", kind="stable")
    newest = newest.drop_duplicates("company_id", keep="last")
    # That nothing came is known from the documents on what came last.
    none = zip(newest["company_id"].tolist(), newest["source_ids"].tolist(), strict=True)
    return {str(c): windows.Measure(0.0, 0, str(cell)) for c, cell in none} | found


@once
def openness(tables: Tables, selection: Selection) -> Measures:
    """Share of models released in 24 months whose weights are open, in per cent; of too few it is unknown."""
    found = windows.openness(tables, year_before(selection, 2), selection.as_of)
    return {c: m for c, m in found.items() if m.count >= FEWEST_MODELS}


@once
def best_score(tables: Tables, selection: Selection) -> Measures:
    """Best Arena text rating in the newest snapshot."""
    rows = ratings.arena(tables)
    counts = rows["company_id"].value_counts()
    return {
        str(r.company_id): windows.Measure(
            float(r.arena_rating), int(counts[r.company_id]), str(r.rating_source_ids), str(r.model_label)
        )
        for r in rows.drop_duplicates("company_id").itertuples()
    }


@once
def turnover(tables: Tables, selection: Selection) -> Measures:
    """People who began or ceased to lead the company's AI in 24 months."""
    first = year_before(selection, 2)
    ids = map(str, tables["companies"]["company_id"])
    found = {cid: windows.leader_changes(tables, cid, first, selection.as_of) for cid in ids}
    return {c: m for c, m in found.items() if m.value is not None}


@once
def price_times(tables: Tables, selection: Selection) -> Measures:
    """Output price of the best-rated priced model, as a multiple of the median of models rated alike."""
    rows = prices.price_for_capability(tables, selection.currency)
    return {
        str(r.Index): windows.Measure(
            float(r.times),
            int(r.peers),
            str(r.source_ids),
            f"{r.model_name}, {format_money(r.output_price, selection.currency)} of output, rated {r.rating:,.0f}",
        )
        for r in rows.itertuples()
    }


@once
def monthly_users(tables: Tables, selection: Selection) -> Measures:
    """Monthly users of the most used product that is AI itself."""
    return use.users(tables, year_before(selection))


@once
def token_share(tables: Tables, selection: Selection) -> Measures:
    """Mean share of OpenRouter's tokens in thirty days, in per cent, as stated."""
    last = selection.as_of.normalize()
    return use.token_shares(tables, last - pd.Timedelta(days=29), last)


@once
def own_downloads(tables: Tables, selection: Selection) -> Measures:
    """Downloads of own repositories in thirty days."""
    found = use.newest_own(tables, "hf_downloads_30d", year_before(selection))
    return {c: m for c, m in found.items() if m.value}


@dataclass(frozen=True)
class Metric:
    """One outcome.

    Attributes:
        label: As the reader picks it.
        unit: What is counted, under the axis.
        counted: Noun of the rows behind a value.
        of: Value of each company that has one, by company id.
        words: A value in words.
        log: Drawn on a logarithmic axis.
        months: Length of the window; 0 for a value of one day.
        about: What a reader must know of it.
    """

    label: str
    unit: str
    counted: str
    of: Callable[[Tables, Selection], Measures]
    words: Callable[[float], str]
    log: bool = False
    months: int = 0
    about: str = ""


def _count(value: float) -> str:
    """A number of things, or the median of several: 8, 8.5."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


METRICS = {
    "cadence": Metric(
        "Release cadence",
        "models released in 12 months, every size counts",
        "model",
        cadence,
        _count,
        months=12,
    ),
    "openness": Metric(
        "Share of open weights",
        "% of models released in 24 months whose weights are open",
        "model",
        openness,
        format_percent,
        months=24,
        about=f"at least {FEWEST_MODELS} models",
    ),
    "score": Metric(
        "Best score",
        "Arena text rating of the best model (axis does not start at zero)",
        "rated model",
        best_score,
        lambda v: f"{v:,.0f}",
    ),
    "price": Metric(
        "Price for capability",
        "output price of the best-rated model, times the median of models rated alike (log scale)",
        "model rated alike",
        price_times,
        lambda v: f"{v:.1f}×" if v >= 1 else f"{v:.2f}×",
        log=True,
        about=f"models within {prices.ALIKE} Arena points count as rated alike",
    ),
    "turnover": Metric(
        "Leadership turnover",
        "people who came to or left the lead of AI in 24 months",
        "known leader",
        turnover,
        _count,
        months=24,
    ),
    "users": Metric(
        "Users",
        "monthly users of the most used product that is AI itself, newest count (log scale)",
        "count",
        monthly_users,
        format_count,
        log=True,
        months=12,
        about="counters differ widely; products that AI is only put into are left out",
    ),
    "tokens": Metric(
        "Share of tokens",
        "% of OpenRouter’s tokens in 30 days, as stated",
        "day",
        token_share,
        lambda v: format_percent(v, 1),
        about="one router, not the market",
    ),
    "downloads": Metric(
        "Downloads",
        "downloads of own repositories on Hugging Face in 30 days (log scale)",
        "account",
        own_downloads,
        format_count,
        log=True,
        about="machines download, too",
    ),
}
#: Scales with editions that an outcome rests on.
_RESTS_ON = {"score": (ratings.ARENA,), "price": (ratings.ARENA, ratings.RATES)}
#: Outcomes that are on offer where a feed has brought rows of this measure.
_FED = {"tokens": "openrouter_token_share", "downloads": "hf_downloads_30d"}


def metric_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """The outcomes on offer: those that feeds alone count, where one was read."""
    fed = set(use.fed(tables)["metric"])
    return {i: m.label for i, m in METRICS.items() if i not in _FED or _FED[i] in fed}


def picked_metric(selection: Selection) -> tuple[str, Metric]:
    """The outcome picked; the first where none, or one that does not exist, is."""
    name = selection.pick(METRIC)
    name = name if name in METRICS else next(iter(METRICS))
    return name, METRICS[name]


# --- Frame and figure ---


def _unit_of(label: str) -> str:
    unit = next((m.unit for m in METRICS.values() if m.label == label), label)
    return unit[:1].upper() + unit[1:]


OUTCOMES = col.Frame(
    "organisations; models in legend order, the highest value first",
    **col.WHO,
    metric=col.said("outcome picked", _unit_of, "Outcome"),
    value=col.number("the outcome, in its unit"),
    value_words=col.key("the value in words"),
    counted=col.text("rows behind the value", "Counted"),
    is_changed=col.flag("its label changed within the months counted"),
    group_count=col.key("organisations of the model with a value"),
    group_median=col.key("median of the model's values"),
    group_low=col.key("lowest of them"),
    group_high=col.key("highest of them"),
)


def outcomes(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One outcome of each company beside its governance model in force."""
    _, metric = picked_metric(selection)
    ids = at_home(tables, selection)
    labels = landscape.labels_in_force(tables, selection.basis)
    names = tables["companies"].set_index("company_id")["company_name"]
    shown = landscape.assessments_in_force(tables, selection.basis).drop_duplicates("company_id")
    cited = shown.set_index("company_id")["source_ids"]
    changed = _changed_since(tables, selection, metric.months)
    values = metric.of(tables, selection)
    rows = []
    for cid in ids:
        found = values.get(cid, windows.NOTHING)
        if found.value is None:
            continue
        counted_words = plural(found.count, metric.counted, _many(metric.counted))
        rows.append(
            {
                "company_name": names[cid],
                "governance_model": model_short(labels[cid]),
                "governance_model_id": labels[cid],
                "metric": metric.label,
                "value": found.value,
                "value_words": metric.words(found.value),
                "counted": f"{counted_words}: {found.what}" if found.what else counted_words,
                "is_changed": cid in changed,
                "source_ids": joined_sources(found.source_ids, cited.get(cid)),
            }
        )
    frame = OUTCOMES.of(rows)
    frame["value"] = frame["value"].astype("float64")
    frame["is_changed"] = frame["is_changed"].astype(bool)
    groups = frame.groupby("governance_model_id")["value"]
    for column, how in (("count", "size"), ("median", "median"), ("low", "min"), ("high", "max")):
        frame[f"group_{column}"] = groups.transform(how)
    frame["group_count"] = frame["group_count"].astype("int64")
    order = frame.assign(_m=frame["governance_model_id"].map(MODEL_ORDER))
    keys = order.sort_values(["_m", "value", "company_name"], ascending=[True, False, True], kind="stable")
    return counted(frame.loc[keys.index], len(ids))


def _many(noun: str) -> str:
    return f"{noun.removesuffix(' rated alike')}s rated alike" if noun.endswith("alike") else f"{noun}s"


def _changed_since(tables: Tables, selection: Selection, months: int) -> set[str]:
    """Companies whose label began within the months, after another known one."""
    if not months:
        return set()
    first = selection.as_of - pd.DateOffset(months=months)
    spans = landscape.history(tables, selection.basis)
    spans = spans[spans["governance_model_id"] != landscape.UNDETERMINED]
    later = spans[spans.duplicated("company_id")]
    return set(later.loc[later["valid_from"] > first, "company_id"])


def outcomes_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The highest and lowest median among models that two organisations or more have, and whether ranges overlap."""
    _, metric = picked_metric(selection)
    groups = frame.drop_duplicates("governance_model_id")
    groups = groups[(groups["group_count"] > 1) & (groups["governance_model_id"] != landscape.UNDETERMINED)]
    groups = groups.sort_values("group_median", ascending=False, kind="stable")
    if len(groups) < 2 or groups["group_median"].iloc[0] == groups["group_median"].iloc[-1]:
        return ""
    top, low = groups.iloc[0], groups.iloc[-1]
    overlap = "ranges overlap" if low["group_high"] >= top["group_low"] else "too few to tell"
    return (
        f"{metric.label}: median {metric.words(float(top['group_median']))} for {model_inside(top['governance_model_id'])} "
        f"(n = {top['group_count']}), {metric.words(float(low['group_median']))} for "
        f"{model_inside(low['governance_model_id'])} (n = {low['group_count']}); {overlap}"
    )


def outcomes_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, window, how many of how many."""
    _, metric = picked_metric(selection)
    many = n_of(frame, "organisation", n=len(frame))
    about = f" ({metric.about})" if metric.about else ""
    basis = "as reported" if selection.basis == "reported" else "as coded"
    return (
        f"{metric.unit[0].upper() + metric.unit[1:]}{about}, by governance model in force {basis}; {many}, as of "
        f"{format_day(selection.as_of)}"
    )


#: What a reader must hear beside every picture of outcomes.
SMALL_NUMBERS = (
    "So few organisations, alike in neither size, age nor business, can show what is there but not whether a governance "
    "model brings it about: the label may follow from success as well as lead to it."
)


def _said(metric: Metric, value: float, row: Mapping[str, Any]) -> str:
    return metric.words(value)


CHARTS = (
    Chart(
        id="outcomes",
        topic="governance",
        title="Outcomes by governance model",
        question="Does the governance model go with outcomes?",
        subtitle=outcomes_subtitle,
        scales=lambda frame, selection: _RESTS_ON.get(picked_metric(selection)[0], ()),
        data=outcomes,
        columns=OUTCOMES,
        kind=Dots(
            "governance_model",
            "value",
            "governance_model",
            name="company_name",
            all_named=True,
            hollow="is_changed",
            titled="metric",
            measure="metric",
            measures={
                m.label: Measure(
                    partial(_said, m),
                    m.log,
                    zero=not m.log and i != "score",
                    end=100.0 if i == "openness" else 0.0,
                )
                for i, m in METRICS.items()
            },
            range=Range("group_count", "group_median", "group_low", "group_high"),
        ),
        finding=outcomes_finding,
        outside=True,
        note=f"Tick: median; rule: lowest to highest; hollow: changed model within the months counted. {SMALL_NUMBERS}",
        choices=(Choice(METRIC, "Outcome", metric_options),),
    ),
)
