"""Use by company and day, from the feed rows held: what a build takes of feeds without a person (`policy.SHOWN_UNATTENDED`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from etl.feeds.store import Store
from etl.schema import Frames, empty
from etl.source_strength import kind_and_strength
from etl.tables.measures import FEED_USE, FIRM_BANDS, MEASURES

#: Days after which a repository or account that a feed no longer lists counts as gone; before, the day is incomplete.
GONE = pd.Timedelta(days=14)
#: Measures that are summed over what a company has; of ranks the best counts.
BEST = ("crux_rank",)


def state_hash(folder: Path | None) -> str:
    """Digits that change with what feeds brought; "" where there is none."""
    states = sorted(folder.glob("*/state.json")) if folder else []
    digest = hashlib.sha256()
    for path in states:
        digest.update(path.parent.name.encode() + path.read_bytes())
    return digest.hexdigest() if states else ""


def use_of_feeds(folder: Path, frames: Frames) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What feeds state of the use of our companies, by day, and the documents it rests on.

    A company's day counts where all accounts that the feed has of it around that day are there; else the sum would
    fall for want of a row. Tokens of models under cover, of all others, and of makers that are not here stay bands of
    their own, so that the shares of a day are those that were stated.

    Args:
        folder: Where feed rows live.
        frames: sources, and the tables that names are looked up in, typed.

    Returns:
        Rows of `feed_use` by key, and rows of `sources` for the feeds among them; both empty where nothing was read.

    Raises:
        FeedError: rows that are held cannot be read.
    """
    store = Store(folder)
    front = ["feed", "upstream_version", "read_at", "organization", "name", "company_id", "day"]
    usage = store.rows("usage", columns=[*front, "metric", "value", "band"])
    entries = store.rows("registrations", columns=front)
    if len(usage) or len(entries):
        usage, entries = _by_names_of_today(usage, entries, frames)
    known = set(frames["companies"]["company_id"])
    parts = [p for p in (_stated(usage, known), _entries(entries, known)) if len(p)]
    if not parts:
        return empty(FEED_USE), frames["sources"].iloc[:0]
    rows = pd.concat(parts, ignore_index=True)
    sources, cited = _sources(rows, frames["sources"])
    rows = rows.assign(
        unit=rows["metric"].map(MEASURES),
        use_date_precision=rows["metric"].map(lambda m: "month" if m in BEST else "day"),
        confidence="reported",
        source_ids=rows["feed"].map(cited),
        use_id=[_key(r) for r in rows.itertuples()],
    )
    typed = empty(FEED_USE).dtypes.to_dict()
    rows = rows[list(typed)].astype(typed)
    return rows.sort_values("use_id", kind="stable").reset_index(drop=True), sources


