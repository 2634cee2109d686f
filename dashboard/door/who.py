"""Questions about organisations: found by name, one on a day, all on a day, what changed, two to four side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import pandas as pd

from dashboard.charts import CHARTS, card, marks
from dashboard.charts import compare as comparing
from dashboard.data import search as searching
from dashboard.data.citations import in_order_named, places, split_ids
from dashboard.data.overlay import added_companies
from dashboard.data.selection import COMPANY_TYPES, DATED_BY, Selection, apart, counted
from dashboard.data.store import Tables
from dashboard.door import build as asking
from dashboard.door import rows
from dashboard.door.answers import MOST_ROWS, Answer, Value, cell, offered, quoted
from dashboard.door.build import Build
from dashboard.facts import changes as moving
from dashboard.facts import freshness, landscape, over_time, ratings
from dashboard.facts.record import facts_of
from dashboard.look.theme import MODEL_ORDER, format_day, is_missing, plural
from etl.governance_rule import INDEX_SENTENCE

#: What stands beside the meaning of a parameter that is a day.
A_DAY = ("YYYY-MM-DD",)
Day = Annotated[str, "A day such as 2026-06-30; empty is the newest of the data.", A_DAY]
Since = Annotated[str, "The day to compare with, such as 2025-06-30; empty is a year before.", A_DAY]
Names = Annotated[
    list[str], "Organisations by name, alias or id, English or Chinese; empty is every one in China."
]
Governance = Annotated[
    list[str], f"Ids of governance models to keep: {', '.join(MODEL_ORDER)}.", tuple(MODEL_ORDER)
]
Types = Annotated[list[str], f"Company types to keep: {', '.join(COMPANY_TYPES)}.", tuple(COMPANY_TYPES)]
Basis = Annotated[
    str,
    "reported (what named sources call it) or coded (what the printed rule gives).",
    ("reported", "coded"),
]
Currency = Annotated[str, "USD or CNY, for derived prices.", ("USD", "CNY")]
Offset = Annotated[int, "Rows to pass over; next_offset of the answer before."]
Limit = Annotated[int, "Most rows, 1 to 100."]

#: The table in which the rows behind a fact of a company are.
BEHIND = {
    "Governance, reported": "governance_assessments",
    "Governance, coded": "governance_assessments",
    "Centralisation index": "governance_index",
    "Leads AI": "people",
    "Last reorganisation": "governance_events",
    "Flagship": "models",
    "Best Arena rating": "benchmark_scores",
    "Released in 12 months": "models",
    "With open weights": "models",
    "Output price": "model_prices",
    "Own chips": "infrastructure",
    "Own cloud": "infrastructure",
    "Own framework": "infrastructure",
    "Commercial lever": "commercial_levers",
    "Revenue": "company_metrics",
    "Announced plan": "company_metrics",
    "Investment": "company_metrics",
    "Transparency index": "transparency_scores",
    "Founded, seat, listing": "companies",
}


def search(
    build: Build,
    query: Annotated[str, "A name or a part of one: company, person, model, chip, event, claim or document."],
    as_of: Day = "",
    offset: Offset = 0,
    limit: Limit = 24,
) -> Answer:
    """Finds companies, people, models, systems, reorganisations, claims and documents by any name, English or Chinese."""
    shown = asking.day(build, as_of)
    known = asking.entries(build, shown)
    found = searching.search(known, query, most=10_000)
    if not found:
        near = tuple(asking.offer(build, e) for e in asking.nearest_names(known, query))
        said = f"Nothing on record by {format_day(shown)} goes by {quoted(query)}. {offered(near)}"
        raise build.refuse("unknown_name", said, as_of=shown, nearest=near)
    hits = tuple(asking.offer(build, e) | {"company_id": e.company_id} for e in found)
    answer = build.answer(
        "answered",
        f"{plural(len(found), 'thing')} found for {quoted(query)}, best first; ask with the id for what is known.",
        as_of=shown,
        rows=tuple(
            row | ({"sources": [e.id]} if e.kind == "source" else _sources_of(build, e))
            for row, e in zip(hits, found, strict=True)
        ),
        permalink=build.link("", _view_of(build, shown)),
    )
    return answer.page(offset, limit)


#: The table in which a thing that was found is a row, by its kind, which names the column of its id.
_TABLES = {
    "company": "companies",
    "person": "people",
    "model": "models",
    "infrastructure": "infrastructure",
    "event": "governance_events",
    "claim": "claims",
}


def _sources_of(build: Build, one: searching.Entry) -> dict[str, Any]:
    """Two documents are enough to know what was found by: a page of hits must fit into one answer."""
    frame = build.tables[_TABLES[one.kind]]
    ids = split_ids(frame.loc[frame[f"{one.kind}_id"] == one.id, "source_ids"])
    return {"sources": in_order_named(ids, places(build.tables["sources"]))[:2], "source_count": len(ids)}


def _view_of(build: Build, shown: pd.Timestamp) -> Selection:
    return Selection(as_of=shown, newest=build.newest)


def company(
    build: Build,
    name: Annotated[str, "The organisation by name, alias or id, English or Chinese: Alibaba, 阿里巴巴."],
    as_of: Day = "",
    fact: Annotated[
        str, "One fact alone, such as “Flagship”, “Revenue” or “Centralisation index”; empty is all."
    ] = "",
    currency: Currency = "USD",
) -> Answer:
    """What is known of one organisation on a day, each fact with its sources, and its governance models over time."""
    shown = asking.day(build, as_of)
    one = asking.named(build, name, shown, "company")
    selection = asking.of_company(asking.view(build, as_of=as_of, currency=currency), one.id)
    selected = asking.apply_to(build, selection)
    facts = facts_of(selected, selection, one.id)
    wanted = list(facts) if not fact else [_fact(build, fact, list(facts), shown)]
    link = build.link("company", replace(selection, companies=(), outside=False), company__id=one.id)
    later = _later(build, selection, one.id) if any(not facts[f][0] for f in wanted) else {}
    values = tuple(
        _value(selected, selection, one.id, f, *facts[f])
        if facts[f][0]
        else Value(f, None, nearest=_nearest(build, one.id, f, later))
        for f in wanted
    )
    known = [v for v in values if v.value is not None]
    if not known:
        raise build.refuse(
            "not_recorded",
            f"{wanted[0]} of {quoted(one.title)} on {format_day(shown)} is not recorded. {values[0].nearest}".strip(),
            as_of=shown,
            values=values,
            permalink=link,
            nearest=tuple({"recorded": f} for f in facts if facts[f][0] and f not in wanted),
            more={"company_id": one.id},
        )
    said = f"{quoted(one.title)} on {format_day(shown)}: {plural(len(known), 'fact')} recorded, {len(values) - len(known)} not."
    history = () if fact else _periods(selected, one.id)
    return build.answer(
        "answered",
        said,
        as_of=shown,
        values=values,
        rows=history,
        total=len(history),
        permalink=link,
        definitions={"Centralisation index": INDEX_SENTENCE, "Best Arena rating": ratings.ARENA_WORDS},
        more={"company_id": one.id, "name": one.title, "rows_are": "governance models over time, both bases"},
    )


def _fact(build: Build, asked: str, known: list[str], shown: pd.Timestamp) -> str:
    listed = [searching.Entry("company", f, f, "", None, (searching.fold(f),)) for f in known]
    found = searching.search(listed, asked)
    # A part of several names is none of them, unless it is the whole of one.
    exact = [e.id for e in found if searching.fold(asked) in e.names] or [e.id for e in found]
    if len(exact) == 1 and searching.fold(asked) in searching.fold(exact[0]):
        return exact[0]
    raise build.refuse(
        "unknown_name",
        f"No fact of an organisation is called {quoted(asked)}; nothing is answered.",
        as_of=shown,
        nearest=tuple({"fact": f} for f in (exact or known)),
        more={"facts": known},
    )


def _basis(fact: str) -> str:
    """The basis of a governance label; "" for any other fact."""
    return fact.removeprefix("Governance, ") if fact.startswith("Governance, ") else ""


def _rows_behind(tables: Tables, company_id: str, fact: str, said: str, source_ids: str) -> pd.DataFrame:
    """Rows that a fact rests on: of the company, of the model that its words name, from its documents."""
    if basis := _basis(fact):
        # As sure as the label shown, not as the weakest report beside it.
        held = landscape.assessments_in_force(tables, basis)
        return held[held["company_id"] == company_id].head(1)
    frame = tables[BEHIND[fact]]
    mine = rows.within(frame[frame["company_id"] == company_id], source_ids)
    if fact == "Best Arena rating":
        mine = mine[(mine["benchmark_id"] == ratings.ARENA) & mine["model_id"].notna()]
    if fact in ("Best Arena rating", "Output price", "Flagship"):
        names = tables["models"].set_index("model_id")["model_name"]
        told = [str(names.get(m, "")) in re.split(r", | \(from |; ", said) for m in mine["model_id"]]
        mine = rows.kept(mine, told)
    return mine


def _value(
    selected: Tables,
    selection: Selection,
    company_id: str,
    fact: str,
    said: str,
    source_ids: str,
) -> Value:
    table = BEHIND[fact]
    dated = DATED_BY.get(table)
    behind = _rows_behind(selected, company_id, fact, said, source_ids)
    day = behind[dated].max() if dated and len(behind) else None
    caveats = []
    basis = _basis(fact)
    if basis:
        held = over_time.periods(selected, basis, company_id)
        if len(held) and held.iloc[-1]["others"]:
            caveats.append(f"disputed, also: {held.iloc[-1]['others']}")
        # A label is as old as the last document that speaks for it, not as the day it began.
        heard = landscape.spoken_for(selected, basis, selection.as_of)
        if company_id in heard.index:
            seen = heard.loc[company_id]
            day = day if is_missing(seen["last_seen_date"]) else seen["last_seen_date"]
            caveats.extend(filter(None, [seen["doubt"]]))
    elif freshness.is_stale(table, day, selection.as_of):
        caveats.append(f"stale: the newest row behind it is of {format_day(day)}")
    if not split_ids([source_ids]):
        caveats.append(rows.NO_DOCUMENT)
    number, unit = _number(selected, company_id, fact)
    confidence = marks.weakest(behind["confidence"]) if len(behind) else None
    if confidence == "low" and not any(landscape.WEAK_LABEL in c for c in caveats):
        caveats.append(marks.CONFIDENCE["low"])
    return Value(
        fact,
        said,
        number,
        unit,
        None if is_missing(day) else day,
        confidence,
        "; ".join(caveats),
        tuple(split_ids([source_ids])),
    )


def _number(selected: Tables, company_id: str, fact: str) -> tuple[float | None, str]:
    """A fact as a number, rounded as the page rounds it."""
    if fact == "Centralisation index":
        return float(
            f"{landscape.index_in_force(selected).loc[company_id, 'centralisation_index']:.0f}"
        ), "of 100"
    if fact == "Best Arena rating":
        rated = ratings.arena(selected)
        return float(
            f"{rated.loc[rated['company_id'] == company_id, 'arena_rating'].iloc[0]:.0f}"
        ), "Arena points"
    if fact == "Transparency index":
        row = selected["transparency_scores"].sort_values("published_date", kind="stable").iloc[-1]
        return float(row["score"]), f"of {row['indicators']}"
    return None, ""


def _later(build: Build, selection: Selection, company_id: str) -> dict[str, tuple[str, str]]:
    """The facts of the newest day; none where that is the day asked for."""
    if selection.as_of >= build.newest:
        return {}
    now = replace(selection, as_of=build.newest)
    return facts_of(asking.apply_to(build, now), now, company_id)


def _nearest(build: Build, company_id: str, fact: str, later: dict[str, tuple[str, str]]) -> str:
    """What is known nearest to a fact that no document at hand gives."""
    if later.get(fact, ("", ""))[0]:
        return f"By {format_day(build.newest)} it is on record: ask for that day."
    table = BEHIND[fact]
    frame = build.tables[table]
    if basis := _basis(fact):
        frame = frame[frame["basis"] == basis]
    has = frame["company_id"].dropna()
    rest = has[(has != company_id) & ~has.isin(added_companies(build.tables))].nunique()
    mine = int((has == company_id).sum())
    if mine:
        own = f"None of {plural(mine, 'row')} of {table} about it gives this on that day"
    else:
        own = f"No document at hand gives it: {table} has no row about it"
    return f"{own}; there are rows about {plural(rest, 'other organisation')}."


def _periods(selected: Tables, company_id: str) -> tuple[dict[str, object], ...]:
    parts = [
        over_time.periods(selected, basis, company_id).assign(basis=basis) for basis in ("reported", "coded")
    ]
    frame = pd.concat(parts, ignore_index=True).drop(columns=["shown_source_ids", "company_id"])
    assessed = selected["governance_assessments"]
    assessed = assessed[assessed["company_id"] == company_id]
    confidences, caveats = [], []
    for r in frame.to_dict("records"):
        behind = rows.within(assessed[assessed["basis"] == r["basis"]], r["source_ids"])
        confidences.append(marks.weakest(behind["confidence"]))
        caveats.append(f"disputed, also: {r['others']}" if r["others"] else "")
    return rows.of_frame(frame.assign(confidence=confidences, caveat=caveats))


def landscape_on(
    build: Build,
    as_of: Day = "",
    companies: Names = [],  # noqa: B006 - read by the schema of the tool, never changed
    governance: Governance = [],  # noqa: B006
    company_types: Types = [],  # noqa: B006
    basis: Basis = "reported",
    outside: Annotated[bool, "Count organisations outside China like the others."] = False,
    offset: Offset = 0,
    limit: Limit = 40,
) -> Answer:
    """The landscape on a day: who steers each organisation's AI how, with what model, lever, lead, flagship and last event."""
    selection = asking.view(
        build,
        as_of=as_of,
        companies=companies,
        governance=governance,
        company_types=company_types,
        basis=basis,
        outside=outside,
    )
    answer = of_chart(build, "landscape-matrix", selection, offset, limit, page="")
    # As sure as the label shown, and with the doubts that the page writes beside it.
    shown = landscape.shown(asking.apply_to(build, selection), selection.basis)
    sure = shown["confidence"].to_dict()
    told = []
    for row in answer.rows:
        disputed = f"disputed, also: {row['other_reports']}" if row["other_reports"] else ""
        doubts = "; ".join(filter(None, (disputed, row["governance_doubt"], row["caveat"])))
        told.append({**row, "confidence": sure.get(row["company_id"]), "caveat": doubts})
    return replace(answer, rows=tuple(told))


