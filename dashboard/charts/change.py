"""Charts of what changed between two days: the index of each company, and companies from label to label."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.centralisation import index_caveat
from dashboard.charts.kinds.bars import JOINS, LEAVES, STANDS, Columns
from dashboard.charts.kinds.change import Change
from dashboard.charts.kinds.flow import Flow
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import by_model, lone_top, members, of_model, ordered
from dashboard.charts.spec import Chart, on
from dashboard.data.cut import once_each
from dashboard.data.selection import Selection, earlier, names_by_id
from dashboard.data.store import Tables
from dashboard.facts import followers, landscape
from dashboard.look import scales
from dashboard.look.theme import format_day, join_words, model_inside, model_short, plural

# --- The index on both days ---
INDEX_SCALE = (0, 100, 25)
INDEX_ENDS = (
    "Centralisation index: 0 each unit decides, 100 one group authority",
    "0 each unit, 100 one group authority",
)


def _coded_at(side: str, when: str) -> dict[str, col.Column]:
    """Label and index by the printed rule, in columns that end in the side."""
    label = col.label_at(side, f"model by the printed rule {when}")
    return label | {f"index_{side}": col.number(f"centralisation index {when}, 0 to 100")}


INDEX_CHANGE = col.Frame(
    "companies with an index on both days, coded labels; risers first, then those unmoved, then fallers",
    "confidence caveat",
    company_name=col.company(),
    **_coded_at("before", "on the earlier day"),
    **_coded_at("after", "on the later day"),
    change=col.number("points between the two"),
    scored_before=col.count("dimension", "dimensions scored on the earlier day", "Scored before", of=6),
    scored_after=col.count("dimension", "dimensions scored on the later day", "Scored after", of=6),
)


def index_change(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Centralisation index of each company on the day of comparison and on the day shown."""
    names = names_by_id(tables)
    frame = _index_on_both(tables, Selection(selection.then, selection.newest, compare=selection.then))
    called = list(map(names.get, frame["company_id"].tolist()))
    frame = frame.assign(company_name=called)[np.array([name is not None for name in called], dtype=bool)]
    frame = INDEX_CHANGE.of(ordered(frame, "-change", "-index_after", "company_name"))
    now = landscape.index_in_force(tables, *_OF_INDEX)["centralisation_index"].notna()
    if only := int(now.sum()) - len(frame):
        frame.attrs["only"] = f", {only:,} more on the later day only"
    return frame


#: What is read of an index in force.
_OF_INDEX = ("governance_model_id", "centralisation_index", "scored_count", "confidence", "source_ids")


@once_each
def _index_on_both(tables: Tables, day: Selection) -> pd.DataFrame:
    """What `index_change` tells of each company with an index on an earlier day and now, by company_id."""
    was, now = (
        landscape.index_in_force(t, *_OF_INDEX).dropna(subset=["centralisation_index"])
        for t in (earlier(tables, day), tables)
    )
    before = was.index.get_indexer(now.index)
    # Of each column the cells of the earlier day and of the later one.
    both = (was.take(before[before >= 0]), now.take(np.flatnonzero(before >= 0)))
    (old, new), _, scored, firm, cited = ([side[c].tolist() for side in both] for c in _OF_INDEX)
    counts = [list(map(int, side)) for side in scored]
    # Thousands are told in few ways.
    firms, told = (list(zip(*some, strict=True)) for some in (firm, (*firm, *counts)))
    weakest = {one: marks.weakest(one) for one in set(firms)}
    caveats = {one: index_caveat(*one) for one in set(told)}
    frame = pd.DataFrame(
        {
            "company_id": both[1].index,
            "model_before": list(map(model_short, old)),
            "model_before_id": old,
            "index_before": both[0]["centralisation_index"].to_numpy(dtype="float64"),
            "model_after": list(map(model_short, new)),
            "model_after_id": new,
            "index_after": both[1]["centralisation_index"].to_numpy(dtype="float64"),
            "scored_before": counts[0],
            "scored_after": counts[1],
            "confidence": list(map(weakest.__getitem__, firms)),
            "caveat": list(map(caveats.__getitem__, told)),
            "source_ids": [joined_sources(*one) for one in zip(*cited, strict=True)],
        }
    )
    return frame.assign(change=frame["index_after"] - frame["index_before"])


def index_change_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts risers and fallers, and names the one that moved most."""
    up, down = int((frame["change"] > 0).sum()), int((frame["change"] < 0).sum())
    since = format_day(selection.then)
    if up and down:
        return f"{up} moved towards the centre since {since}, {down} away from it"
    if down:
        return f"{plural(down, 'organisation')} moved away from the centre since {since} and none towards it"
    if not up:
        return ""
    rest = f"{', most of all' if up > 1 else ':'} {frame.iloc[0]['company_name']}"
    return f"{plural(up, 'organisation')} moved towards the centre since {since} and none away{rest}"


# --- From label to label ---
RELABELLING_FLOW = col.Frame(
    "pairs of models that at least one organisation has, in legend order; only organisations that existed on both days",
    **col.label_at("before", "model in force on the earlier day"),
    **col.label_at("after", "model in force on the later day"),
    **col.members("who they are", "Organisations"),
    is_moved=col.flag("the two models differ"),
)


def relabelling_flow(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by governance model on the day of comparison and on the day shown."""
    day = Selection(selection.then, selection.newest, compare=selection.then)
    found, cited = followers.movers(tables, day, selection.basis)
    frame = RELABELLING_FLOW.of(
        {
            **of_model(one.before, "_before"),
            **of_model(one.after, "_after"),
            "companies": len(one.names),
            "company_names": ", ".join(one.names),
            "is_moved": one.before != one.after,
        }
        for one in found
    )
    return frame.assign(source_ids=cited)


