"""What another label would take, in words: which scores would have to move, by the printed rule."""

from __future__ import annotations

import difflib

import pandas as pd

from dashboard.charts.governance import DIMENSIONS
from dashboard.data.store import Tables
from dashboard.facts import what_if, windows
from dashboard.look.markdown import shortened
from dashboard.look.theme import MODELS, format_day, join_words, model_short
from etl.governance_rule import LEVELS, UNDETERMINED, has_units

QUALIFIER_WORDS = {
    "product_units": "The units that decide are organised by end product",
    "outside_capital": "AI units have a chief executive and outside money of their own",
}
#: Said under every answer.
BY_RULE = "By the rule alone, the fewest scores first: it says what would have to be so, not whether it would be wise."
#: Said of a company that is one lab.
NO_UNITS = "One model lab is labelled by who sets its agenda; no score moves that."


class NoWayError(Exception):
    """What was asked for is no label; the text says which there are."""


def move(one: tuple[str, int | None, int]) -> str:
    """One score that would have to move, in words."""
    dimension, before, after = one
    if dimension in QUALIFIER_WORDS:
        holds = "would have to hold" if after else "would have to hold no longer"
        return f"“{QUALIFIER_WORDS[dimension]}” {holds}"
    start = "undetermined" if before is None else str(before)
    return f"{DIMENSIONS[dimension]} from {start} to {after} ({LEVELS[dimension][after]})"


def in_words(way: what_if.Way) -> str:
    """A way as one sentence."""
    return f"{'; '.join(map(move, way.moves))}."


_AS_STATED = what_if.Scenario()


def told(
    tables: Tables,
    company_id: str,
    day: pd.Timestamp,
    target: str = "",
    scenario: what_if.Scenario = _AS_STATED,
) -> list[str]:
    """What a company is called by the rule on a day, and what each other label would take.

    Args:
        tables: Tables as of a day not before `day`.
        company_id: Whose scores.
        day: The day.
        target: Id or name of a governance model; "" for each that some scores give.
        scenario: The reader's own weights and scores, put over the stated ones.

    Raises:
        NoWayError: there is no such label.
    """
    company = tables["companies"].set_index("company_id").loc[company_id]
    kind = str(company["company_type"])
    stated = windows.scores_on(tables, company_id, day)
    scores = what_if.applied(stated, company_id, scenario)
    agenda = company.get("lab_agenda")
    now = what_if.outcome(stated, company_id, kind, None if pd.isna(agenda) else str(agenda), scenario)
    known = f"{now.scored} of {len(DIMENSIONS)} dimensions scored"
    index = "no index" if now.index is None else f"centralisation index {now.index:.0f} of 100"
    yours = "" if scenario.is_empty else " and your own scores or weights"
    out = [
        f"{company['company_name']}, as of {format_day(day)}: {model_short(now.model_id)} by the printed rule{yours} ({index}, {known})."
    ]
    wanted = _label(target) if target else ""
    if not has_units(kind):
        return [*out, NO_UNITS]
    for one in MODELS:
        if one.id in (UNDETERMINED, now.model_id) or (wanted and one.id != wanted):
            continue
        found = what_if.ways_to(scores, one.id)
        if found:
            out.append(f"{model_short(one.id)}: {' Or: '.join(map(in_words, found))}")
        elif wanted:
            out.append(f"{model_short(one.id)}: no scores of a company with units give it.")
    if wanted == now.model_id:
        out.append(f"It is called {model_short(wanted)} already.")
    return [*out, BY_RULE]


def _label(target: str) -> str:
    """Id of a governance model by id or name."""
    by_name = {name.casefold(): m.id for m in MODELS for name in (m.id, model_short(m.id))}
    by_name.pop(UNDETERMINED, None)
    if (found := by_name.get(target.strip().casefold())) is not None and found != UNDETERMINED:
        return found
    ids = [m.id for m in MODELS if m.id != UNDETERMINED]
    near = difflib.get_close_matches(target.casefold(), by_name, 1)
    meant = f" (did you mean {by_name[near[0]]}?)" if near else ""
    raise NoWayError(
        f"--to “{shortened(target)}”: no governance model of that name{meant}; there are {join_words(ids)}"
    )
