"""Rows held against the rows that they lean on: whose a document is, when a company began, what the second reader saw."""

from __future__ import annotations

import functools
import re
from datetime import date
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from etl.cells import coded, holding
from etl.rules import by, documents_of, listed, once_for_same
from etl.schema import Frames, Table

Found = list[tuple[int, str, str]]

#: Where the first part of a path names whose page it is.
CODE_HOSTS = ("github.com", "raw.githubusercontent.com", "huggingface.co", "modelscope.cn")
#: Tables in which a company's document may tell of another's models: a paper compares, and a cloud sells.
COMPARING = ("benchmark_scores", "model_prices")
#: Days between the day in a page's address and that of its publication: clocks, and pages announced before they are shown.
_ADDRESSED = 3
_DAY_IN_PATH = re.compile(r"/(20\d\d)([-/]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")


def tied(table: Table, frames: Frames) -> Found:
    """Problems of one table as line, column and what; nothing where the rows it leans on are not there."""
    found: Found = []
    frame = frames[table.name]
    if table.name == "sources":
        found += _unlike_address(frame)
    if table.name == "governance_observations" and "second_readings" in frames:
        found += _unlike_readers(frame, frames["second_readings"])
    if "company_id" in frame and "companies" in frames:
        found += _before_founding(table, frame, frames["companies"])
    if {"company_id", "source_ids"} <= set(frame) and {"sources", "company_aliases"} <= set(frames):
        found += _others_documents(table, frame, frames)
    return found


@once_for_same
def owners(sources: pd.DataFrame, aliases: pd.DataFrame) -> dict[str, str]:
    """Source id to the company whose document it is: by the account that holds it, else by its publisher's name."""
    accounts = aliases[aliases["alias_kind"] == "namespace"]
    account = dict(zip(listed(accounts["alias"].str.casefold()), listed(accounts["company_id"]), strict=True))
    name = dict(zip(listed(aliases["alias"].str.casefold()), listed(aliases["company_id"]), strict=True))
    places, publishers = coded(sources["publisher"])
    by_name = np.array([name.get(str(p).casefold()) for p in [*publishers, np.nan]], dtype=object)[places]
    on_code_hosts = np.flatnonzero(holding(sources["url"], "(?i)" + "|".join(map(re.escape, CODE_HOSTS))))
    for at, url in zip(on_code_hosts.tolist(), listed(sources["url"].iloc[on_code_hosts]), strict=True):
        host, first = _place(url)
        if host in CODE_HOSTS:
            by_name[at] = account.get(first)
    read = zip(listed(sources["source_id"]), by_name.tolist(), strict=True)
    return {i: whose for i, whose in read if isinstance(i, str) and isinstance(whose, str)}


#: Most addresses: the same as `urlsplit` gives, at a tenth of its cost.
_PLAIN = re.compile(
    r"https?://([A-Za-z0-9.-]+)(?:/+([A-Za-z0-9._~-]*)(?:/[A-Za-z0-9._~/%=+-]*)?)?(?:[?#][!-~]*)?"
)


@functools.lru_cache(maxsize=100_000)
def _place(url: str) -> tuple[str, str]:
    """Host and first part of the path, in small letters; empty for what is no address."""
    if plain := _PLAIN.fullmatch(url):
        return plain[1].lower().removeprefix("www."), (plain[2] or "").lower()
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.netloc.casefold().removeprefix("www."), parts.path.strip("/").partition("/")[0].casefold()


@once_for_same
def _owner_codes(sources: pd.DataFrame, aliases: pd.DataFrame) -> tuple[dict[str, int], np.ndarray]:
    """Companies that have documents, by number, and that of each document's company, -1 where it has none."""
    whose = owners(sources, aliases)
    number = {company: n for n, company in enumerate(dict.fromkeys(whose.values()))}
    of_each = [number.get(whose.get(i, ""), -1) for i in listed(sources["source_id"])]
    return number, np.array(of_each, dtype="int64")


