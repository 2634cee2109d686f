"""`python -m etl refresh`: asks the feeds, takes what is sound, keeps yesterday's where it is not, and tells it in one table."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from etl.feeds import parse
from etl.feeds.declare import About, Feed, FeedError, File, Ours
from etl.feeds.fetch import AbsentError, Fetcher, Folder, Landed, UnreachableError
from etl.feeds.layout import lay
from etl.feeds.resolve import Names
from etl.feeds.store import Store
from etl.feeds.tables import FEED_TABLES
from etl.feeds.upstream import FEEDS

PAGES = 30
_DAY = r"^\d{4}(?:-\d{2}(?:-\d{2})?)?$"


@dataclass
class Outcome:
    """What became of one file: taken, same, refused, absent, unreachable or not asked."""

    feed: str
    file: str
    status: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0
    words: str = ""
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Wanted:
    """What a refresh is asked for.

    Attributes:
        feeds: Names; none for all.
        source: Folder or address that stands for the web; "" for the web.
        dry: Whether nothing is written.
        since: Rows before this day are left out where a feed keeps its history.
        fewer: Feeds of which fewer rows than before are taken.
        today: The day.
    """

    feeds: tuple[str, ...] = ()
    source: str = ""
    dry: bool = False
    since: date | None = None
    fewer: tuple[str, ...] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())


def ours(frames: Mapping[str, pd.DataFrame], names: Names, wanted: Wanted) -> Ours:
    """What feeds ask for of our tables."""
    listed = frames["companies"].dropna(subset=["ticker"])
    tickers = dict(zip(listed["company_id"].astype(str), listed["ticker"].astype(str), strict=True))
    return Ours(dict(sorted(names.namespaces.items())), tickers, wanted.today, wanted.since)


def refresh(
    wanted: Wanted,
    frames: Mapping[str, pd.DataFrame],
    store: Store,
    told: Callable[[str], None] | None = None,
    fetcher: Fetcher | None = None,
) -> list[Outcome]:
    """Reads the feeds one after the other; what goes wrong with one costs no other.

    Args:
        wanted: Which, and from where.
        frames: Our tables by name.
        store: Where the rows go.
        told: Gets a line of progress now and then.
        fetcher: One to use instead of one made here.

    Returns:
        One outcome a file, in the order of the feeds.

    Raises:
        FeedError: no such feed or folder, or another refresh is at work.
    """
    unknown = [n for n in wanted.feeds if n not in FEEDS]
    if unknown:
        raise FeedError(f"no feed '{unknown[0]}'; expected one of {', '.join(FEEDS)}")
    tell = told or (lambda words: None)
    names = Names(frames)
    known = ours(frames, names, wanted)
    source: Fetcher | Folder
    if fetcher:
        source = fetcher
    elif wanted.source.startswith(("http://", "https://")) or not wanted.source:
        source = Fetcher(wanted.source, told=tell)
    else:
        if not Path(wanted.source).is_dir():
            raise FeedError(f"{wanted.source}: no such folder, expected one of upstream files or an address")
        source = Folder(Path(wanted.source))
    found: list[Outcome] = []
    silent: dict[str, str] = {}
    try:
        with store.alone(), tempfile.TemporaryDirectory() as aside:
            for name in wanted.feeds or FEEDS:
                tell(f"{name}: {FEEDS[name].title}")
                run = _Run(FEEDS[name], known, names, store, source, wanted, silent, Path(aside))
                try:
                    found += run.all()
                except Exception as error:
                    what = str(error) if isinstance(error, FeedError) else f"{type(error).__name__}: {error}"
                    found.append(Outcome(name, "", "refused", words=what[:300]))
    finally:
        if source is not fetcher:
            source.close()
    return found


class _Run:
    """One feed of one refresh."""

    def __init__(
        self, feed: Feed, known: Ours, names: Names, store: Store, source: Fetcher | Folder, wanted: Wanted,
        silent: dict[str, str], aside: Path,
    ) -> None:  # fmt: skip
        self.feed, self.known, self.names, self.store, self.source = feed, known, names, store, source
        self.wanted, self.silent, self.aside = wanted, silent, aside / feed.name
        self.state = store.state(feed.name)
        self.fetched: dict[str, Landed] = {}
        self.reader = reader_version(feed)

    def all(self) -> list[Outcome]:
        feed = self.feed
        if feed.needs and not os.environ.get(feed.needs, "").strip() and not self.wanted.source:
            words = f"needs the environment variable {feed.needs}: {feed.needs_why}"
            return [Outcome(feed.name, "", "not asked", words=words)]
        queue, found = list(feed.files(self.known)), []
        while queue:
            file = queue.pop(0)
            outcome, rows = self.one(file)
            if rows is not None and feed.files_after:
                queue += feed.files_after(file.name, rows, self.known)
            if file.table or outcome.status not in ("taken", "same"):
                found.append(outcome)
        return found

    def one(self, file: File) -> tuple[Outcome, pd.DataFrame | None]:
        outcome = Outcome(self.feed.name, file.name, "refused")
        host = urlsplit(file.url).hostname or ""
        if host in self.silent and not isinstance(self.source, Folder):
            outcome.status, outcome.words = "unreachable", self.silent[host]
            return outcome, None
        try:
            landed = self.landed(file)
            rows = self.read(file, landed, outcome)
            return outcome, rows
        except AbsentError as error:
            if file.stand_in is not None:
                outcome.status = "taken"
                return outcome, pd.DataFrame([dict(file.stand_in)])
            is_folder = isinstance(self.source, Folder)
            outcome.status = "absent" if file.optional or is_folder else "refused"
            outcome.words = str(error)
        except UnreachableError as error:
            outcome.status, outcome.words = "unreachable", str(error)
            self.silent[host] = str(error)
        except FeedError as error:
            outcome.words = str(error)
        except (AttributeError, KeyError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            # Content of a shape that no mapping foresaw costs this file, and neither the feed's others nor its rows.
            outcome.words = (
                f"holds something of another shape than expected ({type(error).__name__}: {str(error)[:120]})"
            )
        if outcome.status in ("refused", "unreachable") and (held := self.state.get(file.name)):
            outcome.words += f"; the rows of {str(held.get('read_at', ''))[:10]} stay"
        return outcome, None

    def landed(self, file: File) -> Landed:
        if file.url in self.fetched:
            return self.fetched[file.url]
        held = {k: str(v) for k, v in self.state.get(file.name, {}).items()}
        if isinstance(self.source, Folder):
            landed = self.source.get(file, (self.feed.name, *self.feed.folders), held)
        else:
            if self.reader != held.get("reader"):
                # Read by other code: the file is there, only its rows must be made again.
                held = {k: v for k, v in held.items() if k != "reader"}
            into = self.aside if self.wanted.dry else self.store.upstream(self.feed.name)
            landed = self.source.get(file, into, {} if self.wanted.dry else held, self.feed.seconds_between)
        # Files of one address are fetched once; a stand-in found under a file's own name is that file's alone.
        if isinstance(self.source, Fetcher) and urlsplit(landed.asked).path.endswith(urlsplit(file.url).path):
            self.fetched[file.url] = landed
        return landed

    def read(self, file: File, landed: Landed, outcome: Outcome) -> pd.DataFrame | None:
        held = self.state.get(file.name, {})
        about = About(
            landed.version, self.wanted.today, self.names.companies, self.names.repositories, self.wanted.since, file,
            landed.path.name, frozenset(self.names.namespaces),
        )  # fmt: skip
        asked = asked_for(file, about)
        is_as_asked = held.get("asked", "") == asked
        is_same = landed.sha256 == held.get("sha256") and held.get("reader") == self.reader and is_as_asked
        if is_same and file.table and not self.wanted.since:
            outcome.status, outcome.rows = "same", int(held.get("rows", 0))
            if not self.wanted.dry and landed.validators and landed.is_new:
                self.state[file.name] = {**held, **landed.validators}
                self.store.write_state(self.feed.name, self.state)
            return None
        if asked and isinstance(self.source, Fetcher) and not self.wanted.dry:
            # What is kept whole is asked again whenever an account or model of ours is added.
            lay(landed.path, parse.sought(file))
        named, warnings = parse.read(landed.path, file, about, landed.media)
        pages = 1
        follows = landed.follows
        while follows and isinstance(self.source, Fetcher) and pages < PAGES:
            pages += 1
            page = dataclasses.replace(file, url=follows, name=f"{file.name}.page{pages}", also=())
            more = self.source.get(page, self.aside, {}, self.feed.seconds_between)
            named = pd.concat([named, parse.read(more.path, page, about, more.media)[0]], ignore_index=True)
            follows = more.follows
        outcome.warnings += warnings
        if file.rows and len(named) != file.rows:
            raise FeedError(f"has {len(named):,} rows, the publisher states {file.rows:,}")
        if not file.table:
            outcome.status = "taken"
            return named
        before = int(held.get("read_rows", 0)) if is_as_asked else 0
        if before and len(named) < before * file.least_share and self.feed.name not in self.wanted.fewer:
            raise FeedError(
                f"has {len(named):,} rows, the last edition had {before:,}: {1 - len(named) / before:.0%} fewer, expected at most "
                f"{1 - file.least_share:.0%} fewer (if that is right: --fewer {self.feed.name})"
            )
        rows = self.shaped(file, named, about, outcome)
        landing = self.store.land(self.feed.name, FEED_TABLES[file.table], file.name, rows, self.feed.keeps)
        outcome.status = "taken" if landing.added or landing.changed or landing.gone or not held else "same"
        outcome.rows, outcome.added, outcome.changed, outcome.gone = (
            landing.rows, landing.added, landing.changed, landing.gone,
        )  # fmt: skip
        self.state[file.name] = {
            **landed.validators, "version": landed.version, "sha256": landed.sha256, "media": landed.media,
            "rows": landing.rows, "read_rows": len(named), "read_at": _now(), "reader": self.reader, "url": file.url,
            "table": file.table, "asked": asked,
        }  # fmt: skip
        self.store.write_state(self.feed.name, self.state)
        return named

    def shaped(self, file: File, named: pd.DataFrame, about: About, outcome: Outcome) -> pd.DataFrame:
        table = FEED_TABLES[file.table]
        rows = file.shape(named, about)
        if "organization" not in rows:
            rows = rows.assign(organization=None)
        rows = table.frame(
            rows.assign(feed=self.feed.name, file=file.name, upstream_version=about.version, read_at=_now())
        )
        for column in (c for c in ("day", "release_date", "report_date") if c in rows):
            cut = rows[column].astype("string").str.slice(0, 10)
            odd = cut.notna() & ~cut.str.match(_DAY).fillna(False)
            if odd.any():
                shown = str(rows.loc[odd, column].iloc[0])[:30]
                outcome.warnings.append(
                    f"{int(odd.sum())} cells of {column} are no days, such as '{shown}': left empty"
                )
            rows[column] = cut.where(~odd).astype(object).where(cut.notna() & ~odd, None)
        nameless = rows["upstream_id"].isna()
        if nameless.any():
            outcome.warnings.append(f"{int(nameless.sum())} rows without a name: left out")
        rows = rows[~nameless].drop_duplicates("upstream_id", keep="last")
        if self.wanted.since and self.feed.keeps and table.day in rows:
            rows = rows[rows[table.day].fillna("9999") >= f"{self.wanted.since:%Y-%m-%d}"]
        return self.names.resolved(rows.reset_index(drop=True))


def asked_for(file: File, about: About) -> str:
    """Digits of the names whose rows are read out of a file of everyone; "" where all its rows are read."""
    if not file.only:
        return ""
    return hashlib.sha256("\n".join(sorted(file.only[1](about))).encode()).hexdigest()[:12]


def reader_version(feed: Feed) -> str:
    """Digits of the code that reads a feed: where it changes, held files are read anew."""
    module = sys.modules[feed.files.__module__]
    digest = hashlib.sha256()
    for path in (
        Path(str(module.__file__)),
        Path(str(parse.__file__)),
        Path(__file__).with_name("tables.py"),
        Path(__file__).with_name("resolve.py"),
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def table_text(found: Sequence[Outcome], seconds: float) -> str:
    """The one table at the end, feeds in order; files of a feed that went the same way stand in one line."""
    lines = [f"{'feed':18}{'outcome':14}{'rows':>10}{'new':>9}{'changed':>9}{'gone':>7}  what"]
    for feed in dict.fromkeys(o.feed for o in found):
        mine = [o for o in found if o.feed == feed]
        for status in dict.fromkeys(o.status for o in mine):
            same = [o for o in mine if o.status == status]
            sums = [sum(getattr(o, k) for o in same) for k in ("rows", "added", "changed", "gone")]
            words = [f"{o.file}: {o.words}" if o.file else o.words for o in same if o.words]
            words += [f"{o.file}: {w}" for o in same for w in o.warnings]
            if status == "absent" and len(same) > 1:
                words = [f"{len(same)} files are not there"]
            counts = "".join(f"{n:>{w},}" for n, w in zip(sums, (10, 9, 9, 7), strict=True))
            lines.append(
                f"{feed:18}{status:14}{counts}  {words[0] if words else f'{len(same)} files' if len(same) > 1 else same[0].file}"
            )
            lines += [f"{'':69}{w}" for w in words[1:]]
    lines.append(
        f"{sum(o.rows for o in found):,} rows of {len({o.feed for o in found})} feeds ({seconds:.1f} s)"
    )
    asked = [o for o in found if o.status not in ("not asked", "absent")]
    if asked and all(o.status == "unreachable" for o in asked):
        lines.append(
            "No host could be reached: this machine seems to be offline. A proxy is read from HTTPS_PROXY and NO_PROXY; "
            "`--from FOLDER` reads files that were brought here. The rows already here stay."
        )
    return "\n".join(lines)


def timed(began: float) -> float:
    """Seconds since `began` of time.perf_counter()."""
    return time.perf_counter() - began


__all__ = ["Outcome", "Wanted", "ours", "refresh", "table_text", "timed"]
