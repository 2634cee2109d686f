"""Reads the built Parquet files: tables, their dictionary, and the snapshot they belong to."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.data import descriptor, remote, settings
from dashboard.data.descriptor import DataMissingError
from etl.address import is_address

# Texts as Python strings: at the size of these tables a filter or a row costs half of what Arrow's do, and numpy's
# arrays are not walked by the garbage collector either. Frames made of them, with `dtype="str"`, follow; the ETL, of
# which this package knows nothing, sets the same for its own.
pd.set_option("mode.string_storage", "python")
TEXT = pd.StringDtype("python", na_value=np.nan)

#: Tables by name; never to be changed.
Tables = Mapping[str, pd.DataFrame]


PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT / "datasets" / "raw"


def processed_folder(given: str = "") -> Path:
    """Folder of the built files: the one `given`, else `LANDSCAPE_DATA` where set, else datasets/processed.

    Of an address it is the copy on this machine, which follows what is published there.

    Raises:
        DataMissingError: nothing of what is at an address could be read yet.
    """
    wanted = given or _asked_for()
    if is_address(wanted):
        return remote.copy(wanted).folder()
    return Path(wanted or PROJECT / "datasets" / "processed")


def is_own() -> bool:
    """Whether the data is built here; with `LANDSCAPE_DATA` it is somebody else's."""
    wanted = _asked_for()
    return not wanted or Path(wanted) == PROJECT / "datasets" / "processed"


def away() -> str:
    """Why the address of the data cannot be read while a copy is served; "" where it can, and of folders."""
    wanted = _asked_for()
    return remote.copy(wanted).away if is_address(wanted) else ""


def _asked_for() -> str:
    """Folder or address of the data that whoever runs this asks for, "" where it is the one built here."""
    return settings.text("LANDSCAPE_DATA")


@dataclass(frozen=True)
class Snapshot:
    """The data as built: `id` is the hash of its content, `as_of` the newest day a source was read.

    `own` names whose own rows are laid over it; the id then tells them, too.
    """

    id: str
    as_of: pd.Timestamp
    own: tuple[str, ...] = ()


def place_of(folder: Path) -> Path:
    """Where a folder really stands. A link that leads to itself stays as it is: `Path.resolve` raises there before Python 3.13."""
    return Path(os.path.realpath(folder))


def beside(folder: Path) -> list[Path]:
    """Folders of the builds kept beside one, newest first, whatever is in them."""
    parent = place_of(folder).parent
    if not parent.name.endswith(".builds") or not parent.is_dir():
        return []
    kept = [p for p in parent.iterdir() if p != folder and p.is_dir() and not p.is_symlink()]
    return sorted(kept, key=lambda p: p.lstat().st_mtime, reverse=True)


def _is_described(folder: Path) -> bool:
    try:
        return bool(_descriptor(folder)) and (folder, snapshot(folder).id) not in _refused
    except DataMissingError:
        return False


def is_built(folder: Path) -> bool:
    """Whether a folder holds a build that says what it is."""
    return _is_described(place_of(folder))


def builds(folder: Path) -> dict[str, Path]:
    """Folders of the builds kept beside the served one, by snapshot id; newest first, the served one included."""
    served = place_of(folder)
    found = {snapshot(folder).id: served} if (folder / "datapackage.json").is_file() else {}
    beside = [served.parent] if served.parent.name.endswith(".builds") else []
    for parent in beside:
        for one in sorted(parent.iterdir(), key=lambda p: p.lstat().st_mtime, reverse=True):
            if (one / "datapackage.json").is_file() and not one.is_symlink():
                # One that cannot be read hides no other.
                with suppress(DataMissingError):
                    found.setdefault(snapshot(one).id, one)
    return found


LOG = logging.getLogger(__name__)
_NOT_ALLOWED = (
    "may not be read by the user that the app runs as; expected a file and folders that it may read"
)
#: Descriptors read lately, by file, with what tells one writing of it from another.
_read: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = {}
#: The last build of each served folder that could be read, and those that could not, with the reason.
_sound: dict[Path, Path] = {}
_refused: dict[tuple[Path, str], str] = {}
#: The sentence on the newest build that the log was told last.
_said: list[str] = []


def _descriptor(folder: Path) -> dict[str, Any]:
    """What a build says of itself; read again only where its file is another."""
    path = folder / "datapackage.json"
    try:
        stat = path.stat()
    except OSError as error:
        if isinstance(error, PermissionError):
            raise DataMissingError(f"{path}: {_NOT_ALLOWED}") from None
        raise DataMissingError(
            f"{folder}: no built data here; expected datapackage.json; run `python -m etl`"
        ) from None
    writing = (stat.st_mtime_ns, stat.st_size)
    if path in _read and _read[path][0] == writing:
        return _read[path][1]
    try:
        found = descriptor.checked(path.read_bytes())
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise DataMissingError(f"{path}: {_NOT_ALLOWED}") from error
        said = error.strerror if isinstance(error, OSError) else error
        raise DataMissingError(f"{path}: cannot be read ({said}); run `python -m etl`") from error
    _read[path] = writing, found
    while len(_read) > 32:
        _read.pop(next(iter(_read)))
    return found


def served_folder() -> Path:
    """Folder of the build to show, its link followed once, so that a swap never mixes two builds.

    While the newest cannot be read, the last one that could; `refused` says why.

    Raises:
        DataMissingError: there is none.
    """
    served = processed_folder()
    folder = place_of(served)
    try:
        key = folder, snapshot(folder).id
        if key in _refused:
            raise DataMissingError(_refused[key])
    except DataMissingError as missing:
        before = _sound.get(served, folder)
        if before == folder or not _is_described(before):
            before = next(filter(_is_described, beside(folder)), folder)
        if before == folder:
            raise
        if (said := f"{missing}. Shown is the build in {before}.") not in _said:
            # Not with each click of each reader.
            _said[:] = [said]
            LOG.warning("%s", said)
        return before
    _sound[served] = folder
    _said.clear()
    return folder


