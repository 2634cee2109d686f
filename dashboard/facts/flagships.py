"""Which model is a company's flagship on a day, by a printed rule, and why it is that one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.cut import everyone, has_rows, once_each, once_for_frames, origin, places_of
from dashboard.data.late import LateText
from dashboard.data.store import Tables
from dashboard.facts import models as model_facts
from dashboard.facts import prices, ratings
from dashboard.facts.freshness import is_stale
from dashboard.facts.model_names import edition_marks, line_of, words_of
from dashboard.look.theme import format_day

FLAGSHIP = (
    "Flagship: the strongest general model (text or multimodal) that a company offers: the best by a third-party measure "
    "(Epoch Capabilities Index, else Arena text rating, else SuperCLUE) among those of the twelve months to its newest, "
    "or a later version of that line that is not measured yet; where no measure compares two of them, of its main family "
    "and the four months to the newest the one it asks most for, else the largest. What a document of the company calls "
    "its flagship stands until a newer one comes. Small, fast and single-purpose editions never count; where the main "
    "family makes no general models, its newest stands"
)
#: Measures by which flagships are found: those of general capability, then the Chinese one.
MEASURES = (*ratings.GENERAL, "superclue-general")
GENERAL_MODALITIES = ("text", "vision-language", "omni")
#: How long before a company's newest general model one may have come out to be compared with it.
WINDOW = pd.DateOffset(years=1)
#: The same where neither measure nor vendor decides: a price or a size tells little across generations.
GENERATION = pd.DateOffset(months=4)
#: Models with fewer parameters are small editions wherever the company offers a larger one.
SMALL_PARAMETERS = 15e9


@once_each
def flagships(tables: Tables) -> pd.DataFrame:
    """The flagship of each company by the rule FLAGSHIP.

    Args:
        tables: Tables as of a day; the newest day of the models is the day.

    Returns:
        Rows of models, one per company, indexed by company_id, with `why` (how it was found, in words) and `why_sources`
        (list cell of the documents behind that; null where the model's own stand).
    """
    found = picked(tables)
    each = np.arange(len(found))
    # A model has no day but that of its release: its row is the build's.
    frame = origin(tables, "models").loc[found.label]
    return frame.assign(
        why=LateText.of(found.why, each), why_sources=LateText.of(found.cells, each)
    ).set_index("company_id")


class Flagship(NamedTuple):
    """A company's flagship: its row of models by label, its id, how it was found, and the documents behind that."""

    label: Hashable
    model_id: str
    why: str
    cell: str | None


class Flagships(Mapping[str, Flagship]):
    """Flagships by company id, as columns: what is said of one is put together when somebody asks for it.

    Attributes:
        company: Id of each company that has one.
        label: Its row of models.
        model_id: Its id.
    """

    def __init__(self, company: np.ndarray, label: np.ndarray, model_id: np.ndarray, picks: _Picks) -> None:
        """Columns of flagships, and how each was found."""
        self.company, self.label, self.model_id, self.picks = company, label, model_id, picks

    def chosen(self, mine: Callable[[pd.Series], pd.Series]) -> Flagships:
        """Those of the companies chosen."""
        at = np.flatnonzero(mine(pd.Series(self.company)).to_numpy())
        return Flagships(self.company[at], self.label[at], self.model_id[at], self.picks.taken(at))

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {company: n for n, company in enumerate(self.company.tolist())}

    def __getitem__(self, company: str) -> Flagship:
        n = self._places[company]
        return Flagship(self.label[n], self.model_id[n], *self.picks.told(n))

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self.company)

    def why(self, at: np.ndarray) -> list[str]:
        """How those at some places were found, in words."""
        return [self.picks.told(n)[0] for n in at.tolist()]

    def cells(self, at: np.ndarray) -> list[str | None]:
        """List cells of the documents behind that."""
        return [self.picks.told(n)[1] for n in at.tolist()]


@once_each
def picked(tables: Tables) -> Flagships:
    """What `flagships` gives without the rows of models: most readers compare or count."""
    models = _out(tables)
    picks = _picks(models, _Known(tables))
    # In the order in which the table names companies first.
    first = np.full(models.groups, len(origin(tables, "models")))
    np.minimum.at(first, models.group, models.row)
    picks = picks.taken(np.argsort(first[models.group[picks.place]], kind="stable"))
    company, label, model_id = (c[picks.place] for c in (models.company, models.label, models.id))
    return Flagships(company, label, model_id, picks)


