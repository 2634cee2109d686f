"""Questions about numbers: any recorded measure over time, and models with what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import pandas as pd

from dashboard.charts import CHARTS, marks
from dashboard.charts import columns as col
from dashboard.charts.columns import Frame
from dashboard.data import permalink
from dashboard.data import search as searching
from dashboard.data.selection import Selection, counted
from dashboard.data.store import Tables
from dashboard.door import build as asking
from dashboard.door import rows
from dashboard.door.answers import Answer, quoted
from dashboard.door.build import Build
from dashboard.door.who import A_DAY, Currency, Day, Limit, Names, Offset
from dashboard.facts import freshness, prices, ratings
from dashboard.facts.metrics import metric_words, money
from dashboard.facts.models import OPEN_WEIGHTS
from dashboard.look.theme import (
    format_count,
    format_day,
    format_percent,
    format_score,
    in_words,
    is_missing,
    period_words,
    plural,
)
from etl.governance_rule import INDEX_SENTENCE


@dataclass(frozen=True)
class Measure:
    """A measure with a day and a value per row.

    Attributes:
        id: Stable id, asked by.
        label: In words.
        table: Where its rows are.
        value: Column of the value.
        day: Column of the day.
        where: Column and the value of it that the rows have; None is all rows.
        words: A row's value as the pages write it.
        unit: A row's unit.
        means: Its definition.
        kept: Further columns that tell rows apart.
    """

    id: str
    label: str
    table: str
    value: str
    day: str
    where: tuple[str, str] | None
    words: Callable[[Mapping[str, Any]], str]
    unit: Callable[[Mapping[str, Any]], str]
    means: str = ""
    kept: tuple[str, ...] = ()


def _stated(row: Mapping[str, Any]) -> str:
    if not is_missing(row["currency"]):
        return money(row["value"], str(row["currency"]))
    if str(row["unit"]).startswith("percent"):
        return format_percent(row["value"], 0 if float(row["value"]).is_integer() else 1)
    return _counted(row)


def _counted(row: Mapping[str, Any]) -> str:
    return f"{format_count(row['value'])} {row['unit']}"


def _unit(row: Mapping[str, Any]) -> str:
    return str(row["unit"] if is_missing(row["currency"]) else row["currency"])


def _unit_of_count(row: Mapping[str, Any]) -> str:
    return str(row["unit"])


#: Tables whose rows each name a metric, every metric a measure of its own: table, words of a metric, day of a row, a row's
#: value and unit in words, the definition, and what else tells rows apart.
_BY_METRIC = (
    (
        *("company_metrics", metric_words, "period_end_date", _stated, _unit),
        "As stated, in the currency and unit stated; nothing is converted or added up",
        ("period", "known_date", "note"),
    ),
    (
        *("adoption", in_words, "observed_date", _counted, _unit_of_count),
        "As the tracker states it; trackers count differently",
        ("product", "tracker", "note"),
    ),
)


def measures(tables: Tables) -> dict[str, Measure]:
    """Every measure that has rows, by id: the index, stated metrics, use, filings, transparency, rates, benchmarks."""
    found = [
        Measure(
            "centralisation_index",
            "Centralisation index",
            "governance_index",
            "centralisation_index",
            "valid_from",
            None,
            lambda r: f"{r['centralisation_index']:.0f} of 100, {int(r['scored_count'])} of 6 dimensions",
            lambda r: "of 100",
            INDEX_SENTENCE,
            ("valid_to", "scored_count"),
        ),
        Measure(
            "transparency_index",
            "Transparency index",
            "transparency_scores",
            "score",
            "published_date",
            None,
            lambda r: f"{r['score']} of {r['indicators']}",
            lambda r: f"of {r['indicators']}",
            "Foundation Model Transparency Index",
            ("index_name",),
        ),
        Measure(
            "yuan_per_dollar",
            "Yuan a US dollar",
            "exchange_rates",
            "units_per_usd",
            "rate_month",
            ("currency", "CNY"),
            lambda r: f"{r['units_per_usd']:.2f}",
            lambda r: "CNY per USD, average of the month",
            "Average rate of a month",
        ),
        *(
            Measure(
                column,
                label,
                "filings",
                column,
                "as_of_date",
                None,
                lambda r, column=column: f"{r[column]:,}",  # type: ignore[misc]
                lambda r, label=label: label.lower(),  # type: ignore[misc]
                "Counted by the Cyberspace Administration of China",
            )
            for column, label in (
                ("services_filed", "Generative AI services filed"),
                ("apps_registered", "Applications registered"),
            )
        ),
        *(
            Measure(m, words(m), table, "value", day, ("metric", m), said, unit, method, beside)
            for table, words, day, said, unit, method, beside in _BY_METRIC
            for m in map(str, tables[table]["metric"].unique())
        ),
        *(
            Measure(
                r.benchmark_id,
                r.benchmark_name,
                "benchmark_scores",
                "score",
                "score_date",
                ("benchmark_id", r.benchmark_id),
                lambda row, unit=r.unit: format_score(row["score"], unit),  # type: ignore[misc]
                lambda row, unit=r.unit: str(unit),  # type: ignore[misc]
                str(r.measures),
                ("model_id", "model_label", "reporter", "harness", "variant", "setting"),
            )
            for r in tables["benchmarks"].itertuples()
        ),
    ]
    return {m.id: m for m in found}


def _measure(build: Build, asked: str, shown: pd.Timestamp, ids: list[str]) -> Measure:
    known = measures(build.tables)
    wanted = searching.fold(asked)
    listed = [
        searching.Entry(
            "source",
            m.id,
            m.label,
            m.table,
            None,
            (searching.fold(m.id), searching.fold(m.label), searching.fold(m.id.replace("_", " "))),
        )
        for m in known.values()
    ]
    exact = [e for e in listed if wanted and wanted in e.names]
    if len(exact) == 1:
        return known[exact[0].id]
    near = exact or searching.search(listed, asked, 8, close=asking.OFFERED)
    said = "Several measures go" if exact else "No measure on record goes"
    raise build.refuse(
        "unknown_name" if near else "not_recorded",
        f"{said} by the name {quoted(asked)}; nothing is answered.",
        as_of=shown,
        nearest=tuple({"measure": e.id, "name": e.title, "table": e.detail} for e in near)
        or _other_metrics(build, ids, asked),
        more={} if near else {"measures": sorted(known)},
    )


def series(
    build: Build,
    measure: Annotated[
        str,
        "Id or name of a measure: centralisation_index, revenue, cloud_revenue, capex, monthly_users, services_filed, "
        "yuan_per_dollar, transparency_index, a benchmark such as lmarena-text, or any other on record.",
    ],
    companies: Names = [],  # noqa: B006 - read by the schema of the tool, never changed
    since: Annotated[str, "First day; empty is 2021-01-01.", A_DAY] = "",
    until: Day = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Answer:
    """Any recorded measure over time, as stated, newest first; gaps are gaps."""
    last = asking.day(build, until)
    first = asking.day(build, since, permalink.EARLIEST)
    if first > last:
        raise build.refuse(
            "not_understood",
            f"The first day, {format_day(first)}, comes after the last, {format_day(last)}.",
            as_of=last,
        )
    ids = [asking.company_id(build, c, last) for c in companies]
    one = _measure(build, measure, last, ids)
    selection = asking.view(build, as_of=until, companies=ids, outside=True)
    frame = asking.stood(build, last)[one.table]
    if one.where:
        frame = frame[frame[one.where[0]] == one.where[1]]
    frame = frame[frame[one.value].notna()]
    everyone = frame
    if ids:
        if "company_id" not in frame:
            raise build.refuse(
                "not_understood",
                f"{one.label} is not counted by organisation; ask without one.",
                as_of=last,
                permalink=build.link("data", selection),
            )
        frame = frame[frame["company_id"].isin(ids)]
    whole = frame
    day = frame[one.day]
    # What is planned for a later period is known by the day: `stood` has taken out what was not.
    ahead = "known_date" in frame
    frame = frame[day.isna() | ((day >= first) & (ahead | (day <= last)))]
    link = _page(build, one, selection)
    if frame.empty:
        raise build.refuse(
            "not_recorded",
            f"{one.label}{' of ' + ', '.join(map(quoted, companies)) if ids else ''} between {format_day(first)} and "
            f"{format_day(last)} is not recorded.",
            as_of=last,
            permalink=link,
            nearest=_near(build, one, whole, everyone, ids),
        )
    frame = frame.sort_values(one.day, ascending=False, na_position="last", kind="stable")
    return build.answer(
        "answered",
        f"{one.label}: {counted(frame, build.tables, selection, 'value')}, newest first, as stated; days between are not recorded.",
        as_of=last,
        rows=rows.of_frame(_told(build, one, frame, last)),
        permalink=link,
        definitions={one.id: one.means},
        more={"measure": one.id, "name": one.label, "table": one.table},
    ).page(offset, limit)


def _told(build: Build, one: Measure, frame: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    names = build.tables["companies"].set_index("company_id")["company_name"].to_dict()
    exact = f"{one.day}_precision"
    records = frame.to_dict("records")
    out = pd.DataFrame(index=frame.index)
    if "company_id" in frame:
        out["company_id"] = frame["company_id"]
        out["company_name"] = [names.get(c) for c in frame["company_id"]]
    out["day"] = frame[one.day]
    out["day_as_shown"] = [format_day(r[one.day], r.get(exact) or "day") for r in records]
    for column in one.kept:
        out[column] = frame[column]
    if "period" in out:
        out["period_as_shown"] = [period_words(str(p)) for p in out["period"]]
    out["value"] = frame[one.value]
    out["value_as_shown"] = [one.words(r) for r in records]
    out["unit"] = [one.unit(r) for r in records]
    known = "known_date" if "known_date" in frame else one.day
    out["caveat"] = [
        marks.caveats(
            estimated=r["confidence"] == "low", stale=n == 0 and freshness.is_stale(one.table, r[known], last)
        )
        for n, r in enumerate(records)
    ]
    return out.assign(confidence=frame["confidence"], source_ids=frame["source_ids"])


def _near(
    build: Build, one: Measure, whole: pd.DataFrame, everyone: pd.DataFrame, ids: list[str]
) -> tuple[dict[str, Any], ...]:
    """What is known nearest to a series without a value: other days, other organisations, other measures."""
    found: list[dict[str, Any]] = []
    if len(whole):
        first, last = whole[one.day].min(), whole[one.day].max()
        found.append({"recorded": f"{one.label} on other days: {format_day(first)} to {format_day(last)}"})
    later = build.tables[one.table]
    if one.where:
        later = later[later[one.where[0]] == one.where[1]]
    if "company_id" in later and ids:
        mine = later[later["company_id"].isin(ids)]
        if whole.empty and len(mine):
            found.append(
                {"recorded": f"{one.label} is on record after that day, by {format_day(mine[one.day].min())}"}
            )
        others = everyone["company_id"].dropna().unique()
        if len(others):
            found.append(
                {"recorded": f"{one.label} of other organisations", "company_ids": sorted(others)[:12]}
            )
        found.extend(_other_metrics(build, ids, one.id))
    if not found:
        days = later[one.day].dropna()
        found.append(
            {"recorded": f"{one.label} from {format_day(days.min())} on" if len(days) else "nothing of it"}
        )
    return tuple(found)


def _other_metrics(build: Build, ids: list[str], but: str) -> tuple[dict[str, Any], ...]:
    metrics = build.tables["company_metrics"]
    other = metrics.loc[metrics["company_id"].isin(ids) & (metrics["metric"] != but), "metric"].unique()
    return (
        ({"recorded": "other metrics of the organisation", "measures": sorted(other)[:12]},)
        if len(other)
        else ()
    )


#: The charts of the gallery that draw a table's measures, the choice of each that names one, and the column that does.
_DRAWN = {
    "governance_index": (("index-over-time", "", ""),),
    "transparency_scores": (("transparency", "", ""),),
    "company_metrics": (("metrics-over-time", "metrics.metric", ""), ("investment-plans", "", "plan")),
    "adoption": (("use-over-time", "use.measure", ""), ("product-use", "", "measured")),
    "benchmark_scores": (("benchmark-explorer", "benchmark.id", ""),),
}


def _page(build: Build, one: Measure, selection: Selection) -> str:
    """Where a measure is seen: a company's own page, else the chart that draws it, else the page of all tables."""
    if len(selection.companies) == 1:
        return build.link("company", selection, company__id=selection.companies[0])
    for name, choice, column in _DRAWN.get(one.table, ()):
        chosen = selection.picking(choice, one.id) if choice else selection
        chart = CHARTS[name].picked(chosen)
        tables = asking.apply_to(build, chosen, chart.outside)
        # What can be picked may hang on another choice: a benchmark on who reported it.
        others = [
            chosen.picking(c.name, option)
            for c in chart.choices
            if c.name != choice
            for option in c.options(tables, chosen)
        ]
        for view in (chosen, *others):
            if chart.wrong_picks(tables, view):
                continue
            frame = chart.data(tables, view)
            if len(frame) and (not column or frame[column].eq(one.label).any()):
                return build.link("gallery", view, gallery__chart=name)
    return build.link("data", selection)


