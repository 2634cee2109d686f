"""A reader's own rows (our company, our clients, our corrections) put over a build: another snapshot of the same tables."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd

from dashboard.data import settings, store
from dashboard.data.cut import Cut, once
from dashboard.data.memory import Memory
from dashboard.data.store import Snapshot, Tables
from dashboard.look.markdown import shortened
from dashboard.look.theme import OWN_SIGN, plural

FORMAT = "landscape-overlay/1"
#: Table of what overlays hold: overlay, table, row_id, company_id, change ("added", "replaced"); only where one is laid.
OWN_ROWS = "own_rows"
#: What stands in a snapshot's id between the build's and the overlays'.
JOINT = "-own-"
MOST_BYTES = 2_000_000
#: Characters of an overlay as a word of an address, and bytes that such a word may unfold to.
MOST_WORD = 6_000
MOST_UNFOLDED = 200_000
MOST_OVERLAYS = 8
#: Problems that a refusal names one by one.
NAMED = 40


class OverlayError(Exception):
    """An overlay that is not laid over the data; `problems` says what is wrong, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - NAMED
        super().__init__("\n".join([*self.problems[:NAMED], *([f"and {more} more"] if more > 0 else [])]))


@dataclass(frozen=True)
class Overlay:
    """Rows of a reader's own.

    Attributes:
        name: Whose they are, in words.
        files: CSV by table, in order of name.
        shown: What messages call its files: a folder, a file, or the page.
        is_folder: Each table is a file of its own.
    """

    name: str
    files: tuple[tuple[str, bytes], ...]
    shown: str = field(default="", compare=False)
    is_folder: bool = field(default=False, compare=False)

    @cached_property
    def id(self) -> str:
        """Hash of name and content: sixteen hex digits, as it keeps readers apart."""
        digest = hashlib.sha256(self.name.encode())
        for name, content in sorted(self.files):
            digest.update(f"\x1d{name}\x1f{len(content)}\x1f".encode() + content)
        return digest.hexdigest()[:16]

    def called(self, table: str) -> str:
        """What messages call the file of a table."""
        return f"{self.shown}/{table}.csv" if self.is_folder else f"{self.shown} ({table})".strip()


@dataclass(frozen=True)
class Laid:
    """A build with overlays over it.

    Attributes:
        tables: All tables; those that no overlay touches are the build's own frames.
        snapshot: The build's day, and an id of both.
        said: What the reader must know, one sentence each.
    """

    tables: Tables
    snapshot: Snapshot
    said: tuple[str, ...] = ()


# --- Reading one ---


def of_path(path: Path) -> Overlay:
    """An overlay from a folder of CSV files or from a JSON file.

    Raises:
        OverlayError: it is neither, or larger than an overlay may be.
    """
    try:
        if not path.is_dir():
            if path.stat().st_size > MOST_BYTES:
                raise OverlayError([_too_large(str(path), path.stat().st_size)])
            return from_json(path.read_bytes(), str(path))
        found = sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv" and p.is_file())
        size = sum(p.stat().st_size for p in found)
        if size > MOST_BYTES:
            raise OverlayError([_too_large(str(path), size)])
        if not found:
            raise OverlayError([f"{path}: holds no CSV file; expected tables such as companies.csv"])
        files = tuple((p.stem, p.read_bytes()) for p in found)
    except OSError as error:
        said = f"{path}: {error.strerror or error}; expected a folder of CSV files or a JSON file"
        raise OverlayError([said]) from error
    return Overlay(_name(path.resolve().name), files, str(path), is_folder=True)


def of_csv(files: Mapping[str, bytes], name: str) -> Overlay:
    """An overlay from uploaded CSV files, by file name.

    Raises:
        OverlayError: larger than an overlay may be.
    """
    size = sum(map(len, files.values()))
    if size > MOST_BYTES:
        raise OverlayError([_too_large("the files", size)])
    made = sorted((Path(n).stem, content) for n, content in files.items())
    return Overlay(_name(name), tuple(made), "", is_folder=False)