def first_since(tables: Tables, since: Mapping[str, pd.Timestamp]) -> dict[str, Record]:
    """The first model after a day that was its company's flagship when it came out, by what is known of models now.

    Args:
        tables: Tables as of a day.
        since: A day by company id; a model of that very day is not after it.

    Returns:
        model_id, model_name, release_date, why and why_sources by company id; companies that have released none since
        are left out.
    """
    out = _out(tables)
    begun = {company: (day.normalize() - pd.Timestamp(0)).days for company, day in since.items()}
    # Each day of a release is asked for by itself: what was out by then is a group of its own.
    asked: list[tuple[str, int]] = []
    places: list[np.ndarray] = []
    for mine in np.split(np.arange(len(out.id)), np.flatnonzero(np.diff(out.group)) + 1):
        company = out.company[mine[0]] if len(mine) else None
        if company in begun:
            days = np.unique(out.day[mine])
            asked += [(company, day) for day in days[days > begun[company]].tolist()]
            places += [mine[out.day[mine] <= day] for day in days[days > begun[company]]]
    if not asked:
        return {}
    models = out.take(np.concatenate(places), np.repeat(np.arange(len(asked)), [len(p) for p in places]))
    found: dict[str, Record] = {}
    picks = _picks(models, _Known(tables))
    for n in np.argsort(models.group[picks.place], kind="stable").tolist():
        place = int(picks.place[n])
        company, day = asked[models.group[place]]
        if company not in found and models.day[place] == day:
            why, cell = picks.told(n)
            found[company] = {
                "model_id": models.id[place],
                "model_name": models.name[place],
                "release_date": pd.Timestamp(day, unit="D"),
                "why": why,
                "why_sources": cell,
            }
    return {company: found[company] for company in since if company in found}


Record = dict[str, Any]


