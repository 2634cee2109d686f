"""Charts of the landscape as a whole: the matrix of companies, and where each stands on one map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts import marks
from dashboard.charts.centralisation import index_caveat
from dashboard.charts.kinds.axes import Measure, Picked
from dashboard.charts.kinds.points import Points
from dashboard.charts.kinds.table import Cell, Table
from dashboard.charts.rows import lone_top, n_of, ordered, rows_alike, sides, worded
from dashboard.charts.spec import Chart, Choice, on
from dashboard.data import cells
from dashboard.data.cut import once, once_each, origin
from dashboard.data.late import LateText
from dashboard.data.named import joined_columns, joined_rows
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import flagships, landscape, outcomes, prices, ratings, windows
from dashboard.facts.freshness import is_stale
from dashboard.look import theme
from dashboard.look.scales import GOVERNANCE
from etl.governance_rule import has_units

#: What single cells of the matrix are about, each with documents of its own.
CITED = tuple(
    f"{about}_source_ids"
    for about in ("company", "model", "governance", "lever", "lead", "flagship", "event")
)
LANDSCAPE_MATRIX = col.Frame(
    "organisations with a model in legend order, then by name",
    "last_event_date_precision",
    "source_ids",
    *CITED,
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
    ai_lead="who leads AI",
    flagship="the strongest general model that it offers",
    flagship_date=col.day("day of that model's release"),
    flagship_note="how it was found, and since when no newer one is known",
    weights=col.text("what may be done with its weights", "weights"),
    last_event=col.text("newest dated reorganisation", "Last reorganisation"),
    last_event_date=col.day("day of it", exact="last_event_date_precision"),
)


def landscape_matrix(tables: Tables, selection: Selection) -> pd.DataFrame:
    """The landscape as of the day: what each company builds, who steers it, and how it earns with it."""
    frame = _matrix(tables, selection.basis, selection.as_of).reset_index(drop=True)
    # Names are those that the reader chose; the rows may come from the tables of everyone.
    frame["company_name"] = tables["companies"]["company_name"].array
    if selection.names != "en":
        families = landscape.primary_families(tables)["family_name"]
        frame["primary_model"] = frame["company_id"].map(families).astype("str")
    frame = ordered(
        frame,
        *("_type", "_no_event", "_rank", "company_name"),
        _type=frame["company_type"].map(FIRST).fillna(len(FIRST)),
        _no_event=frame["last_event"].isna(),
        _rank=frame["governance_model_id"].map(theme.MODEL_ORDER),
    )
    return frame[LANDSCAPE_MATRIX.names]


@once_each
def _matrix(tables: Tables, basis: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """What the matrix says of each company, in the order of companies."""
    companies = tables["companies"]
    reports = landscape.assessments_in_force(tables, basis)
    shown = landscape.shown(tables, basis)
    others = reports[
        reports["governance_model_id"] != reports["company_id"].map(shown["governance_model_id"])
    ]
    said = worded(others["governance_model_id"], theme.model_short) + " (" + others["reported_by"] + ")"
    held = landscape.spoken_for(tables, basis, as_of)
    models = flagships.flagships(tables)

    def notes(at: np.ndarray) -> list[str]:
        some = models[["why", "release_date", "release_date_precision"]].iloc[at]
        since = rows_alike(some.drop(columns="why"), lambda model: flagships.since_words(model, as_of))
        both = zip(some["why"].tolist(), since, strict=True)
        return [f"{why}; {old}" if why and old else why or old for why, old in both]

    dated = {"flagship_date": "release_date", "flagship_note": "note", "weights": "weights"}
    event = {"last_event_date": "event_date", "last_event_date_precision": "event_date_precision"}
    families = {"primary_model": "family_name", "primary_model_zh": "family_name_zh"}
    said_of = {"governance_model_id": "governance_model_id", "stated_as": "stated_as"}
    frame = companies[["company_id", "company_name", "company_name_zh", "company_type"]].reset_index(
        drop=True
    )
    cid = frame["company_id"]
    frame = frame.assign(
        company_source_ids=companies["source_ids"].array,
        **_beside(cid, "model", landscape.primary_families(tables), **families),
        **_beside(cid, "governance", shown, **said_of),
        **_beside(cid, "lever", landscape.headline_levers(tables), commercial_lever="lever_name"),
        **_beside(
            cid, "lead", landscape.leads_in_force(tables, "person_name", "source_ids"), ai_lead="person_name"
        ),
        **_beside(
            cid,
            "flagship",
            models.assign(note=LateText.of(notes, np.arange(len(models)))),
            flagship="model_name",
            **dated,
        ),
        **_beside(cid, "event", landscape.newest_events(tables), last_event="title", **event),
    )
    model_id = frame["governance_model_id"].fillna(landscape.UNDETERMINED)
    return frame.assign(
        governance_model=worded(model_id, theme.model_short),
        governance_model_id=model_id,
        other_reports=cid.map(_joined(others["company_id"], said)).astype("str"),
        governance_seen=cid.map(held["seen"]).replace("", None),
        governance_doubt=cid.map(held["doubt"]).replace("", None),
        source_ids=joined_columns(frame[list(CITED)], origin(tables, "sources")),
    )


def _joined(ids: pd.Series, words: pd.Series) -> dict[str, str]:
    """Words by id, those of one id joined."""
    found: dict[str, list[str]] = {}
    for i, said in zip(ids.tolist(), words.tolist(), strict=True):
        found.setdefault(i, []).append(said)
    return {i: "; ".join(mine) for i, mine in found.items()}


def _beside(company_id: pd.Series, about: str, rows: pd.DataFrame, **columns: str) -> dict[str, Any]:
    """What rows, one a company by its id, say of each company: their columns by new names, and `{about}_source_ids`."""
    told = rows[[*columns.values(), "source_ids"]].reindex(company_id)
    return {new: told[old].array for new, old in (*columns.items(), (f"{about}_source_ids", "source_ids"))}


#: Who stands first in the matrix; the other types follow the labs.
FIRST = {"giant": 0, "startup": 1, "lab": 1}


def landscape_matrix_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Counts the organisations whose AI the chief executive steers; names it where it is the only one shown."""
    count = int((frame["governance_model_id"] == "centralised_ceo").sum())
    if not count:
        return ""
    verb = "are" if count > 1 else "is"
    day = "now" if selection.as_of >= selection.newest else f"on {theme.format_day(selection.as_of)}"
    who = (
        f"{count:,} of {theme.plural(len(frame), 'organisation')}"
        if len(frame) > 1
        else frame["company_name"].iloc[0]
    )
    return f"{who} {verb} steered from the chief executive’s desk {day}"


