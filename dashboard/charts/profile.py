"""Charts of one company: its governance through time, what it released, and how its models score in the field."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.kinds.bars import Columns
from dashboard.charts.kinds.dots import Dots, Field
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import WEIGHTS, counted, n_of, released_models, with_company
from dashboard.charts.spec import Chart, Choice
from dashboard.data.cut import everyone, once
from dashboard.data.selection import Selection, named
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.facts.models import counted_open
from dashboard.look.theme import format_day, in_sentence, is_missing, model_short, plural

#: Parameter that names the company of a profile; read by the page and by the charts of this module.
COMPANY = "company.id"
MS_A_DAY = 86_400_000


def company_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Companies of the tables, id to name in both scripts, by name."""
    return _options(tables)


@once
def _options(tables: Tables) -> dict[str, str]:
    companies = tables["companies"].sort_values("company_name", key=lambda s: s.str.casefold(), kind="stable")
    return {
        r.company_id: r.company_name
        if is_missing(r.company_name_zh) or r.company_name_zh in r.company_name
        else f"{r.company_name} {r.company_name_zh}"
        for r in companies.itertuples(index=False)
    }


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
    name = tables["companies"].set_index("company_id").loc[cid, "company_name"]
    rows: list[dict[str, Any]] = []
    for basis, band in BANDS.items():
        held = landscape.spoken_for(tables, basis, selection.as_of)
        last = held.loc[cid] if cid in held.index else None
        for r in landscape.periods(tables, basis, cid).itertuples(index=False):
            said = [] if is_missing(r.stated_as) else [str(r.stated_as)]
            now = last if is_missing(r.valid_to) else None
            rows.append(
                {
                    "company_name": name,
                    "band": band,
                    "kind": "period",
                    "governance_model": model_short(r.governance_model_id),
                    "governance_model_id": r.governance_model_id,
                    "first_day": r.valid_from,
                    "first_day_precision": r.valid_from_precision,
                    "last_day": selection.as_of if is_missing(r.valid_to) else r.valid_to,
                    "label": model_short(r.governance_model_id),
                    "detail": "; ".join([*said, *([f"also: {r.others}"] if r.others else [])]),
                    "others": r.others,
                    "is_disputed": bool(r.others),
                    "sets_model": False,
                    "last_seen_date": pd.NaT if now is None else now["last_seen_date"],
                    "caveat": None
                    if now is None
                    else marks.caveats(estimated=bool(now["is_weak"]), stale=bool(now["is_stale"])),
                    "source_ids": r.source_ids,
                }
            )
    events = tables["governance_events"]
    events = events[events["company_id"] == cid].sort_values("event_date", kind="stable")
    for r in events.itertuples(index=False):
        rows.append(
            {
                "company_name": name,
                "band": BANDS["reported"],
                "kind": "event",
                "governance_model": "",
                "governance_model_id": None,
                "first_day": r.event_date,
                "first_day_precision": r.event_date_precision,
                "last_day": pd.NaT,
                "label": r.title,
                "detail": "" if is_missing(r.what_changed) else r.what_changed,
                "others": "",
                "is_disputed": False,
                "sets_model": not is_missing(r.governance_after),
                "last_seen_date": pd.NaT,
                "caveat": None,
                "source_ids": r.source_ids,
            }
        )
    frame = COMPANY_STRIP.of(rows)
    frame["first_day"] = pd.to_datetime(frame["first_day"])
    frame["last_day"] = pd.to_datetime(frame["last_day"])
    frame["last_seen_date"] = pd.to_datetime(frame["last_seen_date"])
    return frame


