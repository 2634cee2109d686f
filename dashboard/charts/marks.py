"""What every mark of a chart carries: the row it stands for, and a visible sign where that row stands on weak ground.

A drawer names the row of each mark in `customdata` (the label of the frame's index); all else follows from
the frame's own columns:

- `confidence`: high, medium, reported (one source alone says so) or low; the weakest of the rows behind the mark.
- `caveat`: null, or words of `CAVEATS` joined by "; ".
- `source_ids`: documents behind the mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import product
from typing import Any

import pandas as pd

from dashboard.data.citations import Stand, authors, split_ids, stands
from dashboard.data.citations import joined_sources as joined_sources
from dashboard.data.citations import weakest as weakest
from dashboard.look.theme import escape, is_missing, join_words, plural

#: Caveats and how a mark shows them, in the order they are named in.
CAVEATS = {
    "estimated": "Hollow, hatched or in italics: estimated, or weakly supported",
    "disputed": "Ringed or outlined: sources disagree",
    "stale": "Faded: older than its kind of fact stays true",
}
CONFIDENCE = {
    "high": "well supported",
    "medium": "fairly supported",
    "reported": "one source alone says so",
    "low": "weakly supported",
}
#: The strongest kind of document behind a mark, in words.
STRENGTH = {
    "primary": "primary document",
    "reporting": "named reporting",
    "analysis": "analysis alone",
    "aggregator": "aggregators alone",
}
#: Of what rests on the documents of one publisher, however sure they are.
ALONE = "one publisher alone"


def caveats(*, estimated: bool = False, disputed: bool = False, stale: bool = False) -> str | None:
    """The cell of `caveat` for one mark; None where nothing holds."""
    # Asked for every row of large frames: of eight answers none is put together twice.
    return _CELLS[bool(estimated), bool(disputed), bool(stale)]


_CELLS = {
    so: "; ".join(w for w, holds in zip(CAVEATS, so, strict=True) if holds) or None
    for so in product((False, True), repeat=len(CAVEATS))
}


def cited(rows: pd.DataFrame, *columns: str) -> list[str]:
    """The documents behind each row: one list cell of those in several columns."""
    found = []
    for cells in zip(*(rows[c].tolist() for c in columns), strict=True):
        # Most cells name one document: there is nothing to take apart.
        alone = all(type(c) is str and ";" not in c and " " not in c for c in cells)
        found.append("; ".join(dict.fromkeys(cells)) if alone else joined_sources(*cells))
    return found


def caveat_cells(
    rows: pd.DataFrame, *, disputed: Iterable[bool] = (), stale: Iterable[bool] = ()
) -> pd.Series:
    """The cell of `caveat` of each row, estimated where its `confidence` is low; nothing given holds of none."""
    low = (rows["confidence"] == "low").tolist()
    told = (list(held) or [False] * len(rows) for held in (disputed, stale))
    cells = [caveats(estimated=e, disputed=d, stale=s) for e, d, s in zip(low, *told, strict=True)]
    return pd.Series(cells, index=rows.index, dtype="str")


def behind(frame: pd.DataFrame) -> list[str]:
    """The documents behind a frame: every cell of them, of whole rows and of single columns."""
    return [
        cell for c in frame.columns if str(c).endswith("source_ids") for cell in frame[c].dropna().tolist()
    ]


def strength(frame: pd.DataFrame) -> str:
    """How firmly a chart's frame stands, in words: its rows, the documents behind them, and how many rows are weak."""
    documents = len(split_ids(behind(frame)))
    confidence, caveat = (frame[c].tolist() if c in frame else [] for c in ("confidence", "caveat"))
    weak = {n for n, cell in enumerate(confidence) if cell == "low"}
    weak |= {n for n, cell in enumerate(caveat) if "estimated" in str(cell) or "disputed" in str(cell)}
    said = plural(len(frame), "row") + (f", {plural(documents, 'document')}" if documents else "")
    return f"{said}; {len(weak):,} of them weak or disputed" if weak else said


def lonely(frame: pd.DataFrame, sources: pd.DataFrame) -> int:
    """How many rows of a frame rest on the documents of one publisher alone."""
    if "source_ids" not in frame:
        return 0
    return sum(len(authors([cell], sources)) == 1 for cell in frame["source_ids"].tolist())


