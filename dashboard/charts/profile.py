"""Charts of one company: its governance through time, what it released, and how its models score in the field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import columns as col
from dashboard.charts.companies import in_sentence
from dashboard.charts.kinds.bars import Columns
from dashboard.charts.kinds.lanes import Lanes
from dashboard.charts.marks import joined_sources
from dashboard.charts.pieces import (
    WEIGHTS,
    counted,
    fit,
    key,
    text_width,
    with_company,
)
from dashboard.charts.spec import Chart, Choice, Native
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import landscape
from dashboard.facts.models import counted_open, released
from dashboard.look.theme import (
    Look,
    annotation,
    escape,
    format_day,
    format_score,
    is_missing,
    layout,
    model_short,
    plural,
    symbol,
)

#: Parameter that names the company of a profile; read by the page and by the charts of this module.
COMPANY = "company.id"
MS_A_DAY = 86_400_000


def company_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Companies of the tables, id to name in both scripts, by name."""
    companies = tables["companies"].sort_values("company_name", key=lambda s: s.str.casefold(), kind="stable")
    return {
        r.company_id: r.company_name
        if is_missing(r.company_name_zh) or r.company_name_zh in r.company_name
        else f"{r.company_name} {r.company_name_zh}"
        for r in companies.itertuples(index=False)
    }


def profiled(tables: Tables, selection: Selection) -> str:
    """Id of the company shown: the one picked, else the first by name; "" where there is none."""
    known = company_options(tables, selection)
    asked = selection.pick(COMPANY)
    return asked if asked in known else next(iter(known), "")


CHOOSE_COMPANY = Choice(COMPANY, "Company", company_options)


def shortened(text: str, width: float, size: float) -> str:
    """Text that fits in `width` pixels; an ellipsis where its end was left out."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip(" ,;:(") + "…"


# --- Governance of one company through time ---


BANDS = {"reported": "Reported", "coded": "Coded"}


def company_strip(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Governance of one company: periods as reported and as coded, and dated reorganisations."""
    columns = [
        "company_name",
        "band",
        "kind",
        "governance_model",
        "governance_model_id",
        "first_day",
        "first_day_precision",
        "last_day",
        "label",
        "detail",
        "others",
        "is_disputed",
        "sets_model",
        "source_ids",
    ]
    cid = profiled(tables, selection)
    if not cid:
        return pd.DataFrame(columns=columns)
    name = tables["companies"].set_index("company_id").loc[cid, "company_name"]
    rows: list[dict[str, Any]] = []
    for basis, band in BANDS.items():
        for r in landscape.periods(tables, basis, cid).itertuples(index=False):
            said = [] if is_missing(r.stated_as) else [str(r.stated_as)]
            rows.append(
                {
                    "company_name": name,
                    "band": band,
                    "kind": "period",
                    "governance_model": model_short(r.governance_model_id),
                    "governance_model_id": r.governance_model_id,
                    "first_day": r.valid_from,
                    "first_day_precision": r.valid_from_precision,
                    "last_day": selection.as_of if is_missing(r.valid_to) else r.valid_to,
                    "label": model_short(r.governance_model_id),
                    "detail": "; ".join([*said, *([f"also: {r.others}"] if r.others else [])]),
                    "others": r.others,
                    "is_disputed": bool(r.others),
                    "sets_model": False,
                    "source_ids": r.source_ids,
                }
            )
    events = tables["governance_events"]
    events = events[events["company_id"] == cid].sort_values("event_date", kind="stable")
    for r in events.itertuples(index=False):
        rows.append(
            {
                "company_name": name,
                "band": BANDS["reported"],
                "kind": "event",
                "governance_model": "",
                "governance_model_id": None,
                "first_day": r.event_date,
                "first_day_precision": r.event_date_precision,
                "last_day": pd.NaT,
                "label": r.title,
                "detail": "" if is_missing(r.what_changed) else r.what_changed,
                "others": "",
                "is_disputed": False,
                "sets_model": not is_missing(r.governance_after),
                "source_ids": r.source_ids,
            }
        )
    frame = pd.DataFrame(rows, columns=columns)
    frame["first_day"] = pd.to_datetime(frame["first_day"])
    frame["last_day"] = pd.to_datetime(frame["last_day"])
    return frame


