"""The small part of the fault matrix (`make faults` runs all of it): nothing lost, one sentence, healed."""

from __future__ import annotations

import os
from pathlib import Path

import faults
import pytest


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="faults befall forked processes")
def test_some_faults_lose_nothing_and_heal(tmp_path: Path) -> None:
    tried = list(faults.matrix(tmp_path, few=True))
    assert len(tried) == 4
    assert not [f"{one.fault}: {w}" for one in tried for w in one.wrong]
    assert all(one.operator for one in tried)
