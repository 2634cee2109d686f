"""Charts of the landscape as a whole: the matrix of companies, and where each stands on one map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks, outcomes
from dashboard.charts.centralisation import index_caveat
from dashboard.charts.kinds.axes import Measure
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.marks import joined_sources
from dashboard.charts.rows import n_of
from dashboard.charts.spec import Chart, Choice
from dashboard.data.cut import once
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import flagships, landscape, prices, ratings, windows
from dashboard.facts.freshness import is_stale
from dashboard.look.scales import GOVERNANCE
from dashboard.look.theme import (
    MODEL_ORDER,
    format_day,
    format_money,
    format_percent,
    is_missing,
    join_words,
    model_short,
    plural,
    short_name,
)
from etl.governance_rule import has_units


def _by_id(frame: pd.DataFrame, *columns: str) -> dict[Any, dict[str, Any]]:
    """Some columns of a frame indexed by company."""
    return frame[list(columns)].to_dict("index")


LANDSCAPE_MATRIX = col.Frame(
    "organisations with a model in legend order, then by name",
    "last_event_date_precision",
    "source_ids",
    "company_source_ids",
    "model_source_ids",
    "governance_source_ids",
    "lever_source_ids",
    "lead_source_ids",
    "flagship_source_ids",
    "event_source_ids",
    company_id=col.key("id of the organisation"),
    company_name=col.company(),
    company_name_zh="its name in Chinese",
    primary_model=col.text("family of models that it builds", "Model"),
    primary_model_zh="the family's name in Chinese",
    governance_model=col.of_scale(GOVERNANCE, "short name of the governance model in force", "Governance"),
    governance_model_id=col.KNOWN,
    stated_as="the shown source's own words",
    other_reports=col.text("what other sources report", "also:"),
    governance_seen=col.text("day on which a document last spoke for the model", "Last seen"),
    governance_doubt=col.text(landscape.DOUBT, "In doubt"),
    commercial_lever="how it earns with AI first of all",
    ai_lead=col.text("who leads AI", "AI lead"),
    flagship="the strongest general model that it offers",
    flagship_date=col.day("day of that model's release"),
    flagship_note="how it was found, and since when no newer one is known",
    weights=col.text("what may be done with its weights", "weights"),
    last_event=col.text("newest dated reorganisation", "Last reorganisation"),
    last_event_date=col.day("day of it", exact="last_event_date_precision"),
)


def landscape_matrix(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The landscape as of the day: what each company builds, who steers it, and how it earns with it."""
    companies = tables["companies"]
    cited = "source_ids"
    families = _by_id(landscape.primary_families(tables), "family_name", "family_name_zh", cited)
    levers = _by_id(landscape.headline_levers(tables), "lever_name", cited)
    leads = _by_id(landscape.leads_in_force(tables), "person_name", cited)
    dated = ("release_date", "release_date_precision")
    models = _by_id(flagships.flagships(tables), "model_name", *dated, "weights", "why", cited)
    events = _by_id(landscape.newest_events(tables), "title", "event_date", "event_date_precision", cited)
    assessed: dict[str, list[dict[str, Any]]] = {}
    read = ["company_id", "governance_model_id", "reported_by", "stated_as", "source_ids"]
    for report in landscape.assessments_in_force(tables, selection.basis)[read].to_dict("records"):
        assessed.setdefault(report["company_id"], []).append(report)
    held = landscape.spoken_for(tables, selection.basis, selection.as_of).to_dict("index")
    rows = []
    for company in companies[["company_id", "company_name", "company_name_zh", cited]].to_dict("records"):
        cid = company["company_id"]
        mine = assessed.get(cid, [])
        top = mine[0] if mine else NOTHING
        model_id = top.get("governance_model_id", landscape.UNDETERMINED)
        others = [
            f"{model_short(r['governance_model_id'])} ({r['reported_by']})"
            for r in mine[1:]
            if r["governance_model_id"] != model_id
        ]
        family, lever, lead = (found.get(cid, NOTHING) for found in (families, levers, leads))
        model, event = models.get(cid, NOTHING), events.get(cid, NOTHING)
        sources = {
            "company_source_ids": company["source_ids"],
            "model_source_ids": family.get("source_ids"),
            "governance_source_ids": top.get("source_ids"),
            "lever_source_ids": lever.get("source_ids"),
            "lead_source_ids": lead.get("source_ids"),
            "flagship_source_ids": model.get("source_ids"),
            "event_source_ids": event.get("source_ids"),
        }
        rows.append(
            {
                "company_id": cid,
                "company_name": company["company_name"],
                "company_name_zh": company["company_name_zh"],
                "primary_model": family.get("family_name"),
                "primary_model_zh": family.get("family_name_zh"),
                "governance_model": model_short(model_id),
                "governance_model_id": model_id,
                "stated_as": top.get("stated_as"),
                "other_reports": "; ".join(others) or None,
                "governance_seen": held.get(cid, NOTHING).get("seen") or None,
                "governance_doubt": held.get(cid, NOTHING).get("doubt") or None,
                "commercial_lever": lever.get("lever_name"),
                "ai_lead": lead.get("person_name"),
                "flagship": model.get("model_name"),
                "flagship_date": model.get("release_date"),
                "flagship_note": "; ".join(
                    filter(None, (str(model["why"]), flagships.since_words(model, selection.as_of)))
                )
                if model
                else None,
                "weights": model.get("weights"),
                "last_event": event.get("title"),
                "last_event_date": event.get("event_date"),
                "last_event_date_precision": event.get("event_date_precision"),
                "source_ids": joined_sources(*sources.values()),
                **sources,
            }
        )
    frame = LANDSCAPE_MATRIX.of(rows)
    frame["flagship_date"] = pd.to_datetime(frame["flagship_date"])
    frame["last_event_date"] = pd.to_datetime(frame["last_event_date"])
    order = frame.assign(
        _type=frame["company_id"]
        .map(companies.set_index("company_id")["company_type"])
        .map(FIRST)
        .fillna(len(FIRST)),
        _no_event=frame["last_event"].isna(),
        _rank=frame["governance_model_id"].map(MODEL_ORDER),
    )
    keys = ["_type", "_no_event", "_rank", "company_name"]
    return frame.loc[order.sort_values(keys, kind="stable").index]


