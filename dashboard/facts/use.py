"""How much is used: curated counts and what feeds state, which of them is shown, and use before and after a day."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum
from typing import Any, NamedTuple

import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import once, once_each
from dashboard.data.store import Tables
from dashboard.facts import landscape, windows
from dashboard.look.theme import in_words, is_missing

#: Which rows are shown, in words.
RULE = "A count that a person read in a document stands before a feed’s of that day"
#: Measures that feeds state, in words.
MEASURES = {
    "openrouter_token_share": "Share of tokens on OpenRouter",  # nosec B105
    "openrouter_tokens": "Tokens a day on OpenRouter",
    "hf_downloads_30d": "Downloads in 30 days on Hugging Face",
    "hf_downloads_all": "Downloads so far on Hugging Face",
    "crux_rank": "Rank of the best product site",
    "registrations": "Entries in the state’s register so far",
}


def measure_words(metric: str) -> str:
    """A measure in words."""
    return MEASURES.get(metric, in_words(metric))


TRACKERS = {
    "openrouter": "OpenRouter",
    "model-pulse": "Model Pulse",
    "hf-models": "Hugging Face",
    "crux": "Chrome UX Report",
    "cac": "State register",
}
#: Said in place of the charts that only feeds fill.
NOT_FED = (
    "Shares of tokens, downloads of repositories and ranks of sites are counted day by day elsewhere; this edition of the "
    "data holds none of these counts."
)
#: Bands of tokens that belong to no company here.
LOOSE = ("not_here", "stealth", "other")
#: Days before and after a reorganisation that are looked at: half a year.
AROUND = 182
COLUMNS = [
    "company_id",
    "metric",
    "subject",
    "band",
    "tracker",
    "value",
    "unit",
    "use_date",
    "use_date_precision",
    "counted",
    "feed",
    "scale_version",
    "note",
    "confidence",
    "source_ids",
]


FED = ["company_id", "band", "metric", "value", "unit", "counted", "use_date", "use_date_precision", "feed", "scale_version",
       "confidence", "source_ids"]  # fmt: skip


def fed(tables: Tables) -> pd.DataFrame:
    """What feeds state; no row in a build of older code, which has no such table."""
    return (
        tables["feed_use"]
        if "feed_use" in tables
        else pd.DataFrame(columns=FED).astype({"use_date": "datetime64[us]"})
    )


@once_each
def counts(tables: Tables) -> pd.DataFrame:
    """Every count of use that is shown, by RULE; of two feeds of one measure the one with more days.

    Returns:
        company_id, metric, subject (product; empty for a feed's sum), band ("product", "own", "derivatives", "named",
        "sites" or "register"), tracker, value (shares in per cent), unit, use_date (first day of a vague one),
        use_date_precision, counted (things behind a feed's sum), feed and scale_version (null where curated), note,
        confidence, source_ids; by measure, company, subject, tracker and day. Tokens of nobody here are left out.
    """
    mine = tables["adoption"].dropna(subset=["value"])
    mine = mine.rename(
        columns={
            "product": "subject",
            "observed_date": "use_date",
            "observed_date_precision": "use_date_precision",
        }
    ).assign(band="product", counted=pd.NA, feed=None, scale_version=None)
    stated = fed(tables)
    stated = stated[stated["company_id"].notna() & ~stated["band"].isin(LOOSE)]
    said = set(zip(mine["company_id"], mine["metric"], mine["use_date"], strict=True))
    if said:
        told = zip(stated["company_id"], stated["metric"], stated["use_date"], strict=True)
        stated = stated[pd.Series([row not in said for row in told], index=stated.index, dtype=bool)]
    stated = _one_feed_each(stated)
    is_share = stated["unit"].eq("share")
    stated = stated.assign(
        subject="",
        tracker=stated["feed"].map(lambda f: TRACKERS.get(f, f)),
        value=stated["value"].mask(is_share, stated["value"] * 100),
        unit=stated["unit"].mask(is_share, "percent"),
        note=None,
    )
    parts = [p[COLUMNS].astype({"counted": "Int64"}) for p in (mine, stated) if len(p)]
    if not parts:
        return mine[COLUMNS]
    both = pd.concat(parts, ignore_index=True)
    keys = ["metric", "company_id", "subject", "band", "tracker", "use_date"]
    return both.sort_values(keys, kind="stable", na_position="first").reset_index(drop=True)


def _one_feed_each(stated: pd.DataFrame) -> pd.DataFrame:
    keys = ["company_id", "metric", "band"]
    days = stated.groupby([*keys, "feed"]).size().reset_index(name="_days")
    best = days.sort_values(["_days", "feed"], ascending=[False, True], kind="stable").drop_duplicates(keys)
    return stated.merge(best[[*keys, "feed"]], on=[*keys, "feed"])


def thinned(rows: pd.DataFrame, series: list[str]) -> pd.DataFrame:
    """Of each series the last count of each week; of one over more than a year, of each month: levels change slowly."""
    if rows.empty:
        return rows
    days = rows["use_date"]
    by = rows.groupby(series, dropna=False)["use_date"]
    span = (by.transform("max") - by.transform("min")).dt.days
    # The first day of 1970 was a Thursday; weeks begin on Monday.
    week = ((days - pd.Timestamp(0)).dt.days + 3) // 7
    month = days.dt.year * 12 + days.dt.month
    return rows[~rows.assign(_at=month.where(span > 366, week)).duplicated([*series, "_at"], keep="last")]


def shares_by_month(tables: Tables) -> pd.DataFrame:
    """Share of each company and loose band in the tokens of OpenRouter by month: the mean of its days as stated.

    A company without tokens on a day that was counted has zero on it: only the first fifty models are named, the rest
    is in "other".

    Returns:
        month (first day), band ("named" or one of LOOSE), company_id (null in loose bands), share_pct, days (days
        counted in the month), source_ids; by month, band and company. Empty where no feed was read.
    """
    rows = fed(tables)
    rows = rows[rows["metric"].eq("openrouter_token_share")]
    if rows.empty:
        return pd.DataFrame(columns=["month", "band", "company_id", "share_pct", "days", "source_ids"])
    rows = rows.assign(month=rows["use_date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]"))
    days = rows.groupby("month")["use_date"].nunique()
    by = rows.groupby(["month", "band", rows["company_id"].fillna("")], sort=True)
    made = by.agg(share=("value", "sum"), source_ids=("source_ids", "first")).reset_index()
    made["days"] = made["month"].map(days).astype("int64")
    made["share_pct"] = made["share"] * 100 / made["days"]
    made["company_id"] = made["company_id"].where(made["company_id"] != "")
    return made[["month", "band", "company_id", "share_pct", "days", "source_ids"]]


@once_each
def around(tables: Tables, metric: str) -> pd.DataFrame:
    """Use before and after each reorganisation, aligned on its day: the last count before it is 100.

    Taken are reorganisations known to the day, once a company and day, with a count of one series that ended before the
    day and one that began on it or after, both within AROUND days. Counts of a week are averaged. A count of a period
    that holds the day is neither before nor after it.

    Returns:
        company_id, event_date, event_title (of several of the day the first), week (full weeks from the day; negative
        before), index (100 is the last before), value, unit, counts (averaged), subject, tracker, before and after
        (weeks with a count), others (other reorganisations of the company within the window), event_source_ids,
        source_ids; newest reorganisation first, then by week.
    """
    rows = counts(tables)
    rows = rows[rows["metric"].eq(metric) & ~rows["band"].eq("derivatives")]
    of_company = _counts_of(rows)
    every = landscape.reorganisations(tables)
    exact = every[every["event_date_precision"].eq("day")].drop_duplicates(["company_id", "event_date"])
    exact = exact[exact["company_id"].isin(rows["company_id"])]
    days: dict[str, list[int]] = {}
    for cid, day in zip(every["company_id"].tolist(), cells.numbers(every["event_date"]), strict=True):
        if cid in of_company and day != cells.NO_DAY:
            days.setdefault(cid, []).append(day)
    found: list[dict[str, Any]] = []
    told = cells.rows(exact, "company_id", "title", "source_ids")
    for (cid, title, cited), day in zip(told, cells.numbers(exact["event_date"]), strict=True):
        weeks = _aligned(of_company[cid], day)
        if not weeks:
            continue
        others = {d for d in days[cid] if d != day and abs(d - day) <= _AROUND}
        event = {"company_id": cid, "event_date": day, "event_title": title, "others": len(others)}
        event["event_source_ids"] = cited
        found += [event | week for week in weeks]
    if not found:
        return pd.DataFrame(columns=_OF_WEEK)
    # Texts are texts where none of them is known, too.
    texts = ("company_id", "event_title", "unit", "subject", "tracker", "event_source_ids", "source_ids")
    frame = pd.DataFrame(found, columns=_OF_WEEK).astype(dict.fromkeys(texts, "str"))
    return frame.assign(event_date=frame["event_date"].to_numpy(dtype="int64").astype("datetime64[us]"))


_OF_WEEK = [
    "company_id", "event_date", "event_title", "week", "index", "value", "unit", "counts", "subject", "tracker",
    "before", "after", "others", "event_source_ids", "source_ids",
]  # fmt: skip
#: A day, and AROUND days, in microseconds.
_DAY = 86_400_000_000
_AROUND = AROUND * _DAY


class _Count(NamedTuple):
    """A count: the number of its series, its first day and its last one as `cells.numbers` gives them, and what it says."""

    series: int
    first: int
    last: int
    value: float
    unit: object
    subject: object
    tracker: object
    cell: str


def _counts_of(rows: pd.DataFrame) -> dict[str, list[_Count]]:
    """Counts of each company, in order; series are numbered in theirs."""
    series = rows.groupby(["subject", "band", "tracker"], dropna=False, sort=True).ngroup().tolist()
    both = zip(rows["use_date"], rows["use_date_precision"], strict=True)
    last = cells.numbers(pd.Series([windows.last_day(d, p) for d, p in both], dtype="datetime64[us]"))
    said = cells.rows(rows, "company_id", "value", "unit", "subject", "tracker", "source_ids")
    found: dict[str, list[_Count]] = {}
    for (cid, *words), of, first, end in zip(
        said, series, cells.numbers(rows["use_date"]), last, strict=True
    ):
        found.setdefault(cid, []).append(_Count(of, first, end, *words))
    return found


def _aligned(counts: list[_Count], day: int) -> list[dict[str, Any]]:
    """Weeks of the series with most counts around a day; none where no series has a count on both sides."""
    series: dict[int, tuple[list[_Count], list[_Count]]] = {}
    for one in counts:
        # A period is known at its end before the day, and from its first day on after it.
        if day - _AROUND <= one.last < day:
            series.setdefault(one.series, ([], []))[0].append(one)
        elif day <= one.first <= day + _AROUND:
            series.setdefault(one.series, ([], []))[1].append(one)
    sides = [series[n] for n in sorted(series) if all(series[n])]
    if not sides:
        return []
    before, after = max(sides, key=lambda both: len(both[0]) + len(both[1]))
    weeks: dict[int, list[_Count]] = {}
    # In the order of their table: of several of a week the first says what is counted.
    mine = {id(one): (one.last if one.last < day else one.first) for one in (*before, *after)}
    for one in counts:
        if id(one) in mine:
            weeks.setdefault((mine[id(one)] - day) // _DAY // 7, []).append(one)
    mean = {week: fsum(one.value for one in weeks[week]) / len(weeks[week]) for week in sorted(weeks)}
    base = mean[max(week for week in mean if week < 0)]
    if not base > 0:
        return []
    is_before = [week < 0 for week in mean]
    return [
        {
            "week": week,
            "index": value / base * 100,
            "value": value,
            "unit": _first(one.unit for one in weeks[week]),
            "counts": len(weeks[week]),
            "subject": _first(one.subject for one in weeks[week]),
            "tracker": _first(one.tracker for one in weeks[week]),
            "before": sum(is_before),
            "after": len(mean) - sum(is_before),
            "source_ids": "; ".join(dict.fromkeys("; ".join(one.cell for one in weeks[week]).split("; "))),
        }
        for week, value in mean.items()
    ]


def _first(words: Iterable[object]) -> object:
    """The first that is not missing."""
    return next((w for w in words if not is_missing(w)), None)


@once
def token_shares(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, windows.Measure]:
    """Mean share of the tokens of OpenRouter on the days counted in a span, in per cent; by company."""
    rows = fed(tables)
    rows = rows[rows["metric"].eq("openrouter_token_share") & rows["use_date"].between(first, last)]
    days = rows["use_date"].nunique()
    return {
        str(c): windows.Measure(
            float(mine["value"].sum()) * 100 / days, days, (str(mine["source_ids"].iloc[0]),)
        )
        for c, mine in rows.dropna(subset=["company_id"]).groupby("company_id")
    }


@once
def newest_own(tables: Tables, metric: str, first: pd.Timestamp) -> dict[str, windows.Measure]:
    """The newest count of what companies own, not older than a day; by company."""
    rows = counts(tables)
    rows = rows[rows["metric"].eq(metric) & rows["band"].eq("own") & (rows["use_date"] >= first)]
    return {
        str(r.company_id): windows.Measure(float(r.value), int(r.counted), (str(r.source_ids),))
        for r in rows.drop_duplicates("company_id", keep="last").itertuples()
    }


@once
def users(tables: Tables, first: pd.Timestamp) -> dict[str, windows.Measure]:
    """Monthly users of the most used product that is AI itself, by its newest count not older than a day; by company.

    Products that AI is only put into do not count. Where trackers count one product in the same period, the lowest
    count is taken.
    """
    rows = tables["adoption"]
    if "product_kind" not in rows:
        return {}
    rows = rows[
        rows["metric"].eq("monthly_users") & rows["product_kind"].eq("ai") & (rows["observed_date"] >= first)
    ]
    rows = rows.sort_values(["observed_date", "value"], ascending=[False, True], kind="stable")
    newest = rows.drop_duplicates(["company_id", "product"]).sort_values(
        "value", ascending=False, kind="stable"
    )
    number = rows["company_id"].value_counts()
    return {
        str(r.company_id): windows.Measure(
            float(r.value),
            int(number[r.company_id]),
            (str(r.source_ids),),
            str(r.product) + (f", by {r.tracker}" if isinstance(r.tracker, str) else ""),
        )
        for r in newest.drop_duplicates("company_id").itertuples()
    }


__all__ = [
    "AROUND",
    "LOOSE",
    "MEASURES",
    "RULE",
    "around",
    "counts",
    "newest_own",
    "shares_by_month",
    "thinned",
    "token_shares",
    "users",
]
