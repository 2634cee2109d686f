"""Finds companies, people, models, reorganisations, claims and documents by any of their names, in either script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from dashboard.data.store import Tables
from dashboard.look.theme import format_day, is_missing

#: Below this similarity (0 to 100) a name is another name: "Qwen" and "Owen" must not meet.
CLOSE_ENOUGH = 86
#: Letters of the longest name that a reader misspells.
MOST_LETTERS = 59
#: Kinds in the order in which equally good hits are shown.
KINDS = {
    "company": "Company",
    "person": "Person",
    "model": "Model",
    "infrastructure": "Infrastructure",
    "event": "Reorganisation",
    "claim": "Claim",
    "source": "Source",
}


@dataclass(frozen=True)
class Entry:
    """One thing that can be found.

    Attributes:
        kind: A key of KINDS.
        id: Its key in its table (the company's for a company, the person's for a person).
        title: How it is shown.
        detail: What else helps to tell it apart.
        company_id: Company it belongs to; None for a document.
        names: Every name it goes by, folded.
    """

    kind: str
    id: str
    title: str
    detail: str
    company_id: str | None
    names: tuple[str, ...]


def fold(text: object) -> str:
    """Text as it is compared: one width, one case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w一-鿿.]+", " ", plain).split())


def _names(*names: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f for n in names if not is_missing(n) and (f := fold(n))))


def entries(tables: Tables) -> list[Entry]:
    """Everything that can be found in tables as of a day, in the order of KINDS."""
    companies = tables["companies"].set_index("company_id")
    name = companies["company_name"].to_dict()
    aliases = tables["company_aliases"]
    aliases = aliases[aliases["company_id"].isin(companies.index)]
    of_company = aliases[aliases["person_id"].isna()].groupby("company_id")["alias"].apply(list).to_dict()
    of_person = aliases.dropna(subset=["person_id"]).groupby("person_id")["alias"].apply(list).to_dict()
    found = []
    for cid, row in companies.iterrows():
        zh = "" if is_missing(row["company_name_zh"]) else f" {row['company_name_zh']}"
        found.append(
            Entry(
                "company",
                str(cid),
                f"{row['company_name']}{zh}",
                "" if is_missing(row["hq_city"]) else str(row["hq_city"]),
                str(cid),
                _names(row["company_name"], row["company_name_zh"], *of_company.get(cid, ())),
            )
        )
    people = tables["people"].sort_values("valid_from", ascending=False, na_position="last", kind="stable")
    for r in people.drop_duplicates("person_id").itertuples():
        zh = "" if is_missing(r.person_name_zh) else f" {r.person_name_zh}"
        found.append(
            Entry(
                "person",
                r.person_id,
                f"{r.person_name}{zh}",
                f"{r.role}, {name.get(r.company_id, '')}",
                r.company_id,
                _names(r.person_name, r.person_name_zh, *of_person.get(r.person_id, ())),
            )
        )
    families = tables["model_families"].set_index("family_id")
    for r in tables["models"].itertuples():
        family_zh = None if is_missing(r.family_id) else families["family_name_zh"].get(r.family_id)
        found.append(
            Entry(
                "model",
                r.model_id,
                r.model_name,
                f"{name.get(r.company_id, '')}, {format_day(r.release_date, r.release_date_precision)}",
                r.company_id,
                _names(r.model_name, family_zh),
            )
        )
    for r in tables["infrastructure"].itertuples():
        about = f"{r.infrastructure_kind.replace('_', ' ')}, {name.get(r.company_id, '')}"
        called = r.infrastructure_name, r.infrastructure_name_zh
        found.append(
            Entry("infrastructure", r.infrastructure_id, called[0], about, r.company_id, _names(*called))
        )
    for r in tables["governance_events"].itertuples():
        about = f"{name.get(r.company_id, '')}, {format_day(r.event_date, r.event_date_precision)}"
        found.append(
            Entry("event", r.event_id, r.title, about, r.company_id, _names(r.title, r.what_changed))
        )
    for r in tables["claims"].itertuples():
        about = r.verdict.replace("_", " ")
        found.append(Entry("claim", r.claim_id, r.claim, about, r.company_id, _names(r.claim)))
    for r in tables["sources"].itertuples():
        title = r.publisher if is_missing(r.title) else r.title
        found.append(Entry("source", r.source_id, title, r.publisher, None, _names(r.title, r.publisher)))
    return found


