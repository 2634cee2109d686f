"""One thing wrong with the raw data, said so that its author can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """`line` 0 is the file as a whole; `column` "" is the row as a whole."""

    file: str
    line: int
    column: str
    what: str

    def __str__(self) -> str:
        """`file:line: column: what`, without the parts that do not apply."""
        place = self.file if not self.line else f"{self.file}:{self.line}"
        return f"{place}: {self.column}: {self.what}" if self.column else f"{place}: {self.what}"
