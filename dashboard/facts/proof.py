"""Whether a value was found again in a document that it cites, in a copy or at its address: one rule, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.data import cells
from dashboard.data.citations import split_ids
from dashboard.data.cut import once_for_frames
from dashboard.data.store import Tables
from dashboard.look.theme import format_day, plural

#: What a finding is called beside a value; of several documents the first that holds is told.
FOUND = {
    "found": "found again on {day}",
    "found_in_picture": "read off a picture of it on {day}",
    "changed": "page has changed since {seen}",
    "gone": "page gone on {day}",
    "not_found": "not in the copy at hand",
    "not_named": "not in the copy at hand",
    "unreadable": "copy not readable",
}
#: The same of an address that was read again, where that is another thing to say.
AT_ADDRESS = {
    "not_found": "not on the page on {day}",
    "not_named": "not on the page on {day}",
    "unreadable": "page could not be read on {day}",
}
#: Findings that say something of the document, and those that say that what stood there does no more.
DECISIVE, LOST = ("found", "found_in_picture", "changed", "gone"), ("changed", "gone")
#: Heading of a column of these words, and what they mean.
CHECKED = "Checked"
MEANS = (
    "Found again: the value stands in a document that it cites, in a saved copy or at its address. Page has changed: it stood "
    "there on that day and does no more. Page gone: the address has no page. Not in the copy, not on the page: it was never "
    "found there, though another document of the row may hold it. Empty: nobody looked."
)
_VALUE = ["source_id", "table_name", "row_id", "column_name"]


#: Of a build of older code.
_NONE_LOOKED_UP = pd.DataFrame(columns=[*_VALUE, "finding", "verified_date", "words"])
_NONE_READ = pd.DataFrame(columns=["source_id", "how", "finding", "read_date", "words"])


def _of_values(tables: Tables) -> pd.DataFrame:
    return tables.get("verifications", _NONE_LOOKED_UP)


def _of_pages(tables: Tables) -> pd.DataFrame:
    return tables.get("document_readings", _NONE_READ)


@once_for_frames
def _holding(rows: pd.DataFrame) -> pd.DataFrame:
    """What holds of each value in each document: rows of `verifications`, one per value and document.

    Of a copy and an address the newer that says something of the document counts, of one day the address.
    """
    if "how" not in rows:
        rows = rows.assign(how="stored_copy", seen_date=rows["verified_date"])
    fetched = rows["how"].eq("fetched")
    if fetched.any():
        decisive = rows["finding"].isin(DECISIVE)
        order = rows.assign(_decisive=decisive, _fetched=fetched)
        order = order.sort_values(["_decisive", "verified_date", "_fetched"], ascending=False, kind="stable")
        rows = rows.loc[sorted(order.drop_duplicates(_VALUE).index)]
    return rows


@once_for_frames
def _looked_up(rows: pd.DataFrame) -> pd.DataFrame:
    """The same with `words`."""
    return rows if rows is _NONE_LOOKED_UP else _in_words(_holding(rows))


def _in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of what holds with `words`."""
    read = ["finding", "verified_date", "how", "seen_date"]
    # Thousands of values were looked up on a few days: each answer is put into words once.
    words = [
        ((how == "fetched" and AT_ADDRESS.get(finding)) or FOUND[finding]).format(
            day=format_day(day), seen=format_day(day if pd.isna(seen) else seen)
        )
        for finding, day, how, seen in rows[read].drop_duplicates().itertuples(index=False)
    ]
    which = rows.groupby(read, sort=False, dropna=False).ngroup().to_numpy()
    return rows.assign(words=pd.Series(np.array(words, dtype=object)[which], index=rows.index, dtype="str"))


def readings(tables: Tables) -> pd.DataFrame:
    """The newest reading of each document and way, in words; none in a build of older code.

    Returns:
        The columns of `document_readings` and `words`; one row per document and way, newest reading last.
    """
    return _readings(_of_pages(tables))


