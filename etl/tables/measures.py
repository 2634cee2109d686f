"""Numbers about companies: finance and staff, use of products, state registrations, transparency."""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from etl import schema as col
from etl.cells import holding
from etl.rules import confidence_is_carried, first_told, last_days, listed
from etl.schema import Frames, Near, Rule, Table
from etl.vocabulary import BELOW_ZERO, CURRENCIES, METRIC_UNITS, USE_UNITS

#: One measure of a company rarely changes by more between two periods of which both are told; else measures of one name.
OF_A_KIND = (Near(13, ("company_id", "metric", "unit", "currency")), Near(10, ("metric", "unit", "currency")))

_MONTHS = {name: n for n, name in enumerate(calendar.month_name) if name}
#: Metrics that tell of what is to come.
_PLANS = r"(?:^|_)(?:plan|budget|guidance|target)(?:_|$)"
#: A year, half, quarter or months from January on: what was earned or spent in it is told when it is over.
_WHOLE = re.compile(r"[0-9]{4}(?:-(?:H[12]|Q[1-4]|[0-9]{1,2}M))?")
#: Days before the end of a period from which a document may tell of it as done.
_NEARLY = pd.Timedelta(days=10)
#: Words of a number that is still to come.
_AHEAD = re.compile(r"\b(?:expected|estimated?|forecast|projected|planned|targeted)\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<months>[0-9]{1,2})M|(?P<month>[0-9]{2})"
    r"(?:-(?P<day>[0-9]{2}))?))?"
)
_WORDS = re.compile(
    r"(?:(?:12 months to|up to|[A-Z][a-z]+ to) (?P<name>[A-Z][a-z]+) |[0-9]{4} to )(?P<year>[0-9]{4})"
)


def last_day(period: str) -> pd.Timestamp | None:
    """The last day of a period in words: 2025, 2025-H1, 2025-Q2, 2025-9M, 2025-06, a day, or "12 months to …"."""
    if match := _PERIOD.fullmatch(period):
        year, part = int(match["year"]), match.groupdict()
        if part["day"]:
            return pd.Timestamp(period)
        month = 12
        for word, size in (("half", 6), ("quarter", 3), ("months", 1), ("month", 1)):
            if part[word]:
                month = int(part[word]) * size
        return pd.Timestamp(year, month, 1) + pd.offsets.MonthEnd(0) if 1 <= month <= 12 else None
    if match := _WORDS.fullmatch(period):
        month = _MONTHS.get(match["name"], 0) if match["name"] else 12
        return pd.Timestamp(int(match["year"]), month, 1) + pd.offsets.MonthEnd(0) if month else None
    return None


def periods_agree(frames: Frames) -> list[tuple[int, str, str]]:
    """The words of a period and its last day say the same; an id that names a period names this one."""
    found = []
    rows = frames["company_metrics"]
    last_of = functools.cache(last_day)
    read = (rows.index.tolist(), listed(rows["period"]), rows["period_end_date"].tolist())
    for line, period, end in zip(*read, strict=True):
        last = last_of(period) if pd.notna(period) else None
        if pd.notna(period) and last is None:
            what = f"no period: got '{period}', expected one such as 2025, 2025-H1, 2025-Q2, 2025-06 or a day"
            found.append((int(line), "period", what))
        elif last is not None and pd.notna(end) and end != last:
            what = f"not the last day of {period}: got {end:%Y-%m-%d}, expected {last:%Y-%m-%d}"
            found.append((int(line), "period_end_date", what))
    return found


_IN_ID = re.compile(r"(?:^|-)(20[0-9]{2})(?:-(?:q([1-4])|h([12])|([0-9]{2})))?(?=-|$)")