@dataclass(frozen=True)
class Height:
    """What the map shows upwards.

    Attributes:
        label: As the reader picks it.
        axis: Unit, above the axis; {currency} stands for that of money.
        of: Value of each company that has one, by company id.
        words: A value, and the currency of money, in words.
        log: Drawn on a logarithmic axis.
        scope: What is measured, for the subtitle.
    """

    label: str
    axis: str
    of: Callable[[Tables, Selection], windows.Measured]
    words: Callable[[float, str], str]
    scope: str
    log: bool = False


FEWEST_PLACED = 8


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
        lambda v, currency: theme.format_percent(v),
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
        outcomes.flagship_prices,
        theme.format_money,
        "List price of output of each organisation's flagship per million tokens",
        log=True,
    ),
}
#: Models released in twelve months up to which a mark is small, middle-sized; above it is large.
SIZES = (5, 20)


@once
def _placeable(tables: Tables, selection: Selection) -> set[str]:
    """Companies counted that have units and an index: those that find a place across."""
    index = landscape.index_in_force(tables)["centralisation_index"]
    of_types = cells.by(tables["companies"], "company_id", "company_type")
    home = set(outcomes.at_home(tables, selection))
    return {c for c in index.index[index.notna()] if c in home and has_units(of_types[c])}


@once
def _values(tables: Tables, selection: Selection) -> dict[str, windows.Measured]:
    """Every measure of every company."""
    return {i: h.of(tables, selection) for i, h in HEIGHTS.items()}


@once
def _places(tables: Tables, selection: Selection) -> dict[str, int]:
    """How many organisations each measure places on the map, the most first."""
    across = _placeable(tables, selection)
    measured = _values(tables, selection).items()
    found = {i: sum(map(across.__contains__, values.ids.tolist())) for i, values in measured}
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def height_options(tables: Tables, selection: Selection) -> dict[str, str]:
    """What the map can show upwards, what places most organisations first."""
    return {i: f"{HEIGHTS[i].label} ({n:,} placed)" for i, n in _places(tables, selection).items()}