def company_strip_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The newest change of model on the reader's basis, with its day, or that sources differ; "" where neither."""
    rows = frame[(frame["kind"] == "period") & (frame["band"] == BANDS[selection.basis])]
    known = rows[rows["governance_model_id"] != landscape.UNDETERMINED]
    if len(known) < 2:
        return ""
    before, now = known.iloc[-2], known.iloc[-1]
    if now["is_disputed"]:
        # What looks like a move is another source speaking.
        return (
            f"Sources differ on how {now['company_name']} steers AI: {in_sentence(now['governance_model'])}, or "
            f"{in_sentence(now['others'])}"
        )
    if before["governance_model_id"] == now["governance_model_id"]:
        return ""
    day = format_day(now["first_day"], now["first_day_precision"])
    when = {"day": f"on {day}", "approx": f"around {day.removeprefix('c. ')}"}.get(
        now["first_day_precision"], f"in {day}"
    )
    if before["last_day"] < now["first_day"]:
        # Nobody says when it moved.
        return (
            f"{now['company_name']} was {in_sentence(before['governance_model'])} until "
            f"{format_day(before['last_day'])} and is {in_sentence(now['governance_model'])} since {day}; no report between"
        )
    return (
        f"{now['company_name']} moved from {in_sentence(before['governance_model'])} to "
        f"{in_sentence(now['governance_model'])} {when}"
    )


def company_strip_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What the bands are, from when to when."""
    events = int((frame["kind"] == "event").sum())
    return (
        "Governance model in force, as named sources report it and as the printed rule codes it; "
        f"{plural(events, 'dated reorganisation')}; to {format_day(selection.as_of)}"
    )


# --- Releases of one company, by quarter ---

QUARTERS = 12


def quarters_of(tables: Tables, selection: Selection, ids: list[str]) -> pd.DataFrame:
    """Models that companies released by quarter and weights, in the twelve quarters to the newest release.

    Returns:
        company_id, company_name, quarter ("2026 Q1"), quarter_start, weights, models (count), model_names,
        last_release_date (of all shown), source_ids; companies in the order of `ids`, quarters ascending, weights
        from open to not disclosed; quarters without a release have no row. `attrs` count models without a date.
    """
    columns = [
        "company_id",
        "company_name",
        "quarter",
        "quarter_start",
        "weights",
        "models",
        "model_names",
        "last_release_date",
        "source_ids",
    ]
    models = released_models(tables, selection.basis)
    read = [
        "company_id",
        "company_name",
        "release_date",
        "release_date_precision",
        "weights",
        "model_name",
        "source_ids",
    ]
    models = models.loc[models["company_id"].isin(ids), read]
    dated = [
        r
        for r in models.to_dict("records")
        if not is_missing(r["release_date"]) and r["release_date_precision"] != "year"
    ]
    if not dated:
        return counted(pd.DataFrame(columns=columns), len(models))
    newest = max(r["release_date"] for r in dated)
    place, kinds = {c: n for n, c in enumerate(ids)}, list(WEIGHTS)
    groups: dict[tuple[int, int, int], list[dict[str, Any]]] = {}
    for r in dated:
        day, kind = r["release_date"], "not disclosed" if is_missing(r["weights"]) else r["weights"]
        # Quarters counted from year 0.
        quarter = day.year * 4 + day.quarter - 1
        if quarter > newest.year * 4 + newest.quarter - 1 - QUARTERS:
            groups.setdefault((place[r["company_id"]], quarter, kinds.index(kind)), []).append(r)
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
        for (company, quarter, kind), part in sorted(groups.items())
    ]
    return counted(pd.DataFrame(rows, columns=columns), len(models))


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
    if new.sum() < 4 or old.sum() < 4:
        return ""
    name = frame["company_name"].iloc[0]
    shares = (counted_open(new), counted_open(old))
    if None in shares:
        return ""
    share, before = (round(s) for s in shares if s is not None)
    start = f"{name} released {int(new.sum())} models in the four quarters to Q{last.quarter} {last.year}"
    if share in (0, 100) and share == before:
        return f"{start}, {'all' if share else 'none'} with open weights, as in the four before"
    if abs(share - before) < 5:
        return f"{start}, {share} % with open weights, about as before"
    return f"{start}, {share} % with open weights after {before} %"


def company_releases_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, days shown, how many have a date."""
    scope = n_of(frame, "model", "shown", int(frame["models"].sum()))
    return (
        f"Models and sizes first available, per quarter, by weights; {scope}; the last "
        f"quarter runs to {format_day(frame['last_release_date'].max())}"
    )