def _others_documents(table: Table, frame: pd.DataFrame, frames: Frames) -> Found:
    """A company's row rests on no document of another company, but where documents compare or sell."""
    if table.name in COMPARING:
        return []
    number, of_each = _owner_codes(frames["sources"], frames["company_aliases"])
    whose = owners(frames["sources"], frames["company_aliases"])
    of = documents_of(frame, frames["sources"], "source_ids")
    places, companies = coded(frame["company_id"])
    own = np.array([*(number.get(c, -1) for c in companies.tolist()), -1], dtype="int64")[places]
    most = of.of_rows(of.of_cells(of_each, -1, np.maximum), -1)
    # Of documents without a company none is another's.
    least = of.of_rows(of.of_cells(np.where(of_each < 0, len(number), of_each), len(number), np.minimum), -1)
    odd = np.flatnonzero((most >= 0) & (places >= 0) & ((most != own) | (least != own)))

    @functools.cache
    def others(cell: str, company: str) -> str:
        return next((f"{i} of {w}" for i in cell.split("; ") if (w := whose.get(i)) and w != company), "")

    rows = frame.iloc[odd]
    return [
        (
            int(line),
            "source_ids",
            f"a document of another company: got {other}, expected documents of {company} or of third parties; a true one is "
            "a line of registry/explained.tsv",
        )
        for line, cell, company in zip(
            rows.index.tolist(), listed(rows["source_ids"]), listed(rows["company_id"]), strict=True
        )
        if (other := others(cell, company))
    ]


def _before_founding(table: Table, frame: pd.DataFrame, companies: pd.DataFrame) -> Found:
    """Nothing is told of a company from before the year of its founding: roles, events, figures, platforms."""
    known = companies.dropna(subset=["company_id"])
    founded = frame["company_id"].map(by(known, "company_id")["founded_year"]).astype("float64")
    found = []
    # The founding of a model's developer is a rule of its own; days of documents and of work are no company's.
    for column in table.raw_columns if table.name != "models" else ():
        if table.kind(column) != "day" or table.meta(column)["is_work"] or "published" in column:
            continue
        early = frame[column].dt.year < founded
        found += [
            (
                int(i),
                column,
                f"before the company was founded: got {frame.at[i, column]:%Y-%m-%d}, expected {founded[i]:.0f} or later; a "
                "true one is a line of registry/explained.tsv",
            )
            for i in frame.index[early]
        ]
    return found


def _unlike_address(sources: pd.DataFrame) -> Found:
    """Where the address of a page says a day, that is the day of its publication; code hosts name versions so."""
    found = []
    dated = sources[holding(sources["url"], r"/20[0-9]{2}[-/]?[01][0-9]")]
    dated = dated[dated["published_date"].notna() & (dated["published_date_precision"] == "day")]
    days = zip(dated.index.tolist(), listed(dated["url"]), dated["published_date"].tolist(), strict=True)
    for line, url, published in days:
        if _place(url)[0] in CODE_HOSTS:
            continue
        said = _DAY_IN_PATH.search(url)
        try:
            day = said and date(*map(int, said.group(1, 3, 4)))
        except ValueError:
            continue
        if day and abs(published.toordinal() - day.toordinal()) > _ADDRESSED:
            what = (
                f"not the day in the address: got {published:%Y-%m-%d}, expected {day:%Y-%m-%d} or within {_ADDRESSED} days "
                "of it; a true one is a line of registry/explained.tsv"
            )
            found.append((int(line), "published_date", what))
    return found


def _unlike_readers(rows: pd.DataFrame, readings: pd.DataFrame) -> Found:
    """A score is one that a reader gave; where it was scored anew since, the note of the second reading says so."""
    mute = by(readings[readings["note"].isna()].dropna(subset=["observation_id"]), "observation_id")
    first = rows["observation_id"].map(mute["first_score"]).astype("float64")
    second = rows["observation_id"].map(mute["score"]).astype("float64")
    score = rows["score"].astype("float64")
    off = first.notna() & second.notna() & score.notna() & (score != first) & (score != second)
    return [
        (
            int(i),
            "score",
            f"no reader gave it: got {score[i]:.0f}, expected {first[i]:.0f}, or in second_readings a note on why it was "
            "scored anew",
        )
        for i in rows.index[off]
    ]
