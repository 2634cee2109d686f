"""Which documents a chart rests on, and how they are named in a line and in full."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import overload

import numpy as np
import pandas as pd

from dashboard.data.cut import once_for_frames
from dashboard.data.store import Snapshot
from dashboard.look.markdown import link
from dashboard.look.theme import PRODUCT, format_day, is_missing, join_words, plural

#: Where reports differ the stronger document is shown first: the printed rule of `sources.strength`.
SOURCE_RANK = {"primary": 0, "reporting": 1, "analysis": 2, "aggregator": 3}

#: Publishers that a reader knows by name: newspapers and agencies, and those who measure rather than list.
KNOWN_PUBLISHERS = frozenset(
    [
        "36Kr",
        "Anthropic",
        "ARC Prize Foundation",
        "Artificial Analysis",
        "Axios",
        "Beijing Business Today",
        "Bloomberg",
        "Caijing",
        "Caixin",
        "Caixin Global",
        "China Daily",
        "CNBC",
        "CNN",
        "Data Center Dynamics",
        "Economic Information Daily",
        "Economic Observer",
        "Engadget",
        "Epoch AI",
        "Federal Reserve Board",
        "Global Times",
        "Gasgoo",
        "heise online",
        "IEEE Spectrum",
        "InfoQ China",
        "IT Home",
        "KrASIA",
        "LatePost",
        "Le Point",
        "Leiphone",
        "Lianhe Zaobao",
        "LiveBench",
        "LMArena",
        "Mint",
        "National Business Daily",
        "NetEase News",
        "OpenCompass (Shanghai AI Laboratory)",
        "Pandaily",
        "QbitAI",
        "Reuters",
        "Scale AI",
        "Sina Finance",
        "South China Morning Post",
        "Stanford Center for Research on Foundation Models",
        "SuperCLUE",
        "SWE-bench",
        "TechCrunch",
        "TechNode",
        "Tencent News",
        "Tencent Tech",
        "Terminal-Bench",
        "The ATOM Project (Interconnects)",
        "The Batch",
        "The Business Times",
        "The Decoder",
        "The Paper",
        "The Register",
        "The Star",
        "The Times",
        "The Verge",
        "The Wire China",
        "TMTPost",
        "Tom's Hardware",
        "Variety",
        "VentureBeat",
        "Wallstreetcn",
        "Xinhua",
        "Yicai",
        "Yicai Global",
        "ZDNet",
        "Zhidx",
    ]
)


def split_ids(cells: Iterable[object]) -> list[str]:
    """Every id in a column of list cells, once, in order of first appearance."""
    return list(dict.fromkeys(_ids(cells)))


def joined_sources(*cells: object) -> str:
    """One list cell of several: every id once, in order."""
    return _joined(cells) if len(cells) <= FEW_CELLS else "; ".join(split_ids(cells))


#: Cells of one row, at most; their join is kept, since most rows are the same on the next day asked for.
FEW_CELLS, MOST_JOINED = 12, 30_000


@lru_cache(maxsize=MOST_JOINED)
def _joined(cells: tuple[object, ...]) -> str:
    return "; ".join(split_ids(cells))


#: How firmly a row stands, the firmest first.
_RANK = {c: n for n, c in enumerate(("high", "medium", "reported", "low"))}


def weakest(confidences: Iterable[object]) -> str | None:
    """The lowest confidence among rows behind one mark; None where none has any."""
    known = [str(c) for c in confidences if not is_missing(c)]
    return max(known, key=lambda c: _RANK.get(c, 0)) if known else None


def _ids(cells: Iterable[object]) -> list[str]:
    """Every id in a column of list cells, as often as it stands there: all cells are split as one text."""
    joined = "; ".join([str(cell) for cell in cells if type(cell) is str or not is_missing(cell)])
    # An id holds no blanks; those around it are the list's, which most write alike.
    is_plain = joined.count("; ") == joined.count(";") == joined.count(" ")
    ids = joined.split("; ") if is_plain else "".join(joined.split()).split(";")
    return [i for i in ids if i] if "" in ids else ids


@once_for_frames
def source_rank(rows: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """How strong the best document of each row is: 0 primary, 1 reporting, 2 analysis, 3 aggregator, 9 unknown."""
    both = zip(sources["source_id"].tolist(), sources["strength"].tolist(), strict=True)
    rank = {i: SOURCE_RANK.get(s, 9) for i, s in both}.get
    best = [min(rank(i.strip(), 9) for i in cell.split(";")) for cell in rows["source_ids"].tolist()]
    return pd.Series(best, index=rows.index, dtype="int64")


class _Cells(dict[object, "array[int]"]):
    """Rows of the documents that list cells name, each once, by cell: charts and days show the same ones again and again.

    Of what is not in the sources table a cell names none. Those of long cells are kept apart.
    """

    def __init__(self, positions: Mapping[str, int]) -> None:
        super().__init__()
        self._find = positions.get
        self._long: dict[object, array[int]] = {}
        #: Cells that name documents which are not in the table, too.
        self.partial: set[object] = set()

    def __missing__(self, cell: object) -> array[int]:
        rows = self._long.get(cell)
        if rows is None:
            # Most cells are as they should be written; the others are read with care.
            plain = list(map(self._find, cell.split("; "))) if isinstance(cell, str) else [None]
            if None in plain:
                plain = list(map(self._find, _ids((cell,))))
            if None in plain:
                self.partial.add(cell)
            rows = self.keep(cell, [at for at in plain if at is not None])
        return rows

    def keep(self, cell: object, found: Iterable[int] | bytes) -> array[int]:
        """Remembers the rows of a cell, as numbers that many cells are put together of at once."""
        rows = array("q", found)
        is_long = len(rows) > MOST_IN_CELL
        kept, most = (self._long, MOST_LONG) if is_long else (self, MOST_CELLS)
        if len(kept) >= most:
            kept.clear()
        kept[cell] = rows
        return rows


@dataclass(frozen=True)
class _Documents:
    """The sources table as numbers, a document by its row.

    Attributes:
        publisher: Number of its publisher, by row.
        names: Publishers by their number.
        rank: Where it is named among what stands behind a number, by row; see `publishers`.
        strength: Place of its strength in SOURCE_RANK, behind all of them where it is none, by row.
        author: Number of who wrote it, by row.
        cells: Rows of the documents that list cells name.
    """

    publisher: np.ndarray
    names: np.ndarray
    rank: np.ndarray
    strength: np.ndarray
    author: np.ndarray
    cells: _Cells


#: List cells whose documents are kept; those with more documents than the second number are of one view alone: few are kept.
MOST_CELLS, MOST_IN_CELL, MOST_LONG = 200_000, 50, 256


@once_for_frames
def _documents(sources: pd.DataFrame) -> _Documents:
    numbers, names = pd.factorize(sources["publisher"].to_numpy(dtype="object"))
    strengths = sources["strength"].tolist() if "strength" in sources else [""] * len(sources)
    both = zip(sources["publisher"].tolist(), strengths, strict=True)
    rank = np.array([naming_rank(*one) for one in both], dtype="int8")
    strength = np.array([SOURCE_RANK.get(s, len(SOURCE_RANK)) for s in strengths], dtype="int8")
    author, _ = pd.factorize(np.array([_author(name) for name in names], dtype="object"))
    return _Documents(numbers, names, rank, strength, author[numbers], _Cells(_positions(sources)))


@once_for_frames
def _positions(sources: pd.DataFrame) -> dict[str, int]:
    """Row of each source_id."""
    return dict(zip(sources["source_id"].tolist(), range(len(sources)), strict=True))


def _finder(sources: pd.DataFrame) -> Callable[[object], array[int]]:
    """Finds the rows of the documents that a list cell names, each once; of what is not in the sources table none."""
    return _documents(sources).cells.__getitem__


def _named(source_ids: pd.Series | np.ndarray, sources: pd.DataFrame) -> np.ndarray:
    """Rows of the documents that a column of list cells names, in order, as often as named; given as rows, they are those."""
    known = source_ids if isinstance(source_ids, np.ndarray) else getattr(source_ids.array, "documents", None)
    if known is not None:
        return known
    return flat(map(_finder(sources), source_ids.tolist()))


def flat(rows: Iterable[array[int]]) -> np.ndarray:
    """The rows of many cells, one after the other."""
    return np.frombuffer(b"".join(rows), dtype="int64")


def _by_count(source_ids: pd.Series | np.ndarray, sources: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the documents named in a column of list cells, most cited first, else as the table has them; how often each."""
    times = np.bincount(_named(source_ids, sources), minlength=len(sources))
    rows = np.flatnonzero(times)
    order = np.argsort(-times[rows], kind="stable")
    return rows[order], times[rows[order]]


