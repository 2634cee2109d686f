"""Reads the built Parquet files: tables, their dictionary, and the snapshot they belong to."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

Tables = dict[str, pd.DataFrame]

PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT / "datasets" / "raw"


def processed_folder() -> Path:
    """Folder of the built files: `LANDSCAPE_DATA` where set, else datasets/processed."""
    return Path(os.environ.get("LANDSCAPE_DATA") or PROJECT / "datasets" / "processed")


@dataclass(frozen=True)
class Snapshot:
    """The data as built: `id` is the hash of its content, `as_of` the newest day a source was read."""

    id: str
    as_of: pd.Timestamp


def builds(folder: Path) -> dict[str, Path]:
    """Folders of the builds kept beside the served one, by snapshot id; newest first, the served one included."""
    served = folder.resolve()
    found = {snapshot(folder).id: served} if (folder / "datapackage.json").is_file() else {}
    beside = [served.parent] if served.parent.name.endswith(".builds") else []
    for parent in beside:
        for one in sorted(parent.iterdir(), key=lambda p: p.lstat().st_mtime, reverse=True):
            if (one / "datapackage.json").is_file() and not one.is_symlink():
                found.setdefault(snapshot(one).id, one)
    return found


class DataMissingError(Exception):
    """The folder holds no complete build."""


def _descriptor(folder: Path) -> dict:
    path = folder / "datapackage.json"
    if not path.is_file():
        raise DataMissingError(
            f"{folder}: no built data here; expected datapackage.json; run `python -m etl`"
        )
    return json.loads(path.read_text(encoding="utf-8"))


def snapshot(folder: Path) -> Snapshot:
    """Names the build in `folder`.

    Raises:
        DataMissingError: the folder holds no build.
    """
    named = _descriptor(folder)["snapshot"]
    return Snapshot(id=named["id"], as_of=pd.Timestamp(named["as_of_date"]))


def load(folder: Path) -> Tables:
    """Loads every table of a build; days become `datetime64[us]`, keys and order are the file's.

    Raises:
        DataMissingError: the folder holds no build.
    """
    _descriptor(folder)
    tables: Tables = {}
    for path in sorted(folder.glob("*.parquet")):
        arrow = pq.read_table(path)
        frame = arrow.to_pandas(date_as_object=False)
        for field in arrow.schema:
            kind = str(field.type)
            if kind == "int64":
                # A nullable integer column would come back as float and print "1999.0".
                frame[field.name] = frame[field.name].astype("Int64")
            elif kind.startswith("date32"):
                frame[field.name] = pd.to_datetime(frame[field.name]).astype("datetime64[us]")
        tables[path.stem] = frame
    return tables


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
                    "type": str(field.type),
                    "description": meta.get("description", ""),
                    "unit": meta.get("unit", ""),
                    "reference": meta.get("reference", ""),
                    "rows": arrow.num_rows,
                    "filled": arrow.num_rows - arrow.column(field.name).null_count,
                }
            )
    return pd.DataFrame(rows)
