"""The watch list: what a reader wants to hear of, named, in the address or in a small file."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd

from dashboard.data import cells, kept, permalink, search
from dashboard.data.cut import once
from dashboard.data.selection import HOME_COUNTRY, Selection, uncounted
from dashboard.data.store import Tables
from dashboard.facts.landscape import apply
from dashboard.look.theme import MODELS, model_short, plural

FORMAT = "landscape-watch/1"
#: A file larger than this was not made here.
MOST_BYTES, MOST_ENTRIES = 100_000, 200
#: What a list may hold, by its parameter in the address, with the word for one of it.
PARTS = {
    "companies": "company",
    "governance": "governance model",
    "people": "person",
    "measures": "measure",
    "claims": "claim",
    "events": "event",
}
#: Parameters of the address, each a pick of a page.
PARAMETERS = tuple(f"watch.{p}" for p in ("name", *PARTS, "view"))


class WatchError(Exception):
    """A file or an address holds no watch list; the text says what is wrong with it."""


@dataclass(frozen=True)
class Watch:
    """A watch list; one that names nothing watches the whole field in China.

    Attributes:
        name: What the reader calls it.
        companies: Company ids.
        governance: Ids of governance models, of organisations that take or leave them.
        people: Person ids.
        measures: Ids of benchmarks and names of stated metrics.
        claims: Claim ids.
        events: Event ids.
        view: Parameters of an address, whose companies are watched as well.
    """

    name: str = ""
    companies: tuple[str, ...] = ()
    governance: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    view: str = ""

    @property
    def names_nothing(self) -> bool:
        """True where nothing is named."""
        return not any(getattr(self, p) for p in (*PARTS, "view"))

    def words(self) -> str:
        """What is on it, in words: 3 companies, 1 person."""
        if self.names_nothing:
            return "the whole field in China"
        many = {"company": "companies", "person": "people"}
        parts = [
            plural(len(getattr(self, p)), one, many.get(one, f"{one}s"))
            for p, one in PARTS.items()
            if getattr(self, p)
        ]
        return ", ".join([*parts, *(["a view"] if self.view else [])])

    def plain(self) -> dict[str, Any]:
        """As JSON has it; what is empty is left out."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {"format": FORMAT} | {k: list(v) if isinstance(v, tuple) else v for k, v in found.items() if v}


def to_json(watch: Watch) -> str:
    """The list as a small file that a person can read and write."""
    return json.dumps(watch.plain(), ensure_ascii=False, indent=1)


@once
def known(tables: Tables, part: str) -> dict[str, str]:
    """What a part of a list may hold: id to name, in the order offered. Tables as loaded, or as of a day."""
    if part == "companies":
        rows = tables["companies"].sort_values("company_name", key=lambda s: s.str.casefold())
        return dict(cells.rows(rows, "company_id", "company_name"))
    if part == "governance":
        return {m.id: model_short(m.id) for m in MODELS}
    if part == "people":
        rows = tables["people"].drop_duplicates("person_id").sort_values("person_name", kind="stable")
        return dict(cells.rows(rows, "person_id", "person_name"))
    if part == "measures":
        rows = tables["benchmarks"]
        stated = sorted(map(str, tables["company_metrics"]["metric"].unique()))
        named = dict(cells.rows(rows, "benchmark_id", "benchmark_name"))
        return named | {m: m.replace("_", " ") for m in stated}
    if part == "claims":
        return dict(cells.rows(tables["claims"], "claim_id", "claim"))
    names = dict(cells.rows(tables["companies"], "company_id", "company_name"))
    rows = tables["governance_events"].sort_values("event_date", ascending=False, kind="stable")
    told = cells.rows(rows, "event_id", "company_id", "title")
    return {event: f"{names.get(company, '')}: {title}" for event, company, title in told}


def from_json(text: str | bytes, tables: Tables) -> tuple[Watch, list[str]]:
    """Reads a list from its file.

    Companies and people may be named in either script as well as by id.

    Args:
        text: The file.
        tables: All tables.

    Returns:
        The list, and one sentence for each thing on it that does not exist: those are left out.

    Raises:
        WatchError: the text is no watch list.
    """
    raw = kept.from_json(text, MOST_BYTES, "watch list", WatchError)
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise WatchError(f"not a watch list: expected a JSON object of format {FORMAT}")
    if wrong := sorted(set(raw) - {"format", "name", "view", *PARTS}):
        raise WatchError(f"“{wrong[0]}”: no part of a watch list; there are name, {', '.join(PARTS)}, view")
    asked: dict[str, list[str]] = {}
    for part in PARTS:
        held = raw.get(part, [])
        if not isinstance(held, list) or not all(isinstance(v, str) for v in held):
            raise WatchError(f"{part}: expected a list of names or ids")
        if len(held) > MOST_ENTRIES:
            raise WatchError(f"{part}: {len(held):,} entries; expected at most {MOST_ENTRIES}")
        asked[part] = held
    if not isinstance(raw.get("name", ""), str) or not isinstance(raw.get("view", ""), str):
        raise WatchError("name and view: expected text")
    return _found(raw.get("name", ""), asked, raw.get("view", ""), tables)


