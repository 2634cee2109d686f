"""What a build says of itself (`datapackage.json`), checked before anything of it is believed."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pandas as pd

NAME = "datapackage.json"
_SNAPSHOT_ID = re.compile(r"[0-9a-z]{8}")
_TABLE_FILE = re.compile(r"[a-z][a-z0-9_]*\.parquet")


class DataMissingError(Exception):
    """There is no complete build that can be read; the sentence says what to do."""


def checked(content: bytes) -> dict[str, Any]:
    """The descriptor as read: what it names is put into links, pages and paths.

    Raises:
        ValueError: it is not what a build writes.
    """
    try:
        found: dict[str, Any] = json.loads(content.decode("utf-8"))
        pd.Timestamp(date.fromisoformat(found["snapshot"]["as_of_date"]))
        names = [r["path"] for r in found["resources"]]
        if not (
            _SNAPSHOT_ID.fullmatch(found["snapshot"]["id"])
            and names
            and all(_TABLE_FILE.fullmatch(n) for n in names)
            and all(type(r["rows"]) is int for r in found["resources"])
        ):
            raise ValueError
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not what a build writes") from error
    return found
