"""Single faults put into a reader's own rows: the kinds that raw files are broken with, and broken files."""

from __future__ import annotations

import random
from collections.abc import Iterator

from corruptions import ADDRESSES, DAYS, NUMBERS, REPOSITORIES, TEXTS, Cell
from own_rows import as_csv, many_rows

from dashboard.data.overlay import Overlay
from etl.overlay import ALLOWED
from etl.schema import Table

#: Values that a hand puts where something else is expected.
WORDS = (
    "",
    "x",
    "-1",
    "1e400",
    "NaN",
    "inf",
    "true",
    "2026-02-30",
    "9999-12-31",
    "\x00",
    "=1+1",
    "a; a; a",
    "名",
    '"',
)


def kinds(table: Table, column: str) -> dict[str, Cell]:
    """What is tried on a column: the faults of its kind, and words that no column expects."""
    of_kind = {"integer": NUMBERS, "number": NUMBERS, "day": DAYS, "text": TEXTS}.get(table.kind(column), {})
    more = ADDRESSES if column == "url" else REPOSITORIES if column == "hf_repo" else {}
    return {**of_kind, **more, **{f"the word {w!r}": lambda c, w=w: w for w in WORDS}}


def in_cells(chance: random.Random, share: float) -> Iterator[tuple[str, Overlay]]:
    """One fault in one cell each; of all of them the share asked for."""
    rows = many_rows()
    for name, mine in rows.items():
        table = ALLOWED[name]
        for column in table.raw_columns:
            for kind, change in kinds(table, column).items():
                if chance.random() > share:
                    continue
                n = chance.randrange(len(mine))
                try:
                    new = change(mine[n].get(column, ""))
                except ValueError:
                    continue
                if new is None or len(new) > 5_000:
                    continue
                broken = {t: [dict(r) for r in of] for t, of in rows.items()}
                broken[name][n][column] = new
                yield f"{name}.{column}: {kind}", _overlay(as_csv(broken))


def in_files(chance: random.Random) -> Iterator[tuple[str, Overlay]]:
    """Files that are cut, doubled, emptied, in other encodings, with other headers, or gone."""
    whole = as_csv(many_rows())
    for name, content in whole.items():
        lines = content.decode().splitlines()
        head = lines[0].split(",")
        at = chance.randrange(len(head))
        for kind, made in {
            "cut": content[: chance.randrange(len(content))],
            "empty": b"",
            "only its header": f"{lines[0]}\n".encode(),
            "twice": content + content,
            "rows twice": content + "\n".join(lines[1:]).encode(),
            "UTF-16": content.decode().encode("utf-16"),
            "GBK": content.decode().encode("gbk", "replace") + "阿里".encode("gbk"),
            "a column less": "\n".join([",".join(h for h in head if h != head[at]), *lines[1:]]).encode(),
            "a column more": "\n".join([f"{line},more" for line in lines]).encode(),
            "a heading twice": "\n".join([",".join([head[0], *head[:-1]]), *lines[1:]]).encode(),
            "semicolons": content.replace(b",", b";"),
            "an open quote": content + b'"open,\n',
            "noise": bytes(chance.randrange(256) for _ in range(400)),
            "deep quotes": b'"' * 5_001,
        }.items():
            yield f"{name}: {kind}", _overlay({**whole, name: made})
        yield f"{name}: gone", _overlay({t: c for t, c in whole.items() if t != name})
        yield f"{name}: alone", _overlay({name: content})


def _overlay(files: dict[str, bytes]) -> Overlay:
    return Overlay("Acme", tuple(sorted(files.items())), "own")
