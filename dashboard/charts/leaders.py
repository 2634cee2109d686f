"""Charts of people: how long the next flagship took after somebody new came to lead, and who won and lost people."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import columns as col
from dashboard.charts.kinds.dots import Dots
from dashboard.charts.kinds.sides import Sides
from dashboard.charts.marks import joined_sources, weakest
from dashboard.charts.rows import WHO, counted, lone_top, ordered, with_company
from dashboard.charts.spec import Chart, on
from dashboard.data import cells
from dashboard.data.cut import once_each
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.facts import flagships, windows
from dashboard.look.theme import format_day

HALF_YEAR = 183
#: Of fewer companies nothing is said in a sentence.
FEWEST = 5


LEADER_TO_FLAGSHIP = col.Frame(
    "organisations whose AI lead came after their first model; the shortest first, those still without a flagship last",
    "is_outside confidence",
    **col.WHO,
    days=col.number(
        "days from the arrival to the release of the next flagship, or to the day shown where none came",
        "days",
    ),
    leader=col.text("who came to lead AI, and when", "Head of AI since"),
    leader_since=col.day("first day in the role", exact="leader_since_precision"),
    leader_since_precision=col.KNOWN,
    next_flagship="the first flagship released after that day, and when",
    flagship_model=col.key("its name"),
    flagship_date=col.key("its release"),
    flagship_date_precision=col.KNOWN,
    why=col.text("why it is the flagship", "Found as"),
    is_waiting=col.flag("no flagship on record since; days so far"),
)


def leader_to_flagship(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Days from the newest arrival of an AI lead to the company's next flagship, or to the day shown where none came."""
    arrived = windows.arrivals(tables)
    models = tables["models"]
    # Whoever founded the company, or came before its first model, took over nothing that could be continued.
    first = models.groupby("company_id")["release_date"].min().reindex(arrived.index)
    inherited = arrived[first < arrived["valid_from"]].reset_index()
    people = cells.records(with_company(tables, selection.basis, inherited))
    # What came within the month of an arrival may have come before it.
    since = {p["company_id"]: windows.last_day(p["valid_from"], p["valid_from_precision"]) for p in people}
    found = flagships.first_since(tables, since)
    named = models[models["model_id"].isin([f["model_id"] for f in found.values() if f])]
    read = ["model_id", "model_name", "release_date", "release_date_precision", "confidence", "source_ids"]
    of = {model["model_id"]: model for model in cells.records(named[read])}
    rows = []
    for person in people:
        flagship = found.get(person["company_id"], {})
        model = of[flagship["model_id"]] if flagship else {}
        came, came_exact = person["valid_from"], person["valid_from_precision"]
        until, exact = model.get("release_date", selection.as_of), model.get("release_date_precision")
        following = f"{model['model_name']}, {format_day(until, exact)}" if model else "none on record since"
        rows.append(
            {
                **{c: person[c] for c in WHO},
                "days": (until.normalize() - since[person["company_id"]]).days,
                "leader": f"{person['person_name']}, {format_day(came, came_exact)}",
                "leader_since": came,
                "leader_since_precision": came_exact,
                "next_flagship": following,
                "flagship_model": model.get("model_name"),
                "flagship_date": until if model else pd.NaT,
                "flagship_date_precision": exact,
                "why": flagship.get("why"),
                "is_waiting": not model,
                "confidence": weakest([person["confidence"], model.get("confidence")]),
                "source_ids": joined_sources(
                    person["source_ids"], model.get("source_ids"), flagship.get("why_sources")
                ),
            }
        )
    frame = ordered(LEADER_TO_FLAGSHIP.of(rows), "is_waiting", "days", "company_name")
    return counted(frame, tables["companies"]["company_id"].nunique())


def leader_to_flagship_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """How many had a next flagship within half a year, of those led so long, and how many have none to this day."""
    waiting, soon = frame["is_waiting"].astype(bool), frame["days"] <= HALF_YEAR
    # Who arrived less than half a year ago and has released none may still do so: that is no answer yet.
    told, none = int((~waiting | ~soon).sum()), int((waiting & ~soon).sum())
    if told < FEWEST:
        return ""
    said = f"{int((~waiting & soon).sum()):,} of {told:,} companies had a next flagship within {HALF_YEAR} days of a new head of AI"
    return f"{said}; {none} {'has' if none == 1 else 'have'} none on record" if none else said