@once_for_frames
def _readings(rows: pd.DataFrame) -> pd.DataFrame:
    if rows is _NONE_READ:
        return rows
    rows = rows.sort_values(["read_date", "since_date"], kind="stable")
    rows = rows.drop_duplicates(["source_id", "how"], keep="last")
    cells = (rows[c].tolist() for c in ("how", "finding", "read_date", "since_date"))
    words = [
        OF_READING[how][finding].format(day=format_day(day), since=format_day(since))
        for how, finding, day, since in zip(*cells, strict=True)
    ]
    return rows.assign(words=pd.Series(words, index=rows.index, dtype="str"))


#: What a reading of a whole document is called: by the way it was read, and what became of it.
OF_READING = {
    "stored_copy": {
        "found": "copy read on {day}",
        "not_found": "copy read on {day}, without its values",
        "unreadable": "copy not readable",
        "read": "copy read on {day}",
    },
    "fetched": {
        "found": "found again on {day}",
        "read": "read again on {day}",
        "not_found": "read again on {day}, without its values",
        "changed": "page has changed by {since}",
        "gone": "page gone on {since}",
        "unreadable": "page could not be read on {day}",
    },
    "quoted_by": {"quoted": "never opened, quoted by others"},
}


def findings(tables: Tables, table: str, column: str) -> Mapping[str, str]:
    """What became of each value of a column that was looked up, in words, by key of its row."""
    return _answers(_of_values(tables)).of(table, column)


