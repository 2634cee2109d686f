"""Writes a build, all or nothing: Parquet with field metadata, datapackage.json, DICTIONARY.md."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pya
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl.kept import FILE as KEPT
from etl.kept import Kept
from etl.schema import Frames, Table

#: Snapshots of which a build is kept beside the one served; each is about a megabyte.
SNAPSHOTS_KEPT = 24
FRICTIONLESS = {"text": "string", "integer": "integer", "number": "number", "flag": "boolean", "day": "date"}


def snapshot_id(tables: tuple[Table, ...], frames: Frames) -> str:
    """Eight hex digits of the canonical content: sorted rows as text, whatever the file format."""
    return _id_of({t.name: content_hash(t, frames[t.name]) for t in tables})


def _id_of(contents: Mapping[str, str]) -> str:
    return hashlib.sha256("".join(f"{n} {h}\n" for n, h in sorted(contents.items())).encode()).hexdigest()[:8]


def content_hash(table: Table, frame: pd.DataFrame) -> str:
    """Hash of one table's sorted rows as text."""
    digest = hashlib.sha256(chr(31).join(table.columns).encode())
    columns = [_as_text(frame[c]) for c in table.columns]
    for row in sorted(zip(*columns, strict=True)):
        digest.update(("\x1e" + "\x1f".join(row)).encode())
    return digest.hexdigest()


def _as_text(cells: pd.Series) -> list[str]:
    """Cells as the snapshot's id reads them; "" where nothing stands."""
    if cells.dtype.kind == "M":
        # A list of days is dear to make: each would be a Timestamp.
        days = np.datetime_as_string(cells.to_numpy().astype("datetime64[D]"))
        return ["" if d == "NaT" else f"{d} 00:00:00" for d in days.tolist()]
    if isinstance(cells.dtype, pd.StringDtype):
        return cells.fillna("").to_numpy(dtype=object).tolist()
    return [v if v.__class__ is str else "" if pd.isna(v) else str(v) for v in cells.tolist()]


def arrow_table(table: Table, frame: pd.DataFrame, snapshot: str) -> pya.Table:
    """The frame in the declared Arrow types, with the metadata that the dashboard reads."""
    schema = table.arrow_schema()
    columns = []
    for field in schema:
        series = frame[field.name]
        if str(field.type).startswith("date32"):
            values: Any = series.to_numpy().astype("datetime64[D]")
        else:
            values = series.to_numpy(dtype=object)
        is_list = pya.types.is_list(field.type)
        cells = pya.array(values, type=pya.string() if is_list else field.type, from_pandas=True)
        columns.append(pc.split_pattern(cells, "; ") if is_list else cells)
    return pya.Table.from_arrays(columns, schema=_described(table, snapshot))


def _described(table: Table, snapshot: str) -> pya.Schema:
    about = {"name": table.name, "description": table.description, "key": table.key}
    return table.arrow_schema().with_metadata(
        {"landscape.table": json.dumps(about, ensure_ascii=False), "landscape.snapshot": snapshot}
    )


