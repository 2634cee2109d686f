"""The benchmark explorer: one benchmark, one reporter, one harness at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.axes import Measure, Picked
from dashboard.charts.kinds.dots import MOST, Dots
from dashboard.charts.models import from_best
from dashboard.charts.profile import REPORTERS, reporters_of
from dashboard.charts.rows import counted, ordered, with_company
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data.cut import columns, once, origin
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import proof
from dashboard.facts.ratings import setting_words
from dashboard.look.theme import format_day, format_score, in_sentence, plural

REPORTER, BENCHMARK, HARNESS = "benchmark.reporter", "benchmark.id", "benchmark.harness"
#: Units of scores; of all but per cent the axis does not start at zero.
UNITS = {"percent": "percent", "elo": "rating points", "index": "index points", "points": "points"}
AS_REPORTED = {
    "third_party": "run or collected by {}",
    "vendor": "reported by each vendor for its own models, in its own setting",
}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


@once
def _scores(tables: Tables) -> pd.DataFrame:
    """What the choices are made from: every column more would be copied for each filter."""
    read = ("benchmark_id", "company_id", "reporter", "harness", "score_date")
    scores = columns(tables, "benchmark_scores", *read)
    return scores[scores["company_id"].isin(tables["companies"]["company_id"])]


@once
def reporter_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Who reports scores at all."""
    return reporters_of(_scores(tables)["reporter"])


@once
def benchmark_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Benchmarks with scores of the reporter, those with most companies first."""
    scores = _scores(tables)
    scores = scores[scores["reporter"] == CHOOSE_REPORTER.picked(tables, selection)]
    names = tables["benchmarks"].set_index("benchmark_id")["benchmark_name"]
    by = scores.groupby("benchmark_id")["company_id"].agg(["nunique", "size"])
    ranked = ordered(by, "-nunique", "-size")["nunique"]
    return {str(b): f"{names[b]} ({plural(n, 'company')})" for b, n in ranked.items()}


@once
def harness_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Who ran or collected the benchmark picked: of ratings the newest first, else those with most models."""
    scores = _scores(tables)
    reporter, benchmark = (c.picked(tables, selection) for c in (CHOOSE_REPORTER, CHOOSE_BENCHMARK))
    mine = scores[(scores["reporter"] == reporter) & (scores["benchmark_id"] == benchmark)]
    units = tables["benchmarks"].set_index("benchmark_id")["unit"]
    by = mine.groupby("harness")["score_date"].agg(["size", "max"])
    # A rating is worth what its snapshot is: the newest first; a test keeps its worth.
    is_rating = len(mine) and units[benchmark] == "elo"
    by = ordered(by, "-max", "-size") if is_rating else ordered(by, "-size", "-max")
    return {_slug(str(h)): f"{h} ({plural(int(n), 'score')})" for h, n in by["size"].items()}


CHOOSE_REPORTER = Choice(REPORTER, "Reported by", reporter_options)
CHOOSE_BENCHMARK = Choice(BENCHMARK, "Benchmark", benchmark_options)
CHOOSE_HARNESS = Choice(HARNESS, "Run by", harness_options)


def _axis_title(unit: str) -> str:
    words = UNITS.get(unit, unit).capitalize()
    return words if unit == "percent" else f"{words} (axis does not start at zero)"


BENCHMARK_EXPLORER = col.Frame(
    "models, best first; of each its best variant",
    "is_outside",
    "confidence",
    model_label=col.model("model as the scorer names it"),
    variant="edition or setting of the model",
    **col.WHO,
    score=col.score("score on the benchmark", unit_in="unit"),
    unit=col.said("unit of the score", _axis_title, "Unit"),
    benchmark_name=col.text("the test", "Benchmark"),
    measures="what it measures",
    reporter=col.text("who reports the score", "Reported by"),
    harness=col.text("who ran the test, and how", "Run by"),
    score_date=col.day("day of the score"),
    score_date_meaning=col.text("what that day is", "That day is"),
    edition=col.text("edition of the test", "Edition"),
    setting=col.text("how the test was run, where that is told", "Setting"),
    checked=col.text(proof.MEANS, proof.CHECKED),
)


def benchmark_explorer(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Scores of models on the benchmark, reporter and harness picked; ratings of the newest day only."""
    reporter, benchmark, harness = (
        c.picked(tables, selection) for c in (CHOOSE_REPORTER, CHOOSE_BENCHMARK, CHOOSE_HARNESS)
    )
    scores = _scores(tables)
    run = scores.loc[(scores["reporter"] == reporter) & (scores["benchmark_id"] == benchmark), "harness"]
    run = run[[_slug(str(h)) == harness for h in run.tolist()]]
    every = origin(tables, "benchmark_scores").columns
    rows = with_company(tables, selection.basis, columns(tables, "benchmark_scores", *every, at=run.index))
    if rows.empty:
        return counted(BENCHMARK_EXPLORER.of(), 0)
    about = tables["benchmarks"].set_index("benchmark_id").loc[benchmark]
    total = rows["model_label"].nunique()
    if about["unit"] == "elo":
        # Ratings drift from snapshot to snapshot.
        rows = rows[rows["score_date"] == rows["score_date"].max()]
    rows = ordered(rows, "-score", "score_date").drop_duplicates("model_label")
    rows = rows.assign(
        **about[["unit", "benchmark_name", "measures", "edition"]],
        reporter=REPORTERS[reporter],
        setting=[setting_words(about["setting"], own) for own in rows["setting"]],
        checked=proof.checked(tables, "benchmark_scores", rows["score_id"], "score"),
    )
    return counted(
        rows[BENCHMARK_EXPLORER.names],
        total,
        measures=in_sentence(about["measures"].rstrip(".")),
        unit=UNITS[about["unit"]],
        by=AS_REPORTED[reporter].format(rows["harness"].iloc[0]),
        snapshot=f" on {format_day(rows['score_date'].iloc[0])}" if about["unit"] == "elo" else "",
    )


def benchmark_explorer_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How far the best Chinese model is from the best of all, on what is picked."""
    return from_best(frame, "model_label", "score", frame["unit"].iloc[0])


def _said(value: float, row: Mapping[str, Any]) -> str:
    return format_score(value, str(row["unit"]))


#: How scores of each unit are shown.
SCALES = Picked("unit", {u: Measure(_said, end=100.0 if u == "percent" else 0.0) for u in UNITS}, "unit")

CHARTS = on(
    "models",
    Chart(
        title="Scores on one benchmark",
        question="How do models score on the benchmark I choose?",
        subtitle=f"{{first.benchmark_name}}: {{noted[measures]}}; {{noted[unit]}}, {{noted[by]}}{{noted[snapshot]}}; {{rows:model}}, {{inside}} of them Chinese; the best {MOST} and each Chinese company's best; {{as_of}}",
        shows=BENCHMARK_EXPLORER.by(benchmark_explorer, benchmark_explorer_finding),
        kind=Dots(
            "model_label",
            "score",
            picked=SCALES,
            behind=("company_name", "governance_model"),
            keep="company_name",
        ),
        outside=True,
        note="One benchmark, one reporter and one harness at a time: scores of others are not comparable. Grey: outside China.",
        choices=(CHOOSE_REPORTER, CHOOSE_BENCHMARK, CHOOSE_HARNESS),
        scales=lambda frame, selection: tuple(frame["benchmark_name"].unique()),
    ),
)
