"""Faults of rows, each with what the build says of it, and rows that only look like one: read from `row_faults.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from small_set import Rows

Changes = dict[str, Rows]
#: What is changed of the small set, and what is said of it, by a name of the fault.
Cases = dict[str, tuple[Changes, str]]


@dataclass(frozen=True)
class Faults:
    """Faults that may be looked for in one build, as long as they change different tables.

    Attributes:
        cases: The faults.
        alone: Those that hide the rest, or are seen by what is left of other tables.
        nothing_else: Whether each is told and nothing beside it.
    """

    cases: Cases
    alone: tuple[str, ...] = ()
    nothing_else: bool = True

    @property
    def changes(self) -> dict[str, Changes]:
        """The rows of each fault."""
        return {name: rows for name, (rows, _) in self.cases.items()}


_READ = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _cases(kind: str) -> Cases:
    return {
        name: ({table: rows for table, rows in case.items() if table != "said"}, case["said"])
        for name, case in _READ[kind].items()
    }


#: By what they are about.
FAULTS = {
    "columns": Faults(
        _cases("columns"),
        (
            "no sources at all",
            "event against the labels",
            "mover under another name",
            "a move against the role it leads to",
        ),
        nothing_else=False,
    ),
    "models": Faults(_cases("models")),
    # Those alone look at the documents themselves.
    "found once": Faults(
        _cases("found once"), ("a third party's score as the vendor's", "a plan announced after its document")
    ),
}

#: What only looks like a fault, by table: one check of many sound rows tells of all.
SOUND: dict[str, Changes] = _READ["sound"]