#: Columns of a model as an answer has them.
MODEL_FRAME = Frame(
    "models in the order asked for",
    model_id=col.key("id of the model"),
    model_name=col.model(),
    company_name=col.company(),
    release_date=col.day("first public availability", "Released", exact="release_date_precision"),
    weights=col.WEIGHTS,
    license="licence as stated",
    modality="what the model takes in and gives out",
    architecture=col.ARCHITECTURE,
    parameters_total=col.count("parameter", "all parameters, every expert"),
    parameters_active=col.count("parameter", "parameters used for one token"),
    context_tokens=col.tokens("longest input"),
    arena_rating=col.score(ratings.ARENA_WORDS, "elo"),
    rating_date=col.day("day of the rating"),
    output_price_per_mtok=col.price(prices.LIST_PRICE, "currency", per="per million tokens"),
    price_date=col.day("day of the list"),
    converted_from="listed amount, rate and its month; empty where listed in that currency",
)


def models(
    build: Build,
    name: Annotated[str, "One model by its whole name or id; empty is all."] = "",
    companies: Names = [],  # noqa: B006
    weights: Annotated[
        str, "open, restricted or closed; empty is all.", ("open", "restricted", "closed", "")
    ] = "",
    since: Annotated[str, "Released on or after this day; empty is any.", A_DAY] = "",
    as_of: Day = "",
    order: Annotated[
        str, "newest, best (Arena rating) or cheapest (list price of output).", ("newest", "best", "cheapest")
    ] = "newest",
    currency: Currency = "USD",
    offset: Offset = 0,
    limit: Limit = 25,
) -> Answer:
    """Models with release, size, weights, licence, context, Arena rating and list price; empty is not disclosed."""
    shown = asking.day(build, as_of)
    one = asking.named(build, name, shown, "model") if name else None
    selection = asking.view(build, as_of=as_of, companies=companies, currency=currency, outside=bool(one))
    known = {
        "newest": ("release_date", False),
        "best": ("arena_rating", False),
        "cheapest": ("output_price_per_mtok", True),
    }
    kinds = sorted(build.tables["models"]["weights"].dropna().unique())
    if order not in known or (weights and weights not in kinds):
        raise build.refuse(
            "not_understood",
            f"Order {quoted(order)}, weights {quoted(weights)}: expected one of {', '.join(known)}, and of {', '.join(kinds)}.",
            as_of=shown,
        )
    frame = _models(build, asking.apply_to(build, selection), selection.currency)
    if one is not None:
        frame = frame[frame["model_id"] == one.id]
    if weights:
        frame = frame[frame["weights"] == weights]
    if since:
        frame = frame[frame["release_date"] >= asking.day(build, since)]
    by, ascending = known[order]
    asked = frame
    if order != "newest":
        frame = frame[frame[by].notna()]
    frame = frame.sort_values(
        [by, "model_id"], ascending=[ascending, True], na_position="last", kind="stable"
    )
    link = (
        build.link("model", selection, model__id=one.id)
        if one
        else build.link("models", selection, models__part="list")
    )
    if frame.empty:
        raise build.refuse(
            "not_recorded",
            f"No such model is recorded by {format_day(shown)}.",
            as_of=shown,
            permalink=link,
            nearest=_near_models(build, selection),
        )
    left_out = len(asked) - len(frame)
    without = "an Arena rating" if order == "best" else f"a list price in {currency}"
    missing = [c for c in MODEL_FRAME.own if one is not None and is_missing(frame.iloc[0][c])]
    return build.answer(
        "answered",
        f"{counted(frame, build.tables, selection, 'model')} by {format_day(shown)}, {order} first; what is null is not recorded."
        + (f" {plural(left_out, 'model')} without {without} left out." if left_out else ""),
        as_of=shown,
        rows=rows.of_frame(frame, MODEL_FRAME),
        permalink=link,
        definitions={**dict(MODEL_FRAME.definitions(frame)), "open weights": OPEN_WEIGHTS},
        more={"not_recorded": missing} if missing else {},
    ).page(offset, limit)


