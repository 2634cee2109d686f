"""Charts of how central decisions are: six dimensions, and the index that they add up to over time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.kinds.lines import Lines
from dashboard.charts.kinds.matrix import Matrix
from dashboard.charts.rows import lone_top, ordered
from dashboard.charts.spec import Chart, on
from dashboard.data import cells
from dashboard.data.cut import columns, once_each
from dashboard.data.overlay import added_companies
from dashboard.data.selection import Selection, names_by_id
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.look.scales import SCORES
from dashboard.look.theme import is_missing, model_short, plural
from etl.governance_rule import LEVELS

# --- Six dimensions ---
DIMENSION_SCORES = col.Frame(
    "organisations and scored dimensions, most central organisation first",
    "confidence caveat",
    company_name=col.company(),
    governance_model_id=col.label_id("id of the label that the rule gives", "Governance, coded"),
    dimension="what is scored",
    score=col.Column("0 each unit decides .. 4 one group authority", form="number", scale=SCORES),
    level="the score in words",
    evidence="what it rests on",
    other_readings=col.text("score and evidence of sources ranked lower", "Another source"),
    centralisation_index=col.number(
        "mean of scored dimensions x 25; empty where too few are scored", heading="Index"
    ),
    scored=col.count("dimension", "dimensions scored", of=6),
)


#: What is read of a reading.
_READ = ("company_id", "dimension", "score", "valid_from", "evidence", "confidence", "source_ids")


def dimension_scores(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Scores of the six dimensions in force, for companies with at least two of them."""
    names, labels = names_by_id(tables), landscape.labels_in_force(tables, "coded")
    observed = tables["governance_observations"].dropna(subset=["score"])
    readings: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for reading in cells.records(observed.sort_values("valid_from", kind="stable")[list(_READ)]):
        readings.setdefault((reading["company_id"], reading["dimension"]), []).append(reading)
    rows = []
    for cid, row in cells.by_label(landscape.index_in_force(tables)).items():
        for dimension, title in DIMENSIONS.items():
            score = row[dimension]
            if cid not in names or is_missing(score) or row["scored_count"] < 2:
                continue
            mine = readings.get((cid, dimension), [])
            newest: dict[str, Any] = next((r for r in reversed(mine) if r["score"] == score), {})
            # Dissent: a reading of the same first day with another score, from a source ranked lower.
            first = newest.get("valid_from")
            other = [r for r in mine if r["score"] != score and r["valid_from"] == first]
            rows.append(
                {
                    "company_name": names[cid],
                    "governance_model_id": labels.get(cid),
                    "dimension": title,
                    "score": int(score),
                    "level": LEVELS[dimension][int(score)],
                    "evidence": newest.get("evidence", ""),
                    "other_readings": "; ".join(f"{r['score']}: {r['evidence']}" for r in other),
                    "centralisation_index": row["centralisation_index"],
                    "scored": int(row["scored_count"]),
                    "confidence": newest.get("confidence"),
                    "caveat": marks.caveats(
                        estimated=newest.get("confidence") == "low", disputed=len(other) > 0
                    ),
                    "source_ids": "; ".join(r["source_ids"] for r in (newest or row, *other)),
                }
            )
    frame = ordered(DIMENSION_SCORES.of(rows), "-centralisation_index", "-scored", "company_name")
    return frame.reset_index(drop=True)


def dimension_scores_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the most central company by index among those with at least four dimensions scored."""
    known = frame[(frame["scored"] >= FIRM_COUNT) & frame["centralisation_index"].notna()]
    index = known.drop_duplicates("company_name").set_index("company_name")["centralisation_index"]
    top = lone_top(index, fewest=3)
    if top is None:
        return ""
    least, low = index.index[-1], index.iloc[-1]
    return f"{top} is the most centralised ({index[top]:.0f} of 100), {least} the least ({low:.0f})"


# --- Index over time ---
INDEX_OVER_TIME = col.Frame(
    "organisations whose index changed, days ascending; a last row repeats the value on the day shown",
    "confidence caveat",
    company_name=col.company(),
    governance_model_id=col.GOVERNANCE,
    day=col.day("first day of the value", "From"),
    centralisation_index=col.INDEX,
    scored=col.SCORED,
)


def index_over_time(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Centralisation index from each day on which a score changed, of companies where one did and of a reader's own."""
    names, rows = names_by_id(tables), _moved_steps(tables, selection.as_of)
    return INDEX_OVER_TIME.of(rows.assign(company_name=[names[cid] for cid in rows["company_id"].tolist()]))


@once_each
def _moved_steps(tables: Tables, day: pd.Timestamp) -> pd.DataFrame:
    """What `index_over_time` shows until a day, by company_id."""
    index = columns(tables, "governance_index", "company_id", "centralisation_index")
    known = index.dropna(subset=["centralisation_index"]).drop_duplicates()["company_id"]
    moved = set(known[known.duplicated()].tolist()) | added_companies(tables)
    ids = dict.fromkeys(index["company_id"].tolist())
    return _steps(tables, day, [c for c in ids if c in moved])


