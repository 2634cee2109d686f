"""Chart of outcomes by governance model: every organisation named, with median and range, and nothing claimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.axes import Measure, Picked
from dashboard.charts.kinds.dots import Dots, Range
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import counted, names_of, ordered
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape, over_time, prices, ratings, use, windows
from dashboard.facts import outcomes as facts
from dashboard.look import theme

METRIC = "outcomes.metric"


@dataclass(frozen=True)
class Metric:
    """One outcome.

    Attributes:
        label: As the reader picks it.
        unit: What is counted, under the axis.
        counted: Noun of the rows behind a value.
        that: What is said of them, behind their number.
        of: Value of each company that has one, by company id.
        words: A value in words.
        log: Drawn on a logarithmic axis.
        months: Length of the window; 0 for a value of one day.
        about: What a reader must know of it.
    """

    label: str
    unit: str
    counted: str
    of: Callable[[Tables, Selection], facts.Measures]
    words: Callable[[float], str]
    log: bool = False
    months: int = 0
    about: str = ""
    that: str = ""


def _count(value: float) -> str:
    """A number of things, or the median of several: 8, 8.5."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


METRICS = {
    "cadence": Metric(
        "Release cadence",
        "models released in 12 months, every size counts",
        "model",
        facts.cadence,
        _count,
        months=12,
    ),
    "openness": Metric(
        "Share of open weights",
        "% of models released in 24 months whose weights are open",
        "model",
        facts.openness,
        theme.format_percent,
        months=24,
        about=f"at least {facts.FEWEST_MODELS} models",
    ),
    "score": Metric(
        "Best score",
        "Arena text rating of the best model (axis does not start at zero)",
        "rated model",
        facts.best_score,
        lambda v: f"{v:,.0f}",
    ),
    "price": Metric(
        "Price for capability",
        "output price of the best-rated model, times the median of models rated alike (log scale)",
        "model",
        facts.price_times,
        lambda v: f"{v:.1f}×" if v >= 1 else f"{v:.2f}×",
        log=True,
        about=f"models within {prices.ALIKE} Arena points count as rated alike",
        that=" rated alike",
    ),
    "turnover": Metric(
        "Leadership turnover",
        "people who came to or left the lead of AI in 24 months",
        "known leader",
        facts.turnover,
        _count,
        months=24,
    ),
    "users": Metric(
        "Users",
        "monthly users of the most used product that is AI itself, newest count (log scale)",
        "count",
        facts.monthly_users,
        theme.format_count,
        log=True,
        months=12,
        about="counters differ widely; products that AI is only put into are left out",
    ),
    "tokens": Metric(
        "Share of tokens",
        "% of OpenRouter’s tokens in 30 days, as stated",
        "day",
        facts.token_share,
        lambda v: theme.format_percent(v, 1),
        about="one router, not the market",
    ),
    "downloads": Metric(
        "Downloads",
        "downloads of own repositories on Hugging Face in 30 days (log scale)",
        "account",
        facts.own_downloads,
        theme.format_count,
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
    counted="rows behind the value",
    is_changed=col.flag("its label changed within the months counted"),
    group_count=col.key("organisations of the model with a value"),
    group_median=col.key("median of the model's values"),
    group_low=col.key("lowest of them"),
    group_high=col.key("highest of them"),
)


def outcomes(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One outcome of each company beside its governance model in force."""
    _, metric = picked_metric(selection)
    ids = facts.at_home(tables, selection)
    labels = landscape.labels_in_force(tables, selection.basis)
    names, values = names_of(tables), metric.of(tables, selection)
    cited = landscape.shown(tables, selection.basis)["source_ids"].to_dict()
    changed = _changed_since(tables, selection, metric.months)
    rows = []
    for cid in ids:
        found = values.get(cid, windows.NOTHING)
        if found.value is None:
            continue
        behind = f"{theme.plural(found.count, metric.counted)}{metric.that}"
        rows.append(
            {
                "company_name": names[cid],
                "governance_model": theme.model_short(labels[cid]),
                "governance_model_id": labels[cid],
                "metric": metric.label,
                "value": found.value,
                "value_words": metric.words(found.value),
                "counted": f"{behind}: {found.what}" if found.what else behind,
                "is_changed": cid in changed,
                "source_ids": joined_sources(found.source_ids, cited.get(cid)),
            }
        )
    frame = OUTCOMES.typed(rows)
    groups = frame.groupby("governance_model_id")["value"]
    for column, how in (("count", "size"), ("median", "median"), ("low", "min"), ("high", "max")):
        frame[f"group_{column}"] = groups.transform(how)
    frame["group_count"] = frame["group_count"].astype("int64")
    about = f" ({metric.about})" if metric.about else ""
    frame.attrs["what"] = (
        f"{_unit_of(metric.label)}{about}, by governance model in force as {selection.basis}"
    )
    place = frame["governance_model_id"].map(theme.MODEL_ORDER)
    return counted(ordered(frame, "_place", "-value", "company_name", _place=place), len(ids))


def _changed_since(tables: Tables, selection: Selection, months: int) -> set[str]:
    """Companies whose label began within the months, after another known one."""
    if not months:
        return set()
    first = selection.as_of - pd.DateOffset(months=months)
    spans = over_time.history(tables, selection.basis)
    spans = spans[spans["governance_model_id"] != landscape.UNDETERMINED]
    later = spans[spans.duplicated("company_id")]
    return set(later.loc[later["valid_from"] > first, "company_id"])


def outcomes_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The highest and lowest median among models that two organisations or more have, and whether ranges overlap."""
    _, metric = picked_metric(selection)
    groups = frame.drop_duplicates("governance_model_id")
    groups = groups[(groups["group_count"] > 1) & (groups["governance_model_id"] != landscape.UNDETERMINED)]
    groups = ordered(groups, "-group_median")
    if groups["group_median"].nunique() < 2:
        return ""
    top, low = groups.iloc[0], groups.iloc[-1]
    overlap = "ranges overlap" if low["group_high"] >= top["group_low"] else "too few to tell"

    def told(group: pd.Series) -> str:
        median = metric.words(float(group["group_median"]))
        return (
            f"{median} for {theme.model_inside(group['governance_model_id'])} (n = {group['group_count']:,})"
        )

    return f"{metric.label}: median {told(top)}, {told(low)}; {overlap}"


#: What a reader must hear beside every picture of outcomes.
SMALL_NUMBERS = (
    "So few organisations, alike in neither size, age nor business, can show what is there but not whether a governance "
    "model brings it about: the label may follow from success as well as lead to it."
)


def _said(metric: Metric, value: float, row: Mapping[str, Any]) -> str:
    return metric.words(value)


#: How each outcome is shown.
PICKED = Picked(
    "metric",
    {
        m.label: Measure(
            partial(_said, m),
            m.log,
            zero=not m.log and i != "score",
            end=100.0 if i == "openness" else 0.0,
        )
        for i, m in METRICS.items()
    },
    titled="metric",
)

CHARTS = on(
    "governance",
    Chart(
        title="Outcomes by governance model",
        question="Does the governance model go with outcomes?",
        subtitle="{noted[what]}; {organisations}, {as_of}",
        shows=OUTCOMES.by(outcomes, outcomes_finding),
        kind=Dots(
            "governance_model",
            "value",
            picked=PICKED,
            name="company_name",
            hollow="is_changed",
            range=Range("group_count", "group_median", "group_low", "group_high"),
        ),
        outside=True,
        note=f"Tick: median; rule: lowest to highest; hollow: changed model within the months counted. {SMALL_NUMBERS}",
        choices=(Choice(METRIC, "Outcome", metric_options),),
        scales=lambda frame, selection: _RESTS_ON.get(picked_metric(selection)[0], ()),
    ),
)
