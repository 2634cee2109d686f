"""The benchmark explorer: one benchmark, one reporter, one harness at a time."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.pieces import bar_colours, bars_figure, counted, unit_below, with_company
from dashboard.charts.profile import REPORTERS, shortened
from dashboard.charts.spec import Chart, Choice, Native
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.look.theme import (
    Look,
    annotation,
    escape,
    format_day,
    format_score,
    is_missing,
    layout,
    plural,
    short_name,
    symbol,
)

REPORTER, BENCHMARK, HARNESS = "benchmark.reporter", "benchmark.id", "benchmark.harness"
MODELS_SHOWN = 20
UNITS = {"percent": "percent", "elo": "rating points", "index": "index points", "points": "points"}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def _scores(tables: Tables) -> pd.DataFrame:
    scores = tables["benchmark_scores"]
    return scores[scores["company_id"].isin(tables["companies"]["company_id"])]


def reporter_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Who reports scores at all."""
    present = set(_scores(tables)["reporter"])
    return {r: words for r, words in REPORTERS.items() if r in present}


def benchmark_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Benchmarks with scores of the reporter, those with most companies first."""
    scores = _scores(tables)
    reporter = selection.pick(REPORTER, next(iter(reporter_options(tables, selection)), ""))
    scores = scores[scores["reporter"] == reporter]
    names = tables["benchmarks"].set_index("benchmark_id")["benchmark_name"]
    by = scores.groupby("benchmark_id").agg(companies=("company_id", "nunique"), scores=("score", "size"))
    by = by.sort_values(["companies", "scores"], ascending=False, kind="stable")
    return {str(b): f"{names[b]} ({plural(int(n), 'company')})" for b, n in by["companies"].items()}


def harness_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Who ran or collected the benchmark picked: of ratings the newest first, else those with most models."""
    scores = _scores(tables)
    reporter = selection.pick(REPORTER, next(iter(reporter_options(tables, selection)), ""))
    offered = benchmark_options(tables, selection)
    benchmark = selection.pick(BENCHMARK)
    benchmark = benchmark if benchmark in offered else next(iter(offered), "")
    mine = scores[(scores["reporter"] == reporter) & (scores["benchmark_id"] == benchmark)]
    units = tables["benchmarks"].set_index("benchmark_id")["unit"]
    by = mine.groupby("harness").agg(scores=("score", "size"), newest=("score_date", "max"))
    # A rating is worth what its snapshot is: the newest first; a test keeps its worth.
    order = ["newest", "scores"] if len(mine) and units[benchmark] == "elo" else ["scores", "newest"]
    by = by.sort_values(order, ascending=False, kind="stable")
    return {_slug(str(h)): f"{h} ({plural(int(n), 'score')})" for h, n in by["scores"].items()}


def _picked(selection: Selection, name: str, offered: dict[str, str]) -> str:
    asked = selection.pick(name)
    return asked if asked in offered else next(iter(offered), "")


