"""What the reader chose, and the tables as they stand under that choice."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dashboard.data import cells, citations
from dashboard.data.cut import Cut, columns, everyone, once, once_for_frames, origin, places_of
from dashboard.data.overlay import added_companies, without
from dashboard.data.store import Tables
from dashboard.look.theme import OWN_SIGN, format_day, model_short, plural

#: What says from when a row is known, in tables that have it: figures of a period, counts of use, scores.
KNOWN_FROM = "known_date"
#: Else the day on which a row becomes a fact. What held on a day (labels, roles, releases, prices, ratings) is shown by all
#: that is known today, however late a document told of it; a figure that sums up a period is shown from the day that the
#: first document told it. Tables not listed here carry no date of their own.
DATED_BY = {
    "benchmark_scores": "score_date",
    "adoption": "observed_date",
    "commercial_levers": "since_date",
    "company_metrics": KNOWN_FROM,
    "exchange_rates": "rate_month",
    "feed_use": "use_date",
    "filings": "announced_date",
    "flagships": "since_date",
    "governance_assessments": "valid_from",
    "governance_events": "event_date",
    "governance_index": "valid_from",
    "governance_observations": "valid_from",
    "infrastructure": "announced_date",
    "model_prices": "price_date",
    "model_prices_converted": "price_date",
    "models": "release_date",
    "people": "valid_from",
    "people_moves": "move_date",
    "sources": "published_date",
    "transparency_scores": "published_date",
}

#: Days that may lie after the one shown: of our reading and checking, and of what is predicted or planned.
MAY_LIE_LATER = (
    "accessed_date",
    "checked_date",
    "decided_date",
    "due_date",
    "period_end_date",
    "read_date",
    "seen_date",
    "since_date",
    "verified_date",
)

HOME_COUNTRY = "CN"


@dataclass(frozen=True)
class Selection:
    """The one description of what is shown; an empty tuple means no restriction.

    Attributes:
        as_of: Facts dated after this day are not shown, periods that end later are shown as open.
        newest: The newest day of the snapshot; facts without a date are shown only from that day on.
        governance_models: Ids of governance models in force.
        company_types: Words of companies.company_type.
        companies: Company ids.
        basis: "reported" (what named sources call it) or "coded" (what the printed rule gives).
        outside: Companies outside China count like the others.
        count_own: Organisations that the reader put in count like the others; they are shown in any case.
        compare: The day that changes are counted from; None is twelve months before `as_of`.
        names: "en", "zh" or "both": how companies and model families are named.
        currency: "USD" or "CNY": what derived figures are expressed in.
        picked: What was picked for single charts or pages, as (name, option id) in order of name.
    """

    as_of: pd.Timestamp
    newest: pd.Timestamp
    governance_models: tuple[str, ...] = ()
    company_types: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    basis: str = "reported"
    outside: bool = False
    compare: pd.Timestamp | None = None
    names: str = "en"
    currency: str = "USD"
    picked: tuple[tuple[str, str], ...] = ()
    count_own: bool = False

    def pick(self, name: str, default: str = "") -> str:
        """What was picked under a name such as "positioning.y", or the default."""
        return dict(self.picked).get(name, default)

    def picking(self, name: str, option: str) -> Selection:
        """The same selection with one thing picked; "" takes the pick back."""
        picks = dict(self.picked) | {name: option}
        return replace(self, picked=tuple(sorted((k, v) for k, v in picks.items() if v)))

    @property
    def since(self) -> pd.Timestamp:
        """The day that changes are counted from."""
        return _year_before(self.as_of) if self.compare is None else self.compare

    @property
    def then(self) -> pd.Timestamp:
        """The day of comparison; never after the day shown."""
        return min(self.since, self.as_of)

    @property
    def days_words(self) -> str:
        """Both days in words: 25 Nov 2025 to 25 Nov 2026."""
        return f"{format_day(self.then)} to {format_day(self.as_of)}"

    @property
    def basis_words(self) -> str:
        """Whose word the governance models are, by the basis chosen."""
        return "as named sources report it" if self.basis == "reported" else "as the printed rule codes it"

    @property
    def is_narrowed(self) -> bool:
        """True when a filter on companies is on."""
        return bool(self.governance_models or self.company_types or self.companies)


@functools.lru_cache(maxsize=2_000)
def _year_before(day: pd.Timestamp) -> pd.Timestamp:
    """The day that changes are counted from where none was chosen: words of every change ask for it."""
    return day - pd.DateOffset(years=1)


def as_of(tables: Tables, selection: Selection) -> Cut:
    """The tables as they stood on the selection's day: later rows are gone, later ends are open."""

    def some(name: str, wanted: tuple[str, ...], at: pd.Index | None) -> pd.DataFrame | None:
        known = origin(tables, name)
        if name in _BY_OTHERS or not all(c in known for c in wanted):
            return None
        # How exact a day is goes with the day.
        days = [c.removesuffix("_precision") for c in wanted]
        read = dict.fromkeys((*wanted, *days, KNOWN_FROM, DATED_BY.get(name, "")))
        return _day_of(columns(tables, name, *(c for c in read if c in known), at=at), name, selection)

    return Cut(tables, lambda name: _on_day(tables, name, selection), some=some)


