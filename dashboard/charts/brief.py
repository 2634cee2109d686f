"""What a brief on one company says, and how two companies compare: position, what speaks against it, what to watch."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.companies import in_words
from dashboard.charts.compare import compared, facts_of
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.money import METRIC_WORDS, PLAN_METRICS, money
from dashboard.charts.profile import CHOOSE_COMPANY, profiled
from dashboard.charts.spec import Chart
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import edition, flagships, landscape, prices, ratings, windows
from dashboard.facts.watch import Watch
from dashboard.look.theme import (
    format_day,
    format_money,
    format_percent,
    format_score,
    is_missing,
    join_words,
    model_inside,
    period_words,
    plural,
)
from etl.governance_rule import DIMENSIONS

PRINTED = "A claim in print"
#: Begins what stands in the place of a leader where one of two has no value.
NO_VALUE = "no value of "
#: Words for a reading's dimension.
_DIMENSION = {d: d.replace("_", " ") for d in DIMENSIONS}


def _named(tables: Tables, cid: str) -> str:
    return str(tables["companies"].set_index("company_id").loc[cid, "company_name"])


# --- Position ---


COMPANY_POSITION = col.Frame(
    "facts, in the order of the comparison",
    company_name=col.company(),
    fact=col.text("what is asked", "Fact"),
    known=col.text("what is on record", "On record"),
)


def company_position(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What is known of one company, fact by fact."""
    cid = profiled(tables, selection)
    found = facts_of(tables, selection, cid) if cid else {}
    rows = [
        {"company_name": _named(tables, cid), "fact": fact, "known": said, "source_ids": sources}
        for fact, (said, sources) in found.items()
        if said
    ]
    return COMPANY_POSITION.of(rows)


def company_position_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How the company is steered, and by whom, where both are known."""
    known = dict(zip(frame["fact"], frame["known"], strict=True))
    name = frame.iloc[0]["company_name"]
    label, lead = known.get(f"Governance, {selection.basis}"), known.get("Leads AI")
    if label is None and (coded := known.get("Governance, coded")):
        label = f"{coded}, by the printed rule"
    parts = [*([label] if label else []), *([f"AI led by {lead}"] if lead else [])]
    return f"{name}: {'; '.join(parts)}" if parts else ""


def company_position_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """How many facts, and on which day."""
    return f"{plural(len(frame), 'fact')} on record, as of {format_day(selection.as_of)}"


# --- What speaks against it ---


COMPANY_AGAINST = col.Frame(
    "contradictions and weak rows: reports, scores, changes, claims",
    "confidence",
    company_name=col.company(),
    about=col.text("what it is about", "About"),
    shown=col.text("what is shown", "Shown"),
    against=col.text("what stands against it", "Against it"),
)


def company_against(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Where documents contradict what is shown of one company, or support it weakly."""
    cid = profiled(tables, selection)
    if not cid:
        return COMPANY_AGAINST.of()
    rows = [
        *_labels(tables, selection, cid),
        *_readings(tables, selection, cid),
        *_weak(tables, selection, cid),
    ]
    claims = tables["claims"]
    claims = claims[claims["company_id"].eq(cid) & claims["verdict"].isin(["contradicted", "out_of_date"])]
    rows += [
        {
            "about": PRINTED,
            "shown": str(r.claim),
            "against": f"{in_words(r.verdict)}{'' if is_missing(r.evidence) else f': {r.evidence}'}",
            "confidence": r.confidence,
            "source_ids": r.source_ids,
        }
        for r in claims.itertuples()
    ]
    return COMPANY_AGAINST.of(rows).assign(company_name=_named(tables, cid))