# Heights of the strip's parts in pixels of a screen, from the foot of the plot.
_FLAGS = 82.0
_CODED = (_FLAGS + 11, 20.0)
_REPORTED = (_FLAGS + 50, 44.0)
_TALL = _FLAGS * 2 + 72 + 4
#: Where the text of a flag starts, from the band's edge: near and far.
_TIERS = (14.0, 50.0)


def _flags(
    events: pd.DataFrame, first: pd.Timestamp, px_a_day: float, width: float, look: Look
) -> list[dict[str, Any]]:
    """Where each event's text stands: side, tier, anchor; events that find no free place get none.

    Events that a source ties to a governance model are placed first, then the newest.
    """
    order = events.sort_values(["sets_model", "first_day"], ascending=[False, False], kind="stable")
    taken: dict[tuple[str, int], list[tuple[float, float]]] = {
        (side, tier): [] for side in ("above", "below") for tier in (0, 1)
    }
    poles: dict[str, list[float]] = {"above": [], "below": []}
    out: list[dict[str, Any]] = []
    most = 178 * look.share(1.6, 0.66)
    for n, r in enumerate(order.itertuples(index=False)):
        x = (r.first_day - first).days * px_a_day
        if x < 0:
            continue
        title = shortened(r.label, most, look.size)
        day = format_day(r.first_day, r.first_day_precision)
        wide = max(text_width(title, look.size), text_width(day, look.size)) + 10 * look.scale
        sides = ("above", "below") if n % 2 == 0 else ("below", "above")
        for side, tier in [(s, t) for t in (0, 1) for s in sides]:
            placed = None
            ways = [("left", x, x + wide), ("right", x - wide, x)]
            # The newest years are the crowded ones: there text turns back to where there is room.
            for anchor, x0, x1 in ways if x < width * 0.6 else reversed(ways):
                if x0 < -2 or x1 > width + 8:
                    continue
                if any(x0 < b + 4 and x1 > a - 4 for a, b in taken[side, tier]):
                    continue
                # A pole of a far flag must not run through a near text, nor a near text stand on a far pole.
                if tier == 1 and any(a - 2 < x < b + 2 for a, b in taken[side, 0]):
                    continue
                if tier == 0 and any(x0 - 2 < p < x1 + 2 and abs(p - x) > 1 for p in poles[side]):
                    continue
                placed = (anchor, x0, x1)
                break
            if placed:
                taken[side, tier].append((placed[1], placed[2]))
                if tier == 1:
                    poles[side].append(x)
                out.append({"row": r, "side": side, "tier": tier, "anchor": placed[0], "title": title})
                break
    return out


def company_strip_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """The newest change of model on the reader's basis, with its day, or that sources differ; "" where neither."""
    rows = frame[(frame["kind"] == "period") & (frame["band"] == BANDS[selection.basis])]
    known = rows[rows["governance_model_id"] != landscape.UNDETERMINED]
    if len(known) < 2:
        return ""
    before, now = known.iloc[-2], known.iloc[-1]
    if now["is_disputed"]:
        # What looks like a move is another source speaking.
        return (
            f"Sources differ on how {now['company_name']} steers AI: {in_sentence(now['governance_model'])}, or "
            f"{in_sentence(now['others'])}"
        )
    if before["governance_model_id"] == now["governance_model_id"]:
        return ""
    day = format_day(now["first_day"], now["first_day_precision"])
    when = {"day": f"on {day}", "approx": f"around {day.removeprefix('c. ')}"}.get(
        now["first_day_precision"], f"in {day}"
    )
    return (
        f"{now['company_name']} moved from {in_sentence(before['governance_model'])} to "
        f"{in_sentence(now['governance_model'])} {when}"
    )


