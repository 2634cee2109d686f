"""What frames of models and benchmarks share: who stands behind each row, and out of how many rows they were taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts.kinds.bars import Columns
from dashboard.charts.marks import joined_sources
from dashboard.data import cells
from dashboard.data.cut import columns, once, once_each, once_for_frames, origin, places_of
from dashboard.data.named import joined_at
from dashboard.data.selection import Selection, is_home
from dashboard.data.store import Tables
from dashboard.facts import landscape, models
from dashboard.look.scales import Scale
from dashboard.look.theme import MODEL_ORDER, format_day, is_missing, model_short, plural

OUTSIDE = "Outside China"
WEIGHTS = {"open": "Open", "restricted": "Restricted", "closed": "Closed", "not disclosed": "Not disclosed"}
#: What `with_company` adds.
WHO = ("company_name", "governance_model_id", "governance_model", "is_outside")


@once
def of_companies(tables: Tables, basis: str, table: str) -> pd.DataFrame:
    """Rows of a table with who stands behind each, as `with_company` adds it under a basis."""
    rows, companies = _of_companies(tables, basis, table), tables["companies"]
    # Names are those that the reader chose; the rows may come from the tables of everyone.
    return rows.assign(company_name=_of_each(companies["company_name"], _places(companies, rows), rows))


@once
def released_models(tables: Tables, basis: str) -> pd.DataFrame:
    """Released models with who stands behind each, as `of_companies` gives them: most charts of models begin here."""
    return models.released(of_companies(tables, basis, "models"))


def models_of(tables: Tables, basis: str, ids: Iterable[str]) -> pd.DataFrame:
    """Some models in the order of their table: model_id, model_name, release_date, source_ids, and who stands behind each."""
    every, known = _told_of(tables), frozenset(ids)
    is_one = np.fromiter(map(known.__contains__, every["model_id"].tolist()), dtype=bool, count=len(every))
    return with_company(tables, basis, every[is_one]).drop(columns="company_id")


@once
def _told_of(tables: Tables) -> pd.DataFrame:
    """What most charts of a few models read of them."""
    return columns(tables, "models", "model_id", "company_id", "model_name", "release_date", "source_ids")


@once_each
def _of_companies(tables: Tables, basis: str, table: str) -> pd.DataFrame:
    return with_company(tables, basis, tables[table])


def _places(companies: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Where the company of each row stands among companies; -1 where it is none of them."""
    return pd.Index(companies["company_id"]).get_indexer(rows["company_id"])


def _of_each(cells: pd.Series, places: np.ndarray, rows: pd.DataFrame) -> pd.Series:
    return pd.Series(cells.array.take(places), index=rows.index)


