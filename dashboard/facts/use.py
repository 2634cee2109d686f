"""How much is used: curated counts and what feeds state, which of them is shown, and use before and after a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.data.cut import once, once_each
from dashboard.data.store import Tables
from dashboard.facts import landscape, windows
from dashboard.look.theme import in_words

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
    ends = [windows.last_day(d, p) for d, p in zip(rows["use_date"], rows["use_date_precision"], strict=True)]
    rows = rows.assign(_end=pd.Series(ends, index=rows.index, dtype="datetime64[us]"))
    all_events = landscape.reorganisations(tables)
    exact = all_events[all_events["event_date_precision"].eq("day")]
    exact = exact.drop_duplicates(["company_id", "event_date"])
    found = []
    of_company = dict(list(rows.groupby("company_id", sort=False)))
    for event in exact[exact["company_id"].isin(rows["company_id"])].itertuples():
        own = of_company[event.company_id]
        # Most reorganisations have no count near them.
        if not all(near.any() for near in _near(own, event.event_date)):
            continue
        one = _aligned(own, event.event_date)
        if one.empty:
            continue
        gaps = (all_events["event_date"] - event.event_date).abs()
        near = all_events[
            (all_events["company_id"] == event.company_id) & (gaps <= pd.Timedelta(days=AROUND))
        ]
        others = near.loc[near["event_date"] != event.event_date, "event_date"].nunique()
        found.append(
            one.assign(
                company_id=event.company_id,
                event_date=event.event_date,
                event_title=event.title,
                others=others,
                event_source_ids=event.source_ids,
            )
        )
    columns = [
        "company_id", "event_date", "event_title", "week", "index", "value", "unit", "counts", "subject", "tracker",
        "before", "after", "others", "event_source_ids", "source_ids",
    ]  # fmt: skip
    if not found:
        return pd.DataFrame(columns=columns)
    return pd.concat(found, ignore_index=True)[columns]


def _near(rows: pd.DataFrame, day: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Which counts ended before a day, and which began on it or after, both within AROUND days of it."""
    ends, starts, at = rows["_end"].to_numpy(), rows["use_date"].to_numpy(), day.to_datetime64()
    span = np.timedelta64(AROUND, "D")
    return (ends < at) & (ends >= at - span), (starts >= at) & (starts <= at + span)


def _aligned(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Weeks of the series with most counts around a day; no row where none has a count on both sides."""
    is_before, is_after = _near(rows, day)
    # A period is known at its end before the day, and from its first day on after it.
    at = rows["_end"].where(is_before, rows["use_date"])
    rows = rows.assign(week=(at - day).dt.days // 7, _before=is_before)[is_before | is_after]
    best = pd.DataFrame()
    for _, series in rows.groupby(["subject", "band", "tracker"], dropna=False, sort=True):
        if series["_before"].any() and not series["_before"].all() and len(series) > len(best):
            best = series
    if best.empty:
        return best
    weeks = (
        best.groupby("week", sort=True)
        .agg(
            value=("value", "mean"),
            counts=("value", "size"),
            unit=("unit", "first"),
            subject=("subject", "first"),
            tracker=("tracker", "first"),
            source_ids=("source_ids", lambda cells: "; ".join(dict.fromkeys("; ".join(cells).split("; ")))),
        )
        .reset_index()
    )
    base = float(weeks.loc[weeks["week"] < 0, "value"].iloc[-1])
    if not base > 0:
        return weeks.iloc[:0]
    return weeks.assign(
        index=weeks["value"] / base * 100,
        before=int((weeks["week"] < 0).sum()),
        after=int((weeks["week"] >= 0).sum()),
    )


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
