"""Charts of the landscape as a whole: the matrix of companies, and where each stands on one map."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import landscape
from dashboard.charts.governance import table_figure
from dashboard.charts.spec import Chart, Native
from dashboard.selection import Selection
from dashboard.store import Tables
from dashboard.theme import (
    MODEL_ORDER,
    Look,
    annotation,
    escape,
    format_day,
    is_missing,
    layout,
    model_short,
    plural,
    symbol,
)

#: The rating that most models of most companies have; never mixed with the style-controlled one.
RATING = "lmarena-text"


def landscape_matrix(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The landscape as of the day: what each company builds, who steers it, and how it earns with it.

    Returns:
        company_id, company_name, company_name_zh, primary_model, primary_model_zh, governance_model,
        governance_model_id, stated_as (the shown source's own words), other_reports, commercial_lever, ai_lead,
        latest_model, latest_model_date, weights, last_event, last_event_date, source_ids (all of the row), and per
        cell `*_source_ids`; companies with a model in legend order, then by name.
    """
    companies = tables["companies"]
    families = landscape.primary_families(tables)
    levers = landscape.headline_levers(tables)
    leads = landscape.leads_in_force(tables)
    newest = landscape.flagships(tables)
    events = landscape.newest_events(tables)
    assessed = landscape.assessments_in_force(tables, selection.basis)
    rows = []
    for company in companies.itertuples(index=False):
        cid = company.company_id
        mine = assessed[assessed["company_id"] == cid]
        top = mine.iloc[0] if len(mine) else None
        model_id = landscape.UNDETERMINED if top is None else top["governance_model_id"]
        others = [
            f"{model_short(r.governance_model_id)} ({r.reported_by})"
            for r in mine.iloc[1:].itertuples()
            if r.governance_model_id != model_id
        ]

        def cell(frame: pd.DataFrame, column: str, cid: str = cid) -> object:
            return frame.loc[cid, column] if cid in frame.index else None

        sources = {
            "company_source_ids": company.source_ids,
            "model_source_ids": cell(families, "source_ids"),
            "governance_source_ids": None if top is None else top["source_ids"],
            "lever_source_ids": cell(levers, "source_ids"),
            "lead_source_ids": cell(leads, "source_ids"),
            "latest_source_ids": cell(newest, "source_ids"),
            "event_source_ids": cell(events, "source_ids"),
        }
        rows.append(
            {
                "company_id": cid,
                "company_name": company.company_name,
                "company_name_zh": company.company_name_zh,
                "primary_model": cell(families, "family_name"),
                "primary_model_zh": cell(families, "family_name_zh"),
                "governance_model": model_short(model_id),
                "governance_model_id": model_id,
                "stated_as": None if top is None else top["stated_as"],
                "other_reports": "; ".join(others) or None,
                "commercial_lever": cell(levers, "lever_name"),
                "ai_lead": cell(leads, "person_name"),
                "latest_model": cell(newest, "model_name"),
                "latest_model_date": cell(newest, "release_date"),
                "weights": cell(newest, "weights"),
                "last_event": cell(events, "title"),
                "last_event_date": cell(events, "event_date"),
                "last_event_date_precision": cell(events, "event_date_precision"),
                "source_ids": "; ".join(
                    dict.fromkeys(
                        i for s in sources.values() if not is_missing(s) for i in str(s).split("; ")
                    )
                ),
                **sources,
            }
        )
    frame = pd.DataFrame(rows, columns=MATRIX_COLUMNS)
    frame["latest_model_date"] = pd.to_datetime(frame["latest_model_date"])
    frame["last_event_date"] = pd.to_datetime(frame["last_event_date"])
    order = frame.assign(
        _type=frame["company_id"].map(companies.set_index("company_id")["company_type"]).ne("giant"),
        _no_event=frame["last_event"].isna(),
        _rank=frame["governance_model_id"].map(MODEL_ORDER),
    )
    keys = ["_type", "_no_event", "_rank", "company_name"]
    return frame.loc[order.sort_values(keys, kind="stable").index]


MATRIX_COLUMNS = [
    "company_id",
    "company_name",
    "company_name_zh",
    "primary_model",
    "primary_model_zh",
    "governance_model",
    "governance_model_id",
    "stated_as",
    "other_reports",
    "commercial_lever",
    "ai_lead",
    "latest_model",
    "latest_model_date",
    "weights",
    "last_event",
    "last_event_date",
    "last_event_date_precision",
    "source_ids",
    "company_source_ids",
    "model_source_ids",
    "governance_source_ids",
    "lever_source_ids",
    "lead_source_ids",
    "latest_source_ids",
    "event_source_ids",
]


def landscape_matrix_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """The first fourteen companies as a table."""
    both = frame["company_name"] + " " + frame["company_name_zh"].fillna("")
    return table_figure(
        frame.assign(company=both.str.strip()),
        look,
        {
            "company": ("Organisation", 1.35),
            "primary_model": ("Model", 1.05),
            "governance_model": ("Governance", 1.45),
            "commercial_lever": ("Commercial lever", 1.9),
            "latest_model": ("Latest model", 1.15),
            "last_event": ("Last reorganisation", 1.9),
        },
        fills={"governance_model": "governance_model_id"},
    )


