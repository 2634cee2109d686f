"""Charts of use: over time, own against derivatives, tokens by band, sites, and around reorganisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.axes import Measure
from dashboard.charts.kinds.bars import Columns
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.table import Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import companies_of, counted, with_company
from dashboard.charts.spec import Chart, Choice
from dashboard.data.cut import everyone
from dashboard.data.selection import Selection, is_home
from dashboard.data.store import Tables
from dashboard.facts import landscape, use
from dashboard.look.scales import TOKEN_BANDS
from dashboard.look.theme import format_count, format_day, format_percent, in_words, plural

MEASURE, AROUND_MEASURE = "use.measure", "use-around.measure"
#: What is said where there is nothing to draw.
FED = "It is counted by the feed “{}” alone, of which this edition of the data holds nothing."
#: Measures that fall where use grows, or that have a chart of their own.
APART = ("crux_rank", "openrouter_tokens")


def measure_words(metric: str) -> str:
    """A measure in words."""
    return use.MEASURES.get(metric, in_words(metric))


def _said(value: float, row: Mapping[str, Any]) -> str:
    if row["unit"] == "percent":
        return format_percent(value, 1)
    return format_count(value) if value >= 1000 else f"{value:,.0f}"


def _series(rows: pd.DataFrame) -> list[str]:
    """What a line counts: the company of a feed's sum; the product, and who counted it where several do."""
    who = rows.assign(tracker=rows["tracker"].fillna("")).groupby(["company_id", "metric", "subject"])[
        "tracker"
    ]
    several = who.transform("nunique") > 1
    names = []
    for name, band, subject, tracker, many in zip(
        rows["company_name"], rows["band"], rows["subject"], rows["tracker"], several, strict=True
    ):
        said = subject if band == "product" else name if band != "derivatives" else f"{name}, derivatives"
        by = tracker if isinstance(tracker, str) else "counter not named"
        names.append(f"{said}, {by}" if many else said)
    return names


# --- Over time ---


def measure_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Measures that somebody has two days of; those of most series first."""
    rows, known = use.counts(tables), set(tables["companies"]["company_id"])
    days: dict[tuple[str, ...], set[pd.Timestamp]] = {}
    read = ("metric", "company_id", "subject", "band", "tracker", "use_date")
    for *line, day in zip(*(rows[c].tolist() for c in read), strict=True):
        if line[1] in known and line[0] not in APART:
            days.setdefault(tuple(map(str, line)), set()).add(day)
    long = Counter(line[0] for line, found in days.items() if len(found) > 1)
    return {
        m: f"{measure_words(m)} ({plural(n, 'line')})"
        for m, n in sorted(long.items(), key=lambda one: (-one[1], one[0]))
    }


USE_OVER_TIME = col.Frame(
    "counts; lines by their newest count, days ascending; weekly where dense, monthly beyond a year",
    "confidence",
    "caveat",
    "is_outside",
    series_name=col.text("product and who counted it, or the company where a feed counts all of it", "Line"),
    **col.WHO,
    measure=col.text("what is counted"),
    use_date=col.day("day, or first day of the period, that was counted", "Day", exact="use_date_precision"),
    use_date_precision=col.KNOWN,
    value=col.number("as counted"),
    unit=col.key("unit of the value"),
    tracker=col.text("who counted", "Counted by"),
    counted=col.count("thing", "repositories, models or entries behind a feed’s sum", "Behind it"),
    scale_version=col.text("edition of the feed’s file", "Edition"),
    note="what to know of the count",
)


def use_over_time(tables: Tables, selection: Selection) -> pd.DataFrame:
    """One measure of use over time, a line a product and counter, or a company where a feed counts all of it."""
    options = measure_options(tables, selection)
    asked = selection.pick(MEASURE)
    metric = asked if asked in options else next(iter(options), "")
    rows = use.counts(tables)
    rows = with_company(tables, selection.basis, rows[rows["metric"].eq(metric)])
    total = len(tables["companies"])
    if rows.empty:
        return counted(USE_OVER_TIME.of(), total)
    rows = rows.assign(series_name=_series(rows), measure=measure_words(metric))
    rows = use.thinned(rows, ["company_id", "series_name"])
    rows = rows[rows.groupby("series_name")["use_date"].transform("nunique") > 1]
    newest = rows.groupby("series_name")["value"].last()
    rows = rows.assign(
        caveat=pd.Series(
            [marks.caveats(estimated=c == "low") for c in rows["confidence"]], index=rows.index, dtype="str"
        ),
        _newest=rows["series_name"].map(newest),
    )
    rows = rows.sort_values(
        ["_newest", "series_name", "use_date"], ascending=[False, True, True], kind="stable"
    )
    return counted(rows[USE_OVER_TIME.names].reset_index(drop=True), total)


def use_over_time_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest newest count, and how it stands to the first of the same line."""
    mine = frame[frame["series_name"] == frame["series_name"].iloc[0]]
    first, last = mine.iloc[0], mine.iloc[-1]
    if not first["value"] > 0:
        return ""
    before = format_day(first["use_date"], first["use_date_precision"])
    on = "on" if first["use_date_precision"] == "day" else "in"
    return f"{last['series_name']}: {_said(last['value'], last)}, after {_said(first['value'], first)} {on} {before}"


