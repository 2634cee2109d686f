"""Who has read a slide, on which day and data: travels with the slide, and tells when the slide says something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import pandas as pd

from dashboard.look.theme import format_day

#: What is told of a review.
FIELDS = ("by", "on", "snapshot", "rows")
#: Characters of a name, and of the names of snapshots and rows.
MOST_NAME, _MOST_ID = 80, 60


class ReviewError(ValueError):
    """What is told of a review is none; the text says why."""


def signed(by: str, on: date, snapshot: str, rows: str) -> dict[str, str]:
    """A review.

    Args:
        by: Name of who has read it; what is no letter or sign of a line is a space.
        on: Day.
        snapshot: Data that it was read on.
        rows: Hash of the rows shown.

    Raises:
        ReviewError: there is no name.
    """
    return checked({"by": by, "on": f"{on:%Y-%m-%d}", "snapshot": snapshot, "rows": rows})


def checked(given: object) -> dict[str, str]:
    """A review from a file.

    Raises:
        ReviewError: it is none.
    """
    if given is None or given == {}:
        return {}
    if not isinstance(given, Mapping) or set(given) != set(FIELDS):
        raise ReviewError(f"review; expected an object with {', '.join(FIELDS)}")
    found = {k: given[k] for k in FIELDS}
    if not all(isinstance(v, str) for v in found.values()):
        raise ReviewError("review; expected text in each of its fields")
    name = " ".join("".join(c if c.isprintable() else " " for c in found["by"]).split())
    if not 0 < len(name) <= MOST_NAME:
        raise ReviewError(f"review.by; expected a name of 1 to {MOST_NAME} characters")
    try:
        date.fromisoformat(found["on"])
    except ValueError as error:
        raise ReviewError("review.on; expected a day such as 2026-06-30") from error
    for part in ("snapshot", "rows"):
        if not re.fullmatch(rf"[\w-]{{1,{_MOST_ID}}}", found[part], re.ASCII):
            raise ReviewError(f"review.{part}; expected letters, digits and dashes")
    return {**found, "by": name}


def read(given: Mapping[str, str]) -> dict[str, str]:
    """A review from the notes of a slide; none where what stands there is none."""
    try:
        return checked(dict(given))
    except ReviewError:
        return {}


def has_changed(one: Mapping[str, str], rows: str) -> bool:
    """Whether the slide shows other rows than those that were read."""
    return bool(one) and one["rows"] != rows


def words(one: Mapping[str, str], rows: str) -> str:
    """The review as a line: who, when, on which data, and whether its rows have changed since; "" without one."""
    if not one:
        return ""
    said = f"Reviewed by {one['by']} on {format_day(pd.Timestamp(one['on']))}, snapshot {one['snapshot']}."
    return f"{said} Its rows have changed since." if has_changed(one, rows) else said
