"""Read, validate, derive, write: the whole path from CSV to Parquet."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from etl import registry, words
from etl.feeds.declare import FeedError
from etl.feeds.use import state_hash, use_of_feeds
from etl.kept import Kept, Known, Make, circumstances, once, remembered, token
from etl.neighbours import EXPLAINED, explained, neighbour_problems
from etl.problem import Problem
from etl.read import read_table
from etl.schema import Table, empty
from etl.tables import TABLES
from etl.tables.measures import FEED_USE
from etl.validate import (
    cell_problems,
    column_problems,
    range_problems,
    reference_problems,
    rule_problems,
    unlisted_problems,
)
from etl.write import builds_of, dictionary_text, write_known

Progress = Callable[[float, str], None]


class BuildFailed(Exception):
    """The raw data has problems; nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        files = len({p.file for p in problems})
        super().__init__(
            f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in "
            f"{files} file{'s' if files != 1 else ''}; nothing was written"
        )


@dataclass(frozen=True)
class BuildResult:
    """What was built: the snapshot's id, rows by table, and how the raw rows stand to the registry, if there is one."""

    snapshot: str
    rows: dict[str, int] = field(default_factory=dict)
    review: registry.Review | None = None


def raw_hash(raw: Path, feeds: Path | None = None) -> str:
    """Hash of the raw files, of the feed rows where a folder of them is given, and of the code that builds from them."""
    return _hash_of(file_hashes(raw), feeds)


def _hash_of(files: dict[str, str], feeds: Path | None) -> str:
    digest = hashlib.sha256(state_hash(feeds).encode())
    for name, content in (*files.items(), *_code_hashes().items()):
        digest.update(f"{name}\0{content}\0".encode())
    return digest.hexdigest()


def file_hashes(raw: Path) -> dict[str, str]:
    """Hashes of the raw files and of those of their registry, by path from the folder."""
    registered = sorted((raw / registry.FOLDER).glob("*.tsv"))
    return {
        p.relative_to(raw).as_posix(): _content_hash(p) for p in [*sorted(raw.glob("*.csv")), *registered]
    }


def _code_hashes() -> dict[str, str]:
    here = Path(__file__).parent
    return {p.relative_to(here).as_posix(): _content_hash(p) for p in sorted(here.rglob("*.py"))}


def _code() -> str:
    return token(*itertools.chain(*_code_hashes().items()))


def _content_hash(path: Path) -> str:
    # A byte-order mark and CRLF line ends change nothing, this hash included.
    # What is no file, or may not be read, is told by the check.
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError:
        content = b""
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()


#: The code that runs: what is there later may be another, which a server that goes on has not loaded.
LOADED = _code()


def is_stale(raw: Path, out: Path, feeds: Path | None = None) -> bool:
    """True where `out` holds no build, or one made from other files, feed rows or code than there are now.

    A build whose raw files are not there (the data was handed on without them) is as new as it can be.
    """
    try:
        made_from = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))["raw_hash"]
    except (OSError, ValueError, KeyError, TypeError):
        return True
    return raw.is_dir() and bool(made_from != raw_hash(raw, feeds))


def _named(raw: Path, name: str) -> str:
    """A file's name in messages: from the folder the reader called."""
    path = raw / name
    try:
        # The folder's own place; a table that is a link to itself has none.
        return (raw.resolve() / name).relative_to(Path.cwd()).as_posix()
    except (ValueError, RuntimeError, OSError):
        return path.as_posix()


def review(raw: Path, kept: Kept | None = None) -> registry.Review | None:
    """How the raw rows stand to the registry of those that were read; None where there is none."""
    tables = tuple(t for t in TABLES if t.is_raw)
    return registry.review(tables, raw, {t.name: _named(raw, f"{t.name}.csv") for t in tables}, kept)


def _each_key_once(table: Table, make: Make) -> pd.DataFrame:
    frame = make()
    again = frame[table.key].duplicated()
    return frame[~again] if table.columns[table.key].unique and again.any() else frame


def _maimed(
    tables: Sequence[Table], raw: Path, broken: set[str], reviewed: registry.Review | None
) -> set[str]:
    """Tables that lost rows which were read, or have lines that could not be."""
    short = broken | ({p.file for p in reviewed.lost} if reviewed else set())
    return {t.name for t in tables if _named(raw, f"{t.name}.csv") in short}


def check(
    raw: Path,
    progress: Progress | None = None,
    reviewed: registry.Review | None = None,
    about_to_be_written: str = "",
    feeds: Path | None = None,
) -> dict[str, pd.DataFrame]:
    """Reads, validates and derives every table; writes nothing.

    Args:
        raw: Folder of the CSV files.
        progress: Told how far it is.
        reviewed: How the rows stand to the registry; looked up where it is not given.
        about_to_be_written: A table whose own problems are passed over, since its file is made anew from the others.
        feeds: Folder of feed rows, whose use by company and day is taken; None takes none.

    Returns:
        Typed frames by table name, derived ones included, each sorted by its key.

    Raises:
        BuildFailed: with every problem of every file.
    """
    found = _checked(raw, Kept({}), progress, reviewed, about_to_be_written, feeds)
    return {t.name: _in_order(t, found[t.name]) for t in TABLES}


