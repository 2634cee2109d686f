"""What an edition says beside its changes: where the watched stand, what stayed, what came out, what happened elsewhere."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import pandas as pd

from dashboard.data import citations
from dashboard.data.overlay import added_companies
from dashboard.facts import flagships, landscape, prices, ratings, windows
from dashboard.facts.edition import HEADINGS, States, heading, matters, what
from dashboard.facts.watch import Watch, watched_companies
from dashboard.look.theme import (
    day_known,
    format_day,
    format_money,
    is_missing,
    join_words,
    model_short,
    plural,
)

#: Companies up to which a list is told one by one, and releases that are named.
MOST_TOLD, MOST_NAMED = 6, 6
#: Kinds of change whose absence is said.
STEADY = ("governance", "leader", "reorganisation", "flagship", "price", "score")


class Stand(NamedTuple):
    """One company: its name, what is known of it in a sentence, and a list cell of the documents behind that."""

    company_name: str
    what: str
    source_ids: str


def stands(both: States, watch: Watch) -> list[Stand]:
    """How each watched company is steered, who leads, and what its flagship is; a reader's own stand behind them.

    A list that names nothing, or more companies than can be told one by one, is told of none.
    """
    tables = both.now
    names = tables["companies"].set_index("company_id")["company_name"]
    ids = watched_companies(watch, tables, both.selection) & set(names.index)
    if watch.names_nothing or not 0 < len(ids) <= MOST_TOLD:
        return []
    order = sorted(ids, key=lambda c: str(names[c]).casefold())
    own = [c for c in sorted(added_companies(tables) - ids) if c in names.index][:MOST_TOLD]
    return [_stand(both, c, str(names[c])) for c in (*order, *own)]


def _stand(both: States, cid: str, name: str) -> Stand:
    tables = both.now
    parts: list[str] = []
    cells: list[str] = []
    for basis in (both.selection.basis, "coded"):
        periods = landscape.periods(tables, basis, cid)
        if len(periods) and is_missing(periods.iloc[-1]["valid_to"]):
            r = periods.iloc[-1]
            rule = "" if basis == both.selection.basis else ", by the printed rule"
            since = format_day(r["valid_from"], r["valid_from_precision"])
            parts.append(f"{model_short(r['governance_model_id'])} since {since}{rule}")
            cells.append(r["source_ids"])
            break
    else:
        parts.append("How AI is steered is not known")
    leads = landscape.leads_in_force(tables)
    if cid in leads.index:
        r = leads.loc[cid]
        since = day_known(r["valid_from"], r["valid_from_precision"], " since {}")
        parts.append(f"{r['person_name']} leads AI{since}")
        cells.append(r["source_ids"])
    flags = flagships.flagships(tables)
    if cid in flags.index:
        r = flags.loc[cid]
        day = format_day(r["release_date"], r["release_date_precision"])
        said = f"the flagship is {r['model_name']}, released {day}"
        cells.append(r["source_ids"])
        listed = prices.list_prices(tables, both.selection.currency).set_index("model_id")
        if r["model_id"] in listed.index:
            price = listed.loc[r["model_id"]]
            cost = format_money(price["output_price_per_mtok"], both.selection.currency)
            said += f", at {cost} a million tokens of output"
            cells.append(price["price_source_ids"])
        parts.append(said)
    rated = ratings.arena(tables)
    best = rated[rated["company_id"] == cid]
    if len(best):
        parts.append(f"best Arena rating {best['arena_rating'].iloc[0]:,.0f}, {best['model_label'].iloc[0]}")
        cells.append(best["rating_source_ids"].iloc[0])
    return Stand(name, "; ".join(parts), "; ".join(citations.split_ids(cells)))


def beside(both: States, watch: Watch, found: pd.DataFrame) -> list[str]:
    """What stayed as it was, what was released, what changed outside the list, and what falls due next; a sentence each.

    Args:
        both: The two days.
        watch: Whose list.
        found: The changes that are told (`edition.items`).
    """
    sentences = (
        _steady(found),
        _released(both, watch),
        _elsewhere(both, watch, found),
        _next_due(both, watch),
    )
    return [s for s in sentences if s]


def _steady(found: pd.DataFrame) -> str:
    told = set(found["kind"])
    words = [HEADINGS[k][0].lower() + HEADINGS[k][1:] for k in STEADY if k not in told]
    return f"On record for none of them: {join_words(words)}." if words else ""


def _released(both: States, watch: Watch) -> str:
    tables, first = both.now, min(both.selection.since, both.selection.as_of)
    models = tables["models"]
    ids = watched_companies(watch, tables, both.selection)
    new = models[models["company_id"].isin(ids) & (models["release_date"] > first)]
    new = new[new["release_date"] <= both.selection.as_of]
    if new.empty:
        return f"No model of theirs was released since {format_day(first)}."
    new = new.sort_values(["release_date", "model_id"], ascending=[False, True], kind="stable")
    names = tables["companies"].set_index("company_id")["company_name"]
    told = [
        f"{r.model_name} ({names[r.company_id]}, {format_day(r.release_date, r.release_date_precision)})"
        for r in new.head(MOST_NAMED).itertuples()
    ]
    more = [f"{len(new) - MOST_NAMED} more"] if len(new) > MOST_NAMED else []
    return f"Released since {format_day(first)}: {join_words([*told, *more])}."


def _elsewhere(both: States, watch: Watch, found: pd.DataFrame) -> str:
    if watch.names_nothing:
        return ""
    keys = ["kind", "company_id", "subject_id", "measure"]
    every = matters(both, Watch())
    told = set(map(tuple, found[keys].astype("str").to_numpy()))
    rest = every[[tuple(k) not in told for k in every[keys].astype("str").to_numpy()]]
    if rest.empty:
        return "Nothing changed outside the list."
    records = rest.to_dict("records")
    counts = Counter(heading(r) for r in records)
    kinds = join_words([f"{n} × {said[0].lower()}{said[1:]}" for said, n in counts.items()])
    first = what(records[0]).split(". ")[0]
    return f"Outside the list {plural(len(rest), 'change')}: {kinds}. First of them: {first}."


def _next_due(both: States, watch: Watch) -> str:
    claims = both.now["claims"]
    rows = claims[(claims["verdict"] == "pending") & claims["due_date"].notna()]
    rows = rows[rows["company_id"].isin(watched_companies(watch, both.now, both.selection))]
    ends = [windows.last_day(d, p) for d, p in zip(rows["due_date"], rows["due_date_precision"], strict=True)]
    rows = rows.assign(_end=pd.Series(ends, index=rows.index, dtype="datetime64[us]"))
    ahead = rows[rows["_end"] > both.selection.as_of].sort_values(["_end", "claim_id"], kind="stable")
    if ahead.empty:
        return "No dated prediction about them is open."
    r = ahead.iloc[0]
    claim = str(r["claim"]).rstrip(".")
    return f"Next to fall due: “{claim}”, {format_day(r['due_date'], r['due_date_precision'])}."


__all__ = ["Stand", "beside", "stands"]