#: Tables whose rows on a day other columns or tables decide, too.
_BY_OTHERS = ("companies", "model_families", "claims")


def _on_day(tables: Tables, name: str, selection: Selection) -> pd.DataFrame:
    day, frame = selection.as_of, tables[name]
    if name == "governance_assessments" and "source_rank" not in frame:
        # Ranked while every document is at hand: one that appeared later may tell of this day.
        frame = frame.assign(source_rank=citations.source_rank(frame, tables["sources"]))
    frame = _day_of(frame, name, selection)
    if name == "companies":
        frame = frame[~(frame["founded_year"] > day.year).fillna(False)]
    elif name == "model_families":
        # A name for models is known from the first of them on.
        first = _first_models(origin(tables, "models"), origin(tables, name))
        at = places_of(origin(tables, name).index, frame.index.to_numpy())
        frame = kept(frame, ~(first[at] > day.to_datetime64()))
    elif name == "claims" and day < selection.newest:
        # A claim is known from the day its document appeared.
        appeared = _appeared(origin(tables, "claims"), origin(tables, "sources"))
        at = places_of(origin(tables, "claims").index, frame.index.to_numpy())
        frame = kept(frame, appeared[at] <= day.to_datetime64())
        # What a check found is a later fact than the claim.
        unchecked = frame["checked_date"] > day
        found = {c: frame[c].mask(unchecked) for c in ("evidence", "correct_value")}
        frame = frame.assign(verdict=frame["verdict"].mask(unchecked, "pending"), **found)
    return frame


def _day_of(frame: pd.DataFrame, name: str, selection: Selection) -> pd.DataFrame:
    """The rows of a table that were known on a day, later ends open."""
    day = selection.as_of
    undated_too = day >= selection.newest
    # An older build may know no such day.
    dated_by = KNOWN_FROM if KNOWN_FROM in frame else DATED_BY.get(name)
    if dated_by in frame:
        dates = frame[dated_by].to_numpy()
        # No comparison with a missing day is true.
        known = ~(dates > day.to_datetime64()) if undated_too else dates <= day.to_datetime64()
        frame = kept(frame, known)
    return _without_later_days(frame, day)


@once_for_frames
def _appeared(claims: pd.DataFrame, sources: pd.DataFrame) -> np.ndarray:
    """The day on which the document of each claim appeared."""
    days = sources.drop_duplicates("source_id").set_index("source_id")["published_date"]
    return days.reindex(claims["document_id"]).to_numpy()


@once_for_frames
def _first_models(models: pd.DataFrame, families: pd.DataFrame) -> np.ndarray:
    """The day of the first model of each family, none where no model has a day."""
    return models.groupby("family_id")["release_date"].min().reindex(families["family_id"]).to_numpy()


def kept(frame: pd.DataFrame, known: np.ndarray) -> pd.DataFrame:
    """Rows of a frame; all of them are the same frame, and the first ones a view of it: neither is a copy."""
    count = int(np.count_nonzero(known))
    if count == len(frame):
        return frame
    return frame.iloc[:count] if known[:count].all() else frame.take(np.flatnonzero(known))


