"""Made data many times the real size: every row again under other ids and names. `python tests/many_rows.py 10 FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import pandas as pd  # noqa: E402

import etl  # noqa: E402
from etl.schema import Frames, Table  # noqa: E402
from etl.tables import TABLES  # noqa: E402
from etl.write import write  # noqa: E402

#: Words that a reader searches by: a copy has its own, or search would find the same row again and again.
NAMES = (
    "company_name",
    "company_name_zh",
    "model_name",
    "family_name",
    "person_name",
    "person_name_zh",
    "alias",
    "title",
)

#: Lists that are closed, however many facts there are.
CLOSED = ("governance_models", "benchmarks", "exchange_rates", "reading_agreement")
#: What refers to a row without a table of its own to refer to.
ALSO = ("person_id", "row_id", "proposal_id")


def multiplied(frames: Frames, times: int) -> dict[str, pd.DataFrame]:
    """The tables `times` over: ids and what refers to them, and names, end in the copy's number from the second on."""
    return {
        t.name: pd.concat([_copy(t, frames[t.name], n) for n in range(times)], ignore_index=True)
        for t in TABLES
    }


def _copy(table: Table, frame: pd.DataFrame, n: int) -> pd.DataFrame:
    if n == 0:
        return frame
    if table.name in CLOSED:
        return frame.iloc[:0]
    made = {}
    for name in table.columns:
        meta = table.meta(name)
        if meta["reference"].split(".")[0] in CLOSED:
            continue
        if meta["is_list"] and meta["reference"]:
            made[name] = (
                frame[name].str.replace(r"(?=;|$)", f"-copy{n}", regex=True).where(frame[name].notna())
            )
        elif name == table.key or meta["reference"] or name in ALSO:
            made[name] = frame[name] + f"-copy{n}"
        elif name in NAMES:
            made[name] = frame[name] + f" {n}"
    return frame.assign(**made)


def build(times: int, out: Path) -> int:
    """Writes such a build; its rows."""
    frames = multiplied(etl.check(PROJECT / "datasets" / "raw"), times)
    write(TABLES, frames, out, "made")
    return sum(map(len, frames.values()))


if __name__ == "__main__":
    print(f"{build(int(sys.argv[1]), Path(sys.argv[2])):,} rows")
