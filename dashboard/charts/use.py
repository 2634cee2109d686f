"""Charts of use: over time, own against derivatives, tokens by band, sites, and around reorganisations."""

from __future__ import annotations

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
from dashboard.charts.rows import counted, days, names_of, ordered, placed, with_company, worded
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data.cut import everyone, once, once_each
from dashboard.data.selection import Selection, is_home
from dashboard.data.store import Tables
from dashboard.facts import landscape, use
from dashboard.look.scales import TOKEN_BANDS
from dashboard.look.theme import format_count, format_day, format_percent, is_missing, plural

#: What is said where there is nothing to draw.
FED = "It is counted by the feed “{}” alone, of which this edition of the data holds nothing."
#: Measures that fall where use grows, or that have a chart of their own.
APART = ("crux_rank", "openrouter_tokens")


def _rows(tables: Tables, selection: Selection, metric: str) -> pd.DataFrame:
    """Counts by one measure as `use.counts` gives them, with who stands behind each."""
    rows = use.counts(tables)
    return with_company(tables, selection.basis, rows[rows["metric"].eq(metric)])


def _said(value: float, row: Mapping[str, Any]) -> str:
    if row["unit"] == "percent":
        return format_percent(value, 1)
    return format_count(value) if value >= 1000 else f"{value:,.0f}"


def _series(rows: pd.DataFrame) -> pd.Series:
    """What a line counts: the company of a feed's sum; the product, and who counted it where several do."""
    by = rows["tracker"].fillna("").groupby([rows["company_id"], rows["metric"], rows["subject"]])
    said = rows["company_name"].mask(rows["band"] == "derivatives", rows["company_name"] + ", derivatives")
    said = said.mask(rows["band"] == "product", rows["subject"])
    by_whom = ", " + rows["tracker"].fillna("counter not named")
    return said.mask(by.transform("nunique") > 1, said + by_whom)


# --- Over time ---


@once
def measure_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Measures that somebody has two days of; those of most series first."""
    rows = _lines(tables)
    rows = rows[rows["company_id"].isin(tables["companies"]["company_id"])]
    return _offered(rows.groupby("metric")["lines"].sum().to_dict(), "line")


@once_each
def _lines(tables: Tables) -> pd.DataFrame:
    """How many lines with two days each company has by measure, where it has any: company_id, metric and lines."""
    rows = use.counts(tables)
    rows = rows[~rows["metric"].isin(APART)]
    line = ["company_id", "metric", "subject", "band", "tracker"]
    days = rows.groupby(line, dropna=False)["use_date"].nunique()
    return days[days > 1].groupby(["company_id", "metric"]).size().rename("lines").reset_index()


def _offered(counts: Mapping[str, int], noun: str) -> dict[str, str]:
    """Measures by how many things of a noun each has, most first, those without any left out."""
    most = sorted(counts.items(), key=lambda of: (-of[1], of[0]))
    return {m: f"{use.measure_words(m)} ({plural(n, noun)})" for m, n in most if n}


CHOOSE_MEASURE = Choice("use.measure", "Measure", measure_options)
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
    metric = CHOOSE_MEASURE.picked(tables, selection)
    rows = _rows(tables, selection, metric)
    total = len(tables["companies"])
    if rows.empty:
        return counted(USE_OVER_TIME.of(), total)
    rows = rows.assign(series_name=_series(rows), measure=use.measure_words(metric))
    rows = use.thinned(rows, ["company_id", "series_name"])
    line = rows.groupby("series_name")
    rows = rows.assign(caveat=marks.caveat_cells(rows), _newest=line["value"].transform("last"))
    rows = rows[line["use_date"].transform("nunique") > 1]
    rows = ordered(rows, "-_newest", "series_name", "use_date")[USE_OVER_TIME.names]
    since = "".join(filter(None, days(ordered(rows, "use_date").head(1), "use_date")))
    return counted(rows, total, edition=_edition(rows), since=since)


def use_over_time_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The largest newest count, and how it stands to the first of the same line."""
    mine = frame[frame["series_name"] == frame["series_name"].iloc[0]]
    first, last = mine.iloc[0], mine.iloc[-1]
    if not first["value"] > 0:
        return ""
    exact = first["use_date_precision"]
    since = f"{'on' if exact == 'day' else 'in'} {format_day(first['use_date'], exact)}"
    return (
        f"{last['series_name']}: {_said(last['value'], last)}, after {_said(first['value'], first)} {since}"
    )


