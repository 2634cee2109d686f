"""How a feed is declared: its files, their columns by name, its licence, and what it may and may not change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

MEGABYTE = 1_000_000


class FeedError(Exception):
    """A file of a feed was refused or could not be had; the text says where, what and what was expected."""


class Odd(dict[str, Any]):
    """A record for an entry of another shape than the others: it is left out, and named by its `entry`."""


def each(
    entries: Iterable[tuple[str, Any]], made: Callable[[Any], Iterable[Mapping[str, Any]]]
) -> Iterator[Mapping[str, Any]]:
    """Records of named entries; one that cannot be read costs no other."""
    for name, entry in entries:
        try:
            found = list(made(entry))
        except (AttributeError, KeyError, TypeError, ValueError):
            found = [Odd(entry=name)]
        yield from found


@dataclass(frozen=True)
class Column:
    """A column of an upstream file.

    Attributes:
        name: Heading upstream.
        to: Name here.
        was: Headings it had in other years.
        required: Whether the file is refused without it.
    """

    name: str
    to: str
    was: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class About:
    """What the mapping of a file may know beside its rows.

    Attributes:
        version: Upstream's name of this edition (entity tag, commit, date), else the first digits of the checksum.
        day: Day on which the file was read.
        companies: Company id by every name that leads to it, both as in our tables.
        repositories_as_written: Ids of the repositories of our models.
        since: Rows before this day may be left out.
        asked: The File that was read.
        found: Name under which it was found.
        accounts: Accounts on the Hub that are known as one of ours: a name alone leads to an account of anybody.
    """

    version: str
    day: date
    companies: Mapping[str, str]
    repositories_as_written: frozenset[str]
    since: date | None
    asked: File
    found: str = ""
    accounts: frozenset[str] = frozenset()


Shape = Callable[[pd.DataFrame, About], pd.DataFrame]


@dataclass(frozen=True)
class File:
    """One file of a feed.

    Attributes:
        name: Name under which it is kept; the name looked for in a folder given by `--from`.
        url: Address.
        format: csv, json, parquet, html, rss or jsonp-free text: what the reader makes rows of.
        table: Table of `etl.feeds.tables` its rows go to; "" for a file that only tells of other files.
        columns: Columns that are mapped.
        known: Columns that are there and not used; any other one is told as new.
        shape: Makes rows of our table from the renamed columns.
        records: Of JSON: finds the rows in the document.
        also: Further names of the file in folders.
        most_bytes: Size at which reading stops.
        only: Of Parquet: the column and the values of which rows are read, by statistics of row groups.
        sha256: Checksum the publisher states.
        day: Day the publisher states for the file.
        optional: Whether the file may be absent upstream (404) without a word of failure.
        accept: Media type asked for.
        least_share: Of the rows of the last edition, the share that must still be there.
        may_be_empty: Whether no rows are an answer.
        stand_in: Of a file that tells of others: what counts where it is absent.
        rows: Number of rows that the publisher states; 0 for none.
        is_paged: Whether further pages follow by the Link header.
        member: Of a ZIP archive: the end of the name of the file within.
    """

    name: str
    url: str
    format: str
    table: str
    columns: tuple[Column, ...]
    shape: Shape
    known: tuple[str, ...] = ()
    records: Callable[[Any, About], Iterable[Mapping[str, Any]]] | None = None
    also: tuple[str, ...] = ()
    most_bytes: int = 60 * MEGABYTE
    only: tuple[str, Callable[[About], frozenset[str]]] | None = None
    sha256: str = ""
    day: str = ""
    optional: bool = False
    accept: str = "*/*"
    least_share: float = 0.7
    member: str = ""
    may_be_empty: bool = False
    stand_in: Mapping[str, str] | None = None
    rows: int = 0
    is_paged: bool = False


@dataclass(frozen=True)
class Ours:
    """What feeds ask for of our own tables."""

    namespaces: Mapping[str, str]
    tickers: Mapping[str, str]
    today: date
    since: date | None


@dataclass(frozen=True)
class Feed:
    """One feed.

    Attributes:
        name: Slug, as given to `--feed`.
        title: Publisher and what it publishes.
        page: Where a person reads of it.
        licence: Licence of the data.
        attribution: Words that must stand by the data.
        files: Its files.
        may: Classes of proposals (`etl.feeds.policy`) that its rows may lead to.
        never: What it says nothing reliable of, in words.
        folders: Folders that hold its files in a collection given by `--from`.
        keeps: Whether rows stay when later editions no longer have them.
        seconds_between: Pause between two requests to one host.
        needs: Environment variable without which it is not asked; "" for none.
        needs_why: What that variable holds.
        files_after: Files that a first file names (a manifest): from the name of a file, its rows and our tables.
    """

    name: str
    title: str
    page: str
    licence: str
    attribution: str
    files: Callable[[Ours], tuple[File, ...]]
    may: tuple[str, ...] = ()
    never: str = ""
    folders: tuple[str, ...] = ()
    keeps: bool = False
    seconds_between: float = 0.5
    needs: str = ""
    needs_why: str = ""
    files_after: Callable[[str, pd.DataFrame, Ours], tuple[File, ...]] | None = None


def columns(*names: str) -> tuple[Column, ...]:
    """Columns told as "Heading=here", "Heading=here|heading of another year", "?Heading=here" where it may be absent."""
    made = []
    for told in names:
        heading, _, here = told.partition("=")
        to, *was = here.split("|")
        made.append(Column(heading.removeprefix("?"), to or heading, tuple(was), not heading.startswith("?")))
    return tuple(made)


def by_measure(
    things: pd.DataFrame, rows: pd.DataFrame, ids: pd.Series, measures: Iterable[tuple[str, str, str]]
) -> pd.DataFrame:
    """Rows of `usage`: one for each thing and measure of which upstream states a number.

    Args:
        things: What is the same for all measures of a thing; a row each.
        rows: As read, with a column for each measure; a row for each of `things`.
        ids: What names a thing on its day; the measure makes it the row's.
        measures: Metric, its column in `rows`, its unit.
    """
    made = []
    for metric, column, unit in measures:
        value = pd.to_numeric(rows[column], errors="coerce")
        part = things.assign(upstream_id=ids + " | " + metric, metric=metric, value=value, unit=unit)
        made.append(part[value.notna()])
    return pd.concat(made, ignore_index=True)


__all__ = [
    "MEGABYTE", "About", "Column", "Feed", "FeedError", "File", "Odd", "Ours", "by_measure", "columns", "each",
]  # fmt: skip
