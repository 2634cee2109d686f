"""Our rows out of Parquet files of everyone: whatever the groups, types and order, they are those that a plain filter gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from examples import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.feeds.declare import About, File, columns
from etl.feeds.parse import read

NAMES = ["A", "Qwen", "a", "deepseek-ai", "qwen", "zai-org", "阿里", None]
OURS = frozenset({"Qwen", "zai-org", "阿里", "nobody"})
FILE = File(
    "part.parquet",
    "https://a.example/part.parquet",
    "parquet",
    "usage",
    columns("author=author", "n=n"),
    lambda rows, about: rows,
    only=("author", lambda about: OURS),
)
KINDS = {
    "text": pa.string(),
    "long text": pa.large_string(),
    "list of names": pa.dictionary(pa.int32(), pa.string()),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=60),
    group=st.integers(1, 20),
    in_order=st.booleans(),
    listed=st.booleans(),
    told=st.booleans(),
)
def test_ours_are_those_of_a_plain_filter(
    kind: str, names: list[str | None], group: int, in_order: bool, listed: bool, told: bool, tmp_path: Path
) -> None:
    names = sorted(names, key=lambda n: n or "") if in_order else names
    table = pa.table({"n": list(range(len(names))), "author": pa.array(names, pa.string()).cast(KINDS[kind])})
    path = tmp_path / "part.parquet"
    pq.write_table(table, path, row_group_size=group, use_dictionary=listed, write_statistics=told)
    about = About("made", date(2026, 11, 21), {}, frozenset(), None, FILE)
    got, _ = read(path, FILE, about, "application/octet-stream")
    wanted = pd.DataFrame({"author": names, "n": range(len(names))})
    wanted = wanted[wanted["author"].isin(OURS)]
    assert got["author"].tolist() == wanted["author"].tolist()
    assert got["n"].tolist() == wanted["n"].tolist()