def _near_models(build: Build, selection: Selection) -> tuple[dict[str, Any], ...]:
    """What is known nearest where no model is: the newest of the organisations named, or that there is none."""
    every = build.tables["models"]
    found: list[dict[str, Any]] = []
    for one in selection.companies:
        mine = every[every["company_id"] == one].sort_values(
            "release_date", na_position="first", kind="stable"
        )
        if mine.empty:
            found.append({"recorded": "no model on any day", "company_id": one})
            continue
        for said, row in (
            ("first model", mine.dropna(subset="release_date").head(1)),
            ("newest model", mine.tail(1)),
        ):
            found.extend(
                {
                    "recorded": f"{said} of the organisation",
                    "company_id": one,
                    "id": r.model_id,
                    "name": r.model_name,
                    "released": format_day(r.release_date, r.release_date_precision),
                }
                for r in row.itertuples()
            )
    return tuple(found) or (
        {
            "recorded": f"{counted(every, build.tables, selection, 'model')} in all, by {format_day(build.newest)}"
        },
    )


def _models(build: Build, selected: Tables, currency: str) -> pd.DataFrame:
    """Models with their rating and list price, as the Models page joins them, and the documents of all three."""
    found = selected["models"].merge(
        ratings.arena(selected)[["model_id", "arena_rating", "rating_date", "rating_source_ids"]],
        on="model_id",
        how="left",
    )
    found = found.merge(prices.list_prices(selected, currency), on="model_id", how="left")
    names = build.tables["companies"].set_index("company_id")["company_name"].to_dict()
    cells = zip(found["source_ids"], found["rating_source_ids"], found["price_source_ids"], strict=True)
    return found.assign(
        company_name=[names.get(c) for c in found["company_id"]],
        currency=currency,
        source_ids=[marks.joined_sources(*c) for c in cells],
    )[
        [
            *MODEL_FRAME.own[:4],
            "release_date_precision",
            *MODEL_FRAME.own[4:],
            "currency",
            "confidence",
            "source_ids",
        ]
    ]