def sound_rows(
    raw: Path, reviewed: registry.Review | None = None, feeds: Path | None = None
) -> dict[str, int]:
    """How many rows each table has that `check` finds nothing wrong with; raises as it does."""
    return {
        name: len(make()) for name, make in _checked(raw, Kept({}), reviewed=reviewed, feeds=feeds).items()
    }


def _checked(
    raw: Path,
    kept: Kept,
    progress: Progress | None = None,
    reviewed: registry.Review | None = None,
    about_to_be_written: str = "",
    feeds: Path | None = None,
) -> dict[str, Make]:
    """`check`, which passes over the steps that are kept; gives what makes each table, in the order of the files."""
    if not raw.is_dir():
        raise BuildFailed(
            [Problem(raw.as_posix(), 0, "", "no such folder: expected the folder of the raw CSV files")]
        )
    tell = progress or (lambda share, step: None)
    make: dict[str, Make] = {}
    problems: list[Problem] = []
    unreadable: set[str] = set()
    raw_tables = [t for t in TABLES if t.is_raw]
    for table in raw_tables:
        kept.tokens[table.name] = kept.tokens.get(f"{table.name}.csv", "")
    named = {t.name: _named(raw, f"{t.name}.csv") for t in raw_tables}
    # Arrow reads and judges without Python's lock for the most part: two tables at a time, the largest first.
    with ThreadPoolExecutor(2) as side_by_side:
        reading = {
            t.name: side_by_side.submit(read_table, t, raw / f"{t.name}.csv", named[t.name])
            for t in sorted(raw_tables, key=lambda t: -_size(raw / f"{t.name}.csv"))
            if not kept.same(f"read {t.name}")
        }
        for n, table in enumerate(raw_tables):
            shown = named[table.name]
            tell(0.1 + 0.5 * n / len(raw_tables), f"Reading and checking {table.name}")
            if table.name not in reading:
                make[table.name] = once(_read_again, table, raw, shown)
                continue
            frame, found = reading.pop(table.name).result()
            make[table.name] = once(_as_it_is, frame)
            problems += found
            if found and frame.empty:
                unreadable.add(table.name)
                continue
            problems += cell_problems(table, frame, shown, found, unlisted_problems(table, frame, shown))
            kept.did(f"read {table.name}", [table.name])
    for name in sorted(p.name for p in raw.glob("*.csv")):
        if name.removesuffix(".csv") not in {t.name for t in raw_tables}:
            problems.append(
                Problem(
                    _named(raw, name),
                    0,
                    "",
                    "no table of this name: expected one of " + ", ".join(t.name for t in raw_tables),
                )
            )
    reviewed = reviewed or review(raw, kept)
    # A row that could not be read is no row that is gone.
    broken = {p.file for p in problems if p.line > 1 and not p.column}
    problems += [p for p in reviewed.lost if p.line or p.file not in broken] if reviewed else []
    problems += registry.damaged(raw, lambda name: _named(raw, name), kept)
    tell(0.65, "Checking references and rules")
    true_exceptions = explained(raw)
    # A key that stands twice is told already; rules may look rows up by it.
    whole = {t.name: once(_each_key_once, t, make[t.name]) for t in raw_tables if t.name not in unreadable}
    maimed = _maimed(raw_tables, raw, broken, reviewed)
    garbled = {(p.file, p.column) for p in problems if p.what.startswith(words.GARBLED)}
    for table in raw_tables:
        # Where something is wrong, everything is asked: what is told depends on what was told before.
        if table.name in unreadable or (not problems and kept.same(f"hold {table.name}")):
            continue
        shown = _named(raw, f"{table.name}.csv")
        told = {(p.line, p.column) for p in problems if p.file == shown}
        # Rows that a file lost are told of that file, and not of each row elsewhere that leads to them.
        readable = Known(whole, maimed - {table.name})
        found = reference_problems(table, readable, shown)
        if "sources" in readable:
            found += range_problems(table, readable, shown, date.today())
        told |= {(p.line, p.column) for p in found}
        # What is wrong with a cell in itself is told once: a rule that stumbles over it would tell it again.
        found += [p for p in rule_problems(table, readable, shown) if (p.line, p.column) not in told]
        told |= {(p.line, p.column) for p in found}
        found = [p for p in found if (p.file, p.column) not in garbled]
        apart = neighbour_problems(table, readable, shown, true_exceptions)
        found += [p for p in apart if (p.line, p.column) not in told]
        problems += found
        kept.did(f"hold {table.name}", readable.looked | {f"{registry.FOLDER}/{EXPLAINED}"})
    overlooked = _named(raw, f"{about_to_be_written}.csv")
    problems = [p for p in problems if p.file != overlooked]
    if problems:
        raise BuildFailed(list(dict.fromkeys(problems)))
    tell(0.7, "Reading what feeds state of use")
    problems += _with_feeds(make, feeds, kept)
    tell(0.75, "Deriving index and labels")
    for table in TABLES:
        if table.derive:
            _derive(table, make, kept, problems)
    for table in raw_tables:
        if table.rules_after and (problems or not kept.same(f"after {table.name}")):
            known = Known(make)
            problems += rule_problems(table, known, _named(raw, f"{table.name}.csv"), table.rules_after)
            kept.did(f"after {table.name}", known.looked)
    if problems:
        raise BuildFailed(problems)
    return make


