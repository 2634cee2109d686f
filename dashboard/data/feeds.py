"""What upstream feeds would change, as `python -m etl refresh` left it: read, never decided here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from dashboard.data import settings
from dashboard.data.store import PROJECT

#: What to run where no feed was read.
HOW = "No upstream feed has been read here yet: `python -m etl refresh` reads them, `python -m etl review` decides."
COLUMNS = ["class", "size", "subject", "reason", "near", "feeds", "company_id", "unattended", "proposal_id"]


@dataclass(frozen=True)
class Waiting:
    """The queue: day of the reading, the rules in words, counts of decisions, open proposals with COLUMNS."""

    day: date
    rule: str
    unattended: list[str]
    never: list[str]
    accepted: int
    refused: int
    open: pd.DataFrame


def folder() -> Path:
    """Folder of the feed rows: `LANDSCAPE_FEEDS` where set, else datasets/feeds."""
    return Path(settings.text("LANDSCAPE_FEEDS") or PROJECT / "datasets" / "feeds")


def waiting(root: Path | None = None) -> Waiting | None:
    """The queue, None where there is none or what lies there is no queue."""
    try:
        told = json.loads(((root or folder()) / "queue.json").read_text(encoding="utf-8"))
        return Waiting(
            date.fromisoformat(str(told["day"])),
            str(told["rule"]),
            [str(w) for w in told["unattended"]],
            [str(w) for w in told["never"]],
            int(told["accepted"]),
            int(told["refused"]),
            pd.DataFrame(told["open"], columns=COLUMNS),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


__all__ = ["HOW", "Waiting", "folder", "waiting"]
