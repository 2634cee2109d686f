"""Which documents a chart rests on, and how they are named in a line and in full."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from dashboard.data.store import Snapshot, Tables
from dashboard.look.theme import PRODUCT, format_day, is_missing, plural

#: Where reports differ, the better kind of document is shown first: the rule of governance-coding, "ties and dissent".
SOURCE_RANK = {"primary": 0, "press": 1, "dataset": 2, "analysis": 3}


def first_id(cell: str) -> str:
    """The first id of a list cell such as "a; b"."""
    return cell.split(";")[0].strip()


def split_ids(cells: Iterable[object]) -> list[str]:
    """Every id in a column of list cells, once, in order of first appearance."""
    seen: dict[str, None] = {}
    for cell in cells:
        if not is_missing(cell):
            seen.update(dict.fromkeys(p for part in str(cell).split(";") if (p := part.strip())))
    return list(seen)


def source_rank(rows: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """How good the best document of each row is: 0 primary, 1 press, 2 dataset, 3 analysis, 9 unknown."""
    ranks = sources.set_index("source_id")["kind"].map(SOURCE_RANK).to_dict()
    best = [min(ranks.get(i.strip(), 9) for i in cell.split(";")) for cell in rows["source_ids"]]
    return pd.Series(best, index=rows.index, dtype="int64")


def cited(source_ids: pd.Series, sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of `sources` named in a column of list cells, most cited first."""
    counts: dict[str, int] = {}
    for cell in source_ids.dropna():
        for part in str(cell).split(";"):
            counts[part.strip()] = counts.get(part.strip(), 0) + 1
    rows = sources[sources["source_id"].isin(counts)]
    order = rows["source_id"].map(counts).sort_values(ascending=False, kind="stable").index
    return rows.loc[order]


def sources_used(
    reads: tuple[str, ...], frame: pd.DataFrame, selected: Tables, tables: Tables
) -> pd.DataFrame:
    """Documents behind what a chart shows, most cited first.

    The frame's own `source_ids` column where it has one (exactly the rows shown), else the selected rows of every
    table the chart reads, named in `reads`.
    """
    if "source_ids" in frame:
        cells = frame["source_ids"]
    else:
        cells = pd.concat(
            [selected[name]["source_ids"] for name in reads if "source_ids" in selected.get(name, ())]
            or [pd.Series([], dtype="str")]
        )
    return cited(cells, tables["sources"])


def publishers_line(used: pd.DataFrame, most: int = 3) -> str:
    """The most cited publishers, how many more, and of how many documents; "" without any."""
    publishers = list(dict.fromkeys(used["publisher"]))
    if not publishers:
        return ""
    named = "; ".join(publishers[:most])
    if len(publishers) > most:
        named += f" and {plural(len(publishers) - most, 'more publisher')}"
    return f"Source: {named} ({plural(len(used), 'document')})."


def short_line(used: pd.DataFrame, snapshot: Snapshot, note: str = "") -> str:
    """One line: the most cited publishers, the product, its day and snapshot."""
    named = publishers_line(used)
    if not named:
        return ""
    line = f"{named} {PRODUCT}, data to {format_day(snapshot.as_of)}, snapshot {snapshot.id}."
    return f"{line} {note}".strip()


def full_lines(used: pd.DataFrame) -> list[str]:
    """One citation a document: publisher, title, day, address, day it was read, licence."""
    lines = []
    for row in used.itertuples(index=False):
        parts = [row.publisher]
        if not is_missing(row.title):
            parts.append(f"“{row.title}”")
        if not is_missing(row.published_date):
            parts.append(format_day(row.published_date, row.published_date_precision))
        parts.append(f"{row.url} (read {format_day(row.accessed_date)})")
        if not is_missing(row.license):
            parts.append(f"licence {row.license}")
        lines.append(", ".join(parts))
    return lines


@dataclass(frozen=True, slots=True)
class Place:
    """Who published a document, and where it stands."""

    publisher: str
    url: str


#: The last tables of sources that were asked of, by identity: building one costs more than a page of look-ups.
_PLACES: OrderedDict[int, tuple[pd.DataFrame, dict[str, Place]]] = OrderedDict()


def places(sources: pd.DataFrame) -> dict[str, Place]:
    """Every document of the sources table by its id; to be read only."""
    found = _PLACES.get(id(sources))
    if found is None:
        columns = (sources[c].tolist() for c in ("source_id", "publisher", "url"))
        found = sources, {i: Place(str(p), str(u)) for i, p, u in zip(*columns, strict=True)}
        _PLACES[id(sources)] = found
        while len(_PLACES) > 4:
            _PLACES.popitem(last=False)
    return found[1]


def links(source_ids: object, sources: pd.DataFrame, most: int = 2) -> str:
    """Markdown links to the documents of one list cell: "[TMTPost](…) · [36Kr](…) +2"."""
    known = places(sources)
    ids = [i for i in split_ids([source_ids]) if i in known]
    parts = []
    for i in ids[:most]:
        label = known[i].publisher.replace("[", "(").replace("]", ")")
        url = known[i].url
        parts.append(
            f"[{label}]({url.replace(' ', '%20').replace(')', '%29')})" if url.startswith("http") else label
        )
    return " · ".join(parts) + (f" +{len(ids) - most}" if len(ids) > most else "")