def company_strip_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What the bands are, from when to when."""
    events = int((frame["kind"] == "event").sum())
    return (
        "Governance model in force, as named sources report it and as the printed rule codes it; "
        f"{plural(events, 'dated reorganisation')}; to {format_day(selection.as_of)}"
    )


# --- Releases of one company, by quarter ---

QUARTERS = 12


def quarters_of(tables: Tables, selection: Selection, ids: list[str]) -> pd.DataFrame:
    """Models that companies released by quarter and weights, in the twelve quarters to the newest release.

    Returns:
        company_id, company_name, quarter ("2026 Q1"), quarter_start, weights, models (count), model_names,
        last_release_date (of all shown), source_ids; companies in the order of `ids`, quarters ascending, weights
        from open to not disclosed; quarters without a release have no row. `attrs` count models without a date.
    """
    columns = [
        "company_id",
        "company_name",
        "quarter",
        "quarter_start",
        "weights",
        "models",
        "model_names",
        "last_release_date",
        "source_ids",
    ]
    models = with_company(tables, selection, tables["models"])
    models = released(models[models["company_id"].isin(ids)])
    dated = models[models["release_date"].notna() & (models["release_date_precision"] != "year")]
    if dated.empty:
        return counted(pd.DataFrame(columns=columns), len(models))
    quarters = dated["release_date"].dt.to_period("Q")
    shown = dated[quarters > quarters.max() - QUARTERS]
    newest = shown["release_date"].max()
    kinds = list(WEIGHTS)
    groups = shown.groupby(
        [
            shown["company_id"].map({c: n for n, c in enumerate(ids)}).rename("company"),
            quarters[shown.index].rename("quarter"),
            shown["weights"].fillna("not disclosed").map({k: n for n, k in enumerate(kinds)}).rename("kind"),
        ]
    )
    rows = [
        {
            "company_id": ids[int(company)],
            "company_name": part["company_name"].iloc[0],
            "quarter": f"{quarter.year} Q{quarter.quarter}",
            "quarter_start": quarter.start_time,
            "weights": WEIGHTS[kinds[int(kind)]],
            "models": len(part),
            "model_names": ", ".join(part.sort_values("release_date", kind="stable")["model_name"]),
            "last_release_date": newest,
            "source_ids": joined_sources(*part["source_ids"]),
        }
        for (company, quarter, kind), part in groups
    ]
    return counted(pd.DataFrame(rows, columns=columns), len(models))


def company_releases(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Models that one company released, in the twelve quarters to its newest release."""
    cid = profiled(tables, selection)
    return quarters_of(tables, selection, [cid] if cid else [])


def company_releases_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Open releases of the last four quarters shown against the four before, where both hold enough to compare."""
    if frame.empty:
        return ""
    last = pd.Period(frame["quarter_start"].max(), "Q")
    quarters = frame["quarter_start"].dt.to_period("Q")
    new, old = (
        frame[(quarters > last - 4 * (n + 1)) & (quarters <= last - 4 * n)].groupby("weights")["models"].sum()
        for n in (0, 1)
    )
    if new.sum() < 4 or old.sum() < 4:
        return ""
    name = frame["company_name"].iloc[0]
    shares = (counted_open(new), counted_open(old))
    if None in shares:
        return ""
    share, before = (round(s) for s in shares if s is not None)
    start = f"{name} released {int(new.sum())} models in the four quarters to Q{last.quarter} {last.year}"
    if share in (0, 100) and share == before:
        return f"{start}, {'all' if share else 'none'} with open weights, as in the four before"
    if abs(share - before) < 5:
        return f"{start}, {share} % with open weights, about as before"
    return f"{start}, {share} % with open weights after {before} %"


def company_releases_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, days shown, how many have a date."""
    if frame.empty:
        return f"Models released per quarter, as of {format_day(selection.as_of)}"
    shown = int(frame["models"].sum())
    total = frame.attrs.get("out_of", shown)
    return (
        f"Models and sizes first available, per quarter, by weights; {shown} of {plural(total, 'model')} shown; the last "
        f"quarter runs to {format_day(frame['last_release_date'].max())}"
    )


# --- Scores of one company against the field ---

REPORTERS = {"third_party": "Third parties", "vendor": "The vendors themselves"}
SCORES_REPORTER = "company-scores.reporter"
SCORES_SHOWN = 10
RATINGS_SHOWN = 2


