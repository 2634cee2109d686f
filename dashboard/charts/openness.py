"""Charts of how models may be used: licences of open models by year."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.marks import joined_sources
from dashboard.charts.pieces import counted, key, with_company
from dashboard.charts.spec import Chart, Native
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts.models import open_weights, released
from dashboard.look.theme import Look, annotation, escape, format_day, is_missing, layout, plural

#: From the freest to the least known; the order of columns and key.
LICENCES = (
    "Apache 2.0",
    "MIT",
    "Other standard licence",
    "Licence of the developer",
    "Not stated",
)
#: Beginnings of names of licences that many publishers share.
STANDARD = (
    "bsd",
    "cc-",
    "cc by",
    "cc0",
    "creative",
    "gpl",
    "lgpl",
    "agpl",
    "openrail",
    "bigscience",
    "bigcode",
    "unlicense",
)


def licence_class(name: object) -> str:
    """Which kind of licence a name stands for: "Apache-2.0" is Apache 2.0, "Qwen License" one of the developer."""
    if is_missing(name) or not str(name).strip():
        return "Not stated"
    text = str(name).strip().casefold()
    if text.startswith("apache"):
        return "Apache 2.0"
    # "Modified MIT" adds terms of the developer's own.
    if text in ("mit", "mit license", "mit licence", "the mit license"):
        return "MIT"
    if text.startswith(STANDARD):
        return "Other standard licence"
    return "Licence of the developer"


def licences(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Released models whose weights can be downloaded, by year and kind of licence.

    Returns:
        release_year, licence (kind), models (count), licence_names, model_names, last_release_date (of that year),
        source_ids; years ascending, kinds from free to not stated, combinations without a model left out.
    """
    columns = [
        "release_year",
        "licence",
        "models",
        "licence_names",
        "model_names",
        "last_release_date",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    models = released(models)
    models = models[open_weights(models["weights"])]
    dated = models.dropna(subset=["release_date"])
    dated = dated.assign(_kind=[licence_class(n) for n in dated["license"]])
    rows = []
    for year, group in dated.groupby(dated["release_date"].dt.year):
        for kind in LICENCES:
            part = group[group["_kind"] == kind]
            if len(part):
                rows.append(
                    {
                        "release_year": int(year),
                        "licence": kind,
                        "models": len(part),
                        "licence_names": ", ".join(
                            sorted(part["license"].dropna().unique(), key=str.casefold)
                        ),
                        "model_names": ", ".join(sorted(part["model_name"], key=str.casefold)),
                        "last_release_date": group["release_date"].max(),
                        "source_ids": joined_sources(*part["source_ids"]),
                    }
                )
    return counted(pd.DataFrame(rows, columns=columns), len(models))


def _fills(look: Look) -> dict[str, dict[str, Any]]:
    """Marker of each kind: shades of the neutral ramp, the unknown hatched."""
    ramp = (look.levels[4], look.levels[3], look.levels[2], look.levels[1])
    fills: dict[str, dict[str, Any]] = {k: {"color": c} for k, c in zip(LICENCES, ramp, strict=False)}
    fills["Not stated"] = {
        "color": look.ground,
        "pattern": {"shape": "/", "fgcolor": look.rule, "size": 6, "solidity": 0.2},
    }
    return fills


def licences_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """Stacked columns, dark for the freest licence; counts inside, total on top, an unfinished year dated."""
    years = list(dict.fromkeys(frame["release_year"]))
    at = {y: i for i, y in enumerate(years)}
    totals = frame.groupby("release_year")["models"].sum()
    most = int(totals.max()) if len(totals) else 1
    height = 340
    fills = _fills(look)
    present = set(frame["licence"])
    entries = [
        (
            k,
            look.rule if k == "Not stated" else fills[k]["color"],
            "square-open" if k == "Not stated" else "square",
        )
        for k in LICENCES
        if k in present
    ]
    keys, legend, top, side = key(entries, look, height, 440)
    margin = {"l": 8, "r": 8 + side, "t": top + 24 * look.scale, "b": 44 * look.scale}
    tall = 560 if look.export else height - margin["t"] - margin["b"]
    traces: list[dict[str, Any]] = [*keys]
    levels = dict(zip(LICENCES, (4, 3, 2, 1), strict=False))
    for kind in LICENCES:
        part = frame[frame["licence"] == kind]
        if part.empty:
            continue
        hover = []
        for r in part.itertuples(index=False):
            listed = r.model_names.split(", ")
            lines = [", ".join(listed[i : i + 4]) for i in range(0, min(len(listed), 12), 4)]
            more = f" and {len(listed) - 12} more" if len(listed) > 12 else ""
            named = f" ({escape(r.licence_names)})" if r.licence_names and len(r.licence_names) < 70 else ""
            hover.append(
                f"<b>{r.release_year}, {kind}</b>{named}: {plural(r.models, 'model')}<br>"
                + "<br>".join(escape(line) for line in lines)
                + more
            )
        # A number on hatching would be hard to read: the total on top and the hover carry it.
        numbered = kind != "Not stated"
        traces.append(
            {
                "type": "bar",
                "name": kind,
                "showlegend": False,
                "x": [at[y] for y in part["release_year"]],
                "y": part["models"].tolist(),
                "width": 0.66,
                "marker": {**fills[kind], "line": {"width": 1.5, "color": look.ground}},
                "text": [
                    str(v) if numbered and v / most * tall >= look.size + 4 else "" for v in part["models"]
                ],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "constraintext": "none",
                "textfont": {"size": look.size, "color": look.on_level(levels.get(kind, 0))},
                "customdata": part.index.tolist(),
                "hovertext": hover,
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    last = frame.groupby("release_year")["last_release_date"].max()
    ticks = []
    for year in years:
        day = last[year]
        unfinished = year == years[-1] and (day.month, day.day) < (12, 1)
        ticks.append(f"<b>{year}</b><br>to {day.day} {day:%b}" if unfinished else f"<b>{year}</b>")
    figure = go.Figure(traces)
    figure.update_layout(
        layout(
            look,
            height=height,
            barmode="stack",
            margin=margin,
            **legend,
            xaxis={
                "tickvals": list(range(len(years))),
                "ticktext": ticks,
                "showgrid": False,
                "range": [-0.5, max(len(years), 1) - 0.5],
            },
            yaxis={"visible": False, "range": [0, most * 1.02]},
            annotations=[
                annotation(at[y], int(n), f"<b>{n}</b>", look, xanchor="center", yanchor="bottom", yshift=2)
                for y, n in totals.items()
            ],
        )
    )
    return figure


def licences_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The kind of licence of most open models in the newest year, against the year before."""
    if frame.empty:
        return ""
    table = frame.pivot_table(
        index="release_year", columns="licence", values="models", aggfunc="sum", fill_value=0
    )
    known = table.drop(columns="Not stated", errors="ignore")
    new = known.iloc[-1]
    if new.sum() < 8 or (new == new.max()).sum() > 1:
        return ""
    top = str(new.idxmax())
    share = round(new.max() / new.sum() * 100)
    year = known.index[-1]
    name = {
        "Other standard licence": "Another standard licence",
        "Licence of the developer": "A licence of the developer",
    }
    text = f"{name.get(top, top)} covers {share} % of open models with a named licence in {year}"
    if len(known) < 2 or known.iloc[-2].sum() < 8:
        return text
    before = round(known.iloc[-2][top] / known.iloc[-2].sum() * 100)
    return f"{text}, {f'{before} %' if before != share else 'as'} in {known.index[-2]}"


def licences_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, what is counted, how many have a date and a licence by name."""
    if frame.empty:
        return f"Open models per year by licence, as of {format_day(selection.as_of)}"
    shown = int(frame["models"].sum())
    named = shown - int(frame.loc[frame["licence"] == "Not stated", "models"].sum())
    total = frame.attrs.get("out_of", shown)
    return (
        f"Models whose weights can be downloaded, per year, by licence; {shown:,} of {total:,} have a release date, "
        f"{named:,} a licence by name; as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="licences",
        topic="models",
        title="Licences of open models",
        question="Under which licences are open models released?",
        subtitle=licences_subtitle,
        tables=("companies", "models"),
        data=licences,
        figure=licences_figure,
        native=Native(
            "column_stacked", category="release_year", series="licence", value="models", unit="models"
        ),
        finding=licences_finding,
        note="Kinds by the licence's own name; “Modified MIT” counts as a licence of the developer. Shares leave out "
        "models without a licence by name.",
    ),
)