def benchmark_explorer(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Scores of models on the benchmark, reporter and harness picked; ratings of the newest day only.

    Returns:
        model_label, variant, company_name, governance_model, governance_model_id, score (in `unit`), unit,
        benchmark_name, measures, reporter, harness, score_date, score_date_meaning, is_outside, source_ids; best first,
        one row per model (its best variant).
    """
    columns = [
        "model_label",
        "variant",
        "company_name",
        "governance_model",
        "governance_model_id",
        "score",
        "unit",
        "benchmark_name",
        "measures",
        "reporter",
        "harness",
        "score_date",
        "score_date_meaning",
        "is_outside",
        "source_ids",
    ]
    reporter = _picked(selection, REPORTER, reporter_options(tables, selection))
    benchmark = _picked(selection, BENCHMARK, benchmark_options(tables, selection))
    harness = _picked(selection, HARNESS, harness_options(tables, selection))
    rows = with_company(tables, selection, _scores(tables))
    rows = rows[(rows["reporter"] == reporter) & (rows["benchmark_id"] == benchmark)]
    rows = rows[[_slug(str(h)) == harness for h in rows["harness"]]]
    if rows.empty:
        return counted(pd.DataFrame(columns=columns), 0)
    about = tables["benchmarks"].set_index("benchmark_id").loc[benchmark]
    total = rows["model_label"].nunique()
    if about["unit"] == "elo":
        # Ratings drift from snapshot to snapshot.
        rows = rows[rows["score_date"] == rows["score_date"].max()]
    rows = rows.sort_values(["score", "score_date"], ascending=[False, True], kind="stable")
    rows = rows.drop_duplicates("model_label").assign(
        unit=about["unit"],
        benchmark_name=about["benchmark_name"],
        measures=about["measures"],
        reporter=REPORTERS[reporter],
    )
    return counted(rows[columns], total)


def _hover(frame: pd.DataFrame) -> list[str]:
    return [
        f"<b>{escape(r.model_label)}</b> {escape(r.company_name)}<br>{escape(r.benchmark_name)}: "
        f"{format_score(r.score, r.unit)}{'' if is_missing(r.variant) else f', {escape(r.variant)}'}<br>"
        f"{escape(r.governance_model)}<br>{format_day(r.score_date)}: {escape(r.score_date_meaning)}"
        for r in frame.itertuples(index=False)
    ]


def _shown(frame: pd.DataFrame, look: Look) -> pd.DataFrame:
    """The best models, and the best of every Chinese company that is not among them."""
    most = 14 if look.export else MODELS_SHOWN
    top = frame.head(most)
    home = frame[~frame["is_outside"].astype(bool)].drop_duplicates("company_name")
    late = home[~home["company_name"].isin(top["company_name"])].head(4)
    return pd.concat([top.head(most - len(late)), late]) if len(late) else top


def benchmark_explorer_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Bars for percent; dots on a cut axis for ratings, whose zero means nothing."""
    shown = _shown(frame, look)
    unit = str(shown["unit"].iloc[0]) if len(shown) else "percent"
    room = look.across(320, 200, 84)
    texts = [
        f"<b>{format_score(r.score, unit)}</b>  <span style='color:{look.grey}'>"
        f"{escape(shortened(short_name(r.company_name), room, look.size))}"
        + ("" if look.compact or r.is_outside else f", {escape(r.governance_model)}")
        + "</span>"
        for r in shown.itertuples(index=False)
    ]
    bold = [not o for o in shown["is_outside"]]
    name_width = 172
    narrow = name_width * look.share(1.75, 0.8) - 14
    names = [shortened(str(n), narrow, look.size + 1.5) for n in shown["model_label"]]
    if unit == "percent":
        figure = bars_figure(
            look,
            names,
            shown["score"].astype(float).tolist(),
            bar_colours(shown, look),
            texts,
            _hover(shown),
            shown.index.tolist(),
            bold=bold,
            scale_to=100.0,
            room=0.3,
            name_width=name_width,
        )
        figure.update_layout(height=24 + 28 * max(len(shown), 1))
        return figure
    n = max(len(shown), 1)
    score = shown["score"].astype(float)
    low, high = (float(score.min()), float(score.max())) if len(shown) else (0.0, 1.0)
    span = (high - low) or 1.0
    labels: list[dict[str, Any]] = []
    for y, (name, text, strong) in enumerate(zip(names, texts, bold, strict=True)):
        labels.append(
            annotation(
                0,
                y,
                f"<b>{escape(name)}</b>" if strong else escape(name),
                look,
                xref="paper",
                xanchor="right",
                xshift=-8 * look.scale,
                font={
                    "size": look.size + (0 if look.export else 1),
                    "color": look.ink if strong else look.grey,
                },
            )
        )
        labels.append(annotation(score.iloc[y], y, text, look, xshift=12 * look.scale))
    ids = [None if is_missing(m) else m for m in shown["governance_model_id"]]
    figure = go.Figure(
        {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "x": score.tolist(),
            "y": list(range(len(shown))),
            "marker": {
                "symbol": ["circle" if m is None else symbol(m) for m in ids],
                "color": [look.pale if m is None else look.fill(m) for m in ids],
                "size": 12 * look.scale,
                "line": {"width": 0},
            },
            "customdata": shown.index.tolist(),
            "hovertext": _hover(shown),
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    figure.update_layout(
        layout(
            look,
            height=70 + 28 * n,
            margin={
                "l": int(name_width * look.share(1.75, 0.8)),
                "r": 8,
                "t": 6,
                "b": 48 * look.scale,
            },
            xaxis={
                "range": [low - span * 0.06, high + span * (0.55 if not look.compact else 1.1)],
                "nticks": 5,
                "tickformat": ",d" if span > 8 else "",
            },
            yaxis={
                "range": [n - 0.5, -0.5],
                "tickvals": list(range(n)),
                "showticklabels": False,
            },
            annotations=[
                *labels,
                unit_below(f"{UNITS[unit].capitalize()} (axis does not start at zero)", look),
            ],
        )
    )
    return figure


def benchmark_explorer_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How far the best Chinese model is from the best of all, on what is picked."""
    if frame.empty or frame["is_outside"].all():
        return ""
    outside = frame["is_outside"].astype(bool)
    home = frame[~outside].iloc[0]
    name = home["benchmark_name"]
    if not outside.any():
        return f"{home['model_label']} leads on {name} with {format_score(home['score'], home['unit'])}"
    world = frame[outside].iloc[0]
    gap = float(world["score"]) - float(home["score"])
    points = f"{gap:.0f}" if home["unit"] == "elo" else f"{gap:.1f}"
    if float(points) <= 0:
        return f"{home['model_label']} leads on {name} with {format_score(home['score'], home['unit'])}"
    return f"{home['model_label']} is {points} points behind {world['model_label']} on {name}"


def benchmark_explorer_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What is measured, by whom, how many models."""
    if frame.empty:
        return f"Scores on one benchmark, as of {format_day(selection.as_of)}"
    row = frame.iloc[0]
    home = int((~frame["is_outside"].astype(bool)).sum())
    snapshot = f" on {format_day(row['score_date'])}" if row["unit"] == "elo" else ""
    measures = str(row["measures"]).rstrip(".")
    who = (
        f"run or collected by {row['harness']}"
        if row["reporter"] == REPORTERS["third_party"]
        else "reported by each vendor for its own models, in its own setting"
    )
    return (
        f"{row['benchmark_name']}: {measures[:1].lower()}{measures[1:]}; {UNITS[row['unit']]}, {who}{snapshot}; "
        f"{plural(len(frame), 'model')}, {home} of them Chinese; the best {MODELS_SHOWN} and each Chinese company's best; "
        f"as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="benchmark-explorer",
        topic="models",
        title="Scores on one benchmark",
        question="How do models score on the benchmark I choose?",
        subtitle=benchmark_explorer_subtitle,
        tables=("companies", "benchmarks", "benchmark_scores", "governance_assessments"),
        data=benchmark_explorer,
        figure=benchmark_explorer_figure,
        native=Native(
            "bar_clustered",
            category="model_label",
            value="score",
            colour_by="governance_model_id",
            label="company_name",
            unit="score in the unit of the subtitle",
        ),
        finding=benchmark_explorer_finding,
        outside=True,
        note="One benchmark, one reporter and one harness at a time: scores of others are not comparable. Grey: outside "
        "China.",
        choices=(
            Choice(REPORTER, "Reported by", reporter_options),
            Choice(BENCHMARK, "Benchmark", benchmark_options),
            Choice(HARNESS, "Run by", harness_options),
        ),
    ),
)
