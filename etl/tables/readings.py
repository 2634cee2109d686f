"""Second readings of governance observations, and how far two readers agree."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pandas as pd

from etl import schema as col
from etl.governance_rule import DIMENSIONS
from etl.schema import Frames, Table
from etl.vocabulary import QUALIFIERS

ALL = "all"
#: Scores run from 0 to 4.
WIDEST = 4


def qualifiers_are_not_read(frames: Frames) -> list[tuple[int, str, str]]:
    """A yes or no has no distance, which a weighted kappa needs; its second score is 0 or 4 as the first."""
    rows = frames["second_readings"]
    dimension = rows["observation_id"].map(_dimensions(frames))
    bad = dimension.isin(QUALIFIERS) & (rows["score"].isin([1, 2, 3]) | rows["first_score"].isin([1, 2, 3]))
    return [(int(i), "score", "a qualifier is no scale: expected 0 or 4") for i in rows.index[bad]]


def differences_are_told(frames: Frames) -> list[tuple[int, str, str]]:
    """Where the readers differ, or the second finds no score, the note says what became of it."""
    rows = frames["second_readings"]
    differ = rows["score"].isna() | rows["score"].ne(rows["first_score"]).fillna(True)
    return col.faults(
        rows[differ & rows["note"].isna()],
        "note",
        "the readings differ: got '', expected what became of the difference",
    )


def _dimensions(frames: Frames) -> dict[str, str]:
    rows = frames["governance_observations"]
    return dict(zip(rows["observation_id"], rows["dimension"], strict=True))


def weighted_kappa(first: list[int], second: list[int]) -> float | None:
    """Cohen's kappa with linear weights over scores 0 to 4: 1 all alike, 0 no more alike than by chance.

    After Cohen, "Weighted kappa", Psychological Bulletin 70 (1968): a difference weighs as many steps as it has,
    and chance is what the shares of each reader's scores would give.

    Returns:
        None without a pair, or where both give one and the same score throughout (chance alone agrees).
    """
    if not first:
        return None
    pairs = len(first)
    seen = sum(abs(a - b) for a, b in zip(first, second, strict=True)) / pairs
    # Of each two scores as many pairs as one reader gave the one and the other the other: a pair at a time is the square.
    given = product(Counter(first).items(), Counter(second).items())
    by_chance = sum(abs(a - b) * n * m for (a, n), (b, m) in given) / pairs**2
    return None if by_chance == 0 else 1 - seen / by_chance


def derive_agreement(frames: Frames) -> pd.DataFrame:
    """One row per dimension and one for all six; qualifiers and readings without a score are not counted."""
    rows = frames["second_readings"]
    rows = rows.assign(dimension=rows["observation_id"].map(_dimensions(frames)))
    rows = rows[rows["dimension"].isin(DIMENSIONS)]
    observed = frames["governance_observations"]
    found = []
    for name in (ALL, *DIMENSIONS):
        mine = rows if name == ALL else rows[rows["dimension"] == name]
        read = mine.dropna(subset=["score"])
        first, second = (read[c].astype(int).tolist() for c in ("first_score", "score"))
        kappa = weighted_kappa(first, second)
        among = observed["dimension"].isin(DIMENSIONS) if name == ALL else observed["dimension"] == name
        found.append(
            {
                "dimension": name,
                "observations": int(among.sum()),
                "read_twice": len(read),
                "without_score": len(mine) - len(read),
                "same": sum(a == b for a, b in zip(first, second, strict=True)),
                "one_step": sum(abs(a - b) == 1 for a, b in zip(first, second, strict=True)),
                "weighted_kappa": None if kappa is None else round(kappa, 2),
            }
        )
    return pd.DataFrame(found).astype(
        {
            **dict.fromkeys(("observations", "read_twice", "without_score", "same", "one_step"), "Int64"),
            "weighted_kappa": "float64",
        }
    )


SECOND = Table(
    "second_readings",
    "Scores given to governance observations by a reader who did not see the first. One row per observation.",
    {
        "reading_id": col.key("Observation and which reading of it."),
        "observation_id": col.reference(
            "governance_observations.observation_id", "Observation that was read again."
        ),
        "reader": col.text("Who read it; an assistant is called one."),
        "read_date": col.day("Day of the reading.", is_work=True),
        "first_score": col.integer("Score that stood on that day, not shown to the reader.", ge=0, le=4),
        "score": col.integer(
            "Score that the evidence carries by the printed meanings; null where it carries none.",
            nullable=True,
            ge=0,
            le=4,
        ),
        "note": col.text("Where they differ: what became of it.", nullable=True),
    },
    rules=(qualifiers_are_not_read, differences_are_told),
)

AGREEMENT = Table(
    "reading_agreement",
    "Derived: how far the two readings of governance observations agree, before differences were settled. "
    "One row per dimension, and one for all.",
    {
        "dimension": col.key("Dimension, or all six."),
        "observations": col.integer("Observations of it.", ge=0),
        "read_twice": col.integer("Of them with two scores.", ge=0),
        "without_score": col.integer(
            "Of them where the second reader found no score in the evidence; what was taken out since is not here.",
            ge=0,
        ),
        "same": col.integer("Pairs that are the same.", ge=0),
        "one_step": col.integer("Pairs one step apart.", ge=0),
        "weighted_kappa": col.number(
            "Cohen's kappa with linear weights: 1 all alike, 0 as by chance.",
            unit="kappa",
            nullable=True,
            ge=-1,
            le=1,
        ),
    },
    derive=derive_agreement,
    is_raw=False,
)

TABLES = (SECOND, AGREEMENT)
