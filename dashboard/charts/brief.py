"""What a brief on one company says, and how two companies compare: position, what speaks against it, what to watch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.compare import compared
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.profile import CHOOSE_COMPANY, profiled
from dashboard.charts.rows import days, names_of, ordered
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import edition, landscape, match, ratings, windows
from dashboard.facts.metrics import METRIC_WORDS, money, plans_in_force
from dashboard.facts.record import facts_of
from dashboard.facts.watch import Watch
from dashboard.look import theme
from etl.governance_rule import DIMENSIONS

PRINTED = "A claim in print"
#: What stands against a row that is shown on weak support.
WEAK = "Weakly supported"
#: Begins what stands in the place of a leader where one of two has no value.
NO_VALUE = "no value of "
#: Words for a reading's dimension.
_DIMENSION = {d: d.replace("_", " ") for d in DIMENSIONS}


def _shown(tables: Tables, selection: Selection) -> tuple[str, str]:
    """Id and name of the company shown; both "" where there is none."""
    cid = profiled(tables, selection)
    return (cid, str(names_of(tables)[cid])) if cid else ("", "")


# --- Position ---
COMPANY_POSITION = col.Frame(
    "facts, in the order of the comparison",
    company_name=col.company(),
    fact="what is asked",
    known=col.text("what is on record", "On record"),
)


def company_position(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What is known of one company, fact by fact."""
    cid, name = _shown(tables, selection)
    facts = facts_of(tables, selection, cid) if cid else {}
    return COMPANY_POSITION.of((name, fact, said, cell) for fact, (said, cell) in facts.items() if said)


def company_position_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How the company is steered, and by whom, where both are known."""
    known = dict(zip(frame["fact"], frame["known"], strict=True))
    label, lead = known.get(f"Governance, {selection.basis}"), known.get("Leads AI")
    if label is None and (coded := known.get("Governance, coded")):
        label = f"{coded}, by the printed rule"
    parts = "; ".join(filter(None, (label, f"AI led by {lead}" if lead else "")))
    return f"{frame.iloc[0]['company_name']}: {parts}" if parts else ""


# --- What speaks against it ---
COMPANY_AGAINST = col.Frame(
    "contradictions and weak rows: reports, scores, changes, claims",
    "confidence",
    company_name=col.company(),
    about="what it is about",
    shown="what is shown",
    against=col.text("what stands against it", "Against it"),
)


def company_against(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Where documents contradict what is shown of one company, or support it weakly."""
    cid, name = _shown(tables, selection)
    if not cid:
        return COMPANY_AGAINST.of()
    claims = tables["claims"]
    claims = claims[claims["company_id"].eq(cid) & claims["verdict"].isin(["contradicted", "out_of_date"])]
    rows = [
        *_labels(tables, cid),
        *_readings(tables, selection, cid),
        *_weak(tables, selection, cid),
        *(
            _row(r, PRINTED, str(r.claim), _and(theme.in_words(r.verdict), r.evidence))
            for r in claims.itertuples()
        ),
    ]
    return COMPANY_AGAINST.of(rows).assign(company_name=name)


def _row(r: Any, about: str, shown: str, against: str) -> dict[str, Any]:
    """What stands against something shown, on the word of a row with its confidence and documents."""
    said = {"about": about, "shown": shown, "against": against}
    return said | {"confidence": r.confidence, "source_ids": r.source_ids}


def _and(said: str, more: object) -> str:
    """What is said, and more of it where there is more."""
    return said if theme.is_missing(more) else f"{said}: {more}"


def _labels(tables: Tables, cid: str) -> Iterator[dict[str, Any]]:
    """Other reports that hold today, and the label on the other basis."""
    about, shown = "How AI is steered", {}
    for basis in ("reported", "coded"):
        held = landscape.assessments_in_force(tables, basis)
        held = held[held["company_id"] == cid]
        for top in held.head(1).itertuples():
            shown[basis] = top
            for r in held[held["governance_model_id"] != top.governance_model_id].itertuples():
                other = f"{r.reported_by} calls it {theme.model_inside(r.governance_model_id)}"
                yield _row(
                    r,
                    about,
                    theme.in_words(theme.model_inside(top.governance_model_id)),
                    _and(other, r.stated_as),
                )
    if len(shown) == 2:
        reported, coded = shown["reported"], shown["coded"]
        said, given = (theme.model_inside(s.governance_model_id) for s in (reported, coded))
        if said != given:
            yield _row(reported, about, f"Reported as {said}", f"The printed rule gives {given}") | {
                "confidence": marks.weakest([reported.confidence, coded.confidence]),
                "source_ids": joined_sources(reported.source_ids, coded.source_ids),
            }


