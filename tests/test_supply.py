"""What is installed: every package of the lock is hashed, within the ranges, named with its licence, and from nowhere."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

import audit
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent


def locked() -> dict[str, list[tuple[str, str]]]:
    """Versions by package, each with its block of the lock; a package may stand twice for two Pythons."""
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if match := re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", block):
            found.setdefault(canonicalize_name(match[1]), []).append((match[2], block))
    return found


def wanted(name: str) -> list[Requirement]:
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(x.partition("#")[0]) for x in lines if x.partition("#")[0].strip() and x[:2] != "-r"]


def test_the_lock_holds_what_the_requirements_allow() -> None:
    lock = locked()
    assert len(lock) > 30
    for one in wanted("requirements.txt"):
        versions = lock[canonicalize_name(one.name)]
        assert all(one.specifier.contains(v) for v, _ in versions), one


def test_what_tests_need_can_stand_what_is_locked() -> None:
    """Tests run on the versions that are installed to run the product: no package of either asks for others."""
    lock = locked()
    asked = [(path.name, one) for path in PROJECT.glob("requirements*.txt") for one in wanted(path.name)]
    seen: set[tuple[str, str]] = set()
    refused = []
    while asked:
        who, one = asked.pop()
        name = canonicalize_name(one.name)
        versions = [v for v, _ in lock.get(name, ())]
        if versions and not any(one.specifier.contains(v, prereleases=True) for v in versions):
            refused.append(f"{who} asks for {one}, locked is {', '.join(versions)}")
        for extra in {"", *one.extras} - {e for n, e in seen if n == name}:
            seen.add((name, extra))
            try:
                needs = [Requirement(x) for x in metadata.requires(name) or []]
            except metadata.PackageNotFoundError:
                # Of another platform.
                continue
            asked += [(name, r) for r in needs if r.marker is None or r.marker.evaluate({"extra": extra})]
    assert len(seen) > 100 and not refused


def test_every_locked_file_is_known_by_its_hash_and_comes_from_nowhere_named() -> None:
    for name, versions in locked().items():
        for _, block in versions:
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), name
    for path in PROJECT.glob("requirements*"):
        assert not re.search(
            r"https?://|--(?:extra-)?index|--find-links|--trusted", path.read_text("utf-8")
        ), path.name


def test_licences_of_all_that_is_locked_are_listed() -> None:
    listed = dict(
        re.findall(
            r"^\| ([A-Za-z0-9._-]+) \| ([^|]+) \|",
            (PROJECT / "docs" / "licences.md").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    by_name = {canonicalize_name(n): licence.strip() for n, licence in listed.items()}
    missing = [n for n in locked() if not by_name.get(n)]
    assert not missing
    # What would bind who hands the product on is looked at before it comes in.
    assert not [n for n in locked() if re.search(r"\bA?GPL|SSPL|Commons Clause", by_name[n])]


FINE = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (3)"}


@pytest.mark.parametrize(
    ("packages", "status", "words"),
    [
        ([FINE], 0, "1 packages asked about, 0 known faults."),
        ([FINE, BAD], 1, "b 2: PYSEC-1, mended in 2.1"),
        ([SKIPPED, SKIPPED], 0, "Not asked"),
        ([FINE, SKIPPED], 1, "Not known of 1: c."),
        ([], 0, "Not asked"),
        (None, 0, "Not asked"),
    ],
)
def test_a_package_that_nobody_was_asked_about_is_not_called_sound(
    packages: list[dict[str, object]] | None, status: int, words: str
) -> None:
    found, lines = audit.told("" if packages is None else json.dumps({"dependencies": packages}))
    assert found == status and any(words in line for line in lines)
