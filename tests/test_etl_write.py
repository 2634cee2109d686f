"""What a build writes, and that it is written whole or not at all, whenever it is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import etl
from dashboard.data import store
from etl.tables import TABLES
from etl.write import FRICTIONLESS, snapshot_id, write

ROOT = Path(__file__).resolve().parent.parent
Make = Callable[..., Path]
FILES = {f"{t.name}.parquet" for t in TABLES} | {"datapackage.json", "DICTIONARY.md"}


@pytest.fixture
def frames(small_frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return small_frames


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def build_in(folder: Path) -> str:
    """The snapshot of a build, having checked that every file of it is there and belongs to it."""
    now = folder.resolve(strict=True)
    assert {p.name for p in now.iterdir()} == FILES
    named = json.loads((now / "datapackage.json").read_text(encoding="utf-8"))["snapshot"]["id"]
    for table in TABLES:
        arrow = pq.read_table(now / f"{table.name}.parquet")
        assert arrow.schema.metadata[b"landscape.snapshot"].decode() == named
        assert arrow.column_names == list(table.columns)
    return str(named)


# --- What is written ---


def test_same_input_gives_the_same_bytes(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    assert write(TABLES, frames, tmp_path / "a", "hash") == write(TABLES, frames, tmp_path / "b", "hash")
    first = contents(tmp_path / "a")
    assert set(first) == FILES
    assert first == contents(tmp_path / "b")


def test_the_snapshot_is_of_the_content_alone(frames: dict[str, pd.DataFrame]) -> None:
    named = snapshot_id(TABLES, frames)
    assert len(named) == 8 and int(named, 16) >= 0
    shuffled = {n: f.sample(frac=1, random_state=1).iloc[:, ::-1] for n, f in frames.items()}
    assert snapshot_id(TABLES[::-1], shuffled) == named


@pytest.mark.parametrize("table", ["models", "sources", "governance_index"])
def test_every_cell_counts_for_the_snapshot(frames: dict[str, pd.DataFrame], table: str) -> None:
    named = snapshot_id(TABLES, frames)
    last = frames[table].columns[-1]
    other = frames[table].assign(**{last: "other"})
    assert snapshot_id(TABLES, {**frames, table: other}) != named
    assert snapshot_id(TABLES, {**frames, table: frames[table].iloc[:0]}) != named


def test_a_value_that_moves_to_the_next_column_is_other_content(frames: dict[str, pd.DataFrame]) -> None:
    models = frames["models"]
    here = {**frames, "models": models.assign(license="words", modality=None)}
    there = {**frames, "models": models.assign(license=None, modality="words")}
    assert snapshot_id(TABLES, here) != snapshot_id(TABLES, there)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_parquet_carries_type_key_and_meaning_of_every_column(built: Path, table: etl.schema.Table) -> None:
    schema = pq.read_schema(built / f"{table.name}.parquet")
    assert schema.names == list(table.columns)
    about = json.loads(schema.metadata[b"landscape.table"])
    assert about == {"name": table.name, "description": table.description, "key": table.key}
    kinds = {"text": "string", "integer": "int64", "number": "double", "flag": "bool", "day": "date32[day]"}
    for name, column in table.columns.items():
        field, meta = schema.field(name), table.meta(name)
        if meta["is_list"]:
            assert field.type.value_type == "string"
        else:
            assert str(field.type) == kinds[table.kind(name)]
        assert field.nullable == bool(column.nullable)
        assert {
            k.decode(): v.decode() for k, v in field.metadata.items() if not k.startswith(b"PARQUET")
        } == {
            "description": column.description,
            "unit": meta["unit"],
            "reference": meta["reference"],
        }


def test_numbers_with_a_unit_in_their_name_state_it() -> None:
    """A number is of no use without its unit: it stands in the metadata, in its name, or in a column beside it."""
    for table in TABLES:
        for name in table.columns:
            if table.kind(name) == "number" and "unit" not in table.columns:
                in_name = name.endswith(("_usd", "_cny", "_pct", "_share"))
                by_benchmark = name in ("score", "score_min", "score_max")
                assert table.meta(name)["unit"] or in_name or by_benchmark, f"{table.name}.{name}"


def test_parquet_holds_the_frames(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    write(TABLES, frames, tmp_path / "out", "hash")
    for name, frame in store.load(tmp_path / "out").items():
        # A file has its columns in the order declared, a frame derived ones last.
        pd.testing.assert_frame_equal(frame, frames[name][list(frame)], check_dtype=False)


def test_the_dictionary_lists_every_table_and_column(built: Path) -> None:
    text = (built / "DICTIONARY.md").read_text(encoding="utf-8")
    parts = dict(zip([t.name for t in TABLES], text.split("\n## ")[1:], strict=True))
    for table in TABLES:
        part = parts[table.name].splitlines()
        assert part[0] == table.name
        assert part[2].startswith(table.description)
        listed = {line.split(" | ")[0].removeprefix("| "): line for line in part if line.startswith("| `")}
        assert list(listed) == [f"`{c}`" for c in table.columns]
        for name, column in table.columns.items():
            cells = listed[f"`{name}`"].removeprefix("| ").removesuffix(" |").split(" | ")
            assert cells[1:4] == [
                table.kind(name),
                "yes" if column.nullable else "no",
                table.meta(name)["unit"],
            ]
            assert cells[4].startswith(str(column.description).replace("|", "/"))
            assert all(choice in cells[4] for choice in table.meta(name)["choices"])


def test_the_descriptor_is_a_data_package_that_the_data_fits(built: Path) -> None:
    """Read by the standard's own tool: types, enums, required cells, keys and references of every row."""
    frictionless = pytest.importorskip("frictionless")
    descriptor = json.loads((built / "datapackage.json").read_text(encoding="utf-8"))
    package = frictionless.Package.from_descriptor(descriptor)
    assert [r.name for r in package.resources] == [t.name for t in TABLES]
    loaded = store.load(built)
    inline = []
    for resource, told in zip(package.resources, descriptor["resources"], strict=True):
        table = next(t for t in TABLES if t.name == resource.name)
        assert told["rows"] == len(loaded[table.name])
        assert told["path"] == f"{table.name}.parquet" and (built / told["path"]).is_file()
        assert [f.type for f in resource.schema.fields] == [
            "array" if table.meta(c)["is_list"] else FRICTIONLESS[table.kind(c)] for c in table.columns
        ]
        assert all(f.description for f in resource.schema.fields)
        assert resource.schema.primary_key == [table.key]
        rows = loaded[table.name].astype(object)
        days = [c for c in table.columns if table.kind(c) == "day"]
        for column in days:
            rows[column] = [None if pd.isna(v) else v.date() for v in rows[column]]
        rows = rows.where(rows.notna(), None)
        for column in (c for c in table.columns if table.meta(c)["is_list"]):
            listed = pq.read_table(built / told["path"], columns=[column]).column(column).to_pylist()
            rows[column] = pd.Series(listed, index=rows.index, dtype="object")
        inline.append(
            frictionless.Resource(
                name=table.name,
                data=[list(rows.columns), *rows.values.tolist()],
                schema=frictionless.Schema.from_descriptor(told["schema"]),
            )
        )
    report = frictionless.Package(resources=inline).validate(limit_errors=5)
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "message"])[:10]