def _renamed(table: Table, file: Path, known: Mapping[str, Any], snapshot: str) -> pya.Table | None:
    """The table of an older build with the name of the new one; None where the file is not what was written."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    if _fingerprint(content) != {"bytes": known["bytes"], "hash": known["hash"]}:
        return None
    arrow = pq.ParquetFile(pya.BufferReader(content)).read()
    return pya.Table.from_arrays(
        [c.combine_chunks() for c in arrow.columns], schema=_described(table, snapshot)
    )


def datapackage(
    tables: tuple[Table, ...],
    rows: Mapping[str, int],
    snapshot: str,
    as_of_date: str,
    raw_hash: str,
    review: dict[str, object] | None,
    written: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    """The Frictionless descriptor, with the snapshot; no clock is read.

    `written` are count and hash of the files' bytes by table: they tell a file that was cut or exchanged since.
    """
    resources = []
    for table in tables:
        fields = []
        for name, column in table.columns.items():
            meta = table.meta(name)
            constraints: dict[str, object] = {"required": True} if not column.nullable else {}
            if meta["choices"]:
                constraints["enum"] = list(meta["choices"])
            fields.append(
                {
                    "name": name,
                    "type": "array" if meta["is_list"] else FRICTIONLESS[meta["kind"]],
                    "description": column.description,
                    **({"unit": meta["unit"]} if meta["unit"] else {}),
                    **({"constraints": constraints} if constraints else {}),
                }
            )
        keys = [
            {"fields": name, "reference": {"resource": to.split(".")[0], "fields": to.split(".")[1]}}
            for name in table.columns
            if (to := table.meta(name)["reference"]) and not table.meta(name)["is_list"]
        ]
        resources.append(
            {
                "name": table.name,
                "path": f"{table.name}.parquet",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "description": table.description,
                "rows": rows[table.name],
                **written[table.name],
                "schema": {
                    "fields": fields,
                    "primaryKey": table.key,
                    **({"foreignKeys": keys} if keys else {}),
                },
            }
        )
    return {
        "name": "china-ai-landscape",
        "title": "China AI Landscape: who steers AI how inside China's tech giants and labs",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "Creative Commons Attribution 4.0",
            }
        ],
        "snapshot": {"id": snapshot, "as_of_date": as_of_date},
        "raw_hash": raw_hash,
        **({"review": review} if review else {}),
        "resources": resources,
    }


def _fingerprint(content: bytes) -> dict[str, object]:
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def dictionary_text(tables: tuple[Table, ...], rows: Mapping[str, int]) -> str:
    """DICTIONARY.md: every table and column, and how many rows each table has."""
    lines = [
        "# Dictionary",
        "",
        "Every table and column of the data, written by `python -m etl`; never edit by hand.",
        "",
    ]
    for table in tables:
        lines += [
            f"## {table.name}",
            "",
            f"{table.description} Key: `{table.key}`. "
            f"{rows[table.name]:,} rows{'' if table.is_raw else ', derived'}.",
            "",
            "| column | type | may be empty | unit | means |",
            "| --- | --- | --- | --- | --- |",
        ]
        for name, column in table.columns.items():
            meta = table.meta(name)
            means = str(column.description)
            if meta["reference"]:
                means += f" → `{meta['reference']}`"
            if meta["choices"]:
                means += f" One of: {', '.join(meta['choices'])}."
            lines.append(
                f"| `{name}` | {meta['kind']} | {'yes' if column.nullable else 'no'} | {meta['unit']} | "
                f"{means.replace('|', '/')} |"
            )
        lines.append("")
    return "\n".join(lines)


def write(
    tables: tuple[Table, ...],
    frames: Frames,
    out: Path,
    raw_hash: str,
    review: dict[str, object] | None = None,
) -> str:
    """Replaces `out` by the new build, whole or not at all, and returns the snapshot's id.

    Each build is a folder of its own in `.NAME.builds` beside `out`, complete and on disk before `out` is
    touched; `out` is a symbolic link that one atomic rename moves from the old build to the new. A build
    killed at any moment leaves the old one served; a reader that resolves the link once sees one build and no
    mixture. Replaced builds stay for a while: they are the history that pinned links and comparisons read.

    Raises:
        OSError: `out` cannot be written, or holds files that are no build.
    """
    return write_known(tables, frames, out, raw_hash, review, Kept({}))[0]


def builds_of(out: Path) -> Path:
    """The folder beside `out` that its builds are in."""
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow the link that is to be replaced
    return out.parent / f".{out.name}.builds"


def write_known(
    tables: tuple[Table, ...],
    frames: Frames,
    out: Path,
    raw_hash: str,
    review: dict[str, object] | None,
    kept: Kept,
) -> tuple[str, dict[str, int]]:
    """`write`, which takes tables that are as they were from the build that has them; the snapshot's id, and rows by table."""
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow the link that is to be replaced
    _refuse_what_is_no_build(out)
    # Without the name of a state there is nothing to tell by that a table is as it was.
    known = {t.name: (kept.tokens.get(t.name) and kept.same(f"write {t.name}")) or {} for t in tables}
    contents = {t.name: known[t.name].get("content") or content_hash(t, frames[t.name]) for t in tables}
    rows = {t.name: known[t.name]["rows"] if known[t.name] else len(frames[t.name]) for t in tables}
    snapshot = _id_of(contents)
    builds = builds_of(out)
    builds.mkdir(parents=True, exist_ok=True)
    # Chance keeps two builds at once apart; process ids repeat from container to container.
    fresh = builds / f"{snapshot}-{secrets.token_hex(4)}"
    fresh.mkdir()
    try:
        written = {}
        for table in tables:
            path, said = fresh / f"{table.name}.parquet", known[table.name]
            arrow = _renamed(table, builds / said["build"] / path.name, said, snapshot) if said else None
            if arrow is None:
                arrow = arrow_table(table, frames[table.name], snapshot)
            pq.write_table(arrow, path)
            written[table.name] = _fingerprint(path.read_bytes())
            left = {"rows": rows[table.name], "content": contents[table.name], "build": fresh.name}
            kept.did(f"write {table.name}", [table.name], left | written[table.name])
        dictionary = dictionary_text(tables, rows)
        (fresh / "DICTIONARY.md").write_text(dictionary, encoding="utf-8", newline="\n")
        # Written last: where it stands, the build is whole.
        as_of = f"{frames['sources']['accessed_date'].max():%Y-%m-%d}"
        text = json.dumps(
            datapackage(tables, rows, snapshot, as_of, raw_hash, review, written),
            ensure_ascii=False,
            indent=1,
        )
        (fresh / "datapackage.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        for path in [*fresh.iterdir(), fresh]:
            _to_disk(path)
        before = _place_of(out)
        _swap(fresh, out)
    except BaseException:
        # An interrupt may come when the new build is served already.
        if _place_of(out) != _place_of(fresh):
            shutil.rmtree(fresh, ignore_errors=True)
        raise
    _clear(builds, keep={before, _place_of(out)})
    return snapshot, rows


def _refuse_what_is_no_build(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is a file")
    if out.is_dir() and not (out / "datapackage.json").is_file() and any(out.iterdir()):
        raise FileExistsError(errno.EEXIST, "it holds files that are no build")


def _place_of(path: Path) -> Path:
    """Where it really stands; a link that leads to itself stays as it is (`Path.resolve` raises there before Python 3.13)."""
    return Path(os.path.realpath(path))


def _to_disk(path: Path) -> None:
    """Asks the system to keep the file, or the list of a folder's files, through a loss of power."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(fresh: Path, out: Path) -> None:
    """Points `out` at `fresh` in one step."""
    link = fresh.with_name(f"{fresh.name}.link")
    aside = fresh.with_name(f"{fresh.name}.old")
    try:
        # Relative to where the link ends up, so that the folder can be moved as a whole.
        link.symlink_to(Path(fresh.parent.name) / fresh.name, target_is_directory=True)
    except OSError:
        # No symbolic links here (Windows without the right): two renames, microseconds apart.
        if out.exists():
            out.rename(aside)
        fresh.rename(out)
        shutil.rmtree(aside, ignore_errors=True)
        return
    try:
        if out.is_dir() and not out.is_symlink():
            # A plain folder (empty, or a copied build) makes way for the link once; later swaps are one step.
            if _exchange(link, out):
                link.rename(aside)
            else:
                out.rename(aside)
                link.replace(out)
        else:
            link.replace(out)
    except OSError:
        link.unlink(missing_ok=True)
        if aside.exists():
            aside.rename(out)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(a: Path, b: Path) -> bool:
    """Lets two names change places in one step, so that neither is ever missing; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    here, exchange = -100, 2
    return bool(rename(here, os.fsencode(a), here, os.fsencode(b), exchange) == 0)


def _clear(builds: Path, keep: set[Path]) -> None:
    """Keeps one build of each of the newest snapshots, so that links which pin one still show it.

    Half-made builds and second builds of a snapshot go, unless they are young: they may be another process's work.
    """
    seen: set[str] = set()
    for old in sorted(builds.iterdir(), key=lambda p: p.lstat().st_mtime, reverse=True):
        snapshot = old.name.split("-")[0]
        if old.name == KEPT:
            continue
        wanted = (old / "datapackage.json").is_file() and not old.is_symlink()
        if wanted and snapshot not in seen and len(seen) < SNAPSHOTS_KEPT:
            seen.add(snapshot)
        elif _place_of(old) not in keep and time.time() - old.lstat().st_mtime > 600:
            if old.is_symlink() or old.is_file():
                old.unlink(missing_ok=True)
            else:
                shutil.rmtree(old, ignore_errors=True)