def _readings(tables: Tables, selection: Selection, cid: str) -> Iterator[dict[str, Any]]:
    """Scores of the same dimension and day from sources that rank lower."""
    for dimension, reading in windows.readings(tables, cid, selection.as_of).iterrows():
        about = f"Score of {_DIMENSION.get(str(dimension), theme.in_words(str(dimension)))}"
        for r in windows.dissent(tables, reading, cid, str(dimension)).itertuples():
            against = _and(f"{r.score} of 4 by another source", r.evidence)
            yield _row(r, about, f"{reading['score']} of 4", against)


def _weak(tables: Tables, selection: Selection, cid: str) -> Iterator[dict[str, Any]]:
    """What is shown and rests on weak support: scores, the lead, changes of the last year."""
    for dimension, r in windows.readings(tables, cid, selection.as_of).iterrows():
        if r["confidence"] == "low" and dimension in _DIMENSION:
            said = "no evidence quoted" if theme.is_missing(r["evidence"]) else r["evidence"]
            yield _row(r, f"Score of {_DIMENSION[str(dimension)]}", f"{r['score']} of 4: {said}", WEAK)
    events = landscape.reorganisations(tables)
    events = events[events["company_id"].eq(cid) & (events["event_date"] > selection.since)]
    for r in events[events["confidence"].eq("low")].itertuples():
        told = f"{r.title}, {theme.format_day(r.event_date, r.event_date_precision)}"
        yield _row(r, "A reorganisation", told, WEAK)


def company_against_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many, and of what kind first."""
    weak, in_print = int(frame["against"].eq(WEAK).sum()), int(frame["about"].eq(PRINTED).sum())
    counts = (
        (len(frame) - weak - in_print, "dissenting report", None),
        (weak, "weak row", None),
        (in_print, "claim in print that does not hold", "claims in print that do not hold"),
    )
    said = [theme.plural(n, noun, nouns) for n, noun, nouns in counts if n]
    return f"{frame.iloc[0]['company_name']}: {theme.join_words(said)}"


# --- Unknown, and to watch ---
COMPANY_AHEAD = col.Frame(
    "what to watch by day, then what is not known",
    company_name=col.company(),
    what="kind of thing",
    said=col.text("in words", "In words"),
    when="its day; empty where it has none",
)


def company_ahead(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What no document says of one company, and what to watch with its day."""
    cid, name = _shown(tables, selection)
    if not cid:
        return COMPANY_AHEAD.of()
    due = edition.due(edition.states(tables, selection), Watch(companies=(cid,)))
    rows = [("To watch: a prediction", r.claim, r.due, r.source_ids) for r in due.itertuples()]
    plans = plans_in_force(tables["company_metrics"])
    is_ahead = plans["period_end_date"] > selection.as_of
    for r in ordered(plans[plans["company_id"].eq(cid) & is_ahead], "period_end_date").itertuples():
        said = f"{METRIC_WORDS[r.metric]}, {money(float(r.value), r.currency)}, {theme.period_words(str(r.period))}"
        rows.append(("To watch: a plan", said, theme.format_day(r.period_end_date), r.source_ids))
    built = tables["infrastructure"]
    coming = built["status"].fillna("").str.contains("announced|preparation|ramping|public test|shipping")
    built = ordered(built[built["company_id"].eq(cid) & coming], "-announced_date").head(4)
    for r, day in zip(built.itertuples(), days(built, "announced_date"), strict=True):
        what = f"To watch: {theme.in_words(str(r.status)).lower()}"
        rows.append((what, r.infrastructure_name, f"told {day or 'undated'}", r.source_ids))
    # No document says it: those that name the company are what was read.
    own = tables["companies"].set_index("company_id").loc[cid, "source_ids"]
    facts = facts_of(tables, selection, cid)
    rows += [("Not known", fact, "", own) for fact, (said, _) in facts.items() if not said]
    return COMPANY_AHEAD.of((name, *row) for row in rows)


