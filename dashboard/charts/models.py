"""Charts of models: how fast they come, how open they are, what they can do."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.axes import Picked
from dashboard.charts.kinds.bars import Bars
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.kinds.points import Along, Points
from dashboard.charts.marks import cited
from dashboard.charts.rows import (
    WEIGHTS,
    by_year,
    counted,
    models_of,
    of_companies,
    ordered,
    released_models,
    years_of,
)
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import ratings
from dashboard.facts.models import OPEN_WEIGHTS, counted_open
from dashboard.look import scales
from dashboard.look.theme import OWN_SIGN, format_score

DAYS_A_MONTH = 30.4375
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
    is_dated = models["release_date"].notna() & (models["release_date_precision"] == "day")
    dated = models.loc[is_dated, MODEL_RELEASES.among(models, "parameters_total")]
    window = dated[dated["release_date"] > dated["release_date"].max() - pd.DateOffset(years=2)]
    pace = window.groupby("company_name")["release_date"].agg(["size", "max"])
    order = ordered(pace, "-size", "-max").index
    own = [name for name in order if name.endswith(OWN_SIGN)]
    shown = [*order.drop(own)[:RUG_COMPANIES], *own]
    rows = window[window["company_name"].isin(shown)]
    rows = rows.assign(weights=rows["weights"].fillna("not disclosed"))
    place, size = rows["company_name"].map(shown.index), rows["parameters_total"].fillna(0)
    rows = ordered(rows, "_place", "release_date", "_size", _place=place, _size=size)
    rows["is_latest"] = ~rows.duplicated("company_name", keep="last")
    cut = f"; the {RUG_COMPANIES} companies with most" if len(shown) >= RUG_COMPANIES else ""
    return counted(rows[MODEL_RELEASES.names], len(models), cut=cut)


def model_releases_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How often, on average, one of the companies shown released a model."""
    companies = frame["company_name"].nunique()
    if len(frame) < 10 or companies < 3:
        return ""
    every = (frame["release_date"].max() - frame["release_date"].min()).days / (len(frame) - 1)
    pace = "every day" if every < 1.25 else f"every {every:.1f} days"
    return f"{companies} companies, a new model {pace} on average"


# --- The frontier, China against the world ---


def measure_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """The measures that any model has a score by, best covered first named."""
    names = tables["benchmarks"].set_index("benchmark_id")["benchmark_name"]
    return {m: str(names[m]) for m in ratings.measured(tables, ratings.GENERAL) if m in names.index}


MEASURE = Choice("capability-frontier.measure", "Measured by", measure_options)
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
    measure = MEASURE.picked(tables, selection)
    scores = ratings.scores(tables, measure)[["model_id", "score", "score_date", "source_ids"]]
    models = models_of(tables, selection.basis, scores["model_id"].tolist())
    rated = models.merge(scores, on="model_id", suffixes=("", "_score"))
    total = int((~rated["is_outside"]).sum())
    rows = ordered(rated.dropna(subset=["release_date"]), "release_date", "-score")
    if rows["is_outside"].all():
        return counted(CAPABILITY_FRONTIER.of(), total)
    side = rows["is_outside"].map({True: "Outside China", False: "China"})
    before = rows.groupby(side)["score"].cummax().groupby(side).shift(fill_value=float("-inf"))
    about = tables["benchmarks"].set_index("benchmark_id").loc[measure]
    rows = rows.assign(
        measure=about["benchmark_name"],
        score_unit=about["unit"],
        side=side,
        is_record=rows["score"] > before,
        source_ids=cited(rows, "source_ids_score", "source_ids"),
    )
    years = rows["score_date"].dt.year
    since = f"{years.min()} to " if rows["score_date"].nunique() > 1 else ""
    return counted(rows[CAPABILITY_FRONTIER.names], total, since=since)


def frontier_gap(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series, float] | None:
    """How far China's best model is behind, in months.

    Method: the months from the day a model outside China first reached the score that China's best model has now
    (by the same measure) to the day China's best model was released. Zero or below means that China was
    first; None where no model outside China reaches that score.

    Returns:
        China's best row, the row outside that reached its score first, months (30.4375 days each).
    """
    outside = frame["is_outside"].astype(bool)
    home, world = frame[~outside], frame[outside]
    if home.empty:
        return None
    best = ordered(home, "-score", "release_date").iloc[0]
    reached = ordered(world[world["score"] >= best["score"]], "release_date")
    if reached.empty:
        return None
    first = reached.iloc[0]
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
    days = (home["release_date"] - world["release_date"]).days
    span = f"{months:.0f} months" if months >= 1.5 else f"{days} days"
    return f"China's best, {home['model_name']}, came {span} after {world['model_name']} was as good"


# --- Open, restricted, closed, by year ---

WEIGHTS_BY_YEAR = col.Frame(
    "years and kinds of weights, years ascending, weights from open to not disclosed; combinations without a model left out",
    **col.by_year(weights=col.WEIGHTS),
    last_release_date=col.day("newest release of the year, whatever its weights"),
    model_names=col.names("the models, by name"),
)