def _by_names_of_today(
    usage: pd.DataFrame, entries: pd.DataFrame, frames: Frames
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows with the company that a name leads to now, whatever it led to when they were read."""
    # The suggestions for names are for reviews: a build without feed rows needs none of it.
    from etl.feeds.resolve import Names

    names = Names(frames)
    usage = names.resolved(usage)
    # An account of the Hub is ours where it is known as one: "Seed" or "Spark" may be anybody's.
    account = usage["name"].astype("string").str.partition("/")[0]
    is_account = usage["metric"].astype("string").str.startswith("hf_") & usage["band"].eq("own")
    usage["company_id"] = usage["company_id"].where(~is_account, account.map(names.namespaces)).astype(object)
    return usage, names.resolved(entries)


def _key(r: object) -> str:
    who = r.company_id if isinstance(r.company_id, str) else "all"  # type: ignore[attr-defined]
    return f"{who}-{r.metric}-{r.band}-{r.feed}-{r.use_date:%Y-%m-%d}"  # type: ignore[attr-defined]


def _stated(rows: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    rows = rows[rows["metric"].isin(MEASURES) & rows["value"].notna() & rows["day"].notna()]
    rows = rows.assign(
        use_date=pd.to_datetime(rows["day"], errors="coerce"),
        band=rows["band"].fillna("sites"),
        company_id=rows["company_id"].where(rows["company_id"].isin(known)),
    )
    rows = rows[rows["use_date"].notna() & (rows["value"] >= 0)]
    # What stands under cover has no maker, whatever its name is like.
    rows["company_id"] = rows["company_id"].where(~rows["band"].isin(["stealth", "other"]))
    rows["band"] = rows["band"].mask(rows["band"].eq("named") & rows["company_id"].isna(), "not_here")
    rows = rows[rows["company_id"].notna() | ~rows["band"].isin(FIRM_BANDS)]
    return pd.concat([pd.DataFrame(), *_sums(rows)], ignore_index=True)


def _sums(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for (feed, metric, band), group in rows.groupby(["feed", "metric", "band"], sort=True):
        by = group.groupby([group["company_id"].fillna(""), "use_date"], sort=True)
        made = by.agg(
            value=("value", "min" if metric in BEST else "sum"),
            counted=("name", "nunique"),
            scale_version=("upstream_version", "max"),
            read_at=("read_at", "max"),
        ).reset_index()
        if band in ("own", "derivatives"):
            whole = _whole_days(group, by_account=band == "own")
            stated = zip(made["company_id"], made["use_date"], strict=True)
            made = made[pd.Series([row in whole for row in stated], index=made.index, dtype=bool)]
        made["company_id"] = made["company_id"].where(made["company_id"] != "")
        yield made.assign(feed=feed, metric=metric, band=band)


def _whole_days(rows: pd.DataFrame, by_account: bool) -> set[tuple[str, pd.Timestamp]]:
    """Company and day of which no account (or family) is missing that is there before and after, or was until lately."""
    names = rows["name"].astype(str)
    part = names.str.partition("/")[0] if by_account else names
    seen = rows.assign(_part=part).drop_duplicates(["company_id", "_part", "use_date"])
    found: set[tuple[str, pd.Timestamp]] = set()
    for company, mine in seen.groupby("company_id"):
        there = mine.assign(_=True).pivot(index="use_date", columns="_part", values="_").notna()
        days = there.index.to_series()
        first = mine.groupby("_part")["use_date"].min()
        last = mine.groupby("_part")["use_date"].max() + GONE
        whole = pd.Series(True, index=there.index)
        for name in there.columns:
            whole &= there[name] | (days < first[name]) | (days > last[name])
        found |= {(str(company), d) for d in whole.index[whole]}
    return found


def _entries(rows: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Entries of the register so far, by company, on the days on which one came."""
    rows = rows[rows["company_id"].isin(known)]
    day = pd.to_datetime(rows["day"], errors="coerce")
    rows = rows.assign(use_date=day)[day.notna()]
    if rows.empty:
        return pd.DataFrame()
    made = (
        rows.groupby(["feed", "company_id", "use_date"], sort=True)
        .agg(counted=("day", "size"), scale_version=("upstream_version", "max"), read_at=("read_at", "max"))
        .reset_index()
    )
    so_far = made.groupby(["feed", "company_id"])["counted"].cumsum()
    return made.assign(
        metric="registrations", band="register", value=so_far.astype("float64"), counted=so_far
    )


def _sources(rows: pd.DataFrame, curated: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Documents of the feeds: the curated one of the same address, else a row made of the feed's declaration."""
    # Feeds are declared for refreshes: a build without their rows needs none of it.
    from etl.feeds.upstream import FEEDS

    of_address = dict(zip(curated["url"], curated["source_id"], strict=True))
    cited, made = {}, []
    for name, mine in rows.groupby("feed", sort=True):
        feed = FEEDS.get(str(name))
        url = feed.page if feed else f"urn:feed:{name}"
        cited[str(name)] = of_address.get(url, f"feed-{name}")
        if url in of_address:
            continue
        publisher, _, title = (feed.title if feed else str(name)).partition(": ")
        stated = kind_and_strength(url)
        made.append(
            {
                "source_id": f"feed-{name}",
                "publisher": publisher,
                "title": f"[{(title or publisher)[:1].upper()}{(title or publisher)[1:]}]",
                "url": url,
                "published_date": mine["use_date"].min(),
                "published_date_precision": "day",
                "accessed_date": pd.Timestamp(str(mine["read_at"].max())[:10]),
                "kind": stated[0] if stated else "dataset",
                "license": feed.licence if feed else None,
                "language": "en",
                "note": f"Read as a feed. {feed.attribution}. Not told by it: {feed.never}" if feed else None,
            }
        )
    sources = pd.DataFrame(made, columns=list(curated.columns)).astype(curated.dtypes.to_dict())
    return sources, cited


__all__ = ["GONE", "state_hash", "use_of_feeds"]