def of_selection(selection: Selection, tables: Tables) -> tuple[Watch, list[str]]:
    """Reads a list from the picks of an address; see `from_json`."""
    asked = {p: [v for v in selection.pick(f"watch.{p}").split(",") if v.strip()] for p in PARTS}
    return _found(selection.pick("watch.name"), asked, selection.pick("watch.view"), tables)


def picks(watch: Watch) -> dict[str, str]:
    """The list as picks of an address, "" for what is empty."""
    return {
        "watch.name": watch.name,
        **{f"watch.{p}": ",".join(getattr(watch, p)) for p in PARTS},
        "watch.view": watch.view,
    }


def watching(selection: Selection, watch: Watch) -> Selection:
    """The selection with the list in its picks."""
    for name, option in picks(watch).items():
        selection = selection.picking(name, option)
    return selection


def _found(
    name: str, asked: Mapping[str, Sequence[str]], view: str, tables: Tables
) -> tuple[Watch, list[str]]:
    said: list[str] = []
    kept: dict[str, tuple[str, ...]] = {}
    for part, word in PARTS.items():
        found = []
        there = known(tables, part) if asked[part] else {}
        for one in asked[part]:
            one_id = _id_of(one.strip(), part, there, tables)
            if one_id is None:
                said.append(
                    f"The watch list names the {word} “{one.strip()[:80]}”, which does not exist here: left out."
                )
            else:
                found.append(one_id)
        kept[part] = tuple(dict.fromkeys(found))
    view, wrong = _view(view, tables)
    return Watch(" ".join(name.split())[:120], **kept, view=view), [*said, *wrong]


def _id_of(asked: str, part: str, there: Mapping[str, str], tables: Tables) -> str | None:
    if asked in there:
        return asked
    wanted = search.fold(asked)
    names = {i: {search.fold(n)} for i, n in there.items()}
    if part in ("companies", "people"):
        kind = {"companies": "company", "people": "person"}[part]
        names = {e.id: set(e.names) for e in search.entries(tables) if e.kind == kind}
    same = [i for i, n in names.items() if wanted and wanted in n]
    return same[0] if len(same) == 1 else None


def _view(text: str, tables: Tables) -> tuple[str, list[str]]:
    """The part of an address that says what is shown; what does not exist in it is said."""
    text = (urlsplit(text).query if "://" in text else text.lstrip("?")).strip()
    if not text:
        return "", []
    newest = pd.Timestamp(tables["sources"]["accessed_date"].max())
    query = {k: v for k, v in parse_qs(text, max_num_fields=200).items() if k in permalink.PARAMETERS}
    query.pop("as_of", None)
    found, said = permalink.values(query, tables, newest)
    chosen = permalink.selection(found, newest)
    return permalink.link("", chosen).lstrip("?"), [
        n.replace("The link", "The view on the watch list") for n in said
    ]


def watched_companies(watch: Watch, tables: Tables, selection: Selection) -> frozenset[str]:
    """Ids of the companies that a list names, those of its view included; all in China where it names nothing.

    Args:
        watch: The list.
        tables: As loaded, or as of the day.
        selection: Gives the day, and whether companies outside China count.
    """
    if watch.names_nothing:
        return _field(tables, selection.outside) - uncounted(tables, selection)
    ids = set(watch.companies)
    if watch.view:
        found, _ = permalink.values(parse_qs(watch.view), tables, selection.newest)
        chosen = permalink.selection({**found, "as_of": selection.as_of.date()}, selection.newest)
        ids |= set(apply(tables, chosen)["companies"]["company_id"].tolist())
    return frozenset(ids)


@once
def _field(tables: Tables, outside: bool) -> frozenset[str]:
    companies = tables["companies"]
    home = companies["country"] == HOME_COUNTRY
    return frozenset(companies.loc[home | outside, "company_id"].tolist())


def mask(found: pd.DataFrame, watch: Watch, companies: frozenset[str]) -> np.ndarray:
    """Which changes (rows of `changes.found`) matter to a list."""
    matter = among(found["company_id"], companies)
    for column in ("before_model_id", "after_model_id") if watch.governance else ():
        matter |= among(found[column], watch.governance)
    for kind, column, named in (
        ("leader", "subject_id", watch.people),
        ("leader", "before_id", watch.people),
        ("claim", "subject_id", watch.claims),
        ("reorganisation", "subject_id", watch.events),
    ):
        if named:
            matter |= (found["kind"] == kind).to_numpy() & among(found[column], named)
    return matter | among(found["measure"], watch.measures) if watch.measures else matter


def among(column: pd.Series, ids: Collection[str]) -> np.ndarray:
    """Which cells are one of some ids."""
    return np.fromiter(map(frozenset(ids).__contains__, column.tolist()), dtype=bool, count=len(column))


def people_named(found: pd.DataFrame, watch: Watch, tables: Tables) -> np.ndarray:
    """Which reorganisations name a person of the list."""
    if not watch.people:
        return np.zeros(len(found), dtype=bool)
    names = cells.by(tables["people"].drop_duplicates("person_id"), "person_id", "person_name")
    wanted = {str(names[p]) for p in watch.people if p in names}
    events = tables["governance_events"]
    events = events[events["people"].notna()]
    naming = {
        event
        for event, people in cells.rows(events, "event_id", "people")
        if wanted & {name.strip() for name in str(people).split(";")}
    }
    return (found["kind"] == "reorganisation").to_numpy() & among(found["subject_id"], naming)