def company_ahead_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How much is unknown, and how much can be watched."""
    unknown = int(frame["what"].eq("Not known").sum())
    rest = len(frame) - unknown
    watched = theme.plural(rest, "thing") if rest else "nothing dated"
    open_ = f"{theme.plural(unknown, 'fact')} on no record" if unknown else "every fact asked is on record"
    return f"{frame.iloc[0]['company_name']}: {watched} to watch, {open_}"


# --- Two companies ---
MATCH_UP = col.Frame(
    "measures that both have, then those that one of them has",
    measure="what is measured",
    first="value of the first company",
    second="value of the second company",
    leads="who leads; level where the gap is too small to tell; whose value is missing",
    by="by how much",
    confidence=col.KNOWN,
    strength=col.text("weakest support of the two values", "How sure"),
    source_ids=col.KNOWN,
    pair="the two companies",
    first_company="name of the first company",
    second_company="name of the second company",
)


def match_up(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Where each of two companies leads, by how much, and how sure that is."""
    ids = compared(tables, selection)[:2]
    if len(ids) < 2:
        return MATCH_UP.of()
    names = [str(names_of(tables)[c]) for c in ids]
    pair = {"pair": " against ".join(names), "first_company": names[0], "second_company": names[1]}
    both, alone = [], []
    for one in match.measures(tables, selection, ids):
        found = [one.values.get(c) for c in ids]
        known = [value for value in found if value is not None]
        first, second = ("no value" if v is None else one.words(v.amount) for v in found)
        row: dict[str, Any] = {"measure": one.label, "first": first, "second": second, **pair}
        sure = marks.weakest(value.confidence for value in known)
        row |= {"confidence": sure, "source_ids": joined_sources(*(value.source_ids for value in known))}
        if len(known) == 1:
            leads = f"{NO_VALUE}{names[found.index(None)]}"
            alone.append(row | {"leads": leads, "strength": "not compared"})
        elif known and known[0].way == known[1].way:
            leads, by = match.lead(one, known[0].amount, known[1].amount, names)
            strength = "counted from rows" if sure is None else marks.CONFIDENCE.get(sure, sure)
            both.append(row | {"leads": leads, "by": by, "strength": strength})
    # What one of them alone has is told below what both have, and is nothing to tell where nothing can be compared.
    frame = MATCH_UP.of([*both, *alone] if both else [])
    if alone:
        frame.attrs["more"] = f", then {len(alone):,} that one of them has"
    return frame


def match_up_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many measures each leads on."""
    a, b = frame.iloc[0][["first_company", "second_company"]]
    leads = frame.loc[~frame["leads"].str.startswith(NO_VALUE), "leads"]
    wins = leads.value_counts()
    level = f", level on {wins['Level']}" if wins.get("Level") else ""
    return f"{a} leads on {wins.get(a, 0)} of {theme.plural(len(leads), 'measure')}, {b} on {wins.get(b, 0)}{level}"


def _nothing(words: str) -> Callable[[Tables, Selection], str]:
    """What says that nothing is on record of the company shown: `words` with its name in place of {}."""
    return lambda tables, selection: words.format(name) if (name := _shown(tables, selection)[1]) else ""


def _no_match(tables: Tables, selection: Selection) -> str:
    names, ids = names_of(tables), compared(tables, selection)[:2]
    return f"No measure has both {theme.join_words([str(names[c]) for c in ids])}" if len(ids) == 2 else ""


BRIEF = ("company-position", "what-changed", "company-against", "company-ahead")

CHARTS = on(
    "companies",
    Chart(
        title="Position of one company",
        question="Where does this company stand?",
        subtitle="{rows:fact} on record, {as_of}",
        shows=COMPANY_POSITION.by(company_position, company_position_finding),
        kind=Table(("fact", "known")),
        scales=("epoch-eci", "lmarena-text"),
        nothing=_nothing("No fact on {} is on record"),
    ),
    Chart(
        title="What speaks against it",
        question="What would they say against what is shown of this company?",
        subtitle="Dissenting reports, weak rows and claims that do not hold; {as_of}",
        shows=COMPANY_AGAINST.by(company_against, company_against_finding),
        kind=Table(("about", "shown", "against"), shown=8),
        nothing=_nothing("Nothing on record speaks against what is shown of {}"),
    ),
    Chart(
        title="To watch, and not known",
        question="What should I watch at this company, and what is on no record?",
        subtitle="Open predictions, plans and announcements with their days, then what no document says; {as_of}",
        shows=COMPANY_AHEAD.by(company_ahead, company_ahead_finding),
        kind=Table(("what", "said", Cell("when", none=""))),
        nothing=_nothing("Nothing is announced of {}, and every fact asked is on record"),
    ),
    choices=(CHOOSE_COMPANY,),
) + on(
    "companies",
    Chart(
        title="Two companies, measure by measure",
        question="Where does each of these two lead, by how much, and how sure is that?",
        subtitle="First: {first.first_company}; second: {first.second_company}; measures that both have{noted[more]}; {as_of}",
        shows=MATCH_UP.by(match_up, match_up_finding),
        kind=Table(
            (
                "measure",
                Cell("first", named="first_company"),
                Cell("second", named="second_company"),
                "leads",
                Cell("by", none=""),
                "strength",
            )
        ),
        note=f"{match.LEVEL}; of prices the lower one leads.",
        scales=lambda frame, selection: (*frame["measure"].unique(), ratings.RATES),
        nothing=_no_match,
    ),
)
