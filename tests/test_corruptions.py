"""Faults of every kind, put into copies of the real files: each is told by file, line and column.

The whole set runs by `python tests/corruptions.py`; here a sample of it, in few copies.
"""

from __future__ import annotations

from pathlib import Path

import corruptions


def test_a_sample_of_every_kind_is_told(tmp_path: Path) -> None:
    tables = corruptions.read()
    every = list(corruptions.faults(tables, 0.04, 7))
    batch = max(corruptions.batches(every, tables, 7), key=len)
    missed, by_values = corruptions.silent(batch, tables, tmp_path / "raw")
    shares = corruptions.print_shares(batch, missed)
    assert {"magnitude", "days", "text", "links"} <= set(shares)
    assert not missed
    # Without anybody's signature most are told, too; other valid values cannot be.
    alone = corruptions.print_shares(batch, by_values)
    assert alone["text"] >= 0.95 and alone["days"] >= 0.7 and alone["magnitude"] >= 0.6, by_values


def test_a_table_cut_to_its_header_is_refused(tmp_path: Path) -> None:
    raw = corruptions.copied(tmp_path / "raw")
    tables = corruptions.read()
    for name in ("model_prices", "claims", "governance_assessments"):
        corruptions.write(raw / f"{name}.csv", tables[name][:1])
    said = {Path(p.file).stem: p.what for p in corruptions.told(raw) if "gone: got none" in p.what}
    assert set(said) == {"model_prices", "claims", "governance_assessments"}
    assert said["claims"].startswith(f"{len(tables['claims']) - 1} rows that were read are gone")
