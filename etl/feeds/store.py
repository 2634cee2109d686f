"""Where feed rows live: a folder a feed, apart from the curated tables; Parquet, the file as it came, a small state."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pya
import pyarrow.parquet as pq

from etl.feeds.declare import FeedError
from etl.feeds.tables import FEED_TABLES, FeedTable

#: Environment variable that names the folder; it is never committed.
FOLDER = "LANDSCAPE_FEEDS"
DEFAULT = Path(__file__).resolve().parents[2] / "datasets" / "feeds"
#: What a row says of its reading and not of its subject.
_READING = ("read_at", "upstream_version")


def folder(given: Path | None = None) -> Path:
    """The folder of feed rows: as given, as the environment says, or datasets/feeds."""
    told = os.environ.get(FOLDER, "").strip()
    return given or (Path(told) if told else DEFAULT)


@dataclass(frozen=True)
class Landing:
    """What became of the rows of a file: how many there are, came, changed and went."""

    rows: int
    added: int
    changed: int
    gone: int


class Store:
    """Feed rows under one folder.

    Args:
        root: The folder.
        dry: Whether what is landed stays in memory.
    """

    def __init__(self, root: Path, dry: bool = False) -> None:
        self.root, self.dry = root, dry
        self._memory: dict[tuple[str, str], pd.DataFrame] = {}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the folder for one refresh at a time; a killed run holds nothing.

        Raises:
            FeedError: another one is running.
        """
        if self.dry or os.name == "nt":
            yield
            return
        import fcntl

        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise FeedError(
                    f"{self.root}: another refresh is at work there, expected one at a time"
                ) from error
            yield

    def state(self, feed: str) -> dict[str, dict[str, Any]]:
        """What is known of each file of a feed that was read: validators, version, checksum, rows, time."""
        try:
            known: dict[str, dict[str, Any]] = json.loads(
                (self.root / feed / "state.json").read_text(encoding="utf-8")
            )
            return known
        except (OSError, ValueError):
            return {}

    def write_state(self, feed: str, state: dict[str, dict[str, Any]]) -> None:
        """Replaces what is known of a feed, whole or not at all."""
        if not self.dry:
            text = json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            _put(self.root / feed / "state.json", lambda path: path.write_text(text, encoding="utf-8"))

    def write_queue(self, text: str) -> None:
        """Replaces what the Data page shows of the queue."""
        if not self.dry:
            _put(self.root / "queue.json", lambda path: path.write_text(text, encoding="utf-8"))

    def upstream(self, feed: str) -> Path:
        """Folder of the files as they came."""
        return self.root / feed / "upstream"

    def land(self, feed: str, table: FeedTable, file: str, rows: pd.DataFrame, keeps: bool) -> Landing:
        """Puts the rows of one file in; rows that say what they said keep their reading.

        Args:
            feed: Name of the feed.
            table: Table of the rows.
            file: Name of the file they are of: of a feed that keeps nothing they replace its earlier rows.
            rows: Rows in the table's columns, each upstream_id once.
            keeps: Whether rows that are no longer upstream stay, parted by month.
        """
        place = self.root / feed / table.name
        if not keeps:
            before = self.rows(table.name, feed)
            others, mine = before[before["file"] != file], before[before["file"] == file]
            merged, landing = _merged(mine, rows, gone=True)
            if landing.added or landing.changed or landing.gone or (not len(before) and len(rows)):
                whole = pd.concat([others, merged], ignore_index=True) if len(others) else merged
                self._write(feed, table, whole, place.with_suffix(".parquet"))
            return landing
        month = rows[table.day].fillna("").str.slice(0, 7).where(lambda m: m != "", "undated")
        total = Landing(0, 0, 0, 0)
        for name, part in rows.groupby(month, sort=True):
            path = place / f"{name}.parquet"
            before = self._read(feed, table, [path])
            merged, landing = _merged(before, part, gone=False)
            if landing.added or landing.changed:
                self._write(feed, table, merged, path)
            total = Landing(
                total.rows + len(part), total.added + landing.added, total.changed + landing.changed, 0
            )
        return total

    def rows(self, table: str, feed: str = "", columns: list[str] | None = None) -> pd.DataFrame:
        """Rows of a table, of one feed or of all."""
        declared = FEED_TABLES[table]
        feeds = (
            [feed]
            if feed
            else sorted(p.name for p in self.root.iterdir() if p.is_dir())
            if self.root.is_dir()
            else []
        )
        feeds = feeds or []
        if not feed:
            feeds = sorted({*feeds, *(f for f, t in self._memory_tables() if t == table)})
        found = []
        for f in feeds:
            paths = [self.root / f / f"{table}.parquet", *sorted((self.root / f / table).glob("*.parquet"))]
            rows = self._read(f, declared, paths, columns)
            if len(rows):
                found.append(rows)
        if not found:
            empty = declared.frame(pd.DataFrame({"feed": pd.Series([], dtype=object)}))
            return empty[columns] if columns else empty
        return pd.concat(found, ignore_index=True) if len(found) > 1 else found[0]

    def _memory_tables(self) -> list[tuple[str, str]]:
        return [(f, p.partition("/")[0].removesuffix(".parquet")) for f, p in self._memory]

    def _key(self, feed: str, path: Path) -> tuple[str, str]:
        return feed, path.relative_to(self.root / feed).as_posix()

    def _read(
        self, feed: str, table: FeedTable, paths: list[Path], columns: list[str] | None = None
    ) -> pd.DataFrame:
        parts = []
        for path in {
            *paths,
            *(self.root / f / p for f, p in self._memory if f == feed and self.root / f / p in paths),
        }:
            if (held := self._memory.get(self._key(feed, path))) is not None:
                parts.append(held[columns] if columns else held)
            elif path.is_file():
                try:
                    parts.append(pq.read_table(path, columns=columns, partitioning=None).to_pandas())
                except (pya.ArrowInvalid, OSError) as error:
                    raise FeedError(
                        f"{path}: cannot be read ({str(error)[:100]}); delete the file and refresh again"
                    ) from error
        if not parts:
            empty = table.frame(pd.DataFrame({"feed": pd.Series([], dtype=object)}))
            return empty[columns] if columns else empty
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]

    def _write(self, feed: str, table: FeedTable, rows: pd.DataFrame, path: Path) -> None:
        rows = rows.sort_values(["company_id", table.day, "upstream_id"], kind="stable", na_position="last")
        rows = rows.reset_index(drop=True)
        if self.dry:
            self._memory[self._key(feed, path)] = rows
            return
        arrow = pya.Table.from_pandas(rows, schema=table.schema, preserve_index=False)
        _put(path, lambda p: pq.write_table(arrow, p, compression="zstd", row_group_size=65_536))


