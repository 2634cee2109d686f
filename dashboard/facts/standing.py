"""What an edition says beside its changes: where the watched stand, what stayed, what came out, what happened elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from dashboard.data import cells, citations
from dashboard.data.cut import columns, once
from dashboard.data.overlay import added_companies
from dashboard.data.selection import is_home, kept
from dashboard.data.store import Tables
from dashboard.facts import changes, flagships, landscape, over_time, prices, ratings, windows
from dashboard.facts.edition import HEADINGS, States, heading, matters, what
from dashboard.facts.watch import Watch, among, watched_companies
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
    """One company.

    Attributes:
        company_name: Its name.
        what: What is known of it, in a sentence.
        source_ids: A list cell of the documents behind that.
        confidence: How firmly its label stands, a word of the data; "" without a label.
    """

    company_name: str
    what: str
    source_ids: str
    confidence: str


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
    confidence = ""
    for basis in (both.selection.basis, "coded"):
        periods = over_time.periods(tables, basis, cid)
        if len(periods) and is_missing(periods.iloc[-1]["valid_to"]):
            r = periods.iloc[-1]
            rule = "" if basis == both.selection.basis else ", by the printed rule"
            since = format_day(r["valid_from"], r["valid_from_precision"])
            agreed = landscape.agreement(tables, basis, cid)
            told = f" ({agreed})" if agreed else ""
            parts.append(f"{model_short(r['governance_model_id'])} since {since}{rule}{told}")
            cells.append(r["source_ids"])
            held = landscape.assessments_in_force(tables, basis)
            confidence = str(held.loc[held["company_id"] == cid, "confidence"].iloc[0])
            break
    else:
        parts.append("How AI is steered is not known")
    index = landscape.index_in_force(tables)
    if cid in index.index and not is_missing(index.loc[cid, "centralisation_index"]):
        parts.append(f"centralisation index {index.loc[cid, 'centralisation_index']:.0f} of 100")
        cells.append(index.loc[cid, "source_ids"])
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
    return Stand(name, "; ".join(parts), "; ".join(citations.split_ids(cells)), confidence)


def beside(both: States, watch: Watch, found: pd.DataFrame) -> list[str]:
    """What an edition says beside its changes, a sentence each: what stayed, came out, was opened, moved, is due next.

    Args:
        both: The two days.
        watch: Whose list.
        found: What changed that matters to the list (`edition.matters`).
    """
    sentences = (
        _steady(found),
        _released(both, watch),
        _opened_elsewhere(both, watch),
        _moves(both, watch),
        *_undercut(both, watch),
        _elsewhere(both, watch, found),
        _next_due(both, watch),
    )
    return [s for s in sentences if s]


def _steady(found: pd.DataFrame) -> str:
    told = set(found["kind"])
    words = [HEADINGS[k][0].lower() + HEADINGS[k][1:] for k in STEADY if k not in told]
    return f"On record for none of them: {join_words(words)}." if words else ""


#: What may be done with a model's weights, as it stands behind its name.
WEIGHTS = {"open": "open weights", "restricted": "weights open under limits", "closed": "closed"}


def _new_models(both: States) -> pd.DataFrame:
    """Models that came out between the two days."""
    return _released_since(both.now, both.selection.then, both.selection.as_of)


@once
def _released_since(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    models = columns(tables, "models", *_OF_NEW)
    days = models["release_date"].to_numpy()
    return kept(models, (days > first.to_datetime64()) & (days <= last.to_datetime64()))


_OF_NEW = ["model_id", "model_name", "company_id", "release_date", "release_date_precision", "weights"]


def _named_models(both: States, models: pd.DataFrame, told: Callable[[Any], list[str]]) -> str:
    names = cells.by(both.now["companies"], "company_id", "company_name")
    said = [
        f"{r.model_name} ({', '.join([str(names[r.company_id]), *told(r)])})"
        for r in _newest(models).itertuples()
    ]
    more = [f"{len(models) - MOST_NAMED:,} more"] if len(models) > MOST_NAMED else []
    return join_words([*said, *more])


def _newest(models: pd.DataFrame) -> pd.DataFrame:
    """The newest of models, at most as many as are named."""
    days = models["release_date"].nlargest(MOST_NAMED)
    newest = models[models["release_date"] >= days.iloc[-1]]
    newest = newest.sort_values(["release_date", "model_id"], ascending=[False, True], kind="stable")
    return newest.head(MOST_NAMED)


def _released(both: States, watch: Watch) -> str:
    first = min(both.selection.since, both.selection.as_of)
    ids = watched_companies(watch, both.now, both.selection)
    new = _new_models(both)
    new = new[among(new["company_id"], ids)]
    if new.empty:
        return f"No model of theirs was released since {format_day(first)}."

    def told(r: Any) -> list[str]:
        weights = [] if is_missing(r.weights) else [WEIGHTS[r.weights]]
        return [*weights, format_day(r.release_date, r.release_date_precision)]

    return f"Released since {format_day(first)}: {_named_models(both, new, told)}."


def _opened_elsewhere(both: States, watch: Watch) -> str:
    if watch.names_nothing:
        return ""
    ids = watched_companies(watch, both.now, both.selection)
    new = _new_models(both)
    home = set(both.now["companies"].loc[is_home(both.now["companies"]), "company_id"].tolist())
    new = new[new["weights"].eq("open") & among(new["company_id"], home - ids)]
    if new.empty:
        return "Nobody else in China is on record with new open weights."
    return f"Open weights outside the list: {_named_models(both, new, lambda r: [])}."


def _moves(both: States, watch: Watch) -> str:
    """People who came to or left the watched; those of a whole field are too many to name and are counted."""
    moves, first = both.now["people_moves"], min(both.selection.since, both.selection.as_of)
    ids = watched_companies(watch, both.now, both.selection)
    new = moves[(moves["move_date"] > first) & (moves["move_date"] <= both.selection.as_of)]
    new = new[among(new["from_company_id"], ids) | among(new["to_company_id"], ids)]
    if new.empty:
        return f"No move of a person from or to them is on record since {format_day(first)}."
    new = new.sort_values(["move_date", "move_id"], ascending=[False, True], kind="stable")
    # A move tells the part of the company as well; in another script the company is named as everywhere.
    called = (
        cells.by(both.now["companies"], "company_id", "company_name") if both.selection.names != "en" else {}
    )
    said = [
        f"{r.person_name} from {called.get(r.from_company_id, r.from_name)} to {called.get(r.to_company_id, r.to_name)} "
        f"({format_day(r.move_date, r.move_date_precision)})"
        for r in new.head(MOST_NAMED).itertuples()
    ]
    more = [f"{len(new) - MOST_NAMED:,} more"] if len(new) > MOST_NAMED else []
    return f"Moved: {join_words([*said, *more])}."


def _undercut(both: States, watch: Watch) -> list[str]:
    """Which flagships of the watched are listed below ours (else our dearest model); a sentence an own company."""
    tables, currency = both.now, both.selection.currency
    own = added_companies(tables)
    if not own:
        return []
    listed = prices.list_prices(tables, currency).set_index("model_id")["output_price_per_mtok"]
    models = tables["models"].set_index("model_id")
    names = tables["companies"].set_index("company_id")["company_name"]
    flags = flagships.flagships(tables)
    others = watched_companies(watch, tables, both.selection) - own
    costs = flagships.listed(tables, currency)
    costs = costs[costs.index.isin(others)]
    out = []
    for cid in sorted(own & set(models["company_id"]))[:MOST_TOLD]:
        mine = listed[listed.index.isin(models.index[models["company_id"] == cid])]
        if mine.empty or costs.empty:
            continue
        shown = flags["model_id"].get(cid)
        shown = shown if shown in mine.index else mine.idxmax()
        model, price = str(models.loc[shown, "model_name"]), float(mine[shown])
        below = costs[costs["output_price"] < price]
        said = [
            f"{r.model_name} ({names[r.Index]}) at {format_money(r.output_price, currency)}"
            for r in below.head(MOST_NAMED).itertuples()
        ]
        more = [f"{len(below) - MOST_NAMED:,} more"] if len(below) > MOST_NAMED else []
        under = join_words([*said, *more]) if said else "none"
        out.append(
            f"Below {model} of {names[cid]}, {format_money(price, currency)} a million tokens of output, of "
            f"{plural(len(costs), 'flagship')} with a list price: {under}."
        )
    return out


def _elsewhere(both: States, watch: Watch, found: pd.DataFrame) -> str:
    if watch.names_nothing:
        return ""
    every = matters(both, Watch())
    told = set(_keys(found))
    rest = every[[key not in told for key in _keys(every)]]
    if rest.empty:
        return "Nothing changed outside the list."
    read = ("kind", "before_model_id", "after_model_id")
    counts = Counter(cells.rows(rest, *read))
    headings: Counter[str] = Counter()
    for one, n in counts.items():
        headings[heading(dict(zip(read, one, strict=True)))] += n
    kinds = join_words([f"{n} × {said[0].lower()}{said[1:]}" for said, n in headings.items()])
    words = changes.told(rest.head(1), both.then, both.now, both.selection.basis)
    first = what(cells.records(words)[0]).split(". ")[0]
    return f"Outside the list {plural(len(rest), 'change')}: {kinds}. First of them: {first}."


def _keys(changed: pd.DataFrame) -> list[tuple[Any, ...]]:
    """What tells one change from another, row by row."""
    return list(cells.rows(changed, "kind", "company_id", "subject_id", "measure"))


def _next_due(both: States, watch: Watch) -> str:
    claims = both.now["claims"]
    rows = claims[(claims["verdict"] == "pending") & claims["due_date"].notna()]
    rows = rows[among(rows["company_id"], watched_companies(watch, both.now, both.selection))]
    ends = [windows.last_day(*one) for one in cells.rows(rows, "due_date", "due_date_precision")]
    rows = rows.assign(_end=pd.Series(ends, index=rows.index, dtype="datetime64[us]"))
    ahead = rows[rows["_end"] > both.selection.as_of].sort_values(["_end", "claim_id"], kind="stable")
    if ahead.empty:
        return "No dated prediction about them is open."
    r = ahead.iloc[0]
    claim = str(r["claim"]).rstrip(".")
    return f"Next to fall due: “{claim}”, {format_day(r['due_date'], r['due_date_precision'])}."


__all__ = ["Stand", "beside", "stands"]
