"""Charts of how central decisions are: six dimensions, and the index that they add up to over time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.governance import DIMENSIONS, name_list, scope_words
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.spec import Chart
from dashboard.data.overlay import added_companies
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.look.scales import GOVERNANCE, SCORES
from dashboard.look.theme import is_missing, model_short, plural
from etl.governance_rule import LEVELS

# --- Six dimensions ---


DIMENSION_SCORES = col.Frame(
    "organisations and scored dimensions, most central organisation first",
    "confidence",
    "caveat",
    company_name=col.company(),
    governance_model_id=col.Column(
        "id of the label that the rule gives", heading="Governance, coded", scale=GOVERNANCE, say=model_short
    ),
    dimension="what is scored",
    score=col.Column("0 each unit decides .. 4 one group authority", "number", scale=SCORES),
    level="the score in words",
    evidence="what it rests on",
    other_readings=col.text("score and evidence of sources ranked lower", "Another source"),
    centralisation_index=col.number(
        "mean of scored dimensions x 25; empty where too few are scored", heading="Index"
    ),
    scored=col.count("dimension", "dimensions scored", of=6),
)


def dimension_scores(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Scores of the six dimensions in force, for companies with at least two of them."""
    names = name_list(tables)
    index = landscape.index_in_force(tables)
    observed = tables["governance_observations"].dropna(subset=["score"])
    observed = observed.sort_values("valid_from", kind="stable")
    by_cell: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for reading in observed.to_dict("records"):
        by_cell.setdefault((reading["company_id"], reading["dimension"]), []).append(reading)
    rows = []
    labels = landscape.labels_in_force(tables, "coded")
    for company_id, row in index.iterrows():
        if company_id not in names:
            continue
        for dimension in DIMENSIONS:
            score = row[dimension]
            if is_missing(score):
                continue
            mine = by_cell.get((str(company_id), dimension), [])
            newest = next((r for r in reversed(mine) if r["score"] == score), None)
            # Dissent: a reading of the same first day with another score, from a source ranked lower.
            other = [
                r
                for r in mine
                if newest is not None and r["score"] != score and r["valid_from"] == newest["valid_from"]
            ]
            rows.append(
                {
                    "company_name": names[company_id],
                    "governance_model_id": labels.get(str(company_id)),
                    "dimension": DIMENSIONS[dimension],
                    "score": int(score),
                    "level": LEVELS[dimension][int(score)],
                    "evidence": "" if newest is None else newest["evidence"],
                    "other_readings": "; ".join(f"{r['score']}: {r['evidence']}" for r in other),
                    "centralisation_index": row["centralisation_index"],
                    "scored": int(row["scored_count"]),
                    "confidence": None if newest is None else newest["confidence"],
                    "caveat": marks.caveats(
                        estimated=newest is not None and newest["confidence"] == "low",
                        disputed=len(other) > 0,
                    ),
                    "source_ids": "; ".join(
                        [
                            row["source_ids"] if newest is None else newest["source_ids"],
                            *(r["source_ids"] for r in other),
                        ]
                    ),
                }
            )
    frame = DIMENSION_SCORES.of(rows)
    frame = frame[frame["scored"] >= 2]
    return frame.sort_values(
        ["centralisation_index", "scored", "company_name"],
        ascending=[False, False, True],
        na_position="last",
        kind="stable",
        ignore_index=True,
    )


def dimension_scores_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the most central company by index among those with at least four dimensions scored."""
    known = frame[(frame["scored"] >= 4) & frame["centralisation_index"].notna()].drop_duplicates(
        "company_name"
    )
    if len(known) < 3:
        return ""
    top, low = known.iloc[0], known.iloc[-1]
    if known["centralisation_index"].eq(top["centralisation_index"]).sum() > 1:
        return ""
    return (
        f"{top['company_name']} is the most centralised ({top['centralisation_index']:.0f} of 100), "
        f"{low['company_name']} the least ({low['centralisation_index']:.0f})"
    )


def dimension_scores_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What a score is, and how many are scored."""
    return (
        "Six dimensions scored 0 (each unit decides) to 4 (one group authority) from dated "
        f"evidence; {scope_words(frame, selection)}. A dot: no source."
    )