def days_as_named(frames: Frames) -> list[tuple[int, str, str]]:
    """The period in an id is the one that was counted."""
    rows, found = frames["adoption"], []
    for line, name, when in zip(
        rows.index.tolist(), listed(rows["adoption_id"]), rows["observed_date"].tolist(), strict=True
    ):
        match = _IN_ID.search(name) if pd.notna(name) else None
        if match is None or pd.isna(when):
            continue
        year, quarter, half, month = (int(g) if g else 0 for g in match.groups())
        first = month or (quarter * 3 - 2 if quarter else half * 6 - 5 if half else when.month)
        if (when.year, when.month) != (year, first):
            what = f"not the period in the id: got {when:%Y-%m-%d} in {name}, expected {year}-{first:02d}"
            found.append((int(line), "observed_date", what))
    return found


def only_plans_name_their_day(frames: Frames) -> list[tuple[int, str, str]]:
    """What is planned is known from the day it was announced; any other number when the first document tells of it.

    A day that is written down all the same, in rows of a reader's own, lies neither long before its period nor after
    both its end and the document; nor is a plan announced after the document that tells of it.
    """
    rows = frames["company_metrics"]
    is_plan = pd.Series(holding(rows["metric"], _PLANS), index=rows.index)
    ends = pd.to_datetime(rows["period"].map(functools.cache(last_day), na_action="ignore"))
    told = first_told(rows, rows["period_end_date"], frames["sources"])[0]
    published = dict(
        zip(frames["sources"]["source_id"], frames["sources"]["published_date"].notna(), strict=True)
    )
    dated = rows["source_ids"].map(lambda cell: all(published.get(i, False) for i in str(cell).split("; ")))
    # An end that is not its period's is told as such.
    of_period = rows["period_end_date"] == ends
    before = (rows["known_date"] < rows["period_end_date"] - pd.Timedelta(days=366)) & of_period & ~is_plan
    untold = (rows["known_date"] < told) & dated & ~is_plan & ~before
    late = (rows["known_date"] > told) & (is_plan | (rows["known_date"] > rows["period_end_date"]))
    nameless = is_plan & rows["metric"].notna() & rows["known_date"].isna()
    found = []
    for wrong, what in (
        (late, "after the document that tells of it"),
        (before, "before its period"),
        (untold, "before the first document that tells of it"),
        (nameless, "a plan without the day of its announcement"),
    ):
        for i in rows.index[wrong]:
            got = "''" if pd.isna(rows.at[i, "known_date"]) else f"{rows.at[i, 'known_date']:%Y-%m-%d}"
            wanted = (
                "that day"
                if wrong is nameless
                else f"{told[i]:%Y-%m-%d} or earlier"
                if wrong is late
                else "an empty cell; only a plan, budget or guidance names its day"
            )
            found.append((int(i), "known_date", f"{what}: got {got}, expected {wanted}"))
    return found


def nothing_is_spent_ahead(frames: Frames) -> list[tuple[int, str, str]]:
    """What was earned or spent in a period is not told well before its end, nor is it an expectation: that is a plan."""
    rows = frames["company_metrics"]
    sources = frames["sources"].set_index("source_id")
    # Of a document whose month alone is known it cannot be said that the period was still running.
    printed = sources["published_date"].where(sources["published_date_precision"] == "day")
    whole = rows["period"].map(lambda words: bool(_WHOLE.fullmatch(words)), na_action="ignore").fillna(False)
    done = whole.astype(bool) & ~holding(rows["metric"], _PLANS)
    ends = pd.to_datetime(rows["period"].map(functools.cache(last_day), na_action="ignore"))
    found = []
    mine = rows[done]
    read = (
        mine.index.tolist(),
        *(listed(mine[c]) for c in ("metric", "period", "source_ids", "note")),
        ends[done].tolist(),
    )
    day_of = dict(zip(printed.index, printed, strict=True))
    for i, metric, period, cell, note, end in zip(*read, strict=True):
        if isinstance(note, str) and _AHEAD.search(note):
            what = f"an expectation: got '{note}' of {metric}, expected a plan, guidance or budget"
            found.append((int(i), "metric", what))
            continue
        days: list[Any] = [day_of.get(source) for source in str(cell).split("; ")]
        dated = [day for day in days if pd.notna(day)]
        if len(dated) == len(days) and max(dated) < end - _NEARLY:
            what = (
                f"told more than {_NEARLY.days} days before the period was over: got {metric} of "
                f"{period} from a document of {max(dated):%Y-%m-%d}, expected a plan, guidance or budget"
            )
            found.append((int(i), "metric", what))
    return found


