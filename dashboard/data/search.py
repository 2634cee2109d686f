"""Finds companies, people, models, reorganisations, claims and documents by any of their names, in either script."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from dashboard.data.store import Tables
from dashboard.look.theme import format_day, is_missing

#: Below this similarity (0 to 100) a name is another name: "Qwen" and "Owen" must not meet.
CLOSE_ENOUGH = 86
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
        found.append(
            Entry(
                "infrastructure",
                r.infrastructure_id,
                r.infrastructure_name,
                f"{r.infrastructure_kind.replace('_', ' ')}, {name.get(r.company_id, '')}",
                r.company_id,
                _names(r.infrastructure_name, r.infrastructure_name_zh),
            )
        )
    for r in tables["governance_events"].itertuples():
        found.append(
            Entry(
                "event",
                r.event_id,
                r.title,
                f"{name.get(r.company_id, '')}, {format_day(r.event_date, r.event_date_precision)}",
                r.company_id,
                _names(r.title, r.what_changed),
            )
        )
    for r in tables["claims"].itertuples():
        found.append(
            Entry("claim", r.claim_id, r.claim, r.verdict.replace("_", " "), r.company_id, _names(r.claim))
        )
    for r in tables["sources"].itertuples():
        title = r.publisher if is_missing(r.title) else r.title
        found.append(Entry("source", r.source_id, title, r.publisher, None, _names(r.title, r.publisher)))
    return found


def search(known: list[Entry], asked: str, most: int = 24, *, close: float = CLOSE_ENOUGH) -> list[Entry]:
    """The entries that a query names, best first.

    A whole name beats the start of one, which beats words within one; a name that is only spelt alike comes last,
    and only where nothing else fits and it is at least `close` (0 to 100) alike. Within one rank kinds stand in the
    order of KINDS.
    """
    wanted = fold(asked)
    if not wanted:
        return []
    order = {kind: n for n, kind in enumerate(KINDS)}
    ranked: list[tuple[int, int, int, Entry]] = []
    for n, entry in enumerate(known):
        rank = min((_rank(wanted, one) for one in entry.names), default=9)
        if rank < 9:
            ranked.append((rank, order[entry.kind], n, entry))
    if not ranked and len(wanted) >= 4:
        names = {(n, name): name for n, e in enumerate(known) for name in e.names if len(name) < 60}
        for _, score, (n, _name) in process.extract(wanted, names, scorer=fuzz.ratio, limit=most):
            if score >= close:
                ranked.append((int(200 - score), order[known[n].kind], n, known[n]))
    best = sorted(ranked, key=lambda r: r[:3])
    return list({(e.kind, e.id): e for *_, e in best}.values())[:most]


def _rank(wanted: str, name: str) -> int:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if f" {wanted}" in name:
        return 2
    # Chinese is written without spaces: a part of a name is a word of it.
    if wanted in name and (len(wanted) >= 3 or not wanted.isascii()):
        return 3
    return 9


__all__ = ["KINDS", "Entry", "entries", "fold", "search"]