def of_chart(
    build: Build,
    chart_id: str,
    selection: Selection,
    offset: int,
    limit: int,
    page: str | None = None,
    also: Mapping[str, object] | None = None,
) -> Answer:
    """The rows and words of a chart under a view, as its card shows them."""
    chart = CHARTS[chart_id]
    link = (
        build.link("gallery", selection, gallery__chart=chart_id)
        if page is None
        else build.link(page, selection)
    )
    one = card.make(chart, build.tables, selection, build.snapshot, address=link, applied=build.views.applied)
    if one.frame.empty:
        raise build.refuse(
            "not_recorded",
            f"{quoted(chart.title)} has no row under this view on {format_day(selection.as_of)}.",
            as_of=selection.as_of,
            permalink=link,
            nearest=_without_filters(build, chart_id, selection),
        )
    return build.answer(
        "answered",
        f"{one.title if one.title == chart.title else quoted(one.title, 400)}: {counted(one.frame, build.tables, selection, 'row')}.",
        as_of=selection.as_of,
        rows=rows.of_card(one),
        permalink=link,
        definitions=dict(one.definitions),
        more={
            "chart": chart_id,
            "title": chart.title,
            "question": chart.question,
            "finding": "" if one.title == chart.title else one.title,
            "scope": one.subtitle,
            "view": one.filter_line,
            "note": chart.note_on(one.frame),
            "source_line": one.source_line,
            **(also or {}),
        },
    ).page(offset, limit)