def derive_metrics(frames: Frames) -> pd.DataFrame:
    """Figures, each with the day from which it is known."""
    rows = frames["company_metrics"]
    day, how = first_told(rows, rows["period_end_date"], frames["sources"])
    named = rows["known_date"].notna()
    return rows.assign(
        known_date=rows["known_date"].where(named, day),
        known_date_precision=rows["known_date_precision"].where(named, how),
    )


def derive_adoption(frames: Frames) -> pd.DataFrame:
    """Counts of use, each with the day from which it is known."""
    rows = frames["adoption"]
    day, how = first_told(rows, last_days(rows, "observed_date"), frames["sources"])
    # What was counted on a day is not known before it.
    early = day < rows["observed_date"]
    return rows.assign(
        known_date=day.mask(early, rows["observed_date"]),
        known_date_precision=how.mask(early, rows["observed_date_precision"]),
    )


def signs_agree(frames: Frames) -> list[tuple[int, str, str]]:
    """Only what is earned, flows or grows may stand below zero."""
    rows = frames["company_metrics"]
    above = rows["metric"].isin(set(METRIC_UNITS) - BELOW_ZERO)
    return col.faults(
        rows[above & (rows["value"] < 0)],
        "value",
        "below zero: got {value:.15g}, expected a {metric} of 0 or more",
    )


def counts_only_grow(frames: Frames) -> list[tuple[int, str, str]]:
    """Counts so far never fall and never leap; they are announced on their day or after, within half a year."""
    rows, found = frames["filings"].sort_values("as_of_date", kind="stable"), []
    for column in ("services_filed", "apps_registered"):
        counts = rows[column].dropna().astype("float64")
        step = counts / counts.shift()
        before = counts.shift()
        for i in counts.index[(step < 1) | (step > 3)]:
            what = f"no step from the count before: got {counts[i]:.0f} after {before[i]:.0f}, expected 1 to 3 times"
            found.append((int(i), column, what))
            # Which of the two is wrong, the step does not tell.
            last = counts.index[counts.index.get_loc(i) - 1]
            what = f"no step to the count after: got {before[i]:.0f} before {counts[i]:.0f}, expected 1 to 3 times as many there"
            found.append((int(last), column, what))
    days = rows["announced_date"] - rows["as_of_date"]
    for i in rows.index[(days < pd.Timedelta(0)) | (days > pd.Timedelta(days=183))]:
        what = (
            f"not soon after the count: got {rows.at[i, 'announced_date']:%Y-%m-%d}, expected from "
            f"{rows.at[i, 'as_of_date']:%Y-%m-%d} on, within half a year"
        )
        found += [(int(i), "announced_date", what), (int(i), "as_of_date", what)]
    return found


def scores_within_indicators(frames: Frames) -> list[tuple[int, str, str]]:
    """No more indicators are met than asked; one edition asks all the same ones."""
    rows, found = frames["transparency_scores"], []
    for i in rows.index[rows["score"] > rows["indicators"]]:
        what = f"more than were asked: got {rows.at[i, 'score']}, expected at most {rows.at[i, 'indicators']}"
        found.append((int(i), "score", what))
    usual = rows.groupby("index_name")["indicators"].transform("median")
    for i in rows.index[(rows["indicators"] != usual).fillna(False)]:
        what = f"not as many as its edition asks: got {rows.at[i, 'indicators']}, expected {usual[i]:g}"
        found.append((int(i), "indicators", what))
    return found


