"""One thing wrong with the raw data, said so that its author can mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

#: Lines told of one file; one fault can make thousands.
LINES_PER_FILE = 50


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
        column, what = (_visible(t, most) for t, most in ((self.column, 80), (self.what, 1500)))
        return f"{place}: {column}: {what}" if column else f"{place}: {what}"


def _visible(text: str, most: int) -> str:
    """Text as a terminal shows it in one line: what a damaged file holds may be long, and move the cursor."""
    if len(text) > 20 * most:
        text = text[: 10 * most] + text[-10 * most :]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= most else f"{shown[: most // 2]} … {shown[-most // 2 :]}"


def told(problems: Iterable[Problem], most: int = LINES_PER_FILE) -> list[str]:
    """Problems as lines, of each file the first ones and then a count of the others."""
    lines: list[str] = []
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.file, []).append(problem)
    for file, found in by_file.items():
        lines += [str(p) for p in found[:most]]
        if rest := found[most:]:
            count = Counter(p.column or "whole rows" for p in rest)
            lines.append(
                f"{file}: {len(rest):,} more: {', '.join(f'{c} {n:,}' for c, n in count.most_common(5))}"
            )
    return lines