def cited(source_ids: pd.Series, sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of `sources` named in a column of list cells, most cited first, with `cited_by`: how many cells name each."""
    rows, counts = _by_count(source_ids, sources)
    return sources.take(rows).assign(cited_by=counts)


@dataclass(frozen=True)
class Behind:
    """Who stands behind what is shown: the publishers in the order they are named, and how many documents."""

    publishers: tuple[str, ...]
    documents: int


def behind(used: pd.DataFrame) -> Behind:
    """Who stands behind documents, rows as `cited` gave them."""
    return Behind(tuple(publishers(used)), len(used))


def behind_cells(source_ids: pd.Series | np.ndarray, sources: pd.DataFrame) -> Behind:
    """Who stands behind a column of list cells, or rows of documents: `behind` of `cited`, without their rows."""
    documents = _documents(sources)
    rows, counts = _by_count(source_ids, sources)
    order = _in_order(documents.publisher[rows], documents.rank[rows], counts)
    return Behind(tuple(documents.names[order]), len(rows))


def publishers(used: pd.DataFrame) -> list[str]:
    """Publishers of documents, in the order they are named: who made or measured it, who listed it last.

    Primary documents and known publishers come first, then other reporting, analysis, and what gathers others; in
    each group whom most of what is shown names, then whose document is named most. `used` are rows as `cited` gave them.
    """
    numbers, names = pd.factorize(used["publisher"].to_numpy(dtype="object"))
    both = zip(used["publisher"].tolist(), used["strength"].tolist(), strict=True)
    ranks = np.array([naming_rank(*one) for one in both], dtype="int8")
    return list(names[_in_order(numbers, ranks, used["cited_by"].to_numpy())])


def _in_order(publishers: np.ndarray, ranks: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Publishers of documents, as numbers, in the order they are named; each document has a rank and how often it is named."""
    found, first, of = np.unique(publishers, return_index=True, return_inverse=True)
    # A publisher stands where the strongest of its documents does.
    best = np.full(len(found), np.iinfo("int8").max, dtype="int8")
    np.minimum.at(best, of, ranks)
    times = np.bincount(of, weights=counts, minlength=len(found))
    return found[np.lexsort((first, -times, best))]


def naming_rank(publisher: str, strength: str) -> int:
    """Where a document is named among others, the first at 0: primary ones and known publishers, what lists others last."""
    # A reprint is known by whose text it is: "South China Morning Post, reprint".
    return 0 if publisher.split(", ")[0] in KNOWN_PUBLISHERS else SOURCE_RANK.get(strength, 9)


def strongest(cell: object, known: Places) -> Place | None:
    """The document of a list cell, such as "a; b", that is named first, by what `places` gave; None where it names none."""
    rows = known.rows(cell)
    return known.at(min(rows, key=known.rank)) if rows else None


def strongest_first(cell: object, sources: pd.DataFrame) -> Sequence[Place]:
    """The documents of one list cell in the order they are named, without those that the sources table does not have."""
    known = places(sources)
    return _InOrder(known.in_order(known.rows(cell)), known)


def in_order_named(ids: Iterable[str], known: Places) -> list[str]:
    """Ids of documents, each once, in the order they are named; last those that are not in what `places` gave."""
    ids = list(ids)
    of = {known.row(i): i for i in ids if i in known}
    return [*(of[row] for row in known.in_order(list(of))), *(i for i in ids if i not in known)]


def publishers_line(stand: Behind, most: int = 3) -> str:
    """The first publishers by the order of `publishers`, how many more, and of how many documents; "" without any."""
    names = stand.publishers
    if not names:
        return ""
    named = "; ".join(names[:most])
    if len(names) > most:
        named += f" and {plural(len(names) - most, 'more publisher')}"
    return f"Source: {named} ({plural(stand.documents, 'document')})."


def short_line(stand: Behind, snapshot: Snapshot, note: str = "") -> str:
    """One line: who stands behind it, the product, its day and snapshot."""
    named = publishers_line(stand)
    if not named:
        return ""
    line = f"{named} {PRODUCT}, data to {format_day(snapshot.as_of)}, snapshot {snapshot.id}."
    return f"{line} {own_words(snapshot)} {note}".replace("  ", " ").strip()


def shorter_lines(line: str, kept: Sequence[str] = ()) -> list[str]:
    """A source line, then the same without one sentence more of what is said of its marks: for places that hold less.

    Args:
        line: As `short_line` gave it. Who stands behind it, the day and the snapshot always stay.
        kept: Beginnings of sentences that go last.
    """
    found = re.match(r".*?, snapshot [^ ]+?\.(?= |$)", line)
    if found is None:
        return [line]
    said = re.findall(r"\S.*?[.?!)](?= |$)(?= +(?![a-z])[\w“(]|\s*$)|\S.+$", line[found.end() :])
    order = [n for n, s in enumerate(said) if not s.startswith(tuple(kept))]
    going = [*reversed(order), *(n for n in range(len(said)) if n not in order)]
    return [
        " ".join([found[0], *(s for n, s in enumerate(said) if n not in going[:gone])])
        for gone in range(len(said) + 1)
    ]


def own_words(snapshot: Snapshot) -> str:
    """Whose own rows are laid over the data, as a sentence; "" where nobody's are."""
    return f"Own rows over the data: {join_words(list(snapshot.own))}." if snapshot.own else ""


def full_lines(used: pd.DataFrame) -> list[str]:
    """One citation a document: publisher, title, day, address, day it was read, what was found again, licence."""
    none = [""] * len(used)
    day = ("published_date", "published_date_precision")
    read = ("publisher", "title", *day, "url", "accessed_date", "checked", "license")
    columns = [used[c].tolist() if c in used else none for c in read]
    lines = []
    for publisher, title, published, exact, url, accessed, found, licence in zip(*columns, strict=True):
        parts = [publisher]
        if not is_missing(title):
            parts.append(f"“{title}”")
        if not is_missing(published):
            parts.append(format_day(published, exact))
        parts.append(f"{url} (read {format_day(accessed)})")
        if found:
            parts.append(found)
        if not is_missing(licence):
            parts.append(f"licence {licence}")
        lines.append(", ".join(parts))
    return lines


#: What the name of a publisher says after that of the author.
_CARRIER = re.compile(r",? (?:reprint|on |copy on |digest by |quoted by ).*$")


def _author(publisher: str) -> str:
    return _CARRIER.sub("", publisher)


@dataclass(frozen=True)
class Place:
    """Who published a document and when, and where it stands.

    Attributes:
        publisher: Its publisher.
        title: Its title; "" where it bears none.
        url: Its address.
        published: Its day, and how exactly that is known; both missing where it bears none.
        strength: How much its word counts, one of `sources.strength`; "" where that is not known.
        rank: Where it is named among others, the first at 0; see `publishers`.
    """

    publisher: str
    title: str
    url: str
    published: tuple[object, object]
    strength: str
    rank: int

    @cached_property
    def author(self) -> str:
        """Who wrote it: a reprint, or a digest on another's page, is no second publisher."""
        return _author(self.publisher)

    @property
    def day_in_words(self) -> str:
        """When it was published, as exactly as that is known; "" where it bears no day."""
        day, exact = self.published
        return "" if is_missing(day) else format_day(day, exact)

    @cached_property
    def in_words(self) -> str:
        """Publisher and day: "36Kr, 16 Mar 2026"."""
        return ", ".join(filter(None, (self.publisher, self.day_in_words)))


class Places(Mapping[str, Place]):
    """Documents of the sources table by their id, each put together when somebody asks for it: a page names few of them."""

    def __init__(self, sources: pd.DataFrame) -> None:
        read = ("publisher", "title", "url", "published_date_precision", "strength")
        none = [""] * len(sources)
        self._rows = _positions(sources)
        # Arrays: a list of thousands is walked by every collection, a list of days is thousands of objects as well.
        self._texts = [sources[c].to_numpy(dtype="object") if c in sources else none for c in read]
        self._days = sources["published_date"].array if "published_date" in sources else none
        self._made: dict[int, Place] = {}
        #: Rows of the documents that a list cell names, and where a row is named among others, the first at 0.
        self.rows, self.rank = _finder(sources), _documents(sources).rank.__getitem__
        self.cells = _documents(sources).cells
        self._publisher = _documents(sources).publisher

    def at(self, row: int) -> Place:
        """The document of a row of the sources table."""
        if row not in self._made:
            publisher, title, url, exact, strength = (column[row] for column in self._texts)
            name, strong, called = str(publisher), str(strength), "" if is_missing(title) else str(title)
            published, rank = (self._days[row], exact), naming_rank(name, strong)
            self._made[row] = Place(name, called, str(url), published, strong, rank)
        return self._made[row]

    def row(self, source_id: str) -> int:
        """Where a document stands in the sources table."""
        return self._rows[source_id]

    def in_order(self, rows: Iterable[int]) -> list[int]:
        """Rows in the order they are named: ranked as `publishers`, each publisher once before any twice."""
        ranked = sorted(rows, key=self.rank)
        first = {self._publisher[row]: row for row in reversed(ranked)}
        return sorted(ranked, key=lambda row: first[self._publisher[row]] != row)

    def __getitem__(self, source_id: str) -> Place:
        return self.at(self._rows[source_id])

    def __contains__(self, source_id: object) -> bool:
        return source_id in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class _InOrder(Sequence[Place]):
    """Documents in the order they are named, by their rows."""

    def __init__(self, rows: list[int], known: Places) -> None:
        self._of, self._known = rows, known

    @overload
    def __getitem__(self, at: int) -> Place: ...
    @overload
    def __getitem__(self, at: slice) -> list[Place]: ...
    def __getitem__(self, at: int | slice) -> Place | list[Place]:
        if isinstance(at, slice):
            return [self._known.at(row) for row in self._of[at]]
        return self._known.at(self._of[at])

    def __len__(self) -> int:
        return len(self._of)


@once_for_frames
def places(sources: pd.DataFrame) -> Places:
    """Every document of the sources table by its id."""
    return Places(sources)


@dataclass(frozen=True)
class Stand:
    """What stands behind one row.

    Attributes:
        first: The document that is named first.
        documents: How many there are.
        strength: The strongest kind among them, one of `SOURCE_RANK`; "" where none is known.
        alone: One author wrote all of them.
    """

    first: Place
    documents: int
    strength: str
    alone: bool


def stands(cells: Iterable[object], sources: pd.DataFrame) -> list[Stand | None]:
    """What stands behind rows, by their list cells; None where a cell names no document of the sources table."""
    documents, known, kinds = _documents(sources), places(sources), [*SOURCE_RANK, ""]
    named = list(map(known.rows, cells))
    size = np.array([len(rows) for rows in named if rows], dtype="int64")
    if not len(size):
        return [None] * len(named)
    every, begun = flat(named), np.cumsum(size) - size
    rank, author = documents.rank[every], documents.author[every]
    firsts = np.flatnonzero(rank == np.repeat(np.minimum.reduceat(rank, begun), size))
    first = every[firsts[np.searchsorted(firsts, begun)]].tolist()
    best = np.minimum.reduceat(documents.strength[every], begun).tolist()
    alone = np.minimum.reduceat(author, begun) == np.maximum.reduceat(author, begun)
    found = map(Stand, map(known.at, first), size.tolist(), (kinds[n] for n in best), alone.tolist())
    return [next(found) if rows else None for rows in named]


def authors(cells: Iterable[object], sources: pd.DataFrame) -> set[str]:
    """Who wrote the documents of list cells, each once; what is not in the sources table is left out."""
    known = places(sources)
    return {known[i].author for i in split_ids(cells) if i in known}


def sole_author(cells: pd.Series, sources: pd.DataFrame) -> str:
    """Who alone wrote the documents of list cells; "" where several did, or none is in the sources table."""
    documents, who = _documents(sources), set[str]()
    # The first cells tell of most numbers that several stand behind them.
    for some in (cells.head(20), cells):
        publishers = np.unique(documents.publisher[_named(some, sources)])
        who = {_author(name) for name in documents.names[publishers]} - {""}
        if len(who) > 1:
            return ""
    return who.pop() if who else ""


def links(source_ids: object, sources: pd.DataFrame, most: int = 2) -> str:
    """Markdown links to the documents of one list cell, the strongest first: "[TMTPost](…) · [36Kr](…) +2"."""
    return _linked(strongest_first(source_ids, sources), most)


def links_behind(cells: pd.Series | np.ndarray, sources: pd.DataFrame, most: int = 2) -> str:
    """As `links`, of the documents of a column of list cells, or of rows of documents."""
    documents, known, named = _documents(sources), places(sources), _named(cells, sources)
    first = np.full(len(sources), -1)
    # Of places given to one row the last stays: in reverse that is the first.
    first[named[::-1]] = np.arange(len(named))[::-1]
    rows = np.flatnonzero(first >= 0)
    # By rank, of one rank who is named first; each publisher once before any twice.
    ranked = rows[np.lexsort((first[rows], documents.rank[rows]))]
    again = np.ones(len(ranked), dtype=bool)
    again[np.unique(documents.publisher[ranked], return_index=True)[1]] = False
    return _linked(_InOrder(ranked[np.argsort(again, kind="stable")].tolist(), known), most)


def _linked(found: Sequence[Place], most: int) -> str:
    parts = [link(one.publisher, one.url) for one in found[:most]]
    return " · ".join(parts) + (f" +{len(found) - most:,}" if len(found) > most else "")