# --- Scores of one company against the field ---

REPORTERS = {"third_party": "Third parties", "vendor": "The vendors themselves"}
SCORES_REPORTER = "company-scores.reporter"
SCORES_SHOWN = 10
RATINGS_SHOWN = 2


def reporter_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Who reports scores of the company shown."""
    scores = tables["benchmark_scores"]
    present = set(scores.loc[scores["company_id"] == profiled(tables, selection), "reporter"])
    return {r: words for r, words in REPORTERS.items() if r in present}


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
    offered = reporter_options(tables, selection)
    reporter = selection.pick(SCORES_REPORTER, next(iter(offered), ""))
    # The field is everyone's, whoever is chosen: who leads it must not follow from a filter.
    whole = everyone(tables)
    scores = whole["benchmark_scores"]
    scores = scores[scores["reporter"] == reporter]
    scores = scores[scores["benchmark_id"].isin(scores.loc[scores["company_id"] == cid, "benchmark_id"])]
    scores = with_company(whole, selection.basis, scores)
    names = named(whole["companies"], "company_name", selection.names)
    names = names.set_index("company_id")["company_name"]
    scores = scores.assign(company_name=scores["company_id"].map(names))
    benchmarks = tables["benchmarks"].set_index("benchmark_id")[["benchmark_name", "unit"]].to_dict("index")
    mine_total = scores.loc[scores["company_id"] == cid, "benchmark_id"].nunique()
    # Ratings of one day only: those of different days are never set side by side.
    rated = scores["benchmark_id"].map({b: about["unit"] == "elo" for b, about in benchmarks.items()})
    newest = scores.groupby(["benchmark_id", "harness"])["score_date"].transform("max")
    scores = scores[~rated.astype(bool) | (scores["score_date"] == newest)]
    best = scores.sort_values("score", ascending=False, kind="stable")
    best = best.drop_duplicates(["benchmark_id", "harness", "company_id"])
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    told = ["benchmark_id", "harness", "company_id", "company_name", "governance_model_id", "is_outside"]
    told += ["score", "score_date", "model_label", "source_ids"]
    for one in best[told].to_dict("records"):
        groups.setdefault((one["benchmark_id"], one["harness"]), []).append(one)
    rows = []
    for (benchmark_id, harness), field in sorted(groups.items()):
        mine = next((one for one in field if one["company_id"] == cid), None)
        if len(field) < 3 or mine is None:
            continue
        row = {
            "company_name": mine["company_name"],
            "governance_model_id": mine["governance_model_id"],
            "benchmark_name": benchmarks[benchmark_id]["benchmark_name"],
            "harness": harness,
            "reporter": REPORTERS[reporter],
            "unit": benchmarks[benchmark_id]["unit"],
            "score": float(mine["score"]),
            "model_label": mine["model_label"],
            "rank": sum(one["score"] > mine["score"] for one in field) + 1,
            "companies": len(field),
            "lowest": float(field[-1]["score"]),
            "highest": float(field[0]["score"]),
            "field_scores": "; ".join(f"{one['score']:g}" for one in field),
            "score_date": mine["score_date"],
        }
        cells = [mine["source_ids"]]
        for side, is_outside in (("home", False), ("outside", True)):
            top = next((one for one in field if one["is_outside"] == is_outside), None)
            row[f"{side}_score"] = None if top is None else float(top["score"])
            row[f"{side}_model"] = None if top is None else top["model_label"]
            row[f"{side}_company"] = None if top is None else top["company_name"]
            if top is not None:
                cells.append(top["source_ids"])
        rows.append({**row, "source_ids": joined_sources(*cells)})
    frame = COMPANY_SCORES.of(rows)
    # One line a benchmark: of ratings the newest snapshot, else as the harness that covers most companies ran it.
    votes = frame["unit"] == "elo"
    frame = frame.assign(_day=frame["score_date"].where(votes)).sort_values(
        ["_day", "companies", "benchmark_name", "harness"],
        ascending=[False, False, True, True],
        na_position="last",
        kind="stable",
    )
    frame = frame.drop_duplicates("benchmark_name").drop(columns="_day")
    # Ratings are many cuts of one vote: the newest of them stand for all.
    votes = frame["unit"] == "elo"
    frame = frame[~votes | (votes.cumsum() <= RATINGS_SHOWN)]
    frame = frame.sort_values(["companies", "benchmark_name"], ascending=[False, True], kind="stable")
    return counted(frame.head(SCORES_SHOWN), mine_total)


def company_scores_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """On how many of the benchmarks shown the company leads China, or how it stands on the one most run."""
    first = frame.iloc[0]
    name = first["company_name"]
    is_home = not is_missing(first["governance_model_id"])
    best = frame["home_score"] if is_home else frame["outside_score"]
    leads = int((frame["score"] >= best).sum())
    field = "China" if is_home else "the field outside China"
    if leads and len(frame) > 1:
        return f"{name} leads {field} on {leads} of {len(frame)} benchmarks"
    return f"{name} ranks {first['rank']} of {first['companies']} companies on {first['benchmark_name']}"


def company_scores_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What a line is, who reports, how many benchmarks are left out."""
    who = (
        "run or collected by third parties"
        if frame["reporter"].iloc[0] == "Third parties"
        else "as each vendor reports its own, in its own setting"
    )
    return (
        f"Best score of each company, {who}, one harness a line, each line from its lowest to its best company; "
        f"{n_of(frame, 'benchmark', 'with three companies or more', len(frame))}"
    )


