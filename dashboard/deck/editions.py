"""Editions made, kept and found again: from builds and a watch list to every form, in an archive that never changes."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd

from dashboard.charts import CHARTS, marks
from dashboard.charts import edition as charts
from dashboard.charts.claims import VERDICTS
from dashboard.data import cells, permalink, store
from dashboard.data.citations import strongest_first
from dashboard.data.selection import Selection
from dashboard.data.store import Tables
from dashboard.deck import basket, decks
from dashboard.deck.basket import Basket, Slide
from dashboard.deck.decks import Builds, Data
from dashboard.deck.template import Template
from dashboard.export import edition as forms
from dashboard.export import server_picture
from dashboard.export.edition import Document, Edition, Item
from dashboard.export.picture import PictureError, Preset
from dashboard.facts import edition as facts
from dashboard.facts import landscape, standing
from dashboard.facts import watch as watching
from dashboard.facts.watch import Watch
from dashboard.look.theme import format_day, is_missing, join_words, plural

#: Documents named beside a statement, charts of the slides, and statements for which a chart is looked for.
MOST_DOCUMENTS, MOST_CHARTS, MOST_SHOWN = 3, 3, 12
#: Changes that one edition tells; beyond them nobody reads, and it says how many more there are.
MOST_ITEMS = 1_000
#: File of an archive that tells since when lists without an edition were quiet.
QUIET = "quiet.json"
_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{12}")


class EditionError(Exception):
    """An edition cannot be made or found; the text says why."""


@dataclass(frozen=True)
class Since:
    """What an edition is counted from.

    Attributes:
        day: The day; None where nothing else is said: a week before.
        edition: The edition before; None where there is none.
    """

    day: pd.Timestamp | None = None
    edition: Edition | None = None


def since(asked: str, folder: Path | None, watch: Watch) -> Since:
    """What `--since` means: a day, an edition by id or file, or "last", the newest of the list in the folder.

    Raises:
        EditionError: it is none of these.
    """
    if asked in ("", "last"):
        mine = [e for e in archive(folder) if e.name == watch.name] if folder else []
        if mine or folder is None:
            return Since(edition=mine[0]) if mine else Since()
        return Since(day=_quiet_since(folder).get(watch.name))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", asked):
        try:
            return Since(day=pd.Timestamp(asked))
        except ValueError as error:
            raise EditionError(f"--since {asked}: no day; expected one such as 2026-06-30") from error
    path = Path(asked)
    if _ID.fullmatch(asked) and folder is not None:
        path = folder / asked
    path = path / "edition.json" if path.is_dir() else path
    if not path.is_file():
        raise EditionError(
            f"--since {asked}: neither a day such as 2026-06-30 nor an edition; expected an id of the archive, the folder "
            "or the edition.json of one, or “last”"
        )
    try:
        return Since(edition=forms.from_json(path.read_bytes()))
    except ValueError as error:
        raise EditionError(f"{path}: {error}") from error


def of_link(link: str, data: Data) -> tuple[Watch, list[str], Selection, bool]:
    """What an address of the Edition page asks for.

    Returns:
        Its list; sentences on what does not exist; its days and basis; and whether it names the day compared with.
    """
    query = parse_qs(urlsplit(link).query)
    picked = tuple(sorted((k, v[-1]) for k, v in query.items() if k in watching.PARAMETERS))
    plain = {k: v for k, v in query.items() if k in permalink.PARAMETERS}
    found, said = permalink.values(plain, data.tables, data.snapshot.as_of)
    asked = replace(permalink.selection(found, data.snapshot.as_of), picked=picked)
    watch, missing = watching.of_selection(asked, data.tables)
    return watch, [*said, *missing], asked, "compare" in plain


def make(
    builds: Builds,
    watch: Watch,
    from_: Since,
    *,
    basis: str = "reported",
    names: str = "en",
    until: pd.Timestamp | None = None,
    stood: Tables | None = None,
    looked_up: bool = True,
    most: int = MOST_ITEMS,
) -> Edition:
    """What changed for a watch list since a day or an edition, from the newest build.

    Args:
        builds: The data at hand.
        watch: Whose list.
        from_: What changes are counted from.
        basis: Of labels: "reported" or "coded".
        names: Script of names, as `Selection.names`.
        until: The day shown; None for the newest.
        stood: The newest build's tables as they stood on that day, where they are at hand.
        looked_up: Whether the chart of a change is looked up, with what it says; else the chart that shows its kind is
            named.
        most: Changes that are put in words, for a page that shows no more; the others of its files are counted.

    Raises:
        EditionError: the day lies outside the data.
    """
    data = builds.newest
    newest = data.snapshot.as_of
    shown = newest if until is None else until
    before = from_.edition
    day = (
        pd.Timestamp(before.day)
        if before
        else from_.day
        if from_.day is not None
        else shown - pd.Timedelta(days=7)
    )
    if not permalink.EARLIEST <= day <= shown:
        raise EditionError(
            f"an edition since {format_day(day)}: the data covers {format_day(permalink.EARLIEST)} to {format_day(shown)}"
        )
    selection = Selection(as_of=shown, newest=newest, compare=day, basis=basis, names=names)
    now = landscape.called(builds.stood(data.tables, selection) if stood is None else stood, names)
    both = facts.states(now, selection)
    changed = facts.matters(both, watch)
    first = changed.head(MOST_ITEMS)
    found = facts.told(first.head(most), both)
    corrected, notes, rests_on = _corrections(builds, watch, selection, before)
    due = facts.due(both, watch)
    sources = data.tables["sources"]
    told = standing.stands(both, watch)
    return Edition(
        watch=watch.plain(),
        name=watch.name,
        list_words=watch.words(),
        since=f"{day:%Y-%m-%d}",
        day=f"{shown:%Y-%m-%d}",
        snapshot=data.snapshot.id,
        before=before.id if before else "",
        before_snapshot=rests_on,
        items=tuple(
            _item(r, sources, _chart(r, selection, builds, looked_up) if n < MOST_SHOWN else None)
            for n, r in enumerate(cells.tuples(found))
        ),
        corrections=tuple(_item(r, sources, None) for r in cells.tuples(corrected)),
        due=tuple(_due(r, sources) for r in cells.tuples(due)),
        unknown=tuple(facts.unknown(both, watch)),
        notes=(*notes, f"{facts.RANK}."),
        more=len(changed) - len(first),
        untold=tuple(first["kind"].tolist()[most:]),
        standing=tuple(
            Item(
                "standing",
                s.company_name,
                s.what,
                confidence=_confidence(s.confidence),
                documents=_documents(s.source_ids, sources),
            )
            for s in told
        ),
        beside=(*standing.beside(both, watch, changed), *_became_of(before, both)),
        names="" if names == "en" else names,
    )


def _became_of(before: Edition | None, both: facts.States) -> list[str]:
    """What became of the claims that the edition before named as falling due; nothing where it named none."""
    if before is None or not before.due:
        return []
    claims = both.now["claims"]
    # The edition before may have named its companies in another script.
    verdicts = {_due_words(None, c): v for c, v in zip(claims["claim"], claims["verdict"], strict=True)}
    became = [(i.what, verdicts.get(i.what[i.what.find("“") :], "")) for i in before.due]
    done = [f"{what} is {VERDICTS[v].lower()}" for what, v in became if v not in ("", "pending")]
    open_ = sum(v == "pending" for _, v in became)
    gone = len(became) - len(done) - open_
    said = [
        *done,
        *([f"{open_} still open"] if open_ else []),
        *([f"{gone} no longer on record"] if gone else []),
    ]
    return [f"Of {plural(len(became), 'claim')} that the edition before named as due: {join_words(said)}."]


def _due_words(company: str | None, claim: object) -> str:
    return f"{f'{company}: ' if company else ''}“{str(claim).rstrip('.')}”"


def _confidence(word: object) -> str:
    return "" if is_missing(word) or not word else marks.CONFIDENCE.get(str(word), str(word))


def _corrections(
    builds: Builds, watch: Watch, selection: Selection, before: Edition | None
) -> tuple[pd.DataFrame, list[str], str]:
    """Corrections, what to say of how they were found, and the build that the past was read from."""
    nothing = pd.DataFrame()
    asked = before.snapshot if before else _kept_on(builds, selection.since)
    if not asked:
        return (
            nothing,
            [
                f"No build of the data from {format_day(selection.since)} is kept here: what was told otherwise then is not "
                "looked for."
            ],
            "",
        )
    old, is_it = builds.at(asked)
    if not is_it:
        gone = "was built by other code and cannot be read" if asked in builds.kept else "is no longer kept"
        said = f"Snapshot {asked}, which the edition before rests on, {gone}: its corrections are not looked for."
        return nothing, [said], asked
    if asked == builds.newest.snapshot.id:
        return nothing, [f"No correction: snapshot {asked} is still the newest."], asked
    day = min(selection.since, old.snapshot.as_of)
    was, is_now = (landscape.called(t, selection.names) for t in (old.tables, builds.newest.tables))
    found = facts.corrections(was, is_now, replace(selection, compare=day), watch)
    return (
        found,
        [
            f"{'Corrections' if len(found) else 'No correction'}: {format_day(day)} as snapshot {asked} told it, against "
            "what the data says of it now."
        ],
        asked,
    )


def _kept_on(builds: Builds, day: pd.Timestamp) -> str:
    """The newest kept build whose data ends by a day; "" where none does."""
    days = {i: store.snapshot(folder).as_of for i, folder in builds.kept.items()}
    by = {i: d for i, d in days.items() if d <= day}
    return max(by, key=lambda i: by[i]) if by else ""


def _item(r: Any, sources: pd.DataFrame, chart: tuple[Slide, str] | None) -> Item:
    return Item(
        kind=r.kind,
        heading=r.heading,
        what=r.what,
        why=r.why,
        day=r.day,
        confidence=_confidence(getattr(r, "confidence", None)),
        documents=_documents(r.source_ids, sources),
        chart=chart[0].chart if chart else "",
        query=chart[0].query if chart else {},
        finding=chart[1] if chart else "",
    )


def _due(r: Any, sources: pd.DataFrame) -> Item:
    return Item(
        kind="due",
        heading="Overdue, not checked yet" if r.is_over else "Falls due",
        what=_due_words(None if is_missing(r.company_name) else str(r.company_name), r.claim),
        day=r.due,
        documents=_documents(r.source_ids, sources),
        chart="predictions-due",
    )


def _documents(cell: object, sources: pd.DataFrame) -> tuple[Document, ...]:
    found = strongest_first(cell, sources)[:MOST_DOCUMENTS]
    return tuple(Document(s.publisher, s.title, s.url, s.day_in_words) for s in found)


def _chart(r: Any, selection: Selection, builds: Builds, looked_up: bool) -> tuple[Slide, str] | None:
    """The first chart that shows a change and has rows and documents, with what it says."""
    for chart_id, view in charts.shown_by(r, selection):
        slide = basket.frozen(chart_id, view, builds.newest.snapshot.id)
        if not looked_up:
            return slide, ""
        card = decks.resolve(slide, builds).card
        if card is not None and not card.frame.empty and card.source_line.strip():
            # What a chart of the whole field says need not be of the company that the change is of.
            is_its_own = is_missing(r.company_name) or str(r.company_name) in card.title
            return slide, card.title if is_its_own else CHARTS[chart_id].title
    return None


# --- Forms ---


def deck(edition: Edition, tables: Tables) -> Basket:
    """Three to five slides: what changed, the charts of the first changes, what is not known."""
    watch, _ = watching.from_json(_watch_file(edition), tables)
    day = pd.Timestamp(edition.day)
    newest = pd.Timestamp(tables["sources"]["accessed_date"].max())
    selection = Selection(
        as_of=day, newest=newest, compare=pd.Timestamp(edition.since), names=edition.names or "en"
    )
    selection = watching.watching(selection, watch)
    frozen = [basket.frozen(c, selection, edition.snapshot) for c in ("what-changed", "not-known")]
    slides = [_slide(edition.items[n]) for n in shown(edition)]
    first = [replace(frozen[0], layout="top")] if edition.items else []
    last = [frozen[1]] if edition.unknown else []
    return Basket(title=edition.title, slides=(*first, *slides, *last), cover=False, appendix=False)


def shown(edition: Edition) -> list[int]:
    """Which of the changes are shown by their charts: the first of each chart, then further views, at most three."""
    views: dict[str, int] = {}
    for n, i in enumerate(edition.items):
        if i.chart:
            views.setdefault(f"{i.chart} {sorted((k, list(v)) for k, v in i.query.items())}", n)
    kinds: dict[str, int] = {}
    for n in views.values():
        kinds.setdefault(edition.items[n].chart, n)
    rest = [n for n in views.values() if n not in kinds.values()]
    return sorted([*kinds.values(), *rest][:MOST_CHARTS])


def _slide(item: Item) -> Slide:
    # A chart that finds nothing is headed by the change that it shows.
    finds = item.finding not in ("", CHARTS[item.chart].title)
    return Slide(
        chart=item.chart,
        query={k: list(v) for k, v in item.query.items()},
        title="" if finds else item.what.partition(". ")[0],
        layout="top",
    )


def _watch_file(edition: Edition) -> str:
    return json.dumps(dict(edition.watch))


def pictures(edition: Edition, builds: Builds) -> dict[int, bytes]:
    """A picture of the chart of each of the first changes, one a chart; none where no browser is at hand."""
    if server_picture.why_not():
        return {}
    out: dict[int, bytes] = {}
    for n in shown(edition):
        found = decks.resolve(_slide(edition.items[n]), builds)
        if found.card is None or found.chart is None or found.chart.screen == "table":
            continue
        try:
            out[n] = server_picture.of_chart(found.chart, found.card, "png", Preset("half", 2, "light"))
        except PictureError:
            return out
    return out


def mail_page(edition: Edition, builds: Builds, address: str = "", *, alone: bool = False) -> bytes:
    """The edition as a page for mail, with pictures of the first changes where a browser draws them.

    Args:
        edition: What it says.
        builds: The data at hand.
        address: Of the app.
        alone: The other forms lie beside it.
    """
    held = {n: forms.in_place(png) for n, png in pictures(edition, builds).items()}
    return forms.page(edition, held, address, alone=alone).encode()


def files(
    edition: Edition, builds: Builds, *, address: str = "", template: Template | None = None
) -> dict[str, bytes]:
    """Every form of an edition by file name, its feed and archive aside; none where nothing changed."""
    if edition.is_quiet:
        return {}
    made = {
        "edition.json": forms.to_json(edition).encode(),
        "edition.md": forms.markdown(edition, address).encode(),
        "index.html": mail_page(edition, builds, address, alone=True),
    }
    wanted = deck(edition, builds.newest.tables)
    if wanted.slides:
        made["edition.pptx"] = decks.build(wanted, builds, template=template, address=address)
    return made


# --- Archive ---


def archive(folder: Path) -> list[Edition]:
    """The editions in a folder, newest first; a folder that holds none, or one that was changed, is passed over."""
    found = []
    if not folder.is_dir():
        return []
    for one in folder.iterdir():
        if _ID.fullmatch(one.name) and (one / "edition.json").is_file():
            try:
                edition = forms.from_json((one / "edition.json").read_bytes())
            except (ValueError, OSError):
                continue
            if edition.id == one.name:
                found.append(edition)
    return _in_order(found)


def keep_quiet(folder: Path, edition: Edition) -> None:
    """Notes the day up to which nothing changed for a list that has no edition yet: its first one is counted from there."""
    if any(e.name == edition.name for e in archive(folder)):
        return
    folder.mkdir(parents=True, exist_ok=True)
    days = {name: f"{day:%Y-%m-%d}" for name, day in _quiet_since(folder).items()}
    _write(
        folder / QUIET, json.dumps({edition.name: edition.day} | days, ensure_ascii=False, indent=1).encode()
    )


def _quiet_since(folder: Path) -> dict[str, pd.Timestamp]:
    try:
        raw = json.loads((folder / QUIET).read_bytes())
        return {str(name): pd.Timestamp(day) for name, day in raw.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _in_order(found: Sequence[Edition]) -> list[Edition]:
    """Newest first; of one day, one that follows another stands before it."""
    out: list[Edition] = []
    for one in sorted(found, key=lambda e: (e.day, e.id), reverse=True):
        place = next((n for n, e in enumerate(out) if e.id == one.before), len(out))
        out.insert(place, one)
    return out


def keep(folder: Path, edition: Edition, made: Mapping[str, bytes], address: str = "") -> Path:
    """Writes an edition into an archive, whole or not at all, and lists it; one that is there already stays as it is.

    Args:
        folder: The archive; made where it does not exist.
        edition: The edition.
        made: Its forms.
        address: Where the archive is served, for the feed's links.

    Returns:
        The edition's folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / edition.id
    if not (target / "edition.json").is_file():
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as half:
            fresh = Path(half) / "edition"
            fresh.mkdir()
            for name, blob in made.items():
                (fresh / name).write_bytes(blob)
            fresh.chmod(0o755)
            fresh.rename(target)
    listed = archive(folder)
    _write(folder / "feed.xml", forms.atom(listed, "Monday editions", address).encode())
    _write(folder / "index.html", forms.listing(listed).encode())
    return target


def _write(target: Path, data: bytes) -> None:
    half = target.with_name(f".{target.name}.part")
    half.write_bytes(data)
    half.replace(target)
