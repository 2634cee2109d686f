"""Models: which count as released, and whose weights are open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.data.cut import has_rows, once_each, once_for_frames, origin
from dashboard.data.selection import kept
from dashboard.data.store import Tables
from dashboard.look.theme import is_missing

#: Terms of weights that anybody may download under, with or without limits of use.
OPEN = ("open", "restricted")
OPEN_WEIGHTS = (
    "With open weights: anybody can download them, under a free licence or under terms that limit use; counted among "
    "models whose weights are known"
)


@once_each
def all_released(tables: Tables) -> pd.DataFrame:
    """What readings of releases read of the models that count as released."""
    place, rows = _released(origin(tables, "models"))
    # A model has no day but that of its release: its row is the build's.
    return kept(rows, has_rows(tables, "models")[place])


class CameOut(NamedTuple):
    """Models that came out in a span: their places among rows of the build, of which `all_released` gives those of a day."""

    rows: pd.DataFrame
    at: np.ndarray

    def columns(self, *names: str) -> pd.DataFrame:
        """Those of some columns that there are."""
        return self.rows[[c for c in names if c in self.rows]].take(self.at)

    def cells(self, name: str) -> np.ndarray:
        """A column of texts."""
        return self.rows[name].to_numpy(dtype=object)[self.at]


def came_out(tables: Tables, first: pd.Timestamp, last: pd.Timestamp) -> CameOut:
    """The models that count as released and came out from the first to the last day, both included."""
    place, rows = _released(origin(tables, "models"))
    days = rows["release_date"].to_numpy()
    # No comparison with a missing day is true.
    is_within = (days >= first.to_datetime64()) & (days <= last.to_datetime64())
    return CameOut(rows, np.flatnonzero(is_within & has_rows(tables, "models")[place]))


@once_for_frames
def _released(models: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Where the models of a build that count as released stand, and what is read of them."""
    read = ["company_id", "model_id", "model_name", "release_date", "weights", "confidence", "source_ids"]
    rows = released(models[[c for c in (*read, "is_rolling_alias") if c in models]])
    return models.index.get_indexer(rows.index), rows


def released(models: pd.DataFrame) -> pd.DataFrame:
    """Models that count as released: endpoints whose model changes behind one name are left out."""
    return models[~models["is_rolling_alias"].astype(bool)]


def open_weights(weights: pd.Series) -> pd.Series:
    """Whether models have open weights by the rule OPEN_WEIGHTS; False where nothing is known of them."""
    return weights.isin(OPEN)


def open_counts(models: pd.DataFrame) -> tuple[int, int]:
    """How many models have open weights, and of how many the weights are known."""
    count = models["weights"].value_counts()
    return int(count[count.index.isin(OPEN)].sum()), int(count.sum())


def counts_of(weights: Iterable[object]) -> tuple[int, int]:
    """Of the weights of models: how many are open, and of how many that is known."""
    told = [w for w in weights if not is_missing(w)]
    return sum(w in OPEN for w in told), len(told)


def open_share(models: pd.DataFrame) -> float | None:
    """Percentage of models with open weights, by the rule OPEN_WEIGHTS; None where the weights of none are known."""
    return share_of(*open_counts(models))


def share_of(opened: int, told: int) -> float | None:
    """The same percentage of what `open_counts` gave."""
    return opened / told * 100 if told else None


def counted_open(counts: pd.Series) -> float | None:
    """The same percentage from counts by weights.

    Args:
        counts: Models, indexed by what is known of their weights in the words of the table or its headings: "open",
            "Restricted", "Not disclosed".
    """
    by = [(str(name).casefold(), float(n)) for name, n in counts.items()]
    known = sum(n for name, n in by if name != "not disclosed")
    return sum(n for name, n in by if name in OPEN) / known * 100 if known else None


LICENCE_NOT_STATED = "Not stated"
#: Beginnings of names of licences that many publishers share.
STANDARD = tuple(
    [
        "bsd",
        "cc-",
        "cc by",
        "cc0",
        "creative",
        "gpl",
        "lgpl",
        "agpl",
        "openrail",
        "bigscience",
        "bigcode",
        "unlicense",
    ]
)


def licence_class(name: object) -> str:
    """Which kind of licence a name stands for: "Apache-2.0" is Apache 2.0, "Qwen License" one of the developer."""
    if is_missing(name) or not str(name).strip():
        return LICENCE_NOT_STATED
    text = str(name).strip().casefold()
    if text.startswith("apache"):
        return "Apache 2.0"
    # "Modified MIT" adds terms of the developer's own.
    if text in ("mit", "mit license", "mit licence", "the mit license"):
        return "MIT"
    if text.startswith(STANDARD):
        return "Other standard licence"
    return "Licence of the developer"
