"""The build that answers, and the view that a question means: its day, its companies, its link."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from dashboard.charts import PICKS
from dashboard.data import overlay, permalink, search, store
from dashboard.data.selection import Selection
from dashboard.data.store import Snapshot, Tables
from dashboard.door.answers import Answer, Status, offered, quoted
from dashboard.facts.views import Views
from dashboard.look.theme import format_day

#: Similarity (0 to 100) from which a name is offered as the nearest; never answered with.
OFFERED = 55


class NotAnswered(Exception):
    """A question without an answer; `answer` says why, and what is known nearest."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.summary)
        self.answer = answer


@dataclass(frozen=True)
class Build:
    """One build of the data.

    Attributes:
        tables: As loaded.
        snapshot: Its name.
        dictionary: What its columns mean.
        folder: Where its files are.
        address: Of the app, without a slash at its end; "" gives links from its root.
        decks: Folder that decks may be written to; None forbids it.
        views: Its tables under what was asked for last.
    """

    tables: Tables
    snapshot: Snapshot
    dictionary: pd.DataFrame
    folder: Path
    address: str = ""
    decks: Path | None = None
    views: Views = field(default_factory=Views, compare=False, repr=False)

    @property
    def newest(self) -> pd.Timestamp:
        """Newest day of the data."""
        return self.snapshot.as_of

    def link(self, page: str, selection: Selection | None = None, **picks: str) -> str:
        """Address of a page under a view, pinned to this snapshot and its day."""
        shown = Selection(self.newest, self.newest) if selection is None else selection
        query = permalink.frozen(shown, self.snapshot.id)
        query |= {name.replace("__", "."): [value] for name, value in picks.items()}
        return f"{self.address}/{page}?{urlencode(query, doseq=True)}"

    def placed(self, called: str) -> Build:
        """The same build with the address of the app: as configured, else as the client called it."""
        return self if self.address else replace(self, address=called.rstrip("/"))

    def answer(self, status: Status, summary: str, **more: object) -> Answer:
        """An answer of this build."""
        return Answer(status, summary, self.snapshot, self.tables["sources"], **more)  # type: ignore[arg-type]

    def refuse(self, status: Status, summary: str, **more: object) -> NotAnswered:
        """To be raised: why there is no answer. A link leads at least to what the data covers."""
        more.setdefault("permalink", self.link("data"))
        return NotAnswered(self.answer(status, summary, **more))


class Builds:
    """The served build, loaded once and again only when another is served."""

    def __init__(
        self,
        loads: Callable[[Path], Tables] = store.load,
        *,
        address: str = "",
        decks: Path | None = None,
        folder: Callable[[], Path] = store.served_folder,
    ) -> None:
        self._loads, self._address, self._decks = loads, address.rstrip("/"), decks
        #: Folder of the build to answer from.
        self.folder = folder
        self._lock = threading.Lock()
        self._last: Build | None = None
        self._last_key: object = None

    def now(self) -> Build:
        """The build to answer from.

        Raises:
            DataMissingError: there is none.
        """
        folder = self.folder()
        try:
            own = tuple((o.id, o.shown) for o in overlay.installed())
        except overlay.OverlayError as refused:
            own = tuple((problem, "") for problem in refused.problems)
        key = folder, store.snapshot(folder), own
        with self._lock:
            if self._last is None or self._last_key != key:
                laid, _ = overlay.laid_here(self._loads(folder), store.snapshot(folder))
                self._last_key = key
                self._last = Build(
                    laid.tables,
                    laid.snapshot,
                    store.dictionary(folder),
                    folder,
                    self._address,
                    self._decks,
                )
            return self._last


# --- What a question means ---


def day(build: Build, asked: str, default: pd.Timestamp | None = None) -> pd.Timestamp:
    """The day asked for; the newest, or the default, where none is.

    Raises:
        NotAnswered: it is no day, or one that the data does not cover.
    """
    if not asked:
        return build.newest if default is None else default
    try:
        found = pd.Timestamp(pd.to_datetime(asked, format="%Y-%m-%d"))
    except (ValueError, TypeError):
        raise build.refuse(
            "not_understood", f"{quoted(asked)} is no day; expected one such as 2026-06-30."
        ) from None
    first, last = format_day(permalink.EARLIEST), format_day(build.newest)
    known = ({"covered_from": f"{permalink.EARLIEST:%Y-%m-%d}", "covered_to": f"{build.newest:%Y-%m-%d}"},)
    if found < permalink.EARLIEST:
        said = f"{format_day(found)} lies before the data, which covers {first} to {last}: nothing is recorded of that day."
        raise build.refuse("before_coverage", said, as_of=found, nearest=known)
    if found > build.newest:
        said = f"{format_day(found)} lies after the data, which covers {first} to {last}: nothing is recorded of that day."
        raise build.refuse("after_coverage", said, as_of=found, nearest=known)
    return found


