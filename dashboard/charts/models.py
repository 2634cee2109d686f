"""Charts of models: how fast they come, how open they are, what they can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.bars import Bars, Columns
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.points import Points
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import WEIGHTS, WHO, by_year, counted, n_of, of_companies, released_models
from dashboard.charts.spec import Chart, Choice
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import ratings
from dashboard.facts.models import OPEN_WEIGHTS, counted_open
from dashboard.look.theme import OWN_SIGN, format_day, format_score, is_missing, plural

DAYS_A_MONTH = 30.4375


# --- Releases, one tick each ---


RUG_COMPANIES = 12


MODEL_RELEASES = col.Frame(
    "companies by number of releases, at most twelve, releases ascending",
    "is_outside",
    **col.WHO,
    model_name=col.model(),
    release_date=col.day("day of first public availability"),
    weights=col.text("what may be done with the weights: open, restricted, closed, not disclosed"),
    is_latest=col.flag("the company's newest release"),
)


def model_releases(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models released on a known day in two years, of the companies with most, then of a reader's own."""
    models = released_models(tables, selection.basis)
    read = [*(c for c in MODEL_RELEASES.names if c in models), "parameters_total"]
    dated = models.loc[models["release_date"].notna() & (models["release_date_precision"] == "day"), read]
    if dated.empty:
        return counted(MODEL_RELEASES.of(), len(models))
    newest = dated["release_date"].max()
    window = dated[dated["release_date"] > newest - pd.DateOffset(years=2)]
    counts = window["company_name"].value_counts(sort=False)
    last = window.groupby("company_name")["release_date"].max()
    order = pd.DataFrame({"n": counts, "last": last}).sort_values(
        ["n", "last"], ascending=False, kind="stable"
    )
    own = [name for name in order.index if name.endswith(OWN_SIGN)]
    most = order.index.drop(own)[:RUG_COMPANIES]
    rank = {name: i for i, name in enumerate([*most, *own])}
    rows = window[window["company_name"].isin(rank)].copy()
    rows["weights"] = rows["weights"].fillna("not disclosed")
    rows["_rank"] = rows["company_name"].map(rank)
    rows = rows.sort_values(["_rank", "release_date", "parameters_total"], na_position="first", kind="stable")
    rows["is_latest"] = ~rows.duplicated("company_name", keep="last")
    return counted(rows[MODEL_RELEASES.names], len(models))


def model_releases_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How often, on average, one of the companies shown released a model."""
    if len(frame) < 10 or frame["company_name"].nunique() < 3:
        return ""
    days = (frame["release_date"].max() - frame["release_date"].min()).days
    every = days / (len(frame) - 1)
    companies = frame["company_name"].nunique()
    pace = "every day" if every < 1.25 else f"every {every:.1f} days"
    return f"{companies} companies, a new model {pace} on average"


def model_releases_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Scope, the days shown and what a colour means."""
    first, last = frame["release_date"].min(), frame["release_date"].max()
    more = (
        f"; the {RUG_COMPANIES} companies with most"
        if frame["company_name"].nunique() >= RUG_COMPANIES
        else ""
    )
    return (
        f"{plural(len(frame), 'release')} from {format_day(first)} to {format_day(last)}{more}. "
        "Coloured tick: open weights, in the colour of the governance model"
    )


# --- The frontier, China against the world ---


def measured(tables: Tables, benchmark_id: str) -> pd.DataFrame:
    """Third-party scores as `ratings.scores` gives them, with the name and unit of the measure.

    Returns:
        model_id, score, score_date, measure (name), score_unit, score_source_ids.
    """
    scores = ratings.scores(tables, benchmark_id)
    known = tables["benchmarks"].set_index("benchmark_id")
    return scores.assign(
        measure=scores["benchmark_id"].map(known["benchmark_name"]),
        score_unit=scores["benchmark_id"].map(known["unit"]),
        score_source_ids=scores["source_ids"],
    )[["model_id", "score", "score_date", "measure", "score_unit", "score_source_ids"]]


