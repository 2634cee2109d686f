"""Charts of one company: its governance through time, what it released, and how its models score in the field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.bars import Columns
from dashboard.charts.kinds.dots import Dots, Field
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import WEIGHTS, counted, grouped, names_of, ordered, released_models, with_company
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data.cut import everyone, once
from dashboard.data.selection import Selection, named
from dashboard.data.store import Tables
from dashboard.facts import landscape, over_time
from dashboard.facts.models import counted_open
from dashboard.look.theme import format_day, in_sentence, is_missing, model_short, plural

#: Parameter that names the company of a profile; read by the page and by the charts of this module.
COMPANY = "company.id"


@once
def company_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Companies of the tables, id to name in both scripts, by name."""
    companies = tables["companies"].sort_values("company_name", key=lambda s: s.str.casefold(), kind="stable")
    told = zip(*(companies[c] for c in ("company_id", "company_name", "company_name_zh")), strict=True)
    return {c: name if is_missing(zh) or zh in name else f"{name} {zh}" for c, name, zh in told}


def profiled(tables: Tables, selection: Selection) -> str:
    """Id of the company shown: the one picked, else the first selected, else the first by name; "" where there is none."""
    known = company_options(tables, selection)
    wanted = (selection.pick(COMPANY), *selection.companies, *known)
    return next((c for c in wanted if c in known), "")


CHOOSE_COMPANY = Choice(COMPANY, "Company", company_options)


# --- Governance of one company through time ---

BANDS = {"reported": "Reported", "coded": "Coded"}


COMPANY_STRIP = col.Frame(
    "bands, then periods before dated events, then days ascending",
    "caveat",
    company_name=col.company(),
    band=col.text("Reported or Coded; events stand with Reported", "Basis"),
    kind=col.key("period or event"),
    governance_model=col.GOVERNANCE,
    governance_model_id=col.KNOWN,
    first_day=col.day("the day a period begins, or of an event", exact="first_day_precision"),
    first_day_precision=col.KNOWN,
    last_day=col.day("the day a period ends, the day shown where it is open; empty for events"),
    label=col.text("the model, or the event's title"),
    detail=col.text("in the source's words, or what an event changed", "In words"),
    others=col.names("models that other sources report at the time", "Other sources say"),
    is_disputed=col.flag("other sources report another model"),
    sets_model=col.flag("an event that a source ties to a model"),
    last_seen_date=col.LAST_SEEN,
)


