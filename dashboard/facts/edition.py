"""What an edition says: changes that matter to a watch list, ranked; why they matter; what falls due; what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import columns, once
from dashboard.data.selection import HOME_COUNTRY, Selection, as_of, earlier, uncounted
from dashboard.data.store import Tables
from dashboard.facts import change_kinds, changes, flagships, landscape, prices, ratings, windows
from dashboard.facts.watch import Watch, among, mask, people_named, watched_companies
from dashboard.look import theme

RANK = (
    "Ranked: governance model (a move before a model known for the first time) > leader > reorganisation > flagship > price > score > stated figure > claim > correction; "
    "within one of these newest first, then by name"
)
HEADINGS = {
    "governance": "New governance model",
    "first": "Governance model known for the first time",
    "lost": "Governance model no longer known",
    "leader": "New lead of AI",
    "reorganisation": "Reorganisation",
    "flagship": "New flagship",
    "price": "New price",
    "score": "New best score",
    "figure": "New figure",
    "claim": "Claim checked",
}
#: What has changed, by kind: one, and several.
NOUNS = {
    "governance": ("governance model", "governance models"),
    "leader": ("lead of AI", "leads of AI"),
    "reorganisation": ("reorganisation", "reorganisations"),
    "flagship": ("flagship", "flagships"),
    "price": ("price", "prices"),
    "score": ("best score", "best scores"),
    "figure": ("stated figure", "stated figures"),
    "claim": ("claim checked", "claims checked"),
}
#: Days ahead for which claims that fall due are named.
AHEAD = pd.Timedelta(days=92)


@dataclass(frozen=True)
class States:
    """Two states of all companies that an edition sets against each other, and the selection that they stand under."""

    then: Tables
    now: Tables
    selection: Selection


def states(now: Tables, selection: Selection) -> States:
    """The two days of a selection; `now` holds all companies of its day, those outside China too."""
    return States(earlier(now, selection), now, selection)


def items(both: States, watch: Watch) -> pd.DataFrame:
    """What changed that matters to a watch list.

    Returns:
        The columns of `changes.between`, with heading (kind in words), what (a sentence), why (why it matters, by rule;
        "" where nothing can be said), day (in words); in the order of RANK.
    """
    return told(matters(both, watch), both)


def matters(both: States, watch: Watch) -> pd.DataFrame:
    """What changed that matters to a watch list, before it is told: rows of `changes.found`, in the order of RANK."""
    return (
        _of_field(both.now, both.selection) if watch == Watch() else _matters(both.now, both.selection, watch)
    )


def _matters(now: Tables, selection: Selection, watch: Watch) -> pd.DataFrame:
    measures = tuple(sorted({*ratings.GENERAL, *watch.measures}))
    found = changes.found_since(now, selection, tuple(changes.KINDS), measures)
    kind, day = found["kind"].to_numpy(), found["change_date"].to_numpy()
    wanted = (kind == "governance") | ~np.isnat(day)
    # A document found late tells of days before: the correction of an earlier edition, not news of this one.
    late = day <= selection.then.to_datetime64()
    for one in ("reorganisation", "price", "figure"):
        wanted &= ~(late & (kind == one))
    # A statement of an article that was checked is news where it is a prediction, or named on the list.
    is_claim = np.flatnonzero(kind == "claim")
    claims = now["claims"]
    news = {*claims.loc[claims["claim_kind"] == "prediction", "claim_id"].tolist(), *watch.claims}
    wanted[is_claim] &= among(found["subject_id"].iloc[is_claim], news)
    found = found[wanted]
    ids = watched_companies(watch, now, selection)
    found = found[mask(found, watch, ids) | people_named(found, watch, now)]
    return _ranked(found, now)


@once
def _of_field(now: Tables, selection: Selection) -> pd.DataFrame:
    """What matters to a list that names nothing: every other list says what changed beside it."""
    return _matters(now, selection, Watch())


def _ranked(found: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    kind, before, after, day = (
        found[c].to_numpy() for c in ("kind", "before_model_id", "after_model_id", "change_date")
    )
    order = 2 * found["kind"].map({k: n for n, k in enumerate(changes.KINDS)}).to_numpy()
    order += (kind == "governance") & ((before == landscape.UNDETERMINED) | (after == landscape.UNDETERMINED))
    # The newest first, those without a day last; those of nobody before all names.
    age = np.where(np.isnat(day), np.iinfo("int64").max, -day.astype("int64"))
    names = _places_by_name(tables)
    name = np.fromiter((names.get(c, -1) for c in found["company_id"].tolist()), "int64", len(found))
    places = np.lexsort((name, age, order))
    same = np.flatnonzero(np.all([np.diff(by[places]) == 0 for by in (order, age, name)], axis=0))
    if len(same):
        # Of several of one day and company by their subjects.
        ids = np.zeros(len(found), dtype="int64")
        alike = np.unique([same, same + 1])
        _, ids[places[alike]] = np.unique(
            found["subject_id"].to_numpy()[places[alike]].astype("U"), return_inverse=True
        )
        places = np.lexsort((ids, name, age, order))
    return found.take(places).reset_index(drop=True)


@once
def _places_by_name(tables: Tables) -> dict[str, int]:
    """Where the name of each company stands among all."""
    names = [str(name).casefold() for name in tables["companies"]["company_name"].tolist()]
    place = {name: n for n, name in enumerate(sorted(set(names)))}
    return dict(zip(tables["companies"]["company_id"].tolist(), map(place.get, names), strict=True))  # type: ignore[arg-type]


def told(found: pd.DataFrame, both: States) -> pd.DataFrame:
    """Changes in words: rows of `matters`, with what `items` adds."""
    rows = changes.told(found, both.then, both.now, both.selection.basis)
    records = cells.records(rows)
    facts = _Facts(both, records)
    whys: list[str] = []
    before: set[str] = set()
    for r in records:
        said = " ".join(facts.why(r))
        # What holds of the company and not of this change alone is said with the first of its changes.
        whys.append("" if said in before and r["kind"] == "reorganisation" else said)
        before.add(said)
    return rows.assign(
        heading=pd.Series([heading(r) for r in records], dtype="str"),
        what=pd.Series([what(r) for r in records], dtype="str"),
        why=pd.Series(whys, dtype="str"),
        day=pd.Series([_day(r) for r in records], dtype="str"),
        confidence=pd.Series(_confidences(both.now, records), dtype="str"),
    )


def heading(r: dict[str, Any]) -> str:
    """The kind of a change in words."""
    label = r["kind"] == "governance" and changes.moved(r["before_model_id"], r["after_model_id"])
    return HEADINGS[label if label in ("first", "lost") else r["kind"]]


def by_kind(kinds: Iterable[str], most: int = 0) -> str:
    """Changes counted by kind in the order of RANK: "2 governance models, 1 lead of AI and 71 stated figures".

    Args:
        kinds: The kind of each change.
        most: Kinds named at most, those behind them counted together; 0 names all.
    """
    count = Counter(kinds)
    named = [(count[kind], words) for kind, words in NOUNS.items() if count[kind]]
    if 0 < most < len(named) - 1:
        rest = sum(n for n, _ in named[most:])
        named = [*named[:most], (rest, ("more change", "more changes"))]
    return theme.join_words([theme.plural(n, *words) for n, words in named])


def _confidences(tables: Tables, records: list[dict[str, Any]]) -> list[str | None]:
    """How firmly each change stands: the word of the row that tells it; of several, of the one with its documents."""
    subjects: dict[str, set[str]] = {}
    for r in records:
        subjects.setdefault(r["kind"], set()).add(r["subject_id"])
    # Documents and word of rows, by kind, subject and company; of anyone's where the company is None.
    rows: dict[tuple[str, str, str | None], list[tuple[str, str | None]]] = {}
    of_companies: set[str] = set()
    for kind, ids in subjects.items():
        name, column = changes.TOLD_BY[kind]
        known = tables[name]
        if "company_id" in known:
            of_companies.add(kind)
            whose = {r["company_id"] for r in records if r["kind"] == kind}
            if not any(map(theme.is_missing, whose)):
                known = known[among(known["company_id"], whose)]
        known = known[among(known[column], ids) & known["confidence"].notna()]
        read = (known[c].tolist() for c in (column, "source_ids", "confidence"))
        companies = known["company_id"].tolist() if kind in of_companies else [None] * len(known)
        for subject, sources, word, company in zip(*read, companies, strict=True):
            for of in {company, None}:
                rows.setdefault((kind, subject, of), []).append((sources, word))
    said: list[str | None] = []
    for r in records:
        anyone = r["kind"] not in of_companies or theme.is_missing(r["company_id"])
        mine = rows.get((r["kind"], r["subject_id"], None if anyone else r["company_id"]), [])
        same = [word for sources, word in mine if sources == r["source_ids"]]
        said.append((same or [word for _, word in mine] or [None])[-1])
    return said


def _day(r: dict[str, Any]) -> str:
    """Day of a change in words; of a flagship that of its release, which is older where only its rating is new."""
    if theme.is_missing(r["change_date"]):
        return ""
    said = theme.format_day(r["change_date"], r["change_date_precision"])
    return f"released {said}" if r["kind"] == "flagship" else said


def what(r: dict[str, Any]) -> str:
    """One change as a sentence, without its day."""
    who = "" if theme.is_missing(r["company_name"]) else str(r["company_name"])
    before = None if theme.is_missing(r["before"]) else str(r["before"])
    after = None if theme.is_missing(r["after"]) else str(r["after"])
    reason = "" if theme.is_missing(r["reason"]) else str(r["reason"])
    kind = r["kind"]
    if kind == "governance":
        old, new = theme.model_inside(r["before_model_id"]), theme.model_inside(r["after_model_id"])
        said = {
            "moved": f"{who}: from {old} to {new}",
            "first": f"{who}: described as {new}; its model was not known before",
            "lost": f"{who}: its model is not known any more; it was {old}",
        }[changes.moved(r["before_model_id"], r["after_model_id"])]
        return f"{said}; {reason}" if reason else said
    if kind == "leader":
        return f"{who}: {after} ({reason}) leads AI, after {before}"
    if kind == "reorganisation":
        detail = "" if theme.is_missing(r["reason_detail"]) else f". {r['reason_detail']}"
        return f"{who}: {reason}{detail}".rstrip(".")
    if kind == "flagship":
        return f"{who}: {after} is the flagship{f', after {before}' if before else ''}"
    if kind == "price":
        return f"{who}: a million tokens of output of {reason} cost {after} at {r['reason_detail']}, {before} before"
    if kind == "score":
        return f"{who}: {after} on {reason}{f'; {before} before' if before else ''}"
    if kind == "figure":
        # Periods differ: the year's first rounds do not replace one month's.
        return f"{who}: {reason} {after}{f'; stated before: {before}' if before else ''}"
    return f"{f'{who}: ' if who else ''}“{reason}” is {after}{f', {before} before' if before else ''}"


class _Facts:
    """What the sentences on why something matters are read from, each found once."""

    def __init__(self, both: States, records: list[dict[str, Any]]) -> None:
        self._both = both
        self._records = records
        self._kept: dict[str, Any] = {}
        companies = both.now["companies"]
        home = set(companies.loc[companies["country"] == HOME_COUNTRY, "company_id"])
        self._home = home - uncounted(both.now, both.selection)
        self._names = cells.by(companies, "company_id", "company_name")

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def why(self, r: dict[str, Any]) -> list[str]:
        """Sentences that hold of one change; none where the data supports none."""
        rules = {
            "governance": self._label,
            "leader": self._lead,
            "reorganisation": self._event,
            "flagship": self._model,
            "price": self._price,
            "score": self._score,
            "figure": self._figure,
            "claim": self._claim,
        }
        return [s for s in rules[r["kind"]](r) if s]

    def _labels(self, which: str) -> Counter[str]:
        tables = self._both.now if which == "now" else self._both.then
        found = landscape.labels_in_force(tables, self._both.selection.basis)
        return Counter(m for c, m in found.items() if c in self._home and m != landscape.UNDETERMINED)

    def _label(self, r: dict[str, Any]) -> list[str]:
        now, then = (self._once(w, partial(self._labels, w)) for w in ("now", "then"))
        new, old = r["after_model_id"], r["before_model_id"]
        said = []
        if new == landscape.UNDETERMINED:
            return ["No document at hand says how AI is steered now."]
        # How sure a new label is: what other documents in force call it.
        if agreed := landscape.agreement(self._both.now, self._both.selection.basis, r["company_id"]):
            said.append(f"{agreed}.")
        if r["company_id"] not in self._home or now.total() < 3:
            return said
        more = f", {then[new]:,} before" if now[new] != then[new] else ""
        of = f"{now[new]:,} of {now.total():,} organisations with a known model"
        said.append(f"{of} are {theme.model_inside(new)} now{more}.")
        if old in then and old not in now:
            said.append(f"No organisation is {theme.model_inside(old)} any more.")
        return said

    def _lead(self, r: dict[str, Any]) -> list[str]:
        first = self._both.selection.as_of - pd.DateOffset(years=2)
        found = windows.leader_changes(self._both.now, r["company_id"], first, self._both.selection.as_of)
        leads = self._both.then["people"]
        old = leads[(leads["person_id"] == r["before_id"]) & (leads["company_id"] == r["company_id"])]
        began = old.loc[old["is_ai_lead"].astype(bool), "valid_from"].min()
        said = []
        if pd.notna(began) and not theme.is_missing(r["change_date"]) and began < r["change_date"]:
            months = round((r["change_date"] - began).days / 30.4)
            said.append(f"The one before led for {theme.plural(months, 'month')}.")
        if found.value and found.value > 2:
            said.append(f"{found.value:.0f} people came or went at the top of its AI in two years.")
        return said

    def _events_of_the_year(self) -> tuple[dict[str, int], float]:
        last, events = self._both.selection.as_of, landscape.reorganisations(self._both.now)
        year = events[(events["event_date"] > last - pd.DateOffset(years=1)) & (events["event_date"] <= last)]
        counts = year[year["company_id"].isin(self._home)]["company_id"].value_counts()
        return {str(c): int(n) for c, n in counts.items()}, float(counts.median())

    def _event(self, r: dict[str, Any]) -> list[str]:
        counts, median = self._once("events", self._events_of_the_year)
        mine = counts.get(r["company_id"], 0)
        # Beside one or two others a median says nothing.
        if mine < 2 or len(counts) < 3:
            return []
        said = f"Its {theme.plural(mine, 'dated change')} in twelve months"
        if mine > median:
            return [
                f"{said} compare with {median:g} at the median of {len(counts):,} organisations that had any."
            ]
        return [f"{said} are no more than at the median of {len(counts):,} organisations that had any."]

    def _model(self, r: dict[str, Any]) -> list[str]:
        now = self._both.now
        weights = self._once("weights", self._weights)
        new, old = weights[r["subject_id"]], weights.get(r["before_id"])
        said = []
        if not theme.is_missing(new) and not theme.is_missing(old) and new != old:
            words = {"open": "open", "restricted": "open under limits", "closed": "closed"}
            said.append(f"Its weights are {words[new]}; those of the one before are {words[str(old)]}.")
        rated = self._once("arena", self._ratings)
        if r["subject_id"] in rated and r["before_id"] in rated:
            by = rated[r["subject_id"]] - rated[r["before_id"]]
            if abs(by) >= 1:
                said.append(
                    f"It is rated {abs(by):.0f} points {'above' if by > 0 else 'below'} it in the Arena."
                )
        price = "output_price_per_mtok"
        listed = self._once("listed", lambda: cells.by(prices.best_offers(now, "USD"), "model_id", price))
        if r["subject_id"] in listed and r["before_id"] in listed:
            times = listed[r["subject_id"]] / listed[r["before_id"]]
            if times >= 1.1 or times <= 0.9:
                said.append(f"It costs {times:.1f} times as much a token of output.")
        return said

    def _ratings(self) -> dict[str, float]:
        models, scores, _ = ratings.best_of_models(self._both.now, ratings.ARENA)
        return dict(zip(models.tolist(), scores.tolist(), strict=True))

    def _weights(self) -> dict[str, Any]:
        """What may be done with the weights of models that are or were a flagship."""
        ids = {r[c] for r in self._records if r["kind"] == "flagship" for c in ("subject_id", "before_id")}
        models = columns(self._both.now, "models", "model_id", "weights")
        return cells.by(models[among(models["model_id"], ids)], "model_id", "weights")

    def _price(self, r: dict[str, Any]) -> list[str]:
        flag = flagships.picked(self._both.now).get(r["company_id"])
        return ["It is the company’s flagship."] if flag and flag.model_id == r["subject_id"] else []

    def _score(self, r: dict[str, Any]) -> list[str]:
        best = self._once(f"best {r['measure']}", lambda: self._best_here(r["measure"]))
        if r["company_id"] not in best or len(best) < 3:
            return []
        own = best[r["company_id"]]
        place = sum(score > own for score in best.values()) + 1
        level = [self._names[c] for c, score in best.items() if score == own and c != r["company_id"]]
        scope = f"of {len(best):,} organisations in China with a score"
        if place == 1:
            return [f"First {scope}{f', level with {theme.join_words(level, 3)}' if level else ''}."]
        unit = self._both.now["benchmarks"].set_index("benchmark_id").loc[r["measure"], "unit"]
        first, score = next(iter(best.items()))
        return [f"Place {place} {scope}; {self._names[first]} leads with {theme.format_score(score, unit)}."]

    def _best_here(self, measure: str) -> dict[str, float]:
        """Best scores of the companies in China, best first."""
        best = change_kinds.best_of_companies(self._both.now, measure)["score"]
        return {c: score for c, score in best.to_dict().items() if c in self._home}

    def _figures(self) -> dict[str, dict[str, Any]]:
        """What companies state of themselves, by id, as far as the changes tell of it."""
        ids = {r[c] for r in self._records if r["kind"] == "figure" for c in ("subject_id", "before_id")}
        rows = self._both.now["company_metrics"]
        return cells.by_label(rows[rows["metric_id"].isin(ids)].set_index("metric_id"))

    def _figure(self, r: dict[str, Any]) -> list[str]:
        rows = self._once("figures", self._figures)
        if theme.is_missing(r["before_id"]) or r["before_id"] not in rows:
            return []
        new, old = rows[r["subject_id"]], rows[r["before_id"]]
        span = _length(new["period"])
        same = all(str(new[c]) == str(old[c]) for c in ("currency", "unit"))
        if not span or span != _length(old["period"]) or not same:
            return []
        was, is_now, then = old["value"], new["value"], theme.period_words(str(old["period"]))
        if str(new["unit"]).startswith("percent"):
            # A share of a share would be read as points.
            by = is_now - was
            return (
                [f"{theme.plural(round(abs(by)), 'point')} {'up' if by > 0 else 'down'} on {then}."]
                if abs(by) >= 1
                else []
            )
        if was * is_now < 0:
            return [f"It was {'above' if was > 0 else 'below'} zero in {then}."]
        by = (is_now / was - 1) * 100 if was > 0 else 0
        return [f"{abs(by):.0f} % {'more' if by > 0 else 'less'} than in {then}."] if abs(by) >= 1 else []

    def _claim(self, r: dict[str, Any]) -> list[str]:
        return [] if theme.is_missing(r["reason_detail"]) else [str(r["reason_detail"]).rstrip(".") + "."]


def _length(period: object) -> str:
    """What kind of period it is: "quarter", "year", or "" where two of them cannot be compared."""
    text = str(period)
    return "quarter" if len(text) == 7 and text[4:6] == "-Q" else "year" if text.isdecimal() else ""


# --- Corrections, what falls due, what is unknown ---


def corrections(old: Tables, new: Tables, selection: Selection, watch: Watch) -> pd.DataFrame:
    """What the data says of a past day otherwise than the build that an earlier edition rests on.

    Args:
        old: Every table of the build that the earlier edition rests on.
        new: Every table of the newest build.
        selection: Its `since` is the past day.
        watch: Whose list.

    Returns:
        As `items`; `what` tells what stood before and what stands now, `why` is empty.
    """
    day = selection.then
    # The day after is taken for the newest on both sides, so that facts without a day count on neither.
    past = replace(selection, as_of=day, newest=day + pd.Timedelta(days=1))
    then, now = as_of(old, past), as_of(new, past)
    # A benchmark or company that only one build knows is no correction of the other.
    measures = {*ratings.GENERAL, *watch.measures}
    found = changes.between(then, now, selection.basis, changes.KINDS, measures)
    gone = _withdrawn(old, new, then, now)
    if len(gone):
        found = pd.concat([found, gone], ignore_index=True)
    known_then = set(then["companies"]["company_id"])
    found = found[found["company_id"].isna() | found["company_id"].isin(known_then)]
    ids = watched_companies(watch, new, selection)
    found = found[mask(found, watch, ids)].reset_index(drop=True)
    records = cells.records(found)
    return found.assign(
        heading=pd.Series(["Correction"] * len(found), dtype="str"),
        what=pd.Series([_corrected(r, day) for r in records], dtype="str"),
        why=pd.Series([""] * len(found), dtype="str"),
        day=pd.Series([_day(r) for r in records], dtype="str"),
    )


def _withdrawn(old: Tables, new: Tables, then: Tables, now: Tables) -> pd.DataFrame:
    """Reorganisations that the earlier build had by that day, and that no row tells any more."""
    back = changes.between(now, then, kinds=("reorganisation",))
    back = back[~back["subject_id"].isin(new["governance_events"]["event_id"])]
    return back.assign(kind="withdrawn")


def _corrected(r: dict[str, Any], day: pd.Timestamp) -> str:
    who = "" if theme.is_missing(r["company_name"]) else f"{r['company_name']}: "
    on = theme.format_day(day)
    if r["kind"] == "withdrawn":
        return f"{who}“{r['reason']}”, told by {on}, is withdrawn: no document at hand supports it"
    if r["kind"] == "reorganisation":
        return f"{who}“{r['reason']}” happened by {on} and was not told then"
    if r["kind"] == "governance":
        was, is_now = (
            "not known" if m == landscape.UNDETERMINED else theme.model_inside(m)
            for m in (r["before_model_id"], r["after_model_id"])
        )
        return f"{who}was told as {was} on {on}; by the documents it is {is_now}"
    if r["kind"] == "claim":
        return f"{who}“{r['reason']}” was {r['before'] or 'not told'} on {on}; it is {r['after']}"
    subject = {
        "leader": "the lead of AI",
        "flagship": "the flagship",
        "price": f"a million tokens of output of {r['reason']} at {r['reason_detail']}",
    }.get(r["kind"]) or str(r["reason"])
    before = "not known" if theme.is_missing(r["before"]) else str(r["before"])
    return f"{who}{subject} on {on} was told as {before}; it was {r['after']}"


def due(both: States, watch: Watch) -> pd.DataFrame:
    """Predictions about what is watched that are open and fall due within three months, or are overdue.

    Returns:
        claim_id, company_id, company_name, claim, due_date (last day), due (in words), is_over, source_ids; by day.
    """
    claims = both.now["claims"]
    rows = claims[(claims["verdict"] == "pending") & claims["due_date"].notna()]
    ids = watched_companies(watch, both.now, both.selection)
    mine = rows["company_id"].isin(ids) | rows["claim_id"].isin(watch.claims)
    if watch.names_nothing:
        mine |= rows["company_id"].isna()
    rows = rows[mine]
    day = both.selection.as_of
    # None falls due before its first day.
    rows = rows[rows["due_date"] <= day + AHEAD]
    days = list(cells.rows(rows, "due_date", "due_date_precision"))
    ends = pd.Series([windows.last_day(*one) for one in days], rows.index, dtype="datetime64[us]")
    rows = rows.assign(due=[theme.format_day(*one) for one in days], due_date=ends, is_over=ends < day)
    rows = rows[rows["due_date"] <= day + AHEAD].sort_values(["due_date", "claim_id"], kind="stable")
    names = both.now["companies"].set_index("company_id")["company_name"]
    rows = rows.assign(company_name=rows["company_id"].map(names))
    return rows[
        ["claim_id", "company_id", "company_name", "claim", "due_date", "due", "is_over", "source_ids"]
    ].reset_index(drop=True)


def gaps(both: States, watch: Watch) -> list[tuple[str, list[str], int]]:
    """What no document at hand says: the gap in words, ids of the watched companies that have it, and of how many."""
    tables, basis = both.now, both.selection.basis
    ids = watched_companies(watch, tables, both.selection)
    here = [c for c in tables["companies"]["company_id"].tolist() if c in ids]
    labels = landscape.labels_in_force(tables, basis)
    leads = set(landscape.leads_in_force(tables).index.tolist())
    flags = {c: one.model_id for c, one in flagships.picked(tables).items()}
    made = [c for c in here if c in flags]
    listed = set(prices.best_offers(tables, "USD")["model_id"].tolist())
    rated = set(ratings.best_of_models(tables, ratings.ARENA)[0].tolist())
    metrics = tables["company_metrics"]
    stated = set(metrics.loc[metrics["value"].notna(), "company_id"].tolist())
    unlabelled = [c for c in here if labels.get(c, landscape.UNDETERMINED) == landscape.UNDETERMINED]
    every = [
        ("How AI is steered", unlabelled, len(here)),
        ("Who leads AI", [c for c in here if c not in leads], len(here)),
        (
            "The list price of the flagship",
            [c for c in made if flags[c] not in listed],
            len(made),
        ),
        (
            "The flagship’s Arena rating",
            [c for c in made if flags[c] not in rated],
            len(made),
        ),
        ("Any figure on money or use", [c for c in here if c not in stated], len(here)),
    ]
    return [g for g in every if g[1]]


def unknown(both: States, watch: Watch) -> list[str]:
    """The gaps of the watched companies, one sentence each; names where they are few."""
    names = cells.by(both.now["companies"], "company_id", "company_name")
    out = []
    for gap, missing, of in gaps(both, watch):
        few = len(missing) <= 4
        which = (
            theme.join_words([str(names[c]) for c in missing])
            if few
            else f"{len(missing):,} of {of:,} organisations watched"
        )
        out.append(f"{gap} is not known of {which}.")
    return out


__all__ = [
    "HEADINGS",
    "RANK",
    "States",
    "corrections",
    "due",
    "gaps",
    "items",
    "states",
    "unknown",
    "what",
]
