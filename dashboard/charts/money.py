"""Charts of money: what companies state to spend, plan and earn, now and over time."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.axes import Measure
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.rows import counted, ordered, placed, with_company
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data.cut import columns, once, once_each
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.freshness import is_stale
from dashboard.facts.metrics import PLAN_METRICS, metric_words, money
from dashboard.facts.prices import CURRENCY_WORDS
from dashboard.look.theme import format_count, in_sentence, in_words, is_missing, period_words, plural

# --- Money ---

#: Money that shows what a company puts into AI or earns from serving it, in order of preference at equal coverage.
MONEY_METRICS = ("capex", "cloud_revenue", "ai_and_cloud_capex", "ai_capex", "r_d_spend")
#: Lengths of periods, and how they are written.
PERIODS = {"quarter": r"\d{4}-Q[1-4]", "half-year": r"\d{4}-H[12]", "year": r"\d{4}"}


@functools.lru_cache(maxsize=2_000)
def _period_kind(period: str) -> str:
    return next((kind for kind, written in PERIODS.items() if re.fullmatch(written, period)), "other")


def _is_repeated(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Whether another value is stated for the same thing and period: one that is only said twice agrees."""
    return rows.groupby(keys)["value"].transform("nunique").gt(1)


@once_each
def _in_money(tables: Tables) -> pd.DataFrame:
    """Rows of MONEY_METRICS that state a currency and a quarter, half-year or year (`period_kind`)."""
    rows = tables["company_metrics"]
    rows = rows[rows["metric"].isin(MONEY_METRICS) & rows["currency"].notna() & rows["value"].notna()]
    rows = rows.assign(period_kind=[_period_kind(period) for period in rows["period"].tolist()])
    return rows[rows["period_kind"] != "other"]


COMPANY_METRICS = col.Frame(
    "organisations, largest value first",
    "confidence",
    "caveat",
    "is_outside",
    **col.WHO,
    metric="what is measured",
    period=col.said("period that the value is stated for, of the calendar", period_words),
    period_kind=col.key("length of the period: quarter, half-year or year"),
    period_end_date=col.day("last day of the period"),
    value=col.money("as stated, in whole currency units", "currency"),
    currency="currency of the value; never converted",
    note="what to know of the value",
)


