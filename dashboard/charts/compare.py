"""Charts that set two to four companies side by side: facts in one table, index, releases, ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.centralisation import index_caveat
from dashboard.charts.companies import in_sentence, in_words
from dashboard.charts.kinds.bars import Columns
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.table import OTHERS, Cell, Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.money import METRIC_WORDS, PLAN_METRICS, money
from dashboard.charts.profile import RELEASES_A_QUARTER, quarters_of
from dashboard.charts.rows import companies_of, counted, n_of, of_companies
from dashboard.charts.spec import Chart
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import flagships, landscape, ratings
from dashboard.facts.models import counted_open, counts_of, released
from dashboard.facts.prices import list_prices
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import (
    format_day,
    format_money,
    format_percent,
    format_score,
    is_missing,
    join_words,
    model_short,
    period_words,
    plural,
    short_name,
)

MOST = 4
#: Parameters that name the companies compared.
PICKS = ("compare.a", "compare.b", "compare.c", "compare.d")


def compared(tables: Tables, selection: Selection) -> list[str]:
    """Ids of the two to four companies compared, in order.

    Those selected, in the order chosen; where fewer than two are, those with most reorganisations and models known.
    """
    companies = tables["companies"]["company_id"]
    asked = [c for c in selection.companies if c in set(companies)][:MOST]
    if len(asked) >= 2:
        return asked
    known = tables["models"]["company_id"].value_counts()
    known = known.add(tables["governance_events"]["company_id"].value_counts() * 3, fill_value=0)
    by = sorted(companies, key=lambda c: (-known.get(c, 0), c))
    return [*asked, *(c for c in by if c not in asked)][:MOST]


# --- Facts side by side ---

NOT_KNOWN = "no source"


def _in_force(field: _Field, company_id: str, basis: str) -> tuple[str, str]:
    periods = field.of_company(f"periods, {basis}", company_id)
    if not periods or not is_missing(periods[-1]["valid_to"]):
        return "", ""
    row = periods[-1]
    since = format_day(row["valid_from"], row["valid_from_precision"])
    said = f"{model_short(row['governance_model_id'])} since {since}"
    for held in field.of_company(f"held, {basis}", company_id):
        said = ", ".join(filter(None, (said, held["seen"], held["doubt"])))
    return said, row["source_ids"]


def _newest_metric(rows: list[Row], metrics: Sequence[str]) -> tuple[str, str]:
    rows = [
        r
        for r in rows
        if r["metric"] in metrics and not is_missing(r["value"]) and not is_missing(r["currency"])
    ]
    if not rows:
        return "", ""

    def order(row: Row) -> tuple[object, ...]:
        # What is stated counts by its period, however late it was told; a plan by its day.
        told = [d for d in (row["known_date"], row["period_end_date"]) if not is_missing(d)]
        days = (min(told, default=pd.NaT), row["period_end_date"])
        # Of two of one day, the metric named first.
        return *((is_missing(d), 0 if is_missing(d) else d.value) for d in days), -metrics.index(
            row["metric"]
        )

    # Of equals the last of the table.
    row = max(reversed(rows), key=order)
    return (
        f"{money(float(row['value']), row['currency'])}, {in_sentence(METRIC_WORDS.get(row['metric'], in_words(row['metric'])))}"
        f", {period_words(str(row['period']))}",
        row["source_ids"],
    )


Row = dict[str, Any]
#: Columns that facts are read from, by table.
_READ = {
    "companies": ("founded_year", "hq_city", "listing", "source_ids"),
    "models": ("model_id", "is_rolling_alias", "release_date", "weights", "source_ids"),
    "infrastructure": ("infrastructure_kind", "infrastructure_name", "source_ids"),
    "commercial_levers": ("is_headline", "lever_name", "source_ids"),
    "company_metrics": (
        "metric",
        "value",
        "currency",
        "known_date",
        "period_end_date",
        "period",
        "source_ids",
    ),
    "transparency_scores": ("published_date", "score", "indicators", "source_ids"),
}


class _Field:
    """What is worked out once for all companies compared: rows of tables, of `landscape` and of `prices`, by company."""

    def __init__(self, tables: Tables, selection: Selection) -> None:
        read = {name: tables[name][["company_id", *columns]] for name, columns in _READ.items()}
        read["models"] = released(read["models"])
        for basis in ("reported", "coded"):
            read[f"periods, {basis}"] = landscape.periods(tables, basis)
            read[f"held, {basis}"] = landscape.spoken_for(tables, basis, selection.as_of).reset_index()
        read["index"] = landscape.index_in_force(tables).reset_index()
        read["leads"] = landscape.leads_in_force(tables).reset_index()
        read["events"] = landscape.newest_events(tables).reset_index()
        read["flagships"] = flagships.flagships(tables).reset_index()
        read["ratings"] = ratings.arena(tables)
        self._rows: dict[str, dict[str, list[Row]]] = {}
        for name, frame in read.items():
            by_company = self._rows.setdefault(name, {})
            for row in frame.to_dict("records"):
                by_company.setdefault(row["company_id"], []).append(row)
        self.prices = list_prices(tables, selection.currency)
        self.model_names = tables["models"].set_index("model_id")["model_name"]

    def of_company(self, name: str, company_id: str) -> list[Row]:
        """Rows of a company in their order; none where it has none."""
        return self._rows[name].get(company_id, [])


def facts_of(
    tables: Tables, selection: Selection, company_id: str, field: _Field | None = None
) -> dict[str, tuple[str, str]]:
    """Fact to its words and its list cell of sources, for one company; "" where no source is known."""
    field = field or _Field(tables, selection)

    def of(rows: list[Row], column: str) -> tuple[str, str]:
        return ", ".join(r[column] for r in rows), joined_sources(*(r["source_ids"] for r in rows))

    facts: dict[str, tuple[str, str]] = {
        "Governance, reported": _in_force(field, company_id, "reported"),
        "Governance, coded": _in_force(field, company_id, "coded"),
        "Centralisation index": ("", ""),
        "Leads AI": ("", ""),
        "Last reorganisation": ("", ""),
        "Flagship": ("", ""),
        "Best Arena rating": ("", ""),
        "Released in 12 months": ("", ""),
        "With open weights": ("", ""),
        "Output price": ("", ""),
    }
    for row in field.of_company("index", company_id):
        if not is_missing(row["centralisation_index"]):
            facts["Centralisation index"] = (
                f"{row['centralisation_index']:.0f} of 100, {int(row['scored_count'])} of 6 dimensions",
                row["source_ids"],
            )
    for row in field.of_company("leads", company_id):
        facts["Leads AI"] = (f"{row['person_name']}, {row['role']}", row["source_ids"])
    for row in field.of_company("events", company_id):
        facts["Last reorganisation"] = (
            f"{row['title']}, {format_day(row['event_date'], row['event_date_precision'])}",
            row["source_ids"],
        )
    for row in field.of_company("flagships", company_id):
        weights = "" if is_missing(row["weights"]) else f", {row['weights']}"
        old = flagships.since_words(row, selection.as_of)
        facts["Flagship"] = (
            f"{row['model_name']}, {format_day(row['release_date'], row['release_date_precision'])}{weights}"
            + (f"; {old}" if old else ""),
            joined_sources(row["source_ids"], row["why_sources"]),
        )
    rated = field.of_company("ratings", company_id)
    names = field.model_names
    for row in rated[:1]:
        facts["Best Arena rating"] = (
            f"{format_score(row['arena_rating'], 'elo')}, {names[row['model_id']]}",
            row["rating_source_ids"],
        )
    models = field.of_company("models", company_id)
    first = selection.as_of - pd.DateOffset(years=1)
    year = [r for r in models if r["release_date"] > first]
    if any(not is_missing(r["release_date"]) for r in models):
        facts["Released in 12 months"] = (
            plural(len(year), "model"),
            joined_sources(*(r["source_ids"] for r in year)),
        )
        if not year:
            facts["With open weights"] = ("none released", joined_sources(*(r["source_ids"] for r in models)))
    stated = [r for r in year if not is_missing(r["weights"])]
    if stated:
        opened, known = counts_of(r["weights"] for r in stated)
        facts["With open weights"] = (
            f"{format_percent(opened / known * 100)}, {opened} of {known}",
            joined_sources(*(r["source_ids"] for r in stated)),
        )
    priced = field.prices[field.prices["model_id"].isin([r["model_id"] for r in models])]
    if len(priced):
        # The price of what it rates best with, else of what was priced last.
        rank = {r["model_id"]: r["arena_rating"] for r in rated}
        row = (
            priced.assign(_rated=[rank.get(m, float("nan")) for m in priced["model_id"]])
            .sort_values(["_rated", "price_date"], ascending=False, na_position="last", kind="stable")
            .iloc[0]
        )
        facts["Output price"] = (
            f"{format_money(row['output_price_per_mtok'], selection.currency)} per million tokens, "
            f"{names[row['model_id']]}"
            + ("" if is_missing(row["converted_from"]) else f" (from {row['converted_from']})"),
            row["price_source_ids"],
        )
    owned = field.of_company("infrastructure", company_id)
    for fact, kind in (("Own chips", "chip"), ("Own cloud", "cloud"), ("Own framework", "framework")):
        facts[fact] = of([r for r in owned if r["infrastructure_kind"] == kind], "infrastructure_name")
    levers = sorted(field.of_company("commercial_levers", company_id), key=lambda r: not r["is_headline"])
    facts["Commercial lever"] = of(levers[:1], "lever_name")
    metrics = field.of_company("company_metrics", company_id)
    facts["Revenue"] = _newest_metric(metrics, ("revenue", "total_revenue", "cloud_revenue"))
    facts["Announced plan"] = _newest_metric(metrics, PLAN_METRICS)
    facts["Investment"] = _newest_metric(metrics, ("capex", "ai_and_cloud_capex", "ai_capex", "r_d_spend"))
    scores = sorted(field.of_company("transparency_scores", company_id), key=lambda r: r["published_date"])
    facts["Transparency index"] = ("", "")
    for row in scores[-1:]:
        facts["Transparency index"] = (
            f"{row['score']} of {row['indicators']}, {format_day(row['published_date'], 'month')}",
            row["source_ids"],
        )
    company = field.of_company("companies", company_id)[0]
    founded = [
        "" if is_missing(company[c]) else str(company[c]) for c in ("founded_year", "hq_city", "listing")
    ]
    facts["Founded, seat, listing"] = (", ".join(f for f in founded if f), company["source_ids"])
    return facts


def _differs(word: str) -> str:
    return {"differs": "≠\u00a0differs", "same": "=\u00a0same"}.get(word, word)


COMPARE_TABLE = col.Frame(
    "facts from governance to the books; one column an organisation, in the words of the fact",
    fact="what is compared",
    differs=col.said("whether it differs; nothing where it is known of one alone", _differs),
)


def compare_table(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Facts of two to four companies as of the day, one a row."""
    ids = compared(tables, selection)
    names = tables["companies"].set_index("company_id")["company_name"]
    field = _Field(tables, selection)
    facts = {c: facts_of(tables, selection, c, field) for c in ids}
    rows = []
    for fact in facts[ids[0]] if ids else ():
        cells = [facts[c][fact] for c in ids]
        known = [words for words, _ in cells if words]
        if not known:
            continue
        differs = "" if len(known) < 2 else "differs" if len({_core(fact, w) for w in known}) > 1 else "same"
        rows.append(
            {
                "fact": fact,
                **{names[c]: words or None for c, (words, _) in zip(ids, cells, strict=True)},
                "differs": differs,
                "source_ids": joined_sources(*(s for _, s in cells if s)),
            }
        )
    return pd.DataFrame(rows, columns=["fact", *(names[c] for c in ids), "differs", "source_ids"])