def use_over_time_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Measure, how many of how many, since when it is recorded, and which editions."""
    since = frame.sort_values("use_date", kind="stable").iloc[0]
    return (
        f"{frame['measure'].iloc[0]} as counted, recorded since {format_day(since['use_date'], since['use_date_precision'])}; "
        f"{plural(frame['series_name'].nunique(), 'line')} of {companies_of(frame)} with two counts or more{_edition(frame)}; as of "
        f"{format_day(selection.as_of)}"
    )


def _edition(frame: pd.DataFrame) -> str:
    """Which edition of a feed's file the newest row rests on; "" where documents were read by a person."""
    known = frame.dropna(subset=["scale_version"])
    if known.empty:
        return ""
    last = known.sort_values("use_date", kind="stable").iloc[-1]
    return f"; {last['tracker']}, edition {str(last['scale_version'])[:16]}"


# --- Own repositories and what others made of them ---

OWN_DERIVATIVES = col.Frame(
    "organisations with both counts on one day, most downloaded first",
    "is_outside",
    "confidence",
    **col.WHO,
    own_downloads=col.number(
        "downloads in 30 days of own repositories", heading="Own repositories, downloads in 30 days"
    ),
    derived_downloads=col.number(
        "downloads in 30 days of families of own models", heading="Families, downloads in 30 days"
    ),
    times=col.number("families’ downloads for one of own repositories"),
    use_date=col.day("day of both counts", "Day"),
    own_counted=col.count("account", "accounts counted"),
    derived_counted=col.count("family", "families counted"),
    tracker=col.text("who counted", "Counted by"),
    scale_version=col.text("edition of the feed’s file", "Edition"),
)