def one_unit_each(table: str, units: Mapping[str, str]) -> Rule:
    """A rule: a metric is counted in one unit, and one company states one metric in one currency; money has a currency.

    What all but one row of a metric say, that one has to say.

    Args:
        table: Its name.
        units: The unit of each metric that is known; of others, which readers bring, rows agree with each other.
    """

    def rule(frames: Frames) -> list[tuple[int, str, str]]:
        rows, found = frames[table], []
        declared = rows["metric"].map(units)
        for i in rows.index[declared.notna() & rows["unit"].notna() & (declared != rows["unit"])]:
            what = f"not the unit of {rows.at[i, 'metric']}: got '{rows.at[i, 'unit']}', expected '{declared[i]}'"
            found.append((int(i), "unit", what))
        rows = rows.assign(unit=rows["unit"].where(declared.isna()), _money=rows["unit"])
        sides = [("unit", ["metric"])]
        if "currency" in rows:
            sides.append(("currency", ["company_id", "metric"]))
            is_money = rows["_money"] == "currency"
            for i in rows.index[(is_money != rows["currency"].notna()) & rows["_money"].notna()]:
                got, wanted = (
                    ("no currency", "one") if is_money[i] else (f"'{rows.at[i, 'currency']}'", "none")
                )
                what = f"does not go with the unit '{rows.at[i, '_money']}': got {got}, expected {wanted}"
                found.append((int(i), "currency", what))
        for column, of in sides:
            told = rows.dropna(subset=[column, *of])
            told = told[told.groupby(of)[column].transform("nunique") > 1]
            for _, each in told.groupby(of)[column]:
                counts = each.value_counts()
                if counts.iloc[0] == counts.iloc[1]:
                    rest = each.index
                    usual = " or ".join(f"'{c}'" for c in counts.index)
                else:
                    rest, usual = each.index[each != counts.index[0]], f"'{counts.index[0]}'"
                for i in rest:
                    what = (
                        f"not the {column} of its other rows: got '{each[i]}', expected {usual} in all rows of "
                        f"{' and '.join(str(rows.at[i, c]) for c in of)}"
                    )
                    found.append((int(i), column, what))
        return found

    return rule


METRICS = Table(
    "company_metrics",
    "Finance, staff and investment as stated. One row per company, metric, period and statement.",
    {
        **col.of_company("metric_id", "Company, metric and period."),
        "metric": col.text("Metric, snake_case.", listed=tuple(METRIC_UNITS)),
        "period": col.text("2025, 2025-H1 or 2025-Q2 in calendar time, or a day."),
        "period_end_date": col.day("Last day of the period.", ahead=144, earliest="2015-01-01"),
        **col.dated(
            "known_date",
            "Day from which the number is shown: of a plan, the day it was announced; of any other the build takes the "
            "day on which the first of its documents appeared, or was read where it has no day.",
            nullable=True,
            earliest="2015-01-01",
        ),
        "value": col.number("Value in whole units.", near=OF_A_KIND),
        "unit": col.text(
            "currency, percent, percent_yoy, people or what the source counts; one for each metric.",
            listed=tuple(dict.fromkeys(METRIC_UNITS.values())),
        ),
        "currency": col.one_of(CURRENCIES, "Currency as stated.", nullable=True),
        "note": col.text("What a reader should know.", nullable=True),
        **col.evidence(),
    },
    rules=(
        periods_agree,
        only_plans_name_their_day,
        nothing_is_spent_ahead,
        signs_agree,
        one_unit_each("company_metrics", METRIC_UNITS),
        confidence_is_carried("company_metrics"),
    ),
    derive=derive_metrics,
)

