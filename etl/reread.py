"""Reads the addresses of documents again, politely, and looks the values up that rest on them.

A run writes each document down when it is read; one that was killed goes on where it was, and what it read counts. Who
was asked, how long and how often, says `etl.feeds.fetch`: there is one fetcher. A document is called changed only where
it held the value before, or where the row rests on it alone; what is no page of it (a wall, a shell, a notice of status
200) is unreadable, never changed.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import pandas as pd

from etl import words
from etl.copies import Copy, File
from etl.feeds import declare
from etl.feeds.declare import MEGABYTE, FeedError
from etl.feeds.fetch import AbsentError, Fetcher, Landed, SilentError, UnreachableError
from etl.notations import is_in, unclear
from etl.pages import SHELL_WORDS, Page, page_of
from etl.tables.verifications import VERIFICATIONS
from etl.verify import (
    HOLDS,
    Asked,
    NothingToVerifyError,
    Row,
    asked,
    keep,
    reading,
    rows_of,
    seen_before,
    sound,
)

AGENT = "china-ai-landscape-etl"
#: Bytes of one page, seconds for it, seconds between two pages of one host, and the longest pause that its robots.txt may ask.
MOST_BYTES, LONGEST_PAGE, BETWEEN, LONGEST_PAUSE = 20 * MEGABYTE, 90.0, 2.0, 30.0
#: So many hosts in a row that cannot be reached: it is this machine that has no network.
OFFLINE = 4
#: A run that was killed longer ago than this is begun anew.
GOES_ON = timedelta(days=7)
#: Days that articles tell as "on Monday": that they are not in the text says nothing.
TOLD_IN_PROSE = ("governance_events", "people_moves")
JOURNAL = "journal.jsonl"


@dataclass
class Report:
    """What a run did.

    Attributes:
        values: Values by finding.
        documents: Documents by finding.
        told: A line for each document that is changed, gone, unreadable or stands at another address.
        left: Documents that were not read, by reason.
        went_on: Documents that an earlier, killed run had read.
        stopped: Why it ended before all were read; "" where it did not.
    """

    values: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    went_on: int = 0
    stopped: str = ""

    def sentence(self) -> str:
        """The whole in a line."""

        def listed(counts: Counter[str]) -> str:
            return ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in sorted(counts.items()))

        said = f"{sum(self.documents.values()):,} documents read: {listed(self.documents) or 'none'}"
        said += f"; {sum(self.values.values()):,} values: {listed(self.values) or 'none'}"
        if self.went_on:
            said += f"; {self.went_on:,} of them by the run before, which was not finished"
        if self.left:
            said += f"; not read: {', '.join(f'{n:,} ({why})' for why, n in sorted(self.left.items()))}"
        return said


@dataclass
class _Done:
    """A document that was read."""

    reading: Row
    findings: list[Row]


def reread(
    raw: Path,
    work: Path,
    day: date,
    *,
    table: str | None = None,
    source: str | None = None,
    base: str = "",
    told: Callable[[str], None] | None = None,
    fetcher: Fetcher | None = None,
) -> Report:
    """Reads the addresses of documents, and keeps what became of each and of the values that rest on it.

    Args:
        raw: Folder of the CSV files.
        work: Folder of what a run needs until it is done.
        day: Day to be written down.
        table: Only documents that rows of it rest on.
        source: Only this document.
        base: Address that stands for every host, as of `refresh --from`.
        told: Gets a line of progress for each document.
        fetcher: One to use instead of one made here.

    Raises:
        NothingToVerifyError: no such table or document, none with an address, no network, or another run at work.
        BuildFailed: the data has problems.
        FeedError: a package that asks over the web is not installed.
    """
    frames = sound(raw, table, source)
    values = asked(frames, table, source)
    sources = frames["sources"]
    wanted = sources if table is None else sources[sources["source_id"].isin(values)]
    if source is not None:
        wanted = wanted[wanted["source_id"] == source]
    report = Report()
    urls: dict[str, str] = {}
    for document, url in zip(wanted["source_id"], wanted["url"], strict=True):
        if str(url).startswith(("http://", "https://")):
            urls[document] = str(url)
        else:
            report.left["no address of the web"] += 1
    if not urls:
        raise NothingToVerifyError("no document with an address to read: expected one in sources.csv")
    asks = fetcher or Fetcher(base, longest_file=LONGEST_PAGE)
    accessed = dict(zip(sources["source_id"], sources["accessed_date"], strict=True))
    scope = {"table": table or "", "source": source or "", "base": asks.base}
    try:
        with _alone(work), tempfile.TemporaryDirectory(dir=work) as pages:
            journal = _Journal(work / JOURNAL, scope, day)
            run = _Run(asks, Path(pages), values, _Before(raw, accessed), f"{day:%Y-%m-%d}")
            report.went_on = sum(d in urls for d in journal.done)
            try:
                _read_all(run, urls, journal, report, told or (lambda line: None))
            finally:
                # Whatever ends a run, short of a kill, what it read is kept; after one the journal has it.
                if journal.done:
                    done = list(journal.done.values())
                    findings = [r for d in done for r in d.findings]
                    keep(raw, frames, findings, [d.reading for d in done], f"{day:%Y-%m-%d}")
            _sum(report, journal.done, urls)
            if not report.stopped:
                journal.close()
    finally:
        if asks is not fetcher:
            asks.close()
    if not report.documents and not report.stopped:
        raise NothingToVerifyError(f"nothing was read, and nothing changed: {', '.join(report.left)}")
    if not report.documents:
        raise NothingToVerifyError(
            f"offline: {report.stopped}; nothing was changed: expected a way to the web (behind a proxy, HTTPS_PROXY), "
            "or --documents FOLDER of saved copies"
        )
    return report


def _read_all(
    run: _Run, urls: Mapping[str, str], journal: _Journal, report: Report, told: Callable[[str], None]
) -> None:
    """Reads what was not read yet, one page after the other, hosts in turn."""
    silent: dict[str, str] = {}
    # What no connection could be made to is written down once another host answers: else it is our own network.
    held_back: dict[str, _Done] = {}
    lost: set[str] = set()
    answered = bool(journal.done)
    for document in _in_turn({d: u for d, u in urls.items() if d not in journal.done}):
        host = urlsplit(urls[document]).hostname or ""
        if host in silent:
            report.left[f"{host}: {silent[host]}"] += 1
            continue
        try:
            done = run.document(document, urls[document])
        except _LaterError as later:
            silent[host] = str(later)
            report.left[f"{host}: {later}"] += 1
            answered = True
            continue
        except UnreachableError as error:
            silent[host] = "no connection"
            lost.add(host)
            held_back[document] = run.unreadable(document, str(error))
            if len(lost) >= OFFLINE:
                report.stopped = f"{len(lost)} hosts in a row could not be reached ({error})"
                return
            continue
        told(f"{document}: {done.reading['finding']}")
        answered = True
        lost.clear()
        for earlier, kept in held_back.items():
            journal.add(earlier, kept)
        held_back.clear()
        journal.add(document, done)
    if held_back and not answered:
        report.stopped = next(iter(held_back.values())).reading["reason"]
        return
    for earlier, kept in held_back.items():
        journal.add(earlier, kept)


def _in_turn(urls: Mapping[str, str]) -> list[str]:
    """Documents so ordered that one host is asked as seldom as can be."""
    by_host: dict[str, deque[str]] = {}
    for document, url in urls.items():
        by_host.setdefault(urlsplit(url).hostname or "", deque()).append(document)
    out = []
    while by_host:
        for host in list(by_host):
            out.append(by_host[host].popleft())
            if not by_host[host]:
                del by_host[host]
    return out


def _sum(report: Report, done: Mapping[str, _Done], urls: Mapping[str, str]) -> None:
    for document, one in sorted(done.items()):
        row = one.reading
        report.documents[row["finding"]] += 1
        report.values.update(r["finding"] for r in one.findings)
        elsewhere = f", read at {row['read_url']}" if row["read_url"] else ""
        if row["finding"] in ("changed", "gone", "unreadable") or elsewhere:
            why = f": {row['reason']}" if row["reason"] else ""
            report.told.append(
                f"{row['finding']:10} {document} {urls.get(document, '')}{elsewhere}{why}".rstrip()
            )


class _LaterError(Exception):
    """A host asks to come back another time; the words say so."""


class _Before:
    """What was known of values and documents before the run."""

    def __init__(self, raw: Path, accessed: Mapping[str, pd.Timestamp]) -> None:
        self._seen = dict(seen_before(rows_of(raw, VERIFICATIONS)))
        self._accessed = accessed

    def seen(self, one: Asked) -> str:
        """The last day on which a value stood in its document, "" where nothing says that it ever did."""
        fetched, copied = self._seen.get((one.key, "fetched")), self._seen.get((one.key, "stored_copy"))
        if fetched or copied:
            return max(fetched or "", copied or "")
        # A copy or page without it: another document of the row may have it, or a picture.
        if fetched is not None or copied is not None or not one.is_alone:
            return ""
        if one.table_name in TOLD_IN_PROSE:
            return ""
        return f"{self._accessed[one.source_id]:%Y-%m-%d}"


class _Run:
    """Reads one document after the other."""

    def __init__(
        self, asks: Fetcher, pages: Path, values: Mapping[str, list[Asked]], before: _Before, today: str
    ) -> None:
        self.asks, self.pages, self.values, self.before, self.today = asks, pages, values, before, today
        self.robots: dict[str, RobotFileParser] = {}

    def document(self, document: str, url: str) -> _Done:
        """What became of a document and its values.

        Raises:
            UnreachableError: no connection could be made.
            _LaterError: its host asks to come back later.
        """
        plain_url = readable_address(url)
        try:
            pause = self._may_read(plain_url)
            landed = self._get(plain_url, "page", MOST_BYTES, pause)
        except AbsentError as error:
            status = "410" if "HTTP 410" in str(error) else "404"
            return self._all(document, "gone", f"the address has no page (HTTP {status})")
        except SilentError:
            return self.unreadable(document, "the server is silent: nothing came in time")
        except UnreachableError:
            raise
        except FeedError as error:
            if "HTTP 429" in str(error) or "asks to wait" in str(error):
                raise _LaterError("asks to come back later (HTTP 429)") from error
            return self.unreadable(document, _told(error))
        came_from = self._public(landed, plain_url)
        page = page_of(landed.path.read_bytes(), landed.media, plain_url, came_from)
        landed.path.unlink()
        return self._of_page(document, page, _elsewhere(plain_url, came_from))

    def _of_page(self, document: str, page: Page, elsewhere: str) -> _Done:
        path = self.pages / f"{document}{page.ending}"
        # A surrogate that a page wrote as an entity is no text.
        path.write_text(page.text.encode("utf-8", "replace").decode(), encoding="utf-8")
        copy = Copy((File(path),))
        rows = [self._value(one, copy, page) for one in self.values.get(document, [])]
        path.unlink()
        if page.wall and not (page.wall == SHELL_WORDS and any(r["finding"] == "found" for r in rows)):
            return self.unreadable(document, page.wall, elsewhere)
        count = Counter(r["finding"] for r in rows)
        if count["changed"]:
            finding = "changed"
        elif count["found"]:
            finding = "found"
        elif not rows:
            finding = "read"
        else:
            finding = "unreadable" if count["unreadable"] == len(rows) else "not_found"
        reason = _reason(finding, count, rows)
        found = count["found"]
        done = reading(
            document,
            "fetched",
            finding,
            self.today,
            len(rows),
            found,
            reason=reason,
            url=elsewhere,
            text=page.text,
        )
        return _Done(done, rows)

    def _value(self, one: Asked, copy: Copy, page: Page) -> Row:
        finding, seen, note = copy.finding(one.value, set(one.names)), self.before.seen(one), ""
        if finding in ("not_found", "unreadable") and is_in(one.value, page.hidden):
            finding = "found"
        if finding in HOLDS:
            return one.row("fetched", "found", self.today, self.today)
        if finding == "not_found" and (note := unclear(one.value, page.text)):
            return one.row("fetched", "unreadable", self.today, "", note)
        if finding == "not_found" and seen:
            finding, note = "changed", f"the page that answers holds no {_written(one)}"
        return one.row("fetched", finding, self.today, seen, note)

    def unreadable(self, document: str, why: str, elsewhere: str = "") -> _Done:
        """A document that was asked for and not had."""
        return self._all(document, "unreadable", why, elsewhere)

    def _all(self, document: str, finding: str, why: str, elsewhere: str = "") -> _Done:
        mine = self.values.get(document, [])
        # Of what could not be read no day is told.
        days = [self.before.seen(one) if finding == "gone" else "" for one in mine]
        rows = [one.row("fetched", finding, self.today, d, why) for one, d in zip(mine, days, strict=True)]
        done = reading(document, "fetched", finding, self.today, len(mine), 0, reason=why, url=elsewhere)
        return _Done(done, rows)

    def _get(self, url: str, name: str, most: int, pause: float = BETWEEN) -> Landed:
        file = declare.File(
            name, url, "", "", (), lambda frame, about: frame, most_bytes=most, accept="text/html, */*;q=0.8"
        )
        return self.asks.get(file, self.pages, {}, pause)

    def _may_read(self, url: str) -> float:
        """Seconds to leave between two pages of a host.

        Raises:
            FeedError: the host asks programs not to read it, or cannot be reached.
        """
        parts = urlsplit(url)
        rules = self.robots.get(parts.netloc)
        if rules is None:
            rules = RobotFileParser()
            lines: list[str] = []
            try:
                landed = self._get(f"{parts.scheme}://{parts.netloc}/robots.txt", "robots.txt", MEGABYTE)
                lines = landed.path.read_text(encoding="utf-8", errors="replace").splitlines()
                landed.path.unlink()
            except UnreachableError:
                raise
            except FeedError:
                # None, or one that is not shown: nothing is asked of us.
                pass
            rules.parse(lines)
            self.robots[parts.netloc] = rules
        if not rules.can_fetch(AGENT, url):
            raise FeedError("the robots.txt of its host asks programs not to read it")
        return max(BETWEEN, min(float(rules.crawl_delay(AGENT) or 0), LONGEST_PAUSE))

    def _public(self, landed: Landed, url: str) -> str:
        """The address that answered, as the web knows it: what stands for every host is taken off."""
        if landed.came_from == landed.asked:
            return url
        base = f"{self.asks.base}/"
        if not self.asks.base or not landed.came_from.startswith(base):
            return landed.came_from
        rest = landed.came_from.removeprefix(base)
        return (
            f"https://{rest}" if "." in rest.partition("/")[0] and "/" in rest else urljoin(url, f"/{rest}")
        )


def readable_address(url: str) -> str:
    """Where the plain text of a page stands that shows a file or a change of a repository; any other address as it is.

    Such a page draws its text by a program, and holds menus and numbers of its own.
    """
    if found := re.fullmatch(r"https://github\.com/([^/]+/[^/]+)/(?:blob|raw)/([^?#]+)(?:[?#].*)?", url):
        return f"https://raw.githubusercontent.com/{found[1]}/{found[2]}"
    if found := re.fullmatch(r"https://github\.com/([^/]+/[^/]+/commit/[0-9a-f]{7,40})(?:[?#].*)?", url):
        return f"https://github.com/{found[1]}.patch"
    if found := re.fullmatch(r"https://huggingface\.co/(.+?)/blob/([^?#]+)(?:[?#].*)?", url):
        return f"https://huggingface.co/{found[1]}/raw/{found[2]}"
    return url


def _elsewhere(url: str, came_from: str) -> str:
    """The address that answered where it is another page than the one cited; "" where only its scheme or a slash is."""

    def bare(address: str) -> tuple[str, str, str]:
        parts = urlsplit(address)
        return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query

    if bare(url) == bare(came_from) or words.address_fault(came_from) or len(came_from) > 600:
        return ""
    return came_from


def _written(one: Asked) -> str:
    return f"{one.value:%Y-%m-%d}" if isinstance(one.value, pd.Timestamp) else f"{float(one.value):.12g}"  # type: ignore[arg-type]


def _reason(finding: str, count: Counter[str], rows: list[Row]) -> str:
    """Why a document is called what it is; "" where the finding says all."""
    if finding == "changed":
        gone = [
            f"{r['stated']} ({r['column_name']} of {r['row_id']})" for r in rows if r["finding"] == "changed"
        ]
        more = f" and {len(gone) - 2} more" if len(gone) > 2 else ""
        return f"no longer holds {' and '.join(gone[:2])}{more}"
    if finding == "unreadable":
        return rows[0]["note"]
    if finding == "not_found" or count["not_found"] or count["not_named"] or count["unreadable"]:
        never = count["not_found"] + count["not_named"]
        said = [f"{never:,} never found in its text"] if never else []
        said += [f"{count['unreadable']:,} in words that do not tell"] if count["unreadable"] else []
        return " and ".join(said)
    return ""


def _told(error: FeedError) -> str:
    """A failure in words that a cell may hold."""
    said = str(error)
    status = re.search(r"HTTP (\d{3})", said)
    if status:
        what = {"401": "wants a key", "403": "refuses programs", "451": "may not show it"}.get(
            status[1], "answers with an error"
        )
        return f"its host {what} (HTTP {status[1]})"
    said = re.sub(r"https?://[^\s,]+?(?=:?(?:[\s,]|$))", "the address", said).strip()[:200]
    return "cannot be had" if words.fault(said) else said


class _Journal:
    """What a run has read, a line a document, on the disk before the next is asked for.

    Attributes:
        done: By document, what became of it.
    """

    def __init__(self, path: Path, scope: dict[str, str], day: date) -> None:
        self.path = path
        self.done: dict[str, _Done] = {}
        head = {"scope": scope, "began": f"{day:%Y-%m-%d}"}
        lines = _lines(path)
        if lines and lines[0].get("scope") == scope and self._is_young(lines[0], day):
            for line in lines[1:]:
                self.done[line["document"]] = _Done(line["reading"], line["findings"])
        # Written anew: the last line of a killed run may be half a line.
        part = path.with_name(f"{path.name}.part")
        with part.open("w", encoding="utf-8") as file:
            for line in [lines[0] if self.done else head, *map(_line, self.done.items())]:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        part.replace(path)

    @staticmethod
    def _is_young(head: Mapping[str, Any], day: date) -> bool:
        try:
            return timedelta(0) <= day - date.fromisoformat(str(head.get("began"))) <= GOES_ON
        except ValueError:
            return False

    def add(self, document: str, one: _Done) -> None:
        """Writes a document down."""
        self.done[document] = one
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(_line((document, one)), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """The run is done; the next begins anew."""
        self.path.unlink(missing_ok=True)


def _line(item: tuple[str, _Done]) -> dict[str, Any]:
    return {"document": item[0], "reading": item[1].reading, "findings": item[1].findings}


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found if all(isinstance(f, dict) for f in found) else []


@contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Holds the folder for one run at a time; a killed run holds nothing."""
    work.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":
        yield
        return
    import fcntl

    with (work / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            said = f"{work}: another run is at work there, expected one at a time"
            raise NothingToVerifyError(said) from error
        yield


__all__ = ["Report", "readable_address", "reread"]