#: A company of which a table says nothing.
NOTHING: dict[str, Any] = {}
#: Who stands first in the matrix; the other types follow the labs.
FIRST = {"giant": 0, "startup": 1, "lab": 1}


def landscape_matrix_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts the organisations whose AI the chief executive steers."""
    count = int((frame["governance_model_id"] == "centralised_ceo").sum())
    if not count:
        return ""
    verb = "are" if count > 1 else "is"
    day = "now" if selection.as_of >= selection.newest else f"on {format_day(selection.as_of)}"
    return f"{count} of {plural(len(frame), 'organisation')} {verb} steered from the chief executive’s desk {day}"


def landscape_matrix_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """How many, on which basis, on which day."""
    return (
        f"{plural(len(frame), 'organisation')}; governance "
        f"{'as named sources report it' if selection.basis == 'reported' else 'as the printed rule codes it'}, "
        f"as of {format_day(selection.as_of)}"
    )


@dataclass(frozen=True)
class Height:
    """What the map shows upwards.

    Attributes:
        label: As the reader picks it.
        axis: Unit, above the axis.
        of: Value of each company that has one, by company id.
        words: A value, and the currency of money, in words.
        log: Drawn on a logarithmic axis.
        scope: What is measured, for the subtitle.
    """

    label: str
    axis: str
    of: Callable[[Tables, Selection], outcomes.Measures]
    words: Callable[[float, str], str]
    scope: str
    log: bool = False

    def axis_in(self, currency: str) -> str:
        """Unit, with the currency where it is one of money."""
        return self.axis.format(currency=prices.CURRENCY_WORDS[currency])


Y = "positioning.y"
FEWEST_PLACED = 8


def flagship_prices(tables: Tables, selection: Selection) -> dict[str, windows.Measure]:
    """List price of output of each company's flagship, in the currency of the selection per million tokens."""
    models = flagships.flagships(tables).reset_index()
    rows = models.merge(prices.list_prices(tables, selection.currency), on="model_id")
    return {
        str(r.company_id): windows.Measure(
            float(r.output_price_per_mtok),
            1,
            joined_sources(r.price_source_ids, r.source_ids),
            str(r.model_name),
        )
        for r in rows.itertuples()
    }


