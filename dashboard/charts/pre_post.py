"""The chart of every company that changed model: its scores before and after."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.kinds.change import MOST_PANELS, Change
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import as_of, names_of, ordered
from dashboard.charts.spec import Chart, on
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape, windows
from dashboard.look.theme import format_day, model_short, plural

PRE_POST = col.Frame(
    "companies that changed model and dimensions scored on either side, newest change first",
    company_name=col.company(),
    change_day=col.said("month of the change", lambda day: format_day(day, "month"), "Change"),
    **col.label_at("before", "model before the change"),
    **col.label_at("after", "model from the change on"),
    dimension="which of the six dimensions",
    before_score=col.number("score before the change, 0 to 4; empty where no source"),
    after_score=col.number("score twelve months on, 0 to 4; empty where no source"),
    step="both scores in words",
    index_before=col.number("centralisation index before; empty where too few are scored"),
    index_after=col.number("centralisation index twelve months on; empty where too few are scored"),
)


def pre_post(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The six dimensions before and after the newest change of model of each company that changed."""
    names, spans = names_of(tables), landscape.history(tables, selection.basis)
    rows = []
    for cid, (day, old_id, new_id) in landscape.newest_changes(tables, selection.basis).items():
        if cid not in names.index:
            continue
        sides = (
            windows.readings(tables, cid, day, before=True),
            windows.readings(tables, cid, windows.year_from(day, selection.as_of)),
        )
        at_change = (spans["valid_from"] == day) | (spans["valid_to"] == day)
        labels = spans.loc[at_change & (spans["company_id"] == cid), "source_ids"]
        for dimension, title in DIMENSIONS.items():
            before, after = (side["score"].get(dimension) for side in sides)
            if before is None and after is None:
                continue
            cited = (side["source_ids"].get(dimension) for side in sides)
            rows.append(
                {
                    "company_name": names[cid],
                    "change_day": day,
                    "model_before": model_short(old_id),
                    "model_before_id": old_id,
                    "model_after": model_short(new_id),
                    "model_after_id": new_id,
                    "dimension": title,
                    "before_score": before,
                    "after_score": after,
                    "step": " → ".join("?" if s is None else str(int(s)) for s in (before, after)),
                    "index_before": windows.index_of(sides[0]),
                    "index_after": windows.index_of(sides[1]),
                    "source_ids": joined_sources(*cited, *labels),
                }
            )
    frame = PRE_POST.typed(rows)
    frame["change_day"] = pd.to_datetime(frame["change_day"])
    return ordered(frame, "-change_day", "company_name").reset_index(drop=True)


def pre_post_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many of those that changed have a higher index after, of those where it is known on both sides."""
    first = frame.drop_duplicates("company_name").dropna(subset=["index_before", "index_after"])
    if len(first) < 2:
        return ""
    up = int((first["index_after"] > first["index_before"]).sum())
    return (
        f"The index is higher after the change in {up} of {len(first):,} organisations that can be compared"
    )


def pre_post_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What a panel is, how many of how many."""
    count = frame["company_name"].nunique()
    shown = f", the newest {MOST_PANELS} drawn on a screen" if count > MOST_PANELS else ""
    return (
        "Score of each dimension, 0 each unit decides (left) to 4 one group authority (right), before the newest change "
        f"of model and twelve months on; {plural(count, 'organisation')} that changed{shown}, {as_of(selection)}"
    )


CHARTS = on(
    "governance",
    Chart(
        title="Six dimensions before and after each change of model",
        question="Which dimensions moved when organisations changed model?",
        subtitle=pre_post_subtitle,
        shows=PRE_POST.by(pre_post, pre_post_finding),
        kind=Change(
            "dimension",
            "before_score",
            "after_score",
            scale=(0, 4, 1),
            fill="model_after",
            panel="company_name",
            head=(("model_before", "model_after"), ("change_day",), ("index_before", "index_after")),
        ),
        note="Grey dot: before; mark: after; one mark alone: unchanged or first known then.",
    ),
)
