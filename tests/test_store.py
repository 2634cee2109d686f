"""Reading a build: types, the snapshot, the dictionary, and what is said where there is none."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import etl
from dashboard.data import store
from etl.tables import TABLES

Make = Callable[..., Path]
TYPES = {"text": "str", "integer": "Int64", "number": "float64", "day": "datetime64[us]"}


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_columns_have_the_types_that_pages_count_on(
    tables: dict[str, pd.DataFrame], table: etl.schema.Table
) -> None:
    frame = tables[table.name]
    assert list(frame) == list(table.columns)
    assert isinstance(frame.index, pd.RangeIndex)
    for column in table.columns:
        kind = table.kind(column)
        if kind == "flag":
            assert set(frame[column].dropna().unique()) <= {True, False}
        else:
            assert str(frame[column].dtype) == TYPES[kind], column


def test_tables_are_the_ones_declared(tables: dict[str, pd.DataFrame]) -> None:
    assert list(tables) == sorted(t.name for t in TABLES)


def test_values_come_back_as_they_were_read(small_raw: Make, tmp_path: Path) -> None:
    raw = small_raw(
        models=[{"context_tokens": "", "training_compute_flop": "3e24", "model_name": "通义千问"}]
    )
    etl.build(raw, tmp_path / "out")
    row = store.load(tmp_path / "out")["models"].iloc[0]
    assert row["model_name"] == "通义千问"
    assert row["release_date"] == pd.Timestamp("2025-05-01")
    assert row["parameters_total"] == 4 and str(row["parameters_total"]) == "4"
    assert row["training_compute_flop"] == 3e24
    assert pd.isna(row["context_tokens"])


def test_the_snapshot_is_named_and_dated(built: Path, tables: dict[str, pd.DataFrame]) -> None:
    now = store.snapshot(built)
    assert len(now.id) == 8
    assert now.as_of == tables["sources"]["accessed_date"].max()


def test_a_folder_without_a_build_says_what_to_do(tmp_path: Path) -> None:
    for read in (store.snapshot, store.load):
        with pytest.raises(store.DataMissingError, match=r"no built data here.*run `python -m etl`"):
            read(tmp_path / "none")


def test_another_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LANDSCAPE_DATA", raising=False)
    assert store.processed_folder() == store.PROJECT / "datasets" / "processed"
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    assert store.processed_folder() == tmp_path
    monkeypatch.setenv("LANDSCAPE_DATA", "")
    assert store.processed_folder() == store.PROJECT / "datasets" / "processed"


def test_the_dictionary_is_read_from_the_files_alone(built: Path, tables: dict[str, pd.DataFrame]) -> None:
    about = store.dictionary(built)
    declared = [(t.name, c) for t in sorted(TABLES, key=lambda t: t.name) for c in t.columns]
    assert list(zip(about["table"], about["column"], strict=True)) == declared
    assert about["description"].str.endswith(".").all()
    assert about["table_description"].str.contains("One row per").all()
    by_column = about.set_index(["table", "column"])
    assert by_column.loc[("models", "context_tokens"), "unit"] == "tokens"
    assert by_column.loc[("models", "company_id"), "reference"] == "companies.company_id"
    for (table, column), row in by_column.iterrows():
        assert (row["rows"], row["filled"]) == (len(tables[table]), tables[table][column].notna().sum())


def test_builds_kept_beside_the_served_one_are_found(small_raw: Make, tmp_path: Path) -> None:
    out, made = tmp_path / "out", []
    for n, name in enumerate(("One", "Two", "One", "Three")):
        made.append(etl.build(small_raw(models=[{"model_name": name}]), out).snapshot)
        os.utime(out.resolve(), (time.time() - 100 + n,) * 2)
    half = tmp_path / ".out.builds" / "00000000-half"
    half.mkdir()
    found = store.builds(out)
    assert list(found) == [made[3], made[2], made[1]]
    assert found[made[3]] == out.resolve()
    for snapshot, folder in found.items():
        assert store.snapshot(folder).id == snapshot
    assert store.load(found[made[1]])["models"]["model_name"].item() == "Two"


def test_a_copied_build_has_no_others_beside_it(small_raw: Make, tmp_path: Path) -> None:
    etl.build(small_raw(), tmp_path / "out")
    copy = Path(shutil.copytree(tmp_path / "out", tmp_path / "copy"))
    assert store.builds(copy) == {store.snapshot(copy).id: copy}
    assert store.builds(tmp_path / "none") == {}
