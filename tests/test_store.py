"""Reading a build: types, the snapshot, the dictionary, and what is said where there is none."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
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


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_that_leads_to_itself_is_no_build_and_is_replaced_by_one(
    small_raw: Make, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.symlink_to("out")
    assert not store.is_built(out) and not store.builds(out) and not store.beside(out)
    with pytest.raises(store.DataMissingError, match="no built data here"):
        store.load(out)
    etl.build(small_raw(), out)
    assert store.is_built(out)


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


def test_ids_are_lists_in_the_file_and_text_in_the_app(small_raw: Make, tmp_path: Path) -> None:
    etl.build(small_raw(), tmp_path / "out")
    path = (tmp_path / "out").resolve() / "models.parquet"
    cited = pq.read_table(path).column("source_ids").to_pylist()
    assert cited and all(isinstance(ids, list) for ids in cited)
    read = store.load(tmp_path / "out")["models"]
    assert ["; ".join(ids) for ids in cited] == read["source_ids"].tolist()
    assert all(column.dtype != object for _, column in read.items())
    joined = duckdb.sql(
        f"select count(*) from '{path}' m, unnest(m.source_ids) as t(source_id) "
        f"join '{path.with_name('sources.parquet')}' s using (source_id)"
    ).fetchone()
    assert joined == (sum(map(len, cited)),)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def halve(path: Path) -> None:
    whole = pq.read_table(path)
    pq.write_table(whole.slice(0, whole.num_rows // 2), path)


def exchange(path: Path) -> None:
    whole = pq.read_table(path)
    pq.write_table(whole.take(list(range(whole.num_rows))[::-1]), path)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (exchange, "company_aliases.parquet: another file than its build wrote"),
        (Path.unlink, "company_aliases.parquet: missing"),
        (cut, "company_aliases.parquet: no whole Parquet file"),
        (halve, r"company_aliases.parquet: 2 rows where its build wrote 4"),
    ],
)
def test_a_damaged_table_is_never_served_in_silence(
    damage: Callable[[Path], None], said: str, small_raw: Make, tmp_path: Path
) -> None:
    etl.build(small_raw(), tmp_path / "out")
    damage(tmp_path / "out" / "company_aliases.parquet")
    with pytest.raises(store.DataMissingError, match=f"{said}.*run `python -m etl`"):
        store.load(tmp_path / "out")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"snapshot": {"id": "![x](y)", "as_of_date": "2026-01-01"}, "resources": [{"path": "a.parquet", "rows": 1}]}',
        '{"snapshot": {"id": "0badcafe", "as_of_date": "2026-01-01"}, "resources": [{"path": "../a.parquet", "rows": 1}]}',
        '{"snapshot": {"id": "x"}}',
        "\x00",
    ],
)
def test_a_damaged_descriptor_is_a_sentence(text: str, small_raw: Make, tmp_path: Path) -> None:
    etl.build(small_raw(), tmp_path / "out")
    (tmp_path / "out" / "datapackage.json").write_text(text)
    with pytest.raises(
        store.DataMissingError, match=r"datapackage.json: cannot be read .*run `python -m etl`"
    ):
        store.snapshot(tmp_path / "out")


@pytest.mark.parametrize("name", ["datapackage.json", "models.parquet"])
def test_what_may_not_be_read_is_not_called_missing(
    name: str, small_raw: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the app would build anew what is whole."""
    out = tmp_path / "out"
    etl.build(small_raw(), out)
    real = Path.read_bytes

    def read(self: Path) -> bytes:
        if self.name == name:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", read)
    with pytest.raises(
        store.DataMissingError, match=f"{name}: may not be read by the user that the app runs as"
    ):
        store.load(out)


def test_while_the_newest_cannot_be_read_the_one_before_is_served(
    small_raw: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    out = tmp_path / "out"
    monkeypatch.setenv("LANDSCAPE_DATA", str(out))
    etl.build(small_raw(), out)
    first = store.served_folder()
    assert first == out.resolve() and store.refused() == ""
    etl.build(small_raw(models=[{"model_name": "Newer"}]), out)
    newer = out.resolve()
    (newer / "datapackage.json").write_text("{")
    assert store.served_folder() == first and "cannot be read" in store.refused()
    assert store.served_folder() == first and len(caplog.records) == 1, "told once, not with each click"
    out.unlink()
    assert store.served_folder() == first and "no built data" in store.refused()
    etl.build(small_raw(models=[{"model_name": "Mended"}]), out)
    assert store.served_folder() == out.resolve() != first and store.refused() == ""
    store.refuse(out.resolve(), "models.parquet: missing")
    store.serve(first)
    assert store.served_folder() == first and store.refused() == "models.parquet: missing"


def test_why_no_data_is_served_is_told_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.screen import builds

    monkeypatch.setattr(builds, "_missing", [])
    for why in ("one", "one", "two", "two"):
        builds.tell_missing(store.DataMissingError(why))
    assert [r.getMessage() for r in caplog.records] == ["No data is served: one", "No data is served: two"]


def test_a_damaged_newest_build_is_left_when_a_server_warms_up(
    small_raw: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it is ready with a build that the first reader finds damaged."""
    from dashboard.screen import builds

    out = tmp_path / "processed"
    etl.build(small_raw(models=[{"model_name": "One"}]), out)
    older = store.place_of(out)
    etl.build(small_raw(models=[{"model_name": "Two"}]), out)
    (out / "models.parquet").write_bytes(b"cut")
    monkeypatch.setenv("LANDSCAPE_DATA", str(out))
    builds.warm()
    assert "models.parquet" in store.refused() and store.served_folder() == older != store.place_of(out)


def test_a_server_that_may_not_write_leaves_building_to_whoever_runs_it(
    small_raw: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A unit or image with newer raw files: no reader is shown a failed build, and the log says once what to do."""
    from dashboard.screen import builds

    raw = small_raw()
    out = tmp_path / "datasets" / "processed"
    etl.build(raw, out)
    shutil.copytree(raw, out.parent / "raw")
    (out.parent / "raw" / "models.csv").write_text("newer", encoding="utf-8")
    monkeypatch.setattr(store, "PROJECT", tmp_path)
    monkeypatch.setattr(store, "RAW", out.parent / "raw")
    monkeypatch.delenv("LANDSCAPE_DATA", raising=False)
    monkeypatch.setattr(builds.os, "access", lambda path, how: (path, how) != (out.parent, os.W_OK))
    monkeypatch.setattr(builds.st, "status", lambda *_, **__: pytest.fail("a reader is shown a build"))
    builds.prepare_data()
    builds.prepare_data()
    said = [r for r in caplog.records if r.name == builds.__name__]
    assert [r.getMessage().split(": ")[-1] for r in said] == ["run `python -m etl`."]