def caveat_note(frame: pd.DataFrame, names: str = "") -> str:
    """Says what hollow, ringed and faded marks are, and whose they are; "" where the frame has none.

    Args:
        frame: A chart's frame.
        names: Column that names what a row is; else the model, else the company.
    """
    if "caveat" not in frame:
        return ""
    name = next((c for c in (names, "model_name", "model_label", "company_name") if c in frame), None)
    cells = frame["caveat"].tolist()
    words = {c: () if is_missing(c) else str(c).split("; ") for c in set(cells)}
    counts, named = Counter(cells), frame[name].tolist() if name else []
    said = []
    for word, means in CAVEATS.items():
        those = {c for c, told in words.items() if word in told}
        many = sum(counts[c] for c in those)
        if many and word == "stale" and many == len(cells):
            # Fading would tell none apart: the note alone says it.
            said.append("All values are older than their kind of fact stays true.")
        elif many:
            few = _first_names((n for n, c in zip(named, cells, strict=False) if c in those), 4)
            said.append(f"{means}{f' ({join_words(few)})' if 0 < len(few) <= 3 else ''}.")
    return " ".join(said)


def _first_names(names: Iterable[object], most: int) -> list[str]:
    """So many names, each once: the rest is not looked at."""
    found = dict[str, None]()
    for name in names:
        found[str(name)] = None
        if len(found) == most:
            break
    return list(found)


def standing(frame: pd.DataFrame, row: Any, sources: pd.DataFrame) -> str:
    """Who stands behind a row, of which day, and how firmly: "Source: 36Kr, 16 Mar 2026 +2; named reporting; well supported".

    Args:
        frame: A chart's frame.
        row: Label of the row.
        sources: The sources table.
    """
    return standings(frame.loc[[row]], sources)[row]


def standings(
    frame: pd.DataFrame, sources: pd.DataFrame, rows: Collection[Any] | None = None
) -> dict[Any, str]:
    """Who stands behind each row of a frame, as `standing` says it, by the row's label; behind these rows alone where given."""
    at = slice(None) if rows is None else frame.index.isin(list(rows))
    labels = frame.index[at].tolist()
    empty = [None] * len(labels)
    cells = (frame[c][at].tolist() if c in frame else empty for c in ("source_ids", "confidence", "caveat"))
    grounds = dict(zip(labels, zip(*cells, strict=True), strict=True))
    # Many rows rest on the same documents as firmly: their words are put together once.
    each = list(dict.fromkeys(grounds.values()))
    found = stands((cell for cell, _, _ in each), sources)
    said = {ground: "; ".join(_ground(one, *ground[1:])) for ground, one in zip(each, found, strict=True)}
    return {row: said[ground] for row, ground in grounds.items()}


def _ground(stand: Stand | None, firm: object, weak: object) -> Iterator[str]:
    """Words for what stands behind one row, for its confidence and its caveat."""
    if stand is not None:
        more = f" +{stand.documents - 1:,}" if stand.documents > 1 else ""
        yield f"Source: {stand.first.in_words}{more}"
        if stand.strength in STRENGTH:
            yield STRENGTH[stand.strength]
        if firm != "reported" and stand.alone:
            yield ALONE
    if not is_missing(firm):
        yield CONFIDENCE[str(firm)]
    if not is_missing(weak):
        yield str(weak).replace("; ", ", ")


def told(spec: dict[str, Any], frame: pd.DataFrame, sources: pd.DataFrame) -> dict[str, Any]:
    """Adds to the hover text of every mark who stands behind it. Changes and returns the figure.

    Args:
        spec: The figure as the chart drew it, as a plain dict of "data" and "layout".
        frame: The frame it was drawn from.
        sources: The sources table.
    """
    marked = [
        (trace, [c[0] if isinstance(c, list | tuple) else c for c in trace["customdata"]])
        for trace in spec["data"]
        if trace.get("customdata") is not None and isinstance(trace.get("hovertemplate"), str)
    ]
    # A figure of many rows draws few of them.
    drawn = {row for _, rows in marked for row in rows}
    said = {r: f"<br><i>{escape(s)}</i>" if s else "" for r, s in standings(frame, sources, drawn).items()}
    for trace, rows in marked:
        # A mark names its row first; one of another frame's row stands for none.
        trace["customdata"] = [[r, said[r]] if r in said else [None, ""] for r in rows]
        closed = trace["hovertemplate"].replace("<extra></extra>", "")
        trace["hovertemplate"] = f"{closed}%{{customdata[1]}}<extra></extra>"
    return spec