class Index:
    """Things to be found, with all their names as one text: to look through that takes a thirtieth of a loop over names."""

    def __init__(self, known: Sequence[Entry]) -> None:
        """An index of things in the order of KINDS."""
        self.known = known
        self.names = [name for entry in known for name in entry.names]
        self.owners = np.repeat(np.arange(len(known)), [len(entry.names) for entry in known])
        # No name has a line break: `fold` leaves none.
        self.text = "\n" + "".join(f"{name}\n" for name in self.names)
        self.starts = np.cumsum([1, *(len(name) + 1 for name in self.names)])
        #: Which of the different names each is, and those by length: alike are names of like length, and one publisher
        #: is named by thousands of documents.
        self.which, names = pd.factorize(np.array(self.names, dtype="object"))
        lengths = np.fromiter(map(len, names), dtype="int64", count=len(names))
        self.by_length = np.argsort(lengths, kind="stable")
        self.lengths = lengths[self.by_length]
        self.different = names[self.by_length].tolist()

    def holding(self, part: str) -> Iterator[Entry]:
        """Things that a part of the text belongs to, in their order, some of them more than once."""
        at = self.text.find(part)
        while at >= 0:
            # A part may begin with the break before the name.
            name = int(np.searchsorted(self.starts, at + 1, side="right")) - 1
            yield self.known[self.owners[name]]
            # What else the same name holds is the same thing.
            at = self.text.find(part, int(self.starts[name + 1]) - 1)

    def alike(self, wanted: str, close: float, most: int) -> list[Entry]:
        """Things with a name that is spelt alike, best first."""
        # Names of other lengths cannot be as much alike; those of a sentence's length are none to misspell.
        least = close / (200 - close) * len(wanted)
        longest = min(len(wanted) ** 2 / max(least, 1), MOST_LETTERS)
        first = int(np.searchsorted(self.lengths, least))
        last = int(np.searchsorted(self.lengths, longest, side="right"))
        names = self.different[first:last]
        scored = process.extract(wanted, names, scorer=fuzz.ratio, limit=most, score_cutoff=close)
        kinds = list(KINDS)
        ranked = []
        for _, score, at in scored:
            owners = self.owners[self.which == self.by_length[first + at]][:most].tolist()
            ranked += [(int(200 - score), kinds.index(self.known[n].kind), n) for n in owners]
        return [self.known[n] for *_, n in sorted(ranked)[:most]]


def search(
    known: Sequence[Entry] | Index, asked: str, most: int = 24, *, close: float = CLOSE_ENOUGH
) -> list[Entry]:
    """The entries that a query names, best first.

    A whole name beats the start of one, which beats words within one; a name that is only spelt alike comes last,
    and only where nothing else fits and it is at least `close` (0 to 100) alike. Within one rank kinds stand in the
    order of KINDS.
    """
    wanted = fold(asked)
    if not wanted:
        return []
    index = known if isinstance(known, Index) else Index(known)
    parts = [f"\n{wanted}\n", f"\n{wanted}", f" {wanted}"]
    # Chinese is written without spaces: a part of a name is a word of it.
    if len(wanted) >= 3 or not wanted.isascii():
        parts.append(wanted)
    found: dict[tuple[str, str], Entry] = {}
    for part in parts:
        for entry in index.holding(part):
            found.setdefault((entry.kind, entry.id), entry)
            if len(found) == most:
                return list(found.values())
    if not found and len(wanted) >= 4:
        found = {(e.kind, e.id): e for e in index.alike(wanted, close, most)}
    return list(found.values())


__all__ = ["KINDS", "Entry", "Index", "entries", "fold", "search"]