def reporter_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """Who reports scores of the company shown."""
    scores = tables["benchmark_scores"]
    present = set(scores.loc[scores["company_id"] == profiled(tables, selection), "reporter"])
    return {r: words for r, words in REPORTERS.items() if r in present}


def company_scores(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The company's best score on each benchmark, beside the best of China and the best from outside.

    One row is one benchmark as one harness ran it: scores of different harnesses or reporters, and ratings of
    different days, are never set side by side.

    Returns:
        company_name, governance_model_id, benchmark_name, harness, reporter, unit, score, model_label, rank (1 is
        best), companies (with a score on it), home_score, home_model, home_company, outside_score, outside_model,
        outside_company,         lowest, highest (best scores of companies), field_scores ("; " between them), score_date, source_ids; benchmarks
        that cover most companies first, at most ten, at most two of them ratings by vote.
    """
    columns = [
        "company_name",
        "governance_model_id",
        "benchmark_name",
        "harness",
        "reporter",
        "unit",
        "score",
        "model_label",
        "rank",
        "companies",
        "home_score",
        "home_model",
        "home_company",
        "outside_score",
        "outside_model",
        "outside_company",
        "lowest",
        "highest",
        "field_scores",
        "score_date",
        "source_ids",
    ]
    cid = profiled(tables, selection)
    offered = reporter_options(tables, selection)
    reporter = selection.pick(SCORES_REPORTER, next(iter(offered), ""))
    scores = with_company(tables, selection, tables["benchmark_scores"])
    scores = scores[scores["reporter"] == reporter]
    benchmarks = tables["benchmarks"].set_index("benchmark_id")
    rows = []
    mine_total = scores.loc[scores["company_id"] == cid, "benchmark_id"].nunique()
    for (benchmark_id, harness), group in scores.groupby(["benchmark_id", "harness"], sort=True):
        unit = benchmarks.loc[benchmark_id, "unit"]
        if unit == "elo":
            group = group[group["score_date"] == group["score_date"].max()]
        best = group.sort_values("score", ascending=False, kind="stable").drop_duplicates("company_id")
        if len(best) < 3 or cid not in set(best["company_id"]):
            continue
        mine = best[best["company_id"] == cid].iloc[0]
        home, world = best[~best["is_outside"]], best[best["is_outside"]]
        cells = [mine["source_ids"]]
        row = {
            "company_name": mine["company_name"],
            "governance_model_id": mine["governance_model_id"],
            "benchmark_name": benchmarks.loc[benchmark_id, "benchmark_name"],
            "harness": harness,
            "reporter": REPORTERS[reporter],
            "unit": unit,
            "score": float(mine["score"]),
            "model_label": mine["model_label"],
            "rank": int((best["score"] > mine["score"]).sum()) + 1,
            "companies": len(best),
            "lowest": float(best["score"].min()),
            "highest": float(best["score"].max()),
            "field_scores": "; ".join(f"{v:g}" for v in best["score"]),
            "score_date": mine["score_date"],
        }
        for side, part in (("home", home), ("outside", world)):
            top = part.iloc[0] if len(part) else None
            row[f"{side}_score"] = None if top is None else float(top["score"])
            row[f"{side}_model"] = None if top is None else top["model_label"]
            row[f"{side}_company"] = None if top is None else top["company_name"]
            if top is not None:
                cells.append(top["source_ids"])
        rows.append({**row, "source_ids": joined_sources(*cells)})
    frame = pd.DataFrame(rows, columns=columns)
    # One line a benchmark: of ratings the newest snapshot, else as the harness that covers most companies ran it.
    votes = frame["unit"] == "elo"
    frame = frame.assign(_day=frame["score_date"].where(votes)).sort_values(
        ["_day", "companies", "benchmark_name", "harness"],
        ascending=[False, False, True, True],
        na_position="last",
        kind="stable",
    )
    frame = frame.drop_duplicates("benchmark_name").drop(columns="_day")
    # Ratings are many cuts of one vote: the newest of them stand for all.
    votes = frame["unit"] == "elo"
    frame = frame[~votes | (votes.cumsum() <= RATINGS_SHOWN)]
    frame = frame.sort_values(["companies", "benchmark_name"], ascending=[False, True], kind="stable")
    return counted(frame.head(SCORES_SHOWN), mine_total)


def _model_lines(name: str, width: float, size: float) -> list[str]:
    """A model's name in at most two lines, broken at a space or behind a hyphen."""
    return [t.replace("- ", "-") for t in fit(name.replace("-", "- "), width, size, 2)]


def company_scores_figure(frame: pd.DataFrame, look: Look) -> go.Figure:
    """A line a benchmark from the lowest to the best company; the company's mark, the best of both sides in words."""
    n = max(len(frame), 1)
    size = look.size - (2 if look.export else 0)
    left = 222 * look.share(1.6, 0.62)
    right = 8 if not look.compact else 96
    whole = look.across(1520, 780) - left - right
    # On a phone the words of the best stay in the hover: only the line and the company's own score have room.
    columns = {} if look.compact else {"own": 0.455, "home": 0.635, "outside": 0.815}
    line_ends = 1.0 if look.compact else 0.35 if look.export else 0.32
    name = str(frame["company_name"].iloc[0]) if len(frame) else ""
    labels: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []

    def text(x: float, y: float, words: str, colour: str, **own: Any) -> None:
        labels.append(
            annotation(x, y, words, look, xref="paper", font={"size": size, "color": colour}, **own)
        )

    if columns:
        top = {"yanchor": "middle"}
        text(line_ends + 0.015, -0.75, "Rank", look.grey, **top)
        text(columns["own"], -0.75, shortened(name, whole * 0.17, size), look.grey, **top)
        text(columns["home"], -0.75, "Best in China", look.grey, **top)
        text(
            columns["outside"],
            -0.75,
            "Best outside China" if look.export else "Best abroad",
            look.grey,
            **top,
        )
    field_x: list[Any] = []
    field_y: list[Any] = []
    marks: dict[str, list[Any]] = {"x": [], "y": [], "hover": [], "home_x": [], "world_x": []}
    home_y: list[int] = []
    world_y: list[int] = []
    for y, r in enumerate(frame.itertuples(index=False)):
        span = (r.highest - r.lowest) or 1.0

        def place(value: float, low: float = r.lowest, wide: float = span) -> float:
            return (value - low) / wide

        shapes.append(
            {
                "type": "line",
                "x0": 0,
                "x1": 1,
                "y0": y,
                "y1": y,
                "layer": "below",
                "line": {"color": look.grid, "width": 2 * look.scale},
            }
        )
        for value in str(r.field_scores).split("; "):
            field_x.append(place(float(value)))
            field_y.append(y)
        said = format_score(r.score, r.unit)
        hover = (
            f"<b>{escape(r.benchmark_name)}</b>, {escape(r.harness)}<br>{escape(r.company_name)}: {said}, "
            f"{escape(r.model_label)}, {r.rank} of {r.companies}"
        )
        for side, words, xs, ys in (
            ("home", "Best in China", marks["home_x"], home_y),
            ("outside", "Best outside China", marks["world_x"], world_y),
        ):
            value = getattr(r, f"{side}_score")
            if not is_missing(value):
                xs.append(place(value))
                ys.append(y)
                best = f"{getattr(r, f'{side}_model')} ({getattr(r, f'{side}_company')})"
                hover += f"<br>{words}: {format_score(value, r.unit)}, {escape(best)}"
        marks["x"].append(place(r.score))
        marks["y"].append(y)
        marks["hover"].append(f"{hover}<br>{format_day(r.score_date)}")
        title = fit(
            r.benchmark_name, left - 14, look.size + (0 if look.export else 0.5), 2 if look.compact else 1
        )
        snapshot = f", {format_day(r.score_date, 'month')}" if r.unit == "elo" else ""
        under = shortened(f"{r.harness}{snapshot}", left - 14, size)
        labels.append(
            annotation(
                0,
                y,
                f"{'<br>'.join(f'<b>{escape(t)}</b>' for t in title)}<br><span style='color:{look.grey}'>{escape(under)}</span>",
                look,
                xref="paper",
                xanchor="right",
                align="right",
                xshift=-10 * look.scale,
                font={"size": size, "color": look.ink},
            )
        )
        if look.compact:
            labels.append(
                annotation(
                    1,
                    y,
                    f"<b>{said}</b><br><span style='color:{look.grey}'>{r.rank} of {r.companies}</span>",
                    look,
                    xref="paper",
                    xshift=12,
                    align="left",
                )
            )
            continue
        text(line_ends + 0.015, y, f"{r.rank} of {r.companies}", look.ink)
        cell = whole * (0.165 if look.export else 0.145)
        for side, x in columns.items():
            value = r.score if side == "own" else getattr(r, f"{side}_score")
            model = r.model_label if side == "own" else getattr(r, f"{side}_model")
            if is_missing(value):
                text(x, y, "none scored", look.grey)
                continue
            text(
                x,
                y,
                f"<b>{format_score(value, r.unit)}</b><br><span style='color:{look.grey}'>"
                f"{'<br>'.join(escape(t) for t in _model_lines(str(model), cell, size))}</span>",
                look.ink,
                align="left",
            )
    model_id = frame["governance_model_id"].iloc[0] if len(frame) else None
    own_mark = "circle" if is_missing(model_id) else symbol(model_id)
    own_fill = look.ink if is_missing(model_id) else look.fill(model_id)
    entries = (
        [
            (name, own_fill, own_mark),
            ("Best in China", look.ink, "line-ns"),
            ("Best outside China", look.rule, "line-ns"),
            ("Other companies", look.pale, "circle"),
        ]
        if len(frame)
        else []
    )
    across = look.wide - right - 10 if look.compact else 700
    keys, legend, room, _ = key(entries, replace(look, export=False), 300, across)
    if look.export and len(frame):
        legend["legend"] |= {
            "font": {"size": look.size, "color": look.ink},
            "xref": "paper",
            "yref": "paper",
            "x": -left / max(whole, 1),
            "y": 1.02,
            "yanchor": "bottom",
        }
        room = 56

    def dots(xs: list[Any], ys: list[Any], marker: dict[str, Any], hover: list[str] | None) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "markers",
            "showlegend": False,
            "x": xs,
            "y": ys,
            "marker": marker,
            "cliponaxis": False,
            **(
                {
                    "customdata": frame.index.tolist(),
                    "hovertext": hover,
                    "hovertemplate": "%{hovertext}<extra></extra>",
                }
                if hover
                else {"hoverinfo": "skip"}
            ),
        }

    tick = {"symbol": "line-ns", "size": 20 * look.scale}
    figure = go.Figure(
        [
            *keys,
            dots(field_x, field_y, {"size": 7 * look.scale, "color": look.pale}, None),
            dots(
                marks["world_x"],
                world_y,
                {**tick, "color": look.rule, "line": {"width": 3 * look.scale, "color": look.rule}},
                None,
            ),
            dots(
                marks["home_x"],
                home_y,
                {**tick, "color": look.ink, "line": {"width": 3 * look.scale, "color": look.ink}},
                None,
            ),
            dots(
                marks["x"],
                marks["y"],
                {
                    "symbol": own_mark,
                    "size": 13 * look.scale,
                    "color": own_fill,
                    "line": {"width": 1.5, "color": look.ground},
                },
                marks["hover"],
            ),
        ]
    )
    figure.update_layout(
        layout(
            look,
            height=int(room + 34 + 44 * n),
            margin={"l": left, "r": right, "t": room + 6, "b": 6},
            **legend,
            xaxis={"visible": False, "domain": [0, line_ends], "range": [-0.03, 1.03]},
            yaxis={"visible": False, "range": [n - 0.5, -1.05 if columns else -0.5]},
            annotations=labels,
            shapes=shapes,
        )
    )
    return figure