def _labels(tables: Tables, selection: Selection, cid: str) -> list[dict[str, Any]]:
    """Other reports that hold today, and the label on the other basis."""
    out: list[dict[str, Any]] = []
    shown: dict[str, Any] = {}
    for basis in ("reported", "coded"):
        held = landscape.assessments_in_force(tables, basis)
        held = held[held["company_id"] == cid]
        if held.empty:
            continue
        shown[basis] = held.iloc[0]
        for r in held.iloc[1:].itertuples():
            if r.governance_model_id != held.iloc[0]["governance_model_id"]:
                said = "" if is_missing(r.stated_as) else f": {r.stated_as}"
                out.append(
                    {
                        "about": "How AI is steered",
                        "shown": in_words(model_inside(held.iloc[0]["governance_model_id"])),
                        "against": f"{r.reported_by} calls it {model_inside(r.governance_model_id)}{said}",
                        "confidence": r.confidence,
                        "source_ids": r.source_ids,
                    }
                )
    if len(shown) == 2:
        reported, coded = shown["reported"], shown["coded"]
        if reported["governance_model_id"] != coded["governance_model_id"]:
            out.append(
                {
                    "about": "How AI is steered",
                    "shown": f"Reported as {model_inside(reported['governance_model_id'])}",
                    "against": f"The printed rule gives {model_inside(coded['governance_model_id'])}",
                    "confidence": marks.weakest([reported["confidence"], coded["confidence"]]),
                    "source_ids": joined_sources(reported["source_ids"], coded["source_ids"]),
                }
            )
    return out


def _readings(tables: Tables, selection: Selection, cid: str) -> list[dict[str, Any]]:
    """Scores of the same dimension and day from sources that rank lower."""
    found = windows.readings(tables, cid, selection.as_of)
    out = []
    for dimension, reading in found.iterrows():
        for r in windows.dissent(tables, reading, cid, str(dimension)).itertuples():
            evidence = "" if is_missing(r.evidence) else f": {r.evidence}"
            out.append(
                {
                    "about": f"Score of {_DIMENSION.get(str(dimension), in_words(str(dimension)))}",
                    "shown": f"{reading['score']} of 4",
                    "against": f"{r.score} of 4 by another source{evidence}",
                    "confidence": r.confidence,
                    "source_ids": r.source_ids,
                }
            )
    return out


def _weak(tables: Tables, selection: Selection, cid: str) -> list[dict[str, Any]]:
    """What is shown and rests on weak support: scores, the lead, changes of the last year."""
    out = []
    for dimension, r in windows.readings(tables, cid, selection.as_of).iterrows():
        if r["confidence"] == "low" and dimension in _DIMENSION:
            said = "no evidence quoted" if is_missing(r.get("evidence")) else str(r["evidence"])
            out.append(
                {
                    "about": f"Score of {_DIMENSION[str(dimension)]}",
                    "shown": f"{r['score']} of 4: {said}",
                    "against": "Weakly supported",
                    "confidence": "low",
                    "source_ids": r["source_ids"],
                }
            )
    events = landscape.reorganisations(tables)
    events = events[events["company_id"].eq(cid) & (events["event_date"] > selection.since)]
    for e in events[events["confidence"].eq("low")].itertuples():
        out.append(
            {
                "about": "A reorganisation",
                "shown": f"{e.title}, {format_day(e.event_date, e.event_date_precision)}",
                "against": "Weakly supported",
                "confidence": "low",
                "source_ids": e.source_ids,
            }
        )
    return out


def company_against_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many, and of what kind first."""
    name = frame.iloc[0]["company_name"]
    weak = int(frame["against"].eq("Weakly supported").sum())
    print_ = int(frame["about"].eq(PRINTED).sum())
    parts = [
        *([plural(n, "dissenting report")] if (n := len(frame) - weak - print_) else []),
        *([plural(weak, "weak row")] if weak else []),
        *(
            [plural(print_, "claim in print that does not hold", "claims in print that do not hold")]
            if print_
            else []
        ),
    ]
    return f"{name}: {join_words(parts)}"


def company_against_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What is listed."""
    return f"Dissenting reports, weak rows and claims that do not hold; as of {format_day(selection.as_of)}"


# --- Unknown, and to watch ---


COMPANY_AHEAD = col.Frame(
    "what to watch by day, then what is not known",
    company_name=col.company(),
    what=col.text("kind of thing", "What"),
    said=col.text("in words", "In words"),
    when=col.text("its day; empty where it has none", "When"),
)