def landscape_matrix_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts the organisations whose AI the chief executive steers."""
    count = int((frame["governance_model_id"] == "centralised_ceo").sum())
    if not count:
        return ""
    verb = "are" if count > 1 else "is"
    day = "now" if selection.as_of >= selection.newest else f"on {format_day(selection.as_of)}"
    return f"{count} of {plural(len(frame), 'organisation')} {verb} steered from the chief executive’s desk {day}"


def positioning(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Best rated model of each company against its centralisation index.

    Returns:
        company_name, is_outside, governance_model_id, has_units (False for labs and start-ups: nothing to
        centralise), centralisation_index (0-100), scored (of six), model_name, rating (Arena points), rating_date,
        source_ids; companies with a rating, and with an index or without units, best first.
    """
    companies = tables["companies"].set_index("company_id")
    labels = landscape.labels_in_force(tables, selection.basis)
    index = landscape.index_in_force(tables)
    scores = tables["benchmark_scores"]
    scores = scores[scores["benchmark_id"] == RATING].sort_values("score", ascending=False, kind="stable")
    if len(scores):
        # Ratings drift between snapshots: only the newest one is compared.
        scores = scores[scores["score_date"] == scores["score_date"].max()]
    best = scores.drop_duplicates("company_id").set_index("company_id")
    rows = []
    for cid, row in best.iterrows():
        if cid not in companies.index:
            continue
        company = companies.loc[cid]
        known = index.loc[cid] if cid in index.index else None
        value = None if known is None else known["centralisation_index"]
        has_units = company["company_type"] == "giant"
        if has_units and is_missing(value):
            continue
        rows.append(
            {
                "company_name": company["company_name"],
                "is_outside": company["country"] != "CN",
                "governance_model_id": labels[cid],
                "has_units": has_units,
                "centralisation_index": None
                if value is None or is_missing(value) or not has_units
                else float(value),
                "scored": 0 if known is None else int(known["scored_count"]),
                "model_name": row["model_label"],
                "rating": float(row["score"]),
                "rating_date": row["score_date"],
                "source_ids": row["source_ids"]
                if known is None
                else f"{row['source_ids']}; {known['source_ids']}",
            }
        )
    columns = [
        "company_name",
        "is_outside",
        "governance_model_id",
        "has_units",
        "centralisation_index",
        "scored",
        "model_name",
        "rating",
        "rating_date",
        "source_ids",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame["centralisation_index"] = frame["centralisation_index"].astype("float64")
    return frame


def positioning_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Index across, rating up; labs and start-ups stand in a band of their own at the right."""
    inside = frame[~frame["is_outside"].astype(bool)]
    placed = inside.assign(x=inside["centralisation_index"])
    units = placed[placed["has_units"].astype(bool)]
    band = placed[~placed["has_units"].astype(bool)]
    band = band.assign(x=[117 + 6 * (i % 2) for i in range(len(band))])
    shown = pd.concat([units, band]) if len(band) else units
    outside = frame.loc[frame["is_outside"].astype(bool), "rating"].tolist()
    top = max(outside, default=None)
    low = float(inside["rating"].min()) if len(inside) else 1300.0
    high = max(float(inside["rating"].max()) if len(inside) else 1500.0, top or 0.0)
    pad = max((high - low) * 0.09, 12)
    hollow = [r.has_units and r.scored < 4 for r in shown.itertuples()]
    labels, shapes = [], []
    if len(band):
        shapes.append(
            {
                "type": "rect",
                "x0": 108,
                "x1": 156,
                "y0": low - pad,
                "y1": high + pad,
                "layer": "below",
                "fillcolor": look.levels[0],
                "line": {"width": 0},
            }
        )
        labels.append(
            annotation(
                110,
                low - pad,
                "Labs and start-ups:<br>no units to centralise",
                look,
                yanchor="bottom",
                align="left",
                yshift=3,
                font={"size": look.size - (1 if not look.export else 3), "color": look.grey},
            )
        )
    if top is not None:
        best = frame.loc[frame["rating"] == top].iloc[0]
        shapes.append(
            {
                "type": "line",
                "x0": 0,
                "x1": 156,
                "y0": top,
                "y1": top,
                "line": {"color": look.rule, "width": 1.2 * look.scale, "dash": "dot"},
            }
        )
        labels.append(
            annotation(
                1,
                top,
                f"Best outside China: {escape(best['model_name'])}, {top:,.0f}",
                look,
                yanchor="bottom",
                font={"size": look.size, "color": look.grey},
            )
        )
    height_px = 560 if look.export else 330
    width_px = 1450 if look.export else 320 if look.compact else 560
    taken: list[tuple[float, float, float, float]] = []
    for r in shown.sort_values("rating", ascending=False).itertuples():
        name = (
            escape(r.company_name)
            if look.compact
            else f"<b>{escape(r.company_name)}</b> {escape(r.model_name)}"
        )
        plain = r.company_name if look.compact else f"{r.company_name} {r.model_name}"
        w = len(plain) * look.size * 0.55
        px = (r.x + 4) / 164 * width_px
        py = (r.rating - low + pad) / (high - low + 2 * pad) * height_px
        for side in ("right", "left", "name"):
            text = name if side != "name" else f"<b>{escape(r.company_name)}</b>"
            w2 = w if side != "name" else len(r.company_name) * look.size * 0.58
            x0 = px + 9 if side != "left" else px - 9 - w2
            box = (x0, py - look.size * 0.6, x0 + w2, py + look.size * 0.6)
            clear = all(box[2] < t[0] or box[0] > t[2] or box[3] < t[1] or box[1] > t[3] for t in taken)
            if clear and box[0] > 0 and box[2] < width_px * 1.01:
                taken.append(box)
                labels.append(
                    annotation(
                        r.x,
                        r.rating,
                        text,
                        look,
                        xanchor="right" if side == "left" else "left",
                        xshift=(-9 if side == "left" else 9) * look.scale,
                    )
                )
                break
        taken.append((px - 6, py - 6, px + 6, py + 6))
    traces = []
    for r, open_mark in zip(shown.itertuples(), hollow, strict=True):
        mark = symbol(r.governance_model_id)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [r.x],
                "y": [r.rating],
                "marker": {
                    "size": 12 * look.scale,
                    "symbol": f"{mark}-open" if open_mark else mark,
                    "color": look.fill(r.governance_model_id),
                    "line": {"width": 2 if open_mark else 0, "color": look.fill(r.governance_model_id)},
                },
                "text": [
                    f"<b>{escape(r.company_name)}</b>: {escape(r.model_name)}, {r.rating:,.0f}<br>"
                    + (f"index {r.x:.0f}, {r.scored} of 6 dimensions scored<br>" if r.has_units else "")
                    + model_short(r.governance_model_id)
                ],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    labels.append(
        annotation(
            0,
            1,
            "Arena text rating of the best model",
            look,
            xref="paper",
            yref="paper",
            yanchor="bottom",
            yshift=8,
            xshift=-34 if not look.export else -50,
            font={"size": look.size, "color": look.grey},
        )
    )
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=400,
            margin={
                "l": 44 if not look.export else 76,
                "r": 8,
                "t": 30 if not look.export else 44,
                "b": 44 if not look.export else 70,
            },
            xaxis={
                "range": [-4, 160],
                "tickvals": [0, 25, 50, 75, 100],
                "title": {
                    "text": "Centralisation index: 0 each unit decides, 100 one group authority",
                    "standoff": 8,
                    "font": {"size": look.size, "color": look.grey},
                },
            },
            yaxis={"range": [low - pad, high + pad], "tickformat": ",d", "nticks": 6},
            shapes=shapes,
            annotations=labels,
        )
    )
    return figure


def positioning_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names the best rated company and what steers it."""
    inside = frame[~frame["is_outside"].astype(bool)] if len(frame) else frame
    if len(inside) < 3:
        return ""
    best = inside.sort_values("rating", ascending=False).iloc[0]
    return f"{best['company_name']} fields the best-rated model: {best['model_name']}, {best['rating']:,.0f} points"


CHARTS = (
    Chart(
        id="landscape-matrix",
        topic="overview",
        title="Who steers AI, with what, and how it earns",
        question="Who steers AI how inside each company?",
        subtitle=lambda f, s: (
            f"{plural(len(f), 'organisation')}; governance "
            f"{'as named sources report it' if s.basis == 'reported' else 'as the printed rule codes it'}, "
            f"as of {format_day(s.as_of)}. Every cell links to its source."
        ),
        tables=(
            "companies",
            "model_families",
            "governance_assessments",
            "commercial_levers",
            "models",
            "governance_events",
            "people",
        ),
        data=landscape_matrix,
        figure=landscape_matrix_figure,
        native=Native(
            "table",
            category="company_name",
            colour_by="governance_model_id",
            columns=(
                "company_name",
                "company_name_zh",
                "primary_model",
                "governance_model",
                "commercial_lever",
                "latest_model",
                "last_event",
            ),
        ),
        finding=landscape_matrix_finding,
        screen="table",
    ),
    Chart(
        id="positioning",
        topic="overview",
        title="Centralisation against capability",
        question="Does steering from the centre go with better models?",
        subtitle=lambda f, s: (
            "Best model of each organisation by Arena text rating"
            + (f" of {format_day(f['rating_date'].max())}" if len(f) else "")
            + ", without style control, against who decides; "
            + plural(int((~f["is_outside"].astype(bool)).sum()) if len(f) else 0, "organisation")
            + " with both"
        ),
        tables=("companies", "benchmark_scores", "governance_index", "governance_assessments"),
        data=positioning,
        figure=positioning_figure,
        native=Native(
            "xy_scatter",
            category="company_name",
            series="company_name",
            x="centralisation_index",
            value="rating",
            colour_by="governance_model_id",
            label="company_name",
            unit="Arena rating",
            x_unit="centralisation index, 0 to 100",
        ),
        finding=positioning_finding,
        outside=True,
        note="Hollow: fewer than four of six dimensions scored. So few companies illustrate, they do not prove.",
    ),
)