HEIGHTS = {
    "capability": Height(
        "Capability",
        "Arena text rating of the best model",
        outcomes.best_score,
        lambda v, currency: f"{v:,.0f}",
        "Best model of each organisation by Arena text rating, without style control",
    ),
    "openness": Height(
        "Openness",
        "% of models of 24 months with open weights",
        outcomes.openness,
        lambda v, currency: format_percent(v),
        "Share of models released in 24 months whose weights are open, three models or more",
    ),
    "cadence": Height(
        "Release cadence",
        "Models released in 12 months",
        outcomes.cadence,
        lambda v, currency: f"{v:,.0f}",
        "Models released in twelve months, every size counts",
    ),
    "price": Height(
        "Price",
        "List price of output, {currency} per million tokens",
        flagship_prices,
        format_money,
        "List price of output of each organisation's flagship per million tokens",
        log=True,
    ),
}
#: Models released in twelve months up to which a mark is small, middle-sized; above it is large.
SIZES = (5, 20)


@once
def _placeable(tables: Tables, selection: Selection) -> set[str]:
    """Companies counted that have units and an index: those that find a place across."""
    companies = tables["companies"].set_index("company_id")["company_type"]
    index = landscape.index_in_force(tables)["centralisation_index"].dropna()
    home = set(outcomes.at_home(tables, selection))
    return {c for c in index.index if c in home and has_units(companies[c])}


@once
def _values(tables: Tables, selection: Selection) -> dict[str, dict[str, windows.Measure]]:
    """Every measure of every company, the measure first that places most organisations on the map."""
    across = _placeable(tables, selection)
    values = {i: h.of(tables, selection) for i, h in HEIGHTS.items()}
    return dict(sorted(values.items(), key=lambda one: -len(across & set(one[1]))))


def height_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """What the map can show upwards, what places most organisations first."""
    across = _placeable(tables, selection)
    return {
        i: f"{HEIGHTS[i].label} ({len(across & set(found))} placed)"
        for i, found in _values(tables, selection).items()
    }


POSITIONING = col.Frame(
    "organisations with a value, and with an index or without units, highest first",
    "confidence",
    "caveat",
    company_name=col.company(),
    is_outside=col.flag("true for organisations outside China"),
    governance_model_id=col.GOVERNANCE,
    has_units=col.flag("false for labs and start-ups: nothing to centralise"),
    centralisation_index=col.INDEX,
    scored=col.SCORED,
    y=col.key("what is measured upwards"),
    unit=col.text("what the value is, and in what", "Upwards"),
    value=col.number("the measure, in its unit"),
    value_words=col.key("the value in words"),
    model_name="the model behind the value, where one is",
    releases=col.count("model", "models released in twelve months", "Models released in twelve months"),
    rating_date=col.day("day of ratings; empty for other measures"),
    governance_seen=col.day(
        "day on which a document last spoke for the governance model", "Governance last seen"
    ),
)