class _Models:
    """What the rule reads of models, as columns: in groups of which each has one flagship, the newest of each first.

    A group holds the models of one company that are out on a day. Days are numbers since 1970, which compare at a tenth of
    the price of days. `row` and `label` say where a model stands in the table; `is_main` says that its family is the main one,
    `is_edition` that its name tells one, and `edition_from` from which day on it tells one, since there was a model of the
    company beside whose name it does. Of the models of a build those of a view are taken, a column when
    it is read.
    """

    row: np.ndarray
    label: np.ndarray
    id: np.ndarray
    company: np.ndarray
    name: np.ndarray
    day: np.ndarray
    parameters: np.ndarray
    is_main: np.ndarray
    is_general: np.ndarray
    is_edition: np.ndarray
    edition_from: np.ndarray

    def __init__(self, columns: Mapping[str, np.ndarray], group: np.ndarray, at: np.ndarray) -> None:
        """Models at some places of columns, the group of each."""
        self._columns, self.group, self._at = columns, group, at

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_"):
            raise AttributeError(name)
        column = self._columns[name][self._at]
        setattr(self, name, column)
        return column

    def take(self, places: np.ndarray, group: np.ndarray) -> _Models:
        """Those at some places, in groups of their own."""
        return _Models(self._columns, group, self._at[places])

    @functools.cached_property
    def groups(self) -> int:
        """How many groups there may be: one more than the last."""
        return int(self.group[-1]) + 1 if len(self.group) else 0

    def has(self, places: np.ndarray, least: int = 1) -> np.ndarray:
        """Of each group, whether it has so many of the models at some places."""
        return self.count(places) >= least

    def count(self, places: np.ndarray) -> np.ndarray:
        """How many of the models at some places each group has."""
        return np.bincount(self.group[places], minlength=self.groups)

    def firsts(self, places: np.ndarray) -> np.ndarray:
        """Of places in order the first of each group."""
        return places[np.flatnonzero(np.diff(self.group[places], prepend=-1))]

    def best(self, places: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Of places in order the one with the highest value of each group, of several the first."""
        return self.firsts(places[np.lexsort((-values, self.group[places]))])


@once_for_frames
def _every(models: pd.DataFrame, families: pd.DataFrame) -> _Models:
    """The released models that have a day, by company."""
    rows = models[[*_READ, "parameters_total", "release_date", "is_rolling_alias"]]
    rows = model_facts.released(rows[rows["release_date"].notna()])
    company, model_id, name, family, modality = (rows[c].to_numpy(dtype=object) for c in _READ)
    group, _ = pd.factorize(company)
    day = rows["release_date"].to_numpy().astype("datetime64[D]").astype("int64")
    main = families.loc[families["is_primary"].astype(bool), "family_id"]
    first: dict[tuple[str, str], int] = {}
    for one, called, out in zip(company, name, day.tolist(), strict=True):
        key = one, " ".join(words_of(called))
        first[key] = min(out, first.get(key, _NEVER))
    marked = list(map(edition_marks, name))
    twins = zip(company, (beside for _, beside in marked), strict=True)
    edition_from = [min((first.get((c, t), _NEVER) for t in beside), default=_NEVER) for c, beside in twins]
    columns = {
        "row": models.index.get_indexer(rows.index),
        "label": rows.index.to_numpy(),
        "id": model_id,
        "company": company,
        "name": name,
        "day": day,
        "parameters": rows["parameters_total"].to_numpy(dtype="float64", na_value=np.nan),
        "is_main": np.isin(family.astype("U"), main.to_numpy(dtype="U")),
        "is_general": np.isin(modality, GENERAL_MODALITIES),
        "is_edition": np.array([is_one for is_one, _ in marked], dtype=bool),
        "edition_from": np.array(edition_from, dtype="int64"),
    }
    # Of one day the last id first.
    order = np.lexsort((model_id.astype("U"), day, -group))[::-1]
    ordered = {name: column[order] for name, column in columns.items()}
    return _Models(ordered, group[order], np.arange(len(order)))


#: A day that does not come.
_NEVER = np.iinfo("int64").max
_READ = ["company_id", "model_id", "model_name", "family_id", "modality"]


@once_for_frames
def _ids(models: pd.DataFrame) -> pd.Index:
    """Ids of the models of a build, by their place in its table."""
    return pd.Index(models["model_id"].to_numpy(dtype=object), dtype=object)


def _out(tables: Tables) -> _Models:
    """Those that are out in tables as of a day: what no day changes of a model is found once a build."""
    every = _every(origin(tables, "models"), origin(tables, "model_families"))
    places = np.flatnonzero(has_rows(tables, "models")[every.row])
    return every.take(places, every.group[places])


class _Known:
    """What the tables know of measures, prices, families and vendors' words."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._models = origin(tables, "models")
        # The snapshot of a measure that drifts is the field's newest, whoever was chosen.
        best = {m: ratings.best_scores(everyone(tables), m) for m in MEASURES}
        of_score = _models_of(origin(tables, "benchmark_scores"), self._models)
        self.measured = {m: self._of(of_score[one.row], one.score, one.cell) for m, one in best.items()}
        self.names = cells.by(tables["benchmarks"], "benchmark_id", "benchmark_name")
        # Snapshots of before 27 Nov 2026 have no such table.
        said = cells.records(tables["flagships"]) if "flagships" in tables else []
        self.called = {one["model_id"]: one for one in said}
        self.is_called = np.zeros(len(self._models), dtype=bool)
        at = _ids(self._models).get_indexer(pd.Index(list(self.called), dtype=object))
        self.is_called[at[at >= 0]] = True

    def _of(self, row: np.ndarray, value: np.ndarray, cell: np.ndarray) -> _Values:
        """What is known of models by their rows, -1 for one that the build does not have, for every model of the build."""
        place = np.full(len(self._models), -1)
        place[row[row >= 0]] = np.flatnonzero(row >= 0)
        return _Values(np.append(value, np.nan)[place], place, cell)

    def prices(self) -> _Values:
        """List prices; their documents are known of some when asked for."""
        offers, build = (
            prices.best_offers(self._tables, "USD"),
            origin(self._tables, "model_prices_converted"),
        )
        row = _models_of(build, self._models)[places_of(build.index, offers.index.to_numpy())]
        return self._of(
            row, offers["output_price_per_mtok"].to_numpy(dtype="float64"), np.empty(0, dtype=object)
        )

    def cited(self, places: np.ndarray) -> list[str]:
        """List cells of the documents of some list prices, by their places."""
        return prices.documents(self._tables, prices.best_offers(self._tables, "USD").take(places))


@once_for_frames
def _models_of(rows: pd.DataFrame, models: pd.DataFrame) -> np.ndarray:
    """The row of the model that each row of a table of a build is of; -1 for none."""
    return _ids(models).get_indexer(pd.Index(rows["model_id"].to_numpy(dtype=object), dtype=object))


class _Values(NamedTuple):
    """A number for each model of a build by its row, NaN where none is known, its place, and the list cells of documents by place."""

    value: np.ndarray
    place: np.ndarray
    cells: np.ndarray


class _How(NamedTuple):
    """How flagships were found: words with a place for a count, for a name, and for that of a measure."""

    words: str
    measure: str = ""


class _Picks(NamedTuple):
    """Flagships: where each stands among the models, and what is said of how it was found, as columns.

    `how` is a place in `hows`; `number`, `name` and `cell` (documents, None where the model's own stand) are what it tells.
    """

    place: np.ndarray
    how: np.ndarray
    number: np.ndarray
    name: np.ndarray
    cell: np.ndarray
    hows: tuple[_How, ...]

    def taken(self, at: np.ndarray) -> _Picks:
        """Those at some places."""
        place, how, number, name, cell = (column[at] for column in self[:5])
        return _Picks(place, how, number, name, cell, self.hows)

    def told(self, n: int) -> tuple[str, str | None]:
        """How one was found, in words, and the documents behind that."""
        how = self.hows[self.how[n]]
        words = how.words.format(count=int(self.number[n]), name=self.name[n], measure=how.measure)
        return words, None if self.cell[n] is None else str(self.cell[n])


class _Found:
    """Flagships as they are found, a kind after the other."""

    def __init__(self) -> None:
        self._parts: list[tuple[_How, np.ndarray, object, object, object]] = []

    def add(
        self, how: _How, place: np.ndarray, count: object = 0, name: object = None, cell: object = None
    ) -> None:
        """Models at some places, with what is said of each, or of all of them."""
        self._parts.append((how, place, count, name, cell))

    def all(self) -> _Picks:
        """All of them, as they were added."""
        length = [len(place) for _, place, *_ in self._parts]

        def column(n: int, dtype: str) -> np.ndarray:
            found, end = np.empty(sum(length), dtype=dtype), 0
            for size, part in zip(length, self._parts, strict=True):
                end += size
                found[end - size : end] = part[n]
            return found

        hows = tuple(how for how, *_ in self._parts)
        how = np.repeat(np.arange(len(length)), length)
        return _Picks(column(1, "int64"), how, *(column(2, "int64"), column(3, "O"), column(4, "O")), hows)


_OTHER = _How("newest of the main family, which makes no general models")
_CALLED = _How("the company calls it “{name}”")
_ONLY = _How("its only general model within twelve months")
_BEST, _FOLLOWS = "best of {count:,} by {measure}", "follows {name}, best of {count:,} by {measure}"
_DEAREST, _LARGEST = _How("dearest of {count:,} by list price"), _How("largest of {count:,}")
_NEWEST = _How("newest of its general models")


def _picks(models: _Models, known: _Known) -> _Picks:
    """The flagship of each group that has one, by the rule: where it stands among the models, and why it is that one."""
    found = _Found()
    main, general = np.flatnonzero(models.is_main), np.flatnonzero(models.is_general)
    makes_other = models.has(main) & ~models.has(np.flatnonzero(models.is_main & models.is_general))
    found.add(_OTHER, models.firsts(main[makes_other[models.group[main]]]))
    left = _recent(models, general[~makes_other[models.group[general]]], known)

    newest = models.firsts(left)
    newest = newest[known.is_called[models.row[newest]]]
    words = [known.called[model_id] for model_id in models.id[newest].tolist()]
    found.add(_CALLED, newest, 0, *([word[c] for word in words] for c in ("stated_as", "source_ids")))
    is_open = np.ones(models.groups, dtype=bool)
    is_open[models.group[newest]] = False
    left = left[is_open[models.group[left]]]
    is_large = ~(models.parameters[left] < SMALL_PARAMETERS)
    left = left[is_large | ~models.has(left[is_large])[models.group[left]]]
    is_alone = ~models.has(left, 2)[models.group[left]]
    found.add(_ONLY, left[is_alone])
    left = left[~is_alone]
    for measure, scores in known.measured.items():
        value = scores.value[models.row[left]]
        is_compared = _two(models, left, value)
        label = str(known.names.get(measure, measure))
        _measured(found, models, left[is_compared], value[is_compared], scores, label)
        left = left[~is_compared]

    # Neither vendor nor measure decides.
    of_main = models.is_main[left]
    left = left[of_main | ~models.has(left[of_main])[models.group[left]]]
    newest = models.firsts(left)
    first = np.zeros(models.groups, dtype="int64")
    first[models.group[newest]] = [_before(day, GENERATION) for day in models.day[newest].tolist()]
    left = left[models.day[left] > first[models.group[left]]]
    cost = known.prices()
    for is_price, how in ((True, _DEAREST), (False, _LARGEST)):
        value = cost.value[models.row[left]] if is_price else models.parameters[left]
        is_compared = _two(models, left, value)
        is_told = is_compared & ~np.isnan(value)
        count, best = models.count(left[is_told]), models.best(left[is_told], value[is_told])
        cell = known.cited(cost.place[models.row[best]]) if is_price else None
        found.add(how, best, count[models.group[best]], None, cell)
        left = left[~is_compared]
    found.add(_NEWEST, models.firsts(left))
    return found.all()


def _two(models: _Models, places: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Which models stand in groups where the values of two can be compared."""
    return models.has(places[~np.isnan(value)], 2)[models.group[places]]


def _measured(
    found: _Found,
    models: _Models,
    places: np.ndarray,
    value: np.ndarray,
    scores: _Values,
    label: str,
) -> None:
    """Adds the best of each group by a measure, or the model of its line that came later and is not measured yet."""
    is_rated = ~np.isnan(value)
    rated, others = places[is_rated], places[~is_rated]
    count, best = models.count(rated), models.best(rated, value[is_rated])
    came = np.zeros(models.groups, dtype="int64")
    came[models.group[best]] = models.day[best]
    later: dict[int, list[int]] = {}
    for place in others[models.day[others] > came[models.group[others]]].tolist():
        later.setdefault(int(models.group[place]), []).append(place)
    group, cell = models.group[best], scores.cells[scores.place[models.row[best]]]
    stands, followed = best.copy(), np.zeros(len(best), dtype=bool)
    for n in np.flatnonzero(np.isin(group, list(later))).tolist():
        next_one = _successor(models, int(best[n]), later[int(group[n])])
        if next_one is not None:
            stands[n], followed[n] = next_one, True
    for words, mine in ((_BEST, ~followed), (_FOLLOWS, followed)):
        of = best[mine]
        found.add(_How(words, label), stands[mine], count[group[mine]], models.name[of], cell[mine])


def _recent(models: _Models, places: np.ndarray, known: _Known) -> np.ndarray:
    """The models at some places that came out in the twelve months to their group's newest, without editions.

    A name that misleads (a “Flash” that is the largest) is put right by a document.
    """
    newest = np.zeros(models.groups, dtype="int64")
    firsts = models.firsts(np.arange(len(models.group)))
    newest[models.group[firsts]] = models.day[firsts]
    # A group holds all models of its company that were out by the day of its newest.
    edition = models.is_edition | (models.edition_from <= newest[models.group])
    edition &= ~known.is_called[models.row]
    places = places[~edition[places]]
    left = models.firsts(places)
    first = np.zeros(models.groups, dtype="int64")
    first[models.group[left]] = [_before(day, WINDOW) for day in models.day[left].tolist()]
    return places[models.day[places] > first[models.group[places]]]


@functools.lru_cache(maxsize=5_000)
def _before(day: int, span: pd.DateOffset) -> int:
    """The day a span before another, both in days since 1970."""
    return ((pd.Timestamp(day, unit="D") - span) - pd.Timestamp(0)).days


def _successor(models: _Models, best: int, later: list[int]) -> int | None:
    """The newest of later models that is of the same line with a higher version; None where there is none."""
    line, version = line_of(models.name[best])
    found = []
    for place in later:
        own, number = line_of(models.name[place])
        if own == line and number > version:
            found.append((number, models.day[place], models.id[place], place))
    return max(found)[-1] if found else None


def since_words(flagship: Record | pd.Series, day: pd.Timestamp) -> str:
    """Says of an old flagship that no newer one is known: "no newer one found since 13 Jul 2023"; "" for a recent one."""
    if not is_stale("flagships", flagship["release_date"], day):
        return ""
    return (
        f"no newer one found since {format_day(flagship['release_date'], flagship['release_date_precision'])}"
    )


def listed(tables: Tables, currency: str) -> pd.DataFrame:
    """List prices of the flagships that have one.

    Returns:
        model_id, model_name, output_price (of a million tokens, in `currency`), source_ids of the price; by company_id,
        cheapest first.
    """
    offers, flags = priced(tables, currency)
    cited = prices.told_prices(tables, offers, currency)["price_source_ids"]
    return flags.assign(source_ids=cited.to_numpy())


def priced(tables: Tables, currency: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What `listed` gives without documents, and the offer of each as `prices.best_offers` has it, in the same order."""
    flags, offers = flagships(tables)[["model_id", "model_name"]], prices.best_offers(tables, currency)
    at = pd.Index(offers["model_id"]).get_indexer(flags["model_id"])
    offers, flags = offers.take(at[at >= 0]), flags[at >= 0]
    order = np.argsort(offers["output_price_per_mtok"].to_numpy(), kind="stable")
    offers, flags = offers.take(order), flags.take(order)
    return offers, flags.assign(output_price=offers["output_price_per_mtok"].to_numpy())
