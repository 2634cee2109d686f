"""The whole path from CSV to build: what changes it, what does not, and when it is out of date."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import etl
from dashboard.data import store
from etl.build import raw_hash
from etl.tables import TABLES

Make = Callable[..., Path]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def rewrite(raw: Path, change: Callable[[bytes], bytes]) -> None:
    for path in raw.glob("*.csv"):
        path.write_bytes(change(path.read_bytes()))


def with_bom_and_crlf(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")


def backwards(content: bytes) -> bytes:
    """The same rows in the opposite order; no row of the small set spans lines."""
    header, *rows = content.splitlines(keepends=True)
    return b"".join([header, *reversed(rows)])


def test_form_and_order_change_nothing(small_raw: Make, tmp_path: Path) -> None:
    raw = small_raw()
    first = etl.build(raw, tmp_path / "a" / "out")
    expected = contents(tmp_path / "a" / "out")
    rewrite(raw, with_bom_and_crlf)
    assert etl.build(raw, tmp_path / "b" / "out") == first
    assert contents(tmp_path / "b" / "out") == expected
    rewrite(raw, lambda content: backwards(content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")))
    assert etl.build(raw, tmp_path / "c" / "out") == first
    reordered = contents(tmp_path / "c" / "out")
    # Only the hash of the files themselves tells that rows moved.
    assert {n for n in expected if reordered[n] != expected[n]} <= {"datapackage.json"}


def test_rows_stand_in_order_of_their_key(built: Path) -> None:
    for name, frame in store.load(built).items():
        ids = frame[frame.columns[0]].tolist()
        assert ids == sorted(ids), name
        assert len(set(ids)) == len(ids), name


def test_the_result_counts_what_was_written(small_raw: Make, tmp_path: Path) -> None:
    result = etl.build(small_raw(), tmp_path / "out")
    loaded = store.load(tmp_path / "out")
    assert result.rows == {t.name: len(loaded[t.name]) for t in TABLES}
    assert result.snapshot == store.snapshot(tmp_path / "out").id


def test_a_one_line_change_shows_after_a_rebuild(small_raw: Make, tmp_path: Path) -> None:
    first, out = tmp_path / "first", tmp_path / "out"
    snapshot = etl.build(small_raw(), first).snapshot
    raw = small_raw(companies=[{"hq_city": "Atlantis"}])
    assert etl.build(raw, out).snapshot != snapshot
    before, after = store.load(first), store.load(out)
    assert [t.name for t in TABLES if not after[t.name].equals(before[t.name])] == ["companies"]
    assert after["companies"]["hq_city"].tolist() == ["Atlantis"] != before["companies"]["hq_city"].tolist()
    assert (out / "DICTIONARY.md").read_bytes() == (first / "DICTIONARY.md").read_bytes()


def test_a_failed_build_leaves_the_output_untouched(small_raw: Make, tmp_path: Path) -> None:
    out = tmp_path / "data" / "out"
    etl.build(small_raw(), out)
    before, link = contents(out), out.resolve()
    with pytest.raises(etl.BuildFailed) as failed:
        etl.build(small_raw(models=[{"weights": "Open"}]), out)
    assert str(failed.value) == "1 problem in 1 file; nothing was written"
    assert contents(out) == before and out.resolve() == link
    assert sorted(p.name for p in out.parent.iterdir()) == [".out.builds", "out"]


def test_problems_are_counted_and_in_order(small_raw: Make) -> None:
    raw = small_raw(models=[{"weights": "Open", "modality": "Words"}], filings=[{"services_filed": "-1"}])
    with pytest.raises(etl.BuildFailed) as failed:
        etl.check(raw)
    assert str(failed.value) == "3 problems in 2 files; nothing was written"
    assert [(Path(p.file).name, p.line, p.column) for p in failed.value.problems] == [
        ("filings.csv", 2, "services_filed"),
        ("models.csv", 2, "modality"),
        ("models.csv", 2, "weights"),
    ]


@pytest.mark.parametrize("blocked", ["a file", "below a file", "a folder of mine"])
def test_output_that_cannot_be_used_is_a_problem(small_raw: Make, tmp_path: Path, blocked: str) -> None:
    taken = tmp_path / "taken"
    if blocked == "a folder of mine":
        taken.mkdir()
        (taken / "letter.txt").write_text("dear")
    else:
        taken.write_text("dear")
    out = taken / "out" if blocked == "below a file" else taken
    with pytest.raises(etl.BuildFailed) as failed:
        etl.build(small_raw(), out)
    (problem,) = failed.value.problems
    assert problem.file == out.as_posix()
    assert problem.what.startswith("cannot be written: ")
    assert problem.what.endswith("; expected a folder that this user may write")
    assert (taken / "letter.txt" if taken.is_dir() else taken).read_text() == "dear"


def test_the_descriptor_is_dated_by_the_newest_reading(small_raw: Make, tmp_path: Path) -> None:
    days = ["2026-11-02", "2026-11-20", "2026-01-31"]
    raw = small_raw(
        sources=[
            {
                "source_id": f"sources-{n}",
                "url": f"https://example.org/{n}",
                "accessed_date": d,
                "published_date": "",
                "published_date_precision": "",
            }
            for n, d in enumerate(days, 1)
        ]
    )
    etl.build(raw, tmp_path / "out")
    descriptor = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["snapshot"]["as_of_date"] == "2026-11-20"


def test_the_projects_own_dictionary_is_kept_up_to_date(small_raw: Make, tmp_path: Path) -> None:
    raw = small_raw()
    etl.build(raw, tmp_path / "elsewhere" / "processed")
    assert not (tmp_path / "elsewhere" / "DICTIONARY.md").exists()
    etl.build(raw, tmp_path / "processed")
    beside = tmp_path / "DICTIONARY.md"
    assert beside.read_bytes() == (tmp_path / "processed" / "DICTIONARY.md").read_bytes()
    then = beside.stat().st_mtime_ns
    etl.build(raw, tmp_path / "processed")
    assert beside.stat().st_mtime_ns == then
    beside.write_text("old")
    etl.build(raw, tmp_path / "processed")
    assert "## models" in beside.read_text(encoding="utf-8")


def test_progress_is_told_and_never_goes_back(small_raw: Make, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    etl.build(small_raw(), tmp_path / "out", progress=lambda share, step: told.append((share, step)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[0] > 0 and told[-1] == (1.0, "Done")
    assert {step for _, step in told} >= {f"Reading and checking {t.name}" for t in TABLES if t.is_raw}


# --- Out of date or not ---


def test_a_build_is_stale_once_a_file_says_something_else(small_raw: Make, tmp_path: Path) -> None:
    raw, out = small_raw(), tmp_path / "out"
    assert etl.is_stale(raw, out)
    etl.build(raw, out)
    assert not etl.is_stale(raw, out)
    rewrite(raw, with_bom_and_crlf)
    assert not etl.is_stale(raw, out)
    (raw / "models.csv").write_bytes((raw / "models.csv").read_bytes() + b"\n")
    assert etl.is_stale(raw, out)
    etl.build(raw, out)
    assert not etl.is_stale(raw, out)
    (raw / "models.csv").rename(raw / "model.csv")
    assert etl.is_stale(raw, out)


def test_a_build_handed_on_without_its_files_is_not_stale(small_raw: Make, tmp_path: Path) -> None:
    out = tmp_path / "out"
    etl.build(small_raw(), out)
    assert not etl.is_stale(tmp_path / "none", out)
    assert etl.is_stale(tmp_path / "none", tmp_path / "nowhere")


@pytest.mark.parametrize("content", ["", "[]", "{", "{}", '{"raw_hash": null}'])
def test_a_damaged_descriptor_is_stale(small_raw: Make, tmp_path: Path, content: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "datapackage.json").write_text(content)
    assert etl.is_stale(small_raw(), out)


def test_the_hash_knows_files_by_name(small_raw: Make) -> None:
    raw = small_raw()
    first = raw_hash(raw)
    a, b = raw / "adoption.csv", raw / "claims.csv"
    one, two = a.read_bytes(), b.read_bytes()
    a.write_bytes(two)
    b.write_bytes(one)
    assert raw_hash(raw) != first
    (raw / "notes.txt").write_text("not data")
    a.write_bytes(one)
    b.write_bytes(two)
    assert raw_hash(raw) == first
