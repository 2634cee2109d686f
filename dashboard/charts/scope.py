"""The line of scope under a title: a sentence with places, and the words of a frame and a selection that fill them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashboard.charts.rows import as_of, companies_of, n_of
from dashboard.data.selection import Selection
from dashboard.facts.prices import CURRENCY_WORDS
from dashboard.look.theme import format_day, plural


class Number(int):
    """A number, with its noun where the place names one: {rows:model}."""

    def __format__(self, noun: str) -> str:
        return plural(int(self), noun) if noun else f"{int(self):,}"


@dataclass(frozen=True)
class Day:
    """A day, as exactly as the place says: {oldest.event_date:month}."""

    day: pd.Timestamp

    def __format__(self, exact: str) -> str:
        return format_day(self.day, exact or "day")


@dataclass(frozen=True)
class OutOf:
    """How many of how many, and what the place says of them: {organisations:with a lever}, {some:model|with a price}."""

    words: Callable[[str], str]

    def __format__(self, verb: str) -> str:
        return self.words(verb)


@dataclass(frozen=True)
class Of:
    """What is made of the column that the place names: {first.benchmark_name}, {total.companies:organisation}."""

    frame: pd.DataFrame
    make: Callable[[pd.Series], object]

    def __getattr__(self, column: str) -> object:
        return self.make(self.frame[column])


def _number(noted: object) -> object:
    return Number(noted) if isinstance(noted, int) else noted


#: What a place may name: days and the basis of the selection; rows, columns and organisations of the frame.
PLACES: dict[str, Callable[[pd.DataFrame, Selection], object]] = {
    "as_of": lambda frame, selection: as_of(selection),
    "day": lambda frame, selection: format_day(selection.as_of),
    "then": lambda frame, selection: format_day(selection.then),
    "since": lambda frame, selection: format_day(selection.since),
    "days": lambda frame, selection: selection.days_words,
    "basis": lambda frame, selection: selection.basis_words,
    "currency": lambda frame, selection: CURRENCY_WORDS[selection.currency],
    "list": lambda frame, selection: f" for “{name}”" if (name := selection.pick("watch.name")) else "",
    "rows": lambda frame, selection: Number(len(frame)),
    "first": lambda frame, selection: Of(frame, lambda cells: cells.iloc[0]),
    "month": lambda frame, selection: Of(frame, lambda cells: format_day(cells.iloc[0], "month")),
    "oldest": lambda frame, selection: Of(frame, lambda cells: Day(cells.min())),
    "newest": lambda frame, selection: Of(frame, lambda cells: Day(cells.max())),
    "total": lambda frame, selection: Of(frame, lambda cells: Number(cells.sum())),
    "known": lambda frame, selection: Of(frame, lambda cells: Number(cells.notna().sum())),
    "most": lambda frame, selection: Of(frame, lambda cells: Number(cells.max())),
    "different": lambda frame, selection: Of(frame, lambda cells: Number(cells.nunique())),
    # What its data function noted on the frame: {noted[undated]}; "" where it noted nothing.
    "noted": lambda frame, selection: defaultdict(str, {k: _number(v) for k, v in frame.attrs.items()}),
    "organisations": lambda frame, selection: OutOf(lambda verb: companies_of(frame, verb)),
    "companies": lambda frame, selection: OutOf(lambda verb: companies_of(frame, verb, "company")),
    "inside": lambda frame, selection: Number(sum(not outside for outside in frame["is_outside"].tolist())),
    # Rows that are not context, under a noun of their own.
    "some": lambda frame, selection: OutOf(lambda said: n_of(frame, said.split("|")[0], said.split("|")[1])),
    # Rows of models are counted, or the column that counts them is added up.
    "models": lambda frame, selection: OutOf(
        lambda verb: n_of(frame, "model", verb, int(frame["models"].sum()) if "models" in frame else None)
    ),
}


@dataclass(frozen=True)
class Places:
    """The words of one frame under one selection, each made where it is asked for."""

    frame: pd.DataFrame
    selection: Selection

    def __getitem__(self, name: str) -> object:
        return PLACES[name](self.frame, self.selection)


def said(sentence: str, frame: pd.DataFrame, selection: Selection) -> str:
    """The sentence with its places filled.

    Raises:
        KeyError: a place names nothing of `PLACES`, or no column of the frame.
    """
    return sentence.format_map(Places(frame, selection))
