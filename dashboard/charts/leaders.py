"""Charts of people: how long the next flagship took after somebody new came to lead, and who won and lost people."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.sides import Sides
from dashboard.charts.marks import joined_sources, weakest
from dashboard.charts.rows import counted, with_company
from dashboard.charts.spec import Chart
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import flagships, windows
from dashboard.look.theme import format_day, is_missing, plural

HALF_YEAR = 183
#: Of fewer companies nothing is said in a sentence.
FEWEST = 5


LEADER_TO_FLAGSHIP = col.Frame(
    "organisations whose AI lead came after their first model; the shortest first, those still without a flagship last",
    "is_outside",
    "confidence",
    **col.WHO,
    days=col.number(
        "days from the arrival to the release of the next flagship, or to the day shown where none came",
        "days",
    ),
    leader=col.text("who came to lead AI, and when", "Head of AI since"),
    leader_since=col.day("first day in the role", exact="leader_since_precision"),
    leader_since_precision=col.KNOWN,
    next_flagship=col.text("the first flagship released after that day, and when", "Next flagship"),
    flagship_model=col.key("its name"),
    flagship_date=col.key("its release"),
    flagship_date_precision=col.KNOWN,
    why=col.text("why it is the flagship", "Found as"),
    is_waiting=col.flag("no flagship on record since; days so far"),
)


def leader_to_flagship(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Days from the newest arrival of an AI lead to the company's next flagship, or to the day shown where none came."""
    arrived = windows.arrivals(tables)
    models = tables["models"].set_index("model_id")
    first = models.groupby("company_id")["release_date"].min()
    # Whoever founded the company, or came before its first model, took over nothing that could be continued.
    inherited = [
        cid
        for cid, day in arrived["valid_from"].items()
        if not is_missing(first.get(cid)) and first[cid] < day
    ]
    people = with_company(tables, selection.basis, arrived.loc[inherited].reset_index())
    # What came within the month of an arrival may have come before it.
    exact = zip(*(people[c].tolist() for c in ("valid_from", "valid_from_precision")), strict=True)
    people["counted_from"] = [windows.last_day(day, precision) for day, precision in exact]
    found = flagships.first_since(
        tables, dict(zip(people["company_id"].tolist(), people["counted_from"].tolist(), strict=True))
    )
    rows = []
    for person in people.to_dict("records"):
        flagship = found.get(person["company_id"])
        model = None if flagship is None else models.loc[flagship["model_id"]]
        until = selection.as_of if model is None else model["release_date"]
        told = "none on record since"
        if model is not None:
            told = f"{model['model_name']}, {format_day(until, model['release_date_precision'])}"
        rows.append(
            {
                **{c: person[c] for c in ("company_name", "governance_model", "governance_model_id")},
                "days": (until.normalize() - person["counted_from"]).days,
                "leader": f"{person['person_name']}, {format_day(person['valid_from'], person['valid_from_precision'])}",
                "leader_since": person["valid_from"],
                "leader_since_precision": person["valid_from_precision"],
                "next_flagship": told,
                "flagship_model": None if model is None else model["model_name"],
                "flagship_date": pd.NaT if model is None else until,
                "flagship_date_precision": None if model is None else model["release_date_precision"],
                "why": None if flagship is None else flagship["why"],
                "is_waiting": model is None,
                "is_outside": person["is_outside"],
                "confidence": weakest([person["confidence"], None if model is None else model["confidence"]]),
                "source_ids": joined_sources(
                    person["source_ids"],
                    None if model is None else model["source_ids"],
                    None if flagship is None else flagship["why_sources"],
                ),
            }
        )
    frame = LEADER_TO_FLAGSHIP.of(rows)
    frame = frame.sort_values(["is_waiting", "days", "company_name"], kind="stable")
    return counted(frame, tables["companies"]["company_id"].nunique())


def leader_to_flagship_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many had a next flagship within half a year, of those led so long, and how many have none to this day."""
    waiting = frame["is_waiting"].astype(bool)
    # Who arrived less than half a year ago and has released none may still do so: that is no answer yet.
    told = frame[~waiting | (frame["days"] > HALF_YEAR)]
    if len(told) < FEWEST:
        return ""
    soon = int((~told["is_waiting"].astype(bool) & (told["days"] <= HALF_YEAR)).sum())
    none = int(told["is_waiting"].astype(bool).sum())
    said = f"{soon} of {len(told)} companies had a next flagship within {HALF_YEAR} days of a new head of AI"
    return f"{said}; {none} {'has' if none == 1 else 'have'} none on record" if none else said


def leader_to_flagship_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, whose, how many of how many."""
    total = frame.attrs.get("out_of")
    of = plural(len(frame), "organisation")
    if total:
        of = f"{len(frame)} of {plural(total, 'organisation')} changed who leads after their first model"
    return f"Days from the newest arrival of a head of AI to the next flagship; {of}; as of {format_day(selection.as_of)}"