def company_strip(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Governance of one company: periods as reported and as coded, and dated reorganisations."""
    cid = profiled(tables, selection)
    if not cid:
        return COMPANY_STRIP.of()
    rows = []
    for basis, band in BANDS.items():
        spoken = landscape.spoken_for(tables, basis, selection.as_of)
        seen = spoken.loc[cid].to_dict() if cid in spoken.index else {}
        for r in over_time.periods(tables, basis, cid).itertuples(index=False):
            # What a document last spoke for is the label in force.
            is_open = is_missing(r.valid_to)
            last = seen if is_open else {}
            also = f"also: {r.others}" if r.others else None
            rows.append(
                {
                    "band": band,
                    "kind": "period",
                    "governance_model": model_short(r.governance_model_id),
                    "governance_model_id": r.governance_model_id,
                    "first_day": r.valid_from,
                    "first_day_precision": r.valid_from_precision,
                    "last_day": selection.as_of if is_open else r.valid_to,
                    "label": model_short(r.governance_model_id),
                    "detail": "; ".join(str(w) for w in (r.stated_as, also) if not is_missing(w)),
                    "others": r.others,
                    "is_disputed": bool(r.others),
                    "sets_model": False,
                    "last_seen_date": last.get("last_seen_date"),
                    "caveat": marks.caveats(
                        estimated=bool(last.get("is_weak")), stale=bool(last.get("is_stale"))
                    ),
                    "source_ids": r.source_ids,
                }
            )
    events = tables["governance_events"]
    rows += [
        {
            "band": BANDS["reported"],
            "kind": "event",
            "governance_model": "",
            "first_day": r.event_date,
            "first_day_precision": r.event_date_precision,
            "label": r.title,
            "detail": "" if is_missing(r.what_changed) else r.what_changed,
            "others": "",
            "is_disputed": False,
            "sets_model": not is_missing(r.governance_after),
            "source_ids": r.source_ids,
        }
        for r in ordered(events[events["company_id"] == cid], "event_date").itertuples(index=False)
    ]
    return COMPANY_STRIP.typed(rows).assign(company_name=names_of(tables)[cid])


def company_strip_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The newest change of model on the reader's basis, with its day, or that sources differ; "" where neither."""
    rows = frame[(frame["kind"] == "period") & (frame["band"] == BANDS[selection.basis])]
    known = rows[rows["governance_model_id"] != landscape.UNDETERMINED]
    if len(known) < 2:
        return ""
    before, now = known.iloc[-2], known.iloc[-1]
    is_now, was = in_sentence(now["governance_model"]), in_sentence(before["governance_model"])
    if now["is_disputed"]:
        # What looks like a move is another source speaking.
        others = in_sentence(now["others"])
        return f"Sources differ on how {now['company_name']} steers AI: {is_now}, or {others}"
    if before["governance_model_id"] == now["governance_model_id"]:
        return ""
    exact = now["first_day_precision"]
    day = format_day(now["first_day"], exact)
    if before["last_day"] < now["first_day"]:
        # Nobody says when it moved.
        until = format_day(before["last_day"])
        return f"{now['company_name']} was {was} until {until} and is {is_now} since {day}; no report between"
    when = {"day": f"on {day}", "approx": f"around {day.removeprefix('c. ')}"}.get(exact, f"in {day}")
    return f"{now['company_name']} moved from {was} to {is_now} {when}"


# --- Releases of one company, by quarter ---

QUARTERS = 12
RELEASES_A_QUARTER = col.Frame(
    "organisations, quarters and kinds of weights; organisations in order, quarters ascending",
    company_id=col.KNOWN,
    company_name=col.company(),
    quarter="quarter of the release",
    quarter_start=col.day("first day of the quarter"),
    weights=col.WEIGHTS,
    models=col.count("model"),
    model_names=col.names("the models, by day"),
    last_release_date=col.day("newest release of all shown"),
)
#: How they are drawn; those of several organisations with a panel each.
A_QUARTER = Columns("quarter", "models", stack="weights")


def quarters_of(tables: Tables, selection: Selection, ids: list[str]) -> pd.DataFrame:
    """Models that companies released by quarter and weights, in the twelve quarters to the newest release.

    Returns:
        RELEASES_A_QUARTER; companies in the order of `ids`, quarters ascending, weights from open to not disclosed;
        quarters without a release have no row. `attrs` count models without a date.
    """
    models = released_models(tables, selection.basis)
    read = RELEASES_A_QUARTER.among(models, "model_name", "release_date", "release_date_precision")
    models = models.loc[models["company_id"].isin(ids), read]
    dated = models[models["release_date"].notna() & (models["release_date_precision"] != "year")]
    if dated.empty:
        return counted(RELEASES_A_QUARTER.of(), len(models))
    newest, day = dated["release_date"].max(), dated["release_date"].dt
    # Quarters counted from year 0.
    quarters = day.year * 4 + day.quarter - 1
    recent = dated[quarters > quarters.max() - QUARTERS]
    kinds = list(WEIGHTS)
    groups = grouped(
        recent,
        company=recent["company_id"].map(ids.index).tolist(),
        quarter=quarters[recent.index].tolist(),
        kind=recent["weights"].fillna("not disclosed").map(kinds.index).tolist(),
    )
    rows = [
        {
            "company_id": ids[company],
            "company_name": part[0]["company_name"],
            "quarter": f"{quarter // 4} Q{quarter % 4 + 1}",
            "quarter_start": pd.Timestamp(quarter // 4, quarter % 4 * 3 + 1, 1),
            "weights": WEIGHTS[kinds[kind]],
            "models": len(part),
            "model_names": ", ".join(r["model_name"] for r in sorted(part, key=lambda r: r["release_date"])),
            "last_release_date": newest,
            "source_ids": joined_sources(*(r["source_ids"] for r in part)),
        }
        for (company, quarter, kind), part in groups
    ]
    return counted(RELEASES_A_QUARTER.of(rows), len(models))


def company_releases(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models that one company released, in the twelve quarters to its newest release."""
    cid = profiled(tables, selection)
    return quarters_of(tables, selection, [cid] if cid else [])


def company_releases_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Open releases of the last four quarters shown against the four before, where both hold enough to compare."""
    last = pd.Period(frame["quarter_start"].max(), "Q")
    quarters = frame["quarter_start"].dt.to_period("Q")
    new, old = (
        frame[(quarters > last - 4 * (n + 1)) & (quarters <= last - 4 * n)].groupby("weights")["models"].sum()
        for n in (0, 1)
    )
    share, before = counted_open(new), counted_open(old)
    if new.sum() < 4 or old.sum() < 4 or share is None or before is None:
        return ""
    share, before, to = round(share), round(before), f"Q{last.quarter} {last.year}"
    start = f"{frame['company_name'].iloc[0]} released {int(new.sum())} models in the four quarters to {to}"
    if share in (0, 100) and share == before:
        return f"{start}, {'all' if share else 'none'} with open weights, as in the four before"
    if abs(share - before) < 5:
        return f"{start}, {share} % with open weights, about as before"
    return f"{start}, {share} % with open weights after {before} %"


# --- Scores of one company against the field ---

REPORTERS = {"third_party": "Third parties", "vendor": "The vendors themselves"}
AS_REPORTED = {
    "third_party": "run or collected by third parties",
    "vendor": "as each vendor reports its own, in its own setting",
}
SCORES_SHOWN = 10
RATINGS_SHOWN = 2
#: Companies without which a score stands against no field.
FEWEST_SCORED = 3


def reporters_of(reporters: pd.Series) -> dict[str, str]:
    """Who reports any of these scores, id to words; `reporters` is their column of ids."""
    present = set(reporters.unique().tolist())
    return {r: words for r, words in REPORTERS.items() if r in present}


def reporter_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Who reports scores of the company shown."""
    scores = tables["benchmark_scores"]
    return reporters_of(scores.loc[scores["company_id"] == profiled(tables, selection), "reporter"])


CHOOSE_REPORTER = Choice("company-scores.reporter", "Reported by", reporter_options)
COMPANY_SCORES = col.Frame(
    "benchmarks, those that cover most companies first; at most two of them ratings by vote",
    company_name=col.company("whose scores these are"),
    governance_model_id=col.GOVERNANCE,
    benchmark_name=col.text("the test", "Benchmark"),
    harness=col.text("who ran the test, and how", "Run by"),
    reporter=col.text("who reports the score", "Reported by"),
    unit=col.key("unit of the scores"),
    score=col.score("the company's best score", unit_in="unit"),
    model_label=col.model("its model with that score"),
    rank=col.count("company", "1 is best", "Rank", out_of="companies"),
    companies=col.key("companies with a score"),
    home_score=col.score("best score in China", unit_in="unit", heading="Best in China"),
    home_model=col.text("its model", "Model, China"),
    home_company=col.text("whose it is", "Company, China"),
    outside_score=col.score("best score outside China", unit_in="unit", heading="Best outside China"),
    outside_model=col.text("its model", "Model, outside"),
    outside_company=col.text("whose it is", "Company, outside"),
    lowest=col.key("lowest of the companies' best scores"),
    highest=col.key("highest of them"),
    field_scores=col.key("all of them"),
    score_date=col.day("day of the company's score"),
)


def company_scores(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The company's best score on each benchmark, beside the best of China and the best from outside.

    One row is one benchmark as one harness ran it: scores of different harnesses or reporters, and ratings of
    different days, are never set side by side.
    """
    cid = profiled(tables, selection)
    reporter = CHOOSE_REPORTER.picked(tables, selection)
    # The field is everyone's, whoever is chosen: who leads it must not follow from a filter.
    whole = everyone(tables)
    scores = whole["benchmark_scores"]
    scores = scores.loc[
        scores["reporter"] == reporter, COMPANY_SCORES.among(scores, "benchmark_id", "company_id")
    ]
    asked = set(scores.loc[scores["company_id"] == cid, "benchmark_id"])
    tests = tables["benchmarks"].set_index("benchmark_id")[["benchmark_name", "unit"]].to_dict("index")
    votes = {benchmark for benchmark, test in tests.items() if test["unit"] == "elo"}
    is_asked = scores["benchmark_id"].isin(asked) & scores["company_id"].isin(
        whole["companies"]["company_id"]
    )
    scores = with_company(whole, selection.basis, _bests(scores[is_asked], votes))
    names = named(whole["companies"], "company_name", selection.names).set_index("company_id")["company_name"]
    scores["company_name"] = scores["company_id"].map(names)
    frame = COMPANY_SCORES.typed(
        found | tests[benchmark] | {"reporter": REPORTERS.get(reporter)}
        for (benchmark, _), run in grouped(scores, "benchmark_id", "harness")
        if (found := _against_field(run, cid))
    )
    # One line a benchmark: of ratings the newest snapshot, else as the harness that covers most companies ran it.
    day = frame["score_date"].where(frame["unit"] == "elo")
    frame = ordered(frame, "-_day", "-companies", "benchmark_name", "harness", _day=day)
    frame = frame.drop_duplicates("benchmark_name")
    # Ratings are many cuts of one vote: the newest of them stand for all.
    votes = frame["unit"] == "elo"
    frame = frame[~votes | (votes.cumsum() <= RATINGS_SHOWN)]
    frame = ordered(frame, "-companies", "benchmark_name").head(SCORES_SHOWN)
    return counted(frame, len(asked), as_reported=AS_REPORTED.get(reporter, ""))


def _bests(scores: pd.DataFrame, votes: Collection[str]) -> pd.DataFrame:
    """The best score of each company in each run of a benchmark, best first.

    Ratings by vote of different days are never set side by side: the newest day's are taken.
    """
    run = ["benchmark_id", "harness"]
    newest = scores.groupby(run)["score_date"].transform("max")
    is_one = ~scores["benchmark_id"].isin(list(votes)) | (scores["score_date"] == newest)
    return ordered(scores[is_one], "-score").drop_duplicates([*run, "company_id"])


def _against_field(run: list[dict[str, Any]], cid: str) -> dict[str, Any] | None:
    """A company's best score in one run of a benchmark, beside those of others; None in a field of fewer than three.

    Args:
        run: The best score of each company with who stands behind it, best first.
        cid: The company.
    """
    best = {r["company_id"]: r for r in run}
    own, field = best.get(cid), [r["score"] for r in best.values()]
    if own is None or len(field) < FEWEST_SCORED:
        return None
    row = own | {
        "rank": 1 + sum(score > own["score"] for score in field),
        "companies": len(field),
        "lowest": field[-1],
        "highest": field[0],
        "field_scores": "; ".join(f"{score:g}" for score in field),
    }
    for side, is_outside in (("home", False), ("outside", True)):
        top = next((r for r in best.values() if r["is_outside"] == is_outside), {})
        told = {"score": "score", "model": "model_label", "company": "company_name"}
        row |= {f"{side}_{what}": top.get(of) for what, of in told.items()}
        row["source_ids"] = joined_sources(row["source_ids"], top.get("source_ids"))
    return row


def company_scores_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """On how many of the benchmarks shown the company leads China, or how it stands on the one most run."""
    first = frame.iloc[0]
    name = first["company_name"]
    is_outside = is_missing(first["governance_model_id"])
    side, field = ("outside", "the field outside China") if is_outside else ("home", "China")
    leads = int((frame["score"] >= frame[f"{side}_score"]).sum())
    if leads and len(frame) > 1:
        return f"{name} leads {field} on {leads:,} of {len(frame):,} benchmarks"
    return f"{name} ranks {first['rank']:,} of {first['companies']:,} companies on {first['benchmark_name']}"


CHARTS = on(
    "companies",
    Chart(
        title="Governance of one company",
        question="How has this company steered its AI, and what changed when?",
        subtitle=lambda frame, selection: (
            "Governance model in force, as named sources report it and as the printed rule codes it; "
            f"{plural(int((frame['kind'] == 'event').sum()), 'dated reorganisation')}; to {format_day(selection.as_of)}"
        ),
        shows=COMPANY_STRIP.by(company_strip, company_strip_finding),
        kind=Lanes("band", "first_day", "last_day", words="label", silence="no source", flags="sets_model"),
        note="Words and ticks: dated reorganisations. Outlined: sources differ. Hatched: no source, or undetermined.",
    ),
    Chart(
        title="Releases of one company",
        question="How often does this company release models, and are they open?",
        subtitle="Models and sizes first available, per quarter, by weights; {models:shown}; the last quarter runs to {newest.last_release_date}",
        shows=RELEASES_A_QUARTER.by(company_releases, company_releases_finding),
        kind=A_QUARTER,
        note="Models known only by year, and endpoints whose model changes, are left out.",
    ),
    Chart(
        title="Scores of one company against the field",
        question="How do this company's models score against China and the world?",
        subtitle="Best score of each company, {noted[as_reported]}, one harness a line, each line from its lowest to its best company; {some:benchmark|with three companies or more}",
        shows=COMPANY_SCORES.by(company_scores, company_scores_finding),
        kind=Dots(
            "benchmark_name",
            "score",
            "governance_model_id",
            under=("harness", "score_date"),
            field=Field(
                values="field_scores",
                low="lowest",
                high="highest",
                strokes=(("home_score", "Best in China"), ("outside_score", "Best outside China")),
                cells=(
                    ("Rank", "rank", ""),
                    ("{of}", "score", "model_label"),
                    ("Best in China", "home_score", "home_model"),
                    ("Best outside China", "outside_score", "outside_model"),
                ),
                of="company_name",
            ),
        ),
        outside=True,
        note="Lines have no common scale: read ranks and numbers across, not lengths.",
        choices=(CHOOSE_REPORTER,),
        scales=lambda frame, selection: tuple(frame["benchmark_name"].unique()),
    ),
    choices=(CHOOSE_COMPANY,),
)
