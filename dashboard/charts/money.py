"""Charts of money: what companies state to spend, plan and earn, now and over time."""

from __future__ import annotations

import re

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.axes import Measure
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.rows import companies_of, counted, n_of, of_companies, with_company
from dashboard.charts.spec import Chart, Choice
from dashboard.data.cut import once_each
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.freshness import is_stale
from dashboard.facts.metrics import PLAN_METRICS, metric_words, money
from dashboard.look.theme import (
    format_count,
    format_day,
    in_sentence,
    in_words,
    is_missing,
    period_words,
    plural,
)

# --- Money ---

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


@once_each
def _in_money(tables: Tables) -> pd.DataFrame:
    """Rows of MONEY_METRICS that state a currency and a quarter, half-year or year (`period_kind`)."""
    rows = tables["company_metrics"]
    rows = rows[rows["metric"].isin(MONEY_METRICS) & rows["currency"].notna() & rows["value"].notna()]
    rows = rows.assign(period_kind=[_period_kind(str(p)) for p in rows["period"]])
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
    rows = with_company(tables, selection.basis, _in_money(tables))
    total = len(tables["companies"])
    if rows.empty:
        return counted(COMPANY_METRICS.of(), total)
    place = {m: i for i, m in enumerate(MONEY_METRICS)}
    by: dict[tuple[str, str, str], list[tuple[str, pd.Timestamp]]] = {}
    key = ("metric", "currency", "period_kind", "company_id", "period_end_date")
    for metric, currency, kind, company, end in zip(*(rows[c].tolist() for c in key), strict=True):
        by.setdefault((metric, currency, kind), []).append((company, end))
    metric, currency, kind = max(
        sorted(by),
        key=lambda one: (len({c for c, _ in by[one]}), max(end for _, end in by[one]), -place[one[0]]),
    )
    rows = rows[(rows["metric"] == metric) & (rows["currency"] == currency) & (rows["period_kind"] == kind)]
    rows = rows.assign(is_repeated=_is_repeated(rows, ["company_id", "period"]))
    rows = rows.sort_values("period_end_date", ascending=False, kind="stable").drop_duplicates("company_id")
    rows = rows.assign(
        metric=metric_words(metric),
        caveat=[
            marks.caveats(
                estimated=r.confidence == "low",
                disputed=r.is_repeated,
                stale=is_stale("company_metrics", r.period_end_date, selection.as_of),
            )
            for r in rows[["confidence", "is_repeated", "period_end_date"]].itertuples(index=False)
        ],
    )
    return counted(rows.sort_values("value", ascending=False, kind="stable")[COMPANY_METRICS.names], total)


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


def company_metrics_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Metric, currency, period and how many disclose."""
    row = frame.iloc[0]
    currency = {"CNY": "yuan", "USD": "US dollars", "HKD": "Hong Kong dollars", "EUR": "euros"}[
        row["currency"]
    ]
    scope = n_of(frame, "organisation", f"disclose it by {row['period_kind']}", len(frame))
    return (
        f"{row['metric']}, {currency}, latest {row['period_kind']} that each company states; {scope}; as of "
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
    known = set(tables["companies"]["company_id"].tolist())
    rows = tables["company_metrics"]
    by: dict[str, list[str]] = {}
    for company, metric, value in zip(
        *(rows[c].tolist() for c in ("company_id", "metric", "value")), strict=True
    ):
        if company in known and metric not in PLAN_METRICS and not is_missing(value):
            by.setdefault(metric, []).append(company)
    counts = {m: (m in MONEY_METRICS, len(set(mine)), len(mine)) for m, mine in sorted(by.items())}
    return {
        m: f"{metric_words(m)} ({plural(counts[m][1], 'company')})"
        for m in sorted(counts, key=lambda m: counts[m], reverse=True)
    }


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
    options = metric_options(tables, selection)
    total = len(tables["companies"])
    metric = selection.pick(METRIC)
    metric = metric if metric in options else next(iter(options), "")
    rows = of_companies(tables, selection.basis, "company_metrics")
    rows = rows[(rows["metric"] == metric) & rows["value"].notna()]
    if rows.empty:
        return counted(METRICS_OVER_TIME.of(), total)
    rows = _with_kinds(rows)
    size = rows.groupby("panel").agg(companies=("company_id", "nunique"), rows=("company_id", "size"))
    order = size.sort_values(["companies", "rows"], ascending=False, kind="stable").index[:PANELS]
    panel = {p: i for i, p in enumerate(order)}
    rows = rows[rows["panel"].isin(panel)]
    rows = rows.assign(
        metric=metric_words(metric),
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
    return counted(rows[METRICS_OVER_TIME.names], total)


def _stated(value: float, currency: object, panel: str) -> str:
    if not is_missing(currency):
        return money(value, str(currency))
    if panel.startswith("Percent"):
        return f"{value:.0f} %"
    return format_count(value)


def metrics_over_time_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest newest value of the first panel, and how it moved since the same company's value a year before."""
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
    return (
        f"{frame['metric'].iloc[0]} as stated, one currency or unit a panel, nothing converted; "
        f"{companies_of(frame, 'state it')}; as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="company-metrics",
        topic="companies",
        title="Money behind AI",
        question="How much do companies put into AI, or earn from the cloud?",
        subtitle=company_metrics_subtitle,
        data=company_metrics,
        columns=COMPANY_METRICS,
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
        data=metrics_over_time,
        columns=METRICS_OVER_TIME,
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
)