def company_metrics(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One money metric, the latest value of each company, in one currency and one length of period.

    Of capital expenditure, cloud revenue and research spending, by quarter, half-year or year, the combination is taken
    that most companies state; currencies are never converted or mixed.
    """
    rows = with_company(tables, selection.basis, _latest_money(tables, selection.as_of))
    total, of_run = len(tables["companies"]), ["metric", "currency", "period_kind"]
    if rows.empty:
        return counted(COMPANY_METRICS.of(), total)
    covered = rows.groupby(of_run)["period_end_date"].agg(["size", "max"])

    def covers(run: tuple[Any, ...]) -> tuple[int, pd.Timestamp, int]:
        (metric, *_), companies, end = run
        return companies, end, -MONEY_METRICS.index(metric)

    (metric, currency, kind), *_ = max(covered.itertuples(name=None), key=covers)
    is_of_run = (rows["metric"] == metric) & (rows["currency"] == currency) & (rows["period_kind"] == kind)
    frame = COMPANY_METRICS.of(rows[is_of_run].assign(metric=metric_words(metric)))
    return counted(ordered(frame, "-value"), total, stated_in=CURRENCY_WORDS[currency])


@once_each
def _latest_money(tables: Tables, day: pd.Timestamp) -> pd.DataFrame:
    """The latest value of each company of `_in_money` by metric, currency and length of period, with `caveat` on a day; newest first."""
    rows = _in_money(tables)
    rows = rows[COMPANY_METRICS.among(rows, "company_id")]
    keys = ["company_id", "metric", "currency", "period_kind"]
    rows = rows.assign(_disputed=_is_repeated(rows, [*keys, "period"]))
    latest = ordered(rows, "-period_end_date").drop_duplicates(keys)
    read = (latest[c].tolist() for c in ("confidence", "_disputed", "period_end_date"))
    caveats = [
        marks.caveats(
            estimated=confidence == "low", disputed=disputed, stale=is_stale("company_metrics", end, day)
        )
        for confidence, disputed, end in zip(*read, strict=True)
    ]
    return latest.assign(caveat=pd.Series(caveats, latest.index, dtype="str"))


def company_metrics_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest against the second, where both state the same period, and clearly differ; else the largest, and when."""
    first = frame.iloc[0]
    measured, period = in_sentence(first["metric"]), period_words(first["period"])
    if len(frame) > 1 and first["period"] == (second := frame.iloc[1])["period"]:
        times = float(first["value"]) / float(second["value"]) if second["value"] else 0.0
        if times >= 1.15:
            return f"{first['company_name']} states {times:.1f} times the {measured} of {second['company_name']} for {period}"
    stated = money(float(first["value"]), first["currency"])
    # Others may state more, of a longer period: the title says of which ones the first is first.
    most = f" most {measured} by {first['period_kind']}" if len(frame) > 1 else f" {measured}"
    return f"{first['company_name']} states{most}: {stated}, {period}"


# --- Any metric over time ---

PANELS = 3


@functools.lru_cache(maxsize=2_000)
def _panel(period: str, unit: str, currency: object) -> str:
    """Unit and length of period of a value, which must not be mixed: "Yuan, by quarter"."""
    measured = in_words(unit).replace("Percent yoy", "Percent against the year before")
    if not is_missing(currency):
        measured = CURRENCY_WORDS[str(currency)]
    kind = _period_kind(period)
    return f"{measured[:1].upper()}{measured[1:]}, {'on single days' if kind == 'other' else f'by {kind}'}"


def metric_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Metrics of the tables, those that most companies state first; plans are no results and have a list of their own."""
    stated = _stated_by(tables)
    first = sorted(stated, key=lambda m: (m not in MONEY_METRICS, *(-n for n in stated[m]), m))
    return {m: f"{metric_words(m)} ({plural(stated[m][0], 'company')})" for m in first}


@once
def _stated_by(tables: Tables) -> dict[str, tuple[int, int]]:
    """How many companies state each metric that is no plan, and how often."""
    rows = columns(tables, "company_metrics", "metric", "company_id", "value")
    shown = set(tables["companies"]["company_id"].tolist())
    stated: dict[str, list[str]] = {}
    for metric, cid, is_stated in zip(
        rows["metric"].tolist(), rows["company_id"].tolist(), rows["value"].notna().tolist(), strict=True
    ):
        if is_stated and cid in shown:
            stated.setdefault(metric, []).append(cid)
    return {m: (len(set(ids)), len(ids)) for m, ids in stated.items() if m not in PLAN_METRICS}


METRIC = "metrics.metric"
CHOOSE_METRIC = Choice(METRIC, "Metric", metric_options)
METRICS_OVER_TIME = col.Frame(
    "values as stated; panels with most companies first, companies by newest value, days ascending",
    "caveat",
    "is_outside",
    **col.WHO,
    metric="what is measured",
    panel=col.text("currency or unit, and length of period: what must not be mixed", "Unit"),
    currency=col.key("currency of the value; empty for other units"),
    period=col.said("period that the value is stated for, of the calendar", period_words),
    period_end_date=col.day("last day of the period", "Period ends"),
    value=col.number("as stated, in whole units"),
    note="what to know of the value",
    confidence=col.KNOWN,
    is_repeated=col.flag("another value is stated for the same period"),
)


def metrics_over_time(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One metric of every company over time, as stated.

    Values of another currency, unit or length of period stand in another panel; nothing is converted or added up.
    """
    total = len(tables["companies"])
    metric = CHOOSE_METRIC.picked(tables, selection)
    rows = tables["company_metrics"]
    rows = rows[(rows["metric"] == metric) & rows["value"].notna()]
    rows = with_company(tables, selection.basis, rows[METRICS_OVER_TIME.among(rows, "company_id", "unit")])
    if rows.empty:
        return counted(METRICS_OVER_TIME.of(), total)
    rows = rows.assign(panel=list(map(_panel, *(rows[c].tolist() for c in ("period", "unit", "currency")))))
    size = rows.groupby("panel")["company_id"].agg(["nunique", "size"])
    panels = ordered(size, "-nunique", "-size").index[:PANELS]
    rows = rows[rows["panel"].isin(panels)].assign(metric=metric_words(metric))
    rows["is_repeated"] = _is_repeated(rows, ["company_id", "panel", "period"])
    rows["caveat"] = marks.caveat_cells(rows, disputed=rows["is_repeated"])
    newest = ordered(rows, "period_end_date").groupby(["panel", "company_id"])["value"].transform("last")
    rows = rows.assign(_panel=placed(rows["panel"], panels), _newest=newest)
    rows = ordered(rows, "_panel", "-_newest", "company_name", "period_end_date", "value")
    return counted(rows[METRICS_OVER_TIME.names], total)


def _stated(value: float, row: Mapping[str, Any]) -> str:
    if not is_missing(row["currency"]):
        return money(value, str(row["currency"]))
    if str(row["panel"]).startswith("Percent"):
        return f"{value:.0f} %"
    return format_count(value)


def metrics_over_time_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest newest value of the first panel, and how it moved since the same company's value a year before."""
    part = frame[frame["panel"] == frame["panel"].iloc[0]]
    name = part["company_name"].iloc[0]
    mine = part[part["company_name"] == name].drop_duplicates("period_end_date", keep="last")
    last = mine.iloc[-1]
    amount = _stated(float(last["value"]), last.to_dict())
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


CHARTS = on(
    "companies",
    Chart(
        title="Money behind AI",
        question="How much do companies put into AI, or earn from the cloud?",
        subtitle="{first.metric}, {noted[stated_in]}, latest {first.period_kind} that each company states; {organisations:disclose it by {first.period_kind}}; {as_of}",
        shows=COMPANY_METRICS.by(company_metrics, company_metrics_finding),
        kind=Bars("company_name", "value", "governance_model", behind=("period",)),
        note="Periods are calendar periods; currencies are not converted. Faint: more than a year older than the newest.",
    ),
    Chart(
        title="Company metrics over time",
        question="How do spending, revenue and use grow?",
        subtitle="{first.metric} as stated, one currency or unit a panel, nothing converted; {organisations:state it}; {as_of}",
        shows=METRICS_OVER_TIME.by(metrics_over_time, metrics_over_time_finding),
        kind=Lines(
            "period_end_date", "value", panel="panel", ends="period", measure=Measure(_stated, zero=True)
        ),
        # PowerPoint draws one axis: the panels' currencies must not share it.
        note="A mark stands at the end of its calendar period. Grey: outside China.",
        choices=(CHOOSE_METRIC,),
    ),
)