def from_json(text: bytes | str, shown: str) -> Overlay:
    """An overlay from its JSON file: {"format": …, "name": …, "tables": {"companies": [{"company_id": …}, …]}}.

    Columns left out are empty cells; numbers, true and false may stand as such.

    Raises:
        OverlayError: the text is none.
    """
    if len(text) > MOST_BYTES:
        raise OverlayError([_too_large(shown, len(text))])
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        said = f"{shown}{where}: not JSON that can be read; expected an object of format {FORMAT}"
        raise OverlayError([said]) from error
    tables = raw.get("tables") if isinstance(raw, dict) else None
    if not isinstance(tables, dict) or raw.get("format") != FORMAT:
        expected = f'expected an object with "format": "{FORMAT}", a name, and tables with lists of rows'
        raise OverlayError([f"{shown}: not an overlay; {expected}"])
    known = _columns()
    problems: list[str] = []
    files = []
    for name, rows in tables.items():
        where = f"{shown} ({shortened(str(name))})"
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            problems.append(f"{where}: got no list of rows, expected one object a row")
            continue
        if not rows:
            continue
        header = dict.fromkeys((*known.get(name, ()), *(str(c) for r in rows for c in r)))
        lines: list[list[str]] = [list(header)]
        for n, row in enumerate(rows, 2):
            cells = {str(k): _cell(v) for k, v in row.items()}
            wrong = [k for k, v in cells.items() if v is None]
            problems += [
                f"{where}:{n}: {shortened(k)}: got a list or an object, expected a value" for k in wrong
            ]
            lines.append([cells.get(c) or "" for c in header])
        files.append((str(name), _csv(lines)))
    if problems:
        raise OverlayError(problems)
    return Overlay(_name(raw.get("name")), tuple(sorted(files)), shown)


def _cell(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return value if isinstance(value, str) else None


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    # What no encoding has (half of a pair) is shown as such by the reader's own message.
    return out.getvalue().encode("utf-8", "backslashreplace")


def _name(given: object) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in str(given or "")).split())
    return words[:60] or "Own rows"


def _too_large(shown: str, size: int) -> str:
    return f"{shown}: larger than an overlay may be: {size:,} bytes, expected at most {MOST_BYTES:,}"


def _columns() -> dict[str, list[str]]:
    # pandera takes a second to load: only who lays an overlay waits for it.
    from etl.overlay import ALLOWED

    return {name: table.raw_columns for name, table in ALLOWED.items()}


def of_rows(tables: Mapping[str, Sequence[Mapping[str, object]]], name: str, shown: str) -> Overlay:
    """An overlay from rows as plain values.

    Raises:
        OverlayError: a value is a list or an object.
    """
    return from_json(json.dumps({"format": FORMAT, "name": name, "tables": tables}, default=str), shown)


# --- Writing one ---


def as_rows(one: Overlay) -> dict[str, list[dict[str, str]]]:
    """The rows by table, cells as text; empty ones are left out. Of a file that is no CSV there are none."""
    tables: dict[str, list[dict[str, str]]] = {}
    for name, content in one.files:
        try:
            rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
        tables[name] = [{k: v for k, v in row.items() if k and isinstance(v, str) and v} for row in rows]
    return tables


def to_json(one: Overlay) -> str:
    """The overlay as its JSON file."""
    return json.dumps(
        {"format": FORMAT, "name": one.name, "tables": as_rows(one)}, ensure_ascii=False, indent=1
    )