def company_ahead(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What no document says of one company, and what to watch with its day."""
    cid = profiled(tables, selection)
    if not cid:
        return COMPANY_AHEAD.of()
    rows: list[dict[str, Any]] = []
    both, watch = edition.states(tables, selection), Watch(companies=(cid,))
    for r in edition.due(both, watch).itertuples():
        rows.append(
            {"what": "To watch: a prediction", "said": r.claim, "when": r.due, "source_ids": r.source_ids}
        )
    plans = tables["company_metrics"]
    plans = plans[
        plans["company_id"].eq(cid)
        & plans["metric"].isin(PLAN_METRICS)
        & plans["value"].notna()
        & plans["currency"].notna()
        & (plans["period_end_date"] > selection.as_of)
    ]
    for r in plans.sort_values("period_end_date", kind="stable").itertuples():
        words = (
            f"{METRIC_WORDS[r.metric]}, {money(float(r.value), r.currency)}, {period_words(str(r.period))}"
        )
        rows.append(
            {
                "what": "To watch: a plan",
                "said": words,
                "when": format_day(r.period_end_date),
                "source_ids": r.source_ids,
            }
        )
    built = tables["infrastructure"]
    coming = built["status"].fillna("").str.contains("announced|preparation|ramping|public test|shipping")
    built = built[built["company_id"].eq(cid) & coming]
    for r in built.sort_values("announced_date", ascending=False, kind="stable").head(4).itertuples():
        told = (
            format_day(r.announced_date, r.announced_date_precision)
            if pd.notna(r.announced_date)
            else "undated"
        )
        rows.append(
            {
                "what": f"To watch: {in_words(str(r.status)).lower()}",
                "said": str(r.infrastructure_name),
                "when": f"told {told}",
                "source_ids": r.source_ids,
            }
        )
    # No document says it: those that name the company are what was read.
    own = tables["companies"].set_index("company_id").loc[cid, "source_ids"]
    for fact, (said, _) in facts_of(tables, selection, cid).items():
        if not said:
            rows.append({"what": "Not known", "said": fact, "when": "", "source_ids": own})
    return COMPANY_AHEAD.of(rows).assign(company_name=_named(tables, cid))


def company_ahead_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How much is unknown, and how much can be watched."""
    unknown = int(frame["what"].eq("Not known").sum())
    rest = len(frame) - unknown
    return (
        f"{frame.iloc[0]['company_name']}: {plural(rest, 'thing') if rest else 'nothing dated'} to watch, "
        + (f"{plural(unknown, 'fact')} on no record" if unknown else "every fact asked is on record")
    )


def company_ahead_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What is listed."""
    return f"Open predictions, plans and announcements with their days, then what no document says; as of {format_day(selection.as_of)}"


# --- Two companies ---

#: Value, confidence, sources, and how it was taken.
Value = tuple[float, Any, str, str]

LEVEL = f"Arena ratings within {prices.ALIKE} points, and values within 5 % of each other, count as level"


MATCH_UP = col.Frame(
    "measures that both have, then those that one of them has",
    measure=col.text("what is measured", "Measure"),
    first=col.text("value of the first company", "First"),
    second=col.text("value of the second company", "Second"),
    first_company=col.text("name of the first company"),
    second_company=col.text("name of the second company"),
    leads=col.text("who leads; level where the gap is too small to tell; whose value is missing", "Leads"),
    by=col.text("by how much", "By"),
    strength=col.text("weakest support of the two values", "How sure"),
    pair=col.text("the two companies", "Pair"),
)


def match_up(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Where each of two companies leads, by how much, and how sure that is."""
    said = ["measure", "first", "second", "leads", "by", "confidence", "strength", "source_ids", "pair"]
    columns = [*said, "first_company", "second_company"]
    ids = compared(tables, selection)[:2]
    if len(ids) < 2:
        return pd.DataFrame(columns=columns)
    names = [_named(tables, c) for c in ids]
    rows: list[dict[str, Any]] = []
    alone: list[dict[str, Any]] = []
    for label, higher, values, words in _measures(tables, selection, ids):
        a, b = (values.get(c) for c in ids)
        if a is None or b is None:
            if one := a or b:
                none = names[0] if a is None else names[1]
                alone.append(
                    {
                        "measure": label,
                        "first": words(a[0]) if a else "no value",
                        "second": words(b[0]) if b else "no value",
                        "leads": f"{NO_VALUE}{none}",
                        "by": None,
                        "confidence": one[1],
                        "strength": "not compared",
                        "source_ids": one[2],
                    }
                )
            continue
        if a[3] != b[3]:
            continue
        leads, by = _lead(label, higher, (a[0], b[0]), words, names)
        sure = marks.weakest([a[1], b[1]])
        rows.append(
            {
                "measure": label,
                "first": words(a[0]),
                "second": words(b[0]),
                "leads": leads,
                "by": by,
                "confidence": sure,
                "strength": "counted from rows"
                if sure is None or is_missing(sure)
                else marks.CONFIDENCE.get(sure, sure),
                "source_ids": joined_sources(a[2], b[2]),
            }
        )
    # What one of them alone has is told below what both have, and is nothing to tell where nothing can be compared.
    both = {"pair": " against ".join(names), "first_company": names[0], "second_company": names[1]}
    return pd.DataFrame([r | both for r in (*rows, *alone)] if rows else [], columns=columns)


def _lead(
    label: str, higher: bool, values: tuple[float, float], words: Any, names: list[str]
) -> tuple[str, str]:
    a, b = values
    gap = abs(a - b)
    # Elo points have no zero: a share of them says nothing.
    is_elo = "arena" in label.casefold()
    near = prices.ALIKE if is_elo else 0.05 * max(abs(a), abs(b))
    if gap <= near:
        return "Level", "level"
    winner = names[0] if (a > b) == higher else names[1]
    if is_elo:
        return winner, f"{gap:.0f} points"
    if min(a, b) <= 0:
        # Nothing is a share of nought: the gap is told in the measure's own unit, of percentages in points.
        return winner, words(gap).replace(" %", " points")
    times = max(a, b) / min(a, b)
    return (
        winner,
        f"{times:.{0 if times >= 10 else 1}f} times" if times >= 1.5 else f"{(times - 1) * 100:.0f} %",
    )


def _measures(
    tables: Tables, selection: Selection, ids: list[str]
) -> list[tuple[str, bool, dict[str, Value], Any]]:
    """Label, whether more is better, company to value, confidence and sources, and how a value is written.

    Of scores the measures that all of `ids` have, the two general ones where any has them, and only their values.
    """
    found: list[tuple[str, bool, dict[str, Value], Any]] = []
    benchmarks = tables["benchmarks"].set_index("benchmark_id")
    asked = (*ratings.GENERAL[:2], *(b for b in benchmarks.index if b not in ratings.GENERAL))
    best = {b: ratings.best_of_companies(tables, b) for b in asked if b in benchmarks.index}
    general = ratings.GENERAL[:2]
    both = {
        b: {c: of[c] for c in ids if c in of}
        for b, of in best.items()
        if set(ids) <= set(of) or (b in general and set(ids) & set(of))
    }
    scores = tables["benchmark_scores"].loc[[at for of in both.values() for at in of.values()]]
    told = scores.to_dict("index")
    for bid, of in both.items():
        unit = benchmarks.loc[bid, "unit"]
        name = ratings.ARENA_NAME if bid == ratings.ARENA else str(benchmarks.loc[bid, "benchmark_name"])
        # Scores meet only where they were taken in one way.
        values = {
            c: (float(r["score"]), r["confidence"], r["source_ids"], f"{r['harness']} {r['setting']}")
            for c, r in ((c, told[at]) for c, at in of.items())
        }
        found.append((name, True, values, lambda v, u=unit: format_score(v, u)))
    year = selection.as_of - windows.YEAR + pd.Timedelta(days=1)
    for label, rule, words in (
        ("Models released in 12 months", windows.releases, lambda v: f"{v:.0f}"),
        ("With open weights in 12 months", windows.openness, format_percent),
    ):
        counted = rule(tables, year, selection.as_of)
        found.append(
            (
                label,
                True,
                {c: (m.value, None, m.source_ids, "") for c, m in counted.items() if m.value is not None},
                words,
            )
        )
    rated = prices.price_for_capability(tables, selection.currency)
    price = "Output price of its best-rated priced model"
    listed = {str(c): (float(r["output_price"]), None, r["source_ids"], "") for c, r in rated.iterrows()}
    # Where one of them is rated nowhere, the prices of what they put first are compared.
    first = flagships.listed(tables, selection.currency)
    if not set(ids) <= set(listed) and set(ids) <= set(first.index):
        price = "Output list price of its flagship"
        listed = {str(r.Index): (r.output_price, None, r.source_ids, "") for r in first.itertuples()}
    found.append((price, False, listed, lambda v: format_money(v, selection.currency)))
    index = tables["transparency_scores"].dropna(subset=["company_id"])
    index = index.sort_values("published_date", kind="stable").drop_duplicates("company_id", keep="last")
    found.append(
        (
            "Transparency index",
            True,
            {r.company_id: (float(r.score), r.confidence, r.source_ids, "") for r in index.itertuples()},
            lambda v: f"{v:.0f} of 100",
        )
    )
    return found


def match_up_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many measures each leads on."""
    a, _, b = str(frame.iloc[0]["pair"]).partition(" against ")
    frame = frame[~frame["leads"].str.startswith(NO_VALUE)]
    wins = frame["leads"].value_counts()
    level = f", level on {wins['Level']}" if wins.get("Level") else ""
    return f"{a} leads on {wins.get(a, 0)} of {plural(len(frame), 'measure')}, {b} on {wins.get(b, 0)}{level}"


def match_up_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Who is compared, and what is left out."""
    first, _, second = str(frame.iloc[0]["pair"]).partition(" against ")
    alone = int(frame["leads"].str.startswith(NO_VALUE).sum())
    more = f", then {alone} that one of them has" if alone else ""
    return f"First: {first}; second: {second}; measures that both have{more}; as of {format_day(selection.as_of)}"


def _nothing(words: str, tables: Tables, selection: Selection) -> str:
    """What it says that nothing is on record of the company shown."""
    cid = profiled(tables, selection)
    return words.format(_named(tables, cid)) if cid else ""


def _no_match(tables: Tables, selection: Selection) -> str:
    ids = compared(tables, selection)[:2]
    return f"No measure has both {join_words([_named(tables, c) for c in ids])}" if len(ids) == 2 else ""


BRIEF = ("company-position", "what-changed", "company-against", "company-ahead")

CHARTS = (
    Chart(
        id="company-position",
        topic="companies",
        title="Position of one company",
        question="Where does this company stand?",
        subtitle=company_position_subtitle,
        scales=lambda frame, selection: ("epoch-eci", "lmarena-text"),
        data=company_position,
        nothing=lambda tables, selection: _nothing("No fact on {} is on record", tables, selection),
        choices=(CHOOSE_COMPANY,),
        columns=COMPANY_POSITION,
        kind=Table(("fact", "known")),
        finding=company_position_finding,
    ),
    Chart(
        id="company-against",
        topic="companies",
        title="What speaks against it",
        question="What would they say against what is shown of this company?",
        subtitle=company_against_subtitle,
        data=company_against,
        nothing=lambda tables, selection: _nothing(
            "Nothing on record speaks against what is shown of {}", tables, selection
        ),
        choices=(CHOOSE_COMPANY,),
        columns=COMPANY_AGAINST,
        kind=Table(("about", "shown", "against"), shown=8),
        finding=company_against_finding,
    ),
    Chart(
        id="company-ahead",
        topic="companies",
        title="To watch, and not known",
        question="What should I watch at this company, and what is on no record?",
        subtitle=company_ahead_subtitle,
        data=company_ahead,
        nothing=lambda tables, selection: _nothing(
            "Nothing is announced of {}, and every fact asked is on record", tables, selection
        ),
        choices=(CHOOSE_COMPANY,),
        columns=COMPANY_AHEAD,
        kind=Table(("what", "said", Cell("when", none=""))),
        finding=company_ahead_finding,
    ),
    Chart(
        id="match-up",
        topic="companies",
        title="Two companies, measure by measure",
        question="Where does each of these two lead, by how much, and how sure is that?",
        subtitle=match_up_subtitle,
        scales=lambda frame, selection: (*frame["measure"].unique(), ratings.RATES),
        data=match_up,
        nothing=_no_match,
        columns=MATCH_UP,
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
        finding=match_up_finding,
        note=f"{LEVEL}; of prices the lower one leads.",
    ),
)