def _merged(before: pd.DataFrame, rows: pd.DataFrame, gone: bool) -> tuple[pd.DataFrame, Landing]:
    """Old and new rows by upstream_id, new ones first; a row whose content is the same keeps its reading."""
    if not len(before):
        return rows, Landing(len(rows), len(rows), 0, 0)
    content = [c for c in rows if c not in _READING]
    old = pd.Series(
        pd.util.hash_pandas_object(before[content], index=False).array, index=before["upstream_id"]
    )
    new = pd.util.hash_pandas_object(rows[content].reset_index(drop=True), index=False)
    ids = rows["upstream_id"].reset_index(drop=True)
    was = old.reindex(ids).reset_index(drop=True)
    is_there = ids.isin(old.index)
    is_same = is_there & (was == new)
    rows = rows.reset_index(drop=True).copy()
    for column in _READING:
        held = (
            pd.Series(before[column].array, index=before["upstream_id"]).reindex(ids).reset_index(drop=True)
        )
        rows[column] = rows[column].where(~is_same, held)
    left = before[~before["upstream_id"].isin(ids)]
    landing = Landing(
        len(rows), int((~is_there).sum()), int((is_there & ~is_same).sum()), len(left) if gone else 0
    )
    whole = rows if gone or not len(left) else pd.concat([left, rows], ignore_index=True)
    return whole, landing


def _put(path: Path, write: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        write(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


__all__ = ["DEFAULT", "FOLDER", "Landing", "Store", "folder"]
