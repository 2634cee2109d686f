"""Charts that set two to four companies side by side: facts in one table, index, releases, ratings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.centralisation import index_steps
from dashboard.charts.companies import in_sentence, in_words
from dashboard.charts.kinds.bars import Columns
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.table import OTHERS, Cell, Table
from dashboard.charts.marks import cited, joined_sources
from dashboard.charts.money import METRIC_WORDS, PLAN_METRICS, money
from dashboard.charts.profile import RELEASES_A_QUARTER, quarters_of
from dashboard.charts.rows import (
    as_of,
    companies_of,
    counted,
    lone_top,
    n_of,
    names_of,
    of_companies,
    ordered,
)
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
    companies = tables["companies"]["company_id"].tolist()
    asked = [c for c in selection.companies if c in companies][:MOST]
    if len(asked) >= 2:
        return asked
    models, events = (tables[t]["company_id"].value_counts() for t in ("models", "governance_events"))
    known = models.add(events * 3, fill_value=0)
    by = sorted(companies, key=lambda c: (-known.get(c, 0), c))
    return [*asked, *(c for c in by if c not in asked)][:MOST]


# --- Facts side by side ---

NOT_KNOWN = "no source"


def _in_force(field: _Field, company_id: str, basis: str) -> Fact:
    row = next(iter(field.of_company(f"periods, {basis}", company_id)[-1:]), None)
    if row is None or not is_missing(row["valid_to"]):
        return NOTHING
    since = format_day(row["valid_from"], row["valid_from_precision"])
    said = [f"{model_short(row['governance_model_id'])} since {since}"]
    for held in field.of_company(f"held, {basis}", company_id):
        said += [words for words in (held["seen"], held["doubt"]) if words]
    return ", ".join(said), row["source_ids"]


def _newest_metric(rows: list[Row], metrics: Sequence[str]) -> Fact:
    """The newest of some metrics; of two of one day the metric named first, of equals the last of the table."""

    def order(row: Row) -> tuple[object, ...]:
        # What is stated counts by its period, however late it was told; a plan by its day.
        told = [d for d in (row["known_date"], row["period_end_date"]) if not is_missing(d)]
        days = (min(told, default=pd.NaT), row["period_end_date"])
        return *((is_missing(d), 0 if is_missing(d) else d.value) for d in days), -metrics.index(
            row["metric"]
        )

    stated = [
        r
        for r in rows
        if r["metric"] in metrics and not is_missing(r["value"]) and not is_missing(r["currency"])
    ]
    if not stated:
        return NOTHING
    row = max(reversed(stated), key=order)
    what = in_sentence(METRIC_WORDS.get(row["metric"], in_words(row["metric"])))
    words = f"{money(float(row['value']), row['currency'])}, {what}, {period_words(str(row['period']))}"
    return words, row["source_ids"]


def _flagship(row: Row, selection: Selection) -> Fact:
    day = format_day(row["release_date"], row["release_date_precision"])
    weights = "" if is_missing(row["weights"]) else f", {row['weights']}"
    old = flagships.since_words(row, selection.as_of)
    words = f"{row['model_name']}, {day}{weights}{f'; {old}' if old else ''}"
    return words, joined_sources(row["source_ids"], row["why_sources"])


def _released(models: list[Row], selection: Selection) -> tuple[Fact, Fact]:
    """How many models came out in the twelve months to the day shown, and how many of those have open weights."""
    year = [r for r in models if r["release_date"] > selection.as_of - pd.DateOffset(years=1)]
    stated = [r for r in year if not is_missing(r["weights"])]
    if all(is_missing(r["release_date"]) for r in models):
        return NOTHING, NOTHING
    if not year:
        return (plural(0, "model"), ""), ("none released", _sources(models))
    opened, known = counts_of(r["weights"] for r in stated)
    share = (
        (f"{format_percent(opened / known * 100)}, {opened} of {known}", _sources(stated))
        if stated
        else NOTHING
    )
    return (plural(len(year), "model"), _sources(year)), share


def _price(field: _Field, models: list[Row], rated: list[Row], selection: Selection) -> Fact:
    """The price of what a company rates best with, else of what was priced last."""
    priced = field.prices[field.prices["model_id"].isin([r["model_id"] for r in models])]
    if priced.empty:
        return NOTHING
    rank = {r["model_id"]: r["arena_rating"] for r in rated}
    row = ordered(priced, "-rating", "-price_date", rating=priced["model_id"].map(rank)).iloc[0]
    amount = format_money(row["output_price_per_mtok"], selection.currency)
    converted = "" if is_missing(row["converted_from"]) else f" (from {row['converted_from']})"
    words = f"{amount} per million tokens, {field.model_names[row['model_id']]}{converted}"
    return words, row["price_source_ids"]


def _sources(rows: list[Row]) -> str:
    return joined_sources(*(r["source_ids"] for r in rows))


def _first(rows: list[Row], say: Callable[[Row], str]) -> Fact:
    """What the first of some rows says, and its documents."""
    return (say(rows[0]), rows[0]["source_ids"]) if rows else NOTHING


def _listed(rows: list[Row], column: str) -> Fact:
    """The cells of a column, and the documents of all rows."""
    return ", ".join(r[column] for r in rows), _sources(rows)


Row = dict[str, Any]
#: A fact in words and its list cell of documents; "" for both where no source is known.
Fact = tuple[str, str]
NOTHING: Fact = ("", "")
#: Columns that facts are read from, by table.
_READ = {
    "companies": ("founded_year", "hq_city", "listing"),
    "models": ("model_id", "is_rolling_alias", "release_date", "weights"),
    "infrastructure": ("infrastructure_kind", "infrastructure_name"),
    "commercial_levers": ("is_headline", "lever_name"),
    "company_metrics": ("metric", "value", "currency", "known_date", "period_end_date", "period"),
    "transparency_scores": ("published_date", "score", "indicators"),
}


class _Field:
    """What is worked out once for all companies compared: rows of tables, of `landscape` and of `prices`, by company."""

    def __init__(self, tables: Tables, selection: Selection) -> None:
        read = {name: tables[name][["company_id", *columns, "source_ids"]] for name, columns in _READ.items()}
        read["models"] = released(read["models"])
        for basis in ("reported", "coded"):
            read[f"periods, {basis}"] = landscape.periods(tables, basis)
            read[f"held, {basis}"] = landscape.spoken_for(tables, basis, selection.as_of).reset_index()
        index = landscape.index_in_force(tables).dropna(subset=["centralisation_index"])
        read["index"] = index.reset_index()
        read["leads"] = landscape.leads_in_force(tables).reset_index()
        read["events"] = landscape.newest_events(tables).reset_index()
        read["flagships"] = flagships.flagships(tables).reset_index()
        read["ratings"] = ratings.arena(tables).rename(columns={"rating_source_ids": "source_ids"})
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
) -> dict[str, Fact]:
    """Fact to its words and its list cell of sources, for one company; "" where no source is known."""
    field = field or _Field(tables, selection)
    of = partial(field.of_company, company_id=company_id)
    models, rated, metrics = of("models"), of("ratings"), of("company_metrics")
    shipped, opened = _released(models, selection)
    owned = {
        kind: _listed(
            [r for r in of("infrastructure") if r["infrastructure_kind"] == kind], "infrastructure_name"
        )
        for kind in ("chip", "cloud", "framework")
    }
    headline = sorted(of("commercial_levers"), key=lambda r: not r["is_headline"])[:1]
    scores = sorted(of("transparency_scores"), key=lambda r: r["published_date"])[-1:]
    flagship = of("flagships")
    return {
        "Governance, reported": _in_force(field, company_id, "reported"),
        "Governance, coded": _in_force(field, company_id, "coded"),
        "Centralisation index": _first(
            of("index"),
            lambda r: f"{r['centralisation_index']:.0f} of 100, {int(r['scored_count'])} of 6 dimensions",
        ),
        "Leads AI": _first(of("leads"), lambda r: f"{r['person_name']}, {r['role']}"),
        "Last reorganisation": _first(
            of("events"), lambda r: f"{r['title']}, {format_day(r['event_date'], r['event_date_precision'])}"
        ),
        "Flagship": _flagship(flagship[0], selection) if flagship else NOTHING,
        "Best Arena rating": _first(
            rated, lambda r: f"{format_score(r['arena_rating'], 'elo')}, {field.model_names[r['model_id']]}"
        ),
        "Released in 12 months": shipped,
        "With open weights": opened,
        "Output price": _price(field, models, rated, selection),
        "Own chips": owned["chip"],
        "Own cloud": owned["cloud"],
        "Own framework": owned["framework"],
        "Commercial lever": _listed(headline, "lever_name"),
        "Revenue": _newest_metric(metrics, ("revenue", "total_revenue", "cloud_revenue")),
        "Announced plan": _newest_metric(metrics, PLAN_METRICS),
        "Investment": _newest_metric(metrics, ("capex", "ai_and_cloud_capex", "ai_capex", "r_d_spend")),
        "Transparency index": _first(
            scores, lambda r: f"{r['score']} of {r['indicators']}, {format_day(r['published_date'], 'month')}"
        ),
        "Founded, seat, listing": _first(
            of("companies"),
            lambda r: ", ".join(
                str(r[c]) for c in ("founded_year", "hq_city", "listing") if not is_missing(r[c])
            ),
        ),
    }


def _differs(word: str) -> str:
    return {"differs": "≠\u00a0differs", "same": "=\u00a0same"}.get(word, word)


COMPARE_TABLE = col.Frame(
    "facts from governance to the books; one column an organisation, in the words of the fact",
    fact="what is compared",
    differs=col.said("whether it differs; nothing where it is known of one alone", _differs),
)


def compare_table(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Facts of two to four companies as of the day, one a row."""
    ids, names = compared(tables, selection), names_of(tables)
    field = _Field(tables, selection)
    facts = [facts_of(tables, selection, cid, field) for cid in ids]
    rows = []
    for fact in facts[0] if ids else ():
        cells = [mine[fact] for mine in facts]
        known = {_core(fact, words) for words, _ in cells if words}
        if not known:
            continue
        count = sum(words != "" for words, _ in cells)
        rows.append(
            {
                "fact": fact,
                **{names[cid]: words or None for cid, (words, _) in zip(ids, cells, strict=True)},
                "differs": "" if count < 2 else "differs" if len(known) > 1 else "same",
                "source_ids": joined_sources(*(cited for _, cited in cells)),
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
    groups: dict[str, list[str]] = {}
    for row in frame[frame["fact"] == f"Governance, {selection.basis}"].to_dict("records"):
        for name in names:
            if not is_missing(row[name]):
                groups.setdefault(_core(row["fact"], str(row[name])), []).append(name)
    if sum(map(len, groups.values())) < len(names):
        known = frame.loc[frame["differs"] != "", "differs"]
        return f"{join_words(names)} differ in {int((known == 'differs').sum())} of {len(known)} facts"
    if len(groups) == 1:
        return f"{join_words(names)} are steered alike: {in_sentence(next(iter(groups)))}"
    whole = _steered(groups)
    # A title has two lines: where whole names are too long, the short ones say it.
    return whole if len(whole) <= LONGEST else _steered({k: [*map(short_name, g)] for k, g in groups.items()})


def compare_table_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Scope and day, and how money is stated."""
    currency = "US dollars" if selection.currency == "USD" else "yuan"
    return f"Facts with a source {as_of(selection)}; prices in {currency}, other money as stated"


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
    return counted(COMPARE_INDEX.of(index_steps(tables, selection, ids)), len(ids))


def compare_index_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The most and the least centralised of those compared, with their index."""
    ends = frame.groupby("company_name", sort=False)["centralisation_index"].last()
    if len(ends) < 2 or ends.max() == ends.min():
        return ""
    return f"{ends.idxmax()} is most centralised, {ends.max():.0f}; {ends.idxmin()} least, {ends.min():.0f}"


# --- Releases of each company, one panel each ---


def compare_releases(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models that the companies compared released, in the twelve quarters to the newest release."""
    return quarters_of(tables, selection, compared(tables, selection))


def compare_releases_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who released most of those compared, and who opened the larger share."""
    totals = frame.groupby("company_name", sort=False)["models"].sum()
    most = lone_top(totals)
    if most is None:
        return ""
    lead = f"{most} released most models, {totals[most]}"
    opened = frame.groupby("company_name", sort=False)[["weights", "models"]].apply(
        lambda mine: counted_open(mine.set_index("weights")["models"])
    )
    opened = opened.dropna().sort_values(ascending=False, kind="stable")
    if len(opened) < 2 or round(opened.iloc[0]) == round(opened.iloc[1]):
        return lead
    who = ", and" if opened.index[0] == most else f"; {opened.index[0]}"
    return f"{lead}{who} opened the largest share, {opened.iloc[0]:.0f} %"


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
    rows = ordered(rows, "_place", "-arena_rating", _place=rows["company_id"].map(ids.index))
    rows = rows.assign(
        is_best=~rows.duplicated("company_id"), source_ids=cited(rows, "rating_source_ids", "source_ids")
    )
    return counted(rows[COMPARE_RATING.names], len(ids))


def compare_rating_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The best-rated of those compared, and by how many points."""
    best = ordered(frame[frame["is_best"].astype(bool)], "-arena_rating").head(2)
    if len(best) < 2:
        return ""
    (first, second), (high, low) = best["company_name"], (round(float(r)) for r in best["arena_rating"])
    return f"{first} rates {plural(high - low, 'point')} above {second}" if high > low else ""


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
        subtitle=lambda frame, selection: (
            f"Centralisation index, 0 each unit for itself to 100 one group authority; "
            f"known of {companies_of(frame, noun='company')}; "
            f"to {format_day(selection.as_of)}"
        ),
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
        subtitle=lambda frame, selection: (
            "Models and sizes first available, per quarter, by weights, one scale; "
            f"{n_of(frame, 'model', n=int(frame['models'].sum()))}, to {format_day(frame['last_release_date'].max())}"
        ),
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
        subtitle=lambda frame, selection: (
            f"Arena text rating (no style control) of {format_day(frame['rating_date'].max())}, one snapshot; "
            f"{plural(len(frame), 'model')}, {companies_of(frame, 'rated', 'company')}"
        ),
        data=compare_rating,
        columns=COMPARE_RATING,
        kind=Dots("company_name", "arena_rating", "governance_model", name="model_name", strong="is_best"),
        finding=compare_rating_finding,
        note="Faint: the company's other rated models.",
    ),
)