def positioning(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What the reader picks of each company against its centralisation index."""
    measured = _values(tables, selection)
    name = selection.pick(Y)
    # What places most organisations, where nothing, or no such thing, is picked.
    name = name if name in HEIGHTS else next(iter(measured))
    height, values = HEIGHTS[name], measured[name]
    read = ("company_name", "company_type", "source_ids")
    companies = _by_id(tables["companies"].set_index("company_id"), *read)
    labels = landscape.labels_in_force(tables, selection.basis)
    about = ("centralisation_index", "scored_count", "confidence", "source_ids")
    index = _by_id(landscape.index_in_force(tables), *about)
    held = landscape.spoken_for(tables, selection.basis, selection.as_of).to_dict("index")
    counted = set(outcomes.at_home(tables, selection))
    rating_day = ratings.arena(tables)["rating_date"].max() if name == "capability" else pd.NaT
    rows = []
    for cid, company in companies.items():
        if cid not in counted and name != "capability":
            continue
        found = values.get(str(cid))
        if found is None or found.value is None:
            continue
        known = index.get(cid)
        value = None if known is None else known["centralisation_index"]
        with_units = has_units(company["company_type"])
        placed = with_units and cid in counted and known is not None
        firm = known is None or index_caveat(known["confidence"], int(known["scored_count"])) is None
        # Companies outside China count only for the line that says how far the best of them is.
        if with_units and is_missing(value) and cid in counted:
            continue
        rows.append(
            {
                "company_name": company["company_name"],
                "is_outside": cid not in counted,
                "governance_model_id": labels[cid] if cid in counted else None,
                "has_units": with_units,
                "centralisation_index": None
                if value is None or is_missing(value) or not with_units or cid not in counted
                else float(value),
                "scored": 0 if known is None else int(known["scored_count"]),
                "y": height.label,
                "value": found.value,
                "unit": height.axis_in(selection.currency),
                "value_words": height.words(found.value, selection.currency),
                "model_name": found.what if name in ("capability", "price") else "",
                "releases": measured["cadence"].get(str(cid), windows.NOTHING).count,
                "rating_date": rating_day,
                "governance_seen": held[cid]["last_seen_date"] if cid in counted and cid in held else pd.NaT,
                "confidence": known["confidence"] if placed and known is not None else None,
                "caveat": marks.caveats(
                    estimated=placed and not firm,
                    stale=is_stale("benchmark_scores", rating_day, selection.as_of)
                    or bool(placed and cid in held and held[cid]["is_stale"]),
                ),
                "source_ids": joined_sources(
                    found.source_ids or company["source_ids"], None if known is None else known["source_ids"]
                ),
            }
        )
    frame = POSITIONING.of(rows)
    frame[["centralisation_index", "value"]] = frame[["centralisation_index", "value"]].astype("float64")
    frame["is_outside"] = frame["is_outside"].astype(bool)
    for day in ("rating_date", "governance_seen"):
        frame[day] = pd.to_datetime(frame[day])
    frame = frame.sort_values(["value", "company_name"], ascending=[False, True], kind="stable")
    frame = frame.reset_index(drop=True)
    across = _placeable(tables, selection)
    places = {i: len(across & set(found)) for i, found in measured.items()}
    more = [f"{HEIGHTS[i].label.lower()} places {n}" for i, n in places.items() if n > places[name]]
    frame.attrs |= {
        "out_of": len(counted),
        "others": join_words(more) if places[name] < FEWEST_PLACED else "",
    }
    return frame


def _shown_height(frame: pd.DataFrame) -> str:
    said = frame["y"].iloc[0] if len(frame) else ""
    return next((i for i, h in HEIGHTS.items() if h.label == said), "")


def _words(height: Height, value: float, row: Mapping[str, Any]) -> str:
    return height.words(value, "CNY" if "yuan" in str(row.get("unit", "")) else "USD")


def positioning_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names who stands highest on what is picked, with the model behind it."""
    name = _shown_height(frame)
    inside = frame[~frame["is_outside"].astype(bool)] if len(frame) else frame
    if len(inside) < 3:
        return ""
    inside = inside.assign(company_name=inside["company_name"].map(short_name))
    top, low = inside.iloc[0], inside.iloc[-1]
    alone = inside["value"].iloc[0] > inside["value"].iloc[1]
    if name == "price":
        return (
            f"{low['company_name']} asks least for its flagship: {low['value_words']} for {low['model_name']}"
            if inside["value"].iloc[-2] > low["value"]
            else ""
        )
    if name == "capability" and not alone and inside["value"].iloc[1] > inside["value"].iloc[2]:
        both = join_words(inside["company_name"].head(2).tolist())
        return f"{both} lead the ratings, with {top['value_words']} points"
    if not alone:
        return ""
    if name == "capability":
        return f"{top['company_name']} fields the best-rated model: {top['model_name']}, {top['value_words']} points"
    if name == "cadence":
        return f"{top['company_name']} released most in twelve months: {plural(int(top['value']), 'model')}"
    return f"{top['company_name']} opens most of its models: {top['value_words']}"


def positioning_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """What stands upwards, of which day, for how many organisations, and what would place more where those are few."""
    height = HEIGHTS[_shown_height(frame)]
    day = frame["rating_date"].max()
    inside = frame[~frame["is_outside"].astype(bool)]
    across = int(inside["centralisation_index"].notna().sum())
    aside = len(inside) - across
    others = frame.attrs.get("others", "")
    return (
        height.scope
        + (f", ratings of {format_day(day)}" if not is_missing(day) else "")
        + f", against who decides; {n_of(frame, 'organisation', 'placed', across)}"
        + (f", {aside} without units beside them" if aside else "")
        + (f" ({others})" if others else "")
        + f", as of {format_day(selection.as_of)}"
    )


CHARTS = (
    Chart(
        id="landscape-matrix",
        topic="overview",
        title="Who steers AI, with what, and how it earns",
        question="Who steers AI how inside each company?",
        subtitle=landscape_matrix_subtitle,
        scales=lambda frame, selection: ("epoch-eci", "lmarena-text"),
        data=landscape_matrix,
        columns=LANDSCAPE_MATRIX,
        kind=Table(
            (
                Cell("company_name", "company_name_zh", sources="company_source_ids"),
                Cell("primary_model", also=("primary_model_zh",), sources="model_source_ids"),
                Cell(
                    "governance_model",
                    "governance_doubt",
                    also=("stated_as", "governance_seen"),
                    dissent="other_reports",
                    sources="governance_source_ids",
                ),
                Cell("commercial_lever", sources="lever_source_ids"),
                Cell("flagship", "flagship_date", also=("weights",), sources="flagship_source_ids"),
                Cell("last_event", "last_event_date", sources="event_source_ids", none="none found"),
            ),
            more=(Cell("ai_lead", sources="lead_source_ids"),),
            front=("company_name", "primary_model", "governance_model", "commercial_lever"),
            shown=12,
        ),
        finding=landscape_matrix_finding,
        rule=flagships.FLAGSHIP,
    ),
    Chart(
        id="positioning",
        topic="overview",
        title="Centralisation against what comes of it",
        question="Does steering from the centre go with better, more open or cheaper models?",
        subtitle=positioning_subtitle,
        scales=lambda frame, selection: ("lmarena-text",) if frame["rating_date"].notna().any() else (),
        data=positioning,
        columns=POSITIONING,
        kind=Points(
            "centralisation_index",
            "value",
            "company_name",
            "governance_model_id",
            titled="unit",
            measure="y",
            measures={
                h.label: Measure(partial(_words, h), h.log, zero=not h.log and h.label != "Capability")
                for h in HEIGHTS.values()
            },
            size="releases",
            sizes=SIZES,
            apart="Labs and start-ups: no units to centralise",
            level="Best outside China",
            level_name="model_name",
        ),
        finding=positioning_finding,
        outside=True,
        note="Hollow: few dimensions of the index are scored, or they are weakly supported. "
        f"Small, middle and large marks: up to {SIZES[0]}, up to {SIZES[1]} and more models released in twelve "
        "months. So few organisations illustrate, they do not prove.",
        choices=(Choice(Y, "Upwards", height_options),),
    ),
)