ADOPTION = Table(
    "adoption",
    "Use of products: users, downloads, tokens a day. One row per product, metric, day and tracker.",
    {
        **col.of_company("adoption_id", "Company, product, metric, day and tracker."),
        "product": col.text("Product or model."),
        "product_kind": col.one_of(
            ("ai", "host", "model"),
            "ai: the product is AI itself; host: AI is put into it, so its users are no users of AI; model: served models.",
        ),
        "metric": col.text("Metric, snake_case.", listed=tuple(USE_UNITS)),
        "value": col.number(
            "Value in whole units.", ge=0, near=(Near(8, ("product", "metric")), Near(8, ("metric", "unit")))
        ),
        "unit": col.text(
            "What is counted: people, downloads, tokens a day; one for each metric.",
            listed=tuple(dict.fromkeys(USE_UNITS.values())),
        ),
        **col.dated(
            "observed_date",
            "Day, or first day of the period, that was counted.",
            earliest="2018-01-01",
            told=True,
        ),
        **col.dated(
            "known_date",
            "Computed: day from which the count is shown, on which the first of its documents appeared, or was read "
            "where it has no day.",
            nullable=True,
        ),
        "tracker": col.text("Who counted; trackers of one product differ widely.", nullable=True),
        "note": col.text("What a reader should know.", nullable=True),
        **col.evidence(),
    },
    rules=(
        days_as_named,
        one_unit_each("adoption", USE_UNITS),
        confidence_is_carried("adoption"),
    ),
    derive=derive_adoption,
    computed=("known_date", "known_date_precision"),
)

#: What feeds state of use, and its unit.
MEASURES = {
    "openrouter_token_share": "share",  # nosec B105
    "openrouter_tokens": "tokens",
    "hf_downloads_30d": "downloads",
    "hf_downloads_all": "downloads",
    "crux_rank": "rank",
    "registrations": "entries",
}
#: Bands that belong to a company, and those of tokens that belong to none here.
FIRM_BANDS = ("own", "derivatives", "named", "sites", "register")
LOOSE_BANDS = ("not_here", "stealth", "other")

FEED_USE = Table(
    "feed_use",
    "What upstream feeds state of use, summed as stated, never renormalised; none where no feed was read. One row "
    "per company or loose band, measure, feed and day.",
    {
        "use_id": col.key("Company, measure, band, feed and day."),
        "company_id": col.reference(
            "companies.company_id", "Company; empty for tokens that belong to none here.", nullable=True
        ),
        "band": col.one_of(
            (*FIRM_BANDS, *LOOSE_BANDS),
            "What was counted: own repositories, families derived from own models, models under the maker’s name, sites, "
            "entries of a register; or tokens of makers that are not here, under cover, and of all others.",
        ),
        "metric": col.one_of(tuple(MEASURES), "Measure."),
        "value": col.number("Value as stated, summed over what is counted; of ranks the best bucket.", ge=0),
        "unit": col.text("share (0 to 1), tokens, downloads, rank or entries."),
        "counted": col.integer("Repositories, models, sites or entries behind it.", ge=1),
        **col.dated("use_date", "Day that was counted."),
        "feed": col.text("Feed that states it."),
        "scale_version": col.text("Edition of the feed's file that states it."),
        **col.evidence(),
    },
    is_raw=False,
)

FILINGS = Table(
    "filings",
    "Cumulative counts of generative-AI services registered with the state. One row per announcement.",
    {
        "filing_id": col.key("Day of the count."),
        "as_of_date": col.day("Day of the count.", earliest="2023-08-01", in_key=0, told=True),
        "services_filed": col.integer("Services filed so far.", ge=0),
        "apps_registered": col.integer("Applications registered so far.", nullable=True, ge=0),
        "announced_date": col.day(
            "Day of the announcement, from which the count is known.", earliest="2023-08-01", told=True
        ),
        "note": col.text("What a reader should know.", nullable=True),
        **col.evidence(),
    },
    rules=(counts_only_grow,),
)

TRANSPARENCY = Table(
    "transparency_scores",
    "Scores of the Foundation Model Transparency Index. One row per company and edition.",
    {
        "transparency_id": col.key("Company and edition."),
        "company_id": col.reference(
            "companies.company_id", "Company, where it is one of ours.", nullable=True
        ),
        "company_label": col.text("Name as the index writes it."),
        "index_name": col.text("Edition of the index."),
        "published_date": col.day("Day of publication.", earliest="2023-01-01", in_key=0, told=True),
        "score": col.integer("Indicators met.", ge=0, le=100),
        "indicators": col.integer("Indicators asked.", ge=1),
        **col.evidence(),
    },
    rules=(scores_within_indicators,),
)

TABLES = (METRICS, ADOPTION, FEED_USE, FILINGS, TRANSPARENCY)