def _core(fact: str, words: str) -> str:
    """What must be equal for two facts to be the same: the label without its day."""
    return words.split(" since ")[0] if fact.startswith("Governance") else words


def compared_names(frame: pd.DataFrame) -> list[str]:
    """The columns of companies in a frame of `compare_table`."""
    return [c for c in frame if c not in ("fact", "differs", "source_ids")]


#: Letters of a finding that stands as a title.
LONGEST = 150


def _steered(groups: dict[str, list[str]]) -> str:
    return "; ".join(
        f"{join_words(names)} {'is' if len(names) == 1 else 'are'} {in_sentence(label)}"
        for label, names in groups.items()
    )


def compare_table_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How each is steered, those alike together; else how many of the comparable facts differ."""
    names = compared_names(frame)
    if len(names) < 2:
        return ""
    steered = frame[frame["fact"] == f"Governance, {selection.basis}"]
    groups: dict[str, list[str]] = {}
    for name in names if len(steered) else ():
        if not is_missing(steered[name].iloc[0]):
            groups.setdefault(_core("Governance", str(steered[name].iloc[0])), []).append(name)
    if sum(len(g) for g in groups.values()) == len(names):
        if len(groups) == 1:
            return f"{join_words(names)} are steered alike: {in_sentence(next(iter(groups)))}"
        whole = _steered(groups)
        # A title has two lines: where whole names are too long, the short ones say it.
        return (
            whole
            if len(whole) <= LONGEST
            else _steered({k: [*map(short_name, g)] for k, g in groups.items()})
        )
    known = frame[frame["differs"] != ""]
    return f"{join_words(names)} differ in {int((known['differs'] == 'differs').sum())} of {len(known)} facts"


def compare_table_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Scope and day, and how money is stated."""
    return (
        f"Facts with a source as of {format_day(selection.as_of)}; prices in "
        f"{'US dollars' if selection.currency == 'USD' else 'yuan'}, other money as stated"
    )