def relabelling_flow_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts the companies that another label fits now, and where most of them went."""
    is_known = frame[["model_before_id", "model_after_id"]].ne(landscape.UNDETERMINED).all(axis=1)
    known = frame[is_known & frame["is_moved"].astype(bool)]
    moved = int(known["companies"].sum())
    if not moved:
        return ""
    since = format_day(selection.then)
    if moved <= 3:
        names = join_words(sorted(", ".join(known["company_names"]).split(", ")))
        return f"{names} {'have' if moved > 1 else 'has'} another label than on {since}"
    into = known.groupby("model_after_id")["companies"].sum()
    top = lone_top(into, fewest=1)
    end = "" if top is None else f", {into[top]} of them {model_inside(top)}"
    return f"{moved} organisations have another label than on {since}{end}"


# --- The mix then and now, and each step between ---
GOVERNANCE_WALK = col.Frame(
    "steps and governance models: the earlier day, departures, arrivals, the later day; models in legend order",
    "confidence caveat",
    step="a day, or which model was left or come to",
    move=col.text(
        "stands: organisations on that day; leaves: taken off; joins: added", "Stands, leaves or joins"
    ),
    governance_model=col.of_scale(scales.GOVERNANCE, "model on the day, left, or come to"),
    governance_model_id=col.KNOWN,
    **col.members("who they are", "Organisations"),
)


def governance_walk(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by model on the day of comparison, those that left and joined each model since, and companies by model now."""
    names, both = names_by_id(tables), (earlier(tables, selection), tables)
    labels = (landscape.labels_in_force(t, selection.basis) for t in both)
    was, now = ({cid: model for cid, model in side.items() if cid in names} for side in labels)
    then, today = (landscape.shown(t, selection.basis)[["confidence", "source_ids"]].to_dict() for t in both)
    left = {cid: model for cid, model in was.items() if now.get(cid) != model}
    came = {cid: now[cid] for cid in (was | now) if cid in now and was.get(cid) != now[cid]}
    first, last = format_day(selection.then), format_day(selection.as_of)
    steps = [
        (STANDS, first, was, then),
        (LEAVES, "From", left, then),
        (JOINS, "To", came, today),
        # On one day alone there is nothing to walk to.
        (STANDS, last, now if first != last else {}, today),
    ]
    rows = []
    for move, step, of, behind in steps:
        for model, ids in by_model(of).items():
            # A step is of few: one whose label is weakly supported makes it so. Of a whole day that would be said of all.
            firm = None if move == STANDS else marks.weakest(behind["confidence"].get(c) for c in ids)
            rows.append(
                {
                    "step": step if move == STANDS else f"{step} {model_inside(model)}",
                    "move": move,
                    **of_model(model),
                    **members(ids, names, behind["source_ids"]),
                    "confidence": firm,
                    "caveat": marks.caveats(estimated=firm == "low"),
                }
            )
    return GOVERNANCE_WALK.of(rows)


def governance_walk_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the model that gained most since the earlier day."""
    sign = frame["move"].map({LEAVES: -1, JOINS: 1}).fillna(0)
    net = (frame["companies"] * sign).groupby(frame["governance_model_id"]).sum()
    net = net.drop(landscape.UNDETERMINED, errors="ignore")
    top = lone_top(net, fewest=1)
    if top is None or net[top] < 1:
        return ""
    gain = plural(int(net[top]), "organisation")
    return f"{model_short(top)} gained most since {format_day(selection.then)}: {gain}"


CHARTS = on(
    "governance",
    Chart(
        title="Centralisation index on two days",
        question="Who moved towards the centre, and by how much?",
        subtitle="Centralisation index by the printed rule, {days}; {rows:organisation} with an index on both days{noted[only]}",
        shows=INDEX_CHANGE.by(index_change, index_change_finding),
        kind=Change(
            "company_name",
            "index_before",
            "index_after",
            scale=INDEX_SCALE,
            title=INDEX_ENDS,
            fill="model_after",
        ),
        note="Grey dot: the earlier day; mark: model by the printed rule on the later day; faded: unmoved. A step can also come from a dimension that was scored for the first time.",
    ),
    Chart(
        title="From label to label",
        question="Which governance models did organisations leave, and for which?",
        subtitle="Organisations by governance model on {then} (left) and on {day} (right), {basis}; {total.companies:organisation} that existed on both days",
        shows=RELABELLING_FLOW.by(relabelling_flow, relabelling_flow_finding),
        kind=Flow("model_before", "model_after", "companies", "company_names"),
        note="Coloured and named: organisations with another label on the later day.",
    ),
    Chart(
        title="Governance mix, then and now",
        question="What moved the governance mix between two days?",
        subtitle="Organisations by governance model, {days}, {basis}: those on the first day, those that left a model or came to one, those on the last",
        shows=GOVERNANCE_WALK.by(governance_walk, governance_walk_finding),
        kind=Columns("step", "companies", stack="governance_model", tick="name", walk="move"),
        note="An organisation that another label fits leaves one model and comes to another; one that did not exist on the earlier day only comes.",
    ),
)
