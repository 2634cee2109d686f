"""Charts that set two to four companies side by side: facts in one table, index, releases, ratings."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.centralisation import index_steps
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.table import OTHERS, Cell, Table
from dashboard.charts.marks import cited, joined_sources
from dashboard.charts.profile import A_QUARTER, RELEASES_A_QUARTER, quarters_of
from dashboard.charts.rows import (
    counted,
    lone_top,
    names_of,
    of_companies,
    ordered,
)
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import flagships, ratings
from dashboard.facts.models import counted_open
from dashboard.facts.record import facts_of
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import in_sentence, is_missing, join_words, plural, short_name

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


SIGNED = {"differs": "≠\u00a0differs", "same": "=\u00a0same"}
COMPARE_TABLE = col.Frame(
    "facts from governance to the books; one column an organisation, in the words of the fact",
    fact="what is compared",
    differs=col.said(
        "whether it differs; nothing where it is known of one alone",
        lambda word: SIGNED.get(word, word),
        "Compared",
    ),
)


def compare_table(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Facts of two to four companies as of the day, one a row."""
    ids, names = compared(tables, selection), names_of(tables)
    facts = [facts_of(tables, selection, cid) for cid in ids]
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
        return f"{join_words(names)} differ in {int((known == 'differs').sum()):,} of {len(known):,} facts"
    if len(groups) == 1:
        return f"{join_words(names)} are steered alike: {in_sentence(next(iter(groups)))}"
    whole = _steered(groups)
    # A title has two lines: where whole names are too long, the short ones say it.
    return whole if len(whole) <= LONGEST else _steered({k: [*map(short_name, g)] for k, g in groups.items()})


# --- Index of each company over time ---
COMPARE_INDEX = col.Frame(
    "organisations in order, days ascending; a last row repeats the value on the day shown",
    "confidence caveat",
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
    **col.rated(is_best=col.flag("best of its company")),
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


CHARTS = on(
    "companies",
    Chart(
        title="Companies side by side",
        question="How do these companies differ in how they steer, build and sell AI?",
        subtitle="Facts with a source {as_of}; prices in {currency}, other money as stated",
        shows=COMPARE_TABLE.by(compare_table, compare_table_finding),
        kind=Table(("fact", Cell(OTHERS, none=NOT_KNOWN, begins=GOVERNANCE), Cell("differs", none=""))),
        note="≠ differs, = same, neither where fewer than two are known. Output price: of the model rated best, else of the one priced last.",
        rule=flagships.FLAGSHIP,
        scales=("epoch-eci", "lmarena-text", ratings.RATES),
    ),
    Chart(
        title="Centralisation of companies side by side",
        question="Which of these companies moved towards the centre, and when?",
        subtitle="Centralisation index, 0 each unit for itself to 100 one group authority; known of {companies}; to {day}",
        shows=COMPARE_INDEX.by(compare_index, compare_index_finding),
        kind=Lines("day", "centralisation_index", steps="apart"),
        note="Marks: governance model coded from that day. Labs and start-ups have no units and no index.",
    ),
    Chart(
        title="Releases of companies side by side",
        question="Which of these companies releases more, and more openly?",
        subtitle="Models and sizes first available, per quarter, by weights, one scale; {models}, to {newest.last_release_date}",
        shows=RELEASES_A_QUARTER.by(compare_releases, compare_releases_finding),
        kind=replace(A_QUARTER, panel="company_name"),
    ),
    Chart(
        title="Ratings of companies side by side",
        question="Whose best model rates higher?",
        subtitle="Arena text rating (no style control) of {newest.rating_date}, one snapshot; {rows:model}, {companies:rated}",
        shows=COMPARE_RATING.by(compare_rating, compare_rating_finding),
        kind=Dots("company_name", "arena_rating", name="model_name", strong="is_best"),
        note="Faint: the company's other rated models.",
    ),
)