def own_derivatives(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Downloads in thirty days of own repositories and of families of own models, on the newest day that has both."""
    rows = use.counts(tables)
    rows = rows[rows["metric"].eq("hf_downloads_30d")]
    keys = ["company_id", "use_date"]
    own = rows[rows["band"].eq("own")]
    derived = rows[rows["band"].eq("derivatives")][[*keys, "value", "counted"]]
    both = own.merge(derived, on=keys, suffixes=("", "_derived"))
    both = both[(both["value"] > 0) & (both["value_derived"] > 0)].drop_duplicates("company_id", keep="last")
    both = with_company(tables, selection.basis, both)
    both = both.assign(times=both["value_derived"] / both["value"]).rename(
        columns={
            "value": "own_downloads",
            "value_derived": "derived_downloads",
            "counted": "own_counted",
            "counted_derived": "derived_counted",
        }
    )
    both = both.sort_values(["own_downloads", "company_name"], ascending=[False, True], kind="stable")
    return counted(both[OWN_DERIVATIVES.names].reset_index(drop=True), len(tables["companies"]))


def own_derivatives_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who is most used through what others made."""
    if len(frame) < 2:
        return ""
    most = frame.loc[frame["times"].idxmax()]
    return (
        f"Families of {most['company_name']}’s models are downloaded {most['times']:.1f} times as often as its own "
        "repositories"
    )


def own_derivatives_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, day, how many."""
    return (
        f"Downloads in 30 days, of own repositories and of families of the models recorded here, on "
        f"{format_day(frame['use_date'].max())}; {companies_of(frame)}"
        f"{_edition(frame)}"
    )


# --- Tokens by band ---


TOKENS_BY_BAND = col.Frame(
    "months and bands, months ascending",
    month=col.text("month", "Month"),
    band=col.of_scale(TOKEN_BANDS, "whose models the tokens went through", "Band"),
    share_pct=col.percent("mean share of the tokens of a day", "Share of tokens"),
    days=col.count("day", "days of the month that are recorded", "Days"),
    companies=col.names("organisations of the band and their shares", "Of which"),
)


def tokens_by_band(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Share of OpenRouter's tokens by month: China, elsewhere, makers not recorded, under cover, and all others."""
    whole = everyone(tables)
    rows = use.shares_by_month(whole)
    companies = whole["companies"]
    home = set(companies.loc[is_home(companies), "company_id"])
    names = companies.set_index("company_id")["company_name"]
    made = []
    for month, mine in rows.groupby("month", sort=True):
        bands = mine["band"].where(
            mine["band"].ne("named"), mine["company_id"].isin(home).map({True: "home", False: "outside"})
        )
        for value in TOKEN_BANDS.values:
            part = mine[bands.eq(value.id)].sort_values("share_pct", ascending=False, kind="stable")
            if part.empty:
                continue
            who = part.dropna(subset=["company_id"])
            made.append(
                {
                    "month": f"{month:%b %Y}",
                    "band": value.word,
                    "share_pct": float(part["share_pct"].sum()),
                    "days": int(part["days"].iloc[0]),
                    "companies": ", ".join(
                        f"{names[c]} {s:.1f} %"
                        for c, s in zip(who["company_id"], who["share_pct"], strict=True)
                        if c in names
                    ),
                    "source_ids": joined_sources(*part["source_ids"]),
                }
            )
    return TOKENS_BY_BAND.of(made).astype({"share_pct": "float64"})


def tokens_by_band_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The share of organisations in China in the newest month, and what of the rest is unknown."""
    last = frame[frame["month"] == frame["month"].iloc[-1]].set_index("band")["share_pct"]
    home = last.get(TOKEN_BANDS.of("home").word, 0.0)
    hidden = last.get(TOKEN_BANDS.of("stealth").word, 0.0) + last.get(TOKEN_BANDS.of("other").word, 0.0)
    return (
        f"Models of organisations in China have {home:.0f} % of OpenRouter’s tokens in {frame['month'].iloc[-1]}; of "
        f"{hidden:.0f} % nobody says whose they are"
    )


def tokens_by_band_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, that nothing is renormalised, how many days."""
    days = 0 if frame.empty else int(frame.drop_duplicates("month")["days"].sum())
    return (
        f"Share of the tokens of a day as stated, mean of the days of each month, never renormalised; "
        f"{plural(days, 'day')} recorded, as of {format_day(selection.as_of)}"
    )


# --- Sites ---


SITE_RANKS = col.Frame(
    "organisations, best rank first",
    "confidence",
    "is_outside",
    **col.WHO,
    rank=col.number("bucket of rank: 5,000 says among the first 5,000", heading="Among the first"),
    month=col.text("month of it", "Month"),
    first_rank=col.number("the same in the first month recorded", heading="At first among"),
    first_month=col.text("that month", "First month"),
    sites=col.count("site", "sites counted, of which the best is taken", "Sites"),
    months=col.count("month", "months recorded", "Months"),
)


def site_ranks(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Bucket of rank of the best site of each company, in the newest month and in the first recorded."""
    rows = use.counts(tables)
    rows = with_company(tables, selection.basis, rows[rows["metric"].eq("crux_rank")])
    made = []
    for _, mine in rows.groupby("company_id", sort=True):
        first, last = mine.iloc[0], mine.iloc[-1]
        made.append(
            {
                **{c: last[c] for c in SITE_RANKS.names if c in last},
                "rank": float(last["value"]),
                "month": format_day(last["use_date"], "month"),
                "first_rank": float(first["value"]),
                "first_month": format_day(first["use_date"], "month"),
                "sites": int(last["counted"]),
                "months": len(mine),
            }
        )
    frame = SITE_RANKS.of(made).astype({"rank": "float64", "first_rank": "float64"})
    frame = frame.sort_values(["rank", "company_name"], kind="stable").reset_index(drop=True)
    return counted(frame, len(tables["companies"]))


def site_ranks_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who stands in the best bucket."""
    best = frame[frame["rank"] == frame["rank"].min()]
    if len(best) > 3:
        return ""
    return f"{', '.join(best['company_name'])}: among the first {best['rank'].iloc[0]:,.0f} sites in {best['month'].iloc[0]}"


def site_ranks_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What a rank is, how many."""
    return (
        f"Best site of each organisation among the first … of the Chrome UX Report; "
        f"{companies_of(frame)}, as of {format_day(selection.as_of)}"
    )


# --- Around a reorganisation ---


def around_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Measures with a reorganisation that has counts on both sides; those with most first."""
    metrics = use.counts(tables)["metric"].unique()
    number = {
        str(m): use.around(tables, str(m)).drop_duplicates(["company_id", "event_date"]) for m in metrics
    }
    known = [(len(f), m) for m, f in number.items() if len(f) and m not in APART]
    return {
        m: f"{measure_words(m)} ({plural(n, 'reorganisation')})"
        for n, m in sorted(known, key=lambda k: (-k[0], k[1]))
    }


USE_AROUND = col.Frame(
    "weeks with a count around reorganisations known to the day; newest reorganisation first, weeks ascending",
    "is_outside",
    "event_source_ids",
    event=col.text("organisation and day", "Reorganisation"),
    company_name=col.company(),
    event_title=col.text("what happened", "What"),
    event_date=col.day("day of it"),
    governance_model=col.GOVERNANCE,
    governance_model_id=col.KNOWN,
    measure=col.text("what is counted"),
    panel=col.text("what is counted, and what is 100", "Scale"),
    week=col.number("full weeks from the day; negative before it", "weeks"),
    index=col.number("use; the last count before the day is 100"),
    value=col.number("mean count of the week"),
    unit=col.key("unit of the value"),
    subject=col.text("product, where one is counted", "Product"),
    tracker=col.text("who counted", "Counted by"),
    counts=col.count("count", "counts of the week", "Counts"),
    before=col.count("week", "weeks with a count before", "Weeks before"),
    after=col.count("week", "weeks with a count after", "Weeks after"),
    others=col.count(
        "day", "days of other reorganisations of the organisation within half a year", "Others nearby"
    ),
)


def use_around(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Use in the weeks around each reorganisation, the last count before it as 100."""
    options = around_options(tables, selection)
    asked = selection.pick(AROUND_MEASURE)
    metric = asked if asked in options else next(iter(options), "")
    events = landscape.reorganisations(tables)
    total = len(events.drop_duplicates(["company_id", "event_date"]))
    if not metric:
        return counted(USE_AROUND.of(), total)
    rows = with_company(tables, selection.basis, use.around(tables, metric))
    rows = rows.assign(
        event=[
            f"{n}, {format_day(d)}" for n, d in zip(rows["company_name"], rows["event_date"], strict=True)
        ],
        measure=measure_words(metric),
        panel=f"{measure_words(metric)}; last count before = 100",
    )
    return counted(rows[USE_AROUND.names].reset_index(drop=True), total)


def use_around_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """In how many of how many use stood higher at the last count; nothing of why."""
    last = frame.drop_duplicates("event", keep="last")
    if len(last) < 2:
        return ""
    up = int((last["index"] > 100).sum())
    measure = str(last["measure"].iloc[0])
    return (
        f"{measure} stood higher at the last count after {up} of {len(last)} reorganisations (n = {len(last)}); that says "
        "nothing of why"
    )


def use_around_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What is aligned, how many of how many, what else happened."""
    each = frame.drop_duplicates("event")
    crowded = int((each["others"] > 0).sum())
    total = frame.attrs.get("out_of", len(each))
    return (
        f"{frame['measure'].iloc[0]}: last count before the day = 100, by week from the day; n = {len(each)} of {total} "
        f"dated reorganisations known to the day with counts on both sides within half a year"
        f"{f', {crowded} of them with another one nearby' if crowded else ''}; as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="use-over-time",
        topic="companies",
        title="Use over time",
        question="How does the use of models and products grow?",
        subtitle=use_over_time_subtitle,
        data=use_over_time,
        columns=USE_OVER_TIME,
        kind=Lines(
            "use_date",
            "value",
            "series_name",
            "governance_model",
            panel="measure",
            measure=Measure(_said, zero=True),
        ),
        finding=use_over_time_finding,
        note=f"Counters differ widely: compare along one line. {use.RULE}.",
        choices=(Choice(MEASURE, "Measure", measure_options),),
        empty="A line needs two counts of one product by one counter.",
    ),
    Chart(
        id="use-own-derivatives",
        topic="companies",
        title="Own repositories against what others made of them",
        question="Are models used as they are, or through what others made of them?",
        subtitle=own_derivatives_subtitle,
        data=own_derivatives,
        columns=OWN_DERIVATIVES,
        kind=Points("own_downloads", "derived_downloads", "company_name", "governance_model", log="xy"),
        finding=own_derivatives_finding,
        outside=True,
        note="Families are those of models recorded here and may overlap: a model distilled from another’s counts for both. "
        "Downloads are no users: machines download, too.",
        empty=FED.format("model-pulse"),
    ),
    Chart(
        id="tokens-by-band",
        topic="companies",
        title="Whose models OpenRouter’s tokens go through",
        question="What share of tokens do models from China have on OpenRouter?",
        subtitle=tokens_by_band_subtitle,
        data=tokens_by_band,
        columns=TOKENS_BY_BAND,
        kind=Columns("month", "share_pct", stack="band", tick="month", total=False),
        finding=tokens_by_band_finding,
        outside=True,
        note="One router, not the market; tokens by each provider’s own tokenizer. The publisher names the fifty most used "
        "models a day. Filters on organisations do not narrow it: shares are of all tokens.",
        empty=FED.format("openrouter") + " Its public window reaches back thirty days.",
    ),
    Chart(
        id="site-ranks",
        topic="companies",
        title="Ranks of product sites",
        question="How much are the sites of products visited?",
        subtitle=site_ranks_subtitle,
        data=site_ranks,
        columns=SITE_RANKS,
        kind=Table(
            ("company_name", "governance_model", "rank", "month", "first_rank", "first_month", "sites"),
            shown=12,
        ),
        finding=site_ranks_finding,
        outside=True,
        note="A rank is a bucket, no number of visitors; apps are not in it.",
        empty=FED.format("crux"),
    ),
    Chart(
        id="use-around",
        topic="governance",
        title="Use around reorganisations",
        question="How did use stand before and after a reorganisation?",
        subtitle=use_around_subtitle,
        data=use_around,
        columns=USE_AROUND,
        kind=Lines("week", "index", "event", "governance_model", panel="panel"),
        finding=use_around_finding,
        note="What comes after an event need not come from it: releases, campaigns, prices and seasons fall into the same weeks, "
        "and so few cases decide nothing. Colour: model in force now. Reorganisations known by month alone are left out.",
        choices=(Choice(AROUND_MEASURE, "Measure", around_options),),
        empty="A reorganisation is drawn where it is known to the day and one product was counted before and after it within half a year.",
    ),
)