# --- Index of each company over time ---


COMPARE_INDEX = col.Frame(
    "organisations in order, days ascending; a last row repeats the value on the day shown",
    "confidence",
    "caveat",
    company_name=col.company(),
    governance_model=col.of_scale(GOVERNANCE, "short name of the governance model coded from that day"),
    governance_model_id=col.KNOWN,
    day=col.day("first day of the value", "From"),
    centralisation_index=col.INDEX,
    scored=col.SCORED,
)


def compare_index(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Centralisation index of the companies compared from each day on which a score changed."""
    ids = compared(tables, selection)
    names = tables["companies"].set_index("company_id")["company_name"]
    known = tables["governance_index"].dropna(subset=["centralisation_index"])
    rows: list[dict[str, Any]] = []
    for cid in ids:
        mine = known[known["company_id"] == cid].sort_values("valid_from", kind="stable")
        for r in mine.itertuples(index=False):
            rows.append(
                {
                    "company_name": names[cid],
                    "governance_model": model_short(r.governance_model_id),
                    "governance_model_id": r.governance_model_id,
                    "day": r.valid_from,
                    "centralisation_index": float(r.centralisation_index),
                    "scored": int(r.scored_count),
                    "confidence": r.confidence,
                    "caveat": index_caveat(r.confidence, int(r.scored_count)),
                    "source_ids": r.source_ids,
                }
            )
        if len(mine):
            rows.append({**rows[-1], "day": selection.as_of})
    return counted(COMPARE_INDEX.of(rows), len(ids))


def compare_index_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The most and the least centralised of those compared, with their index."""
    ends = frame.groupby("company_name", sort=False)["centralisation_index"].last()
    if len(ends) < 2 or ends.max() == ends.min():
        return ""
    return f"{ends.idxmax()} is most centralised, {ends.max():.0f}; {ends.idxmin()} least, {ends.min():.0f}"


def compare_index_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What the index is, and how many have one."""
    return (
        f"Centralisation index, 0 each unit for itself to 100 one group authority; "
        f"known of {companies_of(frame, noun='company')}; "
        f"to {format_day(selection.as_of)}"
    )


# --- Releases of each company, one panel each ---


def compare_releases(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models that the companies compared released, in the twelve quarters to the newest release."""
    return quarters_of(tables, selection, compared(tables, selection))


def compare_releases_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who released most of those compared, and who opened the larger share."""
    totals = frame.groupby("company_name", sort=False)["models"].sum()
    if len(totals) < 2:
        return ""
    ranked = totals.sort_values(ascending=False, kind="stable")
    if ranked.iloc[0] == ranked.iloc[1]:
        return ""
    shares = {
        str(name): counted_open(mine.set_index("weights")["models"])
        for name, mine in frame.groupby("company_name", sort=False)
    }
    lead = f"{ranked.index[0]} released most models, {ranked.iloc[0]}"
    best = sorted(((s, n) for n, s in shares.items() if s is not None), key=lambda one: -one[0])
    if len(best) < 2 or round(best[0][0]) == round(best[1][0]):
        return lead
    if best[0][1] == ranked.index[0]:
        return f"{lead}, and opened the largest share, {best[0][0]:.0f} %"
    return f"{lead}; {best[0][1]} opened the largest share, {best[0][0]:.0f} %"


def compare_releases_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, span, scale."""
    scope = n_of(frame, "model", n=int(frame["models"].sum()))
    last = format_day(frame["last_release_date"].max())
    return f"Models and sizes first available, per quarter, by weights, one scale; {scope}, to {last}"


# --- Ratings of each company ---


COMPARE_RATING = col.Frame(
    "models; companies in order, best first",
    **col.WHO,
    model_name=col.model(),
    arena_rating=col.score("Arena text rating without style control", "elo", heading="Arena text rating"),
    is_best=col.flag("best of its company"),
    is_outside=col.KNOWN,
    release_date=col.day("day of the release"),
    rating_date=col.day("day of the rating"),
)


def compare_rating(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Arena text ratings of the companies compared, one snapshot."""
    ids = compared(tables, selection)
    models = of_companies(tables, selection.basis, "models")
    rows = models.merge(ratings.arena(tables).drop(columns="company_id"), on="model_id")
    rows = rows[rows["company_id"].isin(ids)]
    rank = {c: i for i, c in enumerate(ids)}
    rows = rows.assign(_rank=rows["company_id"].map(rank)).sort_values(
        ["_rank", "arena_rating"], ascending=[True, False], kind="stable"
    )
    rows["is_best"] = ~rows.duplicated("company_id")
    rows["source_ids"] = [
        joined_sources(a, b) for a, b in zip(rows["rating_source_ids"], rows["source_ids"], strict=True)
    ]
    return counted(rows[COMPARE_RATING.names], len(ids))


def compare_rating_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The best-rated of those compared, and by how many points."""
    best = frame[frame["is_best"].astype(bool)].sort_values("arena_rating", ascending=False, kind="stable")
    if len(best) < 2:
        return ""
    gap = round(float(best["arena_rating"].iloc[0])) - round(float(best["arena_rating"].iloc[1]))
    first, second = best.iloc[0], best.iloc[1]
    if gap <= 0:
        return ""
    return f"{first['company_name']} rates {plural(gap, 'point')} above {second['company_name']}"


def compare_rating_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, snapshot, how many are rated."""
    return (
        f"Arena text rating (no style control) of {format_day(frame['rating_date'].max())}, one snapshot; "
        f"{plural(len(frame), 'model')}, {companies_of(frame, 'rated', 'company')}"
    )


CHARTS = (
    Chart(
        id="compare-table",
        topic="companies",
        title="Companies side by side",
        question="How do these companies differ in how they steer, build and sell AI?",
        subtitle=compare_table_subtitle,
        scales=lambda frame, selection: ("epoch-eci", "lmarena-text", ratings.RATES),
        data=compare_table,
        columns=COMPARE_TABLE,
        kind=Table(("fact", Cell(OTHERS, none=NOT_KNOWN, begins=GOVERNANCE), Cell("differs", none=""))),
        finding=compare_table_finding,
        rule=flagships.FLAGSHIP,
        note="≠ differs, = same, neither where fewer than two are known. Output price: of the model rated best, else of "
        "the one priced last.",
    ),
    Chart(
        id="compare-index",
        topic="companies",
        title="Centralisation of companies side by side",
        question="Which of these companies moved towards the centre, and when?",
        subtitle=compare_index_subtitle,
        data=compare_index,
        columns=COMPARE_INDEX,
        kind=Lines("day", "centralisation_index", "company_name", "governance_model", steps=True, apart=True),
        finding=compare_index_finding,
        note="Marks: governance model coded from that day. Labs and start-ups have no units and no index.",
    ),
    Chart(
        id="compare-releases",
        topic="companies",
        title="Releases of companies side by side",
        question="Which of these companies releases more, and more openly?",
        subtitle=compare_releases_subtitle,
        data=compare_releases,
        columns=RELEASES_A_QUARTER,
        kind=Columns("quarter", "models", stack="weights", tick="quarter", panel="company_name"),
        finding=compare_releases_finding,
    ),
    Chart(
        id="compare-rating",
        topic="companies",
        title="Ratings of companies side by side",
        question="Whose best model rates higher?",
        subtitle=compare_rating_subtitle,
        data=compare_rating,
        columns=COMPARE_RATING,
        kind=Dots("company_name", "arena_rating", "governance_model", name="model_name", strong="is_best"),
        finding=compare_rating_finding,
        note="Faint: the company's other rated models.",
    ),
)