def refuse(folder: Path, why: str) -> None:
    """Notes that a build's files cannot be read: it is not served until another is written."""
    _refused[folder, snapshot(folder).id] = why
    _sound.pop(processed_folder(), None)


def serve(folder: Path) -> None:
    """Notes the build to show while the newest one is refused."""
    _sound[processed_folder()] = folder


def refused() -> str:
    """Why the newest build is not the one that is served; "" where it is."""
    folder = place_of(processed_folder())
    try:
        return _refused.get((folder, snapshot(folder).id), "")
    except DataMissingError as missing:
        return str(missing)


def snapshot(folder: Path) -> Snapshot:
    """Names the build in `folder`.

    Raises:
        DataMissingError: the folder holds no build.
    """
    named = _descriptor(folder)["snapshot"]
    return Snapshot(id=named["id"], as_of=pd.Timestamp(named["as_of_date"]))


def review(folder: Path) -> dict[str, Any]:
    """How the raw rows of a build stood to the registry of those that were read.

    Returns:
        `rows`, `changed` and `new` as numbers, `by` as rows by reader; nothing where the build had no registry.

    Raises:
        DataMissingError: the folder holds no build.
    """
    return dict(_descriptor(folder).get("review", {}))


def files(folder: Path) -> list[str]:
    """Names of the files of a build: its description and one file a table.

    Raises:
        DataMissingError: the folder holds no build.
    """
    return ["datapackage.json", *(str(r["path"]) for r in _descriptor(folder)["resources"])]


def required(folder: Path) -> frozenset[tuple[str, str]]:
    """Columns of a build that are never empty, as (table, column).

    Raises:
        DataMissingError: the folder holds no build.
    """
    fields = ((r, f) for r in _descriptor(folder)["resources"] for f in r["schema"]["fields"])
    return frozenset(
        (Path(str(r["path"])).stem, str(f["name"]))
        for r, f in fields
        if f.get("constraints", {}).get("required")
    )


def load(folder: Path) -> Tables:
    """Loads every table of a build; days become `datetime64[us]`, keys and order are the file's.

    Raises:
        DataMissingError: the folder holds no build, or lacks a table of it, or rows of one.
    """
    root = place_of(folder)
    tables: dict[str, pd.DataFrame] = {}
    for resource in sorted(_descriptor(root)["resources"], key=lambda r: str(r["path"])):
        path = root / resource["path"]
        try:
            content = path.read_bytes()
            arrow = pq.read_table(io.BytesIO(content))
        except PermissionError as error:
            raise DataMissingError(f"{path}: {_NOT_ALLOWED}") from error
        except (OSError, pa.ArrowException) as error:
            said = "missing" if isinstance(error, FileNotFoundError) else "no whole Parquet file"
            raise DataMissingError(f"{path}: {said}; run `python -m etl`") from error
        if arrow.num_rows != resource["rows"]:
            raise DataMissingError(
                f"{path}: {arrow.num_rows:,} rows where its build wrote {resource['rows']:,}; run `python -m etl`"
            )
        # Builds of before this was written down are known by their rows alone.
        hashed = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if resource.get("hash", hashed) != hashed:
            raise DataMissingError(f"{path}: another file than its build wrote; run `python -m etl`")
        tables[path.stem] = typed(arrow)
    return tables


def typed(arrow: pa.Table) -> pd.DataFrame:
    """A table as the app reads it: days as `datetime64[us]`, whole numbers that may be missing as `Int64`.

    Lists become text with `; ` between: it can be compared and looked up, and costs one object a cell, not one a value.
    """
    for at, field in enumerate(arrow.schema):
        if pa.types.is_list(field.type):
            text = pc.binary_join(arrow.column(at), "; ")
            arrow = arrow.set_column(at, pa.field(field.name, text.type, metadata=field.metadata), text)
    frame = arrow.to_pandas(date_as_object=False)
    for field in arrow.schema:
        kind = str(field.type)
        if kind == "int64":
            # A nullable integer column would come back as float and print "1999.0".
            frame[field.name] = frame[field.name].astype("Int64")
        elif kind in ("string", "large_string"):
            frame[field.name] = frame[field.name].astype(TEXT)
        elif kind.startswith("date32"):
            frame[field.name] = pd.to_datetime(frame[field.name]).astype("datetime64[us]")
    return frame


def dictionary(folder: Path) -> pd.DataFrame:
    """Describes every column of a build, read from the files themselves.

    Returns:
        table, table_description, column, type, description, unit, reference, rows, filled (count of non-null
        cells); one row per column, tables and columns in file order.
    """
    rows = []
    for path in sorted(folder.glob("*.parquet")):
        arrow = pq.read_table(path)
        about = json.loads((arrow.schema.metadata or {}).get(b"landscape.table", b"{}"))
        for field in arrow.schema:
            meta = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
            rows.append(
                {
                    "table": path.stem,
                    "table_description": about.get("description", ""),
                    "column": field.name,
                    "type": f"list<{field.type.value_type}>"
                    if pa.types.is_list(field.type)
                    else str(field.type),
                    "description": meta.get("description", ""),
                    "unit": meta.get("unit", ""),
                    "reference": meta.get("reference", ""),
                    "rows": arrow.num_rows,
                    "filled": arrow.num_rows - arrow.column(field.name).null_count,
                }
            )
    return pd.DataFrame(rows)