# --- Index over time ---


INDEX_OVER_TIME = col.Frame(
    "organisations whose index changed, days ascending; a last row repeats the value on the day shown",
    "confidence",
    "caveat",
    company_name=col.company(),
    governance_model_id=col.GOVERNANCE,
    day=col.day("first day of the value", "From"),
    centralisation_index=col.INDEX,
    scored=col.SCORED,
)


def index_over_time(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Centralisation index from each day on which a score changed, of companies where one did and of a reader's own."""
    names = name_list(tables)
    read = ["company_id", "governance_model_id", "valid_from", "centralisation_index", "scored_count"]
    read += ["confidence", "source_ids"]
    by: dict[str, list[dict[str, Any]]] = {}
    for row in tables["governance_index"][read].to_dict("records"):
        if not is_missing(row["centralisation_index"]):
            by.setdefault(row["company_id"], []).append(row)
    rows, own = [], added_companies(tables)
    for company_id, mine in by.items():
        has_moved = len({row["centralisation_index"] for row in mine}) > 1
        if company_id not in names or not (has_moved or company_id in own):
            continue
        for row in sorted(mine, key=lambda row: row["valid_from"]):
            rows.append(
                {
                    "company_name": names[company_id],
                    "governance_model_id": row["governance_model_id"],
                    "day": row["valid_from"],
                    "centralisation_index": float(row["centralisation_index"]),
                    "scored": int(row["scored_count"]),
                    "confidence": row["confidence"],
                    "caveat": index_caveat(row["confidence"], row["scored_count"]),
                    "source_ids": row["source_ids"],
                }
            )
        rows.append({**rows[-1], "day": selection.as_of})
    return INDEX_OVER_TIME.of(rows)


#: Fewer scored dimensions than this carry no firm index.
FIRM_COUNT = 4


def index_caveat(*confidences_and_counts: object) -> str | None:
    """Caveat of a centralisation index, from the confidence of its scores and how many of six there are."""
    few = any(isinstance(c, int) and c < FIRM_COUNT for c in confidences_and_counts)
    return marks.caveats(estimated=few or "low" in confidences_and_counts)


def index_over_time_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts companies whose index rose and fell over the time shown."""
    ends = frame.groupby("company_name")["centralisation_index"].agg(["first", "last"])
    up, down = int((ends["last"] > ends["first"]).sum()), int((ends["last"] < ends["first"]).sum())
    return (
        f"{up} of {plural(len(ends), 'organisation')} moved towards the centre since first scored, {down} away"
        if up
        else ""
    )


def index_over_time_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What the index is, and whose is drawn."""
    return (
        "Index 0 (each unit decides) to 100 (one group authority); organisations whose "
        f"index changed; {scope_words(frame, selection)}"
    )


CHARTS = (
    Chart(
        id="dimension-scores",
        topic="governance",
        title="Where decisions sit, dimension by dimension",
        question="Who decides on models, compute, data and tools?",
        subtitle=dimension_scores_subtitle,
        data=dimension_scores,
        columns=DIMENSION_SCORES,
        kind=Matrix(
            "company_name",
            "dimension",
            "score",
            words="level",
            number=True,
            behind="centralisation_index",
            mark="governance_model_id",
            none="·",
        ),
        finding=dimension_scores_finding,
        note="Index: mean of scored dimensions x 25; needs three, decision authority and base model among them.",
    ),
    Chart(
        id="index-over-time",
        topic="governance",
        title="Centralisation index over time",
        question="Who is pulling AI to the centre?",
        subtitle=index_over_time_subtitle,
        data=index_over_time,
        columns=INDEX_OVER_TIME,
        kind=Lines("day", "centralisation_index", "company_name", "governance_model_id", steps=True),
        finding=index_over_time_finding,
        note="A step can also come from a dimension that was scored for the first time.",
    ),
)
