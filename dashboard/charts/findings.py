"""One page of findings, each made by the rule of its own chart; and how much products are used."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import claims, governance, marks, models, money, overview, prices
from dashboard.charts import columns as col
from dashboard.charts.kinds.table import Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import days, names_of, ordered
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import headlines, landscape
from dashboard.look.theme import format_count, in_words

#: Charts whose findings stand on the page, each under the word of what it is about.
TOLD = (
    ("Landscape", overview, "landscape-matrix"),
    ("Steering and outcome", overview, "positioning"),
    ("Governance over time", governance, "governance-lanes"),
    ("Capability", models, "capability-frontier"),
    ("Price", prices, "price-capability"),
    ("Openness", models, "weights-by-year"),
    ("Money", money, "company-metrics"),
    ("Predictions", claims, "predictions-due"),
)


def _told() -> list[tuple[str, Chart]]:
    return [(about, next(c for c in module.CHARTS if c.id == i)) for about, module, i in TOLD]


FINDINGS = col.Frame(
    "findings, in the order of the pages",
    about="what it is about",
    finding="a sentence made by the chart’s own rule",
    strength=col.text("rows behind it, and how many of them are weak", "How sure"),
)


def findings(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What the charts of the field say, a sentence each; those whose rule says nothing are left out."""
    narrowed = landscape.narrow(tables, selection)
    moved = headlines.takeaways(narrowed, selection) if len(narrowed["companies"]) else []
    said = [
        ("What moved", f"{t.lead} {t.text}".rstrip("."), pd.DataFrame({"source_ids": t.source_ids}))
        for t in moved
    ]
    for about, chart in _told():
        frame = chart.data(tables if chart.outside else narrowed, selection)
        if len(frame) and (sentence := chart.finding(frame, selection)):
            said.append((about, sentence, frame))
    return FINDINGS.of(
        (about, sentence, marks.strength(frame), joined_sources(*marks.behind(frame)))
        for about, sentence, frame in said
    )


def findings_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The first of them."""
    return str(frame.iloc[0]["finding"]).split(". ")[0].rstrip(".")


# --- Use ---
PRODUCT_USE = col.Frame(
    "counts; the measure that most products have first, then largest first",
    "confidence",
    product="product that is counted",
    company_name=col.company(),
    measured=col.text("what is counted", "Measure"),
    amount=col.text("the count as stated", "Count"),
    day="day or month of the count",
    tracker=col.text("who counted", "Counted by"),
    value=col.number("the count as a number"),
)


def product_use(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The newest count of the use of each product by each tracker, as it was stated."""
    names, rows = names_of(tables), tables["adoption"].dropna(subset=["value"])
    rows = ordered(rows[rows["company_id"].isin(names.index)], "observed_date", "adoption_id")
    rows = rows.drop_duplicates(["product", "metric", "tracker"], keep="last")
    common = rows.groupby("metric")["product"].transform("nunique")
    rows = ordered(rows, "-_common", "metric", "-value", "adoption_id", _common=common)
    return PRODUCT_USE.of(
        rows.assign(
            company_name=rows["company_id"].map(names),
            measured=[in_words(str(m)) for m in rows["metric"]],
            amount=[f"{format_count(v)} {u}" for v, u in zip(rows["value"], rows["unit"], strict=True)],
            day=days(rows, "observed_date"),
        )
    )


def product_use_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The most used product by the count that most products have; none where a count is not of users."""
    first = frame.iloc[0]
    same = frame[frame["measured"] == first["measured"]]
    if same["product"].nunique() < 2:
        return ""
    return f"{first['product']} has most {first['measured'].lower()}: {first['amount']}, {first['day']}"


CHARTS = on(
    "overview",
    Chart(
        title="Findings on one page",
        question="What is to be known in two minutes?",
        subtitle="{rows:finding} by rule, {as_of}",
        shows=FINDINGS.by(findings, findings_finding),
        kind=Table(FINDINGS.own),
        outside=True,
        note="A finding whose rule no longer holds is left out.",
        scales=("epoch-eci", "lmarena-text"),
        asks=tuple(choice.name for _, chart in _told() for choice in chart.choices),
    ),
    Chart(
        title="Use of products",
        question="How many people and firms use these products?",
        subtitle="{rows:count} of {different.product:product} by {different.tracker:tracker}, the newest of each",
        shows=PRODUCT_USE.by(product_use, product_use_finding),
        kind=Table(("product", "company_name", "measured", "amount", "day", "tracker"), shown=12),
        topic="companies",
        note="Trackers count differently: compare counts of one tracker only.",
    ),
)