# --- Who went where ---


PEOPLE_MOVES = col.Frame(
    "organisations with a move on record, those with most moves first, then who gained",
    "last_move_precision",
    "is_outside",
    "confidence",
    **col.WHO,
    went=col.count("person", "people who went, on record", "Went"),
    went_names=col.key("who went"),
    went_to=col.names("who went where, the newest first", "Went to"),
    came=col.count("person", "people who came, on record", "Came"),
    came_names=col.key("who came"),
    came_from=col.names("who came from where, the newest first", "Came from"),
    last_move=col.day("day of the newest move", "Newest move", exact="last_move_precision"),
)


def people_moves(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Leaders and researchers who went from and came to each company, as far as a document tells; most moves first."""
    moves = tables["people_moves"].sort_values(["move_date", "move_id"], ascending=False, kind="stable")
    about = with_company(tables, selection.basis, tables["companies"][["company_id"]])
    told = moves.to_dict("records")
    rows = []
    for company in about.to_dict("records"):
        cid = company["company_id"]
        # A move inside one company is none.
        mine = [r for r in told if (r["from_company_id"] == cid) != (r["to_company_id"] == cid)]
        if not mine:
            continue
        went = [r for r in mine if r["from_company_id"] == cid]
        came = [r for r in mine if r["to_company_id"] == cid]
        rows.append(
            {
                **{c: company[c] for c in ("company_name", "governance_model", "governance_model_id")},
                "went": len(went),
                "went_names": ", ".join(r["person_name"] for r in went),
                "went_to": ", ".join(f"{r['person_name']} to {r['to_name']}" for r in went),
                "came": len(came),
                "came_names": ", ".join(r["person_name"] for r in came),
                "came_from": ", ".join(f"{r['person_name']} from {r['from_name']}" for r in came),
                "last_move": mine[0]["move_date"],
                "last_move_precision": mine[0]["move_date_precision"],
                "is_outside": company["is_outside"],
                "confidence": weakest(r["confidence"] for r in mine),
                "source_ids": joined_sources(*(r["source_ids"] for r in mine)),
            }
        )
    frame = PEOPLE_MOVES.of(rows)
    frame = frame.assign(_moves=frame["came"] + frame["went"], _gain=frame["came"] - frame["went"])
    order = frame.sort_values(
        ["_moves", "_gain", "company_name"], ascending=[False, False, True], kind="stable"
    )
    return counted(order[PEOPLE_MOVES.names], len(about))


def people_moves_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who gained most and who lost most, by people who came less people who went; each only where it is one alone."""
    gains = sorted((came - went, i) for i, came, went in frame[["came", "went"]].itertuples())
    if len(gains) < FEWEST or gains[-1][0] < 2 or gains[0][0] > -2:
        return ""
    if gains[-1][0] == gains[-2][0] or gains[0][0] == gains[1][0]:
        return ""
    top, low = frame.loc[gains[-1][1]], frame.loc[gains[0][1]]
    return (
        f"On balance {top['company_name']} gained most leaders and researchers on record "
        f"({top['came']} came, {top['went']} went), "
        f"{low['company_name']} lost most ({low['went']} went, {low['came']} came)"
    )


def people_moves_subtitle(frame: pd.DataFrame, selection: Selection) -> str:
    """Unit, how many of how many, to which day."""
    total = frame.attrs.get("out_of")
    of = plural(len(frame), "organisation")
    if total:
        of = f"{len(frame)} of {plural(total, 'organisation')} with a move on record"
    return f"Leaders and researchers who went and came, each move counted at both ends; {of}; as of {format_day(selection.as_of)}"


CHARTS = (
    Chart(
        id="people-moves",
        topic="companies",
        title="Leaders and researchers who went and came",
        question="Who wins leaders and researchers from others, and who loses them?",
        subtitle=people_moves_subtitle,
        data=people_moves,
        columns=PEOPLE_MOVES,
        kind=Sides("company_name", "went", "came", "went_names", "came_names"),
        finding=people_moves_finding,
        note="Moves that a document names, of known people alone: what was not reported is not here, and departures make more news than arrivals.",
    ),
    Chart(
        id="leader-to-flagship",
        topic="governance",
        title="From a new head of AI to the next flagship",
        question="How long after a change of leader did the next flagship come?",
        subtitle=leader_to_flagship_subtitle,
        data=leader_to_flagship,
        columns=LEADER_TO_FLAGSHIP,
        kind=Dots(
            "company_name",
            "days",
            "governance_model",
            behind=("leader", "next_flagship"),
            hollow="is_waiting",
        ),
        finding=leader_to_flagship_finding,
        note=f"Hollow: no flagship on record since, days so far; in the title once {HALF_YEAR} are over. A day known by month "
        "counts from its end. What came next need not be the new head’s work.",
        rule=flagships.FLAGSHIP,
    ),
)