class _Answers:
    """What became of values by table and column: of hundreds of thousands pages ask for those of a few columns."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows = rows
        table, tables = pd.factorize(rows["table_name"].to_numpy(dtype=object))
        column, columns = pd.factorize(rows["column_name"].to_numpy(dtype=object))
        self._code = table * len(columns) + column
        self._codes = {
            (one, other): n * len(columns) + m
            for n, one in enumerate(tables.tolist())
            for m, other in enumerate(columns.tolist())
        }
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, table: str, column: str) -> dict[str, str]:
        """By key of the row."""
        asked = table, column
        if asked not in self._codes:
            return {}
        if asked not in self._known:
            rows = _in_words(self._rows.take(np.flatnonzero(self._code == self._codes[asked])))
            rank = {finding: place for place, finding in enumerate(FOUND)}
            # The best comes last: of several of one value the last stays.
            found = list(map(rank.__getitem__, rows["finding"].tolist()))
            order = np.argsort(np.array(found, dtype="int64"), kind="stable")[::-1]
            key, words = (rows[c].to_numpy(dtype=object)[order].tolist() for c in ("row_id", "words"))
            self._known[asked] = dict(zip(key, words, strict=True))
        return self._known[asked]


@once_for_frames
def _answers(verifications: pd.DataFrame) -> _Answers:
    return _Answers(_holding(verifications))


@once_for_frames
def _lost(verifications: pd.DataFrame) -> frozenset[str]:
    """Keys of rows of which a value stands in none of its documents any more, though it did."""
    rows = _holding(verifications)
    rows = rows[rows["finding"].isin(DECISIVE)]
    # One document that still holds it is enough.
    holds = rows.assign(_holds=~rows["finding"].isin(LOST))
    still = holds.groupby(["table_name", "row_id", "column_name"])["_holds"].any()
    return frozenset(still.index.get_level_values("row_id")[~still.to_numpy(dtype=bool)])


@once_for_frames
def _gone(document_readings: pd.DataFrame) -> frozenset[str]:
    """Documents whose address has no page any more."""
    rows = _readings(document_readings)
    return frozenset(rows.loc[rows["how"].eq("fetched") & rows["finding"].eq("gone"), "source_id"])


def lost(tables: Tables, rows: pd.DataFrame) -> int:
    """How many of some rows stand on pages that have changed or gone: a value of theirs, or every document they cite.

    Args:
        tables: With what was looked up.
        rows: With their key in one of the columns that end in `_id`, and `source_ids`.
    """
    values, pages = _lost(_of_values(tables)), _gone(_of_pages(tables))
    if rows.empty or not (values or pages):
        return 0
    keys = [c for c in KEYS if c in rows][:1]
    is_lost = np.zeros(len(rows), dtype=bool)
    if keys and values:
        ids = map(str, rows[keys[0]].tolist())
        is_lost = np.fromiter(map(values.__contains__, ids), dtype=bool, count=len(rows))
    if pages:
        cited = (split_ids([cell]) for cell in rows["source_ids"].tolist())
        is_lost |= np.array([bool(ids) and pages.issuperset(ids) for ids in cited], dtype=bool)
    return int(is_lost.sum())


#: Keys of the rows that numbers are made of.
KEYS = ("score_id", "price_id", "metric_id", "filing_id", "event_id", "move_id", "assessment_id", "model_id")


def of_row(tables: Tables, table: str, row_id: object, column: str, source_ids: object) -> str:
    """What became of a row in words: of one value of it, else that no page it cites is there any more; "" for neither."""
    if said := findings(tables, table, column).get(str(row_id)):
        return said
    cited = split_ids([source_ids])
    return "page gone" if cited and _gone(_of_pages(tables)).issuperset(cited) else ""


def checked(tables: Tables, table: str, row_ids: pd.Series, column: str) -> pd.Series:
    """The words for one column of some rows, by their index; "" where nothing was looked up."""
    known = findings(tables, table, column)
    said = [known.get(str(i), "") for i in row_ids]
    return pd.Series(said, index=row_ids.index, dtype="str")


def of_documents(tables: Tables, source_ids: pd.Series) -> pd.Series:
    """How many of the values that each document was looked into for stand in it, in words; "" where nobody looked."""
    looked, pages = _of_each_document(_of_values(tables)), _of_each_page(_of_pages(tables))
    at = looked.sources.get_indexer(pd.Index(source_ids.to_numpy(dtype=object), dtype=object)).tolist()
    said = [
        _of_document(looked.words(n) if n >= 0 else "", pages.get(i, ()))
        for i, n in zip(source_ids.tolist(), at, strict=True)
    ]
    return pd.Series(said, index=source_ids.index, dtype="str")


def _of_document(said: str, pages: Iterable[tuple[bool, str]]) -> str:
    """What was found in a document, with what became of its pages: that they are lost is told first, else alone where no value was looked up."""
    for is_lost, words in pages:
        if is_lost and said:
            said = f"{words}; {said}"
        elif not said:
            said = words
    return said


class _Looked(NamedTuple):
    """Documents that values were looked up in: their ids, how many were, how many are there, and the newest day."""

    sources: pd.Index
    looked: np.ndarray
    found: np.ndarray
    day: np.ndarray

    def words(self, n: int) -> str:
        """What was found in one."""
        day = pd.Timestamp(int(self.day[n]), unit="us")
        values = plural(int(self.looked[n]), "value")
        return f"{self.found[n]:,} of {values} looked up found again on {format_day(day)}"


@once_for_frames
def _of_each_document(verifications: pd.DataFrame) -> _Looked:
    rows = _holding(verifications)
    rows = rows[rows["finding"].isin((*DECISIVE, "not_found"))]
    of, sources = pd.factorize(rows["source_id"].to_numpy(dtype=object))
    finding, findings = pd.factorize(rows["finding"].to_numpy(dtype=object))
    is_found = np.array([str(one).startswith("found") for one in findings.tolist()], dtype=bool)[finding]
    day = np.full(len(sources), cells.NO_DAY)
    np.maximum.at(day, of, cells.days(rows["verified_date"]))
    count = np.bincount(of, minlength=len(sources))
    found = np.bincount(of[is_found], minlength=len(sources))
    return _Looked(pd.Index(sources, dtype=object), count, found, day)


@once_for_frames
def _of_each_page(document_readings: pd.DataFrame) -> dict[str, list[tuple[bool, str]]]:
    """Of each document that was looked for at its address, or quoted: whether its page is lost, and what became of it."""
    newest = _readings(document_readings)
    found: dict[str, list[tuple[bool, str]]] = {}
    read = (newest[c].tolist() for c in ("source_id", "how", "finding", "words"))
    for source, how, finding, words in zip(*read, strict=True):
        if how != "stored_copy":
            found.setdefault(source, []).append((how == "fetched" and finding in LOST, words))
    return found


#: Said of a value that nobody looked up: no copy of its documents is at hand, or those that are were read for others.
NO_COPY, NOT_ASKED = "in no copy at hand", "not looked up"


@dataclass(frozen=True)
class Looked:
    """What became of the values of a row.

    Attributes:
        words: In words.
        document: Id of the document that one was looked up in; "" where nobody looked.
        looked: How many were looked up in a copy that could be read.
        holds: How many of them were found again.
        lost: How many stood on a page that has changed or gone, and stand in no other document of the row.
    """

    words: str
    document: str = ""
    looked: int = 0
    holds: int = 0
    lost: int = 0


#: Key of the row, finding, day and words, by document and value.
Stated = Mapping[str, Mapping[str, list[tuple[str, str, pd.Timestamp, str]]]]


def by_document(tables: Tables) -> Stated:
    """What was looked up in each document, by the value stated: keys of the rows, finding, day and words."""
    return _by_document(_of_values(tables))


@once_for_frames
def _by_document(verifications: pd.DataFrame) -> Stated:
    out: dict[str, dict[str, list[tuple[str, str, pd.Timestamp, str]]]] = {}
    rows = _looked_up(verifications)
    if "stated" not in rows:
        return out
    cells = (rows[c].tolist() for c in ("source_id", "stated", "row_id", "finding", "verified_date", "words"))
    for source, stated, row, *found in zip(*cells, strict=True):
        out.setdefault(source, {}).setdefault(_plain(stated), []).append((_bare(row), *found))
    return out


def of_values(
    found: Stated, source_ids: Iterable[str], values: Iterable[object], keys: Iterable[str]
) -> Looked:
    """What became of the values of a row in the documents that it cites; of a value the finding that holds is told.

    Args:
        found: As `by_document` gives it.
        source_ids: The documents.
        values: Numbers and days that the row states.
        keys: Ids or names, one of which must be in the key of what was looked up: a value alone could be anyone's.
            Without any nothing was looked up.
    """
    ids, parts, order = list(source_ids), [k for k in map(_bare, keys) if k], list(FOUND)
    best = []
    for value in dict.fromkeys(map(_plain, values)):
        hits = [
            (order.index(finding), source, day, words)
            for source in ids
            for row, finding, day, words in found.get(source, {}).get(value, ())
            if any(p in row for p in parts)
        ]
        best += [min(hits, key=lambda one: one[0])] if hits else []
    if not best:
        return Looked(NOT_ASKED if any(i in found for i in ids) else NO_COPY)
    holding = [one for one in best if order[one[0]].startswith("found")]
    readable = [one for one in best if order[one[0]] != "unreadable"]
    gone = [one for one in best if order[one[0]] in LOST]
    _, source, day, said = holding[0] if holding else best[0]
    if holding and len(holding) < len(best):
        said = f"{len(holding):,} of {len(best):,} values found again on {format_day(day)}"
        said += f", {gone[0][3]}" if gone else ""
    return Looked(said, source, len(readable), len(holding), len(gone))


def _plain(value: object) -> str:
    """A value as one word, whatever it was written as: numbers by their first nine digits, days in ISO order."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    try:
        return f"{float(str(value)):.9g}"
    except ValueError:
        return str(value).strip()