def to_zip(one: Overlay) -> bytes:
    """The overlay as a folder of CSV files, packed; equal rows give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in one.files:
            info = zipfile.ZipInfo(f"{name}.csv", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            pack.writestr(info, content)
    return out.getvalue()


def encode(one: Overlay) -> str:
    """The overlay as one word for an address; "" where it is too large for one."""
    packed = zlib.compress(
        json.dumps(json.loads(to_json(one)), ensure_ascii=False, separators=(",", ":")).encode(), 9
    )
    word = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return word if len(word) <= MOST_WORD else ""


def decode(word: str, shown: str = "the link's own rows") -> Overlay:
    """Reads an overlay from a word of an address.

    Raises:
        OverlayError: the word holds none.
    """
    try:
        packed = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        reader = zlib.decompressobj()
        text = reader.decompress(packed, MOST_UNFOLDED)
    except (ValueError, zlib.error) as error:
        raise OverlayError([f"{shown}: cannot be read; it was cut or changed on its way"]) from error
    if not reader.eof:
        raise OverlayError([f"{shown}: cut, or larger than an address may carry"])
    return from_json(text, shown)


def of_address(text: str) -> list[Overlay]:
    """The own rows that an address, or what follows its question mark, carries; none without.

    Raises:
        OverlayError: the word that holds them cannot be read.
    """
    words = urlsplit(text).query if "://" in text else text.lstrip("?")
    return [decode(word) for word in parse_qs(words).get("own", [])[-1:]]


# --- Laying it over ---


def overlays_id(overlays: Sequence[Overlay]) -> str:
    """What tells these overlays from any others; "" without any."""
    if len(overlays) < 2:
        return "".join(o.id for o in overlays)
    return hashlib.sha256(" ".join(o.id for o in overlays).encode()).hexdigest()[:16]


def parted(snapshot_id: str) -> tuple[str, str]:
    """A snapshot's id as that of the build and that of the overlays, "" without any."""
    build, _, own = snapshot_id.partition(JOINT)
    return build, own


def _own_bytes(laid: Laid | OverlayError) -> int:
    if isinstance(laid, OverlayError):
        return 1000 + len(str(laid))
    # Tables that no overlay touches are shared; counting all is on the safe side.
    return sum(int(frame.memory_usage().sum()) for frame in laid.tables.values())


#: Builds with overlays over them; an overlay's content is in the key, so that nobody meets another's.
_laid: Memory[Laid | OverlayError] = Memory("builds under a reader's own rows", 64_000_000, _own_bytes)


def lay(tables: Tables, snapshot: Snapshot, overlays: Sequence[Overlay]) -> Laid:
    """A build with overlays over it, the later over the earlier; without any the build itself.

    Raises:
        OverlayError: one of them does not go with the build; nothing is laid.
    """
    if not overlays:
        return Laid(tables, snapshot)
    if len(overlays) > MOST_OVERLAYS:
        raise OverlayError([f"{len(overlays)} overlays; expected at most {MOST_OVERLAYS}"])

    def make() -> Laid | OverlayError:
        try:
            return _lay(tables, snapshot, overlays)
        except OverlayError as refused:
            return refused

    # Where a file stands is part of what its messages say.
    key = snapshot.id, tuple((o.id, o.shown) for o in overlays)
    found = _laid.get(key, make)
    if isinstance(found, OverlayError):
        raise OverlayError(found.problems)
    return found


def _lay(tables: Tables, snapshot: Snapshot, overlays: Sequence[Overlay]) -> Laid:
    from etl.build import BuildFailed
    from etl.overlay import lay as checked

    now, own = dict(tables), []
    for one in overlays:
        shown = {name: one.called(name) for name, _ in one.files}
        try:
            laid = checked(now, dict(one.files), shown, date.today())
        except BuildFailed as failed:
            raise OverlayError([str(p) for p in failed.problems]) from failed
        now |= {name: store.typed(arrow) for name, arrow in laid.tables.items()}
        own.append(laid.rows.assign(overlay=one.name))
    rows = pd.concat(own, ignore_index=True)
    now[OWN_ROWS] = rows[["overlay", "table", "row_id", "company_id", "change"]].astype("str")
    mine = added_companies(now)
    companies = now["companies"]
    named = companies["company_id"].isin(mine)
    for column in ("company_name", "company_name_zh"):
        companies = companies.assign(
            **{
                column: companies[column].mask(
                    named & companies[column].notna(), companies[column] + OWN_SIGN
                )
            }
        )
    now["companies"] = companies
    made = replace(
        snapshot,
        id=f"{snapshot.id}{JOINT}{overlays_id(overlays)}",
        own=tuple(dict.fromkeys(o.name for o in overlays)),
    )
    return Laid(now, made, tuple(_said(now, snapshot)))


