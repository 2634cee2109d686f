"""Charts of what changed between two days: the index of each company, and companies from label to label."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.centralisation import index_caveat
from dashboard.charts.kinds.bars import JOINS, LEAVES, STANDS, Columns
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.marks import joined_sources
from dashboard.charts.spec import Chart
from dashboard.data.selection import Selection, earlier
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.look import scales
from dashboard.look.theme import MODEL_ORDER, format_day, is_missing, join_words, model_short, plural


def days_words(selection: Selection) -> str:
    """The two days in words: from 25 Nov 2025 to 25 Nov 2026."""
    return f"{format_day(min(selection.since, selection.as_of))} to {format_day(selection.as_of)}"


def in_text(model_id: str | None) -> str:
    """Short name of a model inside a sentence: federated; centralised, CEO."""
    short = model_short(model_id)
    return short[0].lower() + short[1:]


# --- The index on both days ---


INDEX_CHANGE = col.Frame(
    "companies with an index on both days, coded labels; risers first, then those unmoved, then fallers",
    "confidence",
    "caveat",
    company_name=col.company(),
    model_before=col.of_scale(
        scales.GOVERNANCE, "model by the printed rule on the earlier day", "Model before"
    ),
    model_before_id=col.KNOWN,
    index_before=col.number("centralisation index on the earlier day, 0 to 100"),
    model_after=col.of_scale(scales.GOVERNANCE, "model by the printed rule on the later day", "Model after"),
    model_after_id=col.KNOWN,
    index_after=col.number("centralisation index on the later day, 0 to 100"),
    change=col.number("points between the two"),
    scored_before=col.count("dimension", "dimensions scored on the earlier day", "Scored before", of=6),
    scored_after=col.count("dimension", "dimensions scored on the later day", "Scored after", of=6),
)


def index_change(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Centralisation index of each company on the day of comparison and on the day shown."""
    then = earlier(tables, selection)
    read = ["centralisation_index", "governance_model_id", "scored_count", "confidence", "source_ids"]
    now_index, then_index = (landscape.index_in_force(t)[read].to_dict("index") for t in (tables, then))
    names = dict(zip(tables["companies"]["company_id"], tables["companies"]["company_name"], strict=True))
    rows = []
    for cid, now in now_index.items():
        old = then_index.get(cid)
        if old is None or cid not in names:
            continue
        if is_missing(now["centralisation_index"]) or is_missing(old["centralisation_index"]):
            continue
        rows.append(
            {
                "company_name": names[cid],
                "model_before": model_short(old["governance_model_id"]),
                "model_before_id": old["governance_model_id"],
                "index_before": float(old["centralisation_index"]),
                "model_after": model_short(now["governance_model_id"]),
                "model_after_id": now["governance_model_id"],
                "index_after": float(now["centralisation_index"]),
                "change": float(now["centralisation_index"]) - float(old["centralisation_index"]),
                "scored_before": int(old["scored_count"]),
                "scored_after": int(now["scored_count"]),
                "confidence": marks.weakest([old["confidence"], now["confidence"]]),
                "caveat": index_caveat(
                    old["confidence"], now["confidence"], int(old["scored_count"]), int(now["scored_count"])
                ),
                "source_ids": joined_sources(old["source_ids"], now["source_ids"]),
            }
        )
    frame = INDEX_CHANGE.of(rows).sort_values(
        ["change", "index_after", "company_name"], ascending=[False, False, True], kind="stable"
    )
    frame = frame.reset_index(drop=True)
    frame.attrs["one_day_only"] = int(
        sum(not is_missing(now["centralisation_index"]) for now in now_index.values()) - len(frame)
        if len(now_index)
        else 0
    )
    return frame


def index_change_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts risers and fallers, and names the one that moved most."""
    up, down = frame[frame["change"] > 0], frame[frame["change"] < 0]
    if not len(up) + len(down):
        return ""
    since = format_day(min(selection.since, selection.as_of))
    if len(up) and not len(down):
        top = up.iloc[0]
        rest = f", most of all {top['company_name']}" if len(up) > 1 else f": {top['company_name']}"
        return f"{plural(len(up), 'organisation')} moved towards the centre since {since} and none away{rest}"
    if len(down) and not len(up):
        return f"{plural(len(down), 'organisation')} moved away from the centre since {since} and none towards it"
    return f"{len(up)} moved towards the centre since {since}, {len(down)} away from it"


def index_change_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What the ends are, how many have both."""
    only = frame.attrs.get("one_day_only", 0)
    return (
        f"Centralisation index by the printed rule, {days_words(selection)}; "
        f"{plural(len(frame), 'organisation')} with an index on both days"
        + (f", {only} more on the later day only" if only else "")
    )


