"""The one fetcher: polite, bounded, resumable; a failure is a sentence, never a half file in place of a whole one."""

from __future__ import annotations

import email.utils
import hashlib
import importlib
import ipaddress
import json
import logging
import os
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from etl.feeds.declare import FeedError, File

#: A wait that a server may ask for before a run gives the feed up until next time, in seconds.
LONGEST_WAIT = 120.0
#: Longest time for one file, all tries together, in seconds.
LONGEST_FILE = 600.0
REDIRECTS = 5
TRIES = 4
CONTACT = "LANDSCAPE_CONTACT"


class AbsentError(FeedError):
    """The address answers 404 or 410."""


class UnreachableError(FeedError):
    """No connection could be made."""


class SilentError(UnreachableError):
    """A connection was made, and nothing came in time."""


def library(name: str) -> ModuleType:
    """A package of requirements-feeds.txt.

    Raises:
        FeedError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise FeedError(
            f"needs the package {name}: pip install -r requirements-feeds.txt (a folder given by --from needs none)"
        ) from error


@dataclass
class Landed:
    """A file that lies on this machine.

    Attributes:
        path: Where.
        is_new: False where the server said that what we hold still stands.
        version: Entity tag, else day of the last change, else the first digits of the checksum.
        sha256: Checksum of the bytes.
        media: Media type that came with it.
        validators: What to ask with next time.
        follows: Address of the next page, "" for none.
        asked: Address that was asked; "" for a folder.
        came_from: Address that answered, other than `asked` after redirects; "" for a folder and for what we hold.
    """

    path: Path
    is_new: bool
    version: str
    sha256: str
    media: str = ""
    validators: dict[str, str] = field(default_factory=dict)
    follows: str = ""
    asked: str = ""
    came_from: str = ""


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


class _Again(Exception):
    """A try that may be repeated; `wait` in seconds is what the server asks for."""

    def __init__(
        self, words: str, wait: float | None = None, unreachable: bool = False, silent: bool = False
    ) -> None:
        super().__init__(words)
        self.wait = wait
        self.unreachable = unreachable
        self.silent = silent


class Fetcher:
    """Fetches files over HTTP.

    Args:
        base: Address that stands for every host: BASE/host/path is asked, then BASE/path, then BASE/name.
        longest_wait: Seconds that a server may ask us to wait.
        longest_file: Seconds for one file.
        seconds_silent: Seconds without a byte after which a try ends.
        told: Gets a line of progress now and then.
        transport: What carries the requests; by default connections, by way of a proxy where the environment names one.
    """

    def __init__(
        self,
        base: str = "",
        longest_wait: float = LONGEST_WAIT,
        longest_file: float = LONGEST_FILE,
        seconds_silent: float = 30.0,
        told: Callable[[str], None] | None = None,
        transport: Any = None,
    ) -> None:
        self.base = base.rstrip("/")
        self.longest_wait, self.longest_file = longest_wait, longest_file
        self.told = told or (lambda words: None)
        self._http = library("httpx2")
        self._stamina = library("stamina")
        # What is tried again is told by its outcome; without a handler Python would write each try to standard error.
        logging.getLogger("stamina").addHandler(logging.NullHandler())
        self._asked: dict[str, float] = {}
        contact = os.environ.get(CONTACT, "").strip()
        self.client = self._http.Client(
            headers={
                "User-Agent": f"china-ai-landscape-etl/1 ({contact or 'open-source dashboard; no contact set'})"
            },
            timeout=self._http.Timeout(seconds_silent, connect=min(10.0, seconds_silent)),
            follow_redirects=True,
            max_redirects=REDIRECTS,
            event_hooks={"request": [self._check_way]},
            transport=transport,
        )
        self._first = ""
        #: Connections that may be in use, the newest last; more than the client keeps open.
        self._lines: deque[Any] = deque(maxlen=128)

    def close(self) -> None:
        """Closes the connections."""
        self.client.close()

    def get(self, file: File, folder: Path, held: dict[str, str], seconds_between: float = 0.5) -> Landed:
        """One file into `folder`, under its name, whole or not at all.

        Args:
            file: What to fetch.
            folder: Where it goes; what an earlier, killed run left there is gone on with.
            held: Validators, version and checksum of what is held; {} for nothing.
            seconds_between: Pause between requests to one host.

        Raises:
            FeedError: it cannot be had, is too large, too slow, or not what its publisher states.
        """
        if not _is_plain(file.name):
            raise FeedError(f"'{file.name[:60]}' is no name of a file, expected one without folders")
        if not (self.base and file.url.startswith(f"{self.base}/")) and (why := _inward(file.url)):
            raise FeedError(f"{file.url[:200]}: is {why}, expected https and a public host")
        folder.mkdir(parents=True, exist_ok=True)
        absent: AbsentError | None = None
        for url in self._addresses(file):
            try:
                landed = self._get(url, file, folder, held, 0.0 if self.base else seconds_between)
                landed.asked = url
                return landed
            except AbsentError as error:
                absent = absent or error
        assert absent is not None
        raise absent

    def _addresses(self, file: File) -> list[str]:
        if not self.base:
            return [file.url]
        parts = urlsplit(file.url)
        query = f"?{parts.query}" if parts.query else ""
        return list(
            dict.fromkeys(
                f"{self.base}/{tail}"
                for tail in (
                    f"{parts.netloc}{parts.path}{query}", f"{parts.path.lstrip('/')}{query}", file.name, *file.also
                )
            )
        )  # fmt: skip

    def _get(
        self, url: str, file: File, folder: Path, held: dict[str, str], seconds_between: float
    ) -> Landed:
        path = folder / file.name
        ends = time.monotonic() + self.longest_file
        host = urlsplit(url).hostname or url
        silent = 0
        # A server that sends a byte now and then is never silent, and its head or a packed body never comes to an end.
        clock = threading.Timer(self.longest_file, self._cut)
        clock.daemon = True
        clock.start()

        def again(error: Exception) -> bool | float:
            nonlocal silent
            if not isinstance(error, _Again):
                return False
            silent += error.wait is None
            if error.wait is not None:
                return error.wait
            # A host that is not there or says nothing is asked twice: it would cost every other feed its time.
            return silent < 2 if error.unreachable else True

        try:
            for attempt in self._stamina.retry_context(
                on=again,
                attempts=TRIES,
                timeout=self.longest_file,
                wait_initial=0.3,
                wait_max=10.0,
                wait_jitter=0.3,
            ):
                with attempt:
                    self._pause(host, seconds_between)
                    return self._once(url, file, path, held, ends)
        except _Again as error:
            if error.unreachable:
                kind = SilentError if error.silent else UnreachableError
                raise kind(f"{host}: {error}") from error
            raise FeedError(f"{error}; tried {TRIES} times") from error
        finally:
            clock.cancel()
        raise AssertionError("a retry either returns or raises")

    def _pause(self, host: str, seconds: float) -> None:
        left = self._asked.get(host, 0.0) + seconds - time.monotonic()
        if left > 0:
            time.sleep(left)
        self._asked[host] = time.monotonic()

    def _noted(self, event: str, about: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._lines.append(about["return_value"])

    def _cut(self) -> None:
        """Ends the connections, from another thread than the one that waits for an answer."""
        for one in tuple(self._lines):
            with suppress(OSError, AttributeError):
                one.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _once(self, url: str, file: File, path: Path, held: dict[str, str], ends: float) -> Landed:
        http = self._http
        part, about = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")
        begun = _begun(part, about, url)
        headers = {"Accept": file.accept}
        if begun and (tag := begun.get("etag") or begun.get("last_modified")):
            # Bytes counted on this side must be those of the other: not compressed on the way.
            headers |= {
                "Range": f"bytes={part.stat().st_size}-",
                "If-Range": tag,
                "Accept-Encoding": "identity",
            }
        elif path.is_file():
            if held.get("etag"):
                headers["If-None-Match"] = held["etag"]
            if held.get("last_modified"):
                headers["If-Modified-Since"] = held["last_modified"]
        self._first = url
        try:
            asked = self.client.stream("GET", url, headers=headers, extensions={"trace": self._noted})
            with asked as answer:
                if answer.status_code == 304 and path.is_file():
                    return Landed(
                        path,
                        False,
                        held.get("version", ""),
                        held.get("sha256", ""),
                        held.get("media", ""),
                        _valid(held),
                    )
                self._check_status(answer)
                media = answer.headers.get("content-type", "")
                validators = {
                    "etag": answer.headers.get("etag", ""),
                    "last_modified": answer.headers.get("last-modified", ""),
                }
                goes_on = answer.status_code == 206 and "Range" in headers
                if answer.status_code == 206 and not goes_on:
                    raise FeedError(f"{answer.url}: sent a piece where the whole was asked for (HTTP 206)")
                whole = 0
                if goes_on:
                    whole = _whole(answer.headers.get("content-range", ""), part.stat().st_size)
                    is_of_another = bool(validators["etag"]) and validators["etag"] != begun.get("etag")
                    is_plain = answer.headers.get("content-encoding", "identity") == "identity"
                    if not whole or is_of_another or not is_plain:
                        part.unlink(missing_ok=True)
                        raise _Again("the server went on in another file or at another byte than asked for")
                if (packed := _packed(answer)) is not None:
                    raise FeedError(f"came packed as {packed[:20]}, which nobody asked for")
                told = int(answer.headers.get("content-length") or 0)
                if told > file.most_bytes:
                    raise FeedError(f"would be {told:,} bytes, expected at most {file.most_bytes:,}")
                if not goes_on:
                    about.write_text(json.dumps({"url": url, **validators}), encoding="utf-8")
                self._receive(answer, part, file, ends, "ab" if goes_on else "wb")
                if whole > 0 and part.stat().st_size != whole:
                    part.unlink(missing_ok=True)
                    raise _Again("the two halves are not as long as the whole")
                if answer.headers.get("content-encoding", "identity") != "identity":
                    about.unlink(missing_ok=True)
        except http.TooManyRedirects as error:
            raise FeedError(
                f"{url}: leads in a circle or on and on, more than {REDIRECTS} redirects"
            ) from error
        except (http.InvalidURL, http.UnsupportedProtocol) as error:
            raise FeedError(f"{url}: no address that can be asked ({_words(error)})") from error
        except http.TransportError as error:
            if time.monotonic() >= ends:
                raise self._too_long(part) from error
            raise _again(http, error) from error
        except http.DecodingError as error:
            raise _Again(f"the transfer broke off ({_words(error)})") from error
        found = checksum(part)
        about.unlink(missing_ok=True)
        if file.sha256 and found != file.sha256.lower():
            part.unlink()
            raise FeedError(f"checksum is {found[:12]}…, the publisher states {file.sha256[:12]}…")
        follows = answer.links.get("next", {}).get("url", "") if file.is_paged else ""
        follows = str(http.URL(url).join(follows)) if follows else ""
        if follows and urlsplit(follows)[:2] not in (urlsplit(url)[:2], urlsplit(file.url)[:2]):
            raise FeedError(f"{url}: its next page is at {follows[:200]}, expected one of the same host")
        part.replace(path)
        version = (
            validators["etag"].removeprefix("W/").strip('"') or validators["last_modified"] or found[:12]
        )
        return Landed(path, True, version, found, media, validators, follows, came_from=str(answer.url))

    def _receive(self, answer: Any, part: Path, file: File, ends: float, mode: str) -> None:
        have = part.stat().st_size if mode == "ab" else 0
        said = have
        with part.open(mode) as out:
            # As they come: of a slow body each piece is kept and the clock looked at.
            for piece in answer.iter_bytes():
                have += len(piece)
                if have > file.most_bytes:
                    out.close()
                    part.unlink(missing_ok=True)
                    raise FeedError(f"is larger than {file.most_bytes:,} bytes, expected at most that")
                out.write(piece)
                if time.monotonic() > ends:
                    break
                if have - said >= 10_000_000:
                    said = have
                    self.told(f"{file.name}: {have / 1e6:.0f} MB")
        # Also where a body whose length nobody told ended because its connection was cut.
        if time.monotonic() > ends:
            raise self._too_long(part)

    def _too_long(self, part: Path) -> FeedError:
        have = part.stat().st_size if part.is_file() else 0
        more = f"; the next run goes on from {have:,} bytes" if have else ""
        return FeedError(f"took longer than {self.longest_file:.0f} s{more}")

    def _check_way(self, request: Any) -> None:
        """Before a request is sent: no redirect leads from https to http, or from a public host into this network."""
        url, first = str(request.url), urlsplit(self._first)
        if first.scheme == "https" and request.url.scheme != "https":
            raise FeedError(f"{self._first}: was led to an address without encryption, expected https")
        if request.url.host == first.hostname or _inward(self._first.replace("http:", "https:", 1)):
            return
        if why := _inward(url.replace("http:", "https:", 1)):
            raise FeedError(f"{self._first}: was led to {url[:200]}, which is {why}")

    def _check_status(self, answer: Any) -> None:
        status = answer.status_code
        if status in (200, 206):
            return
        if status in (404, 410):
            raise AbsentError(f"{answer.url}: is not there (HTTP {status})")
        if status in (429, 502, 503, 504):
            wait = _retry_after(answer.headers.get("retry-after", ""))
            if wait is not None and wait > self.longest_wait:
                raise FeedError(
                    f"asks to wait {wait:.0f} s (HTTP {status}), longer than a run waits: try later"
                )
            raise _Again(f"HTTP {status}", wait)
        if status == 416:
            raise _Again("the server cannot go on with the half file")
        what = {401: "wants a key", 403: "refuses us", 511: "wants a sign-in to the network"}.get(
            status, "answers with an error"
        )
        raise FeedError(f"{answer.url}: {what} (HTTP {status})")


def _again(http: ModuleType, error: Exception) -> _Again:
    """What broke off, as a try that may be repeated."""
    if isinstance(error, (http.ConnectError, http.ConnectTimeout, http.ProxyError)):
        return _Again(f"no connection ({_words(error)})", unreachable=True)
    if isinstance(error, http.TimeoutException):
        return _Again("the server is silent: nothing came in time", None, True, silent=True)
    return _Again(f"the transfer broke off ({_words(error)})")


def _begun(part: Path, about: Path, url: str) -> dict[str, str]:
    """What a killed run left: {} where nothing can be gone on with."""
    try:
        begun: dict[str, str] = json.loads(about.read_text(encoding="utf-8"))
        if (
            begun.get("url") == url
            and part.stat().st_size
            and not str(begun.get("etag", "")).startswith("W/")
        ):
            return begun
    except (OSError, ValueError):
        pass
    part.unlink(missing_ok=True)
    about.unlink(missing_ok=True)
    return {}


def _whole(content_range: str, have: int) -> int:
    """Bytes of the whole by a Content-Range that goes on after `have`; -1 where it does not tell, 0 where it does not fit."""
    found = re.fullmatch(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)", content_range.strip())
    if not found or int(found[1]) != have:
        return 0
    return -1 if found[3] == "*" else int(found[3])


def _packed(answer: Any) -> str | None:
    """What an answer is packed as that was not asked for, None for nothing."""
    asked = {
        e.partition(";")[0].strip() for e in answer.request.headers.get("accept-encoding", "").split(",")
    }
    told = [e.strip().lower() for e in answer.headers.get("content-encoding", "").split(",") if e.strip()]
    return next((e for e in told if e not in asked | {"identity", "x-gzip", "gzip", "deflate"}), None)


def _is_plain(name: str) -> bool:
    """Whether a name that a publisher may have a part in names a file and no way through folders."""
    return bool(re.fullmatch(r"[\w][\w. +-]*", name)) and ".." not in name and len(name) < 200


def _inward(url: str) -> str:
    """Why an address that a publisher named is not one to ask: "" where it is."""
    try:
        parts = urlsplit(url)
        host, scheme = (parts.hostname or "").rstrip("."), parts.scheme
    except ValueError:
        return "no address"
    if scheme != "https":
        return "no https address"
    if ("." not in host and ":" not in host) or host.endswith((".localhost", ".local", ".internal")):
        return "a host of this network"
    try:
        # Also in the forms that a resolver takes for one: 127.1, 0x7f.0.0.1, 2130706433.
        address: Any = ipaddress.ip_address(host if ":" in host else socket.inet_aton(host))
    except (OSError, ValueError):
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    return "" if address.is_global and not address.is_multicast else "an address of this network"


def _valid(held: dict[str, str]) -> dict[str, str]:
    return {k: held.get(k, "") for k in ("etag", "last_modified")}


def _retry_after(told: str) -> float | None:
    """Seconds of a Retry-After header, which gives seconds or a day and time; None where there is none."""
    if re.fullmatch(r"\s*[0-9]{1,12}\s*", told):
        return float(told)
    try:
        until = email.utils.parsedate_to_datetime(told)
        until.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


class Folder:
    """Takes files from a folder instead of the network: HOST/PATH, FEED/NAME, or any file of that name in it.

    A name matches with a day, a version or "trimmed" after it: `api_2026-05_trimmed.json` is `api.json`. Of several the
    newest name counts.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files = sorted(p for p in root.rglob("*") if p.is_file())

    def close(self) -> None:
        """Nothing is held open."""

    def get(self, file: File, folders: tuple[str, ...], held: dict[str, str]) -> Landed:
        """The file of that name; `folders` are the names of folders that belong to its feed.

        Raises:
            AbsentError: there is none.
        """
        parts = urlsplit(file.url)
        exact = self.root / parts.netloc / parts.path.lstrip("/")
        found = [exact] if exact.is_file() and not parts.query else []
        if not found:
            for name in (file.name, Path(parts.path).name, *file.also):
                stem, dot, ending = name.partition(".")
                # A day or month in a name may be another one in a folder that was filled on another day.
                told = re.sub(
                    r"\d+",
                    lambda n: rf"\d{{{len(n.group())}}}" if len(n.group()) in (2, 4, 6) else n.group(),
                    re.escape(stem),
                )
                pattern = re.compile(
                    rf"{told if re.search(r'[0-9]{4}', stem) else re.escape(stem)}(?:[_.-](?:v?\d[\d.-]*|trimmed|sample|latest))*{re.escape(dot + ending)}"
                )
                all_named = [p for p in self._files if pattern.fullmatch(p.name)]
                mine = [p for p in all_named if set(p.relative_to(self.root).parts[:-1]) & set(folders)]
                here = [p for p in all_named if p.parent == self.root]
                found = mine or here
                if found:
                    break
        if not found:
            raise AbsentError(f"no file {file.name} in {self.root}")
        path = max(found, key=lambda p: p.name)
        if path.stat().st_size > file.most_bytes:
            raise FeedError(f"is {path.stat().st_size:,} bytes, expected at most {file.most_bytes:,}")
        digest = checksum(path)
        if file.sha256 and digest != file.sha256.lower():
            raise FeedError(f"checksum is {digest[:12]}…, the publisher states {file.sha256[:12]}…")
        return Landed(path, digest != held.get("sha256"), digest[:12], digest)


__all__ = [
    "CONTACT",
    "AbsentError",
    "Fetcher",
    "Folder",
    "Landed",
    "SilentError",
    "UnreachableError",
    "checksum",
    "library",
]