def weights_by_year(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Released models by year and by what may be done with their weights."""
    models = released_models(tables, selection.basis)
    models = models[["release_date", "weights", "model_name", "source_ids"]]
    kinds = models["weights"].fillna("not disclosed").map(WEIGHTS)
    rows = [counts | {"weights": kind} for kind, counts, _ in by_year(tables, models, kinds, scales.WEIGHTS)]
    return counted(WEIGHTS_BY_YEAR.of(rows), len(models))


def weights_by_year_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Share of models with open weights in the newest year against the year before."""
    counts = frame.pivot_table("models", "release_year", "weights", "sum", fill_value=0).tail(2)
    if len(counts) < 2 or min(counts.sum(axis="columns")) < 10:
        return ""
    (before, old), (year, new) = ((year, counted_open(of)) for year, of in counts.iterrows())
    if old is None or new is None:
        return ""
    if round(new) == round(old):
        return f"{new:.0f} % of models have open weights in {year}, as in {before}"
    moved = f"{'rose' if new > old else 'fell'} from {old:.0f} % in {before} to {new:.0f} % in {year}"
    return f"The share of models with open weights {moved}"


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
    benchmarks = tables["benchmarks"].set_index("benchmark_id")
    percent = benchmarks.index[benchmarks["unit"] == "percent"]
    is_read = (scores["reporter"] == "third_party") & scores["benchmark_id"].isin(percent)
    scores = scores.loc[is_read, BENCHMARK_LEADERS.among(scores, "company_id", "benchmark_id", "score")]
    home = scores[~scores["is_outside"]]
    total = home["company_name"].nunique()
    if home.empty:
        return counted(BENCHMARK_LEADERS.of(), total)
    runs = ["benchmark_id", "harness"]
    sizes = scores.groupby(runs).size().to_frame("scores")
    sizes["home"] = home.groupby(runs)["company_id"].nunique()
    benchmark_id, harness = ordered(sizes, "-home", "-scores").index[0]
    rows = scores[(scores["benchmark_id"] == benchmark_id) & (scores["harness"] == harness)]
    rows = ordered(rows, "-score", "score_date").drop_duplicates("company_id")
    rows = rows.rename(columns={"score": "score_pct"})
    rows["benchmark_name"] = benchmarks.loc[benchmark_id, "benchmark_name"]
    return counted(rows[BENCHMARK_LEADERS.names], total)


def benchmark_leaders_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How far the best Chinese company is from the best of all."""
    return from_best(frame, "company_name", "score_pct", "percent") if frame["is_outside"].any() else ""


def from_best(frame: pd.DataFrame, named: str, score: str, unit: str) -> str:
    """How far the best Chinese row is from the best of all; "" without one.

    Args:
        frame: Rows of one benchmark (`benchmark_name`), best first.
        named: Column that names a row.
        score: Column of scores.
        unit: Their unit: "percent", "elo", "points".
    """
    outside = frame["is_outside"].tolist()
    if all(outside):
        return ""
    home, test = frame.iloc[outside.index(False)], frame["benchmark_name"].iloc[0]
    best = frame.iloc[outside.index(True)] if any(outside) else home
    gap = f"{best[score] - home[score]:.{0 if unit == 'elo' else 1}f}"
    if float(gap) > 0:
        return f"{home[named]} is {gap} points behind {best[named]} on {test}"
    return f"{home[named]} leads on {test} with {format_score(home[score], unit)}"


CHARTS = on(
    "models",
    Chart(
        title="Model releases",
        question="Who ships new models most often, and who opens them?",
        subtitle="{rows:release} from {oldest.release_date} to {newest.release_date}{noted[cut]}. Coloured tick: open weights, in the colour of the governance model",
        shows=MODEL_RELEASES.by(model_releases, model_releases_finding),
        kind=Lanes(
            "company_name",
            "release_date",
            words="model_name",
            lit=("weights", "open", "Not open, or unknown"),
            latest=True,
        ),
        note=f"{OPEN_WEIGHTS}. Models known only by month or year, and endpoints whose model changes, are left out.",
    ),
    Chart(
        title="Capability frontier, China and the world",
        question="How far behind is China's best model?",
        subtitle="{first.measure}, best so far by release day, scores of {noted[since]}{newest.score_date}; {some:scored Chinese model|have a release date}, {total.is_outside} outside China; {as_of}",
        shows=CAPABILITY_FRONTIER.by(capability_frontier, capability_frontier_finding),
        kind=Points(
            "release_date",
            "score",
            "model_name",
            picked=Picked(titled="measure"),
            strong="is_record",
            join=Along("best so far", by="side"),
            trim=(0.0, 0.05),
            gap=gap_drawn,
        ),
        outside=True,
        note="Gap: months from the first release outside China that has the score of China's best model to the release of that model, by one measure; Arena ratings are those of the newest snapshot.",
        choices=(MEASURE,),
        scales=lambda frame, selection: tuple(frame["measure"].unique()),
    ),
    Chart(
        title="Releases by weights",
        question="Are Chinese models becoming more open or more closed?",
        subtitle="Models released per year, by what may be done with the weights; {models:have a release date}; {as_of}",
        shows=WEIGHTS_BY_YEAR.by(weights_by_year, weights_by_year_finding),
        kind=years_of("weights"),
        note=f"{OPEN_WEIGHTS}. Earlier years hold fewer models because fewer were collected.",
    ),
    Chart(
        title="Best score by company",
        question="Whose models lead on a test that others run?",
        subtitle="{first.benchmark_name}, best score of each company, percent; one harness ({first.harness}); {some:Chinese company|with third-party scores}; {as_of}",
        shows=BENCHMARK_LEADERS.by(benchmark_leaders, benchmark_leaders_finding),
        kind=Bars("company_name", "score_pct", "governance_model", behind=("model_label",), end=100.0),
        outside=True,
        note="Grey: outside China. The benchmark is the third-party one, Arena aside, that covers most Chinese companies.",
        scales=lambda frame, selection: tuple(frame["benchmark_name"].unique()),
    ),
)
