"""What tests share: the real data, built once, and a small sound set of raw files to break."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import checked_once
import cut_once
import pandas as pd
import pytest
from examples import tries
from hypothesis import HealthCheck, is_hypothesis_test, settings
from made_once import made_once
from small_set import Rows, write_small
from streamlit.components.v2 import manifest_scanner

import etl
from dashboard.data import store

if TYPE_CHECKING:
    from etl.feeds.resolve import Names

# How long an example takes says how busy the machine is, nothing of the code.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=tries(100)
)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that search with Hypothesis run in the slow part, too: there with every example."""
    if not re.search(r"(?<!not )\bslow\b", config.getoption("markexpr")):
        return
    for item in items:
        if is_hypothesis_test(getattr(item, "function", None)):
            item.add_marker(pytest.mark.slow)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: a fifth of the tests' time they wait for servers, timers and browsers."""
    return (os.cpu_count() or 1) + 1


# Every page that `AppTest` opens looks for components in each package that is installed, a seventh of a second each time:
# what is installed stays as it is while tests run. A server looks once.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


# A tenth of the start went into looking for rings among what is imported, which stays.
gc.set_threshold(200_000, 20, 20)


def pytest_collection_finish() -> None:
    """What is imported stays until the end: looked through again at every collection, it took a tenth of a run."""
    gc.collect()
    gc.freeze()
    # A deck is rings of few objects of Python with much behind them: looked for this often it costs no more, and a worker
    # holds a third of what it did.
    gc.set_threshold(20_000, 10, 4)


def pytest_sessionfinish() -> None:
    """What is held at the end goes with the process: looked through once more it took seconds of each worker."""
    gc.freeze()


#: The folder of the real data that all tests share; none of them writes into it.
_shared: list[Path] = []
_read = store.load


@cache
def _read_once(folder: Path) -> store.Tables:
    return _read(folder)


def _load(folder: Path) -> store.Tables:
    """As `store.load`; of the real data each worker reads its files once, not once a command and test that asks for them."""
    return dict(_read_once(folder)) if folder in _shared else _read(folder)


store.load = _load
checked_once.remember()
cut_once.remember()

RAW = Path(__file__).resolve().parent.parent / "datasets" / "raw"


@pytest.fixture(scope="session")
def raw_folder() -> Path:
    """Folder of the real CSV files."""
    return RAW


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the real data, built once for all tests of all workers; never to be written into."""
    made = made_once(tmp_path_factory, "data", lambda folder: etl.build(RAW, folder / "processed"))
    _shared.append(made / "processed")
    return made / "processed"


@pytest.fixture(scope="session")
def tables(built: Path) -> dict[str, pd.DataFrame]:
    """Every table of the real data as the app loads it; tests must not change them in place."""
    return store.load(built)


@pytest.fixture(scope="session")
def ours(raw_folder: Path) -> dict[str, pd.DataFrame]:
    """Our raw tables as feeds are compared with them; tests must not change them in place."""
    # What feeds are read with costs every worker half a second: only tests that ask for it load it.
    from etl.feeds.command import frames

    return frames(raw_folder)


@pytest.fixture(scope="session")
def names(ours: dict[str, pd.DataFrame]) -> Names:
    """The names in our tables, looked through once."""
    from etl.feeds.resolve import Names

    return Names(ours)


@pytest.fixture
def small_raw(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small sound set of raw files: `small_raw(models=[{"weights": "open"}, …])`.

    The rows given for a table take its place; a cell left out is that of the sound row.
    """

    def make(**changes: Rows) -> Path:
        return write_small(tmp_path / "raw", **changes)

    return make


@pytest.fixture(scope="session")
def small_frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """The small sound set as checked frames; tests must not change them in place."""
    return etl.check(write_small(tmp_path_factory.mktemp("small") / "raw"))