# --- From label to label ---


RELABELLING_FLOW = col.Frame(
    "pairs of models that at least one organisation has, in legend order; only organisations that existed on both days",
    model_before=col.of_scale(scales.GOVERNANCE, "model in force on the earlier day", "Model before"),
    model_before_id=col.KNOWN,
    model_after=col.of_scale(scales.GOVERNANCE, "model in force on the later day", "Model after"),
    model_after_id=col.KNOWN,
    companies=col.count("organisation"),
    company_names=col.names("who they are", "Organisations"),
    is_moved=col.flag("the two models differ"),
)


def relabelling_flow(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by governance model on the day of comparison and on the day shown."""
    then = earlier(tables, selection)
    was, now = (landscape.labels_in_force(t, selection.basis) for t in (then, tables))
    names = tables["companies"].set_index("company_id")["company_name"]
    cited: list[tuple[str, str]] = []
    for one in (tables, then):
        rows_in = landscape.assessments_in_force(one, selection.basis)
        cited += zip(rows_in["company_id"].tolist(), rows_in["source_ids"].tolist(), strict=True)
    pairs: dict[tuple[str, str], list[str]] = {}
    for cid, model in now.items():
        if cid in was:
            pairs.setdefault((was[cid], model), []).append(cid)
    rows = [
        {
            "model_before": model_short(old),
            "model_before_id": old,
            "model_after": model_short(new),
            "model_after_id": new,
            "companies": len(ids),
            "company_names": ", ".join(sorted(names[c] for c in ids)),
            "is_moved": old != new,
            "source_ids": joined_sources(*(cell for cid, cell in cited if cid in ids)),
        }
        for (old, new), ids in sorted(
            pairs.items(), key=lambda p: (MODEL_ORDER[p[0][0]], MODEL_ORDER[p[0][1]])
        )
    ]
    return RELABELLING_FLOW.of(rows)


def relabelling_flow_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts the companies that another label fits now, and where most of them went."""
    known = frame[(frame["model_before_id"] != landscape.UNDETERMINED) & frame["is_moved"].astype(bool)]
    known = known[known["model_after_id"] != landscape.UNDETERMINED]
    moved = int(known["companies"].sum())
    if not moved:
        return ""
    since = format_day(min(selection.since, selection.as_of))
    if moved <= 3:
        names = sorted(", ".join(known["company_names"]).split(", "))
        verb = "have" if moved > 1 else "has"
        return f"{join_words(names)} {verb} another label than on {since}"
    into = known.groupby("model_after_id")["companies"].sum().sort_values(ascending=False, kind="stable")
    end = ""
    if len(into) == 1 or into.iloc[0] > into.iloc[1]:
        end = f", {into.iloc[0]} of them {in_text(str(into.index[0]))}"
    return f"{moved} organisations have another label than on {since}{end}"


def relabelling_flow_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What a band is, on which basis, how many companies."""
    return (
        f"Organisations by governance model on {format_day(min(selection.since, selection.as_of))} (left) and on "
        f"{format_day(selection.as_of)} (right), "
        f"{'as named sources report it' if selection.basis == 'reported' else 'as the printed rule codes it'}; "
        f"{plural(int(frame['companies'].sum()), 'organisation')} that existed on both days"
    )


# --- The mix then and now, and each step between ---


GOVERNANCE_WALK = col.Frame(
    "steps and governance models: the earlier day, departures, arrivals, the later day; models in legend order",
    "confidence",
    "caveat",
    step="a day, or which model was left or come to",
    move=col.text(
        "stands: organisations on that day; leaves: taken off; joins: added", "Stands, leaves or joins"
    ),
    governance_model=col.of_scale(scales.GOVERNANCE, "model on the day, left, or come to"),
    governance_model_id=col.KNOWN,
    companies=col.count("organisation"),
    company_names=col.names("who they are", "Organisations"),
)


def governance_walk(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by model on the day of comparison, those that left and joined each model since, and companies by model now."""
    then = earlier(tables, selection)
    was, now = (landscape.labels_in_force(t, selection.basis) for t in (then, tables))
    names = dict(zip(tables["companies"]["company_id"], tables["companies"]["company_name"], strict=True))
    reports: dict[bool, dict[str, tuple[object, object]]] = {}
    for is_now, one in ((False, then), (True, tables)):
        shown = landscape.assessments_in_force(one, selection.basis).drop_duplicates("company_id")
        cells = (shown[c].tolist() for c in ("company_id", "confidence", "source_ids"))
        reports[is_now] = {cid: (firm, cited) for cid, firm, cited in zip(*cells, strict=True)}
    days = [format_day(d) for d in (min(selection.since, selection.as_of), selection.as_of)]
    moved = [c for c in {**was, **now} if c in names and was.get(c) != now.get(c)]
    steps: list[tuple[str, str, bool, list[tuple[str, list[str]]]]] = [
        (STANDS, days[0], False, [(m, [c for c in was if c in names and was[c] == m]) for m in MODEL_ORDER])
    ]
    for move, word, labels in ((LEAVES, "From", was), (JOINS, "To", now)):
        for model in MODEL_ORDER:
            who = [c for c in moved if labels.get(c) == model]
            steps.append((move, f"{word} {in_text(model)}", move == JOINS, [(model, who)]))
    # On one day alone there is nothing to walk to.
    if days[0] != days[1]:
        steps.append((STANDS, days[1], True, [(m, [c for c in now if now[c] == m]) for m in MODEL_ORDER]))
    rows = []
    for move, step, is_now, parts in steps:
        for model, ids in parts:
            if ids:
                behind = [reports[is_now].get(c, (None, None)) for c in ids]
                # A step is of few: one whose label is weakly supported makes it so. Of a whole day that would be said of all.
                firm = None if move == STANDS else marks.weakest(f for f, _ in behind)
                rows.append(
                    {
                        "step": step,
                        "move": move,
                        "governance_model": model_short(model),
                        "governance_model_id": model,
                        "companies": len(ids),
                        "company_names": ", ".join(sorted(names[c] for c in ids)),
                        "confidence": firm,
                        "caveat": marks.caveats(estimated=firm == "low"),
                        "source_ids": joined_sources(*(cited for _, cited in behind)),
                    }
                )
    return GOVERNANCE_WALK.of(rows)


def governance_walk_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the model that gained most since the earlier day."""
    sign = frame["move"].map({LEAVES: -1, JOINS: 1}).fillna(0)
    net = (frame["companies"] * sign).groupby(frame["governance_model_id"]).sum()
    net = net.drop(landscape.UNDETERMINED, errors="ignore").sort_values(ascending=False, kind="stable")
    if not len(net) or net.iloc[0] < 1 or (len(net) > 1 and net.iloc[0] == net.iloc[1]):
        return ""
    since = format_day(min(selection.since, selection.as_of))
    return (
        f"{model_short(net.index[0])} gained most since {since}: {plural(int(net.iloc[0]), 'organisation')}"
    )


def governance_walk_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What a column is, on which basis."""
    return (
        f"Organisations by governance model, {days_words(selection)}, "
        f"{'as named sources report it' if selection.basis == 'reported' else 'as the printed rule codes it'}: those on the "
        "first day, those that left a model or came to one, those on the last"
    )


CHARTS = (
    Chart(
        id="index-change",
        topic="governance",
        title="Centralisation index on two days",
        question="Who moved towards the centre, and by how much?",
        subtitle=index_change_subtitle,
        data=index_change,
        columns=INDEX_CHANGE,
        kind=Change(
            "company_name",
            "index_before",
            "index_after",
            scale=(0, 100, 25),
            title=(
                "Centralisation index: 0 each unit decides, 100 one group authority",
                "0 each unit, 100 one group authority",
            ),
            fill="model_after",
        ),
        finding=index_change_finding,
        note="Grey dot: the earlier day; mark: model by the printed rule on the later day; faded: unmoved. A step can "
        "also come from a dimension that was scored for the first time.",
    ),
    Chart(
        id="relabelling-flow",
        topic="governance",
        title="From label to label",
        question="Which governance models did organisations leave, and for which?",
        subtitle=relabelling_flow_subtitle,
        data=relabelling_flow,
        columns=RELABELLING_FLOW,
        kind=Flow("model_before", "model_after", "companies", "company_names"),
        finding=relabelling_flow_finding,
        note="Coloured and named: organisations with another label on the later day.",
    ),
    Chart(
        id="governance-walk",
        topic="governance",
        title="Governance mix, then and now",
        question="What moved the governance mix between two days?",
        subtitle=governance_walk_subtitle,
        data=governance_walk,
        columns=GOVERNANCE_WALK,
        kind=Columns("step", "companies", stack="governance_model", tick="name", walk="move"),
        finding=governance_walk_finding,
        note="An organisation that another label fits leaves one model and comes to another; one that did not exist on the "
        "earlier day only comes.",
    ),
)