def _without_later_days(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The frame with days after `day` taken out: an end that has not come yet is open."""
    emptied: dict[str, pd.Series] = {}
    for column, dtype in zip(frame.columns, frame.dtypes, strict=True):
        if dtype.kind != "M" or column in MAY_LIE_LATER:
            continue
        later = frame[column].to_numpy() > day.to_datetime64()
        if later.any():
            exact = f"{column}_precision"
            emptied |= {c: frame[c].mask(later) for c in (column, exact) if c in frame}
    return frame.assign(**emptied) if emptied else frame


@once_for_frames
def is_home(companies: pd.DataFrame) -> pd.Series:
    """Which companies are the field's: those of China, and a reader's own wherever they sit."""
    return (companies["country"] == HOME_COUNTRY) | companies["company_name"].str.endswith(OWN_SIGN)


def uncounted(tables: Tables, selection: Selection) -> frozenset[str]:
    """Ids of the reader's own companies that are shown and not counted: all but those named in the filter."""
    if selection.count_own:
        return frozenset()
    # Where companies were chosen, the rows that tell whose are whose were narrowed, too.
    return added_companies(everyone(tables)) - set(selection.companies)


def of_field(tables: Tables, selection: Selection) -> Tables:
    """The tables that the field is counted from: those given, without the reader's own companies unless asked for."""
    own = uncounted(tables, selection)
    return without(tables, own) if own else tables


def apart(frame: pd.DataFrame, tables: Tables, selection: Selection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the field, and those of the reader's own companies, which are shown and not counted.

    Args:
        frame: Rows with a company_id or a company_name; others are the field's.
        tables: Tables that tell whose companies these are.
        selection: Says whether own companies count.
    """
    own = uncounted(tables, selection)
    if not own:
        return frame, frame.iloc[:0]
    mine = pd.Series(False, frame.index)
    if "company_id" in frame:
        mine = frame["company_id"].isin(own)
    elif "company_name" in frame:
        mine = frame["company_name"].astype("str").str.contains(OWN_SIGN, regex=False).fillna(False)
    return frame[~mine], frame[mine]


def counted(
    frame: pd.DataFrame, tables: Tables, selection: Selection, noun: str, nouns: str | None = None
) -> str:
    """How many rows there are, the reader's own beside them: "31 models", "31 models and 2 of your own"."""
    field, mine = apart(frame, tables, selection)
    said = plural(len(field), noun, nouns)
    return f"{said} and {len(mine):,} of your own" if len(mine) else said


def earlier(selected: Tables, selection: Selection) -> Tables:
    """Tables that `apply` gave, taken back to the day of comparison; the same companies, where they existed."""
    return _back(selected, Selection(selection.then, selection.newest))


@once
def _back(selected: Tables, day: Selection) -> Cut:
    then = as_of(selected, day)
    whole = everyone(selected)
    if isinstance(selected, Cut) and whole is not selected:
        then.whole, then.mine = _back(whole, day), selected.mine
    return then


def named(frame: pd.DataFrame, column: str, names: str) -> pd.DataFrame:
    """The frame with names in the script the reader chose; a name without a Chinese form stays as it is."""
    if names == "en" or frame.empty:
        return frame
    zh = frame[f"{column}_zh"]
    wanted = zh if names == "zh" else frame[column] + " " + zh
    return frame.assign(**{column: wanted.where(zh.notna(), frame[column])})


@once
def names_by_id(tables: Tables) -> dict[str, str]:
    """Names of companies by id, as the reader chose them; what a view shows shares them."""
    return cells.by(tables["companies"], "company_id", "company_name")


def words(tables: Tables, selected: Tables, selection: Selection) -> str:
    """Says the selection in words: "3 of 31 organisations · Federated · as of 30 Jun 2026 · as coded"."""
    own = uncounted(tables, replace(selection, companies=()))
    both = (tables["companies"], selected["companies"])
    everyone, shown = (kept(c, ~c["company_id"].isin(own).to_numpy()) for c in both)
    counted = _counted(everyone, shown, selection.outside)
    if mine := len(selected["companies"]) - len(shown):
        counted += f" and {mine} of your own"
    parts = [f"**{counted}**"]
    parts.append(", ".join(model_short(m) for m in selection.governance_models) or "all governance models")
    if selection.company_types:
        parts.append(", ".join(COMPANY_TYPES[t].lower() for t in selection.company_types))
    parts.append(f"as of **{format_day(selection.as_of)}**, compared with {format_day(selection.since)}")
    parts.append(
        "as reported by named sources" if selection.basis == "reported" else "as coded by the printed rule"
    )
    return " · ".join(parts)


def _counted(everyone: pd.DataFrame, shown: pd.DataFrame, outside: bool) -> str:
    """How many organisations are shown, of how many: both of one set, or a word says which."""
    if outside:
        return f"{len(shown):,} of {len(everyone):,} organisations"
    all_home, shown_home = everyone["country"] == HOME_COUNTRY, shown["country"] == HOME_COUNTRY
    away = int((~shown_home).sum())
    said = f"{int(shown_home.sum()):,} of {int(all_home.sum()):,} organisations"
    if not away:
        return said
    # Named one by one, companies outside China are shown without counting like the others.
    beyond = f"{away:,} of {int((~all_home).sum()):,}"
    return (
        f"{said} and {beyond} outside China" if shown_home.any() else f"{beyond} organisations outside China"
    )


COMPANY_TYPES = {
    "giant": "Tech giants",
    "operator": "Telecom operators",
    "device_maker": "Device makers",
    "carmaker": "Carmakers",
    "chip_maker": "Chip makers",
    "robotics": "Robot makers",
    "startup": "Start-ups",
    "lab": "Labs",
}