# --- Who went where ---
PEOPLE_MOVES = col.Frame(
    "organisations with a move on record, those with most moves first, then who gained",
    "last_move_precision is_outside confidence",
    **col.WHO,
    went=col.count("person", "people who went, on record", "Went"),
    went_names=col.key("who went"),
    went_to=col.names("who went where, the newest first"),
    came=col.count("person", "people who came, on record", "Came"),
    came_names=col.key("who came"),
    came_from=col.names("who came from where, the newest first"),
    last_move=col.day("day of the newest move", "Newest move", exact="last_move_precision"),
)


def people_moves(tables: Tables, selection: Selection) -> pd.DataFrame:
    """Leaders and researchers who went from and came to each company, as far as a document tells; most moves first."""
    frame = PEOPLE_MOVES.of(with_company(tables, selection.basis, _moves_by_company(tables)))
    keys = {"_moves": frame["came"] + frame["went"], "_gain": frame["came"] - frame["went"]}
    return counted(ordered(frame, "-_moves", "-_gain", "company_name", **keys), len(tables["companies"]))


@once_each
def _moves_by_company(tables: Tables) -> pd.DataFrame:
    """The columns of PEOPLE_MOVES that do not say who a company is, of each that has a move, and its company_id."""
    moves = ordered(tables["people_moves"], "-move_date", "-move_id")
    # A move inside one company is none.
    moves = moves[moves["from_company_id"].ne(moves["to_company_id"]).fillna(True)].reset_index(drop=True)
    left, joined = (moves.groupby(f"{end}_company_id").indices for end in ("from", "to"))
    read = (
        "person_name",
        "from_name",
        "to_name",
        "move_date",
        "move_date_precision",
        "confidence",
        "source_ids",
    )
    told = cells.lists(moves, *read)
    rows = []
    for cid in tables["companies"]["company_id"].tolist():
        if cid not in left and cid not in joined:
            continue
        went, came = (at[cid].tolist() if cid in at else [] for at in (left, joined))
        mine = sorted({*went, *came})
        rows.append(
            {
                "company_id": cid,
                "went": len(went),
                "went_names": ", ".join([told["person_name"][n] for n in went]),
                "went_to": ", ".join([f"{told['person_name'][n]} to {told['to_name'][n]}" for n in went]),
                "came": len(came),
                "came_names": ", ".join([told["person_name"][n] for n in came]),
                "came_from": ", ".join(
                    [f"{told['person_name'][n]} from {told['from_name'][n]}" for n in came]
                ),
                "last_move": told["move_date"][mine[0]],
                "last_move_precision": told["move_date_precision"][mine[0]],
                "confidence": weakest([told["confidence"][n] for n in mine]),
                "source_ids": joined_sources(*[told["source_ids"][n] for n in mine]),
            }
        )
    return pd.DataFrame(rows, columns=["company_id", *(c for c in PEOPLE_MOVES.names if c not in WHO)])


def people_moves_finding(frame: pd.DataFrame, selection: Selection) -> str:
    """Who gained most and who lost most, by people who came less people who went; each only where it is one alone."""
    gains = frame["came"].astype(int) - frame["went"].astype(int)
    most, least = lone_top(gains, FEWEST), lone_top(-gains, FEWEST)
    if most is None or least is None or gains[most] < 2 or gains[least] > -2:
        return ""
    top, low = frame.loc[most], frame.loc[least]
    gained = f"{top['company_name']} gained most leaders and researchers on record ({top['came']} came, {top['went']} went)"
    return f"On balance {gained}, {low['company_name']} lost most ({low['went']} went, {low['came']} came)"


CHARTS = on(
    "companies",
    Chart(
        title="Leaders and researchers who went and came",
        question="Who wins leaders and researchers from others, and who loses them?",
        subtitle="Leaders and researchers who went and came, each move counted at both ends; {organisations:with a move on record}; {as_of}",
        shows=PEOPLE_MOVES.by(people_moves, people_moves_finding),
        kind=Sides("company_name", "went", "came", "went_names", "came_names"),
        note="Moves that a document names, of known people alone: what was not reported is not here, and departures make more news than arrivals.",
    ),
    Chart(
        title="From a new head of AI to the next flagship",
        question="How long after a change of leader did the next flagship come?",
        subtitle="Days from the newest arrival of a head of AI to the next flagship; {organisations:changed who leads after their first model}; {as_of}",
        shows=LEADER_TO_FLAGSHIP.by(leader_to_flagship, leader_to_flagship_finding),
        kind=Dots("company_name", "days", behind=("leader", "next_flagship"), hollow="is_waiting"),
        topic="governance",
        note=f"Hollow: no flagship on record since, days so far; in the title once {HALF_YEAR} are over. A day known by month counts from its end. What came next need not be the new head’s work.",
        rule=flagships.FLAGSHIP,
    ),
)