def with_company(tables: Tables, basis: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Adds who stands behind each row.

    Returns:
        `rows` plus company_name, governance_model_id (in force; null outside China), governance_model (its short
        name, or "Outside China") and is_outside; rows of companies not in `tables["companies"]` are dropped.
    """
    who = _who(tables, basis)
    places = who.index.get_indexer(rows["company_id"])
    if (places < 0).any():
        rows, places = rows[places >= 0], places[places >= 0]
    return rows.assign(**{c: _of_each(who[c], places, rows) for c in WHO})


@once
def _who(tables: Tables, basis: str) -> pd.DataFrame:
    """The columns WHO of each company, by company_id."""
    companies = tables["companies"]
    labels = _labels_of(tables, basis)
    # Names are those that the reader chose, labels may come from the tables of everyone.
    return labels.assign(company_name=companies["company_name"].set_axis(companies["company_id"]))


@once_each
def _labels_of(tables: Tables, basis: str) -> pd.DataFrame:
    """The columns WHO but the name of each company, by company_id."""
    labels, companies = landscape.labels_in_force(tables, basis), tables["companies"]
    outside = ~is_home(companies)
    both = zip(companies["company_id"].tolist(), outside.tolist(), strict=True)
    models = [None if is_outside else labels[cid] for cid, is_outside in both]
    words = [OUTSIDE if model is None else model_short(model) for model in models]
    return pd.DataFrame(
        {
            "governance_model_id": pd.Series(models, companies.index, dtype="str"),
            "governance_model": pd.Series(words, companies.index, dtype="str"),
            "is_outside": outside,
        }
    ).set_index(companies["company_id"])


def grouped(
    rows: pd.DataFrame, *columns: str, **keys: Iterable[Any]
) -> list[tuple[tuple[Any, ...], list[dict[str, Any]]]]:
    """Rows by columns and by keys, one for every row, in the order of both; the rows of a group as they stood.

    A row has a cell for each column: of a wide table those that are read are given.
    """
    found = cells.records(rows)
    groups = places_by(*(rows[c].tolist() for c in columns), *keys.values())
    return [(key, [found[n] for n in at]) for key, at in groups]


def places_by(*keys: Iterable[Any]) -> list[tuple[tuple[Any, ...], list[int]]]:
    """Places of rows by keys, one of each for every row: in the order of the keys, those of a group as they stood."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for n, key in enumerate(zip(*keys, strict=True)):
        found.setdefault(key, []).append(n)
    return sorted(found.items())


def places(cells: Iterable[str], order: Iterable[str]) -> list[int]:
    """The place of each cell in the order of its vocabulary."""
    known = {value: n for n, value in enumerate(order)}
    return [known[cell] for cell in cells]


def by_year(
    tables: Tables, models: pd.DataFrame, kinds: pd.Series, scale: Scale
) -> Iterator[tuple[str, dict[str, Any], np.ndarray]]:
    """Models by year of release and, within a year, by kind in the order of a vocabulary.

    Args:
        tables: Tables of a view.
        models: Rows of models under their labels; those without a release day are left out.
        kinds: Word of the kind of each row.
        scale: The vocabulary.

    Yields:
        Kind; release_year, models (how many), model_names (by name), last_release_date (the newest of the year, whatever
        its kind) and source_ids; places of the rows themselves, in order.
    """
    dated = np.flatnonzero(models["release_date"].notna().to_numpy())
    days, build = models["release_date"].iloc[dated], origin(tables, "models")
    years, words = days.dt.year.to_numpy(), {v.word: n for n, v in enumerate(scale.values)}
    newest = days.groupby(years).max().to_dict()
    of, found = pd.factorize(kinds.iloc[dated])
    kind = np.array([words[word] for word in found.tolist()], dtype="int64")[of]
    code = years.astype("int64") * len(words) + kind
    row = places_of(build.index, models.index[dated].to_numpy())
    order, named = np.argsort(code, kind="stable"), np.lexsort((_by_name(build)[row], code))
    begins = [*np.flatnonzero(np.diff(code[order], prepend=-1)).tolist(), len(order)]
    groups = list(pairwise(begins)) if len(order) else []
    names = models["model_name"].to_numpy(dtype=object)[dated[named]].tolist()
    cited = joined_at(tables, "models", (row[order[first:last]] for first, last in groups))
    for (first, last), cell in zip(groups, cited, strict=True):
        year, n = divmod(int(code[order[first]]), len(words))
        counts = {
            "release_year": year,
            "models": last - first,
            "model_names": ", ".join(names[first:last]),
            "last_release_date": newest[year],
            "source_ids": cell,
        }
        yield scale.values[n].word, counts, dated[order[first:last]]


@once_for_frames
def _by_name(models: pd.DataFrame) -> np.ndarray:
    """The place of each model of a build in the order of their names."""
    names = list(map(str.casefold, models["model_name"].tolist()))
    rank = np.empty(len(names), dtype="int64")
    rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return rank


def years_of(kind: str) -> Columns:
    """Columns of the rows of `by_year`, in parts by kind."""
    return Columns("release_year", "models", stack=kind, until="last_release_date")


def names_of(tables: Tables) -> pd.Series:
    """Names of companies by id, as the reader chose them."""
    return tables["companies"].set_index("company_id")["company_name"]


def ordered(frame: pd.DataFrame, *by: str, **keys: Any) -> pd.DataFrame:
    """The rows in the order of columns, the first deciding; equal ones stay as they stood, those without a value come last.

    Args:
        frame: The rows.
        by: Names of columns or of `keys`; behind a minus sign the largest comes first.
        keys: What the rows are ordered by and do not keep, by name.
    """
    names = [b.removeprefix("-") for b in by]
    found = frame.assign(**keys) if keys else frame
    found = found.sort_values(names, ascending=[not b.startswith("-") for b in by], kind="stable")
    return found.drop(columns=list(keys)) if keys else found


def sides(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of organisations in China, or counted like them, and those of others, which are context."""
    outside = frame["is_outside"].astype(bool)
    return frame[~outside], frame[outside]


def days(rows: pd.DataFrame, column: str) -> list[str | None]:
    """A column of days in words, each as exactly as `{column}_precision` says; what is missing stays so."""
    both = zip(*(rows[c].tolist() for c in (column, f"{column}_precision")), strict=True)
    return [None if is_missing(day) else format_day(day, exact) for day, exact in both]


def worded(cells: pd.Series, say: Callable[..., str], *more: Any) -> pd.Series:
    """Values in words as `say` puts them, given `more` beside each; what is missing stays so."""
    said = {value: say(value, *more) for value in cells.dropna().unique()}
    return cells.map(said).astype("str")


def rows_alike(rows: pd.DataFrame, say: Callable[[dict[str, Any]], str]) -> list[str]:
    """What is said of each row by its cells, put together once for rows that are alike."""
    columns = rows.columns.tolist()
    each = list(map(say, cells.records(rows.drop_duplicates())))
    which = rows.groupby(columns, sort=False, dropna=False).ngroup().tolist()
    return [each[n] for n in which]


def as_of(selection: Selection) -> str:
    """The day shown, as most lines of scope end."""
    return f"as of {format_day(selection.as_of)}"


class Gathered:
    """Rows of organisations, as `with_company` gives them, in groups by keys of which the first says whose they are.

    Groups come in the order of their keys, the rows of one as they stood.

    Attributes:
        frame: Who each group is of, and all its documents.
        count: Rows of each.
        keys: Of each kind of key that of each group.
    """

    def __init__(self, rows: pd.DataFrame, *keys: Sequence[Any], who: Sequence[str] = WHO) -> None:
        """Rows with a key of each kind for every row; `who` are the columns that tell whose they are."""
        code = np.zeros(len(rows), dtype="int64")
        for key in keys:
            cells_of = key if isinstance(key, np.ndarray) else np.array(key, dtype=object)
            of, values = pd.factorize(cells_of, sort=True)
            code = code * max(len(values), 1) + of
        self._code = code
        self._order = np.argsort(code, kind="stable")
        self._begins = np.flatnonzero(np.diff(code[self._order], prepend=-1))
        self.count = np.diff(self._begins, append=len(rows))
        self._rows = rows
        firsts = self._order[self._begins].tolist()
        self.keys = [[key[n] for n in firsts] for key in keys]
        cited = [mine[0] if len(mine) == 1 else joined_sources(*mine) for mine in self.each("source_ids")]
        of_whom = rows[list(who)].take(firsts).reset_index(drop=True)
        self.frame = of_whom.assign(source_ids=pd.Series(cited, dtype="str"))

    def each(self, column: str, by: np.ndarray | None = None) -> list[list[Any]]:
        """The cells of a column in each group; with a number for every row in their order."""
        order = self._order if by is None else np.lexsort((by, self._code))
        values = self._rows[column].to_numpy(dtype=object)[order].tolist()
        ends = [*self._begins[1:].tolist(), len(values)][: len(self._begins)]
        return [values[first:last] for first, last in zip(self._begins.tolist(), ends, strict=True)]

    def lowest(self, values: np.ndarray) -> np.ndarray:
        """The lowest number of each group."""
        return np.minimum.reduceat(values[self._order], self._begins) if len(values) else values


def counted_in(keys: Sequence[Any]) -> np.ndarray:
    """How often each key stands among all."""
    of, _ = pd.factorize(np.array(keys, dtype=object))
    return np.bincount(of, minlength=1)[of]


def by_model(labels: Mapping[str, str]) -> dict[str, list[str]]:
    """Ids of organisations by the governance model that `labels` gives each; models in legend order, those of nobody left out."""
    found: dict[str, list[str]] = {}
    for cid, label in labels.items():
        found.setdefault(label, []).append(cid)
    return {m: found[m] for m in MODEL_ORDER if m in found}


def of_model(model_id: str | None, suffix: str = "") -> dict[str, str | None]:
    """Name and id of a governance model as a row has them, in columns that end in `suffix`: "_before", "_after"."""
    name = f"model{suffix}" if suffix else "governance_model"
    return {name: model_short(model_id), f"{name}_id": model_id}


def members(
    ids: Sequence[str], names: Mapping[str, str], cited: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """What one row says of several organisations: how many, who by name, and with `cited` (by id) their documents."""
    row = {"companies": len(ids), "company_names": ", ".join(sorted(names[c] for c in ids))}
    return row if cited is None else row | {"source_ids": joined_sources(*(cited.get(c) for c in ids))}


def placed(cells: pd.Series, order: Iterable[str]) -> pd.Series:
    """Cells that know the order of their vocabulary: groups of them come in it."""
    return cells.astype(pd.CategoricalDtype(list(order)))


def lone_top(values: pd.Series, fewest: int = 2) -> Any | None:
    """Label of the largest value; None where it is not alone, or there are fewer values than `fewest`."""
    ranked = values.sort_values(ascending=False, kind="stable")
    alone = len(ranked) >= fewest and not ranked.iloc[:1].isin(ranked.iloc[1:2]).any()
    return ranked.index[0] if alone else None


def counted(frame: pd.DataFrame, out_of: int, **noted: str | int) -> pd.DataFrame:
    """Notes on the frame out of how many rows it was taken, and what else its line of scope says that no column has."""
    frame = frame.reset_index(drop=True)
    frame.attrs |= {"out_of": int(out_of), **noted}
    return frame


def n_of(frame: pd.DataFrame, noun: str, verb: str = "", n: int | None = None) -> str:
    """How many of how many: 41 of 120 models state both; without the total where it was not noted.

    Args:
        frame: A frame that `counted` noted the total on.
        noun: What is counted, in the singular.
        verb: What is said of them.
        n: How many; the rows that are not of organisations outside China where it is not given.
    """
    total = frame.attrs.get("out_of")
    if n is None:
        n = len(frame) if "is_outside" not in frame else int((~frame["is_outside"].astype(bool)).sum())
    if total is None:
        return plural(n, noun)
    return f"{n:,} of {plural(total, noun)} {verb}".rstrip()


def companies_of(frame: pd.DataFrame, verb: str = "", noun: str = "organisation") -> str:
    """How many organisations of how many a frame names, as `n_of` says it."""
    return n_of(frame, noun, verb, frame["company_name"].nunique())