def view(
    build: Build,
    *,
    as_of: str = "",
    since: str = "",
    companies: Iterable[str] = (),
    governance: Iterable[str] = (),
    company_types: Iterable[str] = (),
    basis: str = "reported",
    currency: str = "USD",
    outside: bool = False,
    picks: Mapping[str, str] | None = None,
) -> Selection:
    """The selection that a question's parameters mean, read by the same rules as an address.

    Raises:
        NotAnswered: one of them does not exist.
    """
    shown = day(build, as_of)
    query: dict[str, list[str]] = {
        "as_of": [f"{shown:%Y-%m-%d}"],
        "company": [company_id(build, one, shown) for one in companies],
        "governance": list(governance),
        "type": list(company_types),
        "basis": [basis],
        "currency": [currency],
        "outside": ["1" if outside else "0"],
        **{name: [option] for name, option in (picks or {}).items()},
    }
    if since:
        query["compare"] = [f"{day(build, since):%Y-%m-%d}"]
    wrong = permalink.unknown([k for k in query if permalink.is_pick(k)], PICKS)
    found, said = permalink.values(query, build.tables, build.newest)
    if wrong or said:
        there = {k: v for k, v in permalink.options(build.tables).items() if k != "company"}
        sentence = " ".join([*wrong, *said]).replace(": ignored", "").replace("The link ", "The question ")
        raise build.refuse("not_understood", sentence, as_of=shown, nearest=({"options": there},))
    return permalink.selection(found, build.newest)


def stood(build: Build, shown: pd.Timestamp) -> Tables:
    """All tables as they stood on a day."""
    return build.views.stood(build.tables, shown, build.newest)


def apply_to(build: Build, selection: Selection, keep_outside: bool = False) -> Tables:
    """The tables under a selection; shared, never to be changed."""
    return build.views.applied(build.tables, selection, keep_outside=keep_outside)


#: What can be found, of the last builds and days asked.
_known: dict[tuple[str, pd.Timestamp], list[search.Entry]] = {}


def entries(build: Build, shown: pd.Timestamp) -> list[search.Entry]:
    """Everything that can be found on a day."""
    key = build.snapshot.id, shown
    if key not in _known:
        while len(_known) >= 4:
            _known.pop(next(iter(_known)), None)
        _known[key] = search.entries(stood(build, shown))
    return _known[key]


def named(build: Build, asked: str, shown: pd.Timestamp, kind: str) -> search.Entry:
    """The one thing of a kind whose id or whole name is asked for, in either script, by any alias.

    Raises:
        NotAnswered: nothing goes by that name, or more than one thing; the nearest are offered and not answered with.
    """
    known = entries(build, shown)
    wanted = search.fold(asked)
    mine = [e for e in known if e.kind == kind]
    exact = [e for e in mine if e.id == asked.strip()] or [e for e in mine if wanted and wanted in e.names]
    if len(exact) == 1:
        return exact[0]
    word = search.KINDS[kind].lower()
    if exact:
        said = f"{quoted(asked)} names {len(exact):,} {word}s; ask again with the id of one."
        raise build.refuse("unknown_name", said, as_of=shown, nearest=tuple(offer(build, e) for e in exact))
    # A company or model that other days know is not unknown: it is not recorded on this one.
    later = [e for e in entries(build, build.newest) if e.kind == kind]
    known_later = [e for e in later if e.id == asked.strip() or (wanted and wanted in e.names)]
    if known_later:
        said = f"Of {quoted(known_later[0].title)} nothing is recorded by {format_day(shown)}; it is on record later."
        nearest = tuple(offer(build, e) for e in known_later)
        raise build.refuse("not_recorded", said, as_of=shown, nearest=nearest)
    near = tuple(offer(build, e) for e in nearest_names(known, asked, kind))
    said = f"No {word} on record goes by the name {quoted(asked)}. {offered(near)}"
    raise build.refuse("unknown_name", said, as_of=shown, nearest=near)


def nearest_names(known: list[search.Entry], asked: str, kind: str = "") -> list[search.Entry]:
    """What a name that names nothing may have meant: things of the kind first, then any others."""
    mine = search.search([e for e in known if e.kind == kind], asked, 5, close=OFFERED) if kind else []
    rest = search.search([e for e in known if e.kind not in (kind, "claim")], asked, 5, close=OFFERED)
    return [*mine, *rest][: 5 if mine else 3]


def offer(build: Build, one: search.Entry) -> dict[str, Any]:
    """A thing as it is offered: kind, id, name, what tells it apart, and its page."""
    page, pick = permalink.PLACES[one.kind]
    target = one.company_id if pick == "company.id" else one.id
    picks = {pick.replace(".", "__"): target} if pick and target else {}
    return {
        "kind": one.kind,
        "id": one.id,
        "name": one.title,
        "detail": one.detail,
        "permalink": build.link(page, None, **picks),
    }


def company_id(build: Build, asked: str, shown: pd.Timestamp) -> str:
    """Id of the company that a name means.

    Raises:
        NotAnswered: no company, or more than one, goes by that name.
    """
    return named(build, asked, shown, "company").id


def of_company(selection: Selection, one: str) -> Selection:
    """The view of one company: the other filters let go of, wherever it sits."""
    return replace(selection, companies=(one,), governance_models=(), company_types=(), outside=True)
