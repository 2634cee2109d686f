"""Charts of what changed between two days: the index of each company, and companies from label to label."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import marks
from dashboard.charts.governance import index_caveat
from dashboard.charts.marks import joined_sources
from dashboard.charts.pieces import text_width, unit_below
from dashboard.charts.spec import Chart, Native
from dashboard.data.selection import Selection, earlier
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.look.place import spread
from dashboard.look.theme import (
    MODEL_ORDER,
    Look,
    annotation,
    escape,
    format_day,
    is_missing,
    join_words,
    layout,
    model_short,
    plural,
    symbol,
)

#: Rows of the dumbbell in a picture; on screen all are drawn.
ROWS_IN_A_PICTURE = 14


def days_words(selection: Selection) -> str:
    """The two days in words: from 25 Nov 2025 to 25 Nov 2026."""
    return f"{format_day(min(selection.since, selection.as_of))} to {format_day(selection.as_of)}"


def in_text(model_id: str | None) -> str:
    """Short name of a model inside a sentence: federated; centralised, CEO."""
    short = model_short(model_id)
    return short[0].lower() + short[1:]


# --- The index on both days ---


def index_change(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Centralisation index of each company on the day of comparison and on the day shown.

    Returns:
        company_name, model_before, model_before_id, index_before (0-100), model_after, model_after_id, index_after
        (0-100), change (points), scored_before, scored_after (dimensions of six), confidence (of the weakest
        score of both days), caveat ("estimated" as in `index_caveat`), source_ids; one row per company with
        an index on both days, coded labels; risers first, then those unmoved, then fallers.
    """
    then = earlier(tables, selection)
    now_index, then_index = landscape.index_in_force(tables), landscape.index_in_force(then)
    names = tables["companies"].set_index("company_id")["company_name"]
    rows = []
    for cid, now in now_index.iterrows():
        if cid not in then_index.index or cid not in names.index:
            continue
        old = then_index.loc[cid]
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
    columns = [
        "company_name",
        "model_before",
        "model_before_id",
        "index_before",
        "model_after",
        "model_after_id",
        "index_after",
        "change",
        "scored_before",
        "scored_after",
        "confidence",
        "caveat",
        "source_ids",
    ]
    frame = pd.DataFrame(rows, columns=columns).sort_values(
        ["change", "index_after", "company_name"], ascending=[False, False, True], kind="stable"
    )
    frame = frame.reset_index(drop=True)
    frame.attrs["one_day_only"] = int(
        now_index["centralisation_index"].notna().sum() - len(frame) if len(now_index) else 0
    )
    return frame


def index_change_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """One row a company: a small grey dot then, the mark of its model now, a line between; numbers at both ends."""
    # Those that moved come first where there is no room for all.
    shown = frame
    if look.export and len(frame) > ROWS_IN_A_PICTURE:
        moved = frame["change"].abs().sort_values(ascending=False, kind="stable").index[:ROWS_IN_A_PICTURE]
        shown = frame.loc[sorted(moved)]
    shown = shown.reset_index(drop=True)
    n = len(shown)
    shapes, labels, traces = [], [], []
    for y, r in enumerate(shown.itertuples(index=False)):
        labels.append(
            annotation(
                0,
                y,
                f"<b>{escape(r.company_name)}</b>",
                look,
                xref="paper",
                xanchor="right",
                xshift=-10 * look.scale,
                font={"size": look.size + (0 if look.export else 1), "color": look.ink},
            )
        )
        up = r.change >= 0
        if r.change:
            shapes.append(
                {
                    "type": "line",
                    "x0": r.index_before,
                    "x1": r.index_after,
                    "y0": y,
                    "y1": y,
                    "layer": "below",
                    "line": {"color": look.rule, "width": 3 * look.scale},
                }
            )
            labels.append(
                annotation(
                    r.index_before,
                    y,
                    f"{r.index_before:.0f}",
                    look,
                    xanchor="right" if up else "left",
                    xshift=(-8 if up else 8) * look.scale,
                    font={"size": look.size, "color": look.grey},
                )
            )
        told = f"<b>{r.index_after:.0f}</b>" + (f" ({_shown_change(r)})" if r.change else "")
        labels.append(
            annotation(
                r.index_after,
                y,
                told,
                look,
                xanchor="left" if up else "right",
                xshift=(10 if up else -10) * look.scale,
                font={"size": look.size, "color": look.ink if r.change else look.grey},
            )
        )
    hover = [
        f"<b>{escape(r.company_name)}</b>: {r.index_before:.0f} to {r.index_after:.0f}<br>"
        f"{escape(r.model_before)}, {r.scored_before} of 6 scored, then<br>"
        f"{escape(r.model_after)}, {r.scored_after} of 6 scored, now"
        for r in shown.itertuples(index=False)
    ]
    moved_rows = [i for i in range(n) if shown["change"].iloc[i]]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [shown["index_before"].iloc[i] for i in moved_rows],
            "y": moved_rows,
            "marker": {"size": 8 * look.scale, "color": look.levels[2]},
            "hoverinfo": "skip",
        }
    )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": shown["index_after"].tolist(),
            "y": list(range(n)),
            "marker": {
                "size": 12 * look.scale,
                "symbol": [symbol(m) for m in shown["model_after_id"]],
                "color": [look.fill(m) for m in shown["model_after_id"]],
                "opacity": [1.0 if c else 0.45 for c in shown["change"]],
            },
            "customdata": shown.index.tolist(),
            "hovertext": hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    left = (
        max((text_width(c, look.size + 1, True) for c in shown["company_name"]), default=60) + 18 * look.scale
    )
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=62 + 27 * max(n, 1),
            margin={
                "l": int(left),
                "r": 16,
                "t": 8,
                "b": 44 if not look.export else 70,
            },
            xaxis={"range": [-6, 112], "tickvals": [0, 25, 50, 75, 100]},
            yaxis={"visible": False, "range": [max(n, 1) - 0.4, -0.6]},
            shapes=shapes,
            annotations=[
                *labels,
                unit_below(
                    "0 each unit, 100 one group authority"
                    if look.compact
                    else "Centralisation index: 0 each unit decides, 100 one group authority",
                    look,
                ),
            ],
        )
    )
    return figure