def _said(tables: Tables, snapshot: Snapshot) -> Iterator[str]:
    from dashboard.data.selection import DATED_BY

    later = 0
    for name, rows in tables[OWN_ROWS].groupby("table"):
        column = DATED_BY.get(str(name))
        if name == "sources" or column not in tables[name]:
            continue
        frame = tables[name]
        mine = frame[frame[frame.columns[0]].isin(set(rows["row_id"]))]
        later += int((mine[column] > snapshot.as_of).sum())
    if later:
        yield (
            f"{plural(later, 'row')} of your own {'is' if later == 1 else 'are'} dated after "
            f"{snapshot.as_of:%Y-%m-%d}, the newest day of this data, and not shown."
        )


def added_companies(tables: Tables) -> frozenset[str]:
    """Ids of the companies that overlays brought; empty without any."""
    if OWN_ROWS not in tables:
        return frozenset()
    rows = tables[OWN_ROWS]
    return frozenset(rows.loc[(rows["table"] == "companies") & (rows["change"] == "added"), "row_id"])


@once
def without(tables: Tables, companies: frozenset[str]) -> Cut:
    """The tables without the rows of some companies, and before companies were chosen without them, too.

    Once a view: what a chart finds of the field the next one does not look for again.
    """

    def rest(name: str) -> pd.DataFrame:
        frame = tables[name]
        return frame[~frame["company_id"].isin(companies)] if "company_id" in frame else frame

    if not isinstance(tables, Cut) or tables.whole is None:
        return Cut(tables, rest)
    return Cut(tables, rest, without(tables.whole, companies), tables.mine)


# --- Those of an installation ---

_given: list[tuple[Overlay, ...]] = []
_lock = threading.Lock()
_kept: tuple[Any, tuple[Overlay, ...]] | None = None
#: What was logged last: each reader's click asks again.
_logged: tuple[str, ...] = ()


@contextmanager
def given(overlays: Sequence[Overlay]) -> Iterator[None]:
    """While it holds, these are the installation's overlays: those of a command line."""
    _given.append(tuple(overlays))
    try:
        yield
    finally:
        _given.pop()


def installed() -> tuple[Overlay, ...]:
    """The overlays of this installation: `--overlay`, else `LANDSCAPE_OVERLAY`, paths with the system's separator between.

    Files are read again where they have changed.

    Raises:
        OverlayError: a path holds none.
    """
    global _kept
    if _given:
        return _given[-1]
    named = settings.text("LANDSCAPE_OVERLAY")
    if not named:
        return ()
    paths = [Path(p) for p in named.split(os.pathsep) if p]
    writing = tuple(_writing(p) for p in paths)
    with _lock:
        if _kept is None or _kept[0] != writing:
            _kept = writing, tuple(of_path(p) for p in paths)
        return _kept[1]


def _writing(path: Path) -> tuple[Any, ...]:
    """What tells one writing of a folder or file from another."""
    try:
        files = [path, *sorted(path.glob("*.csv"))] if path.is_dir() else [path]
        return tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in files)
    except OSError:
        return (str(path),)


def laid_here(tables: Tables, snapshot: Snapshot) -> tuple[Laid, tuple[str, ...]]:
    """A build under the installation's overlays; where they are wrong the build alone, and what is wrong with them."""
    try:
        return lay(tables, snapshot, installed()), ()
    except OverlayError as refused:
        global _logged
        if refused.problems != _logged:
            _logged = refused.problems
            store.LOG.error("The installation's own rows are not laid over the data: %s", refused)
        return Laid(tables, snapshot), refused.problems