def measure_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """The measures that any model has a score by, best covered first named."""
    names = tables["benchmarks"].set_index("benchmark_id")["benchmark_name"]
    present = set(tables["benchmark_scores"]["benchmark_id"].unique().tolist())
    return {m: str(names[m]) for m in ratings.GENERAL if m in present and m in names.index}


CAPABILITY_FRONTIER = col.Frame(
    "models, release days ascending",
    model_name=col.model(),
    **col.WHO,
    side="China, or Outside China",
    release_date=col.day("day of the release"),
    score=col.score("score by the measure picked", unit_in="score_unit"),
    is_record=col.flag("best of its side so far"),
    is_outside=col.KNOWN,
    score_date=col.day("day of the score"),
    measure="what is measured",
    score_unit=col.key("unit of the score: elo, index or percent"),
)


def capability_frontier(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models with a score by the picked measure and a release day; those that raised the best so far are marked."""
    options = measure_options(tables, selection)
    measure = selection.pick("capability-frontier.measure", next(iter(options), ""))
    models = of_companies(tables, selection.basis, "models")
    models = models[["model_id", "model_name", "release_date", "source_ids", *WHO]]
    rated = models.merge(measured(tables, measure), on="model_id")
    rows = rated.dropna(subset=["release_date"]).copy()
    total = int((~rated["is_outside"]).sum())
    if rows.empty or rows["is_outside"].all():
        return counted(CAPABILITY_FRONTIER.of(), total)
    rows["side"] = ["Outside China" if o else "China" for o in rows["is_outside"]]
    rows["source_ids"] = [
        joined_sources(a, b) for a, b in zip(rows["score_source_ids"], rows["source_ids"], strict=True)
    ]
    rows = rows.sort_values(["release_date", "score"], ascending=[True, False], kind="stable")
    best = rows.groupby("side")["score"].cummax()
    before = best.groupby(rows["side"]).shift(fill_value=float("-inf"))
    rows["is_record"] = rows["score"] > before
    return counted(rows[CAPABILITY_FRONTIER.names], total)


def frontier_gap(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series, float] | None:
    """How far China's best model is behind, in months.

    Method: the months from the day a model outside China first reached the score that China's best model has now
    (by the same measure) to the day China's best model was released. Zero or below means that China was
    first; None where no model outside China reaches that score.

    Returns:
        China's best row, the row outside that reached its score first, months (30.4375 days each).
    """
    if frame.empty:
        return None
    cells = (frame[c].tolist() for c in ("is_outside", "score", "release_date"))
    rows = list(zip(frame.index, *cells, strict=True))
    home = [(-score, day, row) for row, outside, score, day in rows if not outside]
    if not home:
        return None
    least, _, row = min(home, key=lambda one: one[:2])
    reached = [(day, row) for row, outside, score, day in rows if outside and score >= -least]
    if not reached:
        return None
    best, first = frame.loc[row], frame.loc[min(reached, key=lambda one: one[0])[1]]
    return best, first, (best["release_date"] - first["release_date"]).days / DAYS_A_MONTH


def gap_drawn(frame: pd.DataFrame) -> tuple[Hashable, Hashable, str] | None:
    """The lag of China's best model as the chart draws it: from which row to which, and its words."""
    behind = frontier_gap(frame)
    if behind is None or behind[2] < 1:
        return None
    best, first, months = behind
    return first.name, best.name, f"{months:.0f} months"


def capability_frontier_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The gap in months between China's best and the first model outside China that was as good."""
    behind = frontier_gap(frame)
    if behind is None:
        return ""
    home, world, months = behind
    if months <= 0:
        return f"{home['model_name']} reached its score before any model outside China"
    span = (
        f"{months:.0f} months"
        if months >= 1.5
        else f"{(home['release_date'] - world['release_date']).days} days"
    )
    return f"China's best, {home['model_name']}, came {span} after {world['model_name']} was as good"


def capability_frontier_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Measure, snapshot, how many have a release day."""
    first, last = frame["score_date"].min(), frame["score_date"].max()
    when = (
        f"scores of {format_day(last)}" if first == last else f"scores of {first.year} to {format_day(last)}"
    )
    return (
        f"{frame['measure'].iloc[0]}, best so far by release day, {when}; "
        f"{n_of(frame, 'scored Chinese model', 'have a release date')}, "
        f"{int(frame['is_outside'].sum())} outside China; as of {format_day(selection.as_of)}"
    )


# --- Open, restricted, closed, by year ---


WEIGHTS_BY_YEAR = col.Frame(
    "years and kinds of weights, years ascending, weights from open to not disclosed; combinations without a model left out",
    release_year="year of the release",
    weights=col.WEIGHTS,
    models=col.count("model"),
    last_release_date=col.day("newest release of the year, whatever its weights"),
    model_names=col.names("the models, by name"),
)


def weights_by_year(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Released models by year and by what may be done with their weights."""
    models = released_models(tables, selection.basis)
    read = ["release_date", "weights", "model_name", "source_ids"]
    dated = models.loc[models["release_date"].notna(), read]
    rows = [
        {
            "release_year": year,
            "weights": WEIGHTS[kind],
            "models": len(part["model_name"]),
            "last_release_date": newest,
            "model_names": ", ".join(sorted(part["model_name"])),
            "source_ids": joined_sources(*part["source_ids"]),
        }
        for year, newest, kind, part in by_year(
            dated, dated["weights"].fillna("not disclosed"), WEIGHTS, ["model_name", "source_ids"]
        )
    ]
    frame = WEIGHTS_BY_YEAR.of(rows)
    return counted(frame, len(models))


def weights_by_year_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Share of models with open weights in the newest year against the year before."""
    counts = frame.groupby(["release_year", "weights"])["models"].sum()
    years = sorted(set(frame["release_year"]))[-2:]
    if len(years) < 2 or min(counts[year].sum() for year in years) < 10:
        return ""
    shares = [counted_open(counts[year]) for year in years]
    if None in shares:
        return ""
    old, new = (round(s) for s in shares if s is not None)
    verb = "rose" if new > old else "fell" if new < old else ""
    if not verb:
        return f"{new} % of models have open weights in {years[-1]}, as in {years[-2]}"
    return (
        f"The share of models with open weights {verb} from {old} % in {years[-2]} to {new} % in {years[-1]}"
    )


def weights_by_year_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit and how many models have a release date."""
    scope = n_of(frame, "model", "have a release date", int(frame["models"].sum()))
    return (
        f"Models released per year, by what may be done with the weights; {scope}; as of "
        f"{format_day(selection.as_of)}"
    )


# --- Leaders on a third-party benchmark ---


BENCHMARK_LEADERS = col.Frame(
    "organisations with the best score of their models, best first",
    "is_outside",
    **col.WHO,
    model_label="model as the scorer names it",
    benchmark_name="the test",
    score_pct=col.score("share of tasks solved, percent", "percent"),
    harness="who ran the test, and how",
    score_date=col.day("day of the score"),
    score_date_meaning="what that day is",
)


def benchmark_leaders(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Best score of each company on the third-party benchmark that covers most Chinese companies, Arena aside.

    Of the benchmarks in percent, run or collected by others than the vendor, the one with scores of most companies in
    China is taken, and of its harnesses the one that covers most companies: scores of one harness compare.
    """
    scores = of_companies(tables, selection.basis, "benchmark_scores")
    scores = scores[
        [
            *(c for c in BENCHMARK_LEADERS.names if c in scores),
            "company_id",
            "benchmark_id",
            "reporter",
            "score",
        ]
    ]
    benchmarks = tables["benchmarks"].set_index("benchmark_id")
    percent = benchmarks.index[benchmarks["unit"] == "percent"]
    scores = scores[(scores["reporter"] == "third_party") & scores["benchmark_id"].isin(percent)]
    home = scores[~scores["is_outside"]]
    total = home["company_name"].nunique()
    if home.empty:
        return counted(BENCHMARK_LEADERS.of(), total)
    covered: dict[tuple[str, str], set[str]] = {}
    sizes: Counter[tuple[str, str]] = Counter()
    read = (scores[c].tolist() for c in ("benchmark_id", "harness", "company_id", "is_outside"))
    for benchmark, run_by, company, outside in zip(*read, strict=True):
        if is_missing(run_by):
            continue
        sizes[benchmark, run_by] += 1
        if not outside:
            covered.setdefault((benchmark, run_by), set()).add(company)
    benchmark_id, harness = max(sorted(covered), key=lambda one: (len(covered[one]), sizes[one]))
    rows = scores[(scores["benchmark_id"] == benchmark_id) & (scores["harness"] == harness)]
    rows = rows.sort_values(["score", "score_date"], ascending=[False, True], kind="stable")
    rows = rows.drop_duplicates("company_id").rename(columns={"score": "score_pct"})
    rows["benchmark_name"] = benchmarks.loc[benchmark_id, "benchmark_name"]
    return counted(rows[BENCHMARK_LEADERS.names], total)


def benchmark_leaders_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How far the best Chinese company is from the best of all."""
    if not frame["is_outside"].any():
        return ""
    home, world = (
        frame[~frame["is_outside"].astype(bool)].iloc[0],
        frame[frame["is_outside"].astype(bool)].iloc[0],
    )
    gap = round(float(world["score_pct"]) - float(home["score_pct"]), 1)
    name = home["benchmark_name"]
    if gap <= 0:
        return f"{home['company_name']} leads on {name} with {format_score(home['score_pct'], 'percent')}"
    return f"{home['company_name']} is {gap:.1f} points behind {world['company_name']} on {name}"


def benchmark_leaders_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Benchmark, unit, harness, scope."""
    row = frame.iloc[0]
    scope = n_of(frame, "Chinese company", "with third-party scores")
    return (
        f"{row['benchmark_name']}, best score of each company, percent; one harness ({row['harness']}); {scope}; as of "
        f"{format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="model-releases",
        topic="models",
        title="Model releases",
        question="Who ships new models most often, and who opens them?",
        subtitle=model_releases_subtitle,
        data=model_releases,
        columns=MODEL_RELEASES,
        kind=Lanes(
            "company_name",
            "release_date",
            fill="governance_model",
            words="model_name",
            lit=("weights", "open", "Not open, or unknown"),
            latest=True,
        ),
        finding=model_releases_finding,
        note=f"{OPEN_WEIGHTS}. Models known only by month or year, and endpoints whose model changes, are left out.",
    ),
    Chart(
        id="capability-frontier",
        topic="models",
        title="Capability frontier, China and the world",
        question="How far behind is China's best model?",
        subtitle=capability_frontier_subtitle,
        scales=lambda frame, selection: tuple(frame["measure"].unique()),
        data=capability_frontier,
        columns=CAPABILITY_FRONTIER,
        kind=Points(
            "release_date",
            "score",
            "model_name",
            "governance_model",
            strong="is_record",
            join="best so far",
            join_by="side",
            trim=(0.0, 0.05),
            titled="measure",
            gap=gap_drawn,
        ),
        finding=capability_frontier_finding,
        outside=True,
        note="Gap: months from the first release outside China that has the score of China's best model to the "
        "release of that model, by one measure; Arena ratings are those of the newest snapshot.",
        choices=(Choice("capability-frontier.measure", "Measured by", measure_options),),
    ),
    Chart(
        id="weights-by-year",
        topic="models",
        title="Releases by weights",
        question="Are Chinese models becoming more open or more closed?",
        subtitle=weights_by_year_subtitle,
        data=weights_by_year,
        columns=WEIGHTS_BY_YEAR,
        kind=Columns("release_year", "models", stack="weights", until="last_release_date"),
        finding=weights_by_year_finding,
        note=f"{OPEN_WEIGHTS}. Earlier years hold fewer models because fewer were collected.",
    ),
    Chart(
        id="benchmark-leaders",
        topic="models",
        title="Best score by company",
        question="Whose models lead on a test that others run?",
        subtitle=benchmark_leaders_subtitle,
        scales=lambda frame, selection: tuple(frame["benchmark_name"].unique()),
        data=benchmark_leaders,
        columns=BENCHMARK_LEADERS,
        kind=Bars("company_name", "score_pct", colour="governance_model", behind=("model_label",), end=100.0),
        finding=benchmark_leaders_finding,
        outside=True,
        note="Grey: outside China. The benchmark is the third-party one, Arena aside, that covers most Chinese companies.",
    ),
)