def _shown_change(r: Any) -> str:
    """The difference of the numbers as they are shown: 75 after 62 is 13, whatever was rounded away."""
    return f"{float(f'{r.index_after:.0f}') - float(f'{r.index_before:.0f}'):+.0f}"


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


def relabelling_flow(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Companies by governance model on the day of comparison and on the day shown.

    Returns:
        model_before, model_before_id, model_after, model_after_id, companies (count), company_names, is_moved,
        source_ids; one row per pair of models that at least one company has, in legend order; only companies that
        existed on both days.
    """
    then = earlier(tables, selection)
    was, now = (landscape.labels_in_force(t, selection.basis) for t in (then, tables))
    names = tables["companies"].set_index("company_id")["company_name"]
    cells = pd.concat([landscape.assessments_in_force(t, selection.basis) for t in (tables, then)])
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
            "source_ids": joined_sources(*cells.loc[cells["company_id"].isin(ids), "source_ids"]),
        }
        for (old, new), ids in sorted(
            pairs.items(), key=lambda p: (MODEL_ORDER[p[0][0]], MODEL_ORDER[p[0][1]])
        )
    ]
    columns = [
        "model_before",
        "model_before_id",
        "model_after",
        "model_after_id",
        "companies",
        "company_names",
        "is_moved",
        "source_ids",
    ]
    return pd.DataFrame(rows, columns=columns)


#: Gap between two nodes, in companies, and where the nodes stand across.
_GAP, _LEFT, _RIGHT, _NODE = 0.8, 0.0, 1.0, 0.014


def _nodes(frame: pd.DataFrame, side: str) -> dict[str, tuple[float, float]]:
    """Top and bottom of each node, in companies, from above."""
    sums = frame.groupby(f"model_{side}_id")["companies"].sum()
    out, top = {}, 0.0
    for model in sorted(sums.index, key=MODEL_ORDER.__getitem__):
        out[model] = (top, top + float(sums[model]))
        top += float(sums[model]) + _GAP
    return out


def relabelling_flow_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Nodes at the left and right, bands between; those that moved in the colour of what they became, named inside."""
    left, right = _nodes(frame, "before"), _nodes(frame, "after")
    tall = max([b for _, b in (*left.values(), *right.values())], default=1.0)
    height = int(min(max(34 * (frame["companies"].sum() if len(frame) else 1) ** 0.8, 240), 460))
    plot = 560 if look.export else height - 44
    shapes: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    points: list[tuple[float, float, str, Any]] = []
    used = {**{(m, "l"): t for m, (t, _) in left.items()}, **{(m, "r"): t for m, (t, _) in right.items()}}
    wanted: list[tuple[float, str, str]] = []
    inner_l, inner_r = _LEFT + _NODE, _RIGHT - _NODE
    for r in frame.itertuples():
        a, b = used[(r.model_before_id, "l")], used[(r.model_after_id, "r")]
        used[(r.model_before_id, "l")] += r.companies
        used[(r.model_after_id, "r")] += r.companies
        a2, b2 = a + r.companies, b + r.companies
        path = (
            f"M {inner_l},{a} C 0.5,{a} 0.5,{b} {inner_r},{b} L {inner_r},{b2} "
            f"C 0.5,{b2} 0.5,{a2} {inner_l},{a2} Z"
        )
        shapes.append(
            {
                "type": "path",
                "path": path,
                "layer": "below",
                "line": {"width": 0},
                "fillcolor": look.fill(r.model_after_id) if r.is_moved else look.levels[1],
                "opacity": 0.55 if r.is_moved else 0.45,
            }
        )
        middle = (a + a2 + b + b2) / 4
        points.append(
            (
                0.5,
                middle,
                f"<b>{escape(r.model_before)} → {escape(r.model_after)}</b>: {r.companies}<br>"
                + "<br>".join(escape(n) for n in _in_lines(r.company_names, 60)),
                r.Index,
            )
        )
        if r.is_moved:
            wanted.append((middle, r.company_names, r.model_after_id))
    for side, nodes, x0 in (("l", left, _LEFT), ("r", right, _RIGHT - _NODE)):
        sums = {m: b - t for m, (t, b) in nodes.items()}
        for model, (top, bottom) in nodes.items():
            shapes.append(
                {
                    "type": "rect",
                    "x0": x0,
                    "x1": x0 + _NODE,
                    "y0": top,
                    "y1": bottom,
                    "line": {"width": 0},
                    "fillcolor": look.fill(model),
                }
            )
            count = f"<b>{sums[model]:.0f}</b>"
            name = (
                escape(model_short(model)).replace(", ", ",<br>")
                if look.compact
                else escape(model_short(model))
            )
            labels.append(
                annotation(
                    x0 if side == "l" else x0 + _NODE,
                    (top + bottom) / 2,
                    f"{name}  {count}" if side == "l" else f"{count}  {name}",
                    look,
                    xanchor="right" if side == "l" else "left",
                    xshift=(-8 if side == "l" else 8) * look.scale,
                    align="right" if side == "l" else "left",
                    font={"size": look.size - (1 if look.compact else 0), "color": look.name_colour(model)},
                )
            )
    # Names stand in the middle, apart from each other, on the ground so that bands do not cross them.
    room = 20 if look.compact else 46
    step = (look.size + 6) / plot * (tall + 0.6)
    order = sorted(wanted)
    spots = spread([tall - w for w, _, _ in order], step, tall)
    for (_, names, _), y in zip(order, spots, strict=True):
        labels.append(
            annotation(
                0.5,
                tall - y,
                escape(_shortened(names, room)),
                look,
                xanchor="center",
                bgcolor=look.ground,
                font={"size": look.size, "color": look.ink},
            )
        )
    widest_l = max((text_width(model_short(m), look.size, True) for m in left), default=60)
    widest_r = max((text_width(model_short(m), look.size, True) for m in right), default=60)
    side_l, side_r = (x + (44 * look.scale) for x in (widest_l, widest_r))
    if look.compact:
        side_l = side_r = 98
    figure = go.Figure(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [p[0] for p in points],
            "y": [p[1] for p in points],
            "marker": {"size": 26, "opacity": 0, "color": look.ink},
            "customdata": [p[3] for p in points],
            "hovertext": [p[2] for p in points],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    figure.update_layout(
        layout(
            look,
            height=height,
            margin={"l": int(side_l), "r": int(side_r), "t": 8, "b": 8},
            xaxis={"visible": False, "range": [0, 1]},
            yaxis={"visible": False, "range": [tall + 0.3, -0.3]},
            shapes=shapes,
            annotations=labels,
        )
    )
    return figure


def _shortened(names: str, room: int) -> str:
    """The names that fit, and how many more."""
    parts = names.split(", ")
    text = parts[0]
    for i, part in enumerate(parts[1:], 1):
        if len(text) + len(part) + 2 > room:
            return f"{text} +{len(parts) - i}"
        text += f", {part}"
    return text


def _in_lines(text: str, width: int) -> list[str]:
    """Names in lines of at most `width` characters."""
    lines, line = [], ""
    for part in text.split(", "):
        if line and len(line) + len(part) + 2 > width:
            lines.append(f"{line},")
            line = ""
        line = f"{line}, {part}" if line else part
    return [*lines, line]


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


CHARTS = (
    Chart(
        id="index-change",
        topic="governance",
        title="Centralisation index on two days",
        question="Who moved towards the centre, and by how much?",
        subtitle=index_change_subtitle,
        tables=("companies", "governance_index"),
        data=index_change,
        figure=index_change_figure,
        native=Native(
            "table",
            category="company_name",
            colour_by="model_after_id",
            columns=("company_name", "model_before", "index_before", "model_after", "index_after", "change"),
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
        tables=("companies", "governance_assessments"),
        data=relabelling_flow,
        figure=relabelling_flow_figure,
        native=Native(
            "bar_stacked",
            category="model_before",
            series="model_after",
            value="companies",
            colour_by="model_after_id",
            unit="organisations",
        ),
        finding=relabelling_flow_finding,
        note="Coloured and named: organisations with another label on the later day.",
    ),
)