# --- Whole or not at all ---

#: Builds the old data, then starts one build after another and kills each a moment later than the one before:
#: at every call that opens, makes, links or renames something near `out` (of the tables' own files, which are written one
#: like the other, at those of the first, one in the middle and the last), and by the clock while Parquet is written.
KILLED = """
import json, os, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import etl
from etl.tables import TABLES
from etl.write import write

old, new, out = (Path(a) for a in sys.argv[2:5])
frames = etl.check(new)
told_apart = {f"{TABLES[n].name}.parquet" for n in (0, len(TABLES) // 2, -1)}

def is_step(event, arguments):
    where = str(arguments[:2])
    if event not in ("open", "os.mkdir", "os.symlink", "os.rename", "os.listdir", "os.scandir") or out.name not in where:
        return False
    return ".parquet" not in where or any(f"/{name}" in where for name in told_apart)

def killed(step=None, seconds=None):
    child = os.fork()
    if child == 0:
        seen = 0
        def count(event, arguments):
            nonlocal seen
            if is_step(event, arguments):
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        try:
            write(TABLES, frames, out, "new")
        finally:
            os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])

def told(how):
    print(json.dumps([how, str(out.resolve()) if out.exists() else "", sorted(os.listdir(out.parent))]), flush=True)
    sys.stdin.readline()

if old.is_dir():
    etl.build(old, out)
for n in range(12):
    killed(seconds=n * 0.004)
    told("clock")
for step in range(1, 400):
    if not killed(step=step):
        break
    told("step")
told("done")
"""


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Callable[..., Iterator[str]]]:
    """Runs `KILLED`; yields after every killed build, while the next one waits."""
    running: list[subprocess.Popen[str]] = []

    def run(old: Path, new: Path, out: Path) -> Iterator[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(ROOT), str(old), str(new), str(out)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdin and process.stdout and process.stderr
        for line in process.stdout:
            how = json.loads(line)[0]
            yield how
            process.stdin.write("\n")
            process.stdin.flush()
        assert process.wait() == 0, process.stderr.read()

    yield run
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_a_killed_build_leaves_the_old_data_whole(
    small_raw: Make, tmp_path: Path, killer: Callable[..., Iterator[str]]
) -> None:
    new_raw = small_raw(models=[{"model_name": "New"}]).rename(tmp_path / "new")
    old_raw = small_raw(models=[{"model_name": "Old"}])
    out = tmp_path / "data" / "processed"
    out.parent.mkdir()
    names, how_often = [], {"clock": 0, "step": 0, "done": 0}
    known: dict[tuple[tuple[str, int, int], ...], str] = {}
    for how in killer(old_raw, new_raw, out):
        # The very files that were read before, untouched since, hold what they held.
        files = tuple(
            sorted((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in out.resolve().iterdir())
        )
        if files not in known:
            build_in(out)
            known[files] = store.load(out)["models"]["model_name"].item()
        names.append(known[files])
        how_often[how] += 1
    assert how_often["done"] == 1 and how_often["step"] > 9, how_often
    # The old build is served until the one step that puts the new one in its place, and never again after it.
    assert names[0] == "Old" and names[-1] == "New"
    assert names == sorted(names, reverse=True)
    # What killed builds left behind disturbs no later one, and is cleared away once it is old.
    builds = out.parent / ".processed.builds"
    left = list(builds.iterdir())
    assert len(left) > how_often["step"]
    for path in left:
        os.utime(path, (time.time() - 3600,) * 2, follow_symlinks=False)
    served = out.resolve()
    etl.build(old_raw, out)
    assert build_in(out)
    kept = [p for p in builds.iterdir() if p.is_dir() and p != out.resolve()]
    assert len({build_in(p) for p in kept if p != served}) <= 2 and len(kept) <= 3


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_a_killed_first_build_leaves_nothing_or_all(
    small_raw: Make, tmp_path: Path, killer: Callable[..., Iterator[str]]
) -> None:
    out = tmp_path / "data" / "processed"
    out.parent.mkdir()
    seen = []
    for _ in killer(tmp_path / "none", small_raw(), out):
        if out.exists():
            build_in(out)
        seen.append(out.exists())
    assert seen[0] is False and seen[-1] is True


def test_a_build_at_work_is_never_seen_half(
    frames: dict[str, pd.DataFrame], small_raw: Make, tmp_path: Path
) -> None:
    other = {**frames, "models": frames["models"].assign(model_name="Other")}
    out = tmp_path / "out"
    known = {write(TABLES, frames, out, "a"), write(TABLES, other, out, "b")}
    stop, seen, faults = threading.Event(), set(), []

    def look() -> None:
        while not stop.is_set():
            try:
                seen.add(build_in(out))
            except Exception as fault:
                faults.append(fault)

    reader = threading.Thread(target=look)
    reader.start()
    for n in range(6):
        write(TABLES, frames if n % 2 else other, out, "c")
    stop.set()
    reader.join()
    assert not faults, faults[0]
    assert seen and seen <= known


def test_two_builds_at_once_leave_one_of_them(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    out, known, faults = tmp_path / "out", set(), []

    def one(name: str) -> None:
        try:
            mine = {**frames, "models": frames["models"].assign(model_name=name)}
            known.add(write(TABLES, mine, out, name))
        except Exception as fault:
            faults.append(fault)

    both = [threading.Thread(target=one, args=(n,)) for n in ("A", "B", "C")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert not faults, faults[0]
    assert build_in(out) in known


def test_a_reader_of_the_old_build_may_finish(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = write(TABLES, frames, out, "a")
    held = out.resolve()
    write(TABLES, {**frames, "models": frames["models"].assign(model_name="Other")}, out, "b")
    assert out.resolve() != held
    assert build_in(held) == first


def test_the_whole_data_folder_can_be_moved(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    write(TABLES, frames, tmp_path / "here" / "out", "a")
    (tmp_path / "here").rename(tmp_path / "there")
    assert build_in(tmp_path / "there" / "out")


def test_a_copied_build_and_an_empty_folder_make_way(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    import shutil

    write(TABLES, frames, tmp_path / "out", "a")
    copy = Path(shutil.copytree(tmp_path / "out", tmp_path / "copy"))
    empty = tmp_path / "empty"
    empty.mkdir()
    for out in (copy, empty):
        write(TABLES, {**frames, "models": frames["models"].assign(model_name="Other")}, out, "b")
        build_in(out)
        assert store.load(out)["models"]["model_name"].item() == "Other"


def test_files_that_are_no_build_are_left_alone(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    file = tmp_path / "file"
    file.write_text("dear")
    with pytest.raises(FileExistsError, match="it holds files that are no build"):
        write(TABLES, frames, mine, "a")
    with pytest.raises(NotADirectoryError, match="it is a file"):
        write(TABLES, frames, file, "a")
    assert contents(mine) == {"letter.txt": b"dear"} and file.read_text() == "dear"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "mine"]


def test_a_build_that_cannot_be_finished_leaves_no_trace(
    frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write(TABLES, frames, out, "a")
    before = build_in(out), sorted(p.name for p in (tmp_path / ".out.builds").iterdir())
    broken = {**frames, "claims": frames["claims"].drop(columns="claim")}
    with pytest.raises(KeyError):
        write(TABLES, broken, out, "b")
    assert (build_in(out), sorted(p.name for p in (tmp_path / ".out.builds").iterdir())) == before