RELEASES_A_QUARTER = col.Frame(
    "organisations, quarters and kinds of weights; organisations in order, quarters ascending",
    company_name=col.company(),
    quarter="quarter of the release",
    quarter_start=col.day("first day of the quarter"),
    weights=col.WEIGHTS,
    models=col.count("model"),
    model_names=col.names("the models, by day"),
    last_release_date=col.day("newest release of all shown"),
)

CHARTS = (
    Chart(
        id="company-strip",
        topic="companies",
        title="Governance of one company",
        question="How has this company steered its AI, and what changed when?",
        subtitle=company_strip_subtitle,
        data=company_strip,
        columns=COMPANY_STRIP,
        kind=Lanes(
            "band",
            "first_day",
            "last_day",
            fill="governance_model",
            words="label",
            silence="no source",
            flags=True,
            first_told="sets_model",
        ),
        finding=company_strip_finding,
        note="Words and ticks: dated reorganisations. Outlined: sources differ. Hatched: no source, or undetermined.",
        choices=(CHOOSE_COMPANY,),
    ),
    Chart(
        id="company-releases",
        topic="companies",
        title="Releases of one company",
        question="How often does this company release models, and are they open?",
        subtitle=company_releases_subtitle,
        data=company_releases,
        columns=RELEASES_A_QUARTER,
        kind=Columns("quarter", "models", stack="weights", tick="quarter"),
        finding=company_releases_finding,
        note="Models known only by year, and endpoints whose model changes, are left out.",
        choices=(CHOOSE_COMPANY,),
    ),
    Chart(
        id="company-scores",
        topic="companies",
        title="Scores of one company against the field",
        question="How do this company's models score against China and the world?",
        subtitle=company_scores_subtitle,
        scales=lambda frame, selection: tuple(frame["benchmark_name"].unique()),
        data=company_scores,
        columns=COMPANY_SCORES,
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
        finding=company_scores_finding,
        outside=True,
        note="Lines have no common scale: read ranks and numbers across, not lengths.",
        choices=(CHOOSE_COMPANY, Choice(SCORES_REPORTER, "Reported by", reporter_options)),
    ),
)
