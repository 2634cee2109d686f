"""A folder that all workers of a run share."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that all workers of a run share: made by the first that asks for it, awaited by the others."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        alone = factory.mktemp(name)
        make(alone)
        return alone
    folder = factory.getbasetemp().parent / name
    done = folder / "done"
    try:
        folder.mkdir()
    except FileExistsError:
        # A worker that fails here says why itself.
        until = time.monotonic() + 300
        while not done.exists():
            assert time.monotonic() < until, f"another worker did not finish {folder}"
            time.sleep(0.1)
        return folder
    make(folder)
    done.touch()
    return folder