def _without_filters(build: Build, chart_id: str, selection: Selection) -> tuple[dict[str, object], ...]:
    """How many rows there are without the filters, and on the newest day."""
    wide = replace(selection, companies=(), governance_models=(), company_types=())
    found: list[dict[str, object]] = []
    chart = CHARTS[chart_id]
    for said, view in (
        ("without filters on organisations", wide),
        (f"on {format_day(build.newest)}, without filters", replace(wide, as_of=build.newest, compare=None)),
    ):
        one = chart.picked(view)
        frame = one.data(asking.apply_to(build, view, keep_outside=one.outside), view)
        if len(frame):
            found.append(
                {
                    "recorded": f"{counted(frame, build.tables, view, 'row')} {said}",
                    "permalink": build.link("gallery", view, gallery__chart=chart_id),
                }
            )
    return tuple(found)


def changes(
    build: Build,
    since: Since = "",
    until: Day = "",
    companies: Annotated[
        list[str], "A watch list: organisations by name, alias or id; empty is every one."
    ] = [],  # noqa: B006
    company_types: Types = [],  # noqa: B006
    basis: Basis = "reported",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Answer:
    """What changed between two days: governance models, who leads AI, and flagships, with the event nearest to each."""
    selection = asking.view(
        build, as_of=until, since=since, companies=companies, company_types=company_types, basis=basis
    )
    frame = moving.changes(asking.apply_to(build, selection), selection)
    link = build.link("governance", selection)
    first, last = format_day(selection.then), format_day(selection.as_of)
    if frame.empty:
        raise build.refuse(
            "not_recorded",
            f"Between {first} and {last} no change is recorded under this view.",
            as_of=selection.as_of,
            permalink=link,
            nearest=_last_events(build, selection),
        )
    field, mine = apart(frame, build.tables, selection)
    kinds = field["kind"].value_counts()
    words = {
        "governance": "change of governance model",
        "leader": "change of lead",
        "flagship": "new flagship",
    }
    many = {
        "governance": "changes of governance model",
        "leader": "changes of lead",
        "flagship": "new flagships",
    }
    said = ", ".join(plural(int(kinds[k]), w, many[k]) for k, w in words.items() if k in kinds) or "no change"
    if len(mine):
        said += f", and {plural(len(mine), 'change')} of your own"
    return build.answer(
        "answered",
        f"Between {first} and {last}: {said}.",
        as_of=selection.as_of,
        rows=rows.of_frame(frame.assign(confidence=_confidence_of(build, frame))),
        permalink=link,
        more={"since": f"{selection.since:%Y-%m-%d}"},
    ).page(offset, limit)


def _confidence_of(build: Build, frame: pd.DataFrame) -> list[str | None]:
    tables = {"governance": "governance_assessments", "leader": "people", "flagship": "models"}
    out = []
    for r in frame.itertuples():
        behind = build.tables[tables[r.kind]]
        mine = behind[behind["company_id"] == r.company_id]
        out.append(marks.weakest(rows.within(mine, r.source_ids)["confidence"]))
    return out


def _last_events(build: Build, selection: Selection) -> tuple[dict[str, object], ...]:
    events = landscape.reorganisations(asking.apply_to(build, selection)).head(3)
    return tuple(
        {
            "recorded": "last reorganisation before",
            "company_id": r.company_id,
            "title": r.title,
            "day": format_day(r.event_date, r.event_date_precision),
        }
        for r in events.itertuples()
    )


def compare(
    build: Build,
    companies: Annotated[list[str], "Two to four organisations by name, alias or id, English or Chinese."],
    as_of: Day = "",
    currency: Currency = "USD",
    offset: Offset = 0,
    limit: Limit = 40,
) -> Answer:
    """Two to four organisations side by side on a day, one fact a row, and whether they differ in it."""
    selection = asking.view(build, as_of=as_of, companies=companies, currency=currency)
    if not 2 <= len(selection.companies) <= comparing.MOST:
        raise build.refuse(
            "not_understood",
            f"{plural(len(selection.companies), 'organisation')} named; expected two to {comparing.MOST}.",
            as_of=selection.as_of,
        )
    # As many rows as there are facts: all of them are told of, whichever are asked for.
    side_by_side = {
        p.replace(".", "__"): c for p, c in zip(comparing.PICKS, selection.companies, strict=False)
    }
    # The page has a choice for each of them, and none of the filters.
    link = build.link("compare", replace(selection, companies=()), **side_by_side)
    selected = asking.apply_to(build, selection)
    names = selected["companies"].set_index("company_id")["company_name"]
    found: dict[str, dict[str, Value]] = {}
    for one in comparing.compared(selected, selection):
        mine = asking.of_company(selection, one)
        for fact, (said, ids) in facts_of(selected, selection, one).items():
            found.setdefault(fact, {})[str(names[one])] = (
                _value(selected, mine, one, fact, said, ids) if said else Value(fact, None)
            )
    missing: dict[str, list[str]] = {}
    for fact, values in found.items():
        for name in (n for n, v in values.items() if v.value is None):
            missing.setdefault(name, []).append(fact)
    # As many rows as there are facts: all of them are told of, whichever are asked for.
    answer = of_chart(
        build, "compare-table", selection, 0, MOST_ROWS, page="compare", also={"not_recorded": missing}
    )
    told = []
    for row in answer.rows:
        known = {n: v for n, v in found[str(row["fact"])].items() if v.value is not None}
        doubts = [f"{n}: {v.caveat}" for n, v in known.items() if v.caveat]
        told.append(
            {
                **row,
                "as_of": {n: cell(v.as_of) for n, v in known.items()},
                "confidence": marks.weakest(v.confidence for v in known.values()),
                "caveat": ". ".join(doubts) or row["caveat"],
            }
        )
    return replace(answer, rows=tuple(told), permalink=link).page(offset, limit)