def company_scores_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """On how many of the benchmarks shown the company leads China, or how it stands on the one most run."""
    if frame.empty:
        return ""
    first = frame.iloc[0]
    name = first["company_name"]
    is_home = not is_missing(first["governance_model_id"])
    best = frame["home_score"] if is_home else frame["outside_score"]
    leads = int((frame["score"] >= best).sum())
    field = "China" if is_home else "the field outside China"
    if leads and len(frame) > 1:
        return f"{name} leads {field} on {leads} of {len(frame)} benchmarks"
    return f"{name} ranks {first['rank']} of {first['companies']} companies on {first['benchmark_name']}"


def company_scores_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What a line is, who reports, how many benchmarks are left out."""
    if frame.empty:
        return f"Best scores against the field, as of {format_day(selection.as_of)}"
    total = frame.attrs.get("out_of", len(frame))
    who = (
        "run or collected by third parties"
        if frame["reporter"].iloc[0] == "Third parties"
        else "as each vendor reports its own, in its own setting"
    )
    return (
        f"Best score of each company, {who}, one harness a line, each line from its lowest to its best company; "
        f"{len(frame)} of {plural(total, 'benchmark')} with three companies or more"
    )


RELEASES_A_QUARTER = col.Frame(
    "organisations, quarters and kinds of weights; organisations in order, quarters ascending",
    company_name=col.company(),
    quarter="quarter of the release",
    quarter_start=col.day("first day of the quarter"),
    weights=col.WEIGHTS,
    models=col.count("model"),
    model_names=col.names("the models, by day"),
    last_release_date=col.day("newest release of all shown"),
)

CHARTS = (
    Chart(
        id="company-strip",
        topic="companies",
        title="Governance of one company",
        question="How has this company steered its AI, and what changed when?",
        subtitle=company_strip_subtitle,
        tables=("companies", "governance_assessments", "governance_events"),
        data=company_strip,
        columns=col.Frame(
            "bands, then periods before dated events, then days ascending",
            company_name=col.company(),
            band=col.text("Reported or Coded; events stand with Reported", "Basis"),
            kind=col.key("period or event"),
            governance_model=col.GOVERNANCE,
            first_day=col.day("the day a period begins, or of an event", exact="first_day_precision"),
            last_day=col.day("the day a period ends, the day shown where it is open; empty for events"),
            label=col.text("the model, or the event's title"),
            detail=col.text("in the source's words, or what an event changed", "In words"),
            others=col.names("models that other sources report at the time", "Other sources say"),
            is_disputed=col.flag("other sources report another model"),
            sets_model=col.flag("an event that a source ties to a model"),
        ),
        kind=Lanes(
            "band",
            "first_day",
            "last_day",
            fill="governance_model",
            words="label",
            silence="no source",
            flags=True,
            first_told="sets_model",
        ),
        finding=company_strip_finding,
        note="Words and ticks: dated reorganisations. Outlined: sources differ. Hatched: no source, or undetermined.",
        choices=(CHOOSE_COMPANY,),
    ),
    Chart(
        id="company-releases",
        topic="companies",
        title="Releases of one company",
        question="How often does this company release models, and are they open?",
        subtitle=company_releases_subtitle,
        tables=("companies", "models"),
        data=company_releases,
        columns=RELEASES_A_QUARTER,
        kind=Columns("quarter", "models", stack="weights", tick="quarter"),
        finding=company_releases_finding,
        note="Models known only by year, and endpoints whose model changes, are left out.",
        choices=(CHOOSE_COMPANY,),
    ),
    Chart(
        id="company-scores",
        topic="companies",
        title="Scores of one company against the field",
        question="How do this company's models score against China and the world?",
        subtitle=company_scores_subtitle,
        tables=("companies", "benchmarks", "benchmark_scores", "governance_assessments"),
        data=company_scores,
        figure=company_scores_figure,
        native=Native(
            "table",
            category="benchmark_name",
            value="score",
            columns=(
                "benchmark_name",
                "harness",
                "unit",
                "score",
                "model_label",
                "rank",
                "companies",
                "home_score",
                "home_model",
                "home_company",
                "outside_score",
                "outside_model",
                "outside_company",
            ),
            unit="unit of the benchmark",
        ),
        finding=company_scores_finding,
        outside=True,
        note="Lines have no common scale: read ranks and numbers across, not lengths.",
        choices=(CHOOSE_COMPANY, Choice(SCORES_REPORTER, "Reported by", reporter_options)),
    ),
)