#: What is read of a value of the index.
_OF_STEP = (
    "company_id",
    "governance_model_id",
    "valid_from",
    "centralisation_index",
    "scored_count",
    "confidence",
    "source_ids",
)


def index_steps(tables: Tables, selection: Selection, ids: Iterable[str]) -> pd.DataFrame:
    """Rows of INDEX_OVER_TIME with the model's name: each day on which a score of these organisations changed, and the day shown."""
    names, rows = names_by_id(tables), _steps(tables, selection.as_of, ids)
    return rows.assign(company_name=[names[cid] for cid in rows["company_id"].tolist()])


def _steps(tables: Tables, day: pd.Timestamp, ids: Iterable[str]) -> pd.DataFrame:
    """What `index_steps` gives until a day, by company_id, of those of these organisations that there are."""
    names, index = names_by_id(tables), columns(tables, "governance_index", *_OF_STEP)
    place = {cid: n for n, cid in enumerate(ids) if cid in names}
    of = np.array([place.get(cid, -1) for cid in index["company_id"].tolist()], dtype="int64")
    known = np.flatnonzero((of >= 0) & index["centralisation_index"].notna().to_numpy())
    begun = index["valid_from"].iloc[known].to_numpy()
    steps = known[np.lexsort((begun, of[known]))]
    # The last of each organisation once more, for the day shown.
    ends = np.flatnonzero(np.diff(of[steps], append=-1))
    rows = index.take(np.insert(steps, ends + 1, steps[ends]))
    days = rows["valid_from"].to_numpy().copy()
    days[ends + np.arange(1, len(ends) + 1)] = day.to_datetime64()
    scored, model = rows["scored_count"].astype("int64"), rows["governance_model_id"]
    both = list(zip(rows["confidence"].tolist(), scored.tolist(), strict=True))
    caveats = {one: index_caveat(*one) for one in set(both)}
    return pd.DataFrame(
        {
            "company_id": rows["company_id"],
            "governance_model": [model_short(m) for m in model.tolist()],
            "governance_model_id": model,
            "day": days,
            "centralisation_index": rows["centralisation_index"].astype("float64"),
            "scored": scored,
            "confidence": rows["confidence"],
            "caveat": pd.Series([caveats[one] for one in both], index=rows.index, dtype="str"),
            "source_ids": rows["source_ids"],
        }
    )


#: Fewer scored dimensions than this carry no firm index.
FIRM_COUNT = 4


def index_caveat(*confidences_and_counts: object) -> str | None:
    """Caveat of a centralisation index, from the confidence of its scores and how many of six there are."""
    few = any(isinstance(c, int) and c < FIRM_COUNT for c in confidences_and_counts)
    return marks.caveats(estimated=few or "low" in confidences_and_counts)


def index_over_time_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts companies whose index rose and fell over the time shown; of one alone it says from where to where."""
    names, values = frame["company_name"].tolist(), frame["centralisation_index"].tolist()
    # Of a name that comes again the last stays: in reverse that is the first.
    last, first = dict(zip(names, values, strict=True)), dict(zip(names[::-1], values[::-1], strict=True))
    if len(last) == 1:
        before, after = first[names[0]], last[names[0]]
        way = "towards" if after > before else "away from"
        said = (
            f"{names[0]} moved {way} the centre since first scored: from {before:.0f} to {after:.0f} of 100"
        )
        return said if f"{before:.0f}" != f"{after:.0f}" else ""
    up, down = (sum(way * (last[n] - first[n]) > 0 for n in last) for way in (1, -1))
    said = f"{up} of {plural(len(last), 'organisation')} moved towards the centre since first scored, {down} away"
    return said if up else ""


CHARTS = on(
    "governance",
    Chart(
        title="Where decisions sit, dimension by dimension",
        question="Who decides on models, compute, data and tools?",
        subtitle="Six dimensions scored 0 (each unit decides) to 4 (one group authority) from dated evidence; {organisations}, {as_of}. A dot: no source.",
        shows=DIMENSION_SCORES.by(dimension_scores, dimension_scores_finding),
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
        note="Index: mean of scored dimensions x 25; needs three, decision authority and base model among them.",
    ),
    Chart(
        title="Centralisation index over time",
        question="Who is pulling AI to the centre?",
        subtitle="Index 0 (each unit decides) to 100 (one group authority); organisations whose index changed; {organisations}, {as_of}",
        shows=INDEX_OVER_TIME.by(index_over_time, index_over_time_finding),
        kind=Lines("day", "centralisation_index", "company_name", "governance_model_id", steps="plain"),
        note="A step can also come from a dimension that was scored for the first time.",
    ),
)
