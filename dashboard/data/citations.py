"""Which documents a chart rests on, and how they are named in a line and in full."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

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


def first_id(cell: str) -> str:
    """The first id of a list cell such as "a; b"."""
    return cell.split(";")[0].strip()


def split_ids(cells: Iterable[object]) -> list[str]:
    """Every id in a column of list cells, once, in order of first appearance."""
    return list(dict.fromkeys(_ids(cells)))


def joined_sources(*cells: object) -> str:
    """One list cell of several: every id once, in order."""
    return "; ".join(split_ids(cells))


#: How firmly a row stands, the firmest first.
_RANK = {c: n for n, c in enumerate(("high", "medium", "reported", "low"))}


def weakest(confidences: Iterable[object]) -> str | None:
    """The lowest confidence among rows behind one mark; None where none has any."""
    known = [str(c) for c in confidences if not is_missing(c)]
    return max(known, key=lambda c: _RANK.get(c, 0)) if known else None


def _ids(cells: Iterable[object]) -> list[str]:
    """Every id in a column of list cells, as often as it stands there: all cells are split as one text."""
    joined = ";".join([str(cell) for cell in cells if not is_missing(cell)])
    # An id holds no blanks; those around it are the list's.
    return [i for i in "".join(joined.split()).split(";") if i]


def ranks_of(sources: pd.DataFrame) -> dict[str, int]:
    """How strong each document is, by id; see `source_rank`."""
    both = zip(sources["source_id"].tolist(), sources["strength"].tolist(), strict=True)
    return {i: SOURCE_RANK.get(s, 9) for i, s in both}


def source_rank(rows: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """How strong the best document of each row is: 0 primary, 1 reporting, 2 analysis, 3 aggregator, 9 unknown."""
    known = places(sources)

    def rank(source_id: str) -> int:
        return SOURCE_RANK.get(known[source_id].strength, 9) if source_id in known else 9

    best = [min(rank(i.strip()) for i in cell.split(";")) for cell in rows["source_ids"].tolist()]
    return pd.Series(best, index=rows.index, dtype="int64")


def cited(source_ids: pd.Series, sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of `sources` named in a column of list cells, most cited first."""
    return sources.take([one.position for one in most_cited(source_ids, sources)])


def most_cited(source_ids: pd.Series, sources: pd.DataFrame) -> list[Place]:
    """The documents named in a column of list cells, in the order of `cited`: what a line of sources needs of them."""
    counts, known = Counter(_ids(source_ids.tolist())), places(sources)
    named = [(-count, known[i].position, i) for i, count in counts.items() if i in known]
    return [known[i] for _, _, i in sorted(named)]


@dataclass(frozen=True)
class Behind:
    """Who stands behind what is shown: the publishers in the order they are named, and how many documents."""

    publishers: tuple[str, ...]
    documents: int


def behind(used: pd.DataFrame | Sequence[Place]) -> Behind:
    """Who stands behind documents: rows of `sources`, or what `most_cited` gave."""
    if isinstance(used, pd.DataFrame):
        return Behind(tuple(publishers(used)), len(used))
    return Behind(tuple(_in_order((one.publisher, one.strength) for one in used)), len(used))


def publishers(used: pd.DataFrame) -> list[str]:
    """Publishers of documents, in the order they are named: who made or measured it, who listed it last.

    Primary documents and known publishers come first, then other reporting, analysis, and what gathers others; in
    each group the most cited first, as `cited` orders them.
    """
    return _in_order(zip(used["publisher"].tolist(), used["strength"].tolist(), strict=True))


def _in_order(documents: Iterable[tuple[str, str]]) -> list[str]:
    def rank(publisher: str, strength: str) -> int:
        # A reprint is known by whose text it is: "South China Morning Post, reprint".
        return 0 if publisher.split(", ")[0] in KNOWN_PUBLISHERS else SOURCE_RANK.get(strength, 9)

    # A publisher stands where the strongest of its documents does: the same pair is ranked once.
    pairs = dict.fromkeys(documents)
    return list(dict.fromkeys(p for p, _ in sorted(pairs, key=lambda one: rank(*one))))


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
    read = (
        "publisher",
        "title",
        "published_date",
        "published_date_precision",
        "url",
        "accessed_date",
        "checked",
        "license",
    )
    columns = [used[c].tolist() if c in used else none for c in read]
    lines = []
    for publisher, title, day, exact, url, accessed, found, licence in zip(*columns, strict=True):
        parts = [publisher]
        if not is_missing(title):
            parts.append(f"“{title}”")
        if not is_missing(day):
            parts.append(format_day(day, exact))
        parts.append(f"{url} (read {format_day(accessed)})")
        if found:
            parts.append(found)
        if not is_missing(licence):
            parts.append(f"licence {licence}")
        lines.append(", ".join(parts))
    return lines


#: What the name of a publisher says after that of the author.
_CARRIER = re.compile(r",? (?:reprint|on |copy on |digest by |quoted by ).*$")


@dataclass(frozen=True)
class Place:
    """Who published a document and when, and where it stands.

    Attributes:
        publisher: Its publisher.
        url: Its address.
        published: Its day, and how exactly that is known; both missing where it bears none.
        strength: How much its word counts, one of `sources.strength`; "" where that is not known.
        position: Its row in the table of sources.
    """

    publisher: str
    url: str
    published: tuple[object, object]
    strength: str
    position: int

    @cached_property
    def author(self) -> str:
        """Who wrote it: a reprint, or a digest on another's page, is no second publisher."""
        return _CARRIER.sub("", self.publisher)

    @cached_property
    def in_words(self) -> str:
        """Publisher and day: "36Kr, 16 Mar 2026"."""
        day, exact = self.published
        return self.publisher if is_missing(day) else f"{self.publisher}, {format_day(day, exact)}"


@once_for_frames
def places(sources: pd.DataFrame) -> dict[str, Place]:
    """Every document of the sources table by its id; to be read only."""
    read = ("source_id", "publisher", "url", "published_date", "published_date_precision", "strength")
    none = [""] * len(sources)
    columns = (sources[c].tolist() if c in sources else none for c in read)
    return {
        i: Place(str(publisher), str(url), (day, exact), str(strength), at)
        for at, (i, publisher, url, day, exact, strength) in enumerate(zip(*columns, strict=True))
    }


def authors(cells: Iterable[object], sources: pd.DataFrame) -> set[str]:
    """Who wrote the documents of list cells, each once; what is not in the sources table is left out."""
    known = places(sources)
    return {known[i].author for i in split_ids(cells) if i in known}


def sole_author(cells: pd.Series, sources: pd.DataFrame) -> str:
    """Who alone wrote the documents of list cells; "" where several did, or none is in the sources table."""
    who: set[str] = set()
    # The first cells tell of most numbers that several stand behind them.
    for some in (cells.head(20), cells):
        named = sources.loc[sources["source_id"].isin(split_ids(some.tolist())), "publisher"]
        who = {_CARRIER.sub("", publisher) for publisher in named.dropna().unique()} - {""}
        if len(who) > 1:
            return ""
    return who.pop() if who else ""


def links(source_ids: object, sources: pd.DataFrame, most: int = 2) -> str:
    """Markdown links to the documents of one list cell: "[TMTPost](…) · [36Kr](…) +2"."""
    known = places(sources)
    ids = [i for i in split_ids([source_ids]) if i in known]
    parts = [link(known[i].publisher, known[i].url) for i in ids[:most]]
    return " · ".join(parts) + (f" +{len(ids) - most}" if len(ids) > most else "")