def _bare(name: str) -> str:
    """A name or key as its letters and digits: ids are made of names with other signs between."""
    return _SIGNS.sub("", str(name).lower())


_SIGNS = re.compile(r"[\W_]+")


#: Ways of reading as a table names them, and what they mean.
WAYS = {"fetched": "its address", "stored_copy": "a saved copy", "quoted_by": "quoted by others"}
WAYS_MEAN = (
    "Its address: read again over the web. A saved copy: the text kept when the row was written. Quoted by others: never "
    "opened, known from documents that quote it."
)


def documents_read(tables: Tables) -> pd.DataFrame:
    """The newest reading of each document and way, those that have changed or gone first.

    Returns:
        The columns of `document_readings`, words, way, publisher, title, url and state (what `states` tells of it);
        newest reading first within a finding.
    """
    return _documents_read(_of_pages(tables), tables["sources"])


@once_for_frames
def _documents_read(document_readings: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    rows = _readings(document_readings)
    about = sources.set_index("source_id")[["publisher", "title", "url"]]
    rows = rows.join(about, on="source_id").assign(way=rows["how"].map(WAYS))
    place = rows["finding"].map({f: n for n, f in enumerate(("gone", "changed", "unreadable", "not_found"))})
    rows = rows.assign(_place=place.fillna(9), _way=rows["how"].ne("fetched"))
    rows = rows.sort_values(
        ["_way", "_place", "read_date", "publisher"], ascending=[True, True, False, True], kind="stable"
    )
    return rows.drop(columns=["_place", "_way"]).assign(state=states(rows))


def states(rows: pd.DataFrame) -> pd.Series:
    """Of rows of `documents_read` what each comes to: lost, unreadable, found, copies or quoted."""
    fetched = rows["how"].eq("fetched")
    found = pd.Series("found", index=rows.index, dtype="str")
    found = found.mask(fetched & rows["finding"].isin(LOST), "lost")
    found = found.mask(fetched & rows["finding"].eq("unreadable"), "unreadable")
    found = found.mask(fetched & rows["finding"].isin(("not_found", "read")), "read")
    return found.mask(rows["how"].eq("stored_copy"), "copies").mask(rows["how"].eq("quoted_by"), "quoted")


def earlier_findings(tables: Tables) -> str:
    """How many readings came to another finding than the one before, in a sentence; "" where none did."""
    return _otherwise_before(_of_pages(tables))


@once_for_frames
def _otherwise_before(rows: pd.DataFrame) -> str:
    again = rows[rows.duplicated(["source_id", "how"], keep=False)]
    if again.empty:
        return ""
    return (
        f"{plural(again['source_id'].nunique(), 'document')} came to another finding than before; the table "
        "document_readings keeps each with its first and last day."
    )


#: Kinds of documents in words, most of them first.
_KINDS = {
    "primary": "of the organisations themselves, papers or of the state",
    "press": "of the press",
    "analysis": "analyses",
    "dataset": "data sets and lists",
}


def read_once(tables: Tables) -> str:
    """Which documents have no reading of their own, in sentences: what they rest on instead; "" where all have one."""
    return _read_once(_of_pages(tables), tables["sources"])


@once_for_frames
def _read_once(document_readings: pd.DataFrame, sources: pd.DataFrame) -> str:
    rows = _readings(document_readings)
    rest = sources[~sources["source_id"].isin(rows["source_id"])]
    said = []
    if len(rest):
        counts = rest["kind"].value_counts()
        kinds = ", ".join(f"{counts[k]:,} {words}" for k, words in _KINDS.items() if counts.get(k))
        said.append(
            f"{plural(len(rest), 'document')} of {len(sources):,} {'was' if len(rest) == 1 else 'were'} read once for "
            f"their rows, by a person or an assistant, on the day that the list of documents gives, and not since ({kinds}): "
            "no copy of theirs is kept, so they have no hash and no finding."
        )
    copies = rows[rows["how"] == "stored_copy"]
    bare = int(copies["text_sha256"].isna().sum())
    if bare:
        said.append(
            f"{bare:,} of {plural(len(copies), 'saved copy', 'saved copies')} {'has' if bare == 1 else 'have'} no hash: "
            "looked into before hashes were kept, or not read whole."
        )
    return " ".join(said)