CHOOSE_HEIGHT = Choice("positioning.y", "Upwards", height_options)
POSITIONING = col.Frame(
    "organisations with a value, and with an index or without units, highest first",
    "confidence caveat",
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


def _told(tables: Tables, name: str, currency: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """What a measure says of each company that it can place, by company_id: value, in words, the model, and the documents.

    A company with units and without an index finds no place; the best outside China is told of all the same.
    """
    height = HEIGHTS[name]
    values = height.of(tables, Selection(as_of, as_of, currency=currency))
    about = tables["companies"].set_index("company_id")[["company_type", "source_ids"]]
    level = landscape.index_in_force(tables)[["centralisation_index", "source_ids"]].reindex(about.index)
    found = pd.Series(values.value, values.ids).reindex(about.index)
    is_told = found.notna()
    if name != "capability":
        is_told &= ~about["company_type"].map(has_units) | level["centralisation_index"].notna()
    ids, found = about.index[is_told].tolist(), found[is_told]
    cited = zip(ids, *(c[is_told].tolist() for c in (about["source_ids"], level["source_ids"])), strict=True)
    rows = ((*(values.cells(cid) or (own,)), behind) for cid, own, behind in cited)
    named = name in ("capability", "price")
    columns = {
        "value": found,
        "value_words": [height.words(v, currency) for v in found.tolist()],
        "model_name": [values.what(cid) for cid in ids] if named else "",
        "source_ids": joined_rows(rows, origin(tables, "sources")).array,
    }
    return pd.DataFrame(columns, index=pd.Index(ids, dtype="str", name="company_id"))


_told_of_each = once_each(_told)


def positioning(tables: Tables, selection: Selection) -> pd.DataFrame:
    """What the reader picks of each company against its centralisation index."""
    measured = _values(tables, selection)
    name = CHOOSE_HEIGHT.picked(tables, selection)
    height, day = HEIGHTS[name], (selection.currency, selection.as_of)
    # Which snapshot of ratings is the newest is told of those chosen; all else of each company by itself.
    told = (_told if name == "capability" else _told_of_each)(tables, name, *day)
    labels = landscape.labels_in_force(tables, selection.basis)
    rating_day = ratings.arena(tables)["rating_date"].max() if name == "capability" else pd.NaT
    is_old = is_stale("benchmark_scores", rating_day, selection.as_of)
    home = outcomes.at_home(tables, selection)
    rows = tables["companies"].set_index("company_id")[["company_name", "company_type"]]
    index, cadence = landscape.index_in_force(tables), measured["cadence"]
    spoken = landscape.spoken_for(tables, selection.basis, selection.as_of)
    rows = rows.assign(
        **{c: told[c] for c in ("value", "value_words", "model_name", "source_ids")},
        releases=pd.Series(cadence.count, cadence.ids, dtype="Int64"),
        is_home=rows.index.isin(home),
        has_units=rows["company_type"].map(has_units),
        level=index["centralisation_index"],
        scored=index["scored_count"],
        confidence=index["confidence"],
        seen=spoken["last_seen_date"],
        is_stale=spoken["is_stale"],
    )
    is_placed = rows["is_home"] & rows["has_units"]
    # Companies outside China count only for the line that says how far the best of them is.
    is_shown = rows["value"].notna() & (rows["is_home"] | (name == "capability"))
    rows = rows[is_shown & ~(is_placed & rows["level"].isna())]
    is_placed, inside = is_placed[rows.index], rows["is_home"]
    scored, confidence = rows["scored"].fillna(0).astype(int), rows["confidence"].where(is_placed)
    firm = zip(confidence.tolist(), scored.tolist(), is_placed.tolist(), strict=True)
    stale = is_old | (is_placed & rows["is_stale"].eq(True))
    columns = {
        "company_name": rows["company_name"],
        "is_outside": ~inside,
        "governance_model_id": rows.index.map(labels).to_series(rows.index).where(inside),
        "has_units": rows["has_units"],
        "centralisation_index": rows["level"].where(is_placed),
        "scored": scored,
        "y": height.label,
        "value": rows["value"],
        "unit": height.axis.format(currency=prices.CURRENCY_WORDS[selection.currency]),
        "value_words": rows["value_words"],
        "model_name": rows["model_name"],
        "releases": rows["releases"].fillna(0).astype(int),
        "rating_date": rating_day,
        "governance_seen": rows["seen"].where(inside),
        "confidence": confidence,
        "caveat": [
            marks.caveats(estimated=placed and index_caveat(firmness, count) is not None, stale=old)
            for (firmness, count, placed), old in zip(firm, stale.tolist(), strict=True)
        ],
        "source_ids": rows["source_ids"],
    }
    frame = POSITIONING.typed(pd.DataFrame(columns, index=rows.index))
    frame = ordered(frame, "-value", "company_name").reset_index(drop=True)
    places = _places(tables, selection)
    more = [f"{HEIGHTS[i].label.lower()} places {n:,}" for i, n in places.items() if n > places[name]]
    frame.attrs["out_of"] = len(home)
    of_field = frame[~frame["is_outside"]]
    across = int(of_field["centralisation_index"].notna().sum())
    said = (
        "" if theme.is_missing(rating_day) else f", ratings of {theme.format_day(rating_day)}",
        f", against who decides; {n_of(frame, 'organisation', 'placed', across)}",
        f", {len(of_field) - across:,} without units beside them" if len(of_field) > across else "",
        f" ({theme.join_words(more)})" if more and places[name] < FEWEST_PLACED else "",
    )
    frame.attrs["placed"] = height.scope + "".join(said)
    return frame


def _shown_height(frame: pd.DataFrame) -> str:
    said = frame["y"].iloc[0] if len(frame) else ""
    return next((i for i, h in HEIGHTS.items() if h.label == said), "")


def _words(height: Height, value: float, row: Mapping[str, Any]) -> str:
    return height.words(value, "CNY" if "yuan" in str(row.get("unit", "")) else "USD")


def positioning_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Names who stands highest on what is picked, with the model behind it."""
    name, (inside, _) = _shown_height(frame), sides(frame)
    if len(inside) < 3:
        return ""
    inside = inside.assign(company_name=inside["company_name"].map(theme.short_name))
    top, second, low, values = inside.iloc[0], inside.iloc[1], inside.iloc[-1], inside["value"]
    if name == "price":
        if lone_top(-values) is None:
            return ""
        return (
            f"{low['company_name']} asks least for its flagship: {low['value_words']} for {low['model_name']}"
        )
    if lone_top(values) is None:
        if name != "capability" or lone_top(values[1:]) is None:
            return ""
        return f"{top['company_name']} and {second['company_name']} lead the ratings, with {top['value_words']} points"
    said = {
        "capability": f"fields the best-rated model: {top['model_name']}, {top['value_words']} points",
        "cadence": f"released most in twelve months: {theme.plural(int(top['value']), 'model')}",
        "openness": f"opens most of its models: {top['value_words']}",
    }
    return f"{top['company_name']} {said[name]}"


CHARTS = on(
    "overview",
    Chart(
        title="Who steers AI, with what, and how it earns",
        question="Who steers AI how inside each company?",
        subtitle="{rows:organisation}; governance {basis}, {as_of}",
        shows=LANDSCAPE_MATRIX.by(landscape_matrix, landscape_matrix_finding),
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
        rule=flagships.FLAGSHIP,
        scales=("epoch-eci", "lmarena-text"),
    ),
    Chart(
        title="Centralisation against what comes of it",
        question="Does steering from the centre go with better, more open or cheaper models?",
        subtitle="{noted[placed]}, {as_of}",
        shows=POSITIONING.by(positioning, positioning_finding),
        kind=Points(
            "centralisation_index",
            "value",
            "company_name",
            "governance_model_id",
            Picked(
                "y",
                {
                    h.label: Measure(partial(_words, h), h.log, zero=not h.log and h.label != "Capability")
                    for h in HEIGHTS.values()
                },
                titled="unit",
            ),
            size=("releases", *SIZES),
            apart="Labs and start-ups: no units to centralise",
            level=("Best outside China", "model_name"),
        ),
        outside=True,
        note=f"Hollow: few dimensions of the index are scored, or they are weakly supported. Small, middle and large marks: up to {SIZES[0]}, up to {SIZES[1]} and more models released in twelve months. So few organisations illustrate, they do not prove.",
        choices=(CHOOSE_HEIGHT,),
        scales=lambda frame, selection: ("lmarena-text",) if frame["rating_date"].notna().any() else (),
    ),
)