def _edition(frame: pd.DataFrame) -> str:
    """Which edition of a feed's file the newest row rests on; "" where documents were read by a person."""
    cells = zip(*(frame[c].tolist() for c in ("use_date", "tracker", "scale_version")), strict=True)
    known = sorted((one for one in cells if not is_missing(one[2])), key=lambda one: one[0])
    return f"; {known[-1][1]}, edition {str(known[-1][2])[:16]}" if known else ""


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


def use_own_derivatives(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Downloads in thirty days of own repositories and of families of own models, on the newest day that has both."""
    rows = use.counts(tables)
    rows = rows[rows["metric"].eq("hf_downloads_30d") & (rows["value"] > 0)]
    rows = rows.rename(columns={"value": "own_downloads", "counted": "own_counted"})
    own, derived = (rows[rows["band"].eq(band)] for band in ("own", "derivatives"))
    both = ["company_id", "use_date"]
    derived = derived[[*both, "own_downloads", "own_counted"]]
    derived = derived.set_axis([*both, "derived_downloads", "derived_counted"], axis="columns")
    rows = own.merge(derived, on=both).drop_duplicates("company_id", keep="last")
    rows = with_company(tables, selection.basis, rows)
    rows = rows.assign(times=rows["derived_downloads"] / rows["own_downloads"])
    rows = ordered(rows, "-own_downloads", "company_name")
    return counted(rows[OWN_DERIVATIVES.names], len(tables["companies"]), edition=_edition(rows))


def own_derivatives_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who is most used through what others made."""
    if len(frame) < 2:
        return ""
    most = frame.loc[frame["times"].idxmax()]
    times, name = f"{most['times']:.1f} times", most["company_name"]
    return f"Families of {name}’s models are downloaded {times} as often as its own repositories"


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
    companies, rows = whole["companies"], ordered(use.shares_by_month(whole), "-share_pct")
    home, names = companies.loc[is_home(companies), "company_id"], names_of(whole)
    side = rows["company_id"].isin(home).map({True: "home", False: "outside"})
    bands = placed(rows["band"].where(rows["band"] != "named", side), [v.id for v in TOKEN_BANDS.values])
    made = []
    for (month, band), part in rows.groupby(["month", bands], observed=True):
        who = part[part["company_id"].isin(names.index)]
        shares = zip(who["company_id"].map(names), who["share_pct"], strict=True)
        made.append(
            {
                "month": f"{month:%b %Y}",
                "band": TOKEN_BANDS.of(band).word,
                "share_pct": float(part["share_pct"].sum()),
                "days": int(part["days"].iloc[0]),
                "companies": ", ".join(f"{name} {share:.1f} %" for name, share in shares),
                "source_ids": joined_sources(*part["source_ids"]),
            }
        )
    recorded = plural(int(rows.drop_duplicates("month")["days"].sum()), "day")
    return counted(TOKENS_BY_BAND.typed(made), len(made), recorded=recorded)


def tokens_by_band_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The share of organisations in China in the newest month, and what of the rest is unknown."""
    month = frame["month"].iloc[-1]
    last = frame[frame["month"] == month].set_index("band")["share_pct"]
    home, stealth, other = (last.get(TOKEN_BANDS.of(band).word, 0.0) for band in ("home", "stealth", "other"))
    return (
        f"Models of organisations in China have {home:.0f} % of OpenRouter’s tokens in {month}; of {stealth + other:.0f} % "
        "nobody says whose they are"
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
    rows = _rows(tables, selection, "crux_rank").rename(columns={"value": "rank", "counted": "sites"})
    rows = rows.assign(month=worded(rows["use_date"], format_day, "month"))
    by = rows.groupby("company_id")
    first = by[["rank", "month"]].transform("first").add_prefix("first_")
    rows = rows.join(first).assign(months=by["month"].transform("size"))
    rows = ordered(rows.drop_duplicates("company_id", keep="last"), "rank", "company_name")
    return counted(rows[SITE_RANKS.names], len(tables["companies"]))


def site_ranks_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who stands in the best bucket."""
    best = frame[frame["rank"] == frame["rank"].iloc[0]]
    if len(best) > 3:
        return ""
    return f"{', '.join(best['company_name'])}: among the first {best['rank'].iloc[0]:,.0f} sites in {best['month'].iloc[0]}"


# --- Around a reorganisation ---


def around_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Measures with a reorganisation that has counts on both sides; those with most first."""
    metrics = [m for m in use.counts(tables)["metric"].unique() if m not in APART]
    events = [use.around(tables, m).drop_duplicates(["company_id", "event_date"]) for m in metrics]
    return _offered(dict(zip(metrics, map(len, events), strict=True)), "reorganisation")


CHOOSE_AROUND = Choice("use-around.measure", "Measure", around_options)
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
    metric = CHOOSE_AROUND.picked(tables, selection)
    events = landscape.reorganisations(tables)
    total = len(events.drop_duplicates(["company_id", "event_date"]))
    if not metric:
        return counted(USE_AROUND.of(), total)
    rows = with_company(tables, selection.basis, use.around(tables, metric))
    rows = rows.assign(
        event=rows["company_name"] + ", " + worded(rows["event_date"], format_day),
        measure=(words := use.measure_words(metric)),
        panel=f"{words}; last count before = 100",
    )
    crowded = int((rows.drop_duplicates("event")["others"] > 0).sum())
    near = f", {crowded} of them with another one nearby" if crowded else ""
    return counted(rows[USE_AROUND.names], total, near=near)


def use_around_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """In how many of how many use stood higher at the last count; nothing of why."""
    last = frame.drop_duplicates("event", keep="last")
    if len(last) < 2:
        return ""
    up = int((last["index"] > 100).sum())
    return (
        f"{last['measure'].iloc[0]} stood higher at the last count after {up:,} of {len(last):,} reorganisations "
        f"(n = {len(last):,}); that says nothing of why"
    )


CHARTS = on(
    "companies",
    Chart(
        title="Use over time",
        question="How does the use of models and products grow?",
        subtitle="{first.measure} as counted, recorded since {noted[since]}; {different.series_name:line} of {organisations} with two counts or more{noted[edition]}; {as_of}",
        shows=USE_OVER_TIME.by(use_over_time, use_over_time_finding),
        kind=Lines("use_date", "value", "series_name", panel="measure", measure=Measure(_said, zero=True)),
        note=f"Counters differ widely: compare along one line. {use.RULE}.",
        choices=(CHOOSE_MEASURE,),
        empty="A line needs two counts of one product by one counter.",
    ),
    Chart(
        title="Own repositories against what others made of them",
        question="Are models used as they are, or through what others made of them?",
        subtitle="Downloads in 30 days, of own repositories and of families of the models recorded here, on {newest.use_date}; {organisations}{noted[edition]}",
        shows=OWN_DERIVATIVES.by(use_own_derivatives, own_derivatives_finding),
        kind=Points("own_downloads", "derived_downloads", "company_name", log="xy"),
        outside=True,
        note="Families are those of models recorded here and may overlap: a model distilled from another’s counts for both. Downloads are no users: machines download, too.",
        empty=FED.format("model-pulse"),
    ),
    Chart(
        title="Whose models OpenRouter’s tokens go through",
        question="What share of tokens do models from China have on OpenRouter?",
        subtitle="Share of the tokens of a day as stated, mean of the days of each month, never renormalised; {noted[recorded]} recorded, {as_of}",
        shows=TOKENS_BY_BAND.by(tokens_by_band, tokens_by_band_finding),
        kind=Columns("month", "share_pct", stack="band", total=False),
        outside=True,
        note="One router, not the market; tokens by each provider’s own tokenizer. The publisher names the fifty most used models a day. Filters on organisations do not narrow it: shares are of all tokens.",
        empty=FED.format("openrouter") + " Its public window reaches back thirty days.",
    ),
    Chart(
        title="Ranks of product sites",
        question="How much are the sites of products visited?",
        subtitle="Best site of each organisation among the first … of the Chrome UX Report; {organisations}, {as_of}",
        shows=SITE_RANKS.by(site_ranks, site_ranks_finding),
        kind=Table(
            ("company_name", "governance_model", "rank", "month", "first_rank", "first_month", "sites"),
            shown=12,
        ),
        outside=True,
        note="A rank is a bucket, no number of visitors; apps are not in it.",
        empty=FED.format("crux"),
    ),
    Chart(
        title="Use around reorganisations",
        question="How did use stand before and after a reorganisation?",
        subtitle="{first.measure}: last count before the day = 100, by week from the day; n = {different.event} of {noted[out_of]} dated reorganisations known to the day with counts on both sides within half a year{noted[near]}; {as_of}",
        shows=USE_AROUND.by(use_around, use_around_finding),
        kind=Lines("week", "index", "event", panel="panel"),
        topic="governance",
        note="What comes after an event need not come from it: releases, campaigns, prices and seasons fall into the same weeks, and so few cases decide nothing. Colour: model in force now. Reorganisations known by month alone are left out.",
        choices=(CHOOSE_AROUND,),
        empty="A reorganisation is drawn where it is known to the day and one product was counted before and after it within half a year.",
    ),
)