def _derive(table: Table, make: dict[str, Make], kept: Kept, problems: list[Problem]) -> None:
    """Puts a derived table, or one with what is derived, in its place, and adds what is wrong with it."""
    derive, known = table.derive, Known(make)
    assert derive
    if kept.same(f"derive {table.name}"):
        make[table.name] = once(derive, known)
    else:
        try:
            frame = derive(known)
        except Exception as error:
            what = (
                f"cannot be derived ({type(error).__name__}: {error}): got tables that do not fit together, "
                "expected the rows that were there before the last change"
            )
            raise BuildFailed([Problem(f"{table.name} (derived)", 0, "", what)]) from error
        make[table.name] = once(_as_it_is, frame)
        kept.did(f"derive {table.name}", known.looked)
    kept.derived(table.name)
    if problems or not kept.same(f"derived {table.name}"):
        shown = f"{table.name} (derived)"
        frames = Known({**make, table.name: once(_from_nought, make[table.name])})
        problems += column_problems(table, frames[table.name], shown)
        problems += reference_problems(table, frames, shown)
        kept.did(f"derived {table.name}", frames.looked)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _as_it_is(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def _read_again(table: Table, raw: Path, shown: str) -> pd.DataFrame:
    return read_table(table, raw / f"{table.name}.csv", shown)[0]


def _from_nought(make: Make) -> pd.DataFrame:
    return make().reset_index(drop=True)


def _in_order(table: Table, make: Make) -> pd.DataFrame:
    return make().sort_values(table.key, kind="stable").reset_index(drop=True)


def _with_feeds(make: dict[str, Make], feeds: Path | None, kept: Kept) -> list[Problem]:
    """Adds `feed_use` and the documents of the feeds behind it; what is wrong with them."""
    make[FEED_USE.name] = once(empty, FEED_USE)
    # With feeds, nothing but the same rows in all files and feeds is remembered.
    kept.tokens[FEED_USE.name] = "of feeds"
    if feeds is None or not feeds.is_dir():
        return []
    try:
        use, documents = use_of_feeds(feeds, Known(make))
    except FeedError as error:
        return [Problem(feeds.as_posix(), 0, "", str(error))]
    make[FEED_USE.name] = once(_as_it_is, use)
    if len(documents):
        make["sources"] = once(_as_it_is, pd.concat([make["sources"](), documents], ignore_index=True))
    shown = f"{FEED_USE.name} (of {feeds.as_posix()})"
    found = column_problems(FEED_USE, use, shown)
    return found + reference_problems(FEED_USE, Known(make), shown)


def _today() -> str:
    return f"{date.today()}"


def build(raw: Path, out: Path, progress: Progress | None = None, feeds: Path | None = None) -> BuildResult:
    """Builds `out` from `raw`, and from the feed rows in `feeds` where given, whole or not at all.

    Raises:
        BuildFailed: the raw data has problems, or `out` cannot be written; `out` is as it was.
    """
    files = file_hashes(raw)
    made_from = _hash_of(files, feeds)
    builds = builds_of(out)
    code = made_from if feeds and feeds.is_dir() else LOADED
    of = circumstances(code, raw, _today())
    kept = Kept(files, remembered(builds, of))
    reviewed = review(raw, kept)
    make = _checked(raw, kept, progress, reviewed, feeds=feeds)
    frames = Known({t.name: once(_in_order, t, make[t.name]) for t in TABLES})
    if progress:
        progress(0.85, "Writing Parquet")
    try:
        snapshot, rows = write_known(
            TABLES, frames, out, made_from, reviewed.facts() if reviewed else None, kept
        )
        beside = out.parent / "DICTIONARY.md"
        text = dictionary_text(TABLES, rows)
        # Only the project's own data folder has a dictionary in its history, without the rows of one machine's feeds.
        if (
            not rows[FEED_USE.name]
            and raw.resolve().parent == out.parent.resolve()
            and (not beside.is_file() or beside.read_text(encoding="utf-8") != text)
        ):
            beside.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise BuildFailed(
            [
                Problem(
                    out.as_posix(),
                    0,
                    "",
                    f"cannot be written: {error.strerror or error}; expected a "
                    "folder that this user may write",
                )
            ]
        ) from error
    if progress:
        progress(1.0, "Done")
    # What was edited meanwhile was read in a state that these hashes do not name, and code that was is not what ran.
    if file_hashes(raw) == files and _code() == LOADED:
        kept.save(builds, of)
    return BuildResult(snapshot, rows, reviewed)


__all__ = ["BuildFailed", "BuildResult", "build", "check", "is_stale", "raw_hash", "review"]
